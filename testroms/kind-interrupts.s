# Kind of workload: interrupts of the local APIC: IPIs to itself, nested and held back by CR8, timers, EOI, HLT until the next.
# The number of interrupts is fixed; how long they take is not in the checksum.
.set ROUNDS, 10
.include "kind.inc"
.set APIC, 0xFEE00000
.set EOI, 0xB0
.set SPURIOUS, 0xF0
.set COMMAND, 0x300
.set TIMER, 0x320
.set INITIAL_COUNT, 0x380
.set DIVIDE, 0x3E0
.set TO_SELF, 0x44000

# R14D the APIC.
setup:
  mov r14d, APIC
  mov dword ptr [r14 + SPURIOUS], 0x1FF
  mov dword ptr [r14 + DIVIDE], 0x0B          # the timer counts every cycle of its clock
  mov dword ptr [r14 + TIMER], 0x51
  gate 0x41, first
  gate 0x51, timer
  gate 0x61, outer
  gate 0x71, inner
  handle 0x81, full
  sti
  ret

round:
  # One after the other.
  mov ebx, 50
1:
  lea r13, [rip + count_first]
  call send_first
  lea r13, [rip + count_full]
  mov r15, [r13]
  mov dword ptr [r14 + COMMAND], TO_SELF + 0x81
  call arrive
  dec ebx
  jnz 1b
  # One within the other.
  mov ebx, 20
2:
  lea r13, [rip + count_outer]
  mov r15, [r13]
  mov dword ptr [r14 + COMMAND], TO_SELF + 0x61
  call arrive
  dec ebx
  jnz 2b
  # Held back by the task priority, and by IF.
  mov ebx, 20
3:
  mov eax, 8
  mov cr8, rax
  lea r13, [rip + count_first]
  mov r15, [r13]
  mov dword ptr [r14 + COMMAND], TO_SELF + 0x41
  add r12, [r13]
  xor eax, eax
  mov cr8, rax
  call arrive
  cli
  mov r15, [r13]
  mov dword ptr [r14 + COMMAND], TO_SELF + 0x41
  add r12, [r13]
  sti
  call arrive
  dec ebx
  jnz 3b
  # The timer ends HLT.
  mov ebx, 10
4:
  cli
  mov r15, [rip + count_timer]
  mov dword ptr [r14 + INITIAL_COUNT], 1000
5:
  sti
  hlt
  cli
  cmp r15, [rip + count_timer]
  je 5b
  sti
  dec ebx
  jnz 4b
  ret

send_first:
  mov r15, [r13]
  mov dword ptr [r14 + COMMAND], TO_SELF + 0x41
# Waits until [R13] is no longer R15.
arrive:
  cmp r15, [r13]
  je arrive
  ret

# RAX, the checksum and a count are changed as the interrupted code expects: only R12 and memory.
.macro counted name:req
  inc qword ptr [rip + count_\name]
  add r12, [rip + count_\name]
  rol r12, 1
.endm
first:
  counted first
  mov dword ptr [r14 + EOI], 0
  iretq
timer:
  counted timer
  mov dword ptr [r14 + EOI], 0
  iretq
outer:
  push r13
  push r15
  lea r13, [rip + count_inner]
  mov r15, [r13]
  sti
  mov dword ptr [r14 + COMMAND], TO_SELF + 0x71
  call arrive
  cli
  pop r15
  pop r13
  counted outer
  mov dword ptr [r14 + EOI], 0
  iretq
inner:
  counted inner
  mov dword ptr [r14 + EOI], 0
  iretq
# Through the common part, which saves every register and R12 among them.
full:
  inc qword ptr [rip + count_full]
  mov dword ptr [r14 + EOI], 0
  ret

.section .bss
.balign 8
count_first: .skip 8
count_timer: .skip 8
count_outer: .skip 8
count_inner: .skip 8
count_full: .skip 8
