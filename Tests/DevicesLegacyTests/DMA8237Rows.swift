import DevicesLegacy
import Testing

/// The controllers: registers by their ports; `mADDRESS` is a byte of memory, `sent` the bytes of the last transfer,
/// `tc` its terminal count, `got` the bytes that came from memory, first one lowest. Channel `cN` is the one to use:
/// `w3` sends 3 bytes (1, 2, 3) to memory, `r3` asks for 3, `q1` and `q0` drive its DREQ.
private final class ScriptedDMA: ScriptedChip {
  private let memory = ScratchMemory(byteCount: 1 << 21)
  private lazy var chip = DMA8237(memory: memory)
  private var channel = 2
  private var transfer: DMA8237.Transfer?
  private var bytes: [UInt8] = []

  func write(_ place: String, _ value: UInt64) -> Bool {
    if place.hasPrefix("m"), let address = UInt64(place.dropFirst(), radix: 16) {
      memory.bytes[Int(address)] = UInt8(truncatingIfNeeded: value)
      return true
    }
    guard let port = UInt64(place, radix: 16) else { return false }
    chip.setByte(port, UInt8(truncatingIfNeeded: value))
    return true
  }

  func read(_ place: String) -> UInt64? {
    switch place {
    case "sent": transfer.map { UInt64($0.count) }
    case "tc": transfer?.isTerminal == true ? 1 : 0
    case "got": bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    case "ready": chip.isReady(channel) ? 1 : 0
    default:
      if place.hasPrefix("m") {
        UInt64(place.dropFirst(), radix: 16).map { UInt64(memory.bytes[Int($0)]) }
      } else {
        UInt64(place, radix: 16).map { UInt64(chip.byte($0)) }
      }
    }
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool {
    switch verb {
    case "c": channel = Int(number)
    case "q": chip.setRequest(channel, number != 0)
    case "w": transfer = chip.transferToMemory(channel, (0..<number).map { UInt8(truncatingIfNeeded: $0 + 1) })
    case "r": (bytes, transfer) = chip.transferFromMemory(channel, count: Int(number))
    default: return false
    }
    return true
  }
}

/// The cascade as a BIOS sets it: channel 4 in cascade mode, not masked.
private let cascade = "D6<C0 D4<0 "
/// Channel 2 at 12345h with four bytes to go (a count of 3), in a mode that the row writes.
private let channel2 = cascade + "0C<0 04<45 04<23 81<1 05<3 05<0 0A<2 "

private let rows = [
  ChipScript("after reset all channels are masked", "0F=F DE=F 08=0 D0=0 ready=0"),
  ChipScript("address and count: low byte, then high byte", "0C<0 00<34 00<12 01<78 01<56 00=34 00=12 01=78 01=56"),
  ChipScript("the flip-flop is one for all channels", "0C<0 00<34 03<56 0C<0 00=34 00=0 03=0 03=56"),
  ChipScript("clear byte pointer flip-flop", "0C<0 00<34 00<12 00=34 0C<0 00=34 00=12"),
  ChipScript("the controllers have a flip-flop each", "0C<0 D8<0 00<34 C0<56 C0<78 00<12 00=34 C0=56 C0=78 00=12"),
  ChipScript("ports of the first repeat", "1C<0 10<34 10<12 00=34 10=12"),
  ChipScript("words of the second", "D8<0 C4<1 C4<2 C6<3 C6<4 C5=1 C4=2 C7=3 C6=4"),
  ChipScript("page registers", "87<1 83<2 81<3 82<4 8F<5 8B<6 89<7 8A<8 87=1 83=2 81=3 82=4 8F=5 8B=6 89=7 8A=8 80=0"),
  ChipScript("single masks", "0A<1 0F=D 0A<3 0F=5 0A<5 0F=7 0A<4 0F=7 0A<0 0F=6"),
  ChipScript("all masks, clear mask", "0F<FA 0F=A 0E<0 0F=0 DE<3 DE=3 DC<0 DE=0"),
  ChipScript("requests show in the status", "09<6 08=40 08=40 09<2 08=0 c6 q1 D0=40 q0 D0=0"),
  ChipScript(
    "master clear", channel2 + "0B<46 w4 tc=1 09<5 00<1 0D<0 0F=F 08=0 04=49 04=23 05=FF 05=FF"),
  ChipScript("what cannot be read", "09=FF 0A=FF 0B=FF 0C=FF 0D=0 0E=FF DA=0"),

  ChipScript("to memory", channel2 + "0B<46 ready=1 w3 sent=3 tc=0 m12345=1 m12347=3 08=0 0C<0 04=48 04=23 05=0 05=0"),
  ChipScript("terminal count masks and shows", channel2 + "0B<46 w4 sent=4 tc=1 m12348=4 08=4 08=0 0F=F w1 sent=0"),
  ChipScript("no more bytes than the count", channel2 + "0B<46 w9 sent=4 tc=1 m12348=4 m12349=0 0C<0 05=FF 05=FF"),
  ChipScript("demand and block mode", channel2 + "0B<06 w2 sent=2 0B<86 w2 sent=2 tc=1 m12346=2 m12347=1"),
  ChipScript(
    "autoinitialise", channel2 + "0B<56 w4 tc=1 0F=B 08=4 0C<0 04=45 04=23 05=3 05=0 w2 sent=2 m12345=1 m12346=2"),
  ChipScript("decrement", channel2 + "0B<66 w4 sent=4 tc=1 m12345=1 m12344=2 m12342=4 0C<0 04=41 04=23"),
  ChipScript(
    "from memory", channel2 + "0B<4A m12345<11 m12346<22 m12347<33 r3 sent=3 got=332211 tc=0 r3 sent=1 tc=1 08=4"),
  ChipScript(
    "from memory, down", channel2 + "0B<6A m12345<11 m12344<22 m12343<33 r3 got=332211"),
  ChipScript("verify moves nothing and counts", channel2 + "0B<42 w4 sent=4 tc=1 m12345=0 08=4"),
  ChipScript("the other direction", channel2 + "0B<4A w2 sent=2 m12345=0 0B<46 r2 sent=2 got=FFFF tc=1"),
  ChipScript(
    "addresses wrap in their page", channel2 + "0C<0 04<FE 04<FF 0B<46 w4 m1FFFE=1 m1FFFF=2 m10000=3 m20000=0"),
  ChipScript("down they wrap too", channel2 + "0C<0 04<1 04<0 0B<66 w4 m10001=1 m10000=2 m1FFFF=3 m1FFFE=4"),
  ChipScript("a full page", channel2 + "0C<0 04<0 04<0 05<FF 05<FF 0B<46 w65537 sent=10000 tc=1 m10000=1 m1FFFF=0"),
  ChipScript("masked, disabled, in cascade mode", channel2 + "0B<46 08<4 ready=0 w1 sent=0 08<0 ready=1 0B<C6 ready=0"),
  ChipScript(
    "the cascade is masked", channel2 + "0B<46 D4<4 ready=0 D4<0 ready=1 D6<40 ready=0 D6<C0 ready=1 D0<4 ready=0"),
  ChipScript("a software request ends with terminal count", channel2 + "0B<86 09<6 08=40 w4 08=4"),

  // Channel 5 at 2468Ah: words, of which the page's lowest bit is not one.
  ChipScript(
    "words", "D8<0 C4<45 C4<23 8B<3 C6<1 C6<0 D4<1 D6<45 c5 ready=1 w6 sent=4 tc=1 m2468A=1 m2468D=4 m2468E=0 D0=2"),
  ChipScript("half a word stays", "D8<0 C4<45 C4<23 8B<3 C6<1 C6<0 D4<1 D6<45 c5 w3 sent=2 m2468B=2 m2468C=0"),
  ChipScript(
    "words down", "D8<0 C4<45 C4<23 8B<3 C6<1 C6<0 D4<1 D6<65 c5 w4 m2468A=1 m2468B=2 m24688=3 m24689=4"),
  ChipScript(
    "words from memory, down",
    "D8<0 C4<45 C4<23 8B<3 C6<1 C6<0 D4<1 D6<69 c5 m2468A<1 m2468B<2 m24688<3 m24689<4 r4 got=4030201"),
  ChipScript("there are eight channels", "c8 ready=0 w1 sent=0 c4 D6<C0 D4<0 ready=0"),
]

@Suite("8237A by the data sheet")
struct DMA8237Rows {
  @Test("Registers and transfers", arguments: rows)
  func script(_ row: ChipScript) {
    var chip = ScriptedDMA()
    chip.run(row)
  }
}
