import Interpreter
import X86

/// What came of a slice.
public enum RunResult: Equatable, Sendable {
  /// The instructions granted are used up.
  case sliceEnded
  /// Every processor sleeps; the first event that may wake one is so many nanoseconds away, or nil if only input can.
  case idle(UInt64?)
  /// A processor is about to execute an instruction at a breakpoint.
  case breakpoint(processor: Int)
  /// A processor has executed an instruction that touched this one of the watchpoints.
  case watchpoint(processor: Int, index: Int)
  /// The observer wanted to stop.
  case stopped
  /// The machine stopped.
  case exited(ExitReason)
}

extension Machine {
  /// Instructions that each processor may execute before the next has its turn: a prime, so that the turns of a short loop
  /// end at each of its instructions in time. SeaBIOS's loop, which lets go of a lock for two of them, would else keep it.
  private static let processorQuantum = 4001
  /// Jumps to a next event after which a slice ends although no processor has executed anything: some milliseconds.
  private static let idleJumpsPerSlice = 4096

  /// Events of devices since an instruction was executed, while every processor slept.
  public var idleEventCount: UInt64 { idleJumps }

  /// A sleeping guest has been passed so many events of devices, none of which woke it, that it will not wake.
  public var isIdleForGood: Bool { idleJumps >= 1_000_000 }

  /// Where the running round stands.
  struct Turn: Codable, Equatable, Sendable {
    /// Whose turn it is.
    var index = 0
    /// Ticks that each processor may use in this round.
    var limit: UInt64 = 0
    /// Ticks that the present one has used.
    var used: UInt64 = 0
    /// The most that any has used.
    var longest: UInt64 = 0
    /// The present one was able to run when its turn began.
    var isRunning = false
    /// A round is under way.
    var isOpen = false
  }

  /// Virtual time as the running processor sees it.
  var now: VirtualTime {
    let count = UInt64(processors.count)
    guard count > 0, turn.isOpen else { return VirtualTime(nanoseconds: clock) }
    let used = turn.used &+ UInt64(max(processors[turn.index].ticksInSlice, 0))
    return VirtualTime(nanoseconds: clock &+ (UInt64(turn.index) &* turn.limit &+ used) / count)
  }

  /// Runs until the processors have used about `ticks` ticks between them, or as much virtual time has passed and a
  /// round has ended, or the machine stops.
  ///
  /// Where a slice ends has no influence on what the guest computes: an open round goes on with the next call.
  public func run(ticks: UInt64) -> RunResult {
    var left = ticks
    let start = clock
    var jumps = 0
    while left > 0 {
      if let exit, !turn.isOpen { return .exited(exit) }
      if !turn.isOpen {
        // Events that wake no processor may come every nanosecond.
        jumps = idleJumps > 0 ? jumps + 1 : 0
        guard clock &- start < max(ticks, 1_000_000), jumps <= Self.idleJumpsPerSlice else { return .sliceEnded }
        openRound()
        if let exit { return .exited(exit) }
      }
      if let result = runTurns(&left) { return result }
      if turn.isOpen { return .sliceEnded }
    }
    return .sliceEnded
  }

  /// A deadline came from outside: an open round must not go on beyond it. Several processors end theirs soon anyway.
  func limitRound(to deadline: VirtualTime?) {
    guard turn.isOpen, processors.count == 1, let deadline else { return }
    turn.limit = min(turn.limit, max(deadline.nanoseconds, clock &+ turn.used &+ 1) &- clock)
  }

  /// Begins a round: the chips catch up, and the next deadline limits it.
  private func openRound() {
    platform.advance(to: VirtualTime(nanoseconds: clock))
    guard exit == nil else { return }
    var limit: UInt64 = 1 << 40
    if let next = platform.nextEvent { limit = min(limit, max(next.nanoseconds, clock &+ 1) &- clock) }
    if processors.count > 1 { limit = min(limit, UInt64(Self.processorQuantum)) }
    turn = Turn(limit: limit, isOpen: true)
    beginTurn()
  }

  /// Requests of the board in earlier turns do not end this one.
  private func beginTurn() {
    turn.used = 0
    let processor = processors[turn.index]
    turn.isRunning =
      processor.state.activity == .running || (processor.state.activity == .halted && processor.canWake)
    if turn.isRunning { processor.clearBoardAttention() }
    isTurnInterrupted = false
  }

  /// Lets the processors have their turns; ends with the round or with the ticks that are left.
  ///
  /// - Returns: nil if the caller goes on.
  private func runTurns(_ left: inout UInt64) -> RunResult? {
    while true {
      let processor = processors[turn.index]
      if turn.isRunning {
        let grant = min(turn.limit &- turn.used, left)
        let used = execute(processor, grant)
        if isSuspendRequested { suspend() }
        left &-= used
        turn.longest = max(turn.longest, turn.used)
        if processor.state.activity == .shutdown { exit = exit ?? .tripleFault(processor.state.shutdownReason) }
        let watched = processor.takeWatchHit()
        if exit == nil {
          if let watched { return .watchpoint(processor: turn.index, index: watched) }
          if processor.isAtBreakpoint { return .breakpoint(processor: turn.index) }
          if isStopRequested || isAtStopPort {
            hasStoppedAtPort = takeStopPort()
            isStopRequested = false
            return .stopped
          }
          // A turn that the board has ended is over, also where the slice ends with it.
          if used == grant && turn.used < turn.limit && !isTurnInterrupted { return nil }
        }
      }
      if exit == nil && turn.index + 1 < processors.count {
        turn.index += 1
        beginTurn()
        if left == 0 && turn.isRunning { return nil }
        continue
      }
      return closeRound()
    }
  }

  /// Executes with or without an observer; gives the ticks used, which `turn` counts as well.
  private func execute(_ processor: Processor, _ ticks: UInt64) -> UInt64 {
    guard let observer else {
      let used = UInt64(processor.run(ticks: Int(min(ticks, 1 << 40))))
      turn.used &+= used
      return used
    }
    var used: UInt64 = 0
    while used < ticks, exit == nil, !isSuspendRequested, processor.state.activity != .shutdown {
      isStopRequested = !observer.willStep(self, processor)
      guard !isStopRequested else { break }
      let step = UInt64(processor.runObservedTick())
      turn.used &+= step
      used &+= step
      guard step > 0 else { break }
      isStopRequested = !observer.didStep(self, processor)
      guard !isStopRequested, !isAtStopPort else { break }
    }
    return used
  }

  /// Ends a round: time passes, or every processor sleeps.
  private func closeRound() -> RunResult? {
    let longest = turn.longest
    turn = Turn()
    if let exit { return .exited(exit) }
    if longest > 0 {
      clock &+= longest
      idleJumps = 0
      return nil
    }
    // All processors sleep. Only interrupts, with IF = 1, or an NMI can wake one.
    let canBeWoken =
      platform.isSuspended
      || processors.contains { $0.state.activity == .halted && $0.state.systemFlags & RFLAGS.interruptEnable != 0 }
    guard let next = platform.nextEvent, canBeWoken else {
      guard canBeWoken, expectsInput, !platform.isSuspended else {
        exit = .halted
        return .exited(.halted)
      }
      return .idle(nil)
    }
    idleJumps &+= 1
    if returnsWhenIdle { return .idle(max(next.nanoseconds, clock &+ 1) &- clock) }
    clock = max(clock &+ 1, next.nanoseconds)
    return nil
  }

  /// Ends the run.
  func stop(_ reason: ExitReason) {
    if exit == nil { exit = reason }
    interruptSlice()
  }

  /// Makes the running processor come back, so that a new deadline counts.
  func interruptSlice() {
    isTurnInterrupted = true
    if processors.indices.contains(turn.index) { processors[turn.index].requestBoardAttention() }
  }

  // MARK: Sleep

  /// Lets virtual time pass while every processor sleeps.
  public func passIdleTime(nanoseconds: UInt64) { clock &+= nanoseconds }

  /// How long every processor sleeps, but not beyond a moment; nil if one does not, or the machine has stopped.
  ///
  /// It may be 0: then a round was open and has ended.
  func idleStep(limit moment: UInt64) -> UInt64? {
    let saved = (returnsWhenIdle, expectsInput)
    (returnsWhenIdle, expectsInput) = (true, true)
    defer { (returnsWhenIdle, expectsInput) = saved }
    if !turn.isOpen { openRound() }
    guard exit == nil else { return nil }
    let result = closeIdleRound()
    guard !turn.isOpen else { return nil }
    guard let result else { return 0 }
    guard case .idle(let nanoseconds) = result else { return nil }
    return min(nanoseconds ?? .max, max(moment, clock) &- clock)
  }

  /// Ends a round in which no processor can run; nil if one can.
  private func closeIdleRound() -> RunResult? {
    for index in turn.index..<processors.count {
      let processor = processors[index]
      if processor.state.activity == .running || (processor.state.activity == .halted && processor.canWake) {
        return nil
      }
    }
    return closeRound()
  }
}
