import Foundation
import Glibc
import TestSupport
import Testing

/// Debian's kernel with a shell that prints numbered lines and their MD5, and writes each to a file.
private enum Load {
  /// Lines of the loop.
  static let count = 200
  static let script =
    "i=0; while [ $i -lt \(count) ]; do i=$((i+1)); echo line $i $(echo $i | md5sum); echo $i >> /file; done; "
    + "echo sum $(md5sum < /file); poweroff -f"

  static func options(_ processors: Int) -> [String] {
    [
      "--memory", "256M", "--cpus", "\(processors)", "--initrd", DebianKernel.initrd, "--append",
      "console=ttyS0 quiet emu.script=\"\(script)\"", DebianKernel.image,
    ]
  }

  /// What the loop prints, by the host's own md5sum.
  static let lines: [String] = {
    let loop = "for i in $(seq \(count)); do echo line $i $(echo $i | md5sum); done; echo sum $(seq \(count) | md5sum)"
    let text = (try? runProgram("/bin/bash", ["-c", loop]))?.text ?? ""
    return text.split(whereSeparator: \.isNewline).map(String.init)
  }()

  /// Whether a serial output has each line once and in order.
  static func problem(_ text: String) -> String? {
    let found = text.split(whereSeparator: \.isNewline).map(String.init).filter {
      $0.hasPrefix("line ") || $0.hasPrefix("sum ")
    }
    guard found != lines else { return nil }
    let place = zip(found, lines).prefix { $0 == $1 }.count
    return "line \(place + 1) of \(found.count): '\(place < found.count ? found[place] : "none")'"
  }

  /// What a shell on a terminal prints, without what it says to the terminal before a command's output.
  static func plain(_ text: String) -> String {
    text.replacingOccurrences(of: "\u{1B}[?2004l", with: "").replacingOccurrences(of: "\r", with: "")
  }

  /// The guest works on its loop.
  static func isWorking(_ text: String) -> Bool { text.contains("line 20 ") }
}

extension MovesTests {
  @Suite(
    "Debian's kernel moves under load", .enabled(if: !Build.isDebug, "a debug build is too slow"),
    .enabled(if: DebianKernel.isThere, "Debian's packages were not fetched (make linux-files)"))
  struct LinuxMoveTests {
    @Test("To another process", arguments: [1, 2])
    func moves(_ processors: Int) throws {
      let folder = try MovesFolder()
      let target = try RunningEmu(["run", "--incoming", "unix:\(folder.file("m"))"])
      let source = try RunningEmu(["run", "--control", "unix:\(folder.file("a"))"] + Load.options(processors))
      let control = try #require(ControlClient(folder.file("a")), "\(source.complaints)")
      #expect(source.waits { text, _ in Load.isWorking(text) }, "\(source.text.suffix(500))")
      let result = control.result("migrate", ["to": "unix:\(folder.file("m"))"])
      #expect(result["rounds"] != nil, "\(result)")
      print("Debian's kernel moved: \(result["pages"] ?? 0) pages, downtime \(result["downtime_microseconds"] ?? 0) us")
      #expect(source.end() == 0)
      #expect(target.end() == 0, "\(target.complaints)")
      #expect(!target.text.isEmpty)
      #expect(Load.problem(source.text + target.text) == nil)
    }

    @Test("To its backup, when it is killed", arguments: [1, 2])
    func protected(_ processors: Int) throws {
      let folder = try MovesFolder()
      let address = "unix:\(folder.file("m"))"
      let backup = try RunningEmu(["run", "--backup", address])
      let primary = try RunningEmu(
        ["run", "--protect", address, "--compare-every", "100000000"] + Load.options(processors))
      #expect(primary.waits { text, _ in Load.isWorking(text) }, "\(primary.complaints)\(primary.text.suffix(500))")
      primary.kill(SIGKILL)
      _ = primary.end()
      #expect(backup.end() == 0, "\(backup.complaints)")
      #expect(backup.complaints.contains("the guest goes on here"), "\(backup.complaints)")
      // Standard output of the backup begins where the primary had said last: what it repeats is the same.
      let (before, after) = (primary.bytes, backup.bytes)
      let most = min(before.count, after.count, 1 << 16)
      let overlap = (0...most).reversed().first { before.suffix($0).elementsEqual(after.prefix($0)) } ?? 0
      #expect(Load.problem(String(decoding: before + after.dropFirst(overlap), as: UTF8.self)) == nil)
    }

    /// Debian's user space on a disk, which moves too.
    @Test(
      "With its disk, which is copied to another format", .enabled(if: runsMoveTests, "make test-moves runs it"),
      .enabled(
        if: ["debian.img", "debian.vmlinuz", "debian.initrd"].allSatisfy {
          FileManager.default.fileExists(atPath: Build.cache.appendingPathComponent($0).path)
        }, "Debian's disk was not made (make disk-files)"))
    func withDisk() throws {
      let folder = try MovesFolder()
      func cached(_ name: String) -> String { Build.cache.appendingPathComponent(name).path }
      #expect(try runProgram("/bin/cp", ["--sparse=always", cached("debian.img"), folder.file("d.img")]).status == 0)
      let source = try RunningEmu([
        "run", "--control", "unix:\(folder.file("a"))", "--memory", "512M", "--disk", "\(folder.file("d.img")),virtio",
        "--initrd", cached("debian.initrd"), "--append", "root=LABEL=debian ro console=ttyS0", cached("debian.vmlinuz"),
      ])
      let target = try RunningEmu([
        "run", "--incoming", "unix:\(folder.file("m"))", "--disk", "\(folder.file("e.qcow2")),virtio",
      ])
      let control = try #require(ControlClient(folder.file("a")), "\(source.complaints)")
      #expect(source.waits { text, _ in text.contains("login:") }, "\(source.text.suffix(500))")
      _ = control.result("send", ["text": "root\n"])
      #expect(source.waits { text, _ in text.contains("root@") || text.contains("# ") }, "\(source.text.suffix(500))")
      _ = control.result(
        "send",
        [
          "text": Load.script.replacingOccurrences(of: "/file", with: "/root/file; sync")
            .replacingOccurrences(of: "md5sum < /root/file; sync", with: "md5sum < /root/file")
            .replacingOccurrences(of: "poweroff -f", with: "poweroff") + "\n"
        ])
      #expect(source.waits { text, _ in text.contains("line 5 ") }, "\(source.text.suffix(500))")
      let result = control.result("migrate", ["to": "unix:\(folder.file("m"))", "disks": "copy"])
      #expect(result["rounds"] != nil, "\(result) \(target.complaints)")
      #expect(source.end() == 0)
      #expect(target.end() == 0, "\(target.complaints)")
      let text = source.text + target.text
      #expect(Load.problem(Load.plain(text)) == nil)
      #expect(try runProgram("/usr/bin/env", ["qemu-img", "check", folder.file("e.qcow2")]).status == 0)
      #expect(
        try runProgram(
          "/usr/bin/env", ["qemu-img", "convert", "-O", "raw", folder.file("e.qcow2"), folder.file("e.img")]
        ).status == 0)
    }
  }
}
