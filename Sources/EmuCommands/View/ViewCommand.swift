import ArgumentParser
import Glibc
import HostSystem
import Trace
import Viewer

/// `emu view`: a trace as one page for a browser.
struct ViewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "view", abstract: "Make a page for a browser from a trace.",
    discussion: """
      Writes one HTML file that needs no network: a timeline, every step with its registers and memory accesses, page \
      walks level by level, descriptor tables, hot addresses, fault reports. Reads JSON Lines, also compressed \
      by gzip or zstd. A trace that was cut off is shown up to its last whole line.

      Example:
        emu view boot.jsonl.zst --html boot.html

      Status: 66 the trace cannot be read or a line of it is wrong; 74 the page cannot be written.
      """)

  @Argument(help: "A trace: JSON Lines, plain or compressed.") var trace: String
  @Option(help: "The page to write.") var html: String
  @Option(help: "Show at most this many steps.") var limit = 50_000

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit \(limit) is not 1 or more.") }
  }

  func run() throws { try reporting { try view() } }

  private func view() throws {
    var assembly = TraceAssembly(limit: limit)
    do {
      let problem = try asInput { try TraceFile.read(trace) { try assembly.append($0) } }
      try assembly.finish(problem: problem)
    } catch let error as TraceAssembly.Failure {
      throw InputError(description: "\(trace): \(error.description)")
    }
    if let cut = assembly.cut { complain("\(trace): \(cut)") }
    if assembly.steps > limit {
      complain("\(trace): the page shows the first \(limit) of \(assembly.steps) steps; --limit sets how many.")
    }
    guard !Self.areSame(trace, html) else {
      throw HostError(description: "\(html): is the trace itself; the page needs another file.")
    }
    let name = trace.split(separator: "/").last.map(String.init) ?? trace
    try writeFile(html, ViewerPage.document(assembly, name: name))
  }

  private static func areSame(_ first: String, _ second: String) -> Bool {
    var one = stat()
    var two = stat()
    guard unsafe stat(first, &one) == 0, unsafe stat(second, &two) == 0 else { return false }
    return one.st_dev == two.st_dev && one.st_ino == two.st_ino
  }
}
