import MMU
public import X86
public import X86Decoder

/// What came of one instruction whose exception is not delivered.
@frozen public enum StepOutcome: Sendable {
  /// It completed.
  case retired
  /// It raised this instead of completing, or, for INT3, INTO and INT1, by completing; RIP is what delivery would push.
  case raised(Exception)
}

extension Processor {
  /// Executes the instruction at RIP, all iterations of a REP with it, and reports its exception before delivery.
  ///
  /// - Parameters:
  ///   - change: sees the decoded instruction before it executes and may alter it (planted faults); nil for none.
  /// - SDM: Vol. 3A "Exception and Interrupt Handling".
  public func executeOne(changing change: ((inout Instruction) -> Void)? = nil) -> StepOutcome {
    state.attention = 0
    state.granted = 1 << 40
    state.budget = 1 << 40
    state.stiShadow = false
    state.movSSShadow = false
    defer { if !is64Bit { wrapInstructionPointer() } }
    do throws(Exception) {
      var instruction = try fetchInstruction()
      change?(&instruction)
      state.nextRIP = state.rip &+ UInt64(instruction.length)
      if let (vector, reason) = trap(of: instruction.operation) {
        state.rip = state.nextRIP
        return .raised(Exception(vector, reason: reason))
      }
      try execute(instruction)
      state.rip = state.nextRIP
      return .retired
    } catch {
      return .raised(error)
    }
  }

  /// The exception that an instruction raises by completing.
  private func trap(of operation: Operation) -> (ExceptionVector, FaultReason)? {
    if operation == .int3 { return (.breakpoint, .breakpointInstruction) }
    if operation == .int1 { return (.debug, .int1Instruction) }
    if operation == .into, state.flags.overflow { return (.overflow, .overflowInstruction) }
    return nil
  }

  /// Delivers an exception that `executeOne` has reported, up to shutdown.
  public func deliver(_ exception: Exception) {
    raise(exception)
    if !is64Bit { wrapInstructionPointer() }
  }

  /// Delivers what waits between two instructions, an external interrupt by `ProcessorBus.acknowledgeInterrupt`, and
  /// executes nothing.
  public func deliverPendingEvents() {
    // The tick of a delivery belongs to a slice, of which there is none here.
    let (budget, surplus) = (state.budget, state.surplusTicks)
    _ = takeEvents()
    (state.budget, state.surplusTicks) = (budget, surplus)
  }
}
