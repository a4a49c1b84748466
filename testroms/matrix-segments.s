# Loads of segment registers at CPL 0 in 64-bit mode, from descriptors of every kind.
#
# A line "OPERATION S TYPE P: ..." has a character for each DPL (in groups) and RPL (in a group): "." the load was done,
# "a" and set the accessed bit, "b" and set the busy bit, "G", "N", "S", "T": #GP, #NP, #SS, #TS with the selector as its
# error code. Anything else is spelt out: another exception, "?" another selector in the register, "~" another
# change of the descriptor, "!" another RSP after a fault. "RPL 0" operations have one character for each DPL.
.include "rom.inc"
.include "matrix.inc"

.set L_BIT, 1 << 53

main:
  lea rax, [rip + gdt + FREE_SELECTOR]
  mov [rip + slot], rax
  mov dword ptr [rip + selector_base], FREE_SELECTOR
  lea r10, [rip + operations]
1:
  cmp qword ptr [r10], 0
  je 2f
  call run_operation
  add r10, 24
  jmp 1b
2:
  call null_selectors
  call limits
  call local_table
  call high_parts
  call long_and_default
  jmp matrix_finish

# R10: name, routine, first and last of S * 16 + type, mask of RPL.
run_operation:
  movzx r8d, byte ptr [r10 + 16]
1:
  xor r9d, r9d
2:
  call run_line
  inc r9d
  cmp r9d, 2
  jne 2b
  inc r8d
  cmp r8b, [r10 + 17]
  jbe 1b
  ret

# R8D: S and type, R9D: P.
run_line:
  mov rsi, [r10]
  call print
  say " "
  mov eax, r8d
  shr eax, 4
  call print_hex
  say " "
  mov eax, r8d
  and eax, 15
  call print_hex
  say " "
  mov eax, r9d
  call print_hex
  say ":"
  xor r12d, r12d
1:
  mov eax, r12d
  test al, 3
  jnz 2f
  say " "
2:
  call run_case
  inc r12d
  cmp byte ptr [r10 + 18], 0
  jne 3f
  add r12d, 3
3:
  cmp r12d, 16
  jb 1b
  jmp print_newline

# A descriptor of R8D, R9D and DPL R12D / 4 in the slot, base `tss`, limit FFFFh, L; then the load of it, with RPL R12D % 4.
run_case:
  call make_descriptor
  call load_and_print
  ret

make_descriptor:
  lea rax, [rip + tss]
  shl rax, 16
  mov rdx, 0xFFFFFF0000
  and rax, rdx
  or rax, 0xFFFF
  mov edx, r8d
  shl rdx, 40
  or rax, rdx
  mov edx, r12d
  shr edx, 2
  shl rdx, 45
  or rax, rdx
  mov edx, r9d
  shl rdx, 47
  or rax, rdx
  mov rdx, L_BIT
  or rax, rdx
  mov rdx, [rip + slot]
  mov [rdx], rax
  mov qword ptr [rdx + 8], 0
  mov [rip + descriptor], rax
  mov eax, r12d
  and eax, 3
  or eax, [rip + selector_base]
  mov [rip + selector], eax
  ret

load_and_print:
  mov eax, [rip + selector]
  mov [rip + saved_rsp], rsp
  mov qword ptr [rip + fault_rsp], 0
  call [r10 + 8]
after_load:
  mov rsp, [rip + saved_rsp]
  mov edx, KERNEL_DS
  mov ds, edx
  mov es, edx
  mov ss, edx
  xor edx, edx
  mov fs, edx
  mov gs, edx
  mov [rip + loaded], ecx
  mov rdx, [rip + slot]
  mov rdx, [rdx]
  xor rdx, [rip + descriptor]
  mov rbx, [rip + trap_vector]
  cmp rbx, -1
  jne fault
  mov ecx, [rip + loaded]
  cmp ecx, [rip + selector]
  je 1f
  say "?"
1:
  mov al, '.'
  test rdx, rdx
  jz print_char
  mov al, 'a'
  bt rdx, 40
  jc 1f
  mov al, 'b'
  bt rdx, 41
  jc 2f
1:
  btr rdx, 40
2:
  btr rdx, 41
  test rdx, rdx
  jz print_char
  mov al, '~'
  jmp print_char
fault:
  test rdx, rdx
  jz 1f
  say "~"
1:
  mov rdx, [rip + fault_rsp]
  test rdx, rdx
  jz 1f
  cmp rdx, [rip + trap_rsp]
  je 1f
  say "!"
1:
  mov edx, [rip + selector]
  and edx, ~3
  cmp edx, [rip + trap_error]
  jne print_outcome
  lea ecx, [rbx - TS_]
  cmp ecx, 3
  ja print_outcome
  lea rdx, [rip + fault_letters]
  mov al, [rdx + rcx]
  jmp print_char

# Each loads EAX and gives the selector read back in ECX.
.macro move_operation name:req, register:req
\name:
  attempt mov \register, eax
  mov ecx, \register
  ret
.endm
  move_operation mov_ds, ds
  move_operation mov_es, es
  move_operation mov_fs, fs
  move_operation mov_gs, gs
  move_operation mov_ss, ss
.macro pop_operation name:req, register:req
\name:
  push rax
  mov [rip + fault_rsp], rsp
  attempt pop \register
  mov ecx, \register
  jmp after_load
.endm
  pop_operation pop_fs, fs
  pop_operation pop_gs, gs
.macro pointer_operation name:req, register:req, opcode:req
\name:
  mov [rip + pointer + 4], eax
  lea rdx, [rip + pointer]
  attempt .byte 0x0F, \opcode, 0x1A         # L?S ebx, [rdx]
  mov ecx, \register
  ret
.endm
  pointer_operation lss_op, ss, 0xB2
  pointer_operation lfs_op, fs, 0xB4
  pointer_operation lgs_op, gs, 0xB5
lldt_op:
  attempt lldt ax
  sldt ecx
  xor edx, edx
  lldt dx
  ret
ltr_op:
  attempt ltr ax
  str ecx
  cmp ecx, TSS_SELECTOR
  je 1f
  lea rdx, [rip + gdt + TSS_SELECTOR]
  btr qword ptr [rdx], 41
  mov edx, TSS_SELECTOR
  ltr dx
1:
  ret
retf_op:
  push rax
  lea rdx, [rip + 1f]
  push rdx
  mov [rip + fault_rsp], rsp
  attempt retfq
1:
  jmp back_to_kernel
jump_op:
  mov [rip + pointer + 4], eax
  lea rdx, [rip + 1f]
  mov [rip + pointer], edx
  lea rdx, [rip + pointer]
  attempt .byte 0xFF, 0x2A                  # JMP FAR m16:32
1:
  jmp back_to_kernel
call_op:
  mov [rip + pointer + 4], eax
  lea rdx, [rip + 1f]
  mov [rip + pointer], edx
  lea rdx, [rip + pointer]
  mov [rip + fault_rsp], rsp
  attempt .byte 0xFF, 0x1A                  # CALL FAR m16:32
1:
back_to_kernel:
  mov qword ptr [rip + resume_rip], 0
  mov ecx, cs
  push KERNEL_CS
  lea rdx, [rip + 1f]
  push rdx
  retfq
1:
  jmp after_load

# Every operation with the null selectors.
null_selectors:
  lea r10, [rip + operations]
1:
  cmp qword ptr [r10], 0
  je 3f
  mov rsi, [r10]
  call print
  say " null:"
  xor r12d, r12d
2:
  say " "
  mov [rip + selector], r12d
  mov rax, [rip + slot]
  mov rax, [rax]
  mov [rip + descriptor], rax
  call load_and_print
  inc r12d
  cmp r12d, 4
  jne 2b
  call print_newline
  add r10, 24
  jmp 1b
3:
  ret

# Selectors at, across and behind the limit of the GDT, and of an LDT that is absent.
limits:
  lea r10, [rip + operations]
1:
  cmp qword ptr [r10], 0
  je 3f
  mov rsi, [r10]
  call print
  say " limit:"
  # The slot holds a writable data segment; the limit ends with its last byte, then one before; LDT and FFF8h.
  mov r8d, 0x13
  mov r9d, 1
  xor r12d, r12d
  call make_descriptor
  say " "
  mov ax, FREE_SELECTOR + 7
  call limited
  say " "
  mov ax, FREE_SELECTOR + 6
  call limited
  say " "
  mov ax, FREE_SELECTOR - 1
  call limited
  mov dword ptr [rip + selector], FREE_SELECTOR | 4
  say " "
  call load_and_print
  mov dword ptr [rip + selector], 0xFFF8
  say " "
  call load_and_print
  call print_newline
  add r10, 24
  jmp 1b
3:
  ret

limited:
  mov [rip + gdt_pointer], ax
  lgdt [rip + gdt_pointer]
  call load_and_print
  mov word ptr [rip + gdt_pointer], FREE_SELECTOR + 32 * 8 - 1
  lgdt [rip + gdt_pointer]
  ret

# An LDT of 16 bytes, with the descriptor in its second place; and the selector behind its end.
local_table:
  lea rax, [rip + gdt + FREE_SELECTOR + 32]
  lea rdx, [rip + ldt]
  mov word ptr [rax], 15
  mov [rax + 2], dx
  shr rdx, 16
  mov [rax + 4], dl
  mov [rax + 7], dh
  mov byte ptr [rax + 5], 0x82
  mov edx, FREE_SELECTOR + 32
  lldt dx
  lea rax, [rip + ldt + 8]
  mov [rip + slot], rax
  mov dword ptr [rip + selector_base], 8 | 4
  lea r10, [rip + operations]
1:
  cmp qword ptr [r10], 0
  je 3f
  lea rax, [rip + lldt_op]
  cmp rax, [r10 + 8]
  je 2f
  mov rsi, [r10]
  call print
  say " LDT:"
  # Data, read-only data, code, conforming code, LDT, TSS, none; behind the limit.
  mov r9d, 1
  xor r12d, r12d
.irp kind, 0x12, 0x10, 0x1A, 0x1E, 2, 9
  .if \kind < 16
  lea rax, [rip + jump_op]
  cmp rax, [r10 + 8]
  je 4f
  lea rax, [rip + call_op]
  cmp rax, [r10 + 8]
  je 4f
  .endif
  mov r8d, \kind
  call make_descriptor
  say " "
  call load_and_print
.endr
4:
  mov dword ptr [rip + selector], 16 | 4
  say " "
  call load_and_print
  call print_newline
2:
  add r10, 24
  jmp 1b
3:
  xor edx, edx
  lldt dx
  lea rax, [rip + gdt + FREE_SELECTOR]
  mov [rip + slot], rax
  mov dword ptr [rip + selector_base], FREE_SELECTOR
  ret

# The upper half of LDT and TSS descriptors: bits 63:32 of the base, the type field of the second half.
high_parts:
  mov r9d, 1
  xor r12d, r12d
.macro high name:req, operation:req, kind:req, value:req
  mov r8d, \kind
  call make_descriptor
  mov rax, \value
  mov [rdx + 8], rax
  lea r10, [rip + \operation]
  mov rdx, [rip + slot]
  mov rax, \value
  mov [rdx + 8], rax
  say "\name: "
  call load_and_print
  call print_newline
.endm
  high "LLDT canonical base", lldt_row, 2, 0x7FFF
  high "LLDT upper canonical base", lldt_row, 2, 0xFFFFFFFF
  high "LLDT base not canonical", lldt_row, 2, 0x8000
  high "LLDT base not canonical above", lldt_row, 2, 0xFFFF7FFF
  high "LLDT type 1 in the second half", lldt_row, 2, 0x10000000000
  high "LLDT S in the second half", lldt_row, 2, 0x100000000000
  high "LLDT DPL in the second half", lldt_row, 2, 0x600000000000
  high "LTR canonical base", ltr_row, 9, 0x7FFF
  high "LTR upper canonical base", ltr_row, 9, 0xFFFFFFFF
  high "LTR base not canonical", ltr_row, 9, 0x8000
  high "LTR base not canonical above", ltr_row, 9, 0xFFFF7FFF
  high "LTR type 1 in the second half", ltr_row, 9, 0x10000000000
  high "LTR S in the second half", ltr_row, 9, 0x100000000000
  high "LTR DPL in the second half", ltr_row, 9, 0x600000000000
  ret

# L with D is no code segment; data segments may have any.
long_and_default:
.macro both name:req, operation:req, kind:req
  mov r8d, \kind
  call make_descriptor
  mov rdx, [rip + slot]
  bts qword ptr [rdx], 54
  bts qword ptr [rip + descriptor], 54
  lea r10, [rip + \operation]
  say "\name with L and D: "
  call load_and_print
  call print_newline
.endm
  both "jmp far", jump_row, 0x1A
  both "call far", call_row, 0x1A
  both "retf", retf_row, 0x1A
  both "mov ds", ds_row, 0x1A
  both "mov ss", ss_row, 0x12
  ret

.section .rodata
fault_letters: .ascii "TNSG"
.section .data
.balign 8
.macro operation name:req, routine:req, first:req, last:req, rpl:req
  .quad .Lname\@, \routine
  .byte \first, \last, \rpl, 0, 0, 0, 0, 0
  .pushsection .rodata
  .Lname\@: .asciz "\name"
  .popsection
.endm
operations:
ds_row:
  operation "mov ds", mov_ds, 0, 31, 1
  operation "mov es", mov_es, 0, 31, 1
  operation "mov fs", mov_fs, 0, 31, 1
  operation "mov gs", mov_gs, 0, 31, 1
ss_row:
  operation "mov ss", mov_ss, 0, 31, 1
  operation "pop fs", pop_fs, 0, 31, 1
  operation "pop gs", pop_gs, 0, 31, 1
  operation "lss", lss_op, 0, 31, 1
  operation "lfs", lfs_op, 0, 31, 1
  operation "lgs", lgs_op, 0, 31, 1
lldt_row:
  operation "lldt", lldt_op, 0, 31, 1
ltr_row:
  operation "ltr", ltr_op, 0, 31, 1
retf_row:
  operation "retf, RPL 0", retf_op, 0, 31, 0
jump_row:
  operation "jmp far", jump_op, 16, 31, 1
call_row:
  operation "call far", call_op, 16, 31, 1
  .quad 0
.section .bss
.balign 16
ldt: .skip 24
slot: .skip 8
descriptor: .skip 8
pointer: .skip 8
saved_rsp: .skip 8
fault_rsp: .skip 8
selector: .skip 4
selector_base: .skip 4
loaded: .skip 4
