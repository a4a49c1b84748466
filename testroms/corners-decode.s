# Decoding in 64-bit mode: one group for each corner.
.include "rom.inc"
.set LOCK_ROWS, 40
.set LOCK_GOOD_ROWS, 22
.set ILLEGAL_ROWS, 51

main:
  corner A01
  passes "14 x 66h + NOP", .byte 0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x90
  faults "15 x 66h + NOP", GP_, 0, .byte 0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x90
  faults "an immediate past byte 15", GP_, 0, .byte 0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x48,0xC7,0xC0,1,0,0,0
  map 0, scratch, 3
  unmap 1
  place prefixes, prefixes_end, 4096 - 15, 4096 - 15
  jump_faults "15 prefixes before an unmapped page", GP_, 0
  place prefixes, prefixes_end, 4096 - 14, 4096 - 14
  jump_faults "byte 15 unmapped", PF_, 0x10
  mov rax, WINDOW + 4096
  expect "CR2", [rip + trap_cr2], rax

  corner A02
  mov rax, 0x1111111111111111
  .byte 0x48, 0x66, 0xB8, 0x34, 0x12
  expect "REX before 66h is void", rax, 0x1111111111111234
  .byte 0x66, 0x48, 0xB8, 1, 2, 3, 4, 5, 6, 7, 8
  expect "66h before REX.W", rax, 0x0807060504030201
  mov rax, -1
  .byte 0x48, 0x40, 0xB8, 1, 0, 0, 0
  expect "the last of two REX counts", rax, 1
  mov r8, -1
  .byte 0x40, 0x49, 0xC7, 0xC0, 1, 0, 0, 0
  expect "the last of two REX counts", r8, 1

  corner A03
  lea rax, [rip + scratch]
  mov qword ptr [rax], 0xAA
  mov qword ptr [rax + 8], 0xBB
  mov qword ptr [rax + 16], 0xCC
  write_msr FS_BASE, 8
  lea rax, [rip + scratch + 16]
  write_msr GS_BASE, rax
  write_msr GS_BASE, 16
  lea rbx, [rip + scratch]
  .byte 0x64, 0x3E, 0x48, 0x8B, 0x03
  expect "64 3E", rax, 0xBB
  .byte 0x3E, 0x64, 0x48, 0x8B, 0x03
  expect "3E 64", rax, 0xBB
  .byte 0x65, 0x64, 0x48, 0x8B, 0x03
  expect "65 64: the last counts", rax, 0xBB
  .byte 0x64, 0x65, 0x48, 0x8B, 0x03
  expect "64 65", rax, 0xCC
  .byte 0x2E, 0x48, 0x8B, 0x03
  expect "2E alone", rax, 0xAA
  .byte 0x64, 0x36, 0x26, 0x48, 0x8B, 0x03
  expect "64 36 26", rax, 0xBB
  write_msr FS_BASE, 0
  write_msr GS_BASE, 0

  corner A04
  mov ecx, 0xFFFF00FF
  mov rax, -1
  .byte 0x66, 0xF3, 0x0F, 0xB8, 0xC1
  expect "66 F3 0F B8: POPCNT r16", rax, 0xFFFFFFFFFFFF0008
  mov rax, -1
  .byte 0xF3, 0x66, 0x0F, 0xB8, 0xC1
  expect "F3 66 0F B8", rax, 0xFFFFFFFFFFFF0008
  lea rbx, [rip + scratch]
  mov rax, 0x1122334455667788
  mov [rbx], rax
  pxor xmm0, xmm0
  .byte 0xF2, 0xF3, 0x0F, 0x10, 0x03
  movq rax, xmm0
  expect "F2 F3 0F 10 is MOVSS", rax, 0x55667788
  .byte 0xF3, 0xF2, 0x0F, 0x10, 0x03
  movq rax, xmm0
  expect "F3 F2 0F 10 is MOVSD", rax, 0x1122334455667788
  pxor xmm0, xmm0
  .byte 0x66, 0xF3, 0x0F, 0x10, 0x03
  movq rax, xmm0
  expect "66 F3 0F 10 is MOVSS", rax, 0x55667788
  .byte 0xF3, 0x66, 0x0F, 0x6F, 0x03
  movq rax, xmm0
  expect "F3 66 0F 6F is MOVDQU", rax, 0x1122334455667788

  corner A05
  sweep "LOCK is #UD", lock_table, UD_
  expect "rows", [rip + sweep_r9], LOCK_ROWS
  sweep "LOCK with memory reaches the operand", lock_good_table, PF_
  expect "rows", [rip + sweep_r9], LOCK_GOOD_ROWS

  corner A06
  sweep "prefixes before VEX", vex_prefix_table, UD_
  expect "rows", [rip + sweep_r9], 10

  corner A07
  # Without AVX in CPUID every VEX encoding is invalid.
  mov eax, 1
  cpuid
  bt ecx, 28
  setc al
  movzx eax, al
  expect "CPUID says no AVX", rax, 0
  sweep "VEX fields", vex_table, UD_
  expect "rows", [rip + sweep_r9], 12

  corner A09
  # AMD: with 66h a taken near branch truncates RIP to 16 bits; the code stands at WINDOW, its twin at linear 0.
  map 0, scratch, 3
  lea rdi, [rip + scratch]
  mov ecx, 256
  mov al, 0x90
  rep stosb
  xor edi, edi
  mov dword ptr [rdi + 0x20], 0x90E3FF41     # jmp r11 at 20h
  mov dword ptr [rdi + 0x50], 0x90E3FF41
  place near_jump, near_jump_end, 0x10, 0x10
  jump_passes "66 EB"
  place near_jump16, near_jump16_end, 0x10, 0x10
  jump_passes "66 E9 rel16"
  place near_untaken, near_untaken_end, 0x10, 0x10
  xor eax, eax
  jump_passes "66 75 untaken keeps RIP"
  expect "went on at WINDOW", rax, 7
  place near_call, near_call_end, 0x10, 0x10
  mov rbp, rsp
  jump_passes "66 E8 rel16"
  lea rax, [rbp - 2]
  expect "CALL pushes 2 bytes", rsp, rax
  movzx eax, word ptr [rsp]
  expect "return address", rax, 0x14
  mov rsp, rbp
  place near_return, near_return_end, 0x10, 0x10
  .byte 0x66, 0x6A, 0x50                     # push word 50h
  jump_passes "66 C3"
  expect "RET pops 2 bytes", rsp, rbp
  mov rsp, rbp
  place near_rex, near_rex_end, 0x10, 0x10
  xor eax, eax
  jump_passes "REX.W cancels 66h"
  expect "went on at WINDOW", rax, 9

  corner A10
  mov dword ptr [rip + cell], 5
  add dword ptr [rip + cell], 3
  expect "83 05 disp32 imm8", [rip + cell], 8
  mov dword ptr [rip + cell], 0x12345678
  expect "C7 05 disp32 imm32", [rip + cell], 0x12345678
  test dword ptr [rip + cell], 0x10000000
  setnz al
  movzx eax, al
  expect "F7 05", rax, 1
  mov edx, -1
  shld dword ptr [rip + cell], edx, 4
  expect "SHLD imm8", [rip + cell], 0x2345678F
  mov rax, 0x0004000300020001
  mov [rip + cell], rax
  mov [rip + cell + 8], rax
  pshufd xmm0, [rip + cell], 0x1B
  movq rax, xmm0
  expect "PSHUFD imm8", rax, 0x0002000100040003
  write_msr FS_BASE, 8
  mov rax, fs:[rip + cell - 8]
  expect "FS base is added afterwards", rax, [rip + cell]
  write_msr FS_BASE, 0

  corner A11
  mov rbx, -8
  .byte 0x67, 0x48, 0x8D, 0x43, 0x00          # lea rax, [ebx + 0]
  expect "67h LEA", rax, 0xFFFFFFF8
  .byte 0x67, 0x48, 0x8D, 0x44, 0x1B, 0x10    # lea rax, [ebx + ebx + 16]
  expect "sum is cut to 32 bits", rax, 0
  mov rbp, rsp
  .byte 0x67, 0x8D, 0x04, 0x24
  expect "67 8D 04 24", rax, rbp
  .byte 0x67, 0x48, 0x8D, 0x05, 0, 0, 0, 0    # lea rax, [eip + 0]
1:
  lea rcx, [rip + 1b]
  expect "RIP-relative is cut too", rax, rcx
  mov rax, WINDOW
  write_msr FS_BASE, rax
  map 0, scratch, 3
  mov dword ptr [rip + scratch + 64], 0x4711
  mov rbx, 0x500000040
  .byte 0x64, 0x67, 0x8B, 0x03                # mov eax, fs:[ebx]
  expect "the base is added in 64 bits", rax, 0x4711
  write_msr FS_BASE, 0

  corner A12
  call all_sibs
  expect "LEA with all SIB x REX.XB x mod: differences", r9, 0
  expect "cases", [rip + sib_cases], 3072
  lea r13, [rip + scratch]
  mov r12, r13
  mov rbp, r13
  mov qword ptr [r13], 0x77
  .byte 0x49, 0x8B, 0x45, 0x00
  expect "R13 needs a disp8", rax, 0x77
  .byte 0x49, 0x8B, 0x04, 0x24
  expect "R12 needs a SIB", rax, 0x77
  .byte 0x49, 0x8D, 0x05, 0, 0, 0, 0
2:
  lea rcx, [rip + 2b]
  expect "mod 0 rm 5 is RIP-relative with REX.B", rax, rcx

  corner A13
  map 0, scratch, 3
  mov rax, 0x1122334455667788
  mov [rip + scratch], rax
  mov rax, -1
  .byte 0xA0
  .quad WINDOW
  expect "A0", rax, 0xFFFFFFFFFFFFFF88
  .byte 0x48, 0xA1
  .quad WINDOW
  expect "48 A1", rax, 0x1122334455667788
  mov rax, -1
  .byte 0x67, 0xA1
  .long scratch
  expect "67 A1: 4-byte offset", rax, 0x55667788
  mov eax, 0x4321
  .byte 0x66, 0xA3
  .quad WINDOW + 8
  movzx eax, word ptr [rip + scratch + 8]
  expect "66 A3", rax, 0x4321
  write_msr FS_BASE, 16
  mov qword ptr [rip + scratch + 16], 0x99
  .byte 0x64, 0x48, 0xA1
  .quad WINDOW
  expect "FS applies", rax, 0x99
  write_msr FS_BASE, 0

  corner A14
  mov rbx, 0xFFFFFFFF80000001
  mov rax, -1
  .byte 0x63, 0xC3
  expect "63 C3 moves 32 bits", rax, 0x80000001
  mov rax, -1
  .byte 0x66, 0x63, 0xC3
  expect "66 63 C3", rax, 0xFFFFFFFFFFFF0001
  .byte 0x48, 0x63, 0xC3
  expect "48 63 C3", rax, 0xFFFFFFFF80000001
  unmap 1
  mov rbx, WINDOW + 4094
  faults "66 63 reads 32 bits (AMD)", PF_, 0, .byte 0x66, 0x63, 0x03

  corner A15
  mov rax, 0x1122334455667788
  mov r8, 0x99AABBCCDDEEFF00
  .byte 0x90
  expect "90", rax, 0x1122334455667788
  .byte 0x48, 0x90
  expect "48 90", rax, 0x1122334455667788
  .byte 0x66, 0x90
  expect "66 90", rax, 0x1122334455667788
  .byte 0xF3, 0x90
  expect "F3 90", rax, 0x1122334455667788
  .byte 0x87, 0xC0
  expect "87 C0 zero-extends", rax, 0x55667788
  .byte 0x41, 0x90
  expect "41 90 exchanges", rax, 0xDDEEFF00
  expect "and zero-extends", r8, 0x55667788

  corner A16
  mov eax, 3
  .byte 0xF6, 0xC8, 0x01                      # F6 /1: TEST
  expect_flags "F6 /1 is TEST", ZF, 0
  .byte 0xF7, 0xC8, 0x04, 0, 0, 0
  expect_flags "F7 /1 is TEST", ZF, ZF
  .byte 0xD1, 0xF0
  expect "D1 /6 is SHL", rax, 6
  .byte 0xC1, 0xF0, 0x02
  expect "C1 /6 is SHL", rax, 24
  mov ecx, 1
  .byte 0xD3, 0xF0
  expect "D3 /6 is SHL", rax, 48
  handle DB_, count_traps
  mov qword ptr [rip + traps], 0
  .byte 0xF1
  expect "F1 is #DB", [rip + traps], 1
  mov qword ptr [rip + trap_handlers + DB_ * 8], 0
  mov rbx, WINDOW + 0x100000
  passes "0F 18 /4 is a NOP", .byte 0x0F, 0x18, 0x23
  passes "0F 1F /7 is a NOP", .byte 0x0F, 0x1F, 0x3B
  passes "0F 19", .byte 0x0F, 0x19, 0x03
  passes "0F 0D /1", .byte 0x0F, 0x0D, 0x0B
  faults "0F 0D with a register (AMD)", UD_, 0, .byte 0x0F, 0x0D, 0xC8
  faults "82 in 64-bit mode", UD_, 0, .byte 0x82, 0xC0, 1
  faults "D6 in 64-bit mode", UD_, 0, .byte 0xD6

  corner A17
  map 0, scratch, 3
  unmap 1
  place undefined0, undefined1, 4094, 4094
  jump_faults "UD0 fetches nothing more", UD_, 0
  place undefined1, undefined2, 4094, 4094
  jump_faults "UD1 fetches nothing more", UD_, 0
  place undefined2, undefined_end, 4094, 4094
  jump_faults "UD2", UD_, 0

  corner A18
  mov rax, 0x1122334455667788
  mov rsp, rsp
  mov rbp, 0x55
  .byte 0x88, 0xE0                            # mov al, ah
  expect "88 E0: AH", rax, 0x1122334455667777
  mov rbp, rsp
  mov rax, 0x1122334455667700
  .byte 0x40, 0x88, 0xE0                      # mov al, spl
  movzx ecx, spl
  or rcx, 0x7700
  movzx eax, ax
  expect "40 88 E0: SPL", rax, rcx
  mov r12, 0xAB
  mov rax, 0
  .byte 0x44, 0x88, 0xE0                      # mov al, r12b
  expect "44 88 E0: R12B", rax, 0xAB
  mov rdi, 0
  mov rbx, 0x1234
  .byte 0x88, 0xDF                            # mov bh, bl
  expect "88 DF: BH", rbx, 0x3434
  .byte 0x40, 0x88, 0xDF
  expect "40 88 DF: DIL", rdi, 0x34

  corner A19
  .macro zeroed text:req, instruction:vararg
    mov rax, 0x1122334455667788
    mov ecx, 0
    mov edx, 1
    cmp edx, edx
    \instruction
    shr rax, 32
    expect "\text", rax, 0
  .endm
  zeroed "cmovne false", cmovne eax, ecx
  zeroed "shl by 0", shl eax, cl
  zeroed "shl imm 0", .byte 0xC1, 0xE0, 0
  zeroed "rol by 0", rol eax, cl
  zeroed "shld by 0", shld eax, edx, cl
  zeroed "xadd", xadd eax, ecx
  zeroed "bts", bts eax, 1
  zeroed "mov eax, eax", mov eax, eax
  zeroed "lea", lea eax, [rax]
  zeroed "movzx", movzx eax, al
  zeroed "bswap", bswap eax
  mov rax, 0x1122334400000001
  mov rbx, 0x5566778800000001
  mov ecx, 5
  cmpxchg ebx, ecx
  expect "CMPXCHG equal keeps RAX", rax, 0x1122334400000001
  expect "CMPXCHG equal writes the destination", rbx, 5
  mov rbx, 0x5566778800000002
  cmpxchg ebx, ecx
  expect "CMPXCHG unequal zero-extends EAX", rax, 2
  expect "CMPXCHG unequal keeps the destination", rbx, 0x5566778800000002
  mov rax, 0x1122334455667788
  mov ecx, 0
  lar eax, ecx
  expect "LAR that fails keeps", rax, 0x1122334455667788
  bsf eax, ecx
  expect "BSF of 0 keeps", rax, 0x1122334455667788
  lea rbx, [rip + scratch]
  mov dword ptr [rbx], 0x55667788
  mov ecx, 9
  lock cmpxchg [rbx], ecx
  expect "CMPXCHG m32 that succeeds keeps RAX", rax, 0x1122334455667788

  corner A20
  map 0, scratch, 3
  unmap 1
  .irp split, 1, 2, 3, 4, 5, 6, 7, 8, 9
    place long_move, long_move_end, 4096 - \split, 4096 - \split
    jump_faults "split after \split", PF_, 0x10
    mov rax, WINDOW + 4096
    expect "CR2, split after \split", [rip + trap_cr2], rax
  .endr
  place long_move, long_move_end, 4096 - 13, 4096 - 13
  jump_passes "ends with its page"

  corner A22
  sweep "illegal reg fields", illegal_table, UD_
  expect "rows", [rip + sweep_r9], ILLEGAL_ROWS
  # MOV CRn and DRn ignore mod.
  mov rbx, cr0
  .byte 0x0F, 0x20, 0x00                      # mov rax, cr0 with mod = 0
  expect "MOV CR0 with mod 0", rax, rbx

  corner A23
  mov ecx, 0x8000
  .byte 0xF3, 0x0F, 0xBD, 0xC1
  expect "LZCNT is BSR", rax, 15
  .byte 0xF3, 0x0F, 0xBC, 0xC1
  expect "TZCNT is BSF", rax, 15
  passes "ENDBR64 is a NOP", .byte 0xF3, 0x0F, 0x1E, 0xFA
  passes "RDSSP is a NOP", .byte 0xF3, 0x48, 0x0F, 0x1E, 0xC8
  mov rbx, WINDOW + 0x100000
  passes "CLDEMOTE is a NOP", .byte 0x0F, 0x1C, 0x03
  passes "PREFETCHW is a NOP", .byte 0x0F, 0x0D, 0x0B
  lea rbx, [rip + scratch]
  mov dword ptr [rbx], 1
  .byte 0xF2, 0xF0, 0x83, 0x03, 0x01          # XACQUIRE ADD
  mov eax, [rbx]
  expect "XACQUIRE is ignored", rax, 2
  .byte 0xF2, 0xEB, 0x00                      # BND JMP
  lea rax, [rip + 3f]
  .byte 0x3E, 0xFF, 0xE0                      # NOTRACK JMP RAX
3:
  expect "NOTRACK and BND are ignored", rax, rax

  corner A25
  # AMD: REX.W changes nothing; m16:32.
  lea rbx, [rip + scratch]
  lea rax, [rip + 4f]
  mov [rbx], rax
  mov word ptr [rbx + 4], KERNEL_CS
  mov word ptr [rbx + 6], 0xFFFF
  mov dword ptr [rbx + 8], 0xFFFFFFFF
  passes "REX.W FF /5 is m16:32", .byte 0x48, 0xFF, 0x2B
4:
  mov qword ptr [rip + resume_rip], 0
  mov dword ptr [rbx], 0x12345678
  mov word ptr [rbx + 4], KERNEL_DS
  mov rax, -1
  .byte 0x48, 0x0F, 0xB4, 0x03                # lfs
  mov ecx, fs
  expect "LFS selector stands after 4 bytes", rcx, KERNEL_DS
  expect "LFS offset", rax, 0x12345678
  xor ecx, ecx
  mov fs, ecx

  corner A26
  # AMD: SYSENTER is invalid in long mode; SYSCALL with EFER.SCE = 0 too.
  write_msr 0x174, 8
  faults "SYSENTER in 64-bit mode", UD_, 0, sysenter
  faults "SYSEXIT in 64-bit mode", UD_, 0, .byte 0x0F, 0x35
  read_msr EFER
  and eax, ~EFER_SCE
  wrmsr
  faults "SYSCALL without SCE", UD_, 0, syscall
  faults "SYSRET without SCE", UD_, 0, .byte 0x48, 0x0F, 0x07
  read_msr EFER
  or eax, EFER_SCE
  wrmsr
  # Compatibility mode goes to CSTAR.
  lea rax, [rip + compat_landing]
  write_msr CSTAR, rax
  lea rax, [rip + long_landing]
  write_msr LSTAR, rax
  mov rax, (0x18 << 48) | (8 << 32)
  write_msr STAR, rax
  write_msr SFMASK, 0
  mov rbp, rsp
  push USER_CS32
  lea rax, [rip + compat_syscall]
  push rax
  xor ebx, ebx
  # To 32-bit user code in user pages is below 4 GiB only: make the first GiB of the identity user pages.
  or dword ptr [rip + pml4], 4
  or dword ptr [rip + pdpt], 4
  lea rdi, [rip + pd]
  mov ecx, 512
5:
  or dword ptr [rdi], 4
  add rdi, 8
  dec ecx
  jnz 5b
  mov rax, cr3
  mov cr3, rax
  mov qword ptr [rip + user_cs], USER_CS32
  mov qword ptr [rip + saved_rsp], rsp
  push USER_DS
  lea rax, [rip + user_stack_top]
  push rax
  push 2
  push USER_CS32
  lea rax, [rip + compat_syscall]
  push rax
  iretq
compat_landing:
  mov rsp, [rip + saved_rsp]
  mov ebx, 0xC
  jmp 6f
long_landing:
  mov rsp, [rip + saved_rsp]
  mov ebx, 0xD
6:
  mov rsp, rbp
  expect "SYSCALL in compatibility mode goes to CSTAR", rbx, 0xC
  lea rax, [rip + compat_after]
  expect "RCX is the next RIP", rcx, rax

  corner A27
  sweep "cells of 0F 38 and 0F C7 that this model lacks", crowded_table, UD_
  expect "rows", [rip + sweep_r9], 12

  corner A28
  mov rbx, 0x0000800000000000
  passes "NOP r/m at a non-canonical address", .byte 0x0F, 0x1F, 0x03
  passes "PREFETCHT0", .byte 0x0F, 0x18, 0x0B
  passes "PREFETCHW", .byte 0x0F, 0x0D, 0x0B
  passes "reserved NOP", .byte 0x0F, 0x1B, 0x03
  mov rbx, WINDOW + 0x100000
  passes "PREFETCHNTA, unmapped", .byte 0x0F, 0x18, 0x03
  faults "CLFLUSH, unmapped", PF_, 0, clflush [rbx]
  mov rbx, 0x0000800000000000
  faults "CLFLUSH, non-canonical", GP_, 0, clflush [rbx]
  ret

# All LEA RAX, [SIB] forms against sums made from the register values in a table.
all_sibs:
  push rbp
  push r12
  mov [rip + sib_rsp], rsp
  xor r9d, r9d
  mov qword ptr [rip + sib_number], 0
  mov qword ptr [rip + sib_cases], 0
1:
  # Number: bits 7:0 SIB, 9:8 REX.XB, 11:10 mod.
  mov rax, [rip + sib_number]
  lea rdi, [rip + code_buffer]
  mov ecx, eax
  shr ecx, 8
  and ecx, 3
  or ecx, 0x48
  mov [rdi], cl
  mov byte ptr [rdi + 1], 0x8D
  mov ecx, eax
  shr ecx, 10
  shl ecx, 6
  or ecx, 4
  mov [rdi + 2], cl
  mov [rdi + 3], al
  add rdi, 4
  mov ecx, eax
  shr ecx, 10
  xor r8d, r8d
  cmp ecx, 1
  jb 2f
  ja 3f
  mov byte ptr [rdi], 0x81                    # disp8 -127
  inc rdi
  mov r8, -127
  jmp 4f
2:
  mov ecx, eax
  and ecx, 7
  cmp ecx, 5
  jne 4f
3:
  mov dword ptr [rdi], 0x87654321
  add rdi, 4
  movsxd r8, dword ptr [rdi - 4]
4:
  mov dword ptr [rdi], 0xE5FF41               # jmp r13
  # Wanted sum in R8.
  mov ecx, eax
  and ecx, 7
  mov edx, eax
  shr edx, 8
  and edx, 1
  shl edx, 3
  mov esi, eax
  shr esi, 10
  cmp esi, 0
  jne 5f
  cmp ecx, 5
  je 6f
5:
  or ecx, edx
  lea rsi, [rip + sib_values]
  add r8, [rsi + rcx * 8]
6:
  mov ecx, eax
  shr ecx, 3
  and ecx, 7
  mov edx, eax
  shr edx, 9
  and edx, 1
  shl edx, 3
  or ecx, edx
  cmp ecx, 4
  je 7f
  lea rsi, [rip + sib_values]
  mov rsi, [rsi + rcx * 8]
  mov ecx, eax
  shr ecx, 6
  and ecx, 3
  shl rsi, cl
  add r8, rsi
7:
  mov [rip + sib_wanted], r8
  mov [rip + sib_r9], r9
  lea r13, [rip + 8f]
  mov [rip + sib_values + 13 * 8], r13
  mov rax, 0x0101010101010101
  mov rcx, 0x0202020202020202
  mov rdx, 0x0303030303030303
  mov rbx, 0x0404040404040404
  mov rsp, 0x0505050505050505
  mov rbp, 0x0606060606060606
  mov rsi, 0x0707070707070707
  mov rdi, 0x0808080808080808
  mov r8, 0x0909090909090909
  mov r9, 0x0A0A0A0A0A0A0A0A
  mov r10, 0x0B0B0B0B0B0B0B0B
  mov r11, 0x0C0C0C0C0C0C0C0C
  mov r12, 0x0D0D0D0D0D0D0D0D
  mov r14, 0x0F0F0F0F0F0F0F0F
  mov r15, 0x1010101010101010
  jmp code_buffer
8:
  mov rsp, [rip + sib_rsp]
  mov r9, [rip + sib_r9]
  # R13 holds the way back, unlike the rest: its wanted value was read from the table after it was set.
  mov r8, [rip + sib_wanted]
  cmp qword ptr [rip + sib_first], 0
  jne 9f
  inc qword ptr [rip + sib_first]
  xor r9d, r9d
  jmp 1b
9:
  cmp rax, r8
  je 10f
  inc r9
10:
  inc qword ptr [rip + sib_cases]
  inc qword ptr [rip + sib_number]
  cmp qword ptr [rip + sib_number], 3072
  jne 1b
  pop r12
  pop rbp
  ret

count_traps:
  inc qword ptr [rip + traps]
  ret

.code32
compat_syscall:
  syscall
compat_after:
  int 0x40
.code64

prefixes:
  .fill 15, 1, 0x66
  nop
prefixes_end:
near_jump:
  .byte 0x66, 0xEB, 0x0D                      # 10h + 3 + 0Dh = 20h
near_jump_end:
near_jump16:
  .byte 0x66, 0xE9, 0x0C, 0x00
near_jump16_end:
near_untaken:
  cmp eax, eax
  .byte 0x66, 0x75, 0x10
  mov eax, 7
  jmp r11
near_untaken_end:
near_call:
  .byte 0x66, 0xE8, 0x0C, 0x00
near_call_end:
near_return:
  .byte 0x66, 0xC3
near_return_end:
near_rex:
  .byte 0x66, 0x48, 0xEB, 0x00
  mov eax, 9
  jmp r11
near_rex_end:
undefined0:
  .byte 0x0F, 0xFF
undefined1:
  .byte 0x0F, 0xB9
undefined2:
  .byte 0x0F, 0x0B
undefined_end:
long_move:
  movabs r10, 0x1122334455667788              # 10 bytes
  jmp r11                                     # 3 bytes
long_move_end:

.section .rodata
lock_table:
  row 0xF0, 0x01, 0xD8                        # add eax, ebx
  row 0xF0, 0x03, 0x03                        # add eax, [rbx]
  row 0xF0, 0x39, 0x03                        # cmp
  row 0xF0, 0x38, 0x03
  row 0xF0, 0x3B, 0x03
  row 0xF0, 0x80, 0x3B, 1
  row 0xF0, 0x81, 0x3B, 1, 0, 0, 0
  row 0xF0, 0x83, 0x3B, 1
  row 0xF0, 0x83, 0xC3, 1
  row 0xF0, 0x85, 0x03                        # test
  row 0xF0, 0x84, 0x03
  row 0xF0, 0xF6, 0x03, 1
  row 0xF0, 0xF7, 0x03, 1, 0, 0, 0
  row 0xF0, 0xF7, 0x23                        # mul
  row 0xF0, 0xF7, 0x33                        # div
  row 0xF0, 0xF7, 0xD3                        # not ebx
  row 0xF0, 0x89, 0x03                        # mov
  row 0xF0, 0x8B, 0x03
  row 0xF0, 0xC7, 0x03, 1, 0, 0, 0
  row 0xF0, 0x8D, 0x03                        # lea
  row 0xF0, 0x8F, 0x03                        # pop
  row 0xF0, 0xFF, 0x33                        # push
  row 0xF0, 0xFF, 0x13                        # call
  row 0xF0, 0xFF, 0x23                        # jmp
  row 0xF0, 0xD1, 0x23                        # shl
  row 0xF0, 0xC1, 0x23, 1
  row 0xF0, 0x0F, 0xA3, 0x03                  # bt
  row 0xF0, 0x0F, 0xBA, 0x23, 1
  row 0xF0, 0x0F, 0xA4, 0x03, 1               # shld
  row 0xF0, 0x0F, 0xAF, 0x03                  # imul
  row 0xF0, 0x0F, 0xB6, 0x03                  # movzx
  row 0xF0, 0x0F, 0x44, 0x03                  # cmov
  row 0xF0, 0x0F, 0x94, 0x03                  # setcc
  row 0xF0, 0x0F, 0xC3, 0x03                  # movnti
  row 0xF0, 0x0F, 0x1F, 0x03                  # nop
  row 0xF0, 0xA4                              # movs
  row 0xF0, 0x90                              # nop
  row 0xF0, 0x50                              # push
  row 0xF0, 0xEB, 0x00                        # jmp
  row 0xF0, 0x0F, 0x01, 0x3B                  # invlpg
  .byte 0
lock_good_table:
  row 0xF0, 0x01, 0x03
  row 0xF0, 0x11, 0x03
  row 0xF0, 0x21, 0x03
  row 0xF0, 0x09, 0x03
  row 0xF0, 0x29, 0x03
  row 0xF0, 0x19, 0x03
  row 0xF0, 0x31, 0x03
  row 0xF0, 0x80, 0x03, 1
  row 0xF0, 0x83, 0x2B, 1
  row 0xF0, 0xFE, 0x03
  row 0xF0, 0xFF, 0x0B
  row 0xF0, 0xF7, 0x1B
  row 0xF0, 0xF7, 0x13
  row 0xF0, 0x0F, 0xAB, 0x03
  row 0xF0, 0x0F, 0xB3, 0x03
  row 0xF0, 0x0F, 0xBB, 0x03
  row 0xF0, 0x0F, 0xBA, 0x2B, 1
  row 0xF0, 0x0F, 0xB1, 0x03
  row 0xF0, 0x0F, 0xC1, 0x03
  row 0xF0, 0x0F, 0xC7, 0x0B
  row 0xF0, 0x48, 0x0F, 0xC7, 0x0B
  row 0xF0, 0x87, 0x03
  .byte 0
vex_prefix_table:
  row 0x66, 0xC5, 0xF8, 0x58, 0xC1
  row 0xF2, 0xC5, 0xF8, 0x58, 0xC1
  row 0xF3, 0xC5, 0xF8, 0x58, 0xC1
  row 0xF0, 0xC5, 0xF8, 0x58, 0xC1
  row 0x48, 0xC5, 0xF8, 0x58, 0xC1
  row 0x40, 0xC4, 0xE1, 0x78, 0x58, 0xC1
  row 0x66, 0xC4, 0xE1, 0x78, 0x58, 0xC1
  row 0x64, 0xC5, 0xF8, 0x58, 0xC1
  row 0x67, 0xC5, 0xF8, 0x58, 0xC1
  row 0x66, 0x62, 0xF1, 0x7C, 0x48, 0x58, 0xC1
  .byte 0
vex_table:
  row 0xC5, 0xF8, 0x58, 0xC1                  # vaddps
  row 0xC5, 0xFC, 0x58, 0xC1
  row 0xC5, 0xF8, 0x77                        # vzeroupper
  row 0xC5, 0xF8, 0x10, 0x03
  row 0xC4, 0xE2, 0x79, 0x18, 0x03            # vbroadcastss
  row 0xC4, 0xE2, 0x78, 0xF2, 0xC0            # andn
  row 0xC4, 0xE3, 0x7B, 0xF0, 0xC0, 1         # rorx
  row 0xC4, 0xE0, 0x78, 0x58, 0xC1            # reserved map 0
  row 0xC4, 0xFF, 0x78, 0x58, 0xC1            # reserved map 31
  row 0xC5, 0x80, 0x28, 0x03
  row 0x62, 0xF1, 0x7C, 0x48, 0x58, 0xC1      # EVEX
  row 0x8F, 0xE9, 0x78, 0x80, 0xC0            # XOP
  .byte 0
illegal_table:
  row 0x8D, 0xC0                              # lea
  row 0xFF, 0xD8                              # far call with a register
  row 0xFF, 0xE8
  row 0x8E, 0x0B                              # mov cs
  row 0x8E, 0x33
  row 0x8E, 0x3B
  row 0x8C, 0x33                              # mov m, sreg 6
  row 0x8C, 0x3B
  row 0x0F, 0x20, 0xC8                        # mov rax, cr1
  row 0x0F, 0x20, 0xE8
  row 0x0F, 0x20, 0xF0
  row 0x0F, 0x20, 0xF8
  row 0x44, 0x0F, 0x20, 0xC8                  # cr9
  row 0x44, 0x0F, 0x20, 0xF8
  row 0x0F, 0x22, 0xC8
  row 0x0F, 0x22, 0xE8
  row 0x44, 0x0F, 0x22, 0xC8
  row 0xFE, 0x13
  row 0xFE, 0x1B
  row 0xFE, 0x23
  row 0xFE, 0x2B
  row 0xFE, 0x33
  row 0xFE, 0x3B
  row 0xFF, 0x3B
  row 0x8F, 0x0B
  row 0x8F, 0x3B
  row 0xC6, 0x0B, 1
  row 0xC7, 0x0B, 1, 0, 0, 0
  row 0xC6, 0x3B, 1
  row 0x0F, 0x00, 0x33
  row 0x0F, 0x00, 0x3B
  row 0x0F, 0x01, 0x2B
  row 0x0F, 0xBA, 0x03, 1
  row 0x0F, 0xBA, 0x1B, 1
  row 0x0F, 0xC7, 0x03
  row 0x0F, 0xC7, 0x13
  row 0x0F, 0xC7, 0xC8                        # cmpxchg8b with a register
  row 0x0F, 0xB2, 0xC3                        # lss with a register
  row 0x0F, 0xB4, 0xC3
  row 0x0F, 0xB5, 0xC3
  row 0x0F, 0xC3, 0xC3                        # movnti with a register
  row 0x0F, 0x01, 0xD3
  row 0x0F, 0x71, 0xC0, 1                     # shift group holes
  row 0x0F, 0x72, 0xC0, 1
  row 0x0F, 0x73, 0xC0, 1
  row 0x0F, 0x71, 0x13, 1
  row 0x06
  row 0x0E
  row 0x27
  row 0x37
  row 0x60
  .byte 0
crowded_table:
  row 0x0F, 0x38, 0xF0, 0xC1                  # movbe with registers
  row 0x0F, 0x38, 0xF1, 0x03
  row 0xF2, 0x0F, 0x38, 0xF0, 0xC1
  row 0x66, 0xF2, 0x0F, 0x38, 0xF1, 0xC1
  row 0x66, 0x0F, 0x38, 0xF6, 0xC3
  row 0x0F, 0xC7, 0xF0
  row 0x0F, 0xC7, 0xF8
  row 0xF3, 0x0F, 0xC7, 0xF8
  row 0x0F, 0xC7, 0x1B
  row 0x0F, 0xC7, 0x23
  row 0x0F, 0xC7, 0x2B
  row 0x0F, 0x38, 0x00, 0xC1                  # pshufb
  .byte 0

.section .data
.balign 16
sib_values:
  .quad 0x0101010101010101, 0x0202020202020202, 0x0303030303030303, 0x0404040404040404
  .quad 0x0505050505050505, 0x0606060606060606, 0x0707070707070707, 0x0808080808080808
  .quad 0x0909090909090909, 0x0A0A0A0A0A0A0A0A, 0x0B0B0B0B0B0B0B0B, 0x0C0C0C0C0C0C0C0C
  .quad 0x0D0D0D0D0D0D0D0D, 0, 0x0F0F0F0F0F0F0F0F, 0x1010101010101010
.section .bss
.balign 16
cell: .skip 16
traps: .skip 8
saved_rsp: .skip 8
sib_number: .skip 8
sib_cases: .skip 8
sib_wanted: .skip 8
sib_r9: .skip 8
sib_rsp: .skip 8
sib_first: .skip 8
