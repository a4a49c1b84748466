import DevicesLegacy
import Interpreter
import MMU

/// A board as it is, RAM aside, with what its disks hold, for a restore into the same process.
public struct MachineCheckpoint {
  let processors: [ProcessorCheckpoint]
  let platform: PlatformState
  let addedChips: [any Sendable]
  let marks: [DriveMark]
  let clock: UInt64
  let turn: Machine.Turn
  let exit: ExitReason?
  let events: EventLog
  /// Ticks that all processors have used.
  public let ticks: UInt64
  /// Bytes that it takes, about.
  public var byteCount: Int { processors.reduce(4096) { $0 + $1.byteCount } }
}

extension Machine {
  /// Copies everything but RAM.
  public func capture() -> MachineCheckpoint {
    MachineCheckpoint(
      processors: (0..<processorCount).map { processor($0).capture() }, platform: platform.capture(),
      addedChips: platform.captureAddedChips(), marks: platform.drives.marks(), clock: clock, turn: turn, exit: exit,
      events: events,
      ticks: executedTicks)
  }

  /// Puts everything but RAM back, which must hold what it held then.
  public func restore(_ checkpoint: MachineCheckpoint) {
    dropDecodedCode()
    for (index, saved) in checkpoint.processors.enumerated() { processor(index).restore(saved) }
    platform.restore(checkpoint.platform)
    platform.restoreAddedChips(checkpoint.addedChips)
    for mark in checkpoint.marks { mark.rollBack() }
    clock = checkpoint.clock
    turn = checkpoint.turn
    exit = checkpoint.exit
    events = checkpoint.events
    idleJumps = 0
    // A request of the board for a turn that is over.
    isTurnInterrupted = false
  }

  /// Guards every page of RAM for the journal; gives the pages that were written since this was last called, as they
  /// were then.
  func beginJournalInterval() -> [PageJournal.SavedPage] {
    let pages = memory.physical.beginInterval(pageCount: memory.pageCount)
    for index in 0..<processorCount { processor(index).dropWriteTags() }
    return pages
  }
}

extension Machine {
  /// Opens an interval in which it is noted which pages of RAM are written; gives those of the interval before.
  func beginTracking() -> PageSet {
    let pages = memory.physical.beginTracking(pageCount: memory.pageCount)
    for index in 0..<processorCount { processor(index).dropWriteTags() }
    return pages
  }

  /// It is no longer noted; gives the pages of the last interval.
  func endTracking() -> PageSet { memory.physical.endTracking(pageCount: memory.pageCount) }
}
