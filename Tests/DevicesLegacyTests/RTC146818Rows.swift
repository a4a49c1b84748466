import DevicesLegacy
import Testing
import X86

/// The clock, at first at midnight of Thursday, 1 January 2026: registers by number, `irq`, `s5` seconds, `n5` nanoseconds.
private struct ScriptedRTC: ScriptedChip {
  private let line = ScriptLine()
  private let rtc: RTC146818
  private var now: UInt64 = 0

  init() { rtc = RTC146818(interrupt: line, startSeconds: 1_767_225_600) }

  func write(_ place: String, _ value: UInt64) -> Bool {
    guard let index = UInt8(place, radix: 16) else { return false }
    rtc.setByte(0, index, now: VirtualTime(nanoseconds: now))
    rtc.setByte(1, UInt8(truncatingIfNeeded: value), now: VirtualTime(nanoseconds: now))
    return true
  }

  func read(_ place: String) -> UInt64? {
    if place == "irq" { return line.level ? 1 : 0 }
    guard let index = UInt8(place, radix: 16) else { return nil }
    rtc.setByte(0, index, now: VirtualTime(nanoseconds: now))
    return UInt64(rtc.byte(1, now: VirtualTime(nanoseconds: now)))
  }

  mutating func perform(_ verb: Character, _ number: UInt64) -> Bool {
    guard verb == "s" || verb == "n" else { return false }
    now += verb == "s" ? number * 1_000_000_000 : number
    rtc.advance(to: VirtualTime(nanoseconds: now))
    return true
  }
}

/// The last second of a day.
private let late = "04<23 02<59 00<59 "

private let clockRows = [
  ChipScript("the start", "00=0 02=0 04=0 06=5 07=1 08=1 09=26 32=20 0A=26 0B=2 0D=80"),
  ChipScript("the weekday is what was written", "06<03 06=3 s1 06=3"),
  ChipScript("and counts from there", late + "06<07 s1 06=1 07=2 s86400 06=2 07=3"),
  ChipScript("the calendar does not change it", "06<02 07<15 08<06 09<30 06=2 s86400 06=3"),
  ChipScript("the century is RAM", "32<19 32=19 32<FF 32=FF"),
  ChipScript("no update reaches it", late + "32<19 09<99 08<12 07<31 s1 32=19 09=0 08=1 07=1"),
  ChipScript(
    "bytes are read as written",
    "02<7A 04<3C 07<00 08<FF 09<AB 02=7A 04=3C 07=0 08=FF 09=AB s1 02=7A 04=3C 07=0 08=FF 09=AB"),
  ChipScript("bit 7 of the seconds is read-only", "00<D5 00=55"),
  ChipScript("a write while it runs", "02<30 00<58 s1 00=59 02=30 s1 00=0 02=31"),
  ChipScript("binary", "0B<06 00<3B 02<3B 04<17 07<1F 08<0C 09<63 s1 00=0 02=0 04=0 07=1 08=1 09=0"),
  ChipScript("binary counts past 9", "0B<06 00<09 s1 00=A"),
  ChipScript("BCD counts past 9", "00<09 s1 00=10"),
  ChipScript("12 hours: noon", "0B<00 04<11 02<59 00<59 s1 04=92"),
  ChipScript("12 hours: after noon", "0B<00 04<92 02<59 00<59 s1 04=81"),
  ChipScript("12 hours: midnight", "0B<00 04<91 02<59 00<59 s1 04=12 07=2"),
  ChipScript("12 hours: after midnight", "0B<00 04<12 02<59 00<59 s1 04=1"),
  ChipScript("12 hours, binary", "0B<04 04<8B 02<3B 00<3B s1 04=C 07=2"),
  ChipScript("another format leaves the bytes", "04<13 0B<06 04=13 0B<00 04=13"),
  ChipScript("28 February of a leap year", late + "09<24 08<02 07<28 s1 07=29 08=2 s86400 07=1 08=3"),
  ChipScript("of another year", late + "09<26 08<02 07<28 s1 07=1 08=3"),
  ChipScript("of 00", late + "09<00 08<02 07<28 s1 07=29"),
  ChipScript("30 April", late + "08<04 07<30 s1 07=1 08=5"),
  ChipScript("a year at once", "s31536000 09=27 08=1 07=1 06=6 04=0 02=0 00=0"),
  ChipScript("a century at once", "s3155760000 09=26 08=1 07=1 32=20"),
]

private let registerRows = [
  ChipScript("SET holds the clock", "0B<82 00<58 s5 00=58 0B<02 s1 00=59"),
  ChipScript("SET high clears UIE", "0B<12 0B=12 0B<92 0B=82 0B<92 0B=92"),
  ChipScript("SET leaves PIE and AIE", "0B<62 0B<E2 0B=E2"),
  ChipScript("SET: no UF, no AF", "01<FF 03<FF 05<FF 0A<20 0B<A2 s5 irq=0 0C=0"),
  ChipScript("SET does not stop the periodic interrupt", "0B<C2 n1000000 irq=1 0C=C0"),
  ChipScript(
    "UIP 244 and 1984 microseconds before the update's end", "n997771999 0A=26 n1 0A=A6 n2227999 0A=A6 n1 0A=26"),
  ChipScript("SET clears UIP", "n999000000 0A=A6 0B<82 0A=26"),
  ChipScript("UIP is read-only", "0A<A6 0A=26"),
  ChipScript("divider reset holds the clock", "0A<76 s10 00=0 0A=76 n999000000 0A=76"),
  ChipScript(
    "the first update half a second after", "n300000000 0A<76 s3 0A<26 n499999999 00=0 n1 00=1 n999999999 00=1 n1 00=2"),
  ChipScript("UIP then", "n300000000 0A<76 s3 0A<26 n498000000 0A=A6 n2000000 0A=26"),
  ChipScript("no crystal of 4 MHz", "0A<06 s5 00=0"),
  ChipScript("rate 0 is none", "0A<20 0B<42 n1 s1 irq=0 0C=10"),
  ChipScript("rate 1 is 256 Hz", "0A<21 0B<42 n3906249 irq=0 n1 irq=1"),
  ChipScript("rate 2 is 128 Hz", "0A<22 0B<42 n7812499 irq=0 n1 irq=1"),
  ChipScript("rate 3 is 8192 Hz", "0A<23 0B<42 n122070 irq=0 n1 irq=1"),
  ChipScript("rate 6 is 1024 Hz", "0A<26 0B<42 n976562 irq=0 n1 irq=1"),
  ChipScript("rate 15 is 2 Hz", "0A<2F 0B<42 n499999999 irq=0 n1 irq=1 0C=C0 irq=0 0C=0"),
  ChipScript("flags without their enables", "s1 irq=0 0C=50 0C=0"),
  ChipScript("an enable after its flag", "s1 0B<12 irq=1 0B<02 irq=0 0B<42 irq=1 0C=D0 irq=0"),
  ChipScript("C is read-only", "n1000000 0C<FF 0C=40"),
  ChipScript("D is read-only", "0D<00 0D=80 0D<FF 0D=80"),
  ChipScript("B keeps all its bits", "0B<7F 0B=7F"),
  ChipScript("RAM", "0E<A5 7F<5A s1 0E=A5 7F=5A"),
]

private let alarmRows = [
  ChipScript("a time", "0A<20 01<05 03<00 05<00 0B<22 s4 irq=0 s1 irq=1 0C=B0 s60 irq=0"),
  ChipScript("any second", "0A<20 01<C0 03<FF 05<E5 0B<22 s1 irq=1 0C=B0 s1 irq=1"),
  ChipScript("any hour", "0A<20 01<00 03<00 05<C0 0B<22 s3599 irq=0 s1 irq=1 0C=B0 s3600 irq=1"),
  ChipScript("BFh is not any", "0A<20 01<BF 03<FF 05<FF 0B<22 s120 irq=0"),
  ChipScript("AF without AIE", "0A<20 01<05 03<00 05<00 s5 irq=0 0C=30"),
  ChipScript("12 hours", "0A<20 0B<20 04<11 02<59 00<59 05<92 03<00 01<00 s1 irq=1"),
  ChipScript("12 hours, the other half", "0A<20 0B<20 04<11 02<59 00<59 05<12 03<00 01<00 s1 irq=0"),
  ChipScript("within a long pause", "0A<20 01<05 03<04 05<03 s86399 0C=30"),
  ChipScript("within days", "0A<20 01<05 03<04 05<03 s864000 0C=30"),
  ChipScript("never within days", "0A<20 01<60 03<04 05<03 s864000 0C=10"),
  ChipScript("not the time of the write", "0A<20 01<00 03<00 05<00 0B<22 irq=0"),
]

@Suite("MC146818 by its data sheet")
struct RTC146818Rows {
  @Test("Time and calendar", arguments: clockRows)
  func clock(_ row: ChipScript) { run(row) }

  @Test("Registers A to D", arguments: registerRows)
  func registers(_ row: ChipScript) { run(row) }

  @Test("Alarm", arguments: alarmRows)
  func alarm(_ row: ChipScript) { run(row) }

  private func run(_ row: ChipScript) {
    var chip = ScriptedRTC()
    chip.run(row)
  }
}
