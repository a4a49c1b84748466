import Glibc
import X86
import X86Decoder

extension CodeCache {
  /// Space for an operation of each instruction, made when the engine first runs; every block is still to be translated.
  func makeOperations() -> UnsafeMutablePointer<MicroOp>? {
    if unsafe operations == nil {
      let area = unsafe calloc(Self.instructionCapacity, MemoryLayout<MicroOp>.stride)
      unsafe operations = area?.bindMemory(to: MicroOp.self, capacity: Self.instructionCapacity)
    }
    return unsafe operations
  }

  /// Makes the operations of a block.
  ///
  /// - Parameter behaviors: those of the processor: an instruction for which it does otherwise has no handler.
  func translate(_ index: Int, _ operations: UnsafeMutablePointer<MicroOp>, _ behaviors: ProcessorBehaviors) {
    let block = unsafe blocks[index]
    let start = unsafe operations + Int(block.first)
    let first = unsafe instructions + Int(block.first)
    let count = Int(block.count)
    var offset = UInt16(truncatingIfNeeded: (block.key >> 2) & 0xFFF)
    if block.mode == .code64 {
      let flags = unsafe FlagAnalysis(first, count, behaviors)
      for place in 0..<count {
        let bit: UInt64 = 1 << UInt64(place)
        unsafe start[place] = MicroOp(
          first[place], offset: offset, count: place + 1, isQuiet: flags.quiet & bit != 0, behaviors)
        if flags.recovering & bit != 0 { unsafe start[place].recoversFlags = true }
        offset &+= UInt16(unsafe first[place].length)
      }
      for place in 0..<count - 1 where unsafe first[place + 1].fastForm == FastForm.jumpIf.rawValue {
        unsafe fuse(first[place], start + place, condition: first[place + 1].opcode)
      }
    } else {
      for place in 0..<count {
        unsafe start[place] = MicroOp(legacy: first[place], block.mode, offset: offset, count: place + 1, behaviors)
        offset &+= UInt16(unsafe first[place].length)
      }
      for place in 0..<count - 1
      where unsafe first[place + 1].operation == .jcc && start[place + 1].handler != ThreadedHandlers.general {
        var comparison = unsafe first[place]
        guard !comparison.isMemory else { continue }
        FastForm.note(&comparison, behaviors)
        unsafe fuse(comparison, start + place, condition: first[place + 1].opcode)
      }
    }
    if unsafe first[count - 1].endsBlock { unsafe start[count - 1].endsBlock = true }
    var end = MicroOp()
    end.handler =
      offset < 0x1000
      ? ThreadedHandlers.unlinked : block.mode == .code64 ? ThreadedHandlers.pageEnd : ThreadedHandlers.legacyPageEnd
    end.offset = offset
    end.isEnd = true
    end.count = UInt8(truncatingIfNeeded: count)
    unsafe start[count] = end
  }

  /// Makes one operation of a comparison and the near branch behind it.
  private func fuse(_ first: Instruction, _ operations: UnsafeMutablePointer<MicroOp>, condition opcode: UInt8) {
    guard let form = FastForm(rawValue: first.fastForm), unsafe !operations[1].isFarBranch else { return }
    let condition = Int(opcode & 15)
    if form == .unary64 || form == .unary32 {
      guard first.operation == .dec, condition == 4 || condition == 5 else { return }
      unsafe operations[0].handler = ThreadedHandlers.countedLoop(isWide: form == .unary64, condition: condition)
    } else if let function = first.operation.binaryFunction,
      let handler = ThreadedHandlers.fused(form, function, condition: condition)
    {
      unsafe operations[0].handler = handler
    } else {
      return
    }
    // The comparison goes on where its branch says: until that is linked, to the branch itself, which then follows it.
    unsafe operations[1].handler = ThreadedHandlers.follow
    unsafe operations[1].immediate = UInt64(UInt(bitPattern: operations + 1))
  }
}

extension MicroOp {
  /// A Jcc to another page.
  var isFarBranch: Bool { immediate != 0 }

  /// The operation of an instruction.
  init(_ original: Instruction, offset: UInt16, count: Int, isQuiet: Bool, _ behaviors: ProcessorBehaviors) {
    self.init()
    var instruction = original
    if original.flags.contains(.lock) {
      // Nothing comes between the reading and the writing of a handler.
      instruction.flags.remove(.lock)
      FastForm.note(&instruction, behaviors)
    }
    self.offset = offset
    self.count = UInt8(truncatingIfNeeded: count)
    handler = ThreadedHandlers.general
    guard var form = FastForm(rawValue: instruction.fastForm), form != .none else {
      noteOther(instruction, isQuiet: isQuiet, behaviors)
      return
    }
    let next = UInt64(offset) &+ UInt64(instruction.length)
    immediate = instruction.immediate
    if instruction.isMemory {
      placeMemory(instruction)
    } else {
      destination = instruction.base
      source = instruction.index
    }
    let isIndexed = instruction.isMemory && instruction.index != Instruction.noRegister
    let function = Int(instruction.fastFunction)
    var isFar = false
    let condition = Int(instruction.opcode & 15)
    switch form {
    case .jumpIf, .jump, .call:
      let goal = next &+ instruction.immediate
      isFar = goal >= 0x1000
      immediate = isFar ? goal : 0
      displacement = form == .call ? next : 0
    case .callRegister, .callMemory: immediate = next
    case .moveImmediate32: immediate &= 0xFFFF_FFFF
    case .shift64, .shift32:
      immediate &= form == .shift64 ? 63 : 31
      // Not a shift at all; of 32 bits it clears the upper half.
      if immediate == 0 {
        source = destination
        form = form == .shift64 ? .nothing : .moveRegister32
      }
    default: break
    }
    handler = ThreadedHandlers.handler(
      form, function: function, condition: condition, isIndexed: isIndexed, isFar: isFar,
      isQuiet: isQuiet)
  }
}

extension MicroOp {
  /// The operation of an instruction without a fast form.
  private mutating func noteOther(_ instruction: Instruction, isQuiet: Bool, _ behaviors: ProcessorBehaviors) {
    var function = 0
    guard let form = ThreadedForm(instruction, behaviors, function: &function) else { return }
    func number(_ kind: OperandKind) -> UInt8 {
      switch kind {
      case .register, .xmm: instruction.reg
      case .registerOrMemory, .xmmOrMemory: instruction.rm
      case .registerVVVV, .xmmVVVV: instruction.vvvv & 15
      case .accumulator: GeneralRegister.ax.rawValue
      default: Instruction.noRegister
      }
    }
    immediate = form.isCounted ? instruction.shiftCount : instruction.immediate
    if instruction.isMemory {
      placeMemory(instruction)
    } else {
      destination = number(instruction.operand0)
      let isThird = instruction.operand1 == .xmmVVVV || instruction.operand1 == .registerVVVV
      source = number(isThird ? instruction.operand2 : instruction.operand1)
      factor = instruction.operandSize
    }
    if form == .x87 {
      immediate = X87Operands.word(instruction, behaviors)
    } else if instruction.isVEX {
      immediate = VEXOperands.word(instruction)
      if instruction.operand0 == .registerVVVV { destination = number(.registerVVVV) }
    }
    handler = ThreadedHandlers.other(
      form, function: function, condition: Int(instruction.opcode & 15),
      isIndexed: instruction.isMemory && instruction.index != Instruction.noRegister, isQuiet: isQuiet)
  }

  /// Register and address of a memory operand; `offset` is that of the instruction.
  private mutating func placeMemory(_ instruction: Instruction) {
    destination = instruction.reg
    base = instruction.base
    index = instruction.index
    factor = 1 << (instruction.scale & 3)
    segment = instruction.segment
    displacement = UInt64(bitPattern: Int64(instruction.displacement))
    if base == Instruction.ripRegister { displacement &+= UInt64(offset) &+ UInt64(instruction.length) }
  }
}
