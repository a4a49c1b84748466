import Foundation
import TestSupport
import Testing

private let others =
  #""cx":0,"dx":0,"cs":4096,"ss":16384,"ds":8192,"es":12288,"sp":256,"bp":0,"si":0,"di":0"#

/// A test of `add ax, bx` in a suite's JSON form, with parts that a row may replace.
private func addition(
  sums: String = #""ax":1,"bx":2"#,
  rest: String = #","ip":256,"flags":61442"#, ram: String = "[65792,1],[65793,216]",
  final: String = #"{"ip":258,"ax":3,"flags":61446}"#, extra: String = ""
) -> String {
  #"{"name":"add ax,bx \u001b","bytes":[1,216],"initial":{"regs":{\#(sums),\#(others)\#(rest)},"ram":[\#(ram)],"queue":[1]},"#
    + #""final":{"regs":\#(final),"ram":[],"queue":[]},"cycles":[[1,"]}",[{}]]],"hash":"00","idx":0\#(extra)}"#
}

/// The same as a MOO file.
private func addition(_ processor: String, sum: Int = 3) -> [UInt8] {
  let values = [1, 2, 0, 0, 0x1000, 0x4000, 0x2000, 0x3000, 0x100, 0, 0, 0, 0x100, 0xF002]
  let initial =
    MOOBytes.registers("REGS", Dictionary(uniqueKeysWithValues: values.enumerated().map { ($0, $1) }))
    + MOOBytes.memory([(0x1_0100, 0x01), (0x1_0101, 0xD8), (0x1_0102, 0xF4)])
  let end = processor == "8086" ? 0x102 : 0x103
  let final = MOOBytes.registers("REGS", [0: sum, 12: end, 13: 6]) + MOOBytes.memory([])
  return MOOBytes.header(count: 1, processor: processor)
    + MOOBytes.test(0, name: "add ax,bx", code: [1, 0xD8, 0xF4], initial: initial, final: final)
}

private func packed(_ bytes: [UInt8]) -> [UInt8] { ImageBytes(count: 0).with(0, bytes).gzipped.bytes }

private struct Row: CustomTestStringConvertible, Sendable {
  var title: String
  /// Files by name; `FILE` among the arguments stands for the first.
  var file: [UInt8]
  var name = "x.json"
  var arguments: [String] = []
  var metadata: String?
  var status: Int32 = 0
  /// What standard output has.
  var lines: [String] = []
  /// What standard error has.
  var errors: [String] = []
  var testDescription: String { title }

  init(
    _ title: String, _ text: String, arguments: [String] = [], metadata: String? = nil, status: Int32 = 0,
    lines: [String] = [], errors: [String] = []
  ) {
    (self.title, file, self.arguments, self.metadata) = (title, Array(text.utf8), arguments, metadata)
    (self.status, self.lines, self.errors) = (status, lines, errors)
  }

  init(
    _ title: String, bytes: [UInt8], name: String = "x.MOO", arguments: [String] = [], status: Int32 = 0,
    lines: [String] = [], errors: [String] = []
  ) {
    (self.title, file, self.name, self.arguments) = (title, bytes, name, arguments)
    (self.status, self.lines, self.errors) = (status, lines, errors)
  }

  /// A JSON file that cannot be used, and the sentence behind its name.
  static func bad(_ text: String, _ sentence: String) -> Row {
    Row(sentence, text, status: 66, errors: ["x.json: \(sentence)\n"])
  }
}

private let wrong = addition(final: #"{"ip":258,"ax":4,"flags":61446}"#)

/// SALC, and what an 8086 with CF = 0 never gives.
private let undocumented = addition(ram: "[65792,214]", final: #"{"ip":257,"ax":255}"#)

private let rows: [Row] = [
  Row(
    "agreement", "[\(addition()),\n\(addition())]", lines: ["2 tests, 2 agree", "  bug: 0"],
    errors: [
      "the prefetch queue, bus cycles, control and debug registers of the vectors are not compared",
      "x.json: taken for vectors of the 8086; --processor names another",
    ]),
  Row("an empty array", " [ ]\n", lines: ["0 tests, 0 agree"]),
  Row(
    "virtual-8086 mode", "[\(addition())]", arguments: ["--v86"], lines: ["1 tests, 1 agree"],
    errors: ["in virtual-8086 mode"]),
  Row(
    "a wrong register, reported once", "[\(wrong),\(wrong)]", status: 1,
    lines: [
      "bug: 01 /r ADD r/mv, rv", "  add ax,bx \\x1b, code 01d8, test 0 of ", "  ax: 0x3, and the processor had 0x4",
      "2 tests, 0 agree", "  bug: 2",
    ]),
  Row(
    "lines of JSON", "[\(wrong)]", arguments: ["--json"], status: 1,
    lines: [
      #"{"kind":"divergence","class":"bug","rule":"none","fingerprint":"01 /r ADD r/mv, rv|none|ax""#,
      #""differences":[{"field":"ax","subject":"0x3","oracle":"0x4"}]}"#,
      #"{"kind":"summary","mode":"real16","tests":1,"classes":{"bug":1,"#,
    ]),
  Row(
    "a rule", "[\(undocumented)]",
    lines: ["  model-specific: 1", "  rule 8086-opcode: 1, first add ax,bx \\x1b, test 0 of "]),
  Row(
    "the same without rules",
    "[\(undocumented)]",
    arguments: ["--no-rules"], status: 1, lines: ["  bug: 1"]),
  Row(
    "flags that the metadata takes out", "[\(addition(final: #"{"ip":258,"ax":3}"#))]",
    metadata: #"{"cpu":"8086","opcodes":{"01":{"status":"normal","flags":".....p..","flags-mask":65531}}}"#,
    lines: ["1 tests, 1 agree"]),
  Row(
    "an opcode that the metadata calls undefined", "[\(wrong)]",
    metadata: #"{"cpu":"8086","opcodes":{"01":{"reg":{"3":{"status":"undefined"}}}}}"#,
    lines: ["  undefined: 1", "  rule suite-undefined: 1"]),
  Row(
    "the processor by an option", "[\(addition(final: #"{"ip":259,"ax":3,"flags":6}"#))]",
    arguments: ["--processor", "80286"], lines: ["1 tests, 1 agree"]),
  Row("MOO", bytes: addition("8086"), lines: ["1 tests, 1 agree"]),
  Row("MOO of an 80286", bytes: addition("C286"), lines: ["1 tests, 1 agree"]),
  Row("MOO with a wrong register", bytes: addition("286 ", sum: 4), status: 1, lines: ["  bug: 1"]),
  Row(
    "MOO of another processor", bytes: addition("V20 "), status: 66,
    errors: ["x.MOO: processor 'V20' is none of 8086, 80286, 80386\n"]),
  Row(
    "MOO that ends early", bytes: addition("8086").dropLast(3), status: 66,
    errors: ["x.MOO: offset 28: the file ends after 186 of 189 bytes of chunk 'TEST'\n"]),
  Row("packed MOO", bytes: packed(addition("8086")), name: "x.MOO.gz", lines: ["1 tests, 1 agree"]),
  Row(
    "packed JSON", bytes: packed(Array("[\(addition())]".utf8)), name: "x.json.gz",
    lines: ["1 tests, 1 agree"]),
  Row(
    "packed and cut off", bytes: packed(addition("8086")).dropLast(9), name: "x.MOO.gz", status: 66,
    errors: ["x.MOO.gz: gzip: the compressed data is cut off\n"]),
  Row(
    "neither form", bytes: [1, 2, 3], status: 66,
    errors: ["x.MOO: it begins neither as a JSON array nor as a MOO file\n"]),
  Row("nothing", bytes: [], status: 66, errors: ["x.MOO: it begins neither as a JSON array nor as a MOO file\n"]),
  Row(
    "an unknown processor", "[]", arguments: ["--processor", "V30"], status: 64, errors: ["--processor"]),
  Row(
    "bad metadata", "[]", metadata: #"{"opcodes":{"01":{"flags-mask":65536}}}"#, status: 66,
    errors: ["metadata.json: opcodes.01: flags-mask: 65536 is not a whole number of 0 to 65535\n"]),
  .bad("[\(addition()),3]", "test 1: an array of objects was expected, and byte 0x33 stands there"),
  .bad("[\(addition()) \(addition())]", "test 1: an array of objects was expected, and byte 0x7b stands there"),
  .bad("[\(addition()),]", "test 1: an array of objects was expected, and byte 0x5d stands there"),
  .bad("[\(addition())", "test 1: the file ends before its array"),
  .bad("[\(addition().dropLast(2))", "test 0: the file ends within it"),
  .bad("[{}]", "test 0: name is missing"),
  .bad("[{\"name\":3}]", "test 0: name is a number, not a text"),
  .bad("[{\"name\" 3}]", "test 0: byte 9: a colon is missing"),
  .bad("[\(addition(rest: #","ip":256"#))]", "test 0: initial.regs.flags is missing"),
  .bad(
    "[\(addition(rest: #","ip":65536,"flags":2"#))]",
    "test 0: initial.regs.ip: 65536 is not a whole number of 0 to 65535"),
  .bad(
    "[\(addition(rest: #","ip":-1,"flags":2"#))]",
    "test 0: initial.regs.ip: -1 is not a whole number of 0 to 65535"),
  .bad("[\(addition(rest: #","ip":"1","flags":2"#))]", "test 0: initial.regs.ip is a text, not a number"),
  .bad("[\(addition(ram: "[65792]"))]", "test 0: initial.ram[0] is not [address, byte]"),
  .bad("[\(addition(ram: "[65792,256]"))]", "test 0: initial.ram[0]: byte: 256 is not a whole number of 0 to 255"),
  .bad(
    "[\(addition(ram: "[1048576,1]"))]",
    "test 0: initial.ram[0]: address 0x100000 is beyond 0xfffff, the last that the 8086 reaches"),
  .bad("[\(addition(final: "[]"))]", "test 0: final.regs is an array, not an object"),
  .bad("[\(addition(extra: #","exception":{"number":6}"#))]", "test 0: exception.flag_address is missing"),
]

@Suite("emu vectors") struct VectorCommandTests {
  @Test("A file gives its report and status, or the sentence that says why not", arguments: rows)
  fileprivate func run(_ row: Row) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent(row.name)
    try Data(row.file).write(to: file)
    var arguments = ["vectors", file.path] + row.arguments
    if let metadata = row.metadata {
      let path = folder.appendingPathComponent("metadata.json")
      try Data(metadata.utf8).write(to: path)
      arguments += ["--metadata", path.path]
    }
    let outcome = try runEmu(arguments)
    #expect(outcome.status == row.status, "\(outcome.errors)")
    for line in row.lines { #expect(outcome.text.contains(line), "\(outcome.text)") }
    for line in row.errors { #expect(outcome.errors.contains(line), "\(outcome.errors)") }
  }

  @Test("Files that are not there are named") func missing() throws {
    let outcome = try runEmu(["vectors", "/nowhere/x.json"])
    #expect(outcome.status == 66)
    #expect(outcome.errors.contains("/nowhere/x.json: cannot be opened: No such file or directory"))
  }

  /// 60 MB of JSON in little memory: one test a hundred thousand times, which nothing keeps.
  @Test("A long file needs no more memory than a short one") func streams() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("long.json")
    let one = addition() + String(repeating: " ", count: 2_000)
    let text = "[" + Array(repeating: one, count: 24_000).joined(separator: ",") + "]"
    try Data(text.utf8).write(to: file)
    // The address space of the process, in KiB: far less than the file beside what an empty run takes.
    let outcome = try runProgram(
      "/bin/sh", ["-c", "ulimit -d 40000; exec \"$0\" vectors \"$1\"", Build.emu.path, file.path])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.text.contains("24000 tests, 24000 agree"))
  }
}
