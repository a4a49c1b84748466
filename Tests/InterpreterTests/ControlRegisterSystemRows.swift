import TestSupport
import X86

private let data = BareProcessor.dataAddress

/// Control and debug registers, flags, MSRs.
let controlRegisterSystemRows: [SystemRow] = [
  .init("CLI", [0xFA], { $0.state.rflags |= 0x200 }, then: { $0.state.rflags &= ~0x200 }),
  .init(
    "STI", [0xFB],
    then: {
      $0.state.rflags |= 0x200
      $0.state.stiShadow = true
    }),
  .init("STI while IF is set has no shadow", [0xFB], { $0.state.rflags |= 0x200 }),
  .init("HLT", [0xF4], then: { $0.state.activity = .halted }),
  .init(
    "CLI at CPL 3 with IOPL 3", [0xFA],
    {
      $0.enterUser()
      $0.state.rflags |= 0x3200
    }, then: { $0.state.rflags &= ~0x200 }),
  .init("CLI at CPL 3", [0xFA], raises: .generalProtection, 0) { $0.enterUser() },
  .init("HLT at CPL 3 with IOPL 3", [0xF4], raises: .generalProtection, 0) {
    $0.enterUser()
    $0.state.rflags |= 0x3000
  },
  .init(
    "POPFQ at CPL 3 leaves IF and IOPL", [0x9D],
    {
      $0.enterUser()
      $0.store([0x3000], BareProcessor.stackAddress)
      $0.state.rflags |= 0x200
    }, then: { $0.state.generalRegisters[4] += 8 }),
  .init(
    "POPFQ at CPL 0 sets IF and IOPL", [0x9D], { $0.store([0x3202], BareProcessor.stackAddress) },
    then: {
      $0.state.generalRegisters[4] += 8
      $0.state.rflags = 0x3202
    }),

  .init("MOV RAX, CR0", [0x0F, 0x20, 0xC0], then: { $0.state.generalRegisters[0] = 0x8005_0033 }),
  .init(
    "MOV RAX, CR2", [0x0F, 0x20, 0xD0], { $0.state.cr2 = 0x1234 }, then: { $0.state.generalRegisters[0] = 0x1234 }),
  .init("MOV RAX, CR3", [0x0F, 0x20, 0xD8], then: { $0.state.generalRegisters[0] = 0x1000 }),
  .init("MOV CR2, RAX", [0x0F, 0x22, 0xD0], { $0.state.generalRegisters[0] = .max }, then: { $0.state.cr2 = .max }),
  .init(
    "MOV CR0, RAX sets TS", [0x0F, 0x22, 0xC0], { $0.state.generalRegisters[0] = 0x8005_003B },
    then: {
      $0.state.cr0 = 0x8005_003B
    }),
  .init(
    "MOV CR0, RAX: reserved low bits are dropped, ET stays", [0x0F, 0x22, 0xC0],
    {
      $0.state.generalRegisters[0] = 0x8005_FFE3
    }, then: { $0.state.cr0 = 0x8005_0033 }),
  .init("MOV CR0, RAX: bit 32", [0x0F, 0x22, 0xC0], raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = 0x1_8005_0033
  },
  .init("MOV CR0, RAX: PG without PE", [0x0F, 0x22, 0xC0], raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = 0x8005_0032
  },
  .init("MOV CR0, RAX: NW without CD", [0x0F, 0x22, 0xC0], raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = 0xA005_0033
  },
  .init("MOV CR0, RAX: paging off in 64-bit mode", [0x0F, 0x22, 0xC0], raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = 0x5_0033
  },
  .init("MOV CR3, RAX: reserved address bits", [0x0F, 0x22, 0xD8], raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = 0x1000 | 1 << 52
  },
  .init("MOV CR4, RAX: a reserved bit", [0x0F, 0x22, 0xE0], raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = 0x620 | 1 << 31
  },
  .init("MOV CR4, RAX: PAE cleared in IA-32e mode", [0x0F, 0x22, 0xE0], raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = 0x600
  },
  .init("MOV CR4, RAX: PCIDE with bits 11:0 of CR3", [0x0F, 0x22, 0xE0], raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = 0x620 | CR4.pcidEnable
    $0.state.cr3 = 0x1018
  },
  .init("MOV CR8, RAX: bit 4", [0x44, 0x0F, 0x22, 0xC0], raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = 0x10
  },
  .init("MOV CR1, RAX", [0x0F, 0x22, 0xC8], raises: .invalidOpcode),
  .init("MOV CR3, RAX at CPL 3", [0x0F, 0x22, 0xD8], raises: .generalProtection, 0) { $0.enterUser() },
  .init("CLTS", [0x0F, 0x06], { $0.state.cr0 |= 8 }, then: { $0.state.cr0 &= ~8 }),
  .init("LMSW AX sets TS", [0x0F, 0x01, 0xF0], { $0.state.generalRegisters[0] = 0x3B }, then: { $0.state.cr0 |= 8 }),
  .init("LMSW AX cannot clear PE", [0x0F, 0x01, 0xF0], { $0.state.generalRegisters[0] = 2 }),
  .init(
    "SMSW EAX", [0x0F, 0x01, 0xE0], { $0.state.generalRegisters[0] = .max },
    then: {
      $0.state.generalRegisters[0] = 0x8005_0033
    }),
  .init(
    "SMSW [RCX] writes two bytes", [0x0F, 0x01, 0x21], memory: [data: 0xFFFF_FFFF_FFFF_0033],
    {
      $0.store([.max], data)
    }),

  .init(
    "MOV DR0, RAX", [0x0F, 0x23, 0xC0], { $0.state.generalRegisters[0] = 0x1234 },
    then: {
      $0.state.debugAddresses[0] = 0x1234
    }),
  .init("MOV DR6, RAX: fixed bits", [0x0F, 0x23, 0xF0], then: { $0.state.dr6 = 0xFFFF_0FF0 }),
  .init(
    "MOV DR7, RAX: bit 10 reads 1", [0x0F, 0x23, 0xF8], { $0.state.generalRegisters[0] = 1 },
    then: {
      $0.state.dr7 = 0x401
    }),
  .init("MOV DR7, RAX: bit 32", [0x0F, 0x23, 0xF8], raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = 1 << 32
  },
  .init("MOV RAX, DR4 with CR4.DE", [0x0F, 0x21, 0xE0], raises: .invalidOpcode) {
    $0.state.cr4 |= CR4.debuggingExtensions
  },
  .init("MOV RAX, DR4 is DR6", [0x0F, 0x21, 0xE0], then: { $0.state.generalRegisters[0] = 0xFFFF_0FF0 }),

  .init(
    "RDMSR of IA32_EFER", [0x0F, 0x32], { $0.state.generalRegisters[1] = 0xC000_0080 },
    then: {
      $0.state.generalRegisters[0] = 0xD00
      $0.state.generalRegisters[2] = 0
    }),
  .init(
    "WRMSR of IA32_LSTAR", [0x0F, 0x30],
    {
      $0.state.generalRegisters[1] = 0xC000_0082
      $0.state.generalRegisters[0] = 0x1234
      $0.state.generalRegisters[2] = 0xFFFF_8000
    }, then: { $0.state.msrs[0xC000_0082] = 0xFFFF_8000_0000_1234 }),
  .init("WRMSR of IA32_LSTAR, not canonical", [0x0F, 0x30], raises: .generalProtection, 0) {
    $0.state.generalRegisters[1] = 0xC000_0082
    $0.state.generalRegisters[2] = 0x8000
  },
  .init("WRMSR of IA32_EFER: a reserved bit", [0x0F, 0x30], raises: .generalProtection, 0) {
    $0.state.generalRegisters[1] = 0xC000_0080
    $0.state.generalRegisters[0] = 0xD02
  },
  .init("RDMSR of a number that none has", [0x0F, 0x32], raises: .generalProtection, 0) {
    $0.state.generalRegisters[1] = 0xDEAD
  },
  .init("RDMSR at CPL 3", [0x0F, 0x32], raises: .generalProtection, 0) { $0.enterUser() },
  .init("RDTSC at CPL 3 with TSD", [0x0F, 0x31], raises: .generalProtection, 0) {
    $0.enterUser()
    $0.state.cr4 |= CR4.timeStampDisable
  },
  .init(
    "SWAPGS", [0x0F, 0x01, 0xF8],
    {
      $0.state.segments[5].base = 0x1111
      $0.state.msrs[0xC000_0102] = 0x2222
    },
    then: {
      $0.state.segments[5].base = 0x2222
      $0.state.msrs[0xC000_0102] = 0x1111
    }),
  .init("WRFSBASE without FSGSBASE", [0xF3, 0x48, 0x0F, 0xAE, 0xD0], raises: .invalidOpcode),
  .init("SYSCALL without SCE", [0x0F, 0x05], raises: .invalidOpcode),
  .init("RSM outside system management mode", [0x0F, 0xAA], raises: .invalidOpcode),
  .init("INVLPG of an address that is not canonical", [0x0F, 0x01, 0x39], { $0.state.generalRegisters[1] = 1 << 63 }),
  .init("IN AL, 10h: nothing answers", [0xE4, 0x10], then: { $0.state.generalRegisters[0] = 0xFF }),
  .init(
    "IN EAX, DX", [0xED], { $0.state.generalRegisters[0] = .max },
    then: {
      $0.state.generalRegisters[0] = 0xFFFF_FFFF
    }),
  .init(
    "IN AL, 10h at CPL 3 with IOPL 3", [0xE4, 0x10],
    {
      $0.enterUser()
      $0.state.rflags |= 0x3000
    }, then: { $0.state.generalRegisters[0] = 0xFF }),
  .init("IN AL, 10h at CPL 3, no bit map in the TSS", [0xE4, 0x10], raises: .generalProtection, 0) { $0.enterUser() },
]
