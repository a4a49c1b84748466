# String instructions over page borders, with overlaps, in every direction and size, and against byte loops.
.include "rom.inc"

# Fills 12 KiB of scratch with a pattern.
.macro fill
  lea rdi, [rip + scratch]
  mov ecx, 12288
  mov al, 1
.Lfill\@:
  stosb
  add al, 7
  dec ecx
  jnz .Lfill\@
.endm
.macro checksum text:req, wanted:req
  lea rsi, [rip + scratch]
  mov ecx, 12288
  xor ebx, ebx
.Lsum\@:
  movzx eax, byte ptr [rsi]
  rol ebx, 5
  xor ebx, eax
  inc rsi
  dec ecx
  jnz .Lsum\@
  expect "\text", rbx, \wanted
.endm
# The same move by bytes: RSI, RDI, RCX bytes; DF by `step`.
.macro slow_move step:req
.Lslow\@:
  mov al, [rsi]
  mov [rdi], al
  add rsi, \step
  add rdi, \step
  dec rcx
  jnz .Lslow\@
.endm
.macro compare_moves text:req, source:req, destination:req, number:req, size:req, instruction:req
  fill
  lea rsi, [rip + scratch + \source]
  lea rdi, [rip + scratch + \destination]
  mov ecx, (\number) * \size
  slow_move 1
  lea rsi, [rip + scratch]
  mov ecx, 12288
  xor ebx, ebx
.Lsum\@:
  movzx eax, byte ptr [rsi]
  rol ebx, 5
  xor ebx, eax
  inc rsi
  dec ecx
  jnz .Lsum\@
  mov [rip + sum], rbx
  fill
  lea rsi, [rip + scratch + \source]
  lea rdi, [rip + scratch + \destination]
  mov ecx, \number
  \instruction
  mov [rip + end_rsi], rsi
  mov [rip + end_rdi], rdi
  checksum "\text", [rip + sum]
  lea rax, [rip + scratch + \source + (\number) * \size]
  expect "\text: RSI", [rip + end_rsi], rax
  lea rax, [rip + scratch + \destination + (\number) * \size]
  expect "\text: RDI", [rip + end_rdi], rax
.endm

main:
  corner strings
  compare_moves "bytes over two borders", 100, 4000, 5000, 1, "rep movsb"
  compare_moves "overlap, destination 1 above", 100, 101, 5000, 1, "rep movsb"
  compare_moves "overlap, destination 3 below", 4097, 4094, 5000, 1, "rep movsb"
  compare_moves "dwords, misaligned", 4093, 33, 1000, 4, "rep movsd"
  compare_moves "words at a border", 4095, 8191, 500, 2, "rep movsw"
  compare_moves "quadwords", 5, 6001, 700, 8, "rep movsq"
  compare_moves "quadwords, overlap 8 above", 16, 24, 700, 8, "rep movsq"
  # Downwards.
  fill
  lea rsi, [rip + scratch + 9000]
  lea rdi, [rip + scratch + 9001]
  mov ecx, 6000
  std
  rep movsb
  cld
  lea rax, [rip + scratch + 3000]
  expect "downwards: RSI", rsi, rax
  movzx eax, byte ptr [rip + scratch + 9001]
  movzx ecx, byte ptr [rip + scratch + 9000]
  sub al, cl
  movzx eax, al
  expect "downwards, an overlap above is a true move", rax, 7
  # STOS, LODS, SCAS, CMPS.
  lea rdi, [rip + scratch + 4090]
  mov rax, 0x1122334455667788
  mov ecx, 3
  rep stosq
  mov rcx, [rip + scratch + 4090 + 16]
  expect "STOSQ over a border", rcx, rax
  lea rsi, [rip + scratch + 4090]
  mov ecx, 3
  xor eax, eax
  rep lodsq
  mov rcx, 0x1122334455667788
  expect "REP LODSQ", rax, rcx
  lea rdi, [rip + scratch]
  mov ecx, 12288
  xor eax, eax
  rep stosb
  mov byte ptr [rip + scratch + 8000], 1
  lea rdi, [rip + scratch]
  mov ecx, 12288
  repe scasb
  lea rax, [rip + scratch + 8001]
  expect "REPE SCASB finds the difference", rdi, rax
  lea rsi, [rip + scratch]
  lea rdi, [rip + scratch + 4096]
  mov ecx, 8192
  repe cmpsb
  expect "REPE CMPSB", rcx, 8192 - 3905
  # A fault in the middle leaves exact registers; the restart completes.
  map 0, scratch, 3
  unmap 1
  lea rsi, [rip + scratch + 8192]
  mov rdi, WINDOW + 4000
  mov ecx, 200
  faults "second page missing", PF_, 2, rep movsb
  expect "RCX", rcx, 104
  map 1, scratch + 4096, 3
  passes "restart", rep movsb
  expect "finished", rcx, 0
  mov rax, WINDOW + 4200
  expect "RDI", rdi, rax
  # 2^40 iterations of nothing: the count register is 64 bits, the instruction is interruptible. Not run to its end.
  mov rcx, 0x10000000000
  handle 0x31, stop_it
  mov ebx, 0xFEE00000
  mov dword ptr [rbx + 0xF0], 0x1FF
  mov dword ptr [rbx + 0x3E0], 0x0B
  mov dword ptr [rbx + 0x320], 0x31
  mov dword ptr [rbx + 0x380], 100000
  mov rsi, USER
  sti
  rep lodsb
after_long:
  cli
  mov rax, [rip + left]
  mov rcx, 0x10000000000 - 110000
  cmp rax, rcx
  seta al
  movzx eax, al
  expect "REP of 2^40 is interrupted in time", rax, 1
  ret

stop_it:
  mov rax, [rsp + 8 + 12 * 8]
  mov [rip + left], rax
  lea rax, [rip + after_long]
  mov [rdi + 16], rax
  mov eax, 0xFEE00000
  mov dword ptr [rax + 0xB0], 0
  ret

.section .bss
.balign 8
sum: .skip 8
end_rsi: .skip 8
end_rdi: .skip 8
left: .skip 8
