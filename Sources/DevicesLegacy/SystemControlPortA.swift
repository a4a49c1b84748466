public import X86

/// System control port A of a PS/2: a second gate of A20, and a quick reset.
///
/// Source: IBM PS/2 Hardware Interface Technical Reference, "System Control Port A".
public final class SystemControlPortA: BusDevice {
  /// Alternate hot reset: a rising bit resets.
  private static let hotReset: UInt8 = 1 << 0
  /// Alternate gate A20.
  private static let gateA20: UInt8 = 1 << 1

  /// The register.
  public struct State: Equatable, Sendable, Codable {
    /// What was written.
    public var register: UInt8

    /// Makes a state.
    public init(register: UInt8 = 0) { self.register = register }
  }

  /// The state.
  public internal(set) var state = State()
  private let reset: () -> Void
  private let a20Changed: () -> Void

  /// Makes the port; after each write `a20Changed` is called.
  public init(reset: @escaping () -> Void, a20Changed: @escaping () -> Void) {
    self.reset = reset
    self.a20Changed = a20Changed
  }

  /// A20 is open as far as this port says.
  public var opensA20: Bool { state.register & Self.gateA20 != 0 }

  /// Reads what was written.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 { UInt64(state.register) }

  /// Writes the port.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    let byte = UInt8(truncatingIfNeeded: value)
    let rises = byte & ~state.register & Self.hotReset != 0
    state.register = byte
    a20Changed()
    if rises { reset() }
  }
}

extension SystemControlPortA: RestorableChip {
  /// Puts back a state; A20 is not driven.
  public func restore(_ state: State) { self.state = state }

  /// Every byte is possible.
  public static func problem(in state: State) -> String? { nil }
}
