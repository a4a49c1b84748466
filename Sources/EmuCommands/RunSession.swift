import Debugger
import FaultReports
import Glibc
import HostSystem
import KVM
import Machine
import TextForms

/// One `emu run`: the machine, the far end of its serial line, limits and signals.
final class RunSession {
  let options: RunCommand
  private(set) var machine: Machine
  /// The host's processors under the machine, if they were asked for.
  var kvm: KVMBoard?
  /// Where the run changes over between the model and KVM.
  var handOvers: HandOverPlan
  /// What comes from outside.
  var input: RunInput
  /// The guest's serial output.
  let output: SerialOutput
  /// Names of addresses, if they were asked for by name.
  private(set) var symbols: GuestSymbols?
  /// What of the guest's faults has been reported.
  var reported = ReportedFaults()
  /// A person is waiting: a sleeping guest sleeps in real time.
  private let isInteractive: Bool
  /// The debugger's side, if one is wanted.
  var debugging = Debugging()
  private var snapshots: SnapshotPlan
  private(set) var limits: RunLimits
  /// The trace of the run, if one is wanted.
  private var trace: RunTrace?
  /// The profile of the run, if one is wanted.
  private var profile: RunProfile?
  private(set) var counts: RunCounts
  /// The drives with their media, which stay when the guest is started again.
  let drives: MachineDrives
  /// What was in them when the present machine started.
  private(set) var startContents: DriveContents
  /// The screen and the keyboard, if the board has them.
  let screen: ScreenSession?
  /// What is awaited and sent.
  let script: RunScript
  /// The control socket, if one is wanted.
  let control: RunControl?
  /// The move of the guest to another process, if one is under way.
  var migration: Migration?
  /// Who has given disks away and not got them back: the guest does not go on without.
  var lent: OutgoingMachine?
  /// The move of a disk to another file, if one is under way.
  var diskMove: DiskMoveRun?
  /// The backup that follows the guest, if there is one.
  var protection: Protection?
  /// The primary that this run follows, as long as it does.
  var backup: BackupRun?
  /// The serial output.
  var history: SerialHistory
  private var processorStart = HostClock.processor
  /// Who observes every step.
  let observers = ObserverList()

  private var slice = SliceLength()

  init(_ options: RunCommand) throws {
    self.options = options
    EndingSignals.watch()
    snapshots = SnapshotPlan(options.snapshots)
    handOvers = HandOverPlan(options.handingOver)
    limits = RunLimits(options)
    let incoming = try options.moves.source.map { try IncomingRun.receive(options, $0.option, $0.address) }
    drives = try incoming?.drives ?? options.drives.open(diversion: options.diversion)
    startContents = DriveContents(drives)
    history = incoming.map { SerialHistory(tail: $0.serial.tail, sent: $0.serial.sent) } ?? SerialHistory()
    backup = incoming?.backup
    machine = try incoming?.machine ?? Self.makeMachine(options, drives)
    script = RunScript(options.screen)
    if options.screen.hasScreen, machine.displayState == nil {
      throw InputError(description: "\(options.snapshots.restore ?? ""): the snapshot's board has no screen")
    }
    screen = machine.displayState == nil ? nil : ScreenSession(options.screen)
    counts = RunCounts(machine)
    if options.guest.symbols != nil { symbols = try GuestSymbols(options) }
    let line = try options.serial.open()
    output = SerialOutput(descriptor: line.output)
    output.deadline = limits.deadline
    let isText = options.screen.display == .text
    let isTerminal = (isText || options.serial == .stdio) && isatty(0) == 1
    isInteractive = isTerminal || options.serial == .pty
    let console = ConsoleInput(descriptor: isText ? 0 : line.input, isInteractive: isTerminal)
    input = try RunInput(console, options.snapshots, machine, isKeyboard: isText)
    input.receivedCount = incoming?.serial.received ?? 0
    control = try options.controlling.path.map { path throws(HostError) in try RunControl(path: path) }
    try beginHandOvers()
    connect()
    if let gdb = options.gdb { try listen(gdb) }
    if options.explaining.explain { explain() }
    if let path = options.tracing.trace {
      let guest = options.snapshots.restore ?? options.imagePath ?? options.biosPath ?? ""
      let symbols = try loadSymbols()
      trace = try RunTrace(path, options, guest: guest, machine: machine, symbols: symbols, observers: observers)
    }
    profile = try RunProfile(options.profiling, symbols: loadSymbols())
    try incoming?.confirm()
  }

  /// The board with the image, or a snapshot.
  private static func makeMachine(_ options: RunCommand, _ drives: MachineDrives) throws -> Machine {
    guard let path = options.snapshots.restore else {
      return try options.makeMachine(options.configuration, drives: drives)
    }
    return try Machine(snapshot: path, engine: options.engine.engine, drives: drives)
  }

  /// Another one with what is in the drives now.
  private func makeMachine() throws -> Machine { try Self.makeMachine(options, drives) }

  /// Another one, as it was at the start, and the drives too.
  func makeMachineAgain() throws -> Machine {
    startContents.putBack()
    return try makeMachine()
  }

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
    machine.serialOutput = { [unowned self] byte in
      script.take(byte)
      if let protection { return protection.hold(byte) }
      if control != nil || backup != nil { history.take(byte) }
      if backup == nil { output.send(byte) }
    }
    machine.returnsWhenIdle = isInteractive
  }

  /// Runs to the end; gives the exit status of the contract.
  func run() throws -> ExitStatus {
    processorStart = HostClock.processor
    defer {
      output.flush()
      input.console.restore()
      _ = drives.flush()
    }
    try protect()
    var end = try follow() ?? (debugging.stub == nil ? loop() : debugLoop())
    finishProtection()
    endMigration("the run has ended", goesOn: false)
    endDiskMove("the run has ended")
    if script.isAtEnd(machine), EndingSignals.caught == nil { end = .expected }
    // What ended a write early is what ends the run.
    let signal = output.hasFailed ? EndingSignals.caught : nil
    if let signal { end = .signal(signal) }
    let seconds = runSeconds
    output.flush()
    input.console.restore()
    try screen?.finish(machine)
    for place in drives.flush() { complain("\(place): what the guest wrote cannot be made durable") }
    if output.hasFailed, signal == nil {
      throw HostError(description: "the serial output cannot be written: its far end is gone")
    }
    var (status, reason) = outcome(end)
    if let text = script.awaited {
      complain("--expect '\(text)': the text has not come")
      if status == .success { status = .difference }
    }
    try trace?.finish(reason, machine)
    try profile?.finish()
    try input.finish(machine)
    if let problem = replayProblem(end) { throw problem }
    debugging.stub?.finish(status: UInt8(truncatingIfNeeded: status.code))
    for request in snapshots.requests {
      complain(
        "\(request.path): is not written: the run ended after \(counts.ticks(machine)) of \(request.ticks) ticks")
    }
    let notes = notes(end)
    printNotes(notes)
    if options.stats {
      let json = counts.json(machine, seconds: seconds, exit: reason, notes: notes, isCounted: !handOvers.hasUsedKVM)
      writeAll(2, Array("\(json)\n".utf8))
    }
    control?.end(reason, status: status.code, history)
    if case .signal(let number) = end { EndingSignals.die(by: number) }
    return status
  }

  /// CPU time of the run up to now.
  var runSeconds: Double { Double(HostClock.processor - processorStart) / 1e9 }

  private func loop() throws -> End {
    while true {
      try saveSnapshotsDue()
      if let end = try lookForEnd() ?? runOn() { return end }
    }
  }

  /// Signals, the console and the limits; gives what ends the run.
  func lookForEnd() -> End? {
    if let number = EndingSignals.caught { return .signal(number) }
    serveDiskMove()
    if let end = serveControl() ?? serveMigration() ?? serveProtection() { return end }
    while let request = input.console.poll() {
      switch request {
      case .quit: return .quit
      case .help: help()
      case .screenshot: takeScreenshot()
      }
    }
    screen?.show(machine)
    for action in script.look(machine) {
      switch action {
      case .sendSerial(let bytes): input.send(bytes)
      case .type(let bytes): screen?.type(bytes)
      case .end: return .expected
      }
    }
    if options.screen.display == .text { screen?.take(input.console) }
    if let screen { input.feedKeys(screen, machine) }
    input.feed(machine, debugging.target.map { target in { target.receiveSerial($0) } })
    machine.expectsInput =
      input.expectsInput || script.isWaiting || screen?.hasKeys == true || control != nil
    if input.replayer?.isAtEnd(machine) ?? false { return .recordingEnd }
    if limits.check(machine, after: counts.ticks(machine)) { return .limit }
    output.flush()
    reportEmptyVector()
    return output.hasFailed ? .quit : nil
  }

  private func help() {
    say("Ctrl-A X leaves, Ctrl-A S makes a screenshot, Ctrl-A Ctrl-A sends Ctrl-A, Ctrl-A H shows this")
  }

  /// A sentence for a terminal in raw mode.
  private func say(_ text: String) {
    output.flush()
    writeAll(2, Array("\r\nemu: \(text.printable)\r\n".utf8))
  }

  /// Writes the next of the screenshots that a key asks for.
  private func takeScreenshot() {
    guard let screen, options.screen.screenshot != nil else { return say("a screenshot needs --screenshot FILE") }
    do { say("\(try screen.writeNext(machine)) is written") } catch { say("\(error)") }
  }

  /// Lets the guest run for a slice; gives what ends the run.
  func runOn() throws -> End? {
    if let control, control.isPaused, control.step == nil {
      output.flush()
      input.console.wait(milliseconds: 50, for: awaited)
      return nil
    }
    let done = counts.ticks(machine)
    var ticks = observers.isEmpty ? slice.ticks : SliceLength.observed
    if script.isWaiting { ticks = SliceLength.whileTextIsAwaited }
    if input.hasPending || screen?.hasKeys == true { ticks = min(ticks, SliceLength.whileInputWaits) }
    ticks = limits.bound(ticks, after: done)
    if let trace, kvm == nil { ticks = trace.prepare(machine, ticksDone: done, slice: ticks) }
    ticks = snapshots.bound(ticks, after: done)
    if let step = control?.step { ticks = min(ticks, step.ticks) }
    ticks = max(ticks / migrationShare, 1)
    if let protection { ticks = protection.bound(ticks, after: machine.executedTicks) }
    ticks = prepareHandOver(ticks)
    let before = HostClock.monotonic
    let hasRun = !handOvers.isDue(machine)
    var result = hasRun ? try runSlice(ticks) : .sliceEnded
    slice.adapt(to: HostClock.monotonic - before)
    if kvm == nil { try trace?.lookAfter(machine, result) }
    result = try passHandOver(result)
    control?.note(ticks: counts.ticks(machine) - done) { whereabouts }
    switch result {
    case .exited(.reset) where options.reboot: return try reboot() ? nil : .limit
    case .exited(let reason): return .guest(reason)
    case .idle(let nanoseconds):
      output.flush()
      if nanoseconds == nil, isDeadlocked { return .guest(.halted) }
      guard input.replayer == nil else { return .recordingEnd }
      sleep(nanoseconds)
    case .stopped:
      if reported.count >= options.explaining.explainLimit { endExplaining() }
    case .sliceEnded, .breakpoint, .watchpoint: output.flush()
    }
    return output.hasFailed ? .quit : nil
  }

  /// The guest waits for what only an awaited text would bring, and nothing of it has come.
  private var isDeadlocked: Bool {
    script.isWaiting && !script.hasActions && input.console.hasEnded && !input.hasPending && screen?.hasKeys != true
      && input.replayer == nil && script.look(machine).isEmpty
  }

  /// Lets whoever executes the guest do so.
  private func runSlice(_ ticks: UInt64) throws -> RunResult {
    if let replayer = input.replayer { return try replayer.run(machine, ticks: ticks) }
    if let profile { return profile.run(machine, ticks: ticks) }
    guard let kvm else { return debugging.target?.run(ticks: ticks) ?? machine.run(ticks: ticks) }
    do {
      return try runOnKVM(kvm)
    } catch {
      output.flush()
      throw error
    }
  }

  /// Saves what was asked for here; a snapshot that cannot be made ends the run.
  func saveSnapshotsDue() throws {
    do { try snapshots.saveDue(machine, after: counts.ticks(machine)) } catch {
      output.flush()
      throw error
    }
  }

  /// The guest sleeps: so does emu, until the guest's next event, input, or a look at the limits.
  func sleep(_ nanoseconds: UInt64?) {
    // What waits for space in the receiver wakes it at once, not when more comes from outside.
    if input.replayer == nil, input.hasPending, machine.hasSerialSpace { return }
    // A signal may come just before the wait.
    let wanted = min(
      nanoseconds ?? .max, protection == nil && migration == nil && diskMove == nil ? 50_000_000 : 2_000_000)
    let before = HostClock.monotonic
    // poll(2) counts milliseconds: what is shorter passes at once.
    if wanted >= 1_000_000 {
      input.console.wait(milliseconds: Int32(wanted / 1_000_000), for: awaited)
    }
    // The host's processors live by the host's clock.
    guard let nanoseconds, kvm == nil else { return }
    let passed = HostClock.monotonic - before
    machine.passIdleTime(nanoseconds: wanted < 1_000_000 ? nanoseconds : min(passed, nanoseconds))
  }

  /// What ends a wait, beside the console.
  private var awaited: [pollfd] {
    var result = control?.server.awaited ?? []
    if let protection { result.append(protection.connection.awaited(hasOutput: protection.outgoing.outputCount > 0)) }
    if let migration { result.append(migration.connection.awaited(hasOutput: migration.outgoing.outputCount > 0)) }
    return result
  }

  /// A fresh board with the image; false if the image cannot be loaded again.
  func reboot() throws -> Bool {
    endMigration("the guest was reset")
    counts.add(machine)
    output.flush()
    startContents = DriveContents(drives)
    guard let next = try? makeMachine() else {
      complain("\(options.imagePath ?? options.biosPath ?? ""): cannot be loaded again")
      return false
    }
    machine = next
    trace?.restart(after: counts.earlierTicks)
    connect()
    input.restart()
    observers.move(to: machine)
    if kvm != nil {
      kvm = nil
      kvm = try KVMBoard(next)
    }
    return true
  }
}
