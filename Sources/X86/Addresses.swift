/// A guest-physical address: what leaves the paging unit.
@frozen public struct PhysicalAddress: Hashable, Comparable, Sendable, Codable {
  /// The address in bytes; at most 52 bits are ever significant.
  public var rawValue: UInt64

  /// Makes an address from its number of bytes.
  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Orders by value.
  @inlinable public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  /// The address `right` bytes further, wrapping at 2^64.
  @inlinable public static func + (left: Self, right: UInt64) -> Self { Self(left.rawValue &+ right) }
}

/// A linear address: segment base plus effective address, before paging.
@frozen public struct LinearAddress: Hashable, Comparable, Sendable, Codable {
  /// The address in bytes; canonical in 64-bit mode, below 2^32 elsewhere.
  public var rawValue: UInt64

  /// Makes an address from its number of bytes.
  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Orders by value.
  @inlinable public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  /// The address `right` bytes further, wrapping at 2^64.
  @inlinable public static func + (left: Self, right: UInt64) -> Self { Self(left.rawValue &+ right) }
}

/// A moment of virtual time, in nanoseconds since power-on.
///
/// One tick of the machine clock is one nanosecond: a retired instruction (each iteration of a REP) advances it by
/// one on a machine with one processor. Every counter of the platform derives from this clock by rational arithmetic.
@frozen public struct VirtualTime: Hashable, Comparable, Sendable, Codable {
  /// Nanoseconds since power-on.
  public var nanoseconds: UInt64

  /// Makes a moment from nanoseconds since power-on.
  @inlinable public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// Power-on.
  @inlinable public static var zero: Self { Self(nanoseconds: 0) }

  /// Orders by value.
  @inlinable public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// How many whole periods of a counter with this frequency have passed since power-on.
  ///
  /// - Parameter frequency: hertz, at most 2^32.
  @inlinable public func count(atHertz frequency: UInt64) -> UInt64 {
    let product = nanoseconds.multipliedFullWidth(by: frequency)
    // The quotient fits while nanoseconds * frequency < 10^9 * 2^64; beyond (centuries) the counter wraps.
    return UInt64(1_000_000_000).dividingFullWidth((product.high % 1_000_000_000, product.low)).quotient
  }

  /// The first moment at which `count(atHertz:)` is at least `count`.
  ///
  /// - Parameter frequency: hertz, nonzero, at most 2^32.
  @inlinable public init(count: UInt64, atHertz frequency: UInt64) {
    let product = count.multipliedFullWidth(by: 1_000_000_000)
    guard product.high < frequency else {
      self.init(nanoseconds: .max)
      return
    }
    let (quotient, remainder) = frequency.dividingFullWidth((product.high, product.low))
    self.init(nanoseconds: remainder == 0 ? quotient : quotient &+ 1)
  }
}
