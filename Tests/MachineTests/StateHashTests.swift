import Foundation
import Testing
import X86

@testable import Interpreter
@testable import MMU
@testable import Machine

/// A change of a machine, and whether it decides what the guest does next.
private struct Change: Sendable, CustomTestStringConvertible {
  var name: String
  var matters: Bool
  var apply: @Sendable (Machine) -> Void
  var testDescription: String { name }

  init(_ name: String, matters: Bool = true, _ apply: @escaping @Sendable (Machine) -> Void) {
    (self.name, self.matters, self.apply) = (name, matters, apply)
  }

  /// A change of what software sees of the processor.
  static func state(_ name: String, _ change: @escaping @Sendable (inout ArchitecturalState) -> Void) -> Change {
    Change(name) { machine in
      var state = machine.state(ofProcessor: 0)
      change(&state)
      machine.setState(state, ofProcessor: 0)
    }
  }
}

private let changes: [Change] = [
  Change("a byte of RAM") { _ = $0.memory.write([1], at: PhysicalAddress(0x8000)) },
  Change("the same byte elsewhere") { _ = $0.memory.write([1], at: PhysicalAddress(0x8008)) },
  Change("the same byte in the last page") { _ = $0.memory.write([1], at: PhysicalAddress(0xFFFFF)) },
  Change("zeros in a page that nobody touched", matters: false) {
    _ = $0.memory.write([0], at: PhysicalAddress(0x9000))
  },
  .state("RAX") { $0.generalRegisters[0] ^= 1 },
  .state("R15") { $0.generalRegisters[15] = 1 },
  .state("CR2") { $0.cr2 = 0x1234 },
  .state("an MSR") { $0.msrs[0xC000_0082] = 0x1000 },
  .state("a byte of XMM15") { $0.fxsaveArea[160 + 255] = 1 },
  .state("the base of GS") { $0.segments[5].base = 0x10 },
  .state("the shadow of STI") { $0.stiShadow = true },
  Change("a mask of an interrupt controller") { $0.writePort(0x5A, 0x21, width: 1, processor: 0) },
  Change("a counter of the interval timer") { $0.writePort(0x34, 0x43, width: 1, processor: 0) },
  Change("the scratch register of the serial port") { $0.writePort(0x5A, 0x3FF, width: 1, processor: 0) },
  Change("a byte of the text display's 32 KiB") {
    $0.writePhysical(0x41, PhysicalAddress(0xB8000), width: 1, processor: 0)
  },
  Change("the last byte of the text display's 32 KiB") {
    $0.writePhysical(0x41, PhysicalAddress(0xBFFFF), width: 1, processor: 0)
  },
  Change("the clock") { $0.clock += 1 },
  Change("whose turn it is") { $0.turn.used = 1 },
  Change("an event", matters: false) {
    $0.events.add(.init(event: BoardEvent(.gateA20, 0, processor: 0), count: 1, address: 0))
  },
  Change("why the guest ended", matters: false) { $0.exit = .reset("port CF9h") },
]

@Suite("The state hash")
struct StateHashTests {
  private static func machine(_ change: (inout MachineConfiguration) -> Void = { _ in }) throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = 1 << 20
    change(&configuration)
    return try Machine(configuration)
  }

  @Test("What decides how the guest goes on changes it, and nothing else", arguments: changes)
  private func change(_ row: Change) throws {
    let (machine, twin) = (try Self.machine(), try Self.machine())
    let before = machine.stateHash()
    #expect(twin.stateHash() == before)
    row.apply(machine)
    #expect((machine.stateHash() != before) == row.matters)
    row.apply(twin)
    #expect(twin.stateHash() == machine.stateHash())
  }

  @Test("Every board has another")
  func boards() throws {
    let hashes = [
      try Self.machine().stateHash(), try Self.machine { $0.model = .intelV1 }.stateHash(),
      try Self.machine { $0.memoryByteCount = 2 << 20 }.stateHash(),
      try Self.machine { $0.processorCount = 2 }.stateHash(),
      try Self.machine { $0.serialIgnoresOUT2 = true }.stateHash(), try Self.machine { $0.hasHPET = true }.stateHash(),
      try Self.machine { $0.hasTestDevice = true }.stateHash(),
    ]
    #expect(Set(hashes).count == hashes.count)
  }

  @Test("It is made of the sections of a snapshot as the documentation says")
  func sections() throws {
    let folder = try Folder()
    let machine = try Self.machine()
    _ = machine.memory.write([UInt8](1...200), at: PhysicalAddress(0x7F00))
    try machine.saveSnapshot(to: folder.path("s"))
    let file = try SnapshotFile(path: folder.path("s"))
    guard case .map(let board) = try CBOR(file.bytes("board")) else {
      Issue.record("section board is no map")
      return
    }
    // No translation is cached yet, so that the order of them is that of the file.
    #expect(machine.processor(0).image().data.isEmpty)
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    let time = CBOR.map(board.filter { ["clock", "turn"].contains($0.key) })
    for bytes in [
      try file.bytes("config"), time.bytes, try file.bytes("cpu"), try file.bytes("tlb"), try file.bytes("chips"),
    ] {
      Self.mix(SnapshotChecksum.of(bytes), &hash)
    }
    for page in machine.memory.nonzeroPages().runs.joined() {
      let bytes = try #require(machine.memory.read(4096, at: PhysicalAddress(UInt64(page) << 12)))
      var inner: UInt64 = 0x9E37_79B9_7F4A_7C15
      for word in stride(from: 0, to: 4096, by: 8) { Self.mix(SnapshotFile.number(bytes, word, 8), &inner) }
      Self.mix(UInt64(page), &hash)
      Self.mix(inner, &hash)
    }
    #expect(machine.stateHash() == hash)
  }

  private static func mix(_ word: UInt64, _ hash: inout UInt64) {
    hash = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
    hash ^= hash >> 32
  }

  @Test("A machine from a snapshot has that of the saved one", arguments: [1, 2], [7, 20_000, 100_000] as [UInt64])
  func restored(_ processorCount: Int, _ ticks: UInt64) throws {
    let folder = try Folder()
    let guest = try Guest(SnapshotGuest(rom: "corners-paging", processorCount: processorCount, moments: []))
    _ = guest.run(ticks)
    try guest.machine.saveSnapshot(to: folder.path("s"))
    #expect(try Machine(snapshot: folder.path("s")).stateHash() == guest.machine.stateHash())
  }
}
