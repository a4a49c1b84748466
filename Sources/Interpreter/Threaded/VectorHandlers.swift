import MMU
import X86
import X86Decoder

// Handlers of SSE without a VEX prefix: moves and integers.

/// SSE may be used: no #UD, no #NM.
@inline(__always)
func mayUseVectors(_ core: MicroOp.Core) -> Bool {
  unsafe core.pointee.paging.cr0 & (CR0.emulation | CR0.taskSwitched) == 0
    && core.pointee.paging.cr4 & CR4.osFXSR != 0
}

/// An XMM register by its number, 0 to 15.
@inline(__always)
func vector(_ core: MicroOp.Core, _ number: UInt8) -> Vector128 {
  unsafe core.pointee.floating.xmm[unchecked: Int(number)]
}

@inline(__always)
func setVector(_ core: MicroOp.Core, _ number: UInt8, _ value: Vector128) {
  unsafe core.pointee.floating.xmm[unchecked: Int(number)] = value
}

/// The address of a memory operand of an instruction that may be executed; nil if the shared semantics must decide.
@inline(__always)
private func vectorAddress(_ core: MicroOp.Core, _ op: MicroOp.Cursor, aligned: Bool) -> UInt64? {
  guard unsafe mayUseVectors(core) else { return nil }
  let at = unsafe address(core, op, .indexed)
  return !aligned || at & 15 == 0 ? at : nil
}

/// The last operand, of 4, 8 or 16 bytes, which must be aligned; nil if the shared semantics must decide.
@inline(__always)
func vectorSource(_ core: MicroOp.Core, _ op: MicroOp.Cursor, memory: Bool, _ byteCount: Int) -> Vector128? {
  guard memory else { return unsafe mayUseVectors(core) ? vector(core, op.pointee.source) : nil }
  guard let at = unsafe vectorAddress(core, op, aligned: byteCount == 16),
    let place = unsafe readable(core, at, byteCount)
  else { return nil }
  switch byteCount {
  case 16: return unsafe place.loadUnaligned(as: Vector128.self)
  case 8: return unsafe Vector128(low: place.loadUnaligned(as: UInt64.self))
  default: return unsafe Vector128(low: UInt64(place.loadUnaligned(as: UInt32.self)))
  }
}

// MARK: Moves

/// What a move between XMM registers, and between those and general registers, does.
enum VectorMove {
  /// All 16 bytes.
  case whole
  /// The low half or doubleword; the rest stays.
  case low64, low32
  /// The low half; the rest is cleared.
  case lowAlone
  /// MOVHLPS and MOVLHPS.
  case highToLow, lowToHigh
  /// MOVD and MOVQ from a general register, and to it.
  case fromGeneral64, fromGeneral32, toGeneral64, toGeneral32
}

@inline(__always)
func moveVector(
  _ kind: VectorMove, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard unsafe mayUseVectors(core) else { return unsafe general(core, op, result, carries, budget) }
  let (to, from) = unsafe (op.pointee.destination, op.pointee.source)
  switch kind {
  case .whole: unsafe setVector(core, to, vector(core, from))
  case .low64: unsafe core.pointee.floating.xmm[unchecked: Int(to)].low = vector(core, from).low
  case .low32:
    let kept = unsafe vector(core, to).low & 0xFFFF_FFFF_0000_0000
    unsafe core.pointee.floating.xmm[unchecked: Int(to)].low = kept | vector(core, from).low & 0xFFFF_FFFF
  case .lowAlone: unsafe setVector(core, to, Vector128(low: vector(core, from).low))
  case .highToLow: unsafe core.pointee.floating.xmm[unchecked: Int(to)].low = vector(core, from).high
  case .lowToHigh: unsafe core.pointee.floating.xmm[unchecked: Int(to)].high = vector(core, from).low
  case .fromGeneral64: unsafe setVector(core, to, Vector128(low: registerFile(core)[Int(from)]))
  case .fromGeneral32: unsafe setVector(core, to, Vector128(low: registerFile(core)[Int(from)] & 0xFFFF_FFFF))
  case .toGeneral64: unsafe registerFile(core)[Int(to)] = vector(core, from).low
  case .toGeneral32: unsafe registerFile(core)[Int(to)] = vector(core, from).low & 0xFFFF_FFFF
  }
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// The part of an XMM register that a move with memory is about.
enum VectorPart {
  /// All of it, aligned or not.
  case aligned, unaligned
  /// The low half or doubleword; a load clears the rest.
  case low64, low32
  /// A half; a load leaves the other one.
  case lowHalf, highHalf

  @inline(__always) var byteCount: Int { self == .aligned || self == .unaligned ? 16 : self == .low32 ? 4 : 8 }
}

@inline(__always)
func loadVector(
  _ part: VectorPart, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard let at = unsafe vectorAddress(core, op, aligned: part == .aligned),
    let place = unsafe readable(core, at, part.byteCount)
  else { return unsafe general(core, op, result, carries, budget) }
  let to = unsafe op.pointee.destination
  switch part {
  case .aligned, .unaligned: unsafe setVector(core, to, place.loadUnaligned(as: Vector128.self))
  case .low64: unsafe setVector(core, to, Vector128(low: place.loadUnaligned(as: UInt64.self)))
  case .low32: unsafe setVector(core, to, Vector128(low: UInt64(place.loadUnaligned(as: UInt32.self))))
  case .lowHalf: unsafe core.pointee.floating.xmm[unchecked: Int(to)].low = place.loadUnaligned(as: UInt64.self)
  case .highHalf: unsafe core.pointee.floating.xmm[unchecked: Int(to)].high = place.loadUnaligned(as: UInt64.self)
  }
  unsafe dispatch(core, op + 1, result, carries, budget)
}

@inline(__always)
func storeVector(
  _ part: VectorPart, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard let at = unsafe vectorAddress(core, op, aligned: part == .aligned),
    let place = unsafe writable(core, at, part.byteCount)
  else { return unsafe general(core, op, result, carries, budget) }
  let value = unsafe vector(core, op.pointee.destination)
  switch part {
  case .aligned, .unaligned: unsafe place.storeBytes(of: value, as: Vector128.self)
  case .low64, .lowHalf: unsafe place.storeBytes(of: value.low, as: UInt64.self)
  case .low32: unsafe place.storeBytes(of: UInt32(truncatingIfNeeded: value.low), as: UInt32.self)
  case .highHalf: unsafe place.storeBytes(of: value.high, as: UInt64.self)
  }
  unsafe dispatch(core, op + 1, result, carries, budget)
}

// MARK: Integers

/// A function of the halves of both operands.
@inline(__always)
func vectorHalves(
  _ function: (UInt64, UInt64) -> UInt64, memory: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  guard let b = unsafe vectorSource(core, op, memory: memory, 16) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let own = unsafe op.pointee.destination
  let a = unsafe vector(core, own)
  unsafe setVector(core, own, Vector128(low: function(a.low, b.low), high: function(a.high, b.high)))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// A function of both operands and the immediate.
@inline(__always)
func vectorFunction(
  _ function: (Vector128, Vector128, UInt8) -> Vector128, memory: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor,
  _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard let b = unsafe vectorSource(core, op, memory: memory, 16) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let own = unsafe op.pointee.destination
  let immediate = unsafe UInt8(truncatingIfNeeded: op.pointee.immediate)
  unsafe setVector(core, own, function(vector(core, own), b, immediate))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// PSLLW, PSRAD and their kin by an immediate.
@inline(__always)
func vectorShift(
  _ bits: UInt64, _ kind: ShiftKind, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  guard unsafe mayUseVectors(core) else { return unsafe general(core, op, result, carries, budget) }
  let own = unsafe op.pointee.destination
  let (value, count) = unsafe (vector(core, own), op.pointee.immediate)
  unsafe setVector(core, own, VectorOperations.shift(value, count, elementBits: bits, kind))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// PMOVMSKB.
@inline(__always)
func moveByteMask(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  guard unsafe mayUseVectors(core) else { return unsafe general(core, op, result, carries, budget) }
  let value = unsafe vector(core, op.pointee.source)
  let mask = VectorOperations.byteMask(value.low) | VectorOperations.byteMask(value.high) &<< 8
  unsafe registerFile(core)[Int(op.pointee.destination)] = mask
  unsafe dispatch(core, op + 1, result, carries, budget)
}
