public import Machine
public import X86

#if os(Linux) && arch(x86_64)
  import CKVM
  import Glibc
  import MMU

  /// A board of `Machine` whose processors are KVM's.
  ///
  /// RAM and chips are the machine's own. One processor works with our interrupt controllers; several need KVM's, which
  /// then replace PIC, PIT, I/O APIC and local APICs of the board. Time is the host's, so no two runs are the same.
  ///
  /// Made and used on one thread. With several processors their threads meet the board under a lock that this thread
  /// holds except inside `run`.
  @safe public final class KVMBoard {
    let machine: Machine
    let host: KVMHost
    let exits: KVMExitHandler
    let virtualMachine: KVMVirtualMachine
    var processors: [KVMProcessor] = []
    private var timer: KVMTimer?
    var pendingNMI = false
    /// KVM reports an interrupt window too late: steps from instruction to instruction while an interrupt waits.
    private let stepsToWindow: Bool
    private var isStepping = false
    /// Linear addresses in front of which `run` comes back.
    var breakpoints: [UInt64] = []
    /// Levels of the interrupt lines that KVM's own controllers have, a bit each.
    var lines: UInt32 = 0
    var crew: KVMCrew?

    /// Puts KVM under a loaded machine.
    ///
    /// - Parameter continues: the machine has run, or will run again, on the interpreter: every processor goes on from
    ///   its state there, with the TSC that it has; `leave` gives the machine back.
    /// - Throws: an unavailable error if the host has no KVM for us; else what KVM refuses. The machine is as it was.
    public init(_ machine: Machine, continues: Bool = false) throws(KVMError) {
      self.machine = machine
      guard machine.memory.romByteCount == 0 else { throw KVMError("firmware needs the interpreter's processors") }
      let probe = try KVMBoardProbe.shared.get()
      let usesOwnChips = machine.processorCount == 1
      stepsToWindow = usesOwnChips && !probe.seesInterruptWindows
      host = try KVMHost()
      virtualMachine = try KVMVirtualMachine(host)
      if continues { try Self.prepare(machine) }
      exits = KVMExitHandler(machine)
      try virtualMachine.addMemory(of: machine.memory)
      if !usesOwnChips { try makeControllers() }
      for index in 0..<machine.processorCount {
        let processor = try KVMProcessor(virtualMachine, index: index)
        // The model's rate, where the host can give it.
        if continues { _ = ckvm_ioctl_value(processor.descriptor, CKVM_SET_TSC_KHZ, 1_000_000) }
        var offer = KVMCPUIDEntry.offer(
          model: { machine.cpuid($0, $1, processor: index) }, supported: host.supportedCPUID,
          absent: usesOwnChips ? KVMCPUIDEntry.kvmAPICFeatures : [],
          timeStampKilohertz: ckvm_tsc_kilohertz(processor.descriptor))
        for feature in probe.missingFeatures { feature.remove(from: &offer) }
        guard KVMCPUIDEntry.set(offer, processor: processor.descriptor) else {
          throw KVMError("KVM_SET_CPUID2 refuses the model's features: \(KVMHost.errorText)")
        }
        processors.append(processor)
      }
      if continues {
        try takeOver()
      } else {
        // The other processors wait for INIT as KVM has made them.
        try processors[0].importState(machine.state(ofProcessor: 0))
      }
      for processor in processors { processor.stopSynchronizing() }
      machine.replaceProcessors(with: self)
      if usesOwnChips {
        timer = try KVMTimer(processors[0])
      } else {
        crew = try KVMCrew(processors, exits)
        if continues { machine.silenceInterruptChips() }
      }
    }

    deinit { crew?.dismiss() }

    /// KVM's own PIC, I/O APIC, local APICs and timer chip.
    private func makeControllers() throws(KVMError) {
      // Three pages that some processors need for real mode, out of the way of RAM and chips.
      _ = ckvm_ioctl_value(virtualMachine.descriptor, CKVM_SET_TSS_ADDR, 0xFFFB_D000)
      guard ckvm_ioctl_value(virtualMachine.descriptor, CKVM_CREATE_IRQCHIP, 0) == 0 else {
        throw KVMError("KVM_CREATE_IRQCHIP: \(KVMHost.errorText)")
      }
      guard ckvm_route_interrupts(virtualMachine.descriptor) == 0 else {
        throw KVMError("KVM_SET_GSI_ROUTING: \(KVMHost.errorText)")
      }
      guard ckvm_create_timer_chip(virtualMachine.descriptor) == 0 else {
        throw KVMError("KVM_CREATE_PIT2: \(KVMHost.errorText)")
      }
      // Firmware leaves both interrupt controllers masked.
      guard ckvm_mask_interrupts(virtualMachine.descriptor) == 0 else {
        throw KVMError("KVM_SET_IRQCHIP: \(KVMHost.errorText)")
      }
    }

    /// Everything that software can observe of a processor that is not running, as far as KVM keeps it.
    public func state(ofProcessor index: Int) throws(KVMError) -> ArchitecturalState {
      try processors[index].exportState()
    }

    /// Makes a processor that is not running go on from a state.
    ///
    /// - Throws: the part that KVM refuses.
    public func setState(_ state: ArchitecturalState, ofProcessor index: Int) throws(KVMError) {
      machine.setTaskPriority(UInt8(truncatingIfNeeded: state.cr8 & 15), processor: index)
      try processors[index].importState(state)
    }

    /// Runs for about so long, or until the machine stops or sleeps.
    ///
    /// - Throws: what KVM cannot do, such as emulate an instruction: the run is over.
    public func run(nanoseconds: UInt64) throws(KVMError) -> RunResult {
      if let crew { return try crew.run(nanoseconds: nanoseconds) }
      let end = exits.now + nanoseconds
      let processor = processors[0]
      while true {
        machine.advance(toNanoseconds: exits.now)
        if let reason = machine.exitReason { return .exited(reason) }
        let moment = exits.now
        guard moment < end else { return .sliceEnded }
        if processor.activity == .halted {
          if let result = sleep(processor, until: end) { return result }
          continue
        }
        try offerInterrupt(processor)
        let next = min(machine.nextEventNanoseconds ?? end, end)
        timer?.set(first: next > moment ? next - moment : 1)
        let exit = enter(processor)
        if exit == .debug {
          if isAtBreakpoint(processor) { return .breakpoint(processor: 0) }
          if isStepping { continue }
        }
        // Where HLT is stepped, KVM reports it one instruction late, when the interrupt that ends it is in its handler.
        if exit == .halt && stepsToWindow && !exits.isBehindHalt(processor) { continue }
        try exits.answer(exit, processor, index: 0)
        if machine.takeStopPort() { return .stopped }
      }
    }

    /// Enters the guest; where KVM has no local APIC of its own, with the task priority and the base of the board's.
    func enter(_ processor: KVMProcessor) -> KVMExit {
      guard processors.count == 1 else { return processor.enter(dirty: 0) }
      unsafe processor.run.pointee.cr8 = UInt64(machine.taskPriority(processor: 0))
      let exit = processor.enter(dirty: 0)
      takeBack(processor)
      return exit
    }

    /// What the guest may have changed without an exit: CR8 and IA32_APIC_BASE.
    private func takeBack(_ processor: KVMProcessor) {
      let priority = UInt8(truncatingIfNeeded: unsafe processor.run.pointee.cr8)
      if priority != machine.taskPriority(processor: 0) { machine.setTaskPriority(priority, processor: 0) }
      let base = unsafe processor.run.pointee.apic_base
      if base != machine.readAPICRegister(MSR.apicBase, processor: 0) {
        _ = machine.writeAPICRegister(MSR.apicBase, base, processor: 0)
      }
    }

    /// Injects what is pending, or asks for an exit as soon as it can be.
    private func offerInterrupt(_ processor: KVMProcessor) throws(KVMError) {
      if pendingNMI {
        pendingNMI = false
        _ = ckvm_ioctl_value(processor.descriptor, CKVM_NMI, 0)
      }
      guard machine.hasInterruptRequest(processor: 0) else {
        unsafe processor.run.pointee.request_interrupt_window = 0
        return setStepping(false, processor)
      }
      if unsafe processor.run.pointee.ready_for_interrupt_injection != 0,
        let vector = machine.acknowledgeInterrupt(processor: 0)
      {
        guard ckvm_interrupt(processor.descriptor, UInt32(vector)) == 0 else {
          throw KVMError("KVM_INTERRUPT \(vector): \(KVMHost.errorText)")
        }
        unsafe processor.run.pointee.ready_for_interrupt_injection = 0
      }
      let waits = machine.hasInterruptRequest(processor: 0)
      unsafe processor.run.pointee.request_interrupt_window = waits ? 1 : 0
      setStepping(waits && stepsToWindow, processor)
    }

    private func setStepping(_ isOn: Bool, _ processor: KVMProcessor) {
      guard isOn != isStepping else { return }
      isStepping = setDebugging(processor, steps: isOn) && isOn
    }

    /// The processor is halted: wakes it, or says how long it will sleep. Only interrupts, with IF = 1, or an NMI wake.
    private func sleep(_ processor: KVMProcessor, until end: UInt64) -> RunResult? {
      let isEnabled = unsafe processor.run.pointee.if_flag != 0
      if pendingNMI || (isEnabled && machine.hasInterruptRequest(processor: 0)) {
        processor.activity = .running
        return nil
      }
      let next = machine.nextEventNanoseconds
      guard isEnabled, next != nil || machine.expectsInput else {
        machine.end(.halted)
        return nil
      }
      guard let next else { return .idle(nil) }
      let moment = exits.now
      guard next > moment else { return nil }
      if next - moment >= 1_000_000 { return .idle(next - moment) }
      var time = timespec(tv_sec: 0, tv_nsec: Int(min(next, end) &- min(moment, min(next, end))))
      _ = unsafe nanosleep(&time, nil)
      return nil
    }
  }

  extension KVMBoard: ProcessorSet {
    /// KVM keeps their state.
    public var isModel: Bool { false }

    /// KVM's processors have no A20 gate.
    public func setA20(_ isOpen: Bool) -> Bool { false }

    /// Several processors have KVM's interrupt controllers.
    public func interruptLineChanged(_ irq: Int, _ level: Bool) -> Bool {
      guard crew != nil else { return false }
      let bit: UInt32 = 1 << UInt32(irq & 31)
      guard level != (lines & bit != 0) else { return true }
      lines ^= bit
      _ = ckvm_irq_line(virtualMachine.descriptor, UInt32(irq), level ? 1 : 0)
      return true
    }

    /// An NMI, from our own local APIC.
    public func nonMaskableInterrupt(processor: Int) { pendingNMI = true }

    /// INIT of the only processor, from itself: a reset.
    public func initialize(processor: Int) { machine.end(.reset("INIT to the bootstrap processor")) }

    /// No processor waits for a start-up IPI where our own local APICs are in use.
    public func startUp(processor: Int, vector: UInt8) {}
  }
#endif
