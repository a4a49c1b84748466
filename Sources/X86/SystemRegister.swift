/// A bit or a field of a system register.
public struct RegisterField: Sendable, Equatable {
  /// The manual's name; empty where it has none.
  public let name: String
  /// The bits.
  public let bits: ClosedRange<Int>
  /// The feature that brings it; nil if every processor has it.
  public let feature: CPUIDFeature?
  /// The processor alone changes it.
  public let isReadOnly: Bool
  /// It is kept, and no text names it.
  public let isHidden: Bool

  init(
    _ name: String, _ mask: UInt64, _ feature: CPUIDFeature? = nil, isReadOnly: Bool = false, isHidden: Bool = false
  ) {
    self.name = name
    bits = mask.trailingZeroBitCount...(63 - mask.leadingZeroBitCount)
    self.feature = feature
    self.isReadOnly = isReadOnly
    self.isHidden = isHidden
  }

  /// The bits as a mask.
  public var mask: UInt64 { (UInt64.max >> UInt64(63 - bits.upperBound + bits.lowerBound)) << UInt64(bits.lowerBound) }

  /// The value of the field in a register, from bit 0.
  public func value(in register: UInt64) -> UInt64 { (register & mask) >> UInt64(bits.lowerBound) }
}

/// A control, debug or flags register as rows of bits.
///
/// Code that executes instructions names bits by the constants of `CR0` and its kin, which the rows use as well.
public struct SystemRegister: Sendable {
  /// The manual's name.
  public let name: String
  /// The value after power-up.
  public let reset: UInt64
  /// The fields by their bits, ascending.
  public let fields: [RegisterField]
  /// The bits of all fields.
  public let mask: UInt64
  /// The bits that software changes.
  public let writable: UInt64

  init(_ name: String, reset: UInt64 = 0, _ fields: [RegisterField]) {
    self.name = name
    self.reset = reset
    self.fields = fields
    mask = fields.reduce(0) { $0 | $1.mask }
    writable = fields.reduce(0) { $1.isReadOnly ? $0 : $0 | $1.mask }
  }

  /// The bits that a processor with such features has.
  public func mask(of features: Set<CPUIDFeature>) -> UInt64 {
    fields.reduce(0) { mask, field in
      guard let feature = field.feature else { return mask | field.mask }
      return features.contains(feature) ? mask | field.mask : mask
    }
  }

  /// The names of the fields that are not 0, ascending by bit.
  public func names(of value: UInt64) -> [String] {
    fields.filter { value & $0.mask != 0 && !$0.name.isEmpty && !$0.isHidden }.map(\.name)
  }

  /// The fields of one bit that texts name.
  public var namedBits: [RegisterField] {
    fields.filter { $0.bits.count == 1 && !$0.name.isEmpty && !$0.isHidden }
  }
}

extension SystemRegister {
  /// Every register of the table.
  public static let all = [cr0, cr2, cr3, cr4, cr8, efer, xcr0, dr6, dr7, rflags]

  /// CR0.
  public static let cr0 = SystemRegister(
    "CR0", reset: CR0.cacheDisable | CR0.notWriteThrough | CR0.extensionType,
    [
      RegisterField("PE", CR0.protectionEnable), RegisterField("MP", CR0.monitorCoprocessor),
      RegisterField("EM", CR0.emulation), RegisterField("TS", CR0.taskSwitched),
      RegisterField("ET", CR0.extensionType, isReadOnly: true), RegisterField("NE", CR0.numericError),
      RegisterField("WP", CR0.writeProtect), RegisterField("AM", CR0.alignmentMask),
      RegisterField("NW", CR0.notWriteThrough), RegisterField("CD", CR0.cacheDisable),
      RegisterField("PG", CR0.paging),
    ])

  /// CR2, the linear address of the last page fault.
  public static let cr2 = SystemRegister("CR2", [RegisterField("", .max)])

  /// CR3; with CR4.PCIDE bits 11:0 are the PCID.
  public static let cr3 = SystemRegister(
    "CR3", [RegisterField("PWT", 1 << 3), RegisterField("PCD", 1 << 4), RegisterField("base", 0x000F_FFFF_FFFF_F000)])

  /// CR4.
  public static let cr4 = SystemRegister(
    "CR4",
    [
      RegisterField("VME", CR4.virtual8086Extensions, .vme),
      RegisterField("PVI", CR4.protectedModeVirtualInterrupts, .vme),
      RegisterField("TSD", CR4.timeStampDisable, .tsc), RegisterField("DE", CR4.debuggingExtensions, .de),
      RegisterField("PSE", CR4.pageSizeExtensions, .pse), RegisterField("PAE", CR4.physicalAddressExtension, .pae),
      RegisterField("MCE", CR4.machineCheckEnable, .mce), RegisterField("PGE", CR4.pageGlobalEnable, .pge),
      RegisterField("PCE", CR4.performanceCounterEnable), RegisterField("OSFXSR", CR4.osFXSR, .fxsr),
      RegisterField("OSXMMEXCPT", CR4.osXMMExceptions, .sse),
      RegisterField("UMIP", CR4.userModeInstructionPrevention, .umip),
      RegisterField("LA57", CR4.linearAddress57, .la57), RegisterField("FSGSBASE", CR4.fsgsbase, .fsgsbase),
      RegisterField("PCIDE", CR4.pcidEnable, .pcid), RegisterField("OSXSAVE", CR4.osXSAVE, .xsave),
      RegisterField("SMEP", CR4.supervisorModeExecutionPrevention, .smep),
      RegisterField("SMAP", CR4.supervisorModeAccessPrevention, .smap),
      RegisterField("PKE", CR4.protectionKeyEnable, .pku),
    ])

  /// CR8, the task priority.
  public static let cr8 = SystemRegister("CR8", [RegisterField("TPL", 15)])

  /// IA32_EFER.
  public static let efer = SystemRegister(
    "EFER",
    [
      RegisterField("SCE", EFER.systemCallExtensions, .syscall), RegisterField("LME", EFER.longModeEnable, .lm),
      RegisterField("LMA", EFER.longModeActive, .lm, isReadOnly: true),
      RegisterField("NXE", EFER.noExecuteEnable, .nx),
    ])

  /// XCR0, the state components that XSAVE manages.
  ///
  /// - SDM: Vol. 1 "Enabling the XSAVE Feature Set and XSAVE-Enabled Features".
  public static let xcr0 = SystemRegister(
    "XCR0", reset: 1,
    [
      RegisterField("x87", XCR0.x87, isReadOnly: true), RegisterField("SSE", XCR0.sse, .xsave),
      RegisterField("AVX", XCR0.avx, .avx), RegisterField("PKRU", XCR0.protectionKeys, .pku),
    ])

  /// DR6; bits that nothing names read as 1 where they are set after power-up.
  ///
  /// - SDM: Vol. 3B "Debug Status Register (DR6)".
  public static let dr6 = SystemRegister(
    "DR6", reset: 0xFFFF_0FF0,
    [
      RegisterField("B0", 1 << 0), RegisterField("B1", 1 << 1), RegisterField("B2", 1 << 2),
      RegisterField("B3", 1 << 3), RegisterField("BD", 1 << 13), RegisterField("BS", 1 << 14),
      RegisterField("BT", 1 << 15),
    ])

  /// DR7; bit 10 always reads 1.
  ///
  /// - SDM: Vol. 3B "Debug Control Register (DR7)".
  public static let dr7 = SystemRegister(
    "DR7", reset: 0x400,
    [
      RegisterField("L0", 1 << 0), RegisterField("G0", 1 << 1), RegisterField("L1", 1 << 2),
      RegisterField("G1", 1 << 3), RegisterField("L2", 1 << 4), RegisterField("G2", 1 << 5),
      RegisterField("L3", 1 << 6), RegisterField("G3", 1 << 7), RegisterField("LE", 1 << 8),
      RegisterField("GE", 1 << 9), RegisterField("RTM", 1 << 11, isHidden: true), RegisterField("GD", 1 << 13),
      RegisterField("RW0", 3 << 16), RegisterField("LEN0", 3 << 18), RegisterField("RW1", 3 << 20),
      RegisterField("LEN1", 3 << 22), RegisterField("RW2", 3 << 24), RegisterField("LEN2", 3 << 26),
      RegisterField("RW3", 3 << 28), RegisterField("LEN3", 3 << 30),
    ])

  /// RFLAGS; bit 1 always reads 1.
  public static let rflags = SystemRegister(
    "RFLAGS", reset: RFLAGS.alwaysOne,
    [
      RegisterField("CF", RFLAGS.carry), RegisterField("", RFLAGS.alwaysOne, isReadOnly: true),
      RegisterField("PF", RFLAGS.parity), RegisterField("AF", RFLAGS.auxiliaryCarry), RegisterField("ZF", RFLAGS.zero),
      RegisterField("SF", RFLAGS.sign), RegisterField("TF", RFLAGS.trap), RegisterField("IF", RFLAGS.interruptEnable),
      RegisterField("DF", RFLAGS.direction), RegisterField("OF", RFLAGS.overflow),
      RegisterField("IOPL", RFLAGS.ioPrivilegeLevel), RegisterField("NT", RFLAGS.nestedTask),
      RegisterField("RF", RFLAGS.resume), RegisterField("VM", RFLAGS.virtual8086),
      RegisterField("AC", RFLAGS.alignmentCheck), RegisterField("VIF", RFLAGS.virtualInterrupt),
      RegisterField("VIP", RFLAGS.virtualInterruptPending), RegisterField("ID", RFLAGS.identification),
    ])
}
