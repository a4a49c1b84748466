/// What a control socket is asked for.
enum ControlVerb: String, CaseIterable {
  case status, pause, `continue`, step, snapshot, screenshot, send, serial, nmi, interrupt
  case handOver = "hand-over"
  case migrate
  case moveDisk = "move-disk"
  case cancel, statistics, quit

  /// A member of a request.
  struct Field {
    enum Kind {
      case text, count
    }
    let name: String
    let kind: Kind
    let isRequired: Bool

    init(_ name: String, _ kind: Kind = .text, required: Bool = false) {
      (self.name, self.kind, isRequired) = (name, kind, required)
    }
  }

  /// The members of its request, in the order in which a command line may give them without names.
  var fields: [Field] {
    switch self {
    case .status, .pause, .continue, .handOver, .cancel, .statistics, .quit: []
    case .step: [Field("ticks", .count)]
    case .snapshot: [Field("file", required: true), Field("base")]
    case .screenshot: [Field("file", required: true)]
    case .send: [Field("text"), Field("bytes"), Field("to"), Field("at", .count)]
    case .serial: [Field("from", .count)]
    case .nmi: [Field("processor", .count)]
    case .interrupt: [Field("vector", .count), Field("processor", .count), Field("line", .count)]
    case .migrate: [Field("to", required: true), Field("disks")]
    case .moveDisk: [Field("drive", required: true), Field("file", required: true), Field("format")]
    }
  }

  /// One line of help.
  var summary: String {
    switch self {
    case .status: "where the guest is, and what the board has"
    case .pause: "the guest stands still"
    case .continue: "the guest goes on"
    case .step: "pauses the guest, then lets it execute so many ticks (1)"
    case .snapshot: "saves the machine to a file, by the difference to base if that is there"
    case .screenshot: "writes what the screen shows, .png or .txt"
    case .send: "sends text or hexadecimal bytes to=serial or to=keyboard; at is the place in all that was sent"
    case .serial: "subscribes to the serial output, from a place in all of it"
    case .nmi: "a non-maskable interrupt for a processor (0)"
    case .interrupt: "a vector for a processor's local APIC, or a pulse on a free line=N"
    case .handOver: "lets the other backend execute"
    case .migrate: "moves the guest to emu run --incoming; disks=copy sends what the disks hold"
    case .moveDisk: "moves a drive's contents to a new file, raw or qcow2"
    case .cancel: "ends migrate or move-disk; the guest goes on here"
    case .statistics: "the object of --stats"
    case .quit: "ends the run, status 0"
    }
  }

  /// The names in the order of their declaration.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
