public import X86

/// System control port B: the gate of the 8254's channel 2, the speaker, and what comes of both.
///
/// Source: IBM PC AT Technical Reference, "System Control Port B".
public final class SystemControlPortB: BusDevice {
  /// GATE of channel 2.
  private static let timerGate: UInt8 = 1 << 0
  /// Speaker data, which nobody hears.
  private static let speaker: UInt8 = 1 << 1
  private static let writable = timerGate | speaker
  /// Toggles with each refresh request.
  private static let refresh: UInt8 = 1 << 4
  /// OUT of channel 2.
  private static let timerOutput: UInt8 = 1 << 5
  /// Nanoseconds between refresh requests: 18 clocks of the 8254.
  private static let refreshPeriod: UInt64 = 15085

  /// The register.
  public struct State: Equatable, Sendable, Codable {
    /// The bits that can be written.
    public var register: UInt8

    /// Makes a state.
    public init(register: UInt8 = 0) { self.register = register }
  }

  /// The state.
  public internal(set) var state = State()
  private let setGate: (Bool, VirtualTime) -> Void
  private let output: (VirtualTime) -> Bool

  /// Makes the port with the gate closed; `setGate` drives GATE of channel 2, `output` is its OUT.
  public init(setGate: @escaping (Bool, VirtualTime) -> Void, output: @escaping (VirtualTime) -> Bool) {
    self.setGate = setGate
    self.output = output
    setGate(false, .zero)
  }

  /// Reads the port.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    let refresh = now.nanoseconds / Self.refreshPeriod & 1 != 0 ? Self.refresh : 0
    return UInt64(state.register | refresh | (output(now) ? Self.timerOutput : 0))
  }

  /// Writes the port.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    state.register = UInt8(truncatingIfNeeded: value) & Self.writable
    setGate(state.register & Self.timerGate != 0, now)
  }
}

extension SystemControlPortB: RestorableChip {
  /// Puts back a state; the timer holds its gate.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    state.register & ~writable == 0 ? nil : "port 61h holds \(state.register), which is not 0...3"
  }
}
