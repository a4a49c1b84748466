/// The last bytes of the serial output, and the place of each in all that was sent.
struct SerialHistory {
  /// Bytes that are kept.
  static let limit = 1 << 20

  private var bytes: [UInt8] = []
  /// The place of the first byte that is kept.
  private(set) var start: UInt64 = 0

  /// Begins with bytes that were sent before, at the end of so many.
  init(tail: [UInt8] = [], sent: UInt64 = 0) { (bytes, start) = (tail, sent &- UInt64(tail.count)) }

  /// The last bytes, as many as are kept.
  var tail: [UInt8] { Array(bytes.suffix(Self.limit)) }

  /// The place of the next byte.
  var end: UInt64 { start &+ UInt64(bytes.count) }

  mutating func take(_ byte: UInt8) {
    bytes.append(byte)
    guard bytes.count >= 2 * Self.limit else { return }
    let dropped = bytes.count - Self.limit
    bytes.removeFirst(dropped)
    start &+= UInt64(dropped)
  }

  /// At most so many bytes from a place on; nil if they are not kept any more.
  func bytes(from place: UInt64, limit: Int) -> [UInt8]? {
    guard place >= start, place <= end else { return nil }
    return Array(bytes.dropFirst(Int(place - start)).prefix(limit))
  }
}
