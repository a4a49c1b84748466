#if os(Linux) && arch(x86_64)
  import CKVM

  /// What a board has to know of this host's KVM: found once, by tiny guests.
  struct KVMBoardProbe: Sendable {
    /// An exit that was asked for comes as soon as an interrupt can be taken.
    var seesInterruptWindows: Bool
    /// Features whose instruction KVM refuses at CPL 0.
    var missingFeatures: [KVMKernelFeature]
    /// A breakpoint stops the guest at CPL 0, and at CPL 3.
    var stopsInKernel: Bool
    var stopsInUserCode: Bool

    /// The findings; a failure is that of the first attempt.
    static let shared: Result<KVMBoardProbe, KVMError> = Result { () throws(KVMError) in
      let runner = try KVMInstructionRunner(probes: false)
      return KVMBoardProbe(
        seesInterruptWindows: runner.probeInterruptWindow(), missingFeatures: runner.missingKernelFeatures(),
        stopsInKernel: runner.probeBreakpoint(cpl: 0), stopsInUserCode: runner.probeBreakpoint(cpl: 3))
    }
  }
#endif
