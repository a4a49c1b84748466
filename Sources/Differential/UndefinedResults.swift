public import InstructionTesting
import X86
public import X86Decoder

/// What the manuals leave undefined in the result of an instruction, beyond the flags that its row names.
enum UndefinedResults {
  /// The mask of one test.
  ///
  /// - Parameters:
  ///   - result: a result of the test, which says what it came to; nil where there is no 64-bit mode.
  ///   - exact: a processor's behaviors: what they decide is not masked.
  ///   - base: the base of the segment that a selector stands for.
  /// - SDM: Vol. 2, "Flags Affected" of each instruction; Vol. 1 "x87 FPU Control Instructions".
  /// - APM: Vol. 1 "GPR High 32 Bits Across Mode Switches": of the processors seen, one changes RSP, none the others.
  static func mask(
    _ instruction: Instruction, _ input: UserState, result: UserState? = nil, exact: ProcessorBehaviors? = nil,
    base: (UInt16) -> UInt64 = InstructionTest.base
  ) -> ResultMask {
    var mask = ResultMask()
    if exact == nil, let result, instruction.operation.traits.contains(.far), isCodeOf64Bits(input),
      !isCodeOf64Bits(result)
    {
      mask.upperHalves = 1 << 4
    }
    mask.rflags = FlagEffects.undefined[Int(instruction.form)]
    if let exact, isDecided(instruction, exact) {
      mask.rflags = 0
      return mask
    }
    if instruction.operation.traits.contains(.count) {
      maskShift(instruction, input, &mask, isExact: exact != nil, base)
    } else {
      maskFloating(instruction, input, &mask, base)
    }
    return mask
  }

  /// CS of the 64-bit mode of tests, at CPL 3 or 0.
  private static func isCodeOf64Bits(_ state: UserState) -> Bool { [0x33, 0x10].contains(state.selectors[1]) }

  /// Whether a behavior says what the instruction does to everything that the manuals leave undefined.
  private static func isDecided(_ instruction: Instruction, _ behaviors: ProcessorBehaviors) -> Bool {
    if [.mul, .imul, .imul1, .div, .idiv, .bsf, .bsr].contains(instruction.operation) { return true }
    return [.aaa, .aas].contains(instruction.operation) && behaviors.contains(.computesASCIIAdjustFlags)
  }

  private static func maskShift(
    _ instruction: Instruction, _ input: UserState, _ mask: inout ResultMask, isExact: Bool,
    _ base: (UInt16) -> UInt64
  ) {
    let rcx = input.generalRegisters[1]
    mask.rflags = FlagEffects.undefined(instruction, rcx: rcx)
    // SHLD and SHRD by more than their operand's bits.
    guard instruction.operand2 != .none,
      FlagEffects.count(instruction, rcx: rcx) > UInt64(instruction.operandSize) * 8
    else { return }
    if isExact {
      mask.rflags = FlagEffects.undefined[Int(instruction.form)] | RFLAGS.overflow | RFLAGS.carry
      return
    }
    // The whole destination is undefined.
    if !instruction.isMemory {
      mask.generalRegisters |= 1 << UInt16(instruction.rm & 15)
    } else {
      let address = MemoryOperand.linear(instruction, input, base: base)
      mask.memory = [range(address, 0, UInt64(instruction.operandSize))]
    }
  }

  /// Bytes at an address; none if they would wrap.
  private static func range(_ address: UInt64, _ first: UInt64, _ end: UInt64) -> Range<UInt64> {
    address > .max - end ? 0..<0 : (address + first)..<(address + end)
  }

  private static func maskFloating(
    _ instruction: Instruction, _ input: UserState, _ mask: inout ResultMask, _ base: (UInt16) -> UInt64
  ) {
    if [.fxsave, .xsave, .xsaveopt, .xsavec].contains(instruction.operation) {
      // MXCSR_MASK: it depends on the processor's make, not on the instruction's result.
      let address = MemoryOperand.linear(instruction, input, base: base)
      mask.memory = [range(address, 28, 32)]
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
    let sum = instruction.effectiveAddress(nextRIP: input.rip &+ UInt64(instruction.length)) {
      $0 < 16 ? input.generalRegisters[Int($0)] : 0
    }
    switch instruction.segment {
    case 4: return sum &+ input.fsBase
    case 5: return sum &+ input.gsBase
    default:
      let base = instruction.segment < 4 ? segmentBase(input.selectors[Int(instruction.segment)]) : 0
      return base == 0 ? sum : (sum &+ base) & 0xFFFF_FFFF
    }
  }
}
