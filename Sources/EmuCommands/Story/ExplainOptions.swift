import ArgumentParser

/// How a story is told.
enum ExplainFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// Options about the stories of faults.
struct ExplainOptions: ParsableArguments {
  @Flag(help: "Tell the story of every exception; that of a triple fault is always told.")
  var explain = false
  @Option(help: "How many stories --explain tells; then the guest goes on at full speed.") var explainLimit = 1000
  @Option(help: "How stories are told on standard error: text, or json, one object a line.")
  var explainFormat = ExplainFormat.text
}
