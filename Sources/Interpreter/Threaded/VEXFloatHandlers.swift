import MMU
import SoftFloat
import X86
import X86Decoder

// Handlers of floating point with a VEX prefix, as those of SSE: what the host computes just as well.

/// A function of the elements of both sources; nil where the shared semantics must decide.
@inline(__always)
private func vexElements(
  _ form: FloatForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, single: (Float, Float) -> Float?,
  double: (Double, Double) -> Double?
) -> Vector256? {
  let operands = unsafe VEXOperands(op)
  let isScalar = form == .scalarSingle || form == .scalarDouble
  guard let b = unsafe vexSource(core, op, operands, scalar: isScalar ? form.byteCount : 0) else { return nil }
  let a = unsafe longVector(core, operands.first)
  guard let low = elements(form, a.low, b.low, single: single, double: double) else { return nil }
  guard !isScalar, operands.isLong else { return Vector256(low: low) }
  guard let high = elements(form, a.high, b.high, single: single, double: double) else { return nil }
  return Vector256(low: low, high: high)
}

/// VADDPS, VMULSD, VMINPD and their kin.
@inline(__always)
func vexFloat(
  _ operation: FloatOperation, _ form: FloatForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  guard unsafe operation == .minimum || operation == .maximum || isQuick(core),
    let value = unsafe vexElements(
      form, core, op, single: { FloatArithmetic.quick(operation, $0, $1) },
      double: { FloatArithmetic.quick(operation, $0, $1) })
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe setLongVector(core, op.pointee.destination, value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// VSQRTPS and its kin.
@inline(__always)
func vexSquareRoot(
  _ form: FloatForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard unsafe isQuick(core),
    let value = unsafe vexElements(
      form, core, op, single: { FloatArithmetic.quickRoot($1) }, double: { FloatArithmetic.quickRoot($1) })
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe setLongVector(core, op.pointee.destination, value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// VCMPPS and its kin.
@inline(__always)
func vexCompareToMask(
  _ form: FloatForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let predicate = unsafe VEXOperands(op).immediate & 31
  guard
    let value = unsafe vexElements(
      form, core, op,
      single: { FloatArithmetic.quickHolds(predicate, $0, $1).map { Float(element: $0 ? 0xFFFF_FFFF : 0) } },
      double: { FloatArithmetic.quickHolds(predicate, $0, $1).map { Double(element: $0 ? .max : 0) } })
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe setLongVector(core, op.pointee.destination, value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// VCOMISS, VUCOMISD and their kin.
@inline(__always)
func vexCompare(
  single: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  guard let b = unsafe vexSource(core, op, VEXOperands(op), scalar: single ? 4 : 8) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let a = unsafe vector(core, op.pointee.destination)
  guard let order = lowOrder(a, b.low, single: single) else { return unsafe general(core, op, result, carries, budget) }
  let flags = LazyFlags(rflags: Processor.statusFlags(order))
  unsafe dispatch(core, op + 1, flags.result, flags.carries, budget)
}

/// VFMADD132PS and its kin.
@inline(__always)
func vexMultiplyAdd(
  _ order: FusedOrder, _ kind: FusedKind, _ form: FloatForm, _ core: MicroOp.Core, _ op: MicroOp.Cursor,
  _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let operands = unsafe VEXOperands(op)
  let isScalar = form == .scalarSingle || form == .scalarDouble
  guard unsafe isQuick(core),
    let third = unsafe vexSource(core, op, operands, scalar: isScalar ? form.byteCount : 0)
  else { return unsafe general(core, op, result, carries, budget) }
  let (first, second) = unsafe (longVector(core, op.pointee.destination), longVector(core, operands.first))
  guard let low = fusedLane(order, kind, form, first.low, second.low, third.low) else {
    return unsafe general(core, op, result, carries, budget)
  }
  var value = Vector256(low: low)
  if !isScalar, operands.isLong {
    guard let high = fusedLane(order, kind, form, first.high, second.high, third.high) else {
      return unsafe general(core, op, result, carries, budget)
    }
    value.high = high
  }
  unsafe setLongVector(core, op.pointee.destination, value)
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// The elements of a lane; nil as soon as the host does not know one.
@inline(__always)
private func fusedLane(
  _ order: FusedOrder, _ kind: FusedKind, _ form: FloatForm, _ first: Vector128, _ second: Vector128, _ third: Vector128
) -> Vector128? {
  let (x, y, z) = order.factors(first, second, third)
  func double(_ index: Int) -> UInt64? {
    FloatArithmetic.quickFused(
      Double(element: x.quadword(index)), Double(element: y.quadword(index)), Double(element: z.quadword(index)),
      kind.signs(index))?.element
  }
  func single(_ index: Int) -> UInt64? {
    FloatArithmetic.quickFused(
      Float(bitPattern: x.doubleword(index)), Float(bitPattern: y.doubleword(index)),
      Float(bitPattern: z.doubleword(index)), kind.signs(index))?.element
  }
  switch form {
  case .scalarDouble:
    guard let low = double(0) else { return nil }
    return Vector128(low: low, high: first.high)
  case .packedDouble:
    guard let low = double(0), let high = double(1) else { return nil }
    return Vector128(low: low, high: high)
  case .scalarSingle:
    guard let low = single(0) else { return nil }
    return Vector128(low: first.low & 0xFFFF_FFFF_0000_0000 | low, high: first.high)
  case .packedSingle:
    guard let a = single(0), let b = single(1), let c = single(2), let d = single(3) else { return nil }
    return Vector128(low: a | b &<< 32, high: c | d &<< 32)
  }
}

// MARK: Conversions

/// VCVTSI2SS and VCVTSI2SD.
@inline(__always)
func vexFromInteger<Word: OperandWord>(
  single: Bool, _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64,
  _ budget: Int
) {
  let operands = unsafe VEXOperands(op)
  guard unsafe isQuick(core), unsafe mayUseVEX(core) else {
    return unsafe general(core, op, result, carries, budget)
  }
  let integer: Word
  if operands.isMemory {
    guard let place = unsafe readable(core, address(core, op, .indexed), MemoryLayout<Word>.size) else {
      return unsafe general(core, op, result, carries, budget)
    }
    integer = unsafe place.loadUnaligned(as: Word.self)
  } else {
    integer = unsafe Word(truncatingIfNeeded: registerFile(core)[Int(op.pointee.source)])
  }
  var value = unsafe vector(core, operands.first)
  guard let low = lowNumber(integer, over: value.low, single: single) else {
    return unsafe general(core, op, result, carries, budget)
  }
  value.low = low
  unsafe setLongVector(core, op.pointee.destination, Vector256(low: value))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// VCVTSD2SI, VCVTTSS2SI and their kin.
@inline(__always)
func vexToInteger<Word: OperandWord>(
  single: Bool, truncating: Bool, _: Word.Type, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64,
  _ carries: UInt64, _ budget: Int
) {
  guard unsafe isQuick(core), let b = unsafe vexSource(core, op, VEXOperands(op), scalar: single ? 4 : 8),
    let integer = lowInteger(b.low, single: single, bits: Word.bitWidth, truncates: truncating)
  else { return unsafe general(core, op, result, carries, budget) }
  unsafe registerFile(core)[Int(op.pointee.destination)] = UInt64(Word(truncatingIfNeeded: integer))
  unsafe dispatch(core, op + 1, result, carries, budget)
}

/// VCVTSS2SD and VCVTSD2SS.
@inline(__always)
func vexConvert(
  fromSingle: Bool, _ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int
) {
  let operands = unsafe VEXOperands(op)
  guard unsafe fromSingle || isQuick(core),
    let b = unsafe vexSource(core, op, operands, scalar: fromSingle ? 4 : 8),
    let number = fromSingle
      ? FloatArithmetic.quickWidened(Float(element: b.low.low)).map(\.element)
      : FloatArithmetic.quickNarrowed(Double(element: b.low.low)).map(\.element)
  else { return unsafe general(core, op, result, carries, budget) }
  var value = unsafe vector(core, operands.first)
  value.low = fromSingle ? number : value.low & 0xFFFF_FFFF_0000_0000 | number
  unsafe setLongVector(core, op.pointee.destination, Vector256(low: value))
  unsafe dispatch(core, op + 1, result, carries, budget)
}
