import OpcodeLayout
public import X86

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
  /// The kinds of its four operands, `none` for those that it has not.
  public var operandKinds: [OperandKind]

  /// The mnemonic in the manual's spelling.
  public var mnemonic: String {
    String(assembly.prefix { $0 != " " && $0 != "=" })
  }

  /// `feature` as CPUID has it; nil for `base`.
  public var cpuidFeature: CPUIDFeature? { CPUIDFeature(rawValue: feature) }

  /// All rows, indexed by `Instruction.form`.
  public static let all: [OpcodeForm] = {
    var forms: [OpcodeForm] = []
    for line in OpcodeRows.text.split(separator: "\n") {
      let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      let raw = UInt16(truncatingIfNeeded: OpcodeRows.packed[forms.count * 3 + 2])
      let packed = PackedRow(operands: OpcodeRows.packed[forms.count * 3 + 1])
      guard fields.count == 6, let operation = Operation(rawValue: raw) else { continue }
      forms.append(
        OpcodeForm(
          encoding: fields[0], assembly: fields[1], modes: fields[2], flags: fields[3],
          isLockable: fields[4] == "lock", feature: fields[5], operation: operation,
          operandKinds: (0..<4).map { OperandKind(rawValue: packed.kind($0)) ?? .none }))
    }
    return forms
  }()
}

/// A VEX prefix as a row of the opcode table names it.
///
/// - SDM: Vol. 2A "The VEX Prefix".
public struct VEXEncoding: Sendable {
  /// 1 is 0F, 2 is 0F 38, 3 is 0F 3A.
  public var map: UInt8 = 1
  /// VEX.pp: 0 none, 1 66, 2 F3, 3 F2.
  public var prefix: UInt8 = 0
  /// VEX.L; nil where it does not count.
  public var isLong: Bool?
  /// VEX.W; nil where it selects nothing.
  public var isWide: Bool?

  /// Reads the first token of an encoding; nil if it is no VEX prefix.
  public init?(_ token: some StringProtocol) {
    guard token.hasPrefix("VEX.") else { return nil }
    for part in token.split(separator: ".") {
      switch part {
      case "128", "L0", "LZ": isLong = false
      case "256", "L1": isLong = true
      case "66": prefix = 1
      case "F3": prefix = 2
      case "F2": prefix = 3
      case "0F38": map = 2
      case "0F3A": map = 3
      case "W0": isWide = false
      case "W1": isWide = true
      default: break
      }
    }
  }

  /// The bytes of the prefix.
  ///
  /// - Parameters:
  ///   - rex: W, R, X and B as in a REX prefix; other bits do not count.
  ///   - vvvv: a register number.
  ///   - prefersShort: C5 where it can say the same.
  public func bytes(rex: UInt8, vvvv: UInt8, isLong: Bool, prefersShort: Bool) -> [UInt8] {
    let last = (~vvvv & 15) << 3 | (isLong ? 4 : 0) | prefix
    if prefersShort, map == 1, rex & 11 == 0 { return [0xC5, (~rex & 4) << 5 | last] }
    return [0xC4, (~rex & 7) << 5 | map, (rex & 8) << 4 | last]
  }
}
