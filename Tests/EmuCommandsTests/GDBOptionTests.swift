import Foundation
import TestSupport
import Testing

@testable import EmuCommands

private struct Row: Sendable, CustomTestStringConvertible {
  var arguments: String
  var completed: String
  var testDescription: String { arguments }
}

private let rows: [Row] = [
  Row(arguments: "run --gdb 1234 ROM", completed: "run --gdb 1234 ROM"),
  Row(arguments: "run --gdb ROM", completed: "run --gdb 127.0.0.1:1234 ROM"),
  Row(arguments: "run ROM --gdb", completed: "run ROM --gdb 127.0.0.1:1234"),
  Row(arguments: "run --gdb --reboot ROM", completed: "run --gdb 127.0.0.1:1234 --reboot ROM"),
  Row(arguments: "run --gdb 127.0.0.1:0 ROM", completed: "run --gdb 127.0.0.1:0 ROM"),
  Row(arguments: "run --gdb [::1]:0 ROM", completed: "run --gdb [::1]:0 ROM"),
  Row(arguments: "run --gdb /nonexistent/socket ROM", completed: "run --gdb /nonexistent/socket ROM"),
  Row(arguments: "run --gdb x ROM", completed: "run --gdb x ROM"),
  Row(arguments: "run --gdb=7 ROM", completed: "run --gdb=7 ROM"),
  Row(arguments: "run -- --gdb", completed: "run -- --gdb"),
]

@Suite("--gdb without a value")
struct GDBOptionTests {
  @Test("An option and a file are no value", arguments: rows)
  private func completes(_ row: Row) {
    let rom = Build.roms.appendingPathComponent("hello.elf").path
    let words = { (text: String) in text.split(separator: " ").map { $0 == "ROM" ? rom : String($0) } }
    #expect(GDBOption.completed(words(row.arguments)) == words(row.completed))
  }
}
