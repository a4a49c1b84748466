import FaultReports
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
  /// The tick after which recording ends; nil is never.
  public var stopTick: UInt64? { selection.stop }
  /// Steps written.
  public private(set) var records: UInt64 = 0

  /// Breakpoints find the steps in the ranges: the recorder stops the machine soon after the guest leaves them.
  public var hunts = false
  private let selection: TraceSelection
  private let symbol: ((UInt64) -> String?)?
  private let line: ((UInt64) -> String?)?
  private let sink: any TraceSink
  private var writer: any TraceWriter
  private var buffer: [UInt8] = []
  /// Ticks that had passed when the trace began, nil before it does; steps are counted from there.
  private var origin: UInt64?
  /// Steps outside the ranges since the last one in them.
  private var stepsOutside = 0
  private var isOn: Bool
  /// CR8 before the running step.
  private var cr8Before: UInt64 = 0
  /// Where each processor stands as far as the trace shows; nil if it does not.
  private var expectedRIP: [Int: UInt64] = [:]
  /// Ticks of machines before a reset.
  private var earlierTicks: UInt64 = 0
  /// Tables that the trace has recorded; nil if it records none.
  private var tableRecorder: TableRecorder?
  private var reports: UInt64 = 0

  private static let chunk = 1 << 16
  /// Steps outside the ranges after which observation is not worth its time.
  private static let patience = 32

  /// Makes a recorder.
  ///
  /// - Parameters:
  ///   - symbol: gives the name of a linear address.
  ///   - line: gives the line of source of a linear address.
  public init(
    format: TraceFormat, selection: TraceSelection, sink: any TraceSink, symbol: ((UInt64) -> String?)? = nil,
    line: ((UInt64) -> String?)? = nil
  ) {
    self.selection = selection
    self.sink = sink
    self.symbol = symbol
    self.line = line
    isOn = !selection.isMagic
    writer =
      switch format {
      case .text: TextTraceWriter()
      case .jsonl: JSONTraceWriter()
      case .perfetto: PerfettoTraceWriter()
      }
    if writer.hasTables, selection.kinds.contains(.tables) { tableRecorder = TableRecorder() }
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
    if tableRecorder != nil { tableRecorder = TableRecorder() }
  }

  /// Ends the trace of a machine that has stopped; false if it could not be written whole.
  public func finish(reason: String, _ machine: Machine) -> Bool {
    guard end != .failed else { return false }
    if end == nil { recordTablesAtEnd(machine) }
    writer.end(records: records, reason: end?.rawValue ?? reason, &buffer)
    return flush()
  }

  /// The trace begins with the next step of the machine.
  public func start(_ machine: Machine) { origin = origin ?? earlierTicks &+ machine.executedTicks }

  /// Closes the trace if the tick to stop at has passed while the machine was not observed.
  public func lookAtStop(_ machine: Machine) {
    if let stop = selection.stop, end == nil, earlierTicks &+ machine.executedTicks >= stop { close(.stop, machine) }
  }

  /// Whether the guest has left the ranges of a recorder that hunts; asking forgets it.
  public func hasLeft() -> Bool {
    defer { if stepsOutside >= Self.patience { stepsOutside = 0 } }
    return stepsOutside >= Self.patience
  }

  /// Remembers what the log does not hold.
  public func willStep(_ machine: Machine, _ processor: Processor) -> Bool {
    cr8Before = UInt64(machine.taskPriority(processor: processor.state.index))
    if tableRecorder != nil { recordTablesBefore(machine, processor) }
    return true
  }

  /// Writes the step, if it is wanted; stops the machine once the trace is complete.
  public func didStep(_ machine: Machine, _ processor: Processor) -> Bool {
    guard end == nil, let log = processor.log else { return true }
    let tick = earlierTicks &+ machine.executedTicks
    for access in log.accesses where access.isWrite && !access.isDevice {
      tableRecorder?.noteWrite(access.physical, access.byteCount)
    }
    if record(log, machine, processor, tick) { recordTablesAfter(machine, processor) }
    if end == nil, records >= selection.limit { close(.limit, machine) }
    if end == nil, let stop = selection.stop, tick >= stop { close(.stop, machine) }
    if buffer.count >= Self.chunk || end != nil, !flush() { return false }
    return end == nil && !(hunts && stepsOutside >= Self.patience)
  }

  /// Writes a step; false if it is not wanted.
  private func record(_ log: ExecutionLog, _ machine: Machine, _ processor: Processor, _ tick: UInt64) -> Bool {
    let isMagic = selection.isMagic && isMagicInstruction(log)
    if isMagic { isOn.toggle() }
    let before = log.before
    guard isOn || isMagic, selection.includes(rip: before.rip, cpl: before.cpl) else {
      expectedRIP[before.index] = nil
      stepsOutside += 1
      return false
    }
    stepsOutside = 0
    guard mayMatter(log, processor) else { return false }
    let moment = RegisterFile.Moment(state: before, rflags: log.rflagsBefore, cr8: cr8Before)
    let after = RegisterFile.Moment(
      state: processor.state, rflags: processor.rflags, cr8: UInt64(machine.taskPriority(processor: before.index)))
    let maker = StepMaker(machine: machine, log: log, before: moment, after: after, symbol: symbol, line: line)
    let order = tick &- (origin ?? 0)
    var step = maker.step(order: order, tick: tick)
    guard reduce(&step) else { return false }
    if selection.kinds.contains(.instructions), expectedRIP[before.index] != before.rip {
      writer.state(
        RecordedState(processor: before.index, tick: tick &- 1, registers: RegisterFile.all(moment)), &buffer)
    }
    expectedRIP[before.index] = after.state.rip
    writer.step(step, &buffer)
    records &+= 1
    let isShutdown = after.state.activity == .shutdown
    let isReported = writer.hasReports && selection.kinds.contains(.exceptions) && reports < selection.reports
    if isShutdown || isReported,
      let scene = FaultScene(
        log, after: processor, machine.memory, origin: machine.interruptOrigin(log, processor: before.index),
        symbol: name)
    {
      writer.report(RecordedReport(order: order, processor: before.index, report: FaultReport(scene)), &buffer)
      reports &+= 1
    }
    return true
  }

  // MARK: Tables

  /// So many ticks after which tables are looked at again where a filter has left steps out.
  private static let tableGapTicks: UInt64 = 1_000_000

  private func recordTables(_ machine: Machine, _ index: Int, cause: String) {
    let tick = earlierTicks &+ machine.executedTicks
    let state = machine.processor(index).state
    guard let tables = tableRecorder?.update(state, machine.memory, tick: tick, cause: cause) else { return }
    writer.tables(tables, &buffer)
  }

  /// Before a step that is wanted: the processor's first tables, or what is new after a gap.
  private func recordTablesBefore(_ machine: Machine, _ processor: Processor) {
    guard end == nil, isOn, selection.includes(rip: processor.state.rip, cpl: processor.state.cpl),
      expectedRIP[processor.state.index] != processor.state.rip
    else { return }
    let state = processor.state
    guard let changes = tableRecorder?.changes(state), let last = tableRecorder?.tick(of: state.index) else {
      return recordTables(machine, state.index, cause: "start")
    }
    let isOld = earlierTicks &+ machine.executedTicks &- last > Self.tableGapTicks
    let isDirty = tableRecorder?.dirtyProcessors.contains(state.index) ?? false
    if !changes.isEmpty || isOld || isDirty { recordTables(machine, state.index, cause: "gap") }
  }

  /// After a step: tables that its registers or its writes have changed.
  private func recordTablesAfter(_ machine: Machine, _ processor: Processor) {
    guard tableRecorder != nil else { return }
    let state = processor.state
    let changes = tableRecorder?.changes(state) ?? "start"
    if state.activity == .shutdown {
      recordTables(machine, state.index, cause: "shutdown")
    } else if !changes.isEmpty {
      recordTables(machine, state.index, cause: changes)
    }
    for index in tableRecorder?.dirtyProcessors ?? [] { recordTables(machine, index, cause: "memory") }
  }

  private func recordTablesAtEnd(_ machine: Machine) {
    for index in tableRecorder?.processors ?? [] { recordTables(machine, index, cause: "end") }
  }

  /// False if nothing of a step can be wanted, found without making it.
  private func mayMatter(_ log: ExecutionLog, _ processor: Processor) -> Bool {
    let kinds = selection.kinds
    if !kinds.isDisjoint(with: [.instructions, .memory]) { return true }
    if kinds.contains(.control), RegisterFile.controlsDiffer(log.before, processor.state) { return true }
    if kinds.contains(.control), log.instruction?.operand0 == .control { return true }
    return !(log.events.isEmpty && (log.walks.isEmpty || !kinds.contains(.walks)) && log.ports.isEmpty)
      || !log.msrs.isEmpty || kinds.contains(.mmio) && log.accesses.contains(where: \.isDevice)
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

  private func close(_ reason: End, _ machine: Machine) {
    recordTablesAtEnd(machine)
    end = reason
  }

  private func flush() -> Bool {
    guard !buffer.isEmpty else { return true }
    let isWritten = sink.write(buffer)
    buffer.removeAll(keepingCapacity: true)
    if !isWritten { end = .failed }
    return isWritten
  }
}
