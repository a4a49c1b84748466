# Virtual-8086 mode: what IOPL 3 and IOPL 0 allow, and how exceptions leave it.
.include "rom32.inc"
.set V86_CODE, 0x8000                         # where the 16-bit code is copied to
.set V86_SELECTOR, 0x800

# Runs LABEL (16-bit code) in virtual-8086 mode with FLAGS until an exception; its results show in trap_*.
.macro v86 label:req, flags:req
  mov esi, offset \label
  mov edi, V86_CODE
  mov ecx, 64
  rep movsb
  mov dword ptr [trap_vector], -1
  mov dword ptr [trap_error], -1
  mov dword ptr [resume_eip], offset .Lafter\@
  mov [resume_esp], esp
  mov dword ptr [seen_flags], (\flags) | VM | 2
  mov dword ptr [v86_selectors], 0x1234
  push dword ptr [v86_gs]
  push dword ptr [v86_fs]
  push dword ptr [v86_ds]
  push dword ptr [v86_es]
  push dword ptr [v86_ss]
  push dword ptr [v86_sp]
  push dword ptr [seen_flags]
  push dword ptr [v86_cs]
  push 0
  iretd
.Lafter\@:
  mov eax, [trap_frame]
.endm

main:
  corner C44
  v86 code_privileged, 0
  expect "HLT: vector", "[trap_vector]", GP_
  expect "HLT: code", "[trap_error]", 0
  expect "HLT: IP", "[trap_eip]", 0
  expect "CS", "[trap_cs]", V86_SELECTOR
  expect "SS", "[trap_ss]", 0x700
  expect "SP", "[trap_esp]", 0xF00
  expect "ES in the frame", "[eax + 28]", 0x1111
  expect "DS in the frame", "[eax + 32]", 0x2222
  expect "FS in the frame", "[eax + 36]", 0x3333
  expect "GS in the frame", "[eax + 40]", 0x4444
  expect "DS is null in the handler", "[trap_ds]", 0
  expect "ES is null in the handler", "[trap_es]", 0
  mov eax, [trap_flags]
  and eax, VM | RF
  expect "VM and RF in the image", eax, VM | RF
  .irp name, cli, sti, pushf, popf, int, iret
    v86 code_\name, 0
    expect "IOPL 0: \name", "[trap_vector]", GP_
    expect "IOPL 0: \name, code", "[trap_error]", 0
    expect "IOPL 0: \name, IP", "[trap_eip]", 0
  .endr
  v86 code_cli, 0x3000
  expect "IOPL 3: CLI runs", "[trap_eip]", 1
  v86 code_pushf, 0x3000
  expect "IOPL 3: PUSHF runs", "[trap_eip]", 1
  v86 code_int, 0x3000
  expect "IOPL 3: INT n goes to the gate", "[trap_vector]", 0x40
  expect "IOPL 3: IP after it", "[trap_eip]", 2
  v86 code_segments, 0x3000
  movzx eax, word ptr [V86_CODE + 0x100]
  expect "base is selector times 16", eax, 0xBEEF
  movzx eax, word ptr [V86_CODE + 0x102]
  expect "PUSHF shows IOPL 3, VM as 0", eax, 0x3002
  v86 code_limit, 0x3000
  expect "word at FFFFh: vector", "[trap_vector]", GP_
  v86 code_stack_limit, 0x3000
  expect "word at SS:FFFFh by BP: vector", "[trap_vector]", SS_
  .irp name, lar, arpl, sldt, ltr, verr
    v86 code_\name, 0x3000
    expect "\name", "[trap_vector]", UD_
  .endr
  v86 code_cr0, 0x3000
  expect "MOV CR0", "[trap_vector]", GP_
  # I/O depends on the map alone, not on IOPL.
  v86 code_in, 0x3000
  expect "IN without a map", "[trap_vector]", GP_
  mov word ptr [tss + 0x66], 104
  mov byte ptr [tss + 104 + 8192], 0xFF
  v86 code_in, 0
  expect "IN with a map of zeros", "[trap_eip]", 2
  mov word ptr [tss + 0x66], 0xFFFF
  # The handler's level must be 0.
  describe 0, 0x00CFBB00, 0x0000FFFF          # code of DPL 1
  mov word ptr [idt + 0x40 * 8 + 2], FREE_SELECTOR
  v86 code_int, 0x3000
  expect "a gate to DPL 1", "[trap_vector]", GP_
  expect "a gate to DPL 1: code", "[trap_error]", FREE_SELECTOR
  mov word ptr [idt + 0x40 * 8 + 2], KERNEL_CS

  corner C37
  v86 code_int3, 0
  expect "INT3 is not subject to IOPL", "[trap_vector]", BP_
  expect "IP after INT3", "[trap_eip]", 1
  v86 code_int03, 0
  expect "CD 03 is", "[trap_vector]", GP_
  v86 code_int1, 0
  expect "INT1", "[trap_vector]", DB_

  corner A08
  # C4, C5 and 62 are LES, LDS and BOUND; never VEX.
  v86 code_vex, 0x3000
  expect "C5 with mod 3", "[trap_vector]", UD_
  expect "at once", "[trap_eip]", 0
  v86 code_les, 0x3000
  expect "C4 with memory is LES", "[trap_vector]", 0x40

  corner C45
  mov ecx, 0x10
  v86 code_rdmsr, 0x3000
  expect "RDMSR", "[trap_vector]", GP_

  corner C17
  mov eax, cr4
  or eax, CR4_UMIP
  mov cr4, eax
  v86 code_smsw, 0x3000
  expect "SMSW with UMIP", "[trap_vector]", GP_
  v86 code_sldt, 0x3000
  expect "SLDT is #UD first", "[trap_vector]", UD_
  mov eax, cr4
  and eax, ~CR4_UMIP
  mov cr4, eax
  v86 code_smsw, 0x3000
  expect "SMSW without", "[trap_vector]", 0x40
  ret

.code16
code_privileged: hlt
code_cli:
  cli
  hlt
code_sti:
  sti
  hlt
code_pushf:
  pushf
  hlt
code_popf:
  popf
  hlt
code_int: int 0x40
code_iret: iret
code_int3:
  int3
  hlt
code_int03: .byte 0xCD, 0x03
code_int1: .byte 0xF1
code_segments:
  mov ax, V86_SELECTOR
  mov ds, ax
  mov word ptr ds:[0x100], 0xBEEF
  pushf
  pop word ptr ds:[0x102]
  int 0x40
code_limit:
  mov ax, [0xFFFF]
  int 0x40
code_stack_limit:
  mov bp, 0xFFFF
  mov ax, [bp]
  int 0x40
code_lar: lar ax, cx
code_arpl: .byte 0x63, 0xC8
code_sldt: .byte 0x0F, 0x00, 0xC0
code_ltr: .byte 0x0F, 0x00, 0xD8
code_verr: .byte 0x0F, 0x00, 0xE0
code_cr0: .byte 0x0F, 0x20, 0xC0
code_in:
  in al, 0x80
  hlt
code_vex: .byte 0xC5, 0xF8, 0x58, 0xC1
code_les:
  .byte 0xC4, 0x0E, 0x00, 0x01                # les cx, [100h]
  int 0x40
code_rdmsr: rdmsr
code_smsw:
  .byte 0x0F, 0x01, 0xE0                      # smsw ax
  int 0x40
  .skip 64
.code32

.section .data
.balign 4
v86_gs: .long 0x4444
v86_fs: .long 0x3333
v86_ds: .long 0x2222
v86_es: .long 0x1111
v86_ss: .long 0x700
v86_sp: .long 0xF00
v86_cs: .long V86_SELECTOR
.section .bss
v86_selectors: .skip 4
