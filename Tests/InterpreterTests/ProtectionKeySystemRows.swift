import Interpreter
import TestSupport
import X86

private let data = BareProcessor.dataAddress
private let (read, write): ([UInt8], [UInt8]) = ([0x8A, 0x01], [0x88, 0x01])  // MOV AL, [RCX]; MOV [RCX], AL

/// Protection key 5 of the page with the data, and PKRU.
private func key5(_ pkru: UInt32) -> @Sendable (inout BareProcessor) -> Void {
  {
    $0.state.cr4 |= CR4.protectionKeyEnable
    $0.state.pkru = pkru
    $0.entry(data) { $0 | 5 << 59 }
  }
}

/// Protection keys, and what MOV to CR4 may do of them and of LA57.
let protectionKeySystemRows: [SystemRow] = [
  .init(
    "RDPKRU", [0x0F, 0x01, 0xEE], on: .zen4,
    {
      $0.state.cr4 |= CR4.protectionKeyEnable
      $0.state.pkru = 0x5555_5554
      ($0.state.generalRegisters[0], $0.state.generalRegisters[2]) = (.max, .max)
      $0.state.generalRegisters[1] = 1 << 32
    },
    then: { ($0.state.generalRegisters[0], $0.state.generalRegisters[2]) = (0x5555_5554, 0) }),
  .init(
    "WRPKRU", [0x0F, 0x01, 0xEF], on: .iceLake,
    {
      $0.state.cr4 |= CR4.protectionKeyEnable
      $0.state.generalRegisters[0] = 0x1_0000_0C04
      $0.state.generalRegisters[1] = 0
    }, then: { $0.state.pkru = 0xC04 }),
  .init("RDPKRU without CR4.PKE", [0x0F, 0x01, 0xEE], on: .zen4, raises: .invalidOpcode) {
    $0.state.generalRegisters[1] = 1
  },
  .init("WRPKRU without CR4.PKE", [0x0F, 0x01, 0xEF], on: .zen4, raises: .invalidOpcode),
  .init("RDPKRU of a model without PKU", [0x0F, 0x01, 0xEE], on: .amdV3, raises: .invalidOpcode) {
    $0.state.generalRegisters[1] = 0
  },
  .init("RDPKRU of ECX", [0x0F, 0x01, 0xEE], on: .zen4, raises: .generalProtection, 0) {
    $0.state.cr4 |= CR4.protectionKeyEnable
  },
  .init(
    "MOV CR4 sets PKE", [0x0F, 0x22, 0xE0], on: .zen4,
    { $0.state.generalRegisters[0] = $0.state.cr4 | CR4.protectionKeyEnable },
    then: { $0.state.cr4 |= CR4.protectionKeyEnable }),
  .init("MOV CR4 sets PKE of a model without PKU", [0x0F, 0x22, 0xE0], on: .zen2, raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = $0.state.cr4 | CR4.protectionKeyEnable
  },

  .init(
    "a key with its rights", read, on: .zen4, key5(~(3 << 10)),
    then: { $0.state.generalRegisters[0] = 0 }),
  .init("AD, a supervisor reads", read, on: .zen4, raises: .pageFault, 0x21, at: data, key5(1 << 10)),
  .init("AD, a supervisor writes", write, on: .zen4, raises: .pageFault, 0x23, at: data, key5(1 << 10)),
  .init("AD, a user reads", read, on: .iceLake, raises: .pageFault, 0x25, at: data) {
    key5(1 << 10)(&$0)
    $0.enterUser()
  },
  .init("WD, a read", read, on: .zen4, key5(2 << 10)),
  .init("WD, a user writes", write, on: .zen4, raises: .pageFault, 0x27, at: data) {
    key5(2 << 10)(&$0)
    $0.enterUser()
  },
  .init("WD, a read-modify-write of a user", [0x00, 0x01], on: .zen4, raises: .pageFault, 0x27, at: data) {
    key5(2 << 10)(&$0)
    $0.enterUser()
  },
  .init("WD, a supervisor writes", write, on: .zen4, raises: .pageFault, 0x23, at: data, key5(2 << 10)),
  .init(
    "WD, a supervisor writes without WP", write, on: .zen4, memory: [data: 0x5A],
    {
      key5(2 << 10)(&$0)
      $0.state.cr0 &= ~CR0.writeProtect
      $0.state.generalRegisters[0] = 0x5A
    }),
  .init(
    "AD, a supervisor page", read, on: .zen4,
    { guest in
      key5(1 << 10)(&guest)
      guest.entry(data) { $0 & ~4 }
    }),
  .init(
    "AD without PKE", read, on: .zen4,
    { guest in
      key5(1 << 10)(&guest)
      guest.state.cr4 &= ~CR4.protectionKeyEnable
    }),
  .init(
    "AD of the page of the code", [0x90], on: .zen4,
    { guest in
      key5(1 << 10)(&guest)
      guest.entry(BareProcessor.codeAddress) { $0 | 5 << 59 }
    }),
  // The processor's own access to a descriptor is one of a supervisor to a user page here.
  .init("AD of the page of the GDT", [0x8E, 0xD8], on: .zen4, raises: .pageFault, 0x21, at: BareProcessor.gdt + 0x18) {
    key5(1 << 10)(&$0)
    $0.entry(BareProcessor.gdt) { $0 | 5 << 59 }
    $0.state.generalRegisters[0] = 0x18
  },
]

/// Addresses of 57 bits: the processor's width counts for bases, the paging mode's for accesses.
let linearAddressSystemRows: [SystemRow] = [
  .init("MOV CR4 sets LA57 in IA-32e mode", [0x0F, 0x22, 0xE0], on: .zen4, raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = $0.state.cr4 | CR4.linearAddress57
  },
  .init("MOV CR4 clears LA57 in IA-32e mode", [0x0F, 0x22, 0xE0], on: .iceLake, raises: .generalProtection, 0) {
    enterFiveLevels(&$0)
    $0.state.generalRegisters[0] = $0.state.cr4 & ~CR4.linearAddress57
  },
  .init(
    "MOV CR4 sets LA57 in protected mode", [0x0F, 0x22, 0xE0], on: .zen4,
    {
      $0.enterProtected()
      $0.state.generalRegisters[0] = $0.state.cr4 | CR4.linearAddress57
    }, then: { $0.state.cr4 |= CR4.linearAddress57 }),
  .init("MOV CR4 sets LA57 of a model without it", [0x0F, 0x22, 0xE0], on: .amdV3, raises: .generalProtection, 0) {
    $0.enterProtected()
    $0.state.generalRegisters[0] = $0.state.cr4 | CR4.linearAddress57
  },
  .init("an access beyond 48 bits", [0x8A, 0x01], on: .zen4, raises: .generalProtection, 0) {
    $0.state.generalRegisters[1] = 1 << 52
  },
  .init("an access beyond 48 bits with LA57", [0x8A, 0x01], on: .zen4, raises: .pageFault, 0, at: 1 << 52) {
    enterFiveLevels(&$0)
    $0.state.generalRegisters[1] = 1 << 52
  },
  .init("an access beyond 57 bits with LA57", [0x8A, 0x01], on: .zen4, raises: .generalProtection, 0) {
    enterFiveLevels(&$0)
    $0.state.generalRegisters[1] = 1 << 56
  },
  .init("a stack beyond 57 bits with LA57", [0x50], on: .zen4, raises: .stackFault, 0) {
    enterFiveLevels(&$0)
    $0.state.generalRegisters[4] = 1 << 60
  },
  .init(
    "JMP beyond 48 bits with LA57", [0xFF, 0xE0], on: .zen4,
    {
      enterFiveLevels(&$0)
      $0.state.generalRegisters[0] = 1 << 52
    }, then: { $0.state.rip = 1 << 52 }),
  .init("JMP beyond 48 bits", [0xFF, 0xE0], on: .zen4, raises: .generalProtection, 0) {
    $0.state.generalRegisters[0] = 1 << 52
  },
  .init(
    "WRFSBASE beyond 48 bits", [0xF3, 0x48, 0x0F, 0xAE, 0xD0], on: .zen4,
    {
      $0.state.cr4 |= CR4.fsgsbase
      $0.state.generalRegisters[0] = 1 << 52
    }, then: { $0.state.segments[4].base = 1 << 52 }),
  .init("WRFSBASE beyond 57 bits", [0xF3, 0x48, 0x0F, 0xAE, 0xD0], on: .zen4, raises: .generalProtection, 0) {
    $0.state.cr4 |= CR4.fsgsbase
    $0.state.generalRegisters[0] = 1 << 57
  },
  .init("WRFSBASE beyond the 48 bits of a model", [0xF3, 0x48, 0x0F, 0xAE, 0xD0], raises: .generalProtection, 0) {
    $0.state.cr4 |= CR4.fsgsbase
    $0.state.generalRegisters[0] = 1 << 52
  },
  .init(
    "an access through such a base", [0x64, 0x8A, 0x04, 0x25, 0, 0, 0, 0], on: .zen4, raises: .generalProtection, 0
  ) {
    $0.state.segments[4].base = 1 << 52
  },
  .init(
    "WRMSR IA32_LSTAR beyond 48 bits", [0x0F, 0x30], on: .iceLake,
    {
      ($0.state.generalRegisters[0], $0.state.generalRegisters[2]) = (0, 1 << 20)
      $0.state.generalRegisters[1] = UInt64(MSR.lstar)
    }, then: { $0.state.msrs[MSR.lstar] = 1 << 52 }),
  .init(
    "LGDT beyond 48 bits", [0x0F, 0x01, 0x11], on: .zen4,
    { $0.store([0xFFFF, 0x10], data) }, then: { $0.state.gdtr = DescriptorTableRegister(base: 1 << 52, limit: 0xFFFF) }),
  .init("a descriptor of such a table", [0x8E, 0xD8], on: .zen4, raises: .generalProtection, 0) {
    $0.state.gdtr.base = 1 << 52
    $0.state.generalRegisters[0] = 0x18
  },
]

/// 5-level paging: entry 0 of the PML5 leads to the tables that there are.
private func enterFiveLevels(_ guest: inout BareProcessor) {
  guest.store([0x1007], 0x9000)
  guest.state.cr3 = 0x9000
  guest.state.cr4 |= CR4.linearAddress57
}
