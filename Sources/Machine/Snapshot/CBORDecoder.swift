/// Makes values of CBOR; whatever the bytes are, it gives a value or a sentence that names the field.
enum CBORDecoder {
  static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(CBORError) -> Value {
    let tree = try CBOR(bytes)
    do {
      return try ValueDecoder(value: tree, codingPath: []).decode(type)
    } catch let error as CBORError {
      throw error
    } catch let error as DecodingError {
      // The standard library's own, of enumerations whose raw value is unknown.
      throw CBORError(Self.describe(error))
    } catch {
      throw CBORError("\(error)")
    }
  }

  private static func describe(_ error: DecodingError) -> String {
    switch error {
    case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
      .keyNotFound(_, let context):
      return "\(path(context.codingPath)): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }

  static func path(_ keys: [any CodingKey]) -> String { keys.map(\.stringValue).joined(separator: ".") }
}

private struct ValueDecoder: Decoder, SingleValueDecodingContainer {
  let value: CBOR
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  private func wrong(_ wanted: String) -> CBORError {
    let found =
      switch value {
      case .unsigned(let number): "\(number)"
      case .negative(let number): "-1-\(number)"
      case .text: "a text"
      case .array: "an array"
      case .map: "a map"
      case .bool(let truth): "\(truth)"
      case .null: "null"
      }
    let path = CBORDecoder.path(codingPath)
    return CBORError("\(path.isEmpty ? "value" : path) \(found) is not \(wanted)")
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .map(let pairs) = value else { throw wrong("a map") }
    return KeyedDecodingContainer(MapDecoder(pairs: pairs, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else { throw wrong("an array") }
    return ArrayDecoder(elements: elements, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { if case .null = value { true } else { false } }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let type = type as? any FixedWidthInteger.Type, let number = try number(type) as? Value { return number }
    if type == Bool.self, let result = try truth() as? Value { return result }
    if type == String.self, let result = try text() as? Value { return result }
    if type == Double.self || type == Float.self { throw wrong("supported: fractions have no encoding here") }
    return try type.init(from: self)
  }

  private func truth() throws -> Bool {
    guard case .bool(let truth) = value else { throw wrong("true or false") }
    return truth
  }

  private func text() throws -> String {
    guard case .text(let text) = value else { throw wrong("a text") }
    return text
  }

  private func number<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
    switch value {
    case .unsigned(let number):
      if let result = Number(exactly: number) { return result }
    case .negative(let number):
      if let small = Int64(exactly: number), let result = Number(exactly: ~small) { return result }
    default: break
    }
    throw wrong("\(Number.min)...\(Number.max)")
  }
}

private struct MapDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let pairs: [(key: String, value: CBOR)]
  let codingPath: [any CodingKey]
  var allKeys: [Key] { pairs.compactMap { Key(stringValue: $0.key) } }

  func contains(_ key: Key) -> Bool { pairs.contains { $0.key == key.stringValue } }

  private func decoder(_ key: Key) throws -> ValueDecoder {
    let path = codingPath + [key]
    guard let pair = pairs.first(where: { $0.key == key.stringValue }) else {
      throw CBORError("\(CBORDecoder.path(path)) is missing")
    }
    return ValueDecoder(value: pair.value, codingPath: path)
  }

  func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).decodeNil() }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try decoder(key).decode(type) }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { try decoder(key).container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder { ValueDecoder(value: .map(pairs), codingPath: codingPath) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
}

private struct ArrayDecoder: UnkeyedDecodingContainer {
  let elements: [CBOR]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  init(elements: [CBOR], codingPath: [any CodingKey]) {
    self.elements = elements
    self.codingPath = codingPath
  }

  private mutating func next() throws -> ValueDecoder {
    let path = codingPath + [IndexKey(intValue: currentIndex)]
    guard currentIndex < elements.count else { throw CBORError("\(CBORDecoder.path(path)) is missing") }
    defer { currentIndex += 1 }
    return ValueDecoder(value: elements[currentIndex], codingPath: path)
  }

  mutating func decodeNil() throws -> Bool {
    guard currentIndex < elements.count, case .null = elements[currentIndex] else { return false }
    currentIndex += 1
    return true
  }
  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decode(type) }
  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try next() }
}
