import Inspection
import MMU
import Testing
import X86

@testable import Trace

@Suite("What a trace records of tables")
struct TableRecorderTests {
  private var recorder = TableRecorder()

  /// Protected mode without paging, GDT at 1000h, a small IDT at 2000h.
  private func protectedState(_ change: (inout ArchitecturalState) -> Void = { _ in }) -> ArchitecturalState {
    var state = ArchitecturalState()
    state.cr0 = CR0.protectionEnable
    state.gdtr = DescriptorTableRegister(base: 0x1000, limit: 0x1F)
    state.idtr = DescriptorTableRegister(base: 0x2000, limit: 0x1F)
    state.tr = SegmentState(selector: 0, base: 0, limit: 0, attributes: SegmentState.unusable)
    state.ldtr = state.tr
    change(&state)
    return state
  }

  private mutating func update(_ state: ArchitecturalState, _ memory: GuestMemory) -> RecordedTables? {
    recorder.update(GuestView(state, memory), processor: 0, tick: 0, cause: "")
  }

  @Test("First all, then only what has changed, then nothing")
  mutating func changes() throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    put(0x00CF_9B00_0000_FFFF, at: 0x1008, memory)
    put(0x0000_8E00_0008_1234, at: 0x2008, memory)
    let first = update(protectedState(), memory)
    #expect(first?.global?.place?.base == 0x1000 && first?.global?.entries.map(\.key) == [8])
    #expect(first?.interrupts?.entries.map(\.handler) == [0x1234])
    #expect(first?.task == nil && first?.local == nil && first?.paging?.levels == 0)
    #expect(update(protectedState(), memory) == nil)
    // Beside the tables, then the last byte of one.
    for (address, isTable) in [(0xFF8, false), (0x1020, false), (0x101F, true), (0x2000, true)] as [(UInt64, Bool)] {
      recorder.noteWrite(address, 8)
      #expect(recorder.dirtyProcessors == (isTable ? [0] : []))
      _ = update(protectedState(), memory)
    }
    put(0x00CF_9300_0000_FFFF, at: 0x1018, memory)
    put(0, at: 0x1008, memory)
    let second = update(protectedState(), memory)
    #expect(second?.global?.place == nil && second?.global?.entries.map(\.key) == [8, 0x18])
    #expect(second?.global?.entries.map(\.raw) == [[0], [0x00CF_9300_0000_FFFF]] && second?.interrupts == nil)
    let moved = update(protectedState { $0.gdtr.limit = 0x27 }, memory)
    #expect(moved?.global?.place?.limit == 0x27 && moved?.global?.entries.map(\.key) == [0x18])
  }

  @Test("An LDT and a TSS come and go")
  mutating func comings() throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    put(0x00CF_F300_0000_FFFF, at: 0x3008, memory)
    let with = protectedState {
      $0.ldtr = SegmentState(selector: 0x10, base: 0x3000, limit: 15, attributes: 0x82)
      $0.tr = SegmentState(selector: 0x18, base: 0x4000, limit: 0x67, attributes: 0x8B)
    }
    _ = update(protectedState(), memory)
    let come = update(with, memory)
    #expect(come?.local?.entries.map(\.key) == [8] && come?.task?.bits == 32 && come?.global == nil)
    let gone = update(protectedState(), memory)
    #expect(gone?.local?.isAbsent == true && gone?.task?.bits == 0)
  }

  @Test("The second half of a descriptor that has grown")
  mutating func halves() throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    put(0x11003, at: 0x10000, memory)
    put(0x12003, at: 0x11000, memory)
    put(0x83, at: 0x12000, memory)
    let state = protectedState {
      $0.cr0 |= CR0.paging
      $0.cr3 = 0x10000
      $0.cr4 = CR4.physicalAddressExtension
      $0.efer = EFER.longModeActive
    }
    put(0x00AF_9B00_0000_FFFF, at: 0x1008, memory)
    put(0x00CF_9300_0000_FFFF, at: 0x1010, memory)
    #expect(update(state, memory)?.global?.entries.map(\.key) == [8, 0x10])
    put(0x0000_8900_3000_0067, at: 0x1008, memory)
    put(0, at: 0x1010, memory)
    let entries = update(state, memory)?.global?.entries ?? []
    #expect(entries.map(\.key) == [8, 0x10] && entries.map(\.raw.count) == [2, 0])
  }

  @Test("What exceeds a record is in the next")
  mutating func limits() throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    let state = protectedState {
      $0.cr0 |= CR0.paging
      $0.cr3 = 0x10000
      $0.cr4 = CR4.physicalAddressExtension
      $0.efer = EFER.longModeActive
      $0.gdtr = DescriptorTableRegister(base: 0x1000, limit: 0xFFF)
    }
    // The top table contains itself; 64 full tables of pages lie below it; the GDT is mapped at its place.
    put(0x11003, at: 0x10000, memory)
    put(0x10003, at: 0x10FF8, memory)
    put(0x12003, at: 0x11000, memory)
    for table in 0..<64 as Range<UInt64> {
      put(0x20003 &+ table << 12, at: 0x12000 + table * 8, memory)
      for page in 0..<512 as Range<UInt64> { put(page << 12 | 3, at: 0x20000 + table << 12 + page * 8, memory) }
    }
    var recorded: [UInt64: Int] = [:]
    for isCut in [true, true, false] {
      let paging = try #require(update(state, memory)?.paging)
      #expect(paging.isCut == isCut)
      #expect(paging.tables.reduce(0) { $0 + $1.entries.count } <= TableRecorder.pageEntryLimit)
      for table in paging.tables {
        #expect(table.isWhole && recorded[table.address] == nil)
        recorded[table.address] = table.entries.count
      }
    }
    #expect(recorded.count == 67 && recorded.values.reduce(0, +) == 64 * 512 + 64 + 1 + 2)
    #expect(update(state, memory) == nil)
    put(0, at: 0x20008, memory)
    #expect(update(state, memory)?.paging?.tables.map(\.entries.count) == [1])
  }
}

private func put(_ value: UInt64, at address: UInt64, _ memory: GuestMemory) {
  let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  #expect(memory.write(bytes, at: PhysicalAddress(address)))
}
