import InstructionTesting
import NativeOracle
import Testing
import X86

// x86-64 Linux only: elsewhere there is no processor to ask.
@Suite("Instructions on the host's own processor", .serialized, .enabled(if: hasOracle))
struct NativeOracleTests {
  private static func run(_ test: InstructionTest) throws -> UserState {
    try NativeOracle(batchCapacity: 1).run([test])[0]
  }

  private static func expectFault(
    _ vector: UInt8, error: UInt32 = 0, cr2: UInt64 = 0, _ test: InstructionTest,
    at rip: UInt64 = InstructionTest.codeAddress
  ) throws {
    let state = try run(test)
    #expect(state.vector == vector)
    #expect(state.errorCode == error)
    #expect(state.cr2 == cr2)
    #expect(state.rip == rip)
  }

  @Test("ADD EAX, EBX to the INT3 and by TF: the same bytes", arguments: [false, true])
  func add(singleSteps: Bool) throws {
    let test = InstructionTest.code([0x01, 0xD8], singleSteps: singleSteps) {
      $0[0] = 0x8000_0005
      $0[3] = 0x8000_0007
    }
    var expected = test.input
    expected[0] = 12
    expected.rip += 2
    expected.rflags = 0xA07 & ~UInt64(0x200) | 0x200  // OF IF PF CF
    #expect(try Self.run(test).bytes == expected.bytes)
  }

  @Test("The whole state goes in and comes out again") func identity() throws {
    let test = InstructionTest.code([0x90]) { state in
      for index in 0..<16 { state[index] = 0x1111_1111_1111_1111 &* UInt64(index) }
      let hasYMM = HostProcessor.features.contains("avx")
      for index in 0..<64 where index % 4 < 2 || hasYMM { state.ymm[index] = UInt64(index) &* 0x0123_4567_89AB_CDEF }
      for index in 0..<64 { state.window[index] = ~UInt64(index) }
      for index in 0..<8 {
        state.st[2 * index] = 0x8000_0000_0000_0000 | UInt64(index)
        state.st[2 * index + 1] = 0x3FFF + UInt64(index)
      }
      state.ftw = 0xFF
      state.fsw = 0x3800
      state.fcw = 0x27F
      state.mxcsr = 0x9FC0
      state.fsBase = 0x2000_0F80
      state.gsBase = 0xFFFF_8000_0000_0000
      state.selectors[3] = 0x2B
      state.rflags = 0x20_4ED7  // ID NT OF DF IF SF ZF AF PF CF
    }
    var expected = test.input
    expected.rip += 1
    #expect(try Self.run(test).bytes == expected.bytes)
    // What one test set does not reach the next.
    let after = try NativeOracle().run([test, .code([0x90])])[1]
    var fresh = InstructionTest().input
    fresh.rip += 1
    #expect(after.bytes == fresh.bytes)
  }

  @Test("A quadword across the border of the pages, read and written") func memory() throws {
    let test = InstructionTest.code([0x48, 0x87, 0x07]) {  // XCHG [RDI], RAX
      $0[0] = 0x1122_3344_5566_7788
      $0[7] = 0x2000_0FFC
      $0.window[31] = 0xAABB_CCDD_0000_0000
      $0.window[32] = 0x0000_0000_1122_3344
    }
    let state = try Self.run(test)
    #expect(state.vector == UserState.noException)
    #expect(state[0] == 0x1122_3344_AABB_CCDD)
    #expect(state.window[31] == 0x5566_7788_0000_0000)
    #expect(state.window[32] == 0x0000_0000_1122_3344)
    #expect(state.strayWrites == 0)
  }

  @Test("Background and read-only page") func background() throws {
    for offset in [UInt64(0), 0xEF8, 0x1100, 0x1FF8, 0x2000, 0x2FF8] {
      let test = InstructionTest.code([0x48, 0x8B, 0x07]) { $0[7] = InstructionTest.dataPage + offset }
      #expect(try Self.run(test)[0] == InstructionTest.background(offset))
    }
  }

  @Test("A write outside the window counts, once") func stray() throws {
    let write = InstructionTest.code([0x48, 0x89, 0x07]) {
      $0[0] = 0x55
      $0[7] = InstructionTest.dataPage + 0x1100
    }
    let states = try NativeOracle().run([write, .code([0x90]), write])
    #expect(states[0].strayWrites == InstructionTest.strayWeight(0x1100, 0x55))
    #expect(states[1].strayWrites == 0)
    #expect(states[0].bytes == states[2].bytes)
  }

  @Test("Page faults: error code and CR2") func pageFaults() throws {
    let unmapped = InstructionTest.dataPage + 0x3000
    try Self.expectFault(14, error: 4, cr2: unmapped, .code([0x8B, 0x07]) { $0[7] = unmapped })
    try Self.expectFault(14, error: 6, cr2: unmapped, .code([0x89, 0x07]) { $0[7] = unmapped })
    let readOnly = InstructionTest.readOnlyPage + 8
    try Self.expectFault(14, error: 7, cr2: readOnly, .code([0x89, 0x07]) { $0[7] = readOnly })
    let target = InstructionTest.dataPage
    try Self.expectFault(14, error: 0x15, cr2: target, .code([0xFF, 0xE7], steps: 2) { $0[7] = target }, at: target)
    let end = InstructionTest.codePage + 0x1000
    // The third byte of the instruction lies in the next page.
    try Self.expectFault(14, error: 0x14, cr2: end, .code([0x48, 0x01, 0xD8]) { $0.rip = end - 2 }, at: end - 2)
  }

  @Test("#GP, #UD, #DE, #AC, #MF, #XM, #DB and #BP") func otherFaults() throws {
    try Self.expectFault(13, .code([0xF4]))
    try Self.expectFault(13, .code([0x8B, 0x07]) { $0[7] = 1 << 63 })
    try Self.expectFault(12, .code([0x8B, 0x45, 0]) { $0[5] = 1 << 63 })
    try Self.expectFault(13, error: 0x82, .code([0xCD, 0x10]))
    try Self.expectFault(6, .code([0x0F, 0x0B]))
    try Self.expectFault(0, .code([0xF7, 0xF3]))
    try Self.expectFault(
      17,
      .code([0x8B, 0x07]) {
        $0[7] = 0x2000_0F01
        $0.rflags |= 0x4_0000
      })
    try Self.expectFault(
      16,
      .code([0x9B]) {
        $0.fcw = 0x37E
        $0.fsw = 0x8081
      })
    try Self.expectFault(19, .code([0x0F, 0x5E, 0xC1]) { $0.mxcsr = 0x1F00 })  // DIVPS 0/0, IM clear
    try Self.expectFault(1, .code([0xF1]), at: InstructionTest.codeAddress + 1)
    try Self.expectFault(1, .code([0xF1], singleSteps: false), at: InstructionTest.codeAddress + 1)
    try Self.expectFault(3, .code([0xCC]), at: InstructionTest.codeAddress + 1)
    try Self.expectFault(3, .code([0xCC], singleSteps: false), at: InstructionTest.codeAddress + 1)
    try Self.expectFault(3, .code([0xCD, 0x03]), at: InstructionTest.codeAddress + 2)
  }

  @Test("Jumps by TF, some instructions in a row") func jumps() throws {
    #expect(try Self.run(.code([0xEB, 0xFE])).rip == InstructionTest.codeAddress)
    #expect(try Self.run(.code([0xEB, 0x20])).rip == InstructionTest.codeAddress + 0x22)
    let loop = try Self.run(.code([0xFF, 0xC0, 0xEB, 0xFC], steps: 15))
    #expect(loop[0] == 8)
    #expect(loop.rip == InstructionTest.codeAddress + 2)
    let call = try Self.run(.code([0xE8, 0, 0, 0, 0]) { $0[4] = 0x2000_0F48 })
    #expect(call[4] == 0x2000_0F40)
    #expect(call.window[8] == InstructionTest.codeAddress + 5)
  }

  @Test("REP is one step; so is a load of SS with what follows it") func longSteps() throws {
    let move = try Self.run(
      .code([0xF3, 0xA4]) {
        $0[1] = 20
        $0[6] = 0x2000_0F00
        $0[7] = 0x2000_0F40
        for index in 0..<3 { $0.window[index] = UInt64(index + 1) }
      })
    #expect(move.rip == InstructionTest.codeAddress + 2)
    #expect(move[1] == 0)
    #expect(move[7] == 0x2000_0F54)
    #expect((8..<11).map { move.window[$0] } == [1, 2, 3])
    let endless = try Self.run(
      .code([0xF3, 0xAA]) {
        $0[1] = .max
        $0[7] = 0x2000_0F00
      })
    #expect(endless.vector == 14)
    #expect(endless.cr2 == InstructionTest.readOnlyPage)
    #expect(endless.strayWrites != 0)
    let loadSS = try Self.run(.code([0x8E, 0xD0]) { $0[0] = 0x2B })
    #expect(loadSS.vector == UserState.noException)
    #expect(loadSS.rip == InstructionTest.codeAddress + 2)
    let both = try Self.run(.code([0x8E, 0xD0, 0xFF, 0xC0, 0xFF, 0xC0], steps: 2) { $0[0] = 0x2B })
    #expect(both[0] == 0x2C)
  }

  @Test("A load of SS at the end of what can be fetched is complete") func loadOfSSAtTheEnd() throws {
    // The next page is not mapped.
    let end = InstructionTest.codePage + 0x1000
    let page = try Self.run(
      .code([0x8E, 0xD0]) {
        $0[0] = 0x2B
        $0.rip = end - 2
      })
    #expect(page.vector == UserState.noException && page.rip == end && page.cr2 == 0)
    // POP SS at the end of a 16-bit segment: 2Fh is another stack.
    let pop = InstructionTest.code([0x67, 0x17], mode: .segmented) {
      $0.selectors = [0x4F, 0x6F, 0x17, 0x17, 0, 0]
      $0[4] = 0xFD0
      $0.window[26] = 0x2F
      $0.rip = 0xFFFE
    }
    let segment = try NativeOracle(batchCapacity: 1, segments: InstructionTest.segments).run([pop])[0]
    #expect(segment.vector == UserState.noException && segment.selectors[2] == 0x2F)
    #expect(segment.errorCode == 0 && segment.rip == 0x1_0000)
    // What a load of SS itself raises is its own.
    let fault = InstructionTest.code([0x8E, 0xD0]) {
      $0[0] = 0x33
      $0.rip = end - 2
    }
    try Self.expectFault(13, error: 0x30, fault, at: end - 2)
  }

  @Test("TF is the runner's: PUSHF does not show it, POPF does not end it", arguments: [false, true])
  func flags(singleSteps: Bool) throws {
    let push = try Self.run(.code([0x9C], singleSteps: singleSteps) { $0[4] = 0x2000_0F48 })
    #expect(push.window[8] == 0x202)
    let pop = try Self.run(
      .code([0x9D, 0xFF, 0xC0], steps: 2, singleSteps: singleSteps) {
        $0[4] = 0x2000_0F40
        $0.window[8] = 0x24_4ED7
      })
    #expect(pop[0] == 1)
    #expect(pop.rip == InstructionTest.codeAddress + 3)
    #expect(pop.rflags == 0x24_4603)  // INC leaves CF; DF IF NT AC ID by POPF.
  }

  @Test("x87, SSE") func floatingPoint() throws {
    let x87 = try Self.run(
      .code([0xDE, 0xC1]) {  // FADDP: 1 + 2
        $0.st = InlineArray(repeating: 0)
        $0.st[0] = 1 << 63
        $0.st[1] = 0x3FFF
        $0.st[2] = 1 << 63
        $0.st[3] = 0x4000
        $0.fsw = 0x3000
        $0.ftw = 0xC0
      })
    #expect(x87.st[0] == 0xC000_0000_0000_0000)
    #expect(x87.st[1] == 0x4000)
    #expect(x87.fsw & 0x3800 == 0x3800)
    #expect(x87.ftw == 0x80)
    let sse = try Self.run(
      .code([0x0F, 0x58, 0xC1], singleSteps: false) {  // ADDPS XMM0, XMM1
        $0.ymm[0] = 0x3F80_0000_3F80_0000
        $0.ymm[4] = 0x4000_0000_3F80_0001
      })
    #expect(sse.ymm[0] == 0x4040_0000_4000_0000)
    #expect(sse.mxcsr == 0x1FA0)
  }

  // The processor, or its kernel, may have no YMM registers.
  @Test("VADDPS YMM", .enabled(if: hasFeature("avx"))) func avx() throws {
    let state = try Self.run(
      .code([0xC5, 0xF4, 0x58, 0xC2]) {  // VADDPS YMM0, YMM1, YMM2
        for index in 4..<12 { $0.ymm[index] = 0x3F80_0000_3F80_0000 }
        $0.ymm[0] = .max
      })
    #expect((0..<4).map { state.ymm[$0] } == [UInt64](repeating: 0x4000_0000_4000_0000, count: 4))
  }

  @Test("Compatibility mode: INC EAX, PUSHA, a segment that is null", arguments: [false, true])
  func compatibility(singleSteps: Bool) throws {
    let inc = try Self.run(.code([0x40], mode: .compatibility32, singleSteps: singleSteps) { $0[0] = 41 })
    #expect(inc[0] == 42)
    #expect(inc.rip == InstructionTest.codeAddress + 1)
    #expect((0..<6).map { inc.selectors[$0] } == [0x2B, 0x23, 0x2B, 0x2B, 0, 0])
    let pusha = try Self.run(
      .code([0x60], mode: .compatibility32, singleSteps: singleSteps) {
        for index in 0..<8 { $0[index] = UInt64(index + 1) }
        $0[4] = 0x2000_0F20
      })
    #expect(pusha[4] == 0x2000_0F00)
    #expect((0..<4).map { pusha.window[$0] } == [0x7_0000_0008, 0x2000_0F20_0000_0006, 0x3_0000_0004, 0x1_0000_0002])
    let null = InstructionTest.code([0x26, 0x8B, 0x07], mode: .compatibility32, singleSteps: singleSteps) {
      $0[7] = 0x2000_0F00
      $0.selectors[0] = 0
    }
    try Self.expectFault(13, null)
  }

  @Test("A far return to the other mode does not outlive its test") func farReturn() throws {
    let far = InstructionTest.code([0x48, 0xCB]) {
      $0[4] = 0x2000_0F00
      $0.window[0] = InstructionTest.codeAddress
      $0.window[1] = 0x23
    }
    let states = try NativeOracle().run([far, .code([0x48, 0xFF, 0xC0])])
    #expect(states[0].selectors[1] == 0x23)
    #expect(states[1].selectors[1] == 0x33)
    #expect(states[1][0] == 1)
  }

  @Test("FS and GS: selectors and bases") func segments() throws {
    let state = try Self.run(
      .code([0x64, 0x48, 0x8B, 0x04, 0x25, 8, 0, 0, 0]) {
        $0.fsBase = 0x2000_0F00
        $0.selectors[4] = 0x2B
        $0.window[1] = 77
      })
    #expect(state[0] == 77)
    #expect(state.selectors[4] == 0x2B)
    #expect(state.fsBase == 0x2000_0F00)
  }

  @Test("Vendor, family, model and features") func processor() {
    #expect(HostProcessor.name.split(separator: " ").count >= 2)
    #expect(HostProcessor.features.isSuperset(of: ["cmov", "cx8", "fsgsbase", "fxsr", "mmx", "sse", "sse2"]))
  }
}
