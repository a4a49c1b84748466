import Interpreter
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

  struct Interval {
    var checkpoint: MachineCheckpoint
    /// Inputs that had been given by then.
    var inputCount: Int
    /// Bytes that the guest had sent by then.
    var outputCount: UInt64
    /// What pages held at its start that it has written; of the last interval the journal has them.
    var pages: [PageJournal.SavedPage] = []
    var byteCount: Int { checkpoint.byteCount + pages.count * 4128 }
  }

  var intervals: [Interval] = []
  private let inputs = InputLog()
  private var outputCount: UInt64 = 0
  private var outputFrontier: UInt64 = 0
  private let output: (UInt8) -> Void
  /// The furthest position that this past has reached: nothing new comes from outside before it.
  private var frontier: UInt64 = 0
  /// The past is being executed again for a search.
  var isSearching = false
  /// Positions near which checkpoints stand closer.
  var extraCheckpoints: [UInt64] = []

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
  /// Something of the past lies ahead: what comes from outside must wait until it has happened again.
  public var isInThePast: Bool {
    position < frontier || inputs.next != nil || outputCount < outputFrontier || isSearching
  }
  /// Checkpoints that are kept.
  public var checkpointCount: Int { intervals.count }
  /// Bytes that checkpoints and the pages between them take, about.
  public var byteCount: Int { intervals.reduce(0) { $0 + $1.byteCount } }
  /// Inputs that are remembered.
  public var inputsKept: Int { inputs.entries.count }

  // MARK: Input

  /// Gives bytes to the serial line and remembers them; gives how many were taken: none in the past.
  public func receiveSerial(_ bytes: [UInt8]) -> Int { isInThePast ? 0 : inputs.receiveSerial(bytes, machine) }

  /// A debugger changes the machine here; what had been recorded of the time after is no longer true.
  public func change(_ input: OutsideInput) {
    outputFrontier = outputCount
    frontier = position
    inputs.change(input, machine)
  }

  // MARK: Forward

  /// Runs as `Machine.run(ticks:)` does, making checkpoints on the way and giving past inputs again.
  public func run(ticks: UInt64) -> RunResult { run(to: position &+ ticks) }

  func run(to target: UInt64) -> RunResult {
    var jumps = machine.idleJumps
    while true {
      do throws(InputDivergence) {
        try inputs.give(machine)
        checkpointIfDue()
        let here = position
        guard here < target else { return .sliceEnded }
        var bound = min(target, (intervals.last?.checkpoint.ticks ?? 0) &+ Self.spacing)
        for extra in extraCheckpoints where extra > here { bound = min(bound, extra) }
        switch try inputs.advance(machine, to: bound) {
        case .sliceEnded:
          // Whoever waits for a guest that sleeps on and on must be able to look around.
          jumps = min(jumps, machine.idleJumps)
          if machine.idleJumps - jumps >= 4096 { return .sliceEnded }
        case .idle(let nanoseconds):
          guard isInThePast, let nanoseconds else { return .idle(nanoseconds) }
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

  func addCheckpoint() {
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
  func restore(_ index: Int) {
    frontier = max(frontier, position)
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
}
