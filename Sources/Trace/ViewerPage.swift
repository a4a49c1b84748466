/// The page that `emu view` writes: one HTML file that needs nothing else.
public enum ViewerPage {
  /// The page of a trace.
  ///
  /// - Parameters:
  ///   - trace: a trace that was read to its end.
  ///   - name: what the page calls it.
  public static func document(_ trace: TraceAssembly, name: String) -> [UInt8] {
    var page = Array(head.utf8)
    page += Array("<script type=\"application/json\" id=\"trace-about\">".utf8)
    let cut = trace.cut.map(quoted) ?? "null"
    append(
      Array("{\"name\":\(quoted(name)),\"steps\":\(trace.steps),\"shown\":\(trace.shownSteps),\"cut\":\(cut)}".utf8),
      to: &page)
    page += Array("</script>\n<script type=\"application/json\" id=\"trace-lines\">".utf8)
    page.reserveCapacity(page.count + trace.lines.reduce(0) { $0 + $1.count + 16 } + 200_000)
    for line in trace.lines {
      append(line, to: &page)
      page.append(10)
    }
    page += Array("</script>\n".utf8)
    for script in [
      registerScript, modelScript, kitScript, timelineScript, listScript, stepScript, pagingScript, tablesScript,
      mainScript,
    ] {
      page += Array("<script>\n\(script)\n</script>\n".utf8)
    }
    return page + Array("</body>\n</html>\n".utf8)
  }

  /// JSON inside a script element: `<` occurs in strings only, and as an escape it can neither end nor open anything.
  private static func append(_ json: [UInt8], to page: inout [UInt8]) {
    for byte in json {
      if byte == UInt8(ascii: "<") { page += Array("\\u003c".utf8) } else { page.append(byte) }
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 32:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Nothing may be fetched: the policy says so to the browser as well.
  private static let head = #"""
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
    <link rel="icon" href="data:,">
    <title>emu trace</title>
    <style>
    """# + "\n" + style + "\n" + #"""
      </style>
      </head>
      <body>
      <header>
        <h1 id="title"></h1><p id="facts"></p>
        <label id="search"><input id="query" type="search" placeholder="Search: address, symbol, instruction"
          autocomplete="off" spellcheck="false" aria-label="Search"><output id="found"></output>
          <button id="found-previous" title="Previous match (Shift-Enter)">↑</button>
          <button id="found-next" title="Next match (Enter)">↓</button></label>
        <button id="theme" title="Light or dark">◐</button>
      </header>
      <div id="notices"></div>
      <section id="timeline" aria-label="Timeline">
        <div id="zoom"><span id="legend"></span><button id="zoom-in" title="Zoom in (+)">+</button>
          <button id="zoom-out" title="Zoom out (−)">−</button><button id="zoom-all" title="All (0)">All</button></div>
        <canvas id="canvas"></canvas><div id="tip" hidden></div>
      </section>
      <main>
        <section id="steps" aria-label="Steps"><div id="list" tabindex="0" role="listbox"><div id="height"><div id="rows"></div></div></div>
          <footer><button id="previous">← Previous</button><button id="next">Next →</button>
          <span><kbd>↑</kbd> <kbd>↓</kbd> step &ensp;<kbd>p</kbd> <kbd>n</kbd> event &ensp;<kbd>[</kbd> <kbd>]</kbd> same
          address &ensp;<kbd>/</kbd> search</span></footer></section>
        <section id="details"><nav id="tabs" role="tablist"></nav><div id="panel"></div></section>
      </main>
      """# + "\n"
}
