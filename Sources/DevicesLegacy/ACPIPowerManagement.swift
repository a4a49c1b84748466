public import X86

/// The fixed ACPI hardware: PM1a event block at 600h, PM1a control at 604h, PM timer at 608h.
public final class ACPIPowerManagement {
  /// PM timer in hertz.
  public static let timerFrequency: UInt64 = 3_579_545
  /// SLP_TYP of S5.
  public static let softOff: UInt16 = 0
  /// SLP_TYP of S3.
  public static let suspendToRAM: UInt16 = 1

  /// Registers.
  public struct State: Equatable, Sendable, Codable {
    /// PM1_STS.
    public var status: UInt16 = 0
    /// PM1_EN.
    public var enable: UInt16 = 0
    /// PM1_CNT: SCI_EN is set, since there is no other mode.
    public var control: UInt16 = 1
    /// Makes the reset state.
    public init() {}
  }

  /// The state.
  public internal(set) var state = State()
  private let powerOff: () -> Void
  private let suspend: () -> Void

  /// Makes the block; entering S5 calls `powerOff`, entering S3 `suspend`.
  public init(powerOff: @escaping () -> Void, suspend: @escaping () -> Void) {
    self.powerOff = powerOff
    self.suspend = suspend
  }

  /// The real-time clock's alarm while the machine sleeps: gives whether it wakes the machine, and notes that it did.
  ///
  /// ACPI "PM1 Event Grouping": RTC_STS, RTC_EN, WAK_STS.
  public func wakesByClock() -> Bool {
    state.status |= 1 << 10
    guard state.enable & 1 << 10 != 0 else { return false }
    state.status |= 1 << 15
    return true
  }

  /// Reads at 600h + `offset`.
  public func read(offset: Int, width: Int, now: VirtualTime) -> UInt32 {
    let block =
      UInt64(state.status) | UInt64(state.enable) << 16 | UInt64(state.control) << 32
    if offset >= 8 && offset < 12 {
      let timer = UInt32(truncatingIfNeeded: now.count(atHertz: Self.timerFrequency))
      return timer >> UInt32((offset - 8) * 8)
    }
    return offset < 8 ? UInt32(truncatingIfNeeded: block >> UInt64(offset * 8)) : 0xFFFF_FFFF
  }

  /// Writes at 600h + `offset`.
  public func write(_ value: UInt32, offset: Int, width: Int) {
    let word = UInt16(truncatingIfNeeded: value)
    switch offset {
    case 0:
      state.status &= ~word
      if width == 4 { state.enable = UInt16(truncatingIfNeeded: value >> 16) & 0x721 }
    case 2: state.enable = word & 0x721
    case 4:
      state.control = (word & 0x1C02) | 1
      // SLP_TYP 0 with SLP_EN is S5, as on the machines that guests were written for.
      guard word & 0x2000 != 0 else { return }
      switch (word >> 10) & 7 {
      case Self.softOff: powerOff()
      case Self.suspendToRAM: suspend()
      default: break
      }
    default: break
    }
  }
}
