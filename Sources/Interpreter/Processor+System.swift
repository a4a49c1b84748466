import MMU
import X86
import X86Decoder

extension Processor {
  @inline(__always) func requirePrivilege() throws(Exception) {
    if state.cpl != 0 { throw .generalProtection(.privilegedInstruction) }
  }

  /// System instructions.
  ///
  /// - Returns: false if the operation is not one of these.
  func executeSystem(_ instruction: Instruction) throws(Exception) -> Bool {
    let size = instruction.operandSize
    switch instruction.operation {
    case .in, .out: try executePort(instruction)
    case .cli, .sti: try executeInterruptFlag(instruction)
    case .pushf: try pushFlags(size)
    case .popf: try popFlags(size)
    case .hlt:
      try requirePrivilege()
      state.activity = .halted
      state.attention |= Attention.stopped
    case .movToSegment:
      guard let register = SegmentRegister(rawValue: instruction.reg) else {
        throw .invalidOpcode(.segmentRegisterInvalid)
      }
      let value = try readOperand(instruction, instruction.operand1, 2)
      try loadSegment(register, UInt16(truncatingIfNeeded: value))
      if register == .ss { armStackShadow() }
    case .movFromSegment:
      let selector = UInt64(state.segments[Int(instruction.reg)].selector)
      try writeOperand(instruction, instruction.operand0, instruction.isMemory ? 2 : size, selector)
    case .pushSegment:
      let selector = UInt64(state.segments[Int(instruction.reg)].selector)
      if size == 4, does(.movesSelectorsAs16Bits) {
        let offset = stackOffset(unsafe registers[4] &- 4)
        try storeStack(offset, selector, 2)
        setStackPointer(offset)
      } else {
        try push(selector, size)
      }
    case .popSegment:
      guard let register = SegmentRegister(rawValue: instruction.reg) else {
        throw .invalidOpcode(.segmentRegisterInvalid)
      }
      let selector = try peekSelector(0, size)
      // The old SS.B says how many bytes of rSP move.
      let old = unsafe registers[4]
      setStackPointer(old &+ UInt64(size))
      do throws(Exception) { try loadSegment(register, selector) } catch {
        unsafe registers[4] = old
        throw error
      }
      if register == .ss { armStackShadow() }
    case .les, .lds, .lss, .lfs, .lgs: try loadFarPointer(instruction)
    case .movToControl:
      try requirePrivilege()
      try writeControl(instruction.reg, read(instruction.rm, width: instruction.width1))
    case .movFromControl:
      try requirePrivilege()
      write(instruction.rm, width: instruction.width0, readControl(instruction.reg))
    case .movToDebug, .movFromDebug: try executeDebugMove(instruction)
    case .clts:
      try requirePrivilege()
      state.paging.cr0 &= ~CR0.taskSwitched
    case .lmsw:
      try requirePrivilege()
      let value = try readOperand(instruction, instruction.operand0, 2)
      let old = state.paging.cr0
      try writeControl(0, (old & ~0xE) | (value & 0xF) | (old & 1))
    case .smsw:
      try checkUserModeInstructionPrevention()
      try writeOperand(instruction, instruction.operand0, instruction.width0, state.paging.cr0)
    case .sgdt: try storeTableRegister(instruction, state.gdtr)
    case .sidt: try storeTableRegister(instruction, state.idtr)
    case .lgdt, .lidt:
      try requirePrivilege()
      let table = try loadTableRegister(instruction)
      if instruction.operation == .lgdt { state.gdtr = table } else { state.idtr = table }
    case .sldt, .str:
      if isRealStyle { throw .invalidOpcode(.protectedModeOnly) }
      try checkUserModeInstructionPrevention()
      let selector = instruction.operation == .sldt ? state.ldtr.selector : state.tr.selector
      try writeOperand(instruction, instruction.operand0, instruction.width0, UInt64(selector))
    case .lldt, .ltr: try loadSystemSegment(instruction)
    case .verr, .verw, .lar, .lsl: try inspectDescriptor(instruction)
    case .arpl: try adjustPrivilege(instruction)
    case .invlpg:
      try requirePrivilege()
      let offset = effectiveAddress(instruction)
      let base = is64Bit && instruction.segment < 4 ? 0 : state.segments[Int(instruction.segment)].base
      invalidatePage(base &+ offset)
    case .invpcid: try executeInvalidatePCID(instruction)
    case .wbinvd, .invd: try requirePrivilege()
    case .cpuid: executeCPUID()
    case .rdmsr:
      try requirePrivilege()
      let number = UInt32(truncatingIfNeeded: register64(1))
      let found = hasMSR(number) ? readMSR(number) : nil
      if state.isObserved, let found {
        log?.msrs.append(LoggedMSR(number: number, isWrite: false, value: found, old: found))
      }
      guard let value = found else {
        bus.note(.unknownMSRRead(number), processor: state.index)
        throw .generalProtection(.msrUnknown)
      }
      write(0, width: 4, value)
      write(2, width: 4, value >> 32)
    case .wrmsr:
      try requirePrivilege()
      let number = UInt32(truncatingIfNeeded: register64(1))
      let value = (register64(0) & 0xFFFF_FFFF) | register64(2) << 32
      if state.isObserved {
        log?.msrs.append(LoggedMSR(number: number, isWrite: true, value: value, old: readMSR(number) ?? 0))
      }
      switch hasMSR(number) ? writeMSR(number, value) : .unknown {
      case .done: break
      case .illegal(let reason): throw .generalProtection(reason)
      case .unknown:
        bus.note(.unknownMSRWritten(number), processor: state.index)
        throw .generalProtection(.msrUnknown)
      }
    case .rdtsc, .rdtscp:
      if state.paging.cr4 & CR4.timeStampDisable != 0 && state.cpl != 0 { throw .generalProtection(.timeStampDisabled) }
      let now = bus.timeStamp(processor: state.index) &+ state.msrs[.tscAdjust]
      write(0, width: 4, now)
      write(2, width: 4, now >> 32)
      if instruction.operation == .rdtscp { write(1, width: 4, state.msrs[.tscAux]) }
    case .rdpmc: try readPerformanceCounter()
    case .syscall: try systemCall()
    case .sysret: try systemReturn(instruction)
    case .sysenter: try systemEnter()
    case .sysexit: try systemExit(instruction)
    case .swapgs:
      try requirePrivilege()
      let base = state.segments[5].base
      state.segments[5].base = state.msrs[.kernelGSBase]
      state.msrs[.kernelGSBase] = base
    case .rdfsbase, .rdgsbase, .wrfsbase, .wrgsbase: try executeSegmentBase(instruction)
    case .stac, .clac:
      guard state.cpl == 0 else { throw .invalidOpcode(.smapInstructionPrivilege) }
      if instruction.operation == .stac {
        state.systemFlags |= RFLAGS.alignmentCheck
      } else {
        state.systemFlags &= ~RFLAGS.alignmentCheck
      }
      updateMode()
    // Absent by CPUID: MONITOR and MWAIT, XSAVE, VMX, SVM; RSM exists only in system-management mode.
    case .monitor, .mwait, .xgetbv, .xsetbv, .vmcall, .vmmcall, .rsm: throw .invalidOpcode(.absentFeature)
    default: return false
    }
    return true
  }

  /// RDPMC: the counters of the model's vendor that PERF_CTR0 to 3 are.
  private func readPerformanceCounter() throws(Exception) {
    if state.cpl != 0, isProtected, state.paging.cr4 & CR4.performanceCounterEnable == 0 {
      throw .generalProtection(.privilegedInstruction)
    }
    let number = UInt32(truncatingIfNeeded: register64(1))
    guard number < 4, hasMSR(MSR.performanceCounters + number),
      let value = readMSR(MSR.performanceCounters + number)
    else { throw .generalProtection(.performanceCounterUnknown) }
    write(0, width: 4, value)
    write(2, width: 4, value >> 32)
  }

  // MARK: Ports

  /// I/O permission: CPL against IOPL, then the bitmap of the TSS.
  ///
  /// - SDM: Vol. 1 "I/O Permission Bit Map".
  func checkPortAccess(_ port: UInt16, _ byteCount: Int) throws(Exception) {
    let ioPrivilege = UInt8((state.systemFlags & RFLAGS.ioPrivilegeLevel) >> 12)
    guard isProtected, state.cpl > ioPrivilege || isVirtual8086 else { return }
    let tss = state.tr
    guard tss.type & 8 != 0, tss.limit >= 0x67 else { throw .generalProtection(.ioMapAbsent) }
    let base = UInt64(try loadSystem(tss.base &+ 0x66, as: UInt16.self))
    let offset = base + UInt64(port / 8)
    guard offset + 1 <= UInt64(tss.limit) else { throw .generalProtection(.ioMapLimit) }
    let bits = try loadSystem(tss.base &+ offset, as: UInt16.self)
    let mask = UInt16((1 << byteCount) - 1) << (port & 7)
    guard bits & mask == 0 else { throw .generalProtection(.ioMapBit) }
  }

  private func executePort(_ instruction: Instruction) throws(Exception) {
    let isInput = instruction.operation == .in
    let portKind = isInput ? instruction.operand1 : instruction.operand0
    let width = isInput ? instruction.width0 : instruction.width1
    let port = UInt16(truncatingIfNeeded: portKind == .dx ? register64(2) & 0xFFFF : instruction.immediate & 0xFF)
    try checkPortAccess(port, Int(width))
    matchPortBreakpoints(UInt64(port), UInt64(width))
    if isInput {
      write(0, width: width, UInt64(readPort(port, Int(width))))
    } else {
      let value = UInt32(truncatingIfNeeded: read(0, width: width))
      writePort(value, port, Int(width))
    }
  }

  /// Reads a port of the board.
  func readPort(_ port: UInt16, _ width: Int) -> UInt32 {
    let value = bus.readPort(port, width: width, processor: state.index)
    if state.isObserved { log?.ports.append(LoggedPort(port: port, byteCount: width, isWrite: false, value: value)) }
    return value
  }

  /// Writes a port of the board.
  func writePort(_ value: UInt32, _ port: UInt16, _ width: Int) {
    if state.isObserved { log?.ports.append(LoggedPort(port: port, byteCount: width, isWrite: true, value: value)) }
    bus.writePort(value, port, width: width, processor: state.index)
  }

  // MARK: Flags

  private func executeInterruptFlag(_ instruction: Instruction) throws(Exception) {
    let ioPrivilege = UInt8((state.systemFlags & RFLAGS.ioPrivilegeLevel) >> 12)
    if isProtected && state.cpl > ioPrivilege { throw .generalProtection(.ioPrivilege) }
    if instruction.operation == .cli {
      state.systemFlags &= ~RFLAGS.interruptEnable
    } else if state.systemFlags & RFLAGS.interruptEnable == 0 {
      state.systemFlags |= RFLAGS.interruptEnable
      state.stiShadow = true
      state.attention |= Attention.shadow
    }
  }

  /// MOV SS and POP SS: the next instruction is covered, but not after another one that was so.
  func armStackShadow() {
    if state.isInStackShadow { return }
    state.movSSShadow = true
    state.attention |= Attention.shadow
  }

  private func pushFlags(_ size: UInt8) throws(Exception) {
    if isVirtual8086, state.systemFlags & RFLAGS.ioPrivilegeLevel != RFLAGS.ioPrivilegeLevel {
      throw .generalProtection(.virtual8086Privilege)
    }
    try push(rflags & ~(RFLAGS.virtual8086 | RFLAGS.resume), size)
  }

  private func popFlags(_ size: UInt8) throws(Exception) {
    if isVirtual8086, state.systemFlags & RFLAGS.ioPrivilegeLevel != RFLAGS.ioPrivilegeLevel {
      throw .generalProtection(.virtual8086Privilege)
    }
    let value = try pop(size)
    var mask: UInt64 = RFLAGS.status | RFLAGS.trap | RFLAGS.direction | RFLAGS.nestedTask
    if size > 2 { mask |= RFLAGS.alignmentCheck | RFLAGS.identification }
    let ioPrivilege = UInt8((state.systemFlags & RFLAGS.ioPrivilegeLevel) >> 12)
    if state.cpl == 0 { mask |= RFLAGS.ioPrivilegeLevel }
    if !isProtected || state.cpl <= ioPrivilege { mask |= RFLAGS.interruptEnable }
    rflags = ((rflags & ~mask) | (value & mask)) & ~(size > 2 ? RFLAGS.resume : 0)
  }

  // MARK: Segments and tables

  private func loadFarPointer(_ instruction: Instruction) throws(Exception) {
    let size = farPointerSize(instruction)
    let at = effectiveAddress(instruction)
    let offset = try loadSized(instruction.segment, at, size)
    let selector = try load(instruction.segment, at &+ UInt64(size), as: UInt16.self)
    let register: SegmentRegister =
      switch instruction.operation {
      case .les: .es
      case .lds: .ds
      case .lss: .ss
      case .lfs: .fs
      default: .gs
      }
    try loadSegment(register, selector)
    write(instruction.reg, width: size, offset)
  }

  private func checkUserModeInstructionPrevention() throws(Exception) {
    if state.cpl > 0, isProtected, state.paging.cr4 & CR4.userModeInstructionPrevention != 0 {
      throw .generalProtection(.umip)
    }
  }

  private func storeTableRegister(_ instruction: Instruction, _ table: DescriptorTableRegister) throws(Exception) {
    try checkUserModeInstructionPrevention()
    let at = effectiveAddress(instruction)
    try store(instruction.segment, at, table.limit)
    if is64Bit {
      try store(instruction.segment, at &+ 2, table.base)
    } else {
      try store(instruction.segment, at &+ 2, UInt32(truncatingIfNeeded: table.base))
    }
  }

  private func loadTableRegister(_ instruction: Instruction) throws(Exception) -> DescriptorTableRegister {
    let at = effectiveAddress(instruction)
    let limit = try load(instruction.segment, at, as: UInt16.self)
    if is64Bit {
      let base = try load(instruction.segment, at &+ 2, as: UInt64.self)
      guard state.paging.isCanonical(base) else { throw .generalProtection(.nonCanonicalBase) }
      return DescriptorTableRegister(base: base, limit: limit)
    }
    let base = UInt64(try load(instruction.segment, at &+ 2, as: UInt32.self))
    return DescriptorTableRegister(base: instruction.operandSize == 2 ? base & 0xFF_FFFF : base, limit: limit)
  }

  private func loadSystemSegment(_ instruction: Instruction) throws(Exception) {
    if isRealStyle { throw .invalidOpcode(.protectedModeOnly) }
    try requirePrivilege()
    let selector = UInt16(truncatingIfNeeded: try readOperand(instruction, instruction.operand0, 2))
    let isTask = instruction.operation == .ltr
    if selector & 0xFFFC == 0 {
      guard !isTask else { throw .generalProtection(.nullTaskRegister) }
      state.ldtr = nullSegment(selector)
      return
    }
    guard selector & 4 == 0 else { throw .generalProtection(code(selector), .systemSelectorLocal) }
    let entry = try readDescriptor(selector)
    let type = entry.systemType
    let isRight = isTask ? type == 9 || (type == 1 && !isLongMode) : type == 2
    guard isRight else {
      let isBusy = isTask && (type == 11 || (type == 3 && !isLongMode))
      throw .generalProtection(
        code(selector), isBusy ? .taskBusy : isTask ? .taskRegisterType : .ldtDescriptorType)
    }
    guard entry.isPresent else { throw .segmentNotPresent(code(selector), .systemNotPresent) }
    var segment = entry.segment
    if isLongMode {
      guard UInt64(selector | 7) + 8 <= UInt64(state.gdtr.limit) else {
        throw .generalProtection(code(selector), .upperHalfBeyondLimit)
      }
      let high = try loadSystem(entry.address &+ 8, as: UInt64.self)
      guard (high >> 40) & 0x1F == 0 else { throw .generalProtection(code(selector), .upperHalfType) }
      segment.base |= high << 32
      guard state.paging.isCanonical(segment.base) else {
        throw .generalProtection(code(selector), .systemBaseNonCanonical)
      }
    }
    if isTask {
      try storeSystem(entry.address &+ 5, UInt8(truncatingIfNeeded: entry.raw >> 40) | 2)
      segment.attributes |= 2
      state.tr = segment
    } else {
      state.ldtr = segment
    }
  }

  /// VERR, VERW, LAR, LSL: a selector that cannot be used clears ZF and nothing else.
  private func inspectDescriptor(_ instruction: Instruction) throws(Exception) {
    if isRealStyle { throw .invalidOpcode(.protectedModeOnly) }
    let isInspection = instruction.operation == .lar || instruction.operation == .lsl
    let kind = isInspection ? instruction.operand1 : instruction.operand0
    let selector = UInt16(truncatingIfNeeded: try readOperand(instruction, kind, 2))
    state.flags.set(RFLAGS.zero, to: 0)
    guard selector & 0xFFFC != 0 else { return }
    let entry: DescriptorEntry
    do throws(Exception) { entry = try readDescriptor(selector) } catch {
      if error.vector == .generalProtection { return }
      throw error
    }
    let segment = entry.segment
    let requested = UInt8(selector & 3)
    let isReachable = segment.isConforming || segment.descriptorPrivilegeLevel >= max(state.cpl, requested)
    guard isReachable else { return }
    if !segment.isCodeOrData {
      guard isInspection else { return }
      let legal: [UInt32] =
        instruction.operation == .lar
        ? (isLongMode ? [2, 9, 11, 12] : [1, 2, 3, 4, 5, 9, 11, 12]) : (isLongMode ? [2, 9, 11] : [1, 2, 3, 9, 11])
      guard legal.contains(segment.type) else { return }
    }
    switch instruction.operation {
    case .verr: guard !segment.isCode || segment.type & 2 != 0 else { return }
    case .verw: guard !segment.isCode && segment.type & 2 != 0 else { return }
    case .lar: write(instruction.reg, width: instruction.width0, (entry.raw >> 32) & 0x00FF_FF00)
    default: write(instruction.reg, width: instruction.width0, UInt64(segment.limit))
    }
    state.flags.set(RFLAGS.zero, to: RFLAGS.zero)
  }

  private func adjustPrivilege(_ instruction: Instruction) throws(Exception) {
    if isRealStyle { throw .invalidOpcode(.protectedModeOnly) }
    let requested = read(instruction.reg, width: 2) & 3
    let value = try readOperand(instruction, instruction.operand0, 2)
    let adjusts = value & 3 < requested
    if adjusts { try writeOperand(instruction, instruction.operand0, 2, (value & ~3) | requested) }
    state.flags.set(RFLAGS.zero, to: adjusts ? RFLAGS.zero : 0)
  }

  private func executeSegmentBase(_ instruction: Instruction) throws(Exception) {
    guard state.paging.cr4 & CR4.fsgsbase != 0 else { throw .invalidOpcode(.segmentBaseDisabled) }
    let index = instruction.operation == .rdfsbase || instruction.operation == .wrfsbase ? 4 : 5
    if instruction.operation == .rdfsbase || instruction.operation == .rdgsbase {
      write(instruction.rm, width: instruction.width0, state.segments[index].base)
    } else {
      let base = read(instruction.rm, width: instruction.width0)
      guard state.paging.isCanonical(base) else { throw .generalProtection(.nonCanonicalBase) }
      state.segments[index].base = base
    }
  }

  // MARK: CPUID

  private func executeCPUID() {
    let (a, b, c, d) = model.cpuid(
      UInt32(truncatingIfNeeded: register64(0)), UInt32(truncatingIfNeeded: register64(1)),
      apicID: UInt32(truncatingIfNeeded: state.index), cr4OSXSAVE: false,
      apicEnabled: (bus.readAPICRegister(MSR.apicBase, processor: state.index) ?? 0) & APICBase.globalEnable != 0)
    write(0, width: 4, UInt64(a))
    write(3, width: 4, UInt64(b))
    write(1, width: 4, UInt64(c))
    write(2, width: 4, UInt64(d))
  }
}
