/// Names as an ELF64 file, for tools that read nothing else, such as GDB.
extension SymbolTable {
  /// Sections at the most: a list of names that alternates between code and data is not followed further.
  private static let sectionLimit = 1000

  /// A run of neighbours that are all code, or all data.
  private struct Run {
    var isCode: Bool
    var start: UInt64
    var end: UInt64
  }

  /// An ELF64 executable of x86-64 with a .symtab and without any contents: its sections are SHT_NOBITS.
  ///
  /// Names of the text forms have no sizes, and neither have they here. (System V ABI, chapter 4, "Object Files".)
  public func elfFile() -> [UInt8] {
    let runs = runs()
    var names = StringTable()
    var entries: [UInt8] = .init(repeating: 0, count: 24)
    entries.reserveCapacity(24 * (symbols.count + 1))
    // Local symbols come first.
    let ordered = symbols.filter { !$0.isGlobal } + symbols.filter(\.isGlobal)
    for symbol in ordered {
      let home = runs.lastIndex { $0.start <= symbol.address } ?? 0
      let info: UInt8 = (symbol.isGlobal ? 0x10 : 0) | (symbol.isCode ? 2 : 1)
      Self.append(&entries, [(names.add(symbol.name), 4), (UInt64(info), 2), (UInt64(home + 1), 2)])
      Self.append(&entries, [(symbol.address, 8), (symbol.byteCount, 8)])
    }
    var sectionNames = StringTable()
    // sh_name, sh_type, sh_flags, sh_addr, sh_offset, sh_size, sh_link, sh_info, sh_addralign, sh_entsize
    typealias Header = [UInt64]
    var headers: [Header] = [Header(repeating: 0, count: 10)]
    for run in runs {
      let name = sectionNames.add(run.isCode ? ".text" : ".data")
      headers.append([name, 8, run.isCode ? 6 : 3, run.start, 64, run.end - run.start, 0, 0, 1, 0])
    }
    let locals = UInt64(symbols.count { !$0.isGlobal } + 1)
    let stringsIndex = UInt64(runs.count + 2)
    let (symtab, strtab, shstrtab) = (
      sectionNames.add(".symtab"), sectionNames.add(".strtab"), sectionNames.add(".shstrtab")
    )
    var file: [UInt8] = .init(repeating: 0, count: 64)
    func place(_ bytes: [UInt8]) -> (UInt64, UInt64) {
      defer { file += bytes + [UInt8](repeating: 0, count: -bytes.count & 7) }
      return (UInt64(file.count), UInt64(bytes.count))
    }
    for (name, type, bytes, link, info, alignment, size) in [
      (symtab, UInt64(2), entries, stringsIndex, locals, UInt64(8), UInt64(24)),
      (strtab, 3, names.bytes, 0, 0, 1, 0), (shstrtab, 3, sectionNames.bytes, 0, 0, 1, 0),
    ] {
      let (offset, count) = place(bytes)
      headers.append([name, type, 0, 0, offset, count, link, info, alignment, size])
    }
    let tableOffset = UInt64(file.count)
    for header in headers {
      Self.append(&file, zip(header, [4, 4, 8, 8, 8, 8, 4, 4, 8, 8]).map { ($0, $1) })
    }
    var start: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    // ET_EXEC, EM_X86_64, EV_CURRENT; no entry, no program headers.
    Self.append(&start, [(2, 2), (62, 2), (1, 4), (0, 8), (0, 8), (tableOffset, 8), (0, 4), (64, 2), (0, 2), (0, 2)])
    Self.append(&start, [(64, 2), (UInt64(headers.count), 2), (UInt64(headers.count - 1), 2)])
    file.replaceSubrange(0..<64, with: start)
    return file
  }

  private func runs() -> [Run] {
    var runs: [Run] = []
    for symbol in symbols {
      guard let last = runs.last else {
        runs.append(Run(isCode: symbol.isCode, start: symbol.address, end: symbol.address))
        continue
      }
      runs[runs.count - 1].end = symbol.address
      guard last.isCode != symbol.isCode, last.start < symbol.address, runs.count < Self.sectionLimit else { continue }
      runs.append(Run(isCode: symbol.isCode, start: symbol.address, end: symbol.address))
    }
    // The last one reaches as far as a name without a size does.
    if let last = runs.last { runs[runs.count - 1].end = last.end > .max - 0x1000 ? .max : last.end + 0x1000 }
    return runs
  }

  private static func append(_ bytes: inout [UInt8], _ fields: [(value: UInt64, byteCount: Int)]) {
    for (value, count) in fields {
      for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
    }
  }
}

/// Zero-terminated strings, one after the other.
private struct StringTable {
  var bytes: [UInt8] = [0]

  /// Appends a string; gives its offset.
  mutating func add(_ text: String) -> UInt64 {
    defer {
      bytes += text.utf8
      bytes.append(0)
    }
    return UInt64(bytes.count)
  }
}
