# The rest of the board: 8042, port 92h, ACPI, clocks, what is absent, MTRRs, machine check, firmware configuration.
.include "rom.inc"
.macro output port:req, value:req
  mov edx, \port
  mov al, \value
  out dx, al
.endm
.macro input port:req
  mov edx, \port
  xor eax, eax
  in al, dx
.endm

main:
  corner F28
  input 0x64
  and eax, 3
  expect "status: nothing waits", rax, 0
  output 0x64, 0xAA
  input 0x64
  and eax, 1
  expect "output buffer full", rax, 1
  input 0x60
  expect "self test", rax, 0x55
  input 0x64
  and eax, 1
  expect "read empties it", rax, 0
  output 0x64, 0xD0
  input 0x60
  and eax, 3
  expect "output port: A20 on, not reset", rax, 3
  output 0x64, 0x60
  output 0x60, 0x21
  output 0x64, 0x20
  input 0x60
  expect "command byte", rax, 0x21
  output 0x64, 0xA8
  output 0x64, 0x20
  input 0x60
  and eax, 0x20
  expect "A8h enables no second port", rax, 0x20

  corner W25
  .irp command, 0x20, 0x21, 0x3F, 0xA4, 0xA9, 0xAA, 0xAB, 0xC0, 0xD0, 0xE0
    output 0x64, \command
    input 0x64
    and eax, 1
    expect "\command answers", rax, 1
    input 0x60
  .endr
  output 0x64, 0xC0
  input 0x60
  expect "input port", rax, 0xB0
  .irp command, 0xA6, 0xA7, 0xA8, 0xAD, 0xAE, 0xC1, 0xC2, 0xFF
    output 0x64, \command
    input 0x64
    and eax, 1
    expect "\command does not", rax, 0
  .endr

  corner W26
  output 0x60, 0xFF
  input 0x64
  and eax, 0x41
  expect "an answer, and timeout", rax, 0x41
  input 0x60
  expect "resend", rax, 0xFE
  input 0x64
  and eax, 0x41
  expect "that was it", rax, 0

  corner F29
  input 0x92
  or al, 2
  out dx, al
  input 0x92
  and eax, 3
  expect "A20 bit reads back", rax, 2

  corner F31
  mov edx, 0x604
  xor eax, eax
  in ax, dx
  expect "PM1 control: SCI_EN", rax, 1
  mov edx, 0x600
  xor eax, eax
  in ax, dx
  expect "PM1 status", rax, 0
  # PM timer against the TSC: 3.579545 MHz.
  mov edx, 0x608
  in eax, dx
  mov esi, eax
  rdtsc
  mov edi, eax
  mov ecx, 1000000
1:
  dec ecx
  jnz 1b
  mov edx, 0x608
  in eax, dx
  sub eax, esi
  mov esi, eax
  rdtsc
  sub eax, edi
  # ticks * 10^9 / ns, rounded to kHz
  imul rcx, rsi, 1000000
  mov ebx, eax
  mov rax, rcx
  xor edx, edx
  div rbx
  sub rax, 3579
  cmp rax, 2
  setb al
  movzx eax, al
  expect "3,579 kHz", rax, 1
  call find_rsdp
  test rax, rax
  setnz cl
  movzx ecx, cl
  expect "RSDP between E0000h and FFFFFh with its checksum", rcx, 1

  corner F32
  # PIT channel 2 against the TSC: 1.193182 MHz.
  output 0x61, 1
  output 0x43, 0xB0
  output 0x42, 0xFF
  output 0x42, 0xFF
  rdtsc
  mov edi, eax
  mov ecx, 10000000
2:
  dec ecx
  jnz 2b
  output 0x43, 0x80
  input 0x42
  mov ebx, eax
  input 0x42
  shl eax, 8
  or ebx, eax
  rdtsc
  sub eax, edi
  mov ecx, 0xFFFF
  sub ecx, ebx
  imul rcx, rcx, 1000000
  mov ebx, eax
  mov rax, rcx
  xor edx, edx
  div rbx
  sub rax, 1191
  cmp rax, 4
  setb al
  movzx eax, al
  expect "PIT against TSC: 1193 kHz", rax, 1
  mov eax, 0x80000007
  cpuid
  shr edx, 8
  and edx, 1
  mov eax, edx
  expect "invariant TSC", rax, 1
  mov eax, 0x40000010
  cpuid
  expect "leaf 40000010h: TSC in kHz", rax, 1000000
  write_msr 0x10, 0x100000000000
  rdtsc
  expect "TSC is writable", rdx, 0x1000
  read_msr 0x3B
  shr rax, 40
  expect "TSC_ADJUST moves with it", rax, 0xF
  write_msr 0x3B, 0
  rdtsc
  expect "and the TSC with TSC_ADJUST", rdx, 0
  mov rax, cr4
  or eax, CR4_TSD
  mov cr4, rax
  user_faults "RDTSC at CPL 3 with TSD", GP_, 0, user_rdtsc
  user_faults "RDTSCP at CPL 3 with TSD", GP_, 0, user_rdtscp
  passes "CPL 0 may", rdtsc
  mov rax, cr4
  and eax, ~CR4_TSD
  mov cr4, rax
  user user_rdtsc
  expect "without TSD", [rip + trap_vector], 0x40
  write_msr 0xC0000103, 0x1234
  rdtscp
  expect "RDTSCP: ECX is TSC_AUX", rcx, 0x1234

  corner F33
  mov ebx, 0xFED00000
  mov eax, [rbx]
  expect "no HPET", rax, 0xFFFFFFFF

  corner F34
  mov edx, 0xCF8
  mov eax, 0x80000000
  out dx, eax
  mov edx, 0xCFC
  in eax, dx
  expect "no device 0:0.0", rax, 0xFFFFFFFF
  xor eax, eax
  in ax, dx
  expect "word", rax, 0xFFFF
  xor eax, eax
  mov edx, 0xCFE
  in al, dx
  expect "byte", rax, 0xFF
  mov edx, 0xCF8
  in eax, dx
  expect "CF8h reads back", rax, 0x80000000
  mov al, 0x55
  out dx, al
  in eax, dx
  expect "a byte write is another register", rax, 0x80000000

  corner F37
  mov eax, 1
  cpuid
  shr ecx, 3
  and ecx, 1
  mov eax, ecx
  expect "CPUID says no MONITOR", rax, 0
  faults "MONITOR", UD_, 0, .byte 0x0F, 0x01, 0xC8
  faults "MWAIT", UD_, 0, .byte 0x0F, 0x01, 0xC9
  # HLT jumps to the next event: a second passes in few instructions.
  handle 0x31, note
  mov ebx, 0xFEE00000
  mov dword ptr [rbx + 0xF0], 0x1FF
  mov dword ptr [rbx + 0x3E0], 0x0B
  mov dword ptr [rbx + 0x320], 0x31
  rdtsc
  mov esi, eax
  mov dword ptr [rbx + 0x380], 1000000000
  sti
  hlt
  cli
  rdtsc
  sub eax, esi
  sub eax, 1000000000
  cmp eax, 1000
  setb al
  movzx eax, al
  expect "one second by HLT, to a microsecond", rax, 1

  corner F38
  faults "RSM outside SMM", UD_, 0, .byte 0x0F, 0xAA
  mov ecx, 0x9E
  faults "SMBASE", GP_, 0, rdmsr
  mov ecx, 0xFE
  rdmsr
  shr eax, 11
  and eax, 1
  expect "MTRRcap: no SMRR", rax, 0
  mov ebx, 0xFEE00000
  passes "an SMI IPI is dropped", mov dword ptr [rbx + 0x300], 0x44200
  input 0xB2
  expect "no SMI port", rax, 0xFF

  corner F39
  mov ecx, 0xFE
  rdmsr
  and eax, 0xFF
  expect "variable ranges", rax, 8
  .irp number, 0x200, 0x20E
    write_msr \number, 0xC0000006
    read_msr \number
    expect "base \number", rax, 0xC0000006
  .endr
  write_msr 0x201, 0xFFC0000800
  read_msr 0x201
  mov rcx, 0xFFC0000800
  expect "mask", rax, rcx
  mov ecx, 0x200
  mov eax, 2
  xor edx, edx
  faults "type 2", GP_, 0, wrmsr
  mov eax, 0x100
  faults "reserved bit of a base", GP_, 0, wrmsr
  mov ecx, 0x201
  mov edx, 0x100
  mov eax, 0x800
  faults "mask above MAXPHYADDR", GP_, 0, wrmsr
  mov ecx, 0x250
  mov eax, 0x06060605
  mov edx, 0x06060606
  passes "fixed range", wrmsr
  mov eax, 0x06060602
  faults "fixed range, type 2", GP_, 0, wrmsr
  write_msr 0x2FF, 0xC06
  read_msr 0x2FF
  expect "default type", rax, 0xC06

  corner F40
  mov eax, 1
  cpuid
  mov eax, edx
  and eax, 1 << 7 | 1 << 14
  expect "MCE and MCA", rax, 1 << 7 | 1 << 14
  read_msr 0x179
  and eax, 0xFF
  expect "MCG_CAP: no banks", rax, 0
  read_msr 0x17A
  expect "MCG_STATUS", rax, 0
  mov rax, cr4
  or eax, 0x40
  passes "CR4.MCE", mov cr4, rax
  mov ecx, 0x400
  faults "no bank 0", GP_, 0, rdmsr

  corner F41
  # fw_cfg, E9h, the command line's first word.
  mov edx, 0x510
  xor eax, eax
  out dx, ax
  mov edx, 0x511
  xor ecx, ecx
  mov edi, 4
3:
  shl ecx, 8
  in al, dx
  mov cl, al
  dec edi
  jnz 3b
  expect "fw_cfg signature", rcx, 0x51454D55
  mov edx, 0x510
  mov eax, 5
  out dx, ax
  input 0x511
  expect "processor count", rax, 1
  mov edx, 0x510
  mov eax, 3
  out dx, ax
  mov edx, 0x511
  xor ecx, ecx
  in al, dx
  in al, dx
  in al, dx
  in al, dx
  movzx eax, al
  expect "RAM size, byte 3", rax, 4             # 64 MiB
  input 0xE9
  expect "E9h reads E9h", rax, 0xE9
  mov eax, [rip + boot_eax]
  expect "EAX at entry", rax, 0x2BADB002
  mov ebx, [rip + boot_ebx]
  mov eax, [rbx]
  and eax, 0x45
  expect "Multiboot flags: memory, command line, map", rax, 0x45
  mov esi, [rbx + 16]
  mov rax, [rsi]
  mov rcx, 0x6D726F6674616C70
  expect "the image's name is the first word: platform", rax, rcx
  mov eax, [rbx + 8]
  expect "upper memory in KiB", rax, 63 * 1024
  # fw_cfg's command line: item 14h is its size, 15h its text.
  mov edx, 0x510
  mov eax, 0x14
  out dx, ax
  input 0x511
  expect "fw_cfg: size of the command line", rax, 5
  mov edx, 0x510
  mov eax, 0x15
  out dx, ax
  input 0x511
  expect "fw_cfg: command line", rax, 0x61

  corner D26
  # An aligned access of the local APIC's page is one access; the register is 32 bits on a step of 16.
  mov ebx, 0xFEE00000
  mov eax, [rbx + 0x30]
  mov ecx, [rbx + 0x30]
  expect "same value twice", rax, rcx
  mov dword ptr [rbx + 0x280], 0
  mov rsi, rbx
  add rsi, 0x380
  lea rdi, [rip + scratch]
  mov ecx, 1
  rep movsd
  mov eax, [rip + scratch]
  mov ecx, [rbx + 0x380]
  expect "REP MOVSD of a register", rax, rcx
  lock or dword ptr [rbx + 0x80], 0x20
  mov eax, [rbx + 0x80]
  expect "RMW of a register: read, then write", rax, 0x20
  mov dword ptr [rbx + 0x80], 0
  movups xmm0, [rbx + 0x30]
  movd eax, xmm0
  mov ecx, [rbx + 0x30]
  expect "16 bytes", rax, rcx
  ret

find_rsdp:
  mov eax, 0xE0000
  mov rcx, 0x2052545020445352
1:
  cmp [rax], rcx
  je 2f
  add eax, 16
  cmp eax, 0x100000
  jb 1b
  xor eax, eax
  ret
2:
  xor edx, edx
  xor esi, esi
3:
  add dl, [rax + rsi]
  inc esi
  cmp esi, 20
  jne 3b
  test dl, dl
  jz 4f
  xor eax, eax
4:
  ret

note:
  mov eax, 0xFEE00000
  mov dword ptr [rax + 0xB0], 0
  ret
user_rdtsc:
  rdtsc
  int 0x40
user_rdtscp:
  rdtscp
  int 0x40
