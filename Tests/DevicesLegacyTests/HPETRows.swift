import DevicesLegacy
import Testing
import X86

/// The event timer: registers of 8 bytes by their offsets, of 4 bytes with d before them; `timer`, `clock`, `pin20` to
/// `pin23` are levels, with n before them rises; `next` counts to the next event (0 for none), `t10` ten counts of 10 ns.
private struct ScriptedHPET: ScriptedChip {
  private final class Outputs {
    var level: [String: Bool] = [:]
    var rises: [String: UInt64] = [:]

    func set(_ output: HPET.Output, _ isHigh: Bool) {
      let name =
        switch output {
        case .timer: "timer"
        case .clock: "clock"
        case .pin(let pin): "pin\(pin)"
        }
      if isHigh && level[name] != true { rises[name, default: 0] += 1 }
      level[name] = isHigh
    }
  }

  private let outputs = Outputs()
  private let chip: HPET
  private var count: UInt64 = 1000

  init() { chip = HPET { [outputs] in outputs.set($0, $1) } }

  private var now: VirtualTime { VirtualTime(nanoseconds: count * 10) }

  private func register(_ place: String) -> (offset: UInt64, width: Int)? {
    let isHalf = place.hasPrefix("d")
    return UInt64(isHalf ? String(place.dropFirst()) : place, radix: 16).map { ($0, isHalf ? 4 : 8) }
  }

  func write(_ place: String, _ value: UInt64) -> Bool {
    guard let (offset, width) = register(place) else { return false }
    chip.write(value, offset: offset, width: width, now: now)
    return true
  }

  func read(_ place: String) -> UInt64? {
    if place == "next" { return chip.nextEvent.map { $0.nanoseconds / 10 - count } ?? 0 }
    if place == "timer" || place == "clock" || place.hasPrefix("pin") { return outputs.level[place] == true ? 1 : 0 }
    if place.hasPrefix("n") { return outputs.rises[String(place.dropFirst()), default: 0] }
    guard let (offset, width) = register(place) else { return nil }
    return chip.value(offset, width: width, now: now)
  }

  mutating func perform(_ verb: Character, _ number: UInt64) -> Bool {
    guard verb == "t" else { return false }
    let end = count + number
    while let event = chip.nextEvent, event.nanoseconds / 10 <= end {
      count = event.nanoseconds / 10
      chip.advance(to: now)
    }
    count = end
    chip.advance(to: now)
    return true
  }
}

/// Configurations of comparators: 4 enables, 2 is level-triggered, 8 periodic, 40h sets the value, 100h has 32 bits, pin
/// 20 is 2800h.
private let rows = [
  ChipScript("capabilities", "0=9896808086A201 d4=989680 d0=8086A201 0<0 0=9896808086A201"),
  ChipScript("reserved registers are 0", "8=0 18=0 28=0 E8=0 F8=0 110=0 118=0 160=0 3F8=0 18<FFFF 18=0"),
  ChipScript("the counter stands until it is enabled", "F0=0 t100 F0=0 10<1 t100 F0=64 10<0 t50 F0=64 10=0"),
  ChipScript("the counter is written while it stands", "F0<FFFFFFFF 10<1 t2 F0=100000001 F0<0 F0=100000001"),
  ChipScript("halves of the counter", "dF4<5 dF0<FFFFFFFF 10<1 t1 F0=600000000 dF4=6 dF0=0"),
  ChipScript("configuration keeps two bits", "10<FFFFFFFFFFFFFFFF 10=3 10<0 10=0"),
  ChipScript("comparator: what is read-only", "100=F0000000000030 100<FFFFFFFFFFFFFFFF 100=F000000000" + "3F7E"),
  ChipScript("comparator at reset", "108=FFFFFFFFFFFFFFFF 128=FFFFFFFFFFFFFFFF 148=FFFFFFFFFFFFFFFF"),
  ChipScript("no value-set bit outside periodic mode", "100<44 100=F0000000000034 100<4C 100=F000000000007C"),
  ChipScript(
    "one shot: an edge at the match",
    "100<2804 108<A 10<1 next=A t9 npin20=0 t1 npin20=1 pin20=0 t9999 npin20=1"),
  ChipScript("one shot: no match behind the counter", "10<1 t100 100<2804 108<32 t9999 npin20=0"),
  ChipScript("one shot: again when it is written", "100<2804 108<A 10<1 t10 108<14 t9 npin20=1 t1 npin20=2"),
  ChipScript("not enabled", "100<2800 108<A 10<1 next=0 t20 npin20=0 100<2804 t99 npin20=0"),
  ChipScript("nothing while the counter stands", "100<2804 108<A next=0 t20 npin20=0 10<1 next=A"),
  ChipScript("a pin that it does not reach", "100<0004 108<A 10<1 t20 npin0=0 100<2004 108<50 t99 npin16=0"),
  ChipScript("32-bit mode wraps", "F0<FFFFFFF0 100<2904 108<5 10<1 next=15 t20 npin20=0 t1 npin20=1 next=100000000"),
  ChipScript("32-bit mode cuts the comparator", "100<2904 108=FFFFFFFF 108<1FFFFFFFF 108=FFFFFFFF"),
  ChipScript(
    "periodic: the value by the value-set bit, then the period",
    "100<284C 108<64 100=F000000000283C 108<A 10<1 108=64 t100 npin20=1 108=6E t10 npin20=2 t100 npin20=C"),
  ChipScript("periodic: one write sets both", "100<284C 108<A 10<1 t100 npin20=A 108=6E"),
  ChipScript(
    "periodic: a new period from the next match",
    "100<284C 108<A 10<1 t5 108<64 t5 npin20=1 108=6E t99 npin20=1 t1 npin20=2"),
  ChipScript("periodic: no period, one match", "100<280C 10<1 108<0 100<284C 108<0 t99 npin20=0"),
  ChipScript(
    "level: until its status is cleared",
    "100<2806 108<A 10<1 t10 pin20=1 20=1 t9999 npin20=1 20<2 pin20=1 20<1 pin20=0 "
      + "20=0"),
  ChipScript(
    "level: status without enable",
    "100<2802 108<A 10<1 t10 20=1 pin20=0 100<2806 pin20=1 100<2802 pin20=0 20=1"),
  ChipScript("level: edge mode takes the status away", "100<2806 108<A 10<1 t10 pin20=1 100<2804 pin20=0 20=0"),
  ChipScript("level: the route moves", "100<2806 108<A 10<1 t10 pin20=1 100<2A06 pin20=0 pin21=1 20<1 pin21=0"),
  ChipScript(
    "three comparators",
    "100<2804 120<2A04 140<2C04 108<1 128<2 148<3 10<1 t3 npin20=1 npin21=1 npin22=1 20=0"),
  ChipScript(
    "legacy replacement",
    "100<2804 120<2A04 140<2C04 108<1 128<2 148<3 10<3 t3 ntimer=1 nclock=1 npin20=0 npin21=0 "
      + "npin22=1"),
  ChipScript(
    "legacy replacement moves a level",
    "100<2806 108<1 10<1 t1 pin20=1 10<3 pin20=0 timer=1 10<1 timer=0 pin20=1"),
  ChipScript("halves of a comparator", "100<2804 d10C<0 d108<A 10<1 t10 npin20=1"),
  ChipScript("a byte is refused by doing nothing", "100<2804 d109<55 d101<55 100=F0000000002834 108=FFFFFFFFFFFFFFFF"),
]

@Suite("HPET by its specification") struct HPETRows {
  @Test("Registers, matches, interrupts", arguments: rows)
  func script(_ row: ChipScript) {
    var chip = ScriptedHPET()
    chip.run(row)
  }
}
