import Foundation
import TestSupport
import Testing

/// One row of testroms/roms.txt.
struct RomRow: Sendable, CustomTestStringConvertible {
  var name: String
  var options: [String]
  var status: Int32
  var exit: String
  /// The exact serial output, if the ROM prints anything.
  var expected: String

  var testDescription: String { ([name] + options).joined(separator: " ") }

  static let all: [RomRow] = {
    let folder = Build.root.appendingPathComponent("testroms")
    guard let table = try? String(contentsOf: folder.appendingPathComponent("roms.txt"), encoding: .utf8) else {
      return []
    }
    return table.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let fields = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let options = fields[1].split(separator: " ").map(String.init)
      let model = options.firstIndex(of: "--cpu").map { ".\(options[$0 + 1])" } ?? ""
      let output = try? String(
        contentsOf: folder.appendingPathComponent("\(fields[0])\(model).expected"), encoding: .utf8)
      return RomRow(
        name: fields[0], options: options, status: Int32(fields[2]) ?? -1,
        exit: fields[3], expected: output ?? "")
    }
  }()
}

@Suite("Test ROMs")
struct RomTests {
  @Test("At least 30 rows")
  func table() { #expect(RomRow.all.count >= 30) }

  @Test("End, output, and the same a second time", arguments: RomRow.all)
  func ends(_ row: RomRow) throws {
    let path = Build.roms.appendingPathComponent("\(row.name).elf").path
    try #require(FileManager.default.fileExists(atPath: path), "\(path) is missing: run make testroms")
    let first = try runEmu(["run", "--stats"] + row.options + [path])
    #expect(first.status == row.status, "\(first.errors)")
    #expect(first.text == row.expected)
    #expect(first.statistics["exit"] == row.exit, "\(first.errors)")
    let second = try runEmu(["run", "--stats"] + row.options + [path])
    #expect(second.output == first.output)
    #expect(second.statistics["instructions"] == first.statistics["instructions"])
    #expect(first.statistics["instructions"] != nil)
  }
}

/// The processors of a ROM, other than those of the default.
@Suite("Test ROMs on an Intel model")
struct IntelRomTests {
  /// Corners in which these ROMs check what AMD's processors do; what Intel's do instead is a row of the behavior table.
  private static let ofAMD: [String: [String]] = [
    // Near branches with 66h; MOVSXD; 0F 0D with a register; UD0 and UD1. In A25 a far JMP with REX.W goes elsewhere.
    "corners-decode": ["A09", "A14", "A16", "A17"],
    // SHLD and SHRD beyond the width; flags of division, multiplication and AAA.
    "corners-integer": ["B06", "B10", "B11", "B13", "B24", "B25"],
    // Selectors of 16 bits.
    "corners-legacy": ["B21"],
    // The width of SYSENTER's MSRs; SYSRET; instruction breakpoints behind MOV SS; alignment of MOVUPS.
    "corners-privilege": ["C04", "C09", "C10", "W15", "C39"],
  ]

  /// ROMs with rows for models in roms.txt.
  private static let ownRows = Set(RomRow.all.filter { $0.options.contains("--cpu") }.map(\.name))

  @Test(
    "End and output as on AMD's",
    arguments: RomRow.all.filter { ofAMD[$0.name] == nil && !ownRows.contains($0.name) })
  func ends(_ row: RomRow) throws {
    let path = Build.roms.appendingPathComponent("\(row.name).elf").path
    let outcome = try runEmu(["run", "--stats", "--cpu", "intel-v1"] + row.options + [path])
    #expect(outcome.status == row.status, "\(outcome.errors)")
    #expect(outcome.text == row.expected)
  }

  @Test("Of ROMs that check AMD's behaviors those corners alone fail", arguments: ofAMD.keys.sorted())
  func fails(_ name: String) throws {
    let path = Build.roms.appendingPathComponent("\(name).elf").path
    let outcome = try runEmu(["run", "--cpu", "intel-v1", path])
    let failed = outcome.text.split(separator: "\n").filter { $0.contains(" FAILED, ") }.map { String($0.prefix(3)) }
    #expect(failed == Self.ofAMD[name])
    let row = try #require(RomRow.all.first { $0.name == name })
    // Every corner has come to its end, but for those from A25 on.
    let ends = { (text: String) in
      text.split(separator: "\n").filter { $0.hasSuffix(" checks") }.map { String($0.prefix(3)) }
    }
    #expect(ends(outcome.text) == ends(row.expected).filter { !$0.hasPrefix("A") || $0 < "A25" })
  }
}

@Suite("Corners")
struct CornerTests {
  /// Tests/corners.tsv: id, test, remark.
  static let rows: [[String]] = {
    let path = Build.root.appendingPathComponent("Tests/corners.tsv")
    let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }()

  @Test("Every area is complete")
  func complete() {
    let ids = Set(Self.rows.map { $0[0] })
    let wanted = [("A", 28), ("B", 34), ("C", 46), ("D", 28), ("E", 32), ("F", 42)].flatMap { area, count in
      (1...count).map { area + ($0 < 10 ? "0\($0)" : "\($0)") }
    }
    #expect(wanted.filter { !ids.contains($0) } == [])
    #expect(Self.rows.filter { $0[1] == "excused" }.count <= 15)
  }

  /// A row that names a ROM must show in that ROM's report as passed; one that names a Swift test must be found there.
  @Test("Every row has its test", arguments: rows)
  func covered(_ row: [String]) throws {
    try #require(row.count == 3)
    let tests = row[1].split(separator: " ").map(String.init)
    for test in tests where test != "excused" {
      if test.hasPrefix("rom:") {
        let name = String(test.dropFirst(4))
        let runs = RomRow.all.filter { $0.name == name }
        #expect(!runs.isEmpty, "\(name) is not in roms.txt")
        // Reports that group their checks by corner say so line by line; the others are about one corner alone.
        if runs.contains(where: { $0.expected.contains(" checks\n") }) {
          #expect(runs.contains { $0.expected.contains("\(row[0]) ok, ") }, "\(row[0]) has no group in \(name)")
        }
      } else {
        let parts = test.split(separator: ":").map(String.init)
        let path = Build.root.appendingPathComponent("Tests/\(parts[0])")
        let source = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        #expect(parts.count == 2 && source.contains("func \(parts[1])("), "\(test) is not there")
      }
    }
    #expect(!tests.isEmpty)
  }
}
