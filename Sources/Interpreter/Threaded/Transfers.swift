import MMU
import X86
import X86Decoder

// Handlers that end a block.

/// To the block of the same page that a branch is linked with.
@inline(__always)
private func go(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let left = unsafe budget &- Int(op.pointee.count)
  guard _fastPath(left >= 0) else { return unsafe follow(core, op, result, carries, left) }
  unsafe dispatch(core, cursor(op.pointee.immediate), result, carries, left)
}

/// Jcc.
@inline(__always)
func jumpIf(
  _ condition: UInt8, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  // Not taken, it does not end the block.
  guard LazyFlags(result: result, carries: carries).holds(condition) else {
    return unsafe dispatch(core, op + 1, result, carries, budget)
  }
  unsafe go(core, op, result, carries, budget)
}

/// Jcc that has not been taken yet.
@inline(__always)
func jumpIfUnlinked(
  _ condition: UInt8, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard LazyFlags(result: result, carries: carries).holds(condition) else {
    return unsafe dispatch(core, op + 1, result, carries, budget)
  }
  unsafe unlinked(core, op, result, carries, budget)
}

/// JMP rel, and the end of a block that no branch ends.
@inline(__always)
func jump(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  unsafe go(core, op, result, carries, budget)
}

/// A branch, or the end of a block, that goes on for the first time.
@inline(__always)
func unlinked(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  unsafe follow(core, op, result, carries, budget &- Int(op.pointee.count))
}

/// CALL rel: the return address is that of the next operation.
@inline(__always)
func call(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let top = unsafe registerFile(core)[4] &- 8
  let left = unsafe budget &- Int(op.pointee.count)
  guard _fastPath(left >= 0), let place = unsafe TranslationCache.writable(core.pointee.tlb, top, 8) else {
    return unsafe follow(core, op, result, carries, left)
  }
  unsafe place.storeBytes(of: registerFile(core)[17] &+ op.pointee.displacement, as: UInt64.self)
  unsafe registerFile(core)[4] = top
  unsafe dispatch(core, cursor(op.pointee.immediate), result, carries, left)
}

/// To an address, by the table of blocks.
///
/// - Parameter isLegacy: it is an offset in CS, which no near branch is cut to.
@inline(__always)
func jumpTo(
  _ goal: UInt64, isLegacy: Bool = false, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ left: Int
) {
  let linear = unsafe isLegacy ? (core.pointee.threaded.legacy.codeBase &+ goal) & 0xFFFF_FFFF : goal
  let page = goal &- (linear & 0xFFF)
  let slot =
    unsafe core.pointee.threaded.jumps.unsafelyUnwrapped
    + Int(truncatingIfNeeded: (linear ^ (linear >> 12)) & UInt64(ThreadedJump.count - 1))
  guard unsafe _fastPath(slot.pointee.rip == linear),
    unsafe _fastPath(slot.pointee.generation == core.pointee.threaded.generation),
    unsafe _fastPath(!isLegacy || page < core.pointee.threaded.legacy.pageEnd), _fastPath(left >= 0)
  else {
    unsafe core.pointee.rip = goal
    return unsafe arrive(core, op, result, carries, left)
  }
  unsafe registerFile(core)[17] = page
  unsafe dispatch(core, cursor(UInt64(slot.pointee.target)), result, carries, left)
}

/// Jcc whose target lies in another page: the immediate is the target's distance from the page.
@inline(__always)
func jumpIfFar(
  _ condition: UInt8, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard LazyFlags(result: result, carries: carries).holds(condition) else {
    return unsafe dispatch(core, op + 1, result, carries, budget)
  }
  unsafe jumpFar(core, op, result, carries, budget)
}

/// JMP rel to another page.
@inline(__always)
func jumpFar(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let goal = unsafe registerFile(core)[17] &+ op.pointee.immediate
  guard unsafe isNear(goal, core) else { return unsafe general(core, op, result, carries, budget) }
  unsafe jumpTo(goal, core, op, result, carries, budget &- Int(op.pointee.count))
}

/// The end of a block at the end of its page: no instruction, so that nothing but the next block checks the address.
@inline(__always)
func enterNextPage(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  unsafe jumpTo(registerFile(core)[17] &+ 0x1000, core, op, result, carries, budget &- Int(op.pointee.count))
}

/// CALL rel to another page.
@inline(__always)
func callFar(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  unsafe callTo(
    registerFile(core)[17] &+ op.pointee.immediate, core, op, op.pointee.displacement, result, carries, budget)
}

/// Whether a branch between two addresses needs no check of its target: both are canonical and of the same half.
@inline(__always)
private func isNear(_ goal: UInt64, _ core: MicroOp.Core) -> Bool { unsafe (goal ^ registerFile(core)[17]) >> 47 == 0 }

/// RET without an immediate.
@inline(__always)
func ret(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let top = unsafe registerFile(core)[4]
  guard let place = unsafe TranslationCache.readable(core.pointee.tlb, top, 8) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let goal = unsafe place.loadUnaligned(as: UInt64.self)
  guard unsafe isNear(goal, core) else { return unsafe general(core, op, result, carries, budget) }
  unsafe registerFile(core)[4] = top &+ 8
  unsafe jumpTo(goal, core, op, result, carries, budget &- Int(op.pointee.count))
}

/// JMP by a register.
@inline(__always)
func jumpRegister(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let goal = unsafe registerFile(core)[Int(op.pointee.destination)]
  guard unsafe isNear(goal, core) else { return unsafe general(core, op, result, carries, budget) }
  unsafe jumpTo(goal, core, op, result, carries, budget &- Int(op.pointee.count))
}

/// CALL by a register or memory.
@inline(__always)
private func callTo(
  _ goal: UInt64, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ next: UInt64, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  let top = unsafe registerFile(core)[4] &- 8
  guard unsafe isNear(goal, core), let place = unsafe TranslationCache.writable(core.pointee.tlb, top, 8) else {
    return unsafe general(core, op, result, carries, budget)
  }
  unsafe place.storeBytes(of: registerFile(core)[17] &+ next, as: UInt64.self)
  unsafe registerFile(core)[4] = top
  unsafe jumpTo(goal, core, op, result, carries, budget &- Int(op.pointee.count))
}

@inline(__always)
func callRegister(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  unsafe callTo(
    registerFile(core)[Int(op.pointee.destination)], core, op, op.pointee.immediate, result, carries, budget)
}

@inline(__always)
func callMemory(
  indexed: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  var at = unsafe registerFile(core)[Int(op.pointee.base)] &+ op.pointee.displacement
  if indexed { at = unsafe at &+ (registerFile(core)[Int(op.pointee.index)] &* UInt64(op.pointee.factor)) }
  guard let place = unsafe TranslationCache.readable(core.pointee.tlb, at, 8) else {
    return unsafe general(core, op, result, carries, budget)
  }
  unsafe callTo(place.loadUnaligned(as: UInt64.self), core, op, op.pointee.immediate, result, carries, budget)
}

/// JMP by memory.
@inline(__always)
func jumpMemory(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  guard let place = unsafe readable(core, address(core, op, .indexed), 8) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let goal = unsafe place.loadUnaligned(as: UInt64.self)
  guard unsafe isNear(goal, core) else { return unsafe general(core, op, result, carries, budget) }
  unsafe jumpTo(goal, core, op, result, carries, budget &- Int(op.pointee.count))
}

// MARK: Slow ways, reached by tail calls

/// An instruction that no handler does, or not here: the semantics that the reference engine uses.
@inline(never)
func general(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  unsafe core.pointee.flags = LazyFlags(result: result, carries: carries)
  if unsafe op.pointee.recoversFlags { unsafe Processor.recoverFlags(core, op) }
  let outcome = unsafe Processor.executeThreaded(core, op, budget)
  switch outcome {
  case .next, .nextAndStop:
    let left = outcome == .nextAndStop && budget > -(1 << 50) ? budget &- Threaded.stop : budget
    unsafe dispatch(core, op + 1, core.pointee.flags.result, core.pointee.flags.carries, left)
  case .elsewhere:
    let left = unsafe core.pointee.budget &- Threaded.reserve
    let flags = unsafe core.pointee.flags
    if unsafe core.pointee.threaded.legacy.isOn {
      return unsafe jumpTo(core.pointee.rip, isLegacy: true, core, op, flags.result, flags.carries, left)
    }
    unsafe jumpTo(core.pointee.rip, core, op, flags.result, flags.carries, left)
  case .leave: return
  }
}

/// A branch that is taken and not linked, or for which ticks may be missing.
///
/// - Parameter left: the ticks that are left behind the branch.
@inline(never)
func follow(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ left: Int) {
  guard unsafe Processor.beginBranch(core, op) else {
    return unsafe general(core, op, result, carries, left &+ Int(op.pointee.count))
  }
  guard left >= 0, let next = unsafe Processor.link(core, op) else {
    return unsafe leave(core, result, carries, left)
  }
  unsafe dispatch(core, next, result, carries, left)
}

/// At the beginning of a block that no table has: RIP says where.
@inline(never)
func arrive(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ left: Int) {
  guard left >= 0 else { return unsafe leave(core, result, carries, left) }
  if let next = unsafe Processor.blockAtRIP(core) { return unsafe dispatch(core, next, result, carries, left) }
  // No block begins with an instruction that crosses into another page, or lies in no RAM: it is executed by itself.
  unsafe leave(core, result, carries, left)
  guard let next = unsafe Processor.stepToBlock(core) else { return }
  unsafe dispatch(
    core, next, core.pointee.flags.result, core.pointee.flags.carries, core.pointee.budget &- Threaded.reserve)
}

/// The code of the block has been written.
@inline(never)
func stale(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ left: Int) {
  unsafe core.pointee.rip = registerFile(core)[17] &+ UInt64(op.pointee.offset)
  guard left >= 0, let next = unsafe Processor.renew(core, op) else {
    return unsafe arrive(core, op, result, carries, left)
  }
  unsafe dispatch(core, next, result, carries, left)
}

/// The code of the block has been written, and another block is there; that may have been written as well.
@inline(__always)
func forward(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ left: Int) {
  let next = unsafe cursor(op.pointee.immediate)
  // Not from one such operation to the next: code that is written again and again would make a long chain of them.
  guard unsafe next.pointee.count != 0 else { return unsafe stale(core, op, result, carries, left) }
  unsafe dispatch(core, next, result, carries, left)
}

/// Back to the loop that began the engine: RIP is where to go on.
@inline(__always)
private func leave(_ core: MicroOp.Core, _ result: UInt64, _ carries: UInt64, _ left: Int) {
  unsafe core.pointee.flags = LazyFlags(result: result, carries: carries)
  unsafe core.pointee.budget = Threaded.ticks(left)
}

// MARK: Compare and branch

/// The functions that set flags for the branch behind them.
enum Comparison { case cmp, test }

/// Whether a condition holds of two operands that were compared: what the flags would say, by the shortest way.
@inline(__always)
private func holds<Word: OperandWord>(
  _ condition: UInt8, _ comparison: Comparison, _ left: Word, _ right: Word, _ flags: LazyFlags
) -> Bool {
  let isTest = comparison == .test
  switch condition {
  case 2: return isTest ? false : left < right
  case 3: return isTest ? true : left >= right
  case 4: return isTest ? left & right == 0 : left == right
  case 5: return isTest ? left & right != 0 : left != right
  case 6: return isTest ? left & right == 0 : left <= right
  case 7: return isTest ? left & right != 0 : left > right
  case 8: return isTest ? (left & right).signed < 0 : (left &- right).signed < 0
  case 9: return isTest ? (left & right).signed >= 0 : (left &- right).signed >= 0
  case 12: return isTest ? (left & right).signed < 0 : left.signed < right.signed
  case 13: return isTest ? (left & right).signed >= 0 : left.signed >= right.signed
  case 14: return isTest ? (left & right).signed <= 0 : left.signed <= right.signed
  case 15: return isTest ? (left & right).signed > 0 : left.signed > right.signed
  default: return flags.holds(condition)
  }
}

/// CMP or TEST of a register with a register or immediate, and the Jcc behind it.
@inline(__always)
func compareAndJump<Word: OperandWord>(
  _ comparison: Comparison, _: Word.Type, immediate: Bool, _ condition: UInt8, _ core: MicroOp.Core,
  _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let left = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.destination)])
  let right = unsafe Word(
    truncatingIfNeeded: immediate ? op.pointee.immediate : registerFile(core)[Int(op.pointee.source)])
  var flags = LazyFlags(result: result, carries: carries)
  _ = comparison == .cmp ? Integer.sub(left, right, &flags) : Integer.and(left, right, &flags)
  guard holds(condition, comparison, left, right, flags) else {
    return unsafe dispatch(core, op + 2, flags.result, flags.carries, budget)
  }
  unsafe go(core, op + 1, flags.result, flags.carries, budget)
}

/// DEC of a register, and the JNZ or JZ behind it.
@inline(__always)
func decrementAndJump<Word: OperandWord>(
  _: Word.Type, _ condition: UInt8, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  let own = unsafe Int(op.pointee.destination)
  var flags = LazyFlags(result: result, carries: carries)
  let new = unsafe Integer.dec(Word(truncatingIfNeeded: registerFile(core)[own]), &flags)
  unsafe registerFile(core)[own] = UInt64(new)
  guard (new == 0) == (condition == 4) else {
    return unsafe dispatch(core, op + 2, flags.result, flags.carries, budget)
  }
  unsafe go(core, op + 1, flags.result, flags.carries, budget)
}
