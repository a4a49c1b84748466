/// Pictures as files in the format Portable Network Graphics (its specification of the W3C): 8 bits of red, green and
/// blue, not interlaced.
public enum PNG {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// Filter types: bytes as they are, and differences from the line above.
  private static let none: UInt8 = 0
  private static let up: UInt8 = 2

  /// The file of a picture.
  public static func bytes(_ picture: Picture) -> [UInt8] {
    var header = number(UInt32(picture.width)) + number(UInt32(picture.height))
    // Depth, truecolour, the one compression, the one filter method, no interlace.
    header += [8, 2, 0, 0, 0]
    let data = Deflate.zlib(filtered(picture))
    return signature + chunk("IHDR", header) + chunk("IDAT", data) + chunk("IEND", [])
  }

  /// Lines behind their filter types: a line that is like the one above becomes zeros.
  private static func filtered(_ picture: Picture) -> [UInt8] {
    let pitch = picture.width * 3
    var result: [UInt8] = []
    result.reserveCapacity((pitch + 1) * picture.height)
    for y in 0..<picture.height {
      let line = picture.bytes[y * pitch..<(y + 1) * pitch]
      guard y > 0, line.elementsEqual(picture.bytes[(y - 1) * pitch..<y * pitch]) else {
        result.append(none)
        result += line
        continue
      }
      result.append(up)
      result += repeatElement(0, count: pitch)
    }
    return result
  }

  private static func number(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return number(UInt32(data.count)) + body + number(crc32(body))
  }

  /// The entries of the table of the cyclic redundancy code ("CRC algorithm").
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 != 0 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
  }

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { value, byte in table[Int((value ^ UInt32(byte)) & 0xFF)] ^ value >> 8 }
  }
}
