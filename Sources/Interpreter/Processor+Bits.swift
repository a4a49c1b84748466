import MMU
import X86
import X86Decoder

/// What BLSR, BLSMSK and BLSI make of a value.
enum LowestBit { case reset, mask, isolate }

/// The shifts of BMI2.
enum FlaglessShift { case left, right, arithmetic, rotate }

/// Bit manipulation beyond the first processors: LZCNT, CRC32, MOVBE, ADX, BMI1 and BMI2.
///
/// Operands have the width of their instruction and stand in the low bits of 64-bit words.
extension Processor {
  private func mask(_ width: UInt8) -> UInt64 { width >= 8 ? .max : (1 << (UInt64(width) &* 8)) &- 1 }

  /// SF and ZF of a result, CF as given, OF 0; AF is 0 and PF that of the result, which the manuals leave undefined.
  private func setFlags(_ result: UInt64, _ width: UInt8, carry: Bool) {
    state.flags = LazyFlags(result: Integer.signExtend(result, width), carries: carry ? 3 << 62 : 0)
  }

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

  // MARK: BMI1

  /// ANDN.
  func andNot(_ instruction: Instruction) throws(Exception) {
    let width = instruction.width0
    let right = try readOperand(instruction, instruction.operand2, width)
    let result = ~read(instruction.vvvv, width: width) & right
    setFlags(result, width, carry: false)
    write(instruction.reg, width: width, result)
  }

  /// BEXTR: as many bits as bits 15:8 of the control say, from the one that bits 7:0 say.
  func extractBits(_ instruction: Instruction) throws(Exception) {
    let width = instruction.width0
    let value = try readOperand(instruction, instruction.operand1, width)
    let control = read(instruction.vvvv, width: 2)
    let (start, count) = (control & 0xFF, control >> 8)
    let shifted = start < 64 ? value >> start : 0
    let result = count < 64 ? shifted & ((1 << count) &- 1) : shifted
    setFlags(result, width, carry: false)
    write(instruction.reg, width: width, result)
  }

  /// BLSR, BLSMSK and BLSI.
  func lowestBit(_ instruction: Instruction, _ change: LowestBit) throws(Exception) {
    let width = instruction.width0
    let value = try readOperand(instruction, instruction.operand1, width)
    let less = value &- 1
    let result: UInt64
    switch change {
    case .reset: result = value & less
    case .mask: result = (value ^ less) & mask(width)
    case .isolate: result = value & ~less
    }
    setFlags(result, width, carry: (value == 0) != (change == .isolate))
    write(instruction.vvvv, width: width, result)
  }

  // MARK: BMI2

  /// BZHI.
  func zeroHighBits(_ instruction: Instruction) throws(Exception) {
    let width = instruction.width0
    let value = try readOperand(instruction, instruction.operand1, width)
    let count = read(instruction.vvvv, width: 1)
    let bits = UInt64(width) &* 8
    let result = count < bits ? value & ((1 << count) &- 1) : value
    setFlags(result, width, carry: count >= bits)
    write(instruction.reg, width: width, result)
  }

  /// MULX: the upper half wins where both go to one register.
  func multiplyWithoutFlags(_ instruction: Instruction) throws(Exception) {
    let width = instruction.width0
    let right = try readOperand(instruction, instruction.operand2, width)
    let (high, low) = read(.dx, width: width).multipliedFullWidth(by: right)
    write(instruction.vvvv, width: width, low)
    write(instruction.reg, width: width, width == 8 ? high : low >> 32)
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

  /// RORX, SARX, SHLX and SHRX.
  func shiftWithoutFlags(_ instruction: Instruction, _ kind: FlaglessShift) throws(Exception) {
    let width = instruction.width0
    let value = try readOperand(instruction, instruction.operand1, width)
    let bits = UInt64(width) &* 8
    let isImmediate = instruction.operand2 == .immediate
    let count = (isImmediate ? instruction.immediate : register64(instruction.vvvv)) & (bits &- 1)
    let result: UInt64
    switch kind {
    case .left: result = value << count
    case .right: result = value >> count
    case .arithmetic:
      result = UInt64(bitPattern: Int64(bitPattern: Integer.signExtend(value, width)) >> Int64(count))
    case .rotate: result = count == 0 ? value : value >> count | value << (bits &- count)
    }
    write(instruction.reg, width: width, result)
  }
}
