# The demonstration: a greeting from long mode, one tick of the local APIC's timer, and power-off by ACPI.
.include "rom.inc"
.set APIC, 0xFEE00000

main:
  lea rsi, [rip + greeting]
  call print
  mov rax, cr0
  test eax, CR0_PG
  jz 9f
  lea rsi, [rip + paging]
  call print
  handle 0x30, tick
  mov ebx, APIC
  mov dword ptr [rbx + 0xF0], 0x1FF       # enable
  mov dword ptr [rbx + 0x3E0], 0x0B       # divide by 1
  mov dword ptr [rbx + 0x320], 0x30       # one-shot, vector 30h
  mov dword ptr [rbx + 0x380], 100000
  sti
1:
  hlt
  cmp byte ptr [rip + ticks], 0
  je 1b
  cli
  lea rsi, [rip + ticked]
  call print
  mov edx, 0x604                          # PM1a control: SLP_TYP 0, SLP_EN is S5
  mov eax, 0x2000
  out dx, ax
9:
  mov eax, STATUS_FAIL
  out PORT_EXIT, eax
  hlt

tick:
  inc byte ptr [rip + ticks]
  mov eax, APIC
  mov dword ptr [rax + 0xB0], 0
  ret

.section .rodata
greeting: .asciz "Hello from long mode.\n"
paging: .asciz "Paging is on, by four levels.\n"
ticked: .asciz "The local APIC's timer ticked. Good-bye.\n"
.section .bss
ticks: .skip 1
