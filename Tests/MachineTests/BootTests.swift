import Foundation
import MMU
import TestSupport
import Testing
import X86

@testable import Machine

// MARK: W1

@Suite("What firmware leaves in memory")
struct FirmwareMemoryTests {
  @Test(
    "BIOS data areas",
    arguments: [
      (0x400, 2, 0x3F8), (0x402, 6, 0), (0x408, 6, 0), (0x40E, 2, 0x9FC0), (0x410, 2, 0x202), (0x413, 2, 639),
      (0x449, 1, 3), (0x44A, 2, 80), (0x463, 2, 0x3D4), (0x46C, 4, 0), (0x484, 1, 24), (0x9FC00, 1, 1),
      // No firmware services: the vectors are empty.
      (0x00, 8, 0), (0x40, 8, 0), (0x4C, 8, 0), (0x60, 8, 0),
    ] as [(UInt64, Int, UInt64)])
  func areas(_ address: UInt64, _ count: Int, _ value: UInt64) throws {
    for image in [ImageBytes.elf64, .multiboot, .linux] {
      #expect(try boot(image, memoryByteCount: 32 << 20).number(address, count) == value)
    }
  }

  /// Every map describes the extended area as reserved, and low memory up to it as usable.
  @Test("Memory maps", arguments: ["e820", "multiboot", "multiboot2", "pvh", "fw_cfg"])
  func maps(_ kind: String) throws {
    let image: ImageBytes =
      switch kind {
      case "multiboot": .multiboot
      case "multiboot2": .multiboot2
      case "pvh":
        .elf(
          is64: false, entry: 0, linear: 0x100000, physical: 0x100000, content: [0xF4],
          note: ImageBytes.pvhNote(0x100000))
      default: .linux
      }
    let machine = try boot(image, memoryByteCount: 32 << 20)
    let registers = machine.state(ofProcessor: 0).generalRegisters
    var map: [[UInt64]] = []
    func add(_ at: UInt64) {
      map.append([machine.number(at, 8), machine.number(at + 8, 8), machine.number(at + 16, 4)])
    }
    switch kind {
    case "e820":
      for index in 0..<machine.number(registers[6] + 0x1E8, 1) { add(registers[6] + 0x2D0 + index * 20) }
    case "multiboot":
      let table = machine.number(registers[3] + 48, 4)
      for index in 0..<(machine.number(registers[3] + 44, 4) / 24) { add(table + index * 24 + 4) }
      #expect(machine.number(registers[3] + 4, 4) == 639)
      #expect(machine.text(machine.number(registers[3] + 64, 4)) == "emu")
    case "multiboot2":
      let tag = try #require(machine.tags.first { $0.type == 6 })
      for index in 0..<((tag.byteCount - 8) / 24) { add(tag.body + 8 + index * 24) }
    case "pvh":
      let table = machine.number(registers[3] + 40, 8)
      for index in 0..<machine.number(registers[3] + 48, 4) { add(table + index * 24) }
    default:
      machine.platform.firmware.select(0x20)
      for _ in 0..<4 {
        let bytes = (0..<20).map { _ in UInt64(machine.platform.firmware.read()) }
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reversed().reduce(0) { $0 << 8 | $1 } }
        map.append([number(0..<8), number(8..<16), number(16..<20)])
      }
    }
    #expect(map == [[0, 0x9FC00, 1], [0x9FC00, 0x400, 2], [0xE0000, 0x20000, 2], [1 << 20, 31 << 20, 1]])
  }

  @Test("RSDP and MP floating pointer are where they are looked for")
  func pointers() throws {
    let machine = try boot(.elf64)
    func find(_ name: String, _ range: Range<UInt64>) -> UInt64? {
      stride(from: range.lowerBound, to: range.upperBound, by: 16).first {
        machine.bytes($0, UInt64(name.utf8.count)) == Array(name.utf8)
      }
    }
    #expect(find("RSD PTR ", 0x9FC00..<0xA0000) == nil && find("_MP_", 0x9FC00..<0xA0000) == nil)
    let root = try #require(find("RSD PTR ", 0xE0000..<0x100000))
    #expect(machine.bytes(root, 20).reduce(0, &+) == 0)
    let floating = try #require(find("_MP_", 0xF0000..<0x100000))
    #expect(machine.bytes(floating, 16).reduce(0, &+) == 0)
    let table = machine.number(floating + 4, 4)
    #expect(machine.text(table).hasPrefix("PCMP"))
    #expect(machine.bytes(table, machine.number(table + 4, 2)).reduce(0, &+) == 0)
  }
}

// MARK: W2

/// An image that lies where the loader would like to put something.
struct OverlayRow: Sendable, CustomTestStringConvertible {
  var name: String
  var format: ImageFormat
  var mode: FlatMode?
  var address: UInt64
  var byteCount: Int

  var testDescription: String { "\(name) at \(String(address, radix: 16))" }

  static let all: [OverlayRow] = {
    var rows: [OverlayRow] = []
    for address in [0x500, 0x1000, 0x2000, 0x7C00, 0x8FF0, 0x9000, 0xA000, 0x80000, 0x100000] as [UInt64] {
      for mode in FlatMode.allCases where mode != .real16 || address < 1 << 20 {
        rows.append(OverlayRow(name: "flat \(mode)", format: .flat, mode: mode, address: address, byteCount: 0x9000))
      }
      for format in [ImageFormat.multiboot, .multiboot2, .pvh, .elf] {
        rows.append(OverlayRow(name: "\(format)", format: format, address: address, byteCount: 0x9000))
      }
    }
    for mode in FlatMode.allCases {
      rows.append(OverlayRow(name: "flat \(mode)", format: .flat, mode: mode, address: 0x800, byteCount: 0x9F400))
    }
    return rows
  }()
}

@Suite("Nothing lies over an image")
struct OverlayTests {
  @Test("The image is whole, and what the registers point at is beside it", arguments: OverlayRow.all)
  func whole(_ row: OverlayRow) throws {
    var dice = Dice(7)
    var content = (0..<row.byteCount).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
    let header =
      row.format == .multiboot
      ? ImageBytes.multibootHeader : row.format == .multiboot2 ? ImageBytes.multiboot2Header : []
    content.replaceSubrange(0..<header.count, with: header)
    var image = ImageBytes(count: 0).with(0, content)
    if row.format != .flat {
      image = .elf(
        is64: row.format == .elf, entry: row.address, linear: row.address, physical: row.address, content: content,
        note: row.format == .pvh ? ImageBytes.pvhNote(row.address) : [])
    }
    // The whole of low memory leaves real mode no stack.
    if row.mode == .real16, row.byteCount > 0x90000 {
      #expect(throws: BootError.self) { try start(image, row) }
      return
    }
    let machine = try start(image, row)
    #expect(machine.bytes(row.address, UInt64(content.count)) == content)
    let state = machine.state(ofProcessor: 0)
    let taken = row.address..<(row.address + UInt64(content.count))
    if row.mode == .real16 {
      let stack = state.segments[2].base + state.generalRegisters[4]
      #expect(stack <= taken.lowerBound || stack - 2 >= taken.upperBound)
      return
    }
    for pointer in [state.gdtr.base, state.cr3, state.generalRegisters[3]] { #expect(!taken.contains(pointer)) }
    #expect(machine.number(state.gdtr.base + 0x18, 8) == 0x00CF_9300_0000_FFFF)
    let isLong = state.cr3 != 0
    #expect(state.segments[1].selector == (isLong ? 0x10 : 8) && state.segments[3].selector == (isLong ? 0x18 : 0x10))
    #expect(
      machine.number(state.gdtr.base + (isLong ? 0x10 : 8), 8) == (isLong ? 0xAF_9B00_0000_FFFF : 0xCF_9B00_0000_FFFF))
    if isLong { #expect(machine.number(machine.number(state.cr3, 8) & ~0xFFF, 8) & 0xFFF == 3) }
  }

  private func start(_ image: ImageBytes, _ row: OverlayRow) throws -> Machine {
    try boot(image) { options in
      options.format = row.format
      options.mode = row.mode
      options.loadAddress = row.format == .flat ? row.address : nil
      options.commandLine = "a=b"
    }
  }

  @Test("What an image needs as zero is zero where firmware left something")
  func zeros() throws {
    var image = ImageBytes.elf64.with(80, 0x300, 8).with(88, 0x300, 8).with(104, 0x400, 8).with(24, 0x300, 8)
    let machine = try boot(image)
    #expect(machine.bytes(0x310, 0x3F0).allSatisfy { $0 == 0 })
    image = ImageBytes.multiboot.with(12, 0xE0000, 4).with(16, 0xE0000, 4).with(20, 0xE0100, 4).with(24, 0xE2000, 4)
    #expect(try boot(image).bytes(0xE0100, 0x1F00).allSatisfy { $0 == 0 })
  }
}

// MARK: W3

@Suite("Entries of kernels that are linked high")
struct HighEntryTests {
  @Test(
    "e_entry is taken to where the segment is", arguments: [ImageFormat.multiboot, .multiboot2, .elf], [false, true])
  func entry(_ format: ImageFormat, _ is64: Bool) throws {
    let linear: UInt64 = is64 ? 0xFFFF_FFFF_8010_0000 : 0xC010_0000
    let content = format == .multiboot ? ImageBytes.multibootHeader : ImageBytes.multiboot2Header
    let image = ImageBytes.elf(
      is64: is64, entry: linear + 12, linear: linear, physical: 0x100000, content: content + [0xF4])
    let machine = try boot(image) { $0.format = format }
    // A plain ELF64 starts with paging, and its linear range is mapped.
    #expect(machine.state(ofProcessor: 0).rip == (format == .elf && is64 ? linear + 12 : 0x10000C))
  }

  @Test("An e_entry that no segment has is physical")
  func physical() throws {
    let image = ImageBytes.elf(
      is64: false, entry: 0x10000C, linear: 0xC010_0000, physical: 0x100000, content: ImageBytes.multibootHeader)
    #expect(try boot(image).state(ofProcessor: 0).rip == 0x10000C)
  }

  @Test("The entry address tag is physical")
  func tag() throws {
    let header = ImageBytes(numbers: [
      0xE852_50D6, 0, 40, 0x1_0000_0000 - 0xE852_50D6 - 40, 3, 12, 0x100020, 0, 0, 8,
    ])
    let image = ImageBytes.elf(
      is64: false, entry: 0xC010_0000, linear: 0xC010_0000, physical: 0x100000, content: header.bytes)
    #expect(try boot(image).state(ofProcessor: 0).rip == 0x100020)
  }

  @Test("Linux finds __BOOT_CS and __BOOT_DS in both modes", arguments: [UInt64(0), 1])
  func linux(_ xloadflags: UInt64) throws {
    let state = try boot(.linux.with(0x236, xloadflags, 2), memoryByteCount: 32 << 20).state(ofProcessor: 0)
    #expect(state.segments[1].selector == 0x10 && state.segments[3].selector == 0x18)
    #expect((state.cr3 != 0) == (xloadflags == 1))
  }

  @Test("PVH of both classes", arguments: [false, true])
  func pvh(_ is64: Bool) throws {
    let image = ImageBytes.elf(
      is64: is64, entry: 0xC010_0000, linear: 0xC010_0000, physical: 0x100000, content: [0xF4],
      note: ImageBytes(numbers: [4, 4, 18, 0x0055_4E47, 0xBAD]).bytes + ImageBytes.pvhNote(0x100000))
    let machine = try boot(image)
    let state = machine.state(ofProcessor: 0)
    #expect(state.rip == 0x100000)
    #expect(machine.number(state.generalRegisters[3], 4) == 0x336E_C578)
    #expect(machine.number(state.generalRegisters[3] + 32, 8) == 0xE0000)
  }
}
