# Benchmark: VEX instructions as compilers make them for x86-64-v3: packed integers and floating point of 32 and 16 bytes,
# scalars, FMA, loads and stores, and BMI. Prints a checksum.
.include "rom.inc"

main:
  mov rax, cr4
  or eax, 0x40600                               # OSXSAVE, OSXMMEXCPT, OSFXSR
  mov cr4, rax
  xor ecx, ecx
  xgetbv
  or eax, 7
  xsetbv
  lea rsi, [rip + numbers]
  lea rdi, [rip + space]
  mov ecx, 1000000
  vbroadcastsd ymm0, [rsi]
  vmovupd ymm1, [rsi]
  vmovapd ymm2, ymm0
  vpxor xmm3, xmm3, xmm3
  vmovdqu ymm4, [rsi + 32]
  vpcmpeqd ymm5, ymm5, ymm5
  vxorpd xmm6, xmm6, xmm6
  vmovsd xmm8, [rsi + 8]
1:
  vpaddd ymm3, ymm3, ymm4
  vpxor ymm4, ymm4, [rsi + 32]
  vpsrld ymm7, ymm3, 3
  vpshufb ymm7, ymm7, [rsi + 64]
  vpcmpeqb ymm9, ymm7, ymm5
  vpmovmskb eax, ymm9
  vpand ymm3, ymm3, [rsi + 96]
  vmovdqa [rdi], ymm7
  vmulpd ymm10, ymm1, ymm0
  vaddpd ymm2, ymm2, ymm10
  vfmadd231pd ymm2, ymm1, ymm0
  vextracti128 xmm11, ymm7, 1
  vpaddq xmm11, xmm11, [rdi]
  vmovdqu [rdi + 32], xmm11
  vcvtsi2sd xmm12, xmm6, ecx
  vmulsd xmm12, xmm12, xmm8
  vaddsd xmm13, xmm12, [rsi]
  vfmadd213sd xmm12, xmm8, xmm13
  vucomisd xmm12, xmm13
  vmovsd [rdi + 64], xmm12
  andn rdx, rax, rcx
  shlx rbx, rdx, rcx
  mov rdx, rcx
  mulx r9, r8, rbx
  rorx r10, r9, 7
  add r11, r10
  dec ecx
  jnz 1b
  vzeroupper
  mov rax, [rdi + 64]
  xor rax, [rdi + 32]
  xor rax, r11
  call print_hex
  call print_newline
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt

.balign 4096                                  # a page without code
numbers:
  .double 1.0000001, 0.3333333333, 1.25, 0.75
  .long 3, 5, 7, 11, 13, 17, 19, 23
  .byte 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12
  .byte 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  .long -1, 0x7FFFFFFF, -1, 0x7FFFFFFF, -1, 0x7FFFFFFF, -1, 0x7FFFFFFF
space:
  .skip 96
