import Machine
import Trace

extension ComparedPast {
  /// Executes again one tick, as a line of a trace in text.
  ///
  /// - Parameters:
  ///   - number: a comparison before it.
  ///   - ticks: the tick follows so many.
  ///   - symbol: names linear addresses.
  /// - Returns: nil if it cannot be executed again.
  func step(from number: UInt64, after ticks: UInt64, _ symbol: ((UInt64) -> String?)?) -> String? {
    let lines = TraceLines()
    var selection = TraceSelection()
    selection.limit = 1
    let recorder = Recorder(format: .text, selection: selection, sink: lines, symbol: symbol)
    guard observe(recorder, from: number, after: ticks) else { return nil }
    let line = lines.text.split(separator: "\n").first { !$0.hasPrefix("#") }
    // A trace has its second column in line.
    return line.map { "'\($0.split(separator: " ").joined(separator: " "))'" }
  }
}

private final class TraceLines: TraceSink {
  private(set) var text = ""

  func write(_ bytes: [UInt8]) -> Bool {
    text += String(decoding: bytes, as: UTF8.self)
    return true
  }
}
