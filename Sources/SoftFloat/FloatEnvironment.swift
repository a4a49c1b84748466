/// What decides how an operation rounds and answers exceptions, and what it raised.
///
/// Both the x87 unit and SSE make one of their control registers.
struct FloatEnvironment {
  var rounding: RoundingMode
  /// Exceptions that are masked.
  let masks: UInt16
  /// FTZ: a tiny result is zero while underflow is masked.
  var flushesToZero = false
  /// DAZ: denormal operands are zero.
  var takesDenormalsAsZero = false
  /// Exceptions that the operation raised, masked or not.
  var flags: UInt16 = 0
  /// The magnitude of the result was rounded up.
  var isIncremented = false

  init(controlWord: UInt16) {
    rounding = RoundingMode(field: UInt32(controlWord >> 10))
    masks = controlWord & 0x3F
  }

  init(mxcsr: UInt32) {
    rounding = RoundingMode(field: mxcsr >> 13)
    masks = UInt16(truncatingIfNeeded: mxcsr >> 7) & 0x3F
    flushesToZero = mxcsr & 0x8000 != 0 && masks & FloatFlag.underflow != 0
    takesDenormalsAsZero = mxcsr & 0x40 != 0
  }

  func isMasked(_ flag: UInt16) -> Bool { masks & flag != 0 }

  /// Rounds a number into a format, with overflow and underflow. Their result counts only while they are masked.
  ///
  /// - SDM: Vol. 1 "Numeric Overflow Exception", "Numeric Underflow Exception": tininess is found after rounding.
  mutating func encode(_ number: WideNumber, _ format: FloatFormat) -> UInt64 {
    let sign = number.isNegative ? format.signBit : 0
    var result = number.rounded(to: format.fractionBits + 1, rounding)
    if result.exponent > format.bias {
      flags |= FloatFlag.overflow
      if result.isInexact || isMasked(FloatFlag.overflow) { flags |= FloatFlag.precision }
      isIncremented = rounding.overflowsToInfinity(isNegative: number.isNegative)
      return sign | (isIncremented ? format.infinity : format.infinity - 1)
    }
    if result.exponent < format.minimumExponent {
      guard isMasked(FloatFlag.underflow) else {
        flags |= FloatFlag.underflow | (result.isInexact ? FloatFlag.precision : 0)
        isIncremented = result.isIncremented
        return sign
      }
      if flushesToZero {
        flags |= FloatFlag.underflow | FloatFlag.precision
        return sign
      }
      result = number.denormalized(to: format.minimumExponent).rounded(to: format.fractionBits + 1, rounding)
      if result.isInexact { flags |= FloatFlag.underflow }
    }
    if result.isInexact { flags |= FloatFlag.precision }
    isIncremented = result.isIncremented
    let significand = result.significand >> UInt64(63 - format.fractionBits)
    let field = result.significand >> 63 == 0 ? 0 : UInt64(result.exponent + format.bias)
    return sign | field << UInt64(format.fractionBits) | (significand & format.fractionMask)
  }

  /// A signed integer of `bits` bits, sign-extended; the indefinite integer and IE if it does not fit.
  ///
  /// - Parameters:
  ///   - number: nil for zero.
  ///   - truncates: rounds towards zero, whatever the rounding control says.
  mutating func integer(_ number: WideNumber?, bits: Int, truncates: Bool) -> UInt64 {
    guard let number else { return 0 }
    let limit = UInt64(1) << UInt64(bits - 1)
    guard let result = number.integer(truncates ? .towardZero : rounding),
      number.isNegative ? result.magnitude <= limit : result.magnitude < limit
    else { return indefiniteInteger(bits: bits) }
    if result.isInexact { flags |= FloatFlag.precision }
    isIncremented = result.isIncremented
    return number.isNegative ? 0 &- result.magnitude : result.magnitude
  }

  /// What a number becomes that no integer of `bits` bits stands for.
  mutating func indefiniteInteger(bits: Int) -> UInt64 {
    flags |= FloatFlag.invalid
    return UInt64.max << UInt64(bits - 1)
  }
}
