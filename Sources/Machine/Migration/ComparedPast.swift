import Interpreter
import MMU

/// What a machine has executed since comparisons with another one, so that it can be executed again from any of them.
///
/// It keeps what pages held that were written since, and a checkpoint of everything else for each comparison. While it is
/// there, nothing else may use the journal of pages.
public final class ComparedPast {
  private struct Interval {
    var number: UInt64
    var checkpoint: MachineCheckpoint
    var inputCount: Int
    /// What pages held at its start that were written in it; of the last interval the journal has them.
    var pages: [PageJournal.SavedPage] = []
  }

  private let machine: Machine
  private let log: InputLog
  private var intervals: [Interval] = []

  /// Begins at the present moment, as comparison 0.
  ///
  /// - Parameter log: what the machine receives.
  public init(_ machine: Machine, _ log: InputLog) {
    (self.machine, self.log) = (machine, log)
    mark(0)
  }

  deinit {
    for interval in intervals { release(interval.pages) }
    release(machine.endJournal())
  }

  private func release(_ pages: [PageJournal.SavedPage]) { for page in pages { page.release() } }

  /// Why the past cannot be executed again, if it cannot: what was written to a file stays written.
  public static func problem(_ machine: Machine) -> String? {
    machine.platform.drives.canRollBack ? nil : "the guest writes to files of the host"
  }

  /// The machine stands at a comparison.
  public func mark(_ number: UInt64) {
    let pages = machine.beginJournalInterval()
    if intervals.isEmpty { release(pages) } else { intervals[intervals.count - 1].pages = pages }
    intervals.append(Interval(number: number, checkpoint: machine.capture(), inputCount: log.givenCount))
  }

  /// Earlier comparisons than this one will not be asked for.
  public func forget(before number: UInt64) {
    while intervals.count > 1, intervals[0].number < number { release(intervals.removeFirst().pages) }
  }

  /// Whether the machine, executed again from a comparison, comes to the states that it had.
  ///
  /// What was changed from outside the guest since then is not undone: then it does not, already at the comparison.
  /// - Parameters:
  ///   - start: the state at the comparison, at a tick.
  ///   - end: the state at a later tick.
  /// - Returns: nil if it cannot be executed again.
  public func reproduces(
    from number: UInt64, _ start: (ticks: UInt64, sums: StateSums), _ end: (ticks: UInt64, sums: StateSums)
  ) -> Bool? {
    guard let there = sums(from: number, at: start.ticks) else { return nil }
    guard there == start.sums else { return false }
    return sums(from: number, at: end.ticks).map { $0 == end.sums }
  }

  /// Executes again: from a comparison to a tick.
  ///
  /// - Returns: the sums of the state there; nil if the comparison is not known, or the machine does not come to the tick.
  public func sums(from number: UInt64, at ticks: UInt64) -> StateSums? {
    goBack(to: number) && advance(to: ticks) ? StateSums(machine) : nil
  }

  /// Executes again: from a comparison to a tick unobserved, then one tick that an observer sees.
  ///
  /// - Returns: false if the comparison is not known, or the machine does not come beyond the tick.
  public func observe(_ observer: any MachineObserver, from number: UInt64, after ticks: UInt64) -> Bool {
    guard goBack(to: number), advance(to: ticks) else { return false }
    machine.observe(observer)
    defer { machine.observe(nil) }
    return advance(to: ticks + 1)
  }

  private func advance(to ticks: UInt64) -> Bool {
    (machine.returnsWhenIdle, machine.expectsInput) = (true, true)
    while machine.executedTicks < ticks {
      do throws(InputDivergence) {
        if case .idle(let nanoseconds) = try log.advance(machine, to: ticks) {
          guard let nanoseconds else { return false }
          machine.passIdleTime(nanoseconds: nanoseconds)
        }
      } catch {
        return false
      }
      if machine.exitReason != nil, machine.executedTicks < ticks { return false }
    }
    return machine.executedTicks == ticks
  }

  /// The guest has done all that follows already: nobody outside sees it again.
  private func goBack(to number: UInt64) -> Bool {
    guard let index = intervals.lastIndex(where: { $0.number == number }) else { return false }
    machine.serialOutput = { _ in }
    machine.observe(nil)
    machine.setBreakpoints([])
    machine.leaveBreakpoints(passing: false)
    let open = machine.beginJournalInterval()
    machine.memory.physical.putBack(open)
    release(open)
    for later in stride(from: intervals.count - 2, through: index, by: -1) {
      machine.memory.physical.putBack(intervals[later].pages)
      release(intervals[later].pages)
      intervals[later].pages = []
    }
    intervals.removeSubrange((index + 1)...)
    machine.restore(intervals[index].checkpoint)
    log.rewind(to: intervals[index].inputCount)
    log.end = nil
    return true
  }
}
