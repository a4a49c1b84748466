#if os(Linux) && arch(x86_64)
  import DevicesLegacy
  import MMU
  import Machine
  import Testing
  import X86

  @testable import KVM

  /// Random states of the chips that KVM has of its own, within what both hold.
  struct ChipGenerator {
    var random: SplitMix

    private mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: random.next()) }
    private mutating func flag() -> Bool { random.next() & 1 != 0 }

    private mutating func change(_ chip: inout PIC8259.Chip, isMaster: Bool) {
      chip.level = byte() & (isMaster ? 0xF8 : 0xDE)
      // OUT of the 8254 is high, the real-time clock does not interrupt, and the cascade follows.
      chip.lines = isMaster ? byte() & ~4 | 1 : byte() & ~1
      chip.request = byte() & chip.lines & ~chip.level | chip.lines & chip.level
      chip.inService = byte()
      chip.mask = byte()
      chip.base = byte() & 0xF8
      chip.lowest = byte() & 7
      chip.autoEOI = flag()
      chip.autoRotate = flag()
      chip.isSpecialNested = flag()
      chip.isSpecialMask = flag()
      chip.readsInService = flag()
    }

    private mutating func vectors() -> LocalAPIC.VectorSet {
      var words = (0..<8).map { _ in UInt32(truncatingIfNeeded: random.next() & random.next()) }
      words[0] &= 0xFFFF_0000
      return LocalAPIC.VectorSet(words: words)
    }

    private mutating func change(_ apic: inout LocalAPIC.State) {
      apic.taskPriority = byte()
      apic.spurious = 0x100 | UInt32(byte()) | (flag() ? 0x200 : 0)
      apic.logicalDestination = UInt32(byte()) << 24
      apic.destinationFormat = flag() ? 0xFFFF_FFFF : 0x0FFF_FFFF
      (apic.request, apic.inService, apic.triggerMode) = (vectors(), vectors(), vectors())
      apic.command = random.next() & 0xFF00_0000_000C_CFFF
      for entry in apic.vectorTable.indices {
        apic.vectorTable[entry] = UInt32(truncatingIfNeeded: random.next()) & 0x100FF | (entry == 0 ? 0 : 0x10000)
      }
      apic.divide = 0x0A
      apic.initialCount = UInt32(truncatingIfNeeded: random.next()) | 0xF000_0000
      apic.timerStart = 0
      apic.isCounting = true
    }

    mutating func next(_ base: InterruptChips) -> InterruptChips {
      var chips = base
      change(&chips.pic.master, isMaster: true)
      change(&chips.pic.slave, isMaster: false)
      chips.ioapic.select = byte() & 0x3F
      chips.ioapic.id = UInt32(byte() & 15) << 24
      for pin in chips.ioapic.entries.indices {
        // Fixed delivery; remote IRR of level-triggered pins alone.
        var entry = random.next() & 0xFF00_0000_0001_A8FF
        if entry & 0x8000 != 0, flag() { entry |= 0x4000 }
        chips.ioapic.entries[pin] = entry & ~0x2000
      }
      let pair = UInt32(chips.pic.master.lines & ~5) | UInt32(chips.pic.slave.lines) << 8
      chips.ioapic.lines = pair | UInt32(byte()) << 16 | 4
      for index in 0..<3 {
        var channel = PIT8254.Channel()
        channel.mode = index == 0 ? 2 : UInt8(random.next() % 6)
        channel.access = UInt8(random.next() % 3) + 1
        channel.reload = UInt32(random.next() % 65535) + 2
        channel.isDecimal = false
        if channel.access == 3, flag() { channel.pendingLow = byte() }
        if channel.access == 3, flag() { channel.readsHigh = true }
        if flag() { channel.latch = UInt16(truncatingIfNeeded: random.next()) }
        if flag() { channel.statusLatch = byte() }
        if index == 2, channel.mode % 4 == 1 { channel.gate = flag() }
        chips.pit.channels[index] = channel
      }
      chips.portB = chips.portB & 2 | (chips.pit.channels[2].gate ? 1 : 0)
      for index in chips.apics.indices { change(&chips.apics[index]) }
      return chips
    }
  }

  @Suite("State through a whole board", .enabled(if: KVMSupport.isAvailable, "no /dev/kvm: SKIP is printed"))
  struct HandOverStateTests {
    private func makeMachine(_ processors: Int) throws -> Machine {
      var configuration = MachineConfiguration()
      configuration.memoryByteCount = 16 << 20
      configuration.processorCount = processors
      return try Machine(configuration)
    }

    /// A state as the model has it once it has taken it over; what changes with time is left out.
    private func normal(_ machine: Machine, _ index: Int) -> ArchitecturalState {
      var state = machine.state(ofProcessor: index)
      state.msrs[0x3B] = nil
      return state
    }

    /// Makes an image one that the host's processor keeps when it changes to another thread and back: FIP and FDP of 48
    /// bits, ES and B as the exceptions say.
    private static func makeLoadable(_ area: inout [UInt8]) {
      for index in [14, 15, 22, 23] { area[index] = 0 }
      area[0] = area[0] & 0x3F | 0x40
      area[1] &= 0x1F
      let isPending = area[2] & ~area[0] & 0x3F != 0
      area[2] = area[2] & 0x7F | (isPending ? 0x80 : 0)
      area[3] = area[3] & 0x7F | (isPending ? 0x80 : 0)
    }

    @Test("Processors: what the model had it has again, 100 random states", arguments: [1, 2])
    func processors(_ count: Int) throws {
      let machine = try makeMachine(count)
      var generator = StateGenerator(
        random: SplitMix(state: 3), base: machine.state(ofProcessor: 0),
        hasLegacyPaging: KVMSupport.flavour.pagesOutsideLongMode)
      var changed = 0
      // The 8254 drives its line for the first time.
      machine.advance(toNanoseconds: 1000)
      for number in 0..<100 {
        var given: [ArchitecturalState] = []
        for _ in 0..<count {
          var state = generator.next()
          Self.makeLoadable(&state.fxsaveArea)
          // The models without AVX and XSAVE have one component.
          state.xcr0 = machine.state(ofProcessor: 0).xcr0
          given.append(state)
        }
        machine.resumeInterpreter(given.map { DepartingProcessor($0) }, chips: nil)
        let wanted = (0..<count).map { normal(machine, $0) }
        if wanted[0].generalRegisters == given[0].generalRegisters { changed += 1 }
        let chips = machine.interruptChips
        let board = try KVMBoard(machine, continues: true)
        try board.leave()
        for index in 0..<count {
          let found = normal(machine, index)
          guard found != wanted[index] else { continue }
          Issue.record("state \(number), processor \(index): \(StateTests.difference(wanted[index], found))")
          return
        }
        // One processor has the board's own chips.
        guard count == 1 else { continue }
        #expect(machine.interruptChips.pic == chips.pic)
        #expect(machine.interruptChips.ioapic == chips.ioapic)
      }
      #expect(changed == 100)
    }

    /// What a machine is made to do, and why KVM cannot go on from there.
    private static let obstacles: [(says: String, act: @Sendable (Machine) -> Void)] = [
      ("local APIC 0 is in x2APIC mode", { _ = $0.writeAPICRegister(MSR.apicBase, 0xFEE0_0D00, processor: 0) }),
      (
        "the timer of local APIC 0 is in TSC-deadline mode",
        { $0.writePhysical(0x4_0051, PhysicalAddress(0xFEE0_0320), width: 4, processor: 0) }
      ),
      (
        "address line 20 is closed",
        {
          for (port, value) in [(0x92, 0), (0x64, 0xD1), (0x60, 0xDD)] as [(UInt16, UInt32)] {
            $0.writePort(value, port, width: 1, processor: 0)
          }
        }
      ),
      ("the guest has ended", { $0.end(.powerOff) }),
    ]

    @Test("What KVM cannot go on from is said, and the model goes on", arguments: obstacles.indices)
    func obstacle(_ index: Int) throws {
      let machine = try makeMachine(1)
      Self.obstacles[index].act(machine)
      let before = machine.state(ofProcessor: 0)
      #expect {
        _ = try KVMBoard(machine, continues: true)
      } throws: {
        ($0 as? KVMError)?.description.contains(Self.obstacles[index].says) == true
      }
      #expect(machine.processorSet.isModel)
      #expect(machine.state(ofProcessor: 0) == before)
    }

    @Test("The TSC goes on where KVM can move it; else a guest that is ahead stays in the model", arguments: [1, 2])
    func timeStamp(_ count: Int) throws {
      let machine = try makeMachine(count)
      for ahead in [5_000_000_000, 1 << 61] as [UInt64] {
        for index in 0..<count { machine.setTimeStampCounter(ahead, processor: index) }
        do throws(KVMError) {
          let board = try KVMBoard(machine, continues: true)
          try board.leave()
        } catch {
          #expect(error.description.contains("and cannot move it: it would go back"))
        }
        #expect(machine.processorSet.isModel)
        for index in 0..<count { #expect(machine.timeStampCounter(processor: index) >= ahead) }
      }
    }

    /// What of chips does not depend on how long KVM had them.
    private func timeless(_ chips: InterruptChips) -> InterruptChips {
      var chips = chips
      chips.pit.drivenClock = 0
      // KVM's timer chip ticks while it has the board.
      chips.pic.master.request &= ~1
      for index in chips.pit.channels.indices {
        (chips.pit.channels[index].start, chips.pit.channels[index].heldClocks) = (0, nil)
      }
      for index in chips.apics.indices {
        chips.apics[index].moment = 0
        chips.apics[index].timerStart = 0
        chips.apics[index].timeStampOffset = 0
      }
      return chips
    }

    @Test("Chips of several processors: what the model had it has again, 100 random states")
    func chips() throws {
      let machine = try makeMachine(2)
      var generator = ChipGenerator(random: SplitMix(state: 5))
      let state = machine.state(ofProcessor: 0)
      for number in 0..<100 {
        let given = generator.next(machine.interruptChips)
        var departing = [DepartingProcessor(state), DepartingProcessor(state)]
        for index in 0..<2 { departing[index].state.cr8 = UInt64(given.apics[index].taskPriority >> 4) }
        machine.resumeInterpreter(departing, chips: given)
        let before = machine.interruptChips
        let board = try KVMBoard(machine, continues: true)
        try board.leave()
        let after = machine.interruptChips
        let (wanted, found) = (timeless(before), timeless(after))
        guard found == wanted else {
          Issue.record("chips \(number): \(Self.difference(wanted, found))")
          return
        }
        for (old, new) in zip(before.apics, after.apics) {
          // The count goes on where it was.
          #expect(new.moment &- new.timerStart >= (old.moment &- old.timerStart) / 128 * 128)
        }
      }
    }

    private static func difference(_ wanted: InterruptChips, _ found: InterruptChips) -> String {
      func lines(_ value: some Any) -> [String] {
        var result = [""]
        dump(value, to: &result[0])
        return result[0].split(separator: "\n").map(String.init)
      }
      let pairs = zip(lines(wanted), lines(found)).enumerated().filter { $0.element.0 != $0.element.1 }
      return pairs.prefix(8).map { "line \($0.offset): \($0.element.0) became \($0.element.1)" }.joined(separator: "; ")
    }
  }
#endif
