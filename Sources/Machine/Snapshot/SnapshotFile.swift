import MMU

/// A snapshot file open to read: its header and table are checked, its sections not yet.
///
/// Documentation/snapshots.md has the format.
struct SnapshotFile: SavedSections {
  static let magic = Array("EMUSNAP".utf8) + [0]
  static let version: UInt64 = 1
  static let headerByteCount = 64
  static let entryByteCount = 48
  /// A table has no more sections than 16 processors can need.
  static let sectionLimit = 64
  /// Everything but RAM and the set of its pages is small.
  static let metadataLimit: UInt64 = 4 << 20
  /// Sections that there are, with the version that is read and written.
  static let sectionVersions: [String: UInt64] = [
    "config": 1, "board": 1, "cpu": 3, "tlb": 2, "chips": 3, "base": 1, "pages": 1, "ram": 2,
  ]

  /// A row of the table.
  struct Section {
    var tag: String
    var index: Int
    var offset: UInt64
    var byteCount: UInt64
    var checksum: UInt64
    /// As messages say it.
    var name: String { SnapshotFile.name(tag, index) }
    var end: UInt64 { offset + byteCount }
  }

  static func isPerProcessor(_ tag: String) -> Bool { tag == "cpu" || tag == "tlb" }
  static func name(_ tag: String, _ index: Int) -> String { isPerProcessor(tag) ? "\(tag) \(index)" : tag }

  let path: String
  let file: HostFile
  /// The checksum of header and table, and with it of everything in the file.
  let identity: UInt64
  let sections: [Section]

  init(path: String) throws(SnapshotError) {
    self.path = path
    file = try HostFile.reading(path)
    let length = try file.byteCount()
    guard length >= UInt64(Self.headerByteCount) else {
      throw SnapshotError(path, "has \(length) bytes, fewer than the header of a snapshot")
    }
    let header = try file.read(Self.headerByteCount, at: 0)
    guard Array(header[0..<8]) == Self.magic else { throw SnapshotError(path, "does not begin with EMUSNAP") }
    let version = Self.number(header, 8, 4)
    guard version == Self.version else { throw SnapshotError(path, "version \(version) is not \(Self.version)") }
    let count = Int(Self.number(header, 12, 4))
    guard (1...Self.sectionLimit).contains(count) else {
      throw SnapshotError(path, "section count \(count) is not 1...\(Self.sectionLimit)")
    }
    guard Self.number(header, 16, 8) == length else {
      throw SnapshotError(path, "has \(length) bytes, not the \(Self.number(header, 16, 8)) that its header names")
    }
    let tableEnd = UInt64(Self.headerByteCount + count * Self.entryByteCount)
    guard tableEnd <= length else { throw SnapshotError(path, "ends within the table of sections") }
    let table = try file.read(count * Self.entryByteCount, at: UInt64(Self.headerByteCount))
    identity = Self.number(header, 24, 8)
    guard Self.identity(header: header, table: table) == identity else {
      throw SnapshotError(path, "the checksum of its header is wrong")
    }
    guard header[32...].allSatisfy({ $0 == 0 }) else { throw SnapshotError(path, "reserved header bytes are not zero") }
    var sections: [Section] = []
    for row in 0..<count {
      sections.append(try Self.section(Array(table[row * Self.entryByteCount..<(row + 1) * Self.entryByteCount]), path))
    }
    self.sections = sections
    try checkLayout(tableEnd: tableEnd, length: length)
  }

  static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
    bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The checksum of header and table with zeros for itself.
  static func identity(header: [UInt8], table: [UInt8]) -> UInt64 {
    SnapshotChecksum.of(header[0..<24] + [UInt8](repeating: 0, count: 8) + header[32...] + table)
  }

  private static func section(_ row: [UInt8], _ path: String) throws(SnapshotError) -> Section {
    let raw = row[0..<8]
    let tag = String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
    guard let version = sectionVersions[tag], raw.dropFirst(tag.utf8.count).allSatisfy({ $0 == 0 }) else {
      let letters = String(decoding: raw.map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
      throw SnapshotError(path, "section \(letters) is unknown")
    }
    let index = number(row, 12, 4)
    guard index < (isPerProcessor(tag) ? 16 : 1) else {
      throw SnapshotError(path, "section \(tag): index \(index) is too large")
    }
    let result = Section(
      tag: tag, index: Int(index), offset: number(row, 16, 8), byteCount: number(row, 24, 8),
      checksum: number(row, 32, 8))
    guard number(row, 8, 4) == version else {
      throw SnapshotError(path, section: result.name, "version \(number(row, 8, 4)) is not \(version)")
    }
    guard number(row, 40, 8) == 0 else {
      throw SnapshotError(path, section: result.name, "reserved bytes of its row are not zero")
    }
    return result
  }

  /// Where the next section begins: RAM at a page.
  static func start(of tag: String, after end: UInt64) -> UInt64 {
    let alignment: UInt64 = tag == "ram" ? 4095 : 7
    return (end + alignment) & ~alignment
  }

  /// Sections follow each other in the order of the table, with zeros between them, to the end of the file.
  private func checkLayout(tableEnd: UInt64, length: UInt64) throws(SnapshotError) {
    var end = tableEnd
    for section in sections {
      let start = Self.start(of: section.tag, after: end)
      guard section.offset == start else {
        throw SnapshotError(path, section: section.name, "offset \(section.offset) is not \(start)")
      }
      let limit = section.tag == "ram" ? length : Self.metadataLimit
      guard section.byteCount <= limit, start + section.byteCount <= length else {
        throw SnapshotError(path, section: section.name, "length \(section.byteCount) is more than there is space for")
      }
      let gap = try file.read(Int(start - end), at: end)
      guard gap.allSatisfy({ $0 == 0 }) else {
        throw SnapshotError(path, section: section.name, "the bytes before it are not zero")
      }
      end = section.end
    }
    guard end == length else { throw SnapshotError(path, "has \(length - end) bytes after its last section") }
  }

  func section(_ tag: String, index: Int = 0) throws(SnapshotError) -> Section {
    guard let section = sections.first(where: { $0.tag == tag && $0.index == index }) else {
      throw SnapshotError(path, "has no section \(Self.name(tag, index))")
    }
    return section
  }

  /// The bytes of a section that is not RAM, which are as they were written.
  func bytes(_ tag: String, index: Int = 0) throws(SnapshotError) -> [UInt8] {
    let section = try section(tag, index: index)
    let bytes = try file.read(Int(section.byteCount), at: section.offset)
    guard SnapshotChecksum.of(bytes) == section.checksum else {
      throw SnapshotError(path, section: section.name, "its checksum is wrong")
    }
    return bytes
  }
}
