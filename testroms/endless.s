# An empty loop: for limits and signals.
.include "rom.inc"
main:
  jmp main
