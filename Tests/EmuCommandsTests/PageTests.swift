import Foundation
import TestSupport
import Testing

/// A page of the documentation: its commands are executed by one shell, in order, and must print what follows them.
///
/// A command begins with `$ ` in an indented block and goes on in lines with `> `. In the lines that it prints, `...`
/// stands for anything, and alone for any lines.
private struct Page {
  struct Example {
    var command: String
    var lines: [String] = []
  }

  var examples: [Example] = []

  init(_ name: String) throws {
    let file = Build.root.appendingPathComponent("Documentation/\(name)")
    var isInExample = false
    for line in try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n") {
      guard line.hasPrefix("    ") else {
        isInExample = isInExample && line.isEmpty
        continue
      }
      let text = String(line.dropFirst(4))
      if text.hasPrefix("$ ") {
        examples.append(Example(command: String(text.dropFirst(2))))
        isInExample = true
      } else if isInExample, let last = examples.indices.last {
        if text.hasPrefix("> "), examples[last].lines.isEmpty {
          examples[last].command += "\n" + text.dropFirst(2)
        } else {
          examples[last].lines.append(text)
        }
      }
    }
  }

  /// Executes all commands in a folder where paths of the page lead to what is tested; gives what each printed.
  func run() throws -> [[String]] {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? files.removeItem(at: folder) }
    for (path, target) in [
      (".build/release/emu", Build.emu), (".build/testroms", Build.roms), (".cache/emu", Build.cache),
    ] {
      let link = folder.appendingPathComponent(path)
      try files.createDirectory(at: link.deletingLastPathComponent(), withIntermediateDirectories: true)
      try files.createSymbolicLink(at: link, withDestinationURL: target)
    }
    let mark = "end of example"
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    let script = examples.map { "\($0.command)\necho; echo '\(mark)'\n" }.joined()
    // For what hangs; a busy host may take long.
    shell.arguments = ["7200", "bash", "-c", "exec 2>&1\n" + script]
    shell.currentDirectoryURL = folder
    shell.environment = ProcessInfo.processInfo.environment.merging(["HOME": folder.path]) { $1 }
    let output = Pipe()
    shell.standardInput = FileHandle.nullDevice
    shell.standardOutput = output
    try shell.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    var printed: [[String]] = [[]]
    for line in text.split(whereSeparator: \.isNewline) {
      if line == mark { printed.append([]) } else { printed[printed.count - 1].append(String(line)) }
    }
    return printed
  }

  static func trimmed(_ line: some StringProtocol) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }

  /// Whether a line is what the page says.
  static func matches(_ line: String, _ pattern: String) -> Bool {
    let pieces = pattern.components(separatedBy: "...")
    var rest = line[...]
    for (index, piece) in pieces.enumerated() {
      if index == pieces.count - 1, index > 0 { return rest.hasSuffix(piece) }
      guard let range = piece.isEmpty ? rest.startIndex..<rest.startIndex : rest.range(of: piece),
        index > 0 || range.lowerBound == rest.startIndex
      else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.isEmpty
  }

  /// The first line of the page that is not printed, and what stands there instead; nil if all is as the page says.
  static func difference(_ printed: [String], _ wanted: [String]) -> String? {
    var index = 0
    var skips = false
    for pattern in wanted.map(trimmed) where !pattern.isEmpty {
      if pattern == "..." {
        skips = true
        continue
      }
      let rest = printed[index...].map(trimmed)
      let found =
        skips ? rest.firstIndex { matches($0, pattern) } : rest.first.map { matches($0, pattern) } == true ? 0 : nil
      guard let found else { return "'\(pattern)' is not there; there is\n\(rest.joined(separator: "\n"))" }
      index += found + 1
      skips = false
    }
    return skips || index == printed.count ? nil : "more is printed:\n\(printed[index...].joined(separator: "\n"))"
  }
}

@Suite("Pages of the documentation")
struct PageTests {
  @Test("Every command prints what the page says", arguments: [("triple-fault-tutorial.md", 3), ("../README.md", 1)])
  func commands(_ name: String, _ least: Int) throws { try check(name, least) }

  @Test(
    "Every command prints what the page on Debian's kernel says",
    .enabled(if: !Build.isDebug, "a debug build is too slow"),
    .enabled(if: DebianKernel.isThere, "\(DebianKernel.absence)"))
  func linux() throws { try check("linux.md", 10) }

  @Test(
    "Every command prints what the page on hand-overs says", .enabled(if: KVMHere.isAvailable, "\(KVMHere.absence)"))
  func handOver() throws { try check("fast-forward.md", 5) }

  @Test("The commands that README names for asking why")
  func readme() throws {
    let text = try String(contentsOf: Build.root.appendingPathComponent("README.md"), encoding: .utf8)
    let section = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix("Asking why") })
    var page = try Page("../README.md")
    page.examples = section.components(separatedBy: "\n").filter {
      $0.hasPrefix("    .build/release/emu ") && !$0.contains("--gdb")
    }.map { Page.Example(command: $0.components(separatedBy: " # ")[0] + " > /dev/null 2>&1; echo $?") }
    try #require(page.examples.count >= 10)
    for (example, printed) in zip(page.examples, try page.run()) {
      // ROMs that test something end with 33 if all is well.
      let wanted = example.command.contains("triple-fault") ? ["86"] : ["0", "33"]
      #expect(printed.count == 1 && wanted.contains(printed[0]), "\(example.command): \(printed)")
    }
  }

  private func check(_ name: String, _ least: Int) throws {
    let page = try Page(name)
    try #require(page.examples.count >= least)
    let printed = try page.run()
    try #require(printed.count == page.examples.count + 1, "\(printed.last ?? [])")
    for (example, lines) in zip(page.examples, printed) {
      let difference = Page.difference(lines, example.lines)
      #expect(difference == nil, "\(example.command): \(difference ?? "")")
    }
  }

  @Test(
    "A page that says something else is found out",
    arguments: [
      (["a", "b"], ["a", "b"], true), (["a", "b"], ["a"], false), (["a"], ["a", "b"], false),
      (["a", "b"], ["b"], false), (["a", "b"], ["...", "b"], true), (["a", "b", "c"], ["a", "..."], true),
      (["a", "b", "c"], ["...", "b"], false), (["a1b"], ["a...b"], true), (["a1b"], ["a...c"], false),
      (["xab"], ["a...b"], false), (["ab"], ["a...b..."], true), (["abc"], ["ab"], false), ([], ["..."], true),
      ([], ["a"], false), (["0x12 <f+0x3>"], ["0x... <f+0x...>"], true), (["a  "], ["a"], true),
    ])
  func differences(_ printed: [String], _ wanted: [String], _ isSame: Bool) {
    #expect((Page.difference(printed, wanted) == nil) == isSame)
  }
}
