import TestSupport
import X86

private let data = BareProcessor.dataAddress

/// Descriptor tables, the task register, the local table.
let tableSystemRows: [SystemRow] = [
  .init(
    "LGDT [RCX]", [0x0F, 0x01, 0x11], { $0.store([0x4567_89AB_0123, 0], data) },
    then: {
      $0.state.gdtr = DescriptorTableRegister(base: 0x4567_89AB, limit: 0x0123)
    }),
  .init(
    "LIDT [RCX]", [0x0F, 0x01, 0x19], { $0.store([0x8000_4567_89AB_0123, 0xFFFF], data) },
    then: {
      $0.state.idtr = DescriptorTableRegister(base: 0xFFFF_8000_4567_89AB, limit: 0x0123)
    }),
  .init("LGDT [RCX], not canonical", [0x0F, 0x01, 0x11], raises: .generalProtection, 0) {
    $0.store([0x0123, 0x8000], data)
  },
  .init(
    "SGDT [RCX]", [0x0F, 0x01, 0x01], memory: [data: 0x6000_010F, data + 8: 0xFFFF_FFFF_FFFF_0000],
    {
      $0.store([.max, .max], data)
    }),
  .init("SIDT [RCX] at CPL 3 with UMIP", [0x0F, 0x01, 0x09], raises: .generalProtection, 0) {
    $0.enterUser()
    $0.state.cr4 |= CR4.userModeInstructionPrevention
  },
  .init("STR EAX", [0x0F, 0x00, 0xC8], then: { $0.state.generalRegisters[0] = 0x40 }),
  .init(
    "LLDT AX", [0x0F, 0x00, 0xD0], { $0.state.generalRegisters[0] = 0x70 },
    then: {
      $0.state.ldtr = SegmentState(selector: 0x70, base: 0x9000, limit: 7, attributes: 0x82)
    }),
  .init("LLDT AX of a TSS", [0x0F, 0x00, 0xD0], raises: .generalProtection, 0x40) {
    $0.state.generalRegisters[0] = 0x40
  },
  .init("LLDT AX, not present", [0x0F, 0x00, 0xD0], raises: .segmentNotPresent, 0x80) {
    $0.state.generalRegisters[0] = 0x80
  },
  .init(
    "LTR AX marks the descriptor busy", [0x0F, 0x00, 0xD8], memory: [BareProcessor.gdt + 0x40: 0x0000_8B00_8000_0067],
    {
      $0.state.generalRegisters[0] = 0x40
    }),
  .init("LTR AX of a busy TSS", [0x0F, 0x00, 0xD8], raises: .generalProtection, 0x90) {
    $0.state.generalRegisters[0] = 0x90
  },
  .init("LTR AX of the null selector", [0x0F, 0x00, 0xD8], raises: .generalProtection, 0),
  .init("LTR AX at CPL 3", [0x0F, 0x00, 0xD8], raises: .generalProtection, 0) { $0.enterUser() },
  .init(
    "VERR AX of a data segment", [0x0F, 0x00, 0xE0], { $0.state.generalRegisters[0] = 0x18 },
    then: {
      $0.state.rflags |= 0x40
    }),
  .init(
    "VERW AX of a read-only segment", [0x0F, 0x00, 0xE8],
    {
      $0.state.generalRegisters[0] = 0x58
      $0.state.rflags |= 0x40
    }, then: { $0.state.rflags &= ~0x40 }),
  .init(
    "LSL EAX, ECX counts pages", [0x0F, 0x03, 0xC1], { $0.state.generalRegisters[1] = 0x18 },
    then: {
      $0.state.generalRegisters[0] = 0xFFFF_FFFF
      $0.state.rflags |= 0x40
    }),
  .init(
    "LAR EAX, ECX", [0x0F, 0x02, 0xC1], { $0.state.generalRegisters[1] = 0x18 },
    then: {
      $0.state.generalRegisters[0] = 0xCF_9300
      $0.state.rflags |= 0x40
    }),
]
