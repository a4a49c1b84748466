import MMU
import SoftFloat
import X86
import X86Decoder

extension Processor {
  /// x87 control, MMX and SSE instructions.
  ///
  /// - Returns: false if the operation has no semantics yet.
  func executeVector(_ instruction: Instruction) throws(Exception) -> Bool {
    guard try executeVectorOperation(instruction) else { return false }
    if Self.usesMMX(instruction) { enterMMX() }
    return true
  }

  /// What an MMX instruction that completes does to the x87 state: TOP is 0, every register valid.
  private func enterMMX() {
    state.floating.statusWord &= ~0x3800
    state.floating.validRegisters = 0xFF
  }

  /// rDI, cut to the address size.
  private func maskedStoreOffset(_ instruction: Instruction) -> UInt64 {
    read(7, width: instruction.addressSize)
  }

  private func executeVectorOperation(_ instruction: Instruction) throws(Exception) -> Bool {
    switch instruction.operation {
    case .fxsave, .fxrstor:
      try executeStateTransfer(instruction)
      return true
    case .fninit, .fnclex, .fldcw, .fnstcw, .fnstsw, .fwait, .fnop, .emms: return try executeX87Control(instruction)
    case .clflush:
      try flushLine(instruction)
      return true
    case .lfence, .mfence, .sfence: return true
    default: break
    }
    if try executeX87Move(instruction) { return true }
    if try executeX87Arithmetic(instruction) { return true }
    if try executeSSEFloat(instruction) { return true }
    if let operation = Self.elementOperation(instruction.operation) {
      try checkVectorAccess(instruction)
      let source = try vectorSource(instruction)
      let destination = vectorDestination(instruction)
      setVectorDestination(
        instruction,
        Vector128(
          low: VectorOperations.elementwise(operation, destination.low, source.low),
          high: VectorOperations.elementwise(operation, destination.high, source.high)))
      return true
    }
    if try executeVectorMove(instruction) { return true }
    return try executeVectorShuffle(instruction)
  }

  /// CLFLUSH: a read as far as faults go, but that an execute-only segment will do.
  ///
  /// - SDM: Vol. 2A "CLFLUSH—Flush Cache Line".
  private func flushLine(_ instruction: Instruction) throws(Exception) {
    let offset = effectiveAddress(instruction)
    guard !is64Bit else {
      _ = try load(instruction.segment, offset, as: UInt8.self)
      return
    }
    let address = try legacyLinear(instruction.segment, offset, 1, isWrite: false, takesExecuteOnly: true)
    if _slowPath(state.attention & Attention.step != 0) { try checkAccess(address, 1, isWrite: false) }
    _ = try loadLinear(address, as: UInt8.self)
  }

  // MARK: Access rules

  /// #UD and #NM rules of MMX and SSE.
  func checkVectorAccess(_ instruction: Instruction) throws(Exception) {
    let usesXMM =
      [instruction.operand0, instruction.operand1].contains { $0 == .xmm || $0 == .xmmOrMemory }
      || instruction.operation == .ldmxcsr || instruction.operation == .stmxcsr
    let cr0 = state.paging.cr0
    if cr0 & CR0.emulation != 0 { throw .invalidOpcode(.emulation) }
    if usesXMM && state.paging.cr4 & CR4.osFXSR == 0 { throw .invalidOpcode(.osFXSRClear) }
    if cr0 & CR0.taskSwitched != 0 { throw .deviceNotAvailable(.taskSwitched) }
    if Self.usesMMX(instruction) { try checkX87Error() }
  }

  private static func usesMMX(_ instruction: Instruction) -> Bool {
    func isMMX(_ kind: OperandKind) -> Bool { kind == .mmx || (kind == .mmxOrMemory && !instruction.isMemory) }
    return isMMX(instruction.operand0) || isMMX(instruction.operand1)
  }

  private func mmx(_ number: UInt8) -> Vector128 {
    Vector128(low: state.floating.registers[Int(number & 7)].significand)
  }

  private func setMMX(_ number: UInt8, _ value: UInt64) {
    state.floating.registers[Int(number & 7)] = ExtendedReal(significand: value, signExponent: 0xFFFF)
  }

  /// Linear address of a 16-byte operand: misaligned is #GP(0) where alignment is a must, before a segment fault, and
  /// else #AC where that is on, after it, unless the processor exempts it.
  private func vectorAddress(_ instruction: Instruction, aligned: Bool, isWrite: Bool) throws(Exception) -> UInt64 {
    let offset = effectiveAddress(instruction)
    if aligned, (state.segments[Int(instruction.segment)].base &+ offset) & 15 != 0 {
      throw .generalProtection(.operandMisaligned)
    }
    let address = try linear(instruction.segment, offset, 16, isWrite: isWrite)
    if !aligned, isCheckingAlignment, address & 15 != 0, !does(.exemptsUnalignedVectorsFromAlignmentCheck) {
      throw .alignmentCheck(.alignmentCheck)
    }
    return address
  }

  /// Reads a 16-byte operand; most must be aligned.
  func loadVector(_ instruction: Instruction, aligned: Bool) throws(Exception) -> Vector128 {
    let address = try vectorAddress(instruction, aligned: aligned, isWrite: false)
    if state.attention & Attention.step != 0 { matchDataBreakpoints(address, 16, isWrite: false) }
    return Vector128(
      low: try loadLinear(address, as: UInt64.self), high: try loadLinear(address &+ 8, as: UInt64.self))
  }

  /// Writes a 16-byte operand.
  func storeVector(_ instruction: Instruction, _ value: Vector128, aligned: Bool) throws(Exception) {
    let address = try vectorAddress(instruction, aligned: aligned, isWrite: true)
    if state.attention & Attention.step != 0 { matchDataBreakpoints(address, 16, isWrite: true) }
    if address & 0xFFF > 0xFF0 { try probeWrite(address, 16) }
    try storeLinear(address, value.low)
    try storeLinear(address &+ 8, value.high)
  }

  /// An operand of an MMX or XMM kind, or memory of the operand's width.
  func vectorOperand(_ instruction: Instruction, _ kind: OperandKind, _ width: UInt8) throws(Exception) -> Vector128 {
    switch kind {
    case .xmm: return state.floating.xmm[Int(instruction.reg)]
    case .mmx: return mmx(instruction.reg)
    case .xmmOrMemory where !instruction.isMemory: return state.floating.xmm[Int(instruction.rm)]
    case .mmxOrMemory where !instruction.isMemory: return mmx(instruction.rm)
    case .register, .registerOrMemory: return Vector128(low: try readOperand(instruction, kind, width))
    default:
      if width == 16 { return try loadVector(instruction, aligned: true) }
      return Vector128(low: try loadSized(instruction.segment, effectiveAddress(instruction), width))
    }
  }

  func vectorSource(_ instruction: Instruction) throws(Exception) -> Vector128 {
    try vectorOperand(instruction, instruction.operand1, instruction.width1)
  }

  func vectorDestination(_ instruction: Instruction) -> Vector128 {
    instruction.operand0 == .mmx ? mmx(instruction.reg) : state.floating.xmm[Int(instruction.reg)]
  }

  func setVectorDestination(_ instruction: Instruction, _ value: Vector128) {
    if instruction.operand0 == .mmx {
      setMMX(instruction.reg, value.low)
    } else {
      state.floating.xmm[Int(instruction.reg)] = value
    }
  }

  private func setShiftDestination(_ instruction: Instruction, _ value: Vector128) {
    if instruction.operand0 == .mmxOrMemory {
      setMMX(instruction.rm, value.low)
    } else if instruction.operand0 == .xmmOrMemory {
      state.floating.xmm[Int(instruction.rm)] = value
    } else {
      setVectorDestination(instruction, value)
    }
  }

  // MARK: x87 control

  private func executeX87Control(_ instruction: Instruction) throws(Exception) -> Bool {
    let cr0 = state.paging.cr0
    if instruction.operation == .fwait {
      if cr0 & (CR0.monitorCoprocessor | CR0.taskSwitched) == CR0.monitorCoprocessor | CR0.taskSwitched {
        throw .deviceNotAvailable(.waitMonitored)
      }
      try checkX87Error()
      return true
    }
    if instruction.operation == .emms && cr0 & CR0.emulation != 0 { throw .invalidOpcode(.emulation) }
    if cr0 & (CR0.emulation | CR0.taskSwitched) != 0 { throw x87Unavailable }
    switch instruction.operation {
    case .fnop where instruction.opcode != 0xD9: break  // FNENI, FNDISI and FNSETPM do not wait.
    case .fnop, .fldcw, .emms:
      try checkX87Error()
    default: break
    }
    switch instruction.operation {
    case .fninit:
      state.floating.controlWord = 0x37F
      state.floating.statusWord = 0
      state.floating.validRegisters = 0
      state.floating.opcode = 0
      state.floating.instructionPointer = 0
      state.floating.dataPointer = 0
      updateX87ErrorLine()
    case .fnclex:
      state.floating.statusWord &= 0x7F00
      updateX87ErrorLine()
    case .fldcw:
      state.floating.controlWord =
        UInt16(truncatingIfNeeded: try readOperand(instruction, .memory, 2)) & 0x1F7F | 0x40
      summarizeX87Errors()
    case .fnstcw: try writeOperand(instruction, .memory, 2, UInt64(state.floating.controlWord))
    case .fnstsw: try writeOperand(instruction, instruction.operand0, 2, UInt64(state.floating.statusWord))
    case .emms:
      state.floating.statusWord &= ~0x3800
      state.floating.validRegisters = 0
    default: break
    }
    return true
  }

  // MARK: Moves

  private func executeVectorMove(_ instruction: Instruction) throws(Exception) -> Bool {
    switch instruction.operation {
    case .movaps, .movapd, .movdqa, .movups, .movupd, .movdqu, .movntps, .movntpd, .movntdq:
      try checkVectorAccess(instruction)
      let isAligned = ![.movups, .movupd, .movdqu].contains(instruction.operation)
      if instruction.operand0 == .xmm {
        state.floating.xmm[Int(instruction.reg)] =
          instruction.isMemory
          ? try loadVector(instruction, aligned: isAligned) : state.floating.xmm[Int(instruction.rm)]
      } else if instruction.isMemory {
        try storeVector(instruction, state.floating.xmm[Int(instruction.reg)], aligned: isAligned)
      } else {
        state.floating.xmm[Int(instruction.rm)] = state.floating.xmm[Int(instruction.reg)]
      }
    case .movd, .movq: try executeMoveQuadword(instruction)
    case .movss, .movsdXmm: try executeScalarMove(instruction)
    case .movlps, .movlpd, .movhps, .movhpd: try executeHalfMove(instruction)
    case .movhlps:
      try checkVectorAccess(instruction)
      state.floating.xmm[Int(instruction.reg)].low = state.floating.xmm[Int(instruction.rm)].high
    case .movlhps:
      try checkVectorAccess(instruction)
      state.floating.xmm[Int(instruction.reg)].high = state.floating.xmm[Int(instruction.rm)].low
    case .movq2dq:
      try checkVectorAccess(instruction)
      state.floating.xmm[Int(instruction.reg)] = mmx(instruction.rm)
    case .movdq2q:
      try checkVectorAccess(instruction)
      setMMX(instruction.reg, state.floating.xmm[Int(instruction.rm)].low)
    case .movntq:
      try checkVectorAccess(instruction)
      try storeMMX(instruction, 8, mmx(instruction.reg).low)
    case .ldmxcsr:
      try checkVectorAccess(instruction)
      let value = UInt32(truncatingIfNeeded: try readOperand(instruction, .memory, 4))
      guard value >> 16 == 0 else { throw .generalProtection(.mxcsrReservedBits) }
      state.floating.mxcsr = value
    case .stmxcsr:
      try checkVectorAccess(instruction)
      try writeOperand(instruction, .memory, 4, UInt64(state.floating.mxcsr))
    default: return false
    }
    return true
  }

  private func executeMoveQuadword(_ instruction: Instruction) throws(Exception) {
    try checkVectorAccess(instruction)
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
    } else if instruction.operand0 == .mmxOrMemory {
      setMMX(instruction.rm, value)
    } else {
      state.floating.xmm[Int(instruction.rm)] = Vector128(low: value)
    }
  }

  /// Stores an MMX register; a fault may find the x87 state changed already.
  private func storeMMX(_ instruction: Instruction, _ width: UInt8, _ value: UInt64) throws(Exception) {
    if does(.clearsTopBeforeMMXStore) { setTop(0) }
    try storeSized(instruction.segment, effectiveAddress(instruction), width, value)
  }

  private func executeScalarMove(_ instruction: Instruction) throws(Exception) {
    try checkVectorAccess(instruction)
    let width: UInt8 = instruction.operation == .movss ? 4 : 8
    let mask: UInt64 = width == 4 ? 0xFFFF_FFFF : .max
    let own = Int(instruction.reg)
    let other = Int(instruction.rm)
    if instruction.operand0 == .xmm {
      if instruction.isMemory {
        state.floating.xmm[own] = Vector128(low: try vectorSource(instruction).low)
      } else {
        state.floating.xmm[own].low = (state.floating.xmm[own].low & ~mask) | (state.floating.xmm[other].low & mask)
      }
    } else if instruction.isMemory {
      try storeSized(instruction.segment, effectiveAddress(instruction), width, state.floating.xmm[own].low)
    } else {
      state.floating.xmm[other].low = (state.floating.xmm[other].low & ~mask) | (state.floating.xmm[own].low & mask)
    }
  }

  private func executeHalfMove(_ instruction: Instruction) throws(Exception) {
    try checkVectorAccess(instruction)
    let isHigh = instruction.operation == .movhps || instruction.operation == .movhpd
    let offset = effectiveAddress(instruction)
    if instruction.operand0 == .xmm {
      let value = try load(instruction.segment, offset, as: UInt64.self)
      if isHigh {
        state.floating.xmm[Int(instruction.reg)].high = value
      } else {
        state.floating.xmm[Int(instruction.reg)].low = value
      }
    } else {
      let register = state.floating.xmm[Int(instruction.reg)]
      try store(instruction.segment, offset, isHigh ? register.high : register.low)
    }
  }

  // MARK: Shuffles, packs, shifts

  private func executeVectorShuffle(_ instruction: Instruction) throws(Exception) -> Bool {
    if let (bits, kind) = Self.elementShift(instruction.operation) {
      try checkVectorAccess(instruction)
      let isImmediate = instruction.operand1 == .immediate
      let count = isImmediate ? instruction.immediate : try vectorSource(instruction).low
      let value =
        isImmediate ? try vectorOperand(instruction, instruction.operand0, 8) : vectorDestination(instruction)
      setShiftDestination(
        instruction,
        Vector128(
          low: VectorOperations.shift(value.low, count, elementBits: bits, kind),
          high: VectorOperations.shift(value.high, count, elementBits: bits, kind)))
      return true
    }
    let order = instruction.immediate
    switch instruction.operation {
    case .punpcklbw, .punpckhbw, .punpcklwd, .punpckhwd, .punpckldq, .punpckhdq, .unpcklps, .unpckhps:
      try interleaveElements(instruction)
    case .punpcklqdq, .unpcklpd, .punpckhqdq, .unpckhpd:
      try checkVectorAccess(instruction)
      let source = try vectorSource(instruction)
      let destination = vectorDestination(instruction)
      let isLow = instruction.operation == .punpcklqdq || instruction.operation == .unpcklpd
      setVectorDestination(
        instruction,
        isLow
          ? Vector128(low: destination.low, high: source.low) : Vector128(low: destination.high, high: source.high))
    case .packsswb, .packuswb, .packssdw: try packElements(instruction)
    case .pshufd, .pshuflw, .pshufhw, .pshufw:
      try checkVectorAccess(instruction)
      let source = try vectorSource(instruction)
      var result = source
      func words(_ value: UInt64) -> UInt64 {
        (0..<4).reduce(UInt64(0)) { $0 | ((value >> ((order >> UInt64($1 * 2) & 3) * 16)) & 0xFFFF) << UInt64($1 * 16) }
      }
      switch instruction.operation {
      case .pshufd:
        func element(_ index: UInt64) -> UInt64 {
          let pick = order >> (index * 2) & 3
          return ((pick & 2 == 0 ? source.low : source.high) >> ((pick & 1) * 32)) & 0xFFFF_FFFF
        }
        result = Vector128(low: element(0) | element(1) << 32, high: element(2) | element(3) << 32)
      case .pshufhw: result.high = words(source.high)
      default: result.low = words(source.low)
      }
      setVectorDestination(instruction, result)
    case .shufps, .shufpd:
      try checkVectorAccess(instruction)
      let source = try vectorSource(instruction)
      let old = vectorDestination(instruction)
      if instruction.operation == .shufpd {
        setVectorDestination(
          instruction,
          Vector128(low: order & 1 == 0 ? old.low : old.high, high: order & 2 == 0 ? source.low : source.high))
      } else {
        func element(_ value: Vector128, _ index: UInt64) -> UInt64 {
          let pick = order >> (index * 2) & 3
          return ((pick & 2 == 0 ? value.low : value.high) >> ((pick & 1) * 32)) & 0xFFFF_FFFF
        }
        setVectorDestination(
          instruction,
          Vector128(
            low: element(old, 0) | element(old, 1) << 32, high: element(source, 2) | element(source, 3) << 32))
      }
    case .pmovmskb, .movmskps, .movmskpd: try moveMask(instruction)
    case .pextrw, .pinsrw: try executeWordTransfer(instruction)
    case .psrldq, .pslldq:
      try checkVectorAccess(instruction)
      let value = state.floating.xmm[Int(instruction.rm)]
      let bits = min(order, 16) * 8
      state.floating.xmm[Int(instruction.rm)] =
        instruction.operation == .psrldq
        ? Vector128(
          low: bits >= 64
            ? value.high >> (bits - 64) : (value.low >> bits) | (bits == 0 ? 0 : value.high << (64 - bits)),
          high: bits >= 64 ? 0 : value.high >> bits)
        : Vector128(
          low: bits >= 64 ? 0 : value.low << bits,
          high: bits >= 64
            ? value.low << (bits - 64) : (value.high << bits) | (bits == 0 ? 0 : value.low >> (64 - bits)))
    case .maskmovq, .maskmovdqu:
      try checkVectorAccess(instruction)
      let value = vectorDestination(instruction)
      let mask = try vectorSource(instruction)
      let count: UInt64 = instruction.operand0 == .mmx ? 8 : 16
      // It is a store of the whole operand as far as faults go, whatever the mask, and by then an MMX instruction has
      // changed the x87 state.
      if count == 8 { enterMMX() }
      let isUpperFirst = count == 16 && does(.judgesUpperHalfOfMaskedStoreFirst)
      for offset in stride(from: 0, to: count, by: 8) as StrideTo<UInt64> {
        let half = isUpperFirst ? 8 &- offset : offset
        let address = try linear(instruction.segment, maskedStoreOffset(instruction) &+ half, 8, isWrite: true)
        if isCheckingAlignment && address & 7 != 0 { throw .alignmentCheck(.alignmentCheck) }
        try probeWrite(address, 8)
      }
      for index in 0..<count {
        let shift = (index & 7) * 8
        guard (index < 8 ? mask.low : mask.high) >> shift & 0x80 != 0 else { continue }
        let byte = UInt8(truncatingIfNeeded: (index < 8 ? value.low : value.high) >> shift)
        try store(instruction.segment, maskedStoreOffset(instruction) &+ index, byte)
      }
    default: return false
    }
    return true
  }

  private func interleaveElements(_ instruction: Instruction) throws(Exception) {
    try checkVectorAccess(instruction)
    let size: UInt64
    let isHigh: Bool
    switch instruction.operation {
    case .punpcklbw, .punpckhbw: size = 1
    case .punpcklwd, .punpckhwd: size = 2
    default: size = 4
    }
    switch instruction.operation {
    case .punpckhbw, .punpckhwd, .punpckhdq, .unpckhps: isHigh = true
    default: isHigh = false
    }
    let b = try vectorSource(instruction)
    let a = vectorDestination(instruction)
    let (first, second): (UInt64, UInt64)
    if instruction.operand0 == .mmx {
      let shift: UInt64 = isHigh ? 32 : 0
      let low = VectorOperations.interleave(
        UInt32(truncatingIfNeeded: a.low >> shift), UInt32(truncatingIfNeeded: b.low >> shift), elementByteCount: size)
      return setVectorDestination(instruction, Vector128(low: low))
    }
    (first, second) = isHigh ? (a.high, b.high) : (a.low, b.low)
    setVectorDestination(
      instruction,
      Vector128(
        low: VectorOperations.interleave(
          UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: second), elementByteCount: size),
        high: VectorOperations.interleave(
          UInt32(truncatingIfNeeded: first >> 32), UInt32(truncatingIfNeeded: second >> 32), elementByteCount: size)))
  }

  private func packElements(_ instruction: Instruction) throws(Exception) {
    try checkVectorAccess(instruction)
    let kind: PackKind =
      switch instruction.operation {
      case .packsswb: .signedWordsToBytes
      case .packuswb: .signedWordsToUnsignedBytes
      default: .signedDoublewordsToWords
      }
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

  private func moveMask(_ instruction: Instruction) throws(Exception) {
    try checkVectorAccess(instruction)
    let value = try vectorSource(instruction)
    var mask: UInt64 = 0
    switch instruction.operation {
    case .movmskpd: mask = value.low >> 63 | (value.high >> 63) << 1
    case .movmskps:
      mask =
        (value.low >> 31 & 1) | (value.low >> 63) << 1 | (value.high >> 31 & 1) << 2 | (value.high >> 63) << 3
    default:
      for index in 0..<UInt64(8) {
        mask |= (value.low >> (index * 8 + 7) & 1) << index
        if instruction.operand1 == .xmmOrMemory { mask |= (value.high >> (index * 8 + 7) & 1) << (index + 8) }
      }
    }
    write(instruction.reg, width: 4, mask)
  }

  private func executeWordTransfer(_ instruction: Instruction) throws(Exception) {
    try checkVectorAccess(instruction)
    let isMMX = instruction.operand0 == .mmx || instruction.operand1 == .mmxOrMemory
    let index = instruction.immediate & (isMMX ? 3 : 7)
    let shift = (index & 3) * 16
    if instruction.operation == .pextrw {
      let value = try vectorSource(instruction)
      write(instruction.reg, width: 4, ((index < 4 ? value.low : value.high) >> shift) & 0xFFFF)
      return
    }
    let word = try readOperand(instruction, instruction.operand1, instruction.width1) & 0xFFFF
    var value = vectorDestination(instruction)
    if index < 4 {
      value.low = (value.low & ~(0xFFFF << shift)) | word << shift
    } else {
      value.high = (value.high & ~(0xFFFF << shift)) | word << shift
    }
    setVectorDestination(instruction, value)
  }

  // MARK: Tables

  private static func elementShift(_ operation: Operation) -> (UInt64, ShiftKind)? {
    switch operation {
    case .psllw: (16, .left)
    case .pslld: (32, .left)
    case .psllq: (64, .left)
    case .psrlw: (16, .right)
    case .psrld: (32, .right)
    case .psrlq: (64, .right)
    case .psraw: (16, .arithmetic)
    case .psrad: (32, .arithmetic)
    default: nil
    }
  }

  private static func elementOperation(_ operation: Operation) -> ElementOperation? {
    switch operation {
    case .paddb: .addBytes
    case .paddw: .addWords
    case .paddd: .addDoublewords
    case .paddq: .addQuadwords
    case .psubb: .subtractBytes
    case .psubw: .subtractWords
    case .psubd: .subtractDoublewords
    case .psubq: .subtractQuadwords
    case .paddsb: .addSignedBytes
    case .paddsw: .addSignedWords
    case .psubsb: .subtractSignedBytes
    case .psubsw: .subtractSignedWords
    case .paddusb: .addUnsignedBytes
    case .paddusw: .addUnsignedWords
    case .psubusb: .subtractUnsignedBytes
    case .psubusw: .subtractUnsignedWords
    case .pcmpeqb: .equalBytes
    case .pcmpeqw: .equalWords
    case .pcmpeqd: .equalDoublewords
    case .pcmpgtb: .greaterBytes
    case .pcmpgtw: .greaterWords
    case .pcmpgtd: .greaterDoublewords
    case .pminub: .minimumUnsignedBytes
    case .pmaxub: .maximumUnsignedBytes
    case .pminsw: .minimumSignedWords
    case .pmaxsw: .maximumSignedWords
    case .pavgb: .averageBytes
    case .pavgw: .averageWords
    case .pmullw: .multiplyLow
    case .pmulhw: .multiplyHighSigned
    case .pmulhuw: .multiplyHighUnsigned
    case .pmuludq: .multiplyDoublewords
    case .pmaddwd: .multiplyAdd
    case .psadbw: .sumOfDifferences
    case .pand, .andps, .andpd: .and
    case .pandn, .andnps, .andnpd: .andNot
    case .por, .orps, .orpd: .or
    case .pxor, .xorps, .xorpd: .xor
    default: nil
    }
  }
}
