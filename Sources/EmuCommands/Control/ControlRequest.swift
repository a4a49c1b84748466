import TextForms

/// A refusal, as the sentence of an answer.
struct ControlRefusal: Error {
  var sentence: String
  init(_ sentence: String) { self.sentence = sentence }
}

/// One request: a line with a JSON object.
///
///     {"id":7,"command":"step","ticks":100}
struct ControlRequest {
  /// What the answer repeats.
  var id: JSONText
  var verb: ControlVerb
  private var values: [String: JSONValue] = [:]

  /// The longest text of `id`.
  private static let idLimit = 100

  /// The `id` of a line, as far as it can be read: an answer to a bad request has it too.
  static func identity(_ line: [UInt8]) -> JSONText {
    guard case .object(let members)? = try? JSONValue(line) else { return .null }
    return (try? id(members.first { $0.name == "id" }?.value)) ?? .null
  }

  private static func id(_ value: JSONValue?) throws(ControlRefusal) -> JSONText {
    switch value {
    case nil, .null?: return .null
    case .text(let text)? where text.utf8.count <= idLimit: return .string(text)
    case .number(let text)?:
      if let number = Int(text) { return .number(number) }
    default: break
    }
    throw ControlRefusal("id: is neither a whole number nor a text of at most \(idLimit) bytes")
  }

  /// Reads a line.
  ///
  /// - Throws: a sentence that names the member and the value.
  init(_ line: [UInt8]) throws(ControlRefusal) {
    let value: JSONValue
    do throws(JSONProblem) { value = try JSONValue(line) } catch {
      throw ControlRefusal("the request is not JSON: \(error.description)")
    }
    guard case .object(let members) = value else { throw ControlRefusal("the request is \(value.kind), not an object") }
    var named: [String: JSONValue] = [:]
    for member in members {
      guard named.updateValue(member.value, forKey: member.name) == nil else {
        throw ControlRefusal("\(Self.shown(member.name)): comes twice")
      }
    }
    id = try Self.id(named.removeValue(forKey: "id"))
    guard case .text(let name)? = named.removeValue(forKey: "command") else {
      throw ControlRefusal("command: is missing or no text; known are \(ControlVerb.names)")
    }
    guard let verb = ControlVerb(rawValue: name) else {
      throw ControlRefusal("command: '\(Self.shown(name))' is not known; known are \(ControlVerb.names)")
    }
    self.verb = verb
    for (name, value) in named.sorted(by: { $0.key < $1.key }) {
      guard let field = verb.fields.first(where: { $0.name == name }) else {
        let known = verb.fields.map(\.name).joined(separator: ", ")
        throw ControlRefusal(
          "\(Self.shown(name)): '\(verb.rawValue)' has no such member\(known.isEmpty ? "" : "; it has \(known)")")
      }
      try Self.check(value, field)
      values[name] = value
    }
    if let missing = verb.fields.first(where: { $0.isRequired && values[$0.name] == nil }) {
      throw ControlRefusal("\(missing.name): is missing")
    }
  }

  private static func check(_ value: JSONValue, _ field: ControlVerb.Field) throws(ControlRefusal) {
    switch (field.kind, value) {
    case (.text, .text): return
    case (.count, .number(let text)):
      guard UInt64(text) != nil else {
        throw ControlRefusal("\(field.name): \(shown(text)) is not a whole number from 0 to 2^64 - 1")
      }
    case (.text, _): throw ControlRefusal("\(field.name): is \(value.kind), not a text")
    case (.count, _): throw ControlRefusal("\(field.name): is \(value.kind), not a number")
    }
  }

  /// A text for a message.
  static func shown(_ text: String) -> String { String(text.unicodeScalars.prefix(60)).printable }

  /// A member's text.
  func text(_ name: String) -> String? {
    if case .text(let text)? = values[name] { text } else { nil }
  }

  /// A member's number.
  func count(_ name: String) -> UInt64? {
    if case .number(let text)? = values[name] { UInt64(text) } else { nil }
  }
}
