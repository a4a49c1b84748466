# A REP of 2^40 iterations over memory that is mapped throughout: limits and signals must end it in the middle.
.include "rom.inc"
main:
  # One TiB from WINDOW on: 1 GiB pages that all show the first GiB of physical memory.
  lea rdi, [rip + window_pdpt]
  mov eax, 0x83
  mov ecx, 512
  rep stosq
  lea rax, [rip + window_pdpt + 7]
  mov [rip + pml4 + 24], rax
  mov rax, cr3
  mov cr3, rax
1:
  mov rsi, WINDOW
  mov rcx, 0x10000000000
  rep lodsb
  jmp 1b
