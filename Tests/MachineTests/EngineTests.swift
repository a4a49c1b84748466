import Foundation
import Interpreter
import TestSupport
import Testing
import X86

@testable import Machine

/// A guest on both engines.
private struct EngineGuest: CustomTestStringConvertible, Sendable {
  var rom: String
  var processorCount = 1
  /// Ticks that are compared.
  var ticks: UInt64 = 400_000
  var testDescription: String { processorCount == 1 ? rom : "\(rom), \(processorCount) processors" }

  func machine(_ engine: Engine) throws -> Guest {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = 32 << 20
    configuration.processorCount = processorCount
    configuration.engine = engine
    let guest = Guest(try Machine(configuration))
    try guest.machine.load(path: Build.roms.appendingPathComponent(rom + ".elf").path, options: BootOptions())
    return guest
  }
}

private let guests: [EngineGuest] =
  ((try? FileManager.default.contentsOfDirectory(atPath: Build.roms.path)) ?? []).sorted()
  .filter { $0.hasSuffix(".elf") }.map { EngineGuest(rom: String($0.dropLast(4))) }
  + [EngineGuest(rom: "smp", processorCount: 4), EngineGuest(rom: "storm", processorCount: 2)]

@Suite("Engines")
struct EngineTests {
  @Test("Both engines go through the same states, whatever the slices", arguments: guests)
  fileprivate func agree(_ row: EngineGuest) throws {
    let (ours, theirs) = (try row.machine(.threaded), try row.machine(.reference))
    var random = Dice(7)
    var slices = 0
    while ours.machine.executedTicks < row.ticks {
      // Slices below and above what a block needs, and long ones.
      let bound = [3, 70, 200, 5000, 60_000][slices % 5]
      let ticks = UInt64(1 + random.below(bound))
      let (left, right) = (ours.machine.run(ticks: ticks), theirs.machine.run(ticks: ticks))
      try #require(left == right, "after \(ours.machine.executedTicks) ticks")
      try #require(ours.machine.executedTicks == theirs.machine.executedTicks)
      slices += 1
      if slices % 8 == 0 || left != .sliceEnded {
        try #require(
          ours.machine.stateHash() == theirs.machine.stateHash(), "after \(ours.machine.executedTicks) ticks")
      }
      if left != .sliceEnded { break }
    }
    #expect(!theirs.machine.processor(0).hasTranslations)
    #expect(ours.output == theirs.output)
    #expect(ours.machine.events == theirs.machine.events)
    #expect(ours.machine.stateHash() == theirs.machine.stateHash())
  }

  @Test("The threaded engine is what runs, over the border of pages too", arguments: ["hello", "page-border"])
  func translates(_ rom: String) throws {
    let guest = try EngineGuest(rom: rom).machine(.threaded)
    let result = guest.run(100_000)
    #expect(guest.machine.processor(0).hasTranslations)
    if rom == "page-border" { #expect(result == .exited(.debugExit(16))) }
  }

  @Test("A snapshot of one engine goes on in the other", arguments: ["storm", "self-modifying", "corners-paging"])
  func snapshots(_ rom: String) throws {
    let folder = try Folder()
    let ours = try EngineGuest(rom: rom).machine(.threaded)
    _ = ours.machine.run(ticks: 5000)
    try ours.machine.saveSnapshot(to: folder.path("one"))
    let theirs = Guest(try Machine(snapshot: folder.path("one"), engine: .reference))
    #expect(theirs.machine.configuration.engine == .reference)
    #expect(try Machine(snapshot: folder.path("one")).configuration.engine == .threaded)
    for _ in 0..<20 { #expect(ours.machine.run(ticks: 1000) == theirs.machine.run(ticks: 1000)) }
    #expect(ours.machine.stateHash() == theirs.machine.stateHash())
  }
}
