import DevicesLegacy
import Testing
import X86

/// A function with 32 ports behind register 14h and 4 KiB of addresses behind register 18h; each register of a window
/// reads as what was written to the window last, plus its offset.
private final class PlainFunction: PCIFunction {
  var configuration: PCIConfiguration = {
    var result = PCIConfiguration(vendor: 0x1234, device: 0x5678, revision: 9, classCode: 0x01_0203, interruptPin: 1)
    result.addWindow(1, byteCount: 32, isIO: true)
    result.addWindow(2, byteCount: 0x1000, isIO: false)
    return result
  }()
  private var written: [Int: UInt64] = [:]
  private(set) var changes: UInt64 = 0

  func configurationChanged(now: VirtualTime) { changes += 1 }
  func read(window: Int, offset: UInt64, width: Int, now: VirtualTime) -> UInt64 { (written[window] ?? 0) &+ offset }
  func write(_ value: UInt64, window: Int, offset: UInt64, width: Int, now: VirtualTime) { written[window] = value }
}

/// PCI bus 0 of the board, with a plain function at device 2: a width (b w d), then `A` and an offset for the ports of the
/// bridge, `C` and a register of the selected function, `P` and a port, `M` and an address; a place where nothing has a
/// window is refused. `fn` selects a function, device shifted by 3; `irq` gives the interrupts that are raised, `changes`
/// how often the plain function was notified, `pam` the changes of attributes, `off` the power-offs. `+9` raises and `-9`
/// lowers the line of 4 times a device plus a pin, counted from 0.
private final class ScriptedBus: ScriptedChip {
  private let bus = PCIBus()
  private let plain = PlainFunction()
  private var raised: UInt64 = 0
  private var counts: [String: UInt64] = [:]
  private lazy var bridge = HostBridge(bus: bus, reset: { [unowned self] in counts["resets", default: 0] += 1 })
  private lazy var host = I440FX { [unowned self] in counts["pam", default: 0] += 1 }
  private lazy var isa = PIIX3 { [unowned self] number, level in
    if level { raised |= 1 << UInt64(number) } else { raised &= ~(1 << UInt64(number)) }
  }
  private lazy var power = ACPIPowerManagement(
    powerOff: { [unowned self] in counts["off", default: 0] += 1 }, suspend: {})

  init() {
    bus.connect(host, name: "host", device: 0, number: 0)
    bus.connect(isa, name: "isa", device: 1, number: 0)
    bus.connect(PIIX4PowerManagement(power), name: "power", device: 1, number: 3)
    bus.connect(plain, name: "plain", device: 2, number: 0)
  }

  private func parts(_ place: String) -> (width: Int, kind: Character, number: UInt64)? {
    guard let width = ["b": 1, "w": 2, "d": 4][place.prefix(1)], let kind = place.dropFirst().first,
      let number = UInt64(place.dropFirst(2), radix: 16)
    else { return nil }
    return (width, kind, number)
  }

  private func select(_ register: UInt64) {
    let address = 0x8000_0000 | (counts["fn"] ?? 0) << 8 | register & 0xFC
    bridge.write(address, offset: 0, width: 4, now: .zero)
  }

  func write(_ place: String, _ value: UInt64) -> Bool {
    guard let (width, kind, number) = parts(place) else {
      counts[place] = value
      return true
    }
    switch kind {
    case "A": bridge.write(value, offset: number, width: width, now: .zero)
    case "C":
      select(number)
      bridge.write(value, offset: 4 + (number & 3), width: width, now: .zero)
    default: return bus.write(value, number, isIO: kind == "P", width: width, now: .zero)
    }
    return true
  }

  func read(_ place: String) -> UInt64? {
    guard let (width, kind, number) = parts(place) else {
      switch place {
      case "irq": return raised
      case "changes": return plain.changes
      case "shown":
        return host.attributes.reduce(0) { $0 << 2 | ($1.readsRAM ? 1 : 0) | ($1.writesRAM ? 2 : 0) }
      default: return counts[place] ?? 0
      }
    }
    switch kind {
    case "A": return bridge.value(number, width: width)
    case "C":
      select(number)
      return bridge.value(4 + (number & 3), width: width)
    default:
      return bus.read(number, isIO: kind == "P", width: width, now: .zero).map { $0 & (.max >> UInt64(64 - 8 * width)) }
    }
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool {
    guard verb == "+" || verb == "-" else { return false }
    isa.set(device: Int(number / 4), pin: Int(number % 4) + 1, verb == "+")
    return true
  }
}

private let rows = [
  ChipScript("identities", "dC0=12378086 fn<8 dC0=70008086 fn<B dC0=71138086 fn<10 dC0=56781234"),
  ChipScript("classes", "dC8=6000002 fn<8 dC8=6010000 fn<B dC8=6800003 fn<10 dC8=1020309"),
  ChipScript("only the ISA bridge has several functions", "bCE=0 fn<8 bCE=80 fn<10 bCE=0"),
  ChipScript("subsystem of the host bridge", "dC2C=11001AF4 fn<10 dC2C=0"),
  ChipScript("no function", "fn<9 dC0=FFFFFFFF wC2=FFFF bC3=FF dC0<0 fn<18 dC0=FFFFFFFF fn<F8 dC0=FFFFFFFF"),
  ChipScript("another bus", "dA0<80010000 dA4=FFFFFFFF dA0<80000000 dA4=12378086"),
  ChipScript("without the enable bit", "dA0<0 dA4=FFFFFFFF wA4<0 dA0<80000000 dA4=12378086"),
  ChipScript("widths", "bC0=86 bC1=80 bC2=37 bC3=12 wC0=8086 wC2=1237 wC1=3780"),
  ChipScript("an access ends with the register", "fn<10 dC3C<0 wC3F=FF00 bC3F=0 dC1=FF567812"),
  ChipScript("read-only", "dC0<FFFFFFFF dC0=12378086 dC8<0 dC8=6000002 bC3D<FF bC3D=0 fn<10 bC3D<FF bC3D=1"),
  ChipScript("interrupt line is stored", "fn<10 bC3C=0 bC3C<B bC3C=B dC3C=10B"),
  ChipScript(
    "the function is notified of each write", "fn<10 changes=0 bC3C<1 dC10<0 changes=2 dC0=56781234 changes=2"),
  ChipScript(
    "size of windows", "fn<10 dC14=1 dC14<FFFFFFFF dC14=FFFFFFE1 dC18<FFFFFFFF dC18=FFFFF000 dC10<FFFFFFFF dC10=0"),
  ChipScript(
    "ports need I/O space", "fn<10 dC14<C001 bPC000=# wC4<2 bPC000=# wC4<1 bPC000=0 bPC01F=1F bPC020=# bPBFFF=#"),
  ChipScript(
    "addresses need memory space",
    "fn<10 dC18<E0000000 bME0000000=# wC4<1 bME0000000=# wC4<2 bME0000FFF=FF wME0001000=#"),
  ChipScript("windows move", "fn<10 dC14<C001 wC4<3 dPC004<11 dPC000=11 dC14<D001 dPC000=# dPD001=12"),
  ChipScript(
    "both windows are their own", "fn<10 dC14<C001 dC18<E0000000 wC4<3 dPC000<5 dME0000000<7 dPC000=5 dME0000000=7"),
  ChipScript("a window of address 0 is nowhere", "fn<10 wC4<3 bP0=# bM0=#"),
  ChipScript("ports have 16 bits", "fn<10 wC4<1 dC14<12340000 bP12340000=# dC14<FFFF bPFFE0=0 bPFFFF=1F"),
  ChipScript("PAM after reset", "bC59=0 wC5A=0 dC5C=0 shown=0 pam=0"),
  ChipScript(
    "PAM0: F0000h in its upper half", "bC59<FF bC59=30 pam=1 shown=3000000 bC59<10 shown=1000000 bC59<20 shown=2000000"),
  ChipScript(
    "PAM1: C0000h below, C4000h above", "bC5A<FF bC5A=33 shown=F00000 bC5A<1 shown=400000 bC5A<20 shown=200000"),
  ChipScript("PAM6: E8000h below, EC000h above", "bC5F<21 bC5F=21 shown=6 bC5F<12 shown=9"),
  ChipScript("all at once", "wC5A<3333 dC5C<33333333 shown=FFFFFF"),
  ChipScript("SMRAM stays", "bC72=2 bC72<48 bC72=2"),
  ChipScript("PIRQ routes after reset", "fn<8 dC60=80808080 dC60<FFFFFFFF dC60=8F8F8F8F"),
  ChipScript("INTA# of device 1 is PIRQA#", "fn<8 bC60<B +4 irq=800 -4 irq=0"),
  ChipScript("device 2, INTA#, and device 1, INTB#, are PIRQB#", "fn<8 bC61<A +8 irq=400 +5 -8 irq=400 -5 irq=0"),
  ChipScript("PIRQC#, PIRQD#", "fn<8 bC62<5 bC63<6 +12 irq=20 +16 irq=60 -12 irq=40"),
  ChipScript("device 0, INTA#, is PIRQD#", "fn<8 bC63<9 +0 irq=200"),
  ChipScript("lines that share an interrupt", "fn<8 bC60<A bC61<A +4 +8 irq=400 -4 irq=400 -8 irq=0"),
  ChipScript("devices that share a line", "fn<8 bC60<A +4 +20 -4 irq=400 -20 irq=0"),
  ChipScript(
    "a route that moves takes the level with it", "fn<8 bC60<A +4 irq=400 bC60<B irq=800 bC60<8B irq=0 bC60<B irq=800"),
  ChipScript(
    "interrupts that no line reaches",
    "fn<8 +4 bC60<0 irq=0 bC60<1 irq=0 bC60<2 irq=0 bC60<8 irq=0 bC60<D irq=0 bC60<3 irq=8"),
  ChipScript("PMBA", "fn<B dC40=1 dC40<FFFFFFFF dC40=FFC1"),
  ChipScript(
    "ports of power management need PMIOSE",
    "fn<B dC40<601 wP604=# bC80<FF bC80=1 wP604=1 wP640=# wP63E=0 bC80<0 wP604=#"),
  ChipScript("ACPI's registers behind it", "fn<B dC40<B001 bC80<1 wPB002<120 wPB002=120 wPB004<2000 off=1"),
  ChipScript("no system management interrupt is to be enabled", "fn<B dC58=2000000 dC58<0 dC58=2000000"),
  ChipScript("the SMBus", "fn<B dC90<701 bCD2<1 bP700=0 bP702<48 bP700=4 bP700<4 bP700=0 bP702<8 bP700=0 bP710=#"),
  ChipScript("reset control is beside it", "bA1<6 resets=1 dA0<80000000 dA4=12378086"),
]

@Suite("PCI")
struct PCITests {
  @Test("Bus, host bridge, ISA bridge, power management", arguments: rows)
  func scripts(_ row: ChipScript) {
    var bus = ScriptedBus()
    bus.run(row)
  }

  @Test("Of windows that overlap the first function's wins")
  func overlap() {
    let (bus, first, second) = (PCIBus(), PlainFunction(), PlainFunction())
    bus.connect(second, name: "second", device: 5, number: 0)
    bus.connect(first, name: "first", device: 4, number: 0)
    for function in [first, second] {
      function.configuration.set(0xC001, at: 0x14, width: 4)
      function.configuration.set(1, at: 0x04, width: 2)
    }
    bus.findWindows()
    #expect(bus.name(of: 0xC000, isIO: true) == "first")
    #expect(bus.name(of: 0xC000, isIO: false) == nil)
    #expect(bus.places.map(\.name) == ["first", "second"])
  }
}
