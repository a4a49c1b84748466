import MMU
import SoftFloat
import X86
import X86Decoder

extension Processor {
  /// #NM, and #MF for an exception that waits.
  func checkX87(waits: Bool) throws(Exception) {
    if state.paging.cr0 & (CR0.emulation | CR0.taskSwitched) != 0 { throw x87Unavailable }
    if waits { try checkX87Error() }
  }

  /// A waiting instruction: an unmasked exception that waits is #MF, or with CR0.NE = 0 the board's interrupt 13.
  ///
  /// - SDM: Vol. 1 "MS-DOS Compatibility Sub-mode".
  @inline(__always) func checkX87Error() throws(Exception) {
    if state.floating.statusWord & 0x80 != 0 { try reportX87Error() }
  }

  private func reportX87Error() throws(Exception) {
    // FERR# rises; IGNNE# lets the instruction pass. `fault` knows the rest.
    if state.paging.cr0 & CR0.numericError == 0, bus.raiseFloatingPointError(processor: state.index) { return }
    throw .floatingPointError(.x87Exception)
  }

  /// FERR# falls when the last unmasked exception is gone.
  func updateX87ErrorLine() {
    if state.paging.cr0 & CR0.numericError == 0, state.floating.statusWord & 0x80 == 0 {
      bus.clearFloatingPointError(processor: state.index)
    }
  }

  /// Adds exception flags to the status word.
  ///
  /// - Parameter mayStop: an unmasked one of these stops the operation before it changes anything.
  /// - Returns: false if the operation must stop.
  func noteX87(_ flags: UInt16, mayStop: Bool) -> Bool {
    guard flags != 0 else { return true }
    state.floating.statusWord |= flags
    let unmasked = flags & ~state.floating.controlWord & 0x3F
    if unmasked != 0 { state.floating.statusWord |= 0x8080 }
    return !(mayStop && unmasked != 0)
  }

  /// Takes over what an operation raised; false if an unmasked invalid, denormal or zero-divide exception stops it.
  func settle(_ arithmetic: ExtendedArithmetic) -> Bool {
    let early = arithmetic.flags & 7
    if early & ~state.floating.controlWord != 0 {
      setC1(false)
      return noteX87(early, mayStop: true)
    }
    _ = noteX87(arithmetic.flags, mayStop: false)
    setC1(arithmetic.roundedUp)
    return true
  }

  func setC1(_ flag: Bool) {
    state.floating.statusWord = (state.floating.statusWord & ~0x200) | (flag ? 0x200 : 0)
  }

  func setConditions(_ bits: UInt16) {
    state.floating.statusWord = (state.floating.statusWord & ~0x4500) | bits
  }

  func setRegister(_ index: UInt8, _ value: ExtendedReal) {
    state.floating.registers[physical(index)] = value
    state.floating.validRegisters |= 1 << UInt8(physical(index))
  }

  /// Sets ES and B if an unmasked exception waits, and clears them if none does.
  func summarizeX87Errors() {
    let unmasked = state.floating.statusWord & ~state.floating.controlWord & 0x3F
    state.floating.statusWord = (state.floating.statusWord & ~0x8080) | (unmasked != 0 ? 0x8080 : 0)
    updateX87ErrorLine()
  }

  /// FWAIT.
  func x87Wait(_ instruction: Instruction) throws(Exception) {
    let monitored = CR0.monitorCoprocessor | CR0.taskSwitched
    if state.paging.cr0 & monitored == monitored { throw .deviceNotAvailable(.waitMonitored) }
    try checkX87Error()
  }

  /// FNOP waits; FNENI, FNDISI and FNSETPM do not.
  func x87NoOperation(_ instruction: Instruction) throws(Exception) {
    guard instruction.opcode == 0xD9 else { return }
    try checkX87Error()
    recordX87Pointers(instruction)
  }

  /// FNINIT.
  func x87Initialize(_ instruction: Instruction) throws(Exception) {
    state.floating.controlWord = 0x37F
    state.floating.statusWord = 0
    state.floating.validRegisters = 0
    clearX87Pointers()
    updateX87ErrorLine()
  }

  /// FNCLEX.
  func x87ClearExceptions(_ instruction: Instruction) throws(Exception) {
    state.floating.statusWord &= 0x7F00
    updateX87ErrorLine()
  }

  /// FLDCW.
  func x87LoadControlWord(_ instruction: Instruction) throws(Exception) {
    state.floating.controlWord =
      UInt16(truncatingIfNeeded: try readOperand(instruction, .memory, 2)) & 0x1F7F | 0x40
    summarizeX87Errors()
  }

  /// FNSTCW.
  func x87StoreControlWord(_ instruction: Instruction) throws(Exception) {
    try writeOperand(instruction, .memory, 2, UInt64(state.floating.controlWord))
  }

  /// FNSTSW.
  func x87StoreStatusWord(_ instruction: Instruction) throws(Exception) {
    try writeOperand(instruction, instruction.operand0, 2, UInt64(state.floating.statusWord))
  }

  /// EMMS.
  func emptyMMX(_ instruction: Instruction) throws(Exception) {
    if state.paging.cr0 & CR0.emulation != 0 { throw .invalidOpcode(.emulation) }
    try checkX87(waits: true)
    state.floating.statusWord &= ~0x3800
    state.floating.validRegisters = 0
  }
}
