public import X86

/// The ports of a PC's host bridge: the address register of PCI configuration, its window to a bus, if the board has one,
/// and the reset control register in its second byte.
///
/// Source: PCI Local Bus Specification 3.0, "Configuration Mechanism #1"; Intel 82371AB (PIIX4) data sheet, "Reset
/// Control Register". Offsets 0 to 3 are CONFIG_ADDRESS, which is written and read by 4 bytes alone, 4 to 7 CONFIG_DATA.
public final class HostBridge: BusDevice {
  /// The offset of the reset control register.
  public static let resetOffset: UInt64 = 1
  /// CONFIG_DATA.
  private static let data: ClosedRange<UInt64> = 4...7
  /// RCPU: a rising bit resets.
  private static let resetProcessor: UInt8 = 1 << 2
  /// CONFIG_ADDRESS without its reserved bits.
  private static let addressBits: UInt32 = 0x80FF_FFFC

  /// Both registers.
  public struct State: Equatable, Sendable, Codable {
    /// CONFIG_ADDRESS.
    public var configurationAddress: UInt32
    /// Reset control.
    public var resetControl: UInt8

    /// Makes a state.
    public init(configurationAddress: UInt32 = 0, resetControl: UInt8 = 0) {
      self.configurationAddress = configurationAddress
      self.resetControl = resetControl
    }
  }

  /// The state.
  public internal(set) var state = State()
  private let reset: () -> Void
  private let bus: PCIBus?

  /// Makes the bridge; without a bus no device is behind it.
  public init(bus: PCIBus? = nil, reset: @escaping () -> Void) {
    self.bus = bus
    self.reset = reset
  }

  /// Reads a register; where no device is all bits are ones.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    switch offset {
    case 0 where width == 4: UInt64(state.configurationAddress)
    case Self.resetOffset: UInt64(state.resetControl)
    case Self.data:
      bus.map {
        UInt64($0.read(state.configurationAddress, offset: Int(offset & 3), width: width, now: now))
      } ?? .max
    default: .max
    }
  }

  /// Writes a register; 2 bytes at offset 0 reach reset control by their second.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    switch offset {
    case 0 where width == 4: state.configurationAddress = UInt32(truncatingIfNeeded: value) & Self.addressBits
    case 0 where width == 2: setResetControl(UInt8(truncatingIfNeeded: value >> 8))
    case Self.resetOffset: setResetControl(UInt8(truncatingIfNeeded: value))
    case Self.data:
      bus?.write(
        UInt32(truncatingIfNeeded: value), state.configurationAddress, offset: Int(offset & 3), width: width, now: now)
    default: break
    }
  }

  private func setResetControl(_ value: UInt8) {
    let rises = value & ~state.resetControl & Self.resetProcessor != 0
    state.resetControl = value
    if rises { reset() }
  }
}

extension HostBridge: RestorableChip {
  /// Puts back a state.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    state.configurationAddress & ~addressBits == 0
      ? nil : "port CF8h holds \(state.configurationAddress), which has reserved bits"
  }
}
