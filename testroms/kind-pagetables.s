# Kind of workload: changing page tables: map, unmap, INVLPG, address spaces that change by MOV CR3, accessed and dirty bits.
.set ROUNDS, 8
.include "kind.inc"
.set FRAMES, 0x1000000
.set LARGE, 0x1200000                         # 2 MiB behind the frames
.set SPACES, 4
.set ACCESSED, 0x20
.set DIRTY, 0x40
.set GLOBAL, 0x100

# Four address spaces that share the kernel; each has a window of its own. R13 the window, R14 a CR3.
setup:
  mov r13, WINDOW
  mov rax, cr4
  or eax, CR4_PGE
  mov cr4, rax
  xor ebx, ebx
1:
  lea rsi, [rip + pml4]
  mov eax, ebx
  shl eax, 14
  lea rdi, [rip + spaces]
  add rdi, rax
  mov rdx, rdi
  mov ecx, 512
  rep movsq
  lea rax, [rdx + 0x1003]
  mov [rdx + 16], rax
  lea rax, [rdx + 0x2003]
  mov [rdx + 0x1000], rax
  lea rax, [rdx + 0x3003]
  mov [rdx + 0x2000], rax
  inc ebx
  cmp ebx, SPACES
  jne 1b
  lea r14, [rip + spaces]
  mov cr3, r14
  ret

round:
  mov eax, [rip + turn]
  inc dword ptr [rip + turn]
  and eax, SPACES - 1
  shl eax, 14
  lea r14, [rip + spaces]
  add r14, rax
  mov cr3, r14
  call churn
  call switches
  call fork
  call marks
  jmp large

# Each page of the window on one frame after the other.
churn:
  mov ecx, 512
1:
  mov eax, ecx
  and eax, 511
  imul edx, ecx, 37
  add edx, [rip + turn]
  and edx, 511
  shl edx, 12
  add edx, FRAMES + 3
  mov [r14 + 0x3000 + rax * 8], rdx
  shl eax, 12
  lea rsi, [r13 + rax]
  invlpg [rsi]
  add [rsi], rcx
  add r12, [rsi]
  dec ecx
  jnz 1b
  ret

# Sixteen pages in each address space in turn; two of them are global and the same everywhere.
switches:
  mov ebx, 32
1:
  mov eax, ebx
  and eax, SPACES - 1
  shl eax, 14
  lea rdi, [rip + spaces]
  add rdi, rax
  mov dword ptr [rdi + 0x3000 + 500 * 8], FRAMES + 500 * 4096 + GLOBAL + 3
  mov dword ptr [rdi + 0x3000 + 501 * 8], FRAMES + 501 * 4096 + GLOBAL + 3
  xor ecx, ecx
2:
  lea edx, [rcx + rbx]
  shl edx, 12
  add edx, FRAMES + 3
  mov [rdi + 0x3000 + rcx * 8], rdx
  inc ecx
  cmp ecx, 14
  jne 2b
  mov cr3, rdi
  xor ecx, ecx
3:
  mov eax, ecx
  shl eax, 12
  add [r13 + rax], rbx
  add r12, [r13 + rax]
  inc ecx
  cmp ecx, 14
  jne 3b
  add [r13 + 500 * 4096], rbx
  add r12, [r13 + 501 * 4096]
  dec ebx
  jnz 1b
  # No global page stays behind: the other parts map these two anew.
  mov rax, cr4
  btr eax, 7
  mov cr4, rax
  bts eax, 7
  mov cr4, rax
  mov cr3, r14
  ret

# A read-only copy of all the pages; then writing, page by page.
fork:
  lea rdi, [rip + spaces + 0x3000]
  lea rsi, [r14 + 0x3000]
  cmp rdi, rsi
  jne 1f
  add rdi, 0x4000
1:
  mov r8, rdi
  lea r9, [rdi - 0x3000]
  mov ecx, 512
2:
  mov rax, [rsi]
  and eax, ~(2 | ACCESSED | DIRTY | GLOBAL)
  mov [rdi], rax
  add rsi, 8
  add rdi, 8
  dec ecx
  jnz 2b
  mov cr3, r9
  xor ecx, ecx
3:
  mov eax, ecx
  shl eax, 12
  lea rdx, [r13 + rax]
  add r12, [rdx]
  or byte ptr [r8 + rcx * 8], 2
  invlpg [rdx]
  mov [rdx + 8], r12
  add ecx, 8
  cmp ecx, 512
  jne 3b
  ret

# Accessed and dirty bits: cleared, set by use, collected; then the pages go.
marks:
  lea r9, [r8 - 0x3000]
  mov ecx, 64
1:
  and dword ptr [r8 + rcx * 8], ~(ACCESSED | DIRTY)
  mov eax, ecx
  shl eax, 12
  lea rdx, [r13 + rax]
  invlpg [rdx]
  mov rax, [rdx]
  test cl, 7
  jnz 2f
  mov byte ptr [rdx], cl
2:
  or dword ptr [r8 + rcx * 8], 2
  dec ecx
  jnz 1b
  mov ecx, 64
3:
  mov rax, [r8 + rcx * 8]
  and eax, ACCESSED | DIRTY
  lea r12, [r12 + r12 * 2]
  add r12, rax
  mov qword ptr [r8 + rcx * 8], 0
  mov eax, ecx
  shl eax, 12
  lea rdx, [r13 + rax]
  invlpg [rdx]
  dec ecx
  jnz 3b
  ret

# 2 MiB of the window, by a large page and by the table of small ones in turn.
large:
  mov ecx, 16
1:
  mov qword ptr [r14 + 0x2008], LARGE + 0x83
  mov cr3, r14
  mov eax, ecx
  shl eax, 14
  lea rdx, [r13 + rax + 0x200000]
  add [rdx], rcx
  add r12, [rdx]
  lea rax, [r14 + 0x3003]
  mov [r14 + 0x2008], rax
  mov dword ptr [r14 + 0x3000 + 5 * 8], FRAMES + 3
  mov cr3, r14
  add r12, [r13 + 0x205000]
  dec ecx
  jnz 1b
  ret

.section .bss
.balign 4096
spaces: .skip SPACES * 0x4000
turn: .skip 4
