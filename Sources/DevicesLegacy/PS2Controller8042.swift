public import X86

/// The 8042 keyboard controller, with a keyboard or with nothing plugged in: offset 0 is data, offset 1 status and
/// commands.
///
/// The commands are those of the IBM PS/2 technical references, "Keyboard and Auxiliary Device Controller", for a
/// controller without an auxiliary port. An answer of its own is there at once, a byte of the keyboard after the time
/// that the line takes; IRQ 1 follows the output buffer if the command byte asks for it.
public final class PS2Controller8042: BusDevice {
  /// The status register ("Status Register").
  enum Status {
    static let outputBufferFull: UInt8 = 1 << 0
    /// The command byte's system flag.
    static let systemFlag: UInt8 = 1 << 2
    /// The last write was a command.
    static let command: UInt8 = 1 << 3
    /// The keyboard is not inhibited by its lock.
    static let notInhibited: UInt8 = 1 << 4
    /// General time-out.
    static let timeout: UInt8 = 1 << 6
  }

  /// The command byte ("Controller Command Byte").
  enum CommandByte {
    static let keyboardInterrupt: UInt8 = 1 << 0
    static let systemFlag: UInt8 = 1 << 2
    static let disableKeyboard: UInt8 = 1 << 4
    static let disableAuxiliary: UInt8 = 1 << 5
    /// Codes of set 2 are translated to set 1.
    static let translate: UInt8 = 1 << 6
  }

  /// The output port.
  enum OutputPort {
    static let notReset: UInt8 = 1 << 0
    static let gateA20: UInt8 = 1 << 1
    /// The output buffer holds a byte of the auxiliary device.
    static let auxiliaryBufferFull: UInt8 = 1 << 5
  }

  /// Test inputs, the answer of E0h.
  enum TestInput {
    static let clock: UInt8 = 1 << 0
    static let data: UInt8 = 1 << 1
  }

  /// Answers of commands.
  enum Answer {
    /// Self-test passed.
    static let selfTest: UInt8 = 0x55
    static let password: UInt8 = 0xFA
    static let noPassword: UInt8 = 0xF1
    /// Interface test of a port that is not there.
    static let interfaceFailed: UInt8 = 0xFF
    static let interfacePassed: UInt8 = 0
  }

  /// Commands: what is written to offset 1.
  enum Command {
    static let readRAM: ClosedRange<UInt8> = 0x20...0x3F
    static let writeCommandByte: UInt8 = 0x60
    static let writeRAM: ClosedRange<UInt8> = 0x60...0x7F
    static let testPassword: UInt8 = 0xA4
    static let loadPassword: UInt8 = 0xA5
    static let testAuxiliary: UInt8 = 0xA9
    static let selfTest: UInt8 = 0xAA
    static let testKeyboard: UInt8 = 0xAB
    static let disableKeyboard: UInt8 = 0xAD
    static let enableKeyboard: UInt8 = 0xAE
    static let readInputPort: UInt8 = 0xC0
    static let pollInputPortLow: UInt8 = 0xC1
    static let pollInputPortHigh: UInt8 = 0xC2
    static let readOutputPort: UInt8 = 0xD0
    static let writeOutputPort: UInt8 = 0xD1
    static let writeKeyboardOutput: UInt8 = 0xD2
    static let writeAuxiliaryOutput: UInt8 = 0xD3
    static let writeAuxiliary: UInt8 = 0xD4
    static let closeA20: UInt8 = 0xDD
    static let openA20: UInt8 = 0xDF
    static let readTestInputs: UInt8 = 0xE0
    /// The low four bits name the lines that stay high.
    static let pulseOutputPort: ClosedRange<UInt8> = 0xF0...0xFF
    /// Those that go on with the next write of data or the next look at the status.
    static let pending =
      Array(writeRAM)
      + [
        loadPassword, pollInputPortLow, pollInputPortHigh, writeOutputPort, writeKeyboardOutput, writeAuxiliaryOutput,
        writeAuxiliary,
      ]
    /// The place in RAM that a command of a range names.
    static let addressBits: UInt8 = 0x1F
  }

  /// Registers.
  public struct State: Equatable, Sendable, Codable {
    /// Byte in the output buffer.
    public var output: UInt8?
    /// The byte in the output buffer stands for a transmission that timed out.
    public var hasTimedOut = false
    /// Command byte, which is byte 0 of the controller's RAM.
    public var configuration = CommandByte.disableAuxiliary | CommandByte.disableKeyboard | CommandByte.systemFlag
    /// Bytes 1 to 31 of the controller's RAM.
    public var memory = [UInt8](repeating: 0, count: 31)
    /// A password has been loaded.
    public var hasPassword = false
    /// Output port.
    public var outputPort = ~OutputPort.auxiliaryBufferFull
    /// Command that waits for its parameter or goes on until the next write, 0 if none.
    public var pending: UInt8 = 0
    /// The last write was a command.
    public var wasCommand = false
    /// The keyboard; nil on a board without one.
    public var keyboardPort: KeyboardPort?
    /// Makes the reset state.
    public init() {}
  }

  /// The state.
  public internal(set) var state = State()
  private let interrupt: any SignalLine
  private let reset: () -> Void
  private let gateA20: (Bool) -> Void
  /// Called when a read or a key has made a new `nextEvent`.
  let armed: () -> Void

  /// Makes a controller that drives `interrupt`, pulses `reset` and drives `gateA20`.
  ///
  /// - Parameters:
  ///   - hasKeyboard: a keyboard is plugged in.
  ///   - armed: called when a read of data or a key has made a new `nextEvent`.
  public init(
    interrupt: any SignalLine, reset: @escaping () -> Void, gateA20: @escaping (Bool) -> Void,
    hasKeyboard: Bool = false, armed: @escaping () -> Void = {}
  ) {
    self.interrupt = interrupt
    self.reset = reset
    self.gateA20 = gateA20
    self.armed = armed
    if hasKeyboard { state.keyboardPort = KeyboardPort() }
  }

  /// A20 is open as far as the output port says.
  public var opensA20: Bool { state.outputPort & OutputPort.gateA20 != 0 }

  /// Input port: the keyboard is not locked, the manufacturing jumper not installed, RAM of the board enabled.
  private static let inputPort: UInt8 = 0xB0
  /// What the controller puts into the output buffer when a byte could not be sent.
  private static let resend: UInt8 = 0xFE

  /// Reads data, or the status.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    advance(to: now)
    guard offset == 0 else { return UInt64(readStatus()) }
    let value = readData()
    arm(now)
    if state.keyboardPort?.arrival != nil { armed() }
    return UInt64(value)
  }

  /// Writes data, or a command.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    let byte = UInt8(truncatingIfNeeded: value)
    advance(to: now)
    if offset == 0 { writeData(byte, now) } else { writeCommand(byte) }
    arm(now)
  }

  private func readData() -> UInt8 {
    defer {
      state.output = nil
      state.hasTimedOut = false
      update()
    }
    return state.output ?? 0
  }

  private func readStatus() -> UInt8 {
    let low: UInt8 =
      (state.output != nil ? Status.outputBufferFull : 0) | (state.configuration & CommandByte.systemFlag)
      | (state.wasCommand ? Status.command : 0)
    switch state.pending {
    // The low or high half of the input port stands in bits 7:4.
    case Command.pollInputPortLow: return low | Self.inputPort << 4
    case Command.pollInputPortHigh: return low | (Self.inputPort & 0xF0)
    default: return low | Status.notInhibited | (state.hasTimedOut ? Status.timeout : 0)
    }
  }

  private func writeCommand(_ value: UInt8) {
    state.wasCommand = true
    state.pending = 0
    switch value {
    case Command.readRAM:
      let index = Int(value & Command.addressBits)
      answer(index == 0 ? state.configuration : state.memory[index - 1])
    case Command.loadPassword:
      state.hasPassword = false
      state.pending = value
    case _ where Command.pending.contains(value): state.pending = value
    case Command.testPassword: answer(state.hasPassword ? Answer.password : Answer.noPassword)
    // There is no such device. A7h and A8h have nothing to disable or enable.
    case Command.testAuxiliary: answer(Answer.interfaceFailed)
    case Command.selfTest:
      state.configuration |= CommandByte.systemFlag
      answer(Answer.selfTest)
    // Clock and data of a free connector are not stuck.
    case Command.testKeyboard: answer(Answer.interfacePassed)
    case Command.disableKeyboard: state.configuration |= CommandByte.disableKeyboard
    case Command.enableKeyboard: state.configuration &= ~CommandByte.disableKeyboard
    case Command.readInputPort: answer(Self.inputPort)
    case Command.readOutputPort: answer(state.outputPort)
    case Command.closeA20: setOutputPort(state.outputPort & ~OutputPort.gateA20)
    case Command.openA20: setOutputPort(state.outputPort | OutputPort.gateA20)
    // The free lines are high, the clock is held low while the keyboard is disabled.
    case Command.readTestInputs:
      let isDisabled = state.configuration & CommandByte.disableKeyboard != 0
      answer(isDisabled ? TestInput.data : TestInput.data | TestInput.clock)
    case Command.pulseOutputPort where value & OutputPort.notReset == 0: reset()
    default: break
    }
  }

  /// A command's parameter, or a byte for the keyboard.
  private func writeData(_ value: UInt8, _ now: VirtualTime) {
    state.wasCommand = false
    let command = state.pending
    state.pending = 0
    switch command {
    case Command.writeCommandByte:
      state.configuration = value
      update()
    case Command.writeRAM: state.memory[Int(command & Command.addressBits) - 1] = value
    case Command.loadPassword:
      // A password ends with 0; an empty one is none.
      if value != 0 {
        state.hasPassword = true
        state.pending = command
      }
    case Command.writeOutputPort: setOutputPort(value)
    // Without a second port its loop command answers as the first port's does: a guest that waits for it goes on.
    case Command.writeKeyboardOutput, Command.writeAuxiliaryOutput: answer(value)
    // There is no auxiliary device.
    case Command.writeAuxiliary: answer(Self.resend, hasTimedOut: true)
    case _ where state.keyboardPort != nil: send(value, now: now)
    default: answer(Self.resend, hasTimedOut: true)
    }
  }

  func answer(_ value: UInt8, hasTimedOut: Bool = false) {
    state.output = value
    state.hasTimedOut = hasTimedOut
    update()
  }

  private func update() {
    interrupt.set(state.output != nil && state.configuration & CommandByte.keyboardInterrupt != 0)
  }

  private func setOutputPort(_ value: UInt8) {
    state.outputPort = value
    gateA20(value & OutputPort.gateA20 != 0)
    if value & OutputPort.notReset == 0 { reset() }
  }
}
