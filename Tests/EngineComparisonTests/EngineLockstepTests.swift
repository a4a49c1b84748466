import FoundationEssentials
import MMU
import Machine
import TestSupport
import Testing
import X86
import X86Decoder

@testable import EngineComparison
@testable import Interpreter

/// A mistake in the threaded engine's board, and the field by which it must be found.
private struct LockstepFault: CustomTestStringConvertible, Sendable {
  var name: String
  var ticks: Int
  var field: String
  var change: @Sendable (Machine) -> Void
  var testDescription: String { "\(name) after \(ticks) ticks" }
}

private let faults: [LockstepFault] = [
  LockstepFault(name: "a bit of R15", ticks: 12_345, field: "R15") { $0.processor(0).state.registers[15] ^= 1 << 40 },
  LockstepFault(name: "the carry flag", ticks: 0, field: "RFLAGS") { $0.processor(0).rflags ^= RFLAGS.carry },
  LockstepFault(name: "CR2", ticks: 21_000, field: "CR2") { $0.processor(0).state.cr2 = 1 },
  // Seen at the end alone, and narrowed all the same.
  LockstepFault(name: "a byte of RAM", ticks: 7777, field: "RAM at 90000h") {
    _ = $0.memory.write([1], at: PhysicalAddress(0x90000))
  },
  LockstepFault(name: "a setting of the 8254", ticks: 999, field: "8254") {
    $0.writePort(0x34, 0x43, width: 1, processor: 0)
  },
  LockstepFault(name: "a byte of output", ticks: 1000, field: "serial output") {
    $0.writePort(0x41, 0x3F8, width: 1, processor: 0)
  },
]

@Suite("A guest on both engines in lockstep") struct EngineLockstepTests {
  private func lockstep(
    _ rom: String, _ options: EngineLockstep.Options, append: String = "", made: @escaping (Machine) -> Void = { _ in }
  ) throws -> EngineLockstep {
    try EngineLockstep(options) { engine in
      var configuration = MachineConfiguration()
      configuration.engine = engine
      let machine = try Machine(configuration)
      var boot = BootOptions()
      boot.commandLine = append
      try machine.load(path: Build.roms.appendingPathComponent("\(rom).elf").path, options: boot)
      made(machine)
      return machine
    }
  }

  @Test("A mistake is found after the tick that made it", arguments: faults)
  private func found(_ fault: LockstepFault) throws {
    var options = EngineLockstep.Options()
    options.plant = EnginePlant(afterTicks: fault.ticks, fault.change)
    guard case .differs(let point) = try lockstep("hello", options).run() else {
      Issue.record("nothing was found")
      return
    }
    #expect(point.difference.ticks == UInt64(fault.ticks) + 1)
    #expect(
      point.difference.fields.contains { $0.name == fault.field || $0.name.hasPrefix(fault.field) }, "\(point.text)")
    #expect(point.instructions.count == min(fault.ticks + 1, 20))
    #expect(point.text.hasPrefix("the engines differ after \(fault.ticks + 1) ticks: "))
  }

  @Test(
    "Guests of all modes agree to their end",
    arguments: [
      ("hello", 1, 21_990), ("corners-legacy", 1000, nil), ("real-mode", 77, nil), ("virtual-8086", 64, nil),
      ("task-switch", 65, nil), ("kind-self-modifying", 100_003, nil), ("lapic", 1000, nil),
    ] as [(String, UInt64, UInt64?)])
  func agrees(_ name: String, _ every: UInt64, _ ticks: UInt64?) throws {
    var options = EngineLockstep.Options()
    options.every = every
    options.maximumTicks = 5_000_000
    let lockstep = try lockstep(name, options)
    let outcome = try lockstep.run()
    guard case .agrees(let ending) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(!ending.isEmpty && lockstep.memoryComparisons > 0 && lockstep.comparisons >= lockstep.ticks / every)
    if let ticks { #expect(lockstep.ticks == ticks) }
  }

  @Test("A guest with more code than the block cache holds: the cache is emptied, and nothing else changes")
  func eviction() throws {
    var options = EngineLockstep.Options()
    options.every = 50_000
    var boards: [Machine] = []
    let lockstep = try lockstep("thrash-targets", options, append: "120") { boards.append($0) }
    guard case .agrees(let ending) = try lockstep.run() else {
      Issue.record("the engines differ")
      return
    }
    #expect(ending == "debugExit(16)")
    for board in boards {
      #expect(board.processor(0).cache.decodedBlockCount > UInt64(CodeCache.blockCapacity) * 2)
      unsafe #expect(board.processor(0).cache.counters[1] >= 2)
    }
    // What SPECIFICATION.md states of it.
    let perInstruction = MemoryLayout<Instruction>.stride + MemoryLayout<MicroOp>.stride
    let most =
      CodeCache.instructionCapacity * perInstruction + CodeCache.blockCapacity * MemoryLayout<Block>.stride
      + CodeCache.bucketCount * 4
    #expect(most <= 11 << 20)
  }

  @Test("A limit of ticks ends it") func limit() throws {
    var options = EngineLockstep.Options()
    options.maximumTicks = 12_345
    let lockstep = try lockstep("hello", options)
    guard case .agrees(let ending) = try lockstep.run() else {
      Issue.record("the engines differ")
      return
    }
    #expect(ending == "stopped after 12345 ticks" && lockstep.comparisons == 13)
  }
}
