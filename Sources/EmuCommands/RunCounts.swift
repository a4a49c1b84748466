import Machine
import TextForms

/// What a run has come to over all its machines: those before a reboot, and the present one.
struct RunCounts {
  private var instructions: UInt64 = 0
  /// Instructions of the first machine before this run: it may come from a snapshot.
  private let before: UInt64
  /// Ticks of the machines before the present one.
  private(set) var earlierTicks: UInt64 = 0
  private var events = EventLog()

  /// - Parameter machine: the first.
  init(_ machine: Machine) { before = machine.retiredInstructions }

  /// A machine has had its time.
  mutating func add(_ machine: Machine) {
    instructions &+= machine.retiredInstructions
    earlierTicks &+= machine.executedTicks
    events.merge(machine.events)
  }

  /// Ticks up to now.
  func ticks(_ machine: Machine) -> UInt64 { earlierTicks &+ machine.executedTicks }

  /// What the guests met that is not there.
  func events(_ machine: Machine) -> EventLog {
    var all = events
    all.merge(machine.events)
    return all
  }

  /// The object of `--stats`.
  ///
  /// - Parameters:
  ///   - notes: what was to be said of the end.
  ///   - isCounted: whether instructions were: KVM does not count them.
  func json(_ machine: Machine, seconds: Double, exit: String, notes: [String], isCounted: Bool) -> String {
    let count = instructions &+ machine.retiredInstructions
    let speed = seconds > 0 ? Double(count &- before) / seconds / 1e6 : 0
    let fields = [
      "\"instructions\":\(isCounted ? String(count) : "null")", "\"seconds\":\(Self.decimal(seconds, places: 3))",
      "\"mips\":\(isCounted ? Self.decimal(speed, places: 1) : "null")", "\"exit\":\"\(exit)\"",
      "\"notes\":[\(notes.map(JSONText.quoted).joined(separator: ","))]",
    ]
    return "{\(fields.joined(separator: ","))}"
  }

  /// A number with so many decimals.
  private static func decimal(_ value: Double, places: Int) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let whole = Int((value * Double(scale)).rounded())
    let fraction = String(whole % scale)
    return "\(whole / scale).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
  }
}
