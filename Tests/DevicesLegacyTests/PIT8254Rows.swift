import DevicesLegacy
import Testing
import X86

/// The timer: ports 40 to 43, `gate` and `out` of channel 2, `irq` and `rises` of channel 0, `c0` to `c2` latched counts of
/// two bytes, `t10` ten clocks.
private struct ScriptedPIT: ScriptedChip {
  private let line = ScriptLine()
  private let pit: PIT8254
  private var clock: UInt64 = 1000

  init() { pit = PIT8254(interrupt: line) }

  private var now: VirtualTime { VirtualTime(count: clock, atHertz: PIT8254.frequency) }

  func write(_ place: String, _ value: UInt64) -> Bool {
    if place == "gate" {
      pit.setSpeakerGate(value != 0, now: now)
      return true
    }
    guard let port = UInt64(place, radix: 16) else { return false }
    pit.setByte(port & 3, UInt8(truncatingIfNeeded: value), now: now)
    return true
  }

  func read(_ place: String) -> UInt64? {
    switch place {
    case "out": return pit.speakerOutput(now: now) ? 1 : 0
    case "irq": return line.level ? 1 : 0
    case "rises": return line.rises
    case "c0", "c1", "c2":
      let channel: UInt64 = place == "c0" ? 0 : place == "c1" ? 1 : 2
      pit.setByte(3, UInt8(channel) << 6, now: now)
      let low = UInt64(pit.byte(channel, now: now))
      return low | UInt64(pit.byte(channel, now: now)) << 8
    default: return UInt64(place, radix: 16).map { UInt64(pit.byte($0 & 3, now: now)) }
    }
  }

  mutating func perform(_ verb: Character, _ number: UInt64) -> Bool {
    guard verb == "t" else { return false }
    clock += number
    while let event = pit.nextEvent, event <= now { pit.advance(to: event) }
    pit.advance(to: now)
    return true
  }
}

/// Control words of channel 2, both bytes: B0 + 2 * mode. A count is loaded at the clock after its write.
private let modeRows = [
  ChipScript("mode 0", "43<B0 out=0 42<0A 42<00 t1 c2=A t9 out=0 c2=1 t1 out=1 c2=0 t1 c2=FFFF t9999 out=1"),
  ChipScript("mode 0: a new count", "43<90 42<0A t20 out=1 42<05 out=0 t5 out=0 t1 out=1"),
  ChipScript(
    "mode 0: half a count stops it, OUT low",
    "43<B0 42<0A 42<00 t20 out=1 42<05 out=0 t99 out=0 42<00 t5 out=0 t1 out=1"),
  ChipScript("mode 0: half a count holds the old one", "43<B0 42<64 42<00 t11 c2=5A 42<32 t30 c2=5A 42<00 t1 c2=32"),
  ChipScript(
    "mode 0: a first count with the gate closed", "gate<0 43<B0 42<0A 42<00 t50 c2=A gate<1 t9 out=0 t1 out=1"),
  ChipScript("mode 0: the gate holds it", "43<B0 42<0A 42<00 t6 gate<0 t50 c2=5 out=0 gate<1 t4 out=0 t1 out=1"),
  ChipScript(
    "mode 0: a new count with the gate closed",
    "43<B0 42<0A 42<00 t6 gate<0 42<14 42<00 t9 c2=14 gate<1 t19 out=0 t1 out=1"),
  ChipScript(
    "mode 0: the gate opens on half a count",
    "43<B0 42<0A 42<00 t6 gate<0 42<14 gate<1 t9 c2=5 42<00 t20 out=0 t1 out=1"),
  ChipScript(
    "mode 1", "gate<0 43<B2 out=1 42<0A 42<00 t50 out=1 gate<1 out=1 t1 out=0 c2=A t9 out=0 t1 out=1 t1 c2=FFFF"),
  ChipScript(
    "mode 1: a new count waits for the trigger",
    "gate<0 43<B2 42<0A 42<00 gate<1 t3 42<64 42<00 out=0 c2=8 t7 out=0 t1 out=1 t99 out=1 gate<0 gate<1 t1 out=0 c2=64 t99 out=0 t1 out=1"
  ),
  ChipScript("mode 1: triggered again", "gate<0 43<B2 42<0A 42<00 gate<1 t6 gate<0 gate<1 t1 c2=A t9 out=0 t1 out=1"),
  ChipScript(
    "mode 1: a new count and a trigger within the pulse",
    "gate<0 43<B2 42<0A 42<00 gate<1 t6 42<14 42<00 gate<0 gate<1 t1 c2=14"),
  ChipScript("mode 1: the gate's level is nothing", "gate<0 43<B2 42<0A 42<00 gate<1 t3 gate<0 t7 out=0 t1 out=1"),
  ChipScript("mode 1: no trigger before a count", "gate<0 43<B2 gate<1 42<0A 42<00 t99 out=1"),
  ChipScript("mode 2", "43<B4 out=1 42<0A 42<00 t1 c2=A t8 out=1 t1 out=0 c2=1 t1 out=1 c2=A t9 out=0"),
  ChipScript(
    "mode 2: a new count at the end of the period",
    "43<B4 42<64 42<00 t51 c2=32 42<0A 42<00 c2=32 t49 c2=1 out=0 t1 c2=A out=1 t9 out=0 t1 c2=A"),
  ChipScript(
    "mode 2: written at the reload, loaded at the next", "43<B4 42<0A 42<00 t11 c2=A 42<14 42<00 t9 c2=1 t1 c2=14"),
  ChipScript("mode 2: half a count does nothing", "43<B4 42<64 42<00 t51 42<0A t50 c2=64"),
  ChipScript("mode 2: the last count before the end", "43<B4 42<64 42<00 t51 42<0A 42<00 42<14 42<00 t50 c2=14"),
  ChipScript("mode 2: a longer count", "43<B4 42<0A 42<00 t3 42<00 42<10 t7 c2=1 t1 c2=1000 t99 out=1"),
  ChipScript(
    "mode 2: the gate closes in the pulse",
    "43<B4 42<0A 42<00 t10 out=0 gate<0 out=1 t50 c2=1 out=1 gate<1 out=1 t1 c2=A t9 out=0"),
  ChipScript("mode 2: the gate holds the count", "43<B4 42<0A 42<00 t5 c2=6 gate<0 t50 c2=6 gate<1 t1 c2=A"),
  ChipScript(
    "mode 2: a count with the gate closed waits for the trigger",
    "43<B4 42<64 42<00 t51 gate<0 42<0A 42<00 t500 c2=32 gate<1 t1 c2=A"),
  ChipScript(
    "mode 2: a gate that closes holds a count back",
    "43<B4 42<64 42<00 t51 42<0A 42<00 gate<0 t500 c2=32 gate<1 t1 c2=A"),
  ChipScript(
    "mode 2: a trigger takes the new count", "43<B4 42<64 42<00 t51 42<0A 42<00 gate<0 gate<1 t1 c2=A t9 out=0"),
  ChipScript("mode 2: a first count with the gate closed", "gate<0 43<B4 42<0A 42<00 t50 c2=A gate<1 t1 c2=A t9 out=0"),
  ChipScript(
    "mode 3, even",
    "43<B6 out=1 42<0A 42<00 t1 out=1 c2=A t1 c2=8 t3 out=1 c2=2 t1 out=0 c2=A t4 out=0 c2=2 t1 out=1 c2=A"),
  ChipScript("mode 3, odd", "43<B6 42<05 42<00 t1 out=1 c2=4 t2 out=1 c2=0 t1 out=0 c2=4 t1 out=0 c2=2 t1 out=1 c2=4"),
  ChipScript(
    "mode 3: a new count at the end of the high half",
    "43<B6 42<14 42<00 t1 42<08 42<00 t9 out=1 c2=2 t1 out=0 c2=8 t3 out=0 t1 out=1 c2=8 t4 out=0"),
  ChipScript(
    "mode 3: a new count at the end of the low half",
    "43<B6 42<14 42<00 t11 out=0 42<08 42<00 t9 out=0 t1 out=1 c2=8 t3 out=1 t1 out=0"),
  ChipScript(
    "mode 3: an odd count at the end of the high half",
    "43<B6 42<14 42<00 t1 42<05 42<00 t10 out=0 c2=4 t1 out=0 c2=2 t1 out=1 c2=4 t3 out=0"),
  ChipScript(
    "mode 3: the gate closes in the low half",
    "43<B6 42<0A 42<00 t6 out=0 gate<0 out=1 t99 out=1 c2=A gate<1 t1 c2=A out=1 t4 out=1 t1 out=0"),
  ChipScript(
    "mode 3: a trigger takes the new count", "43<B6 42<14 42<00 t3 42<08 42<00 gate<0 gate<1 t1 c2=8 t3 out=1 t1 out=0"),
  ChipScript("mode 4", "43<B8 out=1 42<0A 42<00 t10 out=1 t1 out=0 t1 out=1 c2=FFFF t99 out=1"),
  ChipScript(
    "mode 4: a new count at the next clock", "43<B8 42<0A 42<00 t5 42<14 42<00 t1 c2=14 t19 out=1 t1 out=0 t1 out=1"),
  ChipScript("mode 4: half a count does nothing", "43<B8 42<0A 42<00 t5 42<14 t6 out=0"),
  ChipScript("mode 4: the gate holds it", "43<B8 42<0A 42<00 t6 gate<0 t50 c2=5 out=1 gate<1 t4 out=1 t1 out=0"),
  ChipScript("mode 5", "gate<0 43<BA out=1 42<0A 42<00 t50 out=1 gate<1 t10 out=1 t1 out=0 t1 out=1 c2=FFFF"),
  ChipScript(
    "mode 5: a new count waits for the trigger",
    "gate<0 43<BA 42<0A 42<00 gate<1 t3 42<14 42<00 t8 out=0 gate<0 gate<1 t20 out=1 t1 out=0"),
  ChipScript("mode 5: triggered again", "gate<0 43<BA 42<0A 42<00 gate<1 t6 gate<0 gate<1 t10 out=1 t1 out=0"),
  ChipScript("mode 5: no trigger before a count", "gate<0 43<BA gate<1 42<0A 42<00 t11 out=1"),
  ChipScript("modes 6 and 7 are 2 and 3", "43<BC 43<E8 42=F4 43<BE 43<E8 42=F6"),
]

private let accessRows = [
  ChipScript("BCD", "43<B1 42<10 42<00 t1 c2=10 t1 c2=9 t9 c2=0 out=1 t1 c2=9999"),
  ChipScript("BCD mode 2", "43<B5 42<00 42<01 t1 c2=100 t1 c2=99 t98 c2=1 out=0 t1 c2=100"),
  ChipScript("BCD mode 3, odd", "43<B7 42<11 42<00 t1 c2=10 t1 c2=8 t5 out=0 c2=10"),
  ChipScript("BCD 0 is 10000", "43<B1 42<00 42<00 t1 c2=0 t1 c2=9999 t9998 out=0 t1 out=1"),
  ChipScript("0 is 65536", "43<B0 42<00 42<00 t1 c2=0 t1 c2=FFFF t65534 out=0 t1 out=1"),
  ChipScript("low byte alone", "43<90 42<05 t1 42=5 42=5 t5 out=1"),
  ChipScript("low byte alone, 0", "43<94 42<00 t2 42=FF"),
  ChipScript("high byte alone", "43<A0 42<01 t1 42=1 42=1 t1 42=0 t254 out=0 t1 out=1"),
  ChipScript("flip-flops of reads and writes are apart", "43<B4 42<FF 42<FF t1 42<34 43<80 42=FF 42<12 42=FF"),
  ChipScript("a control word sets both back", "43<B4 42<34 43<B4 42<64 42<00 t1 42=64 43<B4 42<64 42<00 t1 42=64 42=0"),
  ChipScript("a latched count waits for its read", "43<B0 42<64 42<00 t1 43<80 t9 43<80 42=64 42=0 43<80 42=5B 42=0"),
  ChipScript("a latched low byte alone", "43<90 42<64 t1 43<80 t9 42=64 42=5B"),
  ChipScript("a control word drops the latches", "43<B0 42<64 42<00 t1 43<C8 43<90 42<05 t1 42=5"),
  ChipScript("a new count does not", "43<B4 42<64 42<00 t1 43<80 42<05 42<00 t100 42=64 42=0 42=5"),
  ChipScript("read-back of counts", "43<74 41<0A 41<00 43<B0 42<64 42<00 t1 43<DC t5 41=A 41=0 42=64 42=0"),
  ChipScript("read-back of a count that is latched", "43<B0 42<64 42<00 t1 43<80 t9 43<D8 42=64 42=0"),
  ChipScript("status first, then the count", "43<B0 42<64 42<00 t1 43<C8 t9 42=30 42=64 42=0 42=5B"),
  ChipScript("a latched status waits for its read", "43<B4 43<E8 42<0A 42<00 t1 43<E8 42=F4 43<E8 42=B4"),
  ChipScript("status shows access and BCD", "43<91 43<E8 42=51 43<A7 43<E8 42=E7"),
  ChipScript("a first count before its clock", "43<B0 42<64 42<00 c2=64 43<B4 c2=0 42<64 42<00 c2=64"),
  ChipScript("a new count before its clock", "43<B0 42<64 42<00 t1 42<0A 42<00 c2=64 t1 c2=A"),
  ChipScript("port 43h cannot be read", "43<B0 43=FF"),
]

/// Status: OUT 80h, NULL COUNT 40h.
private let nullCountRows = [
  ChipScript(
    "control word, half, count, clock", "43<B4 43<E8 42=F4 42<0A 43<E8 42=F4 42<00 43<E8 42=F4 t1 43<E8 42=B4"),
  ChipScript(
    "mode 0",
    "43<B0 43<E8 42=70 42<0A 42<00 43<E8 42=70 t1 43<E8 42=30 42<0A 43<E8 42=30 42<00 43<E8 42=70 t1 43<E8 42=30"),
  ChipScript("mode 1: till the trigger", "gate<0 43<B2 42<0A 42<00 t5 43<E8 42=F2 gate<1 t1 43<E8 42=32"),
  ChipScript(
    "mode 2: till the end of the period", "43<B4 42<0A 42<00 t4 42<14 42<00 43<E8 42=F4 t6 43<E8 42=74 t1 43<E8 42=B4"),
  ChipScript(
    "mode 3: till the end of the half", "43<B6 42<0A 42<00 t4 42<14 42<00 43<E8 42=F6 t1 43<E8 42=F6 t1 43<E8 42=36"),
  ChipScript("mode 4", "43<B8 42<0A 42<00 43<E8 42=F8 t1 43<E8 42=B8 42<14 42<00 43<E8 42=F8 t1 43<E8 42=B8"),
  ChipScript(
    "mode 5: till the trigger",
    "gate<0 43<BA 42<0A 42<00 t5 43<E8 42=FA gate<1 t1 43<E8 42=BA 42<14 42<00 t20 43<E8 42=FA"),
  ChipScript("a trigger without a new count", "43<B4 42<0A 42<00 t4 gate<0 gate<1 43<E8 42=B4"),
]

private let interruptRows = [
  ChipScript("mode 0", "43<30 irq=0 40<0A 40<00 t10 irq=0 t1 irq=1 40<0A irq=0 40<00 t10 irq=0 t1 irq=1 rises=3"),
  ChipScript("mode 2: one edge a period", "43<34 irq=1 40<64 40<00 t100 irq=0 t1 irq=1 t900 rises=B"),
  ChipScript("mode 2: a new count", "43<34 40<64 40<00 t51 40<0A 40<00 t49 irq=0 rises=1 t1 rises=2 t100 rises=C"),
  ChipScript("mode 3: a new count", "43<36 40<14 40<00 t1 40<08 40<00 t10 irq=0 t3 irq=0 t1 irq=1 rises=2 t80 rises=C"),
  ChipScript("mode 4: one edge after the strobe", "43<38 irq=1 rises=1 40<0A 40<00 t11 irq=0 t1 irq=1 t999 rises=2"),
  ChipScript("modes 1 and 5 are never triggered", "43<32 40<0A 40<00 t99 irq=1 43<3A 40<0A 40<00 t99 irq=1 rises=1"),
  ChipScript("a control word drops what was due", "43<34 40<64 40<00 t51 40<0A 40<00 43<30 t999 irq=0"),
]

@Suite("8254 by its data sheet")
struct PIT8254Rows {
  @Test("Modes: loading, gate, OUT, count", arguments: modeRows)
  func modes(_ row: ChipScript) { run(row) }

  @Test("Bytes, BCD, latches, read-back", arguments: accessRows)
  func access(_ row: ChipScript) { run(row) }

  @Test("NULL COUNT", arguments: nullCountRows)
  func nullCount(_ row: ChipScript) { run(row) }

  @Test("IRQ 0", arguments: interruptRows)
  func interrupt(_ row: ChipScript) { run(row) }

  private func run(_ row: ChipScript) {
    var chip = ScriptedPIT()
    chip.run(row)
  }
}
