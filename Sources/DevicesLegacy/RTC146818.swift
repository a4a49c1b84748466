public import X86

/// The MC146818 real-time clock with its CMOS RAM, ports 70h and 71h.
public final class RTC146818: TimedChip {
  /// Registers and the moment of the last update.
  public struct State: Equatable, Sendable, Codable {
    /// 128 bytes; the clock's registers among them are computed.
    public var memory = [UInt8](repeating: 0, count: 128)
    /// Selected index.
    public var index: UInt8 = 0
    /// Register A: divider and rate.
    public var a: UInt8 = 0x26
    /// Register B: SET PIE AIE UIE SQWE DM 24/12 DSE.
    public var b: UInt8 = 0x02
    /// Register C: IRQF PF AF UF.
    public var c: UInt8 = 0
    /// Seconds since 1970 at virtual time zero.
    public var startSeconds: Int64
    /// Second up to which updates were made.
    public var doneSecond: UInt64 = 0
    /// Periodic count up to which interrupts were made.
    public var donePeriod: UInt64 = 0
    /// Makes the state at power-on.
    public init(startSeconds: Int64) { self.startSeconds = startSeconds }
  }

  /// The state.
  public internal(set) var state: State
  private let interrupt: any SignalLine

  /// Makes a clock that shows `startSeconds` (since 1970, UTC) at virtual time zero.
  public init(interrupt: any SignalLine, startSeconds: Int64) {
    self.interrupt = interrupt
    state = State(startSeconds: startSeconds)
  }

  private static let updateDuration: UInt64 = 1_984_000
  private static let updateWarning: UInt64 = 244_000

  /// Sets CMOS RAM, for the board.
  public func setMemory(_ index: Int, _ value: UInt8) {
    if index >= 0x0E && index < 128 { state.memory[index] = value }
  }

  private var periodFrequency: UInt64? {
    let rate = UInt64(state.a & 15)
    guard rate != 0, state.a & 0x70 == 0x20 else { return nil }
    return 32768 >> ((rate < 3 ? rate + 7 : rate) - 1)
  }

  /// Year, month, day, weekday (1 = Sunday), hour, minute, second at a moment.
  private func calendar(_ second: UInt64) -> [Int] {
    let total = state.startSeconds &+ Int64(truncatingIfNeeded: second)
    let days = total >= 0 ? total / 86400 : (total - 86399) / 86400
    let inDay = total - days * 86400
    // Civil date from days since 1970 (proleptic Gregorian).
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let weekday = ((days + 4) % 7 + 7) % 7 + 1
    return [
      Int(year), Int(month), Int(day), Int(weekday), Int(inDay / 3600), Int(inDay / 60 % 60), Int(inDay % 60),
    ]
  }

  private func encode(_ value: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: state.b & 4 != 0 ? value : (value / 10) << 4 | value % 10)
  }

  private func encodeHour(_ hour: Int) -> UInt8 {
    if state.b & 2 != 0 { return encode(hour) }
    return encode((hour + 11) % 12 + 1) | (hour >= 12 ? 0x80 : 0)
  }

  private func clockRegister(_ index: UInt8, _ second: UInt64) -> UInt8 {
    let now = calendar(second)
    switch index {
    case 0: return encode(now[6])
    case 2: return encode(now[5])
    case 4: return encodeHour(now[4])
    case 6: return encode(now[3])
    case 7: return encode(now[2])
    case 8: return encode(now[1])
    // The century is a byte of its own: whatever years a guest sets, both stay two digits.
    case 9: return encode((now[0] % 100 + 100) % 100)
    default: return encode(((now[0] - (now[0] % 100 + 100) % 100) / 100 % 100 + 100) % 100)
    }
  }

  /// Reads port 70h + `offset`.
  public func read(_ offset: Int, now: VirtualTime) -> UInt8 {
    guard offset == 1 else { return 0xFF }
    advance(to: now)
    let second = now.nanoseconds / 1_000_000_000
    switch state.index {
    case 0, 2, 4, 6, 7, 8, 9, 0x32:
      if state.b & 0x80 != 0 && state.index < 10 { return state.memory[Int(state.index)] }
      return clockRegister(state.index, second)
    case 0x0A:
      let left = 1_000_000_000 - now.nanoseconds % 1_000_000_000
      let isUpdating = left <= Self.updateWarning + Self.updateDuration && state.b & 0x80 == 0
      return state.a | (isUpdating ? 0x80 : 0)
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
    let second = now.nanoseconds / 1_000_000_000
    switch state.index {
    case 0, 2, 4, 6, 7, 8, 9: setClock(state.index, value, second)
    case 0x0A:
      state.a = value & 0x7F
      state.donePeriod = periodFrequency.map { now.count(atHertz: $0) } ?? 0
    case 0x0B:
      if value & 0x80 != 0 && state.b & 0x80 == 0 {
        // While SET is on the registers hold still.
        for index: UInt8 in [0, 2, 4, 6, 7, 8, 9] { state.memory[Int(index)] = clockRegister(index, second) }
      } else if value & 0x80 == 0 && state.b & 0x80 != 0 {
        takeHeldClock(second)
      }
      state.b = value & 0x80 != 0 ? value & ~0x10 : value
      update()
    case 0x0C, 0x0D: break
    default: state.memory[Int(state.index)] = value
    }
  }

  private func decode(_ value: UInt8) -> Int64 {
    state.b & 4 != 0 ? Int64(value) : Int64(value >> 4) * 10 + Int64(value & 15)
  }

  private func setClock(_ index: UInt8, _ value: UInt8, _ second: UInt64) {
    if state.b & 0x80 == 0 {
      for other: UInt8 in [0, 2, 4, 6, 7, 8, 9] { state.memory[Int(other)] = clockRegister(other, second) }
    }
    state.memory[Int(index)] = value
    if state.b & 0x80 == 0 { takeHeldClock(second) }
  }

  private func takeHeldClock(_ second: UInt64) {
    let memory = state.memory
    var hour = decode(memory[4] & (state.b & 2 != 0 ? 0xFF : 0x7F))
    if state.b & 2 == 0 { hour = hour % 12 + (memory[4] & 0x80 != 0 ? 12 : 0) }
    var year = Int64(calendar(second)[0] / 100 % 100 * 100) + decode(memory[9])
    let month = max(1, min(12, decode(memory[8])))
    // Days since 1970 of a civil date.
    year -= month <= 2 ? 1 : 0
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + decode(memory[7]) - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    let total = days * 86400 + hour * 3600 + decode(memory[2]) * 60 + decode(memory[0])
    state.startSeconds = total &- Int64(truncatingIfNeeded: second)
  }

  private func update() {
    let isActive = state.c & state.b & 0x70 != 0
    if isActive { state.c |= 0x80 } else { state.c &= 0x7F }
    interrupt.set(isActive)
  }

  private func alarmMatches(_ second: UInt64) -> Bool {
    for (alarm, clock) in [(1, UInt8(0)), (3, 2), (5, 4)] {
      let wanted = state.memory[alarm]
      if wanted < 0xC0 && wanted != clockRegister(clock, second) { return false }
    }
    return true
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
    let second = now.nanoseconds / 1_000_000_000
    if second > state.doneSecond {
      if state.b & 0x80 == 0 {
        state.c |= 0x10
        // Of a long pause at most one day has to be looked through.
        var candidate = max(state.doneSecond + 1, second > 86400 ? second - 86400 : 0)
        while candidate <= second && state.c & 0x20 == 0 {
          if alarmMatches(candidate) { state.c |= 0x20 }
          candidate += 1
        }
      }
      state.doneSecond = second
    }
    update()
  }

  /// The next update, or the next periodic interrupt, if anybody wants an interrupt.
  public var nextEvent: VirtualTime? {
    var next: VirtualTime?
    if state.b & 0x40 != 0, let frequency = periodFrequency {
      next = VirtualTime(count: state.donePeriod &+ 1, atHertz: frequency)
    }
    if state.b & 0x30 != 0 && state.b & 0x80 == 0 {
      let (moment, overflow) = (state.doneSecond &+ 1).multipliedReportingOverflow(by: 1_000_000_000)
      let update = VirtualTime(nanoseconds: overflow ? .max : moment)
      next = next.map { min($0, update) } ?? update
    }
    return next
  }
}
