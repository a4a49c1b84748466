import Interpreter
public import Machine
public import X86

/// What the process around a debugged machine does while it runs.
public protocol DebugHost: AnyObject {
  /// Input, output, limits; true when the process must end.
  func lookAround() -> Bool
  /// Every processor sleeps: lets so many nanoseconds pass, or waits for input if nil.
  func sleep(nanoseconds: UInt64?)
  /// The machine that takes the place of one that stopped, if the guest is to be started again.
  func replacement(after reason: ExitReason) -> Machine?
  /// The exit status of the process after this end.
  func status(of reason: ExitReason) -> UInt8
}

/// A board as a debugger sees it.
///
/// Without breakpoints and watchpoints the guest runs as it always does. With some, every tick is a turn of its own:
/// with several processors each executes one instruction a turn, so that they take turns more finely than undebugged.
public final class MachineDebugTarget: DebugTarget {
  /// The board.
  public private(set) var machine: Machine
  /// Why it stopped for good, once a debugger was told.
  public private(set) var exitReason: ExitReason?
  private unowned let host: any DebugHost
  /// Processors that came to a breakpoint in the same turn as one that was reported.
  private var waiting: [Int] = []
  /// Linear address of the next instruction, and ticks, of each processor before a turn.
  private var starts: [(pointer: UInt64, ticks: UInt64)] = []

  /// Ticks between two looks at the host and the debugger: some milliseconds.
  private static let sliceTicks: UInt64 = 200_000
  private static let observedSliceTicks = 20_000

  /// Makes a target.
  public init(_ machine: Machine, host: any DebugHost) {
    self.machine = machine
    self.host = host
  }

  /// Goes on with another board, which has taken the place of the first; breakpoints stay.
  public func follow(_ next: Machine) {
    machine = next
    waiting.removeAll()
    if !watchpoints.isEmpty { machine.observeAccesses(true) }
  }

  /// Breakpoints by linear address.
  public var breakpoints: Set<UInt64> = []
  /// Watchpoints by linear address.
  public var watchpoints: [Watchpoint] = [] {
    didSet { if watchpoints.isEmpty != oldValue.isEmpty { machine.observeAccesses(!watchpoints.isEmpty) } }
  }
  /// Only what is to come can be reached.
  public var canReverse: Bool { false }
  /// Logical processors.
  public var processorCount: Int { machine.processorCount }

  /// The state, the local APIC's base among its MSRs.
  public func state(ofProcessor processor: Int) -> ArchitecturalState {
    var state = machine.state(ofProcessor: processor)
    state.msrs[0x1B] = machine.readAPICRegister(0x1B, processor: processor)
    return state
  }

  /// Changes the state.
  public func setState(_ state: ArchitecturalState, ofProcessor processor: Int) {
    var state = state
    // A base that does not change must not count as written.
    if state.msrs[0x1B] == machine.readAPICRegister(0x1B, processor: processor) { state.msrs[0x1B] = nil }
    machine.setState(state, ofProcessor: processor)
  }

  /// Reads mapped RAM.
  public func readLinear(_ address: UInt64, count: Int, processor: Int) -> [UInt8] {
    machine.readLinear(address, count: count, processor: processor)
  }

  /// Writes mapped RAM.
  public func writeLinear(_ address: UInt64, _ bytes: [UInt8], processor: Int) -> Bool {
    machine.writeLinear(address, bytes, processor: processor)
  }

  /// Reads RAM.
  public func readPhysical(_ address: UInt64, count: Int) -> [UInt8] { machine.readPhysical(address, count: count) }

  /// Writes RAM.
  public func writePhysical(_ address: UInt64, _ bytes: [UInt8]) -> Bool { machine.writePhysical(address, bytes) }

  // MARK: Running

  /// Runs turns until this processor has used a tick; a sleeping one takes a step when something wakes it.
  public func step(processor: Int, backwards: Bool) -> (StopReason, processor: Int) {
    if backwards { return (.historyStart, processor) }
    waiting.removeAll { $0 == processor }
    let before = machine.executedTicks(ofProcessor: processor)
    let pointer = machine.linearInstructionPointer(ofProcessor: processor)
    var turns = 0
    while true {
      noteStart()
      if let stop = turn() { return stop }
      noteArrivals(except: processor)
      if machine.executedTicks(ofProcessor: processor) != before { return (.step, processor) }
      // An interrupt that has been delivered is a step as well.
      if machine.linearInstructionPointer(ofProcessor: processor) != pointer { return (.step, processor) }
      turns += 1
      // Another processor may keep running while this one sleeps for ever.
      if turns % Self.observedSliceTicks == 0 {
        if host.lookAround() { return (.ending, processor) }
        if turns >= 50 * Self.observedSliceTicks { return (.step, processor) }
      }
    }
  }

  /// Runs until a breakpoint, a watchpoint, the end, or an interruption.
  public func resume(backwards: Bool, isInterrupted: () -> Bool) -> (StopReason, processor: Int) {
    if backwards { return (.historyStart, 0) }
    while let processor = waiting.popLast() {
      if breakpoints.contains(machine.linearInstructionPointer(ofProcessor: processor)) {
        return (.breakpoint, processor)
      }
    }
    while true {
      if host.lookAround() { return (.ending, 0) }
      if isInterrupted() { return (.interrupted, 0) }
      if let stop = breakpoints.isEmpty && watchpoints.isEmpty ? slice() : observedSlice() { return stop }
    }
  }

  /// Runs freely for a slice.
  private func slice() -> (StopReason, processor: Int)? {
    switch machine.run(ticks: Self.sliceTicks) {
    case .sliceEnded, .breakpoint, .stopped: nil
    case .idle(let nanoseconds): idle(nanoseconds)
    case .exited(let reason): exited(reason)
    }
  }

  private func observedSlice() -> (StopReason, processor: Int)? {
    for _ in 0..<Self.observedSliceTicks { if let stop = observedTurn() { return stop } }
    return nil
  }

  /// One turn, and what it ran into.
  private func observedTurn() -> (StopReason, processor: Int)? {
    noteStart()
    if let stop = turn() { return stop }
    noteArrivals(except: nil)
    return waiting.isEmpty ? nil : (.breakpoint, waiting.removeFirst())
  }

  /// Remembers where the processors stand before a turn.
  private func noteStart() {
    starts.removeAll(keepingCapacity: true)
    for index in 0..<processorCount {
      starts.append((machine.linearInstructionPointer(ofProcessor: index), machine.executedTicks(ofProcessor: index)))
    }
  }

  /// Notes processors that a turn has brought to a breakpoint; who sleeps at one has not come to it again.
  private func noteArrivals(except stepping: Int?) {
    for index in starts.indices where index < processorCount && index != stepping {
      let pointer = machine.linearInstructionPointer(ofProcessor: index)
      guard breakpoints.contains(pointer), !waiting.contains(index) else { continue }
      let ticks = machine.executedTicks(ofProcessor: index)
      if starts[index].pointer != pointer || starts[index].ticks != ticks { waiting.append(index) }
    }
  }

  /// One tick of every processor that is awake, and the delivery of what waits then; nil if nothing of note came.
  private func turn() -> (StopReason, processor: Int)? {
    let result = machine.run(ticks: 1)
    if case .exited(let reason) = result { return exited(reason) }
    if !watchpoints.isEmpty, let hit = watchedAccess() { return hit }
    if case .idle(let nanoseconds) = result { return idle(nanoseconds) }
    machine.deliverPendingEvents()
    if let reason = machine.exitReason { return exited(reason) }
    return nil
  }

  private func watchedAccess() -> (StopReason, processor: Int)? {
    var found: (StopReason, processor: Int)?
    for index in 0..<processorCount {
      for access in machine.takeAccesses(ofProcessor: index) where found == nil {
        let hit = watchpoints.first {
          $0.matches(access.address, byteCount: access.byteCount, isWrite: access.isWrite)
        }
        if let hit { found = (.watchpoint(address: hit.address, kind: hit.kind), index) }
      }
    }
    if found != nil { machine.deliverPendingEvents() }
    return found
  }

  private func idle(_ nanoseconds: UInt64?) -> (StopReason, processor: Int)? {
    host.sleep(nanoseconds: nanoseconds)
    return host.lookAround() ? (.ending, 0) : nil
  }

  private func exited(_ reason: ExitReason) -> (StopReason, processor: Int)? {
    if let next = host.replacement(after: reason) {
      follow(next)
      return nil
    }
    exitReason = reason
    return (.exited(status: host.status(of: reason)), 0)
  }
}
