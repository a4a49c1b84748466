/// A JSON text that is none: one sentence.
package struct JSONProblem: Error, CustomStringConvertible, Equatable {
  package var description: String
  init(_ description: String) { self.description = description }
}

/// A value of JSON, with the members of objects in order and repeated names kept, so that both can be checked.
package indirect enum JSONValue: Equatable {
  case null
  case bool(Bool)
  /// As it was written.
  case number(String)
  case text(String)
  case array([JSONValue])
  case object([Member])

  package struct Member: Equatable {
    package var name: String
    package var value: JSONValue
  }

  /// Reads a whole text.
  ///
  /// - Parameter ignoring: members that are checked for their brackets only, and null.
  package init(_ bytes: [UInt8], ignoring: Set<String> = []) throws(JSONProblem) {
    var reader = JSONReader(bytes, ignoring: ignoring)
    self = try reader.document()
  }

  /// What it is, in words.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .text: "a text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// - RFC 8259.
private struct JSONReader {
  private let bytes: [UInt8]
  private let ignored: Set<String>
  private var index = 0
  /// Arrays and objects within each other.
  private static let depthLimit = 64

  init(_ bytes: [UInt8], ignoring ignored: Set<String>) { (self.bytes, self.ignored) = (bytes, ignored) }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private func bad(_ what: String) -> JSONProblem { JSONProblem("byte \(index + 1): \(what)") }

  mutating func document() throws(JSONProblem) -> JSONValue {
    let value = try value(depth: 0)
    skipBlanks()
    guard index == bytes.count else { throw bad("something follows the object") }
    return value
  }

  private mutating func skipBlanks() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { index += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipBlanks()
    guard next == byte else { return false }
    index += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
    guard depth < Self.depthLimit else { throw bad("more than \(Self.depthLimit) levels") }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "-"): return .number(try number())
    case .some(0x30...0x39): return .number(try number())
    default:
      for (word, value) in [("null", JSONValue.null), ("true", .bool(true)), ("false", .bool(false))]
      where bytes[index...].starts(with: word.utf8) {
        index += word.utf8.count
        return value
      }
      throw bad("no value of JSON begins here")
    }
  }

  private mutating func object(_ depth: Int) throws(JSONProblem) -> JSONValue {
    index += 1
    var members: [JSONValue.Member] = []
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw bad("a name in quotes is missing") }
      let name = try text()
      guard take(UInt8(ascii: ":")) else { throw bad("a colon is missing") }
      let value = ignored.contains(name) ? try skipped() : try value(depth: depth + 1)
      members.append(JSONValue.Member(name: name, value: value))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw bad("a comma or } is missing") }
    return .object(members)
  }

  /// Passes over an array or object, reads anything else.
  private mutating func skipped() throws(JSONProblem) -> JSONValue {
    skipBlanks()
    guard let opening = next, [UInt8(ascii: "["), UInt8(ascii: "{")].contains(opening) else {
      return try value(depth: 0)
    }
    var depth = 0
    repeat {
      switch next {
      case UInt8(ascii: "\""):
        _ = try text()
        continue
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case nil: throw bad("an array or object does not end")
      default: break
      }
      index += 1
    } while depth > 0
    return .null
  }

  private mutating func array(_ depth: Int) throws(JSONProblem) -> JSONValue {
    index += 1
    var elements: [JSONValue] = []
    if take(UInt8(ascii: "]")) { return .array(elements) }
    repeat { elements.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw bad("a comma or ] is missing") }
    return .array(elements)
  }

  private mutating func number() throws(JSONProblem) -> String {
    let start = index
    func digits(_ reader: inout Self) -> Int {
      let from = reader.index
      while let byte = reader.next, (0x30...0x39).contains(byte) { reader.index += 1 }
      return reader.index - from
    }
    if next == UInt8(ascii: "-") { index += 1 }
    let first = next
    let whole = digits(&self)
    guard whole > 0, !(first == 0x30 && whole > 1) else { throw bad("a number is not one of JSON") }
    if next == UInt8(ascii: ".") {
      index += 1
      guard digits(&self) > 0 else { throw bad("a number is not one of JSON") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      index += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
      guard digits(&self) > 0 else { throw bad("a number is not one of JSON") }
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func text() throws(JSONProblem) -> String {
    index += 1
    var result: [UInt8] = []
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
      case UInt8(ascii: "\\"): result += Array(try escape().utf8)
      case 0..<0x20: throw bad("a control character stands in a text")
      default: result.append(byte)
      }
    }
    throw bad("a text does not end")
  }

  private mutating func escape() throws(JSONProblem) -> String {
    guard let byte = next else { throw bad("a text does not end") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try unit()
      guard (0xD800...0xDBFF).contains(first), bytes[index...].starts(with: "\\u".utf8) else {
        return String(decoding: [first], as: UTF16.self)
      }
      index += 2
      return String(decoding: [first, try unit()], as: UTF16.self)
    default: throw bad("an escape in a text is not one of JSON")
    }
  }

  private mutating func unit() throws(JSONProblem) -> UInt16 {
    let digits = bytes[index...].prefix(4)
    guard digits.count == 4, let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16),
      digits.first != UInt8(ascii: "+")
    else { throw bad("an escape in a text is not one of JSON") }
    index += 4
    return value
  }
}
