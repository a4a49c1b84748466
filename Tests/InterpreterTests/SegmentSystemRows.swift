import TestSupport
import X86

private let data = BareProcessor.dataAddress

/// Loads of segment registers, far transfers.
let segmentSystemRows: [SystemRow] = [
  // In 64-bit mode the hidden base of DS counts neither for the address nor for its alignment.
  .init(
    "MOVAPS through a DS with a base", [0x0F, 0x28, 0x00],
    {
      $0.state.cr4 |= CR4.osFXSR
      $0.state.segments[3].base = 8
      $0.state.generalRegisters[0] = data
    }),
  .init("MOVAPS through a DS with a base, misaligned", [0x0F, 0x28, 0x00], raises: .generalProtection, 0) {
    $0.state.cr4 |= CR4.osFXSR
    $0.state.segments[3].base = 8
    $0.state.generalRegisters[0] = data + 8
  },
  .init(
    "CMPXCHG16B through a DS with a base", [0x48, 0x0F, 0xC7, 0x08],
    {
      $0.state.segments[3].base = 8
      $0.state.generalRegisters[0] = data
    }, then: { $0.state.generalRegisters[0] = 0 }),
  .init("MOVAPS through an FS with a base", [0x64, 0x0F, 0x28, 0x00], raises: .generalProtection, 0) {
    $0.state.cr4 |= CR4.osFXSR
    $0.state.segments[4].base = 8
    $0.state.generalRegisters[0] = data
  },
  .init("MOV DS, AX", [0x8E, 0xD8], { $0.state.generalRegisters[0] = 0x28 }, then: { $0.load(0x28, into: 3) }),
  .init("MOV DS, AX, not present", [0x8E, 0xD8], raises: .segmentNotPresent, 0x38) {
    $0.state.generalRegisters[0] = 0x38
  },
  .init("MOV DS, AX of execute-only code", [0x8E, 0xD8], raises: .generalProtection, 0x60) {
    $0.state.generalRegisters[0] = 0x60
  },
  .init("MOV DS, AX of a TSS", [0x8E, 0xD8], raises: .generalProtection, 0x40) { $0.state.generalRegisters[0] = 0x40 },
  .init("MOV DS, AX beyond the limit", [0x8E, 0xD8], raises: .generalProtection, 0x2000) {
    $0.state.generalRegisters[0] = 0x2000
  },
  .init("MOV DS, AX of DPL 0 at CPL 3", [0x8E, 0xD8], raises: .generalProtection, 0x18) {
    $0.enterUser()
    $0.state.generalRegisters[0] = 0x18
  },
  .init(
    "MOV SS, AX holds back interrupts", [0x8E, 0xD0], { $0.state.generalRegisters[0] = 0x18 },
    then: {
      $0.state.movSSShadow = true
    }),
  .init("MOV SS, AX, not present", [0x8E, 0xD0], raises: .stackFault, 0x38) { $0.state.generalRegisters[0] = 0x38 },
  .init("MOV SS, AX, read-only", [0x8E, 0xD0], raises: .generalProtection, 0x58) {
    $0.state.generalRegisters[0] = 0x58
  },
  .init("MOV SS, AX of RPL 3 at CPL 0", [0x8E, 0xD0], raises: .generalProtection, 0x28) {
    $0.state.generalRegisters[0] = 0x2B
  },
  .init(
    "RETFQ", [0x48, 0xCB], { $0.store([0x5000, 0x10], BareProcessor.stackAddress) },
    then: {
      $0.state.generalRegisters[4] += 16
      $0.state.rip = 0x5000
    }),
  .init("RETFQ to the null selector", [0x48, 0xCB], raises: .generalProtection, 0) {
    $0.store([0x5000, 0], BareProcessor.stackAddress)
  },
  .init("RETFQ to data", [0x48, 0xCB], raises: .generalProtection, 0x18) {
    $0.store([0x5000, 0x18], BareProcessor.stackAddress)
  },
  .init("RETFQ to code that is not present", [0x48, 0xCB], raises: .segmentNotPresent, 0x50) {
    $0.store([0x5000, 0x50], BareProcessor.stackAddress)
  },
  .init("RETFQ to an address that is not canonical", [0x48, 0xCB], raises: .generalProtection, 0) {
    $0.store([1 << 63, 0x10], BareProcessor.stackAddress)
  },
  .init("JMP FAR [RCX]", [0xFF, 0x29], { $0.store([0x10_0000_5000], data) }, then: { $0.state.rip = 0x5000 }),
  .init(
    "JMP FAR [RCX] to compatibility mode", [0xFF, 0x29], { $0.store([0x08_0000_5000], data) },
    then: {
      $0.load(0x08, into: 1)
      $0.state.rip = 0x5000
    }),
  .init("JMP FAR [RCX] to code with L and D", [0xFF, 0x29], raises: .generalProtection, 0x68) {
    $0.store([0x68_0000_5000], data)
  },
  .init("JMP FAR [RCX] to code of DPL 3", [0xFF, 0x29], raises: .generalProtection, 0x30) {
    $0.store([0x30_0000_5000], data)
  },
  .init(
    "CALL FAR [RCX]", [0xFF, 0x19], memory: [0x2_FFF8: 0x10_0001_0002],
    { $0.store([0x10_0000_5000], data) },
    then: {
      $0.state.generalRegisters[4] -= 8
      $0.state.rip = 0x5000
    }),
  .init(
    "IRETQ", [0x48, 0xCF], { $0.store([0x5000, 0x10, 0x246, 0x2_F000, 0x18], BareProcessor.stackAddress) },
    then: {
      $0.state.generalRegisters[4] = 0x2_F000
      $0.state.rip = 0x5000
      $0.state.rflags = 0x246
    }),
  .init("IRETQ with NT", [0x48, 0xCF], raises: .generalProtection, 0) { $0.state.rflags |= 0x4000 },
  .init("IRETQ to the null selector", [0x48, 0xCF], raises: .generalProtection, 0) {
    $0.store([0x5000, 0, 2, 0x2_F000, 0x18], BareProcessor.stackAddress)
  },
]

/// Rights of pages, and the accessed and dirty bits.
let pageSystemRows: [SystemRow] = [
  .init(
    "a read sets A", [0x8B, 0x01], memory: [BareProcessor.pageTable + 0x100: 0x2_0027],
    {
      $0.store([7], data)
    }, then: { $0.state.generalRegisters[0] = 7 }),
  .init("a write sets A and D", [0x89, 0x01], memory: [BareProcessor.pageTable + 0x100: 0x2_0067]),
  .init(
    "a read-modify-write sets A and D", [0xFF, 0x01], memory: [BareProcessor.pageTable + 0x100: 0x2_0067, data: 1]),
  .init("a read, not present", [0x8B, 0x01], raises: .pageFault, 0, at: data) { $0.entry(data) { $0 & ~1 } },
  .init("a write, not present", [0x89, 0x01], raises: .pageFault, 2, at: data) { $0.entry(data) { $0 & ~1 } },
  .init("a read at CPL 3, not present", [0x8B, 0x01], raises: .pageFault, 4, at: data) {
    $0.enterUser()
    $0.entry(data) { $0 & ~1 }
  },
  .init("a read at CPL 3 of a supervisor's page", [0x8B, 0x01], raises: .pageFault, 5, at: data) {
    $0.enterUser()
    $0.entry(data) { $0 & ~4 }
  },
  .init("a write at CPL 3 to a read-only page", [0x89, 0x01], raises: .pageFault, 7, at: data) {
    $0.enterUser()
    $0.entry(data) { $0 & ~2 }
  },
  .init("a write at CPL 0 to a read-only page, WP", [0x89, 0x01], raises: .pageFault, 3, at: data) {
    $0.entry(data) { $0 & ~2 }
  },
  .init(
    "a write at CPL 0 to a read-only page without WP", [0x89, 0x01], memory: [data: 0xFFFF_FFFF],
    {
      $0.entry(data) { $0 & ~2 }
      $0.state.cr0 &= ~CR0.writeProtect
      $0.state.generalRegisters[0] = .max
    }),
  .init("a reserved bit", [0x8B, 0x01], raises: .pageFault, 9, at: data) { $0.entry(data) { $0 | 1 << 51 } },
  .init("a fetch, XD", [0x90], raises: .pageFault, 0x11, at: BareProcessor.codeAddress) {
    $0.entry(BareProcessor.codeAddress) { $0 | 1 << 63 }
  },
  .init("a fetch at CPL 3, XD", [0x90], raises: .pageFault, 0x15, at: BareProcessor.codeAddress) {
    $0.enterUser()
    $0.entry(BareProcessor.codeAddress) { $0 | 1 << 63 }
  },
  .init("a fetch of a user's page, SMEP", [0x90], raises: .pageFault, 0x11, at: BareProcessor.codeAddress) {
    $0.state.cr4 |= CR4.supervisorModeExecutionPrevention
  },
  .init("a read of a user's page, SMAP", [0x8B, 0x01], raises: .pageFault, 1, at: data) {
    $0.state.cr4 |= CR4.supervisorModeAccessPrevention
  },
  .init(
    "a read of a user's page, SMAP and AC", [0x8B, 0x01],
    {
      $0.state.cr4 |= CR4.supervisorModeAccessPrevention
      $0.state.rflags |= RFLAGS.alignmentCheck
      $0.store([7], data)
    }, then: { $0.state.generalRegisters[0] = 7 }),
  .init("STAC", [0x0F, 0x01, 0xCB], then: { $0.state.rflags |= RFLAGS.alignmentCheck }),
  .init("CLAC at CPL 3", [0x0F, 0x01, 0xCA], raises: .invalidOpcode) { $0.enterUser() },
]
