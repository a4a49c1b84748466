# Integer semantics: one group for each corner.
.include "rom.inc"

# Runs INSTRUCTION with RAX, RCX, RDX and status flags given; checks RAX and the flags of MASK.
.macro alu text:req, instruction:req, ax:req, cx:req, dx:req, flags:req, want:req, mask:req, wantflags:req
  mov rax, \ax
  mov rcx, \cx
  mov rdx, \dx
  push (\flags) | 2
  popfq
  \instruction
  pushfq
  pop r12
  expect "\text: \instruction", rax, \want
  and r12, \mask
  expect "\text: flags of \instruction", r12, \wantflags
.endm

.set ALL, STATUS_FLAGS
.set FLAT, 0x1122334455667788

main:
  corner B01
  alu "count 0 keeps flags", "shl eax, cl", FLAT, 0, 0, ALL, 0x55667788, ALL, ALL
  alu "count 32 is 0", "shr eax, cl", FLAT, 32, 0, ALL, 0x55667788, ALL, ALL
  alu "count 32 is 0 for bytes", "sar al, cl", FLAT, 32, 0, 0, FLAT, ALL, 0
  alu "count 33 is 1", "shl eax, cl", 0x80000001, 33, 0, 0, 2, CF, CF
  alu "count 31", "shl eax, cl", 3, 31, 0, 0, 0x80000000, CF, CF
  alu "count 63 with REX.W", "shl rax, cl", 3, 63, 0, 0, 0x8000000000000000, CF, CF
  alu "count 64 with REX.W", "shl rax, cl", FLAT, 64, 0, ALL, FLAT, ALL, ALL
  alu "count 255", "shr eax, cl", 0x80000000, 255, 0, 0, 1, CF, 0
  alu "imm8 20h", "rol eax, 0x20", FLAT, 0, 0, ALL, 0x55667788, ALL, ALL
  alu "imm8 40h with REX.W", "rcr rax, 0x40", FLAT, 0, 0, ALL, FLAT, ALL, ALL
  # A masked count of 0 is still a write.
  map 0, scratch, 0x5
  mov rbx, WINDOW
  xor ecx, ecx
  faults "shl [ro], 0", PF_, 3, shl dword ptr [rbx], cl
  faults "rol [ro], 0", PF_, 3, rol dword ptr [rbx], cl
  faults "shld [ro], 0", PF_, 3, shld dword ptr [rbx], eax, cl

  corner B02
  alu "shl al, 8", "shl al, 8", 0x01, 0, 0, 0, 0, CF | ZF, CF | ZF
  alu "shl al, 9", "shl al, 9", 0xFF, 0, 0, 0, 0, CF | ZF, ZF
  alu "shr al, 8", "shr al, 8", 0x80, 0, 0, 0, 0, CF | ZF, CF | ZF
  alu "shr al, 9", "shr al, 9", 0xFF, 0, 0, 0, 0, CF | ZF, ZF
  alu "sar al, 31", "sar al, 31", 0x80, 0, 0, 0, 0xFF, CF | SF | ZF, CF | SF
  alu "sar ax, 31", "sar ax, 31", 0x7FFF, 0, 0, 0, 0, CF | SF | ZF, ZF
  alu "shl ax, 16", "shl ax, 16", 0x0001, 0, 0, 0, 0, CF, CF
  alu "shl ax, 17", "shl ax, 17", 0xFFFF, 0, 0, 0, 0, CF, 0
  alu "shr ax, 16", "shr ax, 16", 0x8000, 0, 0, 0, 0, CF, CF

  corner B03
  alu "shl OF", "shl al, 1", 0x40, 0, 0, 0, 0x80, OF | CF | SF, OF | SF
  alu "shl OF", "shl al, 1", 0xC0, 0, 0, 0, 0x80, OF | CF | SF, CF | SF
  alu "shr OF", "shr al, 1", 0x80, 0, 0, 0, 0x40, OF | CF, OF
  alu "sar OF", "sar al, 1", 0x81, 0, 0, OF, 0xC0, OF | CF, CF
  alu "rol OF", "rol al, 1", 0x40, 0, 0, SF | ZF | AF | PF, 0x80, ALL, OF | SF | ZF | AF | PF
  alu "ror OF", "ror al, 1", 0x01, 0, 0, 0, 0x80, ALL, CF | OF
  alu "ror OF", "ror al, 1", 0x81, 0, 0, 0, 0xC0, ALL, CF
  alu "rcl OF", "rcl al, 1", 0x40, 0, 0, CF, 0x81, ALL, OF
  alu "rcr OF", "rcr al, 1", 0x01, 0, 0, CF | ZF, 0x80, ALL, CF | OF | ZF
  alu "rcr OF of old MSB xor CF", "rcr al, 1", 0x80, 0, 0, CF, 0xC0, ALL, 0

  corner B04
  alu "rcl al, 9", "rcl al, 9", 0x5A, 0, 0, CF, 0x5A, CF, CF
  alu "rcl al, 10", "rcl al, 10", 0x80, 0, 0, CF, 0x01, CF, CF
  alu "rcr al, 18", "rcr al, 18", 0xA5, 0, 0, 0, 0xA5, CF, 0
  alu "rcl ax, 17", "rcl ax, 17", 0x1234, 0, 0, CF, 0x1234, CF, CF
  alu "rcr ax, 18", "rcr ax, 18", 0x0001, 0, 0, 0, 0, CF, CF
  alu "rcl al, 31", "rcl al, 31", 0x80, 0, 0, 0, 0x04, CF, 0
  alu "rcl eax, 31", "rcl eax, 31", 1, 0, 0, CF, 0xC0000000, CF, 0

  corner B05
  alu "rol al, 8", "rol al, 8", 0x01, 0, 0, 0, 0x01, CF, CF
  alu "rol al, 16", "rol al, 16", 0x80, 0, 0, CF, 0x80, CF, 0
  alu "rol al, 24", "rol al, 24", 0xFF, 0, 0, 0, 0xFF, CF, CF
  alu "ror ax, 16", "ror ax, 16", 0x8000, 0, 0, 0, 0x8000, CF, CF
  alu "ror ax, 16", "ror ax, 16", 0x0001, 0, 0, CF, 0x0001, CF, 0

  corner B06
  alu "shld 0", "shld eax, edx, cl", FLAT, 32, -1, ALL, 0x55667788, ALL, ALL
  alu "shld 1", "shld eax, edx, 1", 0x40000000, 0, 0x80000000, 0, 0x80000001, CF | OF | SF, OF | SF
  alu "shrd 1", "shrd eax, edx, 1", 0x00000001, 0, 1, 0, 0x80000000, CF | OF | SF, CF | OF | SF
  alu "shld 31", "shld eax, edx, 31", 1, 0, -1, 0, 0xFFFFFFFF, CF, 0
  alu "shld rax 63", "shld rax, rdx, 63", 2, 0, 0, 0, 0, CF, CF
  alu "shrd ax 16", "shrd ax, dx, 16", 0x8000, 0, 0x1234, 0, 0x1234, CF, CF
  alu "shrd ax 20 is the source rotated", "shrd ax, dx, 20", 0xAAAA, 0, 0x1234, 0, 0x4123, CF, 0
  alu "shld ax 20 is the source rotated", "shld ax, dx, 20", 0xAAAA, 0, 0x1234, 0, 0x2341, CF, CF

  corner B07
  # ZF alone is defined.
  alu "bsf of 0", "bsf eax, edx", FLAT, 0, 0, ALL & ~ZF, FLAT, ZF, ZF
  alu "bsr of 0", "bsr eax, edx", FLAT, 0, 0, 0, FLAT, ZF, ZF
  alu "bsf r16 of 0", "bsf ax, dx", FLAT, 0, 0xFFFF0000, 0, FLAT, ZF, ZF
  alu "bsf", "bsf rax, rdx", -1, 0, 0x8000000000000000, ALL, 63, ZF, 0
  alu "bsr", "bsr eax, edx", -1, 0, 0x00010001, ALL, 16, ZF, 0

  corner B08
  lea rbx, [rip + scratch + 4096]
  mov qword ptr [rbx - 8], 0
  mov qword ptr [rbx], 0
  mov eax, -1
  bts dword ptr [rbx], eax
  expect "bts [m], -1 sets the top bit of the unit below", [rbx - 8], 0x8000000000000000
  mov rax, -33
  bts dword ptr [rbx], eax
  expect "bts [m], -33", [rbx - 8], 0x8000000080000000
  mov eax, 35
  bts qword ptr [rbx], rax
  expect "bts r64 offset 35", [rbx], 0x800000000
  mov eax, 0x10000
  bts word ptr [rbx], ax
  expect "16-bit offset is signed at 16 bits", [rbx], 0x800000001
  btc dword ptr [rbx], 0x21
  expect "imm8 is masked to the width", [rbx], 0x800000003
  mov qword ptr [rbx + 0x1000], 0
  mov eax, 0x8000
  btr dword ptr [rbx], eax
  mov rax, 0x7FF8
  bts word ptr [rbx], ax
  expect "offset 7FF8h is byte 0FFFh", [rbx + 0x0FF8], 0x0100000000000000
  mov qword ptr [rbx + 0x0FF8], 0
  alu "bt register masks", "bt eax, edx", 2, 0, 33, 0, 2, CF, CF
  map 0, scratch, 0x3
  unmap 1
  mov rbx, WINDOW + 0xFFE
  faults "bt dword 2 bytes before an unmapped page", PF_, 0, bt dword ptr [rbx], 0
  map 0, scratch, 0x1
  mov rbx, WINDOW
  faults "bts is a write", PF_, 3, bts dword ptr [rbx], 0
  passes "bt is not", bt dword ptr [rbx], 0

  corner B09
  alu "bt", "bt eax, 0", 0, 0, 0, ALL, 0, ALL, ALL & ~CF
  alu "bts", "bts eax, 0", 1, 0, 0, 0, 1, ALL, CF
  alu "btr", "btr eax, 3", 8, 0, 0, ALL & ~CF, 0, ALL, ALL
  alu "btc", "btc eax, 3", 0, 0, 0, ALL, 8, ALL, ALL & ~CF

  corner B10
  mov eax, 5
  xor edx, edx
  xor ecx, ecx
  faults "div by 0", DE_, 0, div ecx
  expect "EAX kept", rax, 5
  mov edx, 5
  mov ecx, 5
  faults "high half = divisor", DE_, 0, div ecx
  expect "EDX kept", rdx, 5
  mov eax, 0x100
  mov cl, 1
  faults "div cl", DE_, 0, div cl
  mov rdx, 1
  mov rax, 0
  mov ecx, 1
  faults "div rcx", DE_, 0, div rcx
  alu "div", "div ecx", 100, 7, 0, CF | OF | ZF | SF | PF, 14, ALL, CF | OF | AF
  expect "remainder", rdx, 2
  alu "div flags", "div cl", 0x0FFF, 0x10, 0, 0, 0x0FFF, ALL, AF
  alu "div r64", "div rcx", 0, 2, 1, 0, 0x8000000000000000, AF, AF

  corner B11
  alu "-7 / 2", "idiv ecx", -7, 2, -1, 0, 0xFFFFFFFD, AF, AF
  expect "remainder has the dividend's sign", rdx, 0xFFFFFFFF
  alu "quotient of exactly -128", "idiv cl", 0xFF80, 1, 0, 0, 0x80, AF, AF
  alu "quotient of exactly MIN", "idiv rcx", 0x8000000000000000, 1, -1, 0, 0x8000000000000000, AF, AF
  mov rax, 0x8000000000000000
  mov rdx, -1
  mov rcx, -1
  faults "MIN / -1", DE_, 0, idiv rcx
  mov eax, 0x80000000
  mov edx, -1
  mov ecx, -1
  faults "MIN / -1 in 32 bits", DE_, 0, idiv ecx
  mov eax, 0xFF7F
  mov ecx, 1
  faults "-129", DE_, 0, idiv cl
  mov eax, 0x80
  faults "128", DE_, 0, idiv cl
  mov ax, 0x8000
  mov dx, -1
  mov cx, -1
  faults "MIN / -1 in 16 bits", DE_, 0, idiv cx

  corner B13
  alu "mul, high half 0", "mul cl", 15, 15, 0, ALL, 225, ALL, SF | ZF | AF | PF
  alu "mul, high half", "mul cl", 0x80, 2, 0, 0, 0x100, ALL, CF | OF
  alu "imul one, fits", "imul cl", 0xFF, 0x01, 0, ALL, 0xFFFF, ALL, SF | ZF | AF | PF
  alu "imul one, does not fit", "imul cl", 0x80, 0xFF, 0, 0, 0x80, ALL, CF | OF
  alu "imul two", "imul eax, ecx", 0x10000, 0x8000, 0, 0, 0x80000000, ALL, CF | OF
  alu "imul three", "imul eax, ecx, -1", 0, 0x80000000, 0, 0, 0x80000000, ALL, CF | OF
  alu "imul r64", "imul rax, rcx", -1, 0x8000000000000000, 0, 0, 0x8000000000000000, ALL, CF | OF
  alu "mul r64", "mul rcx", -1, -1, 0, 0, 1, CF | OF, CF | OF
  expect "RDX", rdx, -2

  corner B14
  # All 131,072 cases of ADC and SBB on bytes against sums made in wider registers.
  xor r8d, r8d
  xor r9d, r9d
1:
  movzx eax, r8b
  mov ecx, r8d
  shr ecx, 8
  and ecx, 0xFF
  mov edx, r8d
  shr edx, 16
  mov r10d, eax
  mov r11d, ecx
  bt edx, 0
  adc al, cl
  pushfq
  pop r12
  # CF: sum over 255; AF: low digits over 15; OF: signed range.
  lea esi, [r10 + r11]
  add esi, edx
  mov edi, esi
  shr edi, 8
  mov ebp, r12d
  and ebp, 1
  xor edi, ebp
  or r9d, edi
  mov edi, r10d
  and edi, 15
  mov ebp, r11d
  and ebp, 15
  add edi, ebp
  add edi, edx
  shr edi, 4
  mov ebp, r12d
  shr ebp, 4
  and ebp, 1
  xor edi, ebp
  or r9d, edi
  movsx edi, r10b
  movsx ebp, r11b
  add edi, ebp
  add edi, edx
  movsx ebp, dil
  cmp edi, ebp
  setne dil
  movzx edi, dil
  mov ebp, r12d
  shr ebp, 11
  and ebp, 1
  xor edi, ebp
  or r9d, edi
  cmp al, sil
  setne dil
  movzx edi, dil
  or r9d, edi
  # The same operands through SBB.
  mov eax, r10d
  mov ecx, r11d
  bt edx, 0
  sbb al, cl
  pushfq
  pop r12
  mov esi, r10d
  sub esi, r11d
  sub esi, edx
  mov edi, esi
  shr edi, 31
  mov ebp, r12d
  and ebp, 1
  xor edi, ebp
  or r9d, edi
  mov edi, r10d
  and edi, 15
  mov ebp, r11d
  and ebp, 15
  sub edi, ebp
  sub edi, edx
  shr edi, 31
  mov ebp, r12d
  shr ebp, 4
  and ebp, 1
  xor edi, ebp
  or r9d, edi
  movsx edi, r10b
  movsx ebp, r11b
  sub edi, ebp
  sub edi, edx
  movsx ebp, dil
  cmp edi, ebp
  setne dil
  movzx edi, dil
  mov ebp, r12d
  shr ebp, 11
  and ebp, 1
  xor edi, ebp
  or r9d, edi
  cmp al, sil
  setne dil
  movzx edi, dil
  or r9d, edi
  inc r8d
  cmp r8d, 131072
  jne 1b
  expect "131,072 cases of ADC and SBB on bytes", r9, 0
  alu "adc of all ones with carry", "adc rax, rcx", 0, -1, 0, CF, 0, ALL, CF | AF | ZF | PF
  alu "sbb of all ones with carry", "sbb rax, rcx", 0, -1, 0, CF, 0, ALL, CF | AF | ZF | PF
  alu "adc r32", "adc eax, ecx", 0x7FFFFFFF, 0, 0, CF, 0x80000000, ALL, OF | AF | SF | PF
  alu "adc r16", "adc ax, cx", 0xFFFF, 0, 0, CF, 0, ALL, CF | AF | ZF | PF

  corner B15
  alu "inc keeps CF", "inc al", 0xFF, 0, 0, CF, 0, ALL, CF | ZF | AF | PF
  alu "inc clears nothing else", "inc al", 0x7F, 0, 0, 0, 0x80, ALL, OF | SF | AF
  alu "dec keeps CF", "dec al", 0x00, 0, 0, 0, 0xFF, ALL, SF | AF | PF
  alu "dec MIN", "dec al", 0x80, 0, 0, CF, 0x7F, ALL, CF | OF | AF
  alu "neg 0", "neg al", 0, 0, 0, CF, 0, ALL, ZF | PF
  alu "neg MIN", "neg al", 0x80, 0, 0, 0, 0x80, ALL, CF | OF | SF
  alu "neg 1", "neg eax", 1, 0, 0, 0, 0xFFFFFFFF, ALL, CF | SF | AF | PF
  alu "not", "not eax", 0, 0, 0, ALL, 0xFFFFFFFF, ALL, ALL
  alu "inc after stc in a chain", "inc rax", -1, 0, 0, CF, 0, CF | ZF, CF | ZF

  corner B16
  map 0, scratch, 0x1
  mov rbx, WINDOW
  mov dword ptr [rip + scratch], 7
  mov eax, 1
  mov ecx, 2
  faults "cmpxchg unequal on a read-only page", PF_, 3, cmpxchg dword ptr [rbx], ecx
  expect "EAX kept", rax, 1
  xor edx, edx
  faults "cmpxchg8b unequal on a read-only page", PF_, 3, cmpxchg8b [rbx]
  faults "cmpxchg16b unequal on a read-only page", PF_, 3, cmpxchg16b [rbx]
  map 0, scratch, 0x3
  mov rbx, WINDOW
  mov eax, 1
  cmpxchg dword ptr [rbx], ecx
  expect "unequal loads EAX", rax, 7
  mov r8, [rip + window_pt]
  and r8d, 0x40
  expect "the page is dirty", r8, 0x40
  alu "flags are those of CMP", "cmpxchg cl, dl", 1, 2, 5, 0, 2, ALL, CF | SF | AF | PF

  corner B17
  lea rbx, [rip + scratch]
  mov qword ptr [rbx], 0x11111111
  mov qword ptr [rbx + 8], 0
  faults "16B at offset 8", GP_, 0, cmpxchg16b [rbx + 8]
  map 1, scratch, 0
  mov rbp, WINDOW + 4096 + 8
  faults "16B misaligned and unmapped", GP_, 0, cmpxchg16b [rbp - 0]
  mov rbp, WINDOW + 4096
  faults "16B unmapped", PF_, 2, cmpxchg16b [rbp]
  mov rax, -1
  mov rdx, -1
  push ALL & ~ZF | 2
  popfq
  cmpxchg8b [rbx + 4]
  expect_flags "only ZF changes", ALL, ALL & ~ZF
  expect "8B zero-extends EAX", rax, 0
  expect "8B zero-extends EDX", rdx, 0
  mov rax, 0x11111111
  xor edx, edx
  mov ebp, 5
  mov rcx, 6
  xchg rbx, rbp
  push 2
  popfq
  cmpxchg16b [rbp]
  expect_flags "ZF", ALL, ZF
  expect "16B stores RBX", [rbp], 5
  expect "16B stores RCX", [rbp + 8], 6
  faults "register form", UD_, 0, .byte 0x0F, 0xC7, 0xC8

  corner B18
  map 0, scratch, 0x1
  mov rbx, WINDOW
  mov eax, 0x1234
  push ALL | 2
  popfq
  faults "xadd on a read-only page", PF_, 3, xadd dword ptr [rbx], eax
  expect "EAX kept", rax, 0x1234
  faults "xchg on a read-only page", PF_, 3, xchg dword ptr [rbx], eax
  expect "EAX kept", rax, 0x1234
  alu "xadd eax, eax", "xadd eax, eax", 21, 0, 0, 0, 42, CF, 0
  alu "xadd eax, ecx", "xadd eax, ecx", 1, 2, 0, 0, 3, CF, 0
  expect "old value", rcx, 1

  corner B20
  mov rbp, rsp
  push rsp
  pop rax
  expect "push rsp stores the old value", rax, rbp
  lea rax, [rip + scratch + 512]
  mov qword ptr [rax], 0x12345678
  mov rsp, rax
  pop rsp
  mov rax, rsp
  mov rsp, rbp
  expect "pop rsp is the popped value", rax, 0x12345678
  push 66
  push 77
  push 88
  pop qword ptr [rsp + 8]
  expect "pop [rsp + 8]: address after the increment", [rsp + 8], 88
  mov rsp, rbp
  push 55
  push 66
  push qword ptr [rsp + 8]
  expect "push [rsp + 8]: address before the decrement", [rsp], 55
  mov rsp, rbp
  mov rbx, WINDOW
  push 99
  faults "pop to a read-only page", PF_, 3, pop qword ptr [rbx]
  lea rax, [rbp - 8]
  expect "RSP kept", [rip + trap_rsp], rax
  mov rsp, rbp

  corner B21
  mov rbp, rsp
  mov qword ptr [rsp - 8], -1
  push -2
  expect "imm8 is sign-extended to 64", [rsp], -2
  lea rax, [rbp - 8]
  expect "8 bytes", rax, rsp
  mov rsp, rbp
  push -0x10000000
  expect "imm32 is sign-extended to 64", [rsp], -0x10000000
  mov rsp, rbp
  mov qword ptr [rsp - 8], 0
  .byte 0x66, 0x68, 0x34, 0x92              # push imm16
  lea rax, [rbp - 2]
  expect "2 bytes with 66", rax, rsp
  mov rsp, rbp
  movzx eax, word ptr [rbp - 2]
  expect "imm16", rax, 0x9234
  .byte 0x66, 0x50                          # push ax
  lea rax, [rbp - 2]
  expect "push ax", rax, rsp
  mov rsp, rbp
  mov qword ptr [rsp - 8], -1
  .byte 0x0F, 0xA0                          # push fs
  expect "push fs: zero-extended", [rsp], 0
  .byte 0x0F, 0xA1                          # pop fs
  mov eax, KERNEL_DS
  mov fs, eax
  .byte 0x0F, 0xA0                          # push fs
  expect "push fs", [rsp], KERNEL_DS
  xor eax, eax
  mov fs, eax
  mov rsp, rbp
  .byte 0x48, 0x50                          # REX.W push rax: still 8
  lea rax, [rbp - 8]
  expect "REX.W changes nothing", rax, rsp
  mov rsp, rbp

  corner B22
  mov [rip + saved_rbp], rbp
  mov rbx, rsp
  mov rbp, 0x1111
  enter 16, 0
  expect "level 0: frame", [rbp], 0x1111
  lea rax, [rbx - 8]
  expect "level 0: rBP", rbp, rax
  lea rax, [rbx - 24]
  expect "level 0: rSP", rsp, rax
  leave
  expect "leave: rBP", rbp, 0x1111
  expect "leave: rSP", rsp, rbx
  lea rbp, [rip + scratch + 256]
  mov qword ptr [rbp - 8], 0xAAAA
  mov qword ptr [rbp - 16], 0xBBBB
  enter 8, 3
  expect "level 3: saved rBP", [rbx - 8], "offset scratch + 256"
  expect "level 3: first copy", [rbx - 16], 0xAAAA
  expect "level 3: second copy", [rbx - 24], 0xBBBB
  lea rax, [rbx - 8]
  expect "level 3: own frame", [rbx - 32], rax
  expect "level 3: rBP", rbp, rax
  lea rax, [rbx - 40]
  expect "level 3: rSP", rsp, rax
  mov rsp, rbx
  lea rbp, [rip + scratch + 256]
  enter 0, 32
  lea rax, [rbx - 8]
  expect "level 32 is 0", rsp, rax
  mov rsp, rbx
  # The write probe at the new rSP: frames of 16 bytes below which the window is not mapped.
  unmap 0
  map 1, scratch + 4096, 3
  mov rbp, 0x2222
  mov rsp, WINDOW + 4096 + 32
  mov rax, rsp
  lea r13, [rip + 2f]
  mov [rip + resume_rip], r13
  mov [rip + resume_rsp], rbx
  mov qword ptr [rip + trap_vector], -1
  mov byte ptr [rip + idt + PF_ * 16 + 4], 1
  enter 0x100, 0
2:
  mov byte ptr [rip + idt + PF_ * 16 + 4], 0
  mov rsp, rbx
  expect "enter probes the new rSP", [rip + trap_vector], PF_
  expect "as a write", [rip + trap_error], 2
  expect "rSP kept", [rip + trap_rsp], rax
  expect "rBP kept", rbp, 0x2222
  mov rbp, [rip + saved_rbp]

  corner B23
  push 0
  popfq
  expect_flags "POPFQ of zero", -1, 2
  push 0x3F7FD7 & ~TF
  popfq
  pushfq
  pop rax
  push 2
  popfq
  expect "CPL 0 sets all but VM RF VIP VIF", rax, 0x247ED7
  push 0x100FFD5 & ~TF
  popfq
  pushfq
  pop rax
  push 2
  popfq
  expect "bits 3, 5 and 15 read 0", rax, 0x7ED7
  push AC | 0x200000 | 2
  popfq
  .byte 0x66
  push 0x0AD7
  .byte 0x66
  popfq
  pushfq
  pop rax
  push 2
  popfq
  expect "16-bit POPF leaves the upper part", rax, AC | 0x200000 | 0xAD7
  lea r14, [rip + user_popf]
  mov qword ptr [rip + user_flags], 2
  user user_popf
  expect "CPL 3, IOPL 0: IF and IOPL kept", rbx, 0x244DD7 & ~TF
  mov qword ptr [rip + user_flags], 0x3002
  user user_popf
  expect "CPL 3, IOPL 3: IF changes, IOPL kept", rbx, 0x247FD7 & ~TF
  mov qword ptr [rip + user_flags], 2
  # IRETQ restores RF; the next instruction clears it in the register, the image shows it at once.
  mov rbp, rsp
  push KERNEL_DS
  push rbp
  push RF | 2
  push KERNEL_CS
  lea rax, [rip + 3f]
  push rax
  iretq
3:
  pushfq
  pop rax
  expect "PUSHF stores RF as 0", rax, 2

  corner B24
  lea rsi, [rip + scratch]
  lea rdi, [rip + scratch + 64]
  mov rcx, 0
  mov rbx, WINDOW
  unmap 0
  xchg rdi, rbx
  push ALL | 2
  popfq
  rep stosb
  expect_flags "count 0: flags kept", ALL, ALL
  passes "count 0: no fault", rep movsb
  mov rcx, 0x100000000
  mov rdi, 0xABCD00000000 | 0x200000
  mov rsi, 0x123400000000 | 0x200000
  addr32 rep stosb
  expect "67h, ECX = 0: RCX kept (AMD)", rcx, 0x100000000
  expect "67h, ECX = 0: RDI kept (AMD)", rdi, 0xABCD00200000
  lea rdi, [rip + scratch + 64]
  mov rax, 0x500000000
  or rdi, rax
  mov rcx, 0x700000002
  mov al, 0x77
  addr32 rep stosb
  expect "67h: RCX zero-extended", rcx, 0
  lea rax, [rip + scratch + 66]
  expect "67h: RDI zero-extended", rdi, rax
  movzx eax, word ptr [rip + scratch + 64]
  expect "67h: stored", rax, 0x7777
  mov rcx, 0x700000003
  mov rdi, 0x9000000000
  lea rsi, [rip + scratch]
  mov dword ptr [rip + scratch], 0
  mov rax, 0x8000000000
  or rsi, rax
  addr32 lodsb
  lea rax, [rip + scratch + 1]
  expect "67h LODS: RSI zero-extended", rsi, rax

  corner B25
  map 0, scratch, 3
  unmap 1
  lea rsi, [rip + scratch + 8192]
  mov rdi, WINDOW + 0xFF0
  mov rcx, 100
  mov rbp, rsp
  faults "rep movsb into an unmapped page", PF_, 2, rep movsb
  expect "RCX counts what is left", rcx, 100 - 16
  mov rax, WINDOW + 0x1000
  expect "RDI", rdi, rax
  lea rax, [rip + scratch + 8192 + 16]
  expect "RSI", rsi, rax
  mov rax, WINDOW + 0x1000
  expect "CR2", [rip + trap_cr2], rax
  mov rax, [rip + trap_flags]
  and eax, RF
  expect "RF in the image", rax, RF
  mov rdi, WINDOW + 0xFFD
  mov rcx, 4
  mov rax, 0x1122334455667788
  mov dword ptr [rip + scratch + 0xFFC], 0
  faults "element split over the border", PF_, 2, rep stosd
  expect "nothing stored", [rip + scratch + 0xFF8], 0
  expect "RCX", rcx, 4
  mov rax, WINDOW + 0x1000
  expect "CR2 is the second page", [rip + trap_cr2], rax
  # Downwards: from the page above the border into the unmapped page below it.
  unmap 0
  map 1, scratch, 3
  mov rdi, WINDOW + 0x1003
  mov rcx, 10
  std
  faults "DF = 1", PF_, 2, rep stosb
  cld
  expect "RCX, downwards", rcx, 6
  map 0, scratch, 3
  unmap 1
  lea rsi, [rip + scratch + 0xFF0]
  mov rdi, WINDOW + 0xFF0
  mov rcx, 100
  push ALL & ~ZF | 2
  popfq
  faults "repe cmpsb", PF_, 0, repe cmpsb
  mov rax, [rip + trap_flags]
  and eax, ALL
  expect "flags in the image: of the last complete compare", rax, ZF | PF
  expect "RCX of CMPS", rcx, 84

  corner B26
  # TF: one #DB for each iteration.
  handle DB_, count_steps
  mov qword ptr [rip + steps], 0
  mov rcx, 5
  lea rdi, [rip + scratch]
  push TF | 2
  popfq
  rep stosb
  push 2
  popfq
  expect "#DB for each of 5 iterations, PUSH and POPF", [rip + steps], 7
  mov qword ptr [rip + trap_handlers + DB_ * 8], 0
  # A timer interrupt in the middle of a long REP.
  mov ebx, 0xFEE00000
  mov dword ptr [rbx + 0xF0], 0x1FF
  mov dword ptr [rbx + 0x3E0], 0x0B
  mov dword ptr [rbx + 0x320], 0x30
  handle 0x30, rep_interrupted
  mov dword ptr [rbx + 0x380], 20000
  mov rcx, 0x1000000
  lea rdi, [rip + scratch]
  lea rsi, [rip + 4f]
  mov [rip + rep_rip], rsi
  sti
  xor eax, eax
4:
  rep lodsb
  cli
  expect "RIP of the image is the REP", [rip + rep_seen_rip], [rip + rep_rip]
  mov rax, [rip + rep_seen_flags]
  and eax, RF
  expect "RF in the image", rax, RF
  expect "finished afterwards", rcx, 0
  mov rax, [rip + rep_seen_count]
  test rax, rax
  setnz al
  movzx eax, al
  expect "count left at the interrupt", rax, 1

  corner B27
  lea rdi, [rip + scratch]
  lea rsi, [rip + scratch + 64]
  mov dword ptr [rdi], 0x00020304
  mov dword ptr [rsi], 0x00990304
  mov rcx, 4
  repe cmpsb
  expect_flags "flags of [rSI] - [rDI]", CF | ZF, 0
  expect "repe cmpsb stops at the difference", rcx, 1
  lea rdi, [rip + scratch]
  mov rcx, 4
  mov al, 0
  repne scasb
  expect "repne scasb ends with the match", rcx, 0
  lea rdi, [rip + scratch]
  mov rcx, 4
  mov al, 0x05
  repne scasb
  expect_flags "flags of AL - [rDI]", CF | ZF, 0
  lea rdi, [rip + scratch]
  mov al, 0
  scasb
  expect_flags "0 - 4 borrows", CF | ZF, CF
  lea rbx, [rip + scratch + 128]
  write_msr FS_BASE, rbx
  mov dword ptr [rbx], 0x55
  xor esi, esi
  lea rdi, [rip + scratch]
  mov dword ptr [rdi], 0
  movsb byte ptr es:[rdi], byte ptr fs:[rsi]
  movzx eax, byte ptr [rip + scratch]
  expect "an override applies to rSI alone", rax, 0x55
  write_msr FS_BASE, 0
  lea rdi, [rip + scratch]
  mov rcx, 2
  mov al, 0x66
  .byte 0xF2, 0xAA                          # F2 on STOS is REP
  expect "F2 on STOS", rcx, 0

  corner B28
  # INS: permission first, then the page, then the port. The debug console's port reads E9h each time; the serial
  # scratch register counts nothing, so use the RTC index through its data port: reading register C clears it.
  map 0, scratch, 1
  mov rdi, WINDOW
  mov edx, 0x60
  mov al, 0xAA
  out 0x64, al                              # the 8042 has one answer waiting
  faults "insb to a read-only page", PF_, 3, insb
  in al, 0x64
  and eax, 1
  expect "the datum still waits", rax, 1
  in al, 0x60
  movzx eax, al
  expect "and is there", rax, 0x55
  unmap 1
  mov rsi, WINDOW + 0x1000
  mov edx, COM1
  faults "outsb from an unmapped page", PF_, 0, outsb
  mov rdi, USER + WINDOW
  user_faults "insb without permission, to an unmapped page", GP_, 0, user_ins

  corner B29
  unmap 0
  mov rbx, WINDOW
  push ZF | 2
  popfq
  faults "cmovnz from an unmapped page, condition false", PF_, 0, cmovnz eax, [rbx]
  alu "false, 32 bits: zero-extended", "cmovnz eax, ecx", -1, 5, 0, ZF, 0xFFFFFFFF, ZF, ZF
  alu "false, 16 bits: kept", "cmovnz ax, cx", -1, 5, 0, ZF, -1, ZF, ZF
  alu "true", "cmovz eax, ecx", -1, 5, 0, ZF, 5, ZF, ZF
  alu "false, 64 bits", "cmovb rax, rcx", -1, 5, 0, 0, -1, ZF, 0

  corner B30
  # CPUID.7.EBX[3], [8] (BMI1, BMI2) are clear: the VEX encodings are invalid.
  mov eax, 7
  xor ecx, ecx
  cpuid
  and ebx, 1 << 3 | 1 << 8
  mov eax, ebx
  expect "CPUID says no BMI", rax, 0
  faults "blsi", UD_, 0, .byte 0xC4, 0xE2, 0x78, 0xF3, 0xD9
  faults "bextr", UD_, 0, .byte 0xC4, 0xE2, 0x70, 0xF7, 0xC0
  faults "pdep", UD_, 0, .byte 0xC4, 0xE2, 0x73, 0xF5, 0xC0
  faults "andn", UD_, 0, .byte 0xC4, 0xE2, 0x70, 0xF2, 0xC0

  corner B31
  mov eax, 7
  xor ecx, ecx
  cpuid
  and ebx, 1 << 19
  mov eax, ebx
  expect "CPUID says no ADX", rax, 0
  faults "adcx", UD_, 0, .byte 0x66, 0x0F, 0x38, 0xF6, 0xC3
  faults "adox", UD_, 0, .byte 0xF3, 0x0F, 0x38, 0xF6, 0xC3

  corner B32
  alu "popcnt", "popcnt eax, ecx", -1, 0xF0F0, 0, ALL, 8, ALL, 0
  alu "popcnt of 0", "popcnt rax, rcx", -1, 0, 0, ALL, 0, ALL, ZF
  alu "popcnt r16", "popcnt ax, cx", 0, 0x1FFFF, 0, 0, 16, ALL, 0
  # Without LZCNT and BMI1 in CPUID these are BSR and BSF; CRC32 is absent as SSE4.2 is.
  alu "lzcnt is bsr", ".byte 0xF3, 0x0F, 0xBD, 0xC1", -1, 0x100, 0, 0, 8, ZF, 0
  alu "tzcnt is bsf", ".byte 0xF3, 0x0F, 0xBC, 0xC1", -1, 0x100, 0, 0, 8, ZF, 0
  mov eax, 1
  cpuid
  and ecx, 1 << 20
  mov eax, ecx
  expect "CPUID says no SSE4.2", rax, 0
  faults "crc32", UD_, 0, .byte 0xF2, 0x0F, 0x38, 0xF1, 0xC1

  corner B33
  alu "bswap eax", "bswap eax", FLAT, 0, 0, ALL, 0x88776655, ALL, ALL
  alu "bswap rax", "bswap rax", FLAT, 0, 0, 0, 0x8877665544332211, ALL, 0
  alu "bswap ax: low word 0 as on Zen 3", ".byte 0x66, 0x0F, 0xC8", FLAT, 0, 0, 0, 0x1122334455660000, ALL, 0
  mov r9, FLAT
  .byte 0x66, 0x41, 0x0F, 0xC9
  expect "bswap r9w", r9, 0x1122334455660000
  mov eax, 1
  cpuid
  and ecx, 1 << 22
  mov eax, ecx
  expect "CPUID says no MOVBE", rax, 0
  lea rbx, [rip + scratch]
  faults "movbe", UD_, 0, .byte 0x0F, 0x38, 0xF0, 0x03

  corner B34
  mov rax, -1
  mov rdx, -1
  rdtsc
  mov rbx, rax
  shr rbx, 32
  expect "RDTSC zeroes RAX[63:32]", rbx, 0
  mov rbx, rdx
  shr rbx, 32
  expect "RDTSC zeroes RDX[63:32]", rbx, 0
  mov rax, -1
  mov rbx, -1
  mov rcx, -1
  mov rdx, -1
  mov eax, 0
  cpuid
  mov r8, rax
  or r8, rbx
  or r8, rcx
  or r8, rdx
  shr r8, 32
  expect "CPUID zeroes the upper halves", r8, 0
  mov eax, 0x3FFFFFFF
  mov ecx, 0
  cpuid
  or eax, ebx
  or eax, ecx
  or eax, edx
  expect "a leaf out of range gives zeros (AMD)", rax, 0
  mov rax, -1
  mov rdx, -1
  mov rcx, 0xFFFFFFFF00000000 | EFER
  rdmsr
  shr rdx, 32
  expect "RDMSR ignores RCX[63:32] and zeroes the upper halves", rdx, 0
  mov eax, 1
  cpuid
  mov r8d, ecx
  bt r8d, 30
  setc al
  movzx eax, al
  expect "CPUID says no RDRAND", rax, 0
  faults "rdrand", UD_, 0, .byte 0x0F, 0xC7, 0xF0
  rdtsc
  shl rdx, 32
  or rax, rdx
  mov r8, rax
  mov rcx, -1
  rdtscp
  shl rdx, 32
  or rax, rdx
  cmp rax, r8
  seta al
  movzx eax, al
  expect "RDTSCP counts on", rax, 1
  expect "RDTSCP zeroes RCX[63:32]", rcx, 0
  ret

user_popf:
  push 0x3F7FD7 & ~TF
  popfq
  pushfq
  pop rbx
  int 0x40
user_ins:
  insb
  int 0x40

count_steps:
  inc qword ptr [rip + steps]
  ret

rep_interrupted:
  mov rax, [rdi + 16]
  mov [rip + rep_seen_rip], rax
  mov rax, [rdi + 32]
  mov [rip + rep_seen_flags], rax
  mov [rip + rep_seen_count], rcx
  mov eax, 0xFEE00000
  mov dword ptr [rax + 0xB0], 0
  ret

.section .bss
.balign 8
saved_rbp: .skip 8
steps: .skip 8
rep_rip: .skip 8
rep_seen_rip: .skip 8
rep_seen_flags: .skip 8
rep_seen_count: .skip 8
