public import InstructionTesting
public import Interpreter
public import X86
import X86Decoder

/// A reason for which a difference is not a bug of the subject.
public struct DivergenceRule: Sendable {
  /// Its name in reports.
  public var id: String
  /// What it makes of the difference.
  public var kind: DivergenceClass
  /// One sentence: why.
  public var text: String
  /// The probe that must have shown an oracle limit on this host; nil for other classes.
  public var probe: String?
  /// Whether it covers a difference.
  var matches: @Sendable (Divergence) -> Bool
}

/// Turns two results into a difference that counts, or none.
public struct Classifier: Sendable {
  /// The rules in force, tried in order.
  public let rules: [DivergenceRule]
  /// The subject's behaviors, if undefined results count where the behavior table says what they are.
  public let exact: ProcessorBehaviors?
  let decoder: Decoder

  /// A classifier.
  ///
  /// - Parameters:
  ///   - rules: an empty table makes everything a bug.
  ///   - shown: names of the probes that showed their limit on this host; rules with another probe do not count.
  ///   - exact: the subject's behaviors, if undefined results count where the behavior table says what they are.
  ///   - model: the processor by whose table tests are decoded.
  public init(
    rules: [DivergenceRule], shown: Set<String>, exact: ProcessorBehaviors? = nil, model: ProcessorModel = .amdV1
  ) {
    self.exact = exact
    // Behaviors are the default ones, by which the generator measures its code.
    decoder = Decoder(ProcessorBehaviors(of: .zen4), model.features)
    self.rules = rules.filter { $0.probe.map(shown.contains) ?? true }
  }

  /// Compares two results; nil if they agree in all that is defined.
  public func divergence(_ test: InstructionTest, subject: UserState, oracle: UserState) -> Divergence? {
    let instruction = test.decoded(by: decoder)
    let mask = instruction.map { UndefinedResults.mask($0, test.input, result: oracle, exact: exact) } ?? ResultMask()
    let differences = subject.differences(from: oracle, ignoring: mask)
    // The rule gets all of its tests, so that a campaign has the same counts each time.
    let isVarying =
      DivergenceRule.readsComponentsInUse(instruction, test) && rules.contains { $0.id == DivergenceRule.inUseRule }
    guard !differences.isEmpty || isVarying else { return nil }
    return divergence(test, subject: subject, oracle: oracle, differences: differences)
  }

  /// Gives differences a class by the rules.
  func divergence(
    _ test: InstructionTest, subject: UserState, oracle: UserState, differences: [StateDifference]
  ) -> Divergence {
    var divergence = Divergence(
      test: test, instruction: test.decoded(by: decoder), features: decoder.features, subject: subject, oracle: oracle,
      differences: differences)
    if let rule = rules.first(where: { $0.matches(divergence) }) {
      divergence.kind = rule.kind
      divergence.rule = rule.id
    }
    return divergence
  }
}
