import DevicesLegacy
import MMU
import X86

// What SeaBIOS finds by fw_cfg: the memory map, ACPI tables with the script that places and links them, SMBIOS tables.

extension Platform {
  /// The files of every board with firmware.
  ///
  /// - Parameter hasDisplay: the serial line is not the screen.
  func firmwareFiles(_ memory: GuestMemory, hasDisplay: Bool) -> [String: [UInt8]] {
    var map = [MemoryMapEntry(base: 0, byteCount: memory.lowByteCount, type: 1)]
    if memory.byteCount > memory.lowByteCount {
      map.append(MemoryMapEntry(base: 1 << 32, byteCount: memory.byteCount - memory.lowByteCount, type: 1))
    }
    var files = FirmwareTables(self, memory).files()
    files["etc/e820"] = FirmwareConfiguration.table(map)
    for (name, bytes) in SystemTables.files { files[name] = bytes }
    if !hasDisplay, let port = bus.port(of: serial).map(UInt64.init) {
      files["etc/sercon-port"] = Loader.pack([(port, 2)])
    }
    return files
  }
}

/// A script for SeaBIOS's table loader, whose commands have 128 bytes each: a number of 4 bytes, then names of files, each
/// of 56 bytes, and numbers.
private struct TableScript {
  private enum Command {
    static let allocate: UInt64 = 1
    static let addPointer: UInt64 = 2
    static let addChecksum: UInt64 = 3
  }
  /// Where a file is to lie.
  enum Zone: UInt64 {
    case high = 1
    /// F0000h-FFFFFh.
    case low = 2
  }

  private(set) var bytes: [UInt8] = []

  private mutating func append(_ command: UInt64, _ content: [UInt8]) {
    let entry = Loader.pack([(command, 4)]) + content
    bytes += entry + [UInt8](repeating: 0, count: 128 - entry.count)
  }

  private static func name(_ text: String) -> [UInt8] {
    Array(text.utf8) + [UInt8](repeating: 0, count: 56 - text.utf8.count)
  }

  mutating func allocate(_ file: String, alignment: UInt64, _ zone: Zone) {
    append(Command.allocate, Self.name(file) + Loader.pack([(alignment, 4), (zone.rawValue, 1)]))
  }

  /// Adds the address of `target` to the number at a place of `file`.
  mutating func addPointer(in file: String, at place: Int, _ byteCount: UInt64, to target: String) {
    append(Command.addPointer, Self.name(file) + Self.name(target) + Loader.pack([(UInt64(place), 4), (byteCount, 1)]))
  }

  /// Makes the bytes of a range add up to zero by the one at `place`.
  mutating func addChecksum(in file: String, at place: Int, of range: Range<Int>) {
    append(
      Command.addChecksum,
      Self.name(file) + Loader.pack([(UInt64(place), 4), (UInt64(range.lowerBound), 4), (UInt64(range.count), 4)]))
  }
}

extension FirmwareTables {
  private static let tablesFile = "etc/acpi/tables"
  private static let pointerFile = "etc/acpi/rsdp"
  /// Where a table's header has its checksum.
  private static let checksumOffset = 9

  /// The tables as SeaBIOS's loader takes them: pointers are offsets in the file until it has added its address.
  func files() -> [String: [UInt8]] {
    var script = TableScript()
    script.allocate(Self.pointerFile, alignment: 16, .low)
    script.allocate(Self.tablesFile, alignment: 64, .high)
    var tables: [UInt8] = []
    func place(_ bytes: [UInt8]) -> Int {
      tables += [UInt8](repeating: 0, count: -tables.count & 63)
      defer { tables += bytes }
      return tables.count
    }
    func link(_ table: Int, pointers: [(Int, UInt64)]) {
      for (offset, size) in pointers {
        script.addPointer(in: Self.tablesFile, at: table + offset, size, to: Self.tablesFile)
      }
      let count = Loader.number(tables, at: table + 4, 4)
      script.addChecksum(
        in: Self.tablesFile, at: table + Self.checksumOffset, of: table..<table + Int(truncatingIfNeeded: count))
    }
    let facs = place(Self.emptyControlStructure)
    let dsdt = place(table("DSDT", 2, pciDefinitionBlock()))
    let fadt = place(table("FACP", 4, fixedDescription(facs: UInt64(facs), dsdt: UInt64(dsdt))))
    // FIRMWARE_CTRL, DSDT, X_FIRMWARE_CTRL, X_DSDT.
    link(fadt, pointers: [(36, 4), (40, 4), (132, 8), (140, 8)])
    var listed = [fadt, place(table("APIC", 3, interruptControllers()))]
    if let hpetBase { listed.append(place(table("HPET", 1, eventTimer(at: hpetBase)))) }
    let rsdt = place(table("RSDT", 1, Loader.pack(listed.map { (UInt64($0), 4) })))
    link(rsdt, pointers: listed.indices.map { (36 + 4 * $0, 4) })
    let xsdt = place(table("XSDT", 1, Loader.pack(listed.map { (UInt64($0), 8) })))
    link(xsdt, pointers: listed.indices.map { (36 + 8 * $0, 8) })
    let pointer = rootPointer(rsdt: UInt64(rsdt), xsdt: UInt64(xsdt))
    script.addPointer(in: Self.pointerFile, at: 16, 4, to: Self.tablesFile)
    script.addPointer(in: Self.pointerFile, at: 24, 8, to: Self.tablesFile)
    script.addChecksum(in: Self.pointerFile, at: 8, of: 0..<20)
    script.addChecksum(in: Self.pointerFile, at: 32, of: 0..<36)
    return [
      Self.tablesFile: tables, Self.pointerFile: pointer, "etc/table-loader": script.bytes,
    ]
  }

  /// Interrupts that SeaBIOS routes PIRQA# to PIRQD# to.
  static let lineInterrupts: [UInt32] = [10, 10, 11, 11]

  /// AML of a board with PCI: the root bridge with its ranges and interrupts, and what is on the ISA bus.
  func pciDefinitionBlock() -> [UInt8] {
    var links: [UInt8] = []
    for (index, name) in Self.linkNames.enumerated() { links += interruptLink(name, index) }
    // Device and any function, pin, the link, 0.
    var routes: [[UInt8]] = []
    for device in pciDevices.map(UInt32.init) where device > 0 {
      for pin in UInt32(0)..<4 {
        let link = Array(Self.linkNames[Int((device + pin + 3) & 3)].utf8)
        routes.append(AML.package([AML.integer(device << 16 | 0xFFFF), AML.integer(pin), link, AML.integer(0)]))
      }
    }
    let ranges: [[UInt8]] = [
      AML.range(.buses, 0...0xFF), AML.ports(configurationPort, 8), AML.range(.ports, 0...0xCF7),
      AML.range(.ports, 0xD00...0xFFFF),
      AML.range(.memory, VGA.windowAddress...VGA.windowAddress + VGA.windowByteCount - 1),
      AML.range(.memory, max(lowByteCount, 0x8000_0000)...0xFEBF_FFFF),
    ]
    var isa = AML.name("_ADR", 1 << 16)
    isa += isaDevice("RTC_", "PNP0B00", [AML.ports(0x70, 2), AML.isaInterrupt(8)])
    isa += isaDevice("KBD_", "PNP0303", [AML.ports(0x60, 1), AML.ports(0x64, 1), AML.isaInterrupt(1)])
    isa += serialDevice
    var root = AML.name("_HID", AML.identifier("PNP0A03")) + AML.name("_UID", 0)
    root += AML.name("_CRS", AML.resources(ranges)) + AML.name("_PRT", AML.package(routes))
    root += AML.device("ISA_", isa)
    return sleepStates + AML.scope("\\_SB_", links + AML.device("PCI0", root))
  }

  private static let linkNames = ["LNKA", "LNKB", "LNKC", "LNKD"]

  /// A link whose interrupt is fixed: setting it changes nothing.
  private func interruptLink(_ name: String, _ index: Int) -> [UInt8] {
    let interrupt = AML.resources([AML.sharedInterrupt(Self.lineInterrupts[index])])
    var content = AML.name("_HID", AML.identifier("PNP0C0F")) + AML.name("_UID", UInt32(index))
    content += AML.name("_STA", 0x0B) + AML.name("_PRS", interrupt) + AML.name("_CRS", interrupt)
    content += AML.emptyMethod("_SRS", arguments: 1) + AML.emptyMethod("_DIS", arguments: 0)
    return AML.device(name, content)
  }
}

/// SMBIOS tables.
///
/// Source: System Management BIOS Reference Specification 2.8, "Structure Table Entry Point", "SMBIOS Structures".
private enum SystemTables {
  /// A structure with its strings.
  private static func structure(_ type: UInt8, _ handle: UInt64, _ fields: [(UInt64, Int)], _ strings: [String])
    -> [UInt8]
  {
    let body = Loader.pack(fields)
    var bytes = [type, UInt8(truncatingIfNeeded: body.count + 4)] + Loader.pack([(handle, 2)]) + body
    for text in strings { bytes += Array(text.utf8) + [0] }
    return bytes + (strings.isEmpty ? [0, 0] : [0])
  }

  private static let structures: [[UInt8]] = [
    // System: manufacturer, product, version, no serial number, no UUID, power switch.
    structure(1, 0x100, [(1, 1), (2, 1), (0, 1), (0, 1), (0, 8), (0, 8), (6, 1), (0, 1), (0, 1)], ["emu", "PC"]),
    // Enclosure: manufacturer, "other", no more, safe in all three states, security none.
    structure(
      3, 0x300,
      [(1, 1), (1, 1), (0, 1), (0, 1), (0, 1), (3, 1), (3, 1), (3, 1), (3, 1), (0, 4), (0, 1), (0, 1), (0, 1), (0, 1)],
      ["emu"]),
    // System boot information: no errors.
    structure(32, 0x2000, [(0, 6), (0, 1)], []),
    structure(127, 0x7F00, [], []),
  ]

  static let files: [String: [UInt8]] = {
    let tables = Array(structures.joined())
    let longest = structures.map(\.count).max() ?? 0
    var anchor = Array("_SM_".utf8) + [0, 31, 2, 8] + Loader.pack([(UInt64(longest), 2), (0, 1), (0, 5)])
    // The second half has a checksum of its own; SeaBIOS writes the address and makes both anew.
    anchor += Array("_DMI_".utf8) + Loader.pack([(0, 1), (UInt64(tables.count), 2), (0, 4)])
    anchor += Loader.pack([(UInt64(structures.count), 2), (0x28, 1)])
    anchor[0x15] = FirmwareTables.checksum(Array(anchor[0x10...]))
    anchor[4] = FirmwareTables.checksum(anchor)
    return ["etc/smbios/smbios-tables": tables, "etc/smbios/smbios-anchor": anchor]
  }()
}
