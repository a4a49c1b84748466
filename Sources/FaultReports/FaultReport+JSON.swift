import TextForms
import X86

extension FaultReport {
  /// The report as one JSON object without newlines; addresses and values are strings in hexadecimal.
  public var json: String {
    var fields: [(String, JSONText)] = [
      ("summary", .string(summary)), ("selector", .hex(UInt64(selector))), ("rip", .hex(rip)),
      ("cpl", .number(Int(cpl))), ("mode", .string(mode.rawValue)), ("symbol", .optional(symbol)),
      ("bytes", .string(bytes.isEmpty ? "" : byteText)),
      ("text", .optional(text)),
    ]
    if bytes.isEmpty { fields.append(("absence", .string(absence))) }
    if let newer { fields.append(("newer", .string(newer))) }
    if let codeDescriptor {
      var members: [(String, JSONText)] = [
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
    return JSONText.object(fields).text
  }
}

extension JSONText {
  /// Registers as an object.
  fileprivate static func values(_ values: [FaultReport.Value]) -> Self {
    .object(values.map { ($0.name, .hex($0.value)) })
  }
}

extension FaultReport.MemoryOperand {
  var json: JSONText {
    .object([
      ("segment", .string(segment)), ("offset", .hex(offset)), ("linear", .hex(linear)), ("physical", .hex(physical)),
    ])
  }
}

extension FaultReport.Link {
  var json: JSONText {
    var fields: [(String, JSONText)] = [("vector", .number(Int(vector))), ("title", .string(title))]
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

extension FaultReport.Entry {
  var json: JSONText {
    .object([
      ("name", .string(name)), ("address", .hex(address)), ("isPhysical", .bool(isPhysical)), ("value", .hex(value)),
      ("meaning", .string(meaning)), ("isCause", .bool(isCause)),
    ])
  }
}

extension FaultScene.Outcome {
  func json(symbol: String?) -> JSONText {
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

extension FaultReport.StackWord {
  var json: JSONText {
    .object([("address", .hex(address)), ("value", .hex(value)), ("symbol", .optional(symbol))])
  }
}

extension FaultReport.Step {
  var json: JSONText {
    .object([
      ("rip", .hex(rip)), ("mode", .string(mode.rawValue)), ("text", .string(text)), ("changes", .values(changes)),
    ])
  }
}
