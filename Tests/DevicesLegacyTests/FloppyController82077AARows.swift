import DevicesLegacy
import Testing
import X86

/// The controller with a drive of 1.44 MB or what the row's table has: registers by their offsets, in bytes.
///
/// `xE6<0000000112` is a command byte and its parameters; data transfers have unit, C, H, R and EOT of which N, GPL
/// and DTL are added (`n` is N, `dtl` DTL). `r7=...` are all 7 bytes of a result phase, which must end there. `irq`,
/// `rises`, `next` (microseconds to the next event) look at the outputs; `mADDRESS` is a byte of memory and `kOFFSET`
/// one of the diskette. `t9` lets microseconds pass; `o0` is a reset with its four SENSE INTERRUPT STATUS, then motor
/// and drive 0 on, `o1` drive 1; `d9` points channel 2 to 10000h for 9 bytes to memory, `u9` from memory; `p9` reads 9
/// bytes of data in non-DMA mode, `P9` writes 9; `i0` takes the diskette out, `i1` puts it back, `b1` makes it fail.
private final class ScriptedFloppy: ScriptedChip {
  private let line = ScriptLine()
  private let memory = ScratchMemory(byteCount: 1 << 17)
  private let medium: ScratchMedium
  private let diskette: FloppyMedium?
  private let dma: DMA8237
  private let chip: FloppyController82077AA
  private var now: UInt64 = 0
  private var sizeCode: UInt8 = 2
  private var dataLength: UInt8 = 0xFF

  init(byteCount: Int = 1_474_560, isReadOnly: Bool = false, hasSecond: Bool = false) {
    medium = ScratchMedium(byteCount: byteCount, isReadOnly: isReadOnly)
    diskette = try? FloppyMedium(medium)
    dma = DMA8237(memory: memory)
    // Drive 1 has a protected diskette of 360 KB.
    let second = try? FloppyMedium(ScratchMedium(byteCount: 368_640, isReadOnly: true))
    chip = FloppyController82077AA(
      drives: hasSecond ? [diskette, second] : [diskette], dma: dma, interrupt: line)
    for (port, value) in [(0xD6, 0xC0), (0xD4, 0)] as [(UInt64, UInt8)] { dma.setByte(port, value) }
  }

  private var time: VirtualTime { VirtualTime(nanoseconds: now) }
  private func send(_ bytes: [UInt8]) { for byte in bytes { chip.setByte(5, byte, now: time) } }

  func write(_ place: String, _ value: UInt64) -> Bool {
    let byte = UInt8(truncatingIfNeeded: value)
    if place == "n" { sizeCode = byte; return true }
    if place == "dtl" { dataLength = byte; return true }
    guard let number = UInt64(place.drop { "xmk".contains($0) }, radix: 16) else { return false }
    switch place.first {
    case "x": command(UInt8(truncatingIfNeeded: number), value)
    case "m": memory.bytes[Int(number)] = byte
    case "k": medium.bytes[Int(number)] = byte
    default: chip.setByte(number, byte, now: time)
    }
    return true
  }

  private func command(_ code: UInt8, _ value: UInt64) {
    func part(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    switch code {
    case 0x08, 0x0E, 0x10, 0x14, 0x94: send([code])
    case 0x04, 0x07, 0x12, 0x4A, 0xEA, 0x0A: send([code, part(0)])
    case 0x03, 0x0F, 0x8F, 0xCF: send([code, part(1), part(0)])
    case 0x13: send([code, part(2), part(1), part(0)])
    // Unit, SC and D.
    case 0x4D: send([code, part(2), sizeCode, part(1), 0x50, part(0)])
    default: send([code, part(4), part(3), part(2), part(1), sizeCode, part(0), 0x1B, dataLength])
    }
  }

  func read(_ place: String) -> UInt64? {
    switch place {
    case "irq": return line.level ? 1 : 0
    case "rises": return line.rises
    case "next": return chip.nextEvent.map { ($0.nanoseconds - now) / 1000 } ?? 0
    case "type": return UInt64(chip.driveType(0)) << 8 | UInt64(chip.driveType(1))
    default: break
    }
    guard let number = UInt64(place.drop { "rmk".contains($0) }, radix: 16) else { return nil }
    switch place.first {
    case "r": return result(number)
    case "m": return UInt64(memory.bytes[Int(number)])
    case "k": return UInt64(medium.bytes[Int(number)])
    default: return UInt64(chip.byte(number, now: time))
    }
  }

  private func result(_ count: UInt64) -> UInt64? {
    var value: UInt64 = 0
    for _ in 0..<count {
      guard chip.byte(4, now: time) & 0xD0 == 0xD0 else { return nil }
      value = value << 8 | UInt64(chip.byte(5, now: time))
    }
    return chip.byte(4, now: time) & 0xD0 == 0x80 ? value : nil
  }

  func perform(_ verb: Character, _ number: UInt64) -> Bool {
    switch verb {
    case "t":
      now += number * 1000
      chip.advance(to: time)
    case "o":
      chip.setByte(2, 0, now: time)
      chip.setByte(2, number == 0 ? 0x1C : 0x2D, now: time)
      chip.setByte(7, 0, now: time)
      now += 20_000
      for drive in 0..<4 as Range<UInt64> {
        send([8])
        guard result(2) == (0xC0 | drive) << 8 else { return false }
      }
    case "d", "u":
      let count = number - 1
      let bytes: [(UInt64, UInt64)] = [
        (0x0C, 0), (0x04, 0), (0x04, 0), (0x81, 1), (0x05, count & 0xFF), (0x05, count >> 8),
        (0x0B, verb == "d" ? 0x46 : 0x4A), (0x0A, 2),
      ]
      for (port, value) in bytes { dma.setByte(port, UInt8(value)) }
    case "p":
      for _ in 0..<number {
        guard chip.byte(4, now: time) == 0xF0 else { return false }
        memory.bytes[0] = chip.byte(5, now: time)
      }
    case "P":
      for index in 0..<number {
        guard chip.byte(4, now: time) == 0xB0 else { return false }
        chip.setByte(5, UInt8(truncatingIfNeeded: index + 1), now: time)
      }
    case "i": chip.insert(number == 0 ? nil : diskette, drive: 0, now: time)
    case "b": medium.isBroken = number != 0
    default: return false
    }
    return true
  }
}

private let registerRows = [
  ChipScript("hardware reset holds", "4=0 2=0 5<8 4=0 irq=0 t1000 irq=0"),
  ChipScript("PC/AT mode drives no SRA and SRB", "0=FF 1=FF 6=FF 0<5 0=FF"),
  ChipScript("DOR", "2<1C 2=1C 2<2D 2=2D 4=80"),
  ChipScript("TDR has two bits", "3=FC 3<FF 3=FF 3<2 3=FE"),
  ChipScript("reset, then four interrupts of polling", "2<C 4=80 irq=0 t19 irq=0 t1 irq=1 x08<0 irq=0 r2=C000"),
  ChipScript("each drive once", "2<C t20 x08<0 r2=C000 x08<0 r2=C100 x08<0 r2=C200 x08<0 r2=C300 x08<0 r1=80 rises=1"),
  ChipScript("no interrupt, no sense", "o0 x08<0 r1=80"),
  ChipScript("DMAGATE closed", "2<4 t20 irq=0 2<C irq=1"),
  ChipScript("DSR resets and lets go by itself", "o0 x0F<0005 5=0 4=81 4<80 4=80 t20 irq=1 x08<0 r2=C000"),
  ChipScript("a reset ends a command", "o0 x03<A 5<6 5<0 4=90 2<18 4=0 2<1C 4=80"),
  ChipScript("polling is off by the time", "2<C x13<1000 t20 irq=0 x08<0 r1=80"),
  ChipScript("the disk has changed until a step", "o0 7=FF x07<0 t300 7=FF x0F<1 t300 7=7F x0F<0 t300 7=7F i1 7=FF"),
  ChipScript("the change line is of the selected drive", "o0 2<2D 7=7F"),
  ChipScript("an empty drive stays changed", "o0 i0 x0F<1 t300 7=FF i1 x0F<2 t300 7=7F"),
]

private let controlRows = [
  ChipScript("VERSION", "o0 5<10 4=D0 5=90 4=80"),
  ChipScript("invalid commands", "o0 5<1F r1=80 5<18 r1=80 5<2E r1=80 5<11 r1=80 5<27 r1=80 5<0 r1=80 irq=0"),
  ChipScript("RQM and CMD BSY in the command phase", "o0 4=80 5<3 4=90 5<AF 4=90 5<2 4=80"),
  ChipScript("DUMPREG", "o0 5<E 5=0 5=0 5=0 5=0 5=0 5=0 5=0 5=0 5=20 5=0 4=80"),
  ChipScript(
    "DUMPREG shows what was set",
    "o0 x03<AF02 x13<005710 x94<0 r1=10 x12<9F x0F<0307 t1000 x08<0 r2=2307 x46<0000000112 t1000 "
      + "r7=40041000000102 5<E 5=0 5=0 5=0 5=7 5=AF 5=2 5=12 5=9F 5=57 5=10 4=80"),
  ChipScript("PERPENDICULAR MODE writes drives with OW only", "o0 x12<FC x12<3 5<E 5=0 5=0 5=0 5=0 5=0 5=0 5=0 5=3F"),
  ChipScript(
    "a reset keeps drives and SPECIFY",
    "o0 x12<FF x13<005710 x03<AF02 o0 5<E 5=0 5=0 5=0 5=0 5=AF 5=2 5=0 5=3C 5=20 5=0 4=80"),
  ChipScript("LOCK keeps the FIFO", "o0 x13<005710 x94<0 r1=10 o0 5<E 5=0 5=0 5=0 5=0 5=0 5=0 5=0 5=80 5=7 5=10 4=80"),
  ChipScript("unlocked again", "o0 x94<0 r1=10 x14<0 r1=0 x13<005710 o0 5<E 5=0 5=0 5=0 5=0 5=0 5=0 5=0 5=0 5=20 5=0"),
  ChipScript("SENSE DRIVE STATUS", "o0 x04<0 r1=38 x04<4 r1=3C x0F<1 t300 x08<0 r2=2001 x04<0 r1=28 irq=0"),
  ChipScript("SENSE DRIVE STATUS of an empty drive", "o0 i0 x04<0 r1=78"),
  ChipScript("SENSE DRIVE STATUS without a drive", "o1 x04<1 r1=29"),
  ChipScript("SEEK", "o0 x0F<0005 4=81 next=12C t299 irq=0 t1 irq=1 4=81 x08<0 irq=0 r2=2005 4=80"),
  ChipScript("SEEK to where it is", "o0 x0F<0000 next=C8 t200 irq=1 x08<0 r2=2000"),
  ChipScript("H of ST0 is 0 after a seek", "o0 x0F<0405 t300 x08<0 r2=2005"),
  ChipScript(
    "two seeks", "o0 x0F<0005 x0F<010A 4=83 t300 irq=1 x08<0 r2=2005 irq=0 4=82 t100 irq=1 x08<0 r2=210A 4=80"),
  ChipScript("both ends before a sense", "o0 x0F<0005 x0F<0105 t300 x08<0 irq=1 r2=2005 x08<0 irq=0 r2=2105"),
  ChipScript("RECALIBRATE", "o0 x0F<0005 t300 x08<0 r2=2005 x07<0 t300 irq=1 x08<0 r2=2000 x04<0 r1=38"),
  ChipScript(
    "RECALIBRATE has 79 steps", "o0 x0F<0050 t9999 x08<0 r2=2050 x07<0 t9999 x08<0 r2=7000 x07<0 t9999 x08<0 r2=2000"),
  ChipScript("RECALIBRATE without a drive", "o1 x07<1 t9999 x08<0 r2=7100"),
  ChipScript("RECALIBRATE of an empty drive", "o0 i0 x07<0 t300 x08<0 r2=2000"),
  ChipScript("RELATIVE SEEK", "o0 xCF<0005 t300 x08<0 r2=2005 x8F<0003 t300 x08<0 r2=2002 x04<0 r1=28"),
  ChipScript("RELATIVE SEEK beyond track 0", "o0 xCF<0002 t300 x08<0 r2=2002 x8F<0003 t300 x08<0 r2=70FF x04<0 r1=38"),
  ChipScript("the head stays where it is in a reset", "o0 x0F<0005 t300 x08<0 r2=2005 o0 x04<0 r1=28 5<E 5=0"),
]

private let readRows = [
  ChipScript(
    "READ DATA, one sector by terminal count",
    "o0 d512 xE6<0000000112 4=50 next=C8 t199 irq=0 t1 irq=1 4=D0 r7=000000000202 irq=0 m10000=0 m101FF=0"),
  ChipScript(
    "the first result byte takes the interrupt", "o0 d512 xE6<0000000112 t300 irq=1 4=D0 irq=1 5=0 irq=0 4=D0"),
  ChipScript("a sector of head 1", "o0 d512 xE6<0400010312 t300 r7=04000000010402 m10000=14 m101FF=14"),
  ChipScript(
    "a sector of another cylinder", "o0 x0F<1 t300 x08<0 r2=2001 d512 xE6<0001000112 t300 r7=1000202 m10000=24"),
  ChipScript("to EOT by terminal count", "o0 d9216 x46<0000000112 t1050 r7=1000102 m10200=1 m123FF=11"),
  ChipScript("sectors take their time", "o0 d9216 x46<0000000112 t1049 irq=0 4=50 t1 irq=1"),
  ChipScript("multi-track by terminal count", "o0 d10240 xC6<0000000112 t1200 r7=04000000010302 m127FF=13"),
  ChipScript("multi-track, head 0 ends", "o0 d9216 xC6<0000000112 t1200 r7=010102"),
  ChipScript("multi-track, cylinder ends", "o0 d9216 xC6<0400010112 t1200 r7=04000001000102"),
  ChipScript("beyond EOT without terminal count", "o0 d65536 x46<0000000112 t9999 r7=40800001000102"),
  ChipScript(
    "beyond EOT of both heads", "o0 d65536 xC6<0000000112 t9999 r7=44800001000102 m14600=23 m147FF=23 m14800=0"),
  ChipScript("EOT in the middle", "o0 d65536 x46<0000000305 t9999 r7=40800001000102 m10000=2 m10400=4 m10600=0"),
  ChipScript("terminal count within a sector", "o0 d100 xE6<0000000112 t300 r7=202 m10063=0 0=FF"),
  ChipScript("no such sector", "o0 d512 xE6<0000001312 t300 r7=40040000001302"),
  ChipScript("from beyond the last", "o0 d1024 xE6<0000001213 t300 r7=40040000001302"),
  ChipScript("another cylinder's ID", "o0 d512 xE6<0001000112 t300 r7=40041001000102"),
  ChipScript("another head's ID", "o0 d512 xE6<0000010112 t300 r7=40040000010102"),
  ChipScript("another size", "o0 n<3 d512 xE6<0000000112 t300 r7=40040000000103"),
  ChipScript("FM", "o0 d512 x06<0000000112 t300 r7=40010000000102"),
  ChipScript("another data rate", "o0 7<2 d512 xE6<0000000112 t300 r7=40010000000102 4<0 xE6<0000000112 t300 r7=202"),
  ChipScript("beyond the last cylinder", "o0 x0F<50 t9999 x08<0 r2=2050 d512 xE6<0050000112 t300 r7=40010050000102"),
  ChipScript("a masked channel is an overrun", "o0 xE6<0000000112 t300 r7=40100000000102"),
  ChipScript("DMAGATE closed is an overrun", "o0 d512 2<14 xE6<0000000112 t300 2<1C r7=40100000000102"),
  ChipScript("the host fails", "o0 b1 d512 xE6<0000000112 t300 r7=40202000000102"),
  ChipScript(
    "motor off: no index pulse", "o0 2<C d512 xE6<0000000112 t9999 irq=0 4=50 next=0 2<1C next=C8 t200 r7=202"),
  ChipScript("no diskette: nothing but a reset", "o0 i0 d512 xE6<0000000112 t9999 irq=0 4=50 i1 t200 r7=202"),
  ChipScript(
    "implied seek", "o0 x13<006000 d512 xE6<0005000112 4=51 next=1F4 t499 irq=0 t1 r7=5000202 m10000=B4 5<E 5=5"),
  ChipScript("no implied seek", "o0 x13<002000 d512 xE6<0005000112 t300 r7=40041005000102"),
  ChipScript(
    "READ DELETED DATA stops at a normal sector", "o0 d1024 x4C<0000000112 t300 r7=4000000102 m101FF=0 m10200=0"),
  ChipScript("READ DELETED DATA skips normal sectors", "o0 d1024 x6C<0000000112 t9999 r7=40804001000102"),
  ChipScript("READ ID: sectors pass", "o0 xEA<0 4=50 t200 r7=502 xEA<4 t220 r7=04000000010902"),
  ChipScript("READ ID of FM", "o0 x0A<0 t200 r7=40010000000000"),
  ChipScript("READ TRACK", "o0 d65536 x42<0000000112 t9999 r7=1302 m10200=1 m123FF=11 m12400=0"),
  ChipScript("READ TRACK by terminal count", "o0 d512 x42<0000000112 t9999 r7=202"),
  ChipScript(
    "READ TRACK from the index, other IDs", "o0 d1024 x42<0000000302 t9999 r7=40040000000502 m10000=0 m10200=1"),
  ChipScript("READ TRACK goes round", "o0 d65536 x42<0000000113 t9999 r7=40040000001402 m12400=0 m123FF=11"),
  ChipScript("VERIFY to EOT", "o0 x56<0000000112 t1050 irq=1 r7=1000102"),
  ChipScript("VERIFY so many", "o0 dtl<3 x56<8000000112 t9999 r7=402"),
  ChipScript("VERIFY more than there are", "o0 dtl<3 x56<8000001112 t9999 r7=40800001000102"),
  ChipScript("VERIFY beyond the track", "o0 x56<0000000113 t9999 r7=40040000001302"),
  ChipScript("VERIFY both heads", "o0 dtl<24 xD6<8000000112 t9999 r7=04000001000102"),
  ChipScript("VERIFY 0 is 256", "o0 dtl<0 xD6<8000000112 t9999 r7=44800001000102"),
]

private let writeRows = [
  ChipScript("WRITE DATA", "o0 m10000<AA m101FF<BB u512 xC5<0000000312 4=10 t300 irq=1 r7=402 k400=AA k5FF=BB k600=3"),
  ChipScript("WRITE DELETED DATA", "o0 m10000<AA u512 x49<0000000312 t300 r7=402 k400=AA"),
  ChipScript(
    "behind terminal count are zeros", "o0 m10000<AA u1 xC5<0000000312 t300 r7=402 k400=AA k401=0 k5FF=0 k600=3"),
  ChipScript("several sectors", "o0 m10200<CC u1024 xC5<0400011112 t9999 r7=04000001000102 k4600=CC"),
  ChipScript("no terminal count", "o0 u65536 x45<0000001212 t9999 r7=40800001000102"),
  ChipScript("no such sector", "o0 u512 xC5<0000001312 t300 r7=40040000001302"),
  ChipScript("a masked channel", "o0 xC5<0000000112 t300 r7=40100000000102 k200=1"),
  ChipScript("the host fails", "o0 b1 u512 xC5<0000000112 t300 r7=50000000000102"),
  ChipScript(
    "FORMAT TRACK",
    "o0 m10000<0 m10002<1 m10003<2 m10006<3 m10007<2 u8 x4D<0002F6 t300 r7=302 k0=F6 k1FF=F6 k200=1 k400=F6 k600=3"),
  ChipScript("FORMAT TRACK with another format", "o0 m10002<13 m10003<2 u8 x4D<0002F6 t300 r7=50000000001302"),
  ChipScript("FORMAT TRACK with another size", "o0 n<3 m10002<1 m10003<3 u8 x4D<0002F6 t300 r7=50000000000103 k0=0"),
]

private let protectedRows = [
  ChipScript("write protect in ST3", "o0 x04<0 r1=78"),
  ChipScript("WRITE DATA", "o0 u512 xC5<0000000312 t300 r7=40020000000302 k400=2"),
  ChipScript("FORMAT TRACK", "o0 u8 x4D<0002F6 t300 r7=40020000000002 k0=0"),
  ChipScript("READ DATA", "o0 d512 xE6<0000000112 t300 r7=202"),
]

private let twoDriveRows = [
  ChipScript("types", "type=401"),
  ChipScript("the other drive", "o1 7<2 xEA<1 t200 r7=1000000000502 x04<1 r1=79"),
  ChipScript(
    "the drive of the DOR is read, whatever the command names",
    "o0 d512 xE6<0100000212 t300 r7=1000000000302"),
  ChipScript("each has its motor", "o1 7<2 2<1D d512 x46<0100000109 t9999 irq=0 2<2D t300 r7=1000000000202"),
  ChipScript("each has its head", "o0 x0F<0005 t300 x08<0 r2=2005 o1 x04<1 r1=79 o0 x04<0 r1=28"),
  ChipScript("each has its change line", "o0 x0F<0005 t300 7=7F 2<2D 7=FF"),
  ChipScript(
    "the host selects another drive while it writes",
    "o0 x03<AF03 x45<0000000202 t200 P100 2<2D P412 r7=40020000000202"),
]

/// SPECIFY with ND.
private let hostRows = [
  ChipScript(
    "READ DATA, byte by byte",
    "o0 x03<AF03 x46<0000000202 4=70 irq=0 t200 irq=1 4=F0 m0=0 p511 irq=1 4=F0 p1 4=D0 m0=1"),
  ChipScript(
    "it ends with the end of the cylinder", "o0 x03<AF03 x46<0000000202 t200 p512 irq=1 r7=40800001000102 irq=0"),
  ChipScript("two sectors", "o0 x03<AF03 x46<0000000102 t200 p512 4=70 irq=0 t50 irq=1 p512 r7=40800001000102 m0=1"),
  ChipScript("an edge for each byte without a FIFO", "o0 x03<AF03 x46<0000000202 t200 rises=2 p3 rises=5"),
  ChipScript("an edge for 16 bytes", "o0 x03<AF03 x13<000000 x46<0000000202 t200 rises=2 p15 rises=2 p1 rises=3"),
  ChipScript("an edge for 8 bytes", "o0 x03<AF03 x13<000800 x46<0000000202 t200 rises=2 p7 rises=2 p1 rises=3"),
  ChipScript(
    "WRITE DATA", "o0 x03<AF03 x45<0000000202 4=30 t200 irq=1 4=B0 P512 irq=1 r7=40800001000102 k200=1 k3FF=0 k3FE=FF"),
  ChipScript("FORMAT TRACK", "o0 x03<AF03 x4D<0001F6 t200 4=B0 5<0 5<0 5<2 irq=1 5<2 irq=1 r7=202 k200=F6 k3FF=F6"),
  ChipScript("VERIFY needs no host", "o0 x03<AF03 x56<0000000102 t300 r7=1000102"),
  ChipScript(
    "what the host writes while it should read",
    "o0 x03<AF03 x46<0000000202 t200 5<55 p512 m0=1 5<55 r7=40800001000102"),
]

private let otherSizes: [(Int, ChipScript)] = [
  (163_840, ChipScript("160 KB", "o0 7<2 type=100 d512 x46<0000000808 t300 r7=1000102 m10000=7")),
  (163_840, ChipScript("160 KB: one side", "o0 7<2 d512 x46<0400010108 t300 r7=44010000010102")),
  (163_840, ChipScript("160 KB: head 1 does not follow", "o0 7<2 d65536 xC6<0000000108 t9999 r7=44010000010102")),
  (184_320, ChipScript("180 KB", "o0 7<2 d512 x46<0000000909 t300 r7=1000102 m10000=8")),
  (327_680, ChipScript("320 KB", "o0 7<2 d512 x46<0400010808 t300 r7=04000001010102 m10000=F")),
  (368_640, ChipScript("360 KB", "o0 7<1 type=100 d512 x46<0400010909 t300 r7=04000001010102 m10000=11")),
  (
    737_280,
    ChipScript(
      "720 KB",
      "o0 type=300 d512 x46<0000000109 t300 r7=40010000000102 7<2 d512 x46<0400010909 t300 r7=4000001010102 "
        + "m10000=11")
  ),
  (1_228_800, ChipScript("1.2 MB", "o0 type=200 d512 x46<0400010F0F t300 r7=4000001010102 m10000=1D")),
  (1_474_560, ChipScript("1.44 MB", "o0 type=400 d512 x46<0400011212 t300 r7=4000001010102 m10000=23")),
  (2_949_120, ChipScript("2.88 MB", "o0 7<3 type=500 d512 x46<0400012424 t300 r7=4000001010102 m10000=47")),
]

@Suite("82077AA by the data sheet")
struct FloppyController82077AARows {
  @Test("Registers and reset", arguments: registerRows)
  func registers(_ row: ChipScript) { run(row, ScriptedFloppy()) }

  @Test("Commands that move no data", arguments: controlRows)
  func control(_ row: ChipScript) { run(row, ScriptedFloppy()) }

  @Test("Reading by DMA", arguments: readRows)
  func reading(_ row: ChipScript) { run(row, ScriptedFloppy()) }

  @Test("Writing by DMA", arguments: writeRows)
  func writing(_ row: ChipScript) { run(row, ScriptedFloppy()) }

  @Test("A protected diskette", arguments: protectedRows)
  func protected(_ row: ChipScript) { run(row, ScriptedFloppy(isReadOnly: true)) }

  @Test("Two drives", arguments: twoDriveRows)
  func twoDrives(_ row: ChipScript) { run(row, ScriptedFloppy(hasSecond: true)) }

  @Test("Non-DMA mode", arguments: hostRows)
  func host(_ row: ChipScript) { run(row, ScriptedFloppy()) }

  @Test("Other formats", arguments: otherSizes)
  func format(_ byteCount: Int, _ row: ChipScript) { run(row, ScriptedFloppy(byteCount: byteCount)) }

  @Test("Sizes that no diskette has", arguments: [0, 512, 163_839, 1_474_561, 1_720_320, UInt64.max])
  func sizes(_ byteCount: UInt64) {
    let error = #expect(throws: FloppyGeometry.Unsupported.self) { try FloppyGeometry(byteCount: byteCount) }
    #expect(
      error?.description
        == "a diskette has 160, 180, 320, 360, 720, 1200, 1440, 2880 KiB, not \(byteCount) bytes")
  }

  private func run(_ row: ChipScript, _ floppy: ScriptedFloppy) {
    var chip = floppy
    chip.run(row)
  }
}
