import Foundation
import Glibc
import TestSupport
import Testing

/// A folder for the sockets and files of one test; a socket's path is short.
final class MovesFolder {
  let path = "/tmp/emu-moves-\(UUID().uuidString.prefix(8))"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// The guest of testroms/moves.s.
enum MovesGuest {
  static let rom = Build.roms.appendingPathComponent("moves.elf").path

  /// The guest has ended by its own check, and has printed all lines before.
  static func isDone(_ text: String, _ known: [Int: Substring]) -> Bool {
    guard let last = text.split(separator: "\n").last(where: { $0.hasPrefix("done ") }) else { return false }
    return Int(last.split(separator: " ")[1]).map { $0 / 16 == known.count } ?? false
  }

  /// Whether lines are those of a guest that nothing happened to: round after round, each with the checksum that
  /// `known` has for it, or that is noted there.
  static func problem(_ text: String, _ known: inout [Int: Substring]) -> String? {
    var next = 16
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      if line.hasPrefix("= ") || line.hasPrefix("done ") { continue }
      let words = line.split(separator: " ")
      guard words.count == 2, let round = Int(words[0]) else { return "'\(line)' after round \(next - 16)" }
      guard round == next else { return "round \(round) follows \(next - 16)" }
      if let other = known[round], other != words[1] { return "round \(round): \(words[1]) and not \(other)" }
      known[round] = words[1]
      next += 16
    }
    return nil
  }
}

/// Guests that run without end take all of a processor: one test after the other.
@Suite("Moves", .serialized)
struct MovesTests {}

extension MovesTests {
  @Suite("Control socket")
  struct ControlTests {
    private func start(
      _ folder: MovesFolder, _ options: [String] = [], rom: String = MovesGuest.rom
    ) throws -> (RunningEmu, ControlClient) {
      let socket = folder.file("c")
      let guest = try RunningEmu(["run", "--control", "unix:\(socket)", "--memory", "16M"] + options + [rom])
      let client = try #require(ControlClient(socket), "\(guest.complaints)")
      // What comes before the guest has set up its serial line is lost.
      if rom == MovesGuest.rom { #expect(guest.waits { text, _ in text.contains("\n") }, "\(guest.complaints)") }
      return (guest, client)
    }

    @Test("Greeting, status, pause, step, continue, statistics, quit")
    func commands() throws {
      let folder = try MovesFolder()
      let (guest, client) = try start(folder)
      let hello = try #require(client.event("hello"))
      #expect(hello["protocol"] as? Int == 1)
      #expect((hello["commands"] as? [String])?.contains("status") == true)
      var status = stat()
      #expect(unsafe stat(folder.file("c"), &status) == 0 && status.st_mode & 0o777 == 0o600)
      #expect(client.result("status")["state"] as? String == "running")
      let paused = client.result("pause")
      #expect(client.event("paused") != nil)
      let ticks = try #require(paused["ticks"] as? Int)
      #expect(client.result("status")["ticks"] as? Int == ticks)
      let stepped = client.result("step", ["ticks": 1000])
      #expect(stepped["ticks"] as? Int == ticks + 1000)
      #expect(client.result("step")["ticks"] as? Int == ticks + 1001)
      let processors = client.result("status")["processors"] as? [[String: Any]]
      #expect(processors?.first?["activity"] as? String == "running")
      _ = client.result("continue")
      #expect(client.event("continued") != nil)
      #expect((client.result("statistics")["statistics"] as? [String: Any])?["instructions"] as? Int ?? 0 > ticks)
      _ = client.result("quit")
      #expect(client.event("end")?["exit"] as? String == "quit")
      #expect(guest.end() == 0, "\(guest.complaints)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("c")))
    }

    @Test("Serial bytes go in once, and all of the output comes to a subscriber")
    func serial() throws {
      let folder = try MovesFolder()
      let (guest, client) = try start(folder)
      _ = client.result("serial", ["from": 0])
      #expect(client.result("send", ["text": "ab", "at": 0])["at"] as? Int == 2)
      #expect(client.result("send", ["text": "abc", "at": 0])["at"] as? Int == 3)
      #expect(client.result("send", ["bytes": "6364", "at": 2])["at"] as? Int == 4)
      #expect(
        (client.result("send", ["text": "x", "at": 9])["error"] as? String)?.hasPrefix("at: 9 is beyond") == true)
      #expect(guest.waits { text, _ in text.contains("= d 4\n") }, "\(guest.complaints)")
      _ = client.result("send", ["text": "q"])
      #expect(client.event("end")?["exit"] as? String == "power-off")
      #expect(guest.end() == 0)
      let answers = guest.text.split(separator: "\n").filter { $0.hasPrefix("= ") }
      #expect(answers == ["= a 1", "= b 2", "= c 3", "= d 4"])
      var bytes: [UInt8] = []
      for event in client.events where event["event"] as? String == "serial" {
        #expect(event["from"] as? Int == bytes.count)
        let digits = Array((event["bytes"] as? String ?? "").utf8)
        bytes += stride(from: 0, to: digits.count, by: 2).map {
          UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) ?? 0
        }
      }
      #expect(bytes == guest.bytes)
    }

    @Test("A snapshot and an interrupt come at their moments again")
    func inputs() throws {
      let folder = try MovesFolder()
      let rom = Build.roms.appendingPathComponent("echo.elf").path
      let (guest, client) = try start(folder, ["--record", folder.file("r")], rom: rom)
      _ = client.result("pause")
      #expect(client.result("snapshot", ["file": folder.file("s")])["file"] != nil)
      #expect(FileManager.default.fileExists(atPath: folder.file("s")))
      #expect(
        (client.result("interrupt", ["line": 4])["error"] as? String) == "line 4 is driven by a chip of the board")
      #expect(client.result("interrupt", ["line": 5])["ticks"] != nil)
      #expect(client.result("nmi", ["processor": 3])["error"] as? String == "processor 3 is not 0 to 0")
      #expect(client.result("interrupt", ["vector": 8])["error"] as? String != nil)
      _ = client.result("continue")
      _ = client.result("nmi")
      let status = guest.end()
      let again = try runEmu(["run", "--memory", "16M", "--replay", folder.file("r"), rom])
      #expect(again.status == status, "\(again.errors)")
      let text = try String(contentsOfFile: folder.file("r"), encoding: .utf8)
      #expect(text.contains("\nirq ") && text.contains("\nnmi "))
    }

    /// What is refused, and how.
    private static let refusals: [(request: String, says: String)] = [
      ("{", "the request is not JSON: byte 2: a name in quotes is missing"),
      ("[]", "the request is an array, not an object"),
      ("{}", "command: is missing or no text; known are status"),
      (#"{"command":"fly"}"#, "command: 'fly' is not known; known are status"),
      (#"{"command":"status","a":1}"#, "a: 'status' has no such member"),
      (#"{"command":"step","ticks":-1}"#, "ticks: -1 is not a whole number from 0 to 2^64 - 1"),
      (#"{"command":"step","ticks":"1"}"#, "ticks: is a text, not a number"),
      (#"{"command":"step","ticks":0}"#, "ticks: is 0"),
      (#"{"command":"step","ticks":1,"ticks":1}"#, "ticks: comes twice"),
      (#"{"command":"snapshot"}"#, "file: is missing"),
      (#"{"command":"snapshot","file":"/"}"#, "/: is there and is not a regular file"),
      (#"{"command":"screenshot","file":"a.gif"}"#, "file: a.gif: the name ends neither in .png nor in .txt"),
      (#"{"command":"screenshot","file":"a.png"}"#, "the board has no screen: start it with --display"),
      (#"{"command":"send"}"#, "text or bytes is needed, and not both"),
      (#"{"command":"send","bytes":"1"}"#, "bytes: '1' are not pairs of hexadecimal digits"),
      (#"{"command":"send","text":"a","to":"moon"}"#, "to: 'moon' is neither serial nor keyboard"),
      (#"{"command":"send","text":"a","to":"keyboard"}"#, "the board has no keyboard: start it with --display"),
      (#"{"command":"serial","from":99999999999999}"#, "from: 99999999999999 is not 0 to "),
      (#"{"command":"interrupt","vector":256}"#, "vector: 256 is not 0 to 255"),
      (#"{"command":"interrupt","vector":32,"processor":9}"#, "processor 9 is not 0 to 0"),
      (#"{"command":"interrupt","line":99}"#, "line 99 is not 0 to 15"),
      (#"{"command":"nmi","processor":18446744073709551615}"#, "processor 9223372036854775807 is not 0 to 0"),
      (#"{"command":"migrate","to":"moon"}"#, "to moon: is neither unix:PATH nor tcp:[HOST:]PORT"),
      (#"{"command":"cancel"}"#, "nothing is being moved"),
      (#"{"id":[1],"command":"status"}"#, "id: is neither a whole number nor a text of at most 100 bytes"),
      (
        #"{"id":"\#(String(repeating: "x", count: 70_000))","command":"status"}"#,
        "the request has more than 65536 bytes"
      ),
    ]

    @Test("Bad requests are refused by one sentence, and the guest goes on")
    func refused() throws {
      let folder = try MovesFolder()
      let (guest, client) = try start(folder)
      for (request, sentence) in Self.refusals {
        client.send(Array(request.utf8) + [10])
        let answer = client.nextAnswer()
        #expect(answer?["ok"] as? Bool == false, "\(request)")
        #expect((answer?["error"] as? String)?.hasPrefix(sentence) == true, "\(request): \(answer ?? [:])")
      }
      #expect(client.result("status")["state"] as? String == "running")
      _ = client.result("send", ["text": "q"])
      #expect(guest.end() == 0)
      var known: [Int: Substring] = [:]
      #expect(MovesGuest.problem(guest.text, &known) == nil)
    }

    /// A connection that was not turned away: those before it may not be gone yet.
    private func greeted(_ path: String) -> ControlClient? {
      for _ in 0..<1000 {
        guard let client = ControlClient(path) else { return nil }
        if client.event("hello") != nil { return client }
      }
      return nil
    }

    @Test("Halves, pieces, floods and far ends that do not read harm nobody")
    func hostile() throws {
      let folder = try MovesFolder()
      let (guest, client) = try start(folder)
      var dice = Dice(20)
      var others: [ControlClient] = []
      for round in 0..<100 {
        let other = try #require(greeted(folder.file("c")))
        switch dice.below(5) {
        case 0: other.send(Array(#"{"command":"status""#.utf8))
        case 1:
          for byte in Array(#"{"id":1,"command":"status"}"#.utf8) + [10] { other.send([byte]) }
          #expect(other.answer(1)?["ok"] as? Bool == true)
        case 2: other.send((0..<dice.below(3000)).map { _ in UInt8(truncatingIfNeeded: dice.next()) } + [10])
        case 3:
          // Asks a lot and reads nothing.
          for _ in 0..<50 { other.ask("status") }
          if round % 10 == 0 { other.ask("serial", ["from": 0]) }
        default: other.send([UInt8](repeating: 0x7B, count: 70_000))
        }
        others.append(other)
        if others.count > 3 { others.removeFirst(1 + dice.below(3)) }
      }
      #expect(client.result("status")["state"] as? String == "running")
      _ = client.result("send", ["text": "q"])
      #expect(guest.end() == 0, "\(guest.complaints)")
      var known: [Int: Substring] = [:]
      #expect(MovesGuest.problem(guest.text, &known) == nil)
    }

    @Test("A tenth connection is turned away, and a second guest does not take the socket")
    func limits() throws {
      let folder = try MovesFolder()
      let (guest, client) = try start(folder)
      _ = client.result("status")
      let others = (0..<9).compactMap { _ in ControlClient(folder.file("c")) }
      withExtendedLifetime(others) {
        #expect(others.last?.nextAnswer()?["error"] as? String == "8 connections are open already")
      }
      let second = try runEmu(["run", "--control", "unix:\(folder.file("c"))", MovesGuest.rom])
      #expect(second.status == 74)
      #expect(second.errors == "emu: --control unix:\(folder.file("c")): Address already in use\n")
      _ = client.result("quit")
      #expect(guest.end() == 0)
    }

    @Test("A socket of a guest that was killed gives way")
    func stale() throws {
      let folder = try MovesFolder()
      let (guest, client) = try start(folder)
      _ = client.result("status")
      guest.kill(SIGKILL)
      #expect(guest.end() == 128 + SIGKILL)
      let (next, other) = try start(folder)
      #expect(other.result("status")["state"] as? String == "running")
      _ = other.result("quit")
      #expect(next.end() == 0)
    }

    /// The client's command lines: what they say, and their status.
    private static let commandLines: [(words: [String], status: Int32, says: String)] = [
      (["status"], 0, #"{"id":1,"ok":true,"result":{"state":"#), (["step", "0x10"], 0, #""ok":true"#),
      (["step", "ticks=5"], 0, #""ok":true"#), (["continue"], 0, #""ok":true"#),
      (["snapshot", "/"], 1, "emu: /: is there and is not a regular file"),
      (["fly"], 64, "'fly' is not a command; known are status"), (["snapshot"], 64, "'snapshot' needs FILE."),
      (["step", "x"], 64, "ticks 'x' is not a number."), (["status", "x"], 64, "'status' has no place for 'x'."),
      (["send", "a\\"], 64, "text 'a\\': a \\ is followed by none of"),
      (["step", "1", "ticks=1"], 64, "ticks is there twice."),
    ]

    @Test("emu control")
    func client() throws {
      let folder = try MovesFolder()
      let (guest, client) = try start(folder)
      for (words, status, sentence) in Self.commandLines {
        let outcome = try runEmu(["control", folder.file("c")] + words)
        #expect(outcome.status == status, "\(words): \(outcome.errors)")
        #expect((outcome.text + outcome.errors).contains(sentence), "\(words): \(outcome.text)\(outcome.errors)")
      }
      let lines = try runEmu(
        ["control", folder.file("c")], input: Array("{\"command\":\"status\"}\n{\"id\":2,\"command\":\"fly\"}\n".utf8))
      #expect(lines.status == 0 && lines.text.contains(#"{"id":2,"ok":false"#), "\(lines.text)")
      #expect(try runEmu(["control", folder.file("c"), "send", "q"]).status == 0)
      #expect(client.event("end")?["exit"] as? String == "power-off")
      #expect(guest.end() == 0)
      let gone = try runEmu(["control", folder.file("c"), "status"])
      #expect(gone.status == 66 && gone.errors == "emu: \(folder.file("c")): No such file or directory\n")
    }

    @Test(
      "Options",
      arguments: [
        (["--control", "tcp:1"], "--control tcp:1: is not unix:PATH"),
        (["--control", "x"], "is neither unix:PATH nor tcp:"),
        (["--control", "unix:x", "--gdb"], "--control and --gdb exclude each other"),
        (["--incoming", "unix:x", "--restore", "y"], "--incoming and --restore exclude each other"),
        (["--incoming", "tcp:99999"], "--incoming tcp:99999: 99999 is not a port from 0 to 65535"),
        (
          ["--incoming", "unix:\(String(repeating: "x", count: 108))"],
          "the path has 108 bytes, a socket's has at most 107"
        ),
      ])
    func options(_ words: [String], _ sentence: String) throws {
      let outcome = try runEmu(["run"] + words + [MovesGuest.rom])
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
    }
  }
}
