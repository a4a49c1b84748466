import DevicesLegacy
import TestSupport
import Testing
import X86

/// An IDE function with its channels as one chip, so that what goes on between them is in the rig.
private final class WholeIDE: RestorableChip, SendableMetatype {
  /// The buffers are apart, as text: what a test changes at random is nearly always a field.
  struct State: Codable, Equatable, Sendable {
    var function: PIIXIDE.State
    var channels: [ATAChannel.State]
    var buffers: [[String]]

    init(function: PIIXIDE.State, channels: [ATAChannel.State]) {
      self.function = function
      self.channels = channels
      buffers = channels.map { $0.drives.map { drive in (drive?.buffer ?? []).map { " \($0)" }.joined() } }
      for channel in channels.indices {
        for drive in channels[channel].drives.indices { self.channels[channel].drives[drive]?.buffer = [] }
      }
    }

    /// The channels with their buffers.
    var whole: [ATAChannel.State] {
      var whole = channels
      for (channel, texts) in buffers.enumerated() where channel < whole.count {
        for (drive, text) in texts.enumerated() where drive < whole[channel].drives.count {
          whole[channel].drives[drive]?.buffer = text.split(separator: " ").compactMap { UInt8($0) }
        }
      }
      return whole
    }
  }

  let channels: [ATAChannel]
  let function: PIIXIDE
  let memory = ScriptMemory()

  init(_ recorder: Recorder) {
    // The media take no writes: they are no part of the state.
    let disk = ScriptMedium.disk(sectors: 300)
    let identity = ScriptedIDE.diskIdentity
    disk.badOffsets = [200 * 512]
    let writable = NullMedium()
    channels = [
      ATAChannel(
        interrupt: recorder, device0: ATADrive(disk: disk, identity: identity),
        device1: ATADrive(cdrom: ScriptMedium.disc(sectors: 20), identity: identity)),
      ATAChannel(interrupt: recorder, device0: ATADrive(disk: writable, identity: identity), device1: nil),
    ]
    function = PIIXIDE(memory: memory, primary: channels[0], secondary: channels[1])
    // Two regions and a table whose end comes late.
    for (address, value) in [
      (0x1000, 0x2_0000), (0x1004, 0x600), (0x1008, 0x3_0000), (0x100C, 0x8000_1000), (0x2000, 0x4_0001),
      (0x2004, 0x1001), (0x2008, 0xFFFF_FF00), (0x200C, 0), (0x2010, 0x5_0000), (0x2014, 0x8000_0000),
    ] as [(UInt64, UInt64)] {
      memory.setWord(address, value)
    }
  }

  var state: State { State(function: function.state, channels: channels.map(\.state)) }

  func restore(_ state: State) {
    function.restore(state.function)
    for (channel, saved) in zip(channels, state.whole) { channel.restore(saved) }
  }

  static func problem(in state: State) -> String? {
    if state.channels.count != 2 { return "channels" }
    return PIIXIDE.problem(in: state.function)
      ?? state.whole.lazy.compactMap { ATAChannel.problem(in: $0) }.first
  }
}

/// A medium that takes writes and stays zeros.
private final class NullMedium: BlockStorage {
  let byteCount: UInt64 = 1 << 40
  let isReadOnly = false
  func read(at offset: UInt64, count: Int) -> [UInt8]? { [UInt8](repeating: 0, count: count) }
  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool { true }
  func flush() -> Bool { true }
}

private let commands: [UInt8] = [
  0x20, 0x24, 0x25, 0x29, 0x30, 0x34, 0x35, 0x39, 0x40, 0x42, 0xC4, 0xC5, 0xC8, 0xCA, 0xC6, 0xA0, 0xA0, 0xA0, 0xA1,
  0xEC, 0xEF, 0x91, 0x90, 0xE5, 0xE7, 0xF8, 0x27, 0x08,
]
private let packets: [UInt8] = [
  0x00, 0x03, 0x12, 0x1A, 0x1B, 0x1E, 0x25, 0x28, 0x2B, 0x43, 0x46, 0x4A, 0x51, 0x5A, 0xA8, 0xBD, 0xBE,
]

@Sendable private func drive(_ chip: WholeIDE, _ dice: inout Dice, _ now: VirtualTime) -> String {
  let channel = chip.channels[dice.pick([0, 0, 1])]
  let byte = UInt8(truncatingIfNeeded: dice.next())
  func low(_ dice: inout Dice) -> UInt8 { dice.below(3) == 0 ? byte : UInt8(dice.below(4)) }
  switch dice.below(14) {
  case 0: channel.setByte(7, dice.pick(commands + [byte]), now: now)
  case 1: for register in 1...5 as ClosedRange<UInt64> { channel.setByte(register, low(&dice), now: now) }
  case 2: channel.setByte(6, dice.pick([0x40, 0xE0, 0xA0, 0x50, 0xB0, byte]), now: now)
  case 3: channel.setByte(8, dice.pick([0, 0, 2, 4, 0x80, byte]), now: now)
  case 4:
    let packet = [
      dice.pick(packets + [byte]), byte & 2, 0, 0, 0, byte & 0x1F, low(&dice), low(&dice), byte, 0x10, 0, 0,
    ]
    for part in packet { channel.setByte(0, part, now: now) }
  case 5, 6: for _ in 0..<dice.pick([1, 16, 256, 1024]) { channel.write(dice.next(), offset: 0, width: 4, now: now) }
  case 7, 8:
    var sum: UInt64 = 0
    for _ in 0..<dice.pick([1, 16, 256, 1024]) {
      sum = sum &* 31 &+ channel.value(0, width: dice.pick([1, 2, 4]), now: now)
    }
    return "\(sum)"
  case 9:
    let offset = dice.pick([0, 8]) as UInt64
    let tables: [UInt64] = [0x1000, 0x2000, 0x1_FFF8, dice.next()]
    chip.function.write(dice.pick(tables), window: 4, offset: offset + 4, width: 4, now: now)
    chip.function.write(dice.pick([0, 1, 9, 9]), window: 4, offset: offset, width: 1, now: now)
  case 10:
    chip.function.write(dice.next(), window: 4, offset: UInt64(dice.below(20)), width: dice.pick([1, 2, 4]), now: now)
  case 11:
    chip.function.configuration.write(dice.pick([5, 5, 5, UInt32(byte)]), at: dice.pick([4, 4, 0x40, 0x20]), width: 2)
    chip.function.configurationChanged(now: now)
  case 12: for channel in chip.channels { channel.advance(to: now) }
  default: return "\(channel.value(UInt64(dice.below(10)), width: 1, now: now))"
  }
  let masters = chip.function.read(window: 4, offset: 0, width: 8, now: now)
  return "\(channel.byte(8, now: now)) \(masters) \(String(describing: channel.nextEvent))"
}

/// Joined in `StateTests`.
let ideRows = [row("IDE", { WholeIDE($0) }, drive)]

@Suite("States of IDE")
struct ATAStateTests {
  @Test("What is wrong with a state is one sentence with field and value")
  func sentences() {
    let ide = ScriptedIDE(.disk)
    var state = ide.channels[0].state
    state.drives[0]?.deadline = 5
    #expect(ATAChannel.problem(in: state) == "ATA device 0 is idle, which has no deadline")
    state.drives[0]?.activity = .readBlock
    #expect(ATAChannel.problem(in: state) == "ATA device 0 is readBlock with no data left")
    state.drives[0]?.multiple = 3
    #expect(
      ATAChannel.problem(in: state) == "ATA device 0 block of READ MULTIPLE 3 is not one of 0, 1, 2, 4, 8, 16")
    state = ide.channels[0].state
    state.drives[0]?.activity = .dataIn
    #expect(ATAChannel.problem(in: state) == "ATA device 0 position 0 is not in a data block that ends at 0")
    state.drives[0]?.activity = .packet
    state.drives[0]?.deadline = 5
    #expect(ATAChannel.problem(in: state) == "ATA device 0 command packet has 0 entries, not 12")
    state = ide.channels[0].state
    state.control = 4
    #expect(ATAChannel.problem(in: state) == "ATA device 0 is idle where SRST is 1")
    var function = ide.function.state
    function.masters[1].status = 1
    #expect(PIIXIDE.problem(in: function) == "PIIX3 bus master 1 is active behind the end of a transfer")
    function = ide.function.state
    function.configuration.set(1, at: 0x00, width: 1)
    #expect(PIIXIDE.problem(in: function) == "PIIX3 IDE configuration byte 0h is 1h")
  }

  @Test("A restored channel has its interrupt and its data")
  func restoredInterrupt() {
    let ide = ScriptedIDE(.disk)
    ide.channels[0].setByte(7, 0xEC)
    let later = VirtualTime(nanoseconds: 1_000_000)
    ide.channels[0].advance(to: later)
    let other = ScriptedIDE(.disk)
    other.channels[0].restore(ide.channels[0].state)
    // The line is high at its other end: the first thing that is driven is the fall.
    #expect(other.channels[0].byte(7, now: later) == 0x58 && other.lines[0].rises == 0)
    #expect(other.channels[0].value(0, width: 2, now: later) == 0x40)
  }

  @Test("A restored function goes on with DMA")
  func restoredDMA() {
    var ide = ScriptedIDE(.disk)
    ide.run(ChipScript("begin", "B4<1000 b0<9 6<E0 2<1 3<5 4<0 5<0 7<C8 t30 7=80"))
    var other = ScriptedIDE(.disk)
    other.run(ChipScript("another", "c4<0 m1000<20000 m1004<80000200"))
    other.channels[0].restore(ide.channels[0].state)
    other.function.restore(ide.function.state)
    other.run(ChipScript("end", "7=80 w irq=1 b2=4 7=50 m20000=500"))
  }
}
