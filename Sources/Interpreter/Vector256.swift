/// A YMM register or operand: two lanes.
struct Vector256 {
  /// Bits 127:0.
  var low = Vector128()
  /// Bits 255:128.
  var high = Vector128()
}

extension Vector128 {
  /// Byte 0 to 15.
  @inline(__always) func byte(_ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: (index & 8 == 0 ? low : high) >> (UInt64(index & 7) &* 8))
  }

  /// Word 0 to 7.
  @inline(__always) func word(_ index: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: (index & 4 == 0 ? low : high) >> (UInt64(index & 3) &* 16))
  }

  /// Doubleword 0 to 3.
  @inline(__always) func doubleword(_ index: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: (index & 2 == 0 ? low : high) >> (UInt64(index & 1) &* 32))
  }

  /// Quadword 0 or 1.
  @inline(__always) func quadword(_ index: Int) -> UInt64 { index & 1 == 0 ? low : high }

  /// Element of so many bytes, 1 to 8, zero-extended.
  func element(_ index: Int, byteCount: Int) -> UInt64 {
    switch byteCount {
    case 1: UInt64(byte(index))
    case 2: UInt64(word(index))
    case 4: UInt64(doubleword(index))
    default: quadword(index)
    }
  }

  /// Puts an element of so many bytes into its place.
  mutating func setElement(_ index: Int, byteCount: Int, _ value: UInt64) {
    let bits = UInt64(byteCount &* 8)
    let perHalf = 8 / byteCount
    let shift = UInt64(index % perHalf) &* bits
    let mask = byteCount >= 8 ? UInt64.max : ((1 << bits) &- 1) << shift
    if index < perHalf {
      low = (low & ~mask) | (value << shift & mask)
    } else {
      high = (high & ~mask) | (value << shift & mask)
    }
  }

  /// A value of 16 bytes.
  @inline(__always) init(bytes: (Int) -> UInt8) {
    self.init()
    for index in 0..<8 {
      low |= UInt64(bytes(index)) << UInt64(index &* 8)
      high |= UInt64(bytes(index &+ 8)) << UInt64(index &* 8)
    }
  }

  /// A value of 8 words.
  @inline(__always) init(words: (Int) -> UInt16) {
    self.init()
    for index in 0..<4 {
      low |= UInt64(words(index)) << UInt64(index &* 16)
      high |= UInt64(words(index &+ 4)) << UInt64(index &* 16)
    }
  }

  /// A value of 4 doublewords.
  @inline(__always) init(doublewords: (Int) -> UInt32) {
    self.init(
      low: UInt64(doublewords(0)) | UInt64(doublewords(1)) << 32,
      high: UInt64(doublewords(2)) | UInt64(doublewords(3)) << 32)
  }
}
