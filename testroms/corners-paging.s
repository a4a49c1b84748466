# Paging in long mode: one group for each corner.
.include "rom.inc"
.set NONCANONICAL, 0x0000800000000000
.set HOLE, 0x300000000                        # no RAM here
.set W, WINDOW
.set CODE_PF_I, 0x10

# Entry INDEX of the window's page table becomes VALUE, nothing flushed.
.macro entry index:req, physical:req, flags:req
  lea r15, [rip + \physical]
  mov r14, \flags
  or r15, r14
  mov [rip + window_pt + (\index) * 8], r15
.endm

.macro flush
  mov r15, cr3
  mov cr3, r15
.endm

main:
  corner D01
  mov rbx, W
  unmap 0
  faults "read, not present", PF_, 0, mov eax, [rbx]
  faults "write, not present", PF_, 2, mov [rbx], eax
  faults "RMW, not present", PF_, 2, add [rbx], eax
  faults "CMPXCHG, not present", PF_, 2, cmpxchg [rbx], eax
  map 0, scratch, 1
  passes "read-only: read", mov eax, [rbx]
  faults "read-only: write", PF_, 3, mov [rbx], eax
  map 0, scratch, 3
  user_faults "user read of a supervisor page", PF_, 5, user_read
  user_faults "user write of a supervisor page", PF_, 7, user_write
  unmap 0
  user_faults "user read, not present", PF_, 4, user_read
  mov r12, W
  jump_faults "fetch, not present", PF_, 0x10
  entry 0, scratch, 0x8000000000000003
  flush
  mov r12, W
  jump_faults "fetch of XD", PF_, 0x11
  entry 0, scratch, 0x0008000000000003
  flush
  faults "reserved bit", PF_, 9, mov eax, [rbx]
  faults "reserved bit, write", PF_, 11, mov [rbx], eax
  map 0, scratch, 3

  corner D02
  map 0, scratch, 3
  unmap 1
  mov rbx, W + 4096 - 1
  faults "split, second page", PF_, 0, mov rax, [rbx]
  mov rax, W + 4096
  expect "CR2 is the second page", [rip + trap_cr2], rax
  unmap 0
  map 1, scratch, 3
  faults "split, first page", PF_, 0, mov rax, [rbx]
  expect "CR2 is the operand", [rip + trap_cr2], rbx
  mov rbx, W + 4096 - 15
  map 0, scratch, 3
  unmap 1
  faults "16 bytes", PF_, 0, movups xmm0, [rbx]
  mov rax, W + 4096
  expect "CR2 of 16 bytes", [rip + trap_cr2], rax
  faults "16 bytes, write", PF_, 2, movups [rbx], xmm0
  mov rbx, 0xFFFFFFFFFFFFF000
  faults "high canonical", PF_, 0, mov rax, [rbx]
  expect "64 bits of CR2", [rip + trap_cr2], rbx

  corner D03
  # A not-present entry ends the walk whatever its other bits; a reserved bit above beats a hole below.
  entry 0, scratch, 0x7FF8000000000000
  flush
  mov rbx, W
  faults "not present with junk", PF_, 0, mov eax, [rbx]
  mov rcx, [rip + window_pd]
  bts qword ptr [rip + window_pd], 51
  unmap 0
  flush
  faults "reserved above not present", PF_, 9, mov eax, [rbx]
  mov [rip + window_pd], rcx
  # Rights are checked last: a supervisor-only PD and a missing PTE give P = 0 to a user.
  and qword ptr [rip + window_pd], ~4
  flush
  user_faults "missing page below a supervisor table", PF_, 4, user_read
  mov [rip + window_pd], rcx
  flush

  corner D04
  mov rbx, W
  .irp bit, 40, 45, 51
    map 0, scratch, 3
    bts qword ptr [rip + window_pt], \bit
    flush
    faults "PTE bit \bit", PF_, 9, mov eax, [rbx]
  .endr
  map 0, scratch, 3
  .irp bit, 52, 58, 62, 9, 11
    map 0, scratch, 3
    bts qword ptr [rip + window_pt], \bit
    flush
    passes "PTE bit \bit is ignored", mov eax, [rbx]
  .endr
  map 0, scratch, 3
  bts qword ptr [rip + pml4 + 16], 7
  flush
  faults "PS in the PML4E", PF_, 9, mov eax, [rbx]
  btr qword ptr [rip + pml4 + 16], 7
  bts qword ptr [rip + pml4 + 16], 8
  flush
  faults "bit 8 of the PML4E (AMD)", PF_, 9, mov eax, [rbx]
  btr qword ptr [rip + pml4 + 16], 8
  bts qword ptr [rip + window_pdpt], 8
  flush
  passes "bit 8 of a PDPTE is ignored", mov eax, [rbx]
  btr qword ptr [rip + window_pdpt], 8
  # A 2 MiB page with one of bits 20:13 set.
  mov rcx, [rip + window_pd]
  mov qword ptr [rip + window_pd], 0x200083 | 0x2000
  flush
  faults "2 MiB page, bit 13", PF_, 9, mov eax, [rbx]
  mov qword ptr [rip + window_pd], 0x200083 | 0x1000
  flush
  passes "2 MiB page, PAT bit", mov eax, [rbx]
  mov [rip + window_pd], rcx
  mov rcx, [rip + window_pdpt]
  mov qword ptr [rip + window_pdpt], 0x83 | 0x20000000
  flush
  faults "1 GiB page, bit 29", PF_, 9, mov eax, [rbx]
  mov qword ptr [rip + window_pdpt], 0x83
  flush
  passes "1 GiB page", mov eax, [rbx]
  mov [rip + window_pdpt], rcx
  call nxe_off
  entry 0, scratch, 0x8000000000000003
  flush
  faults "XD with NXE = 0", PF_, 9, mov eax, [rbx]
  call nxe_on
  map 0, scratch, 3

  corner D05
  map 0, scratch, 3
  map 1, scratch, 1
  mov rbx, W
  mov eax, [rbx]
  mov rcx, [rip + window_pt]
  and ecx, 0x60
  expect "a read sets A only", rcx, 0x20
  mov [rbx], eax
  mov rcx, [rip + window_pt]
  and ecx, 0x60
  expect "a write sets D, though the entry was cached", rcx, 0x60
  mov rbx, W + 4096
  faults "denied write", PF_, 3, mov [rbx], eax
  mov rcx, [rip + window_pt + 8]
  and ecx, 0x40
  expect "a denied write sets no D", rcx, 0
  mov rcx, [rip + window_pd]
  and ecx, 0x60
  expect "upper levels have A", rcx, 0x20
  map 0, scratch, 3
  mov r12, W
  mov dword ptr [rip + scratch], 0x90E3FF41
  jump_passes "a fetch"
  mov rcx, [rip + window_pt]
  and ecx, 0x60
  expect "sets A", rcx, 0x20
  # 2 MiB page.
  mov rdx, [rip + window_pd]
  mov qword ptr [rip + window_pd], 0x200083
  flush
  mov rbx, W
  mov [rbx + 0x1000], eax
  mov rcx, [rip + window_pd]
  and ecx, 0x60
  expect "D of a 2 MiB page", rcx, 0x60
  mov [rip + window_pd], rdx
  flush

  corner D06
  # Every level must agree: W and U cleared at each of PML4, PDPT, PD, PT.
  mov rbx, W
  .irp where, pml4 + 16, window_pdpt, window_pd, window_pt
    map 0, scratch, 7
    and qword ptr [rip + \where], ~2
    flush
    faults "W = 0", PF_, 3, mov [rbx], eax
    user_faults "W = 0, user", PF_, 7, user_write
    or qword ptr [rip + \where], 2
    and qword ptr [rip + \where], ~4
    flush
    user_faults "U = 0", PF_, 5, user_read
    or qword ptr [rip + \where], 4
    bts qword ptr [rip + \where], 63
    flush
    mov r12, W
    jump_faults "XD", PF_, 0x11
    btr qword ptr [rip + \where], 63
    flush
  .endr
  map 0, scratch, 5
  mov rax, cr0
  and eax, ~CR0_WP
  mov cr0, rax
  passes "WP = 0: supervisor writes", mov [rbx], ecx
  user_faults "WP = 0: user does not", PF_, 7, user_write
  mov rax, cr0
  or eax, CR0_WP
  mov cr0, rax
  faults "WP = 1 at once", PF_, 3, mov [rbx], ecx

  corner D07
  map 0, scratch, 7
  mov dword ptr [rip + scratch], 0x90E3FF41
  mov rbx, W
  mov rax, cr4
  or eax, CR4_SMEP
  mov cr4, rax
  mov r12, W
  jump_faults "SMEP", PF_, 0x11
  mov rax, cr4
  and eax, ~CR4_SMEP
  or eax, CR4_SMAP
  mov cr4, rax
  mov r12, W
  jump_passes "without SMEP"
  faults "SMAP read", PF_, 1, mov eax, [rbx]
  faults "SMAP write", PF_, 3, mov [rbx], eax
  stac
  passes "AC = 1", mov eax, [rbx]
  clac
  faults "AC = 0 again", PF_, 1, mov eax, [rbx]
  # Implicit accesses fault whatever AC says: an LDT in a user page.
  lea rax, [rip + scratch]
  mov qword ptr [rip + scratch], 0
  mov rcx, 0x00CF93000000FFFF
  mov qword ptr [rip + scratch + 8], rcx
  map 0, scratch, 7
  mov rax, W
  mov rcx, rax
  shr rcx, 32
  mov [rip + gdt_free + 8], rcx
  mov qword ptr [rip + gdt_free], 0
  mov dword ptr [rip + gdt_free], 0x0000000F
  mov dword ptr [rip + gdt_free + 4], 0x00008200
  mov eax, FREE_SELECTOR
  lldt ax
  mov rax, cr4
  or eax, CR4_SMAP
  mov cr4, rax
  stac
  mov eax, 0x0C
  faults "LDT in a user page, AC = 1", PF_, 1, mov ds, eax
  mov rax, cr4
  and eax, ~CR4_SMAP
  mov cr4, rax
  mov eax, 0x0C
  passes "without SMAP", mov ds, eax
  mov eax, KERNEL_DS
  mov ds, eax
  xor eax, eax
  lldt ax

  corner D08
  # No protection keys in this model.
  mov eax, 7
  xor ecx, ecx
  cpuid
  and ecx, 8
  mov eax, ecx
  expect "CPUID says no PKU", rax, 0
  xor ecx, ecx
  faults "RDPKRU", UD_, 0, .byte 0x0F, 0x01, 0xEE
  faults "WRPKRU", UD_, 0, .byte 0x0F, 0x01, 0xEF
  mov rax, cr4
  bts rax, 22
  faults "CR4.PKE", GP_, 0, mov cr4, rax

  corner D09
  mov rbp, cr3
  mov rax, rbp
  bts rax, 63
  faults "CR3[63] without PCIDE", GP_, 0, mov cr3, rax
  mov rax, cr4
  or eax, CR4_PCIDE
  mov cr4, rax
  map 0, scratch, 3
  mov dword ptr [rip + scratch], 1
  mov dword ptr [rip + scratch + 4096], 2
  mov rbx, W
  mov eax, [rbx]
  entry 0, scratch + 4096, 3
  # Keep PCID 0's entries while PCID 1 runs, come back with bit 63.
  mov rax, rbp
  or rax, 1
  mov cr3, rax
  mov ecx, [rbx]
  expect "another PCID walks anew", rcx, 2
  mov rax, rbp
  bts rax, 63
  mov cr3, rax
  mov rax, cr3
  expect "bit 63 is not stored", rax, rbp
  mov cr3, rbp
  mov eax, [rbx]
  expect "flushed", rax, 2
  mov rax, rbp
  or rax, 5
  mov cr3, rax
  mov rax, cr4
  and eax, ~CR4_PCIDE
  mov cr4, rax
  mov rax, cr3
  mov rcx, rbp
  or rcx, 5
  expect "clearing PCIDE keeps CR3[11:0]", rax, rcx
  mov cr3, rbp

  corner D10
  mov qword ptr [rip + cell], 0
  mov rbx, W
  mov [rip + cell + 8], rbx
  map 0, scratch, 3
  mov eax, [rbx]
  entry 0, scratch + 4096, 3
  xor ecx, ecx
  invpcid rcx, [rip + cell]
  mov eax, [rbx]
  expect "type 0", rax, 2
  .irp type, 1, 2, 3
    entry 0, scratch, 3
    mov ecx, \type
    invpcid rcx, [rip + cell]
    mov eax, [rbx]
    expect "type \type", rax, 1
    entry 0, scratch + 4096, 3
    flush
    mov eax, [rbx]
  .endr
  mov ecx, 4
  faults "type 4", GP_, 0, invpcid rcx, [rip + cell]
  mov rcx, -1
  faults "type -1", GP_, 0, invpcid rcx, [rip + cell]
  mov qword ptr [rip + cell], 0x1000
  xor ecx, ecx
  faults "descriptor bits 63:12", GP_, 0, invpcid rcx, [rip + cell]
  mov qword ptr [rip + cell], 1
  faults "PCID 1 without PCIDE", GP_, 0, invpcid rcx, [rip + cell]
  mov qword ptr [rip + cell], 0
  mov rax, NONCANONICAL
  mov [rip + cell + 8], rax
  faults "non-canonical", GP_, 0, invpcid rcx, [rip + cell]
  mov ecx, 2
  passes "type 2 ignores the address", invpcid rcx, [rip + cell]
  mov rbx, W + 0x100000
  faults "unmapped descriptor", PF_, 0, invpcid rcx, [rbx]
  user_faults "CPL 3", GP_, 0, user_invpcid

  corner D11
  mov rax, cr4
  or eax, CR4_PGE
  mov cr4, rax
  mov rbx, W
  map 0, scratch, 0x103
  mov eax, [rbx]
  entry 0, scratch + 4096, 0x103
  flush
  mov eax, [rbx]
  expect "a global page survives MOV CR3", rax, 1
  mov rax, cr4
  and eax, ~CR4_PGE
  mov cr4, rax
  mov eax, [rbx]
  expect "not a change of PGE", rax, 2
  mov rax, cr4
  or eax, CR4_PGE
  mov cr4, rax
  entry 0, scratch, 0x103
  invlpg [rbx]
  mov eax, [rbx]
  expect "INVLPG drops it", rax, 1
  entry 0, scratch + 4096, 0x103
  mov qword ptr [rip + cell + 8], 0
  mov ecx, 3
  invpcid rcx, [rip + cell]
  mov eax, [rbx]
  expect "INVPCID 3 keeps it", rax, 1
  mov ecx, 2
  invpcid rcx, [rip + cell]
  mov eax, [rbx]
  expect "INVPCID 2 drops it", rax, 2

  corner D12
  # 2 MiB page: INVLPG of any address in it drops all of it.
  mov rbp, [rip + window_pd]
  mov dword ptr [rip + scratch], 1
  mov qword ptr [rip + window_pd + 8], 0x200083
  flush
  mov rbx, W + 0x200000
  mov ecx, [rbx + 0x1000]
  mov dword ptr [0x201000], 0x77
  mov dword ptr [0x401000], 0x88
  mov ecx, [rbx + 0x1000]
  expect "first page", rcx, 0x77
  mov qword ptr [rip + window_pd + 8], 0x400083
  invlpg [rbx + 0x1F0000]
  mov ecx, [rbx + 0x1000]
  expect "second page", rcx, 0x88
  mov rbx, NONCANONICAL
  passes "non-canonical: no effect, no fault", invlpg [rbx]
  faults "register form", UD_, 0, .byte 0x0F, 0x01, 0xF8 | 3
  user_faults "CPL 3", GP_, 0, user_invlpg

  corner D13
  mov rbx, W
  unmap 0
  faults "not present", PF_, 0, mov eax, [rbx]
  entry 0, scratch, 1
  passes "present without a flush", mov eax, [rbx]
  faults "read-only", PF_, 3, mov [rbx], eax
  entry 0, scratch, 3
  passes "a rise of rights needs no flush", mov [rbx], eax

  corner D16
  mov rbx, NONCANONICAL
  faults "47 bits: non-canonical", GP_, 0, mov eax, [rbx]
  mov rbx, 0xFFFF7FFFFFFFFFFF
  faults "below the upper half", GP_, 0, mov al, [rbx]
  mov rbx, 0x00007FFFFFFFFFFC
  faults "a dword at the top of the lower half is fine but unmapped", PF_, 0, mov eax, [rbx]
  mov rbx, 0x00007FFFFFFFFFFD
  faults "a dword that leaves it", GP_, 0, mov eax, [rbx]
  mov rax, cr4
  bts rax, 12
  faults "LA57", GP_, 0, mov cr4, rax

  corner D17
  mov rax, HOLE
  or rax, 7
  mov [rip + pml4 + 3 * 8], rax
  flush
  mov rbx, 0x18000000000
  faults "a table where there is no RAM reads as ones", PF_, 9, mov eax, [rbx]
  mov eax, 0xFEE00007
  mov [rip + pml4 + 3 * 8], rax
  flush
  faults "a table in the APIC's page", PF_, 9, mov eax, [rbx]
  mov qword ptr [rip + pml4 + 3 * 8], 0
  flush

  corner D18
  map 0, scratch, 3
  map 1, scratch + 4096, 1
  mov rax, -1
  mov qword ptr [rip + scratch + 4088], 0
  mov rbx, W + 4092
  faults "split store, second page read-only", PF_, 3, mov [rbx], rax
  expect "nothing stored", [rip + scratch + 4088], 0
  movups xmm0, [rip + ones]
  faults "split MOVUPS", PF_, 3, movups [rbx], xmm0
  expect "nothing stored", [rip + scratch + 4088], 0
  mov rbp, rsp
  mov rsp, W + 4096 + 8
  lea r13, [rip + .Lpush]
  mov [rip + resume_rip], r13
  mov [rip + resume_rsp], rbp
  mov byte ptr [rip + idt + PF_ * 16 + 4], 1
  push rax
.Lpush:
  mov rsp, rbp
  expect "PUSH: vector", [rip + trap_vector], PF_
  mov rcx, W + 4096 + 8
  expect "PUSH: RSP kept", [rip + trap_rsp], rcx
  mov rsp, W + 4096 + 16
  lea r13, [rip + .Lfarcall]
  mov [rip + resume_rip], r13
  mov dword ptr [rip + cell], offset main
  mov word ptr [rip + cell + 4], KERNEL_CS
  call fword ptr [rip + cell]
.Lfarcall:
  mov rsp, rbp
  mov byte ptr [rip + idt + PF_ * 16 + 4], 0
  mov rcx, W + 4096 + 16
  expect "far CALL: RSP kept", [rip + trap_rsp], rcx
  unmap 1
  mov rbx, W + 4096 - 256
  faults "FXSAVE over a missing page", PF_, 2, fxsave [rbx]
  map 1, scratch + 4096, 3
  passes "FXSAVE restarted", fxsave [rbx]
  passes "FXRSTOR", fxrstor [rbx]

  corner D19
  map 0, scratch, 1
  mov rbx, W
  .macro rmw text:req, instruction:vararg
    faults "\text", PF_, 3, \instruction
  .endm
  rmw "ADD", add dword ptr [rbx], 1
  rmw "ADD 0", add dword ptr [rbx], 0
  rmw "BTS", bts dword ptr [rbx], 0
  rmw "XCHG", xchg dword ptr [rbx], eax
  rmw "NOT", not dword ptr [rbx]
  rmw "SHL", shl dword ptr [rbx], 1
  rmw "LOCK INC", lock inc dword ptr [rbx]
  rmw "OR 0", or dword ptr [rbx], 0
  mov rcx, [rip + window_pt]
  and ecx, 0x40
  expect "D is not set", rcx, 0

  corner D20
  # A page fault while an exception is delivered from CPL 3: an implicit supervisor access.
  mov rbp, [rip + tss + 4]
  mov rax, W + 0x110000
  mov [rip + tss + 4], rax
  mov byte ptr [rip + idt + PF_ * 16 + 4], 1
  user user_undefined
  mov byte ptr [rip + idt + PF_ * 16 + 4], 0
  mov [rip + tss + 4], rbp
  expect "vector", [rip + trap_vector], PF_
  expect "code: supervisor write", [rip + trap_error], 2
  mov rax, W + 0x110000 - 8
  expect "CR2", [rip + trap_cr2], rax
  expect "the user's CS", [rip + trap_cs], USER_CS
  mov rax, USER
  lea rcx, [rip + user_undefined]
  add rax, rcx
  expect "RIP of the first fault", [rip + trap_rip], rax
  mov rax, [rip + user_rsp]
  expect "RSP is untouched", [rip + trap_rsp], rax

  corner D21
  mov rbx, W
  .irp bit, 3, 4, 7
    map 0, scratch, 3
    bts qword ptr [rip + window_pt], \bit
    flush
    passes "PTE bit \bit", mov eax, [rbx]
  .endr
  mov rax, cr3
  mov rcx, rax
  or rax, 0x18
  mov cr3, rax
  mov rdx, cr3
  expect "CR3.PCD and PWT read back", rdx, rax
  mov cr3, rcx
  read_msr 0x277
  mov rdx, 0x0007040600070406
  expect "PAT after reset", rax, rdx
  write_msr 0x277, 0x0007040600070106
  read_msr 0x277
  mov rdx, 0x0007040600070106
  expect "PAT written", rax, rdx

  corner D23
  map 0, scratch, 3
  entry 1, scratch + 4096, 0x8000000000000003
  flush
  place two_moves, two_moves_end, 4096 - 5, 4096 - 5
  mov rbx, W + 4096
  mov r12, W + 4096 - 5
  lea r11, [rip + .Lxd]
  mov [rip + resume_rip], r11
  mov [rip + resume_rsp], rsp
  jmp r12
.Lxd:
  expect "an instruction that ends before the XD page runs, the next faults", [rip + trap_rip], rbx
  expect "code", [rip + trap_error], 0x11
  passes "data accesses of an XD page", mov eax, [rbx]
  place two_moves, two_moves_end, 4096 - 4, 4096 - 4
  jump_faults "an instruction that straddles", PF_, 0x11
  mov rax, W + 4096
  expect "CR2", [rip + trap_cr2], rax

  corner D24
  # NXE acts on the next access.
  entry 0, scratch, 0x8000000000000003
  flush
  mov rbx, W
  passes "XD, read", mov eax, [rbx]
  call nxe_off
  faults "NXE = 0: reserved", PF_, 9, mov eax, [rbx]
  call nxe_on
  passes "NXE = 1 again", mov eax, [rbx]
  map 0, scratch, 7
  mov rax, cr4
  or eax, CR4_SMEP
  mov cr4, rax
  mov r12, W
  jump_faults "SMEP at once", PF_, 0x11
  mov rax, cr4
  and eax, ~CR4_SMEP
  mov cr4, rax

  corner D25
  map 0, scratch, 3
  map 1, scratch + 4096, 1
  mov rbx, W + 4094
  mov qword ptr [rip + scratch + 4088], 0
  mov eax, -1
  faults "LOCK XADD, second page read-only", PF_, 3, lock xadd [rbx], eax
  expect "nothing written", [rip + scratch + 4088], 0
  mov rax, W + 4096
  expect "CR2", [rip + trap_cr2], rax
  map 1, scratch + 4096, 3
  mov dword ptr [rip + scratch + 4096], 0
  mov eax, 0x11223344
  passes "both writable", lock xadd [rbx], eax
  mov eax, [rip + scratch + 4094]
  expect "written", rax, 0x11223344

  corner D27
  mov edx, 0x1234
  mov rax, 0
  in al, dx
  expect "byte", rax, 0xFF
  in ax, dx
  expect "word", rax, 0xFFFF
  in eax, dx
  expect "dword", rax, 0xFFFFFFFF
  passes "a write is dropped", out dx, eax
  mov rbx, 0xD0000000
  mov rax, [rbx]
  expect "physical hole", rax, -1
  mov qword ptr [rbx], 5
  mov rax, [rbx]
  expect "a write is dropped", rax, -1
  mov edx, COM1 + 6
  in ax, dx
  mov ecx, eax
  in al, dx
  mov bl, al
  mov edx, COM1 + 7
  in al, dx
  mov bh, al
  movzx eax, cx
  movzx ecx, bx
  expect "wide I/O is split into ports", rax, rcx

  corner D28
  mov r12, 0xD0000000
  jump_faults "a fetch from a hole is FF FF", UD_, 0
  ret

nxe_off:
  read_msr EFER
  and eax, ~EFER_NXE
  wrmsr
  ret
nxe_on:
  read_msr EFER
  or eax, EFER_NXE
  wrmsr
  ret

user_read:
  mov eax, [rbx]
  int 0x40
user_write:
  mov [rbx], eax
  int 0x40
user_invpcid:
  invpcid rcx, [rbx]
user_invlpg:
  invlpg [rbx]
user_undefined:
  ud2
two_moves:
  mov eax, 1
  mov eax, 2
  jmp r11
two_moves_end:

.section .rodata
.balign 16
ones: .quad -1, -1
.section .bss
.balign 16
cell: .skip 32
saved_rsp: .skip 8
