# Self-modifying code: the next instruction, through an alias, by REP MOVS, over a page border, within a loop.
.include "rom.inc"

main:
  corner A24
  lea rbx, [rip + .Limmediate + 1]
  mov dword ptr [rbx], 2
.Limmediate:
  mov eax, 1
  expect "the very next instruction", rax, 2
  # Through another linear address.
  mov rbx, USER
  lea rax, [rip + .Lalias + 1]
  add rbx, rax
  mov dword ptr [rbx], 4
.Lalias:
  mov eax, 3
  expect "through an alias", rax, 4
  # By REP MOVSB over the instruction that follows it.
  lea rsi, [rip + new_code]
  lea rdi, [rip + .Lrep]
  mov ecx, 5
  rep movsb
.Lrep:
  mov eax, 5
  expect "by REP MOVSB", rax, 6
  # A loop whose body changes itself each time.
  xor ecx, ecx
  xor edx, edx
1:
  lea rbx, [rip + .Lbody + 2]
  mov [rbx], cl
.Lbody:
  add edx, 0x7F
  inc ecx
  cmp ecx, 100
  jne 1b
  expect "a loop that rewrites itself", rdx, 4950
  # Code over a page border, its second page patched through another mapping.
  map 0, scratch, 3
  map 1, scratch + 4096, 3
  map 2, scratch + 4096, 3
  place border, border_end, 4096 - 3, 4096 - 3
  jump_passes "first run"
  expect "first value", rax, 0x11223344
  mov rbx, WINDOW + 2 * 4096
  mov byte ptr [rbx], 0x55
  jump_passes "second run"
  expect "patched in its second page", rax, 0x11553344
  # The same linear address, another page.
  place border, border_end, 8192, 0
  mov byte ptr [rip + scratch + 8192 + 1], 0x99
  mov dword ptr [rip + scratch], 0x90E3FF41
  mov r12, WINDOW
  jump_passes "old page"
  map 0, scratch + 8192, 3
  jump_passes "new page"
  expect "new code after INVLPG", rax, 0x11223399
  # A write to the page of running code that does not change it.
  mov ecx, 1000
2:
  inc byte ptr [rip + .Lneighbour]
  dec ecx
  jnz 2b
  movzx eax, byte ptr [rip + .Lneighbour]
  expect "data beside code", rax, 1000 & 255
  ret
.Lneighbour: .byte 0

border:
  mov eax, 0x11223344
  jmp r11
border_end:
new_code:
  mov eax, 6
