import Foundation
import Glibc
import TestSupport
import Testing

/// Whether `make test-moves` asks for the long forms.
let runsMoveTests = ProcessInfo.processInfo.environment["EMU_MOVES_TESTS"] != nil

/// A source and a target that has not begun yet.
final class MovePair {
  let folder: MovesFolder
  let source: RunningEmu
  let target: RunningEmu
  let sourceControl: ControlClient
  let address: String

  init(source sourceOptions: [String] = [], target targetOptions: [String] = [], address: String? = nil) throws {
    folder = try MovesFolder()
    self.address = address ?? "unix:\(folder.file("m"))"
    source = try RunningEmu(
      ["run", "--memory", "8M", "--control", "unix:\(folder.file("a"))"] + sourceOptions + [MovesGuest.rom])
    target = try RunningEmu(
      ["run", "--incoming", self.address, "--control", "unix:\(folder.file("b"))"] + targetOptions)
    sourceControl = try #require(ControlClient(folder.file("a")), "\(source.complaints)")
    #expect(source.waits { text, _ in text.contains("\n") }, "\(source.complaints)")
    #expect(target.waits { $1.contains("waiting for a guest") }, "\(target.complaints)")
  }

  /// Lets a guest end by its own check, and gives its status.
  func end(_ guest: RunningEmu, _ control: ControlClient?) -> Int32 {
    _ = (control ?? ControlClient(folder.file("b")))?.result("send", ["text": "q"])
    return guest.end()
  }
}

extension MovesTests {
  @Suite("Live migration")
  struct MigrationTests {
    @Test(
      "The guest goes on where it was, with all options of both sides",
      arguments: [
        ([String](), [String]()), (["--engine", "reference"], []), ([], ["--engine", "reference"]),
        (["--cpus", "4"], []), (["--cpu", "amd-v3"], ["--cpu", "zen4"]),
        (["--hpet", "--display", "none"], ["--display", "none"]),
      ])
    func moves(_ sourceOptions: [String], _ targetOptions: [String]) throws {
      let pair = try MovePair(source: sourceOptions, target: targetOptions)
      _ = pair.sourceControl.result("send", ["text": "ab"])
      #expect(pair.source.waits { text, _ in text.contains("= b 2") })
      let result = pair.sourceControl.result("migrate", ["to": pair.address])
      #expect(result["pages"] as? Int ?? 0 > 1000, "\(result)")
      #expect(result["downtime_microseconds"] as? Int != nil, "\(result)")
      #expect(pair.source.end() == 0)
      #expect(pair.source.complaints.contains("the guest has moved to \(pair.address)"))
      let control = try #require(ControlClient(pair.folder.file("b")))
      let serial = control.result("status")["serial"] as? [String: Any]
      #expect(serial?["received"] as? Int == 2)
      // A client that had not read all goes on here, from its own place.
      let place = max(pair.source.bytes.count - 200, 0)
      #expect(control.result("serial", ["from": place])["from"] as? Int == place)
      #expect(serial?["sent"] as? Int ?? 0 >= pair.source.bytes.count)
      #expect(pair.end(pair.target, control) == 0, "\(pair.target.complaints)")
      var known: [Int: Substring] = [:]
      let text = pair.source.text + pair.target.text
      #expect(MovesGuest.problem(text, &known) == nil)
      #expect(MovesGuest.isDone(text, known))
      #expect(pair.target.text.split(separator: "\n").count > 1)
    }

    @Test("Three moves, one after the other, and a cancelled one")
    func chain() throws {
      let pair = try MovePair()
      let idle = try RunningEmu(["run", "--incoming", "unix:\(pair.folder.file("idle"))"])
      #expect(idle.waits { $1.contains("waiting for a guest") })
      let id = pair.sourceControl.ask("migrate", ["to": "unix:\(pair.folder.file("idle"))"])
      let cancel = pair.sourceControl.result("cancel")
      if cancel["error"] == nil {
        let answer = pair.sourceControl.answer(id)
        #expect(
          (answer?["error"] as? String)?.contains("cancelled; the guest goes on here") == true, "\(answer ?? [:])")
        #expect(idle.end() == 66)
        #expect(idle.complaints.contains("the source has ended the move: cancelled"), "\(idle.complaints)")
      }
      var text = ""
      var (guest, control) = (pair.source, pair.sourceControl)
      for number in 0..<3 {
        let address = "unix:\(pair.folder.file("m\(number)"))"
        let socket = pair.folder.file("c\(number)")
        let next = try RunningEmu(["run", "--incoming", address, "--control", "unix:\(socket)"])
        #expect(next.waits { $1.contains("waiting for a guest") })
        #expect(control.result("migrate", ["to": address])["rounds"] != nil)
        #expect(guest.end() == 0)
        text += guest.text
        guest = next
        control = try #require(ControlClient(socket))
      }
      #expect(pair.end(guest, control) == 0)
      var known: [Int: Substring] = [:]
      #expect(MovesGuest.problem(text + guest.text, &known) == nil)
      pair.target.kill(SIGTERM)
      #expect(pair.target.end() == 128 + SIGTERM)
    }

    @Test("A killed far end at any moment leaves one guest, and never two")
    func kills() throws {
      var dice = Dice(UInt64(getpid()))
      var moved = 0
      for round in 0..<(runsMoveTests ? 500 : 16) {
        let pair = try MovePair()
        let id = pair.sourceControl.ask("migrate", ["to": pair.address])
        usleep(UInt32(dice.below(60_000)))
        let killsTarget = dice.below(2) == 0
        (killsTarget ? pair.target : pair.source).kill(SIGKILL)
        _ = (killsTarget ? pair.target : pair.source).end()
        var known: [Int: Substring] = [:]
        if killsTarget {
          let answer = pair.sourceControl.answer(id)
          if answer?["ok"] as? Bool == true {
            // It had moved, and was killed there.
            moved += 1
            #expect(pair.source.end() == 0)
            continue
          }
          // The target may have gone before the source connected.
          let error = answer?["error"] as? String ?? ""
          #expect(
            error.contains("the guest goes on here") || error.hasSuffix(": Connection refused"),
            "round \(round): \(answer ?? [:])")
          #expect(pair.end(pair.source, pair.sourceControl) == 0, "round \(round): \(pair.source.complaints)")
          #expect(MovesGuest.problem(pair.source.text, &known) == nil, "round \(round)")
          #expect(MovesGuest.isDone(pair.source.text, known), "round \(round)")
          #expect(pair.target.text.isEmpty, "round \(round): two guests")
        } else {
          let isHeard = pair.target.waits(seconds: 2) { text, complaints in
            !text.isEmpty || complaints.contains("the source is gone")
          }
          guard !pair.target.text.isEmpty else {
            // The source may not have come so far as to connect.
            if !isHeard { pair.target.kill(SIGKILL) }
            #expect(pair.target.end() == (isHeard ? 66 : 128 + SIGKILL), "round \(round): \(pair.target.complaints)")
            continue
          }
          moved += 1
          #expect(pair.end(pair.target, nil) == 0, "round \(round): \(pair.target.complaints)")
          #expect(MovesGuest.problem(pair.source.text + pair.target.text, &known) == nil, "round \(round)")
        }
      }
      print("of the kills, \(moved) came when the guest had moved")
    }

    /// Streams that are refused: the source's options, the target's, and what both say.
    private static let refusals: [(source: [String], target: [String], says: String)] = [
      (["--cpu", "amd-v3"], ["--cpu", "amd-v1"], "the guest's processors are amd-v3, and --cpu allows"),
      (["--cpu", "icelake"], ["--cpu", "intel-v2"], "the guest's processors are icelake, and --cpu allows"),
    ]

    @Test("What does not fit is one sentence on both sides, and the source goes on", arguments: refusals.indices)
    func refused(_ number: Int) throws {
      let row = Self.refusals[number]
      let pair = try MovePair(source: row.source, target: row.target)
      let error = pair.sourceControl.result("migrate", ["to": pair.address])["error"] as? String
      #expect(error?.contains(row.says) == true, "\(error ?? "")")
      #expect(error?.hasSuffix("; the guest goes on here") == true)
      #expect(pair.target.end() == 66)
      #expect(pair.target.complaints.contains(row.says), "\(pair.target.complaints)")
      #expect(pair.end(pair.source, pair.sourceControl) == 0)
      var known: [Int: Substring] = [:]
      #expect(MovesGuest.problem(pair.source.text, &known) == nil)
    }

    @Test("A target that cannot go on, by its own options, leaves the guest at the source")
    func unready() throws {
      let pair = try MovePair()
      for options in [
        ["--control", "unix:\(pair.folder.file("no/b"))"], ["--serial", "file:\(pair.folder.file("no/s"))"],
      ] {
        let address = "unix:\(pair.folder.file("u"))"
        let target = try RunningEmu(["run", "--incoming", address] + options)
        #expect(target.waits { $1.contains("waiting for a guest") })
        let error = pair.sourceControl.result("migrate", ["to": address])["error"] as? String ?? "none"
        #expect(error.hasSuffix("the guest goes on here"), "\(error)")
        #expect(target.end() == 74, "\(target.complaints)")
      }
      #expect(pair.end(pair.source, pair.sourceControl) == 0)
      var known: [Int: Substring] = [:]
      #expect(MovesGuest.problem(pair.source.text, &known) == nil)
    }

    @Test("A waiting target ends by a signal and by its limit, and leaves no socket")
    func waits() throws {
      let folder = try MovesFolder()
      let target = try RunningEmu(["run", "--incoming", "unix:\(folder.file("m"))"])
      #expect(target.waits { $1.contains("waiting for a guest") })
      let silent = ControlClient(folder.file("m"))
      target.kill(SIGINT)
      #expect(target.end() == 128 + SIGINT)
      let limited = try RunningEmu(["run", "--incoming", "unix:\(folder.file("m"))", "--timeout", "0.3"])
      #expect(limited.end() == 124)
      #expect(limited.complaints.contains("--timeout is reached: no guest came"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      withExtendedLifetime(silent) {}
    }

    @Test("Who is no target, and who is no source")
    func strangers() throws {
      let pair = try MovePair()
      let nobody = pair.sourceControl.result("migrate", ["to": "unix:\(pair.folder.file("nobody"))"])
      #expect(nobody["error"] as? String == "unix:\(pair.folder.file("nobody")): No such file or directory")
      // A control socket greets, which is no frame.
      let control = pair.sourceControl.result("migrate", ["to": "unix:\(pair.folder.file("a"))"])
      #expect((control["error"] as? String)?.contains("the guest goes on here") == true, "\(control)")
      let stranger = try #require(ControlClient(pair.folder.file("m")))
      stranger.send(Array("GET / HTTP/1.1\r\nHost: there is none\r\n\r\n".utf8))
      #expect(pair.target.end() == 66)
      #expect(pair.target.complaints.contains("frame 0: kind 71 is not known"), "\(pair.target.complaints)")
      #expect(pair.end(pair.source, pair.sourceControl) == 0)
    }

    @Test("By TCP on this host")
    func internet() throws {
      let folder = try MovesFolder()
      let target = try RunningEmu(["run", "--incoming", "tcp:0", "--control", "unix:\(folder.file("b"))"])
      #expect(target.waits { $1.contains("waiting for a guest at tcp:127.0.0.1:") })
      let port = try #require(
        target.complaints.split(separator: ":").last.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
      )
      let source = try RunningEmu(["run", "--memory", "8M", "--control", "unix:\(folder.file("a"))", MovesGuest.rom])
      let control = try #require(ControlClient(folder.file("a")))
      #expect(control.result("migrate", ["to": "tcp:\(port)"])["rounds"] != nil)
      #expect(source.end() == 0)
      _ = ControlClient(folder.file("b"))?.result("send", ["text": "q"])
      #expect(target.end() == 0)
      var known: [Int: Substring] = [:]
      #expect(MovesGuest.problem(source.text + target.text, &known) == nil)
    }
  }
}
