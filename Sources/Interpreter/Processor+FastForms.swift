import MMU
import X86
import X86Decoder

/// The instructions of a block as `Processor.runFastForms` walks them.
private typealias Cursor = UnsafeMutablePointer<Instruction>
private typealias Registers = UnsafeMutablePointer<UInt64>
private typealias Core = UnsafeMutablePointer<CoreState>

extension Processor {
  /// The effective address of a memory operand of 64-bit code with 64-bit addresses.
  @inline(__always)
  private func address(_ at: Cursor, _ rip: UInt64, _ registers: Registers) -> UInt64 {
    unsafe at.pointee.addressSum(nextRIP: rip &+ UInt64(at.pointee.length)) { unsafe registers[Int($0)] }
  }

  /// Host address of a read whose translation is cached, nil otherwise; the whole access lies in one page.
  @inline(__always)
  private func readable(_ address: UInt64, _ size: UInt64, _ core: Core) -> UnsafeMutableRawPointer? {
    unsafe TranslationCache.readable(core.pointee.tlb, address, size)
  }

  /// Host address of a write whose translation is cached, nil otherwise; never a page with decoded code.
  @inline(__always)
  private func writable(_ address: UInt64, _ size: UInt64, _ core: Core) -> UnsafeMutableRawPointer? {
    unsafe TranslationCache.writable(core.pointee.tlb, address, size)
  }

  @inline(__always)
  private func function(_ at: Cursor) -> BinaryFunction {
    unsafe unsafeBitCast(at.pointee.fastFunction, to: BinaryFunction.self)
  }

  /// A two-operand function whose destination is the register in `base`.
  @inline(__always)
  private func combine<Word: OperandWord>(
    _ at: Cursor, _ right: UInt64, _ core: Core, _ registers: Registers, _: Word.Type
  ) {
    let old = unsafe registers[Int(at.pointee.base)]
    let result = unsafe function(at).apply(
      Word(truncatingIfNeeded: old), Word(truncatingIfNeeded: right), &core.pointee.flags)
    if unsafe function(at).isWritten {
      unsafe registers[Int(at.pointee.base)] = Word.bitWidth == 8 ? (old & ~0xFF) | UInt64(result) : UInt64(result)
    }
  }

  /// A two-operand function of a register with memory; false if the memory is not at hand.
  @inline(__always)
  private func combineSource<Word: OperandWord>(
    _ at: Cursor, _ rip: UInt64, _ core: Core, _ registers: Registers, _: Word.Type
  ) -> Bool {
    let size = UInt64(MemoryLayout<Word>.size)
    guard let from = unsafe readable(address(at, rip, registers), size, core) else { return false }
    let own = unsafe Int(at.pointee.reg)
    let result = unsafe function(at).apply(
      Word(truncatingIfNeeded: registers[own]), from.loadUnaligned(as: Word.self), &core.pointee.flags)
    if unsafe function(at).isWritten { unsafe registers[own] = UInt64(result) }
    return true
  }

  /// A two-operand function whose destination is memory; false if the memory is not at hand.
  @inline(__always)
  private func combineDestination<Word: OperandWord>(
    _ at: Cursor, _ rip: UInt64, _ right: UInt64, _ core: Core, _ registers: Registers, _: Word.Type
  ) -> Bool {
    let size = UInt64(MemoryLayout<Word>.size)
    let isWritten = unsafe function(at).isWritten
    guard
      let place = unsafe isWritten
        ? writable(address(at, rip, registers), size, core) : readable(address(at, rip, registers), size, core)
    else { return false }
    let result = unsafe function(at).apply(
      place.loadUnaligned(as: Word.self), Word(truncatingIfNeeded: right), &core.pointee.flags)
    if isWritten { unsafe place.storeBytes(of: result, as: Word.self) }
    return true
  }

  /// Loads zero-extended; false if the memory is not at hand.
  @inline(__always)
  private func fastLoad<Word: OperandWord>(
    _ at: Cursor, _ rip: UInt64, _ core: Core, _ registers: Registers, _: Word.Type
  ) -> Bool {
    let size = UInt64(MemoryLayout<Word>.size)
    guard let from = unsafe readable(address(at, rip, registers), size, core) else { return false }
    unsafe registers[Int(at.pointee.reg)] = UInt64(from.loadUnaligned(as: Word.self))
    return true
  }

  /// Stores; false if the memory is not at hand.
  @inline(__always)
  private func fastStore<Word: OperandWord>(
    _ at: Cursor, _ rip: UInt64, _ value: UInt64, _ core: Core, _ registers: Registers, _: Word.Type
  ) -> Bool {
    let size = UInt64(MemoryLayout<Word>.size)
    guard let to = unsafe writable(address(at, rip, registers), size, core) else { return false }
    unsafe to.storeBytes(of: Word(truncatingIfNeeded: value), as: Word.self)
    return true
  }

  /// Whether a target can be reached from here without a canonical check: both lie in the same 64 TiB.
  @inline(__always)
  private func isNear(_ target: UInt64, _ rip: UInt64) -> Bool { (target ^ rip) >> 46 == 0 }

  /// Executes instructions from `start` on as long as they have fast forms and their memory is at hand.
  ///
  /// - Returns: true if the one at `start` (as it is left) was a branch that was taken.
  func runFastForms(
    _ start: inout UnsafeMutablePointer<Instruction>, _ end: UnsafeMutablePointer<Instruction>, _ pointer: inout UInt64,
    _ core: UnsafeMutablePointer<CoreState>, _ registers: UnsafeMutablePointer<UInt64>
  ) -> Bool {
    var at = unsafe start
    var rip = pointer
    defer {
      unsafe start = at
      pointer = rip
    }
    stretch: while unsafe at < end {
      let form = unsafe unsafeBitCast(at.pointee.fastForm, to: FastForm.self)
      switch form {
      case .none: break stretch
      case .nothing: break
      case .moveRegister64: unsafe registers[Int(at.pointee.base)] = registers[Int(at.pointee.index)]
      case .moveRegister32: unsafe registers[Int(at.pointee.base)] = registers[Int(at.pointee.index)] & 0xFFFF_FFFF
      case .moveImmediate64: unsafe registers[Int(at.pointee.base)] = at.pointee.immediate
      case .moveImmediate32: unsafe registers[Int(at.pointee.base)] = at.pointee.immediate & 0xFFFF_FFFF
      case .load64: guard unsafe fastLoad(at, rip, core, registers, UInt64.self) else { break stretch }
      case .load32: guard unsafe fastLoad(at, rip, core, registers, UInt32.self) else { break stretch }
      case .loadWordZero: guard unsafe fastLoad(at, rip, core, registers, UInt16.self) else { break stretch }
      case .loadByteZero: guard unsafe fastLoad(at, rip, core, registers, UInt8.self) else { break stretch }
      case .store64:
        let value = unsafe registers[Int(at.pointee.reg)]
        guard unsafe fastStore(at, rip, value, core, registers, UInt64.self) else { break stretch }
      case .store32:
        let value = unsafe registers[Int(at.pointee.reg)]
        guard unsafe fastStore(at, rip, value, core, registers, UInt32.self) else { break stretch }
      case .store8:
        let value = unsafe registers[Int(at.pointee.reg)]
        guard unsafe fastStore(at, rip, value, core, registers, UInt8.self) else { break stretch }
      case .storeImmediate64:
        guard unsafe fastStore(at, rip, at.pointee.immediate, core, registers, UInt64.self) else { break stretch }
      case .storeImmediate32:
        guard unsafe fastStore(at, rip, at.pointee.immediate, core, registers, UInt32.self) else { break stretch }
      case .storeImmediate8:
        guard unsafe fastStore(at, rip, at.pointee.immediate, core, registers, UInt8.self) else { break stretch }
      case .loadSignDoubleword:
        guard let from = unsafe readable(address(at, rip, registers), 4, core) else { break stretch }
        unsafe registers[Int(at.pointee.reg)] = UInt64(bitPattern: Int64(from.loadUnaligned(as: Int32.self)))
      case .byteZero: unsafe registers[Int(at.pointee.base)] = registers[Int(at.pointee.index)] & 0xFF
      case .wordZero: unsafe registers[Int(at.pointee.base)] = registers[Int(at.pointee.index)] & 0xFFFF
      case .signDoubleword:
        unsafe registers[Int(at.pointee.base)] = UInt64(
          bitPattern: Int64(Int32(truncatingIfNeeded: registers[Int(at.pointee.index)])))
      case .address64: unsafe registers[Int(at.pointee.reg)] = address(at, rip, registers)
      case .address32: unsafe registers[Int(at.pointee.reg)] = address(at, rip, registers) & 0xFFFF_FFFF
      case .register64: unsafe combine(at, registers[Int(at.pointee.index)], core, registers, UInt64.self)
      case .register32: unsafe combine(at, registers[Int(at.pointee.index)], core, registers, UInt32.self)
      case .register8: unsafe combine(at, registers[Int(at.pointee.index)], core, registers, UInt8.self)
      case .immediate64: unsafe combine(at, at.pointee.immediate, core, registers, UInt64.self)
      case .immediate32: unsafe combine(at, at.pointee.immediate, core, registers, UInt32.self)
      case .immediate8: unsafe combine(at, at.pointee.immediate, core, registers, UInt8.self)
      case .source64: guard unsafe combineSource(at, rip, core, registers, UInt64.self) else { break stretch }
      case .source32: guard unsafe combineSource(at, rip, core, registers, UInt32.self) else { break stretch }
      case .destination64:
        let right = unsafe registers[Int(at.pointee.reg)]
        guard unsafe combineDestination(at, rip, right, core, registers, UInt64.self) else { break stretch }
      case .destination32:
        let right = unsafe registers[Int(at.pointee.reg)]
        guard unsafe combineDestination(at, rip, right, core, registers, UInt32.self) else { break stretch }
      case .destinationImmediate64:
        let right = unsafe at.pointee.immediate
        guard unsafe combineDestination(at, rip, right, core, registers, UInt64.self) else { break stretch }
      case .destinationImmediate32:
        let right = unsafe at.pointee.immediate
        guard unsafe combineDestination(at, rip, right, core, registers, UInt32.self) else { break stretch }
      case .destinationImmediate8:
        let right = unsafe at.pointee.immediate
        guard unsafe combineDestination(at, rip, right, core, registers, UInt8.self) else { break stretch }
      case .shift64: unsafe shift(at, core, registers, UInt64.self)
      case .shift32: unsafe shift(at, core, registers, UInt32.self)
      case .unary64: unsafe change(at, core, registers, UInt64.self)
      case .unary32: unsafe change(at, core, registers, UInt32.self)
      case .multiply64: unsafe multiply(at, core, registers, UInt64.self)
      case .multiply32: unsafe multiply(at, core, registers, UInt32.self)
      case .wideMultiply64:
        let (high, low) = unsafe Integer.mul(registers[.ax], registers[Int(at.pointee.base)], &core.pointee.flags)
        unsafe registers[.ax] = low
        unsafe registers[.dx] = high
      case .push64:
        let top = unsafe registers[.sp] &- 8
        guard let to = unsafe writable(top, 8, core) else { break stretch }
        unsafe to.storeBytes(of: registers[Int(at.pointee.base)], as: UInt64.self)
        unsafe registers[.sp] = top
      case .pop64:
        let top = unsafe registers[.sp]
        guard let from = unsafe readable(top, 8, core) else { break stretch }
        unsafe registers[.sp] = top &+ 8
        unsafe registers[Int(at.pointee.base)] = from.loadUnaligned(as: UInt64.self)
      case .setIf:
        let bit: UInt64 = unsafe core.pointee.flags.holds(at.pointee.opcode) ? 1 : 0
        unsafe registers[Int(at.pointee.base)] = (registers[Int(at.pointee.base)] & ~0xFF) | bit
      case .moveIf64:
        if unsafe core.pointee.flags.holds(at.pointee.opcode) {
          unsafe registers[Int(at.pointee.base)] = registers[Int(at.pointee.index)]
        }
      case .moveIf32:
        let value =
          unsafe core.pointee.flags.holds(at.pointee.opcode)
          ? registers[Int(at.pointee.index)] : registers[Int(at.pointee.base)]
        unsafe registers[Int(at.pointee.base)] = value & 0xFFFF_FFFF
      case .jumpIf:
        let follow = unsafe rip &+ UInt64(at.pointee.length)
        guard unsafe core.pointee.flags.holds(at.pointee.opcode) else {
          rip = follow
          unsafe at += 1
          continue
        }
        let goal = unsafe follow &+ at.pointee.immediate
        guard isNear(goal, rip) else { break stretch }
        rip = goal
        return true
      case .jump, .jumpRegister, .call, .callRegister, .callMemory, .ret:
        guard let goal = unsafe transfer(form, at, rip, core, registers) else { break stretch }
        rip = goal
        return true
      }
      rip &+= unsafe UInt64(at.pointee.length)
      unsafe at += 1
    }
    return false
  }

  @inline(__always)
  private func shift<Word: OperandWord>(_ at: Cursor, _ core: Core, _ registers: Registers, _: Word.Type) {
    let function = unsafe unsafeBitCast(at.pointee.fastFunction, to: ShiftFunction.self)
    let value = unsafe Word(truncatingIfNeeded: registers[Int(at.pointee.base)])
    let count = unsafe UInt8(truncatingIfNeeded: at.pointee.immediate)
    unsafe registers[Int(at.pointee.base)] = UInt64(function.apply(value, count, &core.pointee.flags))
  }

  @inline(__always)
  private func change<Word: OperandWord>(_ at: Cursor, _ core: Core, _ registers: Registers, _: Word.Type) {
    let function = unsafe unsafeBitCast(at.pointee.fastFunction, to: UnaryFunction.self)
    let value = unsafe Word(truncatingIfNeeded: registers[Int(at.pointee.base)])
    unsafe registers[Int(at.pointee.base)] = UInt64(function.apply(value, &core.pointee.flags))
  }

  @inline(__always)
  private func multiply<Word: OperandWord>(_ at: Cursor, _ core: Core, _ registers: Registers, _: Word.Type) {
    let left = unsafe Word(truncatingIfNeeded: registers[Int(at.pointee.base)])
    let right = unsafe Word(truncatingIfNeeded: registers[Int(at.pointee.index)])
    unsafe registers[Int(at.pointee.base)] = UInt64(Integer.imul(left, right, &core.pointee.flags).low)
  }

  /// Near branches without a condition: the target, or nil if the general way must be gone.
  @inline(__always)
  private func transfer(
    _ form: FastForm, _ at: Cursor, _ rip: UInt64, _ core: Core, _ registers: Registers
  ) -> UInt64? {
    let follow = unsafe rip &+ UInt64(at.pointee.length)
    let goal: UInt64
    switch form {
    case .jump, .call: goal = unsafe follow &+ at.pointee.immediate
    case .jumpRegister, .callRegister: goal = unsafe registers[Int(at.pointee.base)]
    case .callMemory:
      guard let from = unsafe readable(address(at, rip, registers), 8, core) else { return nil }
      goal = unsafe from.loadUnaligned(as: UInt64.self)
    default:
      guard let from = unsafe readable(registers[.sp], 8, core) else { return nil }
      goal = unsafe from.loadUnaligned(as: UInt64.self)
    }
    guard isNear(goal, rip) else { return nil }
    if form == .ret {
      unsafe registers[.sp] &+= 8
    } else if form != .jump && form != .jumpRegister {
      let top = unsafe registers[.sp] &- 8
      guard let to = unsafe writable(top, 8, core) else { return nil }
      unsafe to.storeBytes(of: follow, as: UInt64.self)
      unsafe registers[.sp] = top
    }
    return goal
  }
}
