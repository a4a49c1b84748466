import InstructionTesting
import Interpreter
import ModelExecution
import Testing
import X86
import X86Decoder

@testable import Differential

/// A mistake in an instruction that only shows behind another one: no single instruction does.
private struct CarriedFault: Sendable, CustomTestStringConvertible {
  var name: String
  var first: X86Decoder.Operation
  var second: X86Decoder.Operation
  var change: @Sendable (inout Instruction) -> Void

  var testDescription: String { name }

  static let table: [CarriedFault] = [
    CarriedFault(name: "ADC behind INC borrows", first: .inc, second: .adc) { $0.operation = .sbb },
    CarriedFault(name: "SETcc behind CMP has the opposite condition", first: .cmp, second: .setcc) { $0.opcode ^= 1 },
    CarriedFault(name: "FADD behind FXCH subtracts", first: .fxch, second: .fadd) { $0.operation = .fsub },
    CarriedFault(name: "PADDB behind PXOR subtracts", first: .pxor, second: .paddb) { $0.operation = .psubb },
    CarriedFault(name: "POP behind PUSH takes another register", first: .push, second: .pop) {
      if !$0.isMemory { ($0.reg, $0.rm) = ($0.reg ^ 1, $0.rm ^ 1) }
    },
  ]
}

/// The model with one of them: it remembers what it executed last.
private final class CarriedFaultModel: PlantedFault {
  private let fault: CarriedFault
  private var last: X86Decoder.Operation?
  init(_ fault: CarriedFault) { self.fault = fault }

  // Asked for once a test.
  var decoding: ((inout Instruction) -> Void)? {
    last = nil
    return { [self] instruction in
      let operation = instruction.operation
      if last == fault.first, operation == fault.second { fault.change(&instruction) }
      last = operation
    }
  }
  func finished(_ test: InstructionTest, _ result: inout UserState) {}
}

@Suite("Sequences") struct SequenceTests {
  private static func tests(_ seed: UInt64, _ lengths: ClosedRange<Int>, _ templates: [EncodingTemplate])
    -> GeneratedTests
  {
    var generator = CodeGenerator(templates, lengths: lengths)
    generator.randomBytes = 0
    generator.anyOpcodes = 0
    generator.spoiledForms = 0
    var plan = CampaignPlan()
    plan.seed = seed
    return GeneratedTests(generator, plan)
  }

  @Test(
    "A mistake that only an earlier instruction brings out is found, and made as small as it is",
    arguments: CarriedFault.table)
  private func carried(_ fault: CarriedFault) throws {
    let templates = EncodingTemplate.all.filter { [fault.first, fault.second, .bswap].contains($0.operation) }
    let subject = try ModelRunner()
    subject.plantedFault = CarriedFaultModel(fault)
    let oracle = try ModelRunner()
    let classifier = Classifier(rules: DivergenceRule.native, shown: [])
    func bugs(_ lengths: ClosedRange<Int>) throws -> [Divergence] {
      var plan = CampaignPlan()
      plan.count = 6000
      let campaign = Campaign(
        plan: plan, subject: subject, oracle: oracle, source: Self.tests(8, lengths, templates), classifier: classifier)
      var found: [Divergence] = []
      while !campaign.isComplete { found += try campaign.runBatch().filter { $0.kind == .bug } }
      return found
    }
    #expect(try bugs(1...1).isEmpty)
    let found = try bugs(2...8)
    #expect(found.allSatisfy { $0.instruction?.operation == fault.second && $0.sequence != nil })
    let minimizer = Minimizer(subject: subject, oracle: oracle, classifier: classifier)
    let long = found.filter { ($0.sequence?.steps ?? 0) > 3 }.prefix(8)
    let small = try long.map { try minimizer.minimize($0) }
    #expect(small.count == 8 && zip(small, long).allSatisfy { $0.fingerprint == $1.fingerprint })
    // What sets a flag or fills a stack before them may matter too.
    #expect(small.allSatisfy { ($0.sequence?.steps ?? 8) <= 4 }, "\(small.map(\.disassembly))")
    let least = try #require(small.first { $0.sequence?.steps == 2 }, "\(small.map(\.disassembly))")
    #expect(least.disassembly.count == 2 && least.sequence?.input.usedWordCount ?? 99 <= 8)
  }

  /// An oracle that stores other x87 pointers, another XSTATE_BV, or other bytes, behind another instruction.
  private struct StoredPointers: Sendable, CustomTestStringConvertible {
    var name: String
    /// FSQRT, and an instruction with RBX as its operand's address.
    var code: [UInt8] = [0xD9, 0xFA, 0xD9, 0x33]
    var offset: UInt64 = 12
    var address = InstructionTest.windowAddress
    var steps: UInt8 = 2
    var isStepped = true
    var rule: String? = SequenceComparison.steppedPointersRule
    var testDescription: String { name }
  }

  private static let storedPointers = [
    StoredPointers(name: "FNSTENV: FIP"), StoredPointers(name: "FNSTENV: FDS", offset: 27),
    StoredPointers(name: "FNSTENV: FSW", offset: 4, rule: "none"),
    StoredPointers(name: "FNSTENV, 16 bits: FDP", code: [0xD9, 0xFA, 0x66, 0xD9, 0x33], offset: 10),
    StoredPointers(name: "FNSAVE: FIP", code: [0xD9, 0xFA, 0xDD, 0x33]),
    StoredPointers(name: "FNSAVE: ST(0)", code: [0xD9, 0xFA, 0xDD, 0x33], offset: 28, rule: "none"),
    StoredPointers(name: "FXSAVE: FOP", code: [0xD9, 0xFA, 0x0F, 0xAE, 0x03], offset: 7),
    StoredPointers(name: "FXSAVE: MXCSR", code: [0xD9, 0xFA, 0x0F, 0xAE, 0x03], offset: 24, rule: "none"),
    StoredPointers(name: "outside the window", address: InstructionTest.windowAddress + 0x400),
    StoredPointers(name: "to the INT3 behind the code", isStepped: false, rule: "none"),
    StoredPointers(name: "another store", code: [0xD9, 0xFA, 0x48, 0x89, 0x03], offset: 0, rule: "none"),
    // XINUSE of components in their initial configuration.
    StoredPointers(
      name: "XSAVEC: XSTATE_BV", code: [0xC5, 0xFC, 0x77, 0x0F, 0xC7, 0x23], offset: 512, isStepped: false,
      rule: SequenceComparison.trackedStateRule),
    StoredPointers(
      name: "XSAVEC: an image within the window", code: [0xC5, 0xFC, 0x77, 0x0F, 0xC7, 0x23], offset: 160,
      isStepped: false, rule: SequenceComparison.trackedStateRule),
    StoredPointers(
      name: "XSAVE", code: [0xC5, 0xFC, 0x77, 0x0F, 0xAE, 0x23], offset: 160, isStepped: false, rule: "none"),
    StoredPointers(
      name: "XSAVEC, with registers in use", code: [0xC5, 0xFD, 0x76, 0xC0, 0x0F, 0xC7, 0x23], offset: 160,
      isStepped: false, rule: "none"),
    StoredPointers(name: "FNSTENV alone", code: [0xD9, 0x33], steps: 1, rule: nil),
  ]

  @Test(
    "x87 pointers of stepped sequences are the host's kernel's, XINUSE is the processor's, and nothing else is",
    arguments: storedPointers)
  private func pointers(_ row: StoredPointers) throws {
    /// Flips a stored byte, but of an instruction alone.
    final class Wrong: PlantedFault {
      private let row: StoredPointers
      init(_ row: StoredPointers) { self.row = row }
      var decoding: ((inout Instruction) -> Void)? { nil }
      func finished(_ test: InstructionTest, _ result: inout UserState) {
        guard test.steps > 1 else { return }
        let offset = row.address + row.offset - InstructionTest.windowAddress
        if offset < 512 { result.window[Int(offset / 8)] ^= 1 << (offset % 8 * 8) } else { result.strayWrites ^= 1 }
      }
    }
    let oracle = try ModelRunner(.zen4)
    oracle.plantedFault = Wrong(row)
    var test = InstructionTest()
    for (index, byte) in row.code.enumerated() { test.code[index] = byte }
    (test.codeLength, test.steps, test.singleSteps) = (UInt8(row.code.count), row.steps, row.isStepped)
    test.input.generalRegisters[3] = row.address
    let comparison = SequenceComparison(
      subject: try ModelRunner(.zen4), oracle: oracle,
      classifier: Classifier(rules: DivergenceRule.native, shown: [], model: .zen4))
    let divergence = try comparison.divergence(test)
    #expect(divergence?.rule == row.rule)
    let kinds: [String: DivergenceClass] = [
      "none": .bug, SequenceComparison.steppedPointersRule: .oracleLimit,
      SequenceComparison.trackedStateRule: .undefined,
    ]
    #expect(divergence?.kind == row.rule.flatMap { kinds[$0] })
  }

  /// Code that reads what the code before it leaves undefined, or does not.
  private struct CarriedBits: Sendable, CustomTestStringConvertible {
    var name: String
    var code: [UInt8]
    var steps: UInt8
    /// RSP in or behind the window.
    var stack: UInt64 = 0x80
    /// The rule; nil where the two vendors' processors agree.
    var rule: String?
    var testDescription: String { name }
  }

  // SF and ZF of MUL are kept by one vendor's processors and computed by the other's.
  private static let carriedBits = [
    CarriedBits(name: "MUL", code: [0xF7, 0xE3], steps: 1),
    CarriedBits(name: "MUL, SETS", code: [0xF7, 0xE3, 0x0F, 0x98, 0xC1], steps: 2, rule: "undefined-carried"),
    CarriedBits(name: "MUL, SETC", code: [0xF7, 0xE3, 0x0F, 0x92, 0xC1], steps: 2),
    CarriedBits(
      name: "MUL, ADD, SETS", code: [0xF7, 0xE3, 0x01, 0xC0, 0x0F, 0x98, 0xC1], steps: 3),
    CarriedBits(name: "MUL, INC, SETS", code: [0xF7, 0xE3, 0xFF, 0xC6, 0x0F, 0x98, 0xC1], steps: 3),
    CarriedBits(name: "MUL, NOP, PUSHF", code: [0xF7, 0xE3, 0x90, 0x9C], steps: 3, rule: "undefined-carried"),
    CarriedBits(
      name: "MUL, SHL by 0, LAHF", code: [0xF7, 0xE3, 0xC1, 0xE0, 0x00, 0x9F], steps: 3, rule: "undefined-carried"),
    // Two parts of one quadword outside the window.
    CarriedBits(
      name: "MUL, PUSH, PUSHF", code: [0xF7, 0xE3, 0x66, 0x6A, 0x00, 0x66, 0x9C], steps: 3, stack: 0x400,
      rule: "undefined-carried"),
    CarriedBits(
      name: "MUL, PUSH, PUSH", code: [0xF7, 0xE3, 0x66, 0x6A, 0x00, 0x66, 0x6A, 0x01], steps: 3, stack: 0x400),
    CarriedBits(name: "MUL, JS", code: [0xF7, 0xE3, 0x78, 0x01, 0x90], steps: 2, rule: "undefined-carried"),
  ]

  @Test("Undefined flags are followed to who reads them", arguments: carriedBits)
  private func undefined(_ row: CarriedBits) throws {
    let subject = try ModelRunner(try #require(ProcessorModel(named: "intel-v1")))
    let oracle = try ModelRunner()
    var test = InstructionTest()
    for (index, byte) in row.code.enumerated() { test.code[index] = byte }
    test.codeLength = UInt8(row.code.count)
    test.steps = row.steps
    test.singleSteps = row.name.hasSuffix("JS")
    test.input.generalRegisters[0] = 0x8000_0001
    test.input.generalRegisters[3] = 1
    test.input.generalRegisters[4] = InstructionTest.windowAddress + row.stack
    test.input.rflags = 0x202 | RFLAGS.zero
    let comparison = SequenceComparison(
      subject: subject, oracle: oracle, classifier: Classifier(rules: DivergenceRule.native, shown: []))
    let divergence = try comparison.divergence(test)
    #expect(divergence?.rule == row.rule)
    if row.rule != nil { #expect(divergence?.kind == .undefined) }
  }

  @Test("A difference of a single instruction is found as one, wherever it stands")
  func single() throws {
    // CF of ADD: the planted fault of the other tests.
    final class Wrong: PlantedFault {
      var decoding: ((inout Instruction) -> Void)? { { if $0.operation == .sub { $0.operation = .add } } }
      func finished(_ test: InstructionTest, _ result: inout UserState) {}
    }
    let subject = try ModelRunner()
    subject.plantedFault = Wrong()
    let oracle = try ModelRunner()
    let classifier = Classifier(rules: [], shown: [])
    // MOV eax, 7; SUB eax, ecx; MOV [rbx], eax.
    var test = InstructionTest()
    for (index, byte) in ([0xB8, 7, 0, 0, 0, 0x29, 0xC8, 0x89, 0x03] as [UInt8]).enumerated() {
      test.code[index] = byte
    }
    (test.codeLength, test.steps, test.singleSteps) = (9, 3, false)
    test.input.generalRegisters[1] = 2
    test.input.generalRegisters[3] = InstructionTest.windowAddress
    let comparison = SequenceComparison(subject: subject, oracle: oracle, classifier: classifier)
    let found = try #require(try comparison.divergence(test))
    #expect(found.sequence == nil && found.instruction?.operation == .sub && found.kind == .bug)
    #expect(found.test.input.generalRegisters[0] == 7 && found.test.steps == 1)
    subject.plantedFault = nil
    #expect(try comparison.divergence(test) == nil)
  }

  @Test("Every form is drawn in sequences; what is drawn decodes to as many instructions as it says")
  func generator() throws {
    let source = Self.tests(3, 2...8, EncodingTemplate.all)
    var forms: Set<UInt16> = []
    var lengths: Set<UInt8> = []
    for number in 0..<UInt64(EncodingTemplate.all.count * 2) {
      let test = source.test(number: number)
      forms.insert(test.form)
      lengths.insert(test.steps)
      #expect(test.codeLength <= 120 && test.instructionEnds.count == Int(test.steps), "test \(number)")
      #expect((Int(test.codeLength)..<128).allSatisfy { test.code[$0] == 0xCC })
      #expect(source.test(number: number).input.bytes == test.input.bytes)
    }
    #expect(forms.count == EncodingTemplate.all.count)
    #expect(lengths == Set(2...8))
  }
}

@Suite("Random bytes") struct ByteTestTests {
  private struct MapRow: Sendable {
    var bytes: [UInt8]
    var map: OpcodeMap?
    var mode = InstructionTest.Mode.long64
  }

  private static let maps = [
    MapRow(bytes: [0x90], map: .oneByte), MapRow(bytes: [0x66, 0x40], map: nil), MapRow(bytes: [0x0F], map: nil),
    MapRow(bytes: [0x0F, 0x05], map: .twoBytes), MapRow(bytes: [0xF2, 0x0F, 0x38], map: .threeBytes38),
    MapRow(bytes: [0x0F, 0x3A], map: .threeBytes3A), MapRow(bytes: [0x0F, 0x0F], map: .threeDNow),
    MapRow(bytes: [0xC5, 0x03], map: .shortVEX), MapRow(bytes: [0xC5, 0x03], map: .oneByte, mode: .compatibility32),
    MapRow(bytes: [0xC5, 0xC3], map: .shortVEX, mode: .compatibility32), MapRow(bytes: [0xC4, 0xE1], map: .vex1),
    MapRow(bytes: [0xC4, 0xE3], map: .vex3), MapRow(bytes: [0xC4, 0xE0], map: .vexOther),
    MapRow(bytes: [0xC4, 0xE9], map: .vexOther), MapRow(bytes: [0x48, 0xC4, 0xE2], map: .oneByte),
    MapRow(bytes: [0x48, 0x66, 0xC4, 0xE2], map: .vex2), MapRow(bytes: [0x62, 0xF1], map: .evex),
    MapRow(bytes: [0x8F, 0xE8], map: .xop), MapRow(bytes: [0x8F, 0xC3], map: .oneByte),
    MapRow(bytes: [0x48, 0x8F, 0xE8], map: .oneByte),
  ]

  @Test("Maps by the first bytes", arguments: maps)
  private func map(_ row: MapRow) {
    var test = InstructionTest()
    for (index, byte) in row.bytes.enumerated() { test.code[index] = byte }
    test.codeLength = UInt8(row.bytes.count)
    test.mode = row.mode
    #expect(OpcodeMap(test) == row.map)
  }

  @Test("Each string in each length, against the end of the page; every map in turn") func strings() {
    var plan = CampaignPlan()
    plan.seed = 2
    let source = ByteTests(plan)
    var seen: Set<OpcodeMap> = []
    for string in 0..<UInt64(200) {
      let longest = source.test(number: string * 16 + 15)
      if let map = OpcodeMap(longest) { seen.insert(map) }
      for cut in 0..<16 as Range<UInt64> {
        let test = source.test(number: string * 16 + cut)
        #expect(test.codeLength == UInt8(cut) + 1 && test.steps == 1 && test.singleSteps)
        #expect(test.input.rip + UInt64(test.codeLength) == InstructionTest.codePage + 0x1000)
        #expect((0...Int(cut)).allSatisfy { test.code[$0] == longest.code[$0] })
      }
    }
    #expect(seen == Set(OpcodeMap.allCases))
  }
}
