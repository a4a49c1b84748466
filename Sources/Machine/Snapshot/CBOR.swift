/// A value in the Concise Binary Object Representation, as far as snapshots use it (RFC 8949).
indirect enum CBOR: Equatable {
  case unsigned(UInt64)
  /// -1 - n.
  case negative(UInt64)
  case text(String)
  case array([CBOR])
  case map([(key: String, value: CBOR)])
  case bool(Bool)
  case null

  static func == (left: CBOR, right: CBOR) -> Bool { left.bytes == right.bytes }

  /// A deeper nesting is refused.
  static let depthLimit = 32

  /// The encoding: shortest heads, maps in the order of their keys here.
  var bytes: [UInt8] {
    var result: [UInt8] = []
    append(to: &result)
    return result
  }

  private func append(to result: inout [UInt8]) {
    switch self {
    case .unsigned(let value): Self.appendHead(0, value, to: &result)
    case .negative(let value): Self.appendHead(1, value, to: &result)
    case .text(let text):
      Self.appendHead(3, UInt64(text.utf8.count), to: &result)
      result += text.utf8
    case .array(let elements):
      Self.appendHead(4, UInt64(elements.count), to: &result)
      for element in elements { element.append(to: &result) }
    case .map(let pairs):
      Self.appendHead(5, UInt64(pairs.count), to: &result)
      for (key, value) in pairs {
        CBOR.text(key).append(to: &result)
        value.append(to: &result)
      }
    case .bool(let value): result.append(value ? 0xF5 : 0xF4)
    case .null: result.append(0xF6)
    }
  }

  private static func appendHead(_ major: UInt8, _ value: UInt64, to result: inout [UInt8]) {
    let (information, count): (UInt8, Int) =
      switch value {
      case 0..<24: (UInt8(value), 0)
      case 24...0xFF: (24, 1)
      case 0x100...0xFFFF: (25, 2)
      case 0x1_0000...0xFFFF_FFFF: (26, 4)
      default: (27, 8)
      }
    result.append(major << 5 | information)
    for index in (0..<count).reversed() { result.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
  }

  /// Reads one value that takes all of the bytes.
  init(_ bytes: [UInt8]) throws(CBORError) {
    var reader = CBORReader(bytes: bytes)
    self = try reader.value(depth: 0)
    guard reader.position == bytes.count else {
      throw CBORError("bytes after the end at \(reader.position)")
    }
  }
}

/// Why bytes are no value, or a value not what is wanted.
struct CBORError: Error, Equatable {
  /// Names the field and the value.
  var text: String
  init(_ text: String) { self.text = text }
}

private struct CBORReader {
  let bytes: [UInt8]
  var position = 0

  mutating func value(depth: Int) throws(CBORError) -> CBOR {
    guard depth < CBOR.depthLimit else { throw CBORError("nesting deeper than \(CBOR.depthLimit) at \(position)") }
    let start = position
    let first = try byte()
    if first == 0xF4 || first == 0xF5 { return .bool(first == 0xF5) }
    if first == 0xF6 { return .null }
    let argument = try self.argument(first & 31, start)
    switch first >> 5 {
    case 0: return .unsigned(argument)
    case 1: return .negative(argument)
    case 3: return .text(try text(argument, start))
    case 4:
      // Each element takes a byte at least, so that no count asks for more memory than the bytes are worth.
      let count = try bounded(argument, start)
      var elements: [CBOR] = []
      elements.reserveCapacity(count)
      for _ in 0..<count { elements.append(try value(depth: depth + 1)) }
      return .array(elements)
    case 5:
      var pairs: [(key: String, value: CBOR)] = []
      for _ in 0..<(try bounded(argument, start)) {
        let at = position
        guard case .text(let key) = try value(depth: depth + 1) else { throw CBORError("a key at \(at) is not text") }
        guard !pairs.contains(where: { $0.key == key }) else { throw CBORError("the key \(key) comes twice") }
        guard pairs.count < 256 else { throw CBORError("a map at \(start) has more than 256 keys") }
        pairs.append((key, try value(depth: depth + 1)))
      }
      return .map(pairs)
    default: throw CBORError("byte \(first) at \(start) begins no value")
    }
  }

  private mutating func byte() throws(CBORError) -> UInt8 {
    guard position < bytes.count else { throw CBORError("ends too early at \(position)") }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func argument(_ information: UInt8, _ start: Int) throws(CBORError) -> UInt64 {
    guard information < 28 else { throw CBORError("byte \(bytes[start]) at \(start) begins no value") }
    guard information >= 24 else { return UInt64(information) }
    var result: UInt64 = 0
    for _ in 0..<(1 << Int(information - 24)) { result = result << 8 | UInt64(try byte()) }
    return result
  }

  private func bounded(_ count: UInt64, _ start: Int) throws(CBORError) -> Int {
    guard count <= UInt64(bytes.count - position) else {
      throw CBORError("count \(count) at \(start) is more than the \(bytes.count - position) bytes that follow")
    }
    return Int(count)
  }

  private mutating func text(_ count: UInt64, _ start: Int) throws(CBORError) -> String {
    let end = position + (try bounded(count, start))
    guard let result = String(validating: bytes[position..<end], as: UTF8.self) else {
      throw CBORError("the text at \(start) is not UTF-8")
    }
    position = end
    return result
  }
}
