import DevicesLegacy
import Testing
import X86

/// The controller with a keyboard: ports 60 and 64, `irq`, `irqs`; a key's name with 1 presses, with 0 releases it; t10
/// is ten microseconds, `next` those until the next event; `codes` is all that comes within milliseconds, `leds` the
/// indicators, `ready` whether a key would be sent at once.
private final class ScriptedKeyboard: ScriptedChip {
  private static let keys = Dictionary(uniqueKeysWithValues: Key.allCases.map { ("\($0)", $0) })
  private let line = ScriptLine()
  private var microseconds: UInt64 = 0
  private(set) var armings = 0
  private(set) lazy var chip = PS2Controller8042(
    interrupt: line, reset: {}, gateA20: { _ in }, hasKeyboard: true, armed: { [unowned self] in armings += 1 })

  private var now: VirtualTime { VirtualTime(nanoseconds: microseconds * 1000) }

  func write(_ place: String, _ value: UInt64) -> Bool {
    if let key = Self.keys[place] {
      if value == 0 { chip.release(key, now: now) } else { chip.press(key, now: now) }
    } else {
      chip.setByte(place == "60" ? 0 : 1, UInt8(truncatingIfNeeded: value), now: now)
    }
    return true
  }

  func read(_ place: String) -> UInt64? {
    switch place {
    case "60": UInt64(chip.byte(0, now: now))
    case "64": UInt64(chip.byte(1, now: now))
    case "irq": line.level ? 1 : 0
    case "irqs": line.rises
    case "leds": chip.state.keyboardPort.map { UInt64($0.keyboard.indicators) }
    case "ready": chip.isReadyForKeys ? 1 : 0
    case "next": chip.nextEvent.map { $0.nanoseconds / 1000 - microseconds } ?? 0
    case "codes": codes()
    default: nil
    }
  }

  /// Bytes of the next milliseconds, the first in the highest place.
  private func codes() -> UInt64 {
    var value: UInt64 = 0
    for _ in 0..<40 {
      advance(660)
      if chip.byte(1, now: now) & 1 != 0 { value = value << 8 | UInt64(chip.byte(0, now: now)) }
    }
    return value
  }

  private func advance(_ span: UInt64) {
    let end = microseconds + span
    while let event = chip.nextEvent, event.nanoseconds <= end * 1000 {
      microseconds = max(microseconds, event.nanoseconds / 1000)
      chip.advance(to: event)
    }
    microseconds = end
    chip.advance(to: now)
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool {
    switch verb {
    case "t": advance(number)
    case "s": chip.setUp()
    default: return false
    }
    return true
  }
}

private let lineRows = [
  ChipScript(
    "a key, translated", "s a<1 64=14 t659 64=14 irq=0 t1 64=15 irq=1 60=1E 64=14 irq=0 a<0 t1319 64=14 t1 60=9E"),
  ChipScript("a key as it is", "64<60 60<25 a<1 t660 60=1C a<0 t660 60=F0 t660 60=1C"),
  ChipScript("each byte is an edge", "s home<1 t660 irqs=1 60=E0 irqs=1 t659 irqs=1 t1 irqs=2 60=47 t5000 irqs=2"),
  ChipScript("a byte waits until the one before is read", "s home<1 t99999 irqs=1 60=E0 next=294 t660 60=47"),
  ChipScript("disabled", "s 64<AD a<1 t9999 64=1C irqs=0 64<AE t659 64=1C t1 64=1D 60=1E"),
  ChipScript("disabled by the command byte", "s 64<60 60<75 a<1 t9999 64=14 64<60 60<65 t660 60=1E"),
  ChipScript("disabled while a byte is on the line", "s a<1 t300 64<AD t9999 64=1C 64<AE t659 64=1C t1 60=1E"),
  ChipScript("a command to the keyboard enables it", "s 64<AD 64<20 60=75 60<EE t660 60=EE 64<20 60=65"),
  ChipScript("an answer of the controller comes first", "s a<1 t300 64<AA t9999 60=55 t659 64=1C t1 60=1E"),
  ChipScript("no interrupt without its bit", "s 64<60 60<64 a<1 t660 irq=0 64=15 60=1E"),
  ChipScript("no second port", "s 64<D4 60<F2 64=55 60=FE t9999 64=14 64<A9 60=FF"),
  ChipScript("after reset the keyboard is disabled", "64<20 60=34 a<1 t9999 64=1C"),
  ChipScript("ready", "ready=0 s ready=1 a<1 ready=0 t660 ready=0 60=1E ready=1 64<AD ready=0"),
]

private let commandRows = [
  ChipScript("EDh: indicators", "s 60<ED t660 60=FA leds=0 60<FF t660 60=FA leds=0 t99999 60=AA"),
  ChipScript("EDh: its parameter", "s 60<ED t660 60=FA 60<7A t660 60=FA leds=2 60<ED codes=FA 60<5 codes=FA leds=5"),
  ChipScript("EEh: echo", "s 60<EE codes=EE"),
  ChipScript("F2h: identity, translated", "s 60<F2 codes=FAAB41"),
  ChipScript("F2h: identity as it is", "64<60 60<25 60<F2 codes=FAAB83"),
  ChipScript("F0h: which set, translated", "s 60<F0 codes=FA 60<0 codes=FA41"),
  ChipScript("F0h: which set", "64<60 60<25 60<F0 codes=FA 60<0 codes=FA02"),
  ChipScript(
    "F0h: set 1",
    "64<60 60<25 60<F0 codes=FA 60<1 codes=FA a<1 a<0 up<1 up<0 codes=1E9EE048E0C8 60<F0 codes=FA 60<0 codes=FA01"),
  ChipScript(
    "F0h: set 3",
    "64<60 60<25 60<F0 codes=FA 60<3 codes=FA up<1 up<0 f1<1 codes=63F06307 60<F0 codes=FA 60<0 codes=FA03"),
  ChipScript(
    "F0h: there is no set 4", "64<60 60<25 60<F0 codes=FA 60<4 codes=FE 60<3 codes=FA 60<F0 codes=FA 60<0 codes=FA03"),
  ChipScript("F3h: rate and delay", "s 60<F3 codes=FA 60<0 codes=FA a<1 codes=1E t250000 64=15"),
  ChipScript("F3h: a parameter out of range", "s 60<F3 codes=FA 60<80 codes=FE 60<7F codes=FA"),
  ChipScript("F4h: drops what waits", "s home<1 t660 60=E0 60<F4 codes=FA a<1 codes=1E"),
  ChipScript("F5h: no keys, F4h: keys", "s 60<F5 codes=FA a<1 a<0 codes=0 ready=0 60<F4 codes=FA a<1 codes=1E"),
  ChipScript(
    "F6h: defaults, and keys as before", "s 60<F3 codes=FA 60<0 codes=FA 60<F6 codes=FA a<1 codes=1E t250000 64=14"),
  ChipScript("F6h: leaves keys off", "s 60<F5 codes=FA 60<F6 codes=FA a<1 codes=0"),
  ChipScript(
    "F7h to FDh", "s 60<F7 codes=FA 60<FA codes=FA 60<FB codes=FA 60<1C codes=FA 60<1B codes=FA 60<F4 codes=FA"),
  ChipScript("FEh: again", "s a<1 codes=1E 60<FE codes=1E 60<FE codes=1E"),
  ChipScript("FFh: self-test", "s 60<FF t660 60=FA t9000 64=14 t1000 60=AA"),
  ChipScript(
    "FFh: defaults",
    "64<60 60<25 60<F0 codes=FA 60<3 codes=FA 60<ED codes=FA 60<7 codes=FA 60<FF codes=FAAA leds=0 60<F0 codes=FA 60<0 codes=FA02"
  ),
  ChipScript("FFh: keys during the self-test", "s 60<FF t660 60=FA a<1 a<0 codes=AA"),
  ChipScript("what is no command", "s 60<EF codes=FE 60<F1 codes=FE 60<12 codes=FE"),
  ChipScript("a command in place of a parameter", "s 60<ED codes=FA 60<EE codes=EE 60<2 codes=FE leds=0"),
  ChipScript("a command drops the answer before it", "s 60<F2 t100 60<EE codes=EE"),
]

private let keyRows = [
  ChipScript("Pause", "s pause<1 codes=E11D45E19DC5 pause<0 codes=0 t999999 codes=0"),
  ChipScript("Pause with control is Break", "s leftControl<1 codes=1D pause<1 codes=E046E0C6"),
  ChipScript("Print Screen", "s printScreen<1 codes=E02AE037 printScreen<0 codes=E0B7E0AA"),
  ChipScript(
    "Print Screen with control", "s rightControl<1 codes=E01D printScreen<1 codes=E037 printScreen<0 codes=E0B7"),
  ChipScript(
    "Print Screen with alt is SysRq",
    "s leftAlt<1 codes=38 printScreen<1 codes=54 printScreen<0 codes=D4 leftAlt<0 codes=B8"),
  ChipScript(
    "typematic: half a second, then 10.9 a second",
    "s a<1 t660 60=1E t499999 64=14 t1 64=15 60=1E t91739 64=14 t1 64=15 60=1E a<0 codes=9E t999999 64=14"),
  ChipScript(
    "typematic: the last key",
    "s a<1 b<1 codes=1E30 t480000 60=30 a<0 codes=9E t61000 64=15 60=30 b<0 codes=B0 t999999 64=14"),
  ChipScript("typematic: nothing piles up", "s a<1 t9999999 60=1E codes=1E"),
  ChipScript(
    "17 codes wait: overrun",
    "s a<1 t660 b<1 c<1 d<1 e<1 f<1 g<1 h<1 i<1 j<1 k<1 l<1 m<1 n<1 o<1 p<1 q<1 r<1 s<1 t<1 60=1E t660 60=30 t660 60=2E t660 60=20 "
      + "t660 60=12 codes=25263231181910FF codes=0"),
  ChipScript(
    "overrun code",
    "s home<1 t660 home<1 home<1 home<1 home<1 home<1 home<1 home<1 home<1 home<1 a<1 a<1 a<1 t660 codes=47E047E047E047FF codes=0"
  ),
]

/// Codes of set 1, from 1 on, in their order; an underscore has no key.
private let firstSet = """
  escape digit1 digit2 digit3 digit4 digit5 digit6 digit7 digit8 digit9 digit0 minus equal backspace tab
  q w e r t y u i o p leftBracket rightBracket enter leftControl
  a s d f g h j k l semicolon apostrophe grave leftShift backslash
  z x c v b n m comma period slash rightShift keypadMultiply leftAlt space capsLock
  f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 numLock scrollLock
  keypad7 keypad8 keypad9 keypadSubtract keypad4 keypad5 keypad6 keypadAdd keypad1 keypad2 keypad3 keypad0 keypadDecimal
  _ _ international f11 f12
  """

/// Keys whose code in set 1 has the prefix E0h.
private let extendedFirstSet: [(key: Key, code: UInt64)] = [
  (.keypadEnter, 0x1C), (.rightControl, 0x1D), (.keypadDivide, 0x35), (.rightAlt, 0x38), (.home, 0x47), (.up, 0x48),
  (.pageUp, 0x49), (.left, 0x4B), (.right, 0x4D), (.end, 0x4F), (.down, 0x50), (.pageDown, 0x51), (.insert, 0x52),
  (.delete, 0x53), (.leftSuper, 0x5B), (.rightSuper, 0x5C), (.menu, 0x5D),
]

@Suite("PS/2 keyboard by its technical reference")
struct PS2KeyboardRows {
  @Test("No two keys have the same code in set 3")
  func codes() {
    for key in Key.allCases { #expect(Key(code3: key.code3) == key) }
    #expect(Key(code3: 0xFF) == nil)
  }

  @Test("The line", arguments: lineRows)
  func line(_ row: ChipScript) { run(row) }

  @Test("Commands", arguments: commandRows)
  func commands(_ row: ChipScript) { run(row) }

  @Test("Keys", arguments: keyRows)
  func keys(_ row: ChipScript) { run(row) }

  private func run(_ row: ChipScript) {
    var chip = ScriptedKeyboard()
    chip.run(row)
    let problem = PS2Controller8042.problem(in: chip.chip.state)
    #expect(problem == nil)
  }

  @Test("Set 1 from set 2 by translation")
  func translation() {
    var seen: Set<String> = ["pause", "printScreen"]
    var rows: [(key: String, make: UInt64, release: UInt64)] = []
    for (index, name) in firstSet.split(whereSeparator: \.isWhitespace).enumerated() where name != "_" {
      rows.append((String(name), UInt64(index + 1), UInt64(index + 1) | 0x80))
    }
    for (key, code) in extendedFirstSet { rows.append(("\(key)", 0xE000 | code, 0xE080 | code)) }
    for row in rows {
      let keyboard = ScriptedKeyboard()
      keyboard.chip.setUp()
      _ = keyboard.write(row.key, 1)
      #expect(keyboard.read("codes") == row.make, "\(row.key)")
      _ = keyboard.write(row.key, 0)
      #expect(keyboard.read("codes") == row.release, "\(row.key)")
      seen.insert(row.key)
    }
    #expect(seen == Set(Key.allCases.map { "\($0)" }))
  }

  @Test("A key and a read of data say that there is a new deadline")
  func arming() {
    let keyboard = ScriptedKeyboard()
    keyboard.chip.setUp()
    _ = keyboard.write("home", 1)
    #expect(keyboard.armings == 1)
    _ = keyboard.perform("t", 660)
    #expect(keyboard.read("60") == 0xE0)
    #expect(keyboard.armings == 2)
  }

  /// What is typed, and its strokes: ^ is control, + shift.
  private static let strokes: [(text: String, strokes: String)] = [
    ("aZ0)", "a +z digit0 +digit0"), ("\n\r\t\u{8}\u{7F}\u{1B} ", "enter enter tab backspace backspace escape space"),
    (
      "-_=+[{]}\\|",
      "minus +minus equal +equal leftBracket +leftBracket rightBracket +rightBracket backslash +backslash"
    ),
    (
      ";:'\"`~,<.>/?",
      "semicolon +semicolon apostrophe +apostrophe grave +grave comma +comma period +period slash +slash"
    ),
    ("!@#$%^&*(", "+digit1 +digit2 +digit3 +digit4 +digit5 +digit6 +digit7 +digit8 +digit9"),
    ("\u{3}\u{4}\u{1A}\u{1C}\u{0}\u{1F}", "^c ^d ^z ^backslash ^space ^+minus"),
  ]

  @Test("Characters as strokes", arguments: strokes.indices)
  func characters(_ index: Int) {
    let row = Self.strokes[index]
    let seen = row.text.utf8.map { byte in
      KeyStroke(ascii: byte).map { ($0.control ? "^" : "") + ($0.shift ? "+" : "") + "\($0.key)" } ?? "none"
    }
    #expect(seen.joined(separator: " ") == row.strokes)
  }

  @Test("Every printable character has a stroke, no byte beyond ASCII has")
  func allCharacters() {
    var seen: Set<String> = []
    for byte in UInt8(0x20)..<0x7F {
      let stroke = KeyStroke(ascii: byte)
      seen.insert("\(String(describing: stroke))")
      #expect(stroke != nil, "\(byte)")
    }
    #expect(seen.count == 95)
    for byte in UInt8(0x80)...0xFF { #expect(KeyStroke(ascii: byte) == nil) }
  }

  @Test("A stroke holds its modifiers around the key")
  func events() {
    let events = KeyStroke(.delete, control: true, alt: true).events.map { ($0.isPress ? "+" : "-") + "\($0.key)" }
    #expect(events == ["+leftControl", "+leftAlt", "+delete", "-delete", "-leftAlt", "-leftControl"])
  }
}
