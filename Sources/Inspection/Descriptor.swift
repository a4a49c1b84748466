import TextForms
import X86

/// A segment or system descriptor, decoded (SDM Vol. 3A "Segment Descriptors", "System Descriptor Types").
public struct Descriptor: Hashable, Sendable, CustomStringConvertible {
  /// What a descriptor describes.
  public enum Kind: Hashable, Sendable {
    /// Eight zero bytes.
    case empty
    /// A code segment; bits are 16, 32 or 64, or 0 if L and D are both set.
    case code(bits: Int)
    /// A data segment; D/B chooses 16 or 32 bits.
    case data(bits: Int)
    /// An LDT.
    case localDescriptorTable
    /// A TSS.
    case taskState(bits: Int, isBusy: Bool)
    /// A call or task gate.
    case gate(Gate)
    /// A reserved type.
    case reserved(type: UInt8)
  }

  /// The first eight bytes.
  public let low: UInt64
  /// The other eight bytes, if the descriptor has sixteen.
  public let high: UInt64?
  /// What it describes.
  public let kind: Kind
  /// Linear address of the segment's first byte.
  public let base: UInt64
  /// The limit in bytes, scaled by G.
  public let limit: UInt32
  /// DPL.
  public let privilegeLevel: UInt8
  /// P.
  public let isPresent: Bool
  /// The type field, bits 43:40.
  public let type: UInt8
  private let isLongMode: Bool

  /// Whether a descriptor takes sixteen bytes: LDT, TSS and call gate in long mode.
  public static func isWide(_ low: UInt64, isLongMode: Bool) -> Bool {
    guard isLongMode, low >> 44 & 1 == 0 else { return false }
    return [2, 9, 11, 12].contains(low >> 40 & 15)
  }

  /// Decodes a descriptor.
  ///
  /// - Parameters:
  ///   - low: its first eight bytes.
  ///   - high: the next eight, which count only where `isWide` says so.
  ///   - isLongMode: whether EFER.LMA is set, which changes the system types.
  public init(_ low: UInt64, high: UInt64 = 0, isLongMode: Bool) {
    let isWide = Self.isWide(low, isLongMode: isLongMode)
    let segment = SegmentState(selector: 0, descriptor: low)
    self.low = low
    self.high = isWide ? high : nil
    self.isLongMode = isLongMode
    base = segment.base | (isWide ? high << 32 : 0)
    limit = segment.limit
    privilegeLevel = segment.descriptorPrivilegeLevel
    isPresent = segment.isPresent
    type = UInt8(truncatingIfNeeded: segment.type)
    if low == 0 {
      kind = .empty
    } else if segment.isCode {
      kind = .code(bits: segment.isLong ? (segment.isDefault32 ? 0 : 64) : segment.isDefault32 ? 32 : 16)
    } else if segment.isCodeOrData {
      kind = .data(bits: segment.isDefault32 ? 32 : 16)
    } else {
      kind = Self.systemKind(type, low, high, isLongMode: isLongMode)
    }
  }

  private static func systemKind(_ type: UInt8, _ low: UInt64, _ high: UInt64, isLongMode: Bool) -> Kind {
    switch type {
    case 2: .localDescriptorTable
    case 1 where !isLongMode: .taskState(bits: 16, isBusy: false)
    case 3 where !isLongMode: .taskState(bits: 16, isBusy: true)
    case 9: .taskState(bits: isLongMode ? 64 : 32, isBusy: false)
    case 11: .taskState(bits: isLongMode ? 64 : 32, isBusy: true)
    case 4 where !isLongMode, 5 where !isLongMode, 12: .gate(Gate(low, high: high, isLongMode: isLongMode))
    // Interrupt and trap gates belong into the IDT: a selector that names one raises #GP.
    case 6 where !isLongMode, 7 where !isLongMode, 14, 15: .gate(Gate(low, high: high, isLongMode: isLongMode))
    default: .reserved(type: type)
    }
  }

  /// The first bytes that offsets of an expand-down segment may have, to the last; nil for other segments.
  public var expandDownRange: ClosedRange<UInt64>? {
    guard case .data(let bits) = kind, type & 4 != 0 else { return nil }
    let last: UInt64 = bits == 32 ? 0xFFFF_FFFF : 0xFFFF
    let first = UInt64(limit) &+ 1
    return first <= last ? first...last : nil
  }

  /// Such as `64-bit code, DPL 0, present, readable, accessed`.
  public var description: String {
    var parts: [String]
    switch kind {
    case .empty: return "empty"
    case .gate(let gate): return gate.description
    case .reserved(let type):
      return "reserved system type \(Text.hex(type)), DPL \(privilegeLevel), \(isPresent ? "present" : "not present")"
    case .code(let bits):
      parts = [bits == 0 ? "code with L and D both set (reserved)" : "\(bits)-bit code"]
      if bits != 64 { parts += place }
    case .data(let bits): parts = ["\(bits)-bit data"] + place
    case .localDescriptorTable: parts = ["LDT"] + place
    case .taskState(let bits, let isBusy):
      parts = ["\(bits)-bit TSS (\(isBusy ? "busy" : "available"))"] + place
    }
    parts += ["DPL \(privilegeLevel)", isPresent ? "present" : "not present"]
    switch kind {
    case .code:
      if type & 2 != 0 { parts.append("readable") }
      if type & 4 != 0 { parts.append("conforming") }
      if type & 1 != 0 { parts.append("accessed") }
    case .data:
      parts.append(type & 2 != 0 ? "writable" : "read-only")
      if type & 4 != 0 {
        parts.append(
          "expand-down with offsets \(expandDownRange.map { Text.range($0.lowerBound, $0.upperBound) } ?? "none")")
      }
      if type & 1 != 0 { parts.append("accessed") }
    default:
      // SDM Vol. 3A "TSS Descriptor in 64-bit mode": bits 12:8 of the fourth doubleword stand for a type, 0.
      if let high, high >> 40 & 31 != 0 { parts.append("bits 44:40 of the second half not 0 (#GP)") }
    }
    return parts.joined(separator: ", ")
  }

  private var place: [String] { ["base \(Text.hex(base))", "limit \(Text.hex(limit))"] }
}
