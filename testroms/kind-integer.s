# Kind of workload: integer arithmetic of 32 and 64 bits with branches that depend on the data.
.set ROUNDS, 2
.include "kind.inc"

setup:
  mov r15, 0x9E3779B97F4A7C15
  mov r14d, 0x12345678
  ret

# R15 random, R14D and R12 results.
round:
  call mix
  call divisors
  call collatz
  jmp divide

# Multiplications, rotates and sums by the bits of random numbers.
mix:
  mov ebx, 10000
1:
  xorshift r15, rax
  test r15d, 1
  jz 2f
  lea r12, [r12 + r15 * 2 + 1]
  rol r12, 7
  jmp 3f
2:
  sub r12, r15
  ror r12, 11
3:
  mov eax, r15d
  imul eax, eax, 0x85EBCA6B
  mov edx, eax
  shr edx, 13
  xor eax, edx
  cmp eax, r12d
  jae 4f
  add r14d, eax
  mov ecx, r15d
  rol r14d, cl
  jmp 5f
4:
  xor r14d, eax
  sar eax, 3
  sbb r14d, eax
5:
  mov rax, r12
  mul r15
  add r12, rdx
  adc r12, rax
  js 6f
  not r12
  shr rdx, 5
  xor r12, rdx
6:
  bt r15, 40
  cmovc r12, r15
  dec ebx
  jnz 1b
  ret

# Greatest common divisors of pairs, by subtraction and shifts.
divisors:
  mov ebx, 400
1:
  xorshift r15, rax
  mov rax, r15
  or rax, 1
  xorshift r15, rdx
  mov rdx, r15
  shr rdx, 8
  or rdx, 1
2:
  cmp rax, rdx
  je 4f
  ja 3f
  xchg rax, rdx
3:
  sub rax, rdx
  bsf rcx, rax
  shr rax, cl
  jmp 2b
4:
  add r12, rax
  rol r12, 1
  dec ebx
  jnz 1b
  ret

# Steps of x -> x / 2 or 3x + 1 until 1.
collatz:
  mov ebx, 400
1:
  xorshift r15, rax
  mov eax, r15d
  shr eax, 8
  inc eax
  xor ecx, ecx
2:
  inc ecx
  test al, 1
  jnz 3f
  shr rax, 1
  cmp rax, 1
  ja 2b
  jmp 4f
3:
  lea rax, [rax + rax * 2 + 1]
  jmp 2b
4:
  add r12, rcx
  imul r12, r12, 31
  dec ebx
  jnz 1b
  ret

divide:
  mov ebx, 1000
1:
  xorshift r15, rax
  mov rax, r15
  xor edx, edx
  mov rcx, r15
  shr rcx, 40
  inc rcx
  div rcx
  add r12, rax
  xor r12, rdx
  mov eax, r14d
  cdq
  mov ecx, r15d
  or ecx, 0x40000001
  idiv ecx
  add r14d, edx
  movsxd rax, r14d
  add r12, rax
  dec ebx
  jnz 1b
  ret
