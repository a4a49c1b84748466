import MMU
import X86
import X86Decoder

// Handlers of vectors with a VEX prefix: moves, integers and rearrangements. One handler serves registers and memory, 16
// and 32 bytes: which of them it is stands in the operation, and the branches on it cost less than four times the code.

/// What a VEX instruction's operation has in the place of the immediate.
struct VEXOperands {
  private let word: UInt64

  /// The low byte of the immediate.
  var immediate: UInt8 { @inline(__always) get { UInt8(truncatingIfNeeded: word) } }
  /// The register of VEX.vvvv.
  var first: UInt8 { @inline(__always) get { UInt8(truncatingIfNeeded: word &>> 8) } }
  /// 32 bytes.
  var isLong: Bool { @inline(__always) get { word & (1 << 16) != 0 } }
  /// The last source is memory.
  var isMemory: Bool { @inline(__always) get { word & (1 << 17) != 0 } }

  /// Of an operation.
  @inline(__always) init(_ op: MicroOp.Cursor) { word = unsafe op.pointee.immediate }

  /// Of an instruction, as an operation holds it.
  static func word(_ i: Instruction) -> UInt64 {
    i.immediate & 0xFF | UInt64(i.vvvv & 15) << 8 | (i.width0 == 32 || i.width1 == 32 ? 1 << 16 : 0)
      | (i.isMemory ? 1 << 17 : 0)
  }
}

/// VEX may be used: no #UD, no #NM.
@inline(__always)
func mayUseVEX(_ core: MicroOp.Core) -> Bool {
  unsafe core.pointee.paging.cr0 & CR0.taskSwitched == 0 && core.pointee.paging.cr4 & CR4.osXSAVE != 0
    && core.pointee.xcr0 & XCR0.avx != 0
}

/// Both lanes of a register.
@inline(__always)
func longVector(_ core: MicroOp.Core, _ number: UInt8) -> Vector256 {
  unsafe Vector256(
    low: core.pointee.floating.xmm[unchecked: Int(number)], high: core.pointee.floating.upper[unchecked: Int(number)])
}

/// Writes a register; of 16 bytes the upper lane becomes zero.
@inline(__always)
func setLongVector(_ core: MicroOp.Core, _ number: UInt8, _ value: Vector256) {
  unsafe core.pointee.floating.xmm[unchecked: Int(number)] = value.low
  unsafe core.pointee.floating.upper[unchecked: Int(number)] = value.high
}

/// The last source, of 16 or 32 bytes, or of `scalar` bytes; nil if the shared semantics must decide.
@inline(__always)
func vexSource(
  _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ operands: VEXOperands, scalar: Int = 0
) -> Vector256? {
  guard unsafe mayUseVEX(core) else { return nil }
  guard operands.isMemory else { return unsafe longVector(core, op.pointee.source) }
  let at = unsafe address(core, op, .indexed)
  if scalar == 8 {
    guard let place = unsafe readable(core, at, 8) else { return nil }
    return unsafe Vector256(low: Vector128(low: place.loadUnaligned(as: UInt64.self)))
  }
  if scalar == 4 {
    guard let place = unsafe readable(core, at, 4) else { return nil }
    return unsafe Vector256(low: Vector128(low: UInt64(place.loadUnaligned(as: UInt32.self))))
  }
  if scalar == 0, operands.isLong {
    guard let place = unsafe readable(core, at, 32) else { return nil }
    return unsafe Vector256(
      low: place.loadUnaligned(as: Vector128.self), high: (place + 16).loadUnaligned(as: Vector128.self))
  }
  guard let place = unsafe readable(core, at, 16) else { return nil }
  return unsafe Vector256(low: place.loadUnaligned(as: Vector128.self))
}

// MARK: Moves

/// Moves between vector registers, and between those and general registers; merges take the rest from VEX.vvvv.
@inline(__always)
func moveVEX(
  _ kind: VectorMove, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard unsafe mayUseVEX(core) else { return unsafe general(core, op, result, carries, budget) }
  let operands = unsafe VEXOperands(op)
  let (to, from) = unsafe (op.pointee.destination, op.pointee.source)
  switch kind {
  case .whole:
    let value = unsafe longVector(core, from)
    unsafe setLongVector(core, to, Vector256(low: value.low, high: operands.isLong ? value.high : Vector128()))
  case .low64, .low32, .highToLow, .lowToHigh:
    var value = unsafe vector(core, operands.first)
    let source = unsafe vector(core, from)
    switch kind {
    case .low64: value.low = source.low
    case .low32: value.low = value.low & 0xFFFF_FFFF_0000_0000 | source.low & 0xFFFF_FFFF
    case .highToLow: value.low = source.high
    default: value.high = source.low
    }
    unsafe setLongVector(core, to, Vector256(low: value))
  case .lowAlone: unsafe setLongVector(core, to, Vector256(low: Vector128(low: vector(core, from).low)))
  case .fromGeneral64, .fromGeneral32:
    let value = unsafe registerFile(core)[Int(from)]
    let low = kind == .fromGeneral64 ? value : value & 0xFFFF_FFFF
    unsafe setLongVector(core, to, Vector256(low: Vector128(low: low)))
  case .toGeneral64: unsafe registerFile(core)[Int(to)] = vector(core, from).low
  case .toGeneral32: unsafe registerFile(core)[Int(to)] = vector(core, from).low & 0xFFFF_FFFF
  }
  unsafe dispatch(core, op + 1, result, carries, budget)
}

@inline(__always)
func loadVEX(
  _ part: VectorPart, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let operands = unsafe VEXOperands(op)
  let scalar = part == .low32 ? 4 : part == .aligned || part == .unaligned ? 0 : 8
  if part == .aligned, unsafe address(core, op, .indexed) & (operands.isLong ? 31 : 15) != 0 {
    return unsafe general(core, op, result, carries, budget)
  }
  guard var value = unsafe vexSource(core, op, operands, scalar: scalar) else {
    return unsafe general(core, op, result, carries, budget)
  }
  if part == .lowHalf { value.low.high = unsafe vector(core, operands.first).high }
  if part == .highHalf { value.low = unsafe Vector128(low: vector(core, operands.first).low, high: value.low.low) }
  unsafe setLongVector(core, op.pointee.destination, value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

@inline(__always)
func storeVEX(
  _ part: VectorPart, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let isLong = unsafe (part == .aligned || part == .unaligned) && VEXOperands(op).isLong
  let at = unsafe address(core, op, .indexed)
  let size = isLong ? 32 : part.byteCount
  guard part != .aligned || at & UInt64(size &- 1) == 0, unsafe mayUseVEX(core),
    let place = unsafe writable(core, at, size)
  else { return unsafe general(core, op, result, carries, budget) }
  let value = unsafe longVector(core, op.pointee.destination)
  switch part {
  case .aligned, .unaligned:
    unsafe place.storeBytes(of: value.low, as: Vector128.self)
    if isLong { unsafe (place + 16).storeBytes(of: value.high, as: Vector128.self) }
  case .low64, .lowHalf: unsafe place.storeBytes(of: value.low.low, as: UInt64.self)
  case .low32: unsafe place.storeBytes(of: UInt32(truncatingIfNeeded: value.low.low), as: UInt32.self)
  case .highHalf: unsafe place.storeBytes(of: value.low.high, as: UInt64.self)
  }
  unsafe dispatch(core, op + 1, result, carries, budget)
}

// MARK: Integers and rearrangements

/// A function of each lane of both sources and the immediate, which the upper lane takes shifted.
@inline(__always)
func vexFunction(
  _ function: (Vector128, Vector128, UInt8) -> Vector128, laneShift: UInt8 = 0, _ core: MicroOp.Core,
  _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let operands = unsafe VEXOperands(op)
  guard let b = unsafe vexSource(core, op, operands) else { return unsafe general(core, op, result, carries, budget) }
  let a = unsafe longVector(core, operands.first)
  var value = Vector256(low: function(a.low, b.low, operands.immediate))
  if operands.isLong { value.high = function(a.high, b.high, operands.immediate &>> laneShift) }
  unsafe setLongVector(core, op.pointee.destination, value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// A function of the halves of each lane.
@inline(__always)
func vexHalves(
  _ function: (UInt64, UInt64) -> UInt64, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  unsafe vexFunction(
    { a, b, _ in Vector128(low: function(a.low, b.low), high: function(a.high, b.high)) }, core, op, result, carries,
    budget)
}

/// VPSLLW, VPSRAD and their kin, by an immediate or by the low half of the last source.
@inline(__always)
func vexShift(
  _ bits: UInt64, _ kind: ShiftKind, immediate: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  let operands = unsafe VEXOperands(op)
  guard let b = unsafe vexSource(core, op, operands, scalar: 16) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let source = unsafe immediate ? b : longVector(core, operands.first)
  let count = immediate ? UInt64(operands.immediate) : b.low.low
  var value = Vector256(low: VectorOperations.shift(source.low, count, elementBits: bits, kind))
  if operands.isLong { value.high = VectorOperations.shift(source.high, count, elementBits: bits, kind) }
  unsafe setLongVector(core, op.pointee.destination, value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// VPMOVMSKB.
@inline(__always)
func vexByteMask(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  guard unsafe mayUseVEX(core) else { return unsafe general(core, op, result, carries, budget) }
  let value = unsafe longVector(core, op.pointee.source)
  var mask = VectorOperations.byteMask(value.low.low) | VectorOperations.byteMask(value.low.high) &<< 8
  if unsafe VEXOperands(op).isLong {
    mask |= (VectorOperations.byteMask(value.high.low) | VectorOperations.byteMask(value.high.high) &<< 8) &<< 16
  }
  unsafe registerFile(core)[Int(op.pointee.destination)] = mask
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// VPBROADCASTD, VBROADCASTSD and their kin: an element of 4 or 8 bytes, VBROADCASTI128 and its kin 16.
@inline(__always)
func vexBroadcast(
  _ byteCount: Int, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let operands = unsafe VEXOperands(op)
  guard var value = unsafe vexSource(core, op, operands, scalar: byteCount) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let element = byteCount == 4 ? (value.low.low & 0xFFFF_FFFF) &* 0x1_0000_0001 : value.low.low
  if byteCount < 16 { value.low = Vector128(low: element, high: element) }
  value.high = operands.isLong ? value.low : Vector128()
  unsafe setLongVector(core, op.pointee.destination, value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// VINSERTF128 and VINSERTI128.
@inline(__always)
func vexInsertLane(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  let operands = unsafe VEXOperands(op)
  guard let lane = unsafe vexSource(core, op, operands, scalar: 16) else {
    return unsafe general(core, op, result, carries, budget)
  }
  var value = unsafe longVector(core, operands.first)
  if operands.immediate & 1 != 0 { value.high = lane.low } else { value.low = lane.low }
  unsafe setLongVector(core, op.pointee.destination, value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// VEXTRACTF128 and VEXTRACTI128 to a register.
@inline(__always)
func vexExtractLane(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  guard unsafe mayUseVEX(core) else { return unsafe general(core, op, result, carries, budget) }
  let source = unsafe longVector(core, op.pointee.source)
  let lane = unsafe VEXOperands(op).immediate & 1 != 0 ? source.high : source.low
  unsafe setLongVector(core, op.pointee.destination, Vector256(low: lane))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// VZEROUPPER in 64-bit mode.
@inline(__always)
func vexZeroUpper(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  guard unsafe mayUseVEX(core) else { return unsafe general(core, op, result, carries, budget) }
  for index in 0..<16 { unsafe core.pointee.floating.upper[unchecked: index] = Vector128() }
  unsafe dispatch(core, op + 1, result, carries, budget)
}

// MARK: BMI

/// ANDN, BZHI, MULX, SHLX and their kin: a function of the register of VEX.vvvv (`a`) and the other source (`b`).
@inline(__always)
func vexInteger<Word: OperandWord>(
  _ function: VEXIntegerFunction, _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  let operands = unsafe VEXOperands(op)
  let b: Word
  if operands.isMemory {
    guard let place = unsafe readable(core, address(core, op, .indexed), MemoryLayout<Word>.size) else {
      return unsafe general(core, op, result, carries, budget)
    }
    b = unsafe place.loadUnaligned(as: Word.self)
  } else {
    b = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.source)])
  }
  let a = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(operands.first)])
  let own = unsafe Int(op.pointee.destination)
  if function == .multiply {
    let (high, low) = unsafe Word(truncatingIfNeeded: registerFile(core)[2]).multipliedFullWidth(by: b)
    unsafe registerFile(core)[Int(operands.first)] = UInt64(Word(truncatingIfNeeded: low))
    unsafe registerFile(core)[own] = UInt64(high)
    return unsafe dispatch(core, op + 1, result, carries, budget)
  }
  let (value, carry) = function.apply(a, b, operands.immediate)
  unsafe registerFile(core)[own] = UInt64(value)
  guard let carry else { return unsafe dispatch(core, op + 1, result, carries, budget) }
  unsafe dispatch(core, op + 1, value.signExtended, carry ? 3 << 62 : 0, budget)
}
