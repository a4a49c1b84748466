import MMU
import X86
import X86Decoder

/// How the threaded engine goes on after an instruction that it left to the shared semantics.
enum ThreadedOutcome {
  /// With the next operation.
  case next
  /// The same, and events wait at the end of the block.
  case nextAndStop
  /// With the block at RIP.
  case elsewhere
  /// Not at all: the loop that began the engine must look.
  case leave
}

extension Processor {
  /// Runs translated blocks until the ticks that are left may not suffice for another one, or something
  /// waits that the loop around it must look at.
  ///
  /// The same blocks, ticks, translations and events as `runBlocks`: which of the two runs cannot be seen from the guest.
  func runThreaded() {
    // A host without the memory for it has the other loop.
    guard prepareThreaded() else { return runBlocks() }
    guard let first = unsafe Self.blockAtRIP(core) ?? Self.stepToBlock(core) else { return }
    let flags = state.flags
    // Without tail calls every operation takes some of the host's stack: the slice is cut.
    let rest = max(state.budget &- Threaded.longestRun, 0)
    state.budget &-= rest
    state.granted &-= rest
    unsafe dispatch(core, first, flags.result, flags.carries, state.budget &- Threaded.reserve)
    state.budget &+= rest
    state.granted &+= rest
  }

  /// Whether the engine can run from here: ticks for a whole block, nothing that every access must check, and no page of
  /// code through which the limit of CS goes.
  @inline(__always)
  var canRunThreaded: Bool {
    engine == .threaded && state.budget >= Threaded.reserve && !isCheckingAlignment && (is64Bit || isLegacyPageWhole)
  }

  private func prepareThreaded() -> Bool {
    if unsafe state.threaded.operations == nil {
      guard let operations = unsafe cache.makeOperations() else { return false }
      unsafe state.threaded.operations = operations
      unsafe state.threaded.instructions = cache.instructions
      let jumps = UnsafeMutablePointer<ThreadedJump>.allocate(capacity: ThreadedJump.count)
      unsafe jumps.initialize(repeating: ThreadedJump(), count: ThreadedJump.count)
      unsafe state.threaded.jumps = jumps
      let windows = UnsafeMutablePointer<SegmentWindow>.allocate(capacity: state.segments.count)
      unsafe windows.initialize(repeating: SegmentWindow(), count: state.segments.count)
      unsafe state.threaded.legacy.windows = windows
      unsafe state.threaded.owner = Unmanaged.passUnretained(self)
    }
    renewThreaded()
    renewLegacy()
    return true
  }

  /// Blocks have been translated.
  public var hasTranslations: Bool { unsafe state.threaded.operations != nil }

  /// What an instruction may have changed that decides where blocks are found.
  @inline(__always)
  private func renewThreaded() {
    let age = unsafe state.fetchGeneration &+ cache.counters[1]
    let isUser: UInt64 = state.cpl == 3 ? 1 : 0
    state.threaded.generation = age << 4 | UInt64(state.decodeMode) << 1 | isUser
    state.threaded.invalidations = unsafe cache.counters[0]
  }

  // MARK: For handlers

  @inline(__always)
  private static func with<Result>(_ core: MicroOp.Core, _ body: (Processor) -> Result) -> Result {
    unsafe core.pointee.threaded.owner.unsafelyUnwrapped._withUnsafeGuaranteedRef(body)
  }

  @inline(__always)
  static func instruction(_ core: MicroOp.Core, _ op: MicroOp.Cursor) -> UnsafeMutablePointer<Instruction> {
    unsafe core.pointee.threaded.instructions.unsafelyUnwrapped
      + (op - core.pointee.threaded.operations.unsafelyUnwrapped)
  }

  /// One instruction by the shared semantics; state and ticks are exact before and after it.
  @inline(never)
  static func executeThreaded(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ budget: Int) -> ThreadedOutcome {
    unsafe with(core) { unsafe $0.executeThreaded(op, budget) }
  }

  @inline(__always)
  private func executeThreaded(_ op: MicroOp.Cursor, _ budget: Int) -> ThreadedOutcome {
    let at = unsafe Self.instruction(core, op)
    let rip = unsafe registers[17] &+ UInt64(op.pointee.offset)
    let follow = unsafe rip &+ UInt64(at.pointee.length)
    state.rip = rip
    state.nextRIP = follow
    unsafe state.budget = Threaded.ticks(budget) &- (Int(op.pointee.count & ~MicroOp.recovery) &- 1)
    do throws(Exception) {
      try execute(unsafe at.pointee)
    } catch {
      fault(error)
      return goesOn() ? .elsewhere : .leave
    }
    state.rip = state.nextRIP
    state.budget &-= 1
    // The last instruction of a block may be followed by itself, or by other code at the same address.
    if state.rip == follow, state.attention == 0, unsafe cache.counters[0] == core.pointee.threaded.invalidations,
      unsafe !op.pointee.endsBlock
    {
      return isEventWaiting ? .nextAndStop : .next
    }
    return goesOn(keepsSegments: unsafe at.pointee.operation.traits.contains(.branch)) ? .elsewhere : .leave
  }

  /// Whether another block may begin at once.
  ///
  /// - Parameter keepsSegments: what went before was a near branch.
  private func goesOn(keepsSegments: Bool = false) -> Bool {
    guard state.attention == 0, !isCheckingAlignment, !isEventWaiting, state.budget >= Threaded.reserve,
      is64Bit || isLegacyPageWhole
    else { return false }
    renewThreaded()
    if !keepsSegments { renewLegacy() }
    return true
  }

  /// Sets RIP to where a near branch goes that is taken, and pushes the return address of a call.
  ///
  /// - Returns: false, having changed nothing, if the shared semantics must do it.
  static func beginBranch(_ core: MicroOp.Core, _ op: MicroOp.Cursor) -> Bool {
    let rip = unsafe registerFile(core)[17] &+ UInt64(op.pointee.offset)
    guard unsafe !op.pointee.isEnd else {
      unsafe core.pointee.rip = rip
      return true
    }
    let at = unsafe instruction(core, op)
    let next = unsafe rip &+ UInt64(at.pointee.length)
    let goal = unsafe next &+ at.pointee.immediate
    guard (goal ^ rip) >> 47 == 0 else { return false }
    if unsafe at.pointee.operation == .call, unsafe core.pointee.threaded.legacy.isOn {
      guard unsafe beginLegacyCall(core, at.pointee.operandSize, next) else { return false }
    } else if unsafe at.pointee.operation == .call {
      let top = unsafe registerFile(core)[4] &- 8
      guard let place = unsafe TranslationCache.writable(core.pointee.tlb, top, 8) else { return false }
      unsafe place.storeBytes(of: next, as: UInt64.self)
      unsafe registerFile(core)[4] = top
    }
    unsafe core.pointee.rip = goal
    return true
  }

  /// The block at RIP, to which a branch of the same page is linked.
  static func link(_ core: MicroOp.Core, _ op: MicroOp.Cursor) -> MicroOp.Cursor? {
    let page = unsafe registerFile(core)[17]
    let goal = unsafe core.pointee.rip
    let epoch = unsafe core.pointee.threaded.generation
    guard let next = unsafe blockAtRIP(core) else { return nil }
    // A cache that had to be emptied holds the branch no longer.
    if goal &- page < 0x1000, unsafe core.pointee.threaded.generation == epoch,
      unsafe !with(core, { $0.cache.hasBreakpoints })
    {
      unsafe op.pointee.immediate = UInt64(UInt(bitPattern: next))
      // That of a comparison's branch stays: the comparison goes on by itself.
      if unsafe op.pointee.handler != ThreadedHandlers.follow {
        let at = unsafe instruction(core, op)
        unsafe op.pointee.handler =
          op.pointee.isEnd
          ? ThreadedHandlers.jump
          : ThreadedHandlers.linked(at.pointee, isLegacy: core.pointee.threaded.legacy.isOn)
      }
    }
    return unsafe next
  }

  /// The translated block at RIP; nil if its first instruction needs care, or a debugger wants to stop there.
  static func blockAtRIP(_ core: MicroOp.Core) -> MicroOp.Cursor? {
    unsafe with(core) { unsafe $0.threadedBlock() }
  }

  /// Executes the instruction at RIP, with which no block begins, and those of its kind behind it; then the block at
  /// RIP, nil if the engine must be left.
  static func stepToBlock(_ core: MicroOp.Core) -> MicroOp.Cursor? {
    unsafe with(core) { processor in
      while processor.state.attention & Attention.breakpoint == 0 {
        processor.stepUncached()
        guard processor.goesOn() else { return nil }
        if let next = unsafe processor.threadedBlock() { return unsafe next }
      }
      return nil
    }
  }

  private func threadedBlock() -> MicroOp.Cursor? {
    if !is64Bit { wrapInstructionPointer() }
    guard is64Bit || isLegacyPageWhole else {
      // What the other loop would fetch.
      _ = findBlock()
      return nil
    }
    let rip = linearInstructionPointer
    let operations = unsafe core.pointee.threaded.operations.unsafelyUnwrapped
    let slot =
      unsafe core.pointee.threaded.jumps.unsafelyUnwrapped
      + Int(truncatingIfNeeded: (rip ^ (rip >> 12)) & UInt64(ThreadedJump.count - 1))
    guard let index = unsafe keptBlock(slot, rip) ?? findBlock() else { return nil }
    let first = unsafe operations + Int(cache.blocks[Int(index)].first)
    if unsafe first.pointee.handler == 0 { unsafe cache.translate(Int(index), operations, model.behaviors) }
    unsafe registers[17] = state.rip &- (rip & 0xFFF)
    renewThreaded()
    if !cache.hasBreakpoints {
      unsafe slot.pointee = ThreadedJump(
        rip: rip, generation: core.pointee.threaded.generation, target: UInt(bitPattern: first), block: index)
    }
    return unsafe first
  }

  /// The block of a slot whose generation is over, if the fetch TLB says that it is still the one at RIP: after a flush
  /// most are.
  @inline(__always)
  private func keptBlock(_ slot: UnsafeMutablePointer<ThreadedJump>, _ rip: UInt64) -> UInt32? {
    guard unsafe slot.pointee.rip == rip, unsafe slot.pointee.generation != .max, !cache.hasBreakpoints,
      let offset = translator.cachedFetch(rip, isUser: state.cpl == 3)
    else { return nil }
    let index = unsafe slot.pointee.block
    let block = unsafe cache.blocks[Int(index)]
    return block.isValid && block.key == offset << 2 | UInt64(state.decodeMode) ? index : nil
  }

  /// The block at RIP, to which the first operation of one whose code was written leads from now on.
  static func renew(_ core: MicroOp.Core, _ op: MicroOp.Cursor) -> MicroOp.Cursor? {
    let epoch = unsafe core.pointee.threaded.generation
    guard let next = unsafe blockAtRIP(core) else { return nil }
    // The same page, and no cache that had to be emptied.
    if unsafe core.pointee.threaded.generation == epoch, unsafe !with(core, { $0.cache.hasBreakpoints }) {
      unsafe op.pointee.immediate = UInt64(UInt(bitPattern: next))
      unsafe op.pointee.handler = ThreadedHandlers.forward
    }
    return unsafe next
  }
}
