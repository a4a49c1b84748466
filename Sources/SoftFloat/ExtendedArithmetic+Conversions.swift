extension ExtendedArithmetic {
  /// Magnitude rounded to an integer by the rounding control (or truncated), nil if it has more than 64 bits.
  private mutating func integerMagnitude(_ value: ExtendedReal, truncating: Bool) -> UInt64? {
    if value.isZero { return 0 }
    let x = unpack(value)
    let shift = 16383 + 63 - x.exponent
    if shift < 0 { return nil }
    if shift == 0 { return x.significand }
    var integer: UInt64 = shift > 63 ? 0 : x.significand >> UInt64(shift)
    let half = shift > 64 ? false : x.significand >> UInt64(shift - 1) & 1 != 0
    let rest = shift > 64 ? true : shift == 1 ? false : x.significand << UInt64(65 - shift) != 0
    if half || rest {
      flags |= Flag.precision
      if !truncating, roundsUp(isNegative: value.isNegative, isOdd: integer & 1 != 0, half: half, rest: rest) {
        roundedUp = true
        integer += 1
      }
    }
    return integer
  }

  /// FRNDINT.
  public mutating func roundToInteger(_ a: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(a, a) { return nan }
    if a.isInfinite || a.isZero { return a }
    noteDenormals(a)
    guard a.exponent < 16383 + 63, let integer = integerMagnitude(a, truncating: false) else { return a }
    guard integer != 0 else { return ExtendedReal(signExponent: a.signExponent & 0x8000) }
    let shift = integer.leadingZeroBitCount
    return ExtendedReal(
      significand: integer << UInt64(shift), signExponent: a.signExponent & 0x8000 | UInt16(0x3FFF + 63 - shift))
  }

  /// A signed integer of `bits` bits, sign-extended; the indefinite integer and IE if it does not fit.
  public mutating func toInteger(_ a: ExtendedReal, bits: Int, truncating: Bool) -> UInt64 {
    let indefinite = UInt64.max << UInt64(bits - 1)
    let before = flags
    let upBefore = roundedUp
    let limit = UInt64(1) << UInt64(bits - 1)
    guard !a.isNaN, !a.isInfinite, !a.isUnsupported, let magnitude = integerMagnitude(a, truncating: truncating),
      a.isNegative ? magnitude <= limit : magnitude < limit
    else {
      flags = before | Flag.invalid
      roundedUp = upBefore
      return indefinite
    }
    return a.isNegative ? 0 &- magnitude : magnitude
  }

  /// Conversion to binary32 or binary64.
  public mutating func toReal(_ a: ExtendedReal, exponentBits: UInt64, fractionBits: UInt64) -> UInt64 {
    let sign: UInt64 = a.isNegative ? 1 << (exponentBits + fractionBits) : 0
    let maximum = (UInt64(1) << exponentBits) - 1
    let infinity = sign | maximum << fractionBits
    if a.isUnsupported {
      flags |= Flag.invalid
      return 1 << (exponentBits + fractionBits) | maximum << fractionBits | 1 << (fractionBits - 1)
    }
    if a.isNaN {
      if a.isSignalingNaN { flags |= Flag.invalid }
      return infinity | (a.quieted.significand << 1) >> (64 - fractionBits)
    }
    if a.isInfinite { return infinity }
    if a.isZero { return sign }
    let x = unpack(a)
    let bias = Int(maximum >> 1)
    var exponent = x.exponent - 16383 + bias
    let bits = Int(fractionBits) + 1
    var significand = x.significand
    var isSticky = false
    let dropped = UInt64(64 - bits)
    // Tiny after rounding: below the smallest normal number even when rounded with an unbounded exponent.
    let mask = (UInt64(1) << dropped) - 1
    let carries =
      significand | mask == .max
      && roundsUp(
        isNegative: a.isNegative, isOdd: true, half: significand & (1 << (dropped - 1)) != 0,
        rest: significand & (mask >> 1) != 0)
    let isTiny = exponent < 0 || (exponent == 0 && !carries)
    if exponent < 1 {
      let shift = 1 - exponent
      if shift > 63 {
        isSticky = significand != 0
        significand = 0
      } else {
        isSticky = significand << UInt64(64 - shift) != 0
        significand >>= UInt64(shift)
      }
      exponent = 0
    }
    let half = significand & (1 << (dropped - 1)) != 0
    let rest = significand & (mask >> 1) != 0 || isSticky
    var fraction = significand >> dropped
    if half || rest {
      flags |= Flag.precision
      if isTiny { flags |= Flag.underflow }
      if roundsUp(isNegative: a.isNegative, isOdd: fraction & 1 != 0, half: half, rest: rest) {
        roundedUp = true
        fraction += 1
        if fraction >> UInt64(bits) != 0 {
          fraction >>= 1
          exponent += 1
        }
      }
    } else if isTiny && !isMasked(Flag.underflow) {
      flags |= Flag.underflow
    }
    if exponent == 0 && fraction >> fractionBits != 0 { exponent = 1 }
    if exponent >= Int(maximum) {
      flags |= Flag.overflow | (isMasked(Flag.overflow) ? Flag.precision : 0)
      let toInfinity = rounding == 0 || (rounding == 1 && a.isNegative) || (rounding == 2 && !a.isNegative)
      roundedUp = toInfinity
      return toInfinity ? infinity : infinity - 1
    }
    return sign | UInt64(exponent) << fractionBits | (fraction & ((1 << fractionBits) - 1))
  }

  /// FSCALE: a * 2^(b truncated).
  public mutating func scale(_ a: ExtendedReal, _ b: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(a, b) { return nan }
    if b.isInfinite {
      if b.isNegative ? a.isInfinite : a.isZero { return invalid() }
      noteDenormals(a)
      return b.isNegative
        ? ExtendedReal(signExponent: a.signExponent & 0x8000)
        : ExtendedReal(significand: 1 << 63, signExponent: a.signExponent & 0x8000 | 0x7FFF)
    }
    noteDenormals(a, b)
    if a.isInfinite || a.isZero { return a }
    var amount = 0
    if !b.isZero {
      let y = unpack(b)
      let shift = 16383 + 63 - y.exponent
      amount = shift <= 0 || shift < 47 ? 0x10000 : shift > 63 ? 0 : Int(y.significand >> UInt64(shift))
      amount = min(amount, 0x10000) * (b.isNegative ? -1 : 1)
    }
    let x = unpack(a)
    return pack(x.isNegative, x.exponent + amount, x.significand, 0, bits: 64)
  }

  /// FXTRACT: exponent and significand of a nonzero finite number.
  public mutating func extract(_ a: ExtendedReal) -> (exponent: ExtendedReal, significand: ExtendedReal) {
    if let nan = propagate(a, a) { return (nan, nan) }
    if a.isInfinite { return (ExtendedReal(significand: 1 << 63, signExponent: 0x7FFF), a) }
    if a.isZero {
      flags |= Flag.zeroDivide
      return (ExtendedReal(significand: 1 << 63, signExponent: 0xFFFF), a)
    }
    noteDenormals(a)
    let x = unpack(a)
    return (
      ExtendedReal(integer: Int64(x.exponent - 16383)),
      ExtendedReal(significand: x.significand, signExponent: a.signExponent & 0x8000 | 0x3FFF)
    )
  }

  /// FPREM and FPREM1: the (partial) remainder, the quotient's low three bits, and whether it is complete.
  public mutating func remainder(_ a: ExtendedReal, _ b: ExtendedReal, toNearest: Bool) -> (
    value: ExtendedReal, quotient: UInt64, isComplete: Bool
  ) {
    if let nan = propagate(a, b) { return (nan, 0, true) }
    if a.isInfinite || b.isZero { return (invalid(), 0, true) }
    noteDenormals(a, b)
    if a.isZero || b.isInfinite { return (a, 0, true) }
    let (x, y) = (unpack(a), unpack(b))
    var distance = x.exponent - y.exponent
    if distance < (toNearest ? -1 : 0) { return (a, 0, true) }
    let isPartial = distance >= 64
    if isPartial { distance = 63 }
    let stop = isPartial ? x.exponent - 63 : y.exponent
    // Long division, one quotient bit at a time; exact.
    var rest = UInt128(x.significand)
    var quotient: UInt64 = 0
    if distance < 0 {
      let divisor = UInt128(y.significand) << 1
      let doubled = rest << 1
      if toNearest && doubled > divisor {
        return finishRemainder(x.isNegative, divisor - rest, x.exponent, quotient: 1, flips: true)
      }
      return (a, 0, true)
    }
    let divisor = UInt128(y.significand)
    for step in 0...distance {
      quotient <<= 1
      if rest >= divisor {
        rest -= divisor
        quotient |= 1
      }
      if step < distance { rest <<= 1 }
    }
    if isPartial {
      let partial = finishRemainder(x.isNegative, rest, stop, quotient: 0, flips: false)
      return (partial.value, 0, false)
    }
    if toNearest && (rest << 1 > divisor || (rest << 1 == divisor && quotient & 1 != 0)) {
      return finishRemainder(x.isNegative, divisor - rest, y.exponent, quotient: quotient &+ 1, flips: true)
    }
    return finishRemainder(x.isNegative, rest, y.exponent, quotient: quotient, flips: false)
  }

  private mutating func finishRemainder(
    _ isNegative: Bool, _ rest: UInt128, _ exponent: Int, quotient: UInt64, flips: Bool
  ) -> (value: ExtendedReal, quotient: UInt64, isComplete: Bool) {
    let sign = isNegative != flips
    guard rest != 0 else { return (ExtendedReal(signExponent: isNegative ? 0x8000 : 0), quotient & 7, true) }
    // `rest` counts units of 2^(exponent - 63).
    let shift = rest.leadingZeroBitCount
    let normal = rest << UInt128(shift)
    let value = pack(
      sign, exponent + 64 - shift, UInt64(truncatingIfNeeded: normal >> 64), UInt64(truncatingIfNeeded: normal),
      bits: 64)
    return (value, quotient & 7, true)
  }
}
