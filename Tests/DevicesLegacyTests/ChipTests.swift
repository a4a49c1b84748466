import DevicesLegacy
import Testing
import X86

/// A wire that remembers its level and its rises.
private final class Probe: SignalLine {
  private(set) var level = false
  private(set) var rises = 0

  func set(_ level: Bool) {
    if level && !self.level { rises += 1 }
    self.level = level
  }
}

@Suite("8259A pair")
struct PIC8259Tests {
  private static func initialised(_ probe: Probe) -> PIC8259 {
    let pic = PIC8259(output: probe)
    for (isSlave, vector, cascade) in [(false, UInt8(0x20), UInt8(4)), (true, 0x28, 2)] {
      for (port, value) in [(UInt64(0), UInt8(0x11)), (1, vector), (1, cascade), (1, 1), (1, 0)] {
        pic.setByte(port + (isSlave ? 2 : 0), value)
      }
    }
    return pic
  }

  private static func inService(_ pic: PIC8259, isSlave: Bool) -> UInt8 {
    pic.setByte(isSlave ? 2 : 0, 0x0B)
    return pic.byte(isSlave ? 2 : 0)
  }

  @Test("A request that went before its acknowledge gives IR7 without an ISR bit")
  func spuriousMaster() {
    let probe = Probe()
    let pic = Self.initialised(probe)
    pic.set(4, true)
    #expect(probe.level)
    pic.set(4, false)
    #expect(pic.acknowledge() == 0x27)
    #expect(Self.inService(pic, isSlave: false) == 0)
  }

  /// The slave's own request fell, so its output fell with it: the master, too, sees a request that went away. IR15
  /// would need the line to fall between the two acknowledge cycles, which are one here.
  @Test("A slave's request that went away is the master's IR7, and nothing is in service")
  func spuriousSlave() {
    let probe = Probe()
    let pic = Self.initialised(probe)
    pic.set(8, true)
    #expect(probe.level)
    pic.set(8, false)
    #expect(pic.acknowledge() == 0x27)
    #expect(Self.inService(pic, isSlave: true) == 0)
    #expect(Self.inService(pic, isSlave: false) == 0)
  }

  @Test("Requests by priority, the slave's at IR2")
  func priority() {
    let pic = Self.initialised(Probe())
    for irq in [4, 8, 1] { pic.set(irq, true) }
    #expect(pic.acknowledge() == 0x21)
    pic.setByte(0, 0x20)
    #expect(pic.acknowledge() == 0x28)
    pic.setByte(2, 0x20)
    pic.setByte(0, 0x20)
    #expect(pic.acknowledge() == 0x24)
  }
}

/// OUT of channel 2 at a number of clocks after its trigger.
struct TimerRow: Sendable {
  var mode: UInt8
  var count: UInt16
  /// Clocks after the gate rose, and the level of OUT.
  var levels: [(UInt64, Bool)]
}

private let timerRows: [TimerRow] = [
  TimerRow(mode: 0, count: 10, levels: [(2, false), (8, false), (14, true), (1000, true)]),
  TimerRow(mode: 1, count: 10, levels: [(3, false), (8, false), (14, true), (1000, true)]),
  TimerRow(mode: 2, count: 10, levels: [(3, true), (7, true)]),
  TimerRow(mode: 3, count: 100, levels: [(20, true), (70, false), (120, true), (170, false)]),
  TimerRow(mode: 4, count: 10, levels: [(3, true), (8, true), (14, true), (1000, true)]),
  TimerRow(mode: 5, count: 10, levels: [(3, true), (8, true), (14, true), (1000, true)]),
]

@Suite("8254")
struct PIT8254Tests {
  @Test("OUT of channel 2 in every mode", arguments: timerRows)
  func output(_ row: TimerRow) {
    let pit = PIT8254(interrupt: Probe())
    func at(_ clocks: UInt64) -> VirtualTime { VirtualTime(count: 1000 + clocks, atHertz: 1_193_182) }
    let start = VirtualTime(count: 900, atHertz: 1_193_182)
    pit.setSpeakerGate(false, now: start)
    pit.setByte(3, 0xB0 | row.mode << 1, now: start)
    pit.setByte(2, UInt8(row.count & 0xFF), now: start)
    pit.setByte(2, UInt8(row.count >> 8), now: start)
    pit.setSpeakerGate(true, now: at(0))
    for (clocks, level) in row.levels {
      #expect(pit.speakerOutput(now: at(clocks)) == level, "mode \(row.mode), clock \(clocks)")
    }
  }
}
