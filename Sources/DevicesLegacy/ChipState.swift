import X86

// What a saved state of each chip may hold: the values that its functions can bring about, and no others.

extension ACPIPowerManagement: RestorableChip {
  /// Puts back a state.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    FieldCheck.first(
      FieldCheck.bits("ACPI PM1_STS", state.status, PM1Status.all),
      FieldCheck.bits("ACPI PM1_EN", state.enable, PM1Enable.all),
      FieldCheck.bits("ACPI PM1_CNT", state.control, PM1Control.all),
      state.control & PM1Control.sciEnable == 0
        ? "ACPI PM1_CNT \(FieldCheck.hexadecimal(state.control)) lacks SCI_EN" : nil)
  }
}

extension IOAPIC: RestorableChip {
  /// Puts back a state; the levels of the pins are part of it.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    if let problem = FieldCheck.count("I/O APIC redirection table", state.entries, pinCount) { return problem }
    for (pin, entry) in state.entries.enumerated() {
      if let problem = FieldCheck.bits("I/O APIC pin \(pin) entry", entry, Redirection.all) { return problem }
    }
    return FieldCheck.first(
      FieldCheck.bits("I/O APIC identification", state.id, idBits),
      FieldCheck.bits("I/O APIC pin levels", state.lines, 1 << UInt32(pinCount) - 1))
  }
}

extension LocalAPIC: RestorableChip {
  /// Puts back a state; INTR follows from it, and the processor's state holds it as well.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    for (name, set) in [("IRR", state.request), ("ISR", state.inService), ("TMR", state.triggerMode)] {
      if let problem = FieldCheck.bits("local APIC \(name) word 0", set.word(0), 0xFFFF_0000) { return problem }
    }
    if let problem = FieldCheck.count("local APIC LVT", state.vectorTable, LVT.masks.count) { return problem }
    for (index, mask) in LVT.masks.enumerated() {
      let possible = (mask & ~LVT.readOnly) | (index == LVT.Entry.lint0.rawValue ? LVT.remoteIRR : 0)
      if let problem = FieldCheck.bits("local APIC LVT entry \(index)", state.vectorTable[index], possible) {
        return problem
      }
    }
    let timer = state.vectorTable[LVT.Entry.timer.rawValue]
    if state.isCounting && (state.initialCount == 0 || timer & LVT.deadlineMode != 0) {
      let entry = FieldCheck.hexadecimal(timer)
      return "local APIC timer counts from \(state.initialCount), or in a mode that does not count: LVT \(entry)"
    }
    if state.base & BaseMSR.mode == BaseMSR.extended {
      return "local APIC IA32_APIC_BASE \(FieldCheck.hexadecimal(state.base)) has x2APIC mode without the APIC"
    }
    return FieldCheck.first(
      FieldCheck.bits("local APIC IA32_APIC_BASE", state.base, BaseMSR.writable),
      FieldCheck.range("local APIC id", state.id, 0...0xFF),
      FieldCheck.bits("local APIC SVR", state.spurious, SVR.writable),
      FieldCheck.bits("local APIC LDR", state.logicalDestination, logicalIDBits),
      state.destinationFormat | modelBits == .max
        ? nil : "local APIC DFR \(FieldCheck.hexadecimal(state.destinationFormat)) lacks bits of FFFFFFFh",
      FieldCheck.bits("local APIC ESR", state.errors, ESR.all),
      FieldCheck.bits("local APIC latched ESR", state.latchedErrors, ESR.all),
      FieldCheck.bits("local APIC ICR", state.command, ~ICR.reserved),
      FieldCheck.bits("local APIC divide configuration", state.divide, divideBits))
  }
}

extension PIC8259: RestorableChip {
  /// Puts back a state; the levels of the inputs are part of it.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    problem("PIC master", state.master, level: LevelInputs.master)
      ?? problem("PIC slave", state.slave, level: LevelInputs.slave)
  }

  private static func problem(_ name: String, _ chip: Chip, level: UInt8) -> String? {
    FieldCheck.first(
      FieldCheck.bits("\(name) IRR", chip.request, chip.lines),
      FieldCheck.bits("\(name) vector base", chip.base, vectorBits),
      FieldCheck.bits("\(name) ELCR", chip.level, level),
      FieldCheck.range("\(name) lowest priority", chip.lowest, 0...7),
      FieldCheck.choice("\(name) expected initialisation word", chip.expected, [0, 2, 3, 4]),
      chip.polled.flatMap { FieldCheck.range("\(name) polled input", $0, 0...7) },
      chip.polled != nil && !chip.isPolling ? "\(name) has a polled input without a poll" : nil)
  }
}

extension PIT8254: RestorableChip {
  /// Puts back a state; channel 0's OUT follows from it.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    // No clock is counted beyond the end of virtual time, and channel 0 starts at the latest one clock after the last.
    let end = VirtualTime(nanoseconds: .max).count(atHertz: frequency)
    if let problem = FieldCheck.count("PIT channels", state.channels, 3) { return problem }
    if let problem = FieldCheck.range("PIT driven clock", state.drivenClock, 0...end) { return problem }
    for (index, channel) in state.channels.enumerated() {
      let latest = index == 0 ? state.drivenClock &+ 1 : end &+ 1
      if let problem = problem("PIT channel \(index)", channel, latest: latest) { return problem }
      guard index < 2 else { continue }
      // Half a count in mode 0 holds a counter until the other half is there.
      let isHalfWritten = channel.mode == 0 && (channel.pendingLow != nil || channel.loadClock != nil)
      if !channel.gate || (channel.heldClocks != nil && !isHalfWritten) {
        return "PIT channel \(index) has its gate closed, which is tied open"
      }
    }
    return nil
  }

  private static func problem(_ name: String, _ channel: Channel, latest: UInt64) -> String? {
    let largest: UInt32 = channel.isDecimal ? 16665 : 65536
    let isLoaded = channel.start != 0 || channel.lead != 0 || channel.heldClocks != nil || channel.load != .nextClock
    return FieldCheck.first(
      FieldCheck.range("\(name) mode", channel.mode, 0...5), FieldCheck.range("\(name) access", channel.access, 1...3),
      FieldCheck.range("\(name) reload", channel.reload, (isLoaded ? 1 : 0)...largest),
      FieldCheck.range("\(name) lead", channel.lead, 0...channel.reload),
      FieldCheck.range("\(name) start", channel.start, 0...latest),
      channel.written.flatMap { FieldCheck.range("\(name) written count", $0, 1...largest) },
      channel.loadClock.flatMap { FieldCheck.range("\(name) load clock", $0, 0...latest &+ 65536) },
      channel.loadClock != nil && channel.written == nil && channel.reload == 0
        ? "\(name) is to be loaded without a count" : nil,
      channel.load != .nextClock && (channel.loadClock == nil || !(2...3).contains(channel.mode))
        ? "\(name) is to be loaded by \(channel.load) in mode \(channel.mode)" : nil,
      channel.heldClocks.flatMap {
        FieldCheck.range(
          "\(name) held clocks", $0, 0...VirtualTime(nanoseconds: .max).count(atHertz: frequency) &+ 65536)
      })
  }
}

extension PS2Controller8042: RestorableChip {
  /// Puts back a state; the A20 gate is not driven.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    FieldCheck.first(
      FieldCheck.count("8042 RAM", state.memory, 31),
      FieldCheck.choice("8042 pending command", state.pending, [0] + Command.pending),
      state.hasTimedOut && state.output == nil ? "8042 has a timeout without a byte" : nil,
      state.keyboardPort.flatMap { PS2Keyboard.problem(in: $0.keyboard) })
  }
}

extension RTC146818: RestorableChip {
  /// Puts back a state; the interrupt line follows from it.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    let end = VirtualTime(nanoseconds: .max)
    return FieldCheck.first(
      FieldCheck.count("RTC memory", state.memory, 128), FieldCheck.range("RTC index", state.index, 0...lowBits),
      FieldCheck.bits("RTC register A", state.a, ~RegisterA.updateInProgress),
      FieldCheck.bits("RTC register C", state.c, RegisterC.request | RegisterC.sources),
      FieldCheck.range("RTC phase", state.phase, 0...second - 1),
      FieldCheck.range("RTC done update", state.doneUpdate, 0...end.nanoseconds / second + 1),
      FieldCheck.range("RTC done period", state.donePeriod, 0...end.count(atHertz: 32768)))
  }
}

extension UART16550: RestorableChip {
  /// Puts back a state; the interrupt line follows from it.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    let hasFIFO = state.fifoControl & FCR.enable != 0
    return FieldCheck.first(
      FieldCheck.range("UART received bytes", state.receiveFIFO.count, 0...(hasFIFO ? fifoCount : 1)),
      FieldCheck.bits(
        "UART breaks", state.breaks, UInt16(truncatingIfNeeded: (1 << state.receiveFIFO.count) &- 1) & ~1),
      (state.timeout != nil || state.hasTimedOut) && (!hasFIFO || state.receiveFIFO.isEmpty)
        ? "UART awaits a time-out without a byte in its FIFO" : nil,
      FieldCheck.bits("UART IER", state.interruptEnable, IER.all),
      FieldCheck.bits("UART FCR", state.fifoControl, hasFIFO ? FCR.kept : 0),
      FieldCheck.bits("UART MCR", state.modemControl, MCR.all),
      FieldCheck.bits("UART LSR errors", state.lineErrors, LSR.errors),
      FieldCheck.bits("UART MSR deltas", state.modemDeltas, MSR.deltas))
  }
}
