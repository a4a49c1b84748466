import InstructionTesting
import Testing
import X86

@testable import KVM

/// One test of one instruction, and what must come of it.
struct RunnerRow: Sendable, CustomTestStringConvertible {
  var name: String
  var code: [UInt8]
  var cpl: UInt8 = 3
  var steps: UInt8 = 1
  var rax: UInt64 = 0
  var rbx: UInt64 = 0
  var rsi: UInt64 = 0
  var rcx: UInt64 = 0
  var vector: UInt8 = UserState.noException
  var errorCode: UInt32 = 0
  var cr2: UInt64 = 0
  /// RIP afterwards, from the start of the code.
  var length: UInt64
  var resultRAX: UInt64?
  /// What some KVMs get wrong, and the row needs; nil if any KVM passes.
  var needs: Need?

  enum Need: Sendable {
    case protectionFaultByINT, sseInKernel, sseAlignment
  }

  /// The rows with a need.
  static func rows(_ need: Need?) -> [RunnerRow] { all.filter { $0.needs == need } }

  var testDescription: String { "\(name), CPL \(cpl)" }

  static let readOnly = InstructionTest.readOnlyPage
  static let all: [RunnerRow] = [
    RunnerRow(name: "ADD", code: [0x48, 0x01, 0xD8], rax: 40, rbx: 2, length: 3, resultRAX: 42),
    RunnerRow(name: "ADD", code: [0x48, 0x01, 0xD8], cpl: 0, rax: 40, rbx: 2, length: 3, resultRAX: 42),
    RunnerRow(name: "JMP over bytes", code: [0xEB, 0x04], length: 6),
    RunnerRow(name: "JMP to itself", code: [0xEB, 0xFE], length: 0),
    RunnerRow(name: "JMP to itself", code: [0xEB, 0xFE], cpl: 0, length: 0),
    RunnerRow(
      name: "two of three INC", code: [0x48, 0xFF, 0xC0, 0x48, 0xFF, 0xC0, 0x48, 0xFF, 0xC0], steps: 2, length: 6,
      resultRAX: 2),
    RunnerRow(
      name: "store to nowhere", code: [0x48, 0x89, 0x03], rbx: 0x3000_0000, vector: 14, errorCode: 6, cr2: 0x3000_0000,
      length: 0),
    RunnerRow(
      name: "store to nowhere", code: [0x48, 0x89, 0x03], cpl: 0, rbx: 0x3000_0000, vector: 14, errorCode: 2,
      cr2: 0x3000_0000, length: 0),
    RunnerRow(
      name: "store to the read-only page", code: [0x48, 0x89, 0x03], rbx: readOnly, vector: 14, errorCode: 7,
      cr2: readOnly, length: 0),
    RunnerRow(
      name: "store to the read-only page", code: [0x48, 0x89, 0x03], cpl: 0, rbx: readOnly, vector: 14, errorCode: 3,
      cr2: readOnly, length: 0),
    RunnerRow(name: "UD2", code: [0x0F, 0x0B], vector: 6, length: 0),
    RunnerRow(name: "UD2", code: [0x0F, 0x0B], cpl: 0, vector: 6, length: 0),
    RunnerRow(name: "DIV by 0", code: [0xF7, 0xF3], vector: 0, length: 0),
    RunnerRow(name: "HLT", code: [0xF4], vector: 13, length: 0),
    RunnerRow(name: "HLT", code: [0xF4], cpl: 0, length: 1),
    RunnerRow(name: "OUT", code: [0xE6, 0x80], vector: 13, length: 0),
    RunnerRow(name: "OUT", code: [0xE6, 0x80], cpl: 0, length: 2),
    RunnerRow(name: "IN reads ones", code: [0xED], cpl: 0, length: 1, resultRAX: 0xFFFF_FFFF),
    RunnerRow(name: "INT3", code: [0xCC], vector: 3, length: 1),
    RunnerRow(name: "REP MOVSB of 0 with code behind it", code: [0xF3, 0xA4, 0x0F, 0x0B], length: 2),
    RunnerRow(
      name: "REP LODSB of 5, then INC", code: [0xF3, 0xAC, 0x48, 0xFF, 0xC0, 0x0F, 0x0B], steps: 2,
      rsi: InstructionTest.dataPage, rcx: 5, length: 5,
      resultRAX: (InstructionTest.background(0) >> 32 & 0xFF) + 1),
    RunnerRow(
      name: "INT 40h", code: [0xCD, 0x40], vector: 13, errorCode: 0x202, length: 0,
      needs: .protectionFaultByINT),
    RunnerRow(name: "XORPS", code: [0x0F, 0x57, 0xC0], length: 3),
    RunnerRow(name: "XORPS", code: [0x0F, 0x57, 0xC0], cpl: 0, length: 3, needs: .sseInKernel),
    RunnerRow(
      name: "misaligned ADDPS", code: [0x0F, 0x58, 0x03], rbx: InstructionTest.windowAddress + 1, vector: 13, length: 0,
      needs: .sseAlignment),
  ]
}

@Suite("KVM instruction runner", .enabled(if: KVMSupport.isAvailable, "no /dev/kvm: SKIP is printed"))
struct RunnerTests {
  private func run(_ tests: [InstructionTest]) throws -> (results: [UserState], refusals: [String]) {
    let runner = try KVMInstructionRunner()
    var results = [UserState](repeating: UserState(), count: tests.count)
    unsafe tests.withUnsafeBufferPointer { input in
      unsafe results.withUnsafeMutableBufferPointer { unsafe runner.run(input, into: $0) }
    }
    return (results, runner.lastRefusals.map { $0.reason })
  }

  private func makeTest(_ code: [UInt8], cpl: UInt8 = 3, singleSteps: Bool = true) -> InstructionTest {
    var test = InstructionTest()
    for (index, byte) in code.enumerated() { test.code[index] = byte }
    test.codeLength = UInt8(code.count)
    test.cpl = cpl
    test.singleSteps = singleSteps
    test.input.generalRegisters[4] = InstructionTest.dataPage + 0x1000
    for index in 0..<64 { test.input.window[index] = 0x0101_0101_0101_0101 &* UInt64(index) }
    return test
  }

  @Test("One line of flavour")
  func flavour() {
    let line = KVMSupport.flavour.description
    #expect(line.hasPrefix("kvm: "))
    #expect(!line.contains("\n"))
    #expect(line.split(separator: ";").count == 12)
  }

  @Test("Rows that any KVM passes", arguments: RunnerRow.rows(nil))
  func rows(_ row: RunnerRow) throws { try check(row) }

  @Test(
    "Rows of INT", .enabled(if: KVMSupport.flavour.raisesProtectionFaultByINT, "this KVM gets it wrong"),
    arguments: RunnerRow.rows(.protectionFaultByINT))
  func protectionFaultByINT(_ row: RunnerRow) throws { try check(row) }

  @Test(
    "Rows of SSE at CPL 0", .enabled(if: KVMSupport.flavour.runsSSEInKernel, "this KVM gets it wrong"),
    arguments: RunnerRow.rows(.sseInKernel))
  func sseInKernel(_ row: RunnerRow) throws { try check(row) }

  @Test(
    "Rows of misaligned SSE operands", .enabled(if: KVMSupport.flavour.checksSSEAlignment, "this KVM gets it wrong"),
    arguments: RunnerRow.rows(.sseAlignment))
  func sseAlignment(_ row: RunnerRow) throws { try check(row) }

  private func check(_ row: RunnerRow) throws {
    var test = makeTest(row.code, cpl: row.cpl)
    test.steps = row.steps
    test.input.generalRegisters[0] = row.rax
    test.input.generalRegisters[1] = row.rcx
    test.input.generalRegisters[3] = row.rbx
    test.input.generalRegisters[6] = row.rsi
    let (results, refusals) = try run([test])
    #expect(refusals.isEmpty, "\(refusals)")
    #expect(results[0].vector == row.vector)
    #expect(results[0].errorCode == row.errorCode)
    #expect(results[0].cr2 == row.cr2)
    #expect(results[0].rip == InstructionTest.codeAddress + row.length)
    #expect(results[0].generalRegisters[0] == row.resultRAX ?? row.rax)
    #expect(results[0].strayWrites == 0)
    #expect(results[0].selectors[1] == (row.cpl == 0 ? 0x10 : 0x33))
    for index in 0..<64 { #expect(results[0].window[index] == test.input.window[index]) }
  }

  #if os(Linux) && arch(x86_64)
    @Test("Without KVM_SYNC_REGS the same comes out")
    func unsynchronized() throws {
      var tests = [makeTest([0x48, 0x01, 0xD8]), makeTest([0x0F, 0x0B]), makeTest([0x48, 0x89, 0x03], cpl: 0)]
      tests[0].input.generalRegisters[0] = 40
      tests[2].input.generalRegisters[3] = 0x3000_0000
      let expected = try run(tests)
      let runner = try KVMInstructionRunner(probes: false, synchronizes: false)
      #expect(!runner.processor.synchronizes)
      for (index, test) in tests.enumerated() {
        let (result, refusal) = runner.run(test)
        #expect(refusal == nil)
        #expect(result.vector == expected.results[index].vector)
        #expect(result.rip == expected.results[index].rip)
        #expect(result.cr2 == expected.results[index].cr2)
        #expect(result.generalRegisters[0] == expected.results[index].generalRegisters[0])
      }
    }
  #endif

  @Test("Debug registers, GS bases and MSRs of one test do not reach the next")
  func noTraces() throws {
    // A breakpoint on the code's own address by DR0 and DR7, then NOP twice.
    var setAddress = makeTest([0x0F, 0x23, 0xC0], cpl: 0)
    setAddress.input.generalRegisters[0] = InstructionTest.codeAddress
    var enable = makeTest([0x0F, 0x23, 0xF8], cpl: 0)
    enable.input.generalRegisters[0] = 0x402
    var swap = makeTest([0x0F, 0x01, 0xF8], cpl: 0)
    swap.input.gsBase = 0x1234_5000
    let readStatus = makeTest([0x0F, 0x21, 0xF0], cpl: 0)
    let nop = makeTest([0x90], cpl: 0)
    let (results, refusals) = try run([setAddress, enable, nop, swap, swap, readStatus, nop, readStatus])
    #expect(refusals.isEmpty, "\(refusals)")
    for result in results { #expect(result.vector == UserState.noException) }
    #expect(results[3].gsBase == 0)
    #expect(results[4].gsBase == 0)
    #expect(results[5].generalRegisters[0] == 0xFFFF_0FF0)
    #expect(results[7].generalRegisters[0] == 0xFFFF_0FF0)
  }

  @Test("Compatibility mode at CPL 0 is not offered")
  func kernelCompatibility() throws {
    var test = makeTest([0x90], cpl: 0)
    test.mode = .compatibility32
    let (results, refusals) = try run([test])
    #expect(results[0].vector == UserState.lost)
    #expect(refusals == ["compatibility mode is for CPL 3 alone"])
  }

  @Test("Compatibility mode: 32-bit operands, and a page fault's address")
  func compatibility() throws {
    // 01 D8 add eax, ebx; 89 03 mov [ebx], eax
    var add = makeTest([0x01, 0xD8])
    add.mode = .compatibility32
    add.input.selectors = [0x2B, 0x23, 0x2B, 0x2B, 0, 0]
    add.input.generalRegisters[0] = 0xFFFF_FFFF
    add.input.generalRegisters[3] = 2
    var store = add
    store.code[0] = 0x89
    store.code[1] = 0x03
    store.input.generalRegisters[3] = 0x3000_0000
    let (results, refusals) = try run([add, store])
    #expect(refusals.isEmpty, "\(refusals)")
    #expect(results[0].vector == UserState.noException)
    #expect(results[0].generalRegisters[0] == 1)
    #expect(results[0].rip == InstructionTest.codeAddress + 2)
    #expect(results[0].selectors[1] == 0x23)
    #expect(results[1].vector == 14)
    #expect(results[1].cr2 == 0x3000_0000)
  }

  @Test("Vector and x87 registers go in and come out")
  func floating() throws {
    var test = makeTest([0x90])
    for index in 0..<64 { test.input.ymm[index] = 0x1111_0000_0000_0000 &+ UInt64(index) }
    for index in 0..<16 { test.input.st[index] = index & 1 == 0 ? 0x8000_0000_0000_0000 | UInt64(index) : 0x3FFF }
    test.input.fsw = 0x3800
    test.input.ftw = 0xFF
    test.input.fcw = 0x27F
    test.input.mxcsr = 0x9FC0
    let (results, _) = try run([test])
    for index in 0..<64 { #expect(results[0].ymm[index] == test.input.ymm[index], "word \(index)") }
    for index in 0..<16 { #expect(results[0].st[index] == test.input.st[index]) }
    #expect(results[0].fsw == 0x3800)
    #expect(results[0].ftw == 0xFF)
    #expect(results[0].fcw == 0x27F)
    #expect(results[0].mxcsr == 0x9FC0)
  }

  @Test("Stores inside and outside the window, then nothing of them is left")
  func stores() throws {
    // mov [rbx], rax
    var inside = makeTest([0x48, 0x89, 0x03])
    inside.input.generalRegisters[0] = 0xDEAD
    inside.input.generalRegisters[3] = InstructionTest.windowAddress + 8
    var outside = inside
    outside.input.generalRegisters[3] = InstructionTest.dataPage + 0x10
    let (results, _) = try run([inside, outside, makeTest([0x90])])
    #expect(results[0].window[1] == 0xDEAD)
    #expect(results[0].strayWrites == 0)
    #expect(results[1].strayWrites == InstructionTest.strayWeight(0x10, 0xDEAD))
    #expect(results[2].strayWrites == 0)
    #expect(results[2].window[1] == 0x0101_0101_0101_0101)
  }

  @Test("A test that never ends is lost, and the next one runs")
  func hang() throws {
    let endless = makeTest([0xEB, 0xFE], singleSteps: false)
    let (results, refusals) = try run([endless, makeTest([0x90])])
    #expect(results[0].vector == UserState.lost)
    #expect(refusals.count == 1)
    #expect(refusals.first?.contains("hangs") ?? false)
    #expect(results[1].vector == UserState.noException)
  }

  @Test(
    "An instruction that KVM cannot emulate is lost with a reason",
    .enabled(if: !KVMSupport.flavour.runsSSEInKernel, "this KVM runs SSE at CPL 0"))
  func refusal() throws {
    let (results, refusals) = try run([makeTest([0x0F, 0x57, 0xC0], cpl: 0)])
    #expect(results[0].vector == UserState.lost)
    #expect(refusals == ["KVM cannot emulate the instruction at RIP 0x10000800"])
  }

  @Test("The same tests twice give the same bytes")
  func repeatable() throws {
    var random = SplitMix(state: 7)
    let opcodes: [UInt8] = [0x01, 0x09, 0x11, 0x19, 0x21, 0x29, 0x31, 0x39, 0x85, 0x87, 0x89, 0x8B]
    let tests = (0..<500).map { _ in
      var test = makeTest([0x48, opcodes[Int(random.next() % 12)], UInt8(truncatingIfNeeded: random.next()) | 0xC0])
      for index in 0..<16 { test.input.generalRegisters[index] = random.next() }
      return test
    }
    let first = try run(tests)
    let second = try run(tests)
    for index in tests.indices {
      let (a, b) = (first.results[index], second.results[index])
      let same = unsafe withUnsafeBytes(of: a) { left in
        unsafe withUnsafeBytes(of: b) { right in unsafe left.elementsEqual(right) }
      }
      #expect(same, "test \(index)")
    }
    #expect(first.refusals.isEmpty)
  }
}

@Suite("KVM that is not there")
struct AbsenceTests {
  @Test("A missing device is an error of one sentence")
  func missing() {
    do throws(KVMError) {
      #if os(Linux) && arch(x86_64)
        _ = try KVMHost(path: "/nonexistent")
      #else
        _ = try KVMInstructionRunner()
      #endif
      Issue.record("it opened")
    } catch {
      #expect(error.isUnavailable)
      #expect(error.description.hasPrefix("/dev/kvm is not available: "))
    }
  }
}
