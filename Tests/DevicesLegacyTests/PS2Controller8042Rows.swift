import DevicesLegacy
import Testing

/// The controller: ports 60 and 64, `irq`, `resets`, `a20`.
private final class ScriptedController: ScriptedChip {
  private let line = ScriptLine()
  private var resets: UInt64 = 0
  private var isA20Open = true
  private lazy var chip = PS2Controller8042(
    interrupt: line, reset: { [unowned self] in resets += 1 }, gateA20: { [unowned self] in isA20Open = $0 })

  func write(_ place: String, _ value: UInt64) -> Bool {
    chip.setByte(place == "60" ? 0 : 1, UInt8(truncatingIfNeeded: value))
    return true
  }

  func read(_ place: String) -> UInt64? {
    switch place {
    case "60": UInt64(chip.byte(0))
    case "64": UInt64(chip.byte(1))
    case "irq": line.level ? 1 : 0
    case "resets": resets
    case "a20": isA20Open ? 1 : 0
    default: nil
    }
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool { false }
}

/// Status 14h: system flag, not inhibited; 08h after a command, 01h an answer, 40h a timeout.
private let commandRows = [
  ChipScript("nothing yet", "64=14 60=0"),
  ChipScript("20h, 60h: command byte", "64<20 64=1D 60=34 64=1C 64<60 64=1C 60<65 64=14 64<20 60=65"),
  ChipScript(
    "21h to 3Fh, 61h to 7Fh: RAM", "64<61 60<12 64<7F 60<34 64<21 60=12 64<3F 60=34 64<2A 64=1D 60=0 64<20 60=34"),
  ChipScript("A4h: no password", "64<A4 64=1D 60=F1"),
  ChipScript("A5h: a password ends with 0", "64<A5 60<1E 60<30 60<00 64=14 64<A4 60=FA"),
  ChipScript("A5h: an empty one is none", "64<A5 60<1E 60<00 64<A5 60<00 64<A4 60=F1"),
  ChipScript("A6h: silent", "64<A6 64=1C"),
  ChipScript("A7h, A8h: no second port", "64<A7 64=1C 64<20 60=34 64<A8 64<20 60=34 64<60 60<05 64<A7 64<20 60=5"),
  ChipScript("A9h: no device", "64<A9 64=1D 60=FF"),
  ChipScript("AAh: self-test sets the system flag", "64<60 60<30 64=10 64<AA 64=1D 60=55 64<20 60=34"),
  ChipScript("ABh: free lines are not stuck", "64<AB 64=1D 60=0"),
  ChipScript("ADh, AEh: keyboard disabled, enabled", "64<AE 64<20 60=24 64<AD 64=1C 64<20 60=34"),
  ChipScript("C0h: input port", "64<C0 64=1D 60=B0"),
  ChipScript("C1h: low half of the input port in the status", "64<C1 64=C 64=C 64<AE 64=1C"),
  ChipScript("C2h: high half", "64<C2 64=BC 64<AE 64=1C"),
  ChipScript("D0h, D1h: output port", "64<D0 64=1D 60=DF 64<D1 60<DD a20=0 64<D0 60=DD 64<D1 60<DF a20=1"),
  ChipScript("D1h: bit 0 resets", "64<D1 60<DE resets=1"),
  ChipScript("D2h: keyboard output buffer", "64<D2 60<5A 64=15 60=5A"),
  ChipScript("D3h answers as D2h", "64<D3 60<A5 64=15 60=A5"),
  ChipScript("D4h: no device", "64<D4 64=1C 60<F2 64=55 60=FE"),
  ChipScript("E0h: test inputs", "64<E0 60=2 64<AE 64<E0 64=1D 60=3"),
  ChipScript("F0h to FFh: bit 0 pulses reset", "64<F0 64<FE resets=2 64<F1 64<FF resets=2 64=1C"),
  ChipScript("DDh, DFh: A20", "64<DD a20=0 64<DF a20=1 64<D0 60=DF"),
  ChipScript("reserved ones are silent", "64<00 64<80 64<A0 64<B0 64<C3 64<D5 64<E1 64=1C"),
  ChipScript("a command drops a parameter that was due", "64<60 64<AE 60<55 64<20 60=24"),
  ChipScript("an answer goes over another", "64<AA 64<C0 60=B0 64=1C"),
]

private let dataRows = [
  ChipScript("a byte for the absent keyboard", "60<FF 64=55 60=FE 64=14"),
  ChipScript("every byte", "60<ED 64=55 60=FE 60<F4 64=55 60=FE"),
  ChipScript("the next answer has no timeout", "60<FF 64<AA 64=1D 60=55"),
  ChipScript("IRQ 1 by the command byte", "64<60 60<25 irq=0 64<AA irq=1 60=55 irq=0 60<F2 irq=1 60=FE irq=0"),
  ChipScript("none without it", "64<AA irq=0 60<F2 irq=0"),
  ChipScript("enabled after the byte", "60<F2 64<60 60<25 irq=1 64<60 60<24 irq=0"),
]

@Suite("8042 by the technical reference")
struct PS2Controller8042Rows {
  @Test("Commands", arguments: commandRows)
  func commands(_ row: ChipScript) { run(row) }

  @Test("Data", arguments: dataRows)
  func data(_ row: ChipScript) { run(row) }

  private func run(_ row: ChipScript) {
    var chip = ScriptedController()
    chip.run(row)
  }
}
