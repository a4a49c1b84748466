# F42: interrupts are on, but nothing is armed that could interrupt.
.include "rom.inc"
main:
  mov al, 0xFF
  out 0x21, al
  out 0xA1, al
1:
  sti
  hlt
  jmp 1b
