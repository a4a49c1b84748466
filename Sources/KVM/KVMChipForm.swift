#if os(Linux) && arch(x86_64)
  import CKVM
  import DevicesLegacy
  import X86

  /// KVM's forms of the states of interrupt controllers, and ours.
  enum KVMChipForm {
    /// Levels of the lines, a bit each, from what the board's controllers see; line 0 is pin 2 of the I/O APIC.
    static func lines(pic: PIC8259.State, ioapic: IOAPIC.State) -> UInt32 {
      let pair = UInt32(pic.master.lines & ~(1 << PIC8259.cascadeInput)) | UInt32(pic.slave.lines) << 8
      return (ioapic.lines & 0xFF_0000) | pair
    }

    /// The level-triggered pins of the I/O APIC that are active.
    static func levelRequests(_ state: IOAPIC.State) -> UInt32 {
      var requests: UInt32 = 0
      for (pin, entry) in state.entries.enumerated() where IOAPIC.isLevelTriggered(entry) {
        requests |= state.lines & 1 << UInt32(pin)
      }
      return requests
    }

    /// One of the 8259As.
    static func state(_ chip: PIC8259.Chip, isMaster: Bool) -> kvm_pic_state {
      func flag(_ value: Bool) -> UInt8 { value ? 1 : 0 }
      var state = kvm_pic_state()
      // KVM's timer chip pulses its line.
      state.last_irr = isMaster ? chip.lines & ~1 : chip.lines
      state.irr = chip.request
      state.imr = chip.mask
      state.isr = chip.inService
      state.priority_add = (chip.lowest &+ 1) & 7
      state.irq_base = chip.base
      state.read_reg_select = flag(chip.readsInService)
      state.poll = flag(chip.isPolling)
      state.special_mask = flag(chip.isSpecialMask)
      state.init_state = chip.expected == 0 ? 0 : chip.expected &- 1
      state.auto_eoi = flag(chip.autoEOI)
      state.rotate_on_auto_eoi = flag(chip.autoRotate)
      state.special_fully_nested_mode = flag(chip.isSpecialNested)
      state.init4 = chip.icw1 & 1
      state.elcr = chip.level
      state.elcr_mask = isMaster ? 0xF8 : 0xDE
      return state
    }

    /// What KVM says of one of the 8259As; ICW3 and the rest of ICW1 stay.
    ///
    /// - Parameter lines: levels of its inputs but the cascade's.
    static func update(_ chip: inout PIC8259.Chip, from state: kvm_pic_state, lines: UInt8, isMaster: Bool) {
      let cascade: UInt8 = isMaster ? 1 << PIC8259.cascadeInput : 0
      chip.lines = (lines & ~cascade) | (state.last_irr & cascade)
      // An edge that has fallen again is no request.
      chip.request = state.irr & chip.lines
      chip.mask = state.imr
      chip.inService = state.isr
      chip.lowest = (state.priority_add &+ 7) & 7
      chip.base = state.irq_base & 0xF8
      chip.readsInService = state.read_reg_select != 0
      chip.isPolling = state.poll != 0
      if !chip.isPolling { chip.polled = nil }
      chip.isSpecialMask = state.special_mask != 0
      chip.expected = (1...3).contains(state.init_state) ? state.init_state &+ 1 : 0
      chip.autoEOI = state.auto_eoi != 0
      chip.autoRotate = state.rotate_on_auto_eoi != 0
      chip.isSpecialNested = state.special_fully_nested_mode != 0
      chip.icw1 = (chip.icw1 & ~1) | (state.init4 & 1)
      chip.level = state.elcr & (isMaster ? 0xF8 : 0xDE)
    }

    /// KVM's word for a counter that no control word has reached.
    static let unusedMode: UInt8 = 0xFF

    /// One counter of the 8254.
    static func state(_ channel: PIT8254.Channel) -> kvm_pit_channel_state {
      var state = kvm_pit_channel_state()
      let count = channel.written ?? channel.reload
      state.count = count
      state.mode = count == 0 ? unusedMode : channel.mode
      state.rw_mode = channel.access
      // Where a count has two bytes, 3 is before the first and 4 before the second.
      state.write_state = channel.access == 3 && channel.pendingLow != nil ? 4 : channel.access
      state.write_latch = channel.pendingLow ?? 0
      state.read_state = channel.access == 3 && channel.readsHigh ? 4 : channel.access
      state.latched_count = channel.latch ?? 0
      state.count_latched = channel.latch == nil ? 0 : state.read_state
      state.status_latched = channel.statusLatch == nil ? 0 : 1
      state.status = channel.statusLatch ?? 0
      state.bcd = channel.isDecimal ? 1 : 0
      state.gate = channel.gate ? 1 : 0
      return state
    }
  }

  /// Makes counters of the 8254 from KVM's at one moment.
  struct KVMTimerForm {
    /// The moment in clocks of the 8254.
    let clock: UInt64
    /// The same by the host's clock.
    private let monotonic: UInt64

    init(now: VirtualTime, monotonic: UInt64) {
      clock = now.count(atHertz: PIT8254.frequency)
      self.monotonic = monotonic
    }

    /// - Parameter isExpired: a counter that counts once has done so.
    func channel(_ state: kvm_pit_channel_state, number: Int, isExpired: Bool = false) -> PIT8254.Channel {
      var channel = PIT8254.Channel()
      channel.gate = number < 2 || state.gate != 0
      guard state.mode != KVMChipForm.unusedMode, (1...65536).contains(state.count) else { return channel }
      channel.mode = min(state.mode, 5)
      channel.access = max(1, min(state.rw_mode, 3))
      channel.isDecimal = state.bcd != 0
      channel.reload = channel.isDecimal ? min(state.count, 16665) : state.count
      channel.pendingLow = state.write_state == 4 ? UInt8(truncatingIfNeeded: state.write_latch) : nil
      channel.readsHigh = (state.count_latched == 0 ? state.read_state : state.count_latched) == 4
      channel.latch = state.count_latched == 0 ? nil : state.latched_count
      channel.statusLatch = state.status_latched == 0 ? nil : state.status
      // KVM does not say where in its period counter 0 is: the period begins anew.
      channel.start = clock
      if number == 0, isExpired, ![2, 3].contains(channel.mode) { channel.start = clock &- min(clock, 65536) }
      if number > 0, state.count_load_time > 0 {
        let elapsed = VirtualTime(nanoseconds: monotonic &- min(UInt64(state.count_load_time), monotonic))
        channel.start = clock &- min(elapsed.count(atHertz: PIT8254.frequency), clock)
      }
      if !channel.gate, ![1, 5].contains(channel.mode) { channel.heldClocks = clock &- channel.start }
      return channel
    }
  }
#endif
