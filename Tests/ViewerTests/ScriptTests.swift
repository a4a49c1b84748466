import Foundation
import Testing
import Trace
import Viewer

/// Folder of the page's files.
private let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/Viewer")

private let node: URL? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").lazy
  .map { URL(filePath: String($0)).appending(path: "node") }
  .first { FileManager.default.isExecutableFile(atPath: $0.path) }

@Suite("The files of the viewer's page")
struct ScriptTests {
  private static let scripts = [
    "model.js", "kit.js", "timeline.js", "list.js", "step.js", "paging.js", "tables.js", "main.js",
  ]

  /// What `node --check` says of a script; empty if nothing.
  private func problems(_ script: URL) throws -> String {
    let process = Process()
    process.executableURL = node
    process.arguments = ["--check", script.path]
    let output = Pipe()
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? "" : text
  }

  @Test("Each script is JavaScript", .enabled(if: node != nil, "node is not installed"), arguments: scripts)
  func syntax(_ script: String) throws {
    #expect(try problems(folder.appending(path: script)) == "")
  }

  @Test("A script that is none is found", .enabled(if: node != nil, "node is not installed"))
  func plantedFault() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "emu-\(UUID().uuidString).js")
    try Data("function h( {\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try problems(file).contains("SyntaxError"))
  }

  @Test("The folder has these scripts and no others")
  func listing() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".js") }
    #expect(names.sorted() == Self.scripts.sorted())
  }

  @Test("The page holds every file as it is, in the order of its frame")
  func page() throws {
    var trace = TraceAssembly(limit: 10)
    let lines = [
      #"{"schema":"emu-trace","version":2,"image":"</script>","memory":1048576,"processors":1}"#,
      #"{"t":"end","records":0,"reason":"exit"}"#,
    ]
    try trace.append(Array(lines.map { $0 + "\n" }.joined().utf8))
    try trace.finish()
    let page = String(decoding: ViewerPage.document(trace, name: "a \"b\""), as: UTF8.self)
    var rest = page[...]
    for name in ["style.css"] + Self.scripts {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      let range = try #require(rest.range(of: "\n\(text)</"), "\(name) is missing or stands elsewhere")
      rest = rest[range.upperBound...]
    }
    #expect(page.contains(#"id="trace-about">{"name":"a \"b\"","steps":0,"shown":0,"cut":null}</script>"#))
    #expect(page.contains(#""image":"\u003c/script>""#))
    #expect(page.hasPrefix("<!DOCTYPE html>\n") && page.hasSuffix("</script>\n</body>\n</html>\n"))
  }
}
