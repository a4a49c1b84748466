# F30: a reset by FEh to port 64h.
.include "rom.inc"
main:
  mov al, 0xFE
  out 0x64, al
1:
  hlt
  jmp 1b
