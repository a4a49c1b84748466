import ArgumentParser

/// A command with one option that does next to nothing: `make budgets` compares the size of emu with it (decision 0004).
@main
struct EmptyCommand: ParsableCommand {
  @Option(help: "What is printed.")
  var text = "x"

  func run() { print(text) }
}
