import Inspection
import MMU
import TestSupport
import Testing
import X86

@Suite("Descriptor tables and TSS in memory")
struct TableTests {
  /// Protected mode without paging, GDT at 1000h.
  private func protectedState() -> ArchitecturalState {
    var state = ArchitecturalState()
    state.cr0 = CR0.protectionEnable
    state.gdtr = DescriptorTableRegister(base: 0x1000, limit: 0x1F)
    state.tr = SegmentState(selector: 0, base: 0, limit: 0, attributes: SegmentState.unusable)
    state.ldtr = state.tr
    return state
  }

  @Test("A GDT with its users, an LDT, and what cannot be read")
  func descriptors() throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    put(0x00CF_9B00_0000_FFFF, at: 0x1008, memory)
    put(0x0000_8200_3000_000F, at: 0x1010, memory)
    put(0x00CF_F300_0000_FFFF, at: 0x3008, memory)
    var state = protectedState()
    state.segments[1].selector = 0x8
    state.segments[2].selector = 0xF
    state.segments[3].selector = 0
    state.ldtr = SegmentState(selector: 0x10, base: 0x3000, limit: 15, attributes: 0x82)
    let view = GuestView(state, memory)
    #expect(
      DescriptorTable(global: view).lines(view) == [
        "GDT at 0x1000, limit 0x1f", "  0x0  null",
        "  0x8  32-bit code, base 0x0, limit 0xffffffff, DPL 0, present, readable, accessed  <- CS",
        "  0x10  LDT, base 0x3000, limit 0xf, DPL 0, present  <- LDTR", "  0x18  empty",
      ])
    #expect(
      DescriptorTable(local: view)?.lines(view) == [
        "LDT at 0x3000, limit 0xf", "  0x0  empty",
        "  0x8  32-bit data, base 0x0, limit 0xffffffff, DPL 3, present, writable, accessed  <- SS",
      ])
    state.gdtr = DescriptorTableRegister(base: 0xF_FFF8, limit: 0xFFFF)
    let hostile = GuestView(state, memory)
    let lines = DescriptorTable(global: hostile).lines(hostile)
    #expect(lines.first == "GDT at 0xffff8, limit 0xffff")
    #expect(lines.contains { $0.hasSuffix("cannot be read (not mapped, or not RAM)") })
    #expect(lines.count < 8)
    state.ldtr = SegmentState(selector: 0x10, base: 0x3000, limit: .max, attributes: 0x82)
    #expect(DescriptorTable(local: GuestView(state, memory))?.entries.count == 8192)
  }

  @Test("An LDT of long mode takes sixteen bytes, and one cut off by the limit keeps its lower half")
  func wide() throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    put(0x11003, at: 0x10000, memory)
    put(0x12003, at: 0x11000, memory)
    put(0x83, at: 0x12000, memory)
    put(0x0000_8B00_3000_0067, at: 0x1000, memory)
    put(0xFFFF_8000, at: 0x1008, memory)
    put(0x0000_8200_4000_000F, at: 0x1010, memory)
    put(0x1234, at: 0x1018, memory)
    var state = FormatRow(format: .level4, cr4: 0x20, efer: 0x500).state(memory)
    state.gdtr = DescriptorTableRegister(base: 0x1000, limit: 0x17)
    let entries = DescriptorTable(global: GuestView(state, memory)).entries
    #expect(entries.map(\.offset) == [0, 0x10])
    #expect(entries.map { $0.descriptor?.base } == [0xFFFF_8000_0000_3000, 0x4000])
  }

  @Test("IDTs of the three modes")
  func interrupts() throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    put(0xF000_E05B, 4, at: 0, memory)
    put(0xF000_E05B, 4, at: 4, memory)
    var real = ArchitecturalState()
    real.idtr = DescriptorTableRegister(base: 0, limit: 8)
    #expect(
      InterruptTable(GuestView(real, memory)).lines() == [
        "Real-mode IDT at 0x0, limit 0x8", "  0 #DE to 1 #DB  0xf000:0xe05b",
      ])
    var state = protectedState()
    put(0x0010_8E00_0008_1234, at: 0x2000 + 14 * 8, memory)
    state.idtr = DescriptorTableRegister(base: 0x2000, limit: 0x7FF)
    let table = InterruptTable(GuestView(state, memory))
    #expect(table.gates.count == 256)
    #expect(
      table.lines { $0 == 0x101234 ? "page_fault" : nil } == [
        "IDT at 0x2000, limit 0x7ff", "  0 #DE to 13 #GP  empty",
        "  14 #PF  32-bit interrupt gate to 0x8:0x101234, DPL 0, present  page_fault", "  15 to 255  empty",
      ])
    state.idtr = DescriptorTableRegister(base: 0xFFFF_FFF0, limit: 0xFFFF)
    #expect(InterruptTable(GuestView(state, memory)).gates.count == 256)
  }

  @Test("A 16-bit TSS, a 32-bit TSS with ports, and one that is cut off")
  func tasks() throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    for index in 0..<22 { put(UInt64(0x100 + index), 2, at: 0x4000 + UInt64(index * 2), memory) }
    var state = protectedState()
    state.tr = SegmentState(selector: 0x18, base: 0x4000, limit: 43, attributes: 0x83)
    let narrow = try #require(TaskState(GuestView(state, memory)))
    #expect(narrow.bits == 16 && narrow.allowedPorts == nil)
    #expect(narrow.fields.map(\.name).suffix(2) == ["DS", "LDT"])
    #expect(narrow.fields.map(\.value) == (0..<22).map { UInt64(0x100 + $0) })
    put(0x68, 2, at: 0x5066, memory)
    for index in 0..<8 { put(.max, at: 0x5068 + UInt64(index * 8), memory) }
    put(0xFFFF_FFFF_FFFF_FCFE, at: 0x5068, memory)
    state.tr = SegmentState(selector: 0x18, base: 0x5000, limit: 0x68 + 64, attributes: 0x8B)
    let ported = try #require(TaskState(GuestView(state, memory)))
    #expect(ported.allowedPorts == [0...0, 8...9])
    #expect(ported.lines().last == "  ports allowed by the bitmap  0x0 0x8-0x9")
    state.tr = SegmentState(selector: 0x18, base: 0x5000, limit: 5, attributes: 0x8B)
    let short = try #require(TaskState(GuestView(state, memory)))
    #expect(short.fields.filter { $0.value != nil }.map(\.name) == ["previous task link"])
    state.tr.attributes = 0x82
    #expect(TaskState(GuestView(state, memory)) == nil)
  }

  @Test("Random registers over random memory: an answer, and not too long a one", arguments: FormatRow.all)
  func hostile(_ row: FormatRow) throws {
    let memory = try GuestMemory(byteCount: 1 << 20)
    var numbers = Dice(row.cr4 &+ row.efer &+ 7)
    for page in 0..<16 {
      for index in 0..<512 {
        put(numbers.next() & (page < 8 ? 0x1F_F067 : .max), at: UInt64(0x10000 + page * 4096 + index * 8), memory)
      }
    }
    for _ in 0..<40 {
      var state = row.state(memory)
      let shift = numbers.next() & 63
      state.gdtr = DescriptorTableRegister(
        base: numbers.next() >> shift, limit: UInt16(truncatingIfNeeded: numbers.next()))
      state.idtr = DescriptorTableRegister(
        base: numbers.next() >> shift, limit: UInt16(truncatingIfNeeded: numbers.next()))
      state.ldtr = SegmentState(selector: 8, base: numbers.next() >> shift, limit: .max, attributes: 0x82)
      state.tr = SegmentState(selector: 16, base: numbers.next() >> shift, limit: .max, attributes: 0x8B)
      state.cr3 = numbers.next() >> shift
      for index in 0..<4 { state.pdpte[index] = numbers.next() >> shift }
      let view = GuestView(state, memory)
      #expect(DescriptorTable(global: view).lines(view).count <= 8193)
      #expect(DescriptorTable(local: view)?.entries.count ?? 0 <= 8192)
      #expect(InterruptTable(view).lines().count <= 257)
      #expect(TaskState(view)?.lines().isEmpty == false)
      let tables = PageTables(view, tableLimit: 100, rangeLimit: 100)
      #expect(tables.ranges.count <= 100 && tables.lines().count <= 140)
      #expect(!WalkReport(numbers.next() >> shift, view).lines().isEmpty)
    }
  }
}
