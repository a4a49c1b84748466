import Foundation
import TestSupport
import Testing

/// A folder that goes with the test.
private final class Scratch {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("emu-engines-\(UUID().uuidString)")
  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
  func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
}

private let base = ["fuzz", "--against", "reference"]

@Suite("emu fuzz --against reference")
struct EngineFuzzTests {
  @Test(
    "The engines agree: status 0, a table, speed and runs",
    arguments: [
      [], ["--modes", "long64", "--length", "1-4"], ["--modes", "real"], ["--modes", "protected32"],
      ["--modes", "protected16"], ["--cpl", "0", "--cpu", "icelake"], ["--isa", "SSE2,x87", "--cpl", "3"],
    ])
  func agree(_ options: [String]) throws {
    let count = Build.isDebug ? 200 : Build.rounds(8000)
    let outcome = try runEmu(base + ["--count", "\(count)", "--seed", "21"] + options, limit: 110)
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
    #expect(outcome.text.contains("\(count) tests of ") && outcome.text.contains("  bug: 0"))
    #expect(outcome.errors.contains("threaded engine against reference engine: model "))
    #expect(outcome.errors.contains(" runs of "))
  }

  @Test("Shards together are the campaign, and a checkpoint resumes")
  func shards() throws {
    let scratch = try Scratch()
    let options = base + ["--count", "1000", "--seed", "4", "--output", scratch.path("out")]
    for shard in 0..<2 { #expect(try runEmu(options + ["--shard", "\(shard)/2"]).status == 0) }
    let report = try runEmu(["report", scratch.path("out")])
    #expect(report.status == 0, "\(report.errors)")
    #expect(
      report.text.contains(
        "threaded against reference (reference engine), seed 4: 1000 of 1000 tests in 2 of 2 shards."))
    // Complete: the same command adds nothing.
    let before = try scratch.text("out/shard-0-of-2.jsonl")
    #expect(try runEmu(options + ["--shard", "0/2"]).status == 0)
    #expect(try scratch.text("out/shard-0-of-2.jsonl") == before)
    let other = try runEmu(options + ["--shard", "0/2", "--cpl", "3"])
    #expect(other.status == 74 && other.errors.contains("belongs to another campaign"))
  }

  /// A program as a file has it: INC RAX and a jump to itself.
  private static let program = """
    {"kind":"program","number":0,"mode":"64","cpl":0,"base":"low","anchor":0,"offset":2048,"next":"contiguous",\
    "second":"writable","options":["writeProtect"],"landings":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],\
    "parts":[{"mode":"64","bytes":"48ffc0"},{"mode":"64","target":0,"branch":"jmp","short":true}],\
    "schedule":[{"ticks":200}],"registers":[],"rflags":"0x202","fs_base":"0x0","gs_base":"0x0","selectors":[],\
    "mxcsr":"0x1f80","fcw":"0x37f","fsw":"0x0","ftw":"0x0","ymm":[],"st":[],"window":[]}
    """

  @Test("A program runs from its file")
  func file() throws {
    let scratch = try Scratch()
    try Self.program.write(toFile: scratch.path("one.json"), atomically: true, encoding: .utf8)
    let outcome = try runEmu(base + ["--program", scratch.path("one.json")])
    #expect(outcome.status == 0 && outcome.text == "agrees: 200 ticks\n", "\(outcome)")
    try Self.program.replacing("\"cpl\":0", with: "\"cpl\":2").write(
      toFile: scratch.path("bad.json"), atomically: true, encoding: .utf8)
    let bad = try runEmu(base + ["--program", scratch.path("bad.json")])
    #expect(bad.status == 66 && bad.errors.contains("bad.json: cpl: 2 is not 0 or 3"), "\(bad.errors)")
    let missing = try runEmu(base + ["--program", scratch.path("none.json")])
    #expect(missing.status == 66 && missing.errors.contains("none.json"), "\(missing.errors)")
  }

  @Test(
    "What cannot be",
    arguments: [
      ([], "--count is missing"), (["--count", "1", "--bytes"], "--bytes: --against reference runs programs"),
      (["--count", "1", "--exact"], "--against reference has no rules"),
      (["--count", "1", "--no-rules"], "--against reference has no rules"),
      (["--count", "1", "--modes", "segmented"], "--modes segmented: programs are of"),
      (["--count", "1", "--subject", "native"], "--subject native: --against reference tests the engines"),
      (["--count", "1", "--length", "0-3"], "'0-3' is invalid for '--length"),
      (["--count", "1", "--length", "65"], "'65' is invalid"),
      (["--count", "1", "--cpl", "1"], "--cpl 1 is not 0 or 3"),
      (["--count", "1", "--capture", "x"], "--capture records the host's own processor"),
      (["--count", "1", "--program", "x"], "--program runs one program"),
      (["--count", "1", "--isa", "nothing"], "--isa: no feature or mnemonic is named 'NOTHING'"),
    ])
  func wrong(_ options: [String], _ sentence: String) throws {
    let outcome = try runEmu(base + options)
    #expect(outcome.status == 64 && outcome.errors.contains(sentence), "\(outcome.errors)")
  }
}
