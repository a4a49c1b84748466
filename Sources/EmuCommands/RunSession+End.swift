import Debugger
import Inspection
import Machine
import X86

extension RunSession {
  /// Why the loop ended.
  enum End {
    case guest(ExitReason)
    case limit, quit
    /// The recorded run ended here, or nothing can wake the guest any more.
    case recordingEnd
    case signal(Int32)
  }

  /// Says how the run ended; gives exit status and name of the contract.
  func outcome(_ end: End) -> (Int32, String) {
    switch end {
    case .limit: return (124, "limit")
    case .quit, .recordingEnd: return (0, "quit")
    case .signal(let number): return (128 + number, "signal \(number)")
    case .guest(let reason):
      if case .tripleFault(let story) = reason, toldShutdown != machine.executedTicks { tellShutdown(story) }
      return Self.outcome(reason)
    }
  }

  /// Tells on standard error why a processor shut down.
  func tellShutdown(_ sentence: String) {
    complain("triple fault: \(sentence)")
    if let debugTarget {
      if let story = debugTarget.lastStory(recentCount: options.explaining.historyCount) { tell(story) }
      toldShutdown = machine.executedTicks
    } else if kvm == nil, storyteller == nil {
      tellTripleFault()
    }
    if let place = faultingPlace() { complain("RIP is \(place)") }
  }

  /// Exit status and name of an end by the guest.
  static func outcome(_ reason: ExitReason) -> (Int32, String) {
    switch reason {
    case .debugExit(let value): (Int32(truncatingIfNeeded: (value << 1) | 1) & 0xFF, "debug exit")
    case .powerOff: (0, "power-off")
    case .halted: (0, "halted")
    case .tripleFault: (86, "triple fault")
    case .reset: (88, "reset")
    }
  }

  /// The name of the address at which a processor of the board shut down.
  private func faultingPlace() -> String? {
    guard kvm == nil, let symbols = knownSymbols else { return nil }
    let states = (0..<machine.processorCount).map { machine.state(ofProcessor: $0) }
    return states.first { $0.activity == .shutdown }.flatMap { symbols.text(of: $0.linearRIP) }
  }

  /// How a replay differs from the recorded run, if it went to its end.
  func replayProblem(_ end: End) -> String? {
    switch end {
    case .guest, .recordingEnd: replayer?.problem(machine)
    case .limit, .quit, .signal: nil
    }
  }

  /// Names of addresses for stories.
  var symbolNames: (UInt64) -> String? {
    let symbols = knownSymbols
    return { symbols?.text(of: $0) }
  }
}
