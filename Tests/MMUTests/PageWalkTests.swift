import MMU
import Testing
import X86

@Suite("Page walks")
struct PageWalkTests {
  private let memory: GuestMemory

  init() throws { memory = try GuestMemory(byteCount: GuestMemory.minimumByteCount) }

  private func load(_ row: PageWalkRow, _ level: UInt8) -> UInt64 {
    let place = row.place(level)
    return row.format == .bits32
      ? UInt64(memory.physical.load(place, as: UInt32.self)) : memory.physical.load(place, as: UInt64.self)
  }

  /// Writes the row's tables; gives the registers.
  private func prepare(_ row: PageWalkRow) -> PagingState {
    for level in 1...row.format.top {
      let entry = row.entry(level)
      if row.format == .bits32 {
        memory.physical.store(UInt32(truncatingIfNeeded: entry), row.place(level))
      } else {
        memory.physical.store(entry, row.place(level))
      }
    }
    var state = row.format.state
    row.change(&state)
    return state
  }

  @Test("Translation or fault, and the accessed and dirty bits after it", arguments: PageWalkRow.all)
  func walks(_ row: PageWalkRow) {
    let walk = prepare(row).walk(row.linear, row.intent, memory.physical, setsAccessedAndDirty: true)
    if let code = walk.fault {
      #expect(.fault(code, walk.reason) == row.outcome)
    } else {
      #expect(.page(walk.physical, shift: walk.pageShift) == row.outcome)
    }
    // The level that maps the page, if one does.
    let last: UInt8? =
      switch row.outcome {
      case .fault: nil
      case .page(_, let shift): shift == 22 ? 2 : UInt8(1 + (shift - 12) / 9)
      }
    for level in 1...row.format.top {
      let bits: UInt64 =
        if let last, level >= last { level == last && row.intent.isWrite ? 0x60 : 0x20 } else { 0 }
      #expect(load(row, level) == row.after[level] ?? (row.entry(level) | bits), "level \(level)")
    }
  }

  @Test("A walk that only looks changes nothing", arguments: PageWalkRow.all)
  func looks(_ row: PageWalkRow) {
    let walk = prepare(row).walk(row.linear, row.intent, memory.physical, setsAccessedAndDirty: false)
    #expect((walk.fault == nil) == { if case .page = row.outcome { true } else { false } }())
    for level in 1...row.format.top { #expect(load(row, level) == row.entry(level), "level \(level)") }
  }

  @Test("Without paging the address is physical, A20 aside")
  func unpaged() {
    var state = PagingState()
    let intent = PageWalkRow.userWrite
    #expect(state.walk(0x1234_5678, intent, memory.physical, setsAccessedAndDirty: true).physical == 0x1234_5678)
    state.addressMask = ~(1 << 20)
    #expect(state.walk(0x1234_5678, intent, memory.physical, setsAccessedAndDirty: true).physical == 0x1224_5678)
  }

  @Test("Each entry that was read is a step of the walk")
  func steps() throws {
    for row in PageWalkRow.formats where row.intent == PageWalkRow.read {
      let walk = prepare(row).walk(row.linear, row.intent, memory.physical, setsAccessedAndDirty: false)
      let levels = (0..<walk.stepCount).map { walk.steps[$0].level }
      let inMemory = levels.filter { !(row.format == .pae && $0 == 3) }
      #expect(inMemory == Array((1...row.format.top).reversed()), "\(row.format)")
      for step in (0..<walk.stepCount).map({ walk.steps[$0] }) where step.level <= row.format.top {
        #expect(step.address == PhysicalAddress(row.place(step.level)))
        #expect(step.value == row.entry(step.level))
        #expect(UInt64(step.entryByteCount) == row.format.entryByteCount)
      }
    }
  }

  /// Address, canonical with 48 bits, with 57.
  @Test(
    "Canonical addresses",
    arguments: [
      (0, true, true), (0x7FFF_FFFF_FFFF, true, true), (0x8000_0000_0000, false, true),
      (0xFF_FFFF_FFFF_FFFF, false, true), (0x100_0000_0000_0000, false, false),
      (0xFEFF_FFFF_FFFF_FFFF, false, false), (0xFF00_0000_0000_0000, false, true),
      (0xFFFF_7FFF_FFFF_FFFF, false, true), (0xFFFF_8000_0000_0000, true, true), (.max, true, true),
    ] as [(UInt64, Bool, Bool)])
  func canonical(_ address: UInt64, _ narrow: Bool, _ wide: Bool) {
    var state = PagingState()
    #expect(state.isCanonical(address) == narrow)
    #expect(state.isCanonicalBase(address) == narrow)
    state.cr4 = CR4.linearAddress57
    #expect(state.isCanonical(address) == wide)
    state.cr4 = 0
    state.linearAddressBits = 57
    #expect(state.isCanonical(address) == narrow && state.isCanonicalBase(address) == wide)
  }
}
