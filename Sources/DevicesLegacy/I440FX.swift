public import X86

/// The host bridge of the 440FX as a PCI function: its registers say which parts of C0000h-FFFFFh are RAM.
///
/// Source: Intel 82441FX (PMC) data sheet, "PAM: Programmable Attribute Map Registers", "SMRAM: System Management RAM
/// Control Register". There is no system management mode: SMRAM reads as after reset, and A0000h-BFFFFh are never RAM.
public final class I440FX: PCIFunction {
  /// Registers.
  public enum Register {
    /// PAM0 to PAM6.
    public static let attributes = 0x59...0x5F
    /// A PAM register whose two segments are RAM, to read and to write.
    public static let allRAM: UInt32 = 0x33
    static let smram = 0x72
  }

  /// Half a PAM register.
  public struct Attributes: Equatable, Sendable {
    /// RE: reads are RAM's, else the ROM's.
    public var readsRAM: Bool
    /// WE: writes go to RAM.
    public var writesRAM: Bool
  }

  /// A range with attributes of its own.
  public static let segments: [Range<UInt64>] =
    [0xF_0000..<0x10_0000] + (0..<12).map { 0xC_0000 + $0 << 14..<0xC_0000 + ($0 + 1) << 14 }

  /// Configuration space.
  public struct State: Equatable, Sendable, Codable {
    /// All of it.
    public internal(set) var configuration = I440FX.afterReset
    /// Makes the reset state.
    public init() {}
  }

  /// The state.
  public internal(set) var state = State()
  private let attributesChanged: () -> Void

  /// Makes a bridge; `attributesChanged` is called after each write of configuration space.
  public init(attributesChanged: @escaping () -> Void) { self.attributesChanged = attributesChanged }

  /// By this subsystem SeaBIOS recognises a board that answers its questions (fw_cfg).
  static let subsystem: (vendor: UInt16, device: UInt16) = (0x1AF4, 0x1100)

  private static let afterReset: PCIConfiguration = {
    var result = PCIConfiguration(
      vendor: 0x8086, device: 0x1237, revision: 2, classCode: 0x06_0000, subsystem: subsystem)
    // Memory space and bus master are always on; "medium" DEVSEL#.
    result.set(0x0280_0006, at: 0x04, width: 4)
    result.allowWrites(0x30, at: Register.attributes.lowerBound, width: 1)
    for register in Register.attributes.dropFirst() { result.allowWrites(0x33, at: register, width: 1) }
    // C_BASE_SEG.
    result.set(0x02, at: Register.smram, width: 1)
    return result
  }()

  /// Configuration space.
  public var configuration: PCIConfiguration {
    get { state.configuration }
    set { state.configuration = newValue }
  }

  /// The attributes of `segments`, in their order.
  public var attributes: [Attributes] {
    Self.segments.indices.map { index in
      // PAM0 has F0000h in its upper half; each other register has two segments, the first in its lower half.
      let register = Register.attributes.lowerBound + (index + 1) / 2
      let bits = state.configuration.value(at: register, width: 1) >> (index % 2 == 0 ? 4 : 0)
      return Attributes(readsRAM: bits & 1 != 0, writesRAM: bits & 2 != 0)
    }
  }

  /// Hands the attributes on.
  public func configurationChanged(now: VirtualTime) { attributesChanged() }

  /// There is no window.
  public func read(window: Int, offset: UInt64, width: Int, now: VirtualTime) -> UInt64 { .max }

  /// There is no window.
  public func write(_ value: UInt64, window: Int, offset: UInt64, width: Int, now: VirtualTime) {}
}

extension I440FX: RestorableChip {
  /// Puts back a state; the board looks at the attributes.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    state.configuration.problem("i440FX", after: afterReset)
  }
}
