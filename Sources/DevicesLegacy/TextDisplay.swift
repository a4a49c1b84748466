/// The registers and the memory of a colour text display, which nothing shows: the 6845's at 3D4h and 3D5h, the status
/// at 3DAh, and 32 KiB at B8000h.
///
/// Guests that set the cursor or scroll read back what they wrote; modes, planes and fonts are not there.
public final class TextDisplay {
  /// Registers and memory.
  public struct State: Equatable, Sendable, Codable {
    /// The selected register.
    public var index: UInt8 = 0
    /// Registers 0 to 18h as a BIOS leaves them in mode 3: 80 by 25 characters.
    public var registers: [UInt8] = [
      0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00, 0x4F, 0x0D, 0x0E, 0x00, 0x00, 0x00, 0x00, 0x9C, 0x8E,
      0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF,
    ]
    /// Characters and attributes; empty as long as nothing was written.
    public var memory: [UInt8] = []
    /// Makes the state that a BIOS leaves.
    public init() {}
  }

  /// The first address of the memory.
  public static let memoryBase: UInt64 = 0xB8000
  /// Bytes of memory.
  public static let memorySize = 0x8000

  /// The state.
  public internal(set) var state = State()

  /// Makes a display with an empty screen.
  public init() {}

  /// Whether a port is the display's.
  public static func claims(_ port: UInt16) -> Bool { port == 0x3D4 || port == 0x3D5 || port == 0x3DA }

  /// Reads a port that the display claims.
  public func read(_ port: UInt16, nanoseconds: UInt64) -> UInt8 {
    switch port {
    case 0x3D4: return state.index
    case 0x3D5: return Int(state.index) < state.registers.count ? state.registers[Int(state.index)] : 0
    default:
      // 70 pictures a second of 449 lines; bit 3 in the vertical retrace, bit 0 whenever nothing is drawn.
      let line = nanoseconds % 14_285_714 / 31_816
      let isRetracing = (412..<414).contains(line)
      let isBlank = line >= 400 || nanoseconds % 31_816 >= 25_422
      return (isRetracing ? 8 : 0) | (isBlank ? 1 : 0)
    }
  }

  /// Writes a port that the display claims.
  public func write(_ value: UInt8, _ port: UInt16) {
    switch port {
    case 0x3D4: state.index = value
    case 0x3D5:
      let index = Int(state.index)
      guard index < state.registers.count else { return }
      // Bit 7 of register 11h protects the first eight, but for bit 8 of the line compare.
      if index < 8 && state.registers[0x11] & 0x80 != 0 {
        if index == 7 { state.registers[7] = (state.registers[7] & ~0x10) | (value & 0x10) }
      } else {
        state.registers[index] = value
      }
    default: break
    }
  }

  /// Reads `width` bytes of memory; bytes beyond its end are ones.
  public func readMemory(offset: UInt64, width: Int) -> UInt64 {
    DeviceMemory.read(state.memory, size: Self.memorySize, offset: offset, width: width)
  }

  /// Writes `width` bytes of memory.
  public func writeMemory(_ value: UInt64, offset: UInt64, width: Int) {
    DeviceMemory.write(&state.memory, size: Self.memorySize, value, offset: offset, width: width)
  }
}

extension TextDisplay: RestorableChip {
  /// Puts back a state.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    FieldCheck.first(
      FieldCheck.count("text display's registers", state.registers, 25),
      FieldCheck.choice("text display's memory size", state.memory.count, [0, memorySize]))
  }
}
