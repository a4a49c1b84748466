import X86

extension FaultStory {
  /// The story as one JSON object without newlines; addresses and values are strings in hexadecimal.
  public var json: String {
    var fields: [(String, StoryJSON)] = [
      ("summary", .string(summary)), ("selector", .hex(UInt64(selector))), ("rip", .hex(rip)),
      ("cpl", .number(Int(cpl))), ("mode", .string(mode.rawValue)), ("symbol", .optional(symbol)),
      ("bytes", .string(bytes.isEmpty ? "" : byteText)),
      ("text", .optional(text)),
    ]
    if bytes.isEmpty { fields.append(("absence", .string(absence))) }
    if let newer { fields.append(("newer", .string(newer))) }
    if let codeDescriptor {
      var members: [(String, StoryJSON)] = [
        ("cause", .string(ProcessorMode.compatibilityCause)), ("descriptor", codeDescriptor.json),
      ]
      if let entry = compatibilityEntry {
        members.append(("since", entry.step.json))
        members.append(("symbol", .optional(entry.symbol)))
        members.append(("stepsBefore", .number(Int(truncatingIfNeeded: entry.stepsBefore))))
      }
      fields.append(("compatibility", .object(members)))
    }
    fields.append(("operands", .values(operands)))
    fields.append(("memory", .array(memory.map(\.json))))
    fields.append(("links", .array(links.map(\.json))))
    fields.append(("outcome", outcome.json(symbol: handlerSymbol)))
    fields.append(("registers", .values(registers)))
    fields.append(("stack", .array(stack.map(\.json))))
    fields.append(("recent", .array(recent.map(\.json))))
    return StoryJSON.object(fields).text
  }
}

/// As much of JSON as a story needs.
indirect enum StoryJSON {
  case null
  case bool(Bool)
  case number(Int)
  case string(String)
  case array([StoryJSON])
  case object([(String, StoryJSON)])

  static func hex(_ value: UInt64) -> Self { .string(storyHex(value)) }
  static func hex(_ value: UInt64?) -> Self { value.map { .hex($0) } ?? .null }
  static func optional(_ value: String?) -> Self { value.map { .string($0) } ?? .null }
  static func values(_ values: [FaultStory.Value]) -> Self { .object(values.map { ($0.name, .hex($0.value)) }) }

  var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let value): String(value)
    case .string(let value): Self.quoted(value)
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let fields):
      "{" + fields.map { Self.quoted($0.0) + ":" + $0.1.text }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ value: String) -> String {
    var result = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension FaultStory.MemoryOperand {
  var json: StoryJSON {
    .object([
      ("segment", .string(segment)), ("offset", .hex(offset)), ("linear", .hex(linear)), ("physical", .hex(physical)),
    ])
  }
}

extension FaultStory.Link {
  var json: StoryJSON {
    var fields: [(String, StoryJSON)] = [("vector", .number(Int(vector))), ("title", .string(title))]
    if let exception {
      fields.append(("mnemonic", .string(exception.vector.mnemonic)))
      fields.append(("errorCode", exception.hasErrorCode ? .hex(UInt64(exception.errorCode)) : .null))
      fields.append(("errorBits", .optional(errorCode)))
      fields.append(("cr2", exception.vector == .pageFault ? .hex(exception.address.rawValue) : .null))
      fields.append(("rule", .string("\(exception.reason)")))
      fields.append(("reason", .string(exception.reason.sentence)))
      fields.append(("section", .string(exception.reason.section)))
    }
    if let origin { fields.append(("origin", .string(origin))) }
    fields.append(("entries", .array(entries.map(\.json))))
    if let stack { fields.append(("stack", stack.json)) }
    return .object(fields)
  }
}

extension FaultStory.Entry {
  var json: StoryJSON {
    .object([
      ("name", .string(name)), ("address", .hex(address)), ("isPhysical", .bool(isPhysical)), ("value", .hex(value)),
      ("meaning", .string(meaning)), ("isCause", .bool(isCause)),
    ])
  }
}

extension FaultScene.Outcome {
  func json(symbol: String?) -> StoryJSON {
    switch self {
    case .undelivered: .object([("kind", .string("undelivered"))])
    case .shutdown: .object([("kind", .string("shutdown"))])
    case .handler(let selector, let rip, let cpl):
      .object([
        ("kind", .string("handler")), ("selector", .hex(UInt64(selector))), ("rip", .hex(rip)),
        ("cpl", .number(Int(cpl))), ("symbol", .optional(symbol)),
      ])
    }
  }
}

extension FaultStory.StackWord {
  var json: StoryJSON {
    .object([("address", .hex(address)), ("value", .hex(value)), ("symbol", .optional(symbol))])
  }
}

extension FaultStory.Step {
  var json: StoryJSON {
    .object([
      ("rip", .hex(rip)), ("mode", .string(mode.rawValue)), ("text", .string(text)), ("changes", .values(changes)),
    ])
  }
}
