import X86
import X86Decoder

extension ThreadedForm {
  /// The form of an instruction of SSE without a VEX prefix.
  static func vector(_ i: Instruction, _ function: inout Int) -> ThreadedForm? {
    switch (i.operand0, i.operand1) {
    case (.xmm, .xmmOrMemory):
      if let move = vectorMove(i) { return move }
      guard let index = i.operation.vectorFunction else { return nil }
      function = index * 2 + (i.isMemory ? 1 : 0)
      return .vector
    case (.xmmOrMemory, .xmm), (.memory, .xmm): return i.isMemory ? vectorStore(i) : vectorMove(i)
    case (.xmm, .memory): return halfMove(i, .loadVectorLowHalf, .loadVectorHighHalf) ?? vectorMove(i)
    case (.xmmOrMemory, .immediate):
      guard !i.isMemory, let index = i.operation.vectorShiftFunction else { return nil }
      function = index
      return .vectorShift
    case (.xmm, .registerOrMemory):
      if i.operation == .movd || i.operation == .movq { return lowPart(i) }
      guard let index = i.operation.fromIntegerFunction else { return nil }
      function = index * 2 + (i.isMemory ? 1 : 0)
      return i.width1 == 8 ? .fromInteger64 : .fromInteger32
    case (.registerOrMemory, .xmm): return i.operation == .movd || i.operation == .movq ? lowPart(i) : nil
    case (.register, .xmmOrMemory):
      if i.operation == .pmovmskb { return i.isMemory ? nil : .byteMask }
      guard let index = i.operation.toIntegerFunction else { return nil }
      function = index * 2 + (i.isMemory ? 1 : 0)
      return i.width0 == 8 ? .toInteger64 : .toInteger32
    default: return nil
    }
  }

  /// A load, or a move between XMM registers.
  private static func vectorMove(_ i: Instruction) -> ThreadedForm? {
    if let isAligned = i.operation.isAlignedVectorMove {
      return i.isMemory ? (isAligned ? .loadVectorAligned : .loadVectorUnaligned) : .moveVectorWhole
    }
    if i.operation == .movss { return i.isMemory ? .loadVectorLow32 : .moveVectorLow32 }
    if i.operation == .movsdXmm { return i.isMemory ? .loadVectorLow64 : .moveVectorLow64 }
    if i.operation == .movq { return i.isMemory ? .loadVectorLow64 : .moveVectorLowAlone }
    if i.operation == .movhlps, !i.isMemory { return .moveVectorHighToLow }
    return i.operation == .movlhps && !i.isMemory ? .moveVectorLowToHigh : nil
  }

  private static func vectorStore(_ i: Instruction) -> ThreadedForm? {
    if let isAligned = i.operation.isAlignedVectorMove {
      return isAligned ? .storeVectorAligned : .storeVectorUnaligned
    }
    if i.operation == .movss { return .storeVectorLow32 }
    if i.operation == .movsdXmm || i.operation == .movq { return .storeVectorLow64 }
    return halfMove(i, .storeVectorLowHalf, .storeVectorHighHalf)
  }

  /// MOVLPS, MOVHPD and their kin.
  private static func halfMove(_ i: Instruction, _ low: ThreadedForm, _ high: ThreadedForm) -> ThreadedForm? {
    if i.operation == .movlps || i.operation == .movlpd { return low }
    return i.operation == .movhps || i.operation == .movhpd ? high : nil
  }

  /// MOVD and MOVQ with a general register or memory.
  private static func lowPart(_ i: Instruction) -> ThreadedForm {
    if i.operand0 == .xmm {
      return i.width1 == 8
        ? (i.isMemory ? .loadVectorLow64 : .moveVectorFromGeneral64)
        : i.isMemory ? .loadVectorLow32 : .moveVectorFromGeneral32
    }
    return i.width0 == 8
      ? (i.isMemory ? .storeVectorLow64 : .moveVectorToGeneral64)
      : i.isMemory ? .storeVectorLow32 : .moveVectorToGeneral32
  }
}

// MARK: VEX

extension ThreadedForm {
  /// The form of an instruction with a VEX prefix.
  static func vex(_ i: Instruction, _ function: inout Int) -> ThreadedForm? {
    if i.operation == .vzeroupper { return .vexZeroUpper }
    if let index = i.operation.vexIntegerFunction {
      function = index
      return i.width0 == 8 ? .vexInteger64 : .vexInteger32
    }
    if let index = i.operation.vexFunction {
      function = index
      return .vex
    }
    if let index = i.operation.vectorShiftFunction {
      function = index
      return i.operand2 == .immediate ? .vexShiftImmediate : .vexShift
    }
    if let index = i.operation.vexBroadcastFunction {
      function = index
      return .vexBroadcast
    }
    if let index = i.operation.fromIntegerFunction {
      function = index
      return i.width2 == 8 ? .vexFromInteger64 : .vexFromInteger32
    }
    if let index = i.operation.toIntegerFunction {
      function = index
      return i.width0 == 8 ? .vexToInteger64 : .vexToInteger32
    }
    if i.operation == .pmovmskb { return i.isMemory ? nil : .vexByteMask }
    if i.operation == .vinserti128 || i.operation == .vinsertf128 { return .vexInsertLane }
    if i.operation == .vextracti128 || i.operation == .vextractf128 { return i.isMemory ? nil : .vexExtractLane }
    return vexMove(i)
  }

  private static func vexMove(_ i: Instruction) -> ThreadedForm? {
    let isLoad = i.operand0 == .xmm
    if let isAligned = i.operation.isAlignedVectorMove {
      guard i.isMemory else { return .moveVEXWhole }
      if isLoad { return isAligned ? .loadVEXAligned : .loadVEXUnaligned }
      return isAligned ? .storeVEXAligned : .storeVEXUnaligned
    }
    if i.operation == .movss { return !i.isMemory ? .moveVEXLow32 : isLoad ? .loadVEXLow32 : .storeVEXLow32 }
    if i.operation == .movsdXmm { return !i.isMemory ? .moveVEXLow64 : isLoad ? .loadVEXLow64 : .storeVEXLow64 }
    if i.operation == .movhlps, !i.isMemory { return .moveVEXHighToLow }
    if i.operation == .movlhps, !i.isMemory { return .moveVEXLowToHigh }
    if i.operation == .movlps || i.operation == .movlpd { return isLoad ? .loadVEXLowHalf : .storeVEXLowHalf }
    if i.operation == .movhps || i.operation == .movhpd { return isLoad ? .loadVEXHighHalf : .storeVEXHighHalf }
    guard i.operation == .movd || i.operation == .movq else { return nil }
    if i.operand0 == .xmm && i.operand1 == .xmmOrMemory || i.operand0 == .xmmOrMemory {
      return !i.isMemory ? .moveVEXLowAlone : isLoad ? .loadVEXLow64 : .storeVEXLow64
    }
    if isLoad {
      return i.width1 == 8
        ? (i.isMemory ? .loadVEXLow64 : .moveVEXFromGeneral64)
        : i.isMemory ? .loadVEXLow32 : .moveVEXFromGeneral32
    }
    return i.width0 == 8
      ? (i.isMemory ? .storeVEXLow64 : .moveVEXToGeneral64) : i.isMemory ? .storeVEXLow32 : .moveVEXToGeneral32
  }
}
