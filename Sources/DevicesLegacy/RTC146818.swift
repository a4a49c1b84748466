public import X86

/// The MC146818 real-time clock with its CMOS RAM: offset 0 selects a byte, offset 1 is that byte.
///
/// Time, calendar and alarm are bytes of the RAM, as the data sheet has it: what is written is read, in whatever format,
/// and an update cycle counts them up ("Time, Calendar, and Alarm Locations", "Update Cycle"). The century (32h) is RAM
/// that no update reaches. Daylight saving (register B, bit 0) is kept and does nothing.
public final class RTC146818: BusDevice, TimedChip {
  /// Places of the time, the calendar, the alarm and the registers ("Address Map").
  enum Index {
    static let seconds = 0
    static let secondsAlarm = 1
    static let minutes = 2
    static let minutesAlarm = 3
    static let hours = 4
    static let hoursAlarm = 5
    static let weekday = 6
    static let day = 7
    static let month = 8
    static let year = 9
    static let registerA = 0x0A
    static let registerB = 0x0B
    static let registerC = 0x0C
    static let registerD = 0x0D
    /// RAM, by the habit of PCs.
    static let century = 0x32
  }

  /// Register A.
  enum RegisterA {
    /// RS3 to RS0.
    static let rate: UInt8 = 0xF
    /// DV2 to DV0.
    static let divider: UInt8 = 7 << 4
    /// DV of a crystal of 32.768 kHz.
    static let crystal32768: UInt8 = 2 << 4
    /// UIP.
    static let updateInProgress: UInt8 = 1 << 7
  }

  /// Register B; PIE, AIE and UIE stand where register C has PF, AF and UF.
  enum RegisterB {
    /// 24/12.
    static let hours24: UInt8 = 1 << 1
    /// DM.
    static let binary: UInt8 = 1 << 2
    /// UIE.
    static let updateInterrupt: UInt8 = 1 << 4
    /// AIE.
    static let alarmInterrupt: UInt8 = 1 << 5
    /// PIE.
    static let periodicInterrupt: UInt8 = 1 << 6
    /// SET.
    static let set: UInt8 = 1 << 7
  }

  /// Register C.
  enum RegisterC {
    /// UF.
    static let update: UInt8 = 1 << 4
    /// AF.
    static let alarm: UInt8 = 1 << 5
    /// PF.
    static let periodic: UInt8 = 1 << 6
    /// IRQF.
    static let request: UInt8 = 1 << 7
    static let sources = update | alarm | periodic
  }

  /// Register D, VRT: RAM and time are valid.
  static let validRAM: UInt8 = 1 << 7
  /// A byte of the seconds that can be written; a byte of an index.
  static let lowBits: UInt8 = 0x7F
  /// In 12-hour mode.
  static let afternoon: UInt8 = 1 << 7

  /// Registers and the moment of the last update.
  public struct State: Equatable, Sendable, Codable {
    /// 128 bytes; those of registers A to D are not used.
    public var memory = [UInt8](repeating: 0, count: 128)
    /// Selected index.
    public var index: UInt8 = 0
    /// Register A: divider and rate.
    public var a = RegisterA.crystal32768 | 6
    /// Register B: SET PIE AIE UIE SQWE DM 24/12 DSE.
    public var b = RegisterB.hours24
    /// Register C: IRQF PF AF UF.
    public var c: UInt8 = 0
    /// Nanosecond of each second at which updates end: the divider chain's.
    public var phase: UInt64 = 0
    /// Number of moments for updates that are over, the first of them at `phase`.
    public var doneUpdate: UInt64 = 1
    /// Periodic count up to which interrupts were made.
    public var donePeriod: UInt64 = 0
    /// Makes the state at power-on: BCD and 24 hours.
    public init(startSeconds: Int64) { setCalendar(startSeconds) }
  }

  /// The state.
  public internal(set) var state: State
  private let interrupt: any SignalLine

  /// Makes a clock that shows `startSeconds` (since 1970, UTC) at virtual time zero.
  public init(interrupt: any SignalLine, startSeconds: Int64) {
    self.interrupt = interrupt
    state = State(startSeconds: startSeconds)
  }

  static let second: UInt64 = 1_000_000_000
  private static let updateDuration: UInt64 = 1_984_000
  private static let updateWarning: UInt64 = 244_000

  /// Sets CMOS RAM, for the board.
  public func setMemory(_ index: Int, _ value: UInt8) {
    if index > Index.registerD && index < 128 { state.memory[index] = value }
  }

  /// The divider chain runs from the crystal of 32.768 kHz; any other setting holds or misses it.
  private var isRunning: Bool { state.a & RegisterA.divider == RegisterA.crystal32768 }
  /// Register B, SET: no updates.
  private var isSetting: Bool { state.b & RegisterB.set != 0 }

  private var periodFrequency: UInt64? {
    let rate = UInt64(state.a & RegisterA.rate)
    guard rate != 0, isRunning else { return nil }
    return 32768 >> ((rate < 3 ? rate + 7 : rate) - 1)
  }

  /// Moments for updates up to `now`.
  private func updates(_ now: VirtualTime) -> UInt64 {
    now.nanoseconds < state.phase ? 0 : (now.nanoseconds - state.phase) / Self.second + 1
  }

  /// Register A, UIP: an update is under way or will begin within 244 microseconds.
  private func isUpdating(_ now: VirtualTime) -> Bool {
    let done = (now.nanoseconds % Self.second + Self.second - min(state.phase, Self.second)) % Self.second
    return isRunning && !isSetting && Self.second - done <= Self.updateWarning + Self.updateDuration
  }

  /// Reads the selected byte; the index cannot be read.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    guard offset == 1 else { return 0xFF }
    advance(to: now)
    return UInt64(readSelected(now))
  }

  private func readSelected(_ now: VirtualTime) -> UInt8 {
    switch Int(state.index) {
    case Index.registerA: return state.a | (isUpdating(now) ? RegisterA.updateInProgress : 0)
    case Index.registerB: return state.b
    case Index.registerC:
      let value = state.c
      state.c = 0
      interrupt.set(false)
      return value
    case Index.registerD: return Self.validRAM
    default: return state.memory[Int(state.index)]
    }
  }

  /// Writes the index or the selected byte.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    let byte = UInt8(truncatingIfNeeded: value)
    guard offset == 1 else {
      state.index = byte & Self.lowBits
      return
    }
    advance(to: now)
    writeSelected(byte, now)
  }

  private func writeSelected(_ value: UInt8, _ now: VirtualTime) {
    switch Int(state.index) {
    // The high-order bit of the seconds is read-only.
    case Index.seconds: state.memory[Index.seconds] = value & Self.lowBits
    case Index.registerA:
      let wasRunning = isRunning
      state.a = value & ~RegisterA.updateInProgress
      if isRunning && !wasRunning {
        // The first update comes half a second after the divider chain was let go.
        state.phase = (now.nanoseconds % Self.second + Self.second / 2) % Self.second
        state.doneUpdate = updates(now)
      }
      state.donePeriod = periodFrequency.map { now.count(atHertz: $0) } ?? 0
    case Index.registerB:
      // SET going high clears UIE.
      let rises = value & RegisterB.set != 0 && !isSetting
      state.b = rises ? value & ~RegisterB.updateInterrupt : value
      update()
    case Index.registerC, Index.registerD: break
    default: state.memory[Int(state.index)] = value
    }
  }

  private func update() {
    let isActive = state.c & state.b & RegisterC.sources != 0
    if isActive { state.c |= RegisterC.request } else { state.c &= ~RegisterC.request }
    interrupt.set(isActive)
  }

  /// Makes updates, alarms and periodic interrupts up to `now`.
  public func advance(to now: VirtualTime) {
    if let frequency = periodFrequency {
      let period = now.count(atHertz: frequency)
      if period > state.donePeriod {
        state.c |= RegisterC.periodic
        state.donePeriod = period
      }
    }
    let number = updates(now)
    if number > state.doneUpdate {
      if isRunning && !isSetting {
        state.c |= RegisterC.update
        if state.c & RegisterC.alarm == 0 && state.alarms(within: number - state.doneUpdate) {
          state.c |= RegisterC.alarm
        }
        state.count(number - state.doneUpdate)
      }
      state.doneUpdate = number
    }
    update()
  }

  /// The next update, or the next periodic interrupt, if an interrupt is enabled.
  public var nextEvent: VirtualTime? {
    var next: VirtualTime?
    if state.b & RegisterB.periodicInterrupt != 0, let frequency = periodFrequency {
      next = VirtualTime(count: state.donePeriod &+ 1, atHertz: frequency)
    }
    if state.b & (RegisterB.alarmInterrupt | RegisterB.updateInterrupt) != 0 && isRunning && !isSetting {
      let (seconds, overflow) = state.doneUpdate.multipliedReportingOverflow(by: Self.second)
      let (moment, carry) = seconds.addingReportingOverflow(state.phase)
      let update = VirtualTime(nanoseconds: overflow || carry ? .max : moment)
      next = next.map { min($0, update) } ?? update
    }
    return next
  }
}
