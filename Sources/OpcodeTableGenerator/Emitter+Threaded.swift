/// Handlers of the threaded engine: a closure for each shape of operands, function and width.
extension Emitter {
  /// A table of handlers: its name, the forms that it serves and its closures.
  private struct HandlerTable {
    var name: String
    /// What the bodies are, one a function or condition.
    var bodies: [String]
    /// How the forms that it serves pick one.
    var choice: String
  }

  /// What every handler passes on.
  static let arguments = "$0, $1, $2, $3, $4"
  private static let words = ["64": "UInt64.self", "32": "UInt32.self", "16": "UInt16.self", "8": "UInt8.self"]

  /// The file.
  var threaded: String {
    var text = Self.header
    text += "import SoftFloat\nimport X86Decoder\n\n"
    text += "/// The handlers of the threaded engine by fast form.\nenum ThreadedHandlers {\n"
    text +=
      "  /// The shared semantics.\n  static let general = unsafe bits { unsafe Interpreter.general(\(Self.arguments)) }\n"
    text += "  /// A branch, or the end of a block, that is linked; and one that is not.\n"
    text += "  static let jump = unsafe bits { unsafe Interpreter.jump(\(Self.arguments)) }\n"
    text += "  static let unlinked = unsafe bits { unsafe Interpreter.unlinked(\(Self.arguments)) }\n"
    text += "  /// A branch that is taken, counted and not linked.\n"
    text += "  static let follow = unsafe bits { unsafe Interpreter.follow(\(Self.arguments)) }\n"
    text += "  private static let call = unsafe bits { unsafe Interpreter.call(\(Self.arguments)) }\n"
    text += "  /// The same where another page begins.\n"
    text += "  static let pageEnd = unsafe bits { unsafe enterNextPage(\(Self.arguments)) }\n"
    text += "  /// The first operation of a block whose code was written.\n"
    text += "  static let stale = unsafe bits { unsafe Interpreter.stale(\(Self.arguments)) }\n"
    text += "  /// The same when another block is there.\n"
    text += "  static let forward = unsafe bits { unsafe Interpreter.forward(\(Self.arguments)) }\n"
    for table in handlerTables {
      text += "\n  private static let \(table.name)Handlers: [UInt] = unsafe [\n"
      for body in table.bodies { text += "    bits { unsafe \(body) },\n" }
      text += "  ]\n"
    }
    for (_, table) in otherTables {
      text += "\n  private static let \(table.name)Handlers: [UInt] = unsafe [\n"
      for body in table.bodies { text += "    bits { unsafe \(body) },\n" }
      text += "  ]\n"
    }
    text += legacyText
    text += "\n  /// The handler of an instruction without a fast form.\n"
    text +=
      "  static func other(\n    _ form: ThreadedForm, function: Int, condition: Int, isIndexed: Bool, isQuiet: Bool\n  ) -> UInt {\n"
    text += "    switch form {\n"
    for (form, table) in otherTables { text += "    case .\(form): \(table.name)Handlers[\(table.choice)]\n" }
    text += "    }\n  }\n"
    text += "\n  /// The handler of an instruction.\n"
    text +=
      "  static func handler(\n    _ form: FastForm, function: Int, condition: Int, isIndexed: Bool, isFar: Bool, isQuiet: Bool\n  ) -> UInt {\n"
    text += "    switch form {\n    case .none: general\n"
    for (form, expression) in choices { text += "    case .\(form): \(expression)\n" }
    text += "    }\n  }\n\n"
    text += "  /// The handler of a near branch that is linked.\n"
    text += "  static func linked(_ branch: Instruction, isLegacy: Bool) -> UInt {\n"
    text += "    if branch.operation == .jcc { return linkedJumpIfHandlers[Int(branch.opcode & 15)] }\n"
    text += "    guard branch.operation == .call else { return jump }\n"
    text += "    return isLegacy ? (branch.operandSize == 4 ? legacyCall32 : legacyCall16) : call\n  }\n\n"
    text += "  /// The handler of a comparison and the near branch behind it; nil if they stay apart.\n"
    text += "  static func fused(_ form: FastForm, _ function: BinaryFunction, condition: Int) -> UInt? {\n"
    text +=
      "    guard ![\((0..<16).filter { !Self.jumpConditions.contains($0) }.map { "\($0)" }.joined(separator: ", "))].contains(condition) else { return nil }\n"
    text += "    switch (form, function) {\n"
    for comparison in ["cmp", "test"] {
      for width in ["64", "32", "8"] {
        text +=
          "    case (.register\(width), .\(comparison)): return \(comparison)Register\(width)Handlers[condition]\n"
        text +=
          "    case (.immediate\(width), .\(comparison)): return \(comparison)Immediate\(width)Handlers[condition]\n"
      }
    }
    text += "    default: return nil\n    }\n  }\n\n"
    text += "  /// The handler of DEC and the near JZ or JNZ behind it.\n"
    text += "  static func countedLoop(isWide: Bool, condition: Int) -> UInt {\n"
    return text + "    (isWide ? decrement64Handlers : decrement32Handlers)[condition - 4]\n  }\n}\n" + vectorFunctions
  }

  func functions(_ methods: [String]) -> [String] {
    let all = table.operations.filter { methods.contains($0.method) }
    return (all.filter { !$0.traits.contains("keeps") } + all.filter { $0.traits.contains("keeps") }).map(\.name)
  }

  private var handlerTables: [HandlerTable] {
    var tables: [HandlerTable] = []
    let binary = functions(["binary", "compare"])
    func add(_ name: String, _ bodies: [String], _ choice: String) {
      tables.append(HandlerTable(name: name, bodies: bodies, choice: choice))
    }
    func word(_ form: String) -> String {
      Self.words[String(form.suffix(2))] ?? Self.words[String(form.suffix(1))] ?? ""
    }
    for form in ["register64", "register32", "register8", "immediate64", "immediate32", "immediate8"] {
      let isImmediate = form.hasPrefix("immediate")
      for quiet in [false, true] {
        add(
          form + (quiet ? "Quiet" : ""),
          binary.map {
            "binary(.\($0), \(word(form)), immediate: \(isImmediate), quiet: \(quiet), \(Self.arguments))"
          }, "function")
      }
    }
    for mode in ["based", "indexed"] {
      for form in ["source64", "source32"] {
        add(
          form + mode, binary.map { "binarySource(.\($0), \(word(form)), .\(mode), \(Self.arguments))" }, "function")
      }
      for form in [
        "destination64", "destination32", "destinationImmediate64", "destinationImmediate32", "destinationImmediate8",
      ] {
        let isImmediate = form.hasPrefix("destinationImmediate")
        add(
          form + mode,
          binary.map {
            "binaryDestination(.\($0), \(word(form)), immediate: \(isImmediate), .\(mode), \(Self.arguments))"
          }, "function")
      }
    }
    for form in ["shift64", "shift32", "unary64", "unary32"] {
      let name = String(form.dropLast(2))
      for quiet in [false, true] {
        add(
          form + (quiet ? "Quiet" : ""),
          functions([name]).map { "\(name)(.\($0), \(word(form)), quiet: \(quiet), \(Self.arguments))" }, "function")
      }
    }
    add("setIf", (0..<16).map { "setIf(\($0), \(Self.arguments))" }, "condition")
    add("moveIf64", (0..<16).map { "moveIf(\($0), .none, \(Self.arguments))" }, "condition")
    add("moveIf32", (0..<16).map { "moveIf(\($0), .zero32, \(Self.arguments))" }, "condition")
    add("jumpIf", (0..<16).map { "jumpIfUnlinked(\($0), \(Self.arguments))" }, "condition")
    add("linkedJumpIf", (0..<16).map { "jumpIf(\($0), \(Self.arguments))" }, "")
    add("jumpIfFar", (0..<16).map { "jumpIfFar(\($0), \(Self.arguments))" }, "condition")
    add("single", singles.flatMap(\.bodies), "")
    return tables + comparisons
  }

  /// The conditions for which a comparison and its branch are one handler: all but those of OF and PF.
  private static let jumpConditions = [2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15]

  /// CMP and TEST, by widths and kinds of operands, with each condition; those that are none stay apart.
  private var comparisons: [HandlerTable] {
    var tables: [HandlerTable] = []
    for comparison in ["cmp", "test"] {
      for width in ["64", "32", "8"] {
        for isImmediate in [false, true] {
          let bodies = (0..<16).map { condition in
            Self.jumpConditions.contains(condition)
              ? "compareAndJump(.\(comparison), \(Self.words[width] ?? ""), immediate: \(isImmediate), \(condition), "
                + "\(Self.arguments))" : "Interpreter.general(\(Self.arguments))"
          }
          tables.append(
            HandlerTable(
              name: "\(comparison)\(isImmediate ? "Immediate" : "Register")\(width)", bodies: bodies, choice: ""))
        }
      }
    }
    for width in ["64", "32"] {
      tables.append(
        HandlerTable(
          name: "decrement\(width)",
          bodies: [4, 5].map { "decrementAndJump(\(Self.words[width] ?? ""), \($0), \(Self.arguments))" }, choice: ""))
    }
    return tables
  }

  /// Forms without a function: one handler, or one for each form of address.
  private var singles: [(form: String, bodies: [String])] {
    func modes(_ body: (String) -> String) -> [String] { ["based", "indexed"].map(body) }
    func load(_ word: String, _ signed: Bool) -> [String] {
      modes { "load(\(Self.words[word] ?? ""), signed: \(signed), .\($0), \(Self.arguments))" }
    }
    func store(_ word: String, _ immediate: Bool) -> [String] {
      modes { "store(\(Self.words[word] ?? ""), immediate: \(immediate), .\($0), \(Self.arguments))" }
    }
    func plain(_ name: String) -> [String] { ["\(name)(\(Self.arguments))"] }
    return [
      ("nothing", plain("nothing")), ("moveRegister64", ["move(.none, \(Self.arguments))"]),
      ("moveRegister32", ["move(.zero32, \(Self.arguments))"]), ("moveImmediate64", plain("moveImmediate")),
      ("moveImmediate32", plain("moveImmediate")), ("load64", load("64", false)), ("load32", load("32", false)),
      ("store64", store("64", false)), ("store32", store("32", false)), ("store8", store("8", false)),
      ("storeImmediate64", store("64", true)), ("storeImmediate32", store("32", true)),
      ("storeImmediate8", store("8", true)), ("loadByteZero", load("8", false)), ("loadWordZero", load("16", false)),
      ("loadSignDoubleword", load("32", true)), ("byteZero", ["move(.zero8, \(Self.arguments))"]),
      ("wordZero", ["move(.zero16, \(Self.arguments))"]), ("signDoubleword", ["move(.sign32, \(Self.arguments))"]),
      ("address64", modes { "loadAddress(.none, .\($0), \(Self.arguments))" }),
      ("address32", modes { "loadAddress(.zero32, .\($0), \(Self.arguments))" }),
      ("multiply64", ["false", "true"].map { "multiply(UInt64.self, quiet: \($0), \(Self.arguments))" }),
      ("multiply32", ["false", "true"].map { "multiply(UInt32.self, quiet: \($0), \(Self.arguments))" }),
      ("wideMultiply64", ["widenProduct(signed: false, UInt64.self, quiet: false, \(Self.arguments))"]),
      ("push64", plain("push")), ("pop64", plain("pop")), ("jump", plain("Interpreter.unlinked") + plain("jumpFar")),
      ("jumpRegister", plain("jumpRegister")), ("call", plain("Interpreter.unlinked") + plain("callFar")),
      ("callRegister", plain("callRegister")),
      ("callMemory", ["false", "true"].map { "callMemory(indexed: \($0), \(Self.arguments))" }), ("ret", plain("ret")),
    ]
  }

  private var choices: [(String, String)] {
    var result: [(String, String)] = []
    for table in handlerTables where !["single", "jumpIfFar"].contains(table.name) && !table.choice.isEmpty {
      if table.name.hasSuffix("indexed") || table.name.hasSuffix("Quiet") { continue }
      if handlerTables.contains(where: { $0.name == table.name + "Quiet" }) {
        result.append((table.name, "(isQuiet ? \(table.name)QuietHandlers : \(table.name)Handlers)[function]"))
        continue
      }
      if table.name.hasSuffix("based") {
        let form = String(table.name.dropLast("based".count))
        result.append((form, "(isIndexed ? \(form)indexedHandlers : \(form)basedHandlers)[function]"))
      } else if table.name == "jumpIf" {
        result.append(("jumpIf", "(isFar ? jumpIfFarHandlers : jumpIfHandlers)[condition]"))
      } else {
        result.append((table.name, "\(table.name)Handlers[\(table.choice)]"))
      }
    }
    var place = 0
    for single in singles {
      let name = single.bodies[0].prefix { $0 != "(" }
      let second = name == "Interpreter.unlinked" ? "isFar" : name == "multiply" ? "isQuiet" : "isIndexed"
      result.append(
        (
          single.form,
          single.bodies.count == 1 ? "singleHandlers[\(place)]" : "singleHandlers[\(second) ? \(place + 1) : \(place)]"
        ))
      place += single.bodies.count
    }
    return result
  }

  /// Forms of `ThreadedForm` with their tables.
  private var otherTables: [(form: String, table: HandlerTable)] {
    let modes = ["based", "indexed"]
    var tables: [(String, HandlerTable)] = []
    func add(_ form: String, _ bodies: [String], _ choice: String) {
      tables.append((form, HandlerTable(name: form, bodies: bodies, choice: choice)))
    }
    func word(_ width: String) -> String { Self.words[width] ?? "" }
    for (source, from) in [("Byte", "8"), ("Word", "16")] {
      for (width, kind) in [("64", ".none"), ("32", ".zero32")] {
        add(
          "loadSign\(source)\(width)", modes.map { "loadSigned(\(word(from)), \(kind), .\($0), \(Self.arguments))" },
          "isIndexed ? 1 : 0")
        add("sign\(source)\(width)", ["moveSigned(\(word(from)), \(kind), \(Self.arguments))"], "0")
      }
    }
    add("store16", modes.map { "store(UInt16.self, immediate: false, .\($0), \(Self.arguments))" }, "isIndexed ? 1 : 0")
    for form in ["pushImmediate", "pushMemory", "jumpMemory", "repeatMoves", "repeatStores"] {
      add(form, ["\(form)(\(Self.arguments))"], "0")
    }
    add("leave", ["leaveFrame(\(Self.arguments))"], "0")
    add("setIfMemory", (0..<16).map { "setIfMemory(\($0), .indexed, \(Self.arguments))" }, "condition")
    for table in integerTables { add(table.form, table.bodies, table.choice) }
    let binary = functions(["binary", "compare"])
    let unary = functions(["unary"])
    add("source8", binary.map { "binarySource(.\($0), UInt8.self, .indexed, \(Self.arguments))" }, "function")
    add(
      "destination8",
      binary.map { "binaryDestination(.\($0), UInt8.self, immediate: false, .indexed, \(Self.arguments))" }, "function")
    for width in ["64", "32", "16", "8"] {
      let type = word(width)
      for form in ["shiftCount", "shift"] where form == "shiftCount" || width == "16" || width == "8" {
        add(
          "\(form)\(width)",
          functions(["shift"]).flatMap { function in
            ["false", "true"].map { "\(form)(.\(function), \(type), quiet: \($0), \(Self.arguments))" }
          }, "function * 2 + (isQuiet ? 1 : 0)")
      }
    }
    for width in ["64", "32"] {
      let type = word(width)
      add(
        "multiplyImmediate\(width)",
        ["false", "true"].map { "multiplyImmediate(\(type), quiet: \($0), \(Self.arguments))" }, "isQuiet ? 1 : 0")
      add(
        "shiftMemory\(width)", functions(["shift"]).map { "shiftMemory(.\($0), \(type), .indexed, \(Self.arguments))" },
        "function")
      add(
        "unaryMemory\(width)", unary.map { "unaryMemory(.\($0), \(type), .indexed, \(Self.arguments))" }, "function")
      add(
        "moveIfMemory\(width)", (0..<16).map { "moveIfMemory(\($0), \(type), .indexed, \(Self.arguments))" },
        "condition")
      add("segmentLoad\(width)", ["load(\(type), signed: false, .segmented, \(Self.arguments))"], "0")
      add("segmentStore\(width)", ["store(\(type), immediate: false, .segmented, \(Self.arguments))"], "0")
      add(
        "segmentSource\(width)", binary.map { "binarySource(.\($0), \(type), .segmented, \(Self.arguments))" },
        "function")
      add(
        "segmentUnary\(width)", unary.map { "unaryMemory(.\($0), \(type), .segmented, \(Self.arguments))" }, "function")
    }
    for (form, width, immediate) in [
      ("segmentDestination64", "64", false), ("segmentDestination32", "32", false),
      ("segmentDestinationImmediate64", "64", true), ("segmentDestinationImmediate32", "32", true),
      ("segmentDestinationImmediate8", "8", true),
    ] {
      add(
        form,
        binary.map {
          "binaryDestination(.\($0), \(word(width)), immediate: \(immediate), .segmented, \(Self.arguments))"
        }, "function")
    }
    for table in vectorTables { add(table.form, table.bodies, table.choice) }
    return tables
  }
}
