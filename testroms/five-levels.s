# 5-level paging: CPUID, CR4.LA57, canonical addresses of 57 bits, and the ways to it and back by paging turned off.
.include "rom.inc"
.set CR4_LA57, 0x1000
.set ALIAS, 0x0002000000000000                # entry 2 of the PML5, once more the PML4
.set HIGH, 0xFFFF000000000000                 # entry 511
.set ABSENT, 0x0003000000000000
.set BEYOND, 0x0100000000000000

main:
  mov eax, 7
  xor ecx, ecx
  cpuid
  bt ecx, 16
  jc 1f
  lea rsi, [rip + text_absent]
  call print
  mov eax, STATUS_FAIL
  out PORT_EXIT, eax
  cli
  hlt
1:
  lea rax, [rip + pml4 + 7]
  mov [rip + pml5], rax
  mov [rip + pml5 + 16], rax
  mov [rip + pml5 + 511 * 8], rax
  mov rax, cr4
  or rax, CR4_FSGSBASE
  mov cr4, rax

  corner L01
  mov eax, 0x80000008
  cpuid
  shr eax, 8
  and eax, 0xFF
  expect "width of linear addresses", rax, 57
  mov rax, cr4
  or rax, CR4_LA57
  faults "LA57 in IA-32e mode", GP_, 0, mov cr4, rax
  mov rbx, ALIAS
  faults "57 bits with 4 levels", GP_, 0, mov eax, [rbx]
  mov rbp, rbx
  faults "57 bits with 4 levels, the stack", SS_, 0, mov eax, [rbp]
  mov rsi, rbx
  mov rax, rbx
  mov rdx, rbx
  shr rdx, 32
  mov ecx, FS_BASE
  passes "such a base", wrmsr
  faults "an access through it", GP_, 0, mov eax, fs:[0]
  # WRFSBASE takes it on processors of AMD alone.
  xor eax, eax
  cpuid
  cmp ebx, 0x756E6547         # "Genu"
  je 1f
  passes "such a base by WRFSBASE", wrfsbase rsi
  jmp 2f
1:
  faults "such a base by WRFSBASE", GP_, 0, wrfsbase rsi
2:
  mov rax, BEYOND
  faults "a base of 58 bits", GP_, 0, wrfsbase rax
  xor eax, eax
  wrfsbase rax

  corner L02
  lea rax, [rip + pml5]
  mov [rip + next_cr3], eax
  mov rax, cr4
  or rax, CR4_LA57
  mov [rip + next_cr4], eax
  call switch
  mov rax, cr4
  and eax, CR4_LA57
  expect "LA57 is on", rax, CR4_LA57
  mov rax, cr4
  and rax, ~CR4_LA57
  faults "LA57 off in IA-32e mode", GP_, 0, mov cr4, rax
  mov rbx, ALIAS
  lea rax, [rip + scratch]
  mov dword ptr [rax], 0x12345678
  or rbx, rax
  mov ecx, [rbx]
  expect "a read by the alias", rcx, 0x12345678
  mov dword ptr [rbx], 0x9ABCDEF0
  mov ecx, [rip + scratch]
  mov edx, 0x9ABCDEF0
  expect "a write by the alias", rcx, rdx
  mov rbx, HIGH
  or rbx, rax
  mov ecx, [rbx]
  expect "the upper half", rcx, rdx
  mov rbx, ABSENT
  faults "an absent PML5E", PF_, 0, mov eax, [rbx]
  expect "CR2", [rip + trap_cr2], rbx
  mov rbx, BEYOND
  faults "58 bits", GP_, 0, mov eax, [rbx]
  mov rbx, BEYOND - 1
  faults "the last byte of the lower half", PF_, 0, mov al, [rbx]
  faults "over the end of the lower half", GP_, 0, mov eax, [rbx]
  bts qword ptr [rip + pml5 + 16], 7
  mov rax, cr3
  mov cr3, rax
  mov rbx, ALIAS
  faults "PS in a PML5E", PF_, 9, mov eax, [rbx]
  btr qword ptr [rip + pml5 + 16], 7
  mov rcx, [rip + pml5]
  and ecx, 0x20
  expect "A of a PML5E", rcx, 0x20

  corner L03
  # Code, stack, tables and gates beyond 48 bits.
  mov rax, ALIAS
  lea rcx, [rip + 2f]
  or rax, rcx
  jmp rax
2:
  mov rdx, ALIAS
  lea rax, [rip + 3f]
  sub rax, rdx
  shr rax, 48
  expect "RIP has 57 bits", rax, 0
3:
  mov rax, ALIAS
  or rsp, rax
  push 0x55
  pop rcx
  expect "the stack", rcx, 0x55
  mov rax, ALIAS - 1
  and rsp, rax
  lea rax, [rip + 4f]
  mov rcx, ALIAS - 1
  and rax, rcx
  jmp rax
4:
  sidt [rip + table]
  mov rax, ALIAS
  or [rip + table + 2], rax
  lidt [rip + table]
  sgdt [rip + table]
  or [rip + table + 2], rax
  lgdt [rip + table]
  mov eax, KERNEL_DS
  passes "a descriptor", mov ds, eax
  faults "a gate", UD_, 0, ud2
  mov rax, ALIAS
  wrfsbase rax
  lea rax, [rip + scratch]
  mov ecx, fs:[rax]
  mov edx, 0x9ABCDEF0
  expect "through a base", rcx, rdx
  xor eax, eax
  wrfsbase rax
  mov rax, BEYOND
  faults "JMP beyond 57 bits", GP_, 0, jmp rax
  lgdt [rip + gdt_pointer]
  lidt [rip + idt_pointer]

  corner L04
  lea rax, [rip + pml4]
  mov [rip + next_cr3], eax
  mov rax, cr4
  and rax, ~CR4_LA57
  mov [rip + next_cr4], eax
  call switch
  mov rbx, ALIAS
  faults "57 bits are too many again", GP_, 0, mov eax, [rbx]
  mov ecx, [rip + scratch]
  mov edx, 0x9ABCDEF0
  expect "memory is what it was", rcx, rdx
  ret

# To compatibility mode, paging off, the next CR4 and CR3, paging on, and back.
switch:
  push KERNEL_CS32
  lea rax, [rip + 1f]
  push rax
  retfq
.code32
1:
  mov eax, cr0
  and eax, ~CR0_PG
  mov cr0, eax
  mov eax, [next_cr4]
  mov cr4, eax
  mov eax, [next_cr3]
  mov cr3, eax
  mov eax, cr0
  or eax, CR0_PG
  mov cr0, eax
  # ljmp KERNEL_CS:2f
  .byte 0xEA
  .long 2f
  .word KERNEL_CS
.code64
2:
  ret

.section .rodata
text_absent: .asciz "no 5-level paging\n"

.section .bss
.balign 4096
pml5: .skip 4096
table: .skip 16
next_cr3: .skip 4
next_cr4: .skip 4
