import ArgumentParser
import Differential
import EngineComparison
import HostSystem
import Interpreter
import X86
import X86Decoder

/// Programs on both engines.
final class EngineWork: FuzzWork {
  let plan: CampaignPlan
  private let generator: ProgramGenerator
  private let model: ProcessorModel
  private var campaign: EngineCampaign

  /// The other engine is of the same model.
  var processorName: String { "reference engine" }
  var modelName: String { model.name }
  var heading: String { "threaded engine against reference engine: model \(model.name)" }
  let notes: [String] = []
  var next: UInt64 { campaign.next }
  var tally: CampaignTally { campaign.tally }

  init(_ options: FuzzCommand, _ shard: ShardChoice) throws {
    model = (options.compared.cpu ?? .standard).model
    var plan = CampaignPlan()
    plan.seed = options.seed
    plan.count = options.count ?? 0
    plan.shard = UInt64(shard.index)
    plan.shards = UInt64(shard.count)
    self.plan = plan
    let kinds = options.modes.kinds
    let templates = try FormFilter(options.isa).templates(of: model, kinds)
    guard !templates.isEmpty else { throw ValidationError("--isa \(options.isa): no form is left to draw from.") }
    generator = ProgramGenerator(
      templates, lengths: (options.length ?? .programs).range, kinds: kinds,
      levels: options.cpl.map { [$0] } ?? [0, 3],
      drawsAll: options.isa.lowercased() == "all")
    campaign = try EngineCampaign(plan: plan, generator: generator, model: model)
  }

  func begin(at next: UInt64, _ tally: CampaignTally) throws {
    campaign = try EngineCampaign(plan: plan, generator: generator, model: model, start: next, tally: tally)
  }

  func runBatch() -> [FuzzFinding] {
    var known = Set(campaign.tally.fingerprints.keys)
    return campaign.runBatch().filter { known.insert($0.fingerprint).inserted }.map { divergence in
      Self.finding(
        EndingSignals.caught == nil ? EngineMinimizer(campaign.pair).minimize(divergence) : divergence)
    }
  }

  private static func finding(_ divergence: EngineDivergence) -> FuzzFinding {
    FuzzFinding(
      line: CampaignReport.line(divergence), text: divergence.text, isBug: true,
      files: [("\(divergence.fingerprint).json", divergence.json + "\n")])
  }

  func finish() {
    complain("\(campaign.pair.runCount) runs of \(campaign.pair.tickCount) ticks on each engine")
  }

  /// Runs the program of a file; gives the exit status.
  static func runProgram(_ options: FuzzCommand, _ path: String) throws -> ExitStatus {
    let bytes = try asInput { try HostIO.readFile(path) }
    let (program, schedule): (EngineProgram, EngineSchedule)
    do { (program, schedule) = try EngineProgramText.read(bytes) } catch {
      throw InputError(description: "\(path): \(error.description)")
    }
    let pair = try EnginePair((options.compared.cpu ?? .standard).model)
    pair.comparesMemoryAlways = true
    guard let difference = pair.run(program, schedule) else {
      print("agrees: \(schedule.ticks) ticks")
      return .success
    }
    print(EngineDivergence(program, schedule, difference).text)
    return .difference
  }
}

extension ModesChoice {
  /// The kinds of programs, each as often as it counts.
  fileprivate var kinds: [ProgramKind] {
    switch self {
    case .all: ProgramGenerator.allKinds
    case .long64: [.long64]
    case .protected32: [.protected32]
    case .protected16, .segmented: [.protected16]
    case .real: [.real16]
    }
  }
}

extension FormFilter {
  /// The forms that programs draw from: no machine but the model is asked, so that all of them can be tested.
  fileprivate func templates(of model: ProcessorModel, _ kinds: [ProgramKind]) -> [EncodingTemplate] {
    EncodingTemplate.all.filter { template in
      let feature = CPUIDFeature(rawValue: template.feature)
      let isThere = template.operation.family == .absent || (feature.map { model.features.contains($0) } ?? true)
      return isThere && (kinds.contains(.long64) || template.isInLegacy) && isWanted(template)
    }
  }
}
