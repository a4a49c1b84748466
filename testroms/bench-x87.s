# Benchmark: x87 as compilers make it for long double and for i386: orbits, a sum of products in memory, conversions.
# Prints a checksum.
.include "rom.inc"

main:
  fninit
  lea rsi, [rip + numbers]
  lea rdi, [rip + space]
  fldz
  fstp tbyte ptr [rdi]
  mov ecx, 200000
1:
  # z = z * z + c, three times
  fld qword ptr [rsi]
  fld qword ptr [rsi + 8]
  mov edx, 3
2:
  fld st(0)
  fmul st(0), st(0)
  fld st(2)
  fmul st(0), st(0)
  fsubrp st(1), st(0)
  fadd qword ptr [rsi]
  fxch st(2)
  fmulp st(1), st(0)
  fadd st(0), st(0)
  fadd dword ptr [rsi + 16]
  dec edx
  jnz 2b
  fld st(0)
  fabs
  fcomip st(0), st(2)
  jb 3f
  fchs
3:
  faddp st(1), st(0)
  mov [rdi + 16], ecx
  fild dword ptr [rdi + 16]
  fdiv qword ptr [rsi + 24]
  fsub st(0), st(1)
  fld tbyte ptr [rdi]
  faddp st(1), st(0)
  fstp tbyte ptr [rdi]
  fstp qword ptr [rdi + 24]
  fnstcw [rdi + 32]
  movzx eax, word ptr [rdi + 32]
  or eax, 0xC00
  mov [rdi + 34], ax
  fld qword ptr [rdi + 24]
  fmul dword ptr [rsi + 20]
  fldcw [rdi + 34]
  fistp qword ptr [rdi + 40]
  fldcw [rdi + 32]
  dec ecx
  jnz 1b
  mov rax, [rdi]
  xor rax, [rdi + 40]
  call print_hex
  call print_newline
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt

.balign 4096                                  # a page without code
numbers:
  .double -0.1528, 0.3397
  .float 0.25, 1000.5
  .double 7.125
space:
  .skip 64
