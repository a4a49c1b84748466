import Foundation
import TestSupport
import Testing

private typealias Object = [String: Any]

/// A guest whose exceptions are reported.
struct ExplainedGuest: Sendable, CustomTestStringConvertible {
  var rom: String
  /// How many exceptions it must have at least.
  var minimum: Int
  /// Vectors that must be among the causes.
  var vectors: Set<Int>
  var testDescription: String { rom }
}

private let explainedGuests: [ExplainedGuest] = [
  ExplainedGuest(rom: "matrix-exceptions", minimum: 100, vectors: [0, 1, 6, 11, 12, 13, 14, 17]),
  ExplainedGuest(rom: "corners-paging", minimum: 10, vectors: [13, 14]),
  ExplainedGuest(rom: "corners-privilege", minimum: 10, vectors: [13]),
  ExplainedGuest(rom: "user-mode", minimum: 1, vectors: [14]),
  ExplainedGuest(rom: "triple-fault", minimum: 1, vectors: [6]),
]

@Suite("Reports on the command line")
struct ExplainTests {
  private func rom(_ name: String) -> String { Build.roms.appendingPathComponent("\(name).elf").path }

  private func objects(_ text: String) throws -> [Object] {
    try text.split(separator: "\n").filter { $0.hasPrefix("{") }.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? Object)
    }
  }

  private func reports(_ name: String, _ more: [String] = []) throws -> (EmuOutcome, [Object]) {
    let outcome = try runEmu(["run", "--explain", "--explain-format", "json"] + more + [rom(name)])
    return (outcome, try objects(outcome.errors))
  }

  /// What the trace of the same run says, step by step, is what the reports say.
  @Test("Reports as JSON agree with the trace", arguments: explainedGuests)
  func agree(_ guest: ExplainedGuest) throws {
    let file = NSTemporaryDirectory() + "emu-explain-\(UUID().uuidString).jsonl"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let traced = try runEmu(["run", "--trace", file, "--trace-kinds", "exceptions", rom(guest.rom)])
    let (outcome, reports) = try reports(guest.rom)
    #expect(outcome.status == traced.status && outcome.output == traced.output)
    let steps = try objects(String(contentsOfFile: file, encoding: .utf8)).filter { $0["exceptions"] != nil }
    try #require(steps.count == reports.count)
    #expect(reports.count >= guest.minimum, "\(reports.count)")
    var vectors: Set<Int> = []
    for (step, report) in zip(steps, reports) {
      let exceptions = try #require(step["exceptions"] as? [Object])
      let all = try #require(report["links"] as? [Object]).filter { $0["mnemonic"] != nil }
      // The trace lists what was to be delivered; the exception in whose place #DF came was not.
      let links = all.indices.filter { $0 + 1 == all.count || all[$0 + 1]["vector"] as? Int != 8 }.map { all[$0] }
      try #require(links.count == exceptions.count)
      for (link, exception) in zip(links, exceptions) { try compare(link, exception) }
      vectors.insert(try #require(links[0]["vector"] as? Int))
      try compare(report, step: step)
      let outcome = try #require(report["outcome"] as? Object)
      let isLast = report["rip"] as? String == reports.last?["rip"] as? String
      #expect(outcome["kind"] as? String == "handler" || (traced.status == 86 && isLast), "\(outcome)")
    }
    #expect(guest.vectors.isSubset(of: vectors), "\(vectors.sorted())")
  }

  private func compare(_ link: Object, _ exception: Object) throws {
    for (field, other) in [("mnemonic", "name"), ("errorCode", "error"), ("cr2", "cr2"), ("reason", "reason")] {
      #expect(link[field] as? String == exception[other] as? String, "\(field)")
    }
    #expect(link["vector"] as? Int == exception["vector"] as? Int)
    #expect(link["section"] as? String == exception["section"] as? String)
    #expect((link["section"] as? String)?.contains("Vol. ") ?? false, "\(link)")
    #expect((link["rule"] as? String)?.isEmpty == false)
    #expect((link["title"] as? String)?.hasPrefix(link["mnemonic"] as? String ?? "?") ?? false)
    for entry in try #require(link["entries"] as? [Object]) {
      #expect((entry["name"] as? String)?.isEmpty == false && (entry["meaning"] as? String)?.isEmpty == false)
      #expect(entry["isCause"] is Bool)
    }
  }

  private func compare(_ report: Object, step: Object) throws {
    #expect(report["cpl"] as? Int == step["cpl"] as? Int)
    let bytes = (report["bytes"] as? String)?.replacingOccurrences(of: " ", with: "")
    #expect(bytes == step["bytes"] as? String ?? "")
    // In parentheses the trace says why there is none.
    let text = try #require(step["text"] as? String)
    #expect(report["text"] as? String == (text.hasPrefix("(") ? nil : text))
    let registers = try #require(report["registers"] as? [String: String])
    for name in ["rax", "rsp", "r15", "rip", "rflags", "cs", "ss", "cr0", "cr2", "cr3", "cr4", "efer"] {
      #expect(registers[name]?.hasPrefix("0x") ?? false, "\(name)")
    }
    // Those that the instruction read, before it.
    for (name, value) in step["reads"] as? [String: String] ?? [:] where registers[name] != nil {
      #expect(registers[name] == value, "\(name) at \(report["rip"] ?? "")")
    }
    #expect(registers["rip"] == report["rip"] as? String)
  }

  @Test("The report of a triple fault is the same, with or without the others")
  func tripleFault() throws {
    let (all, reports) = try reports("triple-fault")
    let only = try runEmu(["run", "--explain-format", "json", rom("triple-fault")])
    #expect(all.status == 86 && only.status == 86)
    let last = try #require(reports.last)
    #expect((last["outcome"] as? Object)?["kind"] as? String == "shutdown")
    // The report comes before the sentence that the guest ended, or after it.
    #expect(all.errors.split(separator: "\n").sorted() == only.errors.split(separator: "\n").sorted())
  }

  @Test("Reports end at the limit, the guest goes on", arguments: [1, 7])
  func limit(_ limit: Int) throws {
    let all = try reports("matrix-exceptions").1
    let quiet = try runEmu(["run", rom("matrix-exceptions")])
    let (outcome, some) = try reports("matrix-exceptions", ["--explain-limit", "\(limit)"])
    #expect(some.count == limit && limit < all.count)
    for (one, other) in zip(some, all) { #expect(one["summary"] as? String == other["summary"] as? String) }
    #expect(
      outcome.errors.contains(
        "emu: \(limit) exception\(limit == 1 ? " was" : "s were") reported, more are not (--explain-limit)\n"))
    #expect(outcome.status == quiet.status && outcome.output == quiet.output)
    // What ends the guest is reported all the same, and once.
    let (end, reports) = try reports("triple-fault", ["--explain-limit", "1"])
    #expect(end.status == 86 && reports.count == 1)
  }

  @Test("As text, every report says what, where and why")
  func text() throws {
    let (_, reports) = try reports("corners-paging")
    let explained = try runEmu(["run", "--explain", rom("corners-paging")])
    for report in reports {
      let summary = try #require(report["summary"] as? String)
      #expect(explained.errors.contains(summary), "\(summary)")
    }
  }
}
