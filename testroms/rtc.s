# The real-time clock and CMOS RAM.
.include "rom.inc"
.macro cmos_write index:req, value:req
  mov al, \index
  out 0x70, al
  mov al, \value
  out 0x71, al
.endm
.macro cmos_read index:req
  mov al, \index
  out 0x70, al
  xor eax, eax
  in al, 0x71
.endm

main:
  handle 0x28, note
  mov al, 0x11
  out 0x20, al
  out 0xA0, al
  mov al, 0x20
  out 0x21, al
  mov al, 0x28
  out 0xA1, al
  mov al, 4
  out 0x21, al
  mov al, 2
  out 0xA1, al
  mov al, 1
  out 0x21, al
  out 0xA1, al
  mov al, 0xFB
  out 0x21, al
  mov al, 0xFE
  out 0xA1, al

  corner F23
  cmos_read 0x0D
  expect "D: valid", rax, 0x80
  cmos_read 0x32
  expect "century", rax, 0x20
  # Set 31 December 2023, 23:59:58, in BCD and 24 hours.
  cmos_write 0x0B, 0x82
  cmos_write 0, 0x58
  cmos_write 2, 0x59
  cmos_write 4, 0x23
  cmos_write 7, 0x31
  cmos_write 8, 0x12
  cmos_write 9, 0x23
  mov r9d, 2500
  call sleep
  cmos_read 0
  expect "SET holds the clock", rax, 0x58
  cmos_write 0x0B, 0x02
  call next_second
  call next_second
  cmos_read 9
  expect "year rolls over", rax, 0x24
  cmos_read 8
  expect "month", rax, 1
  cmos_read 7
  expect "day", rax, 1
  cmos_read 4
  expect "hour", rax, 0
  # Leap day of 2024.
  cmos_write 0x0B, 0x82
  cmos_write 0, 0x59
  cmos_write 2, 0x59
  cmos_write 4, 0x23
  cmos_write 7, 0x28
  cmos_write 8, 0x02
  cmos_write 9, 0x24
  cmos_write 0x0B, 0x02
  call next_second
  cmos_read 7
  expect "29 February", rax, 0x29
  # Binary and 12 hours.
  cmos_write 0x0B, 0x84
  cmos_write 4, 0x8B
  cmos_write 2, 59
  cmos_write 0, 59
  cmos_write 7, 30
  cmos_write 8, 1
  cmos_write 0x0B, 0x04
  call next_second
  cmos_read 4
  expect "midnight", rax, 12
  cmos_read 7
  expect "binary day", rax, 31
  cmos_write 0x0B, 0x02
  cmos_read 7
  expect "another format leaves the bytes", rax, 31
  cmos_write 7, 0x01
  cmos_write 8, 0x01
  # Periodic: 1024 Hz at rate 6; C must be read before the next.
  cmos_read 0x0C
  cmos_write 0x0A, 0x26
  cmos_write 0x0B, 0x42
  mov qword ptr [rip + count], 0
  handle 0x28, note
  mov r9d, 100
  call sleep
  mov rax, [rip + count]
  sub rax, 102
  cmp rax, 2
  setb al
  movzx eax, al
  expect "102 or 103 in a tenth of a second", rax, 1
  handle 0x28, note_unread
  mov qword ptr [rip + count], 0
  mov r9d, 100
  call sleep
  expect "once while C is not read", [rip + count], 1
  cmos_read 0x0C
  and eax, 0xC0
  expect "C: IRQF and PF", rax, 0xC0
  cmos_read 0x0C
  expect "reading clears it", rax, 0
  cmos_write 0x0B, 0x02
  # UIP is clear just after an update.
  call next_second
  cmos_read 0x0A
  and eax, 0x80
  expect "no UIP just after the update", rax, 0
  # Update-ended and alarm.
  call next_second
  cmos_read 0x0C
  and eax, 0x10
  expect "UF", rax, 0x10
  cmos_write 1, 0xFF
  cmos_write 3, 0xFF
  cmos_write 5, 0xFF
  cmos_read 0x0C
  call next_second
  cmos_read 0x0C
  and eax, 0x20
  expect "AF: don't-care alarm each second", rax, 0x20
  cmos_write 1, 0x07
  cmos_write 0x0B, 0x82
  cmos_write 0, 0x05
  cmos_write 0x0B, 0x22
  cmos_read 0x0C
  handle 0x28, note
  mov qword ptr [rip + count], 0
  sti
2:
  hlt
  cmp qword ptr [rip + count], 1
  jb 2b
  cli
  cmos_read 0
  expect "alarm interrupt at second 07, time passed in HLT", rax, 0x07
  cmos_write 0x0B, 0x02

  corner F24
  mov al, 0x8D                                # bit 7 masks NMI; index 0Dh
  out 0x70, al
  xor eax, eax
  in al, 0x71
  expect "index has 7 bits", rax, 0x80
  cmos_write 0x40, 0x5A
  cmos_read 0xC0
  expect "RAM, by an index with bit 7", rax, 0x5A
  cmos_write 0x0F, 0x0A
  cmos_read 0x0F
  expect "shutdown byte", rax, 0x0A
  cmos_read 0x15
  mov ecx, eax
  cmos_read 0x16
  shl eax, 8
  or eax, ecx
  expect "base memory in KiB", rax, 640

  corner W24
  cmos_write 6, 0x03
  cmos_read 6
  expect "the weekday is what was written", rax, 3
  cmos_write 0x32, 0x19
  cmos_write 9, 0x99
  cmos_write 8, 0x12
  cmos_write 7, 0x31
  cmos_write 4, 0x23
  cmos_write 2, 0x59
  cmos_write 0, 0x59
  cmos_read 0x32
  expect "so is the century", rax, 0x19
  call next_second
  cmos_read 9
  expect "the year rolls over", rax, 0
  cmos_read 0x32
  expect "no update reaches the century", rax, 0x19
  cmos_read 6
  expect "the weekday counts from what was written", rax, 4
  ret

# Sleeps until the next update has ended, by its interrupt.
next_second:
  mov r8, [rip + trap_handlers + 0x28 * 8]
  handle 0x28, note_unread
  cmos_read 0x0B
  mov ebx, eax
  or ebx, 0x10
  mov al, 0x0B
  out 0x70, al
  mov al, bl
  out 0x71, al
  cmos_read 0x0C
  mov qword ptr [rip + count], 0
  sti
1:
  hlt
  cmp qword ptr [rip + count], 0
  je 1b
  cli
  mov al, 0x0B
  out 0x70, al
  mov al, bl
  and al, 0xEF
  out 0x71, al
  mov [rip + trap_handlers + 0x28 * 8], r8
  ret
# Sleeps R9 milliseconds by the local APIC's timer; other interrupts may come meanwhile.
sleep:
  mov r10d, 0xFEE00000
  mov dword ptr [r10 + 0xF0], 0x1FF
  mov dword ptr [r10 + 0x3E0], 0x0B
  mov dword ptr [r10 + 0x320], 0x40
  mov qword ptr [rip + slept], 0
  handle 0x40, note_sleep
  imul r9d, r9d, 1000000
  mov [r10 + 0x380], r9d
  sti
1:
  hlt
  cmp qword ptr [rip + slept], 0
  je 1b
  cli
  ret
note_sleep:
  inc qword ptr [rip + slept]
  mov eax, 0xFEE00000
  mov dword ptr [rax + 0xB0], 0
  ret

note:
  inc qword ptr [rip + count]
  mov al, 0x0C
  out 0x70, al
  in al, 0x71
  mov al, 0x20
  out 0xA0, al
  out 0x20, al
  ret
note_unread:
  inc qword ptr [rip + count]
  mov al, 0x20
  out 0xA0, al
  out 0x20, al
  ret

.section .bss
.balign 8
count: .skip 8
slept: .skip 8
