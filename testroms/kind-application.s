# Kind of workload: an application's mix, compiled C: hashing, sorting, parsing, compression, graphs, large numbers.
.set ROUNDS, 2
.include "kind.inc"

setup:
  ret
round:
  mov rdi, r12
  call work
  mov r12, rax
  ret
