public import X86

/// The PC16550D universal asynchronous receiver/transmitter.
///
/// Bytes leave at once: the transmitter is always empty again when the guest looks (baud rate has no effect).
public final class UART16550: BusDevice {
  /// What the guest has programmed and what waits.
  public struct State: Equatable, Sendable, Codable {
    /// Received bytes, oldest first; at most 16.
    public var receiveFIFO: [UInt8] = []
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
  public func receive(_ byte: UInt8) -> Bool {
    guard canReceive else { return false }
    state.receiveFIFO.append(byte)
    updateInterrupt()
    return true
  }

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
    if state.interruptEnable & 1 != 0 && !state.receiveFIFO.isEmpty {
      let trigger = [1, 4, 8, 14][Int(state.fifoControl >> 6)]
      // Fewer bytes than the trigger level have, since nothing more came with them, timed out.
      return !hasFIFO || state.receiveFIFO.count >= trigger ? 4 : 12
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
    defer { updateInterrupt() }
    let isLatch = state.lineControl & 0x80 != 0
    switch offset & 7 {
    case 0 where isLatch: return UInt64(state.divisor & 0xFF)
    case 0: return UInt64(state.receiveFIFO.isEmpty ? 0 : state.receiveFIFO.removeFirst())
    case 1 where isLatch: return UInt64(state.divisor >> 8)
    case 1: return UInt64(state.interruptEnable)
    case 2:
      let value = identification
      if value == 2 { state.transmitInterrupt = false }
      return UInt64(value | (hasFIFO ? 0xC0 : 0))
    case 3: return UInt64(state.lineControl)
    case 4: return UInt64(state.modemControl)
    case 5:
      let value = 0x60 | state.lineErrors | (state.receiveFIFO.isEmpty ? 0 : 1)
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
    defer { updateInterrupt() }
    let byte = UInt8(truncatingIfNeeded: value)
    let isLatch = state.lineControl & 0x80 != 0
    switch offset & 7 {
    case 0 where isLatch: state.divisor = (state.divisor & 0xFF00) | UInt16(byte)
    case 0:
      state.transmitInterrupt = true
      if isLooping { loop(byte) } else { output.write(byte) }
    case 1 where isLatch: state.divisor = (state.divisor & 0xFF) | UInt16(byte) << 8
    case 1:
      // Enabling the THR-empty interrupt while it is empty raises it.
      if byte & 2 != 0 && state.interruptEnable & 2 == 0 { state.transmitInterrupt = true }
      state.interruptEnable = byte & 15
    case 2:
      if (byte ^ state.fifoControl) & 1 != 0 || byte & 2 != 0 { state.receiveFIFO.removeAll() }
      state.fifoControl = byte & 1 != 0 ? byte & 0xC9 : 0
    case 3:
      if isLooping && byte & 0x40 != 0 && state.lineControl & 0x40 == 0 {
        loop(0)
        state.lineErrors |= 0x10
      }
      state.lineControl = byte
    case 4: setModemControl(byte & 0x1F)
    case 7: state.scratch = byte
    default: break
    }
  }

  private func loop(_ byte: UInt8) {
    if state.receiveFIFO.count < capacity {
      state.receiveFIFO.append(byte)
    } else {
      state.lineErrors |= 2
    }
  }

  private func setModemControl(_ value: UInt8) {
    let before = modemStatus
    state.modemControl = value
    let changed = before ^ modemStatus
    if value & 0x10 != 0 {
      state.modemDeltas |= (changed >> 4) & 0xB
      // The ring indicator's delta notes its trailing edge.
      if before & 0x40 != 0 && modemStatus & 0x40 == 0 { state.modemDeltas |= 4 }
    }
  }
}
