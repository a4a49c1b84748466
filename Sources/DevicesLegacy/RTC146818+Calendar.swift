// The bytes of time, calendar and alarm, and what an update cycle makes of them. A byte that says nothing sensible
// counts as the largest that would until a carry reaches it.

extension RTC146818.State {
  private typealias Index = RTC146818.Index

  private var isBinary: Bool { b & RTC146818.RegisterB.binary != 0 }
  private var is24Hours: Bool { b & RTC146818.RegisterB.hours24 != 0 }

  private func encode(_ value: UInt64) -> UInt8 {
    UInt8(truncatingIfNeeded: isBinary ? value : (value / 10) << 4 | value % 10)
  }

  private func encodeHour(_ hour: UInt64) -> UInt8 {
    if is24Hours { return encode(hour) }
    return encode((hour + 11) % 12 + 1) | (hour >= 12 ? RTC146818.afternoon : 0)
  }

  private func decode(_ value: UInt8) -> UInt64 {
    isBinary ? UInt64(value) : UInt64(value >> 4) * 10 + UInt64(value & 15)
  }

  private var hour: UInt64 {
    let byte = memory[Index.hours]
    if is24Hours { return min(decode(byte), 23) }
    return min(decode(byte & ~RTC146818.afternoon), 12) % 12 + (byte & RTC146818.afternoon != 0 ? 12 : 0)
  }

  // MARK: Counting

  /// Seconds, minutes and hours after so many updates, and the days that are over then.
  private func time(after count: UInt64) -> (bytes: [UInt8], days: UInt64) {
    let seconds = min(decode(memory[Index.seconds]), 59) + count
    guard seconds >= 60 else { return ([encode(seconds), memory[Index.minutes], memory[Index.hours]], 0) }
    let minutes = min(decode(memory[Index.minutes]), 59) + seconds / 60
    guard minutes >= 60 else { return ([encode(seconds % 60), encode(minutes), memory[Index.hours]], 0) }
    let hours = hour + minutes / 60
    return ([encode(seconds % 60), encode(minutes % 60), encodeHour(hours % 24)], hours / 24)
  }

  /// Makes so many updates.
  mutating func count(_ updates: UInt64) {
    let (bytes, days) = time(after: updates)
    for (index, byte) in bytes.enumerated() { memory[index * 2] = byte }
    guard days != 0 else { return }
    memory[Index.weekday] = UInt8((min(max(UInt64(memory[Index.weekday]), 1), 7) - 1 + days % 7) % 7 + 1)
    var year = min(decode(memory[Index.year]), 99)
    var month = min(max(decode(memory[Index.month]), 1), 12)
    var day = min(max(decode(memory[Index.day]), 1), Self.dayCount(month, year))
    // The years have two digits: a hundred of them are a circle of 36,525 days.
    day += days % 36525
    while day > Self.dayCount(month, year) {
      day -= Self.dayCount(month, year)
      month = month % 12 + 1
      if month == 1 { year = (year + 1) % 100 }
    }
    memory[Index.day] = encode(day)
    memory[Index.month] = encode(month)
    memory[Index.year] = encode(year)
  }

  /// Every fourth year is a leap year, 00 among them.
  private static func dayCount(_ month: UInt64, _ year: UInt64) -> UInt64 {
    switch month {
    case 2: year % 4 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  // MARK: Alarm

  /// Whether one of the next updates meets the alarm: each byte equal, or C0h and above for any.
  func alarms(within updates: UInt64) -> Bool {
    let wanted = [memory[Index.secondsAlarm], memory[Index.minutesAlarm], memory[Index.hoursAlarm]]
    func matches(_ index: Int, _ byte: UInt8) -> Bool { wanted[index] >= 0xC0 || wanted[index] == byte }
    if updates >= 86400 {
      // A whole day has every time.
      return (0..<60).contains { matches(0, encode($0)) } && (0..<60).contains { matches(1, encode($0)) }
        && (0..<24).contains { matches(2, encodeHour($0)) }
    }
    return (1...updates).contains { update in
      let bytes = time(after: update).bytes
      return (0..<3).allSatisfy { matches($0, bytes[$0]) }
    }
  }

  // MARK: Setting

  /// The bytes of a moment (seconds since 1970, UTC), in the format of register B.
  mutating func setCalendar(_ seconds: Int64) {
    let days = (seconds - (seconds % 86400 + 86400) % 86400) / 86400
    let inDay = UInt64(max(0, seconds - days * 86400))
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
    memory[Index.seconds] = encode(inDay % 60)
    memory[Index.minutes] = encode(inDay / 60 % 60)
    memory[Index.hours] = encodeHour(inDay / 3600)
    memory[Index.weekday] = UInt8(((days + 4) % 7 + 7) % 7 + 1)
    memory[Index.day] = encode(UInt64(day))
    memory[Index.month] = encode(UInt64(month))
    memory[Index.year] = encode(UInt64((year % 100 + 100) % 100))
    memory[Index.century] = encode(UInt64(((year - (year % 100 + 100) % 100) / 100 % 100 + 100) % 100))
  }
}
