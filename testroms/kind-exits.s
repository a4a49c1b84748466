# Kind of workload: what leaves a guest of a hypervisor: CPUID, RDTSC, MSRs, CR0, CR4, CR8, ports, registers of the local APIC.
# What depends on the processor's model or on time stays out of the checksum.
.set ROUNDS, 20
.include "kind.inc"
.set APIC, 0xFEE00000

# A result goes into the checksum.
.macro summed register:req
  rol r12, 3
  add r12, \register
.endm

setup:
  ret

round:
  mov ebp, 50
1:
  call identify
  call model_specific
  call control
  call ports
  call apic
  dec ebp
  jnz 1b
  ret

identify:
  mov eax, 1
  xor ecx, ecx
  cpuid
  and edx, 1                                  # there is an x87
  summed rdx
  mov eax, 0x80000001
  cpuid
  and edx, 1 << 29                            # long mode
  summed rdx
  xor eax, eax
  cpuid
  rdtsc
  shl rdx, 32
  lea rsi, [rdx + rax]
  rdtsc
  shl rdx, 32
  add rax, rdx
  cmp rax, rsi                                # the second is not before the first
  adc r12, 1
  ret

model_specific:
  .irp number, KERNEL_GS_BASE, FS_BASE, GS_BASE, LSTAR, CSTAR
    mov ecx, \number
    lea eax, [r12 + rcx]
    mov edx, 1
    wrmsr
    rdmsr
    shl rdx, 32
    or rax, rdx
    summed rax
  .endr
  mov ecx, EFER
  rdmsr
  wrmsr
  summed rax
  mov ecx, 0x1B                               # APIC_BASE
  rdmsr
  wrmsr
  mov ecx, 0x277                              # PAT
  rdmsr
  wrmsr
  summed rax
  swapgs
  swapgs
  ret

control:
  mov ecx, 4
1:
  mov cr8, rcx
  mov rax, cr8
  summed rax
  dec ecx
  jnz 1b
  mov cr8, rcx
  mov rax, cr0
  mov rbx, rax
  bts rax, 3                                  # TS
  mov cr0, rax
  clts
  btr rax, 3
  btr rax, 16                                 # WP
  mov cr0, rax
  mov cr0, rbx
  mov rax, cr4
  mov rbx, rax
  xor eax, CR4_TSD | CR4_DE
  mov cr4, rax
  summed rax
  mov cr4, rbx
  xor eax, eax
  mov dr0, rax
  mov rax, dr0
  summed rax
  ret

# The serial line's scratch register, the masks of the 8259A, CMOS RAM, port 80h, the PIT's counter.
ports:
  mov edx, COM1 + 7
  mov eax, r12d
  out dx, al
  in al, dx
  movzx eax, al
  summed rax
  mov edx, COM1 + 5
  in al, dx
  and eax, 0x20                               # the transmitter has space
  summed rax
  mov eax, r12d
  out 0x21, al
  in al, 0x21
  movzx eax, al
  summed rax
  mov al, 0x3F
  out 0x70, al
  mov eax, ebp
  out 0x71, al
  mov al, 0x3F
  out 0x70, al
  in al, 0x71
  movzx eax, al
  summed rax
  out 0x80, al
  xor eax, eax
  out 0x43, al
  in al, 0x40
  in al, 0x40
  ret

apic:
  mov edi, APIC
  mov eax, [rdi + 0x20]
  summed rax
  mov eax, r12d
  and eax, 0xF0
  mov [rdi + 0x80], eax                       # task priority
  mov eax, [rdi + 0x80]
  summed rax
  mov dword ptr [rdi + 0x80], 0
  mov dword ptr [rdi + 0xF0], 0x1FF
  mov eax, [rdi + 0xF0]
  and eax, 0x1FF
  summed rax
  mov dword ptr [rdi + 0x320], 0x10031        # a masked timer
  mov dword ptr [rdi + 0x3E0], 0x0B
  mov dword ptr [rdi + 0x380], 1000000
  mov eax, [rdi + 0x390]
  mov eax, [rdi + 0x320]
  and eax, 0x100FF
  summed rax
  mov dword ptr [rdi + 0x380], 0
  mov dword ptr [rdi + 0xB0], 0
  ret
