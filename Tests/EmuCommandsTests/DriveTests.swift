import Foundation
import Glibc
import TestSupport
import Testing

/// Debian's SeaBIOS is there.
let hasSeaBIOS = FileManager.default.fileExists(atPath: seaBIOS)
private let seaBIOS = "/usr/share/seabios/bios-256k.bin"

/// A boot sector that prints "boot sector" by INT 10h, reads the sector behind it by INT 13h to 7E00h and prints its
/// text; with a byte set it asks for a key by INT 16h and prints that. It exits with status 15, 3 if the read fails.
///
///     xor ax, ax; mov ds, ax; mov es, ax; mov ss, ax; mov sp, 7C00h; cld; mov si, message; call print; mov bx, 7E00h
///     cmp byte [isDisc], 0; jne 1f; mov ax, 201h; mov cx, 2; mov dh, 0; int 13h; jmp 2f
///     1: mov ah, 42h; mov si, packet; int 13h; 2: jc 4f; mov si, 7E00h; call print
///     cmp byte [asksKey], 0; je 3f; mov si, question; call print; mov ah, 0; int 16h; mov ah, 0Eh; mov bx, 7; int 10h
///     3: mov al, 7; out F4h, al; 4: mov si, failed; call print; mov al, 1; out F4h, al
///     print: lodsb; test al, al; jz 1f; mov ah, 0Eh; mov bx, 7; int 10h; jmp print; 1: ret
private let bootCode: [UInt8] = [
  0x31, 0xC0, 0x8E, 0xD8, 0x8E, 0xC0, 0x8E, 0xD0, 0xBC, 0x00, 0x7C, 0xFC, 0xBE, 0x7E, 0x7C, 0xE8, 0x4B, 0x00, 0xBB,
  0x00, 0x7E, 0x80, 0x3E, 0x7C, 0x7C, 0x00, 0x75, 0x0C, 0xB8, 0x01, 0x02, 0xB9, 0x02, 0x00, 0xB6, 0x00, 0xCD, 0x13,
  0xEB, 0x07, 0xB4, 0x42, 0xBE, 0x6C, 0x7C, 0xCD, 0x13, 0x72, 0x22, 0xBE, 0x00, 0x7E, 0xE8, 0x26, 0x00, 0x80, 0x3E,
  0x7D, 0x7C, 0x00, 0x74, 0x11, 0xBE, 0x8C, 0x7C, 0xE8, 0x19, 0x00, 0xB4, 0x00, 0xCD, 0x16, 0xB4, 0x0E, 0xBB, 0x07,
  0x00, 0xCD, 0x10, 0xB0, 0x07, 0xE6, 0xF4, 0xBE, 0x92, 0x7C, 0xE8, 0x04, 0x00, 0xB0, 0x01, 0xE6, 0xF4, 0xAC, 0x84,
  0xC0, 0x74, 0x09, 0xB4, 0x0E, 0xBB, 0x07, 0x00, 0xCD, 0x10, 0xEB, 0xF2, 0xC3, 0x10, 0x00, 0x01, 0x00, 0x00, 0x7E,
  0x00, 0x00, 0x15, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
]
private let isDisc = 0x7C
private let asksKey = 0x7D

/// A boot sector that writes a text to the third sector by INT 13h, asks for a key, reads the sector, prints it and exits
/// with status 15.
///
///     as above; mov ax, 301h; mov cx, 3; mov dh, 0; mov bx, text; int 13h; mov si, question; call print
///     mov ah, 0; int 16h; mov ax, 201h; mov cx, 3; mov dh, 0; mov bx, 8000h; int 13h; mov si, 8000h; call print
///     mov al, 7; out F4h, al; print: as above
private let writingCode: [UInt8] = [
  0x31, 0xC0, 0x8E, 0xD8, 0x8E, 0xC0, 0x8E, 0xD0, 0xBC, 0x00, 0x7C, 0xFC, 0xB8, 0x01, 0x03, 0xB9, 0x03, 0x00, 0xB6,
  0x00, 0xBB, 0x4F, 0x7C, 0xCD, 0x13, 0xBE, 0x49, 0x7C, 0xE8, 0x1B, 0x00, 0xB4, 0x00, 0xCD, 0x16, 0xB8, 0x01, 0x02,
  0xB9, 0x03, 0x00, 0xB6, 0x00, 0xBB, 0x00, 0x80, 0xCD, 0x13, 0xBE, 0x00, 0x80, 0xE8, 0x04, 0x00, 0xB0, 0x07, 0xE6,
  0xF4, 0xAC, 0x84, 0xC0, 0x74, 0x09, 0xB4, 0x0E, 0xBB, 0x07, 0x00, 0xCD, 0x10, 0xEB, 0xF2, 0xC3,
]

/// Images of disks, diskettes and discs with that sector.
private enum BootImage {
  static func sector(isDisc: Bool = false, asksKey: Bool = false) -> [UInt8] {
    var bytes = bootCode
    bytes[EmuCommandsTests.isDisc] = isDisc ? 1 : 0
    bytes[EmuCommandsTests.asksKey] = asksKey ? 1 : 0
    bytes += Array("boot sector\r\n\0key? \0failed\r\n\0".utf8)
    return bytes + [UInt8](repeating: 0, count: 510 - bytes.count) + [0x55, 0xAA]
  }

  /// SeaBIOS sends the end of a line on the serial line with what follows it.
  private static let filler = "........\r\n........\r\n"

  /// A disk whose boot sector writes to it.
  static func writing(_ byteCount: Int) -> [UInt8] {
    let code = writingCode + Array("key? \0\r\nwritten before\r\n........\r\n".utf8)
    return padded(padded(code, 510) + [0x55, 0xAA], byteCount)
  }

  private static func padded(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: count - bytes.count)
  }

  static func disk(_ byteCount: Int, asksKey: Bool = false, text: String = "second sector\r\n") -> [UInt8] {
    padded(sector(asksKey: asksKey) + Array((text + filler).utf8), byteCount)
  }

  /// El Torito without emulation: the catalog in sector 19, the boot image in sector 20, the text in sector 21.
  static func disc() -> [UInt8] {
    func descriptor(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
      padded([type] + Array("CD001".utf8) + [1] + body, 2048)
    }
    let torito = Array("EL TORITO SPECIFICATION".utf8)
    var boot = descriptor(0, padded(torito, 32))
    boot.replaceSubrange(71..<75, with: [19, 0, 0, 0])
    var validation = padded([1, 0, 0, 0], 28) + [0, 0, 0x55, 0xAA]
    var sum: UInt16 = 0
    for at in stride(from: 0, to: 32, by: 2) { sum &+= UInt16(validation[at]) | UInt16(validation[at + 1]) << 8 }
    validation.replaceSubrange(
      28..<30, with: [UInt8(truncatingIfNeeded: 0 &- sum), UInt8(truncatingIfNeeded: (0 &- sum) >> 8)])
    let entry: [UInt8] = [0x88, 0, 0, 0, 0, 0, 4, 0, 20, 0, 0, 0]
    var bytes = padded([], 16 * 2048) + descriptor(1, []) + boot + descriptor(255, [])
    bytes += padded(validation + entry, 2048) + padded(sector(isDisc: true), 2048)
    return padded(bytes + Array(("sector of the disc\r\n" + filler).utf8), 64 * 2048)
  }
}

/// Files that go with the test.
final class DriveFiles {
  let folder = NSTemporaryDirectory() + "emu-drives-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    return "\(folder)/\(name)"
  }
}

private func rom(_ name: String) -> String { Build.roms.appendingPathComponent("\(name).elf").path }

private let diskSize = 2 << 20
private let disketteSize = 1440 << 10

@Suite("Drives and firmware", .enabled(if: hasSeaBIOS, "Debian's package seabios is not installed"))
struct DriveTests {
  @Test(
    "A boot sector prints and reads by the BIOS's calls",
    arguments: ["disk", "slave", "virtio", "floppy", "image", "diskette", "cdrom", "disc"], ["threaded", "reference"])
  func boots(_ way: String, _ engine: String) throws {
    let files = try DriveFiles()
    let options: [String]
    switch way {
    case "disk": options = ["--disk", try files.file("a", BootImage.disk(diskSize))]
    case "slave":
      let empty = try files.file("e", [UInt8](repeating: 0, count: diskSize))
      options = ["--disk", empty, "--cdrom", try files.file("a", BootImage.disc())]
    case "virtio": options = ["--disk", try files.file("a", BootImage.disk(diskSize)) + ",virtio"]
    case "floppy": options = ["--floppy", try files.file("a", BootImage.disk(disketteSize))]
    case "image": options = [try files.file("a", BootImage.disk(diskSize))]
    case "diskette": options = [try files.file("a", BootImage.disk(disketteSize))]
    case "cdrom": options = ["--cdrom", try files.file("a", BootImage.disc())]
    default: options = [try files.file("a.iso", BootImage.disc())]
    }
    let outcome = try runEmu(["run", "--engine", engine, "--timeout", "60"] + options)
    let second = ["slave", "cdrom", "disc"].contains(way) ? "sector of the disc" : "second sector"
    #expect(outcome.status == 15, "\(outcome)")
    #expect(outcome.text.contains("boot sector\r\n") && outcome.text.contains("\(second)\r\n"), "\(outcome.text)")
    #expect(outcome.text.contains("SeaBIOS (version "), "\(outcome.text)")
  }

  @Test(
    "The order of drives",
    arguments: [("disk,floppy", "on disk"), ("floppy,disk", "on diskette"), ("floppy", "on diskette")])
  func order(_ order: String, _ says: String) throws {
    let files = try DriveFiles()
    let disk = try files.file("d", BootImage.disk(diskSize, text: "on disk\r\n"))
    let diskette = try files.file("f", BootImage.disk(disketteSize, text: "on diskette\r\n"))
    let outcome = try runEmu(["run", "--disk", disk, "--floppy", diskette, "--boot", order])
    #expect(outcome.status == 15 && outcome.text.contains("\(says)\r\n"), "\(outcome)")
  }

  @Test("A key is awaited and sent, on the serial line and on the keyboard", arguments: [false, true])
  func keys(_ hasScreen: Bool) throws {
    let files = try DriveFiles()
    let disk = try files.file("d", BootImage.disk(diskSize, asksKey: true))
    let picture = "\(files.folder)/s.txt"
    let options = ["run", "--disk", disk, "--expect", "key?", "--send", "k", "--timeout", "60"]
    let outcome = try runEmu(options + (hasScreen ? ["--screenshot", picture] : []))
    #expect(outcome.status == 15, "\(outcome)")
    let text = hasScreen ? try String(contentsOfFile: picture, encoding: .utf8) : outcome.text
    #expect(text.contains("boot sector") && text.contains("second sector") && text.contains("key?"), "\(text)")
    #expect(!hasScreen || text.contains("key? k"), "\(text)")
    #expect(hasScreen == !outcome.text.contains("boot sector"), "\(outcome.text)")
  }

  @Test("The screen as a picture, and in a pipe as text")
  func screenshot() throws {
    let files = try DriveFiles()
    let disk = try files.file("d", BootImage.disk(diskSize))
    let picture = "\(files.folder)/s.png"
    let outcome = try runEmu(["run", disk, "--display", "text", "--screenshot", picture])
    #expect(outcome.status == 15 && outcome.text.contains("second sector\n"), "\(outcome)")
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: picture)))
    #expect(bytes.starts(with: [0x89] + Array("PNG".utf8)) && bytes[18...23] == [2, 0xD0, 0, 0, 1, 0x90])
  }

  @Test("Ctrl-A S writes the screen in between, with a number")
  func screenshotByKey() throws {
    let files = try DriveFiles()
    let disk = try files.file("d", BootImage.disk(diskSize, asksKey: true))
    let picture = "\(files.folder)/s.png"
    let command = "\(Build.emu.path) run --disk \(disk) --display text --screenshot \(picture) --timeout 60"
    // Ctrl-A S twice, then Ctrl-A X, in a terminal.
    let keys = [1, UInt8(ascii: "s"), 1, UInt8(ascii: "S"), 1, UInt8(ascii: "x")]
    let outcome = try runProgram("/usr/bin/script", ["-qec", command, "/dev/null"], input: keys)
    let names = try FileManager.default.contentsOfDirectory(atPath: files.folder).sorted()
    #expect(names == ["d", "s-1.png", "s-2.png", "s.png"], "\(outcome)")
    #expect(outcome.text.contains("emu: \(files.folder)/s-2.png is written"), "\(outcome)")
  }

  @Test("A text that comes ends the run; one that does not is said")
  func expected() throws {
    let files = try DriveFiles()
    let disk = try files.file("d", BootImage.disk(diskSize))
    let asking = try files.file("k", BootImage.disk(diskSize, asksKey: true))
    for image in [disk, asking] {
      let found = try runEmu(["run", image, "--expect", "second sector", "--quiet"])
      #expect(found.status == 0 && found.errors.isEmpty, "\(found)")
      let shown = try runEmu(["run", image, "--display", "none", "--expect", "second sector", "--quiet"])
      #expect(shown.status == 0 && shown.errors.isEmpty, "\(shown)")
    }
    let missed = try runEmu(["run", disk, "--expect", "third"])
    #expect(missed.status == 15 && missed.errors.contains("--expect 'third': the text has not come"), "\(missed)")
  }

  @Test(
    "A snapshot goes on with the same disk, and with no other",
    arguments: [("", "primary master", 7_000_000), (",virtio", "virtio disk 1", 4_000_000)])
  func snapshots(_ bus: String, _ place: String, _ tick: Int) throws {
    let files = try DriveFiles()
    let disk = try files.file("d", BootImage.disk(diskSize, asksKey: true))
    let snapshot = "\(files.folder)/s"
    let saved = try runEmu([
      "run", "--disk", disk + bus, "--snapshot-at", "\(tick):\(snapshot)", "--max-ticks", "\(tick)",
    ])
    #expect(saved.status == 124 && saved.errors.contains("not kept, because of --snapshot-at"), "\(saved)")
    let restore = ["run", "--restore", snapshot, "--timeout", "60", "--expect", "key?", "--send", "k"]
    let outcome = try runEmu(restore + ["--disk", disk + bus])
    #expect(outcome.status == 15 && outcome.text.contains("key?"), "\(outcome)")
    let missing = try runEmu(restore)
    #expect(missing.status == 66 && missing.errors.contains("\(place) with \(disk) is missing"), "\(missing)")
    let other = try files.file("o", BootImage.disk(diskSize))
    let changed = try runEmu(restore + ["--disk", other + bus])
    #expect(changed.status == 66 && changed.errors.contains("\(other) is not what it was"), "\(changed)")
  }

  @Test(
    "A snapshot has what the guest has written, and the file does not; without one the file has it",
    arguments: ["", ",virtio"])
  func writes(_ bus: String) throws {
    let files = try DriveFiles()
    let contents = BootImage.writing(diskSize)
    let disk = try files.file("d", contents)
    let snapshot = "\(files.folder)/s"
    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: disk))) }
    let saved = try runEmu([
      "run", "--disk", disk + bus, "--snapshot-at", "12000000:\(snapshot)", "--max-ticks", "12000000",
    ])
    #expect(saved.status == 124 && saved.text.contains("key?"), "\(saved)")
    let restored = try runEmu(["run", "--restore", snapshot, "--disk", disk + bus], input: Array("k".utf8))
    #expect(restored.status == 15 && restored.text.contains("written before"), "\(restored)")
    let kept = try runEmu(["run", "--disk", "\(disk),snapshot\(bus)", "--expect", "key?", "--send", "k"])
    #expect(kept.status == 15 && kept.text.contains("written before"), "\(kept)")
    #expect(try bytes() == contents)
    let refused = try runEmu(["run", "--disk", "\(disk),readonly\(bus)", "--expect", "key?", "--send", "k"])
    #expect(refused.status == 15 && !refused.text.contains("written before"), "\(refused)")
    #expect(try bytes() == contents)
    let written = try runEmu(["run", "--disk", disk + bus, "--expect", "key?", "--send", "k"])
    #expect(written.status == 15 && written.text.contains("written before"), "\(written)")
    #expect(try bytes()[1024...].starts(with: Array("\r\nwritten before".utf8)))
  }

  @Test(
    "A run with a disk is recorded and repeated, keys too; a changed disk is refused by name",
    arguments: [("", "primary-master"), (",virtio", "virtio-disk-1")], [false, true])
  func recordings(_ drive: (bus: String, place: String), _ hasScreen: Bool) throws {
    let files = try DriveFiles()
    let disk = try files.file("d", BootImage.disk(diskSize, asksKey: true))
    let recording = "\(files.folder)/r"
    func options(_ disk: String, _ picture: String) -> [String] {
      ["run", "--disk", disk + drive.bus] + (hasScreen ? ["--screenshot", "\(files.folder)/\(picture)"] : [])
    }
    let recorded = try runEmu(
      options(disk, "a.png") + ["--record", recording, "--expect", "key?", "--send", "k", "--timeout", "60"])
    #expect(recorded.status == 15, "\(recorded)")
    let text = try String(contentsOfFile: recording, encoding: .utf8)
    #expect(text.contains("\nkey ") == hasScreen && text.contains("\nserial ") == !hasScreen, "\(text)")
    let repeated = try runEmu(options(disk, "b.png") + ["--replay", recording])
    #expect(repeated.status == 15 && repeated.output == recorded.output, "\(repeated)")
    if hasScreen {
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: "\(files.folder)/a.png"))
          == Data(contentsOf: URL(fileURLWithPath: "\(files.folder)/b.png")))
    }
    let other = try files.file("o", BootImage.disk(diskSize))
    let changed = try runEmu(options(other, "c.png") + ["--replay", recording])
    let says = "drive \(drive.place): \(other) is not what was there when the run was recorded"
    #expect(changed.status == 66 && changed.errors.contains(says), "\(changed)")
    let missing = try runEmu(["run", "--bios", seaBIOS, "--replay", recording])
    #expect(missing.status == 66 && missing.errors.contains("drive \(drive.place) was recorded"), "\(missing)")
  }

  /// The boot sector that writes; its last instructions are LIDT [SI], where zeros stand, and INT3.
  @Test(
    "A triple fault has its report, unless the guest has written to the file",
    arguments: ["", ",snapshot", ",snapshot,virtio"], [false, true])
  func tripleFault(_ options: String, _ hasScreen: Bool) throws {
    let files = try DriveFiles()
    var bytes = BootImage.writing(diskSize)
    let end = try #require(bytes.firstRange(of: [0xB0, 0x07, 0xE6, 0xF4] as [UInt8]))
    bytes.replaceSubrange(end, with: [0x0F, 0x01, 0x1C, 0xCC])
    let disk = try files.file("d", bytes)
    let outcome = try runEmu(
      ["run", "--disk", disk + options, "--expect", "key?", "--send", "k", "--timeout", "60"]
        + (hasScreen ? ["--display", "none"] : []))
    #expect(outcome.status == 86 && outcome.errors.contains("emu: triple fault: "), "\(outcome)")
    let hint = "for the fault report run the guest with --explain: it has written to \(disk)"
    #expect(outcome.errors.contains(hint) == options.isEmpty, "\(outcome.errors)")
    #expect(outcome.errors.contains("outcome shutdown") == !options.isEmpty, "\(outcome.errors)")
  }

  @Test("A board has the chips of the drives that it has")
  func boards() throws {
    let files = try DriveFiles()
    let disk = try files.file("d", BootImage.disk(diskSize))
    let diskette = try files.file("f", BootImage.disk(disketteSize))
    let names = ["IDE channel", "82077AA", "8237A", "VGA", "PIIX3 IDE", "virtio disk 1", "virtio disk 2"]
    func has(_ options: [String]) throws -> [Bool] {
      let outcome = try runEmu(["run", "--board"] + options)
      #expect(outcome.status == 0, "\(outcome)")
      return names.map { outcome.text.contains($0) }
    }
    #expect(try has([]) == [false, false, false, false, false, false, false])
    #expect(try has(["--disk", disk]) == [true, false, false, false, true, false, false])
    #expect(try has(["--disk", disk + ",virtio"]) == [false, false, false, false, false, true, false])
    #expect(try has(["--floppy", diskette]) == [false, true, true, false, false, false, false])
    #expect(try has(["--display", "none"]) == [false, false, false, true, false, false, false])
    #expect(try has(["--disk", disk, rom("hello")]) == [true, false, false, false, true, false, false])
  }
}

@Suite("Options of drives and screen")
struct DriveOptionTests {
  /// Options, status and what standard error says; D is a disk of 1 MiB.
  private static let rows: [(options: String, status: Int32, says: String)] = [
    ("--disk D,ro", 64, "--disk D,ro: 'ro' is none of format=raw"),
    (
      "--disk D --disk D --disk D --disk D --cdrom D", 64,
      "--disk D: IDE has places for 3 disks beside the CD-ROM drive"
    ),
    (
      "--disk D,virtio --disk D,virtio --disk D,virtio --disk D,virtio --disk D,virtio", 64,
      "--disk D,virtio: there are places for 4 disks on virtio"
    ), ("--floppy D,virtio", 64, "--floppy D,virtio: virtio is a word of --disk"),
    ("--floppy D --floppy D --floppy D", 64, "--floppy D: there are two diskette drives"),
    ("--floppy D", 66, "D: a diskette has 160, 180, 320, 360, 720, 1200, 1440, 2880 KiB, not 1048576 bytes"),
    ("--disk D/x", 66, "D/x: "), ("--disk /tmp", 66, "/tmp: "), ("--cdrom /dev/null", 66, "/dev/null: "),
    ("--disk D --disk D", 66, "D: is in use by another process or another drive"),
    ("--disk D --backend kvm", 64, "--disk, --cdrom and --floppy need --backend model"),
    ("--disk D --append x", 64, "--append is for an image, and firmware starts what is in a drive"),
    ("--disk D --boot tape", 64, "The value 'tape' is invalid for '--boot"),
    ("--boot disk \(rom("hello"))", 64, "--boot needs firmware"),
    ("--screenshot a.gif \(rom("hello"))", 64, "--screenshot a.gif: the name ends neither in .png nor in .txt"),
    ("--send x \(rom("hello"))", 64, "--send 'x' has no --expect that it waits for"),
    ("--expect x --send \\q \(rom("hello"))", 64, "--send '\\q': a \\ is followed by none of n, r, t, e, \\ and xHH"),
    ("--display text --serial stdio \(rom("hello"))", 64, "--display text and --serial stdio exclude each other"),
    ("--display text --gdb \(rom("hello"))", 64, "--gdb excludes --display text and --expect"),
    ("--disk D --trace D", 64, "--trace D: is the file of --disk, which would be overwritten"),
  ]

  @Test("What does not go together, and files that are none", arguments: rows)
  func refusals(_ options: String, _ status: Int32, _ says: String) throws {
    let files = try DriveFiles()
    let disk = try files.file("disk", [UInt8](repeating: 0, count: 1 << 20))
    // A word that begins with D, and D between blanks or before a comma or a colon.
    func named(_ text: String) -> String {
      text.replacing(#/(^| )D(?=$|[ ,:/])/#) { "\($0.output.1)\(disk)" }
    }
    let outcome = try runEmu(["run"] + options.split(separator: " ").map { named(String($0)) })
    #expect(outcome.status == status, "\(outcome)")
    #expect(outcome.errors.contains(named(says)), "\(outcome.errors)")
  }
}
