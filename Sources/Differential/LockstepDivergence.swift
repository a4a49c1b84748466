import TextForms
import X86
import X86Decoder

/// Where two machines part.
public struct LockstepDivergence: Sendable, CustomStringConvertible {
  /// A word of the state that differs.
  public struct Field: Sendable, Equatable {
    /// The register.
    public var name: String
    /// The model's value.
    public var model: UInt64
    /// The reference's.
    public var reference: UInt64
  }

  /// RIP of the first instruction that differs.
  public var rip: UInt64
  /// Its bytes.
  public var bytes: [UInt8]
  /// Its form in the manual's notation.
  public var form: String
  /// What differs in the state.
  public var fields: [Field]
  /// What else differs: one sentence.
  public var detail: String?
  /// What the manual says that one of them breaks.
  public var rule: String
  /// The last instructions of the model, the divergent one last: RIP, bytes, form.
  public var history: [String]
  /// Instructions that the model had completed, the divergent one with them.
  public var instructions: UInt64
  /// The other machine.
  public var referenceName: String

  init(
    at fetched: FetchedInstruction?, fields: [Field], what: String?, detail: String?, history: [FetchedInstruction],
    instructions: UInt64, referenceName: String
  ) {
    rip = fetched?.rip ?? 0
    bytes = fetched?.bytes ?? []
    form = fetched?.text ?? "no instruction"
    self.fields = fields
    self.detail = detail
    self.history = history.map { step in
      let code = step.bytes.map(Text.code).joined(separator: " ")
      let gap = String(repeating: " ", count: max(1, 32 - code.count))
      return "\(Text.hex(step.rip))  \(code)\(gap)\(step.text)"
    }
    self.instructions = instructions
    self.referenceName = referenceName
    rule = Self.rule(fetched, fields, what)
  }

  private static func rule(_ fetched: FetchedInstruction?, _ fields: [Field], _ what: String?) -> String {
    guard let instruction = fetched?.instruction else {
      return what
        ?? "SDM Vol. 3A \"Interrupt and Exception Handling\": what an instruction that cannot be executed raises"
    }
    let form = OpcodeForm.all[Int(instruction.form)]
    let title = "SDM Vol. 2, \(form.mnemonic)"
    if let what { return "\(title), Operation: \(what)" }
    let names = fields.map(\.name)
    if names.contains("RIP") { return "\(title), Operation: the next instruction, or the exception raised" }
    if names == ["RFLAGS"] {
      return "\(title), Flags Affected: \(form.flags.isEmpty ? "none" : form.flags) (written/undefined)"
    }
    return "\(title), Operation\(names.isEmpty ? "" : ": " + names.joined(separator: ", "))"
  }

  /// The whole report, some lines.
  public var description: String {
    var lines = [
      "diverges at RIP \(Text.hex(rip)): \(bytes.map(Text.code).joined(separator: " ")) (\(form)), "
        + "after \(instructions) instructions"
    ]
    for field in fields {
      var line =
        "  \(field.name): model \(Text.hex(field.model)), \(referenceName) \(Text.hex(field.reference))"
      if field.name == "RFLAGS" { line += " (\(Divergence.flagNames(field.model ^ field.reference)))" }
      lines.append(line)
    }
    if let detail { lines.append("  \(detail)") }
    lines.append("  rule: \(rule)")
    lines.append("  the last instructions:")
    lines += history.map { "    \($0)" }
    return lines.joined(separator: "\n")
  }
}
