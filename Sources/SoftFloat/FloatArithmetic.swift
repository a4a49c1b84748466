/// Arithmetic of SSE and AVX: MXCSR in, results and exception flags out.
///
/// Where the host's own operation is provably the same (to nearest, operands and result far from the ends of the range)
/// it is used; what it rounded away is found exactly. Everything else is done bit by bit (`BinaryArithmetic`).
@frozen public struct FloatArithmetic: Sendable {
  /// MXCSR before the operation.
  public let mxcsr: UInt32
  /// Exceptions that the operations raised, masked or not; bits of `FloatFlag`.
  ///
  /// PE may be missing where MXCSR has it set and masked already.
  public var flags: UInt16 = 0

  /// Makes an arithmetic with no flags.
  @inlinable @inline(__always) public init(mxcsr: UInt32) { self.mxcsr = mxcsr }

  /// MXCSR lets the host compute: to nearest, and another inexact result changes nothing.
  @inlinable @inline(__always) public static func isQuick(_ mxcsr: UInt32) -> Bool { mxcsr & 0x7020 == 0x1020 }

  /// Rounding control says: to nearest.
  @inlinable @inline(__always) var isToNearest: Bool { mxcsr & 0x6000 == 0 }
  /// Another inexact result changes nothing.
  @inlinable @inline(__always) var ignoresPrecision: Bool { mxcsr & 0x1020 == 0x1020 }

  @inlinable @inline(__always) mutating func note(inexact: Bool) {
    if inexact { flags |= FloatFlag.precision }
  }

  /// Normal, and above the smallest normal number's binade, where a tiny number might have been rounded up to.
  @inlinable @inline(__always) static func isSafe<Real: HostFloat>(_ result: Real) -> Bool {
    let unit = Real.exponentMask & (0 &- Real.exponentMask)
    return (result.element & Real.exponentMask) &- 2 &* unit < Real.exponentMask &- 2 &* unit
  }

  /// Normal, infinite, NaN or zero.
  @inlinable @inline(__always) static func isNotDenormal<Real: HostFloat>(_ value: Real) -> Bool {
    value.element & Real.exponentMask != 0 || value == 0
  }

  // MARK: Operations

  /// ADDSS, MULPD, MINPS and their kin, on one element.
  @inlinable @inline(__always)
  public mutating func apply<Real: HostFloat>(_ operation: FloatOperation, _ a: Real, _ b: Real) -> Real {
    guard isToNearest || operation == .minimum || operation == .maximum, let result = Self.quick(operation, a, b) else {
      return slow(operation, a, b)
    }
    if !ignoresPrecision { note(inexact: !Self.isExact(operation, a, b, result)) }
    return result
  }

  /// The host's result, rounded to nearest, which raises no exception but PE; nil if that may not be so.
  @inlinable @inline(__always)
  public static func quick<Real: HostFloat>(_ operation: FloatOperation, _ a: Real, _ b: Real) -> Real? {
    let result: Real
    switch operation {
    case .add, .subtract:
      result = operation == .add ? a + b : a - b
      guard isSafe(result) || result == 0 else { return nil }
    case .multiply:
      result = a * b
      guard isSafe(result) || result == 0 && (a == 0 || b == 0) else { return nil }
    case .divide:
      result = a / b
      guard isSafe(result) || result == 0 && a == 0 else { return nil }
    case .minimum:
      guard a < b || a >= b else { return nil }
      result = a < b ? a : b
    case .maximum:
      guard a > b || a <= b else { return nil }
      result = a > b ? a : b
    }
    guard isNotDenormal(a), isNotDenormal(b) else { return nil }
    return result
  }

  /// Whether a result of `quick` was not rounded.
  @inlinable @inline(__always)
  static func isExact<Real: HostFloat>(_ operation: FloatOperation, _ a: Real, _ b: Real, _ result: Real) -> Bool {
    switch operation {
    case .add: return isSum(a, b, result)
    case .subtract: return isSum(a, -b, result)
    case .multiply: return result == 0 || Real.isProduct(a, b, result)
    case .divide: return result == 0 || Real.isProduct(result, b, a)
    case .minimum, .maximum: return true
    }
  }

  /// Knuth's two-sum: the rounding error of a sum is itself a number.
  @inlinable @inline(__always) static func isSum<Real: HostFloat>(_ a: Real, _ b: Real, _ result: Real) -> Bool {
    let back = result - a
    return (a - (result - back)) + (b - back) == 0
  }

  /// SQRTSS and its kin.
  @inlinable @inline(__always) public mutating func squareRoot<Real: HostFloat>(_ value: Real) -> Real {
    guard isToNearest, let root = Self.quickRoot(value) else { return slowRoot(value) }
    if !ignoresPrecision { note(inexact: root != 0 && !Real.isProduct(root, root, value)) }
    return root
  }

  /// The host's root, as of `quick`.
  @inlinable @inline(__always) public static func quickRoot<Real: HostFloat>(_ value: Real) -> Real? {
    let root = value.squareRoot()
    guard isSafe(root) && value.element & Real.exponentMask != 0 || value == 0 else { return nil }
    return root
  }

  /// x * y + z, rounded once: VFMADD231SD and its kin. A NaN comes from the first of x, y, z that is one, in this order.
  @inlinable @inline(__always)
  public mutating func fused<Real: HostFloat>(_ x: Real, _ y: Real, _ z: Real, _ signs: FusedSigns) -> Real {
    // The host does not say whether it rounded.
    guard isToNearest, ignoresPrecision, let result = Self.quickFused(x, y, z, signs) else {
      return slowFused(x, y, z, signs)
    }
    return result
  }

  /// The host's result of `fused`, as of `quick`.
  @inlinable @inline(__always)
  public static func quickFused<Real: HostFloat>(_ x: Real, _ y: Real, _ z: Real, _ signs: FusedSigns) -> Real? {
    let addend = signs.negatesAddend ? -z : z
    let result = addend.addingProduct(signs.negatesProduct ? -x : x, y)
    guard isSafe(result), isNotDenormal(x), isNotDenormal(y), isNotDenormal(z) else { return nil }
    return result
  }

  // MARK: Comparisons

  /// COMISS, UCOMISD and their kin.
  ///
  /// - Parameter signalsQuiet: a quiet NaN is invalid as well.
  @inlinable @inline(__always)
  public mutating func compare<Real: HostFloat>(_ a: Real, _ b: Real, signalsQuiet: Bool) -> FloatOrder {
    Self.quickCompare(a, b) ?? slowCompare(a, b, signalsQuiet: signalsQuiet)
  }

  /// The order of two numbers that raise no exception; nil if they may.
  @inlinable @inline(__always)
  public static func quickCompare<Real: HostFloat>(_ a: Real, _ b: Real) -> FloatOrder? {
    guard isNotDenormal(a), isNotDenormal(b) else { return nil }
    return a < b ? .less : a > b ? .greater : a == b ? .equal : nil
  }

  /// Whether a predicate holds: the low five bits of the immediate of VCMPPS, of which CMPPS has three.
  ///
  /// - SDM: Vol. 2 "CMPPS", "Comparison Predicate for VCMPPD and VCMPPS Instructions".
  @inlinable @inline(__always)
  public mutating func holds<Real: HostFloat>(_ predicate: UInt8, _ a: Real, _ b: Real) -> Bool {
    let isOrdering = predicate & 3 == 1 || predicate & 3 == 2
    return Self.truth(predicate, compare(a, b, signalsQuiet: isOrdering != (predicate & 16 != 0)))
  }

  /// Whether a predicate holds of two numbers that raise no exception; nil if they may.
  @inlinable @inline(__always)
  public static func quickHolds<Real: HostFloat>(_ predicate: UInt8, _ a: Real, _ b: Real) -> Bool? {
    guard let order = quickCompare(a, b) else { return nil }
    return truth(predicate, order)
  }

  @inlinable @inline(__always)
  static func truth(_ predicate: UInt8, _ order: FloatOrder) -> Bool {
    // Less, equal, greater and unordered have a bit each in what makes a predicate true.
    let truths: UInt64 = 0xF465_0B9A_7CED_8312
    let bit: UInt64
    switch order {
    case .less: bit = 1
    case .equal: bit = 2
    case .greater: bit = 4
    case .unordered: bit = 8
    }
    return truths >> (UInt64(predicate & 15) * 4) & bit != 0
  }

  // MARK: Conversions

  /// A signed integer as a number: CVTSI2SD, CVTDQ2PS and their kin.
  @inlinable @inline(__always) public mutating func number<Real: HostFloat>(_ integer: Int64, as _: Real.Type) -> Real {
    let result = Real(integer)
    // Beyond 2^62 the result might be 2^63, which no such integer is.
    guard isToNearest, result.magnitude < 0x1p62 else { return slowNumber(integer) }
    note(inexact: Int64(result) != integer)
    return result
  }

  /// A number as a signed integer of 32 or 64 bits, in as many low bits: CVTSD2SI, CVTTPS2DQ and their kin.
  @inlinable @inline(__always)
  public mutating func integer<Real: HostFloat>(_ value: Real, bits: Int, truncates: Bool) -> UInt64 {
    guard truncates || isToNearest, let integer = Self.quickInteger(value, bits: bits, truncates: truncates) else {
      return slowInteger(value, bits: bits, truncates: truncates)
    }
    note(inexact: Real(integer) != value)
    return bits == 32 ? UInt64(UInt32(truncatingIfNeeded: integer)) : UInt64(bitPattern: integer)
  }

  /// The integer, truncated or rounded to nearest, as of `quick`.
  @inlinable @inline(__always)
  public static func quickInteger<Real: HostFloat>(_ value: Real, bits: Int, truncates: Bool) -> Int64? {
    let limit: Real = bits == 32 ? 0x1p30 : 0x1p62
    guard value.magnitude < limit, isNotDenormal(value) else { return nil }
    // Here the conversion cannot trap: no NaN, no infinity, far from the ends of Int64.
    return Int64(truncates ? value : value.rounded(.toNearestOrEven))
  }

  /// CVTSS2SD and CVTPS2PD.
  @inlinable @inline(__always) public mutating func widened(_ value: Float) -> Double {
    Self.quickWidened(value) ?? Double(element: slowConvert(value.element, .single, .double))
  }

  /// The same number as a binary64, as of `quick`.
  @inlinable @inline(__always) public static func quickWidened(_ value: Float) -> Double? {
    value.isFinite && isNotDenormal(value) ? Double(value) : nil
  }

  /// CVTSD2SS and CVTPD2PS.
  @inlinable @inline(__always) public mutating func narrowed(_ value: Double) -> Float {
    guard isToNearest, let result = Self.quickNarrowed(value) else {
      return Float(element: slowConvert(value.element, .double, .single))
    }
    note(inexact: Double(result) != value)
    return result
  }

  /// The nearest binary32, as of `quick`.
  @inlinable @inline(__always) public static func quickNarrowed(_ value: Double) -> Float? {
    let result = Float(value)
    return isSafe(result) || value == 0 ? result : nil
  }

  /// VCVTPH2PS: denormal operands raise no DE and are never taken as zero.
  public mutating func widened(half: UInt16) -> Float {
    Float(element: slowConvert(UInt64(half), .half, .single))
  }

  /// VCVTPS2PH: a tiny result is never flushed to zero.
  ///
  /// - Parameter rounding: the immediate's rounding, nil for MXCSR's.
  public mutating func half(_ value: Float, rounding: RoundingMode? = nil) -> UInt16 {
    UInt16(truncatingIfNeeded: slowConvert(value.element, .single, .half, rounding: rounding))
  }

  /// ROUNDSD and its kin: the nearest integer.
  ///
  /// - Parameters:
  ///   - rounding: the immediate's rounding, nil for MXCSR's.
  ///   - suppressesPrecision: an inexact result raises nothing.
  public mutating func roundedToIntegral<Real: HostFloat>(
    _ value: Real, rounding: RoundingMode?, suppressesPrecision: Bool
  ) -> Real {
    var unit = BinaryArithmetic(Real.format, mxcsr: mxcsr)
    let mode = rounding ?? unit.environment.rounding
    let result = unit.roundedToIntegral(value.element, mode, suppressesPrecision: suppressesPrecision)
    flags |= unit.environment.flags
    return Real(element: result)
  }
}

// MARK: - Bit by bit

extension FloatArithmetic {
  /// The same as `apply`, never by the host's operations.
  @inlinable public mutating func slow<Real: HostFloat>(_ operation: FloatOperation, _ a: Real, _ b: Real) -> Real {
    Real(element: slow(operation, a.element, b.element, Real.format))
  }

  /// The same as `squareRoot`, never by the host's operations.
  @inlinable public mutating func slowRoot<Real: HostFloat>(_ value: Real) -> Real {
    Real(element: slowRoot(value.element, Real.format))
  }

  /// The same as `fused`, never by the host's operations.
  @inlinable public mutating func slowFused<Real: HostFloat>(
    _ x: Real, _ y: Real, _ z: Real, _ signs: FusedSigns
  ) -> Real {
    Real(element: slowFused(x.element, y.element, z.element, signs, Real.format))
  }

  /// The same as `compare`, never by the host's operations.
  @inlinable public mutating func slowCompare<Real: HostFloat>(
    _ a: Real, _ b: Real, signalsQuiet: Bool
  ) -> FloatOrder {
    slowCompare(a.element, b.element, signalsQuiet: signalsQuiet, Real.format)
  }

  /// The same as `number`, never by the host's operations.
  @inlinable public mutating func slowNumber<Real: HostFloat>(_ integer: Int64) -> Real {
    Real(element: slowNumber(integer, Real.format))
  }

  /// The same as `integer`, never by the host's operations.
  @inlinable public mutating func slowInteger<Real: HostFloat>(
    _ value: Real, bits: Int, truncates: Bool
  ) -> UInt64 { slowInteger(value.element, bits: bits, truncates: truncates, Real.format) }

  /// `apply` on numbers of any format.
  public mutating func slow(_ operation: FloatOperation, _ a: UInt64, _ b: UInt64, _ format: FloatFormat) -> UInt64 {
    perform(format) { $0.apply(operation, a, b) }
  }

  /// `squareRoot` on numbers of any format.
  public mutating func slowRoot(_ value: UInt64, _ format: FloatFormat) -> UInt64 {
    perform(format) { $0.squareRoot(value) }
  }

  /// `fused` on numbers of any format.
  public mutating func slowFused(
    _ x: UInt64, _ y: UInt64, _ z: UInt64, _ signs: FusedSigns, _ format: FloatFormat
  ) -> UInt64 { perform(format) { $0.fused(x, y, z, signs) } }

  /// `compare` on numbers of any format.
  public mutating func slowCompare(
    _ a: UInt64, _ b: UInt64, signalsQuiet: Bool, _ format: FloatFormat
  ) -> FloatOrder { perform(format) { $0.compare(a, b, signalsQuiet: signalsQuiet) } }

  /// `number` in any format.
  public mutating func slowNumber(_ integer: Int64, _ format: FloatFormat) -> UInt64 {
    perform(format) { $0.convert(integer) }
  }

  /// `integer` of a number of any format.
  public mutating func slowInteger(_ value: UInt64, bits: Int, truncates: Bool, _ format: FloatFormat) -> UInt64 {
    perform(format) { $0.integer(value, bits: bits, truncates: truncates) }
  }

  /// A number of one format in another, bit by bit.
  public mutating func slowConvert(
    _ bits: UInt64, _ source: FloatFormat, _ target: FloatFormat, rounding: RoundingMode? = nil
  ) -> UInt64 {
    perform(source) {
      if let rounding { $0.environment.rounding = rounding }
      return $0.convert(bits, to: target)
    }
  }

  private mutating func perform<Result>(_ format: FloatFormat, _ body: (inout BinaryArithmetic) -> Result) -> Result {
    var unit = BinaryArithmetic(format, mxcsr: mxcsr)
    let result = body(&unit)
    flags |= unit.environment.flags
    return result
  }
}
