#if os(Linux) && arch(x86_64)
  import CKVM
  import Glibc
  import InstructionTesting
  import X86

  extension KVMInstructionRunner {
    /// Bits 63:47 are equal.
    private static func isCanonical(_ address: UInt64) -> Bool {
      Int64(bitPattern: address) >> 47 == 0 || Int64(bitPattern: address) >> 47 == -1
    }

    /// Everything that a test starts from, into the shared page and the XSAVE image.
    func load(_ test: borrowing InstructionTest, _ plan: Plan) throws(TestLost) {
      guard Self.isCanonical(test.input.fsBase), Self.isCanonical(test.input.gsBase) else {
        throw TestLost(reason: "a base of FS or GS that no processor can hold")
      }
      if test.mode == .real16 { throw TestLost(reason: "the guest is in long mode") }
      if test.mode == .segmented { throw TestLost(reason: "the guest has no local descriptor table") }
      if test.cpl != 3, test.mode != .long64 {
        throw TestLost(reason: "compatibility mode is for CPL 3 alone")
      }
      let r = test.input.generalRegisters
      let taken =
        test.cpl == 0
        ? ~(RFLAGS.trap | RFLAGS.resume | RFLAGS.virtual8086)
        : RFLAGS.status | RFLAGS.direction | RFLAGS.nestedTask | RFLAGS.alignmentCheck | RFLAGS.identification
      let forced = RFLAGS.alwaysOne | (test.cpl == 0 ? 0 : RFLAGS.interruptEnable)
      processor.registers = kvm_regs(
        rax: r[0], rbx: r[3], rcx: r[1], rdx: r[2], rsi: r[6], rdi: r[7], rsp: r[4], rbp: r[5], r8: r[8], r9: r[9],
        r10: r[10], r11: r[11], r12: r[12], r13: r[13], r14: r[14], r15: r[15], rip: test.input.rip,
        rflags: (test.input.rflags & taken) | forced | (plan.traps ? RFLAGS.trap : 0))
      var system = template
      let selectors = test.input.selectors
      let isKernel = test.cpl == 0
      let code: UInt16 = isKernel ? 0x10 : test.mode == .long64 ? selectors[1] : 0x23
      system.cs = kvm_segment(Self.segment(code))
      system.ss = kvm_segment(Self.segment(isKernel ? 0x18 : selectors[2]))
      system.es = kvm_segment(Self.segment(selectors[0]))
      system.ds = kvm_segment(Self.segment(selectors[3]))
      system.fs = kvm_segment(Self.segment(selectors[4], base: test.input.fsBase))
      system.gs = kvm_segment(Self.segment(selectors[5], base: test.input.gsBase))
      processor.systemRegisters = system
      processor.events = kvm_vcpu_events()
      processor.events.flags = UInt32(KVM_VCPUEVENT_VALID_NMI_PENDING) | UInt32(KVM_VCPUEVENT_VALID_SHADOW)
      loadFloating(test.input)
      guard processor.writeXSAVE() else { throw TestLost(reason: "KVM_SET_XSAVE: \(KVMHost.errorText)") }
    }

    private static let ymmOffset = 576

    private func loadFloating(_ input: borrowing UserState) {
      let area = unsafe processor.xsave
      unsafe memset(area, 0, 832)
      unsafe area.storeBytes(of: input.fcw, toByteOffset: 0, as: UInt16.self)
      unsafe area.storeBytes(of: input.fsw, toByteOffset: 2, as: UInt16.self)
      unsafe area.storeBytes(of: input.ftw, toByteOffset: 4, as: UInt8.self)
      unsafe area.storeBytes(of: input.mxcsr, toByteOffset: 24, as: UInt32.self)
      unsafe area.storeBytes(of: 0xFFFF, toByteOffset: 28, as: UInt32.self)
      for index in 0..<16 {
        let word = index & 1 == 0 ? input.st[index] : input.st[index] & 0xFFFF
        unsafe area.storeBytes(of: word, toByteOffset: 32 + index * 8, as: UInt64.self)
      }
      for register in 0..<16 {
        for word in 0..<2 {
          unsafe area.storeBytes(
            of: input.ymm[register * 4 + word], toByteOffset: 160 + register * 16 + word * 8, as: UInt64.self)
          unsafe area.storeBytes(
            of: input.ymm[register * 4 + 2 + word], toByteOffset: Self.ymmOffset + register * 16 + word * 8,
            as: UInt64.self)
        }
      }
      unsafe area.storeBytes(of: carriesYMM ? 7 : 3, toByteOffset: KVMProcessor.xstateOffset, as: UInt64.self)
    }

    private func storeFloating(_ result: inout UserState) throws(TestLost) {
      guard processor.readXSAVE() else { throw TestLost(reason: "KVM_GET_XSAVE: \(KVMHost.errorText)") }
      let area = unsafe processor.xsave
      let components = unsafe area.load(fromByteOffset: KVMProcessor.xstateOffset, as: UInt64.self)
      let (hasX87, hasSSE, hasAVX) = (components & 1 != 0, components & 2 != 0, components & 4 != 0)
      // A component that XSTATE_BV leaves out is in its initial state, whatever the image holds.
      result.fcw = hasX87 ? unsafe area.load(fromByteOffset: 0, as: UInt16.self) : 0x37F
      result.fsw = hasX87 ? unsafe area.load(fromByteOffset: 2, as: UInt16.self) : 0
      result.ftw = hasX87 ? unsafe area.load(fromByteOffset: 4, as: UInt8.self) : 0
      result.mxcsr = unsafe area.load(fromByteOffset: 24, as: UInt32.self)
      for index in 0..<16 {
        let word = hasX87 ? unsafe area.load(fromByteOffset: 32 + index * 8, as: UInt64.self) : 0
        result.st[index] = index & 1 == 0 ? word : word & 0xFFFF
      }
      for register in 0..<16 {
        for word in 0..<2 {
          let low = 160 + register * 16 + word * 8
          let high = Self.ymmOffset + register * 16 + word * 8
          result.ymm[register * 4 + word] = hasSSE ? unsafe area.load(fromByteOffset: low, as: UInt64.self) : 0
          result.ymm[register * 4 + 2 + word] = hasAVX ? unsafe area.load(fromByteOffset: high, as: UInt64.self) : 0
        }
      }
    }

    /// Everything that a test ends with.
    func store(
      _ frame: Frame, vector: UInt8, _ test: borrowing InstructionTest, _ result: inout UserState
    ) throws(TestLost) {
      result.generalRegisters = processor.registers.general
      result.generalRegisters[4] = frame.rsp
      result.rip = frame.rip
      result.rflags = frame.rflags & ~(RFLAGS.trap | RFLAGS.resume)
      let system = processor.systemRegisters
      result.selectors = [
        system.es.selector, frame.cs, frame.ss, system.ds.selector, system.fs.selector, system.gs.selector,
      ]
      result.fsBase = system.fs.base
      result.gsBase = system.gs.base
      result.vector = vector
      result.errorCode = vector == UserState.noException ? 0 : frame.errorCode
      result.cr2 = vector == 14 ? system.cr2 : 0
      try storeFloating(&result)
    }
  }
#endif
