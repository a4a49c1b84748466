# A guest that thrashes: INVLPG of the page of the code that runs, of that which is called, and of the stack.
.set ROUNDS, 20
.include "kind.inc"
.set FRAMES, 0x1000000

# A function on each of 512 pages of the window.
setup:
  mov r13, WINDOW
  lea rdi, [rip + window_pt]
  mov eax, FRAMES + 3
  mov ebx, FRAMES
  mov ecx, 512
  mov rdx, 0xC3C4FF49                         # inc r12; ret
1:
  mov [rdi], rax
  mov [rbx], edx
  add rax, 4096
  add rbx, 4096
  add rdi, 8
  dec ecx
  jnz 1b
  ret

round:
  mov ebx, 512
  mov rdi, r13
1:
  invlpg [rdi]
  call rdi
  invlpg [rip + 1b]
  invlpg [rsp]
  call rdi
  add rdi, 4096
  dec ebx
  jnz 1b
  ret
