import X86
import X86Decoder

/// Forms that the threaded engine has beyond `FastForm`.
enum ThreadedForm {
  // MOVSX: memory and register, by the source's and the destination's width.
  case loadSignByte64, loadSignByte32, loadSignWord64, loadSignWord32
  case signByte64, signByte32, signWord64, signWord32
  case store16, pushImmediate
  // `BinaryFunction` of bytes with memory.
  case source8, destination8
  // IMUL with an immediate.
  case multiplyImmediate64, multiplyImmediate32
  // `ShiftFunction` by CL.
  case shiftCount64, shiftCount32
  // `UnaryFunction` of memory.
  case unaryMemory64, unaryMemory32
  // CMOVcc from memory.
  case moveIfMemory64, moveIfMemory32
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

  /// The form of an instruction of 64-bit code that has no fast form.
  init?(_ i: Instruction, function: inout Int) {
    guard i.flags.isDisjoint(with: .lockOrRepeat), i.addressSize == 8 || !i.isMemory else { return nil }
    guard let form = i.isMemory && i.segment >= 4 ? Self.segmented(i, &function) : Self.plain(i, &function) else {
      return nil
    }
    self = form
  }

  private static func plain(_ i: Instruction, _ function: inout Int) -> ThreadedForm? {
    if i.operation.family == .vector || i.operation.family == .float { return vector(i, &function) }
    let isWide = i.width0 == 8
    guard i.width0 == 8 || i.width0 == 4 else { return narrow(i, &function) }
    switch i.operation {
    case .movsx where i.operand0 == .register:
      return i.isMemory ? signLoad(i) : i.width1 == 1 && i.rm >= 16 ? nil : signMove(i)
    case .imul where i.operand2 == .immediate && !i.isMemory:
      return isWide ? .multiplyImmediate64 : .multiplyImmediate32
    case .cmovcc where i.isMemory: return isWide ? .moveIfMemory64 : .moveIfMemory32
    case .push where i.operand0 == .immediate && isWide: return .pushImmediate
    default: break
    }
    if let shift = i.operation.shiftFunction, i.operand1 == .cl, !i.isMemory {
      function = Int(shift.rawValue)
      return isWide ? .shiftCount64 : .shiftCount32
    }
    if let unary = i.operation.unaryFunction, i.isMemory {
      function = Int(unary.rawValue)
      return isWide ? .unaryMemory64 : .unaryMemory32
    }
    return nil
  }

  private static func signLoad(_ i: Instruction) -> ThreadedForm {
    i.width0 == 8
      ? (i.width1 == 1 ? .loadSignByte64 : .loadSignWord64) : i.width1 == 1 ? .loadSignByte32 : .loadSignWord32
  }

  private static func signMove(_ i: Instruction) -> ThreadedForm {
    i.width0 == 8 ? (i.width1 == 1 ? .signByte64 : .signWord64) : i.width1 == 1 ? .signByte32 : .signWord32
  }

  /// Operands of 8 and 16 bits.
  private static func narrow(_ i: Instruction, _ function: inout Int) -> ThreadedForm? {
    guard i.isMemory else { return nil }
    if i.width0 == 2, i.operation == .mov, i.operand0 == .registerOrMemory, i.operand1 == .register { return .store16 }
    guard i.width0 == 1, let binary = i.operation.binaryFunction, i.reg < 16 else { return nil }
    function = Int(binary.rawValue)
    switch (i.operand0, i.operand1) {
    case (.register, .registerOrMemory): return .source8
    case (.registerOrMemory, .register): return .destination8
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
  static func flagUse(_ instruction: Instruction) -> (FlagUse, hasQuietHandlers: Bool) {
    var function = 0
    switch ThreadedForm(instruction, function: &function) {
    case .signByte64, .signByte32, .signWord64, .signWord32: return (.none, false)
    case .multiplyImmediate64, .multiplyImmediate32: return (.keeps, true)
    case .shiftCount64, .shiftCount32: return (.reads, false)
    default: return (.mayLeave, false)
    }
  }
}

extension InstructionFlags {
  fileprivate static var lockOrRepeat: Self { Self(rawValue: lock.rawValue | rep.rawValue | repne.rawValue) }
}
