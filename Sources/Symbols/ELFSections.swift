import TextForms

/// The section headers of an ELF32 or ELF64 file for x86, as far as symbols need them.
///
/// Whatever the file says, nothing beyond its bytes is read.
public struct ELFSections: Sendable {
  /// A section header.
  public struct Section: Hashable, Sendable {
    /// The name, empty if it cannot be read.
    public var name: String
    /// sh_type.
    public var type: UInt64
    /// sh_addr.
    public var address: UInt64
    /// sh_offset.
    public var offset: UInt64
    /// sh_size.
    public var byteCount: UInt64
    /// sh_link.
    public var link: UInt64
  }

  /// Whether the file is ELF64.
  public let is64: Bool
  /// The headers in order.
  public let sections: [Section]
  /// The whole file.
  public let bytes: [UInt8]

  /// SHT_SYMTAB.
  static let symbolTable: UInt64 = 2
  /// SHT_NOBITS.
  static let noBits: UInt64 = 8

  /// Whether bytes start as an ELF file does.
  public static func isELF(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) }

  /// Reads the section headers; a file without any has none.
  ///
  /// - Throws: `SymbolError` where a field contradicts the file.
  public init(_ bytes: [UInt8]) throws(SymbolError) {
    self.bytes = bytes
    guard Self.isELF(bytes) else { throw SymbolError("is not an ELF file") }
    let kind = Self.number(bytes, 4, 1) ?? 0
    guard kind == 1 || kind == 2 else { throw SymbolError("ELF class \(kind) is neither 1 (32-bit) nor 2 (64-bit)") }
    let order = Self.number(bytes, 5, 1) ?? 0
    guard order == 1 else { throw SymbolError("ELF data encoding \(order) is not little-endian") }
    is64 = kind == 2
    guard let table = Self.number(bytes, is64 ? 40 : 32, is64 ? 8 : 4),
      let size = Self.number(bytes, is64 ? 58 : 46, 2), let count = Self.number(bytes, is64 ? 60 : 48, 2),
      let names = Self.number(bytes, is64 ? 62 : 50, 2)
    else { throw SymbolError("the ELF header is cut off after \(bytes.count) bytes") }
    guard table != 0, count != 0 else {
      sections = []
      return
    }
    guard size >= (is64 ? 64 : 40) else { throw SymbolError("e_shentsize \(size) is too small") }
    guard table <= UInt64(bytes.count), count * size <= UInt64(bytes.count) - table else {
      throw SymbolError("e_shoff \(Text.hex(table)): \(count) headers of \(size) bytes lie beyond the file")
    }
    var sections: [Section] = []
    var nameOffsets: [UInt64] = []
    for index in 0..<count {
      let at = Int(table + index * size)
      let width = is64 ? 8 : 4
      let offsets = is64 ? (16, 24, 32, 40) : (12, 16, 20, 24)
      func field(_ offset: Int, _ byteCount: Int) -> UInt64 { Self.number(bytes, at + offset, byteCount) ?? 0 }
      nameOffsets.append(field(0, 4))
      sections.append(
        Section(
          name: "", type: field(4, 4), address: field(offsets.0, width), offset: field(offsets.1, width),
          byteCount: field(offsets.2, width), link: field(offsets.3, 4)))
    }
    if names < count {
      let strings = sections[Int(names)]
      for index in sections.indices {
        sections[index].name = Self.string(bytes, in: strings, at: nameOffsets[index]) ?? ""
      }
    }
    self.sections = sections
  }

  /// Whether there is DWARF line information.
  public var hasLineNumbers: Bool { sections.contains { $0.name == ".debug_line" && $0.byteCount > 0 } }

  /// The section's bytes as a range of the file; nil if they lie beyond it.
  func range(of section: Section) -> Range<Int>? {
    Self.range(section, fileByteCount: bytes.count)
  }

  private static func range(_ section: Section, fileByteCount: Int) -> Range<Int>? {
    guard section.type != noBits, section.offset <= UInt64(fileByteCount),
      section.byteCount <= UInt64(fileByteCount) - section.offset
    else { return nil }
    return Int(section.offset)..<Int(section.offset + section.byteCount)
  }

  /// The zero-terminated string at an offset of a string table; nil beyond it.
  func string(in section: Section, at offset: UInt64) -> String? { Self.string(bytes, in: section, at: offset) }

  /// Longer names are taken for damage.
  private static let longestName = 4096

  private static func string(_ bytes: [UInt8], in section: Section, at offset: UInt64) -> String? {
    guard let range = range(section, fileByteCount: bytes.count), offset < UInt64(range.count) else { return nil }
    let start = range.lowerBound + Int(offset)
    let end = min(range.upperBound, start + longestName)
    guard let zero = bytes[start..<end].firstIndex(of: 0) else { return nil }
    return String(decoding: bytes[start..<zero], as: UTF8.self)
  }

  /// A little-endian number of the file.
  func number(_ offset: Int, _ byteCount: Int) -> UInt64? { Self.number(bytes, offset, byteCount) }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ byteCount: Int) -> UInt64? {
    guard offset >= 0, offset <= bytes.count - byteCount else { return nil }
    var value: UInt64 = 0
    for index in 0..<byteCount { value |= UInt64(bytes[offset + index]) << UInt64(index * 8) }
    return value
  }
}
