/// An unsigned word of an operand's width, with what the lazy flags need to know about it.
protocol OperandWord: FixedWidthInteger, UnsignedInteger, BitwiseCopyable {
  /// The signed twin.
  associatedtype Signed: FixedWidthInteger & SignedInteger
  /// The value sign-extended to 64 bits.
  var signExtended: UInt64 { get }
  /// A carry vector brought to the places of `LazyFlags.carries`.
  var carryBits: UInt64 { get }
  /// The same bits, signed.
  var signed: Signed { get }
  /// The same bits, unsigned.
  init(signed: Signed)
}

extension OperandWord {
  /// The top bit alone: the smallest signed number.
  @inline(__always) static var signBit: Self { ~(.max &>> 1) }
}

extension UInt8: OperandWord {
  @inline(__always) var signExtended: UInt64 { UInt64(bitPattern: Int64(Int8(bitPattern: self))) }
  @inline(__always) var carryBits: UInt64 { (UInt64(self) << 56) | UInt64(self & 8) }
  @inline(__always) var signed: Int8 { Int8(bitPattern: self) }
  @inline(__always) init(signed: Int8) { self.init(bitPattern: signed) }
}

extension UInt16: OperandWord {
  @inline(__always) var signExtended: UInt64 { UInt64(bitPattern: Int64(Int16(bitPattern: self))) }
  @inline(__always) var carryBits: UInt64 { (UInt64(self) << 48) | UInt64(self & 8) }
  @inline(__always) var signed: Int16 { Int16(bitPattern: self) }
  @inline(__always) init(signed: Int16) { self.init(bitPattern: signed) }
}

extension UInt32: OperandWord {
  @inline(__always) var signExtended: UInt64 { UInt64(bitPattern: Int64(Int32(bitPattern: self))) }
  @inline(__always) var carryBits: UInt64 { (UInt64(self) << 32) | UInt64(self & 8) }
  @inline(__always) var signed: Int32 { Int32(bitPattern: self) }
  @inline(__always) init(signed: Int32) { self.init(bitPattern: signed) }
}

extension UInt64: OperandWord {
  @inline(__always) var signExtended: UInt64 { self }
  // Bits 15:8 and 0 of `carries` have meanings of their own: only the three carries may pass.
  @inline(__always) var carryBits: UInt64 { self & 0xC000_0000_0000_0008 }
  @inline(__always) var signed: Int64 { Int64(bitPattern: self) }
  @inline(__always) init(signed: Int64) { self.init(bitPattern: signed) }
}
