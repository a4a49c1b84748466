#if os(Linux) && arch(x86_64)
  import CKVM
  import TextForms
  import X86

  extension kvm_segment {
    /// KVM's form of a segment register.
    init(_ segment: SegmentState) {
      func bit(_ number: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: segment.attributes >> number & 1) }
      self.init()
      base = segment.base
      limit = segment.limit
      selector = segment.selector
      type = UInt8(truncatingIfNeeded: segment.type)
      present = bit(7)
      dpl = segment.descriptorPrivilegeLevel
      db = bit(14)
      s = bit(4)
      l = bit(13)
      g = bit(15)
      avl = bit(12)
      unusable = bit(16)
    }

    /// Ours.
    var segmentState: SegmentState {
      let low = UInt32(type & 15) | UInt32(s & 1) << 4 | UInt32(dpl & 3) << 5 | UInt32(present & 1) << 7
      let high = UInt32(avl & 1) << 12 | UInt32(l & 1) << 13 | UInt32(db & 1) << 14 | UInt32(g & 1) << 15
      return SegmentState(
        selector: selector, base: base, limit: limit, attributes: low | high | UInt32(unusable & 1) << 16)
    }
  }

  extension kvm_regs {
    /// The general registers by encoding, RIP and RFLAGS.
    init(_ state: ArchitecturalState) {
      let r = state.generalRegisters
      self.init(
        rax: r[0], rbx: r[3], rcx: r[1], rdx: r[2], rsi: r[6], rdi: r[7], rsp: r[4], rbp: r[5], r8: r[8], r9: r[9],
        r10: r[10], r11: r[11], r12: r[12], r13: r[13], r14: r[14], r15: r[15], rip: state.rip, rflags: state.rflags)
    }

    /// RAX RCX RDX RBX RSP RBP RSI RDI R8-R15.
    var general: InlineArray<16, UInt64> {
      [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15]
    }
  }

  extension KVMProcessor {
    /// MSRs that travel with a state; those that this KVM lacks stay out.
    static let exportedMSRs = MSRTable.numbers(exportedTo: .kvm)

    /// Everything that software can observe, as far as KVM keeps it (`KVMStateLimit.all`).
    ///
    /// - Throws: when KVM refuses one of its calls, with the call's name.
    func exportState() throws(KVMError) -> ArchitecturalState {
      var result = ArchitecturalState()
      var general = kvm_regs()
      try require(CKVM_GET_REGS, &general, "KVM_GET_REGS")
      for index in 0..<16 { result.generalRegisters[index] = general.general[index] }
      result.rip = general.rip
      result.rflags = general.rflags
      try exportSystemRegisters(&result)
      var debug = kvm_debugregs()
      try require(CKVM_GET_DEBUGREGS, &debug, "KVM_GET_DEBUGREGS")
      result.debugAddresses = [debug.db.0, debug.db.1, debug.db.2, debug.db.3]
      result.dr6 = debug.dr6
      result.dr7 = debug.dr7
      var events = kvm_vcpu_events()
      try require(CKVM_GET_VCPU_EVENTS, &events, "KVM_GET_VCPU_EVENTS")
      result.movSSShadow = events.interrupt.shadow & UInt8(KVM_X86_SHADOW_INT_MOV_SS) != 0
      result.stiShadow = events.interrupt.shadow & UInt8(KVM_X86_SHADOW_INT_STI) != 0
      result.nmiPending = events.nmi.pending != 0
      result.nmiBlocked = events.nmi.masked != 0
      for number in Self.exportedMSRs {
        if let value = readMSR(number) { result.msrs[number] = value }
      }
      result.xcr0 = readXCR0() ?? 1
      guard readXSAVE() else { throw KVMError("KVM_GET_XSAVE: \(KVMHost.errorText)") }
      result.fxsaveArea = legacyArea
      result.upperVectors = upperVectors
      result.pkru = pkru
      result.activity = activity
      return result
    }

    /// Takes over a state.
    ///
    /// - Throws: when KVM refuses a part of it, with the part's name.
    func importState(_ state: ArchitecturalState) throws(KVMError) {
      // XCR0 and MSRs first: CR4.OSXSAVE and EFER are checked by what CPUID offers, not by them.
      try importSystemRegisters(state)
      var general = kvm_regs(state)
      try require(CKVM_SET_REGS, &general, "KVM_SET_REGS")
      if state.rflags & RFLAGS.virtual8086 != 0 {
        try require(CKVM_GET_REGS, &general, "KVM_GET_REGS")
        guard general.rflags & RFLAGS.virtual8086 != 0 else {
          throw KVMError("KVM on this host cannot hold RFLAGS.VM: it has no virtual-8086 mode")
        }
      }
      if state.xcr0 != readXCR0() ?? 1, !writeXCR0(state.xcr0) {
        throw KVMError("KVM_SET_XCRS refuses XCR0 \(Text.hex(state.xcr0)): \(KVMHost.errorText)")
      }
      for (number, value) in state.msrs where readMSR(number) != value {
        guard writeMSR(number, value) else {
          if value == 0 || readMSR(number) == nil { continue }
          throw KVMError("KVM_SET_MSRS refuses MSR \(Text.hex(number)) = \(Text.hex(value))")
        }
      }
      setLegacyArea(state.fxsaveArea)
      setUpperVectors(state.upperVectors)
      guard setPKRU(state.pkru) else {
        throw KVMError("KVM on this host cannot hold PKRU \(Text.hex(UInt64(state.pkru))): it has no protection keys")
      }
      guard writeXSAVE() else { throw KVMError("KVM_SET_XSAVE: \(KVMHost.errorText)") }
      var debug = kvm_debugregs()
      let addresses = state.debugAddresses
      debug.db = (addresses[0], addresses[1], addresses[2], addresses[3])
      debug.dr6 = state.dr6
      debug.dr7 = state.dr7
      try require(CKVM_SET_DEBUGREGS, &debug, "KVM_SET_DEBUGREGS")
      var events = kvm_vcpu_events()
      events.interrupt.shadow =
        (state.movSSShadow ? UInt8(KVM_X86_SHADOW_INT_MOV_SS) : 0)
        | (state.stiShadow ? UInt8(KVM_X86_SHADOW_INT_STI) : 0)
      events.nmi.pending = state.nmiPending ? 1 : 0
      events.nmi.masked = state.nmiBlocked ? 1 : 0
      events.flags = UInt32(KVM_VCPUEVENT_VALID_NMI_PENDING) | UInt32(KVM_VCPUEVENT_VALID_SHADOW)
      try require(CKVM_SET_VCPU_EVENTS, &events, "KVM_SET_VCPU_EVENTS")
      activity = state.activity
    }

    private func require<Value>(_ request: UInt, _ value: inout Value, _ name: String) throws(KVMError) {
      guard call(request, &value) else { throw KVMError("\(name): \(KVMHost.errorText)") }
    }

    /// Reads an MSR; nil where KVM has none of that number.
    func readMSR(_ number: UInt32) -> UInt64? {
      var value: UInt64 = 0
      return unsafe ckvm_get_msr(descriptor, number, &value) == 1 ? value : nil
    }

    /// Writes an MSR; false if KVM refuses.
    func writeMSR(_ number: UInt32, _ value: UInt64) -> Bool { ckvm_set_msr(descriptor, number, value) == 1 }

    // MARK: System registers

    private func exportSystemRegisters(_ result: inout ArchitecturalState) throws(KVMError) {
      var system = kvm_sregs()
      try require(CKVM_GET_SREGS, &system, "KVM_GET_SREGS")
      result.segments = [system.es, system.cs, system.ss, system.ds, system.fs, system.gs].map(\.segmentState)
      result.ldtr = system.ldt.segmentState
      result.tr = system.tr.segmentState
      result.gdtr = DescriptorTableRegister(base: system.gdt.base, limit: system.gdt.limit)
      result.idtr = DescriptorTableRegister(base: system.idt.base, limit: system.idt.limit)
      result.cr0 = system.cr0
      result.cr2 = system.cr2
      result.cr3 = system.cr3
      result.cr4 = system.cr4
      result.cr8 = system.cr8
      result.efer = system.efer
      guard hasSREGS2 else { return }
      var second = kvm_sregs2()
      try require(CKVM_GET_SREGS2, &second, "KVM_GET_SREGS2")
      guard second.flags & UInt64(KVM_SREGS2_FLAGS_PDPTRS_VALID) != 0 else { return }
      result.pdpte = [second.pdptrs.0, second.pdptrs.1, second.pdptrs.2, second.pdptrs.3]
    }

    private func importSystemRegisters(_ state: ArchitecturalState) throws(KVMError) {
      var system = kvm_sregs()
      // Keeps the APIC base, which the board owns.
      try require(CKVM_GET_SREGS, &system, "KVM_GET_SREGS")
      let s = state.segments
      (system.es, system.cs, system.ss) = (kvm_segment(s[0]), kvm_segment(s[1]), kvm_segment(s[2]))
      (system.ds, system.fs, system.gs) = (kvm_segment(s[3]), kvm_segment(s[4]), kvm_segment(s[5]))
      system.ldt = kvm_segment(state.ldtr)
      system.tr = kvm_segment(state.tr)
      system.gdt.base = state.gdtr.base
      system.gdt.limit = state.gdtr.limit
      system.idt.base = state.idtr.base
      system.idt.limit = state.idtr.limit
      system.cr0 = state.cr0
      system.cr2 = state.cr2
      system.cr3 = state.cr3
      system.cr4 = state.cr4
      system.cr8 = state.cr8
      system.efer = state.efer
      system.interrupt_bitmap = (0, 0, 0, 0)
      let usesPDPTE =
        state.cr0 & CR0.paging != 0 && state.cr4 & CR4.physicalAddressExtension != 0
        && state.efer & EFER.longModeActive == 0
      guard usesPDPTE, hasSREGS2 else {
        try require(CKVM_SET_SREGS, &system, "KVM_SET_SREGS")
        return try checkPaging(state.cr0)
      }
      // The PDPTE registers as they are, not as memory has them now.
      var second = kvm_sregs2()
      (second.cs, second.ds, second.es, second.fs) = (system.cs, system.ds, system.es, system.fs)
      (second.gs, second.ss, second.tr, second.ldt) = (system.gs, system.ss, system.tr, system.ldt)
      (second.gdt, second.idt) = (system.gdt, system.idt)
      (second.cr0, second.cr2, second.cr3) = (system.cr0, system.cr2, system.cr3)
      (second.cr4, second.cr8, second.efer) = (system.cr4, system.cr8, system.efer)
      second.apic_base = system.apic_base
      second.flags = UInt64(KVM_SREGS2_FLAGS_PDPTRS_VALID)
      second.pdptrs = (state.pdpte[0], state.pdpte[1], state.pdpte[2], state.pdpte[3])
      try require(CKVM_SET_SREGS2, &second, "KVM_SET_SREGS2")
      try checkPaging(state.cr0)
    }

    /// A KVM without VT-x and SVM drops CR0.PG outside long mode, and reports success.
    private func checkPaging(_ wanted: UInt64) throws(KVMError) {
      guard wanted & CR0.paging != 0 else { return }
      var system = kvm_sregs()
      try require(CKVM_GET_SREGS, &system, "KVM_GET_SREGS")
      guard system.cr0 & CR0.paging != 0 else {
        throw KVMError("KVM on this host cannot hold CR0.PG here: it has paging in long mode only")
      }
    }

    // MARK: The XSAVE image

    /// Offset of the upper halves of the YMM registers.
    static let avxOffset = 576

    /// Offset of XSTATE_BV.
    static let xstateOffset = 512

    /// The legacy area of `xsave`, with components that XSTATE_BV leaves out in their initial state.
    var legacyArea: [UInt8] {
      var area = [UInt8](repeating: 0, count: 512)
      let components = unsafe xsave.load(fromByteOffset: Self.xstateOffset, as: UInt64.self)
      for index in 0..<416 { area[index] = unsafe xsave.load(fromByteOffset: index, as: UInt8.self) }
      if components & 1 == 0 {
        for index in 0..<24 { area[index] = 0 }
        for index in 32..<160 { area[index] = 0 }
        (area[0], area[1]) = (0x7F, 3)
      }
      if components & 2 == 0 { for index in 160..<416 { area[index] = 0 } }
      return area
    }

    /// The upper halves of the YMM registers in `xsave`; zero where XSTATE_BV leaves them out.
    private var upperVectors: [UInt64] {
      let components = unsafe xsave.load(fromByteOffset: Self.xstateOffset, as: UInt64.self)
      guard components & XCR0.avx != 0 else { return [UInt64](repeating: 0, count: 32) }
      return (0..<32).map { unsafe xsave.load(fromByteOffset: Self.avxOffset + $0 * 8, as: UInt64.self) }
    }

    /// Puts upper halves of the YMM registers into `xsave`, unless all are zero: then the component stays initial, which
    /// processors without AVX take as well.
    private func setUpperVectors(_ words: [UInt64]) {
      guard words.count == 32, words.contains(where: { $0 != 0 }) else { return }
      for index in 0..<32 {
        unsafe xsave.storeBytes(of: words[index], toByteOffset: Self.avxOffset + index * 8, as: UInt64.self)
      }
      unsafe xsave.storeBytes(of: 7, toByteOffset: Self.xstateOffset, as: UInt64.self)
    }

    /// Offset of PKRU in `xsave`; nil where the host has no protection keys.
    private var keyRightsOffset: Int? {
      let leaf = machine.host.supportedCPUID.first { $0.function == CPUIDLeaf.stateComponents && $0.index == 9 }
      guard let leaf, leaf.eax >= 4, Int(leaf.ebx) + 4 <= Self.xsaveByteCount else { return nil }
      return Int(leaf.ebx)
    }

    /// PKRU in `xsave`; 0 where XSTATE_BV leaves it out.
    private var pkru: UInt32 {
      let components = unsafe xsave.load(fromByteOffset: Self.xstateOffset, as: UInt64.self)
      guard components & XCR0.protectionKeys != 0, let offset = keyRightsOffset else { return 0 }
      return unsafe xsave.load(fromByteOffset: offset, as: UInt32.self)
    }

    /// Puts PKRU into `xsave`, unless it is 0: then the component stays initial. False if there is no place for it.
    private func setPKRU(_ value: UInt32) -> Bool {
      guard value != 0 else { return true }
      guard let offset = keyRightsOffset else { return false }
      unsafe xsave.storeBytes(of: value, toByteOffset: offset, as: UInt32.self)
      let components = unsafe xsave.load(fromByteOffset: Self.xstateOffset, as: UInt64.self)
      unsafe xsave.storeBytes(
        of: components | XCR0.protectionKeys, toByteOffset: Self.xstateOffset, as: UInt64.self)
      return true
    }

    /// Makes `xsave` an image of x87 and SSE state, all other components initial.
    func setLegacyArea(_ area: [UInt8]) {
      unsafe xsave.initializeMemory(as: UInt8.self, repeating: 0, count: Self.xsaveByteCount)
      for index in 0..<min(area.count, 416) {
        unsafe xsave.storeBytes(of: area[index], toByteOffset: index, as: UInt8.self)
      }
      unsafe xsave.storeBytes(of: 3, toByteOffset: Self.xstateOffset, as: UInt64.self)
    }
  }
#endif
