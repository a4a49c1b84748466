import ArgumentParser
import Differential
import HostSystem
import InstructionTesting
import Interpreter
import NativeOracle
import X86

/// Instruction tests, on two machines.
final class InstructionWork: FuzzWork {
  let plan: CampaignPlan
  let processorName: String
  let heading: String
  let notes: [String]
  private let options: FuzzCommand
  private let subject: any InstructionRunner
  private let oracle: any InstructionRunner
  private let source: any TestSource
  private let classifier: Classifier
  private let minimizer: Minimizer
  private let model: ProcessorModel
  private let oracles = Oracles()
  private var campaign: Campaign
  private var captured: Recording?

  var modelName: String { options.subject == .model ? model.name : "" }
  var next: UInt64 { campaign.next }
  var tally: CampaignTally { campaign.tally }

  init(_ options: FuzzCommand, _ shard: ShardChoice) throws {
    self.options = options
    let recorded = try options.recording.map { RecordedRunner(try Recording(decoding: try HostIO.readFile($0))) }
    let hasSegments = options.modes.hasSegments
    let isRealMode = options.modes == .real
    let oracle = try recorded ?? oracles.runner(options.against, hasSegments: hasSegments, isRealMode: isRealMode)
    let note: String?
    if let recorded, options.compared.cpu == nil {
      (model, note) = (try recorded.model(), nil)
    } else {
      (model, note) = options.compared.choice(
        against: oracle.processorName, with: options.against == .native ? HostProcessor.features : [])
    }
    subject = try oracles.runner(options.subject, model: model, hasSegments: hasSegments, isRealMode: isRealMode)
    plan = Self.plan(options, shard, recorded)
    let shown = options.rules ? try oracles.shownLimits(options.against, isRealMode: isRealMode) : []
    classifier = Classifier(
      rules: options.rules ? .standard(options.against, isRealMode: isRealMode) : [], shown: shown,
      exact: options.exact ? model.behaviors : nil, model: model)
    source = try recorded ?? Self.generated(options, plan, model)
    self.oracle = oracle
    processorName = oracle.processorName
    minimizer = Minimizer(subject: subject, oracle: oracle, classifier: classifier)
    let choice = options.compared.cpu == nil ? ", of the oracle's vendor," : ""
    let name = options.subject == .model ? "model \(model.name)\(choice)" : options.subject.rawValue
    heading = "\(name) against \(oracle.name): \(oracle.processorName)"
    notes = (note.map { [$0] } ?? []) + oracles.notes
    campaign = Campaign(plan: plan, subject: subject, oracle: oracle, source: source, classifier: classifier)
    if options.capture != nil {
      captured = Recording(processorName: oracle.processorName, modelName: model.name, seed: plan.seed)
    }
  }

  private static func plan(_ options: FuzzCommand, _ shard: ShardChoice, _ recorded: RecordedRunner?) -> CampaignPlan {
    var plan = CampaignPlan()
    plan.seed = options.seed
    plan.count = recorded.map { min(UInt64($0.count), options.count ?? .max) } ?? options.count ?? 0
    plan.shard = UInt64(shard.index)
    plan.shards = UInt64(shard.count)
    plan.cpl = options.cpl ?? 3
    plan.modes = plan.cpl == 0 ? [.long64] : options.modes.modes
    plan.narrows = options.modes == .protected16
    return plan
  }

  private static func generated(
    _ options: FuzzCommand, _ plan: CampaignPlan, _ model: ProcessorModel
  ) throws -> any TestSource {
    let filter = try FormFilter(options.isa)
    let templates = filter.templates(
      cpl: plan.cpl, involvesNative: options.against != .kvm || options.subject == .native, modes: plan.modes,
      features: model.features)
    guard !templates.isEmpty else { throw ValidationError("--isa \(options.isa): no form is left to draw from.") }
    var generator = CodeGenerator(templates, lengths: (options.length ?? .one).range)
    // Bytes that no row stands for may leave real mode.
    if options.modes == .real { (generator.randomBytes, generator.anyOpcodes) = (0, 0) }
    // KVM may refuse the INT3 behind 32-bit code.
    generator.stepsCompatibilityMode = options.against == .kvm || options.subject == .kvm
    return options.bytes ? ByteTests(plan) : GeneratedTests(generator, plan)
  }

  func begin(at next: UInt64, _ tally: CampaignTally) {
    campaign = Campaign(
      plan: plan, subject: subject, oracle: oracle, source: source, classifier: classifier, start: next, tally: tally)
  }

  func runBatch() throws -> [FuzzFinding] {
    var known = Set(campaign.tally.fingerprints.keys)
    let found =
      captured == nil
      ? try campaign.runBatch() : try campaign.runBatch { [self] test, result in capture(test, result) }
    return try found.filter { known.insert($0.fingerprint).inserted }.map(finding)
  }

  private func finding(_ divergence: Divergence) throws -> FuzzFinding {
    // An oracle that lost its way costs seconds each time.
    let isWorthIt =
      (divergence.kind == .bug || divergence.kind == .oracleLimit || divergence.kind == .undefined)
      && oracle.executesAnyTest && divergence.oracle.vector != UserState.lost && EndingSignals.caught == nil
    let small = isWorthIt ? try minimizer.minimize(divergence) : divergence
    var files: [(name: String, text: String)] = []
    if divergence.kind == .bug {
      files.append(("\(small.fingerprint).json", Reproducer.request(small) + "\n"))
      if Reproducer.hasROM(small) { files.append(("\(small.fingerprint).s", Reproducer.rom(small))) }
    }
    return FuzzFinding(
      line: CampaignReport.line(small, number: divergence.test.number), text: CampaignReport.text(small),
      isBug: divergence.kind == .bug, files: files)
  }

  private func capture(_ test: InstructionTest, _ result: UserState) {
    guard result.vector != UserState.lost, CaptureFilter.isPortable(test, result, model) else { return }
    captured?.append(test, result)
  }

  func finish() throws {
    if let captured, let path = options.capture { try writeFile(path, captured.encoded) }
  }
}
