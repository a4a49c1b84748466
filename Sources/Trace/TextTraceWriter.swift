import Interpreter
import MMU
import TextForms
import X86

/// One line a step, for people.
struct TextTraceWriter: TraceWriter {
  var hasTables: Bool { false }
  /// Thirty lines after each exception would hide the steps.
  var hasReports: Bool { false }

  private func put(_ text: String, _ output: inout [UInt8]) {
    output.append(contentsOf: text.utf8)
    output.append(10)
  }

  func begin(_ guest: RecordedGuest, _ output: inout [UInt8]) {
    put(
      "# emu trace 1: \(guest.image.printable), \(guest.memoryByteCount) bytes of RAM, \(guest.processorCount) processors",
      &output)
    put("# step processor:CPL mode RIP <symbol> instruction | registers old>new, memory, events", &output)
  }

  func state(_ state: RecordedState, _ output: inout [UInt8]) {
    let values = state.registers.filter { $0.value != Vector128() }.map { "\($0.name)=\(TraceLine.hex($0.value))" }
    put("# state of \(state.processor) at tick \(state.tick): \(values.joined(separator: " "))", &output)
  }

  func step(_ step: RecordedStep, _ output: inout [UInt8]) {
    var line = "\(step.order) \(step.processor):\(step.cpl) \(step.mode.rawValue) \(Text.digits(step.rip, places: 8))"
    if let symbol = step.symbol { line += " <\(symbol)>" }
    if let source = step.line { line += " \(source)" }
    line += "  "
    if step.isInterrupt {
      line += "(\(step.source ?? "") interrupt \(step.vector ?? 0)\(step.origin.map { ", \($0)" } ?? ""))"
    } else {
      line += step.text
    }
    let effects = self.effects(step)
    if !effects.isEmpty {
      let column = 63
      line += String(repeating: " ", count: max(1, column - line.utf8.count)) + "| " + effects.joined(separator: "; ")
    }
    put(line, &output)
  }

  private func effects(_ step: RecordedStep) -> [String] {
    var parts: [String] = []
    if let vector = step.vector, let handler = step.handler { parts.append("vector \(vector) to \(hex(handler))") }
    let changes = step.writes.map { "\($0.name) \(TraceLine.hex($0.old))>\(TraceLine.hex($0.new))" }
    if !changes.isEmpty { parts.append(changes.joined(separator: ", ")) }
    for memory in step.memory {
      let access = memory.access
      var text = "\(access.isWrite ? "write" : "read")\(access.byteCount) [\(hex(access.linear))"
      if access.physical != access.linear { text += "=\(hex(access.physical))" }
      text += "] \(access.isWrite && !access.isDevice ? "\(hex(access.old))>" : "")\(hex(access.value))"
      if access.isSystem { text += " (system)" }
      if let device = memory.device { text += " (\(device))" }
      parts.append(text)
    }
    for logged in step.walks {
      let levels = (0..<logged.walk.stepCount).map { hex(logged.walk.steps[$0].value) }
      let end = logged.walk.fault.map { "fault \(hex(UInt64($0)))" } ?? hex(logged.walk.physical)
      let kind = logged.intent.isFetch ? "fetch " : logged.intent.isWrite ? "write " : ""
      parts.append("\(kind)walk \(hex(logged.linear)): \(levels.joined(separator: " ")) = \(end)")
    }
    for port in step.ports {
      let device = port.device.map { " (\($0))" } ?? ""
      parts.append(
        "\(port.access.isWrite ? "out" : "in")\(port.access.byteCount) \(hex(UInt64(port.access.port))) "
          + hex(UInt64(port.access.value)) + device)
    }
    for msr in step.msrs {
      parts.append(
        "\(msr.isWrite ? "wrmsr" : "rdmsr") \(MSRTable.name(of: msr.number) ?? hex(UInt64(msr.number))) "
          + (msr.isWrite ? "\(hex(msr.old))>" : "") + hex(msr.value))
    }
    for change in step.controls where !step.writes.contains(where: { $0.name == change.name }) {
      parts.append("\(change.name) \(TraceLine.hex(change.old))>\(TraceLine.hex(change.new))")
    }
    for exception in step.exceptions {
      let code = exception.hasErrorCode ? "(\(hex(UInt64(exception.errorCode))))" : ""
      let address = exception.vector == .pageFault ? " at \(hex(exception.address.rawValue))" : ""
      let reason = exception.reason == .unspecified ? "" : ": \(exception.reason.sentence)"
      parts.append("\(exception.vector.mnemonic)\(code)\(address)\(reason)")
    }
    if let note = step.note { parts.append(note) }
    return parts
  }

  private func hex(_ value: UInt64) -> String { Text.hex(value) }

  func tables(_ tables: RecordedTables, _ output: inout [UInt8]) {}

  func report(_ report: RecordedReport, _ output: inout [UInt8]) {
    for line in report.lines { put("# \(line)", &output) }
  }

  func end(records: UInt64, reason: String, _ output: inout [UInt8]) {
    put("# end after \(records) steps: \(reason)", &output)
  }
}
