import MMU
import X86
import X86Decoder

extension Processor {
  /// MOV.
  @inline(__always)
  func move(_ instruction: Instruction) throws(Exception) {
    try writeOperand(
      instruction, instruction.operand0, instruction.width0,
      try readOperand(instruction, instruction.operand1, instruction.width1))
  }

  /// MOVZX.
  @inline(__always)
  func moveZeroExtended(_ instruction: Instruction) throws(Exception) {
    let value = try readOperand(instruction, instruction.operand1, instruction.width1)
    write(instruction.reg, width: instruction.width0, value)
  }

  /// MOVSX and MOVSXD.
  @inline(__always)
  func moveSignExtended(_ instruction: Instruction) throws(Exception) {
    let value = try readOperand(instruction, instruction.operand1, instruction.width1)
    write(instruction.reg, width: instruction.width0, Integer.signExtend(value, instruction.width1))
  }

  /// MOVNTI.
  func moveRegisterToMemory(_ instruction: Instruction) throws(Exception) {
    try writeOperand(instruction, .memory, instruction.width0, read(instruction.reg, width: instruction.width1))
  }

  /// LEA.
  @inline(__always)
  func loadEffectiveAddress(_ instruction: Instruction) throws(Exception) {
    write(instruction.reg, width: instruction.width0, effectiveAddress(instruction))
  }

  /// CMOVcc: the source is read whatever the condition says, and 32 bits extend to 64 either way.
  @inline(__always)
  func conditionalMove(_ instruction: Instruction) throws(Exception) {
    let value = try readOperand(instruction, instruction.operand1, instruction.width1)
    let old = read(instruction.reg, width: instruction.width0)
    write(instruction.reg, width: instruction.width0, Integer.select(condition(instruction), value, old))
  }

  /// SETcc.
  @inline(__always)
  func setByteOnCondition(_ instruction: Instruction) throws(Exception) {
    try writeOperand(instruction, instruction.operand0, 1, Integer.select(condition(instruction), 1, 0))
  }

  /// Whether the condition in the low four opcode bits holds.
  @inline(__always)
  func condition(_ instruction: Instruction) -> Bool { state.flags.holds(instruction.opcode & 15) }

  /// XLAT.
  func translateByte(_ instruction: Instruction) throws(Exception) {
    let sum = register64(.bx) &+ (register64(.ax) & 0xFF)
    let offset = sum & instruction.addressMask
    write(.ax, width: 1, UInt64(try load(instruction.segment, offset, as: UInt8.self)))
  }

  /// NOP, PAUSE and fences: a model without caches and without reordering has nothing to do.
  @inline(__always)
  func noOperation(_ instruction: Instruction) throws(Exception) {}
}
