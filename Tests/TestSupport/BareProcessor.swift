package import Interpreter
package import MMU
import ModelExecution
package import X86

/// A processor alone in 1 MiB of RAM that is mapped to itself: one instruction at a time, its exception not delivered.
package struct BareProcessor {
  package static let codeAddress: UInt64 = 0x1_0000
  package static let dataAddress: UInt64 = 0x2_0000
  package static let stackAddress: UInt64 = 0x3_0000
  package static let gdt: UInt64 = 0x6000
  package static let idt: UInt64 = 0x7000
  package static let tss: UInt64 = 0x8000
  package static let pageTable: UInt64 = 0x4000

  package static let descriptors: [UInt64] = [
    0, 0x00CF_9B00_0000_FFFF, 0x00AF_9B00_0000_FFFF, 0x00CF_9300_0000_FFFF,  // 08 code32, 10 code64, 18 data
    0x00CF_FB00_0000_FFFF, 0x00CF_F300_0000_FFFF, 0x00AF_FB00_0000_FFFF,  // the same for CPL 3: 20, 28, 30
    0x00CF_1300_0000_FFFF, 0x0000_8900_8000_0067, 0,  // 38 absent data, 40 TSS
    0x00AF_1B00_0000_FFFF, 0x00CF_9100_0000_FFFF,  // 50 absent code64, 58 read-only data
    0x00CF_9900_0000_FFFF, 0x00EF_9B00_0000_FFFF,  // 60 execute-only code, 68 code with L and D
    0x0000_8200_9000_0007, 0, 0x0000_0200_9000_0007, 0,  // 70 LDT of one entry, 80 absent LDT
    0x0000_8B00_8000_0067, 0, 0x00AF_FF00_0000_FFFF,  // 90 busy TSS, A0 conforming code64 of DPL 3
    0x0000_EC00_0010_0000, 0, 0x0000_EC00_0018_0000, 0,  // A8 call gate to 10, B8 call gate to 18
    0x0000_6C00_0010_0000, 0, 0x0000_EC00_0000_0000, 0,  // C8 absent call gate, D8 call gate to a null selector
    0x0000_8200_9000_0007, 0x0000_0100_8000_0000, 0x0000_8200_9000_0007, 0x0100_0000,  // E8, F8 LDTs: bad upper halves
    0x0000_8900_8000_0067,  // 108 TSS that the GDT's limit cuts
  ]

  /// Gates from vector 20h on: type and DPL, selector.
  package static let gates: [(UInt64, UInt64)] = [
    (0x8E, 0x10), (0x6E, 0x10), (0xEE, 0), (0xEC, 0x10), (0xEE, 0x18), (0xEE, 0x08), (0xEE, 0x50), (0xEE, 0x30),
    (0xEE, 0x2000),
  ]

  package var state: ArchitecturalState
  package let memory: GuestMemory

  package init() throws {
    memory = try GuestMemory(byteCount: GuestMemory.minimumByteCount)
    state = ArchitecturalState()
    let view = memory.physical
    for (table, next) in [(0x1000, 0x2000), (0x2000, 0x3000), (0x3000, 0x4000)] as [(UInt64, UInt64)] {
      view.store(next | 7, table)
    }
    for page in 0..<256 as Range<UInt64> { view.store(page << 12 | 7, Self.pageTable + page * 8) }
    for (index, raw) in Self.descriptors.enumerated() { view.store(raw, Self.gdt + UInt64(index) * 8) }
    for (index, gate) in Self.gates.enumerated() {
      let raw = 0x0800 | gate.1 << 16 | gate.0 << 40 | 1 << 48
      view.store(raw, Self.idt + (0x20 + UInt64(index)) * 16)
    }
    view.store(0x68 as UInt16, Self.tss + 0x66)
    state.cr0 = 0x8005_0033
    state.cr3 = 0x1000
    state.cr4 = CR4.physicalAddressExtension | CR4.osFXSR | CR4.osXMMExceptions
    state.efer = EFER.longModeEnable | EFER.longModeActive | EFER.noExecuteEnable
    state.gdtr = DescriptorTableRegister(base: Self.gdt, limit: UInt16(Self.descriptors.count * 8 - 1))
    state.idtr = DescriptorTableRegister(base: Self.idt, limit: UInt16((0x20 + Self.gates.count) * 16 - 1))
    state.ldtr = SegmentState(selector: 0, base: 0, limit: 0, attributes: SegmentState.unusable)
    state.tr = SegmentState(selector: 0x40, base: Self.tss, limit: 0x67, attributes: 0x8B)
    state.rip = Self.codeAddress
    state.generalRegisters[1] = Self.dataAddress
    state.generalRegisters[4] = Self.stackAddress
    for index in 0..<6 { load(index == 1 ? 0x10 : 0x18, into: index) }
  }

  /// Fills a segment register from the GDT.
  package mutating func load(_ selector: UInt16, into register: Int) {
    state.segments[register] = SegmentState(
      selector: selector, descriptor: Self.descriptors[Int(selector) / 8])
  }

  /// CPL 3 in 64-bit code.
  package mutating func enterUser() {
    for index in 0..<6 { load(index == 1 ? 0x33 : 0x2B, into: index) }
  }

  /// Compatibility mode at CPL 0.
  package mutating func enterCompatibility() { load(0x08, into: 1) }

  /// Protected mode without paging and IA-32e mode.
  package mutating func enterProtected() {
    enterCompatibility()
    state.cr0 = 0x5_0033
    state.efer = 0
    state.cr4 &= ~CR4.physicalAddressExtension
  }

  /// Puts a gate at vector 29h.
  package mutating func addGate(_ type: UInt64, _ selector: UInt64, stack: UInt64 = 0, upper: UInt64 = 0) {
    store([0x0800 | selector << 16 | stack << 32 | type << 40 | 1 << 48, upper], Self.idt + 0x29 * 16)
    state.idtr.limit = 0x29F
  }

  /// Protected mode at CPL 3 with a TSS that gives a stack, and a 32-bit gate at a vector beside that at 29h.
  package mutating func enterProtectedUser(stack: UInt64, gate vector: UInt64) {
    enterProtectedUser(stack: stack)
    store([0xEE00_0000_0800 | 0x08 << 16], Self.idt + vector * 8)
  }

  /// Protected mode at CPL 3, with a TSS that gives a stack and a 32-bit gate at vector 29h.
  package mutating func enterProtectedUser(stack: UInt64) {
    enterProtected()
    for index in 0..<6 { load(index == 1 ? 0x23 : 0x2B, into: index) }
    store([stack], Self.tss + 4)
    addLegacyGate(0x08)
  }

  /// Puts an 8-byte 32-bit interrupt gate of DPL 3 at vector 29h.
  package func addLegacyGate(_ selector: UInt64) { store([0xEE00_0000_0800 | selector << 16], Self.idt + 0x29 * 8) }

  /// Virtual-8086 mode.
  package mutating func enterVirtual8086() {
    enterProtected()
    state.rflags |= RFLAGS.virtual8086
    for index in 0..<6 {
      state.segments[index] = SegmentState(selector: 0x1000, base: 0x1_0000, limit: 0xFFFF, attributes: 0xF3)
    }
    state.rip = 0
  }

  /// Alters the page-table entry of an address.
  package func entry(_ address: UInt64, _ change: (UInt64) -> UInt64) {
    let place = Self.pageTable + (address >> 12) * 8
    memory.physical.store(change(memory.physical.load(place, as: UInt64.self)), place)
  }

  /// Writes words from an address on.
  package func store(_ words: [UInt64], _ address: UInt64) {
    for (index, word) in words.enumerated() { memory.physical.store(word, address + UInt64(index) * 8) }
  }

  /// Gives vectors 0 to 1Fh handlers at CPL 0.
  package func installHandlers() {
    for vector in 0..<0x20 as Range<UInt64> {
      store([0x0800 | 0x10 << 16 | 0x8E << 40 | 1 << 48, 0], Self.idt + vector * 16)
    }
    store([Self.stackAddress], Self.tss + 4)
  }

  /// Gives the gate of a vector a stack of the interrupt stack table.
  package func setStack(_ number: UInt64, of vector: UInt64) {
    let place = Self.idt + vector * 16
    memory.physical.store(memory.physical.load(place, as: UInt64.self) | number << 32, place)
  }

  /// Executes one instruction.
  package func execute(_ code: [UInt8], model: ProcessorModel = .amdV1) -> StepOutcome {
    withProcessor(code, model: model) { $0.executeOne() }
  }

  /// Executes one instruction and takes over the state that it leaves.
  package mutating func step(_ code: [UInt8], model: ProcessorModel = .amdV1) -> StepOutcome {
    let (outcome, after) = withProcessor(code, model: model) { ($0.executeOne(), $0.snapshot()) }
    state = after
    return outcome
  }

  /// Runs ticks, deliveries with them, and gives the processor with the log of the last.
  package func observe<Result>(
    _ code: [UInt8], ticks: Int = 1, model: ProcessorModel = .amdV1, _ body: (Processor) throws -> Result
  ) rethrows -> Result {
    try withProcessor(code, model: model) {
      $0.setObserved(true)
      for _ in 0..<ticks { _ = $0.runObservedTick() }
      return try body($0)
    }
  }

  /// Writes code at `codeAddress` and gives a processor that stands at it.
  package func withProcessor<Result>(
    _ code: [UInt8], model: ProcessorModel = .amdV1, _ body: (Processor) throws -> Result
  ) rethrows -> Result {
    _ = memory.write(code, at: PhysicalAddress(Self.codeAddress))
    let bus = SilentBus()
    let processor = Processor(
      index: 0, memory: memory, cache: CodeCache(memory), bus: bus, model: model)
    processor.restore(state)
    return try withExtendedLifetime(bus) { try body(processor) }
  }
}
