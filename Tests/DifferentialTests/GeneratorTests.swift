import Differential
import InstructionTesting
import Testing
import X86
import X86Decoder

@Suite("Generated tests") struct GeneratorTests {
  // Recordings hold no states: whoever changes these numbers makes every recording worthless.
  @Test(
    "The generator of states is frozen",
    arguments: zip(
      StateGenerator.Version.allCases, [3_817_025_558_991_849_515, 11_833_537_747_380_033_909] as [UInt64]))
  func frozenStates(_ version: StateGenerator.Version, _ sum: UInt64) {
    var bytes: [UInt8] = []
    for seed in [0, 1, 20_261_125, .max] as [UInt64] {
      for number in [0, 1, 2, 3, 1000, 299_999, 1 << 40] as [UInt64] {
        for (mode, cpl) in [(.long64, 3), (.compatibility32, 3), (.long64, 0)] as [(InstructionTest.Mode, UInt8)] {
          bytes += StateGenerator.state(seed: seed, number: number, mode: mode, cpl: cpl, version: version).bytes
        }
      }
    }
    #expect(bytes.count == 4 * 7 * 3 * 1360)
    #expect(checksum(bytes) == sum)
  }

  @Test("Version 2 has the values that vector instructions need") func vectorStates() {
    var found: [String: Int] = [:]
    for number in 0..<400 as Range<UInt64> {
      let state = StateGenerator.state(seed: 5, number: number, mode: .long64, cpl: 3)
      for register in 0..<16 {
        let words = (0..<4).map { state.ymm[register * 4 + $0] }
        func all(_ test: (UInt64) -> Bool) -> Bool { words.allSatisfy(test) }
        func isSmall(_ element: UInt32) -> Bool { element &+ 16 < 64 }
        if all({ isSmall(UInt32(truncatingIfNeeded: $0)) && isSmall(UInt32($0 >> 32)) }) {
          found["indices32", default: 0] += 1
        }
        if all({ $0 &+ 16 < 64 }) { found["indices64", default: 0] += 1 }
        if (0..<register).contains(where: { other in (0..<4).allSatisfy { words[$0] == state.ymm[other * 4 + $0] } }) {
          found["copy", default: 0] += 1
        }
      }
      if state.window[32] < 8, state.window[34] == 0, state.window[35] == 0 { found["save area", default: 0] += 1 }
      found["rounding \(state.mxcsr >> 13 & 3)", default: 0] += 1
    }
    for (name, least) in [
      "indices32": 300, "indices64": 300, "copy": 100, "save area": 30, "rounding 0": 250, "rounding 3": 15,
    ] {
      #expect(found[name, default: 0] >= least, "\(name)")
    }
  }

  @Test("SplitMix64 is the published one, and its uses are frozen") func randomStream() {
    // The first outputs for the seed 1234567, as the reference implementation prints them.
    var plain = RandomStream(seed: 1_234_567)
    #expect(plain.next() == 6_457_827_717_110_365_317)
    #expect(plain.next() == 3_203_168_211_198_807_973)
    #expect(plain.next() == 9_817_491_932_198_370_423)
    var first = RandomStream(campaign: 1, test: 2, purpose: 3)
    var second = RandomStream(campaign: 1, test: 3, purpose: 3)
    var third = RandomStream(campaign: 1, test: 2, purpose: 4)
    let words = [first.next(), second.next(), third.next()]
    #expect(Set(words).count == 3)
    var random = RandomStream(seed: 1)
    var seen: Set<Int> = []
    for _ in 0..<1000 { seen.insert(random.below(10)) }
    #expect(seen == Set(0..<10))
  }

  @Test("Every row of the opcode table can be drawn, and decodes to itself") func rows() {
    #expect(EncodingTemplate.all.count == OpcodeForm.all.count)
    for template in EncodingTemplate.all {
      var generator = CodeGenerator([template])
      generator.randomBytes = 0
      generator.spoiledForms = 0
      generator.anyOpcodes = 0
      var own = 0
      for number in 0..<40 as Range<UInt64> {
        let test = generator.test(seed: 3, number: number, modes: [.long64, .compatibility32], cpl: 3)
        #expect(test.form == UInt16(template.form))
        #expect((1...15).contains(test.codeLength))
        #expect((0..<16).allSatisfy { $0 < Int(test.codeLength) || test.code[$0] == 0xCC })
        guard let instruction = test.decoded else { continue }
        #expect(instruction.length == test.codeLength)
        if Int(instruction.form) == template.form { own += 1 }
      }
      #expect(own > 0, "\(OpcodeForm.all[template.form].encoding) \(OpcodeForm.all[template.form].assembly)")
    }
  }

  @Test("A campaign is the same in 1, 3 and 8 shards") func shards() {
    func tests(_ shards: UInt64) -> [UInt64: [UInt8]] {
      var all: [UInt64: [UInt8]] = [:]
      for shard in 0..<shards {
        var plan = CampaignPlan()
        (plan.seed, plan.count, plan.shard, plan.shards) = (11, 1001, shard, shards)
        let source = GeneratedTests(CodeGenerator(EncodingTemplate.all), plan)
        for index in 0..<plan.shardCount {
          let number = plan.number(at: index)
          let test = source.test(number: number)
          #expect(all[number] == nil)
          #expect(test.number == number)
          all[number] = (0..<16).map { test.code[$0] } + test.input.bytes
        }
      }
      return all
    }
    let whole = tests(1)
    #expect(whole.keys.sorted() == Array(0..<1001))
    #expect(tests(3) == whole)
    #expect(tests(8) == whole)
  }

  @Test("Shards beyond the count have nothing to do") func emptyShards() {
    var plan = CampaignPlan()
    (plan.count, plan.shards) = (2, 8)
    let counts = (0..<8 as Range<UInt64>).map { shard -> UInt64 in
      plan.shard = shard
      return plan.shardCount
    }
    #expect(counts == [1, 1, 0, 0, 0, 0, 0, 0])
  }
}
