# A guest that thrashes: every basic block writes into the next one before it goes there.
.set ROUNDS, 100
.include "kind.inc"

setup:
  xor r13d, r13d
  ret

round:
  jmp 2f
2:
.rept 64
  mov eax, 0x11111111
  add r12, rax
  inc r13d
  mov [rip + 2f + 1], r13d
  jmp 2f
  int3
2:
.endr
  mov eax, 0x11111111
  add r12, rax
  ret
