# The 8259A pair and the 8254.
.include "rom.inc"
.macro output port:req, value:req
  mov edx, \port
  mov al, \value
  out dx, al
.endm
.macro input port:req
  mov edx, \port
  xor eax, eax
  in al, dx
.endm
# Channel CHANNEL gets control word CONTROL and, by both bytes, COUNT.
.macro program channel:req, control:req, number:req
  output 0x43, \control
  output 0x40 + \channel, (\number) & 0xFF
  output 0x40 + \channel, (\number) >> 8
.endm
.macro take
  sti
  nop
  nop
  cli
.endm

main:
  handle 0x20, note
  handle 0x24, note
  handle 0x27, note
  handle 0x28, note_slave
  handle 0x2F, note_slave
  # The PIC's output stands on LINT0.
  call setup

  corner F18
  input 0x21
  expect "IMR reads at the data port", rax, 0xFF
  output 0x21, 0xAB
  input 0x21
  expect "IMR", rax, 0xAB
  output 0x20, 0x11
  input 0x21
  expect "ICW1 clears the IMR", rax, 0
  call setup
  # IRQ4 from the serial port's transmitter: IRR, ISR, EOI.
  output 0x3FC, 8
  output 0x3F9, 2
  output 0x20, 0x0A
  input 0x20
  expect "IRR", rax, 0x10
  output 0x21, 0xEF
  handle 0x24, note_no_end
  take
  expect "taken", [rip + count], 1
  output 0x20, 0x0B
  input 0x20
  expect "ISR", rax, 0x10
  output 0x20, 0x20
  input 0x20
  expect "non-specific EOI", rax, 0
  output 0x3F9, 0
  output 0x3F9, 2
  take
  output 0x20, 0x63
  input 0x20
  expect "specific EOI of another level", rax, 0x10
  output 0x20, 0x64
  input 0x20
  expect "specific EOI", rax, 0
  # Edge: the line must fall before it counts again.
  mov qword ptr [rip + count], 0
  take
  expect "no second interrupt while the line stays", [rip + count], 0
  # Poll.
  output 0x3F9, 0
  output 0x3F9, 2
  output 0x20, 0x0C
  input 0x20
  expect "poll", rax, 0x84
  output 0x20, 0x0B
  input 0x20
  expect "poll acknowledges", rax, 0x10
  output 0x20, 0x20
  output 0x20, 0x0C
  input 0x20
  and eax, 0x80
  expect "poll with nothing", rax, 0
  # Rotation: after a rotating EOI of level 4, level 5 is highest.
  output 0x3F9, 0
  output 0x3F9, 2
  take
  output 0x20, 0xA0
  output 0x21, 0xEE
  program 0, 0x34, 100
  call spin
  output 0x3F9, 0
  output 0x3F9, 2
  mov qword ptr [rip + first], 0
  handle 0x24, note
  take
  expect "rotated: IRQ0 comes before IRQ4", [rip + first], 0x20
  call stop_timer
  output 0x20, 0xC7                           # set priority: IR7 lowest
  # Automatic EOI.
  output 0x20, 0x11
  output 0x21, 0x20
  output 0x21, 4
  output 0x21, 3
  output 0x21, 0xEF
  handle 0x24, note_no_end
  output 0x3F9, 0
  output 0x3F9, 2
  take
  output 0x20, 0x0B
  input 0x20
  expect "AEOI leaves no ISR bit", rax, 0
  call setup
  # Special mask mode.
  output 0x21, 0xEF
  output 0x3F9, 0
  output 0x3F9, 2
  take
  output 0x20, 0x68
  output 0x21, 0xFF
  output 0x20, 0x60 | 4
  output 0x20, 0x48
  # ELCR: fixed edges read back as 0.
  output 0x4D0, 0xFF
  output 0x4D1, 0xFF
  input 0x4D0
  expect "ELCR 1", rax, 0xF8
  input 0x4D1
  expect "ELCR 2", rax, 0xDE
  # Level mode: comes again while the line is high.
  handle 0x24, note
  call setup
  output 0x4D0, 0x10
  output 0x21, 0xEF
  mov qword ptr [rip + count], 0
  handle 0x24, note_twice
  output 0x3F9, 0
  output 0x3F9, 2
  take
  nop
  take
  expect "level mode: twice until the cause is gone", [rip + count], 2
  output 0x4D0, 0
  output 0x4D1, 0
  output 0x3F9, 0
  handle 0x24, note

  corner F19
  # The line falls between INTR and the acknowledge: IR7 without an ISR bit.
  call setup
  output 0x21, 0xEF
  output 0x4D0, 0x10
  output 0x3F9, 2
  output 0x3F9, 0
  mov qword ptr [rip + count], 0
  take
  expect "a level that went away is no interrupt", [rip + count], 0
  output 0x20, 0x0C
  output 0x4D0, 0

  corner F20
  # IRQ8 by the RTC: the slave's request is the master's IR2.
  call setup
  output 0x70, 0x0A
  output 0x71, 0x26
  output 0x70, 0x0B
  output 0x71, 0x42                           # periodic
  output 0xA1, 0xFE
  output 0x21, 0xFF
  call long_spin
  mov qword ptr [rip + count], 0
  take
  expect "a mask of IR2 blocks the slave", [rip + count], 0
  output 0x20, 0x0A
  input 0x20
  and eax, 4
  expect "IR2 is requested", rax, 4
  output 0x21, 0xFB
  take
  expect "unmasked", [rip + count], 1
  output 0x70, 0x0B
  output 0x71, 0x02
  output 0x70, 0x0C
  input 0x71
  output 0xA1, 0xFF

  corner F21
  # Channel 2 by its gate: mode 0.
  output 0x61, 0
  program 2, 0xB0, 1000
  output 0x43, 0x80
  call read2
  expect "gate low: holds", rax, 1000
  output 0x61, 1
  call spin
  output 0x43, 0x80
  call read2
  mov [rip + seen], rax
  cmp rax, 1000
  setb al
  movzx eax, al
  expect "gate high: counts", rax, 1
  output 0x43, 0x80
  call spin
  call read2
  mov rbx, rax
  output 0x43, 0x80
  call read2
  cmp rax, rbx
  setb al
  movzx eax, al
  expect "a latch holds until it is read", rax, 1
  input 0x61
  and eax, 0x20
  expect "OUT is low while it counts", rax, 0
  call long_spin
  input 0x61
  and eax, 0x20
  expect "OUT rises at 0", rax, 0x20
  # Read-back: status first.
  program 2, 0xB6, 0x1234
  output 0x43, 0xC8
  input 0x42
  and eax, 0x3F
  expect "status of channel 2: mode 3, both bytes", rax, 0x36
  call read2
  mov rcx, rax
  and ecx, 1
  expect "mode 3 decrements by 2", rcx, 0
  # LSB and MSB flip-flops of reads and writes are apart.
  program 2, 0xB4, 0xFFFF
  output 0x42, 0x34
  output 0x43, 0x80
  input 0x42
  output 0x42, 0x12
  input 0x42
  expect "read after half a write gives the MSB", rax, 0xFF
  # Null count.
  output 0x43, 0xB0
  output 0x43, 0xE8
  input 0x42
  and eax, 0x40
  expect "null count before a count is written", rax, 0x40
  # Count 0 is 65536; BCD 10000.
  output 0x61, 1
  program 2, 0xB4, 0
  call spin
  output 0x43, 0x80
  call read2
  cmp rax, 60000
  seta al
  movzx eax, al
  expect "count 0 is 65536", rax, 1
  program 2, 0xB5, 0x1000
  call spin
  output 0x43, 0x80
  call read2
  mov rcx, rax
  and ecx, 0x0F0F
  and eax, 0xF
  cmp eax, 10
  setb al
  movzx eax, al
  expect "BCD digits", rax, 1
  # Mode 2's frequency against the TSC (1 GHz): 11932 counts are 10 ms.
  program 0, 0x34, 11932
  call edge
  rdtsc
  mov esi, eax
  call edge
  rdtsc
  sub eax, esi
  add eax, 50000
  xor edx, edx
  mov ecx, 100000
  div ecx
  expect "a period of 11932 counts lasts 10.0 ms", rax, 100
  call stop_timer

  corner F22
  # A control word without a count: no interrupt, OUT at its idle level.
  output 0x43, 0x34                           # OUT rises to its idle level, an edge
  call setup                                  # which ICW1 forgets
  output 0x21, 0xFE
  mov qword ptr [rip + count], 0
  output 0x43, 0x34
  call long_spin
  take
  expect "no interrupt from the mode word alone", [rip + count], 0
  output 0x43, 0xE2
  input 0x40
  and eax, 0x80
  expect "mode 2 idles high", rax, 0x80
  output 0x43, 0x30
  output 0x43, 0xE2
  input 0x40
  and eax, 0x80
  expect "mode 0 idles low", rax, 0
  # Mode 0: the first byte stops, the second starts.
  program 0, 0x30, 1000
  output 0x40, 100
  call spin
  call spin
  mov qword ptr [rip + count], 0
  take
  expect "half a count holds it", [rip + count], 0
  output 0x40, 0
  call spin
  call spin
  take
  expect "the second byte starts it", [rip + count], 1
  call stop_timer

  corner W21
  # Levels 4 and 0 in service; special mask mode with level 0 masked.
  call setup
  handle 0x20, note_no_end
  handle 0x24, note_no_end
  output 0x21, 0xEE
  output 0x3F9, 0
  output 0x3F9, 2
  take
  program 0, 0x30, 10
  call spin
  take
  output 0x20, 0x0B
  input 0x20
  expect "two in service", rax, 0x11
  output 0x21, 0xEF
  output 0x20, 0x68
  output 0x20, 0x20
  input 0x20
  expect "a non-specific EOI skips what is masked", rax, 1
  output 0x20, 0x20
  input 0x20
  expect "and again", rax, 1
  output 0x20, 0x48
  output 0x20, 0x20
  input 0x20
  expect "out of that mode it does not", rax, 0
  handle 0x20, note
  handle 0x24, note
  output 0x3F9, 0

  corner W22
  # Special fully nested mode, IRQ8 in service.
  call setup
  output 0x20, 0x11
  output 0x21, 0x20
  output 0x21, 4
  output 0x21, 0x11
  output 0x21, 0xEB
  output 0xA1, 0xFE
  handle 0x28, note_no_end
  output 0x70, 0x0C
  input 0x71
  output 0x70, 0x0A
  output 0x71, 0x26
  output 0x70, 0x0B
  output 0x71, 0x42
  call long_spin
  take
  output 0x70, 0x0B
  output 0x71, 0x02
  output 0x70, 0x0C
  input 0x71
  output 0x20, 0x0B
  input 0x20
  expect "IR2 in service", rax, 4
  mov qword ptr [rip + count], 0
  output 0x3F9, 2
  output 0x20, 0x0A
  input 0x20
  and eax, 0x10
  expect "IRQ4 is requested", rax, 0x10
  take
  expect "a lower request waits", [rip + count], 0
  output 0x20, 0x0C
  input 0x20
  expect "a poll finds nothing", rax, 0
  output 0xA0, 0x20
  output 0x20, 0x20
  take
  expect "after the end it comes", [rip + count], 1
  output 0x3F9, 0
  handle 0x28, note_slave
  call setup

  corner W23
  # A count without a control word: modes 2 and 3 go on to the end of the period, modes 1 and 5 to the trigger.
  .irp control, 0xB4, 0xB6
    output 0x61, 1
    program 2, \control, 2000
    call spin
    output 0x42, 8
    output 0x42, 0
    output 0x43, 0x80
    call read2
    cmp eax, 100
    seta al
    movzx eax, al
    expect "\control: the sequence goes on", rax, 1
    output 0x43, 0xE8
    input 0x42
    and eax, 0x40
    expect "\control: null count", rax, 0x40
    call long_spin
    output 0x43, 0x80
    call read2
    cmp eax, 9
    setb al
    movzx eax, al
    expect "\control: loaded at the end", rax, 1
    output 0x43, 0xE8
    input 0x42
    and eax, 0x40
    expect "\control: null count is over", rax, 0
  .endr
  .irp control, 0xB2, 0xBA
    output 0x61, 0
    program 2, \control, 50000
    output 0x61, 1
    call spin
    output 0x42, 0
    output 0x42, 4
    call spin
    output 0x43, 0x80
    call read2
    cmp eax, 40000
    seta al
    movzx eax, al
    expect "\control: not before the trigger", rax, 1
    output 0x61, 0
    output 0x61, 1
    call spin
    output 0x43, 0x80
    call read2
    cmp eax, 1024
    setb al
    movzx eax, al
    expect "\control: loaded by the trigger", rax, 1
  .endr
  output 0x61, 0
  ret

setup:
  output 0x20, 0x11
  output 0x21, 0x20
  output 0x21, 4
  output 0x21, 1
  output 0xA0, 0x11
  output 0xA1, 0x28
  output 0xA1, 2
  output 0xA1, 1
  output 0x21, 0xFF
  output 0xA1, 0xFF
  mov qword ptr [rip + count], 0
  ret
stop_timer:
  output 0x43, 0x30
  ret
read2:
  input 0x42
  mov ecx, eax
  input 0x42
  shl eax, 8
  or eax, ecx
  ret
# Waits until channel 0 in mode 2 reloads: its count rises.
edge:
  mov ebx, -1
1:
  output 0x43, 0
  input 0x40
  mov ecx, eax
  input 0x40
  shl eax, 8
  or eax, ecx
  cmp eax, ebx
  mov ebx, eax
  jbe 1b
  cmp ebx, 6000
  jb 1b
  ret
spin:
  mov ecx, 60000
1:
  dec ecx
  jnz 1b
  ret
long_spin:
  mov ecx, 1000000
1:
  dec ecx
  jnz 1b
  ret

note:
  inc qword ptr [rip + count]
  mov rax, [rdi]
  cmp qword ptr [rip + first], 0
  jne 1f
  mov [rip + first], rax
1:
  mov al, 0x20
  out 0x20, al
  ret
note_no_end:
  inc qword ptr [rip + count]
  ret
note_slave:
  inc qword ptr [rip + count]
  mov al, 0x20
  out 0xA0, al
  out 0x20, al
  ret
note_twice:
  inc qword ptr [rip + count]
  cmp qword ptr [rip + count], 2
  jb 1f
  mov edx, 0x3FA
  in al, dx
1:
  mov al, 0x20
  out 0x20, al
  ret

.section .bss
.balign 8
count: .skip 8
first: .skip 8
seen: .skip 8
