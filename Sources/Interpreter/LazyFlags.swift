public import X86

/// The six status flags in two words, computed on demand.
///
/// `result` is the sign-extended result: ZF is `result == 0`, SF its top bit, PF the parity of its low byte.
/// `carries` holds CF in bit 63, CF xor OF in bit 62 and AF in bit 3. So that any combination of flags can be held
/// (POPF), bit 0 inverts SF and bits 15:8 are xored into the byte whose parity is PF.
@frozen public struct LazyFlags: Sendable {
  @usableFromInline var result: UInt64
  @usableFromInline var carries: UInt64

  @inlinable @inline(__always) init(result: UInt64, carries: UInt64) {
    self.result = result
    self.carries = carries
  }

  /// CF.
  @inlinable @inline(__always) var carry: Bool { carries >> 63 != 0 }
  /// OF.
  @inlinable @inline(__always) var overflow: Bool { (carries ^ (carries << 1)) >> 63 != 0 }
  /// AF.
  @inlinable @inline(__always) var auxiliaryCarry: Bool { carries & 8 != 0 }
  /// ZF.
  @inlinable @inline(__always) var zero: Bool { result == 0 }
  /// SF.
  @inlinable @inline(__always) var sign: Bool { (result ^ (carries << 63)) >> 63 != 0 }
  /// PF.
  @inlinable @inline(__always) var parity: Bool {
    UInt8(truncatingIfNeeded: result ^ (carries >> 8)).nonzeroBitCount & 1 == 0
  }

  /// The flags at their places in RFLAGS.
  @inlinable var rflags: UInt64 {
    (carry ? RFLAGS.carry : 0) | (parity ? RFLAGS.parity : 0) | (auxiliaryCarry ? RFLAGS.auxiliaryCarry : 0)
      | (zero ? RFLAGS.zero : 0) | (sign ? RFLAGS.sign : 0) | (overflow ? RFLAGS.overflow : 0)
  }

  /// Flags from their places in RFLAGS.
  @inlinable init(rflags: UInt64) {
    let isZero = rflags & RFLAGS.zero != 0
    let isCarry = rflags & RFLAGS.carry != 0
    let isOverflow = rflags & RFLAGS.overflow != 0
    // The result is 0 or 1, so SF comes from its inversion bit and PF from the parity byte alone.
    result = isZero ? 0 : 1
    let evenAlready = isZero
    let wantsEven = rflags & RFLAGS.parity != 0
    carries =
      (isCarry ? 1 << 63 : 0) | (isCarry != isOverflow ? 1 << 62 : 0)
      | (rflags & RFLAGS.auxiliaryCarry != 0 ? 8 : 0) | (rflags & RFLAGS.sign != 0 ? 1 : 0)
      | (evenAlready != wantsEven ? 0x100 : 0)
  }

  /// Replaces some flags by explicit values, keeping the others.
  @inlinable mutating func set(_ mask: UInt64, to value: UInt64) {
    self = LazyFlags(rflags: (rflags & ~mask) | (value & mask))
  }

  /// Changes ZF, keeping the others.
  @inlinable @inline(__always) mutating func setZero(_ isZero: Bool) {
    let (isNegative, isOdd): (UInt64, UInt64) = (sign ? 1 : 0, parity ? 0 : 1)
    result = isZero ? 0 : 1
    // The result is 0 or 1: SF comes from its inversion bit, PF from the parity byte and the result.
    carries = (carries & ~0xFF01) | isNegative | (isOdd ^ result) &<< 8
  }

  /// Changes CF, keeping the others: CF xor OF changes with it.
  @inlinable @inline(__always) mutating func setCarry(_ isCarry: Bool) {
    let changed = (carries &>> 63) ^ (isCarry ? 1 : 0)
    carries ^= changed &<< 63 | changed &<< 62
  }

  /// Whether the condition of Jcc, SETcc and CMOVcc holds.
  ///
  /// - Parameter code: low four bits of the opcode.
  @inlinable @inline(__always) func holds(_ code: UInt8) -> Bool {
    let positive: Bool
    switch (code >> 1) & 7 {
    case 0: positive = overflow
    case 1: positive = carry
    case 2: positive = zero
    case 3: positive = carry || zero
    case 4: positive = sign
    case 5: positive = parity
    case 6: positive = sign != overflow
    default: positive = zero || sign != overflow
    }
    return positive != (code & 1 != 0)
  }
}
