extension ExtendedArithmetic {
  /// FRNDINT.
  public mutating func roundToInteger(_ a: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(a, a) { return nan }
    if a.isInfinite || a.isZero { return a }
    noteDenormals(a)
    guard a.exponent < 16383 + 63, let result = WideNumber(a).integer(environment.rounding) else { return a }
    if result.isInexact { flags |= FloatFlag.precision }
    roundedUp = result.isIncremented
    guard result.magnitude != 0 else { return zero(a.isNegative) }
    let shift = result.magnitude.leadingZeroBitCount
    return ExtendedReal(
      significand: result.magnitude << UInt64(shift), signExponent: sign(a.isNegative) | UInt16(0x3FFF + 63 - shift))
  }

  /// A signed integer of `bits` bits, sign-extended; the indefinite integer and IE if it does not fit.
  public mutating func toInteger(_ a: ExtendedReal, bits: Int, truncating: Bool) -> UInt64 {
    guard !a.isNaN, !a.isInfinite, !a.isUnsupported else { return environment.indefiniteInteger(bits: bits) }
    return environment.integer(a.isZero ? nil : WideNumber(a), bits: bits, truncates: truncating)
  }

  /// The number in binary32 or binary64.
  public mutating func toReal(_ a: ExtendedReal, _ format: FloatFormat) -> UInt64 {
    if a.isUnsupported {
      flags |= FloatFlag.invalid
      return format.indefinite
    }
    let sign = a.isNegative ? format.signBit : 0
    if a.isNaN {
      if a.isSignalingNaN { flags |= FloatFlag.invalid }
      return sign | format.infinity | (a.quieted.significand << 1) >> UInt64(64 - format.fractionBits)
    }
    if a.isInfinite { return sign | format.infinity }
    if a.isZero { return sign }
    let result = environment.encode(WideNumber(a), format)
    if flags & (FloatFlag.overflow | FloatFlag.underflow) & ~environment.masks != 0 {
      // Nothing is stored, so that nothing is inexact.
      flags &= ~FloatFlag.precision
      roundedUp = false
    }
    return result
  }

  /// An operand of binary32 or binary64 in memory, exactly; the operation raises what it calls for.
  public mutating func operand(_ bits: UInt64, _ format: FloatFormat) -> ExtendedReal {
    hasDenormalSource = format.isDenormal(bits)
    return ExtendedReal(bits, format)
  }

  /// FLD of a number in memory: DE for a denormal, IE for a signalling NaN, which becomes quiet.
  public mutating func load(_ bits: UInt64, _ format: FloatFormat) -> ExtendedReal {
    let value = operand(bits, format)
    noteDenormals(value)
    guard value.isNaN else { return value }
    if value.isSignalingNaN { flags |= FloatFlag.invalid }
    return value.quieted
  }

  /// FSCALE: a * 2^(b truncated).
  public mutating func scale(_ a: ExtendedReal, _ b: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(a, b) { return nan }
    if b.isInfinite {
      if b.isNegative ? a.isInfinite : a.isZero { return invalid() }
      noteDenormals(a)
      return b.isNegative ? zero(a.isNegative) : infinity(a.isNegative)
    }
    noteDenormals(a, b)
    if a.isInfinite || a.isZero { return a }
    if b.isZero, keeps(a) { return a }
    var number = WideNumber(a)
    if !b.isZero {
      // Beyond this nothing changes any more.
      let distance = min(WideNumber(b).integer(.towardZero)?.magnitude ?? .max, 0x10000)
      number.exponent += b.isNegative ? -Int(distance) : Int(distance)
    }
    return encode(number, bits: 64)
  }

  /// FXTRACT: exponent and significand of a nonzero finite number.
  public mutating func extract(_ a: ExtendedReal) -> (exponent: ExtendedReal, significand: ExtendedReal) {
    if let nan = propagate(a, a) { return (nan, nan) }
    if a.isInfinite { return (infinity(false), a) }
    if a.isZero {
      flags |= FloatFlag.zeroDivide
      return (infinity(true), a)
    }
    noteDenormals(a)
    let number = WideNumber(a)
    return (
      ExtendedReal(integer: Int64(number.exponent)),
      ExtendedReal(
        significand: UInt64(truncatingIfNeeded: number.significand >> 64), signExponent: sign(a.isNegative) | 0x3FFF)
    )
  }

  /// FPREM and FPREM1: the (partial) remainder, the quotient's low three bits, and whether it is complete.
  public mutating func remainder(_ a: ExtendedReal, _ b: ExtendedReal, toNearest: Bool) -> (
    value: ExtendedReal, quotient: UInt64, isComplete: Bool
  ) {
    if let nan = propagate(a, b) { return (nan, 0, true) }
    if a.isInfinite || b.isZero { return (invalid(), 0, true) }
    noteDenormals(a, b)
    if a.isZero { return (a, 0, true) }
    if b.isInfinite { return (keeps(a) ? a : encode(WideNumber(a), bits: 64), 0, true) }
    let (x, y) = (WideNumber(a), WideNumber(b))
    let distance = x.exponent - y.exponent
    let isPartial = distance >= 64
    // Numerator and denominator as integers of one unit, at most 63 bits apart.
    let divisor = y.significand >> 64
    var rest = x.significand >> 64
    var quotient: UInt64 = 0
    var unit = y.exponent
    if distance < 0 {
      guard toNearest, distance == -1 else { return (encode(x, bits: 64), 0, true) }
      // Half a divisor is the most that may stay.
      guard rest > divisor else { return (encode(x, bits: 64), 0, true) }
      rest = 2 * divisor - rest
      unit = x.exponent
      return (signed(rest, unit, !a.isNegative), 1, true)
    }
    // A partial remainder takes 32 to 63 bits of the quotient, so that the rest is a multiple of 32.
    let steps = isPartial ? distance & 31 | 32 : distance
    if isPartial { unit = x.exponent - steps }
    for step in 0...steps {
      quotient <<= 1
      if rest >= divisor {
        rest -= divisor
        quotient |= 1
      }
      if step < steps { rest <<= 1 }
    }
    if isPartial { return (signed(rest, unit, a.isNegative), 0, false) }
    if toNearest, rest << 1 > divisor || rest << 1 == divisor && quotient & 1 != 0 {
      return (signed(divisor - rest, unit, !a.isNegative, zero: a.isNegative), (quotient &+ 1) & 7, true)
    }
    return (signed(rest, unit, a.isNegative), quotient & 7, true)
  }

  /// `rest` units of 2^(exponent - 63); a zero has the dividend's sign.
  private mutating func signed(
    _ rest: UInt128, _ exponent: Int, _ isNegative: Bool, zero zeroSign: Bool? = nil
  ) -> ExtendedReal {
    guard let number = WideNumber(normalizing: rest, exponent: exponent + 64, isNegative: isNegative) else {
      return zero(zeroSign ?? isNegative)
    }
    return encode(number, bits: 64)
  }
}
