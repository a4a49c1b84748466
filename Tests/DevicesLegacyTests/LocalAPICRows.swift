import DevicesLegacy
import Testing
import X86

/// The bootstrap processor's APIC, software-enabled: xAPIC offsets, `x80F` MSRs, `+` and `-` the 8259A's INT on LINT0,
/// `intr`, `inta` (a vector, or E if the 8259A gives it), `nmi` and `init` counts, `eoi` the last broadcast, `t5` ticks.
private final class ScriptedAPIC: ScriptedChip, LocalAPICOutput {
  private let apic = LocalAPIC(index: 0)
  private var now: UInt64 = 0
  private var counts: [String: UInt64] = [:]

  init() {
    apic.output = self
    apic.setVirtualWire()
  }

  func interruptRequestChanged(_ apic: LocalAPIC) {}
  func nonMaskableInterrupt(_ apic: LocalAPIC) { counts["nmi", default: 0] += 1 }
  func initialize(_ apic: LocalAPIC) { counts["init", default: 0] += 1 }
  func startUp(_ apic: LocalAPIC, vector: UInt8) {}
  func endOfInterrupt(_ apic: LocalAPIC, vector: UInt8) { counts["eoi"] = UInt64(vector) }
  func send(_ apic: LocalAPIC, _ message: InterruptMessage, shorthand: UInt8) {
    counts["sent", default: 0] += 1
    if shorthand == 1 || (shorthand == 0 && apic.matches(message)) { apic.accept(message) }
  }

  private var time: VirtualTime { VirtualTime(nanoseconds: now) }

  func write(_ place: String, _ value: UInt64) -> Bool {
    if place.hasPrefix("x") {
      guard let msr = UInt32(place.dropFirst(), radix: 16) else { return false }
      return apic.writeMSR(msr, value, now: time)
    }
    guard let offset = UInt64(place, radix: 16) else { return false }
    apic.write(value, offset: offset, width: 4, now: time)
    return true
  }

  func read(_ place: String) -> UInt64? {
    switch place {
    case "intr": return apic.hasRequest ? 1 : 0
    case "inta":
      switch apic.acknowledge() {
      case .vector(let vector): return UInt64(vector)
      case .external: return 0xE
      case .none: return 0
      }
    case "nmi", "init", "eoi", "sent": return counts[place] ?? 0
    default:
      if place.hasPrefix("x") { return UInt32(place.dropFirst(), radix: 16).flatMap { apic.readMSR($0, now: time) } }
      return UInt64(place, radix: 16).map { apic.value($0, width: 4, now: time) }
    }
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool {
    switch verb {
    case "+", "-": apic.setExternalRequest(verb == "+")
    case "t":
      now += number
      while let event = apic.nextEvent, event <= time { apic.advance(to: event) }
      apic.advance(to: time)
    default: return false
    }
    return true
  }
}

/// Divide by 1; vector 40h, whose IRR bit is bit 0 at 220h.
private let one = "3E0<B 320<40 380<3E8 "
private let periodic = "3E0<B 320<20040 380<3E8 "

private let timerRows = [
  ChipScript("one-shot", one + "390=3E8 t400 390=258 220=0 t599 390=1 220=0 t1 390=0 220=1"),
  ChipScript("the initial count keeps its value", one + "380=3E8 t5000 390=0 380=3E8"),
  ChipScript("and does not start anew", one + "t1000 inta=40 B0<0 t5000 intr=0"),
  ChipScript("periodic", periodic + "t1000 220=1 390=3E8 inta=40 B0<0 t999 220=0 390=1 t1 220=1"),
  ChipScript("written while it counts", one + "t400 380<64 390=64 t100 220=1 390=0"),
  ChipScript("0 stops it", periodic + "t400 380<0 380=0 390=0 t5000 220=0"),
  ChipScript("masked it counts and is silent", "3E0<B 320<10040 380<3E8 t400 390=258 t600 390=0 220=0 320<40 220=0"),
  ChipScript("unmasked while it counts", "3E0<B 320<10040 380<3E8 t400 320<40 390=258 t600 220=1"),
  ChipScript("one-shot to periodic goes on", one + "t400 320<20040 390=258 t600 220=1 390=3E8 t400 390=258"),
  ChipScript(
    "an ended one-shot to periodic does not", one + "t1000 inta=40 B0<0 320<20040 390=0 t5000 390=0 220=0 380=3E8"),
  ChipScript(
    "periodic to one-shot goes on and ends",
    periodic + "t2400 390=258 inta=40 B0<0 320<40 390=258 t600 220=1 390=0 t5000 390=0"),
  ChipScript("another vector while it counts", one + "t400 320<41 t600 220=2"),
  ChipScript("software disable masks, the count goes on", one + "t400 F0<FF 320=10040 390=258 F0<1FF t600 390=0 220=0"),
  ChipScript(
    "divide change: the count stays, the rate changes", one + "t400 3E0<3 390=258 t160 390=24E 3E0<B 390=24E t590 220=1"
  ),
  ChipScript("divide change, periodic", periodic + "t2400 3E0<0 390=258 t2 390=257 t1198 390=3E8"),
  ChipScript("divide change of a stopped timer", one + "t1000 3E0<0 390=0 380=3E8"),
  ChipScript(
    "divide by 2 to 128",
    "320<40 3E0<0 380<64 t2 390=63 3E0<1 t4 390=62 3E0<2 t8 390=61 3E0<3 t10 390=61 t6 390=60 3E0<8 t20 390=60 t12 390=5F 3E0<9 t64 390=5E 3E0<A t80 390=5E t48 390=5D"
  ),
  ChipScript("divide: bit 2 and above", "3E0<FFFFFFFF 3E0=B"),
  ChipScript("the current count is read-only", one + "390<5 390=3E8 280<0 280=0"),
]

private let deadlineRows = [
  ChipScript("fires and reads 0", "320<40040 x6E0<64 x6E0=64 390=0 t99 220=0 t1 220=1 x6E0=0"),
  ChipScript("at once if it is over", "t500 320<40040 x6E0<64 220=1 x6E0=0"),
  ChipScript("0 disarms", "320<40040 x6E0<64 x6E0<0 t500 220=0"),
  ChipScript("the later one counts", "320<40040 x6E0<64 x6E0<C8 t199 220=0 t1 220=1"),
  ChipScript("masked", "320<50040 x6E0<64 t100 x6E0=0 220=0"),
  ChipScript("ignored in other modes", "320<40 x6E0<64 x6E0=0 t500 220=0 320<20040 x6E0<64 x6E0=0"),
  ChipScript("the initial count is ignored", "320<40040 380<64 380=0 390=0 t500 220=0"),
  ChipScript("from one-shot: disarmed for good", one + "t400 320<40040 390=0 320<40 390=0 t5000 220=0 380=3E8"),
  ChipScript("from periodic, likewise", periodic + "t400 320<40040 390=0 t5000 320<20040 390=0 t5000 220=0"),
  ChipScript("to one-shot: disarmed", "320<40040 x6E0<64 320<40 x6E0=0 320<40040 x6E0=0 t500 220=0"),
  ChipScript("a write that leaves the mode leaves the deadline", "320<40040 x6E0<64 320<40041 x6E0=64 t100 220=2"),
  ChipScript("mode 11b does not count", "320<60040 380<64 390=0 t500 220=0 320<60040 x6E0<64 x6E0=0"),
  ChipScript("from mode 11b", "320<40040 x6E0<64 320<60040 x6E0=0 320<40040 t500 220=0"),
]

private let errorRows = [
  ChipScript("a vector below 16: sent, received", "300<44005 280=0 280<0 280=60 280<0 280=0 200=0"),
  ChipScript("sent only", "300<C4005 280<0 280=20"),
  ChipScript("received from the timer", "3E0<B 320<F 380<A t10 280<0 280=40 200=0"),
  ChipScript("a reserved register: read, written", "10=0 280<0 280=80 10<0 280<0 280=80"),
  ChipScript("3F0h is one in this mode", "3F0<41 280<0 280=80 intr=0"),
  ChipScript("no CMCI entry", "2F0=0 280<0 280=80"),
  ChipScript("beyond the registers", "400=0 280<0 280=80"),
  ChipScript(
    "writes of read-only registers are no errors", "30<0 90<0 A0<0 C0<0 100<0 170<0 180<0 200<0 270<0 390<0 280<0 280=0"
  ),
  ChipScript("nor are reads of write-only ones", "B0=0 C0=0 280<0 280=0"),
  ChipScript(
    "the first error interrupts, till ESR is written",
    "370<E0 10=0 intr=1 inta=E0 B0<0 10=0 300<44005 intr=0 280<0 280=E0 10=0 intr=1"),
  ChipScript("masked it does not", "370<100E0 10=0 intr=0 280<0 280=80"),
  ChipScript("an error vector below 16", "370<5 10=0 280<0 280=C0"),
  ChipScript("errors while software-disabled", "F0<FF 10=0 280<0 280=80"),
]

private let registerRows = [
  ChipScript("version", "30=50014"),
  ChipScript("id", "20<3000000 20=3000000 20<FFFFFFFF 20=FF000000"),
  ChipScript("TPR is 8 bits", "80<FFFFFF45 80=45"),
  ChipScript("PPR by TPR, by service", "80<45 A0=45 300<44061 inta=61 A0=60 80<71 A0=71 80<6F A0=6F"),
  ChipScript("APR by requests too", "80<30 90=30 300<44041 90=40 A0=30"),
  ChipScript("LDR", "D0<FFFFFFFF D0=FF000000"),
  ChipScript("DFR", "E0=FFFFFFFF E0<0 E0=FFFFFFF"),
  ChipScript("SVR", "F0<FFFFFFFF F0=3FF"),
  ChipScript("ICR: delivery status is read-only, the rest reserved", "310<FFFFFFFF 310=FF000000 300<FFF3F47F 300=C47F"),
  ChipScript(
    "LVT bits",
    "320<FFFFFFFF 320=700FF 330<FFFFFFFF 330=107FF 340<FFFFFFFF 340=107FF 350<FFFFFFFF 350=1A7FF 360<FFFFFFFF 360=1A7FF 370<FFFFFFFF 370=100FF"
  ),
  ChipScript(
    "software disable: masks set and stay",
    "320<40 340<400 F0<FF 320=10040 340=10400 350=10700 320<40 320=10040 F0<1FF 320=10040 320<40 320=40"),
  ChipScript("software disable: requests wait", "300<44041 F0<FF intr=0 220=2 F0<1FF inta=41"),
  ChipScript("software disable: nothing fixed comes in, IPIs leave", "F0<FF 300<44041 sent=1 220=0 300<4400 nmi=1"),
  ChipScript("INIT level de-assert is nothing", "300<88500 sent=0"),
]

private let pinRows = [
  ChipScript("ExtINT follows the level", "350<700 + intr=1 inta=E intr=1 - intr=0"),
  ChipScript("ExtINT, masked", "350<10700 + intr=0 350<700 intr=1"),
  ChipScript("fixed, edge", "350<41 + intr=1 inta=41 intr=0 B0<0 intr=0 - + intr=1"),
  ChipScript("fixed, edge: not by unmasking", "350<10041 + 350<41 intr=0"),
  ChipScript(
    "fixed, level: again after its end",
    "350<8041 + 350=C041 inta=41 intr=0 1A0=2 B0<0 eoi=41 350=C041 inta=41 - B0<0 350=8041 intr=0"),
  ChipScript("fixed, level: by unmasking", "350<18041 + intr=0 350<8041 intr=1"),
  ChipScript("fixed, level: remote IRR is read-only", "350<C041 350=8041"),
  ChipScript("NMI: each edge", "350<400 + nmi=1 + nmi=1 - + nmi=2"),
  ChipScript("INIT", "350<500 + init=1"),
  ChipScript("SMI is nothing", "350<200 + intr=0 nmi=0"),
  ChipScript("a vector below 16", "350<5 + intr=0 280<0 280=40"),
  ChipScript("an APIC that is off", "x1B<FEE00100 + intr=1 inta=E"),
]

private let x2 = "x1B<FEE00D00 "
private let x2Rows = [
  ChipScript("SELF IPI", x2 + "x83F<41 x822=2 x81A=0 inta=41"),
  ChipScript("SELF IPI: bits 31:8", x2 + "x83F<100# x83F<80000041# x83F<100000041# x822=0 x828<0 x828=0"),
  ChipScript("SELF IPI below 16: sent, received", x2 + "x83F<5 x828<0 x828=60 x820=0"),
  ChipScript("SELF IPI is write-only", x2 + "x83F=#"),
  ChipScript("ICR is 64 bits", x2 + "x830<FFFFFFFF00004041 x830=FFFFFFFF00004041 sent=1 x831=# x831<0#"),
  ChipScript("ICR: to this id", x2 + "x830<4041 x822=2"),
  ChipScript(
    "ICR: bits 12, 13, 16, 17, 20 to 31",
    x2 + "x830<1041# x830<2041# x830<10041# x830<20041# x830<100041# x830<80000041# sent=0"),
  ChipScript("ICR below 16", x2 + "x830<44005 x828<0 x828=60"),
  ChipScript("no DFR", x2 + "x80E=# x80E<0#"),
  ChipScript("ESR is written with 0", x2 + "x828<1# x828<0"),
  ChipScript("EOI is written with 0 and not read", x2 + "x83F<41 inta=41 x80B<1# x812=2 x80B<0 x812=0 x80B=#"),
  ChipScript("id and LDR are read-only", x2 + "x802=0 x802<0# x80D=1 x80D<0#"),
  ChipScript("an id of xAPIC mode goes", "20<5000000 " + x2 + "x802=0"),
  ChipScript(
    "read-only: version, PPR, ISR, TMR, IRR, current count",
    x2 + "x803<0# x80A<0# x810<0# x818<0# x820<0# x839<0# x839=0"),
  ChipScript("TPR", x2 + "x808<100# x808<FF x808=FF"),
  ChipScript("SVR", x2 + "x80F<1FF x80F<400# x80F<1000#"),
  ChipScript(
    "LVT", x2 + "x832<700FF x832<80040# x832<100040# x832<140# x832<2040# x835<1A7FF x835<800# x837<400# x837<1A0FF#"),
  ChipScript("divide configuration", x2 + "x83E<B x83E<4# x83E<10#"),
  ChipScript("bits 63:32", x2 + "x808<100000000# x80F<1000001FF# x838<100000000# x832<100010040#"),
  ChipScript(
    "reserved registers: no error bit",
    x2 + "x800=# x804=# x809=# x80C=# x829=# x82F=# x83A=# x840=# x8FF=# x828<0 x828=0"),
  ChipScript(
    "reserved registers, written", x2 + "x800<0# x804<0# x809<0# x80C<0# x829<0# x82F<0# x83A<0# x840<0# x8FF<0#"),
  ChipScript("the timer goes on through the change of mode", one + "t400 " + x2 + "x839=258 x838=3E8 t600 x822=1"),
  ChipScript("the deadline too", "320<40040 x6E0<64 " + x2 + "x6E0=64 t100 x822=1"),
  ChipScript("no MSRs in xAPIC mode", "x802=# x80F<1FF# x83F<41#"),
  ChipScript("back to xAPIC mode", x2 + "x1B<FEE00900# x1B=FEE00D00"),
  ChipScript("off, then x2APIC at once", "x1B<FEE00100 x1B<FEE00D00# x1B<FEE00500#"),
  ChipScript("off and on: as after reset", "80<45 320<40 x1B<FEE00100 x1B<FEE00900 80=0 F0=FF 320=10000 350=10000"),
]

@Suite("Local APIC by the manual")
struct LocalAPICRows {
  @Test("Timer", arguments: timerRows)
  func timer(_ row: ChipScript) { run(row) }

  @Test("TSC deadline", arguments: deadlineRows)
  func deadline(_ row: ChipScript) { run(row) }

  @Test("Errors", arguments: errorRows)
  func errors(_ row: ChipScript) { run(row) }

  @Test("Registers of xAPIC mode", arguments: registerRows)
  func registers(_ row: ChipScript) { run(row) }

  @Test("LINT0", arguments: pinRows)
  func pins(_ row: ChipScript) { run(row) }

  @Test("x2APIC mode", arguments: x2Rows)
  func x2APIC(_ row: ChipScript) { run(row) }

  private func run(_ row: ChipScript) {
    var chip = ScriptedAPIC()
    chip.run(row)
  }
}
