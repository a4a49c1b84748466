import Foundation
import Interpreter
import MMU
import TestSupport
import Testing

@testable import Machine

private let rows: [Journey] = [
  Journey(rom: "hello", end: 21_000), Journey(rom: "smp", processorCount: 4, end: 60_000),
  Journey(rom: "corners-privilege", end: 20_000), Journey(rom: "corners-paging", end: 20_000),
  Journey(rom: "corners-paging32", end: 20_000), Journey(rom: "corners-legacy", end: 20_000),
  Journey(rom: "strings", end: 4000), Journey(rom: "self-modifying", end: 1500), Journey(rom: "real-mode", end: 3000),
  Journey(rom: "virtual-8086", end: 4000), Journey(rom: "task-switch", end: 2000),
  Journey(rom: "user-mode", end: 20_000),
]

/// A stop at a watchpoint: the position after the step, whose it was, and the range.
private struct Hit: Hashable, CustomStringConvertible {
  var ticks: UInt64
  var processor: Int
  var index: Int
  var description: String { "(\(ticks), \(processor), \(index))" }
}

/// Compares every access of every step: what a watchpoint means.
private final class Reference: MachineObserver {
  private let ranges: [WatchedRange]
  private(set) var hits: [Hit] = []
  /// The explicit accesses that were seen.
  private(set) var accesses: [LoggedAccess] = []

  init(_ ranges: [WatchedRange]) { self.ranges = ranges }

  func willStep(_ machine: Machine, _ processor: Processor) -> Bool { true }

  func didStep(_ machine: Machine, _ processor: Processor) -> Bool {
    guard let log = processor.log, !log.events.contains(where: { $0.exception != nil }) else { return true }
    for access in log.accesses where !access.isSystem {
      accesses.append(access)
      let index = ranges.firstIndex {
        (access.isWrite ? $0.stopsWrites : $0.stopsReads)
          && $0.touches(access.linear, byteCount: UInt64(access.byteCount))
      }
      guard let index else { continue }
      hits.append(Hit(ticks: machine.executedTicks, processor: processor.state.index, index: index))
      break
    }
    return true
  }
}

@Suite("Watchpoints")
struct WatchTests {
  private func observed(_ row: Journey, _ ranges: [WatchedRange]) throws -> Reference {
    let reference = Reference(ranges)
    let machine = try row.machine()
    machine.observe(reference)
    _ = fast(machine, to: row.end)
    machine.observe(nil)
    return reference
  }

  /// Runs to a position and collects the stops on the way.
  private func fast(_ machine: Machine, to end: UInt64) -> [Hit] {
    var hits: [Hit] = []
    while machine.executedTicks < end {
      switch machine.run(ticks: end - machine.executedTicks) {
      case .watchpoint(let processor, let index):
        hits.append(Hit(ticks: machine.executedTicks, processor: processor, index: index))
      case .exited: return hits
      default: continue
      }
    }
    return hits
  }

  /// Sets of ranges around what the guest accesses: exact ones, parts, neighbours, some that cross pages, a whole page.
  private func rangeSets(_ row: Journey) throws -> [[WatchedRange]] {
    let accesses = try observed(row, []).accesses
    try #require(accesses.count > 20)
    var dice = Dice(row.end)
    func pick(_ byteCount: UInt64? = nil, back: UInt64 = 0, isWrite: Bool? = nil) -> WatchedRange {
      // Some guests only write.
      let some = accesses.filter { isWrite == nil || $0.isWrite == isWrite }
      let access = (some.isEmpty ? accesses : some)[Int.random(in: 0..<max(some.count, 1), using: &dice)]
      return WatchedRange(
        address: access.linear &- back, byteCount: byteCount ?? UInt64(access.byteCount),
        stopsReads: isWrite != true, stopsWrites: isWrite != false)
    }
    return [
      [pick()], [pick(isWrite: true)], [pick(isWrite: false)], [pick(1, isWrite: true), pick(1, isWrite: false)],
      [pick(3, back: 1, isWrite: true), pick(64, back: 32), pick(isWrite: false)],
      [pick(0x1000, back: 0x800, isWrite: true)], [pick(0x1000, back: 0x400)],
      [WatchedRange(address: .max - 7, byteCount: 16, stopsReads: true, stopsWrites: true), pick()],
    ]
  }

  @Test("Stops at speed are those that observing every step finds, and the guest does not notice", arguments: rows)
  private func forward(_ row: Journey) throws {
    let plain = try row.machine()
    _ = fast(plain, to: row.end)
    let hash = plain.stateHash()
    var total = 0
    for ranges in try rangeSets(row) {
      let expected = try observed(row, ranges).hits
      total += expected.count
      let watched = try row.machine()
      watched.setWatchpoints(ranges)
      #expect(fast(watched, to: row.end) == expected, "\(ranges)")
      #expect(watched.executedTicks == plain.executedTicks && watched.stateHash() == hash, "\(ranges)")
      // Set in the middle, over translations that are cached already, and taken away again.
      let late = try row.machine()
      _ = fast(late, to: row.end / 2)
      late.setWatchpoints(ranges)
      #expect(
        fast(late, to: row.end / 4 * 3) == expected.filter { (row.end / 2 + 1...row.end / 4 * 3).contains($0.ticks) })
      late.setWatchpoints([])
      #expect(fast(late, to: row.end).isEmpty)
      #expect(late.stateHash() == hash, "\(ranges), for a while")
    }
    #expect(total > 20)
  }

  @Test("Going back stops before the same steps, the last first", arguments: rows)
  private func backward(_ row: Journey) throws {
    for ranges in try rangeSets(row) {
      let expected = try observed(row, ranges).hits
      let history = TimeTravel(try row.machine())
      while history.position < row.end { if case .exited = history.run(ticks: row.end - history.position) { break } }
      for hit in expected.suffix(12).reversed() {
        let found = history.runBack(breakpoints: [], watchpoints: ranges, isInterrupted: { false })
        #expect(found == PastStop(ticks: hit.ticks - 1, processor: hit.processor, watchpoint: hit.index))
        try #require(history.position == hit.ticks - 1)
      }
      let fresh = try row.machine()
      _ = fast(fresh, to: history.position)
      #expect(expected.isEmpty || history.machine.stateHash() == fresh.stateHash())
      if expected.count <= 12 {
        #expect(history.runBack(breakpoints: [], watchpoints: ranges, isInterrupted: { false }) == nil)
        #expect(history.position == 0)
      }
    }
  }

  @Test("Dense stops and few, breakpoints among them: always the last before the present", arguments: rows)
  private func anywhere(_ row: Journey) throws {
    var dice = Dice(row.end ^ 5)
    let everything = WatchedRange(address: 0, byteCount: .max, stopsReads: true, stopsWrites: true)
    let hits = try observed(row, [everything]).hits
    let history = TimeTravel(try row.machine())
    while history.position < row.end { if case .exited = history.run(ticks: row.end - history.position) { break } }
    let end = history.position
    for _ in 0..<8 {
      let now = UInt64.random(in: 100...end, using: &dice)
      try #require(history.seek(to: now) || now == history.position)
      let before = hits.last { $0.ticks <= now }
      let found = history.runBack(breakpoints: [], watchpoints: [everything], isInterrupted: { false })
      #expect(found?.ticks == before.map { $0.ticks - 1 } && found?.processor == before?.processor, "from \(now)")
      // Forward again: the machine has to be where it was.
      while history.position < end { if case .exited = history.run(ticks: end - history.position) { break } }
      // A breakpoint on the next instruction is nearer than the access.
      let place = history.machine.linearInstructionPointer(ofProcessor: 0)
      try #require(history.seek(to: now))
      let here = history.machine.linearInstructionPointer(ofProcessor: 0)
      let stop = history.runBack(breakpoints: [here, place], watchpoints: [everything], isInterrupted: { false })
      #expect((stop?.ticks ?? 0) >= (before.map { $0.ticks - 1 } ?? 0))
      while history.position < end { if case .exited = history.run(ticks: end - history.position) { break } }
    }
  }
}
