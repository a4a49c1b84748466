import MMU
import TextForms
import X86

/// Names and values that a trace derives.
enum TraceNames {
  private static let msrs: [UInt32: String] = [
    0x10: "IA32_TIME_STAMP_COUNTER", 0x1B: "IA32_APIC_BASE", 0x3B: "IA32_TSC_ADJUST", 0xFE: "IA32_MTRRCAP",
    0x174: "IA32_SYSENTER_CS", 0x175: "IA32_SYSENTER_ESP", 0x176: "IA32_SYSENTER_EIP", 0x179: "IA32_MCG_CAP",
    0x17A: "IA32_MCG_STATUS", 0x1A0: "IA32_MISC_ENABLE", 0x277: "IA32_PAT", 0x2FF: "IA32_MTRR_DEF_TYPE",
    0xC000_0080: "IA32_EFER", 0xC000_0081: "IA32_STAR", 0xC000_0082: "IA32_LSTAR", 0xC000_0083: "IA32_CSTAR",
    0xC000_0084: "IA32_FMASK", 0xC000_0100: "IA32_FS_BASE", 0xC000_0101: "IA32_GS_BASE",
    0xC000_0102: "IA32_KERNEL_GS_BASE", 0xC000_0103: "IA32_TSC_AUX",
  ]

  /// The manual's name of an MSR (SDM Vol. 4 "Architectural MSRs").
  static func msr(_ number: UInt32) -> String? {
    if let name = msrs[number] { return name }
    if (0x800...0x83F).contains(number) { return "x2APIC register \(Text.digits(UInt64(number - 0x800)))h" }
    guard (0x200...0x20F).contains(number) else { return nil }
    return "IA32_MTRR_PHYS\(number & 1 == 0 ? "BASE" : "MASK")\((number - 0x200) / 2)"
  }

  /// An entry after its walk: A, and for a write D in the leaf, are set unless the walk ends in a fault.
  ///
  /// - SDM: Vol. 3A "Accessed and Dirty Flags".
  static func updated(_ walk: PageWalk, _ index: Int, isWrite: Bool) -> UInt64 {
    let step = walk.steps[index]
    // PDPTE registers of PAE paging have no such flags.
    guard walk.fault == nil, step.address.rawValue != .max else { return step.value }
    return step.value | (index == walk.stepCount - 1 && isWrite ? 0x60 : 0x20)
  }
}
