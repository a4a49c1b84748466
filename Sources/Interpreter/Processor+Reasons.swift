import MMU
import X86

// Which of several conditions of one check failed; asked for only once the check has failed.
extension Processor {
  /// #NM of an x87 instruction: CR0.EM or CR0.TS.
  var x87Unavailable: Exception {
    .deviceNotAvailable(state.paging.cr0 & CR0.emulation != 0 ? .x87Emulation : .taskSwitched)
  }

  /// #UD of SYSCALL and SYSRET: EFER.SCE or the mode.
  var systemCallUnavailable: Exception {
    .invalidOpcode(state.paging.efer & EFER.systemCallExtensions == 0 ? .syscallDisabled : .syscallRealMode)
  }

  /// What makes a descriptor unfit for SS at a privilege level.
  static func stackReason(_ entry: DescriptorEntry, level: UInt8) -> FaultReason {
    let segment = entry.segment
    if UInt8(entry.selector & 3) != level { return .stackRequestedPrivilege }
    if !segment.isCodeOrData || segment.isCode || segment.type & 2 == 0 { return .stackNotWritable }
    return .stackPrivilege
  }

  /// What makes a descriptor unfit for a task switch.
  static func taskReason(_ type: UInt32) -> FaultReason {
    switch type {
    case 1, 9: .taskNotBusy
    case 3, 11: .taskBusy
    default: .taskDescriptorType
    }
  }

  /// The cause of a debug trap, by its bits of DR6.
  static func debugReason(_ pending: UInt64) -> FaultReason {
    if pending & 0xF != 0 { return .dataBreakpoint }
    return pending & (1 << 15) != 0 ? .taskSwitchTrap : .singleStep
  }
}
