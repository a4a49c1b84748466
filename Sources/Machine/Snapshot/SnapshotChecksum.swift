/// The checksum of snapshot files: 64 bits, four lanes over stripes of 32 bytes.
///
/// Each lane takes every fourth 8-byte word w, little-endian: lane = rotl(lane ^ w, 29) * P. It is no defence against
/// an author, only against accidents; every change of one word changes it.
struct SnapshotChecksum {
  private static let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var a: UInt64 = 1
  private var b: UInt64 = 2
  private var c: UInt64 = 3
  private var d: UInt64 = 4
  private var byteCount: UInt64 = 0

  @inline(__always) private static func mix(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = lane ^ word
    return (mixed << 29 | mixed >> 35) &* prime
  }

  /// Takes stripes: the number of bytes is a multiple of 32.
  mutating func add(stripes bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    var (a, b, c, d) = (a, b, c, d)
    for offset in stride(from: 0, to: bytes.count & ~31, by: 32) {
      a = Self.mix(a, UInt64(littleEndian: unsafe start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      b = Self.mix(b, UInt64(littleEndian: unsafe start.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)))
      c = Self.mix(c, UInt64(littleEndian: unsafe start.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self)))
      d = Self.mix(d, UInt64(littleEndian: unsafe start.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self)))
    }
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
    byteCount &+= UInt64(bytes.count)
  }

  /// The checksum of all that was taken.
  var value: UInt64 {
    var result = byteCount
    for lane in [a, b, c, d] { result = Self.mix(result, lane) }
    result = (result ^ result >> 32) &* Self.prime
    return result ^ result >> 29
  }

  /// The checksum of bytes, with zeros up to a whole stripe.
  static func of(_ bytes: [UInt8]) -> UInt64 {
    var checksum = SnapshotChecksum()
    let padded = bytes + [UInt8](repeating: 0, count: (0 &- bytes.count) & 31)
    unsafe padded.withUnsafeBytes { buffer in unsafe checksum.add(stripes: buffer) }
    checksum.byteCount = UInt64(bytes.count)
    return checksum.value
  }
}
