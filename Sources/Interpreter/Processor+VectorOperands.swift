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

  /// #UD and #NM rules of MMX and SSE.
  func checkVectorAccess(_ instruction: Instruction) throws(Exception) {
    // LDMXCSR and STMXCSR have a memory operand alone.
    let usesXMM =
      instruction.operand0 == .memory || Self.isXMM(instruction.operand0) || Self.isXMM(instruction.operand1)
    let cr0 = state.paging.cr0
    if cr0 & CR0.emulation != 0 { throw .invalidOpcode(.emulation) }
    if usesXMM && state.paging.cr4 & CR4.osFXSR == 0 { throw .invalidOpcode(.osFXSRClear) }
    if cr0 & CR0.taskSwitched != 0 { throw .deviceNotAvailable(.taskSwitched) }
    if Self.usesMMX(instruction) { try checkX87Error() }
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

  /// Linear address of a 16-byte operand: misaligned is #GP(0) where alignment is a must, before a segment fault, and
  /// else #AC where that is on, after it, unless the processor exempts it.
  private func vectorAddress(_ instruction: Instruction, aligned: Bool, isWrite: Bool) throws(Exception) -> UInt64 {
    let offset = effectiveAddress(instruction)
    if aligned, (state.segments[Int(instruction.segment)].base &+ offset) & 15 != 0 {
      throw .generalProtection(.operandMisaligned)
    }
    let address = try linear(instruction.segment, offset, 16, isWrite: isWrite)
    if !aligned, isCheckingAlignment, address & 15 != 0, !does(.exemptsUnalignedVectorsFromAlignmentCheck) {
      throw .alignmentCheck(.alignmentCheck)
    }
    return address
  }

  /// Reads a 16-byte operand; most must be aligned.
  func loadVector(_ instruction: Instruction, aligned: Bool) throws(Exception) -> Vector128 {
    let address = try vectorAddress(instruction, aligned: aligned, isWrite: false)
    if state.attention & Attention.step != 0 { matchDataBreakpoints(address, 16, isWrite: false) }
    return Vector128(
      low: try loadLinear(address, as: UInt64.self), high: try loadLinear(address &+ 8, as: UInt64.self))
  }

  /// Writes a 16-byte operand.
  func storeVector(_ instruction: Instruction, _ value: Vector128, aligned: Bool) throws(Exception) {
    let address = try vectorAddress(instruction, aligned: aligned, isWrite: true)
    if state.attention & Attention.step != 0 { matchDataBreakpoints(address, 16, isWrite: true) }
    if address & 0xFFF > 0xFF0 { try probeWrite(address, 16) }
    try storeLinear(address, value.low)
    try storeLinear(address &+ 8, value.high)
  }

  /// An operand of an MMX or XMM kind, or memory of the operand's width.
  func vectorOperand(_ instruction: Instruction, _ kind: OperandKind, _ width: UInt8) throws(Exception) -> Vector128 {
    switch kind {
    case .xmm: return state.floating.xmm[Int(instruction.reg)]
    case .mmx: return mmx(instruction.reg)
    case .xmmOrMemory where !instruction.isMemory: return state.floating.xmm[Int(instruction.rm)]
    case .mmxOrMemory where !instruction.isMemory: return mmx(instruction.rm)
    case .register, .registerOrMemory: return Vector128(low: try readOperand(instruction, kind, width))
    default:
      if width == 16 { return try loadVector(instruction, aligned: true) }
      return Vector128(low: try loadSized(instruction.segment, effectiveAddress(instruction), width))
    }
  }

  func vectorSource(_ instruction: Instruction) throws(Exception) -> Vector128 {
    try vectorOperand(instruction, instruction.operand1, instruction.width1)
  }

  func vectorDestination(_ instruction: Instruction) -> Vector128 {
    instruction.operand0 == .mmx ? mmx(instruction.reg) : state.floating.xmm[Int(instruction.reg)]
  }

  func setVectorDestination(_ instruction: Instruction, _ value: Vector128) {
    if instruction.operand0 == .mmx {
      setMMX(instruction.reg, value.low)
    } else {
      state.floating.xmm[Int(instruction.reg)] = value
    }
  }

  func setShiftDestination(_ instruction: Instruction, _ value: Vector128) {
    if instruction.operand0 == .mmxOrMemory {
      setMMX(instruction.rm, value.low)
    } else if instruction.operand0 == .xmmOrMemory {
      state.floating.xmm[Int(instruction.rm)] = value
    } else {
      setVectorDestination(instruction, value)
    }
  }
}
