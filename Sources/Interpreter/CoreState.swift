public import MMU
public import SoftFloat
public import X86
import X86Decoder

/// A 128-bit register or operand.
@frozen public struct Vector128: Hashable, Sendable, BitwiseCopyable {
  /// Bits 63:0.
  public var low: UInt64
  /// Bits 127:64.
  public var high: UInt64
  /// Makes a value from its halves.
  @inlinable @inline(__always) public init(low: UInt64 = 0, high: UInt64 = 0) {
    self.low = low
    self.high = high
  }
}

/// x87, MMX and SSE registers.
public struct FloatingState: Sendable {
  /// Physical registers R0 to R7.
  public var registers: InlineArray<8, ExtendedReal> = InlineArray(repeating: ExtendedReal())
  /// Control word.
  public var controlWord: UInt16 = 0x40
  /// Status word, TOP included.
  public var statusWord: UInt16 = 0
  /// One bit a physical register: 1 is not empty.
  public var validRegisters: UInt8 = 0
  /// Last opcode, 11 bits.
  public var opcode: UInt16 = 0
  /// Last instruction pointer: an offset.
  public var instructionPointer: UInt64 = 0
  /// Last data pointer: an offset.
  public var dataPointer: UInt64 = 0
  /// The selector of CS at the last instruction pointer.
  public var codeSelector: UInt16 = 0
  /// The selector of the last data pointer's segment.
  public var dataSelector: UInt16 = 0
  /// MXCSR.
  public var mxcsr: UInt32 = 0x1F80
  /// XMM0 to XMM15.
  public var xmm: InlineArray<16, Vector128> = InlineArray(repeating: Vector128())
  /// The upper halves of YMM0 to YMM15.
  public var upper: InlineArray<16, Vector128> = InlineArray(repeating: Vector128())

  /// The state after reset.
  public init() {}
}

/// Reasons to leave the fast loop at the next instruction boundary.
public enum Attention {
  /// An STI or MOV SS shadow covers the next instruction.
  public static let shadow: UInt32 = 1
  /// TF is set, or a breakpoint is armed: one instruction at a time.
  public static let step: UInt32 = 2
  /// A debug trap waits.
  public static let debugTrap: UInt32 = 4
  /// An NMI waits.
  public static let nonMaskableInterrupt: UInt32 = 8
  /// HLT, wait-for-SIPI or shutdown.
  public static let stopped: UInt32 = 16
  /// The board wants control back (power-off, reset, a change of its timers).
  public static let board: UInt32 = 32
  /// The next instruction stands at a breakpoint of a debugger.
  public static let breakpoint: UInt32 = 64
  /// The last instruction touched bytes that a debugger watches.
  public static let watch: UInt32 = 128
  /// RF is set, which the next instruction clears, and nothing else asks for single steps.
  public static let resume: UInt32 = 256
}

/// A REP instruction that stopped between two iterations: where no event comes between, it goes on as it was decoded, also
/// if it has overwritten itself. What comes of it must not depend on where slices end.
struct Repetition {
  var instruction = Instruction()
  /// RIP of its first prefix; no address if there is none.
  var rip = UInt64.max
  /// The flags before its first iteration.
  var flags = LazyFlags(rflags: 0)
  /// It goes on now.
  var isResumed = false
}

/// The state of one logical processor, behind a pointer.
@safe public struct CoreState {
  /// RAX ... R15; [16] always zero; [17] the page of the threaded engine's running block.
  public var registers: InlineArray<18, UInt64> = InlineArray(repeating: 0)
  /// RIP: of the next instruction between instructions, of the present one within.
  public var rip: UInt64 = 0xFFF0
  /// RIP after the present instruction; control transfers change it.
  public var nextRIP: UInt64 = 0
  @usableFromInline var flags = LazyFlags(rflags: 0)
  /// RFLAGS but for the six status flags.
  public var systemFlags = SystemRegister.rflags.reset
  /// Ticks left before the loop must return to the board.
  public var budget: Int = 0
  /// Ticks granted at the start of the slice.
  public var granted: Int = 0
  /// Ticks of earlier slices.
  public var ticksBefore: UInt64 = 0
  /// Ticks that are not completed instructions (REP iterations but the last).
  public var surplusTicks: UInt64 = 0
  /// Bits of `Attention`.
  public var attention: UInt32 = 0
  /// The interrupt controller asserts INTR.
  public var interruptRequest = false
  /// CPL.
  public var cpl: UInt8 = 0
  /// How code at RIP is decoded.
  public var decodeMode: UInt8 = 0
  /// Index of this processor.
  public var index: Int = 0
  /// ES CS SS DS FS GS.
  public var segments: InlineArray<6, SegmentState> = InlineArray(
    repeating: SegmentState(selector: 0, base: 0, limit: 0xFFFF, attributes: 0x93))
  /// LDTR.
  public var ldtr = SegmentState(selector: 0, base: 0, limit: 0xFFFF, attributes: 0x82)
  /// TR.
  public var tr = SegmentState(selector: 0, base: 0, limit: 0xFFFF, attributes: 0x8B)
  /// GDTR.
  public var gdtr = DescriptorTableRegister()
  /// IDTR.
  public var idtr = DescriptorTableRegister()
  /// CR0, CR3, CR4, EFER and what else translation needs.
  public var paging = PagingState()
  /// CR2.
  public var cr2: UInt64 = 0
  /// XCR0.
  public var xcr0 = SystemRegister.xcr0.reset
  /// DR0 to DR3.
  public var debugAddresses: InlineArray<4, UInt64> = [0, 0, 0, 0]
  /// DR6.
  public var dr6 = SystemRegister.dr6.reset
  /// DR7.
  public var dr7 = SystemRegister.dr7.reset
  /// Debug conditions of the running instruction, as bits of DR6.
  public var pendingDebug: UInt64 = 0
  /// The next instruction is covered by STI.
  public var stiShadow = false
  /// The next instruction is covered by MOV SS or POP SS.
  public var movSSShadow = false
  /// The running instruction is the one that MOV SS or POP SS covers.
  var isInStackShadow = false
  /// NMIs wait for IRET.
  public var nmiBlocked = false
  /// An NMI waits.
  public var nmiPending = false
  /// What the processor is doing.
  public var activity: ActivityState = .running
  /// The running REP instruction stopped between two iterations.
  public var isRepeating = false
  /// That instruction.
  var repetition = Repetition()
  /// Why the processor is in shutdown.
  public var shutdownReason = ""
  /// MSRs that are stored as they are.
  public var msrs = MSRValues()
  /// The state of RDRAND and RDSEED.
  public var randomState: UInt64 = 0
  /// x87, MMX, SSE, AVX.
  public var floating = FloatingState()
  /// Data accesses by bank.
  @usableFromInline var tlb: UnsafeMutablePointer<TLBEntry>
  @usableFromInline var bank: TLBBank = .supervisor
  /// Counts flushes of fetch translations, so that the jump cache knows its own age.
  @usableFromInline var fetchGeneration: UInt64 = 0
  /// Every step is logged: no access finds its translation on the fast path, so that all of them take the slow one.
  @usableFromInline var isObserved = false
  /// Breakpoints do not count.
  var passesBreakpoint = false
  /// A debugger watches bytes: slow accesses are compared with its ranges.
  var isWatched = false
  /// The range that was touched, while `Attention.watch` is set.
  var watchIndex = 0

  /// What the threaded engine keeps.
  var threaded = ThreadedState()

  init(tlb: UnsafeMutablePointer<TLBEntry>) { unsafe self.tlb = tlb }
}
