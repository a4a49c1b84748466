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
        stepUncached()
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
              switch unsafe shortcut(at, &rip, core, registers) {
              case .next:
                unsafe at += 1
                used &+= 1
                continue
              case .jumped:
                used &+= 1
                unsafe at = end
                continue
              case .general: break
              }
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

  private enum Progress { case next, jumped, general }

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

  /// Executes the instruction at `at` if it has a shortcut and its memory is at hand.
  @inline(__always)
  private func shortcut(
    _ at: UnsafeMutablePointer<Instruction>, _ rip: inout UInt64, _ core: UnsafeMutablePointer<CoreState>,
    _ registers: UnsafeMutablePointer<UInt64>
  ) -> Progress {
    @inline(__always) func target() -> Int { unsafe Int(at.pointee.base) }
    @inline(__always) func origin() -> UInt64 { unsafe registers[Int(at.pointee.index)] }
    @inline(__always) func address() -> UInt64 { unsafe shortcutAddress(at, rip, registers) }
    @inline(__always) func operation() -> UInt8 { unsafe at.pointee.shortcutOperation }
    switch unsafe at.pointee.shortcut {
    case Shortcut.moveRegister64: unsafe registers[target()] = origin()
    case Shortcut.moveRegister32: unsafe registers[target()] = origin() & 0xFFFF_FFFF
    case Shortcut.moveImmediate:
      let value = unsafe at.pointee.immediate
      unsafe registers[target()] = unsafe at.pointee.width0 == 8 ? value : value & 0xFFFF_FFFF
    case Shortcut.load64:
      guard let from = unsafe readable(address(), 8, core) else { return .general }
      unsafe registers[Int(at.pointee.reg)] = from.loadUnaligned(as: UInt64.self)
    case Shortcut.load32:
      guard let from = unsafe readable(address(), 4, core) else { return .general }
      unsafe registers[Int(at.pointee.reg)] = UInt64(from.loadUnaligned(as: UInt32.self))
    case Shortcut.store64:
      guard let to = unsafe writable(address(), 8, core) else { return .general }
      unsafe to.storeBytes(of: registers[Int(at.pointee.reg)], as: UInt64.self)
    case Shortcut.store32:
      guard let to = unsafe writable(address(), 4, core) else { return .general }
      unsafe to.storeBytes(of: UInt32(truncatingIfNeeded: registers[Int(at.pointee.reg)]), as: UInt32.self)
    case Shortcut.store8:
      guard let to = unsafe writable(address(), 1, core) else { return .general }
      unsafe to.storeBytes(of: UInt8(truncatingIfNeeded: registers[Int(at.pointee.reg)]), as: UInt8.self)
    case Shortcut.storeImmediate64:
      guard let to = unsafe writable(address(), 8, core) else { return .general }
      unsafe to.storeBytes(of: at.pointee.immediate, as: UInt64.self)
    case Shortcut.storeImmediate32:
      guard let to = unsafe writable(address(), 4, core) else { return .general }
      unsafe to.storeBytes(of: UInt32(truncatingIfNeeded: at.pointee.immediate), as: UInt32.self)
    case Shortcut.storeImmediate8:
      guard let to = unsafe writable(address(), 1, core) else { return .general }
      unsafe to.storeBytes(of: UInt8(truncatingIfNeeded: at.pointee.immediate), as: UInt8.self)
    case Shortcut.loadByteZero:
      guard let from = unsafe readable(address(), 1, core) else { return .general }
      unsafe registers[Int(at.pointee.reg)] = UInt64(from.load(as: UInt8.self))
    case Shortcut.loadWordZero:
      guard let from = unsafe readable(address(), 2, core) else { return .general }
      unsafe registers[Int(at.pointee.reg)] = UInt64(from.loadUnaligned(as: UInt16.self))
    case Shortcut.loadSignDoubleword:
      guard let from = unsafe readable(address(), 4, core) else { return .general }
      unsafe registers[Int(at.pointee.reg)] = UInt64(bitPattern: Int64(from.loadUnaligned(as: Int32.self)))
    case Shortcut.byteZero: unsafe registers[target()] = origin() & 0xFF
    case Shortcut.wordZero: unsafe registers[target()] = origin() & 0xFFFF
    case Shortcut.signDoubleword:
      unsafe registers[target()] = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: origin())))
    case Shortcut.address64: unsafe registers[Int(at.pointee.reg)] = address()
    case Shortcut.address32: unsafe registers[Int(at.pointee.reg)] = address() & 0xFFFF_FFFF
    case Shortcut.register64:
      let result = unsafe combine(operation(), registers[target()], origin(), &core.pointee.flags)
      if operation() < Shortcut.firstCompare { unsafe registers[target()] = result }
    case Shortcut.register32:
      let left = unsafe UInt32(truncatingIfNeeded: registers[target()])
      let result = unsafe combine(operation(), left, UInt32(truncatingIfNeeded: origin()), &core.pointee.flags)
      if operation() < Shortcut.firstCompare { unsafe registers[target()] = UInt64(result) }
    case Shortcut.immediate64:
      let result = unsafe combine(operation(), registers[target()], at.pointee.immediate, &core.pointee.flags)
      if operation() < Shortcut.firstCompare { unsafe registers[target()] = result }
    case Shortcut.immediate32:
      let left = unsafe UInt32(truncatingIfNeeded: registers[target()])
      let right = unsafe UInt32(truncatingIfNeeded: at.pointee.immediate)
      let result = unsafe combine(operation(), left, right, &core.pointee.flags)
      if operation() < Shortcut.firstCompare { unsafe registers[target()] = UInt64(result) }
    case Shortcut.source64:
      guard let from = unsafe readable(address(), 8, core) else { return .general }
      let own = unsafe Int(at.pointee.reg)
      let result = unsafe combine(
        operation(), registers[own], from.loadUnaligned(as: UInt64.self), &core.pointee.flags)
      if operation() < Shortcut.firstCompare { unsafe registers[own] = result }
    case Shortcut.source32:
      guard let from = unsafe readable(address(), 4, core) else { return .general }
      let own = unsafe Int(at.pointee.reg)
      let left = unsafe UInt32(truncatingIfNeeded: registers[own])
      let result = unsafe combine(operation(), left, from.loadUnaligned(as: UInt32.self), &core.pointee.flags)
      if operation() < Shortcut.firstCompare { unsafe registers[own] = UInt64(result) }
    case Shortcut.destination64, Shortcut.destinationImmediate64:
      let isCompare = operation() >= Shortcut.firstCompare
      guard let place = unsafe isCompare ? readable(address(), 8, core) : writable(address(), 8, core) else {
        return .general
      }
      let right =
        unsafe at.pointee.shortcut == Shortcut.destination64
        ? registers[Int(at.pointee.reg)] : at.pointee.immediate
      let result = unsafe combine(operation(), place.loadUnaligned(as: UInt64.self), right, &core.pointee.flags)
      if !isCompare { unsafe place.storeBytes(of: result, as: UInt64.self) }
    case Shortcut.destination32, Shortcut.destinationImmediate32:
      let isCompare = operation() >= Shortcut.firstCompare
      guard let place = unsafe isCompare ? readable(address(), 4, core) : writable(address(), 4, core) else {
        return .general
      }
      let right =
        unsafe at.pointee.shortcut == Shortcut.destination32
        ? registers[Int(at.pointee.reg)] : at.pointee.immediate
      let result = unsafe combine(
        operation(), place.loadUnaligned(as: UInt32.self), UInt32(truncatingIfNeeded: right), &core.pointee.flags)
      if !isCompare { unsafe place.storeBytes(of: result, as: UInt32.self) }
    case Shortcut.byteMemoryImmediate:
      let isCompare = operation() >= Shortcut.firstCompare
      guard let place = unsafe isCompare ? readable(address(), 1, core) : writable(address(), 1, core) else {
        return .general
      }
      let right = unsafe UInt8(truncatingIfNeeded: at.pointee.immediate)
      let result = unsafe combine(operation(), place.load(as: UInt8.self), right, &core.pointee.flags)
      if !isCompare { unsafe place.storeBytes(of: result, as: UInt8.self) }
    case Shortcut.byteImmediate, Shortcut.byteRegister:
      let right =
        unsafe at.pointee.shortcut == Shortcut.byteRegister ? origin() : at.pointee.immediate
      let old = unsafe registers[target()]
      let result = unsafe combine(
        operation(), UInt8(truncatingIfNeeded: old), UInt8(truncatingIfNeeded: right), &core.pointee.flags)
      if operation() < Shortcut.firstCompare { unsafe registers[target()] = (old & ~0xFF) | UInt64(result) }
    case Shortcut.shift64:
      unsafe registers[target()] = shifted(
        operation(), registers[target()], UInt8(truncatingIfNeeded: at.pointee.immediate), &core.pointee.flags)
    case Shortcut.shift32:
      let value = unsafe UInt32(truncatingIfNeeded: registers[target()])
      unsafe registers[target()] = UInt64(
        shifted(operation(), value, UInt8(truncatingIfNeeded: at.pointee.immediate), &core.pointee.flags))
    case Shortcut.single64:
      unsafe registers[target()] = changed(operation(), registers[target()], &core.pointee.flags)
    case Shortcut.single32:
      let value = unsafe UInt32(truncatingIfNeeded: registers[target()])
      unsafe registers[target()] = UInt64(changed(operation(), value, &core.pointee.flags))
    case Shortcut.push64:
      let top = unsafe registers[4] &- 8
      guard let to = unsafe writable(top, 8, core) else { return .general }
      unsafe to.storeBytes(of: registers[target()], as: UInt64.self)
      unsafe registers[4] = top
    case Shortcut.pop64:
      let top = unsafe registers[4]
      guard let from = unsafe readable(top, 8, core) else { return .general }
      unsafe registers[4] = top &+ 8
      unsafe registers[target()] = from.loadUnaligned(as: UInt64.self)
    case Shortcut.setIf:
      let bit: UInt64 = unsafe core.pointee.flags.holds(at.pointee.opcode) ? 1 : 0
      unsafe registers[target()] = (registers[target()] & ~0xFF) | bit
    case Shortcut.moveIf64:
      if unsafe core.pointee.flags.holds(at.pointee.opcode) { unsafe registers[target()] = origin() }
    case Shortcut.moveIf32:
      let value = unsafe core.pointee.flags.holds(at.pointee.opcode) ? origin() : registers[target()]
      unsafe registers[target()] = value & 0xFFFF_FFFF
    case Shortcut.multiply64:
      unsafe registers[target()] = Integer.imul(registers[target()], origin(), &core.pointee.flags).low
    case Shortcut.multiply32:
      let left = unsafe UInt32(truncatingIfNeeded: registers[target()])
      unsafe registers[target()] = UInt64(
        Integer.imul(left, UInt32(truncatingIfNeeded: origin()), &core.pointee.flags).low)
    case Shortcut.wideMultiply64:
      let (high, low) = unsafe Integer.mul(registers[0], registers[target()], &core.pointee.flags)
      unsafe registers[0] = low
      unsafe registers[2] = high
    case Shortcut.nothing: break
    default: return unsafe shortcutTransfer(at, &rip, core, registers)
    }
    rip &+= unsafe UInt64(at.pointee.length)
    return .next
  }

  /// Near branches.
  @inline(__always)
  private func shortcutTransfer(
    _ at: UnsafeMutablePointer<Instruction>, _ rip: inout UInt64, _ core: UnsafeMutablePointer<CoreState>,
    _ registers: UnsafeMutablePointer<UInt64>
  ) -> Progress {
    let follow = unsafe rip &+ UInt64(at.pointee.length)
    let goal: UInt64
    switch unsafe at.pointee.shortcut {
    case Shortcut.jumpIf:
      guard unsafe core.pointee.flags.holds(at.pointee.opcode) else {
        rip = follow
        return .next
      }
      goal = unsafe follow &+ at.pointee.immediate
      guard isNear(goal, rip) else { return .general }
    case Shortcut.jump:
      goal = unsafe follow &+ at.pointee.immediate
      guard isNear(goal, rip) else { return .general }
    case Shortcut.jumpRegister:
      goal = unsafe registers[Int(at.pointee.base)]
      guard isNear(goal, rip) else { return .general }
    case Shortcut.call, Shortcut.callRegister, Shortcut.callMemory:
      if unsafe at.pointee.shortcut == Shortcut.call {
        goal = unsafe follow &+ at.pointee.immediate
      } else if unsafe at.pointee.shortcut == Shortcut.callRegister {
        goal = unsafe registers[Int(at.pointee.base)]
      } else {
        guard let from = unsafe readable(shortcutAddress(at, rip, registers), 8, core) else { return .general }
        goal = unsafe from.loadUnaligned(as: UInt64.self)
      }
      let top = unsafe registers[4] &- 8
      guard isNear(goal, rip), let to = unsafe writable(top, 8, core) else { return .general }
      unsafe to.storeBytes(of: follow, as: UInt64.self)
      unsafe registers[4] = top
    case Shortcut.ret:
      let top = unsafe registers[4]
      guard let from = unsafe readable(top, 8, core) else { return .general }
      goal = unsafe from.loadUnaligned(as: UInt64.self)
      guard isNear(goal, rip) else { return .general }
      unsafe registers[4] = top &+ 8
    default: return .general
    }
    rip = goal
    return .jumped
  }
}
