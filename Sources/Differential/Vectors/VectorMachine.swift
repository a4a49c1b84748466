import InstructionTesting
import Interpreter
import MMU
import ModelExecution
import X86
import X86Decoder

/// What the model made of a vector.
struct VectorOutcome {
  /// All registers afterwards, as the vector's processor names them.
  var registers = VectorRegisters()
  /// The instruction, nil if its bytes are none.
  var instruction: Instruction?
  /// The exception that it raised, or `UserState.noException`.
  var exception = UserState.noException
  /// Memory that is not as the vector has it, by address.
  var memory: [(address: UInt32, subject: UInt8, oracle: UInt8)] = []
  /// The model's word that it does not do this yet.
  var unimplemented: String?
  /// No handler could be entered.
  var isShutdown = false
}

/// The model in real mode or virtual-8086 mode, with RAM wherever the vector's processor reaches: one vector after the
/// other.
///
/// In virtual-8086 mode it plays the monitor too: interrupts and exceptions enter the handlers of the vector table as
/// in real mode, and I/O is allowed.
final class VectorMachine {
  let kind: VectorProcessor
  let isVirtual: Bool
  private let memory: GuestMemory
  private let bus: VectorBus
  private let processor: Processor
  private let pageCount: Int

  private static let directory: UInt64 = 0x18_0000
  private static let table: UInt64 = 0x18_1000
  private static let taskSegment: UInt64 = 0x18_2000

  init(_ kind: VectorProcessor, virtual8086: Bool, model: ProcessorModel) throws {
    self.kind = kind
    isVirtual = virtual8086
    memory = try GuestMemory(byteCount: virtual8086 ? 0x20_0000 : UInt64(kind.addressLimit))
    bus = VectorBus(memory)
    processor = Processor(index: 0, memory: memory, cache: CodeCache(memory), bus: bus, model: model)
    pageCount = Int(memory.byteCount >> 12)
    if virtual8086 { makeTables() }
  }

  /// Page tables under which addresses wrap as the processor's do, and a TSS that allows all ports.
  private func makeTables() {
    let view = memory.physical
    view.store(UInt32(Self.table) | 7, Self.directory)
    for page in 0..<0x110 as Range<UInt64> {
      let target = page << 12 < UInt64(kind.addressLimit) ? page : page & 0xFF
      view.store(UInt32(target << 12) | 7, Self.table + page * 4)
    }
    for page in 0x180..<0x186 as Range<UInt64> { view.store(UInt32(page << 12) | 3, Self.table + page * 4) }
    // All bits of the map are 0, that of port 10000h too, which a word at FFFFh reaches.
    view.store(0x68 as UInt16, Self.taskSegment + 0x66)
  }

  /// Bits 0 to 14 of FLAGS, which a vector sets: the 80286 in real mode has only those below bit 12.
  var settableFlags: UInt32 { kind == .i80386 ? 0x7FD5 : 0xFD5 }

  /// Executes a vector that was checked.
  func run(_ vector: ProcessorVector) -> VectorOutcome {
    for page in memory.physical.beginInterval(pageCount: pageCount) { page.release() }
    processor.dropWriteTags()
    bus.lastNote = nil
    for byte in vector.initial.memory { setByte(byte.value, UInt64(byte.address)) }
    load(vector)
    var outcome = VectorOutcome()
    let result = processor.executeOne { outcome.instruction = $0 }
    let isHalt = outcome.instruction?.operation == .hlt
    // A delivery may leave a note too.
    outcome.unimplemented = bus.lastNote?.unimplemented
    if case .raised(let exception) = result {
      outcome.exception = exception.vector.rawValue
      if isVirtual {
        outcome.isShutdown = !reflect(exception, outcome.instruction, &outcome.exception)
      } else {
        processor.deliver(exception)
      }
    }
    if processor.state.activity == .shutdown { outcome.isShutdown = true }
    store(into: &outcome, isHalt: isHalt && outcome.exception == UserState.noException)
    compareMemory(vector, &outcome)
    return outcome
  }

  private func load(_ vector: ProcessorVector) {
    var state = ArchitecturalState()
    state.cr0 = CR0.extensionType | CR0.numericError
    state.cr4 = CR4.osFXSR
    state.idtr = DescriptorTableRegister(base: 0, limit: isVirtual ? 0 : 0x3FF)
    if isVirtual {
      state.cr0 |= CR0.protectionEnable | CR0.paging
      state.cr3 = Self.directory
      state.tr = SegmentState(selector: 8, base: Self.taskSegment, limit: 0x2068, attributes: 0x8B)
    }
    for register in VectorRegister.allCases {
      let value = UInt64(vector.before(register))
      if let index = register.encoding {
        state.generalRegisters[index] = kind == .i80386 ? value : value & 0xFFFF
      } else if let index = register.segmentEncoding {
        let selector = UInt16(truncatingIfNeeded: value)
        let attributes: UInt32 = isVirtual ? 0xF3 : index == 1 ? 0x9B : 0x93
        state.segments[index] = SegmentState(
          selector: selector, base: UInt64(selector) << 4, limit: 0xFFFF, attributes: attributes)
      }
    }
    state.rip = UInt64(vector.before(.eip)) & 0xFFFF
    state.rflags = UInt64(vector.before(.eflags) & settableFlags) | RFLAGS.alwaysOne
    if isVirtual { state.rflags |= RFLAGS.virtual8086 | RFLAGS.ioPrivilegeLevel }
    processor.restore(state)
  }

  private func store(into outcome: inout VectorOutcome, isHalt: Bool) {
    let mask: UInt64 = kind == .i80386 ? 0xFFFF_FFFF : 0xFFFF
    for register in VectorRegister.allCases {
      if let index = register.encoding {
        outcome.registers[register] = UInt32(processor.state.registers[index] & mask)
      } else if let index = register.segmentEncoding {
        outcome.registers[register] = UInt32(processor.state.segments[index].selector)
      }
    }
    // The HLT behind the instruction, wherever that led, is part of the test.
    let rip = processor.state.rip &+ (kind.endsInHalt && !isHalt ? 1 : 0)
    outcome.registers[.eip] = UInt32(rip & 0xFFFF)
    outcome.registers[.eflags] = UInt32(processor.rflags & 0xFFFF)
  }

  // MARK: The monitor

  /// Enters a handler as real mode does; false where the stack has no space.
  private func reflect(_ exception: Exception, _ instruction: Instruction?, _ raised: inout UInt8) -> Bool {
    var vector = exception.vector.rawValue
    if let instruction, instruction.operation == .int, exception.reason == .idtLimit {
      vector = UInt8(truncatingIfNeeded: instruction.immediate)
      raised = UserState.noException
      processor.state.rip = (processor.state.rip &+ UInt64(instruction.length)) & 0xFFFF
    }
    let stack = UInt64(processor.state.segments[2].selector) << 4
    var pointer = processor.state.registers[4] & 0xFFFF
    guard kind == .i8086 || pointer == 0 || pointer >= 6 || pointer & 1 == 0 else { return false }
    // IOPL is the monitor's own.
    let flags = processor.rflags & 0xFFFF & ~RFLAGS.ioPrivilegeLevel
    let frame = [flags, UInt64(processor.state.segments[1].selector), processor.state.rip & 0xFFFF]
    for word in frame {
      pointer = (pointer &- 2) & 0xFFFF
      setByte(UInt8(truncatingIfNeeded: word), stack + pointer)
      setByte(UInt8(truncatingIfNeeded: word >> 8), stack + (pointer &+ 1) & 0xFFFF)
    }
    let entry = (0..<4 as Range<UInt64>).map { UInt64(byte(at: UInt64(vector) * 4 + $0)) }
    processor.state.registers[4] = processor.state.registers[4] & ~0xFFFF | pointer
    processor.state.segments[1].selector = UInt16(entry[2] | entry[3] << 8)
    processor.state.rip = entry[0] | entry[1] << 8
    processor.rflags &= ~(RFLAGS.interruptEnable | RFLAGS.trap)
    return true
  }

  // MARK: Memory

  private func byte(at address: UInt64) -> UInt8 { bus.byte(at: wrapped(address)) }

  private func setByte(_ value: UInt8, _ address: UInt64) { bus.set(value, at: wrapped(address)) }

  private func wrapped(_ address: UInt64) -> UInt64 { kind == .i8086 ? address & 0xF_FFFF : address }

  /// Finds what is not as it should be, and zeroes all.
  private func compareMemory(_ vector: ProcessorVector, _ outcome: inout VectorOutcome) {
    var expected: [UInt32: UInt8] = [:]
    for byte in vector.initial.memory + vector.final.memory { expected[byte.address] = byte.value }
    for (address, value) in expected {
      let found = byte(at: UInt64(address))
      if found != value { outcome.memory.append((address, found, value)) }
      setByte(0, UInt64(address))
    }
    // What is left was written where the processor wrote nothing.
    func note(_ address: UInt64) {
      let found = byte(at: address)
      guard found != 0 else { return }
      outcome.memory.append((UInt32(truncatingIfNeeded: address), found, 0))
      setByte(0, address)
    }
    for address in bus.written { note(address) }
    for page in memory.physical.endIntervals(pageCount: pageCount) {
      page.release()
      guard page.offset < UInt64(kind.addressLimit) else { continue }
      for word in stride(from: page.offset, to: page.offset + 0x1000, by: 8) as StrideTo<UInt64>
      where memory.physical.load(word, as: UInt64.self) != 0 {
        for index in 0..<8 as Range<UInt64> { note(word + index) }
      }
    }
    bus.forget()
    outcome.memory.sort { $0.address < $1.address }
  }
}

/// A board with RAM alone: the display's window too, and beyond 1 MiB where the processor wraps, from 0 on.
private final class VectorBus: VideoWindowBus {
  private let memory: GuestMemory

  init(_ memory: GuestMemory) { self.memory = memory }

  func byte(at address: UInt64) -> UInt8 {
    window(at: address) ?? (address < memory.byteCount ? memory.physical.load(address, as: UInt8.self) : 0xFF)
  }

  func set(_ value: UInt8, at address: UInt64) {
    if setWindow(value, at: address) || address >= memory.byteCount { return }
    memory.physical.willWrite(address)
    memory.physical.store(value, address)
  }

  override func readPhysical(_ address: PhysicalAddress, width: Int, processor: Int) -> UInt64 {
    (0..<width).reduce(0) { value, index in
      value | UInt64(byte(at: (address.rawValue &+ UInt64(index)) & 0xF_FFFF)) << UInt64(index * 8)
    }
  }

  override func writePhysical(_ value: UInt64, _ address: PhysicalAddress, width: Int, processor: Int) {
    for index in 0..<width {
      set(UInt8(truncatingIfNeeded: value >> UInt64(index * 8)), at: (address.rawValue &+ UInt64(index)) & 0xF_FFFF)
    }
  }
}
