import TextForms
public import Trace

/// The page that `emu view` writes: one HTML file that needs nothing else.
///
/// Its frame is page.html, in which `{NAME}` stands for a file of this folder, for `{lines}` of the trace, for what is said
/// `{about}` it, or for the tables of `{registers}`. Nothing may be fetched: a policy in the page says so to the browser as well.
public enum ViewerPage {
  /// The files that the frame names, embedded when emu is built.
  private static let files: [String: [UInt8]] = [
    "style.css": PackageResources.style_css, "model.js": PackageResources.model_js, "kit.js": PackageResources.kit_js,
    "timeline.js": PackageResources.timeline_js, "list.js": PackageResources.list_js,
    "step.js": PackageResources.step_js, "paging.js": PackageResources.paging_js,
    "tables.js": PackageResources.tables_js, "main.js": PackageResources.main_js,
  ]

  /// The page of a trace.
  ///
  /// - Parameters:
  ///   - trace: a trace that was read to its end.
  ///   - name: what the page calls it.
  public static func document(_ trace: TraceAssembly, name: String) -> [UInt8] {
    var page: [UInt8] = []
    page.reserveCapacity(trace.lines.reduce(0) { $0 + $1.count + 16 } + 200_000)
    var rest = PackageResources.page_html[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "{")), let end = rest[start...].firstIndex(of: UInt8(ascii: "}"))
    {
      page += rest[..<start]
      switch String(decoding: rest[start + 1..<end], as: UTF8.self) {
      case "about": append(about(trace, name: name), to: &page)
      case "lines":
        for line in trace.lines {
          append(line, to: &page)
          page.append(10)
        }
      case "registers": page += Array(registerScript.utf8)
      case let file:
        guard let bytes = files[file] else { preconditionFailure("page.html names \(file), which is not embedded") }
        page += bytes.dropLast()
      }
      rest = rest[(end + 1)...]
    }
    return page + rest
  }

  private static func about(_ trace: TraceAssembly, name: String) -> [UInt8] {
    let members: [(String, JSONText)] = [
      ("name", .string(name)), ("steps", .number(trace.steps)), ("shown", .number(trace.shownSteps)),
      ("cut", .optional(trace.cut)),
    ]
    return Array(JSONText.object(members).text.utf8)
  }

  /// JSON inside a script element: `<` occurs in strings only, and as an escape it can neither end nor open anything.
  private static func append(_ json: [UInt8], to page: inout [UInt8]) {
    for byte in json {
      if byte == UInt8(ascii: "<") { page += Array("\\u003c".utf8) } else { page.append(byte) }
    }
  }
}
