/// Bits of RFLAGS (SDM Vol. 1 "EFLAGS Register").
public enum RFLAGS {
  /// CF, carry.
  @inlinable public static var carry: UInt64 { 1 << 0 }
  /// Bit 1, which always reads 1.
  @inlinable public static var alwaysOne: UInt64 { 1 << 1 }
  /// PF, even parity of the low byte.
  @inlinable public static var parity: UInt64 { 1 << 2 }
  /// AF, carry out of bit 3.
  @inlinable public static var auxiliaryCarry: UInt64 { 1 << 4 }
  /// ZF, zero.
  @inlinable public static var zero: UInt64 { 1 << 6 }
  /// SF, sign.
  @inlinable public static var sign: UInt64 { 1 << 7 }
  /// TF, single step.
  @inlinable public static var trap: UInt64 { 1 << 8 }
  /// IF, maskable interrupts enabled.
  @inlinable public static var interruptEnable: UInt64 { 1 << 9 }
  /// DF, string instructions run downwards.
  @inlinable public static var direction: UInt64 { 1 << 10 }
  /// OF, signed overflow.
  @inlinable public static var overflow: UInt64 { 1 << 11 }
  /// IOPL, both bits.
  @inlinable public static var ioPrivilegeLevel: UInt64 { 3 << 12 }
  /// NT, nested task.
  @inlinable public static var nestedTask: UInt64 { 1 << 14 }
  /// RF, instruction breakpoints suppressed for one instruction.
  @inlinable public static var resume: UInt64 { 1 << 16 }
  /// VM, virtual-8086 mode.
  @inlinable public static var virtual8086: UInt64 { 1 << 17 }
  /// AC, alignment check, and with SMAP the permission to touch user pages.
  @inlinable public static var alignmentCheck: UInt64 { 1 << 18 }
  /// VIF, the virtual image of IF.
  @inlinable public static var virtualInterrupt: UInt64 { 1 << 19 }
  /// VIP, a virtual interrupt is pending.
  @inlinable public static var virtualInterruptPending: UInt64 { 1 << 20 }
  /// ID, CPUID exists.
  @inlinable public static var identification: UInt64 { 1 << 21 }
  /// CF PF AF ZF SF OF, the six status flags.
  @inlinable public static var status: UInt64 { 0x8D5 }
  /// Every other flag that software changes.
  @inlinable public static var system: UInt64 {
    trap | interruptEnable | direction | ioPrivilegeLevel | nestedTask | resume | virtual8086 | alignmentCheck
      | virtualInterrupt | virtualInterruptPending | identification
  }
}

/// Bits of CR0 (SDM Vol. 3A "Control Registers").
public enum CR0 {
  /// PE, protection enable.
  @inlinable public static var protectionEnable: UInt64 { 1 << 0 }
  /// MP, monitor coprocessor.
  @inlinable public static var monitorCoprocessor: UInt64 { 1 << 1 }
  /// EM, x87 instructions raise #NM.
  @inlinable public static var emulation: UInt64 { 1 << 2 }
  /// TS, task switched.
  @inlinable public static var taskSwitched: UInt64 { 1 << 3 }
  /// ET, always 1.
  @inlinable public static var extensionType: UInt64 { 1 << 4 }
  /// NE, x87 errors raise #MF.
  @inlinable public static var numericError: UInt64 { 1 << 5 }
  /// WP, supervisor writes honour read-only pages.
  @inlinable public static var writeProtect: UInt64 { 1 << 16 }
  /// AM, alignment checks possible.
  @inlinable public static var alignmentMask: UInt64 { 1 << 18 }
  /// NW, not write-through.
  @inlinable public static var notWriteThrough: UInt64 { 1 << 29 }
  /// CD, cache disable.
  @inlinable public static var cacheDisable: UInt64 { 1 << 30 }
  /// PG, paging.
  @inlinable public static var paging: UInt64 { 1 << 31 }
}

/// Bits of CR4 (SDM Vol. 3A "Control Registers").
public enum CR4 {
  /// VME, virtual-8086 mode extensions.
  @inlinable public static var virtual8086Extensions: UInt64 { 1 << 0 }
  /// PVI, protected-mode virtual interrupts.
  @inlinable public static var protectedModeVirtualInterrupts: UInt64 { 1 << 1 }
  /// TSD, RDTSC needs CPL 0.
  @inlinable public static var timeStampDisable: UInt64 { 1 << 2 }
  /// DE, debugging extensions.
  @inlinable public static var debuggingExtensions: UInt64 { 1 << 3 }
  /// PSE, 4 MiB pages with 32-bit paging.
  @inlinable public static var pageSizeExtensions: UInt64 { 1 << 4 }
  /// PAE, 64-bit paging entries.
  @inlinable public static var physicalAddressExtension: UInt64 { 1 << 5 }
  /// MCE, machine check enable.
  @inlinable public static var machineCheckEnable: UInt64 { 1 << 6 }
  /// PGE, global pages.
  @inlinable public static var pageGlobalEnable: UInt64 { 1 << 7 }
  /// PCE, RDPMC at any CPL.
  @inlinable public static var performanceCounterEnable: UInt64 { 1 << 8 }
  /// OSFXSR, SSE usable.
  @inlinable public static var osFXSR: UInt64 { 1 << 9 }
  /// OSXMMEXCPT, SIMD exceptions are #XM rather than #UD.
  @inlinable public static var osXMMExceptions: UInt64 { 1 << 10 }
  /// UMIP, SGDT and its kin need CPL 0.
  @inlinable public static var userModeInstructionPrevention: UInt64 { 1 << 11 }
  /// LA57, five-level paging.
  @inlinable public static var linearAddress57: UInt64 { 1 << 12 }
  /// FSGSBASE instructions enabled.
  @inlinable public static var fsgsbase: UInt64 { 1 << 16 }
  /// PCIDE, process-context identifiers.
  @inlinable public static var pcidEnable: UInt64 { 1 << 17 }
  /// OSXSAVE.
  @inlinable public static var osXSAVE: UInt64 { 1 << 18 }
  /// SMEP, no supervisor fetches from user pages.
  @inlinable public static var supervisorModeExecutionPrevention: UInt64 { 1 << 20 }
  /// SMAP, no supervisor data access to user pages while AC is clear.
  @inlinable public static var supervisorModeAccessPrevention: UInt64 { 1 << 21 }
  /// PKE, protection keys.
  @inlinable public static var protectionKeyEnable: UInt64 { 1 << 22 }
}

/// Bits of IA32_EFER (SDM Vol. 3A "Extended Feature Enable Register").
public enum EFER {
  /// SCE, SYSCALL enable.
  @inlinable public static var systemCallExtensions: UInt64 { 1 << 0 }
  /// LME, long mode enable.
  @inlinable public static var longModeEnable: UInt64 { 1 << 8 }
  /// LMA, long mode active.
  @inlinable public static var longModeActive: UInt64 { 1 << 10 }
  /// NXE, execute-disable bit enable.
  @inlinable public static var noExecuteEnable: UInt64 { 1 << 11 }
}

/// Bits of XCR0: the state components that XSAVE manages.
public enum XCR0 {
  /// The x87 state, MMX registers included.
  @inlinable public static var x87: UInt64 { 1 << 0 }
  /// XMM registers and MXCSR.
  @inlinable public static var sse: UInt64 { 1 << 1 }
  /// The upper halves of the YMM registers.
  @inlinable public static var avx: UInt64 { 1 << 2 }
  /// PKRU.
  @inlinable public static var protectionKeys: UInt64 { 1 << 9 }
  /// No component: in XCOMP_BV of an XSAVE area it says that the area has the compacted format.
  @inlinable public static var compactedFormat: UInt64 { 1 << 63 }
}

/// Bits of PKRU for a protection key, 0 to 15 (SDM Vol. 3A "Protection Keys").
public enum ProtectionKeyRights {
  /// AD: no data access to its pages.
  @inlinable public static func accessDisable(_ key: UInt8) -> UInt32 { 1 << (UInt32(key & 15) &* 2) }
  /// WD: no write to its pages; a supervisor's counts only with CR0.WP.
  @inlinable public static func writeDisable(_ key: UInt8) -> UInt32 { 2 << (UInt32(key & 15) &* 2) }
}
