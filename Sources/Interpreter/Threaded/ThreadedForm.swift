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
  // MOVAPS, MOVUPS and their kin, without a VEX prefix.
  case moveVector, loadVector, loadVectorAligned, storeVector, storeVectorAligned

  /// The form of an instruction of 64-bit code that has no fast form.
  init?(_ i: Instruction, function: inout Int) {
    guard i.flags.isDisjoint(with: .lockOrRepeat), i.addressSize == 8 || !i.isMemory else { return nil }
    guard let form = i.isMemory && i.segment >= 4 ? Self.segmented(i, &function) : Self.plain(i, &function) else {
      return nil
    }
    self = form
  }

  private static func plain(_ i: Instruction, _ function: inout Int) -> ThreadedForm? {
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

  /// Operands of 8, 16 and 128 bits.
  private static func narrow(_ i: Instruction, _ function: inout Int) -> ThreadedForm? {
    if i.width0 == 16, !i.isVEX, i.operation.isPlainVectorMove {
      let isAligned = ![.movups, .movupd, .movdqu].contains(i.operation)
      guard i.isMemory else { return i.operand0 == .xmm ? .moveVector : nil }
      return i.operand0 == .xmm
        ? (isAligned ? .loadVectorAligned : .loadVector) : isAligned ? .storeVectorAligned : .storeVector
    }
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

extension InstructionFlags {
  fileprivate static var lockOrRepeat: Self { Self(rawValue: lock.rawValue | rep.rawValue | repne.rawValue) }
}

extension Operation {
  fileprivate var isPlainVectorMove: Bool {
    self == .movups || self == .movaps || self == .movupd || self == .movapd || self == .movdqu || self == .movdqa
  }
}
