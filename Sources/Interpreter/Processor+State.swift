import MMU
public import X86

extension CoreState {
  /// SS with the CPL as its DPL, by which a state holds the CPL.
  ///
  /// SYSRET of AMD processors leaves another DPL there, which nothing looks at afterwards; KVM exports SS like this too.
  public var stackSegment: SegmentState {
    var segment = segments[.ss]
    if paging.cr0 & CR0.protectionEnable != 0, systemFlags & RFLAGS.virtual8086 == 0, !segment.isUnusable {
      segment.attributes = segment.attributes & ~0x60 | UInt32(cpl) << 5
    }
    return segment
  }
}

extension Processor {
  /// MSRs of every exported state.
  static let exportedMSRs = MSRTable.numbers(exportedTo: .state)

  /// Takes over the upper halves of the YMM registers; a processor without AVX has none.
  private func setUpperVectors(_ words: [UInt64]) {
    let hasAVX = model.xcr0Mask & XCR0.avx != 0
    state.floating.setUpperWords(hasAVX ? words : [UInt64](repeating: 0, count: 32))
  }

  /// Everything that software can observe.
  public func snapshot() -> ArchitecturalState {
    var result = ArchitecturalState()
    for index in 0..<16 { result.generalRegisters[index] = unsafe registers[index] }
    result.rip = state.rip
    result.rflags = rflags
    for index in 0..<6 { result.segments[index] = state.segments[index] }
    result.segments[.ss] = state.stackSegment
    result.ldtr = state.ldtr
    result.tr = state.tr
    result.gdtr = state.gdtr
    result.idtr = state.idtr
    result.cr0 = state.paging.cr0
    result.cr2 = state.cr2
    result.cr3 = state.paging.cr3
    result.cr4 = state.paging.cr4
    for index in 0..<4 {
      result.pdpte[index] = state.paging.pdpte[index]
      result.debugAddresses[index] = state.debugAddresses[index]
    }
    result.cr8 = UInt64(bus.taskPriority(processor: state.index))
    result.dr6 = state.dr6
    result.dr7 = state.dr7
    result.efer = state.paging.efer
    result.xcr0 = state.xcr0
    result.pkru = state.paging.pkru
    result.upperVectors = state.floating.upperWords
    for number in Self.exportedMSRs { result.msrs[number] = readMSR(number) }
    result.fxsaveArea = floatingImage()
    result.stiShadow = state.stiShadow
    result.movSSShadow = state.movSSShadow
    result.nmiBlocked = state.nmiBlocked
    result.nmiPending = state.nmiPending
    result.pendingDebugTraps = state.pendingDebug
    result.activity = state.activity
    return result
  }

  /// Takes over a state; translations are dropped.
  public func restore(_ new: ArchitecturalState) {
    for index in 0..<16 { unsafe registers[index] = new.generalRegisters[index] }
    state.rip = new.rip
    for index in 0..<6 { state.segments[index] = new.segments[index] }
    state.ldtr = new.ldtr
    state.tr = new.tr
    state.gdtr = new.gdtr
    state.idtr = new.idtr
    state.paging.cr0 = new.cr0
    state.cr2 = new.cr2
    state.paging.cr3 = new.cr3
    state.paging.cr4 = new.cr4
    state.paging.efer = new.efer
    for index in 0..<4 {
      state.paging.pdpte[index] = new.pdpte[index]
      state.debugAddresses[index] = new.debugAddresses[index]
    }
    state.dr6 = new.dr6
    state.dr7 = new.dr7
    state.msrs = MSRValues()
    for (number, value) in new.msrs { restoreMSR(number, value) }
    setFloatingImage(new.fxsaveArea)
    state.xcr0 = new.xcr0 & model.xcr0Mask | XCR0.x87
    state.paging.pkru = model.features.contains(.pku) ? new.pkru : 0
    lastRestore = RestoredState()
    setUpperVectors(new.upperVectors)
    state.stiShadow = new.stiShadow
    state.movSSShadow = new.movSSShadow
    state.nmiBlocked = new.nmiBlocked
    state.nmiPending = new.nmiPending
    state.pendingDebug = new.pendingDebugTraps
    state.activity = new.activity
    let isVirtual = new.rflags & RFLAGS.virtual8086 != 0
    state.cpl =
      new.cr0 & CR0.protectionEnable == 0
      ? 0 : isVirtual ? 3 : new.segments[.ss].descriptorPrivilegeLevel
    if new.cr0 & CR0.protectionEnable != 0, !isVirtual, new.segments[.ss].isUnusable {
      state.cpl = UInt8(new.segments[.cs].selector & 3)
    }
    state.attention = 0
    if new.stiShadow || new.movSSShadow { state.attention |= Attention.shadow }
    if new.activity != .running { state.attention |= Attention.stopped }
    if new.nmiPending { state.attention |= Attention.nonMaskableInterrupt }
    flushTranslations(keepsGlobal: false)
    rflags = new.rflags
    updateMode()
  }

  /// INIT: the reset state, but for what INIT keeps (SDM Vol. 3A "Processor State After Reset").
  public func initialize(isBootstrap: Bool) {
    var fresh = ArchitecturalState()
    fresh.cr0 = (state.paging.cr0 & (CR0.cacheDisable | CR0.notWriteThrough)) | CR0.extensionType
    fresh.generalRegisters[2] = UInt64(model.signature)
    let msrs = state.msrs
    let image = floatingImage()
    fresh.xcr0 = state.xcr0
    fresh.pkru = state.paging.pkru
    fresh.upperVectors = state.floating.upperWords
    fresh.activity = isBootstrap ? .running : .waitForSIPI
    restore(fresh)
    state.msrs = msrs
    setFloatingImage(image)
  }

  /// A start-up IPI: begins at page `vector`, unless the processor does not wait for one.
  public func startUp(vector: UInt8) {
    guard state.activity == .waitForSIPI else { return }
    start(UInt16(vector) << 8, 0)
  }

  /// Begins at an address of real mode, after `initialize`.
  public func start(_ segment: UInt16, _ offset: UInt16) {
    state.segments[.cs].selector = segment
    state.segments[.cs].base = UInt64(segment) << 4
    state.rip = UInt64(offset)
    state.activity = .running
    state.attention &= ~Attention.stopped
    updateMode()
  }

  /// An NMI arrives; one at most waits.
  public func nonMaskableInterrupt() {
    state.nmiPending = true
    state.attention |= Attention.nonMaskableInterrupt
  }

  /// The interrupt controller's INTR changes.
  public func setInterruptRequest(_ level: Bool) { state.interruptRequest = level }

  /// Whether HLT would end now.
  public var canWake: Bool {
    (state.nmiPending && !state.nmiBlocked) || state.pendingDebug != 0
      || (state.interruptRequest && state.systemFlags & RFLAGS.interruptEnable != 0)
  }
}

extension Processor {
  /// Ticks used of the running slice.
  public var ticksInSlice: Int { ticksUsed }

  /// Ends the running slice after this instruction.
  public func requestBoardAttention() { state.attention |= Attention.board }

  /// The board has looked.
  public func clearBoardAttention() { state.attention &= ~Attention.board }

  /// Sets the A20 mask; translations that it would change are dropped.
  public func setAddressMask(_ mask: UInt64) {
    guard state.paging.addressMask != mask else { return }
    state.paging.addressMask = mask
    flushTranslations(keepsGlobal: false)
  }
}
