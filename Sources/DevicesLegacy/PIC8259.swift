public import X86

/// Two 8259A interrupt controllers in cascade, with the edge/level registers of a PC's board.
///
/// Source: Intel 8259A data sheet, "Initialization Command Words", "Operation Command Words"; Intel 82371AB (PIIX4) data
/// sheet, "Edge/Level Control Register".
///
/// | offset | register |
/// |---|---|
/// | 0, 1 | the master's two ports, A0 low and high |
/// | 2, 3 | the slave's |
/// | 4, 5 | ELCR of master and slave |
public final class PIC8259: BusDevice {
  /// ICW1: a write with A0 low and bit 4.
  enum ICW1 {
    /// IC4: ICW4 will be written.
    static let needsICW4: UInt8 = 1 << 0
    /// SNGL: no cascade.
    static let single: UInt8 = 1 << 1
    /// What makes a write with A0 low an ICW1.
    static let initialize: UInt8 = 1 << 4
  }

  /// ICW2: T7 to T3 of the vector.
  static let vectorBits: UInt8 = 0xF8

  /// ICW3 of a slave: its identification.
  static let slaveIdentification: UInt8 = 7

  /// ICW4.
  enum ICW4 {
    /// AEOI: automatic end of interrupt.
    static let automaticEnd: UInt8 = 1 << 1
    /// SFNM: special fully nested mode.
    static let specialNested: UInt8 = 1 << 4
  }

  /// R, SL and EOI, bits 7:5 of OCW2.
  enum Command: UInt8 {
    case clearAutomaticRotation, nonspecificEnd, noOperation, specificEnd
    case setAutomaticRotation, rotateOnNonspecificEnd, setPriority, rotateOnSpecificEnd
  }

  /// OCW3: a write with A0 low and bit 3.
  enum OCW3 {
    /// RIS: with RR, reads of A0 low give the in-service register.
    static let inService: UInt8 = 1 << 0
    /// RR: bit 0 counts.
    static let readRegister: UInt8 = 1 << 1
    /// P: the next read is a poll.
    static let poll: UInt8 = 1 << 2
    /// What makes a write with A0 low an OCW3.
    static let select: UInt8 = 1 << 3
    /// SMM: with ESMM, special mask mode.
    static let specialMask: UInt8 = 1 << 5
    /// ESMM: bit 5 counts.
    static let enableSpecialMask: UInt8 = 1 << 6
  }

  /// I, bit 7 of a poll's answer: there is a request.
  private static let pollRequest: UInt8 = 1 << 7

  /// The first of the ELCR registers.
  public static let triggerOffset: UInt64 = 4
  /// ELCR: IRQ 0, 1, 2, 8 and 13 are edge-triggered.
  enum LevelInputs {
    static let master: UInt8 = 0xF8
    static let slave: UInt8 = 0xDE
  }

  /// The master's input with the slave.
  public static let cascadeInput: UInt8 = 2

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
    /// Number of the next initialisation word: 0 none, 2, 3 or 4.
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
        state[keyPath: path].icw1 = ICW1.initialize | ICW1.needsICW4
        state[keyPath: path].mask = 0xFF
      }
      (state.master.base, state.master.icw3) = (0x08, 1 << cascadeInput)
      (state.slave.base, state.slave.icw3) = (0x70, cascadeInput)
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
    chip.icw1 & ICW1.single == 0 && chip.icw3 & (1 << input) != 0
  }

  private func update() {
    Self.drive(&state.master, Int(Self.cascadeInput), Self.pending(state.slave, isMaster: false) != nil)
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
    guard input == Self.cascadeInput, state.slave.icw3 & Self.slaveIdentification == input else { return 0xFF }
    defer { dropSlaveOutput() }
    acknowledged = nil
    guard let second = Self.pending(state.slave, isMaster: false) else { return state.slave.base | 7 }
    acknowledged = 8 + Int(second)
    Self.accept(&state.slave, second)
    return state.slave.base | second
  }

  /// An acknowledge ends the slave's INT; if it has more to say that is another edge for the master.
  private func dropSlaveOutput() { Self.drive(&state.master, Int(Self.cascadeInput), false) }

  // MARK: Registers

  /// Reads the byte of a register.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    switch offset {
    case 0...3: UInt64(readPort(isData: offset & 1 != 0, isSlave: offset & 2 != 0))
    case 4: UInt64(state.master.level)
    default: UInt64(state.slave.level)
    }
  }

  /// Writes the byte of a register.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    defer { update() }
    let byte = UInt8(truncatingIfNeeded: value)
    switch offset {
    case 0, 1: Self.write(&state.master, byte, isData: offset & 1 != 0, isMaster: true)
    case 2, 3: Self.write(&state.slave, byte, isData: offset & 1 != 0, isMaster: false)
    case 4: Self.setLevels(&state.master, byte & LevelInputs.master)
    default: Self.setLevels(&state.slave, byte & LevelInputs.slave)
    }
  }

  /// Reads with A0 low, or high (`isData`).
  private func readPort(isData: Bool, isSlave: Bool) -> UInt8 {
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
      return input.map { Self.pollRequest | $0 } ?? 0
    }
    if isData { return chip.mask }
    return chip.readsInService ? chip.inService : chip.request
  }

  private static func setLevels(_ chip: inout Chip, _ value: UInt8) {
    // An input that becomes level-triggered requests as long as it is high, from now on.
    let new = value & ~chip.level
    chip.level = value
    chip.request = (chip.request & ~new) | (chip.lines & new)
  }

  private static func write(_ chip: inout Chip, _ value: UInt8, isData: Bool, isMaster: Bool) {
    if isData { return writeData(&chip, value) }
    if value & ICW1.initialize != 0 {
      let (lines, level) = (chip.lines, chip.level)
      chip = Chip()
      chip.mask = 0
      chip.lines = lines
      chip.level = level
      chip.icw1 = value
      chip.expected = 2
      // Edge detection starts anew; level inputs request again.
      chip.request = lines & level
    } else if value & OCW3.select != 0 {
      if value & OCW3.readRegister != 0 { chip.readsInService = value & OCW3.inService != 0 }
      if value & OCW3.enableSpecialMask != 0 { chip.isSpecialMask = value & OCW3.specialMask != 0 }
      if value & OCW3.poll != 0 && !chip.isPolling {
        chip.polled = pending(chip, isMaster: isMaster)
        chip.isPolling = true
      }
    } else {
      command(&chip, value)
    }
  }

  private static func command(_ chip: inout Chip, _ value: UInt8) {
    let input = value & 7
    let command = Command(rawValue: value >> 5) ?? .noOperation
    switch command {
    case .clearAutomaticRotation: chip.autoRotate = false
    case .setAutomaticRotation: chip.autoRotate = true
    case .nonspecificEnd, .rotateOnNonspecificEnd:
      // In special mask mode a non-specific EOI does not see levels that are masked.
      let ending = chip.inService & (chip.isSpecialMask ? ~chip.mask : 0xFF)
      for step in 1...8 {
        let candidate = (chip.lowest &+ UInt8(step)) & 7
        guard ending & (1 << candidate) != 0 else { continue }
        chip.inService &= ~(1 << candidate)
        if command == .rotateOnNonspecificEnd { chip.lowest = candidate }
        break
      }
    case .specificEnd: chip.inService &= ~(1 << input)
    case .rotateOnSpecificEnd:
      chip.inService &= ~(1 << input)
      chip.lowest = input
    case .setPriority: chip.lowest = input
    case .noOperation: break
    }
  }

  private static func writeData(_ chip: inout Chip, _ value: UInt8) {
    switch chip.expected {
    case 2:
      chip.base = value & vectorBits
      chip.expected = chip.icw1 & ICW1.single == 0 ? 3 : chip.icw1 & ICW1.needsICW4 != 0 ? 4 : 0
    case 3:
      chip.icw3 = value
      chip.expected = chip.icw1 & ICW1.needsICW4 != 0 ? 4 : 0
    case 4:
      chip.autoEOI = value & ICW4.automaticEnd != 0
      chip.isSpecialNested = value & ICW4.specialNested != 0
      chip.expected = 0
    default: chip.mask = value
    }
  }
}
