/// JSON text under construction (RFC 8259).
package indirect enum JSONText {
  /// null
  case null
  /// true or false
  case bool(Bool)
  /// A whole number.
  case number(Int)
  /// JSON that is made already.
  case made(String)
  /// A string, not yet quoted.
  case string(String)
  /// An array.
  case array([JSONText])
  /// An object; its members keep their order.
  case object([(String, JSONText)])

  /// A number as the string `0x1f`.
  package static func hex(_ value: UInt64) -> Self { .string(Text.hex(value)) }
  /// The same, or null.
  package static func hex(_ value: UInt64?) -> Self { value.map { .hex($0) } ?? .null }
  /// A string, or null.
  package static func optional(_ value: String?) -> Self { value.map { .string($0) } ?? .null }

  /// The text, without blanks and newlines.
  package var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let value): String(value)
    case .made(let value): value
    case .string(let value): Self.quoted(value)
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let fields):
      "{" + fields.map { Self.quoted($0.0) + ":" + $0.1.text }.joined(separator: ",") + "}"
    }
  }

  /// A string with its quotes.
  package static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    appendQuoted(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The same as UTF-8 behind other text.
  package static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
      case 0..<0x20: bytes += Array("\\u00\(Text.digits(UInt64(byte), places: 2))".utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
