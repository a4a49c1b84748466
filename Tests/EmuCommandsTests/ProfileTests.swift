import Foundation
import TestSupport
import Testing

/// What a profile of a ROM must say.
private struct ProfileRow: Sendable, CustomTestStringConvertible {
  var rom: String
  var options: [String] = []
  /// Expressions that match.
  var says: [String]
  var testDescription: String { rom }
}

private let rows: [ProfileRow] = [
  ProfileRow(
    rom: "kind-integer", options: ["--profile-every", "997"],
    says: [
      #"^\d+ samples, one every 997 ticks\n"#, #"\nexecuted by:\n *\d+\.\d\d%  handlers of the threaded engine\n"#,
      #"\nfunctions:\n +\d+\.\d\d%  [a-z]\w*\n"#, #"\n +\d+\.\d\d%  \w+ [^;\n]+, 64 bits; \w+ [^;\n]+\n"#,
    ]),
  // Code of all modes, and no more ticks between two samples than one.
  ProfileRow(
    rom: "calls32", options: ["--profile-every", "1"],
    says: [
      #"one every 1 ticks\n"#, #"\d\d\.\d\d%  handlers of the threaded engine\n +\d+\.\d\d%  the shared semantics\n"#,
      #"%  PUSH[^\n]*, 32 bits"#,
    ]),
  ProfileRow(
    rom: "kind-exits", options: ["--profile-every", "7"],
    says: [#"\ninstructions without a handler:\n(.*\n)*? +\d+\.\d\d%  CPUID, "#]),
]

private let refusals: [(options: [String], status: Int32, says: String)] = [
  (["--profile-every", "5"], 64, "--profile-every needs --profile FILE"),
  (["--profile", "x", "--profile-every", "0"], 64, "--profile-every 0 is not 1 or more"),
  (["--profile", "x", "--backend", "kvm"], 64, "--profile needs --backend model"),
  (["--profile", "x", "--gdb", "0"], 64, "--profile excludes --gdb and --replay"),
  (["--profile", "/nowhere/x"], 74, "/nowhere/x: "),
]

@Suite("Profiles")
struct ProfileTests {
  @Test("Samples by engine, instruction, function and pair", arguments: rows)
  private func profile(_ row: ProfileRow) throws {
    let path = NSTemporaryDirectory() + "profile-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let image = Build.roms.appendingPathComponent(row.rom + ".elf").path
    let plain = try runEmu(["run", image])
    let outcome = try runEmu(["run", "--profile", path] + row.options + [image])
    #expect(outcome.output == plain.output && outcome.status == plain.status, "\(outcome.errors)")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for pattern in row.says {
      #expect(text.range(of: pattern, options: .regularExpression) != nil, "\(pattern): \(text)")
    }
  }

  @Test("Options that are refused", arguments: refusals)
  func refused(_ options: [String], _ status: Int32, _ says: String) throws {
    let outcome = try runEmu(["run"] + options + [Build.roms.appendingPathComponent("hello.elf").path])
    #expect(outcome.status == status)
    #expect(outcome.errors.contains(says), "\(outcome.errors)")
  }
}
