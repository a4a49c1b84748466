/// Numbers, bytes and bits as emu prints them.
package enum Text {
  /// `0x1f`.
  package static func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }

  /// `1Fh`, as the manuals write it.
  package static func suffixed(_ value: some BinaryInteger) -> String {
    String(value, radix: 16, uppercase: true) + "h"
  }

  /// `0F`: a byte of code as the manuals write it.
  package static func code(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }

  /// Hexadecimal digits without a prefix, at least `places` of them.
  package static func digits(_ value: UInt64, places: Int = 1) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, places - text.utf8.count)) + text
  }

  /// Two hexadecimal digits a byte, with `separator` between bytes.
  package static func digits(_ bytes: some Sequence<UInt8>, separator: String = "") -> String {
    bytes.map { digits(UInt64($0), places: 2) }.joined(separator: separator)
  }

  /// The bytes of pairs of hexadecimal digits; nil if the text is anything else.
  package static func bytes(ofDigits text: some StringProtocol) -> [UInt8]? {
    func digit(_ byte: UInt8) -> UInt8? {
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x57
      default: nil
      }
    }
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(digits.count / 2)
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digit(digits[place]), let low = digit(digits[place + 1]) else { return nil }
      result.append(high << 4 | low)
    }
    return result
  }

  /// `0x1000-0x1fff`.
  package static func range(_ first: UInt64, _ last: UInt64) -> String { "\(hex(first))-\(hex(last))" }

  /// `4 KiB`: the largest unit that divides a number of bytes.
  package static func size(_ bytes: UInt64) -> String {
    for (unit, shift) in [("TiB", UInt64(40)), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
    where bytes != 0 && bytes & ((1 << shift) &- 1) == 0 {
      return "\(bytes >> shift) \(unit)"
    }
    return "\(bytes) bytes"
  }

  /// `51:40, 12` for a mask of bits, from the top.
  package static func bits(_ mask: UInt64) -> String {
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
