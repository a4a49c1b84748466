public import X86

// The timer (SDM Vol. 3A "APIC Timer"). The current count is not kept: it follows from the moment of its start.

extension LocalAPIC {
  /// The mode in the timer's LVT entry.
  enum TimerMode: UInt32 { case oneShot, periodic, deadline, reserved }

  var timerMode: TimerMode { TimerMode(rawValue: self[.timer] >> LVT.timerModeShift & 3) ?? .reserved }

  /// The timer is in TSC-deadline mode.
  public var usesDeadline: Bool { timerMode == .deadline }

  var divisor: UInt64 {
    let code = (state.divide & 3) | (state.divide >> 1 & 4)
    return code == 7 ? 1 : 2 << UInt64(code)
  }

  /// Writes the initial count, which is ignored in TSC-deadline mode; 0 stops the timer.
  func startTimer(_ value: UInt32) {
    guard timerMode != .deadline else { return }
    state.initialCount = value
    state.timerStart = state.moment
    state.isCounting = value != 0 && timerMode != .reserved
  }

  /// Changes the rate; the count stays what it is.
  func setDivide(_ value: UInt32) {
    let count = currentCount
    state.divide = value
    if count != 0 { state.timerStart = state.moment &- (UInt64(state.initialCount) &- UInt64(count)) &* divisor }
  }

  /// A count goes on between one-shot and periodic: bit 17 says what happens at its end. Only the way to or from
  /// TSC-deadline mode disarms. The initial count is a register and keeps its value.
  func changeTimerMode(from old: UInt32, to new: UInt32) {
    guard (old ^ new) & LVT.timerModeBits != 0, (old | new) & LVT.deadlineMode != 0 else { return }
    state.deadline = 0
    state.isCounting = false
  }

  var currentCount: UInt32 {
    guard state.isCounting, state.initialCount != 0 else { return 0 }
    let done = (state.moment &- state.timerStart) / divisor
    let initial = UInt64(state.initialCount)
    if timerMode == .periodic { return UInt32(truncatingIfNeeded: initial &- done % initial) }
    return done >= initial ? 0 : UInt32(truncatingIfNeeded: initial &- done)
  }

  /// Fires the timer for moments up to `now`.
  public func advance(to now: VirtualTime) {
    state.moment = max(now.nanoseconds, state.moment)
    guard let event = nextEvent, event.nanoseconds <= state.moment else { return }
    switch timerMode {
    case .deadline: state.deadline = 0
    case .periodic:
      let period = UInt64(state.initialCount) &* divisor
      state.timerStart = state.timerStart &+ (state.moment &- state.timerStart) / period &* period
    case .oneShot, .reserved: state.isCounting = false
    }
    fire(.timer)
  }

  /// When the timer fires next.
  public var nextEvent: VirtualTime? {
    if timerMode == .deadline {
      guard state.deadline != 0 else { return nil }
      let (moment, underflow) = state.deadline.subtractingReportingOverflow(timeStampOffset)
      return VirtualTime(nanoseconds: underflow && Int64(bitPattern: timeStampOffset) > 0 ? 0 : moment)
    }
    guard state.isCounting, state.initialCount != 0 else { return nil }
    return VirtualTime(nanoseconds: state.timerStart &+ UInt64(state.initialCount) &* divisor)
  }
}
