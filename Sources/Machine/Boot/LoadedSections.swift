import MMU
import TextForms

/// The section headers of an ELF image as Multiboot hands them over, with every section in RAM.
///
/// Kernels read their own symbols from them. As GRUB does: a section whose sh_addr is zero is loaded somewhere and its
/// sh_addr set; one whose sh_addr is not is part of a segment, and keeps it.
struct LoadedSections {
  let count: UInt64
  let entryByteCount: UInt64
  /// e_shstrndx.
  let nameIndex: UInt64
  private(set) var headers: [UInt8]

  /// Loads the sections; nil if the image has none.
  init?(_ loader: Loader, _ elf: ELFImage) throws(BootError) {
    let file = loader.file
    let (at, tail) = elf.is64 ? (40, 58) : (32, 46)
    guard let table = file.number(at, elf.is64 ? 8 : 4), let size = file.number(tail, 2),
      let count = file.number(tail + 2, 2), let names = file.number(tail + 4, 2), count > 0
    else { return nil }
    guard size >= (elf.is64 ? 64 : 40) else { throw loader.fail("e_shentsize \(size) is too small") }
    guard table <= UInt64(file.bytes.count), size * count <= UInt64(file.bytes.count) - table else {
      throw loader.fail(
        "section headers at e_shoff \(Text.hex(table)) (\(count) of \(size) bytes) lie beyond the file")
    }
    guard names < count else { throw loader.fail("e_shstrndx \(names) is not below e_shnum \(count)") }
    self.count = count
    entryByteCount = size
    nameIndex = names
    headers = Array(file.bytes[Int(table)..<Int(table + size * count)])
    try load(loader, is64: elf.is64)
  }

  private struct Section {
    var index: Int
    var offset: UInt64
    var byteCount: UInt64
    /// From the start of the block that all share.
    var place: UInt64
  }

  private mutating func load(_ loader: Loader, is64: Bool) throws(BootError) {
    let (sections, total) = try plan(loader, is64: is64)
    guard total > 0 else { return }
    guard let base = loader.layout.reserveHigh(total, alignment: 4096, floor: 0, limit: 1 << 32) else {
      throw loader.fail(
        "sections of \(total) bytes in all find no free RAM beside the image in \(loader.memory.byteCount) bytes")
    }
    for section in sections {
      let bytes = loader.file.bytes[Int(section.offset)..<Int(section.offset + section.byteCount)]
      try loader.place(Array(bytes), at: base + section.place, "section \(section.index)")
      let field = section.index * Int(entryByteCount) + (is64 ? 16 : 12)
      for byte in 0..<(is64 ? 8 : 4) {
        headers[field + byte] = UInt8(truncatingIfNeeded: (base + section.place) >> UInt64(byte * 8))
      }
    }
  }

  /// The sections that no segment has, and the bytes that they need.
  private func plan(_ loader: Loader, is64: Bool) throws(BootError) -> ([Section], UInt64) {
    var sections: [Section] = []
    var total: UInt64 = 0
    let fileByteCount = UInt64(loader.file.bytes.count)
    for index in 0..<Int(count) {
      func field(_ offset64: Int, _ offset32: Int) -> UInt64 {
        let start = index * Int(entryByteCount) + (is64 ? offset64 : offset32)
        return headers[start..<(start + (is64 ? 8 : 4))].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      }
      let type = field(4, 4) & 0xFFFF_FFFF
      let (address, offset, size) = (field(16, 12), field(24, 16), field(32, 20))
      // SHT_NULL and SHT_NOBITS have nothing in the file.
      guard type != 0, type != 8, address == 0, size > 0 else { continue }
      guard offset <= fileByteCount, size <= fileByteCount - offset else {
        throw loader.fail(
          "section \(index): sh_offset \(Text.hex(offset)) with sh_size \(size) lies beyond the file of \(fileByteCount) bytes"
        )
      }
      // sh_addralign is at most a page here: nobody maps what is loaded for reading.
      let alignment = min(max(field(48, 32), 16), 4096)
      guard alignment & (alignment - 1) == 0 else {
        throw loader.fail("section \(index): sh_addralign \(alignment) is not a power of two")
      }
      let place = (total + alignment - 1) & ~(alignment - 1)
      total = place + size
      guard total <= loader.memory.byteCount else {
        throw loader.fail(
          "section \(index): sh_size \(size) is more than what is left of RAM of \(loader.memory.byteCount) bytes")
      }
      sections.append(Section(index: index, offset: offset, byteCount: size, place: place))
    }
    return (sections, total)
  }
}
