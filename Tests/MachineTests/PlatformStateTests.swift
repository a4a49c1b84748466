import DevicesLegacy
import TestSupport
import Testing
import X86

@testable import Machine

@Suite("State of the board")
struct PlatformStateTests {
  private static let ports: [UInt16] =
    [0x20, 0x21, 0xA0, 0xA1, 0x4D0, 0x4D1, 0x40, 0x41, 0x42, 0x43, 0x60, 0x64, 0x61, 0x70, 0x71, 0x92, 0xE9, 0xCF8]
    + [0xCF9, 0x510, 0x511, 0x511, 0x600, 0x602, 0x604, 0x608] + (0x3F8...0x3FF)

  private static func machine(_ processorCount: Int) throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = 1 << 20
    configuration.processorCount = processorCount
    return try Machine(configuration)
  }

  /// Drives ports and APICs; gives all that was read.
  private static func drive(_ platform: Platform, _ steps: Int, _ now: inout UInt64, _ dice: inout Dice) -> [UInt64] {
    var seen: [UInt64] = []
    for _ in 0..<steps {
      if dice.below(4) == 0 { now &+= dice.next() >> UInt64(38 + dice.below(24)) }
      let time = VirtualTime(nanoseconds: now)
      let port = ports[dice.below(ports.count)]
      let address = (dice.below(2) == 0 ? 0xFEC0_0000 : 0xFEE0_0000) | UInt64(dice.below(64) << 4)
      let processor = dice.below(platform.apics.count)
      switch dice.below(6) {
      case 0: platform.advance(to: time)
      case 1: platform.bus.writePort(UInt32(dice.below(256)), port, width: port == 0x510 ? 2 : 1, now: time)
      case 2: seen.append(UInt64(platform.bus.readPort(port, width: 1, now: time)))
      case 3: _ = platform.bus.writeMemory(dice.next() >> 33, address, width: 4, processor: processor, now: time)
      case 4: seen.append(platform.bus.readMemory(address, width: 4, processor: processor, now: time))
      default: seen.append(platform.nextEvent?.nanoseconds ?? 0)
      }
      seen.append(platform.apics[processor].hasRequest ? 1 : 0)
    }
    return seen
  }

  @Test("A restored board goes on as the captured one", arguments: [1, 2, 16])
  func goesOn(_ processorCount: Int) throws {
    for seed in 0..<50 as Range<UInt64> {
      var dice = Dice(seed)
      var now: UInt64 = 0
      let first = try Self.machine(processorCount)
      if seed & 1 != 0 { first.platform.firmware.setCommandLine("console=ttyS0") }
      _ = Self.drive(first.platform, 500, &now, &dice)
      let state = first.platform.capture()
      #expect(Platform.problem(in: state, processorCount: processorCount) == nil)
      let second = try Self.machine(processorCount)
      second.platform.restore(state)
      #expect(second.platform.capture() == state)
      var (sameNow, sameDice) = (now, dice)
      let seen = Self.drive(first.platform, 500, &now, &dice)
      #expect(Self.drive(second.platform, 500, &sameNow, &sameDice) == seen)
      #expect(second.platform.capture() == first.platform.capture())
    }
  }

  @Test("fw_cfg keeps the command line, the item and the position")
  func firmware() throws {
    let first = try Self.machine(1)
    first.platform.firmware.setCommandLine("quiet")
    first.platform.bus.writePort(0x15, 0x510, width: 2, now: .zero)
    _ = first.platform.bus.readPort(0x511, width: 1, now: .zero)
    let second = try Self.machine(1)
    second.platform.restore(first.platform.capture())
    let rest = (0..<5).map { _ in UInt8(truncatingIfNeeded: second.platform.bus.readPort(0x511, width: 1, now: .zero)) }
    #expect(rest == Array("uiet".utf8) + [0])
  }

  @Test("Impossible boards are refused with one sentence")
  func sentences() throws {
    let state = try Self.machine(2).platform.capture()
    #expect(Platform.problem(in: state, processorCount: 3) == "the board has 2 local APICs for 3 processors")
    var other = state
    other.apics[1].base |= 0x100
    #expect(
      Platform.problem(in: other, processorCount: 2)
        == "processor 1: local APIC IA32_APIC_BASE FEE00900h has the wrong bootstrap bit")
    other = state
    other.portB = 9
    #expect(Platform.problem(in: other, processorCount: 2) == "port 61h holds 9, which is not 0...3")
  }
}
