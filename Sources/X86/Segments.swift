/// A segment register, numbered as in ModRM.reg of MOV Sreg.
@frozen public enum SegmentRegister: UInt8, CaseIterable, Sendable, Codable {
  case es, cs, ss, ds, fs, gs
}

/// A segment register with its hidden part.
@frozen public struct SegmentState: Hashable, Sendable, Codable {
  /// The visible selector.
  public var selector: UInt16
  /// Access rights as in bits 55:40 of the descriptor: type 3:0, S 4, DPL 6:5, P 7, (limit 11:8 zero), AVL 12, L 13,
  /// D/B 14, G 15; bit 16 marks the register as unusable (null).
  public var attributes: UInt32
  /// The limit in bytes, already scaled by G.
  public var limit: UInt32
  /// The base as a linear address.
  public var base: UInt64

  /// Makes a segment from its parts.
  @inlinable public init(selector: UInt16, base: UInt64, limit: UInt32, attributes: UInt32) {
    self.selector = selector
    self.base = base
    self.limit = limit
    self.attributes = attributes
  }

  /// The unusable bit of `attributes`.
  @inlinable public static var unusable: UInt32 { 1 << 16 }

  /// Type field, bits 3:0.
  @inlinable public var type: UInt32 { attributes & 15 }
  /// S: code or data rather than a system segment.
  @inlinable public var isCodeOrData: Bool { attributes & 0x10 != 0 }
  /// DPL.
  @inlinable public var descriptorPrivilegeLevel: UInt8 { UInt8(truncatingIfNeeded: (attributes >> 5) & 3) }
  /// P.
  @inlinable public var isPresent: Bool { attributes & 0x80 != 0 }
  /// L: a 64-bit code segment.
  @inlinable public var isLong: Bool { attributes & 0x2000 != 0 }
  /// D/B: 32-bit default operation size, or a 32-bit stack.
  @inlinable public var isDefault32: Bool { attributes & 0x4000 != 0 }
  /// G.
  @inlinable public var isGranular: Bool { attributes & 0x8000 != 0 }
  /// A null selector was loaded, or the register cannot be used.
  @inlinable public var isUnusable: Bool { attributes & Self.unusable != 0 }
  /// An executable segment.
  @inlinable public var isCode: Bool { attributes & 0x18 == 0x18 }
  /// A conforming code segment.
  @inlinable public var isConforming: Bool { attributes & 0x1C == 0x1C }

  /// The hidden part that an 8-byte descriptor describes (base 31:0).
  @inlinable public init(selector: UInt16, descriptor: UInt64) {
    let raw = UInt32(truncatingIfNeeded: (descriptor & 0xFFFF) | ((descriptor >> 32) & 0xF0000))
    let attributes = UInt32(truncatingIfNeeded: (descriptor >> 40) & 0xF0FF)
    self.init(
      selector: selector,
      base: ((descriptor >> 16) & 0xFFFFFF) | ((descriptor >> 32) & 0xFF00_0000),
      limit: attributes & 0x8000 != 0 ? (raw << 12) | 0xFFF : raw,
      attributes: attributes)
  }
}

/// GDTR or IDTR.
@frozen public struct DescriptorTableRegister: Hashable, Sendable, Codable {
  /// Linear address of the table.
  public var base: UInt64
  /// Offset of its last byte.
  public var limit: UInt16
  /// Makes a register from its parts.
  @inlinable public init(base: UInt64 = 0, limit: UInt16 = 0xFFFF) {
    self.base = base
    self.limit = limit
  }
}
