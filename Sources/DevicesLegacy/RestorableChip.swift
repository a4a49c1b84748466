/// A chip whose whole mutable state is one value, so that a snapshot can hold it.
public protocol RestorableChip: AnyObject {
  /// Everything of the chip that changes, levels of its inputs and the time it was advanced to among it.
  associatedtype State: Codable, Equatable, Sendable
  /// The state.
  var state: State { get }
  /// Puts back a state in which `problem(in:)` finds nothing.
  ///
  /// Outputs are not driven: whoever stands at their other end (a controller's input levels, a processor's INTR) holds
  /// the level in a state of its own, which comes back with this one.
  func restore(_ state: State)
  /// What no chip can come to, as a sentence that names field and value; nil if the state is possible.
  ///
  /// A state without a problem makes no function of the chip trap or loop, whatever is read or written afterwards.
  static func problem(in state: State) -> String?
}

/// Checks of fields; each gives nil or a sentence.
enum FieldCheck {
  /// The first sentence.
  static func first(_ problems: String?...) -> String? { problems.lazy.compactMap { $0 }.first }

  static func range<Value: Comparable>(_ name: String, _ value: Value, _ range: ClosedRange<Value>) -> String? {
    range.contains(value) ? nil : "\(name) \(value) is not \(range.lowerBound)...\(range.upperBound)"
  }

  static func count<Element>(_ name: String, _ array: [Element], _ count: Int) -> String? {
    array.count == count ? nil : "\(name) has \(array.count) entries, not \(count)"
  }

  /// Only bits of a mask may be set.
  static func bits<Value: FixedWidthInteger>(_ name: String, _ value: Value, _ mask: Value) -> String? {
    value & ~mask == 0 ? nil : "\(name) \(hexadecimal(value)) has bits outside \(hexadecimal(mask))"
  }

  static func choice<Value: Equatable>(_ name: String, _ value: Value, _ choices: [Value]) -> String? {
    choices.contains(value) ? nil : "\(name) \(value) is not one of \(choices.map { "\($0)" }.joined(separator: ", "))"
  }

  static func hexadecimal<Value: FixedWidthInteger>(_ value: Value) -> String {
    String(value, radix: 16, uppercase: true) + "h"
  }
}
