# A guest that thrashes: code on each of 16,384 pages, called one after the other.
.set ROUNDS, 20
.include "kind.inc"
.set PAGES, 0x1000000
.set COUNT, 16384

# The function of page n stands at offset n * 64 of it.
setup:
  xor ecx, ecx
  mov eax, 0xC3C4FF49                         # inc r12; ret
1:
  call place
  mov [rdi], eax
  inc ecx
  cmp ecx, COUNT
  jne 1b
  xor r13d, r13d
  ret

# RDI: the function of page ECX.
place:
  mov edi, ecx
  shl edi, 12
  mov edx, ecx
  shl edx, 6
  and edx, 0xFC0
  lea edi, [rdi + rdx + PAGES]
  ret

round:
  mov ebx, 1000
1:
  mov ecx, r13d
  call place
  call rdi
  inc r13d
  and r13d, COUNT - 1
  dec ebx
  jnz 1b
  ret
