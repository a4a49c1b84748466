#if os(Linux) && arch(x86_64)
  import CKVM
  import DevicesLegacy
  import HostSystem
  import Machine
  import TextForms
  import X86

  // The interrupt controllers and the timer chip that KVM has of its own under several processors, in and out.
  extension KVMBoard {
    private func require(_ result: Int32, _ name: String) throws(KVMError) {
      guard result == 0 else { throw KVMError("\(name): \(KVMHost.errorText)") }
    }

    /// Gives KVM's own chips the states of the board's.
    func importChips() throws(KVMError) {
      let vm = virtualMachine.descriptor
      let chips = machine.interruptChips
      // Lines first: edges of what is high already go into controllers that are still masked.
      lines = KVMChipForm.lines(pic: chips.pic, ioapic: chips.ioapic)
      for irq in 0..<UInt32(IOAPIC.pinCount) where lines >> irq & 1 != 0 && irq != 0 {
        try require(ckvm_irq_line(vm, irq, 1), "KVM_IRQ_LINE")
      }
      lines &= ~1
      var master = KVMChipForm.state(chips.pic.master, isMaster: true)
      var slave = KVMChipForm.state(chips.pic.slave, isMaster: false)
      unsafe try require(ckvm_set_pic(vm, 1, &slave), "KVM_SET_IRQCHIP of the 8259A pair")
      unsafe try require(ckvm_set_pic(vm, 0, &master), "KVM_SET_IRQCHIP of the 8259A pair")
      let requests = KVMChipForm.levelRequests(chips.ioapic)
      let entries = chips.ioapic.entries
      try require(
        unsafe entries.withUnsafeBufferPointer {
          unsafe ckvm_set_ioapic(vm, UInt32(chips.ioapic.select), chips.ioapic.id >> 24, $0.baseAddress, requests)
        }, "KVM_SET_IRQCHIP of the I/O APIC")
      var timer = kvm_pit_state2()
      unsafe try require(ckvm_ioctl(vm, CKVM_GET_PIT2, &timer), "KVM_GET_PIT2")
      timer.channels.0 = KVMChipForm.state(chips.pit.channels[0])
      timer.channels.1 = KVMChipForm.state(chips.pit.channels[1])
      timer.channels.2 = KVMChipForm.state(chips.pit.channels[2])
      unsafe try require(ckvm_ioctl(vm, CKVM_SET_PIT2, &timer), "KVM_SET_PIT2")
    }

    /// Gives KVM's own local APICs the states of the board's.
    func importLocalAPICs() throws(KVMError) {
      for (index, state) in machine.interruptChips.apics.enumerated() where index < processors.count {
        let apic = LocalAPIC(index: index)
        apic.restore(state)
        let processor = processors[index]
        guard processor.writeLocalAPIC(apic.registerPage) else {
          throw KVMError("KVM_SET_LAPIC of processor \(index): \(KVMHost.errorText)")
        }
        if state.deadline != 0, !processor.writeMSR(MSR.tscDeadline, state.deadline) {
          throw KVMError("KVM_SET_MSRS refuses IA32_TSC_DEADLINE of processor \(index)")
        }
      }
    }

    /// The states of KVM's own chips, in the forms of the board's.
    func exportChips() throws(KVMError) -> InterruptChips {
      let vm = virtualMachine.descriptor
      // What KVM's chips have no place for is as it was.
      var chips = machine.interruptChips
      var (master, slave) = (kvm_pic_state(), kvm_pic_state())
      unsafe try require(ckvm_get_pic(vm, 0, &master), "KVM_GET_IRQCHIP of the 8259A pair")
      unsafe try require(ckvm_get_pic(vm, 1, &slave), "KVM_GET_IRQCHIP of the 8259A pair")
      var (select, id) = (UInt32(0), UInt32(0))
      var entries = [UInt64](repeating: 0, count: IOAPIC.pinCount)
      try require(
        unsafe entries.withUnsafeMutableBufferPointer { unsafe ckvm_get_ioapic(vm, &select, &id, $0.baseAddress) },
        "KVM_GET_IRQCHIP of the I/O APIC")
      var timer = kvm_pit_state2()
      unsafe try require(ckvm_ioctl(vm, CKVM_GET_PIT2, &timer), "KVM_GET_PIT2")
      let form = KVMTimerForm(now: VirtualTime(nanoseconds: machine.clockNanoseconds), monotonic: HostClock.monotonic)
      let isTickPending = master.irr & 1 != 0
      chips.pit.channels[0] = form.channel(timer.channels.0, number: 0, isExpired: isTickPending)
      chips.pit.channels[1] = form.channel(timer.channels.1, number: 1)
      chips.pit.channels[2] = form.channel(timer.channels.2, number: 2)
      chips.pit.drivenClock = form.clock
      chips.portB = (timer.channels.2.gate != 0 ? 1 : 0) | (chips.portB & 2)
      let tick: UInt32 = PIT8254.isOutputHigh(chips.pit.channels[0], clock: form.clock) ? 1 : 0
      let levels = (lines & ~1) | tick
      KVMChipForm.update(&chips.pic.master, from: master, lines: UInt8(truncatingIfNeeded: levels), isMaster: true)
      KVMChipForm.update(&chips.pic.slave, from: slave, lines: UInt8(truncatingIfNeeded: levels >> 8), isMaster: false)
      chips.ioapic.select = UInt8(truncatingIfNeeded: select)
      chips.ioapic.id = id << 24 & 0x0F00_0000
      chips.ioapic.entries = entries.map(IOAPIC.entry)
      chips.ioapic.lines = (levels & 0xFF_FFFA) | (levels & 1) << 2
      for index in chips.apics.indices where index < processors.count {
        chips.apics[index] = try localAPIC(of: index, after: chips.apics[index])
      }
      return chips
    }

    private func localAPIC(of index: Int, after state: LocalAPIC.State) throws(KVMError) -> LocalAPIC.State {
      let processor = processors[index]
      guard let page = processor.readLocalAPIC() else {
        throw KVMError("KVM_GET_LAPIC of processor \(index): \(KVMHost.errorText)")
      }
      let apic = LocalAPIC(index: index)
      apic.restore(state)
      apic.adopt(
        page: page, base: processor.readMSR(MSR.apicBase) ?? state.base,
        deadline: processor.readMSR(MSR.tscDeadline) ?? 0, moment: machine.clockNanoseconds)
      return apic.state
    }
  }

  extension KVMProcessor {
    /// Bytes of a kvm_lapic_state: 16 for each register, of which the first 4 count.
    private static let pageByteCount = 1024

    /// The registers of KVM's own local APIC by number; nil if KVM refuses.
    func readLocalAPIC() -> [UInt32]? {
      var bytes = [UInt8](repeating: 0, count: Self.pageByteCount)
      return unsafe bytes.withUnsafeMutableBytes { area in
        guard unsafe ckvm_ioctl(descriptor, CKVM_GET_LAPIC, area.baseAddress) == 0 else { return nil }
        return (0..<LocalAPIC.pageWordCount).map { unsafe area.load(fromByteOffset: $0 * 16, as: UInt32.self) }
      }
    }

    /// Writes them; false if KVM refuses.
    func writeLocalAPIC(_ page: [UInt32]) -> Bool {
      var bytes = [UInt8](repeating: 0, count: Self.pageByteCount)
      return unsafe bytes.withUnsafeMutableBytes { area in
        guard unsafe ckvm_ioctl(descriptor, CKVM_GET_LAPIC, area.baseAddress) == 0 else { return false }
        // The version register is KVM's.
        for (number, word) in page.prefix(LocalAPIC.pageWordCount).enumerated() where number != 3 {
          unsafe area.storeBytes(of: word, toByteOffset: number * 16, as: UInt32.self)
        }
        return unsafe ckvm_ioctl(descriptor, CKVM_SET_LAPIC, area.baseAddress) == 0
      }
    }

    /// Makes a processor with a local APIC of KVM's run, sleep or wait for its start.
    func setMultiprocessingState(_ activity: ActivityState) throws(KVMError) {
      var state = kvm_mp_state()
      switch activity {
      case .running, .shutdown: state.mp_state = UInt32(KVM_MP_STATE_RUNNABLE)
      case .halted: state.mp_state = UInt32(KVM_MP_STATE_HALTED)
      case .waitForSIPI: state.mp_state = UInt32(KVM_MP_STATE_INIT_RECEIVED)
      }
      guard call(CKVM_SET_MP_STATE, &state) else { throw KVMError("KVM_SET_MP_STATE: \(KVMHost.errorText)") }
    }

    /// What it does.
    func multiprocessingActivity() throws(KVMError) -> ActivityState {
      var state = kvm_mp_state()
      guard call(CKVM_GET_MP_STATE, &state) else { throw KVMError("KVM_GET_MP_STATE: \(KVMHost.errorText)") }
      switch Int32(state.mp_state) {
      case KVM_MP_STATE_HALTED: return .halted
      case KVM_MP_STATE_UNINITIALIZED, KVM_MP_STATE_INIT_RECEIVED: return .waitForSIPI
      default: return .running
      }
    }
  }
#endif
