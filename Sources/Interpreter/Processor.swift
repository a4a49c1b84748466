public import MMU
import X86
import X86Decoder

/// One slot of the jump cache: linear RIP to block.
struct JumpSlot {
  var rip: UInt64 = 0
  var generation: UInt64 = 0
  var block: UInt32 = 0
}

/// One logical processor.
///
/// The object itself holds only constants; all state is behind `core`, so that hot code pays no reference counting
/// and no exclusivity checks.
@safe public final class Processor {
  let core: UnsafeMutablePointer<CoreState>
  let registers: UnsafeMutablePointer<UInt64>
  let memory: PhysicalMemory
  let cache: CodeCache
  let translator: AddressTranslator
  /// Its cached translations.
  var translations: TranslationCache { @inline(__always) get { translator.cache } }
  let decoder: Decoder
  let jumps: UnsafeMutablePointer<JumpSlot>
  /// What the processor is.
  public let model: ProcessorModel
  /// The board; it outlives its processors.
  unowned let bus: any ProcessorBus
  /// The loop that executes 64-bit code where nothing asks for single steps.
  public var engine = Engine.reference
  private let owner: GuestMemory
  /// What the running step did; nil unless the processor is observed.
  public private(set) var log: ExecutionLog?
  /// Beside `core`, which code that runs often copies.
  private let restored: UnsafeMutablePointer<RestoredState>
  /// By RIP, `CrossingSlot.count` slots.
  let crossings: UnsafeMutablePointer<CrossingSlot>
  /// A bank of the translation cache that never hits.
  private let emptyBank: UnsafeMutablePointer<TLBEntry>

  static let jumpCount = 4096

  /// Makes a processor in its reset state.
  ///
  /// - Parameters:
  ///   - index: its number; 0 is the bootstrap processor.
  ///   - memory: guest RAM.
  ///   - cache: decoded code, shared by the processors of a board.
  public init(index: Int, memory: GuestMemory, cache: CodeCache, bus: any ProcessorBus, model: ProcessorModel) {
    owner = memory
    self.memory = memory.physical
    self.cache = cache
    self.bus = bus
    self.model = model
    decoder = Decoder(model.behaviors, model.features)
    translator = AddressTranslator(memory.physical)
    unsafe core = .allocate(capacity: 1)
    unsafe core.initialize(to: CoreState(tlb: translator.cache.bank(.supervisor)))
    unsafe registers = UnsafeMutableRawPointer(core).assumingMemoryBound(to: UInt64.self)
    unsafe jumps = .allocate(capacity: Self.jumpCount)
    unsafe jumps.initialize(repeating: JumpSlot(generation: .max), count: Self.jumpCount)
    unsafe restored = .allocate(capacity: 1)
    unsafe restored.initialize(to: RestoredState())
    unsafe crossings = .allocate(capacity: CrossingSlot.count)
    unsafe crossings.initialize(repeating: CrossingSlot(), count: CrossingSlot.count)
    unsafe emptyBank = .allocate(capacity: TranslationCache.bankSize)
    unsafe emptyBank.initialize(repeating: .empty, count: TranslationCache.bankSize)
    cache.register(translations)
    state.index = index
    state.randomState = UInt64(truncatingIfNeeded: index)
    state.paging.physicalAddressBits = model.physicalAddressBits
    state.paging.linearAddressBits = model.linearAddressBits
    restore(ArchitecturalState())
  }

  deinit {
    unsafe jumps.deallocate()
    unsafe state.threaded.jumps?.deallocate()
    unsafe state.threaded.legacy.windows?.deallocate()
    unsafe core.deallocate()
    unsafe restored.deallocate()
    unsafe crossings.deallocate()
    unsafe emptyBank.deallocate()
    translator.destroy()
  }

  /// The whole state.
  public var state: CoreState {
    @inline(__always) unsafeAddress { unsafe UnsafePointer(core) }
    @inline(__always) unsafeMutableAddress { unsafe core }
  }

  /// What the last XRSTOR or XRSTORS loaded.
  public var lastRestore: RestoredState {
    @inline(__always) unsafeAddress { unsafe UnsafePointer(restored) }
    @inline(__always) unsafeMutableAddress { unsafe restored }
  }

  /// Whether the processor does what a behavior is named by.
  @inline(__always) func does(_ behavior: ProcessorBehavior) -> Bool { model.behaviors.contains(behavior) }

  // MARK: Modes

  /// CR0.PE.
  @inline(__always) var isProtected: Bool { state.paging.cr0 & CR0.protectionEnable != 0 }
  /// EFLAGS.VM.
  @inline(__always) var isVirtual8086: Bool { state.systemFlags & RFLAGS.virtual8086 != 0 }
  /// Real-address mode or virtual-8086 mode: segments are selector times 16.
  @inline(__always) var isRealStyle: Bool { !isProtected || isVirtual8086 }
  /// EFER.LMA.
  @inline(__always) var isLongMode: Bool { state.paging.efer & EFER.longModeActive != 0 }
  /// 64-bit mode.
  @inline(__always) var is64Bit: Bool { state.decodeMode == DecodeMode.code64.rawValue }

  /// A segment register.
  @inline(__always) func segment(_ register: SegmentRegister) -> SegmentState {
    state.segments[Int(register.rawValue)]
  }

  /// Recomputes what follows from CS, CR0, CR4, EFER, CPL and AC: decode mode and TLB bank.
  func updateMode() {
    let code = segment(.cs)
    if isLongMode && code.isLong {
      state.decodeMode = DecodeMode.code64.rawValue
    } else if isProtected && !isVirtual8086 && code.isDefault32 {
      state.decodeMode = DecodeMode.code32.rawValue
    } else if !isProtected && code.isDefault32 {
      state.decodeMode = DecodeMode.code32.rawValue
    } else {
      state.decodeMode = DecodeMode.code16.rawValue
    }
    let bank: TLBBank
    if state.cpl == 3 {
      bank = .user
    } else if state.paging.cr4 & CR4.supervisorModeAccessPrevention != 0
      && state.systemFlags & RFLAGS.alignmentCheck == 0
    {
      bank = .supervisor
    } else {
      bank = .supervisorWithUserPages
    }
    state.bank = bank
    unsafe core.pointee.tlb = state.isObserved ? emptyBank : translations.bank(bank)
    updateStepping()
  }

  /// Begins or ends the logging of every step.
  public func setObserved(_ flag: Bool) {
    state.isObserved = flag
    log = flag ? ExecutionLog(state) : nil
    updateMode()
  }

  /// Single steps, breakpoints and RF, which the next instruction clears, force one instruction at a time.
  func updateStepping() {
    state.attention &= ~(Attention.step | Attention.resume)
    if state.systemFlags & RFLAGS.trap != 0 || state.dr7 & 0xFF != 0 {
      state.attention |= Attention.step
    } else if state.systemFlags & RFLAGS.resume != 0 {
      state.attention |= Attention.resume
    }
  }

  /// Drops translations, and what was derived from them.
  func flushTranslations(keepsGlobal: Bool) {
    translations.flush(keepsGlobal: keepsGlobal)
    state.fetchGeneration &+= 1
  }

  // MARK: Registers and flags

  /// A general register by encoding; 16 reads as zero.
  @inline(__always) func register64(_ number: UInt8) -> UInt64 { unsafe registers[Int(number)] }

  @inline(__always) func register64(_ register: GeneralRegister) -> UInt64 { register64(register.rawValue) }

  @inline(__always) func read(_ register: GeneralRegister, width: UInt8) -> UInt64 {
    read(register.rawValue, width: width)
  }

  @inline(__always) func write(_ register: GeneralRegister, width: UInt8, _ value: UInt64) {
    write(register.rawValue, width: width, value)
  }

  /// RFLAGS as software sees it.
  public var rflags: UInt64 {
    get { state.systemFlags | state.flags.rflags }
    set {
      state.flags = LazyFlags(rflags: newValue)
      state.systemFlags = (newValue & RFLAGS.system) | RFLAGS.alwaysOne
      updateMode()
    }
  }

  /// Reads a general register of an operand's width; byte numbers with `highByte` are AH to BH.
  @inline(__always) func read(_ number: UInt8, width: UInt8) -> UInt64 {
    switch width {
    case 1:
      number & 0x10 != 0
        ? (register64(number & 15) >> 8) & 0xFF : register64(number) & 0xFF
    case 2: register64(number) & 0xFFFF
    case 4: register64(number) & 0xFFFF_FFFF
    default: register64(number)
    }
  }

  /// Writes a general register of an operand's width: 32-bit writes clear the upper half.
  @inline(__always) func write(_ number: UInt8, width: UInt8, _ value: UInt64) {
    switch width {
    case 1:
      if number & 0x10 != 0 {
        let slot = Int(number & 15)
        unsafe registers[slot] = (registers[slot] & ~0xFF00) | (value & 0xFF) << 8
      } else {
        unsafe registers[Int(number)] = (registers[Int(number)] & ~0xFF) | (value & 0xFF)
      }
    case 2: unsafe registers[Int(number)] = (registers[Int(number)] & ~0xFFFF) | (value & 0xFFFF)
    case 4: unsafe registers[Int(number)] = value & 0xFFFF_FFFF
    default: unsafe registers[Int(number)] = value
    }
  }

  /// Ticks of the running slice that are used up.
  var ticksUsed: Int { state.granted &- state.budget }
  /// Completed instructions since the start.
  public var retiredInstructions: UInt64 {
    state.ticksBefore &+ UInt64(truncatingIfNeeded: ticksUsed) &- state.surplusTicks
  }
}
