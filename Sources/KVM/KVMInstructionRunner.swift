public import InstructionTesting
import X86

#if os(Linux) && arch(x86_64)
  import CKVM
  import Glibc
  import TextForms

  /// Runs single instructions, or a few, on a virtual processor of KVM.
  ///
  /// Made on one thread and used on one thread at a time. The environment is that of `InstructionTest`; the frames of
  /// exceptions stay out of it by a stack of their own (IST).
  @safe public final class KVMInstructionRunner {
    /// What this host's KVM does differently, found at start.
    public private(set) var flavour = KVMFlavour()
    /// Of the last `run`: each test that was lost, by its index, with the reason; at most 1,000.
    public private(set) var lastRefusals: [(index: Int, reason: String)] = []

    let host: KVMHost
    let guest: KVMGuest
    let processor: KVMProcessor
    /// System registers that every test starts from.
    var template = kvm_sregs()
    private var timer: KVMTimer?
    /// AVX state travels by XSAVE.
    let carriesYMM: Bool

    /// Nanoseconds between two looks at a test that does not end; after three it is lost.
    private static let period: UInt64 = 10_000_000

    /// Opens KVM, makes the guest and probes the flavour.
    ///
    /// - Throws: an unavailable error if the host has no KVM for us.
    public convenience init() throws(KVMError) {
      try self.init(probes: true)
    }

    init(probes: Bool, synchronizes: Bool = true) throws(KVMError) {
      host = try KVMHost()
      guest = try KVMGuest()
      let machine = try KVMVirtualMachine(host)
      unsafe try machine.addMemory(guest.memory, byteCount: UInt64(KVMGuest.byteCount), at: 0)
      processor = try KVMProcessor(machine, index: 0, synchronizes: synchronizes)
      // The guest kernel needs nothing, the code under test everything: all that KVM supports.
      guard KVMCPUIDEntry.set(host.supportedCPUID, processor: processor.descriptor) else {
        throw KVMError("KVM_SET_CPUID2 refuses what KVM itself supports: \(KVMHost.errorText)")
      }
      let components = host.supportedCPUID.first { $0.function == CPUIDLeaf.stateComponents && $0.index == 0 }?.eax ?? 0
      carriesYMM = components & 7 == 7 && processor.writeXCR0(7)
      try makeTemplate()
      if probes { flavour = try probeFlavour() }
    }

    /// The host as a report names it.
    public var hostDescription: String { KVMFlavour.processorName + ", " + KVMFlavour.kernelRelease }

    private func makeTemplate() throws(KVMError) {
      guard processor.call(CKVM_GET_SREGS, &template) else { throw KVMError("KVM_GET_SREGS: \(KVMHost.errorText)") }
      func supports(_ feature: CPUIDFeature) -> Bool { host.supportedCPUID.contains { $0.announces(feature) } }
      template.cr0 =
        CR0.protectionEnable | CR0.monitorCoprocessor | CR0.extensionType | CR0.numericError | CR0.writeProtect
        | CR0.alignmentMask | CR0.paging
      template.cr2 = 0
      template.cr3 = 0
      template.cr4 = CR4.physicalAddressExtension | CR4.osFXSR | CR4.osXMMExceptions
      if supports(.xsave), carriesYMM { template.cr4 |= CR4.osXSAVE }
      if supports(.fsgsbase) { template.cr4 |= CR4.fsgsbase }
      if supports(.umip) { template.cr4 |= CR4.userModeInstructionPrevention }
      template.efer =
        EFER.systemCallExtensions | EFER.longModeEnable | EFER.longModeActive | EFER.noExecuteEnable
      template.gdt.base = KVMGuest.supervisorBase + UInt64(KVMGuest.descriptorPage)
      template.gdt.limit = KVMGuest.taskSelector + 15
      template.idt.base = KVMGuest.supervisorBase + UInt64(KVMGuest.interruptTable)
      template.idt.limit = 0xFFF
      template.tr = kvm_segment(
        SegmentState(
          selector: KVMGuest.taskSelector, base: KVMGuest.supervisorBase + UInt64(KVMGuest.taskSegment), limit: 0x67,
          attributes: 0x8B))
      template.ldt = kvm_segment(SegmentState(selector: 0, base: 0, limit: 0, attributes: SegmentState.unusable))
      try resetRest()
    }

    /// What no test sets by itself and a test at CPL 0 may change: MSRs, debug registers, XCR0.
    private func resetRest() throws(KVMError) {
      // SYSCALL to a stub; STAR names Linux's selectors.
      for (number, value) in [
        (MSR.star, 0x0023_0010 << 32), (MSR.lstar, KVMGuest.firstStub + UInt64(KVMGuest.systemCallStub * 16)),
        (MSR.sfmask, RFLAGS.interruptEnable | RFLAGS.trap), (MSR.kernelGSBase, 0), (MSR.sysenterCS, 0),
        (MSR.sysenterESP, 0), (MSR.sysenterEIP, 0),
      ] as [(UInt32, UInt64)] where !processor.writeMSR(number, value) {
        throw KVMError("KVM_SET_MSRS refuses MSR \(Text.hex(number))")
      }
      var debug = kvm_debugregs()
      debug.dr6 = SystemRegister.dr6.reset
      debug.dr7 = SystemRegister.dr7.reset
      guard processor.call(CKVM_SET_DEBUGREGS, &debug) else {
        throw KVMError("KVM_SET_DEBUGREGS: \(KVMHost.errorText)")
      }
      if carriesYMM, !processor.writeXCR0(7) { throw KVMError("KVM_SET_XCRS: \(KVMHost.errorText)") }
    }

    /// Runs tests in order; `results[i]` is what came of `tests[i]`.
    ///
    /// At CPL 0 CS is 10h and SS 18h, and RFLAGS are the input's but for TF, RF and VM; at CPL 3 of RFLAGS only the status
    /// flags, DF, NT, AC and ID are the input's, and IF is 1. A test that KVM cannot run has `UserState.lost` as vector
    /// and its reason in `lastRefusals`.
    ///
    /// - Parameter results: at least as many as there are tests.
    public func run(_ tests: UnsafeBufferPointer<InstructionTest>, into results: UnsafeMutableBufferPointer<UserState>)
    {
      lastRefusals = []
      // Of this thread: the signal must reach whoever sits in KVM_RUN.
      timer = try? KVMTimer(processor)
      timer?.set(first: Self.period, period: Self.period)
      for index in 0..<min(tests.count, results.count) {
        do throws(TestLost) {
          unsafe try runOne(tests[index], &results[index])
        } catch {
          unsafe results[index].vector = UserState.lost
          if lastRefusals.count < 1000 { lastRefusals.append((index, error.reason)) }
        }
      }
      timer = nil
    }

    /// Runs one test by itself.
    func run(_ test: InstructionTest) -> (UserState, refusal: String?) {
      var result = UserState()
      unsafe withUnsafePointer(to: test) { input in
        unsafe withUnsafeMutablePointer(to: &result) { output in
          unsafe run(
            UnsafeBufferPointer(start: input, count: 1), into: UnsafeMutableBufferPointer(start: output, count: 1))
        }
      }
      return (result, lastRefusals.first?.reason)
    }

    /// Why a test has no result.
    struct TestLost: Error {
      var reason: String
    }

    // MARK: One test

    private func runOne(_ test: borrowing InstructionTest, _ result: inout UserState) throws(TestLost) {
      let plan = Plan(test)
      guest.place(test, length: plan.length, terminator: plan.terminator)
      let start = test.input.rip
      defer { guest.removeCode(at: start) }
      result = test.input
      result.cr2 = 0
      result.errorCode = 0
      defer { guest.collect(&result) }
      // Costs a few calls: only where it can matter, before for what earlier tests left (DR6), and after.
      if plan.touchesRest { try? resetRest() }
      defer { if plan.touchesRest { try? resetRest() } }
      try load(test, plan)
      var dirty = KVMProcessor.Dirty.registers | KVMProcessor.Dirty.systemRegisters | KVMProcessor.Dirty.events
      var stepsLeft = Int(max(test.steps, 1))
      var address = test.input.rip
      var looks = 0
      while true {
        let exit = processor.enter(dirty: dirty)
        dirty = 0
        switch exit {
        case .interrupted:
          looks += 1
          if looks > 3 { throw TestLost(reason: "the guest hangs at RIP \(Text.hex(processor.registers.rip))") }
          continue
        case .port where stubVector != nil:
          let frame = try readFrame(stubVector ?? 0)
          if frame.vector == 1 && plan.traps {
            // An iteration of a repeated string instruction is no instruction.
            if frame.rip != address || !guest.isRepeatedString(at: address) { stepsLeft -= 1 }
            address = frame.rip
            if stepsLeft > 0 && frame.rip != plan.end {
              dirty = resume(frame)
              continue
            }
            return try store(frame, vector: UserState.noException, test, &result)
          }
          let isEnd = frame.vector == 3 && frame.rip == plan.end &+ 1
          if isEnd || (plan.isCompatibility && frame.vector == 6 && frame.rip == plan.end) {
            var end = frame
            end.rip = plan.end
            return try store(end, vector: UserState.noException, test, &result)
          }
          return try store(frame, vector: frame.vector, test, &result)
        case .port:
          // IN and OUT of CPL 0: no chip is there, an input reads ones.
          if unsafe ckvm_port_is_write(processor.run) == 0 {
            let count = unsafe Int(ckvm_port_width(processor.run)) * Int(ckvm_port_count(processor.run))
            unsafe memset(ckvm_port_data(processor.run), 0xFF, min(count, 4096))
          }
        case .halt:
          var frame = currentFrame
          // Our own HLT behind the code, or the test's.
          if frame.rip == plan.end &+ 1 { frame.rip = plan.end }
          return try store(frame, vector: UserState.noException, test, &result)
        default: throw TestLost(reason: refusal(exit))
        }
      }
    }

    private func refusal(_ exit: KVMExit) -> String {
      let at = "at RIP \(Text.hex(processor.registers.rip))"
      switch exit {
      case .internalError(1): return "KVM cannot emulate the instruction \(at)"
      case .internalError(let number): return "KVM internal error \(number) \(at)"
      case .shutdown: return "triple fault"
      case .memory: return "an access to no memory \(at)"
      case .entryFailure(let reason): return "KVM refuses to enter (\(Text.hex(reason)))"
      case .failed(let code): return unsafe "KVM_RUN: \(String(cString: strerror(code)))"
      default: return "KVM exit \(exit) \(at)"
      }
    }

    /// How a test is run.
    struct Plan {
      /// Behind the code.
      var end: UInt64
      /// Bytes of code that run.
      var length: Int
      /// By TF rather than to the terminator.
      var traps: Bool
      var terminator: UInt8
      var isCompatibility: Bool
      /// The code may hold an instruction that reads or writes what `resetRest` resets.
      var touchesRest = false

      init(_ test: borrowing InstructionTest) {
        isCompatibility = test.mode == .compatibility32
        // An emulated CPL 0 knows no INT3.
        terminator = test.cpl == 0 ? 0xF4 : 0xCC
        length = Int(min(test.codeLength, 15))
        traps = test.singleSteps
        if test.singleSteps, test.steps <= 1, let only = Self.lengthWithoutTrap(test) {
          traps = false
          length = only
        }
        end = test.input.rip &+ UInt64(length)
        guard test.cpl == 0 else { return }
        for index in 0..<15 where test.code[index] == 0x0F {
          switch test.code[index + 1] {
          // MOV DR, WRMSR, RDMSR, SYSENTER; XSETBV and SWAPGS
          case 0x21, 0x23, 0x30, 0x32, 0x34, 0x01: touchesRest = true
          default: break
          }
        }
      }

      /// Length of an instruction that must not be stepped by TF: a repeated string instruction would trap after each
      /// iteration, PUSHF would show TF, INT1 is a trap of the same vector.
      static func lengthWithoutTrap(_ test: borrowing InstructionTest) -> Int? {
        var isRepeated = false
        for index in 0..<Int(min(test.codeLength, 15)) {
          switch test.code[index] {
          case 0xF2, 0xF3: isRepeated = true
          case 0x26, 0x2E, 0x36, 0x3E, 0x64...0x67: break
          case 0x40...0x4F where test.mode == .long64: break
          case 0xF1, 0x9C: return index + 1
          case 0x6C...0x6F, 0xA4...0xA7, 0xAA...0xAF: return isRepeated ? index + 1 : nil
          default: return nil
          }
        }
        return nil
      }
    }

    /// Where a test stopped.
    struct Frame {
      var vector: UInt8
      var errorCode: UInt32 = 0
      var rip: UInt64
      var rflags: UInt64
      var rsp: UInt64
      var cs: UInt16
      var ss: UInt16
    }

    /// The vector whose stub made the last port access.
    private var stubVector: UInt8? {
      let port = unsafe ckvm_port_number(processor.run)
      let offset = processor.registers.rip &- KVMGuest.firstStub
      guard port < 256, unsafe ckvm_port_is_write(processor.run) != 0, offset / 16 == UInt64(port) else { return nil }
      return UInt8(port)
    }

    private var currentFrame: Frame {
      let (general, system) = (processor.registers, processor.systemRegisters)
      return Frame(
        vector: UserState.noException, rip: general.rip, rflags: general.rflags, rsp: general.rsp,
        cs: system.cs.selector, ss: system.ss.selector)
    }

    /// Why a test that executes SYSCALL is lost where SYSCALL works.
    static let systemCallRefusal = "SYSCALL leaves the environment"

    private func readFrame(_ vector: UInt8) throws(TestLost) -> Frame {
      if Int(vector) == KVMGuest.systemCallStub { throw TestLost(reason: Self.systemCallRefusal) }
      let hasErrorCode = ExceptionVector(rawValue: vector).hasErrorCode
      let byteCount = hasErrorCode ? 48 : 40
      guard processor.registers.rsp == KVMGuest.stackTop - UInt64(byteCount) else {
        throw TestLost(reason: "the frame of vector \(vector) is not where IST1 is")
      }
      let base = KVMGuest.stackPage + 0x1000 - 40
      if guest.word(base) == KVMGuest.firstStub + UInt64(KVMGuest.systemCallStub * 16) {
        throw TestLost(reason: "SYSCALL reaches its handler without its privilege level")
      }
      return Frame(
        vector: vector, errorCode: hasErrorCode ? UInt32(truncatingIfNeeded: guest.word(base - 8)) : 0,
        rip: guest.word(base), rflags: guest.word(base + 16), rsp: guest.word(base + 24),
        cs: UInt16(truncatingIfNeeded: guest.word(base + 8)), ss: UInt16(truncatingIfNeeded: guest.word(base + 32)))
    }

    /// Goes on after a trap, where the frame says.
    private func resume(_ frame: Frame) -> UInt64 {
      var general = processor.registers
      general.rip = frame.rip
      general.rsp = frame.rsp
      general.rflags = frame.rflags | RFLAGS.trap
      processor.registers = general
      var system = processor.systemRegisters
      system.cs = kvm_segment(Self.segment(frame.cs))
      system.ss = kvm_segment(Self.segment(frame.ss))
      processor.systemRegisters = system
      return KVMProcessor.Dirty.registers | KVMProcessor.Dirty.systemRegisters
    }

    /// The hidden part that the GDT gives a selector; one that it has not is unusable.
    static func segment(_ selector: UInt16, base: UInt64? = nil) -> SegmentState {
      let index = Int(selector >> 3)
      guard selector & 4 == 0, (2..<KVMGuest.descriptors.count).contains(index) else {
        return SegmentState(selector: selector, base: base ?? 0, limit: 0, attributes: SegmentState.unusable)
      }
      var result = SegmentState(selector: selector, descriptor: KVMGuest.descriptors[index])
      if let base { result.base = base }
      return result
    }
  }
#endif
