# Benchmark: 32-bit code with stack frames, memory and branches, and the same kinds of work in real mode, by turns.
.include "rom32.inc"
.set LOW, 0x8000                              # the 16-bit part is copied here, below 64 KiB
.set ROUNDS, 1500
.set PASSES32, 1000
.set PASSES16, 100
.set TOTAL, 0x4a4e5961
.set L_result, result - low_start + LOW
.set L_word, 0x6000                           # a page without code

main:
  corner legacy
  mov edi, offset array
  xor ecx, ecx
1:
  imul eax, ecx, 0x9E3779B1
  mov [edi + ecx * 4], eax
  inc ecx
  cmp ecx, 4096
  jb 1b
  mov esi, offset low_start
  mov edi, LOW
  mov ecx, offset low_end
  sub ecx, esi
  rep movsb
  mov dword ptr [rounds], ROUNDS
round:
  push 13
  call fibonacci
  add esp, 4
  add [total], eax
  call mix
  add [total], eax
  mov [saved_esp], esp
  mov esp, 0x7000
  # ljmp CODE16:LOW
  .byte 0xEA
  .long LOW
  .word CODE16
back:
  mov eax, KERNEL_DS
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov esp, [saved_esp]
  mov eax, [L_result]
  add [total], eax
  dec dword ptr [rounds]
  jnz round
  expect "the sum of all", "[total]", TOTAL
  ret

# The Fibonacci number of its argument, with frames as compilers make them.
fibonacci:
  push ebp
  mov ebp, esp
  push ebx
  mov ebx, [ebp + 8]
  mov eax, ebx
  cmp ebx, 2
  jb 1f
  dec ebx
  push ebx
  call fibonacci
  add esp, 4
  dec ebx
  push eax
  push ebx
  call fibonacci
  add esp, 4
  pop edx
  add eax, edx
1:
  pop ebx
  leave
  ret

# Sums what a hash picks from the array.
mix:
  push ebx
  push esi
  push edi
  mov edi, offset array
  xor eax, eax
  mov esi, PASSES32
2:
  mov ebx, eax
  shr ebx, 7
  xor ebx, esi
  and ebx, 4095
  mov edx, [edi + ebx * 4]
  test edx, 1
  jz 3f
  add eax, edx
  add dword ptr [edi + ebx * 4], 3
  jmp 4f
3:
  xor eax, edx
  rol eax, 3
  movzx edx, byte ptr [edi + ebx]
  sub eax, edx
4:
  mov [last], eax
  dec esi
  jnz 2b
  pop edi
  pop esi
  pop ebx
  ret


.code16
low_start:
  mov eax, cr0
  and al, 0xFE
  mov cr0, eax
  # ljmp 0:1f
  .byte 0xEA
  .word 1f - low_start + LOW
  .word 0
1:
  xor ax, ax
  mov ds, ax
  mov ss, ax
  mov ax, 0x2000
  mov es, ax
  mov sp, 0x7000
  mov dx, 8
  xor ax, ax
3:
  mov cx, PASSES16
4:
  push cx
  call step
  pop cx
  dec cx
  jnz 4b
  dec dx
  jnz 3b
  mov word ptr [L_result], ax
  mov eax, cr0
  or al, 1
  mov cr0, eax
  .byte 0x66, 0xEA
  .long back
  .word KERNEL_CS
step:
  push bp
  mov bp, sp
  mov bx, ax
  xor bx, [bp + 6]                            # behind BP and a return address of 32 bits
  shr bx, 1
  add ax, es:[bx]
  add ax, 13
  test al, 4
  jz 5f
  inc word ptr [L_word]
  add ax, [L_word]
5:
  pop bp
  ret
result: .long 0
low_end:
.code32

.section .bss
.balign 4
saved_esp: .skip 4
rounds: .skip 4
total: .skip 4
last: .skip 4
array: .skip 16384
