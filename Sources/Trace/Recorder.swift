public import Interpreter
public import Machine
import X86
import X86Decoder

/// Watches a machine and writes a trace of its steps.
public final class Recorder: MachineObserver {
  /// Why a recorder ended by itself.
  public enum End: String, Sendable {
    /// The trace holds as many steps as it may.
    case limit
    /// The tick to stop at has passed.
    case stop
    /// The sink took no more.
    case failed
  }

  /// Why recording is over before the machine has stopped; nil while it goes on.
  public private(set) var end: End?
  /// The tick after which recording begins.
  public var startTick: UInt64 { selection.start }
  /// Steps written.
  public private(set) var records: UInt64 = 0

  private let selection: TraceSelection
  private let symbol: ((UInt64) -> String?)?
  private let sink: any TraceSink
  private var writer: any TraceWriter
  private var buffer: [UInt8] = []
  private var order: UInt64 = 0
  private var isOn: Bool
  /// CR8 before the running step.
  private var cr8Before: UInt64 = 0
  /// Where each processor stands as far as the trace tells; nil if it does not.
  private var expectedRIP: [Int: UInt64] = [:]
  /// Ticks of machines before a reset.
  private var earlierTicks: UInt64 = 0

  private static let chunk = 1 << 16

  /// Makes a recorder.
  ///
  /// - Parameters:
  ///   - symbol: gives the name of a linear address.
  public init(
    format: TraceFormat, selection: TraceSelection, sink: any TraceSink, symbol: ((UInt64) -> String?)? = nil
  ) {
    self.selection = selection
    self.sink = sink
    self.symbol = symbol
    isOn = !selection.isMagic
    writer =
      switch format {
      case .text: TextTraceWriter()
      case .jsonl: JSONTraceWriter()
      case .perfetto: PerfettoTraceWriter()
      }
  }

  /// Begins the trace; false if its first line cannot be written.
  public func begin(image: String, memoryByteCount: UInt64, processorCount: Int) -> Bool {
    writer.begin(
      RecordedGuest(image: image, memoryByteCount: memoryByteCount, processorCount: processorCount), &buffer)
    return flush()
  }

  /// The machine is a new one after a reset.
  ///
  /// - Parameter ticks: what all machines before it have used.
  public func restart(after ticks: UInt64) {
    earlierTicks = ticks
    expectedRIP = [:]
  }

  /// Ends the trace; false if it could not be written whole.
  public func finish(reason: String) -> Bool {
    guard end != .failed else { return false }
    writer.end(records: records, reason: end?.rawValue ?? reason, &buffer)
    return flush()
  }

  /// Remembers what the log does not hold.
  public func willStep(_ machine: Machine, _ processor: Processor) -> Bool {
    cr8Before = UInt64(machine.taskPriority(processor: processor.state.index))
    return true
  }

  /// Writes the step, if it is wanted; stops the machine once the trace is complete.
  public func didStep(_ machine: Machine, _ processor: Processor) -> Bool {
    guard end == nil, let log = processor.log else { return true }
    order &+= 1
    let tick = earlierTicks &+ machine.executedTicks
    if let stop = selection.stop, tick > stop { return close(.stop) }
    let isMagic = selection.isMagic && isMagicInstruction(log)
    if isMagic { isOn.toggle() }
    let before = log.before
    guard isOn || isMagic, selection.includes(rip: before.rip, cpl: before.cpl) else {
      expectedRIP[before.index] = nil
      return true
    }
    let moment = RegisterFile.Moment(state: before, rflags: log.rflagsBefore, cr8: cr8Before)
    let after = RegisterFile.Moment(
      state: processor.state, rflags: processor.rflags, cr8: UInt64(machine.taskPriority(processor: before.index)))
    let maker = StepMaker(machine: machine, log: log, before: moment, after: after, symbol: symbol)
    var step = maker.step(order: order, tick: tick)
    guard reduce(&step) else { return true }
    if selection.kinds.contains(.instructions), expectedRIP[before.index] != before.rip {
      writer.state(
        RecordedState(processor: before.index, tick: tick &- 1, registers: RegisterFile.all(moment)), &buffer)
    }
    expectedRIP[before.index] = after.state.rip
    writer.step(step, &buffer)
    records &+= 1
    if after.state.activity == .shutdown, let scene = FaultScene(log, after: processor, machine.memory, symbol: name) {
      let story = FaultStory(scene).rendered(isColoured: false)
      writer.story(story.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), &buffer)
    }
    if buffer.count >= Self.chunk, !flush() { return false }
    return records < selection.limit || close(.limit)
  }

  /// Leaves what is not wanted out of a step; false if nothing remains.
  private func reduce(_ step: inout RecordedStep) -> Bool {
    let kinds = selection.kinds
    guard kinds != .all else { return true }
    if !kinds.contains(.instructions) { (step.reads, step.writes, step.undefined) = ([], [], 0) }
    step.memory.removeAll { !kinds.contains($0.access.isDevice ? .mmio : .memory) }
    if !kinds.contains(.walks) { step.walks = [] }
    if !kinds.contains(.exceptions) { step.exceptions = [] }
    if !kinds.contains(.ports) { step.ports = [] }
    if !kinds.contains(.msr) { step.msrs = [] }
    if !kinds.contains(.control) { step.controls = [] }
    let isEvent = step.vector != nil && kinds.contains(.interrupts)
    if kinds.contains(.instructions) && !step.isInterrupt || isEvent { return true }
    return
      !(step.memory.isEmpty && step.walks.isEmpty && step.exceptions.isEmpty && step.ports.isEmpty
      && step.msrs.isEmpty && step.controls.isEmpty)
  }

  private func name(_ address: UInt64) -> String? { symbol?(address) }

  private func isMagicInstruction(_ log: ExecutionLog) -> Bool {
    guard let instruction = log.instruction, instruction.operation == .xchg, !instruction.isMemory else { return false }
    return instruction.operandSize == 2 && instruction.modRM == 0xDB
  }

  private func close(_ reason: End) -> Bool {
    end = reason
    return false
  }

  private func flush() -> Bool {
    guard !buffer.isEmpty else { return true }
    let isWritten = sink.write(buffer)
    buffer.removeAll(keepingCapacity: true)
    if !isWritten { end = .failed }
    return isWritten
  }
}
