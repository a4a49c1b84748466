import FaultReports
import Inspection
import Interpreter
import MMU
import X86

/// Remembers what a trace holds of tables, and gives what is new.
struct TableRecorder {
  /// Descriptors or gates of one table in one record, at most.
  static let descriptorLimit = 1024
  /// Ranges of ports in one record, at most.
  static let portLimit = 64
  /// Page tables that one record looks at, at most.
  static let pageTableLimit = 4096
  /// Entries of page tables in one record, at most.
  static let pageEntryLimit = 16384

  /// What the trace holds of a GDT, LDT or IDT.
  private struct KnownTable {
    var place: RecordedTable.Place?
    /// Bytes by selector or vector; without those that are empty, none at all for one that cannot be read.
    var raw: [UInt64: [UInt64]] = [:]
  }

  private struct Known {
    var registers: TableRegisters
    var tick: UInt64
    var global = KnownTable()
    var local = KnownTable()
    var interrupts = KnownTable()
    var task: RecordedTask?
    var root: (cr3: UInt64, format: PagingFormat)?
    /// Physical addresses of descriptors and TSS.
    var watched: [Range<UInt64>] = []
    /// They were written to.
    var isDirty = false
  }

  private var known: [Int: Known] = [:]
  /// Entries of paging structures, by physical address, as they were recorded last; all processors share them.
  private var pages: [UInt64: [UInt64]] = [:]

  /// Processors with a record.
  var processors: [Int] { known.keys.sorted() }
  /// Processors whose descriptors were written to since.
  var dirtyProcessors: [Int] { known.filter(\.value.isDirty).keys.sorted() }

  /// Which registers have changed since a processor's record; nil without one, empty if none has.
  func changes(_ state: CoreState) -> String? {
    guard let old = known[state.index]?.registers else { return nil }
    let new = TableRegisters(state)
    return new == old ? "" : new.changes(from: old)
  }

  /// When a processor's tables were recorded.
  func tick(of processor: Int) -> UInt64? { known[processor]?.tick }

  /// Takes note of a write to memory.
  mutating func noteWrite(_ physical: UInt64, _ byteCount: Int) {
    let end = physical &+ UInt64(byteCount)
    for index in known.keys
    where known[index]?.watched.contains(where: { physical < $0.upperBound && end > $0.lowerBound }) ?? false {
      known[index]?.isDirty = true
    }
  }

  /// What is new in a processor's tables; nil if nothing is.
  mutating func update(_ core: CoreState, _ memory: GuestMemory, tick: UInt64, cause: String) -> RecordedTables? {
    let view = GuestView(
      ArchitecturalState(core: core, rflags: 0), memory, physicalAddressBits: core.paging.physicalAddressBits)
    return update(view, processor: core.index, tick: tick, cause: cause)
  }

  /// The same of a state.
  mutating func update(_ view: GuestView, processor: Int, tick: UInt64, cause: String) -> RecordedTables? {
    let registers = TableRegisters(view.state)
    var now = known[processor] ?? Known(registers: registers, tick: tick)
    (now.registers, now.tick, now.isDirty, now.watched) = (registers, tick, false, [])
    var record = RecordedTables(processor: processor, tick: tick, cause: cause)
    // What RESET leaves in GDTR is the interrupt table of real mode.
    if view.isProtected || view.state.gdtr != DescriptorTableRegister() {
      record.global = Self.news(DescriptorTable(global: view), &now.global, view)
      Self.watch(view, view.state.gdtr.base, UInt64(view.state.gdtr.limit), &now.watched)
    }
    if let local = DescriptorTable(local: view) {
      record.local = Self.news(local, &now.local, view)
      Self.watch(view, local.base, UInt64(min(local.limit, 0xFFFF)), &now.watched)
    } else if now.local.place != nil {
      now.local = KnownTable()
      record.local = RecordedTable(isAbsent: true)
    }
    record.interrupts = Self.news(InterruptTable(view), &now.interrupts, view)
    Self.watch(view, view.state.idtr.base, UInt64(view.state.idtr.limit), &now.watched)
    let task = Self.task(view, &now.watched)
    if task != now.task ?? Self.noTask { record.task = task }
    now.task = task
    record.paging = paging(view, &now)
    known[processor] = now
    return record.isEmpty ? nil : record
  }

  // MARK: Descriptors

  private static func news(_ table: DescriptorTable, _ known: inout KnownTable, _ view: GuestView) -> RecordedTable? {
    let place = RecordedTable.Place(
      base: table.base, limit: UInt64(table.limit), isLongMode: view.isLongMode, isProtected: view.isProtected)
    let entries = table.entries.map { entry in
      var text = entry.descriptor?.description ?? unreadable
      if entry.offset == 0, table.name == "GDT", entry.descriptor?.kind == .empty { text = "null" }
      // A second half beyond the limit has not been read.
      let high = UInt64(entry.offset) &+ 15 <= UInt64(table.limit) ? entry.descriptor?.high : nil
      return RecordedDescriptor(
        key: UInt64(entry.offset), address: table.base &+ UInt64(entry.offset),
        raw: entry.descriptor.map { [$0.low] + (high.map { [$0] } ?? []) } ?? [], text: text)
    }
    return news(place, entries, &known)
  }

  private static func news(_ table: InterruptTable, _ known: inout KnownTable, _ view: GuestView) -> RecordedTable? {
    let place = RecordedTable.Place(
      base: table.base, limit: UInt64(table.limit), isLongMode: view.isLongMode, isProtected: view.isProtected)
    let size: UInt64 = table.isRealMode ? 4 : view.isLongMode ? 16 : 8
    let entries = table.gates.enumerated().map { vector, gate in
      let leads = gate.map { $0.kind != .empty && $0.kind != .task } ?? false
      return RecordedDescriptor(
        key: UInt64(vector), address: table.base &+ UInt64(vector) &* size,
        raw: gate.map { [$0.low] + ($0.high.map { [$0] } ?? []) } ?? [], text: gate?.description ?? unreadable,
        handler: leads ? gate?.offset : nil)
    }
    return news(place, entries, &known)
  }

  private static let unreadable = "cannot be read (not mapped, or not RAM)"

  private static func news(
    _ place: RecordedTable.Place, _ entries: [RecordedDescriptor], _ known: inout KnownTable
  ) -> RecordedTable? {
    var table = RecordedTable()
    if known.place != place {
      table.place = place
      known = KnownTable(place: place)
    }
    var gone = Set(known.raw.keys)
    for entry in entries {
      gone.remove(entry.key)
      let isEmpty = !entry.raw.isEmpty && entry.raw.allSatisfy { $0 == 0 }
      guard isEmpty ? known.raw[entry.key] != nil : known.raw[entry.key] != entry.raw else { continue }
      guard table.entries.count < descriptorLimit else {
        table.isCut = true
        break
      }
      known.raw[entry.key] = isEmpty ? nil : entry.raw
      table.entries.append(entry)
    }
    // What began a descriptor before is now the second half of a longer one.
    for key in gone.sorted() where !table.isCut {
      known.raw[key] = nil
      table.entries.append(
        RecordedDescriptor(
          key: key, address: place.base &+ key, raw: [], text: "the second half of the descriptor before"))
    }
    return table.place == nil && table.entries.isEmpty ? nil : table
  }

  // MARK: TSS

  private static let noTask = RecordedTask(selector: 0, base: 0, limit: 0, bits: 0, fields: [])

  private static func task(_ view: GuestView, _ watched: inout [Range<UInt64>]) -> RecordedTask {
    guard let task = TaskState(view) else { return noTask }
    // More than its fields and a whole bitmap is not used.
    watch(view, task.base, min(UInt64(task.limit), 0x2FFF), &watched)
    return RecordedTask(
      selector: UInt64(task.selector), base: task.base, limit: UInt64(task.limit), bits: task.bits,
      fields: task.fields.compactMap { field in
        field.value.map { RecordedTask.Field(name: field.name, value: field.name == "T" ? $0 & 1 : $0) }
      },
      ports: task.allowedPorts.map { Array($0.prefix(portLimit)) },
      isCut: (task.allowedPorts?.count ?? 0) > portLimit)
  }

  /// Adds the physical places of a table.
  private static func watch(_ view: GuestView, _ base: UInt64, _ limit: UInt64, _ watched: inout [Range<UInt64>]) {
    var offset: UInt64 = 0
    while offset <= limit {
      let at = base &+ offset
      let count = min(0x1000 &- (at & 0xFFF), limit &- offset &+ 1)
      if let physical = view.translate(at) { watched.append(physical..<(physical &+ count)) }
      offset &+= count
    }
  }

  // MARK: Page tables

  private mutating func paging(_ view: GuestView, _ known: inout Known) -> RecordedPaging? {
    let paging = view.paging
    var record = RecordedPaging(
      cr3: paging.cr3, levels: paging.format.topLevel, format: paging.format.rawValue,
      entryByteCount: paging.format == .bits32 ? 4 : 8, tables: [], isCut: false)
    var count = 0
    let hasMore = PageTableReader(view).visitTables(limit: Self.pageTableLimit) { table in
      let old = pages[table.address]
      guard old != table.values else { return }
      let isWhole = old?.count != table.values.count
      let entries = table.values.enumerated().filter { index, value in
        // The four PDPTE registers are no page of memory: each is recorded.
        isWhole ? value != 0 || table.values.count == 4 : value != old?[index]
      }
      // A table is recorded whole or not at all.
      guard count + entries.count <= Self.pageEntryLimit else {
        record.isCut = true
        return
      }
      count += entries.count
      pages[table.address] = table.values
      record.tables.append(
        RecordedPage(
          address: table.address, level: table.level, linear: table.linear, isWhole: isWhole,
          entries: entries.map { ($0.offset, $0.element) }))
    }
    record.isCut = record.isCut || hasMore
    let isSame = known.root.map { $0.cr3 == paging.cr3 && $0.format == paging.format } ?? false
    known.root = (paging.cr3, paging.format)
    return isSame && record.tables.isEmpty ? nil : record
  }
}
