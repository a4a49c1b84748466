import MMU
import SoftFloat
import X86
import X86Decoder

// Handlers of the floating point of SSE without a VEX prefix: what the host computes just as well, which is the common
// case. All else, and the first inexact result after MXCSR.PE was clear, is left to the shared semantics.

extension FloatForm {
  /// Bytes of a memory operand.
  @inline(__always) var byteCount: Int {
    switch self {
    case .packedSingle, .packedDouble: 16
    case .scalarDouble: 8
    case .scalarSingle: 4
    }
  }
}

/// MXCSR lets the host compute.
@inline(__always)
func isQuick(_ core: MicroOp.Core) -> Bool { unsafe FloatArithmetic.isQuick(core.pointee.floating.mxcsr) }

/// Computes the elements of a form; nil as soon as one function gives nil. What a scalar form leaves alone comes from `a`.
@inline(__always)
func elements(
  _ form: FloatForm, _ a: Vector128, _ b: Vector128, single: (Float, Float) -> Float?,
  double: (Double, Double) -> Double?
) -> Vector128? {
  switch form {
  case .scalarDouble:
    guard let value = double(Double(element: a.low), Double(element: b.low)) else { return nil }
    return Vector128(low: value.element, high: a.high)
  case .packedDouble:
    guard let low = double(Double(element: a.low), Double(element: b.low)),
      let high = double(Double(element: a.high), Double(element: b.high))
    else { return nil }
    return Vector128(low: low.element, high: high.element)
  case .scalarSingle:
    guard let value = single(Float(element: a.low), Float(element: b.low)) else { return nil }
    return Vector128(low: (a.low & 0xFFFF_FFFF_0000_0000) | value.element, high: a.high)
  case .packedSingle:
    guard let first = single(Float(element: a.low), Float(element: b.low)),
      let second = single(Float(element: a.low >> 32), Float(element: b.low >> 32)),
      let third = single(Float(element: a.high), Float(element: b.high)),
      let fourth = single(Float(element: a.high >> 32), Float(element: b.high >> 32))
    else { return nil }
    return Vector128(
      low: first.element | second.element &<< 32, high: third.element | fourth.element &<< 32)
  }
}

/// ADDPS, MULSD, MINPD and their kin.
@inline(__always)
func floatArithmetic(
  _ operation: FloatOperation, _ form: FloatForm, memory: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor,
  _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let own = unsafe op.pointee.destination
  guard unsafe operation == .minimum || operation == .maximum || isQuick(core),
    let b = unsafe vectorSource(core, op, memory: memory, form.byteCount),
    let value = unsafe elements(
      form, vector(core, own), b, single: { FloatArithmetic.quick(operation, $0, $1) },
      double: { FloatArithmetic.quick(operation, $0, $1) })
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe setVector(core, own, value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// SQRTPS and its kin.
@inline(__always)
func floatSquareRoot(
  _ form: FloatForm, memory: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  let own = unsafe op.pointee.destination
  guard unsafe isQuick(core), let b = unsafe vectorSource(core, op, memory: memory, form.byteCount),
    let value = unsafe elements(
      form, vector(core, own), b, single: { FloatArithmetic.quickRoot($1) },
      double: { FloatArithmetic.quickRoot($1) })
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe setVector(core, own, value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// CMPPS and its kin.
@inline(__always)
func floatCompareToMask(
  _ form: FloatForm, memory: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  let own = unsafe op.pointee.destination
  let predicate = unsafe UInt8(truncatingIfNeeded: op.pointee.immediate) & 7
  guard let b = unsafe vectorSource(core, op, memory: memory, form.byteCount),
    let value = unsafe elements(
      form, vector(core, own), b,
      single: { FloatArithmetic.quickHolds(predicate, $0, $1).map { Float(element: $0 ? 0xFFFF_FFFF : 0) } },
      double: { FloatArithmetic.quickHolds(predicate, $0, $1).map { Double(element: $0 ? .max : 0) } })
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe setVector(core, own, value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// How the low elements of two registers stand to each other; nil where the host does not know.
@inline(__always)
func lowOrder(_ a: Vector128, _ b: Vector128, single: Bool) -> FloatOrder? {
  single
    ? FloatArithmetic.quickCompare(Float(element: a.low), Float(element: b.low))
    : FloatArithmetic.quickCompare(Double(element: a.low), Double(element: b.low))
}

/// COMISS, UCOMISD and their kin: of numbers that raise nothing they are the same.
@inline(__always)
func floatCompare(
  single: Bool, memory: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  guard let b = unsafe vectorSource(core, op, memory: memory, single ? 4 : 8) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let a = unsafe vector(core, op.pointee.destination)
  guard let order = lowOrder(a, b, single: single) else { return unsafe general(core, op, result, carries, budget) }
  let flags = LazyFlags(rflags: Processor.statusFlags(order))
  unsafe dispatch(core, op + 1, flags.result, flags.carries, budget)
}

// MARK: Conversions

/// The low half of a register with an integer as its low element, over what was there; nil where the host may round
/// otherwise (`FloatArithmetic.number`).
@inline(__always)
func lowNumber<Word: OperandWord>(_ integer: Word, over kept: UInt64, single: Bool) -> UInt64? {
  let value = Int64(bitPattern: integer.signExtended)
  guard Word.bitWidth == 32 || value.magnitude < 1 << 61 else { return nil }
  return single ? kept & 0xFFFF_FFFF_0000_0000 | Float(value).element : Double(value).element
}

/// The low element of a register as an integer; nil where the host does not know.
@inline(__always)
func lowInteger(_ b: Vector128, single: Bool, bits: Int, truncates: Bool) -> Int64? {
  single
    ? FloatArithmetic.quickInteger(Float(element: b.low), bits: bits, truncates: truncates)
    : FloatArithmetic.quickInteger(Double(element: b.low), bits: bits, truncates: truncates)
}

/// CVTSI2SS and CVTSI2SD.
@inline(__always)
func convertFromInteger<Word: OperandWord>(
  single: Bool, _: Word.Type, memory: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  let own = unsafe op.pointee.destination
  guard unsafe isQuick(core), unsafe mayUseVectors(core) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let integer: Word
  if memory {
    guard let place = unsafe readable(core, address(core, op, .indexed), MemoryLayout<Word>.size) else {
      return unsafe general(core, op, result, carries, budget)
    }
    integer = unsafe place.loadUnaligned(as: Word.self)
  } else {
    integer = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.source)])
  }
  guard let low = unsafe lowNumber(integer, over: vector(core, own).low, single: single) else {
    return unsafe general(core, op, result, carries, budget)
  }
  unsafe core.pointee.floating.xmm[unchecked: Int(own)].low = low
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// CVTSD2SI, CVTTSS2SI and their kin.
@inline(__always)
func convertToInteger<Word: OperandWord>(
  single: Bool, truncating: Bool, _: Word.Type, memory: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor,
  _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard unsafe isQuick(core), let b = unsafe vectorSource(core, op, memory: memory, single ? 4 : 8),
    let integer = lowInteger(b, single: single, bits: Word.bitWidth, truncates: truncating)
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe registerFile(core)[Int(op.pointee.destination)] = UInt64(Word(truncatingIfNeeded: integer))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// CVTSS2SD.
@inline(__always)
func widenSingle(
  memory: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard let b = unsafe vectorSource(core, op, memory: memory, 4),
    let value = FloatArithmetic.quickWidened(Float(element: b.low))
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe core.pointee.floating.xmm[unchecked: Int(op.pointee.destination)].low = value.element
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// CVTSD2SS.
@inline(__always)
func narrowDouble(
  memory: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard unsafe isQuick(core), let b = unsafe vectorSource(core, op, memory: memory, 8),
    let value = FloatArithmetic.quickNarrowed(Double(element: b.low))
  else { return unsafe general(core, op, result, carries, budget) }
  let own = unsafe op.pointee.destination
  let kept = unsafe vector(core, own).low & 0xFFFF_FFFF_0000_0000
  unsafe core.pointee.floating.xmm[unchecked: Int(own)].low = kept | value.element
  unsafe dispatch(core, op + 1, result, carries, budget)
}
