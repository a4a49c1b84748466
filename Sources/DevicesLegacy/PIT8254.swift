public import X86

/// The 8254 programmable interval timer at 1.193182 MHz; channel 0 drives IRQ 0, channel 2 the speaker.
///
/// A counter has a count register (CR), which the processor writes, and a counting element (CE), which counts; when one
/// is loaded into the other depends on the mode ("Mode Definitions"). Nothing is counted clock by clock: CE and OUT
/// follow from the clock at which CE was loaded.
///
/// Source: Intel 8254 data sheet, "Programming the 8254". Offsets 0 to 2 are the counters, 3 is the control word.
public final class PIT8254: BusDevice, TimedChip {
  /// The control word.
  enum Control {
    /// BCD.
    static let decimal: UInt8 = 1 << 0
    /// M2 M1 M0, bits 3:1.
    static let modeShift: UInt8 = 1
    static let modeBits: UInt8 = 7
    /// RW1 RW0, bits 5:4; both 0 latch the count.
    static let accessShift: UInt8 = 4
    static let accessBits: UInt8 = 3
    /// SC1 SC0, bits 7:6.
    static let selectShift: UInt8 = 6
    /// In SC1 SC0: the read-back command.
    static let readBack = 3
  }

  /// The read-back command; bits 3:1 select counters 2 to 0.
  enum ReadBack {
    static func counter(_ number: Int) -> UInt8 { 2 << UInt8(number) }
    /// STATUS#: latches the status when it is 0.
    static let noStatus: UInt8 = 1 << 4
    /// COUNT#: latches the count when it is 0.
    static let noCount: UInt8 = 1 << 5
  }

  /// The status byte; its low bits are the control word's.
  enum Status {
    /// NULL COUNT: CE has not taken over what was written.
    static let nullCount: UInt8 = 1 << 6
    /// OUT.
    static let output: UInt8 = 1 << 7
  }

  /// RW1 RW0.
  enum Access {
    static let lowByte: UInt8 = 1
    static let highByte: UInt8 = 2
    static let bothBytes: UInt8 = 3
  }

  /// Clock input in hertz.
  public static let frequency: UInt64 = 1_193_182

  /// What makes CE take over CR.
  public enum Load: UInt8, Equatable, Sendable, Codable {
    /// A first count, a trigger, or any count in modes 0 and 4.
    case nextClock
    /// A new count in mode 2 or 3 at the end of the period.
    case endOfPeriod
    /// A new count in mode 3 at the end of the high half-cycle: the low one is of the new count.
    case endOfHighHalf
  }

  /// One counter.
  public struct Channel: Equatable, Sendable, Codable {
    /// Mode 0 to 5.
    public var mode: UInt8 = 3
    /// Access: 1 low byte, 2 high byte, 3 both.
    public var access = Access.bothBytes
    /// Counts in decimal.
    public var isDecimal = false
    /// The count that CE was loaded with, 1 to 65536 (0 before it was loaded).
    public var reload: UInt32 = 0
    /// Clock number at which CE was loaded.
    public var start: UInt64 = 0
    /// Clocks of the period that count as over when CE was loaded.
    public var lead: UInt32 = 0
    /// A count in CR that CE has not taken over (NULL COUNT).
    public var written: UInt32?
    /// Clock number at which CE takes CR over, nil if it waits for a trigger or for a count.
    public var loadClock: UInt64?
    /// Why it does.
    public var load = Load.nextClock
    /// First byte of a two-byte write, if it has been written.
    public var pendingLow: UInt8?
    /// The next read gives the high byte.
    public var readsHigh = false
    /// Latched count.
    public var latch: UInt16?
    /// Latched status.
    public var statusLatch: UInt8?
    /// GATE.
    public var gate = true
    /// Clocks counted before GATE, or half a count in mode 0, stopped the counter.
    public var heldClocks: UInt64?
    /// Makes an idle counter.
    public init() {}
  }

  /// The three channels and the edges already seen.
  public struct State: Equatable, Sendable, Codable {
    /// Channels 0, 1, 2.
    public var channels = [Channel(), Channel(), Channel()]
    /// Clock up to which channel 0's output was driven.
    public var drivenClock: UInt64 = 0
    /// Makes the reset state.
    public init() {}
  }

  /// The state.
  public internal(set) var state = State()
  private let interrupt: any SignalLine

  /// Makes a timer whose channel 0 drives `interrupt`.
  public init(interrupt: any SignalLine) { self.interrupt = interrupt }

  private func clock(_ now: VirtualTime) -> UInt64 { now.count(atHertz: Self.frequency) }

  /// OUT of a counter that is settled, at a clock.
  public static func isOutputHigh(_ channel: Channel, clock: UInt64) -> Bool { channel.output(clock) }

  /// OUT of channel 2, which drives the speaker.
  public func speakerOutput(now: VirtualTime) -> Bool {
    state.channels[2].settle(clock(now))
    return state.channels[2].output(clock(now))
  }

  /// GATE of channel 2.
  public func setSpeakerGate(_ level: Bool, now: VirtualTime) {
    let at = clock(now)
    state.channels[2].settle(at)
    state.channels[2].setGate(level, at)
  }

  /// Reads the byte of a counter; the control word cannot be read.
  public func read(offset: UInt64, width: Int, now: VirtualTime) -> UInt64 {
    guard offset < 3 else { return 0xFF }
    settle(now)
    return UInt64(state.channels[Int(offset)].read(clock(now)))
  }

  /// Writes the byte of a counter, or the control word.
  public func write(_ value: UInt64, offset: UInt64, width: Int, now: VirtualTime) {
    settle(now)
    let at = clock(now)
    let byte = UInt8(truncatingIfNeeded: value)
    if offset < 3 { state.channels[Int(offset)].write(byte, at) } else { command(byte, at) }
    if offset == 0 || offset == 3 { interrupt.set(state.channels[0].output(at)) }
  }

  private func command(_ value: UInt8, _ at: UInt64) {
    let index = Int(value >> Control.selectShift)
    if index == Control.readBack {
      for channel in 0..<3 where value & ReadBack.counter(channel) != 0 {
        if value & ReadBack.noCount == 0 { state.channels[channel].latchCount(at) }
        if value & ReadBack.noStatus == 0 { state.channels[channel].latchStatus(at) }
      }
    } else if value >> Control.accessShift & Control.accessBits == 0 {
      state.channels[index].latchCount(at)
    } else {
      state.channels[index].control(value)
    }
  }

  /// Brings all channels up to a moment.
  private func settle(_ now: VirtualTime) {
    advance(to: now)
    for index in 1..<3 { state.channels[index].settle(clock(now)) }
  }

  /// The clock of the next change of channel 0 after a clock: of its output, or of the count in force.
  private func nextChange(after at: UInt64) -> UInt64? {
    let channel = state.channels[0]
    guard let load = channel.loadClock else { return channel.nextEdge(after: at) }
    return channel.nextEdge(after: at).map { min($0, max(load, at)) } ?? max(load, at)
  }

  /// Drives channel 0's output up to `now`; of a long run of edges only the last two are driven.
  public func advance(to now: VirtualTime) {
    let at = clock(now)
    if let load = state.channels[0].loadClock, load <= at {
      // The clock of the load is one of the new count.
      if load > state.drivenClock { drive(to: load &- 1) }
      state.channels[0].settle(load)
      state.drivenClock = max(load, state.drivenClock)
      interrupt.set(state.channels[0].output(state.drivenClock))
    }
    guard at > state.drivenClock else { return }
    drive(to: at)
    interrupt.set(state.channels[0].output(at))
    state.drivenClock = at
  }

  /// Drives the edges of the count in force after the driven clock, up to a clock.
  private func drive(to at: UInt64) {
    guard let edge = state.channels[0].nextEdge(after: state.drivenClock), edge <= at else { return }
    interrupt.set(state.channels[0].output(edge))
    let count = UInt64(max(state.channels[0].reload, 1))
    var last = max(edge, at > 2 &* count ? at &- 2 &* count : 0)
    while let next = state.channels[0].nextEdge(after: last), next <= at {
      interrupt.set(state.channels[0].output(next))
      last = next
    }
  }

  /// When channel 0's output changes next.
  public var nextEvent: VirtualTime? {
    nextChange(after: state.drivenClock).map { VirtualTime(count: $0, atHertz: Self.frequency) }
  }
}
