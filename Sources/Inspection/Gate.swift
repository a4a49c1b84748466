import TextForms
import X86

/// A gate descriptor, decoded (SDM Vol. 3A "Call Gates", "IDT Descriptors", "64-Bit Mode IDT").
public struct Gate: Hashable, Sendable, CustomStringConvertible {
  /// What a gate does.
  public enum Kind: Hashable, Sendable {
    /// Sixteen zero bytes, or eight.
    case empty
    /// A call gate of so many bits.
    case call(bits: Int)
    /// An interrupt gate of so many bits: clears IF.
    case interrupt(bits: Int)
    /// A trap gate of so many bits: leaves IF alone.
    case trap(bits: Int)
    /// A task gate.
    case task
    /// Anything else, which raises #GP.
    case notGate(type: UInt8)
    /// An entry of the real-mode table: selector and offset alone.
    case realMode
  }

  /// The first eight bytes; of an entry of the real-mode table four.
  public let low: UInt64
  /// The other eight bytes, in long mode.
  public let high: UInt64?
  /// What it does.
  public let kind: Kind
  /// The code segment, or the TSS of a task gate.
  public let selector: UInt16
  /// Where it leads within that segment.
  public let offset: UInt64
  /// DPL.
  public let privilegeLevel: UInt8
  /// P.
  public let isPresent: Bool
  /// Parameters that a legacy call gate copies to the new stack, 0 to 31.
  public let parameterCount: UInt8
  /// The stack of the TSS that a 64-bit gate switches to, 1 to 7, or 0.
  public let interruptStack: UInt8
  private let hasUpperType: Bool

  /// Decodes a gate.
  ///
  /// - Parameters:
  ///   - low: its first eight bytes.
  ///   - high: the next eight, which count in long mode only.
  ///   - isLongMode: whether EFER.LMA is set.
  public init(_ low: UInt64, high: UInt64 = 0, isLongMode: Bool) {
    self.low = low
    self.high = isLongMode ? high : nil
    let type = UInt8(truncatingIfNeeded: low >> 40 & 31)
    let bits = isLongMode ? 64 : 32
    let kind: Kind =
      switch type {
      case _ where low == 0 && (high == 0 || !isLongMode): .empty
      case 4 where !isLongMode: .call(bits: 16)
      case 5 where !isLongMode: .task
      case 6 where !isLongMode: .interrupt(bits: 16)
      case 7 where !isLongMode: .trap(bits: 16)
      case 12: .call(bits: bits)
      case 14: .interrupt(bits: bits)
      case 15: .trap(bits: bits)
      default: .notGate(type: type)
      }
    self.kind = kind
    selector = UInt16(truncatingIfNeeded: low >> 16)
    var offset = low & 0xFFFF
    switch kind {
    case .call(bits: 16), .interrupt(bits: 16), .trap(bits: 16), .task: break
    default: offset |= low >> 32 & 0xFFFF_0000
    }
    if isLongMode { offset |= high << 32 }
    self.offset = offset
    privilegeLevel = UInt8(truncatingIfNeeded: low >> 45 & 3)
    isPresent = low >> 47 & 1 != 0
    if case .call = kind, !isLongMode {
      parameterCount = UInt8(truncatingIfNeeded: low >> 32 & 31)
    } else {
      parameterCount = 0
    }
    if isLongMode, kind == .interrupt(bits: 64) || kind == .trap(bits: 64) {
      interruptStack = UInt8(truncatingIfNeeded: low >> 32 & 7)
    } else {
      interruptStack = 0
    }
    hasUpperType = isLongMode && kind == .call(bits: 64) && high >> 40 & 31 != 0
  }

  /// Decodes an entry of the real-mode interrupt table: offset, then segment.
  public init(realMode entry: UInt32) {
    low = UInt64(entry)
    high = nil
    kind = .realMode
    selector = UInt16(truncatingIfNeeded: entry >> 16)
    offset = UInt64(entry & 0xFFFF)
    privilegeLevel = 0
    isPresent = true
    parameterCount = 0
    interruptStack = 0
    hasUpperType = false
  }

  /// Such as `64-bit interrupt gate to 0x10:0x101000, IST 1, DPL 0, present`.
  public var description: String {
    let target = "\(Text.hex(selector)):\(Text.hex(offset))"
    var parts: [String]
    switch kind {
    case .empty: return "empty"
    case .realMode: return target
    case .notGate(let type): parts = ["no gate (S and type \(Text.hex(type)), #GP)"]
    case .task: parts = ["task gate to TSS \(Text.hex(selector))"]
    case .call(let bits):
      parts = ["\(bits)-bit call gate to \(target)"]
      if parameterCount > 0 { parts.append("\(parameterCount) parameter\(parameterCount == 1 ? "" : "s")") }
    case .interrupt(let bits): parts = ["\(bits)-bit interrupt gate to \(target)"]
    case .trap(let bits): parts = ["\(bits)-bit trap gate to \(target)"]
    }
    if interruptStack > 0 { parts.append("IST \(interruptStack)") }
    parts += ["DPL \(privilegeLevel)", isPresent ? "present" : "not present"]
    if hasUpperType { parts.append("bits 44:40 of the second half not 0 (#GP)") }
    return parts.joined(separator: ", ")
  }
}
