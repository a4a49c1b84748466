public import InstructionTesting
public import Interpreter
import MMU
import X86
import X86Decoder

/// Executes instruction tests of real mode on the model's reference engine, delivery of exceptions included.
@safe public final class RealModeRunner: InstructionRunner {
  /// `model`.
  public let name = "model"
  /// The model's name.
  public var processorName: String { model.name }
  private let model: ProcessorModel
  private let memory: GuestMemory
  private let image: RealModeMemory
  private let bus = SilentBus()
  private let processor: Processor

  /// Makes a model with one processor and its small guest.
  public init(_ model: ProcessorModel) throws {
    self.model = model
    memory = try GuestMemory(byteCount: UInt64(RealModeMemory.byteCount))
    image = unsafe RealModeMemory(memory.base)
    processor = Processor(index: 0, memory: memory, cache: CodeCache(memory), bus: bus, model: model)
  }

  /// Runs the tests at once.
  public func begin(
    _ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>
  ) throws {
    for index in tests.indices { unsafe run(tests[index], into: &results[index]) }
  }

  /// Nothing is left to do.
  public func finish() {}

  private func run(_ test: InstructionTest, into result: inout UserState) {
    image.place(test)
    processor.restore(Self.state(test.input))
    bus.lastNote = nil
    if case .raised(let exception) = processor.executeOne() { processor.deliver(exception) }
    result = test.input
    if processor.state.activity == .shutdown || bus.lastNote?.unimplemented != nil {
      result.vector = UserState.lost
      var ignored = UserState()
      image.collect(test, into: &ignored)
      return
    }
    processor.exportRealMode(into: &result)
    image.collect(test, into: &result)
  }

  private static func state(_ input: UserState) -> ArchitecturalState {
    var state = ArchitecturalState()
    state.cr0 = CR0.extensionType | CR0.numericError
    state.cr4 = CR4.osFXSR
    state.idtr = DescriptorTableRegister(base: 0, limit: 0x3FF)
    for index in 0..<8 { state.generalRegisters[index] = input.generalRegisters[index] & 0xFFFF_FFFF }
    for index in 0..<6 {
      let selector = input.selectors[index]
      state.segments[index] = SegmentState(
        selector: selector, base: UInt64(selector) << 4, limit: 0xFFFF, attributes: index == 1 ? 0x9B : 0x93)
    }
    state.rip = input.rip
    state.rflags = input.rflags
    return state
  }
}

extension Processor {
  /// Gives what a test of real mode compares: general registers, IP, flags, segments, and the vector that was delivered.
  fileprivate func exportRealMode(into result: inout UserState) {
    for index in 0..<8 { result.generalRegisters[index] = state.registers[index] & 0xFFFF_FFFF }
    for index in 0..<6 { result.selectors[index] = state.segments[index].selector }
    result.rip = state.rip
    result.rflags = rflags & ~(RFLAGS.trap | RFLAGS.resume)
    result.fsBase = state.segments[4].base
    result.gsBase = state.segments[5].base
    result.vector =
      RealModeMemory.stubVector(selector: result.selectors[1], offset: result.rip) ?? UserState.noException
  }
}
