# C31: an empty IDT turns #UD into shutdown.
.include "rom.inc"
main:
  lidt [rip + empty]
  ud2
.section .rodata
empty: .word 0
  .quad 0
