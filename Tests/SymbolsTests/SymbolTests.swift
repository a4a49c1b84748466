import Symbols
import TestSupport
import Testing

/// A symbol of a made-up ELF file.
private struct Entry {
  var name: String
  var address: UInt64
  var size: UInt64 = 0
  /// 0 NOTYPE, 1 OBJECT, 2 FUNC, 3 SECTION, 4 FILE.
  var type: UInt8
  var section: UInt16 = 1
  var isGlobal = true
}

private let entries = [
  Entry(name: "start", address: 0x1000, size: 0x20, type: 2), Entry(name: "inner", address: 0x1010, type: 0),
  Entry(name: "alias", address: 0x1000, type: 0),
  Entry(name: "local_start", address: 0x1000, size: 0x20, type: 2, isGlobal: false),
  Entry(name: "table", address: 0x1080, size: 8, type: 1), Entry(name: "label", address: 0x1100, type: 0),
  Entry(name: "CONSTANT", address: 0x10F0, type: 0, section: 0xFFF1),
  Entry(name: "other", address: 0x10F4, type: 0, section: 0),
  Entry(name: "file.c", address: 0x10F8, type: 4),
  Entry(name: "absolute", address: 0xFFFF_0000, size: 4, type: 1, section: 0xFFF1),
]

private func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
}

/// An ELF file with .text at 1000h of 200h bytes, .symtab and .strtab.
private func makeELF(is64: Bool) -> [UInt8] {
  var strings: [UInt8] = [0]
  var table = [UInt8](repeating: 0, count: is64 ? 24 : 16)
  for entry in entries {
    let name = bytes(UInt64(strings.count), 4)
    strings += Array(entry.name.utf8) + [0]
    let info = [entry.type | (entry.isGlobal ? 16 : 0), 0] + bytes(UInt64(entry.section), 2)
    table +=
      is64
      ? name + info + bytes(entry.address, 8) + bytes(entry.size, 8)
      : name + bytes(entry.address, 4) + bytes(entry.size, 4) + info
  }
  let names = Array("\0.text\0.symtab\0.strtab\0.debug_line\0".utf8)
  let header = is64 ? 64 : 52
  let word = is64 ? 8 : 4
  let tableAt = header + names.count
  let stringsAt = tableAt + table.count
  let sectionsAt = stringsAt + strings.count
  func section(_ name: Int, _ type: UInt64, _ address: UInt64, _ offset: Int, _ size: Int, link: UInt64) -> [UInt8] {
    let fields: [(UInt64, Int)] = [
      (UInt64(name), 4), (type, 4), (0, word), (address, word), (UInt64(offset), word), (UInt64(size), word),
      (link, 4), (0, 4), (0, word), (0, word),
    ]
    return fields.flatMap { bytes($0.0, $0.1) }
  }
  var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, is64 ? 2 : 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  // Type, machine, version, entry, program headers, section headers, flags, sizes and counts.
  let fields: [(UInt64, Int)] = [
    (2, 2), (is64 ? 62 : 3, 2), (1, 4), (0x1000, word), (0, word), (UInt64(sectionsAt), word), (0, 4),
    (UInt64(header), 2), (0, 2), (0, 2), (is64 ? 64 : 40, 2), (5, 2), (3, 2),
  ]
  for (value, count) in fields { file += bytes(value, count) }
  file += names + table + strings
  file += section(0, 0, 0, 0, 0, link: 0)
  file += section(1, 8, 0x1000, 0, 0x200, link: 0)
  file += section(7, 2, 0, tableAt, table.count, link: 4)
  file += section(0, 3, 0, header, names.count, link: 0)
  file += section(15, 3, 0, stringsAt, strings.count, link: 0)
  return file
}

private let map = """
  0000000000000000 A fixed_percpu_data
  ffffffff81000000 T startup_64
  ffffffff81000000 T _text
  ffffffff81000040 t secondary
  ffffffff81000140 T start_kernel
  ffffffff82000000 D data
  ffffffffc0000000 t helper\t[ext4]

  """

/// An address and its name.
struct NameRow: Sendable, CustomTestStringConvertible {
  var address: UInt64
  var name: String?
  var testDescription: String { String(address, radix: 16) }
}

private let elfRows = [
  NameRow(address: 0, name: nil), NameRow(address: 0xFFF, name: nil), NameRow(address: 0x1000, name: "start"),
  NameRow(address: 0x100F, name: "start+0xf"), NameRow(address: 0x1010, name: "inner"),
  NameRow(address: 0x1012, name: "inner+0x2"), NameRow(address: 0x107F, name: "inner+0x6f"),
  NameRow(address: 0x1080, name: "table"), NameRow(address: 0x1087, name: "table+0x7"),
  NameRow(address: 0x1088, name: nil), NameRow(address: 0x10F0, name: nil), NameRow(address: 0x10F8, name: nil),
  NameRow(address: 0x1100, name: "label"), NameRow(address: 0x11FF, name: "label+0xff"),
  NameRow(address: 0x1200, name: nil), NameRow(address: 0xFFFF_0003, name: "absolute+0x3"),
  NameRow(address: 0xFFFF_0004, name: nil), NameRow(address: .max, name: nil),
]

private let mapRows = [
  NameRow(address: 0, name: nil), NameRow(address: 0xFFFF_FFFF_80FF_FFFF, name: nil),
  NameRow(address: 0xFFFF_FFFF_8100_0000, name: "_text"), NameRow(address: 0xFFFF_FFFF_8100_003F, name: "_text+0x3f"),
  NameRow(address: 0xFFFF_FFFF_8100_0041, name: "secondary+0x1"),
  NameRow(address: 0xFFFF_FFFF_8100_0152, name: "start_kernel+0x12"),
  NameRow(address: 0xFFFF_FFFF_C000_0FFF, name: "helper+0xfff"), NameRow(address: 0xFFFF_FFFF_C000_1000, name: nil),
]

private let badFieldRows: [(Int, UInt64, Int, String)] = [
  (4, 9, 1, "ELF class 9 is neither 1 (32-bit) nor 2 (64-bit)"),
  (5, 2, 1, "ELF data encoding 2 is not little-endian"), (58, 63, 2, "e_shentsize 63 is too small"),
  (60, 0xFFFF, 2, "e_shoff"), (40, UInt64.max, 8, "e_shoff 0xffffffffffffffff"),
]

@Suite("Symbols")
struct SymbolTests {
  @Test("Names of addresses in an ELF file", arguments: elfRows, [true, false])
  func names(_ row: NameRow, _ is64: Bool) throws {
    let table = try #require(try SymbolTable.read(makeELF(is64: is64)))
    #expect(table.name(of: row.address) == row.name)
    if let name = row.name { #expect(table.address(of: name) == row.address) }
  }

  @Test("Names of addresses in System.map", arguments: mapRows)
  func mapNames(_ row: NameRow) throws {
    let table = try #require(try SymbolTable.read(Array(map.utf8)))
    #expect(table.name(of: row.address) == row.name)
    if let name = row.name { #expect(table.address(of: name) == row.address) }
  }

  @Test("A list of names as an ELF file has the same names", arguments: mapRows)
  func mapAsELF(_ row: NameRow) throws {
    let list = try #require(try SymbolTable.read(Array(map.utf8)))
    let table = try #require(try SymbolTable.read(list.elfFile()))
    #expect(table.name(of: row.address) == row.name)
    if let name = row.name { #expect(table.address(of: name) == row.address) }
  }

  @Test("A list that alternates between code and data for ever, and one that reaches the last address")
  func awkwardLists() throws {
    var text = ""
    for index in 0..<5000 {
      text += "\(String(0x1000 + index * 16, radix: 16)) \(index % 2 == 0 ? "T" : "d") n\(index)\n"
    }
    text += "ffffffffffffffff T last\n"
    let file = try #require(try SymbolTable.read(Array(text.utf8))).elfFile()
    #expect(try ELFSections(file).sections.count < 1100)
    let table = try #require(try SymbolTable.read(file))
    for index in 0..<5000 { #expect(table.name(of: UInt64(0x1000 + index * 16)) == "n\(index)") }
    #expect(table.address(of: "last") == .max)
  }

  @Test(
    "Names that are no symbol", arguments: ["", "+", "start+", "start+x", "start+0x", "nowhere", "nowhere+1", "+1"])
  func unknown(_ name: String) throws {
    #expect(try SymbolTable.read(makeELF(is64: true))?.address(of: name) == nil)
  }

  @Test("Decimal and hexadecimal offsets")
  func offsets() throws {
    let table = try #require(try SymbolTable.read(makeELF(is64: true)))
    #expect(table.address(of: "start+16") == 0x1010)
    #expect(table.address(of: "start+0x16") == 0x1016)
    #expect(table.address(of: "alias") == 0x1000)
  }

  @Test(
    "Bad text is one sentence",
    arguments: [
      ("", "holds no symbols"), ("\n\n", "holds no symbols"), ("0 A x\n", "holds no symbols"),
      ("hello\n", "line 1, 'hello', is not ADDRESS TYPE NAME, and the file is not ELF either"),
      ("ff T a\nzz T b\n", "line 2, 'zz T b', is not ADDRESS TYPE NAME, and the file is not ELF either"),
      ("ff T\n", "line 1, 'ff T', is not ADDRESS TYPE NAME, and the file is not ELF either"),
      ("ff\u{1B}\u{7} Tx a\n", "line 1, 'ff Tx a', is not ADDRESS TYPE NAME, and the file is not ELF either"),
      (
        "11111111111111111 T a\n",
        "line 1, '11111111111111111 T a', is not ADDRESS TYPE NAME, and the file is not ELF either"
      ),
      ("0 T a\n0 t b\n", "every address is 0: /proc/kallsyms shows addresses to the superuser only"),
    ])
  func badText(_ text: String, _ sentence: String) {
    #expect(throws: SymbolError.self) { try SymbolTable.read(Array(text.utf8)) }
    do { _ = try SymbolTable.read(Array(text.utf8)) } catch { #expect(error.description == sentence) }
  }

  @Test("Bad fields of an ELF file are one sentence", arguments: badFieldRows)
  func badFields(_ offset: Int, _ value: UInt64, _ count: Int, _ sentence: String) {
    var file = makeELF(is64: true)
    file.replaceSubrange(offset..<offset + count, with: bytes(value, count))
    #expect(throws: SymbolError.self) { try SymbolTable.read(file) }
    do { _ = try SymbolTable.read(file) } catch { #expect(error.description.hasPrefix(sentence), "\(error)") }
  }

  @Test("A symbol table that lies elsewhere", arguments: [(24, 8), (40, 4)])
  func badTable(_ field: Int, _ count: Int) throws {
    var file = makeELF(is64: true)
    let header = file.count - 3 * 64 + field
    file.replaceSubrange(header..<header + count, with: bytes(0xFFFF_FFF0, count))
    #expect(throws: SymbolError.self) { try SymbolTable.read(file) }
  }

  @Test("No .symtab is no table; without section headers there is none either")
  func none() throws {
    var file = makeELF(is64: true)
    let type = file.count - 3 * 64 + 4
    file[type] = 1
    #expect(try SymbolTable.read(file) == nil)
    file.replaceSubrange(40..<48, with: bytes(0, 8))
    #expect(try SymbolTable.read(file) == nil)
    #expect(try ELFSections(file).sections == [])
  }

  /// Asks everything of a file that may be damaged; whatever it says, an answer or one sentence comes.
  private func ask(_ file: [UInt8]) -> Bool {
    do {
      guard let table = try SymbolTable.read(file) else { return true }
      for address: UInt64 in [0, 0x1000, 0x1014, 0x1100, 0xFFFF_0000, 1 << 63, .max] {
        if let name = table.name(of: address) { _ = table.address(of: name) }
      }
      return true
    } catch {
      #expect(!error.description.isEmpty && !error.description.contains("\n"))
      return false
    }
  }

  @Test("Cut short anywhere", arguments: [true, false])
  func truncated(_ is64: Bool) {
    let file = makeELF(is64: is64)
    var refused = 0
    for count in 0..<file.count where !ask(Array(file.prefix(count))) { refused += 1 }
    // The section headers stand last: without them whole, nothing is readable.
    #expect(refused == file.count)
    #expect(ask(file))
  }

  @Test("Random damage", arguments: [true, false])
  func damaged(_ is64: Bool) {
    let whole = makeELF(is64: is64)
    var numbers = Dice(is64 ? 1 : 2)
    var refused = 0
    for _ in 0..<2000 {
      var file = whole
      for _ in 0...(numbers.next() % 8) {
        let at = Int(numbers.next() % UInt64(file.count))
        file[at] = numbers.next() & 3 == 0 ? 0xFF : UInt8(truncatingIfNeeded: numbers.next())
      }
      if !ask(file) { refused += 1 }
    }
    #expect(refused > 0 && refused < 2000, "\(refused)")
  }
}
