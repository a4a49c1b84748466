# Control, debug and model-specific registers: every bit changed alone, and values that may not be.
#
# A line is "REGISTER WHAT: RESULT": the exception of the write, or "ok" and what is read back.
.include "rom.inc"
.include "matrix.inc"

.set NONCANONICAL, 0x0000800000000000

# REGISTER takes its base value with bit R12 inverted, for R12 from FIRST to LAST.
.macro bits name:req, register:req, first:req, last:req
  mov rbx, \register
  mov r12d, \first
.Lnext\@:
  mov rax, rbx
  btc rax, r12
  attempt mov \register, rax
  mov rcx, \register
  mov \register, rbx
  say "\name bit "
  call print_bit_result
  inc r12d
  cmp r12d, \last
  jbe .Lnext\@
.endm

.macro value name:req, register:req, value:req
  mov rbx, \register
  mov rax, \value
  attempt mov \register, rax
  mov rcx, \register
  mov \register, rbx
  say "\name: "
  call print_rcx_result
.endm

main:
  bits "CR0", cr0, 0, 32
  bits "CR0", cr0, 63, 63
  value "CR0 PE and PG clear", cr0, 0x10032
  value "CR0 NW without CD", cr0, 0xA0010033
  value "CR0 CD without NW", cr0, 0xC0010033
  value "CR0 CD and NW", cr0, 0xE0010033
  value "CR0 all of the lower half but NW", cr0, 0xDFFFFFFF
  value "CR0 all of the lower half", cr0, 0xFFFFFFFF
  value "CR0 all", cr0, -1
  value "CR0 without ET", cr0, 0x80010023
  value "CR2 0", cr2, 0
  value "CR2 not canonical", cr2, NONCANONICAL
  value "CR2 all", cr2, -1
  bits "CR3", cr3, 0, 11
  bits "CR3", cr3, 48, 63
  bits "CR4", cr4, 0, 32
  bits "CR4", cr4, 63, 63
  value "CR4 without PAE", cr4, 0x600
  value "CR4 PCIDE", cr4, 0x20620
  mov rax, cr3
  or eax, 0x18
  mov cr3, rax
  value "CR4 PCIDE with CR3 bits 3 and 4", cr4, 0x20620
  lea rax, [rip + pml4]
  mov cr3, rax
.irp number, 0, 1, 7, 8, 14, 15, 16, 31, 255, 0x100000000, 0x8000000000000000, -1
  value "CR8 \number", cr8, \number
.endr
  call absent
  call words
  call debug_registers
  call msrs
  jmp matrix_finish

# Registers that are not there.
absent:
.irp number, 1, 5, 6, 7
  try "MOV CR\number, RAX", .byte 0x0F, 0x22, 0xC0 + \number * 8
  try "MOV RAX, CR\number", .byte 0x0F, 0x20, 0xC0 + \number * 8
.endr
.irp number, 1, 2, 3, 4, 5, 6, 7
  try "MOV CR8+\number, RAX", .byte 0x44, 0x0F, 0x22, 0xC0 + \number * 8
  try "MOV RAX, CR8+\number", .byte 0x44, 0x0F, 0x20, 0xC0 + \number * 8
.endr
.irp number, 0, 1, 2, 3, 4, 5, 6, 7
  try "MOV DR8+\number, RAX", .byte 0x44, 0x0F, 0x23, 0xC0 + \number * 8
  try "MOV RAX, DR8+\number", .byte 0x44, 0x0F, 0x21, 0xC0 + \number * 8
.endr
  ret

# LMSW, SMSW, CLTS.
words:
  mov rbx, cr0
.irp number, 0, 1, 2, 4, 8, 14, 15, 0xFFF0, 0xFFFF
  mov eax, \number
  attempt lmsw ax
  mov rcx, cr0
  mov cr0, rbx
  say "LMSW \number: "
  call print_rcx_result
.endr
  mov rcx, -1
  attempt smsw rcx
  say "SMSW RCX: "
  call print_rcx_result
  mov rcx, -1
  attempt smsw ecx
  say "SMSW ECX: "
  call print_rcx_result
  mov rcx, -1
  attempt smsw cx
  say "SMSW CX: "
  call print_rcx_result
  mov rax, rbx
  or eax, CR0_TS
  mov cr0, rax
  attempt clts
  mov rcx, cr0
  say "CLTS: "
  call print_rcx_result
  ret

debug_registers:
  bits "DR6", dr6, 0, 63
  bits "DR7", dr7, 0, 12
  bits "DR7", dr7, 14, 63
.irp number, 0, 1, 2, 3
  value "DR\number all", dr\number, -1
  value "DR\number not canonical", dr\number, NONCANONICAL
.endr
  value "DR6 0", dr6, 0
  value "DR6 lower half", dr6, 0xFFFFFFFF
  value "DR6 all", dr6, -1
  value "DR7 0", dr7, 0
  value "DR7 lower half but GD and the enables", dr7, 0xFFFFDF00
  value "DR7 all", dr7, -1
  # DR4 and DR5: the same as DR6 and DR7 without CR4.DE, absent with it.
  mov rcx, -1
  attempt .byte 0x0F, 0x21, 0xE1            # mov rcx, dr4
  say "MOV RCX, DR4: "
  call print_rcx_result
  mov rcx, -1
  attempt .byte 0x0F, 0x21, 0xE9            # mov rcx, dr5
  say "MOV RCX, DR5: "
  call print_rcx_result
  mov rax, cr4
  or eax, CR4_DE
  mov cr4, rax
  try "MOV RCX, DR4 with DE", .byte 0x0F, 0x21, 0xE1
  try "MOV RCX, DR5 with DE", .byte 0x0F, 0x21, 0xE9
  try "MOV DR4, RCX with DE", .byte 0x0F, 0x23, 0xE1
  try "MOV DR5, RCX with DE", .byte 0x0F, 0x23, 0xE9
  mov rax, cr4
  and eax, ~CR4_DE
  mov cr4, rax
  # GD: the next access is #DB, which clears it.
.irp number, 0, 3, 6, 7
  xor eax, eax
  mov dr6, rax
  mov eax, 0x2400
  mov dr7, rax
  attempt mov rax, dr\number
  mov rcx, dr6
  say "GD, read of DR\number: "
  call print_outcome
  say " DR6 "
  say_hex rcx
  mov rcx, dr7
  say " DR7 "
  say_hex rcx
  call print_newline
.endr
  ret

# Rows of `msr_row`: the MSR is written, read, and written back.
msrs:
  lea r10, [rip + msr_rows]
1:
  cmp qword ptr [r10 + 16], 0
  je 9f
  mov ecx, [r10]
  attempt rdmsr
  mov rsi, [r10 + 16]
  call print
  mov qword ptr [rip + readable], 0
  cmp qword ptr [rip + trap_vector], -1
  jne 2f
  shl rdx, 32
  mov eax, eax
  or rax, rdx
  mov [rip + old_value], rax
  mov qword ptr [rip + readable], 1
2:
  cmp byte ptr [r10 + 4], 0
  jne 5f
  say ", write "
  say_hex [r10 + 8]
  say ": "
  mov ecx, [r10]
  mov eax, [r10 + 8]
  mov edx, [r10 + 12]
  attempt wrmsr
  call print_outcome
  cmp qword ptr [rip + trap_vector], -1
  jne 4f
  mov ecx, [r10]
  attempt rdmsr
  cmp qword ptr [rip + trap_vector], -1
  jne 3f
  say " "
  shl rdx, 32
  mov eax, eax
  or rax, rdx
  call print_hex
3:
  cmp byte ptr [rip + readable], 0
  je 4f
  mov ecx, [r10]
  mov eax, [rip + old_value]
  mov edx, [rip + old_value + 4]
  attempt wrmsr
4:
  call print_newline
  add r10, 24
  jmp 1b
5:
  say ", read: "
  call print_outcome
  # What counts time is only read, not shown.
  cmp byte ptr [r10 + 4], 1
  jne 4b
  cmp byte ptr [rip + readable], 0
  je 4b
  say " "
  say_hex [rip + old_value]
  jmp 4b
9:
  ret

# R12 is the bit, RCX what was read back.
print_bit_result:
  push rax
  mov eax, r12d
  call print_decimal
  pop rax
  say ": "
print_rcx_result:
  call print_outcome
  cmp qword ptr [rip + trap_vector], -1
  jne print_newline
  say " "
  say_hex rcx
  jmp print_newline

.section .data
.balign 8
# NAME, NUMBER, VALUE; KIND 1 reads only, 2 does not show what is read.
.macro msr_row name:req, number:req, value=0, kind=0
  .long \number
  .byte \kind, 0, 0, 0
  .quad \value, .Lname\@
  .pushsection .rodata
  .Lname\@: .asciz "\name"
  .popsection
.endm
.macro bit_rows name:req, number:req, base:req
  .set bit, 0
  .rept 64
    .long \number, 0
    .quad (\base) ^ (1 << bit), .Lname\@
    .set bit, bit + 1
  .endr
  .pushsection .rodata
  .Lname\@: .asciz "\name"
  .popsection
.endm
.macro address_rows name:req, number:req
  .irp value, 0, 0x1234, 0x7FFFFFFFFFFF, 0x800000000000, 0xFFFF7FFFFFFFFFFF, 0xFFFF800000000000, -1
    msr_row "\name", \number, \value
  .endr
.endm
msr_rows:
  msr_row "EFER", EFER, 0, 1
  bit_rows "EFER", EFER, 0xD01
  address_rows "LSTAR", LSTAR
  address_rows "CSTAR", CSTAR
  address_rows "FS_BASE", FS_BASE
  address_rows "GS_BASE", GS_BASE
  address_rows "KERNEL_GS_BASE", KERNEL_GS_BASE
  address_rows "SYSENTER_ESP", 0x175
  address_rows "SYSENTER_EIP", 0x176
.irp value, 0, -1, 0x00230008FFFFFFFF
  msr_row "STAR", STAR, \value
  msr_row "SFMASK", SFMASK, \value
  msr_row "SYSENTER_CS", 0x174, \value
  msr_row "TSC_AUX", 0xC0000103, \value
.endr
  msr_row "PAT", 0x277, 0, 1
.irp value, 0, 1, 2, 3, 4, 5, 7, 8, 15, 64, 128, 255
  msr_row "PAT", 0x277, 0x0007040600070400 + \value
  msr_row "PAT", 0x277, 0x0007040600070406 + (\value << 56)
.endr
  msr_row "MTRRcap", 0xFE, 0, 1
  msr_row "MTRRcap", 0xFE, 0
.irp value, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0xC06, 0xC16, 0x406, 0x806, 0x1006, 0x100000C06
  msr_row "MTRRdefType", 0x2FF, \value
.endr
.irp value, 0, 6, 2, 0xFF, 0x106, 0x1006, 0xFFFFFFFFF006, 0x1000000000006, 0x8000000000000006
  msr_row "MTRRphysBase0", 0x200, \value
.endr
.irp value, 0, 0x800, 0x801, 0x1800, 0xFFFFFFFFF800, 0x1000000000800, 0x8000000000000800
  msr_row "MTRRphysMask0", 0x201, \value
.endr
.irp value, 0, 0x0606060606060606, 0x0606060606060602, 0x0206060606060606, 0x0606060606060607, 0x1606060606060606
  msr_row "MTRRfix64K", 0x250, \value
  msr_row "MTRRfix4K_F8000", 0x26F, \value
.endr
  msr_row "MTRR 251h", 0x251, 0, 1
  msr_row "MTRR 25Ah", 0x25A, 0, 1
  msr_row "APIC_BASE", 0x1B, 0, 1
.irp value, 0xFEE00900, 0xFEE00800, 0xFEE00901, 0xFEE00A00, 0x1FEE00900, 0x10000FEE00900, 0x80000000FEE00900
  msr_row "APIC_BASE", 0x1B, \value
.endr
  msr_row "TSC", 0x10, 0, 2
  msr_row "TSC_ADJUST", 0x3B, 0, 1
  msr_row "MCG_CAP", 0x179, 0, 1
  msr_row "MCG_CAP", 0x179, 1
  msr_row "MCG_STATUS", 0x17A, 0, 1
  msr_row "MCG_STATUS", 0x17A, 7
  msr_row "MCG_CTL", 0x17B, 0, 1
  msr_row "MC0_CTL", 0x400, 0, 1
  msr_row "MC0_STATUS", 0x401, 0, 1
  msr_row "PATCH_LEVEL", 0x8B, 0, 1
  msr_row "MISC_ENABLE", 0x1A0, 0, 1
  msr_row "DEBUGCTL", 0x1D9, 0, 1
  msr_row "DEBUGCTL", 0x1D9, 0
  msr_row "DEBUGCTL", 0x1D9, 0x8000000000000000
  msr_row "SYSCFG", 0xC0010010, 0, 1
  msr_row "HWCR", 0xC0010015, 0, 1
  msr_row "VM_CR", 0xC0010114, 0, 1
  msr_row "OSVW_ID_LENGTH", 0xC0010140, 0, 1
  msr_row "DE_CFG", 0xC0011029, 0, 1
  msr_row "PLATFORM_INFO", 0xCE, 0, 1
  msr_row "x2APIC ID", 0x802, 0, 1
  msr_row "x2APIC TPR", 0x808, 0
  msr_row "TSC deadline", 0x6E0, 0, 1
.irp number, 0x2, 0x12345, 0xC0000085, 0xC0000105, 0xC0020000, 0x7FFFFFFF, 0xFFFFFFFF
  msr_row "MSR \number", \number, 0, 1
  msr_row "MSR \number", \number, 0
.endr
  .quad 0, 0, 0
.section .bss
.balign 8
old_value: .skip 8
readable: .skip 8
.section .text
