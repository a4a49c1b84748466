#if os(Linux) && arch(x86_64)
  import CKVM
  import Foundation
  import MMU
  import Machine
  import TestSupport
  import Testing
  import X86

  @testable import KVM

  /// A guest that changes over between the model and KVM again and again.
  final class ChangingGuest {
    let machine: Machine
    private(set) var handOvers = 0
    private(set) var text = ""
    private var random = SplitMix(state: 7)
    /// What is done to the machine after each part that KVM executed.
    var damage: (Machine, Int) -> Void = { _, _ in }

    /// A byte that is not 0 there ends the ROMs' rounds.
    private static let stop: UInt64 = 0x7FF0
    /// Nanoseconds of the longest stay in KVM, and ticks of the longest in the model.
    private static let (longestStay, longestSlice): (UInt64, UInt64) = (600_000, 20_000)

    init(_ rom: String, processors: Int) throws {
      let path = Build.roms.appendingPathComponent("\(rom).elf").path
      try #require(FileManager.default.fileExists(atPath: path), "\(path) is missing: run make testroms")
      var configuration = MachineConfiguration()
      configuration.memoryByteCount = 16 << 20
      configuration.processorCount = processors
      machine = try Machine(configuration)
      var options = BootOptions()
      options.commandLine = "rom 1000000000"
      try machine.load(path: path, options: options)
      machine.serialOutput = { [unowned self] byte in text.append(Character(UnicodeScalar(byte))) }
    }

    /// Runs to the guest's end, which is asked for after so many hand-overs.
    func run(handOvers wanted: Int) throws -> ExitReason? {
      // Several processors of KVM come into the guest by threads of their own, which takes a while.
      let longest = machine.processorCount == 1 ? Self.longestStay : Self.longestStay * 4
      for _ in 0..<wanted * 20 + 10_000 {
        if handOvers >= wanted { _ = machine.writePhysical(Self.stop, [1]) }
        if case .exited(let reason) = machine.run(ticks: random.next() % Self.longestSlice + 1) { return reason }
        let board = try KVMBoard(machine, continues: true)
        let result = try board.run(nanoseconds: random.next() % longest + 1)
        try board.leave()
        handOvers += 2
        if case .exited(let reason) = result { return reason }
        damage(machine, handOvers)
      }
      return nil
    }

    static func expected(_ rom: String) throws -> String {
      try String(contentsOf: Build.root.appendingPathComponent("testroms/\(rom).expected"), encoding: .utf8)
    }
  }

  @Suite("Hand-overs", .serialized, .enabled(if: KVMSupport.isAvailable, "no /dev/kvm: SKIP is printed"))
  struct HandOverRoundTests {
    private static let isLong = ProcessInfo.processInfo.environment["EMU_MOVES_TESTS"] != nil

    @Test("A guest that hashes its registers and memory does not notice them", arguments: [1, 2])
    func unnoticed(_ processors: Int) throws {
      let count = Self.isLong ? 1000 : 200
      if !Self.isLong { print("SHORT hand-overs: \(count) of 1000; EMU_MOVES_TESTS asks for all") }
      let rom = processors == 1 ? "hand-over" : "hand-over-two"
      let guest = try ChangingGuest(rom, processors: processors)
      #expect(try guest.run(handOvers: count) == .debugExit(16))
      #expect(try guest.text == ChangingGuest.expected(rom))
      #expect(guest.handOvers >= count)
      print("hand-overs that \(rom) did not notice: \(guest.handOvers)")
    }

    /// What a bad hand-over loses, and what the ROM says of it.
    private static let faults: [(name: String, says: String, damage: @Sendable (Machine) -> Void)] = [
      (
        "a general register", "a round came to another sum",
        { machine in
          var state = machine.state(ofProcessor: 0)
          state.generalRegisters[11] = 0
          machine.setState(state, ofProcessor: 0)
        }
      ),
      (
        "an XMM register", "a round came to another sum",
        { machine in
          var state = machine.state(ofProcessor: 0)
          for index in 0..<16 { state.fxsaveArea[160 + 16 * 9 + index] = 0 }
          machine.setState(state, ofProcessor: 0)
        }
      ),
      (
        "a debug register", "a round came to another sum",
        { machine in
          var state = machine.state(ofProcessor: 0)
          state.debugAddresses[2] = 0
          machine.setState(state, ofProcessor: 0)
        }
      ),
      (
        "an MSR", "a round came to another sum",
        { machine in
          var state = machine.state(ofProcessor: 0)
          state.msrs[0xC000_0102] = 0
          machine.setState(state, ofProcessor: 0)
        }
      ),
      (
        "a page", "a round came to another sum",
        { machine in _ = machine.writePhysical(0x20_0000, [UInt8](repeating: 0, count: 4096)) }
      ),
      (
        "the TSC", "the TSC went back",
        { machine in
          machine.setTimeStampCounter(machine.timeStampCounter(processor: 0) &- 10_000_000_000, processor: 0)
        }
      ),
    ]

    /// What is on its way when a processor leaves KVM, as KVM_GET_VCPU_EVENTS shows it.
    private static let events: [(name: String, vector: UInt64, set: @Sendable (inout kvm_vcpu_events) -> Void)] = [
      ("an acknowledged interrupt", 0x51, { ($0.interrupt.injected, $0.interrupt.nr) = (1, 0x51) }),
      ("a raised #UD", 6, { ($0.exception.injected, $0.exception.nr) = (1, 6) }),
      (
        "a raised #PF with its code", 14,
        {
          ($0.exception.injected, $0.exception.nr) = (1, 14)
          ($0.exception.has_error_code, $0.exception.error_code) = (1, 4)
        }
      ),
      ("an NMI", 2, { $0.nmi.injected = 1 }),
    ]

    @Test("What was on its way is delivered by the model", arguments: events.indices)
    func inFlight(_ index: Int) throws {
      let event = Self.events[index]
      let machine = try ChangingGuest("hand-over", processors: 1).machine
      machine.serialOutput = { _ in }
      for _ in 0..<100_000 where machine.state(ofProcessor: 0).rflags & RFLAGS.interruptEnable == 0 {
        _ = machine.run(ticks: 1)
      }
      let before = machine.state(ofProcessor: 0)
      try #require(before.rflags & RFLAGS.interruptEnable != 0)
      let board = try KVMBoard(machine, continues: true)
      var events = kvm_vcpu_events()
      try #require(board.processors[0].call(CKVM_GET_VCPU_EVENTS, &events))
      event.set(&events)
      events.flags = 0
      try #require(board.processors[0].call(CKVM_SET_VCPU_EVENTS, &events))
      try board.leave()
      // An NMI waits for the next instruction's place.
      if event.vector == 2 { _ = machine.run(ticks: 1) }
      let gate = try #require(machine.memory.read(8, at: PhysicalAddress(before.idtr.base + event.vector * 16)))
      let handler = UInt64(gate[0]) | UInt64(gate[1]) << 8 | UInt64(gate[6]) << 16 | UInt64(gate[7]) << 24
      let after = machine.state(ofProcessor: 0)
      #expect(after.rip == handler, "\(event.name)")
      // RIP of the interrupted instruction is in the frame, behind the error code.
      let frame = PhysicalAddress(after.generalRegisters[4] + (event.vector == 14 ? 8 : 0))
      let saved = try #require(machine.memory.read(8, at: frame))
      #expect(saved.reversed().reduce(0) { $0 << 8 | UInt64($1) } == before.rip, "\(event.name)")
    }

    @Test("A hand-over that loses something is noticed", arguments: faults.indices)
    func planted(_ index: Int) throws {
      let fault = Self.faults[index]
      let guest = try ChangingGuest("hand-over", processors: 1)
      guest.damage = { machine, count in if (60..<100).contains(count) { fault.damage(machine) } }
      #expect(try guest.run(handOvers: 120) == .debugExit(1), "\(fault.name)")
      #expect(guest.text == "\(fault.says)\n", "\(fault.name)")
    }
  }
#endif
