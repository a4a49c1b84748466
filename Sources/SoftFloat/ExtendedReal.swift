/// An 80-bit double extended-precision number, as x87 registers hold it.
@frozen public struct ExtendedReal: Hashable, Sendable, BitwiseCopyable {
  /// The significand with its explicit integer bit.
  public var significand: UInt64
  /// Sign in bit 15, biased exponent below.
  public var signExponent: UInt16

  /// Makes a value from its parts.
  @inlinable @inline(__always) public init(significand: UInt64 = 0, signExponent: UInt16 = 0) {
    self.significand = significand
    self.signExponent = signExponent
  }

  /// The default NaN.
  @inlinable public static var indefinite: Self {
    Self(significand: 0xC000_0000_0000_0000, signExponent: 0xFFFF)
  }

  /// The sign bit.
  @inlinable @inline(__always) public var isNegative: Bool { signExponent & 0x8000 != 0 }
  /// The biased exponent.
  @inlinable @inline(__always) public var exponent: Int { Int(signExponent & 0x7FFF) }
  /// Plus or minus zero.
  @inlinable public var isZero: Bool { exponent == 0 && significand == 0 }
  /// Plus or minus infinity.
  @inlinable public var isInfinite: Bool { exponent == 0x7FFF && significand == 1 << 63 }
  /// A NaN of either kind.
  @inlinable public var isNaN: Bool { exponent == 0x7FFF && significand >> 63 != 0 && significand << 1 != 0 }
  /// A signalling NaN.
  @inlinable public var isSignalingNaN: Bool { isNaN && significand & (1 << 62) == 0 }
  /// A denormal or pseudo-denormal.
  @inlinable public var isDenormal: Bool { exponent == 0 && significand != 0 }
  /// An encoding that no 80387 or later produces: pseudo-NaN, pseudo-infinity, unnormal.
  @inlinable public var isUnsupported: Bool { exponent != 0 && significand >> 63 == 0 }

  /// An integer, exactly.
  public init(integer: Int64) {
    guard integer != 0 else {
      self.init()
      return
    }
    let magnitude = integer.magnitude
    let shift = magnitude.leadingZeroBitCount
    self.init(
      significand: magnitude << UInt64(shift),
      signExponent: UInt16(0x3FFF + 63 - shift) | (integer < 0 ? 0x8000 : 0))
  }

  /// A binary32 or binary64 number, exactly; a signalling NaN stays one.
  public init(_ bits: UInt64, _ format: FloatFormat) {
    let sign: UInt16 = format.isNegative(bits) ? 0x8000 : 0
    guard format.isFinite(bits), !format.isZero(bits) else {
      let fraction = (bits & format.fractionMask) << UInt64(63 - format.fractionBits)
      self.init(
        significand: format.isZero(bits) ? 0 : 1 << 63 | fraction,
        signExponent: format.isZero(bits) ? sign : sign | 0x7FFF)
      return
    }
    let number = WideNumber(bits, format)
    self.init(
      significand: UInt64(truncatingIfNeeded: number.significand >> 64),
      signExponent: sign | UInt16(number.exponent + 16383))
  }

  /// The same number with its quiet bit set; for NaNs.
  @inlinable public var quieted: Self { Self(significand: significand | 1 << 62, signExponent: signExponent) }
  /// The same number with the other sign.
  @inlinable public var negated: Self { Self(significand: significand, signExponent: signExponent ^ 0x8000) }
}
