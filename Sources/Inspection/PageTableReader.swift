import MMU
import TextForms
import X86

/// Goes through paging structures in linear order, depth first.
package struct PageTableReader {
  /// An entry with the rights of all levels down to it.
  struct Path {
    var entry: PageEntry
    var isWritable = true
    var isUser = true
    var isExecuteDisabled = false
    /// Levels above it.
    var depth = 0
  }

  /// Called for each entry that is present, with where it stands (nil for a register) and the first linear address
  /// that it translates; true goes down into its table.
  typealias Visitor = (Path, UInt64?, UInt64) -> Bool

  let view: GuestView

  /// Reads the tables of a view.
  package init(_ view: GuestView) { self.view = view }

  /// Visits the top table and, as far as the visitor wants, those below.
  func visitTop(_ visitor: Visitor) {
    let paging = view.paging
    switch paging.format {
    case .none: return
    case .bits32: visit(table: paging.cr3 & 0xFFFF_F000, level: 2, linear: 0, above: nil, visitor)
    case .level4, .level5:
      visit(
        table: paging.cr3 & 0x000F_FFFF_FFFF_F000, level: paging.format.topLevel, linear: 0, above: nil, visitor)
    case .pae:
      for index in 0..<4 {
        let path = path(paging.pdpte[index], level: 3, above: nil)
        let linear = UInt64(index) << 30
        if path.entry.isPresent, visitor(path, nil, linear) {
          visit(table: path.entry.address, level: 2, linear: linear, above: path, visitor)
        }
      }
    }
  }

  private func path(_ value: UInt64, level: UInt8, above: Path?) -> Path {
    let entry = PageEntry(value, level: level, view.paging)
    return Path(
      entry: entry, isWritable: entry.isWritable && above?.isWritable ?? true,
      isUser: entry.isUser && above?.isUser ?? true,
      isExecuteDisabled: entry.isExecuteDisabled || above?.isExecuteDisabled ?? false,
      depth: (above?.depth ?? -1) + 1)
  }

  private func visit(table: UInt64, level: UInt8, linear: UInt64, above: Path?, _ visitor: Visitor) {
    let isNarrow = view.paging.format == .bits32
    let size: UInt64 = isNarrow ? 4 : 8
    let physical = view.memory.physical
    for index in 0..<(4096 / size) {
      let address = table &+ index &* size
      let offset = physical.offset(of: address)
      let value: UInt64 =
        if offset == PhysicalMemory.nowhere {
          isNarrow ? 0xFFFF_FFFF : .max
        } else {
          isNarrow ? UInt64(physical.load(offset, as: UInt32.self)) : physical.load(offset, as: UInt64.self)
        }
      guard value & 1 != 0 else { continue }
      let path = path(value, level: level, above: above)
      let at = canonical(linear | index << path.entry.shift)
      guard visitor(path, address, at), !path.entry.isLeaf, level > 1 else { continue }
      visit(table: path.entry.address, level: level - 1, linear: at, above: path, visitor)
    }
  }

  /// Extends the sign as the format wants it.
  func canonical(_ linear: UInt64) -> UInt64 {
    let shift: Int64
    switch view.paging.format {
    case .level4: shift = 16
    case .level5: shift = 7
    default: return linear
    }
    return UInt64(bitPattern: Int64(bitPattern: linear << UInt64(shift)) >> shift)
  }
}

/// The page tables of a processor as an indented tree, for people.
public struct PageTree: Sendable {
  /// A line an entry; neighbouring pages with the same bits share one.
  public private(set) var lines: [String] = []
  /// Whether lines were left off.
  public private(set) var isCut = false

  private var run: (path: PageTableReader.Path, count: UInt64, linear: UInt64)?

  /// Reads the tree.
  ///
  /// - Parameters:
  ///   - view: a processor and RAM.
  ///   - lineLimit: how many lines there are at most.
  public init(_ view: GuestView, lineLimit: Int = 256) {
    PageTableReader(view).visitTop { path, _, linear in
      guard lines.count < lineLimit else {
        isCut = true
        return false
      }
      let entry = path.entry
      guard entry.isLeaf, entry.reserved == 0 else {
        flush()
        lines.append(Self.indent(path.depth) + "\(Text.hex(linear))  \(entry.name) \(Text.hex(entry.value))  \(entry)")
        return entry.reserved == 0 && !entry.isLeaf
          && view.memory.isRAM(PhysicalAddress(entry.address), byteCount: 4096)
      }
      if let last = run, last.path.entry.level == entry.level, last.path.entry.flags == entry.flags,
        last.linear &+ last.count << entry.shift == linear,
        last.path.entry.address &+ last.count << entry.shift == entry.address
      {
        run?.count += 1
      } else {
        flush()
        run = (path, 1, linear)
      }
      return false
    }
    flush()
    if isCut { lines.append("  (more entries are left off)") }
  }

  private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth + 1) }

  private mutating func flush() {
    guard let run else { return }
    self.run = nil
    let entry = run.path.entry
    let place = Self.indent(run.path.depth) + Text.hex(run.linear)
    if run.count == 1 {
      lines.append("\(place)  \(entry.name) \(Text.hex(entry.value))  \(entry)")
    } else {
      lines.append("\(place)  \(run.count) \(entry.name)s from \(Text.hex(entry.value)) on  \(entry)")
    }
  }
}
