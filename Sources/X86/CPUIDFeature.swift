/// Features that CPUID announces by one bit each.
///
/// The raw value is the name, as the CPUID column of opcodes.txt has it.
public enum CPUIDFeature: String, CaseIterable, Sendable {
  // Leaf 1, EDX
  case x87
  case vme = "VME"
  case de = "DE"
  case pse = "PSE"
  case tsc = "TSC"
  case msr = "MSR"
  case pae = "PAE"
  case mce = "MCE"
  case cx8 = "CX8"
  case apic = "APIC"
  case sep = "SEP"
  case mtrr = "MTRR"
  case pge = "PGE"
  case mca = "MCA"
  case cmov = "CMOV"
  case pat = "PAT"
  case pse36 = "PSE36"
  case clfsh = "CLFSH"
  case mmx = "MMX"
  case fxsr = "FXSR"
  case sse = "SSE"
  case sse2 = "SSE2"
  case htt = "HTT"
  // Leaf 1, ECX
  case sse3 = "SSE3"
  case pclmulqdq = "PCLMULQDQ"
  case monitor = "MONITOR"
  case vmx = "VMX"
  case ssse3 = "SSSE3"
  case fma = "FMA"
  case cmpxchg16b = "CMPXCHG16B"
  case pcid = "PCID"
  case sse41 = "SSE4.1"
  case sse42 = "SSE4.2"
  case x2APIC = "x2APIC"
  case movbe = "MOVBE"
  case popcnt = "POPCNT"
  case tscDeadline = "TSC_DEADLINE"
  case aes = "AES"
  case xsave = "XSAVE"
  case osXSAVE = "OSXSAVE"
  case avx = "AVX"
  case f16c = "F16C"
  case rdrand = "RDRAND"
  case hypervisor = "HYPERVISOR"
  // Leaf 7, EBX
  case fsgsbase = "FSGSBASE"
  case tscAdjust = "TSC_ADJUST"
  case bmi1 = "BMI1"
  case avx2 = "AVX2"
  case x87OperandOfExceptions = "FDP_EXCPTN_ONLY"
  case smep = "SMEP"
  case bmi2 = "BMI2"
  case erms = "ERMS"
  case invpcid = "INVPCID"
  case rtm = "RTM"
  case noX87Selectors = "ZERO_FCS_FDS"
  case rdseed = "RDSEED"
  case adx = "ADX"
  case smap = "SMAP"
  case clflushopt = "CLFLUSHOPT"
  case clwb = "CLWB"
  case sha = "SHA"
  // Leaf 7, ECX and EDX
  case umip = "UMIP"
  case pku = "PKU"
  case ospke = "OSPKE"
  case gfni = "GFNI"
  case vaes = "VAES"
  case vpclmulqdq = "VPCLMULQDQ"
  case la57 = "LA57"
  case rdpid = "RDPID"
  case fsrm = "FSRM"
  // Leaf 80000001h, ECX
  case lahf64 = "LAHF64"
  case cmpLegacy = "CMP_LEGACY"
  case svm = "SVM"
  case lzcnt = "LZCNT"
  case sse4a = "SSE4A"
  case misalignSSE = "MISALIGNSSE"
  case prefetchw = "PREFETCHW"
  case xop = "XOP"
  case fma4 = "FMA4"
  case tbm = "TBM"
  case topologyExtensions = "TOPOEXT"
  // Leaf 80000001h, EDX
  case syscall = "SYSCALL"
  case nx = "NX"
  case mmxExtensions = "MMXEXT"
  case pages1GiB = "PDPE1GB"
  case rdtscp = "RDTSCP"
  case lm = "LM"
  case extended3DNow = "3DNOWEXT"
  case threeDNow = "3DNOW"
  // Leaf Dh, subleaf 1
  case xsaveopt = "XSAVEOPT"
  case xsavec = "XSAVEC"
  case xgetbv1 = "XGETBV1"
  case xsaves = "XSAVES"
  // Leaves 80000007h and 80000008h
  case invariantTSC = "INVARIANT_TSC"
  case clzero = "CLZERO"
  case x87ErrorPointers = "XSAVEERPTR"
}

/// A set of features in two words, for who asks at every instruction.
@frozen public struct CPUIDFeatures: Sendable, Hashable {
  /// Features 0 to 63, by `CPUIDFeature.index`.
  @usableFromInline var low: UInt64
  /// Features 64 to 126; bit 63 is set in every set, for what needs no feature.
  @usableFromInline var high: UInt64

  /// Makes a set.
  public init(_ features: some Sequence<CPUIDFeature> = []) {
    low = 0
    high = 1 << 63
    for feature in features { insert(feature) }
  }

  /// The index of what needs no feature.
  @inlinable public static var noFeature: UInt8 { 127 }

  /// Every feature.
  public static let all = CPUIDFeatures(CPUIDFeature.allCases)

  /// Whether the feature with an index of `CPUIDFeature.index`, 0 to 127, belongs to it.
  @inlinable @inline(__always) public func contains(index: UInt8) -> Bool {
    ((index & 64 == 0 ? low : high) >> UInt64(index & 63)) & 1 != 0
  }

  /// Whether all of its features belong to another set.
  public func isSubset(of other: CPUIDFeatures) -> Bool { low & ~other.low == 0 && high & ~other.high == 0 }

  /// Whether a feature belongs to it.
  public func contains(_ feature: CPUIDFeature) -> Bool { contains(index: feature.index) }

  /// Adds a feature.
  public mutating func insert(_ feature: CPUIDFeature) {
    let index = feature.index
    if index & 64 == 0 { low |= 1 << UInt64(index) } else { high |= 1 << UInt64(index & 63) }
  }

  /// Whether all features of another set belong to it.
  public func isSuperset(of other: CPUIDFeatures) -> Bool { other.low & ~low == 0 && other.high & ~high == 0 }

  /// Its features in the order of the cases.
  public var features: [CPUIDFeature] { CPUIDFeature.allCases.filter(contains) }
}

extension CPUIDFeature {
  /// Its place among the cases, 0 to 126.
  public var index: UInt8 { Self.places[self] ?? CPUIDFeatures.noFeature }

  private static let places = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1, UInt8(truncatingIfNeeded: $0)) })
}

/// The levels of the x86-64 architecture that models have; each has the features of those below it.
public enum ProcessorLevel: UInt8, Sendable, CaseIterable, Comparable {
  case v1 = 1
  case v2
  case v3
  /// Everything that the processor has of what emu implements.
  case complete

  /// By number.
  public static func < (left: ProcessorLevel, right: ProcessorLevel) -> Bool { left.rawValue < right.rawValue }
}

/// A register that CPUID fills.
public enum CPUIDRegister: String, CaseIterable, Sendable {
  case eax = "EAX"
  case ebx = "EBX"
  case ecx = "ECX"
  case edx = "EDX"

  /// 0 to 3 for EAX, EBX, ECX and EDX.
  public var index: Int {
    switch self {
    case .eax: 0
    case .ebx: 1
    case .ecx: 2
    case .edx: 3
    }
  }
}

/// When a processor that has a feature announces it.
public enum CPUIDCondition: Sendable {
  case always
  /// The local APIC is enabled by IA32_APIC_BASE.
  case apicEnabled
  /// CR4.OSXSAVE is set.
  case osXSAVE
  /// CR4.PKE is set.
  case protectionKeys
  /// The package has several processors.
  case severalProcessors
}

/// Leaves of CPUID.
///
/// - SDM: Vol. 2A "CPUID—CPU Identification".
/// - APM: Vol. 3 "Obtaining Processor Information Via the CPUID Instruction".
public enum CPUIDLeaf {
  /// Maximum leaf and vendor.
  @inlinable public static var vendor: UInt32 { 0 }
  /// Signature and features.
  @inlinable public static var features: UInt32 { 1 }
  /// Caches by descriptor bytes (Intel).
  @inlinable public static var cacheDescriptors: UInt32 { 2 }
  /// Caches by parameters (Intel).
  @inlinable public static var cacheParameters: UInt32 { 4 }
  /// Structured extended features.
  @inlinable public static var structuredFeatures: UInt32 { 7 }
  /// Processor topology.
  @inlinable public static var topology: UInt32 { 0xB }
  /// State components of XSAVE.
  @inlinable public static var stateComponents: UInt32 { 0xD }
  /// Maximum hypervisor leaf and its vendor.
  @inlinable public static var hypervisor: UInt32 { 0x4000_0000 }
  /// Frequencies of the time-stamp counter and of the APIC timer, as hypervisors give them.
  @inlinable public static var hypervisorTiming: UInt32 { 0x4000_0010 }
  /// Maximum extended leaf.
  @inlinable public static var extendedMaximum: UInt32 { 0x8000_0000 }
  /// Extended features.
  @inlinable public static var extendedFeatures: UInt32 { 0x8000_0001 }
  /// The first of the three parts of the brand string.
  @inlinable public static var brand: UInt32 { 0x8000_0002 }
  /// The last part of the brand string.
  @inlinable public static var brandEnd: UInt32 { 0x8000_0004 }
  /// The first caches (AMD).
  @inlinable public static var firstCaches: UInt32 { 0x8000_0005 }
  /// The second and third caches (AMD).
  @inlinable public static var furtherCaches: UInt32 { 0x8000_0006 }
  /// Power management and the invariant time-stamp counter.
  @inlinable public static var powerManagement: UInt32 { 0x8000_0007 }
  /// Widths of addresses, and counts of processors.
  @inlinable public static var addressSizes: UInt32 { 0x8000_0008 }
  /// Caches by parameters (AMD).
  @inlinable public static var extendedCacheParameters: UInt32 { 0x8000_001D }
  /// Topology (AMD).
  @inlinable public static var extendedTopology: UInt32 { 0x8000_001E }
}
