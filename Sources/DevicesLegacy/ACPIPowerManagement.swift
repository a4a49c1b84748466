public import X86

/// The fixed ACPI hardware: PM1a event block, PM1a control and PM timer in 12 ports.
///
/// Source: ACPI "PM1 Event Grouping", "PM1 Control Grouping", "Power Management Timer".
public final class ACPIPowerManagement: BusDevice {
  /// Offsets.
  public enum Register {
    /// PM1_STS and, behind it, PM1_EN.
    public static let events: UInt64 = 0
    static let enable: UInt64 = 2
    /// PM1_CNT.
    public static let control: UInt64 = 4
    /// PM_TMR.
    public static let timer: UInt64 = 8
  }

  /// PM1_STS; a write of 1 clears a bit.
  enum PM1Status {
    /// TMR_STS.
    static let timer: UInt16 = 1 << 0
    /// BM_STS.
    static let busMaster: UInt16 = 1 << 4
    /// GBL_STS.
    static let global: UInt16 = 1 << 5
    /// PWRBTN_STS.
    static let powerButton: UInt16 = 1 << 8
    /// SLPBTN_STS.
    static let sleepButton: UInt16 = 1 << 9
    /// RTC_STS.
    static let clock: UInt16 = 1 << 10
    /// PCIEXP_WAKE_STS.
    static let expressWake: UInt16 = 1 << 14
    /// WAK_STS.
    static let wake: UInt16 = 1 << 15
    static let all = timer | busMaster | global | powerButton | sleepButton | clock | expressWake | wake
  }

  /// PM1_EN; TMR_EN, GBL_EN, PWRBTN_EN, SLPBTN_EN and RTC_EN stand where PM1_STS has what they enable.
  enum PM1Enable {
    /// RTC_EN.
    static let clock = PM1Status.clock
    static let all =
      PM1Status.timer | PM1Status.global | PM1Status.powerButton | PM1Status.sleepButton | PM1Status.clock
  }

  /// PM1_CNT.
  enum PM1Control {
    /// SCI_EN.
    static let sciEnable: UInt16 = 1 << 0
    /// BM_RLD.
    static let busMasterReload: UInt16 = 1 << 1
    /// SLP_TYP.
    static let sleepTypeShift: UInt16 = 10
    static let sleepType: UInt16 = 7 << sleepTypeShift
    /// SLP_EN, which reads as 0.
    static let sleepEnable: UInt16 = 1 << 13
    /// What can be read.
    static let all = sciEnable | busMasterReload | sleepType
  }

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
    public var control = PM1Control.sciEnable
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
  public func wakesByClock() -> Bool {
    state.status |= PM1Status.clock
    guard state.enable & PM1Enable.clock != 0 else { return false }
    state.status |= PM1Status.wake
    return true
  }

  /// Reads from a register on: an access may reach over several.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    if offset >= Register.timer {
      let timer = UInt32(truncatingIfNeeded: now.count(atHertz: Self.timerFrequency))
      return UInt64(timer >> UInt32((offset - Register.timer) * 8))
    }
    let block = UInt64(state.status) | UInt64(state.enable) << 16 | UInt64(state.control) << 32
    return block >> (offset * 8)
  }

  /// Writes a register; the event block also with 4 bytes.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    let word = UInt16(truncatingIfNeeded: value)
    switch offset {
    case Register.events:
      state.status &= ~word
      if width == 4 { state.enable = UInt16(truncatingIfNeeded: value >> 16) & PM1Enable.all }
    case Register.enable: state.enable = word & PM1Enable.all
    case Register.control: setControl(word)
    default: break
    }
  }

  private func setControl(_ word: UInt16) {
    state.control = word & PM1Control.all | PM1Control.sciEnable
    // SLP_TYP 0 with SLP_EN is S5, as on the machines that guests were written for.
    guard word & PM1Control.sleepEnable != 0 else { return }
    switch (word & PM1Control.sleepType) >> PM1Control.sleepTypeShift {
    case Self.softOff: powerOff()
    case Self.suspendToRAM: suspend()
    default: break
    }
  }
}
