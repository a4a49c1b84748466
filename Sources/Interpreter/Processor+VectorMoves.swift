import MMU
import X86
import X86Decoder

extension Processor {
  /// MOVAPS, MOVUPS and their kin.
  func moveVector(_ instruction: Instruction, aligned: Bool) throws(Exception) {
    if instruction.isVEX { return try moveLongVector(instruction, aligned: aligned) }
    if instruction.operand0 == .xmm {
      state.floating.xmm[Int(instruction.reg)] =
        instruction.isMemory
        ? try loadVector(instruction, aligned: aligned) : state.floating.xmm[Int(instruction.rm)]
    } else if instruction.isMemory {
      try storeVector(instruction, state.floating.xmm[Int(instruction.reg)], aligned: aligned)
    } else {
      state.floating.xmm[Int(instruction.rm)] = state.floating.xmm[Int(instruction.reg)]
    }
  }

  /// VMOVAPS, VMOVUPS and their kin.
  private func moveLongVector(_ instruction: Instruction, aligned: Bool) throws(Exception) {
    let isLong = instruction.width0 == 32
    if instruction.operand0 == .xmm {
      guard instruction.isMemory else { return setDestination(instruction, longRegister(instruction.rm)) }
      setDestination(
        instruction,
        isLong
          ? try loadLongVector(instruction, aligned: aligned)
          : Vector256(low: try loadVector(instruction, aligned: aligned)))
    } else if instruction.isMemory {
      let value = longRegister(instruction.reg)
      if isLong {
        try storeLongVector(instruction, value, aligned: aligned)
      } else {
        try storeVector(instruction, value.low, aligned: aligned)
      }
    } else {
      setDestination(instruction, longRegister(instruction.reg))
    }
  }

  /// MOVD and MOVQ: the low part of a vector, zero-extended.
  func moveLowPart(_ instruction: Instruction) throws(Exception) {
    if instruction.operand0 == .xmm || instruction.operand0 == .mmx {
      setVectorDestination(instruction, Vector128(low: try vectorSource(instruction).low))
      return
    }
    let value = instruction.operand1 == .mmx ? mmx(instruction.reg).low : state.floating.xmm[Int(instruction.reg)].low
    if instruction.isMemory || instruction.operand0 == .registerOrMemory {
      if instruction.isMemory, instruction.operand1 == .mmx {
        try storeMMX(instruction, instruction.width0, value)
      } else if instruction.isMemory {
        try storeSized(instruction.segment, effectiveAddress(instruction), instruction.width0, value)
      } else {
        write(instruction.rm, width: instruction.width0, value)
      }
    } else {
      setVectorDestination(instruction, Vector128(low: value))
    }
  }

  /// Stores an MMX register; a fault may find the x87 state changed already.
  private func storeMMX(_ instruction: Instruction, _ width: UInt8, _ value: UInt64) throws(Exception) {
    if does(.clearsTopBeforeMMXStore) { setTop(0) }
    try storeSized(instruction.segment, effectiveAddress(instruction), width, value)
  }

  /// MOVSS and MOVSD: from memory the rest of the register becomes zero, else it comes from the first source.
  func moveScalar(_ instruction: Instruction, width: UInt8) throws(Exception) {
    let mask: UInt64 = width == 4 ? 0xFFFF_FFFF : .max
    if instruction.isMemory {
      guard instruction.operand0 == .xmm else {
        let value = state.floating.xmm[Int(instruction.reg)].low
        return try storeSized(instruction.segment, effectiveAddress(instruction), width, value)
      }
      return setVectorDestination(instruction, Vector128(low: try vectorSource(instruction).low))
    }
    let isStore = instruction.operand0 == .xmmOrMemory
    let source = state.floating.xmm[Int(isStore ? instruction.reg : instruction.rm)]
    let first = instruction.isVEX ? instruction.vvvv & 15 : isStore ? instruction.rm : instruction.reg
    var value = state.floating.xmm[Int(first)]
    value.low = (value.low & ~mask) | (source.low & mask)
    setVectorDestination(instruction, value)
  }

  /// MOVLPS, MOVLPD, MOVHPS and MOVHPD.
  func moveHalf(_ instruction: Instruction, high isHigh: Bool) throws(Exception) {
    let offset = effectiveAddress(instruction)
    guard instruction.operand0 == .xmm else {
      let register = state.floating.xmm[Int(instruction.reg)]
      return try store(instruction.segment, offset, isHigh ? register.high : register.low)
    }
    let value = try load(instruction.segment, offset, as: UInt64.self)
    let first = vectorDestination(instruction)
    setVectorDestination(
      instruction, isHigh ? Vector128(low: first.low, high: value) : Vector128(low: value, high: first.high))
  }

  /// MOVHLPS.
  func moveHighToLow(_ instruction: Instruction) throws(Exception) {
    let high = vectorDestination(instruction).high
    setVectorDestination(instruction, Vector128(low: state.floating.xmm[Int(instruction.rm)].high, high: high))
  }

  /// MOVLHPS.
  func moveLowToHigh(_ instruction: Instruction) throws(Exception) {
    let low = vectorDestination(instruction).low
    setVectorDestination(instruction, Vector128(low: low, high: state.floating.xmm[Int(instruction.rm)].low))
  }

  /// MOVQ2DQ.
  func moveFromMMX(_ instruction: Instruction) throws(Exception) {
    state.floating.xmm[Int(instruction.reg)] = mmx(instruction.rm)
  }

  /// MOVDQ2Q.
  func moveToMMX(_ instruction: Instruction) throws(Exception) {
    setMMX(instruction.reg, state.floating.xmm[Int(instruction.rm)].low)
  }

  /// MOVNTQ.
  func storeNonTemporalMMX(_ instruction: Instruction) throws(Exception) {
    try storeMMX(instruction, 8, mmx(instruction.reg).low)
  }

  /// LDMXCSR.
  func loadMXCSR(_ instruction: Instruction) throws(Exception) {
    let value = UInt32(truncatingIfNeeded: try readOperand(instruction, .memory, 4))
    guard value >> 16 == 0 else { throw .generalProtection(.mxcsrReservedBits) }
    state.floating.mxcsr = value
  }

  /// STMXCSR.
  func storeMXCSR(_ instruction: Instruction) throws(Exception) {
    try writeOperand(instruction, .memory, 4, UInt64(state.floating.mxcsr))
  }

  /// MASKMOVQ and MASKMOVDQU.
  func maskedStore(_ instruction: Instruction) throws(Exception) {
    let value = vectorDestination(instruction)
    let mask = try vectorSource(instruction)
    let count: UInt64 = instruction.operand0 == .mmx ? 8 : 16
    // It is a store of the whole operand as far as faults go, whatever the mask, and by then an MMX instruction has
    // changed the x87 state.
    if count == 8 { enterMMX() }
    let isUpperFirst = count == 16 && does(.checksUpperHalfOfMaskedStoreFirst)
    for offset in stride(from: 0, to: count, by: 8) as StrideTo<UInt64> {
      let half = isUpperFirst ? 8 &- offset : offset
      let address = try linear(instruction.segment, maskedStoreOffset(instruction, half), 8, isWrite: true)
      if isCheckingAlignment && address & 7 != 0 { throw .alignmentCheck(.alignmentCheck) }
      try probeWrite(address, 8)
    }
    for index in 0..<count {
      let shift = (index & 7) * 8
      guard (index < 8 ? mask.low : mask.high) >> shift & 0x80 != 0 else { continue }
      let byte = UInt8(truncatingIfNeeded: (index < 8 ? value.low : value.high) >> shift)
      try store(instruction.segment, maskedStoreOffset(instruction, index), byte)
    }
  }

  /// A distance from rDI, cut to the address size: the upper half stands at offset 0 if the lower one ends at FFFFh.
  private func maskedStoreOffset(_ instruction: Instruction, _ distance: UInt64) -> UInt64 {
    (read(.di, width: instruction.addressSize) &+ distance) & instruction.addressMask
  }

  /// CLFLUSH: a read as far as faults go, but that an execute-only segment will do.
  ///
  /// - SDM: Vol. 2A "CLFLUSH—Flush Cache Line".
  func flushLine(_ instruction: Instruction) throws(Exception) {
    let offset = effectiveAddress(instruction)
    guard !is64Bit else {
      _ = try load(instruction.segment, offset, as: UInt8.self)
      return
    }
    let address = try legacyLinear(instruction.segment, offset, 1, isWrite: false, takesExecuteOnly: true)
    if _slowPath(state.attention & Attention.step != 0) { try checkAccess(address, 1, isWrite: false) }
    _ = try loadLinear(address, as: UInt8.self)
  }
}
