import DevicesLegacy
import Foundation
import Interpreter
import MMU
import TestSupport
import Testing
import X86

@testable import Machine

/// A board with firmware whose ports a test writes.
private final class ConfiguredBoard {
  let machine: Machine
  init(hasFirmware: Bool = true, memoryByteCount: UInt64 = 4 << 20, processorCount: Int = 1) throws {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = memoryByteCount
    configuration.processorCount = processorCount
    configuration.romByteCount = hasFirmware ? 64 << 10 : 0
    machine = try Machine(configuration)
  }

  func item(_ number: UInt16, _ count: Int) -> [UInt8] {
    machine.writePort(UInt32(number), 0x510, width: 2, processor: 0)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: machine.readPort(0x511, width: 1, processor: 0)) }
  }

  /// Names, sizes and numbers of the directory.
  func files() -> [(name: String, byteCount: Int, number: UInt16)] {
    func big(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
    let count = big(item(0x19, 4))
    let bytes = item(0x19, 4 + 64 * count)
    return (0..<count).map { index in
      let entry = Array(bytes[(4 + 64 * index)..<(68 + 64 * index)])
      return (
        String(decoding: entry[8...].prefix { $0 != 0 }, as: UTF8.self), big(entry[0..<4]),
        UInt16(truncatingIfNeeded: big(entry[4..<6]))
      )
    }
  }

  func file(_ name: String) -> [UInt8]? {
    files().first { $0.name == name }.map { item($0.number, $0.byteCount) }
  }

  /// Starts a request; gives what became of its control word.
  func request(_ control: UInt32, _ byteCount: UInt32, _ target: UInt64, at address: UInt64 = 0x1000) -> UInt32? {
    func big(_ value: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
    }
    let bytes = big(UInt64(control), 4) + big(UInt64(byteCount), 4) + big(target, 8)
    _ = machine.writePhysical(address, bytes)
    machine.writePort(UInt32(truncatingIfNeeded: address >> 32).byteSwapped, 0x514, width: 4, processor: 0)
    machine.writePort(UInt32(truncatingIfNeeded: address).byteSwapped, 0x518, width: 4, processor: 0)
    let result = machine.readPhysical(address, count: 4)
    return result.count == 4 ? result.reduce(0) { $0 << 8 | UInt32($1) } : nil
  }
}

private let readSelected: UInt32 = 1 << 3 | 1 << 1

@Suite("Firmware configuration")
struct FirmwareConfigurationTests {
  @Test("Without firmware there is the memory map alone, and no request")
  func plain() throws {
    let board = try ConfiguredBoard(hasFirmware: false)
    #expect(board.item(0, 4) == Array("QEMU".utf8) && board.item(1, 4) == [1, 0, 0, 0])
    #expect(board.files().map(\.name) == ["etc/e820"] && board.files().first?.number == 0x20)
    #expect(board.machine.readPort(0x514, width: 4, processor: 0) == .max)
    #expect(board.request(readSelected, 4, 0x2000) == readSelected)
  }

  @Test("Items of a board with firmware")
  func items() throws {
    let board = try ConfiguredBoard(memoryByteCount: 5 << 20, processorCount: 3)
    #expect(board.item(1, 4) == [3, 0, 0, 0])
    #expect(board.item(3, 8) == [0, 0, 0x50, 0, 0, 0, 0, 0])
    #expect(board.item(5, 3) == [3, 0, 0] && board.item(0x0F, 2) == [3, 0] && board.item(0x0E, 2) == [0, 0])
    #expect(board.item(0x7777, 4) == [0, 0, 0, 0])
  }

  @Test("The directory is in the order of names, and each file has its size")
  func directory() throws {
    let files = try ConfiguredBoard().files()
    #expect(files.map(\.name) == files.map(\.name).sorted() && Set(files.map(\.number)).count == files.count)
    #expect(
      files.map(\.name) == [
        "etc/acpi/rsdp", "etc/acpi/tables", "etc/e820", "etc/sercon-port", "etc/smbios/smbios-anchor",
        "etc/smbios/smbios-tables", "etc/table-loader",
      ])
    #expect(files.allSatisfy { $0.number >= 0x20 && $0.byteCount > 0 && $0.byteCount <= 1 << 17 })
    let board = try ConfiguredBoard()
    #expect(board.file("etc/sercon-port") == [0xF8, 0x03])
    #expect(board.file("etc/e820") == Loader.pack([(0, 8), (4 << 20, 8), (1, 4)]))
  }

  /// The loader's commands, carried out as SeaBIOS does with the files at these addresses.
  @Test("The script links tables whose checksums are right")
  func loader() throws {
    let board = try ConfiguredBoard()
    var files: [String: [UInt8]] = [:]
    let bases: [String: UInt64] = ["etc/acpi/rsdp": 0xF_1000, "etc/acpi/tables": 0x3F_0000]
    for name in bases.keys {
      let bytes = try #require(board.file(name))
      files[name] = bytes
    }
    let script = try #require(board.file("etc/table-loader"))
    #expect(script.count % 128 == 0)
    var allocated: Set<String> = []
    for start in stride(from: 0, to: script.count, by: 128) {
      let entry = Array(script[start..<start + 128])
      func name(_ at: Int) -> String { String(decoding: entry[at..<at + 56].prefix { $0 != 0 }, as: UTF8.self) }
      func number(_ at: Int, _ count: Int) -> Int { Int(Loader.number(entry, at: at, count)) }
      var bytes = try #require(files[name(4)])
      switch number(0, 4) {
      case 1: #expect(allocated.insert(name(4)).inserted && number(60, 4).nonzeroBitCount == 1)
      case 2:
        let (at, size) = (number(116, 4), number(120, 1))
        #expect(allocated.isSuperset(of: [name(4), name(60)]))
        let value = Loader.number(bytes, at: at, size)
        #expect(value < UInt64(files[name(60)]?.count ?? 0))
        bytes.replaceSubrange(at..<at + size, with: Loader.pack([(value + (bases[name(60)] ?? 0), size)]))
      case 3:
        let (at, range) = (number(60, 4), number(64, 4)..<number(64, 4) + number(68, 4))
        #expect(range.contains(at))
        bytes[at] = bytes[at] &- bytes[range].reduce(0, &+)
      default: Issue.record("command \(number(0, 4))")
      }
      files[name(4)] = bytes
    }
    let (pointer, tables) = (try #require(files["etc/acpi/rsdp"]), try #require(files["etc/acpi/tables"]))
    #expect(pointer.reduce(0, &+) == 0 && pointer.prefix(20).reduce(0, &+) == 0)
    func table(_ address: UInt64) throws -> [UInt8] {
      let offset = Int(address) - 0x3F_0000
      try #require(tables.indices.contains(offset + 8))
      return Array(tables[offset...].prefix(Int(Loader.number(tables, at: offset + 4, 4))))
    }
    func signature(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(4), as: UTF8.self) }
    for (place, size, name) in [(16, 4, "RSDT"), (24, 8, "XSDT")] {
      let root = try table(Loader.number(pointer, at: place, size))
      #expect(signature(root) == name && root.reduce(0, &+) == 0)
      let listed = try stride(from: 36, to: root.count, by: size).map { try table(Loader.number(root, at: $0, size)) }
      #expect(listed.map(signature) == ["FACP", "APIC"] && listed.allSatisfy { $0.reduce(0, &+) == 0 })
      let fadt = listed[0]
      for (at, size, name) in [(36, 4, "FACS"), (40, 4, "DSDT"), (132, 8, "FACS"), (140, 8, "DSDT")] {
        #expect(signature(try table(Loader.number(fadt, at: at, size))) == name)
      }
      #expect([56, 64, 76].map { Loader.number(fadt, at: $0, 4) } == [0x600, 0x604, 0x608])
    }
  }

  @Test("SMBIOS: the anchor's checksums and sizes")
  func systemTables() throws {
    let board = try ConfiguredBoard()
    let anchor = try #require(board.file("etc/smbios/smbios-anchor"))
    let tables = try #require(board.file("etc/smbios/smbios-tables"))
    #expect(anchor.count == 31 && anchor.reduce(0, &+) == 0 && anchor[16...].reduce(0, &+) == 0)
    #expect(Int(Loader.number(anchor, at: 22, 2)) == tables.count)
    // Structures up to the end-of-table, each followed by strings and a double zero.
    var (at, count, last) = (0, 0, UInt8(0))
    while at < tables.count {
      last = tables[at]
      at += Int(tables[at + 1])
      while tables[at] != 0 || tables[at + 1] != 0 { at += 1 }
      at += 2
      count += 1
    }
    #expect(at == tables.count && count == Int(Loader.number(anchor, at: 28, 2)) && last == 127)
  }

  // MARK: Requests

  @Test("A request selects and reads; what lies behind an item is zeros")
  func reads() throws {
    let board = try ConfiguredBoard()
    _ = board.machine.writePhysical(0x2000, [UInt8](repeating: 0x55, count: 16))
    #expect(board.request(readSelected, 6, 0x2001) == 0)
    #expect(board.machine.readPhysical(0x2000, count: 9) == [0x55] + Array("QEMU".utf8) + [0, 0, 0x55, 0x55])
    // Item 3 by parts: 4 MiB.
    #expect(board.request(3 << 16 | 1 << 3, 0, 0) == 0)
    #expect(board.request(1 << 2, 2, 0) == 0 && board.request(1 << 1, 1, 0x2000) == 0)
    #expect(board.machine.readPhysical(0x2000, count: 2) == [0x40, 0x51])
    #expect(board.machine.readPort(0x511, width: 1, processor: 0) == 0)
  }

  @Test("The signature stands where the address goes")
  func signature() throws {
    let board = try ConfiguredBoard()
    #expect(board.machine.readPort(0x514, width: 4, processor: 0) == 0x554D_4551)
    #expect(board.machine.readPort(0x518, width: 4, processor: 0) == 0x4746_4320)
  }

  @Test("Requests that mean harm", arguments: [0x1000, 0x3F_FFF8, 0xF_0000, 0xFFFF_FFF0, .max - 7] as [UInt64])
  func hostile(_ address: UInt64) throws {
    let board = try ConfiguredBoard()
    for target in [0, 0x9_FFFF, 0x3F_FFFF, 0xFFFF_0000, .max] as [UInt64] {
      for control in [2, 4, 0x10, 0x1E, .max] as [UInt32] { _ = board.request(control, .max, target, at: address) }
    }
    #expect(FirmwareConfiguration.problem(in: board.machine.platform.firmware.state) == nil)
    // The ROM is as it was.
    #expect(board.machine.readPhysical(0xFFFF_0000, count: 16) == [UInt8](repeating: 0, count: 16))
  }

  @Test("An item cannot be written")
  func writes() throws {
    let board = try ConfiguredBoard()
    #expect(board.request(1 << 4 | 1 << 3, 4, 0x2000) == 1)
    #expect(board.item(0, 4) == Array("QEMU".utf8))
  }

  @Test("What a request writes replaces code that has run", arguments: [Engine.threaded, .reference])
  func code(_ engine: Engine) throws {
    // A routine at 500h prints; a request lays the item 3 (0, 0, 20h, 0 ...) over it, whose first two bytes are ADD
    // [BX+SI], AL; the third is AND [BX+SI], AL: then comes the rest of the routine.
    var rom = TestROM([0xEA, 0x00, 0xE0, 0x00, 0xF0])
    let routine: [UInt8] = Code.print("a") + [0x90, 0x90, 0x90, 0x90] + Code.print("b") + [0xC3]
    var code = Code.setDS(0) + [0x8E, 0xD0, 0xBC, 0x00, 0x7C, 0xBB, 0x00, 0x60, 0xBE, 0, 0]
    for (index, byte) in routine.enumerated() { code += Code.store(byte, 0x500 + UInt16(index)) }
    let request: [UInt8] = [0, 3, 0, 0x0A, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 5, 0]
    for (index, byte) in request.enumerated() { code += Code.store(byte, 0x4000 + UInt16(index)) }
    // call 0:500h through a register; mov eax, 00400000h; mov dx, 518h; out dx, eax; call again
    code += [0xB9, 0x00, 0x05, 0xFF, 0xD1, 0x66, 0xB8, 0, 0, 0x40, 0, 0xBA, 0x18, 0x05, 0x66, 0xEF]
    code += [0xB9, 0x00, 0x05, 0xFF, 0xD1] + Code.exit(1)
    // It runs in segment 0.
    rom.place(
      [0xBE, 0, 0, 0xBF, 0, 0x10, 0xB9, 0, 4, 0x0E, 0x1F, 0x81, 0xC6, 0x00, 0xD0, 0x31, 0xC0, 0x8E, 0xC0, 0xF3, 0xA4]
        + [0xEA, 0x00, 0x10, 0x00, 0x00], at: 0xE000)
    rom.place(code, at: 0xD000)
    let guest = Guest(try rom.machine(engine: engine))
    #expect(guest.run(1_000_000) == .exited(.debugExit(1)))
    #expect(String(decoding: guest.output, as: UTF8.self) == "abb")
  }
}
