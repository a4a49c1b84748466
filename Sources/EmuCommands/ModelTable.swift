import Interpreter
import X86

/// The processor models with what they have, as `emu cpu` and `--cpu help` print it.
enum ModelTable {
  /// The lines of the table in the notation of Markdown.
  static var lines: [String] {
    let heads = ["model", "vendor", "processors that it stands for", "features that CPUID announces"]
    return [row(heads), "|" + String(repeating: "---|", count: heads.count)]
      + ProcessorModel.all.map { row([$0.name, $0.vendor.rawValue, $0.remark, features(of: $0)]) }
  }

  private static func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

  /// What a model has more than the level below; of what a guest or the board decides, nothing.
  private static func features(of model: ProcessorModel) -> String {
    let below = ProcessorModel.all.filter { $0.family == model.family && $0.level < model.level }
      .max { $0.level < $1.level }
    let names = model.features.features.filter { feature in
      let isOwn = [.always, .apicEnabled].contains(CPUIDRow.row(feature).condition)
      return isOwn && !(below?.features.contains(feature) ?? false)
    }
    return ((below.map { ["those of \($0.name)"] } ?? []) + names.map(\.rawValue)).joined(separator: ", ")
  }

  /// Whether arguments of a command ask for the table: `--cpu help`.
  static func isAsked(_ arguments: [String]) -> Bool {
    var isValue = false
    for (index, argument) in arguments.enumerated() {
      if argument == "--" { return false }
      if isValue {
        isValue = false
        continue
      }
      if argument == "--cpu=help" || (argument == "--cpu" && arguments.dropFirst(index + 1).first == "help") {
        return true
      }
      isValue = argument == "--append"
    }
    return false
  }
}
