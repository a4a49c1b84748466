import MMU
import X86
import TextForms

extension Loader {
  /// Linux bzImage, by its 64-bit entry where it has one.
  ///
  /// - Note: see Linux "The Linux/x86 Boot Protocol".
  func loadLinux() throws(BootError) -> Attempt {
    guard file.number(0x202, 4) == 0x5372_6448 else { return .absent(nil) }
    // HdrS may be data of any program; a setup header has the boot flag before it, and begins no ELF file.
    guard file.number(0x1FE, 2) == 0xAA55, !file.bytes.starts(with: ELFImage.magic) else {
      return .absent("HdrS at 0x202 without boot_flag 0xAA55 before it, or in an ELF file")
    }
    let (version, setup) = try readLinuxSetup()
    let preferred = version >= 0x20A ? file.number(0x258, 8) ?? 0 : 1 << 20
    let initSize = version >= 0x20A ? file.number(0x260, 4) ?? 0 : 0
    let body = file.bytes[setup...]
    let needed = max(initSize, UInt64(body.count))
    guard memory.isRAM(PhysicalAddress(preferred), byteCount: needed) else {
      throw fail(
        "init_size \(needed) at pref_address \(Text.hex(preferred)) lies beyond RAM of \(memory.byteCount) bytes"
      )
    }
    try placeImage(body, at: preferred, byteCount: needed, "kernel")
    let zeroPage = try putZeroPage(above: preferred + needed)
    let has64 = version >= 0x20C && (file.number(0x236, 2) ?? 0) & 1 != 0
    guard has64 || preferred < 1 << 32 else {
      throw fail("pref_address \(Text.hex(preferred)) is beyond 4 GiB without a 64-bit entry")
    }
    var state = has64 ? try longState(entry: preferred + 0x200) : try protectedState(entry: preferred, .linux)
    state.generalRegisters[6] = zeroPage
    return .started(state)
  }

  /// The protocol's version, and where the kernel begins in the file.
  private func readLinuxSetup() throws(BootError) -> (UInt64, Int) {
    guard let version = file.number(0x206, 2), version >= 0x206 else {
      throw fail("Linux boot protocol version \(Text.hex(file.number(0x206, 2) ?? 0)) is older than 2.06")
    }
    guard file.bytes.count > 0x1000 else {
      throw fail(
        "Linux boot protocol version \(Text.hex(version)) in a file of only \(file.bytes.count) bytes")
    }
    let sectors = Int(file.number(0x1F1, 1) ?? 0)
    let setup = ((sectors == 0 ? 4 : sectors) + 1) * 512
    guard setup < file.bytes.count else {
      throw fail("setup_sects \(sectors) lies beyond the file of \(file.bytes.count) bytes")
    }
    let flags = file.number(0x211, 1) ?? 0
    guard flags & 1 != 0 else {
      throw fail("loadflags \(Text.hex(flags)) has bit 0 clear: a zImage, which is not supported")
    }
    return (version, setup)
  }

  /// The one RAM disk that the protocol can describe.
  private func placeRAMDisk(above floor: UInt64) throws(BootError) -> PlacedModule? {
    if options.modules.count > 1 {
      throw BootError(
        options.modules[1].path, "--initrd is given \(options.modules.count) times, and Linux takes one RAM disk")
    }
    if let module = options.modules.first, !module.commandLine.isEmpty {
      throw BootError(module.path, "--initrd has the command line \"\(module.commandLine)\", and Linux takes none")
    }
    return try placeModules(above: floor, limit: (file.number(0x22C, 4) ?? 0x37FF_FFFF) + 1).first
  }

  /// struct boot_params with the setup header copied into it; gives its address.
  private func putZeroPage(above floor: UInt64) throws(BootError) -> UInt64 {
    var page = [UInt8](repeating: 0, count: 4096)
    let headerEnd = 0x202 + Int(file.number(0x201, 1) ?? 0)
    for index in 0x1F1..<min(max(headerEnd, 0x230), 0x290) { page[index] = file.bytes[index] }
    func put(_ value: UInt64, _ at: Int, _ count: Int) {
      for index in 0..<count { page[at + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8)) }
    }
    let limit = file.number(0x238, 4) ?? 255
    guard UInt64(options.commandLine.utf8.count) <= limit else {
      throw fail("--append has \(options.commandLine.utf8.count) bytes, more than cmdline_size \(limit)")
    }
    put(0xFF, 0x210, 1)
    if let disk = try placeRAMDisk(above: floor) {
      put(disk.base, 0x218, 4)
      put(disk.byteCount, 0x21C, 4)
    }
    put(try putCommandLine(options.commandLine), 0x228, 4)
    let entries = memoryMap(for: memory)
    put(UInt64(entries.count), 0x1E8, 1)
    for (index, entry) in entries.enumerated() {
      put(entry.base, 0x2D0 + index * 20, 8)
      put(entry.byteCount, 0x2D8 + index * 20, 8)
      put(UInt64(entry.type), 0x2E0 + index * 20, 4)
    }
    put(rsdp?.rawValue ?? 0, 0x70, 8)
    return try self.put(page, alignment: 4096, preferred: 0x9000, "zero page")
  }
}
