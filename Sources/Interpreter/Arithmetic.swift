import X86

/// The integer instructions as pure functions: operand values and incoming flags in, result and outgoing flags out.
///
/// Undefined flags are those of AMD's family 19h where it is known what they are.
enum Integer {
  @inline(__always)
  private static func logicFlags<Word: OperandWord>(_ result: Word, _ flags: inout LazyFlags) {
    flags = LazyFlags(result: result.signExtended, carries: 0)
  }

  /// ADD.
  @inline(__always)
  static func add<Word: OperandWord>(_ left: Word, _ right: Word, _ flags: inout LazyFlags) -> Word {
    let sum = left &+ right
    let carries = (left & right) | ((left | right) & ~sum)
    flags = LazyFlags(result: sum.signExtended, carries: carries.carryBits)
    return sum
  }

  /// ADC.
  @inline(__always)
  static func adc<Word: OperandWord>(_ left: Word, _ right: Word, _ flags: inout LazyFlags) -> Word {
    let sum = left &+ right &+ (flags.carry ? 1 : 0)
    let carries = (left & right) | ((left | right) & ~sum)
    flags = LazyFlags(result: sum.signExtended, carries: carries.carryBits)
    return sum
  }

  /// SUB and CMP.
  @inline(__always)
  static func sub<Word: OperandWord>(_ left: Word, _ right: Word, _ flags: inout LazyFlags) -> Word {
    let difference = left &- right
    let borrows = (~left & right) | ((~left | right) & difference)
    flags = LazyFlags(result: difference.signExtended, carries: borrows.carryBits)
    return difference
  }

  /// SBB.
  @inline(__always)
  static func sbb<Word: OperandWord>(_ left: Word, _ right: Word, _ flags: inout LazyFlags) -> Word {
    let difference = left &- right &- (flags.carry ? 1 : 0)
    let borrows = (~left & right) | ((~left | right) & difference)
    flags = LazyFlags(result: difference.signExtended, carries: borrows.carryBits)
    return difference
  }

  /// AND and TEST.
  @inline(__always)
  static func and<Word: OperandWord>(_ left: Word, _ right: Word, _ flags: inout LazyFlags) -> Word {
    let result = left & right
    logicFlags(result, &flags)
    return result
  }

  /// OR.
  @inline(__always)
  static func or<Word: OperandWord>(_ left: Word, _ right: Word, _ flags: inout LazyFlags) -> Word {
    let result = left | right
    logicFlags(result, &flags)
    return result
  }

  /// XOR.
  @inline(__always)
  static func xor<Word: OperandWord>(_ left: Word, _ right: Word, _ flags: inout LazyFlags) -> Word {
    let result = left ^ right
    logicFlags(result, &flags)
    return result
  }

  /// The flags of INC and DEC: CF stays, so that bit 62 is the old CF xor the new OF.
  ///
  /// - Parameters:
  ///   - halfCarries: the carries out of the bits; of bit 3 it is AF.
  ///   - hasOverflow: OF, which one value alone sets.
  @inline(__always)
  private static func stepFlags<Word: OperandWord>(
    _ result: Word, _ halfCarries: Word, _ hasOverflow: Bool, _ flags: inout LazyFlags
  ) {
    let old = UInt64(bitPattern: Int64(bitPattern: flags.carries) &>> 1) & (3 << 62)
    let carries = old | UInt64(halfCarries & 8)
    flags = LazyFlags(result: result.signExtended, carries: _slowPath(hasOverflow) ? carries ^ (1 << 62) : carries)
  }

  /// INC: CF stays.
  @inline(__always)
  static func inc<Word: OperandWord>(_ value: Word, _ flags: inout LazyFlags) -> Word {
    let result = value &+ 1
    stepFlags(result, value & ~result, result == Word.signBit, &flags)
    return result
  }

  /// DEC: CF stays.
  @inline(__always)
  static func dec<Word: OperandWord>(_ value: Word, _ flags: inout LazyFlags) -> Word {
    let result = value &- 1
    stepFlags(result, ~value & result, value == Word.signBit, &flags)
    return result
  }

  /// NEG.
  @inline(__always)
  static func neg<Word: OperandWord>(_ value: Word, _ flags: inout LazyFlags) -> Word { sub(0, value, &flags) }

  /// NOT: no flags.
  @inline(__always)
  static func not<Word: OperandWord>(_ value: Word, _ flags: inout LazyFlags) -> Word { ~value }

  // MARK: Moves

  /// MOVSX, MOVSXD, CBW: the low `width` bytes as a signed number.
  @inline(__always)
  static func signExtend(_ value: UInt64, _ width: UInt8) -> UInt64 {
    let shift = 64 &- UInt64(width) &* 8
    return UInt64(bitPattern: Int64(bitPattern: value << shift) >> Int64(shift))
  }

  /// CMOVcc and SETcc.
  @inline(__always)
  static func select(_ condition: Bool, _ value: UInt64, _ otherwise: UInt64) -> UInt64 {
    condition ? value : otherwise
  }

  // MARK: Shifts and rotates

  // Of each there are two: with the count as the instruction has it, and with one that is masked and not zero.

  /// The count of a shift or rotate: five or six bits of it count.
  @inline(__always)
  private static func mask<Word: OperandWord>(_ count: UInt8, _: Word.Type) -> Int {
    Int(count & (Word.bitWidth == 64 ? 63 : 31))
  }

  @inline(__always)
  private static func shiftFlags<Word: OperandWord>(
    _ result: Word, carry: Bool, overflow: Bool, _ flags: inout LazyFlags
  ) {
    flags = LazyFlags(
      result: result.signExtended,
      carries: (carry ? 1 << 63 : 0) | (carry != overflow ? 1 << 62 : 0))
  }

  @inline(__always)
  private static func topBit<Word: OperandWord>(_ value: Word) -> Bool { value >> (Word.bitWidth - 1) != 0 }

  /// SHL.
  @inline(__always)
  static func shl<Word: OperandWord>(_ value: Word, _ count: UInt8, _ flags: inout LazyFlags) -> Word {
    let count = mask(count, Word.self)
    return count == 0 ? value : shlCounted(value, count, &flags)
  }

  @inline(__always)
  static func shlCounted<Word: OperandWord>(_ value: Word, _ count: Int, _ flags: inout LazyFlags) -> Word {
    guard Word.bitWidth >= 32 else { return shlNarrow(value, count, &flags) }
    // The count is below the width; the bit that goes out and the new sign stand at the top one shift earlier.
    let before = value &<< Word(truncatingIfNeeded: count &- 1)
    let result = value &<< Word(truncatingIfNeeded: count)
    flags = LazyFlags(
      result: result.signExtended, carries: (UInt64(before) << UInt64(64 - Word.bitWidth)) & (3 << 62))
    return result
  }

  /// The same for 8 and 16 bits, where the count may be larger than the width.
  @inline(__always)
  private static func shlNarrow<Word: OperandWord>(_ value: Word, _ count: Int, _ flags: inout LazyFlags) -> Word {
    let result = value << count
    let carry = count <= Word.bitWidth && (value >> (Word.bitWidth - count)) & 1 != 0
    shiftFlags(result, carry: carry, overflow: topBit(result) != carry, &flags)
    return result
  }

  /// SHR.
  @inline(__always)
  static func shr<Word: OperandWord>(_ value: Word, _ count: UInt8, _ flags: inout LazyFlags) -> Word {
    let count = mask(count, Word.self)
    return count == 0 ? value : shrCounted(value, count, &flags)
  }

  @inline(__always)
  static func shrCounted<Word: OperandWord>(_ value: Word, _ count: Int, _ flags: inout LazyFlags) -> Word {
    guard Word.bitWidth >= 32 else { return shrNarrow(value, count, &flags) }
    let before = value &>> Word(truncatingIfNeeded: count &- 1)
    let result = value &>> Word(truncatingIfNeeded: count)
    let carry = UInt64(before & 1)
    let overflow = count == 1 ? UInt64(truncatingIfNeeded: value &>> Word(Word.bitWidth - 1)) : 0
    flags = LazyFlags(result: result.signExtended, carries: carry << 63 | (carry ^ overflow) << 62)
    return result
  }

  /// The same for 8 and 16 bits, where the count may be larger than the width.
  @inline(__always)
  private static func shrNarrow<Word: OperandWord>(_ value: Word, _ count: Int, _ flags: inout LazyFlags) -> Word {
    let result = value >> count
    let carry = count <= Word.bitWidth && (value >> (count - 1)) & 1 != 0
    shiftFlags(result, carry: carry, overflow: count == 1 && topBit(value), &flags)
    return result
  }

  /// SAR.
  @inline(__always)
  static func sar<Word: OperandWord>(_ value: Word, _ count: UInt8, _ flags: inout LazyFlags) -> Word {
    let count = mask(count, Word.self)
    return count == 0 ? value : sarCounted(value, count, &flags)
  }

  @inline(__always)
  static func sarCounted<Word: OperandWord>(_ value: Word, _ count: Int, _ flags: inout LazyFlags) -> Word {
    guard Word.bitWidth >= 32 else { return sarNarrow(value, count, &flags) }
    let before = value.signed &>> Word.Signed(truncatingIfNeeded: count &- 1)
    let result = Word(signed: value.signed &>> Word.Signed(truncatingIfNeeded: count))
    flags = LazyFlags(result: result.signExtended, carries: UInt64(truncatingIfNeeded: before & 1) &* (3 << 62))
    return result
  }

  /// The same for 8 and 16 bits, where the count may be larger than the width.
  @inline(__always)
  private static func sarNarrow<Word: OperandWord>(_ value: Word, _ count: Int, _ flags: inout LazyFlags) -> Word {
    let result = Word(signed: value.signed >> count)
    let carry = (value.signed >> min(count - 1, Word.bitWidth - 1)) & 1 != 0
    shiftFlags(result, carry: carry, overflow: false, &flags)
    return result
  }

  /// Sets CF and OF only, as rotates do.
  @inline(__always)
  private static func rotateFlags(carry: Bool, overflow: Bool, _ flags: inout LazyFlags) {
    flags.carries =
      (flags.carries & ~(3 << 62)) | (carry ? 1 << 63 : 0) | (carry != overflow ? 1 << 62 : 0)
  }

  /// ROL.
  @inline(__always)
  static func rol<Word: OperandWord>(_ value: Word, _ count: UInt8, _ flags: inout LazyFlags) -> Word {
    let count = mask(count, Word.self)
    return count == 0 ? value : rolCounted(value, count, &flags)
  }

  @inline(__always)
  static func rolCounted<Word: OperandWord>(_ value: Word, _ count: Int, _ flags: inout LazyFlags) -> Word {
    let count = count & (Word.bitWidth - 1)
    let result =
      (value &<< Word(truncatingIfNeeded: count)) | (value &>> Word(truncatingIfNeeded: Word.bitWidth &- count))
    // OF is the top bit xor CF, so that CF xor OF is the top bit.
    let top = UInt64(result &>> Word(Word.bitWidth &- 1))
    flags.carries = (flags.carries & ~(3 << 62)) | UInt64(result & 1) &<< 63 | top &<< 62
    return result
  }

  /// ROR.
  @inline(__always)
  static func ror<Word: OperandWord>(_ value: Word, _ count: UInt8, _ flags: inout LazyFlags) -> Word {
    let count = mask(count, Word.self)
    return count == 0 ? value : rorCounted(value, count, &flags)
  }

  @inline(__always)
  static func rorCounted<Word: OperandWord>(_ value: Word, _ count: Int, _ flags: inout LazyFlags) -> Word {
    let count = count & (Word.bitWidth - 1)
    let result =
      (value &>> Word(truncatingIfNeeded: count)) | (value &<< Word(truncatingIfNeeded: Word.bitWidth &- count))
    // OF is the xor of the two top bits, CF the upper one: CF xor OF is the lower one.
    flags.carries =
      (flags.carries & ~(3 << 62)) | (UInt64(result) &<< UInt64(64 &- Word.bitWidth)) & (3 << 62)
    return result
  }

  /// RCL.
  static func rcl<Word: OperandWord>(_ value: Word, _ count: UInt8, _ flags: inout LazyFlags) -> Word {
    rclCounted(value, mask(count, Word.self), &flags)
  }

  static func rclCounted<Word: OperandWord>(_ value: Word, _ count: Int, _ flags: inout LazyFlags) -> Word {
    let width = Word.bitWidth
    let count = count % (width + 1)
    guard count != 0 else { return value }
    let carryIn: Word = flags.carry ? 1 : 0
    let low = count == width ? 0 : value << count
    let result = low | (carryIn << (count - 1)) | (count > 1 ? value >> (width + 1 - count) : 0)
    let carry = (value >> (width - count)) & 1 != 0
    rotateFlags(carry: carry, overflow: topBit(result) != carry, &flags)
    return result
  }

  /// RCR.
  static func rcr<Word: OperandWord>(_ value: Word, _ count: UInt8, _ flags: inout LazyFlags) -> Word {
    rcrCounted(value, mask(count, Word.self), &flags)
  }

  static func rcrCounted<Word: OperandWord>(_ value: Word, _ count: Int, _ flags: inout LazyFlags) -> Word {
    let width = Word.bitWidth
    let count = count % (width + 1)
    guard count != 0 else { return value }
    let carryIn: Word = flags.carry ? 1 : 0
    let high = count == width ? 0 : value >> count
    let result = high | (carryIn << (width - count)) | (count > 1 ? value << (width + 1 - count) : 0)
    let carry = (value >> (count - 1)) & 1 != 0
    rotateFlags(carry: carry, overflow: topBit(result) != ((result >> (width - 2)) & 1 != 0), &flags)
    return result
  }

  /// SHLD.
  ///
  /// - Parameter again: what a 16-bit count above 16 shifts in behind the source.
  static func shld<Word: OperandWord>(
    _ destination: Word, _ source: Word, _ count: UInt8, _ flags: inout LazyFlags, _ again: Word
  ) -> Word {
    let count = mask(count, Word.self)
    guard count != 0 else { return destination }
    let width = Word.bitWidth
    let result: Word
    let carry: Bool
    if count <= width {
      result = (destination << count) | (source >> (width - count))
      carry = (destination >> (width - count)) & 1 != 0
    } else {
      let rest = count - width
      result = (source << rest) | (again >> (width - rest))
      carry = (source >> (width - rest)) & 1 != 0
    }
    shiftFlags(result, carry: carry, overflow: topBit(result) != topBit(destination), &flags)
    return result
  }

  /// SHRD.
  ///
  /// - Parameter again: what a 16-bit count above 16 shifts in behind the source.
  static func shrd<Word: OperandWord>(
    _ destination: Word, _ source: Word, _ count: UInt8, _ flags: inout LazyFlags, _ again: Word
  ) -> Word {
    let count = mask(count, Word.self)
    guard count != 0 else { return destination }
    let width = Word.bitWidth
    let result: Word
    let carry: Bool
    if count <= width {
      result = (destination >> count) | (source << (width - count))
      carry = (destination >> (count - 1)) & 1 != 0
    } else {
      let rest = count - width
      result = (source >> rest) | (again << (width - rest))
      carry = (source >> (rest - 1)) & 1 != 0
    }
    shiftFlags(result, carry: carry, overflow: topBit(result) != topBit(destination), &flags)
    return result
  }

  // MARK: Multiplication and division

  /// CF and OF of a multiplication; SF ZF AF PF stay.
  @inline(__always)
  private static func multiplyFlags(_ significant: Bool, _ flags: inout LazyFlags) {
    rotateFlags(carry: significant, overflow: significant, &flags)
  }

  /// MUL: the double-width product.
  @inline(__always)
  static func mul<Word: OperandWord>(_ left: Word, _ right: Word, _ flags: inout LazyFlags) -> (high: Word, low: Word) {
    let product = left.multipliedFullWidth(by: right)
    let low = Word(truncatingIfNeeded: product.low)
    multiplyFlags(product.high != 0, &flags)
    return (product.high, low)
  }

  /// IMUL: the double-width signed product.
  @inline(__always)
  static func imul<Word: OperandWord>(_ left: Word, _ right: Word, _ flags: inout LazyFlags) -> (
    high: Word, low: Word
  ) {
    let product = left.signed.multipliedFullWidth(by: right.signed)
    let low = Word(truncatingIfNeeded: product.low)
    let high = Word(signed: product.high)
    let signFill: Word = topBit(low) ? .max : 0
    multiplyFlags(high != signFill, &flags)
    return (high, low)
  }

  /// Flags after a division: CF and OF stay, AF is set, the others are clear.
  private static func divideFlags(_ flags: inout LazyFlags) {
    flags.set(
      RFLAGS.sign | RFLAGS.zero | RFLAGS.auxiliaryCarry | RFLAGS.parity, to: RFLAGS.auxiliaryCarry)
  }

  /// DIV: nil is #DE.
  static func div<Word: OperandWord>(
    high: Word, low: Word, by divisor: Word, _ flags: inout LazyFlags
  ) -> (quotient: Word, remainder: Word)? {
    guard high < divisor else { return nil }
    let (quotient, remainder) = divisor.dividingFullWidth((high, Word.Magnitude(truncatingIfNeeded: low)))
    divideFlags(&flags)
    return (quotient, remainder)
  }

  /// IDIV: nil is #DE.
  static func idiv<Word: OperandWord>(
    high: Word, low: Word, by divisor: Word, _ flags: inout LazyFlags
  ) -> (quotient: Word, remainder: Word)? {
    let isNegative = topBit(high)
    let isDivisorNegative = topBit(divisor)
    let lowMagnitude = isNegative ? 0 &- low : low
    let highMagnitude = isNegative ? ~high &+ (low == 0 ? 1 : 0) : high
    let divisorMagnitude = isDivisorNegative ? 0 &- divisor : divisor
    guard highMagnitude < divisorMagnitude else { return nil }
    let (quotient, remainder) = divisorMagnitude.dividingFullWidth(
      (highMagnitude, Word.Magnitude(truncatingIfNeeded: lowMagnitude)))
    let limit: Word = 1 << (Word.bitWidth - 1)
    if isNegative != isDivisorNegative {
      guard quotient <= limit else { return nil }
    } else {
      guard quotient < limit else { return nil }
    }
    divideFlags(&flags)
    return (
      isNegative != isDivisorNegative ? 0 &- quotient : quotient, isNegative ? 0 &- remainder : remainder
    )
  }

  // MARK: Decimal adjustment

  /// DAA and DAS on AL.
  static func decimalAdjust(_ al: UInt8, subtract: Bool, _ flags: inout LazyFlags) -> UInt8 {
    let adjustsLow = al & 15 > 9 || flags.auxiliaryCarry
    let adjustsHigh = al > 0x99 || flags.carry
    let amount: UInt8 = (adjustsLow ? 6 : 0) &+ (adjustsHigh ? 0x60 : 0)
    // DAS also sets CF when the low adjustment borrows.
    let borrow = subtract && adjustsLow && al < 6
    let result = subtract ? al &- amount : al &+ amount
    flags = LazyFlags(
      result: result.signExtended, carries: (adjustsHigh || borrow ? 3 << 62 : 0) | (adjustsLow ? 8 : 0))
    return result
  }

  /// AAA and AAS on AX.
  static func asciiAdjust(_ ax: UInt16, subtract: Bool, _ flags: inout LazyFlags) -> UInt16 {
    let adjusts = ax & 15 > 9 || flags.auxiliaryCarry
    let adjusted = adjusts ? (subtract ? ax &- 0x106 : ax &+ 0x106) : ax
    flags.set(
      RFLAGS.carry | RFLAGS.auxiliaryCarry, to: adjusts ? RFLAGS.carry | RFLAGS.auxiliaryCarry : 0)
    return adjusted & 0xFF0F
  }
}
