/// What a local APIC reports to the board.
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
public final class LocalAPIC: BusDevice, TimedChip {
  /// The timer's input in hertz, before its divider.
  public static let timerFrequency: UInt64 = 1_000_000_000

  /// Where the register page is after reset.
  public static let defaultBase: UInt64 = 0xFEE0_0000
  /// Bytes of the register page.
  public static let pageSize: UInt64 = 0x1000

  /// 256 bits.
  public struct VectorSet: Equatable, Sendable {
    /// 64 vectors each, from 0 up.
    private var parts = SIMD4<UInt64>()

    /// Makes an empty set.
    public init() {}

    /// One of eight words of 32 vectors.
    func word(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: parts[index / 2] >> UInt64(index % 2 * 32)) }

    /// Whether a vector is in it.
    public internal(set) subscript(_ vector: UInt8) -> Bool {
      get { parts[Int(vector >> 6)] >> UInt64(vector & 63) & 1 != 0 }
      set {
        let bit: UInt64 = 1 << UInt64(vector & 63)
        if newValue { parts[Int(vector >> 6)] |= bit } else { parts[Int(vector >> 6)] &= ~bit }
      }
    }

    var highest: UInt8? {
      for index in stride(from: 3, through: 0, by: -1) where parts[index] != 0 {
        return UInt8(index * 64 + 63 - parts[index].leadingZeroBitCount)
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
    public var spurious = SVR.vector
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
    public var vectorTable: [UInt32] = [UInt32](repeating: LVT.masked, count: LVT.Entry.allCases.count)
    /// Divide configuration.
    public var divide: UInt32 = 0
    /// Initial count.
    public var initialCount: UInt32 = 0
    /// When the count was started.
    public var timerStart: UInt64 = 0
    /// The current count is not 0: written, not stopped and, in one-shot mode, not yet at its end.
    public var isCounting = false
    /// TSC deadline, 0 if not armed.
    public var deadline: UInt64 = 0
    /// The PIC's INTR on LINT0.
    public var externalRequest = false
    /// The latest moment that the APIC was advanced to, in nanoseconds since power-on.
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
  /// Where it reports to: that must live as long as the APIC is used.
  public unowned var output: (any LocalAPICOutput)?
  /// What the guest added to its TSC; the deadline is compared with the sum.
  public var timeStampOffset: UInt64 {
    get { state.timeStampOffset }
    set { state.timeStampOffset = newValue }
  }

  /// Makes the APIC of a processor.
  public init(index: Int) {
    self.index = index
    state = State(
      base: Self.defaultBase | BaseMSR.enable | (index == 0 ? BaseMSR.bootstrap : 0), id: UInt32(index))
  }

  /// The virtual wire mode that firmware leaves behind: LINT0 is ExtINT, LINT1 is NMI, the APIC enabled.
  public func setVirtualWire() {
    state.spurious = SVR.enable | SVR.vector
    if index == 0 { self[.lint0] = LVT.mode(.external) }
    self[.lint1] = LVT.mode(.nonMaskable)
  }

  /// INIT: registers as after reset, id and base kept.
  public func reset() {
    state = state.afterInitialize()
    changed()
  }

  /// IA32_APIC_BASE[11].
  public var isEnabled: Bool { state.base & BaseMSR.enable != 0 }
  /// x2APIC mode.
  public var isX2: Bool { state.base & BaseMSR.mode == BaseMSR.mode }
  /// SVR[8].
  public var isSoftwareEnabled: Bool { state.spurious & SVR.enable != 0 }
  /// Whether its register page is at an address of xAPIC mode.
  public func answers(at address: UInt64) -> Bool {
    isEnabled && !isX2 && address & ~(Self.pageSize - 1) == state.base & BaseMSR.address
  }

  subscript(_ entry: LVT.Entry) -> UInt32 {
    get { state.vectorTable[entry.rawValue] }
    set { state.vectorTable[entry.rawValue] = newValue }
  }

  func changed() { output?.interruptRequestChanged(self) }

  // MARK: Interrupts

  var processorPriority: UInt8 {
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
    return self[.lint0] & (LVT.masked | LVT.modeBits) == LVT.mode(.external)
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

  /// The PIC's INTR, which stands on LINT0.
  public func setExternalRequest(_ level: Bool) {
    let rises = level && !state.externalRequest
    state.externalRequest = level
    if rises || self[.lint0] & LVT.level != 0 { signalPin(isEdge: rises) }
    changed()
  }

  /// Delivers LINT0 where its delivery mode is not ExtINT, which follows the level without any event.
  func signalPin(isEdge: Bool) {
    let entry = self[.lint0]
    guard isEnabled, state.externalRequest, entry & LVT.masked == 0 else { return }
    switch LVT.delivery(entry) {
    case .fixed where entry & LVT.level != 0:
      guard entry & LVT.remoteIRR == 0 else { return }
      self[.lint0] |= LVT.remoteIRR
      request(UInt8(truncatingIfNeeded: entry), isLevel: true)
    case .fixed where isEdge: request(UInt8(truncatingIfNeeded: entry), isLevel: false)
    case .nonMaskable where isEdge: output?.nonMaskableInterrupt(self)
    case .initialize where isEdge: output?.initialize(self)
    default: break
    }
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

  func request(_ vector: UInt8, isLevel: Bool) {
    guard isEnabled, isSoftwareEnabled else { return }
    guard vector >= Self.firstLegalVector else { return fail(ESR.receiveIllegalVector) }
    state.request[vector] = true
    state.triggerMode[vector] = isLevel
    changed()
  }

  /// Notes an error for ESR. The first interrupts; the next write of ESR arms that anew.
  func fail(_ bit: UInt32) {
    let isFirst = state.errors == 0
    state.errors |= bit
    if isFirst { fire(.error) }
  }

  /// Raises a local interrupt.
  func fire(_ entry: LVT.Entry) {
    let value = self[entry]
    guard value & LVT.masked == 0 else { return }
    if entry != .timer && entry != .error && LVT.delivery(value) == .nonMaskable {
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
      let logical = x2LogicalID
      return message.destination >> 16 == logical >> 16 && message.destination & logical & 0xFFFF != 0
    }
    let logical = state.logicalDestination >> 24
    if state.destinationFormat >> 28 == 0 {
      return message.destination >> 4 == logical >> 4 && message.destination & logical & 15 != 0
    }
    return message.destination & logical != 0
  }

  /// APR, the priority for lowest-priority arbitration: the highest of task, service and requests.
  public var arbitrationPriority: UInt8 {
    let request = (state.request.highest ?? 0) & 0xF0
    return processorPriority & 0xF0 >= request ? processorPriority : request
  }

  /// CR8.
  public var taskPriorityClass: UInt8 {
    get { state.taskPriority >> 4 }
    set {
      state.taskPriority = newValue << 4
      changed()
    }
  }

  func endOfInterrupt() {
    guard let vector = state.inService.highest else { return }
    state.inService[vector] = false
    if state.triggerMode[vector] {
      output?.endOfInterrupt(self, vector: vector)
      if UInt8(truncatingIfNeeded: self[.lint0]) == vector {
        self[.lint0] &= ~LVT.remoteIRR
        signalPin(isEdge: false)
      }
    }
    changed()
  }
}

/// As eight words of 32 vectors.
extension LocalAPIC.VectorSet: Codable {
  private enum CodingKeys: CodingKey { case words }

  /// Reads the words; another number of them is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let words = try container.decode([UInt32].self, forKey: .words)
    guard words.count == 8 else {
      let problem = "\(words.count) words of vectors instead of 8"
      throw DecodingError.dataCorruptedError(forKey: .words, in: container, debugDescription: problem)
    }
    self.init()
    for index in 0..<8 { parts[index / 2] |= UInt64(words[index]) << UInt64(index % 2 * 32) }
  }

  /// Writes the words.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode((0..<8).map(word), forKey: .words)
  }
}
