import Glibc
import Machine
import Trace

/// What reached a machine on its serial line, and when.
struct SerialHistory {
  private var entries: [(ticks: UInt64, clock: UInt64, bytes: [UInt8])] = []

  /// Notes bytes that the machine has just taken.
  mutating func note(_ bytes: some Sequence<UInt8>, _ machine: Machine) {
    let bytes = Array(bytes)
    guard !bytes.isEmpty else { return }
    entries.append((machine.executedTicks, machine.clockNanoseconds, bytes))
  }

  /// Runs a fresh machine as far as the first one went, at full speed, but for the last ticks, which `observer` sees.
  ///
  /// - Returns: false if the machine went another way, or `isInterrupted` said so.
  func repeatRun(
    _ machine: Machine, to target: UInt64, observing last: UInt64, _ observer: any MachineObserver,
    isInterrupted: () -> Bool
  ) -> Bool {
    machine.expectsInput = true
    machine.returnsWhenIdle = true
    var next = 0
    while true {
      let here = machine.executedTicks
      if next < entries.count, entries[next].ticks <= here, machine.clockNanoseconds >= entries[next].clock {
        guard machine.receiveSerial(entries[next].bytes) == entries[next].bytes.count else { return false }
        next += 1
        continue
      }
      var bound = min(target, here &+ 20_000_000)
      if here &+ last < target { bound = min(bound, target - last) } else { machine.observe(observer) }
      if next < entries.count, entries[next].ticks > here { bound = min(bound, entries[next].ticks) }
      if isInterrupted() { return false }
      switch machine.run(ticks: max(bound &- here, 1)) {
      case .exited: return true
      case .idle(let nanoseconds):
        var pause = nanoseconds ?? .max
        if next < entries.count, entries[next].ticks <= machine.executedTicks {
          pause = min(pause, entries[next].clock &- min(entries[next].clock, machine.clockNanoseconds))
        }
        guard pause != .max else { return false }
        machine.passIdleTime(nanoseconds: pause)
      case .sliceEnded, .breakpoint, .watchpoint, .stopped: continue
      }
    }
  }
}

extension RunSession {
  /// Ticks before a triple fault that are looked at again: turns of all processors, and long string instructions.
  private static let observedTicks: UInt64 = 20_000

  /// Executes the run again, as deterministic as it is, and tells the story of its last fault.
  func tellTripleFault() {
    var last: FaultStory?
    let recorder = FaultRecorder(symbol: symbolNames) { story in
      last = story
      return true
    }
    do {
      let again = try makeMachine()
      let target = machine.executedTicks
      let isSame = serialHistory.repeatRun(again, to: target, observing: Self.observedTicks, recorder) {
        EndingSignals.caught != nil
      }
      guard isSame, let last else {
        return complain("the story of the fault cannot be told: the run could not be repeated")
      }
      tell(last)
    } catch {
      complain("the story of the fault cannot be told: \(error)")
    }
  }

  /// Prints a story on standard error.
  func tell(_ story: FaultStory) {
    flush()
    switch options.explaining.explainFormat {
    case .json: printError(story.json + "\n")
    case .text: printError(story.rendered(isColoured: isatty(2) == 1))
    }
  }

  private func printError(_ text: String) {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe write(2, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done)
      }
      guard count > 0 || (count < 0 && errno == EINTR) else { return }
      done += max(count, 0)
    }
  }
}
