import DevicesLegacy
import MMU
import X86

/// The ACPI tables that a PC's firmware leaves at E0000h.
struct FirmwareTables {
  let processorCount: Int
  private static let base: UInt64 = 0xE0000
  /// Where the ACPI tables are.
  static let area: Range<UInt64> = base..<base + 0x1000
  private static let controlStructure = base + 0x700
  /// The waking vector's 4 bytes.
  static let wakingVector = controlStructure + 12

  /// Ports and addresses; 0 says that there is none.
  private let eventPort: UInt64
  private let controlPort: UInt64
  private let timerPort: UInt64
  private let resetPort: UInt64
  let serialPort: UInt16
  private let ioapicBase: UInt64
  let hpetBase: UInt64?
  /// Numbers of the devices on PCI; none on a board without PCI.
  let pciDevices: [Int]
  /// CONFIG_ADDRESS.
  let configurationPort: UInt16
  /// Where RAM below 4 GiB ends.
  let lowByteCount: UInt64

  init(_ platform: Platform, _ memory: GuestMemory) {
    func port(_ chip: any BusDevice, _ offset: UInt64 = 0) -> UInt64 {
      UInt64(platform.bus.port(of: chip, offset: offset) ?? 0)
    }
    processorCount = platform.apics.count
    pciDevices = Set(platform.pci?.places.map(\.device) ?? []).sorted()
    lowByteCount = memory.lowByteCount
    func powerPort(_ offset: UInt64) -> UInt64 {
      if platform.pci == nil { return port(platform.power, offset) }
      // SeaBIOS puts them where a board without PCI has them.
      return UInt64(Machine.port(ofChip: "ACPI power management", register: offset) ?? 0)
    }
    eventPort = powerPort(ACPIPowerManagement.Register.events)
    controlPort = powerPort(ACPIPowerManagement.Register.control)
    timerPort = powerPort(ACPIPowerManagement.Register.timer)
    resetPort = port(platform.bridge, HostBridge.resetOffset)
    configurationPort = platform.bus.port(of: platform.bridge) ?? 0
    serialPort = platform.bus.port(of: platform.serial) ?? 0
    ioapicBase = platform.bus.address(of: platform.ioapic) ?? 0
    hpetBase = platform.hpet.flatMap { platform.bus.address(of: $0) }
  }

  /// Writes all tables; gives the address of the RSDP.
  func place(in memory: GuestMemory) -> PhysicalAddress {
    let start = Self.base
    let (rsdt, xsdt, fadt, madt, hpet, facs, dsdt) =
      (start + 0x40, start + 0x80, start + 0x100, start + 0x300, start + 0x600, Self.controlStructure, start + 0x800)
    let listed = [fadt, madt] + (hpetBase == nil ? [] : [hpet])
    var tables: [(UInt64, [UInt8])] = [
      (start, rootPointer(rsdt: rsdt, xsdt: xsdt)),
      (rsdt, table("RSDT", 1, Loader.pack(listed.map { ($0, 4) }))),
      (xsdt, table("XSDT", 1, Loader.pack(listed.map { ($0, 8) }))),
      (fadt, table("FACP", 4, fixedDescription(facs: facs, dsdt: dsdt))),
      (madt, table("APIC", 3, interruptControllers())),
      (facs, Self.emptyControlStructure),
      (dsdt, table("DSDT", 2, definitionBlock())),
    ]
    if let hpetBase { tables.append((hpet, table("HPET", 1, eventTimer(at: hpetBase)))) }
    for (address, bytes) in tables + multiprocessorTables() {
      _ = memory.write(bytes, at: PhysicalAddress(address))
    }
    return PhysicalAddress(start)
  }

  /// FACS.
  static let emptyControlStructure =
    Array("FACS".utf8) + Loader.pack([(64, 4)]) + [UInt8](repeating: 0, count: 24) + [1]
    + [UInt8](repeating: 0, count: 31)

  static func checksum(_ bytes: [UInt8]) -> UInt8 { 0 &- bytes.reduce(0, &+) }

  func rootPointer(rsdt: UInt64, xsdt: UInt64) -> [UInt8] {
    var bytes = Array("RSD PTR ".utf8) + [0] + Array("EMU   ".utf8) + [2]
    bytes += Loader.pack([(rsdt, 4)])
    bytes[8] = Self.checksum(bytes)
    bytes += Loader.pack([(36, 4), (xsdt, 8), (0, 4)])
    bytes[32] = Self.checksum(bytes)
    return bytes
  }

  func table(_ signature: String, _ revision: UInt8, _ body: [UInt8]) -> [UInt8] {
    var bytes = Array(signature.utf8) + Loader.pack([(UInt64(36 + body.count), 4)]) + [revision, 0]
    bytes += Array("EMU   EMUBOARD".utf8) + Loader.pack([(1, 4)]) + Array("EMU ".utf8) + Loader.pack([(1, 4)])
    bytes += body
    bytes[9] = Self.checksum(bytes)
    return bytes
  }

  /// FADT (ACPI "Fixed ACPI Description Table"): PM1a, PM timer and reset register.
  func fixedDescription(facs: UInt64, dsdt: UInt64) -> [UInt8] {
    var body = [UInt8](repeating: 0, count: 244 - 36)
    func put(_ value: UInt64, _ offset: Int, _ count: Int) {
      for index in 0..<count { body[offset - 36 + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8)) }
    }
    put(facs, 36, 4)
    put(dsdt, 40, 4)
    put(9, 46, 2)
    put(eventPort, 56, 4)
    put(controlPort, 64, 4)
    put(timerPort, 76, 4)
    put(4, 88, 1)
    put(2, 89, 1)
    put(4, 91, 1)
    put(0xFFF, 96, 2)
    put(0xFFF, 98, 2)
    put(0x32, 108, 1)
    // Legacy devices and an 8042; no VGA, no CMOS lies.
    put(0x7, 109, 2)
    // WBINVD, PROC_C1, 32-bit timer, reset register; power and sleep buttons are not fixed hardware.
    put(1 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 10, 112, 4)
    put(1 | 8 << 8 | 1 << 24 | resetPort << 32, 116, 8)
    put(0, 124, 4)
    put(6, 128, 1)
    put(facs, 132, 8)
    put(dsdt, 140, 8)
    for (offset, address, bits) in [(148, eventPort, 32), (172, controlPort, 16), (208, timerPort, 32)]
      as [(Int, UInt64, UInt64)]
    {
      put(1 | bits << 8, offset, 4)
      put(address, offset + 4, 8)
    }
    return body
  }

  /// HPET (IA-PC HPET Specification 1.0a, "The ACPI 2.0 HPET Description Table"): memory, 64 bits, no page protection.
  func eventTimer(at base: UInt64) -> [UInt8] {
    Loader.pack([
      (HPET.capabilities & 0xFFFF_FFFF, 4), (0, 1), (64, 1), (0, 1), (0, 1), (base, 8), (0, 1), (0x80, 2), (0, 1),
    ])
  }

  /// MADT (ACPI "Multiple APIC Description Table").
  func interruptControllers() -> [UInt8] {
    var body = Loader.pack([(LocalAPIC.defaultBase, 4), (1, 4)])
    for index in 0..<UInt64(processorCount) { body += Loader.pack([(0, 1), (8, 1), (index, 1), (index, 1), (1, 4)]) }
    body += Loader.pack([(1, 1), (12, 1), (0, 1), (0, 1), (ioapicBase, 4), (0, 4)])
    // The timer stands on pin 2; the SCI is level-triggered and active high.
    body += Loader.pack([(2, 1), (10, 1), (0, 1), (0, 1), (2, 4), (0, 2)])
    // So are those that PCI is routed to.
    for irq in pciDevices.isEmpty ? [9] : [5, 9, 10, 11] as [UInt64] {
      body += Loader.pack([(2, 1), (10, 1), (0, 1), (irq, 1), (irq, 4), (0xD, 2)])
    }
    body += Loader.pack([(4, 1), (6, 1), (0xFF, 1), (0, 2), (1, 1)])
    return body
  }

  /// The floating pointer and the configuration table of the MP specification 1.4, for systems without ACPI.
  private func multiprocessorTables() -> [(UInt64, [UInt8])] {
    let (pointer, table): (UInt64, UInt64) = (0xF0000, 0xF0010)
    let apicID = UInt64(processorCount)
    var entries: [[UInt8]] = (0..<UInt64(processorCount)).map { index in
      // Type 0: id, version, enabled and bootstrap flags, signature, features.
      Loader.pack([
        (0, 1), (index, 1), (0x14, 1), (index == 0 ? 3 : 1, 1), (0x00A2_0F10, 4), (0x078B_FBFF, 4), (0, 8),
      ])
    }
    entries.append([1, 0] + Array("ISA   ".utf8))
    entries.append(Loader.pack([(2, 1), (apicID, 1), (0x20, 1), (1, 1), (ioapicBase, 4)]))
    // The 8259's output on pin 0, the timer on pin 2, the other ISA interrupts on the pins of their numbers.
    entries.append(Loader.pack([(3, 1), (3, 1), (0, 2), (0, 1), (0, 1), (apicID, 1), (0, 1)]))
    for irq in (0..<UInt64(16)) where irq != 2 {
      entries.append(Loader.pack([(3, 1), (0, 1), (0, 2), (0, 1), (irq, 1), (apicID, 1), (irq == 0 ? 2 : irq, 1)]))
    }
    // Local interrupts: ExtINT on LINT0, NMI on LINT1 of every processor.
    entries.append(Loader.pack([(4, 1), (3, 1), (0, 2), (0, 1), (0, 1), (0xFF, 1), (0, 1)]))
    entries.append(Loader.pack([(4, 1), (1, 1), (0, 2), (0, 1), (0, 1), (0xFF, 1), (1, 1)]))
    let body = entries.flatMap { $0 }
    var header = Array("PCMP".utf8) + Loader.pack([(UInt64(44 + body.count), 2)]) + [4, 0]
    header += Array("EMU     BOARD       ".utf8)
    header += Loader.pack([(0, 4), (0, 2), (UInt64(entries.count), 2), (LocalAPIC.defaultBase, 4), (0, 4)])
    var bytes = header + body
    bytes[7] = Self.checksum(bytes)
    var floating = Array("_MP_".utf8) + Loader.pack([(table, 4)]) + [1, 4, 0, 0, 0, 0, 0, 0]
    floating[10] = Self.checksum(floating)
    return [(pointer, floating), (table, bytes)]
  }

  /// AML: `Name (_S5_, Package (4) { 0, 0, 0, 0 })`, `_S3_` with SLP_TYP 1, and COM1 below `_SB_`, or PCI with all that is
  /// behind it.
  func definitionBlock() -> [UInt8] {
    pciDevices.isEmpty ? sleepStates + AML.scope("\\_SB_", serialDevice) : pciDefinitionBlock()
  }

  /// What to write to PM1_CNT for S5 and S3.
  var sleepStates: [UInt8] {
    AML.name("_S5_", AML.package([0, 0, 0, 0].map(AML.integer)))
      + AML.name("_S3_", AML.package([UInt32(ACPIPowerManagement.suspendToRAM), 1, 0, 0].map(AML.integer)))
  }

  /// COM1.
  var serialDevice: [UInt8] {
    isaDevice("COM1", "PNP0501", [AML.ports(serialPort, 8), AML.isaInterrupt(4)])
  }

  /// A device that is where it is.
  func isaDevice(_ name: String, _ identifier: String, _ resources: [[UInt8]]) -> [UInt8] {
    AML.device(
      name, AML.name("_HID", AML.identifier(identifier)) + AML.name("_CRS", AML.resources(resources)))
  }
}
