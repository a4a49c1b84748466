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

@Suite("ROMs on KVM", .enabled(if: KVMSupport.isAvailable, "no /dev/kvm: SKIP is printed"))
struct BoardTests {
  private func path(_ name: String) throws -> String {
    let path = Build.roms.appendingPathComponent("\(name).elf").path
    try #require(FileManager.default.fileExists(atPath: path), "\(path) is missing: run make testroms")
    return path
  }

  @Test("Ends as its row says", arguments: BoardRow.all)
  func ends(_ row: BoardRow) throws {
    let agrees = row.outcome == "agrees"
    guard agrees || KVMSupport.flavour.isPageTableVirtualised else {
      print("SKIP kvm: \(row.testDescription): that limit is of another flavour")
      return
    }
    let outcome = try runEmu(["run", "--backend", "kvm", "--stats"] + row.options + [path(row.name)], limit: 300)
    if let status = row.status { #expect(outcome.status == status, "\(outcome.errors)") }
    if row.outcome == "real time" {
      // How far it comes is the host's affair, but KVM does not stop it.
      #expect(!outcome.errors.contains("KVM"))
    } else if agrees {
      let expected = try? String(
        contentsOf: Build.root.appendingPathComponent("testroms/\(row.name).expected"), encoding: .utf8)
      #expect(outcome.text == expected ?? "")
    } else {
      let printed = outcome.text + outcome.errors
      for part in row.outcome.split(separator: " + ") { #expect(printed.contains(part), "\(outcome.errors)") }
    }
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
    let outcome = try runEmu(["run", "--backend", "kvm", "--max-instructions", "5", path])
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("--max-instructions needs --backend model"))
  }
}
