import DevicesLegacy
import Testing

/// The pair: `21<FE` by port, `+4` and `-4` an input's level, `intr` the master's INT, `inta` an acknowledge's vector.
private struct ScriptedPIC: ScriptedChip {
  private let line = ScriptLine()
  private let pic: PIC8259

  init() { pic = PIC8259(output: line) }

  func write(_ place: String, _ value: UInt64) -> Bool {
    guard let offset = offset(place) else { return false }
    pic.setByte(offset, UInt8(truncatingIfNeeded: value))
    return true
  }

  private func offset(_ place: String) -> UInt64? {
    UInt64(place, radix: 16).map { ($0 >= 0x4D0 ? 4 : $0 >= 0xA0 ? 2 : 0) + ($0 & 1) }
  }

  func read(_ place: String) -> UInt64? {
    switch place {
    case "intr": return line.level ? 1 : 0
    case "inta": return UInt64(pic.acknowledge())
    default: return offset(place).map { UInt64(pic.byte($0)) }
    }
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool {
    guard verb == "+" || verb == "-", number < 16 else { return false }
    pic.set(Int(number), verb == "+")
    return true
  }
}

private let setUp = "20<11 21<20 21<04 21<01 21<00 A0<11 A1<28 A1<02 A1<01 A1<00 "
/// ICW4 of the master: automatic EOI; special fully nested mode.
private let automatic = setUp + "20<11 21<20 21<04 21<03 21<00 "
private let special = setUp + "20<11 21<20 21<04 21<11 21<00 "

private let commandRows = [
  ChipScript("non-specific EOI ends the highest", setUp + "+4 inta=24 +1 inta=21 20<0B 20=12 20<20 20=10 20<20 20=00"),
  ChipScript("specific EOI ends its level", setUp + "+4 inta=24 20<0B 20<63 20=10 20<64 20=00"),
  ChipScript("40h is no operation", setUp + "+4 inta=24 20<0B 20<44 20=10"),
  ChipScript("rotate on non-specific EOI", setUp + "+4 inta=24 20<A0 20<0B 20=00 -4 +4 +5 inta=25"),
  ChipScript("rotate on non-specific EOI without service", setUp + "20<A0 +0 +1 inta=20"),
  ChipScript("rotate on specific EOI", setUp + "+3 inta=23 20<E3 20<0B 20=00 -3 +3 +4 inta=24"),
  ChipScript("rotate on specific EOI without service", setUp + "20<E3 +3 +4 inta=24"),
  ChipScript("set priority", setUp + "20<C5 +5 +6 inta=26"),
  ChipScript(
    "service follows the rotated order", setUp + "20<C3 +6 inta=26 +1 intr=0 +4 inta=24 20<0B 20=50 20<20 20=40"),
  ChipScript("automatic EOI leaves no IS bit", automatic + "+4 inta=24 20<0B 20=00 +5 inta=25"),
  ChipScript("automatic EOI, edge: no second without a fall", automatic + "+4 inta=24 intr=0 -4 +4 intr=1"),
  ChipScript("rotate in automatic EOI, set", automatic + "20<80 +3 inta=23 -3 +3 +4 inta=24"),
  ChipScript("rotate in automatic EOI, cleared", automatic + "20<80 20<00 +3 inta=23 -3 +3 +4 inta=23"),
  ChipScript("fully nested: lower and equal wait", setUp + "+3 inta=23 +5 intr=0 -3 +3 intr=0 +1 intr=1 inta=21"),
  ChipScript("read IRR or ISR is remembered", setUp + "20<0B +4 inta=24 20=10 20<08 20=10 20<0A 20=00 +5 20=20"),
  ChipScript("the data port reads IMR", setUp + "20<0B 21<55 21=55 A1<AA A1=AA"),
  ChipScript("ICW1 without ICW4", setUp + "20<10 21<20 21<04 21<AA 21=AA"),
  ChipScript("ICW1 of a single chip", setUp + "20<13 21<20 21<01 21<AA 21=AA"),
  ChipScript("ICW1 clears IMR and selects IRR", setUp + "21<FF 20<0B 20<11 21=00 21<20 21<04 21<01 +4 20=10"),
  ChipScript(
    "ICW1 ends rotation and special mask", setUp + "20<C3 20<68 20<11 21<20 21<04 21<01 +0 +4 inta=20 21<01 intr=0"),
]

private let specialMaskRows = [
  ChipScript("lower levels pass one that is masked in service", setUp + "+3 inta=23 20<68 21<08 +5 inta=25"),
  ChipScript("one that is not masked blocks them", setUp + "+3 inta=23 20<68 +5 intr=0"),
  ChipScript("the masked level itself waits", setUp + "+3 inta=23 20<68 21<08 -3 +3 intr=0 21<00 intr=0 20<63 intr=1"),
  ChipScript("ESMM = 0 leaves it on", setUp + "+3 inta=23 20<68 20<08 21<08 +5 inta=25"),
  ChipScript("and off", setUp + "+3 inta=23 20<68 20<48 20<28 21<08 +5 intr=0"),
  ChipScript(
    "non-specific EOI skips what is masked", setUp + "+3 inta=23 +1 inta=21 20<68 21<02 20<0B 20<20 20=02 20<20 20=02"),
  ChipScript(
    "so does the rotating one", setUp + "+3 inta=23 +1 inta=21 20<68 21<02 20<0B 20<A0 20=02 +4 -3 +3 inta=24"),
  ChipScript("specific EOI does not", setUp + "+1 inta=21 20<68 21<02 20<0B 20<61 20=00"),
  ChipScript("without the mode masks do not matter", setUp + "+3 inta=23 +1 inta=21 21<02 20<0B 20<20 20=08"),
]

private let pollRows = [
  ChipScript("a poll acknowledges", setUp + "+4 20<0C 20=84 20<0B 20=10 intr=0 20<20 20=00"),
  ChipScript("a poll with nothing", setUp + "20<0C 20=00 20=00"),
  ChipScript("the next read, at the data port too", setUp + "21<01 +4 20<0C 21=84 21=01"),
  ChipScript("a poll goes before a status read", setUp + "+4 20<0F 20=84 20=10"),
  ChipScript("requests are frozen till the read", setUp + "+4 20<0C +1 20=84 intr=1 inta=21"),
  ChipScript("so is INT", setUp + "20<0C +1 intr=0 20=00 intr=1"),
  ChipScript("a poll sees nested priorities", setUp + "+3 inta=23 +5 20<0C 20=00 +1 20<0C 20=81"),
  ChipScript("a poll in automatic EOI", automatic + "+4 20<0C 20=84 20<0B 20=00"),
  ChipScript("a poll of both chips", setUp + "+8 20<0C 20=82 A0<0C A0=80 A0<0B A0=01 20<0B 20=04"),
  ChipScript("a poll of the slave ends its INT", setUp + "+12 +8 20<0C 20=82 A0<0C A0=80 A0<20 20<20 inta=2C"),
  ChipScript("a poll of a level that stays", setUp + "4D0<10 +4 20<0C 20=84 20<20 20<0C 20=84"),
]

private let cascadeRows = [
  ChipScript("both chips hold the slave's level", setUp + "+9 inta=29 20<0B 20=04 A0<0B A0=02"),
  ChipScript("both need an EOI", setUp + "+8 inta=28 20<20 +9 intr=0 A0<20 inta=29"),
  ChipScript("the slave takes IR2's place", setUp + "+3 +15 +1 inta=21 20<20 inta=2F A0<20 20<20 inta=23"),
  ChipScript("the mask of IR2 holds the slave", setUp + "21<04 +8 intr=0 20<0A 20=04 21<00 inta=28"),
  ChipScript("a lower one of the slave follows", setUp + "+8 +12 inta=28 A0<20 20<20 inta=2C"),
  ChipScript(
    "an automatic EOI in the slave: the next one is an edge",
    setUp + "A0<11 A1<28 A1<02 A1<03 A1<00 +8 +9 inta=28 20<20 inta=29"),
  ChipScript("special mask mode in the slave, likewise", setUp + "+8 +9 inta=28 A0<68 A1<01 20<20 inta=29"),
  ChipScript("nested: the slave's higher request waits", setUp + "+12 inta=2C +8 intr=0 20<20 inta=28"),
  ChipScript("special fully nested: it does not", special + "+12 inta=2C +8 inta=28 A0<0B A0=11"),
  ChipScript("special fully nested: lower ones of the master wait", special + "+12 inta=2C +4 intr=0 +8 inta=28"),
  ChipScript("special fully nested: lower ones of the slave wait", special + "+8 inta=28 +12 intr=0"),
  ChipScript("special fully nested: higher ones of the master pass", special + "+12 inta=2C +1 inta=21"),
  ChipScript("special fully nested: a poll finds no lower one", special + "+12 inta=2C +4 20<0C 20=00 +8 20<0C 20=82"),
  ChipScript(
    "special fully nested: the end",
    special + "+12 inta=2C +8 inta=28 A0<20 A0<0B A0=10 A0<20 A0=00 20<20 20<0B 20=00"),
  ChipScript("a single chip has no slave", setUp + "20<13 21<20 21<01 21<00 +8 inta=22"),
  ChipScript("ICW3 without a slave on IR2", setUp + "20<11 21<20 21<00 21<01 21<00 +8 inta=22"),
  ChipScript(
    "a slave of another identification is silent", setUp + "A0<11 A1<28 A1<03 A1<01 A1<00 +8 inta=FF A0<0B A0=00"),
]

private let lineRows = [
  ChipScript("an edge must fall first", setUp + "+4 inta=24 20<20 intr=0 -4 +4 intr=1"),
  ChipScript("an edge under a mask is kept", setUp + "21<10 +4 intr=0 21<00 inta=24"),
  ChipScript("an edge that fell is IR7, not in service", setUp + "+4 -4 intr=0 inta=27 20<0B 20=00"),
  ChipScript("a true IR7 is in service", setUp + "+7 inta=27 20<0B 20=80"),
  ChipScript("a true IR15", setUp + "+15 inta=2F A0<0B A0=80"),
  ChipScript("a level requests while it is there", setUp + "4D0<10 +4 inta=24 20<20 intr=1 inta=24 -4 20<20 intr=0"),
  ChipScript("IRR follows a level", setUp + "4D0<10 +4 20=10 -4 20=00"),
  ChipScript("a level that went is IR7", setUp + "4D0<10 +4 -4 inta=27 20<0B 20=00"),
  ChipScript("ELCR: an input that is high becomes a level", setUp + "+4 inta=24 20<20 intr=0 4D0<10 intr=1"),
  ChipScript("ELCR: an old edge without its level goes", setUp + "+4 -4 4D0<10 intr=0"),
  ChipScript("ELCR: fixed edges", setUp + "4D0<FF 4D0=F8 4D1<FF 4D1=DE 4D0<00 4D0=00"),
  ChipScript("ICW1 forgets edges", setUp + "+4 20<11 21<20 21<04 21<01 intr=0 -4 +4 intr=1"),
  ChipScript("ICW1 and a level", setUp + "4D0<10 +4 20<11 21<20 21<04 21<01 intr=1"),
]

@Suite("8259A by its data sheet")
struct PIC8259Rows {
  @Test("Commands", arguments: commandRows)
  func commands(_ row: ChipScript) { run(row) }

  @Test("Special mask mode", arguments: specialMaskRows)
  func specialMask(_ row: ChipScript) { run(row) }

  @Test("Poll", arguments: pollRows)
  func poll(_ row: ChipScript) { run(row) }

  @Test("Cascade and special fully nested mode", arguments: cascadeRows)
  func cascade(_ row: ChipScript) { run(row) }

  @Test("Edges, levels, spurious requests", arguments: lineRows)
  func lines(_ row: ChipScript) { run(row) }

  private func run(_ row: ChipScript) {
    var chip = ScriptedPIC()
    chip.run(row)
  }
}
