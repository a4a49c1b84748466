import Differential
import Interpreter
import MMU
import Machine
import TestSupport
import Testing
import X86
import X86Decoder

@testable import EngineComparison

@Suite("Programs on both engines")
struct EnginePairTests {
  @Test("The engines agree, and what the program is for happens", arguments: engineRows)
  func agree(_ row: EngineRow) throws {
    let pair = try EnginePair(.zen4)
    pair.comparesMemoryAlways = true
    var seen: Set<UInt64> = []
    for schedule in row.schedules {
      let difference = pair.run(row.program, schedule)
      #expect(
        difference == nil,
        "\(difference.map { EngineDivergence(row.program, schedule, $0).text } ?? "")")
      seen.formUnion(pair.theirs.notedVectors)
    }
    #expect(seen.isSuperset(of: row.vectors), "noted: \(seen.sorted())")
    if !row.program.isRealMode, row.program.mode == .code64 {
      #expect(pair.ours.processor.hasTranslations && !pair.theirs.processor.hasTranslations)
    }
  }

  @Test("A board comes back to where it was")
  func isClean() throws {
    let pair = try EnginePair(.zen4)
    let plain = EngineRow("", [code("48 ff c0"), again]).program
    let schedule = EngineSchedule([.init(200)])
    #expect(pair.run(plain, schedule) == nil)
    let hash = pair.ours.machine.stateHash()
    // Writes beyond the pages of programs: by the page of 1 GiB.
    let stray = EngineRow("", [code("48 c7 04 25 00 00 08 40 55 00 00 00"), code("c6 04 25 00 70 00 40 00"), again])
      .program
    #expect(pair.run(stray, schedule) == nil)
    #expect(!pair.ours.strayPages().isEmpty)
    #expect(pair.run(plain, schedule) == nil)
    #expect(pair.ours.machine.stateHash() == hash)
    #expect(pair.ours.strayPages().isEmpty)
  }

  @Test("Programs and schedules are functions of seed and number, and files hold all of them")
  func files() throws {
    let generator = ProgramGenerator()
    var texts: Set<String> = []
    for number in 0..<400 as Range<UInt64> {
      let program = generator.program(seed: 5, number: number)
      let schedules = generator.schedules(seed: 5, number: number)
      #expect((1...ProgramGenerator.lengthLimit + 8).contains(program.parts.count))
      let text = EngineProgramText.text(program, schedules[1])
      #expect(text == EngineProgramText.text(generator.program(seed: 5, number: number), schedules[1]))
      let (copy, schedule) = try EngineProgramText.read(Array(text.utf8))
      #expect(EngineProgramText.text(copy, schedule) == text)
      #expect(copy.listing == program.listing && schedule == schedules[1])
      texts.insert(text)
    }
    #expect(texts.count == 400)
  }

  private static let badFiles: [(change: (from: String, to: String), sentence: String)] = [
    (("\"kind\":\"program\"", "\"kind\":\"campaign\""), "kind: is not 'program'"),
    (("\"mode\":\"64\",\"cpl\"", "\"mode\":\"65\",\"cpl\""), "mode: '65' is not 64, 32, 16 or real"),
    (("\"cpl\":0", "\"cpl\":1"), "cpl: 1 is not 0 or 3"),
    (("\"base\":\"low\"", "\"base\":\"deep\""), "base: no 'deep'"),
    (("\"offset\":2048", "\"offset\":4097"), "offset: is not a whole number from 0 to 4096"),
    (("\"bytes\":\"48ffc0\"", "\"bytes\":\"48f\""), "bytes: are no bytes"),
    (("\"target\":0", "\"target\":-1"), "target: is not a whole number from 0 to 66"),
    (("\"rflags\":\"0x202\"", "\"rflags\":\"0x20g\""), "rflags: is not a number of at most 64 bits"),
    (("\"ticks\":9", "\"ticks\":0"), "ticks: is not a whole number from 1 to 1000000"),
    (("\"landings\":[1,", "\"landings\":["), "landings: 15 are not 16"),
    (("{\"kind\"", "{kind"), "byte 2: a name in quotes is missing"),
  ]

  @Test("Files that hold no program", arguments: badFiles.indices)
  func badFile(_ index: Int) throws {
    let text = EngineProgramText.text(EngineRow("", [code("48 ff c0"), again]).program, EngineSchedule([.init(9)]))
    let (change, sentence) = Self.badFiles[index]
    #expect(text.contains(change.from))
    let bad = text.replacing(change.from, with: change.to, maxReplacements: 1)
    #expect(throws: EngineProgramError(sentence)) { try EngineProgramText.read(Array(bad.utf8)) }
  }

  @Test("A campaign finds nothing, in any kind of code and on any model", arguments: ["zen4", "icelake", "amd-v1"])
  func campaign(_ model: String) throws {
    var plan = CampaignPlan()
    plan.seed = 11
    plan.count = UInt64(Build.isDebug ? 300 : Build.rounds(12_000))
    let model = try #require(ProcessorModel(named: model))
    let campaign = try EngineCampaign(plan: plan, generator: ProgramGenerator(), model: model)
    while !campaign.isComplete {
      for divergence in campaign.runBatch() {
        Issue.record("\(EngineMinimizer(campaign.pair).minimize(divergence).text)")
      }
    }
    #expect(campaign.tally.tests == plan.count)
    #expect(campaign.pair.runCount >= plan.count * 2)
    #expect(campaign.pair.tickCount > plan.count * 300)
  }
}

extension EngineMachine {
  /// The vectors that the handlers of long mode have noted.
  var notedVectors: Set<UInt64> {
    let view = machine.memory.physical
    let count = min(view.load(GuestMap.logIndex, as: UInt32.self), 32)
    return Set((0..<UInt64(count)).map { view.load(GuestMap.log + $0 * 32, as: UInt64.self) & 0xFF })
  }
}
