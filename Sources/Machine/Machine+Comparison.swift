import DevicesLegacy

extension Machine {
  /// What of the board differs from another of the same configuration: clock, round, end of the run, the state of each
  /// chip and the events, a name each; processors and RAM aside.
  public func boardDifferences(from other: Machine) -> [BoardDifference] {
    var found: [BoardDifference] = []
    func compare<Value: Equatable>(_ name: String, _ ours: Value, _ theirs: Value, _ text: (Value) -> String) {
      if ours != theirs { found.append(BoardDifference(name: name, text(ours), text(theirs))) }
    }
    compare("clock", clock, other.clock) { "\($0)" }
    compare("turn", turn, other.turn) { "\($0)" }
    compare("end of the run", exit, other.exit) { $0.map { "\($0)" } ?? "none" }
    compare("events", events, other.events) { "\($0.entries.count) of \($0.entries.reduce(0) { $0 + $1.count })" }
    let (one, two) = (platform.capture(), other.platform.capture())
    guard one != two else { return found }
    compare("8259A", one.pic, two.pic) { "\($0)" }
    compare("8254", one.pit, two.pit) { "\($0)" }
    compare("MC146818", one.rtc, two.rtc) { "\($0)" }
    compare("16550", one.serial, two.serial) { "\($0)" }
    compare("I/O APIC", one.ioapic, two.ioapic) { "\($0)" }
    compare("local APIC", one.apics, two.apics) { "\($0)" }
    compare("8042", one.keyboard, two.keyboard) { "\($0)" }
    compare("ACPI power management", one.power, two.power) { "\($0)" }
    if found.isEmpty { found.append(BoardDifference(name: "another chip", "\(one)", "\(two)")) }
    return found
  }
}

/// One thing of two boards that differs, as text from the first member that differs on.
public struct BoardDifference: Sendable, Equatable {
  /// What.
  public var name: String
  /// How the one board has it.
  public var ours: String
  /// How the other has it.
  public var theirs: String

  /// Longer texts are cut.
  private static let length = 100

  init(name: String, _ ours: String, _ theirs: String) {
    let (one, two) = (Array(ours.utf8), Array(theirs.utf8))
    var start = zip(one, two).prefix { $0 == $1 }.count
    // Back to the name of the member.
    while start > 0, one.count > Self.length, one[start - 1] != UInt8(ascii: " "), one[start - 1] != UInt8(ascii: "(") {
      start -= 1
    }
    func end(_ bytes: [UInt8]) -> String { String(decoding: bytes[start...].prefix(Self.length), as: UTF8.self) }
    (self.name, self.ours, self.theirs) = (name, end(one), end(two))
  }
}
