# Kind of workload: string instructions with REP, REPE and REPNE: thousands of bytes, and 0 to 63.
.set ROUNDS, 10
.include "kind.inc"
.set MULTIPLIER, 6364136223846793005

# 64 KiB at `scratch`: the first half is random, the second is written.
setup:
  mov r15, 0x9E3779B97F4A7C15
  lea rdi, [rip + scratch]
  mov ecx, 0x1000
1:
  xorshift r15, rax
  mov [rdi], r15
  add rdi, 8
  dec ecx
  jnz 1b
  mov r13, MULTIPLIER
  ret

# R15 random, R13 its multiplier.
round:
  mov ebx, 200
1:
  call short_ones
  dec ebx
  jnz 1b

long_ones:
  lea rsi, [rip + scratch]
  lea rdi, [rip + scratch + 0x8003]
  mov ecx, 4093
  rep movsb
  lea rsi, [rip + scratch]
  lea rdi, [rip + scratch + 0x8003]
  mov ecx, 4096
  repe cmpsb
  add r12, rcx
  lea rsi, [rip + scratch + 0x1000]
  lea rdi, [rip + scratch + 0xA000]
  mov ecx, 1024
  rep movsq
  mov rax, r15
  lea rdi, [rip + scratch + 0xB008]
  mov ecx, 500
  rep stosq
  mov ecx, 1500
  rep stosb
  lea rdi, [rip + scratch + 0xB008]
  mov ecx, 6000
  repe scasb
  add r12, rcx
  not eax
  lea rdi, [rip + scratch + 0xBFB0]
  mov ecx, 1500
  repne scasb
  add r12, rcx
  std
  lea rsi, [rip + scratch + 0x8FFF]
  lea rdi, [rip + scratch + 0x9FFF]
  mov ecx, 700
  rep movsb
  cld
  add r12, [rip + scratch + 0x9F00]
  lea rsi, [rip + scratch + 0xA000]
  lea rdi, [rip + scratch + 0x1000]
  mov ecx, 1000
  repe cmpsd
  add r12, rcx
  ret

short_ones:
  imul r15, r13
  inc r15
  # A copy of 0 to 63 bytes, of it a part overwritten, then compared.
  mov r8, r15
  shr r8, 40
  mov eax, r8d
  and eax, 0x3FFF
  lea rsi, [rip + scratch]
  add rsi, rax
  mov r9, rsi
  mov edx, r15d
  shr edx, 20
  lea rdi, [rip + scratch + 0x8000]
  add rdi, rdx
  mov r10, rdi
  mov ecx, r8d
  shr ecx, 14
  and ecx, 63
  mov r11d, ecx
  rep movsb
  mov ecx, r11d
  shr ecx, 1
  lea rdi, [r10 + rcx]
  mov eax, r11d
  mov edx, ecx
  rep stosb
  mov rsi, r9
  mov rdi, r10
  mov ecx, r11d
  repe cmpsb
  lea r12, [r12 + rcx * 4 + 3]
  mov rdi, r9
  mov ecx, r11d
  mov al, r8b
  repne scasb
  add r12, rcx
  rol r12, 5
  # The same by wider words.
  mov rsi, r9
  mov rdi, r10
  mov ecx, r11d
  shr ecx, 3
  rep movsq
  mov ecx, edx
  shr ecx, 2
  rep stosd
  xor r12, [r10]
  ret
