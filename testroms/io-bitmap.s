# The I/O permission bitmap at CPL 3.
.include "rom.inc"

main:
  corner C16
  user_faults "no map: IN", GP_, 0, user_in80
  mov qword ptr [rip + user_flags], 0x3002
  user user_in80
  expect "IOPL 3 needs none", [rip + trap_vector], 0x40
  mov qword ptr [rip + user_flags], 2
  mov word ptr [rip + tss + 0x66], 104
  mov byte ptr [rip + tss_map + 8192], 0xFF
  user user_in80
  expect "zero bit", [rip + trap_vector], 0x40
  or byte ptr [rip + tss_map + 16], 1
  user_faults "one bit", GP_, 0, user_in80
  and byte ptr [rip + tss_map + 16], 254
  or byte ptr [rip + tss_map + 16], 8
  user_faults "the last of four ports", GP_, 0, user_in80_4
  user user_in80_2
  expect "two ports before it", [rip + trap_vector], 0x40
  or byte ptr [rip + tss_map + 16], 128
  and byte ptr [rip + tss_map + 16], 247
  or byte ptr [rip + tss_map + 17], 1
  user_faults "an access over a byte of the map", GP_, 0, user_in87
  and byte ptr [rip + tss_map + 16], 127
  and byte ptr [rip + tss_map + 17], 254
  # FFFFh: the second byte of the map read lies after it, within the limit.
  mov edx, 0xFFFF
  user user_in
  expect "port FFFFh with its byte after the map", [rip + trap_vector], 0x40
  mov edx, 0xFFFE
  user_faults "four ports at FFFEh reach the byte of ones", GP_, 0, user_in4
  # A limit that cuts the map: both bytes must lie within it.
  mov word ptr [rip + gdt + TSS_SELECTOR], 104 + 16
  mov byte ptr [rip + gdt + TSS_SELECTOR + 5], 0x89
  mov eax, TSS_SELECTOR
  ltr ax
  mov edx, 0x78
  user user_in
  expect "bytes 15 and 16 of the map", [rip + trap_vector], 0x40
  user_faults "bytes 16 and 17", GP_, 0, user_in80
  mov word ptr [rip + gdt + TSS_SELECTOR], 0x2068
  mov byte ptr [rip + gdt + TSS_SELECTOR + 5], 0x89
  mov eax, TSS_SELECTOR
  ltr ax
  # OUT, INS and OUTS are checked alike.
  or byte ptr [rip + tss_map + 16], 1
  user_faults "OUT", GP_, 0, user_out80
  mov edx, 0x80
  mov rsi, USER
  mov rdi, USER
  user_faults "OUTS", GP_, 0, user_outs
  user_faults "INS", GP_, 0, user_ins
  mov word ptr [rip + tss + 0x66], 0x2069
  user_faults "a base beyond the limit is no map", GP_, 0, user_in80
  passes "CPL 0 may always", in al, 0x80
  ret

user_in80:
  in al, 0x80
  int 0x40
user_in80_2:
  in ax, 0x80
  int 0x40
user_in80_4:
  in eax, 0x80
  int 0x40
user_in87:
  in ax, 0x87
  int 0x40
user_in:
  in al, dx
  int 0x40
user_in4:
  in eax, dx
  int 0x40
user_out80:
  out 0x80, al
  int 0x40
user_outs:
  outsb
user_ins:
  insb
