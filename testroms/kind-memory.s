# Kind of workload: pointer chasing, loads, stores and read-modify-write of every width over 8 MiB of 4 KiB pages.
.set ROUNDS, 2
.include "kind.inc"
.set PAGES, 2048
.set FRAMES, 0x1000000
.set NODES, 32768
.set NODE, 256                                # bytes: next, number, then data

# R13 the window, R14 the node that comes next, R15 random.
setup:
  mov r13, WINDOW
  mov r14, r13
  mov r15, 0x9E3779B97F4A7C15
  # Neighbouring pages are no neighbours in RAM. One page more, for loads that cross the last border.
  lea rdi, [rip + tables]
  xor ecx, ecx
1:
  imul eax, ecx, 1229
  and eax, PAGES - 1
  shl eax, 12
  add eax, FRAMES + 3
  mov [rdi + rcx * 8], rax
  inc ecx
  cmp ecx, PAGES + 1
  jne 1b
  lea rax, [rip + tables + 3]
  lea rdi, [rip + window_pd]
  mov ecx, 5
2:
  mov [rdi], rax
  add rax, 4096
  add rdi, 8
  dec ecx
  jnz 2b
  mov rax, cr3
  mov cr3, rax
  # All nodes are one cycle: a congruence of full period.
  mov rdi, r13
  xor ecx, ecx
3:
  imul eax, ecx, 12829
  add eax, 6925
  and eax, NODES - 1
  shl eax, 8
  add rax, r13
  mov [rdi], rax
  mov [rdi + 8], rcx
  add rdi, NODE
  inc ecx
  cmp ecx, NODES
  jne 3b
  ret

round:
  call chase
  call records
  call scatter
  jmp copy

chase:
  mov rsi, r14
  mov ecx, 10000
1:
  mov rsi, [rsi]
  add r12, [rsi + 8]
  mov rsi, [rsi]
  xor r12, [rsi + 8]
  inc dword ptr [rsi + 16]
  dec ecx
  jnz 1b
  mov r14, rsi
  ret

# A quarter of the nodes in order: bytes, words, doublewords, quadwords.
records:
  mov eax, [rip + quarter]
  inc dword ptr [rip + quarter]
  and eax, 3
  shl eax, 21
  lea rdi, [r13 + rax]
  mov ecx, NODES / 4
1:
  movzx eax, byte ptr [rdi + 24]
  movsx edx, word ptr [rdi + 26]
  add eax, ecx
  mov [rdi + 24], al
  add [rdi + 32], rax
  xor [rdi + 40], dx
  inc byte ptr [rdi + 42]
  adc [rdi + 44], eax
  mov [rdi + 26], ax
  sub dword ptr [rdi + 48], 7
  not word ptr [rdi + 52]
  movsxd rdx, dword ptr [rdi + 44]
  add r12, rdx
  cmp byte ptr [rdi + 42], 3
  setb byte ptr [rdi + 54]
  add r12, [rdi + 252]                        # reaches into the next node, of every sixteenth into the next page
  add rdi, NODE
  dec ecx
  jnz 1b
  ret

# Random nodes, any alignment.
scatter:
  mov ecx, 8000
1:
  xorshift r15, rax
  mov eax, r15d
  and eax, (NODES - 1) * NODE
  mov edx, r15d
  and edx, 63
  add rdx, rax
  add rdx, r13
  mov [rdx + 64], r15
  movzx eax, byte ptr [rdx + 127]
  add [rdx + 80], ax
  rol r12, 1
  xor r12, [rdx + 72]
  dec ecx
  jnz 1b
  ret

copy:
  lea rdi, [rip + scratch]
  mov rsi, r14
  and rsi, -0x1000
  mov ecx, 512
1:
  mov rax, [rsi]
  mov edx, [rsi + 4]
  add r12, rdx
  mov [rdi], rax
  mov [rdi + 4096], edx
  add rsi, 8
  add rdi, 8
  dec ecx
  jnz 1b
  add r12, [rip + scratch + 2048]
  ret

.section .bss
.balign 4096
tables: .skip 5 * 4096
quarter: .skip 4
