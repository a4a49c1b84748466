import Foundation
import Glibc
import Interpreter
import TestSupport
import Testing
import X86

private func rom(_ name: String) -> String { Build.roms.appendingPathComponent("\(name).elf").path }

/// A command line, and how emu must end.
struct CommandRow: Sendable, CustomTestStringConvertible {
  var arguments: [String]
  var status: Int32
  /// What standard error must contain.
  var says: String
  var testDescription: String { arguments.joined(separator: " ") }
}

private let commandRows: [CommandRow] = [
  CommandRow(arguments: ["run"], status: 64, says: "image"),
  CommandRow(arguments: ["run", "--nonsense", "x"], status: 64, says: "nonsense"),
  CommandRow(arguments: ["run", "--memory", "12Q", "x"], status: 64, says: "12Q"),
  CommandRow(arguments: ["run", "--memory", "1000", rom("hello")], status: 64, says: "1000"),
  CommandRow(arguments: ["run", "--memory", "1T", rom("hello")], status: 64, says: "host has no more than"),
  CommandRow(arguments: ["run", "--memory", "99999999999T", rom("hello")], status: 64, says: "99999999999T"),
  CommandRow(arguments: ["run", "--cpus", "0", rom("hello")], status: 64, says: "--cpus 0"),
  CommandRow(arguments: ["run", "--cpus", "17", rom("hello")], status: 64, says: "--cpus 17"),
  CommandRow(arguments: ["run", "--format", "exe", rom("hello")], status: 64, says: "exe"),
  CommandRow(arguments: ["run", "--mode", "real32", rom("hello")], status: 64, says: "real32"),
  CommandRow(arguments: ["run", "--load-address", "zero", rom("hello")], status: 64, says: "zero"),
  CommandRow(arguments: ["run", "--serial", "tcp:1", rom("hello")], status: 64, says: "tcp:1"),
  CommandRow(arguments: ["run", "--timeout", "-1", rom("hello")], status: 64, says: "timeout"),
  CommandRow(
    arguments: ["run", "--engine", "threaded", rom("hello")], status: 0, says: ""),
  CommandRow(
    arguments: ["run", "--engine", "x", rom("hello")], status: 64,
    says: "The value 'x' is invalid for '--engine <engine>'"),
  CommandRow(arguments: ["run", "--max-ticks", "9", rom("hello")], status: 124, says: "--max-ticks 9 is reached"),
  CommandRow(
    arguments: ["run", "--max-instructions", "9", rom("hello")], status: 124, says: "--max-ticks 9 is reached"),
  CommandRow(arguments: ["run", "--disk", "d", rom("hello")], status: 66, says: "d: cannot be opened"),
  CommandRow(
    arguments: ["run", "--bios", "b", rom("hello")], status: 64, says: "--bios starts its ROM: it takes no image"),
  CommandRow(arguments: ["run", "--bios", "b", "--restore", "s"], status: 64, says: "--bios and --restore exclude"),
  CommandRow(arguments: ["run", "--bios", "b", "--backend", "kvm"], status: 64, says: "--bios needs --backend model"),
  CommandRow(arguments: ["run", "--bios", "b", "--append", "x"], status: 64, says: "--append is for an image"),
  CommandRow(arguments: ["run", "--bios", "b", "--entry", "1M"], status: 64, says: "--entry is for an image"),
  CommandRow(arguments: ["run", "--bios-log", rom("hello")], status: 64, says: "--bios-log needs --bios"),
  CommandRow(
    arguments: ["run", "--bios", "/nonexistent"], status: 66, says: "/nonexistent: cannot be opened: No such file"),
  CommandRow(arguments: ["run", "--bios", "/tmp"], status: 66, says: "/tmp: is not a regular file"),
  CommandRow(arguments: ["run", "--bios", "/dev/zero"], status: 66, says: "/dev/zero: is not a regular file"),
  CommandRow(arguments: ["run", "--bios", "/etc/hostname"], status: 66, says: "a ROM has 65536 to 16777216"),
  CommandRow(
    arguments: ["run", "--cpu", "c", rom("hello")], status: 64,
    says: "Please provide one of the following:\n  - amd-v1\n"),
  CommandRow(
    arguments: ["run", "--trace", "t", "--gdb", "1234", rom("hello")], status: 64,
    says: "--trace and --gdb exclude each other"),
  CommandRow(arguments: ["run", "--gdb", "x", rom("hello")], status: 64, says: "--gdb x: x is not a port"),
  CommandRow(
    arguments: ["run", "--gdb-architecture", "i386", rom("hello")], status: 64, says: "--gdb-architecture needs --gdb"),
  CommandRow(
    arguments: ["run", "--gdb-registers", "all", rom("hello")], status: 64, says: "--gdb-registers needs --gdb"),
  CommandRow(arguments: ["run", "--gdb", "--gdb-architecture", "arm", rom("hello")], status: 64, says: "'i386'"),
  CommandRow(arguments: ["run", "--gdb", rom("hello"), "--backend", "kvm"], status: 64, says: "--backend model"),
  CommandRow(arguments: ["run", "--gdb", "--backend", "kvm", rom("hello")], status: 64, says: "--backend model"),
  CommandRow(arguments: ["run", rom("hello"), "--backend", "kvm", "--gdb"], status: 64, says: "--backend model"),
  CommandRow(arguments: ["run", "--gdb", "65536", rom("hello")], status: 64, says: "65536 is not a port"),
  CommandRow(arguments: ["run", "--gdb", "0.0.0.0:1", rom("hello")], status: 64, says: "all interfaces"),
  CommandRow(arguments: ["run", "--gdb", "[::]:1", rom("hello")], status: 64, says: "all interfaces"),
  CommandRow(arguments: ["run", "--gdb", "nowhere:1", rom("hello")], status: 74, says: "nowhere is not an address"),
  CommandRow(arguments: ["run", "--gdb", "/nonexistent/x", rom("hello")], status: 74, says: "--gdb /nonexistent/x: "),
  CommandRow(arguments: ["run", "--gdb", "1", "--backend", "kvm", rom("hello")], status: 64, says: "--backend model"),
  CommandRow(
    arguments: ["run", "--record", "r", "--replay", "r", rom("hello")], status: 64,
    says: "--record and --replay exclude each other"),
  CommandRow(
    arguments: ["run", "--snapshot-at", "x:s", rom("hello")], status: 64, says: "--snapshot-at x:s is not N:FILE"),
  CommandRow(
    arguments: ["run", "--snapshot-at", "1:", rom("hello")], status: 64, says: "--snapshot-at 1: is not N:FILE"),
  CommandRow(
    arguments: ["run", "--snapshot-at", "20000", "s", rom("hello")], status: 64,
    says: "--snapshot-at 20000 is not N:FILE, such as 20000:guest.snap"),
  CommandRow(
    arguments: ["run", "--snapshot-at", "99999999999:/nowhere/late.snap", rom("hello")], status: 0,
    says: "/nowhere/late.snap: is not written: the run ended after "),
  CommandRow(
    arguments: ["run", "--serial", "file:/nonexistent/x", rom("hello")], status: 74, says: "/nonexistent/x: cannot"),
  CommandRow(
    arguments: ["run", rom("triple-fault")], status: 86,
    says: "triple fault: #UD (the instruction is UD0, UD1 or UD2) at 8:"),
  CommandRow(arguments: ["run", rom("reset-cf9")], status: 88, says: "port CF9h"),
  CommandRow(arguments: ["run", "--timeout", "0.2", rom("endless")], status: 124, says: ""),
  CommandRow(arguments: ["run", "--timeout", "0.2", rom("long-rep")], status: 124, says: ""),
  CommandRow(arguments: ["run", "--timeout", "0.2", rom("storm")], status: 124, says: ""),
  CommandRow(arguments: ["run", "--reboot", "--timeout", "0.2", rom("reset-cf9")], status: 124, says: ""),
  CommandRow(arguments: ["run", rom("dead")], status: 0, says: "halted for good"),
]

@Suite("Command line")
struct ContractTests {
  @Test("Status and message", arguments: commandRows)
  func ends(_ row: CommandRow) throws {
    let outcome = try runEmu(row.arguments)
    #expect(outcome.status == row.status, "\(outcome.errors)")
    #expect(row.says.isEmpty || outcome.errors.contains(row.says), "\(outcome.errors)")
  }

  @Test("SIGINT and SIGTERM print the statistics and kill", arguments: [SIGINT, SIGTERM], ["endless", "long-rep"])
  func signals(_ number: Int32, _ name: String) throws {
    let outcome = try runEmu(["run", "--stats", rom(name)], interruptAfter: 0.3, signal: number)
    #expect(outcome.status == 128 + number)
    #expect(outcome.statistics["exit"] == "signal \(number)", "\(outcome.errors)")
  }

  @Test("Serial output to a file")
  func serialFile() throws {
    let path = NSTemporaryDirectory() + "emu-serial-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let outcome = try runEmu(["run", "--serial", "file:\(path)", rom("hello")])
    #expect(outcome.status == 0 && outcome.output.isEmpty)
    let written = try String(contentsOfFile: path, encoding: .utf8)
    #expect(written.hasPrefix("Hello from long mode.\n"))
  }

  @Test("A serial line that goes nowhere")
  func serialNone() throws {
    let outcome = try runEmu(["run", "--serial", "none", rom("hello")])
    #expect(outcome.status == 0 && outcome.output.isEmpty)
  }

  @Test("Standard input arrives on the serial line")
  func serialInput() throws {
    // 1: in al, 3FDh; test 1; jz 1b; in al, 3F8h; out 3F8h, al; cmp al, '!'; jne 1b; out F4h, al
    let code: [UInt8] = [
      0x66, 0xBA, 0xFD, 0x03, 0xEC, 0xA8, 0x01, 0x74, 0xF7, 0x66, 0xBA, 0xF8, 0x03, 0xEC, 0xEE, 0x3C, 0x21, 0x75,
      0xED, 0xE6, 0xF4,
    ]
    let path = NSTemporaryDirectory() + "emu-echo-\(UUID().uuidString)"
    try Data(code).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let outcome = try runEmu(["run", "--format", "flat", path], input: Array("serial line!".utf8))
    #expect(outcome.text == "serial line!")
    #expect(outcome.status == Int32((0x21 << 1) | 1))
  }

  @Test("Help names every option that is built")
  func help() throws {
    let outcome = try runEmu(["run", "--help"])
    #expect(outcome.status == 0)
    for option in [
      "--memory", "--cpus", "--append", "--initrd", "--format", "--mode", "--load-address", "--entry", "--serial",
      "--timeout", "--max-ticks", "--engine", "--reboot", "--stats",
    ] {
      #expect(outcome.text.contains(option), "\(option)")
    }
  }
}

@Suite("Processor models on the command line")
struct ModelOptionTests {
  @Test(
    "An unknown model lists those that there are",
    arguments: [
      ["run", "--cpu", "pentium", "x"], ["exec", "--cpu", "pentium", "90"],
      ["diff", "--against", "kvm", "--cpu", "x", "y"],
      ["fuzz", "--against", "native", "--count", "1", "--cpu", "vax"], ["coverage", "--cpu", "vax"], ["cpu", "vax"],
    ])
  func unknown(_ arguments: [String]) throws {
    let outcome = try runEmu(arguments)
    #expect(outcome.status == 64)
    #expect(
      ProcessorModel.all.allSatisfy { outcome.errors.contains("- \($0.name)\n") }, "\(outcome.errors)")
  }

  private static let leaves: [(model: String, code: String, leaf: String, line: String)] = [
    ("amd-v1", "0fa2", "0", "rbx      0x0 -> 0x68747541"), ("intel-v1", "0fa2", "0", "rbx      0x0 -> 0x756e6547"),
    ("intel-v1", "0fa2", "4", "rbx      0x0 -> 0x1c0003f"),
    ("amd-v1", "0fa2", "0x8000001d", "rbx      0x0 -> 0x1c0003f"),
    ("intel-v1", "0fa2", "0xb", "rbx      0x0 -> 0x1"), ("amd-v1", "0fa2", "0xb", "rbx      0x0 -> 0x1"),
    ("amd-zen2-v1", "0fa2", "7", "rbx      0x0 -> 0x100283"), ("amd-v1", "0fa2", "7", "rbx      0x0 -> 0x100683"),
    ("intel-v1", "0f32", "0", "#GP"), ("amd-v1", "0f32", "0", "#GP"),
    // OSPKE is set: systems on such processors set CR4.PKE.
    ("zen4", "0fa2", "7", "rcx      0x0 -> 0x41071c"), ("icelake", "0fa2", "7", "rcx      0x0 -> 0x41071c"),
    ("zen2", "0fa2", "7", "rcx      0x0 -> 0x400004"), ("zen4", "0fa2", "0x80000008", "rax      0x80000008 -> 0x3928"),
  ]

  @Test("CPUID is the model's", arguments: leaves)
  func cpuid(_ model: String, _ code: String, _ leaf: String, _ line: String) throws {
    let outcome = try runEmu(["exec", "--cpu", model, code, "rax=\(leaf)"])
    #expect(outcome.text.contains(line), "\(outcome.text)")
  }

  @Test(
    "MSRs exist by model",
    arguments: [
      ("amd-v1", "0xc0010015", true), ("intel-v1", "0xc0010015", false), ("amd-v1", "0x1a0", false),
      ("amd-v1", "0xc0010000", true), ("amd-v1", "0xc0010007", true), ("amd-v1", "0xc0010008", false),
      ("intel-v1", "0xc0010000", false), ("intel-v1", "0x1a0", true), ("intel-v1", "0x17", true),
      ("amd-v1", "0x17", false), ("amd-v3", "0xda0", false), ("zen4", "0xda0", true), ("icelake", "0xda0", true),
    ])
  func msrs(_ model: String, _ number: String, _ exists: Bool) throws {
    let outcome = try runEmu(["exec", "--cpu", model, "--cpl", "0", "0f32", "rcx=\(number)"])
    #expect(outcome.text.contains("#GP") != exists, "\(outcome.text)")
  }

  @Test("The page on processors says what emu cpu says")
  func page() throws {
    let page = try String(contentsOf: Build.root.appendingPathComponent("Documentation/processors.md"), encoding: .utf8)
    let outcome = try runEmu(["cpu"])
    #expect(outcome.status == 0 && page.hasSuffix(outcome.text))
  }

  @Test(
    "README's table of models is what --cpu help prints",
    arguments: [["run", "--cpu", "help"], ["exec", "--cpu=help"]])
  func help(_ arguments: [String]) throws {
    let page = try String(contentsOf: Build.root.appendingPathComponent("README.md"), encoding: .utf8)
    let outcome = try runEmu(arguments)
    #expect(outcome.status == 0 && outcome.errors.isEmpty && page.contains("\n\n\(outcome.text)\n"))
    for model in ProcessorModel.all { #expect(outcome.text.contains("\n| \(model.name) | "), "\(model.name)") }
  }

  @Test("emu cpu lists the features and the MSRs that a model has, and no other", arguments: ProcessorModel.all)
  func tables(_ model: ProcessorModel) throws {
    func names(_ option: String, column: Int) throws -> [String] {
      let lines = try runEmu(["cpu", option, model.name]).text.split(separator: "\n").dropFirst(2)
      return lines.map { $0.split(separator: "|")[column].trimmingCharacters(in: .whitespaces) }
    }
    let features = CPUIDRow.table.filter { $0.families.contains(model.family) && $0.level <= model.level }
      .map(\.feature.rawValue)
    let rows = MSRTable.rows.filter(model.has).map(\.name)
    #expect(try names("--cpuid", column: 0) == features && features.contains("RDTSCP"))
    #expect(try names("--msrs", column: 1) == rows && rows.contains("IA32_EFER"))
  }

  @Test("A snapshot goes on with the model that it was made with")
  func snapshot() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("emu-\(UUID().uuidString).snap").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let rom = Build.roms.appendingPathComponent("matrix-control.elf").path
    let whole = try runEmu(["run", "--cpu", "intel-v1", rom])
    let first = try runEmu(
      ["run", "--cpu", "intel-v1", "--snapshot-at", "20000:\(file)", "--max-ticks", "20000", rom])
    let rest = try runEmu(["run", "--restore", file])
    #expect(first.text + rest.text == whole.text)
  }
}
