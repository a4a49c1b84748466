import Foundation

// Reads Sources/X86Decoder/opcodes.txt and writes the two generated files beside it; with --check it compares instead.

let isCheck = CommandLine.arguments.contains("--check")
let folder = CommandLine.arguments.dropFirst().first { !$0.hasPrefix("--") } ?? "Sources/X86Decoder"

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("opcodes.txt: \(message)\n".utf8))
  exit(1)
}

do {
  let text = try String(contentsOfFile: "\(folder)/opcodes.txt", encoding: .utf8)
  let rows = try OpcodeRow.parse(text)
  let outputs = [
    ("Operation.generated.swift", Emitter.operations(rows)),
    ("OpcodeRows.generated.swift", Emitter.rows(rows)),
  ]
  var isCurrent = true
  for (name, contents) in outputs {
    let path = "\(folder)/\(name)"
    if isCheck {
      if (try? String(contentsOfFile: path, encoding: .utf8)) != contents {
        isCurrent = false
        print("\(name) does not follow from opcodes.txt; run: swift run OpcodeTableGenerator")
      }
    } else {
      try contents.write(toFile: path, atomically: true, encoding: .utf8)
    }
  }
  print("\(rows.count) rows, \(Set(rows.map(\.operation)).count) operations")
  exit(isCurrent ? 0 : 1)
} catch let problem as RowProblem {
  fail(problem.description)
} catch {
  fail("\(error)")
}
