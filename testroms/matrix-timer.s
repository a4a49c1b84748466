# Interrupts: where they are taken, what blocks them, in which order, and the local APIC's timer as their source.
#
# Nothing printed depends on time: a line lists the vectors in the order of their handlers, each with the distance of
# the interrupted RIP from the case's label where that is certain, and registers that have settled.
.include "rom.inc"
.include "matrix.inc"

.set APIC, 0xFEE00000
.set TPR, 0x80
.set PPR, 0xA0
.set EOI, 0xB0
.set SVR, 0xF0
.set ISR, 0x100
.set IRR, 0x200
.set ESR, 0x280
.set ICR, 0x300
.set LVT_TIMER, 0x320
.set INITIAL, 0x380
.set CURRENT, 0x390
.set DIVIDE, 0x3E0
.set PERIODIC, 0x20000
.set MASKED, 0x10000

.macro apic register:req, value:req
  mov r15d, APIC
  mov dword ptr [r15 + \register], \value
.endm
.macro self vector:req
  apic ICR, 0x44000 | (\vector)
.endm

# Waits until the timer's vector is in IRR.
.macro await vector:req
.Lawait\@:
  mov r15d, APIC
  mov r14d, [r15 + IRR + (\vector) / 32 * 16]
  bt r14d, (\vector) & 31
  jnc .Lawait\@
.endm

# With VECTOR pending and IF clear: the instructions up to `end_case`.
.macro begin vector:req
  cli
  call clear_log
  self \vector
.endm

.macro label_here
  lea r13, [rip + .Lhere\@]
  mov [rip + here], r13
.Lhere\@:
.endm

.macro end_case name:req
  cli
  say "\name:"
  call print_log
.endm

main:
  cli
  mov al, 0xFF
  out 0x21, al
  out 0xA1, al
.irp vector, 0x21, 0x31, 0x32, 0x41, 0x51, 0x52, 0x61, 0x81, 0xE0, 0xF1
  handle \vector, note
.endr
  handle 0x71, note_nested
  handle 0xFF, note_spurious
  apic SVR, 0x1FF
  apic DIVIDE, 0xB
  call shadows
  call halted
  call priorities
  call nested
  call timer
  call user_interrupts
  jmp matrix_finish

# Where a pending interrupt is taken.
shadows:
  begin 0x31
  label_here
  sti
  nop
  nop
  nop
  end_case "sti, nop, nop"
  begin 0x31
  label_here
  sti
  cli
  nop
  nop
  end_case "sti, cli"
  sti
  nop
  nop
  end_case "sti after that, vectors only"
  begin 0x31
  label_here
  sti
  sti
  nop
  nop
  nop
  end_case "sti, sti, nop"
  begin 0x31
  pushfq
  or dword ptr [rsp], IF
  label_here
  popfq
  nop
  nop
  end_case "popfq"
  begin 0x31
  mov eax, KERNEL_DS
  label_here
  sti
  mov ss, eax
  nop
  nop
  nop
  end_case "sti, mov ss, nop"
  begin 0x31
  mov eax, KERNEL_DS
  pushfq
  or dword ptr [rsp], IF
  mov ss, eax
  label_here
  popfq
  nop
  nop
  end_case "mov ss, popfq"
  begin 0x31
  mov eax, KERNEL_DS
  mov ds, eax
  label_here
  sti
  mov ds, eax
  nop
  nop
  end_case "sti, mov ds, nop"
  begin 0x31
  lea rax, [rip + 1f]
  mov rcx, rsp
  push KERNEL_DS
  push rcx
  push IF | 2
  push KERNEL_CS
  push rax
  mov [rip + here], rax
  iretq
1:
  nop
  nop
  end_case "iretq"
  begin 0x31
  label_here
  sti
  jmp 1f
  nop
1:
  nop
  nop
  end_case "sti, jmp"
  begin 0x31
  mov ecx, 100
  lea rdi, [rip + scratch]
  label_here
  sti
  rep stosb
  nop
  cli
  mov rax, rcx
  mov [rip + saved], rax
  end_case "sti, rep stosb"
  say "RCX after that: "
  say_hex [rip + saved]
  call print_newline
  # A fault in the shadow.
  begin 0x31
  label_here
  sti
  attempt ud2
  say "sti, ud2: "
  call print_outcome
  cli
  call print_log
  sti
  nop
  nop
  cli
  ret

# HLT with an interrupt pending or to come.
halted:
  begin 0x31
  label_here
  sti
  hlt
  nop
  end_case "sti, hlt, pending"
  cli
  call clear_log
  apic LVT_TIMER, 0x41
  apic INITIAL, 3000000
  sti
  hlt
  cli
  end_case "hlt, timer, vectors only"
  # What TPR blocks does not wake; the timer's class does.
  cli
  call clear_log
  apic TPR, 0x50
  self 0x51
  apic LVT_TIMER, 0xE0
  apic INITIAL, 3000000
  sti
  hlt
  nop
  cli
  end_case "hlt, 51h blocked by TPR 50h, timer E0h, vectors only"
  apic TPR, 0
  sti
  nop
  nop
  end_case "then TPR 0, vectors only"
  ret

# Every TPR and CR8 by vectors of several classes: "1" taken, "0" not.
priorities:
.macro sweep_priority name:req, setter:req
.irp vector, 0x21, 0x31, 0x81, 0xF1
  say "\name, \vector:"
  xor r12d, r12d
1:
  cli
  call clear_log
  self \vector
  \setter
  sti
  nop
  nop
  cli
  mov al, '0'
  add al, [rip + log_count]
  push rax
  mov al, 32
  call print_char
  pop rax
  call print_char
  mov r15d, APIC
  mov rax, cr8
  call print_hex
  mov eax, [r15 + PPR]
  call print_hex
  # What is left is taken with TPR 0.
  apic TPR, 0
  sti
  nop
  nop
  cli
  inc r12d
  cmp r12d, 16
  jne 1b
  call print_newline
.endr
.endm
.macro set_tpr
  mov eax, r12d
  shl eax, 4
  or eax, 0xF
  mov r15d, APIC
  mov [r15 + TPR], eax
.endm
.macro set_cr8
  mov cr8, r12
.endm
  sweep_priority "TPR", set_tpr
  sweep_priority "CR8", set_cr8
  # TPR and CR8 are one register.
.irp value, 0, 0x0F, 0x10, 0x5A, 0xF0, 0xFF, 0x1FF
  apic TPR, \value
  mov rax, cr8
  mov r15d, APIC
  mov ecx, [r15 + TPR]
  mov edx, [r15 + PPR]
  say "TPR \value: CR8 "
  call print_hex
  say " TPR "
  say_hex rcx
  say " PPR "
  say_hex rdx
  call print_newline
.endr
  apic TPR, 0
  # Order: not that of their coming.
.macro order name:req, vectors:vararg
  cli
  call clear_log
  .irp vector, \vectors
  self \vector
  .endr
  sti
  nop
  nop
  nop
  nop
  nop
  nop
  cli
  end_case "\name, vectors only"
.endm
  order "21h 41h 81h", 0x21, 0x41, 0x81
  order "81h 41h 21h", 0x81, 0x41, 0x21
  order "31h 32h", 0x31, 0x32
  order "32h 31h", 0x32, 0x31
  order "51h twice", 0x51, 0x51
  order "E0h F1h 61h 52h 51h", 0xE0, 0xF1, 0x61, 0x52, 0x51
  ret

# The handler of 71h sends itself others and lets them in.
nested:
  cli
  call clear_log
  self 0x71
  sti
  nop
  nop
  nop
  nop
  nop
  nop
  cli
  end_case "71h nesting, vectors only"
  say "71h nesting, in the handler: ISR "
  say_hex [rip + seen_isr]
  say " PPR "
  say_hex [rip + seen_ppr]
  say " IF "
  say_hex [rip + seen_flags]
  call print_newline
  ret

timer:
  # One-shot: once.
  call clear_log
  apic LVT_TIMER, 0x41
  apic INITIAL, 200000
1:
  sti
  hlt
  cli
  cmp dword ptr [rip + log_count], 0
  je 1b
  mov ecx, 20000
1:
  dec ecx
  jnz 1b
  sti
  nop
  nop
  cli
  end_case "one-shot, vectors only"
  mov r15d, APIC
  mov eax, [r15 + CURRENT]
  say "one-shot, current count after: "
  call print_hex
  call print_newline
  # Periodic: again and again, until the initial count is 0.
  call clear_log
  apic LVT_TIMER, PERIODIC | 0x41
  apic INITIAL, 2000000
2:
  sti
  hlt
  cli
  cmp dword ptr [rip + log_count], 3
  jb 2b
  apic INITIAL, 0
  sti
  nop
  nop
  cli
  mov dword ptr [rip + log_count], 3
  end_case "periodic, first three, vectors only"
  call clear_log
  mov ecx, 20000
1:
  dec ecx
  jnz 1b
  sti
  nop
  nop
  cli
  end_case "periodic, stopped, vectors only"
  mov r15d, APIC
  mov eax, [r15 + CURRENT]
  say "periodic, stopped, current count: "
  call print_hex
  call print_newline
  # Masked: counts, nothing comes.
  apic LVT_TIMER, MASKED | 0x41
  apic INITIAL, 100000
3:
  mov r15d, APIC
  mov eax, [r15 + CURRENT]
  test eax, eax
  jnz 3b
  sti
  nop
  nop
  cli
  end_case "masked, vectors only"
  mov eax, [r15 + IRR + 0x20]
  say "masked, IRR: "
  call print_hex
  call print_newline
  # Unmasking later does not bring it back.
  apic LVT_TIMER, 0x41
  sti
  nop
  nop
  cli
  end_case "unmasked after it ran out, vectors only"
  # Pending in IRR with IF clear, then taken behind the shadow.
  apic LVT_TIMER, 0x41
  apic INITIAL, 1000
  await 0x41
  label_here
  sti
  nop
  nop
  nop
  end_case "timer pending, sti, nop"
  # Masked after it has become pending: still taken.
  call clear_log
  apic LVT_TIMER, 0x41
  apic INITIAL, 1000
  await 0x41
  apic LVT_TIMER, MASKED | 0x41
  label_here
  sti
  nop
  nop
  nop
  end_case "timer pending, masked then"
  # Two periods while IF is clear count once.
  call clear_log
  apic LVT_TIMER, 0x81
  apic INITIAL, 1000
  await 0x81
  apic INITIAL, 1000
4:
  mov r15d, APIC
  cmp dword ptr [r15 + CURRENT], 0
  jne 4b
  sti
  nop
  nop
  nop
  end_case "two one-shots while IF is clear, vectors only"
  # The current count of a stopped timer, and what its writes do.
  apic LVT_TIMER, MASKED
  apic INITIAL, 0
  apic CURRENT, 5
  mov r15d, APIC
  mov eax, [r15 + CURRENT]
  say "current count, written: "
  call print_hex
  call print_newline
  # An initial count reads back; the current one is at most that, and falls.
  apic DIVIDE, 0xA
  apic INITIAL, 0xFFFFFFFF
  mov r15d, APIC
  mov eax, [r15 + INITIAL]
  say "initial count: "
  call print_hex
  call print_newline
  mov ecx, [r15 + CURRENT]
5:
  mov edx, [r15 + CURRENT]
  cmp edx, ecx
  je 5b
  setb al
  movzx eax, al
  say "current count falls: "
  call print_hex
  call print_newline
  apic INITIAL, 0
.irp value, 0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 15, 0xFF
  apic DIVIDE, \value
  mov r15d, APIC
  mov eax, [r15 + DIVIDE]
  say "divide \value: "
  call print_hex
  call print_newline
.endr
  apic DIVIDE, 0xB
.irp value, 0, 0x30, 0x20030, 0x10030, 0x30030, 0xFFF8FFFF, 0xFFFFFFFF
  apic LVT_TIMER, \value
  mov r15d, APIC
  mov eax, [r15 + LVT_TIMER]
  say "LVT timer \value: "
  call print_hex
  call print_newline
.endr
  # A vector below 16 is an error, not an interrupt.
  apic ESR, 0
  call clear_log
  apic LVT_TIMER, 5
  apic INITIAL, 1000
6:
  cmp dword ptr [r15 + CURRENT], 0
  jne 6b
  apic ESR, 0
  mov eax, [r15 + ESR]
  say "timer of vector 5: ESR "
  call print_hex
  mov eax, [r15 + IRR]
  say " IRR "
  call print_hex
  call print_newline
  apic LVT_TIMER, MASKED
  apic ESR, 0
  apic ESR, 0
  ret

# At CPL 3, a loop that only an interrupt ends; IF is set there.
user_interrupts:
  call clear_log
  handle 0x41, leave_user
  apic LVT_TIMER, 0x41
  apic INITIAL, 300000
  mov qword ptr [rip + user_flags], IF | 2
  .pushsection .text.user, "ax"
user_loop:
  jmp user_loop
user_end:
  int3
  .popsection
  user user_loop
  mov qword ptr [rip + user_flags], 2
  say "timer at CPL 3: "
  call print_outcome
  say " CS "
  say_hex [rip + seen_cs]
  say " flags "
  say_hex [rip + seen_flags]
  say " then"
  call print_log
  ret

clear_log:
  mov dword ptr [rip + log_count], 0
  mov qword ptr [rip + here], 0
  ret

# Vectors, and where they came if a label was set; clears the log.
print_log:
  xor r12d, r12d
1:
  cmp r12d, [rip + log_count]
  jae 9f
  mov al, 32
  call print_char
  lea rsi, [rip + log]
  mov eax, r12d
  shl eax, 4
  add rsi, rax
  mov rax, [rsi]
  call print_hex
  cmp qword ptr [rip + here], 0
  je 2f
  mov rax, [rsi + 8]
  sub rax, [rip + here]
  cmp rax, 32
  jae 2f
  say " at "
  call print_hex
2:
  inc r12d
  jmp 1b
9:
  call print_newline
  jmp clear_log

note:
  mov eax, [rip + log_count]
  cmp eax, 16
  jae 1f
  inc dword ptr [rip + log_count]
  shl eax, 4
  lea rdx, [rip + log]
  add rdx, rax
  mov rax, [rdi]
  mov [rdx], rax
  mov rax, [rdi + 16]
  mov [rdx + 8], rax
1:
  mov eax, APIC
  mov dword ptr [rax + EOI], 0
  ret

note_spurious:
  mov eax, [rip + log_count]
  inc dword ptr [rip + log_count]
  shl eax, 4
  lea rdx, [rip + log]
  mov qword ptr [rdx + rax], 0xFF
  ret

note_nested:
  mov ebx, APIC
  mov eax, [rbx + ISR + 0x30]
  mov [rip + seen_isr], rax
  mov eax, [rbx + PPR]
  mov [rip + seen_ppr], rax
  pushfq
  pop rax
  and eax, IF
  mov [rip + seen_flags], rax
  push rdi
  mov dword ptr [rbx + ICR], 0x44061
  mov dword ptr [rbx + ICR], 0x44081
  mov dword ptr [rbx + ICR], 0x440E0
  sti
  nop
  nop
  nop
  nop
  cli
  pop rdi
  jmp note

leave_user:
  mov rax, [rdi + 24]
  mov [rip + seen_cs], rax
  mov rax, [rdi + 32]
  and eax, ~STATUS_FLAGS
  mov [rip + seen_flags], rax
  lea rax, [rip + user_end]
  mov rdx, USER
  add rax, rdx
  mov [rdi + 16], rax
  jmp note

.section .bss
.balign 16
log: .skip 16 * 17
log_count: .skip 8
here: .skip 8
saved: .skip 8
seen_isr: .skip 8
seen_ppr: .skip 8
seen_flags: .skip 8
seen_cs: .skip 8
.section .text
