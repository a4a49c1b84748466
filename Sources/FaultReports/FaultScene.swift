public import MMU
public import X86
public import X86Decoder

/// What a fault report is made from: a processor before the step that faulted, and what came of the step.
public struct FaultScene {
  /// An event whose delivery was attempted.
  public struct Event: Hashable, Sendable {
    /// The exception; nil for an interrupt and for INT n.
    public var exception: Exception?
    /// The vector.
    public var vector: UInt8
    /// An external interrupt or NMI.
    public var isExternal: Bool
    /// Of an external interrupt, the controller's input and the device, if the board knows them.
    public var origin: String?

    /// An exception.
    public init(_ exception: Exception) {
      self.exception = exception
      vector = exception.vector.rawValue
      isExternal = false
    }

    /// An interrupt.
    public init(interrupt vector: UInt8, isExternal: Bool, origin: String? = nil) {
      self.vector = vector
      self.isExternal = isExternal
      self.origin = origin
    }
  }

  /// How the step ended.
  public enum Outcome: Hashable, Sendable {
    /// The exception was not delivered: a single instruction was tried.
    case undelivered
    /// A handler begins.
    case handler(selector: UInt16, rip: UInt64, cpl: UInt8)
    /// The processor shut down.
    case shutdown
  }

  /// The processor before the step.
  public var state: ArchitecturalState
  /// Guest RAM after the step.
  public var memory: GuestMemory
  /// MAXPHYADDR, 36 to 52.
  public var physicalAddressBits: UInt64 = 40
  /// What the processor has.
  public var features = CPUIDFeatures.all
  /// The instruction's bytes, or as many as could be fetched.
  public var bytes: [UInt8] = []
  /// The instruction, if it could be decoded.
  public var instruction: Instruction?
  /// The instruction as assembly text, if it is known.
  public var text: String?
  /// The events in order; all but the last could not be delivered.
  public var events: [Event] = []
  /// Walks that faulted, as they were read; without them a walk over the memory as it is now stands in.
  public var walks: [(linear: UInt64, walk: PageWalk)] = []
  /// How the step ended.
  public var outcome = Outcome.undelivered
  /// The instructions before, oldest first.
  public var recent: [FaultReport.Step] = []
  /// Of compatibility mode, the instruction that began it by loading CS or setting LMA, if it was seen.
  public var compatibilityEntry: FaultReport.CompatibilityEntry?
  /// The processor slept in HLT before the step.
  public var wasHalted = false
  /// The step began with a debug trap instead of an instruction.
  public var wasTrapped = false
  /// Names addresses, such as `start+0x12`.
  public var symbol: (UInt64) -> String? = { _ in nil }

  /// A scene of which only the place is known.
  public init(_ state: ArchitecturalState, _ memory: GuestMemory) {
    self.state = state
    self.memory = memory
  }
}

extension FaultScene {
  var isLongMode: Bool { state.efer & EFER.longModeActive != 0 }
  var isProtected: Bool { state.cr0 & CR0.protectionEnable != 0 }
  var isRealStyle: Bool { !isProtected || state.rflags & RFLAGS.virtual8086 != 0 }
  var codeSegment: SegmentState { state.segments[1] }
  var is64Bit: Bool { isLongMode && codeSegment.isLong }
  var mode: ProcessorMode { state.mode }

  var cpl: UInt8 {
    guard isProtected else { return 0 }
    return state.rflags & RFLAGS.virtual8086 != 0 ? 3 : UInt8(codeSegment.selector & 3)
  }

  var paging: PagingState {
    var paging = PagingState()
    paging.cr0 = state.cr0
    paging.cr3 = state.cr3
    paging.cr4 = state.cr4
    paging.efer = state.efer
    for index in 0..<4 { paging.pdpte[index] = state.pdpte[index] }
    paging.pkru = state.pkru
    paging.physicalAddressBits = physicalAddressBits
    return paging
  }

  /// The linear address of an offset in a segment, unchecked.
  func linear(_ segment: UInt8, _ offset: UInt64) -> UInt64 {
    let base = state.segments[Int(min(segment, 5))].base
    if is64Bit { return segment >= 4 ? offset &+ base : offset }
    return (base &+ offset) & 0xFFFF_FFFF
  }

  /// Where a linear address leads, by a walk that changes nothing; nil if it leads nowhere.
  func physical(_ linear: UInt64) -> UInt64? {
    let paging = self.paging
    if isLongMode && !paging.isCanonical(linear) { return nil }
    let walk = paging.withoutKeys.walk(
      linear, AccessIntent(isWrite: false, isUser: false), memory.physical, setsAccessedAndDirty: false)
    return walk.fault == nil ? walk.physical : nil
  }

  /// What the bytes at RIP are on a processor with more features; nil if the fault has another reason, or if they are
  /// nothing there either.
  package var absentInstruction: String? {
    let reasons = events.compactMap { $0.exception?.reason }
    let isInTable = reasons.contains(.absentFeature)
    guard isInTable || reasons.contains(.invalidEncoding) else { return nil }
    let mode: DecodeMode = is64Bit ? .code64 : codeSegment.isDefault32 && !isRealStyle ? .code32 : .code16
    let start = linear(1, state.rip)
    var code: [UInt8] = []
    while code.count < 15, let byte = read(1, at: start &+ UInt64(code.count)) { code.append(UInt8(byte)) }
    return NewerInstruction.sentence(code, mode: mode, features: features, isInTable: isInTable)
  }

  /// Reads up to 8 bytes of RAM at a linear address.
  func read(_ byteCount: Int, at linear: UInt64) -> UInt64? {
    var value: UInt64 = 0
    for index in 0..<UInt64(min(max(byteCount, 0), 8)) {
      guard let address = physical(linear &+ index), let byte = memory.read(1, at: PhysicalAddress(address))?.first
      else { return nil }
      value |= UInt64(byte) << (index &* 8)
    }
    return value
  }
}
