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

  /// Makes an instruction that has completed the last one, of which handlers of exceptions learn.
  ///
  /// - SDM: Vol. 1 "x87 FPU Instruction and Data (Operand) Pointers", "Last Instruction Opcode".
  func recordX87Pointers(_ instruction: Instruction) {
    state.floating.instructionPointer = state.rip
    state.floating.codeSelector = state.segments[Int(SegmentRegister.cs.rawValue)].selector
    if state.floating.statusWord & 0x80 == 0, does(.recordsX87OperandOfExceptionsAlone) { return }
    state.floating.opcode = UInt16(instruction.opcode & 7) << 8 | UInt16(instruction.modRM)
    guard instruction.isMemory else { return }
    state.floating.dataPointer = effectiveAddress(instruction)
    state.floating.dataSelector = state.segments[Int(instruction.segment)].selector
  }

  /// FNINIT, FNSAVE.
  func clearX87Pointers() {
    state.floating.opcode = 0
    state.floating.instructionPointer = 0
    state.floating.dataPointer = 0
    state.floating.codeSelector = 0
    state.floating.dataSelector = 0
  }

  /// Pushes a value on the register stack, or the indefinite if that is full and the exception is masked.
  func pushX87(_ value: ExtendedReal) {
    if isEmpty(7) {
      state.floating.statusWord &= ~0x200
      appendX87(value)
    } else if stackFault(isOverflow: true) {
      appendX87(.indefinite)
    }
  }

  /// Makes a value the new ST(0), whatever that register holds.
  func appendX87(_ value: ExtendedReal) {
    setTop(top &- 1)
    setRegister(0, value)
  }

  /// Pops the register stack.
  func popX87() {
    state.floating.validRegisters &= ~(1 << UInt8(physical(0)))
    setTop(top &+ 1)
  }

  /// IE and SF if an operand is an empty register; masked, the destination becomes the indefinite whatever the other is.
  ///
  /// - Returns: whether one is empty.
  func underflows(_ first: UInt8, _ second: UInt8, into destination: UInt8, pops: Bool = false) -> Bool {
    guard isEmpty(first) || isEmpty(second) else { return false }
    if stackFault(isOverflow: false) {
      setRegister(destination, .indefinite)
      if pops { popX87() }
    }
    return true
  }

  /// ST(`index`); nil if it is empty and that exception is not masked.
  func register(_ index: UInt8) -> ExtendedReal? {
    guard isEmpty(index) else { return state.floating.registers[physical(index)] }
    return stackFault(isOverflow: false) ? .indefinite : nil
  }
}
