/// The 8042 keyboard controller with nothing plugged in, ports 60h and 64h.
///
/// The commands are those of the IBM PS/2 technical references, "Keyboard and Auxiliary Device Controller", for a
/// controller without an auxiliary port. An answer is there at once; IRQ 1 follows the output buffer if the command
/// byte asks for it.
public final class PS2Controller8042 {
  /// Registers.
  public struct State: Equatable, Sendable, Codable {
    /// Byte in the output buffer.
    public var output: UInt8?
    /// The byte in the output buffer stands for a transmission that timed out.
    public var hasTimedOut = false
    /// Command byte, which is byte 0 of the controller's RAM.
    public var configuration: UInt8 = 0x34
    /// Bytes 1 to 31 of the controller's RAM.
    public var memory = [UInt8](repeating: 0, count: 31)
    /// A password has been loaded.
    public var hasPassword = false
    /// Output port: bit 0 is not-reset, bit 1 is A20.
    public var outputPort: UInt8 = 0xDF
    /// Command that waits for its parameter or goes on until the next write, 0 if none.
    public var pending: UInt8 = 0
    /// The last write was to port 64h.
    public var wasCommand = false
    /// Makes the reset state.
    public init() {}
  }

  /// The state.
  public internal(set) var state = State()
  private let interrupt: any SignalLine
  private let reset: () -> Void
  private let gateA20: (Bool) -> Void

  /// Makes a controller that drives `interrupt`, pulses `reset` and drives `gateA20`.
  public init(interrupt: any SignalLine, reset: @escaping () -> Void, gateA20: @escaping (Bool) -> Void) {
    self.interrupt = interrupt
    self.reset = reset
    self.gateA20 = gateA20
  }

  /// Input port: the keyboard is not locked, the manufacturing jumper not installed, RAM of the board enabled.
  private static let inputPort: UInt8 = 0xB0
  /// What the controller puts into the output buffer when a byte could not be sent.
  private static let resend: UInt8 = 0xFE

  /// Reads the data port (60h).
  public func readData() -> UInt8 {
    defer {
      state.output = nil
      state.hasTimedOut = false
      update()
    }
    return state.output ?? 0
  }

  /// Reads the status port (64h): bit 4 says that the keyboard is not inhibited, bit 2 is the command byte's.
  public func readStatus() -> UInt8 {
    let low: UInt8 = (state.output != nil ? 1 : 0) | (state.configuration & 4) | (state.wasCommand ? 8 : 0)
    switch state.pending {
    // Poll input port: its low or high half stands in bits 7:4.
    case 0xC1: return low | Self.inputPort << 4
    case 0xC2: return low | (Self.inputPort & 0xF0)
    default: return low | 0x10 | (state.hasTimedOut ? 0x40 : 0)
    }
  }

  /// Writes a command (64h).
  public func writeCommand(_ value: UInt8) {
    state.wasCommand = true
    state.pending = 0
    switch value {
    case 0x20...0x3F: answer(value == 0x20 ? state.configuration : state.memory[Int(value & 0x1F) - 1])
    case 0x60...0x7F, 0xC1, 0xC2, 0xD1, 0xD2, 0xD3: state.pending = value
    // Test password installed.
    case 0xA4: answer(state.hasPassword ? 0xFA : 0xF1)
    case 0xA5:
      state.hasPassword = false
      state.pending = value
    // Auxiliary interface test: there is no such device. A7h and A8h have nothing to disable or enable.
    case 0xA9: answer(0xFF)
    case 0xAA:
      state.configuration |= 4
      answer(0x55)
    // Interface test: clock and data of a free connector are not stuck.
    case 0xAB: answer(0)
    case 0xAD: state.configuration |= 0x10
    case 0xAE: state.configuration &= ~0x10
    case 0xC0: answer(Self.inputPort)
    case 0xD0: answer(state.outputPort)
    case 0xDD: setOutputPort(state.outputPort & ~2)
    case 0xDF: setOutputPort(state.outputPort | 2)
    // Read test inputs: the free lines are high, the clock is held low while the keyboard is disabled.
    case 0xE0: answer(state.configuration & 0x10 != 0 ? 2 : 3)
    case 0xF0...0xFF where value & 1 == 0: reset()
    // D4h would be for the auxiliary port: the byte that follows goes to the keyboard, which is not there either.
    default: break
    }
  }

  /// Writes data (60h): a command's parameter, or a byte for a keyboard that is not there.
  public func writeData(_ value: UInt8) {
    state.wasCommand = false
    let command = state.pending
    state.pending = 0
    switch command {
    case 0x60:
      state.configuration = value
      update()
    case 0x61...0x7F: state.memory[Int(command & 0x1F) - 1] = value
    case 0xA5:
      // A password ends with 0; an empty one is none.
      if value != 0 {
        state.hasPassword = true
        state.pending = command
      }
    case 0xD1: setOutputPort(value)
    // Without a second port its loop command (D3h) answers as the first port's does: nothing may wait for it in vain.
    case 0xD2, 0xD3: answer(value)
    default: answer(Self.resend, hasTimedOut: true)
    }
  }

  private func answer(_ value: UInt8, hasTimedOut: Bool = false) {
    state.output = value
    state.hasTimedOut = hasTimedOut
    update()
  }

  private func update() { interrupt.set(state.output != nil && state.configuration & 1 != 0) }

  private func setOutputPort(_ value: UInt8) {
    state.outputPort = value
    gateA20(value & 2 != 0)
    if value & 1 == 0 { reset() }
  }
}
