/// An 80-bit double extended-precision number, as x87 registers hold it.
@frozen public struct ExtendedReal: Hashable, Sendable, BitwiseCopyable {
  /// The significand with its explicit integer bit.
  public var significand: UInt64
  /// Sign in bit 15, biased exponent below.
  public var signExponent: UInt16

  /// Makes a value from its parts.
  @inlinable public init(significand: UInt64 = 0, signExponent: UInt16 = 0) {
    self.significand = significand
    self.signExponent = signExponent
  }

  /// The default NaN.
  @inlinable public static var indefinite: Self {
    Self(significand: 0xC000_0000_0000_0000, signExponent: 0xFFFF)
  }

  /// The sign bit.
  @inlinable public var isNegative: Bool { signExponent & 0x8000 != 0 }
  /// The biased exponent.
  @inlinable public var exponent: Int { Int(signExponent & 0x7FFF) }
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
  public init(bits: UInt64, exponentBits: UInt64, fractionBits: UInt64) {
    let sign = UInt16(truncatingIfNeeded: bits >> (exponentBits + fractionBits)) << 15
    let maximum = (UInt64(1) << exponentBits) - 1
    let exponent = (bits >> fractionBits) & maximum
    let fraction = bits & ((1 << fractionBits) - 1)
    let aligned = fraction << (63 - fractionBits)
    let bias = Int(maximum >> 1)
    if exponent == maximum {
      self.init(significand: 1 << 63 | aligned, signExponent: sign | 0x7FFF)
    } else if exponent == 0 {
      guard aligned != 0 else {
        self.init(significand: 0, signExponent: sign)
        return
      }
      let shift = aligned.leadingZeroBitCount
      self.init(significand: aligned << UInt64(shift), signExponent: sign | UInt16(0x3FFF - bias + 1 - shift))
    } else {
      self.init(significand: 1 << 63 | aligned, signExponent: sign | UInt16(0x3FFF + Int(exponent) - bias))
    }
  }

  /// The same number with its quiet bit set; for NaNs.
  @inlinable public var quieted: Self { Self(significand: significand | 1 << 62, signExponent: signExponent) }
  /// The same number with the other sign.
  @inlinable public var negated: Self { Self(significand: significand, signExponent: signExponent ^ 0x8000) }
}
