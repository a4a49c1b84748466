/// Compressed data by the fixed codes of DEFLATE (RFC 1951), in the format of zlib (RFC 1950).
///
/// Repetitions are found by the last place of each three bytes alone, which is enough for pictures of text.
enum Deflate {
  private static let windowSize = 32768
  private static let longestMatch = 258
  private static let shortestMatch = 3
  private static let tableBits = 15

  /// Bases and extra bits of the length codes 257 to 285, and of the distance codes (RFC 1951, 3.2.5).
  private static let lengths: [(base: Int, bits: Int)] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1), (19, 2),
    (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4), (131, 5),
    (163, 5), (195, 5), (227, 5), (258, 0),
  ]
  private static let distances: [(base: Int, bits: Int)] = [
    (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2), (17, 3), (25, 3), (33, 4), (49, 4), (65, 5),
    (97, 5), (129, 6), (193, 6), (257, 7), (385, 7), (513, 8), (769, 8), (1025, 9), (1537, 9), (2049, 10), (3073, 10),
    (4097, 11), (6145, 11), (8193, 12), (12289, 12), (16385, 13), (24577, 13),
  ]

  /// Bits of the stream, the first in the lowest bit of a byte.
  private struct BitWriter {
    var bytes: [UInt8] = []
    private var bits: UInt64 = 0
    private var count = 0

    mutating func append(_ value: Int, _ width: Int) {
      bits |= UInt64(value) << UInt64(count)
      count += width
      while count >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: bits))
        bits >>= 8
        count -= 8
      }
    }

    /// A Huffman code: its highest bit is first.
    mutating func append(code: Int, _ width: Int) {
      var reversed = 0
      for bit in 0..<width where code >> bit & 1 != 0 { reversed |= 1 << (width - 1 - bit) }
      append(reversed, width)
    }

    mutating func finish() { if count > 0 { append(0, 8 - count) } }
  }

  /// A symbol of literals and lengths by the fixed codes (3.2.6).
  private static func append(symbol: Int, to writer: inout BitWriter) {
    switch symbol {
    case 0..<144: writer.append(code: 0x30 + symbol, 8)
    case 144..<256: writer.append(code: 0x190 + symbol - 144, 9)
    case 256..<280: writer.append(code: symbol - 256, 7)
    default: writer.append(code: 0xC0 + symbol - 280, 8)
    }
  }

  private static func append(match length: Int, distance: Int, to writer: inout BitWriter) {
    guard let code = lengths.lastIndex(where: { $0.base <= length }),
      let place = distances.lastIndex(where: { $0.base <= distance })
    else { return }
    append(symbol: 257 + code, to: &writer)
    writer.append(length - lengths[code].base, lengths[code].bits)
    writer.append(code: place, 5)
    writer.append(distance - distances[place].base, distances[place].bits)
  }

  /// Compresses bytes.
  static func zlib(_ input: [UInt8]) -> [UInt8] {
    var writer = BitWriter()
    // Method 8 with a window of 32 KiB; no dictionary; the check bits make it a multiple of 31.
    writer.bytes = [0x78, 0x01]
    // The last block, of fixed codes.
    writer.append(1, 1)
    writer.append(1, 2)
    var last = [Int](repeating: -1, count: 1 << tableBits)
    var index = 0
    while index < input.count {
      let (length, distance) = match(input, index, &last)
      if length >= shortestMatch {
        append(match: length, distance: distance, to: &writer)
        index += length
      } else {
        append(symbol: Int(input[index]), to: &writer)
        index += 1
      }
    }
    append(symbol: 256, to: &writer)
    writer.finish()
    let sum = adler32(input)
    for shift in [24, 16, 8, 0] { writer.bytes.append(UInt8(truncatingIfNeeded: sum >> UInt32(shift))) }
    return writer.bytes
  }

  /// The longest repetition of what stood at the last place with the same three bytes; notes this place.
  private static func match(_ input: [UInt8], _ index: Int, _ last: inout [Int]) -> (length: Int, distance: Int) {
    guard index + shortestMatch <= input.count else { return (0, 0) }
    let key = UInt32(input[index]) | UInt32(input[index + 1]) << 8 | UInt32(input[index + 2]) << 16
    let slot = Int((key &* 0x9E37_79B1) >> UInt32(32 - tableBits))
    let candidate = last[slot]
    last[slot] = index
    guard candidate >= 0, index - candidate <= windowSize else { return (0, 0) }
    let limit = min(longestMatch, input.count - index)
    var length = 0
    while length < limit && input[candidate + length] == input[index + length] { length += 1 }
    return (length, index - candidate)
  }

  /// The check sum of zlib.
  static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    return high << 16 | low
  }
}
