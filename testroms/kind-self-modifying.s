# Kind of workload: code that changes itself: operands, instructions, generated functions; data beside code. Code that runs
# in its old form ends the run as failed.
.set ROUNDS, 2
.include "kind.inc"

setup:
  mov r15, 0x9E3779B97F4A7C15
  ret

round:
  call operands
  call instructions
  call functions
  jmp neighbours

# An operand of the loop's own next instruction.
operands:
  xor ecx, ecx
  mov ebx, 1000
1:
  xorshift r15, rax
  mov [rip + 2f + 1], r15d
2:
  mov eax, 0x11111111
  cmp eax, r15d
  jne old
  mov [rip + 3f + 2], bl
3:
  add ecx, 0x11
  add r12, rax
  dec ebx
  jnz 1b
  add r12, rcx
  ret
old:
  lea rsi, [rip + text_old]
  jmp kind_fails

# A whole instruction of a subroutine, one of eight.
instructions:
  mov ebx, 1000
  lea rsi, [rip + forms]
1:
  xorshift r15, rax
  mov eax, r15d
  and eax, 7
  mov rcx, [rsi + rax * 8]
  mov [rip + site], rcx
  mov rdx, r12
  call changing
  # The same by code that does not change.
  lea rdi, [rip + fixed]
  xchg rdx, r12
  call [rdi + rax * 8]
  cmp rdx, r12
  jne old
  dec ebx
  jnz 1b
  ret

# Functions of 16 instructions, made anew and called 1 to 16 times, against a loop over the same numbers.
functions:
  mov ebx, 60
1:
  xorshift r15, rax
  lea rdi, [rip + buffer]
  mov eax, ebx
  and eax, 3
  shl eax, 8
  add rdi, rax
  mov r8, rdi                                 # the function
  lea rsi, [rip + forms]
  mov r9, r15
  mov ecx, 16
2:
  mov eax, r9d
  and eax, 7
  shr r9, 3
  mov rdx, [rsi + rax * 8]
  mov [rdi], rdx
  add rdi, 8
  dec ecx
  jnz 2b
  mov byte ptr [rdi], 0xC3                    # ret
  mov r10, r12
  mov r11d, r15d
  shr r11d, 20
  and r11d, 15
  inc r11d
  mov r14d, r11d
3:
  call r8
  dec r14d
  jnz 3b
  mov r14, r12
  mov r12, r10
  lea rdi, [rip + fixed]
4:
  mov r9, r15
  mov ecx, 16
5:
  mov eax, r9d
  and eax, 7
  shr r9, 3
  call [rdi + rax * 8]
  dec ecx
  jnz 5b
  dec r11d
  jnz 4b
  cmp r12, r14
  jne old
  dec ebx
  jnz 1b
  ret

# Stores to data in the page of the code that runs.
neighbours:
  mov ecx, 2000
1:
  add [rip + beside], rcx
  mov eax, [rip + beside]
  add r12, rax
  dec ecx
  jnz 1b
  ret
.balign 64
beside: .quad 0

.balign 64
.skip 4096
changing:
site:
  .skip 8, 0x90
  ret

.macro form number:req, instruction:vararg
form\number:
  \instruction
  ret
.endm
form 0, add r12, 0x1234567
form 1, sub r12, 0x7654321
form 2, xor r12, 0x5A5A5A5A
form 3, imul r12, r12, 37
form 4, rol r12, 9
form 5, not r12
form 6, lea r12, [r12 + r12 * 4 + 1]
form 7, bswap r12

# The same eight, each filled up to eight bytes.
.macro filled instruction:vararg
.Lform\@:
  \instruction
  .skip 8 - (. - .Lform\@), 0x90
.endm
.balign 8
forms:
  filled add r12, 0x1234567
  filled sub r12, 0x7654321
  filled xor r12, 0x5A5A5A5A
  filled imul r12, r12, 37
  filled rol r12, 9
  filled not r12
  filled lea r12, [r12 + r12 * 4 + 1]
  filled bswap r12

.section .rodata
.balign 8
fixed: .quad form0, form1, form2, form3, form4, form5, form6, form7
text_old: .asciz "code runs in its old form\n"
.section .bss
.balign 4096
buffer: .skip 4096
