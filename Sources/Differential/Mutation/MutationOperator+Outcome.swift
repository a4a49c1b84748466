public import InstructionTesting
import X86
import X86Decoder

extension MutationOperator {
  /// Changes an outcome of the model; gives whether it did.
  public func change(_ test: InstructionTest, _ result: inout UserState) -> Bool {
    switch self {
    case .faultSuppressed, .faultVector, .errorCode, .faultAddress, .faultAdvances, .faultClobbers:
      return changeFault(test, &result)
    default: break
    }
    guard result.vector == UserState.noException else { return false }
    let input = test.input
    switch self {
    case .flags(let mask, let change):
      let old = result.rflags
      switch change {
      case .inverted: result.rflags ^= mask
      case .kept: result.rflags = old & ~mask | input.rflags & mask
      case .cleared: result.rflags &= ~mask
      case .set: result.rflags |= mask
      }
      return result.rflags != old
    case .bit(let kind, let isHighest): return flipBit(kind, isHighest, input, &result)
    case .kept(let kind): return keep(kind, input, &result)
    case .upperHalfKept:
      guard test.mode == .long64, test.decoded?.operandSize == 4 else { return false }
      var hasChanged = false
      for index in 0..<16 where result.generalRegisters[index] != input.generalRegisters[index] {
        let upper = input.generalRegisters[index] & ~0xFFFF_FFFF
        if result.generalRegisters[index] & ~0xFFFF_FFFF != upper { hasChanged = true }
        result.generalRegisters[index] = result.generalRegisters[index] & 0xFFFF_FFFF | upper
      }
      return hasChanged
    case .upperVectorCleared:
      var hasChanged = false
      for index in stride(from: 0, to: 64, by: 4) as StrideTo<Int>
      where result.ymm[index] != input.ymm[index] || result.ymm[index + 1] != input.ymm[index + 1] {
        if result.ymm[index + 2] | result.ymm[index + 3] != 0 { hasChanged = true }
        (result.ymm[index + 2], result.ymm[index + 3]) = (0, 0)
      }
      return hasChanged
    case .upperVectorKept: return keepUpperVector(test, &result)
    case .maskKept: return keepMask(test, &result)
    case .instructionPointer:
      result.rip &+= 1
      return true
    default: return false
    }
  }

  private func changeFault(_ test: InstructionTest, _ result: inout UserState) -> Bool {
    // Faults of fetching belong to no operation.
    let isFetch = result.vector == ExceptionVector.pageFault.rawValue && result.errorCode & 0x10 != 0
    guard result.vector < UserState.lost, !isFetch else { return false }
    let next = test.input.rip &+ UInt64(test.codeLength)
    switch self {
    case .faultSuppressed(let vector) where result.vector == vector:
      result = test.input
      result.rip = next
    case .faultVector:
      let protection = ExceptionVector.generalProtection.rawValue
      result.vector = result.vector == protection ? ExceptionVector.stackFault.rawValue : protection
      result.cr2 = 0
    case .errorCode where result.vector >= 10 && result.vector <= 14: result.errorCode ^= result.vector == 14 ? 2 : 4
    case .faultAddress where result.vector == ExceptionVector.pageFault.rawValue: result.cr2 &+= 1
    case .faultAdvances where result.rip == test.input.rip: result.rip = next
    case .faultClobbers: result.generalRegisters[0] ^= 1
    default: return false
    }
    return true
  }

  private func flipBit(_ kind: StateKind, _ isHighest: Bool, _ input: UserState, _ result: inout UserState) -> Bool {
    func flip<let count: Int>(_ before: InlineArray<count, UInt64>, _ after: inout InlineArray<count, UInt64>) -> Bool {
      var order = Array(0..<count)
      if isHighest { order.reverse() }
      guard let index = order.first(where: { before[$0] != after[$0] }) else { return false }
      let difference = before[index] ^ after[index]
      after[index] ^= isHighest ? 1 << UInt64(63 - difference.leadingZeroBitCount) : 1
      return true
    }
    switch kind {
    case .general: return flip(input.generalRegisters, &result.generalRegisters)
    case .vector: return flip(input.ymm, &result.ymm)
    case .x87: return flip(input.st, &result.st)
    case .memory: return flip(input.window, &result.window)
    case .statusWord where input.fsw != result.fsw: result.fsw ^= isHighest ? 0x200 : 0x400
    case .controlWord where input.fcw != result.fcw: result.fcw ^= isHighest ? 0x400 : 1
    case .tags where input.ftw != result.ftw: result.ftw ^= isHighest ? 0x80 : 1
    case .mxcsr where input.mxcsr != result.mxcsr: result.mxcsr ^= isHighest ? 0x8000 : 1
    default: return false
    }
    return true
  }

  private func keep(_ kind: StateKind, _ input: UserState, _ result: inout UserState) -> Bool {
    func keep<Value: Equatable>(_ field: WritableKeyPath<UserState, Value>) -> Bool {
      let hasChanged = result[keyPath: field] != input[keyPath: field]
      result[keyPath: field] = input[keyPath: field]
      return hasChanged
    }
    func keep<let count: Int, Value: Equatable>(_ field: WritableKeyPath<UserState, InlineArray<count, Value>>) -> Bool
    {
      let (old, new) = (input[keyPath: field], result[keyPath: field])
      result[keyPath: field] = old
      return (0..<count).contains { old[$0] != new[$0] }
    }
    switch kind {
    case .general: return keep(\.generalRegisters)
    case .vector: return keep(\.ymm)
    case .x87: return keep(\.st)
    case .memory:
      let window = keep(\.window)
      return keep(\.strayWrites) || window
    case .statusWord: return keep(\.fsw)
    case .controlWord: return keep(\.fcw)
    case .tags: return keep(\.ftw)
    case .mxcsr: return keep(\.mxcsr)
    case .selectors: return keep(\.selectors)
    case .bases:
      let fs = keep(\.fsBase)
      return keep(\.gsBase) || fs
    }
  }
}
