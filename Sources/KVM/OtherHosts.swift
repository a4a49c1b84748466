// What this module offers on hosts that are not x86-64 Linux: everything is there by name and says that KVM is not.
#if !(os(Linux) && arch(x86_64))
  public import InstructionTesting
  public import Machine
  public import X86

  extension KVMError {
    /// What every entry point says on a host that is not x86-64 Linux.
    static var notThisHost: KVMError {
      KVMError("/dev/kvm is not available: this host is not x86-64 Linux", isUnavailable: true)
    }
  }

  /// Runs single instructions on a virtual processor of KVM; this host has none.
  public final class KVMInstructionRunner {
    /// What this host's KVM does differently.
    public let flavour = KVMFlavour()
    /// Of the last `run`: each test that was lost, with the reason.
    public let lastRefusals: [(index: Int, reason: String)] = []
    /// The host as a report names it.
    public let hostDescription = "no KVM"

    /// Always fails.
    public init() throws(KVMError) { throw KVMError.notThisHost }

    /// Never reached: there is no runner.
    public func run(_ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>)
    {}
  }

  /// A board of `Machine` whose processors are KVM's; this host has none.
  public final class KVMBoard {
    /// Whether breakpoints stop the guest at CPL 3, and at CPL 0.
    public static var breakpointLevels: (user: Bool, kernel: Bool) { (false, false) }
    /// Never reached.
    public func hasOwnChip(onPort port: UInt16) -> Bool { false }

    /// Always fails.
    public init(_ machine: Machine, continues: Bool = false) throws(KVMError) { throw KVMError.notThisHost }

    /// Never reached.
    public func catchUp() {}

    /// Never reached.
    public func leave() throws(KVMError) { throw KVMError.notThisHost }

    /// Never reached.
    public func setBreakpoints(_ addresses: [UInt64]) throws(KVMError) { throw KVMError.notThisHost }

    /// Never reached.
    public func run(nanoseconds: UInt64) throws(KVMError) -> RunResult { throw KVMError.notThisHost }

    /// Never reached.
    public func state(ofProcessor index: Int) throws(KVMError) -> ArchitecturalState { throw KVMError.notThisHost }

    /// Never reached.
    public func setState(_ state: ArchitecturalState, ofProcessor index: Int) throws(KVMError) {
      throw KVMError.notThisHost
    }
  }

  /// A board of one processor on KVM; this host has none.
  public final class KVMStepper {
    /// What was found about this KVM.
    public let flavour = KVMFlavour()
    /// Whether a single step at CPL 3 in 64-bit mode stops.
    public let stepsUserCode = false
    /// Steps to repeat.
    public var replay: ArraySlice<KVMStep> = []
    /// Why the guest ended, once it has.
    public var exitReason: ExitReason? { nil }
    /// General and system registers.
    public var plainState: ArchitecturalState { ArchitecturalState() }
    /// Always fails.
    public init(_ machine: Machine) throws(KVMError) { throw KVMError.notThisHost }
    /// Never reached.
    public func restart(from state: ArchitecturalState) throws(KVMError) { throw KVMError.notThisHost }
    /// Never reached.
    public func completeState() throws(KVMError) -> ArchitecturalState { throw KVMError.notThisHost }
    /// Never reached.
    public func step(isRepeated: Bool, haltRIP: UInt64?, isHalted: Bool) throws(KVMError) -> KVMStep {
      throw KVMError.notThisHost
    }
  }

  /// Real mode on KVM; this host has none.
  public final class KVMRealModeRunner {
    /// Always fails.
    public init() throws(KVMError) { throw KVMError.notThisHost }
    /// Never reached.
    public func run(_ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>)
    {}
  }
#endif
