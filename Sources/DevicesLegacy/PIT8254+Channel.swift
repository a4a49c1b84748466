// One counter of the 8254. Every function but `settle` expects CE to be settled up to the clock that it is given.

extension PIT8254.Channel {
  /// Clocks of the present period: since CE was loaded, as far as it counted.
  private func elapsed(_ clock: UInt64) -> UInt64 { heldClocks ?? (clock &- min(start, clock) &+ UInt64(lead)) }

  /// A trigger starts it; the others count by GATE's level.
  private var isTriggered: Bool { mode == 1 || mode == 5 }
  private var isPeriodic: Bool { mode == 2 || mode == 3 }
  /// Mode 3: clocks with OUT high, one more than low if the count is odd.
  private func highHalf(_ count: UInt32) -> UInt32 { (count &+ 1) / 2 }

  // MARK: Loading

  /// Lets CE take CR over if that was due.
  mutating func settle(_ clock: UInt64) {
    guard let due = loadClock, due <= clock else { return }
    let count = written ?? reload
    reload = count
    start = due
    lead = load == .endOfHighHalf ? highHalf(count) : 0
    written = nil
    loadClock = nil
    load = .nextClock
    heldClocks = gate || isTriggered ? nil : 0
  }

  /// A control word: "all Control Logic is immediately reset and OUT goes to a known initial state".
  mutating func control(_ value: UInt8) {
    var new = PIT8254.Channel()
    new.gate = gate
    let number = value >> PIT8254.Control.modeShift & PIT8254.Control.modeBits
    new.mode = number > 5 ? number & 3 : number
    new.access = value >> PIT8254.Control.accessShift & PIT8254.Control.accessBits
    new.isDecimal = value & PIT8254.Control.decimal != 0
    self = new
  }

  /// Writes a byte of a count.
  mutating func write(_ value: UInt8, _ clock: UInt64) {
    switch access {
    case PIT8254.Access.lowByte: write(count: UInt16(value), clock)
    case PIT8254.Access.highByte: write(count: UInt16(value) << 8, clock)
    default:
      if let low = pendingLow {
        pendingLow = nil
        write(count: UInt16(low) | UInt16(value) << 8, clock)
      } else {
        // In mode 0 the first byte stops the counter.
        if mode == 0 {
          heldClocks = reload == 0 ? nil : elapsed(clock)
          written = nil
          loadClock = nil
        }
        pendingLow = value
      }
    }
  }

  private mutating func write(count word: UInt16, _ clock: UInt64) {
    var count = isDecimal ? Self.fromDecimal(word) : UInt32(word)
    if count == 0 { count = isDecimal ? 10000 : 65536 }
    written = count
    // A count that is due is replaced before it is loaded.
    if loadClock != nil || isTriggered { return }
    guard isPeriodic && reload != 0 else {
      loadClock = clock &+ 1
      return
    }
    // The current sequence goes on; a counter whose gate is closed waits for the trigger that opens it.
    guard heldClocks == nil else { return }
    let phase = elapsed(clock) % UInt64(reload)
    let half = UInt64(highHalf(reload))
    if mode == 3 && phase < half {
      loadClock = clock &+ half &- phase
      load = .endOfHighHalf
    } else {
      loadClock = clock &+ UInt64(reload) &- phase
      load = .endOfPeriod
    }
  }

  /// GATE.
  mutating func setGate(_ level: Bool, _ clock: UInt64) {
    guard level != gate else { return }
    gate = level
    switch (mode, level) {
    case (0, true), (4, true):
      // Half a count in mode 0 holds it all the same.
      guard pendingLow == nil || mode == 4, let held = heldClocks else { return }
      start = max(clock &- min(held, clock), start)
      lead = 0
      heldClocks = nil
    case (0, false), (4, false): if heldClocks == nil && reload != 0 { heldClocks = elapsed(clock) }
    case (_, true):
      // A trigger: CE is loaded at the next clock, if there ever was a count.
      guard written != nil || reload != 0 else { return }
      loadClock = clock &+ 1
      load = .nextClock
    case (2, false), (3, false):
      if reload != 0 { heldClocks = elapsed(clock) }
      if load != .nextClock {
        loadClock = nil
        load = .nextClock
      }
    default: break
    }
  }

  // MARK: Counting

  /// OUT at a clock.
  func output(_ clock: UInt64) -> Bool {
    // Before CE is loaded, and in mode 0 from the write of a new count on.
    guard reload != 0, mode != 0 || (loadClock == nil && pendingLow == nil) else { return mode != 0 }
    let count = UInt64(reload)
    let done = elapsed(clock)
    switch mode {
    case 0, 1: return done >= count
    case 2: return heldClocks != nil || done % count != count &- 1
    case 3: return heldClocks != nil || done % count < UInt64(highHalf(reload))
    default: return done != count
    }
  }

  /// CE at a clock. Before it was ever loaded it is undefined: the count that the next clock brings, else 0.
  func count(_ clock: UInt64) -> UInt16 {
    let current = reload != 0 ? reload : loadClock == nil ? 0 : written ?? 0
    guard current != 0 else { return 0 }
    let count = UInt64(current)
    let done = reload != 0 ? elapsed(clock) : 0
    let range: UInt64 = isDecimal ? 10000 : 65536
    let value: UInt64
    switch mode {
    case 2: value = count &- done % count
    case 3:
      // Each half counts down by two from the (even) count.
      let phase = done % count
      let half = UInt64(highHalf(current))
      value = (count & ~1) &- 2 &* (phase < half ? phase : phase &- half)
    // The others go on through 0.
    default: value = (count % range &+ range &- done % range) % range
    }
    let cut = value % range
    return isDecimal ? Self.toDecimal(cut) : UInt16(truncatingIfNeeded: cut)
  }

  /// The clock of OUT's next change after a clock with the count in force and GATE as it is.
  func nextEdge(after clock: UInt64) -> UInt64? {
    guard reload != 0, heldClocks == nil, pendingLow == nil || mode != 0 else { return nil }
    let count = UInt64(reload)
    let done = elapsed(clock)
    switch mode {
    case 0, 1: return done < count ? clock &+ count &- done : nil
    case 2, 3:
      // OUT of a count of 1, which is illegal, stands still.
      guard count > 1 else { return nil }
      let change = mode == 2 ? count &- 1 : UInt64(highHalf(reload))
      let phase = done % count
      return clock &+ (phase < change ? change &- phase : count &- phase)
    default: return done < count ? clock &+ count &- done : done == count ? clock &+ 1 : nil
    }
  }

  private static func toDecimal(_ value: UInt64) -> UInt16 {
    UInt16(value % 10 | (value / 10 % 10) << 4 | (value / 100 % 10) << 8 | (value / 1000 % 10) << 12)
  }

  private static func fromDecimal(_ value: UInt16) -> UInt32 {
    UInt32(value & 15) + UInt32(value >> 4 & 15) * 10 + UInt32(value >> 8 & 15) * 100 + UInt32(value >> 12) * 1000
  }

  // MARK: Reading

  /// Reads a byte: a latched status first, then a latched count, else the count as it is.
  mutating func read(_ clock: UInt64) -> UInt8 {
    if let status = statusLatch {
      statusLatch = nil
      return status
    }
    let value = latch ?? count(clock)
    let isBoth = access == PIT8254.Access.bothBytes
    let isHigh = access == PIT8254.Access.highByte || (isBoth && readsHigh)
    if isBoth { readsHigh.toggle() }
    if !isBoth || isHigh { latch = nil }
    return UInt8(truncatingIfNeeded: isHigh ? value >> 8 : value)
  }

  /// Counter latch command; ignored until the latched count has been read.
  mutating func latchCount(_ clock: UInt64) { if latch == nil { latch = count(clock) } }

  /// Status of the read-back command, likewise.
  mutating func latchStatus(_ clock: UInt64) {
    guard statusLatch == nil else { return }
    let isNull = written != nil || reload == 0
    statusLatch =
      (output(clock) ? PIT8254.Status.output : 0) | (isNull ? PIT8254.Status.nullCount : 0)
      | access << PIT8254.Control.accessShift | mode << PIT8254.Control.modeShift
      | (isDecimal ? PIT8254.Control.decimal : 0)
  }
}
