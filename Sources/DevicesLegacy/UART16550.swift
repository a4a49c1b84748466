public import X86

/// The PC16550D universal asynchronous receiver/transmitter.
///
/// Bytes leave at once, with all eight bits: the transmitter is always empty again when the guest looks. Whoever sends
/// to the guest waits until there is room. What the baud rate decides is how long a character takes, and so when the
/// receiver's time-out comes.
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

  /// Makes a UART; `isGated` says that OUT2 gates its interrupt, as on a PC's serial port.
  public init(
    output: any ByteSink, interrupt: any SignalLine, isGated: Bool = true, restoring state: State = State()
  ) {
    self.isGated = isGated
    self.output = output
    self.interrupt = interrupt
    self.state = state
  }

  private var hasFIFO: Bool { state.fifoControl & 1 != 0 }
  private var isLooping: Bool { state.modemControl & 0x10 != 0 }
  private var capacity: Int { hasFIFO ? 16 : 1 }

  /// Whether a byte from outside would be kept.
  public var canReceive: Bool { !isLooping && state.receiveFIFO.count < capacity }

  /// A byte arrives from outside; false if there is no room for it.
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
    let control = UInt64(state.lineControl)
    // A second stop bit, only half as long behind five data bits.
    let stopHalves: UInt64 = control & 4 == 0 ? 2 : control & 3 == 0 ? 3 : 4
    let halfBits = 2 * (1 + 5 + (control & 3) + (control >> 3 & 1)) + stopHalves
    let clocks = UInt64(max(state.divisor, 1)) * 8 * halfBits
    return VirtualTime(count: clocks, atHertz: 1_843_200).nanoseconds
  }

  /// A character has come in; one too many is lost by the FIFO, or takes the place of the one in RBR.
  private func take(_ byte: UInt8, isBreak: Bool = false, _ now: VirtualTime) {
    let count = state.receiveFIFO.count
    if count < capacity {
      state.receiveFIFO.append(byte)
      if isBreak { state.breaks |= 1 << UInt16(count) }
    } else {
      state.lineErrors |= 2
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
    if state.breaks & 1 != 0 { state.lineErrors |= 0x10 }
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
    state.interruptEnable & 1 == 0 ? nil : state.timeout.map { VirtualTime(nanoseconds: $0) }
  }

  // MARK: Interrupts

  /// Modem status: in loop mode the outputs, else a ready peer.
  private var modemStatus: UInt8 {
    guard isLooping else { return 0xB0 | state.modemDeltas }
    let control = state.modemControl
    return ((control & 1) << 5) | ((control & 2) << 3) | ((control & 4) << 4) | ((control & 8) << 4)
      | state.modemDeltas
  }

  /// Interrupt identification, without the FIFO bits.
  private var identification: UInt8 {
    if state.interruptEnable & 4 != 0 && state.lineErrors != 0 { return 6 }
    if state.interruptEnable & 1 != 0 {
      let trigger = hasFIFO ? [1, 4, 8, 14][Int(state.fifoControl >> 6)] : 1
      if state.receiveFIFO.count >= trigger { return 4 }
      if state.hasTimedOut { return 12 }
    }
    if state.interruptEnable & 2 != 0 && state.transmitInterrupt { return 2 }
    if state.interruptEnable & 8 != 0 && state.modemDeltas != 0 { return 0 }
    return 1
  }

  private func updateInterrupt() {
    let isOpen = !isGated || state.modemControl & 8 != 0 && !isLooping
    interrupt.set(identification != 1 && isOpen)
  }

  /// Reads a register.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    advance(to: now)
    defer { updateInterrupt() }
    let isLatch = state.lineControl & 0x80 != 0
    switch offset & 7 {
    case 0 where isLatch: return UInt64(state.divisor & 0xFF)
    case 0: return UInt64(readByte(now))
    case 1 where isLatch: return UInt64(state.divisor >> 8)
    case 1: return UInt64(state.interruptEnable)
    case 2:
      let value = identification
      if value == 2 { state.transmitInterrupt = false }
      return UInt64(value | (hasFIFO ? 0xC0 : 0))
    case 3: return UInt64(state.lineControl)
    case 4: return UInt64(state.modemControl)
    case 5:
      let hasError = hasFIFO && (state.lineErrors & 0x1C != 0 || state.breaks != 0)
      let value = 0x60 | state.lineErrors | (state.receiveFIFO.isEmpty ? 0 : 1) | (hasError ? 0x80 : 0)
      state.lineErrors = 0
      return UInt64(value)
    case 6:
      let value = modemStatus
      state.modemDeltas = 0
      return UInt64(value)
    default: return UInt64(state.scratch)
    }
  }

  /// Writes a register.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    advance(to: now)
    defer { updateInterrupt() }
    let byte = UInt8(truncatingIfNeeded: value)
    let isLatch = state.lineControl & 0x80 != 0
    switch offset & 7 {
    case 0 where isLatch: state.divisor = (state.divisor & 0xFF00) | UInt16(byte)
    case 0:
      // The request goes and comes again, which an edge-triggered input must see.
      state.transmitInterrupt = false
      updateInterrupt()
      state.transmitInterrupt = true
      // Only as many bits as a word has go out and come back.
      if isLooping { take(byte & (0xFF >> (3 - state.lineControl & 3)), now) } else { output.write(byte) }
    case 1 where isLatch: state.divisor = (state.divisor & 0xFF) | UInt16(byte) << 8
    case 1:
      // Enabling the THR-empty interrupt while it is empty raises it.
      if byte & 2 != 0 && state.interruptEnable & 2 == 0 { state.transmitInterrupt = true }
      state.interruptEnable = byte & 15
    case 2:
      // Without bit 0 the other bits mean nothing.
      let changes = (byte ^ state.fifoControl) & 1 != 0
      if changes || byte & 3 == 3 { emptyReceiver() }
      if changes { state.transmitInterrupt = true }
      state.fifoControl = byte & 1 != 0 ? byte & 0xC9 : 0
    case 3:
      if isLooping && byte & 0x40 != 0 && state.lineControl & 0x40 == 0 {
        take(0, isBreak: true, now)
      }
      state.lineControl = byte
    case 4: setModemControl(byte & 0x1F)
    case 7: state.scratch = byte
    default: break
    }
  }

  private func setModemControl(_ value: UInt8) {
    let before = modemStatus
    state.modemControl = value
    let changed = before ^ modemStatus
    state.modemDeltas |= (changed >> 4) & 0xB
    // The ring indicator's delta notes its trailing edge.
    if before & 0x40 != 0 && modemStatus & 0x40 == 0 { state.modemDeltas |= 4 }
  }
}
