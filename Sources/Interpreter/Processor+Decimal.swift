import X86
import X86Decoder

extension Processor {
  /// CBW, CWDE and CDQE.
  func extendAccumulator(_ instruction: Instruction) throws(Exception) {
    let size = instruction.operandSize
    write(.ax, width: size, Integer.signExtend(read(.ax, width: size / 2), size / 2))
  }

  /// CWD, CDQ and CQO.
  func extendIntoDX(_ instruction: Instruction) throws(Exception) {
    let size = instruction.operandSize
    let isNegative = Integer.signExtend(read(.ax, width: size), size) >> 63 != 0
    write(.dx, width: size, isNegative ? .max : 0)
  }

  /// BSWAP: 16 bits become 0.
  func byteSwap(_ instruction: Instruction) throws(Exception) {
    let value = register64(instruction.reg)
    switch instruction.operandSize {
    case 8: write(instruction.reg, width: 8, value.byteSwapped)
    case 4: write(instruction.reg, width: 4, UInt64(UInt32(truncatingIfNeeded: value).byteSwapped))
    default: write(instruction.reg, width: 2, 0)
    }
  }

  // MARK: Decimal adjustment

  /// DAA and DAS.
  func decimalAdjust(_ instruction: Instruction, subtract: Bool) throws(Exception) {
    let al = UInt8(truncatingIfNeeded: register64(.ax))
    write(.ax, width: 1, UInt64(Integer.decimalAdjust(al, subtract: subtract, &state.flags)))
  }

  /// AAA and AAS.
  func asciiAdjust(_ instruction: Instruction, subtract: Bool) throws(Exception) {
    let ax = UInt16(truncatingIfNeeded: register64(.ax))
    write(.ax, width: 2, UInt64(Integer.asciiAdjust(ax, subtract: subtract, &state.flags)))
    if does(.computesASCIIAdjustFlags) {
      let result = LazyFlags(result: read(.ax, width: 1), carries: 0)
      state.flags.set(RFLAGS.sign | RFLAGS.zero | RFLAGS.overflow | RFLAGS.parity, to: result.rflags)
    }
  }

  /// AAM.
  func asciiMultiply(_ instruction: Instruction) throws(Exception) {
    let divisor = UInt8(truncatingIfNeeded: instruction.immediate)
    guard divisor != 0 else { throw .divideError(.divideByZero) }
    let al = UInt8(truncatingIfNeeded: register64(.ax))
    write(.ax, width: 2, UInt64(al / divisor) << 8 | UInt64(al % divisor))
    state.flags = LazyFlags(result: (al % divisor).signExtended, carries: 0)
  }

  /// AAD.
  func asciiDivide(_ instruction: Instruction) throws(Exception) {
    let ax = register64(.ax)
    let al = UInt8(truncatingIfNeeded: (ax & 0xFF) &+ ((ax >> 8) & 0xFF) &* instruction.immediate)
    write(.ax, width: 2, UInt64(al))
    state.flags = LazyFlags(result: al.signExtended, carries: 0)
  }

  /// SALC.
  func setALFromCarry(_ instruction: Instruction) throws(Exception) {
    write(.ax, width: 1, state.flags.carry ? 0xFF : 0)
  }
}
