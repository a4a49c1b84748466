public import DevicesLegacy
import Interpreter
public import X86

// A machine changes over between the interpreter and another set of processors while it runs. RAM and chips are the same
// for both; what one of them keeps by itself goes through the functions here.

/// The chips that a set of processors may have of its own.
public struct InterruptChips: Equatable, Sendable {
  /// The 8259A pair.
  public var pic: PIC8259.State
  /// The I/O APIC.
  public var ioapic: IOAPIC.State
  /// The 8254.
  public var pit: PIT8254.State
  /// System control port B, bits 0 and 1.
  public var portB: UInt8
  /// The local APICs.
  public var apics: [LocalAPIC.State]
}

/// A processor as another set of processors leaves it.
public struct DepartingProcessor: Sendable {
  /// Everything that software can observe.
  public var state: ArchitecturalState
  /// The TSC; nil leaves the model's.
  public var timeStamp: UInt64?
  /// The vector of an interrupt that was acknowledged and not delivered.
  public var interrupt: UInt8?
  /// An exception that was raised and not delivered.
  public var exception: Exception?

  /// Makes one without a TSC, and without an event on its way.
  public init(_ state: ArchitecturalState) { self.state = state }
}

extension Machine {
  /// Brings the machine to a point between two rounds, where other processors can take over.
  ///
  /// - Throws: why they cannot, in one sentence.
  public func prepareHandOver() throws(MachineError) {
    guard !isSuspended else {
      throw MachineError(description: "the machine is suspended to RAM: no processor has a state to hand over")
    }
    guard platform.systemControlA.opensA20 || platform.keyboard.opensA20 else {
      throw MachineError(description: "address line 20 is closed, which only the model's processors can do")
    }
    // No other backend has a place for traps that a MOV SS shadow holds back: they are delivered within two ticks.
    var steps = 0
    while exit == nil, steps < 8, processors.contains(where: { $0.hasPendingDebugTraps }) {
      _ = run(ticks: 1)
      steps += 1
    }
    if let exit { throw MachineError(description: "the guest has ended: \(exit)") }
    closeOpenRound()
  }

  /// Ends a round where it is: no processor has seen a later moment than the present one.
  private func closeOpenRound() {
    clock = now.nanoseconds
    turn = Turn()
    isTurnInterrupted = false
    isStopRequested = false
    isAtStopPort = false
    idleJumps = 0
    for processor in processors {
      processor.clearBoardAttention()
      processor.leaveBreakpoint(passing: false)
    }
  }

  /// Lets the interpreter execute again, from states that another set of processors leaves.
  ///
  /// - Parameters:
  ///   - departing: one for each processor.
  ///   - chips: those that the set has had of its own; nil if it worked with the board's.
  public func resumeInterpreter(_ departing: [DepartingProcessor], chips: InterruptChips?) {
    removeReplacement()
    turn = Turn()
    isTurnInterrupted = false
    isStopRequested = false
    isAtStopPort = false
    idleJumps = 0
    dropDecodedCode()
    if let chips { restoreInterruptChips(chips) }
    platform.updateA20()
    for (index, leaving) in departing.enumerated() where processors.indices.contains(index) {
      let processor = processors[index]
      processor.takeOver(leaving.state)
      if let stamp = leaving.timeStamp { setTimeStampCounter(stamp, processor: index) }
      processor.setInterruptRequest(platform.apics[index].hasRequest)
      if let exception = leaving.exception { processor.deliverRaised(exception) }
      if let vector = leaving.interrupt { processor.deliverAcknowledged(vector) }
    }
  }

  /// What a guest uses of the board's local APICs that processors without one of their own cannot reach; nil if
  /// nothing.
  public var localAPICObstacle: String? {
    for apic in platform.apics {
      if apic.isX2 { return "local APIC \(apic.index) is in x2APIC mode" }
      if apic.usesDeadline { return "the timer of local APIC \(apic.index) is in TSC-deadline mode" }
    }
    return nil
  }

  // MARK: The TSC

  /// The TSC of a processor.
  public func timeStampCounter(processor index: Int) -> UInt64 {
    now.nanoseconds &+ processors[index].timeStampOffset
  }

  /// Makes the TSC of a processor go on from a value.
  public func setTimeStampCounter(_ value: UInt64, processor index: Int) {
    let offset = value &- now.nanoseconds
    processors[index].timeStampOffset = offset
    platform.apics[index].timeStampOffset = offset
  }

  // MARK: Chips

  /// The chips that a set of processors may have of its own.
  public var interruptChips: InterruptChips {
    InterruptChips(
      pic: platform.pic.state, ioapic: platform.ioapic.state, pit: platform.pit.state,
      portB: platform.systemControlB.state.register, apics: platform.apics.map(\.state))
  }

  /// Stops timers of the board's that a set of processors has of its own.
  public func silenceInterruptChips() {
    // OUT of a counter that waits for its count is low in mode 0, and stays so.
    var idle = PIT8254.State()
    idle.channels[0].mode = 0
    idle.drivenClock = platform.pit.state.drivenClock
    platform.pit.restore(idle)
    for apic in platform.apics {
      var state = apic.state
      state.isCounting = false
      state.deadline = 0
      apic.restore(state)
    }
  }

  private func restoreInterruptChips(_ chips: InterruptChips) {
    platform.pic.restore(chips.pic)
    platform.ioapic.restore(chips.ioapic)
    platform.pit.restore(chips.pit)
    platform.systemControlB.restore(.init(register: chips.portB))
    for (apic, state) in zip(platform.apics, chips.apics) { apic.restore(state) }
    // Every input as it is: then INTR and level-triggered pins follow from the states.
    for input in 0..<16 where input != Int(PIC8259.cascadeInput) {
      let chip = input < 8 ? chips.pic.master : chips.pic.slave
      platform.pic.set(input, chip.lines >> UInt8(input & 7) & 1 != 0)
    }
    for pin in 0..<IOAPIC.pinCount { platform.ioapic.set(pin, chips.ioapic.lines >> UInt32(pin) & 1 != 0) }
  }

  // MARK: Stops at ports

  /// Whether the instruction that has just been executed accessed one of `stopPorts`; asked once, it is forgotten.
  public func takeStopPort() -> Bool {
    defer { isAtStopPort = false }
    return isAtStopPort
  }

  /// Ends the turn behind an instruction that accessed one of `stopPorts`.
  func noteStopPort(_ port: UInt16, width: Int) {
    guard stopPorts.contains(where: { $0 >= port && Int($0) < Int(port) + width }) else { return }
    isAtStopPort = true
    interruptSlice()
  }
}
