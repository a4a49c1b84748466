# The local APIC: priorities, EOI, errors, timer, LVT, IPIs, x2APIC mode, message-signalled interrupts.
.include "rom.inc"
.set APIC, 0xFEE00000
.set ID, 0x20
.set VERSION, 0x30
.set TPR, 0x80
.set PPR, 0xA0
.set EOI, 0xB0
.set LDR, 0xD0
.set DFR, 0xE0
.set SVR, 0xF0
.set ISR, 0x100
.set TMR, 0x180
.set IRR, 0x200
.set ESR, 0x280
.set ICR, 0x300
.set ICR_HIGH, 0x310
.set LVT_TIMER, 0x320
.set LVT_LINT0, 0x350
.set LVT_LINT1, 0x360
.set LVT_ERROR, 0x370
.set INITIAL, 0x380
.set CURRENT, 0x390
.set DIVIDE, 0x3E0
.set NSPERTICK, 1

.macro apic_write register:req, value:req
  mov r15d, APIC
  mov dword ptr [r15 + \register], \value
.endm
.macro apic_expect text:req, register:req, wanted:req
  mov r15d, APIC
  mov r14d, [r15 + \register]
  mov [rip + seen], r14
  expect "\text", [rip + seen], \wanted
.endm
.macro self vector:req
  apic_write ICR, 0x44000 | \vector
.endm

main:
  handle 0x31, note
  handle 0x41, note
  handle 0x51, note_nested
  handle 0x52, note
  handle 0x61, note
  handle 0xFF, note_spurious
  handle 0xE0, note

  corner F07
  apic_expect "LVT timer after reset", LVT_TIMER, 0x10000
  apic_expect "LVT error after reset", LVT_ERROR, 0x10000
  apic_write SVR, 0x1FF
  apic_write LVT_TIMER, 0xFFFFFFFF
  apic_expect "reserved and read-only bits of LVT timer", LVT_TIMER, 0x700FF
  apic_write LVT_LINT0, 0xFFFFFFFF
  mov eax, APIC
  mov eax, [rax + LVT_LINT0]
  expect "LVT LINT0", rax, 0x1A7FF
  apic_write LVT_TIMER, 0x10000
  apic_write LVT_LINT0, 0x10700
  apic_write LVT_ERROR, 0x100FE
  apic_expect "LVT error has no delivery mode", LVT_ERROR, 0x100FE

  corner F12
  apic_expect "id", ID, 0
  mov eax, APIC
  mov eax, [rax + VERSION]
  and eax, 0xFF00FF
  mov ecx, eax
  and ecx, 0xFF
  shr ecx, 4
  expect "version 1Xh", rcx, 1
  mov ecx, 0x1B
  rdmsr
  and eax, 0xFFFFFF00
  expect "APIC_BASE: enabled, bootstrap", rax, 0xFEE00900
  # Moving the window.
  write_msr 0x1B, 0xFEE10900
  mov rbx, 0xFEE10000
  mov eax, [rbx + VERSION]
  and eax, 0xF0
  expect "moved window", rax, 0x10
  write_msr 0x1B, 0xFEE00900
  mov eax, 0xFEE00900
  mov edx, 0x10000
  mov ecx, 0x1B
  faults "base beyond MAXPHYADDR", GP_, 0, wrmsr
  write_msr 0x1B, 0xFEE00100
  mov eax, 1
  cpuid
  shr edx, 9
  and edx, 1
  mov eax, edx
  expect "disabled: CPUID.1.EDX[9] = 0", rax, 0
  write_msr 0x1B, 0xFEE00900
  mov eax, 1
  cpuid
  shr edx, 9
  and edx, 1
  mov eax, edx
  expect "enabled again", rax, 1
  apic_write SVR, 0x1FF

  corner F01
  apic_write TPR, 0x45
  apic_expect "PPR is TPR with no service", PPR, 0x45
  self 0x41
  self 0x31
  sti
  nop
  nop
  cli
  expect "vectors of class <= PPR wait", [rip + count], 0
  apic_expect "they stand in IRR", IRR + 0x20, 2
  apic_write TPR, 0x35
  sti
  nop
  nop
  cli
  expect "class 4 passes TPR 35h", [rip + count], 1
  expect "which one", [rip + last], 0x41
  apic_write TPR, 0
  sti
  nop
  nop
  cli
  expect "class 3 passes TPR 0", [rip + last], 0x31
  call clear
  self 0x31
  self 0x61
  sti
  nop
  nop
  cli
  expect "the highest first", [rip + first], 0x61
  expect "then the other", [rip + last], 0x31
  # In service 51h: PPR is 50h; 52h of the same class waits for EOI.
  call clear
  self 0x51
  sti
  nop
  nop
  nop
  cli
  expect "PPR within the handler", [rip + seen_ppr], 0x50
  expect "same class waits for EOI", [rip + nested], 0
  expect "and comes after it", [rip + last], 0x52

  corner F02
  call clear
  apic_write EOI, 0
  apic_expect "EOI with nothing in service", ISR + 0x20, 0
  handle 0x41, stay
  handle 0x61, stay
  self 0x41
  sti
  nop
  cli
  self 0x61
  sti
  nop
  cli
  apic_expect "both in service, low", ISR + 0x20, 2
  apic_expect "both in service, high", ISR + 0x30, 2
  apic_write EOI, 0x41
  apic_expect "EOI ends the highest whatever is written", ISR + 0x30, 0
  apic_expect "the other stays", ISR + 0x20, 2
  apic_write EOI, 0
  apic_expect "second EOI", ISR + 0x20, 0
  handle 0x41, note
  handle 0x61, note

  corner F04
  # Software disable masks the LVT for good and keeps IRR.
  call clear
  apic_write LVT_TIMER, 0x31
  self 0x41
  apic_write SVR, 0xFF
  apic_expect "LVT masked", LVT_TIMER, 0x10031
  apic_expect "IRR kept", IRR + 0x20, 2
  apic_write LVT_TIMER, 0x31
  apic_expect "and it cannot be unmasked", LVT_TIMER, 0x10031
  sti
  nop
  nop
  cli
  apic_write SVR, 0x1FF
  apic_expect "mask stays after the enable", LVT_TIMER, 0x10031
  sti
  nop
  nop
  cli
  expect "pending one comes", [rip + last], 0x41
  apic_write SVR, 0x1E0
  apic_expect "spurious vector is writable", SVR, 0x1E0
  apic_write SVR, 0x1FF

  corner F05
  apic_write ESR, 0
  apic_expect "no error", ESR, 0
  self 0x05
  apic_expect "not latched before a write", ESR, 0
  apic_write ESR, 0
  mov eax, APIC
  mov eax, [rax + ESR]
  and eax, 0x60
  expect "illegal vector: sent and received", rax, 0x60
  apic_write ESR, 0
  apic_expect "latched once", ESR, 0
  mov eax, APIC
  mov ecx, [rax + 0x3F0]
  apic_write ESR, 0
  apic_expect "illegal register", ESR, 0x80
  apic_write LVT_ERROR, 0xE0
  call clear
  apic_write ESR, 0
  self 0x06
  sti
  nop
  nop
  cli
  expect "LVT error interrupt", [rip + last], 0xE0
  apic_expect "IRR never gets a bit below 16", IRR, 0
  apic_write ESR, 0
  apic_write ESR, 0

  corner F06
  # Divide codes against the time-stamp counter, which counts the same clock.
  .irp code, 0xB, 0, 1, 2, 3, 8, 9, 0xA
    apic_write DIVIDE, \code
    apic_write LVT_TIMER, 0x10031
    call measure
    mov [rip + seen], rax
    .if \code == 0xB
      expect "divide code \code", [rip + seen], 1
    .elseif \code >= 8
      expect "divide code \code", [rip + seen], 1 << (\code - 8 + 5)
    .else
      expect "divide code \code", [rip + seen], 2 << \code
    .endif
  .endr
  apic_write DIVIDE, 0xB
  call clear
  apic_write LVT_TIMER, 0x31
  apic_write INITIAL, 5000
  sti
  call spin
  call spin
  cli
  expect "one-shot fires once", [rip + count], 1
  apic_expect "and stays at 0", CURRENT, 0
  call clear
  apic_write LVT_TIMER, 0x20031
  apic_write INITIAL, 2000
  sti
  call spin
  cli
  mov rax, [rip + count]
  cmp rax, 3
  seta al
  movzx eax, al
  expect "periodic goes on", rax, 1
  apic_write INITIAL, 0
  call clear
  sti
  call spin
  cli
  expect "0 stops it", [rip + count], 0
  apic_write LVT_TIMER, 0x10031
  apic_write INITIAL, 3000
  call spin
  apic_expect "masked it still counts", CURRENT, 0
  call clear
  apic_write LVT_TIMER, 0x40031
  mov ecx, 0x6E0
  rdmsr
  expect "deadline mode: not armed", rax, 0
  apic_write INITIAL, 777
  apic_expect "initial count is ignored", CURRENT, 0
  rdtsc
  add eax, 5000
  adc edx, 0
  mov ecx, 0x6E0
  wrmsr
  rdmsr
  test eax, eax
  setnz al
  movzx eax, al
  expect "armed", rax, 1
  sti
  call spin
  cli
  expect "deadline fires", [rip + count], 1
  mov ecx, 0x6E0
  rdmsr
  expect "and reads 0", rax, 0
  call clear
  mov eax, 1
  xor edx, edx
  wrmsr
  sti
  nop
  nop
  cli
  expect "a deadline in the past fires at once", [rip + count], 1
  rdtsc
  add edx, 1
  mov ecx, 0x6E0
  wrmsr
  apic_write LVT_TIMER, 0x31
  apic_write LVT_TIMER, 0x40031
  rdmsr
  expect "a change of mode disarms", rax, 0
  apic_write LVT_TIMER, 0x10031

  corner W17
  apic_write DIVIDE, 0xB
  apic_write LVT_TIMER, 0x10031
  apic_write INITIAL, 1000
  call spin
  apic_expect "a one-shot has ended", CURRENT, 0
  apic_expect "the initial count keeps its value", INITIAL, 1000
  apic_write LVT_TIMER, 0x30031
  apic_expect "periodic from now on: it does not start anew", CURRENT, 0
  apic_write LVT_TIMER, 0x10031

  corner W18
  apic_write INITIAL, 1000000
  apic_write LVT_TIMER, 0x30031
  call counts
  expect "one-shot to periodic goes on", rax, 1
  apic_write LVT_TIMER, 0x10031
  call counts
  expect "and back", rax, 1
  apic_write LVT_TIMER, 0x50031
  apic_expect "to TSC-deadline mode: disarmed", CURRENT, 0
  apic_write LVT_TIMER, 0x10031
  apic_expect "for good", CURRENT, 0
  apic_expect "the initial count is a register all the same", INITIAL, 1000000
  call clear
  apic_write INITIAL, 5000
  apic_write LVT_TIMER, 0x20031
  sti
  call spin
  cli
  mov rax, [rip + count]
  cmp rax, 2
  setae al
  movzx eax, al
  expect "bit 17 says what happens at the end of the count", rax, 1
  apic_write INITIAL, 0
  apic_write LVT_TIMER, 0x10031

  corner F08
  call clear
  apic_write ICR_HIGH, 0
  apic_write ICR, 0x4031
  sti
  nop
  nop
  cli
  expect "physical, own id", [rip + last], 0x31
  call clear
  apic_write ICR, 0x84041
  sti
  nop
  nop
  cli
  expect "all including self", [rip + last], 0x41
  call clear
  apic_write ICR, 0xC4041
  sti
  nop
  nop
  cli
  expect "all but self: none here", [rip + count], 0
  mov eax, APIC
  mov eax, [rax + ICR]
  and eax, 0x1000
  expect "delivery status is idle", rax, 0
  handle NMI_, note
  apic_write ICR, 0x4400
  nop
  expect "NMI to itself", [rip + last], 2
  mov qword ptr [rip + trap_handlers + 16], 0

  corner F10
  apic_expect "DFR after reset", DFR, 0xFFFFFFFF
  apic_write LDR, 0x02000000
  apic_write ICR_HIGH, 0x03000000
  call clear
  apic_write ICR, 0x4831
  sti
  nop
  nop
  cli
  expect "flat: a set that contains it", [rip + count], 1
  apic_write ICR_HIGH, 0x04000000
  call clear
  apic_write ICR, 0x4831
  sti
  nop
  nop
  cli
  expect "flat: a set without it", [rip + count], 0
  apic_write DFR, 0x0FFFFFFF
  apic_expect "DFR: low bits read one", DFR, 0x0FFFFFFF
  apic_write LDR, 0x32000000
  apic_write ICR_HIGH, 0x36000000
  call clear
  apic_write ICR, 0x4831
  sti
  nop
  nop
  cli
  expect "cluster 3, members 6", [rip + count], 1
  apic_write ICR_HIGH, 0x22000000
  call clear
  apic_write ICR, 0x4831
  sti
  nop
  nop
  cli
  expect "another cluster", [rip + count], 0
  apic_write ICR_HIGH, 0xFF000000
  call clear
  apic_write ICR, 0x4831
  sti
  nop
  nop
  cli
  expect "broadcast", [rip + count], 1
  apic_write DFR, 0xFFFFFFFF
  apic_write ICR_HIGH, 0x02000000
  apic_write LDR, 0x02000000
  call clear
  apic_write ICR, 0x4931
  sti
  nop
  nop
  cli
  expect "lowest priority of a set of one", [rip + count], 1

  corner F35
  # A message is a device's write. A store to FEExxxxxh by the processor outside its APIC page is none.
  call clear
  write_msr 0x1B, 0xFED00900                  # the window out of the way
  mov ebx, 0xFEE00000
  mov dword ptr [rbx], 0x0041
  write_msr 0x1B, 0xFEE00900
  sti
  nop
  nop
  cli
  expect "no message to id 0", [rip + count], 0

  corner F36
  # NMI before INTR; both before the next instruction.
  call clear
  handle NMI_, note
  self 0x41
  sti
  nop
  cli
  call clear
  mov r15d, APIC
  mov dword ptr [r15 + ICR], 0x44041
  mov dword ptr [r15 + ICR_HIGH], 0
  mov eax, 0x4400
  mov ecx, KERNEL_DS
  sti
  mov ss, ecx
  mov [r15 + ICR], eax
  nop
  cli
  expect "NMI first", [rip + first], 2
  expect "then the interrupt", [rip + last], 0x41
  mov qword ptr [rip + trap_handlers + 16], 0
  # At the boundary after the instruction that set IF, never in a shadow: counted exactly.
  call clear
  self 0x41
  push IF | 2
  popfq
.Lboundary:
  nop
  cli
  lea rax, [rip + .Lboundary]
  expect "at the next boundary", [rip + last_rip], rax

  corner F11
  write_msr 0x1B, 0xFEE00D00
  mov ecx, 0x802
  rdmsr
  expect "x2APIC id", rax, 0
  mov ecx, 0x803
  rdmsr
  and eax, 0xF0
  expect "version", rax, 0x10
  mov ecx, 0x80D
  rdmsr
  expect "LDR is (id >> 4) << 16 | 1 << (id & 15)", rax, 1
  xor edx, edx
  xor eax, eax
  .irp number, 0x801, 0x804, 0x80E, 0x831, 0x83F, 0x840, 0x8FF
    mov ecx, \number
    faults "RDMSR \number", GP_, 0, rdmsr
  .endr
  .irp number, 0x802, 0x803, 0x80A, 0x80D, 0x810, 0x820, 0x839, 0x80E
    mov ecx, \number
    faults "WRMSR \number", GP_, 0, wrmsr
  .endr
  mov ecx, 0x80B
  mov eax, 1
  faults "EOI of a value other than 0", GP_, 0, wrmsr
  mov ecx, 0x828
  faults "ESR of a value other than 0", GP_, 0, wrmsr
  mov ecx, 0x808
  mov eax, 0x100
  faults "TPR reserved bits", GP_, 0, wrmsr
  mov ecx, 0x830
  mov eax, 0x1000000
  faults "ICR reserved bits", GP_, 0, wrmsr
  handle 0x31, note_x2
  call clear
  mov ecx, 0x83F
  mov eax, 0x31
  xor edx, edx
  wrmsr
  sti
  nop
  nop
  cli
  expect "SELF IPI", [rip + last], 0x31
  call clear
  mov ecx, 0x830
  mov eax, 0x31
  xor edx, edx
  wrmsr
  sti
  nop
  nop
  cli
  expect "64-bit ICR", [rip + last], 0x31
  mov ebx, APIC
  mov eax, [rbx + VERSION]
  expect "the window is gone", rax, 0xFFFFFFFF
  mov ecx, 0x1B
  mov eax, 0xFEE00900
  xor edx, edx
  faults "x2APIC to xAPIC", GP_, 0, wrmsr
  write_msr 0x1B, 0xFEE00100
  mov eax, 0xFEE00D00
  xor edx, edx
  mov ecx, 0x1B
  faults "disabled to x2APIC", GP_, 0, wrmsr
  write_msr 0x1B, 0xFEE00900
  apic_expect "state is reset on the way", SVR, 0xFF
  mov ecx, 0x802
  faults "x2APIC MSRs in xAPIC mode", GP_, 0, rdmsr

  corner W19
  write_msr 0x1B, 0xFEE00D00
  write_msr 0x80F, 0x1FF
  handle 0x31, note_x2
  call clear
  .irp bits, 0x131, 0x10031, 0x80000031
    mov ecx, 0x83F
    mov eax, \bits
    xor edx, edx
    faults "SELF IPI of \bits", GP_, 0, wrmsr
  .endr
  mov ecx, 0x830
  mov eax, 0x1031
  faults "ICR with bit 12", GP_, 0, wrmsr
  sti
  nop
  nop
  cli
  expect "none of them was sent", [rip + count], 0

  corner W20
  # The page is off in x2APIC mode: neither a register nor a message.
  mov ebx, APIC
  mov dword ptr [rbx], 0x31
  mov dword ptr [rbx + TPR], 0x31
  mov dword ptr [rbx + ICR], 0x44031
  mov dword ptr [rbx + 0x10000], 0x31
  sti
  nop
  nop
  cli
  expect "stores to FEExxxxxh interrupt nobody", [rip + count], 0
  mov ecx, 0x808
  rdmsr
  expect "and change no register", rax, 0
  ret

# EAX is 1 while the timer counts.
counts:
  mov eax, APIC
  cmp dword ptr [rax + CURRENT], 0
  setne al
  movzx eax, al
  ret

# How many ticks of the TSC make one of the timer, rounded.
measure:
  mov ebx, APIC
  mov dword ptr [rbx + INITIAL], 0xFFFFFFFF
  mov esi, [rbx + CURRENT]
  rdtsc
  mov edi, eax
  call spin
  call spin
  mov ecx, [rbx + CURRENT]
  rdtsc
  sub eax, edi
  sub esi, ecx
  mov ecx, esi
  shr ecx, 1
  add eax, ecx
  xor edx, edx
  div esi
  mov dword ptr [rbx + INITIAL], 0
  ret

spin:
  mov ecx, 10000
1:
  dec ecx
  jnz 1b
  ret

clear:
  mov qword ptr [rip + count], 0
  mov qword ptr [rip + first], 0
  mov qword ptr [rip + last], 0
  mov qword ptr [rip + nested], 0
  ret

note:
  inc qword ptr [rip + count]
  mov rax, [rdi]
  mov [rip + last], rax
  cmp qword ptr [rip + first], 0
  jne 1f
  mov [rip + first], rax
1:
  mov rcx, [rdi + 16]
  mov [rip + last_rip], rcx
  cmp eax, 16
  jb 2f
  mov eax, APIC
  mov dword ptr [rax + EOI], 0
2:
  ret
note_x2:
  inc qword ptr [rip + count]
  mov rax, [rdi]
  mov [rip + last], rax
  mov ecx, 0x80B
  xor eax, eax
  xor edx, edx
  wrmsr
  ret
note_nested:
  mov eax, APIC
  mov ecx, [rax + PPR]
  mov [rip + seen_ppr], rcx
  mov dword ptr [rax + ICR], 0x44052
  mov rcx, [rip + count]
  sti
  nop
  nop
  cli
  cmp rcx, [rip + count]
  je 1f
  mov qword ptr [rip + nested], 1
1:
  mov eax, APIC
  mov dword ptr [rax + EOI], 0
  ret
note_spurious:
  inc qword ptr [rip + count]
  mov qword ptr [rip + last], 0xFF
  ret
stay:
  ret

.section .bss
.balign 8
count: .skip 8
first: .skip 8
last: .skip 8
last_rip: .skip 8
nested: .skip 8
seen: .skip 8
seen_ppr: .skip 8
