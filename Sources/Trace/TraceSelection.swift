import Inspection

/// Kinds of things that a trace says of a step.
public struct TraceKinds: OptionSet, Sendable {
  /// The bits.
  public var rawValue: Int
  /// Makes a set from its bits.
  public init(rawValue: Int) { self.rawValue = rawValue }
  /// Every instruction with its registers.
  public static let instructions = Self(rawValue: 1)
  /// Accesses to RAM.
  public static let memory = Self(rawValue: 2)
  /// Page walks.
  public static let walks = Self(rawValue: 4)
  /// External interrupts, NMIs and INT instructions.
  public static let interrupts = Self(rawValue: 8)
  /// Exceptions.
  public static let exceptions = Self(rawValue: 16)
  /// Port accesses.
  public static let ports = Self(rawValue: 32)
  /// Accesses to memory-mapped chips.
  public static let mmio = Self(rawValue: 64)
  /// Model-specific registers.
  public static let msr = Self(rawValue: 128)
  /// Control, debug and table registers.
  public static let control = Self(rawValue: 256)
  /// Descriptor tables, TSS and page tables; in JSON Lines only.
  public static let tables = Self(rawValue: 512)
  /// Everything.
  public static let all = Self(rawValue: 1023)

  /// The kinds by name.
  public static let names: [(name: String, kind: TraceKinds)] = [
    ("instructions", .instructions), ("memory", .memory), ("walks", .walks), ("interrupts", .interrupts),
    ("exceptions", .exceptions), ("ports", .ports), ("mmio", .mmio), ("msr", .msr), ("control", .control),
    ("tables", .tables),
  ]
}

/// Which steps a trace holds.
public struct TraceSelection: Sendable {
  /// RIP lies in one of these; empty is anywhere.
  public var ranges: [ClosedRange<UInt64>] = []
  /// CPL before the step; nil is any.
  public var cpl: UInt8?
  /// What is said of a step; a step of which nothing is said is left out.
  public var kinds = TraceKinds.all
  /// Ticks after which the trace begins.
  public var start: UInt64 = 0
  /// Ticks after which the trace ends; nil is never.
  public var stop: UInt64?
  /// XCHG BX, BX switches recording on and off; it begins switched off.
  public var isMagic = false
  /// Exceptions with a fault report in the trace, besides shutdowns, at most.
  public var reports: UInt64 = 32
  /// Steps at most.
  public var limit: UInt64 = 1_000_000
  /// Everything.
  public init() {}

  /// Addresses of which one is met before every step that is wanted; nil if that cannot be said, or they are too many.
  ///
  /// RIP beyond 4 GiB is a linear address: code of 64 bits has no base.
  public var addressesToMeet: Set<UInt64>? {
    guard !ranges.isEmpty, !isMagic, ranges.allSatisfy({ $0.lowerBound > 0xFFFF_FFFF }) else { return nil }
    var addresses: Set<UInt64> = []
    for range in ranges {
      guard range.upperBound - range.lowerBound < 0x1_0000, addresses.count < 0x1_0000 else { return nil }
      addresses.formUnion(range)
    }
    return addresses
  }

  /// Whether a step at this place is wanted.
  func includes(rip: UInt64, cpl: UInt8) -> Bool {
    if let wanted = self.cpl, wanted != cpl { return false }
    return ranges.isEmpty || ranges.contains { $0.contains(rip) }
  }
}

/// How a trace is written.
public enum TraceFormat: String, Sendable, CaseIterable {
  /// A line a step, to be read by people.
  case text
  /// JSON Lines, for `emu view` and programs.
  case jsonl
  /// Trace events of the Chrome format, for the Perfetto viewer.
  case perfetto
}

/// Takes the bytes of a trace.
public protocol TraceSink: AnyObject {
  /// Writes whole lines; false if they cannot be written.
  func write(_ bytes: [UInt8]) -> Bool
}
