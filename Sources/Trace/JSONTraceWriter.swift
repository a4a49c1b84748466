import FaultReports
import Interpreter
import MMU
import X86

/// JSON Lines in the schema of `TraceSchema`.
struct JSONTraceWriter: TraceWriter {
  var hasTables: Bool { true }
  var hasReports: Bool { true }

  private func line(_ output: inout [UInt8], _ content: (inout TraceLine) -> Void) {
    var line = TraceLine()
    line.open("{")
    content(&line)
    line.close("}\n")
    output += line.bytes
  }

  func begin(_ guest: RecordedGuest, _ output: inout [UInt8]) {
    line(&output) {
      $0.member("schema", text: "emu-trace")
      $0.member("version", number: 2)
      $0.member("image", text: guest.image)
      $0.member("memory", number: guest.memoryByteCount)
      $0.member("processors", number: guest.processorCount)
    }
  }

  func state(_ state: RecordedState, _ output: inout [UInt8]) {
    line(&output) {
      $0.member("t", text: "state")
      $0.member("cpu", number: state.processor)
      $0.member("tick", number: state.tick)
      $0.name("regs")
      $0.open("{")
      for register in state.registers { $0.member(register.name, hex: register.value) }
      $0.close("}")
    }
  }

  func step(_ step: RecordedStep, _ output: inout [UInt8]) {
    line(&output) {
      $0.member("t", text: step.isInterrupt ? "interrupt" : "retire")
      $0.member("n", number: step.order)
      $0.member("tick", number: step.tick)
      $0.member("time", number: step.time)
      $0.member("cpu", number: step.processor)
      $0.member("mode", text: step.mode.rawValue)
      $0.member("cpl", number: step.cpl)
      $0.member("rip", hex: step.rip)
      if !step.isInterrupt {
        $0.member("bytes", bytes: step.bytes)
        $0.member("text", text: step.text)
        if !step.isCompleted { $0.member("completed", isTrue: false) }
      }
      if let symbol = step.symbol { $0.member("symbol", text: symbol) }
      if let line = step.line { $0.member("line", text: line) }
      if let vector = step.vector { $0.member("vector", number: vector) }
      if let source = step.source { $0.member("source", text: source) }
      if let origin = step.origin { $0.member("origin", text: origin) }
      if let handler = step.handler { $0.member("handler", hex: handler) }
      registers(step, &$0)
      effects(step, &$0)
      if let note = step.note { $0.member("note", text: note) }
    }
  }

  private func registers(_ step: RecordedStep, _ line: inout TraceLine) {
    if !step.reads.isEmpty {
      line.name("reads")
      line.open("{")
      for register in step.reads { line.member(register.name, hex: register.value) }
      line.close("}")
    }
    if !step.writes.isEmpty {
      line.name("writes")
      line.open("{")
      for change in step.writes {
        line.name(change.name)
        line.raw("[\"\(TraceLine.hex(change.old))\",\"\(TraceLine.hex(change.new))\"]")
      }
      line.close("}")
    }
    if step.undefined != 0 { line.member("undefined", hex: step.undefined) }
  }

  private func effects(_ step: RecordedStep, _ line: inout TraceLine) {
    line.list("memory", step.memory, Self.access)
    line.list("walks", step.walks, Self.walk)
    line.list("ports", step.ports) { line, port in
      line.member("port", hex: UInt64(port.access.port))
      line.member("kind", text: port.access.isWrite ? "out" : "in")
      line.member("size", number: port.access.byteCount)
      line.member("value", hex: UInt64(port.access.value))
      if let device = port.device { line.member("device", text: device) }
    }
    line.list("msrs", step.msrs) { line, msr in
      line.member("number", hex: UInt64(msr.number))
      if let name = MSRTable.name(of: msr.number) { line.member("name", text: name) }
      line.member("kind", text: msr.isWrite ? "write" : "read")
      line.member("value", hex: msr.value)
      if msr.isWrite { line.member("old", hex: msr.old) }
    }
    line.list("controls", step.controls) { line, change in
      line.member("register", text: change.name)
      line.member("value", hex: change.new)
      line.member("old", hex: change.old)
    }
    line.list("exceptions", step.exceptions, Self.exception)
  }

  private static func access(_ line: inout TraceLine, _ recorded: RecordedAccess) {
    let access = recorded.access
    line.member("kind", text: access.isWrite ? "write" : "read")
    if access.isSystem { line.member("system", isTrue: true) }
    line.member("linear", hex: access.linear)
    line.member("physical", hex: access.physical)
    line.member("size", number: access.byteCount)
    line.member("value", hex: access.value)
    if access.isWrite, !access.isDevice { line.member("old", hex: access.old) }
    if let translation = recorded.translation { line.member("tlb", text: translation) }
    if let device = recorded.device { line.member("device", text: device) }
  }

  private static func walk(_ line: inout TraceLine, _ logged: LoggedWalk) {
    let walk = logged.walk
    line.member("linear", hex: logged.linear)
    line.member("access", text: logged.intent.isFetch ? "fetch" : logged.intent.isWrite ? "write" : "read")
    line.member("user", isTrue: logged.intent.isUser)
    line.list("steps", (0..<walk.stepCount).map { $0 }) { line, index in
      let step = walk.steps[index]
      line.member("level", number: step.level)
      line.member("address", hex: step.address.rawValue)
      line.member("value", hex: step.value)
      let updated = TraceNames.updated(walk, index, isWrite: logged.intent.isWrite)
      if updated != step.value { line.member("updated", hex: updated) }
    }
    if let fault = walk.fault {
      line.member("fault", hex: UInt64(fault))
    } else {
      line.member("physical", hex: walk.physical)
      line.member("pageSize", number: UInt64(1) << min(walk.pageShift, 30))
    }
  }

  private static func exception(_ line: inout TraceLine, _ exception: Exception) {
    line.member("vector", number: exception.vector.rawValue)
    line.member("name", text: exception.vector.mnemonic)
    if exception.hasErrorCode { line.member("error", hex: UInt64(exception.errorCode)) }
    if exception.vector == .pageFault { line.member("cr2", hex: exception.address.rawValue) }
    guard exception.reason != .unspecified else { return }
    line.member("reason", text: exception.reason.sentence)
    line.member("section", text: exception.reason.section)
  }

  func report(_ report: RecordedReport, _ output: inout [UInt8]) {
    line(&output) {
      $0.member("t", text: "report")
      $0.member("n", number: report.order)
      $0.member("cpu", number: report.processor)
      $0.texts("lines", report.lines)
      $0.name("fault")
      $0.raw(report.report.json)
    }
  }

  func end(records: UInt64, reason: String, _ output: inout [UInt8]) {
    line(&output) {
      $0.member("t", text: "end")
      $0.member("records", number: records)
      $0.member("reason", text: reason)
    }
  }
}
