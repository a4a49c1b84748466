import Differential

/// Forms that the threaded engine has handlers for: arithmetic, moves, the stack, flags, vectors.
extension ProgramDraft {
  /// ADD OR ADC SBB AND SUB XOR CMP and TEST with registers, immediates and memory.
  mutating func arithmetic() {
    let width = width()
    let byte: UInt8 = width == 1 ? 0 : 1
    let function = UInt8(random.below(8))
    switch random.below(9) {
    case 0, 1:
      let (reg, rm) = (register(), destination())
      emit([function << 3 | byte], direct(reg, rm), width: width)
      if function != 7 { known[Int(rm)] = nil }
    case 2:
      let reg = destination()
      emit([function << 3 | 2 | byte], either(reg, isMemory: chance(1, 2)), width: width)
      if function != 7 { known[Int(reg)] = nil }
    case 3, 4: immediateArithmetic(function, width)
    case 5:
      let count = width == 1 ? 1 : width == 2 ? 2 : 4
      let prefix: [UInt8] = width == 2 ? [0x66] : width == 8 ? [0x48] : []
      append(prefix + [chance(1, 6) ? 0xA8 | byte : function << 3 | 4 | byte] + immediate(count))
      known[0] = nil
    case 6:
      let operand = either(register(), isMemory: chance(1, 3))
      emit([0x84 | byte], operand, width: width)
    case 7:
      let reg = destination()
      let goal = address()
      emit([function << 3 | 2 | byte], memory(reg, goal), width: width)
      if function != 7 { known[Int(reg)] = nil }
    default:
      let reg = register()
      let goal = address()
      emit([function << 3 | byte], memory(reg, goal), width: width, lock: function != 7 && chance(1, 10))
    }
  }

  private mutating func immediateArithmetic(_ function: UInt8, _ width: Int) {
    let isMemory = chance(2, 5)
    let rm = destination()
    let goal = isMemory ? address() : 0
    let operand = isMemory ? memory(function, goal) : direct(function, rm)
    if chance(1, 6) {
      // TEST.
      let other = isMemory ? memory(0, goal) : direct(0, rm)
      emit([width == 1 ? 0xF6 : 0xF7], other, width: width, tail: immediate(width == 1 ? 1 : width == 2 ? 2 : 4))
      return
    }
    if width == 1 {
      emit([0x80], operand, width: 1, tail: immediate(1))
    } else if chance(2, 3) {
      emit([0x83], operand, width: width, tail: immediate(1))
    } else {
      emit([0x81], operand, width: width, tail: immediate(width == 2 ? 2 : 4))
    }
    if !isMemory, function != 7 { known[Int(rm)] = nil }
  }

  /// MOV, MOVZX, MOVSX, MOVSXD, LEA, XCHG.
  mutating func move() {
    let width = width()
    let byte: UInt8 = width == 1 ? 0 : 1
    let (reg, other) = (destination(), register())
    switch random.below(12) {
    case 0: emit([0x88 | byte], direct(other, reg), width: width)
    case 1: emit([0x8A | byte], direct(reg, other), width: width)
    case 2: emit(width == 1 ? [0xC6] : [0xC7], direct(0, reg), width: width, tail: immediate(min(width, 4)))
    case 3, 4:
      let goal = address()
      emit([0x8A | byte], memory(reg, goal), width: width)
    case 5, 6:
      let goal = address()
      emit([0x88 | byte], memory(other, goal), width: width)
      return
    case 7:
      let goal = address()
      emit([0xC6 | byte], memory(0, goal), width: width, tail: immediate(min(width, 4)))
      return
    case 8:
      emit([0x0F, random.pick([0xB6, 0xB7, 0xBE, 0xBF])], either(reg, isMemory: chance(1, 2)), width: max(width, 2))
    case 9: emit([0x63], either(reg, isMemory: chance(1, 2)), width: chance(3, 4) ? 8 : 4)
    case 10:
      let goal = address()
      emit([0x8D], memory(reg, goal), width: max(width, 2))
    default:
      let goal = address()
      if chance(1, 3) { emit([0x86 | byte], memory(reg, goal), width: width) } else { pointer(reg) }
      if known[Int(reg)] != nil { return }
    }
    known[Int(reg)] = nil
  }

  /// MOV of an address, or of a count, into a register.
  mutating func pointer(_ reg: UInt8? = nil) {
    let reg = reg ?? destination()
    let value = chance(1, 6) ? UInt64(random.below(40)) : address()
    let rex: UInt8 = reg >> 3
    if value >> 32 == 0, chance(3, 4) {
      append((rex != 0 ? [0x41] : []) + [0xB8 | reg & 7] + Self.little(value, 4))
    } else {
      append([0x48 | rex, 0xB8 | reg & 7] + Self.little(value, 8))
    }
    known[Int(reg)] = value
  }

  /// Shifts and rotates, INC, DEC, NOT, NEG, MUL, DIV, IMUL.
  mutating func shiftOrUnary() {
    let width = width()
    let byte: UInt8 = width == 1 ? 0 : 1
    let rm = destination()
    let isMemory = chance(1, 4)
    let goal = isMemory ? address() : 0
    func operand(_ draft: inout ProgramDraft, _ field: UInt8) -> Operand {
      isMemory ? draft.memory(field, goal) : draft.direct(field, rm)
    }
    if !isMemory { known[Int(rm)] = nil }
    switch random.below(8) {
    case 0, 1:
      let field = UInt8(random.below(8))
      emit([0xC0 | byte], operand(&self, field), width: width, tail: [UInt8(random.below(chance(1, 8) ? 256 : 64))])
    case 2:
      let field = UInt8(random.below(8))
      emit([0xD0 | byte], operand(&self, field), width: width)
    case 3:
      let field = UInt8(random.below(8))
      emit([0xD2 | byte], operand(&self, field), width: width)
    case 4, 5:
      let field = UInt8(random.below(2))
      emit([0xFE | byte], operand(&self, field), width: width, lock: isMemory && chance(1, 8))
    case 6:
      let field = UInt8(random.pick([2, 2, 3, 3, 4, 5, 6, 7]))
      emit([0xF6 | byte], operand(&self, field), width: width)
      if field >= 4 { (known[0], known[2]) = (nil, nil) }
    default:
      let reg = destination()
      known[Int(reg)] = nil
      let wide = max(width, 2)
      switch random.below(3) {
      case 0: emit([0x0F, 0xAF], operand(&self, reg), width: wide)
      case 1: emit([0x6B], operand(&self, reg), width: wide, tail: immediate(1))
      default: emit([0x69], operand(&self, reg), width: wide, tail: immediate(wide == 2 ? 2 : 4))
      }
    }
  }

  /// PUSH and POP of registers, immediates and memory.
  mutating func stack() {
    let reg = destination()
    let rex: [UInt8] = reg >= 8 ? [0x41] : []
    switch random.below(10) {
    case 0..<4: append(rex + [0x50 | reg & 7])
    case 4..<7:
      append(rex + [0x58 | reg & 7])
      known[Int(reg)] = nil
    case 7: append(chance(1, 2) ? [0x6A] + immediate(1) : [0x68] + immediate(4))
    case 8:
      let goal = address()
      emit([0xFF], memory(6, goal))
    default:
      let goal = address()
      emit([0x8F], memory(0, goal))
    }
  }

  /// What reads flags, or sets them by themselves.
  mutating func flags() {
    let condition = UInt8(random.below(16))
    let reg = destination()
    switch random.below(6) {
    case 0, 1:
      emit([0x0F, 0x90 | condition], chance(1, 5) ? either(0, isMemory: true) : direct(0, reg), width: 1)
      known[Int(reg)] = nil
    case 2, 3:
      emit([0x0F, 0x40 | condition], either(reg, isMemory: chance(1, 3)), width: chance(1, 2) ? 8 : 4)
      known[Int(reg)] = nil
    case 4: append([random.pick([0xF5, 0xF8, 0xF9, 0xFC, 0xFD, 0x9E, 0x9F])])
    default: append([0x9C])
    }
  }

  /// MOVAPS, MOVUPS and their kin, and some arithmetic of SSE.
  mutating func vector() {
    let (reg, other) = (UInt8(random.below(16)), UInt8(random.below(16)))
    let isStore = chance(1, 3)
    // Prefix and opcodes of load and store.
    let moves: [(prefix: [UInt8], load: UInt8, store: UInt8)] = [
      ([], 0x10, 0x11), ([], 0x28, 0x29), ([0x66], 0x10, 0x11), ([0x66], 0x28, 0x29), ([0x66], 0x6F, 0x7F),
      ([0xF3], 0x6F, 0x7F), ([0xF3], 0x10, 0x11), ([0xF2], 0x10, 0x11),
    ]
    let move = random.pick(moves)
    var operand = direct(reg, other)
    if chance(2, 3) {
      let goal = address()
      operand = memory(reg, chance(3, 4) ? goal & ~15 : goal)
    }
    if chance(1, 5) {
      emit([0x0F, random.pick([0x57, 0x58, 0x59, 0x54, 0x5C])], operand)
      return
    }
    operand.prefixes += move.prefix
    emit([0x0F, isStore ? move.store : move.load], operand)
  }

  /// String instructions with and without REP, mostly with pointers and a count that suit them.
  mutating func string() {
    if chance(1, 2) {
      setRegister(7, chance(1, 5) ? codeAddress() : address())
      setRegister(6, address())
    }
    if chance(2, 3) { setRegister(1, UInt64(random.below(chance(1, 12) ? 300 : 24))) }
    let prefix: [UInt8] = random.pick([[], [0xF3], [0xF3], [0xF2]])
    let size: [UInt8] = random.pick([[], [], [0x66], [0x48]])
    append(prefix + size + [random.pick([0xA4, 0xA5, 0xAA, 0xAB, 0xAC, 0xAD, 0xA6, 0xA7, 0xAE, 0xAF])])
    for register in [0, 1, 6, 7] { known[register] = nil }
  }

  mutating func setRegister(_ register: UInt8, _ value: UInt64) {
    append((value >> 32 == 0 ? [] : [0x48]) + [0xB8 | register & 7] + Self.little(value, value >> 32 == 0 ? 4 : 8))
    known[Int(register)] = value
  }
}
