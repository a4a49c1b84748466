import Foundation
import Glibc
import TestSupport
import Testing

/// Two network namespaces with a line between them: two hosts, as far as TCP can see.
private final class TwoHosts {
  static let isPossible: Bool = {
    let name = "emu-probe-\(getpid())"
    guard run("ip", "netns", "add", name) else { return false }
    defer { _ = run("ip", "netns", "del", name) }
    return run(
      "ip", "link", "add", "\(name.suffix(12))a", "type", "veth", "peer", "name", "\(name.suffix(12))b", "netns", name)
      && run("ip", "link", "del", "\(name.suffix(12))a")
  }()
  /// A line with delay and loss is a program between two tun devices, since few kernels have netem.
  static let canDisturb = unsafe access("/dev/net/tun", R_OK | W_OK) == 0 && run("python3", "-c", "")

  let names: [String]
  private var line: RunningEmu?

  @discardableResult
  static func run(_ words: String...) -> Bool {
    (try? runProgram("/usr/bin/env", words))?.status == 0
  }

  /// - Parameter isDisturbed: a packet takes 10 ms, and one in a hundred is lost.
  init(isDisturbed: Bool = false) throws {
    let base = "emu-\(UUID().uuidString.prefix(8))"
    names = ["\(base)a", "\(base)b"]
    for name in names {
      try #require(Self.run("ip", "netns", "add", name))
      try #require(Self.run("ip", "-n", name, "link", "set", "lo", "up"))
    }
    if isDisturbed {
      let tool = Build.root.appendingPathComponent("tools/line.py").path
      let words = ["python3", tool, "--delay", "10", "--loss", "1", names[0], "10.99.0.1/24", names[1], "10.99.0.2/24"]
      let program = try RunningEmu(words, executable: URL(fileURLWithPath: "/usr/bin/env"), input: Pipe())
      try #require(program.waits { text, _ in text.contains("ready") }, "\(program.complaints)")
      line = program
      return
    }
    try #require(
      Self.run("ip", "-n", names[0], "link", "add", "line", "type", "veth", "peer", "name", "line", "netns", names[1]))
    for (number, name) in names.enumerated() {
      try #require(Self.run("ip", "-n", name, "addr", "add", "10.99.0.\(number + 1)/24", "dev", "line"))
      try #require(Self.run("ip", "-n", name, "link", "set", "line", "up"))
    }
  }

  deinit { for name in names { Self.run("ip", "netns", "del", name) } }

  /// Cuts the line, or mends it.
  func setLine(_ isUp: Bool) { Self.run("ip", "-n", names[1], "link", "set", "line", isUp ? "up" : "down") }

  func start(_ host: Int, _ arguments: [String]) throws -> RunningEmu {
    try RunningEmu(
      ["ip", "netns", "exec", names[host], Build.emu.path] + arguments, executable: URL(fileURLWithPath: "/usr/bin/env")
    )
  }
}

extension MovesTests {
  @Suite("Two hosts", .enabled(if: TwoHosts.isPossible, "network namespaces with veth cannot be made (iproute2, root)"))
  struct NamespaceTests {
    private func migrate(_ hosts: TwoHosts, _ folder: MovesFolder) throws {
      let target = try hosts.start(
        1, ["run", "--incoming", "tcp:10.99.0.2:7777", "--control", "unix:\(folder.file("b"))"])
      #expect(target.waits { $1.contains("waiting for a guest at tcp:10.99.0.2:7777") }, "\(target.complaints)")
      let source = try hosts.start(
        0, ["run", "--memory", "8M", "--control", "unix:\(folder.file("a"))", MovesGuest.rom])
      let control = try #require(ControlClient(folder.file("a")), "\(source.complaints)")
      #expect(source.waits { text, _ in text.contains("\n") })
      let result = control.result("migrate", ["to": "tcp:10.99.0.2:7777"])
      #expect(result["rounds"] != nil, "\(result)")
      #expect(source.end() == 0)
      _ = ControlClient(folder.file("b"))?.result("send", ["text": "q"])
      #expect(target.end() == 0)
      var known: [Int: Substring] = [:]
      #expect(MovesGuest.problem(source.text + target.text, &known) == nil)
      #expect(MovesGuest.isDone(target.text, known))
    }

    @Test("A guest moves from one to the other")
    func moves() throws { try migrate(try TwoHosts(), try MovesFolder()) }

    @Test(
      "A guest moves over a line with delay and loss", .enabled(if: TwoHosts.canDisturb, "no /dev/net/tun or python3"))
    func disturbed() throws { try migrate(try TwoHosts(isDisturbed: true), try MovesFolder()) }

    @Test(
      "A backup follows over a line with delay and loss, and takes over",
      .enabled(if: TwoHosts.canDisturb, "no /dev/net/tun or python3"), arguments: [false, true])
    func follows(_ dies: Bool) throws {
      let (hosts, folder) = (try TwoHosts(isDisturbed: true), try MovesFolder())
      let backup = try hosts.start(
        1, ["run", "--backup", "tcp:10.99.0.2:7777", "--control", "unix:\(folder.file("b"))"])
      #expect(backup.waits { $1.contains("waiting for a guest") }, "\(backup.complaints)")
      let primary = try hosts.start(
        0,
        ["run", "--memory", "8M", "--protect", "tcp:10.99.0.2:7777", "--control", "unix:\(folder.file("a"))"]
          + [MovesGuest.rom])
      let control = try #require(ControlClient(folder.file("a")), "\(primary.complaints)")
      #expect(primary.waits { text, _ in text.contains("\n") }, "\(primary.complaints)")
      for (place, byte) in "abc".enumerated() { _ = control.result("send", ["text": String(byte), "at": place]) }
      #expect(primary.waits { text, _ in text.contains("= c 3\n") }, "\(primary.complaints)")
      if dies {
        primary.kill(SIGKILL)
        #expect(backup.waits { $1.contains("the guest goes on here") }, "\(backup.complaints)")
      }
      _ = ControlClient(folder.file(dies ? "b" : "a"))?.result("send", ["text": "q"])
      if !dies { #expect(primary.end() == 0, "\(primary.complaints)") }
      #expect(backup.end() == 0, "\(backup.complaints)")
      var known: [Int: Substring] = [:]
      let before = primary.text.split(separator: "\n")
      // The last line of a primary that was killed may be cut off, and come again.
      #expect(MovesGuest.problem((dies ? before.dropLast() : before[...]).joined(separator: "\n"), &known) == nil)
      let text = dies ? backup.text : primary.text
      #expect(MovesGuest.isDone(text, Dictionary(uniqueKeysWithValues: lines(primary.text, text).map { ($0, "") })))
    }

    @Test("A cut line leaves the guest at the source")
    func cut() throws {
      let (hosts, folder) = (try TwoHosts(), try MovesFolder())
      let target = try hosts.start(1, ["run", "--incoming", "tcp:10.99.0.2:7777"])
      #expect(target.waits { $1.contains("waiting for a guest") })
      let source = try hosts.start(
        0, ["run", "--memory", "8M", "--control", "unix:\(folder.file("a"))", MovesGuest.rom])
      let control = try #require(ControlClient(folder.file("a")))
      #expect(source.waits { text, _ in text.contains("\n") })
      _ = control.result("pause")
      let id = control.ask("migrate", ["to": "tcp:10.99.0.2:7777"])
      hosts.setLine(false)
      _ = control.result("continue")
      _ = control.result("cancel")
      let answer = control.answer(id)
      if answer?["ok"] as? Bool != true {
        _ = control.result("send", ["text": "q"])
        #expect(source.end() == 0)
        var known: [Int: Substring] = [:]
        #expect(MovesGuest.problem(source.text, &known) == nil)
        #expect(MovesGuest.isDone(source.text, known))
        #expect(target.bytes.isEmpty)
      }
      target.kill(SIGKILL)
      _ = target.end()
    }

    @Test("Of a primary and a backup that a cut line separates one alone goes on, by the lease")
    func separated() throws {
      for round in 0..<(runsMoveTests ? 20 : 3) {
        let (hosts, folder) = (try TwoHosts(), try MovesFolder())
        let lease = ["--lease", folder.file("lease")]
        let backup = try hosts.start(
          1, ["run", "--backup", "tcp:10.99.0.2:7777", "--control", "unix:\(folder.file("b"))"] + lease)
        #expect(backup.waits { $1.contains("waiting for a guest") }, "\(backup.complaints)")
        let primary = try hosts.start(
          0,
          ["run", "--memory", "8M", "--protect", "tcp:10.99.0.2:7777", "--control", "unix:\(folder.file("a"))"] + lease
            + [MovesGuest.rom])
        #expect(primary.waits { text, _ in text.contains("\n") }, "\(primary.complaints)")
        usleep(UInt32(round) * 7000)
        hosts.setLine(false)
        #expect(backup.waits { $1.contains("the guest goes on here") }, "round \(round): \(backup.complaints)")
        // The primary finds the lease gone.
        #expect(primary.end() == 0, "round \(round): \(primary.complaints)")
        #expect(primary.complaints.contains("the guest has moved to tcp:10.99.0.2:7777"), "\(primary.complaints)")
        _ = ControlClient(folder.file("b"))?.result("send", ["text": "q"])
        #expect(backup.end() == 0)
        var known: [Int: Substring] = [:]
        // The last lines of the primary may come again from the backup.
        let (before, after) = (primary.text, backup.text)
        #expect(MovesGuest.problem(before.split(separator: "\n").dropLast().joined(separator: "\n"), &known) == nil)
        #expect(MovesGuest.isDone(after, Dictionary(uniqueKeysWithValues: lines(before, after).map { ($0, "") })))
      }
    }

    /// The rounds that either has printed.
    private func lines(_ before: String, _ after: String) -> Set<Int> {
      Set(
        (before + "\n" + after).split(separator: "\n").compactMap { line in
          line.hasPrefix("done") || line.hasPrefix("=") || line.split(separator: " ").count != 2
            ? nil : Int(line.split(separator: " ")[0])
        })
    }
  }
}
