import Foundation
import Glibc
import TestSupport
import Testing

/// A primary with its backup.
private final class ProtectedPair {
  let folder = try? MovesFolder()
  let primary: RunningEmu
  let backup: RunningEmu
  let control: ControlClient

  init(
    primary primaryOptions: [String] = [], backup backupOptions: [String] = [], lease: Bool = false,
    primaryExecutable: URL = Build.emu, backupExecutable: URL = Build.emu
  ) throws {
    let folder = try #require(folder)
    let address = "unix:\(folder.file("m"))"
    let shared = lease ? ["--lease", folder.file("lease")] : []
    backup = try RunningEmu(
      ["run", "--backup", address, "--control", "unix:\(folder.file("b"))"] + shared + backupOptions,
      executable: backupExecutable)
    primary = try RunningEmu(
      ["run", "--memory", "8M", "--protect", address, "--control", "unix:\(folder.file("a"))"] + shared + primaryOptions
        + [MovesGuest.rom], executable: primaryExecutable)
    control = try #require(ControlClient(folder.file("a")), "\(primary.complaints)")
    #expect(control.result("status")["protected"] as? Bool == true)
    #expect(primary.waits { text, _ in text.contains("\n") }, "\(primary.complaints)")
  }

  func file(_ name: String) -> String { folder?.file(name) ?? "" }
}

/// What a client of the serial line has got: the bytes in their order, by their places.
private struct SerialReader {
  private(set) var bytes: [UInt8] = []

  /// Takes the events of a connection.
  mutating func take(_ client: ControlClient) {
    for event in client.events where event["event"] as? String == "serial" {
      guard let from = event["from"] as? Int, let text = event["bytes"] as? String else { continue }
      let digits = Array(text.utf8)
      let new = stride(from: 0, to: digits.count, by: 2).map {
        UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) ?? 0
      }
      // What it has already is not new; what does not follow would be a loss.
      guard from <= bytes.count else { continue }
      bytes += new.dropFirst(bytes.count - from)
    }
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension MovesTests {
  @Suite("A backup in lockstep")
  struct ProtectionTests {
    /// How a primary dies.
    enum Death: String, CaseIterable {
      case killed, stopped, ended
    }

    @Test("Nothing of a client's sequence is lost or doubled when the primary dies")
    func deaths() throws {
      var dice = Dice(UInt64(getpid()))
      for round in 0..<(runsMoveTests ? 500 : 12) {
        let death = Death.allCases[round % 2]
        let pair = try ProtectedPair(
          primary: round % 3 == 0 ? ["--engine", "reference"] : [],
          backup: round % 4 == 0 ? ["--engine", "reference"] : [],
          lease: death == .stopped || round % 5 == 0)
        var reader = SerialReader()
        _ = pair.control.result("serial", ["from": 0])
        let sent = Array("abcdefghijklmnop".utf8.prefix(1 + dice.below(16)))
        for (place, byte) in sent.enumerated() {
          pair.control.ask("send", ["text": String(UnicodeScalar(byte)), "at": place])
          usleep(UInt32(dice.below(8000)))
        }
        usleep(UInt32(dice.below(100_000)))
        pair.primary.kill(death == .killed ? SIGKILL : SIGSTOP)
        reader.take(pair.control)
        #expect(
          pair.backup.waits { $1.contains("the guest goes on here") }, "round \(round): \(pair.backup.complaints)")
        let client = try #require(ControlClient(pair.file("b")))
        reader.take(pair.control)
        let status = client.result("status")
        #expect(status["state"] as? String == "running", "round \(round)")
        _ = client.result("serial", ["from": reader.bytes.count])
        // All of it once more: what had come does not come again.
        #expect(
          client.result("send", ["text": String(decoding: sent, as: UTF8.self), "at": 0])["at"] as? Int == sent.count)
        _ = client.result("send", ["text": "q"])
        _ = client.event("end")
        #expect(pair.backup.end() == 0, "round \(round): \(pair.backup.complaints)")
        reader.take(client)
        if death == .stopped {
          // It must not let out anything any more.
          let before = pair.primary.bytes.count
          pair.primary.kill(SIGCONT)
          _ = pair.primary.end()
          #expect(pair.primary.bytes.count == before, "round \(round): the stopped primary went on")
        }
        var known: [Int: Substring] = [:]
        #expect(MovesGuest.problem(reader.text, &known) == nil, "round \(round)")
        #expect(MovesGuest.isDone(reader.text, known), "round \(round)")
        let answers = reader.text.split(separator: "\n").filter { $0.hasPrefix("= ") }
        let wanted = sent.enumerated().map { "= \(UnicodeScalar($1)) \($0 + 1)" }
        #expect(answers.map(String.init) == wanted, "round \(round)")
      }
    }

    @Test("A guest that ends has nothing to take over, and a backup that is gone is done without")
    func ends() throws {
      let pair = try ProtectedPair()
      _ = pair.control.result("send", ["text": "q"])
      #expect(pair.primary.end() == 0)
      #expect(pair.backup.end() == 0)
      #expect(pair.backup.complaints.contains("the primary's run has ended"), "\(pair.backup.complaints)")
      #expect(pair.backup.bytes.isEmpty)
      let second = try ProtectedPair(lease: true)
      second.backup.kill(SIGKILL)
      _ = second.backup.end()
      #expect(second.control.event("unprotected") != nil)
      _ = second.control.result("send", ["text": "q"])
      #expect(second.primary.end() == 0)
      var known: [Int: Substring] = [:]
      #expect(MovesGuest.problem(second.primary.text, &known) == nil)
      #expect(MovesGuest.isDone(second.primary.text, known))
    }

    @Test(
      "A backup that only stood still does not take over from a primary that has gone on", arguments: [true, false])
    func stands(_ lease: Bool) throws {
      let pair = try ProtectedPair(lease: lease)
      pair.backup.kill(SIGSTOP)
      #expect(pair.control.event("unprotected") != nil)
      pair.backup.kill(SIGCONT)
      #expect(pair.backup.end() == 0, "\(pair.backup.complaints)")
      #expect(!pair.backup.complaints.contains("goes on here"), "\(pair.backup.complaints)")
      #expect(pair.backup.bytes.isEmpty)
      _ = pair.control.result("send", ["text": "q"])
      #expect(pair.primary.end() == 0)
      var known: [Int: Substring] = [:]
      #expect(MovesGuest.problem(pair.primary.text, &known) == nil)
    }

    @Test("A backup refuses what only the guest's owner may ask")
    func refusals() throws {
      let pair = try ProtectedPair()
      let client = try #require(ControlClient(pair.file("b")))
      #expect(client.result("status")["state"] as? String == "backup")
      for command in ["pause", "step", "send", "continue", "nmi", "serial"] {
        #expect((client.result(command)["error"] as? String)?.hasPrefix("this is a backup") == true, "\(command)")
      }
      let moved = pair.control.result("migrate", ["to": "unix:\(pair.file("x"))"])
      #expect(moved["error"] as? String == "a guest that a backup follows cannot be moved")
      _ = pair.control.result("quit")
      #expect(pair.primary.end() == 0)
      #expect(pair.backup.end() == 0)
    }

    @Test("A flipped bit in either memory is found at the next comparison, with its page", arguments: [true, false])
    func flips(_ inPrimary: Bool) throws {
      let pair = try ProtectedPair(
        primary: ["--compare-every", "2000000"], backup: inPrimary ? ["--engine", "reference"] : [])
      #expect(pair.primary.waits { text, _ in text.count > 20_000 })
      // A page in the middle of RAM that the guest does not use.
      let page: UInt64 = 0x7A_3000
      let place = try #require(guestMemory(of: (inPrimary ? pair.primary : pair.backup).identifier))
      try flip(place + page + 0x123, of: (inPrimary ? pair.primary : pair.backup).identifier)
      #expect(pair.backup.end() == 1, "\(pair.backup.complaints)")
      #expect(pair.primary.end() == 1, "\(pair.primary.complaints)")
      #expect(pair.backup.complaints.contains("page \(page >> 12) (address 0x7a3000)"), "\(pair.backup.complaints)")
      #expect(pair.backup.complaints.contains("and were the same at tick "), "\(pair.backup.complaints)")
      let finding = "the \(inPrimary ? "primary" : "backup") comes to another state: it was changed from outside"
      #expect(pair.backup.complaints.contains(finding), "\(pair.backup.complaints)")
      #expect(pair.primary.complaints.contains(finding), "\(pair.primary.complaints)")
      #expect(
        pair.primary.complaints.contains("the backup's state is another one at tick "), "\(pair.primary.complaints)")
    }

    @Test("The first instruction that two processes execute in different ways is found", arguments: [true, false])
    func firstDifference(_ inPrimary: Bool) throws {
      let folder = try MovesFolder()
      // An engine fault: FLDPI in a copy of the executable loads another number.
      let wrong = URL(fileURLWithPath: folder.file("emu"))
      var executable = try Data(contentsOf: Build.emu)
      let pi = Data((0..<8).map { UInt8(truncatingIfNeeded: 0xC90F_DAA2_2168_C234 as UInt64 >> UInt64($0 * 8)) })
      var count = 0
      while let place = executable.range(of: pi) {
        executable[place.lowerBound] ^= 0x40
        count += 1
      }
      #expect(count > 0)
      try executable.write(to: wrong)
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: wrong.path)
      let pair = try ProtectedPair(
        primary: ["--compare-every", "1000000"], backup: inPrimary ? ["--engine", "reference"] : [],
        primaryExecutable: inPrimary ? wrong : Build.emu, backupExecutable: inPrimary ? Build.emu : wrong)
      #expect(pair.primary.waits { text, _ in text.count > 5000 })
      _ = pair.control.result("send", ["text": "P"])
      #expect(pair.backup.end() == 1, "\(pair.backup.complaints)")
      #expect(pair.primary.end() == 1, "\(pair.primary.complaints)")
      let (primary, backup) = (pair.primary.complaints, pair.backup.complaints)
      for text in [primary, backup] {
        #expect(text.contains("; both come to theirs again: they differ first at tick "), "\(text)")
        let step = try #require(
          text.firstMatch(of: #/; the primary's step is '([0-9]+) 0:0 long64 [^']* <moves_pi> fldpi \| ([^']*)'/#))
        #expect(step.2.contains("fpr7"), "\(text)")
        #expect(text.contains("at tick \(step.1);"), "\(text)")
      }
      let step = try #require(
        backup.firstMatch(of: #/; the backup's is '([0-9]+) 0:0 long64 [^']* fldpi \| ([^']*)'/#), "\(backup)")
      #expect(!primary.contains(step.2), "\(step.2)")
      // What the guest had sent leaves once.
      var known: [Int: Substring] = [:]
      #expect(
        MovesGuest.problem(pair.primary.text.split(separator: "\n").dropLast().joined(separator: "\n"), &known) == nil)
    }

    @Test(
      "A debug build and a release build come to the same states, each as the other's backup",
      .enabled(if: Build.otherEmu != nil, "make test-moves runs it, with a debug build"), arguments: [true, false])
    func builds(_ isDebugPrimary: Bool) throws {
      let other = try #require(Build.otherEmu)
      let pair = try ProtectedPair(
        primary: ["--compare-every", "300000"], primaryExecutable: isDebugPrimary ? other : Build.emu,
        backupExecutable: isDebugPrimary ? Build.emu : other)
      for (place, byte) in "abPc".enumerated() {
        #expect(pair.primary.waits { text, _ in text.count > 1000 * (place + 1) }, "\(pair.primary.complaints)")
        pair.control.ask("send", ["text": String(byte), "at": place])
      }
      #expect(pair.primary.waits { text, _ in text.contains("= c 4\n") }, "\(pair.primary.complaints)")
      _ = pair.control.result("send", ["text": "q"])
      #expect(pair.primary.end() == 0, "\(pair.primary.complaints)")
      #expect(pair.backup.end() == 0, "\(pair.backup.complaints)")
      #expect(pair.backup.complaints.contains("the primary's run has ended"), "\(pair.backup.complaints)")
      var known: [Int: Substring] = [:]
      #expect(MovesGuest.problem(pair.primary.text, &known) == nil)
      #expect(MovesGuest.isDone(pair.primary.text, known))
    }

    /// Where a process has its guest's RAM.
    private func guestMemory(of process: Int32) -> UInt64? {
      let maps = (try? String(contentsOfFile: "/proc/\(process)/maps", encoding: .utf8)) ?? ""
      return maps.split(separator: "\n").first { $0.contains("emu-guest-ram") }
        .flatMap { UInt64($0.prefix { $0 != "-" }, radix: 16) }
    }

    private func flip(_ address: UInt64, of process: Int32) throws {
      let memory = unsafe open("/proc/\(process)/mem", O_RDWR)
      try #require(memory >= 0)
      defer { close(memory) }
      var byte: UInt8 = 0
      #expect(unsafe pread(memory, &byte, 1, Int(address)) == 1)
      byte ^= 4
      #expect(unsafe pwrite(memory, &byte, 1, Int(address)) == 1)
    }

    @Test(
      "Options",
      arguments: [
        (["--lease", "x"], 64, "--lease needs --protect or --backup."),
        (["--compare-every", "5"], 64, "--compare-every needs --protect."),
        (["--protect", "unix:x", "--compare-every", "5"], 64, "--compare-every 5 is less than 1000."),
        (["--protect", "unix:x", "--record", "y"], 64, "--protect and --record exclude each other."),
        (["--protect", "unix:/nowhere/x"], 66, "--protect unix:/nowhere/x: No such file or directory"),
      ])
    func options(_ words: [String], _ status: Int, _ sentence: String) throws {
      let outcome = try runEmu(["run"] + words + [MovesGuest.rom])
      #expect(outcome.status == Int32(status))
      #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
    }
  }
}
