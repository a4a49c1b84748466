/// The 82093AA I/O APIC: 24 pins, registers behind IOREGSEL and IOWIN.
public final class IOAPIC {
  /// Registers and pins.
  public struct State: Equatable, Sendable, Codable {
    /// IOREGSEL.
    public var select: UInt8 = 0
    /// Identification.
    public var id: UInt32 = 0
    /// Redirection entries.
    public var entries = [UInt64](repeating: 0x10000, count: 24)
    /// Levels of the pins.
    public var lines: UInt32 = 0
    /// Makes the reset state.
    public init() {}
  }

  /// The state.
  public internal(set) var state = State()
  private let send: (InterruptMessage) -> Void
  /// Delivers ExtINT: asks the PIC.
  private static let remoteIRR: UInt64 = 1 << 14

  /// Makes an I/O APIC that sends its messages through `send`.
  public init(send: @escaping (InterruptMessage) -> Void) { self.send = send }

  /// Drives a pin.
  public func set(_ pin: Int, _ level: Bool) {
    guard pin >= 0 && pin < 24 else { return }
    let bit = UInt32(1) << UInt32(pin)
    let active = level != (state.entries[pin] & 0x2000 != 0)
    let wasActive = (state.lines & bit != 0) != (state.entries[pin] & 0x2000 != 0)
    if level { state.lines |= bit } else { state.lines &= ~bit }
    if state.entries[pin] & 0x8000 != 0 {
      evaluate(pin)
    } else if active && !wasActive {
      deliver(pin)
    }
  }

  /// A level-triggered pin interrupts while it is active, unmasked and not yet accepted.
  private func evaluate(_ pin: Int) {
    let entry = state.entries[pin]
    let active = (state.lines & (1 << UInt32(pin)) != 0) != (entry & 0x2000 != 0)
    guard entry & 0x8000 != 0, active, entry & Self.remoteIRR == 0, entry & 0x10000 == 0 else { return }
    state.entries[pin] |= Self.remoteIRR
    deliver(pin)
  }

  private func deliver(_ pin: Int) {
    let entry = state.entries[pin]
    guard entry & 0x10000 == 0 else { return }
    send(
      InterruptMessage(
        destination: UInt32(truncatingIfNeeded: entry >> 56), isLogical: entry & 0x800 != 0,
        delivery: InterruptMessage.Delivery(rawValue: UInt8(truncatingIfNeeded: entry >> 8) & 7) ?? .fixed,
        vector: UInt8(truncatingIfNeeded: entry), isLevel: entry & 0x8000 != 0))
  }

  /// A local APIC ended a level-triggered interrupt.
  public func endOfInterrupt(_ vector: UInt8) {
    for pin in 0..<24 where UInt8(truncatingIfNeeded: state.entries[pin]) == vector {
      state.entries[pin] &= ~Self.remoteIRR
      evaluate(pin)
    }
  }

  /// Reads at FEC00000h + `offset`.
  public func read(offset: UInt64) -> UInt32 {
    switch offset & 0xFF {
    case 0x00: return UInt32(state.select)
    case 0x10:
      switch state.select {
      case 0, 2: return state.id
      case 1: return 0x0017_0020
      case 0x10...0x3F:
        let entry = state.entries[Int(state.select - 0x10) / 2]
        return UInt32(truncatingIfNeeded: state.select & 1 == 0 ? entry : entry >> 32)
      default: return 0
      }
    default: return 0
    }
  }

  /// Writes at FEC00000h + `offset`.
  public func write(_ value: UInt32, offset: UInt64) {
    switch offset & 0xFF {
    case 0x00: state.select = UInt8(truncatingIfNeeded: value)
    case 0x10:
      if state.select == 0 { state.id = value & 0x0F00_0000 }
      guard state.select >= 0x10 && state.select < 0x40 else { return }
      writeEntry(Int(state.select - 0x10) / 2, value, isHigh: state.select & 1 != 0)
    case 0x40: endOfInterrupt(UInt8(truncatingIfNeeded: value))
    default: break
    }
  }

  private func writeEntry(_ pin: Int, _ value: UInt32, isHigh: Bool) {
    if isHigh {
      state.entries[pin] = (state.entries[pin] & 0xFFFF_FFFF) | UInt64(value & 0xFF00_0000) << 32
      return
    }
    // Delivery status and remote IRR are read-only.
    let kept = state.entries[pin] & 0xFFFF_FFFF_0000_5000
    state.entries[pin] = kept | UInt64(value & 0x1_AFFF)
    if value & 0x8000 == 0 { state.entries[pin] &= ~Self.remoteIRR }
    evaluate(pin)
  }
}
