import Foundation
import TestSupport
import Testing

@testable import Machine

@Suite("The log of inputs")
struct InputLogTests {
  private func machine() throws -> Machine {
    let folder = try Folder()
    try Data(EchoGuest.code).write(to: URL(fileURLWithPath: folder.path("echo")))
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = 1 << 20
    let machine = try Machine(configuration)
    var options = BootOptions()
    options.format = .flat
    options.mode = .real16
    options.loadAddress = 0x7C00
    try machine.load(path: folder.path("echo"), options: options)
    machine.expectsInput = true
    return machine
  }

  /// Ticks that are executed, nanoseconds that are slept, and what comes then.
  private static let script: [(ticks: UInt64, pause: UInt64, text: String)] = [
    (20, 0, "a"), (500, 0, "bc"), (1000, 7_000_001, "d"), (30, 0, "e"), (5000, 9, "f"), (5000, 100_000_000, "ghij"),
    (7, 0, "k"),
  ]

  private func input(_ log: InputLog, _ machine: Machine, run: (UInt64) -> RunResult) {
    machine.returnsWhenIdle = true
    for (ticks, pause, text) in Self.script {
      let goal = machine.executedTicks + ticks
      while machine.executedTicks < goal, case .sliceEnded = run(goal - machine.executedTicks) {}
      if pause > 0 { machine.passIdleTime(nanoseconds: pause) }
      #expect(log.receiveSerial(Array(text.utf8), machine) == text.utf8.count)
    }
    machine.returnsWhenIdle = false
  }

  @Test(
    "Another machine comes to the same states, however it is sliced", arguments: [1, 7, 1000, 1_000_000] as [UInt64])
  func again(_ slice: UInt64) throws {
    let first = try machine()
    let log = InputLog()
    input(log, first) { first.run(ticks: $0) }
    #expect(log.entries.count == Self.script.count && log.next == nil)
    let target = first.executedTicks + 100
    while first.executedTicks < target { _ = first.run(ticks: target - first.executedTicks) }
    for returns in [false, true] {
      let second = try machine()
      second.returnsWhenIdle = returns
      let copy = InputLog(log.entries, end: first.moment)
      while !copy.isAtEnd(second) {
        let result = try copy.advance(second, to: second.executedTicks + slice)
        #expect(result == .sliceEnded)
      }
      #expect(second.moment == first.moment && copy.givenCount == log.entries.count)
      #expect(second.stateHash() == first.stateHash())
    }
  }

  @Test("A machine that goes another way is noticed")
  func divergence() throws {
    let first = try machine()
    let log = InputLog()
    input(log, first) { first.run(ticks: $0) }
    func fails(_ change: (inout InputLog.Entry) -> Void, at index: Int, ahead: UInt64 = 0) throws -> Moment? {
      var entries = log.entries
      change(&entries[index])
      let second = try machine()
      _ = second.run(ticks: ahead)
      let copy = InputLog(entries)
      do {
        for _ in 0..<1000 where copy.next != nil { _ = try copy.advance(second, to: second.executedTicks + 10_000) }
        return nil
      } catch {
        return error.moment
      }
    }
    #expect(try fails({ _ in }, at: 0) == nil)
    // The machine is past it; the moment comes while it is awake; the FIFO is too small; it has no such processor.
    #expect(try fails({ _ in }, at: 0, ahead: 50) == log.entries[0].moment)
    #expect(try fails({ $0.moment.clock += 1 }, at: 0) != nil)
    #expect(try fails({ $0.input = .serial([UInt8](repeating: 1, count: 17)) }, at: 3) == log.entries[3].moment)
    #expect(try fails({ $0.input = .state(processor: 1, first.state(ofProcessor: 0)) }, at: 2) != nil)
  }

  @Test("Steps into the past give what came on the serial line again")
  func past() throws {
    let history = TimeTravel(try machine())
    let machine = history.machine
    machine.returnsWhenIdle = true
    var moments: [(ticks: UInt64, hash: UInt64)] = []
    for (ticks, pause, text) in Self.script {
      let goal = history.position + ticks
      while history.position < goal, case .sliceEnded = history.run(ticks: goal - history.position) {}
      if pause > 0 { machine.passIdleTime(nanoseconds: pause) }
      #expect(history.receiveSerial(Array(text.utf8)) == text.utf8.count)
      _ = history.run(ticks: 3)
      moments.append((history.position, machine.stateHash()))
    }
    for moment in moments.reversed() + moments[1...] where moment.ticks != history.position {
      if moment.ticks < history.position {
        #expect(history.seek(to: moment.ticks))
      } else {
        while history.position < moment.ticks { _ = history.run(ticks: moment.ticks - history.position) }
      }
      #expect(machine.stateHash() == moment.hash, "at \(moment.ticks)")
    }
  }
}
