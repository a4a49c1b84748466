/// Bytes with numbers put into them.
public struct ImageBytes: Sendable {
  /// The file.
  public var bytes: [UInt8]

  /// Zeros.
  public init(count: Int) { bytes = [UInt8](repeating: 0, count: count) }

  /// A little-endian number put at an offset.
  public func with(_ offset: Int, _ value: UInt64, _ size: Int) -> ImageBytes {
    var copy = self
    for index in 0..<size { copy.bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8)) }
    return copy
  }

  /// The first bytes.
  public func cut(_ count: Int) -> ImageBytes {
    var copy = self
    copy.bytes = Array(bytes.prefix(count))
    return copy
  }

  /// Zeros added up to a size.
  public func grown(to count: Int) -> ImageBytes {
    var copy = self
    copy.bytes += [UInt8](repeating: 0, count: max(0, count - bytes.count))
    return copy
  }

  /// Bytes put at an offset, behind the end if need be.
  public func with(_ offset: Int, _ content: [UInt8]) -> ImageBytes {
    var copy = grown(to: offset + content.count)
    copy.bytes.replaceSubrange(offset..<(offset + content.count), with: content)
    return copy
  }

  /// Made of 32-bit numbers.
  public init(numbers: [UInt64]) {
    self.init(count: numbers.count * 4)
    for (index, number) in numbers.enumerated() { self = with(index * 4, number, 4) }
  }

  /// A good ELF64 with one PT_LOAD at 1 MiB: HLT.
  public static let elf64 = ImageBytes(count: 0x200)
    .with(0, 0x0001_0102_464C_457F, 8).with(16, 2, 2).with(18, 62, 2).with(20, 1, 4).with(24, 0x100000, 8)
    .with(32, 64, 8).with(52, 64, 2).with(54, 56, 2).with(56, 1, 2)
    .with(64, 1, 4).with(68, 5, 4).with(72, 0x100, 8).with(80, 0x100000, 8).with(88, 0x100000, 8).with(96, 16, 8)
    .with(104, 16, 8).with(0x100, 0xF4FA, 2)

  /// The same as ELF32.
  public static let elf32 = ImageBytes(count: 0x200)
    .with(0, 0x0001_0101_464C_457F, 8).with(16, 2, 2).with(18, 3, 2).with(20, 1, 4).with(24, 0x100000, 4)
    .with(28, 52, 4).with(40, 52, 2).with(42, 32, 2).with(44, 1, 2)
    .with(52, 1, 4).with(56, 0x100, 4).with(60, 0x100000, 4).with(64, 0x100000, 4).with(68, 16, 4).with(72, 16, 4)
    .with(0x100, 0xF4FA, 2)

  /// A Multiboot image with address fields: load address 1 MiB, CLI and HLT at 100020h.
  public static let multiboot = ImageBytes(count: 0x100)
    .with(0, 0x1BAD_B002, 4).with(4, 0x10000, 4).with(8, 0x1_0000_0000 - 0x1BAD_B002 - 0x10000, 4)
    .with(12, 0x100000, 4).with(16, 0x100000, 4).with(20, 0x100100, 4).with(24, 0x101000, 4).with(28, 0x100020, 4)
    .with(0x20, 0xF4FA, 2)

  /// A Multiboot 2 image: header tag list with an address tag, an entry tag and the end.
  public static let multiboot2 = ImageBytes(count: 0x100)
    .with(0, 0xE852_50D6, 4).with(4, 0, 4).with(8, 64, 4).with(12, 0x1_0000_0000 - 0xE852_50D6 - 64, 4)
    .with(16, 2, 2).with(20, 24, 4).with(24, 0x100000, 4).with(28, 0x100000, 4).with(32, 0x100100, 4)
    .with(36, 0x101000, 4)
    .with(40, 3, 2).with(44, 12, 4).with(48, 0x100080, 4)
    .with(56, 0, 2).with(60, 8, 4)
    .with(0x80, 0xF4FA, 2)

  /// A bzImage with the fields that the loader reads; 64-bit entry at its body + 200h: CLI, HLT.
  public static let linux = ImageBytes(count: 0x2000)
    .with(0x1F1, 1, 1).with(0x1F4, 0x100, 4).with(0x1FE, 0xAA55, 2).with(0x201, 0x66, 1).with(0x202, 0x5372_6448, 4)
    .with(0x206, 0x20F, 2).with(0x211, 1, 1).with(0x214, 0x100000, 4).with(0x22C, 0x7FFF_FFFF, 4)
    .with(0x230, 0x200000, 4).with(0x234, 1, 1).with(0x236, 1, 2).with(0x238, 255, 4).with(0x258, 0x1000000, 8)
    .with(0x260, 0x10000, 4).with(0x400 + 0x200, 0xF4FA, 2)
}

/// A section of an ELF image.
public struct ELFSectionBytes: Sendable {
  var name: String
  var type: UInt64
  var address: UInt64
  var content: [UInt8]

  /// Names one; its address is zero unless a segment has it.
  public init(_ name: String, _ content: [UInt8], type: UInt64 = 1, address: UInt64 = 0) {
    self.name = name
    self.type = type
    self.address = address
    self.content = content
  }
}

extension ImageBytes {
  /// An ELF image with one PT_LOAD, a note if there is one, and sections.
  ///
  /// - Parameters:
  ///   - entry: e_entry.
  ///   - linear: p_vaddr; `physical` is p_paddr.
  ///   - content: the segment.
  public static func elf(
    is64: Bool, entry: UInt64, linear: UInt64, physical: UInt64, content: [UInt8], note: [UInt8] = [],
    sections: [ELFSectionBytes] = []
  ) -> ImageBytes {
    let word = is64 ? 8 : 4
    var image = ImageBytes(count: 0x100).with(0, is64 ? 0x0001_0102_464C_457F : 0x0001_0101_464C_457F, 8)
      .with(16, 2, 2).with(18, is64 ? 62 : 3, 2).with(20, 1, 4).with(24, entry, word)
      .with(is64 ? 32 : 28, 64, word).with(is64 ? 54 : 42, is64 ? 56 : 32, 2).with(is64 ? 56 : 44, 2, 2)
      .with(0x100, content)
    let noteAt = (image.bytes.count + 7) & ~7
    image = image.grown(to: noteAt).with(noteAt, note)
    for (index, (type, at, address, count)) in [
      (UInt64(1), 0x100, physical, content.count), (note.isEmpty ? 0 : 4, noteAt, 0, note.count),
    ].enumerated() {
      let header = 64 + index * (is64 ? 56 : 32)
      let fields: [UInt64] = [UInt64(at), index == 0 ? linear : 0, address, UInt64(count), UInt64(count)]
      image = image.with(header, type, 4)
      for (place, field) in fields.enumerated() {
        image = image.with(header + (is64 ? 8 : 4) + place * word, field, word)
      }
    }
    return sections.isEmpty ? image : image.withSections(sections, is64: is64)
  }

  /// Adds sections, a null one before and .shstrtab behind them.
  private func withSections(_ sections: [ELFSectionBytes], is64: Bool) -> ImageBytes {
    let word = is64 ? 8 : 4
    let size = is64 ? 64 : 40
    var names: [UInt8] = [0]
    var image = self
    var all = sections
    for section in sections { names += Array(section.name.utf8) + [0] }
    all.append(ELFSectionBytes(".shstrtab", names + Array(".shstrtab\0".utf8), type: 3))
    var headers = ImageBytes(count: size * (all.count + 1))
    var name = 1
    for (index, section) in all.enumerated() {
      let at = image.bytes.count
      image = image.with(at, section.content)
      let header = (index + 1) * size
      headers = headers.with(header, UInt64(name), 4).with(header + 4, section.type, 4)
      for (place, field) in [0, section.address, UInt64(at), UInt64(section.content.count)].enumerated() {
        headers = headers.with(header + 8 + place * word, field, word)
      }
      name += section.name.utf8.count + 1
    }
    let table = image.bytes.count
    return image.with(table, headers.bytes).with(is64 ? 40 : 32, UInt64(table), word)
      .with(is64 ? 58 : 46, UInt64(size), 2).with(is64 ? 60 : 48, UInt64(all.count + 1), 2)
      .with(is64 ? 62 : 50, UInt64(all.count), 2)
  }

  /// A Multiboot header without address fields.
  public static let multibootHeader = ImageBytes(numbers: [0x1BAD_B002, 0, 0x1_0000_0000 - 0x1BAD_B002]).bytes
  /// A Multiboot 2 header without tags.
  public static let multiboot2Header = ImageBytes(numbers: [
    0xE852_50D6, 0, 24, 0x1_0000_0000 - 0xE852_50D6 - 24, 0, 8,
  ]).bytes
  /// XEN_ELFNOTE_PHYS32_ENTRY.
  public static func pvhNote(_ entry: UInt64) -> [UInt8] {
    ImageBytes(numbers: [4, 4, 18, 0x006E_6558, entry]).bytes
  }

  /// The file as a stored block of a gzip member.
  public var gzipped: ImageBytes {
    var crc: UInt32 = ~0
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 != 0 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    let count = bytes.count
    return ImageBytes(count: 15).with(0, 0x0008_8B1F, 4).with(10, 1, 1).with(11, UInt64(count), 2)
      .with(13, UInt64(~count & 0xFFFF), 2).with(15, bytes).with(15 + count, ImageBytes(count: 8).bytes)
      .with(15 + count, UInt64(~crc), 4).with(19 + count, UInt64(count), 4)
  }
}
