import Foundation
import Interpreter
import MMU
import TestSupport
import Testing
import X86
import X86Decoder

@testable import Machine

private let guests: [SnapshotGuest] = [
  SnapshotGuest(rom: "hello", moments: [0, 1, 100]),
  SnapshotGuest(rom: "storm", moments: [1000, 50_001]),
  SnapshotGuest(rom: "rtc", moments: [500, 100_000]),
  SnapshotGuest(rom: "lapic", moments: [777, 5000]),
  SnapshotGuest(rom: "pic-pit", moments: [777, 5000, 20_000]),
  SnapshotGuest(rom: "smp", processorCount: 4, moments: [1, 3999, 12_345, 40_000]),
  SnapshotGuest(rom: "strings", moments: [1003, 4001]),
  SnapshotGuest(rom: "long-rep", moments: [1000, 33_333]),
  SnapshotGuest(rom: "corners-paging", moments: [5000, 20_001]),
  SnapshotGuest(rom: "corners-paging32", moments: [5000, 20_001]),
  SnapshotGuest(rom: "corners-privilege", moments: [3000, 9999]),
  SnapshotGuest(rom: "virtual-8086", moments: [300, 2000]),
  SnapshotGuest(rom: "real-mode", moments: [100, 500]),
  SnapshotGuest(rom: "task-switch", moments: [200, 700]),
  SnapshotGuest(rom: "user-mode", moments: [400, 1500]),
  SnapshotGuest(rom: "self-modifying", moments: [400, 1500]),
  SnapshotGuest(rom: "matrix-timer", moments: [1000, 30_000]),
]

/// Stops after the first SYSRET that leaves SS with a DPL that is not the CPL.
private final class ReturnFinder: MachineObserver {
  private(set) var isFound = false

  func willStep(_ machine: Machine, _ processor: Processor) -> Bool { !isFound }

  func didStep(_ machine: Machine, _ processor: Processor) -> Bool {
    isFound =
      processor.log?.instruction?.operation == .sysret && processor.state.cpl == 3
      && processor.state.segments[2].descriptorPrivilegeLevel != 3
    return !isFound
  }
}

/// Ticks that end every guest here; a debug build goes some of the way.
private let toTheEnd: UInt64 = Build.isDebug ? 200_000 : 20_000_000

@Suite("Snapshots")
struct SnapshotTests {
  @Test("Saved, loaded and saved again is the same file, and goes on as if nothing had been", arguments: guests)
  func goesOn(_ row: SnapshotGuest) throws {
    let folder = try Folder()
    for moment in row.moments {
      let first = try Guest(row)
      _ = first.run(moment)
      try first.machine.saveSnapshot(to: folder.path("one"))
      let second = Guest(try Machine(snapshot: folder.path("one")))
      try second.machine.saveSnapshot(to: folder.path("two"))
      #expect(try folder.bytes("one") == folder.bytes("two"), "at \(moment)")
      first.output = []
      let (ours, theirs) = (first.run(toTheEnd), second.run(toTheEnd))
      #expect(ours == theirs)
      #expect(first.output == second.output)
      #expect(first.machine.events == second.machine.events)
      try first.machine.saveSnapshot(to: folder.path("end one"))
      try second.machine.saveSnapshot(to: folder.path("end two"))
      #expect(try folder.bytes("end one") == folder.bytes("end two"), "after \(moment)")
      let third = try Guest(row)
      _ = third.run(moment)
      _ = third.run(toTheEnd)
      try third.machine.saveSnapshot(to: folder.path("end two"))
      #expect(try folder.bytes("end one") == folder.bytes("end two"), "never saved at \(moment)")
    }
    #expect(folder.names == ["end one", "end two", "one", "two"])
  }

  @Test("The CPL is that of the code, whatever SYSRET has left in SS")
  func privilege() throws {
    let folder = try Folder()
    let guest = SnapshotGuest(rom: "corners-privilege", moments: [])
    let finder = ReturnFinder()
    let first = try Guest(guest)
    first.machine.observe(finder)
    _ = first.run(1_000_000)
    first.machine.observe(nil)
    #expect(finder.isFound && first.machine.processor(0).state.cpl == 3)
    try first.machine.saveSnapshot(to: folder.path("one"))
    let second = Guest(try Machine(snapshot: folder.path("one")))
    #expect(second.machine.processor(0).state.cpl == 3)
    first.machine.setState(first.machine.state(ofProcessor: 0), ofProcessor: 0)
    #expect(first.machine.processor(0).state.cpl == 3)
    second.output = []
    first.output = []
    #expect(first.run(20_000_000) == second.run(20_000_000))
    #expect(first.output == second.output)
  }

  @Test("Differences stand on their base, wherever both are, and hold only what changed")
  func differences() throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.path("sub"), withIntermediateDirectories: true)
    let guest = try Guest(SnapshotGuest(rom: "corners-paging", moments: []))
    _ = guest.run(10_000)
    try guest.machine.saveSnapshot(to: folder.path("base"))
    _ = guest.run(20_000)
    try guest.machine.saveSnapshot(to: folder.path("sub/second"), base: folder.path("base"))
    _ = guest.run(20_000)
    // One page that was not zero becomes zero.
    let page = try #require(guest.machine.memory.nonzeroPages().runs.first?.lowerBound)
    _ = guest.machine.memory.write([UInt8](repeating: 0, count: 4096), at: .init(UInt64(page) << 12))
    try guest.machine.saveSnapshot(to: folder.path("third"), base: folder.path("sub/second"))
    try guest.machine.saveSnapshot(to: folder.path("whole"))
    let counts = try ["whole", "third"].map { try SnapshotFile(path: folder.path($0)).storedPages().count }
    #expect(counts[1] > 0 && counts[1] < counts[0])
    let restored = try Machine(snapshot: folder.path("third"))
    #expect(restored.memory.isZero(page: page))
    try restored.saveSnapshot(to: folder.path("whole again"))
    #expect(try folder.bytes("whole") == folder.bytes("whole again"))
    try restored.saveSnapshot(to: folder.path("third again"), base: folder.path("sub/second"))
    #expect(try folder.bytes("third") == folder.bytes("third again"))
    // A moved family still finds its members; a base that is another one is not taken.
    let moved = try Folder()
    for name in ["base", "third", "sub"] {
      try FileManager.default.moveItem(atPath: folder.path(name), toPath: moved.path(name))
    }
    _ = try Machine(snapshot: moved.path("third"))
    try guest.machine.saveSnapshot(to: moved.path("base"))
    #expect(
      throws: SnapshotError(
        moved.path("sub/second"),
        "section base: ../base is another file than that of which the "
          + "difference was taken")
    ) { try Machine(snapshot: moved.path("third")) }
    #expect(throws: SnapshotError(moved.path("base"), "is its own base")) {
      try guest.machine.saveSnapshot(to: moved.path("base"), base: moved.path("base"))
    }
  }

  @Test(
    "Linux goes on from a snapshot", .enabled(if: !Build.isDebug, "a debug build is too slow"),
    .enabled(if: DebianKernel.isThere, "\(DebianKernel.absence)"))
  func linux() throws {
    let folder = try Folder()
    let first = Guest(try Machine(MachineConfiguration()))
    var options = BootOptions()
    options.commandLine = "console=ttyS0"
    options.modules = [BootModule(path: DebianKernel.initrd)]
    try first.machine.load(path: DebianKernel.image, options: options)
    _ = first.run(400_000_000)
    let clock = ContinuousClock()
    let save = try clock.measure { try first.machine.saveSnapshot(to: folder.path("linux")) }
    var second: Guest?
    let load = try clock.measure { second = Guest(try Machine(snapshot: folder.path("linux"))) }
    let restored = try #require(second)
    first.output = []
    #expect(first.run(300_000_000) == restored.run(300_000_000))
    #expect(first.output == restored.output)
    #expect(!first.output.isEmpty)
    let difference = try clock.measure {
      try first.machine.saveSnapshot(to: folder.path("end one"), base: folder.path("linux"))
    }
    try restored.machine.saveSnapshot(to: folder.path("end two"), base: folder.path("linux"))
    #expect(try folder.bytes("end one") == folder.bytes("end two"))
    let counts = try ["linux", "end one"].map { try SnapshotFile(path: folder.path($0)).storedPages().count }
    print(
      "Linux of 256 MiB: \(counts[0]) pages, saved in \(save), loaded in \(load); \(counts[1]) more in \(difference)")
  }

  @Test("The checksum of RAM is the same, however many threads share the work, and depends on where bytes are")
  func checksum() throws {
    let memory = try GuestMemory(byteCount: 16 << 20)
    var stored = PageSet(pageCount: 4096)
    var dice = Dice(7)
    // Beyond the video memory, which is no RAM.
    for page in 256..<4096 where dice.below(5) > 0 || (1000..<2000).contains(page) {
      stored.insert(page)
      _ = memory.write((0..<64).map { _ in UInt8(dice.below(256)) }, at: .init(UInt64(page) << 12 + 512))
    }
    let sum = RAMChecksum.of(memory, stored, threads: 1)
    for threads in 2...9 { #expect(RAMChecksum.of(memory, stored, threads: threads) == sum) }
    #expect(stored.blocks(ofPages: 256).flatMap { $0 }.flatMap { $0 } == stored.runs.flatMap { $0 })
    #expect(stored.blocks(ofPages: 256).dropLast().allSatisfy { $0.reduce(0) { $0 + $1.count } == 256 })
    for _ in 0..<100 {
      let page = dice.pick(Array(dice.pick(stored.runs)))
      let place = PhysicalAddress(UInt64(page) << 12 + UInt64(dice.below(4096)))
      let old = try #require(memory.read(1, at: place))
      _ = memory.write([old[0] ^ 1 << UInt8(dice.below(8))], at: place)
      #expect(RAMChecksum.of(memory, stored) != sum, "\(place)")
      _ = memory.write(old, at: place)
    }
    #expect(RAMChecksum.of(memory, stored) == sum)
  }

  @Test("What cannot be written is one sentence, and leaves nothing")
  func refusals() throws {
    let folder = try Folder()
    let machine = try Guest(SnapshotGuest(rom: "hello", moments: [])).machine
    for (path, base, text) in [
      (folder.path("no/file"), nil, "cannot be made: No such file or directory"),
      (folder.path("file"), folder.path("none"), "\(folder.path("none")): cannot be opened: No such file or directory"),
      (folder.path("file"), folder.url.path, "\(folder.url.path): is not a regular file"),
      (folder.path("file"), "/dev/zero", "/dev/zero: is not a regular file"),
    ] as [(String, String?, String)] {
      do {
        try machine.saveSnapshot(to: path, base: base)
        Issue.record("\(path) was written")
      } catch {
        #expect(error.description.hasSuffix(text))
      }
    }
    #expect(folder.names.isEmpty)
  }
}
