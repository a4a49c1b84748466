# A trip from protected mode to real mode and back: cached descriptors, the IVT, limits, the A20 gate.
.include "rom32.inc"
.set LOW, 0x8000                              # the 16-bit part is copied here, below 64 KiB

main:
  mov esi, offset low_start
  mov edi, LOW
  mov ecx, offset low_end
  sub ecx, esi
  rep movsb
  mov [saved_esp], esp
  mov esp, 0x7000
  # ljmp CODE16:LOW
  .byte 0xEA
  .long LOW
  .word CODE16
back:
  mov eax, KERNEL_DS
  mov ds, ax
  mov es, ax
  mov ss, ax
  xor ecx, ecx
  mov fs, cx
  mov gs, cx
  mov esp, [saved_esp]
  lidt [idt_pointer]
  corner C43
  expect "base of a real-mode load", "[L_result_base]", 0x1234
  expect "the cached limit survives: 4 GiB in real mode", "[L_result_unreal]", 0x5A5A5A5A
  expect "INT through the IVT", "[L_result_int]", 0x21
  expect "IP pushed", "[L_result_int_ip]", "offset L_after_int"
  expect "CPL 0: MOV CR0 runs", "[L_result_cr0]", 0x10
  expect "LAR is #UD", "[L_result_ud]", 6
  expect "fault IP", "[L_result_ud_ip]", "offset L_bad_lar"
  expect "PUSHF width, bit 1", "[L_result_flags]", 2
  corner C27
  expect "a vector beyond the IDT limit is #GP", "[L_result_limit]", 13
  corner A21
  expect "a word at FFFFh is #GP", "[L_result_wrap]", 13
  expect "a word at SS:FFFFh is #SS", "[L_result_stack]", 12
  expect "code past FFFFh is #GP", "[L_result_code]", 13
  corner D22
  expect "A20 on: FFFF:0010 is 100000h", "[L_result_a20_on]", 0x1BADB002
  expect "A20 off: it is 0", "[L_result_a20_off]", 0x77777777
  expect "A20 on again", "[L_result_a20_again]", 0x1BADB002
  expect "by the 8042 alone", "[L_result_a20_8042]", 0x1BADB002
  corner C46
  expect "LMSW sets PE", "[L_result_lmsw]", 1
  ret

# The addresses of the 16-bit part's labels in its copy at LOW.
.set L_after_int, after_int - low_start + LOW
.set L_bad_lar, bad_lar - low_start + LOW
.set L_handler12, handler12 - low_start + LOW
.set L_handler13, handler13 - low_start + LOW
.set L_handler21, handler21 - low_start + LOW
.set L_handler6, handler6 - low_start + LOW
.set L_low_gdt, low_gdt - low_start + LOW
.set L_real_idt, real_idt - low_start + LOW
.set L_result_a20_8042, result_a20_8042 - low_start + LOW
.set L_result_a20_again, result_a20_again - low_start + LOW
.set L_result_a20_off, result_a20_off - low_start + LOW
.set L_result_a20_on, result_a20_on - low_start + LOW
.set L_result_base, result_base - low_start + LOW
.set L_result_code, result_code - low_start + LOW
.set L_result_cr0, result_cr0 - low_start + LOW
.set L_result_flags, result_flags - low_start + LOW
.set L_result_int, result_int - low_start + LOW
.set L_result_int_ip, result_int_ip - low_start + LOW
.set L_result_limit, result_limit - low_start + LOW
.set L_result_lmsw, result_lmsw - low_start + LOW
.set L_result_stack, result_stack - low_start + LOW
.set L_result_ud, result_ud - low_start + LOW
.set L_result_ud_ip, result_ud_ip - low_start + LOW
.set L_result_unreal, result_unreal - low_start + LOW
.set L_result_wrap, result_wrap - low_start + LOW
.set L_resume, resume - low_start + LOW
.set L_seen_ip, seen_ip - low_start + LOW
.set L_seen_vector, seen_vector - low_start + LOW
.set L_short_idt, short_idt - low_start + LOW
.set L_step1, step1 - low_start + LOW
.set L_step2, step2 - low_start + LOW
.set L_step3, step3 - low_start + LOW
.set L_step4, step4 - low_start + LOW
.set L_step5, step5 - low_start + LOW
.set L_step6, step6 - low_start + LOW
.code16
low_start:
  # 16-bit protected: leave protected mode with DS holding 4 GiB limits.
  mov ax, KERNEL_DS
  mov ds, ax
  mov ax, DATA16
  mov es, ax
  mov ss, ax
  mov fs, ax
  mov gs, ax
  mov eax, cr0
  and eax, 0xFFFFFFFE
  mov cr0, eax
  .byte 0xEA                                  # ljmp 0:1f
  .word L_step1
  .word 0
step1:
  xor ax, ax
  mov ss, ax
  mov sp, 0x7000
  mov es, ax
  # DS still has base 0 and 4 GiB. A load changes the base alone.
  mov ax, 0x10
  mov ds, ax
  mov dword ptr ds:[0x3000], 0x1234           # linear 3100h
  mov eax, es:[0x3100]
  mov es:[L_result_base], eax
  xor ax, ax
  mov ds, ax
  mov eax, 0x5A5A5A5A
  mov edi, 0x300000
  mov [edi], eax
  mov ebx, [edi]
  mov [L_result_unreal], ebx
  # The IVT at 0.
  mov word ptr ds:[0x21 * 4], offset L_handler21
  mov word ptr ds:[0x21 * 4 + 2], 0
  .irp number, 6, 12, 13
    mov word ptr ds:[\number * 4], offset L_handler\number
    mov word ptr ds:[\number * 4 + 2], 0
  .endr
  lidt [L_real_idt]
  int 0x21
after_int:
  mov eax, cr0
  and eax, 0x11
  mov [L_result_cr0], eax
  push 2
  popf
  pushf
  xor eax, eax
  pop ax
  mov [L_result_flags], eax
  mov word ptr [L_resume], offset L_step2
bad_lar:
  lar ax, cx
step2:
  mov eax, [L_seen_vector]
  mov [L_result_ud], eax
  mov eax, [L_seen_ip]
  mov [L_result_ud_ip], eax
  # A short IDT.
  lidt [L_short_idt]
  mov word ptr [L_resume], offset L_step3
  int 0x21
step3:
  mov eax, [L_seen_vector]
  mov [L_result_limit], eax
  lidt [L_real_idt]
  # Limits: ES has 64 KiB.
  mov word ptr [L_resume], offset L_step4
  mov ax, es:[0xFFFF]
step4:
  mov eax, [L_seen_vector]
  mov [L_result_wrap], eax
  mov word ptr [L_resume], offset L_step5
  mov bp, 0xFFFF
  mov ax, [bp]
step5:
  mov eax, [L_seen_vector]
  mov [L_result_stack], eax
  # Code that runs over the end of its segment: 1000:FFFF is NOP.
  mov ax, 0x1000
  mov es, ax
  mov byte ptr es:[0xFFFF], 0x90
  mov word ptr [L_resume], offset L_step6
  mov dword ptr [L_seen_vector], 0
  .byte 0xEA
  .word 0xFFFF, 0x1000
step6:
  mov eax, [L_seen_vector]
  mov [L_result_code], eax
  # A20: 100000h holds the Multiboot header, 0 gets a mark.
  xor ax, ax
  mov es, ax
  mov dword ptr es:[0], 0x77777777
  mov ax, 0xFFFF
  mov fs, ax
  # Either gate opens it: close the 8042's (bit 1 of its output port) first.
  mov al, 0xD1
  out 0x64, al
  mov al, 0xDD
  out 0x60, al
  in al, 0x92
  or al, 2
  out 0x92, al
  mov eax, fs:[0x10]
  mov [L_result_a20_on], eax
  in al, 0x92
  and al, 0xFD
  out 0x92, al
  mov eax, fs:[0x10]
  mov [L_result_a20_off], eax
  in al, 0x92
  or al, 2
  out 0x92, al
  mov eax, fs:[0x10]
  mov [L_result_a20_again], eax
  in al, 0x92
  and al, 0xFD
  out 0x92, al
  mov al, 0xD1
  out 0x64, al
  mov al, 0xDF
  out 0x60, al
  mov eax, fs:[0x10]
  mov [L_result_a20_8042], eax
  # Back to protected mode by LMSW.
  .byte 0x66
  lgdt [L_low_gdt]
  mov ax, 1
  lmsw ax
  mov eax, cr0
  and eax, 1
  mov [L_result_lmsw], eax
  .byte 0x66, 0xEA
  .long back
  .word KERNEL_CS

handler21:
  pop word ptr [L_result_int_ip]
  push word ptr [L_result_int_ip]
  mov dword ptr [L_result_int], 0x21
  iret
handler6:
  mov word ptr cs:[L_seen_vector], 6
  jmp note_real
handler12:
  mov word ptr cs:[L_seen_vector], 12
  jmp note_real
handler13:
  mov word ptr cs:[L_seen_vector], 13
note_real:
  pop word ptr cs:[L_seen_ip]
  add sp, 4
  jmp word ptr cs:[L_resume]

.balign 4
real_idt:
  .word 0x3FF
  .long 0
  .balign 4
short_idt:
  .word 0x21 * 4 - 1
  .long 0
  .balign 4
low_gdt:
  .word 0x140 - 1
  .long gdt
  .balign 4
resume: .long 0
seen_vector: .long 0
seen_ip: .long 0
result_base: .long 0
result_unreal: .long 0
result_int: .long 0
result_int_ip: .long 0
result_cr0: .long 0
result_flags: .long 0
result_ud: .long 0
result_ud_ip: .long 0
result_limit: .long 0
result_wrap: .long 0
result_stack: .long 0
result_code: .long 0
result_a20_on: .long 0
result_a20_off: .long 0
result_a20_again: .long 0
result_a20_8042: .long 0
result_lmsw: .long 0
low_end:
.code32

.section .bss
.balign 4
saved_esp: .skip 4
