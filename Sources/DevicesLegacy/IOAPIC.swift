public import X86

/// The 82093AA I/O APIC: 24 pins, registers behind IOREGSEL and IOWIN.
///
/// Source: Intel 82093AA data sheet, "Register Description"; the EOI register is the 82801's.
public final class IOAPIC: BusDevice {
  /// Offsets of the registers in the page, of which the low 8 bits count.
  enum Register {
    /// IOREGSEL.
    static let select: UInt64 = 0x00
    /// IOWIN.
    static let window: UInt64 = 0x10
    /// EOI.
    static let endOfInterrupt: UInt64 = 0x40
  }

  /// Registers that IOREGSEL selects.
  enum Selected {
    /// IOAPICID.
    static let id: UInt8 = 0x00
    /// IOAPICVER.
    static let version: UInt8 = 0x01
    /// IOAPICARB.
    static let arbitration: UInt8 = 0x02
    /// IOREDTBL: the low half of each entry and the high half behind it.
    static let redirection: ClosedRange<UInt8> = 0x10...0x3F
  }

  /// An entry of the redirection table; vector and delivery mode stand where the local APIC's LVT has them.
  public enum Redirection {
    /// INTVEC.
    public static let vector: UInt64 = 0xFF
    /// DELMOD.
    static let modeBits: UInt64 = 7 << 8
    /// DESTMOD.
    static let logical: UInt64 = 1 << 11
    /// DELIVS.
    static let deliveryStatus: UInt64 = 1 << 12
    /// INTPOL: the pin is active low.
    static let activeLow: UInt64 = 1 << 13
    /// Remote IRR: a level-triggered interrupt was sent, and its EOI has not come.
    static let remoteIRR: UInt64 = 1 << 14
    /// Trigger mode.
    static let level: UInt64 = 1 << 15
    /// Interrupt mask.
    public static let masked: UInt64 = 1 << 16
    /// DEST.
    static let destinationShift: UInt64 = 56
    static let destination: UInt64 = 0xFF << destinationShift
    /// Bits that a write cannot set; one that makes the pin edge-triggered clears `remoteIRR`.
    static let readOnly = deliveryStatus | remoteIRR
    static let writableLow = vector | modeBits | logical | activeLow | level | masked
    static let all = destination | writableLow | readOnly

    /// The delivery mode of an entry.
    public static func delivery(_ entry: UInt64) -> InterruptMessage.Delivery {
      LocalAPIC.LVT.delivery(UInt32(truncatingIfNeeded: entry))
    }
  }

  /// Pins.
  public static let pinCount = 24
  /// Bytes of its page.
  public static let pageSize: UInt64 = 0x1000
  /// Bits 27:24 of IOAPICID.
  static let idBits: UInt32 = 0x0F00_0000
  /// IOAPICVER: the last entry, and version 20h.
  static let version = UInt32(pinCount - 1) << 16 | 0x20

  /// Registers and pins.
  public struct State: Equatable, Sendable, Codable {
    /// IOREGSEL.
    public var select: UInt8 = 0
    /// Identification.
    public var id: UInt32 = 0
    /// Redirection entries.
    public var entries = [UInt64](repeating: Redirection.masked, count: IOAPIC.pinCount)
    /// Levels of the pins.
    public var lines: UInt32 = 0
    /// Makes the reset state.
    public init() {}
  }

  /// The state.
  public internal(set) var state = State()
  private let send: (InterruptMessage) -> Void

  /// Makes an I/O APIC that sends its messages through `send`.
  public init(send: @escaping (InterruptMessage) -> Void) { self.send = send }

  private static func isActive(_ entry: UInt64, _ level: Bool) -> Bool {
    level != (entry & Redirection.activeLow != 0)
  }

  /// Whether an entry makes its pin level-triggered.
  public static func isLevelTriggered(_ entry: UInt64) -> Bool { entry & Redirection.level != 0 }

  /// An entry with the bits that this I/O APIC has, of one that may have more.
  public static func entry(_ bits: UInt64) -> UInt64 { bits & Redirection.all & ~Redirection.deliveryStatus }

  /// Drives a pin; there is none beyond the last.
  public func set(_ pin: Int, _ level: Bool) {
    guard state.entries.indices.contains(pin) else { return }
    let bit = UInt32(1) << UInt32(pin)
    let entry = state.entries[pin]
    let wasActive = Self.isActive(entry, state.lines & bit != 0)
    if level { state.lines |= bit } else { state.lines &= ~bit }
    if entry & Redirection.level != 0 {
      evaluate(pin)
    } else if Self.isActive(entry, level) && !wasActive {
      deliver(pin)
    }
  }

  /// A level-triggered pin interrupts while it is active, unmasked and not yet accepted.
  private func evaluate(_ pin: Int) {
    let entry = state.entries[pin]
    guard entry & Redirection.level != 0, Self.isActive(entry, state.lines & (1 << UInt32(pin)) != 0),
      entry & (Redirection.remoteIRR | Redirection.masked) == 0
    else { return }
    state.entries[pin] |= Redirection.remoteIRR
    deliver(pin)
  }

  private func deliver(_ pin: Int) {
    let entry = state.entries[pin]
    guard entry & Redirection.masked == 0 else { return }
    send(
      InterruptMessage(
        destination: UInt32(truncatingIfNeeded: entry >> Redirection.destinationShift),
        isLogical: entry & Redirection.logical != 0, delivery: Redirection.delivery(entry),
        vector: UInt8(truncatingIfNeeded: entry), isLevel: entry & Redirection.level != 0))
  }

  /// A local APIC ended a level-triggered interrupt.
  public func endOfInterrupt(_ vector: UInt8) {
    for pin in state.entries.indices where UInt8(truncatingIfNeeded: state.entries[pin]) == vector {
      state.entries[pin] &= ~Redirection.remoteIRR
      evaluate(pin)
    }
  }

  /// Reads a register.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    switch offset & 0xFF {
    case Register.select: return UInt64(state.select)
    case Register.window: return UInt64(readSelected())
    default: return 0
    }
  }

  private func readSelected() -> UInt32 {
    switch state.select {
    case Selected.id, Selected.arbitration: return state.id
    case Selected.version: return Self.version
    case Selected.redirection:
      let (pin, isHigh) = selectedEntry
      return UInt32(truncatingIfNeeded: isHigh ? state.entries[pin] >> 32 : state.entries[pin])
    default: return 0
    }
  }

  /// The entry and its half behind an index of the redirection table.
  private var selectedEntry: (pin: Int, isHigh: Bool) {
    let index = Int(state.select - Selected.redirection.lowerBound)
    return (index / 2, index & 1 != 0)
  }

  /// Writes a register.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    let word = UInt32(truncatingIfNeeded: value)
    switch offset & 0xFF {
    case Register.select: state.select = UInt8(truncatingIfNeeded: word)
    case Register.window:
      if state.select == Selected.id { state.id = word & Self.idBits }
      if Selected.redirection.contains(state.select) { writeEntry(word) }
    case Register.endOfInterrupt: endOfInterrupt(UInt8(truncatingIfNeeded: word))
    default: break
    }
  }

  private func writeEntry(_ value: UInt32) {
    let (pin, isHigh) = selectedEntry
    if isHigh {
      state.entries[pin] = (state.entries[pin] & 0xFFFF_FFFF) | UInt64(value) << 32 & Redirection.destination
      return
    }
    let kept = state.entries[pin] & (~0xFFFF_FFFF | Redirection.readOnly)
    state.entries[pin] = kept | UInt64(value) & Redirection.writableLow
    if UInt64(value) & Redirection.level == 0 { state.entries[pin] &= ~Redirection.remoteIRR }
    evaluate(pin)
  }
}
