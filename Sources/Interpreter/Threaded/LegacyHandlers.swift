import MMU
import X86
import X86Decoder

// What handlers of 16- and 32-bit code do otherwise than those of 64-bit code: offsets are cut and limited by segments,
// the stack has the size that SS says, and the instruction pointer is an offset in CS.

/// What code may access through a segment register, without a look at its descriptor.
@safe struct SegmentWindow {
  /// The base.
  var base: UInt64 = 0
  /// One more than the highest offset that may be read: 0 if none may be, or if the shared semantics must look.
  var readEnd: UInt64 = 0
  /// The same for writing.
  var writeEnd: UInt64 = 0

  /// The linear address of an offset.
  @inline(__always) func linear(_ offset: UInt64) -> UInt64 { (base &+ offset) & 0xFFFF_FFFF }
}

/// What the threaded engine knows of a processor outside 64-bit mode.
@safe struct LegacyState {
  /// Not in 64-bit mode; only then the rest counts.
  var isOn = false
  /// The base of CS.
  var codeBase: UInt64 = 0
  /// The highest offset that a near branch reaches: the limit of CS, and FFFFh in 16-bit code.
  var codeLimit: UInt64 = 0
  /// Offsets in CS, less than this, at which a page may begin so that all of it lies below the limit.
  var pageEnd: UInt64 = 0
  /// The bits of rSP that count, and those that the stack leaves alone.
  var (stackMask, stackKept): (UInt64, UInt64) = (0xFFFF, ~0xFFFF)
  /// ES CS SS DS FS GS.
  var windows: UnsafeMutablePointer<SegmentWindow>?
}

/// The offset of a memory operand, cut to the address size.
///
/// The displacement of an operation of 16- and 32-bit code has 32 bits; bits 39:32 of its field are the distance of the
/// segment's window from the first, bits 63:56 the bits by which the address size is shorter than 32.
@inline(__always)
func legacyOffset(_ core: MicroOp.Core, _ op: MicroOp.Cursor) -> UInt64 {
  let word = unsafe op.pointee.displacement
  let sum =
    unsafe registerFile(core)[Int(op.pointee.base)] &+ word
    &+ registerFile(core)[Int(op.pointee.index)] &* UInt64(op.pointee.factor)
  return sum & (0xFFFF_FFFF &>> (word &>> 56))
}

/// The window of an operand's segment.
@inline(__always)
func legacyWindow(_ core: MicroOp.Core, _ op: MicroOp.Cursor) -> UnsafePointer<SegmentWindow> {
  let first = unsafe UnsafeRawPointer(core.pointee.threaded.legacy.windows.unsafelyUnwrapped)
  return unsafe (first + Int(truncatingIfNeeded: (op.pointee.displacement &>> 32) & 0xFF))
    .assumingMemoryBound(to: SegmentWindow.self)
}

/// The place of an offset in a segment, if it is at hand: within the limit, and its translation cached.
@inline(__always)
func place(
  _ core: MicroOp.Core, _ window: UnsafePointer<SegmentWindow>, _ offset: UInt64, _ size: Int, isWrite: Bool
) -> UnsafeMutableRawPointer? {
  guard unsafe offset &+ UInt64(size) <= (isWrite ? window.pointee.writeEnd : window.pointee.readEnd) else {
    return nil
  }
  let at = unsafe window.pointee.linear(offset)
  return unsafe isWrite ? writable(core, at, size) : readable(core, at, size)
}

// MARK: The stack

/// An offset in SS, cut to the stack's size.
@inline(__always)
private func stackOffset(_ core: MicroOp.Core, _ value: UInt64) -> UInt64 {
  unsafe value & core.pointee.threaded.legacy.stackMask
}

@inline(__always)
private func setStackPointer(_ core: MicroOp.Core, _ offset: UInt64) {
  let kept = unsafe registerFile(core)[4] & core.pointee.threaded.legacy.stackKept
  unsafe registerFile(core)[4] = kept | offset
}

/// A place in the stack that is at hand.
@inline(__always)
private func stackSlot(
  _ core: MicroOp.Core, _ offset: UInt64, _ size: Int, isWrite: Bool
) -> UnsafeMutableRawPointer? {
  let window = unsafe core.pointee.threaded.legacy.windows.unsafelyUnwrapped + Int(SegmentRegister.ss.rawValue)
  return unsafe place(core, window, offset, size, isWrite: isWrite)
}

/// Pushes a word; false if the shared semantics must.
@inline(__always)
func pushWord<Word: OperandWord>(_ core: MicroOp.Core, _ value: Word) -> Bool {
  let size = MemoryLayout<Word>.size
  let top = unsafe stackOffset(core, registerFile(core)[4] &- UInt64(size))
  guard let place = unsafe stackSlot(core, top, size, isWrite: true) else { return false }
  unsafe place.storeBytes(of: value, as: Word.self)
  unsafe setStackPointer(core, top)
  return true
}

/// PUSH of a register or an immediate.
@inline(__always)
func legacyPush<Word: OperandWord>(
  _: Word.Type, immediate: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  let value = unsafe immediate ? op.pointee.immediate : registerFile(core)[Int(op.pointee.destination)]
  guard unsafe pushWord(core, Word(truncatingIfNeeded: value)) else {
    return unsafe general(core, op, result, carries, budget)
  }
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// PUSH of memory.
@inline(__always)
func legacyPushMemory<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard let source = unsafe readable(core, op, .legacy, MemoryLayout<Word>.size),
    unsafe pushWord(core, source.loadUnaligned(as: Word.self))
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// POP of a register.
@inline(__always)
func legacyPop<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let size = MemoryLayout<Word>.size
  let top = unsafe registerFile(core)[4]
  guard let place = unsafe stackSlot(core, stackOffset(core, top), size, isWrite: false) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let value = unsafe place.loadUnaligned(as: Word.self)
  unsafe setStackPointer(core, stackOffset(core, top &+ UInt64(size)))
  let own = unsafe Int(op.pointee.destination)
  unsafe registerFile(core)[own] = merged(registerFile(core)[own], value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// LEAVE.
@inline(__always)
func legacyLeave<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let size = MemoryLayout<Word>.size
  let frame = unsafe stackOffset(core, registerFile(core)[5])
  guard let place = unsafe stackSlot(core, frame, size, isWrite: false) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let value = unsafe place.loadUnaligned(as: Word.self)
  unsafe setStackPointer(core, stackOffset(core, frame &+ UInt64(size)))
  unsafe registerFile(core)[5] = merged(registerFile(core)[5], value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

// MARK: Moves

/// LEA of 16 bits.
@inline(__always)
func legacyAddress16(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let own = unsafe Int(op.pointee.destination)
  unsafe registerFile(core)[own] = merged(registerFile(core)[own], UInt16(truncatingIfNeeded: legacyOffset(core, op)))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// MOVZX and MOVSX of a byte in memory to 16 bits.
@inline(__always)
func legacyLoadByteInto16(
  signed: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard let place = unsafe readable(core, op, .legacy, 1) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let value = unsafe place.loadUnaligned(as: UInt8.self)
  let own = unsafe Int(op.pointee.destination)
  let word = signed ? UInt16(truncatingIfNeeded: value.signExtended) : UInt16(value)
  unsafe registerFile(core)[own] = merged(registerFile(core)[own], word)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

// MARK: Transfers

/// A near branch that needs no more checks.
@inline(__always)
private func legacyBranch(
  _ goal: UInt64, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  unsafe jumpTo(goal, isLegacy: true, core, op, result, carries, budget &- Int(op.pointee.count))
}

/// Whether a near branch reaches an offset: not beyond the limit, and nothing of it has to be cut.
@inline(__always)
private func isReached(_ goal: UInt64, _ core: MicroOp.Core) -> Bool {
  unsafe goal <= core.pointee.threaded.legacy.codeLimit
}

/// JMP rel to another page.
@inline(__always)
func legacyJumpFar(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let goal = unsafe registerFile(core)[17] &+ op.pointee.immediate
  guard unsafe isReached(goal, core) else { return unsafe general(core, op, result, carries, budget) }
  unsafe legacyBranch(goal, core, op, result, carries, budget)
}

/// Jcc to another page.
@inline(__always)
func legacyJumpIfFar(
  _ condition: UInt8, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard LazyFlags(result: result, carries: carries).holds(condition) else {
    return unsafe dispatch(core, op + 1, result, carries, budget)
  }
  unsafe legacyJumpFar(core, op, result, carries, budget)
}

/// The end of a block at the end of its page.
@inline(__always)
func legacyEnterNextPage(
  _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  unsafe legacyBranch(registerFile(core)[17] &+ 0x1000, core, op, result, carries, budget)
}

/// CALL rel that is linked.
@inline(__always)
func legacyCall<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let left = unsafe budget &- Int(op.pointee.count)
  let next = unsafe registerFile(core)[17] &+ op.pointee.displacement
  guard _fastPath(left >= 0), unsafe _fastPath(pushWord(core, Word(truncatingIfNeeded: next))) else {
    return unsafe follow(core, op, result, carries, left)
  }
  unsafe dispatch(core, cursor(op.pointee.immediate), result, carries, left)
}

@inline(__always)
private func legacyCallTo<Word: OperandWord>(
  _ goal: UInt64, _ next: UInt64, _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  let follow = unsafe registerFile(core)[17] &+ next
  guard unsafe isReached(goal, core), unsafe pushWord(core, Word(truncatingIfNeeded: follow)) else {
    return unsafe general(core, op, result, carries, budget)
  }
  unsafe legacyBranch(goal, core, op, result, carries, budget)
}

/// CALL rel to another page.
@inline(__always)
func legacyCallFar<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  unsafe legacyCallTo(
    registerFile(core)[17] &+ op.pointee.immediate, op.pointee.displacement, Word.self, core, op, result, carries,
    budget)
}

/// CALL by a register.
@inline(__always)
func legacyCallRegister<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let goal = unsafe UInt64(Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.destination)]))
  unsafe legacyCallTo(goal, op.pointee.immediate, Word.self, core, op, result, carries, budget)
}

/// CALL by memory.
@inline(__always)
func legacyCallMemory<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard let place = unsafe readable(core, op, .legacy, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let goal = unsafe UInt64(place.loadUnaligned(as: Word.self))
  unsafe legacyCallTo(goal, op.pointee.immediate, Word.self, core, op, result, carries, budget)
}

/// JMP by a register.
@inline(__always)
func legacyJumpRegister<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let goal = unsafe UInt64(Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.destination)]))
  guard unsafe isReached(goal, core) else { return unsafe general(core, op, result, carries, budget) }
  unsafe legacyBranch(goal, core, op, result, carries, budget)
}

/// JMP by memory.
@inline(__always)
func legacyJumpMemory<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard let place = unsafe readable(core, op, .legacy, MemoryLayout<Word>.size) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let goal = unsafe UInt64(place.loadUnaligned(as: Word.self))
  guard unsafe isReached(goal, core) else { return unsafe general(core, op, result, carries, budget) }
  unsafe legacyBranch(goal, core, op, result, carries, budget)
}

/// RET; the immediate is what it releases beside the return address.
@inline(__always)
func legacyRet<Word: OperandWord>(
  _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let size = MemoryLayout<Word>.size
  let top = unsafe registerFile(core)[4]
  guard let place = unsafe stackSlot(core, stackOffset(core, top), size, isWrite: false) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let goal = unsafe UInt64(place.loadUnaligned(as: Word.self))
  guard unsafe isReached(goal, core) else { return unsafe general(core, op, result, carries, budget) }
  unsafe setStackPointer(core, stackOffset(core, top &+ UInt64(size) &+ op.pointee.immediate))
  unsafe legacyBranch(goal, core, op, result, carries, budget)
}
