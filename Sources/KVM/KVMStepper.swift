public import Machine
public import X86

/// An access of a guest of KVM to a port or to memory that is not RAM.
public struct KVMAccess: Hashable, Sendable {
  /// A port rather than an address.
  public var isPort: Bool
  /// Whether the guest wrote.
  public var isWrite: Bool
  /// Port or guest-physical address.
  public var address: UInt64
  /// Bytes.
  public var width: Int
  /// The value.
  public var value: UInt64
}

/// What one step of a guest of KVM did.
public struct KVMStep: Sendable {
  /// Accesses in order.
  public var accesses: [KVMAccess] = []
  /// An external interrupt that was delivered first.
  public var interrupt: UInt8?
  /// The guest is halted.
  public var isHalted = false
  /// The guest shut down.
  public var isShutdown = false
}

#if os(Linux) && arch(x86_64)
  import CKVM
  import HostSystem
  import MMU

  /// A board of one processor on KVM, one instruction at a time where KVM can do that.
  ///
  /// Time is steps: one is a nanosecond, so that chips behave the same at every run.
  @safe public final class KVMStepper {
    private let machine: Machine
    private let host: KVMHost
    private let exits: KVMExitHandler
    private var virtualMachine: KVMVirtualMachine
    private var processor: KVMProcessor
    private var timer: KVMTimer
    private var steps: UInt64 = 0
    /// Whether a single step at CPL 3 in 64-bit mode stops.
    public let stepsUserCode: Bool
    /// What was found about this KVM.
    public let flavour: KVMFlavour
    /// Steps to repeat: their accesses and interrupts come from here rather than from the board.
    public var replay: ArraySlice<KVMStep> = []

    /// Seconds without a stop after which a step is given up.
    public var patience = 5

    /// Puts KVM under a loaded machine.
    public init(_ machine: Machine) throws(KVMError) {
      self.machine = machine
      let runner = try KVMInstructionRunner()
      flavour = runner.flavour
      stepsUserCode = flavour.singleStepsUserCode
      host = try KVMHost()
      exits = KVMExitHandler(machine)
      virtualMachine = try KVMVirtualMachine(host)
      processor = try Self.makeProcessor(virtualMachine, machine, host)
      timer = try KVMTimer(processor)
      try start(machine.state(ofProcessor: 0))
    }

    private static func makeProcessor(
      _ virtualMachine: KVMVirtualMachine, _ machine: Machine, _ host: KVMHost
    ) throws(KVMError) -> KVMProcessor {
      try virtualMachine.addMemory(of: machine.memory)
      let processor = try KVMProcessor(virtualMachine, index: 0)
      let offer = KVMCPUIDEntry.offer(
        model: { machine.cpuid($0, $1, processor: 0) }, supported: host.supportedCPUID,
        absent: KVMCPUIDEntry.kvmAPICFeatures,
        timeStampKilohertz: ckvm_tsc_kilohertz(processor.descriptor))
      guard KVMCPUIDEntry.set(offer, processor: processor.descriptor) else {
        throw KVMError("KVM_SET_CPUID2 refuses the model's features: \(KVMHost.errorText)")
      }
      return processor
    }

    private func start(_ state: ArchitecturalState) throws(KVMError) {
      try processor.importState(state)
      try setStepping(true)
      // The shared page has nothing yet.
      unsafe ckvm_request_exit(processor.run)
      _ = processor.enter(dirty: 0)
    }

    private func setStepping(_ isOn: Bool) throws(KVMError) {
      var debug = kvm_guest_debug()
      if isOn { debug.control = UInt32(KVM_GUESTDBG_ENABLE) | UInt32(KVM_GUESTDBG_SINGLESTEP) }
      guard processor.call(CKVM_SET_GUEST_DEBUG, &debug) else {
        throw KVMError("KVM_SET_GUEST_DEBUG: \(KVMHost.errorText)")
      }
    }

    /// Begins anew from a state, with RAM as it is now: a fresh virtual machine, which has no memory of page tables.
    public func restart(from state: ArchitecturalState) throws(KVMError) {
      virtualMachine = try KVMVirtualMachine(host)
      processor = try Self.makeProcessor(virtualMachine, machine, host)
      timer = try KVMTimer(processor)
      try start(state)
    }

    /// Everything that software can observe.
    public func completeState() throws(KVMError) -> ArchitecturalState { try processor.exportState() }

    /// General and system registers.
    public var plainState: ArchitecturalState {
      var result = ArchitecturalState()
      let general = processor.registers
      let system = processor.systemRegisters
      for index in 0..<16 { result.generalRegisters[index] = general.general[index] }
      (result.rip, result.rflags) = (general.rip, general.rflags)
      result.segments = [system.es, system.cs, system.ss, system.ds, system.fs, system.gs].map(\.segmentState)
      (result.ldtr, result.tr) = (system.ldt.segmentState, system.tr.segmentState)
      result.gdtr = DescriptorTableRegister(base: system.gdt.base, limit: system.gdt.limit)
      result.idtr = DescriptorTableRegister(base: system.idt.base, limit: system.idt.limit)
      (result.cr0, result.cr2, result.cr3, result.cr4) = (system.cr0, system.cr2, system.cr3, system.cr4)
      (result.cr8, result.efer) = (system.cr8, system.efer)
      result.activity = processor.activity
      return result
    }

    /// Why the guest ended, once it has.
    public var exitReason: ExitReason? { machine.exitReason }

    /// One instruction, or whatever lies before the next exit where KVM ignores single steps.
    ///
    /// - Parameters:
    ///   - isRepeated: the instruction is a repeated string instruction: all its iterations.
    ///   - haltRIP: the instruction is HLT, and this is the address behind it.
    ///   - isHalted: it sleeps in a HLT, as the follower knows: a single step may hide that exit.
    /// - Throws: what KVM cannot do.
    public func step(isRepeated: Bool, haltRIP: UInt64?, isHalted: Bool) throws(KVMError) -> KVMStep {
      steps += 1
      machine.advance(toNanoseconds: steps)
      var result = KVMStep()
      if isHalted { processor.activity = .halted }
      if let old = replay.first {
        result.interrupt = old.interrupt
        if let vector = old.interrupt { try inject(vector) }
      } else {
        guard wake() else {
          machine.end(.halted)
          result.isHalted = true
          return result
        }
        if let vector = takeInterrupt() {
          result.interrupt = vector
          try inject(vector)
        }
      }
      let start = processor.registers.rip
      // Under a single step HLT's exit is kept back until some later instruction.
      let leavesAlone = haltRIP != nil && result.interrupt == nil && processor.activity == .running
      if leavesAlone { try setStepping(false) }
      defer { if leavesAlone { try? setStepping(true) } }
      repeat {
        try run(&result, canHalt: haltRIP != nil)
      } while isRepeated && processor.registers.rip == start && result.interrupt == nil
        && !result.isHalted && !result.isShutdown && machine.exitReason == nil
      if !result.isHalted, result.interrupt == nil, let haltRIP, processor.registers.rip == haltRIP {
        processor.activity = .halted
        result.isHalted = true
      }
      replay = replay.dropFirst()
      return result
    }

    /// Whether the processor runs, or an event wakes it: time goes on to that.
    private func wake() -> Bool {
      while processor.activity == .halted {
        guard processor.registers.rflags & RFLAGS.interruptEnable != 0 else { return false }
        if machine.hasInterruptRequest(processor: 0) {
          processor.activity = .running
          return true
        }
        guard let next = machine.nextEventNanoseconds else { return false }
        steps = max(steps + 1, next)
        machine.advance(toNanoseconds: steps)
      }
      return true
    }

    private func takeInterrupt() -> UInt8? {
      guard machine.hasInterruptRequest(processor: 0), processor.registers.rflags & RFLAGS.interruptEnable != 0,
        processor.events.interrupt.shadow == 0
      else { return nil }
      return machine.acknowledgeInterrupt(processor: 0)
    }

    private func inject(_ vector: UInt8) throws(KVMError) {
      processor.activity = .running
      guard ckvm_interrupt(processor.descriptor, UInt32(vector)) == 0 else {
        throw KVMError("KVM_INTERRUPT \(vector): \(KVMHost.errorText)")
      }
    }

    private func run(_ result: inout KVMStep, canHalt: Bool) throws(KVMError) {
      var isCompleting = false
      let end = HostClock.monotonic + UInt64(patience) * 1_000_000_000
      timer.set(first: 100_000_000, period: 100_000_000)
      defer {
        timer.set(first: 0)
        unsafe processor.run.pointee.immediate_exit = 0
      }
      unsafe processor.run.pointee.cr8 = processor.systemRegisters.cr8
      while true {
        let exit = processor.enter(dirty: 0)
        switch exit {
        case .debug: return takeBack()
        case .port, .memory:
          answer(exit, &result)
          // Finishes the instruction and comes back before the next.
          isCompleting = true
          unsafe ckvm_request_exit(processor.run)
        case .halt:
          // Otherwise it is the exit of an earlier HLT.
          if canHalt {
            processor.activity = .halted
            result.isHalted = true
          }
          return takeBack()
        case .shutdown:
          result.isShutdown = true
          return
        case .taskPriority: return takeBack()
        case .interruptWindow: continue
        case .interrupted:
          if isCompleting { return takeBack() }
          guard HostClock.monotonic < end else {
            throw KVMError("KVM comes to no stop point within \(patience) seconds")
          }
        default: try exits.answer(exit, processor, index: 0)
        }
      }
    }

    private func takeBack() {
      let priority = UInt8(truncatingIfNeeded: unsafe processor.run.pointee.cr8)
      if priority != machine.taskPriority(processor: 0) { machine.setTaskPriority(priority, processor: 0) }
      let base = unsafe processor.run.pointee.apic_base
      if base != machine.readAPICRegister(MSR.apicBase, processor: 0) {
        _ = machine.writeAPICRegister(MSR.apicBase, base, processor: 0)
      }
    }

    private func answer(_ exit: KVMExit, _ result: inout KVMStep) {
      let old = replay.first?.accesses.dropFirst(result.accesses.count)
      let found = exits.answerAccess(exit, processor, replay: old.map(Array.init))
      result.accesses += found
    }
  }
#endif
