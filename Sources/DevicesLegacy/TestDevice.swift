/// The test device that kvm-unit-tests expects of its virtual machine: ports that keep what is written, interrupt lines
/// that a guest drives itself, and memory that is not RAM.
///
/// | where | what |
/// |---|---|
/// | E0h-E3h | four bytes that are read back |
/// | E4h-E7h | the number of a page to be dropped from the hypervisor's tables: this machine has none, writes are taken |
/// | E8h-EBh | four bytes that are read back, byte by byte |
/// | 2000h + n | level of the interrupt line n, 0 to 23: bit 0 |
/// | FF000000h-FF00FFFFh | 64 KiB that are read back, at the speed of a device |
public final class TestDevice {
  /// What was written.
  public struct State: Equatable, Sendable, Codable {
    /// Ports E0h to E3h.
    public var word: UInt32 = 0
    /// Ports E8h to EBh.
    public var bytes: UInt32 = 0
    /// Memory; empty as long as nothing was written.
    public var memory: [UInt8] = []
    /// Makes the reset state.
    public init() {}
  }

  /// The first address of the memory.
  public static let memoryBase: UInt64 = 0xFF00_0000
  /// Bytes of memory.
  public static let memorySize = 0x10000
  /// Interrupt lines.
  public static let lineCount = 24

  /// The state.
  public internal(set) var state = State()
  private let drive: (Int, Bool) -> Void

  /// Makes a device; `drive` takes a line and its level.
  public init(drive: @escaping (Int, Bool) -> Void) { self.drive = drive }

  /// Whether a port is the device's.
  public static func claims(_ port: UInt16) -> Bool {
    (0xE0...0xEB).contains(port) && port != 0xE9 || (0x2000..<0x2000 + UInt16(lineCount)).contains(port)
  }

  /// Reads `width` bytes at a port that the device claims.
  public func read(_ port: UInt16, width: Int) -> UInt32 {
    switch port {
    case 0xE0...0xE3: state.word >> UInt32((port - 0xE0) * 8)
    case 0xE8...0xEB: state.bytes >> UInt32((port - 0xE8) * 8)
    default: 0
    }
  }

  /// Writes `width` bytes at a port that the device claims.
  public func write(_ value: UInt32, _ port: UInt16, width: Int) {
    switch port {
    case 0xE0...0xE3: Self.replace(&state.word, value, Int(port - 0xE0), width)
    case 0xE8...0xEB: Self.replace(&state.bytes, value, Int(port - 0xE8), 1)
    case 0x2000...: drive(Int(port - 0x2000), value & 1 != 0)
    default: break
    }
  }

  private static func replace(_ word: inout UInt32, _ value: UInt32, _ offset: Int, _ width: Int) {
    let shift = UInt32(offset * 8)
    let mask = (UInt32.max >> UInt32(32 - 8 * min(max(width, 1), 4))) << shift
    word = (word & ~mask) | (value << shift & mask)
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

extension TestDevice: RestorableChip {
  /// Puts back a state; the receivers of the lines hold their levels.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    FieldCheck.choice("test device's memory size", state.memory.count, [0, memorySize])
  }
}
