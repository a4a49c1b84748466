public import X86

/// What a local APIC tells the board.
public protocol LocalAPICOutput: AnyObject {
  /// INTR may have changed.
  func interruptRequestChanged(_ apic: LocalAPIC)
  /// An NMI for this processor.
  func nonMaskableInterrupt(_ apic: LocalAPIC)
  /// INIT for this processor.
  func initialize(_ apic: LocalAPIC)
  /// A start-up IPI for this processor.
  func startUp(_ apic: LocalAPIC, vector: UInt8)
  /// End of a level-triggered interrupt, for the I/O APICs.
  func endOfInterrupt(_ apic: LocalAPIC, vector: UInt8)
  /// An interprocessor interrupt leaves. `shorthand`: 0 none, 1 self, 2 all, 3 all but self.
  func send(_ apic: LocalAPIC, _ message: InterruptMessage, shorthand: UInt8)
}

/// The local APIC in xAPIC and x2APIC mode.
///
/// - SDM: Vol. 3A "Advanced Programmable Interrupt Controller (APIC)".
public final class LocalAPIC: TimedChip {
  /// The timer's input in hertz, before its divider.
  public static let timerFrequency: UInt64 = 1_000_000_000

  /// 256 bits.
  public struct VectorSet: Equatable, Sendable, Codable {
    /// Eight words of 32 vectors.
    public var words = [UInt32](repeating: 0, count: 8)
    subscript(_ vector: UInt8) -> Bool {
      get { words[Int(vector >> 5)] & (1 << UInt32(vector & 31)) != 0 }
      set {
        if newValue {
          words[Int(vector >> 5)] |= 1 << UInt32(vector & 31)
        } else {
          words[Int(vector >> 5)] &= ~(1 << UInt32(vector & 31))
        }
      }
    }
    var highest: UInt8? {
      for index in stride(from: 7, through: 0, by: -1) where words[index] != 0 {
        return UInt8(index * 32 + 31 - words[index].leadingZeroBitCount)
      }
      return nil
    }
  }

  /// The registers.
  public struct State: Equatable, Sendable, Codable {
    /// IA32_APIC_BASE.
    public var base: UInt64
    /// APIC id.
    public var id: UInt32
    /// Task priority.
    public var taskPriority: UInt8 = 0
    /// Spurious-interrupt vector register.
    public var spurious: UInt32 = 0xFF
    /// Logical destination (xAPIC).
    public var logicalDestination: UInt32 = 0
    /// Destination format.
    public var destinationFormat: UInt32 = 0xFFFF_FFFF
    /// IRR.
    public var request = VectorSet()
    /// ISR.
    public var inService = VectorSet()
    /// TMR.
    public var triggerMode = VectorSet()
    /// Errors since the last write of ESR, and those that a read shows.
    public var errors: UInt32 = 0
    /// ESR as read.
    public var latchedErrors: UInt32 = 0
    /// ICR.
    public var command: UInt64 = 0
    /// LVT: timer, thermal, performance, LINT0, LINT1, error.
    public var vectorTable: [UInt32] = [0x10000, 0x10000, 0x10000, 0x10000, 0x10000, 0x10000]
    /// Divide configuration.
    public var divide: UInt32 = 0
    /// Initial count.
    public var initialCount: UInt32 = 0
    /// When the count was started.
    public var timerStart: UInt64 = 0
    /// TSC deadline, 0 if not armed.
    public var deadline: UInt64 = 0
    /// The PIC's INTR on LINT0.
    public var externalRequest = false
    /// The latest moment that the APIC was told of, in nanoseconds since power-on.
    public var moment: UInt64 = 0
    /// What the guest added to its TSC; the deadline is compared with the sum.
    public var timeStampOffset: UInt64 = 0

    /// The registers after INIT: id, base, wires and time stay.
    func afterInitialize() -> State {
      var new = State(base: base, id: id)
      new.externalRequest = externalRequest
      new.moment = moment
      new.timeStampOffset = timeStampOffset
      return new
    }
  }

  /// The state.
  public internal(set) var state: State
  /// Number of this APIC.
  public let index: Int
  /// Where it reports to.
  public weak var output: (any LocalAPICOutput)?
  /// What the guest added to its TSC; the deadline is compared with the sum.
  public var timeStampOffset: UInt64 {
    get { state.timeStampOffset }
    set { state.timeStampOffset = newValue }
  }

  /// Makes the APIC of a processor.
  public init(index: Int) {
    self.index = index
    state = State(base: 0xFEE0_0800 | (index == 0 ? 0x100 : 0), id: UInt32(index))
  }

  /// The virtual wire mode that firmware leaves behind: LINT0 is ExtINT, LINT1 is NMI, the APIC enabled.
  public func setVirtualWire() {
    state.spurious = 0x1FF
    if index == 0 { state.vectorTable[3] = 0x700 }
    state.vectorTable[4] = 0x400
  }

  /// INIT: registers as after reset, id and base kept.
  public func reset() {
    state = state.afterInitialize()
    changed()
  }

  /// IA32_APIC_BASE[11].
  public var isEnabled: Bool { state.base & 0x800 != 0 }
  /// x2APIC mode.
  public var isX2: Bool { state.base & 0xC00 == 0xC00 }
  private var isSoftwareEnabled: Bool { state.spurious & 0x100 != 0 }

  private func changed() { output?.interruptRequestChanged(self) }

  // MARK: Interrupts

  private var processorPriority: UInt8 {
    let service = (state.inService.highest ?? 0) & 0xF0
    return state.taskPriority & 0xF0 >= service ? state.taskPriority : service
  }

  private var deliverableVector: UInt8? {
    guard isEnabled, isSoftwareEnabled, let vector = state.request.highest, vector & 0xF0 > processorPriority & 0xF0
    else { return nil }
    return vector
  }

  /// The PIC's interrupt passes through LINT0, or an APIC that is off.
  private var passesExternal: Bool {
    guard state.externalRequest else { return false }
    if !isEnabled { return index == 0 }
    return state.vectorTable[3] & 0x10700 == 0x700
  }

  /// INTR.
  public var hasRequest: Bool { deliverableVector != nil || passesExternal }

  /// INTA: the vector, nil if the PIC must give it.
  public enum Acknowledgement { case vector(UInt8), external, none }

  /// Takes the interrupt of highest priority.
  public func acknowledge() -> Acknowledgement {
    if let vector = deliverableVector {
      state.request[vector] = false
      state.inService[vector] = true
      changed()
      return .vector(vector)
    }
    return passesExternal ? .external : .none
  }

  /// The PIC's INTR.
  public func setExternalRequest(_ level: Bool) {
    state.externalRequest = level
    changed()
  }

  /// A message for this APIC.
  public func accept(_ message: InterruptMessage) {
    switch message.delivery {
    case .fixed, .lowestPriority: request(message.vector, isLevel: message.isLevel)
    case .nonMaskable: output?.nonMaskableInterrupt(self)
    case .initialize: output?.initialize(self)
    case .startUp: output?.startUp(self, vector: message.vector)
    case .external, .systemManagement, .reserved: break
    }
  }

  private func request(_ vector: UInt8, isLevel: Bool) {
    guard isEnabled, isSoftwareEnabled else { return }
    guard vector >= 16 else { return fail(1 << 6) }
    state.request[vector] = true
    state.triggerMode[vector] = isLevel
    changed()
  }

  private static let illegalRegister: UInt32 = 1 << 7

  private func fail(_ bit: UInt32) {
    guard state.errors & bit == 0 else { return }
    state.errors |= bit
    fire(5)
  }

  /// Raises a local interrupt.
  private func fire(_ entry: Int) {
    let value = state.vectorTable[entry]
    guard value & 0x10000 == 0 else { return }
    if entry != 0 && entry != 5 && (value >> 8) & 7 == 4 {
      output?.nonMaskableInterrupt(self)
    } else {
      request(UInt8(truncatingIfNeeded: value), isLevel: false)
    }
  }

  /// Whether a message is meant for this APIC.
  public func matches(_ message: InterruptMessage) -> Bool {
    guard isEnabled else { return false }
    let broadcast: UInt32 = isX2 ? 0xFFFF_FFFF : 0xFF
    if message.destination == broadcast || message.destination == 0xFFFF_FFFF { return true }
    guard message.isLogical else { return message.destination == state.id }
    if isX2 {
      let logical = (state.id >> 4) << 16 | 1 << (state.id & 15)
      return message.destination >> 16 == logical >> 16 && message.destination & logical & 0xFFFF != 0
    }
    let logical = state.logicalDestination >> 24
    if state.destinationFormat >> 28 == 0 {
      return message.destination >> 4 == logical >> 4 && message.destination & logical & 15 != 0
    }
    return message.destination & logical != 0
  }

  /// Priority for lowest-priority arbitration.
  public var arbitrationPriority: UInt8 { processorPriority }

  /// CR8.
  public var taskPriorityClass: UInt8 {
    get { state.taskPriority >> 4 }
    set {
      state.taskPriority = newValue << 4
      changed()
    }
  }

  private func endOfInterrupt() {
    guard let vector = state.inService.highest else { return }
    state.inService[vector] = false
    if state.triggerMode[vector] && state.spurious & 0x1000 == 0 { output?.endOfInterrupt(self, vector: vector) }
    changed()
  }

  // MARK: Registers

  /// Reads a register by its number (offset / 16).
  private func readRegister(_ number: Int) -> UInt32? {
    switch number {
    case 0x02: return isX2 ? state.id : state.id << 24
    case 0x03: return 0x0005_0014
    case 0x08: return UInt32(state.taskPriority)
    case 0x09: return isX2 ? nil : UInt32(processorPriority)
    case 0x0A: return UInt32(processorPriority)
    case 0x0D: return isX2 ? (state.id >> 4) << 16 | 1 << (state.id & 15) : state.logicalDestination
    case 0x0E: return isX2 ? nil : state.destinationFormat
    case 0x0F: return state.spurious
    case 0x10...0x17: return state.inService.words[number - 0x10]
    case 0x18...0x1F: return state.triggerMode.words[number - 0x18]
    case 0x20...0x27: return state.request.words[number - 0x20]
    case 0x28: return state.latchedErrors
    case 0x30: return UInt32(truncatingIfNeeded: state.command)
    case 0x31: return isX2 ? nil : UInt32(truncatingIfNeeded: state.command >> 32)
    case 0x32: return state.vectorTable[0]
    case 0x33...0x37: return state.vectorTable[number - 0x32]
    case 0x38: return state.initialCount
    case 0x39: return currentCount
    case 0x3E: return state.divide
    default: return nil
    }
  }

  /// Writes a register; false if it does not exist or has reserved bits set.
  private func writeRegister(_ number: Int, _ value: UInt32) -> Bool {
    switch number {
    case 0x02 where !isX2: state.id = value >> 24
    case 0x08:
      if isX2 && value > 0xFF { return false }
      state.taskPriority = UInt8(truncatingIfNeeded: value)
    case 0x0B:
      if isX2 && value != 0 { return false }
      endOfInterrupt()
    case 0x0D where !isX2: state.logicalDestination = value & 0xFF00_0000
    case 0x0E where !isX2: state.destinationFormat = value | 0x0FFF_FFFF
    case 0x0F:
      if isX2 && value & ~0x3FF != 0 { return false }
      state.spurious = value & 0x3FF
      if !isSoftwareEnabled { for index in 0..<6 { state.vectorTable[index] |= 0x10000 } }
    case 0x28:
      if isX2 && value != 0 { return false }
      state.latchedErrors = state.errors
      state.errors = 0
    case 0x30:
      state.command = (state.command & 0xFFFF_FFFF_0000_0000) | UInt64(value & 0xC_CFFF)
      sendCommand()
    case 0x31 where !isX2: state.command = (state.command & 0xFFFF_FFFF) | UInt64(value) << 32
    case 0x32...0x37:
      if isX2 && value & ~Self.vectorEntryMasks[number - 0x32] != 0 { return false }
      writeVectorEntry(number - 0x32, value)
    case 0x38:
      if state.vectorTable[0] & 0x60000 == 0x40000 { return true }
      state.initialCount = value
      state.timerStart = state.moment
    case 0x3E:
      if isX2 && value & ~0xB != 0 { return false }
      setDivide(value & 0xB)
    case 0x3F where isX2: request(UInt8(truncatingIfNeeded: value), isLevel: false)
    default: return false
    }
    changed()
    return true
  }

  /// What an LVT entry has: timer, thermal, performance, LINT0, LINT1, error.
  static let vectorEntryMasks: [UInt32] = [0x710FF, 0x117FF, 0x117FF, 0x1F7FF, 0x1F7FF, 0x110FF]

  private func writeVectorEntry(_ entry: Int, _ value: UInt32) {
    // Delivery status and remote IRR are read-only.
    var new = value & Self.vectorEntryMasks[entry] & ~0x5000
    if !isSoftwareEnabled { new |= 0x10000 }
    if entry == 0 && (new ^ state.vectorTable[0]) & 0x60000 != 0 {
      // A change of mode disarms the timer.
      state.deadline = 0
      state.initialCount = 0
    }
    state.vectorTable[entry] = new
  }

  private func sendCommand() {
    let value = state.command
    let delivery = InterruptMessage.Delivery(rawValue: UInt8(truncatingIfNeeded: value >> 8) & 7) ?? .fixed
    let vector = UInt8(truncatingIfNeeded: value)
    // The message leaves all the same: each receiver notes its own error and drops it.
    if (delivery == .fixed || delivery == .lowestPriority) && vector < 16 { fail(1 << 5) }
    // INIT level de-assert does nothing on these processors.
    if delivery == .initialize && value & 0xC000 == 0x8000 { return }
    let destination =
      isX2 ? UInt32(truncatingIfNeeded: value >> 32) : UInt32(truncatingIfNeeded: value >> 56)
    output?.send(
      self,
      InterruptMessage(
        destination: destination, isLogical: value & 0x800 != 0, delivery: delivery, vector: vector,
        isLevel: value & 0x8000 != 0 && delivery == .fixed),
      shorthand: UInt8(truncatingIfNeeded: value >> 18) & 3)
  }

  /// Reads the register page of xAPIC mode; a register that is not there is an error, and zero.
  public func read(offset: UInt64, now: VirtualTime) -> UInt32 {
    advance(to: now)
    if let value = readRegister(Int(offset >> 4)) { return value }
    fail(Self.illegalRegister)
    return 0
  }

  /// Writes the register page of xAPIC mode.
  public func write(_ value: UInt32, offset: UInt64, now: VirtualTime) {
    advance(to: now)
    if !writeRegister(Int(offset >> 4), value) { fail(Self.illegalRegister) }
  }

  /// Reads an MSR: IA32_APIC_BASE, IA32_TSC_DEADLINE or an x2APIC register; nil is #GP.
  public func readMSR(_ msr: UInt32, now: VirtualTime) -> UInt64? {
    advance(to: now)
    if msr == 0x1B { return state.base }
    if msr == 0x6E0 { return state.deadline }
    guard isX2, msr >= 0x800 else { return nil }
    if msr == 0x830 { return state.command }
    if msr == 0x80B || msr == 0x83F { return nil }
    return readRegister(Int(msr - 0x800)).map(UInt64.init)
  }

  /// Writes an MSR; false is #GP.
  public func writeMSR(_ msr: UInt32, _ value: UInt64, now: VirtualTime) -> Bool {
    advance(to: now)
    if msr == 0x1B { return writeBase(value) }
    if msr == 0x6E0 {
      guard state.vectorTable[0] & 0x60000 == 0x40000 else { return true }
      state.deadline = value
      advance(to: now)
      return true
    }
    guard isX2, msr >= 0x800 else { return false }
    if msr == 0x830 {
      guard value & 0xFFF3_2000 == 0 else { return false }
      state.command = value
      sendCommand()
      return true
    }
    guard value >> 32 == 0 else { return false }
    return writeRegister(Int(msr - 0x800), UInt32(truncatingIfNeeded: value))
  }

  private func writeBase(_ value: UInt64) -> Bool {
    guard value & 0xFFFF_FF00_0000_02FF == 0 else { return false }
    let old = state.base & 0xC00
    let new = value & 0xC00
    // Off to x2APIC, x2APIC to xAPIC, and the combination 01b do not exist.
    if new == 0x400 || (old == 0 && new == 0xC00) || (old == 0xC00 && new == 0x800) { return false }
    state.base = (value & ~0x100) | (state.base & 0x100)
    if old != 0 && new == 0 {
      state.id = UInt32(index)
      state = state.afterInitialize()
    }
    if new == 0xC00 && old != new { state.id = UInt32(index) }
    changed()
    return true
  }

  // MARK: Timer

  private var divisor: UInt64 {
    let code = (state.divide & 3) | (state.divide >> 1 & 4)
    return code == 7 ? 1 : 2 << UInt64(code)
  }

  private func setDivide(_ value: UInt32) {
    let count = currentCount
    state.divide = value
    if count != 0 { state.timerStart = state.moment &- (UInt64(state.initialCount) &- UInt64(count)) &* divisor }
  }

  private var currentCount: UInt32 {
    guard state.initialCount != 0, state.vectorTable[0] & 0x40000 == 0 else { return 0 }
    let done = (state.moment &- state.timerStart) / divisor
    let initial = UInt64(state.initialCount)
    if state.vectorTable[0] & 0x20000 != 0 { return UInt32(truncatingIfNeeded: initial &- done % initial) }
    return done >= initial ? 0 : UInt32(truncatingIfNeeded: initial &- done)
  }

  /// Fires the timer for moments up to `now`.
  public func advance(to now: VirtualTime) {
    state.moment = max(now.nanoseconds, state.moment)
    guard let event = nextEvent, event.nanoseconds <= state.moment else { return }
    switch state.vectorTable[0] & 0x60000 {
    case 0x40000: state.deadline = 0
    case 0x20000:
      let period = UInt64(state.initialCount) &* divisor
      state.timerStart = state.timerStart &+ (state.moment &- state.timerStart) / period &* period
    default: state.initialCount = 0
    }
    fire(0)
  }

  /// When the timer fires next.
  public var nextEvent: VirtualTime? {
    if state.vectorTable[0] & 0x60000 == 0x40000 {
      guard state.deadline != 0 else { return nil }
      let (moment, underflow) = state.deadline.subtractingReportingOverflow(timeStampOffset)
      return VirtualTime(nanoseconds: underflow && Int64(bitPattern: timeStampOffset) > 0 ? 0 : moment)
    }
    guard state.initialCount != 0 else { return nil }
    return VirtualTime(nanoseconds: state.timerStart &+ UInt64(state.initialCount) &* divisor)
  }
}
