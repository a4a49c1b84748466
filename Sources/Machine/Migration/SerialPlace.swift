/// How far the serial line of a guest has come: bytes that were sent and received, and the last of those that were sent.
public struct SerialPlace: Equatable, Sendable {
  /// Bytes that the guest has sent.
  public var sent: UInt64
  /// Bytes that it has received.
  public var received: UInt64
  /// The last of the bytes that it has sent, for clients that have not read them.
  public var tail: [UInt8]

  /// The most bytes of `tail`.
  public static let tailLimit = 1 << 20

  /// Makes a place.
  public init(sent: UInt64 = 0, received: UInt64 = 0, tail: [UInt8] = []) {
    (self.sent, self.received, self.tail) = (sent, received, Array(tail.suffix(Self.tailLimit)))
  }

  /// The body of a frame.
  var body: [UInt8] { [sent, received].flatMap(MoveBytes.little) + tail }

  /// Reads the body of a frame.
  init(body: [UInt8]) throws(MoveProblem) {
    guard body.count >= 16, body.count <= 16 + Self.tailLimit else {
      throw MoveProblem("serial: \(body.count) bytes are no place of the line")
    }
    let (sent, received) = (MoveBytes.number(body, 0), MoveBytes.number(body, 8))
    guard sent < 1 << 62, received < 1 << 62, UInt64(body.count - 16) <= sent else {
      throw MoveProblem("serial: \(sent) bytes sent and \(received) received are no places")
    }
    self.init(sent: sent, received: received, tail: Array(body[16...]))
  }
}
