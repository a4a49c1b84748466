# Benchmark: calls, returns and indirect branches. Prints a checksum.
.include "rom.inc"

main:
  xor r12d, r12d
  mov edi, 30
  call fibonacci
  add r12, rax
  mov ecx, 6000000
1:
  mov eax, ecx
  and eax, 3
  lea rdx, [rip + table]
  call [rdx + rax * 8]
  dec ecx
  jnz 1b
  mov rax, r12
  call print_hex
  call print_newline
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt
fibonacci:
  cmp edi, 2
  jb 1f
  push rdi
  dec edi
  call fibonacci
  pop rdi
  push rax
  sub edi, 2
  call fibonacci
  pop rdx
  add rax, rdx
  ret
1:
  mov eax, edi
  ret
first:
  add r12, rcx
  ret
second:
  xor r12, rcx
  ret
third:
  rol r12, 1
  ret
fourth:
  lea r12, [r12 + r12 * 2 + 1]
  ret
.section .rodata
.balign 8
table: .quad first, second, third, fourth
