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

  /// An instruction, an operator, and whether it changes it.
  private struct OperatorRow: Sendable, CustomTestStringConvertible {
    var name: String
    var code: [UInt8]
    var mutation: MutationOperator
    var changes: Bool
    var testDescription: String { "\(name).\(mutation.name)" }
  }

  private static let operators = [
    OperatorRow(name: "ADD", code: [0x01, 0xD8], mutation: .operandsSwapped, changes: true),
    OperatorRow(name: "ADDPS", code: [0x0F, 0x58, 0xC1], mutation: .operandsSwapped, changes: true),
    // Another register file: only what moves both ways.
    OperatorRow(name: "MOVD", code: [0x66, 0x0F, 0x6E, 0xC3], mutation: .operandsSwapped, changes: true),
    OperatorRow(
      name: "PINSRQ", code: [0x66, 0x48, 0x0F, 0x3A, 0x22, 0xC3, 1], mutation: .operandsSwapped, changes: false),
    OperatorRow(name: "PINSRW", code: [0x0F, 0xC4, 0xC3, 1], mutation: .operandsSwapped, changes: false),
    OperatorRow(name: "PEXTRB", code: [0x66, 0x0F, 0x3A, 0x14, 0xC3, 1], mutation: .operandsSwapped, changes: false),
    OperatorRow(name: "MOVQ2DQ", code: [0xF3, 0x0F, 0xD6, 0xC1], mutation: .operandsSwapped, changes: false),
    OperatorRow(name: "CVTSI2SD", code: [0xF2, 0x0F, 0x2A, 0xC3], mutation: .operandsSwapped, changes: false),
    // Only what is there with both lengths.
    OperatorRow(name: "VADDPS", code: [0xC5, 0xF4, 0x58, 0xC2], mutation: .vectorLength, changes: true),
    OperatorRow(name: "VADDPS XMM", code: [0xC5, 0xF0, 0x58, 0xC2], mutation: .vectorLength, changes: true),
    OperatorRow(name: "VPBROADCASTB", code: [0xC4, 0xE2, 0x79, 0x78, 0xC1], mutation: .vectorLength, changes: true),
    OperatorRow(name: "VADDSS", code: [0xC5, 0xF6, 0x58, 0xC2], mutation: .vectorLength, changes: false),
    OperatorRow(name: "VPINSRW", code: [0xC5, 0xF9, 0xC4, 0xC3, 1], mutation: .vectorLength, changes: false),
    OperatorRow(name: "VPERMQ", code: [0xC4, 0xE3, 0xFD, 0x00, 0xC1, 1], mutation: .vectorLength, changes: false),
    OperatorRow(name: "ADDPS", code: [0x0F, 0x58, 0xC1], mutation: .vectorLength, changes: false),
  ]

  @Test("Operators make what a decoder could have made", arguments: operators)
  private func operatorRows(_ row: OperatorRow) throws {
    var instruction = try #require(InstructionTest.code(row.code).decoded)
    #expect(row.mutation.change(&instruction) == row.changes)
  }

  @Test(
    "Every mutant of an instruction of two register files runs",
    arguments: [.pinsrd, .pinsrb, .pextrw, .movd] as [X86Decoder.Operation])
  func registerFiles(_ operation: X86Decoder.Operation) throws {
    let run = try MutationRun(try Self.ownRecording([operation], count: 600, .amdV3))
    var score = MutationScore()
    for mutant in try Self.all.get() where mutant.operation == operation {
      score.add(mutant, try run.verdict(on: mutant))
    }
    #expect(score.killed > 20 && score.refuted.isEmpty)
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
