import MMU
import X86
import X86Decoder

// The bodies of handlers, one for each shape of operands. `ThreadedHandlers.generated.swift` makes a closure of each with
// each function and width; nothing here may call what is not inlined, but by a tail call.

/// Where a memory operand's address comes from.
enum AddressForm {
  /// Base and displacement.
  case based
  /// Base, scaled index and displacement.
  case indexed
  /// The same through FS or GS.
  case segmented
  /// Of 16- and 32-bit code: through a segment with a base and a limit.
  case legacy
}

@inline(__always)
func address(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ form: AddressForm) -> UInt64 {
  let start = unsafe registerFile(core)[Int(op.pointee.base)] &+ op.pointee.displacement
  guard form != .based else { return start }
  if form == .legacy { return unsafe legacyOffset(core, op) }
  let offset = unsafe start &+ registerFile(core)[Int(op.pointee.index)] &* UInt64(op.pointee.factor)
  guard form == .segmented else { return offset }
  // An offset near the ends of the canonical halves gives an address that nothing is cached for: the shared semantics
  // decide.
  guard (offset &+ (1 << 46)) >> 47 == 0 else { return nowhere }
  return unsafe offset &+ core.pointee.segments[Int(op.pointee.segment)].base
}

/// In no page that is ever cached: not canonical.
private var nowhere: UInt64 { @inline(__always) get { 1 << 62 } }

@inline(__always)
func readable(_ core: MicroOp.Core, _ address: UInt64, _ size: Int) -> UnsafeMutableRawPointer? {
  unsafe TranslationCache.readable(core.pointee.tlb, address, UInt64(size))
}

@inline(__always)
func writable(_ core: MicroOp.Core, _ address: UInt64, _ size: Int) -> UnsafeMutableRawPointer? {
  unsafe TranslationCache.writable(core.pointee.tlb, address, UInt64(size))
}

/// A memory operand that may be read straight away; nil if the shared semantics must decide.
@inline(__always)
func readable(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ form: AddressForm, _ size: Int) -> UnsafeMutableRawPointer?
{
  guard form == .legacy else { return unsafe readable(core, address(core, op, form), size) }
  return unsafe place(core, legacyWindow(core, op), legacyOffset(core, op), size, isWrite: false)
}

/// The same for writing.
@inline(__always)
func writable(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ form: AddressForm, _ size: Int) -> UnsafeMutableRawPointer?
{
  guard form == .legacy else { return unsafe writable(core, address(core, op, form), size) }
  return unsafe place(core, legacyWindow(core, op), legacyOffset(core, op), size, isWrite: true)
}

// MARK: Functions of two operands

/// A register and a register or immediate.
///
/// - Parameter quiet: nobody sees the flags before they are set again.
@inline(__always)
func binary<Word: OperandWord>(
  _ function: BinaryFunction, _: Word.Type, immediate: Bool, quiet: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor,
  _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let own = unsafe Int(op.pointee.destination)
  let old = unsafe registerFile(core)[own]
  let right = unsafe immediate ? op.pointee.immediate : registerFile(core)[Int(op.pointee.source)]
  let new = function.apply(Word(truncatingIfNeeded: old), Word(truncatingIfNeeded: right), &flags)
  if function.isWritten { unsafe registerFile(core)[own] = merged(old, new) }
  unsafe dispatch(core, op + 1, quiet ? result : flags.result, quiet ? carries : flags.carries, budget)
}

/// A result in its register: words of 8 and 16 bits leave the rest of it.
@inline(__always)
func merged<Word: OperandWord>(_ old: UInt64, _ new: Word) -> UInt64 {
  Word.bitWidth < 32 ? (old & ~UInt64(Word.max)) | UInt64(new) : UInt64(new)
}

/// A register and memory.
@inline(__always)
func binarySource<Word: OperandWord>(
  _ function: BinaryFunction, _: Word.Type, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor,
  _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard let place = unsafe readable(core, op, form, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  var flags = LazyFlags(result: result, carries: carries)
  let own = unsafe Int(op.pointee.destination)
  let old = unsafe registerFile(core)[own]
  let new = unsafe function.apply(Word(truncatingIfNeeded: old), place.loadUnaligned(as: Word.self), &flags)
  if function.isWritten { unsafe registerFile(core)[own] = merged(old, new) }
  unsafe dispatch(core, op + 1, flags.result, flags.carries, budget)
}

/// Memory and a register or immediate.
@inline(__always)
func binaryDestination<Word: OperandWord>(
  _ function: BinaryFunction, _: Word.Type, immediate: Bool, _ form: AddressForm, _ core: MicroOp.Core,
  _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let size = MemoryLayout<Word>.size
  guard
    let place = unsafe function.isWritten ? writable(core, op, form, size) : readable(core, op, form, size)
  else {
    return unsafe general(core, op, result, carries, budget)
  }
  var flags = LazyFlags(result: result, carries: carries)
  let right = unsafe immediate ? op.pointee.immediate : registerFile(core)[Int(op.pointee.destination)]
  let new = unsafe function.apply(place.loadUnaligned(as: Word.self), Word(truncatingIfNeeded: right), &flags)
  if function.isWritten { unsafe place.storeBytes(of: new, as: Word.self) }
  unsafe dispatch(core, op + 1, flags.result, flags.carries, budget)
}

// MARK: Functions of one operand

/// A register shifted by an immediate, which is masked and not zero.
@inline(__always)
func shift<Word: OperandWord>(
  _ function: ShiftFunction, _: Word.Type, quiet: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let own = unsafe Int(op.pointee.destination)
  let count = unsafe Int(truncatingIfNeeded: op.pointee.immediate)
  let old = unsafe registerFile(core)[own]
  let new = function.applyCounted(Word(truncatingIfNeeded: old), count, &flags)
  unsafe registerFile(core)[own] = merged(old, new)
  unsafe dispatch(core, op + 1, quiet ? result : flags.result, quiet ? carries : flags.carries, budget)
}

/// INC, DEC, NEG and NOT of a register.
@inline(__always)
func unary<Word: OperandWord>(
  _ function: UnaryFunction, _: Word.Type, quiet: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let own = unsafe Int(op.pointee.destination)
  let old = unsafe registerFile(core)[own]
  let new = function.apply(Word(truncatingIfNeeded: old), &flags)
  unsafe registerFile(core)[own] = merged(old, new)
  unsafe dispatch(core, op + 1, quiet ? result : flags.result, quiet ? carries : flags.carries, budget)
}

/// IMUL of two registers.
@inline(__always)
func multiply<Word: OperandWord>(
  _: Word.Type, quiet: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let own = unsafe Int(op.pointee.destination)
  let product = unsafe Integer.imul(
    Word(truncatingIfNeeded: registerFile(core)[own]),
    Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.source)]),
    &flags)
  unsafe registerFile(core)[own] = UInt64(product.low)
  unsafe dispatch(core, op + 1, quiet ? result : flags.result, quiet ? carries : flags.carries, budget)
}

// MARK: Moves

/// What a register operand becomes on its way.
enum Extension { case none, zero8, zero16, zero32, sign32 }

@inline(__always)
private func extended(_ value: UInt64, _ kind: Extension) -> UInt64 {
  switch kind {
  case .none: value
  case .zero8: value & 0xFF
  case .zero16: value & 0xFFFF
  case .zero32: value & 0xFFFF_FFFF
  case .sign32: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value)))
  }
}

@inline(__always)
func move(
  _ kind: Extension, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let value = unsafe registerFile(core)[Int(op.pointee.source)]
  unsafe registerFile(core)[Int(op.pointee.destination)] = extended(value, kind)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

@inline(__always)
func moveImmediate(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  unsafe registerFile(core)[Int(op.pointee.destination)] = op.pointee.immediate
  unsafe dispatch(core, op + 1, result, carries, budget)
}

@inline(__always)
func load<Word: OperandWord>(
  _: Word.Type, signed: Bool, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  guard let place = unsafe readable(core, op, form, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let value = unsafe place.loadUnaligned(as: Word.self)
  unsafe registerFile(core)[Int(op.pointee.destination)] = signed ? value.signExtended : UInt64(value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

@inline(__always)
func store<Word: OperandWord>(
  _: Word.Type, immediate: Bool, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  guard let place = unsafe writable(core, op, form, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let value = unsafe immediate ? op.pointee.immediate : registerFile(core)[Int(op.pointee.destination)]
  unsafe place.storeBytes(of: Word(truncatingIfNeeded: value), as: Word.self)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// LEA.
@inline(__always)
func loadAddress(
  _ kind: Extension, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  unsafe registerFile(core)[Int(op.pointee.destination)] = extended(address(core, op, form), kind)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// MOVSX of a register.
@inline(__always)
func moveSigned<Word: OperandWord>(
  _: Word.Type, _ kind: Extension, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  let value = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.source)]).signExtended
  unsafe registerFile(core)[Int(op.pointee.destination)] = extended(value, kind)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// MOVSX of memory.
@inline(__always)
func loadSigned<Word: OperandWord>(
  _: Word.Type, _ kind: Extension, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  guard let place = unsafe readable(core, op, form, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  unsafe registerFile(core)[Int(op.pointee.destination)] = extended(
    place.loadUnaligned(as: Word.self).signExtended, kind)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// CMOVcc of memory, which is read whatever the condition says.
@inline(__always)
func moveIfMemory<Word: OperandWord>(
  _ condition: UInt8, _: Word.Type, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64,
  _ budget: Int
) {
  guard let place = unsafe readable(core, op, form, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let own = unsafe Int(op.pointee.destination)
  let value = unsafe place.loadUnaligned(as: Word.self)
  let kept = unsafe Word(truncatingIfNeeded: registerFile(core)[own])
  let holds = LazyFlags(result: result, carries: carries).holds(condition)
  unsafe registerFile(core)[own] = UInt64(holds ? value : kept)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// A register shifted by CL.
@inline(__always)
func shiftCount<Word: OperandWord>(
  _ function: ShiftFunction, _: Word.Type, quiet: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let own = unsafe Int(op.pointee.destination)
  let count = unsafe UInt8(truncatingIfNeeded: registerFile(core)[1])
  let old = unsafe registerFile(core)[own]
  let new = function.apply(Word(truncatingIfNeeded: old), count, &flags)
  unsafe registerFile(core)[own] = merged(old, new)
  unsafe dispatch(core, op + 1, quiet ? result : flags.result, quiet ? carries : flags.carries, budget)
}

/// Memory shifted by an immediate, which is masked and not zero.
@inline(__always)
func shiftMemory<Word: OperandWord>(
  _ function: ShiftFunction, _: Word.Type, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor,
  _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  guard let place = unsafe writable(core, op, form, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  var flags = LazyFlags(result: result, carries: carries)
  let count = unsafe Int(truncatingIfNeeded: op.pointee.immediate)
  unsafe place.storeBytes(of: function.applyCounted(place.loadUnaligned(as: Word.self), count, &flags), as: Word.self)
  unsafe dispatch(core, op + 1, flags.result, flags.carries, budget)
}

/// INC, DEC, NEG and NOT of memory.
@inline(__always)
func unaryMemory<Word: OperandWord>(
  _ function: UnaryFunction, _: Word.Type, _ form: AddressForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor,
  _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard let place = unsafe writable(core, op, form, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  var flags = LazyFlags(result: result, carries: carries)
  unsafe place.storeBytes(of: function.apply(place.loadUnaligned(as: Word.self), &flags), as: Word.self)
  unsafe dispatch(core, op + 1, flags.result, flags.carries, budget)
}

/// IMUL of a register and an immediate.
@inline(__always)
func multiplyImmediate<Word: OperandWord>(
  _: Word.Type, quiet: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  var flags = LazyFlags(result: result, carries: carries)
  let left = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.source)])
  let product = unsafe Integer.imul(left, Word(truncatingIfNeeded: op.pointee.immediate), &flags)
  unsafe registerFile(core)[Int(op.pointee.destination)] = UInt64(product.low)
  unsafe dispatch(core, op + 1, quiet ? result : flags.result, quiet ? carries : flags.carries, budget)
}

// MARK: The stack

@inline(__always)
func pushImmediate(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let top = unsafe registerFile(core)[4] &- 8
  guard let place = unsafe writable(core, top, 8) else { return unsafe general(core, op, result, carries, budget) }
  unsafe place.storeBytes(of: op.pointee.immediate, as: UInt64.self)
  unsafe registerFile(core)[4] = top
  unsafe dispatch(core, op + 1, result, carries, budget)
}

@inline(__always)
func push(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let top = unsafe registerFile(core)[4] &- 8
  guard let place = unsafe writable(core, top, 8) else { return unsafe general(core, op, result, carries, budget) }
  unsafe place.storeBytes(of: registerFile(core)[Int(op.pointee.destination)], as: UInt64.self)
  unsafe registerFile(core)[4] = top
  unsafe dispatch(core, op + 1, result, carries, budget)
}

@inline(__always)
func pop(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let top = unsafe registerFile(core)[4]
  guard let place = unsafe readable(core, top, 8) else { return unsafe general(core, op, result, carries, budget) }
  unsafe registerFile(core)[4] = top &+ 8
  unsafe registerFile(core)[Int(op.pointee.destination)] = place.loadUnaligned(as: UInt64.self)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

@inline(__always)
func nothing(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  unsafe dispatch(core, op + 1, result, carries, budget)
}

// MARK: Conditions

@inline(__always)
func setIf(
  _ condition: UInt8, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let bit: UInt64 = LazyFlags(result: result, carries: carries).holds(condition) ? 1 : 0
  let own = unsafe Int(op.pointee.destination)
  unsafe registerFile(core)[own] = (registerFile(core)[own] & ~0xFF) | bit
  unsafe dispatch(core, op + 1, result, carries, budget)
}

@inline(__always)
func moveIf(
  _ condition: UInt8, _ kind: Extension, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  let own = unsafe Int(op.pointee.destination)
  let source = unsafe registerFile(core)[Int(op.pointee.source)]
  let value = unsafe LazyFlags(result: result, carries: carries).holds(condition) ? source : registerFile(core)[own]
  unsafe registerFile(core)[own] = extended(value, kind)
  unsafe dispatch(core, op + 1, result, carries, budget)
}
