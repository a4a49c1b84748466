import MMU
import SoftFloat
import X86
import X86Decoder

// Handlers of x87: loads, stores, arithmetic and comparisons of normal numbers, to nearest, with exceptions masked. One
// handler serves all operands of an operation.

/// What an x87 instruction's operation has in the place of the immediate.
struct X87Operands {
  /// The operand that is not ST(0).
  enum Source: UInt8 {
    /// ST(i).
    case register
    /// Memory.
    case single, double, extended, word, doubleword, quadword
  }

  private let word: UInt64

  /// The last opcode, 11 bits.
  var opcode: UInt16 { @inline(__always) get { UInt16(truncatingIfNeeded: word & 0x7FF) } }
  /// The other operand.
  var source: UInt8 { @inline(__always) get { UInt8(truncatingIfNeeded: word &>> 12) & 7 } }
  /// The number of ST(i).
  var index: UInt8 { @inline(__always) get { UInt8(truncatingIfNeeded: word &>> 16) & 7 } }
  /// ST(i) is written.
  var isReversed: Bool { @inline(__always) get { word & 1 << 20 != 0 } }
  /// Numbers that are popped: 0 to 2.
  var pops: UInt8 { @inline(__always) get { UInt8(truncatingIfNeeded: word &>> 21) & 3 } }
  /// The processor records opcode and data pointer of each instruction, not only of those that raise an exception.
  var recordsAll: Bool { @inline(__always) get { word & 1 << 23 != 0 } }
  /// The segment register of a memory operand.
  var segment: Int { @inline(__always) get { Int(truncatingIfNeeded: word &>> 24) & 7 } }
  /// The other operand is memory.
  var isMemory: Bool { @inline(__always) get { source != Source.register.rawValue } }

  /// Of an operation.
  @inline(__always) init(_ op: MicroOp.Cursor) { word = unsafe op.pointee.immediate }

  /// Of an instruction, as an operation holds it.
  static func word(_ i: Instruction, _ behaviors: ProcessorBehaviors) -> UInt64 {
    let traits = i.operation.traits
    let isInteger = traits.contains(.integerOperand)
    let source: Source =
      !i.isMemory
      ? .register
      : isInteger
        ? (i.width0 == 2 ? .word : i.width0 == 4 ? .doubleword : .quadword)
        : i.width0 == 4 ? .single : i.width0 == 8 ? .double : .extended
    let opcode = UInt64(i.opcode & 7) << 8 | UInt64(i.modRM)
    let index = traits.contains(.popsTwice) ? 1 : UInt64(i.rm & 7)
    let pops: UInt64 = traits.contains(.popsTwice) ? 2 : traits.contains(.pops) ? 1 : 0
    var word = opcode | UInt64(source.rawValue) << 12 | index << 16 | pops << 21 | UInt64(i.segment & 7) << 24
    if i.operand0 == .sti { word |= 1 << 20 }
    if !behaviors.contains(.recordsX87OperandOfExceptionsAlone) { word |= 1 << 23 }
    return word
  }
}

/// x87 may be used, and no exception waits: no #NM, no #MF.
@inline(__always)
private func mayUseX87(_ core: MicroOp.Core) -> Bool {
  unsafe core.pointee.paging.cr0 & (CR0.emulation | CR0.taskSwitched) == 0
    && core.pointee.floating.statusWord & 0x80 == 0
}

/// The number of the register that is ST(index).
@inline(__always)
private func physical(_ core: MicroOp.Core, _ index: UInt8) -> Int {
  unsafe Int((UInt8(truncatingIfNeeded: core.pointee.floating.statusWord &>> 11) &+ index) & 7)
}

/// ST(index); nil if it is empty.
@inline(__always)
private func stacked(_ core: MicroOp.Core, _ index: UInt8) -> ExtendedReal? {
  let number = unsafe physical(core, index)
  guard unsafe core.pointee.floating.validRegisters &>> UInt8(truncatingIfNeeded: number) & 1 != 0 else { return nil }
  return unsafe core.pointee.floating.registers[unchecked: number]
}

/// The other operand as a number; nil if the shared semantics must decide.
@inline(__always)
private func source(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ operands: X87Operands) -> ExtendedReal? {
  let kind = operands.source
  guard kind != X87Operands.Source.register.rawValue else { return unsafe stacked(core, operands.index) }
  let at = unsafe address(core, op, .indexed)
  if kind == X87Operands.Source.double.rawValue {
    guard let place = unsafe readable(core, at, 8) else { return nil }
    return unsafe QuickExtended.load(place.loadUnaligned(as: UInt64.self))
  }
  if kind == X87Operands.Source.single.rawValue {
    guard let place = unsafe readable(core, at, 4) else { return nil }
    return unsafe QuickExtended.load(place.loadUnaligned(as: UInt32.self))
  }
  if kind == X87Operands.Source.extended.rawValue {
    guard let place = unsafe readable(core, at, 10) else { return nil }
    return unsafe ExtendedReal(
      significand: place.loadUnaligned(as: UInt64.self), signExponent: (place + 8).loadUnaligned(as: UInt16.self))
  }
  let size = kind == X87Operands.Source.word.rawValue ? 2 : kind == X87Operands.Source.doubleword.rawValue ? 4 : 8
  guard let place = unsafe readable(core, at, size) else { return nil }
  let integer: Int64
  switch size {
  case 2: integer = unsafe Int64(place.loadUnaligned(as: Int16.self))
  case 4: integer = unsafe Int64(place.loadUnaligned(as: Int32.self))
  default: integer = unsafe place.loadUnaligned(as: Int64.self)
  }
  return ExtendedReal(integer: integer)
}

/// The end of an instruction that has completed: status bits, what is popped, and what handlers of exceptions learn.
///
/// - Parameters:
///   - cleared: bits of the status word that become 0 unless `set` has them.
///   - valid: the tags.
@inline(__always)
private func finish(
  _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ operands: X87Operands, clear cleared: UInt16, set: UInt16,
  pops: UInt8 = 0, address: UInt64 = 0
) {
  var status = unsafe core.pointee.floating.statusWord & ~cleared | set
  if pops != 0 {
    let top = UInt8(truncatingIfNeeded: status &>> 11) & 7
    // One bit or two, from TOP on, around the end.
    let empty = UInt16(pops == 1 ? 1 : 3) &<< UInt16(top)
    unsafe core.pointee.floating.validRegisters &= ~UInt8(truncatingIfNeeded: empty | empty &>> 8)
    status = status & ~0x3800 | UInt16((top &+ pops) & 7) &<< 11
  }
  unsafe core.pointee.floating.statusWord = status
  unsafe core.pointee.floating.instructionPointer = registerFile(core)[17] &+ UInt64(op.pointee.offset)
  unsafe core.pointee.floating.codeSelector = core.pointee.segments[1].selector
  guard operands.recordsAll else { return }
  unsafe core.pointee.floating.opcode = operands.opcode
  guard operands.isMemory else { return }
  unsafe core.pointee.floating.dataPointer = address
  unsafe core.pointee.floating.dataSelector = core.pointee.segments[operands.segment].selector
}

/// The address of a memory operand, for `finish`.
@inline(__always)
private func pointer(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ operands: X87Operands) -> UInt64 {
  unsafe operands.isMemory && operands.recordsAll ? address(core, op, .indexed) : 0
}

// MARK: Arithmetic

/// FADD, FSUBR, FIMUL, FDIVP and their kin.
@inline(__always)
func x87Arithmetic(
  _ operation: X87BinaryOperation, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  let operands = unsafe X87Operands(op)
  let control = unsafe core.pointee.floating.controlWord
  guard unsafe mayUseX87(core), let dropped = QuickExtended.droppedBits(controlWord: control),
    let top = unsafe stacked(core, 0), let other = unsafe source(core, op, operands)
  else { return unsafe general(core, op, result, carries, budget) }
  let (own, second) = operands.isReversed ? (other, top) : (top, other)
  let value: QuickExtended?
  switch operation {
  case .add: value = QuickExtended.add(own, second, dropping: dropped)
  case .subtract: value = QuickExtended.add(own, second.negated, dropping: dropped)
  case .subtractReversed: value = QuickExtended.add(second, own.negated, dropping: dropped)
  case .multiply: value = QuickExtended.multiply(own, second, dropping: dropped)
  case .divide: value = QuickExtended.divide(own, second, dropping: dropped)
  case .divideReversed: value = QuickExtended.divide(second, own, dropping: dropped)
  }
  guard let value, !value.isInexact || control & FloatFlag.precision != 0 else {
    return unsafe general(core, op, result, carries, budget)
  }
  let number = unsafe physical(core, operands.isReversed ? operands.index : 0)
  unsafe core.pointee.floating.registers[unchecked: number] = value.value
  unsafe finish(
    core, op, operands, clear: 0x200,
    set: (value.isInexact ? FloatFlag.precision : 0) | (value.isRoundedUp ? 0x200 : 0), pops: operands.pops,
    address: pointer(core, op, operands))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// FCOM, FUCOMPP, FICOM and their kin: of numbers that raise nothing ordered and unordered ones are the same.
@inline(__always)
func x87Compare(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let operands = unsafe X87Operands(op)
  guard unsafe mayUseX87(core), let top = unsafe stacked(core, 0), let other = unsafe source(core, op, operands),
    let order = QuickExtended.compare(top, other)
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe finish(
    core, op, operands, clear: 0x4700, set: order == .less ? 0x100 : order == .equal ? 0x4000 : 0, pops: operands.pops,
    address: pointer(core, op, operands))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// FCOMI, FUCOMIP and their kin.
@inline(__always)
func x87CompareToFlags(
  _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let operands = unsafe X87Operands(op)
  guard unsafe mayUseX87(core), let top = unsafe stacked(core, 0), let other = unsafe stacked(core, operands.index),
    let order = QuickExtended.compare(top, other)
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe finish(core, op, operands, clear: 0, set: 0, pops: operands.pops)
  let flags = LazyFlags(rflags: Processor.statusFlags(order))
  unsafe dispatch(core, op + 1, flags.result, flags.carries, budget)
}

/// FCHS and FABS.
@inline(__always)
func x87ChangeSign(
  clears: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard unsafe mayUseX87(core), var value = unsafe stacked(core, 0) else {
    return unsafe general(core, op, result, carries, budget)
  }
  value.signExponent = clears ? value.signExponent & 0x7FFF : value.signExponent ^ 0x8000
  unsafe core.pointee.floating.registers[unchecked: physical(core, 0)] = value
  unsafe finish(core, op, X87Operands(op), clear: 0x200, set: 0)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

// MARK: Moves

/// Pushes a number; false if the stack is full.
@inline(__always)
private func push(
  _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ operands: X87Operands, _ value: ExtendedReal, address: UInt64
) -> Bool {
  let number = unsafe physical(core, 7)
  let bit: UInt8 = 1 &<< UInt8(truncatingIfNeeded: number)
  guard unsafe core.pointee.floating.validRegisters & bit == 0 else { return false }
  unsafe core.pointee.floating.registers[unchecked: number] = value
  unsafe core.pointee.floating.validRegisters |= bit
  unsafe finish(
    core, op, operands, clear: 0x3A00, set: UInt16(truncatingIfNeeded: number) &<< 11, address: address)
  return true
}

/// FLD and FILD.
@inline(__always)
func x87Load(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let operands = unsafe X87Operands(op)
  guard unsafe mayUseX87(core), let value = unsafe source(core, op, operands),
    unsafe push(core, op, operands, value, address: pointer(core, op, operands))
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// FLD1 (D9 E8) and FLDZ (D9 EE): one handler, since two that differ in a constant alone are merged by the compiler and lose
/// their tail calls.
@inline(__always)
func x87LoadConstant(
  _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let operands = unsafe X87Operands(op)
  let isOne = operands.index == 0
  let value = ExtendedReal(significand: isOne ? 1 << 63 : 0, signExponent: isOne ? 0x3FFF : 0)
  guard unsafe mayUseX87(core), unsafe push(core, op, operands, value, address: 0) else {
    return unsafe general(core, op, result, carries, budget)
  }
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// FST and FSTP.
@inline(__always)
func x87Store(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let operands = unsafe X87Operands(op)
  guard unsafe mayUseX87(core), let value = unsafe stacked(core, 0) else {
    return unsafe general(core, op, result, carries, budget)
  }
  guard operands.isMemory else {
    let number = unsafe physical(core, operands.index)
    unsafe core.pointee.floating.registers[unchecked: number] = value
    unsafe core.pointee.floating.validRegisters |= 1 &<< UInt8(truncatingIfNeeded: number)
    unsafe finish(core, op, operands, clear: 0x200, set: 0, pops: operands.pops)
    return unsafe dispatch(core, op + 1, result, carries, budget)
  }
  let at = unsafe address(core, op, .indexed)
  var status: UInt16 = 0
  if operands.source == X87Operands.Source.extended.rawValue {
    guard let place = unsafe writable(core, at, 10) else { return unsafe general(core, op, result, carries, budget) }
    unsafe place.storeBytes(of: value.significand, as: UInt64.self)
    unsafe (place + 8).storeBytes(of: value.signExponent, as: UInt16.self)
  } else {
    let isSingle = operands.source == X87Operands.Source.single.rawValue
    let control = unsafe core.pointee.floating.controlWord
    guard control & 0xC00 == 0, let number = QuickExtended.store(value, isSingle: isSingle),
      !number.isInexact || control & FloatFlag.precision != 0,
      let place = unsafe writable(core, at, isSingle ? 4 : 8)
    else { return unsafe general(core, op, result, carries, budget) }
    if isSingle {
      unsafe place.storeBytes(of: UInt32(truncatingIfNeeded: number.bits), as: UInt32.self)
    } else {
      unsafe place.storeBytes(of: number.bits, as: UInt64.self)
    }
    status = (number.isInexact ? FloatFlag.precision : 0) | (number.isRoundedUp ? 0x200 : 0)
  }
  unsafe finish(core, op, operands, clear: 0x200, set: status, pops: operands.pops, address: at)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// FIST, FISTP and FISTTP.
@inline(__always)
func x87StoreInteger(
  truncating: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let operands = unsafe X87Operands(op)
  let control = unsafe core.pointee.floating.controlWord
  let rounding = control & 0xC00
  let bytes =
    operands.source == X87Operands.Source.word.rawValue
    ? 2 : operands.source == X87Operands.Source.doubleword.rawValue ? 4 : 8
  guard unsafe mayUseX87(core), truncating || rounding == 0 || rounding == 0xC00, let value = unsafe stacked(core, 0),
    let integer = QuickExtended.integer(value, truncates: truncating || rounding == 0xC00),
    !integer.isInexact || control & FloatFlag.precision != 0
  else { return unsafe general(core, op, result, carries, budget) }
  let at = unsafe address(core, op, .indexed)
  // Another integer is the indefinite one.
  guard bytes == 8 || integer.value.magnitude < (bytes == 2 ? 1 << 15 : 1 << 31),
    let place = unsafe writable(core, at, bytes)
  else { return unsafe general(core, op, result, carries, budget) }
  switch bytes {
  case 2: unsafe place.storeBytes(of: Int16(truncatingIfNeeded: integer.value), as: Int16.self)
  case 4: unsafe place.storeBytes(of: Int32(truncatingIfNeeded: integer.value), as: Int32.self)
  default: unsafe place.storeBytes(of: integer.value, as: Int64.self)
  }
  unsafe finish(
    core, op, operands, clear: 0x200,
    set: (integer.isInexact ? FloatFlag.precision : 0) | (integer.isRoundedUp ? 0x200 : 0), pops: operands.pops,
    address: at)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// FXCH.
@inline(__always)
func x87Exchange(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let operands = unsafe X87Operands(op)
  guard unsafe mayUseX87(core), let top = unsafe stacked(core, 0), let other = unsafe stacked(core, operands.index)
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe core.pointee.floating.registers[unchecked: physical(core, 0)] = other
  unsafe core.pointee.floating.registers[unchecked: physical(core, operands.index)] = top
  unsafe finish(core, op, operands, clear: 0x200, set: 0)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// FNSTCW.
@inline(__always)
func x87StoreControlWord(
  _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard unsafe core.pointee.paging.cr0 & (CR0.emulation | CR0.taskSwitched) == 0,
    let place = unsafe writable(core, address(core, op, .indexed), 2)
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe place.storeBytes(of: core.pointee.floating.controlWord, as: UInt16.self)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// FLDCW that unmasks no exception which the status word has.
@inline(__always)
func x87LoadControlWord(
  _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard unsafe mayUseX87(core), unsafe core.pointee.paging.cr0 & CR0.numericError != 0,
    let place = unsafe readable(core, address(core, op, .indexed), 2)
  else { return unsafe general(core, op, result, carries, budget) }
  let value = unsafe place.loadUnaligned(as: UInt16.self) & 0x1F7F | 0x40
  let status = unsafe core.pointee.floating.statusWord
  guard status & (~value & 0x3F | 0x8080) == 0 else { return unsafe general(core, op, result, carries, budget) }
  unsafe core.pointee.floating.controlWord = value
  unsafe dispatch(core, op + 1, result, carries, budget)
}
