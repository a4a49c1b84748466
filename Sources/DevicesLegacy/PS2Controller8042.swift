/// The 8042 keyboard controller with nothing plugged in, ports 60h and 64h.
public final class PS2Controller8042 {
  /// Registers.
  public struct State: Equatable, Sendable, Codable {
    /// Byte in the output buffer.
    public var output: UInt8?
    /// Command byte.
    public var configuration: UInt8 = 0x34
    /// Output port: bit 0 is not-reset, bit 1 is A20.
    public var outputPort: UInt8 = 0xDF
    /// Command that waits for its parameter, 0 if none.
    public var pending: UInt8 = 0
    /// The last write was to port 64h.
    public var wasCommand = false
    /// Makes the reset state.
    public init() {}
  }

  /// The state.
  public internal(set) var state = State()
  private let reset: () -> Void
  private let gateA20: (Bool) -> Void

  /// Makes a controller that pulses `reset` and drives `gateA20`.
  public init(reset: @escaping () -> Void, gateA20: @escaping (Bool) -> Void) {
    self.reset = reset
    self.gateA20 = gateA20
  }

  /// Reads the data port (60h).
  public func readData() -> UInt8 {
    defer { state.output = nil }
    return state.output ?? 0
  }

  /// Reads the status port (64h): bit 4 says that the keyboard is not inhibited.
  public func readStatus() -> UInt8 {
    0x14 | (state.output != nil ? 1 : 0) | (state.wasCommand ? 8 : 0)
  }

  /// Writes a command (64h).
  public func writeCommand(_ value: UInt8) {
    state.wasCommand = true
    state.pending = 0
    switch value {
    case 0x20: state.output = state.configuration
    case 0x60, 0xD1, 0xD2, 0xD3, 0xD4: state.pending = value
    case 0xA7: state.configuration |= 0x20
    case 0xA8: state.configuration &= ~0x20
    // The interfaces test bad: nothing is plugged in.
    case 0xA9: state.output = 1
    case 0xAA: state.output = 0x55
    case 0xAB: state.output = 1
    case 0xAD: state.configuration |= 0x10
    case 0xAE: state.configuration &= ~0x10
    case 0xD0: state.output = state.outputPort
    case 0xDD: setOutputPort(state.outputPort & ~2)
    case 0xDF: setOutputPort(state.outputPort | 2)
    case 0xF0...0xFF where value & 1 == 0: reset()
    default: break
    }
  }

  /// Writes data (60h): a command's parameter, or a byte for a keyboard that is not there.
  public func writeData(_ value: UInt8) {
    state.wasCommand = false
    switch state.pending {
    case 0x60: state.configuration = value
    case 0xD1: setOutputPort(value)
    // Without a second port its loop command (D3h) answers as the first port's does: nothing may wait for it in vain.
    case 0xD2, 0xD3: state.output = value
    default: break
    }
    state.pending = 0
  }

  private func setOutputPort(_ value: UInt8) {
    state.outputPort = value
    gateA20(value & 2 != 0)
    if value & 1 == 0 { reset() }
  }
}
