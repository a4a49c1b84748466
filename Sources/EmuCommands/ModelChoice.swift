import ArgumentParser
import InstructionTesting
import Interpreter

/// The name of a processor model on the command line.
struct ModelChoice: ExpressibleByArgument, Equatable {
  var model: ProcessorModel

  /// What a run has if nothing else is said: always the same, so that a run is the same everywhere.
  static let standard = ModelChoice(model: .amdV1)

  init(model: ProcessorModel) { self.model = model }

  init?(argument: String) {
    guard let model = ProcessorModel(named: argument) else { return nil }
    self.model = model
  }

  var defaultValueDescription: String { model.name }
  static var allValueStrings: [String] { ProcessorModel.all.map(\.name) }
}

/// The processor model of the commands that compare it with another machine.
struct ComparedModel: ParsableArguments {
  @Option(help: "The model; without it that of the other machine's vendor.") var cpu: ModelChoice?

  /// The model for a machine that answers with this processor, and why it is that one.
  ///
  /// - Parameters:
  ///   - processorName: `InstructionRunner.processorName`.
  ///   - features: names of the CPUID features that programs can use there, in lower case; empty where only those that
  ///     every processor has are compared.
  func choice(
    against processorName: String, with features: Set<String> = []
  ) -> (model: ProcessorModel, reason: String?) {
    if let cpu { return (cpu.model, nil) }
    if let model = ProcessorModel(of: processorName, with: features) { return (model, nil) }
    let vendor = processorName.split(separator: " ").first.map(String.init) ?? "an unnamed processor"
    return (.amdV1, "no model is of \(vendor): the model stays \(ProcessorModel.amdV1.name)")
  }
}
