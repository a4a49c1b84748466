/// IEEE 754 arithmetic of SSE with its exception flags, for round-to-nearest-even.
///
/// Values come from the host's binary32 and binary64 operations, which IEEE 754 defines exactly; whether they were
/// exact is found from their residuals.
enum SSEArithmetic {
  /// MXCSR exception flags.
  enum Flag {
    static let invalid: UInt32 = 1
    static let denormal: UInt32 = 2
    static let divideByZero: UInt32 = 4
    static let overflow: UInt32 = 8
    static let underflow: UInt32 = 16
    static let precision: UInt32 = 32
  }

  /// The binary operations.
  enum Operation { case add, subtract, multiply, divide, minimum, maximum }

  /// The first NaN, made quiet, or nil if neither is one.
  private static func propagate<Real: BinaryFloatingPoint>(_ a: Real, _ b: Real, _ flags: inout UInt32) -> Real? {
    guard a.isNaN || b.isNaN else { return nil }
    if a.isSignalingNaN || b.isSignalingNaN { flags |= Flag.invalid }
    return quiet(a.isNaN ? a : b)
  }

  /// A NaN with its quiet bit set, payload kept.
  static func quiet<Real: BinaryFloatingPoint>(_ value: Real) -> Real {
    let bit = Real.RawSignificand(1) << (Real.significandBitCount - 1)
    return Real(
      sign: value.sign, exponentBitPattern: value.exponentBitPattern,
      significandBitPattern: value.significandBitPattern | bit)
  }

  /// The default NaN has its sign set.
  private static func indefinite<Real: BinaryFloatingPoint>(_: Real.Type) -> Real { -Real.nan }

  /// One operation; flags are added to `flags`.
  static func apply<Real: BinaryFloatingPoint>(_ operation: Operation, _ a: Real, _ b: Real, _ flags: inout UInt32)
    -> Real
  {
    if operation == .minimum || operation == .maximum {
      if a.isNaN || b.isNaN {
        flags |= Flag.invalid
        return b
      }
      if a.isSubnormal || b.isSubnormal { flags |= Flag.denormal }
      // Equal operands, zeros of either sign too, give the second.
      return operation == .minimum ? (a < b ? a : b) : (a > b ? a : b)
    }
    if let nan = propagate(a, b, &flags) { return nan }
    let result: Real
    switch operation {
    case .add: result = a + b
    case .subtract: result = a - b
    case .multiply: result = a * b
    default: result = a / b
    }
    if result.isNaN {
      flags |= Flag.invalid
      return indefinite(Real.self)
    }
    if operation == .divide && b.isZero && a.isFinite {
      flags |= Flag.divideByZero
      return result
    }
    if a.isSubnormal || b.isSubnormal { flags |= Flag.denormal }
    guard a.isFinite && b.isFinite else { return result }
    if result.isInfinite {
      flags |= Flag.overflow | Flag.precision
      return result
    }
    if !isExact(operation, a, b, result) {
      flags |= Flag.precision
      if result.magnitude < Real.leastNormalMagnitude { flags |= Flag.underflow }
    }
    return result
  }

  private static func isExact<Real: BinaryFloatingPoint>(_ operation: Operation, _ a: Real, _ b: Real, _ result: Real)
    -> Bool
  {
    switch operation {
    case .add, .subtract:
      let second = operation == .add ? b : -b
      // Knuth's two-sum: the rounding error of a sum is itself a number.
      let back = result - a
      return (a - (result - back)) + (second - back) == 0
    case .multiply:
      if result.isZero { return a.isZero || b.isZero }
      return (-result).addingProduct(a, b).isZero
        && (result.magnitude > Real.leastNormalMagnitude || isExactSmall(a, b, result))
    default:
      if result.isZero { return a.isZero }
      if b.isInfinite { return true }
      return a.addingProduct(-result, b).isZero
    }
  }

  /// Whether a product near the bottom of the range is exact: its residual might vanish for being too small.
  private static func isExactSmall<Real: BinaryFloatingPoint>(_ a: Real, _ b: Real, _ result: Real) -> Bool {
    let shift = Real.Exponent(Real.significandBitCount + 2)
    let scaled = Real(sign: .plus, exponent: shift, significand: 1)
    let wideA = a.magnitude < b.magnitude ? a * scaled : a
    let wideB = a.magnitude < b.magnitude ? b : b * scaled
    let product = wideA * wideB
    return (-product).addingProduct(wideA, wideB).isZero && product / scaled == result
      && (product / scaled) * scaled == product
  }

  /// SQRT.
  static func squareRoot<Real: BinaryFloatingPoint>(_ value: Real, _ flags: inout UInt32) -> Real {
    if value.isNaN {
      if value.isSignalingNaN { flags |= Flag.invalid }
      return quiet(value)
    }
    if value < 0 {
      flags |= Flag.invalid
      return indefinite(Real.self)
    }
    if value.isSubnormal { flags |= Flag.denormal }
    let root = value.squareRoot()
    if value.isFinite && !(-value).addingProduct(root, root).isZero { flags |= Flag.precision }
    return root
  }

  /// A conversion to a signed integer of `bits` bits: the indefinite value and IE if it does not fit.
  static func toInteger<Real: BinaryFloatingPoint>(_ value: Real, bits: Int, truncating: Bool, _ flags: inout UInt32)
    -> UInt64
  {
    let rounded = value.rounded(truncating ? .towardZero : .toNearestOrEven)
    let limit = Real(sign: .plus, exponent: Real.Exponent(bits - 1), significand: 1)
    guard !value.isNaN, rounded >= -limit, rounded < limit else {
      flags |= Flag.invalid
      return bits == 64 ? 1 << 63 : 0x8000_0000
    }
    if rounded != value { flags |= Flag.precision }
    let integer = UInt64(bitPattern: Int64(rounded))
    return bits == 64 ? integer : integer & 0xFFFF_FFFF
  }

  /// Flags of COMISx and UCOMISx at their places in RFLAGS.
  static func compare<Real: BinaryFloatingPoint>(_ a: Real, _ b: Real, signalsQuiet: Bool, _ flags: inout UInt32)
    -> UInt64
  {
    if a.isNaN || b.isNaN {
      if signalsQuiet || a.isSignalingNaN || b.isSignalingNaN { flags |= Flag.invalid }
      return 0x45
    }
    if a.isSubnormal || b.isSubnormal { flags |= Flag.denormal }
    return a > b ? 0 : a < b ? 1 : 0x40
  }

  /// The predicates 0 to 7 of CMPxx.
  static func predicate<Real: BinaryFloatingPoint>(_ code: UInt8, _ a: Real, _ b: Real, _ flags: inout UInt32) -> Bool {
    let isUnordered = a.isNaN || b.isNaN
    if isUnordered {
      let signalsQuiet = code & 3 == 1 || code & 3 == 2
      if signalsQuiet || a.isSignalingNaN || b.isSignalingNaN { flags |= Flag.invalid }
    } else if a.isSubnormal || b.isSubnormal {
      flags |= Flag.denormal
    }
    let positive: Bool
    switch code & 3 {
    case 0: positive = a == b
    case 1: positive = a < b
    case 2: positive = a <= b
    default: positive = isUnordered
    }
    return positive != (code & 4 != 0)
  }
}
