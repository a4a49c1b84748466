#if os(Linux) && arch(x86_64)
  import Testing
  import X86

  @testable import KVM

  /// Random states that KVM can hold: the limits are `KVMStateLimit.all`.
  struct StateGenerator {
    var random: SplitMix
    /// A state of this KVM, for the MSRs that it has.
    let base: ArchitecturalState
    /// Whether paging outside long mode may come.
    let hasLegacyPaging: Bool

    private mutating func segment(isLong: Bool) -> SegmentState {
      let base = random.next() & (isLong ? 0x7FFF_FFFF_FFFF : 0xFFFF_FFFF)
      return SegmentState(
        selector: UInt16(truncatingIfNeeded: random.next()), base: base,
        limit: UInt32(truncatingIfNeeded: random.next()),
        attributes: UInt32(truncatingIfNeeded: random.next()) & 0x1F0FF)
    }

    /// Paging off, 32-bit with PAE, or long mode.
    mutating func next() -> ArchitecturalState {
      var state = base
      for index in 0..<16 { state.generalRegisters[index] = random.next() }
      state.rip = random.next()
      state.rflags = (random.next() & 0x3D_7FD7) | 2
      var mode = random.next() % 3
      if mode == 1 && !hasLegacyPaging { mode = 0 }
      let isLong = mode == 2
      for index in 0..<6 { state.segments[index] = segment(isLong: isLong) }
      if !isLong { state.segments[1].attributes &= ~0x2000 }
      state.ldtr = segment(isLong: isLong)
      state.tr = segment(isLong: isLong)
      state.gdtr = DescriptorTableRegister(base: random.next() >> 17, limit: UInt16(truncatingIfNeeded: random.next()))
      state.idtr = DescriptorTableRegister(base: random.next() >> 17, limit: UInt16(truncatingIfNeeded: random.next()))
      state.cr0 = (random.next() & 0x4005_003E) | 0x10 | (mode == 0 ? random.next() & 1 : 0x8000_0001)
      state.cr2 = random.next()
      state.cr3 = random.next() & 0xF000
      state.cr4 = (random.next() & 0x6DE) | (mode == 0 ? random.next() & 0x20 : 0x20)
      state.efer = (random.next() & 0x801) | (isLong ? 0x500 : 0)
      if mode == 1 { for index in 0..<4 { state.pdpte[index] = random.next() & 0xF001 } }
      state.cr8 = random.next() & 15
      completeRest(&state)
      return state
    }

    private mutating func completeRest(_ state: inout ArchitecturalState) {
      for index in 0..<4 { state.debugAddresses[index] = random.next() >> 17 }
      state.dr6 = 0xFFFF_0FF0 | (random.next() & 0xE00F)
      state.dr7 = 0x400 | (random.next() & 0xFFFF_03FF)
      let shadow = random.next() % 3
      state.stiShadow = shadow == 1
      state.movSSShadow = shadow == 2
      state.nmiBlocked = random.next() & 1 == 0
      state.nmiPending = random.next() & 1 == 0
      state.activity = random.next() & 1 == 0 ? .running : .halted
      for number in state.msrs.keys.sorted() {
        switch number {
        case 0x174...0x176, 0xC000_0082, 0xC000_0083, 0xC000_0102: state.msrs[number] = random.next() >> 17
        case 0xC000_0081, 0xC000_0084: state.msrs[number] = random.next() & 0xFFFF_FFFF
        case 0x277: state.msrs[number] = 0x0001_0406_0506_0006
        default: break
        }
      }
      for index in 0..<416 { state.fxsaveArea[index] = UInt8(truncatingIfNeeded: random.next()) }
      state.fxsaveArea[5] = 0
      (state.fxsaveArea[26], state.fxsaveArea[27]) = (0, 0)
      for index in 28..<32 { state.fxsaveArea[index] = base.fxsaveArea[index] }
      let components: [UInt64] = [1, 3, 7]
      state.xcr0 = components[Int(random.next() % 3)]
    }
  }

  @Suite("KVM state", .enabled(if: KVMSupport.isAvailable, "no /dev/kvm: SKIP is printed"))
  struct StateTests {
    private func makeProcessor() throws -> (KVMProcessor, KVMGuest) {
      let host = try KVMHost()
      let guest = try KVMGuest()
      let machine = try KVMVirtualMachine(host)
      unsafe try machine.addMemory(guest.memory, byteCount: UInt64(KVMGuest.byteCount), at: 0)
      let processor = try KVMProcessor(machine, index: 0)
      try #require(KVMCPUIDEntry.set(host.supportedCPUID, processor: processor.descriptor))
      return (processor, guest)
    }

    @Test("What goes in comes out, 600 random states without paging or in long mode")
    func roundTrip() throws { try roundTrip(hasLegacyPaging: false) }

    @Test(
      "What goes in comes out, 600 random states with PAE paging outside long mode too",
      .enabled(if: KVMSupport.flavour.pagesOutsideLongMode, "this KVM has no paging outside long mode"))
    func roundTripWithLegacyPaging() throws { try roundTrip(hasLegacyPaging: true) }

    private func roundTrip(hasLegacyPaging: Bool) throws {
      let (processor, _) = try makeProcessor()
      let base = try processor.exportState()
      var generator = StateGenerator(random: SplitMix(state: 1), base: base, hasLegacyPaging: hasLegacyPaging)
      var pageTables = 0
      for number in 0..<600 {
        let wanted = generator.next()
        try processor.importState(wanted)
        let found = try processor.exportState()
        if wanted.pdpte != [0, 0, 0, 0] { pageTables += 1 }
        guard found != wanted else { continue }
        Issue.record("state \(number): \(Self.difference(wanted, found))")
        break
      }
      #expect(pageTables > 100 || !hasLegacyPaging)
    }

    /// The first field that differs.
    static func difference(_ wanted: ArchitecturalState, _ found: ArchitecturalState) -> String {
      let left = Mirror(reflecting: wanted).children
      let right = Mirror(reflecting: found).children
      func text(_ value: Any) -> String {
        // A dictionary has no order.
        (value as? [UInt32: UInt64]).map { "\($0.sorted { $0.key < $1.key })" } ?? String(describing: value)
      }
      for (a, b) in zip(left, right) where text(a.value) != text(b.value) {
        return "\(a.label ?? "?"): \(a.value) became \(b.value)"
      }
      return "no field"
    }

    /// The components of XSAVE that this host's KVM keeps.
    private static let components: UInt64 = {
      guard KVMSupport.isAvailable, let host = try? KVMHost() else { return 0 }
      let leaf = host.supportedCPUID.first { $0.function == CPUIDLeaf.stateComponents && $0.index == 0 }
      return UInt64(leaf?.eax ?? 0)
    }()

    private static func keeps(_ component: UInt64, _ text: String) -> Bool {
      let isThere = components & component != 0
      if !isThere { print("SKIP kvm state: this KVM has no \(text)") }
      return isThere
    }

    @Test("YMM registers go in and come out", .enabled(if: keeps(XCR0.avx, "YMM registers")))
    func vectors() throws {
      let (processor, _) = try makeProcessor()
      var wanted = try processor.exportState()
      wanted.xcr0 = 7
      for index in 0..<32 { wanted.upperVectors[index] = UInt64(index + 1) &* 0x0101_0101_0101_0101 }
      for index in 160..<416 { wanted.fxsaveArea[index] = UInt8(truncatingIfNeeded: index) }
      try processor.importState(wanted)
      #expect(try processor.exportState().upperVectors == wanted.upperVectors)
      #expect(try processor.exportState() == wanted)
      wanted.upperVectors = [UInt64](repeating: 0, count: 32)
      try processor.importState(wanted)
      #expect(try processor.exportState() == wanted)
    }

    @Test("PKRU goes in and comes out", .enabled(if: keeps(XCR0.protectionKeys, "PKRU")))
    func keys() throws {
      let (processor, _) = try makeProcessor()
      var wanted = try processor.exportState()
      wanted.xcr0 = 0x207
      for value in [0x5555_5554, 0, .max] as [UInt32] {
        wanted.pkru = value
        try processor.importState(wanted)
        #expect(try processor.exportState() == wanted)
      }
    }

    @Test(
      "PKRU that this KVM has no place for is refused by name",
      .enabled(if: components & XCR0.protectionKeys == 0, "this KVM keeps PKRU"))
    func absentKeys() throws {
      let (processor, _) = try makeProcessor()
      var state = try processor.exportState()
      state.pkru = 5
      #expect(throws: KVMError("KVM on this host cannot hold PKRU 0x5: it has no protection keys")) {
        try processor.importState(state)
      }
    }

    @Test("A state that KVM refuses is an error by name")
    func refusals() throws {
      let (processor, _) = try makeProcessor()
      let base = try processor.exportState()
      var bad = base
      bad.cr0 = 0x8000_0010  // PG without PE
      #expect(throws: KVMError.self) { try processor.importState(bad) }
      bad = base
      bad.xcr0 = 5  // AVX without SSE
      #expect(throws: KVMError.self) { try processor.importState(bad) }
      bad = base
      bad.fxsaveArea[27] = 0xFF  // reserved bits of MXCSR
      #expect(throws: KVMError.self) { try processor.importState(bad) }
    }
  }
#endif
