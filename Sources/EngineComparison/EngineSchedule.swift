/// When a run stops to be compared, how each side gets there, and what comes from outside.
public struct EngineSchedule: Hashable, Sendable {
  /// How the ticks between two stops are granted.
  public enum Cut: Hashable, Sendable {
    /// All at once.
    case whole
    /// So many at a time.
    case every(Int)
  }

  /// What comes from outside at a stop.
  public enum Event: Hashable, Sendable {
    /// An interrupt of the local APIC, by a message.
    case interrupt(vector: UInt8)
    /// An NMI.
    case nonMaskable
    /// A byte on the serial line, which interrupts through the 8259A.
    case serial
    /// The timer of the local APIC is set.
    case timer(vector: UInt8, ticks: UInt32, isPeriodic: Bool)
  }

  /// The way to the next stop.
  public struct Leg: Hashable, Sendable {
    /// Ticks.
    public var ticks: Int
    /// How the threaded engine gets them.
    public var ours = Cut.whole
    /// How the reference engine does.
    public var theirs = Cut.whole
    /// What comes before them.
    public var event: Event?

    /// Makes a leg.
    public init(_ ticks: Int, ours: Cut = .whole, theirs: Cut = .whole, event: Event? = nil) {
      self.ticks = ticks
      self.ours = ours
      self.theirs = theirs
      self.event = event
    }
  }

  /// The legs, one behind the other.
  public var legs: [Leg]

  /// Makes a schedule.
  public init(_ legs: [Leg]) { self.legs = legs }

  /// Ticks of all legs.
  public var ticks: Int { legs.reduce(0) { $0 + $1.ticks } }
}

extension EngineSchedule: CustomStringConvertible {
  /// `70; 1 by 1; interrupt 40h, 90 (reference by 1)`.
  public var description: String {
    legs.map { leg in
      var text = leg.event.map { "\($0), " } ?? ""
      text += "\(leg.ticks)"
      if case .every(let count) = leg.ours { text += " by \(count)" }
      if leg.theirs != leg.ours {
        if case .every(let count) = leg.theirs {
          text += " (reference by \(count))"
        } else {
          text += " (reference at once)"
        }
      }
      return text
    }.joined(separator: "; ")
  }
}

extension EngineSchedule.Event: CustomStringConvertible {
  /// `interrupt 40h`.
  public var description: String {
    switch self {
    case .interrupt(let vector): "interrupt \(String(vector, radix: 16, uppercase: true))h"
    case .nonMaskable: "NMI"
    case .serial: "serial line"
    case .timer(let vector, let ticks, let isPeriodic):
      "timer \(String(vector, radix: 16, uppercase: true))h \(isPeriodic ? "every" : "after") \(ticks) ticks"
    }
  }
}
