# Kind of workload: exceptions and system calls: #UD, #DE, #BP, #GP, #PF, INT n, IRET to CPL 3 and back, SYSCALL, SYSRET.
.set ROUNDS, 40
.include "kind.inc"
.set FRAME, 0x1000000

setup:
  handle PF_, page_fault
  gate UD_, invalid
  gate DE_, divided
  gate BP_, breakpoint
  gate GP_, protected
  gate 0x31, called
  gate 0x41, user_ends
  write_msr STAR, 0x001B000800000000          # with RPL 3: not every processor adds it for SS
  lea rax, [rip + system_call]
  write_msr LSTAR, rax
  write_msr SFMASK, 0x700
  lea rax, [rip + own]
  write_msr KERNEL_GS_BASE, rax
  write_msr GS_BASE, 0
  lea rax, [rip + kernel_stack_top]
  mov [rip + own], rax
  ret

round:
  mov ebx, 20
  mov r14, WINDOW + 0x5000
1:
  int 0x31
  ud2
  int3
  # Page 5 of the window is absent until the handler maps it.
  add r12, [r14 + 8]
  mov [r14], r12
  mov qword ptr [rip + window_pt + 5 * 8], 0
  invlpg [r14]
  # 2 / 0, and the quotient that is too large.
  mov eax, 2
  xor edx, edx
  xor ecx, ecx
  div ecx
  mov eax, 0x80000000
  cdq
  mov ecx, -1
  idiv ecx
  # A selector beyond the GDT.
  mov eax, 0xFFF8
  mov fs, eax
  dec ebx
  jnz 1b

  # CPL 3 and back.
  mov [rip + saved_rsp], rsp
  mov rax, USER
  lea rcx, [rip + user_work]
  add rcx, rax
  push USER_DS
  push qword ptr [rip + user_rsp]
  push 2
  push USER_CS
  push rcx
  iretq

user_work:
  mov ebx, 20
1:
  mov eax, ebx
  syscall
  add r12, rax
  int 0x31
  ud2
  mov r8d, 5
2:
  mov eax, r8d
  syscall
  rol r12, 3
  xor r12, rax
  dec r8d
  jnz 2b
  dec ebx
  jnz 1b
  int 0x41

# Lean handlers, as of a microkernel; page_fault goes through the common part, which saves every register.
called:
  lea r12, [r12 + r12 * 2 + 1]
  iretq
invalid:
  add qword ptr [rsp], 2
  inc r12
  iretq
divided:
  add qword ptr [rsp], 2
  rol r12, 1
  iretq
breakpoint:
  not r12
  iretq
protected:
  add r12, [rsp]                              # the selector
  add qword ptr [rsp + 8], 2
  add rsp, 8
  iretq
page_fault:
  mov rax, cr2
  shr rax, 12
  and eax, 511
  lea rcx, [rip + window_pt]
  mov qword ptr [rcx + rax * 8], FRAME + 3
  ret
user_ends:
  mov rsp, [rip + saved_rsp]
  mov eax, KERNEL_DS
  mov ss, eax
  ret

system_call:
  swapgs
  mov gs:[8], rsp
  mov rsp, gs:[0]
  push rcx
  push r11
  push rdi
  push rsi
  call service
  pop rsi
  pop rdi
  pop r11
  pop rcx
  mov rsp, gs:[8]
  swapgs
  sysretq
service:
  lea rdi, [rip + services]
  and eax, 3
  jmp [rdi + rax * 8]
.irp number, 0, 1, 2, 3
service\number:
  lea rax, [r12 + \number * 4 + 1]
  inc qword ptr [rip + own + 16 + \number * 8]
  ret
.endr

.section .rodata
.balign 8
services: .quad service0, service1, service2, service3
.section .bss
.balign 8
own: .skip 48
saved_rsp: .skip 8
