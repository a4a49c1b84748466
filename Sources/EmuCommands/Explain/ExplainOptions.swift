import ArgumentParser
import FaultReports

/// How a report is told.
enum ExplainFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// Options about the reports of faults.
struct ExplainOptions: ParsableArguments {
  /// A hundred thousand of them are 10 MB of text.
  static let historyRange = 1...100_000

  @Flag(help: "Tell the report of every exception; that of a triple fault is always told.")
  var explain = false
  @Option(
    help: "How many instructions before a fault its report tells, 1 to \(Self.historyRange.upperBound); else 16.")
  var explainHistory: Int?
  @Option(help: "How many reports --explain tells; then the guest goes on at full speed.") var explainLimit = 1000
  @Option(help: "How reports are told on standard error: text, or json, one object a line.")
  var explainFormat = ExplainFormat.text

  /// Instructions before a fault that its report tells.
  var historyCount: Int { explainHistory ?? FaultRecorder.recentCount }
}
