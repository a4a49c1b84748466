# The 16550A: interrupts, FIFOs, modem and line registers, loop mode.
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

main:
  corner F27
  input COM1 + 5
  expect "THRE and TEMT", rax, 0x60
  output COM1 + 3, 0x83
  output COM1, 1
  output COM1 + 1, 0
  input COM1
  expect "divisor, low", rax, 1
  output COM1 + 1, 2
  input COM1 + 1
  expect "divisor, high", rax, 2
  output COM1 + 1, 0
  output COM1 + 3, 0x03
  input COM1 + 3
  expect "LCR", rax, 3
  # Break in loop mode.
  output COM1 + 4, 0x10
  output COM1 + 3, 0x43
  input COM1 + 5
  expect "BI with a null byte", rax, 0x71
  input COM1 + 5
  expect "reading clears BI", rax, 0x61
  input COM1
  expect "the null", rax, 0
  output COM1 + 3, 0x03
  output COM1 + 4, 0

  corner F26
  output COM1 + 7, 0xA5
  input COM1 + 7
  expect "scratch", rax, 0xA5
  output COM1 + 4, 0xFF
  input COM1 + 4
  expect "MCR has 5 bits", rax, 0x1F
  input COM1 + 6
  and eax, 0xF0
  expect "loop: outputs come back as inputs", rax, 0xF0
  output COM1 + 4, 0x1A
  input COM1 + 6
  mov ecx, eax
  and eax, 0xF0
  expect "RTS is CTS, OUT2 is DCD", rax, 0x90
  mov eax, ecx
  and eax, 0x0F
  expect "deltas: DSR, and RI's trailing edge", rax, 6
  input COM1 + 6
  and eax, 0x0F
  expect "reading clears them", rax, 0
  output COM1 + 4, 0x10
  output COM1, 0x5A
  input COM1 + 5
  and eax, 1
  expect "a looped byte arrives", rax, 1
  output COM1, 0x5B
  input COM1 + 5
  and eax, 3
  expect "without FIFO the second overruns", rax, 3
  input COM1 + 5
  and eax, 2
  expect "reading clears OE", rax, 0
  input COM1
  input COM1 + 2
  and eax, 0xC0
  expect "no FIFO bits in IIR", rax, 0
  output COM1 + 2, 1
  input COM1 + 2
  and eax, 0xC0
  expect "FIFO bits in IIR: 16550A", rax, 0xC0
  output COM1 + 4, 0

  corner F25
  output COM1 + 4, 0x10
  # FIFO in loop mode: trigger 4, priorities.
  output COM1 + 2, 0x47
  output COM1 + 1, 0x0F
  input COM1 + 2
  mov ecx, eax
  input COM1 + 6
  output COM1 + 1, 0
  input COM1 + 6
  output COM1 + 1, 5
  output COM1, 1
  input COM1 + 2
  and eax, 15
  expect "fewer than the trigger: nothing yet", rax, 1
  output COM1, 2
  output COM1, 3
  output COM1, 4
  input COM1 + 2
  and eax, 15
  expect "trigger level: data", rax, 4
  output COM1 + 3, 0x43
  output COM1 + 3, 0x03
  input COM1 + 2
  and eax, 15
  expect "a break waits for its turn", rax, 4
  output COM1, 5
  output COM1, 6
  output COM1, 7
  input COM1
  expect "first in, first out", rax, 1
  input COM1
  input COM1
  input COM1
  input COM1 + 2
  and eax, 15
  expect "line status comes first", rax, 6
  input COM1 + 5
  output COM1 + 2, 0x43
  input COM1 + 5
  and eax, 1
  expect "FIFO reset empties it", rax, 0
  input COM1 + 2
  and eax, 0xC0
  expect "the reset bits clear themselves", rax, 0xC0
  # THR empty: on enable, after IIR, after a write.
  output COM1 + 1, 0
  output COM1 + 1, 2
  input COM1 + 2
  and eax, 15
  expect "THRE on enabling", rax, 2
  input COM1 + 2
  and eax, 15
  expect "reading IIR clears it", rax, 1
  output COM1, 0
  input COM1 + 2
  and eax, 15
  expect "again after a write", rax, 2
  output COM1 + 1, 0
  output COM1 + 1, 2
  input COM1 + 2
  and eax, 15
  expect "again after IER is toggled", rax, 2
  output COM1 + 1, 8
  output COM1 + 4, 0x10
  output COM1 + 4, 0x12
  input COM1 + 2
  and eax, 15
  expect "modem status", rax, 0
  input COM1 + 6
  input COM1 + 2
  and eax, 15
  expect "none", rax, 1
  # Overrun of a full FIFO.
  output COM1 + 2, 7
  output COM1 + 1, 0
  mov ecx, 17
1:
  mov edx, COM1
  mov al, cl
  out dx, al
  dec ecx
  jnz 1b
  input COM1 + 5
  and eax, 2
  expect "17th byte overruns", rax, 2
  input COM1
  expect "the oldest is kept", rax, 17
  output COM1 + 2, 0
  output COM1 + 4, 0
  ret
