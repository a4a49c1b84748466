import Foundation
import Testing

/// Expressions that this repository does not use, each with the terms that it uses instead.
private let idioms: [(phrase: String, terms: String)] = [
  ("story", "report"), ("stories", "reports"), ("judge", "check, compare"), ("judges", "checks, compares"),
  ("judged", "checked, compared"), ("judging", "checking, comparing"), ("bench", "differential testing"),
  ("room", "module; space in a buffer"), ("rooms", "modules"), ("wish", "request"), ("wishes", "requests"),
  ("wished", "requested"), ("tell", "report, show, say"), ("tells", "reports, shows, says"),
  ("telling", "reporting, showing"), ("told", "reported, recorded"), ("teller", "recorder"),
  ("somebody", "the observer, the user"), ("anybody", "any processor, any user"), ("others than", "different from"),
  ("in vain", "the absent part"), ("the way back", "reverse execution"),
]

/// Where one of them stands for a reason.
private let exceptions: [(file: String, phrase: String, reason: String)] = [
  ("CHANGELOG.md", "judge", "a member's old name"), ("CHANGELOG.md", "story", "a command's old name"),
  ("README.md", "bench", "make bench is a benchmark"), ("SPECIFICATION.md", "bench", "make bench is a benchmark"),
  ("Documentation/performance.md", "bench", "make bench is a benchmark"),
  ("Documentation/decisions/0001-shortcuts-in-the-block-loop.md", "bench", "make bench is a benchmark"),
  ("Documentation/decisions/0004-size-of-the-executable.md", "bench", "make bench is a benchmark"),
  ("Sources/Debugger/MachineDebugTarget+Monitor.swift", "story", "the old name of monitor report works"),
  ("Tests/DebuggerTests/PastRows.swift", "story", "the old name of monitor report works"),
  ("Tests/EmuCommandsTests/SerialInputTests.swift", "in vain", "the guest prints it"),
]

/// The words of a text in lower case, each with its line. `tellEnd` is two words, `bench-null` is one.
private func words(of text: String) -> [(word: String, line: Int)] {
  var result: [(String, Int)] = []
  var letters: [UInt8] = []
  var line = 1
  var isAfterSmallLetter = false
  func end() {
    if !letters.isEmpty { result.append((String(decoding: letters, as: UTF8.self), line)) }
    letters = []
  }
  for byte in text.utf8 {
    let isCapital = (0x41...0x5A).contains(byte)
    let isSmall = (0x61...0x7A).contains(byte)
    if isCapital && isAfterSmallLetter { end() }
    if isCapital || isSmall || byte == UInt8(ascii: "-") && !letters.isEmpty {
      letters.append(isCapital ? byte | 0x20 : byte)
    } else {
      end()
    }
    if byte == UInt8(ascii: "\n") { line += 1 }
    isAfterSmallLetter = isSmall
  }
  end()
  return result
}

/// A sentence for each idiom in a text, also where a line or a comment ends between its words.
private func found(in text: String) -> [(phrase: String, sentence: String)] {
  let all = words(of: text)
  var result: [(String, String)] = []
  for (index, place) in all.enumerated() {
    for idiom in idioms where idiom.phrase.hasPrefix(place.word) {
      let phrase = idiom.phrase.split(separator: " ").map(String.init)
      guard all[index...].prefix(phrase.count).map(\.word) == phrase else { continue }
      result.append((idiom.phrase, "line \(place.line): '\(idiom.phrase)' is \(idiom.terms) here"))
    }
  }
  return result
}

@Suite("Words")
struct WordTests {
  @Test("Sources, tests, documents and help use the field's terms")
  func repository() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
    let files = FileManager.default
    var paths = try files.contentsOfDirectory(atPath: root.path)
    for folder in ["Sources", "Tests", "Examples", "Documentation"] {
      paths += try files.subpathsOfDirectory(atPath: root.appending(path: folder).path).map { "\(folder)/\($0)" }
    }
    let endings = [".swift", ".md", ".js", ".css", ".html", ".h", ".txt", ".tsv"]
    paths.removeAll { path in !endings.contains { path.hasSuffix($0) } || path.contains("/.build/") }
    #expect(paths.count > 300 && paths.contains("README.md"))
    var used: Set<Int> = []
    for path in paths where path != "Tests/ModuleTests/WordTests.swift" {
      for (phrase, sentence) in found(in: try String(contentsOf: root.appending(path: path), encoding: .utf8)) {
        let exception = exceptions.firstIndex { $0.file == path && $0.phrase == phrase }
        #expect(exception != nil, "\(path): \(sentence)")
        if let exception { used.insert(exception) }
      }
    }
    for (index, row) in exceptions.enumerated() { #expect(used.contains(index), "\(row) has nothing to except") }
  }

  /// A text, and the idioms in it.
  private static let rows: [(text: String, found: [String])] = [
    ("/// Tells\n/// why.", ["line 1: 'tells' is reports, shows, says here"]),
    ("a\nfunc tellEnd() { isTold = 1 }", ["line 2: 'tell'", "line 2: 'told'"]),
    ("pages that are others\n  /// than there", ["line 1: 'others than'"]),
    (
      "The room, the way\nback, somebody's wish",
      ["line 1: 'room'", "line 1: 'the way back'", "line 2: 'somebody'", "line 2: 'wish'"]
    ),
    ("bench", ["line 1: 'bench'"]),
    ("`bench-null.elf`, benchmark, intelLeaf, history, constellation, the way, others, in", []),
  ]

  @Test("A planted idiom is found", arguments: rows.indices)
  func planted(_ index: Int) {
    let sentences = found(in: Self.rows[index].text).map(\.sentence)
    #expect(sentences.count == Self.rows[index].found.count)
    for (sentence, wanted) in zip(sentences, Self.rows[index].found) { #expect(sentence.hasPrefix(wanted)) }
  }
}
