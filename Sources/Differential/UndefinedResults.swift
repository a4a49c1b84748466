public import InstructionTesting
import X86
public import X86Decoder

/// What the manuals leave undefined in the result of an instruction, beyond the flags that its row names.
enum UndefinedResults {
  /// The flags of the letters OSZAPC.
  static func flags(_ letters: Substring) -> UInt64 {
    var mask: UInt64 = 0
    for letter in letters {
      switch letter {
      case "O": mask |= RFLAGS.overflow
      case "S": mask |= RFLAGS.sign
      case "Z": mask |= RFLAGS.zero
      case "A": mask |= RFLAGS.auxiliaryCarry
      case "P": mask |= RFLAGS.parity
      case "C": mask |= RFLAGS.carry
      default: break
      }
    }
    return mask
  }

  /// The undefined flags of each row of the opcode table.
  static let byForm: [UInt64] = OpcodeForm.all.map { form in
    form.flags.split(separator: "/").last.map(flags) ?? 0
  }

  /// The mask of one test.
  ///
  /// - Parameters:
  ///   - exact: a processor's behaviors: what they decide is not masked.
  ///   - base: the base of the segment that a selector stands for.
  /// - SDM: Vol. 2, "Flags Affected" of each instruction; Vol. 1 "x87 FPU Control Instructions".
  static func mask(
    _ instruction: Instruction, _ input: UserState, exact: ProcessorBehaviors? = nil,
    base: (UInt16) -> UInt64 = InstructionTest.base
  ) -> ResultMask {
    var mask = ResultMask()
    mask.rflags = byForm[Int(instruction.form)]
    if let exact, isDecided(instruction, exact) {
      mask.rflags = 0
      return mask
    }
    switch instruction.operation {
    case .rol, .ror, .rcl, .rcr, .shl, .shr, .sar, .shld, .shrd:
      maskShift(instruction, input, &mask, isExact: exact != nil, base)
    case .bsf, .bsr: break
    default: maskFloating(instruction, input, &mask, base)
    }
    return mask
  }

  /// Whether a behavior says what the instruction does to everything that the manuals leave undefined.
  private static func isDecided(_ instruction: Instruction, _ behaviors: ProcessorBehaviors) -> Bool {
    switch instruction.operation {
    case .mul, .imul, .imul1, .div, .idiv, .bsf, .bsr: true
    case .aaa, .aas: behaviors.contains(.computesASCIIAdjustFlags)
    default: false
    }
  }

  /// The count as the instruction sees it.
  private static func shiftCount(_ instruction: Instruction, _ input: UserState) -> UInt64 {
    let isDouble = instruction.operation == .shld || instruction.operation == .shrd
    let kind = isDouble ? instruction.operand2 : instruction.operand1
    let raw: UInt64 =
      switch kind {
      case .one: 1
      case .immediate: instruction.immediate
      default: input.generalRegisters[1]
      }
    return raw & (instruction.operandSize == 8 ? 63 : 31)
  }

  private static func maskShift(
    _ instruction: Instruction, _ input: UserState, _ mask: inout ResultMask, isExact: Bool,
    _ base: (UInt16) -> UInt64
  ) {
    let count = shiftCount(instruction, input)
    let bits = UInt64(instruction.operandSize) * 8
    guard count != 0 else {
      mask.rflags = 0
      return
    }
    switch instruction.operation {
    case .rol, .ror, .rcl, .rcr:
      if count != 1 { mask.rflags |= RFLAGS.overflow }
    case .shl, .shr, .sar:
      if count != 1 { mask.rflags |= RFLAGS.overflow }
      if count > bits || (count == bits && instruction.operation != .sar && bits < 32) {
        mask.rflags |= instruction.operation == .sar ? 0 : RFLAGS.carry
      }
    default:
      if count != 1 { mask.rflags |= RFLAGS.overflow }
      guard count > bits else { return }
      if isExact {
        mask.rflags |= RFLAGS.carry
        return
      }
      mask.rflags |= RFLAGS.status
      // The whole destination is undefined.
      if !instruction.isMemory {
        mask.generalRegisters |= 1 << UInt16(instruction.rm & 15)
      } else {
        let address = MemoryOperand.linear(instruction, input, base: base)
        mask.memory = [range(address, 0, UInt64(instruction.operandSize))]
      }
    }
  }

  /// Bytes at an address; none if they would wrap.
  private static func range(_ address: UInt64, _ first: UInt64, _ end: UInt64) -> Range<UInt64> {
    address > .max - end ? 0..<0 : (address + first)..<(address + end)
  }

  private static func maskFloating(
    _ instruction: Instruction, _ input: UserState, _ mask: inout ResultMask, _ base: (UInt16) -> UInt64
  ) {
    switch instruction.operation {
    case .fxsave:
      // FOP, FIP and FDP, then MXCSR_MASK: they tell the processor's make, not the instruction's result.
      let address = MemoryOperand.linear(instruction, input, base: base)
      mask.memory = [range(address, 6, 24), range(address, 28, 32)]
    case .fnstenv, .fnsave:
      let address = MemoryOperand.linear(instruction, input, base: base)
      mask.memory = [instruction.operandSize == 2 ? range(address, 6, 14) : range(address, 12, 28)]
    default: break
    }
  }
}

/// The address of a memory operand, from the state before the instruction.
public enum MemoryOperand {
  /// The linear address of the ModRM or moffs operand.
  public static func linear(
    _ instruction: Instruction, _ input: UserState, base segmentBase: (UInt16) -> UInt64 = InstructionTest.base
  ) -> UInt64 {
    if instruction.operand0 == .memoryOffset || instruction.operand1 == .memoryOffset { return instruction.immediate }
    func register(_ number: UInt8) -> UInt64 { number < 16 ? input.generalRegisters[Int(number)] : 0 }
    let base =
      instruction.base == Instruction.ripRegister
      ? input.rip &+ UInt64(instruction.length) : register(instruction.base)
    var sum =
      base &+ (register(instruction.index) << UInt64(instruction.scale))
      &+ UInt64(bitPattern: Int64(instruction.displacement))
    if instruction.addressSize < 8 { sum &= instruction.addressSize == 4 ? 0xFFFF_FFFF : 0xFFFF }
    switch instruction.segment {
    case 4: return sum &+ input.fsBase
    case 5: return sum &+ input.gsBase
    default:
      let base = instruction.segment < 4 ? segmentBase(input.selectors[Int(instruction.segment)]) : 0
      return base == 0 ? sum : (sum &+ base) & 0xFFFF_FFFF
    }
  }
}
