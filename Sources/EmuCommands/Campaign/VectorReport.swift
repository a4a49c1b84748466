import Differential
import TextForms
import X86

/// Counts of `emu vectors`, and its words.
struct VectorTally {
  /// A rule's use: how often, and on which test first.
  private struct Use {
    var count: UInt64 = 0
    var first: String
  }

  private(set) var tests: UInt64 = 0
  private(set) var classes: [DivergenceClass: UInt64] = [:]
  private var rules: [String: Use] = [:]
  private var kinds: [String: UInt64] = [:]

  /// Counts a test; true for the first of its kind.
  mutating func count(_ difference: VectorDifference?, file: String) -> Bool {
    tests += 1
    guard let difference else { return false }
    classes[difference.kind, default: 0] += 1
    if difference.rule != "none" {
      let first = "\(difference.vector.name), test \(difference.vector.number) of \(file)"
      rules[difference.rule, default: Use(first: first)].count += 1
    }
    kinds[difference.fingerprint, default: 0] += 1
    return kinds[difference.fingerprint] == 1
  }

  /// The closing table.
  var table: String {
    var lines = ["\(tests) tests, \(tests - classes.values.reduce(0, +)) agree"]
    for kind in DivergenceClass.allCases { lines.append("  \(kind.rawValue): \(classes[kind, default: 0])") }
    for (rule, use) in rules.sorted(by: { $0.key < $1.key }) {
      lines.append("  rule \(rule): \(use.count), first \(use.first.printable)")
      if let text = VectorRule.all.first(where: { $0.id == rule })?.text { lines.append("    \(text)") }
    }
    return lines.joined(separator: "\n")
  }

  /// The last line of `--json`.
  func summary(_ mode: String) -> String {
    func object(_ counts: [(String, UInt64)]) -> String {
      "{" + counts.map { "\(JSONText.quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }
    return "{"
      + [
        "\"kind\":\"summary\"", "\"mode\":\(JSONText.quoted(mode))", "\"tests\":\(tests)",
        "\"classes\":\(object(DivergenceClass.allCases.map { ($0.rawValue, classes[$0, default: 0]) }))",
        "\"rule\":\(object(rules.sorted { $0.key < $1.key }.map { ($0.key, $0.value.count) }))",
        "\"fingerprints\":\(object(kinds.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))",
      ].joined(separator: ",") + "}"
  }
}

extension VectorDifference {
  /// It for a person.
  func text(_ file: String) -> String {
    var lines = [
      "\(kind.rawValue): \(form)" + (rule == "none" ? "" : ", rule \(rule)"),
      "  \(vector.name.printable), code \(Text.digits(vector.code)), test \(vector.number) of \(file.printable)",
    ]
    for difference in differences.prefix(8) {
      lines.append(
        "  \(difference.field): \(Text.hex(difference.subject)), and the processor had "
          + "\(Text.hex(difference.oracle))")
    }
    if differences.count > 8 { lines.append("  and \(differences.count - 8) more") }
    return lines.joined(separator: "\n")
  }

  /// It as a line of JSON.
  func line(_ file: String) -> String {
    let fields = differences.map {
      "{\"field\":\(JSONText.quoted($0.field)),\"subject\":\(ExecJSON.hex($0.subject)),\"oracle\":\(ExecJSON.hex($0.oracle))}"
    }
    return "{"
      + [
        "\"kind\":\"divergence\"", "\"class\":\(JSONText.quoted(kind.rawValue))", "\"rule\":\(JSONText.quoted(rule))",
        "\"fingerprint\":\(JSONText.quoted(fingerprint))", "\"form\":\(JSONText.quoted(form))",
        "\"signature\":\(JSONText.quoted(signature))", "\"file\":\(JSONText.quoted(file))",
        "\"test\":\(vector.number)", "\"name\":\(JSONText.quoted(vector.name))",
        "\"code\":\(JSONText.quoted(Text.digits(vector.code)))",
        "\"differences\":[\(fields.joined(separator: ","))]",
      ].joined(separator: ",") + "}"
  }
}
