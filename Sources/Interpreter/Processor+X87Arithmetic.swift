import MMU
import SoftFloat
import X86
import X86Decoder

extension Processor {
  /// A memory operand as an extended number: integers and reals exactly.
  private func x87Memory(
    _ instruction: Instruction, isInteger: Bool, _ arithmetic: inout ExtendedArithmetic
  ) throws(Exception) -> ExtendedReal {
    let width = instruction.width0
    let bits = try loadSized(instruction.segment, effectiveAddress(instruction), width)
    if isInteger { return ExtendedReal(integer: Int64(bitPattern: Integer.signExtend(bits, width))) }
    return arithmetic.operand(bits, width == 4 ? .single : .double)
  }

  /// FADD, FSUBR, FIDIV, FMULP and their kin.
  func x87Binary(_ instruction: Instruction, _ operation: X87BinaryOperation) throws(Exception) {
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    let traits = instruction.operation.traits
    var (source, destination): (UInt8, UInt8) = (0, 0)
    var other = ExtendedReal()
    if instruction.isMemory {
      other = try x87Memory(instruction, isInteger: traits.contains(.integerOperand), &arithmetic)
    } else if instruction.operand0 == .sti {
      destination = instruction.rm & 7
    } else {
      source = instruction.rm & 7
    }
    if underflows(source, destination, into: destination, pops: traits.contains(.pops)) { return }
    if !instruction.isMemory { other = state.floating.registers[physical(source)] }
    let own = state.floating.registers[physical(destination)]
    let result: ExtendedReal
    switch operation {
    case .add: result = arithmetic.add(own, other)
    case .multiply: result = arithmetic.multiply(own, other)
    case .subtract: result = arithmetic.subtract(own, other)
    case .subtractReversed: result = arithmetic.subtract(other, own)
    case .divide: result = arithmetic.divide(own, other)
    case .divideReversed: result = arithmetic.divide(other, own)
    }
    guard settle(arithmetic) else { return }
    setRegister(destination, result)
    if traits.contains(.pops) { popX87() }
  }

  // MARK: Comparisons

  /// FCOM, FUCOMPP, FICOM, FTST and their kin: C0 less, C3 equal, all three unordered.
  func x87Compare(_ instruction: Instruction, _ kind: X87Comparison) throws(Exception) {
    let (order, completes) = try compareX87(instruction, kind)
    switch order {
    case .unordered: setConditions(0x4500)
    case .less: setConditions(0x100)
    case .equal: setConditions(0x4000)
    case .greater: setConditions(0)
    }
    if completes { popCompared(instruction) }
  }

  /// FCOMI, FUCOMIP and their kin.
  func x87CompareToFlags(_ instruction: Instruction, _ kind: X87Comparison) throws(Exception) {
    let c1 = state.floating.statusWord & 0x200 != 0
    let (order, completes) = try compareX87(instruction, kind)
    // C1 changes by an empty register alone.
    if !isEmpty(0), !isEmpty(instruction.rm & 7) { setC1(c1) }
    state.flags.set(RFLAGS.status, to: Self.statusFlags(order))
    if completes { popCompared(instruction) }
  }

  private func popCompared(_ instruction: Instruction) {
    let traits = instruction.operation.traits
    if traits.contains(.pops) || traits.contains(.popsTwice) { popX87() }
    if traits.contains(.popsTwice) { popX87() }
  }

  /// How ST(0) stands to the other operand, which counts even if an exception stops the instruction, and whether none
  /// does.
  private func compareX87(
    _ instruction: Instruction, _ kind: X87Comparison
  ) throws(Exception) -> (order: FloatOrder, completes: Bool) {
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    let traits = instruction.operation.traits
    var source: UInt8 = 0
    var other = ExtendedReal()
    if instruction.isMemory {
      other = try x87Memory(instruction, isInteger: traits.contains(.integerOperand), &arithmetic)
    } else if kind != .withZero {
      source = traits.contains(.popsTwice) ? 1 : instruction.rm & 7
      other = state.floating.registers[physical(source)]
    }
    if isEmpty(0) || isEmpty(source) { return (.unordered, stackFault(isOverflow: false)) }
    let own = state.floating.registers[physical(0)]
    let order = arithmetic.compare(own, other, signalsQuiet: kind != .unordered)
    return (order, settle(arithmetic))
  }

  /// FXAM: C1 sign; C3 C2 C0 class.
  func x87Examine(_ instruction: Instruction) throws(Exception) {
    let value = state.floating.registers[physical(0)]
    let kind: UInt16
    if isEmpty(0) {
      kind = 0x4100
    } else if value.isUnsupported {
      kind = 0
    } else if value.isNaN {
      kind = 0x100
    } else if value.isInfinite {
      kind = 0x500
    } else if value.isZero {
      kind = 0x4000
    } else {
      kind = value.isDenormal ? 0x4400 : 0x400
    }
    setConditions(kind)
    setC1(value.isNegative)
  }

  // MARK: One operand

  /// FSQRT.
  func x87SquareRoot(_ instruction: Instruction) throws(Exception) {
    guard let own = register(0) else { return }
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    let result = arithmetic.squareRoot(own)
    if settle(arithmetic) { setRegister(0, result) }
  }

  /// FRNDINT.
  func x87RoundToInteger(_ instruction: Instruction) throws(Exception) {
    guard let own = register(0) else { return }
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    let result = arithmetic.roundToInteger(own)
    if settle(arithmetic) { setRegister(0, result) }
  }

  /// FSCALE.
  func x87Scale(_ instruction: Instruction) throws(Exception) {
    if underflows(0, 1, into: 0) { return }
    let (own, other) = (state.floating.registers[physical(0)], state.floating.registers[physical(1)])
    var arithmetic = variantArithmetic
    let result = arithmetic.scale(own, other)
    if settle(arithmetic) { setRegister(0, result) }
  }

  /// FXTRACT.
  func x87Extract(_ instruction: Instruction) throws(Exception) {
    // An empty operand comes before a full stack; either makes both results the indefinite.
    if isEmpty(0) || !isEmpty(7) {
      guard stackFault(isOverflow: !isEmpty(0)) else { return }
      setRegister(0, .indefinite)
      return appendX87(.indefinite)
    }
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    let (exponent, significand) = arithmetic.extract(state.floating.registers[physical(0)])
    guard settle(arithmetic) else { return }
    setRegister(0, exponent)
    appendX87(significand)
  }

  /// FPREM and FPREM1.
  func x87Remainder(_ instruction: Instruction, toNearest: Bool) throws(Exception) {
    state.floating.statusWord &= ~0x400
    if underflows(0, 1, into: 0) { return }
    let (own, other) = (state.floating.registers[physical(0)], state.floating.registers[physical(1)])
    var arithmetic = variantArithmetic
    let (value, quotient, isComplete) = arithmetic.remainder(own, other, toNearest: toNearest)
    arithmetic.roundedUp = false
    guard settle(arithmetic) else { return }
    setRegister(0, value)
    // Without a quotient C0 and C3 stay.
    if value.isNaN { return }
    // C0, C3, C1 are quotient bits 2, 1, 0; C2 says that more rounds are needed.
    setConditions((quotient & 4 != 0 ? 0x100 : 0) | (quotient & 2 != 0 ? 0x4000 : 0) | (isComplete ? 0 : 0x400))
    setC1(quotient & 1 != 0)
  }
}

/// The arithmetic of two x87 operands.
enum X87BinaryOperation { case add, multiply, subtract, subtractReversed, divide, divideReversed }

/// The kinds of x87 comparison: quiet NaNs raise an exception or do not; with zero (FTST) they do.
enum X87Comparison { case ordered, unordered, withZero }
