import Interpreter
public import MMU

/// Where reverse execution came to a stop.
public struct PastStop: Equatable, Sendable {
  /// The position, before the step that was looked for.
  public var ticks: UInt64
  /// Whose step it was.
  public var processor: Int
  /// The watchpoint that the step touches; nil at a breakpoint.
  public var watchpoint: Int?
}

extension TimeTravel {
  /// Goes to a position of the past; false if it lies before the beginning or after the present.
  ///
  /// The last stretch before it gets checkpoints of its own, so that further steps back are quick.
  public func seek(to ticks: UInt64) -> Bool {
    guard ticks >= beginning else { return false }
    guard ticks < position, let index = intervals.lastIndex(where: { $0.checkpoint.ticks <= ticks }) else {
      return ticks == position
    }
    return withoutStops {
      restore(index)
      extraCheckpoints = [1_000_000, 100_000, 5000].compactMap {
        ticks > $0 + intervals[index].checkpoint.ticks ? ticks - $0 : nil
      }
      return forward(to: ticks)
    }
  }

  /// Executes to a position again; false if the machine does not reach it.
  private func forward(to ticks: UInt64) -> Bool {
    while position < ticks {
      switch run(to: ticks) {
      case .sliceEnded, .stopped, .breakpoint, .watchpoint: continue
      case .idle, .exited: return position == ticks
      }
    }
    return position == ticks
  }

  /// Lets a body execute the past: without observers or stops, with recorded input.
  private func withoutStops<Result>(_ body: () -> Result) -> Result {
    let observer = machine.presentObserver
    let (breakpoints, watchpoints) = (machine.breakpoints, machine.watchpoints)
    let expectsInput = machine.expectsInput
    machine.observe(nil)
    disarm()
    machine.expectsInput = true
    let wasSearching = isSearching
    isSearching = true
    defer {
      isSearching = wasSearching
      machine.observe(observer)
      machine.setBreakpoints(breakpoints)
      machine.setWatchpoints(watchpoints)
      machine.leaveBreakpoints(passing: false)
      machine.expectsInput = expectsInput
    }
    return body()
  }

  private func disarm() {
    machine.setBreakpoints([])
    machine.setWatchpoints([])
    machine.leaveBreakpoints(passing: false)
  }

  /// Shows an observer every step from here to a position.
  public func observe(_ observer: any MachineObserver, to end: UInt64) {
    withoutStops {
      machine.observe(observer)
      search: while position < end {
        switch run(to: end) {
        case .sliceEnded, .breakpoint, .watchpoint: continue
        case .stopped, .idle, .exited: break search
        }
      }
      machine.observe(nil)
    }
  }

  /// Executes the instruction at a breakpoint, or whatever is next; gives what came of it.
  @discardableResult
  public func passBreakpoint() -> RunResult {
    machine.leaveBreakpoints(passing: true)
    defer { machine.leaveBreakpoints(passing: false) }
    return run(to: position &+ 1)
  }

  /// Goes back to before the last step of a processor; false at the beginning.
  public func stepBack(processor: Int) -> Bool {
    let now = position
    guard now > beginning else { return false }
    if machine.processorCount == 1 { return seek(to: now - 1) }
    // Processors take turns of some thousand ticks: the last step of this one lies within a few of them.
    var reach: UInt64 = 20_000
    while true {
      let start = max(beginning, now > reach ? now - reach : 0)
      guard seek(to: start) else { return false }
      let finder = StepFinder(processor, end: now)
      observe(finder, to: now)
      if let found = finder.found { return seek(to: found) }
      guard start > beginning else {
        _ = seek(to: beginning)
        return false
      }
      reach *= 10
    }
  }

  /// Goes back to the last position before the present one at which a processor stood at a breakpoint, or before the
  /// last step that touched a watched range.
  ///
  /// The past is executed again at speed, from one checkpoint after the other. Breakpoints and watchpoints of the
  /// machine itself are left as they are.
  ///
  /// - Parameters:
  ///   - breakpoints: linear addresses.
  ///   - isInterrupted: looked at now and then; the search then ends where it is.
  /// - Returns: nil at the beginning, or if the search was interrupted.
  public func runBack(
    breakpoints: Set<UInt64>, watchpoints: [WatchedRange], isInterrupted: @escaping () -> Bool
  ) -> PastStop? {
    var end = position
    var found: PastStop?
    // Whoever looks around may change what the machine expects.
    let isInterrupted = {
      defer { self.machine.expectsInput = true }
      return isInterrupted()
    }
    withoutStops {
      while found == nil, let index = intervals.lastIndex(where: { $0.checkpoint.ticks < end }), !isInterrupted() {
        let start = intervals[index].checkpoint.ticks
        restore(index)
        found = lastStop(breakpoints, watchpoints, before: end, isInterrupted)
        end = start
      }
    }
    _ = seek(to: found?.ticks ?? max(beginning, min(end, position)))
    return found
  }

  /// Stops of one scan, after which stops are taken to be dense.
  private static let scanLimit = 500

  /// The last stop between here and a position.
  private func lastStop(
    _ breakpoints: Set<UInt64>, _ watchpoints: [WatchedRange], before end: UInt64, _ isInterrupted: () -> Bool
  ) -> PastStop? {
    var end = end
    var known: PastStop?
    while true {
      machine.setBreakpoints(breakpoints)
      machine.setWatchpoints(watchpoints)
      let (last, isComplete) = scan(to: end)
      known = last ?? known
      disarm()
      if isComplete || isInterrupted() { return known }
      // Many stops, each of which takes its time: the last one is looked for in the later half of the rest.
      let here = position
      let middle = here + (end - here) / 2
      guard middle > here, forward(to: middle) else { continue }
      addCheckpoint()
      machine.setBreakpoints(breakpoints)
      machine.setWatchpoints(watchpoints)
      let (later, isAll) = scan(to: end)
      known = later ?? known
      disarm()
      if isAll {
        if later != nil { return known }
        guard let index = intervals.lastIndex(where: { $0.checkpoint.ticks <= here }) else { return known }
        restore(index)
        end = middle
      }
    }
  }

  /// Executes up to a position and notes the last stop on the way; after so many, only the way up to there.
  private func scan(to end: UInt64) -> (PastStop?, isComplete: Bool) {
    var last: PastStop?
    var count = 0
    var result = RunResult.sliceEnded
    while position < end {
      if case .breakpoint = result { result = passBreakpoint() } else { result = run(to: end) }
      switch result {
      case .breakpoint(let processor):
        guard position < end else { break }
        last = PastStop(ticks: position, processor: processor)
      case .watchpoint(let processor, let index):
        last = PastStop(ticks: position &- 1, processor: processor, watchpoint: index)
      case .sliceEnded, .stopped: continue
      case .idle, .exited: return (last, true)
      }
      count += 1
      if count >= Self.scanLimit, position < end { return (last, false) }
    }
    return (last, true)
  }
}

/// Finds the last step of a processor before a position.
private final class StepFinder: MachineObserver {
  private let processor: Int
  private let end: UInt64
  private(set) var found: UInt64?

  init(_ processor: Int, end: UInt64) {
    self.processor = processor
    self.end = end
  }

  func willStep(_ machine: Machine, _ processor: Processor) -> Bool { machine.executedTicks < end }

  func didStep(_ machine: Machine, _ processor: Processor) -> Bool {
    if processor.state.index == self.processor { found = machine.executedTicks &- 1 }
    return true
  }
}
