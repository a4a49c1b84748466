import Foundation
import Testing
import X86Decoder

@Suite("Switches over operations")
struct OperationSwitchTests {
  private static let names = Set(X86Decoder.Operation.allCases.map { "\($0)" })

  @Test("None in the sources has a default")
  func sources() throws {
    let files = try allSources()
    #expect(files.count > 100)
    for file in files {
      let found = openSwitches(file.text, operations: Self.names)
      #expect(found.isEmpty, "\(file.target)/\(file.name)")
    }
    // The generated ones are seen, and are exhaustive.
    let dispatch = try #require(files.first { $0.name == "Dispatch.generated.swift" })
    let planted = dispatch.text.replacing(
      "    switch instruction.operation {\n", with: "    switch instruction.operation {\n    default: break\n")
    #expect(openSwitches(planted, operations: Self.names).count == 1)
  }

  /// A source, and the open switches in it.
  private static let rows: [(source: String, found: [OpenSwitch])] = [
    ("switch instruction.operation {\ncase .add: 1\ndefault: 2\n}", [OpenSwitch(line: 1, label: "default:")]),
    ("\n  switch operation {\n  case .add,\n    .sub: 1\n  case _: 2\n  }", [OpenSwitch(line: 2, label: "case _:")]),
    ("let a = switch i.operation {\ncase .`in`: 1\ndefault: 2\n}", [OpenSwitch(line: 1, label: "default:")]),
    (
      "extension Operation {\nvar a: Int {\nswitch self {\ncase .add: 1\ndefault: 2\n}\n}\n}",
      [OpenSwitch(line: 3, label: "default:")]
    ),
    ("switch operation {\ncase .add:\n  switch size {\n  case 1: 1\n  default: 2\n  }\ncase .sub: 3\n}", []),
    ("switch operation {\ncase .add: 1\ncase .subtract: 3\ndefault: 2\n}", []),
    ("switch operation {\ncase .add: 1\ncase .sub: 3\n}  // default: 2", []),
    ("extension Size {\nvar a: Int {\nswitch self {\ncase .add: 1\ndefault: 2\n}\n}\n}", []),
    ("switch operationSize {\ncase .add: 1\ndefault: 2\n}", []),
  ]

  @Test("A planted default is found, and others are not", arguments: rows.indices)
  func planted(_ index: Int) {
    #expect(openSwitches(Self.rows[index].source, operations: Self.names) == Self.rows[index].found)
  }
}
