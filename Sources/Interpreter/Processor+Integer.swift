import MMU
import X86
import X86Decoder

extension Processor {
  /// Integer instructions of one operand width.
  ///
  /// - Returns: false if the operation is not one of these.
  @inline(__always)
  func executeInteger<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) -> Bool {
    switch instruction.operation {
    case .add: try binary(instruction, Word.self) { Integer.add($0, $1, &$2) }
    case .adc: try binary(instruction, Word.self) { Integer.adc($0, $1, &$2) }
    case .sub: try binary(instruction, Word.self) { Integer.sub($0, $1, &$2) }
    case .sbb: try binary(instruction, Word.self) { Integer.sbb($0, $1, &$2) }
    case .and: try binary(instruction, Word.self) { Integer.and($0, $1, &$2) }
    case .or: try binary(instruction, Word.self) { Integer.or($0, $1, &$2) }
    case .xor: try binary(instruction, Word.self) { Integer.xor($0, $1, &$2) }
    case .cmp: try compare(instruction, Word.self) { Integer.sub($0, $1, &$2) }
    case .test: try compare(instruction, Word.self) { Integer.and($0, $1, &$2) }
    case .inc: try modify(instruction, Word.self) { Integer.inc($0, &$1) }
    case .dec: try modify(instruction, Word.self) { Integer.dec($0, &$1) }
    case .neg: try modify(instruction, Word.self) { Integer.neg($0, &$1) }
    case .not: try modify(instruction, Word.self) { value, _ in ~value }
    case .shl: try shift(instruction, Word.self) { Integer.shl($0, $1, &$2) }
    case .shr: try shift(instruction, Word.self) { Integer.shr($0, $1, &$2) }
    case .sar: try shift(instruction, Word.self) { Integer.sar($0, $1, &$2) }
    case .rol: try shift(instruction, Word.self) { Integer.rol($0, $1, &$2) }
    case .ror: try shift(instruction, Word.self) { Integer.ror($0, $1, &$2) }
    case .rcl: try shift(instruction, Word.self) { Integer.rcl($0, $1, &$2) }
    case .rcr: try shift(instruction, Word.self) { Integer.rcr($0, $1, &$2) }
    case .shld, .shrd: try doubleShift(instruction, Word.self)
    case .bt, .bts, .btr, .btc: try bitOperation(instruction, Word.self)
    case .mul, .imul1, .div, .idiv: try multiplyDivide(instruction, Word.self)
    case .imul: try multiply(instruction, Word.self)
    case .bsf, .bsr: try bitScan(instruction, Word.self)
    case .xchg: try exchange(instruction, Word.self)
    case .xadd: try exchangeAdd(instruction, Word.self)
    case .cmpxchg: try compareExchange(instruction, Word.self)
    case .popcnt:
      let count = try source(instruction, Word.self).nonzeroBitCount
      state.flags = LazyFlags(rflags: count == 0 ? RFLAGS.zero : 0)
      write(instruction.reg, width: instruction.width0, UInt64(count))
    default: return false
    }
    return true
  }

  @inline(__always)
  private func shift<Word: OperandWord>(
    _ instruction: Instruction, _: Word.Type, _ body: (Word, UInt8, inout LazyFlags) -> Word
  ) throws(Exception) {
    let count = UInt8(truncatingIfNeeded: try readOperand(instruction, instruction.operand1, instruction.width1))
    try modify(instruction, Word.self) { value, flags in body(value, count, &flags) }
  }

  private func doubleShift<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
    let filler = Word(truncatingIfNeeded: read(instruction.reg, width: instruction.width1))
    let count = UInt8(truncatingIfNeeded: try readOperand(instruction, instruction.operand2, instruction.width2))
    let isLeft = instruction.operation == .shld
    let shiftsDestinationAgain = does(.shiftsDestinationInAgain)
    try modify(instruction, Word.self) { value, flags in
      isLeft
        ? Integer.shld(value, filler, count, &flags, again: shiftsDestinationAgain ? value : filler)
        : Integer.shrd(value, filler, count, &flags, again: shiftsDestinationAgain ? value : filler)
    }
  }

  private func bitOperation<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
    let width = Word.bitWidth
    var displacement: UInt64 = 0
    var bit = Int(truncatingIfNeeded: instruction.immediate)
    if instruction.operand1 == .register {
      // A register offset is signed and reaches beyond the operand in memory.
      let offset = Int64(Word(truncatingIfNeeded: register64(instruction.reg)).signed)
      bit = Int(truncatingIfNeeded: offset)
      displacement = UInt64(bitPattern: (offset >> Int64(width.trailingZeroBitCount)) &* Int64(width / 8))
    }
    bit &= width - 1
    let mask: Word = 1 << bit
    func changed(_ value: Word) -> Word {
      switch instruction.operation {
      case .bts: value | mask
      case .btr: value & ~mask
      case .btc: value ^ mask
      default: value
      }
    }
    guard instruction.isMemory else {
      let value = Word(truncatingIfNeeded: read(instruction.rm, width: instruction.width0))
      Integer.bitTest(value, bit, &state.flags)
      if instruction.operation != .bt {
        write(instruction.rm, width: instruction.width0, UInt64(changed(value)))
      }
      return
    }
    if instruction.operation == .bt {
      var offset = effectiveAddress(instruction) &+ displacement
      if instruction.addressSize == 4 { offset &= 0xFFFF_FFFF }
      if instruction.addressSize == 2 { offset &= 0xFFFF }
      Integer.bitTest(try load(instruction.segment, offset, as: Word.self), bit, &state.flags)
      return
    }
    let address = try writableAddress(instruction, Word.self, displacement: displacement)
    let value = try loadForWrite(address, Word.self)
    try storeLinear(address, changed(value))
    Integer.bitTest(value, bit, &state.flags)
  }

  private func multiplyDivide<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
    let operand = Word(truncatingIfNeeded: try readOperand(instruction, instruction.operand0, instruction.width0))
    let isByte = Word.bitWidth == 8
    let width = UInt8(MemoryLayout<Word>.size)
    // For bytes the double-width value is AX, else rDX:rAX.
    let low = Word(truncatingIfNeeded: read(0, width: width))
    let high = Word(truncatingIfNeeded: isByte ? register64(0) >> 8 : read(2, width: width))
    let resultLow: Word
    let resultHigh: Word
    switch instruction.operation {
    case .mul, .imul1:
      (resultHigh, resultLow) =
        instruction.operation == .mul
        ? Integer.mul(low, operand, &state.flags) : Integer.imul(low, operand, &state.flags)
      if does(.computesMultiplicationFlags) { noteProduct(resultLow) }
    default:
      let isSigned = instruction.operation == .idiv
      let oldFlags = state.flags
      guard
        let (quotient, remainder) = isSigned
          ? Integer.idiv(high: high, low: low, by: operand, &state.flags)
          : Integer.div(high: high, low: low, by: operand, &state.flags)
      else { throw .divideError(operand == 0 ? .divideByZero : .divideOverflow) }
      if does(.keepsDivisionFlags) { state.flags = oldFlags }
      (resultLow, resultHigh) = (quotient, remainder)
    }
    if isByte {
      write(0, width: 2, UInt64(resultHigh) << 8 | UInt64(resultLow))
    } else {
      write(0, width: width, UInt64(resultLow))
      write(2, width: width, UInt64(resultHigh))
    }
  }

  private func multiply<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
    let left: Word
    let right: Word
    if instruction.operand2 == .immediate {
      left = try source(instruction, Word.self)
      right = Word(truncatingIfNeeded: instruction.immediate)
    } else {
      left = Word(truncatingIfNeeded: read(instruction.reg, width: instruction.width0))
      right = try source(instruction, Word.self)
    }
    let product = Integer.imul(left, right, &state.flags).low
    if does(.computesMultiplicationFlags) { noteProduct(product) }
    write(instruction.reg, width: instruction.width0, UInt64(product))
  }

  /// The flags that a multiplication leaves undefined, where they follow from its lower half.
  @inline(never)
  private func noteProduct<Word: OperandWord>(_ low: Word) {
    let (carry, overflow) = (state.flags.carry, state.flags.overflow)
    state.flags = LazyFlags(result: low.signExtended, carries: 0)
    let kept = (carry ? RFLAGS.carry : 0) | (overflow ? RFLAGS.overflow : 0)
    // ZF is 0 even if the lower half is 0.
    state.flags.set(RFLAGS.carry | RFLAGS.overflow | RFLAGS.zero, to: kept)
  }

  private func bitScan<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
    let value = try source(instruction, Word.self)
    let index =
      value == 0
      ? 0 : instruction.operation == .bsf ? value.trailingZeroBitCount : Word.bitWidth - 1 - value.leadingZeroBitCount
    if does(.computesBitScanFlags) {
      let isEven = index.nonzeroBitCount & 1 == 0
      state.flags = LazyFlags(rflags: (value == 0 ? RFLAGS.zero : 0) | (isEven ? RFLAGS.parity : 0))
    } else {
      state.flags.set(RFLAGS.zero, to: value == 0 ? RFLAGS.zero : 0)
    }
    guard value != 0 else { return }
    write(instruction.reg, width: instruction.width0, UInt64(index))
  }

  private func exchange<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
    let width = UInt8(MemoryLayout<Word>.size)
    let other = read(instruction.reg, width: width)
    var old: Word = 0
    if instruction.operand0 == .accumulator {
      old = Word(truncatingIfNeeded: read(0, width: width))
      write(0, width: width, other)
    } else {
      try modify(instruction, Word.self) { value, _ in
        old = value
        return Word(truncatingIfNeeded: other)
      }
    }
    write(instruction.reg, width: width, UInt64(old))
  }

  private func exchangeAdd<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
    let width = UInt8(MemoryLayout<Word>.size)
    let right = Word(truncatingIfNeeded: read(instruction.reg, width: width))
    if instruction.isMemory {
      var old: Word = 0
      try modify(instruction, Word.self) { left, flags in
        old = left
        return Integer.add(left, right, &flags)
      }
      write(instruction.reg, width: width, UInt64(old))
    } else {
      let left = Word(truncatingIfNeeded: read(instruction.rm, width: width))
      let sum = Integer.add(left, right, &state.flags)
      // The sum is written last: with twice the same register it wins.
      write(instruction.reg, width: width, UInt64(left))
      write(instruction.rm, width: width, UInt64(sum))
    }
  }

  private func compareExchange<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
    let width = UInt8(MemoryLayout<Word>.size)
    let accumulator = Word(truncatingIfNeeded: read(0, width: width))
    let new = Word(truncatingIfNeeded: read(instruction.reg, width: width))
    if instruction.isMemory {
      let address = try writableAddress(instruction, Word.self)
      let old = try loadForWrite(address, Word.self)
      // The destination is written in either case.
      try storeLinear(address, old == accumulator ? new : old)
      _ = Integer.sub(accumulator, old, &state.flags)
      if old != accumulator { write(0, width: width, UInt64(old)) }
    } else {
      let old = Word(truncatingIfNeeded: read(instruction.rm, width: width))
      _ = Integer.sub(accumulator, old, &state.flags)
      if old == accumulator {
        write(instruction.rm, width: width, UInt64(new))
      } else {
        write(0, width: width, UInt64(old))
      }
    }
  }

  /// CMPXCHG8B and CMPXCHG16B.
  func compareExchangeDouble(_ instruction: Instruction) throws(Exception) {
    let isQuad = instruction.operation == .cmpxchg16b
    let half: UInt64 = isQuad ? 8 : 4
    let width = UInt8(half)
    let offset = effectiveAddress(instruction)
    // Misalignment counts before a segment fault.
    if isQuad, (state.segments[Int(instruction.segment)].base &+ offset) & 15 != 0 {
      throw .generalProtection(.operandMisaligned)
    }
    let address = try linear(instruction.segment, offset, half * 2, isWrite: true)
    if !isQuad, isCheckingAlignment, address & 7 != 0 { throw .alignmentCheck(.alignmentCheck) }
    try probeWrite(address, Int(half * 2))
    matchDataBreakpoints(address, half * 2, isWrite: true)
    let low = try loadLinearSized(address, width)
    let high = try loadLinearSized(address &+ half, width)
    let isEqual = low == read(0, width: width) && high == read(2, width: width)
    try storeLinearSized(address, width, isEqual ? read(3, width: width) : low)
    try storeLinearSized(address &+ half, width, isEqual ? read(1, width: width) : high)
    state.flags.set(RFLAGS.zero, to: isEqual ? RFLAGS.zero : 0)
    if !isEqual {
      write(0, width: width, low)
      write(2, width: width, high)
    }
  }

  func loadLinearSized(_ address: UInt64, _ width: UInt8) throws(Exception) -> UInt64 {
    switch width {
    case 1: UInt64(try loadLinear(address, as: UInt8.self))
    case 2: UInt64(try loadLinear(address, as: UInt16.self))
    case 4: UInt64(try loadLinear(address, as: UInt32.self))
    default: try loadLinear(address, as: UInt64.self)
    }
  }

  func storeLinearSized(_ address: UInt64, _ width: UInt8, _ value: UInt64) throws(Exception) {
    switch width {
    case 1: try storeLinear(address, UInt8(truncatingIfNeeded: value))
    case 2: try storeLinear(address, UInt16(truncatingIfNeeded: value))
    case 4: try storeLinear(address, UInt32(truncatingIfNeeded: value))
    default: try storeLinear(address, value)
    }
  }
}
