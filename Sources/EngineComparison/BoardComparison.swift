import Differential
import Interpreter
import MMU
import Machine
import TextForms
import X86

/// What two boards have different, as text.
enum BoardComparison {
  /// State and translations of two processors.
  static func fields(_ ours: Processor, _ theirs: Processor, _ state: EngineState) -> [EngineField] {
    var fields: [EngineField] = []
    if !state.isSame(ours, theirs) { fields += state.differences.map(field) }
    if let difference = ours.translationDifference(from: theirs) {
      fields.append(field(difference))
    } else if !ours.hasSameLargeRegions(as: theirs) {
      fields.append(EngineField(name: "notes on large pages", kind: "TLB large", ours: "other", theirs: "other"))
    }
    return fields
  }

  /// Chips, clock and the end of the run.
  static func fields(_ ours: Machine, _ theirs: Machine) -> [EngineField] {
    ours.boardDifferences(from: theirs).map {
      EngineField(name: $0.name, kind: $0.name, ours: $0.ours, theirs: $0.theirs)
    }
  }

  /// General registers are of one kind, and so are the parts of each unit.
  private static func field(_ difference: (name: String, ours: UInt64, theirs: UInt64)) -> EngineField {
    let name = difference.name
    var kind = name
    if generalRegisterNames.contains(name.lowercased()) {
      kind = "gpr"
    } else if name.hasPrefix("XMM") || name.hasPrefix("YMM") {
      kind = String(name.prefix(3)).lowercased()
    } else if name.hasPrefix("R"), name.hasSuffix("significand") || name.hasSuffix("exponent") {
      kind = "st"
    } else if name == "RFLAGS" {
      kind = "RFLAGS " + SystemRegister.rflags.names(of: difference.ours ^ difference.theirs).joined(separator: " ")
    }
    return EngineField(name: name, kind: kind, ours: Text.hex(difference.ours), theirs: Text.hex(difference.theirs))
  }

  private static func field(_ difference: TranslationDifference) -> EngineField {
    func text(_ slot: CachedTranslations.Slot?) -> String {
      slot.map { "\(Text.suffixed($0.tag)) to \(Text.suffixed($0.attributes))" } ?? "none"
    }
    let bank =
      difference.isFetch
      ? "fetch TLB of \(difference.index < TranslationCache.fetchSize ? "the supervisor" : "CPL 3")"
      : "bank \(difference.index / TranslationCache.bankSize) of the data TLB"
    return EngineField(
      name: "\(bank), place \(difference.index)", kind: "TLB \(difference.isFetch ? "fetch" : "data")",
      ours: text(difference.ours), theirs: text(difference.theirs))
  }
}
