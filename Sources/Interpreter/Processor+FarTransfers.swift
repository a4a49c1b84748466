import MMU
import X86
import X86Decoder

extension Processor {
  /// JMP ptr16:v and JMP m16:v.
  func farJump(_ selector: UInt16, _ offset: UInt64, _ size: UInt8) throws(Exception) {
    if isRealStyle {
      let target = size == 2 ? offset & 0xFFFF : offset & 0xFFFF_FFFF
      guard target <= UInt64(segment(.cs).limit) else { throw .generalProtection(.targetLimit) }
      loadRealSegment(.cs, selector)
      state.nextRIP = target
      updateMode()
      return
    }
    guard selector & 0xFFFC != 0 else { throw .generalProtection(.nullCodeSelector) }
    var entry = try readDescriptor(selector)
    if entry.systemType & 0x10 != 0 {
      try checkCode(entry)
      let target = entry.segment.isLong && isLongMode ? offset : offset & (size == 2 ? 0xFFFF : 0xFFFF_FFFF)
      try checkTarget(target, in: entry.segment)
      try setAccessed(&entry)
      setCodeSegment(entry, cpl: state.cpl)
      state.nextRIP = target
      return
    }
    try transferThroughSystemDescriptor(entry, isCall: false)
  }

  /// CALL ptr16:v and CALL m16:v.
  func farCall(_ selector: UInt16, _ offset: UInt64, _ size: UInt8) throws(Exception) {
    if isRealStyle {
      let target = size == 2 ? offset & 0xFFFF : offset & 0xFFFF_FFFF
      guard target <= UInt64(segment(.cs).limit) else { throw .generalProtection(.targetLimit) }
      try pushPair(UInt64(segment(.cs).selector), state.nextRIP, size)
      loadRealSegment(.cs, selector)
      state.nextRIP = target
      updateMode()
      return
    }
    guard selector & 0xFFFC != 0 else { throw .generalProtection(.nullCodeSelector) }
    var entry = try readDescriptor(selector)
    if entry.systemType & 0x10 != 0 {
      try checkCode(entry)
      let isTo64 = entry.segment.isLong && isLongMode
      let target = isTo64 ? offset : offset & (size == 2 ? 0xFFFF : 0xFFFF_FFFF)
      // The stack is that of the mode to come. CS and the return address are stored before the target is checked
      // (Zen 2, Granite Rapids).
      let top =
        is64Bit && !isTo64 && does(.storesFarReturnAddressInNewStack)
        ? try storeLegacyPair(UInt64(segment(.cs).selector), state.nextRIP, size)
        : try storePair(UInt64(segment(.cs).selector), state.nextRIP, size, isFlat: isTo64 && !is64Bit)
      try checkTarget(target, in: entry.segment)
      try setAccessed(&entry)
      if isTo64 { unsafe registers[.sp] = top } else { setStackPointer(top) }
      setCodeSegment(entry, cpl: state.cpl)
      state.nextRIP = target
      return
    }
    try transferThroughSystemDescriptor(entry, isCall: true)
  }

  /// Pushes CS and RIP; rSP does not move if a push faults.
  private func pushPair(_ first: UInt64, _ second: UInt64, _ size: UInt8) throws(Exception) {
    setStackPointer(try storePair(first, second, size, isFlat: false))
  }

  /// Stores CS and RIP below the top of the stack; gives the new rSP.
  ///
  /// - Parameter isFlat: as 64-bit mode sees the stack, though it is not yet the mode.
  private func storePair(
    _ first: UInt64, _ second: UInt64, _ size: UInt8, isFlat: Bool
  ) throws(Exception) -> UInt64 {
    let old = unsafe registers[.sp]
    let upper = old &- UInt64(size)
    let lower = upper &- UInt64(size)
    if isFlat {
      // One alignment is that of both.
      if isCheckingAlignment { try checkAccess(lower, UInt64(size), isWrite: true) }
      for slot in [upper, lower] where !state.paging.isCanonical(slot) { throw .stackFault(.nonCanonicalAddress) }
      matchDataBreakpoints(lower, UInt64(size) * 2, isWrite: true)
      try storeLinearSized(upper, size, first)
      try storeLinearSized(lower, size, second)
      return lower
    }
    if is64Bit {
      // The lower slot's address and alignment count first.
      let low = try linear(2, lower, UInt64(size), isWrite: true)
      if isCheckingAlignment { try checkAccess(low, UInt64(size), isWrite: true) }
    }
    try storeStack(stackOffset(upper), first, size)
    try storeStack(stackOffset(lower), second, size)
    return stackOffset(lower)
  }

  /// The same from 64-bit mode below the stack of 32- or 16-bit code, which has a size, a base and a limit.
  private func storeLegacyPair(_ first: UInt64, _ second: UInt64, _ size: UInt8) throws(Exception) -> UInt64 {
    let mask: UInt64 = segment(.ss).isDefault32 ? 0xFFFF_FFFF : 0xFFFF
    let old = unsafe registers[.sp]
    let upper = (old &- UInt64(size)) & mask
    let lower = (upper &- UInt64(size)) & mask
    for (offset, value) in [(upper, first), (lower, second)] {
      let address = try legacyLinear(SegmentRegister.ss.rawValue, offset, UInt64(size), isWrite: true)
      if isCheckingAlignment { try checkAccess(address, UInt64(size), isWrite: true) }
      matchDataBreakpoints(address, UInt64(size), isWrite: true)
      try storeLinearSized(address, size, value)
    }
    return (old & 0xFFFF_FFFF & ~mask) | lower
  }

  /// Call gates, task gates and TSS descriptors as the target of a far transfer.
  private func transferThroughSystemDescriptor(_ entry: DescriptorEntry, isCall: Bool) throws(Exception) {
    func fault(_ reason: FaultReason) -> Exception { .generalProtection(code(entry.selector), reason) }
    let requested = UInt8(entry.selector & 3)
    guard entry.privilege >= max(state.cpl, requested) else { throw fault(.systemDescriptorPrivilege) }
    switch entry.systemType & 15 {
    case 1, 9:
      guard !isLongMode else { throw fault(.taskInLongMode) }
      guard entry.isPresent else { throw .segmentNotPresent(code(entry.selector), .taskNotPresent) }
      try switchTask(entry.selector, isCall ? .call : .jump)
    case 5:
      guard !isLongMode else { throw fault(.taskInLongMode) }
      guard entry.isPresent else { throw .segmentNotPresent(code(entry.selector), .gateNotPresent) }
      let selector = UInt16(truncatingIfNeeded: entry.raw >> 16)
      guard selector & 4 == 0, selector & 0xFFFC != 0 else {
        throw .generalProtection(code(selector), selector & 4 == 0 ? .taskGateNull : .taskGateLocal)
      }
      try switchTask(selector, isCall ? .call : .jump)
    case 4 where !isLongMode, 12:
      guard entry.isPresent else { throw .segmentNotPresent(code(entry.selector), .callGateNotPresent) }
      try transferThroughCallGate(entry, isCall: isCall)
    default: throw fault(entry.systemType & 15 == 3 || entry.systemType & 15 == 11 ? .taskBusy : .systemDescriptorType)
    }
  }

  /// - SDM: Vol. 3A "Accessing a Code Segment Through a Call Gate", "Stack Switching", "IA-32e Mode Call Gates".
  private func transferThroughCallGate(_ gate: DescriptorEntry, isCall: Bool) throws(Exception) {
    let selector = UInt16(truncatingIfNeeded: gate.raw >> 16)
    var target = (gate.raw & 0xFFFF) | ((gate.raw >> 32) & 0xFFFF_0000)
    let size: UInt8 = isLongMode ? 8 : gate.systemType & 8 != 0 ? 4 : 2
    if size == 2 { target &= 0xFFFF }
    if isLongMode {
      let high = try loadSystem(gate.address &+ 8, as: UInt64.self)
      guard (high >> 40) & 0x1F == 0 else { throw .generalProtection(code(gate.selector), .callGateUpperType) }
      target |= high << 32
    }
    guard selector & 0xFFFC != 0 else { throw .generalProtection(.nullCodeSelector) }
    var entry = try readDescriptor(selector)
    let segment = entry.segment
    func fault(_ reason: FaultReason) -> Exception { .generalProtection(code(selector), reason) }
    guard segment.isCode else { throw fault(.notCodeSegment) }
    guard segment.descriptorPrivilegeLevel <= state.cpl else { throw fault(.gateCodePrivilege) }
    if isLongMode, !segment.isLong || segment.isDefault32 { throw fault(.gateCodeNotLong) }
    if !isCall, !segment.isConforming, segment.descriptorPrivilegeLevel != state.cpl { throw fault(.gateJumpPrivilege) }
    guard segment.isPresent else { throw .segmentNotPresent(code(selector), .codeNotPresent) }
    try checkTarget(target, in: segment)
    let isInner = isCall && !segment.isConforming && segment.descriptorPrivilegeLevel < state.cpl
    if !isInner {
      if isCall { try pushPair(UInt64(self.segment(.cs).selector), state.nextRIP, size) }
      try setAccessed(&entry)
      setCodeSegment(entry, cpl: state.cpl)
      state.nextRIP = target
      return
    }
    let level = segment.descriptorPrivilegeLevel
    let oldSS = self.segment(.ss)
    let oldRSP = unsafe registers[.sp]
    let count = isLongMode ? 0 : UInt64((gate.raw >> 32) & 31)
    var parameters = [UInt64](repeating: 0, count: Int(count))
    for index in 0..<count { parameters[Int(index)] = try peek(index * UInt64(size), size) }
    let (newSS, newRSP) = try innerStack(level, external: 0)
    let oldCS = self.segment(.cs).selector
    var frame: [UInt64] = [UInt64(oldSS.selector), oldRSP]
    frame.append(contentsOf: parameters.reversed())
    frame.append(contentsOf: [UInt64(oldCS), state.nextRIP])
    try setAccessed(&entry)
    let top = try pushFrame(frame.count, { frame[$0] }, size, newSS, newRSP, level)
    state.segments[.ss] = newSS
    setCodeSegment(entry, cpl: level)
    unsafe registers[.sp] = top
    state.nextRIP = target
  }

  /// SS and rSP for a more privileged level from the TSS.
  ///
  /// - SDM: Vol. 3A "Stack Switching", "Stack Switching in IA-32e Mode".
  func innerStack(_ level: UInt8, external: UInt32) throws(Exception) -> (SegmentState, UInt64) {
    let tss = state.tr
    let fault = Exception.invalidTSS(code(tss.selector) | external, .innerStackLimit)
    if isLongMode {
      let offset = 4 + UInt64(level) * 8
      guard offset + 7 <= UInt64(tss.limit) else { throw fault }
      let rsp = try loadSystem(tss.base &+ offset, as: UInt64.self)
      guard state.paging.isCanonical(rsp) else { throw .stackFault(external, .innerStackNonCanonical) }
      return (nullSegment(UInt16(level)), rsp)
    }
    let selector: UInt16
    let pointer: UInt64
    if tss.type & 8 != 0 {
      let offset = 4 + UInt64(level) * 8
      guard offset + 5 <= UInt64(tss.limit) else { throw fault }
      pointer = UInt64(try loadSystem(tss.base &+ offset, as: UInt32.self))
      selector = try loadSystem(tss.base &+ offset &+ 4, as: UInt16.self)
    } else {
      let offset = 2 + UInt64(level) * 4
      guard offset + 3 <= UInt64(tss.limit) else { throw fault }
      pointer = UInt64(try loadSystem(tss.base &+ offset, as: UInt16.self))
      selector = try loadSystem(tss.base &+ offset &+ 2, as: UInt16.self)
    }
    guard selector & 0xFFFC != 0 else { throw .invalidTSS(external, .innerStackNull) }
    var entry = try readDescriptor(selector, .invalidTSS, external: external)
    let segment = entry.segment
    guard selector & 3 == UInt16(level), segment.descriptorPrivilegeLevel == level, segment.isCodeOrData,
      !segment.isCode, segment.type & 2 != 0
    else { throw .invalidTSS(code(selector) | external, Self.stackReason(entry, level: level)) }
    guard segment.isPresent else { throw .stackFault(code(selector) | external, .stackNotPresent) }
    try setAccessed(&entry)
    return (entry.segment, pointer)
  }

  /// Writes a frame to a stack that is not yet the current one; gives the new stack pointer.
  func pushFrame(
    _ count: Int, _ value: (Int) -> UInt64, _ size: UInt8, _ stack: SegmentState, _ pointer: UInt64, _ level: UInt8
  ) throws(Exception) -> UInt64 {
    var top = pointer
    let mask: UInt64 = isLongMode ? .max : stack.isDefault32 ? 0xFFFF_FFFF : 0xFFFF
    for index in 0..<count {
      top = (top &- UInt64(size)) & mask
      var address = top
      if isLongMode {
        guard state.paging.isCanonical(top) else { throw .stackFault(.frameNonCanonical) }
      } else {
        let last = top &+ UInt64(size) &- 1
        let isOutside =
          stack.attributes & 0x1C == 0x14
          ? top <= UInt64(stack.limit) || last > mask : last > UInt64(stack.limit)
        if isOutside { throw .stackFault(level == state.cpl ? 0 : code(stack.selector), .frameBeyondLimit) }
        address = (stack.base &+ top) & 0xFFFF_FFFF
      }
      // A push at the level that the handler will have: SMAP counts as for an implicit access.
      try storeSlow(address, value(index), Int(size), level == 3 ? .user : .supervisor)
    }
    return isLongMode ? top : (pointer & ~mask) | top
  }

  /// RETF.
  ///
  /// - SDM: Vol. 2B "RET—Return From Procedure".
  func farReturn(_ size: UInt8, release: UInt64) throws(Exception) {
    // The selector's slot is read first: CR2 shows it.
    let selector = try peekSelector(UInt64(size), size)
    let offset = try peek(0, size)
    if isRealStyle {
      guard offset <= UInt64(segment(.cs).limit) else { throw .generalProtection(.targetLimit) }
      setStackPointer(unsafe registers[.sp] &+ UInt64(size) * 2 &+ release)
      loadRealSegment(.cs, selector)
      state.nextRIP = offset
      updateMode()
      return
    }
    let level = UInt8(selector & 3)
    var outer: (rsp: UInt64, ss: UInt16) = (0, 0)
    if level != state.cpl, does(.readsOuterStackFirst) {
      outer = try readOuterStack(UInt64(size) * 2 &+ release, size)
    }
    guard selector & 0xFFFC != 0, level >= state.cpl else {
      throw .generalProtection(code(selector), level < state.cpl ? .returnToInner : .nullCodeSelector)
    }
    var entry = try readDescriptor(selector)
    try checkReturnCode(entry, level)
    if level == state.cpl {
      try checkTarget(offset, in: entry.segment)
      try setAccessed(&entry)
      setStackPointer(unsafe registers[.sp] &+ UInt64(size) * 2 &+ release)
      setCodeSegment(entry, cpl: level)
      state.nextRIP = offset
      return
    }
    if !does(.readsOuterStackFirst) { outer = try readOuterStack(UInt64(size) * 2 &+ release, size) }
    let stack = try outerStack(outer.ss, level, target: offset, in: entry.segment)
    try setAccessed(&entry)
    setCodeSegment(entry, cpl: level)
    state.segments[.ss] = stack
    setStackPointer(outer.rsp &+ release)
    state.nextRIP = offset
    dropInnerSegments()
  }

  /// rSP and SS of an outer level, at a distance from the top of the stack; SS is read first.
  func readOuterStack(_ distance: UInt64, _ size: UInt8) throws(Exception) -> (rsp: UInt64, ss: UInt16) {
    let selector = UInt16(truncatingIfNeeded: try peek(distance &+ UInt64(size), size))
    return (try peek(distance, size), selector)
  }

  /// The selector in a slot of the stack.
  func peekSelector(_ distance: UInt64, _ size: UInt8) throws(Exception) -> UInt16 {
    UInt16(truncatingIfNeeded: try peek(distance, does(.movesSelectorsAs16Bits) ? 2 : size))
  }

  /// The code segment of RETF or IRET.
  func checkReturnCode(_ entry: DescriptorEntry, _ level: UInt8) throws(Exception) {
    let segment = entry.segment
    func fault(_ reason: FaultReason) -> Exception { .generalProtection(code(entry.selector), reason) }
    guard segment.isCode else { throw fault(.notCodeSegment) }
    if isLongMode && segment.isLong && segment.isDefault32 { throw fault(.codeLongAndDefault) }
    if segment.isConforming {
      guard segment.descriptorPrivilegeLevel <= level else { throw fault(.returnConformingPrivilege) }
    } else {
      guard segment.descriptorPrivilegeLevel == level else { throw fault(.returnCodePrivilege) }
    }
    guard segment.isPresent else { throw .segmentNotPresent(code(entry.selector), .codeNotPresent) }
  }

  /// The stack segment of a return to an outer level, or of IRETQ; the target is checked before it or after it.
  func outerStack(
    _ selector: UInt16, _ level: UInt8, target: UInt64, in code: SegmentState
  ) throws(Exception) -> SegmentState {
    let isTargetFirst = does(.checksReturnTargetFirst)
    if isTargetFirst { try checkTarget(target, in: code) }
    let stack = try outerStack(selector, level, returningTo64Bit: isLongMode && code.isLong)
    if !isTargetFirst { try checkTarget(target, in: code) }
    return stack
  }

  private func outerStack(_ selector: UInt16, _ level: UInt8, returningTo64Bit: Bool) throws(Exception) -> SegmentState
  {
    if selector & 0xFFFC == 0 {
      guard returningTo64Bit, level < 3, UInt8(selector & 3) == level else {
        throw .generalProtection(returningTo64Bit && level < 3 ? .stackRequestedPrivilege : .nullStackSelector)
      }
      return nullSegment(selector)
    }
    var entry = try readDescriptor(selector)
    let segment = entry.segment
    guard UInt8(selector & 3) == level, segment.isCodeOrData, !segment.isCode, segment.type & 2 != 0,
      segment.descriptorPrivilegeLevel == level
    else { throw .generalProtection(code(selector), Self.stackReason(entry, level: level)) }
    guard segment.isPresent else { throw .stackFault(code(selector), .stackNotPresent) }
    try setAccessed(&entry)
    return entry.segment
  }

  /// After a return to an outer level, segments that are too privileged become null.
  func dropInnerSegments() {
    for register in [SegmentRegister.es, .ds, .fs, .gs] {
      let segment = self.segment(register)
      guard !segment.isUnusable, !segment.isConforming, segment.descriptorPrivilegeLevel < state.cpl else { continue }
      state.segments[Int(register.rawValue)].selector = 0
      state.segments[Int(register.rawValue)].attributes = SegmentState.unusable
    }
  }
}
