public import X86

/// The high precision event timer: a counter of 100 MHz with three comparators at FED00000h.
///
/// Source: IA-PC HPET Specification 1.0a, "Register Definitions". All comparators have 64 bits, all can be periodic;
/// each can reach the pins 20 to 23 of the I/O APIC, and with legacy replacement the first two have the interrupts of
/// the 8254 and of the real-time clock. Interrupt messages (FSB) are not announced.
public final class HPET: TimedChip {
  /// One comparator.
  public struct Comparator: Equatable, Sendable, Codable {
    /// Interrupt type, enable, type, value set, 32-bit mode and route; what is read-only is 0 here.
    public var configuration: UInt32 = 0
    /// The match register: in periodic mode the next match.
    public var value: UInt64 = .max
    /// What a match adds in periodic mode.
    public var period: UInt64 = 0
  }

  /// Registers, and the moment up to which matches were made.
  public struct State: Equatable, Sendable, Codable {
    /// General configuration: ENABLE_CNF, LEG_RT_CNF.
    public var configuration: UInt64 = 0
    /// General interrupt status.
    public var status: UInt64 = 0
    /// The main counter at `moment`.
    public var counter: UInt64 = 0
    /// In units of the counter, since power-on.
    public var moment: UInt64 = 0
    /// The comparators.
    public var comparators = [Comparator](repeating: Comparator(), count: HPET.comparatorCount)
    /// Makes the reset state.
    public init() {}
  }

  /// The first address.
  public static let base: UInt64 = 0xFED0_0000
  /// Comparators.
  public static let comparatorCount = 3
  /// Nanoseconds in which the main counter counts once.
  static let unit: UInt64 = 10
  /// 64-bit counter, legacy replacement, revision 1, and the period in femtoseconds.
  public static let capabilities =
    UInt64(unit * 1_000_000) << 32 | 0x8086 << 16 | 1 << 15 | 1 << 13 | UInt64(comparatorCount - 1) << 8 | 1
  /// Pins of the I/O APIC that a comparator can be routed to.
  static let routes: UInt32 = 0x00F0_0000

  private static let level: UInt32 = 1 << 1
  private static let enable: UInt32 = 1 << 2
  private static let periodic: UInt32 = 1 << 3
  private static let valueSet: UInt32 = 1 << 6
  private static let mode32: UInt32 = 1 << 8
  private static let writable = level | enable | periodic | valueSet | mode32 | 0x1F << 9

  /// The state.
  public internal(set) var state = State()
  private let interrupt: (Output, Bool) -> Void

  /// Where a comparator's interrupt goes.
  public enum Output: Equatable, Sendable {
    /// In place of the 8254.
    case timer
    /// In place of the real-time clock.
    case clock
    /// A pin of the I/O APIC.
    case pin(Int)
  }

  /// Makes a timer; `interrupt` takes an output and its level.
  public init(interrupt: @escaping (Output, Bool) -> Void) { self.interrupt = interrupt }

  /// LEG_RT_CNF: the 8254 and the real-time clock are cut off from their interrupts.
  public var replacesLegacyTimers: Bool { state.configuration & 2 != 0 }
  private var isRunning: Bool { state.configuration & 1 != 0 }

  private func output(_ index: Int) -> Output? {
    if replacesLegacyTimers && index < 2 { return index == 0 ? .timer : .clock }
    let pin = state.comparators[index].configuration >> 9 & 0x1F
    return Self.routes >> pin & 1 != 0 ? .pin(Int(pin)) : nil
  }

  // MARK: Time

  /// Counts until a comparator matches next, from the moment of the state; nil if it never does.
  private func distance(_ comparator: Comparator) -> UInt64? {
    if comparator.configuration & Self.mode32 != 0 {
      let distance = UInt64(UInt32(truncatingIfNeeded: comparator.value &- state.counter))
      return distance == 0 ? 1 << 32 : distance
    }
    let distance = comparator.value &- state.counter
    return distance == 0 ? nil : distance
  }

  /// Makes the matches up to `now`.
  public func advance(to now: VirtualTime) {
    let moment = now.nanoseconds / Self.unit
    guard moment > state.moment else { return }
    let passed = moment - state.moment
    if isRunning {
      for index in state.comparators.indices { match(index, passed) }
      state.counter &+= passed
    }
    state.moment = moment
  }

  private func match(_ index: Int, _ passed: UInt64) {
    let comparator = state.comparators[index]
    guard let first = distance(comparator), first <= passed else { return }
    if comparator.configuration & Self.periodic != 0 && comparator.period > 0 {
      // Several matches between two moments at which the board looks are one interrupt.
      state.comparators[index].value &+= ((passed - first) / comparator.period &+ 1) &* comparator.period
      if comparator.configuration & Self.mode32 != 0 { state.comparators[index].value &= 0xFFFF_FFFF }
    }
    guard comparator.configuration & Self.level == 0 else {
      state.status |= 1 << UInt64(index)
      return drive(index)
    }
    guard comparator.configuration & Self.enable != 0, let output = output(index) else { return }
    interrupt(output, true)
    interrupt(output, false)
  }

  /// The level of a comparator whose interrupt is level-triggered.
  private func drive(_ index: Int) {
    let configuration = state.comparators[index].configuration
    guard configuration & Self.level != 0, let output = output(index) else { return }
    interrupt(output, configuration & Self.enable != 0 && state.status >> UInt64(index) & 1 != 0)
  }

  /// The next match of a comparator whose interrupt anybody wants.
  public var nextEvent: VirtualTime? {
    guard isRunning else { return nil }
    var next: UInt64?
    for comparator in state.comparators where comparator.configuration & Self.enable != 0 {
      guard let distance = distance(comparator) else { continue }
      let (moment, overflow) = state.moment.addingReportingOverflow(distance)
      next = min(next ?? .max, overflow ? .max : moment)
    }
    guard let next else { return nil }
    let (nanoseconds, overflow) = next.multipliedReportingOverflow(by: Self.unit)
    return overflow ? nil : VirtualTime(nanoseconds: nanoseconds)
  }

  // MARK: Registers

  /// Reads `width` bytes (1, 2, 4 or 8) at FED00000h + `offset`; reserved registers are 0.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    advance(to: now)
    // Swift's shifts bind tighter than its products.
    let value = register(offset & ~7) >> ((offset & 7) * 8)
    return width >= 8 ? value : value & ((1 << UInt64(width * 8)) - 1)
  }

  private func register(_ offset: UInt64) -> UInt64 {
    switch offset {
    case 0x000: return Self.capabilities
    case 0x010: return state.configuration
    case 0x020: return state.status
    case 0x0F0: return state.counter
    case 0x100..<0x100 + 0x20 * UInt64(Self.comparatorCount):
      let comparator = state.comparators[Int(offset - 0x100) / 0x20]
      switch offset & 0x1F {
      // Periodic and 64-bit capable.
      case 0x00: return UInt64(Self.routes) << 32 | UInt64(comparator.configuration | 1 << 4 | 1 << 5)
      case 0x08: return comparator.value
      default: return 0
      }
    default: return 0
    }
  }

  /// Writes `width` bytes (4 or 8; others are ignored) at FED00000h + `offset`.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    guard width == 8 && offset & 7 == 0 || width == 4 && offset & 3 == 0 else { return }
    advance(to: now)
    let mask: UInt64 = width == 8 ? .max : 0xFFFF_FFFF << ((offset & 4) * 8)
    let bits = width == 8 ? value : value << ((offset & 4) * 8)
    func merged(_ old: UInt64) -> UInt64 { (old & ~mask) | (bits & mask) }
    switch offset & ~7 {
    case 0x010: setConfiguration(merged(state.configuration) & 3)
    case 0x020:
      // Bits of level-triggered comparators are cleared by a write of 1.
      state.status &= ~(bits & mask)
      for index in state.comparators.indices { drive(index) }
    // "Main Counter Value Register": written while the counter is halted.
    case 0x0F0: if !isRunning { state.counter = merged(state.counter) }
    case 0x100..<0x100 + 0x20 * UInt64(Self.comparatorCount):
      let index = Int(offset - 0x100) / 0x20
      if offset & 0x18 == 0 {
        setComparatorConfiguration(index, UInt32(truncatingIfNeeded: merged(UInt64(comparator(index).configuration))))
      } else if offset & 0x18 == 8 {
        setComparator(index, merged)
      }
    default: break
    }
  }

  private func comparator(_ index: Int) -> Comparator { state.comparators[index] }

  private func setConfiguration(_ value: UInt64) {
    releaseLevels()
    state.configuration = value
    for index in state.comparators.indices { drive(index) }
  }

  /// Outputs are about to move: nothing drives the old ones.
  private func releaseLevels() {
    for index in state.comparators.indices where comparator(index).configuration & Self.level != 0 {
      if let output = output(index) { interrupt(output, false) }
    }
  }

  private func setComparatorConfiguration(_ index: Int, _ value: UInt32) {
    releaseLevels()
    var configuration = value & Self.writable
    if configuration & Self.periodic == 0 { configuration &= ~Self.valueSet }
    state.comparators[index].configuration = configuration
    if configuration & Self.level == 0 { state.status &= ~(1 << UInt64(index)) }
    if configuration & Self.mode32 != 0 {
      state.comparators[index].value &= 0xFFFF_FFFF
      state.comparators[index].period &= 0xFFFF_FFFF
    }
    for index in state.comparators.indices { drive(index) }
  }

  /// "Timer N Comparator Register": in periodic mode a write sets the period, and the match register as well if the
  /// value-set bit allows it, which clears itself.
  private func setComparator(_ index: Int, _ merged: (UInt64) -> UInt64) {
    let comparator = state.comparators[index]
    let limit: UInt64 = comparator.configuration & Self.mode32 != 0 ? 0xFFFF_FFFF : .max
    let isPeriodic = comparator.configuration & Self.periodic != 0
    if isPeriodic { state.comparators[index].period = merged(comparator.period) & limit }
    if !isPeriodic || comparator.configuration & Self.valueSet != 0 {
      state.comparators[index].value = merged(comparator.value) & limit
    }
    state.comparators[index].configuration &= ~Self.valueSet
  }
}

extension HPET: RestorableChip {
  /// Puts back a state; whoever stands at an output holds its level.
  public func restore(_ state: State) { self.state = state }

  /// What is impossible in a state, if anything.
  public static func problem(in state: State) -> String? {
    if let problem = FieldCheck.count("HPET comparators", state.comparators, comparatorCount) { return problem }
    for (index, comparator) in state.comparators.enumerated() {
      let name = "HPET comparator \(index)"
      let limit: UInt64 = comparator.configuration & mode32 != 0 ? 0xFFFF_FFFF : .max
      if let problem = FieldCheck.first(
        FieldCheck.bits("\(name) configuration", comparator.configuration, writable),
        FieldCheck.bits("\(name) value", comparator.value, limit),
        FieldCheck.bits("\(name) period", comparator.period, limit))
      {
        return problem
      }
    }
    return FieldCheck.first(
      FieldCheck.bits("HPET configuration", state.configuration, 3),
      FieldCheck.bits("HPET status", state.status, UInt64(1) << UInt64(comparatorCount) - 1),
      FieldCheck.range("HPET moment", state.moment, 0...UInt64.max / unit))
  }
}
