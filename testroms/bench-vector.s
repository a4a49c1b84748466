# Benchmark: packed integers of SSE2, packed and scalar floating point. Prints a checksum.
.include "rom.inc"

main:
  mov ecx, 1000000
  mov eax, 0x3FF00000
  movd xmm0, eax
  pshufd xmm0, xmm0, 0x44
  pslldq xmm0, 4
  movdqa xmm1, xmm0
  movdqa xmm2, xmm0
  movdqa xmm4, xmm0
  movdqa xmm6, xmm0
1:
  paddd xmm1, xmm0
  pxor xmm2, xmm1
  psrld xmm2, 3
  punpcklbw xmm2, xmm1
  pcmpeqb xmm3, xmm2
  movdqa xmm5, xmm2
  pmaddwd xmm1, xmm5
  cvtsi2sd xmm7, ecx
  addsd xmm4, xmm7
  mulpd xmm6, xmm0
  subps xmm3, xmm7
  addpd xmm4, xmm6
  divsd xmm7, xmm4
  sqrtsd xmm6, xmm4
  movapd xmm0, xmm6
  dec ecx
  jnz 1b
  pxor xmm1, xmm3
  pxor xmm1, xmm6
  movq rax, xmm1
  call print_hex
  call print_newline
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt
