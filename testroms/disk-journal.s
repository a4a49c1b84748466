# A journal on the primary master: record N is sector N, written and flushed before the serial line says N.
#
# A record is N, its complement, and N again in every doubleword. With the word `check` in its command line it reads the
# records from the first one on and says how many there are. A disk that reports an error ends it with status 3.
.include "rom.inc"
.set DATA, 0x1F0
.set SECTOR_COUNT, 0x1F2
.set DEVICE, 0x1F6
.set COMMAND, 0x1F7
.set READ_SECTORS, 0x20
.set WRITE_SECTORS, 0x30
.set FLUSH_CACHE, 0xE7
.set BSY, 0x80
.set DRQ, 8
.set ERR, 1

main:
  # The command line of Multiboot: bit 2 of the flags, the address at 16.
  mov ebx, [rip + boot_ebx]
  mov eax, [rbx + 16]
  mov r12d, 1
2:
  # The ROM's name stands before it.
  cmp dword ptr [rax], 0x63656863         # "chec"
  je check
  inc eax
  cmp byte ptr [rax - 1], 0
  jne 2b
1:
  call fill
  mov bl, WRITE_SECTORS
  call address
  call await_data
  mov edx, DATA
  lea rsi, [rip + sector]
  mov ecx, 256
  rep outsw
  call await_end
  mov edx, COMMAND
  mov al, FLUSH_CACHE
  out dx, al
  call await_end
  mov eax, r12d
  call print_decimal
  lea rsi, [rip + text_newline]
  call print
  inc r12d
  jmp 1b

# Reads records until one is not what `fill` makes.
check:
  mov bl, READ_SECTORS
  call address
  call await_data
  mov edx, DATA
  lea rdi, [rip + found]
  mov ecx, 256
  rep insw
  call fill
  lea rsi, [rip + sector]
  lea rdi, [rip + found]
  mov ecx, 128
  repe cmpsd
  jne 1f
  inc r12d
  jmp check
1:
  lea eax, [r12 - 1]
  call print_decimal
  lea rsi, [rip + text_records]
  call print
  mov eax, STATUS_PASS
  out PORT_EXIT, eax
  hlt

# Record R12.
fill:
  lea rdi, [rip + sector]
  mov eax, r12d
  mov ecx, 128
  rep stosd
  not eax
  mov [rip + sector + 4], eax
  ret

# One sector at R12, by the command BL.
address:
  mov edx, COMMAND
1:
  in al, dx
  test al, BSY
  jnz 1b
  mov edx, SECTOR_COUNT
  mov al, 1
  out dx, al
  mov eax, r12d
  inc edx
  out dx, al
  shr eax, 8
  inc edx
  out dx, al
  shr eax, 8
  inc edx
  out dx, al
  shr eax, 8
  or al, 0xE0                             # LBA
  mov edx, DEVICE
  out dx, al
  mov al, bl
  inc edx
  out dx, al
  ret

await_data:
  call await_end
  test al, DRQ
  jz failed
  ret

await_end:
  mov edx, COMMAND
1:
  in al, dx
  test al, BSY
  jnz 1b
  test al, ERR
  jnz failed
  ret

failed:
  lea rsi, [rip + text_disk_error]
  call print
  mov eax, STATUS_FAIL
  out PORT_EXIT, eax
  hlt

.section .rodata
text_records: .asciz " records\n"
text_disk_error: .asciz "the disk reports an error\n"
.section .bss
.balign 4
sector: .skip 512
found: .skip 512
