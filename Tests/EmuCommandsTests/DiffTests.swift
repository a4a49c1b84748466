import Foundation
import KVM
import TestSupport
import Testing

/// Whether this host has a KVM that can step; if not, that is said once.
enum Stepping {
  static let flavour: KVMFlavour? = {
    do throws(KVMError) { return try KVMInstructionRunner().flavour } catch {
      print("SKIP emu diff and emu fuzz --against kvm: \(error.description)")
      return nil
    }
  }()
}

/// One row of testroms/lockstep.txt.
struct LockstepRow: Sendable, CustomTestStringConvertible {
  var name: String
  var options: [String]
  var status: Int32
  var texts: [String]

  var testDescription: String { ([name] + options).joined(separator: " ") }

  static func fields(of file: String) -> [[String]] {
    let path = Build.root.appendingPathComponent("testroms/\(file)")
    let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  static let all: [LockstepRow] = fields(of: "lockstep.txt").map { fields in
    LockstepRow(
      name: fields[0], options: fields[1].split(separator: " ").map(String.init), status: Int32(fields[2]) ?? -1,
      texts: fields[3].components(separatedBy: " + "))
  }
}

private func rom(_ name: String) throws -> String {
  let path = Build.roms.appendingPathComponent("\(name).elf").path
  try #require(FileManager.default.fileExists(atPath: path), "\(path) is missing: run make testroms")
  return path
}

/// Of hello.elf: TEST AL, AL in the loop that prints a string.
private let planted = "0x10134d"

@Suite("emu diff against KVM", .enabled(if: Stepping.flavour != nil, "no /dev/kvm: SKIP is printed"))
struct DiffTests {
  @Test("lockstep.txt says something of every ROM of roms.txt")
  func complete() {
    let wanted = Set(LockstepRow.fields(of: "roms.txt").map { $0[0] })
    #expect(wanted.count > 20)
    #expect(wanted.subtracting(LockstepRow.all.map(\.name)) == [])
    let whole = LockstepRow.all.filter { $0.status == 0 && $0.options.isEmpty }
    #expect(whole.count >= 8)
  }

  @Test("Agrees to the end", arguments: LockstepRow.all.filter { $0.status == 0 })
  func agrees(_ row: LockstepRow) throws { try check(row) }

  @Test(
    "Ends at the limit of its row",
    .enabled(if: Stepping.flavour?.isPageTableVirtualised == true, "the limits are those of another flavour"),
    arguments: LockstepRow.all.filter { $0.status != 0 })
  func limits(_ row: LockstepRow) throws { try check(row) }

  private func check(_ row: LockstepRow) throws {
    let outcome = try runEmu(["diff", "--against", "kvm"] + row.options + [rom(row.name)], limit: 120)
    #expect(outcome.status == row.status, "\(outcome.text)\(outcome.errors)")
    let printed = outcome.text + outcome.errors
    for text in row.texts { #expect(printed.contains(text), "\(printed)") }
  }

  // bisect sees what is still there at a hash point: ZF, which the next instruction looks at. The others are dead soon.
  @Test(
    "A planted flag is found at its instruction",
    arguments: [
      ("diff", "ZF", 7), ("diff", "CF", 7), ("diff", "SF", 1), ("bisect", "ZF", 1), ("bisect", "ZF", 7),
      ("bisect", "ZF", 20),
    ])
  func plants(_ command: String, _ flag: String, _ count: Int) throws {
    let outcome = try runEmu([command, "--against", "kvm", "--plant", "\(flag):\(planted):\(count)", rom("hello")])
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(outcome.text.hasPrefix("diverges at RIP \(planted): 84 C0 (TEST r/m8, r8)"), "\(outcome.text)")
    #expect(outcome.text.contains("(\(flag))"), "\(outcome.text)")
    #expect(outcome.text.contains("rule: SDM Vol. 2, TEST, Flags Affected"), "\(outcome.text)")
  }

  @Test("bisect agrees where diff does")
  func bisects() throws {
    let outcome = try runEmu(["bisect", "--against", "kvm", rom("serial")])
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
    #expect(outcome.text.hasPrefix("agrees: "))
  }

  @Test("A recorded run is compared without KVM, and finds the same")
  func recorded() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("emu-lockstep-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    let live = try runEmu(["diff", "--against", "kvm", "--record", file.path, rom("hello")])
    #expect(live.status == 0, "\(live.errors)")
    let noDevice = ["EMU_KVM_DEVICE": "/nonexistent"]
    func replay(_ more: [String] = [], of name: String = "hello") throws -> EmuOutcome {
      try runEmu(
        ["diff", "--against", "recorded", "--recording", file.path] + more + [rom(name)], environment: noDevice)
    }
    let again = try replay()
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.text == live.text)
    let plant = try replay(["--plant", "ZF:\(planted):7"])
    #expect(plant.status == 1)
    #expect(plant.text.hasPrefix("diverges at RIP \(planted)"), "\(plant.text)")
    let other = try replay(of: "serial")
    #expect(other.status == 66)
    #expect(other.errors.contains("\(file.path): made of another image or with other options"), "\(other.errors)")
    let size = try replay(["--memory", "32M"])
    #expect(size.status == 66)
    #expect(size.errors.contains("made with --memory"), "\(size.errors)")
    try spoil(file) { try replay($0, of: $1) }
  }

  /// Cut short anywhere, or with a byte changed: one sentence.
  private func spoil(_ file: URL, _ replay: ([String], String) throws -> EmuOutcome) throws {
    let bytes = try Data(contentsOf: file)
    for count in [0, 5, 8, 40, 56, 1000, bytes.count - 1] {
      try bytes.prefix(count).write(to: file)
      let outcome = try replay([], "hello")
      #expect(outcome.status == 66, "cut to \(count): \(outcome.text)\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
      #expect(outcome.errors.contains(file.path))
    }
    for index in [0, 7, 8, 30, 50, 60, bytes.count / 2, bytes.count - 1] {
      var changed = bytes
      changed[index] ^= 0x41
      try changed.write(to: file)
      let outcome = try replay([], "hello")
      #expect(outcome.status == 66, "byte \(index): \(outcome.text)\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
  }
}

@Suite("emu diff without KVM")
struct DiffUsageTests {
  @Test("A missing /dev/kvm is one sentence and status 74", arguments: ["diff", "bisect"])
  func missing(_ command: String) throws {
    let outcome = try runEmu(
      [command, "--against", "kvm", rom("hello")], environment: ["EMU_KVM_DEVICE": "/nonexistent"])
    #expect(outcome.status == 74)
    #expect(outcome.errors == "emu: /dev/kvm is not available: No such file or directory\n")
  }

  @Test(
    "Wrong usage is status 64",
    arguments: [
      ["diff", "--against", "recorded"], ["diff", "--against", "kvm", "--recording", "x"],
      ["bisect", "--against", "recorded"], ["diff", "--against", "kvm", "--plant", "ZF"], ["diff"],
    ])
  func usage(_ arguments: [String]) throws {
    #expect(try runEmu(arguments + [rom("hello")]).status == 64)
  }

  @Test("A file that is no recording is one sentence")
  func noRecording() throws {
    let path = try rom("hello")
    let outcome = try runEmu(["diff", "--against", "recorded", "--recording", path, path])
    #expect(outcome.status == 66)
    #expect(outcome.errors == "emu: \(path): not a recording of emu diff\n")
  }
}

@Suite("emu diff of the two engines")
struct EngineDiffTests {
  @Test(
    "Both engines agree, and the summary says how far",
    arguments: [
      (
        ["hello"],
        #"^agrees: 21990 ticks compared at 22 points, RAM and chips at 1, \d+ million a second.*; powerOff\n$"#
      ),
      (
        ["bench-legacy", "--max-instructions", "300000", "--every", "70000"],
        #"^agrees: 300000 ticks compared at 5 points.*; stopped after 300000 ticks\n$"#
      ),
      (["calls32", "--cpu", "icelake"], #"^agrees: \d+ ticks.*; debugExit\(16\)\n$"#),
    ] as [([String], String)])
  func agrees(_ arguments: [String], _ text: String) throws {
    let outcome = try runEmu(["diff", "--against", "reference", rom(arguments[0])] + arguments.dropFirst())
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(outcome.text.range(of: text, options: .regularExpression) != nil, "\(outcome.text)")
  }

  @Test(
    "What does not go together",
    arguments: [
      (["diff", "--against", "reference", "--record", "x"], "--against reference excludes --record"),
      (["diff", "--against", "reference", "--recording", "x"], "--against reference excludes --record"),
      (["diff", "--against", "reference", "--plant", "ZF:0x10:1"], "--against reference excludes --record"),
      (["bisect", "--against", "reference"], "emu bisect needs --against kvm"),
    ])
  func refusals(_ arguments: [String], _ text: String) throws {
    let outcome = try runEmu(arguments + [rom("hello")])
    #expect(outcome.status == 64 && outcome.errors.contains(text), "\(outcome.errors)")
  }
}
