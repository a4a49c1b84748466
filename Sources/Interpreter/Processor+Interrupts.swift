import MMU
import X86
import X86Decoder

/// Where an event comes from, which decides its checks and the EXT bit.
enum EventSource {
  /// An exception of the running instruction.
  case exception
  /// INT n.
  case software
  /// INT3 and INTO: as INT n, yet not subject to IOPL in virtual-8086 mode.
  case breakpoint
  /// INT1.
  case privileged
  /// An external interrupt or NMI.
  case external
}

extension Processor {
  /// Delivers an exception, and what its delivery may raise in turn, up to shutdown.
  ///
  /// - SDM: Vol. 3A "Interrupt 8—Double Fault Exception", "Exception and Interrupt Handling".
  func raise(_ exception: Exception) {
    // What an instruction touched that did not complete, and the frame of its exception, are nothing to stop at.
    defer { state.attention &= ~Attention.watch }
    var current = exception
    // Everything raised so far, if the first was not delivered.
    var chain: [Exception] = []
    // What made the present one fail to be delivered before.
    var cause: Exception?
    while true {
      if current.vector == .pageFault { state.cr2 = current.address.rawValue }
      if current.vector == .debug { forgetGeneralDetect() }
      if state.isObserved {
        log?.events.append(
          LoggedEvent(
            exception: current, vector: current.vector.rawValue, isExternal: false, rip: state.rip, cpl: state.cpl,
            cause: cause))
      }
      do throws(Exception) {
        try deliver(
          current.vector.rawValue, errorCode: current.hasErrorCode ? current.errorCode : nil, .exception,
          returnRIP: state.rip)
        return
      } catch {
        guard let next = combine(current, error) else {
          if state.isObserved {
            log?.events.append(
              LoggedEvent(
                exception: error, vector: error.vector.rawValue, isExternal: false, rip: state.rip, cpl: state.cpl))
          }
          state.shutdownReason = shutdownText(chain.isEmpty ? [current] : chain, error)
          state.activity = .shutdown
          state.attention |= Attention.stopped
          return
        }
        if chain.isEmpty { chain = [current] }
        chain.append(error)
        if next != error { chain.append(next) }
        cause = error
        current = next
      }
    }
  }

  /// The handler of #DB may use the debug registers.
  ///
  /// - SDM: Vol. 3B "Debug Control Register (DR7)": GD.
  private func forgetGeneralDetect() { state.dr7 &= ~(1 << 13) }

  /// What a second exception during delivery of a first becomes; nil is shutdown.
  private func combine(_ first: Exception, _ second: Exception) -> Exception? {
    func isContributory(_ vector: ExceptionVector) -> Bool {
      vector == .divideError || (vector.rawValue >= 10 && vector.rawValue <= 13)
    }
    if second.vector == .pageFault { state.cr2 = second.address.rawValue }
    if first.vector == .doubleFault {
      return isContributory(second.vector) || second.vector == .pageFault ? nil : second
    }
    let becomesDouble =
      (isContributory(first.vector) && isContributory(second.vector))
      || (first.vector == .pageFault && (isContributory(second.vector) || second.vector == .pageFault))
    return becomesDouble ? Exception(.doubleFault, errorCode: 0, reason: .doubleFault) : second
  }

  /// Delivers an interrupt or exception through the IVT or IDT.
  func deliver(_ vector: UInt8, errorCode: UInt32?, _ source: EventSource, returnRIP: UInt64) throws(Exception) {
    if state.isObserved, source != .exception {
      log?.events.append(
        LoggedEvent(vector: vector, isExternal: source == .external, rip: returnRIP, cpl: state.cpl))
    }
    if !isProtected { return try deliverReal(vector, returnRIP: returnRIP) }
    let external: UInt32 = source == .software || source == .breakpoint ? 0 : 1
    let tableCode = UInt32(vector) << 3 | 2 | external
    if isVirtual8086, source == .software, state.systemFlags & RFLAGS.ioPrivilegeLevel != RFLAGS.ioPrivilegeLevel {
      throw .generalProtection(.virtual8086Privilege)
    }
    let entrySize: UInt64 = isLongMode ? 16 : 8
    guard UInt64(vector) * entrySize + entrySize - 1 <= UInt64(state.idtr.limit) else {
      throw .generalProtection(tableCode, .idtLimit)
    }
    let address = state.idtr.base &+ UInt64(vector) * entrySize
    let gate = try loadSystem(address, as: UInt64.self)
    let type = (gate >> 40) & 0x1F
    if isLongMode {
      guard type == 14 || type == 15 else { throw .generalProtection(tableCode, .longGateType) }
    } else {
      guard [5, 6, 7, 14, 15].contains(type) else { throw .generalProtection(tableCode, .gateType) }
    }
    if source == .software || source == .breakpoint, UInt8((gate >> 45) & 3) < state.cpl {
      throw .generalProtection(tableCode, .gatePrivilege)
    }
    guard gate & (1 << 47) != 0 else { throw .segmentNotPresent(tableCode, .gateNotPresent) }
    if type == 5 {
      let selector = UInt16(truncatingIfNeeded: gate >> 16)
      guard selector & 4 == 0 else { throw .generalProtection(code(selector) | external, .taskGateLocal) }
      let old = state.nextRIP
      state.nextRIP = returnRIP
      do throws(Exception) {
        try switchTask(selector, .interrupt(external), imageFlags: imageFlags(vector, source))
      } catch {
        state.nextRIP = old
        throw error
      }
      if let errorCode { try push(UInt64(errorCode), state.tr.type & 8 != 0 ? 4 : 2) }
      state.rip = state.nextRIP
      return
    }
    try enterHandler(gate, address, vector, errorCode, source, external, returnRIP)
  }

  private func enterHandler(
    _ gate: UInt64, _ address: UInt64, _ vector: UInt8, _ errorCode: UInt32?, _ source: EventSource,
    _ external: UInt32, _ returnRIP: UInt64
  ) throws(Exception) {
    let type = (gate >> 40) & 15
    let selector = UInt16(truncatingIfNeeded: gate >> 16)
    var target = (gate & 0xFFFF) | ((gate >> 32) & 0xFFFF_0000)
    if type & 8 == 0 { target &= 0xFFFF }
    if isLongMode { target |= UInt64(try loadSystem(address &+ 8, as: UInt32.self)) << 32 }
    guard selector & 0xFFFC != 0 else { throw .generalProtection(external, .nullCodeSelector) }
    var entry = try readDescriptor(selector, external: external)
    let segment = entry.segment
    func fault(_ reason: FaultReason) -> Exception { .generalProtection(code(selector) | external, reason) }
    guard segment.isCode else { throw fault(.notCodeSegment) }
    guard segment.descriptorPrivilegeLevel <= state.cpl else { throw fault(.gateCodePrivilege) }
    if isLongMode, !segment.isLong || segment.isDefault32 { throw fault(.gateCodeNotLong) }
    guard segment.isPresent else { throw .segmentNotPresent(code(selector) | external, .codeNotPresent) }
    let level = segment.isConforming ? state.cpl : segment.descriptorPrivilegeLevel
    if isVirtual8086, level != 0 { throw fault(.handlerVirtual8086) }
    let size: UInt8 = isLongMode ? 8 : type & 8 != 0 ? 4 : 2
    var frame = EventFrame()
    let (stack, pointer) = try handlerStack(stackTable: (gate >> 32) & 7, level, external, &frame)
    frame.append(imageFlags(vector, source))
    frame.append(UInt64(self.segment(.cs).selector))
    frame.append(returnRIP)
    if let errorCode { frame.append(UInt64(errorCode)) }
    try checkTarget(target, in: segment)
    try setAccessed(&entry)
    let top = try pushFrame(frame.count, { frame[$0] }, size, stack, pointer, level)
    let wasVirtual = isVirtual8086
    state.systemFlags &= ~(RFLAGS.trap | RFLAGS.nestedTask | RFLAGS.virtual8086 | RFLAGS.resume)
    if type & 1 == 0 { state.systemFlags &= ~RFLAGS.interruptEnable }
    if wasVirtual {
      for register in [SegmentRegister.gs, .fs, .ds, .es] { state.segments[Int(register.rawValue)] = nullSegment(0) }
    }
    state.segments[.ss] = stack
    setCodeSegment(entry, cpl: level)
    // Whatever SS.B says: the part of rSP that it hides is the one of the stack's own pointer.
    unsafe registers[.sp] = top
    state.rip = target
  }

  /// The stack segment and pointer on which a handler of a privilege level gets its frame.
  ///
  /// - Parameters:
  ///   - stackTable: the gate's IST field, 0 for none; it counts in IA-32e mode only.
  ///   - frame: gets the words that are pushed first: the interrupted stack, and the data segments of virtual-8086 mode.
  /// - Throws: #TS or #SS for a stack that the TSS does not hold or that cannot be used.
  private func handlerStack(
    stackTable: UInt64, _ level: UInt8, _ external: UInt32, _ frame: inout EventFrame
  ) throws(Exception) -> (stack: SegmentState, pointer: UInt64) {
    var stack = self.segment(.ss)
    var pointer = unsafe registers[.sp]
    let (selector, interrupted) = (UInt64(stack.selector), pointer)
    if isLongMode {
      if stackTable != 0 {
        let offset = 0x1C + stackTable * 8
        guard offset + 7 <= UInt64(state.tr.limit) else {
          throw .invalidTSS(code(state.tr.selector) | external, .stackTableLimit)
        }
        pointer = try loadSystem(state.tr.base &+ offset, as: UInt64.self)
        guard state.paging.isCanonical(pointer) else { throw .stackFault(external, .stackTableNonCanonical) }
        if level < state.cpl { stack = nullSegment(UInt16(level)) }
      } else if level < state.cpl {
        (stack, pointer) = try innerStack(level, external: external)
      }
      pointer &= ~15
      frame.append(selector)
      frame.append(interrupted)
    } else if level < state.cpl {
      (stack, pointer) = try innerStack(level, external: external)
      if isVirtual8086 {
        for register in [SegmentRegister.gs, .fs, .ds, .es] { frame.append(UInt64(self.segment(register).selector)) }
      }
      frame.append(selector)
      frame.append(interrupted)
    }
    return (stack, pointer)
  }

  /// RFLAGS as an event pushes them: RF is set for faults and for a REP in the middle, and clear for INT n and its kin,
  /// as they have begun by then.
  ///
  /// - SDM: Vol. 3B "Instruction-Breakpoint Exception Condition".
  private func imageFlags(_ vector: UInt8, _ source: EventSource) -> UInt64 {
    var flags = rflags
    switch source {
    case .exception:
      // #DB is pushed with RF as it is: its instruction breakpoints must hit again only if the handler wants. General
      // detection is as these, though it is a fault.
      if vector == 1 ? state.isRepeating : vector != 8 { flags |= RFLAGS.resume }
    case .external:
      if state.isRepeating { flags |= RFLAGS.resume }
    case .software, .breakpoint, .privileged: flags &= ~RFLAGS.resume
    }
    return flags
  }

  private func deliverReal(_ vector: UInt8, returnRIP: UInt64) throws(Exception) {
    let offset = UInt64(vector) * 4
    guard offset + 3 <= UInt64(state.idtr.limit) else { throw .generalProtection(.interruptVectorTableLimit) }
    let entry = try loadSystem(state.idtr.base &+ offset, as: UInt32.self)
    if entry == 0 { bus.note(.emptyVector(vector), processor: state.index) }
    let old = unsafe registers[.sp]
    do throws(Exception) {
      try push(rflags & 0xFFFF, 2)
      try push(UInt64(segment(.cs).selector), 2)
      try push(returnRIP, 2)
    } catch {
      unsafe registers[.sp] = old
      throw error
    }
    state.systemFlags &= ~(RFLAGS.interruptEnable | RFLAGS.trap | RFLAGS.alignmentCheck | RFLAGS.resume)
    loadRealSegment(.cs, UInt16(truncatingIfNeeded: entry >> 16))
    state.rip = UInt64(entry & 0xFFFF)
    updateMode()
  }

  /// INT n, INT3, INTO and INT1.
  func softwareInterrupt(_ vector: UInt8, _ source: EventSource) throws(Exception) {
    if source == .privileged { forgetGeneralDetect() }
    try deliver(vector, errorCode: nil, source, returnRIP: state.nextRIP)
    // A data breakpoint that MOV SS has held back strikes at the handler's first instruction, but is lost on INT1, whose
    // own #DB reports none (Zen 2).
    if source == .privileged { state.pendingDebug = 0 }
    state.nextRIP = state.rip
  }

  /// IRET.
  ///
  /// - SDM: Vol. 2A "IRET/IRETD/IRETQ—Interrupt Return".
  func interruptReturn(_ size: UInt8) throws(Exception) {
    // NMIs are unblocked even if the return faults.
    state.nmiBlocked = false
    if isRealStyle { return try interruptReturnReal(size) }
    if state.systemFlags & RFLAGS.nestedTask != 0 {
      guard !isLongMode else { throw .generalProtection(.taskReturnInLongMode) }
      let link = try loadSystem(state.tr.base, as: UInt16.self)
      guard link & 4 == 0 else { throw .invalidTSS(code(link), .taskLinkLocal) }
      return try switchTask(link, .interruptReturn)
    }
    // The flags' slot is read first: CR2 shows it.
    let flags = try peek(UInt64(size) * 2, size)
    let selector = try peekSelector(UInt64(size), size)
    let rip = try peek(0, size)
    if !isLongMode, size == 4, flags & RFLAGS.virtual8086 != 0, state.cpl == 0 {
      return try returnToVirtual8086(rip, selector, flags)
    }
    let level = UInt8(selector & 3)
    var outer: (rsp: UInt64, ss: UInt16) = (0, 0)
    if is64Bit || level != state.cpl, does(.readsOuterStackFirst) {
      outer = try readOuterStack(UInt64(size) * 3, size)
    }
    guard selector & 0xFFFC != 0 else { throw .generalProtection(.nullCodeSelector) }
    var entry = try readDescriptor(selector)
    guard level >= state.cpl else { throw .generalProtection(code(selector), .returnToInner) }
    try checkReturnCode(entry, level)
    let isTo64 = isLongMode && entry.segment.isLong
    if level > state.cpl || is64Bit {
      if !does(.readsOuterStackFirst) { outer = try readOuterStack(UInt64(size) * 3, size) }
      let stack = try outerStack(outer.ss, level, target: rip, in: entry.segment)
      try setAccessed(&entry)
      let isOuter = level > state.cpl
      setReturnFlags(flags, size)
      setCodeSegment(entry, cpl: level)
      state.segments[.ss] = stack
      if isTo64 { unsafe registers[.sp] = outer.rsp } else { setStackPointer(outer.rsp) }
      if isOuter { dropInnerSegments() }
    } else {
      try checkTarget(rip, in: entry.segment)
      try setAccessed(&entry)
      setReturnFlags(flags, size)
      setStackPointer(unsafe registers[.sp] &+ UInt64(size) * 3)
      setCodeSegment(entry, cpl: level)
    }
    state.nextRIP = rip
  }

  /// The flags that IRET may change at the present CPL.
  private func setReturnFlags(_ flags: UInt64, _ size: UInt8) {
    var mask: UInt64 =
      RFLAGS.status | RFLAGS.trap | RFLAGS.direction | RFLAGS.nestedTask
    if size > 2 { mask |= RFLAGS.resume | RFLAGS.alignmentCheck | RFLAGS.identification }
    let ioPrivilege = UInt8((state.systemFlags & RFLAGS.ioPrivilegeLevel) >> 12)
    if state.cpl <= ioPrivilege { mask |= RFLAGS.interruptEnable }
    if state.cpl == 0 {
      mask |= RFLAGS.ioPrivilegeLevel
      if size > 2 { mask |= RFLAGS.virtualInterrupt | RFLAGS.virtualInterruptPending }
    }
    rflags = (rflags & ~mask) | (flags & mask)
  }

  private func interruptReturnReal(_ size: UInt8) throws(Exception) {
    let ioPrivilege = state.systemFlags & RFLAGS.ioPrivilegeLevel
    if isVirtual8086 && ioPrivilege != RFLAGS.ioPrivilegeLevel { throw .generalProtection(.virtual8086Privilege) }
    let rip = try peek(0, size)
    let selector = UInt16(truncatingIfNeeded: try peek(UInt64(size), size))
    let flags = try peek(UInt64(size) * 2, size)
    guard rip <= UInt64(segment(.cs).limit) else { throw .generalProtection(.targetLimit) }
    setStackPointer(unsafe registers[.sp] &+ UInt64(size) * 3)
    loadRealSegment(.cs, selector)
    var mask: UInt64 = size == 2 ? 0xFFFF : 0x25_7FD5 | RFLAGS.resume
    if isVirtual8086 { mask &= ~RFLAGS.ioPrivilegeLevel }
    mask &= ~RFLAGS.virtual8086
    rflags = (rflags & ~mask) | (flags & mask)
    state.nextRIP = rip
  }

  private func returnToVirtual8086(_ rip: UInt64, _ selector: UInt16, _ flags: UInt64) throws(Exception) {
    var values: [UInt64] = []
    for index in 3..<9 { values.append(try peek(UInt64(index) * 4, 4)) }
    guard rip <= 0xFFFF else { throw .generalProtection(.virtual8086TargetLimit) }
    rflags = flags
    state.cpl = 3
    loadRealSegment(.cs, selector)
    loadRealSegment(.ss, UInt16(truncatingIfNeeded: values[1]))
    loadRealSegment(.es, UInt16(truncatingIfNeeded: values[2]))
    loadRealSegment(.ds, UInt16(truncatingIfNeeded: values[3]))
    loadRealSegment(.fs, UInt16(truncatingIfNeeded: values[4]))
    loadRealSegment(.gs, UInt16(truncatingIfNeeded: values[5]))
    unsafe registers[.sp] = values[0] & 0xFFFF_FFFF
    updateMode()
    state.nextRIP = rip
  }
}

/// What the delivery of an event pushes, first word first; not an array, which would be made on the heap.
struct EventFrame {
  private var storage = InlineArray<10, UInt64>(repeating: 0)
  /// How many there are.
  private(set) var count = 0

  /// Adds a word: at most ten.
  mutating func append(_ word: UInt64) {
    storage[count] = word
    count &+= 1
  }

  /// One of them.
  subscript(_ index: Int) -> UInt64 { storage[index] }
}
