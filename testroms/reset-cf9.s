# F30: a reset by a rise of bit 2 of port CF9h.
.include "rom.inc"
main:
  mov edx, 0xCF9
  mov al, 2
  out dx, al
  mov al, 6
  out dx, al
1:
  hlt
  jmp 1b
