# Benchmark: REP MOVS, STOS, SCAS and CMPS. Prints a checksum.
.include "rom.inc"

main:
  xor r12d, r12d
  mov ebp, 3000
1:
  lea rdi, [rip + scratch]
  mov eax, ebp
  mov ecx, 16384
  rep stosb
  lea rsi, [rip + scratch]
  lea rdi, [rip + scratch + 20000]
  mov ecx, 2048
  rep movsq
  lea rdi, [rip + scratch]
  mov ecx, 4096
  not eax
  repne scasb
  add r12, rcx
  lea rsi, [rip + scratch]
  lea rdi, [rip + scratch + 20000]
  mov ecx, 4096
  repe cmpsb
  add r12, rcx
  add r12, [rip + scratch + 20000]
  dec ebp
  jnz 1b
  mov rax, r12
  call print_hex
  call print_newline
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt
