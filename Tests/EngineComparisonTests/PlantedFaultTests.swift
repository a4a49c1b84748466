import Differential
import MMU
import Machine
import Testing
import X86
import X86Decoder

@testable import EngineComparison
@testable import Interpreter

/// A mistake in the threaded engine's board between two slices, and the field by which it must be found.
private struct Plant: CustomTestStringConvertible, Sendable {
  var name: String
  /// The first field of the report, or its beginning.
  var field: String
  var change: @Sendable (Machine) -> Void
  var testDescription: String { name }

  init(_ name: String, _ field: String, _ change: @escaping @Sendable (Machine) -> Void) {
    (self.name, self.field, self.change) = (name, field, change)
  }
}

/// Registers, flags, time, RAM, translations, chips, output: one mistake in each.
private let plants: [Plant] = [
  Plant("a bit of RBP", "RBP") { $0.processor(0).state.registers[5] ^= 1 << 40 },
  Plant("the carry flag", "RFLAGS") { $0.processor(0).rflags ^= RFLAGS.carry },
  Plant("the direction flag", "RFLAGS") { $0.processor(0).rflags ^= RFLAGS.direction },
  Plant("a tick", "ticks") { $0.processor(0).state.ticksBefore += 1 },
  Plant("a retired instruction", "ticks that retired nothing") { $0.processor(0).state.surplusTicks += 1 },
  Plant("XMM9", "XMM9 high") { $0.processor(0).state.floating.xmm[9].high ^= 1 },
  Plant("the upper half of YMM2", "YMM2 bits 255:192") { $0.processor(0).state.floating.upper[2].high ^= 1 << 63 },
  Plant("the top of the x87 stack", "FSW") { $0.processor(0).state.floating.statusWord ^= 0x800 },
  Plant("MXCSR", "MXCSR") { $0.processor(0).state.floating.mxcsr ^= 1 },
  Plant("CR2", "CR2") { $0.processor(0).state.cr2 = 1 },
  Plant("the base of FS", "FS.base") { $0.processor(0).state.segments[4].base ^= 0x1000 },
  Plant("LSTAR", "IA32_LSTAR") { $0.processor(0).state.msrs[.lstar] ^= 8 },
  Plant("PKRU", "PKRU") { $0.processor(0).state.paging.pkru ^= 1 },
  Plant("an NMI", "NMI pending") { $0.processor(0).nonMaskableInterrupt() },
  Plant("the register that reads as zero", "register 16") { $0.processor(0).state.registers[16] = 1 },
  Plant("a byte of data", "RAM at 20F80h, page 0 of the data") {
    _ = $0.memory.write([0x5A], at: PhysicalAddress(0x20F80))
  },
  Plant("a byte where nothing should be", "RAM at 90000h, other RAM") {
    _ = $0.memory.write([1], at: PhysicalAddress(0x90000))
  },
  Plant("an accessed flag", "RAM at 5010h, page table of the data") {
    _ = $0.memory.write([0x25], at: PhysicalAddress(0x5010))
  },
  Plant("a dropped translation of data", "bank ") { $0.processor(0).translations.flush(page: 0x2000_5000) },
  Plant("a translation of data for a page that was not touched", "bank ") { machine in
    let processor = machine.processor(0)
    let intent = AccessIntent(isWrite: false, isUser: false)
    let walk = processor.state.paging.walk(0x2000_2000, intent, processor.memory, setsAccessedAndDirty: false)
    _ = try? processor.translator.accept(walk, 0x2000_2000, isWrite: false, processor.state.bank)
  },
  Plant("a setting of the 8254", "8254") { $0.writePort(0x34, 0x43, width: 1, processor: 0) },
  Plant("a byte of output", "serial output") { $0.writePort(0x41, 0xE9, width: 1, processor: 0) },
]

/// A mistake in the code of the threaded engine: one handler does what another does.
private struct HandlerPlant: CustomTestStringConvertible, Sendable {
  var name: String
  /// The right handlers and the wrong ones.
  var pairs: @Sendable () -> [(right: UInt, wrong: UInt)]
  var testDescription: String { name }

  init(_ name: String, _ pairs: @escaping @Sendable () -> [(right: UInt, wrong: UInt)]) {
    (self.name, self.pairs) = (name, pairs)
  }

  init(name: String, right: @escaping @Sendable () -> UInt, wrong: @escaping @Sendable () -> UInt) {
    self.init(name) { [(right(), wrong())] }
  }
}

private func handler(_ form: FastForm, _ function: Int = 0, condition: Int = 0, isQuiet: Bool = false) -> UInt {
  ThreadedHandlers.handler(
    form, function: function, condition: condition, isIndexed: false, isFar: false, isQuiet: isQuiet)
}

private let handlerPlants: [HandlerPlant] = [
  HandlerPlant(
    name: "SUB for ADD", right: { handler(.register64, Int(BinaryFunction.add.rawValue)) },
    wrong: { handler(.register64, Int(BinaryFunction.sub.rawValue)) }),
  HandlerPlant(
    name: "flags that are not set", right: { handler(.immediate64, Int(BinaryFunction.add.rawValue)) },
    wrong: { handler(.immediate64, Int(BinaryFunction.add.rawValue), isQuiet: true) }),
  HandlerPlant(
    name: "JZ for JNZ", right: { handler(.jumpIf, condition: 5) }, wrong: { handler(.jumpIf, condition: 4) }),
  HandlerPlant(name: "32 bits for 64 of a load", right: { handler(.load64) }, wrong: { handler(.load32) }),
  HandlerPlant(name: "32 bits for 64 of a store", right: { handler(.store64) }, wrong: { handler(.store32) }),
  HandlerPlant(name: "POP for PUSH", right: { handler(.push64) }, wrong: { handler(.pop64) }),
  HandlerPlant("the other condition of a comparison") {
    (0..<16 as Range).flatMap { condition in
      [FastForm.register64, .register32, .immediate64, .immediate32].compactMap { form in
        guard let right = ThreadedHandlers.fused(form, .cmp, condition: condition),
          let wrong = ThreadedHandlers.fused(form, .cmp, condition: condition ^ 1)
        else { return nil }
        return (right, wrong)
      }
    }
  },
  HandlerPlant(
    name: "a counted loop that ends too early", right: { ThreadedHandlers.countedLoop(isWide: true, condition: 5) },
    wrong: { ThreadedHandlers.countedLoop(isWide: false, condition: 4) }),
]

@Suite("Planted faults of the comparison of engines")
struct EnginePlantTests {
  /// Touches the pages that the rows speak of, then counts.
  private static let program = EngineRow(
    "", [code("48 8b 04 25 00 5f 00 20"), code("48 ff c3"), code("48 01 d9"), jump(.jump, 1)]
  ).program

  @Test("Each is found, and the report names it", arguments: plants)
  private func state(_ row: Plant) throws {
    let pair = try EnginePair(.zen4)
    let schedule = EngineSchedule([.init(100), .init(100)])
    #expect(pair.run(Self.program, schedule) == nil)
    pair.plant = EnginePlant(afterTicks: 100, row.change)
    let difference = try #require(pair.run(Self.program, schedule))
    #expect(difference.fields.contains { $0.name.hasPrefix(row.field) }, "\(difference.fields)")
    #expect(difference.ticks == 100)
    let text = EngineDivergence(Self.program, schedule, difference).text
    #expect(text.contains("shows after 100 ticks of: 100; 100") && text.contains("48 01 d9  add rcx, rbx"), "\(text)")
    pair.plant = nil
    #expect(pair.run(Self.program, schedule) == nil)
  }

  @Test("A wrong handler is found by generated programs, which become small", arguments: handlerPlants)
  private func handlers(_ row: HandlerPlant) throws {
    var plan = CampaignPlan()
    plan.seed = 3
    plan.count = 8192
    let generator = ProgramGenerator(kinds: [.long64])
    let campaign = try EngineCampaign(plan: plan, generator: generator, model: .zen4)
    campaign.pair.plant = EnginePlant(afterTicks: 80) { machine in
      guard let operations = unsafe machine.processor(0).state.threaded.operations else { return }
      let wrong = Dictionary(row.pairs(), uniquingKeysWith: { $1 })
      for index in 0..<4096 {
        if let handler = unsafe wrong[operations[index].handler] { unsafe operations[index].handler = handler }
      }
    }
    var found: [EngineDivergence] = []
    while found.isEmpty, !campaign.isComplete { found = campaign.runBatch() }
    let first = try #require(found.first)
    let small = EngineMinimizer(campaign.pair).minimize(first)
    #expect(small.fingerprint == first.fingerprint)
    #expect(small.program.parts.count { !$0.isNothing } <= 12, "\(small.text)")
    // It runs again from its file.
    campaign.pair.comparesMemoryAlways = true
    let (program, schedule) = try EngineProgramText.read(Array(small.json.utf8))
    #expect(campaign.pair.run(program, schedule) == small.difference)
    campaign.pair.plant = nil
    #expect(campaign.pair.run(program, schedule) == nil)
  }

  @Test("A different byte of code on one side is found")
  func differentByte() throws {
    let pair = try EnginePair(.zen4)
    let schedule = EngineSchedule([.init(1), .init(200)])
    // The immediate of ADD: the code behind the first instruction is decoded anew.
    pair.plant = EnginePlant(afterTicks: 1) { machine in
      _ = machine.memory.write([0x02], at: PhysicalAddress(0x10806))
    }
    let program = EngineRow("", [code("48 ff c3"), code("48 83 c0 01"), again]).program
    let difference = try #require(pair.run(program, schedule))
    #expect(difference.fields.contains { $0.kind == "RAM, page 0 of the code" }, "\(difference.fields)")
  }
}
