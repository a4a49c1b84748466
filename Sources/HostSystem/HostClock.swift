import Glibc

/// Clocks of the host, in nanoseconds.
package enum HostClock {
  /// Since some moment of the past.
  package static var monotonic: UInt64 { read(CLOCK_MONOTONIC) }
  /// CPU time of this process.
  package static var processor: UInt64 { read(CLOCK_PROCESS_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
