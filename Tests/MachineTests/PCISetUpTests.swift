import DevicesLegacy
import Testing
import X86

@testable import Machine

/// A disk of zeros.
private final class ZeroDisk: BlockStorage {
  let byteCount: UInt64 = 1 << 20
  let isReadOnly = false
  func read(at offset: UInt64, count: Int) -> [UInt8]? { [UInt8](repeating: 0, count: count) }
  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool { true }
  func flush() -> Bool { true }
}

@Suite("PCI of a board without firmware")
struct PCISetUpTests {
  private static func machine(ide: Bool, virtio: Int) throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = 2 << 20
    var drives = MachineDrives()
    if ide { drives.attached[0] = .disk(ZeroDisk()) }
    drives.virtio = (0..<virtio).map { _ in ZeroDisk() }
    return try Machine(configuration, drives: drives)
  }

  @Test("Windows are enabled, aligned and apart; lines have the interrupts of the tables", arguments: [0, 1, 4])
  func windows(_ count: Int) throws {
    let machine = try Self.machine(ide: true, virtio: count)
    let pci = try #require(machine.platform.pci)
    var taken: [(isIO: Bool, range: Range<UInt64>)] = []
    var lines = 0
    for place in pci.places where place.device > 0 {
      let configuration = place.function.configuration
      for window in configuration.windows {
        let first = try #require(configuration.address(of: window), "\(place.name)")
        #expect(first % window.byteCount == 0, "\(place.name) at \(first)")
        let range = first..<first + window.byteCount
        #expect(!taken.contains { $0.isIO == window.isIO && $0.range.overlaps(range) }, "\(place.name) at \(range)")
        taken.append((window.isIO, range))
      }
      #expect(configuration.isBusMaster, "\(place.name)")
      let pin = Int(configuration.value(at: PCIConfiguration.Register.interruptPin, width: 1))
      guard pin > 0, place.device > 1 else { continue }
      let route = try #require(machine.platform.isaBridge).configuration.value(
        at: PIIX3.routes.lowerBound + PIIX3.line(device: place.device, pin: pin), width: 1)
      #expect(
        configuration.value(at: PCIConfiguration.Register.interruptLine, width: 1) == route
          && [10, 11].contains(route), "\(place.name)")
      lines += 1
    }
    #expect(taken.count == 1 + 2 * count && lines == count)
    // The ACPI ports are where the tables say, and the lines of PCI are level-triggered.
    #expect(machine.platform.bus.name(ofPort: 0x604) == "PIIX4 power management")
    #expect(
      machine.platform.pic.read(offset: PIC8259.triggerOffset + 1, width: 1, now: VirtualTime(nanoseconds: 0)) & 0xC
        == 0xC)
  }

  @Test("A board without drives has no PCI, and one with a diskette alone neither")
  func absent() throws {
    #expect(try Self.machine(ide: false, virtio: 0).platform.pci == nil)
    #expect(try Self.machine(ide: false, virtio: 1).platform.attached == nil)
  }

  @Test("The tables fit where they are, and name each line that a disk has")
  func tables() throws {
    let machine = try Self.machine(ide: true, virtio: 4)
    let block = FirmwareTables(machine.platform, machine.memory).definitionBlock()
    #expect(block.count + 36 < 0x800)
    // _PRT: of each device on the bus beside the host bridge four pins.
    let text = Array("_PRT".utf8)
    let at = try #require(block.indices.dropLast(4).first { Array(block[$0..<$0 + 4]) == text })
    let links = block[at...].indices.dropLast(4).filter { Array(block[$0..<$0 + 3]) == Array("LNK".utf8) }
    #expect(links.count == 4 * 5)
  }
}
