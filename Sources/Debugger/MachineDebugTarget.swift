import Interpreter
import MMU
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
  /// A processor has shut down, and a debugger looks at it: whoever watches the process wants to know why.
  func guestShutDown(_ sentence: String)
  /// The name of an address, if it has one.
  func symbolName(of address: UInt64) -> String?
  /// The address of a name.
  func address(ofSymbol name: String) -> UInt64?
}

/// What is known of the program that a debugged guest executes.
public struct DebuggedProgram {
  /// An ELF file with its symbols.
  public var file: [UInt8]?
  /// The processors that it is for; nil if nothing says so.
  public var architecture: DebugArchitecture?

  /// Makes it.
  public init(file: [UInt8]? = nil, architecture: DebugArchitecture? = nil) {
    self.file = file
    self.architecture = architecture
  }
}

/// A board as a debugger sees it, with its past.
///
/// What the guest computes does not depend on the debugger: breakpoints end decoded blocks, watchpoints keep their pages
/// from the fast path, and the past is reached by checkpoints and deterministic execution (`TimeTravel`).
public final class MachineDebugTarget: DebugTarget {
  /// The board.
  public var machine: Machine { history.machine }
  /// Its past.
  public private(set) var history: TimeTravel
  /// Why it stopped for good, once a debugger knows.
  public private(set) var exitReason: ExitReason?
  unowned let host: any DebugHost
  /// Where a dead end was reported to the debugger, until it goes back from there.
  var deadEndPosition: UInt64?
  /// What is known of the guest's program.
  private let program: DebuggedProgram
  /// As what GDB is shown the processors, if a person chose it.
  public var chosenArchitecture: DebugArchitecture?
  /// Whether the processors have YMM registers.
  public var hasAVX: Bool { machine.model.features.contains(.avx) }
  /// Whether the processors have PKRU.
  public var hasProtectionKeys: Bool { machine.model.features.contains(.pku) }
  /// Whether GDB sees every system register.
  public var listsAllRegisters = false

  /// Ticks between two looks at the host and the debugger: some milliseconds.
  private static let sliceTicks: UInt64 = 200_000

  /// Makes a target; the machine's output must be connected already.
  public init(_ machine: Machine, host: any DebugHost, program: DebuggedProgram) {
    history = TimeTravel(machine)
    self.program = program
    self.host = host
  }

  /// Goes on with another board, which has taken the place of the first; breakpoints stay.
  public func follow(_ next: Machine) {
    history = TimeTravel(next)
    arm()
  }

  /// What stops the guest just now.
  private struct Armed {
    var breakpoints: Set<UInt64> = []
    var watchpoints: [Watchpoint] = []
  }
  private var armed = Armed() {
    didSet { arm() }
  }

  private func arm() {
    machine.leaveBreakpoints(passing: false)
    machine.setBreakpoints(armed.breakpoints)
    machine.setWatchpoints(armed.watchpoints.map(\.range))
  }

  /// Breakpoints by linear address.
  public var breakpoints: Set<UInt64> = []
  /// Watchpoints by linear address.
  public var watchpoints: [Watchpoint] = []
  /// The past is kept from the start.
  public var canReverse: Bool { true }
  /// The choice, else a 64-bit processor if one is in long mode, else what the program is for, else a 32-bit one.
  public var architecture: DebugArchitecture {
    if let chosenArchitecture { return chosenArchitecture }
    let isLong = (0..<processorCount).contains {
      machine.state(ofProcessor: $0).efer & EFER.longModeActive != 0
    }
    return isLong ? .amd64 : program.architecture ?? .i386
  }

  /// The file, if it is for this architecture.
  public func programFile(_ architecture: DebugArchitecture) -> [UInt8]? {
    architecture == program.architecture ? program.file : nil
  }

  /// Logical processors.
  public var processorCount: Int { machine.processorCount }

  /// Bytes for the serial line; gives how many were taken.
  public func receiveSerial(_ bytes: [UInt8]) -> Int { history.receiveSerial(bytes) }

  /// The state, the local APIC's base among its MSRs.
  public func state(ofProcessor processor: Int) -> ArchitecturalState {
    var state = machine.state(ofProcessor: processor)
    state.msrs[MSR.apicBase] = machine.readAPICRegister(MSR.apicBase, processor: processor)
    return state
  }

  /// Changes the state.
  public func setState(_ state: ArchitecturalState, ofProcessor processor: Int) {
    var state = state
    // A base that does not change must not count as written.
    if state.msrs[MSR.apicBase] == machine.readAPICRegister(MSR.apicBase, processor: processor) {
      state.msrs[MSR.apicBase] = nil
    }
    history.change(.state(processor: processor, state))
  }

  /// Reads mapped RAM.
  public func readLinear(_ address: UInt64, count: Int, processor: Int) -> [UInt8] {
    machine.readLinear(address, count: count, processor: processor)
  }

  /// Writes mapped RAM.
  public func writeLinear(_ address: UInt64, _ bytes: [UInt8], processor: Int) -> Bool {
    guard let pieces = machine.physicalPieces(address, count: bytes.count, processor: processor) else { return false }
    for (physical, range) in pieces { history.change(.memory(address: physical, bytes: Array(bytes[range]))) }
    return true
  }

  /// Reads RAM.
  public func readPhysical(_ address: UInt64, count: Int) -> [UInt8] { machine.readPhysical(address, count: count) }

  /// Writes RAM.
  public func writePhysical(_ address: UInt64, _ bytes: [UInt8]) -> Bool {
    guard machine.memory.isRAM(PhysicalAddress(address), byteCount: UInt64(bytes.count)) else { return false }
    history.change(.memory(address: address, bytes: bytes))
    return true
  }

  // MARK: Running

  /// Runs until this processor has used a tick; a sleeping one takes a step when something wakes it.
  public func step(processor: Int, backwards: Bool) -> (StopReason, processor: Int) {
    if backwards {
      deadEndPosition = nil
      return (history.stepBack(processor: processor) ? .step : .historyStart, processor)
    }
    armed = Armed(breakpoints: [], watchpoints: watchpoints)
    defer { armed = Armed() }
    let before = machine.executedTicks(ofProcessor: processor)
    var turns = 0
    var lastJumps = machine.idleEventCount
    while true {
      if let stop = slice(1) { return stop }
      if machine.executedTicks(ofProcessor: processor) != before { return (.step, processor) }
      turns += 1
      // Another processor may keep running while this one sleeps for ever, or a device's events wake nobody.
      let jumps = machine.idleEventCount
      guard turns % 20_000 == 0 || jumps &- lastJumps >= 4096 else { continue }
      lastJumps = jumps
      if host.lookAround() { return (.ending, processor) }
      if turns >= 1_000_000 || machine.isIdleForGood { return (.step, processor) }
    }
  }

  /// Runs until a breakpoint, a watchpoint, the end, or an interruption.
  public func resume(backwards: Bool, isInterrupted: @escaping () -> Bool) -> (StopReason, processor: Int) {
    if backwards { return resumeBackwards(isInterrupted) }
    armed = Armed(breakpoints: breakpoints, watchpoints: watchpoints)
    // The guest may run without the debugger next.
    defer { armed = Armed() }
    machine.leaveBreakpoints(passing: true)
    let first = slice(1)
    machine.leaveBreakpoints(passing: false)
    if let first { return first }
    while true {
      if host.lookAround() { return (.ending, 0) }
      if isInterrupted() { return (.interrupted, 0) }
      if let stop = slice(Self.sliceTicks) { return stop }
    }
  }

  private func resumeBackwards(_ isInterrupted: @escaping () -> Bool) -> (StopReason, processor: Int) {
    deadEndPosition = nil
    let found = history.runBack(
      breakpoints: breakpoints, watchpoints: watchpoints.map(\.range),
      isInterrupted: { self.host.lookAround() || isInterrupted() })
    guard let found else { return (history.position > history.beginning ? .interrupted : .historyStart, 0) }
    return (found.watchpoint.map(reason) ?? .breakpoint, found.processor)
  }

  private func reason(_ watchpoint: Int) -> StopReason {
    guard watchpoints.indices.contains(watchpoint) else { return .step }
    return .watchpoint(address: watchpoints[watchpoint].address, kind: watchpoints[watchpoint].kind)
  }

  /// Runs for some ticks without a debugger, for the process around it.
  public func run(ticks: UInt64) -> RunResult { history.run(ticks: ticks) }

  /// Runs for some ticks; nil if nothing of note came.
  private func slice(_ ticks: UInt64) -> (StopReason, processor: Int)? {
    switch history.run(ticks: ticks) {
    case .sliceEnded, .stopped: return nil
    case .watchpoint(let processor, let index): return (reason(index), processor)
    case .breakpoint(let processor): return (.breakpoint, processor)
    case .idle(let nanoseconds):
      host.sleep(nanoseconds: nanoseconds)
      return host.lookAround() ? (.ending, 0) : nil
    case .exited(let reason): return exited(reason)
    }
  }

  private func exited(_ reason: ExitReason) -> (StopReason, processor: Int)? {
    if let next = host.replacement(after: reason) {
      follow(next)
      return nil
    }
    // A dead end can be looked at, and left backwards; who goes on from it ends.
    if deadEndPosition != history.position, let stop = deadEnd(reason) {
      deadEndPosition = history.position
      return stop
    }
    exitReason = reason
    return (.exited(status: host.status(of: reason)), 0)
  }

  private func deadEnd(_ reason: ExitReason) -> (StopReason, processor: Int)? {
    switch reason {
    case .debugExit, .powerOff: return nil
    case .halted: return (.deadEnd(.halted, "halted for good: no processor can ever wake"), 0)
    case .reset(let means): return (.deadEnd(.reset, "the guest asked for a reset by \(means)"), 0)
    case .tripleFault(let sentence):
      host.guestShutDown(sentence)
      let text = "triple fault: \(sentence)\nmonitor report prints the fault report"
      return (.deadEnd(.shutdown, text), machine.processorInShutdown ?? 0)
    }
  }
}

extension Watchpoint {
  /// As the processors know it.
  var range: WatchedRange {
    WatchedRange(address: address, byteCount: byteCount, stopsReads: kind != .write, stopsWrites: kind != .read)
  }
}
