# Debug exceptions in 32-bit protected mode: task switches with T, TF, RF and DR7, #DB by a task gate, and the
# instructions that 64-bit mode has not.
#
# The lines read as those of matrix-debug (debug.inc): "NAME: EVENT, EVENT", an event being "#VECTOR PLACE", TF and RF
# of the image and the bits of DR6. PLACE is the offset from the case's start, "task" with the offset from a task's first
# instruction, "based" in a segment with a base, "stub V", or "entry". "by task" is what the task of the gate of #DB has
# found in the TSS that it interrupted.
#   SDM Vol. 3B "Single-Step Exception Condition", "Task-Switch Exception Condition"; Vol. 3A "Task Switching"
.include "rom32.inc"
.set TASK1, FREE_SELECTOR
.set TASK_DB, FREE_SELECTOR + 8
.set TASK_GATE, FREE_SELECTOR + 16
.set CODE_BASE, FREE_SELECTOR + 24
.set DATA_BASE, FREE_SELECTOR + 32
.set EVENTS, 12
.set L0, 1
.set G0, 2
.set L1, 4
.set WRITES, 0x10000
.set ACCESSES, 0x30000
.set TWO, 0x40000

.macro say text:req
  push esi
  mov esi, offset .Lsay\@
  call print
  pop esi
  .pushsection .rodata
  .Lsay\@: .asciz "\text"
  .popsection
.endm

# A task that starts at START: selectors, stack, flags 2, T clear.
.macro task label:req, start:req, stack:req
  mov dword ptr [\label], 0
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

.macro case name:req, control=0, flags=2
  say "\name: "
  lea eax, [100f]
  mov [case_start], eax
  lea eax, [101f]
  mov [case_end], eax
  call case_begin
  mov [case_esp], esp
  mov eax, (\control) | 0x400
  mov dr7, eax
  xor eax, eax
  push (\flags) | 2
  popfd
100:
.endm

.macro done
101:
  mov esp, [case_esp]
  push 2
  popfd
  mov eax, dr7
  mov [seen_dr7], eax
  mov eax, 0x400
  mov dr7, eax
  clts
  call print_events
  mov esi, offset text_newline
  call print
.endm

.macro at number:req, label:req
  lea eax, [\label]
  mov dr\number, eax
.endm

.macro access name:req, setup:req, instruction:vararg
  say "\name: W "
.irp control, 0x10401, 0x30401
  lea eax, [100f]
  mov [case_start], eax
  lea eax, [101f]
  mov [case_end], eax
  call case_begin
  mov [case_esp], esp
  \setup
  mov edx, \control
  mov dr7, edx
100:
  \instruction
101:
  mov esp, [case_esp]
  mov edx, 0x400
  mov dr7, edx
  call print_events
  .ifc \control, 0x10401
  say "; RW "
  .endif
.endr
  mov esi, offset text_newline
  call print
.endm

# NAME, if EAX has BIT.
.macro dr6_bit name:req, bit:req
  test eax, \bit
  jz .Lclear\@
  say " \name"
.Lclear\@:
.endm

main:
  segment 0, task1, 0x67, 0x89, 0
  segment 1, task_db, 0x67, 0x89, 0
  describe 2, 0x00008500, TASK1 << 16
  segment 3, based_code, 0xFFF, 0x9B, 0x40
  segment 4, scratch, 0xFFF, 0x93, 0x40
  handle DB_, log_event
  handle BP_, log_event
  handle OF_, log_event
  handle BR_, log_event
  handle UD_, log_event
  handle 0x32, log_event
  call steps
  call transfers
  call breakpoints
  call accesses
  call switches
  call gated
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  cli
  hlt

steps:
  case "TF: into, taken", 0, TF
  mov al, 0x7F
  inc al
  into
  nop
  done
  case "TF: into, not taken", 0, TF
  into
  nop
  done
  case "into, taken", 0, 0
  mov al, 0x7F
  inc al
  into
  done
  case "TF: bound, within", 0, TF
  mov dword ptr [ebx + 4], 7
  bound eax, [ebx]
  nop
  done
  case "TF: bound, beyond", 0, TF
  mov eax, 8
  bound eax, [ebx]
  done
  case "TF: pusha, popa", 0, TF
  pushad
  popad
  done
  case "TF: pop ss", 0, TF
  push KERNEL_DS
  pop ss
  nop
  nop
  done
  case "TF: pop ds", 0, TF
  push KERNEL_DS
  pop ds
  nop
  done
  case "TF: int 32h", 0, TF
  int 0x32
  nop
  done
  case "TF: int3", 0, TF
  int3
  nop
  done
  case "TF: int1", 0, TF
  .byte 0xF1
  nop
  done
  case "POPFD sets TF"
  push TF | 2
  popfd
  nop
  done
  case "POPF of 16 bits sets TF"
  push TF | 2
  .byte 0x66, 0x9D
  nop
  done
  case "IRETD sets TF"
  push TF | 2
  push KERNEL_CS
  lea ecx, [102f]
  push ecx
  iretd
102:
  nop
  nop
  done
  at 0, 102f
  case "IRETD sets RF at a breakpoint", L0
  push RF | 2
  push KERNEL_CS
  lea ecx, [102f]
  push ecx
  iretd
102:
  nop
  done
  ret

# SYSENTER and SYSEXIT leave TF as it is.
transfers:
  mov ecx, 0x174
  mov eax, KERNEL_CS
  xor edx, edx
  wrmsr
  mov ecx, 0x175
  mov eax, offset entry_stack_top
  wrmsr
  mov ecx, 0x176
  mov eax, offset system_entry
  wrmsr
  case "TF: sysenter", 0, TF
  sysenter
  done
  case "sysenter without TF", 0, 0
  sysenter
  done
  ret
system_entry:
  nop
  nop
  jmp [case_end]

breakpoints:
  mov eax, offset based_code + 1
  mov dr0, eax
  case "execute, by linear address", L0
  .byte 0x9A
  .long 0
  .word CODE_BASE
  nop
  done
  mov eax, 1
  mov dr0, eax
  case "execute, offset alone", L0
  .byte 0x9A
  .long 0
  .word CODE_BASE
  done
  mov eax, offset scratch + 0x10
  mov dr0, eax
  case "write, by linear address", L0 | WRITES
  mov ecx, DATA_BASE
  mov fs, ecx
  mov fs:[0x10], al
  nop
  done
  mov eax, 0x10
  mov dr0, eax
  case "write, offset alone", L0 | WRITES
  mov ecx, DATA_BASE
  mov fs, ecx
  mov fs:[0x10], al
  nop
  done
  xor eax, eax
  mov fs, eax
  mov dword ptr [scratch + 0x40], KERNEL_DS
  mov eax, offset scratch + 0x40
  mov dr0, eax
  case "pop ss hits", L0 | ACCESSES | TWO
  mov esp, offset scratch + 0x40
  pop ss
  mov esp, [case_esp]
  nop
  done
  at 1, 102f
  case "breakpoint behind pop ss", L1
  mov esp, offset scratch + 0x40
  pop ss
102:
  mov esp, [case_esp]
  nop
  done
  case "mov ss hits, int3", L0 | ACCESSES | TWO
  mov ss, [scratch + 0x40]
  int3
  nop
  done
  mov eax, cr4
  or eax, CR4_DE
  mov cr4, eax
  mov eax, 0x80
  mov dr0, eax
  case "out, CR4.DE", L0 | 0x20000
  out 0x80, al
  nop
  done
  mov eax, cr4
  and eax, ~CR4_DE
  mov cr4, eax
  mov eax, 0x2400
  case "GD: mov eax, dr0", 0x2000
  nop
  mov eax, dr0
  nop
  done
  ret

accesses:
  mov eax, offset scratch + 0x10
  mov dr0, eax
  access "push es", "lea esp, [ebx + 0x14]", .byte 0x06
  access "pusha, EDI", "lea esp, [ebx + 0x30]", pushad
  access "pusha, EAX", "lea esp, [ebx + 0x14]", pushad
  access "les, the selector", "mov dword ptr [ebx + 0x10], KERNEL_DS", .byte 0xC4, 0x43, 0x0C
  access "bound, upper", "mov dword ptr [ebx + 0x10], 7", bound eax, [ebx + 0xC]
  access "arpl that adjusts", "mov eax, 3", arpl [ebx + 0x10], ax
  access "enter, level 2, the copied pointer", "lea ebp, [ebx + 0x14]", enter 0, 2
  access "fnstenv, 14 bytes, the last", "nop", .byte 0x66, 0xD9, 0x73, 0x10 - 13
  access "fnstenv, 14 bytes, behind them", "nop", .byte 0x66, 0xD9, 0x73, 0x10 - 14
  case "far call, CS", L0 | WRITES
  lea esp, [ebx + 0x14]
  .byte 0x9A
  .long 0
  .word CODE_BASE
  done
  ret

# Task switches.
switches:
.macro switch name:req, trap:req, image:req, control:req, flags:req, instruction:vararg
  call new_task
  mov byte ptr [task1 + 0x64], \trap
  mov dword ptr [task1 + 0x24], (\image) | 2
  case "\name", \control, \flags
  \instruction
  nop
  done
.endm
  switch "jmp to a task", 0, 0, 0, 0, .byte 0xEA, 0, 0, 0, 0, TASK1, 0
  switch "jmp to a task with T", 1, 0, 0, 0, .byte 0xEA, 0, 0, 0, 0, TASK1, 0
  switch "jmp to a task with TF", 0, TF, 0, 0, .byte 0xEA, 0, 0, 0, 0, TASK1, 0
  switch "jmp to a task with T and TF", 1, TF, 0, 0, .byte 0xEA, 0, 0, 0, 0, TASK1, 0
  switch "jmp to a task gate with T", 1, 0, 0, 0, .byte 0xEA, 0, 0, 0, 0, TASK_GATE, 0
  mov dword ptr [returns], 1
  switch "call of a task", 0, 0, 0, 0, .byte 0x9A, 0, 0, 0, 0, TASK1, 0
  switch "call of a task with T", 1, 0, 0, 0, .byte 0x9A, 0, 0, 0, 0, TASK1, 0
  switch "call of a task with TF", 0, TF, 0, 0, .byte 0x9A, 0, 0, 0, 0, TASK1, 0
  switch "call of a task gate with T", 1, 0, 0, 0, .byte 0x9A, 0, 0, 0, 0, TASK_GATE, 0
  mov eax, [idt + 0x32 * 8]
  mov [old_gate], eax
  mov eax, [idt + 0x32 * 8 + 4]
  mov [old_gate + 4], eax
  mov dword ptr [idt + 0x32 * 8], TASK1 << 16
  mov dword ptr [idt + 0x32 * 8 + 4], 0x8500
  switch "int 32h by a task gate", 0, 0, 0, 0, int 0x32
  switch "int 32h by a task gate with T", 1, 0, 0, 0, int 0x32
  mov eax, [old_gate]
  mov [idt + 0x32 * 8], eax
  mov eax, [old_gate + 4]
  mov [idt + 0x32 * 8 + 4], eax
  # IRET returns to a task with T.
  mov byte ptr [tss + 0x64], 1
  switch "iret to a task with T", 0, 0, 0, 0, .byte 0x9A, 0, 0, 0, 0, TASK1, 0
  mov byte ptr [tss + 0x64], 0
  # Breakpoints at a task's first instruction.
  mov eax, offset task_start
  mov dr0, eax
  switch "L0 at a task's first instruction", 0, 0, L0, 0, .byte 0x9A, 0, 0, 0, 0, TASK1, 0
  call print_dr7
  switch "G0 at a task's first instruction", 0, 0, G0, 0, .byte 0x9A, 0, 0, 0, 0, TASK1, 0
  call print_dr7
  switch "G0 at the first instruction of a task with RF", 0, RF, G0, 0, .byte 0x9A, 0, 0, 0, 0, TASK1, 0
  switch "G0 at the first instruction of a task with T", 1, 0, G0, 0, .byte 0x9A, 0, 0, 0, 0, TASK1, 0
  switch "L0, G0, LE and GE", 0, 0, L0 | G0 | 0x300, 0, .byte 0x9A, 0, 0, 0, 0, TASK1, 0
  call print_dr7
  mov eax, offset task_start + 1
  mov dr0, eax
  switch "G0 at the second instruction of a task with RF", 0, RF, G0, 0, .byte 0x9A, 0, 0, 0, 0, TASK1, 0
  mov dword ptr [returns], 0
  ret

print_dr7:
  say "DR7 behind it: "
  mov eax, [seen_dr7]
  call print_hex
  mov esi, offset text_newline
  jmp print

# #DB by a task gate: the handler is a task of its own.
gated:
  mov dword ptr [idt + DB_ * 8], TASK_DB << 16
  mov dword ptr [idt + DB_ * 8 + 4], 0x8500
  task task_db, debug_task, task_db_stack_top
  case "#DB by a task gate: TF, nop, nop", 0, TF
  nop
  nop
  done
  mov eax, offset scratch + 0x10
  mov dr0, eax
  case "#DB by a task gate: write, G0", G0 | WRITES
  mov [ebx + 0x10], al
  mov [ebx + 0x10], al
  done
  call print_dr7
  case "#DB by a task gate: write, L0", L0 | WRITES
  mov [ebx + 0x10], al
  mov [ebx + 0x10], al
  done
  call print_dr7
  at 0, 102f
  case "#DB by a task gate: execute", G0
  nop
102:
  nop
  done
  case "#DB by a task gate: int1"
  .byte 0xF1
  nop
  done
  ret

# What is interrupted stands in the first task's TSS.
debug_task:
  mov edi, offset task_image
  mov dword ptr [edi], DB_
  mov eax, [tss + 0x20]
  mov [edi + 8], eax
  mov eax, [tss + 0x24]
  mov [edi + 16], eax
  mov dword ptr [by_task], 1
  call log_event
  mov dword ptr [by_task], 0
  mov eax, [edi + 16]
  mov [tss + 0x24], eax
  iretd
  jmp debug_task

# Task 1 anew; it goes back by JMP, or by IRET where RETURNS is set.
new_task:
  task task1, task_start, task1_stack_top
  mov byte ptr [gdt + TASK1 + 5], 0x89
  ret
task_start:
  nop
  nop
  cmp dword ptr [returns], 0
  jne 1f
  push 2
  popfd
  .byte 0xEA
  .long 0
  .word TSS_SELECTOR
1:
  iretd
.balign 16
based_code:
  nop
  nop
  .byte 0xCB
.balign 16

case_begin:
  cld
  mov dword ptr [event_count], 0
  mov ebx, offset scratch
  mov edi, ebx
  mov ecx, 16
  xor eax, eax
  rep stosd
  mov dword ptr [scratch + 0x40], KERNEL_DS
  mov edi, offset scratch + 0x800
  mov ecx, 3
  mov eax, 0xFFFF0FF0
  mov dr6, eax
  xor eax, eax
  ret

log_event:
  mov esi, [edi + 8]
  mov eax, esi
  sub eax, [case_end]
  jz 1f
  cmp eax, 64
  jb 8f
1:
  mov ecx, [event_count]
  cmp ecx, EVENTS
  jae 8f
  inc dword ptr [event_count]
  imul edx, ecx, 20
  add edx, offset events
  mov eax, [edi]
  mov [edx], eax
  mov [edx + 4], esi
  mov eax, [edi + 16]
  mov [edx + 8], eax
  mov eax, [by_task]
  mov [edx + 16], eax
  mov eax, [edi]
  cmp eax, DB_
  jne 6f
  mov eax, dr6
  mov [edx + 12], eax
  mov ecx, 0xFFFF0FF0
  mov dr6, ecx
  cmp esi, [case_end]
  jne 2f
  and dword ptr [edi + 16], ~TF
2:
  # RF behind instruction breakpoints.
  mov edx, dr7
  mov ecx, 16
3:
  shr eax, 1
  jnc 4f
  bt edx, ecx
  jc 4f
  or dword ptr [edi + 16], RF
4:
  add ecx, 4
  cmp ecx, 32
  jb 3b
  ret
6:
  # A fault ends the case.
  cmp eax, UD_
  je 7f
  cmp eax, BR_
  jne 9f
7:
  mov eax, [case_end]
  mov [edi + 8], eax
  ret
8:
  and dword ptr [edi + 16], ~TF
  or dword ptr [edi + 16], RF
9:
  ret

print_events:
  pushad
  xor ebp, ebp
  mov ebx, offset events
  cmp dword ptr [event_count], 0
  jne 1f
  say "nothing"
  jmp 9f
1:
  cmp ebp, [event_count]
  jae 9f
  test ebp, ebp
  jz 2f
  say ", "
2:
  mov eax, [ebx]
  cmp eax, 7
  jae 3f
  lea esi, [vector_names + eax * 4]
  call print
  jmp 4f
3:
  say "INT "
  call print_hex
4:
  say " "
  call print_event_place
.irp bit, TF, RF
  test dword ptr [ebx + 8], \bit
  jz 5f
  say " \bit"
5:
.endr
  cmp dword ptr [ebx], DB_
  jne 7f
  mov eax, [ebx + 12]
  test eax, 0xE00F
  jnz 6f
  say " -"
6:
  dr6_bit "B0", 1
  dr6_bit "B1", 2
  dr6_bit "B2", 4
  dr6_bit "B3", 8
  dr6_bit "BD", 0x2000
  dr6_bit "BS", 0x4000
  dr6_bit "BT", 0x8000
7:
  cmp dword ptr [ebx + 16], 0
  je 8f
  say " by task"
8:
  add ebx, 20
  inc ebp
  jmp 1b
9:
  popad
  ret

print_event_place:
  mov eax, [ebx + 4]
  cmp eax, 16
  jae 1f
  say "based+"
  jmp print_hex
1:
  sub eax, offset system_entry
  cmp eax, 8
  jae 2f
  say "entry+"
  jmp print_hex
2:
  mov eax, [ebx + 4]
  sub eax, offset task_start
  cmp eax, 32
  jae 3f
  say "task+"
  jmp print_hex
3:
  mov eax, [ebx + 4]
  sub eax, offset trap_stubs
  cmp eax, 4096
  jae 4f
  say "stub "
  shr eax, 4
  jmp print_hex
4:
  mov eax, [ebx + 4]
  sub eax, [case_start]
  cmp eax, 256
  jb print_hex
  say "other"
  ret

.section .rodata
vector_names: .asciz "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD"
.section .bss
.balign 16
task1: .skip 128
task_db: .skip 128
.skip 1024
task1_stack_top:
.skip 1024
task_db_stack_top:
.skip 1024
entry_stack_top:
old_gate: .skip 8
task_image: .skip 32
case_start: .skip 4
case_end: .skip 4
case_esp: .skip 4
event_count: .skip 4
returns: .skip 4
by_task: .skip 4
seen_dr7: .skip 4
events: .skip EVENTS * 20
.section .text
