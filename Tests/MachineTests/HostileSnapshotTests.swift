import Foundation
import Interpreter
import MMU
import TestSupport
import Testing
import X86

@testable import Machine

/// A change of one section and what is said of it.
struct SnapshotFault: Sendable {
  var tag: String
  var path: [String]
  var value: UInt64
  var text: String
}

private let faults: [SnapshotFault] = [
  SnapshotFault(
    tag: "chips", path: ["pit", "channels", "0", "reload"], value: 0,
    text: "section chips: PIT channel 0 reload 0 is not 1...65536"),
  SnapshotFault(
    tag: "chips", path: ["pit", "channels", "1", "mode"], value: 300,
    text: "section chips: pit.channels.1.mode 300 is not 0...255"),
  SnapshotFault(
    tag: "chips", path: ["rtc", "index"], value: 200, text: "section chips: RTC index 200 is not 0...127"),
  SnapshotFault(
    tag: "config", path: ["processorCount"], value: 17, text: "section config: processorCount 17 is not 1...16"),
  SnapshotFault(
    tag: "config", path: ["memoryByteCount"], value: 4096, text: "section config: memoryByteCount 4096 is not 1048576"),
  SnapshotFault(tag: "board", path: ["turn", "index"], value: 1, text: "section board: turn.index 1 is not 0...0"),
  SnapshotFault(
    tag: "cpu", path: ["architectural", "cr0"], value: 0x8000_0010,
    text: "section cpu 0: CR0 80000010h has PG without PE"),
  SnapshotFault(
    tag: "cpu", path: ["architectural", "activity"], value: 4,
    text: "section cpu 0: architectural.activity: Cannot initialize ActivityState from invalid UInt8 value 4"),
  SnapshotFault(
    tag: "cpu", path: ["architectural", "cr8"], value: 3,
    text: "section cpu 0: architectural.cr8 3 would become 0 in a processor"),
  SnapshotFault(
    tag: "cpu", path: ["architectural", "xcr0"], value: 7,
    text: "section cpu 0: XCR0 7h has SSE, AVX that the model amd-v1 lacks"),
  SnapshotFault(
    tag: "cpu", path: ["architectural", "upperVectors", "6"], value: 5,
    text: "section cpu 0: YMM3 has a value above bit 127, and the model amd-v1 lacks AVX"),
  SnapshotFault(
    tag: "cpu", path: ["architectural", "pkru"], value: 5,
    text: "section cpu 0: PKRU is 5h, and the model amd-v1 lacks PKU"),
]

@Suite("Hostile snapshots")
struct HostileSnapshotTests {
  /// A small machine in the middle of something.
  private static func machine(_ processorCount: Int = 1) throws -> Machine {
    let row = SnapshotGuest(rom: "pic-pit", processorCount: processorCount, memoryByteCount: 8 << 20, moments: [])
    let guest = try Guest(row)
    _ = guest.run(6000)
    return guest.machine
  }

  private static func tiny() throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = 1 << 20
    let machine = try Machine(configuration)
    // jmp $ in real mode, with the timer armed
    _ = machine.memory.write([0xEB, 0xFE], at: .init(0x7C00))
    var state = machine.state(ofProcessor: 0)
    state.segments[1].base = 0
    state.rip = 0x7C00
    machine.processor(0).restore(state)
    for (port, value) in [(0x43, 0x34), (0x40, 0x00), (0x40, 0x10)] as [(UInt16, UInt32)] {
      machine.platform.bus.writePort(value, port, width: 1, now: machine.now)
    }
    _ = machine.run(ticks: 5000)
    return machine
  }

  private static func set(_ tree: CBOR, _ path: ArraySlice<String>, _ value: UInt64) -> CBOR {
    guard let key = path.first else { return .unsigned(value) }
    switch tree {
    case .map(let pairs):
      return .map(pairs.map { ($0.key, $0.key == key ? set($0.value, path.dropFirst(), value) : $0.value) })
    case .array(var elements):
      if let index = Int(key) { elements[index] = set(elements[index], path.dropFirst(), value) }
      return .array(elements)
    default: return tree
    }
  }

  @Test("A wrong field is named with file, section and value", arguments: faults)
  func sentences(_ fault: SnapshotFault) throws {
    let folder = try Folder()
    let machine = try Self.tiny()
    var metadata = try machine.snapshotMetadata("")
    let index = try #require(metadata.firstIndex { $0.tag == fault.tag })
    metadata[index].bytes = Self.set(try CBOR(metadata[index].bytes), fault.path[...], fault.value).bytes
    try SnapshotWriter.write(folder.path("file"), metadata, machine.memory, base: nil)
    #expect(throws: SnapshotError(folder.path("file"), fault.text)) {
      try Machine(snapshot: folder.path("file"))
    }
  }

  @Test("Corruptions with repaired checksums: refused, or a guest that runs", .enabled(if: !Build.isDebug))
  func repaired() throws {
    let folder = try Folder()
    var dice = Dice(2)
    let sources = [try Self.machine(), try Self.tiny(), try Self.machine(3)]
    let saved = try sources.map { try $0.snapshotMetadata("") }
    var refused = 0
    let rounds = Build.rounds(10_000, share: 10)
    for _ in 0..<rounds {
      let source = dice.below(8) == 0 ? dice.below(3) : 1
      var metadata = saved[source]
      for _ in 0...dice.below(2) {
        let index = dice.below(metadata.count)
        metadata[index].bytes = Self.corrupted(metadata[index], &dice)
      }
      try SnapshotWriter.write(folder.path("file"), metadata, sources[source].memory, base: nil)
      do {
        let machine = try Machine(snapshot: folder.path("file"))
        Self.run(machine)
        // What it came to can be saved and is accepted again.
        guard dice.below(20) == 0 else { continue }
        try machine.saveSnapshot(to: folder.path("later"))
        #expect(throws: Never.self) { try Machine(snapshot: folder.path("later")) }
      } catch {
        refused += 1
        Self.check(error, "\(folder.path("file")): ")
      }
    }
    #expect(refused > rounds / 10 && refused < rounds * 99 / 100)
    print("10,000 corruptions with repaired checksums: \(refused) refused, the others ran")
  }

  /// Some thousand ticks, or as far as it goes.
  private static func run(_ machine: Machine) {
    machine.returnsWhenIdle = true
    let start = machine.executedTicks
    for _ in 0..<40 where machine.executedTicks &- start < 5000 {
      switch machine.run(ticks: 5000) {
      case .idle(let nanoseconds?): machine.passIdleTime(nanoseconds: nanoseconds)
      case .sliceEnded: continue
      default: return
      }
    }
  }

  private static func check(_ error: SnapshotError, _ beginning: String) {
    #expect(error.description.hasPrefix(beginning), "\(error)")
    #expect(!error.description.contains("checksum"), "\(error)")
    #expect(error.description.unicodeScalars.allSatisfy { $0.isShown }, "\(error)")
  }

  @Test(
    "500 corruptions of header, table, set of pages and base with repaired checksums", .enabled(if: !Build.isDebug))
  func repairedLayout() throws {
    let folder = try Folder()
    let machine = try Self.tiny()
    try machine.saveSnapshot(to: folder.path("base"))
    _ = machine.memory.write([1, 2, 3], at: .init(0x9000))
    try machine.saveSnapshot(to: folder.path("difference"), base: folder.path("base"))
    var dice = Dice(5)
    var refused = 0
    let good = try ["base", "difference"].map { try folder.bytes($0) }
    let sections = try ["base", "difference"].map { try SnapshotFile(path: folder.path($0)).sections }
    for number in 0..<500 {
      var bytes = good[number % 2]
      let choices = sections[number % 2].filter { ["pages", "base"].contains($0.tag) }
      for _ in 0...dice.below(2) {
        let section = dice.pick(choices)
        let place =
          dice.below(3) > 0
          ? Int(section.offset) + dice.below(Int(section.byteCount))
          : dice.below(SnapshotFile.headerByteCount + SnapshotFile.entryByteCount * sections[number % 2].count)
        bytes[place] ^= dice.below(2) == 0 ? 1 << UInt8(dice.below(8)) : UInt8(1 + dice.below(255))
      }
      Self.repair(&bytes)
      try Data(bytes).write(to: URL(fileURLWithPath: folder.path("file")))
      do {
        Self.run(try Machine(snapshot: folder.path("file")))
      } catch {
        refused += 1
        Self.check(error, folder.path(""))
      }
    }
    #expect(refused > 100 && refused < 500, "\(refused)")
  }

  /// Makes the checksums of a file right, where its table leads to sections at all.
  private static func repair(_ bytes: inout [UInt8]) {
    func put(_ value: UInt64, _ at: Int) {
      for byte in 0..<8 { bytes[at + byte] = UInt8(truncatingIfNeeded: value >> UInt64(byte * 8)) }
    }
    let count = Int(SnapshotFile.number(bytes, 12, 4))
    let table = SnapshotFile.headerByteCount..<SnapshotFile.headerByteCount + count * SnapshotFile.entryByteCount
    guard table.upperBound <= bytes.count else { return }
    var stored: PageSet?
    for row in stride(from: table.lowerBound, to: table.upperBound, by: SnapshotFile.entryByteCount) {
      let (offset, length) = (SnapshotFile.number(bytes, row + 16, 8), SnapshotFile.number(bytes, row + 24, 8))
      let (end, overflow) = offset.addingReportingOverflow(length)
      guard !overflow, end <= UInt64(bytes.count) else { continue }
      let content = Array(bytes[Int(offset)..<Int(end)])
      switch bytes[row] {
      case UInt8(ascii: "p"):
        let words = stride(from: 0, to: content.count & ~7, by: 8).map { SnapshotFile.number(content, $0, 8) }
        stored = PageSet(pageCount: 256, words: words)
        put(SnapshotChecksum.of(content), row + 32)
      case UInt8(ascii: "r"):
        guard let stored, content.count == 1 << 20 else { continue }
        var sum = RAMChecksum()
        for block in stored.blocks(ofPages: RAMChecksum.blockPageCount) {
          sum.add(SnapshotChecksum.of(block.flatMap { content[$0.lowerBound << 12..<$0.upperBound << 12] }))
        }
        put(sum.value, row + 32)
      default: put(SnapshotChecksum.of(content), row + 32)
      }
    }
    let (header, rows) = (Array(bytes[0..<SnapshotFile.headerByteCount]), Array(bytes[table]))
    put(SnapshotFile.identity(header: header, table: rows), 24)
  }

  private static func corrupted(_ section: SnapshotWriter.Metadata, _ dice: inout Dice) -> [UInt8] {
    var bytes = section.bytes
    if section.tag != "tlb" && dice.below(8) != 0, let tree = try? CBOR(bytes) {
      var roll = dice
      let result = tree.changing(leaf: dice.below(tree.leafCount)) { leaf in
        switch leaf {
        case .unsigned(let number):
          switch roll.below(8) {
          case 0: .unsigned(number ^ 1 << UInt64(roll.below(roll.pick([8, 16, 32, 64]))))
          case 1: .unsigned(number &+ 1)
          case 2: .unsigned(roll.next() >> UInt64(roll.below(64)))
          case 3: .null
          case 4: .negative(number)
          default: .unsigned(roll.pick([0, 1, 2, 7, 8, 0xFF, 0xFFFF, 1 << 16, 0xFFFF_FFFF, 1 << 62, .max]))
          }
        case .bool(let flag): .bool(!flag)
        default: roll.pick([.unsigned(roll.next() >> 40), .array([]), .text("power-off")])
        }
      }
      _ = dice.next()
      return result.bytes
    }
    switch dice.below(4) {
    case 0: bytes.removeLast(dice.below(bytes.count) / 8)
    case 1: bytes.append(UInt8(dice.below(256)))
    default:
      for _ in 0...dice.below(3) { bytes[dice.below(bytes.count)] = UInt8(truncatingIfNeeded: dice.next()) }
    }
    return bytes
  }

  @Test("2,000 corruptions as they come are all refused")
  func unrepaired() throws {
    let folder = try Folder()
    try Self.machine().saveSnapshot(to: folder.path("good"))
    let good = try folder.bytes("good")
    let file = try SnapshotFile(path: folder.path("good"))
    let ram = try file.section("ram")
    let stored = try file.storedPages().runs
    var dice = Dice(3)
    for number in 0..<Build.rounds(4000, share: 10) {
      // Header and table, other sections and the gaps between, stored pages, holes.
      let at: Int =
        switch number % 4 {
        case 0: dice.below(64 + 48 * file.sections.count)
        case 1: dice.below(Int(ram.offset))
        case 2: Int(ram.offset) + dice.pick(stored).lowerBound << 12 + dice.below(4096)
        default: Int(ram.offset) + dice.below(Int(ram.byteCount))
        }
      let handle = try FileHandle(forUpdating: URL(fileURLWithPath: folder.path("good")))
      try handle.seek(toOffset: UInt64(at))
      try handle.write(contentsOf: Data([good[at] ^ UInt8(1 + dice.below(255))]))
      #expect(throws: SnapshotError.self, "byte \(at)") { try Machine(snapshot: folder.path("good")) }
      try handle.seek(toOffset: UInt64(at))
      try handle.write(contentsOf: Data([good[at]]))
    }
    _ = try Machine(snapshot: folder.path("good"))
  }

  @Test("Cut off anywhere, or longer, it is refused")
  func truncations() throws {
    let folder = try Folder()
    try Self.machine(2).saveSnapshot(to: folder.path("good"))
    let good = try folder.bytes("good")
    let sections = try SnapshotFile(path: folder.path("good")).sections
    let borders = [0, 8, 63, 64, 64 + 48] + sections.flatMap { [Int($0.offset), Int($0.end)] }
    for border in borders {
      for length in [border - 1, border, border + 1] where length >= 0 && length != good.count {
        let bytes = Array(good.prefix(length)) + [UInt8](repeating: 0, count: max(length - good.count, 0))
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path("cut")))
        #expect(throws: SnapshotError.self, "\(length)") { try Machine(snapshot: folder.path("cut")) }
      }
    }
    try Data(good).write(to: URL(fileURLWithPath: folder.path("copy")))
    _ = try Machine(snapshot: folder.path("copy"))
  }
}
