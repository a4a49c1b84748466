/// What CPUID says, and with it which features exist.
public struct ProcessorModel: Sendable {
  /// How many processors the board has.
  public var processorCount = 1
  /// MAXPHYADDR.
  public var physicalAddressBits: UInt64 = 40

  /// The default model: an AuthenticAMD processor of level x86-64-v1 with the system features that are modelled.
  public init(processorCount: Int) { self.processorCount = processorCount }

  /// CR4 bits that may be set.
  var cr4Mask: UInt64 {
    // VME PVI TSD DE PSE PAE MCE PGE PCE OSFXSR OSXMMEXCPT UMIP FSGSBASE PCIDE SMEP SMAP; VME and PVI stay absent.
    0x0033_0FFC
  }

  /// CPUID (SDM Vol. 2A "CPUID—CPU Identification"; APM Vol. 3 "Obtaining Processor Information Via the CPUID").
  ///
  /// - Returns: EAX EBX ECX EDX.
  public func cpuid(_ leaf: UInt32, _ subleaf: UInt32, apicID: UInt32, cr4OSXSAVE: Bool, apicEnabled: Bool) -> (
    UInt32, UInt32, UInt32, UInt32
  ) {
    let count = UInt32(truncatingIfNeeded: processorCount)
    // FPU DE PSE TSC MSR PAE MCE CX8 SEP MTRR PGE MCA CMOV PAT PSE36 CLFSH MMX FXSR SSE SSE2
    var features: UInt32 = 0x078B_F9FD & ~(1 << 9)
    if apicEnabled { features |= 1 << 9 }
    switch leaf {
    case 0: return (7, 0x6874_7541, 0x444D_4163, 0x6974_6E65)
    case 1:
      if count > 1 { features |= 1 << 28 }
      // CX16 PCID X2APIC POPCNT TSC-deadline, hypervisor present
      let extended: UInt32 = 1 << 13 | 1 << 17 | 1 << 21 | 1 << 23 | 1 << 24 | 1 << 31
      return (0x00A2_0F10, apicID << 24 | count << 16 | 8 << 8, extended, features)
    case 7 where subleaf == 0:
      // FSGSBASE TSC_ADJUST SMEP ERMS INVPCID SMAP; UMIP
      return (0, 1 << 0 | 1 << 1 | 1 << 7 | 1 << 9 | 1 << 10 | 1 << 20, 1 << 2, 0)
    case 0x4000_0000: return (0x4000_0010, 0x5545_4D45, 0x5545_4D45, 0x5545_4D45)
    // Time-stamp counter and APIC timer frequency in kHz.
    case 0x4000_0010: return (1_000_000, 1_000_000, 0, 0)
    case 0x8000_0000: return (0x8000_0008, 0x6874_7541, 0x444D_4163, 0x6974_6E65)
    case 0x8000_0001:
      // LAHF; SYSCALL NX PDPE1GB RDTSCP LM beside AMD's copy of leaf 1
      return (
        0x00A2_0F10, 0, 1 << 0 | (count > 1 ? 1 << 1 : 0),
        (features & 0x0183_F3FF) & ~(1 << 11) | 1 << 11 | 1 << 20 | 1 << 26 | 1 << 27 | 1 << 29
      )
    case 0x8000_0002: return Self.brand(0)
    case 0x8000_0003: return Self.brand(1)
    case 0x8000_0004: return Self.brand(2)
    case 0x8000_0007: return (0, 0, 0, 1 << 8)
    case 0x8000_0008:
      return (UInt32(truncatingIfNeeded: physicalAddressBits) | 48 << 8, 0, count > 1 ? count - 1 : 0, 0)
    default: return (0, 0, 0, 0)
    }
  }

  private static func brand(_ part: Int) -> (UInt32, UInt32, UInt32, UInt32) {
    var bytes = Array("emu reference x86-64 processor".utf8)
    bytes += [UInt8](repeating: 0, count: 48 - bytes.count)
    func word(_ index: Int) -> UInt32 {
      let at = part * 16 + index * 4
      return UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
    }
    return (word(0), word(1), word(2), word(3))
  }
}
