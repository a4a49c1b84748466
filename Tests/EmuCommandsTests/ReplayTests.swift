import Foundation
import TestSupport
import Testing

@Suite("Reports, snapshots and replay on the command line")
struct ReplayTests {
  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-replay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private func rom(_ name: String) -> String { Build.roms.appendingPathComponent("\(name).elf").path }

  @Test(
    "A replay ends in the recorded state",
    arguments: ["hello", "serial", "lapic", "dead", "dead-enabled", "triple-fault", "reset-cf9", "rtc"])
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
    for _ in 0..<5 {
      var bytes = Array(text.utf8)
      let place = dice.below(bytes.count - 1)
      bytes[place] ^= UInt8(1 << dice.below(7))
      try Data(bytes).write(to: URL(fileURLWithPath: log))
      let outcome = try runEmu([rom(name), "--replay", log].withRun)
      #expect(outcome.status == 66, "byte \(place): \(outcome.errors)")
    }
  }

  @Test("A replay repeats the report of a guest that faults by its input")
  func report() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (log, image) = (folder.appendingPathComponent("log").path, folder.appendingPathComponent("image").path)
    // 1: in al, 3FDh; test 1; jz 1b; in al, 3F8h; lidt [0], a limit of 0; ud2
    let code: [UInt8] = [
      0x66, 0xBA, 0xFD, 0x03, 0xEC, 0xA8, 0x01, 0x74, 0xF7, 0x66, 0xBA, 0xF8, 0x03, 0xEC, 0x0F, 0x01, 0x1D, 0, 0, 0, 0,
      0x0F, 0x0B,
    ]
    try Data(code).write(to: URL(fileURLWithPath: image))
    let run = ["run", "--format", "flat", "--explain-format", "json"]
    let first = try runEmu(run + ["--record", log, image], input: [0x42])
    let second = try runEmu(run + ["--replay", log, image])
    #expect(first.status == 86 && second.status == 86)
    #expect(first.errors.contains("\"text\":\"ud2\""), "\(first.errors)")
    #expect(second.errors == first.errors)
  }

  @Test("A snapshot goes on where it was made")
  func snapshot() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("one.snapshot").path
    let first = try runEmu(["run", "--snapshot-at", "10000:\(file)", "--stats", rom("hello")])
    let second = try runEmu(["run", "--restore", file, "--stats", rom("hello")])
    #expect(first.status == 0 && second.status == 0)
    #expect(second.statistics["instructions"] == first.statistics["instructions"])
    #expect(first.text.hasSuffix(second.text))
    let saved = try Data(contentsOf: URL(fileURLWithPath: file))
    try FileManager.default.removeItem(atPath: file)
    let cut = try runEmu(["run", "--snapshot-at", "10000:\(file)", "--max-ticks", "10000", rom("hello")])
    #expect(cut.status == 124)
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == saved)
    let third = try runEmu(["run", "--restore", rom("hello"), rom("hello")])
    #expect(third.status == 66)
  }

  /// How emu may be asked to go on from a snapshot; `S` is one of hello, `R` the folder of the ROMs.
  private static let restores: [(arguments: [String], status: Int32, says: String)] = [
    (["--restore", "S"], 0, ""),
    (["--restore", "S", "R/hello.elf"], 0, ""),
    // The image is never booted, nor asked for anything unless a symbol is wanted.
    (["--restore", "S", "R/none.elf"], 0, ""),
    (["--restore", "S", "--cpus", "4", "--memory", "1M"], 0, ""),
    (["--restore", "S", "--symbols", "R/none.elf"], 66, "none.elf: cannot be opened"),
    (["--restore", "S", "--trace", "T"], 0, ""),
    ([], 64, "An image is missing: emu run IMAGE, or emu run --restore FILE."),
    (["--record", "T"], 64, "An image is missing"),
    (["--restore", "R/hello.elf"], 66, "hello.elf: does not begin with EMUSNAP"),
    (["--restore", "R"], 66, "testroms: is not a regular file"),
    (["--restore", "R/none"], 66, "none: cannot be opened: No such file"),
    (["--restore", "S", "--reboot"], 64, "--reboot and snapshots exclude each other"),
    (["--restore", "S", "--backend", "kvm"], 64, "Snapshots need --backend model"),
  ]

  @Test("A snapshot needs no image", arguments: 0..<restores.count)
  func restore(_ number: Int) throws {
    let row = Self.restores[number]
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let snapshot = folder.appendingPathComponent("S").path
    let whole = try runEmu(["run", "--snapshot-at", "10000:\(snapshot)", rom("hello")])
    let arguments = row.arguments.map { argument in
      if argument == "S" { return snapshot }
      if argument == "T" { return folder.appendingPathComponent("T").path }
      return argument.hasPrefix("R") ? Build.roms.path + argument.dropFirst() : argument
    }
    let outcome = try runEmu(["run"] + arguments)
    #expect(outcome.status == row.status, "\(outcome.errors)")
    #expect(row.says.isEmpty ? outcome.errors.isEmpty : outcome.errors.contains(row.says), "\(outcome.errors)")
    if row.status == 0 { #expect(!outcome.output.isEmpty && whole.text.hasSuffix(outcome.text)) }
  }

  @Test("The names of an image are used for a guest from a snapshot, and it runs again for the report")
  func restoredReport() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let snapshot = folder.appendingPathComponent("S").path
    let whole = try runEmu(["run", "--snapshot-at", "10000:\(snapshot)", rom("triple-fault")])
    let named = try runEmu(["run", "--restore", snapshot, "--cpus", "4", rom("triple-fault")])
    let nameless = try runEmu(["run", "--restore", snapshot])
    #expect(whole.status == 86 && named.status == 86 && nameless.status == 86)
    #expect(named.errors == whole.errors)
    #expect(named.errors.contains("emu: RIP is main+0x7") && !nameless.errors.contains("main"))
    #expect(nameless.errors.contains("#UD"))
  }

  @Test("Every file of a chain of differences is named when it fails")
  func chain() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    for (name, base) in [("a", nil), ("b", "a"), ("c", "b")] as [(String, String?)] {
      let more = base.map { ["--snapshot-base", path($0)] } ?? []
      let ticks = ["a": "5000", "b": "10000", "c": "15000"][name] ?? ""
      #expect(try runEmu(["run", "--snapshot-at", "\(ticks):\(path(name))"] + more + [rom("hello")]).status == 0)
    }
    #expect(try runEmu(["run", "--restore", path("c")]).status == 0)
    let good = try Data(contentsOf: URL(fileURLWithPath: path("a")))
    var bad = good
    bad[bad.count - 1] ^= 1
    for (content, says) in [
      (bad, "\(path("a")): section ram: "), (Data(good.prefix(100)), "\(path("a")): "),
      (Data(), "\(path("a")): has 0 bytes"),
      (try Data(contentsOf: URL(fileURLWithPath: path("b"))), "\(path("b")): section base: a is another file than"),
      (nil, "\(path("a")): cannot be opened"),
    ] as [(Data?, String)] {
      try? FileManager.default.removeItem(atPath: path("a"))
      try content?.write(to: URL(fileURLWithPath: path("a")))
      let outcome = try runEmu(["run", "--restore", path("c")])
      #expect(outcome.status == 66 && outcome.errors.hasPrefix("emu: \(says)"), "\(outcome.errors)")
    }
  }
}

extension [String] {
  fileprivate var withRun: [String] { ["run"] + self }
}
