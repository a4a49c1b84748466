import DevicesLegacy
import Machine

/// What reaches the guest of one run from outside: the console's bytes, or those of a recording; and what is recorded.
struct RunInput {
  /// The far end of the serial line.
  let console: ConsoleInput
  /// The recording that is repeated, if one is.
  let replayer: Replayer?
  /// What the present machine received, so that its run can be repeated.
  private var log = InputLog()
  private let recorder: RecordingWriter?
  /// Bytes of `--send` that the serial line had no space for yet.
  private var scripted: [UInt8] = []
  /// Bytes that the serial lines of all machines of the run have taken.
  var receivedCount: UInt64 = 0
  /// The console's bytes go to the keyboard.
  private let isKeyboard: Bool

  /// Opens the recordings that the options name.
  ///
  /// - Throws: `InputRecordingError`.
  init(
    _ console: ConsoleInput, _ options: SnapshotOptions, _ machine: Machine, isKeyboard: Bool
  ) throws(InputRecordingError) {
    self.console = console
    self.isKeyboard = isKeyboard
    if let path = options.replay {
      let replayer = try Replayer(path, RecordingReader.read(path), InputRecording.Header(machine))
      if !replayer.isWhole {
        complain("\(path): has no end, since it was cut: the guest goes on after its last input")
      }
      self.replayer = replayer
    } else {
      replayer = nil
    }
    recorder = try options.record.map { path throws(InputRecordingError) in
      try RecordingWriter(path, machine) { EndingSignals.caught != nil }
    }
  }

  /// The log of the present machine.
  var present: InputLog { log }
  /// All that the present machine has received, or will.
  var entries: [InputLog.Entry] { replayer?.inputs ?? log.entries }
  /// Bytes of the console wait for space in the receiver.
  var hasPending: Bool { !scripted.isEmpty || !isKeyboard && !console.pending.isEmpty }
  /// More may come.
  var expectsInput: Bool { replayer?.expectsInput ?? (!console.hasEnded || hasPending) }

  /// Gives the guest what waits on the console, unless a recording is repeated.
  ///
  /// - Parameter debugTarget: the machine as a debugger sees it, which keeps a log of its own.
  mutating func feed(_ machine: Machine, _ debugTarget: ((_ bytes: [UInt8]) -> Int)?) {
    guard replayer == nil else { return }
    let (log, recorder) = (log, recorder)
    var received = receivedCount
    let accept: ([UInt8]) -> Int = { bytes in
      let taken: Int
      if let debugTarget {
        taken = debugTarget(bytes)
      } else {
        taken = log.receiveSerial(bytes, machine)
        if taken > 0 { Self.record(log, recorder) }
      }
      received &+= UInt64(taken)
      return taken
    }
    if !scripted.isEmpty { scripted.removeFirst(accept(scripted)) }
    if scripted.isEmpty && !isKeyboard { console.feed(accept) }
    receivedCount = received
  }

  /// Gives the guest an interrupt; false if the machine does not take it.
  func interrupt(_ interrupt: OutsideInput, _ machine: Machine) -> Bool {
    guard log.interrupt(interrupt, machine) else { return false }
    Self.record(log, recorder)
    return true
  }

  /// Gives the guest keys as its keyboard takes them, unless a recording is repeated; they are gone then.
  func feedKeys(_ screen: ScreenSession, _ machine: Machine) {
    screen.feed { key, isPressed in
      if replayer != nil { return true }
      guard log.setKey(key, isPressed: isPressed, machine) else { return false }
      Self.record(log, recorder)
      return true
    }
  }

  /// Writes the last input of a log to the recording.
  private static func record(_ log: InputLog, _ recorder: RecordingWriter?) {
    if let entry = log.entries.last, let problem = recorder?.write(entry) { complain("\(problem); the guest goes on") }
  }

  /// Sends bytes as if they came on the console, before what waits there.
  mutating func send(_ bytes: [UInt8]) { scripted += bytes }

  /// Nothing is recorded or repeated.
  var isPlain: Bool { replayer == nil && recorder == nil }
  /// Bytes that `send` took and the serial line has not.
  var waitingCount: Int { scripted.count }
  /// Bytes that came for the serial line up to now, those aside that wait on the console.
  var acceptedCount: UInt64 { receivedCount &+ UInt64(scripted.count) }

  /// Sends those bytes that did not come before.
  ///
  /// - Parameter place: that of the first byte in all that comes for the serial line.
  /// - Returns: the accepted count; nil if bytes before the place are missing.
  mutating func send(_ bytes: [UInt8], at place: UInt64) -> UInt64? {
    guard place <= acceptedCount else { return nil }
    let known = acceptedCount &- place
    if known < UInt64(bytes.count) { send(Array(bytes.dropFirst(Int(known)))) }
    return acceptedCount
  }

  /// The machine has received what a log says.
  mutating func adopt(_ log: InputLog) {
    self.log = log
    for case .serial(let bytes) in log.entries.map(\.input) { receivedCount &+= UInt64(bytes.count) }
  }

  /// The machine is a new one after a reset.
  mutating func restart() { log = InputLog() }

  /// Writes the end of the recording.
  func finish(_ machine: Machine) throws(InputRecordingError) { try recorder?.finish(machine) }
}
