import InstructionTesting
import Interpreter
import ModelExecution
import X86
public import X86Decoder

/// A mistake in one operation of the model.
public struct Mutant: Sendable {
  /// The operation.
  public var operation: X86Decoder.Operation
  /// The mistake.
  public var mutation: MutationOperator
  /// Why no test can distinguish it from the model; nil for all others.
  public var equivalence: String?

  /// Makes a mutant.
  public init(operation: X86Decoder.Operation, mutation: MutationOperator, equivalence: String? = nil) {
    self.operation = operation
    self.mutation = mutation
    self.equivalence = equivalence
  }

  /// `operation.operator`.
  public var id: String { "\(operation).\(mutation.name)" }

  /// All mutants: each operation with each operator that changes something in a sample of generated tests.
  ///
  /// The sample is the model's own, so that the list depends on no recording: a mutant that a recording does not reach
  /// survives, and shows what is not recorded.
  public static func all() throws -> [Mutant] {
    let model = try ModelRunner(MutableOperations.model)
    return try MutableOperations.all.flatMap { try mutants($0, model) }
  }

  private static func mutants(_ subject: MutableOperations.Subject, _ model: ModelRunner) throws -> [Mutant] {
    let generator = CodeGenerator(subject.templates)
    let sampleSize = max(subject.templates.count * 40, 160)
    var sample: [(test: InstructionTest, instruction: Instruction, result: UserState)] = []
    for number in 0..<UInt64(sampleSize) {
      let test = generator.test(seed: 1, number: number, modes: [.long64, .compatibility32], cpl: 3)
      guard let instruction = test.decoded, instruction.operation == subject.operation else { continue }
      let result = try model.run(test)
      if result.vector != UserState.lost { sample.append((test, instruction, result)) }
    }
    defer { model.plantedFault = nil }
    return try candidates(subject).filter { mutation in
      if case .controlIgnored = mutation {
        model.plantedFault = MutantFault(mutation: mutation)
        return try sample.contains { try !model.run($0.test).isSame(as: $0.result) }
      }
      return sample.contains { entry in
        var instruction = entry.instruction
        if mutation.change(&instruction) { return true }
        var result = entry.result
        return mutation.change(entry.test, &result)
      }
    }.map { Mutant(operation: subject.operation, mutation: $0, equivalence: Equivalence.reason(subject, $0)) }
  }

  private static func candidates(_ subject: MutableOperations.Subject) -> [MutationOperator] {
    var list: [MutationOperator] = subject.operation.siblings.map { .sibling($0) }
    if subject.hasSizedOperands {
      list += [.operandSize(2, 4), .operandSize(4, 2), .operandSize(4, 8), .operandSize(8, 4)]
    }
    list += [
      .operandsSwapped, .immediatePlusOne, .immediateNotExtended, .displacementPlusOne, .displacementNotExtended,
      .addressCut, .scale, .indexDropped, .base, .segmentDropped, .conditionInverted, .conditionNeighbour,
      .repeatDropped, .reg, .rm, .extensionDropped, .vvvv, .sourcesSwapped, .vectorLength, .vectorIndex,
    ]
    list += MutationOperator.FloatControl.allCases.map { .controlIgnored($0) }
    for bit in MutableOperations.statusFlags {
      if subject.writtenFlags & bit != 0 {
        list += MutationOperator.FlagChange.allCases.map { .flags(bit, $0) }
      } else if subject.undefinedFlags & bit != 0 {
        list.append(.flags(bit, .inverted))
      }
    }
    let kept = RFLAGS.status & ~subject.writtenFlags & ~subject.undefinedFlags
    if kept != 0 { list.append(.flags(kept, .inverted)) }
    list.append(.flags(RFLAGS.direction, .inverted))
    for kind in MutationOperator.StateKind.allCases {
      list += [.bit(kind, isHighest: false), .bit(kind, isHighest: true), .kept(kind)]
    }
    list += [.upperHalfKept, .upperVectorCleared, .upperVectorKept, .maskKept, .instructionPointer]
    list += (0..<20 as Range<UInt8>).map { .faultSuppressed($0) }
    return list + [.faultVector, .errorCode, .faultAddress, .faultAdvances, .faultClobbers]
  }
}

/// The operations that mutants are made of: those that the model executes and that an oracle of silicon covers to the last bit.
enum MutableOperations {
  /// An operation with its rows of the opcode table.
  struct Subject {
    var operation: X86Decoder.Operation
    var templates: [EncodingTemplate]
    var writtenFlags: UInt64 = 0
    /// Undefined in every row.
    var undefinedFlags: UInt64 = RFLAGS.status
    var hasSizedOperands = false
  }

  static let statusFlags = [
    RFLAGS.carry, RFLAGS.parity, RFLAGS.auxiliaryCarry, RFLAGS.zero, RFLAGS.sign, RFLAGS.overflow,
  ]

  /// Operations whose results a rule explains whatever they are, so that no result can be tested.
  private static let untested: Set<X86Decoder.Operation> = [.xgetbv, .xsetbv, .vmcall, .vmmcall, .monitor, .mwait]

  /// In the order of the opcode table's operations.
  static let all: [Subject] = {
    var subjects: [X86Decoder.Operation: Subject] = [:]
    for template in EncodingTemplate.all where isTested(form: template.form) {
      let row = OpcodeForm.all[template.form]
      var subject = subjects[row.operation] ?? Subject(operation: row.operation, templates: [])
      subject.templates.append(template)
      subject.writtenFlags |= FlagEffects.written[template.form]
      subject.undefinedFlags &= FlagEffects.undefined[template.form]
      let operands = row.assembly.drop { $0 != " " }.replacing(",", with: " ").split(separator: " ")
      if row.feature == "base",
        operands.contains(where: { ["rv", "r/mv", "rAX", "Yv", "Xv", "mv", "ry"].contains($0) })
      {
        subject.hasSizedOperands = true
      }
      subjects[row.operation] = subject
    }
    return X86Decoder.Operation.allCases.compactMap { subjects[$0] }
  }()

  /// The model that mutants are mistakes of.
  static let model = ProcessorModel.amdV3

  /// Whether results of a row count to the last bit.
  static func isTested(form: Int) -> Bool {
    let template = EncodingTemplate.all[form]
    if let feature = CPUIDFeature(rawValue: template.feature), template.operation.family != .absent,
      !model.features.contains(feature)
    {
      return false
    }
    return UntestableForms.reason(template, cpl: 3) == nil && !untested.contains(template.operation)
  }
}

/// A mutant as a planted fault.
struct MutantFault: PlantedFault {
  let mutation: MutationOperator
  var decoding: ((inout Instruction) -> Void)? { { [mutation] in _ = mutation.change(&$0) } }
  func starting(_ input: inout UserState) { _ = mutation.changeInput(&input) }
  func finished(_ test: InstructionTest, _ result: inout UserState) {
    mutation.restoreInput(test, &result)
    _ = mutation.change(test, &result)
  }
}

extension UserState {
  fileprivate func isSame(as other: UserState) -> Bool {
    unsafe withUnsafeBytes(of: self) { mine in
      unsafe withUnsafeBytes(of: other) { theirs in unsafe mine.elementsEqual(theirs) }
    }
  }
}
