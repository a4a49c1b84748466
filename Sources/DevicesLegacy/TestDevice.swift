public import X86

/// The test device that kvm-unit-tests expects of its virtual machine: ports that keep what is written, interrupt lines
/// that a guest drives itself, and memory that is not RAM.
///
/// | offset | what |
/// |---|---|
/// | 0-3 | four bytes that are read back |
/// | 4-7 | the number of a page to be dropped from the hypervisor's tables: this machine has none, writes are taken |
/// | 8-Bh | four bytes that are read back, byte by byte |
/// | 20h + n | level of the interrupt line n, 0 to 23: bit 0 |
///
/// `memory` is 64 KiB that are read back, at the speed of a device.
public final class TestDevice: BusDevice {
  /// What was written.
  public struct State: Equatable, Sendable, Codable {
    /// Offsets 0 to 3.
    public var word: UInt32 = 0
    /// Offsets 8 to Bh.
    public var bytes: UInt32 = 0
    /// Memory; empty as long as nothing was written.
    public var memory: [UInt8] = []
    /// Makes the reset state.
    public init() {}
  }

  /// Bytes of memory.
  public static let memorySize = 0x10000
  /// Interrupt lines.
  public static let lineCount = 24

  /// The offset of the first line's level.
  public static let lineOffset: UInt64 = 0x20

  /// Where the board puts it.
  public let memory = DeviceMemory(size: memorySize)
  /// All but the memory, which is empty here.
  private var kept = State()
  private let drive: (Int, Bool) -> Void

  /// Makes a device; `drive` takes a line and its level.
  public init(drive: @escaping (Int, Bool) -> Void) { self.drive = drive }

  /// The state.
  public var state: State {
    var state = kept
    state.memory = memory.bytes
    return state
  }

  /// Reads what was written, from a byte on.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    switch offset {
    case 0..<4: UInt64(kept.word >> UInt32(offset * 8))
    case 8..<12: UInt64(kept.bytes >> UInt32((offset - 8) * 8))
    default: 0
    }
  }

  /// Writes `width` bytes, or one of those that are written byte by byte, or a line's level.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    let word = UInt32(truncatingIfNeeded: value)
    switch offset {
    case 0..<4: Self.replace(&kept.word, word, Int(offset), width)
    case 8..<12: Self.replace(&kept.bytes, word, Int(offset - 8), 1)
    case Self.lineOffset...: drive(Int(offset - Self.lineOffset), word & 1 != 0)
    default: break
    }
  }

  private static func replace(_ word: inout UInt32, _ value: UInt32, _ offset: Int, _ width: Int) {
    let shift = UInt32(offset * 8)
    let mask = (UInt32.max >> UInt32(32 - 8 * min(max(width, 1), 4))) << shift
    word = (word & ~mask) | (value << shift & mask)
  }
}

extension TestDevice: RestorableChip {
  /// Puts back a state; the receivers of the lines hold their levels.
  public func restore(_ state: State) {
    kept = state
    kept.memory = []
    memory.bytes = state.memory
  }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    DeviceMemory.problem("test device", state.memory, size: memorySize)
  }
}
