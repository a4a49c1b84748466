import HostSystem
import MMU
import Machine
import Symbols
import Trace

/// The trace of one run: switches the observation on and off, and says what goes wrong.
final class RunTrace {
  private let recorder: Recorder
  private let sink: TraceFileSink
  private let isStrict: Bool
  /// All observers of the run.
  private let observers: ObserverList
  private var isFinished = false
  /// Breakpoints that find the steps that are wanted, so that the guest runs unobserved elsewhere; nil if every step is
  /// observed.
  private let hunted: Set<UInt64>?
  /// The machine that has the breakpoints.
  private weak var huntedMachine: Machine?

  /// Opens the file, before the guest starts.
  ///
  /// - Parameter guest: the file of the image or the snapshot.
  /// - Throws: `HostError` if it cannot be written.
  init(
    _ path: String, _ command: RunCommand, guest: String, machine: Machine, symbols: GuestSymbols,
    observers: ObserverList
  ) throws {
    self.observers = observers
    let options = command.tracing
    var selection = try options.selection(symbols.table)
    if command.explaining.explain { selection.reports = .max }
    let sink = try TraceFileSink(path)
    self.sink = sink
    isStrict = options.traceStrict
    hunted = command.gdb == nil ? selection.addressesToMeet : nil
    let name: ((UInt64) -> String?)? = symbols.table.map { table in { table.name(of: $0) } }
    // Perfetto's slices have no place for them.
    let line: ((UInt64) -> String?)? =
      symbols.hasLines && options.format != .perfetto ? { symbols.line(of: $0) } : nil
    recorder = Recorder(format: options.format, selection: selection, sink: sink, symbol: name, line: line)
    recorder.hunts = hunted != nil
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
    recorder.start(machine)
    guard let hunted else {
      if !observers.contains(recorder) { observers.add(recorder, on: machine) }
      return slice
    }
    if huntedMachine !== machine {
      huntedMachine = machine
      machine.setBreakpoints(hunted)
    }
    return recorder.stopTick.map { min(slice, max($0, ticksDone + 1) - ticksDone) } ?? slice
  }

  /// After a slice: a trace that is complete is closed, and the guest goes on without being observed.
  ///
  /// - Throws: `HostError` if the trace cannot be written and this shall end the run.
  func lookAfter(_ machine: Machine, _ result: RunResult) throws {
    guard !isFinished else { return }
    if hunted != nil { hunt(machine, result) }
    guard recorder.end != nil else { return }
    if hunted != nil {
      machine.setBreakpoints([])
      machine.leaveBreakpoints(passing: false)
    }
    observers.remove(recorder, on: machine)
    try finish("", machine)
  }

  /// Observes from a step that is wanted until the guest has left the ranges.
  private func hunt(_ machine: Machine, _ result: RunResult) {
    if case .breakpoint = result {
      machine.leaveBreakpoints(passing: true)
      if !observers.contains(recorder) { observers.add(recorder, on: machine) }
    } else if recorder.hasLeft() {
      observers.remove(recorder, on: machine)
      machine.leaveBreakpoints(passing: false)
    }
    recorder.lookAtStop(machine)
  }

  /// The machine was replaced after a reset.
  func restart(after ticks: UInt64) {
    recorder.restart(after: ticks)
  }

  /// Writes the end of the trace.
  func finish(_ reason: String, _ machine: Machine) throws {
    guard !isFinished else { return }
    isFinished = true
    let isWritten = recorder.finish(reason: reason, machine)
    guard !sink.close() || !isWritten else { return }
    let problem = sink.problem ?? "the trace cannot be written"
    if isStrict { throw HostError(description: problem) }
    complain("\(problem); the trace ends, the guest goes on")
  }
}
