/// Arithmetic of SSE and AVX on numbers of one format, bit by bit: every rounding mode, denormals, NaNs, exceptions.
///
/// - SDM: Vol. 1 "SIMD Floating-Point Exceptions", "Rules for Handling NaNs".
struct BinaryArithmetic {
  let format: FloatFormat
  var environment: FloatEnvironment

  init(_ format: FloatFormat, mxcsr: UInt32) {
    self.format = format
    environment = FloatEnvironment(mxcsr: mxcsr)
  }

  // MARK: Operands

  /// An operand as the operation sees it: a denormal is zero under DAZ.
  func taken(_ bits: UInt64) -> UInt64 {
    environment.takesDenormalsAsZero && format.isDenormal(bits) ? bits & format.signBit : bits
  }

  mutating func raise(_ flag: UInt16) { environment.flags |= flag }

  /// The default NaN and IE.
  mutating func invalid() -> UInt64 {
    raise(FloatFlag.invalid)
    return format.indefinite
  }

  /// DE if an operand is denormal.
  mutating func noteDenormals(_ a: UInt64, _ b: UInt64 = 0, _ c: UInt64 = 0) {
    if format.isDenormal(a) || format.isDenormal(b) || format.isDenormal(c) { raise(FloatFlag.denormal) }
  }

  /// The first NaN of the operands, made quiet; nil if none is one.
  mutating func firstNaN(_ a: UInt64, _ b: UInt64 = 0, _ c: UInt64 = 0) -> UInt64? {
    if format.isSignalingNaN(a) || format.isSignalingNaN(b) || format.isSignalingNaN(c) { raise(FloatFlag.invalid) }
    if format.isNaN(a) { return a | format.quietBit }
    if format.isNaN(b) { return b | format.quietBit }
    if format.isNaN(c) { return c | format.quietBit }
    return nil
  }

  mutating func encode(_ number: WideNumber) -> UInt64 { environment.encode(number, format) }

  /// Zero as the sum of two numbers that cancel.
  var cancelled: UInt64 { environment.rounding == .down ? format.signBit : 0 }

  // MARK: Operations

  mutating func apply(_ operation: FloatOperation, _ a: UInt64, _ b: UInt64) -> UInt64 {
    let (a, b) = (taken(a), taken(b))
    switch operation {
    case .minimum, .maximum: return extremum(operation, a, b)
    default: break
    }
    if let nan = firstNaN(a, b) { return nan }
    switch operation {
    case .add: return sum(a, b)
    case .subtract: return sum(a, b ^ format.signBit)
    case .multiply: return product(a, b)
    default: return quotient(a, b)
    }
  }

  /// The second operand if one is a NaN or both are equal, zeros of either sign too.
  private mutating func extremum(_ operation: FloatOperation, _ a: UInt64, _ b: UInt64) -> UInt64 {
    guard !format.isNaN(a), !format.isNaN(b) else {
      raise(FloatFlag.invalid)
      return b
    }
    noteDenormals(a, b)
    return order(a, b) == (operation == .minimum ? .less : .greater) ? a : b
  }

  private mutating func sum(_ a: UInt64, _ b: UInt64) -> UInt64 {
    if format.isInfinite(a), format.isInfinite(b), a != b { return invalid() }
    noteDenormals(a, b)
    if format.isInfinite(a) { return a }
    if format.isInfinite(b) { return b }
    switch (format.isZero(a), format.isZero(b)) {
    case (true, true): return a == b ? a : cancelled
    case (true, false): return encode(WideNumber(b, format))
    case (false, true): return encode(WideNumber(a, format))
    case (false, false):
      guard let sum = WideNumber(a, format) + WideNumber(b, format) else { return cancelled }
      return encode(sum)
    }
  }

  private mutating func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let sign = (a ^ b) & format.signBit
    let isInfinite = format.isInfinite(a) || format.isInfinite(b)
    let isZero = format.isZero(a) || format.isZero(b)
    if isInfinite && isZero { return invalid() }
    noteDenormals(a, b)
    if isInfinite { return sign | format.infinity }
    if isZero { return sign }
    return encode(WideNumber(a, format) * WideNumber(b, format))
  }

  private mutating func quotient(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let sign = (a ^ b) & format.signBit
    if format.isInfinite(a) && format.isInfinite(b) || format.isZero(a) && format.isZero(b) { return invalid() }
    if format.isZero(b), format.isFinite(a) {
      // A division by zero comes before the denormal operand.
      raise(FloatFlag.zeroDivide)
      return sign | format.infinity
    }
    noteDenormals(a, b)
    if format.isInfinite(a) { return sign | format.infinity }
    if format.isInfinite(b) || format.isZero(a) { return sign }
    return encode(WideNumber(a, format) / WideNumber(b, format))
  }

  mutating func squareRoot(_ a: UInt64) -> UInt64 {
    let a = taken(a)
    if let nan = firstNaN(a) { return nan }
    if format.isZero(a) { return a }
    if format.isNegative(a) { return invalid() }
    noteDenormals(a)
    return format.isInfinite(a) ? a : encode(WideNumber(a, format).squareRoot)
  }

  /// x * y + z, rounded once.
  mutating func fused(_ x: UInt64, _ y: UInt64, _ z: UInt64, _ signs: FusedSigns) -> UInt64 {
    var (x, y, z) = (taken(x), taken(y), taken(z))
    if let nan = firstNaN(x, y, z) { return nan }
    if signs.negatesProduct { x ^= format.signBit }
    if signs.negatesAddend { z ^= format.signBit }
    let sign = (x ^ y) & format.signBit
    let isInfinite = format.isInfinite(x) || format.isInfinite(y)
    let isZero = format.isZero(x) || format.isZero(y)
    if isInfinite && isZero { return invalid() }
    if isInfinite && format.isInfinite(z) && sign != z & format.signBit { return invalid() }
    noteDenormals(x, y, z)
    if isInfinite { return sign | format.infinity }
    if format.isInfinite(z) { return z }
    if isZero {
      if !format.isZero(z) { return encode(WideNumber(z, format)) }
      return sign == z & format.signBit ? z : cancelled
    }
    let product = WideNumber(x, format) * WideNumber(y, format)
    if format.isZero(z) { return encode(product) }
    guard let sum = product + WideNumber(z, format) else { return cancelled }
    return encode(sum)
  }

  // MARK: Comparisons

  /// How two numbers that are not NaNs stand to each other.
  private func order(_ a: UInt64, _ b: UInt64) -> FloatOrder {
    func key(_ bits: UInt64) -> Int64 {
      let magnitude = Int64(bitPattern: format.magnitude(bits))
      return format.isNegative(bits) ? -magnitude : magnitude
    }
    let (x, y) = (key(a), key(b))
    return x < y ? .less : x > y ? .greater : .equal
  }

  mutating func compare(_ a: UInt64, _ b: UInt64, signalsQuiet: Bool) -> FloatOrder {
    let (a, b) = (taken(a), taken(b))
    if format.isNaN(a) || format.isNaN(b) {
      if signalsQuiet || format.isSignalingNaN(a) || format.isSignalingNaN(b) { raise(FloatFlag.invalid) }
      return .unordered
    }
    noteDenormals(a, b)
    return order(a, b)
  }

  // MARK: Conversions

  /// The number in another format.
  ///
  /// - Parameter isHalf: VCVTPH2PS and VCVTPS2PH, which raise no DE for a binary16 operand nor take or flush it as zero.
  mutating func convert(_ bits: UInt64, to target: FloatFormat) -> UInt64 {
    if format == .half { environment.takesDenormalsAsZero = false }
    if target == .half { environment.flushesToZero = false }
    let a = taken(bits)
    let sign = format.isNegative(a) ? target.signBit : 0
    if let nan = firstNaN(a) {
      let fraction = nan & format.fractionMask
      let shift = target.fractionBits - format.fractionBits
      return sign | target.infinity | (shift > 0 ? fraction << UInt64(shift) : fraction >> UInt64(-shift))
    }
    if format != .half { noteDenormals(a) }
    if format.isInfinite(a) { return sign | target.infinity }
    return format.isZero(a) ? sign : environment.encode(WideNumber(a, format), target)
  }

  /// An integer in this format.
  mutating func convert(_ integer: Int64) -> UInt64 { integer == 0 ? 0 : encode(WideNumber(integer)) }

  /// A signed integer of `bits` bits, in as many low bits; denormal operands raise no DE.
  mutating func integer(_ bits: UInt64, bits count: Int, truncates: Bool) -> UInt64 {
    let a = taken(bits)
    let mask = UInt64.max >> UInt64(64 - count)
    guard format.isFinite(a) else { return environment.indefiniteInteger(bits: count) & mask }
    let number = format.isZero(a) ? nil : WideNumber(a, format)
    return environment.integer(number, bits: count, truncates: truncates) & mask
  }

  /// The nearest integer, as a number of this format; denormal operands raise no DE.
  mutating func roundedToIntegral(_ bits: UInt64, _ mode: RoundingMode, suppressesPrecision: Bool) -> UInt64 {
    let a = taken(bits)
    if let nan = firstNaN(a) { return nan }
    guard format.isFinite(a), !format.isZero(a) else { return a }
    let number = WideNumber(a, format)
    guard number.exponent < format.fractionBits, let result = number.integer(mode) else { return a }
    if result.isInexact && !suppressesPrecision { raise(FloatFlag.precision) }
    let sign = a & format.signBit
    guard result.magnitude != 0 else { return sign }
    // It fits: so many bits stand before the point.
    return sign | encode(WideNumber(Int64(result.magnitude)))
  }
}

/// The operations of two operands.
@frozen public enum FloatOperation: Sendable, CaseIterable { case add, subtract, multiply, divide, minimum, maximum }

/// The outcome of a comparison.
@frozen public enum FloatOrder: Sendable { case less, equal, greater, unordered }

/// What a fused multiply-add negates: FMADD, FMSUB, FNMADD, FNMSUB.
@frozen public struct FusedSigns: Sendable {
  /// The product is subtracted.
  public var negatesProduct: Bool
  /// The addend is subtracted.
  public var negatesAddend: Bool

  /// Makes one of the four combinations.
  @inlinable public init(negatesProduct: Bool = false, negatesAddend: Bool = false) {
    self.negatesProduct = negatesProduct
    self.negatesAddend = negatesAddend
  }
}
