/// Numbers of the MSRs that code names. This file is the only one with numbers of MSRs.
///
/// - SDM: Vol. 4 "Model-Specific Registers (MSRs)".
public enum MSR {
  /// IA32_TIME_STAMP_COUNTER.
  @inlinable public static var timeStampCounter: UInt32 { 0x10 }
  /// IA32_APIC_BASE.
  @inlinable public static var apicBase: UInt32 { 0x1B }
  /// IA32_SYSENTER_CS.
  @inlinable public static var sysenterCS: UInt32 { 0x174 }
  /// IA32_SYSENTER_ESP.
  @inlinable public static var sysenterESP: UInt32 { 0x175 }
  /// IA32_SYSENTER_EIP.
  @inlinable public static var sysenterEIP: UInt32 { 0x176 }
  /// IA32_TSC_DEADLINE.
  @inlinable public static var tscDeadline: UInt32 { 0x6E0 }
  /// The first register of an x2APIC: number 0, at offset 0 of an xAPIC's page; one each 16 bytes.
  @inlinable public static var x2APIC: UInt32 { 0x800 }
  /// The interrupt command register of an x2APIC.
  @inlinable public static var x2APICCommand: UInt32 { 0x830 }
  /// IA32_XSS.
  @inlinable public static var supervisorStates: UInt32 { 0xDA0 }
  /// IA32_STAR.
  @inlinable public static var star: UInt32 { 0xC000_0081 }
  /// IA32_LSTAR.
  @inlinable public static var lstar: UInt32 { 0xC000_0082 }
  /// IA32_FMASK.
  @inlinable public static var sfmask: UInt32 { 0xC000_0084 }
  /// IA32_KERNEL_GS_BASE.
  @inlinable public static var kernelGSBase: UInt32 { 0xC000_0102 }
  /// The first of AMD's PERF_CTR0 to 3.
  @inlinable public static var performanceCounters: UInt32 { 0xC001_0004 }
  /// AMD's SYSCFG.
  @inlinable public static var systemConfiguration: UInt32 { 0xC001_0010 }
}

/// Bits of AMD's SYSCFG.
public enum SystemConfiguration {
  /// MtrrFixDramModEn: bits 4:3 of the fixed-range memory types, RdMem and WrMem, can be written.
  @inlinable public static var fixedRangeModificationEnable: UInt64 { 1 << 19 }
}

/// Bits of IA32_APIC_BASE.
public enum APICBase {
  /// The local APIC is enabled.
  @inlinable public static var globalEnable: UInt64 { 1 << 11 }
}

extension MSRTable {
  /// The first number of the second and of the third range of numbers; the first range begins at 0.
  static var extendedWindow: UInt32 { 0xC000_0000 }
  static var amdWindow: UInt32 { 0xC001_0000 }

  /// Every MSR of any model, by number.
  public static let rows: [MSRRow] =
    processorRows + variableRangeRows + fixedRangeRows + typeAndAPICRows + systemCallRows + amdRows

  private static let everywhere: MSRExports = [.state, .kvm]
  private static let compared: MSRExports = [.state, .kvm, .lockstep]

  private static let processorRows: [MSRRow] = [
    MSRRow(MSR.timeStampCounter, "IA32_TIME_STAMP_COUNTER", .timeStamp, exports: []),
    MSRRow(0x17, "IA32_PLATFORM_ID", .constant, access: .readOnly, on: [.intel], exports: []),
    MSRRow(MSR.apicBase, "IA32_APIC_BASE", .localAPIC, exports: [], gdb: RegisterPlace("apic_base", 9)),
    MSRRow(
      0x3B, "IA32_TSC_ADJUST", place: .tscAdjust, exports: everywhere, gdb: RegisterPlace("tsc_adjust", 12)),
    MSRRow(0x79, "IA32_BIOS_UPDT_TRIG", .constant, access: .writeOnly, exports: []),
    MSRRow(0x8B, "IA32_BIOS_SIGN_ID", .microcodeRevision, exports: []),
    // Eight variable ranges, fixed ranges, write-combining.
    MSRRow(0xFE, "IA32_MTRRCAP", .constant, access: .readOnly, reset: 0x508, exports: []),
    MSRRow(
      MSR.sysenterCS, "IA32_SYSENTER_CS", writable: 0xFFFF, place: .sysenterCS, exports: compared,
      trace: RegisterPlace("sysenter_cs", 5), gdb: RegisterPlace("sysenter_cs", 6)),
    MSRRow(
      MSR.sysenterESP, "IA32_SYSENTER_ESP", .sysenterAddress, check: .sysenterAddress, place: .sysenterESP,
      exports: compared, trace: RegisterPlace("sysenter_esp", 6), gdb: RegisterPlace("sysenter_esp", 7)),
    MSRRow(
      MSR.sysenterEIP, "IA32_SYSENTER_EIP", .sysenterAddress, check: .sysenterAddress, place: .sysenterEIP,
      exports: compared, trace: RegisterPlace("sysenter_eip", 7), gdb: RegisterPlace("sysenter_eip", 8)),
    // No bank of machine-check registers.
    MSRRow(0x179, "IA32_MCG_CAP", .constant, access: .readOnly, exports: []),
    MSRRow(0x17A, "IA32_MCG_STATUS", writable: 7),
    MSRRow(
      0x1A0, "IA32_MISC_ENABLE", reset: 1, on: [.intel], exports: everywhere,
      gdb: RegisterPlace("misc_enable", 13)),
    MSRRow(0x1D9, "IA32_DEBUGCTL", .constant, exports: []),
  ]

  private static let variableRangeRows: [MSRRow] = (0..<8).flatMap { (index: UInt32) -> [MSRRow] in
    [
      MSRRow(
        0x200 + index * 2, "IA32_MTRR_PHYSBASE\(index)", reserved: 0xFFF0_0000_0000_0F00, check: .variableRangeBase),
      MSRRow(
        0x201 + index * 2, "IA32_MTRR_PHYSMASK\(index)", reserved: 0xFFF0_0000_0000_07FF, check: .variableRangeMask),
    ]
  }

  private static let fixedRangeRows: [MSRRow] = [
    (0x250, "64K_00000"), (0x258, "16K_80000"), (0x259, "16K_A0000"), (0x268, "4K_C0000"), (0x269, "4K_C8000"),
    (0x26A, "4K_D0000"), (0x26B, "4K_D8000"), (0x26C, "4K_E0000"), (0x26D, "4K_E8000"), (0x26E, "4K_F0000"),
    (0x26F, "4K_F8000"),
  ].map { MSRRow($0.0, "IA32_MTRR_FIX\($0.1)", check: .fixedRange) }

  private static let typeAndAPICRows: [MSRRow] = [
    MSRRow(
      0x277, "IA32_PAT", reset: 0x0007_0406_0007_0406, check: .pageAttributes, exports: everywhere,
      gdb: RegisterPlace("pat", 10)),
    MSRRow(
      0x2FF, "IA32_MTRR_DEF_TYPE", reserved: ~0xCFF, check: .memoryType, exports: everywhere,
      gdb: RegisterPlace("mtrr_def_type", 11)),
    MSRRow(MSR.tscDeadline, "IA32_TSC_DEADLINE", .localAPIC, exports: []),
    MSRRow(MSR.x2APIC, "x2APIC register", .localAPIC, through: 0x8FF, exports: []),
    // No supervisor state component exists, so that every bit is reserved.
    MSRRow(MSR.supervisorStates, "IA32_XSS", .constant, reserved: .max, feature: .xsaves, exports: []),
  ]

  private static let systemCallRows: [MSRRow] = [
    MSRRow(
      0xC000_0080, "IA32_EFER", .extendedFeatureEnable, writable: SystemRegister.efer.writable,
      reserved: ~SystemRegister.efer.mask, check: .extendedFeatureEnable, exports: [], trace: RegisterPlace("efer", 9)),
    MSRRow(
      MSR.star, "IA32_STAR", place: .star, exports: compared, trace: RegisterPlace("star", 0),
      gdb: RegisterPlace("star", 1)),
    MSRRow(
      MSR.lstar, "IA32_LSTAR", check: .canonical, place: .lstar, exports: compared, trace: RegisterPlace("lstar", 1),
      gdb: RegisterPlace("lstar", 2)),
    MSRRow(
      0xC000_0083, "IA32_CSTAR", check: .canonical, place: .cstar, exports: compared,
      trace: RegisterPlace("cstar", 2), gdb: RegisterPlace("cstar", 3)),
    MSRRow(
      MSR.sfmask, "IA32_FMASK", writable: 0xFFFF_FFFF, place: .sfmask, exports: compared,
      trace: RegisterPlace("sfmask", 3), gdb: RegisterPlace("sfmask", 4)),
    MSRRow(
      0xC000_0100, "IA32_FS_BASE", .fsBase, check: .canonical, exports: [], trace: RegisterPlace("fs_base", 10)),
    MSRRow(
      0xC000_0101, "IA32_GS_BASE", .gsBase, check: .canonical, exports: [], trace: RegisterPlace("gs_base", 11)),
    MSRRow(
      MSR.kernelGSBase, "IA32_KERNEL_GS_BASE", check: .canonical, place: .kernelGSBase, exports: compared,
      trace: RegisterPlace("kernel_gs_base", 4), gdb: RegisterPlace("k_gs_base", 0, isBasic: true)),
    MSRRow(
      0xC000_0103, "IA32_TSC_AUX", writable: 0xFFFF_FFFF, place: .tscAux, exports: everywhere,
      trace: RegisterPlace("tsc_aux", 8), gdb: RegisterPlace("tsc_aux", 5)),
  ]

  /// AMD's own, which systems for its processors read and write.
  private static let amdRows: [MSRRow] =
    // No event is modelled: counters keep what is written (APM Vol. 2 "Performance Event-Select Registers").
    (0..<4).map { (index: UInt32) in
      MSRRow(0xC001_0000 + index, "PERF_CTL\(index)", writable: 0x030F_FFD7_FFFF, on: ProcessorFamily.amd)
    }
    + (0..<4).map { (index: UInt32) in
      MSRRow(
        MSR.performanceCounters + index, "PERF_CTR\(index)", writable: 0xFFFF_FFFF_FFFF, on: ProcessorFamily.amd)
    } + [
      MSRRow(MSR.systemConfiguration, "SYSCFG", place: .systemConfiguration, on: ProcessorFamily.amd),
      // TscFreqSel: the TSC counts at its one frequency.
      MSRRow(
        0xC001_0015, "HWCR", reset: 1 << 24, writable: ~(1 << 24), on: ProcessorFamily.amd, exports: everywhere,
        gdb: RegisterPlace("hwcr", 14)),
      // TOP_MEM says that RAM ends at 4 GiB, TOP_MEM2 that none lies above.
      MSRRow(
        0xC001_001A, "TOP_MEM", .constant, access: .readOnly, reset: 0x1_0000_0000, on: ProcessorFamily.amd,
        exports: []),
      MSRRow(0xC001_001D, "TOP_MEM2", .constant, access: .readOnly, on: ProcessorFamily.amd, exports: []),
      MSRRow(0xC001_001F, "NB_CFG", .constant, on: ProcessorFamily.amd, exports: []),
      MSRRow(0xC001_0055, "INT_PENDING", .constant, on: ProcessorFamily.amd, exports: []),
      MSRRow(0xC001_0140, "OSVW_ID_LENGTH", .constant, access: .readOnly, on: ProcessorFamily.amd, exports: []),
      MSRRow(0xC001_0141, "OSVW_STATUS", .constant, access: .readOnly, on: ProcessorFamily.amd, exports: []),
      MSRRow(0xC001_1020, "LS_CFG", .constant, on: ProcessorFamily.amd, exports: []),
      // Snapshot files have always had this one, as 0.
      MSRRow(0xC001_1022, "DC_CFG", .constant, on: ProcessorFamily.amd, exports: .snapshot),
      MSRRow(0xC001_1023, "BU_CFG", .constant, on: ProcessorFamily.amd, exports: []),
      MSRRow(0xC001_1029, "DE_CFG", on: ProcessorFamily.amd),
    ]
}
