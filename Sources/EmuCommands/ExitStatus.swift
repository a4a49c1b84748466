import ArgumentParser

/// How emu ends: what every exit status means.
enum ExitStatus: Hashable {
  /// 0: the guest powered off or halted for good, the user left, or the command found nothing wrong.
  case success
  /// 1: a difference or a bug was found.
  case difference
  /// 64: wrong usage.
  case usage
  /// 66: an image or another file that is to be read cannot be used.
  case unusableInput
  /// 70: an internal error, a run that KVM cannot go on with, or a replay that went another way.
  case internalError
  /// 74: the host fails: a file or a stream cannot be written, or something that was asked for is not there.
  case hostError
  /// 75: interrupted; the same command goes on where it stopped.
  case interrupted
  /// 86: triple fault.
  case tripleFault
  /// 88: the guest asked for a reset.
  case reset
  /// 124: a limit of time or ticks.
  case limit
  /// (v << 1) | 1: the guest wrote v to port F4h.
  case debugExit(UInt32)
  /// Ended by a signal of this number.
  case signal(Int32)

  /// What the parent process gets.
  var code: Int32 {
    switch self {
    case .success: 0
    case .difference: 1
    case .usage: 64
    case .unusableInput: 66
    case .internalError: 70
    case .hostError: 74
    case .interrupted: 75
    case .tripleFault: 86
    case .reset: 88
    case .limit: 124
    case .debugExit(let value): Int32(truncatingIfNeeded: (value << 1) | 1) & 0xFF
    case .signal(let number): 128 + number
    }
  }

  /// To be thrown at the end of a command.
  var exitCode: ExitCode { ExitCode(code) }

  /// The statuses as `emu --help` and the README list them.
  static let list: [(status: String, meaning: String)] =
    [
      (.success, "power-off, halted for good, or nothing wrong was found"),
      (
        .difference,
        "diff, bisect, fuzz, vectors, report, --compare-every: a difference was found; control: it was refused"
      ),
      (.usage, "wrong usage"), (.unusableInput, "an image or another input file cannot be used"),
      (.internalError, "internal error, KVM cannot go on, or a replay went another way"),
      (.hostError, "a file cannot be written, or the host lacks what was asked for"),
      (.interrupted, "fuzz: interrupted; the same command goes on where it stopped"),
      (.tripleFault, "triple fault"), (.reset, "the guest asked for a reset"),
      (.limit, "--timeout or --max-ticks is reached"),
    ].map { (status: ExitStatus, meaning: String) in (String(status.code), meaning) }
    + [("2v + 1", "the guest wrote v to port F4h")]
}
