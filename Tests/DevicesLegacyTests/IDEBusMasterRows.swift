import DevicesLegacy
import Testing
import X86

/// A table at 1000h with one region: address, count, and the mark of the last one.
private let table = "B4<1000 m1000<20000 m1004<80000200"

/// Reads by DMA are started with command 9 (to memory), writes with command 1. Status: 1 active, 4 interrupt.
private let transferRows = [
  ChipScript(
    "READ DMA: the bus master before the command",
    "\(table) b0<9 b2=1 6<E0 2<1 3<5 4<0 5<0 7<C8 7=80 t20 7=80 irq=0 next=32 t50 irq=1 b2=4 7=50 irq=0 m20000=500 "
      + "m201FC=57F m20200=0 b0<0 b2=4 b2<4 b2=0 n=1 2=0 3=5"),
  ChipScript(
    "READ DMA: the command first", "\(table) [C8,5,1] 7=58 irq=0 next=0 b0<9 7=80 w irq=1 7=50 m20000=500 b2=4"),
  ChipScript("READ DMA EXT", "\(table) {25,4095,1} b0<9 w irq=1 7=50 m20000=FFF00 b2=4"),
  ChipScript(
    "WRITE DMA",
    "\(table) m20000<12345678 m201FC<9ABCDEF0 [CA,5,1] 7=58 b0<1 w irq=1 7=50 b2=4 kA00=12345678 kBFC=9ABCDEF0 kC00=600"
  ),
  ChipScript("WRITE DMA EXT", "\(table) m20000<12345678 b0<1 {35,4095,1} irq=1 7=50 b2=4 k1FFE00=12345678"),
  ChipScript(
    "several regions, several pieces",
    "B4<1000 m1000<20000 m1004<0 m1008<30000 m100C<8000 m1010<40000 m1014<80008000 b0<9 6<E0 2<0 3<0 4<0 5<0 7<C8 "
      + "t70 7=80 irq=0 m2FFFC=7F7F m30000=0 w irq=1 7=50 b2=4 m30000=8000 m37FFC=BF7F m40000=C000 m47FFC=FF7F "
      + "m48000=0 n=1"
  ),
  ChipScript("a count of 0 is 64 KiB", "B4<1000 m1000<20000 m1004<80000000 b0<9 [C8,0,128] irq=1 b2=4 m2FFFC=7F7F"),
  ChipScript(
    "regions larger than the transfer: active beside the interrupt",
    "B4<1000 m1000<20000 m1004<80000400 b0<9 [C8,5,1] irq=1 b2=5 7=50 b0<0 b2=4"),
  ChipScript(
    "regions smaller than the transfer: neither",
    "B4<1000 m1000<20000 m1004<80000300 b0<9 [C8,5,2] irq=0 b2=0 7=58 m202FC=63F m20300=0 next=0"),
  ChipScript(
    "and a new table goes on with the transfer",
    "B4<1000 m1000<20000 m1004<80000300 b0<9 [C8,5,2] b2=0 b0<0 m1000<30000 m1004<80000100 b0<9 w irq=1 b2=4 "
      + "m30000=640 "
      + "m300FC=67F"),
  ChipScript(
    "writes: the rest of a sector waits for the next table",
    "B4<1000 m1000<20000 m1004<80000300 m20000<11 m20200<22 b0<1 [CA,5,2] irq=0 b2=0 kA00=11 kC00=600 b0<0 "
      + "m1004<80000100 b0<1 w irq=1 b2=4 kC00=22 kD00=11"),
  ChipScript(
    "bit 0 of address and count is not there",
    "B4<1000 m1000<20001 m1004<201 m1008<30000 m100C<80000200 b0<9 [C8,5,2] irq=1 b2=4 m20000=500 m20200=0 m30000=600"),
  ChipScript(
    "the table stays in its 64 KiB",
    "B4<1FFF8 m1FFF8<30000 m1FFFC<200 m10000<40000 m10004<80000200 b0<9 [C8,5,2] irq=1 b2=4 m30000=500 m40000=600"),
  ChipScript("small regions", "\(smallTable)b0<9 [C8,5,1] irq=1 b2=4 m20000=500 m201FC=57F"),
  ChipScript(
    "no memory at a region, then some",
    "B4<1000 m1000<FFFFFE00 m1004<200 m1008<20000 m100C<80000200 b0<9 [C8,5,2] irq=1 b2=4 m20000=600"),
  ChipScript(
    "the other direction moves nothing",
    "\(table) m20000<77 b0<1 [C8,5,1] 7=58 irq=0 next=0 b2=1 m20000=77 b0<0 b0<9 w irq=1 m20000=500"),
  ChipScript(
    "no bus master by the command register",
    "c4<1 \(table) b0<9 [C8,5,1] 7=58 irq=0 next=0 b2=1 m20000=0 c4<5 7=80 w irq=1 b2=4 m20000=500"),
  ChipScript(
    "stopped in between", "\(table) b0<9 6<E0 2<1 3<5 4<0 5<0 7<C8 t30 b0<0 b2=0 7=58 w irq=0 m20000=0 8<4 8<0 w 7=50"),
  ChipScript(
    "UNC behind good sectors",
    "!6 \(table) m1004<80001000 b0<9 [C8,5,3] irq=1 7=51 1=40 3=6 2=2 b2=5 m20000=500 m20200=0"),
  ChipScript("a host that fails to write", "?0 \(table) b0<1 [CA,5,1] irq=1 7=71 1=4 3=5 2=1 b2=4"),
  ChipScript("IDNF leaves the bus master active", "\(table) b0<9 [C8,4096,1] irq=1 7=51 1=10 b2=5"),
  ChipScript("no write cache", "1<82 7<EF w \(table) b0<1 [CA,5,1] irq=1 7=50 flushes=2"),
  ChipScript(
    "a guest that polls with nIEN sees no interrupt bit", "8<2 \(table) b0<9 [C8,5,1] irq=0 b2=0 7=50 m20000=500"),
]

/// 256 regions of two bytes at 1000h, which are more than go into one piece.
private let smallTable: String =
  "B4<1000 "
  + (0..<256).map { index in
    "m\(String(0x1000 + 8 * index, radix: 16))<\(String(0x20000 + 2 * index, radix: 16)) "
      + "m\(String(0x1004 + 8 * index, radix: 16))<\(index == 255 ? "80000002" : "2") "
  }.joined()

private let registerRows = [
  ChipScript(
    "after reset",
    "b0=0 b1=0 b2=0 b3=0 B4=0 b8=0 bA=0 BC=0 c0=8086 c2=7010 c6=280 c8=8000 cA=101 cE=0 c20=1 c3C=0 c3D=0 c40=0 "
      + "c42=0 c44=0"
  ),
  ChipScript("command: start and direction", "b0<FE b0=8 b0<0 b0=0 b1<FF b1=0 b3<FF b3=0"),
  ChipScript("the direction stays during a transfer", "b0<9 b0<1 b0=9 b0<8 b0=8 b0<0 b0=0"),
  ChipScript("status: software's bits", "b2<60 b2=60 b2<7F b2=60 b2<0 b2=0 b0<1 b2<20 b2=21 b2<1 b2=1"),
  ChipScript(
    "the interrupt bit: each interrupt of the drive", "7<E5 w irq=1 b2=4 b2<0 b2=4 b2<4 b2=0 7=50 7<E5 w b2=4"),
  ChipScript("no new interrupt while the line is high", "7<E5 w b2<4 b2=0 irq=1 w b2=0"),
  ChipScript("the table's address", "B4<FFFFFFFF B4=FFFFFFFC b5<12 b6<34 B4=FF3412FC"),
  ChipScript("double words over both halves", "B0<600009 B0=610009 B8<8 B8=8 B4<4 BC<8 B4=4 BC=8"),
  ChipScript(
    "configuration: what can be written",
    "c4<FFFF c4=5 cC<FFFF cC=F000 c20<FFFF c20=FFF1 c40<FFFF c40=F3FF c42<FFFF c42=F3FF c44<FFFF c44=FF c6<FFFF "
      + "c6=280"),
]

private let pairRows = [
  ChipScript(
    "the secondary channel",
    "BC<1000 m1000<20000 m1004<80000200 b8<9 s6<E0 s2<1 s3<5 s4<0 s5<0 s7<C8 w sirq=1 irq=0 bA=4 b2=0 "
      + "m20000=500 s7=50"),
  ChipScript(
    "both at once",
    "BC<1000 m1000<20000 m1004<80000200 b8<9 s6<E0 s2<1 s3<5 s4<0 s5<0 s7<C8 t10 B4<1100 m1100<30000 "
      + "m1104<80000200 b0<9 "
      + "[C8,6,1] sirq=1 irq=1 bA=4 b2=4 m20000=500 m30000=600"),
]

@Suite("Bus master IDE by the data sheet")
struct IDEBusMasterRows {
  @Test("Transfers", arguments: transferRows)
  func transfers(_ row: ChipScript) { ScriptedIDE.run(row, .disk) }

  @Test("Registers", arguments: registerRows)
  func registers(_ row: ChipScript) { ScriptedIDE.run(row, .disk) }

  @Test("Both channels", arguments: pairRows)
  func pair(_ row: ChipScript) { ScriptedIDE.run(row, .pair) }

  @Test("Legacy ports answer while I/O space and the channel are decoded")
  func decoding() {
    let ide = ScriptedIDE(.pair)
    let ports = (0...1).map { PIIXIDE.Ports(ide.function, channel: $0) }
    let now = VirtualTime(nanoseconds: 2_000_000)
    let steps: [(String, UInt64, [UInt64])] = [
      ("c40", 0, [0xFF, 0xFF]), ("c40", 0x8000, [0x50, 0xFF]), ("c42", 0x8000, [0x50, 0x50]), ("c4", 4, [0xFF, 0xFF]),
      ("c4", 1, [0x50, 0x50]), ("c40", 0x73FF, [0xFF, 0x50]),
    ]
    for (place, value, seen) in steps {
      #expect(ide.write(place, value))
      #expect(ports.map { $0.value(7, width: 1, now: now) } == seen, "\(place) \(value)")
    }
    ports[0].setByte(2, 0x99, now: now)
    ports[1].setByte(2, 0x88, now: now)
    #expect(ide.channels[0].byte(2, now: now) == 1 && ide.channels[1].byte(2, now: now) == 0x88)
  }

  @Test("Windows that are not there")
  func windows() {
    let ide = ScriptedIDE(.disk)
    ide.function.write(9, window: 3, offset: 0, width: 1, now: .zero)
    ide.function.write(9, window: 4, offset: 16, width: 4, now: .zero)
    ide.function.write(9, window: 4, offset: .max, width: 8, now: .zero)
    #expect(ide.function.read(window: 4, offset: 0, width: 1, now: .zero) & 0xFF == 0)
    #expect(ide.function.read(window: 3, offset: 0, width: 1, now: .zero) & 0xFF == 0xFF)
    #expect(ide.function.read(window: 4, offset: .max, width: 4, now: .zero) == .max)
    #expect(ide.function.read(window: 4, offset: 14, width: 4, now: .zero) & 0xFFFF_FFFF == 0xFFFF_0000)
  }
}
