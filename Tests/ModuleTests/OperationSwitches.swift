/// A `switch` over operations that does not name all of them, so that a new one is forgotten in silence.
struct OpenSwitch: Equatable {
  /// Line of the `switch`, from 1.
  var line: Int
  /// `default:` or `case _:`, without blanks at its ends.
  var label: String
}

/// The open switches of a source.
///
/// A switch is over operations if its subject is named `operation`, or is `self` in an extension of `Operation`, and all
/// its cases are names of operations.
func openSwitches(_ source: String, operations: Set<String>) -> [OpenSwitch] {
  let lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(code)
  var result: [OpenSwitch] = []
  var isInOperation = false
  for (index, line) in lines.enumerated() {
    if line.hasPrefix("extension ") { isInOperation = line.hasPrefix("extension Operation ") }
    guard let subject = subject(of: line) else { continue }
    let isOperation =
      subject == "operation" || subject.hasSuffix(".operation") || isInOperation && subject == "self"
    guard isOperation else { continue }
    let labels = labels(lines[index...])
    let names = labels.flatMap(names)
    guard !names.isEmpty, names.allSatisfy(operations.contains) else { continue }
    for label in labels where label.hasPrefix("default:") || label.hasPrefix("case _") {
      result.append(OpenSwitch(line: index + 1, label: label.hasPrefix("default:") ? "default:" : "case _:"))
    }
  }
  return result
}

/// A line without its comment and the blanks before it.
private func code(_ line: Substring) -> Substring {
  let line = line.drop { $0 == " " }
  guard let slash = line.firstRange(of: "//") else { return line }
  return line[..<slash.lowerBound]
}

/// What a line that opens a switch switches over.
private func subject(of line: Substring) -> Substring? {
  guard let start = line.firstRange(of: "switch "),
    start.lowerBound == line.startIndex || line[..<start.lowerBound].hasSuffix(" "),
    let end = line[start.upperBound...].firstIndex(of: "{")
  else { return nil }
  return line[start.upperBound..<end].split(separator: " ").last
}

/// The labels of the switch that begins with the first line: cases over several lines in one.
private func labels(_ lines: ArraySlice<Substring>) -> [String] {
  var result: [String] = []
  var depth = 0
  var isOpen = false
  for line in lines {
    if depth == 1, line.hasPrefix("case ") || line.hasPrefix("default:") {
      result.append("")
      isOpen = true
    }
    if depth == 1, isOpen, !result.isEmpty {
      let end = line.firstRange(of: ":").map { line[..<$0.upperBound] } ?? line
      result[result.count - 1] += end
      isOpen = !end.hasSuffix(":")
    }
    depth += line.count { $0 == "{" } - line.count { $0 == "}" }
    if depth <= 0 { break }
  }
  return result
}

/// The names that stand behind a dot in a label.
private func names(_ label: String) -> [String] {
  label.replacing("`", with: "").split { !($0.isLetter || $0.isNumber || $0 == ".") }.compactMap { word in
    word.hasPrefix(".") ? String(word.dropFirst()) : nil
  }
}
