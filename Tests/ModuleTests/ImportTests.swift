import Foundation
import Testing

private let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

private func text(_ path: String) throws -> String {
  try String(contentsOf: root.appending(path: path), encoding: .utf8)
}

/// Every Swift file under Sources/.
func allSources() throws -> [SourceFile] {
  let folder = root.appending(path: "Sources")
  let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
  return try paths.map { path in
    let parts = path.split(separator: "/")
    return SourceFile(
      target: String(parts[0]), name: parts.dropFirst().joined(separator: "/"), text: try text("Sources/\(path)"))
  }
}

@Suite("Modules")
struct ImportTests {
  @Test("Sources import what Package.swift lists, and nothing that stands below them")
  func imports() throws {
    let files = try allSources()
    #expect(files.count > 100)
    #expect(violations(of: try ModuleList(manifest: try text("Package.swift")), by: files) == [])
  }

  @Test("The architecture's table has the modules of Package.swift in their order")
  func architecture() throws {
    let list = try ModuleList(manifest: try text("Package.swift")).targets.map(\.name)
    let rows = try text("Documentation/ARCHITECTURE.md").split(separator: "\n").filter { $0.hasPrefix("| ") }
    let names = rows.dropFirst().flatMap { row in
      row.split(separator: "|")[0].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let tabled = Set(names)
    let others: Set = [
      "CHost", "CCapstone", "OpcodeTableGenerator", "EmptyCommand", "DecoderBenchmark", "TestSupport", "CFloatOracle",
    ]
    #expect(Set(list).subtracting(tabled) == others.intersection(list))
    let shims: Set = ["CHost", "CKVM", "CNativeOracle"]
    #expect(names.filter { !shims.contains($0) } == list.filter { tabled.contains($0) && !shims.contains($0) })
  }

  /// A source or a list with one fault, and what is said of it.
  private static let faults: [(manifest: String, target: String, source: String, says: String)] = [
    (#"module("A"), module("B", ["A"]),"#, "B", "import A\n", ""),
    (
      #"module("A"), module("B", ["A"]),"#, "A", "import B\n", "A/X.swift: imports B, which Package.swift does not list"
    ),
    (
      #"module("A"), module("B", ["A"]),"#, "A", "#if os(Linux)\n  public import struct B.S\n#endif\n",
      "A/X.swift: imports B, which Package.swift does not list"
    ),
    (
      #"module("A"),"#, "A", "@testable import Foundation\n",
      "A/X.swift: imports Foundation, which Package.swift does not list"
    ),
    (#"module("A"), module("B", ["A"]),"#, "B", "\n", "B: lists A and does not import it"),
    (#"module("B", ["A"]), module("A"),"#, "B", "import A\n", "B: depends on A, which stands below it"),
    (#"module("A"),"#, "C", "import A\n", "C: is no target of Package.swift"),
  ]

  @Test("A planted fault is found", arguments: faults.indices)
  func planted(_ index: Int) throws {
    let fault = Self.faults[index]
    let files = [
      SourceFile(target: fault.target, name: "X.swift", text: fault.source),
      SourceFile(target: "A", name: "Y.swift", text: "let a = 1\n"),
    ]
    let found = violations(of: try ModuleList(manifest: fault.manifest), by: files)
    #expect(found == (fault.says.isEmpty ? [] : [fault.says]))
  }
}
