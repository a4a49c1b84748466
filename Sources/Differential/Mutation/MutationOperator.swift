import X86
public import X86Decoder

/// One way in which an implementation of an instruction is commonly wrong.
///
/// Documentation/mutants.md lists them. The first group changes the decoded instruction before it executes, so that the
/// model's own semantics compute what is wrong; the second changes the outcome.
public enum MutationOperator: Sendable, Hashable {
  // MARK: Before execution

  /// Does what another operation does.
  case sibling(X86Decoder.Operation)
  /// Has another operand size, in bytes, and operands of that width.
  case operandSize(UInt8, UInt8)
  /// Takes the first operand for the second, and the second for the first.
  case operandsSwapped
  /// The immediate is one more.
  case immediatePlusOne
  /// A negative 8-bit immediate is not sign-extended.
  case immediateNotExtended
  /// The displacement is one more.
  case displacementPlusOne
  /// A negative 8-bit displacement is not sign-extended.
  case displacementNotExtended
  /// 64-bit addresses are cut to 32 bits.
  case addressCut
  /// The index is scaled by another power of two.
  case scale
  /// The index register is left out.
  case indexDropped
  /// The base register is its neighbour.
  case base
  /// FS and GS overrides do not count.
  case segmentDropped
  /// Conditions are the other way round.
  case conditionInverted
  /// The condition of a neighbouring opcode.
  case conditionNeighbour
  /// F2 and F3 do not repeat string instructions, nor decide for LOOPE and LOOPNE.
  case repeatDropped
  /// ModRM.reg names the neighbouring register.
  case reg
  /// ModRM.rm names the neighbouring register.
  case rm
  /// REX.R and REX.B do not count for general and XMM registers.
  case extensionDropped
  /// VEX.vvvv names the neighbouring register.
  case vvvv
  /// The register in VEX.vvvv and that in ModRM.rm are exchanged.
  case sourcesSwapped
  /// VEX.L is the other way round.
  case vectorLength
  /// A gather takes its indices from the neighbouring register.
  case vectorIndex
  /// The instruction runs as if a field of MXCSR or FCW had its initial value.
  case controlIgnored(FloatControl)

  // MARK: After execution

  /// Flags come out otherwise.
  case flags(UInt64, FlagChange)
  /// One bit of what was written is wrong: the lowest of the first changed word, or the highest of the last.
  case bit(StateKind, isHighest: Bool)
  /// What was to be written keeps its value.
  case kept(StateKind)
  /// A 32-bit result leaves the upper half of its register.
  case upperHalfKept
  /// Writing an XMM register clears the upper half of the YMM register.
  case upperVectorCleared
  /// A VEX.128 instruction leaves the upper half of the YMM register.
  case upperVectorKept
  /// A gather leaves its mask.
  case maskKept
  /// RIP is one too far.
  case instructionPointer
  /// An exception is not raised; nothing else happens.
  case faultSuppressed(UInt8)
  /// Another exception is raised: #SS for #GP, and #GP for all else.
  case faultVector
  /// The error code has another W bit, or TI bit.
  case errorCode
  /// CR2 is one too high.
  case faultAddress
  /// A fault reports the address of the next instruction.
  case faultAdvances
  /// An instruction that faults has changed RAX all the same.
  case faultClobbers

  /// What happens to flags.
  public enum FlagChange: String, Sendable, CaseIterable {
    /// The opposite.
    case inverted
    /// The value from before the instruction.
    case kept
    /// 0.
    case cleared
    /// 1.
    case set
  }

  /// Fields of MXCSR and FCW that change results.
  public enum FloatControl: String, Sendable, CaseIterable {
    case roundingControl = "mxcsr-rc"
    case denormalsAreZeros = "daz"
    case flushToZero = "ftz"
    case x87RoundingControl = "fcw-rc"
    case x87PrecisionControl = "fcw-pc"
  }

  /// The parts of a state that instructions write.
  public enum StateKind: String, Sendable, CaseIterable {
    case general, vector, x87, memory, statusWord, controlWord, tags, mxcsr, selectors, bases
  }

  /// Short, for identifiers.
  public var name: String {
    switch self {
    case .sibling(let operation): "as-\(operation)"
    case .operandSize(let from, let to): "size-\(from)-to-\(to)"
    case .flags(let mask, let change): "\(Divergence.flagNames(mask).replacingSpaces)-\(change.rawValue)"
    case .bit(let kind, let isHighest): "\(kind.rawValue)-\(isHighest ? "last" : "first")-bit"
    case .kept(let kind): "\(kind.rawValue)-kept"
    case .controlIgnored(let field): "\(field.rawValue)-ignored"
    case .faultSuppressed(let vector): "\(Divergence.vectorName(vector).dropFirst())-suppressed"
    default: Self.hyphenated("\(self)")
    }
  }

  private static func hyphenated(_ name: String) -> String {
    name.map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
  }

  /// Changes a decoded instruction; gives whether it did.
  public func change(_ instruction: inout Instruction) -> Bool {
    switch self {
    case .sibling(let operation):
      instruction.operation = operation
      return true
    case .operandSize(let from, let to):
      guard instruction.operandSize == from else { return false }
      instruction.operandSize = to
      for field in [\Instruction.width0, \.width1, \.width2] where instruction[keyPath: field] == from {
        instruction[keyPath: field] = to
      }
      return true
    case .operandsSwapped:
      guard Self.canSwap(instruction) else { return false }
      swap(&instruction.operand0, &instruction.operand1)
      swap(&instruction.width0, &instruction.width1)
      return true
    case .conditionInverted, .conditionNeighbour:
      guard [.jcc, .setcc, .cmovcc].contains(instruction.operation) else { return false }
      instruction.opcode ^= self == .conditionInverted ? 1 : 2
      return true
    case .repeatDropped:
      guard Self.repeatable.contains(instruction.operation),
        instruction.flags.contains(.rep) || instruction.flags.contains(.repne)
      else { return false }
      instruction.flags.subtract([.rep, .repne])
      return true
    case .reg, .rm, .extensionDropped: return changeRegisters(&instruction)
    case .vvvv, .sourcesSwapped, .vectorLength, .vectorIndex: return changeVectors(&instruction)
    case .immediatePlusOne, .immediateNotExtended: return changeImmediate(&instruction)
    default: return changeAddress(&instruction)
    }
  }

  /// What F2 and F3 mean something to, beyond choosing an opcode.
  private static let repeatable: Set<X86Decoder.Operation> = [
    .movs, .cmps, .stos, .lods, .scas, .ins, .outs, .loope, .loopne,
  ]

  private static let swappable: Set<OperandKind> = [
    .register, .registerOrMemory, .accumulator, .xmm, .xmmOrMemory, .mmx, .mmxOrMemory,
  ]

  private static func canSwap(_ instruction: Instruction) -> Bool {
    let (first, second) = (instruction.operand0, instruction.operand1)
    guard first != second, swappable.contains(first), swappable.contains(second) else { return false }
    // Of two register files only what has a row for each direction: no decoder gives PINSRD the width of an XMM register.
    return first.registerFile == second.registerFile
      || DecodableForms.hasOperands(instruction.operation, second, first)
  }

  private func changeRegisters(_ instruction: inout Instruction) -> Bool {
    let kinds = [instruction.operand0, instruction.operand1, instruction.operand2]
    let usesReg = kinds.contains { [.register, .xmm, .mmx, .segment].contains($0) }
    let usesRM = kinds.contains {
      $0 == .sti || $0 == .registerOnly
        || (!instruction.isMemory && [.registerOrMemory, .xmmOrMemory, .mmxOrMemory].contains($0))
    }
    switch self {
    case .reg where usesReg: instruction.reg ^= 1
    case .rm where usesRM: instruction.rm ^= 1
    case .extensionDropped:
      // MMX, x87 and segment registers have no extension bit.
      let canExtend = !kinds.contains { [.mmx, .mmxOrMemory, .sti, .segment].contains($0) }
      guard canExtend, (usesReg && instruction.reg & 8 != 0) || (usesRM && instruction.rm & 8 != 0) else {
        return false
      }
      instruction.reg &= ~8
      if usesRM { instruction.rm &= ~8 }
    default: return false
    }
    return true
  }

  private func changeImmediate(_ instruction: inout Instruction) -> Bool {
    let kinds = [instruction.operand0, instruction.operand1, instruction.operand2]
    guard kinds.contains(where: { [.immediate, .relative, .memoryOffset, .farPointer].contains($0) }) else {
      return false
    }
    if self == .immediatePlusOne {
      instruction.immediate &+= 1
      return true
    }
    guard instruction.immediate >= 0xFFFF_FFFF_FFFF_FF80 else { return false }
    instruction.immediate &= 0xFF
    return true
  }

  private func changeAddress(_ instruction: inout Instruction) -> Bool {
    guard instruction.isMemory else { return false }
    let hasIndex = instruction.index != Instruction.noRegister
    switch self {
    case .displacementPlusOne: instruction.displacement &+= 1
    case .displacementNotExtended where (-128..<0).contains(instruction.displacement): instruction.displacement &= 0xFF
    case .addressCut where instruction.addressSize == 8: instruction.addressSize = 4
    case .scale where hasIndex || instruction.isGather: instruction.scale ^= 1
    case .indexDropped where hasIndex: instruction.index = Instruction.noRegister
    case .base where instruction.base < 16: instruction.base ^= 1
    case .segmentDropped where instruction.segment >= 4: instruction.segment = 3
    default: return false
    }
    return true
  }
}

extension OperandKind {
  /// The registers that an operand of two directions can name.
  fileprivate var registerFile: Int {
    switch self {
    case .mmx, .mmxOrMemory: 1
    case .xmm, .xmmOrMemory: 2
    default: 0
    }
  }
}

extension Instruction {
  /// Memory operands are chosen by a vector of indices.
  fileprivate var isGather: Bool { operand1 == .vectorMemory32 || operand1 == .vectorMemory64 }
}

extension String {
  fileprivate var replacingSpaces: String { String(map { $0 == " " ? "+" : $0 }) }
}
