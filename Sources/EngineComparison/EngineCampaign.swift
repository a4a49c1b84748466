public import Differential
public import Interpreter
public import Machine
import TextForms

/// A program that the two engines ran differently.
public struct EngineDivergence: Sendable {
  /// The program.
  public var program: EngineProgram
  /// How it was run.
  public var schedule: EngineSchedule
  /// What came of it.
  public var difference: EngineDifference

  /// The same for every program that shows the same kinds of fields in the same kind of code; that of a program that was
  /// made smaller is the first one's.
  public let fingerprint: String

  /// Makes one.
  ///
  /// - Parameter fingerprint: that of the program that this one was made of; nil makes it of the difference.
  public init(
    _ program: EngineProgram, _ schedule: EngineSchedule, _ difference: EngineDifference, as fingerprint: String? = nil
  ) {
    self.program = program
    self.schedule = schedule
    self.difference = difference
    self.fingerprint = fingerprint ?? Self.fingerprint("\(difference.signature)|\(program.kindName)|\(program.cpl)")
  }

  private static func fingerprint(_ text: String) -> String {
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return Text.digits(hash, places: 16)
  }
}

/// Runs one shard of a campaign of programs on both engines.
public final class EngineCampaign {
  /// What is tested.
  public let plan: CampaignPlan
  /// What was found.
  public private(set) var tally: CampaignTally
  /// Index within the shard of the next program.
  public private(set) var next: UInt64
  /// The boards.
  public let pair: EnginePair
  private let generator: ProgramGenerator

  /// Programs that are run at once; a checkpoint lies between two batches.
  public static let batchSize: UInt64 = 256

  /// A campaign that begins at a program of its shard.
  public init(
    plan: CampaignPlan, generator: ProgramGenerator, model: ProcessorModel, start: UInt64 = 0,
    tally: CampaignTally = CampaignTally()
  ) throws(MachineError) {
    self.plan = plan
    self.generator = generator
    self.tally = tally
    next = start
    pair = try EnginePair(model)
  }

  /// Whether every program of the shard is done.
  public var isComplete: Bool { next >= plan.shardCount }

  /// Runs the next programs; gives those that differ, in their order.
  public func runBatch() -> [EngineDivergence] {
    let count = min(Self.batchSize, plan.shardCount - next)
    var found: [EngineDivergence] = []
    for index in next..<next + count {
      let number = plan.number(at: index)
      let divergence = divergence(number)
      record(number, divergence)
      if let divergence { found.append(divergence) }
    }
    next += count
    return found
  }

  /// The first schedule of a program on which the engines differ.
  private func divergence(_ number: UInt64) -> EngineDivergence? {
    let program = generator.program(seed: plan.seed, number: number)
    pair.place(program)
    // RAM is compared at every stop of some programs, so that what heals is seen too.
    pair.comparesMemoryAlways = number % 8 == 0
    for schedule in generator.schedules(seed: plan.seed, number: number) {
      if let difference = pair.run(schedule) {
        return EngineDivergence(program, schedule, difference)
      }
    }
    return nil
  }

  private func record(_ number: UInt64, _ divergence: EngineDivergence?) {
    let form = UInt16(generator.anchor(of: number).form)
    tally.tests += 1
    tally.forms[form, default: CampaignTally.FormCount()].tests += 1
    guard let divergence else {
      tally.forms[form, default: CampaignTally.FormCount()].agreed += 1
      return
    }
    tally.classes[.bug, default: 0] += 1
    tally.rules["none", default: 0] += 1
    tally.fingerprints[divergence.fingerprint, default: 0] += 1
  }
}
