import MMU
import SoftFloat
import X86
import X86Decoder

extension Processor {
  /// x87 arithmetic, comparisons, conversions and environment.
  ///
  /// - Returns: false if the operation has no semantics yet (the transcendental ones).
  func executeX87Arithmetic(_ instruction: Instruction) throws(Exception) -> Bool {
    switch instruction.operation {
    case .fadd, .faddp, .fiadd, .fmul, .fmulp, .fimul, .fsub, .fsubp, .fisub, .fsubr, .fsubrp, .fisubr, .fdiv, .fdivp,
      .fidiv, .fdivr, .fdivrp, .fidivr:
      try checkX87(waits: true)
      try executeX87Binary(instruction)
    case .fcom, .fcomp, .fcompp, .fucom, .fucomp, .fucompp, .ficom, .ficomp, .ftst, .fcomi, .fcomip, .fucomi, .fucomip:
      try checkX87(waits: true)
      try executeX87Compare(instruction)
    case .fsqrt, .frndint, .fscale, .fxtract, .fprem, .fprem1, .fxam:
      try checkX87(waits: true)
      executeX87Unary(instruction)
    case .fldl2t, .fldl2e, .fldpi, .fldlg2, .fldln2:
      try checkX87(waits: true)
      pushX87(x87Constant(instruction.operation))
    case .fist, .fistp, .fisttp, .fst, .fstp, .fbld, .fbstp:
      try checkX87(waits: true)
      try executeX87Convert(instruction)
    case .fcmovb, .fcmove, .fcmovbe, .fcmovu, .fcmovnb, .fcmovne, .fcmovnbe, .fcmovnu:
      try checkX87(waits: true)
      executeX87ConditionalMove(instruction)
    case .ffreep:
      try checkX87(waits: true)
      state.floating.validRegisters &= ~(1 << UInt8(physical(instruction.rm & 7)))
      setC1(false)
      popX87()
    case .fnstenv, .fldenv, .fnsave, .frstor:
      let loads = instruction.operation == .fldenv || instruction.operation == .frstor
      try checkX87(waits: loads)
      try executeX87Environment(instruction)
    default: return false
    }
    return true
  }

  /// #NM, and #MF for an exception that waits.
  func checkX87(waits: Bool) throws(Exception) {
    if state.paging.cr0 & (CR0.emulation | CR0.taskSwitched) != 0 { throw x87Unavailable }
    if waits { try checkX87Error() }
  }

  /// A waiting instruction: an unmasked exception that waits is #MF, or with CR0.NE = 0 the board's interrupt 13.
  ///
  /// - SDM: Vol. 1 "MS-DOS Compatibility Sub-mode".
  @inline(__always) func checkX87Error() throws(Exception) {
    if state.floating.statusWord & 0x80 != 0 { try reportX87Error() }
  }

  private func reportX87Error() throws(Exception) {
    // FERR# rises; IGNNE# lets the instruction pass. `fault` knows the rest.
    if state.paging.cr0 & CR0.numericError == 0, bus.raiseFloatingPointError(processor: state.index) { return }
    throw .floatingPointError(.x87Exception)
  }

  /// FERR# falls when the last unmasked exception is gone.
  func updateX87ErrorLine() {
    if state.paging.cr0 & CR0.numericError == 0, state.floating.statusWord & 0x80 == 0 {
      bus.clearFloatingPointError(processor: state.index)
    }
  }

  /// Adds exception flags to the status word.
  ///
  /// - Parameter mayStop: an unmasked one of these stops the operation before it changes anything.
  /// - Returns: false if the operation must stop.
  func noteX87(_ flags: UInt16, mayStop: Bool) -> Bool {
    guard flags != 0 else { return true }
    state.floating.statusWord |= flags
    let unmasked = flags & ~state.floating.controlWord & 0x3F
    if unmasked != 0 { state.floating.statusWord |= 0x8080 }
    return !(mayStop && unmasked != 0)
  }

  /// Takes over what an operation raised; false if an unmasked invalid, denormal or zero-divide exception stops it.
  private func settle(_ arithmetic: ExtendedArithmetic) -> Bool {
    let early = arithmetic.flags & 7
    if early & ~state.floating.controlWord != 0 { return noteX87(early, mayStop: true) }
    _ = noteX87(arithmetic.flags, mayStop: false)
    setC1(arithmetic.roundedUp)
    return true
  }

  private func setC1(_ flag: Bool) {
    state.floating.statusWord = (state.floating.statusWord & ~0x200) | (flag ? 0x200 : 0)
  }

  private func setConditions(_ bits: UInt16) {
    state.floating.statusWord = (state.floating.statusWord & ~0x4500) | bits
  }

  private func setRegister(_ index: UInt8, _ value: ExtendedReal) {
    state.floating.registers[physical(index)] = value
    state.floating.validRegisters |= 1 << UInt8(physical(index))
  }

  /// A memory operand as an extended number: integers exactly, reals exactly with their denormal noted.
  private func x87Memory(
    _ instruction: Instruction, isInteger: Bool, _ arithmetic: inout ExtendedArithmetic
  ) throws(Exception) -> ExtendedReal {
    let width = instruction.width0
    let bits = try loadSized(instruction.segment, effectiveAddress(instruction), width)
    if isInteger { return ExtendedReal(integer: Int64(bitPattern: signExtend(bits, width))) }
    let (exponentBits, fractionBits): (UInt64, UInt64) = width == 4 ? (8, 23) : (11, 52)
    let maximum = (UInt64(1) << exponentBits) - 1
    if (bits >> fractionBits) & maximum == 0 && bits & ((1 << fractionBits) - 1) != 0 {
      arithmetic.flags |= ExtendedArithmetic.Flag.denormal
    }
    return ExtendedReal(bits: bits, exponentBits: exponentBits, fractionBits: fractionBits)
  }

  private func executeX87Binary(_ instruction: Instruction) throws(Exception) {
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    let isInteger = [.fiadd, .fimul, .fisub, .fisubr, .fidiv, .fidivr].contains(instruction.operation)
    var destination: UInt8 = 0
    let other: ExtendedReal
    if instruction.isMemory {
      other = try x87Memory(instruction, isInteger: isInteger, &arithmetic)
    } else if instruction.operand0 == .sti {
      destination = instruction.rm & 7
      guard let value = register(0) else { return }
      other = value
    } else {
      guard let value = register(instruction.rm & 7) else { return }
      other = value
    }
    guard let own = register(destination) else { return }
    let result: ExtendedReal
    switch instruction.operation {
    case .fadd, .faddp, .fiadd: result = arithmetic.add(own, other)
    case .fmul, .fmulp, .fimul: result = arithmetic.multiply(own, other)
    case .fsub, .fsubp, .fisub: result = arithmetic.subtract(own, other)
    case .fsubr, .fsubrp, .fisubr: result = arithmetic.subtract(other, own)
    case .fdiv, .fdivp, .fidiv: result = arithmetic.divide(own, other)
    default: result = arithmetic.divide(other, own)
    }
    guard settle(arithmetic) else { return }
    setRegister(destination, result)
    if [.faddp, .fmulp, .fsubp, .fsubrp, .fdivp, .fdivrp].contains(instruction.operation) { popX87() }
  }

  private func executeX87Compare(_ instruction: Instruction) throws(Exception) {
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    let operation = instruction.operation
    let other: ExtendedReal
    if instruction.isMemory {
      let isInteger = operation == .ficom || operation == .ficomp
      other = try x87Memory(instruction, isInteger: isInteger, &arithmetic)
    } else if operation == .ftst {
      other = ExtendedReal()
    } else {
      guard let value = register(operation == .fcompp || operation == .fucompp ? 1 : instruction.rm & 7) else { return }
      other = value
    }
    guard let own = register(0) else { return }
    let isQuiet = [.fucom, .fucomp, .fucompp, .fucomi, .fucomip].contains(operation)
    let order = arithmetic.compare(own, other, signalsQuiet: !isQuiet)
    arithmetic.roundedUp = false
    guard settle(arithmetic) else { return }
    if [.fcomi, .fcomip, .fucomi, .fucomip].contains(operation) {
      let bits: UInt64
      switch order {
      case nil: bits = RFLAGS.zero | RFLAGS.parity | RFLAGS.carry
      case -1: bits = RFLAGS.carry
      case 0: bits = RFLAGS.zero
      default: bits = 0
      }
      state.flags.set(RFLAGS.status, to: bits)
    } else {
      // C0 less, C3 equal, all three unordered.
      setConditions(order == nil ? 0x4500 : order == -1 ? 0x100 : order == 0 ? 0x4000 : 0)
    }
    switch operation {
    case .fcomp, .ficomp, .fucomp, .fcomip, .fucomip: popX87()
    case .fcompp, .fucompp:
      popX87()
      popX87()
    default: break
    }
  }

  private func executeX87Unary(_ instruction: Instruction) {
    if instruction.operation == .fxam { return examine() }
    guard let own = register(0) else { return }
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    switch instruction.operation {
    case .fsqrt, .frndint:
      let result = instruction.operation == .fsqrt ? arithmetic.squareRoot(own) : arithmetic.roundToInteger(own)
      if settle(arithmetic) { setRegister(0, result) }
    case .fscale:
      guard let other = register(1) else { return }
      let result = arithmetic.scale(own, other)
      if settle(arithmetic) { setRegister(0, result) }
    case .fxtract:
      let (exponent, significand) = arithmetic.extract(own)
      guard settle(arithmetic) else { return }
      setRegister(0, exponent)
      pushX87(significand)
    default:
      guard let other = register(1) else { return }
      let (value, quotient, isComplete) = arithmetic.remainder(
        own, other, toNearest: instruction.operation == .fprem1)
      arithmetic.roundedUp = false
      guard settle(arithmetic) else { return }
      setRegister(0, value)
      // C0, C3, C1 are quotient bits 2, 1, 0; C2 says that more rounds are needed.
      setConditions((quotient & 4 != 0 ? 0x100 : 0) | (quotient & 2 != 0 ? 0x4000 : 0) | (isComplete ? 0 : 0x400))
      setC1(quotient & 1 != 0)
    }
  }

  /// FXAM: C1 sign; C3 C2 C0 class.
  private func examine() {
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

  /// A constant, rounded as the rounding control says.
  private func x87Constant(_ operation: Operation) -> ExtendedReal {
    // Truncated significand, whether the next bit is set, exponent.
    let (significand, nextBit, exponent): (UInt64, Bool, UInt16)
    switch operation {
    case .fldl2t: (significand, nextBit, exponent) = (0xD49A_784B_CD1B_8AFE, false, 0x4000)
    case .fldl2e: (significand, nextBit, exponent) = (0xB8AA_3B29_5C17_F0BB, true, 0x3FFF)
    case .fldpi: (significand, nextBit, exponent) = (0xC90F_DAA2_2168_C234, true, 0x4000)
    case .fldlg2: (significand, nextBit, exponent) = (0x9A20_9A84_FBCF_F798, true, 0x3FFD)
    default: (significand, nextBit, exponent) = (0xB172_17F7_D1CF_79AB, true, 0x3FFE)
    }
    let rounding = (state.floating.controlWord >> 10) & 3
    let isUp = rounding == 2 || (rounding == 0 && nextBit)
    return ExtendedReal(significand: significand + (isUp ? 1 : 0), signExponent: exponent)
  }

  private func executeX87Convert(_ instruction: Instruction) throws(Exception) {
    if instruction.operation == .fbld { return try loadDecimal(instruction) }
    // The operand is judged before the value, and before any flag changes.
    if instruction.isMemory, !(does(.skipsMemoryOfUnmaskedX87Store) && stopsX87Store(instruction)) {
      try judgeX87Store(instruction)
    }
    guard let own = register(0) else { return }
    if instruction.operation == .fbstp { return try storeDecimal(instruction, own) }
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    let value = convertForStore(instruction, own, &arithmetic)
    guard arithmetic.flags & Self.stoppingFlags(instruction) & ~state.floating.controlWord == 0 else {
      _ = noteX87(arithmetic.flags, mayStop: true)
      return
    }
    try storeSized(instruction.segment, effectiveAddress(instruction), instruction.width0, value)
    _ = settle(arithmetic)
    if instruction.operation != .fist && instruction.operation != .fst { popX87() }
  }

  /// ST(0) as the operand of FST, FIST and their kin.
  private func convertForStore(
    _ instruction: Instruction, _ own: ExtendedReal, _ arithmetic: inout ExtendedArithmetic
  ) -> UInt64 {
    let width = instruction.width0
    if instruction.operation == .fst || instruction.operation == .fstp {
      return width == 4
        ? arithmetic.toReal(own, exponentBits: 8, fractionBits: 23)
        : arithmetic.toReal(own, exponentBits: 11, fractionBits: 52)
    }
    return arithmetic.toInteger(own, bits: Int(width) * 8, truncating: instruction.operation == .fisttp)
  }

  /// The exceptions that stop a store if they are not masked. A denormal extended number raises nothing here; overflow
  /// and underflow stop a store of a real number.
  private static func stoppingFlags(_ instruction: Instruction) -> UInt16 {
    instruction.operation == .fst || instruction.operation == .fstp ? 0x19 : 1
  }

  /// Whether a store to memory will not happen since it raises an exception that is not masked.
  func stopsX87Store(_ instruction: Instruction) -> Bool {
    if isEmpty(0) { return state.floating.controlWord & 1 == 0 }
    if instruction.width0 == 10, instruction.operation != .fbstp { return false }
    let own = state.floating.registers[physical(0)]
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    if instruction.operation == .fbstp {
      let integer = Int64(bitPattern: arithmetic.toInteger(own, bits: 64, truncating: false))
      let isTooLarge = arithmetic.flags & 1 != 0 || integer.magnitude > 999_999_999_999_999_999
      return isTooLarge && state.floating.controlWord & 1 == 0
    }
    _ = convertForStore(instruction, own, &arithmetic)
    return arithmetic.flags & Self.stoppingFlags(instruction) & ~state.floating.controlWord != 0
  }

  private func loadDecimal(_ instruction: Instruction) throws(Exception) {
    let at = effectiveAddress(instruction)
    let low = try load(instruction.segment, at, as: UInt64.self)
    let high = try load(instruction.segment, at &+ 8, as: UInt16.self)
    var value: Int64 = 0
    for digit in stride(from: 4, through: 0, by: -4) { value = value * 10 + Int64((high >> UInt16(digit)) & 15) }
    for digit in stride(from: 60, through: 0, by: -4) { value = value * 10 + Int64((low >> UInt64(digit)) & 15) }
    var number = ExtendedReal(integer: value)
    if high & 0x8000 != 0 { number.signExponent |= 0x8000 }
    pushX87(number)
  }

  private func storeDecimal(_ instruction: Instruction, _ own: ExtendedReal) throws(Exception) {
    var arithmetic = ExtendedArithmetic(controlWord: state.floating.controlWord)
    let integer = Int64(bitPattern: arithmetic.toInteger(own, bits: 64, truncating: false))
    var magnitude = integer.magnitude
    let isTooLarge = arithmetic.flags & 1 != 0 || magnitude > 999_999_999_999_999_999
    if isTooLarge { arithmetic.flags = 1 }
    if arithmetic.flags & 1 & ~state.floating.controlWord != 0 {
      _ = noteX87(1, mayStop: true)
      return
    }
    var (low, high): (UInt64, UInt16) = (0xC000_0000_0000_0000, 0xFFFF)
    if !isTooLarge {
      (low, high) = (0, own.isNegative ? 0x8000 : 0)
      for digit in 0..<16 {
        low |= (magnitude % 10) << UInt64(digit * 4)
        magnitude /= 10
      }
      high |= UInt16(magnitude % 10) | UInt16(magnitude / 10) << 4
    }
    let address = try linear(instruction.segment, effectiveAddress(instruction), 8, isWrite: true)
    let last = try lastPart(instruction)
    try probeWrite(address, 8)
    try probeWrite(last, 2)
    matchDataBreakpoints(address, 8, isWrite: true)
    matchDataBreakpoints(last, 2, isWrite: true)
    try storeLinear(address, low)
    try storeLinear(last, high)
    _ = settle(arithmetic)
    popX87()
  }

  private func executeX87ConditionalMove(_ instruction: Instruction) {
    let flags = state.flags
    let isTaken: Bool
    switch instruction.operation {
    case .fcmovb: isTaken = flags.carry
    case .fcmove: isTaken = flags.zero
    case .fcmovbe: isTaken = flags.carry || flags.zero
    case .fcmovu: isTaken = rflags & RFLAGS.parity != 0
    case .fcmovnb: isTaken = !flags.carry
    case .fcmovne: isTaken = !flags.zero
    case .fcmovnbe: isTaken = !(flags.carry || flags.zero)
    default: isTaken = rflags & RFLAGS.parity == 0
    }
    // An empty register is an underflow whatever the condition says; C1 changes by that alone.
    let source = instruction.rm & 7
    guard !isEmpty(0), !isEmpty(source) else {
      if stackFault(isOverflow: false) { setRegister(0, .indefinite) }
      return
    }
    if isTaken { setRegister(0, state.floating.registers[physical(source)]) }
  }

  /// Raises what a store to the memory operand would.
  func judgeX87Store(_ instruction: Instruction) throws(Exception) {
    let size = UInt64(min(instruction.width0, 8))
    let address = try linear(instruction.segment, effectiveAddress(instruction), size, isWrite: true)
    if isCheckingAlignment { try checkAccess(address, size, isWrite: true) }
    try probeWrite(address, Int(size))
    // Sign and exponent, or the last digits, are a part of their own.
    if instruction.width0 == 10 { try probeWrite(try lastPart(instruction), 2) }
  }

  /// The linear address of the last two bytes of an operand of ten.
  func lastPart(_ instruction: Instruction) throws(Exception) -> UInt64 {
    var offset = effectiveAddress(instruction) &+ 8
    if instruction.addressSize < 8 { offset &= instruction.addressSize == 4 ? 0xFFFF_FFFF : 0xFFFF }
    return try linear(instruction.segment, offset, 2, isWrite: true)
  }

  // MARK: Environment

  /// FNSTENV, FLDENV, FNSAVE and FRSTOR.
  private func executeX87Environment(_ instruction: Instruction) throws(Exception) {
    let is32 = instruction.operandSize != 2
    let unit: UInt64 = is32 ? 4 : 2
    let isSave = instruction.operation == .fnsave || instruction.operation == .fnstenv
    let hasRegisters = instruction.operation == .fnsave || instruction.operation == .frstor
    let size = unit * 7 + (hasRegisters ? 80 : 0)
    let offset = effectiveAddress(instruction)
    let address = try linear(instruction.segment, offset, unit, isWrite: isSave)
    if isCheckingAlignment, address & (unit - 1) != 0 { throw .alignmentCheck(.alignmentCheck) }
    // The first unit is judged, then the last byte.
    try judge(address, Int(unit), isWrite: isSave)
    try judge(try linear(instruction.segment, offset &+ size &- 1, 1, isWrite: isSave), 1, isWrite: isSave)
    matchDataBreakpoints(address, size, isWrite: isSave)
    if isSave {
      try probeWrite(address, Int(size))
      try storeEnvironment(address, unit)
      if hasRegisters { try storeX87Registers(address &+ unit * 7) }
    } else {
      // All is read before anything changes.
      let environment = try readEnvironment(address, unit)
      let registers = hasRegisters ? try loadX87Registers(address &+ unit * 7) : nil
      setEnvironment(environment)
      if let registers { for index in 0..<8 { state.floating.registers[physical(UInt8(index))] = registers[index] } }
    }
    if instruction.operation == .fnsave {
      state.floating.controlWord = 0x37F
      state.floating.statusWord = 0
      state.floating.validRegisters = 0
      updateX87ErrorLine()
    } else if instruction.operation == .fnstenv {
      state.floating.controlWord |= 0x3F
      summarizeX87Errors()
    }
  }

  private func storeX87Registers(_ address: UInt64) throws(Exception) {
    for index in 0..<UInt64(8) {
      let register = state.floating.registers[physical(UInt8(index))]
      try storeLinear(address &+ index * 10, register.significand)
      try storeLinear(address &+ index * 10 &+ 8, register.signExponent)
    }
  }

  private func loadX87Registers(_ address: UInt64) throws(Exception) -> InlineArray<8, ExtendedReal> {
    var registers: InlineArray<8, ExtendedReal> = InlineArray(repeating: ExtendedReal())
    for index in 0..<8 {
      let at = address &+ UInt64(index) * 10
      registers[index] = ExtendedReal(
        significand: try loadLinear(at, as: UInt64.self), signExponent: try loadLinear(at &+ 8, as: UInt16.self))
    }
    return registers
  }

  /// Sets ES and B if an unmasked exception waits, and clears them if none does.
  func summarizeX87Errors() {
    let unmasked = state.floating.statusWord & ~state.floating.controlWord & 0x3F
    state.floating.statusWord = (state.floating.statusWord & ~0x8080) | (unmasked != 0 ? 0x8080 : 0)
    updateX87ErrorLine()
  }

  /// Two tag bits a register: valid, zero, special, empty.
  private var fullTagWord: UInt16 {
    var word: UInt16 = 0
    for index in 0..<8 {
      let value = state.floating.registers[index]
      let tag: UInt16
      if state.floating.validRegisters & (1 << UInt8(index)) == 0 {
        tag = 3
      } else if value.isZero {
        tag = 1
      } else {
        tag = value.exponent == 0 || value.exponent == 0x7FFF || value.isUnsupported ? 2 : 0
      }
      word |= tag << UInt16(index * 2)
    }
    return word
  }

  private func storeEnvironment(_ address: UInt64, _ unit: UInt64) throws(Exception) {
    let floating = state.floating
    let fields: [UInt64] = [
      UInt64(floating.controlWord), UInt64(floating.statusWord), UInt64(fullTagWord), floating.instructionPointer,
      UInt64(floating.opcode) << 16, floating.dataPointer, 0,
    ]
    for (index, field) in fields.enumerated() {
      let at = address &+ UInt64(index) * unit
      if unit == 4 {
        // The upper halves of the first three words are ones.
        try storeLinear(at, UInt32(truncatingIfNeeded: field) | (index < 3 || index == 6 ? 0xFFFF_0000 : 0))
      } else {
        try storeLinear(at, UInt16(truncatingIfNeeded: field))
      }
    }
  }

  private func readEnvironment(_ address: UInt64, _ unit: UInt64) throws(Exception) -> InlineArray<7, UInt64> {
    var fields: InlineArray<7, UInt64> = InlineArray(repeating: 0)
    for index in 0..<7 { fields[index] = try loadLinearSized(address &+ UInt64(index) * unit, UInt8(unit)) }
    return fields
  }

  private func setEnvironment(_ fields: InlineArray<7, UInt64>) {
    state.floating.controlWord = UInt16(truncatingIfNeeded: fields[0]) & 0x1F7F | 0x40
    state.floating.statusWord = UInt16(truncatingIfNeeded: fields[1])
    var valid: UInt8 = 0
    for index in 0..<UInt64(8) where (fields[2] >> (index * 2)) & 3 != 3 { valid |= 1 << UInt8(index) }
    state.floating.validRegisters = valid
    state.floating.instructionPointer = fields[3]
    state.floating.dataPointer = fields[5]
    summarizeX87Errors()
  }
}
