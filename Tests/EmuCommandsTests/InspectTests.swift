import Foundation
import TestSupport
import Testing

private func rom(_ name: String) throws -> String {
  let path = Build.roms.appendingPathComponent("\(name).elf").path
  try #require(FileManager.default.fileExists(atPath: path), "\(path) is missing: run make testroms")
  return path
}

/// A block of testroms/inspect.txt.
struct InspectRow: Sendable, CustomTestStringConvertible {
  var words: [String]
  var expected: String
  var testDescription: String { words.joined(separator: " ") }

  /// The arguments, with the ROM's name as its path.
  func arguments() throws -> [String] {
    let names = Set(RomRow.all.map(\.name))
    return try words.map { names.contains($0) ? try rom($0) : $0 }
  }

  static let all: [InspectRow] = {
    let path = Build.root.appendingPathComponent("testroms/inspect.txt")
    let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    return text.components(separatedBy: "\n$ ").dropFirst().map { block in
      var lines = block.components(separatedBy: "\n")
      let words = lines.removeFirst().split(separator: " ").map(String.init)
      while lines.last == "" { lines.removeLast() }
      return InspectRow(words: words, expected: lines.joined(separator: "\n") + "\n")
    }
  }()
}

/// A folder that goes with its owner.
private final class Folder {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("emu-inspect-\(UUID().uuidString)")
  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String, _ bytes: [UInt8], mode: Int = 0o644) throws -> String {
    let file = url.appendingPathComponent(name)
    try Data(bytes).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    return file.path
  }
}

private let map = "0000000000100000 T first\n00000000001014ef T entry_of_rom\n"

/// hello.elf with its .symtab called .debug_line, by a string table behind the file's end.
func withLineNumbers() throws -> [UInt8] {
  var file = Array(try Data(contentsOf: URL(fileURLWithPath: try rom("hello"))))
  func number(_ at: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(file[at + $1]) << ($1 * 8) } }
  func put(_ value: Int, _ at: Int, _ count: Int) {
    for index in 0..<count { file[at + index] = UInt8(truncatingIfNeeded: value >> (index * 8)) }
  }
  let (table, count, names) = (number(40, 8), number(60, 2), number(62, 2))
  for index in 0..<count where number(table + index * 64 + 4, 4) == 2 { put(1, table + index * 64, 4) }
  put(file.count, table + names * 64 + 24, 8)
  put(13, table + names * 64 + 32, 8)
  return file + Array("\0.debug_line\0".utf8)
}

@Suite("emu walk and emu tables")
struct InspectTests {
  @Test("At least 30 blocks")
  func count() { #expect(InspectRow.all.count >= 30) }

  @Test("The output is that of testroms/inspect.txt", arguments: InspectRow.all)
  func prints(_ row: InspectRow) throws {
    let outcome = try runEmu(try row.arguments())
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    #expect(outcome.text == row.expected)
    if row.words.contains("--json") {
      #expect(try JSONSerialization.jsonObject(with: Data(outcome.output)) is [String: Any])
    }
  }

  @Test(
    "Wrong usage and bad files",
    arguments: [
      (["walk", "hello"], 64, "address"), (["walk", "hello", "nope"], 64, "'nope' is neither an address nor a symbol"),
      (["walk", "hello", "0x"], 64, "'0x' is neither an address nor a symbol"),
      (["walk", "hello", "0x10000000000000000"], 64, "neither an address nor a symbol"),
      (["walk", "--processor", "1", "hello", "0"], 64, "--processor 1 is not one of 0 to 0"),
      (["tables", "--processor", "-1", "hello"], 64, "processor"), (["tables", "--at", "x", "hello"], 64, "x"),
      (["tables", "--json", "--tree", "hello"], 64, "--tree has no JSON"),
      (["tables", "--cpus", "17", "hello"], 64, "--cpus 17"), (["tables", "--memory", "1000", "hello"], 64, "1000"),
      (["tables", "/nonexistent"], 66, "/nonexistent: cannot be opened"),
      (["tables", "--symbols", "/nonexistent", "hello"], 66, "/nonexistent: cannot be opened"),
      (["tables", "--symbols", "/dev", "hello"], 66, "/dev: is not a regular file"),
      (["run", "--symbols", "/nonexistent", "hello"], 66, "/nonexistent: cannot be opened"),
      (["run", "--symbols", "/dev/zero", "hello"], 66, "/dev/zero: is not a regular file"),
    ] as [([String], Int32, String)])
  func refuses(_ words: [String], _ status: Int32, _ text: String) throws {
    let outcome = try runEmu(try InspectRow(words: words, expected: "").arguments())
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.contains(text), "\(outcome.errors)")
    #expect(outcome.text == "")
  }

  @Test("A guest that ends before is shown as it ended")
  func ended() throws {
    let outcome = try runEmu(["walk", "--at", "1000000", try rom("hello"), "0x10"])
    #expect(outcome.status == 0)
    #expect(outcome.errors.hasPrefix("emu: the guest ended after ") && outcome.errors.hasSuffix(": power-off\n"))
    #expect(outcome.text.contains("4-level paging"))
  }

  @Test("--at counts as emu run --max-ticks does", arguments: ["1", "4095", "21000"])
  func counts(_ at: String) throws {
    let outcome = try runEmu(["walk", "--at", at, try rom("hello"), "0x10"])
    #expect(outcome.text.hasPrefix("processor 0 after \(at) instructions, next at "))
    let run = try runEmu(["run", "--max-ticks", at, "--stats", try rom("hello")])
    #expect(run.status == 124)
  }

  @Test("Names from System.map in place of the image's own")
  func maps() throws {
    let folder = try Folder()
    let path = try folder.file("System.map", Array(map.utf8))
    let outcome = try runEmu(["walk", "--symbols", path, try rom("hello"), "entry_of_rom+1"])
    #expect(outcome.text.contains("next at 0x100020 (first+0x20)\nlinear 0x1014f0: no paging  entry_of_rom+0x1\n"))
    #expect(try runEmu(["walk", "--symbols", path, try rom("hello"), "main"]).status == 64)
    let fault = try runEmu(["run", "--symbols", path, try rom("triple-fault")])
    #expect(fault.status == 86)
    #expect(fault.errors.hasSuffix("\nemu: RIP is entry_of_rom+0x7\n"), "\(fault.errors)")
  }

  @Test("A triple fault is named by the image's own symbols")
  func tripleFault() throws {
    let fault = try runEmu(["run", try rom("triple-fault")])
    #expect(fault.errors.hasSuffix("\nemu: RIP is main+0x7\n"), "\(fault.errors)")
  }

  @Test("Symbols of an image that are damaged are not used, and it says so; those asked for are refused")
  func damaged() throws {
    let folder = try Folder()
    var file = Array(try Data(contentsOf: URL(fileURLWithPath: try rom("hello"))))
    file[58] = 1
    let path = try folder.file("damaged.elf", file)
    let outcome = try runEmu(["walk", path, "0x10"])
    #expect(outcome.status == 0)
    #expect(outcome.errors == "emu: \(path): e_shentsize 1 is too small; its symbols are not used\n")
    let refused = try runEmu(["walk", "--symbols", path, path, "0x10"])
    #expect(refused.status == 66)
    #expect(refused.errors == "emu: \(path): e_shentsize 1 is too small\n")
  }

  @Test(
    "Lines of source come from the host's addr2line, if it answers",
    arguments: [
      ("while read a; do echo /src/a.c:$((a)); done", " at /src/a.c:\(0x100020)"),
      ("while read a; do echo '??:0'; done", ""), ("while read a; do echo 'a.c:?'; done", ""), ("exit 0", ""),
    ])
  func lines(_ script: String, _ expected: String) throws {
    let folder = try Folder()
    let path = try folder.file("hello.elf", try withLineNumbers())
    _ = try folder.file("addr2line", Array("#!/bin/sh\n\(script)\n".utf8), mode: 0o755)
    let search = folder.url.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/bin")
    let outcome = try runEmu(["walk", path, "0x10"], environment: ["PATH": search])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.text.contains("next at 0x100020 (rom_entry\(expected))\n"), "\(outcome.text)")
    let none = try runEmu(["walk", path, "0x10"], environment: ["PATH": "/nonexistent"])
    #expect(none.text.contains("next at 0x100020 (rom_entry)\n"))
  }
}
