import Foundation
import TestSupport
import Testing

/// Options of a trace of hello.elf, and what its steps are.
struct TraceRow: Sendable, CustomTestStringConvertible {
  var options: [String]
  var says: String
  /// Whether what the trace holds is right.
  var holds: @Sendable ([TraceRecord]) -> Bool

  var testDescription: String { options.joined(separator: " ") }
}

private func steps(_ records: [TraceRecord]) -> [TraceRecord] {
  records.filter { $0["t"] as? String == "retire" || $0["t"] as? String == "interrupt" }
}

private func address(_ record: TraceRecord) -> UInt64 { TraceReplay.number(record["rip"])?.0 ?? 0 }

private let filterRows: [TraceRow] = [
  TraceRow(options: ["--trace-limit", "10"], says: "limit") { steps($0).count == 10 },
  TraceRow(options: ["--trace-stop", "25"], says: "stop") { steps($0).count == 25 },
  TraceRow(options: ["--trace-start", "20", "--trace-stop", "25"], says: "stop") {
    steps($0).map { $0["tick"] as? Int } == [21, 22, 23, 24, 25]
  },
  TraceRow(options: ["--trace-cpl", "3"], says: "power-off") { steps($0).isEmpty },
  TraceRow(options: ["--trace-cpl", "0"], says: "power-off") { steps($0).count > 25 },
  TraceRow(options: ["--trace-kinds", "instructions"], says: "power-off") { records in
    !records.contains { $0["t"] as? String == "tables" }
  },
  TraceRow(options: ["--trace-kinds", "ports,tables"], says: "power-off") { records in
    records.contains { $0["t"] as? String == "tables" } && !steps(records).isEmpty
  },
  TraceRow(options: ["--trace-kinds", "ports"], says: "power-off") { records in
    !steps(records).isEmpty && steps(records).allSatisfy { $0["ports"] != nil && $0["writes"] == nil }
  },
  TraceRow(options: ["--trace-kinds", "instructions"], says: "power-off") { records in
    steps(records).count > 25 && steps(records).allSatisfy { $0["ports"] == nil && $0["memory"] == nil }
  },
  TraceRow(options: ["--trace-range", "0x100020-0x100030", "--trace-limit", "3"], says: "limit") { records in
    steps(records).count == 3 && steps(records).allSatisfy { (0x100020...0x100030).contains(address($0)) }
  },
  TraceRow(options: ["--trace-range", "rom_entry", "--trace-limit", "3"], says: "limit") { records in
    steps(records).map { $0["symbol"] as? String } == ["rom_entry", "rom_entry+0x1", "rom_entry+0x2"]
  },
  TraceRow(options: ["--trace-range", "rom_entry+1-rom_entry+1"], says: "power-off") { steps($0).count == 1 },
  TraceRow(options: ["--trace-range", "0x1-0x2"], says: "power-off") { steps($0).isEmpty },
  TraceRow(options: ["--trace-magic"], says: "power-off") { steps($0).isEmpty },
]

/// Options that are refused, and how.
private let refusals: [(options: [String], status: Int32, says: String)] = [
  (["--trace", "/nowhere/a"], 74, "--trace /nowhere/a: cannot be opened"),
  (["--trace", "/dev/full", "--trace-strict"], 74, "cannot be written: No space left on device"),
  (["--trace-limit", "5"], 64, "--trace-limit needs --trace"),
  (["--trace", "/dev/null", "--trace-limit", "0"], 64, "--trace-limit 0 is not 1 or more"),
  (["--trace", "/dev/null", "--trace-range", "5"], 64, "--trace-range 5 is not two addresses"),
  (["--trace", "/dev/null", "--trace-range", "9-5"], 64, "--trace-range 9-5 is not two addresses"),
  (["--trace", "/dev/null", "--trace-cpl", "1"], 64, "--trace-cpl 1 is not 0 or 3"),
  (["--trace", "/dev/null", "--trace-kinds", "ports,x"], 64, "--trace-kinds 'x' is not one of"),
  (["--trace", "/dev/null", "--trace-start", "9", "--trace-stop", "9"], 64, "--trace-stop 9 is not after"),
  (["--trace", "/dev/null", "--backend", "kvm"], 64, "--trace needs --backend model"),
  (["--trace", "/dev/null", "--gdb", "0"], 64, "--trace and --gdb exclude each other"),
]

@Suite("Traces")
struct TraceTests {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-trace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func run(_ rom: String, _ options: [String] = []) throws -> EmuOutcome {
    try runEmu(["run"] + options + [Build.roms.appendingPathComponent("\(rom).elf").path], limit: 120)
  }

  func records(_ name: String) throws -> [TraceRecord] {
    try String(contentsOfFile: path(name), encoding: .utf8).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? TraceRecord)
    }
  }

  @Test("A trace changes nothing", arguments: ["hello", "smp", "lapic"])
  func neutral(_ rom: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let options = rom == "smp" ? ["--cpus", "4", "--stats"] : ["--stats"]
    let plain = try run(rom, options)
    let traced = try run(rom, options + ["--trace", path("a.jsonl"), "--trace-limit", "100000"])
    #expect(plain.status == traced.status && plain.output == traced.output)
    #expect(plain.statistics["instructions"] == traced.statistics["instructions"])
    let viewed = try runEmu(["view", path("a.jsonl"), "--html", path("a.html")])
    #expect(viewed.status == 0, "\(viewed.errors)")
  }

  @Test("Each format", arguments: ["a.txt", "a.jsonl", "a.json", "a.jsonl.gz", "a.jsonl.zst", "a.json.gz"])
  func formats(_ name: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try run("hello", ["--trace", path(name)])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path(name)))
    if let tool = name.hasSuffix(".gz") ? "gzip" : name.hasSuffix(".zst") ? "zstd" : nil {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [tool, "-dc", path(name)]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      bytes = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if name.contains(".jsonl") {
      let lines = text.split(separator: "\n")
      #expect(lines.count > 20 && lines.first?.contains("emu-trace") == true)
      #expect(lines.last?.contains(#""reason":"power-off""#) == true)
      for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    } else if name.contains(".json") {
      let events = try #require(try JSONSerialization.jsonObject(with: bytes) as? [TraceRecord])
      #expect(events.filter { $0["cat"] as? String == "instruction" }.count > 20)
      #expect(events.contains { $0["cat"] as? String == "code" })
    } else {
      #expect(text.hasPrefix("# emu trace 1: hello.elf") && text.contains("out1 0x3f8"))
      #expect(text.hasSuffix("steps: power-off\n"))
    }
  }

  @Test("Filters", arguments: filterRows)
  func filters(_ row: TraceRow) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try run("hello", ["--trace", path("a.jsonl")] + row.options)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let records = try records("a.jsonl")
    #expect(row.holds(records), "\(steps(records).count) steps")
    #expect(records.last?["reason"] as? String == row.says)
    #expect(records.last?["records"] as? Int == steps(records).count)
    #expect(try run("hello").output == outcome.output)
  }

  @Test("Options that are refused", arguments: refusals)
  func refused(_ row: (options: [String], status: Int32, says: String)) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try run("hello", row.options)
    #expect(outcome.status == row.status && outcome.errors.contains(row.says), "\(outcome.errors)")
  }

  @Test("A trace that fills its disk ends, the guest does not")
  func full() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let plain = try run("corners-integer", ["--memory", "4M"])
    // No file may be larger than some megabytes, which is enough for RAM, as if the disk were full after them.
    let rom = Build.roms.appendingPathComponent("corners-integer.elf").path
    for (strict, status) in [("", plain.status), ("--trace-strict", 74)] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = [
        "-c",
        "trap '' XFSZ; ulimit -f 12000; exec '\(Build.emu.path)' run \(strict) --memory 4M "
          + "--trace '\(path("a.jsonl"))' '\(rom)'",
      ]
      let output = Pipe()
      let errors = Pipe()
      process.standardOutput = output
      process.standardError = errors
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == status, "\(complaint)")
      #expect(complaint.contains("a.jsonl: cannot be written: File too large"), "\(complaint)")
      if strict.isEmpty { #expect(Array(text) == plain.output) }
      #expect(try records("a.jsonl").count > 100)
      let viewed = try runEmu(["view", path("a.jsonl"), "--html", path("a.html")])
      #expect(viewed.status == 0 && viewed.errors.contains("it has no end record"), "\(viewed.errors)")
    }
  }

  @Test("A reader that goes away")
  func reader() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let plain = try run("hello")
    let rom = Build.roms.appendingPathComponent("hello.elf").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "mkfifo '\(path("a"))'; head -c 100000 '\(path("a"))' >/dev/null & "
        + "exec '\(Build.emu.path)' run --trace '\(path("a"))' '\(rom)'",
    ]
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == plain.status)
    #expect(Array(text) == plain.output && complaint.contains("cannot be written: Broken pipe"), "\(complaint)")
  }

  @Test("Exceptions with their reasons, and the report of the last one")
  func faults() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try run("triple-fault", ["--trace", path("a.jsonl"), "--trace-kinds", "exceptions"])
    let records = try records("a.jsonl")
    let exceptions = steps(records).flatMap { $0["exceptions"] as? [TraceRecord] ?? [] }
    #expect(!exceptions.isEmpty && exceptions.allSatisfy { $0["reason"] is String && $0["section"] is String })
    let report = records.first { $0["t"] as? String == "report" }?["lines"] as? [String]
    #expect((report?.count ?? 0) > 3)
    #expect(records.last?["reason"] as? String == "triple fault")
  }

  @Test("Reports of the first exceptions, and of all with --explain", arguments: [false, true])
  func reports(_ isExplained: Bool) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let plain = try run("matrix-exceptions")
    let outcome = try run("matrix-exceptions", ["--trace", path("a.jsonl")] + (isExplained ? ["--explain"] : []))
    #expect(outcome.status == plain.status && outcome.output == plain.output)
    let records = try records("a.jsonl")
    let raising = steps(records).filter { $0["exceptions"] != nil }.compactMap { $0["n"] as? Int }
    let reports = records.filter { $0["t"] as? String == "report" }
    #expect(raising.count > 100)
    #expect(reports.compactMap { $0["n"] as? Int } == (isExplained ? raising : Array(raising.prefix(32))))
    #expect(reports.allSatisfy { (($0["fault"] as? TraceRecord)?["links"] as? [TraceRecord])?.isEmpty == false })
    // The same reports stand on standard error.
    let summaries = outcome.errors.components(separatedBy: "\n").filter { $0.contains(", CPL ") && $0.hasPrefix("#") }
    #expect(isExplained ? summaries == reports.compactMap { ($0["lines"] as? [String])?.first } : summaries.isEmpty)
  }

  @Test("Lines of source, and a sentence if addr2line is missing")
  func lines() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(try withLineNumbers()).write(to: URL(fileURLWithPath: path("hello.elf")))
    let script = "#!/bin/sh\nwhile read a; do echo /src/a.c:$((a)); done\n"
    try Data(script.utf8).write(to: URL(fileURLWithPath: path("addr2line")))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path("addr2line"))
    let words = ["run", "--trace", path("a.jsonl"), "--trace-limit", "5000", path("hello.elf")]
    let search = folder.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/bin")
    let found = try runEmu(words, environment: ["PATH": search])
    #expect(found.status == 0 && found.errors.isEmpty, "\(found.errors)")
    let lines = steps(try records("a.jsonl"))
    #expect(lines.count == 5000 && lines.allSatisfy { $0["line"] as? String == "/src/a.c:\(address($0))" })
    let missing = try runEmu(words, environment: ["PATH": folder.path + "/none"])
    #expect(missing.status == 0 && missing.errors.contains("addr2line cannot be started"), "\(missing.errors)")
    #expect(steps(try records("a.jsonl")).allSatisfy { $0["line"] == nil })
  }

  @Test("XCHG BX, BX switches recording")
  func magic() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    // nop; xchg bx, bx; inc ax; xchg bx, bx; dec ax; cli; hlt
    let code: [UInt8] = [0x90, 0x87, 0xDB, 0x40, 0x87, 0xDB, 0x48, 0xFA, 0xF4]
    try Data(code).write(to: URL(fileURLWithPath: path("code.bin")))
    let outcome = try runEmu([
      "run", "--format", "flat", "--mode", "real16", "--load-address", "0x7c00", "--trace", path("a.jsonl"),
      "--trace-magic", path("code.bin"),
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let texts = steps(try records("a.jsonl")).map { $0["text"] as? String }
    #expect(texts == ["xchg bx, bx", "inc ax", "xchg bx, bx"])
  }

  @Test(
    "A range that is found by breakpoints has the steps that a whole trace has",
    arguments: [
      (0x80_0010_1500, 0x80_0010_15FF, []), (0x80_0010_15A5, 0x80_0010_15A5, []),
      (0x80_0010_1500, 0x80_0010_15FF, ["--trace-start", "34300", "--trace-stop", "34400"]),
      (0x80_0010_1000, 0x80_0010_1FFF, ["--trace-limit", "77"]), (0x70_0000_0000, 0x70_0000_00FF, []),
    ] as [(UInt64, UInt64, [String])])
  func hunts(_ first: UInt64, _ last: UInt64, _ options: [String]) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let isCut = options.first == "--trace-limit"
    _ = try run("user-mode", ["--trace", path("whole.jsonl")] + (isCut ? [] : options))
    let range = "0x\(String(first, radix: 16))-0x\(String(last, radix: 16))"
    let outcome = try run("user-mode", ["--trace", path("range.jsonl"), "--trace-range", range] + options)
    #expect(outcome.status == 33 && outcome.errors.isEmpty, "\(outcome.errors)")
    func texts(_ records: [TraceRecord]) throws -> [Data] {
      try records.map { try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys) }
    }
    let wanted = steps(try records("whole.jsonl")).filter { (first...last).contains(address($0)) }
    let found = steps(try records("range.jsonl"))
    #expect(first < 0x80_0000_0000 || !found.isEmpty)
    #expect(try texts(found) == texts(isCut ? Array(wanted.prefix(77)) : wanted))
  }

  @Test("A packer that is missing")
  func missing() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, tool) in [("a.zst", "zstd"), ("a.gz", "gzip")] {
      let outcome = try runEmu(
        ["run", "--trace", path(name), Build.roms.appendingPathComponent("hello.elf").path],
        environment: ["PATH": folder.path])
      #expect(outcome.status == 74 && outcome.output.isEmpty)
      #expect(outcome.errors.contains("\(tool) cannot be started"), "\(outcome.errors)")
    }
  }

  // MARK: Replay

  func replay(_ records: [TraceRecord]) throws -> TraceReplay {
    let replay = try TraceReplay()
    for record in records { replay.take(record) }
    return replay
  }

  @Test(
    "Every instruction of a trace does again what the trace says, and its tables are true",
    arguments: [
      "hello", "corners-integer", "corners-privilege", "real-mode", "lapic", "corners-legacy", "user-mode",
      "corners-paging", "corners-paging32", "task-switch", "virtual-8086", "io-bitmap", "smp", "triple-fault",
    ])
  func replays(_ rom: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    // The 64-bit ROMs begin with the same long loops; the other processors of the SMP guest start late.
    let start: [String: String] = [
      "smp": "615000", "real-mode": "0", "corners-paging32": "0", "task-switch": "0", "virtual-8086": "0",
      "corners-legacy": "0",
    ]
    // Then the ROM looks for translations that the TLB keeps, and the replay has no TLB.
    let limit = rom == "corners-paging" ? "11000" : "16000"
    let window = ["--trace-start", start[rom] ?? "17900", "--trace-limit", limit]
    _ = try run(rom, ["--trace", path("a.jsonl")] + window + (rom == "smp" ? ["--cpus", "4"] : []))
    let records = try records("a.jsonl")
    let replay = try replay(records)
    #expect(replay.compared > 30)
    #expect(records.contains { $0["t"] as? String == "tables" })
    #expect(replay.contradictions.isEmpty, "\(replay.contradictions.count): \(replay.contradictions.prefix(5))")
  }

  /// Changes the last digit of a hexadecimal number.
  func altered(_ text: String) -> String { text.dropLast() + (text.hasSuffix("1") ? "2" : "1") }

  @Test("A wrong value in a trace is found", arguments: ["register", "read", "written", "old", "bytes", "port"])
  func planted(_ what: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try run(
      "corners-integer", ["--trace", path("a.jsonl"), "--trace-start", "17900", "--trace-limit", "8000"])
    var records = try records("a.jsonl")
    let index = try #require(
      records.firstIndex { record in
        let text = record["text"] as? String ?? ""
        let memory = (record["memory"] as? [TraceRecord] ?? []).first
        switch what {
        case "register", "old": return text.hasPrefix("add") && (record["writes"] as? TraceRecord)?["rax"] != nil
        case "read": return text.hasPrefix("pop") && memory?["kind"] as? String == "read"
        case "written": return text.hasPrefix("push") && memory?["kind"] as? String == "write"
        case "bytes": return text.hasPrefix("add r")
        default: return text.hasPrefix("out") && record["ports"] != nil
        }
      })
    switch what {
    case "register", "old":
      var writes = try #require(records[index]["writes"] as? TraceRecord)
      var pair = try #require(writes["rax"] as? [String])
      pair[what == "old" ? 0 : 1] = altered(pair[what == "old" ? 0 : 1])
      writes["rax"] = pair
      records[index]["writes"] = writes
    case "read", "written":
      var memory = try #require(records[index]["memory"] as? [TraceRecord])
      memory[0]["value"] = altered(try #require(memory[0]["value"] as? String))
      records[index]["memory"] = memory
    case "bytes":
      // ADD becomes SUB or another register's.
      records[index]["bytes"] = altered(try #require(records[index]["bytes"] as? String))
    default:
      var ports = try #require(records[index]["ports"] as? [TraceRecord])
      ports[0]["value"] = altered(try #require(ports[0]["value"] as? String))
      records[index]["ports"] = ports
    }
    let replay = try replay(records)
    let order = "step \(records[index]["n"] ?? 0) "
    #expect(replay.contradictions.contains { $0.hasPrefix(order) }, "\(replay.contradictions.prefix(3))")
  }
}
