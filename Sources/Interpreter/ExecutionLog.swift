public import MMU
public import X86
public import X86Decoder

/// A data access of an observed step.
public struct LoggedAccess: Sendable {
  /// Its linear address.
  public var linear: UInt64
  /// The guest-physical address of its first byte.
  public var physical: UInt64
  /// 1 to 8; a larger operand is several accesses.
  public var byteCount: Int
  /// A write.
  public var isWrite: Bool
  /// Made by the processor itself: descriptor tables, TSS, frames of events.
  public var isSystem: Bool
  /// Outside RAM.
  public var isDevice: Bool
  /// What was read or written.
  public var value: UInt64
  /// What stood there before a write to RAM.
  public var old: UInt64
  /// The page walk that it took, an index into `walks`; nil is a TLB hit.
  public var walk: Int?
  /// How many deliveries of events had begun in this step.
  public var link: Int
}

/// A page walk of an observed step.
public struct LoggedWalk: Sendable {
  /// The linear address.
  public var linear: UInt64
  /// What was asked.
  public var intent: AccessIntent
  /// The entries as read, and what came of them.
  public var walk: PageWalk
  /// How many deliveries of events had begun in this step.
  public var link: Int
}

/// A delivery of an event that began in an observed step.
public struct LoggedEvent: Sendable {
  /// The exception, nil for interrupts.
  public var exception: Exception?
  /// The vector.
  public var vector: UInt8
  /// An external interrupt or NMI.
  public var isExternal: Bool
  /// RIP at the event.
  public var rip: UInt64
  /// CPL at the event.
  public var cpl: UInt8
  /// What the delivery of the event before raised: the exception itself, or what made it a double fault.
  public var cause: Exception?
}

/// A port access of an observed step.
public struct LoggedPort: Sendable {
  /// The port.
  public var port: UInt16
  /// 1, 2 or 4.
  public var byteCount: Int
  /// OUT.
  public var isWrite: Bool
  /// The datum.
  public var value: UInt32
}

/// A model-specific register that an observed step read or wrote.
public struct LoggedMSR: Sendable {
  /// Its number.
  public var number: UInt32
  /// WRMSR.
  public var isWrite: Bool
  /// What was read or written.
  public var value: UInt64
  /// What it held before.
  public var old: UInt64
}

/// What one observed step of a processor did; the object is used anew for each step.
///
/// A step is one tick: an instruction (of a repeated string instruction one iteration), or the delivery of an event.
public final class ExecutionLog {
  /// The state before the step.
  public internal(set) var before: CoreState
  /// RFLAGS before the step.
  public internal(set) var rflagsBefore: UInt64 = 0
  /// The instruction, nil if none was fetched.
  public internal(set) var instruction: Instruction?
  /// The bytes of the instruction, or as many as could be fetched.
  public internal(set) var bytes: [UInt8] = []
  /// Data accesses in order.
  public internal(set) var accesses: [LoggedAccess] = []
  /// Page walks in order, those of fetches too.
  public internal(set) var walks: [LoggedWalk] = []
  /// Events whose delivery began, in order; all but the last failed to be delivered.
  public internal(set) var events: [LoggedEvent] = []
  /// Port accesses in order.
  public internal(set) var ports: [LoggedPort] = []
  /// MSR accesses in order.
  public internal(set) var msrs: [LoggedMSR] = []
  /// The bytes of the step before, if it left a REP instruction between two iterations.
  var repeatedBytes: [UInt8] = []
  var isSystem = false
  var lastWalk: Int?

  init(_ state: CoreState) { before = state }

  /// The linear address at which the step began.
  public var linearStart: UInt64 {
    before.paging.isLongMode && before.segments[.cs].isLong
      ? before.rip : (before.segments[.cs].base &+ before.rip) & 0xFFFF_FFFF
  }

  func begin(_ state: CoreState, _ rflags: UInt64) {
    before = state
    rflagsBefore = rflags
    instruction = nil
    repeatedBytes = state.isRepeating ? bytes : []
    bytes.removeAll(keepingCapacity: true)
    accesses.removeAll(keepingCapacity: true)
    walks.removeAll(keepingCapacity: true)
    events.removeAll(keepingCapacity: true)
    ports.removeAll(keepingCapacity: true)
    msrs.removeAll(keepingCapacity: true)
    isSystem = false
    lastWalk = nil
  }

  func note(_ walk: PageWalk, _ linear: UInt64, _ intent: AccessIntent) {
    lastWalk = walks.count
    walks.append(LoggedWalk(linear: linear, intent: intent, walk: walk, link: events.count))
  }
}
