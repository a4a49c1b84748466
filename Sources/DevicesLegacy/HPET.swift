public import X86

/// The high precision event timer: a counter of 100 MHz with three comparators.
///
/// Source: IA-PC HPET Specification 1.0a, "Register Definitions". All comparators have 64 bits, all can be periodic;
/// each can reach the pins 20 to 23 of the I/O APIC, and with legacy replacement the first two have the interrupts of
/// the 8254 and of the real-time clock. Interrupt messages (FSB) are not announced.
public final class HPET: BusDevice, TimedChip {
  /// Offsets of registers, all of 8 bytes.
  private enum Register {
    /// GCAP_ID.
    static let capabilities: UInt64 = 0x000
    /// GEN_CONF.
    static let configuration: UInt64 = 0x010
    /// GINTR_STA.
    static let status: UInt64 = 0x020
    /// MAIN_CNT.
    static let counter: UInt64 = 0x0F0
    /// The first comparator's; each has `comparatorSize` bytes.
    static let comparators: UInt64 = 0x100
    static let comparatorSize: UInt64 = 0x20
    static let all = comparators..<comparators + comparatorSize * UInt64(HPET.comparatorCount)
    /// TIMn_CONF, in a comparator's bytes.
    static let timerConfiguration: UInt64 = 0x00
    /// TIMn_COMP.
    static let timerComparator: UInt64 = 0x08
  }

  /// GEN_CONF.
  private enum Configuration {
    /// ENABLE_CNF: the counter counts.
    static let enable: UInt64 = 1 << 0
    /// LEG_RT_CNF.
    static let legacyReplacement: UInt64 = 1 << 1
    static let all = enable | legacyReplacement
  }

  /// TIMn_CONF.
  private enum Timer {
    /// Tn_INT_TYPE_CNF: level-triggered.
    static let level: UInt32 = 1 << 1
    /// Tn_INT_ENB_CNF.
    static let enable: UInt32 = 1 << 2
    /// Tn_TYPE_CNF.
    static let periodic: UInt32 = 1 << 3
    /// Tn_PER_INT_CAP: read-only.
    static let periodicCapable: UInt32 = 1 << 4
    /// Tn_SIZE_CAP, 64 bits: read-only.
    static let wide: UInt32 = 1 << 5
    /// Tn_VAL_SET_CNF.
    static let valueSet: UInt32 = 1 << 6
    /// Tn_32MODE_CNF.
    static let mode32: UInt32 = 1 << 8
    /// Tn_INT_ROUTE_CNF.
    static let routeShift: UInt32 = 9
    static let routeBits: UInt32 = 0x1F << routeShift
    static let writable = level | enable | periodic | valueSet | mode32 | routeBits
  }

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

  /// Bytes of its registers.
  public static let size: UInt64 = 0x400
  /// Comparators.
  public static let comparatorCount = 3
  /// Nanoseconds in which the main counter counts once.
  static let unit: UInt64 = 10
  /// 64-bit counter, legacy replacement, revision 1, and the period in femtoseconds.
  public static let capabilities =
    UInt64(unit * 1_000_000) << 32 | 0x8086 << 16 | 1 << 15 | 1 << 13 | UInt64(comparatorCount - 1) << 8 | 1
  /// Pins of the I/O APIC that a comparator can be routed to.
  static let routes: UInt32 = 0x00F0_0000

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
  public var replacesLegacyTimers: Bool { state.configuration & Configuration.legacyReplacement != 0 }
  private var isRunning: Bool { state.configuration & Configuration.enable != 0 }

  private func output(_ index: Int) -> Output? {
    if replacesLegacyTimers && index < 2 { return index == 0 ? .timer : .clock }
    let pin = (state.comparators[index].configuration & Timer.routeBits) >> Timer.routeShift
    return Self.routes >> pin & 1 != 0 ? .pin(Int(pin)) : nil
  }

  // MARK: Time

  /// Counts until a comparator matches next, from the moment of the state; nil if it never does.
  private func distance(_ comparator: Comparator) -> UInt64? {
    if comparator.configuration & Timer.mode32 != 0 {
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
    if comparator.configuration & Timer.periodic != 0 && comparator.period > 0 {
      // Several matches between two moments at which the board looks are one interrupt.
      state.comparators[index].value &+= ((passed - first) / comparator.period &+ 1) &* comparator.period
      if comparator.configuration & Timer.mode32 != 0 { state.comparators[index].value &= 0xFFFF_FFFF }
    }
    guard comparator.configuration & Timer.level == 0 else {
      state.status |= 1 << UInt64(index)
      return drive(index)
    }
    guard comparator.configuration & Timer.enable != 0, let output = output(index) else { return }
    interrupt(output, true)
    interrupt(output, false)
  }

  /// The level of a comparator whose interrupt is level-triggered.
  private func drive(_ index: Int) {
    let configuration = state.comparators[index].configuration
    guard configuration & Timer.level != 0, let output = output(index) else { return }
    interrupt(output, configuration & Timer.enable != 0 && state.status >> UInt64(index) & 1 != 0)
  }

  /// The next match of a comparator whose interrupt is enabled.
  public var nextEvent: VirtualTime? {
    guard isRunning else { return nil }
    var next: UInt64?
    for comparator in state.comparators where comparator.configuration & Timer.enable != 0 {
      guard let distance = distance(comparator) else { continue }
      let (moment, overflow) = state.moment.addingReportingOverflow(distance)
      next = min(next ?? .max, overflow ? .max : moment)
    }
    guard let next else { return nil }
    let (nanoseconds, overflow) = next.multipliedReportingOverflow(by: Self.unit)
    return overflow ? nil : VirtualTime(nanoseconds: nanoseconds)
  }

  // MARK: Registers

  /// Reads registers; reserved ones are 0.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    advance(to: now)
    // Swift's shifts bind tighter than its products.
    return register(offset & ~7) >> ((offset & 7) * 8)
  }

  private func register(_ offset: UInt64) -> UInt64 {
    switch offset {
    case Register.capabilities: return Self.capabilities
    case Register.configuration: return state.configuration
    case Register.status: return state.status
    case Register.counter: return state.counter
    case Register.all:
      let (index, part) = Self.comparator(offset)
      let comparator = state.comparators[index]
      switch part {
      case Register.timerConfiguration:
        return UInt64(Self.routes) << 32 | UInt64(comparator.configuration | Timer.periodicCapable | Timer.wide)
      case Register.timerComparator: return comparator.value
      default: return 0
      }
    default: return 0
    }
  }

  /// The comparator of an offset, and the register of it.
  private static func comparator(_ offset: UInt64) -> (index: Int, part: UInt64) {
    let (index, part) = (offset - Register.comparators).quotientAndRemainder(dividingBy: Register.comparatorSize)
    return (Int(index), part & ~7)
  }

  /// Writes 4 or 8 aligned bytes of a register; other writes do nothing.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    guard width == 8 && offset & 7 == 0 || width == 4 && offset & 3 == 0 else { return }
    advance(to: now)
    let mask: UInt64 = width == 8 ? .max : 0xFFFF_FFFF << ((offset & 4) * 8)
    let bits = width == 8 ? value : value << ((offset & 4) * 8)
    func merged(_ old: UInt64) -> UInt64 { (old & ~mask) | (bits & mask) }
    switch offset & ~7 {
    case Register.configuration: setConfiguration(merged(state.configuration) & Configuration.all)
    case Register.status:
      // Bits of level-triggered comparators are cleared by a write of 1.
      state.status &= ~(bits & mask)
      for index in state.comparators.indices { drive(index) }
    // "Main Counter Value Register": written while the counter is halted.
    case Register.counter: if !isRunning { state.counter = merged(state.counter) }
    case Register.all:
      let (index, part) = Self.comparator(offset)
      if part == Register.timerConfiguration {
        setComparatorConfiguration(index, UInt32(truncatingIfNeeded: merged(UInt64(comparator(index).configuration))))
      } else if part == Register.timerComparator {
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
    for index in state.comparators.indices where comparator(index).configuration & Timer.level != 0 {
      if let output = output(index) { interrupt(output, false) }
    }
  }

  private func setComparatorConfiguration(_ index: Int, _ value: UInt32) {
    releaseLevels()
    var configuration = value & Timer.writable
    if configuration & Timer.periodic == 0 { configuration &= ~Timer.valueSet }
    state.comparators[index].configuration = configuration
    if configuration & Timer.level == 0 { state.status &= ~(1 << UInt64(index)) }
    if configuration & Timer.mode32 != 0 {
      state.comparators[index].value &= 0xFFFF_FFFF
      state.comparators[index].period &= 0xFFFF_FFFF
    }
    for index in state.comparators.indices { drive(index) }
  }

  /// "Timer N Comparator Register": in periodic mode a write sets the period, and the match register as well if the
  /// value-set bit allows it, which clears itself.
  private func setComparator(_ index: Int, _ merged: (UInt64) -> UInt64) {
    let comparator = state.comparators[index]
    let limit: UInt64 = comparator.configuration & Timer.mode32 != 0 ? 0xFFFF_FFFF : .max
    let isPeriodic = comparator.configuration & Timer.periodic != 0
    if isPeriodic { state.comparators[index].period = merged(comparator.period) & limit }
    if !isPeriodic || comparator.configuration & Timer.valueSet != 0 {
      state.comparators[index].value = merged(comparator.value) & limit
    }
    state.comparators[index].configuration &= ~Timer.valueSet
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
      let limit: UInt64 = comparator.configuration & Timer.mode32 != 0 ? 0xFFFF_FFFF : .max
      if let problem = FieldCheck.first(
        FieldCheck.bits("\(name) configuration", comparator.configuration, Timer.writable),
        FieldCheck.bits("\(name) value", comparator.value, limit),
        FieldCheck.bits("\(name) period", comparator.period, limit))
      {
        return problem
      }
    }
    return FieldCheck.first(
      FieldCheck.bits("HPET configuration", state.configuration, Configuration.all),
      FieldCheck.bits("HPET status", state.status, UInt64(1) << UInt64(comparatorCount) - 1),
      FieldCheck.range("HPET moment", state.moment, 0...UInt64.max / unit))
  }
}
