public import X86

extension LocalAPIC {
  /// Reads a register by its number.
  private func readRegister(_ number: Int) -> UInt32? {
    switch number {
    case Register.id: return isX2 ? state.id : state.id << Self.xAPICIDShift
    case Register.version: return Self.version
    case Register.taskPriority: return UInt32(state.taskPriority)
    case Register.arbitrationPriority: return isX2 ? nil : UInt32(arbitrationPriority)
    case Register.processorPriority: return UInt32(processorPriority)
    // EOI is write-only; remote read is reserved by now, yet no illegal register.
    case Register.endOfInterrupt, Register.remoteRead: return isX2 ? nil : 0
    case Register.logicalDestination: return isX2 ? x2LogicalID : state.logicalDestination
    case Register.destinationFormat: return isX2 ? nil : state.destinationFormat
    case Register.spurious: return state.spurious
    case Register.inService: return state.inService.word(number - Register.inService.lowerBound)
    case Register.triggerMode: return state.triggerMode.word(number - Register.triggerMode.lowerBound)
    case Register.request: return state.request.word(number - Register.request.lowerBound)
    case Register.errorStatus: return state.latchedErrors
    case Register.commandLow: return UInt32(truncatingIfNeeded: state.command)
    case Register.commandHigh: return isX2 ? nil : UInt32(truncatingIfNeeded: state.command >> 32)
    case Register.vectorTable: return state.vectorTable[number - Register.vectorTable.lowerBound]
    case Register.initialCount: return state.initialCount
    case Register.currentCount: return currentCount
    case Register.divide: return state.divide
    default: return nil
    }
  }

  /// Writes a register; false if it does not exist, is read-only or has reserved bits set.
  private func writeRegister(_ number: Int, _ value: UInt32) -> Bool {
    if isX2 && value & Self.reservedBits(number) != 0 { return false }
    switch number {
    case Register.id where !isX2: state.id = value >> Self.xAPICIDShift
    case Register.taskPriority: state.taskPriority = UInt8(truncatingIfNeeded: value)
    case Register.endOfInterrupt: endOfInterrupt()
    case Register.logicalDestination where !isX2: state.logicalDestination = value & Self.logicalIDBits
    case Register.destinationFormat where !isX2: state.destinationFormat = value | ~Self.modelBits
    case Register.spurious:
      state.spurious = value & SVR.writable
      if !isSoftwareEnabled { for entry in LVT.Entry.allCases { self[entry] |= LVT.masked } }
    case Register.errorStatus:
      state.latchedErrors = state.errors
      state.errors = 0
    case Register.commandLow:
      state.command = (state.command & ~0xFFFF_FFFF) | UInt64(value) & ICR.writableLow
      sendCommand()
    case Register.commandHigh where !isX2:
      state.command = (state.command & 0xFFFF_FFFF) | UInt64(value) << 32 & ICR.xAPICDestination
    case Register.vectorTable: writeVectorEntry(number - Register.vectorTable.lowerBound, value)
    case Register.initialCount: startTimer(value)
    case Register.divide: setDivide(value & Self.divideBits)
    case Register.selfInterrupt where isX2: sendSelf(UInt8(truncatingIfNeeded: value))
    default: return false
    }
    changed()
    return true
  }

  /// Bits of a register's low half that WRMSR must leave 0 in x2APIC mode.
  private static func reservedBits(_ number: Int) -> UInt32 {
    switch number {
    case Register.taskPriority, Register.selfInterrupt: ~0xFF
    case Register.endOfInterrupt, Register.errorStatus: .max
    case Register.spurious: ~SVR.writable
    case Register.vectorTable: ~LVT.masks[number - Register.vectorTable.lowerBound]
    case Register.divide: ~divideBits
    default: 0
    }
  }

  private func writeVectorEntry(_ number: Int, _ value: UInt32) {
    guard let entry = LVT.Entry(rawValue: number) else { return }
    var new = value & LVT.masks[number] & ~LVT.readOnly
    if !isSoftwareEnabled { new |= LVT.masked }
    if entry == .timer { changeTimerMode(from: self[.timer], to: new) }
    if entry == .lint0 && new & (LVT.level | LVT.modeBits) == LVT.level | LVT.mode(.fixed) {
      new |= self[.lint0] & LVT.remoteIRR
    }
    self[entry] = new
    if entry == .lint0 { signalPin(isEdge: false) }
  }

  /// SELF IPI: an edge-triggered fixed interrupt to this processor.
  private func sendSelf(_ vector: UInt8) {
    if vector < Self.firstLegalVector { fail(ESR.sendIllegalVector) }
    request(vector, isLevel: false)
  }

  private func sendCommand() {
    let value = state.command
    let delivery = LVT.delivery(UInt32(truncatingIfNeeded: value))
    let vector = UInt8(truncatingIfNeeded: value)
    // The message leaves all the same: each receiver notes its own error and drops it.
    if (delivery == .fixed || delivery == .lowestPriority) && vector < Self.firstLegalVector {
      fail(ESR.sendIllegalVector)
    }
    // INIT level de-assert does nothing on these processors.
    if delivery == .initialize && value & (ICR.assert | ICR.level) == ICR.level { return }
    let destination =
      isX2 ? UInt32(truncatingIfNeeded: value >> 32) : UInt32(truncatingIfNeeded: value >> ICR.xAPICDestinationShift)
    output?.send(
      self,
      InterruptMessage(
        destination: destination, isLogical: value & ICR.logical != 0, delivery: delivery, vector: vector,
        isLevel: value & ICR.level != 0 && delivery == .fixed),
      shorthand: UInt8(truncatingIfNeeded: value >> ICR.shorthandShift) & 3)
  }

  /// Registers of xAPIC mode that are there and whose writes do nothing.
  private static func isReadOnly(_ number: Int) -> Bool {
    switch number {
    case Register.version, Register.arbitrationPriority, Register.processorPriority, Register.remoteRead,
      Register.inService, Register.triggerMode, Register.request, Register.currentCount:
      true
    default: false
    }
  }

  /// Reads the register page of xAPIC mode, of which each register has the first 4 of 16 bytes; a register that is not
  /// there is an error, and zero.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    advance(to: now)
    guard let value = readRegister(Int(offset >> Register.shift)) else {
      fail(ESR.illegalRegister)
      return 0
    }
    // Swift's shifts bind tighter than its products.
    return UInt64(value >> (UInt32(offset & 3) * 8))
  }

  /// Writes the register page of xAPIC mode: 4 bytes at the beginning of a register, other writes do nothing.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    guard offset & 15 == 0, width == 4 else { return }
    advance(to: now)
    let number = Int(offset >> Register.shift)
    if !Self.isReadOnly(number) && !writeRegister(number, UInt32(truncatingIfNeeded: value)) {
      fail(ESR.illegalRegister)
    }
  }

  /// Reads an MSR: IA32_APIC_BASE, IA32_TSC_DEADLINE or an x2APIC register; nil is #GP.
  public func readMSR(_ msr: UInt32, now: VirtualTime) -> UInt64? {
    advance(to: now)
    if msr == MSR.apicBase { return state.base }
    if msr == MSR.tscDeadline { return state.deadline }
    guard isX2, msr >= MSR.x2APIC else { return nil }
    if msr == MSR.x2APICCommand { return state.command }
    return readRegister(Int(msr - MSR.x2APIC)).map(UInt64.init)
  }

  /// Writes an MSR; false is #GP.
  public func writeMSR(_ msr: UInt32, _ value: UInt64, now: VirtualTime) -> Bool {
    advance(to: now)
    if msr == MSR.apicBase { return writeBase(value) }
    if msr == MSR.tscDeadline {
      guard timerMode == .deadline else { return true }
      state.deadline = value
      advance(to: now)
      return true
    }
    guard isX2, msr >= MSR.x2APIC else { return false }
    if msr == MSR.x2APICCommand {
      guard value & ICR.reserved == 0 else { return false }
      state.command = value
      sendCommand()
      return true
    }
    guard value >> 32 == 0 else { return false }
    return writeRegister(Int(msr - MSR.x2APIC), UInt32(truncatingIfNeeded: value))
  }

  private func writeBase(_ value: UInt64) -> Bool {
    guard value & BaseMSR.reserved == 0 else { return false }
    let (old, new) = (state.base & BaseMSR.mode, value & BaseMSR.mode)
    let (xAPIC, x2APIC) = (BaseMSR.enable, BaseMSR.mode)
    // Off to x2APIC, x2APIC to xAPIC, and the combination 01b do not exist.
    if new == BaseMSR.extended || (old == 0 && new == x2APIC) || (old == x2APIC && new == xAPIC) { return false }
    state.base = (value & ~BaseMSR.bootstrap) | (state.base & BaseMSR.bootstrap)
    if old != 0 && new == 0 {
      state.id = UInt32(index)
      state = state.afterInitialize()
    }
    if new == x2APIC && old != new { state.id = UInt32(index) }
    changed()
    return true
  }
}
