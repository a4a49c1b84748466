import Foundation
import TestSupport
import Testing

@Suite("The tutorial about triple faults")
struct TutorialTests {
  /// A command of the page and the lines that follow it.
  private struct Example {
    var command: [String]
    var lines: [String]
  }

  private func examples() throws -> [Example] {
    let page = Build.root.appendingPathComponent("Documentation/triple-fault-tutorial.md")
    var examples: [Example] = []
    for line in try String(contentsOf: page, encoding: .utf8).components(separatedBy: "\n") {
      guard line.hasPrefix("    ") || (line.isEmpty && !(examples.last?.lines.isEmpty ?? true)) else { continue }
      let text = String(line.dropFirst(4))
      if text.hasPrefix("$ ") {
        examples.append(Example(command: text.dropFirst(2).split(separator: " ").map(String.init), lines: []))
      } else if !examples.isEmpty, !text.isEmpty {
        examples[examples.count - 1].lines.append(text)
      }
    }
    return examples
  }

  @Test("Every command prints what the page says")
  func commands() throws {
    let examples = try examples()
    try #require(examples.count == 3)
    for example in examples {
      #expect(example.command.first == ".build/release/emu")
      let arguments = example.command.dropFirst().map {
        $0.hasPrefix(".build/testroms/") ? Build.roms.appendingPathComponent(String($0.dropFirst(16))).path : $0
      }
      let outcome = try runEmu(Array(arguments))
      let printed = (outcome.errors + outcome.text).replacingOccurrences(of: Build.roms.path, with: ".build/testroms")
      #expect(printed.components(separatedBy: "\n").filter { !$0.isEmpty } == example.lines)
    }
  }
}
