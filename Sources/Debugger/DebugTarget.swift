public import X86

/// Why a guest came to a stop.
public enum StopReason: Equatable, Sendable {
  /// The step asked for is done.
  case step
  /// RIP stands at a breakpoint.
  case breakpoint
  /// The last instruction touched watched memory; the address is the start of the watchpoint.
  case watchpoint(address: UInt64, kind: WatchpointKind)
  /// The guest is at an end that it did not choose, described by the text: it ends if it goes on, but may go back.
  case deadEnd(DeadEnd, String)
  /// The machine stopped for good, with this exit status.
  case exited(status: UInt8)
  /// The debugger, or a person, asked for it.
  case interrupted
  /// Reverse execution reached the first moment that is remembered.
  case historyStart
  /// The process is about to end for a reason of its own: `GDBStub.finish(status:)` will report it to the debugger.
  case ending
}

/// An end that a guest runs into rather than asks for.
public enum DeadEnd: Sendable {
  /// A processor shut down (a triple fault).
  case shutdown
  /// Every processor sleeps and nothing can wake one.
  case halted
  /// The board wants to be reset, and the run does not restart it.
  case reset
}

/// Which accesses a watchpoint reports.
public enum WatchpointKind: Sendable, Hashable {
  /// Writes.
  case write
  /// Reads.
  case read
  /// Both.
  case access

  /// Whether an access of this direction is reported.
  public func matches(isWrite: Bool) -> Bool { self == .access || (self == .write) == isWrite }
}

/// A range of linear addresses whose accesses stop the guest.
public struct Watchpoint: Hashable, Sendable {
  /// First linear address.
  public var address: UInt64
  /// Bytes, at least 1.
  public var byteCount: UInt64
  /// Which accesses.
  public var kind: WatchpointKind

  /// Makes a watchpoint.
  public init(address: UInt64, byteCount: UInt64, kind: WatchpointKind) {
    self.address = address
    self.byteCount = byteCount
    self.kind = kind
  }

  /// Whether an access touches the range; ranges may wrap at 2^64.
  public func matches(_ start: UInt64, byteCount count: UInt64, isWrite: Bool) -> Bool {
    kind.matches(isWrite: isWrite) && (start &- address < byteCount || address &- start < count)
  }
}

/// A machine as a debugger sees it: stopped between two instructions whenever a function here is called.
///
/// Processors are numbered from 0. Memory is never patched for breakpoints.
public protocol DebugTarget: AnyObject {
  /// Logical processors, at least 1.
  var processorCount: Int { get }
  /// The whole state of a processor.
  func state(ofProcessor processor: Int) -> ArchitecturalState
  /// Changes the state of a processor.
  func setState(_ state: ArchitecturalState, ofProcessor processor: Int)
  /// Reads by a page walk that sets no A and D bits; ends at the first byte that is not mapped to RAM.
  func readLinear(_ address: UInt64, count: Int, processor: Int) -> [UInt8]
  /// Writes whatever the page's rights, and drops decoded code; false, with nothing written, if a byte is not RAM.
  func writeLinear(_ address: UInt64, _ bytes: [UInt8], processor: Int) -> Bool
  /// Reads RAM; ends at the first byte that is not RAM.
  func readPhysical(_ address: UInt64, count: Int) -> [UInt8]
  /// Writes RAM and drops decoded code; false, with nothing written, if a byte is not RAM.
  func writePhysical(_ address: UInt64, _ bytes: [UInt8]) -> Bool
  /// Linear addresses of instructions before which `resume` stops.
  var breakpoints: Set<UInt64> { get set }
  /// Ranges after whose accesses `resume` and `step` stop.
  var watchpoints: [Watchpoint] { get set }
  /// Lets one processor take one step, forwards or back.
  func step(processor: Int, backwards: Bool) -> (StopReason, processor: Int)
  /// Lets all processors run until something stops them; a breakpoint under RIP at the start does not.
  ///
  /// - Parameter isInterrupted: looked at every few milliseconds; true ends the run.
  func resume(backwards: Bool, isInterrupted: @escaping () -> Bool) -> (StopReason, processor: Int)
  /// Whether the past can be reached.
  var canReverse: Bool { get }
  /// The answer to a command of GDB's `monitor`; nil if there is none of that name.
  func monitor(_ command: String, processor: Int) -> String?
  /// One line for each command of `monitor`.
  var monitorHelp: String { get }
  /// An ELF file with the guest's symbols, which a debugger without a file of its own may fetch; nil if there is none
  /// that agrees with the architecture.
  func programFile(_ architecture: DebugArchitecture) -> [UInt8]?
  /// As what a debugger that connects now is shown the processors.
  var architecture: DebugArchitecture { get }
  /// The same, chosen by a person; nil leaves it to the target.
  var chosenArchitecture: DebugArchitecture? { get set }
  /// Whether the description has all system registers.
  var listsAllRegisters: Bool { get set }
  /// Whether the processors have YMM registers.
  var hasAVX: Bool { get }
  /// Whether the processors have PKRU.
  var hasProtectionKeys: Bool { get }
}

extension DebugTarget {
  /// They have none.
  public var hasAVX: Bool { false }
  /// They do not.
  public var hasProtectionKeys: Bool { false }
}
