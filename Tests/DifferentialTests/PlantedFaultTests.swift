import Differential
import InstructionTesting
import Interpreter
import ModelExecution
import Testing
import X86
import X86Decoder

/// A mistake in one operation, and how the classifier has to name what differs.
struct Planted: Sendable {
  var name: String
  var operation: X86Decoder.Operation
  var signature: String
  /// Changes what executes.
  var decoding: @Sendable (inout Instruction) -> Void = { _ in }
  /// Changes the result of an instruction that completed.
  var completed: @Sendable (InstructionTest, inout UserState) -> Void = { _, _ in }
  /// Changes the result of one that faulted.
  var faulted: @Sendable (InstructionTest, inout UserState) -> Void = { _, _ in }

  static let table: [Planted] = [
    Planted(name: "CF of ADD", operation: .add, signature: "rflags CF", completed: { $1.rflags ^= RFLAGS.carry }),
    Planted(
      name: "AF of INC where the low digit becomes 0", operation: .inc, signature: "rflags AF",
      completed: { if $1.rflags & RFLAGS.auxiliaryCarry != 0 { $1.rflags ^= RFLAGS.auxiliaryCarry } }),
    Planted(
      name: "a byte that SETcc stores", operation: .setcc, signature: "memory",
      completed: { flip(&$1.window, from: $0.input.window) }),
    Planted(
      name: "a store beside the window", operation: .stos, signature: "memory outside the window",
      completed: { if $1.strayWrites != 0 { $1.strayWrites ^= 0x100 } }),
    Planted(
      name: "the W bit of a page fault of AND", operation: .and, signature: "errorCode",
      faulted: { if $1.vector == 14 { $1.errorCode ^= 2 } }),
    Planted(
      name: "CR2 of MOVSX", operation: .movsx, signature: "cr2",
      faulted: { if $1.vector == 14, $1.errorCode & 16 == 0 { $1.cr2 ^= 1 } }),
    Planted(
      name: "upper half of a YMM register of MOVUPS", operation: .movups, signature: "upper ymm",
      completed: { _ = MutationOperator.upperVectorCleared.change($0, &$1) }),
    Planted(
      name: "the DAZ bit of LDMXCSR", operation: .ldmxcsr, signature: "mxcsr", completed: { $1.mxcsr ^= 0x40 }),
    Planted(name: "a tag of FFREE", operation: .ffree, signature: "ftw", completed: { $1.ftw ^= 0x10 }),
    Planted(name: "C1 of FINCSTP", operation: .fincstp, signature: "fsw", completed: { $1.fsw ^= 0x200 }),
    Planted(
      name: "the precision control of FLDCW", operation: .fldcw, signature: "fcw", completed: { $1.fcw ^= 0x100 }),
    Planted(name: "RIP behind BSWAP", operation: .bswap, signature: "rip", completed: { $1.rip &+= 1 }),
    Planted(
      name: "#DE of DIV", operation: .div, signature: "vector none for #DE, rip",
      faulted: { _ = MutationOperator.faultSuppressed(0).change($0, &$1) }),
    Planted(
      name: "#PF for #GP of MOVAPS", operation: .movaps, signature: "vector #PF for #GP",
      faulted: { if $1.vector == 13 { $1.vector = 14 } }),
    Planted(
      name: "upper half of a register of MOVZX", operation: .movzx, signature: "gpr",
      completed: { _ = MutationOperator.upperHalfKept.change($0, &$1) }),
    Planted(name: "FS.base of WRFSBASE", operation: .wrfsbase, signature: "fsBase", completed: { $1.fsBase ^= 1 }),
    Planted(
      name: "CS of JMP far", operation: .jmpFar, signature: "cs", completed: { $1.selectors[1] ^= 0x10 }),
    Planted(name: "SHR for SAR", operation: .sar, signature: "rflags SF, gpr", decoding: { $0.operation = .shr }),
    Planted(
      name: "no sign extension of ADC's imm8", operation: .adc, signature: "rflags CF, gpr",
      decoding: { if $0.immediate >= ~0x7F, $0.operandSize == 2 { $0.immediate &= 0xFF } }),
    Planted(name: "PSUBB for PADDB", operation: .paddb, signature: "xmm", decoding: { $0.operation = .psubb }),
  ]

  /// Flips a bit of the first word that was written.
  private static func flip(_ words: inout InlineArray<64, UInt64>, from old: InlineArray<64, UInt64>) {
    guard let index = (0..<64).first(where: { words[$0] != old[$0] }) else { return }
    words[index] ^= 1 << UInt64((words[index] ^ old[index]).trailingZeroBitCount)
  }
}

/// All planted faults at once: each sits in an operation of its own.
struct AllPlanted: PlantedFault {
  private static let byOperation = Dictionary(uniqueKeysWithValues: Planted.table.map { ($0.operation, $0) })

  var decoding: ((inout Instruction) -> Void)? { { Self.byOperation[$0.operation]?.decoding(&$0) } }

  func finished(_ test: InstructionTest, _ result: inout UserState) {
    guard let operation = test.decoded?.operation, let planted = Self.byOperation[operation] else { return }
    if result.vector == UserState.noException {
      planted.completed(test, &result)
    } else {
      planted.faulted(test, &result)
    }
  }
}

@Suite("Planted faults", .serialized) struct PlantedFaultTests {
  private static let operations = Set(Planted.table.map(\.operation))

  /// Runs a campaign with every fault planted; each must be found and made small, and nothing else.
  private static func hunt(
    _ source: any TestSource, _ oracle: any InstructionRunner, minimizingWith other: any InstructionRunner, count: Int,
    shown: Set<String> = [], model: ProcessorModel = .amdV1
  ) throws {
    let subject = try ModelRunner(model)
    subject.plantedFault = AllPlanted()
    let classifier = Classifier(rules: DivergenceRule.native, shown: shown)
    var plan = CampaignPlan()
    plan.seed = 5
    plan.count = UInt64(count)
    let campaign = Campaign(plan: plan, subject: subject, oracle: oracle, source: source, classifier: classifier)
    var found: [String: Divergence] = [:]
    while !campaign.isComplete {
      for divergence in try campaign.runBatch() where divergence.kind == .bug {
        guard let operation = divergence.instruction?.operation, operations.contains(operation) else {
          Issue.record(
            """
            a bug where none was planted: \(divergence.form): \(divergence.signature); test \(divergence.test.number), \
            code \((0..<Int(divergence.test.codeLength)).map { String(divergence.test.code[$0], radix: 16) })
            """)
          continue
        }
        found["\(operation) \(divergence.signature)"] = divergence
      }
    }
    let minimizer = Minimizer(subject: subject, oracle: other, classifier: classifier)
    for planted in Planted.table {
      guard let divergence = found["\(planted.operation) \(planted.signature)"] else {
        Issue.record(
          "\(planted.name): not found; the campaign saw \(found.keys.filter { $0.hasPrefix("\(planted.operation) ") })")
        continue
      }
      let small = try minimizer.minimize(divergence)
      #expect(small.fingerprint == divergence.fingerprint, "\(planted.name)")
      #expect(small.signature == planted.signature, "\(planted.name)")
      #expect(divergence.test.input.usedWordCount > 100, "\(planted.name)")
      #expect(small.test.input.usedWordCount <= 8, "\(planted.name): \(small.test.input.usedWordCount) words are left")
    }
  }

  /// The forms with faults in them, and no random bytes: what those show is no matter of a planted fault.
  private static var generator: CodeGenerator {
    var generator = CodeGenerator(EncodingTemplate.all.filter { operations.contains($0.operation) })
    generator.randomBytes = 0
    generator.anyOpcodes = 0
    generator.spoiledForms = 0
    return generator
  }

  @Test("Found among generated tests, the model itself as the oracle") func model() throws {
    let source = GeneratedTests(Self.generator, CampaignPlan(seed: 5))
    let oracle = try ModelRunner()
    try Self.hunt(source, oracle, minimizingWith: oracle, count: 40_000)
  }

  // x86-64 Linux only: elsewhere there is no processor to ask.
  @Test("Found by the host's own processor", .enabled(if: hasOracle)) func native() throws {
    let source = GeneratedTests(Self.generator, CampaignPlan(seed: 6))
    let oracle = try NativeRunner()
    try Self.hunt(
      source, oracle, minimizingWith: oracle, count: 40_000, shown: try LimitProbe.shown(by: oracle), model: hostModel)
  }

  @Test(
    "Found by recorded vectors of both vendors; the model without faults is the oracle of smaller tests",
    arguments: ["zen4", "icelake"])
  func recorded(_ name: String) throws {
    let oracle = RecordedRunner(try Vectors.load(name))
    let model = try oracle.model()
    try Self.hunt(oracle, oracle, minimizingWith: try ModelRunner(model), count: oracle.count, model: model)
  }
}

extension CampaignPlan {
  fileprivate init(seed: UInt64) {
    self.init()
    self.seed = seed
  }
}
