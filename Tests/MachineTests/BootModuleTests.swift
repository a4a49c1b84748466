import Foundation
import MMU
import TestSupport
import Testing
import X86

@testable import Machine

/// A format that hands modules over.
enum ModuleFormat: String, CaseIterable, Sendable {
  case multiboot, multibootELF, multiboot2, multiboot2ELF, pvh32, pvh64

  var image: ImageBytes {
    func elf(_ is64: Bool, _ content: [UInt8], _ note: [UInt8]) -> ImageBytes {
      .elf(
        is64: is64, entry: 0x100000, linear: 0x100000, physical: 0x100000, content: content, note: note,
        sections: [ELFSectionBytes(".symtab", [UInt8](repeating: 7, count: 5000), type: 2)])
    }
    return switch self {
    case .multiboot: .multiboot
    case .multiboot2: .multiboot2
    case .multibootELF: elf(false, ImageBytes.multibootHeader, [])
    case .multiboot2ELF: elf(true, ImageBytes.multiboot2Header, [])
    case .pvh32: elf(false, [0xF4], ImageBytes.pvhNote(0x100000))
    case .pvh64: elf(true, [0xF4], ImageBytes.pvhNote(0x100000))
    }
  }

  /// First byte, end and text of every module.
  func modules(_ machine: Machine) -> [(base: UInt64, end: UInt64, text: String)] {
    let information = machine.state(ofProcessor: 0).generalRegisters[3]
    switch self {
    case .multiboot, .multibootELF:
      guard machine.number(information, 4) & 8 != 0 else { return [] }
      let list = machine.number(information + 24, 4)
      return (0..<machine.number(information + 20, 4)).map { index in
        let at = list + index * 16
        return (machine.number(at, 4), machine.number(at + 4, 4), machine.text(machine.number(at + 8, 4)))
      }
    case .multiboot2, .multiboot2ELF:
      return machine.tags.filter { $0.type == 3 }.map {
        (machine.number($0.body, 4), machine.number($0.body + 4, 4), machine.text($0.body + 8))
      }
    case .pvh32, .pvh64:
      let list = machine.number(information + 16, 8)
      return (0..<machine.number(information + 12, 4)).map { index in
        let at = list + index * 32
        let (base, line) = (machine.number(at, 8), machine.number(at + 16, 8))
        return (base, base + machine.number(at + 8, 8), line == 0 ? "" : machine.text(line))
      }
    }
  }

  /// The kernel's own command line.
  func commandLine(_ machine: Machine) -> String {
    let information = machine.state(ofProcessor: 0).generalRegisters[3]
    switch self {
    case .multiboot, .multibootELF: return machine.text(machine.number(information + 16, 4))
    case .multiboot2, .multiboot2ELF: return machine.tags.first { $0.type == 1 }.map { machine.text($0.body) } ?? ""
    case .pvh32, .pvh64: return machine.text(machine.number(information + 24, 8))
    }
  }
}

@Suite("Modules")
struct ModuleTests {
  static let modules: [(String, [UInt8], String)] = [
    ("vmlinuz", [UInt8](repeating: 1, count: 4097), "console=hvc0 quiet"),
    ("initrd", [UInt8](repeating: 2, count: 1), ""),
    ("third", [UInt8](repeating: 3, count: 300_000), "a=b=c"),
  ]

  @Test("Every module in order, page-aligned, with its command line", arguments: ModuleFormat.allCases, [0, 1, 3])
  func inOrder(_ format: ModuleFormat, _ count: Int) throws {
    let wanted = Array(Self.modules.prefix(count))
    let machine = try boot(format.image, modules: wanted) { $0.commandLine = "x y" }
    let found = format.modules(machine)
    #expect(found.count == count)
    var last: UInt64 = 1 << 20
    for (module, (name, content, line)) in zip(found, wanted) {
      #expect(module.base & 0xFFF == 0 && module.base >= last)
      #expect(machine.bytes(module.base, module.end - module.base) == content)
      let named = line.isEmpty ? name : "\(name) \(line)"
      #expect(module.text == (format.rawValue.hasPrefix("pvh") ? line : named))
      last = module.end
    }
    #expect(format.commandLine(machine) == (format.rawValue.hasPrefix("pvh") ? "x y" : "image x y"))
  }

  @Test("A RAM disk for Linux lies above the kernel's init_size")
  func linux() throws {
    let machine = try boot(.linux, memoryByteCount: 32 << 20, modules: [Self.modules[2]].map { ($0.0, $0.1, "") })
    let page = machine.state(ofProcessor: 0).generalRegisters[6]
    #expect(machine.bytes(machine.number(page + 0x218, 4), machine.number(page + 0x21C, 4)) == Self.modules[2].1)
  }

  @Test("Modules that do not fit are refused by name")
  func tooLarge() {
    let half = [UInt8](repeating: 9, count: 600_000)
    let error = #expect(throws: BootError.self) {
      _ = try boot(.multiboot, memoryByteCount: 2 << 20, modules: [("one", half, ""), ("two", half, "")])
    }
    #expect(error?.description.contains("/one: --initrd of 600000 bytes finds no free RAM between 0x100000") == true)
  }
}

@Suite("ELF sections")
struct BootSectionTests {
  @Test("Sections that no segment has are loaded", arguments: [ImageFormat.multiboot, .multiboot2], [false, true])
  func loaded(_ format: ImageFormat, _ is64: Bool) throws {
    let symbols = (0..<100).map { UInt8($0) }
    let strings = Array("\0one\0two\0".utf8)
    let header = format == .multiboot ? ImageBytes.multibootHeader : ImageBytes.multiboot2Header
    let image = ImageBytes.elf(
      is64: is64, entry: 0x100000, linear: 0xC010_0000, physical: 0x100000, content: header,
      sections: [
        ELFSectionBytes(".text", header, address: 0xC010_0000), ELFSectionBytes(".symtab", symbols, type: 2),
        ELFSectionBytes(".strtab", strings, type: 3), ELFSectionBytes(".bss", [0, 0], type: 8),
      ])
    let machine = try boot(image)
    let information = machine.state(ofProcessor: 0).generalRegisters[3]
    let count, size, table, names: UInt64
    if format == .multiboot {
      #expect(machine.number(information, 4) & 0x20 != 0)
      (count, size) = (machine.number(information + 28, 4), machine.number(information + 32, 4))
      (table, names) = (machine.number(information + 36, 4), machine.number(information + 40, 4))
    } else {
      let tag = try #require(machine.tags.first { $0.type == 9 })
      (count, size) = (machine.number(tag.body, 4), machine.number(tag.body + 4, 4))
      (names, table) = (machine.number(tag.body + 8, 4), tag.body + 12)
      #expect(tag.byteCount == 12 + count * size)
    }
    #expect(count == 6 && size == (is64 ? 64 : 40) && names == 5)
    let word = is64 ? 8 : 4
    func field(_ index: UInt64, _ place: Int) -> UInt64 {
      machine.number(table + index * size + 8 + UInt64(place * word), word)
    }
    let start = field(names, 1)
    let wanted: [(String, [UInt8]?)] = [
      (".text", nil), (".symtab", symbols), (".strtab", strings), (".bss", nil), (".shstrtab", nil),
    ]
    for (index, (name, content)) in wanted.enumerated() {
      let section = UInt64(index + 1)
      #expect(machine.text(start + machine.number(table + section * size, 4)) == name)
      if let content { #expect(machine.bytes(field(section, 1), field(section, 3)) == content) }
    }
    #expect(field(1, 1) == 0xC010_0000 && field(4, 1) == 0)
  }
}

@Suite("Compressed images")
struct GzipTests {
  @Test("What gzip packs is unpacked", arguments: ["-1", "-6", "-9"])
  func unpacks(_ level: String) throws {
    var dice = Dice(3)
    let random = (0..<200_000).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
    let text = (0..<200_000).map { _ in UInt8(97 + dice.below(9)) }
    for content in [[], [1], [UInt8](repeating: 0, count: 1 << 20), random, text, Array(text[..<300]) + random + text] {
      let path = NSTemporaryDirectory() + "emu-gzip-\(UUID().uuidString)"
      try Data(content).write(to: URL(fileURLWithPath: path))
      defer { try? FileManager.default.removeItem(atPath: path) }
      let packed = try runProgram("/bin/sh", ["-c", "exec gzip -c $1 < \"$0\"", path, level])
      #expect(packed.status == 0)
      var file = ImageFile(path: "test", bytes: packed.output)
      #expect(try Gzip.unpack(file, limit: 1 << 21) == content)
      file.bytes += packed.output
      #expect(try Gzip.unpack(file, limit: 1 << 22) == content + content)
      if !content.isEmpty {
        #expect(throws: BootError.self) { try Gzip.unpack(file, limit: UInt64(content.count) * 2 - 1) }
      }
    }
  }
}

@Suite("Hostile images")
struct HostileImageTests {
  private static let images: [ImageBytes] =
    [.elf64, .elf32, .multiboot, .multiboot2, .linux, ImageBytes.elf64.gzipped]
    + ModuleFormat.allCases.map(\.image)

  /// Each of 12,000 is loaded or refused with a sentence; a trap would end the tests.
  @Test("Any image is loaded or refused", arguments: 0..<12)
  func refused(_ index: Int) throws {
    var dice = Dice(UInt64(index) + 1)
    let path = NSTemporaryDirectory() + "emu-hostile-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    for _ in 0..<1000 {
      var bytes = Self.images[index].bytes
      for _ in 0..<(1 + dice.below(4)) {
        // Headers for the most part, and the section headers at the end.
        let at = dice.below(4) == 0 ? dice.below(bytes.count) : dice.below(min(0x280, bytes.count))
        let value: UInt64 = dice.pick([dice.next(), 0, 1, .max, .max - 7, 0x1000, 1 << 31, 0xFFFF_F000, 1 << 63])
        for byte in 0..<dice.pick([1, 2, 4, 8]) where at + byte < bytes.count {
          bytes[at + byte] = UInt8(truncatingIfNeeded: value >> UInt64(byte * 8))
        }
      }
      if dice.below(8) == 0 { bytes = Array(bytes.prefix(1 + dice.below(bytes.count))) }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let memory = try GuestMemory(byteCount: UInt64(1 + dice.below(32)) << 20)
      var options = BootOptions()
      options.format = dice.pick([.auto, .auto, .elf, .multiboot, .multiboot2, .pvh, .linux, .bootsector])
      do throws(BootError) {
        _ = try memory.loadImage(path: path, options: options, rsdp: nil)
      } catch {
        #expect(error.description.hasPrefix(path) && !error.description.contains("\n"))
      }
    }
  }
}
