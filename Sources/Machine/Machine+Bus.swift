import DevicesLegacy
public import Interpreter
public import X86

extension Machine: ProcessorBus {
  /// Reads I/O ports for a processor.
  public func readPort(_ port: UInt16, width: Int, processor: Int) -> UInt32 {
    notePort(port, isWrite: false, processor)
    return platform.readPort(port, width: width, now: now)
  }

  /// Writes I/O ports for a processor; a chip may have set a new deadline.
  public func writePort(_ value: UInt32, _ port: UInt16, width: Int, processor: Int) {
    notePort(port, isWrite: true, processor)
    platform.writePort(value, port, width: width, now: now)
    if !Self.onlySelects(port) { interruptSlice() }
  }

  /// Ports whose writes choose a register, or only pass the time: no deadline changes by them.
  private static func onlySelects(_ port: UInt16) -> Bool {
    switch port {
    case 0x70, 0x80, 0x3D4, 0x510, 0xCF8: true
    default: false
    }
  }

  /// Reads an address that is not RAM.
  public func readPhysical(_ address: PhysicalAddress, width: Int, processor: Int) -> UInt64 {
    platform.readPhysical(address.rawValue, width: width, processor: processor, now: now)
  }

  /// Writes an address that is not RAM; a chip may have set a new deadline.
  public func writePhysical(_ value: UInt64, _ address: PhysicalAddress, width: Int, processor: Int) {
    if address.rawValue >> 17 == 5 {
      note(BoardEvent(.displayWrite, displayWindow(address.rawValue), processor: processor))
    }
    platform.writePhysical(value, address.rawValue, width: width, processor: processor, now: now)
    interruptSlice()
  }

  /// The interrupt acknowledge cycle: the vector, or nil if the request went away.
  public func acknowledgeInterrupt(processor: Int) -> UInt8? {
    switch platform.apics[processor].acknowledge() {
    case .vector(let vector):
      acknowledged = .local(vector)
      return vector
    case .external:
      let vector = platform.pic.acknowledge()
      acknowledged = .pic(platform.pic.acknowledged)
      noteExceptionVector(vector, processor)
      return vector
    case .none: return nil
    }
  }

  /// CR8.
  public func taskPriority(processor: Int) -> UInt8 { platform.apics[processor].taskPriorityClass }

  /// Sets CR8.
  public func setTaskPriority(_ value: UInt8, processor: Int) { platform.apics[processor].taskPriorityClass = value }

  /// Reads an MSR of the local APIC.
  public func readAPICRegister(_ msr: UInt32, processor: Int) -> UInt64? {
    platform.apics[processor].readMSR(msr, now: now)
  }

  /// Writes an MSR of the local APIC.
  public func writeAPICRegister(_ msr: UInt32, _ value: UInt64, processor: Int) -> Bool {
    defer { interruptSlice() }
    platform.apics[processor].timeStampOffset = self.processor(processor).state.msrs[.tscAdjust]
    return platform.apics[processor].writeMSR(msr, value, now: now)
  }

  /// Ticks of virtual time, one a nanosecond.
  public func timeStamp(processor: Int) -> UInt64 { now.nanoseconds }

  /// FERR# of the bootstrap processor.
  public func raiseFloatingPointError(processor: Int) -> Bool {
    defer { interruptSlice() }
    return processor == 0 && platform.coprocessor.raise()
  }

  /// FERR# of the bootstrap processor falls.
  public func clearFloatingPointError(processor: Int) { if processor == 0 { platform.coprocessor.clear() } }

  /// Counts an event.
  public func note(_ event: ProcessorEvent, processor: Int) { note(BoardEvent(event, processor: processor)) }

  /// Counts an event.
  func note(_ event: BoardEvent) {
    events.note(event) {
      processors.indices.contains(event.processor) ? linearInstructionPointer(ofProcessor: event.processor) : 0
    }
  }

  /// Counts accesses to ports that nobody claims, and looks at a keyboard that is not there.
  @inline(__always)
  private func notePort(_ port: UInt16, isWrite: Bool, _ processor: Int) {
    // The display answers, but nobody sees it.
    if chip(onPort: port) == nil || port & ~1 == 0x3D4 {
      guard !AbsentDevice.isForDelay(port) else { return }
      let first = AbsentDevice.containing(port: port).ports.lowerBound
      note(BoardEvent(.unclaimedPort, UInt64(first), processor: processor))
    } else if !isWrite, port == 0x60 || port == 0x64, platform.keyboard.state.output == nil {
      note(BoardEvent(.keyboardRead, 0, processor: processor))
    }
  }

  /// The first address of text, of monochrome text, or of graphics.
  private func displayWindow(_ address: UInt64) -> UInt64 {
    address >= 0xB8000 ? 0xB8000 : address >= 0xB0000 ? 0xB0000 : 0xA0000
  }
}
