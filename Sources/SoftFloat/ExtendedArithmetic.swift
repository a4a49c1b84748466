/// What the manuals leave open, and x87 units do differently.
@frozen public struct ExtendedVariant: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// Makes a variant from its bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// An angle below 2^-68 is its own sine and tangent, and its cosine 1, in every rounding mode; below 2^-33 a tangent is a
  /// little less than the angle, and a power of two its own tangent; the arctangent of a quotient below 2^-40 is the first
  /// 67 bits of that.
  public static let cutsTinyAngles = Self(rawValue: 1)
  /// The logarithm of a power of two below 1 is not the integer that it is, but the number of 67 bits next to that, towards
  /// zero.
  public static let takesNegativeLogarithmsAsInexact = Self(rawValue: 2)
  /// A denormal number that FSCALE scales by zero, or FPREM divides by infinity, is no underflow.
  public static let keepsUnchangedDenormals = Self(rawValue: 4)
  /// C1 of FSINCOS says how the cosine was rounded, not the sine.
  public static let reportsRoundingOfCosine = Self(rawValue: 8)
}

/// x87 arithmetic: results, exception flags and C1 as SDM Vol. 1 "Programming with the x87 FPU" says.
///
/// One value carries the control word in and the flags out.
public struct ExtendedArithmetic: Sendable {
  var environment: FloatEnvironment
  /// Significand bits that precision control leaves.
  let precisionBits: Int
  let variant: ExtendedVariant
  /// An operand was denormal in the format in which it stood in memory.
  var hasDenormalSource = false

  /// Makes an arithmetic with a control word and no flags.
  public init(controlWord: UInt16, _ variant: ExtendedVariant = []) {
    environment = FloatEnvironment(controlWord: controlWord)
    self.variant = variant
    switch (controlWord >> 8) & 3 {
    case 0: precisionBits = 24
    case 2: precisionBits = 53
    default: precisionBits = 64
    }
  }

  /// Exceptions that the operation raised, masked or not; bits of `FloatFlag`.
  public var flags: UInt16 {
    get { environment.flags }
    set { environment.flags = newValue }
  }

  /// C1: the result was rounded up in magnitude.
  public var roundedUp: Bool {
    get { environment.isIncremented }
    set { environment.isIncremented = newValue }
  }

  // MARK: Rounding

  /// Rounds a number to `bits` bits of significand, by default those of precision control.
  ///
  /// While overflow or underflow is not masked, the exponent of such a result is wrapped by 24,576 so that a handler
  /// finds the true one.
  mutating func encode(_ number: WideNumber, bits: Int? = nil) -> ExtendedReal {
    let bits = bits ?? precisionBits
    var result = number.rounded(to: bits, environment.rounding)
    if result.exponent > 16383 {
      flags |= FloatFlag.overflow
      guard environment.isMasked(FloatFlag.overflow) else {
        result.exponent -= 24576
        // FSCALE goes so far up that not even the wrapped exponent exists.
        guard result.exponent > 16383 else { return settled(result) }
        flags |= FloatFlag.precision
        roundedUp = true
        return infinity(number.isNegative)
      }
      flags |= FloatFlag.precision
      roundedUp = environment.rounding.overflowsToInfinity(isNegative: number.isNegative)
      if roundedUp { return infinity(number.isNegative) }
      return ExtendedReal(significand: .max << UInt64(64 - bits), signExponent: sign(number.isNegative) | 0x7FFE)
    }
    if result.exponent < -16382 {
      guard environment.isMasked(FloatFlag.underflow) else {
        flags |= FloatFlag.underflow
        result.exponent += 24576
        // FSCALE goes so far down that not even the wrapped exponent exists.
        guard result.exponent < -16382 else { return settled(result) }
        flags |= FloatFlag.precision
        return zero(number.isNegative)
      }
      result = number.denormalized(to: -16382).rounded(to: bits, environment.rounding)
      if result.isInexact { flags |= FloatFlag.underflow }
    }
    return settled(result)
  }

  private mutating func settled(_ result: RoundedNumber) -> ExtendedReal {
    if result.isInexact { flags |= FloatFlag.precision }
    roundedUp = result.isIncremented
    let field = result.significand >> 63 == 0 ? 0 : UInt16(result.exponent + 16383)
    return ExtendedReal(significand: result.significand, signExponent: sign(result.isNegative) | field)
  }

  // MARK: Operands

  /// A denormal number that an operation does not change, and that is no underflow then.
  func keeps(_ a: ExtendedReal) -> Bool {
    a.isDenormal && a.significand >> 63 == 0 && variant.contains(.keepsUnchangedDenormals)
  }

  func sign(_ isNegative: Bool) -> UInt16 { isNegative ? 0x8000 : 0 }

  func infinity(_ isNegative: Bool) -> ExtendedReal {
    ExtendedReal(significand: 1 << 63, signExponent: sign(isNegative) | 0x7FFF)
  }

  func zero(_ isNegative: Bool) -> ExtendedReal { ExtendedReal(signExponent: sign(isNegative)) }

  /// Zero as the sum of two numbers that cancel.
  private var cancelled: ExtendedReal { zero(environment.rounding == .down) }

  mutating func invalid() -> ExtendedReal {
    flags |= FloatFlag.invalid
    return .indefinite
  }

  /// DE if an operand is denormal, also with its integer bit set (pseudo-denormal).
  mutating func noteDenormals(_ a: ExtendedReal, _ b: ExtendedReal = ExtendedReal()) {
    if a.isDenormal || b.isDenormal || hasDenormalSource { flags |= FloatFlag.denormal }
  }

  /// The NaN that comes of two operands, or nil if neither is one: the larger significand wins, made quiet.
  mutating func propagate(_ a: ExtendedReal, _ b: ExtendedReal) -> ExtendedReal? {
    if a.isUnsupported || b.isUnsupported { return invalid() }
    guard a.isNaN || b.isNaN else { return nil }
    if a.isSignalingNaN || b.isSignalingNaN { flags |= FloatFlag.invalid }
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
    if a.isInfinite, b.isInfinite, a.isNegative != b.isNegative { return invalid() }
    noteDenormals(a, b)
    if a.isInfinite { return a }
    if b.isInfinite { return b }
    switch (a.isZero, b.isZero) {
    case (true, true): return a.isNegative == b.isNegative ? a : cancelled
    case (true, false): return encode(WideNumber(b))
    case (false, true): return encode(WideNumber(a))
    case (false, false):
      guard let sum = WideNumber(a) + WideNumber(b) else { return cancelled }
      return encode(sum)
    }
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
    let isInfinite = a.isInfinite || b.isInfinite
    let isZero = a.isZero || b.isZero
    if isInfinite && isZero { return invalid() }
    noteDenormals(a, b)
    if isInfinite { return infinity(isNegative) }
    if isZero { return zero(isNegative) }
    return encode(WideNumber(a) * WideNumber(b))
  }

  /// a / b.
  public mutating func divide(_ a: ExtendedReal, _ b: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(a, b) { return nan }
    let isNegative = a.isNegative != b.isNegative
    if a.isInfinite && b.isInfinite || a.isZero && b.isZero { return invalid() }
    if b.isZero && !a.isInfinite {
      // A division by zero comes before the denormal operand.
      flags |= FloatFlag.zeroDivide
      return infinity(isNegative)
    }
    noteDenormals(a, b)
    if a.isInfinite { return infinity(isNegative) }
    if a.isZero || b.isInfinite { return zero(isNegative) }
    return encode(WideNumber(a) / WideNumber(b))
  }

  /// The square root.
  public mutating func squareRoot(_ a: ExtendedReal) -> ExtendedReal {
    if let nan = propagate(a, a) { return nan }
    if a.isZero { return a }
    if a.isNegative { return invalid() }
    if a.isInfinite { return a }
    noteDenormals(a)
    return encode(WideNumber(a).squareRoot)
  }

  /// How a stands to b.
  ///
  /// - Parameter signalsQuiet: quiet NaNs are invalid as well (FCOM, not FUCOM).
  public mutating func compare(_ a: ExtendedReal, _ b: ExtendedReal, signalsQuiet: Bool) -> FloatOrder {
    let isUnsupported = a.isUnsupported || b.isUnsupported
    if isUnsupported || a.isNaN || b.isNaN {
      if signalsQuiet || isUnsupported || a.isSignalingNaN || b.isSignalingNaN { flags |= FloatFlag.invalid }
      return .unordered
    }
    noteDenormals(a, b)
    if a.isZero && b.isZero { return .equal }
    if a.isNegative != b.isNegative { return a.isNegative ? .less : .greater }
    // A pseudo-denormal has the smallest normal exponent.
    let (x, y) = (max(a.exponent, 1), max(b.exponent, 1))
    if x == y && a.significand == b.significand { return .equal }
    return (x == y ? a.significand < b.significand : x < y) != a.isNegative ? .less : .greater
  }
}

extension WideNumber {
  /// A finite nonzero number.
  init(_ value: ExtendedReal) {
    let shift = value.significand.leadingZeroBitCount
    self.init(
      isNegative: value.isNegative, exponent: max(value.exponent, 1) - 16383 - shift,
      significand: UInt128(value.significand << UInt64(shift)) << 64)
  }
}
