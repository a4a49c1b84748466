# Benchmark: page-table churn: map, touch, INVLPG, MOV CR3. Prints a checksum.
.include "rom.inc"

main:
  xor r12d, r12d
  mov ecx, 1000000
1:
  mov eax, ecx
  and eax, 511
  mov edx, ecx
  shl edx, 12
  and edx, 0xFFF000
  add edx, 0x1000003
  lea rdi, [rip + window_pt]
  mov [rdi + rax * 8], rdx
  shl eax, 12
  mov rsi, WINDOW
  add rsi, rax
  invlpg [rsi]
  add [rsi], rcx
  add r12, [rsi]
  test ecx, 15
  jnz 2f
  mov rax, cr3
  mov cr3, rax
2:
  dec ecx
  jnz 1b
  mov rax, r12
  call print_hex
  call print_newline
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt
