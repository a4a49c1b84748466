import ArgumentParser
import FaultReports

/// The form of a fault report.
enum ExplainFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// Options about fault reports.
struct ExplainOptions: ParsableArguments {
  /// A hundred thousand of them are 10 MB of text.
  static let historyRange = 1...100_000

  @Flag(help: "Print a fault report of every exception; a triple fault always has one.")
  var explain = false
  @Option(
    help: "How many instructions before a fault its report lists, 1 to \(Self.historyRange.upperBound); else 16.")
  var explainHistory: Int?
  @Option(help: "How many reports --explain prints; then the guest goes on at full speed.") var explainLimit = 1000
  @Option(help: "The form of reports on standard error: text, or json, one object a line.")
  var explainFormat = ExplainFormat.text

  /// Instructions before a fault that its report lists.
  var historyCount: Int { explainHistory ?? FaultRecorder.recentCount }
}
