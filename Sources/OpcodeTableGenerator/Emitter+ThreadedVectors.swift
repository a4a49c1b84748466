/// Handlers of SSE: closures by the method that an operation's line names.
extension Emitter {
  /// The body of a handler of an operation that works on an XMM register and another or memory; nil if it has none.
  private static func vectorBody(_ operation: OperationLine, memory: Bool) -> String? {
    let tail = "memory: \(memory), \(arguments))"
    let passed = operation.arguments
    switch operation.method {
    case "vectorBinary": return "vectorHalves(\(passed), \(tail)"
    case "vectorInterleave":
      return "vectorFunction({ a, b, _ in VectorOperations.interleave(a, b, \(passed)) }, \(tail)"
    case "vectorPack": return "vectorFunction({ a, b, _ in VectorOperations.pack(a, b, \(passed)) }, \(tail)"
    case "shuffleWords":
      // PSHUFW has MMX operands alone.
      guard operation.name != "pshufw" else { return nil }
      return "vectorFunction({ _, b, order in VectorOperations.shuffleWords(b, order, \(passed)) }, \(tail)"
    case "shuffleDoublewords", "shuffleSingles", "shuffleDoubles":
      return "vectorFunction(VectorOperations.\(operation.method), \(tail)"
    case "shuffleBytes": return "vectorFunction({ a, b, _ in VectorOperations.shuffleBytes(a, b) }, \(tail)"
    case "alignBytes": return "vectorFunction(VectorOperations.align, \(tail)"
    case "floatArithmetic", "floatSquareRoot", "floatCompareToMask": return "\(operation.method)(\(passed), \(tail)"
    // `single: ..., signalsQuiet: ...`
    case "floatCompare": return "floatCompare(\(passed.prefix { $0 != "," }), \(tail)"
    case "widenSingle", "narrowDouble": return "\(operation.method)(\(tail)"
    default: return nil
    }
  }

  /// The operations with handlers for an XMM register and another or memory.
  private var vectorOperations: [OperationLine] {
    table.operations.filter { Self.vectorBody($0, memory: false) != nil }
  }

  func operations(_ method: String) -> [OperationLine] { table.operations.filter { $0.method == method } }

  /// The tables of handlers by form, and how a form picks one.
  var vectorTables: [(form: String, bodies: [String], choice: String)] {
    var tables: [(String, [String], String)] = []
    for kind in [
      "whole", "low64", "low32", "lowAlone", "highToLow", "lowToHigh", "fromGeneral64", "fromGeneral32", "toGeneral64",
      "toGeneral32",
    ] {
      tables.append(("moveVector\(Self.capitalised(kind))", ["moveVector(.\(kind), \(Self.arguments))"], "0"))
    }
    for part in ["aligned", "unaligned", "low64", "low32", "lowHalf", "highHalf"] {
      for method in ["loadVector", "storeVector"] {
        tables.append(("\(method)\(Self.capitalised(part))", ["\(method)(.\(part), \(Self.arguments))"], "0"))
      }
    }
    let both = [false, true]
    tables.append(
      (
        "vector", vectorOperations.flatMap { operation in both.compactMap { Self.vectorBody(operation, memory: $0) } },
        "function"
      ))
    tables.append(
      ("vectorShift", operations("vectorShift").map { "vectorShift(\($0.arguments), \(Self.arguments))" }, "function"))
    for (width, word) in [("64", "UInt64.self"), ("32", "UInt32.self")] {
      for (form, method) in [("fromInteger", "convertFromInteger"), ("toInteger", "convertToInteger")] {
        let bodies = operations(method).flatMap { operation in
          both.map { "\(method)(\(operation.arguments), \(word), memory: \($0), \(Self.arguments))" }
        }
        tables.append(("\(form)\(width)", bodies, "function"))
      }
    }
    tables.append(("byteMask", ["moveByteMask(\(Self.arguments))"], "0"))
    return tables + vexTables
  }

  static func capitalised(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

  /// Where the handlers of an operation stand in their tables.
  var vectorFunctions: String {
    func places(_ name: String, _ comment: String, _ operations: [OperationLine]) -> String {
      property(name, "Int?", comment, isPublic: false) { operation in
        operations.firstIndex { $0.name == operation.name }.map(String.init) ?? "nil"
      }
    }
    var text = "\nextension Operation {\n"
    text += places("vectorFunction", "Its place among the functions of XMM registers and memory.", vectorOperations)
    text +=
      "\n" + places("vectorShiftFunction", "Its place among the shifts of XMM registers.", operations("vectorShift"))
    text +=
      "\n"
      + places("fromIntegerFunction", "Its place among the conversions.", operations("convertFromInteger"))
    text +=
      "\n" + places("vexFunction", "Its place among the functions of registers with a VEX prefix.", vexOperations)
    text += "\n" + places("x87Function", "Its place among the functions of x87.", x87Operations)
    text +=
      "\n" + places("vexBroadcastFunction", "Its place among the broadcasts.", vexBroadcasts)
    text +=
      "\n" + places("vexIntegerFunction", "Its place among the functions of BMI.", operations("vexInteger"))
    text +=
      "\n" + places("toIntegerFunction", "Its place among the conversions.", operations("convertToInteger"))
    text +=
      "\n"
      + property(
        "isAlignedVectorMove", "Bool?", "Of a move of XMM registers: its operand in memory must be aligned.",
        isPublic: false
      ) { operation in
        operation.method == "moveVector" ? (operation.arguments.hasSuffix("true") ? "true" : "false") : "nil"
      }
    text += "\n" + property("threadedGroup", "ThreadedGroup", "Its handlers of registers.", isPublic: false, Self.group)
    return text + "}\n"
  }

  /// The group of handlers that an operation's method names.
  private static func group(_ operation: OperationLine) -> String {
    let passed = operation.arguments
    switch operation.method {
    case "bitScan", "zeroCount": return ".\(operation.method)(\(passed))"
    case "populationCount", "byteSwap": return ".\(operation.method)"
    case "bitOperation": return ".bit(\(bitChanges.firstIndex { passed == ".\($0)" } ?? 0))"
    case "doubleShift": return ".doubleShift(left: \(passed.hasSuffix("shld")))"
    case "multiplyWide": return ".widenProduct(\(passed))"
    case "divide": return ".divide(\(passed))"
    default: return ".none"
    }
  }

  static let bitChanges = ["test", "set", "reset", "complement"]
}
