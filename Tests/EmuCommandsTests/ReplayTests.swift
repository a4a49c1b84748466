import Foundation
import TestSupport
import Testing

@Suite("Stories, snapshots and replay on the command line")
struct ReplayTests {
  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-replay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private func rom(_ name: String) -> String { Build.roms.appendingPathComponent("\(name).elf").path }

  @Test("A replay ends in the recorded state", arguments: ["hello", "serial", "lapic"])
  func replay(_ name: String) throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let log = folder.appendingPathComponent("log").path
    let input: [UInt8]? = name == "serial" ? Array("hello\n".utf8) : nil
    let first = try runEmu([rom(name), "--record", log].withRun, input: input)
    let second = try runEmu([rom(name), "--replay", log].withRun)
    #expect(second.status == first.status)
    #expect(second.output == first.output)
    // Every change of a line is noticed.
    let text = try String(contentsOfFile: log, encoding: .utf8)
    var dice = Dice(1)
    for _ in 0..<20 {
      var bytes = Array(text.utf8)
      let place = dice.below(bytes.count - 1)
      bytes[place] ^= UInt8(1 << dice.below(7))
      try Data(bytes).write(to: URL(fileURLWithPath: log))
      let outcome = try runEmu([rom(name), "--replay", log].withRun)
      #expect(outcome.status == 66, "byte \(place): \(outcome.errors)")
    }
  }

  @Test("A snapshot goes on where it was made")
  func snapshot() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("one.snapshot").path
    let first = try runEmu(["run", "--snapshot-at", "10000", file, "--stats", rom("hello")])
    let second = try runEmu(["run", "--restore", file, "--stats", rom("hello")])
    #expect(first.status == 0 && second.status == 0)
    #expect(second.statistics["instructions"] == first.statistics["instructions"])
    #expect(first.text.hasSuffix(second.text))
    let third = try runEmu(["run", "--restore", rom("hello"), rom("hello")])
    #expect(third.status == 66)
  }

  @Test("Every exception is told when asked")
  func explain() throws {
    let quiet = try runEmu([rom("matrix-exceptions")].withRun)
    let told = try runEmu([rom("matrix-exceptions"), "--explain", "--explain-format", "json"].withRun)
    #expect(told.status == quiet.status && told.output == quiet.output)
    let lines = told.errors.split(separator: "\n").filter { $0.hasPrefix("{") }
    #expect(lines.count > 20)
    for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
  }
}

extension [String] {
  fileprivate var withRun: [String] { ["run"] + self }
}
