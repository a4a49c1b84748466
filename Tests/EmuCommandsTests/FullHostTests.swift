import Foundation
import TestSupport
import Testing

/// A host that takes no more, and what must come of it.
struct FullHost: Sendable, CustomTestStringConvertible {
  /// Options of `emu run`; `D` is a folder on a file system of 64 KiB.
  var options: String
  var says: String
  var testDescription: String { options }
}

private let fullHosts: [FullHost] = [
  FullHost(
    options: "--snapshot-at 20000:D/s", says: "D/s: cannot be written: No space left on device"),
  FullHost(options: "--snapshot-at 20000:D/no/s", says: "D/no/s: cannot be made: No such file"),
  FullHost(options: "--snapshot-at 20000:/proc/s", says: "/proc/s: cannot be made: "),
  FullHost(options: "--snapshot-at 20000:D", says: "D: is there and is not a regular file"),
  FullHost(
    options: "--snapshot-at 20000:/dev/full", says: "/dev/full: is there and is not a regular file"),
  FullHost(options: "--record D/no/r", says: "D/no/r: cannot be opened: No such file"),
  FullHost(
    options: "--record /dev/full",
    says: "/dev/full: the recording cannot be written: No space left on device"),
  FullHost(options: "--record D", says: "D: cannot be opened: Is a directory"),
]

@Suite("A host that takes no more")
struct FullHostTests {
  /// In a name space of its own, an ordinary user may mount a small file system.
  private static let canMount: Bool =
    ((try? runProgram("/bin/sh", ["-c", "unshare -rm sh -c 'mount -t tmpfs none /mnt'"]).status) ?? 1) == 0

  private func run(_ script: String, input: [UInt8]? = nil) throws -> (EmuOutcome, String) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emu-full-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let inside = "mount -t tmpfs -o size=64k none \"$D\" || exit 99; \(script); s=$?; cd \"$D\"; ls >&3; exit $s"
    let list = NSTemporaryDirectory() + "emu-full-list-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: list) }
    let outcome = try runProgram(
      "/bin/sh", ["-c", "exec 3>\(list); exec unshare -rm sh -c '\(inside)'"], input: input,
      environment: ["D": folder.path, "EMU": Build.emu.path])
    var shown = outcome
    shown.errors = outcome.errors.replacingOccurrences(of: folder.path, with: "D")
    return (shown, try String(contentsOfFile: list, encoding: .utf8))
  }

  @Test(
    "The sentence names the file, the status is 74, nothing half is left",
    .enabled(if: canMount, "the host mounts nothing for an ordinary user"), arguments: fullHosts)
  func refuses(_ row: FullHost) throws {
    let options = row.options.replacingOccurrences(of: "D", with: "\"$D\"")
    let (outcome, left) = try run("\"$EMU\" run \(options) \"\(Build.roms.path)/hello.elf\"")
    #expect(outcome.status == 74, "\(outcome)")
    #expect(outcome.errors.hasPrefix("emu: \(row.says)"), "\(outcome.errors)")
    #expect(left.isEmpty, "\(left)")
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }

  @Test(
    "A recording that the host takes no more of ends before its last input, and the guest goes on",
    .enabled(if: canMount, "the host mounts nothing for an ordinary user"))
  func recording() throws {
    // 1: in al, 3FDh; test 1; jz 1b; in al, 3F8h; out 3F8h, al; cmp al, '!'; jne 1b; out F4h, al
    let code: [UInt8] = [
      0x66, 0xBA, 0xFD, 0x03, 0xEC, 0xA8, 0x01, 0x74, 0xF7, 0x66, 0xBA, 0xF8, 0x03, 0xEC, 0xEE, 0x3C, 0x21, 0x75,
      0xED, 0xE6, 0xF4,
    ]
    let image = NSTemporaryDirectory() + "emu-echo-\(UUID().uuidString)"
    try Data(code).write(to: URL(fileURLWithPath: image))
    defer { try? FileManager.default.removeItem(atPath: image) }
    let input = Array((String(repeating: "0123456789", count: 15) + "!").utf8)
    // 4 KiB are left for the recording.
    let script =
      "head -c 61440 /dev/zero >\"$D\"/fill; \"$EMU\" run --format flat --record \"$D\"/r \(image); s=$?; "
      + "cp \"$D\"/r \(image).r; (exit $s)"
    defer { try? FileManager.default.removeItem(atPath: "\(image).r") }
    let (outcome, left) = try run(script, input: input)
    #expect(outcome.status == 74 && outcome.output == input, "\(outcome.status) \(outcome.errors)")
    let sentence = "emu: D/r: the recording cannot be written: No space left on device"
    #expect(outcome.errors == "\(sentence); the guest goes on\n\(sentence)\n", "\(outcome.errors)")
    #expect(left == "fill\nr\n")
    // What is there is whole lines, and a replay says that it was cut.
    let text = try String(contentsOfFile: "\(image).r", encoding: .utf8)
    #expect(text.hasSuffix("\n") && text.utf8.count > 3900)
    let replay = try runEmu([
      "run", "--format", "flat", "--max-ticks", "30000000", "--replay", "\(image).r", image,
    ])
    #expect(replay.status == 124 && replay.errors.contains("has no end, since it was cut"), "\(replay.errors)")
    let count = text.split(separator: "\n").count { $0.hasPrefix("serial ") }
    #expect(replay.output.count == count && count > 80 && input.starts(with: replay.output))
  }

  @Test(
    "A disk whose file the host takes no more of reports errors, and the guest goes on",
    .enabled(if: canMount, "the host mounts nothing for an ordinary user"),
    .enabled(if: hasImageTool, "qemu-img, which makes the image, is not there"), arguments: ["raw", "qcow2"])
  func disk(_ format: String) throws {
    let make =
      format == "raw" ? "truncate -s 1M \"$D\"/disk" : "qemu-img create -q -f qcow2 -o cluster_size=512 \"$D\"/disk 1M"
    let journal = "\(Build.roms.path)/disk-journal.elf"
    let (outcome, _) = try run("\(make) || exit 98; \"$EMU\" run --disk \"$D\"/disk,format=\(format) \"\(journal)\"")
    #expect(outcome.status == 3, "\(outcome)")
    let lines = outcome.text.split(separator: "\n")
    #expect(lines.count > 10 && lines.last == "the disk reports an error", "\(lines.suffix(3))")
  }

  @Test("A name where nothing may be made is refused, and the guest has not begun", arguments: ["--record", "--trace"])
  func unwritable(_ option: String) throws {
    let outcome = try runEmu(["run", option, "/proc/r", Build.roms.appendingPathComponent("hello.elf").path])
    #expect(
      outcome.status == 74 && outcome.output.isEmpty && outcome.errors.contains("/proc/r: cannot be"), "\(outcome)")
  }

  @Test(
    "Limits of the shell: a file's size below RAM is said, and a recording of 5 MB needs no 350 MB",
    arguments: [
      (
        "ulimit -f 1000; exec \"$EMU\" run hello.elf", 64,
        "--memory 268435456: the host refuses so much memory (ulimit -f,"
      ),
      ("ulimit -v 350000; exec \"$EMU\" coverage --recording \"$VECTORS/zen2.emuvec\"", 0, ""),
    ] as [(String, Int32, String)])
  func limits(_ script: String, _ status: Int32, _ says: String) throws {
    let outcome = try runProgram(
      "/bin/sh", ["-c", "cd \"$ROMS\"; \(script)"],
      environment: [
        "EMU": Build.emu.path, "ROMS": Build.roms.path,
        "VECTORS": Build.root.appendingPathComponent("Tests/Vectors").path,
      ])
    #expect(outcome.status == status && (says.isEmpty || outcome.errors.contains(says)), "\(outcome.errors)")
  }
}
