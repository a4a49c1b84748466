/// Handlers of instructions with a VEX prefix: one an operation, for registers and memory of 16 and 32 bytes.
extension Emitter {
  /// The body of a handler of an operation that computes a vector register from one or two; nil if it has none.
  private static func vexBody(_ operation: OperationLine) -> String? {
    let passed = operation.arguments
    switch operation.method {
    case "vectorBinary": return "vexHalves(\(passed), \(arguments))"
    case "vectorInterleave":
      return "vexFunction({ a, b, _ in VectorOperations.interleave(a, b, \(passed)) }, \(arguments))"
    case "vectorPack": return "vexFunction({ a, b, _ in VectorOperations.pack(a, b, \(passed)) }, \(arguments))"
    case "shuffleWords":
      // PSHUFW has MMX operands alone.
      guard operation.name != "pshufw" else { return nil }
      return "vexFunction({ _, b, order in VectorOperations.shuffleWords(b, order, \(passed)) }, \(arguments))"
    case "shuffleDoublewords", "shuffleSingles":
      return "vexFunction(VectorOperations.\(operation.method), \(arguments))"
    case "shuffleDoubles": return "vexFunction(VectorOperations.shuffleDoubles, laneShift: 2, \(arguments))"
    case "shuffleBytes": return "vexFunction({ a, b, _ in VectorOperations.shuffleBytes(a, b) }, \(arguments))"
    case "alignBytes": return "vexFunction(VectorOperations.align, \(arguments))"
    case "floatArithmetic": return "vexFloat(\(passed), \(arguments))"
    case "floatSquareRoot": return "vexSquareRoot(\(passed), \(arguments))"
    case "floatCompareToMask": return "vexCompareToMask(\(passed), \(arguments))"
    // `single: ..., signalsQuiet: ...`
    case "floatCompare": return "vexCompare(\(passed.prefix { $0 != "," }), \(arguments))"
    case "widenSingle": return "vexConvert(fromSingle: true, \(arguments))"
    case "narrowDouble": return "vexConvert(fromSingle: false, \(arguments))"
    case "multiplyAdd": return "vexMultiplyAdd(\(passed), \(arguments))"
    default: return nil
    }
  }

  /// The operations that have one.
  var vexOperations: [OperationLine] { table.operations.filter { Self.vexBody($0) != nil } }

  /// The broadcasts of 4 bytes and more.
  var vexBroadcasts: [OperationLine] { operations("broadcast").filter { ["4", "8", "16"].contains($0.arguments) } }

  /// The body of a handler of an x87 operation; nil if it has none.
  private static func x87Body(_ operation: OperationLine) -> String? {
    let passed = operation.arguments
    switch operation.method {
    case "x87Binary": return "x87Arithmetic(\(passed), \(arguments))"
    case "x87Compare": return passed == ".withZero" ? nil : "x87Compare(\(arguments))"
    case "x87LoadConstant":
      return [".one", ".zero"].contains(passed) ? "x87LoadConstant(\(arguments))" : nil
    case "x87ChangeSign", "x87StoreInteger": return "\(operation.method)(\(passed), \(arguments))"
    case "x87Load", "x87LoadInteger": return "x87Load(\(arguments))"
    case "x87StoreReal": return "x87Store(\(arguments))"
    case "x87CompareToFlags", "x87Exchange", "x87StoreControlWord", "x87LoadControlWord":
      return "\(operation.method)(\(arguments))"
    default: return nil
    }
  }

  /// The x87 operations that have one.
  var x87Operations: [OperationLine] { table.operations.filter { Self.x87Body($0) != nil } }

  /// The tables of handlers by form, and how a form picks one.
  var vexTables: [(form: String, bodies: [String], choice: String)] {
    var tables: [(String, [String], String)] = []
    func one(_ form: String, _ call: String) { tables.append((form, ["\(call)\(Self.arguments))"], "0")) }
    func each(_ form: String, _ operations: [OperationLine], _ call: (OperationLine) -> String) {
      tables.append((form, operations.map { "\(call($0))\(Self.arguments))" }, "function"))
    }
    for kind in [
      "whole", "low64", "low32", "lowAlone", "highToLow", "lowToHigh", "fromGeneral64", "fromGeneral32", "toGeneral64",
      "toGeneral32",
    ] {
      one("moveVEX\(Self.capitalised(kind))", "moveVEX(.\(kind), ")
    }
    for part in ["aligned", "unaligned", "low64", "low32", "lowHalf", "highHalf"] {
      for method in ["loadVEX", "storeVEX"] { one("\(method)\(Self.capitalised(part))", "\(method)(.\(part), ") }
    }
    tables.append(("vex", vexOperations.compactMap { Self.vexBody($0) }, "function"))
    tables.append(("x87", x87Operations.compactMap { Self.x87Body($0) }, "function"))
    let shifts = operations("vectorShift")
    each("vexShift", shifts) { "vexShift(\($0.arguments), immediate: false, " }
    each("vexShiftImmediate", shifts) { "vexShift(\($0.arguments), immediate: true, " }
    for (width, word) in [("64", "UInt64.self"), ("32", "UInt32.self")] {
      each("vexFromInteger\(width)", operations("convertFromInteger")) { "vexFromInteger(\($0.arguments), \(word), " }
      each("vexToInteger\(width)", operations("convertToInteger")) { "vexToInteger(\($0.arguments), \(word), " }
      each("vexInteger\(width)", operations("vexInteger")) { "vexInteger(\($0.arguments), \(word), " }
    }
    each("vexBroadcast", vexBroadcasts) { "vexBroadcast(\($0.arguments), " }
    for form in ["vexByteMask", "vexInsertLane", "vexExtractLane", "vexZeroUpper"] { one(form, "\(form)(") }
    return tables
  }
}
