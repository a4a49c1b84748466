# Kind of workload: calls, returns and indirect branches: recursion, tables of functions, interpreters. What it does is C.
.set ROUNDS, 3
.include "kind.inc"

setup:
  ret
round:
  mov rdi, r12
  call work
  mov r12, rax
  ret
