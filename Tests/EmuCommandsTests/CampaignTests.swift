import Foundation
import FoundationXML
import Interpreter
import TestSupport
import Testing

/// The committed vectors of a processor.
private func recording(of processor: String) -> String {
  Build.root.appendingPathComponent("Tests/Vectors/\(processor).emuvec").path
}

private let vectors = recording(of: "zen4")

/// The oracles of a campaign whose outcome must be agreement: silicon of each vendor, as far as it is here or recorded.
private enum Oracle: String, CaseIterable, CustomTestStringConvertible {
  case native, intel, amd

  /// The host's own processor is left out where it cannot answer; that is printed.
  static var present: [Oracle] { allCases.filter { $0 != .native || hasNative } }

  var arguments: [String] {
    switch self {
    case .native: ["--against", "native"]
    case .intel: ["--against", "recorded", "--recording", recording(of: "icelake")]
    case .amd: ["--against", "recorded", "--recording", recording(of: "zen4")]
    }
  }

  var testDescription: String { rawValue }
}

private let slow: Comment = "takes minutes in a debug build"

/// A folder that goes with the test.
private final class Scratch {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("emu-\(UUID().uuidString)")
  init() { try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: url.appendingPathComponent(name))
    return path(name)
  }
  func names(_ suffix: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).filter { $0.hasSuffix(suffix) }.sorted()
  }
}

/// Whether the host's own processor can answer; a skip is printed.
let hasNative: Bool = {
  guard let outcome = try? runEmu(["fuzz", "--against", "native", "--count", "1"]), outcome.status != 74 else {
    print("SKIP native: this host lets no instruction tests run on its own processor")
    return false
  }
  return true
}()

/// Whether its kernel installs local descriptor tables with 16-bit segments; a skip is printed.
let hasSegments: Bool = {
  guard hasNative else { return false }
  let outcome = try? runEmu(["fuzz", "--against", "native", "--modes", "segmented", "--count", "1"])
  if outcome?.status != 74 { return true }
  print("SKIP native segments: \(outcome?.errors ?? "")")
  return false
}()

@Suite("emu fuzz")
struct FuzzTests {
  @Test(
    "The recorded vectors agree with the model that they name, undefined results too",
    .disabled(if: Build.isDebug, slow),
    arguments: [
      ("zen4", "amd-v1", 300_000), ("icelake", "intel-v1", 300_000), ("zen2", "amd-zen2-v1", 150_000),
      ("zen2-segments", "amd-zen2-v1", 80_000), ("zen2-v3", "amd-zen2-v3", 350_000), ("zen2-rare", "zen2", 50_000),
      ("graniterapids", "icelake", 300_000), ("graniterapids-segments", "icelake", 80_000),
    ])
  func recorded(_ processor: String, _ model: String, _ least: Int) throws {
    let arguments = ["fuzz", "--against", "recorded", "--recording", recording(of: processor), "--exact"]
    let outcome = try runEmu(arguments, limit: 110)
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.text.contains("  bug: 0"))
    #expect(outcome.errors.contains("model \(model), of the oracle's vendor, against recorded: "))
    let tests = outcome.text.split(separator: " ").first.flatMap { Int($0) } ?? 0
    #expect(tests > least)
    // The share that is the same without any mask.
    let label = "  identical in every bit: "
    let line = outcome.text.split(separator: "\n").first { $0.hasPrefix(label) }?.dropFirst(label.count) ?? "none"
    let row = "| \(processor) | \(line.replacing("; of integer forms ", with: " | ")) |"
    let page = Build.root.appendingPathComponent("Documentation/processors.md")
    #expect(try String(contentsOf: page, encoding: .utf8).contains(row), "processors.md lacks: \(row)")
  }

  @Test(
    "The host's own processor agrees with 16-bit segments too", .enabled(if: hasSegments),
    .disabled(if: Build.isDebug, slow))
  func segments() throws {
    let outcome = try runEmu(
      ["fuzz", "--against", "native", "--modes", "segmented", "--count", "\(Build.rounds(100_000))", "--seed", "4"],
      limit: 110)
    #expect(outcome.status == 0, "\(outcome.text)")
  }

  @Test("The model of the other vendor does not agree", .disabled(if: Build.isDebug, slow))
  func otherModel() throws {
    let base = ["fuzz", "--against", "recorded", "--count", "\(Build.rounds(40_000))"]
    for (processor, model) in [("zen4", "intel-v1"), ("icelake", "amd-v1")] {
      let outcome = try runEmu(base + ["--recording", recording(of: processor), "--cpu", model], limit: 110)
      #expect(outcome.status == 1, "\(outcome.text)")
      #expect(outcome.errors.contains("model \(model) against recorded: "))
    }
  }

  @Test("The host's own processor agrees", .enabled(if: hasNative), .disabled(if: Build.isDebug, slow))
  func native() throws {
    let outcome = try runEmu(
      ["fuzz", "--against", "native", "--count", "\(Build.rounds(200_000))", "--seed", "1"], limit: 110)
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.errors.contains("of the oracle's vendor, against native: "))
  }

  @Test("Without its rules a known difference is a bug, with a request and a ROM that show it")
  func reproducers() throws {
    let scratch = Scratch()
    let arguments = ["fuzz", "--against", "recorded", "--recording", vectors, "--isa", "all", "--count", "4000"]
    let outcome = try runEmu(arguments + ["--no-rules", "--output", scratch.path("out")])
    #expect(outcome.status == 1)
    let requests = try FileManager.default.contentsOfDirectory(atPath: scratch.path("out"))
    let json = requests.filter { $0.hasSuffix(".json") }
    let roms = requests.filter { $0.hasSuffix(".s") }
    #expect(!json.isEmpty && json.count == roms.count)
    for name in json.prefix(20) {
      let request = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.path("out/\(name)"))))
      let answer = try runEmu(["exec", "--batch"], input: request)
      #expect(answer.text.contains("\"id\":\"\(name.dropLast(5))\"") && !answer.text.contains("\"error\":\"code"))
    }
    // The ROMs expect what silicon gave, so on the model they fail.
    let names = roms.sorted().prefix(6).map { String($0.dropLast(2)) }
    let build = Process()
    build.executableURL = Build.root.appendingPathComponent("testroms/build.sh")
    build.arguments = [scratch.path("elf")] + names
    build.environment = ProcessInfo.processInfo.environment.merging(["EMU_ROM_SOURCES": scratch.path("out")]) { $1 }
    try build.run()
    build.waitUntilExit()
    #expect(build.terminationStatus == 0)
    for name in names {
      let run = try runEmu(["run", "--memory", "64M", scratch.path("elf/\(name).elf")])
      #expect(run.status == 3 && run.text.contains("\(name) FAILED"), "\(name): \(run.text)\(run.errors)")
    }
  }

  private struct BadInput: CustomTestStringConvertible, Sendable {
    var name: String
    var sentence: String
    var status: Int32 = 74
    var change: @Sendable (inout [UInt8]) -> Void
    var testDescription: String { name }
  }

  private static let badRecordings: [BadInput] = [
    BadInput(name: "empty", sentence: "no recorded vectors: the first bytes are not EMUVEC02 or EMUVEC01") { $0 = [] },
    BadInput(name: "another file", sentence: "no recorded vectors: the first bytes are not EMUVEC02 or EMUVEC01") {
      $0[7] = 0x33
    },
    BadInput(name: "truncated", sentence: "truncated: ") { $0.removeLast(1000) },
    BadInput(name: "cut in the header", sentence: "truncated in ") { $0 = Array($0.prefix(12)) },
    BadInput(name: "a byte changed", sentence: "checksum: the tests are not what was recorded") { $0[100_000] ^= 1 },
    BadInput(name: "another version", sentence: "version of the generator: 9, and this emu has 1") { bytes in
      let model = 9 + Int(bytes[8])
      bytes[model + 1 + Int(bytes[model])] = 9
    },
  ]

  @Test("A recording that cannot be used", arguments: badRecordings)
  private func badRecording(_ row: BadInput) throws {
    let scratch = Scratch()
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: vectors)))
    row.change(&bytes)
    let path = try scratch.write("bad.emuvec", bytes)
    let outcome = try runEmu(["fuzz", "--against", "recorded", "--recording", path])
    #expect(outcome.status == row.status)
    #expect(outcome.errors.contains("\(path): \(row.sentence)"), "\(outcome.errors)")
  }

  @Test("A recording of a processor that no model is of is refused by its name")
  func unknownProcessor() throws {
    let scratch = Scratch()
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: vectors)))
    let model = 9 + Int(bytes[8])
    bytes.replaceSubrange(9..<21, with: "CentaurHauls".utf8)
    bytes.replaceSubrange(model..<model + 1 + Int(bytes[model]), with: [0])
    let path = try scratch.write("other.emuvec", bytes)
    let sentence =
      "\(path): recorded on CentaurHauls 25-17-1 AMD EPYC, and no model is of that vendor: there are "
      + ProcessorModel.all.map(\.name).joined(separator: ", ")
    let outcome = try runEmu(["fuzz", "--against", "recorded", "--recording", path, "--count", "2048"])
    #expect(outcome.status == 74 && outcome.errors.contains(sentence), "\(outcome.errors)")
    let mutants = try runEmu(["mutants", "--recording", path, "--only", "add"])
    #expect(mutants.status == 74 && mutants.errors.contains(sentence), "\(mutants.errors)")
    let coverage = try runEmu(["coverage", "--recording", path])
    #expect(coverage.status == 66 && coverage.errors.contains(sentence), "\(coverage.errors)")
    // Whoever names a model means it.
    let named = try runEmu(
      ["fuzz", "--against", "recorded", "--recording", path, "--count", "2048", "--cpu", "amd-v1"])
    #expect(named.status == 0 && named.text.contains("2048 tests of"), "\(named.errors)")
  }

  @Test("What a recording shows is written as it was recorded: nothing is made smaller against it")
  func recordedReproducers() throws {
    let scratch = Scratch()
    let base = ["fuzz", "--against", "recorded", "--recording", recording(of: "icelake"), "--cpu", "amd-v1"]
    let outcome = try runEmu(base + ["--count", "4000", "--output", scratch.path("out")])
    #expect(outcome.status == 1)
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path("out")).filter {
      $0.hasSuffix(".json")
    }
    #expect(names.count >= 10)
    for name in names {
      let request = try String(contentsOfFile: scratch.path("out/\(name)"), encoding: .utf8)
      // A state of the generator's has no window of zeros, and other registers than none.
      #expect(!request.contains("\"data\":\"" + String(repeating: "0", count: 64)), "\(name)")
    }
    // PUSH ES: the upper half of one word, not the window.
    #expect(!outcome.text.contains("and 56 more"))
  }

  @Test("Files that cannot be written", .enabled(if: hasNative))
  func unwritable() throws {
    let base = ["fuzz", "--against", "native", "--count", "4096"]
    let full = try runEmu(base + ["--capture", "/dev/full"])
    #expect(full.status == 74 && full.errors.contains("/dev/full: cannot be written: No space left on device"))
    let nowhere = try runEmu(base + ["--output", "/proc/emu"])
    #expect(nowhere.status == 74 && nowhere.errors.contains("--output /proc/emu: cannot be made"))
  }

  @Test("A checkpoint of another campaign, and one that is damaged", arguments: Oracle.present)
  private func badCheckpoint(_ oracle: Oracle) throws {
    let scratch = Scratch()
    let base = ["fuzz", "--count", "4096", "--output", scratch.url.path] + oracle.arguments
    #expect(try runEmu(base).status == 0)
    let other = try runEmu(base + ["--seed", "2"])
    #expect(other.status == 74 && other.errors.contains("belongs to another campaign (seed 1, 4096 tests"))
    _ = try scratch.write("shard-0-of-1.checkpoint", Array("{".utf8))
    let damaged = try runEmu(base)
    #expect(damaged.status == 74 && damaged.errors.contains("is not a checkpoint; remove it to begin anew"))
  }

  @Test(
    "SIGTERM ends with 75, and the same command resumes to the same result", .disabled(if: Build.isDebug, slow),
    arguments: Oracle.present)
  private func interrupted(_ oracle: Oracle) throws {
    let scratch = Scratch()
    func arguments(_ name: String) -> [String] {
      ["fuzz", "--count", "\(Build.rounds(200_000))", "--seed", "3", "--output", scratch.path(name)] + oracle.arguments
    }
    var interruptions = 0
    // However fast the host is, one of these moments lies within the campaign.
    var delay = 0.5
    var outcome = try runEmu(arguments("cut"), interruptAfter: delay, signal: 15, limit: 110)
    while interruptions < 3, outcome.status == 75 || delay > 0.01 {
      if outcome.status == 75 {
        #expect(outcome.errors.contains("the same command resumes"))
        interruptions += 1
      } else {
        // It had ended before: begin anew and interrupt earlier.
        try FileManager.default.removeItem(atPath: scratch.path("cut"))
        delay /= 2
      }
      outcome = try runEmu(
        arguments("cut"), interruptAfter: interruptions < 3 ? delay : nil, signal: 15, limit: 110)
    }
    #expect(interruptions > 0)
    #expect(outcome.status == 0)
    let whole = try runEmu(arguments("whole"), limit: 110)
    #expect(whole.status == 0)
    func summary(_ name: String) throws -> Substring {
      let text = String(
        decoding: try Data(contentsOf: URL(fileURLWithPath: scratch.path("\(name)/shard-0-of-1.jsonl"))), as: UTF8.self)
      return try #require(text.split(separator: "\n").last)
    }
    guard oracle != .native else {
      // A host that rations bus locks answers a locked access across cache lines at one time and not at another.
      let varying = ["oracle limit", "oracle-lost", "identical in every bit"]
      func answered(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter { line in !varying.contains { line.contains($0) } }
      }
      #expect(answered(whole.text) == answered(outcome.text))
      return
    }
    #expect(try summary("cut") == (try summary("whole")))
    #expect(whole.text == outcome.text)
  }

  @Test("Shards: their union is the campaign, and a missing one is reported", arguments: Oracle.present)
  private func shards(_ oracle: Oracle) throws {
    let scratch = Scratch()
    let base = ["fuzz", "--count", "30000"] + oracle.arguments
    for shard in 0..<3 {
      let outcome = try runEmu(base + ["--shard", "\(shard)/3", "--output", scratch.path("three")])
      #expect(outcome.status == 0)
    }
    #expect(try runEmu(base + ["--output", scratch.path("one")]).status == 0)
    func table(_ name: String) throws -> [Substring] {
      let report = try runEmu(["report", scratch.path(name), "--junit", scratch.path("junit.xml")])
      #expect(report.status == 0, "\(report.errors)")
      // What the host does not answer may be another test each time.
      return report.text.split(separator: "\n").filter {
        $0.hasPrefix("| ") && (oracle != .native || !$0.contains("oracle"))
      }
    }
    #expect(try Set(table("three")) == Set(table("one")))
    let junit = try String(contentsOfFile: scratch.path("junit.xml"), encoding: .utf8)
    #expect(try XMLDocument(xmlString: junit, options: []).rootElement()?.name == "testsuite")
    try FileManager.default.removeItem(atPath: scratch.path("three/shard-1-of-3.jsonl"))
    let missing = try runEmu(["report", scratch.path("three")])
    #expect(missing.status == 74 && missing.errors.contains("shard 1 of 3 is missing or has not ended"))
    let twice = try runEmu(["report", scratch.path("one"), scratch.path("one")])
    #expect(twice.status == 74 && twice.errors.contains("shard 0 has been counted already"))
    let damaged = try scratch.write("damaged.jsonl", Array("{\"kind\":\n".utf8))
    let malformed = try runEmu(["report", damaged])
    #expect(malformed.status == 74 && malformed.errors.contains("line 1 is not a JSON object of a campaign"))
  }

  @Test("The reproducers of what is wrong in KVM: the model does what silicon does")
  func findings() throws {
    let wanted = [
      "movbe-at-cpl-0": #""exception":{"vector":6"#, "movntdq-register": #""exception":{"vector":6"#,
      "movnti-with-66": #""exception":{"vector":6"#, "cmpxchg-upper-half": #""r14":"0xca873ba28f1fd23c""#,
      "jmp-with-66": #""rip":"0x7a5""#, "ret-with-66": #""rip":"0x4b74""#,
      "enter-with-66": #""rsp":"0x20000f88","rbp":"0xffffffffffff0f8e""#,
      "fxsave-misaligned": #""exception":{"vector":13"#, "movq-store-enters-mmx": #""fsw":"0x5900""#,
      "orps-misaligned": #""exception":{"vector":13"#, "syscall-at-cpl-3": #""rip":"0x0""#,
    ]
    let file = Build.root.appendingPathComponent("Documentation/findings.jsonl")
    let outcome = try runEmu(["exec", "--batch"], input: [UInt8](try Data(contentsOf: file)))
    var met = 0
    for line in outcome.text.split(separator: "\n") {
      guard let (_, text) = wanted.first(where: { line.contains("\"id\":\"\($0.key)\"") }) else { continue }
      met += 1
      #expect(line.contains(text), "\(line)")
    }
    #expect(met == wanted.count)
  }

  @Test("Without /dev/kvm one sentence")
  func noKVM() throws {
    let outcome = try runEmu(
      ["fuzz", "--against", "kvm", "--count", "1"], environment: ["EMU_KVM_DEVICE": "/nonexistent"])
    #expect(outcome.status == 74)
    #expect(outcome.errors == "emu: /dev/kvm is not available: No such file or directory\n")
  }

  @Test(
    "The comparison with KVM that the README names is one that a reader can use",
    .enabled(if: Stepping.flavour != nil, "no /dev/kvm: SKIP is printed"), .disabled(if: Build.isDebug, slow))
  func readmeExample() throws {
    let readme = try String(contentsOf: Build.root.appendingPathComponent("README.md"), encoding: .utf8)
    let line = try #require(readme.split(separator: "\n").first { $0.contains("emu fuzz --against kvm") })
    let words = line.components(separatedBy: " # ")[0].split(separator: " ").dropFirst().map(String.init)
    let outcome = try runEmu(words, limit: 110)
    func count(_ pattern: Regex<(Substring, Substring)>) throws -> Int {
      try #require(try pattern.firstMatch(in: outcome.text + outcome.errors).flatMap { Int($0.1) }, "\(outcome)")
    }
    let tests = try count(/(\d+) tests of \d+ forms/)
    // What this host's KVM does wrong has names; what is left a reader can look at.
    #expect([0, 1].contains(outcome.status) && tests >= 1000, "\(outcome)")
    #expect(try count(/bug: (\d+)/) * 100 <= tests, "\(outcome)")
  }

  @Test("README says in one place what is not there")
  func absent() throws {
    let readme = try String(contentsOf: Build.root.appendingPathComponent("README.md"), encoding: .utf8)
    let sections = readme.components(separatedBy: "\n## ").filter { $0.hasPrefix("What is not there\n") }
    #expect(sections.count == 1 && !readme.contains("is not built yet"))
  }

  @Test("The coverage table counts what the vectors show", .disabled(if: Build.isDebug, slow))
  func coverage() throws {
    let newer = Build.root.appendingPathComponent("Tests/Vectors/zen2-v3.emuvec").path
    let outcome = try runEmu(["coverage", "--recording", vectors, "--recording", newer], limit: 110)
    #expect(outcome.status == 0)
    let readme = try String(contentsOf: Build.root.appendingPathComponent("README.md"), encoding: .utf8)
    // Both would begin with what is announced and not executed.
    let first = try #require(outcome.text.split(separator: "\n").first)
    #expect(first.hasPrefix("| extension |") == !readme.contains("Not complete"), "\(first)")
    for line in outcome.text.split(separator: "\n") { #expect(readme.contains(line), "README lacks: \(line)") }
  }
}
