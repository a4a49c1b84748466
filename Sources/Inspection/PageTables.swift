import MMU
import TextForms
import X86

/// Neighbouring pages of one size with the same rights that map to neighbouring physical pages.
public struct PageRange: Hashable, Sendable {
  /// Linear address of the first byte.
  public var first: UInt64
  /// Linear address of the last byte.
  public var last: UInt64
  /// Physical address of the first byte.
  public var physical: UInt64
  /// Log2 of the page size.
  public var pageShift: UInt64
  /// Every level has R/W=1.
  public var isWritable: Bool
  /// Every level has U/S=1.
  public var isUser: Bool
  /// Some level has XD=1.
  public var isExecuteDisabled: Bool
  /// G, and CR4.PGE is set.
  public var isGlobal: Bool

  /// `user rwx` or `supervisor r--, global`.
  public var rights: String {
    "\(isUser ? "user" : "supervisor") r\(isWritable ? "w" : "-")\(isExecuteDisabled ? "-" : "x")"
      + (isGlobal ? ", global" : "")
  }

  /// A line.
  public var text: String {
    let target = Text.range(physical, physical &+ (last &- first))
    return "\(Text.range(first, last)) -> \(target)  \(rights)  \(Text.size(1 << pageShift)) pages"
  }
}

/// The page tables of a processor as ranges.
///
/// What is not there faults; accessed and dirty flags, and memory types, do not part ranges.
public struct PageTables: Sendable {
  /// The format.
  public let format: PagingFormat
  /// The ranges by linear address, as the walk meets them: the lower half first.
  public private(set) var ranges: [PageRange] = []
  /// Entries that are present and fault all the same: one sentence each.
  public private(set) var problems: [String] = []
  /// How many more there are.
  public private(set) var furtherProblems = 0
  /// The linear address from which nothing was read any more, because there were too many tables or ranges.
  public private(set) var stoppedAt: UInt64?
  /// Tables read, each as often as entries lead to it.
  public private(set) var tableCount = 0

  private let tableLimit: Int
  private let rangeLimit: Int

  /// Reads the tables that CR3, or the PDPTE registers, lead to.
  ///
  /// - Parameters:
  ///   - view: a processor and RAM.
  ///   - tableLimit: how many tables are read: entries may lead round in circles.
  ///   - rangeLimit: how many ranges are kept.
  public init(_ view: GuestView, tableLimit: Int = 1 << 16, rangeLimit: Int = 1 << 16) {
    format = view.paging.format
    self.tableLimit = tableLimit
    self.rangeLimit = rangeLimit
    PageTableReader(view).visitTop { path, place, linear in
      guard stoppedAt == nil else { return false }
      return take(path, place, linear, view)
    }
  }

  /// Takes an entry that is present; gives whether to go down into its table.
  private mutating func take(
    _ path: PageTableReader.Path, _ place: UInt64?, _ linear: UInt64, _ view: GuestView
  ) -> Bool {
    let entry = path.entry
    guard entry.reserved == 0 else {
      note("\(entry.name)\(place.map { " at \(Text.hex($0))" } ?? "") for \(Text.hex(linear)): \(entry)")
      return false
    }
    guard entry.isLeaf else {
      // Outside RAM a table reads as all ones, which only 4-byte entries of the lowest level take for pages.
      guard format == .bits32 || view.memory.isRAM(PhysicalAddress(entry.address), byteCount: 4096) else {
        note("\(entry.name) for \(Text.hex(linear)): its table at \(Text.hex(entry.address)) lies outside RAM")
        return false
      }
      tableCount += 1
      guard tableCount <= tableLimit else {
        stoppedAt = linear
        return false
      }
      return true
    }
    let range = PageRange(
      first: linear, last: linear &+ ((1 << entry.shift) &- 1), physical: entry.address, pageShift: entry.shift,
      isWritable: path.isWritable, isUser: path.isUser, isExecuteDisabled: path.isExecuteDisabled,
      isGlobal: entry.value & 0x100 != 0 && view.paging.cr4 & CR4.pageGlobalEnable != 0)
    append(range)
    return false
  }

  private mutating func append(_ range: PageRange) {
    if let last = ranges.last, last.last &+ 1 == range.first, range.first != 0, last.pageShift == range.pageShift,
      last.physical &+ (last.last &- last.first) &+ 1 == range.physical, last.isWritable == range.isWritable,
      last.isUser == range.isUser, last.isExecuteDisabled == range.isExecuteDisabled,
      last.isGlobal == range.isGlobal
    {
      ranges[ranges.count - 1].last = range.last
    } else if ranges.count < rangeLimit {
      ranges.append(range)
    } else {
      stoppedAt = range.first
    }
  }

  private mutating func note(_ problem: String) {
    if problems.count < 32 { problems.append(problem) } else { furtherProblems += 1 }
  }

  /// The ranges, a line each, then what is wrong.
  public func lines() -> [String] {
    guard format != .none else { return ["Paging is off: linear addresses are physical addresses"] }
    var lines = ["\(format.rawValue): \(ranges.count) ranges, \(tableCount) tables below the top"]
    lines += ranges.map { "  \($0.text)" }
    lines += problems.map { "  faults: \($0)" }
    if furtherProblems > 0 { lines.append("  faults: \(furtherProblems) more entries") }
    if let stoppedAt { lines.append("  not read from \(Text.hex(stoppedAt)) on: too many tables or ranges") }
    return lines
  }
}
