import MMU
import X86
import X86Decoder

extension Processor {
  /// Element-wise operations of two operands.
  @inline(__always)
  func vectorBinary(_ instruction: Instruction, _ function: (UInt64, UInt64) -> UInt64) throws(Exception) {
    let source = try vectorSource(instruction)
    let destination = vectorDestination(instruction)
    setVectorDestination(
      instruction,
      Vector128(low: function(destination.low, source.low), high: function(destination.high, source.high)))
  }

  /// PSLLW, PSRAD and their kin: elements of so many bits.
  func vectorShift(_ instruction: Instruction, _ bits: UInt64, _ kind: ShiftKind) throws(Exception) {
    let isImmediate = instruction.operand1 == .immediate
    let count = isImmediate ? instruction.immediate : try vectorSource(instruction).low
    let value = isImmediate ? try vectorOperand(instruction, instruction.operand0, 8) : vectorDestination(instruction)
    setShiftDestination(
      instruction,
      Vector128(
        low: VectorOperations.shift(value.low, count, elementBits: bits, kind),
        high: VectorOperations.shift(value.high, count, elementBits: bits, kind)))
  }

  /// PSRLDQ and PSLLDQ.
  func vectorByteShift(_ instruction: Instruction, right: Bool) throws(Exception) {
    let value = state.floating.xmm[Int(instruction.rm)]
    let bits = min(instruction.immediate, 16) * 8
    state.floating.xmm[Int(instruction.rm)] =
      right
      ? Vector128(
        low: bits >= 64
          ? value.high >> (bits - 64) : (value.low >> bits) | (bits == 0 ? 0 : value.high << (64 - bits)),
        high: bits >= 64 ? 0 : value.high >> bits)
      : Vector128(
        low: bits >= 64 ? 0 : value.low << bits,
        high: bits >= 64
          ? value.low << (bits - 64) : (value.high << bits) | (bits == 0 ? 0 : value.low >> (64 - bits)))
  }

  /// PUNPCKLBW, UNPCKHPD and their kin: elements of so many bytes of both operands in turn.
  func vectorInterleave(_ instruction: Instruction, _ size: UInt64, high isHigh: Bool) throws(Exception) {
    let b = try vectorSource(instruction)
    let a = vectorDestination(instruction)
    func pair(_ first: UInt64, _ second: UInt64) -> UInt64 {
      VectorOperations.interleave(
        UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: second), elementByteCount: size)
    }
    if instruction.operand0 == .mmx {
      let shift: UInt64 = isHigh ? 32 : 0
      return setVectorDestination(instruction, Vector128(low: pair(a.low >> shift, b.low >> shift)))
    }
    let (first, second) = isHigh ? (a.high, b.high) : (a.low, b.low)
    setVectorDestination(
      instruction,
      size == 8
        ? Vector128(low: first, high: second)
        : Vector128(low: pair(first, second), high: pair(first >> 32, second >> 32)))
  }

  /// PACKSSWB, PACKUSWB and PACKSSDW.
  func vectorPack(_ instruction: Instruction, _ kind: PackKind) throws(Exception) {
    let b = try vectorSource(instruction)
    let a = vectorDestination(instruction)
    func both(_ low: UInt64, _ high: UInt64) -> UInt64 {
      UInt64(VectorOperations.pack(low, kind)) | UInt64(VectorOperations.pack(high, kind)) << 32
    }
    setVectorDestination(
      instruction,
      instruction.operand0 == .mmx
        ? Vector128(low: both(a.low, b.low)) : Vector128(low: both(a.low, a.high), high: both(b.low, b.high)))
  }

  /// The doubleword that two bits of an order pick.
  private func pick(_ value: Vector128, _ order: UInt64, _ index: UInt64) -> UInt64 {
    let pick = order >> (index * 2) & 3
    return ((pick & 2 == 0 ? value.low : value.high) >> ((pick & 1) * 32)) & 0xFFFF_FFFF
  }

  /// PSHUFD.
  func shuffleDoublewords(_ instruction: Instruction) throws(Exception) {
    let source = try vectorSource(instruction)
    let order = instruction.immediate
    setVectorDestination(
      instruction,
      Vector128(
        low: pick(source, order, 0) | pick(source, order, 1) << 32,
        high: pick(source, order, 2) | pick(source, order, 3) << 32))
  }

  /// PSHUFLW, PSHUFHW and PSHUFW: the words of one half.
  func shuffleWords(_ instruction: Instruction, high: Bool) throws(Exception) {
    let order = instruction.immediate
    func words(_ value: UInt64) -> UInt64 {
      (0..<4).reduce(UInt64(0)) { $0 | ((value >> ((order >> UInt64($1 * 2) & 3) * 16)) & 0xFFFF) << UInt64($1 * 16) }
    }
    var result = try vectorSource(instruction)
    if high { result.high = words(result.high) } else { result.low = words(result.low) }
    setVectorDestination(instruction, result)
  }

  /// SHUFPS.
  func shuffleSingles(_ instruction: Instruction) throws(Exception) {
    let source = try vectorSource(instruction)
    let old = vectorDestination(instruction)
    let order = instruction.immediate
    setVectorDestination(
      instruction,
      Vector128(
        low: pick(old, order, 0) | pick(old, order, 1) << 32,
        high: pick(source, order, 2) | pick(source, order, 3) << 32
      ))
  }

  /// SHUFPD.
  func shuffleDoubles(_ instruction: Instruction) throws(Exception) {
    let source = try vectorSource(instruction)
    let old = vectorDestination(instruction)
    let order = instruction.immediate
    setVectorDestination(
      instruction,
      Vector128(low: order & 1 == 0 ? old.low : old.high, high: order & 2 == 0 ? source.low : source.high))
  }

  /// PMOVMSKB, MOVMSKPS and MOVMSKPD: the sign bits of elements.
  func moveMask(_ instruction: Instruction, _ elements: MaskElements) throws(Exception) {
    let value = try vectorSource(instruction)
    var mask: UInt64 = 0
    switch elements {
    case .doubles: mask = value.low >> 63 | (value.high >> 63) << 1
    case .singles:
      mask =
        (value.low >> 31 & 1) | (value.low >> 63) << 1 | (value.high >> 31 & 1) << 2 | (value.high >> 63) << 3
    case .bytes:
      for index in 0..<UInt64(8) {
        mask |= (value.low >> (index * 8 + 7) & 1) << index
        if instruction.operand1 == .xmmOrMemory { mask |= (value.high >> (index * 8 + 7) & 1) << (index + 8) }
      }
    }
    write(instruction.reg, width: 4, mask)
  }

  /// PEXTRW.
  func extractWord(_ instruction: Instruction) throws(Exception) {
    let value = try vectorSource(instruction)
    let index = wordIndex(instruction, instruction.operand1 == .mmxOrMemory)
    write(instruction.reg, width: 4, ((index < 4 ? value.low : value.high) >> ((index & 3) * 16)) & 0xFFFF)
  }

  /// PINSRW.
  func insertWord(_ instruction: Instruction) throws(Exception) {
    let word = try readOperand(instruction, instruction.operand1, instruction.width1) & 0xFFFF
    let index = wordIndex(instruction, instruction.operand0 == .mmx)
    let shift = (index & 3) * 16
    var value = vectorDestination(instruction)
    if index < 4 {
      value.low = (value.low & ~(0xFFFF << shift)) | word << shift
    } else {
      value.high = (value.high & ~(0xFFFF << shift)) | word << shift
    }
    setVectorDestination(instruction, value)
  }

  private func wordIndex(_ instruction: Instruction, _ isMMX: Bool) -> UInt64 {
    instruction.immediate & (isMMX ? 3 : 7)
  }
}

/// The elements whose signs are asked for.
enum MaskElements { case bytes, singles, doubles }
