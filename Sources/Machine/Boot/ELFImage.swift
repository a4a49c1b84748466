import MMU
import X86
import TextForms

/// An ELF32 or ELF64 executable for x86.
struct ELFImage {
  struct Segment {
    var type: UInt64
    var offset: UInt64
    var linear: UInt64
    var physical: UInt64
    var fileByteCount: UInt64
    var memoryByteCount: UInt64
  }

  /// 7Fh and "ELF".
  static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]

  var is64: Bool
  var entry: UInt64
  var segments: [Segment] = []

  /// Reads the headers; nil if the file is not ELF at all.
  init?(_ loader: Loader) throws(BootError) {
    let file = loader.file
    guard file.bytes.starts(with: Self.magic) else { return nil }
    guard let kind = file.number(4, 1), let order = file.number(5, 1), kind == 1 || kind == 2 else {
      throw loader.fail("ELF class \(file.number(4, 1) ?? 0) is neither 1 (32-bit) nor 2 (64-bit)")
    }
    guard order == 1 else { throw loader.fail("ELF data encoding \(order) is not little-endian") }
    is64 = kind == 2
    guard let machine = file.number(18, 2), let start = file.number(24, is64 ? 8 : 4),
      let table = file.number(is64 ? 32 : 28, is64 ? 8 : 4), let size = file.number(is64 ? 54 : 42, 2),
      let count = file.number(is64 ? 56 : 44, 2)
    else { throw loader.fail("ELF header is cut off after \(file.bytes.count) bytes") }
    guard machine == 3 || machine == 62 else {
      throw loader.fail("e_machine \(machine) is neither 3 (386) nor 62 (x86-64)")
    }
    guard count > 0 else { throw loader.fail("e_phnum 0: there are no program headers") }
    guard count < 0xFFFF else { throw loader.fail("e_phnum \(count) is too many") }
    guard size >= (is64 ? 56 : 32) else { throw loader.fail("e_phentsize \(size) is too small") }
    guard table < UInt64(file.bytes.count), table + size * count <= UInt64(file.bytes.count) else {
      throw loader.fail(
        "program headers at \(Text.hex(table)) (\(count) of \(size) bytes) lie beyond the file")
    }
    entry = start
    for index in 0..<Int(count) {
      let at = Int(table) + index * Int(size)
      func field(_ offset64: Int, _ offset32: Int) -> UInt64 {
        file.number(at + (is64 ? offset64 : offset32), is64 ? 8 : 4) ?? 0
      }
      segments.append(
        Segment(
          type: file.number(at, 4) ?? 0, offset: field(8, 4), linear: field(16, 8), physical: field(24, 12),
          fileByteCount: field(32, 16), memoryByteCount: field(40, 20)))
    }
    try check(loader)
  }

  private func check(_ loader: Loader) throws(BootError) {
    var ranges: [(UInt64, UInt64, Int)] = []
    for (index, segment) in segments.enumerated() where segment.type == 1 {
      let name = "program header \(index)"
      guard segment.fileByteCount <= segment.memoryByteCount else {
        throw loader.fail(
          "\(name): p_filesz \(segment.fileByteCount) is larger than p_memsz \(segment.memoryByteCount)")
      }
      let size = UInt64(loader.file.bytes.count)
      guard segment.offset <= size, segment.fileByteCount <= size - segment.offset else {
        throw loader.fail(
          "\(name): p_offset \(Text.hex(segment.offset)) with p_filesz \(segment.fileByteCount) lies beyond the file of \(size) bytes"
        )
      }
      guard loader.memory.isRAM(PhysicalAddress(segment.physical), byteCount: segment.memoryByteCount) else {
        throw loader.fail(
          "\(name): p_paddr \(Text.hex(segment.physical)) with p_memsz \(segment.memoryByteCount) lies beyond RAM of \(loader.memory.byteCount) bytes"
        )
      }
      if segment.memoryByteCount > 0 {
        ranges.append((segment.physical, segment.physical + segment.memoryByteCount, index))
      }
    }
    ranges.sort { $0.0 < $1.0 }
    for (first, second) in zip(ranges, ranges.dropFirst()) where second.0 < first.1 {
      throw loader.fail(
        "program headers \(first.2) and \(second.2) overlap at p_paddr \(Text.hex(second.0))")
    }
    guard !ranges.isEmpty else { throw loader.fail("no PT_LOAD program header") }
  }

  /// Copies the PT_LOAD segments.
  func load(_ loader: Loader) throws(BootError) {
    for segment in segments where segment.type == 1 {
      let bytes = loader.file.bytes[Int(segment.offset)..<Int(segment.offset + segment.fileByteCount)]
      try loader.placeImage(bytes, at: segment.physical, byteCount: segment.memoryByteCount, "segment")
    }
  }

  /// Where e_entry lies in physical memory, for guests that start without paging.
  ///
  /// Kernels that are linked high and loaded low have a linear e_entry; GRUB and QEMU take it from the segment whose
  /// p_vaddr has it to that segment's p_paddr. An e_entry that no segment has is physical already.
  var physicalEntry: UInt64 {
    for segment in segments
    where segment.type == 1 && entry >= segment.linear && entry - segment.linear < segment.memoryByteCount {
      return segment.physical + (entry - segment.linear)
    }
    return entry
  }

  /// The entry of a PVH note (XEN_ELFNOTE_PHYS32_ENTRY), or nil.
  func pvhEntry(_ loader: Loader) -> UInt64? {
    for segment in segments where segment.type == 4 {
      let size = UInt64(loader.file.bytes.count)
      guard segment.offset <= size, segment.fileByteCount <= size - segment.offset else { continue }
      var at = Int(segment.offset)
      let end = at + Int(segment.fileByteCount)
      while at + 12 <= end, let nameSize = loader.file.number(at, 4), let size = loader.file.number(at + 4, 4),
        let type = loader.file.number(at + 8, 4), nameSize < 1 << 16, size < 1 << 20
      {
        let value = at + 12 + (Int(nameSize) + 3) & ~3
        // The type alone is no proof: other owners count from 1 too.
        if type == 18, nameSize == 4, loader.file.number(at + 12, 4) == 0x006E_6558, size >= 4, value + Int(size) <= end
        {
          return loader.file.number(value, size >= 8 ? 8 : 4).map { $0 & 0xFFFF_FFFF }
        }
        at = value + (Int(size) + 3) & ~3
      }
    }
    return nil
  }
}
