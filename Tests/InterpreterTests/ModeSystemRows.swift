import TestSupport
import X86

extension BareProcessor {
  /// Real mode, every segment register 1000h, SP 1000h.
  fileprivate mutating func enterReal() {
    enterProtected()
    state.cr0 = 0x30
    for index in 0..<6 {
      state.segments[index] = SegmentState(selector: 0x1000, base: 0x1_0000, limit: 0xFFFF, attributes: 0x93)
    }
    state.rip = 0
    state.generalRegisters[4] = 0x1000
  }
}

/// Limits and types of segments in protected mode, real mode, virtual-8086 mode.
///
/// Delivery in real mode pushes no error code; here it is that of the exception before delivery.
let modeSystemRows: [SystemRow] = [
  .init(
    "protected: MOV EAX, [ECX] up to the limit", [0x8B, 0x01],
    {
      $0.enterProtected()
      $0.state.segments[3].limit = 0xFFF
      $0.state.generalRegisters[1] = 0xFFC
      $0.store([0x1234_5678_0000_0000], 0xFF8)
    }, then: { $0.state.generalRegisters[0] = 0x1234_5678 }),
  .init("protected: MOV EAX, [ECX] over the limit", [0x8B, 0x01], raises: .generalProtection, 0) {
    $0.enterProtected()
    $0.state.segments[3].limit = 0xFFF
    $0.state.generalRegisters[1] = 0xFFD
  },
  .init("protected: MOV EAX, [EBP] over the limit of SS", [0x8B, 0x45, 0], raises: .stackFault, 0) {
    $0.enterProtected()
    $0.state.segments[2].limit = 0xFFF
    $0.state.generalRegisters[5] = 0x1000
  },
  .init("protected: PUSH EAX over the limit of SS", [0x50], raises: .stackFault, 0) {
    $0.enterProtected()
    $0.state.segments[2].limit = 0x2_FFFF
    $0.state.generalRegisters[4] = 0x3_0004
  },
  .init("protected: POP EAX over the limit of SS", [0x58], raises: .stackFault, 0) {
    $0.enterProtected()
    $0.state.segments[2].limit = 0x3_0002
  },
  .init("protected: a null DS", [0x8B, 0x01], raises: .generalProtection, 0) {
    $0.enterProtected()
    $0.state.segments[3] = SegmentState(selector: 0, base: 0, limit: 0, attributes: SegmentState.unusable)
  },
  .init("protected: a write by a read-only DS", [0x89, 0x01], raises: .generalProtection, 0) {
    $0.enterProtected()
    $0.load(0x58, into: 3)
  },
  .init(
    "protected: a read by a read-only DS", [0x8B, 0x01],
    {
      $0.enterProtected()
      $0.load(0x58, into: 3)
      $0.state.generalRegisters[0] = 5
    }, then: { $0.state.generalRegisters[0] = 0 }),
  .init("protected: a write by CS", [0x2E, 0x89, 0x01], raises: .generalProtection, 0) { $0.enterProtected() },
  .init("protected: a read by an execute-only CS", [0x2E, 0x8B, 0x01], raises: .generalProtection, 0) {
    $0.enterProtected()
    $0.load(0x60, into: 1)
  },
  .init("protected: below an expand-down limit", [0x8B, 0x01], raises: .generalProtection, 0) {
    $0.enterProtected()
    $0.state.segments[3] = SegmentState(selector: 0x18, base: 0, limit: 0x2_0000, attributes: 0x4097)
  },
  .init(
    "protected: above an expand-down limit", [0x8B, 0x01],
    {
      $0.enterProtected()
      $0.state.segments[3] = SegmentState(selector: 0x18, base: 0, limit: 0x1_FFFF, attributes: 0x4097)
      $0.store([9], BareProcessor.dataAddress)
    }, then: { $0.state.generalRegisters[0] = 9 }),
  .init(
    "protected: a base is added", [0x8A, 0x01],
    {
      $0.enterProtected()
      $0.state.segments[3].base = 0x123
      $0.store([0x77_0000_0000], BareProcessor.dataAddress + 0x11F)
    }, then: { $0.state.generalRegisters[0] = 0x77 }),
  .init(
    "protected: REX is INC", [0x48], { $0.enterProtected() },
    then: {
      $0.state.generalRegisters[0] = 0xFFFF_FFFF
      $0.state.rflags |= 0x94
    }),

  .init("real: MOV AX, [BX] at FFFFh", [0x8B, 0x07], raises: .generalProtection, 0) {
    $0.enterReal()
    $0.state.generalRegisters[3] = 0xFFFF
  },
  .init(
    "real: MOV AL, [BX] at FFFFh", [0x8A, 0x07],
    {
      $0.enterReal()
      $0.state.generalRegisters[3] = 0xFFFF
      $0.store([0x44 << 56], 0x1_FFF8)
    }, then: { $0.state.generalRegisters[0] = 0x44 }),
  .init("real: MOV AX, [BP] at FFFFh", [0x8B, 0x46, 0], raises: .stackFault, 0) {
    $0.enterReal()
    $0.state.generalRegisters[5] = 0xFFFF
  },
  .init("real: MOV EAX, [BX] at FFFDh", [0x66, 0x8B, 0x07], raises: .generalProtection, 0) {
    $0.enterReal()
    $0.state.generalRegisters[3] = 0xFFFD
  },
  .init(
    "real: [BX+SI] wraps at 64 KiB", [0x8A, 0x00],
    {
      $0.enterReal()
      $0.state.generalRegisters[3] = 0xFFFF
      $0.state.generalRegisters[6] = 0x101
      $0.store([0x55], 0x1_0100)
    }, then: { $0.state.generalRegisters[0] = 0x55 }),
  .init(
    "real: PUSH AX with SP 0", [0x50], memory: [0x1_FFF8: 0x1234 << 48],
    {
      $0.enterReal()
      $0.state.generalRegisters[0] = 0x1234
      $0.state.generalRegisters[4] = 0xABCD_0000
    }, then: { $0.state.generalRegisters[4] = 0xABCD_FFFE }),
  .init("real: PUSH AX with SP 1", [0x50], raises: .stackFault, 0) {
    $0.enterReal()
    $0.state.generalRegisters[4] = 1
  },
  .init(
    "real: MOV DS, AX", [0x8E, 0xD8],
    {
      $0.enterReal()
      $0.state.generalRegisters[0] = 0x1234
    },
    then: {
      $0.state.segments[3].selector = 0x1234
      $0.state.segments[3].base = 0x1_2340
    }),
  .init(
    "real: CALL 2000h:1234h", [0x9A, 0x34, 0x12, 0x00, 0x20], memory: [0x1_0FF8: 0x1000_0005_0000_0000],
    {
      $0.enterReal()
    },
    then: {
      $0.state.generalRegisters[4] = 0xFFC
      $0.state.segments[1].selector = 0x2000
      $0.state.segments[1].base = 0x2_0000
      $0.state.rip = 0x1234
    }),
  .init(
    "real: RETF", [0xCB],
    {
      $0.enterReal()
      $0.store([0x2000_1234], 0x1_1000)
    },
    then: {
      $0.state.generalRegisters[4] = 0x1004
      $0.state.segments[1].selector = 0x2000
      $0.state.segments[1].base = 0x2_0000
      $0.state.rip = 0x1234
    }),
  .init("real: LLDT", [0x0F, 0x00, 0xD0], raises: .invalidOpcode) { $0.enterReal() },
  .init("real: ARPL", [0x63, 0xC8], raises: .invalidOpcode) { $0.enterReal() },
  .init(
    "real: MOV CR0, EAX sets PE", [0x0F, 0x22, 0xC0],
    {
      $0.enterReal()
      $0.state.generalRegisters[0] = 0x31
    }, then: { $0.state.cr0 = 0x31 }),

  .init("virtual-8086: CLI with IOPL 0", [0xFA], raises: .generalProtection, 0) { $0.enterVirtual8086() },
  .init(
    "virtual-8086: CLI with IOPL 3", [0xFA],
    {
      $0.enterVirtual8086()
      $0.state.rflags |= 0x3200
    }, then: { $0.state.rflags &= ~0x200 }),
  .init("virtual-8086: PUSHF with IOPL 0", [0x9C], raises: .generalProtection, 0) { $0.enterVirtual8086() },
  .init("virtual-8086: INT 40h with IOPL 0", [0xCD, 0x40], raises: .generalProtection, 0) { $0.enterVirtual8086() },
  .init("virtual-8086: HLT with IOPL 3", [0xF4], raises: .generalProtection, 0) {
    $0.enterVirtual8086()
    $0.state.rflags |= 0x3000
  },
  .init("virtual-8086: LLDT", [0x0F, 0x00, 0xD0], raises: .invalidOpcode) { $0.enterVirtual8086() },
]
