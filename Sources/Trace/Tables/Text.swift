/// Numbers and lists as the tables print them.
enum Text {
  /// `0x1f`.
  static func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }

  /// `0x1000-0x1fff`.
  static func range(_ first: UInt64, _ last: UInt64) -> String { "\(hex(first))-\(hex(last))" }

  /// `4 KiB`: the largest unit that divides a number of bytes.
  static func size(_ bytes: UInt64) -> String {
    for (unit, shift) in [("TiB", UInt64(40)), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
    where bytes != 0 && bytes & ((1 << shift) &- 1) == 0 {
      return "\(bytes >> shift) \(unit)"
    }
    return "\(bytes) bytes"
  }

  /// `51:40, 12` for a mask of bits, from the top.
  static func bits(_ mask: UInt64) -> String {
    var parts: [String] = []
    var bit = 63
    while bit >= 0 {
      guard mask >> UInt64(bit) & 1 != 0 else {
        bit -= 1
        continue
      }
      var low = bit
      while low > 0, mask >> UInt64(low - 1) & 1 != 0 { low -= 1 }
      parts.append(low == bit ? "\(bit)" : "\(bit):\(low)")
      bit = low - 1
    }
    return parts.joined(separator: ", ")
  }
}
