import HostSystem
import TextForms

/// The control socket of one run: who is connected, what they wait for, and whether the guest may go on.
final class RunControl {
  /// The version of the protocol, which every connection is greeted with.
  static let version = 1

  /// Where an answer goes.
  struct Asker {
    var connection: Int
    var id: JSONText
  }

  let server: ControlServer
  /// The guest stands still.
  private(set) var isPaused = false
  /// Ticks that the paused guest may still execute, and who waits for that.
  private(set) var step: (asker: Asker, ticks: UInt64)?
  /// What each subscriber gets next.
  private var subscribers: [Int: UInt64] = [:]
  /// The run is to end.
  var isQuitting = false

  init(path: String) throws(HostError) { server = try ControlServer(path: path) }

  // MARK: Lines

  private static func line(_ members: [(String, JSONText)]) -> String { JSONText.object(members).text }

  /// The first line of a connection.
  var greeting: String {
    Self.line([
      ("event", .string("hello")), ("protocol", .number(Self.version)), ("emu", .string(EmuCommand.version)),
      ("commands", .array(ControlVerb.allCases.map { .string($0.rawValue) })),
    ])
  }

  /// Lines that came while only a cancellation was looked for.
  private var early: [(connection: Int, line: ControlServer.Line)] = []

  /// The lines that have come.
  var lines: [(connection: Int, line: ControlServer.Line)] {
    defer { early = [] }
    return early + server.poll(greeting: { greeting })
  }

  /// Whether a request to cancel has come; all others stay for later.
  func takeCancel() -> Bool {
    early += server.poll(greeting: { greeting })
    for (index, (connection, line)) in early.enumerated() {
      guard case .whole(let bytes) = line, let request = try? ControlRequest(bytes), request.verb == .cancel else {
        continue
      }
      early.remove(at: index)
      answer(Asker(connection: connection, id: request.id), [])
      return true
    }
    return false
  }

  func answer(_ asker: Asker, _ result: [(String, JSONText)]) {
    server.answer(
      Self.line([("id", asker.id), ("ok", .bool(true)), ("result", .object(result))]), to: asker.connection)
  }

  func refuse(_ asker: Asker, _ sentence: String) {
    server.answer(
      Self.line([("id", asker.id), ("ok", .bool(false)), ("error", .string(sentence.printable))]), to: asker.connection)
  }

  /// An event for every connection.
  func announce(_ name: String, _ members: [(String, JSONText)] = []) {
    let text = Self.line([("event", .string(name))] + members)
    for number in server.numbers { server.send(text, to: number) }
  }

  // MARK: The guest

  func pause() {
    guard !isPaused else { return }
    isPaused = true
    announce("paused")
  }

  func goOn() {
    guard isPaused else { return }
    endStep("the guest was let go on")
    isPaused = false
    announce("continued")
  }

  /// Lets the paused guest execute so many ticks.
  func begin(step ticks: UInt64, _ asker: Asker) {
    pause()
    endStep("another step was asked for")
    step = (asker, ticks)
  }

  private func endStep(_ reason: String) {
    if let step { refuse(step.asker, "the step has \(step.ticks) ticks left: \(reason)") }
    step = nil
  }

  /// The guest has executed so many ticks.
  ///
  /// - Parameter result: what the answer says when the step is done.
  func note(ticks: UInt64, _ result: () -> [(String, JSONText)]) {
    guard var current = step else { return }
    current.ticks -= min(ticks, current.ticks)
    step = current
    guard current.ticks == 0 else { return }
    step = nil
    answer(current.asker, result())
  }

  // MARK: The serial line

  /// Bytes of one event.
  private static let eventBytes = 4096
  /// Bytes that wait for a subscriber before it gets more.
  private static let subscriberLimit = 1 << 20

  /// Sends a connection the serial output from a place on.
  ///
  /// - Throws: a sentence if that is not kept any more, or not there yet.
  func subscribe(
    _ connection: Int, from place: UInt64, _ history: SerialHistory
  ) throws(ControlRefusal) {
    guard place >= history.start, place <= history.end else {
      throw ControlRefusal("from: \(place) is not \(history.start) to \(history.end), which are kept")
    }
    subscribers[connection] = place
  }

  /// Sends subscribers what is new.
  func sendSerial(_ history: SerialHistory) {
    for (connection, place) in subscribers {
      guard server.isOpen(connection) else {
        subscribers[connection] = nil
        continue
      }
      var next = place
      while next < history.end, server.waiting(connection) < Self.subscriberLimit {
        guard let bytes = history.bytes(from: next, limit: Self.eventBytes) else {
          server.send(
            Self.line([("event", .string("serial-lost")), ("from", .number(Int(truncatingIfNeeded: history.start)))]),
            to: connection)
          next = history.start
          continue
        }
        server.send(
          Self.line([
            ("event", .string("serial")), ("from", .number(Int(truncatingIfNeeded: next))),
            ("bytes", .string(Text.digits(bytes))),
          ]), to: connection)
        next += UInt64(bytes.count)
      }
      subscribers[connection] = next
    }
  }

  /// The run ends.
  func end(_ exit: String, status: Int32, _ history: SerialHistory) {
    let deadline = HostClock.monotonic + 2_000_000_000
    sendSerial(history)
    while HostClock.monotonic < deadline,
      subscribers.contains(where: { server.isOpen($0.key) && $0.value < history.end })
    {
      server.wait(milliseconds: 20)
      sendSerial(history)
    }
    endStep("the run has ended")
    announce("end", [("exit", .string(exit)), ("status", .number(Int(status)))])
    server.end()
  }
}
