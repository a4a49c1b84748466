import Foundation
import TestSupport
import Testing

@testable import KVM

/// One row of testroms/kvm.txt.
struct BoardRow: Sendable, CustomTestStringConvertible {
  var name: String
  var options: [String]
  /// nil is any.
  var status: Int32?
  /// What the run prints; "agrees" is the expected output of the model.
  var outcome: String

  var testDescription: String { ([name] + options).joined(separator: " ") + ": " + outcome }

  static func rows(of file: String) -> [[String]] {
    let path = Build.root.appendingPathComponent("testroms/\(file)")
    let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  static let all: [BoardRow] = rows(of: "kvm.txt").map { fields in
    BoardRow(
      name: fields[0], options: fields[1].split(separator: " ").map(String.init), status: Int32(fields[2]),
      outcome: fields[3])
  }
}

/// testroms/kvm-differences.txt: what a page-table virtualised KVM prints otherwise than the model, case by case.
enum KVMDifferences {
  /// ROM, then name of the case, then the whole line.
  static let all: [String: [String: String]] = {
    let path = Build.root.appendingPathComponent("testroms/kvm-differences.txt")
    let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    var result: [String: [String: String]] = [:]
    var rom = ""
    for line in text.split(separator: "\n").map(String.init) where !line.hasPrefix("#") {
      if line.hasPrefix("= ") {
        rom = line.dropFirst(2).split(separator: "|")[0].trimmingCharacters(in: .whitespaces)
      } else {
        result[rom, default: [:]][name(line)] = line
      }
    }
    return result
  }()

  /// The lines that are neither the model's nor known of a page-table virtualised KVM, and known ones that are gone.
  static func findings(_ text: String, _ expected: String, _ known: [String: String]) -> [String] {
    let model = expected.split(separator: "\n").map(String.init)
    let actual = text.split(separator: "\n").map(String.init)
    guard actual.map(name) == model.map(name) else {
      let index = zip(actual, model).prefix { name($0) == name($1) }.count
      return ["from line \(index + 1) on other cases: \(index < actual.count ? actual[index] : "nothing")"]
    }
    return zip(actual, model).compactMap { line, model in
      guard line != model else { return known[name(model)] == nil ? nil : "as the model now: \(line)" }
      return known[name(model)] == line ? nil : "\(line) (the model: \(model))"
    }
  }

  /// What stands before the last ": " of a line.
  static func name(_ line: String) -> String {
    guard let colon = line.range(of: ": ", options: .backwards) else {
      return line.hasSuffix(":") ? String(line.dropLast()) : line
    }
    return String(line[..<colon.lowerBound])
  }
}

@Suite("ROMs on KVM", .enabled(if: KVMSupport.isAvailable, "no /dev/kvm: SKIP is printed"))
struct BoardTests {
  private func path(_ name: String) throws -> String {
    let path = Build.roms.appendingPathComponent("\(name).elf").path
    try #require(FileManager.default.fileExists(atPath: path), "\(path) is missing: run make testroms")
    return path
  }

  /// A quirk of the host's KVM is a finding, printed; what agrees on any KVM is asserted.
  @Test("Agrees where any KVM does; elsewhere what is new is printed", arguments: BoardRow.all)
  func ends(_ row: BoardRow) throws {
    let outcome = try runEmu(["run", "--backend", "kvm", "--stats"] + row.options + [path(row.name)], limit: 300)
    if row.outcome == "agrees" {
      if let status = row.status { #expect(outcome.status == status, "\(outcome.errors)") }
      let expected = try? String(
        contentsOf: Build.root.appendingPathComponent("testroms/\(row.name).expected"), encoding: .utf8)
      #expect(outcome.text == expected ?? "")
      return
    }
    // However it ends, emu does not die of it, and says why.
    #expect(outcome.status < 128)
    #expect(!outcome.statistics.isEmpty || !outcome.errors.isEmpty)
    var findings: [String] = []
    if row.outcome == "differs" {
      let expected = try String(
        contentsOf: Build.root.appendingPathComponent("testroms/\(row.name).expected"), encoding: .utf8)
      let known = try #require(KVMDifferences.all[row.name], "\(row.name) has no group in kvm-differences.txt")
      findings = KVMDifferences.findings(outcome.text, expected, known)
    } else if row.outcome != "real time" {
      let printed = outcome.text + outcome.errors
      findings = row.outcome.split(separator: " + ").filter { !printed.contains($0) }.map { "not printed: \($0)" }
      if let status = row.status, outcome.status != status {
        findings.append("status \(outcome.status), and kvm.txt says \(status)")
      }
    }
    for finding in findings { print("FINDING kvm: \(row.name): \(finding)") }
  }

  @Test("Several processors on KVM's own interrupt controllers end by power-off")
  func several() throws {
    let outcome = try runEmu(["run", "--backend", "kvm", "--cpus", "2", path("hello")])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.text.hasSuffix("The local APIC's timer ticked. Good-bye.\n"))
  }

  @Test("SIGINT ends a run that burns time", arguments: [1, 2])
  func interrupted(_ processors: Int) throws {
    let outcome = try runEmu(
      ["run", "--backend", "kvm", "--stats", "--cpus", String(processors), path("endless")], interruptAfter: 0.5)
    #expect(outcome.status == 128 + 2)
    #expect(outcome.statistics["exit"] == "signal 2")
    #expect(outcome.statistics["instructions"] == "null")
  }
}

@Suite("emu run --backend kvm, with or without the device")
struct BoardRefusalTests {
  @Test("kvm.txt says something of every ROM of roms.txt")
  func complete() {
    let names = Set(BoardRow.all.map(\.name))
    let wanted = Set(BoardRow.rows(of: "roms.txt").map { $0[0] })
    #expect(wanted.count > 20)
    #expect(wanted.subtracting(names) == [])
    #expect(BoardRow.all.filter { $0.outcome == "agrees" }.count >= 14)
  }

  @Test(
    "Planted differences are found, known ones are not reported again",
    arguments: [
      ("a: 1\nb: 2\nc: 5\n", []), ("a: 1\nb: 9\nc: 5\n", ["b: 9 (the model: b: 2)"]),
      ("a: 1\nb: 2\nc: 3\n", ["as the model now: c: 3"]), ("a: 1\nb: 2\nc: 4\n", ["c: 4 (the model: c: 3)"]),
      ("a: 1\nb: 2\n", ["from line 3 on other cases: nothing"]),
      ("a: 1\nx: 2\nc: 5\n", ["from line 2 on other cases: x: 2"]),
    ])
  func planted(_ text: String, _ findings: [String]) {
    #expect(KVMDifferences.findings(text, "a: 1\nb: 2\nc: 3\n", ["c": "c: 5"]) == findings)
  }

  @Test("Every known difference is a case of its ROM")
  func known() throws {
    #expect(KVMDifferences.all.count >= 4)
    for (rom, cases) in KVMDifferences.all {
      let expected = try String(
        contentsOf: Build.root.appendingPathComponent("testroms/\(rom).expected"), encoding: .utf8)
      let names = Set(expected.split(separator: "\n").map { KVMDifferences.name(String($0)) })
      #expect(Set(cases.keys).subtracting(names) == [])
    }
  }

  @Test("Without the device: one sentence and status 74")
  func missing() throws {
    let path = Build.roms.appendingPathComponent("hello.elf").path
    let outcome = try runEmu(
      ["run", "--backend", "kvm", path], environment: ["EMU_KVM_DEVICE": "/nonexistent"])
    #expect(outcome.status == 74)
    #expect(outcome.text.isEmpty)
    #if os(Linux) && arch(x86_64)
      #expect(outcome.errors == "emu: /dev/kvm is not available: No such file or directory\n")
    #endif
  }

  @Test("A limit of instructions is wrong usage")
  func limit() throws {
    let path = Build.roms.appendingPathComponent("hello.elf").path
    let outcome = try runEmu(["run", "--backend", "kvm", "--max-ticks", "5", path])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("--max-ticks needs --backend model"))
  }
}
