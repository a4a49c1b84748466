import DevicesLegacy
import Interpreter
import MMU
import X86

/// A board as it is, RAM aside, for a restore into the same process.
public struct MachineCheckpoint {
  let processors: [ProcessorCheckpoint]
  let platform: PlatformState
  let addedChips: [any Sendable]
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
      addedChips: platform.captureAddedChips(), clock: clock, turn: turn, exit: exit, events: events,
      ticks: executedTicks)
  }

  /// Puts everything but RAM back, which must hold what it held then.
  public func restore(_ checkpoint: MachineCheckpoint) {
    dropDecodedCode()
    for (index, saved) in checkpoint.processors.enumerated() { processor(index).restore(saved) }
    platform.restore(checkpoint.platform)
    platform.restoreAddedChips(checkpoint.addedChips)
    clock = checkpoint.clock
    turn = checkpoint.turn
    exit = checkpoint.exit
    events = checkpoint.events
    idleJumps = 0
    // What the board wished of a turn that is no more.
    isTurnInterrupted = false
  }

  /// Guards every page of RAM for the journal; gives the pages that were written since this was last called, as they
  /// were then.
  func beginJournalInterval() -> [PageJournal.SavedPage] {
    let pages = memory.physical.beginInterval(pageCount: Int(memory.byteCount >> 12))
    for index in 0..<processorCount { processor(index).dropWriteTags() }
    return pages
  }

  /// A number for everything that decides what the guest does next: processors with their translation caches, chips,
  /// clock, RAM. The same in every process.
  public func stateHash() -> UInt64 {
    var hash = StableHash()
    for index in 0..<processorCount { processor(index).image().mix(into: &hash) }
    hash.mix("\(platform.capture())")
    for state in platform.captureAddedChips() { hash.mix("\(state)") }
    for word in [clock, UInt64(turn.index), turn.limit, turn.used, turn.longest] { hash.mix(word) }
    hash.mix(turn.isOpen ? 1 : 0)
    hash.mix(turn.isRunning ? 1 : 0)
    hash.mix(memory)
    return hash.value
  }
}

/// A hash without a seed of the process.
struct StableHash {
  private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func mix(_ word: UInt64) {
    value = (value ^ word) &* 0xFF51_AFD7_ED55_8CCD
    value ^= value >> 32
  }

  mutating func mix(_ text: String) { for byte in text.utf8 { mix(UInt64(byte)) } }

  /// RAM: pages of zeros count as nothing, so that pages nobody touched stay untouched.
  mutating func mix(_ memory: GuestMemory) {
    let base = unsafe memory.base
    for run in memory.populatedPages().runs {
      for page in run { unsafe mixPage(page, base) }
    }
  }

  private mutating func mixPage(_ page: Int, _ base: UnsafeMutableRawPointer) {
    let words = unsafe (base + (page << 12)).assumingMemoryBound(to: UInt64.self)
    var isZero = true
    var inner = StableHash()
    for index in 0..<512 {
      let word = unsafe words[index]
      if word != 0 { isZero = false }
      inner.mix(word)
    }
    guard !isZero else { return }
    mix(UInt64(page))
    mix(inner.value)
  }
}

extension ProcessorImage {
  func mix(into hash: inout StableHash) {
    var plain = architectural
    let msrs = plain.msrs.sorted { $0.key < $1.key }
    plain.msrs = [:]
    hash.mix("\(plain)")
    for (number, value) in msrs {
      hash.mix(UInt64(number))
      hash.mix(value)
    }
    for word in [ticks, surplusTicks, UInt64(attention), interruptRequest ? 1 : 0, isRepeating ? 1 : 0, addressMask] {
      hash.mix(word)
    }
    for slot in data.sorted(by: { $0.index < $1.index }) + fetch where slot.tag != 1 {
      hash.mix(UInt64(slot.index))
      hash.mix(slot.tag)
      hash.mix(slot.attributes)
    }
  }
}
