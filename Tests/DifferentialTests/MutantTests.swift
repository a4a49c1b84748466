import Differential
import InstructionTesting
import Interpreter
import ModelExecution
import Testing
import X86
import X86Decoder

@Suite("Mutants", .serialized) struct MutantTests {
  /// The list takes seconds to make.
  private static let all = Result { try Mutant.all() }

  /// A recording of the model by itself: all operations of these names.
  private static func ownRecording(
    _ operations: Set<X86Decoder.Operation>, count: UInt64, _ processor: ProcessorModel = .amdV1
  ) throws -> Recording {
    let features = processor.features
    let generator = CodeGenerator(
      EncodingTemplate.all.filter { template in
        operations.contains(template.operation)
          && OpcodeForm.all[template.form].cpuidFeature.map(features.contains) ?? true
      })
    let model = try ModelRunner(processor)
    var recording = Recording(processorName: "the model", modelName: processor.name, seed: 9)
    for number in 0..<count {
      let test = generator.test(seed: 9, number: number, modes: [.long64], cpl: 3)
      recording.append(test, try model.run(test))
    }
    return recording
  }

  @Test("Names are unique, and there are more than 500 in every group of operations together") func names() throws {
    let all = try Self.all.get()
    #expect(all.count >= 500)
    #expect(Set(all.map(\.id)).count == all.count)
    let operations = Set(all.map(\.operation))
    // Integer, string, control flow, stack, segment, MMX, SSE2 integer, floating point, x87 control.
    let some: [X86Decoder.Operation] = [
      .add, .movs, .jcc, .push, .movToSegment, .emms, .paddq, .addps, .fdiv, .fldcw,
    ]
    for operation in some { #expect(operations.contains(operation), "\(operation)") }
    #expect(!operations.contains(.cpuid))
  }

  @Test("Mistakes are killed, no mistake survives") func verdicts() throws {
    let run = try MutationRun(try Self.ownRecording([.add, .shl], count: 3000))
    for mutation in [
      .sibling(.sub), .operandSize(4, 8), .immediatePlusOne, .flags(RFLAGS.carry, .inverted), .kept(.general),
      .faultSuppressed(14), .faultAddress, .upperHalfKept,
    ] as [MutationOperator] {
      guard case .killed = try run.verdict(on: Mutant(operation: .add, mutation: mutation)) else {
        Issue.record("\(mutation.name) survived")
        continue
      }
    }
    // ADD is what it is: the sibling that it is itself, and a string's prefix, change nothing.
    for mutation in [.sibling(.add), .repeatDropped] as [MutationOperator] {
      guard case .survived(let vectors) = try run.verdict(on: Mutant(operation: .add, mutation: mutation)) else {
        Issue.record("\(mutation.name) was killed")
        continue
      }
      #expect(vectors > 500)
    }
    #expect(try run.verdict(on: Mutant(operation: .paddq, mutation: .sibling(.psubq))) == .survived(vectors: 0))
    #expect(run.disagreeing == 0)
  }

  @Test(
    "Mistakes of vector and floating-point instructions are killed",
    arguments: [
      (.addps, .vvvv), (.addps, .sourcesSwapped), (.addps, .vectorLength), (.addps, .upperVectorKept),
      (.addps, .controlIgnored(.roundingControl)), (.addps, .controlIgnored(.denormalsAreZeros)),
      (.mulps, .controlIgnored(.flushToZero)), (.fdiv, .controlIgnored(.x87RoundingControl)),
      (.fadd, .controlIgnored(.x87PrecisionControl)), (.vpgatherdd, .vectorIndex), (.vpgatherdd, .maskKept),
      (.vgatherqpd, .scale), (.vfmadd213pd, .sibling(.vfmadd231pd)), (.addps, .kept(.mxcsr)),
    ] as [(X86Decoder.Operation, MutationOperator)])
  func vectorVerdicts(_ operation: X86Decoder.Operation, _ mutation: MutationOperator) throws {
    #expect(try Self.all.get().contains { $0.operation == operation && $0.mutation == mutation })
    let run = try MutationRun(try Self.ownRecording([operation], count: 3000, .amdV3))
    guard case .killed = try run.verdict(on: Mutant(operation: operation, mutation: mutation)) else {
      Issue.record("survived")
      return
    }
  }

  @Test("The score counts what can be killed, and shows a wrong claim of equivalence") func score() {
    var score = MutationScore()
    #expect(score.percent == 0)
    let mutant = Mutant(operation: .add, mutation: .scale)
    let equivalent = Mutant(operation: .add, mutation: .scale, equivalence: "it is")
    for _ in 0..<3 { score.add(mutant, .killed(after: 1, vector: 1)) }
    score.add(mutant, .survived(vectors: 5))
    score.add(equivalent, .survived(vectors: 5))
    #expect(score.percent == 75)
    #expect(score.survivors.count == 1)
    #expect(score.equivalents.count == 1)
    score.add(equivalent, .killed(after: 1, vector: 1))
    #expect(score.refuted.count == 1)
    #expect(score.percent == 75)
  }

  @Test("Each recording kills a fixed sample", arguments: ["zen4", "icelake", "zen2-v3"]) func sample(_ name: String)
    throws
  {
    let all = try Self.all.get()
    let run = try MutationRun(try Vectors.load(name))
    var score = MutationScore()
    for index in stride(from: 0, to: all.count, by: all.count / 100) as StrideTo<Int> {
      // A recording of an older generator has no vectors of newer instructions.
      let verdict = try run.verdict(on: all[index])
      if verdict != .survived(vectors: 0) { score.add(all[index], verdict) }
    }
    #expect(score.killed >= 50)
    #expect(score.refuted.isEmpty)
    // A sample scatters: `make mutants` asks 95 % of all.
    #expect(score.percent >= 90, "\(score.survivors.map(\.mutant.id))")
  }
}
