/// The common cases of x87 arithmetic: normal operands and results, to nearest. Every function gives nil where a case is
/// another one, or where the result may lie near an end of the range; `ExtendedArithmetic` decides then.
@frozen public struct QuickExtended: Sendable {
  /// The result.
  public var value: ExtendedReal
  /// PE.
  public var isInexact: Bool
  /// C1: the magnitude was rounded up.
  public var isRoundedUp: Bool

  @inlinable @inline(__always) init(_ value: ExtendedReal, isInexact: Bool = false, isRoundedUp: Bool = false) {
    (self.value, self.isInexact, self.isRoundedUp) = (value, isInexact, isRoundedUp)
  }

  /// How many bits of the significand precision control drops; nil unless results are rounded to nearest.
  @inlinable @inline(__always)
  public static func droppedBits(controlWord: UInt16) -> UInt64? {
    guard controlWord & 0xC00 == 0 else { return nil }
    return controlWord & 0x300 == 0x300 || controlWord & 0x300 == 0x100 ? 0 : controlWord & 0x300 == 0x200 ? 11 : 40
  }

  /// Neither zero, denormal, infinite, a NaN nor unsupported.
  @inlinable @inline(__always) static func isNormal(_ a: ExtendedReal) -> Bool {
    a.significand >> 63 != 0 && (a.signExponent & 0x7FFF) &- 1 < 0x7FFE
  }

  /// A zero or a normal number.
  @inlinable @inline(__always) static func isOrdinary(_ a: ExtendedReal) -> Bool {
    isNormal(a) || a.significand == 0 && a.signExponent & 0x7FFF == 0
  }

  /// Rounds a significand with bit 63 set and 64 bits behind it, of which bit 0 stands for all below.
  @inlinable @inline(__always)
  static func rounded(_ sign: UInt16, _ exponent: Int, _ high: UInt64, _ low: UInt64, dropping: UInt64) -> Self? {
    // Rounding up may still carry into the next exponent.
    guard exponent > 1, exponent < 0x7FFD else { return nil }
    var (kept, isHalf, isOdd, rest): (UInt64, Bool, Bool, Bool)
    let unit: UInt64
    if dropping == 0 {
      (kept, isHalf, isOdd, rest, unit) = (high, low >> 63 != 0, high & 1 != 0, low << 1 != 0, 1)
    } else {
      unit = 1 &<< dropping
      kept = high & ~(unit &- 1)
      isHalf = high & (unit &>> 1) != 0
      isOdd = high & unit != 0
      rest = high & ((unit &>> 1) &- 1) | low != 0
    }
    let isInexact = isHalf || rest
    let isUp = isHalf && (rest || isOdd)
    var exponent = exponent
    if isUp {
      let (sum, carries) = kept.addingReportingOverflow(unit)
      kept = carries ? 1 << 63 : sum
      if carries { exponent &+= 1 }
    }
    let bits = UInt16(truncatingIfNeeded: exponent) | sign
    return Self(ExtendedReal(significand: kept, signExponent: bits), isInexact: isInexact, isRoundedUp: isUp)
  }

  /// a + b.
  @inlinable @inline(__always)
  public static func add(_ a: ExtendedReal, _ b: ExtendedReal, dropping: UInt64) -> Self? {
    guard isNormal(a), isNormal(b) else { return nil }
    let isSwapped =
      b.exponent > a.exponent || b.exponent == a.exponent && b.significand > a.significand
    let (x, y) = isSwapped ? (b, a) : (a, b)
    let distance = UInt64(truncatingIfNeeded: x.exponent &- y.exponent)
    // The smaller one in 128 bits below the larger one; what falls off is seen in bit 0.
    var (high, low): (UInt64, UInt64)
    if distance == 0 {
      (high, low) = (y.significand, 0)
    } else if distance < 64 {
      (high, low) = (y.significand &>> distance, y.significand &<< (64 &- distance))
    } else if distance < 128 {
      high = 0
      low = y.significand &>> (distance &- 64)
      if distance > 64, y.significand &<< (128 &- distance) != 0 { low |= 1 }
    } else {
      (high, low) = (0, 1)
    }
    let sign = x.signExponent & 0x8000
    if (a.signExponent ^ b.signExponent) & 0x8000 == 0 {
      let (sum, carries) = x.significand.addingReportingOverflow(high)
      guard carries else { return rounded(sign, x.exponent, sum, low, dropping: dropping) }
      let rest = sum &<< 63 | low &>> 1 | low & 1
      return rounded(sign, x.exponent &+ 1, sum &>> 1 | 1 << 63, rest, dropping: dropping)
    }
    let (difference, borrows) = UInt64(0).subtractingReportingOverflow(low)
    let top = x.significand &- high &- (borrows ? 1 : 0)
    if top >> 63 != 0 { return rounded(sign, x.exponent, top, difference, dropping: dropping) }
    if top == 0 {
      // Equal numbers give +0.
      guard difference != 0 else { return Self(ExtendedReal()) }
      let shift = UInt64(truncatingIfNeeded: difference.leadingZeroBitCount)
      return rounded(sign, x.exponent &- 64 &- Int(shift), difference &<< shift, 0, dropping: dropping)
    }
    let shift = UInt64(truncatingIfNeeded: top.leadingZeroBitCount)
    let shifted = top &<< shift | difference &>> (64 &- shift)
    return rounded(sign, x.exponent &- Int(shift), shifted, difference &<< shift, dropping: dropping)
  }

  /// a * b.
  @inlinable @inline(__always)
  public static func multiply(_ a: ExtendedReal, _ b: ExtendedReal, dropping: UInt64) -> Self? {
    guard isNormal(a), isNormal(b) else { return nil }
    let sign = (a.signExponent ^ b.signExponent) & 0x8000
    let exponent = a.exponent &+ b.exponent &- 16382
    let (high, low) = a.significand.multipliedFullWidth(by: b.significand)
    if high >> 63 != 0 { return rounded(sign, exponent, high, low, dropping: dropping) }
    return rounded(sign, exponent &- 1, high &<< 1 | low &>> 63, low &<< 1, dropping: dropping)
  }

  /// a / b.
  @inlinable @inline(__always)
  public static func divide(_ a: ExtendedReal, _ b: ExtendedReal, dropping: UInt64) -> Self? {
    guard isNormal(a), isNormal(b) else { return nil }
    let sign = (a.signExponent ^ b.signExponent) & 0x8000
    var exponent = a.exponent &- b.exponent &+ 16382
    var (top, next) = (a.significand, UInt64(0))
    if top >= b.significand {
      (top, next) = (top &>> 1, top &<< 63)
      exponent &+= 1
    }
    let (quotient, remainder) = b.significand.dividingFullWidth((top, next))
    // What is left decides as the bits behind the quotient would: none, less than a half, a half, more.
    let other = b.significand &- remainder
    let low: UInt64 = remainder == 0 ? 0 : remainder < other ? 1 : remainder == other ? 1 << 63 : 1 << 63 | 1
    return rounded(sign, exponent, quotient, low, dropping: dropping)
  }

  /// How a stands to b.
  @inlinable @inline(__always)
  public static func compare(_ a: ExtendedReal, _ b: ExtendedReal) -> FloatOrder? {
    guard isOrdinary(a), isOrdinary(b) else { return nil }
    if a.significand == 0 && b.significand == 0 { return .equal }
    if (a.signExponent ^ b.signExponent) & 0x8000 != 0 { return a.isNegative ? .less : .greater }
    if a == b { return .equal }
    let isLess = a.exponent == b.exponent ? a.significand < b.significand : a.exponent < b.exponent
    return isLess != a.isNegative ? .less : .greater
  }

  // MARK: Formats in memory

  /// A binary32 number.
  @inlinable @inline(__always) public static func load(_ bits: UInt32) -> ExtendedReal? {
    load(UInt64(bits), signBit: 31, fractionBits: 23, bias: 127)
  }

  /// A binary64 number.
  @inlinable @inline(__always) public static func load(_ bits: UInt64) -> ExtendedReal? {
    load(bits, signBit: 63, fractionBits: 52, bias: 1023)
  }

  @inlinable @inline(__always)
  static func load(_ bits: UInt64, signBit: UInt64, fractionBits: UInt64, bias: UInt64) -> ExtendedReal? {
    let sign = UInt16(truncatingIfNeeded: (bits &>> signBit) &<< 15)
    let field = bits &>> fractionBits & (2 &* bias &+ 1)
    let fraction = bits & ((1 &<< fractionBits) &- 1)
    if field == 0 { return fraction == 0 ? ExtendedReal(signExponent: sign) : nil }
    guard field <= 2 &* bias else { return nil }
    return ExtendedReal(
      significand: 1 << 63 | fraction &<< (63 &- fractionBits),
      signExponent: sign | UInt16(truncatingIfNeeded: field &+ 16383 &- bias))
  }

  /// The number in binary32 or binary64, and what rounding to nearest did.
  ///
  /// - Parameter isSingle: binary32.
  @inlinable @inline(__always)
  public static func store(_ a: ExtendedReal, isSingle: Bool) -> (bits: UInt64, isInexact: Bool, isRoundedUp: Bool)? {
    let fractionBits: UInt64 = isSingle ? 23 : 52
    let bias = isSingle ? 127 : 1023
    let sign = UInt64(a.signExponent >> 15) &<< (isSingle ? 31 : 63)
    guard isNormal(a) else { return isOrdinary(a) ? (sign, false, false) : nil }
    guard let result = rounded(0, a.exponent, a.significand, 0, dropping: 63 &- fractionBits) else { return nil }
    let field = result.value.exponent &- 16383 &+ bias
    guard field > 1, field < 2 &* bias else { return nil }
    let fraction = (result.value.significand &<< 1) &>> (64 &- fractionBits)
    let bits = sign | UInt64(truncatingIfNeeded: field) &<< fractionBits | fraction
    return (bits, result.isInexact, result.isRoundedUp)
  }

  /// The nearest integer, or the one towards zero.
  ///
  /// - Returns: nil from 2^62 on.
  @inlinable @inline(__always)
  public static func integer(
    _ a: ExtendedReal, truncates: Bool
  ) -> (value: Int64, isInexact: Bool, isRoundedUp: Bool)? {
    guard isNormal(a) else { return isOrdinary(a) ? (0, false, false) : nil }
    let exponent = a.exponent &- 16383
    guard exponent < 62 else { return nil }
    // Below a quarter only the rest counts.
    guard exponent >= -1 else { return (0, true, false) }
    let whole = exponent < 0 ? 0 : a.significand &>> UInt64(63 &- exponent)
    let fraction = exponent < 0 ? a.significand : a.significand &<< UInt64(exponent &+ 1)
    let isUp = !truncates && fraction >> 63 != 0 && (fraction << 1 != 0 || whole & 1 != 0)
    let magnitude = Int64(truncatingIfNeeded: whole &+ (isUp ? 1 : 0))
    return (a.isNegative ? 0 &- magnitude : magnitude, fraction != 0, isUp)
  }
}
