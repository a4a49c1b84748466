import ArgumentParser
import Interpreter
import X86

/// `emu cpu`: the processor models, and where processors differ.
struct CPUCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cpu", abstract: "List the processor models and what processors of the vendors do differently.",
    discussion: """
      Without a name: every model, then the behavior table as Documentation/processors.md has it. With a name: what \
      that model does in each row.

      Examples:
        emu cpu
        emu cpu intel-v1
      """)

  @Argument(help: "A model: \(ModelChoice.allValueStrings.joined(separator: ", ")).") var model: ModelChoice?

  func run() {
    guard let model = model?.model else {
      print("| model | vendor | processors that it stands for |", "|---|---|---|", separator: "\n")
      for model in ProcessorModel.all { print("| \(model.name) | \(model.vendor.rawValue) | \(model.remark) |") }
      print(
        "\n| behavior | what it decides | AMD | Intel | evidence | tests |", "|---|---|---|---|---|---|",
        separator: "\n")
      for row in BehaviorRow.table {
        print("| \(row.id) | \(row.decides) | \(row.amd) | \(row.intel) | \(row.evidence) | \(row.test) |")
      }
      return
    }
    for row in BehaviorRow.table {
      print("\(row.id): \(row.decides): \(row.isAsIntel(model.behaviors) ? row.intel : row.amd)")
    }
  }
}
