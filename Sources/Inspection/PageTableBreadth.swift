import MMU
import X86

/// A paging structure as it stands in memory.
package struct PageTablePage {
  /// Physical address; for the PDPTE registers that of CR3.
  package var address: UInt64
  /// 5 to 1, the level of its entries.
  package var level: UInt8
  /// The first linear address that it translates, by the first way that leads to it.
  package var linear: UInt64
  /// Every entry.
  package var values: [UInt64]
}

extension PageTableReader {
  /// Visits every table in RAM once for each level that it serves, the upper levels first.
  ///
  /// - Parameter limit: tables at most.
  /// - Returns: whether there are more.
  package func visitTables(limit: Int, _ visitor: (PageTablePage) -> Void) -> Bool {
    guard var waiting = topTable.map({ [$0] }) else { return false }
    var known: Set<UInt64> = [waiting[0].address << 3 | UInt64(waiting[0].level)]
    var next = 0
    while next < waiting.count {
      let table = waiting[next]
      next += 1
      visitor(table)
      guard table.level > 1 else { continue }
      for (index, value) in table.values.enumerated() where value & 1 != 0 {
        let entry = PageEntry(value, level: table.level, view.paging)
        guard !entry.isLeaf, entry.reserved == 0 else { continue }
        let linear = canonical(table.linear | UInt64(index) << entry.shift)
        guard known.insert(entry.address << 3 | UInt64(table.level &- 1)).inserted,
          let below = self.table(at: entry.address, level: table.level &- 1, linear: linear)
        else { continue }
        guard waiting.count < limit else { return true }
        waiting.append(below)
      }
    }
    return false
  }

  private var topTable: PageTablePage? {
    let paging = view.paging
    switch paging.format {
    case .none: return nil
    case .bits32: return table(at: paging.cr3 & 0xFFFF_F000, level: 2, linear: 0)
    case .pae:
      let values = (0..<4).map { paging.pdpte[$0] }
      return PageTablePage(address: paging.cr3 & 0xFFFF_FFE0, level: 3, linear: 0, values: values)
    case .level4, .level5:
      return table(at: paging.cr3 & 0x000F_FFFF_FFFF_F000, level: paging.format.topLevel, linear: 0)
    }
  }

  /// A table; nil outside RAM.
  private func table(at address: UInt64, level: UInt8, linear: UInt64) -> PageTablePage? {
    guard view.memory.isRAM(PhysicalAddress(address), byteCount: 4096) else { return nil }
    let isNarrow = view.paging.format == .bits32
    let physical = view.memory.physical
    let offset = physical.offset(of: address)
    let values: [UInt64] = (0..<(isNarrow ? 1024 : 512)).map { index in
      isNarrow
        ? UInt64(physical.load(offset &+ UInt64(index) &* 4, as: UInt32.self))
        : physical.load(offset &+ UInt64(index) &* 8, as: UInt64.self)
    }
    return PageTablePage(address: address, level: level, linear: linear, values: values)
  }
}
