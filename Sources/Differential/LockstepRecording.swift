public import MMU
import X86

/// Keeps what a reference did, for a file.
///
/// Layout: `EMULST01`; 8-byte words, little-endian: a hash of RAM as loaded, bytes of RAM, whether user code was
/// stepped, the number of stops, the byte count of the body, and an FNV-1a checksum of all words before and the body;
/// then the body. A stop is a byte of facts, what the facts announce, and the words of the state that changed.
public struct LockstepRecorder {
  static let magic = Array("EMULST01".utf8)
  static let headerByteCount = 8 + 6 * 8

  private let facts: [UInt64]
  private var count: UInt64 = 0
  private var body: [UInt8] = []
  private var last = [UInt64](repeating: 0, count: LockstepState.names.count)

  /// An empty recording.
  ///
  /// - Parameter guestHash: `LockstepMemory.hash` of RAM as loaded.
  public init(guestHash: UInt64, memoryByteCount: UInt64, stepsUserCode: Bool) {
    facts = [guestHash, memoryByteCount, stepsUserCode ? 1 : 0]
  }

  /// Adds a stop.
  public mutating func append(_ stop: LockstepStop) {
    count += 1
    let isComplete = stop.state.words.count > LockstepState.plainCount
    body.append(
      stop.kind.rawValue | (stop.interrupt == nil ? 0 : 4) | (stop.memoryHash == nil ? 0 : 8) | (isComplete ? 16 : 0)
        | (stop.accesses.isEmpty ? 0 : 32) | (stop.ending.isEmpty ? 0 : 64))
    if let vector = stop.interrupt { body.append(vector) }
    if let hash = stop.memoryHash { Self.putWord(hash, &body) }
    if !stop.accesses.isEmpty {
      Self.put(UInt64(stop.accesses.count), &body)
      for access in stop.accesses {
        body.append(access.space.rawValue | (access.isWrite ? 2 : 0) | UInt8(access.width) << 2)
        Self.put(access.address, &body)
        Self.put(access.value, &body)
      }
    }
    if !stop.ending.isEmpty {
      Self.put(UInt64(stop.ending.utf8.count), &body)
      body += Array(stop.ending.utf8)
    }
    var previous = -1
    for (index, word) in stop.state.words.enumerated() where word != last[index] {
      Self.put(UInt64(index - previous), &body)
      let change = Int64(bitPattern: word &- last[index])
      Self.put(UInt64(bitPattern: change << 1 ^ change >> 63), &body)
      last[index] = word
      previous = index
    }
    body.append(0)
  }

  /// The file's bytes.
  public var encoded: [UInt8] {
    var words: [UInt8] = []
    for value in facts + [count, UInt64(body.count)] { Self.putWord(value, &words) }
    var file = Self.magic + words
    Self.putWord(Self.checksum(words, body), &file)
    return file + body
  }

  static func checksum(_ words: some Sequence<UInt8>, _ body: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in words { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for byte in body { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }

  private static func putWord(_ value: UInt64, _ bytes: inout [UInt8]) {
    for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
  }

  private static func put(_ value: UInt64, _ bytes: inout [UInt8]) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: value))
  }
}

/// A recorded run as the machine that leads.
public final class LockstepRecording: LockstepReference {
  /// `recorded`.
  public let name = "recorded"
  /// Whether the recorded machine could stop at every instruction.
  public let stepsUserCode: Bool
  /// None: only hashes of it.
  public var memory: GuestMemory? { nil }
  private let guestHash: UInt64
  private let memoryByteCount: UInt64
  private let bytes: [UInt8]
  private var at: Int
  private var left: UInt64
  private var last = [UInt64](repeating: 0, count: LockstepState.names.count)

  /// Reads a file of `LockstepRecorder`.
  ///
  /// - Throws: `RecordingError` if it is not one, is cut short or was changed.
  public init(_ bytes: [UInt8]) throws {
    guard bytes.starts(with: LockstepRecorder.magic.prefix(6)), bytes.count >= 8 else {
      throw RecordingError("not a recording of emu diff")
    }
    guard bytes.starts(with: LockstepRecorder.magic) else {
      throw RecordingError("version \(String(decoding: bytes[6..<8], as: UTF8.self)) of a recording, not 01")
    }
    let header = LockstepRecorder.headerByteCount
    guard bytes.count >= header else { throw RecordingError("the recording is cut short: \(bytes.count) bytes") }
    func word(_ index: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(bytes[8 + index * 8 + $1]) << UInt64($1 * 8) }
    }
    guard word(4) == UInt64(bytes.count - header) else {
      throw RecordingError("the recording has \(bytes.count - header) bytes of stops, its header says \(word(4))")
    }
    guard word(5) == LockstepRecorder.checksum(bytes[8..<header - 8], bytes[header...]) else {
      throw RecordingError("the recording was changed: its checksum is wrong")
    }
    (guestHash, memoryByteCount, stepsUserCode, left) = (word(0), word(1), word(2) != 0, word(3))
    self.bytes = bytes
    at = header
  }

  /// Whether it was made of this guest.
  ///
  /// - Throws: `RecordingError` if not.
  public func check(guestHash: UInt64, memoryByteCount: UInt64) throws {
    guard memoryByteCount == self.memoryByteCount else {
      throw RecordingError("made with --memory \(self.memoryByteCount), not \(memoryByteCount)")
    }
    guard guestHash == self.guestHash else { throw RecordingError("made of another image or with other options") }
  }

  /// The next recorded stop.
  public func advance(_ request: LockstepRequest) throws -> LockstepStop {
    guard left > 0 else { throw RecordingError("the recording ends before the guest does") }
    left -= 1
    let facts = try byte()
    guard let kind = LockstepStop.Kind(rawValue: facts & 3) else { throw bad("kind") }
    let vector = facts & 4 != 0 ? try byte() : nil
    let hash = facts & 8 != 0 ? try (0..<8).reduce(0 as UInt64) { $0 | UInt64(try byte()) << UInt64($1 * 8) } : nil
    let accesses = facts & 32 != 0 ? try readAccesses() : []
    var ending = ""
    if facts & 64 != 0 {
      let count = try number()
      guard count <= 4096, count <= UInt64(bytes.count - at) else { throw bad("ending") }
      ending = String(decoding: bytes[at..<at + Int(count)], as: UTF8.self)
      at += Int(count)
    }
    let count = facts & 16 != 0 ? last.count : LockstepState.plainCount
    try readChanges(count)
    var stop = LockstepStop(kind: kind, state: LockstepState(words: Array(last[0..<count])))
    (stop.interrupt, stop.memoryHash, stop.accesses, stop.ending) = (vector, hash, accesses, ending)
    if left == 0, kind == .step || kind == .halt {
      stop.kind = .end
      stop.ending = "end of the recording"
    }
    return stop
  }

  private func readAccesses() throws -> [BusAccess] {
    let count = try number()
    guard count <= UInt64(bytes.count - at) else { throw bad("count of accesses") }
    return try (0..<count).map { _ in
      let shape = try byte()
      let width = Int(shape >> 2)
      guard let space = BusAccess.Space(rawValue: shape & 1), (1...8).contains(width) else { throw bad("access") }
      let address = try number()
      return BusAccess(space: space, isWrite: shape & 2 != 0, address: address, width: width, value: try number())
    }
  }

  private func readChanges(_ count: Int) throws {
    var index = -1
    while true {
      let distance = try number()
      if distance == 0 { return }
      guard distance <= UInt64(count - 1 - index) else { throw bad("word of the state") }
      index += Int(distance)
      let change = try number()
      last[index] &+= change >> 1 ^ (0 &- (change & 1))
    }
  }

  private func bad(_ what: String) -> RecordingError { RecordingError("byte \(at) of the recording: bad \(what)") }

  private func byte() throws -> UInt8 {
    guard at < bytes.count else { throw bad("end") }
    at += 1
    return bytes[at - 1]
  }

  private func number() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0 as UInt64, to: 70, by: 7) {
      let next = try byte()
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
    }
    throw bad("number")
  }
}
