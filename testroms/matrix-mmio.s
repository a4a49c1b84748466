# Reads and writes of every size of the local APIC, the I/O APIC and what nothing claims, by many instructions; and ports.
#
# A line is "PLACE INSTRUCTION: RESULT": the exception or RAX (flags, for comparisons) - for writes and strings, what is
# read afterwards.
.include "rom.inc"
.include "matrix.inc"

.set APIC, 0xFEE00000
.set IOAPIC, 0xFEC00000
.set NOTHING, 0xFE400000
.set PATTERN, 0x1122334455667788

# RDI the place; RAX and RDX start as a pattern.
.macro reads place:req, name:req, instruction:vararg
  mov rax, PATTERN
  mov rdx, rax
  mov rdi, \place
  mov rsi, rdi
  mov ecx, 4
  try_value "\place: \name", \instruction
.endm

.macro compares place:req, name:req, instruction:vararg
  mov rax, PATTERN
  mov rdi, \place
  attempt \instruction
  pushfq
  pop rax
  and eax, STATUS_FLAGS
  say "\place: \name: "
  call print_outcome_value
  call print_newline
.endm

.macro all_reads places:vararg
.irp place, \places
  reads "\place", "mov al", mov al, [rdi]
  reads "\place", "mov ax", mov ax, [rdi]
  reads "\place", "mov eax", mov eax, [rdi]
  reads "\place", "mov rax", mov rax, [rdi]
  reads "\place", "movzx eax, byte", movzx eax, byte ptr [rdi]
  reads "\place", "movzx rax, word", movzx rax, word ptr [rdi]
  reads "\place", "movsx ax, byte", movsx ax, byte ptr [rdi]
  reads "\place", "movsx rax, word", movsx rax, word ptr [rdi]
  reads "\place", "movsxd rax", movsxd rax, dword ptr [rdi]
.endr
.endm

.macro more_reads places:vararg
.irp place, \places
  reads "\place", "add eax", add eax, [rdi]
  reads "\place", "sbb rax", sbb rax, [rdi]
  reads "\place", "xor ax", xor ax, [rdi]
  reads "\place", "and al", and al, [rdi]
  reads "\place", "imul eax, 3", imul eax, [rdi], 3
  reads "\place", "cmovc eax", cmovc eax, [rdi]
  reads "\place", "cmovnc eax", cmovnc eax, [rdi]
  reads "\place", "bsf eax", bsf eax, [rdi]
  reads "\place", "lodsb", lodsb
  reads "\place", "lodsw", lodsw
  reads "\place", "lodsd", lodsd
  reads "\place", "lodsq", lodsq
  reads "\place", "rep lodsd", rep lodsd
  compares "\place", "cmp al", cmp al, [rdi]
  compares "\place", "cmp [], imm8", cmp dword ptr [rdi], -1
  compares "\place", "test eax", test [rdi], eax
  compares "\place", "bt eax, 3", bt dword ptr [rdi], 3
  compares "\place", "scasb", scasb
  compares "\place", "scasd", scasd
.endr
.endm

# PLACE is set to FIRST as a doubleword, changed by INSTRUCTION and read, where the register WHERE counts.
.macro writes where:req, first:req, place:req, name:req, instruction:vararg
  mov edi, \where
  mov dword ptr [rdi], \first
  mov rax, PATTERN
  mov rdx, 0x8877665544332211
  mov rdi, \place
  lea rsi, [rip + source]
  mov ecx, 1
  attempt \instruction
  mov [rip + saved], rax
  mov edi, \where
  mov ecx, [rdi]
  say "\place: \name: "
  call print_outcome
  say " "
  say_hex rcx
  say " RAX "
  say_hex [rip + saved]
  call print_newline
.endm

.macro all_writes where:req, first:req, places:vararg
.irp place, \places
  writes \where, \first, \place, "mov [], al", mov [rdi], al
  writes \where, \first, \place, "mov [], ax", mov [rdi], ax
  writes \where, \first, \place, "mov [], eax", mov [rdi], eax
  writes \where, \first, \place, "mov [], rax", mov [rdi], rax
  writes \where, \first, \place, "mov [], imm8", mov byte ptr [rdi], 0x5A
  writes \where, \first, \place, "mov [], imm16", mov word ptr [rdi], 0x5A5A
  writes \where, \first, \place, "mov [], imm32", mov dword ptr [rdi], 0x5A5A5A5A
  writes \where, \first, \place, "mov qword [], imm32", mov qword ptr [rdi], -3
  writes \where, \first, \place, "stosb", stosb
  writes \where, \first, \place, "stosw", stosw
  writes \where, \first, \place, "stosd", stosd
  writes \where, \first, \place, "stosq", stosq
  writes \where, \first, \place, "movsb", movsb
  writes \where, \first, \place, "movsd", movsd
  writes \where, \first, \place, "rep movsd", rep movsd
.endr
.endm

.macro more_writes where:req, first:req, places:vararg
.irp place, \places
  writes \where, \first, \place, "add [], eax", add [rdi], eax
  writes \where, \first, \place, "add [], 1", add dword ptr [rdi], 1
  writes \where, \first, \place, "or byte [], 40h", or byte ptr [rdi], 0x40
  writes \where, \first, \place, "inc []", inc dword ptr [rdi]
  writes \where, \first, \place, "not []", not dword ptr [rdi]
  writes \where, \first, \place, "neg byte []", neg byte ptr [rdi]
  writes \where, \first, \place, "shl [], 1", shl dword ptr [rdi], 1
  writes \where, \first, \place, "bts [], 6", bts dword ptr [rdi], 6
  writes \where, \first, \place, "lock or [], 40h", lock or dword ptr [rdi], 0x40
  writes \where, \first, \place, "xchg [], eax", xchg [rdi], eax
  writes \where, \first, \place, "xchg [], al", xchg [rdi], al
  writes \where, \first, \place, "xadd [], eax", xadd [rdi], eax
  writes \where, \first, \place, "cmpxchg, unequal", cmpxchg [rdi], edx
  writes \where, \first, \place, "setne", setne byte ptr [rdi]
  writes \where, \first, \place, "pop", .byte 0x6A, 0x35, 0x8F, 0x07   # push 35h; pop [rdi]
.endr
.endm

.set ID, APIC + 0x20
.set VERSION, APIC + 0x30
.set TPR, APIC + 0x80
.set LDR, APIC + 0xD0
.set SVR, APIC + 0xF0
.set LVT_TIMER, APIC + 0x320
.set SELECT, IOAPIC
.set IOWINDOW, IOAPIC + 0x10

main:
  mov edi, APIC
  mov dword ptr [rdi + 0xF0], 0x1FF
  mov dword ptr [rdi + 0xD0], 0x5A000000
  mov edi, IOAPIC
  mov dword ptr [rdi], 1
  all_reads VERSION, VERSION + 1, VERSION + 2, VERSION + 3, VERSION + 4, VERSION + 8, LDR, LDR + 3, SVR, APIC, APIC + 0x400
  all_reads APIC + 0xFFF, APIC - 1, APIC - 4
  all_reads IOWINDOW, IOWINDOW + 1, IOWINDOW + 3, IOWINDOW + 4, SELECT, IOAPIC + 0x20, IOAPIC + 0xFFC
  all_reads NOTHING, NOTHING + 1, NOTHING + 0xFFD
  more_reads LDR, VERSION, IOWINDOW, NOTHING
  all_writes TPR, 0x11, TPR
  all_writes LDR, 0x11223344, LDR, LDR + 1, LDR + 3, LDR - 1, LDR - 4
  all_writes SELECT, 1, SELECT, SELECT + 1, SELECT - 1
  all_writes NOTHING, 0, NOTHING, NOTHING + 0xFFD
  more_writes TPR, 0x11, TPR
  more_writes LDR, 0x11223344, LDR
  more_writes SELECT, 1, SELECT
  more_writes NOTHING, 0, NOTHING
  mov edi, APIC
  mov dword ptr [rdi + 0x80], 0
  call strings
  call ports
  jmp matrix_finish

# The buffer, filled before, as three quadwords.
.macro string name:req, instruction:vararg
  lea rdi, [rip + buffer]
  mov rax, 0x5555555555555555
  mov [rdi], rax
  mov [rdi + 8], rax
  mov [rdi + 16], rax
  mov ecx, 3
  mov edx, 0x3FF
  attempt \instruction
  cld
  lea rax, [rip + buffer]
  sub rdi, rax
  say "\name: "
  call print_outcome
.irp offset, 0, 8, 16
  say " "
  say_hex [rip + buffer + \offset]
.endr
  say " RCX "
  say_hex rcx
  say " RDI "
  say_hex rdi
  call print_newline
.endm

strings:
.irp place, VERSION, LDR, IOWINDOW, NOTHING
  mov esi, \place
  string "\place: rep movsb to RAM", rep movsb
  mov esi, \place
  string "\place: rep movsw to RAM", rep movsw
  mov esi, \place
  string "\place: rep movsd to RAM", rep movsd
  mov esi, \place
  string "\place: rep movsq to RAM", rep movsq
  mov esi, \place + 8
  std
  string "\place: rep movsd down", rep movsd
  lea rsi, [rip + source]
  string "\place: movsd from RAM", movsd
.endr
  # From one device to the other.
  mov esi, LDR
  mov edi, SELECT
  mov ecx, 1
  attempt rep movsd
  mov edi, SELECT
  mov eax, [rdi]
  say "LDR to SELECT: "
  call print_outcome_value
  call print_newline
  mov esi, LDR
  mov edi, NOTHING
  attempt cmpsd
  pushfq
  pop rax
  and eax, STATUS_FLAGS
  say "cmpsd LDR, NOTHING: "
  call print_outcome_value
  call print_newline
  mov edi, LDR
  mov rbp, rsp
  attempt push qword ptr [rdi]
  mov rax, [rsp]
  mov rsp, rbp
  say "push LDR: "
  call print_outcome_value
  call print_newline
  ret

.macro port_read name:req, port:req, instruction:vararg
  mov rax, PATTERN
  mov edx, \port
  try_value "\name", \instruction
.endm

.macro port_write name:req, first:req, value:req, instruction:vararg
  mov edx, 0x3FF
  mov al, \first
  out dx, al
  mov rax, \value
  attempt \instruction
  mov [rip + saved], rsi
  mov rax, PATTERN
  mov edx, 0x3FF
  in al, dx
  say "\name: "
  call print_outcome_value
  call print_newline
.endm

ports:
  mov al, 0xA5
  out 0x21, al
  mov al, 0x5A
  out 0xA1, al
  mov edx, 0x3FF
  mov al, 0x3C
  out dx, al
  port_read "in al, 21h", 0, in al, 0x21
  port_read "in ax, 21h", 0, in ax, 0x21
  port_read "in eax, 21h", 0, in eax, 0x21
  port_read "in rax, 21h (REX.W)", 0, .byte 0x48, 0xE5, 0x21
  port_read "in al, A1h", 0, in al, 0xA1
.irp port, 0x3FF, 0x3FE, 0xA1, 0xA0, 0x1234, 0xFFFF, 0xFFFE, 0xFFFD
  port_read "in al, \port", \port, in al, dx
  port_read "in ax, \port", \port, in ax, dx
  port_read "in eax, \port", \port, in eax, dx
  port_read "in eax, \port, upper bits of EDX set", 0x7FFF0000 + \port, in eax, dx
.endr
  port_write "out 3FFh, al", 1, 0x1122334455667788, out dx, al
  mov edx, 0x3FF
  port_write "out 3FFh, ax", 1, 0x1122334455667788, out dx, ax
  port_write "out 3FFh, eax", 1, 0x1122334455667788, out dx, eax
.irp name, insb, insw, insd
  string "\name", \name
  string "rep \name", rep \name
.endr
.irp name, outsb, outsw, outsd
  lea rsi, [rip + source]
  port_write "\name", 1, 0, \name
  say "\name, RSI: "
  lea rax, [rip + source]
  mov rsi, [rip + saved]
  sub rsi, rax
  mov rax, rsi
  call print_hex
  call print_newline
  lea rsi, [rip + source]
  mov ecx, 3
  port_write "rep \name", 1, 0, rep \name
  say "rep \name, RSI: "
  lea rax, [rip + source]
  mov rsi, [rip + saved]
  sub rsi, rax
  mov rax, rsi
  call print_hex
  call print_newline
.endr
  ret

.section .data
.balign 8
source: .quad 0x7766554433221104, 0x1716151413121114, 0x2726252423222124
.section .bss
.balign 8
.skip 8
buffer: .skip 32
saved: .skip 8
.section .text
