import OpcodeLayout

/// Writes the generated Swift files.
struct Emitter {
  var table: OpcodeTable

  static let header =
    "// Generated from opcodes.txt by OpcodeTableGenerator; do not edit.\n// swift-format-ignore-file\n\n"

  /// The files by path from `Sources`.
  var files: [(path: String, text: String)] {
    [
      ("X86Decoder/Operation.generated.swift", operations), ("X86Decoder/OpcodeRows.generated.swift", rows),
      ("X86Decoder/OperationFacts.generated.swift", facts), ("Interpreter/Dispatch.generated.swift", dispatch),
      ("Interpreter/Threaded/ThreadedHandlers.generated.swift", threaded),
    ]
  }

  private static func escaped(_ name: String) -> String { name == "in" ? "`in`" : name }

  private var operations: String {
    var text = Self.header
    text += "/// What an instruction does: the manual's mnemonic, one case for all its encodings.\n"
    text += "@frozen public enum Operation: UInt16, CaseIterable, Sendable {\n"
    for operation in table.operations {
      text += "  /// \(operation.name.uppercased()).\n  case \(Self.escaped(operation.name))\n"
    }
    return text + "}\n"
  }

  private var rows: String {
    var numbers: [String: Int] = [:]
    for (index, operation) in table.operations.enumerated() { numbers[operation.name] = index }
    var text = Self.header
    text += "/// The rows of opcodes.txt.\nenum OpcodeRows {\n"
    var features: [String] = []
    text += "  /// Three words a row: the two of `PackedRow`; operation, and from bit 16 an index into `features`.\n"
    text += "  static let packed: [UInt64] = [\n"
    for row in table.rows {
      if !features.contains(row.feature) { features.append(row.feature) }
      let last = UInt64(numbers[row.operation] ?? 0) | UInt64(features.firstIndex(of: row.feature) ?? 0) << 16
      let words = [row.packed.selection, row.packed.operands, last].map {
        "0x\(String($0, radix: 16, uppercase: true))"
      }
      text += "    \(words.joined(separator: ", ")),\n"
    }
    text += "  ]\n\n  /// The CPUID features of the rows.\n  static let features = [\n"
    for feature in features { text += "    \"\(feature)\",\n" }
    text += "  ]\n\n  /// The rows' text: encoding|assembly|modes|flags|lock|CPUID.\n  static let text = \"\"\"\n"
    for row in table.rows { text += "    \(row.text)\n" }
    return text + "    \"\"\"\n}\n"
  }

  // MARK: Facts

  private var facts: String {
    var text = Self.header
    text += "/// The group of an operation.\n@frozen public enum OperationFamily: UInt8, CaseIterable, Sendable {\n"
    text += "  case " + OperationLine.families.joined(separator: ", ") + "\n}\n\n"
    text += optionSet(
      "OperationTraits", "Facts about an operation; opcodes.txt says what each means.", OperationLine.traits)
    text +=
      "\n" + optionSet("ImplicitReads", "What an operation reads though no operand names it.", OperationLine.reads)
    text += "\nextension Operation {\n"
    text += property("family", "OperationFamily", "The group.") { ".\($0.family)" }
    text += "\n" + property("traits", "OperationTraits", "Facts.") { Self.bits($0.traits, OperationLine.traits) }
    text +=
      "\n"
      + property("implicitReads", "ImplicitReads", "Registers and flags that no operand names.") {
        Self.bits($0.reads, OperationLine.reads)
      }
    text +=
      "\n"
      + property("siblings", "[Operation]", "Operations that an implementer could take for it.") {
        "[" + $0.siblings.map { ".\(Self.escaped($0))" }.joined(separator: ", ") + "]"
      }
    return text + "}\n"
  }

  /// An option set as a number: a literal of its members would be an array on the heap at run time.
  private static func bits(_ names: [String], _ members: [String]) -> String {
    let value = names.compactMap(members.firstIndex).reduce(0) { $0 | 1 << $1 }
    return ".init(rawValue: \(value))" + (names.isEmpty ? "" : "  // \(names.joined(separator: " "))")
  }

  private func optionSet(_ name: String, _ comment: String, _ members: [String]) -> String {
    var text = "/// \(comment)\n@frozen public struct \(name): OptionSet, Sendable, Hashable {\n"
    text += "  /// The bits.\n  public var rawValue: UInt32\n"
    text += "  /// Makes a set from its bits.\n"
    text += "  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }\n"
    for (index, member) in members.enumerated() {
      text += "  /// As opcodes.txt says.\n"
      text += "  @inlinable public static var \(member): Self { Self(rawValue: 1 << \(index)) }\n"
    }
    return text + "}\n"
  }

  /// A property by an exhaustive switch, operations of the same value in one case.
  func property(
    _ name: String, _ type: String, _ comment: String, isPublic: Bool = true, _ value: (OperationLine) -> String
  ) -> String {
    var groups: [(value: String, names: [String])] = []
    for operation in table.operations {
      let value = value(operation)
      if let index = groups.firstIndex(where: { $0.value == value }) {
        groups[index].names.append(operation.name)
      } else {
        groups.append((value, [operation.name]))
      }
    }
    var text = "  /// \(comment)\n  \(isPublic ? "public " : "")var \(name): \(type) {\n    switch self {\n"
    for group in groups {
      text += "    case \(group.names.map { ".\(Self.escaped($0))" }.joined(separator: ", ")):\n      \(group.value)\n"
    }
    return text + "    }\n  }\n"
  }

  // MARK: Dispatch

  private var dispatch: String {
    var text = Self.header
    text += "import SoftFloat\nimport X86\nimport X86Decoder\n\nextension Processor {\n"
    text += "  /// Executes one decoded instruction; `state.rip` and `state.nextRIP` stand at it and behind it.\n"
    text += "  @inline(__always)\n  func execute(_ instruction: Instruction) throws(Exception) {\n"
    text += "    switch instruction.operation {\n"
    for operation in table.operations {
      text += "    case .\(Self.escaped(operation.name)):"
      let statements = statements(of: operation)
      text += statements.count == 1 ? " \(statements[0])\n" : "\n" + statements.map { "      \($0)\n" }.joined()
    }
    text += "    }\n  }\n"
    for operation in table.operations where operation.isSized { text += "\n" + sized(operation) }
    return text + "}\n" + fastFunctions
  }

  // MARK: The block loop

  /// The functions that several operations of one method share, and the shapes of the others.
  private var fastFunctions: String {
    var text =
      "\n"
      + function(
        "BinaryFunction", ["binary", "compare"], "two operands", "_ left: Word, _ right: Word", "left, right")
    text +=
      "\n"
      + function(
        "ShiftFunction", ["shift"], "a shift", "_ value: Word, _ count: UInt8", "value, count",
        counted: "_ value: Word, _ count: Int")
    text += "\n" + function("UnaryFunction", ["unary"], "one operand", "_ value: Word", "value")
    var shapes: [String] = []
    for shape in table.operations.compactMap(\.fastShape) where !shapes.contains(shape) { shapes.append(shape) }
    text += "\n/// The shapes of the forms that one operation alone has.\nenum FastShape: UInt8 {\n  case none, "
    text += shapes.joined(separator: ", ") + "\n}\n\nextension Operation {\n"
    text += choice("binaryFunction", "BinaryFunction", ["binary", "compare"])
    text += "\n" + choice("shiftFunction", "ShiftFunction", ["shift"])
    text += "\n" + choice("unaryFunction", "UnaryFunction", ["unary"])
    text +=
      "\n"
      + property("fastShape", "FastShape", "The shape of its own forms.", isPublic: false) {
        ".\($0.fastShape ?? "none")"
      }
    return text + "}\n"
  }

  /// An enumeration of functions: those that write their operand first.
  private func function(
    _ name: String, _ methods: [String], _ subject: String, _ parameters: String, _ arguments: String,
    counted: String? = nil
  ) -> String {
    let all = table.operations.filter { methods.contains($0.method) }
    let written = all.filter { !$0.traits.contains("keeps") }
    let functions = written + all.filter { $0.traits.contains("keeps") }
    var text = "/// The functions of \(subject) in the block loop; those that do not write their operand come last.\n"
    text += "enum \(name): UInt8 {\n  case " + functions.map(\.name).joined(separator: ", ") + "\n\n"
    text += "  /// The operand is written.\n  @inline(__always) var isWritten: Bool { rawValue < \(written.count) }\n\n"
    text += "  /// The function.\n  @inline(__always)\n"
    func method(_ name: String, _ parameters: String, _ suffix: String) -> String {
      var text =
        "  func \(name)<Word: OperandWord>(\(parameters), _ flags: inout LazyFlags) -> Word {\n    switch self {\n"
      for function in functions {
        text += "    case .\(function.name): \(function.arguments)\(suffix)(\(arguments), &flags)\n"
      }
      return text
    }
    text += method("apply", parameters, "")
    if let counted {
      text += "    }\n  }\n\n  /// The function with a count that is masked and not zero.\n  @inline(__always)\n"
      text += method("applyCounted", counted, "Counted")
    }
    return text + "    }\n  }\n}\n"
  }

  private func choice(_ name: String, _ type: String, _ methods: [String]) -> String {
    property(name, "\(type)?", "Its function in the block loop.", isPublic: false) {
      methods.contains($0.method) ? ".\($0.name)" : "nil"
    }
  }

  private func statements(of operation: OperationLine) -> [String] {
    var statements = operation.checks.compactMap { OperationLine.checks[$0] }
    statements.append(
      operation.isSized
        ? "try \(Self.sizedName(operation))(instruction)"
        : "try \(operation.method)(instruction\(operation.arguments.isEmpty ? "" : ", " + operation.arguments))")
    if operation.checks.contains("x87math") { statements.append("recordX87Pointers(instruction)") }
    if table.usesMMX(operation.name) { statements.append("finishMMX(instruction)") }
    return statements
  }

  private static func sizedName(_ operation: OperationLine) -> String { "execute\(operation.name.uppercased())" }

  private func sized(_ operation: OperationLine) -> String {
    var text = "  @inline(never)\n"
    text += "  private func \(Self.sizedName(operation))(_ instruction: Instruction) throws(Exception) {\n"
    text += "    switch instruction.operandSize {\n"
    for (size, type) in [("case 1", "UInt8"), ("case 2", "UInt16"), ("case 4", "UInt32"), ("default", "UInt64")] {
      let arguments = ["instruction", "\(type).self"] + (operation.arguments.isEmpty ? [] : [operation.arguments])
      text += "    \(size): try \(operation.method)(\(arguments.joined(separator: ", ")))\n"
    }
    return text + "    }\n  }\n"
  }
}
