# Long-mode paging: every combination of bits of an entry with every kind of access, by level and by CR0.WP, CR4.SMEP
# and CR4.SMAP.
#
# A line is "LEVEL WEA PWUXRad: ..." - W, E, A: WP, SMEP, SMAP set; P, W, U, X, R, a, d: the entry is present, writable,
# user, no-execute, has a reserved bit, accessed, dirty. Its results are read, write and fetch at CPL 0, the same at CPL 3
# and, with SMAP, the same at CPL 0 with RFLAGS.AC: "ok" or the error code of #PF, then A and D of the entry as they are
# afterwards. "!" and a number is a CR2 other than the address. Every result has a linear address of its own, as a
# processor may hold translations.
.include "rom.inc"
.include "matrix.inc"

# One pass over all rows: NAME, ENTRIES, LINEAR of the first, STRIDE between linear addresses, VALUE, CONFIG.
.macro stage name:req, entries:req, linear:req, stride:req, value:req, config:req
  lea rsi, [rip + .Lname\@]
  lea r8, [rip + \entries]
  mov rbx, \linear
  mov r9, \stride
  mov rbp, \value
  mov edi, \config
  call run_stage
  .pushsection .rodata
  .Lname\@: .asciz "\name"
  .popsection
.endm

.set PD_LINEAR, 8 << 30
.set TABLE_LINEAR, 16 << 30

main:
  lea rdi, [rip + target]
  mov dword ptr [rdi + 0x20], 0x90E3FF41    # jmp r11
  mov byte ptr [rdi + 0x40], 0xCC           # int3
  # Tables that permit everything, below the entry in question.
  lea rax, [rip + target + 0x67]
  mov [rip + leaf_pt], rax
  lea rax, [rip + leaf_pt + 0x67]
  mov [rip + leaf_pd], rax
  lea rax, [rip + leaf_pd + 0x67]
  mov [rip + leaf_pdpt], rax
  xor ecx, ecx
1:
  mov eax, ecx
  shl eax, 12
  lea rdx, [rip + case_pts + 0x67]
  add rdx, rax
  lea rdi, [rip + window_pd]
  mov [rdi + rcx * 8 + 8 * 8], rdx
  inc ecx
  cmp ecx, 8
  jne 1b
  xor ecx, ecx
2:
  mov eax, ecx
  shl eax, 12
  lea rdx, [rip + large_pds + 0x67]
  add rdx, rax
  lea rdi, [rip + window_pdpt]
  mov [rdi + rcx * 8 + 8 * 8], rdx
  lea rdx, [rip + table_pds + 0x67]
  add rdx, rax
  mov [rdi + rcx * 8 + 16 * 8], rdx
  lea rdx, [rip + case_pdpts + 0x67]
  add rdx, rax
  lea rdi, [rip + pml4]
  mov [rdi + rcx * 8 + 8 * 8], rdx
  inc ecx
  cmp ecx, 3
  jne 2b
  mov rax, cr3
  mov cr3, rax

  lea r15, [rip + target]
  mov [rip + target_address], r15
.irp number, 0, 1, 2, 3, 4, 5, 6, 7
  stage "PTE", case_pts + \number * 4096, WINDOW + ((8 + \number) << 21), 0x1000, [rip + target_address], \number
.endr
  mov eax, 0x1FFFFF
  lea r15, [rip + target]
  and rax, r15
  mov [rip + target_offset], rax
  xor r15, rax
  or r15, 0x80
  mov [rip + large_value], r15
.irp number, 0, 1, 2
  mov rax, WINDOW + ((8 + \number) << 30)
  add rax, [rip + target_offset]
  stage "PDE 2M", large_pds + \number * 4096, rax, 0x200000, [rip + large_value], (0x710 >> (\number * 4)) & 7
.endr
  lea r15, [rip + leaf_pt]
  mov [rip + target_address], r15
.irp number, 0, 1, 2
  stage "PDE", table_pds + \number * 4096, WINDOW + ((16 + \number) << 30), 0x200000, [rip + target_address], (0x710 >> (\number * 4)) & 7
.endr
  lea r15, [rip + leaf_pd]
  mov [rip + target_address], r15
.irp number, 0, 1, 2
  stage "PDPTE", case_pdpts + \number * 4096, ((8 + \number) << 39), 0x40000000, [rip + target_address], (0x710 >> (\number * 4)) & 7
.endr
  lea r15, [rip + leaf_pdpt]
  mov [rip + target_address], r15
  stage "PML4E", pml4 + 64 * 8, (64 << 39), 0x8000000000, [rip + target_address], 3
  jmp matrix_finish

# RSI name, R8 entries, RBX linear address, R9 stride, RBP value, EDI configuration.
run_stage:
  mov [rip + stage_name], rsi
  mov [rip + config], edi
  mov rax, cr0
  btr rax, 16
  test edi, 1
  jz 1f
  bts rax, 16
1:
  mov cr0, rax
  mov rax, cr4
  and eax, ~(CR4_SMEP | CR4_SMAP)
  test edi, 2
  jz 1f
  or eax, CR4_SMEP
1:
  test edi, 4
  jz 1f
  or eax, CR4_SMAP
1:
  mov cr4, rax
  lea r10, [rip + rows]
run_row:
  cmp byte ptr [r10], 0xFF
  je 9f
  mov rsi, [rip + stage_name]
  call print
  mov al, 32
  call print_char
  mov ecx, [rip + config]
  lea rsi, [rip + config_letters]
  mov edi, 3
  call print_bits
  mov al, 32
  call print_char
  movzx ecx, byte ptr [r10]
  lea rsi, [rip + row_letters]
  mov edi, 7
  call print_bits
  mov al, ':'
  call print_char
  xor r12d, r12d
2:
  call run_case
  call print_case
  add r8, 8
  add rbx, r9
  shl rbx, 16
  sar rbx, 16
  inc r12d
  cmp r12d, 9
  je 3f
  cmp r12d, 6
  jne 2b
  test dword ptr [rip + config], 4
  jnz 2b
3:
  call print_newline
  inc r10
  jmp run_row
9:
  ret

# The EDI lowest bits of ECX as the letters at RSI, "-" where clear.
print_bits:
  mov al, [rsi]
  test cl, 1
  jnz 1f
  mov al, '-'
1:
  call print_char
  shr ecx, 1
  inc rsi
  dec edi
  jnz print_bits
  ret

# Access R12 by entry R8 at RBX with the bits at R10.
run_case:
  movzx eax, byte ptr [r10]
  mov ecx, eax
  and ecx, 0x67
  mov rdx, rbp
  or rdx, rcx
  test al, 8
  jz 1f
  bts rdx, 63
1:
  test al, 16
  jz 1f
  bts rdx, 51
1:
  mov [r8], rdx
  invlpg [rbx]
  mov eax, r12d
  cmp eax, 6
  jb 2f
  sub eax, 6
  pushfq
  or dword ptr [rsp], AC
  popfq
2:
  lea rcx, [rip + accesses]
  movsxd rdx, dword ptr [rcx + rax * 4]
  add rcx, rdx
  jmp rcx
read0:
  lea rcx, [rbx + 0x10]
  mov [rip + wanted_cr2], rcx
  attempt mov al, [rcx]
  jmp done_case
write0:
  lea rcx, [rbx + 0x80]
  mov [rip + wanted_cr2], rcx
  attempt mov [rcx], al
  jmp done_case
fetch0:
  lea rcx, [rbx + 0x20]
  mov [rip + wanted_cr2], rcx
  lea r11, [rip + 1f]
  attempt jmp rcx
1:
  mov qword ptr [rip + resume_rip], 0
done_case:
  push 2
  popfq
  ret
read3:
  lea rcx, [rbx + 0x10]
  mov [rip + wanted_cr2], rcx
  user user_read
  ret
write3:
  lea rcx, [rbx + 0x80]
  mov [rip + wanted_cr2], rcx
  user user_write
  ret
fetch3:
  lea rcx, [rbx + 0x40]
  mov [rip + wanted_cr2], rcx
  user user_fetch
  ret

user_read:
  mov al, [rcx]
  int3
user_write:
  mov [rcx], al
  int3
user_fetch:
  jmp rcx

print_case:
  mov al, 32
  call print_char
  cmp qword ptr [rip + trap_vector], PF_
  je 1f
  call print_outcome
  jmp 2f
1:
  mov eax, [rip + trap_error]
  shr eax, 4
  call print_hex
  mov eax, [rip + trap_error]
  and eax, 15
  call print_hex
  mov rax, [rip + trap_cr2]
  cmp rax, [rip + wanted_cr2]
  je 2f
  push rax
  mov al, '!'
  call print_char
  pop rax
  call print_hex
2:
  mov rcx, [r8]
  shr ecx, 5
  lea rsi, [rip + row_letters + 5]
  mov edi, 2
  jmp print_bits

.section .rodata
config_letters: .ascii "WEA"
row_letters: .ascii "PWUXRad"
rows:
.set number, 0
.rept 32
  .byte number
  .set number, number + 1
.endr
# Accessed, dirty: with entries that are otherwise good.
.irp bits, 0x20, 0x40, 0x60
  .set number, 1
  .rept 8
    .byte number | \bits
    .set number, number + 2
  .endr
.endr
  .byte 0xFF
.balign 4
accesses: .long read0 - accesses, write0 - accesses, fetch0 - accesses
  .long read3 - accesses, write3 - accesses, fetch3 - accesses
.section .bss
.balign 4096
target: .skip 4096
leaf_pt: .skip 4096
leaf_pd: .skip 4096
leaf_pdpt: .skip 4096
case_pts: .skip 8 * 4096
large_pds: .skip 3 * 4096
table_pds: .skip 3 * 4096
case_pdpts: .skip 3 * 4096
stage_name: .skip 8
target_address: .skip 8
target_offset: .skip 8
large_value: .skip 8
wanted_cr2: .skip 8
config: .skip 4
