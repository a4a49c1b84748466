import InstructionTesting
import X86
import X86Decoder

/// Segments of the guest, in long mode by its GDT.
enum GuestSegments {
  static let kernelCode: UInt8 = 0x10
  static let kernelStack: UInt8 = 0x18
  static let userCode32: UInt8 = 0x23
  static let userStack: UInt8 = 0x2B
  static let userCode: UInt8 = 0x33
  static let kernelCode32: UInt8 = 0x38
  static let kernelCode16: UInt8 = 0x40
  static let userCode16: UInt8 = 0x4B
  static let taskState: UInt16 = 0x50

  /// By selector; the layout up to 30h is the one that SYSCALL and SYSRET ask for.
  static let descriptors: [(selector: UInt16, raw: UInt64)] = [
    (0x10, 0x00AF_9B00_0000_FFFF), (0x18, 0x00CF_9300_0000_FFFF), (0x20, 0x00CF_FB00_0000_FFFF),
    (0x28, 0x00CF_F300_0000_FFFF), (0x30, 0x00AF_FB00_0000_FFFF), (0x38, 0x00CF_9B00_0000_FFFF),
    // 16-bit code begins with the code region.
    (0x40, 0x1000_9B00_0000_FFFF), (0x48, 0x1000_FB00_0000_FFFF),
    (taskState, 0x0000_8900_0000_0067 | (GuestMap.tss & 0xFF_FFFF) << 16), (taskState + 8, 0),
    // A stack of 16 bits, and a segment that is not present.
    (0x60, 0x008F_F300_0000_FFFF), (0x68, 0x00CF_7300_0000_FFFF),
  ]

  /// What loading a selector gives; a null selector's register cannot be used.
  static func segment(_ selector: UInt16) -> SegmentState {
    guard let entry = descriptors.first(where: { $0.selector == selector & ~3 && $0.selector != 0 }) else {
      return SegmentState(selector: selector, base: 0, limit: 0, attributes: SegmentState.unusable)
    }
    return SegmentState(selector: selector, descriptor: entry.raw)
  }

  /// Segments of real mode.
  static func real(_ selector: UInt16, isCode: Bool) -> SegmentState {
    SegmentState(selector: selector, base: UInt64(selector) << 4, limit: 0xFFFF, attributes: isCode ? 0x9B : 0x93)
  }

  /// What an address is as an offset in a code segment.
  static func offset(of address: UInt64, in selector: UInt8) -> UInt64 {
    selector & ~3 == kernelCode16 || selector & ~3 == userCode16 & ~3 ? address &- InstructionTest.codePage : address
  }

  /// Selectors of CS and SS of a program in long mode.
  static func selectors(of program: EngineProgram) -> (code: UInt8, stack: UInt8) {
    let isUser = program.cpl == 3
    let code =
      switch program.mode {
      case .code64: isUser ? userCode : kernelCode
      case .code32: isUser ? userCode32 : kernelCode32
      case .code16: isUser ? userCode16 : kernelCode16
      }
    return (code, isUser ? userStack : kernelStack)
  }
}
