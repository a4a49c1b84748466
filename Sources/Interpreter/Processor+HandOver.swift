public import X86

extension Processor {
  /// Goes on from a state that another backend brought about, with RAM that it wrote: nothing cached of either stays.
  ///
  /// What an exported state leaves out stays: counts, INTR, the A20 mask, MSRs that the other backend does not keep.
  public func takeOver(_ new: ArchitecturalState) {
    let msrs = state.msrs
    restore(new)
    state.msrs = msrs
    for (number, value) in new.msrs { restoreMSR(number, value) }
    // The task priority has four more bits than CR8 shows.
    let priority = UInt8(truncatingIfNeeded: new.cr8 & 15)
    if bus.taskPriority(processor: state.index) != priority {
      bus.setTaskPriority(priority, processor: state.index)
    }
    if new.pendingDebugTraps != 0 { state.attention |= Attention.debugTrap }
    state.isRepeating = false
    state.repetition = Repetition()
    state.passesBreakpoint = false
    dropWriteTags()
  }

  /// Delivers an interrupt that the controllers have given away already; it takes a tick.
  public func deliverAcknowledged(_ vector: UInt8) {
    chargeHandedOver()
    do throws(Exception) {
      try deliver(vector, errorCode: nil, .external, returnRIP: state.rip)
    } catch {
      raise(error)
    }
    if !is64Bit { wrapInstructionPointer() }
  }

  /// Delivers an exception that another backend has raised and not delivered; it takes a tick.
  public func deliverRaised(_ exception: Exception) {
    chargeHandedOver()
    deliver(exception)
  }

  /// No slice is under way whose budget could pay for the tick.
  private func chargeHandedOver() {
    state.ticksBefore &+= 1
    state.surplusTicks &+= 1
  }

  /// Debug traps wait for the end of a MOV SS shadow.
  public var hasPendingDebugTraps: Bool { state.pendingDebug != 0 }

  /// IA32_TSC_ADJUST: the TSC is virtual time and this.
  public var timeStampOffset: UInt64 {
    get { state.msrs[.tscAdjust] }
    set { state.msrs[.tscAdjust] = newValue }
  }
}
