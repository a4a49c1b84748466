import MMU
import X86
import X86Decoder

// SYSCALL, SYSRET, SYSENTER and SYSEXIT.

extension Processor {
  /// SYSCALL and SYSRET exist as the processor is set up.
  private var canCallSystem: Bool {
    state.paging.efer & EFER.systemCallExtensions != 0 && isProtected
      && (is64Bit || does(.takesSystemCallOutside64BitMode))
  }

  /// - APM: Vol. 3 "SYSCALL".
  func systemCall(_ instruction: Instruction) throws(Exception) {
    guard canCallSystem else { throw systemCallUnavailable }
    let star = state.msrs[.star]
    if isLongMode {
      unsafe registers[.cx] = state.nextRIP
      unsafe registers[.r11] = rflags & ~RFLAGS.resume
      let target = is64Bit ? state.msrs[.lstar] : state.msrs[.cstar]
      rflags = rflags & ~(state.msrs[.sfmask] | RFLAGS.resume)
      state.nextRIP = target
    } else {
      write(.cx, width: 4, state.nextRIP)
      rflags &= ~(RFLAGS.virtual8086 | RFLAGS.interruptEnable | RFLAGS.resume)
      state.nextRIP = star & 0xFFFF_FFFF
    }
    let selector = UInt16(truncatingIfNeeded: star >> 32)
    state.segments[.cs] = flatCode(selector & 0xFFFC, isLong: isLongMode, level: 0)
    state.segments[.ss] = flatData(selector &+ 8, level: 0)
    state.cpl = 0
    updateMode()
  }

  /// - APM: Vol. 3 "SYSRET".
  func systemReturn(_ instruction: Instruction) throws(Exception) {
    guard canCallSystem else { throw systemCallUnavailable }
    try requirePrivilege()
    let selector = UInt16(truncatingIfNeeded: state.msrs[.star] >> 48)
    let was64Bit = is64Bit
    let to64 = was64Bit && instruction.flags.contains(.rexW)
    if to64, does(.checksSysretTarget), !state.paging.isCanonical(register64(.cx)) {
      throw .generalProtection(.nonCanonicalTarget)
    }
    if was64Bit {
      state.segments[.cs] = flatCode((to64 ? selector &+ 16 : selector) | 3, isLong: to64, level: 3)
      rflags = (register64(.r11) & 0x3C_7FD7) | RFLAGS.alwaysOne
      // Unlike IRET, SYSRET traps before the first instruction of the user.
      if state.systemFlags & RFLAGS.trap != 0 {
        state.pendingDebug |= 1 << 14
        state.attention |= Attention.debugTrap
      }
    } else {
      state.segments[.cs] = flatCode(selector | 3, isLong: false, level: 3)
      rflags |= RFLAGS.interruptEnable
    }
    if does(.reloadsStackSegmentBySysret) {
      state.segments[.ss] = flatData((selector &+ 8) | 3, level: 3)
    } else {
      state.segments[.ss].selector = selector &+ 8
    }
    state.cpl = 3
    updateMode()
    if was64Bit { leave64BitMode() }
    state.nextRIP = to64 ? register64(.cx) : register64(.cx) & 0xFFFF_FFFF
  }

  /// - SDM: Vol. 2B "SYSENTER—Fast System Call".
  func systemEnter(_ instruction: Instruction) throws(Exception) {
    guard isProtected else { throw .generalProtection(.sysenterRealMode) }
    guard !isLongMode || does(.takesSysenterInLongMode) else { throw .invalidOpcode(.sysenterLongMode) }
    let selector = UInt16(truncatingIfNeeded: state.msrs[.sysenterCS])
    guard selector & 0xFFFC != 0 else { throw .generalProtection(.sysenterNullCode) }
    rflags &= ~(RFLAGS.virtual8086 | RFLAGS.interruptEnable | RFLAGS.resume)
    state.segments[.cs] = flatCode(selector & 0xFFFC, isLong: isLongMode, level: 0)
    state.segments[.ss] = flatData((selector & 0xFFFC) &+ 8, level: 0)
    state.cpl = 0
    let mask: UInt64 = isLongMode ? .max : 0xFFFF_FFFF
    unsafe registers[.sp] = state.msrs[.sysenterESP] & mask
    updateMode()
    state.nextRIP = state.msrs[.sysenterEIP] & mask
  }

  /// - SDM: Vol. 2B "SYSEXIT—Fast Return from Fast System Call".
  func systemExit(_ instruction: Instruction) throws(Exception) {
    guard isProtected else { throw .generalProtection(.sysenterRealMode) }
    // CPL counts before the mode does.
    try requirePrivilege()
    guard !isLongMode || does(.takesSysenterInLongMode) else { throw .invalidOpcode(.sysenterLongMode) }
    let selector = UInt16(truncatingIfNeeded: state.msrs[.sysenterCS])
    guard selector & 0xFFFC != 0 else { throw .generalProtection(.sysenterNullCode) }
    let to64 = is64Bit && instruction.flags.contains(.rexW)
    if to64, !state.paging.isCanonical(register64(.cx)) || !state.paging.isCanonical(register64(.dx)) {
      throw .generalProtection(.nonCanonicalTarget)
    }
    state.segments[.cs] = flatCode((selector &+ (to64 ? 32 : 16)) | 3, isLong: to64, level: 3)
    state.segments[.ss] = flatData((selector &+ (to64 ? 40 : 24)) | 3, level: 3)
    state.cpl = 3
    let mask: UInt64 = to64 ? .max : 0xFFFF_FFFF
    let (stack, target) = (register64(.cx) & mask, register64(.dx) & mask)
    unsafe registers[.sp] = stack
    updateMode()
    state.nextRIP = target
  }

  private func flatCode(_ selector: UInt16, isLong: Bool, level: UInt32) -> SegmentState {
    SegmentState(
      selector: selector, base: 0, limit: 0xFFFF_FFFF,
      attributes: (isLong ? 0xA09B : 0xC09B) | level << 5)
  }

  private func flatData(_ selector: UInt16, level: UInt32) -> SegmentState {
    SegmentState(selector: selector, base: 0, limit: 0xFFFF_FFFF, attributes: 0xC093 | level << 5)
  }
}
