import FaultReports
import Glibc
import Machine
import X86

/// What of a guest's faults has been reported.
struct ReportedFaults {
  /// The position of the last triple fault.
  var shutdown: UInt64?
  /// What was said of the first interrupt through an empty vector.
  var emptyVector: String?
  /// The observer that reports every exception.
  var recorder: FaultRecorder?
  /// How many it has reported.
  var count = 0
}

extension RunSession {
  /// Ticks before a triple fault that are looked at again: turns of all processors, and long string instructions.
  private static let observedTicks: UInt64 = 20_000
  /// The same where those do not reach the instruction that began compatibility mode.
  private static let farObservedTicks: UInt64 = 1_000_000

  /// Every exception is reported from now on, up to the limit; then the machine stops for `endExplaining`.
  func explain() {
    let recorder = FaultRecorder(
      recentCount: options.explaining.historyCount, symbol: symbolNames
    ) { [unowned self] report in
      printReport(report)
      reported.count += 1
      return reported.count < options.explaining.explainLimit
    }
    reported.recorder = recorder
    observers.add(recorder, on: machine)
  }

  /// The limit of reports is reached.
  func endExplaining() {
    guard let recorder = reported.recorder else { return }
    observers.remove(recorder, on: machine)
    reported.recorder = nil
    complain(
      "\(reported.count) exception\(reported.count == 1 ? " was" : "s were") reported, more are not (--explain-limit)"
    )
  }

  /// Executes the run again, as deterministic as it is, and prints the report of its last fault.
  func reportTripleFault() {
    if let file = startContents.lostFile {
      return complain("for the fault report run the guest with --explain: it has written to \(file)")
    }
    if handOvers.hasUsedKVM {
      return complain("for the fault report run the guest with --explain: KVM has executed a part of it")
    }
    let history = options.explaining.historyCount
    var last: FaultReport?
    let recorder = {
      FaultRecorder(recentCount: history, symbol: self.symbolNames) { report in
        last = report
        return true
      }
    }
    let reach = max(Self.observedTicks, UInt64(history * machine.processorCount))
    do {
      guard try repeatRun(try makeMachineAgain(), recorder(), reach), let near = last else {
        return complain("the fault report cannot be made: the run could not be repeated")
      }
      if near.mode.isCompatibility, near.compatibilityEntry == nil, reach < Self.farObservedTicks {
        _ = try repeatRun(try makeMachineAgain(), recorder(), Self.farObservedTicks)
      }
      printReport(last ?? near)
    } catch {
      complain("the fault report cannot be made: \(error)")
    }
  }

  /// Runs a fresh machine as far as the first one went, at full speed, but for the last ticks, which an observer sees.
  ///
  /// - Returns: false if the machine did not stop there, or a signal came.
  private func repeatRun(_ again: Machine, _ observer: any MachineObserver, _ observedTicks: UInt64) throws -> Bool {
    again.expectsInput = true
    let log = InputLog(input.entries)
    let target = machine.executedTicks
    while again.executedTicks <= target, EndingSignals.caught == nil {
      let here = again.executedTicks
      var bound = min(target, here &+ 2_000_000)
      if here &+ observedTicks < target {
        bound = min(bound, target - observedTicks)
      } else {
        again.observe(observer)
        bound = min(bound, here &+ SliceLength.observed)
      }
      switch try log.advance(again, to: max(bound, here &+ 1)) {
      case .exited: return true
      case .idle(let nanoseconds):
        guard let nanoseconds else { return false }
        again.passIdleTime(nanoseconds: nanoseconds)
      case .sliceEnded, .breakpoint, .watchpoint, .stopped: continue
      }
    }
    return false
  }

  /// Prints a report on standard error.
  func printReport(_ report: FaultReport) {
    output.flush()
    switch options.explaining.explainFormat {
    case .json: writeAll(2, Array("\(report.json)\n".utf8))
    case .text: writeAll(2, Array(report.rendered(isColoured: isatty(2) == 1).utf8))
    }
  }
}
