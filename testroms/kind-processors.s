# Kind of workload: two processors: IPIs to and fro between halts, flags that PAUSE waits for, counting and a lock by LOCK, one
# that sleeps by its timer while the other waits or computes. Needs two processors. In which order they come to a lock is
# not in the checksum, nor is time.
.set ROUNDS, 2
.include "kind.inc"
.set APIC, 0xFEE00000
.set TRAMPOLINE, 0x8000
.set TRAMPOLINE_BYTES, 64

# R12 is a checksum on each processor, R13 its counter of interrupts, R14D the APIC, R15 its destination.
setup:
  lea rsi, [rip + trampoline]
  mov edi, TRAMPOLINE
  mov ecx, TRAMPOLINE_BYTES
  rep movsb
  mov r14d, APIC
  mov dword ptr [r14 + 0xF0], 0x1FF
  gate 0x41, counted
  gate 0x51, woken
  mov dword ptr [r14 + 0x300], 0xC4500        # INIT, then SIPI 08h, to all but self
  call delay
  mov dword ptr [r14 + 0x300], 0xC4608
  mov ecx, 100000000
1:
  pause
  cmp dword ptr [rip + started], 0
  jne 2f
  dec ecx
  jnz 1b
  lea rsi, [rip + text_alone]
  jmp kind_fails
2:
  lea r13, [rip + seen]
  mov r15d, 1 << 24
  ret

delay:
  mov ecx, 200000
1:
  pause
  dec ecx
  jnz 1b
  ret

round:
  lock inc qword ptr [rip + rounds_begun]
  call common
  # The other sleeps ten times; this one waits for each end.
  mov ebx, 10
1:
  inc qword ptr [rip + sleeps]
2:
  pause
  mov rax, [rip + sleeps]
  cmp rax, [rip + wakes]
  jne 2b
  add r12, rax
  dec ebx
  jnz 1b
  # The other halts, this one computes and wakes it; then the reverse.
  call compute
  call send
  call await
  # Both are at the end of the round: their sums.
  add r12, [rip + other_sum]
  add r12, [rip + counter]
  add r12, [rip + guarded]
  ret

# The other processor, in long mode.
other:
  mov eax, KERNEL_DS
  mov ds, eax
  mov es, eax
  mov ss, eax
  lea rsp, [rip + other_stack_top]
  lidt [rip + idt_pointer]
  mov r14d, APIC
  mov dword ptr [r14 + 0xF0], 0x1FF
  lea r13, [rip + seen + 64]
  xor r12d, r12d
  xor r15d, r15d
  xor ebx, ebx
  mov dword ptr [rip + started], 1
1:
  inc rbx
2:
  pause
  cmp rbx, [rip + rounds_begun]
  ja 2b
  push rbx
  call common
  mov ebx, 10
3:
  call sleep
  dec ebx
  jnz 3b
  call await
  call compute
  mov [rip + other_sum], r12
  call send
  pop rbx
  jmp 1b

# What both do at once.
common:
  # IPIs to and fro; each waits halted. Processor 0 begins.
  mov ebp, 40
1:
  test r15d, r15d
  jz 2f
  call send
  call await
  jmp 3f
2:
  call await
  call send
3:
  dec ebp
  jnz 1b
  # A flag to and fro: processor 0 makes it odd, the other even.
  mov ebp, 100
4:
  mov eax, [rip + flag]
  test r15d, r15d
  setnz cl
  xor cl, al
  test cl, 1
  jnz 5f
  pause
  jmp 4b
5:
  inc dword ptr [rip + flag]
  dec ebp
  jnz 4b
  # Locked counting, and a lock around what is no locked instruction.
  mov ebp, 2000
6:
  lock inc qword ptr [rip + counter]
  mov eax, 3
  lock xadd [rip + counter], rax
  dec ebp
  jnz 6b
  mov ebp, 500
7:
  lock bts dword ptr [rip + lock_word], 0
  jnc 8f
  pause
  jmp 7b
8:
  mov rax, [rip + guarded]
  lea rax, [rax + 5]
  mov [rip + guarded], rax
  mov dword ptr [rip + lock_word], 0
  dec ebp
  jnz 7b
  # Until both are here.
  lock inc qword ptr [rip + arrived]
9:
  pause
  test qword ptr [rip + arrived], 1
  jnz 9b
  ret

# Waits until the other asks for one more sleep, then halts for 5,000 counts of the timer.
sleep:
  pause
  mov rax, [rip + wakes]
  cmp rax, [rip + sleeps]
  je sleep
  mov dword ptr [r14 + 0x3E0], 0x0B
  mov dword ptr [r14 + 0x320], 0x51
  mov dword ptr [r14 + 0x380], 5000
1:
  sti
  hlt
  cli
  cmp rax, [rip + wakes]
  je 1b
  ret
woken:
  inc qword ptr [rip + wakes]
  mov dword ptr [r14 + 0xB0], 0
  iretq

compute:
  mov ecx, 20000
  lea rax, [r12 + 12345]
1:
  imul rax, rax, 69069
  inc rax
  mov rdx, rax
  shr rdx, 17
  xor rax, rdx
  dec ecx
  jnz 1b
  add r12, rax
  ret

# An IPI to the other processor.
send:
  mov [r14 + 0x310], r15d
  mov dword ptr [r14 + 0x300], 0x4041
  ret

# Halts until one more interrupt has come. Each processor counts its own in [R13] and those that it has waited for behind it.
await:
  inc qword ptr [r13 + 8]
1:
  mov rax, [r13 + 8]
  cmp rax, [r13]
  jbe 2f
  sti
  hlt
  cli
  jmp 1b
2:
  add r12, rax
  rol r12, 1
  ret
counted:
  inc qword ptr [r13]
  mov dword ptr [r14 + 0xB0], 0
  iretq

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
.section .bss
.balign 64
seen: .skip 128
flag: .skip 64
counter: .skip 64
lock_word: .skip 64
guarded: .skip 64
arrived: .skip 64
rounds_begun: .skip 64
other_sum: .skip 64
sleeps: .skip 64
wakes: .skip 64
started: .skip 64
.skip 4096
other_stack_top:
