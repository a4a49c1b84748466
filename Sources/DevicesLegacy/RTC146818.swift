public import X86

/// The MC146818 real-time clock with its CMOS RAM, ports 70h and 71h.
///
/// Time, calendar and alarm are bytes of the RAM, as the data sheet has it: what is written is read, in whatever format,
/// and an update cycle counts them up ("Time, Calendar, and Alarm Locations", "Update Cycle"). The century (32h) is RAM
/// that no update reaches. Daylight saving (register B, bit 0) is kept and does nothing.
public final class RTC146818: TimedChip {
  /// Registers and the moment of the last update.
  public struct State: Equatable, Sendable, Codable {
    /// 128 bytes; those of registers A to D are not used.
    public var memory = [UInt8](repeating: 0, count: 128)
    /// Selected index.
    public var index: UInt8 = 0
    /// Register A: divider and rate.
    public var a: UInt8 = 0x26
    /// Register B: SET PIE AIE UIE SQWE DM 24/12 DSE.
    public var b: UInt8 = 0x02
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
    if index >= 0x0E && index < 128 { state.memory[index] = value }
  }

  /// The divider chain runs from the crystal of 32.768 kHz; any other setting holds or misses it.
  private var isRunning: Bool { state.a & 0x70 == 0x20 }
  /// Register B, SET: no updates.
  private var isSetting: Bool { state.b & 0x80 != 0 }

  private var periodFrequency: UInt64? {
    let rate = UInt64(state.a & 15)
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

  /// Reads port 70h + `offset`.
  public func read(_ offset: Int, now: VirtualTime) -> UInt8 {
    guard offset == 1 else { return 0xFF }
    advance(to: now)
    switch state.index {
    case 0x0A: return state.a | (isUpdating(now) ? 0x80 : 0)
    case 0x0B: return state.b
    case 0x0C:
      let value = state.c
      state.c = 0
      interrupt.set(false)
      return value
    case 0x0D: return 0x80
    default: return state.memory[Int(state.index)]
    }
  }

  /// Writes port 70h + `offset`.
  public func write(_ value: UInt8, _ offset: Int, now: VirtualTime) {
    guard offset == 1 else {
      state.index = value & 0x7F
      return
    }
    advance(to: now)
    switch state.index {
    // The high-order bit of the seconds is read-only.
    case 0: state.memory[0] = value & 0x7F
    case 0x0A:
      let wasRunning = isRunning
      state.a = value & 0x7F
      if isRunning && !wasRunning {
        // The first update comes half a second after the divider chain was let go.
        state.phase = (now.nanoseconds % Self.second + Self.second / 2) % Self.second
        state.doneUpdate = updates(now)
      }
      state.donePeriod = periodFrequency.map { now.count(atHertz: $0) } ?? 0
    case 0x0B:
      // SET going high clears UIE.
      state.b = value & 0x80 != 0 && !isSetting ? value & ~0x10 : value
      update()
    case 0x0C, 0x0D: break
    default: state.memory[Int(state.index)] = value
    }
  }

  private func update() {
    let isActive = state.c & state.b & 0x70 != 0
    if isActive { state.c |= 0x80 } else { state.c &= 0x7F }
    interrupt.set(isActive)
  }

  /// Makes updates, alarms and periodic interrupts up to `now`.
  public func advance(to now: VirtualTime) {
    if let frequency = periodFrequency {
      let period = now.count(atHertz: frequency)
      if period > state.donePeriod {
        state.c |= 0x40
        state.donePeriod = period
      }
    }
    let number = updates(now)
    if number > state.doneUpdate {
      if isRunning && !isSetting {
        state.c |= 0x10
        if state.c & 0x20 == 0 && state.alarms(within: number - state.doneUpdate) { state.c |= 0x20 }
        state.count(number - state.doneUpdate)
      }
      state.doneUpdate = number
    }
    update()
  }

  /// The next update, or the next periodic interrupt, if anybody wants an interrupt.
  public var nextEvent: VirtualTime? {
    var next: VirtualTime?
    if state.b & 0x40 != 0, let frequency = periodFrequency {
      next = VirtualTime(count: state.donePeriod &+ 1, atHertz: frequency)
    }
    if state.b & 0x30 != 0 && isRunning && !isSetting {
      let (seconds, overflow) = state.doneUpdate.multipliedReportingOverflow(by: Self.second)
      let (moment, carry) = seconds.addingReportingOverflow(state.phase)
      let update = VirtualTime(nanoseconds: overflow || carry ? .max : moment)
      next = next.map { min($0, update) } ?? update
    }
    return next
  }
}
