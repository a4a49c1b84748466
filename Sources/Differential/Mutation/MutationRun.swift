import InstructionTesting
public import Interpreter
import ModelExecution
public import X86
import X86Decoder

/// How well recorded vectors distinguish a wrong model from a right one.
public final class MutationRun {
  /// What became of a mutant.
  public enum Verdict: Sendable, Equatable {
    /// A vector differs: so many were run, the last of them with this number in its campaign.
    case killed(after: Int, vector: UInt64)
    /// None of so many vectors differs; in so many of them the mutant did something.
    case survived(vectors: Int)
  }

  /// Vectors left out because the model without a mutant differs on them already.
  public private(set) var disagreeing = 0
  /// Vectors that can be used.
  public private(set) var usable = 0

  /// What the recorded processor is.
  public let processor: ProcessorModel

  /// The recorded processor.
  public var name: String { recording.processorName }

  private let recording: Recording
  private let model: ModelRunner
  private let classifier: Classifier
  private var vectors: [X86Decoder.Operation: [Int]] = [:]
  private var unchecked: [X86Decoder.Operation: [Int]] = [:]

  /// Sorts the vectors of a recording by operation.
  ///
  /// - Throws: `RecordingError` if no model is of the recorded processor's vendor.
  public init(_ recording: Recording) throws {
    self.recording = recording
    processor = try recording.model()
    model = try ModelRunner(processor)
    classifier = Classifier(rules: DivergenceRule.native, shown: [], model: processor)
    for index in 0..<recording.count {
      let test = recording.vector(index).test
      guard test.form != .max else { continue }
      guard MutableOperations.isTested(form: Int(test.form)), let instruction = test.decoded else { continue }
      unchecked[instruction.operation, default: []].append(index)
    }
  }

  /// Runs a mutant on the vectors of its operation until one differs.
  public func verdict(on mutant: Mutant) throws -> Verdict {
    let indices = try agreeing(mutant.operation)
    model.plantedFault = MutantFault(mutation: mutant.mutation)
    defer { model.plantedFault = nil }
    for (count, index) in indices.enumerated() where try differs(index)?.kind == .bug {
      return .killed(after: count + 1, vector: recording.vector(index).test.number)
    }
    return .survived(vectors: indices.count)
  }

  /// Whether the vectors of one recording detect a processor that differs in one behavior.
  ///
  /// - Returns: the number of the first vector on which it differs while the model as it is does not; nil if none does.
  public func verdict(without behavior: ProcessorBehavior) throws -> UInt64? {
    var other = processor
    other.behaviors.toggle(behavior)
    let mutant = try ModelRunner(other)
    // What the manuals leave undefined counts here, as far as both know what they do.
    let exact = Classifier(rules: DivergenceRule.native, shown: [], exact: processor.behaviors, model: processor)
    let isUndefined = BehaviorRow.row(behavior).isUndefined
    let used = isUndefined ? exact : classifier
    for index in 0..<recording.count {
      let (test, oracle) = recording.vector(index)
      let theirs = try mutant.run(test)
      guard used.divergence(test, subject: theirs, oracle: oracle)?.kind == .bug else { continue }
      if used.divergence(test, subject: try model.run(test), oracle: oracle) == nil { return test.number }
    }
    return nil
  }

  /// The vectors of an operation on which the model as it is agrees.
  private func agreeing(_ operation: X86Decoder.Operation) throws -> [Int] {
    if let known = vectors[operation] { return known }
    let all = unchecked[operation] ?? []
    let good = try all.filter { try differs($0) == nil }
    disagreeing += all.count - good.count
    usable += good.count
    vectors[operation] = good
    return good
  }

  private func differs(_ index: Int) throws -> Divergence? {
    let (test, oracle) = recording.vector(index)
    return classifier.divergence(test, subject: try model.run(test), oracle: oracle)
  }
}

/// What a run of mutants came to.
public struct MutationScore: Sendable {
  /// Mutants killed.
  public private(set) var killed = 0
  /// Mutants that no vector distinguishes from the model, though they differ from it.
  public private(set) var survivors: [(mutant: Mutant, vectors: Int)] = []
  /// Mutants that nothing can distinguish from the model.
  public private(set) var equivalents: [Mutant] = []
  /// Mutants that the table calls equivalent and a vector refutes: mistakes of the table.
  public private(set) var refuted: [Mutant] = []
  /// Makes an empty score.
  public init() {}

  /// Counts a mutant.
  public mutating func add(_ mutant: Mutant, _ verdict: MutationRun.Verdict) {
    switch (verdict, mutant.equivalence) {
    case (.killed, nil): killed += 1
    case (.killed, _?): refuted.append(mutant)
    case (.survived, _?): equivalents.append(mutant)
    case (.survived(let vectors), nil): survivors.append((mutant, vectors))
    }
  }

  /// Killed of those that can be, in percent; 0 if there is none.
  public var percent: Double {
    let total = killed + survivors.count
    return total == 0 ? 0 : Double(killed) * 100 / Double(total)
  }
}
