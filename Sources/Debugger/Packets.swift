/// Hexadecimal digits as the protocol has them.
enum Hex {
  /// The value of a digit.
  static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit &- 0x30
    case 0x41...0x46: digit &- 0x37
    case 0x61...0x66: digit &- 0x57
    default: nil
    }
  }

  /// Two lower-case digits a byte.
  static func digits(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for byte in bytes {
      for nibble in [byte >> 4, byte & 15] { result.append(nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble) }
    }
    return result
  }

  /// The bytes of pairs of digits; nil if anything else is there.
  static func bytes(_ digits: some Collection<UInt8>) -> [UInt8]? {
    guard digits.count % 2 == 0 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(digits.count / 2)
    var high: UInt8?
    for digit in digits {
      guard let value = value(digit) else { return nil }
      if let first = high {
        result.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return result
  }
}

/// Reads the fields of one packet from left to right.
struct PacketReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// What has not been read.
  var rest: ArraySlice<UInt8> { bytes[position...] }
  /// Whether all has been read.
  var isAtEnd: Bool { position == bytes.count }

  /// The next byte.
  mutating func next() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  /// Passes over a text if it stands here.
  mutating func skip(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  /// One to sixteen hexadecimal digits; nil, with nothing read, otherwise.
  mutating func number() -> UInt64? {
    var value: UInt64 = 0
    var count = 0
    while position + count < bytes.count, let digit = Hex.value(bytes[position + count]) {
      guard count < 16 else { return nil }
      value = value << 4 | UInt64(digit)
      count += 1
    }
    guard count > 0 else { return nil }
    position += count
    return value
  }

  /// `address,length`.
  mutating func range() -> (address: UInt64, length: UInt64)? {
    guard let address = number(), skip(","), let length = number() else { return nil }
    return (address, length)
  }
}

/// Cuts the stream of a client into packets, acknowledgements and interrupts.
struct PacketStream {
  /// What a client sent.
  enum Event: Equatable {
    /// A packet without its frame, escapes undone, and whether its checksum is right.
    case packet([UInt8], isIntact: Bool)
    /// A packet that is too long.
    case overlong
    /// `+`.
    case acknowledged
    /// `-`.
    case refused
    /// 03h outside packets.
    case interrupt
  }

  /// Bytes between `$` and `#` that a client may send.
  static let maximumByteCount = 0x4000

  private enum State { case outside, body, overlong, checksum, secondDigit(UInt8) }
  private var state = State.outside
  private var body: [UInt8] = []

  /// Takes bytes in; gives what they complete.
  mutating func feed(_ bytes: some Sequence<UInt8>) -> [Event] {
    var events: [Event] = []
    for byte in bytes { if let event = take(byte) { events.append(event) } }
    return events
  }

  private mutating func take(_ byte: UInt8) -> Event? {
    switch state {
    case .outside: return takeOutside(byte)
    case .body, .overlong:
      switch byte {
      case UInt8(ascii: "#"):
        if case .overlong = state {
          state = .outside
          return .overlong
        }
        state = .checksum
      case UInt8(ascii: "$"):
        // The rest of the packet before was lost.
        body.removeAll(keepingCapacity: true)
        state = .body
      default:
        if body.count < Self.maximumByteCount { body.append(byte) } else { state = .overlong }
      }
    case .checksum: state = .secondDigit(byte)
    case .secondDigit(let first):
      state = .outside
      return finish(first, byte)
    }
    return nil
  }

  private mutating func takeOutside(_ byte: UInt8) -> Event? {
    switch byte {
    case UInt8(ascii: "$"):
      body.removeAll(keepingCapacity: true)
      state = .body
    case UInt8(ascii: "+"): return .acknowledged
    case UInt8(ascii: "-"): return .refused
    case 3: return .interrupt
    default: break
    }
    return nil
  }

  private func finish(_ first: UInt8, _ second: UInt8) -> Event {
    var isIntact = false
    if let high = Hex.value(first), let low = Hex.value(second) { isIntact = high << 4 | low == Self.sum(body) }
    var result: [UInt8] = []
    result.reserveCapacity(body.count)
    var isEscaped = false
    for byte in body {
      if isEscaped {
        result.append(byte ^ 0x20)
        isEscaped = false
      } else if byte == UInt8(ascii: "}") {
        isEscaped = true
      } else {
        result.append(byte)
      }
    }
    return .packet(result, isIntact: isIntact)
  }

  private static func sum(_ bytes: [UInt8]) -> UInt8 { bytes.reduce(0, &+) }

  /// A packet with its frame, ready to be sent.
  static func frame(_ content: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [UInt8(ascii: "$")]
    result.reserveCapacity(content.count + 4)
    for byte in content {
      switch byte {
      case UInt8(ascii: "$"), UInt8(ascii: "#"), UInt8(ascii: "}"), UInt8(ascii: "*"):
        result += [UInt8(ascii: "}"), byte ^ 0x20]
      default: result.append(byte)
      }
    }
    let sum = result.dropFirst().reduce(0, &+)
    return result + [UInt8(ascii: "#")] + Hex.digits([sum])
  }
}
