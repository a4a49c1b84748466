# Hardware task switches in 32-bit protected mode, by JMP, CALL, task gate and IRET, between 32- and 16-bit TSSs.
.include "rom32.inc"
.set TASK1, FREE_SELECTOR
.set TASK2, FREE_SELECTOR + 8
.set TASK_GATE, FREE_SELECTOR + 16
.set TASK16, FREE_SELECTOR + 24
.set SHORT_TASK, FREE_SELECTOR + 32
.set LDT, FREE_SELECTOR + 40

# Fills the 32-bit TSS at LABEL for a task that starts at START.
.macro task label:req, start:req, stack:req
  mov dword ptr [\label + 0x20], offset \start
  mov dword ptr [\label + 0x24], 2
  mov dword ptr [\label + 0x38], offset \stack
  mov dword ptr [\label + 0x48], KERNEL_DS
  mov dword ptr [\label + 0x4C], KERNEL_CS
  mov dword ptr [\label + 0x50], KERNEL_DS
  mov dword ptr [\label + 0x54], KERNEL_DS
  mov dword ptr [\label + 0x58], 0
  mov dword ptr [\label + 0x5C], 0
  mov dword ptr [\label + 0x60], 0
  mov dword ptr [\label + 0x64], 0xFFFF0000
.endm

.macro busy text:req, selector:req, wanted:req
  push eax
  mov al, [gdt + (\selector) + 5]
  and eax, 2
  mov [seen_busy], eax
  pop eax
  expect "\text", "[seen_busy]", \wanted
.endm

main:
  corner C25
  segment 0, task1, 0x67, 0x89, 0
  segment 1, task2, 0x67, 0x89, 0
  segment 3, task16, 0x2B, 0x81, 0
  segment 4, task2, 0x66, 0x89, 0
  segment 5, ldt, 15, 0x82, 0
  describe 2, 0x00008500, TASK2 << 16
  task task1, task1_start, task1_stack_top
  task task2, task2_start, task2_stack_top

  # JMP: there and back.
  mov dword ptr [task1 + 0x28], 0x1111        # EAX of the new task
  mov dword ptr [task1 + 0x60], LDT
  mov eax, 0xAAAA
  mov ebx, 0xBBBB
  .byte 0xEA
  .long 0
  .word TASK1
after_jump:
  expect "back in the first task", eax, 0xAAAA
  expect "EBX of the first task", ebx, 0xBBBB
  expect "the new task had its EAX", "[seen_eax]", 0x1111
  expect "the new task had its ESP", "[seen_esp]", "offset task1_stack_top"
  expect "the new task had its LDT", "[seen_ldt]", LDT
  expect "TS was set", "[seen_ts]", 8
  expect "TR was the new task's", "[seen_tr]", TASK1
  expect "NT was clear after JMP", "[seen_nt]", 0
  expect "the first task was not busy", "[seen_first_busy]", 0
  busy "the first task is busy again", TSS_SELECTOR, 2
  busy "the left task is not", TASK1, 0
  expect "saved EIP of the left task", "[task1 + 0x20]", "offset task1_after"
  expect "back link unchanged by JMP", "[task1]", 0

  # CALL and IRET.
  mov dword ptr [task1 + 0x20], offset task1_called
  mov dword ptr [task1 + 0x60], 0
  .byte 0x9A
  .long 0
  .word TASK1
  expect "CALL set NT", "[seen_nt]", NT
  expect "back link", "[task1]", TSS_SELECTOR
  expect "the caller stayed busy", "[seen_first_busy]", 2
  busy "the called task is free after IRET", TASK1, 0
  expect "saved flags without NT", "[task1 + 0x24]", 2
  expect_flags "NT of the caller", NT, 0

  # A task gate in the GDT, and one in the IDT for an exception with an error code.
  mov dword ptr [task2 + 0x20], offset task1_called
  .byte 0x9A
  .long 0
  .word TASK_GATE
  expect "through a task gate", "[seen_tr]", TASK2
  mov dword ptr [task2 + 0x20], offset task2_fault
  mov eax, [idt + GP_ * 8]
  mov [old_gate], eax
  mov eax, [idt + GP_ * 8 + 4]
  mov [old_gate + 4], eax
  mov dword ptr [idt + GP_ * 8], TASK2 << 16
  mov dword ptr [idt + GP_ * 8 + 4], 0x8500
  mov eax, 0x1000
gp_at:
  mov fs, ax                                  # beyond the GDT: #GP(1000h)
gp_after:
  mov eax, [old_gate]
  mov [idt + GP_ * 8], eax
  mov eax, [old_gate + 4]
  mov [idt + GP_ * 8 + 4], eax
  expect "error code on the task's stack", "[seen_eax]", 0x1000
  expect "EIP of the faulting instruction in the TSS", "[seen_fault_eip]", "offset gp_at"
  expect "RF in the saved image", "[seen_fault_flags]", RF

  # Checks.
  faults "JMP to a busy TSS", GP_, TSS_SELECTOR, .byte 0xEA,0,0,0,0,TSS_SELECTOR,0
  faults "limit below 67h", TS_, SHORT_TASK, .byte 0xEA,0,0,0,0,SHORT_TASK,0
  mov byte ptr [gdt + TASK2 + 5], 0x09
  faults "not-present TSS", NP_, TASK2, .byte 0xEA,0,0,0,0,TASK2,0
  mov byte ptr [gdt + TASK2 + 5], 0x89
  busy "still free", TASK2, 0
  # A bad segment of the new task faults in its context.
  mov dword ptr [task1 + 0x20], offset task1_called
  mov dword ptr [task1 + 0x54], TSS_SELECTOR  # DS names a TSS
  mov dword ptr [resume_eip], offset bad_segment
  mov [resume_esp], esp
  .byte 0xEA
  .long 0
  .word TASK1
bad_segment:
  expect "bad DS: vector", "[trap_vector]", TS_
  expect "bad DS: code", "[trap_error]", TSS_SELECTOR
  expect "bad DS: EIP of the new task", "[trap_eip]", "offset task1_called"
  str eax
  expect "bad DS: TR is the new task's", eax, TASK1
  mov dword ptr [task1 + 0x54], KERNEL_DS
  # Go on as the first task.
  mov byte ptr [gdt + TSS_SELECTOR + 5], 0x89
  mov byte ptr [gdt + TASK1 + 5], 0x89
  mov eax, TSS_SELECTOR
  ltr ax

  # The T bit: #DB with DR6.BT before the first instruction of the task.
  mov dword ptr [task1 + 0x20], offset task1_called
  mov word ptr [task1 + 0x64], 1
  handle DB_, note_debug
  xor eax, eax
  mov dr6, eax
  .byte 0x9A
  .long 0
  .word TASK1
  mov dword ptr [trap_handlers + DB_ * 4], 0
  mov word ptr [task1 + 0x64], 0
  expect "T bit: EIP", "[seen_debug_eip]", "offset task1_called"
  mov eax, [seen_debug_dr6]
  and eax, 0xE000
  expect "T bit: DR6.BT", eax, 0x8000

  # A 16-bit TSS.
  mov word ptr [task16 + 0x0E], 0             # IP, in the segment below
  segment 6, task16_start, 0xFFF, 0x9B, 0
  mov word ptr [task16 + 0x10], 2
  mov word ptr [task16 + 0x12], 0x5678
  mov word ptr [task16 + 0x1A], 0x1000        # SP in a 16-bit data segment
  segment 7, scratch, 0xFFFF, 0x93, 0
  mov word ptr [task16 + 0x22], KERNEL_DS
  mov word ptr [task16 + 0x24], FREE_SELECTOR + 48
  mov word ptr [task16 + 0x26], FREE_SELECTOR + 56
  mov word ptr [task16 + 0x28], KERNEL_DS
  mov word ptr [task16 + 0x2A], 0
  .byte 0x9A
  .long 0
  .word TASK16
  movzx eax, word ptr [seen_ax16]
  expect "AX of the 16-bit task", eax, 0x5678
  movzx eax, word ptr [task16 + 0x12]
  expect "AX saved by IRET", eax, 0x1234
  movzx eax, word ptr [task16]
  expect "16-bit back link", eax, TSS_SELECTOR
  busy "the 16-bit task is free", TASK16, 0
  ret

note_state:
  mov [seen_eax], eax
  mov [seen_esp], esp
  add dword ptr [seen_esp], 4                 # the return address of this call
  sldt eax
  mov [seen_ldt], eax
  str eax
  mov [seen_tr], eax
  mov eax, cr0
  and eax, 8
  mov [seen_ts], eax
  clts
  pushfd
  pop eax
  and eax, NT
  mov [seen_nt], eax
  mov al, [gdt + TSS_SELECTOR + 5]
  and eax, 2
  mov [seen_first_busy], eax
  ret
task1_start:
  call note_state
  .byte 0xEA
  .long 0
  .word TSS_SELECTOR
task1_after:
  hlt
task1_called:
  call note_state
  iretd
task2_start:
  hlt
task2_fault:
  pop eax
  mov [seen_eax], eax
  mov eax, [tss + 0x20]
  mov [seen_fault_eip], eax
  mov eax, [tss + 0x24]
  and eax, RF
  mov [seen_fault_flags], eax
  mov dword ptr [tss + 0x20], offset gp_after
  clts
  iretd
note_debug:
  mov eax, [edi + 8]
  mov [seen_debug_eip], eax
  mov eax, dr6
  mov [seen_debug_dr6], eax
  ret
.code16
task16_start:
  .byte 0x67, 0xA3                            # mov [seen_ax16], ax
  .long seen_ax16
  mov ax, 0x1234
  clts
  iret
.code32

.section .bss
.balign 16
task1: .skip 128
task2: .skip 128
task16: .skip 64
ldt: .skip 16
.skip 1024
task1_stack_top:
.skip 1024
task2_stack_top:
old_gate: .skip 8
seen_eax: .skip 4
seen_esp: .skip 4
seen_ldt: .skip 4
seen_tr: .skip 4
seen_ts: .skip 4
seen_nt: .skip 4
seen_first_busy: .skip 4
seen_busy: .skip 4
seen_fault_eip: .skip 4
seen_fault_flags: .skip 4
seen_debug_eip: .skip 4
seen_debug_dr6: .skip 4
seen_ax16: .skip 4
