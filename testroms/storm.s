# Interrupt storm: a level that nobody serves, at every boundary for ever; ends by a limit.
.include "rom.inc"
main:
  handle 0x33, ignore
  mov eax, 0xFEE00000
  mov dword ptr [rax + 0xF0], 0x1FF
  mov edx, 0x3FC
  mov al, 8
  out dx, al
  mov edx, 0x3F9
  mov al, 2
  out dx, al
  mov ebx, 0xFEC00000
  mov dword ptr [rbx], 0x18
  mov dword ptr [rbx + 0x10], 0x8033
  sti
1:
  jmp 1b
ignore:
  mov eax, 0xFEE00000
  mov dword ptr [rax + 0xB0], 0
  ret
