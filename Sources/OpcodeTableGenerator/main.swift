import Foundation

// Reads X86Decoder/opcodes.txt below a folder of sources and writes the generated files; with --check it compares
// instead.

let isCheck = CommandLine.arguments.contains("--check")
let sources = CommandLine.arguments.dropFirst().first { !$0.hasPrefix("--") } ?? "Sources"
let path = "\(sources)/X86Decoder/opcodes.txt"

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("\(message)\n".utf8))
  exit(1)
}

do {
  let table: OpcodeTable
  let text = try String(contentsOfFile: path, encoding: .utf8)
  do throws(RowProblem) { table = try OpcodeTable(text) } catch { fail("\(path): \(error.description)") }
  var isCurrent = true
  for file in Emitter(table: table).files {
    let output = "\(sources)/\(file.path)"
    if isCheck {
      if (try? String(contentsOfFile: output, encoding: .utf8)) != file.text {
        isCurrent = false
        print("\(file.path) does not follow from opcodes.txt; run: swift run OpcodeTableGenerator")
      }
    } else {
      try file.text.write(toFile: output, atomically: true, encoding: .utf8)
    }
  }
  print("\(table.rows.count) rows, \(table.operations.count) operations")
  exit(isCurrent ? 0 : 1)
} catch {
  fail("\(path): \(error)")
}
