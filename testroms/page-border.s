# Code that runs from one page into the next where bit 46 of its address changes.
.include "rom.inc"
.set PRESENT, 3

# Entry INDEX of TABLE is the page at TARGET.
.macro entry table:req, index:req, target:req
  lea rax, [rip + \target]
  or rax, PRESENT
  mov [rip + \table + (\index) * 8], rax
.endm

main:
  entry low_directories, 511, low_directory
  entry low_directory, 511, low_table
  entry low_table, 511, low_page
  entry high_directories, 0, high_directory
  entry high_directory, 0, high_table
  entry high_table, 0, high_page
  mov rbx, cr3
  and rbx, -4096
  lea rax, [rip + low_directories]
  or rax, PRESENT
  mov [rbx + 127 * 8], rax
  lea rax, [rip + high_directories]
  or rax, PRESENT
  mov [rbx + 128 * 8], rax
  # Eight times INC EAX before the border, INC EAX and RET behind it.
  lea rdi, [rip + low_page + 0xFF0]
  mov eax, 0xC0FFC0FF
  mov ecx, 4
  rep stosd
  mov dword ptr [rip + high_page], 0x00C3C0FF
  xor ebp, ebp
1:
  xor eax, eax
  mov rdx, 0x3FFFFFFFFFF0
  call rdx
  cmp eax, 9
  jne 2f
  inc ebp
  cmp ebp, 100
  jne 1b
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt
2:
  mov eax, STATUS_FAIL
  out PORT_EXIT, eax
  hlt

.section .bss
.balign 4096
low_directories: .skip 4096
low_directory: .skip 4096
low_table: .skip 4096
low_page: .skip 4096
high_directories: .skip 4096
high_directory: .skip 4096
high_table: .skip 4096
high_page: .skip 4096
