import Foundation
import TestSupport
import Testing

extension TraceTests {
  /// The first record of tables whose member has a table with entries, and the entries.
  private func tables(
    _ records: [TraceRecord], _ name: String, _ list: String, _ isWanted: ([TraceRecord]) -> Bool
  ) throws -> (index: Int, table: TraceRecord, entries: [TraceRecord]) {
    for (index, record) in records.enumerated() where record["t"] as? String == "tables" {
      guard let table = record[name] as? TraceRecord, let entries = table[list] as? [TraceRecord], isWanted(entries)
      else { continue }
      return (index, table, entries)
    }
    throw Missing(name: name)
  }

  private struct Missing: Error { var name: String }

  @Test(
    "A wrong table in a trace is found",
    arguments: ["gate", "descriptor", "text", "handler", "task", "entry", "missing entry", "root"])
  func plantedTable(_ what: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    // Another test finds that this trace has no contradictions as it is.
    _ = try run("user-mode", ["--trace", path("a.jsonl"), "--trace-start", "17900", "--trace-limit", "16000"])
    var records = try records("a.jsonl")
    let name = ["gate": "idt", "handler": "idt", "descriptor": "gdt", "text": "gdt", "task": "tss"][what] ?? "paging"
    switch name {
    case "idt", "gdt":
      var (index, table, entries) = try tables(records, name, "entries") { $0.count > 6 }
      let row = try #require(entries.firstIndex { ($0["raw"] as? [String])?.first != "0x0" })
      switch what {
      // Bytes and text of its neighbour: they fit each other, but not memory.
      case "gate", "descriptor":
        for member in ["raw", "text", "handler"] { entries[row][member] = entries[row + 1][member] }
      case "text": entries[row]["text"] = "32-bit data"
      default: entries[row]["handler"] = altered(try #require(entries[row]["handler"] as? String))
      }
      table["entries"] = entries
      records[index][name] = table
    case "tss":
      let index = try #require(records.firstIndex { ($0["tss"] as? TraceRecord)?["fields"] != nil })
      var task = try #require(records[index]["tss"] as? TraceRecord)
      var fields = try #require(task["fields"] as? TraceRecord)
      fields["RSP0"] = altered(try #require(fields["RSP0"] as? String))
      task["fields"] = fields
      records[index]["tss"] = task
    default:
      var (index, paging, pages) = try tables(records, name, "tables") { $0.count > 2 }
      var entries = try #require(pages[1]["entries"] as? TraceRecord)
      let key = try #require(entries.keys.sorted().first)
      if what == "root" { paging["cr3"] = "0x5000" }
      if what == "entry" { entries[key] = altered(try #require(entries[key] as? String)) }
      if what == "missing entry" { entries[key] = nil }
      pages[1]["entries"] = entries
      paging["tables"] = pages
      records[index][name] = paging
    }
    let found = try replay(records).contradictions
    #expect(!found.isEmpty)
  }

  @Test("The tables at the end of a trace are those of emu tables", arguments: ["user-mode", "task-switch"])
  func sameAsTables(_ rom: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let stop = rom == "task-switch" ? "3000" : "23000"
    _ = try run(rom, ["--trace", path("a.jsonl"), "--trace-stop", stop])
    var texts: [String: [Int: String]] = [:]
    var fields: [String: String] = [:]
    for record in try records("a.jsonl") where record["t"] as? String == "tables" {
      for (name, key) in [("gdt", "selector"), ("idt", "vector")] {
        guard let table = record[name] as? TraceRecord else { continue }
        if table["base"] != nil { texts[name] = [:] }
        for entry in table["entries"] as? [TraceRecord] ?? [] {
          let number = TraceReplay.number(entry[key]).map { Int($0.0) } ?? entry[key] as? Int ?? -1
          let isEmpty = (entry["raw"] as? [String])?.allSatisfy { $0 == "0x0" } ?? false
          texts[name]?[number] = isEmpty ? nil : entry["text"] as? String
        }
      }
      if let task = record["tss"] as? TraceRecord { fields = task["fields"] as? [String: String] ?? [:] }
    }
    let shown = try runEmu(["tables", "--json", "--at", stop, Build.roms.appendingPathComponent("\(rom).elf").path])
    let json = try #require(try JSONSerialization.jsonObject(with: Data(shown.output)) as? TraceRecord)
    let gdt = (json["gdt"] as? TraceRecord)?["entries"] as? [TraceRecord] ?? []
    let gates = (json["idt"] as? TraceRecord)?["gates"] as? [TraceRecord] ?? []
    var expected: [String: [Int: String]] = ["gdt": [:], "idt": [:]]
    for entry in gdt where entry["low"] as? String != "0x0" {
      expected["gdt"]?[TraceReplay.number(entry["offset"]).map { Int($0.0) } ?? -1] = entry["text"] as? String
    }
    for gate in gates where gate["text"] as? String != "empty" {
      expected["idt"]?[gate["vector"] as? Int ?? -1] = gate["text"] as? String
    }
    #expect(gdt.count > 4 && gates.count > 30)
    #expect(texts == expected)
    #expect(fields == (json["tss"] as? TraceRecord)?["fields"] as? [String: String])
  }
}
