# Debug exceptions as one piece: single steps, RF, breakpoints of every kind, DR6, DR7.GD, and what comes first.
#
# debug.inc says what a line means. What the lines follow:
#   SDM Vol. 3B "Debug Exceptions" ("Instruction-Breakpoint Exception Condition" and the four conditions behind it),
#   "Debug Status Register (DR6)", "Debug Control Register (DR7)"; Vol. 3A "Masking Exceptions and Interrupts When
#   Switching Stacks", "Priority Among Simultaneous Exceptions and Interrupts"; APM Vol. 2 "Debug and Performance
#   Resources", "Resume Flag (RF) Bit". Where they are silent, a Zen 2, whose debug registers and TF at CPL 3 were asked.
#
# B0 to B3 of disabled breakpoints may be set where they match: here never. IA32_DEBUGCTL reads as 0 and keeps nothing:
# there is no BTF, and each instruction is stepped.
.include "rom.inc"
.include "matrix.inc"
.include "debug.inc"

main:
  mov eax, APIC
  mov dword ptr [rax + 0xF0], 0x1FF
  handle DE_, log_event
  handle DB_, log_event
  handle NMI_, log_event
  handle BP_, log_event
  handle UD_, log_event
  handle GP_, log_event
  handle PF_, log_event
  handle 0x31, log_event
  handle 0x32, log_event
  map 0, scratch, 7
  map 1, (scratch + 0x1000), 7
  write_msr STAR, 0x001B000800000000
  lea rax, [rip + system_entry]
  mov rdx, rax
  shr rdx, 32
  mov ecx, LSTAR
  wrmsr
  # Segments for SYSENTER and SYSEXIT, one behind the other.
  mov rsi, 0x00AF9B000000FFFF
  mov [rip + gdt_free], rsi
  mov rsi, 0x00CF93000000FFFF
  mov [rip + gdt_free + 8], rsi
  mov rsi, 0x00CFFB000000FFFF
  mov [rip + gdt_free + 16], rsi
  mov rsi, 0x00CFF3000000FFFF
  mov [rip + gdt_free + 24], rsi
  mov [rip + gdt_free + 40], rsi
  mov rsi, 0x00AFFB000000FFFF
  mov [rip + gdt_free + 32], rsi
  write_msr 0x174, FREE_SELECTOR
  lea rax, [rip + system_entry]
  xor edx, edx
  mov ecx, 0x176
  wrmsr
  lea rax, [rip + kernel_stack_top]
  mov ecx, 0x175
  wrmsr
  call steps
  call step_transfers
  call step_system
  call step_faults
  call step_strings
  call resume_flag
  call code_breakpoints
  call accesses
  call lengths
  call repeated
  call ports
  call shadows
  call status
  call general_detect
  call priorities
  jmp matrix_finish

.macro send_self vector:req
  mov r13d, APIC
  mov dword ptr [r13 + 0x300], 0x44000 | (\vector)
.endm

# An IRETQ to the label at FOLLOW with RFLAGS.
.macro return_with flags:req, follow:req
  mov r13, rsp
  push KERNEL_DS
  push r13
  push (\flags) | 2
  push KERNEL_CS
  lea r13, [rip + \follow]
  push r13
.endm

# TF set, kept and cleared by what loads RFLAGS.
steps:
  case "TF, nop"
  nop
  done
  case "TF set: nop, nop", 0, TF
  nop
  nop
  done
  case "POPFQ sets TF"
  push TF | 2
  popfq
  nop
  nop
  done
  case "POPFQ clears TF", 0, TF
  push 2
  popfq
  nop
  done
  case "POPFQ keeps TF", 0, TF
  push TF | 2
  popfq
  nop
  done
  case "POPFW sets TF"
  .byte 0x66, 0x68
  .word TF | 2
  .byte 0x66, 0x9D
  nop
  done
  case "POPFW clears TF", 0, TF
  .byte 0x66, 0x68
  .word 2
  .byte 0x66, 0x9D
  nop
  done
  case "PUSHFQ under TF, what it pushes", 0, TF
  pushfq
  pop rax
  done_value rax
  case "IRETQ sets TF"
  return_with TF, 102f
  iretq
102:
  nop
  nop
  done
  case "IRETQ clears TF", 0, TF
  mov ecx, 2
  mov rax, rsp
  push KERNEL_DS
  push rax
  push rcx
  push KERNEL_CS
  lea rdx, [rip + 102f]
  push rdx
  iretq
102:
  nop
  done
  case "IRETQ keeps TF", 0, TF
  mov ecx, TF | 2
  mov rax, rsp
  push KERNEL_DS
  push rax
  push rcx
  push KERNEL_CS
  lea rdx, [rip + 102f]
  push rdx
  iretq
102:
  nop
  done
  case "IA32_DEBUGCTL takes BTF: nop, nop, jmp", 0, 0
  mov ecx, 0x1D9
  mov eax, 2
  xor edx, edx
  wrmsr
  push TF | 2
  popfq
  nop
  nop
  jmp 102f
102:
  done
  mov ecx, 0x1D9
  rdmsr
  say "IA32_DEBUGCTL after BTF: "
  say_hex rax
  call print_newline
  user_case "3 IRETQ sets TF", 0, TF, "nop; nop"
  user_case "3 POPFQ sets TF", 0, 0, "push 0x102; popfq; nop; nop"
  user_case "3 POPFQ clears TF", 0, TF, "push 2; popfq; nop"
  user_case "3 int 32h under TF", 0, TF, "int 0x32; nop"
  user_case "3 int3 under TF", 0, TF, "int3; nop"
  user_case "3 int1 under TF", 0, TF, ".byte 0xF1; nop"
  user_case "3 hlt under TF", 0, TF, "hlt; nop"
  ret

# Branches, gates and system calls.
step_transfers:
  case "TF: jmp", 0, TF
  jmp 102f
  nop
102:
  nop
  done
  case "TF: jz not taken, jz taken", 0, TF
  jz 102f
  cmp eax, eax
  jz 102f
  nop
102:
  done
  case "TF: call, ret", 0, TF
  call 102f
  jmp 101f
102:
  ret
  done
  case "TF: loop", 0, TF
  mov ecx, 2
102:
  loop 102b
  done
  case "TF: far return", 0, TF
  push KERNEL_CS
  lea rax, [rip + 102f]
  push rax
  retfq
102:
  nop
  done
  case "TF: int 32h", 0, TF
  int 0x32
  nop
  done
  case "TF: int3", 0, TF
  int3
  nop
  done
  case "TF: CD 03", 0, TF
  .byte 0xCD, 3
  nop
  done
  case "TF: CD 01", 0, TF
  .byte 0xCD, 1
  nop
  done
  case "TF: int1", 0, TF
  .byte 0xF1
  nop
  done
  case "int1"
  .byte 0xF1
  nop
  done
.macro mask value:req
  mov ecx, SFMASK
  mov eax, \value
  xor edx, edx
  wrmsr
.endm
.macro resumes
  lea r13, [rip + 101f]
  mov [rip + resume_rip], r13
  mov [rip + resume_rsp], rsp
.endm
.macro system_call name:req, mask:req, flags:req
  mask \mask
  say "\name: "
  case_bounds
  resumes
  push (\flags) | 2
  popfq
100:
  syscall
  done
  user_case "3 \name", 0, \flags, "syscall; nop"
.endm
  system_call "syscall, FMASK.TF set", TF, TF
  system_call "syscall, FMASK.TF clear", 0, TF
  system_call "syscall without TF", 0, 0
  # FMASK masks nothing of RF, which SYSCALL clears: R11 shows it.
  case "syscall, R11 under TF with FMASK.TF clear", 0, 0
  resumes
  push TF | 2
  popfq
  syscall
  done_value r11
.macro system_return name:req, flags:req, new:req
  case "\name", 0, 0
  resumes
  lea rcx, [rip + user_nops]
  mov rax, USER
  add rcx, rax
  lea rax, [rip + user_nops]
  mov [rip + case_start], rax
  mov r11d, (\new) | 2
  push (\flags) | 2
  popfq
  sysretq
  done
.endm
  .pushsection .text.user, "ax"
user_nops:
  nop
  nop
  int 0x40
  .popsection
  system_return "sysret sets TF", 0, TF
  system_return "sysret keeps TF", TF, TF
  system_return "sysret clears TF", TF, 0
  system_return "sysret, RF in R11", 0, RF
  # Instructions in long mode on Intel's processors alone.
  case "sysenter under TF", 0, 0
  resumes
  push TF | 2
  popfq
  sysenter
  done
  case "sysexit under TF", 0, 0
  resumes
  lea rdx, [rip + user_nops]
  mov rax, USER
  add rdx, rax
  lea rax, [rip + user_nops]
  mov [rip + case_start], rax
  mov rcx, [rip + user_rsp]
  push TF | 2
  popfq
  .byte 0x48, 0x0F, 0x35                     # sysexitq
  done
  ret

# Instructions that touch the processor's own state.
step_system:
.macro step name:req, setup:req, instruction:vararg
  say "TF: \name: "
  case_bounds
  \setup
  push TF | 2
  popfq
100:
  \instruction
  nop
  done
.endm
  step "mov cr0", "mov rax, cr0", mov cr0, rax
  step "mov cr3", "mov rax, cr3", mov cr3, rax
  step "mov cr4", "mov rax, cr4", mov cr4, rax
  step "mov cr8", "xor eax, eax", mov cr8, rax
  step "mov from cr0", "nop", mov rax, cr0
  step "mov dr0", "xor eax, eax", mov dr0, rax
  step "mov dr7", "mov eax, 0x400", mov dr7, rax
  step "mov from dr7", "nop", mov rax, dr7
  step "lidt", "nop", lidt [rip + idt_pointer]
  step "lgdt", "nop", lgdt [rip + gdt_pointer]
  step "invlpg", "nop", invlpg [rbx]
  step "clts", "nop", clts
  step "smsw", "nop", smsw eax
  step "cpuid", "nop", cpuid
  step "rdtsc", "nop", rdtsc
  step "rdmsr", "mov ecx, EFER", rdmsr
  step "wrmsr", "mov ecx, EFER; rdmsr", wrmsr
  step "swapgs", "nop", swapgs
  step "wbinvd", "nop", wbinvd
  step "in", "mov edx, COM1 + 7", in al, dx
  step "out", "mov edx, COM1 + 7", out dx, al
  step "cli", "nop", cli
  step "sti", "nop", sti
  step "mov ds", "mov ecx, KERNEL_DS", mov ds, ecx
  step "lss", "mov word ptr [rbx + 4], KERNEL_DS; mov [rbx], esp", lss ecx, [rbx]
  step "lldt", "xor ecx, ecx", lldt cx
  step "fld1", "nop", fld1
  step "fwait", "nop", fwait
  step "movaps", "nop", movaps xmm0, [rbx]
  step "lock add", "nop", lock add dword ptr [rbx], 1
  # The trap wakes the processor.
  step "hlt", "nop", hlt
  ret

# A fault has no trap; what its handler makes good runs again and is stepped.
step_faults:
  case "TF: ud2", 0, TF
  ud2
  done
  case "TF: div by 0", 0, TF
  xor ecx, ecx
  div ecx
  done
  case "TF: mov cr0 with PG and without PE", 0, TF
  mov eax, 0x80000000
  mov cr0, rax
  done
  unmap 2
  case "TF: read, not present", 0, TF
  mov r13, WINDOW + 0x2000
  mov eax, [r13]
  nop
  done
  mov qword ptr [rip + repair], 1
  case "TF: read, not present, made good", 0, TF
  mov r13, WINDOW + 0x2000
  mov eax, [r13]
  nop
  done
  unmap 2
  case "TF: rep stosb into a page made good", 0, TF
  mov rdi, WINDOW + 0x1FFE
  rep stosb
  nop
  done
  unmap 2
  case "rep stosb into a page made good"
  mov rdi, WINDOW + 0x1FFE
  rep stosb
  nop
  done
  unmap 2
  mov qword ptr [rip + repair], 0
  case "TF: undefined opcode, then none", 0, TF
  nop
  .byte 0x06
  done
  ret

step_strings:
  mov qword ptr [rip + shows_rcx], 1
  case "TF: rep stosb", 0, TF
  rep stosb
  nop
  done
  case "TF: rep stosb, RCX 1", 0, TF
  mov ecx, 1
  rep stosb
  nop
  done
  case "TF: rep stosb, RCX 0", 0, TF
  xor ecx, ecx
  rep stosb
  nop
  done
  case "TF: rep movsq", 0, TF
  rep movsq
  done
  case "TF: rep lodsb", 0, TF
  rep lodsb
  done
  case "TF: repe cmpsb that ends early", 0, TF
  mov byte ptr [rsi + 1], 1
  repe cmpsb
  done
  mov byte ptr [rip + scratch + 0x401], 0
  case "TF: repne scasb that ends early", 0, TF
  repne scasb
  done
  case "TF: rep outsb", 0, TF
  mov edx, COM1 + 7
  rep outsb
  done
  case "TF: rep insb", 0, TF
  mov edx, COM1 + 7
  rep insb
  done
  case "TF: stosb without rep", 0, TF
  stosb
  done
  mov qword ptr [rip + shows_rcx], 0
  ret

# Who sets RF, in what images it stands, and how long it lasts.
resume_flag:
  at 0, 102f
  case "RF of IRETQ covers the breakpoint", L0
  return_with RF, 102f
  iretq
102:
  nop
  nop
  done
  at 0, 103f
  case "RF of IRETQ covers one instruction", L0
  return_with RF, 102f
  iretq
102:
  nop
103:
  nop
  done
  at 0, 103f
  case "POPFQ loads no RF", L0
  push RF | 2
  popfq
103:
  nop
  done
  case "PUSHFQ behind IRETQ with RF"
  return_with RF, 102f
  iretq
102:
  pushfq
  pop rax
  done_value rax
  case "RF, ud2"
  return_with RF, 102f
  iretq
102:
  ud2
  done
  case "RF, int 32h"
  return_with RF, 102f
  iretq
102:
  int 0x32
  done
  case "RF, int3"
  return_with RF, 102f
  iretq
102:
  int3
  done
  case "RF, int1"
  return_with RF, 102f
  iretq
102:
  .byte 0xF1
  done
  case "RF and TF, nop"
  return_with (RF | TF), 102f
  iretq
102:
  nop
  nop
  done
  watch 0, scratch + 0x10
  case "RF, a data breakpoint", L0 | WRITES
  return_with RF, 102f
  iretq
102:
  mov [rbx + 0x10], al
  done
  case "RF, syscall, R11"
  resumes
  return_with RF, 102f
  iretq
102:
  syscall
  done_value r11
  case "ud2"
  ud2
  done
  case "int 32h"
  int 0x32
  done
  case "NMI between instructions"
  mov r13d, APIC
  mov dword ptr [r13 + 0x300], 0x4400
  nop
  done
  case "interrupt between instructions"
  send_self 0x31
  sti
  nop
  nop
  done
  case "interrupt where IRETQ loads RF and IF"
  send_self 0x31
  return_with (RF | IF), 102f
  iretq
102:
  nop
  done
  mov qword ptr [rip + shows_rcx], 1
  case "interrupt in the midst of rep stosb"
  send_self 0x31
  std
  sti
  rep stosb
  nop
  done
  case "interrupt behind rep stosb"
  send_self 0x31
  mov ecx, 1
  sti
  rep stosb
  nop
  done
  at 0, 102f
  case "interrupt in the midst of rep stosb at a breakpoint", L0
  send_self 0x31
  nop
  sti
102:
  rep stosb
  nop
  done
  mov qword ptr [rip + shows_rcx], 0
  ret

code_breakpoints:
.irp number, 0, 1, 2, 3
  at \number, 102f
  case "execute, L\number", 1 << (2 * \number)
  nop
102:
  nop
  done
  at \number, 102f
  case "execute, G\number", 2 << (2 * \number)
  nop
102:
  nop
  done
.endr
  at 0, 102f
  case "execute, L0 and G0", L0 | G0
102:
  nop
  done
  case "execute, disabled", 0
102:
  nop
  done
  at 0, 102f
  at 1, 102f
  case "execute, two at one place", L0 | L1
  nop
102:
  nop
  done
  at 0, 102f
  at 1, 102f
  case "execute, one of two enabled", L1
  nop
102:
  nop
  done
  at 0, 102f
  case "execute, comes back without RF", L0
  mov qword ptr [rip + repeats], 2
  nop
102:
  nop
  done
  at 0, 102f + 1
  case "execute, second byte", L0
102:
  mov eax, ecx
  done
  at 0, 102f
  case "execute, first prefix", L0
  nop
102:
  lock add [rbx], eax
  done
  at 0, 102f + 1
  case "execute, opcode behind a prefix", L0
  nop
102:
  lock add [rbx], eax
  done
  at 0, 102f
  case "execute, read as data", L0
  mov eax, [rip + 102f]
  jmp 103f
102:
  nop
103:
  done
  at 0, 102f
  case "execute, jumped to", L0
  jmp 102f
  nop
102:
  nop
  done
  at 0, 102f
  case "execute, jumped over", L0
  jmp 103f
102:
  nop
103:
  done
  at 0, 102f
  case "execute, twice in a loop", L0
  mov ecx, 2
102:
  loop 102b
  done
  at 0, 102f
  case "execute, the next instruction of MOV DR7"
  mov eax, 0x401
  mov dr7, rax
102:
  nop
  done
  at 0, 102f
  case "execute, ud2", L0
  nop
102:
  ud2
  done
  at 0, 102f
  case "execute, int3", L0
  nop
102:
  int3
  done
  at 0, 102f
  case "execute, int1", L0
  nop
102:
  .byte 0xF1
  done
  at 0, 102f
  case "execute, div by 0", L0
  xor ecx, ecx
102:
  div ecx
  done
  watch 0, trap_stubs + 0x32 * 16
  case "execute, handler of int 32h", L0
  int 0x32
  nop
  done
  at 0, 102f
  case "execute, IRETQ's target", L0
  return_with 0, 102f
  iretq
102:
  nop
  done
  at 0, 102f
  case "execute, TF set", L0, TF
  nop
102:
  nop
  nop
  done
  # No page: the breakpoint is first, and the fault comes with RF.
  mov r13, WINDOW + 0x100000
  mov dr0, r13
  case "execute, no page to fetch from", L0
  mov r13, WINDOW + 0x100000
  jmp r13
  done
  case "execute, no page to fetch from, TF set", L0, TF
  mov r13, WINDOW + 0x100000
  jmp r13
  done
  mov qword ptr [rip + repair], 1
  at 0, 102f
  case "execute, data not present, made good", L0
  mov r13, WINDOW + 0x2000
102:
  mov eax, [r13]
  nop
  done
  unmap 2
  mov qword ptr [rip + shows_rcx], 1
  at 0, 102f
  case "execute, rep stosb", L0
  nop
102:
  rep stosb
  nop
  done
  at 0, 102f
  case "execute, rep stosb, TF set", L0, TF
  nop
102:
  rep stosb
  nop
  done
  at 0, 102f
  case "execute, rep stosb into a page made good", L0
  mov rdi, WINDOW + 0x1FFE
102:
  rep stosb
  nop
  done
  unmap 2
  watch 0, scratch + 0x801
  at 1, 102f
  case "execute and write, rep stosb", L0 | L1 | WRITES
  nop
102:
  rep stosb
  nop
  done
  mov qword ptr [rip + repair], 0
  mov qword ptr [rip + shows_rcx], 0
  # R/W 10b without CR4.DE is undefined: nothing here.
  at 0, 102f
  case "execute, R/W 10b", L0 | PORTS
102:
  nop
  done
  ret

# Each instruction with a breakpoint on a byte of its operand.
accesses:
  watch 0, scratch + 0x10
  access "mov to memory", "nop", mov [rbx + 0x10], eax
  access "mov from memory", "nop", mov eax, [rbx + 0x10]
  access "mov imm", "nop", mov byte ptr [rbx + 0x10], 1
  access "mov moffs", "nop", movabs eax, dword ptr [scratch + 0x10]
  access "movzx", "nop", movzx eax, byte ptr [rbx + 0x10]
  access "movsxd", "nop", movsxd rax, dword ptr [rbx + 0x10]
  access "add to memory", "nop", add [rbx + 0x10], eax
  access "add from memory", "nop", add eax, [rbx + 0x10]
  access "cmp", "nop", cmp [rbx + 0x10], eax
  access "test", "nop", test [rbx + 0x10], eax
  access "inc", "nop", inc byte ptr [rbx + 0x10]
  access "lock xadd", "nop", lock xadd [rbx + 0x10], eax
  access "xchg", "nop", xchg [rbx + 0x10], eax
  access "cmpxchg, equal", "nop", cmpxchg [rbx + 0x10], ecx
  access "cmpxchg, unequal", "mov eax, 5", cmpxchg [rbx + 0x10], ecx
  access "lock cmpxchg, unequal", "mov eax, 5", lock cmpxchg [rbx + 0x10], ecx
  access "cmpxchg8b, unequal", "mov eax, 5", cmpxchg8b [rbx + 0x10]
  access "cmpxchg16b, unequal", "mov eax, 5", cmpxchg16b [rbx + 0x10]
  access "shl by 0", "nop", .byte 0xC1, 0x63, 0x10, 0
  access "rol by cl 0", "xor ecx, ecx", rol dword ptr [rbx + 0x10], cl
  access "shld by cl 0", "xor ecx, ecx", shld [rbx + 0x10], eax, cl
  access "bt", "nop", bt dword ptr [rbx + 0x10], 1
  access "bts", "nop", bts dword ptr [rbx + 0x10], 1
  access "bt far off, first byte", "mov ecx, 128", bt [rbx], ecx
  access "setz", "nop", setz [rbx + 0x10]
  access "cmovnz not taken", "cmp eax, eax", cmovnz eax, [rbx + 0x10]
  access "mul", "nop", mul dword ptr [rbx + 0x10]
  access "lea", "nop", lea rax, [rbx + 0x10]
  access "nop with operand", "nop", nop dword ptr [rbx + 0x10]
  access "prefetch", "nop", prefetcht0 [rbx + 0x10]
  access "clflush", "nop", clflush [rbx + 0x10]
  access "invlpg", "nop", invlpg [rbx + 0x10]
  access "xlatb", "add rbx, 0x10", xlatb
  access "push", "lea rsp, [rbx + 0x18]", push rax
  access "push memory", "nop", push qword ptr [rbx + 0x10]
  access "pop", "lea rsp, [rbx + 0x10]", pop rax
  access "pop memory", "nop", pop qword ptr [rbx + 0x10]
  access "pushfq", "lea rsp, [rbx + 0x18]", pushfq
  access "popfq", "mov dword ptr [rbx + 0x10], 2; lea rsp, [rbx + 0x10]", popfq
  access "call", "lea rsp, [rbx + 0x18]", .byte 0xE8, 0, 0, 0, 0
  access "call memory, the pointer", "lea rax, [rip + 101f]; mov [rbx + 0x10], rax", call [rbx + 0x10]
  access "jmp memory", "lea rax, [rip + 101f]; mov [rbx + 0x10], rax", jmp [rbx + 0x10]
  access "ret", "lea rax, [rip + 101f]; mov [rbx + 0x10], rax; lea rsp, [rbx + 0x10]", ret
  access "enter", "lea rsp, [rbx + 0x18]", enter 8, 0
  access "enter, the new top", "lea rsp, [rbx + 0x28]", enter 16, 0
  access "leave", "lea rbp, [rbx + 0x10]", leave
  access "iretq, the selector of SS", "call iret_frame", iretq
  access "retfq, the selector", "lea rax, [rip + 101f]; mov [rbx + 8], rax; mov dword ptr [rbx + 0x10], 8; lea rsp, [rbx + 8]", retfq
  access "mov ds", "mov word ptr [rbx + 0x10], 0x10", mov ds, [rbx + 0x10]
  access "mov from ds", "nop", mov [rbx + 0x10], ds
  access "lfs, the selector", "nop", lfs eax, [rbx + 0xC]
  access "lar", "mov word ptr [rbx + 0x10], 0x10", lar eax, [rbx + 0x10]
  access "verr", "mov word ptr [rbx + 0x10], 0x10", verr word ptr [rbx + 0x10]
  access "lldt", "nop", lldt word ptr [rbx + 0x10]
  access "str", "nop", str word ptr [rbx + 0x10]
  access "smsw", "nop", smsw word ptr [rbx + 0x10]
  access "sgdt", "nop", sgdt [rbx + 0xF]
  access "lidt", "mov ax, [rip + idt_pointer]; mov [rbx + 0xE], ax; lea rax, [rip + idt]; mov [rbx + 0x10], rax", lidt [rbx + 0xE]
  access "movs, destination", "lea rdi, [rbx + 0x10]", movsb
  access "movs, source", "lea rsi, [rbx + 0x10]", movsb
  access "stosq", "lea rdi, [rbx + 9]", stosq
  access "lodsb", "lea rsi, [rbx + 0x10]", lodsb
  access "cmpsb, source", "lea rsi, [rbx + 0x10]", cmpsb
  access "cmpsb, destination", "lea rdi, [rbx + 0x10]", cmpsb
  access "scasb", "lea rdi, [rbx + 0x10]", scasb
  access "rep stosb, RCX 0", "lea rdi, [rbx + 0x10]; xor ecx, ecx", rep stosb
  access "insb", "lea rdi, [rbx + 0x10]; mov edx, COM1 + 7", insb
  access "outsb", "lea rsi, [rbx + 0x10]; mov edx, COM1 + 7", outsb
  access "movaps to memory", "nop", movaps [rbx + 0x10], xmm0
  access "movaps from memory", "nop", movaps xmm0, [rbx + 0x10]
  access "movups, last byte", "nop", movups [rbx + 1], xmm0
  access "addps", "nop", addps xmm0, [rbx + 0x10]
  access "movss", "nop", movss [rbx + 0x10], xmm0
  access "movhps", "nop", movhps [rbx + 0x10], xmm0
  access "movq mm", "nop", movq [rbx + 0x10], mm0
  access "movnti", "nop", movnti [rbx + 0x10], eax
  access "movntdq", "nop", movntdq [rbx + 0x10], xmm0
  access "maskmovdqu, none", "pxor xmm1, xmm1; lea rdi, [rbx + 0x10]", maskmovdqu xmm0, xmm1
  access "maskmovdqu, all", "pcmpeqd xmm1, xmm1; lea rdi, [rbx + 0x10]", maskmovdqu xmm0, xmm1
  access "maskmovdqu, byte 3", "mov eax, 0x80000000; movd xmm1, eax; lea rdi, [rbx + 0xD]", maskmovdqu xmm0, xmm1
  access "maskmovdqu, byte 3 of 4", "mov eax, 0x80000000; movd xmm1, eax; lea rdi, [rbx + 0xC]", maskmovdqu xmm0, xmm1
  access "maskmovq, byte 3", "mov eax, 0x80000000; movd mm1, eax; lea rdi, [rbx + 0xD]", maskmovq mm0, mm1
  access "maskmovq, byte 3 of 4", "mov eax, 0x80000000; movd mm1, eax; lea rdi, [rbx + 0xC]", maskmovq mm0, mm1
  access "stmxcsr", "nop", stmxcsr [rbx + 0x10]
  access "ldmxcsr", "stmxcsr [rbx + 0x10]", ldmxcsr [rbx + 0x10]
  access "fld m32", "nop", fld dword ptr [rbx + 0x10]
  access "fld m64", "nop", fld qword ptr [rbx + 0x10]
  access "fld m80, last byte", "nop", fld tbyte ptr [rbx + 7]
  access "fst m32", "fld1", fst dword ptr [rbx + 0x10]
  access "fstp m64", "fld1", fstp qword ptr [rbx + 0x10]
  access "fstp m80, first byte", "fld1", fstp tbyte ptr [rbx + 0x10]
  access "fstp m80, last byte", "fld1", fstp tbyte ptr [rbx + 7]
  access "fstp m80, behind it", "fld1", fstp tbyte ptr [rbx + 6]
  access "fild m16", "nop", fild word ptr [rbx + 0x10]
  access "fist m32", "fld1", fist dword ptr [rbx + 0x10]
  access "fistp m64", "fld1", fistp qword ptr [rbx + 0x10]
  access "fbstp, first byte", "fld1", fbstp [rbx + 0x10]
  access "fbstp, last byte", "fld1", fbstp [rbx + 7]
  access "fbld", "nop", fbld [rbx + 0x10]
  access "fadd m64", "fld1", fadd qword ptr [rbx + 0x10]
  access "fnstcw", "nop", fnstcw [rbx + 0x10]
  access "fldcw", "fnstcw [rbx + 0x10]", fldcw [rbx + 0x10]
  access "fnstsw", "nop", fnstsw [rbx + 0x10]
  access "fnstenv, first byte", "nop", fnstenv [rbx + 0x10]
  access "fnstenv, inside", "nop", fnstenv [rbx]
  access "fldenv", "fnstenv [rbx + 0x10]", fldenv [rbx + 0x10]
  access "fnsave, first byte", "nop", fnsave [rbx + 0x10]
  access "fnsave, last byte", "nop", fnsave [rbx + 0x10 - 107]
  access "frstor, last byte", "fnsave [rbx + 0x10 - 107]", frstor [rbx + 0x10 - 107]
  access "fxsave, first byte", "nop", fxsave [rbx + 0x10]
  access "fxsave, reserved byte of a register", "nop", fxsave [rbx - 0x20]
  access "fxsave, XMM15", "nop", fxsave [rbx - 0x180]
  access "fxsave, behind XMM15", "nop", fxsave [rbx - 0x190]
  access "fxrstor, first byte", "fxsave [rbx + 0x10]", fxrstor [rbx + 0x10]
  access "fxrstor, XMM15", "fxsave [rbx - 0x180]", fxrstor [rbx - 0x180]
  # It reads its last byte too, and nothing else behind XMM15 (Zen 2).
  watch 0, scratch + 0x1F
  access "fxrstor, last byte", "fxsave [rbx - 0x1E0]", fxrstor [rbx - 0x1E0]
  watch 0, scratch + 0x1E
  access "fxrstor, the byte before it", "fxsave [rbx - 0x1E0]", fxrstor [rbx - 0x1E0]
  watch 0, scratch + 0x10
  access "fxrstor, behind XMM15", "fxsave [rbx - 0x190]", fxrstor [rbx - 0x190]
  ret

# An IRETQ frame to the end of the case whose last slot is at RBX + 10h; RSP comes to lie at it.
iret_frame:
  pop r13
  mov r14, rsp
  mov rax, [rip + case_end]
  mov [rbx - 0x10], rax
  mov qword ptr [rbx - 8], KERNEL_CS
  mov qword ptr [rbx], 2
  mov [rbx + 8], r14
  mov qword ptr [rbx + 0x10], KERNEL_DS
  lea rsp, [rbx - 0x10]
  jmp r13

# Lengths and places of a breakpoint against those of an access, and what enables it.
lengths:
.macro length name:req, address:req, control:req, instruction:vararg
  watch 0, scratch + \address
  case "\name", \control
  \instruction
  done
.endm
.irp size, 1, 2, 4, 8
  .if \size == 1
    .set LENGTH, 0
  .elseif \size == 2
    .set LENGTH, TWO
  .elseif \size == 4
    .set LENGTH, FOUR
  .else
    .set LENGTH, EIGHT
  .endif
  length "LEN \size: first byte", 0x10, L0 | ACCESSES | LENGTH, mov [rbx + 0x10], al
  length "LEN \size: last byte", 0x10, L0 | ACCESSES | LENGTH, mov [rbx + 0x10 + \size - 1], al
  length "LEN \size: behind it", 0x10, L0 | ACCESSES | LENGTH, mov [rbx + 0x10 + \size], al
  length "LEN \size: below it", 0x10, L0 | ACCESSES | LENGTH, mov [rbx + 0xF], al
  length "LEN \size: 4 bytes across its start", 0x10, L0 | ACCESSES | LENGTH, mov [rbx + 0xD], eax
  length "LEN \size: 4 bytes up to its start", 0x10, L0 | ACCESSES | LENGTH, mov [rbx + 0xC], eax
  length "LEN \size: 8 bytes across its end", 0x10, L0 | ACCESSES | LENGTH, mov [rbx + 0x10 + \size - 1], rax
  length "LEN \size: 16 bytes around it", 0x10, L0 | ACCESSES | LENGTH, movups [rbx + 0xB], xmm0
  length "LEN \size: low bits of DR0, first byte", 0x10 + \size - 1, L0 | ACCESSES | LENGTH, mov [rbx + 0x10], al
.endr
  length "write: read", 0x10, L0 | WRITES, mov al, [rbx + 0x10]
  length "write, L0", 0x10, L0 | WRITES, mov [rbx + 0x10], al
  length "write, G0", 0x10, G0 | WRITES, mov [rbx + 0x10], al
  length "write, disabled", 0x10, WRITES, mov [rbx + 0x10], al
  length "write, LE and GE without L0 and G0", 0x10, 0x300 | WRITES, mov [rbx + 0x10], al
  length "write, LE and GE", 0x10, L0 | 0x300 | WRITES, mov [rbx + 0x10], al
  length "R/W 10b without CR4.DE", 0x10, L0 | PORTS, mov [rbx + 0x10], al
  length "write: instruction fetch", 0, L0 | ACCESSES, nop
  watch 0, scratch + 0x10
  watch 1, scratch + 0x12
  watch 2, scratch + 0x10
  watch 3, scratch + 0x20
  case "four breakpoints, three hit", 0x55 | 0x1D110000
  mov [rbx + 0x10], eax
  done
  case "four breakpoints, one of the three disabled", 0x51 | 0x1D110000
  mov [rbx + 0x10], eax
  done
  case "two instructions, two traps", 0x55 | 0x11110000
  mov [rbx + 0x10], al
  mov [rbx + 0x20], al
  done
  case "TF and a write", L0 | WRITES, TF
  mov [rbx + 0x10], al
  nop
  done
  at 1, 102f
  case "write, then a breakpoint at the next instruction", L0 | L1 | WRITES
  mov [rbx + 0x10], al
102:
  nop
  done
  at 1, 102f
  case "the same under TF", L0 | L1 | WRITES, TF
  mov [rbx + 0x10], al
102:
  nop
  done
  # Page borders.
.macro border name:req, address:req, instruction:vararg
  mov r13, WINDOW + \address
  mov dr0, r13
  mov r14, WINDOW
  case "\name", L0 | ACCESSES
  \instruction
  done
.endm
  border "across pages: last byte of the first", 0xFFF, mov [r14 + 0xFFE], eax
  border "across pages: first byte of the second", 0x1000, mov [r14 + 0xFFE], eax
  border "across pages: last byte", 0x1001, mov [r14 + 0xFFE], eax
  border "across pages: behind it", 0x1002, mov [r14 + 0xFFE], eax
  border "across pages: 16 bytes, the second", 0x1000, movups xmm0, [r14 + 0xFF8]
  border "across pages: add", 0x1000, add [r14 + 0xFFE], eax
  border "second page not present: write", 0x1FFF, mov [r14 + 0x1FFE], eax
  border "second page not present: read", 0x1FFF, mov eax, [r14 + 0x1FFE]
  border "second page not present: 16 bytes", 0x1FFF, movups [r14 + 0x1FF8], xmm0
  # A hit of an instruction that faults is forgotten.
  watch 0, scratch + 0x400
  case "source hit, destination not present: movsb", L0 | ACCESSES
  mov rdi, WINDOW + 0x2000
  movsb
  done
  case "operand hit, stack not present: push", L0 | ACCESSES
  mov rsp, WINDOW + 0x2004
  push qword ptr [rsi]
  done
  case "operand hit: div by 0", L0 | ACCESSES
  div dword ptr [rsi]
  done
  mov qword ptr [rip + repair], 1
  case "source hit, destination made good: movsb", L0 | ACCESSES
  mov rdi, WINDOW + 0x2000
  movsb
  done
  unmap 2
  mov qword ptr [rip + repair], 0
  # At CPL 3.
  lea r14, [rip + scratch + 0x10]
  mov r13, USER
  add r13, r14
  mov dr0, r13
  user_case "3 write", L0 | WRITES, 0, "mov [rbx + 0x10], al; nop"
  user_case "3 write under TF", L0 | WRITES, TF, "mov [rbx + 0x10], al; nop"
  watch 0, scratch + 0x10
  user_case "3 write by another linear address", L0 | WRITES, 0, "mov [rbx + 0x10], al; nop"
  ret

# Breakpoints within a repetition: after the iteration, with RF unless it was the last.
repeated:
  mov qword ptr [rip + shows_rcx], 1
.macro repetition name:req, address:req, control:req, setup:req, instruction:vararg
  watch 0, scratch + \address
  case "\name", \control
  \setup
  \instruction
  nop
  done
.endm
  repetition "rep stosb, first byte", 0x800, L0 | WRITES, "nop", rep stosb
  repetition "rep stosb, second byte", 0x801, L0 | WRITES, "nop", rep stosb
  repetition "rep stosb, last byte", 0x802, L0 | WRITES, "nop", rep stosb
  repetition "rep stosb, behind it", 0x803, L0 | WRITES, "nop", rep stosb
  repetition "rep stosb, all of it", 0x800, L0 | WRITES | FOUR, "nop", rep stosb
  repetition "rep stosb, byte 700 of 1500", 0xABC, L0 | WRITES, "mov ecx, 1500", rep stosb
  repetition "rep stosb downwards", 0x7FF, L0 | WRITES, "std", rep stosb
  repetition "rep stosq, second quadword", 0x80F, L0 | WRITES, "nop", rep stosq
  repetition "rep stosd with 67h", 0x804, L0 | WRITES, "nop", .byte 0x67, 0xF3, 0xAB
  repetition "rep movsb, source", 0x401, L0 | ACCESSES, "nop", rep movsb
  repetition "rep movsb, source, writes alone", 0x401, L0 | WRITES, "nop", rep movsb
  repetition "rep movsb, destination", 0x801, L0 | ACCESSES, "nop", rep movsb
  repetition "rep movsq, source", 0x409, L0 | ACCESSES, "nop", rep movsq
  repetition "rep lodsb", 0x401, L0 | ACCESSES, "nop", rep lodsb
  repetition "repe cmpsb, source", 0x401, L0 | ACCESSES, "nop", repe cmpsb
  repetition "repe scasb", 0x801, L0 | ACCESSES, "nop", repe scasb
  repetition "repne scasb that ends there", 0x800, L0 | ACCESSES, "nop", repne scasb
  repetition "rep stosb, nothing to do", 0x800, L0 | ACCESSES, "xor ecx, ecx", rep stosb
  watch 0, scratch + 0x400
  watch 1, scratch + 0x802
  case "rep movsb, first source and last destination", L0 | L1 | 0x330000
  rep movsb
  done
  watch 0, scratch + 0x401
  watch 1, scratch + 0x801
  case "rep movsb, source and destination at once", L0 | L1 | 0x330000
  rep movsb
  done
  case "TF: rep movsb, source in the midst", L0 | ACCESSES, TF
  rep movsb
  nop
  done
  watch 0, scratch + 0x800
  case "rep insb, memory", L0 | WRITES
  mov edx, COM1 + 7
  rep insb
  nop
  done
  watch 0, scratch + 0x401
  case "rep outsb, memory", L0 | ACCESSES
  mov edx, COM1 + 7
  rep outsb
  nop
  done
  mov qword ptr [rip + shows_rcx], 0
  ret

# I/O breakpoints, with CR4.DE but for the first.
ports:
  mov r13d, COM1 + 7
  mov dr0, r13
.macro port name:req, control:req, instruction:vararg
  case "port: \name", \control
  mov edx, COM1 + 7
  \instruction
  nop
  done
.endm
  port "in without CR4.DE", L0 | PORTS, in al, dx
  mov rax, cr4
  or eax, CR4_DE
  mov cr4, rax
  port "in", L0 | PORTS, in al, dx
  port "out", L0 | PORTS, out dx, al
  port "in, G0", G0 | PORTS, in al, dx
  port "in, disabled", PORTS, in al, dx
  port "in, R/W 11b", L0 | ACCESSES, in al, dx
  port "insb", L0 | PORTS, insb
  port "outsb", L0 | PORTS, outsb
  mov qword ptr [rip + shows_rcx], 1
  port "rep insb", L0 | PORTS, rep insb
  port "rep outsb", L0 | PORTS, rep outsb
  case "port: rep insb, RCX 0", L0 | PORTS
  mov edx, COM1 + 7
  xor ecx, ecx
  rep insb
  done
  case "port: TF: rep insb", L0 | PORTS, TF
  mov edx, COM1 + 7
  rep insb
  done
  mov qword ptr [rip + shows_rcx], 0
  case "port: in below it, 2 bytes", L0 | PORTS
  mov edx, COM1 + 6
  in ax, dx
  nop
  done
  case "port: in below it, 1 byte", L0 | PORTS
  mov edx, COM1 + 6
  in al, dx
  nop
  done
  mov r13d, 0x84
  mov dr0, r13
  case "port: out imm8, LEN 4, last byte", L0 | PORTS | FOUR
  out 0x87, al
  nop
  done
  case "port: out imm8, LEN 4, behind it", L0 | PORTS | FOUR
  out 0x88, al
  nop
  done
  case "port: out imm8, LEN 2, last byte", L0 | PORTS | TWO
  out 0x85, al
  nop
  done
  case "port: out of 4 bytes across it", L0 | PORTS
  out 0x82, eax
  nop
  done
  watch 0, scratch + 0x10
  case "port: memory at an I/O breakpoint", L0 | PORTS
  mov [rbx + 0x10], al
  done
  mov r13d, COM1 + 7
  mov dr0, r13
  watch 1, scratch + 0x800
  case "port: insb, port and memory", L0 | L1 | PORTS | 0x100000
  mov edx, COM1 + 7
  insb
  nop
  done
  mov rax, cr4
  and eax, ~CR4_DE
  mov cr4, rax
  ret

# MOV SS holds back what comes after it; STI holds back interrupts alone.
shadows:
  lea r13, [rip + stack_selector]
  mov dr0, r13
  case "TF: mov ss, nop", 0, TF
  mov eax, KERNEL_DS
  mov ss, eax
  nop
  nop
  done
  case "mov ss hits", L0 | ACCESSES | TWO
  mov ss, [rip + stack_selector]
  nop
  nop
  done
  case "mov ss hits, TF set", L0 | ACCESSES | TWO, TF
  mov ss, [rip + stack_selector]
  nop
  nop
  done
  case "mov ss hits, mov ss hits", L0 | ACCESSES | TWO
  mov ss, [rip + stack_selector]
  mov ss, [rip + stack_selector]
  nop
  done
  case "TF: mov ss, mov ss, mov ss", 0, TF
  mov eax, KERNEL_DS
  mov ss, eax
  mov ss, eax
  mov ss, eax
  nop
  nop
  done
  watch 1, scratch + 0x10
  case "mov ss hits, a write hits", L0 | L1 | ACCESSES | TWO | (WRITES << 4)
  mov ss, [rip + stack_selector]
  mov [rbx + 0x10], al
  nop
  done
  at 1, 102f
  case "breakpoint behind mov ss", L1
  mov eax, KERNEL_DS
  mov ss, eax
102:
  nop
  nop
  done
  at 1, 102f
  case "breakpoint behind mov ss, TF set", L1, TF
  mov eax, KERNEL_DS
  mov ss, eax
102:
  nop
  nop
  done
  at 1, 102f
  case "mov ss hits, breakpoint behind it", L0 | L1 | ACCESSES | TWO
  mov ss, [rip + stack_selector]
102:
  nop
  nop
  done
  at 1, 102f
  case "breakpoint two behind mov ss", L1
  mov eax, KERNEL_DS
  mov ss, eax
  nop
102:
  nop
  done
.macro shadowed name:req, instruction:vararg
  case "mov ss hits, \name", L0 | ACCESSES | TWO
  mov ss, [rip + stack_selector]
  \instruction
  nop
  done
  case "TF: mov ss, \name", 0, TF
  mov eax, KERNEL_DS
  mov ss, eax
  \instruction
  nop
  done
.endm
  shadowed "ud2", ud2
  shadowed "int 32h", int 0x32
  shadowed "int3", int3
  shadowed "int1", .byte 0xF1
  shadowed "cli", cli
  shadowed "sti", sti
  shadowed "pushfq", pushfq
  shadowed "jmp", .byte 0xEB, 0
  mov qword ptr [rip + shows_rcx], 1
  shadowed "rep stosb", rep stosb
  mov qword ptr [rip + shows_rcx], 0
  case "mov ss, POPFQ sets TF"
  push TF | 2
  mov eax, KERNEL_DS
  mov ss, eax
  popfq
  nop
  nop
  done
  case "mov ss, POPFQ clears TF", 0, TF
  push 2
  mov eax, KERNEL_DS
  mov ss, eax
  popfq
  nop
  done
  case "mov ss, out at a port", 0
  mov rax, cr4
  or eax, CR4_DE
  mov cr4, rax
  mov eax, 0x80
  mov dr0, rax
  mov eax, 0x401 | PORTS
  mov dr7, rax
  mov eax, KERNEL_DS
  mov ss, eax
  out 0x80, al
  nop
  done
  mov rax, cr4
  and eax, ~CR4_DE
  mov cr4, rax
  case "interrupt behind sti, mov ss"
  send_self 0x31
  mov eax, KERNEL_DS
  sti
  mov ss, eax
  nop
  nop
  done
  case "NMI behind mov ss"
  mov r13d, APIC
  mov ecx, KERNEL_DS
  mov eax, 0x4400
  mov ss, ecx
  mov [r13 + 0x300], eax
  nop
  done
  lea r13, [rip + stack_selector]
  mov dr0, r13
  case "lss hits", L0 | ACCESSES | TWO
  mov rcx, rsp
  lss eax, [rip + stack_selector - 4]
  mov rsp, rcx
  nop
  done
  case "TF: sti, nop", 0, TF
  sti
  nop
  nop
  done
  at 0, 102f
  case "breakpoint behind sti", L0
  sti
102:
  nop
  nop
  done
  watch 0, scratch + 0x10
  case "write behind sti", L0 | WRITES
  sti
  mov [rbx + 0x10], al
  nop
  done
  case "TF: interrupt behind sti", 0, 0
  send_self 0x31
  push TF | 2
  popfq
  sti
  nop
  nop
  done
  ret

# What stays in DR6, and which bits of DR6 and DR7 are there.
status:
  mov qword ptr [rip + keeps_dr6], 1
.macro stays name:req, before:req, control:req, flags:req, instruction:vararg
  mov r13d, \before
  mov [rip + dr6_before], r13
  case "DR6 \before, \name", \control, \flags
  \instruction
102:
  nop
  done
  mov r13, dr6
  say "DR6 \before, \name, in the end: "
  say_hex r13
  call print_newline
.endm
.irp before, 0xFFFF0FF0, 0xFFFF0FFF, 0xFFFFEFF0, 0xFFFFEFFF
  watch 0, scratch + 0x10
  stays "write", \before, L0 | WRITES, 0, mov [rbx + 0x10], al
  stays "single step", \before, 0, TF, nop
  stays "int1", \before, 0, 0, .byte 0xF1
  stays "int3", \before, 0, 0, int3
  stays "ud2", \before, 0, 0, ud2
  at 0, 102f
  stays "execute", \before, L0, 0, nop
.endr
  mov r13d, 0xFFFF0FF0
  mov [rip + dr6_before], r13
  at 0, 102f
  watch 1, scratch + 0x10
  case "DR6 kept: write, breakpoint, single steps", L0 | L1 | (WRITES << 4), TF
  mov [rbx + 0x10], al
102:
  nop
  nop
  done
  mov qword ptr [rip + keeps_dr6], 0
.macro reads register:req, value:req
  mov rax, \value
  mov \register, rax
  mov rcx, \register
  mov eax, 0x400
  mov dr7, rax
  say "\register takes \value: "
  say_hex rcx
  call print_newline
.endm
  reads dr6, 0
  reads dr6, 0xFFFFFFFF
  reads dr7, 0
  reads dr7, 0xFFFFD800
  reads dr7, 0x300
  reads dr0, -1
  ret

# Any #DB clears GD on its way into the handler.
general_detect:
.macro detect name:req, instruction:vararg
  case "GD: \name", GD
  nop
  \instruction
  nop
  done
.endm
.irp number, 0, 1, 2, 3, 4, 5, 6, 7
  detect "mov rax, dr\number", .byte 0x0F, 0x21, 0xC0 + \number * 8
  detect "mov dr\number, rax", .byte 0x0F, 0x23, 0xC0 + \number * 8
.endr
  mov rax, cr4
  or eax, CR4_DE
  mov cr4, rax
  detect "mov rax, dr4 with CR4.DE", .byte 0x0F, 0x21, 0xE0
  detect "mov dr5, rax with CR4.DE", .byte 0x0F, 0x23, 0xE8
  mov rax, cr4
  and eax, ~CR4_DE
  mov cr4, rax
  case "GD: DR7 behind it", GD
  mov rax, dr7
  mov rax, dr7
  done_value rax
  case "GD: dr7 with bits 63:32", GD
  mov rax, -1
  mov dr7, rax
  done
  case "GD under TF: mov rax, dr7", GD, TF
  mov rax, dr7
  nop
  done
  case "GD: single step, mov rax, dr7", GD
  push TF | 2
  popfq
  nop
  mov rax, dr7
  done
  watch 0, scratch + 0x10
  case "GD: write, mov rax, dr7", GD | L0 | WRITES
  mov [rbx + 0x10], al
  mov rax, dr7
  done
  case "GD: int1, mov rax, dr7", GD
  .byte 0xF1
  mov rax, dr7
  done
  at 0, 102f
  case "GD: breakpoint at mov rax, dr7", GD | L0
  nop
102:
  mov rax, dr7
  done
  case "GD behind mov ss: mov rax, dr7", GD
  mov ecx, KERNEL_DS
  mov ss, ecx
  mov rax, dr7
  nop
  done
  user_case "3 GD: mov rax, dr0", GD, 0, "mov rax, dr0"
  ret

# What comes first, and that nothing else is lost.
priorities:
  watch 0, scratch + 0x10
  case "interrupt and write trap", L0 | WRITES
  send_self 0x31
  sti
  mov [rbx + 0x10], al
  nop
  done
  at 0, 102f
  case "interrupt and breakpoint", L0
  send_self 0x31
  sti
  nop
102:
  nop
  done
  case "interrupt and single step", 0, 0
  send_self 0x31
  push TF | 2
  popfq
  sti
  nop
  nop
  done
  case "NMI and single step", 0, TF
  mov r13d, APIC
  mov dword ptr [r13 + 0x300], 0x4400
  nop
  done
  at 0, 102f
  case "NMI and breakpoint", L0
  mov r13d, APIC
  mov dword ptr [r13 + 0x300], 0x4400
102:
  nop
  done
  watch 0, scratch + 0x10
  at 0, 102f
  case "write trap, interrupt and breakpoint", L0 | L2 | (WRITES << 8)
  watch 2, scratch + 0x10
  send_self 0x31
  sti
  mov [rbx + 0x10], al
102:
  nop
  done
  at 0, 102f
  case "single step, interrupt and breakpoint", L0
  send_self 0x31
  push TF | 2
  popfq
  sti
  nop
102:
  nop
  done
  at 0, 102f
  case "breakpoint before #UD of a locked nop", L0
102:
  .byte 0xF0, 0x90
  done
  at 0, 102f
  case "breakpoint before #GP of 16 bytes", L0
102:
  .byte 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90
  done
  ret

.section .data
.balign 8
  .long 0
stack_selector: .word KERNEL_DS, 0, 0, 0
.section .text
