import MMU
import SoftFloat
import X86
import X86Decoder

extension Processor {
  /// TOP of the status word.
  var top: UInt8 { UInt8(truncatingIfNeeded: state.floating.statusWord >> 11) & 7 }

  /// Replaces TOP.
  func setTop(_ value: UInt8) {
    state.floating.statusWord = (state.floating.statusWord & ~0x3800) | UInt16(value & 7) << 11
  }

  /// Number of the register that is ST(`index`).
  func physical(_ index: UInt8) -> Int { Int((top &+ index) & 7) }

  /// ST(`index`) is tagged empty.
  func isEmpty(_ index: UInt8) -> Bool { state.floating.validRegisters & (1 << UInt8(physical(index))) == 0 }

  /// Stack overflow (C1 set) or underflow; false if the exception is unmasked and the instruction must stop.
  func stackFault(isOverflow: Bool) -> Bool {
    state.floating.statusWord = (state.floating.statusWord & ~0x200) | 0x41 | (isOverflow ? 0x200 : 0)
    if state.floating.controlWord & 1 == 0 {
      state.floating.statusWord |= 0x8080
      return false
    }
    return true
  }

  /// Pushes a value on the register stack.
  func pushX87(_ value: ExtendedReal) {
    var value = value
    if !isEmpty(7) {
      guard stackFault(isOverflow: true) else { return }
      value = .indefinite
    } else {
      state.floating.statusWord &= ~0x200
    }
    setTop(top &- 1)
    state.floating.registers[physical(0)] = value
    state.floating.validRegisters |= 1 << UInt8(physical(0))
  }

  /// Pops the register stack.
  func popX87() {
    state.floating.validRegisters &= ~(1 << UInt8(physical(0)))
    setTop(top &+ 1)
  }

  /// ST(`index`); nil if it is empty and that exception is not masked.
  func register(_ index: UInt8) -> ExtendedReal? {
    guard isEmpty(index) else { return state.floating.registers[physical(index)] }
    return stackFault(isOverflow: false) ? .indefinite : nil
  }

  /// x87 loads, moves and constants: what needs no arithmetic.
  ///
  /// - Returns: false if the operation has no semantics yet.
  func executeX87Move(_ instruction: Instruction) throws(Exception) -> Bool {
    switch instruction.operation {
    case .fild, .fld, .fxch, .fld1, .fldz, .fchs, .fabs, .ffree, .fincstp, .fdecstp: break
    case .fstp where instruction.operand0 == .sti || instruction.width0 == 10: break
    case .fst where instruction.operand0 == .sti: break
    default: return false
    }
    if state.paging.cr0 & (CR0.emulation | CR0.taskSwitched) != 0 { throw x87Unavailable }
    try checkX87Error()
    let other = instruction.rm & 7
    switch instruction.operation {
    case .fild:
      let value = try readOperand(instruction, .memory, instruction.width0)
      pushX87(ExtendedReal(integer: Int64(bitPattern: signExtend(value, instruction.width0))))
    case .fld where instruction.operand0 == .sti:
      if let value = register(other) { pushX87(value) }
    case .fld: try loadReal(instruction)
    case .fstp where instruction.isMemory:
      if !(does(.skipsMemoryOfUnmaskedX87Store) && stopsX87Store(instruction)) {
        do throws(Exception) { try judgeX87Store(instruction) } catch {
          if does(.storesExtendedInTwoParts) { try storeSignificand(instruction, before: error) }
          throw error
        }
      }
      guard let value = register(0) else { return true }
      let at = effectiveAddress(instruction)
      let address = try linear(instruction.segment, at, 8, isWrite: true)
      let last = try lastPart(instruction)
      matchDataBreakpoints(address, 8, isWrite: true)
      matchDataBreakpoints(last, 2, isWrite: true)
      try storeLinear(address, value.significand)
      try storeLinear(last, value.signExponent)
      if !isEmpty(0) { state.floating.statusWord &= ~0x200 }
      popX87()
    case .fstp, .fst:
      guard let value = register(0) else { return true }
      if !isEmpty(0) { state.floating.statusWord &= ~0x200 }
      state.floating.registers[physical(other)] = value
      state.floating.validRegisters |= 1 << UInt8(physical(other))
      if instruction.operation == .fstp { popX87() }
    case .fxch:
      let isUnderflow = isEmpty(0) || isEmpty(other)
      guard let first = register(0), let second = register(other) else { return true }
      state.floating.registers[physical(0)] = second
      state.floating.registers[physical(other)] = first
      state.floating.validRegisters |= 1 << UInt8(physical(0)) | 1 << UInt8(physical(other))
      if !isUnderflow { state.floating.statusWord &= ~0x200 }
    case .fld1: pushX87(ExtendedReal(integer: 1))
    case .fldz: pushX87(ExtendedReal())
    case .fchs, .fabs:
      guard !isEmpty(0) else {
        guard let value = register(0) else { return true }
        state.floating.registers[physical(0)] = value
        state.floating.validRegisters |= 1 << UInt8(physical(0))
        return true
      }
      var value = state.floating.registers[physical(0)]
      value.signExponent =
        instruction.operation == .fabs ? value.signExponent & 0x7FFF : value.signExponent ^ 0x8000
      state.floating.registers[physical(0)] = value
      state.floating.statusWord &= ~0x200
    case .ffree:
      state.floating.validRegisters &= ~(1 << UInt8(physical(other)))
      state.floating.statusWord &= ~0x200
    case .fincstp:
      setTop(top &+ 1)
      state.floating.statusWord &= ~0x200
    default:
      setTop(top &- 1)
      state.floating.statusWord &= ~0x200
    }
    return true
  }

  /// FSTP m80 across the border of a page: its first 8 bytes where only the part behind them faults.
  private func storeSignificand(_ instruction: Instruction, before fault: Exception) throws(Exception) {
    guard fault.vector == .pageFault, !isEmpty(0) else { return }
    let address = try linear(instruction.segment, effectiveAddress(instruction), 8, isWrite: true)
    guard fault.address.rawValue &- address >= 8 else { return }
    try storeLinear(address, state.floating.registers[physical(0)].significand)
  }

  private func loadReal(_ instruction: Instruction) throws(Exception) {
    let at = effectiveAddress(instruction)
    switch instruction.width0 {
    case 4:
      let bits = UInt64(try load(instruction.segment, at, as: UInt32.self))
      pushLoaded(bits, 8, 23)
    case 8:
      let bits = try load(instruction.segment, at, as: UInt64.self)
      pushLoaded(bits, 11, 52)
    default:
      let significand = try load(instruction.segment, at, as: UInt64.self)
      let signExponent = try load(instruction.segment, at &+ 8, as: UInt16.self)
      pushX87(ExtendedReal(significand: significand, signExponent: signExponent))
    }
  }

  /// Pushes a binary32 or binary64 number: DE for a denormal, IE for a signalling NaN, which becomes quiet.
  private func pushLoaded(_ bits: UInt64, _ exponentBits: UInt64, _ fractionBits: UInt64) {
    let maximum = (UInt64(1) << exponentBits) - 1
    let isDenormal = (bits >> fractionBits) & maximum == 0 && bits << (64 - fractionBits) != 0
    let value = ExtendedReal(bits: bits, exponentBits: exponentBits, fractionBits: fractionBits)
    let flags =
      (isDenormal ? ExtendedArithmetic.Flag.denormal : 0)
      | (value.isSignalingNaN ? ExtendedArithmetic.Flag.invalid : 0)
    guard noteX87(flags, mayStop: true) else { return }
    pushX87(value.isNaN ? value.quieted : value)
  }
}
