import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import EmuCommands

private func rom(_ name: String) -> String { Build.roms.appendingPathComponent("\(name).elf").path }

@Suite("What people type")
struct CommandFormTests {
  @Test(
    "Addresses",
    arguments: [
      ("31744", 0x7C00), ("0x7c00", 0x7C00), ("0X7C00", 0x7C00), ("7c00h", 0x7C00), ("7C00H", 0x7C00), ("1M", 1 << 20),
      ("256MB", 256 << 20), ("1MiB", 1 << 20), ("64k", 64 << 10), ("f000:fff0", 0xFFFF0), ("07C0:0000", 0x7C00),
      ("0x7c0:0h", 0x7C00), ("0xffffffffffffffff", UInt64.max),
    ] as [(String, UInt64)])
  func addresses(_ text: String, _ value: UInt64) {
    #expect(Address(argument: text)?.value == value)
  }

  @Test(
    "No addresses",
    arguments: [
      "", "h", "0x", "0xg", "-1", "+1", "0x-1", "7c00", "1Q", "1MM", "f000:", ":0", "10000:0", "0:0:0", "zero", "1 M",
      "99999999999T", "0x10000000000000000",
    ])
  func noAddresses(_ text: String) { #expect(Address(argument: text) == nil) }

  @Test(
    "Options of another machine",
    arguments: [
      (["run", "-m", "512", "k"], ["run", "--memory", "512M", "k"]), (["run", "-m", "1G"], ["run", "--memory", "1G"]),
      (["run", "-smp", "cpus=4,cores=2", "k"], ["run", "--cpus", "4", "k"]), (["run", "-kernel", "k"], ["run", "k"]),
      (["run", "-initrd", "i", "-append", "-m 5", "k"], ["run", "--initrd", "i", "--append", "-m 5", "k"]),
      (["run", "-serial", "mon:stdio", "-nographic", "k"], ["run", "--serial", "stdio", "k"]),
      (["run", "--append", "-kernel", "k"], ["run", "--append", "-kernel", "k"]),
      (["run", "--", "-kernel", "k"], ["run", "--", "-kernel", "k"]), (["exec", "-m", "90"], ["exec", "-m", "90"]),
      (["run", "-m"], ["run", "-m"]),
    ])
  func aliases(_ typed: [String], _ meant: [String]) {
    let (arguments, notes) = CommandAliases.translated(typed)
    #expect(arguments == meant && notes.isEmpty == (typed == meant), "\(arguments) \(notes)")
  }

  /// Arguments, status and what standard error says.
  private static let rows: [([String], Int32, String)] = [
    ([rom("hello")], 64, "hello.elf: is a file and no command; emu run "),
    (["-kernel", rom("hello")], 64, "-kernel: a command is missing"),
    (["run", "-kernel", rom("hello")], 0, "emu: -kernel \(rom("hello")) is taken as "),
    (["run", "--memory", "512", rom("hello")], 64, "--memory 512M is of MiB"),
    (["run", "--mode", "long64", rom("hello")], 66, "hello.elf: is an ELF file, and --mode is for raw code"),
    (["run", "--entry", "1M", rom("hello")], 66, "hello.elf: is an ELF file, and --entry is for raw code"),
    (["run", "/bin/ls"], 66, "/bin/ls: is a program for Linux, which wants "),
    (["walk", "/bin/ls", "0"], 66, "/bin/ls: is a program for Linux, which wants "),
    (["run", "--explain-history", "0", rom("hello")], 64, "--explain-history 0 is not 1 to 100000."),
    (["run", "--explain-history", "100001", rom("hello")], 64, "--explain-history 100001 is not 1 to 100000."),
    (["run", "--explain-history", "x", rom("hello")], 64, "The value 'x' is invalid for '--explain-history"),
    (
      ["run", "--explain-history", "9", "--backend", "kvm", rom("hello")], 64, "--explain-history needs --backend model"
    ),
    (["run", "/bin/sh\u{1B}[31m"], 66, "emu: /bin/sh\\x1b[31m: cannot be opened"),
  ]

  @Test("A hint or a refusal in one sentence", arguments: rows)
  func hints(_ arguments: [String], _ status: Int32, _ text: String) throws {
    let outcome = try runEmu(arguments)
    #expect(outcome.status == status && outcome.errors.contains(text), "\(outcome.status) \(outcome.errors)")
    #expect(!outcome.errors.contains("\u{1B}"))
  }

  private static let files: [(name: String, offset: Int, bytes: [UInt8], says: String)] = [
    ("app.efi", 0, Array("MZ".utf8), "it is a program for UEFI"),
    ("kernel.gz", 0, [0x1F, 0x8B, 8], "it is compressed by gzip"),
    ("disk.qcow2", 0, Array("QFI\u{0}".utf8), "no Linux setup header"),
    ("script", 0, Array("#!/bin/sh".utf8), "it is a script"),
    // No segment can be loaded below 4 GiB, and the file holds a request of the protocol.
    ("limine.elf", 0, limine.bytes, "it is a kernel for the Limine boot protocol, which emu does not speak"),
    ("program", 0, staticProgram.bytes, "is a program for Linux, linked statically"),
  ]

  private static let limine = ImageBytes.elf64.with(80, 0xFFFF_FFFF_8000_0000, 8).with(88, 0xFFFF_FFFF_8000_0000, 8)
    .with(24, 0xFFFF_FFFF_8000_0000, 8).with(0x180, 0xC7B1_DD30_DF4C_8B88, 8).with(0x188, 0x0A82_E883_A194_F07B, 8)
  /// A PT_NOTE with the note of the C library's start-up code beside the PT_LOAD.
  private static let staticProgram = ImageBytes.elf64.with(56, 2, 2).with(120, 4, 4).with(128, 0x180, 8)
    .with(152, 32, 8).with(0x180, 4, 4).with(0x184, 16, 4).with(0x188, 1, 4).with(0x18C, Array("GNU\0".utf8))

  @Test("A file that is no guest says what it is", arguments: files)
  func kinds(_ name: String, _ offset: Int, _ bytes: [UInt8], _ says: String) throws {
    let path = NSTemporaryDirectory() + "\(UUID().uuidString)-\(name)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data([UInt8](repeating: 0, count: offset) + bytes + [UInt8](repeating: 0, count: 600)).write(
      to: URL(fileURLWithPath: path))
    let outcome = try runEmu(["run", path])
    #expect(outcome.status == 66 && outcome.errors.contains(says), "\(outcome.errors)")
  }
}

@Suite("Help")
struct HelpTests {
  private static let commands = EmuCommand.configuration.subcommands.compactMap { $0.configuration.commandName }

  @Test("Help shows what is typed, and nothing of the program's types", arguments: [[]] + commands.map { [$0] })
  func types(_ command: [String]) throws {
    let outcome = try runEmu(["help"] + command)
    #expect(outcome.status == 0 && outcome.text.contains("USAGE: "), "\(outcome)")
    // A value with its fields, an optional, a list, a case of a type.
    for sign in [#/[A-Za-z]\(\w+: /#, #/Optional\(/#, #/default: \[/#, #/default: [a-z]*[A-Z]\w*\./#] {
      #expect(try sign.firstMatch(in: outcome.text) == nil, "\(command): \(outcome.text)")
    }
  }

  @Test(
    "Help of emu run",
    arguments: [
      "(default: 256M)", "the guest cannot see which", "(default: stdio; none with",
      "--snapshot-at <N:FILE>",
      "--max-ticks, --max-instructions <n>", "--gdb [<gdb>]",
    ])
  func run(_ text: String) throws { #expect(try runEmu(["help", "run"]).text.contains(text)) }

  @Test(
    "A number of bytes in the largest unit",
    arguments: [(0, "0"), (512, "512"), (1 << 10, "1k"), (96 << 20, "96M"), (3 << 29, "1536M"), (1 << 41, "2T")])
  func bytes(_ value: UInt64, _ text: String) throws {
    #expect(ByteCount(value: value).defaultValueDescription == text)
    #expect(ByteCount(argument: text)?.value == value)
  }
}

@Suite("Files of one run")
struct FileOverlapTests {
  private static let rows: [(options: String, says: String)] = [
    ("--trace D/image D/image", "--trace D/image: is the file of the image, which would be overwritten"),
    ("--record D/hard D/image", "--record D/hard: is the file of the image, which would be overwritten"),
    ("--serial file:D/link D/image", "--serial file: D/link: is the file of the image"),
    ("--snapshot-at 10:D/image D/image", "--snapshot-at D/image: is the file of the image"),
    ("--trace D/new --record D/../D/new D/image", "--record D/../D/new: is the file of --trace too"),
    ("--trace D/new --serial file:D/new D/image", "--serial file: D/new: is the file of --trace too"),
    ("--initrd D/hard --trace D/image D/other", "--trace D/image: is the file of --initrd"),
  ]

  @Test("A file that is written is no other file of the run", arguments: rows)
  func refused(_ options: String, _ says: String) throws {
    // Its last letter must not be the D that the options stand for.
    let name = "emu-files-\(UUID().uuidString)-"
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let image = folder.appendingPathComponent("image")
    try FileManager.default.copyItem(atPath: rom("hello"), toPath: image.path)
    try FileManager.default.linkItem(atPath: image.path, toPath: folder.appendingPathComponent("hard").path)
    try FileManager.default.createSymbolicLink(
      atPath: folder.appendingPathComponent("link").path, withDestinationPath: image.path)
    let before = try Data(contentsOf: image)
    let words = options.split(separator: " ").map {
      $0.replacingOccurrences(of: "D/../D", with: "\(folder.path)/../\(name)").replacingOccurrences(
        of: "D/", with: "\(folder.path)/")
    }
    let outcome = try runEmu(["run"] + words)
    let errors = outcome.errors.replacingOccurrences(of: "\(folder.path)/../\(name)", with: "D/../D")
      .replacingOccurrences(of: folder.path, with: "D")
    #expect(outcome.status == 64 && errors.contains(says), "\(outcome.status) \(errors)")
    #expect(try Data(contentsOf: image) == before)
  }

  @Test("A device may be named twice")
  func devices() throws {
    let outcome = try runEmu(["run", "--trace", "/dev/null", "--serial", "file:/dev/null", rom("hello")])
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test("A file that reaches the host's limit is an error, not the end of emu")
  func sizeLimit() throws {
    let page = NSTemporaryDirectory() + "emu-page-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: page) }
    let trace = "\(page).jsonl"
    defer { try? FileManager.default.removeItem(atPath: trace) }
    #expect(try runEmu(["run", "--trace", trace, "--trace-limit", "50", rom("hello")]).status == 0)
    let outcome = try runProgram(
      "/bin/sh", ["-c", "ulimit -f 1; \"$EMU\" view \"$TRACE\" --html \"$PAGE\""],
      environment: ["EMU": Build.emu.path, "TRACE": trace, "PAGE": page])
    #expect(outcome.status == 74 && outcome.errors.contains("cannot be written: File too large"), "\(outcome)")
    #expect(!FileManager.default.fileExists(atPath: page))
  }
}
