import HostSystem
import Machine

/// `--max-ticks` and `--timeout` of one run.
struct RunLimits {
  private let maximumTicks: UInt64?
  private let timeout: Double?
  private let start = HostClock.monotonic
  /// Which limit ended the run, in words.
  private(set) var reached: String?

  init(_ options: RunCommand) {
    maximumTicks = options.maxTicks
    timeout = options.timeout
  }

  /// When the timeout is over, by the monotonic clock.
  var deadline: UInt64 {
    guard let timeout, timeout < 1e9 else { return .max }
    return start + UInt64(timeout * 1e9)
  }

  /// At most so many ticks of a slice.
  func bound(_ slice: UInt64, after done: UInt64) -> UInt64 {
    maximumTicks.map { min(slice, $0 &- min(done, $0)) } ?? slice
  }

  /// Whether a limit is reached.
  mutating func check(_ machine: Machine, after done: UInt64) -> Bool {
    reached = sentence(machine, after: done)
    return reached != nil
  }

  private func sentence(_ machine: Machine, after done: UInt64) -> String? {
    if let maximumTicks {
      if done >= maximumTicks { return "--max-ticks \(maximumTicks) is reached" }
      if machine.isIdleForGood {
        return "--max-ticks \(maximumTicks) will not be reached: a million events of devices have not woken "
          + "the guest"
      }
    }
    if let timeout, Double(HostClock.monotonic - start) / 1e9 >= timeout { return "--timeout \(timeout) is reached" }
    return nil
  }
}

/// How long the guest runs between two looks at signals, limits and input.
struct SliceLength {
  /// Ticks that take some milliseconds, whatever a tick costs just now.
  private(set) var ticks: UInt64 = 20_000
  private static let range: ClosedRange<UInt64> = 1000...200_000

  /// Ticks at most while input waits for space in the receiver.
  static let whileInputWaits: UInt64 = 20_000
  /// Ticks while a text is awaited: always the same, so that the answer comes at the same moment in every run.
  static let whileTextIsAwaited: UInt64 = 100_000
  /// Ticks while every step is observed: a fault report takes a millisecond.
  static let observed: UInt64 = 1000
  /// Nanoseconds on the host's processors.
  static let nanoseconds: UInt64 = 10_000_000

  /// Makes slices shorter that take long, and the other way round.
  mutating func adapt(to nanoseconds: UInt64) {
    if nanoseconds > 20_000_000 {
      ticks = max(ticks / 4, Self.range.lowerBound)
    } else if nanoseconds < 5_000_000 {
      ticks = min(ticks * 2, Self.range.upperBound)
    }
  }
}
