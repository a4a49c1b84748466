import MMU
import X86
import X86Decoder

// REP MOVS and REP STOS that end within the pages where they begin, upwards. Both are reached by tail calls, since they
// call what copies.

/// Whether all iterations may be done at once: nothing has to be looked at between them, and the ticks suffice.
///
/// - Parameter count: at least one.
@inline(__always)
private func isWhole(_ core: MicroOp.Core, _ count: UInt64, _ budget: Int) -> Bool {
  unsafe count <= 0x1000 && budget >= Int(truncatingIfNeeded: count) && !core.pointee.isRepeating
    && core.pointee.systemFlags & RFLAGS.direction == 0
}

/// Goes on behind all iterations; each but the last has a tick that completes no instruction.
@inline(__always)
private func end(
  _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ count: UInt64, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  unsafe registerFile(core)[1] = 0
  unsafe core.pointee.surplusTicks &+= count &- 1
  unsafe dispatch(core, op + 1, result, carries, budget &- Int(truncatingIfNeeded: count &- 1))
}

/// REP MOVS; `factor` is the size of an element.
@inline(never)
func repeatMoves(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let registers = unsafe registerFile(core)
  let count = unsafe registers[1]
  guard count != 0, unsafe isWhole(core, count, budget) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let byteCount = unsafe count &* UInt64(op.pointee.factor)
  let (from, to) = unsafe (registers[6], registers[7])
  guard let target = unsafe TranslationCache.writable(core.pointee.tlb, to, byteCount),
    let origin = unsafe TranslationCache.readable(core.pointee.tlb, from, byteCount),
    unsafe copyElements(target, origin, op.pointee.factor, Int(truncatingIfNeeded: byteCount))
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe registers[6] = from &+ byteCount
  unsafe registers[7] = to &+ byteCount
  unsafe end(core, op, count, result, carries, budget)
}

/// REP STOS; `factor` is the size of an element.
@inline(never)
func repeatStores(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let registers = unsafe registerFile(core)
  let count = unsafe registers[1]
  guard count != 0, unsafe isWhole(core, count, budget) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let byteCount = unsafe count &* UInt64(op.pointee.factor)
  let to = unsafe registers[7]
  guard let target = unsafe TranslationCache.writable(core.pointee.tlb, to, byteCount) else {
    return unsafe general(core, op, result, carries, budget)
  }
  unsafe fillElements(target, op.pointee.factor, registers[0], Int(truncatingIfNeeded: count))
  unsafe registers[7] = to &+ byteCount
  unsafe end(core, op, count, result, carries, budget)
}
