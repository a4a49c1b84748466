import TextForms
import X86

extension FaultReport {
  /// The report for a screen, one line each with a newline at its end.
  ///
  /// - Parameter isColoured: with ANSI colours (SGR sequences).
  public func rendered(isColoured: Bool) -> String {
    let paint = Paint(isOn: isColoured)
    var lines = [paint.bold(summary), "  " + paint.dim(byteText) + (text.map { "  \($0)" } ?? "")]
    if let newer { lines.append("  \(newer)") }
    if let codeDescriptor { lines += compatibilityLines(codeDescriptor, paint) }
    if !operands.isEmpty { lines.append("  operands " + operands.map(\.text).joined(separator: ", ")) }
    for operand in memory {
      lines.append(
        "  memory \(operand.segment):\(Text.hex(operand.offset)), linear \(Text.hex(operand.linear)), "
          + (operand.physical.map { "physical \(Text.hex($0))" } ?? "not mapped"))
    }
    for link in links { lines += self.lines(link, paint) }
    lines.append(paint.bold("outcome") + " " + outcomeText)
    lines.append(paint.bold("registers"))
    for start in stride(from: 0, to: registers.count, by: 4) {
      lines.append("  " + registers[start..<min(start + 4, registers.count)].map(\.text).joined(separator: "  "))
    }
    lines.append(paint.bold("stack"))
    for word in stack {
      let value = word.value.map(Text.hex) ?? "not mapped"
      lines.append("  \(Text.hex(word.address))  \(value)" + (word.symbol.map { " <\($0)>" } ?? ""))
    }
    if !recent.isEmpty { lines.append(paint.bold("instructions before")) }
    var mode: ProcessorMode?
    for step in recent {
      if step.mode != mode { lines.append("  " + paint.dim("in \(step.mode.words):")) }
      mode = step.mode
      let changes = step.changes.map(\.text).joined(separator: ", ")
      lines.append("  \(Text.hex(step.rip))  \(step.text)" + (changes.isEmpty ? "" : paint.dim("  ; \(changes)")))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(_ link: Link, _ paint: Paint) -> [String] {
    var lines = [paint.red(link.title)]
    if let code = link.errorCode { lines.append("  error code: \(code)") }
    if let exception = link.exception {
      lines.append("  reason: \(exception.reason.sentence)")
      lines.append("  " + paint.dim(exception.reason.section))
    }
    for entry in link.entries { lines.append(line(entry, paint)) }
    if let stack = link.stack { lines.append(line(stack, paint)) }
    return lines
  }

  private func line(_ entry: Entry, _ paint: Paint) -> String {
    var line = "  \(entry.isCause ? ">" : " ") \(entry.name)"
    if let address = entry.address {
      line += " at \(entry.isPhysical ? "physical " : "")\(Text.hex(address)) = \(Text.hex(entry.value))"
    }
    line += ": \(entry.meaning)"
    return entry.isCause ? paint.yellow(line) : line
  }

  /// Why the code is not 64-bit code although IA-32e mode is active, and since when.
  private func compatibilityLines(_ descriptor: Entry, _ paint: Paint) -> [String] {
    var lines = ["  \(ProcessorMode.compatibilityCause)"]
    if let entry = compatibilityEntry {
      let name = entry.symbol.map { " <\($0)>" } ?? ""
      let steps = "\(entry.stepsBefore) \(entry.stepsBefore == 1 ? "step" : "steps")"
      lines.append("  since \(Text.hex(entry.step.rip))\(name)  \(entry.step.text), \(steps) before")
    }
    return lines + [line(descriptor, paint)]
  }

  var byteText: String {
    bytes.isEmpty ? absence : Text.digits(bytes, separator: " ")
  }

  /// How the step ended, in words.
  public var outcomeText: String {
    switch outcome {
    case .undelivered: "not delivered"
    case .handler(let selector, let rip, let cpl):
      "handler at \(Text.hex(selector)):\(Text.hex(rip))\(handlerSymbol.map { " <\($0)>" } ?? ""), CPL \(cpl)"
    case .shutdown: "shutdown"
    }
  }
}

extension FaultReport.Value {
  var text: String { "\(name) \(Text.hex(value))" }
}

private struct Paint {
  var isOn: Bool
  func bold(_ text: String) -> String { wrap(text, 1) }
  func dim(_ text: String) -> String { wrap(text, 2) }
  func red(_ text: String) -> String { wrap(text, 31) }
  func yellow(_ text: String) -> String { wrap(text, 33) }
  private func wrap(_ text: String, _ code: Int) -> String { isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
