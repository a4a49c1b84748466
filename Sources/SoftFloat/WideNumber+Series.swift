/// Elementary functions of 128 bits, of which rounding keeps 64 or fewer.
///
/// Every series is of the form r (1 + d) with a small d, so that the result is as exact as r where it is close to it. A
/// fraction is a `UInt128` that stands for itself / 2^128. Results are wrong by less than 32 units of bit 0, and on the
/// right side of every number of 64 bits that they are close to.
extension WideNumber {
  static let one = WideNumber(isNegative: false, exponent: 0, significand: 1 << 127)
  static let pi = WideNumber(isNegative: false, exponent: 1, significand: 0xC90F_DAA2_2168_C234_C4C6_628B_80DC_1CD1)
  private static let ln2 = WideNumber(
    isNegative: false, exponent: -1, significand: 0xB172_17F7_D1CF_79AB_C9E3_B398_03F2_F6AF)
  private static let log2OfE = WideNumber(
    isNegative: false, exponent: 0, significand: 0xB8AA_3B29_5C17_F0BB_BE87_FED0_691D_3E89)

  /// The same number times 2^`distance`.
  func scaled(by distance: Int) -> WideNumber {
    WideNumber(isNegative: isNegative, exponent: exponent + distance, significand: significand)
  }

  /// The magnitude.
  var magnitude: WideNumber { WideNumber(isNegative: false, exponent: exponent, significand: significand) }

  /// The product of two numbers of 128 bits; the sign is that of one of them alone.
  static func product(_ a: WideNumber, _ b: WideNumber) -> WideNumber {
    let (high, low) = a.significand.multipliedFullWidth(by: b.significand)
    let isShort = high >> 127 == 0
    let rest = isShort ? low << 1 : low
    return WideNumber(
      isNegative: a.isNegative != b.isNegative, exponent: a.exponent + b.exponent + (isShort ? 0 : 1),
      significand: (isShort ? high << 1 | low >> 127 : high) | (rest != 0 ? 1 : 0))
  }

  /// The quotient of two numbers of 128 bits.
  static func quotient(_ a: WideNumber, _ b: WideNumber) -> WideNumber {
    let isLong = a.significand >= b.significand
    let (quotient, rest) = b.significand.dividingFullWidth(
      isLong ? (a.significand >> 1, a.significand << 127) : (a.significand, 0))
    return WideNumber(
      isNegative: a.isNegative != b.isNegative, exponent: a.exponent - b.exponent - (isLong ? 0 : 1),
      significand: quotient | (rest != 0 ? 1 : 0))
  }

  /// A magnitude below 1 as a fraction.
  private var fraction: UInt128 { exponent < -128 ? 0 : significand >> UInt128(-1 - exponent) }

  private static func times(_ a: UInt128, _ b: UInt128) -> UInt128 { a.multipliedFullWidth(by: b).high }

  /// The number times 1 + d or 1 - d, for a fraction below a half; never the number itself.
  private func corrected(by fraction: UInt128, grows: Bool) -> WideNumber {
    let change = max(1, Self.times(significand, fraction))
    var result = self
    if grows {
      let (sum, carries) = significand.addingReportingOverflow(change)
      result.significand = carries ? 1 << 127 | sum >> 1 : sum
      if carries { result.exponent += 1 }
    } else {
      result.significand -= change
      if result.significand >> 127 == 0 {
        result.significand <<= 1
        result.exponent -= 1
      }
    }
    return result
  }

  // MARK: Circular functions

  /// Sine, cosine and tangent of a positive number of at most pi/4.
  private var circular: (sine: WideNumber, cosine: WideNumber, tangent: WideNumber) {
    let square = Self.product(self, self).fraction
    // sin r = r (1 - s), cos r = 1 - c.
    var (s, c): (UInt128, UInt128) = (0, 0)
    for index in stride(from: 34 as UInt128, through: 2, by: -2) {
      let (odd, even) = (square / (index * (index + 1)), square / (index * (index - 1)))
      s = odd - Self.times(odd, s)
      c = even - Self.times(even, c)
    }
    let cosine = WideNumber(isNegative: false, exponent: -1, significand: 0 &- max(1, c))
    // tan r = r (1 + (c - s) / (1 - c)).
    let excess = WideNumber(normalizing: c &- s, exponent: -1, isNegative: false)
    let ratio = excess.map { Self.quotient($0, cosine).fraction } ?? 0
    return (corrected(by: s, grows: false), cosine, corrected(by: ratio, grows: true))
  }

  /// Sine, cosine and tangent of a positive number below 2^63.
  var circularOfAny: (sine: WideNumber, cosine: WideNumber, tangent: WideNumber) {
    let (quarterTurns, rest) = reduced
    var (sine, cosine, tangent) = rest.magnitude.circular
    if rest.isNegative { (sine, tangent) = (sine.negated, tangent.negated) }
    switch quarterTurns & 3 {
    case 0: return (sine, cosine, tangent)
    case 1: return (cosine, sine.negated, Self.quotient(Self.one, tangent).negated)
    case 2: return (sine.negated, cosine.negated, tangent)
    default: return (cosine.negated, sine, Self.quotient(Self.one, tangent).negated)
    }
  }

  /// Pi/2 in units of 2^-65, as the processors know it: 66 bits of pi.
  private static let quarterTurn: UInt128 = 0x3_243F_6A88_85A3_08D3

  /// A positive number below 2^63 as quarter turns, and what is left, at most pi/4 in magnitude and never zero.
  ///
  /// - SDM: Vol. 1 "Approximation of Pi".
  private var reduced: (quarterTurns: Int, rest: WideNumber) {
    // Numbers below a half need none, and all others are multiples of the unit.
    guard exponent >= -1 else { return (0, self) }
    let units = (significand >> 64) << UInt128(exponent + 2)
    let (quotient, remainder) = units.quotientAndRemainder(dividingBy: Self.quarterTurn)
    let isPast = remainder > Self.quarterTurn / 2
    let rest = isPast ? Self.quarterTurn - remainder : remainder
    let number = WideNumber(normalizing: rest, exponent: 127 - 65, isNegative: isPast) ?? self
    return (Int(truncatingIfNeeded: quotient & 3) + (isPast ? 1 : 0), number)
  }

  // MARK: Exponential and logarithm

  /// 2^x - 1 for a magnitude below 1.
  var exponentialLessOne: WideNumber {
    let power = Self.product(self, Self.ln2)
    let t = power.fraction
    var d: UInt128 = 0
    for index in stride(from: 34 as UInt128, through: 2, by: -1) {
      let term = t / index
      d = isNegative ? term - Self.times(term, d) : term + Self.times(term, d)
    }
    return power.corrected(by: d, grows: !isNegative)
  }

  /// The binary logarithm of a positive number; nil for 1, and exact for the powers of 2.
  var binaryLogarithm: (value: WideNumber, isExact: Bool)? {
    let isUpper = significand > 0xB504_F333_F9DE_6484 << 64
    let whole = exponent + (isUpper ? 1 : 0)
    // m of sqrt(1/2) to sqrt(2): the distance to 1, and m + 1.
    let distance = WideNumber(
      normalizing: isUpper ? 0 &- significand : significand - 1 << 127, exponent: isUpper ? -1 : 0,
      isNegative: isUpper)
    let integer = whole == 0 ? nil : WideNumber(Int64(whole))
    guard let distance else { return integer.map { ($0, true) } }
    let sum = WideNumber(
      isNegative: false, exponent: isUpper ? 0 : 1,
      significand: isUpper ? 1 << 127 | significand >> 1 : significand >> 1 + 1 << 126)
    let fraction = Self.areaTangent(Self.quotient(distance, sum))
    guard let integer else { return (fraction, false) }
    return (integer + fraction).map { ($0, false) }
  }

  /// The binary logarithm of 1 + x for a magnitude below 1/4.
  var binaryLogarithmOfOnePlus: WideNumber {
    guard let sum = Self.one.scaled(by: 1) + self else { return self }
    return Self.areaTangent(Self.quotient(self, sum))
  }

  /// log2((1 + s) / (1 - s)) for a magnitude below 0.18.
  private static func areaTangent(_ s: WideNumber) -> WideNumber {
    let square = product(s, s).fraction
    var d: UInt128 = 0
    for index in stride(from: 57 as UInt128, through: 3, by: -2) { d = .max / index + times(square, d) }
    return product(s.scaled(by: 1).corrected(by: times(square, d), grows: true), log2OfE)
  }

  // MARK: Arctangent

  /// atan(index / 8) for 1 to 8.
  private static let arctangents: [(exponent: Int, significand: UInt128)] = [
    (-4, 0xFEAD_D4D5_617B_6E32_C897_989F_3E88_8EF8), (-3, 0xFADB_AFC9_6406_EB15_6DC7_9EF5_F7A2_17E6),
    (-2, 0xB7B0_CA0F_26F7_8473_8AA3_2122_DCFE_4483), (-2, 0xED63_382B_0DDA_7B45_6FE4_45EC_BC3A_8D03),
    (-1, 0x8F00_5D5E_F7F5_9F9B_5C83_5E16_65C4_3748), (-1, 0xA4BC_7D19_34F7_0924_19A8_7F2A_457D_AC9F),
    (-1, 0xB805_3E2B_C231_9E73_CB2D_A552_10A4_443D), (-1, 0xC90F_DAA2_2168_C234_C4C6_628B_80DC_1CD1),
  ]

  /// The angle of a point whose coordinates are positive numbers that no operation made: 0 to pi/2.
  static func angle(_ y: WideNumber, over x: WideNumber) -> WideNumber {
    let isSteep = y.exponent > x.exponent || (y.exponent == x.exponent && y.significand > x.significand)
    let flat = isSteep ? flatAngle(x, over: y) : flatAngle(y, over: x)
    guard isSteep else { return flat }
    return (pi.scaled(by: -1) + flat.negated) ?? flat
  }

  /// The angle of y <= x: 0 to pi/4.
  private static func flatAngle(_ y: WideNumber, over x: WideNumber) -> WideNumber {
    let distance = x.exponent - y.exponent
    guard distance < 5 else { return arctangent(quotient(y, x)) }
    // atan(y/x) = atan(i/8) + atan((8y - ix) / (8x + iy)), exactly as integers of one unit.
    let numerator = y.significand >> 64
    let denominator = (x.significand >> 64) << UInt128(distance)
    let index = (8 * numerator + denominator / 2) / denominator
    guard index > 0 else { return arctangent(quotient(y, x)) }
    let base = arctangents[Int(index) - 1]
    let start = WideNumber(isNegative: false, exponent: base.exponent, significand: base.significand)
    let (above, below) = (8 * numerator, index * denominator)
    let isNegative = above < below
    guard
      let rest = WideNumber(
        normalizing: isNegative ? below - above : above - below, exponent: 127, isNegative: isNegative),
      let sum = WideNumber(normalizing: 8 * denominator + index * numerator, exponent: 127, isNegative: false)
    else { return start }
    return (start + arctangent(quotient(rest, sum))) ?? start
  }

  /// atan t for a magnitude below 1/12.
  private static func arctangent(_ t: WideNumber) -> WideNumber {
    let square = product(t, t).fraction
    var d: UInt128 = 0
    for index in stride(from: 41 as UInt128, through: 3, by: -2) { d = .max / index - times(square, d) }
    return t.corrected(by: times(square, d), grows: false)
  }
}
