public import X86

/// The error logic of a PC's x87: FERR# of the processor becomes IRQ 13, and a write to offset 0 answers by IGNNE#.
///
/// Source: Intel 82371AB (PIIX4) data sheet, "Coprocessor Error Register": a write drops IRQ 13 and asserts IGNNE#, which
/// stays until FERR# falls. Offset 1, the reset of an 80287, is taken and does nothing.
public final class CoprocessorError: BusDevice {
  /// The two wires of the processor.
  public struct State: Equatable, Sendable, Codable {
    /// FERR#.
    public var isRaised = false
    /// IGNNE#.
    public var isIgnored = false
    /// Makes the reset state.
    public init() {}
  }

  /// The state.
  public internal(set) var state = State()
  private let interrupt: any SignalLine

  /// Makes the logic; `interrupt` is IRQ 13.
  public init(interrupt: any SignalLine) { self.interrupt = interrupt }

  /// FERR# rises; gives IGNNE#.
  public func raise() -> Bool {
    if state.isIgnored { return true }
    if !state.isRaised {
      state.isRaised = true
      interrupt.set(true)
    }
    return false
  }

  /// FERR# falls.
  public func clear() { state = State() }

  /// Nothing can be read.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 { .max }

  /// Answers an error.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    guard offset == 0 else { return }
    interrupt.set(false)
    state.isIgnored = state.isRaised
  }
}

extension CoprocessorError: RestorableChip {
  /// Puts back a state; the interrupt controllers hold the level of IRQ 13.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    state.isIgnored && !state.isRaised ? "coprocessor error has IGNNE# without FERR#" : nil
  }
}
