import MMU
import X86
import X86Decoder

extension Processor {
  /// SHL, SHR, SAR and the rotates: operand 0 by a count in operand 1.
  @inline(__always)
  func shift<Word: OperandWord>(
    _ instruction: Instruction, _: Word.Type, _ body: (Word, UInt8, inout LazyFlags) -> Word
  ) throws(Exception) {
    let count = UInt8(truncatingIfNeeded: try readOperand(instruction, instruction.operand1, instruction.width1))
    try modify(instruction, Word.self) { value, flags in body(value, count, &flags) }
  }

  /// SHLD and SHRD.
  func doubleShift<Word: OperandWord>(
    _ instruction: Instruction, _: Word.Type, _ body: (Word, Word, UInt8, inout LazyFlags, Word) -> Word
  ) throws(Exception) {
    let filler = Word(truncatingIfNeeded: read(instruction.reg, width: instruction.width1))
    let count = UInt8(truncatingIfNeeded: try readOperand(instruction, instruction.operand2, instruction.width2))
    let shiftsDestinationAgain = does(.shiftsDestinationInAgain)
    try modify(instruction, Word.self) { value, flags in
      body(value, filler, count, &flags, shiftsDestinationAgain ? value : filler)
    }
  }

  /// NOT, NEG, INC and DEC.
  @inline(__always)
  func unary<Word: OperandWord>(
    _ instruction: Instruction, _: Word.Type, _ body: (Word, inout LazyFlags) -> Word
  ) throws(Exception) {
    try modify(instruction, Word.self, body)
  }

  /// BT, BTS, BTR and BTC.
  func bitOperation<Word: OperandWord>(
    _ instruction: Instruction, _: Word.Type, _ change: BitChange
  ) throws(Exception) {
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
    guard instruction.isMemory else {
      let value = Word(truncatingIfNeeded: read(instruction.rm, width: instruction.width0))
      Integer.bitTest(value, bit, &state.flags)
      if change != .test {
        write(instruction.rm, width: instruction.width0, UInt64(change.apply(value, bit)))
      }
      return
    }
    if change == .test {
      let offset = (effectiveAddress(instruction) &+ displacement) & instruction.addressMask
      Integer.bitTest(try load(instruction.segment, offset, as: Word.self), bit, &state.flags)
      return
    }
    let address = try writableAddress(instruction, Word.self, displacement: displacement)
    let value = try loadForWrite(address, Word.self)
    try storeLinear(address, change.apply(value, bit))
    Integer.bitTest(value, bit, &state.flags)
  }

  /// MUL, and IMUL of one operand: rDX:rAX or AX becomes the product.
  func multiplyWide<Word: OperandWord>(_ instruction: Instruction, _: Word.Type, signed: Bool) throws(Exception) {
    let operand = Word(truncatingIfNeeded: try readOperand(instruction, instruction.operand0, instruction.width0))
    let low = Word(truncatingIfNeeded: read(.ax, width: UInt8(MemoryLayout<Word>.size)))
    let product = signed ? Integer.imul(low, operand, &state.flags) : Integer.mul(low, operand, &state.flags)
    if does(.computesMultiplicationFlags) { noteProduct(product.low) }
    writeDouble(high: product.high, low: product.low)
  }

  /// DIV and IDIV: rAX or AL becomes the quotient, rDX or AH the remainder.
  func divide<Word: OperandWord>(_ instruction: Instruction, _: Word.Type, signed: Bool) throws(Exception) {
    let operand = Word(truncatingIfNeeded: try readOperand(instruction, instruction.operand0, instruction.width0))
    let width = UInt8(MemoryLayout<Word>.size)
    let low = Word(truncatingIfNeeded: read(.ax, width: width))
    // For bytes the dividend is AX, else rDX:rAX.
    let high = Word(truncatingIfNeeded: Word.bitWidth == 8 ? read(.ah, width: 1) : read(.dx, width: width))
    let oldFlags = state.flags
    guard
      let (quotient, remainder) = signed
        ? Integer.idiv(high: high, low: low, by: operand, &state.flags)
        : Integer.div(high: high, low: low, by: operand, &state.flags)
    else { throw .divideError(operand == 0 ? .divideByZero : .divideOverflow) }
    if does(.keepsDivisionFlags) { state.flags = oldFlags }
    writeDouble(high: remainder, low: quotient)
  }

  /// Writes AH:AL or rDX:rAX.
  @inline(__always)
  private func writeDouble<Word: OperandWord>(high: Word, low: Word) {
    if Word.bitWidth == 8 {
      write(.ax, width: 2, UInt64(high) << 8 | UInt64(low))
    } else {
      let width = UInt8(MemoryLayout<Word>.size)
      write(.ax, width: width, UInt64(low))
      write(.dx, width: width, UInt64(high))
    }
  }

  /// IMUL of two and three operands.
  func multiply<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
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

  /// BSF and BSR.
  func bitScan<Word: OperandWord>(_ instruction: Instruction, _: Word.Type, reverse: Bool) throws(Exception) {
    let value = try source(instruction, Word.self)
    guard
      let index = Integer.bitScan(
        value, reverse: reverse, computesFlags: does(.computesBitScanFlags), &state.flags)
    else { return }
    write(instruction.reg, width: instruction.width0, UInt64(index))
  }

  /// POPCNT.
  func populationCount<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
    let count = Integer.populationCount(try source(instruction, Word.self), &state.flags)
    write(instruction.reg, width: instruction.width0, UInt64(count))
  }

  /// XCHG.
  func exchange<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
    let width = UInt8(MemoryLayout<Word>.size)
    let other = read(instruction.reg, width: width)
    var old: Word = 0
    if instruction.operand0 == .accumulator {
      old = Word(truncatingIfNeeded: read(.ax, width: width))
      write(.ax, width: width, other)
    } else {
      try modify(instruction, Word.self) { value, _ in
        old = value
        return Word(truncatingIfNeeded: other)
      }
    }
    write(instruction.reg, width: width, UInt64(old))
  }

  /// XADD.
  func exchangeAdd<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
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

  /// CMPXCHG.
  func compareExchange<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) {
    let width = UInt8(MemoryLayout<Word>.size)
    let accumulator = Word(truncatingIfNeeded: read(.ax, width: width))
    let new = Word(truncatingIfNeeded: read(instruction.reg, width: width))
    if instruction.isMemory {
      let address = try writableAddress(instruction, Word.self)
      let old = try loadForWrite(address, Word.self)
      // The destination is written in either case.
      try storeLinear(address, old == accumulator ? new : old)
      _ = Integer.sub(accumulator, old, &state.flags)
      if old != accumulator { write(.ax, width: width, UInt64(old)) }
    } else {
      let old = Word(truncatingIfNeeded: read(instruction.rm, width: width))
      _ = Integer.sub(accumulator, old, &state.flags)
      if old == accumulator {
        write(instruction.rm, width: width, UInt64(new))
      } else {
        write(.ax, width: width, UInt64(old))
      }
    }
  }

  /// CMPXCHG8B and CMPXCHG16B.
  func compareExchangeDouble(_ instruction: Instruction, half: UInt64) throws(Exception) {
    let isQuad = half == 8
    let width = UInt8(half)
    let offset = effectiveAddress(instruction)
    // Misalignment counts before a segment fault.
    if isQuad, (base(of: instruction.segment) &+ offset) & 15 != 0 {
      throw .generalProtection(.operandMisaligned)
    }
    let address = try linear(instruction.segment, offset, half * 2, isWrite: true)
    if !isQuad, isCheckingAlignment, address & 7 != 0 { throw .alignmentCheck(.alignmentCheck) }
    try probeWrite(address, Int(half * 2))
    matchDataBreakpoints(address, half * 2, isWrite: true)
    let low = try loadLinearSized(address, width)
    let high = try loadLinearSized(address &+ half, width)
    let isEqual = low == read(.ax, width: width) && high == read(.dx, width: width)
    try storeLinearSized(address, width, isEqual ? read(.bx, width: width) : low)
    try storeLinearSized(address &+ half, width, isEqual ? read(.cx, width: width) : high)
    state.flags.set(RFLAGS.zero, to: isEqual ? RFLAGS.zero : 0)
    if !isEqual {
      write(.ax, width: width, low)
      write(.dx, width: width, high)
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
