public import X86

extension LocalAPIC {
  /// Reads a register by its number (offset / 16).
  private func readRegister(_ number: Int) -> UInt32? {
    switch number {
    case 0x02: return isX2 ? state.id : state.id << 24
    case 0x03: return 0x0005_0014
    case 0x08: return UInt32(state.taskPriority)
    case 0x09: return isX2 ? nil : UInt32(arbitrationPriority)
    case 0x0A: return UInt32(processorPriority)
    // EOI is write-only; remote read is reserved by now, yet no illegal register.
    case 0x0B, 0x0C: return isX2 ? nil : 0
    case 0x0D: return isX2 ? (state.id >> 4) << 16 | 1 << (state.id & 15) : state.logicalDestination
    case 0x0E: return isX2 ? nil : state.destinationFormat
    case 0x0F: return state.spurious
    case 0x10...0x17: return state.inService.words[number - 0x10]
    case 0x18...0x1F: return state.triggerMode.words[number - 0x18]
    case 0x20...0x27: return state.request.words[number - 0x20]
    case 0x28: return state.latchedErrors
    case 0x30: return UInt32(truncatingIfNeeded: state.command)
    case 0x31: return isX2 ? nil : UInt32(truncatingIfNeeded: state.command >> 32)
    case 0x32...0x37: return state.vectorTable[number - 0x32]
    case 0x38: return state.initialCount
    case 0x39: return currentCount
    case 0x3E: return state.divide
    default: return nil
    }
  }

  /// Writes a register; false if it does not exist, is read-only or has reserved bits set.
  private func writeRegister(_ number: Int, _ value: UInt32) -> Bool {
    if isX2 && value & Self.reservedBits(number) != 0 { return false }
    switch number {
    case 0x02 where !isX2: state.id = value >> 24
    case 0x08: state.taskPriority = UInt8(truncatingIfNeeded: value)
    case 0x0B: endOfInterrupt()
    case 0x0D where !isX2: state.logicalDestination = value & 0xFF00_0000
    case 0x0E where !isX2: state.destinationFormat = value | 0x0FFF_FFFF
    case 0x0F:
      state.spurious = value & 0x3FF
      if !isSoftwareEnabled { for index in 0..<6 { state.vectorTable[index] |= 0x10000 } }
    case 0x28:
      state.latchedErrors = state.errors
      state.errors = 0
    case 0x30:
      state.command = (state.command & 0xFFFF_FFFF_0000_0000) | UInt64(value & 0xC_CFFF)
      sendCommand()
    case 0x31 where !isX2: state.command = (state.command & 0xFFFF_FFFF) | UInt64(value & 0xFF00_0000) << 32
    case 0x32...0x37: writeVectorEntry(number - 0x32, value)
    case 0x38: startTimer(value)
    case 0x3E: setDivide(value & 0xB)
    case 0x3F where isX2: sendSelf(UInt8(truncatingIfNeeded: value))
    default: return false
    }
    changed()
    return true
  }

  /// Bits of a register's low half that WRMSR must leave 0 in x2APIC mode.
  private static func reservedBits(_ number: Int) -> UInt32 {
    switch number {
    case 0x08, 0x3F: ~0xFF
    case 0x0B, 0x28: .max
    case 0x0F: ~0x3FF
    case 0x32...0x37: ~vectorEntryMasks[number - 0x32]
    case 0x3E: ~0xB
    default: 0
    }
  }

  /// What an LVT entry has: timer, thermal, performance, LINT0, LINT1, error.
  static let vectorEntryMasks: [UInt32] = [0x710FF, 0x117FF, 0x117FF, 0x1F7FF, 0x1F7FF, 0x110FF]

  private func writeVectorEntry(_ entry: Int, _ value: UInt32) {
    // Delivery status and remote IRR are read-only.
    var new = value & Self.vectorEntryMasks[entry] & ~0x5000
    if !isSoftwareEnabled { new |= 0x10000 }
    if entry == 0 { changeTimerMode(from: state.vectorTable[0], to: new) }
    if entry == 3 && new & 0x8700 == 0x8000 { new |= state.vectorTable[3] & Self.remoteRequest }
    state.vectorTable[entry] = new
    if entry == 3 { signalPin(isEdge: false) }
  }

  /// SELF IPI: an edge-triggered fixed interrupt to this processor.
  private func sendSelf(_ vector: UInt8) {
    if vector < 16 { fail(Self.sendIllegalVector) }
    request(vector, isLevel: false)
  }

  private func sendCommand() {
    let value = state.command
    let delivery = InterruptMessage.Delivery(rawValue: UInt8(truncatingIfNeeded: value >> 8) & 7) ?? .fixed
    let vector = UInt8(truncatingIfNeeded: value)
    // The message leaves all the same: each receiver notes its own error and drops it.
    if (delivery == .fixed || delivery == .lowestPriority) && vector < 16 { fail(Self.sendIllegalVector) }
    // INIT level de-assert does nothing on these processors.
    if delivery == .initialize && value & 0xC000 == 0x8000 { return }
    let destination =
      isX2 ? UInt32(truncatingIfNeeded: value >> 32) : UInt32(truncatingIfNeeded: value >> 56)
    output?.send(
      self,
      InterruptMessage(
        destination: destination, isLogical: value & 0x800 != 0, delivery: delivery, vector: vector,
        isLevel: value & 0x8000 != 0 && delivery == .fixed),
      shorthand: UInt8(truncatingIfNeeded: value >> 18) & 3)
  }

  /// Registers of xAPIC mode that are there and whose writes do nothing: version, APR, PPR, remote read, ISR, TMR, IRR,
  /// current count.
  private static func isReadOnly(_ number: Int) -> Bool {
    switch number {
    case 0x03, 0x09, 0x0A, 0x0C, 0x10...0x27, 0x39: true
    default: false
    }
  }

  /// Reads the register page of xAPIC mode; a register that is not there is an error, and zero.
  public func read(offset: UInt64, now: VirtualTime) -> UInt32 {
    advance(to: now)
    if let value = readRegister(Int(offset >> 4)) { return value }
    fail(Self.illegalRegister)
    return 0
  }

  /// Writes the register page of xAPIC mode.
  public func write(_ value: UInt32, offset: UInt64, now: VirtualTime) {
    advance(to: now)
    let number = Int(offset >> 4)
    if !Self.isReadOnly(number) && !writeRegister(number, value) { fail(Self.illegalRegister) }
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
      guard value & 0xFFF3_3000 == 0 else { return false }
      state.command = value
      sendCommand()
      return true
    }
    guard value >> 32 == 0 else { return false }
    return writeRegister(Int(msr - MSR.x2APIC), UInt32(truncatingIfNeeded: value))
  }

  private func writeBase(_ value: UInt64) -> Bool {
    guard value & 0xFFFF_FF00_0000_02FF == 0 else { return false }
    let old = state.base & 0xC00
    let new = value & 0xC00
    // Off to x2APIC, x2APIC to xAPIC, and the combination 01b do not exist.
    if new == 0x400 || (old == 0 && new == 0xC00) || (old == 0xC00 && new == 0x800) { return false }
    state.base = (value & ~0x100) | (state.base & 0x100)
    if old != 0 && new == 0 {
      state.id = UInt32(index)
      state = state.afterInitialize()
    }
    if new == 0xC00 && old != new { state.id = UInt32(index) }
    changed()
    return true
  }
}
