import MMU
import X86

/// What a Multiboot 2 header asks for.
private struct Multiboot2Header {
  var offset: Int
  var entry: UInt64?
  /// header_addr, load_addr, load_end_addr, bss_end_addr.
  var addresses: [UInt64]?
}

extension Loader {
  /// Multiboot 2: a header on an 8-byte boundary of the first 32 KiB; ELF or an address tag.
  ///
  /// - Note: see "Multiboot2 Specification version 2.0".
  func loadMultiboot2() throws(BootError) -> ArchitecturalState? {
    let last = min(32768, file.bytes.count) - 15
    guard
      let offset = stride(from: 0, to: max(last, 0), by: 8).first(where: { file.number($0, 4) == 0xE852_50D6 })
    else { return nil }
    let header = try readMultiboot2Header(offset)
    let end: UInt64
    let entry: UInt64
    if let addresses = header.addresses {
      end = try loadMultiboot2Addresses(header.offset, addresses)
      guard let tagEntry = header.entry else { throw fail("Multiboot 2 address tag without an entry address tag") }
      entry = tagEntry
    } else {
      guard let elf = try ELFImage(self) else {
        throw fail("Multiboot 2 header without an address tag in a file that is not ELF")
      }
      end = try elf.load(self)
      entry = header.entry ?? elf.entry
    }
    guard entry < 1 << 32 else { throw fail("entry 0x\(String(entry, radix: 16)) is beyond 4 GiB") }
    var state = try protectedState(entry: entry)
    state.generalRegisters[0] = 0x36D7_6289
    state.generalRegisters[3] = try placeMultiboot2Information(above: max((end + 0xFFF) & ~0xFFF, 1 << 20))
    return state
  }

  private func readMultiboot2Header(_ offset: Int) throws(BootError) -> Multiboot2Header {
    let architecture = file.number(offset + 4, 4) ?? 0
    let length = file.number(offset + 8, 4) ?? 0
    let checksum = file.number(offset + 12, 4) ?? 0
    guard (0xE852_50D6 + architecture + length + checksum) & 0xFFFF_FFFF == 0 else {
      throw fail(
        "Multiboot 2 checksum 0x\(String(checksum, radix: 16)) does not fit architecture \(architecture) and header_length \(length)"
      )
    }
    guard architecture == 0 else { throw fail("Multiboot 2 architecture \(architecture) is not 0 (i386)") }
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
        // What is always provided: command line, loader name, modules, memory, map, RSDPs.
        for index in 0..<((size - 8) / 4) where !isOptional && ![1, 2, 3, 4, 6, 14, 15].contains(field(index)) {
          throw fail("Multiboot 2 information request \(field(index)) cannot be satisfied")
        }
      case 2: header.addresses = (0..<4).map(field)
      case 3: header.entry = field(0)
      // Console, alignment and relocation wishes are met by text on the serial line and by loading as linked.
      case 4, 6, 10: break
      default:
        guard isOptional else { throw fail("Multiboot 2 header tag \(type) is not supported") }
      }
      at += (size + 7) & ~7
    }
    throw fail("Multiboot 2 header_length \(length) ends without an end tag")
  }

  private func loadMultiboot2Addresses(_ offset: Int, _ addresses: [UInt64]) throws(BootError) -> UInt64 {
    let (headerAddress, load, loadEnd, zeroEnd) = (addresses[0], addresses[1], addresses[2], addresses[3])
    return try loadAddressFields(
      "Multiboot 2", offset, headerAddress: headerAddress, load: load, loadEnd: loadEnd, zeroEnd: zeroEnd)
  }

  private func placeMultiboot2Information(above floor: UInt64) throws(BootError) -> UInt64 {
    var information: [UInt8] = []
    func tag(_ type: UInt64, _ body: [UInt8]) {
      information += Self.pack([(type, 4), (UInt64(body.count + 8), 4)]) + body
      while information.count % 8 != 0 { information.append(0) }
    }
    let text = multibootCommandLine
    guard text.count <= 0x4000 else { throw fail("--append has \(text.count) bytes, more than 16384") }
    tag(1, text)
    tag(2, Array("emu\0".utf8))
    if let (base, count) = try placeRAMDisk(above: floor, limit: 1 << 32) {
      tag(3, Self.pack([(base, 4), (base + count, 4)]) + Array("initrd\0".utf8))
    }
    tag(4, Self.pack([(639, 4), (upperKilobytes, 4)]))
    var map: [(UInt64, Int)] = [(24, 4), (0, 4)]
    for entry in memoryMap(for: memory) {
      map += [(entry.base, 8), (entry.byteCount, 8), (UInt64(entry.type), 4), (0, 4)]
    }
    tag(6, Self.pack(map))
    if let rsdp, let root = memory.read(36, at: rsdp) {
      tag(14, Array(root.prefix(20)))
      tag(15, root)
    }
    tag(0, [])
    let place: UInt64 = 0x9000
    try self.place(Self.pack([(UInt64(information.count + 8), 4), (0, 4)]) + information, at: place, "information")
    return place
  }
}
