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
  /// The immediate. Of a branch within its page, where it goes if it is taken: an operation's address, 0 if that is not
  /// linked yet; of one to another page, the distance of its target from the page of the code.
  var immediate: UInt64 = 0
  /// The displacement; of a call, the distance of the return address from the page of the code.
  var displacement: UInt64 = 0
  /// The register that is written, or compared with memory.
  var destination: UInt8 = Instruction.noRegister
  /// The other register operand.
  var source: UInt8 = Instruction.noRegister
  /// The base register: 17 is the linear address of the page that the code is in, 16 reads as zero.
  var base: UInt8 = Instruction.noRegister
  /// The index register.
  var index: UInt8 = Instruction.noRegister
  /// The index is shifted left by the low two bits; the two highest are `endsBlock` and whether GS is meant, not FS.
  var scale: UInt8 = 0
  /// Instructions of the block up to this one, which counts.
  var count: UInt8 = 0
  /// The instruction's first byte in its page: 0 to 4096.
  var offset: UInt16 = 0

  /// The last instruction of its block, whose ticks or successor the instruction alone knows.
  var endsBlock: Bool {
    get { scale & 0x80 != 0 }
    set { scale = newValue ? scale | 0x80 : scale & 0x7F }
  }

  /// FS or GS, of a segmented operand.
  var segment: UInt8 {
    @inline(__always) get { 4 &+ (scale >> 6 & 1) }
    set { scale = newValue == 5 ? scale | 0x40 : scale & 0xBF }
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

  static let count = 4096
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

/// The general registers; 16 reads as zero, 17 is the page of the code.
@inline(__always)
func registerFile(_ core: MicroOp.Core) -> UnsafeMutablePointer<UInt64> {
  unsafe UnsafeMutableRawPointer(core).assumingMemoryBound(to: UInt64.self)
}

/// A handler as an operation holds it.
@inline(__always)
func bits(_ handler: MicroOp.Handler) -> UInt { unsafe unsafeBitCast(handler, to: UInt.self) }
