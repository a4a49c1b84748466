/// Turns values into CBOR: structures into maps in the order of their fields, collections into arrays.
///
/// The same value always gives the same bytes: tables keyed by number are written in the order of their keys, as arrays
/// of key, value, key, value.
enum CBOREncoder {
  static func encode(_ value: some Encodable) throws -> CBOR {
    let box = Box()
    try ValueEncoder(box: box, codingPath: []).encode(value)
    return box.value
  }
}

/// Where a value goes that is still being made.
private final class Box {
  private enum Content {
    case single(CBOR)
    case array([Box])
    case map([(String, Box)])
  }
  private var content = Content.single(.null)

  var value: CBOR {
    switch content {
    case .single(let value): value
    case .array(let boxes): .array(boxes.map(\.value))
    case .map(let boxes): .map(boxes.map { ($0.0, $0.1.value) })
    }
  }
  var count: Int { if case .array(let boxes) = content { boxes.count } else { 0 } }

  func set(_ value: CBOR) { content = .single(value) }
  func makeArray() { if case .array = content {} else { content = .array([]) } }
  func makeMap() { if case .map = content {} else { content = .map([]) } }

  func append() -> Box {
    let box = Box()
    if case .array(var boxes) = content {
      content = .single(.null)
      boxes.append(box)
      content = .array(boxes)
    }
    return box
  }

  func insert(_ key: String) -> Box {
    let box = Box()
    if case .map(var boxes) = content {
      content = .single(.null)
      boxes.append((key, box))
      content = .map(boxes)
    }
    return box
  }
}

private struct ValueEncoder: Encoder, SingleValueEncodingContainer {
  let box: Box
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    box.makeMap()
    return KeyedEncodingContainer(MapEncoder(box: box, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    box.makeArray()
    return ArrayEncoder(box: box, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  func encodeNil() { box.set(.null) }

  func encode<Value: Encodable>(_ value: Value) throws {
    switch value {
    case let value as Bool: box.set(.bool(value))
    case let value as String: box.set(.text(value))
    // As every other array; one by one, the bytes of a chip's memory would take a tenth of a second.
    case let bytes as [UInt8]: box.set(.array(bytes.map { .unsigned(UInt64($0)) }))
    case let value as any FixedWidthInteger: box.set(Self.number(value))
    case let table as [UInt32: UInt64]:
      box.set(.array(table.sorted { $0.key < $1.key }.flatMap { [.unsigned(UInt64($0.key)), .unsigned($0.value)] }))
    case is Double, is Float:
      throw EncodingError.invalidValue(
        value, EncodingError.Context(codingPath: codingPath, debugDescription: "fractions have no encoding here"))
    default: try value.encode(to: self)
    }
  }

  private static func number(_ value: some FixedWidthInteger) -> CBOR {
    value < 0 ? .negative(UInt64(truncatingIfNeeded: ~value)) : .unsigned(UInt64(truncatingIfNeeded: value))
  }
}

private struct MapEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let box: Box
  let codingPath: [any CodingKey]

  private func encoder(_ key: Key) -> ValueEncoder {
    ValueEncoder(box: box.insert(key.stringValue), codingPath: codingPath + [key])
  }

  func encodeNil(forKey key: Key) { encoder(key).encodeNil() }
  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { try encoder(key).encode(value) }
  func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
    encoder(key).container(keyedBy: Nested.self)
  }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(key).unkeyedContainer() }
  func superEncoder() -> any Encoder { ValueEncoder(box: box.insert("super"), codingPath: codingPath) }
  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }
}

private struct ArrayEncoder: UnkeyedEncodingContainer {
  let box: Box
  let codingPath: [any CodingKey]
  var count: Int { box.count }

  private func encoder() -> ValueEncoder {
    ValueEncoder(box: box.append(), codingPath: codingPath + [IndexKey(intValue: count)])
  }

  func encodeNil() { encoder().encodeNil() }
  func encode<Value: Encodable>(_ value: Value) throws { try encoder().encode(value) }
  func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type) -> KeyedEncodingContainer<Nested> {
    encoder().container(keyedBy: Nested.self)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
  func superEncoder() -> any Encoder { encoder() }
}

/// A place in an array.
struct IndexKey: CodingKey {
  let intValue: Int?
  let stringValue: String
  init(intValue: Int) {
    self.intValue = intValue
    stringValue = "\(intValue)"
  }
  init?(stringValue: String) { return nil }
}
