import MMU
import X86
import X86Decoder

extension Processor {
  @inline(__always) func requirePrivilege() throws(Exception) {
    if state.cpl != 0 { throw .generalProtection(.privilegedInstruction) }
  }

  /// HLT.
  func halt(_ instruction: Instruction) throws(Exception) {
    state.activity = .halted
    state.attention |= Attention.stopped
  }

  // MARK: Control registers

  /// MOV CRn, r.
  func moveToControl(_ instruction: Instruction) throws(Exception) {
    try writeControl(instruction.reg, read(instruction.rm, width: instruction.width1))
  }

  /// MOV r, CRn.
  func moveFromControl(_ instruction: Instruction) throws(Exception) {
    write(instruction.rm, width: instruction.width0, readControl(instruction.reg))
  }

  /// CLTS.
  func clearTaskSwitched(_ instruction: Instruction) throws(Exception) {
    state.paging.cr0 &= ~CR0.taskSwitched
  }

  /// LMSW: PE can be set, never cleared.
  func loadMachineStatusWord(_ instruction: Instruction) throws(Exception) {
    let value = try readOperand(instruction, instruction.operand0, 2)
    let old = state.paging.cr0
    try writeControl(0, (old & ~0xE) | (value & 0xF) | (old & 1))
  }

  /// SMSW.
  func storeMachineStatusWord(_ instruction: Instruction) throws(Exception) {
    try checkUserModeInstructionPrevention()
    try writeOperand(instruction, instruction.operand0, instruction.width0, state.paging.cr0)
  }

  /// INVLPG.
  func invalidatePageOperand(_ instruction: Instruction) throws(Exception) {
    let offset = effectiveAddress(instruction)
    invalidatePage(base(of: instruction.segment) &+ offset)
  }

  // MARK: Model-specific registers and clocks

  /// RDMSR.
  func readModelSpecificRegister(_ instruction: Instruction) throws(Exception) {
    let number = UInt32(truncatingIfNeeded: register64(.cx))
    let found = hasMSR(number) ? readMSR(number) : nil
    if state.isObserved, let found {
      log?.msrs.append(LoggedMSR(number: number, isWrite: false, value: found, old: found))
    }
    guard let value = found else {
      bus.note(.unknownMSRRead(number), processor: state.index)
      throw .generalProtection(.msrUnknown)
    }
    writePair(value)
  }

  /// WRMSR.
  func writeModelSpecificRegister(_ instruction: Instruction) throws(Exception) {
    let number = UInt32(truncatingIfNeeded: register64(.cx))
    let value = (register64(.ax) & 0xFFFF_FFFF) | register64(.dx) << 32
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
  }

  /// EDX:EAX, the upper halves of both registers zero.
  private func writePair(_ value: UInt64) {
    write(.ax, width: 4, value)
    write(.dx, width: 4, value >> 32)
  }

  /// RDTSC.
  func readTimeStamp(_ instruction: Instruction) throws(Exception) {
    if state.paging.cr4 & CR4.timeStampDisable != 0 && state.cpl != 0 { throw .generalProtection(.timeStampDisabled) }
    writePair(bus.timeStamp(processor: state.index) &+ state.msrs[.tscAdjust])
  }

  /// RDTSCP.
  func readTimeStampAndProcessor(_ instruction: Instruction) throws(Exception) {
    try readTimeStamp(instruction)
    write(.cx, width: 4, state.msrs[.tscAux])
  }

  /// RDPMC: the counters of the model's vendor that PERF_CTR0 to 3 are.
  func readPerformanceCounter(_ instruction: Instruction) throws(Exception) {
    if state.cpl != 0, isProtected, state.paging.cr4 & CR4.performanceCounterEnable == 0 {
      throw .generalProtection(.privilegedInstruction)
    }
    let number = UInt32(truncatingIfNeeded: register64(.cx))
    guard number < 4, hasMSR(MSR.performanceCounters + number),
      let value = readMSR(MSR.performanceCounters + number)
    else { throw .generalProtection(.performanceCounterUnknown) }
    writePair(value)
  }

  /// SWAPGS.
  func swapGS(_ instruction: Instruction) throws(Exception) {
    let base = segment(.gs).base
    state.segments[.gs].base = state.msrs[.kernelGSBase]
    state.msrs[.kernelGSBase] = base
  }

  /// CPUID.
  func identifyProcessor(_ instruction: Instruction) throws(Exception) {
    let (a, b, c, d) = model.cpuid(
      UInt32(truncatingIfNeeded: register64(.ax)), UInt32(truncatingIfNeeded: register64(.cx)),
      apicID: UInt32(truncatingIfNeeded: state.index), cr4: state.paging.cr4,
      xcr0: state.xcr0,
      apicEnabled: (bus.readAPICRegister(MSR.apicBase, processor: state.index) ?? 0) & APICBase.globalEnable != 0)
    write(.ax, width: 4, UInt64(a))
    write(.bx, width: 4, UInt64(b))
    write(.cx, width: 4, UInt64(c))
    write(.dx, width: 4, UInt64(d))
  }
}
