# CR0.NE = 0: an x87 exception stops the processor before the next waiting instruction, and IRQ 13 reports it.
.include "rom.inc"
.set APIC, 0xFEE00000
.set IOAPIC, 0xFEC00000

# An unmasked division by zero waits.
.macro divide_by_zero
  fninit
  fldcw [rip + unmasked]
  fld1
  fldz
  fdivp
.endm

main:
  handle 0x31, note
  handle 0x32, note_other
  handle MF_, note_error
  mov eax, APIC
  mov dword ptr [rax + 0xF0], 0x1FF
  mov eax, IOAPIC
  mov dword ptr [rax], 0x2A                   # pin 13, edge, vector 31h
  mov dword ptr [rax + 0x10], 0x31
  mov dword ptr [rax], 0x2B
  mov dword ptr [rax + 0x10], 0

  corner W16
  mov rax, cr0
  and eax, ~CR0_NE
  mov cr0, rax
  divide_by_zero
  expect "not before a waiting instruction", [rip + count], 0
  sti
.Lwaits:
  fwait
  expect "IRQ 13", [rip + count], 1
  lea rax, [rip + .Lwaits]
  expect "it finds the processor before the instruction", [rip + place], rax
  fnstsw ax
  and eax, 0x80
  expect "IGNNE# lets it pass, with the exception", rax, 0x80
  fld1
  fwait
  expect "as long as it waits", [rip + count], 1
  # FNCLEX ends FERR# and with it IGNNE#.
  fnclex
  divide_by_zero
.Lagain:
  fld1
  expect "the next one", [rip + count], 2
  lea rax, [rip + .Lagain]
  expect "is reported again", [rip + place], rax
  fnclex
  # So do FNINIT, FLDCW that masks it, FLDENV and FNSAVE.
  fninit
  fldcw [rip + unmasked]
  fnstenv [rip + environment]
  mov ebx, 2
  divide_by_zero
  fwait
  fninit
  call fails_again
  divide_by_zero
  fwait
  fldcw [rip + masked]
  call fails_again
  divide_by_zero
  fwait
  fldenv [rip + environment]
  call fails_again
  divide_by_zero
  fwait
  fnsave [rip + area]
  call fails_again
  # An interrupt of another source finds it stopped too, and it stops again.
  divide_by_zero
  mov eax, APIC
  mov dword ptr [rax + 0x300], 0x44032        # to itself: vector 32h
.Lother:
  fwait
  expect "another interrupt", [rip + others], 1
  inc ebx
  expect "and its own", [rip + count], rbx
  # With NE = 1 it is #MF, and the board hears nothing.
  fnclex
  cli
  mov rax, cr0
  or eax, CR0_NE
  mov cr0, rax
  divide_by_zero
  fwait
  expect "NE = 1: #MF", [rip + errors], 1
  sti
  nop
  cli
  expect "and no IRQ 13", [rip + count], rbx
  ret

# The board asks anew: one more interrupt than the one that the caller had.
fails_again:
  fldcw [rip + unmasked]
  fld1
  fldz
  fdivp
  fwait
  add ebx, 2
  expect "FERR# had fallen", [rip + count], rbx
  fninit
  ret

note:
  inc qword ptr [rip + count]
  mov rax, [rdi + 16]
  mov [rip + place], rax
  xor eax, eax
  out 0xF0, al
  mov eax, APIC
  mov dword ptr [rax + 0xB0], 0
  ret
note_other:
  inc qword ptr [rip + others]
  mov eax, APIC
  mov dword ptr [rax + 0xB0], 0
  ret
note_error:
  inc qword ptr [rip + errors]
  fnclex
  ret

.balign 4
masked: .word 0x37F
unmasked: .word 0x37B

.section .bss
.balign 8
count: .skip 8
place: .skip 8
others: .skip 8
errors: .skip 8
environment: .skip 32
area: .skip 128
