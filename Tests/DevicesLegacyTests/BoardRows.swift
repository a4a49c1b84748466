import DevicesLegacy
import Testing
import X86

/// The test device: offsets, b, w and d before them for 1, 2 and 4 bytes; m and an offset is 4 bytes of memory, q 8;
/// `line14` the level that a line was given last.
private struct ScriptedTestDevice: ScriptedChip {
  private final class Lines { var level: [Int: Bool] = [:] }
  private let lines = Lines()
  private let chip: TestDevice

  init() { chip = TestDevice { [lines] in lines.level[$0] = $1 } }

  /// The window, offset and width of a place.
  private func target(_ place: String) -> (any BusDevice, UInt64, Int)? {
    guard let width = ["b": 1, "w": 2, "d": 4, "m": 4, "q": 8][place.prefix(1)] else { return nil }
    let window: any BusDevice = "mq".contains(place.prefix(1)) ? chip.memory : chip
    return UInt64(place.dropFirst(), radix: 16).map { (window, $0, width) }
  }

  func write(_ place: String, _ value: UInt64) -> Bool {
    guard let (window, offset, width) = target(place) else { return false }
    window.write(value, offset: offset, width: width, now: .zero)
    return true
  }

  func read(_ place: String) -> UInt64? {
    if place.hasPrefix("line") { return Int(place.dropFirst(4)).map { lines.level[$0] == true ? 1 : 0 } }
    return target(place).map { $0.value($1, width: $2) }
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool { false }
}

/// The display: registers by their offsets, m and an offset is 2 bytes of memory; `t100` sets the time in nanoseconds.
private struct ScriptedDisplay: ScriptedChip {
  private let chip = TextDisplay()
  private var nanoseconds: UInt64 = 0

  func write(_ place: String, _ value: UInt64) -> Bool {
    if place.hasPrefix("m"), let offset = UInt64(place.dropFirst(), radix: 16) {
      chip.memory.write(value, offset: offset, width: 2, now: .zero)
      return true
    }
    guard let offset = UInt64(place, radix: 16) else { return false }
    chip.setByte(offset, UInt8(truncatingIfNeeded: value))
    return true
  }

  func read(_ place: String) -> UInt64? {
    if place.hasPrefix("m"), let offset = UInt64(place.dropFirst(), radix: 16) {
      return chip.memory.value(offset, width: 2)
    }
    return UInt64(place, radix: 16).map { UInt64(chip.byte($0, now: VirtualTime(nanoseconds: nanoseconds))) }
  }

  mutating func perform(_ verb: Character, _ number: UInt64) -> Bool {
    guard verb == "t" else { return false }
    nanoseconds = number
    return true
  }
}

/// The coprocessor's wires: `ferr<1` rises and is refused while IGNNE# is there, `ferr<0` falls; `f0` is offset 0, `f1`
/// offset 1.
private struct ScriptedCoprocessor: ScriptedChip {
  private let line = ScriptLine()
  private let chip: CoprocessorError

  init() { chip = CoprocessorError(interrupt: line) }

  func write(_ place: String, _ value: UInt64) -> Bool {
    switch place {
    case "ferr" where value != 0: return !chip.raise()
    case "ferr": chip.clear()
    default: chip.setByte(place == "f0" ? 0 : 1, UInt8(truncatingIfNeeded: value))
    }
    return true
  }

  func read(_ place: String) -> UInt64? {
    switch place {
    case "irq": line.level ? 1 : 0
    case "rises": line.rises
    default: chip.state.isIgnored ? 1 : 0
    }
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool { false }
}

/// The small ports: a chip (A and B system control, P host bridge, C debug console, E debug exit), a width (b w d) and an
/// offset; `resets`, `a20`, `gate`, `sent`, `exit` what they drive, `out` the timer's OUT, `t100` the time in nanoseconds.
private final class ScriptedPorts: ScriptedChip, ByteSink {
  private var values: [String: UInt64] = [:]
  private var now = VirtualTime.zero
  private lazy var portA: SystemControlPortA = SystemControlPortA(
    reset: { [unowned self] in values["resets", default: 0] += 1 },
    a20Changed: { [unowned self] in values["a20"] = portA.opensA20 ? 1 : 0 })
  private lazy var chips: [Character: any BusDevice] = [
    "A": portA,
    "B": SystemControlPortB(
      setGate: { [unowned self] level, _ in values["gate"] = level ? 1 : 0 },
      output: { [unowned self] _ in values["out"] == 1 }),
    "P": HostBridge(reset: { [unowned self] in values["resets", default: 0] += 1 }),
    "C": DebugConsole(output: self), "E": DebugExit { [unowned self] in values["exit"] = UInt64($0) },
  ]

  func write(_ byte: UInt8) { values["sent"] = UInt64(byte) }

  private func target(_ place: String) -> (any BusDevice, UInt64, Int)? {
    guard let chip = chips[place.first ?? " "], let width = ["b": 1, "w": 2, "d": 4][place.dropFirst().prefix(1)],
      let offset = UInt64(place.dropFirst(2), radix: 16)
    else { return nil }
    return (chip, offset, width)
  }

  func write(_ place: String, _ value: UInt64) -> Bool {
    guard let (chip, offset, width) = target(place) else {
      values[place] = value
      return true
    }
    chip.write(value, offset: offset, width: width, now: now)
    return true
  }

  func read(_ place: String) -> UInt64? {
    target(place).map { $0.value($1, width: $2, now: now) } ?? values[place] ?? 0
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool {
    guard verb == "t" else { return false }
    now = VirtualTime(nanoseconds: number)
    return true
  }
}

private let portRows = [
  ChipScript("system control A reads what was written", "Ab0=0 Ab0<FE Ab0=FE resets=0"),
  ChipScript("its bit 1 opens A20", "Ab0<2 a20=1 Ab0<0 a20=0"),
  ChipScript("its rising bit 0 resets", "Ab0<1 resets=1 Ab0<3 resets=1 Ab0<2 Ab0<3 resets=2"),
  ChipScript(
    "system control B: two bits are written, bit 0 is GATE", "Bb0=0 gate=0 Bb0<FF Bb0=3 gate=1 Bb0<2 gate=0 Bb0=2"),
  ChipScript("its bit 5 is OUT", "out<1 Bb0=20 Bb0<1 Bb0=21 out<0 Bb0=1"),
  ChipScript("its bit 4 toggles with refresh", "t15084 Bb0=0 t15085 Bb0=10 t30169 Bb0=10 t30170 Bb0=0"),
  ChipScript("host bridge: CONFIG_ADDRESS has 4 bytes", "Pd0<FFFFFFFF Pd0=80FFFFFC Pb0<0 Pd0=80FFFFFC Pb0=FF Pw0=FFFF"),
  ChipScript("no device behind it", "Pd0<80000000 Pd4=FFFFFFFF Pd4<0 Pd4=FFFFFFFF Pb7=FF"),
  ChipScript("reset control: bit 2 resets when it rises", "Pb1<2 Pb1=2 resets=0 Pb1<6 resets=1 Pb1<6 resets=1 Pb1=6"),
  ChipScript("a word reaches it by its high byte", "Pw0<04FF Pb1=4 resets=1 Pd0=0 Pw0<00FF Pb1=0"),
  ChipScript("debug console", "Cb0=E9 Cb0<41 sent=41"),
  ChipScript("debug exit takes every width", "Eb0=FF Ed0<12345678 exit=12345678 Eb0<21 exit=21"),
]

private let testDeviceRows = [
  ChipScript("a word is read back", "d0<12345678 d0=12345678 w0=5678 b1=56 b3=12"),
  ChipScript("parts of it are replaced", "d0<11111111 b2<FF w0<2222 d0=11FF2222 b3<33 d0=33FF2222"),
  ChipScript("bytes", "b8<12 bA<34 b8=12 bA=34 d0=0"),
  ChipScript("a page to flush is taken", "d4<12345678 d4=0"),
  ChipScript("lines", "d20<1 line0=1 d2E<1 line14=1 d2E<0 line14=0 line0=1 d37<FF line23=1 d37<FE line23=0"),
  ChipScript("memory", "m0=0 m0<12345678 m0=12345678 m2=1234 q0=12345678 q8<1122334455667788 mA=33445566"),
  ChipScript("the end of memory", "mFFFC<11223344 mFFFE=FFFF1122 mFFFE<55667788 mFFFC=77883344"),
]

private let displayRows = [
  ChipScript("registers are read back", "0<0E 1<12 0<0F 1<34 0=F 1=34 0<0E 1=12"),
  ChipScript("as a BIOS leaves them", "0<0 1=5F 0<1 1=4F 0<9 1=4F 0<18 1=FF 0<19 1=0 1<55 1=0"),
  ChipScript(
    "the first eight are protected",
    "0<0 1<12 1=5F 0<7 1<00 1=F 1<FF 1=1F 0<11 1<0E 0<0 1<12 1=12"),
  ChipScript("memory", "m0=0 m0<0741 m0=741 m7CE<0742 m7CE=742 m7FFE<1234 m7FFF=FF12"),
  ChipScript("status", "6=0 t26000 6=1 t12730000 6=1 t13120000 6=9 t13180000 6=1 t14285714 6=0"),
]

private let coprocessorRows = [
  ChipScript("an error interrupts until port F0h is written", "ferr<1 irq=1 f0<0 irq=0 ignne=1"),
  ChipScript("port F1h does nothing", "ferr<1 f1<0 irq=1 ignne=0"),
  ChipScript("once", "ferr<1 ferr<1 rises=1"),
  ChipScript("IGNNE# lasts until the error is gone", "ferr<1 f0<0 ferr<1# irq=0 ferr<0 ferr<1 rises=2"),
  ChipScript("no IGNNE# without an error", "f0<0 ignne=0 ferr<1 irq=1"),
  ChipScript("the interrupt stays when the error goes", "ferr<1 ferr<0 irq=1 f0<0 irq=0 ignne=0"),
]

@Suite("Small parts of the board") struct BoardRows {
  @Test("Small ports", arguments: portRows)
  func ports(_ row: ChipScript) {
    var chip = ScriptedPorts()
    chip.run(row)
  }

  @Test("Test device", arguments: testDeviceRows)
  func testDevice(_ row: ChipScript) {
    var chip = ScriptedTestDevice()
    chip.run(row)
  }

  @Test("Text display", arguments: displayRows)
  func display(_ row: ChipScript) {
    var chip = ScriptedDisplay()
    chip.run(row)
  }

  @Test("Coprocessor error", arguments: coprocessorRows)
  func coprocessor(_ row: ChipScript) {
    var chip = ScriptedCoprocessor()
    chip.run(row)
  }
}
