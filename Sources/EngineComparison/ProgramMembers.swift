import TextForms

/// The members of an object of a program's file, each with a sentence for what it cannot be.
struct ProgramMembers {
  private let members: [String: JSONValue]

  init(_ value: JSONValue, _ name: String) throws(EngineProgramError) {
    guard case .object(let list) = value else { throw EngineProgramError("\(name): is \(value.kind), not an object") }
    members = Dictionary(list.map { ($0.name, $0.value) }) { first, _ in first }
  }

  func has(_ name: String) -> Bool { members[name] != nil }

  /// A text; nil if there is none.
  func text(_ name: String) -> String? {
    guard case .text(let text) = members[name] else { return nil }
    return text
  }

  func required(_ name: String) throws(EngineProgramError) -> String {
    guard let text = text(name) else { throw EngineProgramError("\(name): is missing, or is no text") }
    return text
  }

  func choice<Choice: RawRepresentable<String>>(_ name: String) throws(EngineProgramError) -> Choice {
    let text = try required(name)
    guard let choice = Choice(rawValue: text) else { throw EngineProgramError("\(name): no '\(text)'") }
    return choice
  }

  func flag(_ name: String) throws(EngineProgramError) -> Bool {
    guard case .bool(let flag) = members[name] else { throw EngineProgramError("\(name): is not true or false") }
    return flag
  }

  private static func number(
    _ value: JSONValue?, _ name: String, _ range: ClosedRange<Int>
  ) throws(EngineProgramError) -> Int {
    guard case .number(let text) = value, let number = Int(text), range.contains(number) else {
      throw EngineProgramError("\(name): is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func number(_ name: String, _ range: ClosedRange<Int>) throws(EngineProgramError) -> Int {
    try Self.number(members[name], name, range)
  }

  private func elements(_ name: String, limit: Int) throws(EngineProgramError) -> [JSONValue] {
    guard case .array(let elements) = members[name] else { throw EngineProgramError("\(name): is not an array") }
    guard elements.count <= limit else { throw EngineProgramError("\(name): has more than \(limit) elements") }
    return elements
  }

  func numbers(_ name: String, _ range: ClosedRange<Int>) throws(EngineProgramError) -> [Int] {
    var result: [Int] = []
    for element in try elements(name, limit: 256) { result.append(try Self.number(element, name, range)) }
    return result
  }

  func texts(_ name: String) throws(EngineProgramError) -> [String] {
    var result: [String] = []
    for element in try elements(name, limit: 256) {
      guard case .text(let text) = element else { throw EngineProgramError("\(name): has an element that is no text") }
      result.append(text)
    }
    return result
  }

  func objects(_ name: String, limit: Int) throws(EngineProgramError) -> [ProgramMembers] {
    var result: [ProgramMembers] = []
    for element in try elements(name, limit: limit) { result.append(try ProgramMembers(element, name)) }
    return result
  }

  /// `0x1f`.
  func word(_ name: String) throws(EngineProgramError) -> UInt64 {
    guard let value = NumberText.value(try required(name)) else {
      throw EngineProgramError("\(name): is not a number of at most 64 bits")
    }
    return value
  }

  /// At most so many of them; those that are missing are zero.
  func words(_ name: String, _ count: Int) throws(EngineProgramError) -> [UInt64] {
    var result: [UInt64] = []
    for text in try texts(name) {
      guard let value = NumberText.value(text) else {
        throw EngineProgramError("\(name): '\(text)' is not a number of at most 64 bits")
      }
      result.append(value)
    }
    guard result.count <= count else { throw EngineProgramError("\(name): has more than \(count) elements") }
    return result + [UInt64](repeating: 0, count: count - result.count)
  }

  /// Two hexadecimal digits a byte.
  func bytes(_ name: String) throws(EngineProgramError) -> [UInt8] {
    let digits = Array(try required(name).utf8)
    var result: [UInt8] = []
    guard digits.count % 2 == 0, digits.count <= 512 else { throw EngineProgramError("\(name): are no bytes") }
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else {
        throw EngineProgramError("\(name): are no bytes")
      }
      result.append(byte)
    }
    return result
  }
}
