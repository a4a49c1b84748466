import X86
import X86Decoder

/// The forms of 64-bit code that the block loop executes itself, without the general operand machinery.
///
/// A shortcut is chosen when a block is decoded. It computes by the same functions of `Integer` as the general path and
/// handles memory only where the translation is cached and nothing has to be checked; whatever is not so goes the
/// general way.
enum Shortcut {
  static let none: UInt8 = 0
  static let moveRegister64: UInt8 = 1
  static let moveRegister32: UInt8 = 2
  static let moveImmediate: UInt8 = 3
  static let load64: UInt8 = 4
  static let load32: UInt8 = 5
  static let store64: UInt8 = 6
  static let store32: UInt8 = 7
  static let store8: UInt8 = 8
  static let loadByteZero: UInt8 = 9
  static let loadWordZero: UInt8 = 10
  static let byteZero: UInt8 = 11
  static let wordZero: UInt8 = 12
  static let signDoubleword: UInt8 = 13
  static let address64: UInt8 = 14
  static let address32: UInt8 = 15
  static let register64: UInt8 = 16
  static let register32: UInt8 = 17
  static let immediate64: UInt8 = 18
  static let immediate32: UInt8 = 19
  static let source64: UInt8 = 20
  static let source32: UInt8 = 21
  static let destination64: UInt8 = 22
  static let destination32: UInt8 = 23
  static let destinationImmediate64: UInt8 = 24
  static let destinationImmediate32: UInt8 = 25
  static let byteImmediate: UInt8 = 26
  static let byteRegister: UInt8 = 27
  static let shift64: UInt8 = 28
  static let shift32: UInt8 = 29
  static let single64: UInt8 = 30
  static let single32: UInt8 = 31
  static let push64: UInt8 = 32
  static let pop64: UInt8 = 33
  static let jumpIf: UInt8 = 34
  static let jump: UInt8 = 35
  static let call: UInt8 = 36
  static let ret: UInt8 = 37
  static let setIf: UInt8 = 38
  static let moveIf64: UInt8 = 39
  static let moveIf32: UInt8 = 40
  static let multiply64: UInt8 = 41
  static let multiply32: UInt8 = 42
  static let storeImmediate64: UInt8 = 43
  static let storeImmediate32: UInt8 = 44
  static let nothing: UInt8 = 45
  static let loadSignDoubleword: UInt8 = 46
  static let storeImmediate8: UInt8 = 47
  static let byteMemoryImmediate: UInt8 = 48
  static let wideMultiply64: UInt8 = 49
  static let callRegister: UInt8 = 50
  static let jumpRegister: UInt8 = 51
  static let callMemory: UInt8 = 52

  /// Operations of two operands, by `Instruction.shortcutOperation`; from `compare` on nothing is written back.
  static let operations: [Operation] = [.add, .or, .adc, .sbb, .and, .sub, .xor, .cmp, .test]
  static let firstCompare: UInt8 = 7
  private static let shifts: [Operation] = [.shl, .shr, .sar, .rol, .ror]
  private static let singles: [Operation] = [.inc, .dec, .neg, .not]

  /// Notes the shortcut of a freshly decoded instruction of 64-bit code.
  ///
  /// - Parameter behaviors: those of the processor: a shortcut that does otherwise is not taken.
  static func note(_ instruction: inout Instruction, _ behaviors: ProcessorBehaviors) {
    let i = instruction
    guard i.flags.isDisjoint(with: [.lock, .rep, .repne]), i.addressSize == 8 || !i.isMemory,
      i.segment < 4 || !i.isMemory
    else { return }
    if let index = operations.firstIndex(of: i.operation) {
      instruction.shortcutOperation = UInt8(index)
      instruction.shortcut = arithmetic(i)
    } else if let index = shifts.firstIndex(of: i.operation) {
      guard !i.isMemory, i.operand0 == .registerOrMemory, i.operand1 == .immediate || i.operand1 == .one else { return }
      instruction.shortcutOperation = UInt8(index)
      if i.operand1 == .one { instruction.immediate = 1 }
      instruction.shortcut = i.width0 == 8 ? shift64 : i.width0 == 4 ? shift32 : none
    } else if let index = singles.firstIndex(of: i.operation) {
      guard !i.isMemory, i.operand0 == .registerOrMemory else { return }
      instruction.shortcutOperation = UInt8(index)
      instruction.shortcut = i.width0 == 8 ? single64 : i.width0 == 4 ? single32 : none
    } else {
      let isProduct = i.operation == .mul || i.operation == .imul
      instruction.shortcut = isProduct && behaviors.contains(.computesMultiplicationFlags) ? none : other(i)
    }
    if instruction.shortcut != none && !i.isMemory { placeRegisters(&instruction) }
  }

  /// Without a memory operand the fields of its base and index are free: destination and source go there.
  private static func placeRegisters(_ instruction: inout Instruction) {
    func number(_ kind: OperandKind) -> UInt8 {
      switch kind {
      case .register: instruction.reg
      case .registerOrMemory: instruction.rm
      case .accumulator: 0
      default: Instruction.noRegister
      }
    }
    instruction.base = number(instruction.operand0)
    instruction.index = number(instruction.operand1)
  }

  private static func arithmetic(_ i: Instruction) -> UInt8 {
    let isWide = i.width0 == 8
    switch (i.operand0, i.operand1) {
    case (.register, .registerOrMemory) where i.width0 >= 4 && !i.isMemory: return isWide ? register64 : register32
    case (.accumulator, .immediate) where i.width0 >= 4: return isWide ? immediate64 : immediate32
    case (.accumulator, .immediate) where i.width0 == 1: return byteImmediate
    case (.registerOrMemory, .register) where i.width0 >= 4:
      return i.isMemory ? (isWide ? destination64 : destination32) : isWide ? register64 : register32
    case (.register, .registerOrMemory) where i.width0 >= 4 && i.isMemory: return isWide ? source64 : source32
    case (.registerOrMemory, .immediate) where i.width0 >= 4:
      return i.isMemory
        ? (isWide ? destinationImmediate64 : destinationImmediate32) : isWide ? immediate64 : immediate32
    case (.registerOrMemory, .immediate) where i.width0 == 1:
      return i.isMemory ? byteMemoryImmediate : i.rm < 16 ? byteImmediate : none
    case (.registerOrMemory, .register) where i.width0 == 1 && !i.isMemory && i.rm < 16 && i.reg < 16:
      return byteRegister
    default: return none
    }
  }

  private static func other(_ i: Instruction) -> UInt8 {
    switch i.operation {
    case .mov: return move(i)
    case .movzx where i.width0 >= 4 && i.operand0 == .register:
      if i.isMemory { return i.width1 == 1 ? loadByteZero : loadWordZero }
      return i.width1 == 1 ? (i.rm < 16 ? byteZero : none) : wordZero
    case .movsxd where i.width0 == 8 && i.width1 == 4: return i.isMemory ? loadSignDoubleword : signDoubleword
    case .lea: return i.width0 == 8 ? address64 : i.width0 == 4 ? address32 : none
    case .push where i.width0 == 8:
      return !i.isMemory && (i.operand0 == .register || i.operand0 == .registerOrMemory) ? push64 : none
    case .pop where i.width0 == 8:
      return !i.isMemory && (i.operand0 == .register || i.operand0 == .registerOrMemory) ? pop64 : none
    case .jcc where i.operandSize == 8: return jumpIf
    case .jmp where i.operand0 == .relative && i.operandSize == 8: return jump
    case .call where i.operand0 == .relative && i.operandSize == 8: return call
    case .jmp where i.operand0 == .registerOrMemory && i.width0 == 8 && !i.isMemory: return jumpRegister
    case .call where i.operand0 == .registerOrMemory && i.width0 == 8: return i.isMemory ? callMemory : callRegister
    case .ret where i.operand0 == .none && i.operandSize == 8: return ret
    case .setcc where !i.isMemory && i.rm < 16: return setIf
    case .cmovcc where !i.isMemory: return i.width0 == 8 ? moveIf64 : i.width0 == 4 ? moveIf32 : none
    case .imul where !i.isMemory && i.operand2 == .none:
      return i.width0 == 8 ? multiply64 : i.width0 == 4 ? multiply32 : none
    case .mul where !i.isMemory && i.width0 == 8: return wideMultiply64
    case .nop: return nothing
    default: return none
    }
  }

  private static func move(_ i: Instruction) -> UInt8 {
    switch (i.operand0, i.operand1) {
    case (.registerOrMemory, .register):
      if i.isMemory {
        return i.width0 == 8 ? store64 : i.width0 == 4 ? store32 : i.width0 == 1 && i.reg < 16 ? store8 : none
      }
      return i.width0 == 8 ? moveRegister64 : i.width0 == 4 ? moveRegister32 : none
    case (.register, .registerOrMemory):
      if i.isMemory { return i.width0 == 8 ? load64 : i.width0 == 4 ? load32 : none }
      return i.width0 == 8 ? moveRegister64 : i.width0 == 4 ? moveRegister32 : none
    case (.register, .immediate) where i.width0 >= 4: return moveImmediate
    case (.registerOrMemory, .immediate):
      if i.isMemory {
        return i.width0 == 8
          ? storeImmediate64 : i.width0 == 4 ? storeImmediate32 : i.width0 == 1 ? storeImmediate8 : none
      }
      return i.width0 >= 4 ? moveImmediate : none
    default: return none
    }
  }
}
