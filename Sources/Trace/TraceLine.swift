import Interpreter
import TextForms

/// One line of JSON under construction.
struct TraceLine {
  private(set) var bytes: [UInt8] = []

  private static let digits = Array("0123456789abcdef".utf8)

  /// A register's value with `0x`.
  static func hex(_ value: Vector128) -> String {
    "0x" + (value.high == 0 ? Text.digits(value.low) : Text.digits(value.high) + Text.digits(value.low, places: 16))
  }

  mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func open(_ bracket: String) { raw(bracket) }

  mutating func close(_ bracket: String) { raw(bracket) }

  /// A comma unless something has just begun.
  mutating func separate() {
    guard let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "["), last != UInt8(ascii: ":")
    else { return }
    bytes.append(UInt8(ascii: ","))
  }

  mutating func name(_ name: String) {
    separate()
    raw("\"\(name)\":")
  }

  mutating func member(_ name: String, hex value: UInt64) {
    self.name(name)
    raw("\"0x\(Text.digits(value))\"")
  }

  mutating func member(_ name: String, hex value: Vector128) {
    self.name(name)
    raw("\"\(Self.hex(value))\"")
  }

  mutating func member(_ name: String, number: some BinaryInteger) {
    self.name(name)
    raw(String(number))
  }

  mutating func member(_ name: String, isTrue: Bool) {
    self.name(name)
    raw(isTrue ? "true" : "false")
  }

  mutating func member(_ name: String, text: String) {
    self.name(name)
    quote(text)
  }

  mutating func member(_ name: String, bytes: [UInt8]) {
    self.name(name)
    self.bytes.append(UInt8(ascii: "\""))
    for byte in bytes {
      self.bytes.append(Self.digits[Int(byte >> 4)])
      self.bytes.append(Self.digits[Int(byte & 15)])
    }
    self.bytes.append(UInt8(ascii: "\""))
  }

  /// A member that is an array of objects, left out if there are none.
  mutating func list<Element>(_ name: String, _ elements: [Element], _ object: (inout TraceLine, Element) -> Void) {
    guard !elements.isEmpty else { return }
    self.name(name)
    open("[")
    for element in elements {
      separate()
      open("{")
      object(&self, element)
      close("}")
    }
    close("]")
  }

  /// A member that is an array of strings.
  mutating func texts(_ name: String, _ texts: [String]) {
    self.name(name)
    open("[")
    for text in texts {
      separate()
      quote(text)
    }
    close("]")
  }

  private mutating func quote(_ text: String) { JSONText.appendQuoted(text, to: &bytes) }
}

/// Turns records into the lines of a format.
protocol TraceWriter {
  /// Whether the format has a place for tables.
  var hasTables: Bool { get }
  /// Whether the format has a place for the fault reports that do not shut the processor down.
  var hasReports: Bool { get }
  mutating func begin(_ guest: RecordedGuest, _ output: inout [UInt8])
  mutating func state(_ state: RecordedState, _ output: inout [UInt8])
  mutating func step(_ step: RecordedStep, _ output: inout [UInt8])
  /// The tables of a processor.
  mutating func tables(_ tables: RecordedTables, _ output: inout [UInt8])
  /// The report of the step before.
  mutating func report(_ report: RecordedReport, _ output: inout [UInt8])
  mutating func end(records: UInt64, reason: String, _ output: inout [UInt8])
}
