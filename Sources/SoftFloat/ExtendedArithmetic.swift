/// x87 arithmetic: results, exception flags and C1 as SDM Vol. 1 "Programming with the x87 FPU" says.
///
/// One value carries the control word in and the flags out.
public struct ExtendedArithmetic: Sendable {
  /// Exception flags at their places in the status word.
  public enum Flag {
    /// IE, invalid operation.
    public static let invalid: UInt16 = 1
    /// DE, denormal operand.
    public static let denormal: UInt16 = 2
    /// ZE, division by zero.
    public static let zeroDivide: UInt16 = 4
    /// OE, overflow.
    public static let overflow: UInt16 = 8
    /// UE, underflow.
    public static let underflow: UInt16 = 16
    /// PE, inexact.
    public static let precision: UInt16 = 32
  }

  /// The control word: masks, precision and rounding control.
  public let controlWord: UInt16
  /// Flags that the operation raised.
  public var flags: UInt16 = 0
  /// C1: the result was rounded up in magnitude.
  public var roundedUp = false

  /// Makes an arithmetic with a control word and no flags.
  public init(controlWord: UInt16) { self.controlWord = controlWord }

  var rounding: UInt16 { (controlWord >> 10) & 3 }

  /// Significand bits that precision control leaves.
  var precisionBits: Int {
    switch (controlWord >> 8) & 3 {
    case 0: 24
    case 2: 53
    default: 64
    }
  }

  func isMasked(_ flag: UInt16) -> Bool { controlWord & flag != 0 }

  /// A finite nonzero number with a normalised significand: significand * 2^(exponent - 16383 - 63).
  struct Number {
    var isNegative: Bool
    var exponent: Int
    var significand: UInt64
  }

  func unpack(_ value: ExtendedReal) -> Number {
    let exponent = max(value.exponent, 1)
    let shift = value.significand.leadingZeroBitCount
    return Number(
      isNegative: value.isNegative, exponent: exponent - shift, significand: value.significand << UInt64(shift))
  }

  /// Whether rounding goes away from zero, given the bits that fall off: half and below.
  func roundsUp(isNegative: Bool, isOdd: Bool, half: Bool, rest: Bool) -> Bool {
    switch rounding {
    case 0: half && (rest || isOdd)
    case 1: isNegative && (half || rest)
    case 2: !isNegative && (half || rest)
    default: false
    }
  }

  /// Rounds `high.low` (normalised) to `bits` bits at the given exponent and packs it.
  mutating func pack(
    _ isNegative: Bool, _ exponent: Int, _ high: UInt64, _ low: UInt64, bits: Int? = nil
  ) -> ExtendedReal {
    let bits = bits ?? precisionBits
    var exponent = exponent
    var (high, low) = (high, low)
    let sign: UInt16 = isNegative ? 0x8000 : 0
    if exponent < 1 && isTinyAfterRounding(isNegative, exponent, high, low, bits) {
      if !isMasked(Flag.underflow) {
        // The exponent is wrapped so that a handler can compute the true result.
        flags |= Flag.underflow
        exponent += 24576
        // FSCALE can go so far down that not even the wrapped exponent exists.
        if exponent < 1 { return ExtendedReal(signExponent: sign) }
      } else {
        let shift = 1 - exponent
        let isSticky: Bool
        if shift > 127 {
          isSticky = true
          (high, low) = (0, 0)
        } else if shift >= 64 {
          isSticky = low != 0 || (shift > 64 && high << UInt64(128 - shift) != 0)
          (high, low) = (0, shift == 64 ? high : high >> UInt64(shift - 64))
        } else {
          isSticky = low << UInt64(64 - shift) != 0
          low = low >> UInt64(shift) | high << UInt64(64 - shift)
          high >>= UInt64(shift)
        }
        if isSticky { low |= 1 }
        exponent = 0
      }
    } else if exponent < 1 {
      // Rounding brings it up to the smallest normal number.
      low = low >> 1 | high << 63 | (low & 1)
      high >>= 1
      exponent = 0
    }
    let dropped = UInt64(64 - bits)
    let mask: UInt64 = dropped == 0 ? 0 : (1 << dropped) - 1
    let half = dropped == 0 ? low >> 63 != 0 : high & (1 << (dropped - 1)) != 0
    let rest = dropped == 0 ? low << 1 != 0 : high & (mask >> 1) != 0 || low != 0
    let isOdd = high & (mask &+ 1) != 0
    high &= ~mask
    if half || rest {
      flags |= Flag.precision
      if exponent == 0 { flags |= Flag.underflow }
      if roundsUp(isNegative: isNegative, isOdd: isOdd, half: half, rest: rest) {
        roundedUp = true
        let (sum, carry) = high.addingReportingOverflow(mask &+ 1)
        high = sum
        if carry {
          high = 1 << 63
          exponent += 1
        }
      }
    }
    if exponent == 0 { return ExtendedReal(significand: high, signExponent: sign | (high >> 63 != 0 ? 1 : 0)) }
    if exponent >= 0x7FFF { return overflow(isNegative, exponent, high) }
    return ExtendedReal(significand: high, signExponent: sign | UInt16(exponent))
  }

  func isTinyAfterRounding(_ isNegative: Bool, _ exponent: Int, _ high: UInt64, _ low: UInt64, _ bits: Int)
    -> Bool
  {
    guard exponent == 0 else { return true }
    // Only a carry out of all ones reaches the smallest normal number.
    let dropped = UInt64(64 - bits)
    let mask: UInt64 = dropped == 0 ? 0 : (1 << dropped) - 1
    guard high | mask == .max else { return true }
    let half = dropped == 0 ? low >> 63 != 0 : high & (1 << (dropped - 1)) != 0
    let rest = dropped == 0 ? low << 1 != 0 : high & (mask >> 1) != 0 || low != 0
    return !roundsUp(isNegative: isNegative, isOdd: true, half: half, rest: rest)
  }

  mutating func overflow(_ isNegative: Bool, _ exponent: Int, _ significand: UInt64) -> ExtendedReal {
    let sign: UInt16 = isNegative ? 0x8000 : 0
    flags |= Flag.overflow
    guard isMasked(Flag.overflow) else {
      if exponent - 24576 >= 0x7FFF { return ExtendedReal(significand: 1 << 63, signExponent: sign | 0x7FFF) }
      return ExtendedReal(significand: significand, signExponent: sign | UInt16((exponent - 24576) & 0x7FFF))
    }
    flags |= Flag.precision
    let toInfinity = rounding == 0 || (rounding == 1 && isNegative) || (rounding == 2 && !isNegative)
    roundedUp = toInfinity
    if toInfinity { return ExtendedReal(significand: 1 << 63, signExponent: sign | 0x7FFF) }
    let dropped = UInt64(64 - precisionBits)
    return ExtendedReal(significand: .max << dropped, signExponent: sign | 0x7FFE)
  }

  mutating func invalid() -> ExtendedReal {
    flags |= Flag.invalid
    return .indefinite
  }

  mutating func noteDenormals(_ values: ExtendedReal...) {
    if values.contains(where: \.isDenormal) { flags |= Flag.denormal }
  }

  /// The NaN that comes of two operands, or nil if neither is one: the larger significand wins, made quiet.
  mutating func propagate(_ a: ExtendedReal, _ b: ExtendedReal) -> ExtendedReal? {
    if a.isUnsupported || b.isUnsupported { return invalid() }
    guard a.isNaN || b.isNaN else { return nil }
    if a.isSignalingNaN || b.isSignalingNaN { flags |= Flag.invalid }
    guard a.isNaN && b.isNaN else { return (a.isNaN ? a : b).quieted }
    // A quiet NaN outranks a signalling one; of two alike the larger significand, then the positive.
    if a.isSignalingNaN != b.isSignalingNaN { return a.isSignalingNaN ? b : a.quieted }
    let (qa, qb) = (a.quieted, b.quieted)
    if qa.significand != qb.significand { return qa.significand > qb.significand ? qa : qb }
    return qa.isNegative ? qb : qa
  }

  // MARK: Operations

  /// a + b.
  public mutating func add(_ a: ExtendedReal, _ b: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(a, b) { return nan }
    if a.isInfinite || b.isInfinite {
      if a.isInfinite && b.isInfinite && a.isNegative != b.isNegative { return invalid() }
      noteDenormals(a, b)
      return a.isInfinite ? a : b
    }
    noteDenormals(a, b)
    if a.isZero && b.isZero {
      if a.isNegative == b.isNegative { return a }
      return ExtendedReal(signExponent: rounding == 1 ? 0x8000 : 0)
    }
    if a.isZero || b.isZero {
      let only = unpack(a.isZero ? b : a)
      return pack(only.isNegative, only.exponent, only.significand, 0)
    }
    var (x, y) = (unpack(a), unpack(b))
    if y.exponent > x.exponent || (y.exponent == x.exponent && y.significand > x.significand) { (x, y) = (y, x) }
    // Two bits of headroom, 62 of fraction below; what is shifted further out only has to be seen.
    let wide = UInt128(x.significand) << 62
    let distance = x.exponent - y.exponent
    let full = UInt128(y.significand) << 62
    var small: UInt128 = distance > 126 ? 0 : full >> UInt128(distance)
    if distance > 126 || small << UInt128(distance) != full { small |= 1 }
    let sum = x.isNegative == y.isNegative ? wide + small : wide - small
    guard sum != 0 else { return ExtendedReal(signExponent: rounding == 1 ? 0x8000 : 0) }
    let shift = sum.leadingZeroBitCount
    let normal = sum << UInt128(shift)
    return pack(
      x.isNegative, x.exponent + 2 - shift, UInt64(truncatingIfNeeded: normal >> 64), UInt64(truncatingIfNeeded: normal)
    )
  }

  /// a - b.
  public mutating func subtract(_ a: ExtendedReal, _ b: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(a, b) { return nan }
    return add(a, b.negated)
  }

  /// a * b.
  public mutating func multiply(_ a: ExtendedReal, _ b: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(a, b) { return nan }
    let isNegative = a.isNegative != b.isNegative
    let sign: UInt16 = isNegative ? 0x8000 : 0
    if a.isInfinite || b.isInfinite {
      if a.isZero || b.isZero { return invalid() }
      noteDenormals(a, b)
      return ExtendedReal(significand: 1 << 63, signExponent: sign | 0x7FFF)
    }
    noteDenormals(a, b)
    if a.isZero || b.isZero { return ExtendedReal(signExponent: sign) }
    let (x, y) = (unpack(a), unpack(b))
    var (high, low) = x.significand.multipliedFullWidth(by: y.significand)
    var exponent = x.exponent + y.exponent - 16382
    if high >> 63 == 0 {
      high = high << 1 | low >> 63
      low <<= 1
      exponent -= 1
    }
    return pack(isNegative, exponent, high, low)
  }

  /// a / b.
  public mutating func divide(_ a: ExtendedReal, _ b: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(a, b) { return nan }
    let isNegative = a.isNegative != b.isNegative
    let sign: UInt16 = isNegative ? 0x8000 : 0
    let infinity = ExtendedReal(significand: 1 << 63, signExponent: sign | 0x7FFF)
    if a.isInfinite {
      if b.isInfinite { return invalid() }
      noteDenormals(b)
      return infinity
    }
    if b.isInfinite {
      noteDenormals(a)
      return ExtendedReal(signExponent: sign)
    }
    if b.isZero {
      if a.isZero { return invalid() }
      noteDenormals(a)
      flags |= Flag.zeroDivide
      return infinity
    }
    noteDenormals(a, b)
    if a.isZero { return ExtendedReal(signExponent: sign) }
    let (x, y) = (unpack(a), unpack(b))
    var exponent = x.exponent - y.exponent + 16383
    var top = x.significand
    var extra: UInt64 = 0
    if top >= y.significand {
      extra = top << 63
      top >>= 1
    } else {
      exponent -= 1
    }
    let (high, remainder) = y.significand.dividingFullWidth((top, extra))
    let (low, last) = y.significand.dividingFullWidth((remainder, 0))
    return pack(isNegative, exponent, high, low | (last != 0 ? 1 : 0))
  }

  /// The square root.
  public mutating func squareRoot(_ a: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(a, a) { return nan }
    if a.isZero { return a }
    if a.isNegative { return invalid() }
    if a.isInfinite { return a }
    noteDenormals(a)
    let x = unpack(a)
    // The radicand with an even unbiased exponent, 2 * 65 bits below the point, digit by digit.
    let unbiased = x.exponent - 16383
    var root: UInt128 = 0
    var remainder: UInt128 = 0
    var radicand = UInt128(x.significand) << (unbiased & 1 != 0 ? 64 : 63)
    for _ in 0..<128 {
      remainder = remainder << 2 | (radicand >> 126)
      radicand <<= 2
      let trial = root << 2 | 1
      root <<= 1
      if remainder >= trial {
        remainder -= trial
        root |= 1
      }
      if root >> 127 != 0 { break }
    }
    let shift = root.leadingZeroBitCount
    let normal = root << UInt128(shift)
    let low = UInt64(truncatingIfNeeded: normal) | (remainder != 0 || radicand != 0 ? 1 : 0)
    return pack(false, (unbiased >> 1) + 16383, UInt64(truncatingIfNeeded: normal >> 64), low)
  }

  /// Whether a is less than, equal to or greater than b; nil is unordered.
  ///
  /// - Parameter signalsQuiet: quiet NaNs are invalid as well (FCOM, not FUCOM).
  public mutating func compare(_ a: ExtendedReal, _ b: ExtendedReal, signalsQuiet: Bool) -> Int? {
    if a.isUnsupported || b.isUnsupported || a.isNaN || b.isNaN {
      if signalsQuiet || a.isUnsupported || b.isUnsupported || a.isSignalingNaN || b.isSignalingNaN {
        flags |= Flag.invalid
      }
      return nil
    }
    noteDenormals(a, b)
    if a.isZero && b.isZero { return 0 }
    func key(_ value: ExtendedReal) -> (Bool, Int, UInt64) {
      (value.isNegative, value.isDenormal ? 1 : value.exponent, value.significand)
    }
    let (x, y) = (key(a), key(b))
    if x.0 != y.0 { return x.0 ? -1 : 1 }
    let magnitude = x.1 != y.1 ? (x.1 < y.1 ? -1 : 1) : x.2 == y.2 ? 0 : x.2 < y.2 ? -1 : 1
    return x.0 ? -magnitude : magnitude
  }
}
