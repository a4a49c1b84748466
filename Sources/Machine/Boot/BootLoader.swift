public import MMU
public import X86

extension GuestMemory {
  /// Loads an image and makes the state in which the bootstrap processor starts it.
  ///
  /// - Throws: one sentence with file, field and value.
  public func loadImage(
    path: String, options: BootOptions, rsdp: PhysicalAddress?
  ) throws(BootError) -> ArchitecturalState {
    let file = try ImageFile(path: path, limit: byteCount)
    let loader = Loader(file: file, memory: self, options: options, rsdp: rsdp)
    let wantsFlat = options.mode != nil || options.loadAddress != nil || options.entry != nil
    switch options.format {
    case .flat: return try loader.loadFlat()
    case .auto where wantsFlat: return try loader.loadFlat()
    case .multiboot2:
      guard let state = try loader.loadMultiboot2() else {
        throw loader.fail("no Multiboot 2 header (0xE85250D6) in the first 32768 bytes")
      }
      return state
    case .linux:
      guard let state = try loader.loadLinux() else { throw loader.fail("no Linux setup header (HdrS at 0x202)") }
      return state
    case .multiboot:
      guard let state = try loader.loadMultiboot() else {
        throw loader.fail("no Multiboot header (0x1BADB002) in the first 8192 bytes")
      }
      return state
    case .pvh:
      guard let elf = try ELFImage(loader), let state = try loader.loadPVH(elf) else {
        throw loader.fail("no ELF file with a PVH note (XEN_ELFNOTE_PHYS32_ENTRY)")
      }
      return state
    case .elf:
      guard let elf = try ELFImage(loader) else { throw loader.fail("no ELF header") }
      return try loader.loadELF(elf)
    case .bootsector:
      guard let state = try loader.loadBootSector() else { throw loader.fail("no boot signature 55 AA at offset 510") }
      return state
    case .auto:
      if let state = try loader.loadLinux() { return state }
      if let state = try loader.loadMultiboot() { return state }
      if let state = try loader.loadMultiboot2() { return state }
      if let elf = try ELFImage(loader) {
        if let state = try loader.loadPVH(elf) { return state }
        return try loader.loadELF(elf)
      }
      if let state = try loader.loadBootSector() { return state }
      throw loader.fail(
        "no Linux setup header, Multiboot or Multiboot 2 header, ELF header, PVH note or boot signature found; use --format flat for raw code"
      )
    }
  }
}

extension Loader {
  /// Raw code.
  func loadFlat() throws(BootError) -> ArchitecturalState {
    let mode = options.mode ?? .long64
    let address = options.loadAddress ?? (mode == .real16 ? 0x7C00 : 1 << 20)
    try place(file.bytes, at: address, "image")
    let entry = options.entry ?? address
    switch mode {
    case .long64: return try longState(entry: entry)
    case .protected32:
      guard entry < 1 << 32 else { throw fail("--entry 0x\(String(entry, radix: 16)) is beyond 4 GiB") }
      return try protectedState(entry: entry)
    case .real16:
      guard entry < 1 << 20 else { throw fail("--entry 0x\(String(entry, radix: 16)) is beyond the first MiB") }
      return realState(entry: entry)
    }
  }

  private func realState(entry: UInt64) -> ArchitecturalState {
    var state = ArchitecturalState()
    let segment = entry < 0x10000 ? 0 : UInt16(truncatingIfNeeded: (entry >> 4) & 0xF000)
    state.segments[1] = SegmentState(selector: segment, base: UInt64(segment) << 4, limit: 0xFFFF, attributes: 0x9B)
    state.rip = entry - UInt64(segment) << 4
    state.generalRegisters[4] = 0x7C00
    state.generalRegisters[2] = 0x80
    state.idtr.limit = 0x3FF
    return state
  }

  /// The first sector of a disk, in real mode, without firmware services.
  func loadBootSector() throws(BootError) -> ArchitecturalState? {
    guard file.number(510, 2) == 0xAA55 else { return nil }
    try place(Array(file.bytes.prefix(512)), at: 0x7C00, "boot sector")
    return realState(entry: 0x7C00)
  }

  /// ELF without another header.
  func loadELF(_ elf: ELFImage) throws(BootError) -> ArchitecturalState {
    _ = try elf.load(self)
    guard elf.is64 else { return try protectedState(entry: elf.entry & 0xFFFF_FFFF) }
    guard (elf.entry &+ 0x8000_0000_0000) >> 48 == 0 else {
      throw fail("e_entry 0x\(String(elf.entry, radix: 16)) is not canonical")
    }
    let state = try longState(entry: elf.entry)
    var tables = PageTables(loader: self)
    for segment in elf.segments where segment.type == 1 && segment.linear != segment.physical {
      try tables.map(segment.linear, to: segment.physical, byteCount: segment.memoryByteCount)
    }
    return state
  }

  /// Multiboot 1: header in the first 8 KiB, ELF or address fields.
  func loadMultiboot() throws(BootError) -> ArchitecturalState? {
    var found: Int?
    for offset in stride(from: 0, to: min(8192, file.bytes.count) - 11, by: 4)
    where file.number(offset, 4) == 0x1BAD_B002 {
      found = offset
      break
    }
    guard let header = found, let flags = file.number(header + 4, 4), let checksum = file.number(header + 8, 4) else {
      return nil
    }
    guard (0x1BAD_B002 + flags + checksum) & 0xFFFF_FFFF == 0 else {
      throw fail("Multiboot checksum 0x\(String(checksum, radix: 16)) does not fit flags 0x\(String(flags, radix: 16))")
    }
    guard flags & 0xFFF8 == 0 else {
      throw fail("Multiboot flags 0x\(String(flags, radix: 16)) ask for unknown features")
    }
    let entry: UInt64
    var end: UInt64
    if flags & 0x10000 != 0 {
      (entry, end) = try loadMultibootFields(header)
    } else {
      guard let elf = try ELFImage(self) else {
        throw fail("Multiboot header without address fields in a file that is not ELF")
      }
      end = try elf.load(self)
      entry = elf.entry
    }
    guard entry < 1 << 32 else { throw fail("entry 0x\(String(entry, radix: 16)) is beyond 4 GiB") }
    end = (end + 0xFFF) & ~0xFFF
    var state = try protectedState(entry: entry)
    state.generalRegisters[0] = 0x2BAD_B002
    state.generalRegisters[3] = try placeMultibootInformation(above: max(end, 1 << 20))
    return state
  }

  private func loadMultibootFields(_ header: Int) throws(BootError) -> (UInt64, UInt64) {
    guard let headerAddress = file.number(header + 12, 4), let load = file.number(header + 16, 4),
      let loadEnd = file.number(header + 20, 4), let zeroEnd = file.number(header + 24, 4),
      let entry = file.number(header + 28, 4)
    else { throw fail("Multiboot header at offset \(header) is cut off") }
    let end = try loadAddressFields(
      "Multiboot", header, headerAddress: headerAddress, load: load, loadEnd: loadEnd, zeroEnd: zeroEnd)
    return (entry, end)
  }

  /// Copies an image that says by addresses where it goes; gives the end of what it occupies.
  func loadAddressFields(
    _ name: String, _ header: Int, headerAddress: UInt64, load: UInt64, loadEnd: UInt64, zeroEnd: UInt64
  ) throws(BootError) -> UInt64 {
    guard load <= headerAddress, headerAddress - load <= UInt64(header) else {
      throw fail(
        "\(name) load_addr 0x\(String(load, radix: 16)) does not fit header_addr 0x\(String(headerAddress, radix: 16))"
      )
    }
    let start = header - Int(headerAddress - load)
    guard loadEnd == 0 || loadEnd >= load else {
      throw fail(
        "\(name) load_end_addr 0x\(String(loadEnd, radix: 16)) is below load_addr 0x\(String(load, radix: 16))")
    }
    let count = loadEnd == 0 ? file.bytes.count - start : Int(loadEnd - load)
    guard count <= file.bytes.count - start else {
      throw fail(
        "\(name) load_end_addr 0x\(String(loadEnd, radix: 16)) lies beyond the file of \(file.bytes.count) bytes")
    }
    guard zeroEnd == 0 || zeroEnd >= load + UInt64(count) else {
      throw fail("\(name) bss_end_addr 0x\(String(zeroEnd, radix: 16)) is below the end of the image")
    }
    let end = max(zeroEnd, load + UInt64(count))
    guard memory.isRAM(PhysicalAddress(load), byteCount: end - load) else {
      throw fail("\(name) bss_end_addr 0x\(String(end, radix: 16)) lies beyond RAM of \(memory.byteCount) bytes")
    }
    try place(Array(file.bytes[start..<(start + count)]), at: load, "image")
    return end
  }

  /// The image's name, then `--append`, closed by a zero.
  var multibootCommandLine: [UInt8] {
    let name = file.path.split(separator: "/").last.map(String.init) ?? file.path
    return Array((options.commandLine.isEmpty ? name : "\(name) \(options.commandLine)").utf8) + [0]
  }

  /// KiB of RAM from 1 MiB up to the first hole.
  var upperKilobytes: UInt64 { memory.lowByteCount > 1 << 20 ? (memory.lowByteCount - (1 << 20)) / 1024 : 0 }

  private func placeMultibootInformation(above floor: UInt64) throws(BootError) -> UInt64 {
    let information: UInt64 = 0x9000
    let text = multibootCommandLine
    guard text.count <= 0x4000 else { throw fail("--append has \(text.count) bytes, more than 16384") }
    try place(text, at: 0xA000, "command line")
    var map: [(UInt64, Int)] = []
    let entries = memoryMap(for: memory)
    for entry in entries { map += [(20, 4), (entry.base, 8), (entry.byteCount, 8), (UInt64(entry.type), 4)] }
    try place(Self.pack(map), at: 0x9100, "memory map")
    var flags: UInt64 = 1 | 4 | 64 | 0x200
    var modules: (UInt64, UInt64) = (0, 0)
    if let (base, count) = try placeRAMDisk(above: floor, limit: .max) {
      try place(Self.pack([(base, 4), (base + count, 4), (0x9200, 4), (0, 4)]), at: 0x9080, "module list")
      try place(Array("initrd\0".utf8), at: 0x9200, "module name")
      flags |= 8
      modules = (1, 0x9080)
    }
    try place(Array("emu\0".utf8), at: 0x9210, "loader name")
    try place(
      Self.pack([
        (flags, 4), (639, 4), (upperKilobytes, 4), (0, 4), (0xA000, 4), (modules.0, 4), (modules.1, 4), (0, 8), (0, 8),
        (UInt64(entries.count) * 24, 4), (0x9100, 4), (0, 4), (0, 4), (0, 4), (0x9210, 4),
      ]), at: information, "Multiboot information")
    return information
  }

  /// PVH: 32-bit entry with EBX at a start-of-day structure.
  func loadPVH(_ elf: ELFImage) throws(BootError) -> ArchitecturalState? {
    guard let entry = elf.pvhEntry(self) else { return nil }
    let end = try elf.load(self)
    let text = Array(options.commandLine.utf8) + [0]
    guard text.count <= 0x4000 else { throw fail("--append has \(text.count) bytes, more than 16384") }
    try place(text, at: 0xA000, "command line")
    var map: [(UInt64, Int)] = []
    let entries = memoryMap(for: memory)
    for entry in entries { map += [(entry.base, 8), (entry.byteCount, 8), (UInt64(entry.type), 4), (0, 4)] }
    try place(Self.pack(map), at: 0x9100, "memory map")
    var modules: (UInt64, UInt64) = (0, 0)
    if let (base, count) = try placeRAMDisk(above: end, limit: 1 << 32) {
      try place(Self.pack([(base, 8), (count, 8), (0, 8), (0, 8)]), at: 0x9080, "module list")
      modules = (1, 0x9080)
    }
    try place(
      Self.pack([
        (0x336E_C578, 4), (1, 4), (0, 4), (modules.0, 4), (modules.1, 8), (0xA000, 8), (rsdp?.rawValue ?? 0, 8),
        (0x9100, 8), (UInt64(entries.count), 4), (0, 4),
      ]), at: 0x9000, "start information")
    var state = try protectedState(entry: entry)
    state.generalRegisters[3] = 0x9000
    return state
  }

  /// Linux bzImage, by its 64-bit entry where it has one.
  ///
  /// - Note: see Linux "The Linux/x86 Boot Protocol".
  func loadLinux() throws(BootError) -> ArchitecturalState? {
    guard file.number(0x202, 4) == 0x5372_6448 else { return nil }
    guard let version = file.number(0x206, 2), version >= 0x206 else {
      throw fail("Linux boot protocol version 0x\(String(file.number(0x206, 2) ?? 0, radix: 16)) is older than 2.06")
    }
    guard file.bytes.count > 0x1000 else {
      throw fail(
        "Linux boot protocol version 0x\(String(version, radix: 16)) in a file of only \(file.bytes.count) bytes")
    }
    let sectors = Int(file.number(0x1F1, 1) ?? 0)
    let setup = ((sectors == 0 ? 4 : sectors) + 1) * 512
    guard setup < file.bytes.count else {
      throw fail("setup_sects \(sectors) lies beyond the file of \(file.bytes.count) bytes")
    }
    guard (file.number(0x211, 1) ?? 0) & 1 != 0 else {
      throw fail(
        "loadflags 0x\(String(file.number(0x211, 1) ?? 0, radix: 16)) has bit 0 clear: a zImage, which is not supported"
      )
    }
    let preferred = version >= 0x20A ? file.number(0x258, 8) ?? 0 : 1 << 20
    let initSize = version >= 0x20A ? file.number(0x260, 4) ?? 0 : 0
    let body = Array(file.bytes[setup...])
    let needed = max(initSize, UInt64(body.count))
    guard memory.isRAM(PhysicalAddress(preferred), byteCount: needed) else {
      throw fail(
        "init_size \(needed) at pref_address 0x\(String(preferred, radix: 16)) lies beyond RAM of \(memory.byteCount) bytes"
      )
    }
    try place(body, at: preferred, "kernel")
    var page = [UInt8](repeating: 0, count: 4096)
    let headerEnd = 0x202 + Int(file.number(0x201, 1) ?? 0)
    for index in 0x1F1..<min(max(headerEnd, 0x230), 0x290) { page[index] = file.bytes[index] }
    func put(_ value: UInt64, _ at: Int, _ count: Int) {
      for index in 0..<count { page[at + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8)) }
    }
    let text = Array(options.commandLine.utf8) + [0]
    let limit = Int(file.number(0x238, 4) ?? 255)
    guard text.count - 1 <= limit, text.count <= 0x4000 else {
      throw fail("--append has \(text.count - 1) bytes, more than cmdline_size \(limit)")
    }
    try place(text, at: 0xA000, "command line")
    put(0xFF, 0x210, 1)
    put(0xA000, 0x228, 4)
    let diskLimit = (file.number(0x22C, 4) ?? 0x37FF_FFFF) + 1
    if let (base, count) = try placeRAMDisk(above: preferred + needed, limit: diskLimit) {
      put(base, 0x218, 4)
      put(count, 0x21C, 4)
    }
    let entries = memoryMap(for: memory)
    put(UInt64(entries.count), 0x1E8, 1)
    for (index, entry) in entries.enumerated() {
      put(entry.base, 0x2D0 + index * 20, 8)
      put(entry.byteCount, 0x2D8 + index * 20, 8)
      put(UInt64(entry.type), 0x2E0 + index * 20, 4)
    }
    put(rsdp?.rawValue ?? 0, 0x70, 8)
    try place(page, at: 0x9000, "zero page")
    let has64 = version >= 0x20C && (file.number(0x236, 2) ?? 0) & 1 != 0
    var state = has64 ? try longState(entry: preferred + 0x200) : try protectedState(entry: preferred)
    state.generalRegisters[6] = 0x9000
    return state
  }
}

/// Adds mappings to the page tables of `Loader.longState`.
struct PageTables {
  let loader: Loader
  private var next: UInt64 = 0x10000

  init(loader: Loader) { self.loader = loader }

  /// Maps a linear range to a physical one by 4 KiB pages.
  mutating func map(_ linear: UInt64, to physical: UInt64, byteCount: UInt64) throws(BootError) {
    guard (linear ^ physical) & 0xFFF == 0 else {
      throw loader.fail(
        "p_vaddr 0x\(String(linear, radix: 16)) and p_paddr 0x\(String(physical, radix: 16)) differ within a page")
    }
    guard byteCount > 0 else { return }
    let first = linear & ~0xFFF
    let pages = ((linear - first) + byteCount + 0xFFF) >> 12
    guard pages <= 1 << 15 else { throw loader.fail("p_memsz \(byteCount) is too large to map") }
    for page in 0..<pages {
      let address = first &+ page << 12
      var table: UInt64 = 0x2000
      for shift in [UInt64(39), 30, 21] {
        let at = table + (address >> shift & 511) * 8
        let entry = read(at)
        if entry & 0x80 != 0 {
          throw loader.fail("p_vaddr 0x\(String(linear, radix: 16)) lies in the identity-mapped first 4 GiB")
        }
        if entry & 1 == 0 {
          guard next < 0x80000 else {
            throw loader.fail("too many page tables for p_vaddr 0x\(String(linear, radix: 16))")
          }
          try loader.place(Loader.pack([(next | 3, 8)]), at: at, "page table")
          table = next
          next += 0x1000
        } else {
          table = entry & ~0xFFF
        }
      }
      let leaf = (physical & ~0xFFF) + page << 12
      try loader.place(Loader.pack([(leaf | 3, 8)]), at: table + (address >> 12 & 511) * 8, "page table")
    }
  }

  private func read(_ address: UInt64) -> UInt64 {
    (loader.memory.read(8, at: PhysicalAddress(address)) ?? []).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
