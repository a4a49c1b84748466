import MMU
import SoftFloat
import X86
import X86Decoder

extension Processor {
  /// What an instruction with an MMX register operand does last.
  func finishMMX(_ instruction: Instruction) {
    if Self.usesMMX(instruction) { enterMMX() }
  }

  /// What an MMX instruction that completes does to the x87 state: TOP is 0, every register valid.
  func enterMMX() {
    state.floating.statusWord &= ~0x3800
    state.floating.validRegisters = 0xFF
  }

  /// #UD and #NM rules of MMX, SSE and AVX.
  func checkVectorAccess(_ instruction: Instruction) throws(Exception) {
    if instruction.isVEX { return try checkVEXAccess() }
    // LDMXCSR and STMXCSR have a memory operand alone.
    let usesXMM =
      instruction.operand0 == .memory || Self.isXMM(instruction.operand0) || Self.isXMM(instruction.operand1)
    let cr0 = state.paging.cr0
    if cr0 & CR0.emulation != 0 { throw .invalidOpcode(.emulation) }
    if usesXMM && state.paging.cr4 & CR4.osFXSR == 0 { throw .invalidOpcode(.osFXSRClear) }
    if cr0 & CR0.taskSwitched != 0 { throw .deviceNotAvailable(.taskSwitched) }
    if Self.usesMMX(instruction) { try checkX87Error() }
  }

  /// Vectors with a VEX prefix need what XSAVE manages; CR0.EM and CR4.OSFXSR do not count.
  ///
  /// - SDM: Vol. 2A "Exceptions Type 1" to "Exceptions Type 12" of VEX instructions.
  func checkVEXAccess() throws(Exception) {
    if isRealStyle { throw .invalidOpcode(.protectedModeOnly) }
    if state.paging.cr4 & CR4.osXSAVE == 0 { throw .invalidOpcode(.osXSAVEClear) }
    if state.xcr0 & XCR0.avx == 0 { throw .invalidOpcode(.avxStateDisabled) }
    if state.paging.cr0 & CR0.taskSwitched != 0 { throw .deviceNotAvailable(.taskSwitched) }
  }

  private static func isXMM(_ kind: OperandKind) -> Bool { kind == .xmm || kind == .xmmOrMemory }

  private static func usesMMX(_ instruction: Instruction) -> Bool {
    func isMMX(_ kind: OperandKind) -> Bool { kind == .mmx || (kind == .mmxOrMemory && !instruction.isMemory) }
    return isMMX(instruction.operand0) || isMMX(instruction.operand1)
  }

  func mmx(_ number: UInt8) -> Vector128 {
    Vector128(low: state.floating.registers[Int(number & 7)].significand)
  }

  func setMMX(_ number: UInt8, _ value: UInt64) {
    state.floating.registers[Int(number & 7)] = ExtendedReal(significand: value, signExponent: 0xFFFF)
  }

  /// Linear address of an operand of 16 or 32 bytes: misaligned is #GP(0) where alignment is a must, before a segment
  /// fault, and else #AC where that is on, after it, unless the processor exempts it.
  func vectorAddress(
    _ instruction: Instruction, _ byteCount: UInt64, aligned: Bool, isWrite: Bool
  ) throws(Exception) -> UInt64 {
    let offset = effectiveAddress(instruction)
    if aligned, (base(of: instruction.segment) &+ offset) & (byteCount &- 1) != 0 {
      throw .generalProtection(.operandMisaligned)
    }
    let address = try linear(instruction.segment, offset, byteCount, isWrite: isWrite)
    if !aligned, isCheckingAlignment, address & 15 != 0, !does(.exemptsUnalignedVectorsFromAlignmentCheck) {
      throw .alignmentCheck(.alignmentCheck)
    }
    if state.attention & Attention.step != 0 { matchDataBreakpoints(address, byteCount, isWrite: isWrite) }
    return address
  }

  /// Reads a 16-byte operand; most must be aligned.
  func loadVector(_ instruction: Instruction, aligned: Bool) throws(Exception) -> Vector128 {
    let address = try vectorAddress(instruction, 16, aligned: aligned, isWrite: false)
    return Vector128(
      low: try loadLinear(address, as: UInt64.self), high: try loadLinear(address &+ 8, as: UInt64.self))
  }

  /// Reads a 32-byte operand.
  func loadLongVector(_ instruction: Instruction, aligned: Bool) throws(Exception) -> Vector256 {
    let address = try vectorAddress(instruction, 32, aligned: aligned, isWrite: false)
    let low = Vector128(
      low: try loadLinear(address, as: UInt64.self), high: try loadLinear(address &+ 8, as: UInt64.self))
    let high = Vector128(
      low: try loadLinear(address &+ 16, as: UInt64.self), high: try loadLinear(address &+ 24, as: UInt64.self))
    return Vector256(low: low, high: high)
  }

  /// Writes a 16-byte operand.
  func storeVector(_ instruction: Instruction, _ value: Vector128, aligned: Bool) throws(Exception) {
    let address = try vectorAddress(instruction, 16, aligned: aligned, isWrite: true)
    if address & 0xFFF > 0xFF0 { try probeWrite(address, 16) }
    try storeLinear(address, value.low)
    try storeLinear(address &+ 8, value.high)
  }

  /// Writes a 32-byte operand.
  func storeLongVector(_ instruction: Instruction, _ value: Vector256, aligned: Bool) throws(Exception) {
    let address = try vectorAddress(instruction, 32, aligned: aligned, isWrite: true)
    if address & 0xFFF > 0xFE0 { try probeWrite(address, 32) }
    try storeLinear(address, value.low.low)
    try storeLinear(address &+ 8, value.low.high)
    try storeLinear(address &+ 16, value.high.low)
    try storeLinear(address &+ 24, value.high.high)
  }

  // MARK: Operands

  /// Whether a memory operand of 16 bytes that is no move's must be aligned.
  private func needsAlignment(_ instruction: Instruction) -> Bool {
    if instruction.isVEX { return false }
    return !(instruction.operation.traits.contains(.unaligned) && does(.takesUnalignedSHAOperands))
  }

  /// An operand of an MMX or XMM kind, or memory of the operand's width; of a YMM register the lower lane.
  func vectorOperand(_ instruction: Instruction, _ kind: OperandKind, _ width: UInt8) throws(Exception) -> Vector128 {
    switch kind {
    case .xmm: return state.floating.xmm[Int(instruction.reg)]
    case .mmx: return mmx(instruction.reg)
    case .xmmOrMemory where !instruction.isMemory: return state.floating.xmm[Int(instruction.rm)]
    case .mmxOrMemory where !instruction.isMemory: return mmx(instruction.rm)
    case .xmmVVVV: return state.floating.xmm[Int(instruction.vvvv & 15)]
    case .register, .registerOrMemory: return Vector128(low: try readOperand(instruction, kind, width))
    default:
      if width == 16 { return try loadVector(instruction, aligned: needsAlignment(instruction)) }
      return Vector128(low: try loadSized(instruction.segment, effectiveAddress(instruction), width))
    }
  }

  /// A YMM register.
  func longRegister(_ number: UInt8) -> Vector256 {
    Vector256(low: state.floating.xmm[Int(number & 15)], high: state.floating.upper[Int(number & 15)])
  }

  /// The same with both lanes where the operand has 32 bytes.
  func longOperand(_ instruction: Instruction, _ kind: OperandKind, _ width: UInt8) throws(Exception) -> Vector256 {
    guard width == 32 else { return Vector256(low: try vectorOperand(instruction, kind, width)) }
    switch kind {
    case .xmm: return longRegister(instruction.reg)
    case .xmmOrMemory where !instruction.isMemory: return longRegister(instruction.rm)
    case .xmmVVVV: return longRegister(instruction.vvvv)
    default: return try loadLongVector(instruction, aligned: false)
    }
  }

  /// With VEX.vvvv as a source the last operand stands third.
  @inline(__always) private func hasThirdOperand(_ instruction: Instruction) -> Bool {
    instruction.operand1 == .xmmVVVV
  }

  /// The last vector operand.
  func vectorSource(_ instruction: Instruction) throws(Exception) -> Vector128 {
    hasThirdOperand(instruction)
      ? try vectorOperand(instruction, instruction.operand2, instruction.width2)
      : try vectorOperand(instruction, instruction.operand1, instruction.width1)
  }

  /// The last vector operand, both lanes.
  func longSource(_ instruction: Instruction) throws(Exception) -> Vector256 {
    hasThirdOperand(instruction)
      ? try longOperand(instruction, instruction.operand2, instruction.width2)
      : try longOperand(instruction, instruction.operand1, instruction.width1)
  }

  /// The number of the register that is the first source: the destination unless VEX.vvvv names another.
  @inline(__always) func firstRegister(_ instruction: Instruction) -> UInt8 {
    hasThirdOperand(instruction) ? instruction.vvvv & 15 : instruction.reg
  }

  /// The first source of two.
  func vectorDestination(_ instruction: Instruction) -> Vector128 {
    instruction.operand0 == .mmx ? mmx(instruction.reg) : state.floating.xmm[Int(firstRegister(instruction))]
  }

  /// The first source of two, both lanes.
  func longFirst(_ instruction: Instruction) -> Vector256 {
    instruction.operand0 == .mmx
      ? Vector256(low: mmx(instruction.reg)) : longRegister(firstRegister(instruction))
  }

  /// Writes operand 0, a register; with a VEX prefix the upper lane becomes zero.
  func setVectorDestination(_ instruction: Instruction, _ value: Vector128) {
    setDestination(instruction, Vector256(low: value))
  }

  /// Writes operand 0, register `reg` of an instruction without a VEX prefix.
  @inline(__always) func setShortDestination(_ instruction: Instruction, _ value: Vector128) {
    if instruction.operand0 == .mmx {
      setMMX(instruction.reg, value.low)
    } else {
      state.floating.xmm[Int(instruction.reg)] = value
    }
  }

  /// Writes operand 0, a register: without a VEX prefix the upper lane stays, with one what lies beyond the operand's
  /// width becomes zero.
  func setDestination(_ instruction: Instruction, _ value: Vector256) {
    let number: UInt8
    switch instruction.operand0 {
    case .mmx: return setMMX(instruction.reg, value.low.low)
    case .mmxOrMemory: return setMMX(instruction.rm, value.low.low)
    case .xmmOrMemory: number = instruction.rm
    case .xmmVVVV: number = instruction.vvvv & 15
    default: number = instruction.reg
    }
    state.floating.xmm[Int(number)] = value.low
    if instruction.isVEX {
      state.floating.upper[Int(number)] = instruction.width0 == 32 ? value.high : Vector128()
    }
  }
}
