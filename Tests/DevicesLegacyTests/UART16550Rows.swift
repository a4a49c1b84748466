import DevicesLegacy
import Testing
import X86

/// The UART: registers 0 to 7 by their offset, `in` a byte from outside (refused if there is no space), `out` the last
/// byte that went out, `irq` and `rises` of the interrupt line, `space`, `event` microseconds to the next event, `t10`
/// ten microseconds.
private final class ScriptedUART: ScriptedChip, ByteSink {
  private let line = ScriptLine()
  private lazy var uart = UART16550(output: self, interrupt: line)
  private var nanoseconds: UInt64 = 1000
  private var sent: UInt8?

  private var now: VirtualTime { VirtualTime(nanoseconds: nanoseconds) }

  func write(_ byte: UInt8) { sent = byte }

  func write(_ place: String, _ value: UInt64) -> Bool {
    if place == "in" { return uart.receive(UInt8(truncatingIfNeeded: value), now: now) }
    guard let offset = UInt64(place) else { return false }
    uart.write(value, offset: offset, width: 1, now: now)
    return true
  }

  func read(_ place: String) -> UInt64? {
    switch place {
    case "out": return sent.map { UInt64($0) }
    case "irq": return line.level ? 1 : 0
    case "rises": return line.rises
    case "space": return uart.canReceive ? 1 : 0
    case "event": return uart.nextEvent.map { ($0.nanoseconds - nanoseconds) / 1000 }
    default: return UInt64(place).map { uart.read(offset: $0, width: 1, now: now) }
    }
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool {
    guard verb == "t" else { return false }
    nanoseconds += number * 1000
    uart.advance(to: now)
    return true
  }
}

/// 115,200 baud, words of 8 bits, OUT2: a character takes 86.8 microseconds, four of them 347.
private let setup = "3<83 0<1 1<0 3<3 4<8 "

/// PC16550D data sheet, "Registers".
private let registerRows = [
  ChipScript("after reset", "1=0 2=1 3=0 4=0 5=60 6=B0 irq=0 space=1"),
  ChipScript("scratch register", "7<A5 7=A5 7<0 7=0"),
  ChipScript("IER has four bits, MCR five, LCR eight", "1<FF 1=F 4<EF 4=F 3<7F 3=7F"),
  ChipScript("divisor latch", "0=0 3<80 0<34 1<12 0=34 1=12 3<0 1=0 3<80 0=34 1=12"),
  ChipScript("the divisor latch is not THR and IER", "3<80 0<41 out=# 1<F 3<0 1=0 0<42 out=42"),
  ChipScript("LSR and MSR are read-only", "5<FF 5=60 6<FF 6=B0"),
  ChipScript("IIR shows the FIFOs", "2<1 2=C1 2<C9 2=C1 2<0 2=1"),
  ChipScript("FCR without bit 0 means nothing", setup + "in<41 2<C6 2=1 5=61 0=41"),
  ChipScript("FCR: bit 0 changes: the receiver is emptied", setup + "in<41 2<1 5=60 in<42 2<0 5=60"),
  ChipScript("FCR: bit 1 empties the receiver, bit 2 does not", setup + "2<1 in<41 2<5 5=61 2<3 5=60 in<42 5=61 0=42"),
  ChipScript("FCR: the same again leaves the bytes", setup + "2<1 in<41 in<42 2<C1 0=41 2<1 0=42"),
]

/// "Line Status Register", "Receiver Buffer Register", "FIFO Control Register".
private let receiverRows = [
  ChipScript("a byte", setup + "5=60 in<41 5=61 5=61 0=41 5=60"),
  ChipScript(
    "RBR read empty gives the last byte, and nothing else happens", setup + "0=0 in<41 0=41 0=41 0=41 5=60 in<42 0=42"),
  ChipScript(
    "the FIFO read empty gives the last byte", setup + "2<1 in<41 in<42 0=41 0=42 0=42 0=42 5=60 in<43 5=61 0=43"),
  ChipScript(
    "one byte without FIFO, the next waits outside", setup + "in<41 space=0 in<42# 5=61 0=41 space=1 in<42 0=42 5=60"),
  ChipScript(
    "sixteen bytes with FIFO, the next waits outside",
    setup + "2<1 in<0 in<1 in<2 in<3 in<4 in<5 in<6 in<7 in<8 in<9 in<A in<B in<C in<D in<E space=1 in<F "
      + "space=0 in<10# 5=61 0=0 space=1 in<10 in<11# "
      + "0=1 0=2 0=3 0=4 0=5 0=6 0=7 0=8 0=9 0=A 0=B 0=C 0=D 0=E 0=F 5=61 0=10 5=60"),
  ChipScript("order over many turns", setup + "2<1 in<1 in<2 0=1 in<3 0=2 in<4 in<5 0=3 0=4 0=5 in<6 0=6 5=60"),
]

/// "Interrupt Identification Register", "FIFO Interrupt Mode Operation".
private let interruptRows = [
  ChipScript("received data, without FIFO", setup + "1<1 irq=0 in<41 2=4 irq=1 5=61 2=4 0=41 2=1 irq=0"),
  ChipScript("OUT2 gates the line", setup + "1<1 in<41 irq=1 4<0 irq=0 2=4 4<8 irq=1"),
  ChipScript("IER gates the reason", setup + "in<41 2=1 irq=0 1<1 2=4 irq=1 1<0 2=1 irq=0"),
  ChipScript("trigger level 1", setup + "2<1 1<1 in<41 2=C4 irq=1 0=41 2=C1 irq=0"),
  ChipScript("trigger level 4", setup + "2<41 1<1 in<1 in<2 in<3 2=C1 irq=0 in<4 2=C4 irq=1 0=1 2=C1 irq=0 5=61"),
  ChipScript(
    "trigger level 8",
    setup + "2<81 1<1 in<1 in<2 in<3 in<4 in<5 in<6 in<7 2=C1 irq=0 in<8 2=C4 irq=1 in<9 0=1 2=C4 irq=1 0=2 2=C1 "
      + "irq=0"),
  ChipScript(
    "trigger level 14",
    setup + "2<C1 1<1 in<1 in<2 in<3 in<4 in<5 in<6 in<7 in<8 in<9 in<A in<B in<C in<D 2=C1 irq=0 in<E 2=C4 irq=1 0=1 "
      + "2=C1 irq=0"),
  ChipScript("the level changes under waiting bytes", setup + "2<41 1<1 in<1 in<2 2=C1 2<1 2=C4 irq=1 2<81 2=C1 irq=0"),
  ChipScript(
    "time-out after four characters", setup + "2<41 1<1 in<1 event=15B t347 2=C1 irq=0 t1 2=CC irq=1 2=CC 5=61"),
  ChipScript("each byte delays the time-out", setup + "2<81 1<1 in<1 t300 in<2 t300 in<3 2=C1 t347 2=C1 t1 2=CC irq=1"),
  ChipScript(
    "reading a byte ends the time-out, and it comes again",
    setup
      + "2<81 1<1 in<1 in<2 in<3 t348 irq=1 0=1 2=C1 irq=0 event=15B t348 2=CC irq=1 0=2 0=3 2=C1 irq=0 event=# rises=2"
  ),
  ChipScript("reading a byte delays the time-out", setup + "2<81 1<1 in<1 in<2 t300 0=1 t300 2=C1 t48 2=CC"),
  ChipScript("a byte does not end the time-out", setup + "2<81 1<1 in<1 t348 2=CC in<2 2=CC irq=1"),
  ChipScript(
    "the level comes before the time-out", setup + "2<41 1<1 in<1 t348 2=CC in<2 in<3 in<4 2=C4 0=1 2=C1 irq=0"),
  ChipScript("no time-out without a byte, or without FIFO", setup + "2<81 1<1 t1000 2=C1 event=# 2<0 in<1 2=4 event=#"),
  ChipScript(
    "emptying the FIFO ends the time-out", setup + "2<81 1<1 in<1 t348 irq=1 2<83 2=C1 irq=0 event=# t999 irq=0"),
  ChipScript("a time-out that came unseen", setup + "2<81 in<1 event=# t999 1<1 2=CC irq=1"),
  ChipScript("time-out at 9600 baud", setup + "3<83 0<C 3<3 2<81 1<1 in<1 t4166 2=C1 t1 2=CC"),
  ChipScript("time-out with parity and two stop bits", setup + "3<F 2<81 1<1 in<1 t416 2=C1 t1 2=CC"),
  ChipScript("time-out of five bits and one and a half stop bits", setup + "3<4 2<81 1<1 in<1 t260 2=C1 t1 2=CC"),
  ChipScript("THRE on enabling, once", setup + "1<2 irq=1 2=2 irq=0 2=1 1<2 2=1 1<0 1<2 2=2"),
  ChipScript(
    "THRE again after a byte, with an edge each time",
    setup + "1<2 2=2 0<41 out=41 irq=1 rises=2 0<42 rises=3 2=2 irq=0"),
  ChipScript("reading IIR for another reason keeps THRE", setup + "1<3 in<41 2=4 2=4 0=41 2=2 2=1"),
  ChipScript("THRE when FCR bit 0 changes", setup + "1<2 2=2 2=1 2<1 2=C2 2=C1 2<1 2=C1 2<0 2=2"),
  ChipScript(
    "priority: line status, data, THRE, modem status",
    setup + "4<18 1<F 0<1 0<2 2=6 5=63 2=4 0=2 2=2 4<1A 2=0 6=93 2=1"),
]

/// "Modem Control Register", bit 4.
private let loopRows = [
  ChipScript("a byte comes back, and none goes out", setup + "4<10 0<41 out=# 5=61 0=41 5=60"),
  ChipScript("no byte comes in", setup + "4<10 space=0 in<41# 5=60 4<0 space=1 in<41 5=61"),
  ChipScript("what came before stays", setup + "2<1 in<41 4<10 0<42 0=41 0=42"),
  ChipScript("as many bits as a word has", "4<10 3<0 0<FF 0=1F 3<1 0<FF 0=3F 3<2 0<FF 0=7F 3<3 0<FF 0=FF"),
  ChipScript("an overrun replaces the byte without FIFO", setup + "4<10 0<41 0<42 5=63 5=61 0=42 5=60"),
  ChipScript(
    "an overrun of the FIFO is lost",
    setup + "2<1 4<10 0<1 0<2 0<3 0<4 0<5 0<6 0<7 0<8 0<9 0<A 0<B 0<C 0<D 0<E 0<F 0<10 5=61 0<11 5=63 5=61 0=1 0=2 0=3 "
      + "0=4 0=5 0=6 0=7 0=8 0=9 0=A 0=B 0=C 0=D 0=E 0=F 5=61 0=10 5=60"),
  ChipScript("each output is an input", "4<10 6=B 6=0 4<11 6=22 4<12 6=13 4<14 6=41 4<18 6=8C 4<10 6=8 6=0"),
  ChipScript("RI shows its trailing edge alone", "4<10 6=B 4<14 6=40 4<10 6=4 6=0"),
  ChipScript("leaving it changes the inputs", "4<10 6=B 6=0 4<0 6=BB 6=B0"),
  ChipScript("leaving it with ring", "4<14 6=4B 4<0 6=BF 6=B0"),
  ChipScript("modem status interrupts", setup + "1<8 2=1 4<18 2=0 6=83 2=1 4<8 irq=1 2=0 6=B3 irq=0"),
  ChipScript("the line is dead, IIR is not", setup + "1<1 4<18 0<41 2=4 irq=0 4<8 irq=1"),
]

/// "Line Control Register", bit 6, and the errors of LSR.
private let errorRows = [
  ChipScript("a break, without FIFO", setup + "4<10 3<43 5=71 5=61 0=0 5=60 3<43 5=60 3<3 3<43 5=71"),
  ChipScript("the line status interrupt, until LSR is read", setup + "4<10 1<4 3<43 2=6 2=6 5=71 2=1"),
  ChipScript(
    "a break shows when it is the next byte", setup + "2<1 4<10 0<1 0<2 3<43 5=E1 0=1 5=E1 0=2 5=F1 5=61 0=0 5=60"),
  ChipScript("the interrupt comes with it", setup + "2<1 4<10 1<4 0<1 3<43 2=C1 0=1 2=C6 5=F1 2=C1"),
  ChipScript("two breaks", setup + "2<1 4<10 3<43 3<3 3<43 5=F1 5=E1 0=0 5=F1 5=61 0=0 5=60"),
  ChipScript("a byte behind a break", setup + "2<1 4<10 3<43 3<3 0<5 5=F1 0=0 5=61 0=5"),
  ChipScript("emptying the FIFO forgets what did not show", setup + "2<1 4<10 0<1 3<43 2<3 5=60"),
  ChipScript("bit 7 of LSR needs the FIFO", setup + "4<10 3<43 5=71 0=0 3<3 2<1 3<43 5=F1"),
]

@Suite("16550A by scripts")
struct UART16550ScriptTests {
  @Test("Registers", arguments: registerRows)
  func registers(_ row: ChipScript) { run(row) }

  @Test("Receiver", arguments: receiverRows)
  func receiver(_ row: ChipScript) { run(row) }

  @Test("Interrupts", arguments: interruptRows)
  func interrupts(_ row: ChipScript) { run(row) }

  @Test("Loop mode", arguments: loopRows)
  func loop(_ row: ChipScript) { run(row) }

  @Test("Errors", arguments: errorRows)
  func errors(_ row: ChipScript) { run(row) }

  private func run(_ row: ChipScript) {
    var chip = ScriptedUART()
    chip.run(row)
  }
}
