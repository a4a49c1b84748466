import MMU
import X86
import X86Decoder

/// Bit manipulation beyond the first processors: LZCNT, CRC32, MOVBE, ADX, BMI1 and BMI2.
///
/// Operands have the width of their instruction and stand in the low bits of 64-bit words.
extension Processor {
  /// LZCNT and TZCNT: the operand's width for 0.
  func zeroCount(_ instruction: Instruction, leading: Bool) throws(Exception) {
    let width = instruction.width1
    let value = try readOperand(instruction, instruction.operand1, width)
    let count =
      switch width {
      case 2: Integer.zeroCount(UInt16(truncatingIfNeeded: value), leading: leading, &state.flags)
      case 4: Integer.zeroCount(UInt32(truncatingIfNeeded: value), leading: leading, &state.flags)
      default: Integer.zeroCount(value, leading: leading, &state.flags)
      }
    write(instruction.reg, width: instruction.width0, UInt64(count))
  }

  /// CRC32: the polynomial 11EDC6F41h, bits reflected.
  func crc32(_ instruction: Instruction) throws(Exception) {
    let data = try readOperand(instruction, instruction.operand1, instruction.width1)
    var sum = read(instruction.reg, width: 4)
    for index in 0..<UInt64(instruction.width1) {
      sum ^= (data >> (index &* 8)) & 0xFF
      for _ in 0..<8 { sum = (sum >> 1) ^ (sum & 1 != 0 ? 0x82F6_3B78 : 0) }
    }
    write(instruction.reg, width: 8, sum)
  }

  /// MOVBE.
  func moveSwapped(_ instruction: Instruction) throws(Exception) {
    let value = try readOperand(instruction, instruction.operand1, instruction.width1)
    let swapped = value.byteSwapped >> (64 &- UInt64(instruction.width1) &* 8)
    try writeOperand(instruction, instruction.operand0, instruction.width0, swapped)
  }

  /// ADCX and ADOX: the carry comes from one flag and goes there.
  func addWithFlag(_ instruction: Instruction, _ flag: UInt64) throws(Exception) {
    let width = instruction.width0
    let right = try readOperand(instruction, instruction.operand1, width)
    let left = read(instruction.reg, width: width)
    let carry: UInt64 = (flag == RFLAGS.carry ? state.flags.carry : state.flags.overflow) ? 1 : 0
    let (partial, first) = left.addingReportingOverflow(right)
    let (sum, second) = partial.addingReportingOverflow(carry)
    let isCarry = width == 8 ? first || second : sum >> 32 != 0
    write(instruction.reg, width: width, sum)
    state.flags.set(flag, to: isCarry ? flag : 0)
  }

  /// RDRAND and RDSEED: numbers of a generator that is part of the processor's state, so that a run can be repeated.
  func readRandomNumber(_ instruction: Instruction) throws(Exception) {
    state.randomState &+= 0x9E37_79B9_7F4A_7C15
    var value = state.randomState
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    state.flags = LazyFlags(rflags: RFLAGS.carry)
    write(instruction.rm, width: instruction.width0, value ^ (value >> 31))
  }

  /// RDPID.
  func readProcessorID(_ instruction: Instruction) throws(Exception) {
    write(instruction.rm, width: instruction.width0, state.msrs[.tscAux])
  }

  // MARK: BMI1 and BMI2

  /// ANDN, BZHI, MULX, SHLX and their kin.
  func vexInteger(_ instruction: Instruction, _ function: VEXIntegerFunction) throws(Exception) {
    if instruction.width0 == 8 {
      try vexInteger(instruction, function, UInt64.self)
    } else {
      try vexInteger(instruction, function, UInt32.self)
    }
  }

  private func vexInteger<Word: OperandWord>(
    _ instruction: Instruction, _ function: VEXIntegerFunction, _: Word.Type
  ) throws(Exception) {
    let width = instruction.width0
    let kind = instruction.operand1 == .registerVVVV ? instruction.operand2 : instruction.operand1
    let b = Word(truncatingIfNeeded: try readOperand(instruction, kind, width))
    if function == .multiply {
      // The upper half wins where both go to one register.
      let (high, low) = Word(truncatingIfNeeded: read(.dx, width: width)).multipliedFullWidth(by: b)
      write(instruction.vvvv, width: width, UInt64(truncatingIfNeeded: low))
      return write(instruction.reg, width: width, UInt64(high))
    }
    let a = Word(truncatingIfNeeded: register64(instruction.vvvv & 15))
    let (value, carry) = function.apply(a, b, UInt8(truncatingIfNeeded: instruction.immediate))
    if let carry { state.flags = LazyFlags(result: value.signExtended, carries: carry ? 3 << 62 : 0) }
    write(
      instruction.operand0 == .registerVVVV ? instruction.vvvv : instruction.reg, width: width, UInt64(value))
  }

  /// PDEP: low bits go to the places of the mask.
  func depositBits(_ instruction: Instruction) throws(Exception) {
    var places = try readOperand(instruction, instruction.operand2, instruction.width0)
    var source = read(instruction.vvvv, width: instruction.width0)
    var result: UInt64 = 0
    while places != 0 {
      if source & 1 != 0 { result |= places & (0 &- places) }
      source >>= 1
      places &= places &- 1
    }
    write(instruction.reg, width: instruction.width0, result)
  }

  /// PEXT: the bits at the places of the mask become low bits.
  func gatherBits(_ instruction: Instruction) throws(Exception) {
    var places = try readOperand(instruction, instruction.operand2, instruction.width0)
    let source = read(instruction.vvvv, width: instruction.width0)
    var result: UInt64 = 0
    var bit: UInt64 = 1
    while places != 0 {
      if source & places & (0 &- places) != 0 { result |= bit }
      bit <<= 1
      places &= places &- 1
    }
    write(instruction.reg, width: instruction.width0, result)
  }
}
