import MMU

/// A piece of the stream between two processes that hand over a guest.
///
/// A frame has a header of 24 bytes: its kind, seven zero bytes, the length of its body and a checksum, both 64 bits,
/// little-endian. The checksum is of the body and depends on the kind and on how many frames came before, so that none is
/// lost, doubled or moved unnoticed. Documentation/moves.md has the format.
struct MoveFrame: Equatable {
  /// What the body is.
  enum Kind: UInt8 {
    // From the source.
    case hello = 1
    case pages, zeroPages, disk, section, complete, released, go, cancel, serial
    // From the source of a protected guest.
    case input = 16
    case mark, compare, pageSums, ended, probe, finding
    // From the target.
    case accepted = 64
    case ready, opened, running, refused
    case acknowledged, differs, same, reproduces
  }

  /// The version of the stream; another one is refused by both sides.
  static let version: UInt64 = 1
  static let headerByteCount = 24
  /// The largest body: a section, or pages.
  static let bodyLimit = 4 << 20

  var kind: Kind
  var body: [UInt8]

  fileprivate static func checksum(_ kind: UInt8, _ body: [UInt8], _ number: UInt64) -> UInt64 {
    (SnapshotChecksum.of(body) ^ UInt64(kind)) &+ (number &* 0x9E37_79B9_7F4A_7C15)
  }
}

/// Makes the bytes of frames, in their order.
struct MoveWriter {
  private var number: UInt64 = 0
  /// Bytes that are to be sent.
  private(set) var pending: [UInt8] = []
  private var start = 0

  /// How many bytes are to be sent.
  var pendingCount: Int { pending.count - start }
  /// The next of them.
  var next: ArraySlice<UInt8> { pending[start...] }

  mutating func add(_ kind: MoveFrame.Kind, _ body: [UInt8] = []) {
    if start > 1 << 20 {
      pending.removeFirst(start)
      start = 0
    }
    var header = [UInt8](repeating: 0, count: 8)
    header[0] = kind.rawValue
    header += MoveBytes.little(UInt64(body.count))
    header += MoveBytes.little(MoveFrame.checksum(kind.rawValue, body, number))
    number &+= 1
    pending += header
    pending += body
  }

  /// So many bytes were sent.
  mutating func remove(_ count: Int) {
    start += count
    if start == pending.count { (pending, start) = ([], 0) }
  }
}

/// Reads frames out of bytes, which may be anything.
struct MoveReader {
  private var bytes: [UInt8] = []
  private var start = 0
  private var number: UInt64 = 0
  /// A problem has been found: nothing more is read.
  private var isBroken = false

  mutating func take(_ more: [UInt8]) { if !isBroken { bytes += more } }

  /// Bytes that are no whole frame yet.
  var remainderCount: Int { bytes.count - start }

  /// The next frame; nil if it is not there as a whole.
  ///
  /// - Throws: a sentence about a frame that is none.
  mutating func next() throws(MoveProblem) -> MoveFrame? {
    guard !isBroken, bytes.count - start >= MoveFrame.headerByteCount else {
      compact()
      return nil
    }
    do throws(MoveProblem) { return try read() } catch {
      isBroken = true
      throw error
    }
  }

  private mutating func read() throws(MoveProblem) -> MoveFrame? {
    let code = bytes[start]
    guard let kind = MoveFrame.Kind(rawValue: code), bytes[start + 1..<start + 8].allSatisfy({ $0 == 0 }) else {
      throw MoveProblem("frame \(number): kind \(code) is not known, or its header's reserved bytes are not zero")
    }
    let length = MoveBytes.number(bytes, start + 8)
    guard length <= UInt64(MoveFrame.bodyLimit) else {
      throw MoveProblem("frame \(number): length \(length) is more than \(MoveFrame.bodyLimit)")
    }
    let from = start + MoveFrame.headerByteCount
    guard bytes.count - from >= Int(length) else {
      compact()
      return nil
    }
    let body = Array(bytes[from..<from + Int(length)])
    guard MoveBytes.number(bytes, start + 16) == MoveFrame.checksum(code, body, number) else {
      throw MoveProblem("frame \(number): its checksum is wrong")
    }
    number &+= 1
    start = from + Int(length)
    return MoveFrame(kind: kind, body: body)
  }

  private mutating func compact() {
    if start > 0 { bytes.removeFirst(start) }
    start = 0
  }
}

/// Why a guest cannot be handed over: one sentence.
public struct MoveProblem: Error, CustomStringConvertible, Equatable, Sendable {
  /// The sentence.
  public var description: String

  /// Texts of the far end may be in it; nothing that a terminal obeys remains.
  public init(_ text: String) {
    description = String(text.unicodeScalars.prefix(1000).map { $0.isShown ? Character($0) : "?" })
  }
}

/// Numbers in frames.
enum MoveBytes {
  static func little(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) } }

  /// Eight bytes, which are there.
  static func number(_ bytes: [UInt8], _ place: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in (0..<8).reversed() { value = value << 8 | UInt64(bytes[place + index]) }
    return value
  }
}
