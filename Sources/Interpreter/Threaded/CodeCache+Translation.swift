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

  /// Makes the operations of a block of 64-bit code.
  func translate(_ index: Int, _ operations: UnsafeMutablePointer<MicroOp>) {
    let block = unsafe blocks[index]
    let start = unsafe operations + Int(block.first)
    var offset = UInt16(truncatingIfNeeded: (block.key >> 2) & 0xFFF)
    let first = unsafe instructions + Int(block.first)
    let quiet = unsafe Self.quietPlaces(first, Int(block.count))
    for place in 0..<Int(block.count) {
      unsafe start[place] = MicroOp(
        first[place], offset: offset, count: place + 1, isQuiet: quiet & (1 << UInt64(place)) != 0)
      offset &+= UInt16(unsafe first[place].length)
    }
    for place in 0..<max(Int(block.count) - 1, 0) { unsafe fuse(first + place, start + place) }
    if unsafe first[Int(block.count) - 1].endsBlock { unsafe start[Int(block.count) - 1].endsBlock = true }
    var end = MicroOp()
    end.handler = offset < 0x1000 ? ThreadedHandlers.blockEnd : ThreadedHandlers.pageEnd
    end.offset = offset
    end.count = UInt8(truncatingIfNeeded: block.count)
    unsafe start[Int(block.count)] = end
  }

  /// A bit for each instruction whose flags nobody sees: another one sets all of them before any is read, and what
  /// lies between can neither fault nor end the block.
  private static func quietPlaces(_ instructions: UnsafeMutablePointer<Instruction>, _ count: Int) -> UInt64 {
    var quiet: UInt64 = 0
    var isLive = true
    for place in (0..<count).reversed() {
      guard let form = unsafe FastForm(rawValue: instructions[place].fastForm) else { continue }
      let function = unsafe instructions[place].fastFunction
      switch form.flagUse(function) {
      case .none: break
      case .reads:
        if !isLive, form.isFunction { quiet |= 1 << UInt64(place) }
        isLive = true
      case .overwrites:
        if !isLive { quiet |= 1 << UInt64(place) }
        isLive = false
      case .mayLeave: isLive = true
      }
    }
    return quiet
  }

  /// Makes one operation of a comparison and the near branch behind it.
  private func fuse(_ pair: UnsafeMutablePointer<Instruction>, _ operations: UnsafeMutablePointer<MicroOp>) {
    guard let form = unsafe FastForm(rawValue: pair[0].fastForm), unsafe pair[1].fastForm == FastForm.jumpIf.rawValue,
      unsafe !operations[1].isFarBranch
    else { return }
    let condition = unsafe Int(pair[1].opcode & 15)
    if form == .unary64 || form == .unary32 {
      guard unsafe pair[0].operation == .dec, condition == 4 || condition == 5 else { return }
      unsafe operations[0].handler = ThreadedHandlers.countedLoop(isWide: form == .unary64, condition: condition)
    } else if let function = unsafe pair[0].operation.binaryFunction,
      let handler = ThreadedHandlers.fused(form, function, condition: condition)
    {
      unsafe operations[0].handler = handler
    }
  }
}

/// What a form does with flags, as seen from the instructions around it.
enum FlagUse {
  /// Nothing, and it cannot fault.
  case none
  /// Reads some, or keeps some; cannot fault.
  case reads
  /// Sets all of them; cannot fault.
  case overwrites
  /// May fault, or end the block: all flags must be right before it.
  case mayLeave
}

extension FastForm {
  /// Several operations share the form.
  var isFunction: Bool {
    switch self {
    case .register64, .register32, .register8, .immediate64, .immediate32, .immediate8, .shift64, .shift32, .unary64,
      .unary32:
      true
    default: false
    }
  }

  /// - Parameter function: as of `Instruction.fastFunction`.
  func flagUse(_ function: UInt8) -> FlagUse {
    switch self {
    case .nothing, .moveRegister64, .moveRegister32, .moveImmediate64, .moveImmediate32, .byteZero, .wordZero,
      .signDoubleword, .address64, .address32:
      .none
    case .register64, .register32, .register8, .immediate64, .immediate32, .immediate8:
      [BinaryFunction.adc.rawValue, BinaryFunction.sbb.rawValue].contains(function) ? .reads : .overwrites
    // A count of zero keeps the flags, rotates keep some.
    case .shift64, .shift32: .reads
    case .unary64, .unary32: function == UnaryFunction.neg.rawValue ? .overwrites : .reads
    case .multiply64, .multiply32: .overwrites
    case .setIf, .moveIf64, .moveIf32: .reads
    default: .mayLeave
    }
  }
}

extension MicroOp {
  /// A Jcc to another page.
  var isFarBranch: Bool { immediate != 0 }

  /// A branch whose target the instruction says, not the end of a block.
  var isBranch: Bool { handler != ThreadedHandlers.blockEnd }

  /// The operation of an instruction.
  init(_ instruction: Instruction, offset: UInt16, count: Int, isQuiet: Bool) {
    self.init()
    self.offset = offset
    self.count = UInt8(truncatingIfNeeded: count)
    handler = ThreadedHandlers.general
    guard let form = FastForm(rawValue: instruction.fastForm), form != .none else {
      noteOther(instruction)
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
    default: break
    }
    handler = ThreadedHandlers.handler(
      form, function: function, condition: condition, isIndexed: isIndexed, isFar: isFar,
      isQuiet: isQuiet)
  }
}

extension MicroOp {
  /// The operation of an instruction without a fast form.
  private mutating func noteOther(_ instruction: Instruction) {
    var function = 0
    guard let form = ThreadedForm(instruction, function: &function) else { return }
    func number(_ kind: OperandKind) -> UInt8 {
      kind == .register || kind == .xmm
        ? instruction.reg : kind == .registerOrMemory || kind == .xmmOrMemory ? instruction.rm : Instruction.noRegister
    }
    immediate = instruction.immediate
    if instruction.isMemory {
      placeMemory(instruction)
    } else {
      destination = number(instruction.operand0)
      source = number(instruction.operand1)
    }
    handler = ThreadedHandlers.other(
      form, function: function, condition: Int(instruction.opcode & 15),
      isIndexed: instruction.isMemory && instruction.index != Instruction.noRegister)
  }

  /// Register and address of a memory operand; `offset` is that of the instruction.
  private mutating func placeMemory(_ instruction: Instruction) {
    destination = instruction.reg
    base = instruction.base
    index = instruction.index
    scale = instruction.scale & 3
    segment = instruction.segment
    displacement = UInt64(bitPattern: Int64(instruction.displacement))
    if base == Instruction.ripRegister { displacement &+= UInt64(offset) &+ UInt64(instruction.length) }
  }
}
