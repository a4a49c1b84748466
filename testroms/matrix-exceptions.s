# Exceptions from CPL 0 and CPL 3: frames, error codes, and what happens where the gate or the stack is bad.
#
# A line is "CPL INSTRUCTION, GATE: EXCEPTION frame ..." with the frame relative to the instruction: RIP, CS, RFLAGS,
# RSP less that before, SS; then which stack it lies on ("same": RSP rounded down to 16; "rsp0", "ist1", "ist2", or its
# offset in the page of the odd stack), RFLAGS and SS in the handler, CR2 where it was set.
.include "rom.inc"
.include "matrix.inc"

.set NONCANONICAL, 0x0000800000000000
.set HOLE, WINDOW + 0x100000                  # not present
.set NP_SELECTOR, FREE_SELECTOR
.set CONFORMING_SELECTOR, FREE_SELECTOR + 8
.set CODE_NP_SELECTOR, FREE_SELECTOR + 16

.macro attempt_user label:req
  lea r13, [rip + \label]
  mov r14, USER
  add r13, r14
  mov [rip + attempt_rip], r13
  user \label
.endm

# Prints the line of the last attempt; RSP before it is R12.
.macro result name:req
  say "\name: "
  call print_result
.endm

.macro addresses
  mov rbx, NONCANONICAL
  mov rbp, rbx
  mov rsi, HOLE
.endm

.macro kernel name:req, instruction:vararg
  addresses
  xor eax, eax
  mov cr2, rax
  mov [rip + old_rsp], rsp
  attempt \instruction
  result "0 \name"
.endm

.macro from_user name:req, instruction:vararg
  .pushsection .text.user, "ax"
.Luser\@:
  \instruction
  int3
  .popsection
  xor eax, eax
  mov cr2, rax
  mov rax, [rip + user_rsp]
  mov [rip + old_rsp], rax
  addresses
  attempt_user .Luser\@
  result "3 \name"
.endm

.macro everywhere name:req, instruction:vararg
  kernel "\name", \instruction
  from_user "\name", \instruction
.endm

.macro gate_case vector:req, name:req, instruction:vararg
  mov r11d, \vector
  call set_gate
  addresses
  xor eax, eax
  mov cr2, rax
  mov [rip + old_rsp], rsp
  attempt \instruction
  call restore_gate
  say "0 \name, "
  call print_gate_result
  .if \vector != 11
  test byte ptr [r10 + 16], 1
  jnz .Lkernel_only\@
  .pushsection .text.user, "ax"
.Luser\@:
  \instruction
  int3
  .popsection
  mov r11d, \vector
  call set_gate
  addresses
  xor eax, eax
  mov cr2, rax
  mov rax, [rip + user_rsp]
  mov [rip + old_rsp], rax
  attempt_user .Luser\@
  call restore_gate
  say "3 \name, "
  call print_gate_result
.Lkernel_only\@:
  .endif
.endm

main:
  mov rax, 0x00CF13000000FFFF
  mov [rip + gdt + NP_SELECTOR], rax
  mov rax, 0x00AF9F000000FFFF
  mov [rip + gdt + CONFORMING_SELECTOR], rax
  mov rax, 0x00AF1B000000FFFF
  mov [rip + gdt + CODE_NP_SELECTOR], rax
  map 0, scratch, 7
  map 1, scratch, 5
  call plain
  call traced
  call aligned
  call gates
  jmp matrix_finish

plain:
  xor ecx, ecx
  everywhere "div by 0", div ecx
  mov edx, 7
  mov ecx, 7
  everywhere "div too large", div ecx
  mov edx, 0x80000000
  everywhere "idiv too large", idiv ecx
  everywhere "ud2", ud2
  everywhere "lock nop", .byte 0xF0, 0x90
  everywhere "push es", .byte 0x06
  everywhere "read, not canonical", mov eax, [rbx]
  everywhere "write, not canonical", mov [rbx], eax
  everywhere "read by rbp, not canonical", mov eax, [rbp]
  everywhere "write by rbp, not canonical", mov [rbp], eax
  everywhere "read, split at the canonical limit", mov eax, [rbx - 2]
  everywhere "read by rbp, split at the canonical limit", mov eax, [rbp - 2]
  everywhere "read, not present", mov eax, [rsi]
  everywhere "write, not present", mov [rsi], eax
  mov rdi, WINDOW + 4096
  kernel "write, read-only", mov [rdi], eax
  from_user "write, read-only", mov [rdi], eax
  kernel "jump, not canonical", jmp rbx
  from_user "jump, not canonical", jmp rbx
  kernel "call, not canonical", call rbx
  from_user "call, not canonical", call rbx
  kernel "jump, not present", jmp rsi
  from_user "jump, not present", jmp rsi
  kernel "ds not present", mov ds, [rip + np_selector]
  kernel "ds behind the limit", mov ds, [rip + far_selector]
  kernel "ss not present", mov ss, [rip + np_selector]
  kernel "ss null RPL 1", mov ss, [rip + one]
  kernel "cr0: PG without PE", mov cr0, rbx
  mov ecx, 0x12345
  kernel "rdmsr unknown", rdmsr
  from_user "hlt", hlt
  from_user "cli", cli
  from_user "sti", sti
  from_user "in", in al, 0x80
  from_user "out", out 0x80, al
  from_user "mov from cr0", mov rax, cr0
  from_user "mov to cr3", mov cr3, rax
  from_user "rdmsr", rdmsr
  from_user "wrmsr", wrmsr
  from_user "invlpg", invlpg [rax]
  from_user "clts", clts
  from_user "int3", int3
  from_user "read of a supervisor page", mov eax, [0x100000]
  ret

# Single steps; DR6 as the handler leaves it.
traced:
  .pushsection .text.user, "ax"
user_step:
  push TF
  popfq
  nop
  nop
  int3
  .popsection
  # The trap comes after the instruction behind POPFQ.
  mov rax, [rip + user_rsp]
  mov [rip + old_rsp], rax
  xor eax, eax
  mov dr6, rax
  mov cr2, rax
  attempt_user user_step
  say "3 TF, by popfq: "
  call print_result_dr6
  mov qword ptr [rip + user_flags], TF | 2
  .pushsection .text.user, "ax"
user_step_nop:
  nop
  nop
  int3
user_step_rep:
  rep stosb
  nop
  int3
user_step_fault:
  ud2
user_step_jump:
  jmp 1f
  nop
1:
  nop
  int3
  .popsection
.irp name, nop, rep, fault, jump
  mov rdi, WINDOW
  mov ecx, 3
  mov rax, [rip + user_rsp]
  mov [rip + old_rsp], rax
  xor eax, eax
  mov dr6, rax
  mov cr2, rax
  attempt_user user_step_\name
  say "3 TF by iretq, \name: "
  call print_result_dr6
  .ifc \name, rep
  say "3 TF by iretq, rep, RCX: "
  mov rax, rcx
  call print_hex
  call print_newline
  .endif
.endr
  mov qword ptr [rip + user_flags], 2
  # At CPL 0.
.macro kernel_step name:req, instruction:vararg
  mov rdi, WINDOW
  mov ecx, 3
  xor eax, eax
  mov dr6, rax
  mov cr2, rax
  pushfq
  pop rdx
  or edx, TF
  mov [rip + old_rsp], rsp
  push rdx
  lea r13, [rip + .Lafter\@]
  mov [rip + resume_rip], r13
  mov [rip + resume_rsp], rsp
  mov qword ptr [rip + trap_vector], -1
  lea r13, [rip + .Lat\@]
  mov [rip + attempt_rip], r13
  popfq
.Lat\@:
  \instruction
  nop
  nop
  nop
.Lafter\@:
  mov rsp, [rip + old_rsp]
  push 2
  popfq
  mov qword ptr [rip + resume_rip], 0
  say "0 TF by popfq, \name: "
  call print_result_dr6
.endm
  kernel_step "nop", nop
  kernel_step "ud2", ud2
  kernel_step "rep stosb", rep stosb
  mov rax, rcx
  say "0 TF by popfq, rep stosb, RCX: "
  call print_hex
  call print_newline
  mov esi, KERNEL_DS
  kernel_step "mov ds", mov ds, esi
  kernel_step "mov ss", mov ss, esi
  mov rsi, HOLE
  kernel_step "read, not present", mov eax, [rsi]
  kernel_step "cpuid", cpuid
  mov rbx, NONCANONICAL
  kernel_step "pushfq", pushfq
  ret

# Alignment checks, with CR0.AM.
aligned:
  mov rax, cr0
  or eax, CR0_AM
  mov cr0, rax
  mov rdi, WINDOW
  pushfq
  or dword ptr [rsp], AC
  popfq
  kernel "AC: read, odd", mov eax, [rdi + 1]
  push 2
  popfq
  from_user "AC clear: read, odd", mov eax, [rdi + 1]
  mov qword ptr [rip + user_flags], AC | 2
  from_user "AC: read, even", mov ax, [rdi + 2]
  from_user "AC: read 2, odd", mov ax, [rdi + 1]
  from_user "AC: read 4 at 2", mov eax, [rdi + 2]
  from_user "AC: read 8 at 4", mov rax, [rdi + 4]
  from_user "AC: write 8 at 4", mov [rdi + 4], rax
  from_user "AC: lock add 4 at 2", lock add [rdi + 2], eax
  from_user "AC: push at 4", .byte 0x48, 0x83, 0xEC, 0x04, 0x50   # sub rsp, 4; push rax
  from_user "AC: read, not canonical, odd", mov eax, [rbx + 1]
  from_user "AC: read, not present, odd", mov eax, [rsi + 1]
  from_user "AC: write, read-only, odd", mov [rdi + 4097], eax
  mov qword ptr [rip + user_flags], 2
  mov rax, cr0
  and eax, ~CR0_AM
  mov cr0, rax
  ret

# Every way an exception's own delivery can fail.
gates:
  # IST 2: odd; IST 3: not canonical; IST 4: not present; IST 5: read-only; IST 6: across the canonical limit.
  lea rax, [rip + odd_stack + 4096 - 7]
  mov [rip + tss + 0x24 + 8], rax
  mov rax, NONCANONICAL + 4096
  mov [rip + tss + 0x24 + 16], rax
  mov rax, HOLE + 4096
  mov [rip + tss + 0x24 + 24], rax
  mov rax, WINDOW + 2 * 4096
  mov [rip + tss + 0x24 + 32], rax
  mov rax, NONCANONICAL
  mov [rip + tss + 0x24 + 40], rax
  lea r10, [rip + gate_rows]
1:
  cmp qword ptr [r10], 0
  je 9f
  gate_case 6, "ud2", ud2
  gate_case 0, "div by 0", .byte 0x31, 0xC9, 0xF7, 0xF1   # xor ecx, ecx; div ecx
  gate_case 13, "read, not canonical", mov eax, [rbx]
  gate_case 12, "read by rbp, not canonical", mov eax, [rbp]
  gate_case 11, "ds not present", mov ds, [rip + np_selector]
  gate_case 14, "read, not present", mov eax, [rsi]
  add r10, 24
  jmp 1b
9:
  # Without IST a frame from CPL 3 goes to RSP0.
.macro rsp0 name:req, value:req
  mov rax, \value
  mov [rip + tss + 4], rax
  from_user "ud2, RSP0 \name", ud2
  from_user "read, not canonical, RSP0 \name", mov eax, [rbx]
  from_user "read by rbp, not canonical, RSP0 \name", mov eax, [rbp]
  from_user "read, not present, RSP0 \name", mov eax, [rsi]
.endm
  rsp0 "odd", [rip + tss + 0x24 + 8]
  rsp0 "not canonical", [rip + tss + 0x24 + 16]
  rsp0 "not present", [rip + tss + 0x24 + 24]
  rsp0 "read-only", [rip + tss + 0x24 + 32]
  rsp0 "at the canonical limit", [rip + tss + 0x24 + 40]
  lea rax, [rip + kernel_stack_top]
  mov [rip + tss + 4], rax
  # #AC behind the limit of the IDT.
  mov rax, cr0
  or eax, CR0_AM
  mov cr0, rax
  mov rdi, WINDOW
  mov qword ptr [rip + user_flags], AC | 2
.macro idt_limit value:req
  mov word ptr [rip + idt_pointer], \value
  lidt [rip + idt_pointer]
  from_user "read, odd, IDT limit \value", mov eax, [rdi + 1]
  mov word ptr [rip + idt_pointer], 256 * 16 - 1
  lidt [rip + idt_pointer]
.endm
  idt_limit 0x11F
  idt_limit 0x11E
  idt_limit 0x117
  idt_limit 0x110
  idt_limit 0x10F
  mov qword ptr [rip + user_flags], 2
  ret

# Gate R11 by the row R10: name, bits of the first quadword to clear and set.
set_gate:
  mov eax, r11d
  shl eax, 4
  lea rdx, [rip + idt]
  add rdx, rax
  mov [rip + gate], rdx
  mov rax, [rdx]
  mov [rip + old_gate], rax
  mov rax, [rdx + 8]
  mov [rip + old_gate + 8], rax
  lea rax, [rip + gate_edits]
  movzx ecx, byte ptr [r10 + 17]
  movsxd rcx, dword ptr [rax + rcx * 4]
  add rcx, rax
  mov rax, [r10 + 8]
  jmp rcx
edit_type:
  mov [rdx + 5], al
  ret
edit_selector:
  mov [rdx + 2], ax
  ret
edit_ist:
  mov [rdx + 4], al
  ret
edit_high:
  mov [rdx + 8], eax
edit_none:
  ret
edit_reserved:
  mov [rdx + 12], eax
  ret

restore_gate:
  mov rdx, [rip + gate]
  mov rax, [rip + old_gate]
  mov [rdx], rax
  mov rax, [rip + old_gate + 8]
  mov [rdx + 8], rax
  ret

print_gate_result:
  mov rsi, [r10]
  call print
  say ": "
print_result:
  call print_frame
  jmp print_newline

print_result_dr6:
  call print_frame
  say " DR6 "
  mov rax, dr6
  call print_hex
  jmp print_newline

print_frame:
  push rsi
  call print_outcome
  cmp qword ptr [rip + trap_vector], -1
  je 9f
  say " RIP "
  mov rax, [rip + trap_rip]
  sub rax, [rip + attempt_rip]
  call print_place
  say " CS "
  mov rax, [rip + trap_cs]
  call print_hex
  say " flags "
  mov rax, [rip + trap_flags]
  and rax, ~STATUS_FLAGS
  call print_hex
  say " RSP "
  mov rax, [rip + old_rsp]
  sub rax, [rip + trap_rsp]
  cmp rax, 64
  jb 1f
  say "other"
  jmp 2f
1:
  call print_hex
2:
  say " SS "
  mov rax, [rip + trap_ss]
  call print_hex
  say " on "
  mov rax, [rip + trap_frame]
  add rax, 56
  lea rsi, [rip + text_same]
  mov rdx, [rip + trap_rsp]
  and rdx, ~15
  cmp rax, rdx
  je 2f
  lea rsi, [rip + text_rsp0]
  lea rdx, [rip + kernel_stack_top]
  cmp rax, rdx
  je 2f
  lea rsi, [rip + text_ist1]
  lea rdx, [rip + ist1_top]
  cmp rax, rdx
  je 2f
  and eax, 0xFFF
  call print_hex
  jmp 3f
2:
  call print
3:
  say " then "
  mov rax, [rip + trap_handler_flags]
  and rax, ~STATUS_FLAGS
  call print_hex
  say " "
  mov rax, [rip + trap_handler_ss]
  call print_hex
  mov rax, [rip + trap_cr2]
  test rax, rax
  jz 9f
  say " CR2 "
  mov rdx, WINDOW
  cmp rax, rdx
  jb 1f
  call print_hex
  jmp 9f
1:
  sub rax, [rip + attempt_rip]
  call print_place
9:
  pop rsi
  ret

# RAX: offset from the instruction. An address elsewhere: the stub of a vector, or just other.
print_place:
  cmp rax, 64
  jb print_hex
  add rax, [rip + attempt_rip]
  lea rdx, [rip + trap_stubs]
  sub rax, rdx
  cmp rax, 4096
  jae 1f
  say "stub "
  shr eax, 4
  jmp print_hex
1:
  add rax, rdx
  mov rdx, WINDOW
  cmp rax, rdx
  jae print_hex
  say "other"
  ret

.section .rodata
text_same: .asciz "same"
text_rsp0: .asciz "rsp0"
text_ist1: .asciz "ist1"
.balign 4
gate_edits: .long edit_none - gate_edits, edit_type - gate_edits, edit_selector - gate_edits, edit_ist - gate_edits
  .long edit_high - gate_edits, edit_reserved - gate_edits
.section .data
.balign 8
# Name, value, 1: CPL 0 only, edit.
.macro gate_row name:req, edit:req, value:req, kernel_only=0
  .quad .Lname\@, \value
  .byte \kernel_only, \edit, 0, 0, 0, 0, 0, 0
  .pushsection .rodata
  .Lname\@: .asciz "\name"
  .popsection
.endm
gate_rows:
  gate_row "good gate", 0, 0
  gate_row "DPL 0", 1, 0x8E
  gate_row "trap gate", 1, 0x8F
  gate_row "ist1", 3, 1
  gate_row "IST odd", 3, 2
  gate_row "IST not canonical", 3, 3
  gate_row "IST not present", 3, 4
  gate_row "IST read-only", 3, 5
  gate_row "IST at the canonical limit", 3, 6
  gate_row "reserved doubleword set", 5, -1
  .quad 0
np_selector: .quad NP_SELECTOR
far_selector: .quad 0xFFF8
one: .quad 1
.section .bss
.balign 4096
odd_stack: .skip 4096
.balign 8
old_rsp: .skip 8
gate: .skip 8
old_gate: .skip 16
.section .text
