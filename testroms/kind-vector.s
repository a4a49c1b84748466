# Kind of workload: floating point of SSE2, scalar and packed, as compiled C has it.
.set ROUNDS, 3
.include "kind.inc"

setup:
  ret
round:
  mov rdi, r12
  call work
  mov r12, rax
  ret
