# Protection keys for user pages, and PKRU in XSAVE areas: CPUID 7, CR4.PKE, RDPKRU, WRPKRU, XSAVES, XRSTORS.
.include "rom.inc"
.set W, WINDOW
.set CR4_OSXSAVE, 0x40000
.set CR4_PKE, 0x400000
.set KEY5, 0x2800000000000000
.set KEY9, 0x4800000000000000
.set AD5, 0x400
.set WD5, 0x800
.set PKRU_BIT, 0x200
.set SSE_BIT, 2

# Entry INDEX of the window's page table becomes PHYSICAL with 64-bit FLAGS; nothing is flushed.
.macro entry index:req, physical:req, flags:req
  lea r15, [rip + \physical]
  mov r14, \flags
  or r15, r14
  mov [rip + window_pt + (\index) * 8], r15
.endm

.macro pkru value:req
  mov eax, \value
  xor ecx, ecx
  xor edx, edx
  wrpkru
.endm

.macro set_cr4 bits:req
  mov rax, cr4
  or rax, \bits
  mov cr4, rax
.endm

.macro features_in_ecx
  mov eax, 7
  xor ecx, ecx
  cpuid
.endm

main:
  features_in_ecx
  test ecx, 8
  jnz 1f
  lea rsi, [rip + text_absent]
  call print
  mov eax, STATUS_FAIL
  out PORT_EXIT, eax
  cli
  hlt
1:
  corner K01
  features_in_ecx
  and ecx, 0x10
  expect "OSPKE is clear", rcx, 0
  xor ecx, ecx
  faults "RDPKRU without PKE", UD_, 0, rdpkru
  xor edx, edx
  faults "WRPKRU without PKE", UD_, 0, wrpkru
  set_cr4 CR4_PKE
  features_in_ecx
  and ecx, 0x10
  expect "OSPKE is set", rcx, 0x10
  xor ecx, ecx
  mov rax, -1
  mov rdx, -1
  rdpkru
  expect "PKRU after power-up", rax, 0
  expect "RDX", rdx, 0
  mov ecx, 1
  faults "RDPKRU of ECX", GP_, 0, rdpkru
  xor edx, edx
  faults "WRPKRU of ECX", GP_, 0, wrpkru
  xor ecx, ecx
  mov edx, 1
  faults "WRPKRU of EDX", GP_, 0, wrpkru
  pkru 0x12345670
  xor ecx, ecx
  rdpkru
  expect "what WRPKRU wrote", rax, 0x12345670
  pkru 0

  corner K02
  # A user page of key 5.
  mov rbx, W
  entry 0, scratch, KEY5 + 7
  invlpg [rbx]
  passes "all rights, read", mov eax, [rbx]
  passes "all rights, write", mov [rbx], eax
  pkru AD5
  faults "AD, read", PF_, 0x21, mov eax, [rbx]
  expect "CR2", [rip + trap_cr2], rbx
  faults "AD, write", PF_, 0x23, mov [rbx], eax
  faults "AD, RMW", PF_, 0x23, add [rbx], eax
  user_faults "AD, a user reads", PF_, 0x25, user_read
  user_faults "AD, a user writes", PF_, 0x27, user_write
  pkru WD5
  passes "WD, read", mov eax, [rbx]
  faults "WD, write", PF_, 0x23, mov [rbx], eax
  user_faults "WD, a user writes", PF_, 0x27, user_write
  mov rcx, cr0
  mov rax, rcx
  and rax, ~CR0_WP
  mov cr0, rax
  passes "WD, a supervisor writes without WP", mov [rbx], eax
  user_faults "WD, a user writes without WP", PF_, 0x27, user_write
  mov rax, rcx
  mov cr0, rax
  faults "WD, a supervisor writes with WP again", PF_, 0x23, mov [rbx], eax
  pkru 0xFFFFFFFC
  entry 1, scratch, KEY5 + 3
  passes "a supervisor page has no key", mov eax, [rbx + 4096]
  # Code is fetched whatever PKRU says of data.
  mov byte ptr [rip + scratch], 0x41           # jmp r11
  mov word ptr [rip + scratch + 1], 0xE3FF
  mov r12, W
  jump_passes "a fetch from a page without rights"
  entry 2, scratch, KEY5 + 5
  user_faults "a read-only page: both rules", PF_, 0x27, user_write_third
  entry 3, scratch, KEY5 + 6
  faults "an absent page has no key", PF_, 0, mov eax, [rbx + 3 * 4096]
  pkru 0

  corner K03
  # Translations that are cached under the rights of before.
  entry 0, scratch, KEY5 + 7
  entry 4, scratch, KEY9 + 7
  invlpg [rbx]
  mov eax, [rbx]
  mov [rbx], eax
  mov eax, [rbx + 4 * 4096]
  pkru WD5
  passes "a cached page, read", mov eax, [rbx]
  faults "a cached page loses the right to write", PF_, 0x23, mov [rbx], eax
  pkru AD5
  faults "and to read", PF_, 0x21, mov eax, [rbx]
  passes "not so a page of another key", mov eax, [rbx + 4 * 4096]
  pkru 0
  passes "it has the rights again", mov [rbx], eax
  pkru AD5
  mov rax, cr4
  and rax, ~CR4_PKE
  mov cr4, rax
  passes "without PKE PKRU does not count", mov eax, [rbx]
  set_cr4 CR4_PKE
  faults "with it it does", PF_, 0x21, mov eax, [rbx]
  xor ecx, ecx
  rdpkru
  expect "PKRU outlives exceptions and CR4", rax, AD5
  pkru 0

  corner K04
  set_cr4 CR4_OSXSAVE
  xor ecx, ecx
  xor edx, edx
  mov eax, 7 + PKRU_BIT
  xsetbv
  mov eax, 0xD
  mov ecx, 9
  cpuid
  mov r8d, ebx                                # the offset of PKRU
  mov rbx, W
  expect "bytes of PKRU", rax, 8
  pkru AD5
  lea rdi, [rip + area]
  mov eax, PKRU_BIT
  xor edx, edx
  xsave [rdi]
  mov eax, [rdi + r8]
  expect "XSAVE", rax, AD5
  expect "XSTATE_BV", [rip + area + 512], PKRU_BIT
  pkru 0
  mov eax, [rbx]
  mov eax, PKRU_BIT
  xrstor [rdi]
  faults "XRSTOR takes rights of a cached page", PF_, 0x21, mov eax, [rbx]
  mov qword ptr [rdi + 512], 0
  mov eax, PKRU_BIT
  xor edx, edx
  xrstor [rdi]
  passes "XRSTOR of the initial state gives them", mov eax, [rbx]
  xor ecx, ecx
  rdpkru
  expect "PKRU", rax, 0

  corner K05
  pkru WD5
  mov eax, SSE_BIT + PKRU_BIT
  xor edx, edx
  mov ecx, 5
  movq xmm1, rcx
  xsaves [rdi]
  expect "XSTATE_BV", [rip + area + 512], SSE_BIT + PKRU_BIT
  mov rax, 0x8000000000000202
  expect "XCOMP_BV", [rip + area + 520], rax
  mov eax, [rdi + 576]
  expect "PKRU stands behind the header", rax, WD5
  mov dword ptr [rdi + 576], AD5
  mov eax, SSE_BIT + PKRU_BIT
  xrstors [rdi]
  xor ecx, ecx
  rdpkru
  expect "XRSTORS", rax, AD5
  # What XRSTORS loaded and nobody changed is not saved to the same area.
  mov qword ptr [rdi + 176], 0x77
  mov dword ptr [rdi + 576], 0x77
  mov eax, SSE_BIT + PKRU_BIT
  xor edx, edx
  xsaves [rdi]
  expect "XMM1 is not saved", [rip + area + 176], 0x77
  mov eax, [rdi + 576]
  expect "PKRU is not saved", rax, 0x77
  pkru WD5
  mov eax, SSE_BIT + PKRU_BIT
  xsaves [rdi]
  expect "XMM1 still is not", [rip + area + 176], 0x77
  mov eax, [rdi + 576]
  expect "PKRU has changed", rax, WD5
  mov eax, SSE_BIT + PKRU_BIT
  xsaves [rdi + 4096]
  expect "another area has it all", [rip + area + 4096 + 176], 5
  faults "XSAVES, misaligned", GP_, 0, xsaves [rdi + 8]
  mov qword ptr [rdi + 520], 0
  faults "XRSTORS of the standard format", GP_, 0, xrstors [rdi]
  user_faults "XSAVES of a user", GP_, 0, user_xsaves
  user_faults "XRSTORS of a user", GP_, 0, user_xrstors
  pkru 0
  ret

user_read:
  mov eax, [rbx]
  int END_VECTOR
user_write:
  mov [rbx], eax
  int END_VECTOR
user_write_third:
  mov [rbx + 2 * 4096], eax
  int END_VECTOR
user_xsaves:
  xsaves [rdi]
  int END_VECTOR
user_xrstors:
  xrstors [rdi]
  int END_VECTOR

.section .rodata
text_absent: .asciz "no protection keys\n"

.section .bss
.balign 4096
area: .skip 8192
