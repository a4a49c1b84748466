#if os(Linux) && arch(x86_64)
  import CKVM
  import Glibc
  import HostSystem
  import Machine
  import TextForms
  import X86

  // The way in from the interpreter and the way out to it.
  extension KVMBoard {
    /// Brings a machine to a point where KVM can go on.
    static func prepare(_ machine: Machine) throws(KVMError) {
      do throws(MachineError) {
        try machine.prepareHandOver()
      } catch {
        throw KVMError(error.description)
      }
      if machine.processorCount == 1, let obstacle = machine.localAPICObstacle {
        throw KVMError("\(obstacle), which --backend kvm does not have with one processor")
      }
    }

    /// Gives every processor the state that the interpreter left.
    func takeOver() throws(KVMError) {
      if machine.processorCount > 1 { try importChips() }
      for (index, processor) in processors.enumerated() {
        if let base = machine.readAPICRegister(MSR.apicBase, processor: index),
          processor.readMSR(MSR.apicBase) != base, !processor.writeMSR(MSR.apicBase, base)
        {
          throw KVMError("KVM_SET_MSRS refuses IA32_APIC_BASE = \(Text.hex(base))")
        }
        let state = machine.state(ofProcessor: index)
        try processor.importState(state)
        if machine.processorCount > 1 { try processor.setMultiprocessingState(state.activity) }
      }
      if machine.processorCount > 1 { try importLocalAPICs() }
      for (index, processor) in processors.enumerated() {
        try processor.raiseTimeStamp(to: machine.timeStampCounter(processor: index), of: index)
      }
    }

    /// Brings the machine's clock up to the present moment, between two calls of `run`.
    public func catchUp() { machine.advance(toNanoseconds: exits.now) }

    /// Ends the board between two instructions: the interpreter goes on from there.
    ///
    /// - Throws: what KVM refuses; the machine cannot go on then.
    public func leave() throws(KVMError) {
      crew?.dismiss()
      for (index, processor) in processors.enumerated() {
        _ = setDebugging(processor, steps: false, stopsAtBreakpoints: false)
        try complete(processor, index)
      }
      machine.advance(toNanoseconds: exits.now)
      var departing: [DepartingProcessor] = []
      for processor in processors { departing.append(try departure(of: processor)) }
      let chips = machine.processorCount > 1 ? try exportChips() : nil
      if pendingNMI { departing[0].state.nmiPending = true }
      pendingNMI = false
      // One TSC for all that have nearly the same: the calls above are not of one moment.
      let stamps = processors.map { $0.readMSR(MSR.timeStampCounter) }
      let latest = stamps.compactMap { $0 }.max() ?? 0
      for (index, stamp) in stamps.enumerated() {
        departing[index].timeStamp = stamp.map { latest &- $0 < Self.timeStampTolerance ? latest : $0 }
      }
      machine.resumeInterpreter(departing, chips: chips)
    }

    /// Ticks of the host's TSC within which the processors of a guest have the same: some milliseconds.
    private static let timeStampTolerance: UInt64 = 50_000_000

    /// Finishes an instruction that an exit for a port or for memory has left half done.
    private func complete(_ processor: KVMProcessor, _ index: Int) throws(KVMError) {
      while true {
        unsafe ckvm_request_exit(processor.run)
        let exit = enter(processor)
        switch exit {
        case .interrupted: return
        case .port, .memory: try exits.answer(exit, processor, index: index)
        default: throw KVMError("KVM does not finish an instruction: exit \(exit)")
        }
      }
    }

    /// State and events of a processor that has left the guest.
    private func departure(of processor: KVMProcessor) throws(KVMError) -> DepartingProcessor {
      // Events first: reading them may move the address of a page fault into CR2.
      var events = kvm_vcpu_events()
      guard processor.call(CKVM_GET_VCPU_EVENTS, &events) else {
        throw KVMError("KVM_GET_VCPU_EVENTS: \(KVMHost.errorText)")
      }
      if crew != nil { processor.activity = try processor.multiprocessingActivity() }
      var leaving = DepartingProcessor(try processor.exportState())
      if events.exception.injected != 0 {
        let hasCode = events.exception.has_error_code != 0
        leaving.exception = Exception(
          ExceptionVector(rawValue: events.exception.nr), errorCode: hasCode ? events.exception.error_code : nil,
          address: LinearAddress(leaving.state.cr2), reason: .unspecified)
      }
      // A software interrupt whose delivery has begun: RIP is still at its instruction, which executes again.
      if events.interrupt.injected != 0, events.interrupt.soft == 0 { leaving.interrupt = events.interrupt.nr }
      if events.nmi.injected != 0 {
        leaving.state.nmiPending = true
        leaving.state.nmiBlocked = false
      }
      return leaving
    }

    // MARK: Stops

    /// The chips that KVM has of its own under several processors, as the board names them.
    private static let ownChips: Set<String> = ["8259 PIC", "8254 PIT", "system control port B"]

    /// Whether accesses to a port do not leave the guest, since KVM has the chip of its own.
    public func hasOwnChip(onPort port: UInt16) -> Bool {
      crew != nil && machine.chip(onPort: port).map(Self.ownChips.contains) == true
    }

    /// Whether KVM on this host stops at breakpoints at CPL 3, and at CPL 0.
    public static var breakpointLevels: (user: Bool, kernel: Bool) {
      guard case .success(let probe) = KVMBoardProbe.shared else { return (false, false) }
      return (probe.stopsInUserCode, probe.stopsInKernel)
    }

    /// Makes `run` come back in front of instructions at linear addresses, four at most; the guest's own breakpoints do
    /// not count meanwhile.
    ///
    /// - Throws: what KVM refuses.
    public func setBreakpoints(_ addresses: [UInt64]) throws(KVMError) {
      let new = Array(addresses.prefix(4))
      guard new != breakpoints else { return }
      breakpoints = new
      for (index, processor) in processors.enumerated() {
        try leaveBreakpoint(processor, index)
        guard setDebugging(processor, steps: false) else { throw KVMError("KVM_SET_GUEST_DEBUG: \(KVMHost.errorText)") }
      }
    }

    /// Takes one step where a processor stands at a breakpoint, which counts when it comes there again.
    private func leaveBreakpoint(_ processor: KVMProcessor, _ index: Int) throws(KVMError) {
      let state = try processor.exportState()
      let isLong = state.efer & EFER.longModeActive != 0 && state.segments[1].attributes & 0x2000 != 0
      let address = isLong ? state.rip : (state.segments[1].base &+ state.rip) & 0xFFFF_FFFF
      // HLT would sleep on KVM's own local APIC.
      guard breakpoints.contains(address), processor.activity == .running,
        machine.readLinear(address, count: 1, processor: index) != [0xF4],
        setDebugging(processor, steps: true, stopsAtBreakpoints: false)
      else { return }
      let exit = enter(processor)
      if exit != .debug { try exits.answer(exit, processor, index: index) }
    }

    /// Sets what makes a processor leave the guest for debugging.
    func setDebugging(_ processor: KVMProcessor, steps: Bool, stopsAtBreakpoints: Bool = true) -> Bool {
      let count = stopsAtBreakpoints ? breakpoints.count : 0
      return unsafe breakpoints.withUnsafeBufferPointer {
        unsafe ckvm_set_debugging(processor.descriptor, $0.baseAddress, Int32(count), steps ? 1 : 0) == 0
      }
    }

    /// Whether the exit for debugging that a processor has just taken is that of a breakpoint.
    func isAtBreakpoint(_ processor: KVMProcessor) -> Bool {
      let conditions = unsafe ckvm_debug_conditions(processor.run)
      return !breakpoints.isEmpty && conditions & 15 != 0
    }
  }

  extension KVMProcessor {
    /// Makes the guest's TSC at least a value, exactly it where KVM can.
    ///
    /// - Throws: if KVM cannot move it and it is far behind.
    func raiseTimeStamp(to wanted: UInt64, of index: Int) throws(KVMError) {
      let frequency = max(UInt64(ckvm_tsc_kilohertz(descriptor)), 1) &* 1000
      // A value within a second of the one before may be taken for an attempt to set the same again.
      for value in [wanted, wanted &+ 2 &* frequency] {
        _ = writeMSR(MSR.timeStampCounter, value)
        guard let found = readMSR(MSR.timeStampCounter) else { return }
        if Int64(bitPattern: found &- wanted) >= 0 { return }
      }
      guard let found = readMSR(MSR.timeStampCounter) else { return }
      let missing = wanted &- found
      guard missing < 2 &* frequency else {
        throw KVMError(
          "processor \(index) has TSC \(wanted), KVM on this host shows its own, \(found), and cannot move it: it would "
            + "go back")
      }
      // In whole milliseconds, rounded up.
      let milliseconds = missing / (frequency / 1000) + 1
      var time = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
      _ = unsafe nanosleep(&time, nil)
    }
  }
#endif
