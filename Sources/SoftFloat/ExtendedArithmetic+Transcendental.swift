/// F2XM1, FYL2X, FYL2XP1, FPATAN, FSIN, FCOS, FSINCOS and FPTAN: the exact result rounded once, to 64 bits whatever
/// precision control says.
///
/// - SDM: Vol. 1 "Transcendental Instruction Accuracy"; Vol. 2A, 2B, the tables of results of each one. What these
///   leave open is as AMD's Zen 2 has it, but for `ExtendedVariant`.
extension ExtendedArithmetic {
  /// Rounds a result; processors call every one inexact, also the few that are not, and a tiny one an underflow.
  private mutating func settle(_ number: WideNumber, isExact: Bool = false) -> ExtendedReal {
    var number = number
    if !isExact { number.significand |= 1 }
    let result = encode(number, bits: 64)
    flags |= FloatFlag.precision
    if result.exponent == 0 { flags |= FloatFlag.underflow }
    return result
  }

  // MARK: Exponential and logarithms

  /// F2XM1: 2^a - 1. Beyond -1 to 1 the operand stays as it is.
  public mutating func exponentialLessOne(_ a: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(a, a) { return nan }
    if a.isZero || a.isInfinite { return a.isInfinite && a.isNegative ? ExtendedReal(integer: -1) : a }
    noteDenormals(a)
    guard a.exponent >= 0x3FFF else { return settle(WideNumber(a).exponentialLessOne) }
    flags |= FloatFlag.precision
    guard a.signExponent == 0xBFFF, a.significand == 1 << 63 else { return a }
    return ExtendedReal(significand: 1 << 63, signExponent: 0xBFFE)
  }

  /// FYL2X: y * log2(x).
  public mutating func logarithm(_ x: ExtendedReal, times y: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(x, y) { return nan }
    if x.isZero {
      if y.isZero { return invalid() }
      if !y.isInfinite { flags |= FloatFlag.zeroDivide }
      return infinity(!y.isNegative)
    }
    let isOne = x.exponent == 0x3FFF && x.significand == 1 << 63
    if x.isNegative || y.isInfinite && isOne || x.isInfinite && y.isZero { return invalid() }
    noteDenormals(x, y)
    let isNegative = y.isNegative != (x.exponent < 0x3FFF)
    if x.isInfinite || y.isInfinite { return infinity(isNegative) }
    if y.isZero { return zero(isNegative) }
    guard let logarithm = WideNumber(x).binaryLogarithm else { return zero(isNegative) }
    return scaled(y, by: logarithm.value, isExact: logarithm.isExact)
  }

  /// FYL2XP1: y * log2(x + 1). Of -1 and what lies below x itself is the result.
  public mutating func logarithmOfOnePlus(_ x: ExtendedReal, times y: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(x, y) { return nan }
    if x.isInfinite && (x.isNegative || y.isZero) || x.isZero && y.isInfinite { return invalid() }
    noteDenormals(x, y)
    let isNegative = x.isNegative != y.isNegative
    if x.isInfinite || y.isInfinite { return infinity(isNegative) }
    if x.isZero || y.isZero { return zero(isNegative) }
    let number = WideNumber(x)
    if number.exponent < -2 { return scaled(y, by: number.binaryLogarithmOfOnePlus, isExact: false) }
    guard !x.isNegative || x.exponent < 0x3FFF, let sum = WideNumber.one + number, let logarithm = sum.binaryLogarithm
    else {
      flags |= FloatFlag.precision
      return x
    }
    return scaled(y, by: logarithm.value, isExact: logarithm.isExact)
  }

  private mutating func scaled(_ y: ExtendedReal, by factor: WideNumber, isExact: Bool) -> ExtendedReal {
    let isShort = isExact && factor.isNegative && variant.contains(.takesNegativeLogarithmsAsInexact)
    return settle(WideNumber.product(WideNumber(y), isShort ? factor.predecessor(bits: 67) : factor), isExact: isExact)
  }

  // MARK: Angles

  /// FPATAN: the angle of the point (x, y), -pi to pi.
  public mutating func arctangent(_ y: ExtendedReal, over x: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(y, x) { return nan }
    noteDenormals(y, x)
    var angle: WideNumber
    var isCut = false
    if y.isZero || x.isInfinite && !y.isInfinite {
      guard x.isNegative else { return zero(y.isNegative) }
      angle = .pi
    } else if x.isZero || y.isInfinite && !x.isInfinite {
      angle = WideNumber.pi.scaled(by: -1)
    } else {
      let unit = WideNumber.one
      angle = y.isInfinite ? .angle(unit, over: unit) : .angle(WideNumber(y).magnitude, over: WideNumber(x).magnitude)
      if x.isNegative {
        angle = (WideNumber.pi + angle.negated) ?? angle
      } else if variant.contains(.cutsTinyAngles), angle.exponent < -40 {
        angle = WideNumber.quotient(WideNumber(y), WideNumber(x))
        isCut = angle.exponent < -40
        angle.significand &= ~((1 << 61) - 1)
      }
    }
    angle.isNegative = y.isNegative
    return settle(angle, isExact: isCut)
  }

  // MARK: Circular functions

  /// FSIN; nil from 2^63 on, where the operand stays.
  public mutating func sine(_ a: ExtendedReal) -> ExtendedReal? {
    circular(a, ofZero: a) { $0.settle($1.sine, isExact: $1.isExact) }
  }

  /// FCOS; nil from 2^63 on.
  public mutating func cosine(_ a: ExtendedReal) -> ExtendedReal? {
    circular(a, ofZero: ExtendedReal(integer: 1)) { $0.settle($1.cosine, isExact: $1.isExact) }
  }

  /// FSINCOS: the sine, and the cosine that it pushes; nil from 2^63 on.
  public mutating func sineAndCosine(_ a: ExtendedReal) -> (result: ExtendedReal, pushed: ExtendedReal)? {
    circular(a, ofNaN: { ($0, $0) }, ofZero: (a, ExtendedReal(integer: 1))) { unit, values in
      let cosine = unit.settle(values.cosine, isExact: values.isExact)
      let isCosineRoundedUp = unit.roundedUp
      let sine = unit.settle(values.sine, isExact: values.isExact)
      if unit.variant.contains(.reportsRoundingOfCosine) { unit.roundedUp = isCosineRoundedUp }
      return (sine, cosine)
    }
  }

  /// FPTAN, and the 1 that it pushes; nil from 2^63 on.
  public mutating func tangent(_ a: ExtendedReal) -> (result: ExtendedReal, pushed: ExtendedReal)? {
    let one = ExtendedReal(integer: 1)
    return circular(a, ofNaN: { ($0, $0) }, ofZero: (a, one)) {
      ($0.settle($1.tangent, isExact: $1.isTangentExact), one)
    }
  }

  /// What a circular function is before it is rounded.
  private typealias CircularValues = (
    sine: WideNumber, cosine: WideNumber, tangent: WideNumber, isExact: Bool, isTangentExact: Bool
  )

  private mutating func circular(
    _ a: ExtendedReal, ofZero: ExtendedReal, _ function: (inout Self, CircularValues) -> ExtendedReal
  ) -> ExtendedReal? { circular(a, ofNaN: { $0 }, ofZero: ofZero, function) }

  /// What is not a number, infinities, zeros and numbers that are too large, and the function of all others.
  private mutating func circular<Result>(
    _ a: ExtendedReal, ofNaN: (ExtendedReal) -> Result, ofZero: Result,
    _ function: (inout Self, CircularValues) -> Result
  ) -> Result? {
    if let nan = propagate(a, a) { return ofNaN(nan) }
    if a.isInfinite { return ofNaN(invalid()) }
    if a.isZero { return ofZero }
    guard a.exponent < 0x3FFF + 63 else { return nil }
    noteDenormals(a)
    let number = WideNumber(a)
    var (sine, cosine, tangent) = number.magnitude.circularOfAny
    if number.isNegative { (sine, tangent) = (sine.negated, tangent.negated) }
    guard variant.contains(.cutsTinyAngles), number.exponent < -32 else {
      return function(&self, (sine, cosine, tangent, false, false))
    }
    if number.exponent < -68 { return function(&self, (number, .one, number, true, true)) }
    let isPower = number.significand == 1 << 127
    if isPower { tangent = number } else if number.exponent < -33 { tangent = number.predecessor(bits: 127) }
    return function(&self, (sine, cosine, tangent, false, isPower))
  }
}
