import MMU
import X86
import X86Decoder

extension Processor {
  /// Runs decoded blocks until something ends the streak.
  ///
  /// Shortcuts touch nothing but registers, flags and cached RAM, so that neither interrupts nor the board's wishes
  /// can arise from them: both are looked at only after an instruction that went the general way, and when the
  /// budget ends.
  func runBlocks() {
    let core = unsafe self.core
    let registers = unsafe self.registers
    let invalidations = unsafe cache.counters
    while state.budget > 0 {
      guard let index = findBlock() else {
        if state.attention & Attention.breakpoint == 0 { stepUncached() }
        return
      }
      let first = unsafe cache.instructions + Int(cache.blocks[Int(index)].first)
      let count = unsafe Int(cache.blocks[Int(index)].count)
      let seen = unsafe invalidations[0]
      let start = state.rip
      let usesShortcuts = !isCheckingAlignment
      var at = unsafe first
      var end = unsafe first + min(count, state.budget)
      var rip = start
      var used = 0
      var wasGeneral = false
      do throws(Exception) {
        block: while true {
          while unsafe at < end {
            if usesShortcuts {
              let before = unsafe at
              let jumped = unsafe runShortcuts(&at, end, &rip, core, registers)
              used &+= unsafe (at - before) &+ (jumped ? 1 : 0)
              if jumped { unsafe at = end }
              if unsafe at >= end { break }
            }
            // The general way: everything exact, one instruction.
            unsafe core.pointee.rip = rip
            unsafe core.pointee.budget &-= used
            used = 0
            wasGeneral = true
            let follow = unsafe rip &+ UInt64(at.pointee.length)
            unsafe core.pointee.nextRIP = follow
            try unsafe execute(at.pointee)
            rip = unsafe core.pointee.nextRIP
            unsafe core.pointee.rip = rip
            unsafe core.pointee.budget &-= 1
            if unsafe rip != follow || invalidations[0] != seen || core.pointee.attention != 0 { break block }
            unsafe at += 1
          }
          unsafe core.pointee.budget &-= used
          used = 0
          // A loop of one block needs no search.
          guard rip == start, !wasGeneral, unsafe core.pointee.budget > 0 else { break block }
          unsafe at = first
          unsafe end = first + min(count, core.pointee.budget)
        }
      } catch {
        fault(error)
        return
      }
      unsafe core.pointee.rip = rip
      if !is64Bit { wrapInstructionPointer() }
      if wasGeneral,
        state.attention != 0 || (state.interruptRequest && state.systemFlags & RFLAGS.interruptEnable != 0)
      {
        return
      }
    }
  }

  /// The effective address of a memory operand of 64-bit code with 64-bit addresses.
  @inline(__always)
  private func shortcutAddress(
    _ at: UnsafeMutablePointer<Instruction>, _ rip: UInt64, _ registers: UnsafeMutablePointer<UInt64>
  ) -> UInt64 {
    let base =
      unsafe at.pointee.base == Instruction.ripRegister
      ? rip &+ UInt64(at.pointee.length) : registers[Int(at.pointee.base)]
    return unsafe base &+ (registers[Int(at.pointee.index)] << UInt64(at.pointee.scale & 3))
      &+ UInt64(bitPattern: Int64(at.pointee.displacement))
  }

  /// Host address of a read whose translation is cached, nil otherwise; the whole access lies in one page.
  @inline(__always)
  private func readable(_ address: UInt64, _ size: UInt64, _ core: UnsafeMutablePointer<CoreState>)
    -> UnsafeMutableRawPointer?
  {
    let entry = unsafe core.pointee.tlb + Int(truncatingIfNeeded: (address >> 12) & 1023)
    guard _fastPath(unsafe (address &+ (size &- 1)) & ~0xFFF == entry.pointee.readTag) else { return nil }
    return unsafe UnsafeMutableRawPointer(bitPattern: UInt(address &+ entry.pointee.addend))
  }

  /// Host address of a write whose translation is cached, nil otherwise; never a page with decoded code.
  @inline(__always)
  private func writable(_ address: UInt64, _ size: UInt64, _ core: UnsafeMutablePointer<CoreState>)
    -> UnsafeMutableRawPointer?
  {
    let entry = unsafe core.pointee.tlb + Int(truncatingIfNeeded: (address >> 12) & 1023)
    guard _fastPath(unsafe (address &+ (size &- 1)) & ~0xFFF == entry.pointee.writeTag) else { return nil }
    return unsafe UnsafeMutableRawPointer(bitPattern: UInt(address &+ entry.pointee.addend))
  }

  /// One of `Shortcut.operations`.
  @inline(__always)
  private func combine<Word: OperandWord>(_ operation: UInt8, _ left: Word, _ right: Word, _ flags: inout LazyFlags)
    -> Word
  {
    switch operation {
    case 0: Integer.add(left, right, &flags)
    case 1: Integer.or(left, right, &flags)
    case 2: Integer.adc(left, right, &flags)
    case 3: Integer.sbb(left, right, &flags)
    case 4, 8: Integer.and(left, right, &flags)
    case 6: Integer.xor(left, right, &flags)
    default: Integer.sub(left, right, &flags)
    }
  }

  /// One of `Shortcut.shifts`, by an immediate.
  @inline(__always)
  private func shifted<Word: OperandWord>(_ operation: UInt8, _ value: Word, _ count: UInt8, _ flags: inout LazyFlags)
    -> Word
  {
    switch operation {
    case 0: Integer.shl(value, count, &flags)
    case 1: Integer.shr(value, count, &flags)
    case 2: Integer.sar(value, count, &flags)
    case 3: Integer.rol(value, count, &flags)
    default: Integer.ror(value, count, &flags)
    }
  }

  /// One of `Shortcut.singles`.
  @inline(__always)
  private func changed<Word: OperandWord>(_ operation: UInt8, _ value: Word, _ flags: inout LazyFlags) -> Word {
    switch operation {
    case 0: Integer.inc(value, &flags)
    case 1: Integer.dec(value, &flags)
    case 2: Integer.neg(value, &flags)
    default: ~value
    }
  }

  /// Whether a target can be reached from here without a canonical check: both lie in the same 64 TiB.
  @inline(__always)
  private func isNear(_ target: UInt64, _ rip: UInt64) -> Bool { (target ^ rip) >> 46 == 0 }

  /// Executes instructions from `start` on as long as they have shortcuts and their memory is at hand.
  ///
  /// - Returns: true if the one at `start` (as it is left) was a branch that was taken.
  private func runShortcuts(
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
      switch unsafe at.pointee.shortcut {
      case Shortcut.moveRegister64: unsafe registers[Int(at.pointee.base)] = registers[Int(at.pointee.index)]
      case Shortcut.moveRegister32:
        unsafe registers[Int(at.pointee.base)] = registers[Int(at.pointee.index)] & 0xFFFF_FFFF
      case Shortcut.moveImmediate:
        let value = unsafe at.pointee.immediate
        unsafe registers[Int(at.pointee.base)] = unsafe at.pointee.width0 == 8 ? value : value & 0xFFFF_FFFF
      case Shortcut.load64:
        guard let from = unsafe readable(shortcutAddress(at, rip, registers), 8, core) else { break stretch }
        unsafe registers[Int(at.pointee.reg)] = from.loadUnaligned(as: UInt64.self)
      case Shortcut.load32:
        guard let from = unsafe readable(shortcutAddress(at, rip, registers), 4, core) else { break stretch }
        unsafe registers[Int(at.pointee.reg)] = UInt64(from.loadUnaligned(as: UInt32.self))
      case Shortcut.store64:
        guard let to = unsafe writable(shortcutAddress(at, rip, registers), 8, core) else { break stretch }
        unsafe to.storeBytes(of: registers[Int(at.pointee.reg)], as: UInt64.self)
      case Shortcut.store32:
        guard let to = unsafe writable(shortcutAddress(at, rip, registers), 4, core) else { break stretch }
        unsafe to.storeBytes(of: UInt32(truncatingIfNeeded: registers[Int(at.pointee.reg)]), as: UInt32.self)
      case Shortcut.store8:
        guard let to = unsafe writable(shortcutAddress(at, rip, registers), 1, core) else { break stretch }
        unsafe to.storeBytes(of: UInt8(truncatingIfNeeded: registers[Int(at.pointee.reg)]), as: UInt8.self)
      case Shortcut.storeImmediate64:
        guard let to = unsafe writable(shortcutAddress(at, rip, registers), 8, core) else { break stretch }
        unsafe to.storeBytes(of: at.pointee.immediate, as: UInt64.self)
      case Shortcut.storeImmediate32:
        guard let to = unsafe writable(shortcutAddress(at, rip, registers), 4, core) else { break stretch }
        unsafe to.storeBytes(of: UInt32(truncatingIfNeeded: at.pointee.immediate), as: UInt32.self)
      case Shortcut.storeImmediate8:
        guard let to = unsafe writable(shortcutAddress(at, rip, registers), 1, core) else { break stretch }
        unsafe to.storeBytes(of: UInt8(truncatingIfNeeded: at.pointee.immediate), as: UInt8.self)
      case Shortcut.loadByteZero:
        guard let from = unsafe readable(shortcutAddress(at, rip, registers), 1, core) else { break stretch }
        unsafe registers[Int(at.pointee.reg)] = UInt64(from.load(as: UInt8.self))
      case Shortcut.loadWordZero:
        guard let from = unsafe readable(shortcutAddress(at, rip, registers), 2, core) else { break stretch }
        unsafe registers[Int(at.pointee.reg)] = UInt64(from.loadUnaligned(as: UInt16.self))
      case Shortcut.loadSignDoubleword:
        guard let from = unsafe readable(shortcutAddress(at, rip, registers), 4, core) else { break stretch }
        unsafe registers[Int(at.pointee.reg)] = UInt64(bitPattern: Int64(from.loadUnaligned(as: Int32.self)))
      case Shortcut.byteZero: unsafe registers[Int(at.pointee.base)] = registers[Int(at.pointee.index)] & 0xFF
      case Shortcut.wordZero: unsafe registers[Int(at.pointee.base)] = registers[Int(at.pointee.index)] & 0xFFFF
      case Shortcut.signDoubleword:
        unsafe registers[Int(at.pointee.base)] = UInt64(
          bitPattern: Int64(Int32(truncatingIfNeeded: registers[Int(at.pointee.index)])))
      case Shortcut.address64: unsafe registers[Int(at.pointee.reg)] = shortcutAddress(at, rip, registers)
      case Shortcut.address32: unsafe registers[Int(at.pointee.reg)] = shortcutAddress(at, rip, registers) & 0xFFFF_FFFF
      case Shortcut.register64:
        let result = unsafe combine(
          at.pointee.shortcutOperation, registers[Int(at.pointee.base)], registers[Int(at.pointee.index)],
          &core.pointee.flags)
        if unsafe at.pointee.shortcutOperation < Shortcut.firstCompare {
          unsafe registers[Int(at.pointee.base)] = result
        }
      case Shortcut.register32:
        let left = unsafe UInt32(truncatingIfNeeded: registers[Int(at.pointee.base)])
        let result = unsafe combine(
          at.pointee.shortcutOperation, left, UInt32(truncatingIfNeeded: registers[Int(at.pointee.index)]),
          &core.pointee.flags)
        if unsafe at.pointee.shortcutOperation < Shortcut.firstCompare {
          unsafe registers[Int(at.pointee.base)] = UInt64(result)
        }
      case Shortcut.immediate64:
        let result = unsafe combine(
          at.pointee.shortcutOperation, registers[Int(at.pointee.base)], at.pointee.immediate, &core.pointee.flags)
        if unsafe at.pointee.shortcutOperation < Shortcut.firstCompare {
          unsafe registers[Int(at.pointee.base)] = result
        }
      case Shortcut.immediate32:
        let left = unsafe UInt32(truncatingIfNeeded: registers[Int(at.pointee.base)])
        let right = unsafe UInt32(truncatingIfNeeded: at.pointee.immediate)
        let result = unsafe combine(at.pointee.shortcutOperation, left, right, &core.pointee.flags)
        if unsafe at.pointee.shortcutOperation < Shortcut.firstCompare {
          unsafe registers[Int(at.pointee.base)] = UInt64(result)
        }
      case Shortcut.source64:
        guard let from = unsafe readable(shortcutAddress(at, rip, registers), 8, core) else { break stretch }
        let own = unsafe Int(at.pointee.reg)
        let result = unsafe combine(
          at.pointee.shortcutOperation, registers[own], from.loadUnaligned(as: UInt64.self), &core.pointee.flags)
        if unsafe at.pointee.shortcutOperation < Shortcut.firstCompare { unsafe registers[own] = result }
      case Shortcut.source32:
        guard let from = unsafe readable(shortcutAddress(at, rip, registers), 4, core) else { break stretch }
        let own = unsafe Int(at.pointee.reg)
        let left = unsafe UInt32(truncatingIfNeeded: registers[own])
        let result = unsafe combine(
          at.pointee.shortcutOperation, left, from.loadUnaligned(as: UInt32.self), &core.pointee.flags)
        if unsafe at.pointee.shortcutOperation < Shortcut.firstCompare { unsafe registers[own] = UInt64(result) }
      case Shortcut.destination64, Shortcut.destinationImmediate64:
        let isCompare = unsafe at.pointee.shortcutOperation >= Shortcut.firstCompare
        guard
          let place = unsafe isCompare
            ? readable(shortcutAddress(at, rip, registers), 8, core)
            : writable(shortcutAddress(at, rip, registers), 8, core)
        else {
          break stretch
        }
        let right =
          unsafe at.pointee.shortcut == Shortcut.destination64
          ? registers[Int(at.pointee.reg)] : at.pointee.immediate
        let result = unsafe combine(
          at.pointee.shortcutOperation, place.loadUnaligned(as: UInt64.self), right, &core.pointee.flags)
        if !isCompare { unsafe place.storeBytes(of: result, as: UInt64.self) }
      case Shortcut.destination32, Shortcut.destinationImmediate32:
        let isCompare = unsafe at.pointee.shortcutOperation >= Shortcut.firstCompare
        guard
          let place = unsafe isCompare
            ? readable(shortcutAddress(at, rip, registers), 4, core)
            : writable(shortcutAddress(at, rip, registers), 4, core)
        else {
          break stretch
        }
        let right =
          unsafe at.pointee.shortcut == Shortcut.destination32
          ? registers[Int(at.pointee.reg)] : at.pointee.immediate
        let result = unsafe combine(
          at.pointee.shortcutOperation, place.loadUnaligned(as: UInt32.self), UInt32(truncatingIfNeeded: right),
          &core.pointee.flags)
        if !isCompare { unsafe place.storeBytes(of: result, as: UInt32.self) }
      case Shortcut.byteMemoryImmediate:
        let isCompare = unsafe at.pointee.shortcutOperation >= Shortcut.firstCompare
        guard
          let place = unsafe isCompare
            ? readable(shortcutAddress(at, rip, registers), 1, core)
            : writable(shortcutAddress(at, rip, registers), 1, core)
        else {
          break stretch
        }
        let right = unsafe UInt8(truncatingIfNeeded: at.pointee.immediate)
        let result = unsafe combine(
          at.pointee.shortcutOperation, place.load(as: UInt8.self), right, &core.pointee.flags)
        if !isCompare { unsafe place.storeBytes(of: result, as: UInt8.self) }
      case Shortcut.byteImmediate, Shortcut.byteRegister:
        let right =
          unsafe at.pointee.shortcut == Shortcut.byteRegister ? registers[Int(at.pointee.index)] : at.pointee.immediate
        let old = unsafe registers[Int(at.pointee.base)]
        let result = unsafe combine(
          at.pointee.shortcutOperation, UInt8(truncatingIfNeeded: old), UInt8(truncatingIfNeeded: right),
          &core.pointee.flags)
        if unsafe at.pointee.shortcutOperation < Shortcut.firstCompare {
          unsafe registers[Int(at.pointee.base)] = (old & ~0xFF) | UInt64(result)
        }
      case Shortcut.shift64:
        unsafe registers[Int(at.pointee.base)] = shifted(
          at.pointee.shortcutOperation, registers[Int(at.pointee.base)],
          UInt8(truncatingIfNeeded: at.pointee.immediate), &core.pointee.flags)
      case Shortcut.shift32:
        let value = unsafe UInt32(truncatingIfNeeded: registers[Int(at.pointee.base)])
        unsafe registers[Int(at.pointee.base)] = UInt64(
          shifted(
            at.pointee.shortcutOperation, value, UInt8(truncatingIfNeeded: at.pointee.immediate), &core.pointee.flags))
      case Shortcut.single64:
        unsafe registers[Int(at.pointee.base)] = changed(
          at.pointee.shortcutOperation, registers[Int(at.pointee.base)], &core.pointee.flags)
      case Shortcut.single32:
        let value = unsafe UInt32(truncatingIfNeeded: registers[Int(at.pointee.base)])
        unsafe registers[Int(at.pointee.base)] = UInt64(
          changed(at.pointee.shortcutOperation, value, &core.pointee.flags))
      case Shortcut.push64:
        let top = unsafe registers[4] &- 8
        guard let to = unsafe writable(top, 8, core) else { break stretch }
        unsafe to.storeBytes(of: registers[Int(at.pointee.base)], as: UInt64.self)
        unsafe registers[4] = top
      case Shortcut.pop64:
        let top = unsafe registers[4]
        guard let from = unsafe readable(top, 8, core) else { break stretch }
        unsafe registers[4] = top &+ 8
        unsafe registers[Int(at.pointee.base)] = from.loadUnaligned(as: UInt64.self)
      case Shortcut.setIf:
        let bit: UInt64 = unsafe core.pointee.flags.holds(at.pointee.opcode) ? 1 : 0
        unsafe registers[Int(at.pointee.base)] = (registers[Int(at.pointee.base)] & ~0xFF) | bit
      case Shortcut.moveIf64:
        if unsafe core.pointee.flags.holds(at.pointee.opcode) {
          unsafe registers[Int(at.pointee.base)] = registers[Int(at.pointee.index)]
        }
      case Shortcut.moveIf32:
        let value =
          unsafe core.pointee.flags.holds(at.pointee.opcode)
          ? registers[Int(at.pointee.index)] : registers[Int(at.pointee.base)]
        unsafe registers[Int(at.pointee.base)] = value & 0xFFFF_FFFF
      case Shortcut.multiply64:
        unsafe registers[Int(at.pointee.base)] =
          Integer.imul(registers[Int(at.pointee.base)], registers[Int(at.pointee.index)], &core.pointee.flags).low
      case Shortcut.multiply32:
        let left = unsafe UInt32(truncatingIfNeeded: registers[Int(at.pointee.base)])
        unsafe registers[Int(at.pointee.base)] = UInt64(
          Integer.imul(left, UInt32(truncatingIfNeeded: registers[Int(at.pointee.index)]), &core.pointee.flags).low)
      case Shortcut.wideMultiply64:
        let (high, low) = unsafe Integer.mul(registers[0], registers[Int(at.pointee.base)], &core.pointee.flags)
        unsafe registers[0] = low
        unsafe registers[2] = high
      case Shortcut.jumpIf:
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
      case Shortcut.nothing: break
      default:
        guard let goal = unsafe shortcutTransfer(at, rip, core, registers) else { break stretch }
        rip = goal
        return true
      }
      rip &+= unsafe UInt64(at.pointee.length)
      unsafe at += 1
    }
    return false
  }

  /// Near branches without a condition: the target, or nil if the general way must be gone.
  @inline(__always)
  private func shortcutTransfer(
    _ at: UnsafeMutablePointer<Instruction>, _ rip: UInt64, _ core: UnsafeMutablePointer<CoreState>,
    _ registers: UnsafeMutablePointer<UInt64>
  ) -> UInt64? {
    let follow = unsafe rip &+ UInt64(at.pointee.length)
    let goal: UInt64
    switch unsafe at.pointee.shortcut {
    case Shortcut.jump:
      goal = unsafe follow &+ at.pointee.immediate
      guard isNear(goal, rip) else { return nil }
    case Shortcut.jumpRegister:
      goal = unsafe registers[Int(at.pointee.base)]
      guard isNear(goal, rip) else { return nil }
    case Shortcut.call, Shortcut.callRegister, Shortcut.callMemory:
      if unsafe at.pointee.shortcut == Shortcut.call {
        goal = unsafe follow &+ at.pointee.immediate
      } else if unsafe at.pointee.shortcut == Shortcut.callRegister {
        goal = unsafe registers[Int(at.pointee.base)]
      } else {
        guard let from = unsafe readable(shortcutAddress(at, rip, registers), 8, core) else { return nil }
        goal = unsafe from.loadUnaligned(as: UInt64.self)
      }
      let top = unsafe registers[4] &- 8
      guard isNear(goal, rip), let to = unsafe writable(top, 8, core) else { return nil }
      unsafe to.storeBytes(of: follow, as: UInt64.self)
      unsafe registers[4] = top
    case Shortcut.ret:
      let top = unsafe registers[4]
      guard let from = unsafe readable(top, 8, core) else { return nil }
      goal = unsafe from.loadUnaligned(as: UInt64.self)
      guard isNear(goal, rip) else { return nil }
      unsafe registers[4] = top &+ 8
    default: return nil
    }
    return goal
  }
}
