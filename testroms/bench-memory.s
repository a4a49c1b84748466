# Benchmark: loads and stores over 2 MiB of 4 KiB pages. Prints a checksum.
.include "rom.inc"

main:
  # 512 pages of the window on 2 MiB at 16 MiB.
  lea rdi, [rip + window_pt]
  mov eax, 0x1000003
  mov ecx, 512
1:
  mov [rdi], rax
  add rax, 4096
  add rdi, 8
  dec ecx
  jnz 1b
  mov rsi, WINDOW
  mov rdi, 0x200000 - 8
  xor r12d, r12d
  mov ecx, 12000000
  xor edx, edx
2:
  mov rax, [rsi + rdx]
  add rax, rcx
  mov [rsi + rdx], rax
  add r12, rax
  add dword ptr [rsi + rdx + 4], 3
  movzx ebx, byte ptr [rsi + rdx + 1]
  xor r12, rbx
  lea rdx, [rdx + 4104]
  and rdx, rdi
  dec ecx
  jnz 2b
  mov rax, r12
  call print_hex
  call print_newline
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt
