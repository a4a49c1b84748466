import MMU
import X86
import TextForms

/// What a Multiboot 2 header asks for.
private struct Multiboot2Header {
  var offset: Int
  var entry: UInt64?
  /// header_addr, load_addr, load_end_addr, bss_end_addr.
  var addresses: [UInt64]?
  /// The information request that wants ELF sections, if one does.
  var sectionRequest: UInt64?
}

extension Loader {
  /// Multiboot 2: ELF or an address tag.
  ///
  /// - Note: see "Multiboot2 Specification version 2.0".
  func loadMultiboot2() throws(BootError) -> Attempt {
    let (found, doubt) = findMultiboot2Header()
    guard let offset = found else { return .absent(doubt) }
    let header = try readMultiboot2Header(offset)
    let entry: UInt64
    var sections: LoadedSections?
    if let addresses = header.addresses {
      try loadMultiboot2Addresses(header.offset, addresses)
      guard let tagEntry = header.entry else { throw fail("Multiboot 2 address tag without an entry address tag") }
      entry = tagEntry
    } else {
      guard let elf = try ELFImage(self) else {
        return .absent("at offset \(offset) a Multiboot 2 header without an address tag in a file that is not ELF")
      }
      try elf.load(self)
      // The tag's address is physical; an ELF file's is where its segment has it.
      entry = header.entry ?? elf.physicalEntry
      sections = try LoadedSections(self, elf)
    }
    guard entry < 1 << 32 else { throw fail("entry \(Text.hex(entry)) is beyond 4 GiB") }
    if let request = header.sectionRequest, sections == nil {
      throw fail("Multiboot 2 information request \(request) (ELF sections) in an image without any")
    }
    var state = try protectedState(entry: entry)
    state.generalRegisters[0] = 0x36D7_6289
    state.generalRegisters[3] = try putMultiboot2Information(sections)
    return .started(state)
  }

  /// The first header that is one, and what merely looks like it.
  ///
  /// The specification wants all of it in the first 32768 bytes, on an 8-byte boundary, its first four numbers adding
  /// up to zero.
  private func findMultiboot2Header() -> (Int?, String?) {
    var doubt: String?
    for offset in stride(from: 0, through: min(32768, file.bytes.count) - 16, by: 8)
    where file.number(offset, 4) == 0xE852_50D6 {
      guard let architecture = file.number(offset + 4, 4), let length = file.number(offset + 8, 4),
        let checksum = file.number(offset + 12, 4)
      else { break }
      let place = "at offset \(offset) Multiboot 2"
      if (0xE852_50D6 + architecture + length + checksum) & 0xFFFF_FFFF != 0 {
        let hex = Text.hex(checksum)
        doubt =
          doubt ?? "\(place) checksum \(hex) does not fit architecture \(architecture) and header_length \(length)"
      } else if architecture != 0 {
        doubt = doubt ?? "\(place) architecture \(architecture) is not 0 (i386)"
      } else {
        return (offset, doubt)
      }
    }
    return (nil, doubt)
  }

  private func readMultiboot2Header(_ offset: Int) throws(BootError) -> Multiboot2Header {
    let length = file.number(offset + 8, 4) ?? 0
    guard length >= 16, UInt64(offset) + length <= UInt64(file.bytes.count) else {
      throw fail("Multiboot 2 header_length \(length) lies beyond the file of \(file.bytes.count) bytes")
    }
    var header = Multiboot2Header(offset: offset)
    var at = offset + 16
    let end = offset + Int(length)
    while at + 8 <= end {
      let type = file.number(at, 2) ?? 0
      let isOptional = (file.number(at + 2, 2) ?? 0) & 1 != 0
      let size = Int(file.number(at + 4, 4) ?? 0)
      guard size >= 8, size <= end - at else { throw fail("Multiboot 2 header tag \(type) has size \(size)") }
      func field(_ index: Int) -> UInt64 { index * 4 + 12 <= size ? file.number(at + 8 + index * 4, 4) ?? 0 : 0 }
      switch type {
      case 0: return header
      case 1:
        for index in 0..<((size - 8) / 4) where !isOptional { try noteRequest(field(index), &header) }
      case 2: header.addresses = (0..<4).map(field)
      case 3: header.entry = field(0)
      // Console, alignment and relocation requests are met by text on the serial line and by loading as linked.
      // Boot services and entries of EFI are for firmware that is EFI.
      case 4, 6, 7, 8, 9, 10: break
      default:
        guard isOptional else { throw fail("Multiboot 2 header tag \(type) is not supported") }
      }
      at += (size + 7) & ~7
    }
    throw fail("Multiboot 2 header_length \(length) ends without an end tag")
  }

  private func noteRequest(_ type: UInt64, _ header: inout Multiboot2Header) throws(BootError) {
    switch type {
    // What is always provided: command line, loader name, modules, memory, map, RSDPs.
    case 0, 1, 2, 3, 4, 6, 14, 15: break
    case 9: header.sectionRequest = type
    default: throw fail("Multiboot 2 information request \(type) cannot be satisfied")
    }
  }

  private func loadMultiboot2Addresses(_ offset: Int, _ addresses: [UInt64]) throws(BootError) {
    var fields = AddressFields(
      name: "Multiboot 2", header: offset, headerAddress: addresses[0], load: addresses[1], loadEnd: addresses[2],
      zeroEnd: addresses[3])
    // -1: the file is loaded from its beginning.
    if fields.load == 0xFFFF_FFFF, fields.headerAddress >= UInt64(offset) {
      fields.load = fields.headerAddress - UInt64(offset)
    }
    try loadAddressFields(fields)
  }

  private func putMultiboot2Information(_ sections: LoadedSections?) throws(BootError) -> UInt64 {
    var information: [UInt8] = []
    func tag(_ type: UInt64, _ body: [UInt8]) {
      information += Self.pack([(type, 4), (UInt64(body.count + 8), 4)]) + body
      while information.count % 8 != 0 { information.append(0) }
    }
    tag(1, try multibootCommandLine())
    tag(2, Array("emu\0".utf8))
    for module in try placeModules() {
      tag(
        3,
        Self.pack([(module.base, 4), (module.base + module.byteCount, 4)])
          + multibootText(module.module.name, module.module.commandLine))
    }
    tag(4, Self.pack([(BIOSData.lowMemoryKilobytes, 4), (upperKilobytes, 4)]))
    var map: [(UInt64, Int)] = [(24, 4), (0, 4)]
    for entry in memoryMap(for: memory) {
      map += [(entry.base, 8), (entry.byteCount, 8), (UInt64(entry.type), 4), (0, 4)]
    }
    tag(6, Self.pack(map))
    if let sections {
      // The specification's table has 16-bit fields, its own C header and GRUB 32-bit ones.
      tag(
        9,
        Self.pack([(sections.count, 4), (sections.entryByteCount, 4), (sections.nameIndex, 4)]) + sections.headers)
    }
    if let rsdp, let root = memory.read(36, at: rsdp) {
      tag(14, Array(root.prefix(20)))
      tag(15, root)
    }
    tag(0, [])
    return try put(
      Self.pack([(UInt64(information.count + 8), 4), (0, 4)]) + information, preferred: 0x9000, "information")
  }
}
