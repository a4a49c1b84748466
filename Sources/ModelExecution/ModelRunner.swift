import Glibc
public import InstructionTesting
public import Interpreter
import MMU
public import X86
public import X86Decoder

/// Executes instruction tests on the model's reference engine.
public final class ModelRunner: InstructionRunner {
  /// `model`.
  public let name = "model"
  /// The model's name.
  public var processorName: String { model.name }
  /// What the processor is.
  public let model: ProcessorModel
  /// Alters what the model does: planted faults, so that differential testing can be tested.
  public var plantedFault: (any PlantedFault)?
  /// Why each test that gave `UserState.lost` did so, by number.
  public private(set) var lostReasons: [UInt64: String] = [:]

  private let memory: GuestMemory
  private let bus = SilentBus()
  private let processor: Processor
  private let background: [UInt64]
  private let segments: [UInt16: SegmentState]

  /// Makes a model with one processor and its small guest.
  public init(_ model: ProcessorModel = .amdV1) throws {
    self.model = model
    memory = try ModelEnvironment.makeMemory()
    processor = Processor(
      index: 0, memory: memory, cache: CodeCache(memory), bus: bus, model: model)
    processor.restore(ModelEnvironment.systemState(model))
    background = (0..<0x3000 / 8).map { InstructionTest.background(UInt64($0 * 8)) }
    var segments: [UInt16: SegmentState] = [:]
    for selector in [0, 0x10, 0x18, 0x23, 0x2B, 0x33] + InstructionTest.segments.map(\.selector) {
      segments[selector] = ModelEnvironment.segment(selector)
    }
    self.segments = segments
  }

  /// Runs the tests at once.
  public func begin(
    _ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>
  ) throws {
    lostReasons.removeAll(keepingCapacity: true)
    for index in tests.indices { unsafe run(tests[index], into: &results[index]) }
  }

  /// Nothing is left to do.
  public func finish() {}

  private func run(_ test: InstructionTest, into result: inout UserState) {
    load(test)
    if let plantedFault {
      var input = test.input
      plantedFault.starting(&input)
      processor.importUserState(input)
    }
    var outcome = StepOutcome.retired
    let change = plantedFault?.decoding
    bus.lastNote = nil
    for _ in 0..<test.steps {
      outcome = processor.executeOne(changing: change)
      if case .raised = outcome { break }
      // TF is the runner's: the next instruction does not see what POPF made of it.
      if test.steps > 1, processor.rflags & RFLAGS.trap != 0 { processor.rflags &= ~RFLAGS.trap }
    }
    result = test.input
    processor.exportUserState(into: &result)
    result.setOutcome(outcome)
    storeMemory(test, into: &result)
    if let text = bus.lastNote?.unimplemented {
      result.vector = UserState.lost
      lostReasons[test.number] = text
    }
    plantedFault?.finished(test, &result)
  }

  private func load(_ test: InstructionTest) {
    let input = test.input
    let view = memory.physical
    let start = ModelEnvironment.codeOffset &+ (input.rip & 0xFFF)
    for index in 0..<Int(test.codeLength) where (input.rip & 0xFFF) + UInt64(index) < 0x1000 {
      view.store(test.code[index], start &+ UInt64(index))
    }
    let window = InstructionTest.windowAddress &- InstructionTest.dataPage &+ ModelEnvironment.dataOffset
    for word in 0..<64 { view.store(input.window[word], window &+ UInt64(word) * 8) }
    for index in 0..<6 {
      processor.state.segments[index] =
        segments[input.selectors[index]] ?? ModelEnvironment.segment(input.selectors[index])
    }
    processor.state.segments[4].base = input.fsBase
    processor.state.segments[5].base = input.gsBase
    processor.state.ldtr = test.mode == .segmented ? ModelEnvironment.localTable : ModelEnvironment.segment(0)
    processor.state.cpl = test.cpl
    // Nothing of the test before; a key that gets rights back needs no change of the cached translations.
    processor.state.paging.pkru = 0
    processor.lastRestore.components = 0
    processor.importUserState(input)
  }

  private func storeMemory(_ test: InstructionTest, into result: inout UserState) {
    let view = memory.physical
    let windowWord = Int(InstructionTest.windowAddress &- InstructionTest.dataPage) / 8
    for word in 0..<64 {
      result.window[word] = view.load(ModelEnvironment.dataOffset &+ UInt64(windowWord + word) * 8, as: UInt64.self)
    }
    result.strayWrites = 0
    let pages = unsafe UnsafeRawPointer(memory.base + Int(ModelEnvironment.dataOffset))
    let isClean = unsafe background.withUnsafeBytes { expected in
      let start = unsafe expected.baseAddress.unsafelyUnwrapped
      let end = (windowWord + 64) * 8
      return unsafe memcmp(pages, start, windowWord * 8) == 0
        && memcmp(pages + end, start + end, expected.count - end) == 0
    }
    if !isClean { result.strayWrites = collectStrayWrites(windowWord) }
    let start = ModelEnvironment.codeOffset &+ (test.input.rip & 0xFFF)
    for index in 0..<Int(test.codeLength) where (test.input.rip & 0xFFF) + UInt64(index) < 0x1000 {
      view.store(0xCC as UInt8, start &+ UInt64(index))
    }
  }

  /// Sums what changed outside the window, and restores it.
  private func collectStrayWrites(_ windowWord: Int) -> UInt64 {
    let view = memory.physical
    var sum: UInt64 = 0
    for word in background.indices where word < windowWord || word >= windowWord + 64 {
      let at = ModelEnvironment.dataOffset &+ UInt64(word * 8)
      let value = view.load(at, as: UInt64.self)
      guard value != background[word] else { continue }
      sum &+= InstructionTest.strayWeight(UInt64(word * 8), value)
      view.store(background[word], at)
    }
    return sum
  }
}

/// A deliberate mistake in the model, which tests differential testing itself.
public protocol PlantedFault {
  /// Changes the decoded instruction; nil changes none.
  var decoding: ((inout Instruction) -> Void)? { get }
  /// Changes the registers that a test starts from.
  func starting(_ input: inout UserState)
  /// Changes a result.
  func finished(_ test: InstructionTest, _ result: inout UserState)
}

extension PlantedFault {
  /// Changes nothing.
  public func starting(_ input: inout UserState) {}
}

/// A board with nothing on it.
open class SilentBus: ProcessorBus {
  /// What the processor reported last.
  public final var lastNote: ProcessorEvent?

  /// Makes a board.
  public init() {}

  /// Open bus.
  open func readPort(_ port: UInt16, width: Int, processor: Int) -> UInt32 { .max }
  /// Goes nowhere.
  open func writePort(_ value: UInt32, _ port: UInt16, width: Int, processor: Int) {}
  /// Open bus.
  open func readPhysical(_ address: PhysicalAddress, width: Int, processor: Int) -> UInt64 { .max }
  /// Goes nowhere.
  open func writePhysical(_ value: UInt64, _ address: PhysicalAddress, width: Int, processor: Int) {}
  /// None waits.
  open func acknowledgeInterrupt(processor: Int) -> UInt8? { nil }
  /// 0.
  open func taskPriority(processor: Int) -> UInt8 { 0 }
  /// Goes nowhere.
  open func setTaskPriority(_ value: UInt8, processor: Int) {}
  /// There is none.
  open func readAPICRegister(_ msr: UInt32, processor: Int) -> UInt64? { nil }
  /// There is none.
  open func writeAPICRegister(_ msr: UInt32, _ value: UInt64, processor: Int) -> Bool { false }
  /// Stands still.
  open func timeStamp(processor: Int) -> UInt64 { 0 }
  /// Keeps the event.
  open func note(_ event: ProcessorEvent, processor: Int) { lastNote = event }
}
