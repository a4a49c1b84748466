import DevicesLegacy
import Testing
import X86

// A packet is written as q (eight bytes) and r (four). PACKET by programmed
// I/O has a byte count limit of FFFEh or, with 1 in Features, DMA.

/// PACKET with FFFEh as limit, up to its data request.
private let packet = "6<A0 1<0 4<FE 5<FF 7<A0 w 8=58"
/// TEST UNIT READY that takes the unit attention.
private let attention = "\(packet) q<0 r<0 w 7=51 1=60"
/// The same, and the next PACKET is begun.
private let ready = "\(attention) \(packet)"
/// REQUEST SENSE: the sense key and the additional code.
private func sense(_ key: String, _ code: String, _ qualifier: String = "0") -> String {
  "\(packet) q<0300000012000000 r<0 w 7=58 4=12 5=0 0=70 0=0 0=\(key) 0=0 x2 0=0 0=0 x1 0=\(code) "
    + "0=\(qualifier) x2 w"
}
/// A packet is refused, with a sense key and an additional code.
private func refused(_ bytes: String, _ rest: String, _ key: String, _ code: String, _ qualifier: String = "0")
  -> String
{
  "\(ready) q<\(bytes) r<\(rest) w 7=51 1=\(key == "5" ? "54" : key + "0") 2=3 \(sense(key, code, qualifier))"
}

private let protocolRows = [
  ChipScript("the signature at power-on: not ready", "7=0 1=1 2=1 3=1 4=14 5=EB 6=A0"),
  ChipScript("after SRST", "2<5 4<5 8<4 8<0 7=80 w 7=0 1=1 2=1 3=1 4=14 5=EB n=0"),
  ChipScript("DEVICE RESET, while busy too", "4<5 7<A1 8=80 7<8 7=80 next=64 w 7=0 1=1 4=14 5=EB n=0 7<8 w 7=0"),
  ChipScript("IDENTIFY DEVICE: ABRT and the signature", "4<0 5<0 7<EC w irq=1 7=1 1=4 4=14 5=EB 2=1 3=1"),
  ChipScript("READ SECTOR(S) as well", "4<0 7<20 w 7=1 1=4 4=14 5=EB"),
  ChipScript("EXECUTE DEVICE DIAGNOSTIC", "4<0 7<90 w irq=1 7=0 1=1 4=14 5=EB"),
  ChipScript(
    "IDENTIFY PACKET DEVICE",
    "7<A1 7=80 w irq=1 7=58 d=85C0 x9 d=454D d=552D d=3220 x10 d=322E d=3020 x2 d=656D d=7520 d=4344 x19 "
      + "d=F00 x1 d=200 "
      + "x1 d=6 x9 d=7 d=3 d=78 d=78 d=78 d=78 x11 d=78 x1 d=4218 d=4000 d=4000 d=4218 d=0 d=4000 d=3F x4 "
      + "d=600B x162 7=50 irq=0"),
  ChipScript(
    "SET FEATURES: transfer mode alone",
    "1<3 2<42 7<EF w 7=50 7<A1 w x63 d=7 x24 d=43F x167 1<2 "
      + "7<EF w 7=51 1=4"),
  ChipScript("power management, FLUSH CACHE", "7<E5 w 7=50 2=FF 7<E0 w 7=50 7<E5 w 2=0 7<E7 w 7=50"),
  ChipScript(
    "commands that a packet device lacks",
    "7<0 w irq=1 7=51 1=4 7<C8 w 7=51 1=4 7<25 w 7=51 1=4 "
      + "7<30 w 7=51 7<91 w 7=51 7<F8 w 7=51"),
  ChipScript(
    "PACKET: no interrupt before the packet",
    "6<A0 1<0 4<FE 5<FF 7<A0 irq=0 8=58 2=1 q<1200000024000000 8=58 r<0 8=80 irq=0 w irq=1 7=58 "
      + "irq=0 2=2 4=24 5=0 "
      + "l=21008005 x16 8=80 t20 irq=1 8=50 2=3 7=50 irq=0"),
  ChipScript("overlap is refused", "1<2 7<A0 w irq=1 7=51 1=4"),
  ChipScript("a command without data", "\(ready) q<0 r<0 8=80 w irq=1 7=50 2=3 irq=0"),
  ChipScript(
    "the byte count limit: several blocks of an answer",
    "\(attention) 4<10 5<0 7<A0 w q<1200000024000000 r<0 w 7=58 2=2 4=10 5=0 l=21008005 x6 8=80 w irq=1 7=58 "
      + "2=2 4=10 x8 w 7=58 4=4 "
      + "d=2E32 d=2030 w 7=50 2=3 n=5"),
  ChipScript(
    "an odd limit is one less",
    "\(attention) 4<11 5<0 7<A0 w q<1200000024000000 r<0 w 7=58 4=10 "
      + "x8 w 4=10 x8 w 4=4 x2 w 7=50"),
  ChipScript(
    "an odd limit that suffices",
    "\(attention) 4<25 5<0 7<A0 w q<1200000005000000 r<0 w 7=58 4=5 "
      + "x2 8=58 0=1F 8=80 w 7=50"),
  ChipScript("the last byte of a word is not there", "\(ready) q<1200000005000000 r<0 w 4=5 x2 d=1F 8=80"),
  ChipScript("no limit: ABRT", "\(attention) 4<0 5<0 7<A0 w q<1200000024000000 r<0 w irq=1 7=51 1=4 8=51 d=FFFF"),
  ChipScript("no limit, but no data", "\(attention) 4<0 5<0 7<A0 w q<0 r<0 w 7=50"),
  ChipScript("FFFFh is FFFEh", "\(attention) 4<FF 5<FF 7<A0 w q<2800000000000000 r<21000000 w 7=58 4=FE 5=FF"),
  ChipScript(
    "READ(10): blocks across sectors",
    "\(attention) 4<0 5<C 7<A0 w q<2800000000050000 r<2000000 w 7=58 2=2 4=0 5=C l=C0005000 x1022 "
      + "l=C0006000 x508 l=C00060FF w 7=58 "
      + "4=0 5=4 l=C0006100 x510 w 7=50 2=3"),
  ChipScript("a packet in words", "\(ready) d<12 d<0 d<24 d<0 d<0 8=58 d<0 8=80 w 7=58 4=24"),
  ChipScript("nIEN", "8<2 \(ready) q<0 r<0 w irq=0 7=50"),
]

private let dmaRows = [
  ChipScript(
    "READ(10) by DMA",
    "\(attention) B4<1000 m1000<20000 m1004<80001000 1<1 7<A0 w 8=58 2=1 q<2800000000050000 r<2000000 w "
      + "8=58 irq=0 b0<9 8=80 t50 "
      + "irq=1 b2=4 7=50 2=3 m20000=C0005000 m20FFC=C00061FF m21000=0"),
  ChipScript(
    "INQUIRY by DMA, without a byte count limit",
    "\(attention) B4<1000 m1000<20000 m1004<80000024 b0<9 1<1 4<0 5<0 7<A0 w q<1200000024000000 r<0 w irq=1 "
      + "b2=4 7=50 m20000=21008005"),
  ChipScript(
    "an odd answer",
    "\(attention) B4<1000 m1000<20000 m1004<80000024 b0<9 1<1 7<A0 w q<1200000005000000 "
      + "r<0 w irq=1 b2=5 7=50 m20004=1F"),
  ChipScript(
    "an answer over two tables",
    "\(attention) B4<1000 m1000<20000 m1004<80000010 b2<4 b0<9 1<1 7<A0 w q<1200000024000000 r<0 w irq=0 b2=0 "
      + "7=58 b0<0 m1000<30000 b0<9 w "
      + "irq=0 b0<0 m1000<40000 b0<9 w irq=1 b2=5 7=50 m3000C=20202020 m40000=20302E32"),
  ChipScript("no data", "\(attention) b0<9 1<1 7<A0 w q<0 r<0 w irq=1 7=50 b2=5"),
  ChipScript(
    "a medium error behind good sectors",
    "!6 \(attention) B4<1000 m1000<20000 m1004<80002000 b0<9 1<1 7<A0 w q<2800000000050000 r<2000000 w "
      + "irq=1 7=51 1=30 m20000=C0005000 "
      + sense("3", "11")),
]

private let commandRows = [
  ChipScript(
    "TEST UNIT READY after a reset: unit attention, once",
    "\(attention) \(sense("6", "29")) "
      + "\(packet) q<0 r<0 w 7=50"),
  ChipScript(
    "REQUEST SENSE takes the unit attention",
    "\(sense("6", "29")) \(packet) q<0 r<0 w 7=50 "
      + "\(sense("0", "0"))"),
  ChipScript("REQUEST SENSE takes the sense data", "\(attention) \(sense("6", "29")) \(sense("0", "0"))"),
  ChipScript(
    "INQUIRY leaves the unit attention",
    "\(packet) q<1200000024000000 r<0 w 7=58 x18 w 7=50 "
      + "\(attention)"),
  ChipScript(
    "INQUIRY",
    "\(ready) q<12000000FF000000 r<0 w 4=24 l=21008005 l=1F l=20554D45 l=20202020 l=20756D65 "
      + "l=20204443 l=20202020 l=20202020 l=20302E32 w 7=50"),
  ChipScript("INQUIRY: vital product data", refused("1201000024000000", "0", "5", "24")),
  ChipScript("INQUIRY of 0 bytes", "\(ready) q<1200000000000000 r<0 w 7=50 2=3"),
  ChipScript("a command that is none", refused("FF00000000000000", "0", "5", "20")),
  ChipScript("READ SUB-CHANNEL", refused("4200000000000000", "10000000", "5", "20")),
  ChipScript("READ CAPACITY", "\(ready) q<2500000000000000 r<0 w 4=8 l=3F000000 l=80000 w 7=50"),
  ChipScript("READ(10) of 0 sectors", "\(ready) q<2800000000050000 r<0 w 7=50 2=3"),
  ChipScript("READ(10): the last sector", "\(ready) q<28000000003F0000 r<1000000 w 7=58 l=C003F000"),
  ChipScript("READ(10) past the end", refused("28000000003F0000", "2000000", "5", "21")),
  ChipScript("READ(10) far behind the end", refused("2800FFFFFFFF00FF", "FF000000", "5", "21")),
  ChipScript("READ(12)", "\(ready) q<A800000000050000 r<10000 w 7=58 4=0 5=8 l=C0005000"),
  ChipScript("READ(12) of many sectors", refused("A80000000001FFFF", "FFFF0000", "5", "21")),
  ChipScript("a host that fails", "!5 \(refused("2800000000050000", "1000000", "3", "11"))"),
  ChipScript(
    "a host that fails at a later block",
    "!6 \(attention) 4<0 5<8 7<A0 w q<2800000000050000 "
      + "r<2000000 w 7=58 x1024 w irq=1 7=51 1=30 2=3"),
  ChipScript("SEEK(10)", "\(ready) q<2B000000003F0000 r<0 w 7=50 \(packet) q<2B00000000400000 r<0 w 7=51 1=54"),
  ChipScript("READ CD: user data", "\(ready) q<BE00000000050000 r<1100000 w 7=58 4=0 5=8 l=C0005000"),
  ChipScript("READ CD: mode 1", "\(ready) q<BE08000000050000 r<1100000 w 7=58 5=8"),
  ChipScript("READ CD: nothing of the sectors", "\(ready) q<BE00000000050000 r<1000000 w 7=50 2=3"),
  ChipScript("READ CD: audio", refused("BE04000000050000", "1100000", "5", "64")),
  ChipScript("READ CD: headers", refused("BE00000000050000", "1F80000", "5", "24")),
  ChipScript("READ CD: subchannel", refused("BE00000000050000", "1100100", "5", "24")),
  ChipScript("READ CD past the end", refused("BE00000000400000", "1100000", "5", "21")),
  ChipScript(
    "READ TOC",
    "\(ready) q<4300000000000000 r<FF000000 w 4=14 l=1011200 l=11400 l=0 l=AA1400 "
      + "l=40000000 w 7=50"),
  ChipScript(
    "READ TOC in minutes",
    "\(ready) q<4302000000000000 r<FF000000 w 4=14 l=1011200 l=11400 "
      + "l=20000 l=AA1400 l=40020000"),
  ChipScript(
    "READ TOC: the lead-out",
    "\(ready) q<430000000000AA00 r<FF000000 w 4=C l=1010A00 l=AA1400 "
      + "l=40000000 w 7=50"),
  ChipScript("READ TOC: a track that is not there", refused("4300000000000200", "FF000000", "5", "24")),
  ChipScript("READ TOC: sessions", "\(ready) q<4300010000000000 r<FF000000 w 4=C l=1010A00 l=11400 l=0 w 7=50"),
  ChipScript(
    "READ TOC: sessions by the older field",
    "\(ready) q<4300000000000000 r<FF400000 w 4=C "
      + "l=1010A00 l=11400"),
  ChipScript("READ TOC: other formats", refused("4300020000000000", "FF000000", "5", "24")),
  ChipScript(
    "READ TOC: as many bytes as asked for",
    "\(ready) q<4300000000000000 r<4000000 w 4=4 l=1011200 "
      + "w 7=50"),
  ChipScript(
    "READ DISC INFORMATION",
    "\(ready) q<5100000000000000 r<FF000000 w 4=22 l=10E2000 l=20010101 "
      + "l=0 l=0 l=FFFFFFFF l=FFFFFFFF x5 w 7=50"),
  ChipScript(
    "GET CONFIGURATION",
    "\(packet) q<4600000000000000 r<FF000000 w 4=34 l=30000000 l=8000000 l=4030000 "
      + "l=10800 l=4030100 l=2000000 "
      + "l=4030300 l=29 l=8011000 l=80000 l=100 l=4011E00 l=0 w 7=50"),
  ChipScript(
    "GET CONFIGURATION: one",
    "\(packet) q<4602001000000000 r<FF000000 w 4=14 l=10000000 l=8000000 "
      + "l=8011000"),
  ChipScript(
    "GET CONFIGURATION: from one on",
    "\(packet) q<4600001E00000000 r<FF000000 w 4=10 l=C000000 "
      + "l=8000000 l=4011E00"),
  ChipScript("GET CONFIGURATION: a type that is none", refused("4603000000000000", "FF000000", "5", "24")),
  ChipScript(
    "GET EVENT STATUS NOTIFICATION",
    "\(packet) q<4A01000010000000 r<FF000000 w 4=8 l=10040600 "
      + "l=200 w 7=50"),
  ChipScript(
    "GET EVENT STATUS NOTIFICATION: other classes",
    "\(packet) q<4A01000002000000 r<FF000000 w 4=4 "
      + "l=10800200"),
  ChipScript("GET EVENT STATUS NOTIFICATION: not polled", refused("4A00000010000000", "FF000000", "5", "24")),
  ChipScript("MECHANISM STATUS", "\(ready) q<BD00000000000000 r<80000 w 4=8 l=0 l=0 w 7=50"),
  ChipScript(
    "MODE SENSE(10): capabilities",
    "\(ready) q<5A002A0000000000 r<FF000000 w 4=1C l=11A00 l=0 "
      + "l=3122A l=290000 l=C002 l=C0020002 l=0 w 7=50"),
  ChipScript("MODE SENSE(6): error recovery", "\(ready) q<1A000100FF000000 r<0 w 4=C l=10B l=5000601 l=0 w 7=50"),
  ChipScript("MODE SENSE: all", "\(ready) q<1A003F00FF000000 r<0 w 4=20 0=1F"),
  ChipScript("MODE SENSE: what can be changed", "\(ready) q<1A004100FF000000 r<0 w 4=C l=10B l=601 l=0 w 7=50"),
  ChipScript("MODE SENSE: saved", refused("5A00C10000000000", "FF000000", "5", "39")),
  ChipScript("MODE SENSE: a page that is none", refused("5A00080000000000", "FF000000", "5", "24")),
]

private let mediumRows = [
  ChipScript("another medium", "\(attention) @1 \(attention) \(sense("6", "28")) \(packet) q<0 r<0 w 7=50"),
  ChipScript(
    "no medium",
    "\(attention) @0 \(packet) q<0 r<0 w 7=51 1=20 \(sense("2", "3A", "1")) \(packet) "
      + "q<2500000000000000 r<0 w 7=51 1=20"),
  ChipScript(
    "events of the medium",
    "@0 \(packet) q<4A01000010000000 r<8000000 w l=10040600 l=3 w @1 \(packet) q<4A01000010000000 r<4000000 "
      + "w l=10040600 w "
      + "\(packet) q<4A01000010000000 r<8000000 w l=10040600 l=202 w \(packet) q<4A01000010000000 r<8000000 "
      + "w l=10040600 l=200"),
  ChipScript(
    "the profile without a medium",
    "@0 \(packet) q<4601000000000000 r<FF000000 w 4=20 l=1C000000 "
      + "l=0 l=4030000 l=800"),
  ChipScript(
    "START STOP UNIT: the tray",
    "\(ready) q<1B00000002000000 r<0 w 7=50 \(packet) q<0 r<0 w 7=51 1=20 \(sense("2", "3A", "2")) "
      + "\(packet) q<BD00000000000000 r<80000 w l=1000 l=0 w \(packet) q<1A003F00FF000000 r<0 w 0=1F 0=71 "
      + "x15 w \(packet) q<1B00000003000000 r<0 w 7=50 \(attention) \(sense("6", "28")) "
      + "\(packet) q<0 r<0 w 7=50"),
  ChipScript("START STOP UNIT: the motor", "\(ready) q<1B00000000000000 r<0 w 7=50 \(packet) q<0 r<0 w 7=50"),
  ChipScript(
    "PREVENT ALLOW MEDIUM REMOVAL",
    "\(ready) q<1E00000001000000 r<0 w 7=50 \(packet) q<1B00000002000000 r<0 w 7=51 1=54 \(sense("5", "53", "2")) "
      + "\(packet) q<1A002A00FF000000 r<0 w 4=18 x5 d=2B x6 w \(packet) q<1E00000000000000 r<0 w 7=50 "
      + "\(packet) q<1B00000002000000 r<0 w 7=50"),
  ChipScript("SRST unlocks", "\(ready) q<1E00000001000000 r<0 w 8<4 8<0 w \(ready) q<1B00000002000000 r<0 w 7=50"),
  ChipScript(
    "a medium that goes during a transfer",
    "\(attention) 4<0 5<8 7<A0 w q<2800000000050000 "
      + "r<2000000 w @0 l=C0005000 x1022 w 7=51 1=30"),
]

private let noDiscRows = [
  ChipScript(
    "nothing to read",
    "\(attention) \(packet) q<0 r<0 w 7=51 1=20 \(sense("2", "3A", "1")) "
      + "\(packet) q<2800000000000000 r<1000000 w 7=51 1=20"),
  ChipScript(
    "a medium is put in",
    "@1 \(attention) \(sense("6", "28")) \(packet) q<2800000000010000 "
      + "r<1000000 w 7=58 l=C0001000"),
]

private let pairRows = [
  ChipScript(
    "device 1 beside a disk",
    "7=50 6<B0 7=0 4=14 5=EB 6=B0 7<A1 w irq=1 7=58 d=85C0 x92 d=6B00 x162 7=50 6<A0 7=50 [20,5,1] irq=1 "
      + "l=500 6<B0 irq=0 7=50"),
  ChipScript("EXECUTE DEVICE DIAGNOSTIC of both", "6<B0 7<90 w irq=1 7=50 4=0 6<B0 7=0 4=14 5=EB"),
  ChipScript("registers go to both", "3<77 6<B0 3=77 6<A0 3<78 6<B0 3=78"),
]

@Suite("ATAPI by MMC")
struct ATAPIRows {
  @Test("The protocol", arguments: protocolRows)
  func protocols(_ row: ChipScript) { ScriptedIDE.run(row, .disc) }

  @Test("DMA", arguments: dmaRows)
  func dma(_ row: ChipScript) { ScriptedIDE.run(row, .disc) }

  @Test("Commands", arguments: commandRows)
  func commands(_ row: ChipScript) { ScriptedIDE.run(row, .disc) }

  @Test("The medium", arguments: mediumRows)
  func medium(_ row: ChipScript) { ScriptedIDE.run(row, .disc) }

  @Test("No medium", arguments: noDiscRows)
  func noDisc(_ row: ChipScript) { ScriptedIDE.run(row, .noDisc) }

  @Test("Beside a disk", arguments: pairRows)
  func pair(_ row: ChipScript) { ScriptedIDE.run(row, .pair) }
}
