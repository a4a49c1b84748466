# Functions with frame pointers in 32-bit code, as compilers make them: what a debugger's backtrace goes by.
.include "rom32.inc"

main:
  push ebp
  mov ebp, esp
  corner calls32
  push 5
  call factorial
  add esp, 4
  expect "5!", eax, 120
  expect "depth", "[deepest]", 5
  call touch
  expect "touched", "[touched]", 0x1234
  leave
  ret

# The product of the numbers up to its argument.
factorial:
  push ebp
  mov ebp, esp
  sub esp, 8
  inc dword ptr [deepest]
  mov eax, [ebp + 8]
  mov [ebp - 4], eax
  cmp eax, 1
  jbe 1f
  dec eax
  push eax
  call factorial
  add esp, 4
  imul eax, [ebp - 4]
1:
  leave
  ret

touch:
  push ebp
  mov ebp, esp
  mov dword ptr [touched], 0x1234
  pop ebp
  ret

.section .bss
.balign 4
deepest: .skip 4
touched: .skip 4
