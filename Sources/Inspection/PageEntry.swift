public import MMU
import TextForms
import X86

/// How linear addresses are translated (SDM Vol. 3A "Paging Modes and Control Bits").
public enum PagingFormat: String, Sendable {
  /// CR0.PG is clear.
  case none = "no paging"
  /// 32-bit paging, with or without 4 MiB pages.
  case bits32 = "32-bit paging"
  /// PAE paging.
  case pae = "PAE paging"
  /// 4-level paging.
  case level4 = "4-level paging"
  /// 5-level paging.
  case level5 = "5-level paging"

  /// The level of the top entries, 5 to 2 (0 without paging; 3, the PDPTE registers, for PAE).
  public var topLevel: UInt8 {
    switch self {
    case .none: 0
    case .bits32: 2
    case .pae: 3
    case .level4: 4
    case .level5: 5
    }
  }
}

extension PagingState {
  /// The format that the registers choose.
  public var format: PagingFormat {
    guard isPaging else { return .none }
    guard cr4 & CR4.physicalAddressExtension != 0 else { return .bits32 }
    guard isLongMode else { return .pae }
    return cr4 & CR4.linearAddress57 != 0 ? .level5 : .level4
  }
}

/// An entry of a paging structure, decoded (SDM Vol. 3A "Paging").
public struct PageEntry: Hashable, Sendable, CustomStringConvertible {
  /// 5 to 1: PML5E, PML4E, PDPTE, PDE, PTE.
  public let level: UInt8
  /// The value as it stands in memory.
  public let value: UInt64
  /// Which format it belongs to.
  public let format: PagingFormat
  /// P.
  public let isPresent: Bool
  /// Whether it maps a page; meaningful if it is present.
  public let isLeaf: Bool
  /// Log2 of the bytes that it spans: 12, 21, 22, 30, 39 or 48.
  public let shift: UInt64
  /// Physical address of the page or of the next table.
  public let address: UInt64
  /// Bits that are set and reserved: a walk that meets them faults.
  public let reserved: UInt64
  /// The protection key of a page, 0 to 15; nil without protection keys.
  public let protectionKey: UInt8?

  /// Decodes an entry.
  ///
  /// - Parameters:
  ///   - value: the entry, in the low 32 bits with 32-bit paging.
  ///   - level: 5 to 1.
  ///   - paging: the registers that decide what is reserved.
  public init(_ value: UInt64, level: UInt8, _ paging: PagingState) {
    self.value = value
    self.level = level
    format = paging.format
    isPresent = value & 1 != 0
    if format == .bits32 {
      shift = level == 2 ? 22 : 12
      isLeaf = level == 1 || (value & 0x80 != 0 && paging.cr4 & CR4.pageSizeExtensions != 0)
      if level == 2 && isLeaf {
        address = (value & 0xFFC0_0000) | ((value & 0x1FE000) << 19)
        let highBits = min(40, paging.physicalAddressBits) &- 32
        reserved = value & ((1 << 21) | (0x1FE000 & ~(((1 << highBits) &- 1) << 13)))
      } else {
        address = value & 0xFFFF_F000
        reserved = 0
      }
      protectionKey = nil
      return
    }
    shift = 12 &+ 9 &* UInt64(max(level, 1) &- 1)
    let frame = value & 0x000F_FFFF_FFFF_F000
    if format == .pae && level == 3 {
      // A PDPTE register: MOV CR3 has checked it.
      isLeaf = false
      address = frame
      reserved = 0
      protectionKey = nil
      return
    }
    isLeaf = level == 1 || (value & 0x80 != 0 && level <= 3)
    address = isLeaf ? frame & ~((1 << shift) &- 1) : frame
    reserved = value & Self.reservedMask(isLeaf: isLeaf, level: level, paging)
    protectionKey = isLeaf && paging.hasProtectionKeys ? UInt8(truncatingIfNeeded: value >> 59) & 15 : nil
  }

  private static func reservedMask(isLeaf: Bool, level: UInt8, _ paging: PagingState) -> UInt64 {
    var mask = paging.reservedAddressBits
    if paging.efer & EFER.noExecuteEnable == 0 { mask |= 1 << 63 }
    if !paging.isLongMode { mask |= 0x7FF0_0000_0000_0000 }
    if isLeaf && level == 2 { mask |= 0x1F_E000 }
    if isLeaf && level == 3 { mask |= paging.hasGiantPages ? 0x3FFF_E000 : 0x80 }
    // PS is reserved above level 3, and AMD processors reserve bit 8 there as well.
    if level >= 4 { mask |= 0x180 }
    return mask
  }

  /// PML5E, PML4E, PDPTE, PDE or PTE.
  public var name: String { Self.name(ofLevel: level) }

  /// PML5E, PML4E, PDPTE, PDE or PTE.
  public static func name(ofLevel level: UInt8) -> String {
    switch level {
    case 5: "PML5E"
    case 4: "PML4E"
    case 3: "PDPTE"
    case 2: "PDE"
    default: "PTE"
    }
  }

  /// R/W.
  public var isWritable: Bool { isRightless || value & 2 != 0 }
  /// U/S.
  public var isUser: Bool { isRightless || value & 4 != 0 }
  /// XD.
  public var isExecuteDisabled: Bool { format != .bits32 && !isRightless && value >> 63 != 0 }
  /// A PDPTE of PAE paging carries no rights.
  private var isRightless: Bool { format == .pae && level == 3 }

  /// The bits that are set, by the manual's names.
  public var flags: [String] {
    var names: [(UInt64, String)] = [(0, "P")]
    if !isRightless { names += [(1, "R/W"), (2, "U/S")] }
    names += [(3, "PWT"), (4, "PCD")]
    if !isRightless { names.append((5, "A")) }
    if isLeaf {
      names.append((6, "D"))
      names.append(level == 1 ? (7, "PAT") : (7, "PS"))
      names.append((8, "G"))
      if level > 1 { names.append((12, "PAT")) }
    }
    if format != .bits32 && !isRightless { names.append((63, "XD")) }
    return names.filter { value >> $0.0 & 1 != 0 }.map(\.1)
  }

  /// Such as `P R/W A D PS, 2 MiB page at 0x200000`.
  public var description: String {
    guard isPresent else { return "not present" }
    var text = flags.joined(separator: " ")
    if reserved != 0 { return text + ", reserved bits set: \(Text.bits(reserved))" }
    if let protectionKey { text += ", protection key \(protectionKey)" }
    text += isLeaf ? ", \(Text.size(1 << shift)) page at " : ", table at "
    return text + Text.hex(address)
  }

  /// Such as `P 1, R/W 0, U/S 1, A 0, D 0, XD 0, address 0x20000`: also the bits that are clear, for a fault.
  public var bitText: String {
    guard isPresent else { return "P 0" }
    func bit(_ number: UInt64) -> UInt64 { value >> number & 1 }
    var parts = ["P 1"]
    if !isRightless { parts += ["R/W \(bit(1))", "U/S \(bit(2))", "A \(bit(5))"] }
    if isLeaf { parts.append("D \(bit(6))") }
    if level > 1 && !isRightless { parts.append("PS \(bit(7))") }
    if format != .bits32 && !isRightless { parts.append("XD \(bit(63))") }
    if let protectionKey { parts.append("protection key \(protectionKey)") }
    if reserved != 0 { parts.append("reserved bits set: \(Text.bits(reserved))") }
    return (parts + ["address \(Text.hex(address))"]).joined(separator: ", ")
  }
}
