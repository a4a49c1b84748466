import MMU
import X86
import X86Decoder

/// One step of a translated block: 32 bytes, two in a cache line of the host.
///
/// Operations stand in the order of their instructions, at the same index as `CodeCache.instructions`, and one more at
/// the end of each block, which goes on with what follows in memory.
struct MicroOp {
  /// The bit pattern of a `MicroOp.Handler`; 0 in the first operation of a block that is not translated yet.
  var handler: UInt = 0
  /// The immediate. Of a linked branch within its page, the operation where it goes if it is taken; of one to another
  /// page, the distance of its target from the page of the code.
  var immediate: UInt64 = 0
  /// The displacement, outside 64-bit code as `legacyOffset` reads it; of a call, the distance of the return address from
  /// the page of the code.
  var displacement: UInt64 = 0
  /// The register that is written, or compared with memory.
  var destination: UInt8 = Instruction.noRegister
  /// The other register operand.
  var source: UInt8 = Instruction.noRegister
  /// The base register: 17 is where the page of the code begins, as RIP counts it, 16 reads as zero.
  var base: UInt8 = Instruction.noRegister
  /// The index register.
  var index: UInt8 = Instruction.noRegister
  /// What the index is multiplied by: 1, 2, 4 or 8. Without a memory operand, the operand size in bytes.
  var factor: UInt8 = 1
  /// Instructions of the block up to this one, which counts: 1 to 64, or 0 if the block is no longer valid.
  /// `recoversFlags` adds `recovery`.
  var count: UInt8 = 0
  /// Bits 12:0 are the instruction's first byte in its page, 0 to 4096; the others are flags.
  private var place: UInt16 = 0

  /// The instruction's first byte in its page: 0 to 4096.
  var offset: UInt16 {
    get { place & 0x1FFF }
    set { place = (place & 0xE000) | newValue }
  }

  private func has(_ flag: UInt16) -> Bool { place & flag != 0 }

  private mutating func set(_ flag: UInt16, _ value: Bool) { place = value ? place | flag : place & ~flag }

  /// The last instruction of its block, whose ticks or successor the instruction alone knows.
  var endsBlock: Bool {
    get { has(0x8000) }
    set { set(0x8000, newValue) }
  }

  /// Before the shared semantics execute the instruction they need flags that a handler before it has not set.
  var recoversFlags: Bool {
    get { count & Self.recovery != 0 }
    set { count = newValue ? count | Self.recovery : count & ~Self.recovery }
  }

  /// In `count` of an instruction that neither branches nor ends its block.
  static let recovery: UInt8 = 0x80

  /// No instruction, but the end of a block.
  var isEnd: Bool {
    get { has(0x4000) }
    set { set(0x4000, newValue) }
  }

  /// FS or GS, of a segmented operand.
  var segment: UInt8 {
    @inline(__always) get { 4 &+ UInt8(truncatingIfNeeded: place >> 13 & 1) }
    set { set(0x2000, newValue == 5) }
  }

  /// Code of an operation: does it and goes on with the next one by a tail call.
  ///
  /// The arguments stay in host registers from handler to handler: the processor, the operation, the two words of
  /// `LazyFlags`, and the ticks that are left when the block has not been counted yet, less `Threaded.reserve`.
  typealias Handler = @convention(thin) (Core, Cursor, UInt64, UInt64, Int) -> Void
  typealias Core = UnsafeMutablePointer<CoreState>
  typealias Cursor = UnsafeMutablePointer<MicroOp>
}

/// One slot of a processor's table of translated blocks by linear address.
struct ThreadedJump {
  var rip: UInt64 = 0
  /// As of `JumpSlot`; all ones is none.
  var generation: UInt64 = .max
  var target: UInt = 0
  /// The block in the code cache.
  var block: UInt32 = 0

  static let count = 8192
}

/// What a processor keeps for the threaded engine.
@safe struct ThreadedState {
  /// As `CodeCache.instructions`.
  var instructions: UnsafeMutablePointer<Instruction>?
  /// As `CodeCache.operations`; nil until the engine has run.
  var operations: UnsafeMutablePointer<MicroOp>?
  /// The table, `ThreadedJump.count` slots.
  var jumps: UnsafeMutablePointer<ThreadedJump>?
  /// What a slot's generation must be.
  var generation: UInt64 = .max
  /// The code cache's count of invalidations when the engine last looked.
  var invalidations: UInt64 = 0
  /// The processor, which does what no handler does.
  var owner: Unmanaged<Processor>?
  /// What 16- and 32-bit code needs.
  var legacy = LegacyState()
}

/// Which loop executes a guest; the guest cannot see it.
public enum Engine: String, Sendable, CaseIterable {
  /// A loop over decoded instructions.
  case reference
  /// Translated blocks whose operations go on with one another by tail calls.
  case threaded
}

/// What all handlers share.
enum Threaded {
  /// More than the instructions of a block: a block begins only if the ticks suffice for all of it.
  static let reserve = 64
  /// Ticks after which handlers return to the loop: builds that are not optimised have no tail calls.
  #if DEBUG
    static let longestRun = 2000
  #else
    static let longestRun = Int.max
  #endif
  /// Subtracted from the ticks that are left where the engine must stop at the end of the block.
  static let stop = 1 << 51

  /// The ticks that are left, from what handlers pass.
  @inline(__always) static func ticks(_ budget: Int) -> Int {
    (budget < -(1 << 50) ? budget &+ stop : budget) &+ reserve
  }
}

/// Goes on with an operation.
@inline(__always)
func dispatch(_ core: MicroOp.Core, _ op: MicroOp.Cursor, _ result: UInt64, _ carries: UInt64, _ budget: Int) {
  unsafe unsafeBitCast(op.pointee.handler, to: MicroOp.Handler.self)(core, op, result, carries, budget)
}

/// An operation that another one holds the address of.
@inline(__always)
func cursor(_ address: UInt64) -> MicroOp.Cursor { unsafe MicroOp.Cursor(bitPattern: UInt(address)).unsafelyUnwrapped }

/// The general registers; 16 reads as zero, 17 is the page of the code: what RIP is at its beginning.
@inline(__always)
func registerFile(_ core: MicroOp.Core) -> UnsafeMutablePointer<UInt64> {
  unsafe UnsafeMutableRawPointer(core).assumingMemoryBound(to: UInt64.self)
}

/// A handler as an operation holds it.
@inline(__always)
func bits(_ handler: MicroOp.Handler) -> UInt { unsafe unsafeBitCast(handler, to: UInt.self) }
