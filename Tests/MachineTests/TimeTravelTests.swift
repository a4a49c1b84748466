import Foundation
import Interpreter
import TestSupport
import Testing

@testable import Machine

/// A ROM, executed up to a position.
struct Journey: Sendable, CustomTestStringConvertible {
  var rom: String
  var processorCount = 1
  /// The last position.
  var end: UInt64
  var testDescription: String { "\(rom), \(processorCount) processors" }

  /// A board with the ROM, before its first instruction.
  func machine() throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = 64 << 20
    configuration.processorCount = processorCount
    let machine = try Machine(configuration)
    try machine.load(path: Build.roms.appendingPathComponent("\(rom).elf").path, options: BootOptions())
    return machine
  }
}

private let journeys: [Journey] = [
  Journey(rom: "hello", end: 21_000), Journey(rom: "smp", processorCount: 4, end: 60_000),
  Journey(rom: "corners-paging", end: 20_000), Journey(rom: "corners-paging32", end: 20_000),
  Journey(rom: "strings", end: 4000), Journey(rom: "self-modifying", end: 1500),
  Journey(rom: "lapic", end: 20_000), Journey(rom: "task-switch", end: 700),
  Journey(rom: "matrix-timer", end: 30_000), Journey(rom: "virtual-8086", end: 8000),
]

/// Sees every step and stops nothing.
private final class Onlooker: MachineObserver {
  func willStep(_ machine: Machine, _ processor: Processor) -> Bool { true }
  func didStep(_ machine: Machine, _ processor: Processor) -> Bool { true }
}

@Suite("Time travel")
struct TimeTravelTests {
  private func advance(_ machine: Machine, to ticks: UInt64, slice: UInt64 = .max) {
    while machine.executedTicks < ticks {
      switch machine.run(ticks: min(slice, ticks - machine.executedTicks)) {
      case .exited: return
      default: continue
      }
    }
  }

  @Test("Slices and observers have no influence", arguments: journeys)
  private func slices(_ row: Journey) throws {
    let whole = try row.machine()
    advance(whole, to: row.end)
    let expected = whole.stateHash()
    for slice: UInt64 in [1, 7, 1000] {
      let cut = try row.machine()
      advance(cut, to: row.end, slice: slice)
      #expect(cut.stateHash() == expected, "slices of \(slice)")
    }
    let watched = try row.machine()
    let onlooker = Onlooker()
    watched.observe(onlooker)
    advance(watched, to: row.end, slice: 333)
    watched.observe(nil)
    #expect(watched.executedTicks == whole.executedTicks)
    #expect(watched.stateHash() == expected, "observed")
    // A machine that went one tick less far is another one.
    let short = try row.machine()
    advance(short, to: whole.executedTicks - 1)
    #expect(short.stateHash() != expected)
  }

  @Test("No slice is longer than it was granted", arguments: journeys)
  private func lengths(_ row: Journey) throws {
    for seed: UInt64 in 0..<8 {
      var random = Dice(row.end &+ seed)
      let machine = try row.machine()
      while machine.executedTicks < row.end {
        let before = machine.executedTicks
        let granted = UInt64.random(in: 1...64, using: &random)
        let result = machine.run(ticks: granted)
        #expect(machine.executedTicks - before <= granted, "from \(before)")
        if case .exited = result { break }
      }
    }
  }

  @Test("N forward, k back, k forward is the same state", arguments: journeys)
  private func thereAndBack(_ row: Journey) throws {
    var random = Dice(row.end)
    let history = TimeTravel(try row.machine())
    _ = history.run(ticks: row.end)
    let end = history.position
    let final = history.machine.stateHash()
    for _ in 0..<12 {
      let target = UInt64.random(in: 0..<end, using: &random)
      let fresh = try row.machine()
      advance(fresh, to: target)
      try #require(history.seek(to: target), "\(target)")
      #expect(history.machine.stateHash() == fresh.stateHash(), "back at \(target)")
      while history.position < end {
        guard case .sliceEnded = history.run(ticks: end - history.position) else { break }
      }
      #expect(history.machine.stateHash() == final, "\(target) and forward to \(end)")
    }
  }

  @Test("Steps back by one", arguments: journeys)
  private func steps(_ row: Journey) throws {
    let history = TimeTravel(try row.machine())
    _ = history.run(ticks: row.end)
    for _ in 0..<5 {
      let before = history.position
      try #require(history.stepBack(processor: 0))
      #expect(history.position < before)
    }
    let here = history.position
    let fresh = try row.machine()
    advance(fresh, to: here)
    #expect(history.machine.stateHash() == fresh.stateHash())
    #expect(history.seek(to: 0))
    #expect(!history.stepBack(processor: 0), "nothing lies before the beginning")
  }

  @Test("A breakpoint of the past is found, the last one first")
  func breakpoints() throws {
    let row = Journey(rom: "hello", end: 21_000)
    let history = TimeTravel(try row.machine())
    _ = history.run(ticks: 100)
    let place = history.machine.linearInstructionPointer(ofProcessor: 0)
    _ = history.run(ticks: row.end)
    let found = history.runBack(breakpoints: [place], watchpoints: [], isInterrupted: { false })
    #expect(found?.processor == 0 && found?.watchpoint == nil)
    #expect(found?.ticks == history.position)
    #expect(history.machine.linearInstructionPointer(ofProcessor: 0) == place)
    let last = history.position
    #expect(last >= 100)
    // Forward from there it is not met again before the end.
    history.machine.setBreakpoints([place])
    history.passBreakpoint()
    #expect(history.run(ticks: row.end - history.position) == .sliceEnded)
    history.machine.setBreakpoints([])
    #expect(history.runBack(breakpoints: [1], watchpoints: [], isInterrupted: { false }) == nil)
    #expect(history.position == 0)
  }

  @Test("What a debugger changed is changed again")
  func changes() throws {
    let history = TimeTravel(try Journey(rom: "hello", end: 0).machine())
    _ = history.run(ticks: 500)
    history.change(.memory(address: 0x40_0000, bytes: [1, 2, 3]))
    _ = history.run(ticks: 500)
    let later = history.machine.stateHash()
    #expect(history.seek(to: 400))
    #expect(history.machine.readPhysical(0x40_0000, count: 3) == [0, 0, 0])
    _ = history.run(ticks: 600)
    #expect(history.machine.readPhysical(0x40_0000, count: 3) == [1, 2, 3])
    #expect(history.machine.stateHash() == later)
  }
}
