import MMU
import Machine
import Trace

/// The trace of one run: switches the observation on and off, and says what goes wrong.
final class RunTrace {
  private let recorder: Recorder
  private let sink: TraceFileSink
  private let isStrict: Bool
  private var isObserving = false
  private var isFinished = false

  /// Opens the file, before the guest starts.
  ///
  /// - Parameter guest: the file of the image or the snapshot.
  /// - Throws: `HostError` if it cannot be written.
  init(_ options: TraceOptions, path: String, guest: String, machine: Machine, symbols: GuestSymbols) throws {
    let selection = try options.selection(symbols.table)
    let sink = try TraceFileSink(path)
    self.sink = sink
    isStrict = options.traceStrict
    let name: ((UInt64) -> String?)? = symbols.table.map { table in { table.name(of: $0) } }
    recorder = Recorder(format: options.format, selection: selection, sink: sink, symbol: name)
    let hasBegun = recorder.begin(
      image: guest.split(separator: "/").last.map(String.init) ?? guest, memoryByteCount: machine.memory.byteCount,
      processorCount: machine.processorCount)
    guard hasBegun else { throw HostError(description: sink.problem ?? "--trace \(path): cannot be written") }
  }

  /// Before a slice: observation begins when its tick has come.
  ///
  /// - Returns: how many ticks of the slice may run so.
  func prepare(_ machine: Machine, ticksDone: UInt64, slice: UInt64) -> UInt64 {
    guard recorder.end == nil, !isFinished else { return slice }
    if ticksDone < recorder.startTick { return min(slice, recorder.startTick - ticksDone) }
    if !isObserving {
      machine.observe(recorder)
      isObserving = true
    }
    return slice
  }

  /// After a slice: a trace that is complete is closed, and the guest goes on without being observed.
  ///
  /// - Throws: `HostError` if the trace cannot be written and this shall end the run.
  func lookAfter(_ machine: Machine) throws {
    guard recorder.end != nil, !isFinished else { return }
    machine.observe(nil)
    try finish("")
  }

  /// The machine was replaced after a reset.
  func restart(after ticks: UInt64) {
    recorder.restart(after: ticks)
    isObserving = false
  }

  /// Writes the end of the trace.
  func finish(_ reason: String) throws {
    guard !isFinished else { return }
    isFinished = true
    let isWritten = recorder.finish(reason: reason)
    guard !sink.close() || !isWritten else { return }
    let problem = sink.problem ?? "the trace cannot be written"
    if isStrict { throw HostError(description: problem) }
    complain("\(problem); the trace ends, the guest goes on")
  }
}
