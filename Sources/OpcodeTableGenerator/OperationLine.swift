/// What the table says of an operation, for all its encodings.
struct OperationLine {
  var line: Int
  var name: String
  var family: String
  /// The method and its arguments, without the instruction.
  var method: String
  var arguments: String
  /// The method is generic over the word type of the operand size.
  var isSized: Bool
  var checks: [String]
  var traits: [String]
  /// The shape of its own forms in the block loop; nil if there are none.
  var fastShape: String?
  var reads: [String]
  var siblings: [String]

  static let families = [
    "integer", "stack", "flag", "string", "port", "control", "segment", "system", "absent", "x87", "vector", "float",
    "state",
  ]
  /// Traits in the order of their bits.
  static let traits = [
    "overwrites", "keeps", "memory", "condition", "count", "string", "branch", "far", "ends", "privileged", "selector",
    "descriptor", "inspects", "umip", "identity", "time", "float", "integerOperand", "pops", "popsTwice", "random",
    "unaligned",
  ]
  /// What can be read without an operand that names it, in the order of the bits.
  static let reads = [
    "rAX", "rCX", "rDX", "rBX", "rSP", "rBP", "rSI", "rDI", "r11", "CF", "PF", "ZF", "OF", "flags",
  ]
  /// What a check calls.
  static let checks = [
    "cpl0": "try requirePrivilege()", "protected": "try requireProtectedMode()",
    "fsgsbase": "try requireSegmentBaseAccess()", "vector": "try checkVectorAccess(instruction)",
    "x87": "try checkX87(waits: false)",
    "x87waits": "try checkX87(waits: true)", "x87math": "try checkX87(waits: true)",
  ]

  init(line: String, number: Int) throws(RowProblem) {
    let fields = line.dropFirst().split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmed }
    guard fields.count == 7 else {
      throw RowProblem(line: number, field: "operation", text: "expected 7 columns, found \(fields.count)")
    }
    func words(_ field: Int, _ name: String, from known: [String]?) throws(RowProblem) -> [String] {
      guard fields[field] != "-" else { return [] }
      let words = fields[field].split(separator: " ").map(String.init)
      for word in words where known?.contains(word) == false {
        throw RowProblem(
          line: number, field: name, text: "'\(word)' is none of \(known?.joined(separator: ", ") ?? "")")
      }
      return words
    }
    self.line = number
    name = fields[0]
    family = fields[1]
    guard Self.families.contains(family) else {
      throw RowProblem(
        line: number, field: "family", text: "'\(family)' is none of \(Self.families.joined(separator: ", "))")
    }
    let function = fields[2]
    guard let open = function.firstIndex(of: "("), function.hasSuffix(")"), open != function.startIndex else {
      throw RowProblem(
        line: number, field: "function", text: "'\(function)' is no method with arguments in parentheses")
    }
    let head = function[..<open]
    isSized = head.hasSuffix("<W>")
    method = String(isSized ? head.dropLast(3) : head)
    arguments = String(function[function.index(after: open)...].dropLast())
    checks = try words(3, "check", from: Self.checks.keys.sorted())
    let facts = try words(4, "traits", from: nil)
    fastShape = facts.first { $0.hasPrefix("fast=") }.map { String($0.dropFirst(5)) }
    traits = facts.filter { !$0.hasPrefix("fast=") }
    for trait in traits where !Self.traits.contains(trait) {
      throw RowProblem(
        line: number, field: "traits", text: "'\(trait)' is none of fast=, \(Self.traits.joined(separator: ", "))")
    }
    reads = try words(5, "reads", from: Self.reads)
    siblings = try words(6, "siblings", from: nil)
  }
}

/// The whole table.
struct OpcodeTable {
  var rows: [OpcodeRow] = []
  /// In the order of the first rows: the raw values of `Operation`.
  var operations: [OperationLine] = []

  init(_ text: String) throws(RowProblem) {
    var described: [String: OperationLine] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard !line.hasPrefix("#"), !line.isEmpty else { continue }
      if line.hasPrefix("@") {
        let operation = try OperationLine(line: String(line), number: index + 1)
        guard described.updateValue(operation, forKey: operation.name) == nil else {
          throw RowProblem(line: index + 1, field: "operation", text: "'\(operation.name)' is described twice")
        }
      } else {
        rows.append(try OpcodeRow(line: String(line), number: index + 1))
      }
    }
    var seen: Set<String> = []
    for row in rows where seen.insert(row.operation).inserted {
      guard let operation = described[row.operation] else {
        throw RowProblem(line: row.line, field: "assembly", text: "no line @\(row.operation) describes the operation")
      }
      operations.append(operation)
    }
    try check(described, seen)
  }

  private func check(_ described: [String: OperationLine], _ seen: Set<String>) throws(RowProblem) {
    for operation in described.values.sorted(by: { $0.line < $1.line }) {
      guard seen.contains(operation.name) else {
        throw RowProblem(line: operation.line, field: "operation", text: "'\(operation.name)' has no encoding")
      }
      for sibling in operation.siblings where described[sibling] == nil {
        throw RowProblem(line: operation.line, field: "siblings", text: "there is no operation '\(sibling)'")
      }
      if operation.traits.contains("keeps"), operation.traits.contains("overwrites") {
        throw RowProblem(line: operation.line, field: "traits", text: "operand 0 cannot be both kept and overwritten")
      }
    }
    for row in rows where row.isLockable && described[row.operation]?.traits.contains("keeps") == true {
      throw RowProblem(line: row.line, field: "lock", text: "\(row.operation) does not write its operand")
    }
  }

  /// Whether some encoding of an operation has an MMX register.
  func usesMMX(_ operation: String) -> Bool {
    rows.contains { $0.operation == operation && $0.operands.contains { $0 == "mm" || $0.hasPrefix("mm/") } }
  }
}
