# Arithmetic at CPL 3 in 64-bit mode, in stretches of some thousand instructions that end by a fault.
.include "rom.inc"
main:
  mov r8d, 3
1:
  # A return to CPL 3 makes them null anyway.
  xor eax, eax
  mov ds, eax
  mov es, eax
  push r8
  user user_work
  cmp byte ptr [rip + trap_vector], PF_
  jne 2f
  pop r8
  dec r8
  jnz 1b
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
2:
  mov eax, STATUS_FAIL
  out PORT_EXIT, eax
  hlt

user_work:
  mov ecx, 1000
  mov rax, 0x9E3779B97F4A7C15
  imul rax, r8
  cvtsi2sd xmm0, rax
  movq xmm1, rax
1:
  rol rax, 5
  imul rbx, rax, 77
  adc rdx, rbx
  push rdx
  mulsd xmm0, xmm0
  sqrtsd xmm0, xmm0
  addpd xmm1, xmm0
  paddq xmm1, xmm1
  pop rsi
  movq rdi, xmm1
  shld rsi, rdi, 3
  dec ecx
  jnz 1b
  # A supervisor page.
  mov al, [0x100000]
