import Foundation
import TestSupport
import Testing

/// A trace, and how `emu view` ends with it.
struct ViewRow: Sendable, CustomTestStringConvertible {
  var name: String
  var trace: String
  var status: Int32
  var says: String

  var testDescription: String { name }

  init(_ name: String, _ trace: String, status: Int32 = 66, says: String) {
    self.name = name
    self.trace = trace
    self.status = status
    self.says = says
  }
}

private let header = #"{"schema":"emu-trace","version":2,"image":"a.elf","memory":1048576,"processors":1}"# + "\n"
private let step = #"{"t":"retire","n":1,"tick":1,"cpu":0,"cpl":0,"rip":"0x10","text":"nop"}"# + "\n"
private let end = #"{"t":"end","records":1,"reason":"exit"}"# + "\n"

/// A trace of one step with members of its own.
private func trace(_ members: String) -> String {
  header + #"{"t":"retire","n":1,"cpu":0,"rip":"0x10","text":"nop",\#(members)}"# + "\n" + end
}

private let rows: [ViewRow] = [
  .init("whole", header + step + end, status: 0, says: ""),
  .init("no steps", header + end, status: 0, says: ""),
  .init("no last line feed", header + step + end.dropLast(), status: 0, says: ""),
  .init("blanks, unknown members", trace(#" "later" : {"a":[1, 2.5e3, null]} "#), status: 0, says: ""),
  .init("cut after a line", header + step, status: 0, says: "cut off after line 2"),
  .init("cut in a line", header + step + step.prefix(40), status: 0, says: "cut off in line 3"),
  .init("cut in an escape", header + #"{"t":"report","lines":["\u00"#, status: 0, says: "cut off in line 2"),

  .init("empty", "", says: "line 1: is missing: a trace begins with its schema"),
  .init("no JSON", "hello\n", says: "line 1: is 'hello' and not a JSON object"),
  .init("half a header", #"{"schema":"#, says: "line 1: ends within a JSON value"),
  .init("no header", step + end, says: "line 1: schema is missing"),
  .init("another schema", #"{"schema":"x","version":1}"# + "\n", says: "line 1: schema 'x' is not emu-trace"),
  .init(
    "version", #"{"schema":"emu-trace","version":1}"# + "\n",
    says: "line 1: version 1 is not 2, which this emu reads: record the trace again"),
  .init("no t", header + "{}\n", says: "line 2: t is missing"),
  .init("unknown t", header + #"{"t":"x"}"# + "\n", says: "line 2: t 'x' is not end, interrupt, report, retire"),
  .init("half a line within", header + step.prefix(30) + "\n" + end, says: "line 2: ends within a JSON value"),
  .init("no rip", header + #"{"t":"retire","n":1,"cpu":0,"text":"nop"}"# + "\n", says: "line 2: rip is missing"),
  .init("rip", header + #"{"t":"retire","n":1,"cpu":0,"rip":"10","text":""}"# + "\n", says: "line 2: rip '10' is not"),
  .init("cpl", trace(#""cpl":4"#), says: "line 2: cpl '4' is not a whole number of 0 to 3"),
  .init("bytes", trace(#""bytes":"123""#), says: "line 2: bytes '123' is not bytes"),
  .init("writes", trace(#""writes":{"rax":["0x1"]}"#), says: "line 2: writes.rax has 1 numbers"),
  .init(
    "deep field", trace(#""memory":[{"kind":"read","size":1},{"kind":"read","size":0}]"#),
    says: "line 2: memory[1].size '0' is not a whole number of 1 to 4096"),
  .init(
    "walk", trace(#""walks":[{"linear":"0x1","steps":[{"level":4,"address":"0x1"}]}]"#),
    says: "line 2: walks[0].steps[0].value is missing"),
  .init("number as string", trace(#""tick":"1""#), says: "line 2: tick"),
  .init("nesting", trace("\"x\":" + String(repeating: "[", count: 100)), says: "is nested more than 64 levels"),
  .init("after the end", header + end + step, says: "line 3: follows the end record"),
]

/// What the tests of the page need.
private enum Chromium {
  static let isThere: Bool = {
    let found = run("/bin/sh", ["-c", "command -v chromium && command -v python3"]).status == 0
    if !found { print("SKIP emu view in a browser: Debian's chromium or python3 is not installed") }
    return found
  }()

  static func run(_ tool: String, _ arguments: [String]) -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    do { try process.run() } catch { return (127, "\(error)") }
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }

  /// Compares a page with a trace in the browser.
  static func compare(_ page: URL, _ trace: URL) -> (status: Int32, text: String) {
    run(
      "/usr/bin/env", ["python3", Build.root.appendingPathComponent("tools/view-test.py").path, page.path, trace.path])
  }
}

@Suite("emu view")
struct ViewTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-view-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

  private func sample(rounds: Int) throws -> URL {
    let script = Build.root.appendingPathComponent("tools/view-sample.py").path
    let made = Chromium.run("/usr/bin/env", ["python3", script, file("a.jsonl").path, "\(rounds)"])
    try #require(made.status == 0, "\(made.text)")
    return file("a.jsonl")
  }

  @Test("Ends as its row says", arguments: rows)
  func ends(_ row: ViewRow) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(row.trace.utf8).write(to: file("a.jsonl"))
    let outcome = try runEmu(["view", file("a.jsonl").path, "--html", file("a.html").path])
    #expect(outcome.status == row.status, "\(outcome.errors)")
    #expect(row.says.isEmpty ? outcome.errors.isEmpty : outcome.errors.contains(row.says), "\(outcome.errors)")
    #expect(FileManager.default.fileExists(atPath: file("a.html").path) == (row.status == 0))
  }

  @Test("Compressed, truncated and damaged archives", arguments: ["gzip", "zstd"])
  func archives(_ tool: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let trace = try sample(rounds: 20)
    let packed = file("a.packed")
    let status = Chromium.run("/bin/sh", ["-c", "\(tool) -c '\(trace.path)' > '\(packed.path)'"]).status
    try #require(status == 0)
    let whole = try runEmu(["view", packed.path, "--html", file("a.html").path])
    #expect(whole.status == 0 && whole.errors.isEmpty, "\(whole.errors)")
    let missing = try runEmu(
      ["view", packed.path, "--html", file("b.html").path], environment: ["PATH": folder.path])
    #expect(missing.status == 66 && missing.errors.contains("\(tool) cannot be started"), "\(missing.errors)")
    let bytes = try Data(contentsOf: packed)
    var damaged = bytes
    for index in (bytes.count / 2)..<(bytes.count / 2 + 50) { damaged[index] ^= 0x55 }
    try damaged.write(to: packed)
    let wrong = try runEmu(["view", packed.path, "--html", file("d.html").path])
    #expect(wrong.status == 66 && wrong.errors.contains("cannot be decompressed"), "\(wrong.errors)")
    // Half the archive: the lines that were in it are shown.
    try Data(bytes[..<(bytes.count / 2)]).write(to: packed)
    let cut = try runEmu(["view", packed.path, "--html", file("c.html").path])
    #expect(cut.status == 0 && cut.errors.contains("the compressed file ends too early"), "\(cut.errors)")
  }

  @Test("Files that cannot be used")
  func files() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data((header + step + end).utf8).write(to: file("a.jsonl"))
    let cases: [(trace: String, page: String, status: Int32, says: String)] = [
      (file("none").path, file("a.html").path, 66, "none: cannot be opened"),
      (folder.path, file("a.html").path, 66, "is a folder"),
      (file("a.jsonl").path, file("no/a.html").path, 74, "a.html: cannot be"),
      (file("a.jsonl").path, "/dev/full", 74, "/dev/full: cannot be written"),
      (file("a.jsonl").path, file("a.jsonl").path, 74, "is the trace itself"),
    ]
    for row in cases {
      let outcome = try runEmu(["view", row.trace, "--html", row.page])
      #expect(outcome.status == row.status && outcome.errors.contains(row.says), "\(outcome.errors)")
    }
  }

  @Test("The page shows what the trace says, without network", .enabled(if: Chromium.isThere, "SKIP is printed"))
  func page() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let trace = try sample(rounds: 8)
    let made = try runEmu(["view", trace.path, "--html", file("a.html").path])
    #expect(made.status == 0, "\(made.errors)")
    let seen = Chromium.compare(file("a.html"), trace)
    #expect(seen.status == 0, "\(seen.text)")
  }

  @Test(
    "The page of a real trace: steps, tables of each, page tables unfolded, walks, reports",
    .enabled(if: Chromium.isThere, "SKIP is printed"), arguments: [("triple-fault", 86), ("corners-paging", 33)])
  func realTrace(_ rom: String, _ status: Int32) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = Build.roms.appendingPathComponent("\(rom).elf").path
    let traced = try runEmu(["run", "--trace", file("a.jsonl").path, path])
    #expect(traced.status == status, "\(traced.errors)")
    let made = try runEmu(["view", file("a.jsonl").path, "--html", file("a.html").path])
    #expect(made.status == 0 && made.errors.isEmpty, "\(made.errors)")
    let seen = Chromium.compare(file("a.html"), file("a.jsonl"))
    #expect(seen.status == 0, "\(seen.text)")
  }

  @Test(
    "A page of a wrong trace is found out", .enabled(if: Chromium.isThere, "SKIP is printed"),
    arguments: [
      (#""rcx":["0x5","0x4"]"#, #""rcx":["0x5","0x3"]"#, "rcx is"),
      (#""address":"0x4008","value":"0x0""#, #""address":"0x4008","value":"0x2""#, "of the walk is shown as"),
      (#"64-bit code, DPL 0"#, #"64-bit code, DPL 1"#, "the gdt is shown as"),
      (#""31":"0x3e00183""#, #""31":"0x3e00187""#, "the entry at 0x60f8 is shown as"),
    ])
  func planted(_ good: String, _ bad: String, _ says: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let trace = try sample(rounds: 2)
    let text = try String(contentsOf: trace, encoding: .utf8)
    try #require(text.contains(good))
    try Data(text.replacingOccurrences(of: good, with: bad).utf8).write(to: file("b.jsonl"))
    let made = try runEmu(["view", file("b.jsonl").path, "--html", file("b.html").path])
    #expect(made.status == 0, "\(made.errors)")
    let seen = Chromium.compare(file("b.html"), trace)
    #expect(seen.status == 1 && seen.text.contains(says), "\(seen.text)")
  }

  @Test("--limit keeps the first steps and says so")
  func limit() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let trace = try sample(rounds: 2)
    let outcome = try runEmu(["view", trace.path, "--html", file("a.html").path, "--limit", "10"])
    #expect(outcome.status == 0 && outcome.errors.contains("the first 10 of 126 steps"), "\(outcome.errors)")
    let page = try String(contentsOf: file("a.html"), encoding: .utf8)
    #expect(page.components(separatedBy: #""t":"retire""#).count == 11)
    #expect(page.contains(#""steps":126,"shown":10"#))
    #expect(!page.contains("</script><b>"))
  }
}
