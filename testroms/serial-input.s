# Reads 1,000,000 bytes from the serial line, polled and by interrupts, without FIFO and at each trigger level, and
# compares each with the sequence that the sender makes as well: the upper byte of x = x * 1664525 + 1013904223 mod 2^32.
#
# It prints the count, the bytes that were not the expected ones, the first of them, the interrupts that promised bytes
# which were not there, the overruns, and a checksum.
.include "rom.inc"
.set TOTAL, 1000000
.macro output port:req, value:req
  mov edx, \port
  mov al, \value
  out dx, al
.endm

# Reads as `kind` does, with FCR, until GOAL bytes have come since the beginning.
.macro phase kind:req, fcr:req, goal:req
  # In loop mode no byte comes from outside: none is lost when the FIFOs are emptied.
  output COM1 + 4, 0x1B
  call drain
  output COM1 + 2, \fcr
  mov dword ptr [rip + trigger_byte], \fcr
  mov dword ptr [rip + goal], \goal
  output COM1 + 4, 0x0B
  call \kind
.endm

main:
  handle 0x24, serve
  output 0x20, 0x11
  output 0x21, 0x20
  output 0x21, 4
  output 0x21, 1
  output 0x21, 0xEF
  output COM1 + 3, 0x83
  output COM1, 1
  output COM1 + 1, 0
  output COM1 + 3, 0x03
  phase poll, 0x00, 1000
  phase poll, 0xC1, 20000
  phase poll, 0x01, 30000
  phase wait, 0x00, 50000
  phase wait, 0x01, 250000
  phase wait, 0x41, 500000
  phase wait, 0x81, 750000
  phase wait, 0xC1, TOTAL
  mov eax, [rip + count]
  lea rsi, [rip + text_count]
  call report
  mov eax, [rip + wrong]
  lea rsi, [rip + text_wrong]
  call report
  mov eax, [rip + first_wrong]
  lea rsi, [rip + text_first]
  call report
  mov eax, [rip + missing]
  lea rsi, [rip + text_missing]
  call report
  mov eax, [rip + overruns]
  lea rsi, [rip + text_overruns]
  call report
  mov eax, [rip + checksum]
  lea rsi, [rip + text_checksum]
  call report
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt

report:
  call print_decimal
  call print
  ret

# Takes what waits until GOAL bytes have come.
poll:
  call drain
  mov eax, [rip + count]
  cmp eax, [rip + goal]
  jb poll
  ret

# Sleeps until GOAL bytes have come by interrupts.
wait:
  output COM1 + 1, 5
1:
  cli
  mov eax, [rip + count]
  cmp eax, [rip + goal]
  jae 2f
  sti
  hlt
  jmp 1b
2:
  output COM1 + 1, 0
  ret

# Takes every byte that waits.
drain:
  mov edx, COM1 + 5
  in al, dx
  call note_overrun
  test al, 1
  jz 1f
  call take
  jmp drain
1:
  ret

note_overrun:
  test al, 2
  jz 1f
  inc dword ptr [rip + overruns]
1:
  ret

# Takes a byte and compares it.
take:
  mov edx, COM1
  in al, dx
  movzx eax, al
  imul ecx, [rip + expected], 1664525
  add ecx, 1013904223
  mov [rip + expected], ecx
  shr ecx, 24
  cmp eax, ecx
  je 1f
  cmp dword ptr [rip + wrong], 0
  jne 2f
  mov ecx, [rip + count]
  mov [rip + first_wrong], ecx
2:
  inc dword ptr [rip + wrong]
1:
  imul ecx, [rip + checksum], 31
  add ecx, eax
  mov [rip + checksum], ecx
  inc dword ptr [rip + count]
  ret

# The interrupt: until the chip names no reason, as many bytes as the reason promises.
serve:
  mov edx, COM1 + 2
  in al, dx
  and eax, 15
  cmp eax, 6
  je 4f
  cmp eax, 4
  je 1f
  cmp eax, 12
  jne 5f
  mov ebx, 1
  jmp 2f
1:
  # The trigger level, 1 without a FIFO.
  mov ebx, 1
  mov ecx, [rip + trigger_byte]
  test ecx, 1
  jz 2f
  shr ecx, 6
  lea rbx, [rip + levels]
  movzx ebx, byte ptr [rbx + rcx]
2:
  mov edx, COM1 + 5
  in al, dx
  call note_overrun
  test al, 1
  jnz 3f
  inc dword ptr [rip + missing]
  jmp serve
3:
  call take
  dec ebx
  jnz 2b
  jmp serve
4:
  mov edx, COM1 + 5
  in al, dx
  call note_overrun
  jmp serve
5:
  mov al, 0x20
  out 0x20, al
  ret

.section .rodata
levels: .byte 1, 4, 8, 14
text_count: .asciz " bytes, "
text_wrong: .asciz " wrong, the first after "
text_first: .asciz ", "
text_missing: .asciz " promised in vain, "
text_overruns: .asciz " overruns, checksum "
text_checksum: .asciz "\n"

.section .bss
.balign 4
expected: .skip 4
count: .skip 4
wrong: .skip 4
first_wrong: .skip 4
missing: .skip 4
overruns: .skip 4
checksum: .skip 4
goal: .skip 4
trigger_byte: .skip 4
