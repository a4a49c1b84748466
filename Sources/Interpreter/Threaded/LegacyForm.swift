import X86
import X86Decoder

/// Forms of 16- and 32-bit code that need other handlers than 64-bit code: memory, the stack and transfers.
enum LegacyForm {
  // MOV, MOVZX, MOVSX and LEA.
  case load32, load16, load8, loadZero8, loadZero16, loadSign8, loadSign16, loadZero8Into16, loadSign8Into16
  case store32, store16, store8, storeImmediate32, storeImmediate16, storeImmediate8, address32, address16
  // `BinaryFunction`.
  case source32, source16, source8, destination32, destination16, destination8
  case destinationImmediate32, destinationImmediate16, destinationImmediate8
  // `UnaryFunction`, and `ShiftFunction` by an immediate.
  case unary32, unary16, unary8, shift32, shift16, shift8
  // Conditions and exchanges.
  case setIf, moveIf32, exchange32, exchangeAdd32, compareExchange32
  // The stack.
  case push32, push16, pushImmediate32, pushImmediate16, pushMemory32, pushMemory16, pop32, pop16, leave32, leave16
  // Transfers: to another page, by registers and memory, and back.
  case jumpIfFar, jumpFar, callFar32, callFar16, callRegister32, callRegister16, callMemory32, callMemory16
  case jumpRegister32, jumpRegister16, jumpMemory32, jumpMemory16, ret32, ret16

  /// The form of an instruction; nil if it has the handler that 64-bit code has, or none.
  ///
  /// - Parameters:
  ///   - isFar: of a near branch: its target lies in another page.
  ///   - function: which handler of the form's table.
  init?(_ i: Instruction, isFar: Bool, function: inout Int) {
    guard !i.isRepeated else { return nil }
    let form: LegacyForm?
    switch i.operation.fastShape {
    case .push, .pop: form = Self.stack(i)
    case .jumpIf, .jump, .call, .ret: form = Self.transfer(i, isFar: isFar)
    case .none where i.operation == .leave: form = i.operandSize == 4 ? .leave32 : .leave16
    case .none, .nothing, .move, .zeroExtension, .signExtension, .address, .setIf, .moveIf, .multiply, .wideMultiply:
      form = i.isMemory || i.hasMemoryOffset ? Self.memory(i, &function) : nil
    }
    guard let form else { return nil }
    self = form
  }

  /// PUSH and POP.
  private static func stack(_ i: Instruction) -> LegacyForm? {
    let isWide = i.operandSize == 4
    let isPush = i.operation.fastShape == .push
    switch i.operand0 {
    case .immediate: return isWide ? .pushImmediate32 : .pushImmediate16
    case .register, .registerOrMemory:
      if i.isMemory { return isPush ? (isWide ? .pushMemory32 : .pushMemory16) : nil }
      return isPush ? (isWide ? .push32 : .push16) : isWide ? .pop32 : .pop16
    default: return nil
    }
  }

  /// Near branches; nil for one within its page.
  private static func transfer(_ i: Instruction, isFar: Bool) -> LegacyForm? {
    let isWide = i.operandSize == 4
    let shape = i.operation.fastShape
    if shape == .ret { return isWide ? .ret32 : .ret16 }
    if shape == .jumpIf { return isFar ? .jumpIfFar : nil }
    let isCall = shape == .call
    if i.operand0 == .relative {
      return !isFar ? nil : isCall ? (isWide ? .callFar32 : .callFar16) : .jumpFar
    }
    if i.isMemory {
      return isCall
        ? (isWide ? .callMemory32 : .callMemory16) : isWide ? .jumpMemory32 : .jumpMemory16
    }
    return isCall
      ? (isWide ? .callRegister32 : .callRegister16) : isWide ? .jumpRegister32 : .jumpRegister16
  }

  /// By the width of an operand.
  private static func sized(
    _ width: UInt8, _ wide: LegacyForm?, _ word: LegacyForm?, _ byte: LegacyForm?
  ) -> LegacyForm? {
    width == 4 ? wide : width == 2 ? word : width == 1 ? byte : nil
  }

  private static func memory(_ i: Instruction, _ function: inout Int) -> LegacyForm? {
    switch i.operation.fastShape {
    case .move: return move(i)
    case .zeroExtension:
      if i.width0 == 2 { return i.width1 == 1 ? .loadZero8Into16 : .load16 }
      return i.width1 == 1 ? .loadZero8 : .loadZero16
    case .address: return sized(i.width0, .address32, .address16, nil)
    case .setIf: return .setIf
    case .moveIf: return sized(i.width0, .moveIf32, nil, nil)
    case .none, .nothing, .signExtension, .push, .pop, .multiply, .wideMultiply, .jumpIf, .jump, .call, .ret: break
    }
    if i.operation == .movsx {
      if i.width0 == 2 { return i.width1 == 1 ? .loadSign8Into16 : .load16 }
      return i.width1 == 1 ? .loadSign8 : .loadSign16
    }
    if i.operation == .xchg { return sized(i.width0, .exchange32, nil, nil) }
    if i.operation == .xadd { return sized(i.width0, .exchangeAdd32, nil, nil) }
    if i.operation == .cmpxchg { return sized(i.width0, .compareExchange32, nil, nil) }
    if let unary = i.operation.unaryFunction {
      function = Int(unary.rawValue)
      return sized(i.width0, .unary32, .unary16, .unary8)
    }
    if let shift = i.operation.shiftFunction {
      function = Int(shift.rawValue)
      return i.shiftCount == 0 ? nil : sized(i.width0, .shift32, .shift16, .shift8)
    }
    guard let binary = i.operation.binaryFunction else { return nil }
    function = Int(binary.rawValue)
    switch (i.operand0, i.operand1) {
    case (.register, .registerOrMemory) where i.isLow(i.reg): return sized(i.width0, .source32, .source16, .source8)
    case (.registerOrMemory, .register) where i.isLow(i.reg):
      return sized(i.width0, .destination32, .destination16, .destination8)
    case (.registerOrMemory, .immediate):
      return sized(i.width0, .destinationImmediate32, .destinationImmediate16, .destinationImmediate8)
    default: return nil
    }
  }

  private static func move(_ i: Instruction) -> LegacyForm? {
    switch (i.operand0, i.operand1) {
    case (.register, .registerOrMemory) where i.isLow(i.reg), (.accumulator, .memoryOffset):
      return sized(i.width0, .load32, .load16, .load8)
    case (.registerOrMemory, .register) where i.isLow(i.reg), (.memoryOffset, .accumulator):
      return sized(i.width0, .store32, .store16, .store8)
    case (.registerOrMemory, .immediate):
      return sized(i.width0, .storeImmediate32, .storeImmediate16, .storeImmediate8)
    default: return nil
    }
  }
}

extension Instruction {
  /// An operand is memory at an absolute offset.
  fileprivate var hasMemoryOffset: Bool { operand0 == .memoryOffset || operand1 == .memoryOffset }

  /// A register operand is not the high byte of another register.
  fileprivate func isLow(_ number: UInt8) -> Bool { width0 != 1 || number < 16 }
}

extension MicroOp {
  /// The operation of an instruction of 16- or 32-bit code.
  init(
    legacy original: Instruction, _ mode: DecodeMode, offset: UInt16, count: Int, _ behaviors: ProcessorBehaviors
  ) {
    self.init()
    var instruction = original
    // Nothing comes between the reading and the writing of a handler.
    instruction.flags.remove(.lock)
    self.offset = offset
    self.count = UInt8(truncatingIfNeeded: count)
    handler = ThreadedHandlers.general
    let next = UInt64(offset) &+ UInt64(instruction.length)
    let goal = next &+ instruction.immediate
    let isFar = goal >= 0x1000
    // A near branch of 16 bits in 32-bit code cuts its target.
    let cuts = mode == .code32 && instruction.operandSize == 2 && instruction.operation.family == .control
    guard !cuts else { return }
    var function = 0
    if let form = LegacyForm(instruction, isFar: isFar, function: &function) {
      placeLegacy(instruction, form, next: next, goal: goal)
      handler = ThreadedHandlers.legacy(form, function: function, condition: Int(instruction.opcode & 15))
      return
    }
    if instruction.isRelativeBranch {
      placeBranch(instruction, next)
    } else if !instruction.isMemory, !instruction.hasMemoryOffset, !instruction.isVEX {
      // A VEX prefix is #UD in real mode, which the block does not know of.
      FastForm.note(&instruction, behaviors)
      guard instruction.operation.family != .control else { return }
      self = MicroOp(instruction, offset: offset, count: count, isQuiet: false, behaviors)
    }
  }

  /// A near branch within its page, which is not linked yet.
  private mutating func placeBranch(_ instruction: Instruction, _ next: UInt64) {
    let form: FastForm = instruction.operation == .jcc ? .jumpIf : instruction.operation == .jmp ? .jump : .call
    immediate = 0
    displacement = form == .call ? next : 0
    handler = ThreadedHandlers.handler(
      form, function: 0, condition: Int(instruction.opcode & 15), isIndexed: false, isFar: false, isQuiet: false)
  }

  private mutating func placeLegacy(_ i: Instruction, _ form: LegacyForm, next: UInt64, goal: UInt64) {
    immediate = i.immediate
    if i.isMemory || i.hasMemoryOffset {
      destination = i.hasMemoryOffset ? GeneralRegister.ax.rawValue : i.reg
      base = i.hasMemoryOffset ? Instruction.noRegister : i.base
      index = i.hasMemoryOffset ? Instruction.noRegister : i.index
      factor = i.hasMemoryOffset ? 1 : 1 << (i.scale & 3)
      let offset = i.hasMemoryOffset ? i.immediate : UInt64(bitPattern: Int64(i.displacement))
      let window = UInt64(i.segment) * UInt64(MemoryLayout<SegmentWindow>.stride)
      displacement = (offset & 0xFFFF_FFFF) | window << 32 | (i.addressSize == 2 ? 16 : 0) << 56
    } else {
      destination = i.operand0 == .register ? i.reg : i.rm
    }
    switch form {
    case .jumpIfFar, .jumpFar: immediate = goal
    case .callFar32, .callFar16: (immediate, displacement) = (goal, next)
    case .callRegister32, .callRegister16, .callMemory32, .callMemory16: immediate = next
    case .shift32, .shift16, .shift8: immediate = i.shiftCount
    default: break
    }
  }
}

extension Instruction {
  /// Jcc, JMP and CALL by a displacement.
  fileprivate var isRelativeBranch: Bool {
    (operation == .jcc || operation == .jmp || operation == .call) && operand0 == .relative
  }
}
