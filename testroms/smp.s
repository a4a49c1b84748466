# Four processors: INIT and SIPI, the state a SIPI finds, IPIs, locked counting; and the MP table that names them.
.include "rom.inc"
.set APIC, 0xFEE00000
.set TRAMPOLINE, 0x8000
.set ROUNDS, 10000
.set trampoline_bytes_value, 64

main:
  corner F09
  lea rsi, [rip + trampoline]
  mov edi, TRAMPOLINE
  mov ecx, trampoline_bytes_value
  rep movsb
  mov ebx, APIC
  mov dword ptr [rbx + 0xF0], 0x1FF
  # A SIPI without an INIT is dropped by a processor that runs; here they wait for SIPI since power-on.
  mov dword ptr [rbx + 0x300], 0xC4500        # INIT, all but self
  call delay
  mov dword ptr [rbx + 0x300], 0xC4608        # SIPI 08h
  call delay
  mov dword ptr [rbx + 0x300], 0xC4608        # the second is dropped
  call delay
  call delay
  expect "processors that came", [rip + arrived], 3
  mov eax, [rip + arrived_ids]
  expect "their ids", rax, 0xE
  movzx eax, word ptr [rip + first_cs]
  expect "CS of the start", rax, 0x800
  mov eax, [rip + first_cr0]
  and eax, 0x9FFFFFFF
  expect "CR0 after INIT, but for CD and NW", rax, 0x10
  # EDX after INIT is the signature that CPUID returns.
  push rbx
  mov eax, 1
  cpuid
  pop rbx
  mov r12d, eax
  mov eax, [rip + first_edx]
  expect "EDX: family and model", rax, r12
  mov qword ptr [rip + go], 1
  mov rcx, ROUNDS
1:
  lock inc qword ptr [rip + counter]
  dec rcx
  jnz 1b
2:
  pause
  cmp qword ptr [rip + done], 3
  jne 2b
  expect "locked counting by four", [rip + counter], 4 * ROUNDS
  expect "compare and exchange by three", [rip + exchanged], 3 * 100

  corner F08
  # A fixed interrupt to processor 2 alone, then to all but self, then an NMI to processor 1.
  mov ebx, APIC
  mov dword ptr [rbx + 0x310], 2 << 24
  mov dword ptr [rbx + 0x300], 0x4031
  call delay
  expect "processor 2 alone", [rip + hits], 0x10000
  mov dword ptr [rbx + 0x300], 0xC4031
  call delay
  expect "all but self", [rip + hits], 0x01020100
  mov dword ptr [rbx + 0x310], 1 << 24
  mov dword ptr [rbx + 0x300], 0x4400
  call delay
  expect "NMI to processor 1", [rip + nmis], 0x100
  # INIT puts processor 3 back to waiting; a SIPI starts it anew.
  mov qword ptr [rip + arrived], 0
  mov dword ptr [rbx + 0x310], 3 << 24
  mov dword ptr [rbx + 0x300], 0x4608
  call delay
  expect "SIPI to one that runs is dropped", [rip + arrived], 0
  mov dword ptr [rbx + 0x300], 0x4500
  mov dword ptr [rbx + 0x300], 0x8500         # de-assert: ignored
  mov dword ptr [rbx + 0x300], 0x4608
  call delay
  expect "INIT and SIPI", [rip + arrived], 1

  corner F10
  # Logical flat: each processor has set LDR to 1 << id.
  mov qword ptr [rip + hits], 0
  mov dword ptr [rbx + 0x310], 0x06000000
  mov dword ptr [rbx + 0x300], 0x4831
  call delay
  expect "processors 1 and 2", [rip + hits], 0x10100
  mov qword ptr [rip + hits], 0
  mov dword ptr [rbx + 0x310], 0x06000000
  mov dword ptr [rbx + 0x300], 0x4931
  call delay
  mov rax, [rip + hits]
  mov rcx, 0x0101010101010101               # the sum of the bytes, one a processor
  imul rax, rcx
  shr rax, 56
  expect "lowest priority: one of the set", rax, 1

  corner F16
  # The MP floating pointer, its table, entries for processors, bus, I/O APIC and interrupts.
  mov eax, 0xF0000
3:
  cmp dword ptr [rax], 0x5F504D5F
  je 4f
  add eax, 16
  cmp eax, 0x100000
  jb 3b
  xor eax, eax
4:
  mov [rip + pointer], rax
  test rax, rax
  setnz cl
  movzx ecx, cl
  expect "_MP_ between F0000h and FFFFFh", rcx, 1
  mov rsi, [rip + pointer]
  mov ecx, 16
  call sum
  expect "checksum of the pointer", rax, 0
  mov rsi, [rip + pointer]
  mov esi, [rsi + 4]
  mov [rip + table], rsi
  mov eax, [rsi]
  expect "PCMP", rax, 0x504D4350
  movzx ecx, word ptr [rsi + 4]
  call sum
  expect "checksum of the table", rax, 0
  mov rsi, [rip + table]
  movzx edi, word ptr [rsi + 34]
  add rsi, 44
  xor r8d, r8d                                # processors
  xor r9d, r9d                                # enabled ones
  xor r10d, r10d                              # I/O APICs
  xor r11d, r11d                              # I/O interrupts
  mov r12d, -1                                # pin of ISA IRQ 0
5:
  movzx eax, byte ptr [rsi]
  test eax, eax
  jnz 6f
  inc r8d
  movzx ecx, byte ptr [rsi + 3]
  and ecx, 1
  add r9d, ecx
  add rsi, 20
6:
  cmp eax, 2
  jne 7f
  mov ecx, [rsi + 4]
  cmp ecx, 0xFEC00000
  jne 7f
  inc r10d
7:
  cmp eax, 3
  jne 8f
  inc r11d
  cmp byte ptr [rsi + 5], 0
  jne 8f
  cmp byte ptr [rsi + 1], 0
  jne 8f
  movzx r12d, byte ptr [rsi + 7]
8:
  test eax, eax
  jz 9f
  add rsi, 8
9:
  dec edi
  jnz 5b
  expect "processors", r8, 4
  expect "enabled", r9, 4
  expect "I/O APIC at FEC00000h", r10, 1
  expect "ISA IRQ 0 stands on pin 2", r12, 2
  mov eax, r11d
  cmp eax, 16
  setae al
  movzx eax, al
  expect "I/O interrupt entries", rax, 1
  ret

# RSI, ECX: sum of bytes in AL.
sum:
  xor eax, eax
1:
  add al, [rsi]
  inc rsi
  dec ecx
  jnz 1b
  ret

delay:
  mov ecx, 200000
1:
  pause
  dec ecx
  jnz 1b
  ret

# Where the started processors come to in long mode.
.code64
started:
  mov eax, KERNEL_DS
  mov ds, eax
  mov es, eax
  mov ss, eax
  mov ebx, APIC
  mov r12d, [rbx + 0x20]
  shr r12d, 24                                # own id
  mov eax, r12d
  shl eax, 12
  lea rsp, [rip + started_stacks]
  add rsp, rax
  lidt [rip + idt_pointer]
  mov dword ptr [rbx + 0xF0], 0x1FF
  mov eax, 1
  mov ecx, r12d
  shl eax, cl
  shl eax, 24
  mov [rbx + 0xD0], eax
  lock bts dword ptr [rip + arrived_ids], r12d
  lock inc qword ptr [rip + arrived]
1:
  pause
  cmp qword ptr [rip + go], 0
  je 1b
  mov rcx, ROUNDS
2:
  lock inc qword ptr [rip + counter]
  dec rcx
  jnz 2b
  mov ecx, 100
3:
  mov rax, [rip + exchanged]
4:
  lea rdx, [rax + 1]
  lock cmpxchg [rip + exchanged], rdx
  jne 4b
  dec ecx
  jnz 3b
  lock inc qword ptr [rip + done]
  lea r13, [rip + hit]
  mov [rip + trap_handlers + 0x31 * 8], r13
  lea r13, [rip + nmi_hit]
  mov [rip + trap_handlers + 2 * 8], r13
5:
  sti
  hlt
  jmp 5b

# Counts the interrupt in the byte of this processor: byte id of `hits`.
hit:
  mov eax, APIC
  mov ecx, [rax + 0x20]
  shr ecx, 24
  lea rdx, [rip + hits]
  lock inc byte ptr [rdx + rcx]
  mov dword ptr [rax + 0xB0], 0
  ret
nmi_hit:
  mov eax, APIC
  mov ecx, [rax + 0x20]
  shr ecx, 24
  lea rdx, [rip + nmis]
  lock inc byte ptr [rdx + rcx]
  ret

.code16
trampoline:
  cli
  mov eax, cr0
  mov ebp, eax
  mov bx, cs
  xor cx, cx
  mov ds, cx
  .byte 0x66, 0x0F, 0x01, 0x16                # lgdtd [pointer]
  .word trampoline_gdt - trampoline + TRAMPOLINE
  mov eax, 1
  mov cr0, eax
  .byte 0x66, 0xEA
  .long trampoline32
  .word KERNEL_CS32
.balign 4
trampoline_gdt:
  .word 0x157
  .long gdt
trampoline_end:
.code32
trampoline32:
  mov eax, KERNEL_DS
  mov ds, eax
  mov [first_cs], bx
  mov [first_cr0], ebp
  mov [first_edx], edx
  mov eax, CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT
  mov cr4, eax
  mov eax, offset pml4
  mov cr3, eax
  mov ecx, EFER
  mov eax, EFER_LME | EFER_NXE | EFER_SCE
  xor edx, edx
  wrmsr
  mov eax, CR0_PG | CR0_WP | CR0_NE | CR0_PE | 2
  mov cr0, eax
  .byte 0xEA
  .long started
  .word KERNEL_CS
.code64

.section .bss
.balign 16
arrived: .skip 8
arrived_ids: .skip 8
first_cs: .skip 8
first_cr0: .skip 8
first_edx: .skip 8
go: .skip 8
done: .skip 8
counter: .skip 8
exchanged: .skip 8
hits: .skip 8
nmis: .skip 8
pointer: .skip 8
table: .skip 8
.balign 4096
started_stacks: .skip 5 * 4096
