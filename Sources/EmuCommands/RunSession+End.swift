import Debugger
import Inspection
import Machine
import X86

extension RunSession {
  /// Why the loop ended.
  enum End {
    case guest(ExitReason)
    case limit, quit
    /// The last awaited text has come.
    case expected
    /// The recorded run ended here, or nothing can wake the guest any more.
    case recordingEnd
    case signal(Int32)
    /// The guest runs in another process, at this address.
    case moved(String)
    /// This was a backup, and there is nothing to take over.
    case followed(String)
    /// Primary and backup are not in the same state.
    case differs(String)
  }

  /// Says how the run ended; gives exit status and name of the contract.
  func outcome(_ end: End) -> (ExitStatus, String) {
    switch end {
    case .limit: return (.limit, "limit")
    case .quit, .recordingEnd: return (.success, "quit")
    case .expected: return (.success, "expected")
    case .moved: return (.success, "moved")
    case .followed: return (.success, "followed")
    case .differs: return (.difference, "differs")
    case .signal(let number): return (.signal(number), "signal \(number)")
    case .guest(let reason):
      if case .tripleFault(let reason) = reason, reported.shutdown != machine.executedTicks { reportShutdown(reason) }
      return Self.outcome(reason)
    }
  }

  /// Reports on standard error why a processor shut down.
  func reportShutdown(_ sentence: String) {
    complain("triple fault: \(sentence)")
    if let target = debugging.target {
      if let report = target.lastReport(recentCount: options.explaining.historyCount) { printReport(report) }
      reported.shutdown = machine.executedTicks
    } else if kvm == nil, reported.recorder == nil {
      reportTripleFault()
    }
    if let place = faultingPlace() { complain("RIP is \(place)") }
  }

  /// Exit status and name of an end by the guest.
  static func outcome(_ reason: ExitReason) -> (ExitStatus, String) {
    switch reason {
    case .debugExit(let value): (.debugExit(value), "debug exit")
    case .powerOff: (.success, "power-off")
    case .halted: (.success, "halted")
    case .tripleFault: (.tripleFault, "triple fault")
    case .reset: (.reset, "reset")
    }
  }

  /// The name of the address at which a processor of the board shut down.
  private func faultingPlace() -> String? {
    guard kvm == nil, let symbols = knownSymbols else { return nil }
    let states = (0..<machine.processorCount).map { machine.state(ofProcessor: $0) }
    return states.first { $0.activity == .shutdown }.flatMap { symbols.text(of: $0.linearRIP) }
  }

  /// How a replay differs from the recorded run, if it went to its end.
  func replayProblem(_ end: End) -> InputRecordingError? {
    switch end {
    case .guest, .recordingEnd: input.replayer?.problem(machine)
    case .limit, .quit, .expected, .signal, .moved, .followed, .differs: nil
    }
  }

  /// Names of addresses for reports.
  var symbolNames: (UInt64) -> String? {
    let symbols = knownSymbols
    return { symbols?.text(of: $0) }
  }
}
