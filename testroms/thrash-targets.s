# A guest that thrashes: calls through a table of 2^20 functions, in no order.
.set ROUNDS, 20
.include "kind.inc"
.set FUNCTIONS, 0x2000000
.set TABLE, 0x3000000
.set COUNT, 1 << 20

setup:
  mov r15, 0x9E3779B97F4A7C15
  mov edi, FUNCTIONS
  mov ebx, TABLE
  mov ecx, COUNT
  mov rax, 0xCCCCCCCCC3C4FF49                 # inc r12; ret
1:
  mov [rdi], rax
  mov [rbx], rdi
  add rdi, 8
  add rbx, 8
  dec ecx
  jnz 1b
  mov r13d, TABLE
  ret

round:
  mov ebx, 1000
1:
  xorshift r15, rax
  mov eax, r15d
  and eax, COUNT - 1
  call [r13 + rax * 8]
  dec ebx
  jnz 1b
  ret
