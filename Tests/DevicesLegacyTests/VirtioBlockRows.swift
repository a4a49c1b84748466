import DevicesLegacy
import Testing
import X86

/// The device with 64 sectors, and a driver of it.
///
/// `b1.14` is a byte of window 1, with h, d and q for 2, 4 and 8 bytes; `c4.10` are 4 bytes of configuration space,
/// `m4.5000` 4 bytes of memory, `k200` a byte of the medium; `irq`, `rises`, `next` (microseconds to the next event),
/// `flushes` and `writes` (those not flushed) look at the outputs. `v1` sets up a driver of version 1, `v0` one of the
/// legacy interface, both with descriptors at 1000h, the available ring at 2000h and the used ring at 3000h. `r512`
/// makes descriptors 0 to 2 a request: header at 4000h, 512 bytes at 5000h for the device to write, status at 6000h;
/// `w512` one whose bytes the device reads. `a0` makes descriptor 0 available, `k` notifies, `t20` lets microseconds
/// pass, `b1` makes the medium fail.
private final class ScriptedVirtio: ScriptedChip {
  private let line = ScriptLine()
  private let memory = ScratchMemory(byteCount: 1 << 20)
  private let medium: ScratchMedium
  private let chip: VirtioBlock
  private var now: UInt64 = 0
  private var isLegacy = false

  init(isReadOnly: Bool = false) {
    medium = ScratchMedium(byteCount: 64 * 512, isReadOnly: isReadOnly)
    chip = VirtioBlock(storage: medium, memory: memory, interrupt: line, serial: "EMU0001")
  }

  private var time: VirtualTime { VirtualTime(nanoseconds: now) }

  /// A letter, a number and, behind a dot, a number in hexadecimal.
  private func parts(_ place: String) -> (kind: Character, number: Int, offset: UInt64)? {
    let halves = place.dropFirst().split(separator: ".")
    guard let kind = place.first, let offset = halves.last.flatMap({ UInt64($0, radix: 16) }) else { return nil }
    return (kind, halves.count == 2 ? Int(halves[0]) ?? 0 : 0, offset)
  }

  private static let widths: [Character: Int] = ["b": 1, "h": 2, "d": 4, "q": 8]

  func write(_ place: String, _ value: UInt64) -> Bool {
    guard let (kind, number, offset) = parts(place) else { return false }
    switch kind {
    case "m": memory.put(value, width: number, at: offset)
    case "c": configure(value, Int(offset), number)
    case "k": medium.bytes[Int(offset)] = UInt8(truncatingIfNeeded: value)
    default:
      guard let width = Self.widths[kind] else { return false }
      chip.write(value, window: number, offset: offset, width: width, now: time)
    }
    return true
  }

  private func configure(_ value: UInt64, _ register: Int, _ width: Int) {
    chip.configuration.write(UInt32(truncatingIfNeeded: value), at: register, width: width)
    chip.configurationChanged(at: register, width: width, now: time)
  }

  func read(_ place: String) -> UInt64? {
    switch place {
    case "irq": return line.level ? 1 : 0
    case "rises": return line.rises
    case "next": return chip.nextEvent.map { ($0.nanoseconds - now) / 1000 } ?? 0
    case "flushes": return medium.flushes
    case "writes": return medium.unflushedWrites
    default: break
    }
    guard let (kind, number, offset) = parts(place) else { return nil }
    switch kind {
    case "m": return memory.number(at: offset, width: number)
    case "c":
      chip.configurationWillBeRead(at: Int(offset), width: number, now: time)
      return UInt64(chip.configuration.value(at: Int(offset), width: number))
    case "k": return UInt64(medium.bytes[Int(offset)])
    default:
      guard let width = Self.widths[kind] else { return nil }
      return chip.read(window: number, offset: offset, width: width, now: time) & (.max >> UInt64(64 - 8 * width))
    }
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool {
    switch verb {
    case "v": setUp(isLegacy: number == 0)
    case "r", "w":
      let isRead = verb == "r"
      memory.put(isRead ? 0 : 1, width: 4, at: 0x4000)
      describe(0, 0x4000, 16, flags: 1, next: 1)
      describe(1, 0x5000, number, flags: isRead ? 3 : 1, next: 2)
      describe(2, 0x6000, 1, flags: 2, next: 0)
      memory.put(0xEE, width: 1, at: 0x6000)
    case "a":
      let index = memory.number(at: 0x2002, width: 2)
      memory.put(number, width: 2, at: 0x2004 + 2 * (index % 256))
      memory.put(index + 1, width: 2, at: 0x2002)
    case "k": chip.write(0, window: isLegacy ? 0 : 1, offset: isLegacy ? 0x10 : 0xC00, width: 2, now: time)
    case "t":
      now += number * 1000
      chip.advance(to: time)
    case "b": medium.isBroken = number != 0
    default: return false
    }
    return true
  }

  private func describe(_ index: UInt64, _ address: UInt64, _ count: UInt64, flags: UInt64, next: UInt64) {
    memory.put(address, width: 8, at: 0x1000 + 16 * index)
    memory.put(count | flags << 32 | next << 48, width: 8, at: 0x1008 + 16 * index)
  }

  private func setUp(isLegacy: Bool) {
    self.isLegacy = isLegacy
    configure(7, 4, 2)
    let words =
      isLegacy
      ? "b0.12<0 b0.12<1 b0.12<3 d0.4<10000200 h0.E<0 d0.8<1 b0.12<7"
      : "b1.14<0 b1.14<1 b1.14<3 d1.8<0 d1.C<10000200 d1.8<1 d1.C<1 b1.14<B h1.16<0 h1.18<100 q1.20<1000 "
        + "q1.28<2000 q1.30<3000 h1.1C<1 b1.14<F"
    var chip = self
    chip.run(ChipScript("set-up", words))
  }
}

private let registerRows = [
  ChipScript("identification", "c4.0=10011AF4 c4.8=1800000 c4.2C=21AF4 c1.3D=1 c1.E=0 c2.6=10 c1.34=40"),
  ChipScript("windows", "c4.10=1 c4.14=0 c4.10<FFFFFFFF c4.10=FFFFFF81 c4.14<FFFFFFFF c4.14=FFFFF000 c4.18<FF c4.18=0"),
  ChipScript(
    "capabilities",
    "c4.40=1105009 c4.44=1 c4.48=0 c4.4C=38 c4.50=2146409 c4.54=1 c4.58=C00 c4.5C=4 c4.60=4 c4.64=3107409 c4.68=1 "
      + "c4.6C=400 c4.70=1 c4.74=4108409 c4.78=1 c4.7C=800 c4.80=3C c4.84=5140009 c4.88=0"),
  ChipScript("capabilities are read-only", "c4.40<0 c4.44<0 c4.48<5 c4.40=1105009 c4.44=1 c4.48=0"),
  ChipScript(
    "configuration access capability", "c1.88<1 c4.8C<4 c4.90<4 c4.94=10000244 c4.8C<14 c4.90<1 c1.94<1 b1.14=1"),
  ChipScript(
    "configuration access: queue size", "c1.88<1 c4.8C<18 c4.90<2 c2.94=100 c2.94<40 h1.18=40 c4.90<3 c2.94=40"),
  ChipScript("configuration access reads ISR", "v1 r512 a0 k t20 irq=1 c1.88<1 c4.8C<400 c4.90<1 c1.94=1 irq=0"),
  ChipScript("configuration access elsewhere", "c1.88<2 c4.90<4 c4.94<5 c4.94=5 c1.88<1 c4.8C<1000 c4.94=5"),
  ChipScript("features of version 1", "d1.4=10000244 d1.0<1 d1.4=1 d1.0<2 d1.4=0 d1.0=2"),
  ChipScript("features of the legacy interface", "d0.0=18000244"),
  ChipScript("one queue", "h1.12=1 h1.16=0 h1.18=100 h1.1E=0 h1.16<1 h1.18=0 h1.1C=0 h1.18<8 h1.16<0 h1.18=100"),
  ChipScript("no MSI-X", "h1.10=FFFF h1.10<0 h1.10=FFFF h1.1A=FFFF h1.1A<1 h1.1A=FFFF"),
  ChipScript("queue size is a power of 2", "h1.18<40 h1.18=40 h1.18<0 h1.18=40 h1.18<41 h1.18=40 h1.18<200 h1.18=40"),
  ChipScript("halves of addresses", "d1.20<89ABCDEF d1.24<1234567 q1.20=123456789ABCDEF q1.28<5 d1.28=5 d1.2C=0"),
  ChipScript("bytes of a field", "b1.31<12 b1.33<34 d1.30=34001200"),
  ChipScript(
    "an enabled queue is fixed", "q1.20<1000 h1.1C<1 h1.1C=1 q1.20<2000 q1.20=1000 h1.18<8 h1.18=100 h1.1C<0 h1.1C=1"),
  ChipScript("FEATURES_OK", "d1.8<1 d1.C<1 b1.14<B b1.14=B d1.C<0 d1.C=1"),
  ChipScript("FEATURES_OK without version 1", "b1.14<B b1.14=3"),
  ChipScript("FEATURES_OK with a feature that is not offered", "d1.C<8 d1.8<1 d1.C<1 b1.14<B b1.14=3"),
  ChipScript(
    "status 0 resets",
    "v1 b1.14=F b1.14<0 b1.14=0 h1.1C=0 q1.20=0 d1.8<1 d1.C=0 c2.4=7 h1.18=100"),
  ChipScript(
    "device configuration", "q1.800=40 d1.808=0 d1.80C=FE d1.814=200 q0.14=40 d0.20=FE d0.28=200 d1.83C=0 d0.7C=0"),
  ChipScript("no registers", "q1.38=0 d1.400=0 d1.404=0 d1.C00=0 d1.FFC=0 d2.0=0 d2.0<1 d1.FFC<5 q0.7C=0"),
  ChipScript(
    "legacy registers", "d0.4<FFFFFFFF d0.4=18000244 d0.8=0 h0.C=100 h0.E<1 h0.C=0 d0.8<5 d0.8=0 h0.E<0 d0.8=0"),
  ChipScript("legacy queue", "d0.8<5 d0.8=5 q1.20=5000 q1.28=6000 q1.30=7000 h1.1C=1 d0.8<0 h1.1C=0"),
  ChipScript("legacy status", "b0.12<3 b0.12=3 b0.12<B b0.12=3 b0.12<0 b0.12=0"),
]

private let requestRows = [
  ChipScript(
    "IN",
    "v1 m8.4008<3 r512 a0 k irq=0 next=14 t19 m1.6000=EE t1 irq=1 m1.5000=3 m1.51FF=3 m1.6000=0 m1.5200=0 m2.3002=1 "
      + "m8.3004=20100000000 h1.400=1 irq=0 h1.400=0 next=0"),
  ChipScript("IN by a legacy driver", "v0 m8.4008<3 r512 a0 k t20 irq=1 m1.5000=3 m1.6000=0 m2.3002=1 b0.13=1 irq=0"),
  ChipScript("a legacy driver before DRIVER_OK", "v0 b0.12<3 r512 a0 k t20 m1.6000=0"),
  ChipScript("version 1 before DRIVER_OK", "v1 b1.14<B r512 a0 k t20 m1.6000=EE b1.14<F t20 m1.6000=0"),
  ChipScript(
    "OUT",
    "v1 m8.4008<3 w512 m1.5000<AA m1.51FF<BB a0 k t20 m1.6000=0 k600=AA k7FF=BB k800=4 m8.3004=100000000 "
      + "writes=1"),
  ChipScript("OUT is durable without FLUSH", "v0 b0.12<3 d0.4<0 w512 a0 k t20 m1.6000=0 writes=0 flushes=1"),
  ChipScript("FLUSH", "v1 w512 a0 k t20 writes=1 m4.4000<4 m1.6000<EE a0 k t20 m1.6000=0 writes=0 flushes=1"),
  ChipScript("GET_ID", "v1 r20 m4.4000<8 a0 k t20 m1.6000=0 m8.5000=31303030554D45 m4.5010=0 m8.3004=1500000000"),
  ChipScript(
    "GET_ID with a longer buffer", "v1 r64 m1.5014<99 m4.4000<8 a0 k t20 m1.6000=0 m1.5014=99 m8.3004=1400000000"),
  ChipScript("GET_ID with a shorter buffer", "v1 r3 m1.5003<99 m4.4000<8 a0 k t20 m4.5000=99554D45"),
  ChipScript("another type", "v1 r512 m4.4000<B m1.5000<99 a0 k t20 m1.6000=2 m1.5000=99 m8.3004=0 m2.3002=1"),
  ChipScript("several sectors", "v1 m8.4008<2 r2048 a0 k t20 m1.5000=2 m1.5600=5 m1.6000=0 m4.3008=801"),
  ChipScript("to the end", "v1 m8.4008<3F r512 a0 k t20 m1.6000=0 m1.5000=3F"),
  ChipScript("beyond the end", "v1 m8.4008<3F r1024 m1.5000<99 a0 k t20 m1.6000=1 m1.5000=99 m4.3008=0 irq=1 b1.14=F"),
  ChipScript(
    "far beyond the end",
    "v1 m8.4008<FFFFFFFFFFFFFFFF r512 a0 k t20 m1.6000=1 m8.4008<40 m1.6000<EE a0 k t20 m1.6000=1"),
  ChipScript("half a sector", "v1 r256 a0 k t20 m1.6000=1 w256 a0 k t20 m1.6000=1"),
  ChipScript("nothing", "v1 r0 a0 k t20 m1.6000=0 m4.3008=1"),
  ChipScript("the host fails", "v1 b1 r512 a0 k t20 m1.6000=1 w512 a0 k t20 m1.6000=1 m4.4000<4 a0 k t20 m1.6000=1"),
  ChipScript("two requests, one notification", "v1 r512 a0 a0 k t20 m2.3002=2 m4.300C=0 m4.3010=201 rises=1"),
  ChipScript("NO_INTERRUPT", "v1 m2.2000<1 r512 a0 k t20 m2.3002=1 irq=0 b1.400=0 m2.2000<0 a0 k t20 irq=1"),
  ChipScript("interrupt disable", "v1 r512 a0 k t20 irq=1 c2.6=18 c2.4<407 irq=0 c2.4<7 irq=1 b1.400=1 c2.6=10"),
  ChipScript("no bus master", "v1 c2.4<3 r512 a0 k t20 m1.6000=EE next=0 c2.4<7 next=14 t20 m1.6000=0"),
  ChipScript("another queue's notification", "v1 r512 a0 h1.C00<1 next=0 t20 m1.6000=EE"),
  ChipScript("reset forgets a notification", "v1 r512 a0 k b1.14<0 next=0 t20 m1.6000=EE"),
  // The header lies in two descriptors, the status at the end of the data's.
  ChipScript(
    "any layout",
    "v1 r512 m8.1000<4000 m8.1008<1000100000008 m8.1010<4008 m8.1018<2000100000008 m8.4008<7 m8.1020<5000 "
      + "m8.1028<200000201 a0 k t20 m1.5000=7 m1.51FF=7 m1.5200=0 m4.3008=201"),
  ChipScript(
    "indirect descriptors",
    "v1 r512 m8.7000<4000 m8.7008<1000100000010 m8.7010<5000 m8.7018<2000300000200 m8.7020<6000 m8.7028<200000001 "
      + "m8.1050<7000 m8.1058<400000030 m8.4008<9 a5 k t20 m1.6000=0 m1.5000=9 m4.3004=5 m4.3008=201"),
  ChipScript("the rings wrap", "v1 r512 " + String(repeating: "a0 k t20 ", count: 300) + "m2.3002=12C rises=1"),
]

/// Rings and descriptors that no driver makes: bit 6 of the status is DEVICE_NEEDS_RESET, bit 1 of the ISR says that
/// the configuration has changed.
private let hostileRows = [
  ChipScript("more buffers than entries", "v1 m2.2002<101 k t20 b1.14=4F h1.400=2 irq=0 k t20 next=0"),
  ChipScript(
    "a reset heals", "v1 m2.2002<101 k t20 b1.14=4F b1.14<F b1.14=4F v1 b1.14=F m2.2002<0 r512 a0 k t20 m1.6000=0"),
  ChipScript("a head beyond the table", "v1 a256 k t20 b1.14=4F"),
  ChipScript("next beyond the table", "v1 r512 m2.100E<100 a0 k t20 b1.14=4F m1.6000=EE"),
  ChipScript("a loop", "v1 r512 m2.102C<3 m2.102E<2 a0 k t20 b1.14=4F m2.3002=0"),
  ChipScript("a loop of one", "v1 r512 m2.100E<0 a0 k t20 b1.14=4F"),
  ChipScript("readable behind writable", "v1 r512 m2.102C<0 a0 k t20 b1.14=4F"),
  ChipScript("no status", "v1 r512 m2.101C<0 m2.100C<0 a0 k t20 b1.14=4F"),
  ChipScript("a short header", "v1 r512 m4.1008<F a0 k t20 b1.14=4F"),
  ChipScript("nothing to write the status to", "v1 r0 m4.1028<0 a0 k t20 b1.14=4F"),
  ChipScript("a buffer around the end of addresses", "v1 r512 m8.1010<FFFFFFFFFFFFFF00 a0 k t20 b1.14=4F"),
  ChipScript("a buffer that is no memory", "v1 r512 m8.1010<FFFFFFFF00000000 a0 k t20 b1.14=F m1.6000=0"),
  ChipScript("a header that is no memory", "v1 r512 m8.1000<FFFFFFFF00000000 a0 k t20 b1.14=F m1.6000=2"),
  ChipScript(
    "lengths of 4 GiB", "v1 r512 m4.1018<FFFFFE00 a0 k t20 b1.14=F m1.6000=1 w512 m4.1018<FFFFFE00 a0 k t20 m1.6000=1"),
  ChipScript("indirect in a chain", "v1 r512 m2.101C<5 a0 k t20 b1.14=4F"),
  ChipScript("indirect of no entry", "v1 m8.1000<7000 m8.1008<400000000 a0 k t20 b1.14=4F"),
  ChipScript("indirect of half an entry", "v1 m8.1000<7000 m8.1008<400000018 a0 k t20 b1.14=4F"),
  ChipScript("indirect of too many", "v1 m8.1000<7000 m8.1008<400001010 a0 k t20 b1.14=4F"),
  ChipScript(
    "indirect in indirect", "v1 m8.1000<7000 m8.1008<400000010 m8.7000<7000 m8.7008<400000010 a0 k t20 b1.14=4F"),
  ChipScript(
    "a loop in indirect", "v1 m8.1000<7000 m8.1008<400000010 m8.7000<7000 m8.7008<100000010 a0 k t20 b1.14=4F"),
  ChipScript(
    "next beyond indirect", "v1 m8.1000<7000 m8.1008<400000010 m8.7000<7000 m8.7008<1000100000010 a0 k t20 b1.14=4F"),
  ChipScript("indirect without the feature", "v0 b0.12<3 d0.4<0 m8.1000<7000 m8.1008<400000010 a0 k t20 b0.12=43"),
  ChipScript("rings that are no memory", "v1 b1.14<0 v1 d0.8<FFFFFFFF k t20 b1.14=4F"),
  ChipScript(
    "rings around the end of addresses",
    "v1 b1.14<0 d1.8<1 d1.C<1 b1.14<B q1.28<FFFFFFFFFFFFFFFF q1.20<FFFFFFFFFFFFFFFF q1.30<FFFFFFFFFFFFFFFF h1.1C<1 "
      + "b1.14<F k t20"),
  ChipScript(
    "a used ring around the end of addresses",
    "v1 b1.14<0 d1.8<1 d1.C<1 b1.14<B q1.28<2000 q1.20<1000 q1.30<FFFFFFFFFFFFFFFC h1.1C<1 b1.14<F r512 a0 k t20 "
      + "m1.6000=0 b1.14=F"),
  ChipScript(
    "descriptors around the end of addresses",
    "v1 b1.14<0 d1.8<1 d1.C<1 b1.14<B q1.28<2000 q1.20<FFFFFFFFFFFFFFF8 h1.1C<1 b1.14<F a0 k t20 b1.14=4F"),
  ChipScript("a legacy driver is not interrupted before DRIVER_OK", "v0 b0.12<3 m2.2002<101 k t20 b0.12=43 irq=0"),
]

@Suite("Virtio block device by the specification")
struct VirtioBlockRows {
  @Test("Registers", arguments: registerRows)
  func registers(_ row: ChipScript) { run(row, ScriptedVirtio()) }

  @Test("Requests", arguments: requestRows)
  func requests(_ row: ChipScript) { run(row, ScriptedVirtio()) }

  @Test("Hostile drivers", arguments: hostileRows)
  func hostile(_ row: ChipScript) { run(row, ScriptedVirtio()) }

  @Test("A medium that is read-only")
  func readOnly() {
    run(
      ChipScript("", "d1.4=10000264 d0.0=18000264 v1 w512 a0 k t20 m1.6000=1 m1.6000<EE r512 a0 k t20 m1.6000=0"),
      ScriptedVirtio(isReadOnly: true))
  }

  private func run(_ row: ChipScript, _ device: ScriptedVirtio) {
    var chip = device
    chip.run(row)
  }
}
