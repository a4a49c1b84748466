# A guest that would notice a lost page, register or byte: it works without end and checks itself.
#
# Every round it changes a word in some of 1024 pages, by a sequence in its registers; every 16 it prints "N CHECKSUM", where the
# checksum is of a page chosen by the sequence. Every word says in which round it was written and where; one that does not
# prints "lost at N". At 'P' it keeps pi, by FLDPI. A byte that comes on the serial line is answered by "= BYTE COUNT"; at 'q' it sums
# all pages, prints "done N SUM" and powers off.
.include "rom.inc"
.set PAGES, 1024
.set PAGES_PER_ROUND, 4

main:
  mov edx, COM1 + 2
  mov al, 1                   # FIFO
  out dx, al
  lea rbx, [rip + area]
  # Every word is one of round 0, so that none is right by being zero.
  mov rax, rbx
  mov ecx, PAGES * 512
1:
  mov r8, rax
  shl r8, 32
  mov [rax], r8
  add rax, 8
  dec ecx
  jnz 1b
  xor r12d, r12d              # round
  mov rbp, 0x9E3779B97F4A7C15 # the sequence
  xor edi, edi                # bytes that came
round:
  inc r12
  mov esi, PAGES_PER_ROUND
1:
  # The next number of the sequence decides page and word.
  mov rax, 6364136223846793005
  imul rbp, rax
  add rbp, 1442695040888963407 & 0x7FFFFFFF
  mov rax, rbp
  shr rax, 40
  mov rcx, rax
  and eax, PAGES - 1
  shl rax, 12
  shr rcx, 12
  and ecx, 511
  lea rax, [rbx + rax]
  lea rdx, [rax + rcx * 8]
  # A word that was written holds its own address, the round and the number, in this way.
  mov r8, [rdx]
  mov r9, r8
  shr r9, 32
  xor r9d, r8d
  cmp r9d, edx
  jne lost
  mov r8d, r12d
  mov r9d, r8d
  xor r9d, edx
  shl r9, 32
  or r8, r9
  mov [rdx], r8
  dec esi
  jnz 1b
  # The page's checksum.
  xor r10d, r10d
  xor ecx, ecx
3:
  mov r8, [rax + rcx * 8]
  xor r10, r8
  rol r10, 7
  inc ecx
  cmp ecx, 512
  jne 3b
  push rdi
  push rax
  test r12d, 15
  jnz 4f
  mov eax, r12d
  call print_decimal
  lea rsi, [rip + text_space]
  call print
  mov rax, r10
  call print_hex
  lea rsi, [rip + text_newline]
  call print
4:
  pop rax
  pop rdi
  # What has come?
  mov edx, COM1 + 5
  in al, dx
  test al, 1
  jz round
  mov edx, COM1
  in al, dx
  inc rdi
  cmp al, 'q'
  je done
  cmp al, 'P'
  jne 1f
moves_pi:
  fldpi
  fstp tbyte ptr [rip + pi]
1:
  push rdi
  mov [rip + text_byte + 2], al
  lea rsi, [rip + text_byte]
  call print
  pop rdi
  push rdi
  mov rax, rdi
  call print_decimal
  lea rsi, [rip + text_newline]
  call print
  pop rdi
  jmp round

lost:
  lea rsi, [rip + text_lost]
  call print
  mov eax, r12d
  call print_decimal
  lea rsi, [rip + text_newline]
  call print
  mov eax, STATUS_FAIL
  out PORT_EXIT, eax
  hlt

# Sums all pages, and checks each word that was written.
done:
  mov rax, rbx
  mov ecx, PAGES * 512
  xor r10d, r10d
1:
  mov r8, [rax]
  mov r9, r8
  shr r9, 32
  xor r9d, r8d
  cmp r9d, eax
  jne lost
  xor r10, r8
  rol r10, 7
  add rax, 8
  dec ecx
  jnz 1b
  lea rsi, [rip + text_done]
  call print
  mov eax, r12d
  call print_decimal
  lea rsi, [rip + text_space]
  call print
  mov rax, r10
  call print_hex
  lea rsi, [rip + text_newline]
  call print
  mov edx, 0x604
  mov eax, 0x2000
  out dx, ax
  hlt

.section .rodata
text_space: .asciz " "
text_lost: .asciz "lost at "
text_done: .asciz "done "
.section .data
text_byte: .asciz "= ? "
.section .bss
pi: .skip 10
.balign 4096
area: .skip PAGES * 4096
