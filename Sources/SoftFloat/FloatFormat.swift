/// Exception flags of a floating-point operation, at their places in the x87 status word and in MXCSR.
public enum FloatFlag {
  /// IE, invalid operation.
  @inlinable public static var invalid: UInt16 { 1 }
  /// DE, denormal operand.
  @inlinable public static var denormal: UInt16 { 2 }
  /// ZE, division by zero.
  @inlinable public static var zeroDivide: UInt16 { 4 }
  /// OE, overflow.
  @inlinable public static var overflow: UInt16 { 8 }
  /// UE, underflow.
  @inlinable public static var underflow: UInt16 { 16 }
  /// PE, inexact result.
  @inlinable public static var precision: UInt16 { 32 }
}

/// How a result that does not fit is rounded: the encoding of RC in the x87 control word, in MXCSR and in immediates.
@frozen public enum RoundingMode: UInt16, Sendable, CaseIterable {
  /// To the nearest number, of two equally near ones to the even one.
  case nearestEven
  /// Towards minus infinity.
  case down
  /// Towards plus infinity.
  case up
  /// Towards zero.
  case towardZero

  /// The mode that the low two bits of a field name.
  public init(field: UInt32) {
    switch field & 3 {
    case 0: self = .nearestEven
    case 1: self = .down
    case 2: self = .up
    default: self = .towardZero
    }
  }

  /// Whether rounding goes away from zero.
  ///
  /// - Parameters:
  ///   - isOdd: the last bit that is kept.
  ///   - half: the first bit that is not.
  ///   - rest: whether a bit behind that one is set.
  func increments(isNegative: Bool, isOdd: Bool, half: Bool, rest: Bool) -> Bool {
    switch self {
    case .nearestEven: half && (rest || isOdd)
    case .down: isNegative && (half || rest)
    case .up: !isNegative && (half || rest)
    case .towardZero: false
    }
  }

  /// Whether a result beyond the largest number becomes infinity rather than that number.
  func overflowsToInfinity(isNegative: Bool) -> Bool {
    switch self {
    case .nearestEven: true
    case .down: isNegative
    case .up: !isNegative
    case .towardZero: false
    }
  }
}

/// An interchange format of IEEE 754 with an implicit integer bit; its numbers are passed as the low bits of a word.
@frozen public struct FloatFormat: Sendable, Hashable {
  /// Bits of the biased exponent.
  public let exponentBits: Int
  /// Bits of the fraction, without the integer bit.
  public let fractionBits: Int

  init(exponentBits: Int, fractionBits: Int) {
    self.exponentBits = exponentBits
    self.fractionBits = fractionBits
  }

  /// binary16.
  public static let half = FloatFormat(exponentBits: 5, fractionBits: 10)
  /// binary32.
  public static let single = FloatFormat(exponentBits: 8, fractionBits: 23)
  /// binary64.
  public static let double = FloatFormat(exponentBits: 11, fractionBits: 52)

  /// The exponent field of infinities and NaNs.
  var maximumField: UInt64 { (1 << UInt64(exponentBits)) - 1 }
  /// What is added to an exponent to make its field.
  var bias: Int { (1 << (exponentBits - 1)) - 1 }
  /// The exponent of the smallest normal number.
  var minimumExponent: Int { 1 - bias }
  var signBit: UInt64 { 1 << UInt64(exponentBits + fractionBits) }
  var quietBit: UInt64 { 1 << UInt64(fractionBits - 1) }
  var fractionMask: UInt64 { (1 << UInt64(fractionBits)) - 1 }
  /// Plus infinity.
  var infinity: UInt64 { maximumField << UInt64(fractionBits) }
  /// The default NaN, which has its sign set.
  var indefinite: UInt64 { signBit | infinity | quietBit }

  func isNegative(_ bits: UInt64) -> Bool { bits & signBit != 0 }
  func magnitude(_ bits: UInt64) -> UInt64 { bits & (signBit - 1) }
  func isZero(_ bits: UInt64) -> Bool { magnitude(bits) == 0 }
  func isInfinite(_ bits: UInt64) -> Bool { magnitude(bits) == infinity }
  func isNaN(_ bits: UInt64) -> Bool { magnitude(bits) > infinity }
  func isSignalingNaN(_ bits: UInt64) -> Bool { isNaN(bits) && bits & quietBit == 0 }
  func isDenormal(_ bits: UInt64) -> Bool { bits & infinity == 0 && bits & fractionMask != 0 }
  func isFinite(_ bits: UInt64) -> Bool { magnitude(bits) < infinity }
}
