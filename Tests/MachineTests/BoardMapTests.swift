import DevicesLegacy
import Foundation
import TestSupport
import Testing
import X86

@testable import Machine

/// A small chip of the tests: it adds up what is written to its first two registers and gives the sum, raises its line
/// while the sum is above 99, and at a moment after a write to the third clears itself.
private final class Adder: BusDevice, TimedChip, RestorableChip {
  struct State: Codable, Equatable, Sendable {
    var sum: UInt64 = 0
    var end: UInt64?
  }
  private(set) var state = State()
  private let interrupt: any SignalLine

  init(interrupt: any SignalLine) { self.interrupt = interrupt }

  func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 { state.sum &+ offset << 32 }

  func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    if offset < 2 { state.sum &+= value << (offset * 16) } else { state.end = now.nanoseconds + value }
    interrupt.set(state.sum > 99)
  }

  func advance(to now: VirtualTime) {
    guard let end = state.end, end <= now.nanoseconds else { return }
    state = State()
    interrupt.set(false)
  }

  var nextEvent: VirtualTime? { state.end.map { VirtualTime(nanoseconds: $0) } }

  func restore(_ state: State) { self.state = state }

  static func problem(in state: State) -> String? { state.sum > 1 << 40 ? "adder sum \(state.sum) is too large" : nil }
}

extension BoardMap {
  /// The PC with an adder at ABC0h, which takes bytes, and one at FB000000h.
  fileprivate static var planted: BoardMap {
    var map = pc
    map.rows += [
      .chip("adder", ports: 0xABC0...0xABC2) { Adder(interrupt: $0.line(5)) },
      .chip("wide adder", memory: 0xFB00_0000, byteCount: 16) { Adder(interrupt: $0.line(7)) },
      .absent(ports: 0xABC8...0xABCF, "no subtracter"),
    ]
    return map
  }
}

@Suite("The board's map")
struct BoardMapTests {
  private static func machine(_ map: BoardMap = .pc, testDevice: Bool = false, hpet: Bool = false) throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = 1 << 20
    configuration.hasTestDevice = testDevice
    configuration.hasHPET = hpet
    return try Machine(configuration, map: map)
  }

  @Test("No two ranges overlap, and each has a name or says what is missing")
  func ranges() {
    var ports: [(ClosedRange<UInt16>, String)] = []
    var addresses: [(ClosedRange<UInt64>, String)] = []
    var functions: Set<Int> = []
    // A board with a screen has it in the place of the display that shows nothing.
    func isInPlace(_ name: String, _ owner: String) -> Bool {
      [name, owner].contains("VGA") && !Set([name, owner]).isDisjoint(with: ["text display", "no display"])
    }
    for row in BoardMap.pc.rows {
      let name = row.name ?? row.missing ?? ""
      switch row.place {
      case .ports(let range):
        #expect(!name.isEmpty || row.report == .nothing && range.count == 1, "\(range)")
        for (other, owner) in ports where !isInPlace(name, owner) {
          #expect(!other.overlaps(range), "\(name) \(range) and \(owner) \(other)")
        }
        ports.append((range, name))
      case .memory(let range):
        #expect(!name.isEmpty, "\(range)")
        for (other, owner) in addresses where !isInPlace(name, owner) {
          #expect(!other.overlaps(range), "\(name) \(range) and \(owner) \(other)")
        }
        addresses.append((range, name))
      case .localAPIC: #expect(row.name == "local APIC")
      case .behind: #expect(row.name != nil)
      case .pci(let device, let function):
        #expect((0..<32).contains(device) && (0..<8).contains(function) && row.name != nil)
        #expect(functions.insert(device << 3 | function).inserted, "\(name)")
      }
    }
    #expect(ports.count > 40 && ports.count < 256 && addresses.count >= 6)
  }

  /// A port and the chip that traces name there, on a board with everything.
  private static let names: [(port: UInt16, name: String?)] = [
    (0x1F, nil), (0x20, "8259 PIC"), (0x21, "8259 PIC"), (0x22, nil), (0x3F, nil), (0x40, "8254 PIT"),
    (0x43, "8254 PIT"), (0x60, "8042 keyboard controller"), (0x61, "system control port B"), (0x62, nil),
    (0x64, "8042 keyboard controller"), (0x70, "MC146818 RTC"), (0x72, nil), (0x80, nil),
    (0x92, "system control port A"), (0xA1, "8259 PIC"), (0xDF, nil), (0xE0, "test device"), (0xE9, "debug console"),
    (0xEB, "test device"), (0xEC, nil), (0xED, nil), (0xF1, "coprocessor error"), (0xF4, "debug exit"),
    (0x1F0, nil), (0x3D3, nil), (0x3D5, "text display"), (0x3D6, nil), (0x3DA, "text display"), (0x3DB, nil),
    (0x3BA, nil), (0x3F8, "16550 UART"), (0x3FF, "16550 UART"), (0x4D1, "8259 PIC"), (0x511, "firmware configuration"),
    (0x60B, "ACPI power management"), (0x60C, nil), (0xCF8, "PCI configuration"), (0xCF9, "reset control"),
    (0xCFF, "PCI configuration"), (0x1FFF, nil), (0x2017, "test device"), (0x2018, nil), (0xFFFF, nil),
  ]

  @Test("Names of ports", arguments: names)
  func portNames(_ port: UInt16, _ name: String?) throws {
    #expect(try Self.machine(testDevice: true).chip(onPort: port) == name)
  }

  private static let addresses: [(address: UInt64, name: String?)] = [
    (0xA0000, nil), (0xB7FFF, nil), (0xB8000, "text display"), (0xBFFFF, "text display"), (0xC0000, nil),
    (0xFEC0_0000, "I/O APIC"), (0xFEC0_0FFF, "I/O APIC"), (0xFEC0_1000, nil), (0xFED0_0000, "HPET"),
    (0xFED0_03FF, "HPET"), (0xFED0_0400, nil), (0xFEE0_0030, "local APIC"), (0xFEE0_1000, nil),
    (0xFF00_FFFF, "test device"), (0xFF01_0000, nil),
  ]

  @Test("Names of addresses", arguments: addresses)
  func addressNames(_ address: UInt64, _ name: String?) throws {
    #expect(try Self.machine(testDevice: true, hpet: true).chip(at: address, processor: 0) == name)
  }

  @Test("A chip that a board does not have leaves its places empty")
  func absentChips() throws {
    let machine = try Self.machine()
    #expect(machine.chip(onPort: 0xE0) == nil && machine.chip(at: 0xFED0_0000, processor: 0) == nil)
    #expect(machine.readPort(0x2000, width: 4, processor: 0) == .max)
    #expect(machine.readPhysical(PhysicalAddress(0xFED0_0000), width: 8, processor: 0) == .max)
    #expect(machine.events.entries.map(\.event.number) == [0x2000])
  }

  @Test("The local APIC is where its processor has put it, and gives way to the I/O APIC")
  func movedLocalAPIC() throws {
    let machine = try Self.machine()
    for (base, old, name) in [
      (0xFEB0_0000, 0xFEE0_0000, "local APIC"), (0xB8000, 0xFEB0_0000, "local APIC"),
      (0xFEC0_0000, 0xB8000, "I/O APIC"),
    ] as [(UInt64, UInt64, String)] {
      #expect(machine.writeAPICRegister(0x1B, base | 0x900, processor: 0))
      #expect(machine.chip(at: base, processor: 0) == name)
      #expect(machine.chip(at: old, processor: 0) == (old == 0xB8000 ? "text display" : nil))
    }
  }

  // MARK: Widths

  /// An access: port, width, and the value that is written, or that must be read.
  enum Step: Sendable {
    case write(UInt16, Int, UInt32)
    case read(UInt16, Int, UInt32)
  }

  /// Accesses of several widths.
  struct WidthRow: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [Step]
    init(_ name: String, _ steps: Step...) { (testDescription, self.steps) = (name, steps) }
  }

  private static let widths: [WidthRow] = [
    WidthRow("bytes of two chips", .write(0x92, 1, 2), .read(0x91, 2, 0x02FF), .read(0x92, 2, 0xFF02)),
    WidthRow(
      "a word to a chip that takes bytes", .write(0x20, 2, 0x210B), .read(0x21, 1, 0x21), .read(0x20, 4, 0xFFFF_2100)),
    WidthRow(
      "no byte of a longer access reaches a chip that takes whole ones", .write(0x602, 2, 0x721),
      .read(0x600, 4, 0x0721_0000), .read(0x5FF, 4, .max), .write(0x5FF, 4, .max), .read(0x602, 2, 0x721),
      .read(0x604, 1, 1)),
    WidthRow(
      "CONFIG_ADDRESS has 4 bytes", .write(0xCF8, 4, 0x8000_1203), .read(0xCF8, 4, 0x8000_1200),
      .write(0xCF8, 1, 0xFF), .read(0xCF8, 4, 0x8000_1200), .read(0xCF8, 1, 0xFF), .read(0xCFC, 4, .max)),
    WidthRow(
      "reset control is one of them", .write(0xCF9, 1, 2), .read(0xCF9, 1, 2), .read(0xCF9, 2, 0xFF02),
      .read(0xCF8, 4, 0), .write(0xCF8, 2, 0x0800), .read(0xCF9, 1, 8), .read(0xCF7, 4, 0xFF08_FFFF)),
    WidthRow(
      "fw_cfg is selected by words", .write(0x510, 2, 0), .read(0x511, 1, 0x51), .read(0x510, 2, 0x45FF),
      .write(0x510, 1, 0), .read(0x511, 1, 0x4D)),
    WidthRow("nothing there", .write(0x1F7, 1, 0xEC), .read(0x1F7, 1, 0xFF), .read(0xFFFF, 4, .max)),
  ]

  @Test("Widths of accesses", arguments: widths)
  func accesses(_ row: WidthRow) throws {
    let machine = try Self.machine()
    for (number, step) in row.steps.enumerated() {
      switch step {
      case .write(let port, let width, let value): machine.writePort(value, port, width: width, processor: 0)
      case .read(let port, let width, let value):
        let seen = machine.readPort(port, width: width, processor: 0)
        #expect(seen == value, "step \(number): \(String(seen, radix: 16))")
      }
    }
    #expect(machine.exitReason == nil)
  }

  @Test(
    "Ends of a run name their port",
    arguments: [
      (0x92, 1, .reset("port 92h")), (0xCF9, 6, .reset("port CF9h")), (0xF4, 0x21, .debugExit(0x21)),
    ] as [(UInt16, UInt32, ExitReason)])
  func ends(_ port: UInt16, _ value: UInt32, _ reason: ExitReason) throws {
    let machine = try Self.machine()
    machine.writePort(value, port, width: 1, processor: 0)
    #expect(machine.exitReason == reason)
  }

  // MARK: A new chip

  @Test("A planted chip answers, has its names, and its ports are claimed")
  func planted() throws {
    let machine = try Self.machine(.planted)
    machine.writePort(0x0207, 0xABC0, width: 2, processor: 0)
    #expect(machine.readPort(0xABC0, width: 1, processor: 0) == 7)
    #expect(machine.platform.pic.state.master.lines & 0x20 != 0)
    let window = PhysicalAddress(0xFB00_0000)
    machine.writePhysical(5, window, width: 8, processor: 0)
    #expect(machine.readPhysical(window, width: 4, processor: 0) == 5)
    #expect(machine.readPhysical(PhysicalAddress(0xFB00_0003), width: 8, processor: 0) == 0x3_0000_0005)
    #expect(machine.chip(onPort: 0xABC2) == "adder" && machine.chip(onPort: 0xABC3) == nil)
    #expect(machine.chip(at: 0xFB00_000F, processor: 0) == "wide adder")
    #expect(machine.chip(at: 0xFB00_0010, processor: 0) == nil)
    #expect(machine.events.entries.isEmpty)
    _ = machine.readPort(0xABC3, width: 1, processor: 0)
    _ = machine.readPort(0xABCF, width: 1, processor: 0)
    #expect(machine.events.entries.map(\.event.number) == [0xABC3, 0xABC8])
    let absence = BoardMap.planted.absence(ofPort: 0xABCF)
    #expect(absence.ports == "ABC8h-ABCFh" && absence.missing == "no subtracter")
  }

  @Test("Time drives a planted chip, and its state is saved")
  func plantedState() throws {
    let machine = try Self.machine(.planted)
    machine.writePort(40, 0xABC0, width: 1, processor: 0)
    machine.writePort(100, 0xABC2, width: 1, processor: 0)
    #expect(machine.nextEventNanoseconds == 100)
    let checkpoint = machine.capture()
    let hash = machine.stateHash()
    let folder = try Folder()
    try machine.saveSnapshot(to: folder.path("planted"))
    machine.advance(toNanoseconds: 100)
    #expect(machine.readPort(0xABC0, width: 1, processor: 0) == 0 && machine.nextEventNanoseconds == nil)
    #expect(machine.stateHash() != hash)
    machine.restore(checkpoint)
    #expect(machine.readPort(0xABC0, width: 1, processor: 0) == 40 && machine.stateHash() == hash)
    let restored = try Machine(snapshot: folder.path("planted"), map: .planted)
    #expect(restored.readPort(0xABC0, width: 1, processor: 0) == 40 && restored.stateHash() == hash)
    #expect(try Machine(snapshot: folder.path("planted")).chip(onPort: 0xABC0) == nil)
    try Self.machine().saveSnapshot(to: folder.path("without"))
    let older = try Machine(snapshot: folder.path("without"), map: .planted)
    #expect(older.readPort(0xABC0, width: 1, processor: 0) == 0)
    machine.writePhysical(1 << 41, PhysicalAddress(0xFB00_0000), width: 8, processor: 0)
    // What cannot be restored is not saved.
    #expect(throws: SnapshotError(folder.path("large"), "adder sum 2199023255552 is too large")) {
      try machine.saveSnapshot(to: folder.path("large"))
    }
  }

  // MARK: Sources

  @Test("The firmware's tables follow the map")
  func firmware() throws {
    let platform = try Self.machine(hpet: true).platform
    let bus = platform.bus
    #expect(bus.port(of: platform.serial) == 0x3F8 && bus.port(of: platform.pic, offset: 2) == 0xA0)
    #expect(bus.port(of: platform.power, offset: ACPIPowerManagement.Register.timer) == 0x608)
    #expect(bus.port(of: platform.bridge, offset: HostBridge.resetOffset) == 0xCF9)
    #expect(bus.port(of: platform.serial, offset: 8) == nil && bus.port(of: platform.ioapic) == nil)
    #expect(platform.hpet.flatMap { bus.address(of: $0) } == 0xFED0_0000)
    #expect(bus.address(of: platform.ioapic) == 0xFEC0_0000 && bus.address(of: platform.serial) == nil)
  }

  /// Numbers of the map that mean nothing else in a source.
  private static var mapNumbers: Set<String> {
    var numbers: Set<UInt64> = []
    for row in BoardMap.pc.rows where row.name != nil {
      switch row.place {
      case .ports(let range):
        if (0x300..<0x1000).contains(range.lowerBound) { numbers.insert(UInt64(range.lowerBound)) }
      case .memory(let range): numbers.insert(range.lowerBound)
      case .localAPIC: numbers.insert(LocalAPIC.defaultBase)
      case .pci, .behind: break
      }
    }
    return Set(numbers.map { "0x" + String($0, radix: 16, uppercase: true) })
  }

  @Test("No source but the map and the chips has a number of the map")
  func sources() throws {
    let sources = Build.root.appendingPathComponent("Sources")
    let mapNumbers = Self.mapNumbers
    #expect(mapNumbers.isSuperset(of: ["0x3F8", "0xCF8", "0xCF9", "0x3D4", "0xFEC00000", "0xFEE00000", "0xB8000"]))
    var found = 0
    for folder in ["Machine", "KVM", "Trace", "Debugger", "EmuCommands"] {
      let root = sources.appendingPathComponent(folder)
      let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
      while let file = files?.nextObject() as? URL {
        guard file.pathExtension == "swift", file.lastPathComponent != "BoardMap+PC.swift" else { continue }
        found += 1
        let lines = try String(contentsOf: file, encoding: .utf8).split(
          separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
          // Offsets from another number are no ports.
          let code = line.replacingOccurrences(of: "_", with: "").replacingOccurrences(of: "+ 0x", with: "+ ")
          for word in code.split(whereSeparator: { !$0.isLetter && !$0.isNumber })
          where mapNumbers.contains(String(word)) {
            Issue.record("\(file.lastPathComponent):\(number + 1) has \(word)")
          }
        }
      }
    }
    #expect(found > 100)
  }
}
