import ArgumentParser
import Differential
import FoundationEssentials
import Glibc
import HostSystem
import InstructionTesting
import Interpreter
import NativeOracle
import X86

/// One `emu fuzz`: a shard from its start or checkpoint to its end or a signal.
final class FuzzSession {
  private let options: FuzzCommand
  private let identity: Checkpoint.Identity
  private let campaign: Campaign
  private let minimizer: Minimizer
  /// Whether the oracle can be asked about a test that was made smaller.
  private let canMinimize: Bool
  private let model: ProcessorModel
  private let modelNote: String?
  private let output: ShardOutput?
  private let oracles: Oracles
  private var captured: Recording?
  private let start: Double
  private var startTests: UInt64 = 0
  /// The checkpoint says that all is done and the summary written.
  private let hadEnded: Bool
  private let isTerminal = isatty(2) == 1

  init(_ options: FuzzCommand) throws {
    self.options = options
    let shard: ShardChoice
    do throws(ShardError) {
      shard = try ShardChoice.choose(option: options.shard, environment: ProcessInfo.processInfo.environment)
    } catch {
      throw ValidationError(error.description)
    }
    if let file = shard.statusFile { close(unsafe open(file, O_WRONLY | O_CREAT, 0o666)) }
    oracles = Oracles()
    let recorded = try options.recording.map { RecordedRunner(try Recording(decoding: try HostIO.readFile($0))) }
    let hasSegments = options.modes.hasSegments
    let isRealMode = options.modes == .real
    let oracle = try recorded ?? oracles.runner(options.against, hasSegments: hasSegments, isRealMode: isRealMode)
    canMinimize = oracle.executesAnyTest
    if let recorded, options.compared.cpu == nil {
      (model, modelNote) = (try recorded.model(), nil)
    } else {
      (model, modelNote) = options.compared.choice(
        against: oracle.processorName, with: options.against == .native ? HostProcessor.features : [])
    }
    let subject = try oracles.runner(options.subject, model: model, hasSegments: hasSegments, isRealMode: isRealMode)
    let filter = try FormFilter(options.isa)
    var plan = CampaignPlan()
    plan.seed = options.seed
    plan.count = recorded.map { min(UInt64($0.count), options.count ?? .max) } ?? options.count ?? 0
    plan.shard = UInt64(shard.index)
    plan.shards = UInt64(shard.count)
    plan.cpl = options.cpl
    plan.modes = options.cpl == 0 ? [.long64] : options.modes.modes
    plan.narrows = options.modes == .protected16
    let shown = options.rules ? try oracles.shownLimits(options.against, isRealMode: isRealMode) : []
    let classifier = Classifier(
      rules: options.rules ? .standard(options.against, isRealMode: isRealMode) : [], shown: shown,
      exact: options.exact ? model.behaviors : nil, model: model)
    let templates = filter.templates(
      cpl: options.cpl, involvesNative: options.against != .kvm || options.subject == .native, modes: plan.modes,
      features: model.features)
    guard !templates.isEmpty else { throw ValidationError("--isa \(options.isa): no form is left to draw from.") }
    identity = Self.identity(options, plan, oracle: oracle.processorName, model: model.name)
    output = try options.output.map { [identity] in try ShardOutput(folder: $0, identity: identity) }
    let checkpoint = try output?.checkpoint(for: identity)
    try output?.open(keeping: checkpoint?.resultBytes ?? 0)
    var generator = CodeGenerator(templates, lengths: options.length.range)
    // Bytes that no row stands for may leave real mode.
    if isRealMode { (generator.randomBytes, generator.anyOpcodes) = (0, 0) }
    // KVM may refuse the INT3 behind 32-bit code.
    generator.stepsCompatibilityMode = options.against == .kvm || options.subject == .kvm
    let generated: any TestSource = options.bytes ? ByteTests(plan) : GeneratedTests(generator, plan)
    let source: any TestSource = recorded ?? generated
    campaign = Campaign(
      plan: plan, subject: subject, oracle: oracle, source: source, classifier: classifier,
      start: checkpoint?.next ?? 0, tally: checkpoint?.tally ?? CampaignTally())
    minimizer = Minimizer(subject: subject, oracle: oracle, classifier: classifier)
    if options.capture != nil {
      captured = Recording(processorName: oracle.processorName, modelName: model.name, seed: plan.seed)
    }
    startTests = campaign.tally.tests
    hadEnded = checkpoint?.isComplete ?? false
    start = Self.seconds
    if checkpoint == nil { try output?.append(CampaignReport.header(identity)) }
    describe(oracle, plan, resumed: checkpoint)
  }

  /// What a campaign must have in common with the one that it resumes.
  private static func identity(
    _ options: FuzzCommand, _ plan: CampaignPlan, oracle: String, model: String
  ) -> Checkpoint.Identity {
    Checkpoint.Identity(
      seed: plan.seed, count: plan.count, shard: plan.shard, shards: plan.shards, against: options.against.rawValue,
      subject: options.subject.rawValue, isa: options.isa, modes: options.modes.rawValue, cpl: options.cpl,
      rules: options.rules, processor: oracle, model: options.subject == .model ? model : "", exact: options.exact,
      length: options.length.description, bytes: options.bytes)
  }

  private static var seconds: Double { Double(HostClock.monotonic) / 1e9 }

  private func describe(_ oracle: any InstructionRunner, _ plan: CampaignPlan, resumed: Checkpoint?) {
    let choice = options.compared.cpu == nil ? ", of the oracle's vendor," : ""
    let subject = options.subject == .model ? "model \(model.name)\(choice)" : options.subject.rawValue
    complain(
      "\(subject) against \(oracle.name): \(oracle.processorName); seed \(plan.seed), shard "
        + "\(plan.shard) of \(plan.shards), \(plan.shardCount) tests")
    if let resumed { complain("resumed after \(resumed.next) tests") }
    if let modelNote { complain(modelNote) }
    for line in oracles.notes { complain(line) }
  }

  /// Runs to the end; gives the exit status.
  func run() throws -> ExitStatus {
    EndingSignals.watch()
    var lastSave = Self.seconds
    var lastProgress = lastSave
    while !campaign.isComplete {
      if EndingSignals.caught != nil {
        try save()
        clearProgress()
        complain("interrupted after \(campaign.next) of \(campaign.plan.shardCount) tests; the same command resumes")
        return .interrupted
      }
      let known = Set(campaign.tally.fingerprints.keys)
      let found =
        captured == nil
        ? try campaign.runBatch() : try campaign.runBatch { [self] test, result in capture(test, result) }
      try report(found, known)
      let now = Self.seconds
      if now - lastSave > 2 {
        try save()
        lastSave = now
      }
      if isTerminal, now - lastProgress > 0.5 {
        progress(now)
        lastProgress = now
      }
    }
    clearProgress()
    if let captured, let path = options.capture { try writeFile(path, captured.encoded) }
    try finish()
    return campaign.tally.classes[.bug, default: 0] > 0 ? .difference : .success
  }

  private func capture(_ test: InstructionTest, _ result: UserState) {
    guard result.vector != UserState.lost, CaptureFilter.isPortable(test, result, model) else { return }
    captured?.append(test, result)
  }

  /// Writes each new kind of difference once, made small where both sides can be asked again.
  private func report(_ found: [Divergence], _ known: Set<String>) throws {
    var seen = known
    for divergence in found where seen.insert(divergence.fingerprint).inserted {
      // An oracle that lost its way costs seconds each time.
      let isWorthIt =
        (divergence.kind == .bug || divergence.kind == .oracleLimit || divergence.kind == .undefined)
        && canMinimize && divergence.oracle.vector != UserState.lost && EndingSignals.caught == nil
      let small = isWorthIt ? try minimizer.minimize(divergence) : divergence
      try output?.append(CampaignReport.line(small, number: divergence.test.number))
      guard divergence.kind == .bug else { continue }
      try output?.write(Reproducer.request(small) + "\n", name: "\(small.fingerprint).json")
      if Reproducer.hasROM(small) { try output?.write(Reproducer.rom(small), name: "\(small.fingerprint).s") }
      clearProgress()
      print(CampaignReport.text(small))
    }
  }

  private func save(isComplete: Bool = false) throws {
    try output?.save(
      Checkpoint(
        identity, next: campaign.next, resultBytes: output?.byteCount ?? 0, isComplete: isComplete,
        tally: campaign.tally))
  }

  private func finish() throws {
    let seconds = Self.seconds - start
    if !hadEnded { try output?.append(CampaignReport.summary(identity, campaign.tally)) }
    try save(isComplete: true)
    print(CampaignReport.table(campaign.tally))
    let count = campaign.tally.tests - startTests
    if seconds > 0 { complain("\(count) tests, \(Int(Double(count) / seconds)) a second") }
  }

  private func progress(_ now: Double) {
    let tally = campaign.tally
    let speed = Int(Double(tally.tests - startTests) / max(now - start, 0.001))
    let text =
      "\r\(tally.tests) of \(campaign.plan.shardCount) tests, \(speed) a second, bugs \(tally.classes[.bug, default: 0])\u{1B}[K"
    writeAll(2, Array(text.utf8))
  }

  private func clearProgress() { if isTerminal { writeAll(2, Array("\r\u{1B}[K".utf8)) } }
}

/// Reads a recording and does something with it.
///
/// - Throws: `HostError` with the file's name for whatever is wrong with it, too.
func withRecording<Result>(_ path: String, _ body: (Recording) throws -> Result) throws -> Result {
  do { return try body(try Recording(decoding: try HostIO.readFile(path))) } catch let error as RecordingError {
    throw HostError(description: "\(path): \(error.description)")
  }
}
