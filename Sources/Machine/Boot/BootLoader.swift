public import MMU
public import X86
import TextForms

extension GuestMemory {
  /// Loads an image and makes the state in which the bootstrap processor starts it.
  ///
  /// - Throws: one sentence with file, field and value.
  public func loadImage(
    path: String, options: BootOptions, rsdp: PhysicalAddress?
  ) throws(BootError) -> ArchitecturalState {
    var file = try ImageFile(path: path, limit: byteCount)
    let isRaw =
      options.format == .flat
      || options.format == .auto && (options.mode != nil || options.loadAddress != nil || options.entry != nil)
    if !isRaw, Gzip.isMagic(file.bytes) { file.bytes = try Gzip.unpack(file, limit: byteCount) }
    let loader = Loader(file: file, memory: self, options: options, rsdp: rsdp)
    return isRaw ? try loader.loadFlat() : try loader.loadRecognised()
  }
}

extension Loader {
  /// An image by its headers. A format that is named must be there; of the others the first that is there counts.
  fileprivate func loadRecognised() throws(BootError) -> ArchitecturalState {
    let isAny = options.format == .auto
    var doubts: [String] = []
    for format in [ImageFormat.linux, .multiboot, .multiboot2, .pvh, .elf, .bootsector]
    where isAny || options.format == format {
      let attempt: Attempt
      switch format {
      case .linux: attempt = try loadLinux()
      case .multiboot: attempt = try loadMultiboot()
      case .multiboot2: attempt = try loadMultiboot2()
      case .pvh: attempt = try loadPVH()
      case .elf: attempt = try loadELF()
      default: attempt = try loadBootSector()
      }
      switch attempt {
      case .started(let state): return state
      case .absent(let doubt): if let doubt { doubts.append(doubt) }
      }
    }
    let seen = doubts.isEmpty ? "" : " (\(doubts.joined(separator: "; ")))"
    switch options.format {
    case .linux: throw fail("no Linux setup header (HdrS at 0x202)\(seen)")
    case .multiboot: throw fail("no Multiboot header (0x1BADB002) in the first 8192 bytes\(seen)")
    case .multiboot2: throw fail("no Multiboot 2 header (0xE85250D6) in the first 32768 bytes\(seen)")
    case .pvh: throw fail("no ELF file with a PVH note (XEN_ELFNOTE_PHYS32_ENTRY)")
    case .elf: throw fail("no ELF header")
    case .bootsector: throw fail("no boot signature 55 AA at offset 510\(seen)")
    case .auto, .flat:
      throw fail(
        "no Linux setup header, Multiboot or Multiboot 2 header, ELF header, PVH note or boot signature found\(seen); use --format flat for raw code"
      )
    }
  }
}

/// What came of trying a format.
enum Attempt {
  /// The image is loaded.
  case started(ArchitecturalState)
  /// It is not of this format; if it has its magic constant, why that does not count.
  case absent(String?)
}

extension Loader {
  /// Raw code.
  func loadFlat() throws(BootError) -> ArchitecturalState {
    let mode = options.mode ?? .long64
    let address = options.loadAddress ?? (mode == .real16 ? 0x7C00 : 1 << 20)
    try refuseModules("a flat image")
    try placeImage(file.bytes[...], at: address, byteCount: 0, "image")
    let entry = options.entry ?? address
    switch mode {
    case .long64: return try longState(entry: entry)
    case .protected32:
      guard entry < 1 << 32 else { throw fail("--entry \(Text.hex(entry)) is beyond 4 GiB") }
      return try protectedState(entry: entry)
    case .real16:
      guard entry < 1 << 20 else { throw fail("--entry \(Text.hex(entry)) is beyond the first MiB") }
      return try realState(entry: entry)
    }
  }

  /// The first sector of a disk, in real mode, without firmware services.
  func loadBootSector() throws(BootError) -> Attempt {
    guard file.number(510, 2) == 0xAA55 else { return .absent(nil) }
    guard options.format == .bootsector || file.bytes.count % 512 == 0 else {
      return .absent("55 AA at offset 510 of a file that has \(file.bytes.count) bytes, not whole sectors")
    }
    try refuseModules("a boot sector")
    try placeImage(file.bytes.prefix(512), at: 0x7C00, byteCount: 0, "boot sector")
    return .started(try realState(entry: 0x7C00))
  }

  /// ELF without another header.
  func loadELF() throws(BootError) -> Attempt {
    guard let elf = try ELFImage(self) else { return .absent(nil) }
    try refuseModules("an ELF file without a Multiboot header or a PVH note")
    try elf.load(self)
    guard elf.is64 else { return .started(try protectedState(entry: elf.physicalEntry)) }
    guard (elf.entry &+ 0x8000_0000_0000) >> 48 == 0 else {
      throw fail("e_entry \(Text.hex(elf.entry)) is not canonical")
    }
    let state = try longState(entry: elf.entry)
    var tables = PageTables(loader: self, root: state.cr3)
    for segment in elf.segments where segment.type == 1 && segment.linear != segment.physical {
      try tables.map(segment.linear, to: segment.physical, byteCount: segment.memoryByteCount)
    }
    return .started(state)
  }
}
