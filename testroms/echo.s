# Sends back what arrives on the serial line, and counts it; q ends.
.include "rom.inc"
main:
1:
  mov edx, COM1 + 5
  in al, dx
  test al, 1
  jz 1b
  mov edx, COM1
  in al, dx
received:
  mov [rip + last], al
  inc dword ptr [rip + count]
  out dx, al
  cmp al, 'q'
  jne 1b
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt
.section .bss
count: .skip 4
last: .skip 1
