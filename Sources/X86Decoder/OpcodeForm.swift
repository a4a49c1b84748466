/// One row of the opcode table, for readers of the table: coverage, tests, listings.
public struct OpcodeForm: Sendable {
  /// The encoding in the manual's notation.
  public var encoding: String
  /// The assembly in the manual's notation, with the operation's name after `=` where it differs.
  public var assembly: String
  /// `*`, `64`, `!64` or `d64`.
  public var modes: String
  /// Flags written / undefined.
  public var flags: String
  /// LOCK is legal with a memory destination.
  public var isLockable: Bool
  /// The CPUID feature, or `base`.
  public var feature: String
  /// What it does.
  public var operation: Operation

  /// The mnemonic in the manual's spelling.
  public var mnemonic: String {
    String(assembly.prefix { $0 != " " && $0 != "=" })
  }

  /// All rows, indexed by `Instruction.form`.
  public static let all: [OpcodeForm] = {
    var forms: [OpcodeForm] = []
    for line in OpcodeRows.text.split(separator: "\n") {
      let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      let raw = UInt16(truncatingIfNeeded: OpcodeRows.packed[forms.count * 3 + 2])
      guard fields.count == 6, let operation = Operation(rawValue: raw) else { continue }
      forms.append(
        OpcodeForm(
          encoding: fields[0], assembly: fields[1], modes: fields[2], flags: fields[3],
          isLockable: fields[4] == "lock", feature: fields[5], operation: operation))
    }
    return forms
  }()
}
