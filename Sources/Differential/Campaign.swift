public import InstructionTesting
import X86

/// What a campaign tests.
public struct CampaignPlan: Sendable, Equatable {
  /// The campaign's seed.
  public var seed: UInt64 = 1
  /// Tests of all shards together.
  public var count: UInt64 = 0
  /// Which shard this is, from 0.
  public var shard: UInt64 = 0
  /// How many shards there are.
  public var shards: UInt64 = 1
  /// 0 or 3.
  public var cpl: UInt8 = 3
  /// Segmented tests have 16-bit code.
  public var narrows = false
  /// Modes to draw from.
  public var modes: [InstructionTest.Mode] = [.long64, .long64, .long64, .compatibility32]
  /// Makes the defaults.
  public init() {}

  /// Numbers of this shard's tests in order: every number belongs to one shard, whatever their count.
  public func number(at index: UInt64) -> UInt64 { index &* shards &+ shard }
  /// How many tests this shard has.
  public var shardCount: UInt64 { count > shard ? (count - shard - 1) / shards + 1 : 0 }
}

/// Where a campaign's tests come from.
public protocol TestSource {
  /// The test with a number; the same at every call.
  func test(number: UInt64) -> InstructionTest
}

/// Tests that a generator draws by the plan's seed.
public struct GeneratedTests: TestSource {
  private let generator: CodeGenerator
  private let plan: CampaignPlan

  /// The tests of a plan.
  public init(_ generator: CodeGenerator, _ plan: CampaignPlan) {
    self.generator = generator
    self.plan = plan
  }

  /// The test with a number.
  public func test(number: UInt64) -> InstructionTest {
    generator.test(seed: plan.seed, number: number, modes: plan.modes, cpl: plan.cpl, narrows: plan.narrows)
  }
}

/// What a campaign found, so far.
public struct CampaignTally: Sendable {
  /// Tests of a form, and how many agreed.
  public struct FormCount: Sendable, Codable, Equatable {
    /// Tests.
    public var tests: UInt64 = 0
    /// Of them, agreeing ones.
    public var agreed: UInt64 = 0
    /// Of them, those whose results are the same in every bit, undefined ones too.
    public var identical: UInt64 = 0
    /// Makes zeros.
    public init() {}
  }

  /// Tests compared.
  public var tests: UInt64 = 0
  /// Differences by class.
  public var classes: [DivergenceClass: UInt64] = [:]
  /// Differences by rule.
  public var rules: [String: UInt64] = [:]
  /// How often each fingerprint came.
  public var fingerprints: [String: UInt64] = [:]
  /// Tests of each row of the opcode table, and how many of them agreed.
  public var forms: [UInt16: FormCount] = [:]
  /// Tests of each opcode map, by name, and how many of them agreed: of campaigns of random bytes.
  public var maps: [String: FormCount] = [:]
  /// Makes an empty tally.
  public init() {}
}

/// Runs one shard of a campaign: generates, executes on both sides, compares, classifies.
@safe public final class Campaign {
  /// What is tested.
  public let plan: CampaignPlan
  /// What was found.
  public private(set) var tally = CampaignTally()
  /// Index within the shard of the next test.
  public private(set) var next: UInt64

  private let subject: any InstructionRunner
  private let oracle: any InstructionRunner
  private let source: any TestSource
  private let classifier: Classifier
  private let countsMaps: Bool
  private let tests: UnsafeMutableBufferPointer<InstructionTest>
  private let ours: UnsafeMutableBufferPointer<UserState>
  private let theirs: UnsafeMutableBufferPointer<UserState>

  /// Tests that are compared at once; a checkpoint lies between two batches.
  public static let batchSize = 2048

  /// A campaign that begins at a test of its shard.
  public init(
    plan: CampaignPlan, subject: any InstructionRunner, oracle: any InstructionRunner, source: any TestSource,
    classifier: Classifier, start: UInt64 = 0, tally: CampaignTally = CampaignTally()
  ) {
    self.tally = tally
    self.plan = plan
    self.subject = subject
    self.oracle = oracle
    self.source = source
    self.classifier = classifier
    countsMaps = source is ByteTests
    next = start
    unsafe tests = .allocate(capacity: Self.batchSize)
    unsafe tests.initialize(repeating: InstructionTest())
    unsafe ours = .allocate(capacity: Self.batchSize)
    unsafe ours.initialize(repeating: UserState())
    unsafe theirs = .allocate(capacity: Self.batchSize)
    unsafe theirs.initialize(repeating: UserState())
  }

  deinit {
    unsafe tests.deallocate()
    unsafe ours.deallocate()
    unsafe theirs.deallocate()
  }

  /// Whether every test of the shard is done.
  public var isComplete: Bool { next >= plan.shardCount }

  /// Runs the next batch; gives what differed, in the order of the tests.
  ///
  /// - Parameter seeing: called with each test and the oracle's result, before the comparison.
  public func runBatch(
    seeing: ((InstructionTest, _ oracle: UserState) -> Void)? = nil
  ) throws -> [Divergence] {
    let count = Int(min(UInt64(Self.batchSize), plan.shardCount - next))
    for index in 0..<count {
      unsafe tests[index] = source.test(number: plan.number(at: next + UInt64(index)))
    }
    let batch = unsafe UnsafeBufferPointer(rebasing: tests[0..<count])
    try unsafe oracle.begin(batch, into: UnsafeMutableBufferPointer(rebasing: theirs[0..<count]))
    try unsafe subject.begin(batch, into: UnsafeMutableBufferPointer(rebasing: ours[0..<count]))
    try subject.finish()
    try oracle.finish()
    var found: [Divergence] = []
    for index in 0..<count {
      if let seeing { unsafe seeing(tests[index], theirs[index]) }
      let isIdentical = unsafe UserState.isIdentical(&ours[index], &theirs[index])
      let divergence = isIdentical ? nil : try compare(index)
      unsafe record(
        tests[index], agreed: divergence == nil || divergence?.kind == .undefined, isIdentical: isIdentical)
      guard let divergence else { continue }
      note(divergence)
      found.append(divergence)
    }
    tally.tests += UInt64(count)
    next += UInt64(count)
    return found
  }

  private func compare(_ index: Int) throws -> Divergence? {
    guard unsafe tests[index].steps == 1 else {
      let comparison = SequenceComparison(subject: subject, oracle: oracle, classifier: classifier)
      return try unsafe comparison.divergence(tests[index])
    }
    return unsafe classifier.divergence(tests[index], subject: ours[index], oracle: theirs[index])
  }

  private func record(_ test: InstructionTest, agreed: Bool, isIdentical: Bool) {
    func add(_ count: inout CampaignTally.FormCount) {
      count.tests += 1
      if agreed { count.agreed += 1 }
      if isIdentical { count.identical += 1 }
    }
    add(&tally.forms[test.form, default: CampaignTally.FormCount()])
    if countsMaps {
      add(&tally.maps[OpcodeMap(test)?.rawValue ?? "cut before the map", default: CampaignTally.FormCount()])
    }
  }

  private func note(_ divergence: Divergence) {
    tally.classes[divergence.kind, default: 0] += 1
    tally.rules[divergence.rule, default: 0] += 1
    tally.fingerprints[divergence.fingerprint, default: 0] += 1
  }
}
