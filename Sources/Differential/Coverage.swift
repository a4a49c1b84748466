import InstructionTesting
public import Interpreter
import ModelExecution
import X86
import X86Decoder

/// How far the forms of one extension have come.
public struct ExtensionCoverage: Sendable {
  /// The CPUID feature, `base` or `x87`.
  public var name: String
  /// Rows of the opcode table.
  public var forms = 0
  /// Of them, those that the model executes.
  public var implemented = 0
  /// Of them, those that recorded vectors execute.
  public var tested = 0
  /// Of them, those whose vectors all agree with silicon.
  public var agreeing = 0
  /// Makes zeros.
  public init(name: String) { self.name = name }
}

/// How far each form has come.
public struct Coverage: Sendable {
  /// One row of the opcode table.
  public struct Form: Sendable {
    /// Encoding and assembly.
    public var name: String
    /// The extension.
    public var feature: String
    /// The mnemonic.
    public var mnemonic: String
    /// The model executes it.
    public var isImplemented: Bool
    /// Recorded vectors of it.
    public var vectors = 0
    /// Of them, agreeing ones.
    public var agreeing = 0
    /// Why no vector can be recorded, if so.
    public var reason: String?
  }

  /// All forms in the order of the table.
  public private(set) var forms: [Form] = []

  /// Finds out what the model executes: a form counts unless the model says by name that it does not do it.
  public init(_ processor: ProcessorModel = .zen4) throws {
    let model = try ModelRunner(processor)
    for template in EncodingTemplate.all {
      let row = OpcodeForm.all[template.form]
      var form = Form(
        name: "\(row.encoding) \(row.assembly)", feature: row.feature, mnemonic: row.mnemonic, isImplemented: true)
      if let feature = row.cpuidFeature, row.operation.family != .absent {
        form.isImplemented = processor.features.contains(feature)
      }
      form.reason = UntestableForms.reason(template, cpl: 3)
      let generator = CodeGenerator([template])
      for number in 0..<24 as Range<UInt64> {
        let test = generator.test(seed: 1, number: number, modes: [.long64], cpl: 3)
        guard test.decoded.map({ Int($0.form) == template.form }) ?? false else { continue }
        let result = try model.run(test)
        // A rounding mode that is not built is no lack of the form.
        let reason = model.lostReasons[test.number] ?? ""
        if result.vector == UserState.lost && reason.contains("instruction") { form.isImplemented = false }
      }
      forms.append(form)
    }
  }

  /// The instructions that CPUID announces and the model does not execute in all their forms, by name and extension: a
  /// sentence; nil if there are none.
  public var shortfall: String? {
    var names: [(feature: String, mnemonics: [String])] = []
    for form in forms where !form.isImplemented {
      let index = names.firstIndex { $0.feature == form.feature } ?? names.count
      if index == names.count { names.append((form.feature, [])) }
      if !names[index].mnemonics.contains(form.mnemonic) { names[index].mnemonics.append(form.mnemonic) }
    }
    guard !names.isEmpty else { return nil }
    let lists = names.map { "\($0.mnemonics.sorted().joined(separator: ", ")) (\($0.feature))" }
    return "Not complete: CPUID announces these instructions, and emu does not execute them: "
      + lists.joined(separator: "; ") + "."
  }

  /// Counts the vectors of a recording.
  ///
  /// - Parameter processor: nil is the one that the recording is of.
  public mutating func add(_ recording: Recording, _ processor: ProcessorModel? = nil) throws {
    let oracle = RecordedRunner(recording)
    var plan = CampaignPlan()
    plan.count = UInt64(oracle.count)
    let model = try processor ?? recording.model()
    let campaign = Campaign(
      plan: plan, subject: try ModelRunner(model), oracle: oracle, source: oracle,
      classifier: Classifier(rules: DivergenceRule.native, shown: [], model: model))
    while !campaign.isComplete { _ = try campaign.runBatch() }
    for (index, count) in campaign.tally.forms where index != .max {
      forms[Int(index)].vectors += Int(count.tests)
      forms[Int(index)].agreeing += Int(count.agreed)
    }
  }

  /// The sums by extension, in alphabetical order, base first.
  public var extensions: [ExtensionCoverage] {
    var byName: [String: ExtensionCoverage] = [:]
    for form in forms {
      byName[form.feature, default: ExtensionCoverage(name: form.feature)].add(form)
    }
    return byName.values.sorted { ($0.name != "base", $0.name) < ($1.name != "base", $1.name) }
  }
}

extension ExtensionCoverage {
  fileprivate mutating func add(_ form: Coverage.Form) {
    forms += 1
    if form.isImplemented { implemented += 1 }
    if form.vectors > 0 { tested += 1 }
    if form.vectors > 0 && form.vectors == form.agreeing { agreeing += 1 }
  }
}

private func < (left: (Bool, String), right: (Bool, String)) -> Bool {
  left.0 != right.0 ? !left.0 : left.1 < right.1
}
