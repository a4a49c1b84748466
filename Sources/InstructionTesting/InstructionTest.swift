/// What one instruction, or a few, can see and change of an unprivileged machine: one fixed layout for every runner and
/// for golden files.
///
/// Plain data, 1,360 bytes, without padding between its fields: two equal states have equal bytes.
@frozen public struct UserState: BitwiseCopyable, Sendable {
  /// RAX RCX RDX RBX RSP RBP RSI RDI R8-R15, by encoding.
  public var generalRegisters: InlineArray<16, UInt64> = InlineArray(repeating: 0)
  /// RIP: before, of the first instruction; after, of the next one, or of the one that faulted.
  public var rip: UInt64 = InstructionTest.codeAddress
  /// RFLAGS. TF and RF are the runner's and always read 0.
  public var rflags: UInt64 = 0x202
  /// YMM0 to YMM15, four words each, the lowest first.
  public var ymm: InlineArray<64, UInt64> = InlineArray(repeating: 0)
  /// ST(0) to ST(7): significand, then sign and exponent in the low 16 bits of the second word.
  public var st: InlineArray<16, UInt64> = InlineArray(repeating: 0)
  /// FS.base.
  public var fsBase: UInt64 = 0
  /// GS.base.
  public var gsBase: UInt64 = 0
  /// CR2 of a page fault; 0 unless `vector` is 14.
  public var cr2: UInt64 = 0
  /// Zero if no byte of the environment outside the window changed; else a sum over the changed words
  /// (`InstructionTest.strayWeight`).
  public var strayWrites: UInt64 = 0
  /// The 512 bytes at `InstructionTest.windowAddress`.
  public var window: InlineArray<64, UInt64> = InlineArray(repeating: 0)
  /// MXCSR.
  public var mxcsr: UInt32 = 0x1F80
  /// Error code of the exception, 0 if it has none.
  public var errorCode: UInt32 = 0
  /// FCW.
  public var fcw: UInt16 = 0x37F
  /// FSW, TOP included.
  public var fsw: UInt16 = 0
  /// The abridged tag byte of FXSAVE: one bit a physical register, 1 is not empty.
  public var ftw: UInt8 = 0
  /// The exception's vector before delivery, or `noException`.
  public var vector: UInt8 = UserState.noException
  /// ES CS SS DS FS GS, by encoding.
  public var selectors: InlineArray<6, UInt16> = [0, 0x33, 0x2B, 0, 0, 0]
  /// Always 0.
  public var reserved: UInt16 = 0
  /// Always 0.
  public var reservedWord: UInt32 = 0

  /// `vector` where the instruction completed.
  @inlinable public static var noException: UInt8 { 0xFF }
  /// `vector` where a runner has no result: its process died, or it refuses the instruction.
  @inlinable public static var lost: UInt8 { 0xFE }

  /// Flat segments, defaults of a fresh process, everything else zero.
  public init() {}
}

/// A short piece of code and the state that it starts from.
///
/// The environment is the same in every runner: a code page, readable and executable, filled with INT3 around the code;
/// two data pages, readable and writable, with the window across their border; one page that is only readable; nothing
/// else below 2 GiB. `background` gives the words outside the window.
@frozen public struct InstructionTest: BitwiseCopyable, Sendable {
  /// The bytes; those from `codeLength` on are INT3 (CCh).
  public var code: InlineArray<128, UInt8> = InlineArray(repeating: 0xCC)
  /// 1 to 128.
  public var codeLength: UInt8 = 0
  /// How many instructions are to retire: 1 to 16.
  public var steps: UInt8 = 1
  /// The processor mode.
  public var mode = Mode.long64
  /// CPL, 0 or 3.
  public var cpl: UInt8 = 3
  /// Steps by TF rather than to the INT3 behind the code: right for any instruction, and slower.
  public var singleSteps: Bool = true
  /// Always 0.
  public var reserved: UInt8 = 0
  /// Row of the opcode table that the generator drew, or 65535.
  public var form: UInt16 = .max
  /// Number of the test in its campaign.
  public var number: UInt64 = 0
  /// Where it starts. `rip` lies in the code page, so that all of `code` fits before its end unless the test wants it
  /// otherwise.
  public var input = UserState()

  /// An empty test.
  public init() {}

  /// The modes that unprivileged code can be in.
  @frozen public enum Mode: UInt8, Sendable, BitwiseCopyable {
    /// 64-bit mode, CS 33h.
    case long64
    /// Compatibility mode, CS 23h.
    case compatibility32
    /// Compatibility mode with segments of `InstructionTest.segments`, for CS too; RIP is an offset in CS.
    case segmented
    /// Real mode, in the memory of `RealModeMemory`, delivery of exceptions included: RIP is an offset in CS, and the
    /// vector is that whose handler was entered. Extended, x87 and vector registers take no part.
    case real16
  }

  /// The most instructions of a sequence: all of them fit into `code`.
  @inlinable public static var maximumSequenceLength: Int { 8 }

  /// The code page.
  @inlinable public static var codePage: UInt64 { 0x1000_0000 }
  /// Where the code usually stands.
  @inlinable public static var codeAddress: UInt64 { 0x1000_0800 }
  /// The first of two writable pages.
  @inlinable public static var dataPage: UInt64 { 0x2000_0000 }
  /// The page behind them, which cannot be written.
  @inlinable public static var readOnlyPage: UInt64 { 0x2000_2000 }
  /// The compared bytes: 256 each side of the border of the data pages.
  @inlinable public static var windowAddress: UInt64 { 0x2000_0F00 }
  /// Bytes of the window.
  @inlinable public static var windowByteCount: Int { 512 }

  /// The word at a multiple of 8 from `dataPage` on, outside the window: fixed, and different everywhere.
  @inlinable public static func background(_ offset: UInt64) -> UInt64 {
    var z = offset &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// What a changed word outside the window adds to `UserState.strayWrites`; never 0.
  @inlinable public static func strayWeight(_ offset: UInt64, _ value: UInt64) -> UInt64 {
    background(offset &+ 0x1_0000 &+ value &* 3) | 1
  }
}
