public import X86

/// The power management function of the PIIX4: it places the ports of ACPI's fixed hardware and of the SMBus.
///
/// Source: Intel 82371AB (PIIX4) data sheet, "Power Management PCI Configuration Registers". There is no system
/// management interrupt: DEVACTB says that its enable is set already, so that no firmware waits for one. Nothing
/// answers on the SMBus, and what is not of ACPI's fixed hardware among the ports reads as 0.
public final class PIIX4PowerManagement: PCIFunction {
  /// Registers.
  public enum Register {
    /// PMBA.
    public static let base = 0x40
    /// DEVACTB.
    static let deviceActivityB = 0x58
    /// PMREGMISC.
    public static let miscellaneous = 0x80
    /// SMBBA.
    static let smbusBase = 0x90
    /// SMBHSTCFG.
    static let smbusHost = 0xD2
  }

  /// PMIOSE of PMREGMISC and SMB_HST_EN of SMBHSTCFG.
  public static let enable: UInt32 = 1 << 0
  /// APMC_EN of DEVACTB.
  private static let interruptByCommand: UInt32 = 1 << 25

  /// Numbers of the ranges of ports.
  private enum Window {
    static let power = 6
    static let smbus = 7
  }

  /// The SMBus host controller.
  private enum SMBus {
    /// SMBHSTSTS.
    static let status: UInt64 = 0
    /// SMBHSTCNT.
    static let control: UInt64 = 2
    /// START of SMBHSTCNT.
    static let start: UInt8 = 1 << 6
    /// Device error: nobody acknowledges.
    static let deviceError: UInt8 = 1 << 2
  }

  /// Ports of ACPI's fixed hardware among the 64.
  static let powerByteCount: UInt64 = 12

  /// Configuration space, and what the SMBus has come to.
  public struct State: Equatable, Sendable, Codable {
    /// All of configuration space.
    public internal(set) var configuration = PIIX4PowerManagement.afterReset
    /// SMBHSTSTS.
    public internal(set) var smbusStatus: UInt8 = 0
    /// Makes the reset state.
    public init() {}
  }

  /// The state.
  public internal(set) var state = State()
  private let power: ACPIPowerManagement

  /// Makes a function that places a chip.
  public init(_ power: ACPIPowerManagement) { self.power = power }

  private static let afterReset: PCIConfiguration = {
    var result = PCIConfiguration(vendor: 0x8086, device: 0x7113, revision: 3, classCode: 0x06_8000, interruptPin: 1)
    result.set(0x0280_0000, at: 0x04, width: 4)
    result.set(1, at: Register.base, width: 4)
    result.allowWrites(0xFFC0, at: Register.base, width: 2)
    result.set(interruptByCommand, at: Register.deviceActivityB, width: 4)
    result.allowWrites(enable, at: Register.miscellaneous, width: 1)
    result.set(1, at: Register.smbusBase, width: 4)
    result.allowWrites(0xFFF0, at: Register.smbusBase, width: 2)
    result.allowWrites(0x0F, at: Register.smbusHost, width: 1)
    return result
  }()

  /// Configuration space.
  public var configuration: PCIConfiguration {
    get { state.configuration }
    set { state.configuration = newValue }
  }

  /// The ports, as far as they are enabled and anywhere.
  public var ownWindows: [PCIOwnWindow] {
    func base(_ register: Int, enabledBy control: Int) -> UInt64? {
      guard configuration.value(at: control, width: 1) & Self.enable != 0 else { return nil }
      let base = UInt64(configuration.value(at: register, width: 2) & ~1)
      return base == 0 ? nil : base
    }
    return [
      base(Register.base, enabledBy: Register.miscellaneous).map {
        PCIOwnWindow(number: Window.power, first: $0, byteCount: 64, isIO: true)
      },
      base(Register.smbusBase, enabledBy: Register.smbusHost).map {
        PCIOwnWindow(number: Window.smbus, first: $0, byteCount: 16, isIO: true)
      },
    ].compactMap { $0 }
  }

  /// Reads ports.
  public func read(window: Int, offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    switch window {
    case Window.power: offset < Self.powerByteCount ? power.read(offset: offset, width: width, now: now) : 0
    case Window.smbus: offset == SMBus.status ? UInt64(state.smbusStatus) : 0
    default: .max
    }
  }

  /// Writes ports.
  public func write(_ value: UInt64, window: Int, offset: UInt64, width: Int, now: VirtualTime) {
    let byte = UInt8(truncatingIfNeeded: value)
    if window == Window.power && offset < Self.powerByteCount {
      power.write(value, offset: offset, width: width, now: now)
    } else if window == Window.smbus && offset == SMBus.status {
      state.smbusStatus &= ~byte
    } else if window == Window.smbus && offset == SMBus.control && byte & SMBus.start != 0 {
      state.smbusStatus |= SMBus.deviceError
    }
  }
}

extension PIIX4PowerManagement: RestorableChip {
  /// Puts back a state; the bus looks where the ports are.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    FieldCheck.first(
      state.configuration.problem("PIIX4 power management", after: afterReset),
      FieldCheck.bits("PIIX4 SMBHSTSTS", state.smbusStatus, SMBus.deviceError))
  }
}
