import Inspection
import MMU
import TestSupport
import Testing
import X86

/// An entry and what it says.
struct EntryRow: Sendable, CustomTestStringConvertible {
  var value: UInt64
  var level: UInt8
  var cr4: UInt64 = 0x20
  var efer: UInt64 = 0xD00
  var text: String
  var testDescription: String { "level \(level) \(String(value, radix: 16))" }
}

private let entryRows: [EntryRow] = [
  EntryRow(value: 0, level: 4, text: "not present"),
  EntryRow(value: 0xFFFF_FFFF_FFFF_FFFE, level: 1, text: "not present"),
  EntryRow(value: 0x3003, level: 4, text: "P R/W, table at 0x3000"),
  EntryRow(value: 0x3067, level: 4, text: "P R/W U/S A, table at 0x3000"),
  EntryRow(value: 0x3083, level: 4, text: "P R/W, reserved bits set: 7"),
  EntryRow(value: 0x3103, level: 4, text: "P R/W, reserved bits set: 8"),
  EntryRow(value: 0x3103, level: 3, text: "P R/W, table at 0x3000"),
  EntryRow(value: 0x4000_0083, level: 3, text: "P R/W PS, 1 GiB page at 0x40000000"),
  EntryRow(value: 0x4020_0083, level: 3, text: "P R/W PS, reserved bits set: 21"),
  EntryRow(value: 0x2000E3, level: 2, text: "P R/W A D PS, 2 MiB page at 0x200000"),
  EntryRow(value: 0x2010E3, level: 2, text: "P R/W A D PS PAT, 2 MiB page at 0x200000"),
  EntryRow(value: 0x2020E3, level: 2, text: "P R/W A D PS, reserved bits set: 13"),
  EntryRow(value: 0x8000_0000_0020_01E3, level: 2, text: "P R/W A D PS G XD, 2 MiB page at 0x200000"),
  EntryRow(
    value: 0x8000_0000_0020_01E3, level: 2, efer: 0x500, text: "P R/W A D PS G XD, reserved bits set: 63"),
  EntryRow(value: 0x5019, level: 1, text: "P PWT PCD, 4 KiB page at 0x5000"),
  EntryRow(value: 0x5081, level: 1, text: "P PAT, 4 KiB page at 0x5000"),
  EntryRow(value: 0x0100_0000_5001, level: 1, text: "P, reserved bits set: 40"),
  EntryRow(value: 0x000F_FF00_0000_5001, level: 1, text: "P, reserved bits set: 51:40"),
  EntryRow(value: 0x0010_0000_0000_5001, level: 1, text: "P, 4 KiB page at 0x5000"),
  EntryRow(value: 0x0010_0000_0000_5001, level: 1, efer: 0, text: "P, reserved bits set: 52"),
  EntryRow(value: 0x3001, level: 5, cr4: 0x1020, text: "P, table at 0x3000"),
  EntryRow(value: 0x5067, level: 2, cr4: 0, efer: 0, text: "P R/W U/S A, table at 0x5000"),
  EntryRow(value: 0x40_0083, level: 2, cr4: 0x10, efer: 0, text: "P R/W PS, 4 MiB page at 0x400000"),
  EntryRow(value: 0x40_0083, level: 2, cr4: 0, efer: 0, text: "P R/W, table at 0x400000"),
  EntryRow(value: 0x40_2083, level: 2, cr4: 0x10, efer: 0, text: "P R/W PS, 4 MiB page at 0x100400000"),
  EntryRow(value: 0x60_0083, level: 2, cr4: 0x10, efer: 0, text: "P R/W PS, reserved bits set: 21"),
  EntryRow(value: 0x5167, level: 1, cr4: 0, efer: 0, text: "P R/W U/S A D G, 4 KiB page at 0x5000"),
  EntryRow(value: 0x3019, level: 3, efer: 0, text: "P PWT PCD, table at 0x3000"),
]

@Suite("Page tables")
struct PagingTests {
  private static let read = AccessIntent(isWrite: false, isUser: false)

  @Test("Entries as text", arguments: entryRows)
  func describes(_ row: EntryRow) {
    var state = ArchitecturalState()
    state.cr0 = CR0.protectionEnable | CR0.paging
    state.cr4 = row.cr4
    state.efer = row.efer
    #expect(PageEntry(row.value, level: row.level, PagingState(state)).description == row.text)
  }

  /// Tables at 10000h to 17FFFh that lead to each other, out of RAM and to pages, by a stream of numbers.
  private func scramble(_ memory: GuestMemory, _ numbers: inout Dice, isNarrow: Bool) {
    let size = isNarrow ? 4 : 8
    for index in 0..<(0x8000 / size) {
      let number = numbers.next()
      let table: UInt64 = 0x10000 + (number >> 8 & 7) << 12
      var entry: UInt64 = table | (number & 0x67)
      switch number >> 16 & 31 {
      case 0: entry = numbers.next()
      case 1: entry = numbers.next() & 0xFFFF_FFFF
      case 2: entry |= 0x80
      case 3: entry = (number >> 20 & 0xFFE0_0000) | 0x83
      case 4...14: entry &= ~1
      default: entry |= 1
      }
      put(entry, size, at: 0x10000 + UInt64(index * size), memory)
    }
  }

  @Test("Ranges say what a walk of any address says", arguments: FormatRow.all)
  func agrees(_ row: FormatRow) throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    var numbers = Dice(row.cr4 &+ row.efer &+ 1)
    var mapped = 0
    for _ in 0..<8 {
      scramble(memory, &numbers, isNarrow: row.format == .bits32)
      let view = GuestView(row.state(memory), memory)
      #expect(view.paging.format == row.format)
      let tables = PageTables(view, tableLimit: 2000, rangeLimit: 20000)
      func check(_ linear: UInt64) {
        if let stop = tables.stoppedAt, linear >= stop { return }
        let walk = view.paging.walk(linear, Self.read, memory.physical, setsAccessedAndDirty: false)
        let range = tables.ranges.first { $0.first <= linear && linear <= $0.last }
        // SMEP and SMAP check the access, not the mapping: a read by a supervisor with AC clear may use user pages here.
        #expect((range != nil) == (walk.fault == nil), "\(String(linear, radix: 16))")
        guard let range, walk.fault == nil else { return }
        mapped += 1
        #expect(range.physical &+ (linear &- range.first) == walk.physical)
        #expect(range.pageShift == walk.pageShift)
        #expect(range.isWritable == walk.isWritable && range.isUser == walk.isUserPage)
        #expect(range.isExecuteDisabled == walk.isExecuteDisabled && range.isGlobal == walk.isGlobal)
        let report = WalkReport(linear, view)
        #expect(report.verdict == .mapped(physical: walk.physical, pageShift: walk.pageShift))
      }
      for range in tables.ranges.prefix(200) {
        check(range.first)
        check(range.last)
        check(range.first + (numbers.next() % (range.last - range.first + 1)))
      }
      for _ in 0..<200 {
        let number = numbers.next()
        switch row.format {
        case .level4: check(UInt64(bitPattern: Int64(bitPattern: number << 16) >> 16))
        case .level5: check(UInt64(bitPattern: Int64(bitPattern: number << 7) >> 7))
        default: check(number & 0xFFFF_FFFF)
        }
      }
      #expect(PageTree(view, lineLimit: 100).lines.count <= 105)
    }
    #expect(mapped > 50)
  }

  @Test("A walk says the protection key of a page and what PKRU gives it")
  func keys() throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    for (at, entry) in [(0x1000, 0x2007), (0x2000, 0x3007), (0x3000, 9 << 59 | 0x87)] as [(UInt64, UInt64)] {
      put(entry, at: at, memory)
    }
    var state = ArchitecturalState()
    state.cr0 = CR0.paging | CR0.protectionEnable | CR0.writeProtect
    state.cr3 = 0x1000
    state.cr4 = CR4.physicalAddressExtension | CR4.protectionKeyEnable
    state.efer = EFER.longModeEnable | EFER.longModeActive | EFER.noExecuteEnable
    state.pkru = 2 << 18
    let lines = WalkReport(0x5678, GuestView(state, memory)).lines()
    #expect(lines.contains { $0.hasSuffix("P R/W U/S PS, protection key 9, 2 MiB page at 0x0") }, "\(lines)")
    #expect(
      lines.suffix(3) == [
        "  protection key 9 in PKRU, for user pages: AD 0, WD 1",
        "  supervisor: read allowed, write #PF(0x23), execute allowed",
        "  user: read allowed, write #PF(0x27), execute allowed",
      ], "\(lines)")
    // A debugger reads what PKRU forbids.
    state.pkru = .max
    #expect(GuestView(state, memory).translate(0x5678) == 0x5678)
    state.cr4 &= ~CR4.protectionKeyEnable
    #expect(!WalkReport(0x5678, GuestView(state, memory)).lines().contains { $0.contains("key") })
  }

  @Test("The verdict of a walk is the walk's", arguments: FormatRow.all)
  func checks(_ row: FormatRow) throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    var numbers = Dice(row.cr4 &+ row.efer &+ 99)
    var kinds: [String: Int] = [:]
    for round in 0..<2000 {
      if round % 100 == 0 { scramble(memory, &numbers, isNarrow: row.format == .bits32) }
      let view = GuestView(row.state(memory), memory)
      var linear = numbers.next() & 0xFFFF_FFFF
      if view.isLongMode { linear = UInt64(bitPattern: Int64(bitPattern: numbers.next() << 16) >> 16) }
      let walk = view.paging.walk(linear, Self.read, memory.physical, setsAccessedAndDirty: false)
      let report = WalkReport(linear, view)
      #expect(report.steps.count == walk.stepCount)
      switch report.verdict {
      case .mapped: #expect(walk.fault == nil)
      case .notPresent: #expect(walk.fault == 0)
      case .reserved: #expect(walk.fault == PageFaultCode.present | PageFaultCode.reserved)
      case .unpaged, .notCanonical: Issue.record("\(report.sentence)")
      }
      kinds[String("\(report.verdict)".prefix { $0 != "(" }), default: 0] += 1
    }
    #expect(kinds["mapped", default: 0] > 0 && kinds["notPresent", default: 0] > 0, "\(kinds)")
  }

  @Test("A table that contains itself is bounded", arguments: FormatRow.all)
  func circles(_ row: FormatRow) throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    let size = row.format == .bits32 ? 4 : 8
    for index in 0..<(4096 / size) {
      put(row.format == .pae && index < 4 ? 0x10001 : 0x10003, size, at: 0x10000 + UInt64(index * size), memory)
    }
    let view = GuestView(row.state(memory), memory)
    let tables = PageTables(view, tableLimit: 3000, rangeLimit: 1000)
    // Every page maps to the table: neighbours never merge.
    #expect(tables.ranges.count == 1000)
    #expect(tables.stoppedAt != nil)
    #expect(tables.lines().contains { $0.contains("too many tables or ranges") })
    #expect(PageTree(view, lineLimit: 50).isCut)
  }

  @Test("Words for what fails")
  func sentences() throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    put(0x11003, at: 0x10000, memory)
    put(0x12007, at: 0x11000, memory)
    put(0x8000_0000_0020_0083, at: 0x12000, memory)
    put(0x13003, at: 0x12008, memory)
    put(0x7FFF_F003, at: 0x12010, memory)
    put(0x2040_2083, at: 0x12018, memory)
    let row = FormatRow(format: .level4, cr4: 0x20, efer: 0xD00)
    let view = GuestView(row.state(memory), memory)
    let rows: [(UInt64, String)] = [
      (0x1234, "maps to physical 0x201234, not RAM, by a 2 MiB page"),
      (0x20_0000, "level 1, the PTE at 0x13000, is not present"),
      (0x40_0000, "level 1, the PTE at 0x7ffff000, lies outside RAM: it reads as all ones, with reserved bits"),
      (0x60_0000, "level 2, the PDE at 0x12018, has reserved bits set: 13"),
      (0x80_0000_0000, "level 4, the PML4E at 0x10008, is not present"),
      (0x8000_0000_0000, "not canonical with 4-level paging: an access raises #GP, or #SS by way of SS"),
    ]
    for (linear, text) in rows { #expect(WalkReport(linear, view).sentence == text) }
    #expect(
      WalkReport(0x1234, view).lines() == [
        "linear 0x1234: 4-level paging, CR3 0x10000",
        "  PML4E[0] at 0x10000  0x11003  P R/W, table at 0x11000",
        "  PDPTE[0] at 0x11000  0x12007  P R/W U/S, table at 0x12000",
        "  PDE[0] at 0x12000  0x8000000000200083  P R/W PS XD, 2 MiB page at 0x200000",
        "maps to physical 0x201234, not RAM, by a 2 MiB page",
        "  supervisor: read allowed, write allowed, execute #PF(0x11)",
        "  user: read #PF(0x5), write #PF(0x7), execute #PF(0x15)",
      ])
    #expect(memory.physical.load(0x12000, as: UInt64.self) == 0x8000_0000_0020_0083, "no accessed flag was set")
    var off = ArchitecturalState()
    off.cr0 = CR0.protectionEnable
    #expect(WalkReport(0x1_0000_1234, GuestView(off, memory)).sentence == "paging is off: physical 0x1234, RAM")
  }
}
