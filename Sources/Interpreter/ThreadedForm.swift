#if FORM_PROBE
  import MMU
  import X86
  import X86Decoder

  // Ten instructions as a tail-threaded block, to be measured against the block loop: see
  // Documentation/decisions/0001. Built only by `make form-probe`; the threaded engine will replace it.

  /// One operation of a threaded block.
  struct MicroOp {
    /// Bit pattern of a `Handler`.
    var handler: UInt = 0
    /// Immediate, or the return address of a call.
    var immediate: UInt64 = 0
    /// Displacement of a memory operand.
    var displacement: UInt64 = 0
    /// Address of the op that a taken branch goes on with, 0 until it is linked.
    var target: UInt = 0
    /// RIP of the instruction.
    var rip: UInt64 = 0
    var destination: UInt8 = 16
    var source: UInt8 = 16
    var base: UInt8 = 16
    var index: UInt8 = 16
    var scale: UInt8 = 0
    /// Condition of a branch.
    var condition: UInt8 = 0
    /// Instructions from the start of the block to this op, itself included.
    var count: UInt8 = 0
  }

  typealias Handler =
    @convention(thin) (
      UnsafeMutablePointer<CoreState>, UnsafeMutablePointer<MicroOp>, UInt64, UInt64, Int
    ) -> Void

  @inline(__always)
  private func go(
    _ core: UnsafeMutablePointer<CoreState>, _ op: UnsafeMutablePointer<MicroOp>, _ result: UInt64, _ carries: UInt64,
    _ budget: Int
  ) {
    unsafe unsafeBitCast(op.pointee.handler, to: Handler.self)(core, op, result, carries, budget)
  }

  /// Stores what was in registers and goes back to the loop, which executes the op's instruction the general way.
  private func leave(
    _ core: UnsafeMutablePointer<CoreState>, _ op: UnsafeMutablePointer<MicroOp>, _ result: UInt64, _ carries: UInt64,
    _ budget: Int
  ) {
    unsafe core.pointee.flags = LazyFlags(result: result, carries: carries)
    unsafe core.pointee.budget = budget &- (Int(op.pointee.count) &- 1)
    unsafe core.pointee.rip = op.pointee.rip
  }

  @inline(__always)
  private func words(_ core: UnsafeMutablePointer<CoreState>) -> UnsafeMutablePointer<UInt64> {
    unsafe UnsafeMutableRawPointer(core).assumingMemoryBound(to: UInt64.self)
  }

  @inline(__always)
  private func place(_ core: UnsafeMutablePointer<CoreState>, _ address: UInt64, isWrite: Bool)
    -> UnsafeMutableRawPointer?
  {
    let entry = unsafe core.pointee.tlb + Int(truncatingIfNeeded: (address >> 12) & 1023)
    let tag = unsafe isWrite ? entry.pointee.writeTag : entry.pointee.readTag
    guard _fastPath((address &+ 7) & ~0xFFF == tag) else { return nil }
    return unsafe UnsafeMutableRawPointer(bitPattern: UInt(address &+ entry.pointee.addend))
  }

  @inline(__always)
  private func operand(_ core: UnsafeMutablePointer<CoreState>, _ op: UnsafeMutablePointer<MicroOp>) -> UInt64 {
    unsafe words(core)[Int(op.pointee.base)] &+ (words(core)[Int(op.pointee.index)] << UInt64(op.pointee.scale & 3))
      &+ op.pointee.displacement
  }

  @inline(__always)
  private func arithmetic(
    _ core: UnsafeMutablePointer<CoreState>, _ op: UnsafeMutablePointer<MicroOp>, _ result: UInt64, _ carries: UInt64,
    _ budget: Int, _ right: UInt64, writes: Bool, _ body: (UInt64, UInt64, inout LazyFlags) -> UInt64
  ) {
    var flags = LazyFlags(result: result, carries: carries)
    let value = unsafe body(words(core)[Int(op.pointee.destination)], right, &flags)
    if writes { unsafe words(core)[Int(op.pointee.destination)] = value }
    unsafe go(core, op + 1, flags.result, flags.carries, budget)
  }

  private let generalHandler: Handler = { core, op, result, carries, budget in
    unsafe leave(core, op, result, carries, budget)
  }
  private let moveRegisterHandler: Handler = { core, op, result, carries, budget in
    unsafe words(core)[Int(op.pointee.destination)] = words(core)[Int(op.pointee.source)]
    unsafe go(core, op + 1, result, carries, budget)
  }
  private let loadHandler: Handler = { core, op, result, carries, budget in
    guard let from = unsafe place(core, operand(core, op), isWrite: false) else {
      return unsafe leave(core, op, result, carries, budget)
    }
    unsafe words(core)[Int(op.pointee.destination)] = from.loadUnaligned(as: UInt64.self)
    unsafe go(core, op + 1, result, carries, budget)
  }
  private let storeHandler: Handler = { core, op, result, carries, budget in
    guard let to = unsafe place(core, operand(core, op), isWrite: true) else {
      return unsafe leave(core, op, result, carries, budget)
    }
    unsafe to.storeBytes(of: words(core)[Int(op.pointee.source)], as: UInt64.self)
    unsafe go(core, op + 1, result, carries, budget)
  }
  private let addRegisterHandler: Handler = { core, op, result, carries, budget in
    unsafe arithmetic(core, op, result, carries, budget, words(core)[Int(op.pointee.source)], writes: true) {
      Integer.add($0, $1, &$2)
    }
  }
  private let addImmediateHandler: Handler = { core, op, result, carries, budget in
    unsafe arithmetic(core, op, result, carries, budget, op.pointee.immediate, writes: true) {
      Integer.add($0, $1, &$2)
    }
  }
  private let compareImmediateHandler: Handler = { core, op, result, carries, budget in
    unsafe arithmetic(core, op, result, carries, budget, op.pointee.immediate, writes: false) {
      Integer.sub($0, $1, &$2)
    }
  }
  private let shiftLeftHandler: Handler = { core, op, result, carries, budget in
    unsafe arithmetic(core, op, result, carries, budget, op.pointee.immediate, writes: true) {
      Integer.shl($0, UInt8(truncatingIfNeeded: $1), &$2)
    }
  }
  private let pushHandler: Handler = { core, op, result, carries, budget in
    let top = unsafe words(core)[4] &- 8
    guard let to = unsafe place(core, top, isWrite: true) else {
      return unsafe leave(core, op, result, carries, budget)
    }
    unsafe to.storeBytes(of: words(core)[Int(op.pointee.destination)], as: UInt64.self)
    unsafe words(core)[4] = top
    unsafe go(core, op + 1, result, carries, budget)
  }
  private let jumpIfHandler: Handler = { core, op, result, carries, budget in
    guard LazyFlags(result: result, carries: carries).holds(unsafe op.pointee.condition) else {
      return unsafe go(core, op + 1, result, carries, budget)
    }
    let left = unsafe budget &- Int(op.pointee.count)
    guard left > 0, let next = unsafe UnsafeMutablePointer<MicroOp>(bitPattern: op.pointee.target) else {
      return unsafe leave(core, op, result, carries, budget)
    }
    unsafe go(core, next, result, carries, left)
  }
  private let callHandler: Handler = { core, op, result, carries, budget in
    let top = unsafe words(core)[4] &- 8
    let left = unsafe budget &- Int(op.pointee.count)
    guard left > 0, let next = unsafe UnsafeMutablePointer<MicroOp>(bitPattern: op.pointee.target),
      let to = unsafe place(core, top, isWrite: true)
    else { return unsafe leave(core, op, result, carries, budget) }
    unsafe to.storeBytes(of: op.pointee.immediate, as: UInt64.self)
    unsafe words(core)[4] = top
    unsafe go(core, next, result, carries, left)
  }
  /// RET goes on by a table of linear addresses that stands where `target` points: pairs of RIP and op.
  private let retHandler: Handler = { core, op, result, carries, budget in
    let top = unsafe words(core)[4]
    let left = unsafe budget &- Int(op.pointee.count)
    guard left > 0, let from = unsafe place(core, top, isWrite: false),
      let table = unsafe UnsafeMutablePointer<UInt64>(bitPattern: op.pointee.target)
    else { return unsafe leave(core, op, result, carries, budget) }
    let goal = unsafe from.loadUnaligned(as: UInt64.self)
    let slot = unsafe table + Int(truncatingIfNeeded: (goal ^ (goal >> 12)) & 4095) * 2
    guard unsafe slot[0] == goal, let next = unsafe UnsafeMutablePointer<MicroOp>(bitPattern: UInt(slot[1])) else {
      return unsafe leave(core, op, result, carries, budget)
    }
    unsafe words(core)[4] = top &+ 8
    unsafe go(core, next, result, carries, left)
  }

  private func bits(_ handler: Handler) -> UInt { unsafe unsafeBitCast(handler, to: UInt.self) }

  extension Processor {
    /// Runs 64-bit code by threaded blocks, and everything they do not know the general way.
    ///
    /// - Returns: ticks used.
    public func runThreaded(ticks: Int) -> Int {
      let ops = UnsafeMutablePointer<MicroOp>.allocate(capacity: 1 << 16)
      let table = UnsafeMutablePointer<UInt64>.allocate(capacity: 8192)
      unsafe table.initialize(repeating: .max, count: 8192)
      defer {
        unsafe ops.deallocate()
        unsafe table.deallocate()
      }
      var used = 0
      var blocks: [UInt64: Int] = [:]
      state.granted = ticks
      state.budget = ticks
      while state.budget > 0, state.activity == .running {
        let rip = state.rip
        var start = blocks[rip]
        if start == nil, let index = findBlock() {
          start = unsafe translate(cache.blocks[Int(index)], rip, ops, &used, table, blocks)
          blocks[rip] = start
          if let start { unsafe link(rip, start, ops, used, table) }
        }
        if let start {
          unsafe go(core, ops + start, core.pointee.flags.result, core.pointee.flags.carries, state.budget)
        }
        if state.budget <= 0 { break }
        stepUncached()
      }
      let done = state.granted &- state.budget
      state.ticksBefore &+= UInt64(truncatingIfNeeded: done)
      state.granted = 0
      state.budget = 0
      return done
    }

    private func link(
      _ rip: UInt64, _ start: Int, _ ops: UnsafeMutablePointer<MicroOp>, _ used: Int,
      _ table: UnsafeMutablePointer<UInt64>
    ) {
      let address = unsafe UInt(bitPattern: ops + start)
      let slot = Int(truncatingIfNeeded: (rip ^ (rip >> 12)) & 4095) * 2
      unsafe table[slot] = rip
      unsafe table[slot + 1] = UInt64(address)
      // Branches that wait for this block: their target's RIP stands in `displacement`.
      for index in 0..<used where unsafe ops[index].target == 0 && ops[index].displacement == rip {
        unsafe ops[index].target = address
      }
    }

    private func translate(
      _ block: Block, _ rip: UInt64, _ ops: UnsafeMutablePointer<MicroOp>, _ used: inout Int,
      _ table: UnsafeMutablePointer<UInt64>, _ blocks: [UInt64: Int]
    ) -> Int? {
      let start = used
      var at = rip
      var count: UInt8 = 0
      for number in 0..<Int(block.count) {
        let instruction = unsafe cache.instructions[Int(block.first) + number]
        let follow = at &+ UInt64(instruction.length)
        count += 1
        var op = MicroOp()
        op.rip = at
        op.immediate = instruction.immediate
        op.destination = instruction.base
        op.source = instruction.index
        op.condition = instruction.opcode & 15
        op.count = count
        switch instruction.shortcut {
        case Shortcut.moveRegister64: op.handler = unsafe bits(moveRegisterHandler)
        case Shortcut.load64, Shortcut.store64:
          op.handler = unsafe bits(instruction.shortcut == Shortcut.load64 ? loadHandler : storeHandler)
          (op.destination, op.source) = (instruction.reg, instruction.reg)
          (op.base, op.index, op.scale) = (instruction.base, instruction.index, instruction.scale)
          op.displacement = UInt64(bitPattern: Int64(instruction.displacement))
        case Shortcut.register64 where instruction.shortcutOperation == 0: op.handler = unsafe bits(addRegisterHandler)
        case Shortcut.immediate64 where instruction.shortcutOperation == 0:
          op.handler = unsafe bits(addImmediateHandler)
        case Shortcut.immediate64 where instruction.shortcutOperation == 7:
          op.handler = unsafe bits(compareImmediateHandler)
        case Shortcut.shift64 where instruction.shortcutOperation == 0: op.handler = unsafe bits(shiftLeftHandler)
        case Shortcut.push64: op.handler = unsafe bits(pushHandler)
        case Shortcut.jumpIf, Shortcut.call:
          op.handler = unsafe bits(instruction.shortcut == Shortcut.call ? callHandler : jumpIfHandler)
          op.displacement = follow &+ instruction.immediate
          if let known = blocks[op.displacement] { op.target = unsafe UInt(bitPattern: ops + known) }
          op.immediate = follow
        case Shortcut.ret:
          op.handler = unsafe bits(retHandler)
          op.target = UInt(bitPattern: table)
        default: op.handler = unsafe bits(generalHandler)
        }
        unsafe (ops + used).initialize(to: op)
        used += 1
        // What follows in memory is entered through the loop.
        if unsafe op.handler == bits(generalHandler) { return start }
        at = follow
      }
      var end = MicroOp()
      end.rip = at
      end.count = count + 1
      end.handler = unsafe bits(generalHandler)
      unsafe (ops + used).initialize(to: end)
      used += 1
      return start
    }
  }
#endif
