public import X86

/// The 8254 programmable interval timer at 1.193182 MHz; channel 0 drives IRQ 0, channel 2 the speaker.
public final class PIT8254: TimedChip {
  /// Clock input in hertz.
  public static let frequency: UInt64 = 1_193_182

  /// One counter.
  public struct Channel: Equatable, Sendable, Codable {
    /// Mode 0 to 5.
    public var mode: UInt8 = 3
    /// Access: 1 low byte, 2 high byte, 3 both.
    public var access: UInt8 = 3
    /// Counts in decimal.
    public var isDecimal = false
    /// The count in force, 1 to 65536 (0 before one was written).
    public var reload: UInt32 = 0
    /// Clock number at which the count in force was loaded.
    public var start: UInt64 = 0
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
    /// Clocks counted before GATE stopped the counter.
    public var heldClocks: UInt64?
    /// A full count has been written since the control word.
    public var isArmed = false
    /// Modes 1 and 5 have been triggered.
    public var isTriggered = false
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

  /// Clocks since the count was loaded.
  private func elapsed(_ channel: Channel, _ clock: UInt64) -> UInt64 {
    channel.heldClocks ?? (clock &- min(channel.start, clock))
  }

  /// OUT at a clock.
  private func output(_ index: Int, _ clock: UInt64) -> Bool {
    let channel = state.channels[index]
    guard channel.isArmed else { return channel.mode != 0 }
    let count = UInt64(channel.reload)
    let done = elapsed(channel, clock)
    switch channel.mode {
    case 0: return done >= count
    case 1: return !channel.isTriggered || done >= count
    case 2: return !channel.gate || done % count != count &- 1
    case 3: return !channel.gate || done % count < (count &+ 1) / 2
    default: return done != count || !(channel.mode == 4 || channel.isTriggered)
    }
  }

  /// The counting element at a clock.
  private func count(_ index: Int, _ clock: UInt64) -> UInt16 {
    let channel = state.channels[index]
    guard channel.isArmed else { return 0 }
    let reload = UInt64(channel.reload)
    let done = elapsed(channel, clock)
    let range: UInt64 = channel.isDecimal ? 10000 : 65536
    let value: UInt64
    switch channel.mode {
    case 2: value = reload &- done % reload
    case 3:
      let phase = done % reload
      let half = (reload &+ 1) / 2
      // Each half counts down by two from the (even) count.
      value = (reload & ~1) &- 2 &* (phase < half ? phase : phase &- half)
    default: value = (reload &+ range &- done % range) % range
    }
    let cut = value % range
    return channel.isDecimal ? Self.toDecimal(cut) : UInt16(truncatingIfNeeded: cut)
  }

  private static func toDecimal(_ value: UInt64) -> UInt16 {
    UInt16(value % 10 | (value / 10 % 10) << 4 | (value / 100 % 10) << 8 | (value / 1000 % 10) << 12)
  }

  private static func fromDecimal(_ value: UInt16) -> UInt32 {
    UInt32(value & 15) + UInt32(value >> 4 & 15) * 10 + UInt32(value >> 8 & 15) * 100 + UInt32(value >> 12) * 1000
  }

  /// OUT of channel 2, read at port 61h.
  public func speakerOutput(now: VirtualTime) -> Bool { output(2, clock(now)) }

  /// GATE of channel 2, from port 61h.
  public func setSpeakerGate(_ level: Bool, now: VirtualTime) {
    let at = clock(now)
    let wasOpen = state.channels[2].gate
    state.channels[2].gate = level
    guard level != wasOpen else { return }
    if level {
      switch state.channels[2].mode {
      case 0, 4:
        if let held = state.channels[2].heldClocks {
          state.channels[2].start = at &- min(held, at)
          state.channels[2].heldClocks = nil
        }
      default:
        state.channels[2].start = at
        state.channels[2].heldClocks = nil
        state.channels[2].isTriggered = true
      }
    } else if state.channels[2].mode == 0 || state.channels[2].mode == 4 {
      state.channels[2].heldClocks = elapsed(state.channels[2], at)
    }
  }

  /// Reads port 40h + `offset`.
  public func read(_ offset: Int, now: VirtualTime) -> UInt8 {
    guard offset < 3 else { return 0xFF }
    if let status = state.channels[offset].statusLatch {
      state.channels[offset].statusLatch = nil
      return status
    }
    let value = state.channels[offset].latch ?? count(offset, clock(now))
    let access = state.channels[offset].access
    let isHigh = access == 2 || (access == 3 && state.channels[offset].readsHigh)
    if access == 3 { state.channels[offset].readsHigh.toggle() }
    if access != 3 || isHigh { state.channels[offset].latch = nil }
    return UInt8(truncatingIfNeeded: isHigh ? value >> 8 : value)
  }

  /// Writes port 40h + `offset`.
  public func write(_ value: UInt8, _ offset: Int, now: VirtualTime) {
    advance(to: now)
    let at = clock(now)
    defer { if offset == 0 || offset == 3 { interrupt.set(output(0, at)) } }
    guard offset == 3 else { return writeCount(offset, value, at) }
    let index = Int(value >> 6)
    if index == 3 {
      for channel in 0..<3 where value & (2 << UInt8(channel)) != 0 {
        if value & 0x20 == 0 && state.channels[channel].latch == nil {
          state.channels[channel].latch = count(channel, at)
        }
        if value & 0x10 == 0 { state.channels[channel].statusLatch = status(channel, at) }
      }
      return
    }
    if value & 0x30 == 0 {
      if state.channels[index].latch == nil { state.channels[index].latch = count(index, at) }
      return
    }
    let mode = (value >> 1) & 7
    let gate = state.channels[index].gate
    state.channels[index] = Channel()
    state.channels[index].gate = gate
    state.channels[index].mode = mode > 5 ? mode & 3 : mode
    state.channels[index].access = (value >> 4) & 3
    state.channels[index].isDecimal = value & 1 != 0
  }

  private func status(_ index: Int, _ at: UInt64) -> UInt8 {
    let channel = state.channels[index]
    return (output(index, at) ? 0x80 : 0) | (channel.isArmed ? 0 : 0x40) | channel.access << 4 | channel.mode << 1
      | (channel.isDecimal ? 1 : 0)
  }

  private func writeCount(_ index: Int, _ value: UInt8, _ at: UInt64) {
    let access = state.channels[index].access
    var word: UInt16
    switch access {
    case 1: word = UInt16(value)
    case 2: word = UInt16(value) << 8
    default:
      guard let low = state.channels[index].pendingLow else {
        state.channels[index].pendingLow = value
        // In mode 0 the first byte stops the counter.
        if state.channels[index].mode == 0 { state.channels[index].isArmed = false }
        return
      }
      state.channels[index].pendingLow = nil
      word = UInt16(low) | UInt16(value) << 8
    }
    var count = state.channels[index].isDecimal ? Self.fromDecimal(word) : UInt32(word)
    if count == 0 { count = state.channels[index].isDecimal ? 10000 : 65536 }
    state.channels[index].reload = count
    state.channels[index].isArmed = true
    state.channels[index].start = at &+ 1
    state.channels[index].heldClocks = nil
    if !state.channels[index].gate && [0, 4].contains(state.channels[index].mode) {
      state.channels[index].heldClocks = 0
    }
  }

  /// The clock of the next change of channel 0's output after a clock.
  private func nextEdge(after at: UInt64) -> UInt64? {
    let channel = state.channels[0]
    guard channel.isArmed else { return nil }
    let count = UInt64(channel.reload)
    let done = at &- min(channel.start, at)
    switch channel.mode {
    case 0: return done < count ? channel.start &+ count : nil
    case 2:
      let phase = done % count
      return at &+ (phase < count &- 1 ? count &- 1 &- phase : 1)
    case 3:
      let half = (count &+ 1) / 2
      let phase = done % count
      return at &+ (phase < half ? half &- phase : count &- phase)
    case 4:
      return done < count ? channel.start &+ count : done == count ? channel.start &+ count &+ 1 : nil
    default: return nil
    }
  }

  /// Drives channel 0's output up to `now`; of a long run of edges only the last two are driven.
  public func advance(to now: VirtualTime) {
    let at = clock(now)
    guard at > state.drivenClock else { return }
    if let edge = nextEdge(after: state.drivenClock), edge <= at {
      interrupt.set(output(0, edge))
      let count = UInt64(max(state.channels[0].reload, 1))
      let resume = max(edge, at > 2 &* count ? at &- 2 &* count : 0)
      var last = resume
      while let next = nextEdge(after: last), next <= at {
        interrupt.set(output(0, next))
        last = next
      }
    }
    interrupt.set(output(0, at))
    state.drivenClock = at
  }

  /// When channel 0's output changes next.
  public var nextEvent: VirtualTime? {
    nextEdge(after: state.drivenClock).map { VirtualTime(count: $0, atHertz: Self.frequency) }
  }
}
