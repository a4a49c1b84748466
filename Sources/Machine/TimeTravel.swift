public import Interpreter
import MMU

/// A machine whose past can be reached again: checkpoints in memory, a log of what came from outside, and deterministic
/// execution in between.
///
/// A position is a count of executed ticks; every tick has one state, the one before the events that wait there.
public final class TimeTravel {
  /// The machine.
  public let machine: Machine
  /// Bytes that checkpoints may take; beyond it every second one of the older half goes.
  public let byteLimit: Int
  /// Ticks between two checkpoints.
  public static let spacing: UInt64 = 8_000_000
  /// The most checkpoints that are kept.
  public static let checkpointLimit = 400

  private struct Interval {
    var checkpoint: MachineCheckpoint
    /// Inputs that had been given by then.
    var inputCount: Int
    /// Bytes that the guest had sent by then.
    var outputCount: UInt64
    /// What pages held at its start that it has written; of the last interval the journal has them.
    var pages: [PageJournal.SavedPage] = []
    var byteCount: Int { checkpoint.byteCount + pages.count * 4128 }
  }

  private var intervals: [Interval] = []
  private let inputs = InputLog()
  private var outputCount: UInt64 = 0
  private var outputFrontier: UInt64 = 0
  private let output: (UInt8) -> Void
  /// Positions near which checkpoints stand closer.
  private var extraCheckpoints: [UInt64] = []

  /// Starts the history of a machine here; what it sends is passed on once, however often it is executed.
  public init(_ machine: Machine, byteLimit: Int = 256 << 20) {
    self.machine = machine
    self.byteLimit = byteLimit
    output = machine.serialOutput
    machine.serialOutput = { [unowned self] byte in
      outputCount += 1
      guard outputCount > outputFrontier else { return }
      outputFrontier = outputCount
      output(byte)
    }
    addCheckpoint()
  }

  deinit {
    machine.serialOutput = output
    for interval in intervals { for page in interval.pages { page.release() } }
    for page in machine.endJournal() { page.release() }
  }

  /// The present position.
  public var position: UInt64 { machine.executedTicks }
  /// The earliest position.
  public var beginning: UInt64 { intervals.first?.checkpoint.ticks ?? 0 }
  /// Inputs of the past that lie ahead: what comes from outside must wait for them.
  public var isInThePast: Bool { inputs.next != nil || outputCount < outputFrontier }
  /// Checkpoints that are kept.
  public var checkpointCount: Int { intervals.count }

  // MARK: Input

  /// Gives bytes to the serial line and remembers them; gives how many were taken: none while past inputs lie ahead.
  public func receiveSerial(_ bytes: [UInt8]) -> Int { inputs.receiveSerial(bytes, machine) }

  /// A debugger changes the machine here; what had been recorded of the time after is no longer true.
  public func change(_ input: OutsideInput) {
    outputFrontier = outputCount
    inputs.change(input, machine)
  }

  // MARK: Forward

  /// Runs as `Machine.run(ticks:)` does, making checkpoints on the way and giving past inputs again.
  public func run(ticks: UInt64) -> RunResult { run(to: position &+ ticks) }

  private func run(to target: UInt64) -> RunResult {
    while true {
      do throws(InputDivergence) {
        try inputs.give(machine)
        checkpointIfDue()
        let here = position
        guard here < target else { return .sliceEnded }
        var bound = min(target, (intervals.last?.checkpoint.ticks ?? 0) &+ Self.spacing)
        for extra in extraCheckpoints where extra > here { bound = min(bound, extra) }
        switch try inputs.advance(machine, to: bound) {
        case .sliceEnded: continue
        case .idle(let nanoseconds):
          guard outputCount < outputFrontier, let nanoseconds else { return .idle(nanoseconds) }
          machine.passIdleTime(nanoseconds: nanoseconds)
        case let result: return result
        }
      } catch {
        return .exited(machine.exitReason ?? .halted)
      }
    }
  }

  // MARK: Checkpoints

  private func checkpointIfDue() {
    let here = position
    let due = (intervals.last?.checkpoint.ticks ?? 0) &+ Self.spacing
    guard here >= due || extraCheckpoints.contains(here) else { return }
    extraCheckpoints.removeAll { $0 <= here }
    addCheckpoint()
  }

  private func addCheckpoint() {
    let pages = machine.beginJournalInterval()
    if intervals.isEmpty {
      for page in pages { page.release() }
    } else {
      intervals[intervals.count - 1].pages = pages
    }
    intervals.append(
      Interval(checkpoint: machine.capture(), inputCount: inputs.givenCount, outputCount: outputCount))
    while intervals.count > Self.checkpointLimit || intervals.reduce(0, { $0 + $1.byteCount }) > byteLimit {
      guard thin() else { break }
    }
  }

  /// Joins every second interval of the older half with the one before; false if nothing can be joined.
  private func thin() -> Bool {
    guard intervals.count > 3 else { return false }
    var kept: [Interval] = []
    let half = intervals.count / 2
    for (index, interval) in intervals.enumerated() {
      guard index % 2 == 1, index < half || half < 2, index < intervals.count - 1 else {
        kept.append(interval)
        continue
      }
      var known = Set(kept[kept.count - 1].pages.map(\.offset))
      for page in interval.pages {
        if known.insert(page.offset).inserted { kept[kept.count - 1].pages.append(page) } else { page.release() }
      }
    }
    defer { intervals = kept }
    return kept.count < intervals.count
  }

  /// Goes back to a checkpoint; those after it are forgotten.
  private func restore(_ index: Int) {
    let open = machine.beginJournalInterval()
    machine.memory.physical.putBack(open)
    for page in open { page.release() }
    for later in stride(from: intervals.count - 2, through: index, by: -1) {
      machine.memory.physical.putBack(intervals[later].pages)
      for page in intervals[later].pages { page.release() }
      intervals[later].pages = []
    }
    intervals.removeSubrange((index + 1)...)
    let interval = intervals[index]
    machine.restore(interval.checkpoint)
    inputs.rewind(to: interval.inputCount)
    outputCount = interval.outputCount
    extraCheckpoints = []
  }

  // MARK: Backwards

  /// Goes to a position of the past; false if it lies before the beginning.
  ///
  /// The last stretch before it gets checkpoints of its own, so that further steps back are quick.
  public func seek(to ticks: UInt64) -> Bool {
    guard ticks >= beginning else { return false }
    guard ticks < position, let index = intervals.lastIndex(where: { $0.checkpoint.ticks <= ticks }) else {
      return ticks == position
    }
    return withoutObserver {
      restore(index)
      extraCheckpoints = [1_000_000, 100_000, 5000].compactMap {
        ticks > $0 + intervals[index].checkpoint.ticks ? ticks - $0 : nil
      }
      return forward(to: ticks)
    }
  }

  /// Executes to a position of the past again, whatever stops there are.
  private func forward(to ticks: UInt64) -> Bool {
    while position < ticks {
      switch run(to: ticks) {
      case .sliceEnded, .stopped: continue
      case .breakpoint: passBreakpoint()
      case .idle, .exited: return false
      }
    }
    machine.leaveBreakpoints(passing: false)
    return position == ticks
  }

  private func withoutObserver<Result>(_ body: () -> Result) -> Result {
    let observer = machine.presentObserver
    let expectsInput = machine.expectsInput
    machine.observe(nil)
    machine.expectsInput = true
    defer {
      machine.observe(observer)
      machine.expectsInput = expectsInput
    }
    return body()
  }

  /// Executes the instruction at a breakpoint.
  public func passBreakpoint() {
    machine.leaveBreakpoints(passing: true)
    _ = run(to: position &+ 1)
    machine.leaveBreakpoints(passing: false)
  }

  /// Goes back to before the last step of a processor; false at the beginning.
  public func stepBack(processor: Int) -> Bool {
    let now = position
    guard now > beginning else { return false }
    if machine.processorCount == 1 { return seek(to: now - 1) }
    // Processors take turns of some thousand ticks: the last step of this one lies within a few of them.
    var reach: UInt64 = 100_000
    while true {
      let start = max(beginning, now > reach ? now - reach : 0)
      guard seek(to: start) else { return false }
      let finder = StepFinder(end: now) { $1.state.index == processor }
      observe(finder, to: now)
      if let found = finder.found { return seek(to: found) }
      guard start > beginning else { return seek(to: beginning) && false }
      reach *= 10
    }
  }

  /// Goes back to the last position before the present one at which a processor stood at a breakpoint, or before the
  /// last step that `matches`; false, at the beginning, if there is none.
  ///
  /// - Parameters:
  ///   - breakpoints: linear addresses; those of the machine are left alone afterwards.
  ///   - matches: sees every step of the past, or nil if breakpoints alone count, which is much faster.
  ///   - isInterrupted: looked at now and then; the search then ends where it is.
  /// - Returns: the processor, and whether a breakpoint was the reason; nil at the beginning.
  public func runBack(
    breakpoints: Set<UInt64>, matches: ((Processor) -> Bool)?, isInterrupted: () -> Bool
  ) -> (processor: Int, isBreakpoint: Bool)? {
    var end = position
    var index = intervals.lastIndex { $0.checkpoint.ticks < end }
    while let at = index, !isInterrupted() {
      let start = intervals[at].checkpoint.ticks
      withoutObserver { restore(at) }
      var hit: (ticks: UInt64, processor: Int, isBreakpoint: Bool)?
      if let matches {
        let finder = StepFinder(end: end) { matches($1) || breakpoints.contains($1.log?.linearStart ?? 1) }
        observe(finder, to: end)
        if let found = finder.found {
          hit = (found, finder.processor, breakpoints.contains(finder.linear))
        }
      } else {
        hit = lastBreakpoint(breakpoints, before: end)
      }
      if let hit { return seek(to: hit.ticks) || position == hit.ticks ? (hit.processor, hit.isBreakpoint) : nil }
      end = start
      index = intervals.lastIndex { $0.checkpoint.ticks < end }
    }
    _ = seek(to: max(beginning, min(end, position)))
    return nil
  }

  private func lastBreakpoint(
    _ breakpoints: Set<UInt64>, before end: UInt64
  ) -> (ticks: UInt64, processor: Int, isBreakpoint: Bool)? {
    var hit: (ticks: UInt64, processor: Int, isBreakpoint: Bool)?
    withoutObserver {
      machine.setBreakpoints(breakpoints)
      machine.leaveBreakpoints(passing: false)
      search: while position < end {
        switch run(to: end) {
        case .breakpoint(let processor):
          if position < end { hit = (position, processor, true) }
          passBreakpoint()
        case .sliceEnded, .stopped: continue
        case .idle, .exited: break search
        }
      }
    }
    return hit
  }

  private func observe(_ observer: any MachineObserver, to end: UInt64) {
    let before = machine.presentObserver
    let breakpoints = machine.breakpoints
    machine.setBreakpoints([])
    machine.observe(observer)
    search: while position < end {
      switch run(to: end) {
      case .sliceEnded, .breakpoint: continue
      case .stopped, .idle, .exited: break search
      }
    }
    machine.observe(before)
    machine.setBreakpoints(breakpoints)
  }
}

/// Finds the last step that matches before a position.
private final class StepFinder: MachineObserver {
  private let end: UInt64
  private let matches: (Machine, Processor) -> Bool
  private(set) var found: UInt64?
  private(set) var processor = 0
  private(set) var linear: UInt64 = 0

  init(end: UInt64, matches: @escaping (Machine, Processor) -> Bool) {
    self.end = end
    self.matches = matches
  }

  func willStep(_ machine: Machine, _ processor: Processor) -> Bool { machine.executedTicks < end }

  func didStep(_ machine: Machine, _ processor: Processor) -> Bool {
    guard matches(machine, processor) else { return true }
    found = machine.executedTicks &- 1
    self.processor = processor.state.index
    linear = processor.log?.linearStart ?? 0
    return true
  }
}
