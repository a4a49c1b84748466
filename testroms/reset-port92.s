# F30: a reset by a rise of bit 0 of port 92h.
.include "rom.inc"
main:
  mov al, 1
  out 0x92, al
1:
  hlt
  jmp 1b
