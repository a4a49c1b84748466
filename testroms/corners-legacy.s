# Corners of 16- and 32-bit protected mode.
.include "rom32.inc"

main:
  corner A08
  # mod = 3 is VEX (absent: #UD), anything else LES, LDS or BOUND.
  faults "C5 with mod 3", UD_, 0, .byte 0xC5, 0xF8, 0x58, 0xC1
  faults "C4 with mod 3", UD_, 0, .byte 0xC4, 0xE1, 0x78, 0x58, 0xC1
  faults "62 with mod 3", UD_, 0, .byte 0x62, 0xF1, 0x7C, 0x48, 0x58, 0xC1
  mov dword ptr [scratch], 0x12345678
  mov word ptr [scratch + 4], KERNEL_DS
  mov ebx, offset scratch
  .byte 0xC4, 0x0B                            # les ecx, [ebx]
  expect "C4 with memory is LES", ecx, 0x12345678
  .byte 0xC5, 0x13                            # lds edx, [ebx]
  expect "C5 with memory is LDS", edx, 0x12345678
  mov dword ptr [scratch], 0
  mov dword ptr [scratch + 4], 10
  mov eax, 10
  passes "BOUND inside", bound eax, [ebx]
  mov eax, 11
  faults "BOUND above", BR_, 0, bound eax, [ebx]
  mov eax, -1
  faults "BOUND below", BR_, 0, bound eax, [ebx]

  corner A14
  # 63 is ARPL here.
  mov eax, 0x10
  mov ecx, 3
  .byte 0x63, 0xC8                            # arpl ax, cx
  expect_flags "ZF: adjusted", ZF, ZF
  expect "RPL raised", eax, 0x13
  mov ecx, 1
  .byte 0x63, 0xC8
  expect_flags "ZF clear: nothing to do", ZF, 0
  expect "kept", eax, 0x13

  corner A16
  mov eax, 0x11
  .byte 0x82, 0xC0, 0x01
  expect "82 is 80", eax, 0x12
  stc
  .byte 0xD6
  expect "SALC with CF", eax, 0xFF
  clc
  .byte 0xD6
  expect "SALC without", eax, 0

  corner A21
  # A code segment of 16 bits whose last bytes hold code: base such that FFFFh lies in the scratch area.
  segment 0, scratch, 0xFFFF, 0x9B, 0
  segment 1, scratch, 0xFFF, 0x9B, 0x40
  segment 2, scratch, 0xFFD, 0x9B, 0x40
  mov dword ptr [scratch + 0xFFFC], 0xF4900B0F
  mov word ptr [scratch + 0xFFFE], 0x66B8     # mov eax, ... runs over the end
  mov word ptr [far_target], 0xFFFE
  mov word ptr [far_target + 4], FREE_SELECTOR
  mov dword ptr [far_target], 0xFFFE
  mov dword ptr [resume_eip], offset .Lresume1
  mov [resume_esp], esp
  jmp fword ptr [far_target]
.Lresume1:
  expect "bytes past the limit: vector", "dword ptr [trap_vector]", GP_
  expect "bytes past the limit: code", "dword ptr [trap_error]", 0
  expect "bytes past the limit: EIP", "dword ptr [trap_eip]", 0xFFFE
  expect "bytes past the limit: CS", "dword ptr [trap_cs]", FREE_SELECTOR
  mov word ptr [scratch + 0xFFE], 0x0B0F      # ud2 in the last two bytes
  mov dword ptr [far_target], 0xFFE
  mov word ptr [far_target + 4], FREE_SELECTOR + 8
  mov dword ptr [resume_eip], offset .Lresume2
  mov [resume_esp], esp
  jmp fword ptr [far_target]
.Lresume2:
  expect "the last bytes are fetched", "dword ptr [trap_vector]", UD_
  mov dword ptr [far_target], 0x1000
  faults "target beyond the limit faults at the branch", GP_, 0, jmp fword ptr [far_target]
  mov word ptr [scratch + 0xFFC], 0x02EB      # jmp +2 to FFEh, past the limit FFDh
  mov dword ptr [far_target], 0xFFC
  mov word ptr [far_target + 4], FREE_SELECTOR + 16
  mov dword ptr [resume_eip], offset .Lresume3
  mov [resume_esp], esp
  jmp fword ptr [far_target]
.Lresume3:
  expect "near jump past the limit: vector", "dword ptr [trap_vector]", GP_
  expect "near jump past the limit: EIP of the jump", "dword ptr [trap_eip]", 0xFFC

  corner B12
  mov eax, 0x1234
  .byte 0xD4, 0x0A
  expect "AAM", eax, 0x1502 - 0x1000
  mov eax, 0xFF
  .byte 0xD4, 0x10
  expect "AAM 16", eax, 0x0F0F
  expect_flags "flags from AL", SF | ZF | PF, PF
  mov eax, 5
  faults "AAM 0", DE_, 0, .byte 0xD4, 0
  expect "kept", eax, 5
  mov eax, 0x0203
  .byte 0xD5, 0x0A
  expect "AAD", eax, 23
  mov eax, 0x1001
  .byte 0xD5, 0x10
  expect "AAD 16 wraps", eax, 1
  mov eax, 0x0100
  .byte 0xD5, 0x00
  expect "AAD 0", eax, 0
  expect_flags "flags from AL", SF | ZF | PF, ZF | PF

  corner B19
  call decimal_sweep
  expect "DAA, DAS, AAA, AAS over all AL, AF, CF: differences", ebp, 0
  expect "cases", "dword ptr [decimal_cases]", 4096

  corner W08
  # rSP moves by the old SS.B. Stacks of 16 and 32 bits over the same bytes.
  segment 1, scratch - 0x10000, 0xFFFFF, 0x93, 0xC0
  segment 2, scratch, 0xFFFF, 0x93, 0
  mov ebp, esp
  mov dword ptr [scratch + 0xFFFC], FREE_SELECTOR + 8
  mov eax, FREE_SELECTOR + 16
  mov ss, ax
  mov esp, 0x2FFFC
  .byte 0x17                                  # pop ss, 4 bytes
  mov edi, esp
  mov ecx, KERNEL_DS
  mov ss, cx
  mov esp, ebp
  expect "POP SS from 16 to 32 bits wraps SP", edi, 0x20000
  mov dword ptr [scratch + 0xFFFC], FREE_SELECTOR + 16
  mov eax, FREE_SELECTOR + 8
  mov ss, ax
  mov esp, 0x1FFFC
  .byte 0x17
  mov edi, esp
  mov ss, cx
  mov esp, ebp
  expect "POP SS from 32 to 16 bits does not", edi, 0x20000
  mov word ptr [scratch + 0xFFFE], FREE_SELECTOR + 16
  mov eax, FREE_SELECTOR + 8
  mov ss, ax
  mov esp, 0x1FFFE
  .byte 0x66, 0x17
  mov edi, esp
  mov ss, cx
  mov esp, ebp
  expect "with a 16-bit operand", edi, 0x20000

  corner W09
  mov [saved_esp], esp
  mov ecx, KERNEL_DS
  mov eax, FREE_SELECTOR + 16
  mov ss, ax
  mov esp, 0x1FFF0
  mov ebp, 0x2FFEC
  enter 8, 1
  mov esi, ebp
  mov edi, esp
  mov edx, [scratch + 0xFFE8]
  mov ss, cx
  mov esp, [saved_esp]
  expect "EBP is all of ESP", esi, 0x1FFEC
  expect "and so is the frame pointer on the stack", edx, 0x1FFEC
  expect "ESP", edi, 0x1FFE0

  corner W10
  # A 16-bit gate has an offset of 16 bits, whatever stands above it.
  segment 0, gate16_target, 0xFFFF, 0x9B, 0x40
  mov dword ptr [idt + 0x33 * 8], FREE_SELECTOR << 16
  mov dword ptr [idt + 0x33 * 8 + 4], 0xFFFF8600
  mov [resume_esp], esp
  mov dword ptr [resume_eip], offset .Lgate16
  int 0x33
.Lgate16:
  expect "16-bit interrupt gate", "dword ptr [trap_vector]", UD_
  expect "its offset", "dword ptr [trap_eip]", 0
  mov dword ptr [idt + 0x33 * 8 + 4], 0xFFFF8700
  mov [resume_esp], esp
  mov dword ptr [resume_eip], offset .Lgate17
  int 0x33
.Lgate17:
  expect "16-bit trap gate", "dword ptr [trap_vector]", UD_
  expect "its offset", "dword ptr [trap_eip]", 0

  corner B21
  mov dword ptr [scratch], -1
  mov ebx, esp
  mov esp, offset scratch + 4
  .byte 0x1E                                  # push ds
  mov esp, ebx
  expect "32-bit PUSH DS writes 4 bytes (Zen 3)", "dword ptr [scratch]", KERNEL_DS
  mov esp, offset scratch + 4
  .byte 0x66, 0x1E
  mov eax, esp
  mov esp, ebx
  expect "with 66h it takes 2 bytes", eax, "offset scratch + 2"

  corner C01
  segment 0, scratch, 0xFFF, 0x93, 0x40       # data, limit FFFh
  segment 1, scratch, 0xFFF, 0x97, 0x40       # expand down, B = 1
  segment 2, scratch, 0xFFF, 0x97, 0x00       # expand down, B = 0
  segment 3, scratch, 0x1, 0x93, 0xC0         # limit 1FFFh by granularity
  segment 4, scratch, 0xFFF, 0x91, 0x40       # read-only
  segment 5, scratch, 0xFFF, 0x99, 0x40       # execute-only code
  mov eax, FREE_SELECTOR
  mov fs, ax
  passes "byte at the limit", mov cl, fs:[0xFFF]
  passes "word ending at the limit", mov cx, fs:[0xFFE]
  faults "word across the limit", GP_, 0, mov cx, fs:[0xFFF]
  faults "dword across the limit", GP_, 0, mov ecx, fs:[0xFFD]
  faults "dword wrapping at 4 GiB", GP_, 0, mov ecx, fs:[0xFFFFFFFE]
  faults "write past the limit", GP_, 0, mov fs:[0x1000], cl
  mov eax, FREE_SELECTOR + 8
  mov fs, ax
  faults "expand-down: at the limit", GP_, 0, mov cl, fs:[0xFFF]
  passes "expand-down: above the limit", mov cl, fs:[0x1000]
  passes "expand-down, B = 1: 64 KiB and more", mov cl, fs:[0x10000]
  faults "expand-down: across the limit", GP_, 0, mov cx, fs:[0xFFF]
  mov eax, FREE_SELECTOR + 16
  mov fs, ax
  passes "expand-down, B = 0: FFFFh", mov cl, fs:[0xFFFF]
  faults "expand-down, B = 0: 10000h", GP_, 0, mov cl, fs:[0x10000]
  faults "expand-down, B = 0: word at FFFFh", GP_, 0, mov cx, fs:[0xFFFF]
  mov eax, FREE_SELECTOR + 24
  mov fs, ax
  passes "G = 1: low bits of the limit are ones", mov cl, fs:[0x1FFF]
  faults "G = 1: beyond", GP_, 0, mov cl, fs:[0x2000]
  mov eax, FREE_SELECTOR + 32
  mov fs, ax
  passes "read-only: read", mov cl, fs:[0]
  faults "read-only: write", GP_, 0, mov fs:[0], cl
  mov eax, FREE_SELECTOR + 40
  faults "execute-only code as data segment", GP_, FREE_SELECTOR + 40, mov fs, ax
  mov eax, GDT_BYTES
  faults "selector beyond the GDT limit", GP_, GDT_BYTES, mov fs, ax
  xor eax, eax
  mov fs, ax

  corner C02
  segment 0, scratch, 0xFFF, 0x93, 0x40
  segment 1, scratch, 0xFFF, 0x13, 0x40       # not present
  mov eax, FREE_SELECTOR + 8
  faults "not-present SS", SS_, FREE_SELECTOR + 8, mov ss, ax
  faults "not-present DS", NP_, FREE_SELECTOR + 8, mov ds, ax
  mov ebx, esp
  mov eax, FREE_SELECTOR
  mov dword ptr [resume_eip], offset .Lresume4
  mov [resume_esp], ebx
  # A task gate is not needed: the handler's frame would not fit, so only the limit is tested through EBP.
  mov ss, ax
  mov esp, 0x800
  mov ebp, 0x1000
  mov eax, [ebp]
.Lresume4:
  mov dword ptr [resume_eip], 0
  expect "past the SS limit by EBP", "dword ptr [trap_vector]", SS_
  expect "code 0", "dword ptr [trap_error]", 0

  corner C06
  # NT = 1 with a back link that names no busy TSS.
  mov word ptr [tss], FREE_SELECTOR
  set_flags 0x4002
  faults "IRET with NT to what is not a TSS", TS_, FREE_SELECTOR, iretd
  set_flags 2
  mov word ptr [tss], 0
  set_flags 0x4002
  faults "IRET with NT and a null back link", TS_, 0, iretd
  set_flags 2

  corner C07
  # Data segments of DPL 0 are nulled by a return to CPL 3.
  mov eax, KERNEL_DS
  mov gs, ax
  mov eax, USER_DS
  mov fs, ax
  user take_selectors
  expect "GS of DPL 0 is null", "dword ptr [user_gs]", 0
  expect "FS of DPL 3 stays", "dword ptr [user_fs]", USER_DS

  corner C08
  # A return to a stack segment with B = 0 loads SP alone; the upper half stays the kernel's.
  describe 0, 0x0000F300, 0x0000FFFF
  mov dword ptr [resume_eip], offset .Lsmall_stack
  mov [resume_esp], esp
  push FREE_SELECTOR + 3
  push dword ptr [small_esp]
  push 2
  push USER_CS
  push dword ptr [small_eip]
  iretd
.Lsmall_stack:
  mov eax, [trap_esp]
  and eax, 0xFFFF
  expect "SP", eax, 0x0F00
  mov eax, [trap_esp]
  shr eax, 16
  mov ecx, esp
  shr ecx, 16
  expect "ESP[31:16]", eax, ecx
  expect "SS", "[trap_ss]", FREE_SELECTOR + 3

  corner C18
  mov ecx, KERNEL_CS
  lar eax, ecx
  expect_flags "LAR of code", ZF, ZF
  expect "LAR masks 00FxFF00", eax, 0x00CF9B00
  lsl eax, ecx
  expect "LSL scales by G", eax, 0xFFFFFFFF
  mov ecx, TSS_SELECTOR
  lsl eax, ecx
  expect "LSL of a TSS", eax, 0x2068
  mov eax, 0x1234
  xor ecx, ecx
  lar eax, ecx
  expect_flags "LAR of null", ZF, 0
  expect "kept", eax, 0x1234
  describe 0, 0x0000EC00, 0x00080000          # call gate
  mov ecx, FREE_SELECTOR
  lar eax, ecx
  expect_flags "LAR of a call gate", ZF, ZF
  lsl eax, ecx
  expect_flags "LSL of a call gate fails", ZF, 0
  describe 0, 0x00008E00, 0x00080000          # interrupt gate
  lar eax, ecx
  expect_flags "LAR of an interrupt gate fails", ZF, 0
  describe 0, 0x00008100, 0x00000067          # 16-bit TSS
  lar eax, ecx
  expect_flags "LAR of a 16-bit TSS", ZF, ZF
  describe 0, 0x00CF1300, 0x0000FFFF          # data, not present
  lar eax, ecx
  expect_flags "LAR of a not-present segment", ZF, ZF
  verr cx
  expect_flags "VERR of data", ZF, ZF
  mov ecx, KERNEL_CS
  verr cx
  expect_flags "VERR of readable code", ZF, ZF
  verw cx
  expect_flags "VERW of code fails", ZF, 0
  mov ecx, 0xFFF0
  lar eax, ecx
  expect_flags "LAR beyond the limit", ZF, 0
  mov ecx, KERNEL_DS + 3
  lar eax, ecx
  expect_flags "LAR with RPL 3 of DPL 0", ZF, 0

  corner C19
  xor eax, eax
  mov fs, ax
  faults "use after a null load", GP_, 0, mov cl, fs:[0]
  mov eax, 3
  passes "load of 3", mov fs, ax
  faults "use after a load of 3", GP_, 0, mov fs:[0], cl
  xor eax, eax
  faults "null SS", GP_, 0, mov ss, ax
  mov dword ptr [far_target], offset main
  mov word ptr [far_target + 4], 0
  faults "null CS", GP_, 0, jmp fword ptr [far_target]
  faults "null TR", GP_, 0, ltr ax
  passes "null LDTR", lldt ax
  mov eax, 4
  faults "selector in an absent LDT", GP_, 4, mov fs, ax

  corner C20
  segment 0, scratch, 0xFFF, 0x92, 0x40       # A = 0
  mov eax, FREE_SELECTOR
  mov fs, ax
  movzx eax, byte ptr [gdt_free + 5]
  expect "the load sets A", eax, 0x93
  mov byte ptr [gdt_free + 5], 0x89           # available TSS
  mov word ptr [gdt_free], 0x67
  mov eax, FREE_SELECTOR
  ltr ax
  movzx eax, byte ptr [gdt_free + 5]
  expect "LTR sets busy", eax, 0x8B
  mov byte ptr [gdt + TSS_SELECTOR + 5], 0x89
  mov eax, TSS_SELECTOR
  ltr ax

  corner C21
  segment 0, tss, 0x67, 0x8B, 0
  mov eax, FREE_SELECTOR
  faults "LTR of a busy TSS", GP_, FREE_SELECTOR, ltr ax
  segment 0, tss, 0x67, 0x09, 0
  faults "LTR of a not-present TSS", NP_, FREE_SELECTOR, ltr ax
  mov eax, KERNEL_DS
  faults "LTR of data", GP_, KERNEL_DS, ltr ax
  mov eax, FREE_SELECTOR + 4
  faults "LTR with TI", GP_, FREE_SELECTOR + 4, ltr ax
  segment 0, scratch, 0x3F, 0x82, 0
  mov eax, FREE_SELECTOR
  passes "LLDT", lldt ax
  sldt eax
  expect "SLDT", eax, FREE_SELECTOR
  mov eax, TSS_SELECTOR
  faults "LLDT of a TSS", GP_, TSS_SELECTOR, lldt ax
  xor eax, eax
  lldt ax
  user_faults "LLDT at CPL 3", GP_, 0, user_lldt

  corner C22
  # From CPL 3 through a 32-bit call gate with two parameters.
  describe 0, 0x0000EC02, KERNEL_CS << 16
  mov eax, offset gate_target
  mov [gdt_free], ax
  shr eax, 16
  mov [gdt_free + 6], ax
  user through_gate
  expect "ended at CPL 0", "dword ptr [trap_vector]", 0x40
  expect "first parameter", "dword ptr [gate_first]", 0x1111
  expect "second parameter", "dword ptr [gate_second]", 0x2222
  expect "CS of the caller", "dword ptr [gate_cs]", USER_CS
  expect "new stack from the TSS", "dword ptr [gate_esp]", "offset kernel_stack_top - 24"
  expect "ESP of the caller", "dword ptr [gate_old_esp]", "offset user_stack_top - 8"
  expect "SS of the caller", "dword ptr [gate_old_ss]", USER_DS
  describe 0, 0x00008C00, KERNEL_CS << 16     # DPL 0
  user_faults "gate of DPL 0", GP_, FREE_SELECTOR, call_gate_only
  describe 0, 0x00006C00, KERNEL_CS << 16     # not present
  user_faults "not-present gate", NP_, FREE_SELECTOR, call_gate_only
  describe 0, 0x0000EC00, KERNEL_DS << 16
  user_faults "gate to data", GP_, KERNEL_DS, call_gate_only
  describe 0, 0x0000EC00, 0
  user_faults "gate to null", GP_, 0, call_gate_only
  describe 0, 0x0000EC00, KERNEL_CS << 16
  user_faults "JMP through a gate to a lower level", GP_, KERNEL_CS, jump_gate_only

  corner C23
  # Conforming code of DPL 0 called from CPL 3: the level stays.
  describe 1, 0x00CF9F00, 0x0000FFFF
  user call_conforming
  expect "CPL stays 3", "dword ptr [conforming_cs]", FREE_SELECTOR + 8 + 3
  describe 1, 0x00CFFF00, 0x0000FFFF          # DPL 3, from CPL 0
  mov dword ptr [far_target], offset main
  mov word ptr [far_target + 4], FREE_SELECTOR + 8
  faults "conforming code of a less privileged level", GP_, FREE_SELECTOR + 8, jmp fword ptr [far_target]

  corner C24
  # RETF 8 from the gate's level: parameters go from both stacks.
  describe 0, 0x0000EC02, KERNEL_CS << 16
  mov eax, offset gate_return
  mov [gdt_free], ax
  shr eax, 16
  mov [gdt_free + 6], ax
  user through_gate
  expect "ended at CPL 3", "dword ptr [trap_cs]", USER_CS
  expect "both parameters are gone", "dword ptr [gate_left_esp]", "offset user_stack_top"

  corner C27
  # Vectors beyond the limit, gates that are absent or wrong.
  mov word ptr [idt_small], 0x30 * 8 - 1
  mov dword ptr [idt_small + 2], offset idt
  lidt [idt_small]
  faults "vector beyond the limit", GP_, 0x41 * 8 + 2, int 0x41
  lidt [idt_pointer]
  mov word ptr [idt + 0x41 * 8 + 4], 0x6E00
  faults "not-present gate", NP_, 0x41 * 8 + 2, int 0x41
  mov word ptr [idt + 0x41 * 8 + 4], 0x8900
  faults "gate of a wrong type", GP_, 0x41 * 8 + 2, int 0x41
  mov word ptr [idt + 0x41 * 8 + 4], 0xEE00
  mov word ptr [idt + 0x41 * 8 + 2], 0
  faults "null CS", GP_, 0, int 0x41
  mov word ptr [idt + 0x41 * 8 + 2], KERNEL_DS
  faults "CS is data", GP_, KERNEL_DS, int 0x41
  mov word ptr [idt + 0x41 * 8 + 2], KERNEL_CS
  mov word ptr [idt + 0x41 * 8 + 4], 0x8E00
  user_faults "INT n through a gate of DPL 0", GP_, 0x41 * 8 + 2, user_int
  mov word ptr [idt + BP_ * 8 + 4], 0x8E00
  user_faults "INT3 through a gate of DPL 0", GP_, BP_ * 8 + 2, user_int3
  mov word ptr [idt + BP_ * 8 + 4], 0xEE00
  # EXT is set when the first event was not INT n.
  mov word ptr [idt + UD_ * 8 + 4], 0x6E00
  faults "#UD through a not-present gate", NP_, UD_ * 8 + 3, ud2
  mov word ptr [idt + UD_ * 8 + 4], 0xEE00
  ret

# ESI 0 to 1023: AL, AF in bit 8, CF in bit 9. Four instructions each against the manual's algorithm written out.
decimal_sweep:
  xor ebp, ebp
  xor esi, esi
  mov dword ptr [decimal_cases], 0
1:
  .irp which, daa, das, aaa, aas
    mov eax, esi
    shr eax, 4
    and eax, 0x10                             # AF
    mov edx, esi
    shr edx, 9
    and edx, 1
    or eax, edx
    or eax, 2
    push eax
    mov eax, esi
    and eax, 0xFF
    or eax, 0x3300                            # AH = 33h
    popfd
    \which
    pushfd
    pop edx
    mov [seen_flags], edx
    push eax
    call wanted_\which
    pop edx
    xor edx, eax
    or ebp, edx
    mov edx, [seen_flags]
    xor edx, ebx
    and edx, ecx
    or ebp, edx
    inc dword ptr [decimal_cases]
  .endr
  inc esi
  cmp esi, 1024
  jne 1b
  ret

# Each gives EAX = wanted AX, EBX = wanted flags, ECX = mask of defined flags, from ESI.
wanted_daa:
  mov eax, esi
  and eax, 0xFF
  xor ebx, ebx
  mov edx, eax
  and edx, 15
  cmp edx, 9
  ja 1f
  test esi, 0x100
  jz 2f
1:
  or ebx, AF
  lea eax, [eax + 6]
2:
  mov edx, esi
  and edx, 0xFF
  cmp edx, 0x99
  ja 3f
  test esi, 0x200
  jz decimal_flags
3:
  or ebx, CF
  add eax, 0x60
  jmp decimal_flags
wanted_das:
  mov eax, esi
  and eax, 0xFF
  xor ebx, ebx
  mov edx, eax
  and edx, 15
  cmp edx, 9
  ja 1f
  test esi, 0x100
  jz 2f
1:
  or ebx, AF
  sub eax, 6
  jnc 2f
  or ebx, CF
2:
  mov edx, esi
  and edx, 0xFF
  cmp edx, 0x99
  ja 3f
  test esi, 0x200
  jz decimal_flags
3:
  or ebx, CF
  sub eax, 0x60
decimal_flags:
  and eax, 0xFF
  mov ecx, CF | AF | SF | ZF | PF
  test al, al
  jnz 4f
  or ebx, ZF
4:
  jns 5f
  or ebx, SF
5:
  # Parity by folding.
  mov edx, eax
  shr edx, 4
  xor edx, eax
  mov ecx, edx
  shr ecx, 2
  xor edx, ecx
  mov ecx, edx
  shr ecx, 1
  xor edx, ecx
  mov ecx, CF | AF | SF | ZF | PF
  test edx, 1
  jnz 6f
  or ebx, PF
6:
  or eax, 0x3300
  ret
wanted_aaa:
  mov eax, esi
  and eax, 0xFF
  or eax, 0x3300
  xor ebx, ebx
  mov ecx, CF | AF
  mov edx, eax
  and edx, 15
  cmp edx, 9
  ja 1f
  test esi, 0x100
  jz 2f
1:
  add eax, 0x106
  mov ebx, CF | AF
2:
  and eax, 0xFF0F
  ret
wanted_aas:
  mov eax, esi
  and eax, 0xFF
  or eax, 0x3300
  xor ebx, ebx
  mov ecx, CF | AF
  mov edx, eax
  and edx, 15
  cmp edx, 9
  ja 1f
  test esi, 0x100
  jz 2f
1:
  sub eax, 0x106
  mov ebx, CF | AF
2:
  and eax, 0xFF0F
  ret

user_end:
  int 0x40
take_selectors:
  mov eax, gs
  mov ss:[user_gs], eax
  mov eax, fs
  mov ss:[user_fs], eax
  int 0x40
user_lldt:
  lldt ax
user_int:
  int 0x41
user_int3:
  int3
through_gate:
  push dword ptr ss:[parameter1]
  push dword ptr ss:[parameter2]
  .byte 0x9A
  .long 0
  .word FREE_SELECTOR + 3
  mov ss:[gate_left_esp], esp
  int 0x40
call_gate_only:
  .byte 0x9A
  .long 0
  .word FREE_SELECTOR + 3
jump_gate_only:
  .byte 0xEA
  .long 0
  .word FREE_SELECTOR + 3
gate_target:
  mov eax, KERNEL_DS
  mov ds, ax
  mov [gate_esp], esp
  mov eax, [esp + 4]
  mov [gate_cs], eax
  mov eax, [esp + 12]
  mov [gate_first], eax
  mov eax, [esp + 8]
  mov [gate_second], eax
  mov eax, [esp + 16]
  mov [gate_old_esp], eax
  mov eax, [esp + 20]
  mov [gate_old_ss], eax
  int 0x40
gate_return:
  retf 8
gate16_target:
  ud2
call_conforming:
  .byte 0x9A
  .long conforming_target
  .word FREE_SELECTOR + 8 + 3
conforming_target:
  mov eax, cs
  mov ss:[conforming_cs], eax
  int 0x40

.section .data
.balign 4
small_esp: .long 0x56780F00
small_eip: .long user_end
parameter1: .long 0x1111
parameter2: .long 0x2222
.section .bss
.balign 4
far_target: .skip 8
idt_small: .skip 8
user_gs: .skip 4
user_fs: .skip 4
gate_first: .skip 4
gate_second: .skip 4
gate_cs: .skip 4
gate_esp: .skip 4
gate_old_esp: .skip 4
gate_old_ss: .skip 4
gate_left_esp: .skip 4
conforming_cs: .skip 4
saved_esp: .skip 4
decimal_cases: .skip 4
