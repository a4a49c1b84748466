/// The MMX and SSE2 integer instructions on 64-bit halves, as pure functions.
enum VectorOperations {
  @inline(__always)
  static func bytes(_ a: UInt64, _ b: UInt64, _ body: (UInt8, UInt8) -> UInt8) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      result |= UInt64(body(UInt8(truncatingIfNeeded: a >> shift), UInt8(truncatingIfNeeded: b >> shift))) << shift
    }
    return result
  }

  @inline(__always)
  static func words(_ a: UInt64, _ b: UInt64, _ body: (UInt16, UInt16) -> UInt16) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 16) {
      result |= UInt64(body(UInt16(truncatingIfNeeded: a >> shift), UInt16(truncatingIfNeeded: b >> shift))) << shift
    }
    return result
  }

  @inline(__always)
  static func doublewords(_ a: UInt64, _ b: UInt64, _ body: (UInt32, UInt32) -> UInt32) -> UInt64 {
    let low = body(UInt32(truncatingIfNeeded: a), UInt32(truncatingIfNeeded: b))
    let high = body(UInt32(truncatingIfNeeded: a >> 32), UInt32(truncatingIfNeeded: b >> 32))
    return UInt64(low) | UInt64(high) << 32
  }

  // The host's vectors of 64 bits: a few instructions for all elements of a half.

  @inline(__always)
  static func eight(_ a: UInt64, _ b: UInt64, _ body: (SIMD8<UInt8>, SIMD8<UInt8>) -> SIMD8<UInt8>) -> UInt64 {
    unsafe unsafeBitCast(body(unsafeBitCast(a, to: SIMD8.self), unsafeBitCast(b, to: SIMD8.self)), to: UInt64.self)
  }

  @inline(__always)
  static func four(_ a: UInt64, _ b: UInt64, _ body: (SIMD4<UInt16>, SIMD4<UInt16>) -> SIMD4<UInt16>) -> UInt64 {
    unsafe unsafeBitCast(body(unsafeBitCast(a, to: SIMD4.self), unsafeBitCast(b, to: SIMD4.self)), to: UInt64.self)
  }

  @inline(__always)
  static func two(_ a: UInt64, _ b: UInt64, _ body: (SIMD2<UInt32>, SIMD2<UInt32>) -> SIMD2<UInt32>) -> UInt64 {
    unsafe unsafeBitCast(body(unsafeBitCast(a, to: SIMD2.self), unsafeBitCast(b, to: SIMD2.self)), to: UInt64.self)
  }

  /// Ones in the elements of a half for which a comparison holds.
  @inline(__always)
  static func mask<Element: SIMD>(
    _ a: UInt64, _ b: UInt64, _: Element.Type, _ body: (Element, Element) -> SIMDMask<Element.MaskStorage>
  ) -> UInt64 {
    unsafe unsafeBitCast(
      body(unsafeBitCast(a, to: Element.self), unsafeBitCast(b, to: Element.self)), to: UInt64.self)
  }

  /// Bits of the first operand where the mask has ones, else of the second.
  @inline(__always) static func choose(_ mask: UInt64, _ a: UInt64, _ b: UInt64) -> UInt64 { b ^ (a ^ b) & mask }

  private static func saturate(_ value: Int, _ low: Int, _ high: Int) -> Int { min(max(value, low), high) }

  private static func signedByte(_ value: Int) -> UInt8 { UInt8(bitPattern: Int8(saturate(value, -128, 127))) }

  private static func signedWord(_ value: Int) -> UInt16 { UInt16(bitPattern: Int16(saturate(value, -32768, 32767))) }

  private static func s(_ value: UInt8) -> Int { Int(Int8(bitPattern: value)) }

  private static func s(_ value: UInt16) -> Int { Int(Int16(bitPattern: value)) }

  static func addSignedBytes(_ a: UInt64, _ b: UInt64) -> UInt64 { bytes(a, b) { signedByte(s($0) + s($1)) } }
  static func addSignedWords(_ a: UInt64, _ b: UInt64) -> UInt64 { words(a, b) { signedWord(s($0) + s($1)) } }
  static func subtractSignedBytes(_ a: UInt64, _ b: UInt64) -> UInt64 { bytes(a, b) { signedByte(s($0) - s($1)) } }
  static func subtractSignedWords(_ a: UInt64, _ b: UInt64) -> UInt64 { words(a, b) { signedWord(s($0) - s($1)) } }
  static func addUnsignedBytes(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let sum = addBytes(a, b)
    return sum | mask(sum, a, SIMD8<UInt8>.self) { $0 .< $1 }
  }
  static func addUnsignedWords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let sum = addWords(a, b)
    return sum | mask(sum, a, SIMD4<UInt16>.self) { $0 .< $1 }
  }
  static func subtractUnsignedBytes(_ a: UInt64, _ b: UInt64) -> UInt64 {
    mask(a, b, SIMD8<UInt8>.self) { $0 .> $1 } & subtractBytes(a, b)
  }
  static func subtractUnsignedWords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    mask(a, b, SIMD4<UInt16>.self) { $0 .> $1 } & subtractWords(a, b)
  }

  /// PMADDWD.
  static func multiplyAdd(_ a: UInt64, _ b: UInt64) -> UInt64 {
    doublewords(a, b) { x, y in
      let low = s(UInt16(truncatingIfNeeded: x)) * s(UInt16(truncatingIfNeeded: y))
      let high = s(UInt16(truncatingIfNeeded: x >> 16)) * s(UInt16(truncatingIfNeeded: y >> 16))
      return UInt32(truncatingIfNeeded: low + high)
    }
  }

  /// PSADBW.
  static func sumOfDifferences(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var sum: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      let x = (a >> shift) & 0xFF
      let y = (b >> shift) & 0xFF
      sum += x > y ? x - y : y - x
    }
    return sum
  }

  // MARK: Elements of two operands

  static func addBytes(_ a: UInt64, _ b: UInt64) -> UInt64 { eight(a, b) { $0 &+ $1 } }
  static func addWords(_ a: UInt64, _ b: UInt64) -> UInt64 { four(a, b) { $0 &+ $1 } }
  static func addDoublewords(_ a: UInt64, _ b: UInt64) -> UInt64 { two(a, b) { $0 &+ $1 } }
  static func addQuadwords(_ a: UInt64, _ b: UInt64) -> UInt64 { a &+ b }
  static func subtractBytes(_ a: UInt64, _ b: UInt64) -> UInt64 { eight(a, b) { $0 &- $1 } }
  static func subtractWords(_ a: UInt64, _ b: UInt64) -> UInt64 { four(a, b) { $0 &- $1 } }
  static func subtractDoublewords(_ a: UInt64, _ b: UInt64) -> UInt64 { two(a, b) { $0 &- $1 } }
  static func subtractQuadwords(_ a: UInt64, _ b: UInt64) -> UInt64 { a &- b }
  static func equalBytes(_ a: UInt64, _ b: UInt64) -> UInt64 { mask(a, b, SIMD8<UInt8>.self) { $0 .== $1 } }
  static func equalWords(_ a: UInt64, _ b: UInt64) -> UInt64 { mask(a, b, SIMD4<UInt16>.self) { $0 .== $1 } }
  static func equalDoublewords(_ a: UInt64, _ b: UInt64) -> UInt64 { mask(a, b, SIMD2<UInt32>.self) { $0 .== $1 } }
  static func greaterBytes(_ a: UInt64, _ b: UInt64) -> UInt64 { mask(a, b, SIMD8<Int8>.self) { $0 .> $1 } }
  static func greaterWords(_ a: UInt64, _ b: UInt64) -> UInt64 { mask(a, b, SIMD4<Int16>.self) { $0 .> $1 } }
  static func greaterDoublewords(_ a: UInt64, _ b: UInt64) -> UInt64 { mask(a, b, SIMD2<Int32>.self) { $0 .> $1 } }
  static func minimumUnsignedBytes(_ a: UInt64, _ b: UInt64) -> UInt64 {
    choose(mask(a, b, SIMD8<UInt8>.self) { $0 .< $1 }, a, b)
  }
  static func maximumUnsignedBytes(_ a: UInt64, _ b: UInt64) -> UInt64 {
    choose(mask(a, b, SIMD8<UInt8>.self) { $0 .> $1 }, a, b)
  }
  static func minimumSignedWords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    choose(mask(a, b, SIMD4<Int16>.self) { $0 .< $1 }, a, b)
  }
  static func maximumSignedWords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    choose(mask(a, b, SIMD4<Int16>.self) { $0 .> $1 }, a, b)
  }
  /// Half of the sum, rounded up: what both have, and half of what one has, taken from all that either has.
  static func averageBytes(_ a: UInt64, _ b: UInt64) -> UInt64 { (a | b) &- (((a ^ b) & 0xFEFE_FEFE_FEFE_FEFE) &>> 1) }
  static func averageWords(_ a: UInt64, _ b: UInt64) -> UInt64 { (a | b) &- (((a ^ b) & 0xFFFE_FFFE_FFFE_FFFE) &>> 1) }
  static func multiplyLow(_ a: UInt64, _ b: UInt64) -> UInt64 { four(a, b) { $0 &* $1 } }
  static func multiplyHighSigned(_ a: UInt64, _ b: UInt64) -> UInt64 {
    words(a, b) { UInt16(truncatingIfNeeded: (s($0) * s($1)) >> 16) }
  }
  static func multiplyHighUnsigned(_ a: UInt64, _ b: UInt64) -> UInt64 {
    words(a, b) { UInt16((UInt32($0) * UInt32($1)) >> 16) }
  }
  static func multiplyDoublewords(_ a: UInt64, _ b: UInt64) -> UInt64 { (a & 0xFFFF_FFFF) &* (b & 0xFFFF_FFFF) }
  static func and(_ a: UInt64, _ b: UInt64) -> UInt64 { a & b }
  static func andNot(_ a: UInt64, _ b: UInt64) -> UInt64 { ~a & b }
  static func or(_ a: UInt64, _ b: UInt64) -> UInt64 { a | b }
  static func xor(_ a: UInt64, _ b: UInt64) -> UInt64 { a ^ b }

  /// PACKSSWB, PACKUSWB and PACKSSDW: one half from one source.
  static func pack(_ value: Vector128Half, _ kind: PackKind) -> UInt32 {
    var result: UInt32 = 0
    switch kind {
    case .signedWordsToBytes, .signedWordsToUnsignedBytes:
      for index in 0..<UInt64(4) {
        let word = s(UInt16(truncatingIfNeeded: value >> (index * 16)))
        let byte = kind == .signedWordsToBytes ? signedByte(word) : UInt8(saturate(word, 0, 255))
        result |= UInt32(byte) << UInt32(index * 8)
      }
    case .signedDoublewordsToWords:
      for index in 0..<UInt64(2) {
        let word = Int(Int32(truncatingIfNeeded: value >> (index * 32)))
        result |= UInt32(signedWord(word)) << UInt32(index * 16)
      }
    }
    return result
  }

  /// Interleaves the elements of two values: 64 result bits from 32 and 32.
  @inline(__always)
  static func interleave(_ a: UInt32, _ b: UInt32, elementByteCount: UInt64) -> UInt64 {
    // Each step opens gaps of half the size.
    func spread(_ value: UInt32) -> UInt64 {
      var result = UInt64(value)
      if elementByteCount <= 2 { result = (result | result &<< 16) & 0x0000_FFFF_0000_FFFF }
      if elementByteCount == 1 { result = (result | result &<< 8) & 0x00FF_00FF_00FF_00FF }
      return result
    }
    return spread(a) | spread(b) &<< (elementByteCount &* 8)
  }

  /// Shifts every element of a 64-bit half.
  @inline(__always)
  static func shift(_ value: UInt64, _ count: UInt64, elementBits: UInt64, _ kind: ShiftKind) -> UInt64 {
    if elementBits == 64 {
      switch kind {
      case .left: return count < 64 ? value &<< count : 0
      case .right: return count < 64 ? value &>> count : 0
      case .arithmetic: return UInt64(bitPattern: Int64(bitPattern: value) &>> Int64(min(count, 63)))
      }
    }
    // All elements in one shift: what comes from the neighbour is masked away.
    let ones = elementBits == 32 ? 0x1_0000_0001 : 0x1_0001_0001_0001 as UInt64
    guard count < elementBits else {
      return kind == .arithmetic ? ((value &>> (elementBits &- 1)) & ones) &* ((1 &<< elementBits) &- 1) : 0
    }
    let kept = ((1 &<< (elementBits &- count)) &- 1) &* ones
    switch kind {
    case .left: return (value & kept) &<< count
    case .right: return (value &>> count) & kept
    case .arithmetic:
      let signs = (value &>> (elementBits &- 1)) & ones
      // A sign fills the places that the shift left empty.
      let filled = ((1 &<< count) &- 1) &<< (elementBits &- count)
      return (value &>> count) & kept | signs &* filled
    }
  }

  /// PSLLW, PSRAD and their kin: shifts every element.
  @inline(__always)
  static func shift(_ value: Vector128, _ count: UInt64, elementBits: UInt64, _ kind: ShiftKind) -> Vector128 {
    Vector128(
      low: shift(value.low, count, elementBits: elementBits, kind),
      high: shift(value.high, count, elementBits: elementBits, kind))
  }

  // MARK: Rearrangements

  /// PUNPCKLBW, UNPCKHPD and their kin: elements of so many bytes of both operands in turn.
  @inline(__always)
  static func interleave(_ a: Vector128, _ b: Vector128, _ size: UInt64, high isHigh: Bool) -> Vector128 {
    let (first, second) = isHigh ? (a.high, b.high) : (a.low, b.low)
    if size == 8 { return Vector128(low: first, high: second) }
    func pair(_ first: UInt64, _ second: UInt64) -> UInt64 {
      interleave(UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: second), elementByteCount: size)
    }
    return Vector128(low: pair(first, second), high: pair(first &>> 32, second &>> 32))
  }

  /// PACKSSWB, PACKUSWB and PACKSSDW.
  @inline(__always)
  static func pack(_ a: Vector128, _ b: Vector128, _ kind: PackKind) -> Vector128 {
    func both(_ value: Vector128) -> UInt64 {
      UInt64(pack(value.low, kind)) | UInt64(pack(value.high, kind)) &<< 32
    }
    return Vector128(low: both(a), high: both(b))
  }

  /// PSHUFD.
  @inline(__always)
  static func shuffleDoublewords(_: Vector128, _ b: Vector128, _ order: UInt8) -> Vector128 {
    Vector128(doublewords: { b.doubleword(Int(order &>> UInt8($0 &* 2) & 3)) })
  }

  /// SHUFPS.
  @inline(__always)
  static func shuffleSingles(_ a: Vector128, _ b: Vector128, _ order: UInt8) -> Vector128 {
    Vector128(doublewords: { ($0 < 2 ? a : b).doubleword(Int(order &>> UInt8($0 &* 2) & 3)) })
  }

  /// SHUFPD.
  @inline(__always)
  static func shuffleDoubles(_ a: Vector128, _ b: Vector128, _ order: UInt8) -> Vector128 {
    Vector128(low: order & 1 == 0 ? a.low : a.high, high: order & 2 == 0 ? b.low : b.high)
  }

  /// PSHUFLW, PSHUFHW and PSHUFW: the words of one half.
  @inline(__always)
  static func shuffleWords(_ b: Vector128, _ order: UInt8, high isHigh: Bool) -> Vector128 {
    let half = isHigh ? b.high : b.low
    var words: UInt64 = 0
    for place in 0..<UInt64(4) {
      let from = UInt64(order &>> UInt8(truncatingIfNeeded: place &* 2) & 3)
      words |= ((half &>> (from &* 16)) & 0xFFFF) &<< (place &* 16)
    }
    return isHigh ? Vector128(low: b.low, high: words) : Vector128(low: words, high: b.high)
  }

  /// The top bits of eight bytes.
  @inline(__always)
  static func byteMask(_ value: UInt64) -> UInt64 {
    // Each factor brings one bit to its place in the top byte; no two sums meet.
    (((value &>> 7) & 0x0101_0101_0101_0101) &* 0x0102_0408_1020_4080) &>> 56
  }
}

/// 64 bits of an operand.
typealias Vector128Half = UInt64

/// Kinds of saturating packs.
enum PackKind { case signedWordsToBytes, signedWordsToUnsignedBytes, signedDoublewordsToWords }

/// Kinds of element shifts.
enum ShiftKind { case left, right, arithmetic }
