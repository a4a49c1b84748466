import Foundation
import TestSupport
import Testing

@testable import Machine

/// What came of replaying a recording.
private enum Ending: Hashable {
  /// Read: a sentence. Replayed: another way.
  case refused, diverged
  /// The guest ended, or the recording did, in the recorded state or with a sentence.
  case same, different
  /// The guest goes on, or waits, as one without input does.
  case goesOn
}

@Suite("Hostile recordings")
struct HostileRecordingTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-log-\(UUID().uuidString)")
  private var path: String { folder.appendingPathComponent("log").path }
  private var image: String { folder.appendingPathComponent("echo").path }

  private func inFolder(_ body: () throws -> Void) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(EchoGuest.code).write(to: URL(fileURLWithPath: image))
    try body()
  }

  private func machine() throws -> Machine {
    var configuration = MachineConfiguration()
    configuration.memoryByteCount = 1 << 20
    let machine = try Machine(configuration)
    var options = BootOptions()
    options.format = .flat
    options.mode = .real16
    options.loadAddress = 0x7C00
    try machine.load(path: image, options: options)
    return machine
  }

  /// Records a run: input while the guest works, while it sleeps, and several at once.
  private func record() throws -> String {
    let machine = try machine()
    let writer = try RecordingWriter(path, machine)
    let log = InputLog()
    machine.expectsInput = true
    machine.returnsWhenIdle = true
    for (ticks, pause, text) in [(40, 0, "a"), (500, 0, "bc"), (1000, 7_000_001, "d"), (30, 0, "e"), (5000, 9, "f!")] {
      let goal = machine.executedTicks + UInt64(ticks)
      while machine.executedTicks < goal, case .sliceEnded = machine.run(ticks: goal - machine.executedTicks) {}
      if pause > 0 { machine.passIdleTime(nanoseconds: UInt64(pause)) }
      #expect(log.receiveSerial(Array(text.utf8), machine) == text.utf8.count)
      writer.write(try #require(log.entries.last))
    }
    #expect(machine.run(ticks: 10_000) == .exited(.debugExit(0x10)))
    try writer.finish(machine)
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  /// As `emu run --replay` does it, but for so many steps at most.
  private func replay(_ header: InputRecording.Header) throws -> Ending {
    let recording: InputRecording
    let replayer: Replayer
    do {
      recording = try RecordingReader.read(path)
      replayer = try Replayer(path, recording, header)
    } catch {
      check(error.description)
      return .refused
    }
    let machine = try machine()
    for _ in 0..<100 {
      machine.expectsInput = replayer.expectsInput
      if replayer.isAtEnd(machine) { return ending(replayer, machine) }
      do {
        switch try replayer.run(machine, ticks: 20_000) {
        case .exited: return ending(replayer, machine)
        case .idle: return .goesOn
        default: continue
        }
      } catch {
        check(error.description)
        return .diverged
      }
    }
    return .goesOn
  }

  private func ending(_ replayer: Replayer, _ machine: Machine) -> Ending {
    guard let problem = replayer.problem(machine) else { return .same }
    check(problem.description)
    return .different
  }

  /// A sentence names the file and holds nothing that a terminal obeys.
  private func check(_ sentence: String) {
    #expect(sentence.hasPrefix("\(path): "))
    #expect(sentence.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(sentence)")
    #expect(!sentence.contains("checksum"), "\(sentence)")
    #expect(sentence.utf8.count < path.utf8.count + 250)
  }

  @Test("10,000 corruptions with repaired checksums end in a sentence or a replay", .enabled(if: !Build.isDebug))
  func repaired() throws {
    try inFolder {
      let text = try record()
      let lines = text.split(separator: "\n").map { line in
        Array(line.utf8.prefix(upTo: line.utf8.lastIndex(of: 0x20) ?? line.utf8.startIndex))
      }
      let header = InputRecording.Header(try machine())
      #expect(try replay(header) == .same)
      var dice = Dice(4)
      var counts: [Ending: Int] = [:]
      for _ in 0..<Build.rounds(10_000, share: 10) {
        var changed = lines
        for _ in 0...dice.below(2) { Self.corrupt(&changed, &dice) }
        var bytes: [UInt8] = []
        for line in changed.joined(separator: [10]).split(separator: 10, omittingEmptySubsequences: false) {
          bytes += line + [0x20] + InputRecording.checksum(line).utf8 + [10]
        }
        // Now and then the file ends within a line.
        if dice.below(20) == 0 { bytes.removeLast(min(bytes.count, dice.below(40))) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        counts[try replay(header), default: 0] += 1
      }
      print("10,000 recordings with repaired checksums: \(counts)")
      for ending in [Ending.refused, .diverged, .same, .different, .goesOn] {
        #expect(counts[ending, default: 0] > 10, "\(ending)")
      }
    }
  }

  private static let numbers = [
    "0", "1", "4294967296", "4611686018427387903", "4611686018427387904", "9223372036854775808",
    "18446744073709551615", "18446744073709551616", "100000000000000000000000000", "-1", "0x10", "1e3", "",
  ]

  private static func corrupt(_ lines: inout [[UInt8]], _ dice: inout Dice) {
    guard !lines.isEmpty else { return }
    let index = dice.below(lines.count)
    switch dice.below(12) {
    case 0: lines.remove(at: index)
    case 1: lines.insert(lines[index], at: dice.below(lines.count))
    case 2: lines.swapAt(index, dice.below(lines.count))
    case 3: lines[index].append(contentsOf: dice.pick([" ", " 0", "\r", "\0", " serial 1 1 41"]).utf8)
    case 4: lines[index].removeLast(min(lines[index].count, dice.below(12)))
    case 5:
      let more = (0..<dice.pick([1, 2, 100, 5000])).map { _ in UInt8(dice.below(256)) }
      lines[index].insert(contentsOf: more, at: dice.below(lines[index].count + 1))
    case 6, 7, 8:
      // A number of the line.
      var words = lines[index].split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
      let place = dice.below(words.count)
      let value = UInt64(String(decoding: words[place], as: UTF8.self)) ?? 0
      let near = String(value &+ UInt64(dice.below(5000)) &- UInt64(dice.below(100)))
      words[place] = Array((dice.below(2) == 0 ? dice.pick(numbers) : near).utf8)
      lines[index] = Array(words.joined(separator: [0x20]))
    case 9:
      // Other bytes for the guest, up to more than its FIFO holds.
      guard let space = lines[index].lastIndex(of: 0x20) else { return }
      let digits = (0..<2 * (1 + dice.below(20))).map { _ in dice.pick(Array("0123456789abcdef".utf8)) }
      lines[index].replaceSubrange((space + 1)..., with: digits)
    default:
      guard !lines[index].isEmpty else { return }
      lines[index][dice.below(lines[index].count)] ^= UInt8(1 << dice.below(8))
    }
  }

  /// A recording and what is said of it; `L` makes a line with a checksum.
  private static let sentences: [(text: String, says: String)] = [
    ("", "is no recording of emu: it has no full line"),
    ("emu-recording 1 1 1 0x0 1234", "is no recording of emu: it has no full line"),
    ("\n", "is no recording of emu: it does not begin with 'emu-recording'"),
    ("\u{7F}ELF\n", "is no recording of emu: it does not begin with 'emu-recording'"),
    ("emu-recording\n", "line 1: has no checksum"),
    ("emu-recording 1 2 3 4\n", "line 1: the checksum '4' is wrong"),
    ("emu-recording \u{1B}[31m\u{E9}\n", "line 1: the checksum '.[31m..' is wrong"),
    (
      line("emu-recording 1 4096 1 0x0"),
      "line 1: has format version 1, and this emu reads version 8 only: record the run again"
    ),
    (
      line("emu-recording 9 4096 1 0x0 more"),
      "line 1: has format version 9, and this emu reads version 8 only: record the run again"
    ),
    (line("emu-recording two 4096 1 0x0"), "line 1: version 'two' is not a decimal number"),
    (line("emu-recording"), "line 1: the version is missing"),
    (line("emu-recording 8 4096 1"), "line 1: 'emu-recording' has 3 fields and not 4"),
    (line("emu-recording 8 4k 1 0x0"), "line 1: memory '4k' is not a decimal number"),
    (
      line("emu-recording 8 18446744073709551616 1 0x0"), "line 1: memory '18446744073709551616' is not below 2^62"
    ),
    (line("emu-recording 8 4096  0x0"), "line 1: processors '' is not a decimal number"),
    (line("emu-recording 8 4096 1 00"), "line 1: state '00' is not 0x and up to 16 hexadecimal digits"),
    (
      line("emu-recording 8 4096 1 0x12345678123456789"),
      "line 1: state '0x12345678123456789' is not 0x and up to 16 hexadecimal digits"
    ),
    (
      good.replacingOccurrences(of: "\n", with: "\r\n"),
      "line 1: ends with a carriage return: a line ends with a line feed alone"
    ),
    (good + "\n", "line 2: has no checksum"),
    (good + good, "line 2: a header stands behind the first line"),
    (good + line("network 1 1 41"), "line 2: 'network' is no kind of line"),
    (good + line("serial 1 1"), "line 2: 'serial' has 2 fields and not 3"),
    (good + line("serial 1 4611686018427387904 41"), "line 2: clock '4611686018427387904' is not below 2^62"),
    (good + line("serial 1 1 4"), "line 2: bytes '4' are not pairs of hexadecimal digits"),
    (good + line("serial 1 1 "), "line 2: bytes are missing"),
    (good + line("drive a b c"), "line 2: 'drive' has 3 fields and not 2"),
    (good + line("drive a/b empty"), "line 2: drive 'a/b' is no drive's name"),
    (good + line("drive a full"), "line 2: contents 'full' are neither 32 hexadecimal digits nor 'empty'"),
    (good + line("serial 1 1 41") + line("drive a empty"), "line 3: a drive stands behind an input"),
    (
      line("emu-recording 8 1048576 1 0x0") + line("drive primary-master empty"),
      "drive primary-master was recorded, and the machine has none"
    ),
    (good + line("key 1 1 1c"), "line 2: 'key' has 3 fields and not 4"),
    (good + line("key 1 1 ff down"), "line 2: key 'ff' is no key's code in scan code set 3"),
    (good + line("key 1 1 1c1c down"), "line 2: key '1c1c' is no key's code in scan code set 3"),
    (good + line("key 1 1 1 down"), "line 2: bytes '1' are not pairs of hexadecimal digits"),
    (good + line("key 1 1 1c left"), "line 2: key '1c' is 'left', neither 'down' nor 'up'"),
    (good + line("nmi 1 1 16"), "line 2: processor 16 is not below 16"),
    (good + line("nmi 1 1"), "line 2: 'nmi' has 2 fields and not 3"),
    (good + line("interrupt 1 1 0 256"), "line 2: vector 256 is not below 256"),
    (good + line("irq 1 1 16"), "line 2: line 16 is not below 16"),
    (
      good + line("serial 1 1 \(String(repeating: "x", count: 99))"),
      "line 2: bytes '\(String(repeating: "x", count: 40))...' are not pairs of hexadecimal digits"
    ),
    (good + line("serial 1 1 \(String(repeating: "0", count: 5000))"), "line 2: has more than 4096 bytes"),
    (good + line("serial 2 2 41") + line("serial 1 2 41"), "line 3: ticks 1 is less than 2 before"),
    (good + line("serial 2 2 41") + line("end 2 1 0x0"), "line 3: clock 1 is less than 2 before"),
    (good + line("end 2 1 0x0") + line("end 2 1 0x0"), "line 3: stands behind the end"),
    (good, "memory 4096 was recorded, and the machine has 1048576"),
    (line("emu-recording 8 1048576 2 0x0"), "processors 2 was recorded, and the machine has 1"),
    (line("emu-recording 8 1048576 1 0x0"), "was recorded with another image, command line or snapshot"),
  ]
  private static let good = line("emu-recording 8 4096 1 0x0")
  private static func line(_ text: String) -> String { InputRecording.line(text) }

  @Test("File, line, field and value are named", arguments: 0..<sentences.count)
  func sentence(_ number: Int) throws {
    let row = Self.sentences[number]
    try inFolder {
      try Data(row.text.utf8).write(to: URL(fileURLWithPath: path))
      let header = InputRecording.Header(memory: 1 << 20, processors: 1, state: 1)
      #expect {
        _ = try Replayer(path, RecordingReader.read(path), header)
      } throws: { error in
        "\(error)" == "\(path): \(row.says)"
      }
    }
  }

  @Test("Files that are none, and a line of 100 MB in little memory")
  func files() throws {
    try inFolder {
      try Data(Self.good.utf8).write(to: URL(fileURLWithPath: path))
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.seekToEnd()
      try handle.truncate(atOffset: 100 << 20)
      try handle.close()
      let run = "exec \"$0\" run --memory 2M --format flat --replay"
      for (script, says) in [
        ("ulimit -v 98304; \(run) \(path) \(image)", "\(path): line 2: has more than 4096 bytes"),
        ("\(run) \(folder.path) \(image)", "\(folder.path): cannot be read: Is a directory"),
        ("\(run) /dev/zero \(image)", "/dev/zero: line 1: has more than 4096 bytes"),
        ("\(run) \(path)x \(image)", "\(path)x: cannot be opened: No such file or directory"),
      ] {
        let outcome = try runProgram("/bin/sh", ["-c", script, Build.emu.path])
        #expect(outcome.status == 66 && outcome.errors == "emu: \(says)\n", "\(script): \(outcome)")
      }
    }
  }

  @Test("A recording that was cut is replayed as far as it goes, and says so")
  func cut() throws {
    try inFolder {
      let text = try record()
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let run = ["run", "--memory", "1M", "--format", "flat", "--mode", "real16", "--load-address", "0x7c00"]
      for (kept, status, output) in [(7, Int32(33), "abcdef!"), (6, 33, "abcdef!"), (4, 124, "abcd")] {
        try Data(lines.prefix(kept).map { $0 + "\n" }.joined().utf8).write(to: URL(fileURLWithPath: path))
        let outcome = try runEmu(run + ["--timeout", "0.5", "--replay", path, image])
        #expect(outcome.status == status && outcome.text == output, "\(kept): \(outcome)")
        #expect(outcome.errors.contains("has no end, since it was cut") == (kept < 7), "\(outcome.errors)")
      }
    }
  }
}
