import CHost
import Debugger
import Glibc
import KVM
import Machine
import Trace
import X86

/// One `emu run`: the machine, the far end of its serial line, limits and signals.
final class RunSession {
  let options: RunCommand
  var machine: Machine
  /// The host's processors under the machine, if they were asked for.
  private var kvm: KVMBoard?
  let input: ConsoleInput
  /// Where serial output goes; negative is nowhere.
  private let outputDescriptor: Int32
  private var output: [UInt8] = []
  private var outputFailed = false
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
  var serialHistory = SerialHistory()
  private var recorder: RecordingWriter?
  /// Why inputs are missing in the recording.
  private var recordingError: (any Error)?
  private var replayer: Replayer?
  /// The trace of the run, if one is wanted.
  private var trace: RunTrace?
  private let start = RunSession.nanoseconds(CLOCK_MONOTONIC)
  /// Of earlier machines, before a reboot.
  private var earlierInstructions: UInt64 = 0
  private var earlierTicks: UInt64 = 0
  private var earlierEvents: [String: Int] = [:]

  /// Ticks between two looks at signals, limits and input: some milliseconds.
  private static let sliceTicks: UInt64 = 200_000
  /// The same on the host's processors.
  private static let sliceNanoseconds: UInt64 = 10_000_000

  init(_ options: RunCommand) throws {
    self.options = options
    machine = try Self.makeMachine(options)
    if options.guest.symbols != nil { symbols = try GuestSymbols(options.guest) }
    var inputDescriptor: Int32 = -1
    switch options.serial {
    case .none: outputDescriptor = -1
    case .stdio: (inputDescriptor, outputDescriptor) = (0, 1)
    case .file(let path):
      outputDescriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      guard outputDescriptor >= 0 else {
        throw HostError(description: "\(path): cannot be opened: \(unsafe String(cString: strerror(errno)))")
      }
    case .pty:
      outputDescriptor = try Self.openPseudoTerminal()
      inputDescriptor = outputDescriptor
    }
    let isTerminal = options.serial == .stdio && isatty(0) == 1
    isInteractive = isTerminal || options.serial == .pty
    EndingSignals.watch()
    input = ConsoleInput(descriptor: inputDescriptor, isInteractive: isTerminal)
    if options.backend == .kvm { kvm = try KVMBoard(machine) }
    connect()
    if let gdb = options.gdb { try listen(gdb) }
    if let path = options.snapshots.record { recorder = try RecordingWriter(path, machine) }
    if let path = options.snapshots.replay {
      replayer = try Replayer(path, machine)
      machine.returnsWhenIdle = true
    }
    if options.explaining.explain { explain() }
    if let path = options.tracing.trace {
      let symbols = try symbols ?? GuestSymbols(options.guest)
      trace = try RunTrace(options.tracing, path: path, command: options, symbols: symbols)
    }
  }

  private static func openPseudoTerminal() throws -> Int32 {
    var name = [CChar](repeating: 0, count: 128)
    let descriptor = unsafe emu_open_pseudo_terminal(&name, name.count)
    guard descriptor >= 0 else {
      throw HostError(description: "--serial pty: \(unsafe String(cString: strerror(errno)))")
    }
    var settings = termios()
    if unsafe tcgetattr(descriptor, &settings) == 0 {
      unsafe cfmakeraw(&settings)
      _ = unsafe tcsetattr(descriptor, TCSANOW, &settings)
    }
    complain(
      "the serial line is \(String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))")
    return descriptor
  }

  /// Why the loop ended.
  enum End {
    case guest(ExitReason)
    case limit, quit
    case signal(Int32)
  }

  /// Runs to the end; gives the exit status of the contract.
  func run() throws -> Int32 {
    let cpuStart = Self.processorSeconds
    defer { input.restore() }
    let end = debugger == nil ? try loop() : try debugLoop()
    let seconds = Self.processorSeconds - cpuStart
    flush()
    input.restore()
    if outputFailed { throw HostError(description: "the serial output cannot be written: its far end is gone") }
    let (status, reason) = outcome(end)
    try trace?.finish(reason)
    try recorder?.finish(machine)
    if let recordingError { throw recordingError }
    if case .signal = end {
    } else if let problem = replayer?.problem(machine) {
      complain(problem)
      return 70
    }
    debugger?.finish(status: UInt8(truncatingIfNeeded: status))
    for (event, count) in machine.events.merging(earlierEvents, uniquingKeysWith: +).sorted(by: { $0.key < $1.key }) {
      complain("\(event) (\(count) times)")
    }
    if options.stats { printStatistics(seconds, reason) }
    if case .signal(let number) = end { EndingSignals.die(by: number) }
    return status
  }

  /// The board with the image, or a snapshot.
  private static func makeMachine(_ options: RunCommand) throws -> Machine {
    guard let path = options.snapshots.restore else { return try options.makeMachine() }
    return try Machine(snapshot: path)
  }

  /// Another one, as it was at the start.
  func makeMachine() throws -> Machine { try Self.makeMachine(options) }

  /// The names, read when they are first wanted.
  var knownSymbols: GuestSymbols? {
    if symbols == nil { symbols = try? GuestSymbols(options.guest) }
    return symbols
  }

  /// Names of addresses for stories.
  var symbolNames: (UInt64) -> String? {
    let symbols = knownSymbols
    return { symbols?.text(of: $0) }
  }

  /// Tells on standard error why a processor shut down.
  func tellShutdown(_ sentence: String) {
    complain("triple fault: \(sentence)")
    if let debugTarget {
      if let story = debugTarget.lastStory() { tell(story) }
      toldShutdown = machine.executedTicks
    } else if kvm == nil, !options.explaining.explain {
      tellTripleFault()
    }
    if let place = faultingPlace() { complain("RIP is \(place)") }
  }

  /// Every exception is told from now on.
  private func explain() {
    machine.observe(
      FaultRecorder(symbol: symbolNames) { [unowned self] story in
        tell(story)
        return true
      })
  }

  private func connect() {
    machine.serialOutput = { [unowned self] byte in
      guard outputDescriptor >= 0 else { return }
      output.append(byte)
      if byte == 10 || output.count > 512 { flush() }
    }
    machine.returnsWhenIdle = isInteractive
  }

  /// Lets the guest run for a slice.
  private func runSlice(_ ticks: UInt64) throws -> RunResult {
    guard let kvm else { return debugTarget?.run(ticks: ticks) ?? machine.run(ticks: ticks) }
    do {
      return try kvm.run(nanoseconds: Self.sliceNanoseconds)
    } catch {
      flush()
      throw error
    }
  }

  private func loop() throws -> End {
    while true {
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
    if replayer?.isAtEnd(machine) ?? false { return .quit }
    if let limit = options.maxInstructions, ticksDone >= limit { return .limit }
    if let timeout = options.timeout, Double(Self.nanoseconds(CLOCK_MONOTONIC) - start) / 1e9 >= timeout {
      return .limit
    }
    if output.count > 0 { flush() }
    return outputFailed ? .quit : nil
  }

  /// Gives the guest what waits on the console.
  private func feedInput() {
    input.feed { bytes in
      if let debugTarget { return debugTarget.receiveSerial(bytes) }
      let (ticks, clock) = (machine.executedTicks, machine.clockNanoseconds)
      let taken = machine.receiveSerial(bytes)
      guard taken > 0 else { return 0 }
      let taking = Array(bytes.prefix(taken))
      serialHistory.note(taking, machine)
      do { try recorder?.write(InputRecording.Entry(ticks: ticks, clock: clock, bytes: taking).line) } catch {
        recordingError = recordingError ?? error
      }
      return taken
    }
  }

  private var ticksDone: UInt64 { earlierTicks &+ machine.executedTicks }

  /// Lets the guest run for a slice; gives what ends the run.
  func runOn() throws -> End? {
    var slice = Self.sliceTicks
    if let limit = options.maxInstructions { slice = min(slice, limit &- min(ticksDone, limit)) }
    if let trace { slice = trace.prepare(machine, ticksDone: ticksDone, slice: slice) }
    for request in options.snapshots.snapshotAt {
      if request.ticks == ticksDone { try machine.saveSnapshot(to: request.path, base: options.snapshots.snapshotBase) }
      if request.ticks > ticksDone { slice = min(slice, request.ticks - ticksDone) }
    }
    if let replayer {
      try replayer.feed(machine)
      slice = replayer.limit(slice, machine)
    }
    let result = try runSlice(slice)
    try trace?.lookAfter(machine)
    switch result {
    case .exited(.reset) where options.reboot: return try reboot() ? nil : .limit
    case .exited(let reason): return .guest(reason)
    case .idle(let nanoseconds):
      flush()
      if let replayer {
        guard let pause = replayer.sleep(nanoseconds, machine) else { return .quit }
        machine.passIdleTime(nanoseconds: pause)
      } else {
        sleep(nanoseconds)
      }
    case .sliceEnded, .breakpoint, .watchpoint, .stopped:
      if output.count > 0 { flush() }
    }
    return outputFailed ? .quit : nil
  }

  /// The guest sleeps: so does emu, until the guest's next event, input, or a look at the limits.
  func sleep(_ nanoseconds: UInt64?) {
    let limit: UInt64 = options.timeout == nil && nanoseconds == nil ? .max : 50_000_000
    let wanted = min(nanoseconds ?? .max, limit)
    let before = Self.nanoseconds(CLOCK_MONOTONIC)
    // poll(2) counts milliseconds: what is shorter passes at once.
    if wanted >= 1_000_000 { input.wait(milliseconds: wanted == .max ? -1 : Int32(wanted / 1_000_000)) }
    // The host's processors live by the host's clock.
    guard let nanoseconds, kvm == nil else { return }
    let passed = Self.nanoseconds(CLOCK_MONOTONIC) - before
    machine.passIdleTime(nanoseconds: wanted < 1_000_000 ? nanoseconds : min(passed, nanoseconds))
  }

  func reboot() throws -> Bool {
    earlierInstructions &+= machine.retiredInstructions
    earlierTicks &+= machine.executedTicks
    earlierEvents.merge(machine.events, uniquingKeysWith: +)
    flush()
    guard let next = try? options.makeMachine() else {
      complain("\(options.guest.image): cannot be loaded again")
      return false
    }
    machine = next
    trace?.restart(after: earlierTicks)
    connect()
    serialHistory = SerialHistory()
    if options.explaining.explain { explain() }
    if kvm != nil {
      kvm = nil
      kvm = try KVMBoard(next)
    }
    return true
  }

  func flush() {
    guard !output.isEmpty else { return }
    if !writeAll(outputDescriptor, output) { outputFailed = true }
    output.removeAll(keepingCapacity: true)
  }

  private func help() {
    flush()
    writeAll(2, Array("\r\nemu: Ctrl-A X leaves, Ctrl-A Ctrl-A sends Ctrl-A, Ctrl-A H shows this\r\n".utf8))
  }

  private func outcome(_ end: End) -> (Int32, String) {
    switch end {
    case .limit: return (124, "limit")
    case .quit: return (0, "quit")
    case .signal(let number): return (128 + number, "signal \(number)")
    case .guest(let reason):
      switch reason {
      case .debugExit, .powerOff: break
      case .halted: complain("halted for good")
      case .tripleFault(let story):
        if toldShutdown != machine.executedTicks { tellShutdown(story) }
      case .reset(let cause): complain("the guest asked for a reset by \(cause)")
      }
      return Self.outcome(reason)
    }
  }

  /// Exit status and name of an end by the guest.
  static func outcome(_ reason: ExitReason) -> (Int32, String) {
    switch reason {
    case .debugExit(let value): (Int32(truncatingIfNeeded: (value << 1) | 1) & 0xFF, "debug exit")
    case .powerOff: (0, "power-off")
    case .halted: (0, "halted")
    case .tripleFault: (86, "triple fault")
    case .reset: (88, "reset")
    }
  }

  /// The name of the address at which a processor of the board shut down.
  private func faultingPlace() -> String? {
    guard kvm == nil, let symbols = knownSymbols else { return nil }
    let states = (0..<options.cpus).map { machine.state(ofProcessor: $0) }
    return states.first { $0.activity == .shutdown }.flatMap { symbols.text(of: $0.linearRIP) }
  }

  /// A clock of the host.
  private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// CPU time of this process, in seconds.
  private static var processorSeconds: Double { Double(nanoseconds(CLOCK_PROCESS_CPUTIME_ID)) / 1e9 }

  /// A number with so many decimals.
  private static func decimal(_ value: Double, places: Int) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let whole = Int((value * Double(scale)).rounded())
    let fraction = String(whole % scale)
    return "\(whole / scale).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
  }

  private func printStatistics(_ seconds: Double, _ reason: String) {
    let count = earlierInstructions &+ machine.retiredInstructions
    let speed = seconds > 0 ? Double(count) / seconds / 1e6 : 0
    // KVM does not count instructions.
    let isCounted = kvm == nil
    let fields = [
      "\"instructions\":\(isCounted ? String(count) : "null")", "\"seconds\":\(Self.decimal(seconds, places: 3))",
      "\"mips\":\(isCounted ? Self.decimal(speed, places: 1) : "null")", "\"exit\":\"\(reason)\"",
    ]
    writeAll(2, Array("{\(fields.joined(separator: ","))}\n".utf8))
  }
}
