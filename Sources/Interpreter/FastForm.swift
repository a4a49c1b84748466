import X86
import X86Decoder

/// The operand forms of 64-bit code that the block loop executes itself, without the general operand machinery: a shape
/// of operands and a width, with the function of the instruction beside it where several share a shape.
///
/// A form is chosen when a block is decoded. It computes by the same functions as the general path and handles memory
/// only where the translation is cached and nothing has to be checked; whatever is not so goes the general way.
enum FastForm: UInt8 {
  case none, nothing
  // MOV, MOVZX, MOVSXD, LEA.
  case moveRegister64, moveRegister32, moveImmediate64, moveImmediate32, load64, load32, store64, store32, store8
  case storeImmediate64, storeImmediate32, storeImmediate8, loadByteZero, loadWordZero, loadSignDoubleword
  case byteZero, wordZero, signDoubleword, address64, address32
  // `BinaryFunction`: register with register, immediate or memory; memory with register or immediate.
  case register64, register32, register8, immediate64, immediate32, immediate8, source64, source32
  case destination64, destination32, destinationImmediate64, destinationImmediate32, destinationImmediate8
  // `ShiftFunction` by an immediate, `UnaryFunction`, of a register.
  case shift64, shift32, unary64, unary32
  // Products.
  case multiply64, multiply32, wideMultiply64
  // The stack.
  case push64, pop64
  // Conditions.
  case setIf, moveIf64, moveIf32, jumpIf
  // Transfers.
  case jump, jumpRegister, call, callRegister, callMemory, ret

  /// Notes the form of a freshly decoded instruction of 64-bit code.
  ///
  /// - Parameter behaviors: those of the processor: a form that does otherwise is not taken.
  static func note(_ instruction: inout Instruction, _ behaviors: ProcessorBehaviors) {
    let i = instruction
    guard !i.flags.contains(.lock), !i.isRepeated, i.addressSize == 8 || !i.isMemory, i.segment < 4 || !i.isMemory
    else { return }
    let form: FastForm
    if let function = i.operation.binaryFunction {
      instruction.fastFunction = function.rawValue
      form = arithmetic(i)
    } else if let function = i.operation.shiftFunction {
      guard !i.isMemory, i.operand0 == .registerOrMemory, i.operand1 == .immediate || i.operand1 == .one else { return }
      instruction.fastFunction = function.rawValue
      if i.operand1 == .one { instruction.immediate = 1 }
      form = i.width0 == 8 ? .shift64 : i.width0 == 4 ? .shift32 : .none
    } else if let function = i.operation.unaryFunction {
      guard !i.isMemory, i.operand0 == .registerOrMemory || i.operand0 == .register else { return }
      instruction.fastFunction = function.rawValue
      form = i.width0 == 8 ? .unary64 : i.width0 == 4 ? .unary32 : .none
    } else {
      form = other(i, behaviors)
    }
    instruction.fastForm = form.rawValue
    if form != .none && !i.isMemory { placeRegisters(&instruction) }
  }

  /// Without a memory operand the fields of its base and index are free: destination and source go there.
  private static func placeRegisters(_ instruction: inout Instruction) {
    func number(_ kind: OperandKind) -> UInt8 {
      switch kind {
      case .register: instruction.reg
      case .registerOrMemory: instruction.rm
      case .accumulator: GeneralRegister.ax.rawValue
      default: Instruction.noRegister
      }
    }
    instruction.base = number(instruction.operand0)
    instruction.index = number(instruction.operand1)
  }

  private static func arithmetic(_ i: Instruction) -> FastForm {
    let isWide = i.width0 == 8
    switch (i.operand0, i.operand1) {
    case (.register, .registerOrMemory) where i.width0 >= 4:
      return i.isMemory ? (isWide ? .source64 : .source32) : isWide ? .register64 : .register32
    case (.accumulator, .immediate) where i.width0 >= 4: return isWide ? .immediate64 : .immediate32
    case (.accumulator, .immediate) where i.width0 == 1: return .immediate8
    case (.registerOrMemory, .register) where i.width0 >= 4:
      return i.isMemory ? (isWide ? .destination64 : .destination32) : isWide ? .register64 : .register32
    case (.registerOrMemory, .immediate) where i.width0 >= 4:
      return i.isMemory
        ? (isWide ? .destinationImmediate64 : .destinationImmediate32) : isWide ? .immediate64 : .immediate32
    case (.registerOrMemory, .immediate) where i.width0 == 1:
      return i.isMemory ? .destinationImmediate8 : i.rm < 16 ? .immediate8 : .none
    case (.registerOrMemory, .register) where i.width0 == 1 && !i.isMemory && i.rm < 16 && i.reg < 16:
      return .register8
    default: return .none
    }
  }

  /// The forms that one operation alone has.
  private static func other(_ i: Instruction, _ behaviors: ProcessorBehaviors) -> FastForm {
    let isDirect = !i.isMemory && (i.operand0 == .register || i.operand0 == .registerOrMemory)
    func sized(_ wide: FastForm, _ narrow: FastForm) -> FastForm {
      i.width0 == 8 ? wide : i.width0 == 4 ? narrow : .none
    }
    switch i.operation.fastShape {
    case .none: return .none
    case .nothing: return .nothing
    case .move: return move(i)
    case .zeroExtension: return i.width0 >= 4 && i.operand0 == .register ? zeroExtension(i) : .none
    case .signExtension:
      return i.width0 != 8 || i.width1 != 4 ? .none : i.isMemory ? .loadSignDoubleword : .signDoubleword
    case .address: return sized(.address64, .address32)
    case .push: return i.width0 == 8 && isDirect ? .push64 : .none
    case .pop: return i.width0 == 8 && isDirect ? .pop64 : .none
    case .setIf: return !i.isMemory && i.rm < 16 ? .setIf : .none
    case .moveIf: return i.isMemory ? .none : sized(.moveIf64, .moveIf32)
    case .multiply, .wideMultiply:
      if i.isMemory || i.operand2 != .none || behaviors.contains(.computesMultiplicationFlags) { return .none }
      return i.operation.fastShape == .multiply ? sized(.multiply64, .multiply32) : sized(.wideMultiply64, .none)
    case .jumpIf: return i.operandSize == 8 ? .jumpIf : .none
    case .jump:
      guard i.operandSize == 8 else { return .none }
      return i.operand0 == .relative ? .jump : isDirect ? .jumpRegister : .none
    case .call:
      guard i.operandSize == 8 else { return .none }
      return i.operand0 == .relative ? .call : i.isMemory ? .callMemory : .callRegister
    case .ret: return i.operand0 == .none && i.operandSize == 8 ? .ret : .none
    }
  }

  /// MOVZX.
  private static func zeroExtension(_ i: Instruction) -> FastForm {
    if i.isMemory { return i.width1 == 1 ? .loadByteZero : .loadWordZero }
    return i.width1 == 1 ? (i.rm < 16 ? .byteZero : .none) : .wordZero
  }

  private static func move(_ i: Instruction) -> FastForm {
    switch (i.operand0, i.operand1) {
    case (.registerOrMemory, .register):
      if i.isMemory {
        return i.width0 == 8 ? .store64 : i.width0 == 4 ? .store32 : i.width0 == 1 && i.reg < 16 ? .store8 : .none
      }
      return i.width0 == 8 ? .moveRegister64 : i.width0 == 4 ? .moveRegister32 : .none
    case (.register, .registerOrMemory):
      if i.isMemory { return i.width0 == 8 ? .load64 : i.width0 == 4 ? .load32 : .none }
      return i.width0 == 8 ? .moveRegister64 : i.width0 == 4 ? .moveRegister32 : .none
    case (.register, .immediate) where i.width0 >= 4: return i.width0 == 8 ? .moveImmediate64 : .moveImmediate32
    case (.registerOrMemory, .immediate):
      if i.isMemory {
        return i.width0 == 8
          ? .storeImmediate64 : i.width0 == 4 ? .storeImmediate32 : i.width0 == 1 ? .storeImmediate8 : .none
      }
      return i.width0 == 8 ? .moveImmediate64 : i.width0 == 4 ? .moveImmediate32 : .none
    default: return .none
    }
  }
}

extension Instruction {
  /// F2 or F3 may mean something: they mean nothing to instructions on general registers, such as REP RET.
  var isRepeated: Bool {
    guard !flags.isDisjoint(with: [.rep, .repne]) else { return false }
    return !(operation.family == .integer || operation.family == .stack || operation.family == .control)
  }
}
