/// What is wrong with a line of a trace.
public enum TraceLineError: Error, Equatable {
  /// The text ends inside a value: a line that was cut off.
  case ended
  /// One clause that names field and value.
  case wrong(String)
}

/// What a value of a trace may be.
indirect enum TraceField: Sendable {
  /// A string.
  case text
  /// A string that is one of these.
  case choice([String])
  /// A string `0x` and 1 to 64 hexadecimal digits: a number, or a vector register.
  case hex
  /// A string of hexadecimal digits, two a byte.
  case bytes
  /// A whole number of this range.
  case number(ClosedRange<Int>)
  /// The version of the format.
  case version(Int)
  case boolean
  /// An array of such values.
  case list(TraceField)
  /// An array of two hexadecimal numbers, as old and new value or the halves of a wide one.
  case pair
  /// An object of any names and such values.
  case dictionary(TraceField)
  /// An object of known names; others may be there.
  case object([String: TraceField], required: [String])
  /// Anything that is JSON.
  case any
}

/// Reads one JSON text against a `TraceField`, without building values.
///
/// RFC 8259, with at most 64 levels of nesting.
struct TraceScanner {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private var path: [Part] = []

  /// A step on the way to a value.
  private enum Part {
    case name(String)
    case index(Int)
  }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Checks the whole text.
  mutating func check(_ field: TraceField) throws(TraceLineError) {
    try value(field)
    skipBlanks()
    guard position == bytes.count else { throw .wrong("has '\(excerpt())' after its object") }
  }

  /// The `t` member of an object, nil if there is none.
  mutating func kind() throws(TraceLineError) -> String? {
    defer { position = 0 }
    guard try peek() == UInt8(ascii: "{") else { throw .wrong("is '\(excerpt())' and not a JSON object") }
    position += 1
    var first = true
    while true {
      if try peek() == UInt8(ascii: "}") { return nil }
      if !first { try take(",") }
      first = false
      let name = try string()
      try take(":")
      if name == "t" || name == "schema" {
        path = [.name(name)]
        defer { path = [] }
        let text = try text()
        return name == "t" ? text : nil
      }
      try value(.any)
    }
  }

  // MARK: Values

  private mutating func value(_ field: TraceField) throws(TraceLineError) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 64 else { throw wrong("is nested more than 64 levels deep") }
    switch field {
    case .text: _ = try text()
    case .choice(let names):
      let text = try text()
      guard names.contains(text) else { throw wrong("'\(text.prefix(40))' is not \(Self.list(names))") }
    case .hex:
      let text = try text()
      guard text.hasPrefix("0x"), (3...66).contains(text.utf8.count), text.utf8.dropFirst(2).allSatisfy(Self.isDigit)
      else { throw wrong("'\(text.prefix(40))' is not a hexadecimal number such as 0x1f") }
    case .bytes:
      let text = try text()
      guard text.utf8.count % 2 == 0, text.utf8.allSatisfy(Self.isDigit) else {
        throw wrong("'\(text.prefix(40))' is not bytes in hexadecimal")
      }
    case .number(let range): try number(range)
    case .version(let known):
      let word = try word()
      guard word == "\(known)" else {
        throw wrong("\(word.prefix(40)) is not \(known), which this emu reads: record the trace again")
      }
    case .boolean:
      let word = try word()
      guard word == "true" || word == "false" else { throw wrong("'\(word)' is not true or false") }
    case .list(let element): try list(element)
    case .pair:
      let count = try list(.hex)
      guard count == 2 else { throw wrong("has \(count) numbers, not an old and a new one") }
    case .dictionary(let element): try object([:], required: [], others: element)
    case .object(let members, let required): try object(members, required: required, others: .any)
    case .any: try anything()
    }
  }

  private mutating func anything() throws(TraceLineError) {
    switch try peek() {
    case UInt8(ascii: "{"): try object([:], required: [], others: .any)
    case UInt8(ascii: "["): try list(.any)
    case UInt8(ascii: "\""): _ = try string()
    default:
      let word = try word()
      guard ["true", "false", "null"].contains(word) || Double(word) != nil else {
        throw wrong("'\(word.prefix(40))' is not a JSON value")
      }
    }
  }

  private mutating func object(_ members: [String: TraceField], required: [String], others: TraceField)
    throws(TraceLineError)
  {
    try begin("{", "an object")
    var missing = required
    var first = true
    while try peek() != UInt8(ascii: "}") {
      if !first { try take(",") }
      first = false
      let name = try string()
      try take(":")
      if let index = missing.firstIndex(of: name) { missing.remove(at: index) }
      path.append(.name(name))
      try value(members[name] ?? others)
      path.removeLast()
    }
    position += 1
    if let name = missing.first {
      path.append(.name(name))
      throw wrong("is missing")
    }
  }

  @discardableResult
  private mutating func list(_ element: TraceField) throws(TraceLineError) -> Int {
    try begin("[", "an array")
    var count = 0
    while try peek() != UInt8(ascii: "]") {
      if count > 0 { try take(",") }
      path.append(.index(count))
      try value(element)
      path.removeLast()
      count += 1
    }
    position += 1
    return count
  }

  private mutating func number(_ range: ClosedRange<Int>) throws(TraceLineError) {
    let word = try word()
    guard let number = Int(word), range.contains(number) else {
      throw wrong("'\(word.prefix(40))' is not a whole number of \(range.lowerBound) to \(range.upperBound)")
    }
  }

  private mutating func text() throws(TraceLineError) -> String {
    guard try peek() == UInt8(ascii: "\"") else { throw wrong("'\(excerpt())' is not a string") }
    return try string()
  }

  // MARK: Tokens

  private mutating func skipBlanks() {
    while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
  }

  private mutating func peek() throws(TraceLineError) -> UInt8 {
    skipBlanks()
    guard position < bytes.count else { throw .ended }
    return bytes[position]
  }

  private mutating func take(_ character: Unicode.Scalar) throws(TraceLineError) {
    guard try peek() == UInt8(ascii: character) else {
      throw wrong("has '\(excerpt())' where a '\(character)' belongs")
    }
    position += 1
  }

  private mutating func begin(_ character: Unicode.Scalar, _ kind: String) throws(TraceLineError) {
    guard try peek() == UInt8(ascii: character) else { throw wrong("'\(excerpt())' is not \(kind)") }
    position += 1
  }

  private mutating func string() throws(TraceLineError) -> String {
    guard try peek() == UInt8(ascii: "\"") else { throw wrong("has '\(excerpt())' where a string belongs") }
    position += 1
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        defer { position += 1 }
        // Escapes stay as they are: no name or number of the schema has one.
        return String(decoding: bytes[start..<position], as: UTF8.self)
      }
      guard byte >= 32 else { throw wrong("has a control character in a string") }
      if byte == UInt8(ascii: "\\") { try escape() } else { position += 1 }
    }
    throw .ended
  }

  private mutating func escape() throws(TraceLineError) {
    guard position + 1 < bytes.count else { throw .ended }
    let letter = bytes[position + 1]
    position += 2
    if letter == UInt8(ascii: "u") {
      guard position + 4 <= bytes.count else { throw .ended }
      guard bytes[position..<position + 4].allSatisfy(Self.isDigit) else { throw wrong("has a bad \\u escape") }
      position += 4
    } else if !Array("\"\\/bfnrt".utf8).contains(letter) {
      throw wrong("has a bad escape")
    }
  }

  /// A number or one of the three words.
  private mutating func word() throws(TraceLineError) -> String {
    let first = try peek()
    guard first != UInt8(ascii: "\""), first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else {
      throw wrong("'\(excerpt())' is not a plain value")
    }
    let start = position
    while position < bytes.count, !Self.endsWord(bytes[position]) { position += 1 }
    if position == bytes.count { throw .ended }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }

  private static func endsWord(_ byte: UInt8) -> Bool {
    isBlank(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }

  private static func list(_ names: [String]) -> String {
    names.dropLast().joined(separator: ", ") + (names.count > 1 ? " or " : "") + (names.last ?? "")
  }

  private func excerpt() -> String { String(decoding: bytes[position...].prefix(30), as: UTF8.self) }

  private func wrong(_ text: String) -> TraceLineError {
    var place = ""
    for part in path {
      switch part {
      case .index(let index): place += "[\(index)]"
      case .name(let name): place += place.isEmpty ? name : ".\(name)"
      }
    }
    return .wrong(place.isEmpty ? text : "\(place) \(text)")
  }
}
