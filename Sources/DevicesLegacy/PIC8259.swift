/// Two 8259A interrupt controllers in cascade, with the edge/level registers at 4D0h and 4D1h.
public final class PIC8259 {
  /// One of the two chips.
  public struct Chip: Equatable, Sendable, Codable {
    /// Interrupt request register.
    public var request: UInt8 = 0
    /// In-service register.
    public var inService: UInt8 = 0
    /// Interrupt mask register.
    public var mask: UInt8 = 0xFF
    /// Vector base from ICW2.
    public var base: UInt8 = 0
    /// Levels of the inputs.
    public var lines: UInt8 = 0
    /// Level-triggered inputs (ELCR).
    public var level: UInt8 = 0
    /// The input of lowest priority.
    public var lowest: UInt8 = 7
    /// Next expected initialisation word: 0 none, 2, 3 or 4.
    public var expected: UInt8 = 0
    /// ICW1.
    public var icw1: UInt8 = 0
    /// ICW3: a master's inputs with slaves, a slave's identification.
    public var icw3: UInt8 = 7
    /// Automatic end of interrupt.
    public var autoEOI = false
    /// Rotate on automatic end of interrupt.
    public var autoRotate = false
    /// Special fully nested mode.
    public var isSpecialNested = false
    /// Special mask mode.
    public var isSpecialMask = false
    /// OCW3 reads the in-service register.
    public var readsInService = false
    /// OCW3 asked for a poll: requests are frozen from that write to the read that it is about.
    public var isPolling = false
    /// The input that the poll found, nil if none.
    public var polled: UInt8?
    /// Makes the reset state.
    public init() {}
  }

  /// Both chips.
  public struct State: Equatable, Sendable, Codable {
    /// IRQ 0-7.
    public var master = Chip()
    /// IRQ 8-15.
    public var slave = Chip()
    /// Makes the reset state.
    public init() {}

    /// What a PC's firmware leaves behind: vectors 8h to Fh and 70h to 77h, the slave on input 2, everything masked.
    ///
    /// Firmware with services leaves IRQ 0 open for its clock; without a handler at INT 8h nobody could take it.
    public static var ofPC: State {
      var state = State()
      for path in [\State.master, \State.slave] {
        state[keyPath: path].icw1 = 0x11
        state[keyPath: path].mask = 0xFF
      }
      (state.master.base, state.master.icw3) = (0x08, 1 << 2)
      (state.slave.base, state.slave.icw3) = (0x70, 2)
      return state
    }
  }

  /// The state.
  public internal(set) var state: State
  /// The request that the last INTA was for, 0 to 15; nil if it found none. For messages: no state of the chips.
  public private(set) var acknowledged: Int?
  private let output: any SignalLine

  /// Makes the pair; `output` is the master's INTR.
  public init(output: any SignalLine, restoring state: State = State()) {
    self.output = output
    self.state = state
  }

  /// Drives an interrupt request, 0 to 15 (2 is the cascade).
  public func set(_ irq: Int, _ level: Bool) {
    if irq < 8 { Self.drive(&state.master, irq, level) } else { Self.drive(&state.slave, irq - 8, level) }
    update()
  }

  private static func drive(_ chip: inout Chip, _ input: Int, _ level: Bool) {
    let bit = UInt8(1) << UInt8(input)
    if chip.level & bit != 0 {
      if level { chip.request |= bit } else { chip.request &= ~bit }
    } else if level && chip.lines & bit == 0 {
      chip.request |= bit
    } else if !level {
      // An edge request must stay high until it is acknowledged.
      chip.request &= ~bit
    }
    if level { chip.lines |= bit } else { chip.lines &= ~bit }
  }

  /// The input that may interrupt now, or nil.
  private static func pending(_ chip: Chip, isMaster: Bool) -> UInt8? {
    if chip.isPolling { return chip.polled }
    let requests = chip.request & ~chip.mask
    guard requests != 0 else { return nil }
    // In special mask mode a masked level in service blocks nobody; else service blocks its own level and all below.
    let blocking = chip.inService & (chip.isSpecialMask ? ~chip.mask : 0xFF)
    for step in 1...8 {
      let input = (chip.lowest &+ UInt8(step)) & 7
      let bit = UInt8(1) << input
      if blocking & bit != 0 {
        // Special fully nested mode: another request of the slave in service is let through, and nobody below it.
        return isMaster && hasSlave(chip, input) && chip.isSpecialNested && requests & bit != 0 ? input : nil
      }
      if requests & bit != 0 { return input }
    }
    return nil
  }

  /// Whether an input of the master has a slave: in cascade mode, by ICW3.
  private static func hasSlave(_ chip: Chip, _ input: UInt8) -> Bool {
    chip.icw1 & 2 == 0 && chip.icw3 & (1 << input) != 0
  }

  private func update() {
    Self.drive(&state.master, 2, Self.pending(state.slave, isMaster: false) != nil)
    output.set(Self.pending(state.master, isMaster: true) != nil)
  }

  private static func accept(_ chip: inout Chip, _ input: UInt8) {
    let bit = UInt8(1) << input
    if chip.level & bit == 0 { chip.request &= ~bit }
    if chip.autoEOI {
      if chip.autoRotate { chip.lowest = input }
    } else {
      chip.inService |= bit
    }
  }

  /// INTA: gives the vector; without a request that of the spurious input 7.
  public func acknowledge() -> UInt8 {
    defer { update() }
    acknowledged = nil
    guard let input = Self.pending(state.master, isMaster: true) else { return state.master.base | 7 }
    acknowledged = Int(input)
    Self.accept(&state.master, input)
    guard Self.hasSlave(state.master, input) else { return state.master.base | input }
    // The master gives the bus to a slave of that identification; where there is none nobody drives it.
    guard input == 2, state.slave.icw3 & 7 == 2 else { return 0xFF }
    defer { dropSlaveOutput() }
    acknowledged = nil
    guard let second = Self.pending(state.slave, isMaster: false) else { return state.slave.base | 7 }
    acknowledged = 8 + Int(second)
    Self.accept(&state.slave, second)
    return state.slave.base | second
  }

  /// An acknowledge ends the slave's INT; if it has more to say that is another edge for the master.
  private func dropSlaveOutput() { Self.drive(&state.master, 2, false) }

  /// Reads a port: 0 or 1 of the master (`isSlave` false) or slave.
  public func read(_ port: Int, isSlave: Bool) -> UInt8 {
    defer { update() }
    var chip = isSlave ? state.slave : state.master
    if chip.isPolling {
      let input = chip.polled
      chip.isPolling = false
      chip.polled = nil
      if let input { Self.accept(&chip, input) }
      if isSlave {
        state.slave = chip
        if input != nil { dropSlaveOutput() }
      } else {
        state.master = chip
      }
      return input.map { 0x80 | $0 } ?? 0
    }
    if port == 1 { return chip.mask }
    return chip.readsInService ? chip.inService : chip.request
  }

  /// Writes a port: 0 or 1 of the master or slave.
  public func write(_ value: UInt8, _ port: Int, isSlave: Bool) {
    if isSlave {
      Self.write(&state.slave, value, port, isMaster: false)
    } else {
      Self.write(&state.master, value, port, isMaster: true)
    }
    update()
  }

  /// Reads ELCR.
  public func readLevels(isSlave: Bool) -> UInt8 { isSlave ? state.slave.level : state.master.level }

  /// Writes ELCR; IRQ 0 1 2 8 13 stay edge-triggered.
  public func writeLevels(_ value: UInt8, isSlave: Bool) {
    if isSlave { Self.setLevels(&state.slave, value & 0xDE) } else { Self.setLevels(&state.master, value & 0xF8) }
    update()
  }

  private static func setLevels(_ chip: inout Chip, _ value: UInt8) {
    // An input that becomes level-triggered requests as long as it is high, from now on.
    let new = value & ~chip.level
    chip.level = value
    chip.request = (chip.request & ~new) | (chip.lines & new)
  }

  private static func write(_ chip: inout Chip, _ value: UInt8, _ port: Int, isMaster: Bool) {
    if port == 1 { return writeData(&chip, value) }
    if value & 0x10 != 0 {
      let (lines, level) = (chip.lines, chip.level)
      chip = Chip()
      chip.mask = 0
      chip.lines = lines
      chip.level = level
      chip.icw1 = value
      chip.expected = 2
      // Edge detection starts anew; level inputs request again.
      chip.request = lines & level
    } else if value & 8 != 0 {
      if value & 2 != 0 { chip.readsInService = value & 1 != 0 }
      if value & 0x40 != 0 { chip.isSpecialMask = value & 0x20 != 0 }
      if value & 4 != 0 && !chip.isPolling {
        chip.polled = pending(chip, isMaster: isMaster)
        chip.isPolling = true
      }
    } else {
      command(&chip, value)
    }
  }

  private static func command(_ chip: inout Chip, _ value: UInt8) {
    let input = value & 7
    switch value >> 5 {
    case 0: chip.autoRotate = false
    case 4: chip.autoRotate = true
    case 1, 5:
      // In special mask mode a non-specific EOI does not see levels that are masked.
      let ending = chip.inService & (chip.isSpecialMask ? ~chip.mask : 0xFF)
      for step in 1...8 {
        let candidate = (chip.lowest &+ UInt8(step)) & 7
        guard ending & (1 << candidate) != 0 else { continue }
        chip.inService &= ~(1 << candidate)
        if value >> 5 == 5 { chip.lowest = candidate }
        break
      }
    case 3: chip.inService &= ~(1 << input)
    case 7:
      chip.inService &= ~(1 << input)
      chip.lowest = input
    case 6: chip.lowest = input
    default: break
    }
  }

  private static func writeData(_ chip: inout Chip, _ value: UInt8) {
    switch chip.expected {
    case 2:
      chip.base = value & 0xF8
      chip.expected = chip.icw1 & 2 == 0 ? 3 : chip.icw1 & 1 != 0 ? 4 : 0
    case 3:
      chip.icw3 = value
      chip.expected = chip.icw1 & 1 != 0 ? 4 : 0
    case 4:
      chip.autoEOI = value & 2 != 0
      chip.isSpecialNested = value & 0x10 != 0
      chip.expected = 0
    default: chip.mask = value
    }
  }
}
