/// Writes the generated Swift files.
enum Emitter {
  static let header = "// Generated from opcodes.txt by OpcodeTableGenerator; do not edit.\n\n"
  static let keywords: Set<String> = ["in"]

  static func operations(_ rows: [OpcodeRow]) -> String {
    var names: [String] = []
    for row in rows where !names.contains(row.operation) { names.append(row.operation) }
    var text = header
    text += "/// What an instruction does: the manual's mnemonic, one case for all its encodings.\n"
    text += "@frozen public enum Operation: UInt16, CaseIterable, Sendable {\n"
    for name in names {
      text += "  /// \(name.uppercased()).\n  case \(keywords.contains(name) ? "`\(name)`" : name)\n"
    }
    return text + "}\n"
  }

  static func rows(_ rows: [OpcodeRow]) -> String {
    var names: [String] = []
    for row in rows where !names.contains(row.operation) { names.append(row.operation) }
    var text = header
    text += "/// The rows of opcodes.txt, packed as `OpcodeRow.packed` in the generator says.\n"
    text +=
      "enum OpcodeRows {\n  /// Three words a row: selection, operands, operation.\n  static let packed: [UInt64] = [\n"
    for row in rows {
      let (low, high) = row.packed
      let operation = names.firstIndex(of: row.operation) ?? 0
      text += "    0x\(String(low, radix: 16, uppercase: true)), 0x\(String(high, radix: 16, uppercase: true)), "
      text += "\(operation),\n"
    }
    text += "  ]\n\n  /// The rows' text: encoding|assembly|modes|flags|lock|CPUID.\n  static let text = \"\"\"\n"
    for row in rows { text += "    \(row.text)\n" }
    return text + "    \"\"\"\n}\n"
  }
}
