# F42: nothing can ever wake this guest; the run ends by itself.
.include "rom.inc"
main:
  cli
  hlt
  jmp main
