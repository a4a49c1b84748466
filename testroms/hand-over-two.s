# Hashes registers and a page of memory over and over on two processors at once. The second one does so at CPL 0 alone.
.set ROUNDS, 5
.include "hand-over.inc"
.set TRAMPOLINE, 0x8000
.set TRAMPOLINE_BYTES, 64
.set OTHER_BLOCK, BLOCKS + 2 * BLOCK_BYTES

begin:
  mov edi, OTHER_BLOCK
  call fill_block
  lea rsi, [rip + trampoline]
  mov edi, TRAMPOLINE
  mov ecx, TRAMPOLINE_BYTES
  rep movsb
  mov eax, APIC
  mov dword ptr [rax + 0x300], 0xC4500        # INIT, then SIPI 08h, to all but self
  call delay
  mov dword ptr [rax + 0x300], 0xC4608
  mov ecx, 100000000
1:
  pause
  cmp qword ptr [rip + other_rounds], 0
  jne 2f
  dec ecx
  jnz 1b
  lea rsi, [rip + text_alone]
  jmp kind_fails
2:
  ret

delay:
  mov ecx, 200000
1:
  pause
  dec ecx
  jnz 1b
  ret

# The other one has done a round since the last time, and all were the same.
finish_round:
  mov rax, [rip + other_rounds]
1:
  cmp byte ptr [rip + other_failed], 0
  lea rsi, [rip + text_other]
  jne kind_fails
  mov ebx, OTHER_BLOCK
  cmp byte ptr [rbx + WENT_BACK], 0
  lea rsi, [rip + text_other_back]
  jne kind_fails
  pause
  cmp rax, [rip + other_rounds]
  je 1b
  ret

# The other processor, in long mode.
other:
  mov eax, KERNEL_DS
  mov ds, eax
  mov es, eax
  mov ss, eax
  lea rsp, [rip + other_stack_top]
  lidt [rip + idt_pointer]
  call set_system
other_round:
  mov edi, OTHER_BLOCK
  hash_block 1, 0
  call hash_system
  cmp qword ptr [rip + other_wanted], 0
  jne 2f
  mov [rip + other_wanted], rax
2:
  cmp [rip + other_wanted], rax
  je 3f
  mov byte ptr [rip + other_failed], 1
3:
  inc qword ptr [rip + other_rounds]
  jmp other_round

.code16
trampoline:
  cli
  xor cx, cx
  mov ds, cx
  .byte 0x66, 0x0F, 0x01, 0x16                # lgdtd [pointer]
  .word trampoline_gdt - trampoline + TRAMPOLINE
  mov eax, 1
  mov cr0, eax
  .byte 0x66, 0xEA
  .long trampoline32
  .word KERNEL_CS32
.balign 4
trampoline_gdt:
  .word 0x157
  .long gdt
.code32
trampoline32:
  mov eax, KERNEL_DS
  mov ds, eax
  mov eax, CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT
  mov cr4, eax
  mov eax, offset pml4
  mov cr3, eax
  mov ecx, EFER
  mov eax, EFER_LME | EFER_NXE | EFER_SCE
  xor edx, edx
  wrmsr
  mov eax, CR0_PG | CR0_WP | CR0_NE | CR0_PE | 2
  mov cr0, eax
  .byte 0xEA
  .long other
  .word KERNEL_CS
.code64

.section .rodata
text_alone: .asciz "no second processor\n"
text_other: .asciz "processor 1: a round came to another sum\n"
text_other_back: .asciz "processor 1: the TSC went back\n"
.section .bss
.balign 64
other_rounds: .skip 64
other_wanted: .skip 64
other_failed: .skip 64
.skip 4096
other_stack_top:
