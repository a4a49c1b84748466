import TextForms

/// Why symbols cannot be read.
public struct SymbolError: Error, CustomStringConvertible, Equatable {
  /// One sentence without the file's name.
  public var description: String

  init(_ description: String) { self.description = description }

  /// An ELF file without symbols, where they were asked for.
  public static var noTable: Self { Self("has no .symtab") }
}

/// A name for an address.
public struct Symbol: Hashable, Sendable {
  /// The name.
  public var name: String
  /// Linear address.
  public var address: UInt64
  /// Bytes, 0 if not known: then it reaches to the next symbol.
  public var byteCount: UInt64
  /// Where it ends at the latest: the address after its section, or the highest address.
  public var bound: UInt64
  /// What wins of several at one address: less is better.
  var rank: UInt8
  /// Whether it names code rather than data.
  var isCode: Bool { rank < 2 }
  /// Whether other files see it.
  var isGlobal: Bool { rank & 1 == 0 }
}

/// A sorted table of symbols.
public struct SymbolTable: Sendable {
  /// The symbols by address; of several at one address the best comes last.
  public let symbols: [Symbol]

  private init(sorting symbols: [Symbol]) {
    self.symbols = symbols.sorted {
      ($0.address, $1.rank, $1.name) < ($1.address, $0.rank, $0.name)
    }
  }

  /// Reads an ELF file's .symtab, System.map, or the text of /proc/kallsyms.
  ///
  /// - Returns: nil if an ELF file has no .symtab.
  /// - Throws: `SymbolError` for anything else.
  public static func read(_ bytes: [UInt8]) throws(SymbolError) -> SymbolTable? {
    ELFSections.isELF(bytes) ? try SymbolTable(elf: try ELFSections(bytes)) : try SymbolTable(map: bytes)
  }

  // MARK: ELF

  /// Functions, objects and plain labels of .symtab; nil if there is no .symtab.
  ///
  /// - Throws: `SymbolError` where .symtab contradicts the file; a single symbol without a readable name is left off.
  public init?(elf: ELFSections) throws(SymbolError) {
    guard let table = elf.sections.first(where: { $0.type == ELFSections.symbolTable }) else { return nil }
    guard let range = elf.range(of: table) else {
      throw SymbolError(
        ".symtab: sh_offset \(Text.hex(table.offset)) with sh_size \(table.byteCount) lies beyond the file of \(elf.bytes.count) bytes"
      )
    }
    guard table.link < UInt64(elf.sections.count) else {
      throw SymbolError(".symtab: sh_link \(table.link) is no section of \(elf.sections.count)")
    }
    let strings = elf.sections[Int(table.link)]
    let size = elf.is64 ? 24 : 16
    var symbols: [Symbol] = []
    for at in stride(from: range.lowerBound, through: range.upperBound - size, by: size) {
      if let symbol = Self.symbol(elf, at, strings) { symbols.append(symbol) }
    }
    self.init(sorting: symbols)
  }

  private static func symbol(_ elf: ELFSections, _ at: Int, _ strings: ELFSections.Section) -> Symbol? {
    let is64 = elf.is64
    guard let nameOffset = elf.number(at, 4), let info = elf.number(at + (is64 ? 4 : 12), 1),
      let section = elf.number(at + (is64 ? 6 : 14), 2), let address = elf.number(at + (is64 ? 8 : 4), is64 ? 8 : 4),
      let size = elf.number(at + (is64 ? 16 : 8), is64 ? 8 : 4)
    else { return nil }
    let type = info & 15
    // NOTYPE, OBJECT and FUNC; constants of an assembler are NOTYPE of no section or of SHN_ABS.
    guard type <= 2, section != 0, !(type == 0 && section >= 0xFF00), nameOffset != 0,
      let name = elf.string(in: strings, at: nameOffset)?.printable, !name.isEmpty
    else { return nil }
    var bound = UInt64.max
    if section < UInt64(elf.sections.count) {
      let home = elf.sections[Int(section)]
      bound = home.address &+ home.byteCount
      // An end beyond the last address, or a symbol outside its section, bounds nothing.
      if bound < home.address || bound < address { bound = .max }
    }
    let isGlobal = info >> 4 == 1
    let rank: UInt8 = (type == 2 ? 0 : type == 1 ? 2 : 4) + (isGlobal ? 0 : 1)
    return Symbol(name: name, address: address, byteCount: size, bound: bound, rank: rank)
  }

  // MARK: Text

  /// Lines such as `ffffffff81000000 T _text`, with an optional `[module]`.
  private init(map bytes: [UInt8]) throws(SymbolError) {
    var symbols: [Symbol] = []
    var number = 0
    var lastAddress: UInt64 = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let fields = line.split(maxSplits: 4, omittingEmptySubsequences: true) {
        $0 == UInt8(ascii: " ") || $0 == 9 || $0 == 13
      }
      if fields.isEmpty { continue }
      let text = fields.map { String(decoding: $0.prefix(4096), as: UTF8.self) }
      guard fields.count >= 3, text[1].utf8.count == 1, let address = UInt64(text[0], radix: 16) else {
        let shown = String(decoding: line.prefix(40).filter { $0 >= 32 && $0 < 127 }, as: UTF8.self)
        throw SymbolError("line \(number), '\(shown)', is not ADDRESS TYPE NAME, and the file is not ELF either")
      }
      lastAddress |= address
      // Absolute, undefined.
      if ["A", "a", "U", "w", "v"].contains(text[1]) { continue }
      let isCode = ["T", "t", "W"].contains(text[1])
      let isGlobal = text[1] < "a"
      symbols.append(
        Symbol(
          name: text[2].printable, address: address, byteCount: 0, bound: .max,
          rank: (isCode ? 0 : 2) + (isGlobal ? 0 : 1)))
    }
    guard !symbols.isEmpty else { throw SymbolError("holds no symbols") }
    guard lastAddress != 0 else {
      throw SymbolError("every address is 0: /proc/kallsyms shows addresses to the superuser only")
    }
    self.init(sorting: symbols)
  }

  // MARK: Looking up

  /// A symbol without a size reaches no further than this if no other follows.
  private static let lastReach: UInt64 = 0x1000
  /// How many symbols before an address may be tried for one that contains it.
  private static let tries = 64

  /// The symbol that contains an address.
  public func symbol(at address: UInt64) -> Symbol? {
    var low = 0
    var high = symbols.count
    while low < high {
      let middle = (low + high) / 2
      if symbols[middle].address <= address { low = middle + 1 } else { high = middle }
    }
    var index = low - 1
    let floor = max(-1, index - Self.tries)
    let nearest = index >= 0 ? symbols[index].address : 0
    while index > floor {
      let symbol = symbols[index]
      let distance = address &- symbol.address
      if symbol.byteCount > 0 {
        if distance < symbol.byteCount { return symbol }
      } else if symbol.address == nearest, address < symbol.bound,
        low < symbols.count || symbol.bound != .max || distance < Self.lastReach
      {
        return symbol
      }
      index -= 1
    }
    return nil
  }

  /// `function+0x12`, or `function` for its first byte; nil where there is no symbol.
  public func name(of address: UInt64) -> String? {
    guard let symbol = symbol(at: address) else { return nil }
    let distance = address &- symbol.address
    return distance == 0 ? symbol.name : "\(symbol.name)+\(Text.hex(distance))"
  }

  /// The address of `function` or `function+0x12`: the best symbol of that name.
  public func address(of name: String) -> UInt64? {
    if let address = best(named: name) { return address }
    guard let plus = name.lastIndex(of: "+") else { return nil }
    let digits = name[name.index(after: plus)...]
    let offset = digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
    guard let offset, let base = best(named: String(name[..<plus])) else { return nil }
    return base &+ offset
  }

  private func best(named name: String) -> UInt64? {
    var best: Symbol?
    for symbol in symbols where symbol.name == name && symbol.rank < best?.rank ?? .max { best = symbol }
    return best?.address
  }
}
