import MMU
import SoftFloat
import X86
import X86Decoder

extension Processor {
  /// FLD.
  func x87Load(_ instruction: Instruction) throws(Exception) {
    guard instruction.operand0 == .sti else { return try loadReal(instruction) }
    let source = instruction.rm & 7
    guard isEmpty(source) else { return pushX87(state.floating.registers[physical(source)]) }
    // An empty operand comes before a full stack.
    if stackFault(isOverflow: false) { appendX87(.indefinite) }
  }

  /// FILD.
  func x87LoadInteger(_ instruction: Instruction) throws(Exception) {
    let value = try readOperand(instruction, .memory, instruction.width0)
    pushX87(ExtendedReal(integer: Int64(bitPattern: Integer.signExtend(value, instruction.width0))))
  }

  /// FXCH.
  func x87Exchange(_ instruction: Instruction) throws(Exception) {
    let other = instruction.rm & 7
    let isUnderflow = isEmpty(0) || isEmpty(other)
    guard let first = register(0), let second = register(other) else { return }
    setRegister(0, second)
    setRegister(other, first)
    if !isUnderflow { state.floating.statusWord &= ~0x200 }
  }

  /// FLD1, FLDPI and their kin: rounded as the rounding control says.
  func x87LoadConstant(_ instruction: Instruction, _ constant: X87Constant) throws(Exception) {
    let parts = constant.parts
    let rounding = (state.floating.controlWord >> 10) & 3
    let isUp = parts.isNextBitSet && (rounding == 0 || rounding == 2) || rounding == 2 && parts.isInexact
    pushX87(ExtendedReal(significand: parts.significand + (isUp ? 1 : 0), signExponent: parts.exponent))
  }

  /// FCHS and FABS.
  func x87ChangeSign(_ instruction: Instruction, clears: Bool) throws(Exception) {
    guard !isEmpty(0) else {
      if let value = register(0) { setRegister(0, value) }
      return
    }
    var value = state.floating.registers[physical(0)]
    value.signExponent = clears ? value.signExponent & 0x7FFF : value.signExponent ^ 0x8000
    state.floating.registers[physical(0)] = value
    state.floating.statusWord &= ~0x200
  }

  /// FFREE.
  func x87Free(_ instruction: Instruction) throws(Exception) {
    state.floating.validRegisters &= ~(1 << UInt8(physical(instruction.rm & 7)))
    state.floating.statusWord &= ~0x200
  }

  /// FFREEP.
  func x87FreeAndPop(_ instruction: Instruction) throws(Exception) {
    try x87Free(instruction)
    popX87()
  }

  /// FINCSTP and FDECSTP.
  func x87Rotate(_ instruction: Instruction, up: Bool) throws(Exception) {
    setTop(up ? top &+ 1 : top &- 1)
    state.floating.statusWord &= ~0x200
  }

  private func loadReal(_ instruction: Instruction) throws(Exception) {
    let at = effectiveAddress(instruction)
    switch instruction.width0 {
    case 4:
      let bits = UInt64(try load(instruction.segment, at, as: UInt32.self))
      pushLoaded(bits, .single)
    case 8:
      let bits = try load(instruction.segment, at, as: UInt64.self)
      pushLoaded(bits, .double)
    default:
      let significand = try load(instruction.segment, at, as: UInt64.self)
      let signExponent = try load(instruction.segment, parts(instruction).offset(at: 8), as: UInt16.self)
      pushX87(ExtendedReal(significand: significand, signExponent: signExponent))
    }
  }

  /// Pushes a binary32 or binary64 number.
  private func pushLoaded(_ bits: UInt64, _ format: FloatFormat) {
    // A full stack comes before what the number raises; a denormal that is not masked is loaded all the same.
    guard isEmpty(7) else { return pushX87(.indefinite) }
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    let value = arithmetic.load(bits, format)
    setC1(false)
    if noteX87(arithmetic.flags, mayStop: arithmetic.flags & FloatFlag.invalid != 0) { appendX87(value) }
  }

  /// FCMOVcc.
  func x87ConditionalMove(_ instruction: Instruction, _ condition: X87Condition) throws(Exception) {
    // An empty register is an underflow whatever the condition says; C1 changes by that alone.
    let source = instruction.rm & 7
    guard !isEmpty(0), !isEmpty(source) else {
      if stackFault(isOverflow: false) { setRegister(0, .indefinite) }
      return
    }
    if condition.holds(state.flags) { setRegister(0, state.floating.registers[physical(source)]) }
  }
}

/// Conditions of FCMOVcc.
enum X87Condition {
  case carry, notCarry, zero, notZero, carryOrZero, notCarryOrZero, parity, notParity

  /// Whether it holds.
  func holds(_ flags: LazyFlags) -> Bool {
    switch self {
    case .carry: flags.carry
    case .notCarry: !flags.carry
    case .zero: flags.zero
    case .notZero: !flags.zero
    case .carryOrZero: flags.carry || flags.zero
    case .notCarryOrZero: !(flags.carry || flags.zero)
    case .parity: flags.rflags & RFLAGS.parity != 0
    case .notParity: flags.rflags & RFLAGS.parity == 0
    }
  }
}

/// The constants of FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2 and FLDZ.
enum X87Constant {
  case one, log2Of10, log2OfE, pi, log10Of2, lnOf2, zero

  /// Truncated significand, whether it is not the whole number, whether the next bit is set, sign and exponent.
  var parts: (significand: UInt64, isInexact: Bool, isNextBitSet: Bool, exponent: UInt16) {
    switch self {
    case .one: (1 << 63, false, false, 0x3FFF)
    case .log2Of10: (0xD49A_784B_CD1B_8AFE, true, false, 0x4000)
    case .log2OfE: (0xB8AA_3B29_5C17_F0BB, true, true, 0x3FFF)
    case .pi: (0xC90F_DAA2_2168_C234, true, true, 0x4000)
    case .log10Of2: (0x9A20_9A84_FBCF_F798, true, true, 0x3FFD)
    case .lnOf2: (0xB172_17F7_D1CF_79AB, true, true, 0x3FFE)
    case .zero: (0, false, false, 0)
    }
  }
}
