#if os(Linux) && arch(x86_64)
  import CKVM
  import Glibc
  import X86

  /// What ended a stay in the guest, as far as both users of a virtual processor care.
  enum KVMExit: Equatable {
    /// KVM_EXIT_IO: see `portAccess`.
    case port
    /// KVM_EXIT_MMIO.
    case memory
    case halt
    case shutdown
    case interruptWindow
    /// KVM_EXIT_INTERNAL_ERROR with its suberror: 1 is an instruction that KVM cannot emulate.
    case internalError(UInt32)
    case debug
    /// The timer or another signal came first.
    case interrupted
    /// KVM_EXIT_X86_RDMSR and KVM_EXIT_X86_WRMSR.
    case readMSR, writeMSR
    case entryFailure(UInt64)
    /// KVM_EXIT_SET_TPR: the guest wrote CR8.
    case taskPriority
    case other(UInt32)
    /// KVM_RUN itself failed with this errno.
    case failed(Int32)
  }

  /// One virtual processor with the page that it shares with us.
  @safe final class KVMProcessor {
    let machine: KVMVirtualMachine
    let descriptor: Int32
    let run: UnsafeMutablePointer<kvm_run>
    private let runByteCount: Int
    /// General registers, system registers and events travel in the shared page rather than by a call each.
    let synchronizes: Bool
    /// KVM_GET_SREGS2 exists.
    let hasSREGS2: Bool
    /// Bytes of an XSAVE image.
    static let xsaveByteCount = 4096
    /// The XSAVE image that goes in and out: 4,096 bytes.
    let xsave: UnsafeMutableRawPointer
    /// Running or halted: without an APIC of KVM's own it is for us to keep.
    var activity = ActivityState.running

    /// KVM_SYNC_X86_REGS, _SREGS and _EVENTS.
    static let allSynchronized: UInt64 = 7

    /// - Parameter synchronizes: false does without KVM_SYNC_REGS even where it exists.
    init(_ machine: KVMVirtualMachine, index: Int, synchronizes wanted: Bool = true) throws(KVMError) {
      self.machine = machine
      let new = ckvm_ioctl_value(machine.descriptor, CKVM_CREATE_VCPU, UInt(index))
      guard new >= 0 else { throw KVMError("KVM_CREATE_VCPU \(index): \(KVMHost.errorText)") }
      let mapping = unsafe mmap(nil, machine.host.runByteCount, PROT_READ | PROT_WRITE, MAP_SHARED, new, 0)
      guard let mapping = unsafe mapping, unsafe mapping != MAP_FAILED else {
        let text = KVMHost.errorText
        close(new)
        throw KVMError("the page of virtual processor \(index) cannot be mapped: \(text)")
      }
      descriptor = new
      runByteCount = machine.host.runByteCount
      unsafe run = mapping.bindMemory(to: kvm_run.self, capacity: 1)
      let offered = UInt64(machine.host.capability(KVM_CAP_SYNC_REGS))
      synchronizes = wanted && offered & Self.allSynchronized == Self.allSynchronized
      hasSREGS2 = machine.host.capability(KVM_CAP_SREGS2) > 0
      unsafe xsave = UnsafeMutableRawPointer.allocate(byteCount: Self.xsaveByteCount, alignment: 64)
      unsafe xsave.initializeMemory(as: UInt8.self, repeating: 0, count: Self.xsaveByteCount)
      if synchronizes { unsafe run.pointee.kvm_valid_regs = Self.allSynchronized }
    }

    /// Registers stay in KVM from now on, and `registers` and its kin mean nothing.
    func stopSynchronizing() {
      unsafe run.pointee.kvm_valid_regs = 0
      isQuiet = true
    }
    private var isQuiet = false

    deinit {
      unsafe munmap(UnsafeMutableRawPointer(run), runByteCount)
      close(descriptor)
      unsafe xsave.deallocate()
    }

    /// Calls ioctl(2) with a structure; false is refusal, with errno.
    func call<Value>(_ request: UInt, _ value: inout Value) -> Bool {
      unsafe withUnsafeMutablePointer(to: &value) { unsafe ckvm_ioctl(descriptor, request, $0) } == 0
    }

    // MARK: Registers in the shared page

    /// The general registers, RIP and RFLAGS as of the last exit.
    var registers: kvm_regs {
      get { unsafe ckvm_regs(run).pointee }
      set { unsafe ckvm_regs(run).pointee = newValue }
    }

    /// The system registers as of the last exit.
    var systemRegisters: kvm_sregs {
      get { unsafe ckvm_sregs(run).pointee }
      set { unsafe ckvm_sregs(run).pointee = newValue }
    }

    /// Events, shadows and NMI state as of the last exit.
    var events: kvm_vcpu_events {
      get { unsafe ckvm_events(run).pointee }
      set { unsafe ckvm_events(run).pointee = newValue }
    }

    /// What of the shared page the next entry takes over.
    enum Dirty {
      static let registers: UInt64 = 1
      static let systemRegisters: UInt64 = 2
      static let events: UInt64 = 4
    }

    /// Enters the guest.
    ///
    /// - Parameter dirty: which parts of the shared page were changed, `Dirty` bits.
    func enter(dirty: UInt64) -> KVMExit {
      if synchronizes {
        unsafe run.pointee.kvm_dirty_regs = dirty
      } else if !writeWithoutSynchronization(dirty) {
        return .failed(errno)
      }
      let result = ckvm_ioctl_value(descriptor, CKVM_RUN, 0)
      let code = errno
      unsafe run.pointee.kvm_dirty_regs = 0
      if !synchronizes && !isQuiet { readWithoutSynchronization() }
      guard result == 0 else {
        if code == EINTR || code == EAGAIN {
          unsafe run.pointee.immediate_exit = 0
          return .interrupted
        }
        return .failed(code)
      }
      return exitReason
    }

    private func writeWithoutSynchronization(_ dirty: UInt64) -> Bool {
      var fine = true
      if dirty & Dirty.registers != 0 { unsafe fine = ckvm_ioctl(descriptor, CKVM_SET_REGS, ckvm_regs(run)) == 0 }
      if fine, dirty & Dirty.systemRegisters != 0 {
        unsafe fine = ckvm_ioctl(descriptor, CKVM_SET_SREGS, ckvm_sregs(run)) == 0
      }
      if fine, dirty & Dirty.events != 0 {
        unsafe fine = ckvm_ioctl(descriptor, CKVM_SET_VCPU_EVENTS, ckvm_events(run)) == 0
      }
      return fine
    }

    private func readWithoutSynchronization() {
      unsafe _ = ckvm_ioctl(descriptor, CKVM_GET_REGS, ckvm_regs(run))
      unsafe _ = ckvm_ioctl(descriptor, CKVM_GET_SREGS, ckvm_sregs(run))
      unsafe _ = ckvm_ioctl(descriptor, CKVM_GET_VCPU_EVENTS, ckvm_events(run))
    }

    /// Why the guest was left.
    private var exitReason: KVMExit {
      let reason = unsafe run.pointee.exit_reason
      switch Int32(reason) {
      case KVM_EXIT_IO: return .port
      case KVM_EXIT_MMIO: return .memory
      case KVM_EXIT_HLT: return .halt
      case KVM_EXIT_SHUTDOWN: return .shutdown
      case KVM_EXIT_IRQ_WINDOW_OPEN: return .interruptWindow
      case KVM_EXIT_INTERNAL_ERROR: return .internalError(unsafe ckvm_internal_suberror(run))
      case KVM_EXIT_DEBUG: return .debug
      case KVM_EXIT_INTR:
        unsafe run.pointee.immediate_exit = 0
        return .interrupted
      case KVM_EXIT_X86_RDMSR: return .readMSR
      case KVM_EXIT_X86_WRMSR: return .writeMSR
      case KVM_EXIT_SET_TPR: return .taskPriority
      case KVM_EXIT_FAIL_ENTRY: return .entryFailure(unsafe ckvm_entry_failure(run))
      default: return .other(reason)
      }
    }

    /// KVM_GET_XSAVE into `xsave`.
    func readXSAVE() -> Bool { unsafe ckvm_ioctl(descriptor, CKVM_GET_XSAVE, xsave) == 0 }
    /// KVM_SET_XSAVE from `xsave`.
    func writeXSAVE() -> Bool { unsafe ckvm_ioctl(descriptor, CKVM_SET_XSAVE, xsave) == 0 }

    /// Reads XCR0; nil where KVM has none.
    func readXCR0() -> UInt64? {
      var registers = kvm_xcrs()
      guard call(CKVM_GET_XCRS, &registers), registers.nr_xcrs > 0 else { return nil }
      return registers.xcrs.0.value
    }

    /// Writes XCR0; false if KVM refuses the value.
    func writeXCR0(_ value: UInt64) -> Bool {
      var registers = kvm_xcrs()
      registers.nr_xcrs = 1
      registers.xcrs.0.value = value
      return call(CKVM_SET_XCRS, &registers)
    }
  }

  /// A timer that takes its thread out of the guest; made and used on one thread.
  @safe final class KVMTimer {
    private var timer: timer_t?
    /// Its page must outlive the last signal.
    private let processor: KVMProcessor

    /// Makes a timer for the calling thread.
    init(_ processor: KVMProcessor) throws(KVMError) {
      self.processor = processor
      guard unsafe ckvm_timer_create(processor.run, &timer) == 0 else {
        throw KVMError("the timer that interrupts a guest cannot be made: \(KVMHost.errorText)")
      }
    }

    deinit { unsafe ckvm_timer_delete(timer) }

    /// Arms the timer: nanoseconds until the first time, 0 never, and between later times, 0 never.
    func set(first: UInt64, period: UInt64 = 0) { unsafe _ = ckvm_timer_set(timer, first, period) }
  }
#endif
