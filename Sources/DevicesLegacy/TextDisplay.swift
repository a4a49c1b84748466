public import X86

/// The registers and the memory of a colour text display, which nothing shows.
///
/// Offset 0 selects one of the 6845's registers, offset 1 is that register, offset 6 the status; `memory` is 32 KiB.
/// Guests that set the cursor or scroll read back what they wrote; modes, planes and fonts are not there.
public final class TextDisplay: BusDevice {
  /// Offsets.
  private enum Register {
    static let index: UInt64 = 0
    static let data: UInt64 = 1
    static let status: UInt64 = 6
  }

  /// Registers that the index selects, of the VGA's ("CRT Controller Registers").
  private enum Selected {
    static let overflow = 0x07
    static let verticalRetraceEnd = 0x11
    /// In the vertical retrace end register: registers 0 to 7 are protected.
    static let protect: UInt8 = 1 << 7
    /// In the overflow register: bit 8 of the line compare, which is not protected.
    static let lineCompare: UInt8 = 1 << 4
  }

  /// Input status 1.
  private enum Status {
    /// Nothing is drawn.
    static let displayDisabled: UInt8 = 1 << 0
    static let verticalRetrace: UInt8 = 1 << 3
  }

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

  /// Bytes of memory.
  public static let memorySize = 0x8000

  /// Where the board puts it.
  public let memory = DeviceMemory(size: memorySize)
  /// All but the memory, which is empty here.
  private var kept = State()

  /// Makes a display with an empty screen.
  public init() {}

  /// The state.
  public var state: State {
    var state = kept
    state.memory = memory.bytes
    return state
  }

  /// Reads the byte of a register.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    let index = Int(kept.index)
    return switch offset {
    case Register.index: UInt64(kept.index)
    case Register.data: index < kept.registers.count ? UInt64(kept.registers[index]) : 0
    case Register.status: UInt64(Self.status(now.nanoseconds))
    default: 0xFF
    }
  }

  /// 70 pictures a second of 449 lines.
  private static func status(_ nanoseconds: UInt64) -> UInt8 {
    let line = nanoseconds % 14_285_714 / 31_816
    let isRetracing = (412..<414).contains(line)
    let isBlank = line >= 400 || nanoseconds % 31_816 >= 25_422
    return (isRetracing ? Status.verticalRetrace : 0) | (isBlank ? Status.displayDisabled : 0)
  }

  /// Writes the byte of a register; the status cannot be written.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    let byte = UInt8(truncatingIfNeeded: value)
    switch offset {
    case Register.index: kept.index = byte
    case Register.data: writeSelected(byte)
    default: break
    }
  }

  private func writeSelected(_ value: UInt8) {
    let index = Int(kept.index)
    guard index < kept.registers.count else { return }
    guard index <= Selected.overflow,
      kept.registers[Selected.verticalRetraceEnd] & Selected.protect != 0
    else {
      kept.registers[index] = value
      return
    }
    if index == Selected.overflow {
      let others = kept.registers[index] & ~Selected.lineCompare
      kept.registers[index] = others | (value & Selected.lineCompare)
    }
  }
}

extension TextDisplay: RestorableChip {
  /// Puts back a state.
  public func restore(_ state: State) {
    kept = state
    kept.memory = []
    memory.bytes = state.memory
  }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    FieldCheck.first(
      FieldCheck.count("text display's registers", state.registers, 25),
      DeviceMemory.problem("text display", state.memory, size: memorySize))
  }
}
