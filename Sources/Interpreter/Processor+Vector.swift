import MMU
import X86
import X86Decoder

extension Processor {
  // MARK: Ways to compute

  /// A function of 64 bits of both operands.
  @inline(__always)
  func vectorBinary(_ instruction: Instruction, _ function: (UInt64, UInt64) -> UInt64) throws(Exception) {
    if instruction.isVEX { return try longBinary(instruction, function) }
    let source = try vectorSource(instruction)
    let destination = vectorDestination(instruction)
    let result = Vector128(
      low: function(destination.low, source.low), high: function(destination.high, source.high))
    if instruction.operand0 == .mmx {
      setMMX(instruction.reg, result.low)
    } else {
      state.floating.xmm[Int(instruction.reg)] = result
    }
  }

  @inline(never)
  private func longBinary(_ instruction: Instruction, _ function: (UInt64, UInt64) -> UInt64) throws(Exception) {
    try lanes(instruction) { Vector128(low: function($0.low, $1.low), high: function($0.high, $1.high)) }
  }

  /// A function of each lane of both operands; of MMX registers the lower half counts.
  @inline(never)
  func lanes(
    _ instruction: Instruction, _ function: (Vector128, Vector128) -> Vector128
  ) throws(Exception) {
    // Without a VEX prefix there is one lane, and the upper one stays.
    guard instruction.isVEX else {
      let b = try vectorSource(instruction)
      return setShortDestination(instruction, function(vectorDestination(instruction), b))
    }
    let b = try longSource(instruction)
    let a = longFirst(instruction)
    var result = Vector256(low: function(a.low, b.low))
    if instruction.width0 == 32 { result.high = function(a.high, b.high) }
    setDestination(instruction, result)
  }

  /// The same with the immediate.
  @inline(never)
  func lanes(
    _ instruction: Instruction, _ function: (Vector128, Vector128, UInt8) -> Vector128
  ) throws(Exception) {
    let immediate = UInt8(truncatingIfNeeded: instruction.immediate)
    try lanes(instruction) { function($0, $1, immediate) }
  }

  // MARK: Shifts

  /// PSLLW, PSRAD and their kin: elements of so many bits.
  func vectorShift(_ instruction: Instruction, _ bits: UInt64, _ kind: ShiftKind) throws(Exception) {
    let value: Vector256
    let count: UInt64
    if instruction.operand2 == .immediate || instruction.operand1 == .immediate {
      count = instruction.immediate
      value = instruction.isVEX ? longRegister(instruction.rm) : Vector256(low: try shifted(instruction))
    } else {
      count = try vectorSource(instruction).low
      value = longFirst(instruction)
    }
    setDestination(
      instruction,
      Vector256(
        low: VectorOperations.shift(value.low, count, elementBits: bits, kind),
        high: VectorOperations.shift(value.high, count, elementBits: bits, kind)))
  }

  /// Operand 0 of a shift by an immediate without a VEX prefix.
  private func shifted(_ instruction: Instruction) throws(Exception) -> Vector128 {
    try vectorOperand(instruction, instruction.operand0, 8)
  }

  /// PSRLDQ and PSLLDQ.
  func vectorByteShift(_ instruction: Instruction, right: Bool) throws(Exception) {
    let count = Int(min(instruction.immediate, 16))
    func lane(_ value: Vector128) -> Vector128 {
      right
        ? Vector128(bytes: { $0 &+ count < 16 ? value.byte($0 &+ count) : 0 })
        : Vector128(bytes: { $0 >= count ? value.byte($0 &- count) : 0 })
    }
    let value = longRegister(instruction.rm)
    setDestination(instruction, Vector256(low: lane(value.low), high: lane(value.high)))
  }

  // MARK: Rearrangements

  /// PUNPCKLBW, UNPCKHPD and their kin: elements of so many bytes of both operands in turn.
  func vectorInterleave(_ instruction: Instruction, _ size: UInt64, high isHigh: Bool) throws(Exception) {
    let isMMX = instruction.operand0 == .mmx
    try lanes(instruction) { a, b in
      guard isMMX else { return VectorOperations.interleave(a, b, size, high: isHigh) }
      let shift: UInt64 = isHigh ? 32 : 0
      return Vector128(
        low: VectorOperations.interleave(
          UInt32(truncatingIfNeeded: a.low >> shift), UInt32(truncatingIfNeeded: b.low >> shift), elementByteCount: size
        ))
    }
  }

  /// PACKSSWB, PACKUSWB and PACKSSDW.
  func vectorPack(_ instruction: Instruction, _ kind: PackKind) throws(Exception) {
    let isMMX = instruction.operand0 == .mmx
    try lanes(instruction) { a, b in
      VectorOperations.pack(isMMX ? Vector128(low: a.low, high: b.low) : a, isMMX ? Vector128() : b, kind)
    }
  }

  /// PSHUFD.
  func shuffleDoublewords(_ instruction: Instruction) throws(Exception) {
    try lanes(instruction, VectorOperations.shuffleDoublewords)
  }

  /// PSHUFLW, PSHUFHW and PSHUFW: the words of one half.
  func shuffleWords(_ instruction: Instruction, high isHigh: Bool) throws(Exception) {
    try lanes(instruction) { _, b, order in VectorOperations.shuffleWords(b, order, high: isHigh) }
  }

  /// SHUFPS.
  func shuffleSingles(_ instruction: Instruction) throws(Exception) {
    try lanes(instruction, VectorOperations.shuffleSingles)
  }

  /// SHUFPD: two bits of the immediate a lane.
  func shuffleDoubles(_ instruction: Instruction) throws(Exception) {
    let order = UInt8(truncatingIfNeeded: instruction.immediate)
    let b = try longSource(instruction)
    let a = longFirst(instruction)
    setDestination(
      instruction,
      Vector256(
        low: VectorOperations.shuffleDoubles(a.low, b.low, order),
        high: VectorOperations.shuffleDoubles(a.high, b.high, order >> 2)))
  }

  // MARK: To and from general registers

  /// PMOVMSKB, MOVMSKPS and MOVMSKPD: the sign bits of elements.
  func moveMask(_ instruction: Instruction, _ elements: MaskElements) throws(Exception) {
    let value = try longSource(instruction)
    let isMMX = instruction.operand1 == .mmxOrMemory
    let size = elements == .bytes ? 1 : elements == .singles ? 4 : 8
    let count = isMMX ? 8 : 16 / size
    func lane(_ value: Vector128) -> UInt64 {
      (0..<count).reduce(0) { mask, index in
        mask | (value.element(index, byteCount: size) >> UInt64(size &* 8 &- 1) & 1) << UInt64(index)
      }
    }
    let upper = instruction.width1 == 32 ? lane(value.high) << UInt64(count) : 0
    write(instruction.reg, width: 4, lane(value.low) | upper)
  }

  /// PEXTRB, PEXTRW, PEXTRD, PEXTRQ and EXTRACTPS: an element of so many bytes, 0 for the operand's width.
  func extractElement(_ instruction: Instruction, _ byteCount: UInt8) throws(Exception) {
    // Without memory the element is zero-extended to the whole register.
    let size = Int(byteCount == 0 ? instruction.width0 : byteCount)
    let isMMX = instruction.operand1 == .mmxOrMemory
    let places = (isMMX ? 8 : 16) / size
    let index = Int(instruction.immediate) & (places - 1)
    if instruction.operand0 == .register {
      let value = try vectorSource(instruction)
      return write(instruction.reg, width: 4, value.element(index, byteCount: size))
    }
    let element = state.floating.xmm[Int(instruction.reg)].element(index, byteCount: size)
    guard instruction.isMemory else { return write(instruction.rm, width: size == 8 ? 8 : 4, element) }
    try storeSized(instruction.segment, effectiveAddress(instruction), UInt8(truncatingIfNeeded: size), element)
  }

  /// PINSRB, PINSRW, PINSRD and PINSRQ: an element of so many bytes, 0 for the operand's width.
  func insertElement(_ instruction: Instruction, _ byteCount: UInt8) throws(Exception) {
    let isThird = instruction.operand1 == .xmmVVVV
    let (kind, width) =
      isThird ? (instruction.operand2, instruction.width2) : (instruction.operand1, instruction.width1)
    let element = try readOperand(instruction, kind, width)
    let size = Int(byteCount == 0 ? width : byteCount)
    let places = (instruction.operand0 == .mmx ? 8 : 16) / size
    var value = vectorDestination(instruction)
    value.setElement(Int(instruction.immediate) & (places - 1), byteCount: size, element)
    setVectorDestination(instruction, value)
  }
}

/// The elements whose signs are asked for.
enum MaskElements { case bytes, singles, doubles }
