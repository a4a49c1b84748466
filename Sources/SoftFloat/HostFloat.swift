/// The formats that the host computes in itself, as IEEE 754 says: binary32 and binary64, rounded to nearest.
public protocol HostFloat: BinaryFloatingPoint, Sendable {
  /// The same format bit by bit.
  static var format: FloatFormat { get }
  /// The number with these low bits.
  init(element: UInt64)
  /// Its bits, zeros above.
  var element: UInt64 { get }
  /// The exponent's bits of `element`.
  static var exponentMask: UInt64 { get }
  /// Whether x * y is z exactly, for finite numbers that are neither denormal nor zero.
  static func isProduct(_ x: Self, _ y: Self, _ z: Self) -> Bool
}

extension Float: HostFloat {
  /// binary32.
  public static var format: FloatFormat { .single }
  /// The number with these low bits.
  @inlinable @inline(__always) public init(element: UInt64) {
    self.init(bitPattern: UInt32(truncatingIfNeeded: element))
  }
  /// Its bits, zeros above.
  @inlinable @inline(__always) public var element: UInt64 { UInt64(bitPattern) }
  /// Bits 30:23.
  @inlinable @inline(__always) public static var exponentMask: UInt64 { 0x7F80_0000 }
  /// binary64 holds every product of two such numbers.
  @inlinable @inline(__always) public static func isProduct(_ x: Self, _ y: Self, _ z: Self) -> Bool {
    Double(x) * Double(y) == Double(z)
  }
}

extension Double: HostFloat {
  /// binary64.
  public static var format: FloatFormat { .double }
  /// The number with these bits.
  @inlinable @inline(__always) public init(element: UInt64) { self.init(bitPattern: element) }
  /// Its bits.
  @inlinable @inline(__always) public var element: UInt64 { bitPattern }
  /// Bits 62:52.
  @inlinable @inline(__always) public static var exponentMask: UInt64 { 0x7FF0_0000_0000_0000 }
  /// The significands multiplied: 105 or 106 bits, of which the low 52 or 53 must be zeros and the others z's.
  @inlinable @inline(__always) public static func isProduct(_ x: Self, _ y: Self, _ z: Self) -> Bool {
    func significand(_ value: Self) -> UInt64 { value.bitPattern & 0xF_FFFF_FFFF_FFFF | 1 << 52 }
    let (high, low) = significand(x).multipliedFullWidth(by: significand(y))
    let wanted = significand(z)
    return high >> 41 == 0
      ? high == wanted >> 12 && low == wanted << 52
      : high == wanted >> 11 && low == wanted << 53
  }
}
