import MMU
import X86
import X86Decoder

extension Processor {
  /// Runs until the granted ticks are used up, the processor stops, or the board wants control.
  ///
  /// - Parameter ticks: at most 2^40.
  /// - Returns: ticks used.
  public func run(ticks: Int) -> Int {
    state.granted = ticks
    state.budget = ticks
    loop: while state.budget > 0 {
      if state.attention != 0 || (state.interruptRequest && state.systemFlags & RFLAGS.interruptEnable != 0) {
        switch takeEvents() {
        case .mustStop: break loop
        case .delivered: continue
        case .nothing: break
        }
      }
      if state.attention & (Attention.step | Attention.shadow) != 0 {
        if cache.hasBreakpoints, stopsAtBreakpoint(linearInstructionPointer) { break }
        stepExactly()
      } else if state.attention & Attention.resume != 0 {
        stepResumed()
      } else if state.isRepeating, state.repetition.rip == state.rip {
        stepRepetition()
      } else if state.isObserved {
        stepCached()
      } else if canRunThreaded {
        runThreaded()
      } else {
        runBlocks()
      }
    }
    let used = state.granted &- state.budget
    state.ticksBefore &+= UInt64(truncatingIfNeeded: used)
    state.granted = 0
    state.budget = 0
    return used
  }

  /// Runs one tick and logs it in `log`.
  ///
  /// - Returns: ticks used: 0 if the processor cannot run or the board wants control.
  public func runObservedTick() -> Int {
    log?.begin(state, rflags)
    return run(ticks: 1)
  }

  /// What `takeEvents` has done.
  enum EventOutcome {
    /// The processor must stop running.
    case mustStop
    /// An event was delivered, which took a tick.
    case delivered
    /// Nothing waited.
    case nothing
  }

  /// Delivers what waits between two instructions, by priority, one event a call.
  ///
  /// Each delivery takes a tick, so that the count of ticks names every state that the machine goes through.
  ///
  /// - SDM: Vol. 3A "Priority Among Simultaneous Exceptions and Interrupts".
  func takeEvents() -> EventOutcome {
    if state.attention & (Attention.breakpoint | Attention.watch) != 0 { return .mustStop }
    if state.activity == .halted, canWake {
      state.activity = .running
      state.attention &= ~Attention.stopped
    }
    if state.activity != .running || state.attention & Attention.board != 0 { return .mustStop }
    if state.pendingDebug != 0 && !state.movSSShadow {
      noteDebugConditions(state.pendingDebug)
      let reason = Self.debugReason(state.pendingDebug)
      state.pendingDebug = 0
      state.attention &= ~Attention.debugTrap
      chargeDelivery()
      raise(.debug(reason))
      state.isRepeating = false
      return .delivered
    }
    if state.nmiPending && !state.nmiBlocked && !state.movSSShadow {
      state.nmiPending = false
      state.attention &= ~Attention.nonMaskableInterrupt
      state.nmiBlocked = true
      deliverExternal(2)
      return .delivered
    }
    let isInhibited = state.stiShadow || state.movSSShadow
    if state.interruptRequest && state.systemFlags & RFLAGS.interruptEnable != 0 && !isInhibited {
      if let vector = bus.acknowledgeInterrupt(processor: state.index) {
        deliverExternal(vector)
        return .delivered
      }
    }
    return .nothing
  }

  /// Records a #DB in DR6: B0 to B3 are those of this one, the others stay until software clears them.
  ///
  /// - SDM: Vol. 3B "Debug Status Register (DR6)".
  /// - APM: Vol. 2 "Debug-Status Register (DR6)".
  func noteDebugConditions(_ conditions: UInt64) {
    guard conditions != 0 else { return }
    state.dr6 = (state.dr6 & ~0xF) | (conditions & 0xE00F)
  }

  /// A delivery takes a tick, so that a guest that faults for ever still runs out of them.
  private func chargeDelivery() {
    state.budget &-= 1
    state.surplusTicks &+= 1
  }

  private func deliverExternal(_ vector: UInt8) {
    chargeDelivery()
    do throws(Exception) {
      try deliver(vector, errorCode: nil, .external, returnRIP: state.rip)
    } catch {
      raise(error)
    }
    state.isRepeating = false
  }

  /// An instruction faulted: nothing of it counts, and its exception is delivered.
  func fault(_ exception: Exception) {
    chargeDelivery()
    if exception.vector == .debug { state.attention &= ~Attention.debugTrap }
    if exception.vector == .floatingPointError && state.paging.cr0 & CR0.numericError == 0 {
      // There is no #MF: the processor stops before the instruction until an interrupt, which finds it there.
      state.activity = .halted
      state.attention |= Attention.stopped
      return
    }
    raise(exception)
  }

  func wrapInstructionPointer() {
    if state.decodeMode == DecodeMode.code32.rawValue { state.rip &= 0xFFFF_FFFF }
  }

  /// The block at RIP, from the jump cache, the code cache or freshly decoded; nil if the instruction needs care.
  @inline(__always)
  func findBlock() -> UInt32? {
    let rip = state.rip
    let generation =
      unsafe (state.fetchGeneration &+ cache.counters[1]) << 4 | UInt64(state.decodeMode) << 1
      | (state.cpl == 3 ? 1 : 0)
    let linear = is64Bit ? rip : (state.segments[.cs].base &+ rip) & 0xFFFF_FFFF
    let slot = unsafe jumps + Int(truncatingIfNeeded: (linear ^ (linear >> 12)) & 4095)
    if unsafe slot.pointee.rip == linear && slot.pointee.generation == generation {
      let index = unsafe slot.pointee.block
      if unsafe cache.blocks[Int(index)].isValid {
        if unsafe is64Bit || rip &+ UInt64(cache.blocks[Int(index)].byteCount) &- 1 <= UInt64(state.segments[.cs].limit)
        {
          return index
        }
        return nil
      }
    }
    return unsafe findBlockSlow(linear, generation, slot)
  }

  @inline(never)
  private func findBlockSlow(_ linear: UInt64, _ generation: UInt64, _ slot: UnsafeMutablePointer<JumpSlot>) -> UInt32?
  {
    let isBreakpoint = cache.hasBreakpoints && cache.breakpoints.contains(linear)
    if isBreakpoint && stopsAtBreakpoint(linear) { return nil }
    guard let mode = DecodeMode(rawValue: state.decodeMode), let offset = fetchOffset(linear) else { return nil }
    let key = offset << 2 | UInt64(mode.rawValue)
    let epoch = unsafe cache.counters[1]
    guard
      let index = cache.find(key)
        ?? cache.decodeBlock(offset, mode, decoder, limit: CodeCache.maximumBlockLength)
    else { return nil }
    if unsafe !is64Bit
      && state.rip &+ UInt64(cache.blocks[Int(index)].byteCount) &- 1 > UInt64(state.segments[.cs].limit)
    {
      return nil
    }
    // A cache that had to be emptied has another epoch than the key was made for.
    if unsafe cache.counters[1] == epoch && !isBreakpoint {
      unsafe slot.pointee = JumpSlot(rip: linear, generation: generation, block: index)
    }
    return index
  }

  /// RAM offset of a linear fetch address; nil if it faults or is not RAM.
  func fetchOffset(_ linear: UInt64) -> UInt64? {
    if is64Bit && !state.paging.isCanonical(linear) { return nil }
    let isUser = state.cpl == 3
    if let offset = translator.cachedFetch(linear, isUser: isUser) {
      return offset == PhysicalMemory.nowhere ? nil : offset
    }
    let intent = AccessIntent(isWrite: false, isFetch: true, isUser: isUser)
    let walk = state.paging.walk(linear, intent, memory, setsAccessedAndDirty: true)
    if state.isObserved { log?.note(walk, linear, intent) }
    guard let (offset, evicted) = translator.acceptFetch(walk, linear, isUser: isUser) else { return nil }
    // A jump slot may not outlive its page in the fetch TLB: what a block finds would depend on where blocks began.
    if evicted { state.fetchGeneration &+= 1 }
    return offset == PhysicalMemory.nowhere ? nil : offset
  }

  /// Fetches, decodes and executes one instruction byte by byte: page borders, faults, limits, code outside RAM.
  ///
  /// - Returns: what completed, if it did.
  @discardableResult
  func stepUncached() -> Operation? {
    var completed: Operation?
    do throws(Exception) {
      let instruction = try fetchInstruction()
      state.nextRIP = state.rip &+ UInt64(instruction.length)
      try execute(instruction)
      state.rip = state.nextRIP
      state.budget &-= 1
      completed = instruction.operation
    } catch {
      fault(error)
    }
    if !is64Bit { wrapInstructionPointer() }
    return completed
  }

  /// The instruction that RF covers: it clears RF when it completes, unless it loads RF anew.
  private func stepResumed() {
    let task = state.tr.selector
    state.isRepeating = false
    // A fault clears RF on its way into the handler; a REP in its midst keeps it.
    guard let operation = stepCached(), operation != .iret, !state.isRepeating, state.tr.selector == task else {
      return
    }
    state.systemFlags &= ~RFLAGS.resume
    updateStepping()
  }

  /// One instruction by the way of the block loop, which leaves the same caches behind.
  ///
  /// - Returns: what completed, if it did.
  @discardableResult
  private func stepCached() -> Operation? {
    guard let index = findBlock() else {
      return state.attention & Attention.breakpoint == 0 ? stepUncached() : nil
    }
    let instruction = unsafe cache.instructions[Int(cache.blocks[Int(index)].first)]
    if let log {
      log.instruction = instruction
      let start = unsafe cache.blocks[Int(index)].key >> 2
      for count in 0..<UInt64(instruction.length) {
        log.bytes.append(memory.load(start &+ count, as: UInt8.self))
      }
    }
    return complete(instruction)
  }

  /// The REP instruction that stopped between two iterations goes on, without a look at the code.
  private func stepRepetition() {
    let instruction = state.repetition.instruction
    if let log { noteRepetition(log) }
    state.repetition.isResumed = true
    complete(instruction)
    state.repetition.isResumed = false
  }

  /// Notes the instruction and its bytes: those of the step before, or what RAM holds if that was not observed.
  private func noteRepetition(_ log: ExecutionLog) {
    log.instruction = state.repetition.instruction
    log.bytes = log.repeatedBytes
    guard log.bytes.isEmpty else { return }
    let linear = linearInstructionPointer
    for count in 0..<UInt64(state.repetition.instruction.length) {
      guard let offset = translator.cachedFetch(linear &+ count, isUser: state.cpl == 3),
        offset != PhysicalMemory.nowhere
      else { return }
      log.bytes.append(memory.load(offset, as: UInt8.self))
    }
  }

  /// Executes a decoded instruction at RIP.
  ///
  /// - Returns: what completed, if it did.
  @discardableResult
  private func complete(_ instruction: Instruction) -> Operation? {
    state.nextRIP = state.rip &+ UInt64(instruction.length)
    var completed: Operation?
    do throws(Exception) {
      try execute(instruction)
      state.rip = state.nextRIP
      state.budget &-= 1
      completed = instruction.operation
    } catch {
      fault(error)
    }
    if !is64Bit { wrapInstructionPointer() }
    return completed
  }

  /// One instruction under TF, a breakpoint or an interrupt shadow.
  private func stepExactly() {
    let beganWithTrap = state.systemFlags & RFLAGS.trap != 0
    let wasShadowed = state.stiShadow || state.movSSShadow
    let hadResume = state.systemFlags & RFLAGS.resume != 0
    // A REP that goes on has met its breakpoints at the first iteration.
    let goesOn = state.isRepeating
    let held = state.pendingDebug
    state.isRepeating = false
    do throws(Exception) {
      if state.dr7 & 0xFF != 0 && !hadResume && !goesOn,
        !(state.movSSShadow && does(.inhibitsCodeBreakpointAfterMovSS))
      {
        let linear = is64Bit ? state.rip : (state.segments[.cs].base &+ state.rip) & 0xFFFF_FFFF
        let hits = instructionBreakpoints(linear)
        if hits != 0 {
          noteDebugConditions(hits)
          throw .debug(.instructionBreakpoint)
        }
      }
      let instruction = try fetchInstruction()
      state.nextRIP = state.rip &+ UInt64(instruction.length)
      let task = state.tr.selector
      state.isInStackShadow = state.movSSShadow
      state.stiShadow = false
      state.movSSShadow = false
      try execute(instruction)
      state.rip = state.nextRIP
      state.budget &-= 1
      // IRET and a task switch load it anew; a REP keeps it to its end.
      if hadResume, instruction.operation != .iret, state.tr.selector == task, !state.isRepeating {
        state.systemFlags &= ~RFLAGS.resume
        updateStepping()
      }
      // MOV SS loses its own single step: INT1 behind it does not report one (Zen 2).
      if beganWithTrap && !state.movSSShadow && isSteppedOver(instruction.operation) { state.pendingDebug |= 1 << 14 }
      // RF stands in the image where the iteration itself traps, not where MOV SS before it has (Zen 2).
      if held != 0, state.pendingDebug == held { state.isRepeating = false }
      if state.pendingDebug != 0 { state.attention |= Attention.debugTrap }
    } catch {
      if wasShadowed {
        state.stiShadow = false
        state.movSSShadow = false
      }
      state.pendingDebug = 0
      fault(error)
    }
    state.isInStackShadow = false
    if !state.stiShadow && !state.movSSShadow { state.attention &= ~Attention.shadow }
    if !is64Bit { wrapInstructionPointer() }
  }

  /// Whether an instruction that began with TF set is followed by a single-step trap: not INT n and its kin, which
  /// clear TF on their way into the handler; of SYSCALL and SYSRET the flags that result decide.
  private func isSteppedOver(_ operation: Operation) -> Bool {
    if operation == .int || operation == .int3 || operation == .int1 { return false }
    if operation == .into || operation == .syscall || operation == .sysret {
      return state.systemFlags & RFLAGS.trap != 0
    }
    return true
  }
}
