/// The instructions of BMI1 and BMI2 with a VEX prefix, as functions of 32- and 64-bit operands.
enum VEXIntegerFunction {
  case andNot, extractBits, zeroHighBits, multiply
  case resetLowest, maskLowest, isolateLowest
  case shiftLeft, shiftRight, shiftArithmetic, rotate

  /// The result, and CF of those that write flags: then SF and ZF are the result's, OF and AF 0.
  ///
  /// PF is that of the result, and AF 0, which the manuals leave undefined. `multiply`, which has two results, is none of
  /// them.
  /// - Parameters:
  ///   - a: the register of VEX.vvvv.
  ///   - b: the other source, which may be memory.
  @inline(__always)
  func apply<Word: OperandWord>(_ a: Word, _ b: Word, _ immediate: UInt8) -> (value: Word, carry: Bool?) {
    let bits = UInt64(Word.bitWidth)
    let count = UInt64(a) & (bits &- 1)
    switch self {
    case .andNot: return (~a & b, false)
    case .extractBits:
      let (start, length) = (UInt64(a) & 0xFF, UInt64(a) >> 8 & 0xFF)
      let shifted = start < bits ? b &>> Word(truncatingIfNeeded: start) : 0
      return (length < bits ? shifted & ((1 &<< Word(truncatingIfNeeded: length)) &- 1) : shifted, false)
    case .zeroHighBits:
      let length = UInt64(a) & 0xFF
      return (length < bits ? b & ((1 &<< Word(truncatingIfNeeded: length)) &- 1) : b, length >= bits)
    case .multiply: return (b, nil)
    case .resetLowest: return (b & (b &- 1), b == 0)
    case .maskLowest: return (b ^ (b &- 1), b == 0)
    case .isolateLowest: return (b & (0 &- b), b != 0)
    case .shiftLeft: return (b &<< Word(truncatingIfNeeded: count), nil)
    case .shiftRight: return (b &>> Word(truncatingIfNeeded: count), nil)
    case .shiftArithmetic:
      let shifted = Int64(bitPattern: b.signExtended) &>> Int64(bitPattern: count)
      return (Word(truncatingIfNeeded: shifted), nil)
    case .rotate:
      let by = UInt64(immediate) & (bits &- 1)
      let back = (bits &- by) & (bits &- 1)
      return (b &>> Word(truncatingIfNeeded: by) | b &<< Word(truncatingIfNeeded: back), nil)
    }
  }
}
