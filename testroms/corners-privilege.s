# Segmentation, privilege and events in long mode: one group for each corner.
.include "rom.inc"
.set APIC, 0xFEE00000
.set NONCANONICAL, 0x0000800000000000
.set EVENT_WORDS, 27

# Sends an NMI to this processor by its physical id.
.macro send_nmi
  mov r15d, APIC
  mov dword ptr [r15 + 0x310], 0
  mov dword ptr [r15 + 0x300], 0x4400
.endm

# Sends vector VECTOR to this processor.
.macro send_self vector:req
  mov r15d, APIC
  mov dword ptr [r15 + 0x300], 0x44000 | \vector
.endm

# Descriptor INDEX of the free ones becomes the given quadword.
.macro describe index:req, value:req
  mov r15, \value
  mov [rip + gdt_free + (\index) * 8], r15
.endm

main:
  mov eax, APIC
  mov dword ptr [rax + 0xF0], 0x1FF

  corner C02
  mov rbp, NONCANONICAL
  mov rax, rbp
  faults "[rbp] is SS", SS_, 0, mov rcx, [rbp]
  faults "[rax] is GP", GP_, 0, mov rcx, [rax]
  faults "DS:[rbp] stays SS", SS_, 0, .byte 0x3E, 0x48, 0x8B, 0x4D, 0
  faults "SS:[rax] stays GP", GP_, 0, .byte 0x36, 0x48, 0x8B, 0x08
  faults "FS:[rbp] is GP", GP_, 0, mov rcx, fs:[rbp]
  mov r13, rbp
  mov [rip + wanted_rip], r13
  mov rbx, rsp
  lea r13, [rip + .Lpush]
  mov [rip + resume_rip], r13
  mov [rip + resume_rsp], rsp
  mov rsp, NONCANONICAL + 4096
  push rax
.Lpush:
  mov rsp, rbx
  expect "PUSH at a non-canonical RSP", [rip + trap_vector], SS_
  mov rax, NONCANONICAL + 4096
  expect "RSP kept", [rip + trap_rsp], rax
  lea r13, [rip + .Lcall]
  mov [rip + resume_rip], r13
  mov rsp, NONCANONICAL + 4096
  call main
.Lcall:
  mov rsp, rbx
  expect "CALL at a non-canonical RSP", [rip + trap_vector], SS_
  describe 0, 0x00CF13000000FFFF
  mov eax, FREE_SELECTOR
  faults "not-present SS", SS_, FREE_SELECTOR, mov ss, eax
  faults "not-present DS", NP_, FREE_SELECTOR, mov ds, eax
  mov rbp, NONCANONICAL
  faults "misaligned and non-canonical by RBP: GP", GP_, 0, movaps xmm0, [rbp + 1]
  faults "aligned and non-canonical by RBP: SS", SS_, 0, movaps xmm0, [rbp]

  corner C03
  mov rax, NONCANONICAL
  mov [rip + cell], rax
  mov rbx, rsp
  faults "JMP", GP_, 0, jmp rax
  faults "CALL", GP_, 0, call rax
  expect "RSP kept", [rip + trap_rsp], rbx
  push rax
  mov rbx, rsp
  faults "RET", GP_, 0, ret
  expect "RSP kept", [rip + trap_rsp], rbx
  add rsp, 8
  faults "JMP m", GP_, 0, jmp qword ptr [rip + cell]
  # Jcc over the edge: code at the top of the canonical half is not mapped, so the branch comes from below it.
  map 511, scratch, 3
  lea rax, [rip + pml4]
  lea rcx, [rip + window_pdpt + 3]
  mov [rax + 255 * 8], rcx
  mov [rip + window_pdpt + 511 * 8], rcx
  lea rcx, [rip + window_pd + 3]
  mov [rip + window_pdpt + 511 * 8], rcx
  lea rcx, [rip + window_pt + 3]
  mov [rip + window_pd + 511 * 8], rcx
  mov byte ptr [rip + scratch + 0xFF0], 0xEB   # jmp +20h
  mov byte ptr [rip + scratch + 0xFF1], 0x20
  mov r12, 0x00007FFFFFFFFFF0
  jump_faults "JMP rel8 out of the canonical half", GP_, 0
  mov rax, cr3
  mov cr3, rax

  corner C04
  mov rax, NONCANONICAL
  mov rdx, rax
  shr rdx, 32
  .irp number, FS_BASE, GS_BASE, KERNEL_GS_BASE, LSTAR, CSTAR
    mov ecx, \number
    faults "WRMSR \number", GP_, 0, wrmsr
  .endr
  mov ecx, 0x175
  passes "SYSENTER_ESP ignores the upper half (AMD)", wrmsr
  mov rax, cr4
  or eax, CR4_FSGSBASE
  mov cr4, rax
  mov rax, NONCANONICAL
  faults "WRFSBASE", GP_, 0, wrfsbase rax
  faults "WRGSBASE", GP_, 0, wrgsbase rax
  mov word ptr [rip + cell], 0xFFF
  mov [rip + cell + 2], rax
  faults "LGDT", GP_, 0, lgdt [rip + cell]
  faults "LIDT", GP_, 0, lidt [rip + cell]
  describe 0, 0x0000890000000067
  describe 1, 0x00008000
  mov eax, FREE_SELECTOR
  faults "LTR", GP_, FREE_SELECTOR, ltr ax
  describe 0, 0x0000820000000067
  faults "LLDT", GP_, FREE_SELECTOR, lldt ax
  mov rax, cr3
  mov rcx, 0x0010000000000000
  or rax, rcx
  faults "CR3 above MAXPHYADDR", GP_, 0, mov cr3, rax

  corner C05
  mov rbp, rsp
  push KERNEL_DS
  lea rax, [rbp - 64]
  push rax
  push 2
  push KERNEL_CS
  lea rax, [rip + .Lsame]
  push rax
  iretq
.Lsame:
  lea rax, [rbp - 64]
  expect "SS:RSP is popped at the same CPL", rsp, rax
  mov rsp, rbp
  push 0
  push rbp
  push 2
  push KERNEL_CS
  lea rax, [rip + .Lnull]
  push rax
  iretq
.Lnull:
  mov eax, ss
  expect "null SS at CPL 0 in 64-bit mode", rax, 0
  mov eax, KERNEL_DS
  mov ss, eax
  push 3
  push rbp
  push 2
  push USER_CS
  push 0
  faults "null SS at CPL 3", GP_, 0, iretq
  mov rsp, rbp
  push KERNEL_DS
  push rbp
  push 2
  push 0
  push 0
  faults "null CS", GP_, 0, iretq
  mov rsp, rbp
  push KERNEL_DS
  push rbp
  push 2
  push KERNEL_DS
  push 0
  faults "CS is data", GP_, KERNEL_DS, iretq
  mov rsp, rbp
  push USER_DS
  push rbp
  push 2
  push KERNEL_CS + 3
  push 0
  faults "RPL 3 to code of DPL 0", GP_, KERNEL_CS, iretq
  mov rsp, rbp
  push KERNEL_DS
  push rbp
  push 2
  push KERNEL_CS
  mov rax, NONCANONICAL
  push rax
  faults "non-canonical RIP", GP_, 0, iretq
  expect "RSP kept", [rip + trap_rsp], rsp
  mov rsp, rbp
  lea rax, [rip + user_stack_top - 40]
  mov qword ptr [rax], 0
  mov qword ptr [rax + 8], KERNEL_CS
  mov qword ptr [rax + 16], 2
  mov qword ptr [rax + 24], 0
  mov qword ptr [rax + 32], KERNEL_DS
  sub qword ptr [rip + user_rsp], 40
  user_faults "return to an inner level", GP_, KERNEL_CS, user_iret_inner
  add qword ptr [rip + user_rsp], 40

  corner C06
  push NT | 2
  popfq
  mov rbp, rsp
  push KERNEL_DS
  push rbp
  push 2
  push KERNEL_CS
  push 0
  faults "IRETQ with NT in long mode", GP_, 0, iretq
  mov rsp, rbp
  push 2
  popfq

  corner C07
  # 64-bit mode checks the data segments as well.
  mov eax, KERNEL_DS
  mov gs, eax
  mov eax, USER_DS
  mov fs, eax
  user user_selectors
  expect "GS of DPL 0 is null", rbx, 0
  expect "FS of DPL 3 stays", rdx, USER_DS
  xor eax, eax
  mov fs, eax
  mov gs, eax

  corner C09
  mov rcx, NONCANONICAL
  mov r11d, 2
  mov rax, (0x18 << 48) | (8 << 32)
  mov [rip + cell], rax
  write_msr STAR, [rip + cell]
  lea r13, [rip + .Lsysret]
  mov [rip + resume_rip], r13
  mov [rip + resume_rsp], rsp
  mov rcx, NONCANONICAL
  .byte 0x48, 0x0F, 0x07
.Lsysret:
  expect "#GP", [rip + trap_vector], GP_
  expect "at CPL 3 (AMD)", [rip + trap_cs], USER_CS
  mov rax, NONCANONICAL
  expect "RIP is RCX", [rip + trap_rip], rax

  corner C10
  mov r11, -1 & ~TF
  lea rcx, [rip + user_end]
  mov rax, USER
  add rcx, rax
  lea r13, [rip + .Lsysret2]
  mov [rip + resume_rip], r13
  .byte 0x48, 0x0F, 0x07
.Lsysret2:
  mov rax, [rip + trap_flags]
  expect "RFLAGS = R11 & 3C7FD7h | 2", rax, 0x3C7FD7 & ~TF
  expect "CS", [rip + trap_cs], USER_CS
  expect "SS is the sum as it is (AMD)", [rip + trap_ss], 0x20
  mov r11, 2
  mov ecx, offset user_end32
  lea r13, [rip + .Lsysret3]
  mov [rip + resume_rip], r13
  call open_identity
  .byte 0x0F, 0x07
.Lsysret3:
  expect "32-bit SYSRET: CS", [rip + trap_cs], USER_CS32
  user_faults "SYSRET at CPL 3", GP_, 0, user_sysret

  corner C11
  lea rax, [rip + syscall_landing]
  write_msr LSTAR, rax
  write_msr SFMASK, IF | DF
  mov qword ptr [rip + user_flags], 0x3E02 & ~NT
  mov qword ptr [rip + trap_vector], -1
  lea r13, [rip + .Lsyscall]
  mov [rip + resume_rip], r13
  mov [rip + resume_rsp], rsp
  mov r15, USER
  lea r14, [rip + user_syscall]
  add r15, r14
  jmp run_user
syscall_landing:
  mov [rip + cell], rsp
  mov rsp, [rip + resume_rsp]
  pushfq
  pop rdx
  mov edi, cs
  mov esi, ss
.Lsyscall:
  mov qword ptr [rip + resume_rip], 0
  mov rax, USER
  lea rbx, [rip + user_syscall_after]
  add rax, rbx
  expect "RCX", rcx, rax
  expect "R11", r11, 0x3E02 & ~NT
  expect "flags after the mask", rdx, 0x3802 & ~NT
  expect "CS", rdi, KERNEL_CS
  expect "SS", rsi, KERNEL_DS
  mov rax, [rip + user_rsp]
  expect "RSP is the user's", [rip + cell], rax
  mov qword ptr [rip + user_flags], 2
  # CS is masked, SS is the sum as it is.
  write_msr STAR, 0x0018000900000000
  lea rax, [rip + .Lmasked]
  write_msr LSTAR, rax
  syscall
.Lmasked:
  mov edi, cs
  mov esi, ss
  mov eax, KERNEL_DS
  mov ss, eax
  expect "CS is masked", rdi, KERNEL_CS
  expect "SS is not", rsi, 0x11
  write_msr STAR, 0x0018000800000000

  corner C12
  write_msr GS_BASE, 0x1111
  write_msr KERNEL_GS_BASE, 0x2222
  swapgs
  read_msr GS_BASE
  expect "SWAPGS", rax, 0x2222
  read_msr KERNEL_GS_BASE
  expect "SWAPGS, other half", rax, 0x1111
  user_faults "SWAPGS at CPL 3", GP_, 0, user_swapgs
  mov rax, 0x9999999900000001
  mov rcx, 0x1122334455667788
  mov rcx, 0x0000334455667788
  wrfsbase rcx
  rdfsbase rax
  expect "WRFSBASE, RDFSBASE", rax, rcx
  mov rax, -1
  rdfsbase eax
  expect "32-bit form zero-extends", rax, 0x55667788
  user user_fsgsbase
  expect "RDGSBASE at CPL 3", rbx, 0x2222
  mov rax, cr4
  and eax, ~CR4_FSGSBASE
  mov cr4, rax
  faults "without CR4.FSGSBASE", UD_, 0, rdfsbase rax
  faults "without CR4.FSGSBASE", UD_, 0, wrgsbase rax
  write_msr GS_BASE, 0
  write_msr FS_BASE, 0

  corner C13
  # A pending interrupt waits for the instruction after MOV SS; TF over it gives one trap.
  handle 0x31, note_event
  call clear_events
  mov ecx, KERNEL_DS
  send_self 0x31
  pushfq
  or dword ptr [rsp], IF
  popfq                                       # no shadow after POPF: taken here
  cli
  expect "interrupt after POPF", [rip + events], 1
  call clear_events
  handle DB_, note_debug
  push TF | 2
  popfq
  mov ss, ecx
.Lshadowed:
  nop
.Lafter_shadow:
  push 2
  popfq
  lea rax, [rip + .Lafter_shadow]
  expect "TF over MOV SS: first trap after the next instruction", [rip + debug_rips], rax
  mov qword ptr [rip + trap_handlers + DB_ * 8], 0
  call clear_events
  sti
  nop
  send_self 0x31                              # taken at once with IF = 1
  cli
  expect "IF = 1", [rip + events], 1
  # The interrupt becomes pending during MOV SS's shadow: write the ICR with IF = 0, then STI; MOV SS; NOP.
  call clear_events
  send_self 0x31
  sti
  mov ss, ecx
.Lss1:
  nop
.Lss2:
  cli
  lea rax, [rip + .Lss2]
  expect "STI, then MOV SS: after the NOP", [rip + event_rip], rax
  # NMI too (AMD: one shadow for both).
  handle NMI_, note_event
  call clear_events
  mov ecx, KERNEL_DS
  mov r15d, APIC
  mov dword ptr [r15 + 0x310], 0
  mov eax, 0x4400
  mov ss, ecx
  mov [r15 + 0x300], eax
.Lss3:
  nop
  lea rax, [rip + .Lss3]
  expect "NMI after the shadowed instruction", [rip + event_rip], rax
  mov rbx, WINDOW + 0x100000
  lea r13, [rip + .Lss5]
  mov [rip + resume_rip], r13
  mov [rip + resume_rsp], rsp
  mov ss, ecx
  mov rax, [rbx]
.Lss5:
  expect "faults of the shadowed instruction are delivered", [rip + trap_vector], PF_

  corner C14
  call clear_events
  send_self 0x31
  sti
  cli
  nop
  expect "STI; CLI lets none in", [rip + events], 0
  sti
  nop
.Lsti1:
  nop
  cli
  lea rax, [rip + .Lsti1]
  expect "after the instruction that follows", [rip + event_rip], rax
  call clear_events
  send_self 0x31
  sti
  hlt
.Lsti2:
  cli
  lea rax, [rip + .Lsti2]
  expect "STI; HLT wakes after the HLT", [rip + event_rip], rax
  # No shadow when IF was 1 already: the timer is the only source that can strike between.
  call clear_events
  push IF | 2
  popfq
  sti
  mov r15d, APIC
  mov dword ptr [r15 + 0x300], 0x44031
.Lsti3:
  nop
  cli
  lea rax, [rip + .Lsti3]
  expect "STI with IF = 1 gives no shadow", [rip + event_rip], rax

  corner C15
  # A data breakpoint on the word that MOV SS reads stays pending over INT3 and strikes at its handler.
  lea rax, [rip + stack_selector]
  mov dr0, rax
  mov eax, 0x70403                            # DR0: read or write, 2 bytes
  mov dr7, rax
  handle DB_, note_debug
  handle BP_, note_event
  call clear_events
  mov ss, word ptr [rip + stack_selector]
  nop
.Lpending:
  mov rax, 0x400
  mov dr7, rax
  lea rax, [rip + .Lpending]
  expect "#DB after the shadowed NOP", [rip + debug_rips], rax
  mov rax, [rip + debug_dr6]
  and eax, 15
  expect "DR6.B0", rax, 1
  # Over INT3 it strikes before the handler's first instruction.
  call clear_events
  mov eax, 0x70403
  mov dr7, rax
  mov ss, word ptr [rip + stack_selector]
  int3
  mov rax, 0x400
  mov dr7, rax
  lea rax, [rip + trap_stubs + 3 * 16]
  expect "over INT3: at its handler", [rip + debug_rips], rax
  expect "once", [rip + debug_count], 1
  expect "and INT3 is served", [rip + events], 1
  mov qword ptr [rip + trap_handlers + DB_ * 8], 0

  corner C17
  mov rax, cr4
  or eax, CR4_UMIP
  mov cr4, rax
  user_faults "SGDT", GP_, 0, user_sgdt
  user_faults "SIDT", GP_, 0, user_sidt
  user_faults "SLDT", GP_, 0, user_sldt
  user_faults "STR", GP_, 0, user_str
  user_faults "SMSW", GP_, 0, user_smsw
  passes "CPL 0 may", sgdt [rip + scratch]
  mov rax, cr4
  and eax, ~CR4_UMIP
  mov cr4, rax
  user user_str
  expect "without UMIP: ends at the next fault", [rip + trap_vector], 0x40
  expect "STR", rbx, TSS_SELECTOR

  corner C18
  mov ecx, KERNEL_CS
  lar eax, ecx
  expect_flags "LAR of code", ZF, ZF
  expect "LAR", rax, 0x00AF9B00
  describe 0, 0x00008100000000FF              # 16-bit TSS: not in long mode
  mov ecx, FREE_SELECTOR
  lar eax, ecx
  expect_flags "LAR of a 16-bit TSS fails in long mode", ZF, 0
  describe 0, 0x00008C0000000000
  lar eax, ecx
  expect_flags "LAR of a call gate", ZF, ZF
  describe 0, 0x0000840000000000
  lar eax, ecx
  expect_flags "LAR of a 286 call gate fails in long mode", ZF, 0
  lsl eax, ecx
  expect_flags "LSL of a gate fails", ZF, 0
  mov ecx, TSS_SELECTOR
  lsl rax, ecx
  expect "LSL of the TSS", rax, 0x2068

  corner C19
  xor eax, eax
  passes "null DS", mov ds, eax
  passes "and its use in 64-bit mode", mov ecx, ds:[rip + cell]
  mov eax, 3
  passes "DS = 3", mov ds, eax
  faults "SS = 3 at CPL 0", GP_, 0, mov ss, eax
  xor eax, eax
  passes "SS = 0 at CPL 0 in 64-bit mode", mov ss, eax
  mov eax, KERNEL_DS
  mov ss, eax
  write_msr FS_BASE, 0x12345000
  xor eax, eax
  mov fs, eax
  read_msr FS_BASE
  expect "a null load zeroes FS.base (Zen 3)", rax, 0
  user_faults "SS = 0 at CPL 3", GP_, 0, user_null_ss
  mov eax, KERNEL_DS
  mov ds, eax

  corner C20
  # On a read-only page the accessed bit needs a write: #PF as a supervisor write.
  describe 0, 0x00CF92000000FFFF
  mov eax, FREE_SELECTOR
  mov ds, eax
  mov rax, [rip + gdt_free]
  shr rax, 40
  and eax, 0xFF
  expect "A is set", rax, 0x93
  describe 0, 0x00CF92000000FFFF
  map 4, gdt, 1
  lea rax, [rip + gdt]
  and eax, 0xFFF
  mov rcx, WINDOW + 4 * 4096
  add rax, rcx
  mov word ptr [rip + cell], 0x157
  mov [rip + cell + 2], rax
  lea rax, [rip + gdt]
  and eax, ~0xFFF
  or eax, 1
  mov [rip + window_pt + 4 * 8], rax
  add eax, 4096
  mov [rip + window_pt + 5 * 8], rax
  lgdt [rip + cell]
  mov eax, FREE_SELECTOR
  faults "A = 0 on a read-only page", PF_, 3, mov ds, eax
  describe 0, 0x00CF93000000FFFF
  mov eax, FREE_SELECTOR
  passes "A = 1 writes nothing", mov ds, eax
  mov rax, cr0
  and eax, ~CR0_WP
  mov cr0, rax
  describe 0, 0x00CF92000000FFFF
  mov eax, FREE_SELECTOR
  passes "WP = 0", mov ds, eax
  mov rax, cr0
  or eax, CR0_WP
  mov cr0, rax
  lgdt [rip + gdt_pointer]
  mov eax, KERNEL_DS
  mov ds, eax

  corner C21
  describe 0, 0x0000890000000067
  describe 1, 0x0000010000000000              # a type in the upper half
  mov eax, FREE_SELECTOR
  faults "LTR with an upper type", GP_, FREE_SELECTOR, ltr ax
  describe 1, 0
  describe 0, 0x0000810000000067
  faults "LTR of a 16-bit TSS", GP_, FREE_SELECTOR, ltr ax
  describe 0, 0x0000090000000067
  faults "LTR, not present", NP_, FREE_SELECTOR, ltr ax
  mov eax, 0x150
  describe 31, 0x0000890000000067
  faults "16 bytes must lie within the limit", GP_, 0x150, ltr ax
  xor eax, eax
  faults "null TR", GP_, 0, ltr ax
  passes "null LDTR", lldt ax

  corner C22
  # A 64-bit call gate from CPL 3.
  lea rax, [rip + gate_landing]
  mov ecx, eax
  and ecx, 0xFFFF
  or ecx, KERNEL_CS << 16
  mov [rip + gdt_free], ecx
  mov ecx, eax
  and ecx, 0xFFFF0000
  or ecx, 0xEC00
  mov [rip + gdt_free + 4], ecx
  shr rax, 32
  mov [rip + gdt_free + 8], rax
  user user_gate
  expect "ends at CPL 0", [rip + trap_vector], 0x40
  expect "RSP from the TSS, 8-byte pushes", rbx, "offset kernel_stack_top - 32"
  expect "SS is null", rdx, 0
  expect "CS of the caller", rsi, USER_CS
  mov dword ptr [rip + gdt_free + 4], 0x0000E400
  user_faults "286 gate in long mode", GP_, FREE_SELECTOR, user_gate
  mov dword ptr [rip + gdt_free + 4], 0x0000EC00
  mov dword ptr [rip + gdt_free], KERNEL_CS32 << 16
  user_faults "gate to 32-bit code", GP_, KERNEL_CS32, user_gate
  mov dword ptr [rip + gdt_free + 12], 0x100
  user_faults "upper type", GP_, FREE_SELECTOR, user_gate
  mov dword ptr [rip + gdt_free + 12], 0

  corner C26
  mov rbp, rsp
  sub rsp, 5
  and rsp, -16
  sub rsp, 3
  mov rbx, rsp
  lea r13, [rip + .Lodd]
  mov [rip + resume_rip], r13
  mov [rip + resume_rsp], rbp
  ud2
.Lodd:
  mov rax, rbx
  and rax, -16
  sub rax, 40 + 16
  expect "RSP is aligned before the pushes", [rip + trap_frame], rax
  expect "RSP in the image", [rip + trap_rsp], rbx
  expect "SS in the image", [rip + trap_ss], KERNEL_DS
  mov byte ptr [rip + idt + UD_ * 16 + 4], 1
  faults "IST 1 at the same CPL", UD_, 0, ud2
  mov rax, [rip + trap_frame]
  expect "RSP from IST 1", rax, "offset ist1_top - 40 - 16"
  mov byte ptr [rip + idt + UD_ * 16 + 4], 0
  user user_end
  expect "from CPL 3 SS becomes null with RPL 0", [rip + trap_handler_ss], 0
  expect "RSP from RSP0", [rip + trap_frame], "offset kernel_stack_top - 40 - 16"
  # #GP with error code: 8 bytes.
  describe 0, 0x00CF13000000FFFF
  mov eax, FREE_SELECTOR
  user user_load_np
  expect "error code takes 8 bytes", [rip + trap_frame], "offset kernel_stack_top - 48 - 8"

  corner C27
  mov word ptr [rip + idt + 0x50 * 16 + 4], 0xE600
  faults "286 gate in long mode", GP_, 0x50 * 8 + 2, int 0x50
  mov word ptr [rip + idt + 0x50 * 16 + 4], 0xE500
  faults "task gate in long mode", GP_, 0x50 * 8 + 2, int 0x50
  mov word ptr [rip + idt + 0x50 * 16 + 4], 0x6E00
  faults "not present", NP_, 0x50 * 8 + 2, int 0x50
  mov word ptr [rip + idt + 0x50 * 16 + 4], 0xEE00
  mov word ptr [rip + idt + 0x50 * 16 + 2], KERNEL_CS32
  faults "32-bit code", GP_, KERNEL_CS32, int 0x50
  mov word ptr [rip + idt + 0x50 * 16 + 2], 0
  faults "null CS", GP_, 0, int 0x50
  mov word ptr [rip + idt + 0x50 * 16 + 2], KERNEL_CS
  mov word ptr [rip + idt + 0x50 * 16 + 4], 0x8E00
  user_faults "DPL 0", GP_, 0x50 * 8 + 2, user_int50
  mov word ptr [rip + cell], 0x4F
  lea rax, [rip + idt]
  mov [rip + cell + 2], rax
  mov word ptr [rip + cell], 0x4FF
  lidt [rip + cell]
  faults "beyond the limit", GP_, 0x50 * 8 + 2, int 0x50
  lidt [rip + idt_pointer]
  mov word ptr [rip + idt + UD_ * 16 + 4], 0x6E00
  faults "EXT for an exception", NP_, UD_ * 8 + 3, ud2
  mov word ptr [rip + idt + UD_ * 16 + 4], 0xEE00

  corner C28
  call clear_events
  push NT | AC | DF | OF | SF | ZF | AF | PF | CF | 2
  popfq
  faults "all flags set", UD_, 0, ud2
  mov rax, [rip + trap_handler_flags]
  and eax, NT | RF | VM | TF | IF | AC
  expect "NT cleared, AC kept", rax, AC
  mov rax, [rip + trap_flags]
  expect "image holds the old values and RF", rax, NT | AC | DF | STATUS_FLAGS | RF | 2
  cld
  # A trap gate keeps IF.
  mov byte ptr [rip + idt + UD_ * 16 + 5], 0xEF
  sti
  faults "trap gate", UD_, 0, ud2
  mov rax, [rip + trap_handler_flags]
  and eax, IF
  expect "IF kept", rax, IF
  mov byte ptr [rip + idt + UD_ * 16 + 5], 0xEE
  cli

  corner C29
  # INT n pushes none: the frame of INT 13 and INT 14 is that of a plain interrupt.
  mov rbp, rsp
  lea r13, [rip + .Lint13]
  mov [rip + resume_rip], r13
  mov [rip + resume_rsp], rsp
  mov byte ptr [rip + idt + GP_ * 16 + 4], 1
  int 13
.Lint13:
  mov byte ptr [rip + idt + GP_ * 16 + 4], 0
  # The stub takes the RIP for an error code.
  mov rax, [rip + trap_frame]
  expect "INT 13 pushes no error code", rax, "offset ist1_top - 40 - 8"
  lea rax, [rip + .Lint13]
  expect "its first word is the return address", [rip + trap_error], rax
  xor ecx, ecx
  mov rbx, WINDOW + 0x100000
  faults "#PF pushes one", PF_, 0, mov rax, [rbx]
  mov eax, 0x28
  faults "#GP pushes one", GP_, 0x28, lldt ax

  corner C30
  # Contributory while delivering contributory: #DF. The #GP gate names a not-present segment.
  mov word ptr [rip + idt + GP_ * 16 + 4], 0x6E00
  mov rbx, NONCANONICAL
  faults "#NP in #GP", DF_, 0, mov rax, [rbx]
  # Contributory while delivering #PF: #DF.
  mov word ptr [rip + idt + GP_ * 16 + 4], 0xEE00
  mov word ptr [rip + idt + PF_ * 16 + 4], 0x6E00
  mov rbx, WINDOW + 0x100000
  faults "#NP in #PF", DF_, 0, mov rax, [rbx]
  mov word ptr [rip + idt + PF_ * 16 + 4], 0xEE00
  # #PF while delivering contributory: serially. The gate of #GP lies in an unmapped page when the IDT does.
  # Benign first: the second is delivered.
  mov word ptr [rip + idt + UD_ * 16 + 4], 0x6E00
  faults "#NP in #UD is delivered", NP_, UD_ * 8 + 3, ud2
  mov word ptr [rip + idt + UD_ * 16 + 4], 0xEE00
  # #PF while delivering #PF: IST 2 points to an unmapped stack.
  mov rax, WINDOW + 0x110000
  mov [rip + tss + 0x2C], rax
  mov byte ptr [rip + idt + PF_ * 16 + 4], 2
  mov rbx, WINDOW + 0x100000
  faults "#PF in #PF", DF_, 0, mov rax, [rbx]
  mov byte ptr [rip + idt + PF_ * 16 + 4], 0
  mov byte ptr [rip + idt + GP_ * 16 + 4], 2
  mov rbx, NONCANONICAL
  faults "#PF in #GP is delivered as #PF", PF_, 2, mov rax, [rbx]
  mov rax, WINDOW + 0x110000 - 8
  expect "CR2 of the delivery", [rip + trap_cr2], rax
  mov byte ptr [rip + idt + GP_ * 16 + 4], 0

  corner C32
  # A trap of the previous instruction comes before an interrupt; a code breakpoint after it.
  handle DB_, note_debug
  call clear_events
  send_self 0x31
  push TF | 2
  popfq
  sti
  nop
.Lboth:
  nop
  push 2
  popfq
  expect "the trap saw its handler first", [rip + debug_order], 1
  mov qword ptr [rip + trap_handlers + DB_ * 8], 0
  call clear_events
  # Decode faults before execution faults: a LOCK of what cannot be locked at an unmapped operand.
  mov rbx, WINDOW + 0x100000
  faults "#UD before #PF", UD_, 0, .byte 0xF0, 0x8B, 0x03

  corner C33
  lea rax, [rip + .Lbreak]
  mov dr0, rax
  mov rax, 0x402 | 1
  mov dr7, rax
  handle DB_, set_resume
  call clear_events
  xor ecx, ecx
.Lbreak:
  inc ecx
  mov rax, 0x400
  mov dr7, rax
  expect "one #DB by way of RF in the image", [rip + debug_count], 1
  expect "the instruction ran once", rcx, 1
  mov rax, [rip + debug_flags]
  and eax, RF
  expect "an instruction breakpoint pushes RF = 0", rax, 0
  faults "a fault pushes RF = 1", UD_, 0, ud2
  mov rax, [rip + trap_flags]
  and eax, RF
  expect "RF in the image of #UD", rax, RF
  int 0x31
  mov rax, [rip + event_flags]
  and eax, RF
  expect "INT n pushes RF = 0", rax, 0

  corner C34
  handle DB_, note_debug
  call clear_events
  push TF | 2
  popfq
.Lstep0:
  nop
.Lstep1:
  nop
.Lstep2:
  push 2
.Lstep3:
  popfq
.Lstep4:
  lea rax, [rip + .Lstep1]
  expect "the first trap is after the instruction that follows POPF", [rip + debug_rips], rax
  lea rax, [rip + .Lstep4]
  expect "the POPF that clears TF is trapped", [rip + debug_rips + 24], rax
  expect "traps", [rip + debug_count], 4
  mov rax, [rip + debug_dr6]
  and eax, 0x4000
  expect "DR6.BS", rax, 0x4000
  # An instruction that faults gives no #DB; INT n is not stepped into.
  call clear_events
  lea r13, [rip + .Lfaulted]
  mov [rip + resume_rip], r13
  mov [rip + resume_rsp], rsp
  push TF | 2
  popfq
  ud2
.Lfaulted:
  expect "no #DB for a fault", [rip + debug_count], 0
  expect "the fault", [rip + trap_vector], UD_
  mov rax, [rip + trap_flags]
  and eax, TF
  expect "TF in its image", rax, TF
  handle 0x32, note_event
  call clear_events
  push TF | 2
  popfq
  int 0x32
.Lafter_int:
  push 2
  popfq
  mov rax, [rip + event_flags]
  and eax, TF
  expect "TF in the image of INT n", rax, TF
  # IRETQ restores TF: the next trap is after PUSH.
  expect "INT n is not stepped into", [rip + debug_count], 2
  # SYSRET that loads TF traps at once.
  mov r11d, TF | 2
  lea rcx, [rip + user_end]
  mov rax, USER
  add rcx, rax
  mov rdi, rcx
  call clear_events
  handle DB_, 0
  mov qword ptr [rip + trap_handlers + DB_ * 8], 0
  lea r13, [rip + .Lsysret_tf]
  mov [rip + resume_rip], r13
  mov [rip + resume_rsp], rsp
  .byte 0x48, 0x0F, 0x07
.Lsysret_tf:
  expect "SYSRET with TF: #DB", [rip + trap_vector], DB_
  expect "before the first user instruction", [rip + trap_rip], rdi

  corner C35
  mov rax, 0
  mov dr6, rax
  mov rax, dr6
  expect "DR6 fixed bits", rax, 0xFFFF0FF0
  mov rax, 0x400
  mov dr7, rax
  mov rax, -1
  faults "DR7[63:32]", GP_, 0, mov dr7, rax
  faults "DR6[63:32]", GP_, 0, mov dr6, rax
  xor eax, eax
  mov dr7, rax
  mov rax, dr7
  expect "DR7 bit 10", rax, 0x400
  mov rax, dr4
  mov rcx, dr6
  expect "DR4 is DR6 while CR4.DE = 0", rax, rcx
  mov rax, cr4
  or eax, CR4_DE
  mov cr4, rax
  faults "DR4 with CR4.DE", UD_, 0, .byte 0x0F, 0x21, 0xE0
  faults "DR5 with CR4.DE", UD_, 0, .byte 0x0F, 0x21, 0xE8
  mov rax, 0x2400
  mov dr7, rax
  faults "GD: #DB", DB_, 0, mov rax, dr0
  mov rax, dr6
  and eax, 0x2000
  expect "DR6.BD", rax, 0x2000
  mov rax, dr7
  and eax, 0x2000
  expect "GD is cleared", rax, 0
  xor eax, eax
  mov dr6, rax
  user_faults "MOV DR at CPL 3", GP_, 0, user_debug

  corner C36
  handle DB_, note_debug
  .macro watch text:req, address:req, control:req, count:req, instruction:vararg
    lea rax, [rip + \address]
    mov dr0, rax
    mov eax, 0x402 | ((\control) << 16)
    mov dr7, rax
    lea rbx, [rip + scratch]
    call clear_events
    \instruction
    mov eax, 0x400
    mov dr7, rax
    expect "\text", [rip + debug_count], \count
  .endm
  # LEN:RW of DR0 are bits 19:16: LEN 00 1, 01 2, 11 4, 10 8; RW 01 write, 11 read or write.
  watch "write, 4 bytes, hit", scratch + 16, 0xD, 1, mov dword ptr [rbx + 16], 1
  watch "write, 4 bytes, read", scratch + 16, 0xD, 0, mov ecx, [rbx + 16]
  watch "read/write, read", scratch + 16, 0xF, 1, mov ecx, [rbx + 16]
  watch "overlap from below", scratch + 16, 0xF, 1, mov rcx, [rbx + 10]
  watch "last byte", scratch + 16, 0xF, 1, mov cl, [rbx + 19]
  watch "beyond", scratch + 16, 0xF, 0, mov cl, [rbx + 20]
  watch "low address bits are ignored", scratch + 18, 0xF, 1, mov cl, [rbx + 16]
  watch "8 bytes", scratch + 16, 0xB, 1, mov cl, [rbx + 23]
  watch "8 bytes, beyond", scratch + 16, 0xB, 0, mov cl, [rbx + 24]
  watch "1 byte", scratch + 16, 0x3, 1, mov rcx, [rbx + 12]
  watch "2 bytes", scratch + 16, 0x7, 0, mov cl, [rbx + 18]
  watch "RMW", scratch + 16, 0xD, 1, add byte ptr [rbx + 16], 1
  watch "16-byte vector", scratch + 24, 0xF, 1, movups xmm0, [rbx + 16]
  lea rsi, [rip + scratch]
  watch "string, once for the iteration", scratch + 2, 0x3, 1, lodsd
  watch "split over a page border", scratch + 4096, 0x3, 1, mov rcx, [rbx + 4090]
  lea rax, [rip + debug_at]
  watch "implicit stack access", scratch + 512, 0xF, 1, call push_at_512
  # I/O breakpoints need CR4.DE.
  mov eax, COM1 + 7
  mov dr0, rax
  mov eax, 0x402 | (2 << 16)
  mov dr7, rax
  call clear_events
  mov edx, COM1 + 7
  in al, dx
.Lafter_in:
  mov eax, 0x400
  mov dr7, rax
  expect "I/O breakpoint", [rip + debug_count], 1
  lea rax, [rip + .Lafter_in]
  expect "as a trap", [rip + debug_rips], rax
  mov qword ptr [rip + trap_handlers + DB_ * 8], 0
  xor eax, eax
  mov dr6, rax

  corner W11
  # SYSCALL whose mask clears TF is not followed by a trap: the flags that result decide.
  handle DB_, note_debug
  mov ecx, 0xC0000082
  rdmsr
  push rax
  push rdx
  lea rax, [rip + .Lsyscall_entry]
  mov rdx, rax
  shr rdx, 32
  wrmsr
  mov ecx, 0xC0000084
  rdmsr
  push rax
  mov eax, TF
  xor edx, edx
  wrmsr
  call clear_events
  push TF | 2
  popfq
  syscall
.Lsyscall_entry:
  nop
  expect "SYSCALL that masks TF", [rip + debug_count], 0
  mov ecx, 0xC0000084
  xor eax, eax
  xor edx, edx
  wrmsr
  mov ecx, 0xC0000082
  lea rax, [rip + .Lsyscall_entry2]
  mov rdx, rax
  shr rdx, 32
  wrmsr
  call clear_events
  push TF | 2
  popfq
  syscall
.Lsyscall_entry2:
  push 2
.Lsyscall_push:
  popfq
  lea rax, [rip + .Lsyscall_entry2]
  expect "SYSCALL that keeps TF: at the entry", [rip + debug_rips], rax
  mov ecx, 0xC0000084
  pop rax
  xor edx, edx
  wrmsr
  mov ecx, 0xC0000082
  pop rdx
  pop rax
  wrmsr

  corner W12
  # RF covers one instruction, though no breakpoint was armed then.
  mov rax, rsp
  push KERNEL_DS
  push rax
  push RF | 2
  push KERNEL_CS
  lea rcx, [rip + .Lresumed]
  push rcx
  iretq
.Lresumed:
  nop
  pushfq
  lea rax, [rip + .Lbreak2]
  mov dr0, rax
  mov eax, 0x402 | 1
  mov dr7, rax
  handle DB_, set_resume
  call clear_events
.Lbreak2:
  nop
  mov eax, 0x400
  mov dr7, rax
  expect "the breakpoint after it", [rip + debug_count], 1
  pop rax
  # INT n behind the covered instruction pushes RF as it is by then.
  handle 0x31, note_event
  call clear_events
  mov rax, rsp
  push KERNEL_DS
  push rax
  push RF | 2
  push KERNEL_CS
  lea rcx, [rip + .Lresumed2]
  push rcx
  iretq
.Lresumed2:
  nop
  int 0x31
  mov rax, [rip + event_flags]
  and eax, RF
  expect "RF in the image of INT n after it", rax, 0

  corner W13
  # B0 to B3 are those of the last #DB; BD, BS and BT stay until software clears them.
  mov eax, 0xFFFF2FF2                         # BD and a stale B1
  mov dr6, rax
  lea rax, [rip + .Lbreak3]
  mov dr2, rax
  mov eax, 0x420
  mov dr7, rax
  handle DB_, set_resume
  call clear_events
.Lbreak3:
  nop
  mov eax, 0x400
  mov dr7, rax
  mov rax, dr6
  expect "an instruction breakpoint", rax, 0xFFFF2FF4
  mov eax, 0xFFFF0FF2
  mov dr6, rax
  handle DB_, note_debug
  push TF | 2
  popfq
  nop
  push 2
  popfq
  mov rax, dr6
  expect "a single step", rax, 0xFFFF4FF0
  mov eax, 0xFFFF0FF1
  mov dr6, rax
  mov qword ptr [rip + trap_handlers + DB_ * 8], 0
  mov eax, 0x2400
  mov dr7, rax
  faults "GD", DB_, 0, mov rax, dr0
  mov rax, dr6
  expect "general detect", rax, 0xFFFF2FF0
  xor eax, eax
  mov dr6, rax

  corner W14
  # The #DB of INT1 reports nothing of what MOV SS holds back; INT3 and INT n are not stepped into.
  handle DB_, note_debug
  handle BP_, note_event
  mov ecx, KERNEL_DS
  call clear_events
  push TF | 2
  popfq
  mov ss, ecx
  .byte 0xF1
.Lafter_int1:
  push 2
  popfq
  lea rax, [rip + .Lafter_int1]
  expect "INT1: one #DB", [rip + debug_rips], rax
  mov rax, [rip + debug_first_dr6]
  and eax, 0xE00F
  expect "which reports no single step", rax, 0
  lea rax, [rip + .Lafter_int1 + 2]
  expect "then that of PUSH", [rip + debug_rips + 8], rax
  expect "traps", [rip + debug_count], 3
  call clear_events
  xor eax, eax
  mov dr6, rax
  push TF | 2
  popfq
  mov ss, ecx
  int3
.Lafter_int3:
  push 2
  popfq
  expect "INT3 is served", [rip + events], 1
  lea rax, [rip + .Lafter_int3 + 2]
  expect "and the first trap is that of PUSH", [rip + debug_rips], rax
  # A data breakpoint and the single step of the next instruction are one #DB.
  lea rax, [rip + stack_selector]
  mov dr0, rax
  mov eax, 0x70403
  mov dr7, rax
  xor eax, eax
  mov dr6, rax
  call clear_events
  push TF | 2
  popfq
  mov ss, word ptr [rip + stack_selector]
  nop
.Lmerged:
  push 2
  popfq
  mov eax, 0x400
  mov dr7, rax
  lea rax, [rip + .Lmerged]
  expect "after the NOP", [rip + debug_rips], rax
  mov rax, [rip + debug_first_dr6]
  and eax, 0x400F
  expect "both causes", rax, 0x4001
  expect "traps", [rip + debug_count], 3
  xor eax, eax
  mov dr6, rax

  corner W15
  # Of two in a row the first alone inhibits.
  call clear_events
  mov ecx, KERNEL_DS
  push TF | 2
  popfq
  mov ss, ecx
  mov ss, ecx
.Lsecond_ss:
  nop
  push 2
  popfq
  lea rax, [rip + .Lsecond_ss]
  expect "a trap after the second", [rip + debug_rips], rax
  # An instruction breakpoint behind MOV SS is not inhibited.
  lea rax, [rip + .Lbehind_ss]
  mov dr0, rax
  mov eax, 0x402
  mov dr7, rax
  handle DB_, set_resume
  call clear_events
  mov ss, ecx
.Lbehind_ss:
  nop
  mov eax, 0x400
  mov dr7, rax
  expect "an instruction breakpoint behind it", [rip + debug_count], 1
  mov qword ptr [rip + trap_handlers + DB_ * 8], 0
  xor eax, eax
  mov dr6, rax

  corner C37
  handle DB_, note_debug
  call clear_events
  .byte 0xF1
.Lint1:
  lea rax, [rip + .Lint1]
  expect "INT1 is a trap", [rip + debug_rips], rax
  mov rax, [rip + debug_dr6]
  and eax, 0xE00F
  expect "DR6 unchanged", rax, 0
  mov byte ptr [rip + idt + DB_ * 16 + 5], 0x8E
  mov qword ptr [rip + trap_handlers + DB_ * 8], 0
  user user_int1
  expect "INT1 ignores the gate's DPL", [rip + trap_vector], DB_
  mov byte ptr [rip + idt + BP_ * 16 + 5], 0x8E
  user_faults "INT3 does not", GP_, BP_ * 8 + 2, user_int3
  mov byte ptr [rip + idt + BP_ * 16 + 5], 0xEE
  mov qword ptr [rip + trap_handlers + BP_ * 8], 0
  user user_int3
  expect "INT3 is a trap", [rip + trap_vector], BP_
  mov rax, USER
  lea rcx, [rip + user_int3 + 1]
  add rax, rcx
  expect "RIP after INT3", [rip + trap_rip], rax

  corner C38
  handle NMI_, nested_nmi
  call clear_events
  send_nmi
  nop
  expect "an NMI in the handler waits for its IRET; a third is lost", [rip + events], 2
  expect "never nested", [rip + nmi_depth_max], 1
  mov qword ptr [rip + trap_handlers + NMI_ * 8], 0

  corner C39
  mov rax, cr0
  or eax, CR0_AM
  mov cr0, rax
  mov qword ptr [rip + user_flags], AC | 2
  mov rbx, USER
  lea rax, [rip + scratch + 1]
  add rbx, rax
  user_faults "2 bytes", AC_, 0, user_load2
  user_faults "4 bytes", AC_, 0, user_load4
  user_faults "8 bytes", AC_, 0, user_load8
  user_faults "write", AC_, 0, user_store4
  inc qword ptr [rip + user_rsp]
  user_faults "push", AC_, 0, user_push_odd
  dec qword ptr [rip + user_rsp]
  user_faults "16-byte SSE is #GP", GP_, 0, user_movaps
  user_faults "MOVUPS (Zen 3: off a 16-byte boundary)", AC_, 0, user_movups
  user user_load1
  expect "bytes never", [rip + trap_vector], 0x40
  mov rbx, WINDOW + 0x100001
  user_faults "#AC before #PF (Zen 3)", AC_, 0, user_load4
  mov rbx, NONCANONICAL + 1
  user_faults "non-canonical first (Zen 3)", GP_, 0, user_load4
  mov qword ptr [rip + user_flags], 2
  lea rbx, [rip + scratch + 1]
  push AC | 2
  popfq
  passes "never at CPL 0", mov eax, [rbx]
  push 2
  popfq
  mov rax, cr0
  and eax, ~CR0_AM
  mov cr0, rax

  corner C40
  user_faults "HLT at CPL 3", GP_, 0, user_hlt
  handle 0x31, note_event
  call clear_events
  mov r15d, APIC
  mov dword ptr [r15 + 0x3E0], 0x0B
  mov dword ptr [r15 + 0x320], 0x31
  mov dword ptr [r15 + 0x380], 10000
  sti
  hlt
.Lhlt:
  cli
  lea rax, [rip + .Lhlt]
  expect "wakes by the timer, RIP after HLT", [rip + event_rip], rax
  handle NMI_, note_event
  call clear_events
  mov r15d, APIC
  mov dword ptr [r15 + 0x320], 0x400          # LVT timer as fixed only: use LINT-less NMI by ICR from the timer instead
  mov dword ptr [r15 + 0x320], 0x31
  send_self 0x31
  sti
  hlt
.Lhlt2:
  cli
  lea rax, [rip + .Lhlt2]
  expect "an interrupt already pending means no sleep", [rip + event_rip], rax

  corner C41
  mov rbp, cr0
  lea rax, [rbp]
  and eax, ~CR0_PE
  faults "PG without PE", GP_, 0, mov cr0, rax
  mov rax, rbp
  or eax, 0x20000000
  faults "NW without CD", GP_, 0, mov cr0, rax
  mov rax, rbp
  bts rax, 32
  faults "CR0[63:32]", GP_, 0, mov cr0, rax
  mov rax, rbp
  and eax, 0x7FFFFFFF
  faults "PG = 0 in 64-bit code", GP_, 0, mov cr0, rax
  mov rax, rbp
  and eax, ~0x10
  or eax, 0x40
  mov cr0, rax
  mov rax, cr0
  expect "ET reads 1, reserved bits are ignored", rax, rbp
  mov rbp, cr4
  .irp bit, 13, 14, 15, 19, 24, 25, 31, 32, 63
    mov rax, rbp
    bts rax, \bit
    faults "CR4 bit \bit", GP_, 0, mov cr4, rax
  .endr
  mov rax, rbp
  and eax, ~CR4_PAE
  faults "PAE = 0 in long mode", GP_, 0, mov cr4, rax
  mov rax, rbp
  bts rax, 12
  faults "LA57 in long mode", GP_, 0, mov cr4, rax
  mov rax, cr3
  mov rcx, rax
  or rax, 8
  mov cr3, rax
  mov rax, rbp
  or eax, CR4_PCIDE
  faults "PCIDE with CR3[11:0] not 0", GP_, 0, mov cr4, rax
  mov cr3, rcx
  mov eax, 0x10
  faults "CR8[63:4]", GP_, 0, mov cr8, rax
  user_faults "MOV CR0 at CPL 3", GP_, 0, user_cr0

  corner C42
  read_msr EFER
  mov rbp, rax
  mov rdx, rax
  and eax, ~EFER_LME
  shr rdx, 32
  mov ecx, EFER
  faults "LME may not change while PG = 1", GP_, 0, wrmsr
  mov rax, rbp
  bts rax, 1
  xor edx, edx
  faults "EFER reserved bit", GP_, 0, wrmsr
  mov rax, rbp
  and eax, ~EFER_LMA
  passes "writing LMA is ignored", wrmsr
  read_msr EFER
  expect "LMA stays", rax, rbp
  describe 0, 0x00EF9B000000FFFF              # L = 1 and D = 1
  mov dword ptr [rip + cell], offset main
  mov word ptr [rip + cell + 4], FREE_SELECTOR
  faults "code with L = 1 and D = 1", GP_, FREE_SELECTOR, jmp fword ptr [rip + cell]
  call through_compatibility

  corner C45
  mov ecx, 0x12345678
  faults "RDMSR of an unknown one", GP_, 0, rdmsr
  xor eax, eax
  xor edx, edx
  faults "WRMSR of an unknown one", GP_, 0, wrmsr
  mov ecx, 0x277
  mov eax, 0x07040602
  mov edx, 0x00070406
  faults "PAT entry 2", GP_, 0, wrmsr
  mov eax, 0x07040308
  faults "PAT entry 8", GP_, 0, wrmsr
  mov ecx, 0x2FF
  mov eax, 0x0C02
  xor edx, edx
  faults "MTRR default type 2", GP_, 0, wrmsr
  mov ecx, 0x200
  mov eax, 0x0007
  faults "MTRR base type 7", GP_, 0, wrmsr
  mov ecx, 0x1B
  mov eax, 0xFEE00400
  faults "APIC_BASE: x2APIC without enable", GP_, 0, wrmsr
  write_msr 0xC0000103, -1
  read_msr 0xC0000103
  expect "TSC_AUX[63:32] is ignored (AMD)", rax, 0xFFFFFFFF
  user_faults "RDMSR at CPL 3", GP_, 0, user_rdmsr

  corner C46
  mov rbp, cr0
  mov eax, 0xFFFE
  lmsw ax
  mov rax, cr0
  mov rcx, rbp
  or ecx, 0xE
  expect "LMSW writes bits 3:1 and cannot clear PE", rax, rcx
  clts
  mov rax, cr0
  and eax, 8
  expect "CLTS", rax, 0
  mov rax, rbp
  mov cr0, rax
  mov rax, -1
  smsw eax
  expect "SMSW r32 gives CR0", rax, rbp
  smsw rax
  expect "SMSW r64", rax, rbp
  mov rax, -1
  smsw ax
  mov rcx, rbp
  or rcx, -65536
  expect "SMSW r16", rax, rcx
  mov qword ptr [rip + cell], -1
  smsw [rip + cell]
  mov rax, [rip + cell]
  expect "SMSW m16", rax, rcx
  mov eax, 5
  mov cr8, rax
  mov ebx, APIC
  mov eax, [rbx + 0x80]
  expect "CR8 is TPR[7:4]", rax, 0x50
  mov dword ptr [rbx + 0x80], 0x30
  mov rax, cr8
  expect "and back", rax, 3
  handle 0x31, note_event
  call clear_events
  mov eax, 15
  mov cr8, rax
  sti
  send_self 0x31
  nop
  expect "held by CR8", [rip + events], 0
  xor eax, eax
  mov cr8, rax
.Lcr8:
  cli
  lea rax, [rip + .Lcr8]
  expect "released at once", [rip + event_rip], rax
  user_faults "CLTS at CPL 3", GP_, 0, user_clts
  user_faults "LMSW at CPL 3", GP_, 0, user_lmsw
  ret

# To compatibility mode and back, with PG = 1 all the time.
through_compatibility:
  mov [rip + saved_rsp], rsp
  mov dword ptr [rip + cell], offset in_compatibility
  mov word ptr [rip + cell + 4], KERNEL_CS32
  jmp fword ptr [rip + cell]
.code32
in_compatibility:
  mov eax, 0x12345678
  inc eax                                     # 40h: INC here, REX in 64-bit mode
  .byte 0xEA
  .long back_in_long
  .word KERNEL_CS
.code64
back_in_long:
  mov rsp, [rip + saved_rsp]
  mov eax, eax
  expect "compatibility mode and back", rax, 0x12345679
  ret

open_identity:
  # The first GiB of the identity becomes user pages.
  or dword ptr [rip + pml4], 4
  or dword ptr [rip + pdpt], 4
  lea rdi, [rip + pd]
  mov eax, 512
1:
  or dword ptr [rdi], 4
  add rdi, 8
  dec eax
  jnz 1b
  mov rax, cr3
  mov cr3, rax
  ret

clear_events:
  push rdi
  push rcx
  push rax
  lea rdi, [rip + events]
  mov ecx, EVENT_WORDS
  xor eax, eax
  rep stosq
  pop rax
  pop rcx
  pop rdi
  ret

# A handler that counts and notes its frame; ends interrupts.
note_event:
  inc qword ptr [rip + events]
  mov rax, [rdi + 16]
  mov [rip + event_rip], rax
  mov rax, [rdi + 32]
  mov [rip + event_flags], rax
  cmp qword ptr [rip + debug_count], 0
  jne 1f
  mov qword ptr [rip + debug_order], 2
1:
  cmp dword ptr [rdi], 0x30
  jb 2f
  mov eax, APIC
  mov dword ptr [rax + 0xB0], 0
2:
  ret

note_debug:
  mov rcx, [rip + debug_count]
  cmp rcx, 16
  jae 1f
  lea rax, [rip + debug_rips]
  mov rdx, [rdi + 16]
  mov [rax + rcx * 8], rdx
1:
  mov rax, dr6
  mov [rip + debug_dr6], rax
  cmp qword ptr [rip + debug_count], 0
  jne 3f
  mov [rip + debug_first_dr6], rax
3:
  inc qword ptr [rip + debug_count]
  mov rax, [rdi + 32]
  mov [rip + debug_flags], rax
  cmp qword ptr [rip + debug_order], 0
  jne 2f
  mov qword ptr [rip + debug_order], 1
2:
  ret

set_resume:
  call note_debug
  or dword ptr [rdi + 32], RF
  ret

nested_nmi:
  inc qword ptr [rip + events]
  inc qword ptr [rip + nmi_depth]
  mov rax, [rip + nmi_depth]
  cmp rax, [rip + nmi_depth_max]
  jbe 1f
  mov [rip + nmi_depth_max], rax
1:
  cmp qword ptr [rip + events], 1
  jne 2f
  send_nmi
  send_nmi
  nop
  nop
2:
  dec qword ptr [rip + nmi_depth]
  ret

push_at_512:
  mov rax, rsp
  lea rsp, [rip + scratch + 520]
  push 1
  mov rsp, rax
  ret

gate_landing:
  mov rbx, rsp
  mov edx, ss
  mov rsi, [rsp + 8]
  int 0x40

user_end:
  int 0x40
.code32
user_end32:
  int 0x40
.code64
user_iret_inner:
  .byte 0x48, 0xCF
user_selectors:
  mov ebx, gs
  mov edx, fs
  int 0x40
user_sysret:
  .byte 0x48, 0x0F, 0x07
user_syscall:
  syscall
user_syscall_after:
  int 0x40
user_swapgs:
  swapgs
user_fsgsbase:
  rdgsbase rbx
  int 0x40
user_sgdt:
  sgdt [rip + scratch]
user_sidt:
  sidt [rip + scratch]
user_sldt:
  sldt ebx
user_str:
  str ebx
  int 0x40
user_smsw:
  smsw ebx
user_null_ss:
  mov ss, eax
user_gate:
  call fword ptr [rip + gate_pointer]
user_load_np:
  mov ds, eax
user_debug:
  mov rax, dr0
user_int50:
  int 0x50
user_int1:
  .byte 0xF1
user_int3:
  int3
user_load1:
  mov al, [rbx]
  int 0x40
user_load2:
  mov ax, [rbx]
user_load4:
  mov eax, [rbx]
user_load8:
  mov rax, [rbx]
user_store4:
  mov [rbx], eax
user_push_odd:
  push rax
user_movaps:
  movaps xmm0, [rbx]
user_movups:
  movups xmm0, [rbx]
user_hlt:
  hlt
user_cr0:
  mov rax, cr0
user_rdmsr:
  rdmsr
user_clts:
  clts
user_lmsw:
  lmsw ax
gate_pointer:
  .long 0
  .word FREE_SELECTOR + 3

.section .data
.balign 16
stack_selector: .word KERNEL_DS, 0, 0, 0, 0, 0, 0, 0
.section .bss
.balign 16
cell: .skip 16
saved_rsp: .skip 8
debug_at: .skip 8
events: .skip 8
event_rip: .skip 8
event_flags: .skip 8
debug_count: .skip 8
debug_flags: .skip 8
debug_dr6: .skip 8
debug_order: .skip 8
nmi_depth: .skip 8
nmi_depth_max: .skip 8
spare: .skip 8
debug_rips: .skip 16 * 8
debug_first_dr6: .skip 8
