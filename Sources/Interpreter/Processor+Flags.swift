import X86
import X86Decoder

extension Processor {
  /// CLC, STC and CMC.
  func changeCarry(_ instruction: Instruction, _ change: BitChange) throws(Exception) {
    let isSet = change == .set || change == .complement && !state.flags.carry
    state.flags.set(RFLAGS.carry, to: isSet ? RFLAGS.carry : 0)
  }

  /// CLD and STD.
  func setDirection(_ instruction: Instruction, _ isDown: Bool) throws(Exception) {
    if isDown { state.systemFlags |= RFLAGS.direction } else { state.systemFlags &= ~RFLAGS.direction }
  }

  /// LAHF.
  func flagsToAH(_ instruction: Instruction) throws(Exception) {
    write(.ah, width: 1, (state.flags.rflags & 0xD5) | 2)
  }

  /// SAHF.
  func flagsFromAH(_ instruction: Instruction) throws(Exception) {
    state.flags.set(0xD5, to: read(.ah, width: 1))
  }

  /// CLI and STI.
  func setInterruptFlag(_ instruction: Instruction, _ isSet: Bool) throws(Exception) {
    if isProtected && state.cpl > ioPrivilege { throw .generalProtection(.ioPrivilege) }
    if !isSet {
      state.systemFlags &= ~RFLAGS.interruptEnable
    } else if state.systemFlags & RFLAGS.interruptEnable == 0 {
      state.systemFlags |= RFLAGS.interruptEnable
      state.stiShadow = true
      state.attention |= Attention.shadow
    }
  }

  /// IOPL.
  var ioPrivilege: UInt8 { UInt8((state.systemFlags & RFLAGS.ioPrivilegeLevel) >> 12) }

  /// MOV SS and POP SS: the next instruction is covered, but not after another one that was so.
  func armStackShadow() {
    if state.isInStackShadow { return }
    state.movSSShadow = true
    state.attention |= Attention.shadow
  }

  private func requireFlagAccess() throws(Exception) {
    if isVirtual8086, ioPrivilege != 3 { throw .generalProtection(.virtual8086Privilege) }
  }

  /// PUSHF.
  func pushFlags(_ instruction: Instruction) throws(Exception) {
    try requireFlagAccess()
    try push(rflags & ~(RFLAGS.virtual8086 | RFLAGS.resume), instruction.operandSize)
  }

  /// POPF.
  func popFlags(_ instruction: Instruction) throws(Exception) {
    try requireFlagAccess()
    let size = instruction.operandSize
    let value = try pop(size)
    var mask: UInt64 = RFLAGS.status | RFLAGS.trap | RFLAGS.direction | RFLAGS.nestedTask
    if size > 2 { mask |= RFLAGS.alignmentCheck | RFLAGS.identification }
    let ioPrivilege = self.ioPrivilege
    if state.cpl == 0 { mask |= RFLAGS.ioPrivilegeLevel }
    if !isProtected || state.cpl <= ioPrivilege { mask |= RFLAGS.interruptEnable }
    rflags = ((rflags & ~mask) | (value & mask)) & ~(size > 2 ? RFLAGS.resume : 0)
  }

  /// STAC and CLAC.
  func setAccessCheck(_ instruction: Instruction, _ isSet: Bool) throws(Exception) {
    guard state.cpl == 0 else { throw .invalidOpcode(.smapInstructionPrivilege) }
    if isSet {
      state.systemFlags |= RFLAGS.alignmentCheck
    } else {
      state.systemFlags &= ~RFLAGS.alignmentCheck
    }
    updateMode()
  }
}
