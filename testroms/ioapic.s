# The I/O APIC: registers, edges, levels, polarity, masks; the timer on pin 2; virtual wire mode.
.include "rom.inc"
.set APIC, 0xFEE00000
.set IOAPIC, 0xFEC00000

.macro io_write register:req, value:req
  mov r15d, IOAPIC
  mov dword ptr [r15], \register
  mov dword ptr [r15 + 0x10], \value
.endm
.macro io_read register:req
  mov r15d, IOAPIC
  mov dword ptr [r15], \register
  mov eax, [r15 + 0x10]
.endm
.macro output port:req, value:req
  mov edx, \port
  mov al, \value
  out dx, al
.endm
.macro take
  sti
  nop
  nop
  cli
.endm

main:
  handle 0x31, note
  handle 0x32, note
  handle 0x33, note_level
  handle 0x21, note_pic
  handle 0x20, note_pic
  mov eax, APIC
  mov dword ptr [rax + 0xF0], 0x1FF

  corner F17
  # Virtual wire: the PIC's interrupt passes through LINT0 of the bootstrap processor, no EOI to the APIC.
  mov eax, [rax + 0x350]
  and eax, 0x10700
  expect "LINT0 is ExtINT, unmasked", rax, 0x700
  mov eax, APIC
  mov eax, [rax + 0x360]
  and eax, 0x10700
  expect "LINT1 is NMI", rax, 0x400
  call pic_setup
  output 0x21, 0xFE
  call start_timer
  sti
  call spin
  cli
  output 0x21, 0xFF
  mov rax, [rip + pic_count]
  cmp rax, 2
  seta al
  movzx eax, al
  expect "timer interrupts through LINT0", rax, 1
  mov eax, APIC
  mov eax, [rax + 0x110]
  expect "no ISR bit in the APIC", rax, 0
  expect "vector from the PIC", [rip + last], 0x20
  # Masked LINT0 keeps them out.
  mov eax, APIC
  mov dword ptr [rax + 0x350], 0x10700
  mov qword ptr [rip + pic_count], 0
  output 0x21, 0xFE
  sti
  call spin
  cli
  output 0x21, 0xFF
  expect "masked LINT0", [rip + pic_count], 0

  corner F15
  io_read 1
  mov ecx, eax
  and ecx, 0xFF
  expect "version 20h", rcx, 0x20
  shr eax, 16
  and eax, 0xFF
  expect "maximum entry 17h", rax, 0x17
  io_write 0, 0x05000000
  io_read 0
  expect "id", rax, 0x05000000
  io_write 0, 0
  mov ebx, IOAPIC
  mov dword ptr [rbx], 0x12
  mov eax, [rbx]
  expect "IOREGSEL reads back", rax, 0x12

  corner F14
  io_read 0x20
  expect "an entry after reset is masked", rax, 0x10000
  io_write 0x20, 0xFFFFFFFF
  io_read 0x20
  and eax, 0xFFFFAFFF
  expect "read-only and reserved bits", rax, 0x1AFFF
  io_write 0x21, 0xFFFFFFFF
  io_read 0x21
  expect "upper half: destination only", rax, 0xFF000000
  io_write 0x21, 0
  io_write 0x20, 0x10000

  corner F16
  # The PIT's output stands on pin 2.
  mov qword ptr [rip + count], 0
  io_write 0x15, 0
  io_write 0x14, 0x31
  sti
  call spin
  cli
  io_write 0x14, 0x10000
  mov rax, [rip + count]
  cmp rax, 2
  seta al
  movzx eax, al
  expect "pin 2 ticks", rax, 1
  mov qword ptr [rip + count], 0
  io_write 0x10, 0x31
  sti
  call spin
  cli
  io_write 0x10, 0x10000
  expect "pin 0 does not", [rip + count], 0
  call stop_timer

  corner F13
  # The serial port's transmitter interrupt is a level on pin 4.
  mov qword ptr [rip + count], 0
  output 0x3FC, 8                             # OUT2
  io_write 0x18, 0x8033
  take
  expect "inactive line", [rip + level_count], 0
  output 0x3F9, 2                             # transmitter empty
  take
  expect "asserted, handled without cause removed: fires again after EOI, until it is removed", [rip + level_count], 3
  io_read 0x18
  and eax, 0x4000
  expect "remote IRR is clear after EOI", rax, 0
  # Without EOI nothing comes again.
  handle 0x33, note_stay
  mov qword ptr [rip + level_count], 0
  output 0x3F9, 0
  output 0x3F9, 2
  take
  expect "once without EOI", [rip + level_count], 1
  io_read 0x18
  and eax, 0x4000
  expect "remote IRR set", rax, 0x4000
  mov edx, 0x3FA
  in al, dx                                   # takes the cause away
  mov eax, APIC
  mov dword ptr [rax + 0xB0], 0
  take
  expect "the cause is gone: no more", [rip + level_count], 1
  handle 0x33, note_level
  # An active level that is unmasked fires.
  mov qword ptr [rip + level_count], 0
  io_write 0x18, 0x18033
  output 0x3F9, 0
  output 0x3F9, 2
  take
  expect "masked", [rip + level_count], 0
  io_write 0x18, 0x8033
  take
  expect "unmasking an active level fires", [rip + level_count], 3
  # Edge: one for each rise, lost while masked.
  output 0x3F9, 0
  io_write 0x18, 0x31
  mov qword ptr [rip + count], 0
  output 0x3F9, 2
  take
  expect "one for the edge", [rip + count], 1
  take
  expect "no second without an edge", [rip + count], 1
  output 0x3F9, 0
  io_write 0x18, 0x10031
  output 0x3F9, 2
  io_write 0x18, 0x31
  take
  expect "an edge while masked is lost", [rip + count], 1
  # Polarity: active low fires when the line falls.
  output 0x3F9, 0
  io_write 0x18, 0x12031
  output 0x3F9, 2
  io_write 0x18, 0x2031
  mov qword ptr [rip + count], 0
  output 0x3F9, 0
  take
  expect "active low: the falling line", [rip + count], 1
  io_write 0x18, 0x10000

  corner F03
  # SVR[12] is not offered: version bit 24 is clear, and the EOI of a level interrupt is broadcast.
  mov eax, APIC
  mov eax, [rax + 0x30]
  shr eax, 24
  and eax, 1
  expect "version[24]", rax, 0
  handle 0x33, note_stay
  mov qword ptr [rip + level_count], 0
  io_write 0x18, 0x8033
  output 0x3F9, 0
  output 0x3F9, 2
  take
  mov eax, APIC
  mov eax, [rax + 0x190]
  and eax, 1 << 19
  expect "TMR has the level vector", rax, 1 << 19
  # The I/O APIC's own EOI register clears remote IRR; the line is still active and fires again.
  mov eax, IOAPIC
  mov dword ptr [rax + 0x40], 0x33
  mov edx, 0x3FA
  in al, dx
  mov eax, APIC
  mov dword ptr [rax + 0xB0], 0
  take
  expect "once more by the EOI register", [rip + level_count], 2
  mov eax, APIC
  mov dword ptr [rax + 0xB0], 0
  output 0x3F9, 0
  io_write 0x18, 0x10000
  ret

pic_setup:
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
  ret
start_timer:
  output 0x43, 0x34
  output 0x40, 30                             # 25 us
  output 0x40, 0
  ret
stop_timer:
  output 0x43, 0x30                           # mode 0 without a count
  ret
spin:
  mov ecx, 100000
1:
  dec ecx
  jnz 1b
  ret

note:
  inc qword ptr [rip + count]
  mov rax, [rdi]
  mov [rip + last], rax
  mov eax, APIC
  mov dword ptr [rax + 0xB0], 0
  ret
note_pic:
  inc qword ptr [rip + pic_count]
  mov rax, [rdi]
  mov [rip + last], rax
  mov al, 0x20
  out 0x20, al
  ret
# Leaves the cause in place twice, then reads the interrupt identification.
note_level:
  inc qword ptr [rip + level_count]
  cmp qword ptr [rip + level_count], 3
  jb 1f
  mov edx, 0x3FA
  in al, dx
1:
  mov eax, APIC
  mov dword ptr [rax + 0xB0], 0
  ret
note_stay:
  inc qword ptr [rip + level_count]
  ret

.section .bss
.balign 8
count: .skip 8
pic_count: .skip 8
level_count: .skip 8
last: .skip 8
