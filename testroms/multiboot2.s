# What a Multiboot2 loader says: its name, the command line, and how much RAM the memory map has below 4 GiB.
.include "rom.inc"
.set MAGIC, 0x36D76289
.set TAG_END, 0
.set TAG_COMMAND_LINE, 1
.set TAG_LOADER_NAME, 2
.set TAG_MEMORY_MAP, 6

.section .multiboot, "a"
.balign 8
header2:
  .long 0xE85250D6, 0, header2_end - header2, -(0xE85250D6 + (header2_end - header2))
  # The address tag, the entry address tag, the end.
  .word 2, 0
  .long 24, header2, 0x100000, rom_load_end, rom_bss_end
  .word 3, 0
  .long 12, rom_entry, 0
  .word 0, 0
  .long 8
header2_end:

.section .text
main:
  mov eax, [rip + boot_eax]
  cmp eax, MAGIC
  jne 9f
  mov ebx, [rip + boot_ebx]
  add rbx, 8
1:
  mov ecx, [rbx]
  cmp ecx, TAG_END
  je 8f
  cmp ecx, TAG_COMMAND_LINE
  lea rsi, [rip + text_command_line]
  je 2f
  cmp ecx, TAG_LOADER_NAME
  lea rsi, [rip + text_loader]
  je 2f
  cmp ecx, TAG_MEMORY_MAP
  je 4f
3:
  # Tags begin at multiples of 8.
  mov ecx, [rbx + 4]
  lea rbx, [rbx + rcx + 7]
  and rbx, -8
  jmp 1b
2:
  call print
  lea rsi, [rbx + 8]
  call print
  lea rsi, [rip + text_newline]
  call print
  jmp 3b
4:
  mov r8d, [rbx + 4]
  add r8, rbx
  mov r9d, [rbx + 8]
  lea rdi, [rbx + 16]
5:
  cmp rdi, r8
  jae 3b
  # Type 1 is RAM; what is above 4 GiB does not count.
  cmp dword ptr [rdi + 16], 1
  jne 6f
  cmp dword ptr [rdi + 4], 0
  jne 6f
  mov rax, [rdi + 8]
  add [rip + ram], rax
6:
  add rdi, r9
  jmp 5b
8:
  mov rax, [rip + ram]
  shr rax, 20
  lea rsi, [rip + text_ram]
  call print
  call print_decimal
  lea rsi, [rip + text_megabytes]
  call print
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
9:
  lea rsi, [rip + text_magic]
  call print
  mov eax, STATUS_FAIL
  out PORT_EXIT, eax
  hlt

.section .rodata
text_command_line: .asciz "command line: "
text_loader: .asciz "loader: "
text_ram: .asciz "RAM: "
text_megabytes: .asciz " MiB\n"
text_magic: .asciz "this is no Multiboot2 loader\n"
.section .bss
ram: .skip 8
