/// Handlers of general instructions without a fast form.
extension Emitter {
  /// The tables of handlers by form, and how a form picks one.
  var integerTables: [(form: String, bodies: [String], choice: String)] {
    let tail = Self.arguments
    let both = ["false", "true"]
    var tables = narrowTables
    func add(_ form: String, choice: String = "0", _ bodies: [String]) { tables.append((form, bodies, choice)) }
    for (width, word) in [("64", "UInt64.self"), ("32", "UInt32.self")] {
      let quiet = "function * 2 + (isQuiet ? 1 : 0)"
      add(
        "bitScan\(width)", choice: quiet,
        both.flatMap { reverse in
          both.flatMap { computes in
            both.map { "bitScan(reverse: \(reverse), computes: \(computes), \(word), quiet: \($0), \(tail))" }
          }
        })
      add(
        "zeroCount\(width)", choice: quiet,
        both.flatMap { leading in both.map { "zeroCount(leading: \(leading), \(word), quiet: \($0), \(tail))" } })
      add("populationCount\(width)", ["populationCount(\(word), \(tail))"])
      add("byteSwap\(width)", ["byteSwap(\(word), \(tail))"])
      for (form, immediate) in [("bitRegister", "false"), ("bitImmediate", "true")] {
        add(
          "\(form)\(width)", choice: "function",
          Self.bitChanges.map { "bitOperation(.\($0), \(word), immediate: \(immediate), \(tail))" })
      }
      for (form, immediate) in [("doubleShift", "false"), ("doubleShiftImmediate", "true")] {
        add(
          "\(form)\(width)", choice: "function",
          both.map { "doubleShift(left: \($0), \(word), immediate: \(immediate), \(tail))" })
      }
      add(
        "widenProduct\(width)", choice: quiet,
        both.flatMap { signed in both.map { "widenProduct(signed: \(signed), \(word), quiet: \($0), \(tail))" } })
      add(
        "divide\(width)", choice: "function",
        both.flatMap { signed in both.map { "divide(signed: \(signed), keeps: \($0), \(word), \(tail))" } })
      add("extendAccumulator\(width)", ["extendAccumulator(wide: \(width == "64"), \(tail))"])
      add("extendIntoDX\(width)", ["extendIntoDX(\(word), \(tail))"])
      add("exchange\(width)", ["exchange(\(word), \(tail))"])
      add("exchangeMemory\(width)", ["exchangeMemory(\(word), .indexed, \(tail))"])
      for form in ["exchangeAdd", "compareExchange"] {
        add("\(form)\(width)", ["\(form)Memory(\(word), .indexed, \(tail))"])
      }
    }
    return tables
  }

  /// Of 8 and 16 bits.
  private var narrowTables: [(form: String, bodies: [String], choice: String)] {
    let tail = Self.arguments
    var tables: [(String, [String], String)] = []
    let binary = functions(["binary", "compare"])
    for (width, word) in [("8", "UInt8.self"), ("16", "UInt16.self")] {
      tables.append(("load\(width)", ["loadNarrow(\(word), .indexed, \(tail))"], "0"))
      tables.append(("moveRegister\(width)", ["moveNarrow(\(word), immediate: false, \(tail))"], "0"))
      tables.append(("moveImmediate\(width)", ["moveNarrow(\(word), immediate: true, \(tail))"], "0"))
      tables.append(
        (
          "unary\(width)", functions(["unary"]).map { "unary(.\($0), \(word), quiet: false, \(tail))" }, "function"
        ))
      tables.append(
        (
          "unaryMemory\(width)", functions(["unary"]).map { "unaryMemory(.\($0), \(word), .indexed, \(tail))" },
          "function"
        ))
    }
    tables.append(("storeImmediate16", ["store(UInt16.self, immediate: true, .indexed, \(tail))"], "0"))
    for (form, immediate) in [("register16", "false"), ("immediate16", "true")] {
      tables.append(
        (
          form, binary.map { "binary(.\($0), UInt16.self, immediate: \(immediate), quiet: false, \(tail))" },
          "function"
        ))
    }
    tables.append(
      ("source16", binary.map { "binarySource(.\($0), UInt16.self, .indexed, \(tail))" }, "function"))
    for (form, immediate) in [("destination16", "false"), ("destinationImmediate16", "true")] {
      tables.append(
        (
          form,
          binary.map { "binaryDestination(.\($0), UInt16.self, immediate: \(immediate), .indexed, \(tail))" },
          "function"
        ))
    }
    return tables
  }
}
