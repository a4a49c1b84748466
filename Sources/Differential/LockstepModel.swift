import InstructionTesting
import Interpreter
import MMU
import X86
import X86Decoder

/// A bus on which the reference's accesses come again, in order.
final class ReplayBus: ProcessorBus {
  private var expected: [BusAccess] = []
  private var next = 0
  /// The first access that is not the reference's.
  var mismatch: String?
  /// The interrupt that the reference took.
  var vector: UInt8?
  private var priority: UInt8 = 0
  private var apicBase: UInt64 = 0xFEE0_0900

  /// Accesses of the reference's step.
  func expect(_ accesses: [BusAccess]) {
    expected = accesses
    next = 0
  }

  /// Notes an access that the model has left out.
  func finish() {
    if mismatch == nil, next < expected.count {
      mismatch = "the reference did: \(expected[next].text); the model nothing"
    }
  }

  /// Whether every access has come.
  var isDone: Bool { next == expected.count }

  private func take(_ access: BusAccess) -> UInt64 {
    guard next < expected.count else {
      if mismatch == nil { mismatch = "the model did: \(access.text); the reference nothing" }
      return .max
    }
    var wanted = expected[next]
    next += 1
    let value = wanted.value
    if !access.isWrite { wanted.value = 0 }
    if wanted != access, mismatch == nil {
      mismatch = "the model did: \(access.text); the reference: \(expected[next - 1].text)"
    }
    return value
  }

  func readPort(_ port: UInt16, width: Int, processor: Int) -> UInt32 {
    let access = BusAccess(space: .port, isWrite: false, address: UInt64(port), width: width, value: 0)
    return UInt32(truncatingIfNeeded: take(access))
  }
  func writePort(_ value: UInt32, _ port: UInt16, width: Int, processor: Int) {
    _ = take(BusAccess(space: .port, isWrite: true, address: UInt64(port), width: width, value: UInt64(value)))
  }
  func readPhysical(_ address: PhysicalAddress, width: Int, processor: Int) -> UInt64 {
    take(BusAccess(space: .physical, isWrite: false, address: address.rawValue, width: width, value: 0))
  }
  func writePhysical(_ value: UInt64, _ address: PhysicalAddress, width: Int, processor: Int) {
    _ = take(BusAccess(space: .physical, isWrite: true, address: address.rawValue, width: width, value: value))
  }
  func acknowledgeInterrupt(processor: Int) -> UInt8? { vector }
  func taskPriority(processor: Int) -> UInt8 { priority }
  func setTaskPriority(_ value: UInt8, processor: Int) { priority = value }
  func readAPICRegister(_ msr: UInt32, processor: Int) -> UInt64? { msr == MSR.apicBase ? apicBase : nil }
  func writeAPICRegister(_ msr: UInt32, _ value: UInt64, processor: Int) -> Bool {
    // No x2APIC mode: the reference does not offer it. Bits 7:0, 9 and those beyond the address are reserved.
    guard msr == MSR.apicBase, value & ~0xFF_FFFF_F900 == 0 else { return false }
    apicBase = value
    return true
  }
  func timeStamp(processor: Int) -> UInt64 { 0 }
  func note(_ event: ProcessorEvent, processor: Int) {}
}

/// A mistake in the model, which tests the comparison: a flag comes out wrong.
public struct LockstepPlant: Sendable, Equatable {
  /// The flags to flip, bits of RFLAGS.
  public var flags: UInt64
  /// Address of the instruction.
  public var rip: UInt64
  /// At which of its executions, from 1.
  public var occurrence: UInt64

  /// Makes a plant.
  public init(flags: UInt64, rip: UInt64, occurrence: UInt64) {
    self.flags = flags
    self.rip = rip
    self.occurrence = occurrence
  }
}

/// The bytes at RIP, and what they are.
struct FetchedInstruction {
  var rip: UInt64
  var bytes: [UInt8] = []
  /// Nil where they are none.
  var instruction: Instruction?

  /// `MOV r/m32, r32`, as the manual has it.
  var text: String {
    guard let instruction else { return "no instruction" }
    let assembly = OpcodeForm.all[Int(instruction.form)].assembly
    return String(assembly.prefix { $0 != "=" }).split(separator: " ").joined(separator: " ")
  }

  /// All iterations of a REP are one step.
  var isRepeated: Bool {
    guard let instruction else { return false }
    guard instruction.flags.contains(.rep) || instruction.flags.contains(.repne) else { return false }
    return instruction.operation.traits.contains(.string)
  }
}

/// The model as the follower.
final class LockstepModel {
  let memory: GuestMemory
  let bus = ReplayBus()
  private let processor: Processor
  private let decoder: Decoder
  private let model: ProcessorModel
  private var plant: LockstepPlant?
  private(set) var plantCount: UInt64 = 0

  /// What came of a step.
  enum Event { case retired, delivered }

  /// A model with a copy of RAM.
  init(copying source: GuestMemory, state: ArchitecturalState, plant: LockstepPlant?, model: ProcessorModel) throws {
    self.model = model
    decoder = Decoder(model.behaviors, model.features)
    memory = try LockstepMemory.clone(source)
    processor = Processor(
      index: 0, memory: memory, cache: CodeCache(memory), bus: bus, model: model)
    processor.restore(state)
    self.plant = plant
  }

  /// As `init`, behind so many executions of the planted instruction.
  convenience init(_ snapshot: LockstepModelSnapshot, plant: LockstepPlant?) throws {
    try self.init(copying: snapshot.memory, state: snapshot.state, plant: plant, model: snapshot.model)
    plantCount = snapshot.plantCount
  }

  func snapshot() throws -> LockstepModelSnapshot {
    LockstepModelSnapshot(
      memory: try LockstepMemory.clone(memory), state: processor.snapshot(), plantCount: plantCount,
      model: model)
  }

  var rip: UInt64 { processor.state.rip }
  var cpl: UInt8 { processor.state.cpl }
  var activity: ActivityState { processor.state.activity }
  var is64Bit: Bool { processor.state.decodeMode == DecodeMode.code64.rawValue }
  /// Why it shut down.
  var shutdownReason: String { processor.state.shutdownReason }
  var isShadowed: Bool { processor.state.stiShadow || processor.state.movSSShadow }

  /// Everything, or general and system registers only.
  func state(isComplete: Bool) -> ArchitecturalState {
    if isComplete { return processor.snapshot() }
    var result = ArchitecturalState()
    let state = processor.state
    for index in 0..<16 { result.generalRegisters[index] = state.registers[index] }
    result.rip = state.rip
    result.rflags = processor.rflags
    for index in 0..<6 { result.segments[index] = state.segments[index] }
    (result.ldtr, result.tr, result.gdtr, result.idtr) = (state.ldtr, state.tr, state.gdtr, state.idtr)
    (result.cr0, result.cr2, result.cr3, result.cr4) = (
      state.paging.cr0, state.cr2, state.paging.cr3, state.paging.cr4
    )
    result.efer = state.paging.efer
    result.cr8 = UInt64(bus.taskPriority(processor: 0))
    result.activity = state.activity
    return result
  }

  /// Fetches without leaving a trace in page tables.
  func fetch() -> FetchedInstruction {
    let rip = processor.state.rip
    var result = FetchedInstruction(rip: rip)
    guard let mode = DecodeMode(rawValue: processor.state.decodeMode) else { return result }
    let base = mode == .code64 ? 0 : processor.state.segments[1].base
    let intent = AccessIntent(isWrite: false, isFetch: true, isUser: processor.state.cpl == 3)
    var instruction = Instruction()
    while result.bytes.count < 15 {
      let linear = (base &+ rip &+ UInt64(result.bytes.count)) & (mode == .code64 ? .max : 0xFFFF_FFFF)
      let walk = processor.state.paging.walk(linear, intent, memory.physical, setsAccessedAndDirty: false)
      guard walk.fault == nil, let byte = memory.read(1, at: PhysicalAddress(walk.physical)) else { return result }
      result.bytes += byte
      let failure = unsafe result.bytes.withUnsafeBufferPointer { area in
        guard let start = area.baseAddress else { return DecodeFailure.truncated as DecodeFailure? }
        return unsafe decoder.decode(start, count: area.count, mode: mode, into: &instruction)
      }
      switch failure {
      case nil:
        result.instruction = instruction
        return result
      case .truncated: continue
      case .invalidOpcode, .tooLong: return result
      }
    }
    return result
  }

  /// Delivers an external interrupt, waking from HLT.
  func interrupt(_ vector: UInt8) {
    bus.vector = vector
    processor.setInterruptRequest(true)
    processor.deliverPendingEvents()
    processor.setInterruptRequest(false)
    bus.vector = nil
  }

  /// One instruction with all its iterations, or the delivery of its fault.
  func step() -> Event {
    let before = rip
    let retired = processor.retiredInstructions
    repeat {
      processor.clearBoardAttention()
      _ = processor.run(ticks: 1)
    } while processor.state.isRepeating && rip == before && processor.state.activity == .running
    if let plant, before == plant.rip {
      plantCount += 1
      if plantCount == plant.occurrence { processor.rflags ^= plant.flags }
    }
    return processor.retiredInstructions == retired ? .delivered : .retired
  }

  /// Takes over what only the reference can know: flags, and general registers by a bit each.
  func takeOver(flags: UInt64, registers: UInt16, of state: LockstepState) {
    if flags != 0 { processor.rflags = processor.rflags & ~flags | state.words[LockstepState.rflags] & flags }
    for index in 0..<16 where registers & (1 << UInt16(index)) != 0 {
      processor.state.registers[index] = state.words[index]
    }
  }

  /// CL and the like, as the masks of undefined results want them.
  func userState() -> UserState {
    var result = UserState()
    for index in 0..<16 { result.generalRegisters[index] = processor.state.registers[index] }
    return result
  }
}

/// The model at some moment.
struct LockstepModelSnapshot {
  var memory: GuestMemory
  var state: ArchitecturalState
  var plantCount: UInt64
  var model: ProcessorModel
}
