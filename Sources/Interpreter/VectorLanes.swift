/// The integer instructions of SSSE3 and SSE4 on lanes of 128 bits, as pure functions.
extension VectorOperations {
  private static func clamp(_ value: Int) -> UInt16 { UInt16(bitPattern: Int16(clamping: value)) }

  // MARK: Halves: two words of 64 bits give one

  static func multiplyLowDoublewords(_ a: UInt64, _ b: UInt64) -> UInt64 { two(a, b) { $0 &* $1 } }
  static func equalQuadwords(_ a: UInt64, _ b: UInt64) -> UInt64 { a == b ? .max : 0 }
  static func greaterQuadwords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    Int64(bitPattern: a) > Int64(bitPattern: b) ? .max : 0
  }
  static func minimumSignedBytes(_ a: UInt64, _ b: UInt64) -> UInt64 {
    choose(mask(a, b, SIMD8<Int8>.self) { $0 .< $1 }, a, b)
  }
  static func maximumSignedBytes(_ a: UInt64, _ b: UInt64) -> UInt64 {
    choose(mask(a, b, SIMD8<Int8>.self) { $0 .> $1 }, a, b)
  }
  static func minimumUnsignedWords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    choose(mask(a, b, SIMD4<UInt16>.self) { $0 .< $1 }, a, b)
  }
  static func maximumUnsignedWords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    choose(mask(a, b, SIMD4<UInt16>.self) { $0 .> $1 }, a, b)
  }
  static func minimumUnsignedDoublewords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    choose(mask(a, b, SIMD2<UInt32>.self) { $0 .< $1 }, a, b)
  }
  static func maximumUnsignedDoublewords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    choose(mask(a, b, SIMD2<UInt32>.self) { $0 .> $1 }, a, b)
  }
  static func minimumSignedDoublewords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    choose(mask(a, b, SIMD2<Int32>.self) { $0 .< $1 }, a, b)
  }
  static func maximumSignedDoublewords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    choose(mask(a, b, SIMD2<Int32>.self) { $0 .> $1 }, a, b)
  }
  static func multiplySignedDoublewords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: a)) &* Int64(Int32(truncatingIfNeeded: b)))
  }

  /// PSIGNx.
  static func signBytes(_ a: UInt64, _ b: UInt64) -> UInt64 {
    bytes(a, b) { Int8(bitPattern: $1) < 0 ? 0 &- $0 : $1 == 0 ? 0 : $0 }
  }
  static func signWords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    words(a, b) { Int16(bitPattern: $1) < 0 ? 0 &- $0 : $1 == 0 ? 0 : $0 }
  }
  static func signDoublewords(_ a: UInt64, _ b: UInt64) -> UInt64 {
    doublewords(a, b) { Int32(bitPattern: $1) < 0 ? 0 &- $0 : $1 == 0 ? 0 : $0 }
  }

  /// PABSx of the second operand.
  static func absoluteBytes(_: UInt64, _ b: UInt64) -> UInt64 { bytes(b, b) { x, _ in Int8(bitPattern: x).magnitude } }
  static func absoluteWords(_: UInt64, _ b: UInt64) -> UInt64 { words(b, b) { x, _ in Int16(bitPattern: x).magnitude } }
  static func absoluteDoublewords(_: UInt64, _ b: UInt64) -> UInt64 {
    doublewords(b, b) { x, _ in Int32(bitPattern: x).magnitude }
  }

  /// PMADDUBSW: unsigned bytes of the first times signed ones of the second.
  static func multiplyAddBytes(_ a: UInt64, _ b: UInt64) -> UInt64 {
    words(a, b) { x, y in
      let low = Int(x & 0xFF) * Int(Int8(truncatingIfNeeded: y))
      let high = Int(x >> 8) * Int(Int8(truncatingIfNeeded: y >> 8))
      return clamp(low + high)
    }
  }

  /// PMULHRSW.
  static func multiplyRound(_ a: UInt64, _ b: UInt64) -> UInt64 {
    words(a, b) { x, y in
      let product = Int(Int16(bitPattern: x)) * Int(Int16(bitPattern: y))
      return UInt16(truncatingIfNeeded: ((product >> 14) + 1) >> 1)
    }
  }

  // MARK: Neighbours: each pair of one operand gives an element

  /// PHADDW and its kin: what pairs of the elements of two words of 64 bits give.
  static func pairs(_ a: UInt64, _ b: UInt64, _ kind: PairKind) -> UInt64 {
    func both(_ value: UInt64) -> UInt64 {
      if kind == .addDoublewords || kind == .subtractDoublewords {
        let (low, high) = (UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32))
        return UInt64(kind == .addDoublewords ? low &+ high : low &- high)
      }
      func word(_ index: UInt64) -> UInt64 {
        let low = Int(Int16(truncatingIfNeeded: value >> (index &* 32)))
        let high = Int(Int16(truncatingIfNeeded: value >> (index &* 32 &+ 16)))
        switch kind {
        case .addWords: return UInt64(UInt16(truncatingIfNeeded: low + high))
        case .subtractWords: return UInt64(UInt16(truncatingIfNeeded: low - high))
        case .addSaturatedWords: return UInt64(clamp(low + high))
        default: return UInt64(clamp(low - high))
        }
      }
      return word(0) | word(1) << 16
    }
    return both(a) | both(b) << 32
  }

  // MARK: Lanes

  /// PSHUFB.
  ///
  /// Never inlined: a handler with a table on its stack could not go on by a tail call.
  @inline(never)
  static func shuffleBytes(_ a: Vector128, _ b: Vector128) -> Vector128 {
    unsafe withUnsafeBytes(of: a) { table in
      func half(_ order: UInt64) -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
          result |= UInt64(unsafe table[Int((order &>> shift) & 15)]) &<< shift
        }
        // A set top bit clears its byte.
        return result & ~(((order &>> 7) & 0x0101_0101_0101_0101) &* 0xFF)
      }
      return Vector128(low: half(b.low), high: half(b.high))
    }
  }

  /// PACKUSDW.
  static func packUnsigned(_ a: Vector128, _ b: Vector128) -> Vector128 {
    Vector128(words: { index in
      let value = Int32(bitPattern: index < 4 ? a.doubleword(index) : b.doubleword(index &- 4))
      return UInt16(clamping: value)
    })
  }

  /// PALIGNR: 16 bytes of both, from a byte on.
  static func align(_ a: Vector128, _ b: Vector128, _ immediate: UInt8) -> Vector128 {
    let words = (b.low, b.high, a.low, a.high)
    func word(_ index: UInt8) -> UInt64 {
      switch index {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      case 3: words.3
      default: 0
      }
    }
    let (first, shift) = (immediate &>> 3, UInt64(immediate & 7) &* 8)
    // Two shifts, so that none is by 64.
    func half(_ index: UInt8) -> UInt64 { word(index) &>> shift | (word(index &+ 1) &<< 1) &<< (63 &- shift) }
    return Vector128(low: half(first), high: half(first &+ 1))
  }

  /// MPSADBW: eight sums of four absolute differences.
  static func sumsOfDifferences(_ a: Vector128, _ b: Vector128, _ immediate: UInt8) -> Vector128 {
    let first = Int(immediate >> 2 & 1) &* 4
    let second = Int(immediate & 3) &* 4
    return Vector128(words: { index in
      var sum = 0
      for offset in 0..<4 {
        sum += abs(Int(a.byte(first &+ index &+ offset)) - Int(b.byte(second &+ offset)))
      }
      return UInt16(truncatingIfNeeded: sum)
    })
  }

  /// PHMINPOSUW: the least word and its place.
  static func minimumPosition(_: Vector128, _ b: Vector128) -> Vector128 {
    var best = 0
    for index in 1..<8 where b.word(index) < b.word(best) { best = index }
    return Vector128(low: UInt64(b.word(best)) | UInt64(best) << 16)
  }

  /// PBLENDW, BLENDPS and BLENDPD: elements of the second operand where a bit is set.
  static func blend(_ a: Vector128, _ b: Vector128, _ mask: UInt8, byteCount: Int) -> Vector128 {
    var result = a
    for index in 0..<(16 / byteCount) where mask >> UInt8(index) & 1 != 0 {
      result.setElement(index, byteCount: byteCount, b.element(index, byteCount: byteCount))
    }
    return result
  }

  /// PBLENDVB and its kin: elements of the second operand where the mask's element has its top bit set.
  static func blend(_ a: Vector128, _ b: Vector128, by mask: Vector128, byteCount: Int) -> Vector128 {
    var result = a
    for index in 0..<(16 / byteCount)
    where mask.element(index, byteCount: byteCount) >> UInt64(byteCount &* 8 &- 1) & 1 != 0 {
      result.setElement(index, byteCount: byteCount, b.element(index, byteCount: byteCount))
    }
    return result
  }

  /// INSERTPS.
  static func insertSingle(_ a: Vector128, _ value: UInt32, _ immediate: UInt8) -> Vector128 {
    Vector128(doublewords: { index in
      if immediate >> UInt8(index) & 1 != 0 { return 0 }
      return index == Int(immediate >> 4 & 3) ? value : a.doubleword(index)
    })
  }

  /// PCLMULQDQ.
  static func carrylessProduct(_ a: Vector128, _ b: Vector128, _ immediate: UInt8) -> Vector128 {
    let x = immediate & 1 == 0 ? a.low : a.high
    let y = immediate & 16 == 0 ? b.low : b.high
    var result = Vector128()
    for bit in 0..<UInt64(64) where y >> bit & 1 != 0 {
      result.low ^= x << bit
      if bit != 0 { result.high ^= x >> (64 &- bit) }
    }
    return result
  }

  /// Widens element `index` of `from` bytes.
  static func widened(_ source: Vector128, _ index: Int, from: Int, isSigned: Bool) -> UInt64 {
    let value = source.element(index, byteCount: from)
    return isSigned ? Integer.signExtend(value, UInt8(truncatingIfNeeded: from)) : value
  }
}

/// What PHADDW and its kin do with two neighbours.
enum PairKind {
  case addWords, addDoublewords, addSaturatedWords, subtractWords, subtractDoublewords, subtractSaturatedWords
}
