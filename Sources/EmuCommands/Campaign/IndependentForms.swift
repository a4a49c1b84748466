import Differential

/// An independent list of forms, matched with the rows of the opcode table by mnemonic.
enum IndependentForms {
  /// What is known of the forms of one level.
  struct Level {
    var forms = 0
    /// A row has the mnemonic.
    var found = 0
    /// The model executes it.
    var implemented = 0
    /// Every row of the mnemonic that the model executes has vectors, or a reason why none can be recorded.
    var tested = 0
    var absent: Set<String> = []
    var untested: Set<String> = []

    mutating func add(_ mnemonic: String, _ rows: [Coverage.Form]) {
      forms += 1
      guard !rows.isEmpty else {
        absent.insert(mnemonic)
        return
      }
      found += 1
      let executed = rows.filter(\.isImplemented)
      implemented += executed.isEmpty ? 0 : 1
      if !executed.isEmpty, executed.allSatisfy({ $0.reason != nil || $0.vectors > 0 }) {
        tested += 1
      } else {
        untested.insert(mnemonic)
      }
    }
  }

  /// A mnemonic as lists of various makers agree on it.
  static func plain(_ name: String) -> String {
    let upper = name.uppercased()
    if let other = aliases[upper] { return other }
    for family in ["CMOV", "SET"] where upper.hasPrefix(family) && upper.count <= family.count + 3 { return family }
    if upper.hasPrefix("J"), upper.count <= 4, !["JMP", "JCXZ"].contains(upper) { return "J" }
    for suffix in ["_LOCK", "_XMM", "_NEAR", "_FAR", "_CR", "_DR", "64", "_PSEUDO"] where upper.hasSuffix(suffix) {
      return String(upper.dropLast(suffix.count))
    }
    for (prefix, plain) in [("REP_", ""), ("REPE_", ""), ("REPNE_", "")] where upper.hasPrefix(prefix) {
      return plain + Self.plain(String(upper.dropFirst(prefix.count)))
    }
    for family in ["MOVS", "CMPS", "STOS", "LODS", "SCAS", "INS", "OUTS"]
    where upper.hasPrefix(family) && upper.count == family.count + 1 && "BWDQ".contains(upper.last ?? " ") {
      return family
    }
    return upper
  }

  /// Names that lists give to one operand size, one opcode or one processor of a row.
  private static let aliases: [String: String] = [
    "JCC": "J", "SETCC": "SET", "CMOVCC": "CMOV", "CWDE": "CBW", "CDQE": "CBW", "CDQ": "CWD", "CQO": "CWD",
    "CMPSD_XMM": "CMPS", "MOVSD_XMM": "MOVS", "FDISI8087_NOP": "FNOP", "FENI8087_NOP": "FNOP",
    "FSETPM287_NOP": "FNOP", "FSTPNCE": "FSTP", "IRETD": "IRET", "IRETQ": "IRET", "JCXZ": "JRCXZ", "JECXZ": "JRCXZ",
    "POPAD": "POPA", "POPFD": "POPF", "POPFQ": "POPF", "PUSHAD": "PUSHA", "PUSHFD": "PUSHF", "PUSHFQ": "PUSHF",
    "PREFETCHNTA": "NOP", "PREFETCHT0": "NOP", "PREFETCHT1": "NOP", "PREFETCHT2": "NOP", "PREFETCHW": "NOP",
    "PREFETCH_EXCLUSIVE": "NOP", "PREFETCH_RESERVED": "NOP", "SYSCALL_AMD": "SYSCALL", "SYSRET_AMD": "SYSRET",
    "UDB": "SALC", "PEXTRQ": "PEXTRD", "PEXTRW_SSE4": "PEXTRW", "PINSRQ": "PINSRD",
  ]
}
