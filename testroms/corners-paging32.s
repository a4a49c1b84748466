# Paging outside long mode: 32-bit with and without PSE, and PAE.
.include "rom32.inc"
.set EXTERN, 0x80000000                       # what the tests map, by page directory entry 512

main:
  # Identity of the first 4 MiB by 4 KiB pages, for both formats.
  mov ecx, 0
1:
  mov eax, ecx
  shl eax, 12
  or eax, 7
  mov [table + ecx * 4], eax
  inc ecx
  cmp ecx, 1024
  jne 1b
  mov dword ptr [directory], offset table + 7
  mov dword ptr [directory + 512 * 4], offset test_table + 7
  mov eax, offset directory
  mov cr3, eax
  mov eax, cr0
  or eax, CR0_PG | CR0_WP
  mov cr0, eax

  corner D02
  mov ebx, EXTERN
  faults "not present", PF_, 0, mov eax, [ebx]
  expect "CR2", "[trap_cr2]", EXTERN
  mov dword ptr [test_table], offset scratch + 3
  mov ebx, EXTERN + 4093
  faults "split", PF_, 2, mov [ebx], eax
  expect "CR2 of the second page", "[trap_cr2]", EXTERN + 4096
  mov dword ptr [test_table], offset scratch + 1
  mov ebx, EXTERN
  invlpg [ebx]
  faults "read-only", PF_, 3, mov [ebx], eax

  corner D15
  # Without PSE bit 7 of a directory entry is ignored.
  mov dword ptr [test_table], offset scratch + 3
  mov dword ptr [scratch], 0x11
  or dword ptr [directory + 512 * 4], 0x80
  mov eax, cr3
  mov cr3, eax
  mov eax, [ebx]
  expect "PS is ignored with PSE = 0", eax, 0x11
  mov eax, cr4
  or eax, CR4_PSE
  mov cr4, eax
  mov dword ptr [0x80000], 0x22
  mov dword ptr [directory + 512 * 4], 0x87
  mov eax, cr3
  mov cr3, eax
  mov eax, [ebx + 0x80000]
  expect "4 MiB page", eax, 0x22
  mov dword ptr [directory + 512 * 4], 0x1087
  mov eax, cr3
  mov cr3, eax
  passes "PAT bit 12", mov eax, [ebx]
  mov dword ptr [directory + 512 * 4], 0x200087
  mov eax, cr3
  mov cr3, eax
  faults "bit 21 is reserved", PF_, 9, mov eax, [ebx]
  # PSE-36: bit 13 is address bit 32. With 64 MiB of RAM nothing is there: all ones.
  mov dword ptr [directory + 512 * 4], 0x2087
  mov eax, cr3
  mov cr3, eax
  mov eax, [ebx]
  expect "PSE-36: address bit 32", eax, -1
  mov eax, [directory + 512 * 4]
  and eax, 0x60
  expect "A of a 4 MiB page", eax, 0x20
  mov dword ptr [directory + 512 * 4], 0x87
  mov eax, cr3
  mov cr3, eax
  mov dword ptr [ebx + 0x80000], 0x33
  mov eax, [directory + 512 * 4]
  and eax, 0x60
  expect "D of a 4 MiB page", eax, 0x60

  corner D14
  # PAE: entries 0 and 2 of the pointer table.
  mov eax, cr0
  and eax, 0x7FFFFFFF
  mov cr0, eax
  mov ecx, 0
2:
  mov eax, ecx
  shl eax, 21
  or eax, 0x83
  mov [pae_directory + ecx * 8], eax
  inc ecx
  cmp ecx, 512
  jne 2b
  mov dword ptr [pointers], offset pae_directory + 1
  mov dword ptr [pointers + 16], offset pae_directory2 + 1
  mov dword ptr [pae_directory2], offset pae_table + 7
  mov dword ptr [pae_table], offset scratch + 3
  mov eax, cr4
  or eax, CR4_PAE
  mov cr4, eax
  mov eax, offset pointers
  mov cr3, eax
  mov eax, cr0
  or eax, 0x80000000
  mov cr0, eax
  mov dword ptr [scratch], 0x44
  mov eax, [ebx]
  expect "PAE walk", eax, 0x44
  mov dword ptr [pointers + 16], 0
  mov dword ptr [scratch + 4096], 0x55
  mov dword ptr [pae_table + 8], offset scratch + 4096 + 3
  mov eax, [ebx + 4096]
  expect "the registers are used, memory is not re-read", eax, 0x55
  mov eax, cr3
  mov cr3, eax
  faults "MOV CR3 loads them", PF_, 0, mov eax, [ebx]
  mov dword ptr [pointers + 16], offset pae_directory2 + 1
  mov eax, cr3
  mov cr3, eax
  passes "and again", mov eax, [ebx]
  mov dword ptr [pointers + 16], offset pae_directory2 + 3
  mov eax, cr3
  faults "reserved bits: #GP, nothing changes", GP_, 0, mov cr3, eax
  mov dword ptr [pointers + 16], offset pae_directory2 + 1
  passes "still the old ones", mov eax, [ebx]
  mov dword ptr [pointers + 16], 0
  mov eax, cr4
  xor eax, CR4_PGE
  mov cr4, eax
  faults "a change of PGE loads them", PF_, 0, mov eax, [ebx]
  mov dword ptr [pointers + 16], offset pae_directory2 + 1
  mov eax, cr3
  mov cr3, eax

  corner D04
  mov dword ptr [pae_table + 4], 0x80000000
  invlpg [ebx]
  faults "XD with NXE = 0", PF_, 9, mov eax, [ebx]
  mov dword ptr [pae_table + 4], 0x00100000
  invlpg [ebx]
  faults "bits 62:52 are reserved with PAE", PF_, 9, mov eax, [ebx]
  mov dword ptr [pae_table + 4], 0x00000100
  invlpg [ebx]
  faults "bit 40 is beyond MAXPHYADDR", PF_, 9, mov eax, [ebx]
  mov dword ptr [pae_table + 4], 0
  invlpg [ebx]
  passes "none", mov eax, [ebx]
  mov ecx, EFER
  rdmsr
  or eax, EFER_NXE
  wrmsr
  mov dword ptr [pae_table + 4], 0x80000000
  invlpg [ebx]
  passes "XD with NXE = 1: data", mov eax, [ebx]
  mov byte ptr [ebx], 0xC3
  mov dword ptr [resume_eip], offset .Lfetched
  mov [resume_esp], esp
  call ebx
.Lfetched:
  expect "XD with NXE = 1: fetch", "[trap_error]", 0x11
  expect "EIP", "[trap_eip]", EXTERN
  mov eax, cr0
  and eax, 0x7FFFFFFF
  mov cr0, eax
  ret

.section .bss
.balign 4096
directory: .skip 4096
table: .skip 4096
test_table: .skip 4096
pointers: .skip 4096
pae_directory: .skip 4096
pae_directory2: .skip 4096
pae_table: .skip 4096
