/// A finite nonzero number, wide enough for the exact outcome of an operation before it is rounded.
///
/// Its value is significand / 2^127 * 2^exponent, with bit 127 of the significand set. What would lie below bit 0 is
/// seen in bit 0 alone, far below every bit that decides how the number is rounded.
struct WideNumber {
  var isNegative: Bool
  var exponent: Int
  var significand: UInt128

  init(isNegative: Bool, exponent: Int, significand: UInt128) {
    self.isNegative = isNegative
    self.exponent = exponent
    self.significand = significand
  }

  /// A number whose bit 127 need not be set; nil for zero.
  init?(normalizing significand: UInt128, exponent: Int, isNegative: Bool) {
    guard significand != 0 else { return nil }
    let shift = significand.leadingZeroBitCount
    self.init(isNegative: isNegative, exponent: exponent - shift, significand: significand << UInt128(shift))
  }

  /// A finite nonzero number of a format.
  init(_ bits: UInt64, _ format: FloatFormat) {
    let field = Int((bits & format.infinity) >> UInt64(format.fractionBits))
    var significand = (bits & format.fractionMask) << UInt64(63 - format.fractionBits)
    if field != 0 { significand |= 1 << 63 }
    let shift = significand.leadingZeroBitCount
    self.init(
      isNegative: format.isNegative(bits), exponent: max(field, 1) - format.bias - shift,
      significand: UInt128(significand << UInt64(shift)) << 64)
  }

  /// A nonzero integer.
  init(_ integer: Int64) {
    let shift = integer.magnitude.leadingZeroBitCount
    self.init(
      isNegative: integer < 0, exponent: 63 - shift, significand: UInt128(integer.magnitude << UInt64(shift)) << 64)
  }

  /// The 64 bits from the top: all of the significand of a number that no operation made.
  private var top: UInt64 { UInt64(truncatingIfNeeded: significand >> 64) }

  var negated: WideNumber { WideNumber(isNegative: !isNegative, exponent: exponent, significand: significand) }

  /// The next number towards zero of those of `bits` bits, fewer than 128, to which this one belongs.
  func predecessor(bits: Int) -> WideNumber {
    let unit = UInt128(1) << UInt128(128 - bits)
    let isPower = significand == 1 << 127
    return WideNumber(
      isNegative: isNegative, exponent: isPower ? exponent - 1 : exponent,
      significand: isPower ? 0 &- unit : significand - unit)
  }

  /// The significand further to the right, at most by all of it; what falls off is seen in bit 0.
  static func shifted(_ significand: UInt128, right distance: Int) -> UInt128 {
    if distance <= 0 { return significand }
    if distance > 127 { return significand == 0 ? 0 : 1 }
    let rest = significand >> UInt128(distance)
    return rest << UInt128(distance) == significand ? rest : rest | 1
  }

  // MARK: Exact operations

  /// The sum; nil if it is zero. Both have a bit 0 of zero.
  static func + (a: WideNumber, b: WideNumber) -> WideNumber? {
    var (x, y) = (a, b)
    if y.exponent > x.exponent || (y.exponent == x.exponent && y.significand > x.significand) { (x, y) = (y, x) }
    // A bit of headroom for the carry.
    let large = x.significand >> 1
    let small = shifted(y.significand >> 1, right: x.exponent - y.exponent)
    let sum = x.isNegative == y.isNegative ? large + small : large - small
    return WideNumber(normalizing: sum, exponent: x.exponent + 1, isNegative: x.isNegative)
  }

  /// The product of two numbers that no operation made.
  static func * (a: WideNumber, b: WideNumber) -> WideNumber {
    let (high, low) = a.top.multipliedFullWidth(by: b.top)
    let product = UInt128(high) << 64 | UInt128(low)
    let isShort = high >> 63 == 0
    return WideNumber(
      isNegative: a.isNegative != b.isNegative, exponent: a.exponent + b.exponent + (isShort ? 0 : 1),
      significand: isShort ? product << 1 : product)
  }

  /// The quotient of two numbers that no operation made.
  static func / (a: WideNumber, b: WideNumber) -> WideNumber {
    var exponent = a.exponent - b.exponent
    var (top, next) = (a.top, UInt64(0))
    if top >= b.top {
      (top, next) = (top >> 1, top << 63)
    } else {
      exponent -= 1
    }
    let (high, remainder) = b.top.dividingFullWidth((top, next))
    let (low, last) = b.top.dividingFullWidth((remainder, 0))
    return WideNumber(
      isNegative: a.isNegative != b.isNegative, exponent: exponent,
      significand: UInt128(high) << 64 | UInt128(last != 0 ? low | 1 : low))
  }

  /// The square root of a positive number that no operation made.
  var squareRoot: WideNumber {
    let isOdd = exponent & 1 != 0
    let radicand = isOdd ? significand : significand >> 1
    let root = Self.integerRoot(radicand)
    let (high, low) = root.multipliedFullWidth(by: root)
    let remainder = radicand - (UInt128(high) << 64 | UInt128(low))
    // The root's next bit is set where the remainder exceeds the root; it never ends there.
    let rest: UInt64 = remainder == 0 ? 0 : remainder > UInt128(root) ? 1 << 63 | 1 : 1
    return WideNumber(
      isNegative: false, exponent: exponent >> 1, significand: UInt128(root) << 64 | UInt128(rest))
  }

  /// The integer part of the root of a number of 127 or 128 bits: an estimate in binary64, a step of Newton's, and what
  /// is left to the right one.
  private static func integerRoot(_ radicand: UInt128) -> UInt64 {
    let top = UInt64(truncatingIfNeeded: radicand >> 64)
    let estimate = Double(top).squareRoot() * 4_294_967_296
    var root = estimate < 18_446_744_073_709_549_568 ? UInt64(estimate) : .max
    if root > top {
      let quotient = root.dividingFullWidth((top, UInt64(truncatingIfNeeded: radicand))).quotient
      root = root / 2 + quotient / 2 + (root & quotient & 1)
    }
    func square(_ value: UInt64) -> UInt128 {
      let (high, low) = value.multipliedFullWidth(by: value)
      return UInt128(high) << 64 | UInt128(low)
    }
    while square(root) > radicand { root -= 1 }
    while root < .max, square(root + 1) <= radicand { root += 1 }
    return root
  }

  // MARK: Rounding

  /// The number in `bits` bits, its exponent as large or small as it may be.
  func rounded(to bits: Int, _ mode: RoundingMode) -> RoundedNumber {
    let dropped = UInt128(128 - bits)
    let unit = UInt128(1) << dropped
    let half = significand & (unit >> 1) != 0
    let rest = significand & ((unit >> 1) - 1) != 0
    var kept = significand & ~(unit - 1)
    var result = RoundedNumber(isNegative: isNegative, exponent: exponent, isInexact: half || rest)
    if mode.increments(isNegative: isNegative, isOdd: significand & unit != 0, half: half, rest: rest) {
      result.isIncremented = true
      let (sum, carries) = kept.addingReportingOverflow(unit)
      kept = sum
      if carries {
        kept = 1 << 127
        result.exponent += 1
      }
    }
    result.significand = UInt64(truncatingIfNeeded: kept >> 64)
    return result
  }

  /// The number with an exponent that is larger, so that bit 127 of its significand is no longer set.
  func denormalized(to exponent: Int) -> WideNumber {
    WideNumber(
      isNegative: isNegative, exponent: exponent,
      significand: Self.shifted(significand, right: exponent - self.exponent))
  }

  /// The integer that the number is rounded to, and what that took; nil if it has more than 64 bits.
  func integer(_ mode: RoundingMode) -> (magnitude: UInt64, isInexact: Bool, isIncremented: Bool)? {
    guard exponent < 64 else { return nil }
    // Below a half nothing but the rest counts.
    var (whole, half, rest) = (UInt64(0), false, true)
    if exponent >= -1 {
      let fraction = significand << UInt128(exponent + 1)
      if exponent >= 0 { whole = UInt64(truncatingIfNeeded: significand >> UInt128(127 - exponent)) }
      half = fraction >> 127 != 0
      rest = fraction << 1 != 0
    }
    guard half || rest else { return (whole, false, false) }
    guard mode.increments(isNegative: isNegative, isOdd: whole & 1 != 0, half: half, rest: rest) else {
      return (whole, true, false)
    }
    return whole == .max ? nil : (whole + 1, true, true)
  }
}

/// A number after rounding; the significand's bit 63 is its integer bit.
struct RoundedNumber {
  var isNegative: Bool
  var exponent: Int
  var significand: UInt64 = 0
  var isInexact: Bool
  /// The magnitude was rounded up.
  var isIncremented = false
}
