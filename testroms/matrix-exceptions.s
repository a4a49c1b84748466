# Exceptions from CPL 0 and CPL 3: frames, error codes, and what happens where the gate or the stack is bad.
#
# frames.inc says what a line means.
.include "rom.inc"
.include "matrix.inc"
.include "frames.inc"

main:
  call prepare_frames
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
  mov esi, KERNEL_DS
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
  call run_gates
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

.section .data
.balign 8
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
.section .text
