import DevicesLegacy
public import Interpreter
public import X86

extension Machine: ProcessorBus {
  /// Reads I/O ports for a processor.
  public func readPort(_ port: UInt16, width: Int, processor: Int) -> UInt32 {
    notePort(port, isWrite: false, processor)
    if !stopPorts.isEmpty { noteStopPort(port, width: width) }
    return platform.bus.readPort(port, width: width, now: now)
  }

  /// Writes I/O ports for a processor; a chip may have set a new deadline.
  public func writePort(_ value: UInt32, _ port: UInt16, width: Int, processor: Int) {
    notePort(port, isWrite: true, processor)
    if !stopPorts.isEmpty { noteStopPort(port, width: width) }
    platform.bus.writePort(value, port, width: width, now: now)
    if !platform.bus.onlySelects(port) { interruptSlice() }
  }

  /// Reads an address that is not RAM.
  public func readPhysical(_ address: PhysicalAddress, width: Int, processor: Int) -> UInt64 {
    platform.bus.readMemory(address.rawValue, width: width, processor: processor, now: now)
  }

  /// Writes an address that is not RAM; a chip may have set a new deadline.
  public func writePhysical(_ value: UInt64, _ address: PhysicalAddress, width: Int, processor: Int) {
    let window = platform.bus.writeMemory(
      value, address.rawValue, width: width, processor: processor, now: now)
    if let window { note(BoardEvent(.displayWrite, window, processor: processor)) }
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

  /// Counts accesses that the map reports: to ports without a chip, and looks at a keyboard that is not there.
  @inline(__always)
  private func notePort(_ port: UInt16, isWrite: Bool, _ processor: Int) {
    let (report, first) = platform.bus.report(ofPort: port)
    switch report {
    case .nothing: break
    case .accesses: note(BoardEvent(.unclaimedPort, UInt64(first), processor: processor))
    case .keyboardReads:
      guard !isWrite, !configuration.hasDisplay, platform.keyboard.state.output == nil else { return }
      note(BoardEvent(.keyboardRead, 0, processor: processor))
    }
  }
}
