/// Handlers of 16- and 32-bit code: memory through segments, the stack and transfers.
extension Emitter {
  /// The tables of handlers by form of `LegacyForm`, and how a form picks one.
  private var legacyTables: [(form: String, bodies: [String], choice: String)] {
    let tail = Self.arguments
    var tables: [(String, [String], String)] = []
    func add(_ form: String, choice: String = "0", _ bodies: [String]) { tables.append((form, bodies, choice)) }
    func each(_ form: String, _ body: (String) -> String) {
      add("\(form)32", [body("UInt32.self")])
      add("\(form)16", [body("UInt16.self")])
    }
    let conditions = (0..<16).map { "\($0)" }
    let binary = functions(["binary", "compare"])
    add("load32", ["load(UInt32.self, signed: false, .legacy, \(tail))"])
    for width in ["16", "8"] {
      add("load\(width)", ["loadNarrow(UInt\(width).self, .legacy, \(tail))"])
      add("loadZero\(width)", ["load(UInt\(width).self, signed: false, .legacy, \(tail))"])
      add("loadSign\(width)", ["loadSigned(UInt\(width).self, .zero32, .legacy, \(tail))"])
    }
    add("loadZero8Into16", ["legacyLoadByteInto16(signed: false, \(tail))"])
    add("loadSign8Into16", ["legacyLoadByteInto16(signed: true, \(tail))"])
    add("address32", ["loadAddress(.zero32, .legacy, \(tail))"])
    add("address16", ["legacyAddress16(\(tail))"])
    for width in ["32", "16", "8"] {
      let word = "UInt\(width).self"
      add("store\(width)", ["store(\(word), immediate: false, .legacy, \(tail))"])
      add("storeImmediate\(width)", ["store(\(word), immediate: true, .legacy, \(tail))"])
      add("source\(width)", choice: "function", binary.map { "binarySource(.\($0), \(word), .legacy, \(tail))" })
      for (form, immediate) in [("destination", "false"), ("destinationImmediate", "true")] {
        add(
          "\(form)\(width)", choice: "function",
          binary.map { "binaryDestination(.\($0), \(word), immediate: \(immediate), .legacy, \(tail))" })
      }
      add(
        "unary\(width)", choice: "function",
        functions(["unary"]).map { "unaryMemory(.\($0), \(word), .legacy, \(tail))" })
      add(
        "shift\(width)", choice: "function",
        functions(["shift"]).map { "shiftMemory(.\($0), \(word), .legacy, \(tail))" })
    }
    add("setIf", choice: "condition", conditions.map { "setIfMemory(\($0), .legacy, \(tail))" })
    add("moveIf32", choice: "condition", conditions.map { "moveIfMemory(\($0), UInt32.self, .legacy, \(tail))" })
    for form in ["exchange", "exchangeAdd", "compareExchange"] {
      add("\(form)32", ["\(form)Memory(UInt32.self, .legacy, \(tail))"])
    }
    each("push") { "legacyPush(\($0), immediate: false, \(tail))" }
    each("pushImmediate") { "legacyPush(\($0), immediate: true, \(tail))" }
    for form in [
      "pushMemory", "pop", "leave", "callFar", "callRegister", "callMemory", "jumpRegister", "jumpMemory", "ret",
    ] {
      each(form) { "legacy\(form.prefix(1).uppercased())\(form.dropFirst())(\($0), \(tail))" }
    }
    add("jumpIfFar", choice: "condition", conditions.map { "legacyJumpIfFar(\($0), \(tail))" })
    add("jumpFar", ["legacyJumpFar(\(tail))"])
    return tables
  }

  /// The tables as declarations, and the function that picks a handler.
  var legacyText: String {
    var text = ""
    for table in legacyTables {
      text += "\n  private static let legacy_\(table.form)Handlers: [UInt] = unsafe [\n"
      for body in table.bodies { text += "    bits { unsafe \(body) },\n" }
      text += "  ]\n"
    }
    text += "\n  /// The handler of an instruction of 16- or 32-bit code.\n"
    text += "  static func legacy(_ form: LegacyForm, function: Int, condition: Int) -> UInt {\n    switch form {\n"
    for table in legacyTables { text += "    case .\(table.form): legacy_\(table.form)Handlers[\(table.choice)]\n" }
    text += "    }\n  }\n"
    for width in ["32", "16"] {
      text +=
        "\n  private static let legacyCall\(width) = unsafe bits { "
        + "unsafe legacyCall(UInt\(width).self, \(Self.arguments)) }\n"
    }
    text += "  /// The end of a block where another page begins.\n"
    return text + "  static let legacyPageEnd = unsafe bits { unsafe legacyEnterNextPage(\(Self.arguments)) }\n"
  }
}
