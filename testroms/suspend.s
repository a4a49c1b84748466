# ACPI S3: the processors are off until the real-time clock's alarm, then one starts at the FACS's waking vector.
.include "rom.inc"
.set FACS, 0xE0700
.set WAKE, 0x9000
.set PM1_EVENT, 0x600
.set PM1_CONTROL, 0x604

.macro clock register:req, value:req
  mov al, \register
  out 0x70, al
  mov al, \value
  out 0x71, al
.endm

main:
  mov eax, FACS
  mov bl, 4
  cmp dword ptr [rax], 0x53434146             # "FACS"
  jne failed
  mov dword ptr [rax + 12], WAKE
  lea rsi, [rip + wake_start]
  mov edi, WAKE
  lea rcx, [rip + wake_end]
  sub rcx, rsi
  rep movsb
  mov eax, WAKE
  mov dword ptr [rax + 4], 0x12345678
  # An alarm in any second.
  clock 1, 0xC0
  clock 3, 0xC0
  clock 5, 0xC0
  mov al, 0x0C
  out 0x70, al
  in al, 0x71
  clock 0x0B, 0x22
  mov edx, PM1_EVENT + 2
  mov ax, 0x400                               # RTC_EN
  out dx, ax
  mov edx, PM1_CONTROL
  mov ax, 0x2400                              # SLP_EN, SLP_TYP 1
  out dx, ax
  # Nothing is executed here.
  mov ecx, WAKE
  mov dword ptr [rcx + 4], 0
1:
  jmp 1b
failed:
  movzx eax, bl
  mov edx, 0xF4
  out dx, eax

# Real mode, at WAKE.
.code16
wake_start:
  jmp 2f
  .balign 4
  .long 0
2:
  mov dx, PM1_EVENT
  in ax, dx
  mov bx, 1
  cmp ax, 0x8400                              # WAK_STS, RTC_STS
  jne 3f
  inc bx
  mov eax, cr0
  cmp eax, 0x10
  jne 3f
  inc bx
  mov ax, cs
  cmp ax, WAKE >> 4
  jne 3f
  inc bx
  cmp dword ptr cs:[4], 0x12345678
  jne 3f
  mov bx, 16
3:
  mov ax, bx
  mov dx, 0xF4
  out dx, eax
  hlt
wake_end:
.code64
