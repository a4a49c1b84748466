import Debugger
import Foundation
import TestSupport
import Testing

/// A script for GDB, and lines that its output must have, in this order and among others.
struct GDBRow: Sendable, CustomTestStringConvertible {
  var name: String
  /// Options of `emu run`, and a ROM; `PORT` in the script is where emu listens, `ROMS` the folder of ROMs.
  var guest: [String] = ["hello"]
  /// What `set architecture` says before GDB connects; nil leaves it to GDB.
  var architecture: String?
  /// Whether GDB has the ROM's file.
  var hasFile = true
  var script: [String]
  /// Parts of lines.
  var expected: [String]
  /// What no line has.
  var absent: [String] = []
  /// Exit status of emu.
  var status: Int32 = 0
  /// What waits on emu's standard input.
  var input = ""
  /// Parts of lines of emu's standard error.
  var errors: [String] = []

  var testDescription: String { name }
}

/// The programs under test: GDB, and emu on one of the test ROMs.
enum GDBRun {
  static let path = ["/usr/bin/gdb", "/usr/local/bin/gdb"].first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Runs a script in GDB against an address.
  static func script(
    _ script: [String], file: String?, address: String, architecture: String? = nil, seconds: Int = 60
  ) throws -> String {
    let gdb = try #require(path, "gdb is missing: run make packages")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    let chosen = architecture.map { ["set architecture \($0)"] } ?? []
    let commands = chosen + ["set tcp connect-timeout 10", "target remote \(address)"] + script
    process.arguments =
      ["\(seconds)", gdb, "-batch", "-nx"] + (file.map { [$0] } ?? []) + commands.flatMap { ["-ex", $0] }
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }
}

/// `emu run --gdb`, waiting for a debugger.
final class DebuggedEmu {
  let process = Process()
  private let errors = Pipe()
  let address: String

  /// Options, and the name of a ROM.
  convenience init(_ guest: [String], gdb: String = "0", input: String = "") throws {
    let rom = Build.roms.appendingPathComponent("\(guest.last ?? "").elf").path
    try #require(FileManager.default.fileExists(atPath: rom), "\(rom) is missing: run make testroms")
    // A debug build takes minutes for what a release build does in a second.
    try self.init(
      options: ["--timeout", Build.isDebug ? "600" : "50"] + guest.dropLast() + [rom], gdb: gdb, input: input)
  }

  /// All options, and an image.
  init(options: [String], gdb: String = "0", input: String = "") throws {
    process.executableURL = Build.emu
    process.arguments = ["run", "--gdb", gdb] + options
    let far = Pipe()
    process.standardInput = far
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    // Less than a pipe holds.
    try far.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try far.fileHandleForWriting.close()
    var text = ""
    while !text.contains("\n") {
      let piece = errors.fileHandleForReading.availableData
      guard !piece.isEmpty else { break }
      text += String(decoding: piece, as: UTF8.self)
    }
    let prefix = "emu: waiting for GDB at "
    try #require(text.hasPrefix(prefix), "\(text)")
    address = text.dropFirst(prefix.count).split(separator: "\n").first.map(String.init) ?? ""
  }

  /// Waits for the end; gives status and the rest of standard error.
  func finish() -> (Int32, String) {
    let rest = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (
      process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus, rest
    )
  }
}

/// What of `expected` is missing in the lines of `text`.
func missing(_ expected: [String], in text: String) -> [String] {
  var lines = text.split(separator: "\n").map { $0.replacingOccurrences(of: "\t", with: " ") }[...]
  return expected.filter { wanted in
    guard let place = lines.firstIndex(where: { $0.contains(wanted) }) else { return true }
    lines = lines[(place + 1)...]
    return false
  }
}

@Suite("GDB itself")
struct GDBTests {
  @Test("On test ROMs", arguments: gdbRows + pastRows + architectureRows)
  func onROMs(_ row: GDBRow) throws {
    let registers = row.guest.contains("--gdb-registers") ? [] : ["--gdb-registers", "all"]
    let emu = try DebuggedEmu(registers + row.guest, input: row.input)
    let rom = Build.roms.appendingPathComponent("\(row.guest.last ?? "").elf").path
    let port = emu.address.split(separator: ":").last.map(String.init) ?? ""
    let script = row.script.map {
      $0.replacingOccurrences(of: "PORT", with: port).replacingOccurrences(of: "ROMS", with: Build.roms.path)
    }
    let text = try GDBRun.script(
      script, file: row.hasFile ? rom : nil, address: emu.address, architecture: row.architecture)
    let (status, errors) = emu.finish()
    #expect(missing(row.expected, in: text) == [], "\(text)")
    for line in row.absent { #expect(!text.contains(line), "\(line): \(text)") }
    #expect(status == row.status, "\(errors)")
    #expect(missing(row.errors, in: errors) == [], "\(errors)")
  }

  @Test("monitor prints what the commands that inspect do")
  func inspects() throws {
    let rom = Build.roms.appendingPathComponent("corners-paging.elf").path
    let emu = try DebuggedEmu(["corners-paging"])
    let script = [
      "monitor seek 25000", "monitor walk 0x10000001000", "monitor walk main+0x10", "monitor tables",
      "monitor tables tree",
      "kill",
    ]
    let text = try GDBRun.script(script, file: nil, address: emu.address)
    #expect(emu.finish().0 == 0)
    for command in [
      ["walk", rom, "0x10000001000"], ["walk", rom, "main+0x10"], ["tables", rom], ["tables", "--tree", rom],
    ] {
      let wanted = try runEmu([command[0], "--at", "25000"] + command.dropFirst())
      #expect(wanted.status == 0 && wanted.text.count > 100)
      #expect(text.contains(wanted.text), "\(command): \(wanted.text) is not in \(text)")
    }
  }

  @Test("On a machine that remembers its past", arguments: reverseRows)
  func onToy(_ row: GDBRow) throws {
    let worker = ToyServer()
    defer { worker.stop() }
    let text = try GDBRun.script(row.script, file: nil, address: #require(worker.address))
    #expect(missing(row.expected, in: text) == [], "\(text)")
  }
}

/// Serves the toy from a thread of its own.
private final class ToyServer: @unchecked Sendable {
  private let condition = NSCondition()
  private var isAsked = false
  private var isDone = false
  private var place: String?

  init() {
    let thread = Thread { [self] in
      serve()
      condition.lock()
      isDone = true
      condition.broadcast()
      condition.unlock()
    }
    thread.start()
  }

  private func serve() {
    guard let server = try? GDBServer(GDBEndpoint("0"), complain: { _ in }) else { return }
    condition.lock()
    place = server.address
    condition.broadcast()
    condition.unlock()
    let stub = GDBStub(server: server, target: ToyTarget.looping())
    while !shouldStop, stub.state == .stopped { stub.serve(milliseconds: 20) }
  }

  private var shouldStop: Bool {
    condition.lock()
    defer { condition.unlock() }
    return isAsked
  }

  /// Where it listens; nil if it cannot.
  var address: String? {
    condition.lock()
    defer { condition.unlock() }
    while place == nil, !isDone { condition.wait() }
    return place
  }

  func stop() {
    condition.lock()
    isAsked = true
    while !isDone { condition.wait() }
    condition.unlock()
  }
}
