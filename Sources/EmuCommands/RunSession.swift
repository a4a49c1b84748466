import Debugger
import FaultReports
import Glibc
import HostSystem
import KVM
import Machine

/// One `emu run`: the machine, the far end of its serial line, limits and signals.
final class RunSession {
  let options: RunCommand
  private(set) var machine: Machine
  /// The host's processors under the machine, if they were asked for.
  private(set) var kvm: KVMBoard?
  private let input: ConsoleInput
  /// The guest's serial output.
  let output: SerialOutput
  /// Names of addresses, if they were asked for by name.
  private(set) var symbols: GuestSymbols?
  /// The position of the last triple fault whose story was told.
  var toldShutdown: UInt64?
  /// A person is waiting: a sleeping guest sleeps in real time.
  private let isInteractive: Bool
  /// The machine as a debugger sees it, and who serves the debugger, if one is wanted.
  var debugTarget: MachineDebugTarget?
  var debugger: GDBStub?
  /// What ended the run while a debugger's request ran the guest.
  var pendingEnd: End?
  /// What the present machine received, so that its run can be repeated.
  private(set) var inputs = InputLog()
  private var recorder: RecordingWriter?
  private(set) var replayer: Replayer?
  /// Those that were asked for and are still to be made.
  private var snapshotsToSave: [SnapshotRequest]
  /// Who tells every exception, and how many have been told.
  var storyteller: FaultRecorder?
  var toldCount = 0
  /// What was told of the first interrupt through an empty vector.
  var toldEmptyVector: String?
  /// Which limit ended the run, in words.
  private(set) var limitReached: String?
  /// The trace of the run, if one is wanted.
  private var trace: RunTrace?
  private let start = HostClock.monotonic
  private(set) var counts: RunCounts
  /// Who observes every step.
  let observers = ObserverList()

  /// Ticks between two looks at signals, limits and input: some milliseconds, whatever a tick costs just now.
  private var sliceTicks: UInt64 = 20_000
  private static let sliceRange: ClosedRange<UInt64> = 1000...200_000
  /// The same while input waits for room in the receiver.
  private static let inputSliceTicks: UInt64 = 20_000
  /// The same while every step is observed: a story takes a millisecond.
  static let observedSliceTicks: UInt64 = 1000
  /// The same on the host's processors.
  private static let sliceNanoseconds: UInt64 = 10_000_000

  init(_ options: RunCommand) throws {
    self.options = options
    snapshotsToSave = options.snapshots.snapshotAt
    machine = try Self.makeMachine(options)
    counts = RunCounts(machine)
    if options.guest.symbols != nil { symbols = try GuestSymbols(options) }
    let line = try options.serial.open()
    output = SerialOutput(descriptor: line.output)
    if let timeout = options.timeout, timeout < 1e9 { output.deadline = start + UInt64(timeout * 1e9) }
    let isTerminal = options.serial == .stdio && isatty(0) == 1
    isInteractive = isTerminal || options.serial == .pty
    EndingSignals.watch()
    input = ConsoleInput(descriptor: line.input, isInteractive: isTerminal)
    if options.backend == .kvm { kvm = try KVMBoard(machine) }
    connect()
    if let gdb = options.gdb { try listen(gdb) }
    if let path = options.snapshots.replay { try replay(path) }
    if let path = options.snapshots.record {
      recorder = try RecordingWriter(path, machine) { EndingSignals.caught != nil }
    }
    if options.explaining.explain { explain() }
    if let path = options.tracing.trace {
      let guest = options.snapshots.restore ?? options.imagePath ?? ""
      let symbols = try loadSymbols()
      trace = try RunTrace(path, options, guest: guest, machine: machine, symbols: symbols, observers: observers)
    }
  }

  /// The board with the image, or a snapshot.
  private static func makeMachine(_ options: RunCommand) throws -> Machine {
    guard let path = options.snapshots.restore else { return try options.makeMachine() }
    return try Machine(snapshot: path)
  }

  /// Another one, as it was at the start.
  func makeMachine() throws -> Machine { try Self.makeMachine(options) }

  /// The names, read when they are first wanted.
  var knownSymbols: GuestSymbols? { try? loadSymbols() }

  /// The same; they are read once.
  func loadSymbols() throws(InputError) -> GuestSymbols {
    if let symbols { return symbols }
    let loaded = try GuestSymbols(options)
    symbols = loaded
    return loaded
  }

  private func connect() {
    machine.serialOutput = { [unowned self] in output.send($0) }
    machine.returnsWhenIdle = isInteractive
  }

  private func replay(_ path: String) throws {
    let replayer = try Replayer(path, RecordingReader.read(path), InputRecording.Header(machine))
    self.replayer = replayer
    if !replayer.isWhole { complain("\(path): has no end, since it was cut: the guest goes on after its last input") }
  }

  /// Runs to the end; gives the exit status of the contract.
  func run() throws -> ExitStatus {
    let processorStart = HostClock.processor
    defer {
      output.flush()
      input.restore()
    }
    var end = debugger == nil ? try loop() : try debugLoop()
    // What ended a write early is what ends the run.
    let signal = output.hasFailed ? EndingSignals.caught : nil
    if let signal { end = .signal(signal) }
    let seconds = Double(HostClock.processor - processorStart) / 1e9
    output.flush()
    input.restore()
    if output.hasFailed, signal == nil {
      throw HostError(description: "the serial output cannot be written: its far end is gone")
    }
    let (status, reason) = outcome(end)
    try trace?.finish(reason, machine)
    try recorder?.finish(machine)
    if let problem = replayProblem(end) { throw problem }
    debugger?.finish(status: UInt8(truncatingIfNeeded: status.code))
    for request in snapshotsToSave {
      complain(
        "\(request.path): is not written: the run ended after \(counts.ticks(machine)) of \(request.ticks) ticks")
    }
    let notes = notes(end)
    tell(notes)
    if options.stats {
      let json = counts.json(machine, seconds: seconds, exit: reason, notes: notes, isCounted: kvm == nil)
      writeAll(2, Array("\(json)\n".utf8))
    }
    if case .signal(let number) = end { EndingSignals.die(by: number) }
    return status
  }

  private func loop() throws -> End {
    while true {
      try saveSnapshotsDue()
      if let end = try lookForEnd() ?? runOn() { return end }
    }
  }

  /// Signals, the console and the limits; gives what ends the run.
  func lookForEnd() -> End? {
    if let number = EndingSignals.caught { return .signal(number) }
    switch input.poll() {
    case .quit: return .quit
    case .help: help()
    case nil: break
    }
    if replayer == nil { feedInput() }
    machine.expectsInput = replayer?.expectsInput ?? (!input.hasEnded || !input.pending.isEmpty)
    if replayer?.isAtEnd(machine) ?? false { return .recordingEnd }
    if let limit = reachedLimit() {
      limitReached = limit
      return .limit
    }
    output.flush()
    tellEmptyVector()
    return output.hasFailed ? .quit : nil
  }

  /// Which limit is reached, in words.
  private func reachedLimit() -> String? {
    if let limit = options.maxInstructions {
      if counts.ticks(machine) >= limit { return "--max-instructions \(limit) is reached" }
      if machine.isIdleForGood {
        return "--max-instructions \(limit) will not be reached: a million events of devices have not woken the guest"
      }
    }
    if let timeout = options.timeout, Double(HostClock.monotonic - start) / 1e9 >= timeout {
      return "--timeout \(timeout) is reached"
    }
    return nil
  }

  private func help() {
    output.flush()
    writeAll(2, Array("\r\nemu: Ctrl-A X leaves, Ctrl-A Ctrl-A sends Ctrl-A, Ctrl-A H shows this\r\n".utf8))
  }

  /// Gives the guest what waits on the console.
  private func feedInput() {
    input.feed { bytes in
      if let debugTarget { return debugTarget.receiveSerial(bytes) }
      let taken = inputs.receiveSerial(bytes, machine)
      if taken > 0, let entry = inputs.entries.last, let problem = recorder?.write(entry) {
        complain("\(problem); the guest goes on")
      }
      return taken
    }
  }

  /// Lets the guest run for a slice; gives what ends the run.
  func runOn() throws -> End? {
    let done = counts.ticks(machine)
    var slice = observers.isEmpty ? sliceTicks : Self.observedSliceTicks
    if !input.pending.isEmpty { slice = min(slice, Self.inputSliceTicks) }
    if let limit = options.maxInstructions { slice = min(slice, limit &- min(done, limit)) }
    if let trace { slice = trace.prepare(machine, ticksDone: done, slice: slice) }
    for request in snapshotsToSave where request.ticks > done {
      slice = min(slice, request.ticks - done)
    }
    let before = HostClock.monotonic
    let result = try runSlice(slice)
    adaptSlice(HostClock.monotonic - before)
    try trace?.lookAfter(machine, result)
    switch result {
    case .exited(.reset) where options.reboot: return try reboot() ? nil : .limit
    case .exited(let reason): return .guest(reason)
    case .idle(let nanoseconds):
      output.flush()
      guard replayer == nil else { return .recordingEnd }
      sleep(nanoseconds)
    case .stopped:
      if toldCount >= options.explaining.explainLimit { endExplaining() }
    case .sliceEnded, .breakpoint, .watchpoint: output.flush()
    }
    return output.hasFailed ? .quit : nil
  }

  /// Makes slices shorter that take long, and the other way round.
  private func adaptSlice(_ nanoseconds: UInt64) {
    if nanoseconds > 20_000_000 {
      sliceTicks = max(sliceTicks / 4, Self.sliceRange.lowerBound)
    } else if nanoseconds < 5_000_000 {
      sliceTicks = min(sliceTicks * 2, Self.sliceRange.upperBound)
    }
  }

  /// Lets whoever executes the guest do so.
  private func runSlice(_ ticks: UInt64) throws -> RunResult {
    if let replayer { return try replayer.run(machine, ticks: ticks) }
    guard let kvm else { return debugTarget?.run(ticks: ticks) ?? machine.run(ticks: ticks) }
    do {
      return try kvm.run(nanoseconds: Self.sliceNanoseconds)
    } catch {
      output.flush()
      throw error
    }
  }

  /// Saves what was asked for here; a snapshot that cannot be made ends the run.
  func saveSnapshotsDue() throws {
    let done = counts.ticks(machine)
    while let index = snapshotsToSave.firstIndex(where: { $0.ticks == done }) {
      let request = snapshotsToSave.remove(at: index)
      do { try machine.saveSnapshot(to: request.path, base: options.snapshots.snapshotBase) } catch {
        output.flush()
        throw HostError(description: error.description)
      }
    }
  }

  /// The guest sleeps: so does emu, until the guest's next event, input, or a look at the limits.
  func sleep(_ nanoseconds: UInt64?) {
    // What waits for room wakes it at once, not when more comes from outside.
    if replayer == nil, !input.pending.isEmpty, machine.hasSerialRoom { return }
    // A signal may come just before the wait.
    let wanted = min(nanoseconds ?? .max, 50_000_000)
    let before = HostClock.monotonic
    // poll(2) counts milliseconds: what is shorter passes at once.
    if wanted >= 1_000_000 { input.wait(milliseconds: Int32(wanted / 1_000_000)) }
    // The host's processors live by the host's clock.
    guard let nanoseconds, kvm == nil else { return }
    let passed = HostClock.monotonic - before
    machine.passIdleTime(nanoseconds: wanted < 1_000_000 ? nanoseconds : min(passed, nanoseconds))
  }

  /// A fresh board with the image; false if the image cannot be loaded again.
  func reboot() throws -> Bool {
    counts.add(machine)
    output.flush()
    guard let next = try? options.makeMachine() else {
      complain("\(options.imagePath ?? ""): cannot be loaded again")
      return false
    }
    machine = next
    trace?.restart(after: counts.earlierTicks)
    connect()
    inputs = InputLog()
    observers.move(to: machine)
    if kvm != nil {
      kvm = nil
      kvm = try KVMBoard(next)
    }
    return true
  }
}
