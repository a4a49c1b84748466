import DevicesLegacy
public import Interpreter
public import MMU
public import X86

/// What a board is made of.
public struct MachineConfiguration: Sendable {
  /// Bytes of RAM, a multiple of 4 KiB.
  public var memoryByteCount: UInt64 = 256 << 20
  /// Logical processors, 1 to 16.
  public var processorCount = 1
  /// Makes the defaults.
  public init() {}
}

/// Why a machine cannot be built.
public struct MachineError: Error, CustomStringConvertible, Equatable {
  /// One sentence.
  public var description: String
}

/// Why a machine stopped for good.
public enum ExitReason: Equatable, Sendable {
  /// The guest wrote this value to port F4h.
  case debugExit(UInt32)
  /// ACPI S5.
  case powerOff
  /// No processor can ever wake.
  case halted
  /// Shutdown, with its story.
  case tripleFault(String)
  /// A reset by the named means.
  case reset(String)
}

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

/// Looks at every step of a machine.
public protocol MachineObserver: AnyObject {
  /// A processor is about to take a step; false stops the machine before it.
  func willStep(_ machine: Machine, _ processor: Processor) -> Bool
  /// A processor took a step, which its `log` tells; false stops the machine after it.
  func didStep(_ machine: Machine, _ processor: Processor) -> Bool
}

/// The board: processors, chips on ports and addresses, and virtual time.
public final class Machine {
  /// Guest RAM.
  public let memory: GuestMemory
  /// Serial and debug-console output, in order.
  public var serialOutput: (UInt8) -> Void = { _ in }
  /// Whether bytes may still arrive on the serial line: then a sleeping guest is not dead.
  public var expectsInput = false
  /// Whether `run` comes back when every processor sleeps, for the caller to pass the time, rather than jump to the
  /// next event.
  public var returnsWhenIdle = false
  /// Named events and how often each happened.
  public internal(set) var events: [String: Int] = [:]

  /// Who executes in place of the board's own processors, if anybody.
  public weak var foreignProcessors: (any ForeignProcessors)?

  let configuration: MachineConfiguration
  private let cache: CodeCache
  private var processors: [Processor] = []
  let platform: Platform
  /// Virtual time at the start of the round.
  var clock: UInt64 = 0
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
  var turn = Turn()
  var exit: ExitReason?
  private var isStopRequested = false
  /// Who looks at every step, if anybody; set by `observe`.
  private var observer: (any MachineObserver)?

  /// Instructions that each processor may execute before the next has its turn.
  private static let processorQuantum = 4000

  /// Builds a board.
  public init(_ configuration: MachineConfiguration) throws(MachineError) {
    guard (1...16).contains(configuration.processorCount) else {
      throw MachineError(description: "--cpus \(configuration.processorCount) is not between 1 and 16")
    }
    do {
      memory = try GuestMemory(byteCount: configuration.memoryByteCount)
    } catch {
      switch error {
      case .badSize(let size):
        throw MachineError(description: "--memory \(size) is not a multiple of 4096 of at least 1048576 bytes")
      case .exceedsHost(let size, let host):
        throw MachineError(description: "--memory \(size): the host has no more than \(host) bytes")
      case .cannotMap(let size, let code):
        throw MachineError(description: "--memory \(size): the host refuses so much memory (errno \(code))")
      }
    }
    self.configuration = configuration
    cache = CodeCache(memory)
    platform = Platform(processorCount: configuration.processorCount, memory: memory)
    platform.machine = self
    let model = ProcessorModel(processorCount: configuration.processorCount)
    for index in 0..<configuration.processorCount {
      let processor = Processor(index: index, memory: memory, cache: cache, bus: self, model: model)
      if index > 0 { processor.initialize(isBootstrap: false) }
      processors.append(processor)
    }
  }

  /// Loads an image into RAM and the bootstrap processor.
  public func load(path: String, options: BootOptions) throws(BootError) {
    let rsdp = FirmwareTables(processorCount: configuration.processorCount).place(in: memory)
    platform.firmware.setCommandLine(options.commandLine)
    processors[0].restore(try memory.loadImage(path: path, options: options, rsdp: rsdp))
  }

  /// Instructions completed by all processors.
  public var retiredInstructions: UInt64 { processors.reduce(0) { $0 &+ $1.retiredInstructions } }

  /// Ticks that all processors have used: completed instructions, and each further iteration of a repeated string
  /// instruction and each delivery of an exception.
  public var executedTicks: UInt64 { processors.reduce(0) { $0 &+ $1.state.ticksBefore } }

  /// Everything that software can observe of a processor.
  public func state(ofProcessor index: Int) -> ArchitecturalState { processors[index].snapshot() }

  /// Bytes for the serial line; gives how many were taken.
  public func receiveSerial(_ bytes: [UInt8]) -> Int {
    var taken = 0
    while taken < bytes.count, platform.serial.receive(bytes[taken]) { taken += 1 }
    return taken
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
    while left > 0 {
      if let exit, !turn.isOpen { return .exited(exit) }
      if !turn.isOpen {
        guard clock &- start < max(ticks, 1_000_000) else { return .sliceEnded }
        openRound()
        if let exit { return .exited(exit) }
      }
      if let result = runTurns(&left) { return result }
      if turn.isOpen { return .sliceEnded }
    }
    return .sliceEnded
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

  /// The board's wishes of earlier turns do not end this one.
  private func beginTurn() {
    turn.used = 0
    let processor = processors[turn.index]
    turn.isRunning =
      processor.state.activity == .running || (processor.state.activity == .halted && processor.canWake)
    if turn.isRunning { processor.clearBoardAttention() }
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
        left &-= used
        turn.longest = max(turn.longest, turn.used)
        if processor.state.activity == .shutdown { exit = exit ?? .tripleFault(processor.state.shutdownReason) }
        let watched = processor.takeWatchHit()
        if exit == nil {
          if let watched { return .watchpoint(processor: turn.index, index: watched) }
          if processor.isAtBreakpoint { return .breakpoint(processor: turn.index) }
          if isStopRequested {
            isStopRequested = false
            return .stopped
          }
          if used == grant && turn.used < turn.limit { return nil }
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
    while used < ticks, exit == nil, processor.state.activity != .shutdown {
      isStopRequested = !observer.willStep(self, processor)
      guard !isStopRequested else { break }
      let step = UInt64(processor.runObservedTick())
      turn.used &+= step
      used &+= step
      guard step > 0 else { break }
      isStopRequested = !observer.didStep(self, processor)
      guard !isStopRequested else { break }
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
      return nil
    }
    // All processors sleep. Only interrupts, with IF = 1, or an NMI can wake one.
    let canBeWoken = processors.contains {
      $0.state.activity == .halted && $0.state.systemFlags & RFLAGS.interruptEnable != 0
    }
    guard let next = platform.nextEvent, canBeWoken else {
      guard canBeWoken, expectsInput else {
        exit = .halted
        return .exited(.halted)
      }
      return .idle(nil)
    }
    if returnsWhenIdle { return .idle(max(next.nanoseconds, clock &+ 1) &- clock) }
    clock = max(clock &+ 1, next.nanoseconds)
    return nil
  }

  /// Lets virtual time pass while every processor sleeps.
  public func passIdleTime(nanoseconds: UInt64) { clock &+= nanoseconds }

  /// Ends the run.
  func stop(_ reason: ExitReason) {
    if exit == nil { exit = reason }
    interruptSlice()
  }

  /// Makes the running processor come back, so that a new deadline counts.
  func interruptSlice() {
    if processors.indices.contains(turn.index) { processors[turn.index].requestBoardAttention() }
  }

  func setA20(_ isEnabled: Bool) {
    if foreignProcessors != nil && !isEnabled { note("A20 gate closed without effect", processor: 0) }
    for processor in processors { processor.setAddressMask(isEnabled ? .max : ~(1 << 20)) }
  }

  /// A processor; read it only, but for what the debugger changes.
  public func processor(_ index: Int) -> Processor { processors[index] }

  /// The virtual time of the start of the running round, in nanoseconds.
  public var clockNanoseconds: UInt64 { clock }

  /// Who observes.
  public var presentObserver: (any MachineObserver)? { observer }

  /// The breakpoints.
  public var breakpoints: Set<UInt64> { cache.breakpoints }

  func dropDecodedCode() { cache.dropEverything() }

  func endJournal() -> [PageJournal.SavedPage] { memory.physical.endIntervals(pageCount: Int(memory.byteCount >> 12)) }

  /// How long every processor sleeps, but not beyond a moment; nil if one does not, or the machine has stopped.
  func idleStep(limit moment: UInt64) -> UInt64? {
    let saved = (returnsWhenIdle, expectsInput)
    (returnsWhenIdle, expectsInput) = (true, true)
    defer { (returnsWhenIdle, expectsInput) = saved }
    if turn.isOpen { _ = closeIdleRound() }
    openRound()
    guard exit == nil, case .idle(let nanoseconds)? = closeIdleRound() else { return nil }
    return min(nanoseconds ?? .max, moment &- clock)
  }

  /// Ends a round in which nobody can run; nil if somebody can.
  private func closeIdleRound() -> RunResult? {
    for index in turn.index..<processors.count {
      let processor = processors[index]
      if processor.state.activity == .running || (processor.state.activity == .halted && processor.canWake) {
        return nil
      }
    }
    return closeRound()
  }

  /// Begins or ends the observation of every step; what the guest computes stays the same.
  public func observe(_ observer: (any MachineObserver)?) {
    self.observer = observer
    for processor in processors { processor.setObserved(observer != nil) }
  }

  /// Replaces the breakpoints, linear addresses for all processors.
  public func setBreakpoints(_ addresses: Set<UInt64>) { cache.setBreakpoints(addresses) }

  /// Leaves the breakpoints at which processors stand.
  ///
  /// - Parameter passing: breakpoints do not count until the next call.
  public func leaveBreakpoints(passing: Bool) {
    for processor in processors { processor.leaveBreakpoint(passing: passing) }
  }
}

extension Machine: ProcessorBus {
  /// Reads I/O ports for a processor.
  public func readPort(_ port: UInt16, width: Int, processor: Int) -> UInt32 {
    platform.readPort(port, width: width, now: now)
  }

  /// Writes I/O ports for a processor; a chip may have set a new deadline.
  public func writePort(_ value: UInt32, _ port: UInt16, width: Int, processor: Int) {
    platform.writePort(value, port, width: width, now: now)
    interruptSlice()
  }

  /// Reads an address that is not RAM.
  public func readPhysical(_ address: PhysicalAddress, width: Int, processor: Int) -> UInt64 {
    platform.readPhysical(address.rawValue, width: width, processor: processor, now: now)
  }

  /// Writes an address that is not RAM; a chip may have set a new deadline.
  public func writePhysical(_ value: UInt64, _ address: PhysicalAddress, width: Int, processor: Int) {
    platform.writePhysical(value, address.rawValue, width: width, processor: processor, now: now)
    interruptSlice()
  }

  /// The interrupt acknowledge cycle: the vector, or nil if the request went away.
  public func acknowledgeInterrupt(processor: Int) -> UInt8? {
    switch platform.apics[processor].acknowledge() {
    case .vector(let vector): vector
    case .external: platform.pic.acknowledge()
    case .none: nil
    }
  }

  /// CR8.
  public func taskPriority(processor: Int) -> UInt8 { platform.apics[processor].taskPriorityClass }

  /// Sets CR8.
  public func setTaskPriority(_ value: UInt8, processor: Int) { platform.apics[processor].taskPriorityClass = value }

  /// Reads an MSR of the local APIC.
  public func readAPICRegister(_ msr: UInt32, processor: Int) -> UInt64? {
    platform.apics[processor].readMSR(msr, now: now)
  }

  /// Writes an MSR of the local APIC.
  public func writeAPICRegister(_ msr: UInt32, _ value: UInt64, processor: Int) -> Bool {
    defer { interruptSlice() }
    platform.apics[processor].timeStampOffset = self.processor(processor).state.msrs.tscAdjust
    return platform.apics[processor].writeMSR(msr, value, now: now)
  }

  /// Ticks of virtual time, one a nanosecond.
  public func timeStamp(processor: Int) -> UInt64 { now.nanoseconds }

  /// Counts a named event.
  public func note(_ event: String, processor: Int) { events[event, default: 0] += 1 }
}
