import Differential
import EngineComparison
import InstructionTesting
import TextForms
import X86
import X86Decoder

/// What a campaign writes: JSON lines for files, sentences for the user.
enum CampaignReport {
  private static func object(_ counts: [(String, UInt64)]) -> String {
    "{" + counts.map { "\(JSONText.quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
  }

  /// The first line of a shard.
  static func header(_ identity: Checkpoint.Identity) -> String {
    "{\"kind\":\"campaign\",\(members(identity))}"
  }

  private static func members(_ identity: Checkpoint.Identity) -> String {
    [
      "\"seed\":\(identity.seed)", "\"count\":\(identity.count)", "\"shard\":\(identity.shard)",
      "\"shards\":\(identity.shards)", "\"subject\":\(JSONText.quoted(identity.subject))",
      "\"against\":\(JSONText.quoted(identity.against))", "\"isa\":\(JSONText.quoted(identity.isa))",
      "\"modes\":\(JSONText.quoted(identity.modes))",
      "\"cpl\":\(identity.cpl.map { "\($0)" } ?? "null")", "\"rules\":\(identity.rules)",
      "\"processor\":\(JSONText.quoted(identity.processor))", "\"model\":\(JSONText.quoted(identity.model))",
      "\"exact\":\(identity.exact)", "\"length\":\(JSONText.quoted(identity.length))",
      "\"bytes\":\(identity.bytes)",
    ].joined(separator: ",")
  }

  /// The first difference of its kind.
  static func line(_ divergence: Divergence, number: UInt64) -> String {
    let differences = divergence.differences.map {
      "{\"field\":\(JSONText.quoted($0.field)),\"subject\":\(ExecJSON.hex($0.subject)),\"oracle\":\(ExecJSON.hex($0.oracle))}"
    }
    return "{"
      + [
        "\"kind\":\"divergence\"", "\"class\":\(JSONText.quoted(divergence.kind.rawValue))",
        "\"rule\":\(JSONText.quoted(divergence.rule))", "\"fingerprint\":\"\(divergence.fingerprint)\"",
        "\"form\":\(JSONText.quoted(divergence.form))", "\"signature\":\(JSONText.quoted(divergence.signature))",
        "\"test\":\(number)", "\"sequence\":[\(divergence.disassembly.map(JSONText.quoted).joined(separator: ","))]",
        "\"differences\":[\(differences.joined(separator: ","))]",
        "\"reproducer\":\(Reproducer.request(divergence))",
      ].joined(separator: ",") + "}"
  }

  /// The first difference of its kind between the engines.
  static func line(_ divergence: EngineDivergence) -> String {
    let differences = divergence.difference.fields.map {
      "{\"field\":\(JSONText.quoted($0.name)),\"subject\":\(JSONText.quoted($0.ours)),\"oracle\":\(JSONText.quoted($0.theirs))}"
    }
    return "{"
      + [
        "\"kind\":\"divergence\"", "\"class\":\"bug\"", "\"rule\":\"none\"",
        "\"fingerprint\":\"\(divergence.fingerprint)\"",
        "\"form\":\(JSONText.quoted("program, \(divergence.program.kindName), CPL \(divergence.program.cpl)"))",
        "\"signature\":\(JSONText.quoted(divergence.difference.signature))", "\"test\":\(divergence.program.number)",
        "\"ticks\":\(divergence.difference.ticks)",
        "\"sequence\":[\(divergence.program.listing.map(JSONText.quoted).joined(separator: ","))]",
        "\"differences\":[\(differences.joined(separator: ","))]", "\"reproducer\":\(divergence.json)",
      ].joined(separator: ",") + "}"
  }

  /// The last line of a shard.
  static func summary(_ identity: Checkpoint.Identity, _ tally: CampaignTally) -> String {
    let classes = DivergenceClass.allCases.map { ($0.rawValue, tally.classes[$0, default: 0]) }
    return "{"
      + [
        "\"kind\":\"summary\"", members(identity), "\"tests\":\(tally.tests)", "\"first\":\(identity.shard)",
        "\"step\":\(identity.shards)", "\"classes\":\(object(classes))",
        "\"rule\":\(object(tally.rules.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))",
        "\"fingerprints\":\(object(tally.fingerprints.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))",
        "\"forms\":\(tally.forms.keys.filter { $0 != .max }.count)",
        "\"identical\":\(tally.forms.values.reduce(0) { $0 + $1.identical })",
        "\"maps\":\(object(tally.maps.sorted { $0.key < $1.key }.map { ($0.key, $0.value.tests) }))",
      ].joined(separator: ",") + "}"
  }

  /// What a test with segments has in them.
  private static func segments(_ test: InstructionTest) -> String {
    guard test.mode == .segmented || test.mode == .real16 else { return "" }
    let names = ExecLine.segmentNames.map { $0.uppercased() }
    let parts = names.indices.map { names[$0] + "=" + String(test.input.selectors[$0], radix: 16) }
    let registers = (0..<8).map { generalRegisterNames[$0] + "=" + String(test.input.generalRegisters[$0], radix: 16) }
    return " " + (parts + registers).joined(separator: " ")
  }

  /// A difference for a person.
  static func text(_ divergence: Divergence) -> String {
    let test = divergence.reproducer
    let code = (0..<Int(test.codeLength)).map { test.code[$0] }
    let mode =
      test.mode == .long64 ? "64-bit" : test.mode == .real16 ? "real mode" : test.is16Bit ? "16-bit" : "32-bit"
    var lines = [
      "\(divergence.kind.rawValue) \(divergence.fingerprint): \(divergence.form)",
      "  code \(Text.digits(code)), \(mode)\(segments(test)), CPL \(test.cpl), test \(test.number)"
        + (divergence.rule == "none" ? "" : ", rule \(divergence.rule)"),
    ]
    if !divergence.disassembly.isEmpty {
      lines.append("  after \(test.steps) instructions of: \(divergence.disassembly.joined(separator: "; "))")
    }
    for difference in divergence.differences.prefix(8) {
      lines.append(
        "  \(difference.field): \(Text.hex(difference.subject)), and the oracle has "
          + "\(Text.hex(difference.oracle))")
    }
    if divergence.differences.count > 8 { lines.append("  and \(divergence.differences.count - 8) more") }
    return lines.joined(separator: "\n")
  }

  /// `1990 of 2000 (99.50 %)`, rounded down: results with undefined bits and all.
  private static func share(_ forms: [UInt16: CampaignTally.FormCount]) -> String {
    let tests = forms.values.reduce(0) { $0 + $1.tests }
    let identical = forms.values.reduce(0) { $0 + $1.identical }
    let hundredths = tests == 0 ? 0 : identical * 10000 / tests
    let fraction = hundredths % 100
    return "\(identical) of \(tests) (\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) %)"
  }

  /// The closing table.
  static func table(_ tally: CampaignTally) -> String {
    let forms = tally.forms.filter { $0.key != .max }
    var lines = ["\(tally.tests) tests of \(forms.count) forms"]
    for kind in DivergenceClass.allCases {
      lines.append("  \(kind.rawValue): \(tally.classes[kind, default: 0])")
    }
    let integers = forms.filter { OpcodeForm.all[Int($0.key)].operation.family == .integer }
    // Programs on both engines have no results that could be so.
    if forms.values.contains(where: { $0.identical != 0 }) {
      lines.append("  identical in every bit: \(share(tally.forms)); of integer forms \(share(integers))")
    }
    for (map, count) in tally.maps.sorted(by: { $0.key < $1.key }) {
      lines.append("  map \(map): \(count.tests), agreeing \(count.agreed)")
    }
    for (rule, count) in tally.rules.sorted(by: { $0.key < $1.key }) { lines.append("  rule \(rule): \(count)") }
    return lines.joined(separator: "\n")
  }
}
