import TextForms
import X86

/// Trace events of the Chrome format, one a line in an array whose closing bracket readers do not need.
///
/// A processor is a track. Instructions are slices of one tick; around them lies a slice for each run of steps with the
/// same symbol and CPL. Interrupts and exceptions are instants. Times are in microseconds of virtual time.
struct PerfettoTraceWriter: TraceWriter {
  private struct Run {
    var name: String
    var start: UInt64
    var end: UInt64
    var steps: Int
    var cpl: UInt8
  }

  var hasTables: Bool { false }
  var hasReports: Bool { false }

  private var runs: [Int: Run] = [:]
  private var image = ""

  private func event(_ output: inout [UInt8], isLast: Bool = false, _ content: (inout TraceLine) -> Void) {
    var line = TraceLine()
    line.open("{")
    content(&line)
    line.close(isLast ? "}\n" : "},\n")
    output += line.bytes
  }

  /// Microseconds with three decimals.
  private static func time(_ nanoseconds: UInt64) -> String {
    let fraction = String(nanoseconds % 1000)
    return "\(nanoseconds / 1000).\(String(repeating: "0", count: 3 - fraction.utf8.count))\(fraction)"
  }

  mutating func begin(_ guest: RecordedGuest, _ output: inout [UInt8]) {
    image = guest.image
    output += Array("[\n".utf8)
    name("process_name", 0, "emu: \(guest.image)", &output)
    for index in 0..<guest.processorCount { name("thread_name", index, "processor \(index)", &output) }
  }

  private func name(_ kind: String, _ track: Int, _ text: String, _ output: inout [UInt8]) {
    event(&output) {
      $0.member("ph", text: "M")
      $0.member("name", text: kind)
      $0.member("pid", number: 1)
      $0.member("tid", number: track)
      $0.name("args")
      $0.open("{")
      $0.member("name", text: text)
      $0.close("}")
    }
  }

  func state(_ state: RecordedState, _ output: inout [UInt8]) {}

  mutating func step(_ step: RecordedStep, _ output: inout [UInt8]) {
    let start = step.time &- min(step.time, 1)
    follow(step, start, &output)
    if !step.isInterrupt { instruction(step, start, &output) }
    if step.isInterrupt || step.vector != nil {
      let origin = step.origin.map { ", \($0)" } ?? ""
      instant("\(step.source ?? "") interrupt \(step.vector ?? 0)\(origin)", step, start, &output)
    }
    for exception in step.exceptions {
      let code = exception.hasErrorCode ? "(\(Text.hex(exception.errorCode)))" : ""
      instant(exception.vector.mnemonic + code, step, start, &output)
    }
  }

  /// Lengthens the run of steps or closes it and begins another.
  private mutating func follow(_ step: RecordedStep, _ start: UInt64, _ output: inout [UInt8]) {
    let symbol = step.symbol.map { String($0.prefix { $0 != "+" }) }
    let name = symbol ?? "CPL \(step.cpl)"
    if var run = runs[step.processor], run.name == name, run.cpl == step.cpl, start <= run.end &+ 1000 {
      run.end = step.time
      run.steps += 1
      runs[step.processor] = run
      return
    }
    close(step.processor, &output)
    runs[step.processor] = Run(name: name, start: start, end: step.time, steps: 1, cpl: step.cpl)
  }

  private mutating func close(_ processor: Int, _ output: inout [UInt8]) {
    guard let run = runs.removeValue(forKey: processor) else { return }
    event(&output) {
      header("X", run.name, "code", run.start, processor, &$0)
      $0.name("dur")
      $0.raw(Self.time(run.end &- run.start))
      $0.name("args")
      $0.open("{")
      $0.member("cpl", number: run.cpl)
      $0.member("steps", number: run.steps)
      $0.close("}")
    }
  }

  private func header(
    _ phase: String, _ name: String, _ category: String, _ time: UInt64, _ track: Int, _ line: inout TraceLine
  ) {
    line.member("ph", text: phase)
    line.member("name", text: name)
    line.member("cat", text: category)
    line.name("ts")
    line.raw(Self.time(time))
    line.member("pid", number: 1)
    line.member("tid", number: track)
  }

  private func instruction(_ step: RecordedStep, _ start: UInt64, _ output: inout [UInt8]) {
    event(&output) {
      header("X", step.text, "instruction", start, step.processor, &$0)
      $0.name("dur")
      $0.raw(Self.time(step.time &- start))
      $0.name("args")
      $0.open("{")
      $0.member("n", number: step.order)
      $0.member("rip", hex: step.rip)
      $0.member("mode", text: step.mode.rawValue)
      $0.member("cpl", number: step.cpl)
      for change in step.writes { $0.member(change.name, hex: change.new) }
      $0.close("}")
    }
  }

  private func instant(_ name: String, _ step: RecordedStep, _ time: UInt64, _ output: inout [UInt8]) {
    event(&output) {
      header("i", name, "event", time, step.processor, &$0)
      $0.member("s", text: "t")
      $0.name("args")
      $0.open("{")
      $0.member("n", number: step.order)
      $0.member("rip", hex: step.rip)
      if let handler = step.handler { $0.member("handler", hex: handler) }
      $0.close("}")
    }
  }

  func tables(_ tables: RecordedTables, _ output: inout [UInt8]) {}

  func report(_ report: RecordedReport, _ output: inout [UInt8]) {}

  mutating func end(records: UInt64, reason: String, _ output: inout [UInt8]) {
    for processor in runs.keys.sorted() { close(processor, &output) }
    event(&output, isLast: true) {
      $0.member("ph", text: "M")
      $0.member("name", text: "process_labels")
      $0.member("pid", number: 1)
      $0.name("args")
      $0.open("{")
      $0.member("labels", text: "\(records) steps, \(reason)")
      $0.close("}")
    }
    output += Array("]\n".utf8)
  }
}
