import Foundation
import TestSupport
import Testing

/// What boots from a drive: made of Debian's packages by `tools/fetch-media.sh` and `tools/fetch-disk.sh`.
struct GuestMedium: CustomTestStringConvertible, Sendable {
  var name: String
  /// The files that it needs, in the cache.
  var files: [String]
  /// Options of `emu run`; @NAME is a file of the cache, S the screen's file.
  var options: String
  /// The kernel's command line.
  var append: String?
  /// What is awaited, and what is sent then.
  var script: [(expect: String, send: String)] = []
  /// The last text that is awaited, which ends the run; nil lets the guest end itself.
  var last: String?
  var status: Int32 = 0
  /// What has come on the serial line or, with `--screenshot`, is on the screen at the end.
  var says: [String]
  /// Too slow for every day: `make test-disks` runs it.
  var isLong = false

  var testDescription: String { name }

  func arguments(_ engine: String, _ screen: String) -> [String] {
    var result = ["run", "--engine", engine, "--stats", "--timeout", "3000"]
    for word in options.split(separator: " ") {
      result.append(word == "S" ? screen : String(word).replacing("@", with: Build.cache.path + "/"))
    }
    if let append { result += ["--append", append] }
    for (text, answer) in script { result += ["--expect", text, "--send", answer] }
    return result + (last.map { ["--expect", $0] } ?? [])
  }

  private static let login: [(String, String)] = [("login:", #"root\n"#), ("#", #"tty; poweroff\n"#)]

  static let all: [GuestMedium] = [
    GuestMedium(
      name: "GRUB's disc, a Multiboot2 ROM", files: ["media-grub.iso"], options: "--cdrom @media-grub.iso",
      script: [("GNU GRUB", "2")], status: 33, says: ["command line: from GRUB\n", "loader: GRUB 2", "RAM: 255 MiB\n"]),
    GuestMedium(
      name: "GRUB's disc on a disk, a Multiboot ROM", files: ["media-grub.iso"],
      options: "--disk @media-grub.iso,format=raw,readonly", script: [("GNU GRUB", "1")],
      says: ["Hello from long mode.\n"]),
    GuestMedium(
      name: "GRUB's disc on virtio, on the screen", files: ["media-grub.iso"],
      options: "--disk @media-grub.iso,format=raw,readonly,virtio --display none --screenshot S",
      script: [("GNU GRUB", "2")], status: 33, says: ["loader: GRUB 2"]),
    GuestMedium(
      name: "SYSLINUX on a diskette", files: ["media-syslinux.img"], options: "--floppy @media-syslinux.img,readonly",
      says: ["SYSLINUX 6", "Hello from long mode.\n"]),
    GuestMedium(
      name: "SYSLINUX on a disk", files: ["media-syslinux.img"], options: "--disk @media-syslinux.img,readonly",
      says: ["SYSLINUX 6", "Hello from long mode.\n"]),
    GuestMedium(
      name: "iPXE to its prompt", files: ["media-ipxe.iso"], options: "@media-ipxe.iso",
      script: [("Ctrl-B", #"\x02"#), ("iPXE>", #"help\n"#)], last: "sanboot", says: ["Available commands:"],
      isLong: true),
    GuestMedium(
      name: "memtest86+ on the screen", files: ["media-memtest.iso"],
      options: "@media-memtest.iso --display none --screenshot S", last: "to start testing", says: ["Memtest86+ v6"],
      isLong: true),
    GuestMedium(
      name: "Debian's kernel and a disk on virtio, without firmware",
      files: ["debian.img", "debian.vmlinuz", "debian.initrd"],
      options: "--memory 512M --disk @debian.img,snapshot,virtio --initrd @debian.initrd @debian.vmlinuz",
      append: "root=LABEL=debian ro console=ttyS0", script: login,
      says: ["/dev/ttyS0", "virtio_blk virtio0", "reboot: Power down"], isLong: true),
    GuestMedium(
      name: "Debian's kernel and a disk on IDE, without firmware",
      files: ["debian.img", "debian.vmlinuz", "debian.initrd"],
      options: "--memory 512M --disk @debian.img,snapshot --initrd @debian.initrd @debian.vmlinuz",
      append: "root=LABEL=debian ro console=ttyS0", script: login,
      says: ["/dev/ttyS0", "ata1.00: ATA-6: EMU HARD DISK", "PATA max MWDMA2", "reboot: Power down"], isLong: true),
    GuestMedium(
      name: "Debian by GRUB from IDE, on the screen", files: ["debian.img"],
      options: "--memory 512M --disk @debian.img,snapshot --display none --screenshot S",
      script: [("GNU GRUB", "s"), ("login:", #"root\n"#), ("#", #"tty\n"#), ("/dev/tty1", #"poweroff\n"#)],
      says: ["reboot: Power down"], isLong: true),
  ]
}

@Suite("Guests from drives", .enabled(if: hasSeaBIOS, "Debian's package seabios is not installed"))
struct GuestMediaTests {
  private static func isThere(_ guest: GuestMedium) -> Bool {
    guest.files.allSatisfy { FileManager.default.fileExists(atPath: Build.cache.appendingPathComponent($0).path) }
  }
  private static let present = GuestMedium.all.filter { isThere($0) && (Build.runsDiskTests || !$0.isLong) }
  private static let absent = GuestMedium.all.filter { !isThere($0) && (Build.runsDiskTests || !$0.isLong) }

  @Test(
    "Boots to its end, with both engines in the same instructions",
    .enabled(if: !Build.isDebug, "a debug build starts no firmware"), arguments: present)
  func boots(_ guest: GuestMedium) throws {
    let files = try DriveFiles()
    var counts: Set<String> = []
    for engine in Build.runsDiskTests ? ["threaded", "reference"] : ["threaded"] {
      let screen = "\(files.folder)/\(engine).txt"
      let outcome = try runEmu(guest.arguments(engine, screen), limit: 600)
      #expect(outcome.status == guest.status, "\(outcome.errors) \(outcome.text.suffix(500))")
      let shown = outcome.text + ((try? String(contentsOfFile: screen, encoding: .utf8)) ?? "")
      for text in guest.says { #expect(shown.contains(text), "\(engine): \(text) is not in \(shown.suffix(2000))") }
      counts.insert(outcome.statistics["instructions"] ?? "none")
    }
    #expect(counts.count == 1 && !counts.contains("none"), "\(counts)")
  }

  @Test(
    "Every medium is there",
    .enabled(if: absent.isEmpty, "not made: \(absent.map(\.name).joined(separator: "; "))"))
  func areThere() { #expect(Self.present.count == GuestMedium.all.count { Build.runsDiskTests || !$0.isLong }) }

  @Test("README's picture is what emu shows", .enabled(if: Build.runsDiskTests, "make test-disks runs it"))
  func picture() throws {
    let files = try DriveFiles()
    let picture = "\(files.folder)/screen.png"
    let disc = Build.cache.appendingPathComponent("media-memtest.iso").path
    let outcome = try runEmu(
      [
        "run", disc, "--display", "none", "--screenshot", picture, "--expect", "to start testing", "--send", #"\n"#,
        "--expect", "Pass:",
      ], limit: 600)
    #expect(outcome.status == 0, "\(outcome)")
    let shown = Build.root.appendingPathComponent("Documentation/images/screen.png").path
    #expect(try Data(contentsOf: URL(fileURLWithPath: picture)) == Data(contentsOf: URL(fileURLWithPath: shown)))
  }

  /// Debian logs in on the serial line, lists packages, writes a file and powers off; the host finds the file system clean.
  @Test(
    "Debian on a disk: a login, a file, and a clean file system",
    .enabled(if: Build.runsDiskTests, "make test-disks runs it"), arguments: ["", ",virtio"], ["threaded", "reference"])
  func debian(_ bus: String, _ engine: String) throws {
    let image = Build.cache.appendingPathComponent("debian.img").path
    try #require(FileManager.default.fileExists(atPath: image), "\(image) was not made")
    let files = try DriveFiles()
    let disk = "\(files.folder)/disk"
    #expect(try runProgram("/bin/cp", ["--sparse=always", image, disk]).status == 0)
    let commands =
      #"apt list --installed 2>/dev/null | grep -c installed; echo written by the guest >/root/file; "#
      + #"sync; poweroff\n"#
    let outcome = try runEmu(
      [
        "run", "--engine", engine, "--memory", "512M", "--disk", disk + bus, "--expect", "login:", "--send", #"root\n"#,
        "--expect", "#", "--send", commands, "--timeout", "3000",
      ], limit: 600)
    #expect(outcome.status == 0 && outcome.text.contains("reboot: Power down"), "\(outcome.text.suffix(2000))")
    #expect(outcome.text.contains(bus.isEmpty ? "sda1" : "vda1"))
    let partition = disk + "?offset=1048576"
    let check = try runProgram("/sbin/e2fsck", ["-fn", partition])
    #expect(check.status == 0, "\(check.text) \(check.errors)")
    let file = try runProgram("/sbin/debugfs", ["-R", "cat /root/file", partition])
    #expect(file.text == "written by the guest\n", "\(file)")
  }
}

/// What makes images of qcow2 is there.
let hasImageTool = FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-img")

/// A guest writes records to a disk, flushes each, then says its number; it is killed at some moment.
@Suite("What the guest has flushed outlives emu")
struct DiskJournalTests {
  private static let kills = Build.runsDiskTests ? 200 : 8
  private static let journal = Build.roms.appendingPathComponent("disk-journal.elf").path

  @Test("kill -9 at random moments loses no record of a raw image")
  func raw() throws { try kills("raw") }

  @Test(
    "kill -9 at random moments loses no record of a qcow2 image",
    .enabled(if: hasImageTool, "qemu-img, which makes the image, is not there"))
  func qcow2() throws { try kills("qcow2") }

  private func kills(_ format: String) throws {
    var dice = Dice(90_210)
    var total = 0
    for kill in 0..<Self.kills / 2 {
      let files = try DriveFiles()
      let disk = "\(files.folder)/disk"
      if format == "raw" {
        #expect(truncate(disk, 8 << 20))
      } else {
        #expect(try runProgram("/usr/bin/qemu-img", ["create", "-q", "-f", "qcow2", disk, "8M"]).status == 0)
      }
      let option = "\(disk),format=\(format)"
      // A debug build starts and goes slowly.
      let moment = (0.03 + Double(dice.below(400)) / 1000) * (Build.isDebug ? 10 : 1)
      let outcome = try runEmu(
        ["run", "--disk", option, Self.journal], interruptAfter: moment, signal: 9)
      #expect(outcome.status == 137, "\(outcome)")
      // The last line may be cut.
      let lines = outcome.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      let numbers = lines.map { Int($0) ?? 0 }
      #expect(numbers == Array(1..<lines.count + 1))
      let check = try runEmu(["run", "--disk", "\(option),readonly", "--append", "check", Self.journal])
      let kept = check.text.split(separator: " ").first.flatMap { Int($0) } ?? -1
      #expect(check.status == 33 && kept >= lines.count, "kill \(kill): \(lines.count) were said, \(check)")
      total += lines.count
    }
    #expect(total > 0)
  }

  private func truncate(_ path: String, _ size: UInt64) -> Bool {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { return false }
    return (try? handle.truncate(atOffset: size)) != nil
  }
}
