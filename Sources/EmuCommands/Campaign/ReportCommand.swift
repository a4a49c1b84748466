import ArgumentParser
import FoundationEssentials
import HostSystem

/// `emu report`: the shards of a campaign as one result.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Merge the shards of a campaign.",
    discussion: """
      Reads the .jsonl files that `emu fuzz --output` wrote, or folders of them, and checks that every shard is there, \
      has ended, and counts once.

      Examples:
        emu report results
        emu report results --junit results.xml --markdown results.md

      Status: 0 agreement; 1 a bug; 66 a file cannot be read; 74 a shard is missing, incomplete or damaged.
      """)

  @Argument(help: "Result files or folders.") var paths: [String]
  @Option(help: "Write JUnit XML to this file.") var junit: String?
  @Option(help: "Write Markdown to this file.") var markdown: String?

  func run() throws {
    try reporting { try report() }
  }

  private func report() throws {
    var merge = CampaignMerge()
    try asInput { for path in paths { for file in try Self.files(path) { try merge.read(file) } } }
    merge.close()
    let text = CampaignDocument.markdown(merge)
    if let junit { try writeFile(junit, Array(CampaignDocument.junit(merge).utf8)) }
    if let markdown { try writeFile(markdown, Array(text.utf8)) }
    print(text, terminator: "")
    for problem in merge.problems { complain(problem) }
    if !merge.problems.isEmpty { throw ExitStatus.hostError.exitCode }
    if merge.classes["bug", default: 0] > 0 { throw ExitStatus.difference.exitCode }
  }

  private static func files(_ path: String) throws -> [String] {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw HostError(description: "\(path): is not there")
    }
    guard isFolder else { return [path] }
    let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".jsonl") }.sorted()
    guard !names.isEmpty else { throw HostError(description: "\(path): has no .jsonl file") }
    return names.map { "\(path)/\($0)" }
  }
}

/// A merged campaign as a document.
enum CampaignDocument {
  /// Markdown.
  static func markdown(_ merge: CampaignMerge) -> String {
    let header = merge.header
    var lines = [
      "# Campaign", "",
      "\(header?.subject ?? "?") against \(header?.against ?? "?") (\(header?.processor ?? "?")), seed "
        + "\(header?.seed ?? 0): \(merge.tests) of \(header?.count ?? 0) tests in \(merge.summaries.count) of "
        + "\(header?.shards ?? 0) shards.", "", "| class | differences |", "|---|---|",
    ]
    for (name, count) in merge.classes.sorted(by: { $0.key < $1.key }) { lines.append("| \(name) | \(count) |") }
    lines += ["", "| rule | differences |", "|---|---|"]
    for (name, count) in merge.rules.sorted(by: { $0.key < $1.key }) { lines.append("| \(name) | \(count) |") }
    if !merge.kinds.isEmpty {
      lines += [
        "", "| class | rule | fingerprint | form | what differs | times | first test |",
        "|---|---|---|---|---|---|---|",
      ]
      for kind in merge.sortedKinds {
        let line = kind.line
        let cells = [
          line.class ?? "", line.rule.name, line.fingerprint ?? "", line.form ?? "", line.signature ?? "",
          "\(kind.count)", "\(line.test ?? 0)",
        ]
        lines.append("| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |")
      }
    }
    for problem in merge.problems { lines += ["", "**\(problem)**"] }
    return lines.joined(separator: "\n") + "\n"
  }

  /// JUnit: a test case for each kind of difference and each shard; bugs and missing shards fail.
  static func junit(_ merge: CampaignMerge) -> String {
    var cases: [String] = []
    var failures = 0
    for (shard, summary) in merge.summaries.sorted(by: { $0.key < $1.key }) {
      cases.append("  <testcase classname=\"emu.fuzz\" name=\"shard \(shard): \(summary.tests ?? 0) tests\"/>")
    }
    for kind in merge.sortedKinds {
      let line = kind.line
      let name = escaped("\(line.form ?? ""): \(line.signature ?? "") [\(line.fingerprint ?? "")]")
      guard line.class == "bug" else {
        cases.append(
          "  <testcase classname=\"emu.fuzz.\(escaped(line.class ?? ""))\" name=\"\(name)\"><skipped "
            + "message=\"\(escaped("rule \(line.rule.name), \(kind.count) times"))\"/></testcase>")
        continue
      }
      failures += 1
      let text = (line.differences ?? []).map { "\($0.field): \($0.subject), and the oracle has \($0.oracle)" }
      cases.append(
        "  <testcase classname=\"emu.fuzz.bug\" name=\"\(name)\"><failure message=\"\(kind.count) times, first in "
          + "test \(line.test ?? 0)\">\(escaped(text.joined(separator: "\n")))</failure></testcase>")
    }
    for problem in merge.problems {
      failures += 1
      cases.append(
        "  <testcase classname=\"emu.report\" name=\"\(escaped(problem))\"><failure message=\"incomplete\"/></testcase>"
      )
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuite name="emu fuzz" tests="\(cases.count)" failures="\(failures)">
      \(cases.joined(separator: "\n"))
      </testsuite>

      """
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
