import MMU
import X86
import X86Decoder

// Handlers of general instructions that have no fast form: bits, products and quotients, exchanges, narrow moves.

/// The handler's end: flags as they are, or those that the instruction has made of them.
@inline(__always)
private func finish(
  _ quiet: Bool, _ flags: LazyFlags, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  unsafe dispatch(core, op + 1, quiet ? result : flags.result, quiet ? carries : flags.carries, budget)
}

// MARK: Bits

/// BSF and BSR of a register.
///
/// - Parameter computes: as of `ProcessorBehavior.computesBitScanFlags`.
@inline(__always)
func bitScan<Word: OperandWord>(
  reverse: Bool, computes: Bool, _: Word.Type, quiet: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor,
  _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let value = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.source)])
  let index = Integer.bitScan(value, reverse: reverse, computesFlags: computes, &flags)
  if let index { unsafe registerFile(core)[Int(op.pointee.destination)] = UInt64(index) }
  unsafe finish(quiet, flags, core, op, result, carries, budget)
}

/// LZCNT and TZCNT of a register.
@inline(__always)
func zeroCount<Word: OperandWord>(
  leading: Bool, _: Word.Type, quiet: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let value = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.source)])
  let count = Integer.zeroCount(value, leading: leading, &flags)
  unsafe registerFile(core)[Int(op.pointee.destination)] = UInt64(count)
  unsafe finish(quiet, flags, core, op, result, carries, budget)
}

/// POPCNT of a register.
@inline(__always)
func populationCount<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let value = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.source)])
  let count = Integer.populationCount(value, &flags)
  unsafe registerFile(core)[Int(op.pointee.destination)] = UInt64(count)
  unsafe dispatch(core, op + 1, flags.result, flags.carries, budget)
}

/// BT, BTS, BTR and BTC of a register, by a register or immediate.
@inline(__always)
func bitOperation<Word: OperandWord>(
  _ change: BitChange, _: Word.Type, immediate: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let own = unsafe Int(op.pointee.destination)
  let number = unsafe immediate ? op.pointee.immediate : registerFile(core)[Int(op.pointee.source)]
  let bit = Int(truncatingIfNeeded: number) & (Word.bitWidth &- 1)
  let value = unsafe Word(truncatingIfNeeded: registerFile(core)[own])
  Integer.bitTest(value, bit, &flags)
  if change != .test { unsafe registerFile(core)[own] = UInt64(change.apply(value, bit)) }
  unsafe dispatch(core, op + 1, flags.result, flags.carries, budget)
}

/// BSWAP.
@inline(__always)
func byteSwap<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let own = unsafe Int(op.pointee.destination)
  unsafe registerFile(core)[own] = UInt64(Word(truncatingIfNeeded: registerFile(core)[own]).byteSwapped)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// SHLD and SHRD of registers of 32 and 64 bits, by an immediate or CL.
@inline(__always)
func doubleShift<Word: OperandWord>(
  left: Bool, _: Word.Type, immediate: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let own = unsafe Int(op.pointee.destination)
  let count = unsafe UInt8(truncatingIfNeeded: immediate ? op.pointee.immediate : registerFile(core)[1])
  let value = unsafe Word(truncatingIfNeeded: registerFile(core)[own])
  let filler = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.source)])
  let new =
    left
    ? Integer.shld(value, filler, count, &flags, filler) : Integer.shrd(value, filler, count, &flags, filler)
  unsafe registerFile(core)[own] = UInt64(new)
  unsafe dispatch(core, op + 1, flags.result, flags.carries, budget)
}

// MARK: Products and quotients

/// MUL and IMUL of rAX and a register.
@inline(__always)
func widenProduct<Word: OperandWord>(
  signed: Bool, _: Word.Type, quiet: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let left = unsafe Word(truncatingIfNeeded: registerFile(core)[0])
  let right = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.destination)])
  let (high, low) = signed ? Integer.imul(left, right, &flags) : Integer.mul(left, right, &flags)
  unsafe registerFile(core)[0] = UInt64(low)
  unsafe registerFile(core)[2] = UInt64(high)
  unsafe finish(quiet, flags, core, op, result, carries, budget)
}

/// DIV and IDIV of rDX:rAX by a register.
///
/// - Parameter keeps: as of `ProcessorBehavior.keepsDivisionFlags`.
@inline(__always)
func divide<Word: OperandWord>(
  signed: Bool, keeps: Bool, _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let divisor = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.destination)])
  let low = unsafe Word(truncatingIfNeeded: registerFile(core)[0])
  let high = unsafe Word(truncatingIfNeeded: registerFile(core)[2])
  guard
    let (quotient, remainder) = signed
      ? Integer.idiv(high: high, low: low, by: divisor, &flags)
      : Integer.div(high: high, low: low, by: divisor, &flags)
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe registerFile(core)[0] = UInt64(quotient)
  unsafe registerFile(core)[2] = UInt64(remainder)
  unsafe finish(keeps, flags, core, op, result, carries, budget)
}

// MARK: Exchanges

/// XCHG of two registers.
@inline(__always)
func exchange<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let (one, other) = unsafe (Int(op.pointee.destination), Int(op.pointee.source))
  let (first, second) = unsafe (registerFile(core)[one], registerFile(core)[other])
  unsafe registerFile(core)[one] = UInt64(Word(truncatingIfNeeded: second))
  unsafe registerFile(core)[other] = UInt64(Word(truncatingIfNeeded: first))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// XCHG with memory.
@inline(__always)
func exchangeMemory<Word: OperandWord>(
  _: Word.Type, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  guard let place = unsafe writable(core, op, form, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let own = unsafe Int(op.pointee.destination)
  let old = unsafe place.loadUnaligned(as: Word.self)
  unsafe place.storeBytes(of: Word(truncatingIfNeeded: registerFile(core)[own]), as: Word.self)
  unsafe registerFile(core)[own] = UInt64(old)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// XADD with memory.
@inline(__always)
func exchangeAddMemory<Word: OperandWord>(
  _: Word.Type, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  guard let place = unsafe writable(core, op, form, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  var flags = LazyFlags(result: result, carries: carries)
  let own = unsafe Int(op.pointee.destination)
  let old = unsafe place.loadUnaligned(as: Word.self)
  let sum = unsafe Integer.add(old, Word(truncatingIfNeeded: registerFile(core)[own]), &flags)
  unsafe place.storeBytes(of: sum, as: Word.self)
  unsafe registerFile(core)[own] = UInt64(old)
  unsafe dispatch(core, op + 1, flags.result, flags.carries, budget)
}

/// CMPXCHG with memory, which is written in either case.
@inline(__always)
func compareExchangeMemory<Word: OperandWord>(
  _: Word.Type, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  guard let place = unsafe writable(core, op, form, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  var flags = LazyFlags(result: result, carries: carries)
  let accumulator = unsafe Word(truncatingIfNeeded: registerFile(core)[0])
  let old = unsafe place.loadUnaligned(as: Word.self)
  _ = Integer.sub(accumulator, old, &flags)
  if old == accumulator {
    unsafe place.storeBytes(
      of: Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.destination)]), as: Word.self)
  } else {
    unsafe registerFile(core)[0] = UInt64(old)
  }
  unsafe dispatch(core, op + 1, flags.result, flags.carries, budget)
}

// MARK: Narrow moves, extensions

/// MOV of a register of 8 or 16 bits from memory.
@inline(__always)
func loadNarrow<Word: OperandWord>(
  _: Word.Type, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  guard let place = unsafe readable(core, op, form, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let own = unsafe Int(op.pointee.destination)
  unsafe registerFile(core)[own] = merged(registerFile(core)[own], place.loadUnaligned(as: Word.self))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// MOV of a register of 8 or 16 bits from another or an immediate.
@inline(__always)
func moveNarrow<Word: OperandWord>(
  _: Word.Type, immediate: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  let own = unsafe Int(op.pointee.destination)
  let value = unsafe immediate ? op.pointee.immediate : registerFile(core)[Int(op.pointee.source)]
  unsafe registerFile(core)[own] = merged(registerFile(core)[own], Word(truncatingIfNeeded: value))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// CWDE and CDQE.
@inline(__always)
func extendAccumulator(
  wide: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let old = unsafe registerFile(core)[0]
  unsafe registerFile(core)[0] =
    wide
    ? UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: old)))
    : UInt64(UInt32(bitPattern: Int32(Int16(truncatingIfNeeded: old))))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// CDQ and CQO.
@inline(__always)
func extendIntoDX<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let value = unsafe Word(truncatingIfNeeded: registerFile(core)[0])
  unsafe registerFile(core)[2] = UInt64(value.signed < 0 ? Word.max : 0)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// SETcc of memory.
@inline(__always)
func setIfMemory(
  _ condition: UInt8, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  guard let place = unsafe writable(core, op, form, 1) else {
    return unsafe general(core, op, result, carries, budget)
  }
  unsafe place.storeBytes(of: LazyFlags(result: result, carries: carries).holds(condition) ? 1 : 0, as: UInt8.self)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// PUSH of memory.
@inline(__always)
func pushMemory(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let top = unsafe registerFile(core)[4] &- 8
  guard let source = unsafe readable(core, address(core, op, .indexed), 8), let place = unsafe writable(core, top, 8)
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe place.storeBytes(of: source.loadUnaligned(as: UInt64.self), as: UInt64.self)
  unsafe registerFile(core)[4] = top
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// LEAVE.
@inline(__always)
func leaveFrame(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let frame = unsafe registerFile(core)[5]
  guard let place = unsafe readable(core, frame, 8) else { return unsafe general(core, op, result, carries, budget) }
  unsafe registerFile(core)[4] = frame &+ 8
  unsafe registerFile(core)[5] = place.loadUnaligned(as: UInt64.self)
  unsafe dispatch(core, op + 1, result, carries, budget)
}
