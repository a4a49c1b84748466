import MMU
import X86
import X86Decoder

extension Processor {
  /// Reads an integer operand at its width, zero-extended.
  @inline(__always)
  func readOperand(_ instruction: Instruction, _ kind: OperandKind, _ width: UInt8) throws(Exception) -> UInt64 {
    switch kind {
    case .register: return read(instruction.reg, width: width)
    case .registerOrMemory:
      if instruction.isMemory {
        return try loadSized(instruction.segment, effectiveAddress(instruction), width)
      }
      return read(instruction.rm, width: width)
    case .memory, .memoryOffset:
      return try loadSized(instruction.segment, effectiveAddress(instruction), width)
    case .accumulator: return read(.ax, width: width)
    case .immediate: return instruction.immediate
    case .one: return 1
    case .cl: return read(.cx, width: 1)
    case .dx: return read(.dx, width: 2)
    case .registerOnly: return read(instruction.rm, width: width)
    default: return 0
    }
  }

  /// Writes an integer operand at its width.
  @inline(__always)
  func writeOperand(
    _ instruction: Instruction, _ kind: OperandKind, _ width: UInt8, _ value: UInt64
  ) throws(Exception) {
    switch kind {
    case .register: write(instruction.reg, width: width, value)
    case .registerOrMemory:
      if instruction.isMemory {
        try storeSized(instruction.segment, effectiveAddress(instruction), width, value)
      } else {
        write(instruction.rm, width: width, value)
      }
    case .memory, .memoryOffset: try storeSized(instruction.segment, effectiveAddress(instruction), width, value)
    case .accumulator: write(.ax, width: width, value)
    case .registerOnly: write(instruction.rm, width: width, value)
    default: break
    }
  }

  /// Reads operand 1 as a word.
  @inline(__always)
  func source<Word: OperandWord>(_ instruction: Instruction, _: Word.Type) throws(Exception) -> Word {
    Word(truncatingIfNeeded: try readOperand(instruction, instruction.operand1, instruction.width1))
  }

  /// Reads, changes and writes operand 0; a store that would fault does so before anything changes.
  @inline(__always)
  func modify<Word: OperandWord>(
    _ instruction: Instruction, _: Word.Type, _ body: (Word, inout LazyFlags) -> Word
  ) throws(Exception) {
    var flags = state.flags
    let width = UInt8(MemoryLayout<Word>.size)
    if instruction.isMemory && instruction.operand0 == .registerOrMemory {
      let address = try writableAddress(instruction, Word.self)
      let old = try loadForWrite(address, Word.self)
      let new = body(old, &flags)
      try storeLinear(address, new)
    } else {
      let number =
        instruction.operand0 == .accumulator ? 0 : instruction.operand0 == .register ? instruction.reg : instruction.rm
      write(number, width: width, UInt64(body(Word(truncatingIfNeeded: read(number, width: width)), &flags)))
    }
    state.flags = flags
  }

  /// Segment checks of a read-modify-write operand.
  @inline(__always)
  func writableAddress<Word: OperandWord>(
    _ instruction: Instruction, _: Word.Type, displacement: UInt64 = 0
  ) throws(Exception) -> UInt64 {
    let offset = (effectiveAddress(instruction) &+ displacement) & instruction.addressMask
    let size = UInt64(MemoryLayout<Word>.size)
    let address = try linear(instruction.segment, offset, size, isWrite: true)
    if _slowPath(state.attention & Attention.step != 0 || isCheckingAlignment) {
      try checkAccess(address, size, isWrite: true)
    }
    return address
  }

  /// Reads a word that will be written: rights are checked as for the write.
  @inline(__always)
  func loadForWrite<Word: OperandWord>(_ address: UInt64, _: Word.Type) throws(Exception) -> Word {
    let size = UInt64(MemoryLayout<Word>.size)
    if let place = unsafe TranslationCache.writable(core.pointee.tlb, address, size) {
      return unsafe place.loadUnaligned(as: Word.self)
    }
    try probeWrite(address, Int(size))
    return Word(truncatingIfNeeded: try loadSlow(address, Int(size), state.bank))
  }

  /// A two-operand operation whose result goes to operand 0.
  @inline(__always)
  func binary<Word: OperandWord>(
    _ instruction: Instruction, _: Word.Type, _ body: (Word, Word, inout LazyFlags) -> Word
  ) throws(Exception) {
    let right = try source(instruction, Word.self)
    try modify(instruction, Word.self) { left, flags in body(left, right, &flags) }
  }

  /// A two-operand operation that only sets flags.
  @inline(__always)
  func compare<Word: OperandWord>(
    _ instruction: Instruction, _: Word.Type, _ body: (Word, Word, inout LazyFlags) -> Word
  ) throws(Exception) {
    let left = Word(truncatingIfNeeded: try readOperand(instruction, instruction.operand0, instruction.width0))
    let right = try source(instruction, Word.self)
    _ = body(left, right, &state.flags)
  }
}
