import DevicesLegacy
import Testing
import X86

/// A disk of 4,096 sectors: 4 cylinders of 16 heads and 63 sectors. Status 50h is DRDY and DSC, 58h also DRQ.
private let readRows = [
  ChipScript(
    "READ SECTOR(S): busy, interrupt, data, no interrupt at the end",
    "6<E0 2<1 3<5 4<0 5<0 7<20 7=80 8=80 irq=0 next=14 t19 8=80 t1 irq=1 8=58 irq=1 7=58 irq=0 l=500 l=501 "
      + "x250 8=58 d=57F 8=58 d=0 7=50 irq=0 n=1 d=FFFF next=0"),
  ChipScript(
    "an interrupt for each sector",
    "[20,5,3] 7=58 l=500 x254 8=80 w irq=1 7=58 l=600 x254 w 7=58 l=700 x254 7=50 n=3"),
  ChipScript("the registers have the last sector", "[20,5,2] x256 w x256 2=0 3=6 4=0 5=0 6=E0"),
  ChipScript("without retries", "[21,5,1] l=500"),
  ChipScript("bytes of the data register", "[20,5,1] 0=0 0=5 0=0 0=0 0=1"),
  ChipScript("a double word at the end of the block", "[20,5,1] x255 l=0 8=50"),
  ChipScript("count 0: 256 sectors", "[20,0,0] R255 8=58 l=FF00 x254 8=50"),
  ChipScript("the last sector", "[20,4095,1] 7=58 l=FFF00"),
  ChipScript("beyond the last: IDNF", "[20,4096,1] irq=1 7=51 1=10 irq=0 d=FFFF"),
  ChipScript(
    "past the last: IDNF with the first that is not there, before any data",
    "[20,4094,4] 7=51 1=10 3=0 4=10 5=0 2=4"),
  ChipScript("READ SECTOR(S) EXT", "{24,4095,1} 7=58 l=FFF00 x254 7=50"),
  ChipScript(
    "READ SECTOR(S) EXT: both bytes of each register count",
    "{24,1099511627777,1} 7=51 1=10 {24,4294967297,1} 7=51 1=10 {24,16777217,1} 7=51 1=10 {24,1,4096} 7=51 "
      + "1=10 {24,1,1} 7=58 l=100"),
  ChipScript("the older bytes are read with HOB", "2<12 2<34 3<56 3<78 2=34 8<80 2=12 3=56 8<0 2=34 3=78"),
  ChipScript("a write to the command block clears HOB", "2<12 2<34 8<80 2=12 3<1 2=34"),
  ChipScript("CHS", "(20,1,2,3,1) 7=58 l=47000"),
  ChipScript("CHS: sector 0 is none", "(20,0,0,0,1) 7=51 1=10"),
  ChipScript("CHS: sector 64 is none", "(20,0,0,64,1) 7=51 1=10"),
  ChipScript("CHS: a cylinder that is not there", "(20,5,0,1,1) 7=51 1=10"),
  ChipScript("CHS: the registers have the last sector", "(20,0,0,63,2) x256 w x256 3=1 4=0 5=0 6=A1"),
  ChipScript(
    "INITIALIZE DEVICE PARAMETERS",
    "6<A3 2<A 7<91 w 7=50 (20,1,2,3,1) 7=58 l=3E00 x254 (20,0,4,1,1) 7=51 1=10"),
  ChipScript("no sectors per track", "6<A3 2<0 7<91 w 7=51 1=4 (20,0,0,1,1) 7=51 1=10"),
  ChipScript("UNC of a host that fails", "!5 [20,5,1] irq=1 7=51 1=40 3=5 2=1"),
  ChipScript("UNC behind good sectors", "!6 [20,5,3] x256 w irq=1 7=51 1=40 3=6 2=2"),
  ChipScript("the next command clears the error", "!5 [20,5,1] 7=51 [20,6,1] 7=58 1=0"),
  ChipScript("a command in place of data that nobody takes", "[20,5,2] d=500 [20,9,1] l=900"),
  ChipScript(
    "a busy drive takes neither registers nor commands",
    "6<E0 2<1 3<5 4<0 5<0 7<20 3<9 7<EC w 7=58 3=5 l=500 x254 8=50 next=0"),
]

private let multipleRows = [
  ChipScript("READ MULTIPLE without a block: ABRT", "[C4,5,1] 7=51 1=4"),
  ChipScript(
    "READ MULTIPLE: an interrupt for each block",
    "2<4 7<C6 w 7=50 [C4,5,6] n=2 7=58 l=500 x1022 8=80 w n=3 7=58 l=900 x510 7=50 irq=0"),
  ChipScript("READ MULTIPLE EXT", "2<2 7<C6 w 7=50 {29,5,3} l=500 x510 w l=700 x254 7=50"),
  ChipScript("UNC in a block has the sector", "2<4 7<C6 w !7 [C4,5,4] 7=51 1=40 3=7 2=2"),
  ChipScript(
    "WRITE MULTIPLE",
    "2<2 7<C6 w 7=50 [C5,5,3] irq=0 7=58 f512 8=80 kA00=500 w irq=1 7=58 kA00=A001A000 kC00=A101A100 f256 w "
      + "7=50 kE00=A001A000 n=3"),
  ChipScript("WRITE MULTIPLE EXT", "2<2 7<C6 w 7=50 {39,5,2} f512 w 7=50 kC00=A101A100"),
  ChipScript("SET MULTIPLE MODE: a number that is none", "2<3 7<C6 w 7=51 1=4 [C4,5,1] 7=51"),
  ChipScript("SET MULTIPLE MODE: more than 16", "2<20 7<C6 w 7=51 1=4 2<10 7<C6 w 7=50"),
  ChipScript("SET MULTIPLE MODE: 0 disables", "2<4 7<C6 w 2<0 7<C6 w 7=50 [C4,5,1] 7=51 1=4"),
  ChipScript("a software reset disables", "2<4 7<C6 w 8<4 8<0 w [C4,5,1] 7=51 1=4"),
]

private let writeRows = [
  ChipScript("the data request comes at once", "6<E0 2<1 3<5 4<0 5<0 7<30 8=58 irq=0 f256 8=80 w 7=50 kA00=A001A000"),
  ChipScript("an interrupt that nobody took stays", "[20,5,1] irq=1 x256 irq=1 7=50 irq=0"),
  ChipScript(
    "WRITE SECTOR(S): no interrupt before the data",
    "[30,5,1] irq=0 7=58 f255 8=58 kA00=500 d<1234 8=80 irq=0 w irq=1 7=50 irq=0 kA00=A001A000 kBFC=1234A0FE "
      + "kC00=600"),
  ChipScript("an interrupt for each sector", "[30,5,2] f256 w n=1 7=58 f256 w n=2 7=50 kC00=A001A000"),
  ChipScript("double words", "[30,5,1] l<12345678 f254 w 7=50 kA00=12345678 kA04=A001A000"),
  ChipScript("WRITE SECTOR(S) EXT", "{34,4095,1} f256 w 7=50 k1FFE00=A001A000"),
  ChipScript("beyond the last: IDNF", "[30,4096,1] 7=51 1=10 irq=0"),
  ChipScript("a host that fails: DF and ABRT", "?0 [30,5,2] f256 w irq=1 7=71 1=4 3=5 2=2 kA00=500"),
  ChipScript("the next command clears DF", "?0 [30,5,1] f256 w ?1 7<E5 w 7=50"),
  ChipScript("FLUSH CACHE", "7<E7 7=80 w irq=1 7=50 flushes=1"),
  ChipScript("FLUSH CACHE EXT", "7<EA w irq=1 7=50 flushes=1"),
  ChipScript("FLUSH CACHE of a host that fails", "^0 7<E7 w irq=1 7=71 1=4"),
  ChipScript("the write cache", "[30,5,1] f256 w flushes=0"),
  ChipScript(
    "no write cache: each command ends on the medium",
    "1<82 7<EF w 7=50 flushes=1 [30,5,2] f256 w flushes=1 f256 w 7=50 flushes=2 1<2 7<EF w [30,5,1] f256 w "
      + "flushes=2"),
  ChipScript("no write cache, and no flush", "1<82 7<EF w ^0 [30,5,1] f256 w 7=71 1=4"),
  ChipScript("STANDBY IMMEDIATE flushes", "7<E0 w 7=50 flushes=1"),
]

private let readOnlyRows = [
  ChipScript("WRITE SECTOR(S): WP and ABRT", "[30,5,1] irq=1 7=51 1=44 f1 8=51 kA00=500"),
  ChipScript("WRITE SECTOR(S) EXT", "{34,5,1} 7=51 1=44"),
  ChipScript("WRITE MULTIPLE", "2<2 7<C6 w [C5,5,1] 7=51 1=44"),
  ChipScript("WRITE DMA", "[CA,5,1] irq=1 7=51 1=44"),
  ChipScript("reads", "[20,5,1] 7=58 l=500"),
]

private let otherRows = [
  ChipScript("RECALIBRATE", "7<10 7=80 w irq=1 7=50 7<1F w 7=50"),
  ChipScript("SEEK", "[70,4095,0] irq=1 7=50 [7F,4096,0] 7=51 1=10"),
  ChipScript("READ VERIFY SECTOR(S)", "[40,5,200] irq=1 7=50 n=1 3=CC 2=0"),
  ChipScript("a piece at a time", "6<E0 2<0 3<0 4<0 5<0 7<40 t20 7=80 next=32 t49 7=80 t1 7=50 next=0"),
  ChipScript("READ VERIFY SECTOR(S): UNC", "!150 [41,5,200] 7=51 1=40 3=96 2=37"),
  ChipScript("READ VERIFY SECTOR(S) EXT", "{42,0,4096} 7=50 {42,1,4096} 7=51 1=10"),
  ChipScript("READ NATIVE MAX ADDRESS", "6<E0 7<F8 w 7=50 3=FF 4=F 5=0 6=E0"),
  ChipScript("READ NATIVE MAX ADDRESS EXT", "6<40 3<9 7<27 w 7=50 3=FF 4=F 5=0 8<80 3=0 4=0 5=0"),
  ChipScript("CHECK POWER MODE", "7<E5 w 7=50 2=FF"),
  ChipScript("IDLE", "7<E3 w 7=50 7<E5 w 2=80 7<E1 w 7<98 w 2=80"),
  ChipScript("STANDBY", "7<E2 w 7=50 7<E5 w 2=0 [40,0,1] 7<E5 w 2=FF"),
  ChipScript("SLEEP: only a reset ends it", "7<E6 w 7=50 7<E5 7=50 w 2=1 8<4 8<0 w 7<E5 w 7=50 2=FF"),
  ChipScript(
    "older codes of power management",
    "7<94 w 7<E5 w 2=0 7<95 w 7<E5 w 2=80 7<96 w 7<E5 w 2=0 7<97 w 7<E5 w 2=80 7<99 w 7<E5 w 8=50"),
  ChipScript(
    "SET FEATURES: transfer modes",
    "1<3 2<45 7<EF w 7=50 2<46 7<EF w 7=51 1=4 2<22 7<EF w 7=50 2<C 7<EF w 7=50 2<23 7<EF w 7=51 2<D 7<EF w "
      + "7=51 2<1 7<EF w 7=50"),
  ChipScript(
    "SET FEATURES: look-ahead, and what there is not",
    "1<55 7<EF w 7=50 1<AA 7<EF w 7=50 1<5 7<EF w 7=51 1=4"),
  ChipScript(
    "commands that a disk lacks",
    "7<0 w irq=1 7=51 1=4 7<8 w irq=1 7=51 1=4 7<A0 w irq=1 7=51 1=4 7<A1 w irq=1 7=51 1=4 7<B0 w irq=1 7=51 "
      + "1=4 7<F1 w irq=1 7=51 1=4 7<F2 w irq=1 7=51 1=4 7<87 w irq=1 7=51 1=4 7<FF w irq=1 7=51 1=4 7<DA w irq=1 "
      + "7=51 1=4 7<E4 w irq=1 7=51 1=4"),
]

private let identifyRows = [
  ChipScript(
    "IDENTIFY DEVICE: geometry, names, capabilities",
    "7<EC 7=80 w irq=1 7=58 d=40 d=4 x1 d=10 x2 d=3F x3 d=454D d=552D d=3120 x7 x3 d=312E d=3020 x2 d=656D "
      + "d=7520 x18 d=8010 x1 d=F00 d=4000 d=200 x1 d=7 d=4 d=10 d=3F d=FC0 d=0 d=0 d=1000 d=0 x1 d=7 d=3 d=78 "
      + "d=78 d=78 d=78 x11 d=78 x1 d=4068 d=7400 d=4000 d=4068 d=3400 d=4000 d=3F x4 d=600B x6 d=1000 d=0 d=0 "
      + "d=0 x151 8=58 x1 7=50"),
  ChipScript("IDENTIFY DEVICE: multiple, modes", "2<8 7<C6 w 1<3 2<22 7<EF w 7<EC w x59 d=108 x3 d=407 x24 d=3F"),
  ChipScript("IDENTIFY DEVICE: Ultra DMA", "1<3 2<42 7<EF w 7<EC w x63 d=7 x24 d=43F"),
  ChipScript(
    "IDENTIFY DEVICE: write cache and look-ahead off",
    "1<82 7<EF w 1<55 7<EF w 7<EC w x82 d=4068 x2 d=4008"),
  ChipScript("IDENTIFY DEVICE: translation", "6<A3 2<A 7<91 w 7<EC w x53 d=7 d=66 d=4 d=A d=FF0 d=0 x198"),
  ChipScript("IDENTIFY DEVICE: no translation", "2<0 7<91 w 7<EC w x53 d=6 d=0 d=0 d=0 d=0"),
  ChipScript("IDENTIFY DEVICE leaves the registers", "3<5 4<6 7<EC w x256 3=5 4=6 7=50"),
]

private let smallRows = [
  ChipScript("40 sectors: one track", "7<EC w x1 d=1 x1 d=1 x2 d=28 x53 d=28"),
  ChipScript("its last sector", "(20,0,0,40,1) 7=58 l=2700 x254 (20,0,0,41,1) 7=51 1=10"),
]

private let resetRows = [
  ChipScript("at power-on", "7=50 1=1 2=1 3=1 4=0 5=0 6=A0 irq=0"),
  ChipScript("SRST", "2<9 5<9 6<F0 6<E0 8<4 7=80 t500 7=80 8<0 7=80 next=64 w 7=50 1=1 2=1 3=1 4=0 5=0 6=A0 n=0"),
  ChipScript("SRST ends a command", "[20,5,1] irq=1 8<4 irq=0 8<0 w 7=50 d=FFFF"),
  ChipScript("no command during SRST", "8<4 7<EC 8<0 w 7=50"),
  ChipScript("nIEN", "8<2 [20,5,1] irq=0 8<0 irq=1 7=58 irq=0"),
  ChipScript("EXECUTE DEVICE DIAGNOSTIC", "2<9 7<90 7=80 w irq=1 7=50 1=1 2=1 3=1 4=0 5=0"),
  ChipScript("a command clears the interrupt", "[20,5,1] irq=1 7<E5 irq=0 w irq=1"),
  ChipScript("device 1 is absent", "6<B0 7=0 8=0 2=1 6=B0 7<EC 7=0 next=0 irq=0 d=FFFF 6<A0 7=50"),
  ChipScript("what is written goes to device 0 as well", "6<B0 2<55 3<AA 2=55 3=AA 6<A0 2=55"),
  ChipScript("device 1 selected: the interrupt is not device 0's", "[20,5,1] irq=1 6<B0 irq=0 7=0 6<A0 irq=1"),
]

private let emptyRows = [
  ChipScript(
    "nobody drives the bus",
    "7=7F 8=7F 2=7F d=FF7F l=FFFFFF7F 6<A0 2<55 2=7F 7<EC 7=7F 6<B0 7=7F d=FF7F next=0 irq=0"),
  ChipScript("reset of nobody", "8<4 8<0 w 7=7F 7<90 w 7=7F"),
]

private let slaveRows = [
  ChipScript("only device 1", "7=7F 6<B0 7=50 2=1 7<EC w irq=1 7=58 d=40 x92 d=6B00"),
  ChipScript("device 0 is selected after SRST", "6<B0 8<4 8<0 w 7=7F 6<B0 7=50"),
  ChipScript("device 1 does not interrupt for EXECUTE DEVICE DIAGNOSTIC", "6<B0 7<90 w 7=7F n=0 6<B0 7=50 1=1 n=0"),
]

@Suite("ATA disks by the standard")
struct ATADiskRows {
  @Test("Reads", arguments: readRows)
  func reads(_ row: ChipScript) { ScriptedIDE.run(row, .disk) }

  @Test("Multiple mode", arguments: multipleRows)
  func multiple(_ row: ChipScript) { ScriptedIDE.run(row, .disk) }

  @Test("Writes", arguments: writeRows)
  func writes(_ row: ChipScript) { ScriptedIDE.run(row, .disk) }

  @Test("A medium that cannot be written", arguments: readOnlyRows)
  func readOnly(_ row: ChipScript) { ScriptedIDE.run(row, .readOnlyDisk) }

  @Test("Commands without data", arguments: otherRows)
  func others(_ row: ChipScript) { ScriptedIDE.run(row, .disk) }

  @Test("IDENTIFY DEVICE", arguments: identifyRows)
  func identify(_ row: ChipScript) { ScriptedIDE.run(row, .disk) }

  @Test("A disk smaller than a cylinder", arguments: smallRows)
  func small(_ row: ChipScript) { ScriptedIDE.run(row, .smallDisk) }

  @Test("Resets, interrupts, an absent device", arguments: resetRows)
  func resets(_ row: ChipScript) { ScriptedIDE.run(row, .disk) }

  @Test("No drive", arguments: emptyRows)
  func empty(_ row: ChipScript) { ScriptedIDE.run(row, .none) }

  @Test("Only device 1", arguments: slaveRows)
  func slave(_ row: ChipScript) { ScriptedIDE.run(row, .slave) }

  @Test("The bytes of IDENTIFY DEVICE sum up to 0")
  func checksum() {
    let ide = ScriptedIDE(.disk)
    _ = ide.write("7", 0xEC)
    let later = VirtualTime(nanoseconds: 2_000_000)
    let bytes = (0..<512).map { _ in ide.channels[0].byte(0, now: later) }
    #expect(bytes[510] == 0xA5 && bytes.reduce(0, &+) == 0)
  }

  @Test("A disk without a sector, and disks beyond 28 and 48 bits")
  func sizes() {
    let sizes: [(UInt64, UInt64, UInt64)] = [
      (0, 0, 0), (511, 0, 0), (1 << 40, 0x0FFF_FFFF, 1 << 31), (.max, 0x0FFF_FFFF, (1 << 48) - 1),
    ]
    for (bytes, short, long) in sizes {
      let drive = ATADrive(disk: HugeMedium(byteCount: bytes), identity: ScriptedIDE.diskIdentity)
      let channel = ATAChannel(interrupt: ScriptLine(), device0: drive, device1: nil)
      channel.setByte(7, 0xEC)
      let later = VirtualTime(nanoseconds: 1_000_000)
      let words = (0..<256).map { _ in channel.value(0, width: 2, now: later) }
      #expect(words[60] | words[61] << 16 == short)
      #expect(words[100] | words[101] << 16 | words[102] << 32 | words[103] << 48 == long)
      channel.setByte(6, 0x40, now: later)
      channel.setByte(7, 0x24, now: later)
      let end = VirtualTime(nanoseconds: 2_000_000)
      #expect(channel.byte(7, now: end) == (bytes < 512 ? 0x51 : 0x58))
    }
  }
}

/// A medium of any size that is zeros.
private final class HugeMedium: BlockStorage {
  let byteCount: UInt64
  let isReadOnly = true
  init(byteCount: UInt64) { self.byteCount = byteCount }
  func read(at offset: UInt64, count: Int) -> [UInt8]? { [UInt8](repeating: 0, count: count) }
  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool { false }
  func flush() -> Bool { true }
}
