# Benchmark: interrupt and exception round trips. Prints a checksum.
.include "rom.inc"

main:
  handle 0x31, count
  handle UD_, skip
  handle PF_, skip3
  xor r12d, r12d
  mov ebx, 400000
  mov rsi, WINDOW + 0x100000
1:
  int 0x31
  ud2
  mov rax, [rsi]
  add r12, rbx
  dec ebx
  jnz 1b
  add r12, [rip + seen]
  mov rax, r12
  call print_hex
  call print_newline
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt
count:
  inc qword ptr [rip + seen]
  ret
skip:
  add qword ptr [rdi + 16], 2
  inc qword ptr [rip + seen]
  ret
skip3:
  add qword ptr [rdi + 16], 3
  inc qword ptr [rip + seen]
  ret
.section .bss
.balign 8
seen: .skip 8
