import X86

/// What an instruction does to a bit.
enum BitChange {
  case test, set, reset, complement

  /// The value with the bit changed.
  @inline(__always)
  func apply<Word: OperandWord>(_ value: Word, _ bit: Int) -> Word {
    let mask: Word = 1 &<< Word(truncatingIfNeeded: bit)
    switch self {
    case .test: return value
    case .set: return value | mask
    case .reset: return value & ~mask
    case .complement: return value ^ mask
    }
  }
}

/// The instructions that look for bits, as pure functions.
extension Integer {
  /// BT and its kin change CF only.
  @inline(__always)
  static func bitTest<Word: OperandWord>(_ value: Word, _ bit: Int, _ flags: inout LazyFlags) {
    flags.setCarry((value &>> Word(truncatingIfNeeded: bit)) & 1 != 0)
  }

  /// BSF and BSR: the index; nil if there is no bit, and then the destination stays.
  ///
  /// - Parameter computesFlags: ZF says whether there was none, PF is the index's, the others are clear; else ZF alone
  ///   changes.
  @inline(__always)
  static func bitScan<Word: OperandWord>(
    _ value: Word, reverse: Bool, computesFlags: Bool, _ flags: inout LazyFlags
  ) -> Int? {
    let index =
      value == 0 ? 0 : reverse ? Word.bitWidth &- 1 &- value.leadingZeroBitCount : value.trailingZeroBitCount
    if computesFlags {
      let isEven = index.nonzeroBitCount & 1 == 0
      flags = LazyFlags(rflags: (value == 0 ? RFLAGS.zero : 0) | (isEven ? RFLAGS.parity : 0))
    } else {
      flags.setZero(value == 0)
    }
    return value == 0 ? nil : index
  }

  /// LZCNT and TZCNT: the operand's width for 0.
  @inline(__always)
  static func zeroCount<Word: OperandWord>(_ value: Word, leading: Bool, _ flags: inout LazyFlags) -> Int {
    let count = leading ? value.leadingZeroBitCount : value.trailingZeroBitCount
    flags.setCarry(value == 0)
    flags.setZero(count == 0)
    return count
  }

  /// POPCNT.
  @inline(__always)
  static func populationCount<Word: OperandWord>(_ value: Word, _ flags: inout LazyFlags) -> Int {
    flags = LazyFlags(rflags: value == 0 ? RFLAGS.zero : 0)
    return value.nonzeroBitCount
  }
}
