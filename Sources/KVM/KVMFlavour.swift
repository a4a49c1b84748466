/// What a host's KVM does differently from the architecture, as its probe found.
///
/// - SDM: Vol. 2B "SYSCALL—Fast System Call", Vol. 2A "INT n/INTO/INT3/INT1—Call to Interrupt Procedure".
public struct KVMFlavour: Hashable, Sendable, Codable, CustomStringConvertible {
  /// CPL 3 reads the host's selectors: page tables are shadowed and user code runs beside the host's own, without VT-x
  /// or SVM.
  public var isPageTableVirtualised = false
  /// SYSCALL reaches its handler at CPL 0.
  public var entersKernelBySYSCALL = true
  /// INT n without the privilege for its gate is #GP, not #UD.
  public var raisesProtectionFaultByINT = true
  /// SSE works at CPL 0.
  public var runsSSEInKernel = true
  /// KVM_GUESTDBG_SINGLESTEP works at CPL 3.
  public var singleStepsUserCode = true
  /// A misaligned 16-byte SSE operand is #GP, not #UD.
  public var checksSSEAlignment = true
  /// INT3 works in compatibility mode.
  public var runsINT3InCompatibilityMode = true
  /// INT3 works at CPL 0.
  public var runsINT3InKernel = true
  /// Paging works outside long mode: else KVM drops CR0.PG there without a word.
  public var pagesOutsideLongMode = true
  /// RFLAGS.VM can be set: else KVM drops it without a word.
  public var holdsVirtual8086 = true
  /// An exit that was asked for comes at the first instruction of CPL 0 that may be interrupted, not hundreds later.
  public var seesInterruptWindows = true
  /// SSE at CPL 3 runs while RSP is not canonical; else such code goes to an emulator that has little more than the
  /// integer instructions.
  public var runsWithNonCanonicalStack = true

  /// A KVM without faults.
  public init() {}

  /// One line for reports.
  public var description: String {
    let parts = [
      "kvm: \(isPageTableVirtualised ? "page-table virtualised" : "hardware virtualised")",
      "SYSCALL at CPL3: \(entersKernelBySYSCALL ? "enters CPL 0" : "stays at CPL 3 (wrong)")",
      "INT n: \(raisesProtectionFaultByINT ? "#GP" : "#UD (wrong)")",
      "CPL-0 SSE: \(runsSSEInKernel ? "runs" : "refused")",
      "single step at CPL3: \(singleStepsUserCode ? "works" : "ignored")",
      "misaligned SSE: \(checksSSEAlignment ? "#GP" : "#UD (wrong)")",
      "compatibility-mode INT3: \(runsINT3InCompatibilityMode ? "#BP" : "#UD (wrong)")",
      "CPL-0 INT3: \(runsINT3InKernel ? "#BP" : "refused")",
      "paging outside long mode: \(pagesOutsideLongMode ? "works" : "dropped (wrong)")",
      "interrupt window at CPL0: \(seesInterruptWindows ? "seen" : "late (wrong)")",
      "non-canonical RSP at CPL3: \(runsWithNonCanonicalStack ? "runs" : "emulated (wrong)")",
      "virtual-8086 mode: \(holdsVirtual8086 ? "works" : "dropped (wrong)")",
    ]
    return parts.joined(separator: "; ")
  }
}

#if os(Linux) && arch(x86_64)
  import CKVM
  import Glibc
  import HostSystem
  import InstructionTesting
  import X86

  extension KVMFlavour {
    /// The host's processor by CPUID's brand string in /proc/cpuinfo.
    static var processorName: String {
      let text = readFile("/proc/cpuinfo")
      for line in text.split(separator: "\n") where line.hasPrefix("model name") {
        if let colon = line.firstIndex(of: ":") { return String(line[line.index(colon, offsetBy: 2)...]) }
      }
      return "unknown processor"
    }

    /// The host's kernel.
    static var kernelRelease: String {
      let release = readFile("/proc/sys/kernel/osrelease").prefix { $0 != "\n" }
      return release.isEmpty ? "unknown kernel" : "Linux \(release)"
    }

    /// A file of the kernel's as text; empty if there is none.
    private static func readFile(_ path: String) -> String {
      String(decoding: (try? HostIO.readFile(path)) ?? [], as: UTF8.self)
    }
  }

  extension KVMInstructionRunner {
    /// A test from its bytes.
    private func probe(_ code: [UInt8], cpl: UInt8 = 3, _ adjust: (inout InstructionTest) -> Void = { _ in })
      -> (UserState, refusal: String?)
    {
      var test = InstructionTest()
      for (index, byte) in code.enumerated() { test.code[index] = byte }
      test.codeLength = UInt8(code.count)
      test.cpl = cpl
      test.singleSteps = false
      test.input.generalRegisters[4] = InstructionTest.windowAddress
      adjust(&test)
      return run(test)
    }

    /// Finds the flavour by a few tiny guests.
    ///
    /// - Throws: if even an ADD at CPL 3 does not work.
    func probeFlavour() throws(KVMError) -> KVMFlavour {
      var result = KVMFlavour()
      let (sum, refusal) = probe([0x48, 0x01, 0xD8]) {
        $0.input.generalRegisters[0] = 40
        $0.input.generalRegisters[3] = 2
      }
      guard refusal == nil, sum.vector == UserState.noException, sum.generalRegisters[0] == 42 else {
        throw KVMError("KVM on this host cannot run ADD at CPL 3: \(refusal ?? "vector \(sum.vector)")")
      }
      // mov eax, cs, with a selector that the host's kernel does not use.
      let (selector, _) = probe([0x8C, 0xC8]) { $0.input.selectors[1] = 0x3B }
      result.isPageTableVirtualised = selector.generalRegisters[0] & 0xFFFF != 0x3B
      let (_, call) = probe([0x0F, 0x05])
      result.entersKernelBySYSCALL = call == Self.systemCallRefusal
      let (interrupt, _) = probe([0xCD, 0x40])
      result.raisesProtectionFaultByINT = interrupt.vector == 13 && interrupt.errorCode == 0x40 * 8 + 2
      result.runsSSEInKernel = probe([0x0F, 0x57, 0xC0], cpl: 0).refusal == nil
      // ADDPS: MOVAPS is among the few that an emulator knows.
      let (misaligned, _) = probe([0x0F, 0x58, 0x03]) {
        $0.input.generalRegisters[3] = InstructionTest.windowAddress + 1
      }
      result.checksSSEAlignment = misaligned.vector == 13
      let (stackless, _) = probe([0x0F, 0x51, 0xC0]) { $0.input.generalRegisters[4] = 0x3D17_D6CB_43FA_DF68 }
      result.runsWithNonCanonicalStack = stackless.vector == UserState.noException
      // INT3 as the test itself, not as its end: a NOP follows.
      let (breakpoint, _) = probe([0xCC, 0x90]) { $0.mode = .compatibility32 }
      result.runsINT3InCompatibilityMode = breakpoint.vector == 3
      result.runsINT3InKernel = probe([0xCC, 0x90], cpl: 0).0.vector == 3
      result.singleStepsUserCode = probeSingleStep()
      result.seesInterruptWindows = probeInterruptWindow()
      try probeModes(&result)
      return result
    }

    /// Whether protected mode with paging, and virtual-8086 mode, can be set up at all.
    private func probeModes(_ result: inout KVMFlavour) throws(KVMError) {
      // On a machine of its own: after a change of mode from outside this one would not run any more.
      let processor = try KVMProcessor(try KVMVirtualMachine(host), index: 0)
      var state = ArchitecturalState()
      state.cr0 = CR0.protectionEnable | CR0.extensionType | CR0.paging
      result.pagesOutsideLongMode = (try? processor.importState(state)) != nil
      state.cr0 = CR0.protectionEnable | CR0.extensionType
      state.rflags = RFLAGS.alwaysOne | RFLAGS.virtual8086
      result.holdsVirtual8086 = (try? processor.importState(state)) != nil
    }

    /// Whether an exit that is asked for comes behind STI and one more instruction, before the HLT: four times of four, as
    /// an interrupt of the host may bring it about by chance.
    func probeInterruptWindow() -> Bool { (0..<4).allSatisfy { _ in probeInterruptWindowOnce() } }

    private func probeInterruptWindowOnce() -> Bool {
      var test = InstructionTest()
      for (index, byte) in ([0xFB, 0x90, 0x90, 0x90, 0x90] as [UInt8]).enumerated() { test.code[index] = byte }
      test.codeLength = 5
      test.cpl = 0
      test.singleSteps = false
      test.input.rflags = 2
      unsafe processor.run.pointee.request_interrupt_window = 1
      defer { unsafe processor.run.pointee.request_interrupt_window = 0 }
      return run(test).refusal?.contains("interruptWindow") ?? false
    }

    /// Whether KVM_GUESTDBG_USE_HW_BP stops in front of the second of two NOPs.
    func probeBreakpoint(cpl: UInt8) -> Bool {
      let address = InstructionTest().input.rip &+ 1
      guard unsafe ckvm_set_debugging(processor.descriptor, [address], 1, 0) == 0 else { return false }
      let (_, refusal) = probe([0x90, 0x90], cpl: cpl)
      _ = unsafe ckvm_set_debugging(processor.descriptor, [], 0, 0)
      return refusal?.contains("KVM exit debug") ?? false
    }

    /// Whether KVM_GUESTDBG_SINGLESTEP stops a NOP at CPL 3.
    private func probeSingleStep() -> Bool {
      var debug = kvm_guest_debug()
      debug.control = UInt32(KVM_GUESTDBG_ENABLE) | UInt32(KVM_GUESTDBG_SINGLESTEP)
      guard processor.call(CKVM_SET_GUEST_DEBUG, &debug) else { return false }
      let (_, refusal) = probe([0x90, 0x90])
      debug.control = 0
      _ = processor.call(CKVM_SET_GUEST_DEBUG, &debug)
      return refusal?.contains("KVM exit debug") ?? false
    }
  }
#endif
