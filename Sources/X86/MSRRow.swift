/// What reading and writing an MSR does; the interpreter has one exhaustive switch for each.
@frozen public enum MSREffect: UInt8, Sendable {
  /// The MSR is a value that WRMSR stores and RDMSR gives back.
  case value
  /// RDMSR gives the reset value; WRMSR changes nothing.
  case constant
  /// A value of 64 bits where SYSENTER exists in long mode, else of 32: WRMSR cuts it.
  case sysenterAddress
  /// The time-stamp counter: WRMSR changes what IA32_TSC_ADJUST adds.
  case timeStamp
  /// The local APIC answers.
  case localAPIC
  /// The model's microcode revision; WRMSR changes nothing.
  case microcodeRevision
  /// IA32_EFER, which decides about paging and modes.
  case extendedFeatureEnable
  /// The base of FS.
  case fsBase
  /// The base of GS.
  case gsBase
}

/// What WRMSR requires of a value beside reserved bits that are 0; else #GP(0).
@frozen public enum MSRCheck: UInt8, Sendable {
  /// Nothing.
  case none
  /// A canonical linear address.
  case canonical
  /// A canonical linear address where SYSENTER exists in long mode.
  case sysenterAddress
  /// Nothing more; reserved bits are those of IA32_EFER.
  case extendedFeatureEnable
  /// Eight memory types of the page attribute table.
  case pageAttributes
  /// A memory type of the MTRRs in bits 7:0.
  case memoryType
  /// A memory type in bits 7:0 and a physical address below MAXPHYADDR.
  case variableRangeBase
  /// A physical address below MAXPHYADDR.
  case variableRangeMask
  /// Eight memory types of the MTRRs, with RdMem and WrMem where SYSCFG opens them.
  case fixedRange

  /// The rule that a refused value breaks.
  public var refusal: FaultReason {
    switch self {
    case .none: .msrReservedBits
    case .canonical, .sysenterAddress: .msrNonCanonical
    case .extendedFeatureEnable: .eferReservedBits
    case .pageAttributes: .patType
    case .memoryType, .variableRangeBase, .variableRangeMask, .fixedRange: .mtrrInvalid
    }
  }
}

/// Which of RDMSR and WRMSR an MSR has; the other is #GP(0), as for an MSR that does not exist.
@frozen public enum MSRAccess: UInt8, Sendable {
  case readWrite, readOnly, writeOnly
}

/// The MSRs whose values instructions use. One that RDMSR and WRMSR alone see needs no case.
@frozen public enum MSRPlace: UInt8, Sendable, CaseIterable {
  case star, lstar, cstar, sfmask, kernelGSBase
  case sysenterCS, sysenterESP, sysenterEIP
  case tscAux, tscAdjust
  case systemConfiguration
}

/// Where the value of an MSR travels beside RDMSR and WRMSR.
public struct MSRExports: OptionSet, Sendable {
  /// One bit for each place.
  public let rawValue: UInt8
  /// Makes a set from its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `ArchitecturalState.msrs`: snapshots, recordings, the debugger.
  public static let state = MSRExports(rawValue: 1)
  /// Snapshot files only.
  public static let snapshot = MSRExports(rawValue: 2)
  /// KVM_GET_MSRS and KVM_SET_MSRS.
  public static let kvm = MSRExports(rawValue: 4)
  /// Lockstep: both sides keep it the same way.
  public static let lockstep = MSRExports(rawValue: 8)
}

/// A register's name in a list, and its place there.
public struct RegisterPlace: Sendable, Equatable {
  /// The name.
  public let name: String
  /// Ascending in the list; what was listed once keeps its place.
  public let order: Int
  /// GDB: it belongs to the registers that every target description has.
  public let isBasic: Bool

  init(_ name: String, _ order: Int, isBasic: Bool = false) {
    self.name = name
    self.order = order
    self.isBasic = isBasic
  }
}

/// One row of the MSR table.
///
/// - SDM: Vol. 4 "Model-Specific Registers (MSRs)".
/// - APM: Vol. 2 "MSR Cross-Reference".
public struct MSRRow: Sendable {
  /// The numbers: one, or a range of registers of the same kind.
  public let numbers: ClosedRange<UInt32>
  /// The manual's name.
  public let name: String
  /// What reading and writing does.
  public let effect: MSREffect
  /// Which of RDMSR and WRMSR it has.
  public let access: MSRAccess
  /// The value after power-up.
  public let reset: UInt64
  /// Bits that WRMSR changes; the others stay as after reset.
  public let writable: UInt64
  /// Bits that must be 0, else #GP(0).
  public let reserved: UInt64
  /// What else WRMSR requires.
  public let check: MSRCheck
  /// The place of a value that instructions use.
  public let place: MSRPlace?
  /// The processors that have it.
  public let families: Set<ProcessorFamily>
  /// The feature that brings it; nil if no feature of CPUID does.
  public let feature: CPUIDFeature?
  /// Where its value travels.
  public let exports: MSRExports
  /// Its name in traces: `RegisterFile` lists values in this order, and IA32_EFER and segment bases by themselves.
  public let trace: RegisterPlace?
  /// Its name for GDB.
  public let gdb: RegisterPlace?

  /// Makes a row of one MSR; a row with its number and its name is an MSR that only stores 64 bits.
  init(
    _ number: UInt32, _ name: String, _ effect: MSREffect = .value, through last: UInt32? = nil,
    access: MSRAccess = .readWrite, reset: UInt64 = 0, writable: UInt64 = .max, reserved: UInt64 = 0,
    check: MSRCheck = .none, place: MSRPlace? = nil, on families: Set<ProcessorFamily> = ProcessorFamily.every,
    feature: CPUIDFeature? = nil, exports: MSRExports = .snapshot, trace: RegisterPlace? = nil,
    gdb: RegisterPlace? = nil
  ) {
    numbers = number...(last ?? number)
    self.name = name
    self.effect = effect
    self.access = access
    self.reset = reset
    self.writable = writable
    self.reserved = reserved
    self.check = check
    self.place = place
    self.families = families
    self.feature = feature
    self.exports = exports
    self.trace = trace
    self.gdb = gdb
  }

  /// Its value is stored, in a slot of its own.
  public var isStored: Bool {
    switch effect {
    case .value, .sysenterAddress: true
    case .constant, .timeStamp, .localAPIC, .microcodeRevision, .extendedFeatureEnable, .fsBase, .gsBase: false
    }
  }
}

/// What RDMSR and WRMSR need of a row.
@frozen public struct MSRFacts: Sendable, BitwiseCopyable {
  /// What reading and writing does.
  public let effect: MSREffect
  /// Which of RDMSR and WRMSR it has.
  public let access: MSRAccess
  /// What WRMSR requires.
  public let check: MSRCheck
  /// Where a stored value lies.
  public let slot: UInt8
  /// Bits of `ProcessorFamily.bit`.
  public let families: UInt8
  /// `CPUIDFeature.index` of the feature that brings it.
  public let feature: UInt8
  /// The value after power-up.
  public let reset: UInt64
  /// Bits that WRMSR changes.
  public let writable: UInt64
  /// Bits that must be 0.
  public let reserved: UInt64

  init(_ row: MSRRow, slot: UInt8) {
    effect = row.effect
    access = row.access
    check = row.check
    self.slot = slot
    families = row.families.reduce(0) { $0 | $1.bit }
    feature = row.feature?.index ?? CPUIDFeatures.noFeature
    reset = row.reset
    writable = row.writable
    reserved = row.reserved
  }

  /// What WRMSR makes of a value.
  @inlinable public func stored(_ value: UInt64) -> UInt64 { (value & writable) | (reset & ~writable) }
}

extension ProcessorFamily {
  /// Every processor.
  public static let every = Set(allCases)
  /// The processors of AMD.
  public static let amd: Set<ProcessorFamily> = [.zen2, .zen4]

  /// One bit each.
  public var bit: UInt8 {
    switch self {
    case .zen2: 1
    case .zen4: 2
    case .intel: 4
    }
  }
}
