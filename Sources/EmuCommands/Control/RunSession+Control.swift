import HostSystem
import Inspection
import Interpreter
import MMU
import Machine
import TextForms
import X86

extension RunSession {
  /// Serves the control socket; gives what ends the run.
  func serveControl() -> End? {
    guard let control else { return nil }
    for (connection, line) in control.lines {
      guard case .whole(let bytes) = line else {
        control.refuse(
          .init(connection: connection, id: .null), "the request has more than \(ControlServer.lineLimit) bytes")
        continue
      }
      var asker = RunControl.Asker(connection: connection, id: .null)
      do throws(ControlRefusal) {
        let request = try ControlRequest(bytes)
        asker.id = request.id
        if let result = try perform(request, asker, control) { control.answer(asker, result) }
      } catch {
        if case .null = asker.id { asker.id = ControlRequest.identity(bytes) }
        control.refuse(asker, error.sentence)
      }
    }
    control.sendSerial(history)
    return control.isQuitting ? .quit : nil
  }

  /// Does what is asked for.
  ///
  /// - Returns: the result; nil if the answer comes later.
  /// - Throws: the sentence of a refusal.
  private func perform(
    _ request: ControlRequest, _ asker: RunControl.Asker, _ control: RunControl
  ) throws(ControlRefusal) -> [(String, JSONText)]? {
    if let backup, ![.status, .quit, .statistics].contains(request.verb) {
      throw ControlRefusal("this is a backup: the guest is at \(backup.address)")
    }
    switch request.verb {
    case .status: return statusMembers(control)
    case .pause:
      control.pause()
      return whereabouts
    case .continue:
      try takeBackDisks()
      control.goOn()
      return []
    case .step:
      let ticks = request.count("ticks") ?? 1
      guard ticks > 0, kvm == nil else {
        throw ControlRefusal(ticks == 0 ? "ticks: is 0" : "KVM does not count ticks: step needs --backend model")
      }
      try takeBackDisks()
      control.begin(step: ticks, asker)
      return nil
    case .snapshot: return try saveSnapshot(request)
    case .screenshot: return try takeScreenshot(request)
    case .send: return try send(request)
    case .serial:
      try control.subscribe(asker.connection, from: request.count("from") ?? history.end, history)
      return [("from", .number(Int(truncatingIfNeeded: request.count("from") ?? history.end)))]
    case .nmi: return try interrupt(.nonMaskableInterrupt(processor: Int(clamping: request.count("processor") ?? 0)))
    case .interrupt: return try interrupt(try Self.interrupt(request))
    case .migrate:
      try beginMigration(request, asker)
      return nil
    case .cancel:
      guard migration != nil || diskMove != nil else { throw ControlRefusal("nothing is being moved") }
      endMigration("cancelled")
      endDiskMove("cancelled")
      return []
    case .handOver:
      do { try handOver() } catch { throw ControlRefusal("\(error)") }
      return [("backend", .string(kvm == nil ? "model" : "kvm"))] + whereabouts
    case .moveDisk:
      try beginDiskMove(request, asker)
      return nil
    case .statistics:
      return [
        (
          "statistics",
          .made(
            counts.json(
              machine, seconds: runSeconds, exit: control.isPaused ? "paused" : "running", notes: [],
              isCounted: kvm == nil))
        )
      ]
    case .quit:
      control.isQuitting = true
      return []
    }
  }

  /// A guest whose disks were given away gets them back before it goes on.
  private func takeBackDisks() throws(ControlRefusal) {
    guard let lent else { return }
    do throws(MoveProblem) { try reclaim(lent) } catch { throw ControlRefusal(error.description) }
    self.lent = nil
  }

  // MARK: What is known

  /// Where the guest is.
  var whereabouts: [(String, JSONText)] {
    [
      ("ticks", .number(Int(truncatingIfNeeded: counts.ticks(machine)))),
      ("clock", .number(Int(truncatingIfNeeded: machine.clockNanoseconds))),
      ("processors", .array(processorMembers.map { .object($0) })),
    ]
  }

  private var processorMembers: [[(String, JSONText)]] {
    (0..<machine.processorCount).map { index in
      guard let state = hostState(ofProcessor: index) else { return [("activity", .string("unknown"))] }
      let linear = state.linearRIP
      return [
        ("activity", .string(Self.name(state.activity))), ("rip", .hex(linear)),
        ("symbol", .optional(knownSymbols?.text(of: linear))), ("cpl", .number(Int(state.privilegeLevel))),
        ("mode", .string(state.mode.words)), ("interrupts", .bool(state.rflags & RFLAGS.interruptEnable != 0)),
      ]
    }
  }

  private static func name(_ activity: ActivityState) -> String {
    switch activity {
    case .running: "running"
    case .halted: "halted"
    case .waitForSIPI: "wait-for-sipi"
    case .shutdown: "shutdown"
    }
  }

  private func statusMembers(_ control: RunControl) -> [(String, JSONText)] {
    [
      ("state", .string(backup != nil ? "backup" : control.isPaused ? "paused" : "running")),
      ("protected", .bool(protection != nil)),
      ("backend", .string(kvm == nil ? "model" : "kvm")), ("engine", .string(options.engine.rawValue)),
      ("model", .string(machine.model.name)), ("memory", .number(Int(machine.memory.byteCount))),
      (
        "serial",
        .object([
          ("sent", .number(Int(truncatingIfNeeded: history.end))),
          ("received", .number(Int(truncatingIfNeeded: input.receivedCount))),
        ])
      ), ("drives", .array(drives.all.map { .object(Self.members(ofDrive: $0.place, $0.medium)) })),
    ] + whereabouts
  }

  // MARK: Files

  private func saveSnapshot(_ request: ControlRequest) throws(ControlRefusal) -> [(String, JSONText)] {
    let path = request.text("file") ?? ""
    do throws(SnapshotError) { try machine.saveSnapshot(to: path, base: request.text("base")) } catch {
      throw ControlRefusal(error.description)
    }
    return [("file", .string(path))] + whereabouts
  }

  private func takeScreenshot(_ request: ControlRequest) throws(ControlRefusal) -> [(String, JSONText)] {
    let path = request.text("file") ?? ""
    guard path.hasSuffix(".png") || path.hasSuffix(".txt") else {
      throw ControlRefusal("file: \(path): the name ends neither in .png nor in .txt")
    }
    guard let screen else { throw ControlRefusal("the board has no screen: start it with --display") }
    do { try screen.write(path, machine) } catch { throw ControlRefusal("\(error)") }
    return [("file", .string(path))]
  }

  // MARK: Input

  private func send(_ request: ControlRequest) throws(ControlRefusal) -> [(String, JSONText)] {
    guard input.replayer == nil else { throw ControlRefusal("a recorded run takes no other input") }
    let bytes: [UInt8]
    switch (request.text("text"), request.text("bytes")) {
    case (let text?, nil): bytes = Array(text.utf8)
    case (nil, let digits?):
      guard let read = Text.bytes(ofDigits: digits) else {
        throw ControlRefusal("bytes: '\(ControlRequest.shown(digits))' are not pairs of hexadecimal digits")
      }
      bytes = read
    default: throw ControlRefusal("text or bytes is needed, and not both")
    }
    switch request.text("to") ?? "serial" {
    case "keyboard":
      guard let screen else { throw ControlRefusal("the board has no keyboard: start it with --display") }
      guard request.count("at") == nil else { throw ControlRefusal("at: is for the serial line") }
      guard screen.keyCount < Self.keyLimit else { throw ControlRefusal("\(screen.keyCount) keys wait already") }
      screen.type(bytes)
      return []
    case "serial":
      guard input.waitingCount + bytes.count <= Self.inputLimit else {
        throw ControlRefusal("\(input.waitingCount) bytes wait already: at most \(Self.inputLimit) may")
      }
      if let at = request.count("at") {
        guard let count = input.send(bytes, at: at) else {
          throw ControlRefusal("at: \(at) is beyond the \(input.acceptedCount) bytes that came before")
        }
        return [("at", .number(Int(truncatingIfNeeded: count)))]
      }
      input.send(bytes)
      return [("at", .number(Int(truncatingIfNeeded: input.acceptedCount)))]
    case let other: throw ControlRefusal("to: '\(ControlRequest.shown(other))' is neither serial nor keyboard")
    }
  }

  /// Keys that may wait for the keyboard.
  private static let keyLimit = 1 << 16
  /// Bytes that may wait for the serial line.
  private static let inputLimit = 1 << 20

  private static func interrupt(_ request: ControlRequest) throws(ControlRefusal) -> OutsideInput {
    switch (request.count("vector"), request.count("line")) {
    case (let vector?, nil):
      guard let vector = UInt8(exactly: vector) else { throw ControlRefusal("vector: \(vector) is not 0 to 255") }
      return .interrupt(processor: Int(clamping: request.count("processor") ?? 0), vector: vector)
    case (nil, let line?):
      guard request.count("processor") == nil else {
        throw ControlRefusal("processor: is for a vector, not for a line")
      }
      return .line(Int(clamping: line))
    default: throw ControlRefusal("vector or line is needed, and not both")
    }
  }

  private func interrupt(_ interrupt: OutsideInput) throws(ControlRefusal) -> [(String, JSONText)] {
    guard input.replayer == nil else { throw ControlRefusal("a recorded run takes no other input") }
    guard kvm == nil || machine.processorCount == 1 else {
      throw ControlRefusal("several processors of KVM have interrupt controllers of KVM's: it needs --backend model")
    }
    if let problem = machine.problem(inInterrupt: interrupt) { throw ControlRefusal(problem) }
    guard input.interrupt(interrupt, machine) else { throw ControlRefusal("the machine does not take it now") }
    return whereabouts
  }
}
