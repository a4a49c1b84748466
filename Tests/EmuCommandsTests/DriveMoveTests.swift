import Foundation
import Glibc
import TestSupport
import Testing

/// The guest of testroms/disk-journal.s: record N is on the disk, flushed, before the serial line says N.
private enum Journal {
  static let rom = Build.roms.appendingPathComponent("disk-journal.elf").path

  /// The last record that a serial line has announced.
  static func last(_ text: String) -> Int {
    // The last line may be cut.
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().last.flatMap { Int($0) } ?? 0
  }

  /// Whether the lines are record after record.
  static func isWhole(_ text: String) -> Bool {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return lines.enumerated().allSatisfy { Int($0.element) == $0.offset + 1 }
  }

  /// How many records a file holds.
  static func count(_ file: String) throws -> Int {
    let outcome = try runEmu(["run", "--memory", "16M", "--append", "check", "--disk", "\(file),readonly", rom])
    return outcome.text.split(separator: " ").first.flatMap { Int($0) } ?? -1
  }

  static func makeDisk(_ path: String, byteCount: UInt64 = 4 << 20) throws {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    try #require(unsafe truncate(path, Int(byteCount)) == 0)
  }
}

extension MovesTests {
  @Suite("Disks that move")
  struct DriveMoveTests {
    private func start(
      _ folder: MovesFolder, _ options: [String], socket: String = "a"
    ) throws -> (RunningEmu, ControlClient) {
      let guest = try RunningEmu(
        ["run", "--memory", "16M", "--control", "unix:\(folder.file(socket))"] + options + [Journal.rom])
      let client = try #require(ControlClient(folder.file(socket)), "\(guest.complaints)")
      #expect(guest.waits { text, _ in Journal.last(text) > 20 }, "\(guest.complaints)")
      return (guest, client)
    }

    private func incoming(_ folder: MovesFolder, _ options: [String], limit: Int? = nil) throws -> RunningEmu {
      let arguments =
        ["run", "--incoming", "unix:\(folder.file("m"))", "--control", "unix:\(folder.file("b"))"] + options
      let target =
        try limit.map {
          try RunningEmu(
            ["-c", "ulimit -f \($0); exec \"$0\" \"$@\"", Build.emu.path] + arguments,
            executable: URL(fileURLWithPath: "/bin/bash"))
        } ?? RunningEmu(arguments)
      #expect(target.waits { $1.contains("waiting for a guest") }, "\(target.complaints)")
      return target
    }

    @Test(
      "A disk moves while the guest writes to it",
      arguments: [
        ("d.img", "e.qcow2", ""), ("d.img", "e.img", ""), ("d.img", "e", "qcow2"), ("d.img,snapshot", "e.img", ""),
        ("d.img,virtio", "e.img", "none"),
      ])
    func moves(_ disk: String, _ new: String, _ format: String) throws {
      let folder = try MovesFolder()
      try Journal.makeDisk(folder.file("d.img"))
      // The journal knows IDE only: on virtio nobody writes.
      let isIDE = !disk.hasSuffix("virtio")
      let disks = ["--disk", folder.file(disk)] + (isIDE ? [] : ["--disk", folder.file("j.img")])
      if !isIDE { try Journal.makeDisk(folder.file("j.img")) }
      let (guest, client) = try start(folder, disks)
      var members: [String: Any] = ["drive": isIDE ? "primary-master" : "virtio disk 1", "file": folder.file(new)]
      if ["raw", "qcow2"].contains(format) { members["format"] = format }
      let result = client.result("move-disk", members)
      #expect(result["file"] as? String == folder.file(new), "\(result)")
      let before = Journal.last(guest.text)
      if isIDE { #expect(guest.waits { text, _ in Journal.last(text) > before + 50 }) }
      let drives = client.result("status")["drives"] as? [[String: Any]]
      #expect(drives?.contains { $0["file"] as? String == folder.file(new) } == true, "\(drives ?? [])")
      guest.kill(SIGKILL)
      _ = guest.end()
      #expect(Journal.isWhole(guest.text))
      guard isIDE else { return }
      let option = format == "qcow2" ? "\(folder.file(new)),format=qcow2" : folder.file(new)
      #expect(try Journal.count(option) >= Journal.last(guest.text))
    }

    @Test("A killed emu loses nothing that was flushed, at any moment of a move")
    func kills() throws {
      var dice = Dice(UInt64(getpid()))
      var (switched, unfinished) = (0, 0)
      for round in 0..<(runsMoveTests ? 100 : 6) {
        let folder = try MovesFolder()
        try Journal.makeDisk(folder.file("d.img"), byteCount: 64 << 20)
        let (guest, client) = try start(folder, ["--disk", folder.file("d.img")])
        let new = folder.file(round % 2 == 0 ? "e.qcow2" : "e.img")
        client.ask("move-disk", ["drive": "primary-master", "file": new])
        usleep(UInt32(dice.below(40_000)))
        guest.kill(SIGKILL)
        _ = guest.end()
        let isThere = FileManager.default.fileExists(atPath: new)
        if isThere { switched += 1 } else { unfinished += 1 }
        let (old, there) = (try Journal.count(folder.file("d.img")), isThere ? try Journal.count(new) : 0)
        #expect(max(old, there) >= Journal.last(guest.text), "round \(round)")
        // What has its name is whole: never less than the old file.
        if isThere { #expect(there >= old, "round \(round)") }
      }
      print("kills during a disk's move: \(switched) with the new file, \(unfinished) without")
    }

    @Test("Guest and disk move together: the same file, a copy, another format")
    func together() throws {
      for (own, other, disks) in [
        ("d.img", "d.img", "share"), ("d.img", "e.qcow2", "copy"), ("d.img,snapshot", "e.img", "copy"),
        ("d.img,snapshot", "d.img,snapshot", "share"),
      ] {
        let folder = try MovesFolder()
        try Journal.makeDisk(folder.file("d.img"))
        let (guest, client) = try start(folder, ["--disk", folder.file(own)])
        let target = try incoming(folder, ["--disk", folder.file(other)])
        let result = client.result("migrate", ["to": "unix:\(folder.file("m"))", "disks": disks])
        #expect(result["rounds"] != nil, "\(own) \(other): \(result) \(target.complaints)")
        #expect(guest.end() == 0, "\(guest.complaints)")
        #expect(target.waits { text, _ in text.split(separator: "\n").count > 50 }, "\(target.complaints)")
        target.kill(SIGKILL)
        _ = target.end()
        let text = guest.text + target.text
        #expect(Journal.isWhole(text), "\(own) \(other)")
        if !other.hasSuffix("snapshot") {
          #expect(try Journal.count(folder.file(other)) >= Journal.last(text), "\(own) \(other)")
        }
      }
    }

    @Test("A killed side of a move with a shared disk leaves one guest and its disk")
    func killsTogether() throws {
      var dice = Dice(UInt64(getpid()))
      for round in 0..<(runsMoveTests ? 200 : 8) {
        let folder = try MovesFolder()
        try Journal.makeDisk(folder.file("d.img"))
        let copies = round % 2 == 1
        let (guest, client) = try start(folder, ["--disk", folder.file("d.img")])
        let target = try incoming(folder, ["--disk", folder.file(copies ? "e.img" : "d.img")])
        let id = client.ask("migrate", ["to": "unix:\(folder.file("m"))", "disks": copies ? "copy" : "share"])
        usleep(UInt32(dice.below(40_000)))
        let killsTarget = dice.below(2) == 0
        (killsTarget ? target : guest).kill(SIGKILL)
        _ = (killsTarget ? target : guest).end()
        if killsTarget {
          if client.answer(id)?["ok"] as? Bool == true {
            #expect(guest.end() == 0)
          } else {
            // The guest goes on here, with its disk.
            let before = Journal.last(guest.text)
            #expect(guest.waits { text, _ in Journal.last(text) > before + 20 }, "round \(round): \(guest.complaints)")
            guest.kill(SIGKILL)
            _ = guest.end()
            #expect(target.bytes.isEmpty, "round \(round): two guests")
          }
        } else {
          // It may not have come so far as to connect.
          _ = target.waits(seconds: 2) { text, complaints in text.contains("\n") || complaints.contains("is gone") }
          target.kill(SIGKILL)
          _ = target.end()
        }
        let text = guest.text + target.text
        #expect(Journal.isWhole(text), "round \(round)")
        let file = copies && !target.bytes.isEmpty ? "e.img" : "d.img"
        #expect(try Journal.count(folder.file(file)) >= Journal.last(text), "round \(round): \(file)")
      }
    }

    /// What does not fit: the source's options and the target's, how disks go, a limit of the target's files in KiB, and
    /// what both sides say.
    private static let refusals: [(source: [String], target: [String], disks: String, limit: Int?, says: String)] = [
      (["--disk", "d.img"], [], "share", nil, "primary master with "),
      (
        ["--disk", "d.img"], ["--disk", "d.img", "--disk", "o.img,virtio"], "share", nil,
        "virtio disk 1: the guest has no such drive"
      ),
      (["--disk", "d.img"], ["--disk", "o.img"], "share", nil, "is not the guest's disk: its contents are "),
      (
        ["--disk", "d.img,snapshot"], ["--disk", "o.img,snapshot"], "share", nil,
        "is not the guest's disk: its contents are "
      ),
      (["--disk", "d.img,snapshot"], ["--disk", "s.img,snapshot"], "share", nil, "s.img is a disk of 2097152 bytes"),
      (["--disk", "d.img"], ["--disk", "o.img"], "copy", nil, "o.img: "),
      (
        ["--disk", "d.img"], ["--disk", "d.img,snapshot"], "share", nil, "it can be neither readonly nor snapshot here"
      ),
      (["--disk", "d.img,snapshot"], ["--disk", "o.img"], "share", nil, "add snapshot or readonly here"),
      (["--disk", "d.img"], ["--disk", "nowhere/o.img"], "copy", nil, "nowhere/o.img: cannot be made"),
      (["--disk", "d.img"], ["--disk", "e.img"], "copy", 1024, "File too large"),
    ]

    @Test("Another disk, a missing one and a full target are one sentence on both sides", arguments: refusals.indices)
    func refused(_ number: Int) throws {
      let row = Self.refusals[number]
      let folder = try MovesFolder()
      for name in ["d.img", "o.img"] { try Journal.makeDisk(folder.file(name)) }
      try Journal.makeDisk(folder.file("s.img"), byteCount: 2 << 20)
      let other = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("o.img")))
      try other.write(contentsOf: Data([7]))
      try other.close()
      func named(_ options: [String]) -> [String] { options.map { $0.hasPrefix("--") ? $0 : folder.file($0) } }
      let (guest, client) = try start(folder, named(row.source))
      let target = try incoming(folder, named(row.target), limit: row.limit)
      let error =
        client.result("migrate", ["to": "unix:\(folder.file("m"))", "disks": row.disks])["error"] as? String ?? "none"
      #expect(error.contains(row.says) && error.hasSuffix("; the guest goes on here"), "\(error)")
      #expect(target.end() == 66)
      #expect(target.complaints.contains(row.says), "\(target.complaints)")
      let before = Journal.last(guest.text)
      #expect(guest.waits { text, _ in Journal.last(text) > before + 20 }, "\(guest.complaints)")
      _ = client.result("quit")
      #expect(guest.end() == 0)
      #expect(
        try Journal.count(folder.file("d.img")) >= (row.source[1].contains("snapshot") ? 0 : Journal.last(guest.text)))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(!left.contains { $0.hasSuffix(".moving") || $0 == "e.img" }, "\(left)")
    }

    @Test(
      "Moves of disks that cannot be",
      arguments: [
        (["drive": "moon", "file": "e"], "drive: 'moon' is no drive: there are primary master"),
        (["drive": "primary-master", "file": "d.img"], "d.img: "), (["drive": "primary-master", "file": "."], "."),
        (["drive": "primary-master", "file": "e", "format": "vhd"], "format: 'vhd' is neither raw nor qcow2"),
        (["drive": "primary-master", "file": "nowhere/e"], "nowhere/e: "),
      ] as [([String: String], String)])
    func impossible(_ members: [String: String], _ says: String) throws {
      let folder = try MovesFolder()
      try Journal.makeDisk(folder.file("d.img"))
      let (guest, client) = try start(folder, ["--disk", folder.file("d.img")])
      var named = members
      named["file"] = folder.file(members["file"] ?? "")
      let error = client.result("move-disk", named)["error"] as? String ?? "none"
      #expect(error.contains(says), "\(error)")
      let before = Journal.last(guest.text)
      #expect(guest.waits { text, _ in Journal.last(text) > before + 20 }, "\(guest.complaints)")
      _ = client.result("quit")
      #expect(guest.end() == 0)
    }

    @Test("A backup with a copy of the disk goes on with it")
    func backup() throws {
      for round in 0..<(runsMoveTests ? 50 : 4) {
        let folder = try MovesFolder()
        for name in ["p.img", "b.img"] { try Journal.makeDisk(folder.file(name)) }
        let address = "unix:\(folder.file("m"))"
        let backup = try RunningEmu(
          ["run", "--backup", address, "--disk", folder.file("b.img"), "--control", "unix:\(folder.file("b"))"])
        let (primary, client) = try start(folder, ["--protect", address, "--disk", folder.file("p.img")])
        #expect(client.result("status")["protected"] as? Bool == true)
        usleep(UInt32(round % 7) * 5000)
        primary.kill(SIGKILL)
        _ = primary.end()
        #expect(backup.waits { $1.contains("the guest goes on here") }, "\(backup.complaints)")
        let before = Journal.last(primary.text)
        #expect(backup.waits { text, _ in Journal.last(text) > before + 20 }, "\(backup.complaints)")
        backup.kill(SIGKILL)
        _ = backup.end()
        #expect(try Journal.count(folder.file("b.img")) >= max(before, Journal.last(backup.text)), "round \(round)")
      }
    }
  }
}
