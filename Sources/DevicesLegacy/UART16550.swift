public import X86

/// The PC16550D universal asynchronous receiver/transmitter.
///
/// Bytes leave at once, with all eight bits: the transmitter is always empty again when the guest looks. Whoever sends
/// to the guest waits until there is space. What the baud rate decides is how long a character takes, and so when the
/// receiver's time-out comes.
///
/// Source: PC16550D data sheet, "Registers": offsets 0 to 7.
public final class UART16550: BusDevice, TimedChip {
  /// What the guest has programmed and what waits.
  public struct State: Equatable, Sendable, Codable {
    /// Received bytes, oldest first; at most 16.
    public var receiveFIFO: [UInt8] = []
    /// Which of them are breaks and not at the top yet; bit 0 is the oldest.
    public var breaks: UInt16 = 0
    /// What RBR gives while no byte waits: the last one.
    public var receiveBuffer: UInt8 = 0
    /// When the receiver's time-out comes, in nanoseconds of virtual time; nil while none is awaited.
    public var timeout: UInt64?
    /// It has come, and no byte was read since.
    public var hasTimedOut = false
    /// IER.
    public var interruptEnable: UInt8 = 0
    /// FCR bits that stay.
    public var fifoControl: UInt8 = 0
    /// LCR.
    public var lineControl: UInt8 = 0
    /// MCR.
    public var modemControl: UInt8 = 0
    /// LSR error bits (OE PE FE BI).
    public var lineErrors: UInt8 = 0
    /// MSR delta bits.
    public var modemDeltas: UInt8 = 0
    /// SCR.
    public var scratch: UInt8 = 0
    /// Divisor latch.
    public var divisor: UInt16 = 12
    /// The THR-empty interrupt is armed and not yet acknowledged.
    public var transmitInterrupt = false
    /// Makes the reset state.
    public init() {}
  }

  /// The state.
  public internal(set) var state: State
  private let output: any ByteSink
  private let interrupt: any SignalLine
  private let isGated: Bool
  private let armed: () -> Void

  /// Makes a UART.
  ///
  /// - Parameters:
  ///   - output: where bytes go.
  ///   - interrupt: the interrupt line.
  ///   - isGated: OUT2 gates the interrupt, as on a PC's serial port.
  ///   - armed: called when a read has armed the receiver's time-out, which is a new `nextEvent`.
  public init(
    output: any ByteSink, interrupt: any SignalLine, isGated: Bool = true, armed: @escaping () -> Void = {}
  ) {
    self.isGated = isGated
    self.armed = armed
    self.output = output
    self.interrupt = interrupt
    state = State()
  }

  private var hasFIFO: Bool { state.fifoControl & FCR.enable != 0 }
  private var isLooping: Bool { state.modemControl & MCR.loop != 0 }
  private var capacity: Int { hasFIFO ? Self.fifoCount : 1 }

  /// Whether a byte from outside would be kept.
  public var canReceive: Bool { !isLooping && state.receiveFIFO.count < capacity }

  /// A byte arrives from outside; false if there is no space for it.
  public func receive(_ byte: UInt8, now: VirtualTime) -> Bool {
    guard canReceive else { return false }
    advance(to: now)
    take(byte, now)
    updateInterrupt()
    return true
  }

  // MARK: The receiver

  /// Nanoseconds for a start bit, the data bits, parity and stop bits, at 16 clocks of the divided 1.8432 MHz a bit.
  private var characterTime: UInt64 {
    let control = state.lineControl
    let moreBits = UInt64(control & LCR.wordLength)
    // A second stop bit, only half as long behind five data bits.
    let stopHalves: UInt64 = control & LCR.stopBits == 0 ? 2 : moreBits == 0 ? 3 : 4
    let halfBits = 2 * (1 + 5 + moreBits + (control & LCR.parity != 0 ? 1 : 0)) + stopHalves
    let clocks = UInt64(max(state.divisor, 1)) * 8 * halfBits
    return VirtualTime(count: clocks, atHertz: Self.clockFrequency).nanoseconds
  }

  /// A character has come in; one too many is lost by the FIFO, or takes the place of the one in RBR.
  private func take(_ byte: UInt8, isBreak: Bool = false, _ now: VirtualTime) {
    let count = state.receiveFIFO.count
    if count < capacity {
      state.receiveFIFO.append(byte)
      if isBreak { state.breaks |= 1 << UInt16(count) }
    } else {
      state.lineErrors |= LSR.overrun
      if !hasFIFO {
        state.receiveFIFO = [byte]
        if isBreak { state.breaks = 1 }
      }
    }
    showTop()
    if !state.hasTimedOut { awaitTimeout(now) }
  }

  /// The error of a character shows when it is the next to be read.
  private func showTop() {
    if state.breaks & 1 != 0 { state.lineErrors |= LSR.breakInterrupt }
    state.breaks &= ~1
  }

  /// Four characters' time after the last byte came or was read.
  private func awaitTimeout(_ now: VirtualTime) {
    state.timeout = hasFIFO && !state.receiveFIFO.isEmpty ? now.nanoseconds &+ 4 * characterTime : nil
  }

  private func readByte(_ now: VirtualTime) -> UInt8 {
    guard !state.receiveFIFO.isEmpty else { return state.receiveBuffer }
    state.receiveBuffer = state.receiveFIFO.removeFirst()
    state.breaks >>= 1
    showTop()
    state.hasTimedOut = false
    awaitTimeout(now)
    return state.receiveBuffer
  }

  private func emptyReceiver() {
    state.receiveFIFO.removeAll()
    state.breaks = 0
    state.timeout = nil
    state.hasTimedOut = false
  }

  /// Brings the receiver's time-out.
  public func advance(to now: VirtualTime) {
    guard let timeout = state.timeout, now.nanoseconds >= timeout else { return }
    state.timeout = nil
    state.hasTimedOut = true
    updateInterrupt()
  }

  /// The receiver's time-out, if it would interrupt.
  public var nextEvent: VirtualTime? {
    state.interruptEnable & IER.receivedData == 0 ? nil : state.timeout.map { VirtualTime(nanoseconds: $0) }
  }

  // MARK: Interrupts

  /// Modem status: in loop mode the outputs, else a ready peer.
  private var modemStatus: UInt8 {
    guard isLooping else { return MSR.clearToSend | MSR.dataSetReady | MSR.carrierDetect | state.modemDeltas }
    let inputs: [(output: UInt8, input: UInt8)] = [
      (MCR.dataTerminalReady, MSR.dataSetReady), (MCR.requestToSend, MSR.clearToSend),
      (MCR.out1, MSR.ringIndicator), (MCR.out2, MSR.carrierDetect),
    ]
    return inputs.reduce(state.modemDeltas) { state.modemControl & $1.output == 0 ? $0 : $0 | $1.input }
  }

  /// Interrupt identification, without the FIFO bits.
  private var identification: UInt8 {
    if state.interruptEnable & IER.lineStatus != 0 && state.lineErrors != 0 { return IIR.lineStatus }
    if state.interruptEnable & IER.receivedData != 0 {
      let trigger = hasFIFO ? Self.triggerCounts[Int(state.fifoControl >> FCR.triggerShift)] : 1
      if state.receiveFIFO.count >= trigger { return IIR.receivedData }
      if state.hasTimedOut { return IIR.timeout }
    }
    if state.interruptEnable & IER.transmitterEmpty != 0 && state.transmitInterrupt { return IIR.transmitterEmpty }
    if state.interruptEnable & IER.modemStatus != 0 && state.modemDeltas != 0 { return IIR.modemStatus }
    return IIR.nothing
  }

  private func updateInterrupt() {
    let isOpen = !isGated || state.modemControl & MCR.out2 != 0 && !isLooping
    interrupt.set(identification != IIR.nothing && isOpen)
  }

  // MARK: Registers

  private var hasDivisorLatch: Bool { state.lineControl & LCR.divisorLatch != 0 }

  /// Reads a register.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    let wasArmed = nextEvent != nil
    advance(to: now)
    defer {
      updateInterrupt()
      if !wasArmed && nextEvent != nil { armed() }
    }
    switch Register(rawValue: offset & 7) {
    case .data: return UInt64(hasDivisorLatch ? UInt8(truncatingIfNeeded: state.divisor) : readByte(now))
    case .interruptEnable: return UInt64(hasDivisorLatch ? UInt8(state.divisor >> 8) : state.interruptEnable)
    case .identification:
      let value = identification
      if value == IIR.transmitterEmpty { state.transmitInterrupt = false }
      return UInt64(value | (hasFIFO ? IIR.hasFIFO : 0))
    case .lineControl: return UInt64(state.lineControl)
    case .modemControl: return UInt64(state.modemControl)
    case .lineStatus:
      let hasError = hasFIFO && (state.lineErrors & LSR.characterErrors != 0 || state.breaks != 0)
      let value =
        LSR.transmitterHoldingEmpty | LSR.transmitterEmpty | state.lineErrors
        | (state.receiveFIFO.isEmpty ? 0 : LSR.dataReady) | (hasError ? LSR.fifoError : 0)
      state.lineErrors = 0
      return UInt64(value)
    case .modemStatus:
      let value = modemStatus
      state.modemDeltas = 0
      return UInt64(value)
    case .scratch, nil: return UInt64(state.scratch)
    }
  }

  /// Writes a register.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    advance(to: now)
    defer { updateInterrupt() }
    let byte = UInt8(truncatingIfNeeded: value)
    switch Register(rawValue: offset & 7) {
    case .data where hasDivisorLatch: state.divisor = (state.divisor & 0xFF00) | UInt16(byte)
    case .data: transmit(byte, now)
    case .interruptEnable where hasDivisorLatch: state.divisor = (state.divisor & 0xFF) | UInt16(byte) << 8
    case .interruptEnable:
      // Enabling the THR-empty interrupt while it is empty raises it.
      if byte & ~state.interruptEnable & IER.transmitterEmpty != 0 { state.transmitInterrupt = true }
      state.interruptEnable = byte & IER.all
    case .identification: setFIFOControl(byte)
    case .lineControl:
      if isLooping && byte & ~state.lineControl & LCR.setBreak != 0 { take(0, isBreak: true, now) }
      state.lineControl = byte
    case .modemControl: setModemControl(byte & MCR.all)
    case .scratch: state.scratch = byte
    case .lineStatus, .modemStatus, nil: break
    }
  }

  private func transmit(_ byte: UInt8, _ now: VirtualTime) {
    // The request goes and comes again, which an edge-triggered input must see.
    state.transmitInterrupt = false
    updateInterrupt()
    state.transmitInterrupt = true
    // Only as many bits as a word has go out and come back.
    let word = byte & (0xFF >> (3 - state.lineControl & LCR.wordLength))
    if isLooping { take(word, now) } else { output.write(byte) }
  }

  private func setFIFOControl(_ byte: UInt8) {
    // Without bit 0 the other bits mean nothing.
    let isEnabled = byte & FCR.enable != 0
    let changes = isEnabled != hasFIFO
    if changes || isEnabled && byte & FCR.resetReceiver != 0 { emptyReceiver() }
    if changes { state.transmitInterrupt = true }
    state.fifoControl = isEnabled ? byte & FCR.kept : 0
  }

  private func setModemControl(_ value: UInt8) {
    let before = modemStatus
    state.modemControl = value
    let changed = before ^ modemStatus
    state.modemDeltas |= changed >> MSR.deltaShift & (MSR.deltas & ~MSR.trailingEdgeRingIndicator)
    // The ring indicator's delta notes its trailing edge.
    if before & ~modemStatus & MSR.ringIndicator != 0 { state.modemDeltas |= MSR.trailingEdgeRingIndicator }
  }
}
