# Gates that deliver nothing: every wrong type and segment, and what becomes of six exceptions that meet them.
.include "rom.inc"
.include "matrix.inc"
.include "frames.inc"

main:
  call prepare_frames
  call run_gates
  jmp matrix_finish

.section .data
.balign 8
gate_rows:
  gate_row "not present", 1, 0x6E
  gate_row "not present and call gate", 1, 0x6C
.irp type, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
  gate_row "type \type", 1, 0xE0 + \type
.endr
  gate_row "interrupt gate with S", 1, 0xFE
  gate_row "trap gate with S", 1, 0xFF
  gate_row "null selector", 2, 0
  gate_row "null selector, RPL 3", 2, 3
  gate_row "selector, RPL 3", 2, KERNEL_CS | 3
  gate_row "data segment", 2, KERNEL_DS
  gate_row "32-bit segment", 2, KERNEL_CS32
  gate_row "16-bit segment", 2, KERNEL_CS16
  gate_row "segment of DPL 3", 2, USER_CS & ~3, 1
  gate_row "conforming segment", 2, CONFORMING_SELECTOR, 1
  gate_row "segment not present", 2, CODE_NP_SELECTOR
  gate_row "system segment", 2, TSS_SELECTOR
  gate_row "selector behind the limit", 2, 0xFFF8
  gate_row "selector in no LDT", 2, KERNEL_CS | 4
  .quad 0
.section .text
