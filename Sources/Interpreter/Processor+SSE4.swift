import MMU
import X86
import X86Decoder

/// Instructions of SSE3 to SSE4.2, AES, PCLMULQDQ and SHA, and their VEX forms, that are more than a function of lanes.
extension Processor {
  /// PHADDW and its kin: pairs of the first operand, then of the second.
  func vectorPairs(_ instruction: Instruction, _ kind: PairKind) throws(Exception) {
    let isMMX = instruction.operand0 == .mmx
    try lanes(instruction) { a, b in
      isMMX
        ? Vector128(low: VectorOperations.pairs(a.low, b.low, kind))
        : Vector128(
          low: VectorOperations.pairs(a.low, a.high, kind), high: VectorOperations.pairs(b.low, b.high, kind))
    }
  }

  /// PSHUFB.
  func shuffleBytes(_ instruction: Instruction) throws(Exception) {
    guard instruction.operand0 == .mmx else { return try lanes(instruction, VectorOperations.shuffleBytes) }
    // Three bits select one of eight bytes.
    try lanes(instruction) { a, b in
      VectorOperations.shuffleBytes(a, Vector128(low: b.low & 0x8787_8787_8787_8787))
    }
  }

  /// PALIGNR.
  func alignBytes(_ instruction: Instruction) throws(Exception) {
    guard instruction.operand0 == .mmx else { return try lanes(instruction, VectorOperations.align) }
    let immediate = UInt8(truncatingIfNeeded: instruction.immediate)
    try lanes(instruction) { a, b in
      VectorOperations.align(Vector128(), Vector128(low: b.low, high: a.low), min(immediate, 16))
    }
  }

  /// MPSADBW: three bits of the immediate a lane.
  func sumsOfDifferences(_ instruction: Instruction) throws(Exception) {
    let immediate = UInt8(truncatingIfNeeded: instruction.immediate)
    let b = try longSource(instruction)
    let a = longFirst(instruction)
    setDestination(
      instruction,
      Vector256(
        low: VectorOperations.sumsOfDifferences(a.low, b.low, immediate),
        high: VectorOperations.sumsOfDifferences(a.high, b.high, immediate >> 3)))
  }

  /// PMOVSXBW, PMOVZXDQ and their kin: from and to so many bytes.
  func widenElements(_ instruction: Instruction, _ from: Int, _ to: Int, signed: Bool) throws(Exception) {
    let source = try vectorOperand(instruction, instruction.operand1, instruction.width1)
    let count = 16 / to
    func lane(_ first: Int) -> Vector128 {
      var result = Vector128()
      for index in 0..<count {
        let value = VectorOperations.widened(source, first + index, from: from, isSigned: signed)
        result.setElement(index, byteCount: to, value)
      }
      return result
    }
    let isLong = instruction.width0 == 32
    setDestination(instruction, Vector256(low: lane(0), high: isLong ? lane(count) : Vector128()))
  }

  /// MOVDDUP, MOVSLDUP and MOVSHDUP: the even or odd elements of so many bytes twice.
  func duplicateElements(_ instruction: Instruction, _ byteCount: Int, odd: Bool) throws(Exception) {
    try lanes(instruction) { _, b in
      byteCount == 8
        ? Vector128(low: b.low, high: b.low) : Vector128(doublewords: { b.doubleword(odd ? $0 | 1 : $0 & ~1) })
    }
  }

  /// PBLENDW, BLENDPS, BLENDPD and VPBLENDD: a bit of the immediate for each element; words have eight for each lane.
  func blendElements(_ instruction: Instruction, _ byteCount: Int) throws(Exception) {
    let mask = UInt8(truncatingIfNeeded: instruction.immediate)
    let upperMask = byteCount == 2 ? mask : mask >> UInt8(16 / byteCount)
    let b = try longSource(instruction)
    let a = longFirst(instruction)
    setDestination(
      instruction,
      Vector256(
        low: VectorOperations.blend(a.low, b.low, mask, byteCount: byteCount),
        high: VectorOperations.blend(a.high, b.high, upperMask, byteCount: byteCount)))
  }

  /// PBLENDVB, BLENDVPS and BLENDVPD: the mask is XMM0, with a VEX prefix the register of the immediate.
  func blendByMask(_ instruction: Instruction, _ byteCount: Int) throws(Exception) {
    let mask = longRegister(instruction.isVEX ? UInt8(truncatingIfNeeded: instruction.immediate >> 4) & 15 : 0)
    let b = try longSource(instruction)
    let a = longFirst(instruction)
    setDestination(
      instruction,
      Vector256(
        low: VectorOperations.blend(a.low, b.low, by: mask.low, byteCount: byteCount),
        high: VectorOperations.blend(a.high, b.high, by: mask.high, byteCount: byteCount)))
  }

  /// INSERTPS: of a register the immediate picks the element, memory is one.
  func insertSingle(_ instruction: Instruction) throws(Exception) {
    let immediate = UInt8(truncatingIfNeeded: instruction.immediate)
    let b = try vectorSource(instruction)
    let value = b.doubleword(instruction.isMemory ? 0 : Int(immediate >> 6))
    setVectorDestination(instruction, VectorOperations.insertSingle(vectorDestination(instruction), value, immediate))
  }

  /// PTEST, and VTESTPS and VTESTPD of the top bits of elements.
  func testVector(_ instruction: Instruction, _ mask: UInt64) throws(Exception) {
    let b = try longSource(instruction)
    let a = longRegister(instruction.reg)
    let isLong = instruction.width0 == 32
    let lowBoth = (a.low.low & b.low.low) | (a.low.high & b.low.high)
    let highBoth = isLong ? (a.high.low & b.high.low) | (a.high.high & b.high.high) : 0
    let lowRest = (~a.low.low & b.low.low) | (~a.low.high & b.low.high)
    let highRest = isLong ? (~a.high.low & b.high.low) | (~a.high.high & b.high.high) : 0
    state.flags = LazyFlags(
      rflags: ((lowBoth | highBoth) & mask == 0 ? RFLAGS.zero : 0)
        | ((lowRest | highRest) & mask == 0 ? RFLAGS.carry : 0))
  }

  // MARK: Strings

  /// PCMPESTRM, PCMPESTRI, PCMPISTRM and PCMPISTRI: explicit lengths are in rAX and rDX, implicit ones end at a zero.
  func compareStrings(_ instruction: Instruction, explicit: Bool, mask: Bool) throws(Exception) {
    let second =
      instruction.isMemory
      ? try loadVector(instruction, aligned: false) : state.floating.xmm[Int(instruction.rm)]
    let first = state.floating.xmm[Int(instruction.reg)]
    let control = UInt8(truncatingIfNeeded: instruction.immediate)
    let size = control & 1 != 0 ? 2 : 1
    let count = 16 / size
    func length(_ vector: Vector128, _ register: GeneralRegister) -> Int {
      guard explicit else {
        return (0..<count).first { vector.element($0, byteCount: size) == 0 } ?? count
      }
      let width: UInt8 = instruction.operandSize == 8 ? 8 : 4
      let value = Int64(bitPattern: Integer.signExtend(read(register, width: width), width))
      return Int(min(value.magnitude, UInt64(count)))
    }
    let lengths = (first: length(first, .ax), second: length(second, .dx))
    let comparison = StringComparison(first, second, lengths, control)
    if mask {
      state.floating.xmm[0] = comparison.mask
      if instruction.isVEX { state.floating.upper[0] = Vector128() }
    } else {
      write(.cx, width: 4, UInt64(comparison.index))
    }
    state.flags = LazyFlags(
      rflags: (comparison.bits != 0 ? RFLAGS.carry : 0) | (lengths.second < count ? RFLAGS.zero : 0)
        | (lengths.first < count ? RFLAGS.sign : 0) | (comparison.bits & 1 != 0 ? RFLAGS.overflow : 0))
  }

  // MARK: Cryptography

  /// AESENC and its kin.
  func cryptographicRound(
    _ instruction: Instruction, _ function: (Vector128, Vector128, Bool) -> Vector128, isLast: Bool
  ) throws(Exception) {
    try lanes(instruction) { function($0, $1, isLast) }
  }

  /// AESIMC.
  func inverseMixColumns(_ instruction: Instruction) throws(Exception) {
    try lanes(instruction) { _, b in Cryptography.inverseMix(b) }
  }

  /// AESKEYGENASSIST.
  func assistKeyGeneration(_ instruction: Instruction) throws(Exception) {
    let constant = UInt8(truncatingIfNeeded: instruction.immediate)
    try lanes(instruction) { _, b in Cryptography.keyAssist(b, constant) }
  }

  /// SHA256RNDS2: the third operand is XMM0.
  func sha256Rounds(_ instruction: Instruction) throws(Exception) {
    let words = state.floating.xmm[0]
    try lanes(instruction) { Cryptography.sha256Rounds($0, $1, words) }
  }
}
