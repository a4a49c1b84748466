import MMU
import X86
import TextForms

/// A field of a Multiboot header of either version, for errors that name it.
struct AddressFields {
  /// "Multiboot" or "Multiboot 2".
  var name: String
  /// The header's offset in the file.
  var header: Int
  var headerAddress: UInt64
  var load: UInt64
  var loadEnd: UInt64
  var zeroEnd: UInt64
}

extension Loader {
  /// Multiboot 1: ELF or address fields.
  ///
  /// - Note: see "Multiboot Specification version 0.6.96".
  func loadMultiboot() throws(BootError) -> Attempt {
    let (found, doubt) = findMultibootHeader()
    guard let header = found, let flags = file.number(header + 4, 4) else { return .absent(doubt) }
    guard flags & 0xFFF8 == 0 else {
      throw fail("Multiboot flags \(Text.hex(flags)) ask for unknown features")
    }
    let entry: UInt64
    var sections: LoadedSections?
    if flags & 0x10000 != 0 {
      entry = try loadMultibootFields(header)
    } else {
      guard let elf = try ELFImage(self) else { return .absent(doubt) }
      try elf.load(self)
      entry = elf.physicalEntry
      sections = try LoadedSections(self, elf)
    }
    guard entry < 1 << 32 else { throw fail("entry \(Text.hex(entry)) is beyond 4 GiB") }
    var state = try protectedState(entry: entry)
    state.generalRegisters[0] = 0x2BAD_B002
    state.generalRegisters[3] = try putMultibootInformation(sections)
    return .started(state)
  }

  /// The first header that is one, and what merely looks like it: the constant may be data of any program.
  ///
  /// The specification wants all of it in the first 8192 bytes, on a 4-byte boundary, its first three numbers adding up
  /// to zero.
  private func findMultibootHeader() -> (Int?, String?) {
    var doubt: String?
    for offset in stride(from: 0, through: min(8192, file.bytes.count) - 12, by: 4)
    where file.number(offset, 4) == 0x1BAD_B002 {
      guard let flags = file.number(offset + 4, 4), let checksum = file.number(offset + 8, 4) else { break }
      let hexFlags = Text.hex(flags)
      if (0x1BAD_B002 + flags + checksum) & 0xFFFF_FFFF != 0 {
        doubt =
          doubt
          ?? "at offset \(offset) Multiboot checksum \(Text.hex(checksum)) does not fit flags \(hexFlags)"
      } else if flags & 0x10000 == 0, !file.bytes.starts(with: ELFImage.magic) {
        doubt = doubt ?? "at offset \(offset) a Multiboot header without address fields in a file that is not ELF"
      } else {
        return (offset, doubt)
      }
    }
    return (nil, doubt)
  }

  private func loadMultibootFields(_ header: Int) throws(BootError) -> UInt64 {
    guard let headerAddress = file.number(header + 12, 4), let load = file.number(header + 16, 4),
      let loadEnd = file.number(header + 20, 4), let zeroEnd = file.number(header + 24, 4),
      let entry = file.number(header + 28, 4)
    else { throw fail("Multiboot header at offset \(header) is cut off") }
    try loadAddressFields(
      AddressFields(
        name: "Multiboot", header: header, headerAddress: headerAddress, load: load, loadEnd: loadEnd, zeroEnd: zeroEnd)
    )
    return entry
  }

  /// Copies an image that says by addresses where it goes.
  func loadAddressFields(_ fields: AddressFields) throws(BootError) {
    let (name, load) = (fields.name, fields.load)
    guard load <= fields.headerAddress, fields.headerAddress - load <= UInt64(fields.header) else {
      throw fail("\(name) load_addr \(Text.hex(load)) does not fit header_addr \(Text.hex(fields.headerAddress))")
    }
    let start = fields.header - Int(fields.headerAddress - load)
    guard fields.loadEnd == 0 || fields.loadEnd >= load else {
      throw fail("\(name) load_end_addr \(Text.hex(fields.loadEnd)) is below load_addr \(Text.hex(load))")
    }
    let count = fields.loadEnd == 0 ? file.bytes.count - start : Int(fields.loadEnd - load)
    guard count <= file.bytes.count - start else {
      throw fail("\(name) load_end_addr \(Text.hex(fields.loadEnd)) lies beyond the file of \(file.bytes.count) bytes")
    }
    guard fields.zeroEnd == 0 || fields.zeroEnd >= load + UInt64(count) else {
      throw fail("\(name) bss_end_addr \(Text.hex(fields.zeroEnd)) is below the end of the image")
    }
    let end = max(fields.zeroEnd, load + UInt64(count))
    guard memory.isRAM(PhysicalAddress(load), byteCount: end - load) else {
      throw fail("\(name) bss_end_addr \(Text.hex(end)) lies beyond RAM of \(memory.byteCount) bytes")
    }
    try placeImage(file.bytes[start..<(start + count)], at: load, byteCount: end - load, "image")
  }

  /// A file's name and its command line, closed by a zero: as the specification's predecessors have it, the name is
  /// the first word.
  func multibootText(_ name: String, _ commandLine: String) -> [UInt8] {
    Array((commandLine.isEmpty ? name : "\(name) \(commandLine)").utf8) + [0]
  }

  /// The kernel's command line with the image's name.
  func multibootCommandLine() throws(BootError) -> [UInt8] {
    guard options.commandLine.utf8.count < 0x4000 else {
      throw fail("--append has \(options.commandLine.utf8.count) bytes, more than 16383")
    }
    return multibootText(BootModule(path: file.path).name, options.commandLine)
  }

  /// KiB of RAM from 1 MiB up to the first hole.
  var upperKilobytes: UInt64 { memory.lowByteCount > 1 << 20 ? (memory.lowByteCount - (1 << 20)) / 1024 : 0 }

  private func putMultibootInformation(_ sections: LoadedSections?) throws(BootError) -> UInt64 {
    let modules = try placeModules()
    var list: [(UInt64, Int)] = []
    for module in modules {
      let text = try put(multibootText(module.module.name, module.module.commandLine), "string of a module")
      list += [(module.base, 4), (module.base + module.byteCount, 4), (text, 4), (0, 4)]
    }
    let listAddress = list.isEmpty ? 0 : try put(Self.pack(list), "module list")
    let entries = memoryMap(for: memory)
    var map: [(UInt64, Int)] = []
    for entry in entries { map += [(20, 4), (entry.base, 8), (entry.byteCount, 8), (UInt64(entry.type), 4)] }
    let mapAddress = try put(Self.pack(map), preferred: 0x9100, "memory map")
    let loaderName = try put(Array("emu\0".utf8), "loader name")
    let text = try put(try multibootCommandLine(), preferred: 0xA000, "command line")
    // Memory, command line, modules, section headers, memory map, loader name.
    let flags: UInt64 = 1 | 4 | (modules.isEmpty ? 0 : 8) | (sections == nil ? 0 : 0x20) | 0x40 | 0x200
    var table = [(UInt64(0), 16)]
    if let sections {
      let headers = try put(sections.headers, "section headers")
      table = [(sections.count, 4), (sections.entryByteCount, 4), (headers, 4), (sections.nameIndex, 4)]
    }
    return try put(
      Self.pack(
        [
          (flags, 4), (BIOSData.lowMemoryKilobytes, 4), (upperKilobytes, 4), (0, 4), (text, 4),
          (UInt64(modules.count), 4), (listAddress, 4),
        ] + table + [
          (UInt64(entries.count) * 24, 4), (mapAddress, 4), (0, 4), (0, 4), (0, 4), (loaderName, 4),
          // APM table, VBE: none.
          (0, 8), (0, 8), (0, 4),
        ]), preferred: 0x9000, "Multiboot information")
  }
}
