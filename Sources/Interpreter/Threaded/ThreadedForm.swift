import X86
import X86Decoder

/// Forms that the threaded engine has beyond `FastForm`.
enum ThreadedForm {
  // MOVSX: memory and register, by the source's and the destination's width.
  case loadSignByte64, loadSignByte32, loadSignWord64, loadSignWord32
  case signByte64, signByte32, signWord64, signWord32
  case store16, pushImmediate, pushMemory, leave, setIfMemory, jumpMemory
  // Narrow moves.
  case load8, load16, moveRegister8, moveRegister16, moveImmediate8, moveImmediate16, storeImmediate16
  // `BinaryFunction` of bytes with memory, and of words.
  case source8, destination8
  case register16, immediate16, source16, destination16, destinationImmediate16
  // IMUL with an immediate.
  case multiplyImmediate64, multiplyImmediate32
  // `ShiftFunction` by CL.
  case shiftCount64, shiftCount32, shiftCount16, shiftCount8
  // `ShiftFunction` of narrow registers and of memory by an immediate.
  case shift16, shift8, shiftMemory64, shiftMemory32
  // `UnaryFunction` of memory, and of narrow registers.
  case unaryMemory64, unaryMemory32, unaryMemory16, unaryMemory8, unary16, unary8
  // Bits of registers; the function counts what the table says.
  case bitScan64, bitScan32, zeroCount64, zeroCount32, populationCount64, populationCount32, byteSwap64, byteSwap32
  case bitRegister64, bitRegister32, bitImmediate64, bitImmediate32
  case doubleShift64, doubleShift32, doubleShiftImmediate64, doubleShiftImmediate32
  // Products and quotients of registers; extensions of the accumulator.
  case widenProduct64, widenProduct32, divide64, divide32, extendAccumulator64, extendAccumulator32
  case extendIntoDX64, extendIntoDX32
  // Exchanges of registers and with memory.
  case exchange64, exchange32, exchangeMemory64, exchangeMemory32, exchangeAdd64, exchangeAdd32
  case compareExchange64, compareExchange32
  // CMOVcc from memory.
  case moveIfMemory64, moveIfMemory32
  // REP MOVS and REP STOS of every size.
  case repeatMoves, repeatStores
  // Through FS or GS.
  case segmentLoad64, segmentLoad32, segmentStore64, segmentStore32
  case segmentSource64, segmentSource32, segmentDestination64, segmentDestination32
  case segmentDestinationImmediate64, segmentDestinationImmediate32, segmentDestinationImmediate8
  case segmentUnary64, segmentUnary32
  // Moves of SSE without a VEX prefix: `VectorMove`, `VectorPart`.
  case moveVectorWhole, moveVectorLow64, moveVectorLow32, moveVectorLowAlone, moveVectorHighToLow, moveVectorLowToHigh
  case moveVectorFromGeneral64, moveVectorFromGeneral32, moveVectorToGeneral64, moveVectorToGeneral32
  case loadVectorAligned, loadVectorUnaligned, loadVectorLow64, loadVectorLow32, loadVectorLowHalf, loadVectorHighHalf
  case storeVectorAligned, storeVectorUnaligned, storeVectorLow64, storeVectorLow32, storeVectorLowHalf
  case storeVectorHighHalf
  // Its functions of an XMM register and another or memory; shifts by an immediate; conversions; the signs of bytes.
  case vector, vectorShift, fromInteger64, fromInteger32, toInteger64, toInteger32, byteMask
  // The same with a VEX prefix.
  case moveVEXWhole, moveVEXLow64, moveVEXLow32, moveVEXLowAlone, moveVEXHighToLow, moveVEXLowToHigh
  case moveVEXFromGeneral64, moveVEXFromGeneral32, moveVEXToGeneral64, moveVEXToGeneral32
  case loadVEXAligned, loadVEXUnaligned, loadVEXLow64, loadVEXLow32, loadVEXLowHalf, loadVEXHighHalf
  case storeVEXAligned, storeVEXUnaligned, storeVEXLow64, storeVEXLow32, storeVEXLowHalf, storeVEXHighHalf
  case vex, vexShift, vexShiftImmediate, vexFromInteger64, vexFromInteger32, vexToInteger64, vexToInteger32
  case vexByteMask, vexBroadcast, vexInsertLane, vexExtractLane, vexZeroUpper
  // x87.
  case x87
  // BMI: `VEXIntegerFunction`.
  case vexInteger64, vexInteger32

  /// The form of an instruction of 64-bit code that has no fast form.
  ///
  /// - Parameters:
  ///   - behaviors: those of the processor: where it does otherwise than the handlers the instruction has no form.
  ///   - function: which handler of the form's table.
  init?(_ i: Instruction, _ behaviors: ProcessorBehaviors, function: inout Int) {
    if let form = Self.repeated(i) {
      self = form
      return
    }
    guard !i.isRepeated, i.addressSize == 8 || !i.isMemory else { return nil }
    guard
      let form = i.isMemory && i.segment >= 4 ? Self.segmented(i, &function) : Self.plain(i, behaviors, &function)
    else { return nil }
    self = form
  }

  /// REP MOVS and REP STOS; F2 means the same.
  private static func repeated(_ i: Instruction) -> ThreadedForm? {
    guard i.isRepeated, i.addressSize == 8 else { return nil }
    if i.operation == .stos { return .repeatStores }
    return i.operation == .movs && i.segment < 4 ? .repeatMoves : nil
  }

  private static func plain(
    _ i: Instruction, _ behaviors: ProcessorBehaviors, _ function: inout Int
  ) -> ThreadedForm? {
    if i.isVEX { return vex(i, &function) }
    if i.operation.family == .x87 {
      // D9D8h to D9DFh do not look at the tag.
      guard let index = i.operation.x87Function, i.isMemory || i.operation != .fstp || i.opcode != 0xD9 else {
        return nil
      }
      function = index
      return .x87
    }
    if i.operation.family == .vector || i.operation.family == .float { return vector(i, &function) }
    if i.operation == .setcc { return i.isMemory ? .setIfMemory : nil }
    let isWide = i.width0 == 8
    if i.operation == .jmp { return i.isMemory && i.operandSize == 8 ? .jumpMemory : nil }
    if i.operation == .leave { return i.operandSize == 8 ? .leave : nil }
    if i.operation == .cbw || i.operation == .cwd { return accumulatorExtension(i) }
    guard i.width0 == 8 || i.width0 == 4 else { return narrow(i, &function) }
    if i.operation == .movsx, i.operand0 == .register {
      return i.isMemory ? signLoad(i) : i.width1 == 1 && i.rm >= 16 ? nil : signMove(i)
    }
    if i.operation == .imul, i.operand2 == .immediate, !i.isMemory {
      if behaviors.contains(.computesMultiplicationFlags) { return nil }
      return isWide ? .multiplyImmediate64 : .multiplyImmediate32
    }
    if i.operation == .cmovcc, i.isMemory { return isWide ? .moveIfMemory64 : .moveIfMemory32 }
    if i.operation == .push, isWide {
      return i.operand0 == .immediate ? .pushImmediate : i.isMemory ? .pushMemory : nil
    }
    if let form = bits(i, behaviors, &function) ?? exchange(i) { return form }
    if let shift = i.operation.shiftFunction {
      function = Int(shift.rawValue)
      if i.isMemory { return i.shiftCount == 0 ? nil : isWide ? .shiftMemory64 : .shiftMemory32 }
      return i.operand1 == .cl ? (isWide ? .shiftCount64 : .shiftCount32) : nil
    }
    if let unary = i.operation.unaryFunction, i.isMemory {
      function = Int(unary.rawValue)
      return isWide ? .unaryMemory64 : .unaryMemory32
    }
    return nil
  }

  /// CWDE, CDQE, CDQ and CQO.
  private static func accumulatorExtension(_ i: Instruction) -> ThreadedForm? {
    guard i.operandSize >= 4 else { return nil }
    let isWide = i.operandSize == 8
    return i.operation == .cbw
      ? (isWide ? .extendAccumulator64 : .extendAccumulator32) : isWide ? .extendIntoDX64 : .extendIntoDX32
  }

  /// What has handlers of registers alone.
  private static func bits(
    _ i: Instruction, _ behaviors: ProcessorBehaviors, _ function: inout Int
  ) -> ThreadedForm? {
    guard !i.isMemory else { return nil }
    let isWide = i.width0 == 8
    switch i.operation.threadedGroup {
    case .none: return nil
    case .bitScan(let reverse):
      function = (reverse ? 2 : 0) + (behaviors.contains(.computesBitScanFlags) ? 1 : 0)
      return isWide ? .bitScan64 : .bitScan32
    case .zeroCount(let leading):
      function = leading ? 1 : 0
      return isWide ? .zeroCount64 : .zeroCount32
    case .populationCount: return isWide ? .populationCount64 : .populationCount32
    case .byteSwap: return isWide ? .byteSwap64 : .byteSwap32
    case .bit(let change):
      function = change
      return i.operand1 == .register
        ? (isWide ? .bitRegister64 : .bitRegister32) : isWide ? .bitImmediate64 : .bitImmediate32
    case .doubleShift(let left):
      function = left ? 1 : 0
      return i.operand2 == .immediate
        ? (isWide ? .doubleShiftImmediate64 : .doubleShiftImmediate32) : isWide ? .doubleShift64 : .doubleShift32
    case .widenProduct(let signed):
      if behaviors.contains(.computesMultiplicationFlags) { return nil }
      function = signed ? 1 : 0
      return isWide ? .widenProduct64 : .widenProduct32
    case .divide(let signed):
      function = (signed ? 2 : 0) + (behaviors.contains(.keepsDivisionFlags) ? 1 : 0)
      return isWide ? .divide64 : .divide32
    }
  }

  /// XCHG, XADD and CMPXCHG, with LOCK or without: nothing comes between.
  private static func exchange(_ i: Instruction) -> ThreadedForm? {
    let isWide = i.width0 == 8
    if i.operation == .xchg {
      return i.isMemory ? (isWide ? .exchangeMemory64 : .exchangeMemory32) : isWide ? .exchange64 : .exchange32
    }
    guard i.isMemory else { return nil }
    if i.operation == .xadd { return isWide ? .exchangeAdd64 : .exchangeAdd32 }
    return i.operation == .cmpxchg ? (isWide ? .compareExchange64 : .compareExchange32) : nil
  }

  /// What may be asked of a form: its immediate counts a shift.
  var isCounted: Bool {
    switch self {
    case .shiftMemory64, .shiftMemory32, .shift16, .shift8: true
    default: false
    }
  }

  private static func signLoad(_ i: Instruction) -> ThreadedForm {
    i.width0 == 8
      ? (i.width1 == 1 ? .loadSignByte64 : .loadSignWord64) : i.width1 == 1 ? .loadSignByte32 : .loadSignWord32
  }

  private static func signMove(_ i: Instruction) -> ThreadedForm {
    i.width0 == 8 ? (i.width1 == 1 ? .signByte64 : .signWord64) : i.width1 == 1 ? .signByte32 : .signWord32
  }

  /// Operands of 8 and 16 bits; not the high bytes of registers.
  private static func narrow(_ i: Instruction, _ function: inout Int) -> ThreadedForm? {
    let isByte = i.width0 == 1
    guard isByte || i.width0 == 2 else { return nil }
    func isLow(_ kind: OperandKind) -> Bool {
      !isByte || (kind == .register ? i.reg < 16 : kind != .registerOrMemory || i.isMemory || i.rm < 16)
    }
    guard isLow(i.operand0), isLow(i.operand1) else { return nil }
    if i.operation == .mov { return narrowMove(i, isByte: isByte) }
    if let unary = i.operation.unaryFunction {
      function = Int(unary.rawValue)
      return i.isMemory ? (isByte ? .unaryMemory8 : .unaryMemory16) : isByte ? .unary8 : .unary16
    }
    if let shift = i.operation.shiftFunction, !i.isMemory {
      function = Int(shift.rawValue)
      if i.operand1 == .cl { return isByte ? .shiftCount8 : .shiftCount16 }
      return i.shiftCount == 0 ? nil : isByte ? .shift8 : .shift16
    }
    guard let binary = i.operation.binaryFunction else { return nil }
    function = Int(binary.rawValue)
    switch (i.operand0, i.operand1) {
    case (.register, .registerOrMemory):
      return i.isMemory ? (isByte ? .source8 : .source16) : isByte ? nil : .register16
    case (.registerOrMemory, .register):
      return i.isMemory ? (isByte ? .destination8 : .destination16) : isByte ? nil : .register16
    case (.registerOrMemory, .immediate), (.accumulator, .immediate):
      return isByte ? nil : i.isMemory ? .destinationImmediate16 : .immediate16
    default: return nil
    }
  }

  private static func narrowMove(_ i: Instruction, isByte: Bool) -> ThreadedForm? {
    switch (i.operand0, i.operand1) {
    case (.registerOrMemory, .register):
      return i.isMemory ? (isByte ? nil : .store16) : isByte ? .moveRegister8 : .moveRegister16
    case (.register, .registerOrMemory):
      return i.isMemory ? (isByte ? .load8 : .load16) : isByte ? .moveRegister8 : .moveRegister16
    case (.register, .immediate): return isByte ? .moveImmediate8 : .moveImmediate16
    case (.registerOrMemory, .immediate):
      return i.isMemory ? (isByte ? nil : .storeImmediate16) : isByte ? .moveImmediate8 : .moveImmediate16
    default: return nil
    }
  }

  private static func segmented(_ i: Instruction, _ function: inout Int) -> ThreadedForm? {
    let isWide = i.width0 == 8
    if let unary = i.operation.unaryFunction, i.width0 >= 4 {
      function = Int(unary.rawValue)
      return isWide ? .segmentUnary64 : .segmentUnary32
    }
    if let binary = i.operation.binaryFunction {
      function = Int(binary.rawValue)
      switch (i.operand0, i.operand1) {
      case (.register, .registerOrMemory) where i.width0 >= 4: return isWide ? .segmentSource64 : .segmentSource32
      case (.registerOrMemory, .register) where i.width0 >= 4:
        return isWide ? .segmentDestination64 : .segmentDestination32
      case (.registerOrMemory, .immediate) where i.width0 >= 4:
        return isWide ? .segmentDestinationImmediate64 : .segmentDestinationImmediate32
      case (.registerOrMemory, .immediate) where i.width0 == 1: return .segmentDestinationImmediate8
      default: return nil
      }
    }
    guard i.operation == .mov, i.width0 >= 4 else { return nil }
    switch (i.operand0, i.operand1) {
    case (.register, .registerOrMemory): return isWide ? .segmentLoad64 : .segmentLoad32
    case (.registerOrMemory, .register): return isWide ? .segmentStore64 : .segmentStore32
    default: return nil
    }
  }
}

extension ThreadedForm {
  /// What an instruction without a fast form does with flags, and whether it has handlers that leave them alone.
  static func flagUse(
    _ instruction: Instruction, _ behaviors: ProcessorBehaviors
  ) -> (FlagUse, hasQuietHandlers: Bool) {
    var function = 0
    switch ThreadedForm(instruction, behaviors, function: &function) {
    case .signByte64, .signByte32, .signWord64, .signWord32, .moveRegister8, .moveRegister16, .moveImmediate8,
      .moveImmediate16, .byteSwap64, .byteSwap32, .extendAccumulator64, .extendAccumulator32, .extendIntoDX64,
      .extendIntoDX32, .exchange64, .exchange32:
      return (.none, false)
    case .multiplyImmediate64, .multiplyImmediate32, .widenProduct64, .widenProduct32, .zeroCount64, .zeroCount32,
      .bitScan64, .bitScan32:
      return (.keeps, true)
    case .shiftCount64, .shiftCount32, .shift16, .shift8, .shiftCount16, .shiftCount8:
      return (FastForm.shiftUse(UInt8(truncatingIfNeeded: function)), true)
    case .bitRegister64, .bitRegister32, .bitImmediate64, .bitImmediate32, .doubleShift64, .doubleShift32,
      .doubleShiftImmediate64, .doubleShiftImmediate32, .unary16, .unary8:
      return (.keeps, false)
    case .populationCount64, .populationCount32: return (.overwrites, false)
    case .register16, .immediate16: return (FastForm.binaryUse(UInt8(truncatingIfNeeded: function)), false)
    case .source8, .destination8, .source16, .destination16, .destinationImmediate16, .segmentSource64,
      .segmentSource32, .segmentDestination64, .segmentDestination32, .segmentDestinationImmediate64,
      .segmentDestinationImmediate32, .segmentDestinationImmediate8:
      var use = FastForm.binaryUse(UInt8(truncatingIfNeeded: function))
      use.exit = .early
      return (use, false)
    case .loadSignByte64, .loadSignByte32, .loadSignWord64, .loadSignWord32, .store16, .pushImmediate, .pushMemory,
      .load8, .load16, .storeImmediate16, .exchangeMemory64, .exchangeMemory32, .segmentLoad64, .segmentLoad32,
      .segmentStore64, .segmentStore32, .loadVectorAligned, .loadVectorUnaligned, .loadVectorLow64, .loadVectorLow32,
      .loadVectorLowHalf, .loadVectorHighHalf, .storeVectorAligned, .storeVectorUnaligned, .storeVectorLow64,
      .storeVectorLow32, .storeVectorLowHalf, .storeVectorHighHalf, .loadVEXAligned, .loadVEXUnaligned, .loadVEXLow64,
      .loadVEXLow32, .loadVEXLowHalf, .loadVEXHighHalf, .storeVEXAligned, .storeVEXUnaligned, .storeVEXLow64,
      .storeVEXLow32, .storeVEXLowHalf, .storeVEXHighHalf:
      return (.mayFault, false)
    default: return (.mayLeave, false)
    }
  }
}

extension Instruction {
  /// The count of a shift or rotate by an immediate, masked; 0 if the count is in CL.
  var shiftCount: UInt64 {
    let count = operand1 == .one ? 1 : operand1 == .immediate ? immediate : 0
    return count & (width0 == 8 ? 63 : 31)
  }
}

/// What the handlers of instructions on registers alone share.
enum ThreadedGroup {
  case none
  case bitScan(reverse: Bool)
  case zeroCount(leading: Bool)
  case populationCount, byteSwap
  /// `BitChange` by its place.
  case bit(Int)
  case doubleShift(left: Bool)
  case widenProduct(signed: Bool)
  case divide(signed: Bool)
}
