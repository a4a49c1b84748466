#if os(Linux) && arch(x86_64)
  import CKVM
  import Glibc
  import HostSystem
  import Machine
  import Synchronization
  import X86

  /// A thread for each processor of a board that has several.
  ///
  /// One lock guards the board. The thread that made the crew holds it all the time, except while it waits in `run`;
  /// a processor's thread holds it while it answers an exit.
  @safe final class KVMCrew: @unchecked Sendable {
    private let processors: [KVMProcessor]
    private let exits: KVMExitHandler
    private var machine: Machine { exits.machine }
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private let isOver = Atomic<Bool>(false)
    private var threads: [pthread_t] = []
    private var failure: KVMError?
    /// What made a processor stop, other than the machine's end.
    private var stop: RunResult?
    /// Processors that slept with IF = 0, or waited for INIT, when they were last asked.
    private var sleepers: Set<Int> = []
    /// How often in a row all of them did.
    private var quietRounds = 0
    private var nextRound: UInt64 = 0

    /// Between two questions whether any processor can still wake.
    private static let roundNanoseconds: UInt64 = 100_000_000

    init(_ processors: [KVMProcessor], _ exits: KVMExitHandler) throws(KVMError) {
      self.processors = processors
      self.exits = exits
      unsafe lock = .allocate(capacity: 1)
      unsafe changed = .allocate(capacity: 1)
      unsafe pthread_mutex_init(lock, nil)
      var attributes = pthread_condattr_t()
      unsafe pthread_condattr_init(&attributes)
      unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      unsafe pthread_cond_init(changed, &attributes)
      unsafe pthread_mutex_lock(lock)
      guard ckvm_accept_kicks() == 0 else {
        throw KVMError("the signal that interrupts a guest cannot be handled: \(KVMHost.errorText)")
      }
    }

    deinit {
      unsafe pthread_mutex_unlock(lock)
      unsafe pthread_mutex_destroy(lock)
      unsafe pthread_cond_destroy(changed)
      unsafe lock.deallocate()
      unsafe changed.deallocate()
    }

    /// What a thread gets.
    private final class Duty {
      let crew: KVMCrew
      let index: Int
      init(_ crew: KVMCrew, _ index: Int) {
        self.crew = crew
        self.index = index
      }
    }

    private func hire() throws(KVMError) {
      isOver.store(false, ordering: .releasing)
      for index in processors.indices {
        var thread = pthread_t()
        let duty = unsafe Unmanaged.passRetained(Duty(self, index))
        let code = unsafe pthread_create(
          &thread, nil,
          { argument in
            guard let argument = unsafe argument else { return nil }
            let duty = unsafe Unmanaged<Duty>.fromOpaque(argument).takeRetainedValue()
            duty.crew.work(duty.index)
            return nil
          }, duty.toOpaque())
        guard code == 0 else {
          unsafe duty.release()
          throw unsafe KVMError("a thread for processor \(index) cannot be made: \(String(cString: strerror(code)))")
        }
        threads.append(thread)
      }
    }

    /// A processor's thread.
    private func work(_ index: Int) {
      _ = ckvm_accept_kicks()
      let processor = processors[index]
      while !isOver.load(ordering: .acquiring) {
        let exit = processor.enter(dirty: 0)
        unsafe pthread_mutex_lock(lock)
        do throws(KVMError) {
          if exit == .debug, unsafe ckvm_debug_conditions(processor.run) & 15 != 0 {
            stop = stop ?? .breakpoint(processor: index)
          } else {
            try exits.answer(exit, processor, index: index)
          }
          if machine.takeStopPort() { stop = stop ?? .stopped }
        } catch {
          if failure == nil { failure = error }
        }
        if exit == .interrupted && isAsleepForGood(processor) {
          sleepers.insert(index)
        } else {
          sleepers.remove(index)
        }
        let ends = failure != nil || machine.exitReason != nil || stop != nil
        if ends { unsafe pthread_cond_signal(changed) }
        unsafe pthread_mutex_unlock(lock)
        if ends { return }
      }
    }

    /// Lets the processors run for about so long.
    func run(nanoseconds: UInt64) throws(KVMError) -> RunResult {
      stop = nil
      if threads.isEmpty { try hire() }
      let end = HostClock.monotonic + nanoseconds
      while failure == nil && machine.exitReason == nil && stop == nil {
        machine.advance(toNanoseconds: exits.now)
        let moment = HostClock.monotonic
        if moment >= nextRound { askAll(moment) }
        guard moment < end else { return .sliceEnded }
        var wait = end - moment
        if let next = machine.nextEventNanoseconds { wait = min(wait, next > exits.now ? next - exits.now : 1) }
        let wake = moment + wait
        var time = timespec(tv_sec: Int(wake / 1_000_000_000), tv_nsec: Int(wake % 1_000_000_000))
        unsafe pthread_cond_timedwait(changed, lock, &time)
      }
      dismiss()
      if let failure { throw failure }
      if let stop { return stop }
      return .exited(machine.exitReason ?? .halted)
    }

    /// Halted with interrupts off, or never started: only another processor can wake this one.
    private func isAsleepForGood(_ processor: KVMProcessor) -> Bool {
      var state = kvm_mp_state()
      guard processor.call(CKVM_GET_MP_STATE, &state) else { return false }
      if state.mp_state == UInt32(KVM_MP_STATE_UNINITIALIZED) || state.mp_state == UInt32(KVM_MP_STATE_INIT_RECEIVED) {
        return true
      }
      var general = kvm_regs()
      guard state.mp_state == UInt32(KVM_MP_STATE_HALTED), processor.call(CKVM_GET_REGS, &general) else { return false }
      return general.rflags & RFLAGS.interruptEnable == 0
    }

    /// Takes every processor out for a moment, so that it notes whether it can go on by itself.
    ///
    /// The answers of a round are not of one moment: an NMI may be on its way between two of them. So three rounds must
    /// agree before the machine counts as halted for good.
    private func askAll(_ moment: UInt64) {
      quietRounds = sleepers.count == processors.count ? quietRounds + 1 : 0
      guard quietRounds < 3 else { return machine.end(.halted) }
      nextRound = moment + Self.roundNanoseconds
      for (index, thread) in threads.enumerated() {
        unsafe ckvm_request_exit(processors[index].run)
        pthread_kill(thread, ckvm_kick_signal())
      }
    }

    /// Takes every processor out of the guest and waits for the threads.
    func dismiss() {
      isOver.store(true, ordering: .releasing)
      unsafe pthread_mutex_unlock(lock)
      for (index, thread) in threads.enumerated() {
        unsafe ckvm_request_exit(processors[index].run)
        pthread_kill(thread, ckvm_kick_signal())
        pthread_join(thread, nil)
      }
      threads = []
      unsafe pthread_mutex_lock(lock)
    }
  }
#endif
