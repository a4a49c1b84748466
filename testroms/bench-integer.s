# Benchmark: integer arithmetic, shifts and branches. Prints a checksum.
.include "rom.inc"

main:
  mov ecx, 20000000
  mov r12, 0x9E3779B97F4A7C15
1:
  mov rax, r12
  shl rax, 13
  xor r12, rax
  mov rax, r12
  shr rax, 7
  xor r12, rax
  lea rbx, [r12 + rcx * 4 + 5]
  imul rbx, rbx, 37
  add r12, rbx
  test r12, 8
  jz 2f
  rol r12, 3
2:
  dec ecx
  jnz 1b
  mov rax, r12
  call print_hex
  call print_newline
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt
