import DevicesLegacy
import Testing
import X86

/// The test device: ports by their numbers, b, w and d before them for 1, 2 and 4 bytes; m and an offset is 4 bytes of
/// memory, q 8; `line14` the level that a line was given last.
private struct ScriptedTestDevice: ScriptedChip {
  private final class Lines { var level: [Int: Bool] = [:] }
  private let lines = Lines()
  private let chip: TestDevice

  init() { chip = TestDevice { [lines] in lines.level[$0] = $1 } }

  private func port(_ place: String) -> (UInt16, Int)? {
    let width = ["b": 1, "w": 2, "d": 4][place.first] ?? 1
    return UInt16(place.dropFirst(), radix: 16).map { ($0, width) }
  }

  private func memory(_ place: String) -> (UInt64, Int)? {
    guard place.hasPrefix("m") || place.hasPrefix("q") else { return nil }
    return UInt64(place.dropFirst(), radix: 16).map { ($0, place.hasPrefix("m") ? 4 : 8) }
  }

  func write(_ place: String, _ value: UInt64) -> Bool {
    if let (offset, width) = memory(place) {
      chip.writeMemory(value, offset: offset, width: width)
      return true
    }
    guard let (port, width) = port(place), TestDevice.claims(port) else { return false }
    chip.write(UInt32(truncatingIfNeeded: value), port, width: width)
    return true
  }

  func read(_ place: String) -> UInt64? {
    if place.hasPrefix("line") { return Int(place.dropFirst(4)).map { lines.level[$0] == true ? 1 : 0 } }
    if let (offset, width) = memory(place) { return chip.readMemory(offset: offset, width: width) }
    guard let (port, width) = port(place), TestDevice.claims(port) else { return nil }
    return UInt64(chip.read(port, width: width)) & (UInt64.max >> UInt64(64 - 8 * width))
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool { false }
}

/// The display: ports by their numbers, m and an offset is 2 bytes of memory; `now100` sets the time in nanoseconds.
private struct ScriptedDisplay: ScriptedChip {
  private let chip = TextDisplay()
  private var nanoseconds: UInt64 = 0

  func write(_ place: String, _ value: UInt64) -> Bool {
    if place.hasPrefix("m"), let offset = UInt64(place.dropFirst(), radix: 16) {
      chip.writeMemory(value, offset: offset, width: 2)
      return true
    }
    guard let port = UInt16(place, radix: 16), TextDisplay.claims(port) else { return false }
    chip.write(UInt8(truncatingIfNeeded: value), port)
    return true
  }

  func read(_ place: String) -> UInt64? {
    if place.hasPrefix("m"), let offset = UInt64(place.dropFirst(), radix: 16) {
      return chip.readMemory(offset: offset, width: 2)
    }
    guard let port = UInt16(place, radix: 16), TextDisplay.claims(port) else { return nil }
    return UInt64(chip.read(port, nanoseconds: nanoseconds))
  }

  mutating func perform(_ verb: Character, _ number: UInt64) -> Bool {
    guard verb == "t" else { return false }
    nanoseconds = number
    return true
  }
}

/// The coprocessor's wires: `ferr<1` rises and is refused while IGNNE# is there, `ferr<0` falls, `f0<0` the port.
private struct ScriptedCoprocessor: ScriptedChip {
  private let line = ScriptLine()
  private let chip: CoprocessorError

  init() { chip = CoprocessorError(interrupt: line) }

  func write(_ place: String, _ value: UInt64) -> Bool {
    switch place {
    case "ferr" where value != 0: return !chip.raise()
    case "ferr": chip.clear()
    default: chip.write()
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

private let testDeviceRows = [
  ChipScript("a word is read back", "dE0<12345678 dE0=12345678 wE0=5678 bE1=56 bE3=12"),
  ChipScript("parts of it are replaced", "dE0<11111111 bE2<FF wE0<2222 dE0=11FF2222 bE3<33 dE0=33FF2222"),
  ChipScript("bytes at E8h", "bE8<12 bEA<34 bE8=12 bE9=# bEA=34 dE0=0"),
  ChipScript("a page to flush is taken", "dE4<12345678 dE4=0"),
  ChipScript("lines", "d2000<1 line0=1 d200E<1 line14=1 d200E<0 line14=0 line0=1 d2017<FF line23=1 d2017<FE line23=0"),
  ChipScript("its ports and no others", "b00DF=# b00EC=# b1FFF=# b2018=# b2017=0 bE9=# bEB=0"),
  ChipScript("memory", "m0=0 m0<12345678 m0=12345678 m2=1234 q0=12345678 q8<1122334455667788 mA=33445566"),
  ChipScript("the end of memory", "mFFFC<11223344 mFFFE=FFFF1122 mFFFE<55667788 mFFFC=77883344"),
]

private let displayRows = [
  ChipScript("registers are read back", "3D4<0E 3D5<12 3D4<0F 3D5<34 3D4=F 3D5=34 3D4<0E 3D5=12"),
  ChipScript("as a BIOS leaves them", "3D4<0 3D5=5F 3D4<1 3D5=4F 3D4<9 3D5=4F 3D4<18 3D5=FF 3D4<19 3D5=0 3D5<55 3D5=0"),
  ChipScript(
    "the first eight are protected",
    "3D4<0 3D5<12 3D5=5F 3D4<7 3D5<00 3D5=F 3D5<FF 3D5=1F 3D4<11 3D5<0E 3D4<0 3D5<12 3D5=12"),
  ChipScript("memory", "m0=0 m0<0741 m0=741 m7CE<0742 m7CE=742 m7FFE<1234 m7FFF=FF12"),
  ChipScript("status", "3DA=0 t26000 3DA=1 t12730000 3DA=1 t13120000 3DA=9 t13180000 3DA=1 t14285714 3DA=0"),
  ChipScript("its ports and no others", "3D3=# 3D6=# 3BA=# 3DB=#"),
]

private let coprocessorRows = [
  ChipScript("an error interrupts until port F0h is written", "ferr<1 irq=1 f0<0 irq=0 ignne=1"),
  ChipScript("once", "ferr<1 ferr<1 rises=1"),
  ChipScript("IGNNE# lasts until the error is gone", "ferr<1 f0<0 ferr<1# irq=0 ferr<0 ferr<1 rises=2"),
  ChipScript("no IGNNE# without an error", "f0<0 ignne=0 ferr<1 irq=1"),
  ChipScript("the interrupt stays when the error goes", "ferr<1 ferr<0 irq=1 f0<0 irq=0 ignne=0"),
]

@Suite("Small parts of the board") struct BoardRows {
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
