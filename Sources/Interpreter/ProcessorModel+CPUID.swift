import X86

/// EAX, EBX, ECX and EDX of a CPUID leaf.
public typealias CPUIDRegisters = (UInt32, UInt32, UInt32, UInt32)

extension ProcessorModel {
  /// CPUID.
  ///
  /// - Returns: EAX EBX ECX EDX.
  /// - SDM: Vol. 2A "CPUID—CPU Identification".
  /// - APM: Vol. 3 "Obtaining Processor Information Via the CPUID Instruction".
  public func cpuid(
    _ leaf: UInt32, _ subleaf: UInt32, apicID: UInt32, cr4: UInt64, xcr0: UInt64 = 1, apicEnabled: Bool
  ) -> CPUIDRegisters {
    var result =
      leaf == CPUIDLeaf.stateComponents ? stateComponents(subleaf, xcr0) : fields(leaf, subleaf, apicID: apicID)
    for word in announced where word.leaf == leaf && word.subleaf ?? subleaf == subleaf {
      let holds =
        switch word.condition {
        case .always: true
        case .apicEnabled: apicEnabled
        case .osXSAVE: cr4 & CR4.osXSAVE != 0
        case .protectionKeys: cr4 & CR4.protectionKeyEnable != 0
        case .severalProcessors: processorCount > 1
        }
      guard holds else { continue }
      switch word.register {
      case .eax: result.0 |= word.mask
      case .ebx: result.1 |= word.mask
      case .ecx: result.2 |= word.mask
      case .edx: result.3 |= word.mask
      }
    }
    return result
  }

  /// All but the features of one bit.
  private func fields(_ leaf: UInt32, _ subleaf: UInt32, apicID: UInt32) -> CPUIDRegisters {
    switch leaf {
    // Leaf Bh comes with x2APIC.
    case CPUIDLeaf.vendor:
      return vendorLeaf(
        maximum: features.contains(.xsave) ? CPUIDLeaf.stateComponents : CPUIDLeaf.topology)
    case CPUIDLeaf.features:
      return (signature, apicID << 24 | UInt32(truncatingIfNeeded: processorCount) << 16 | 8 << 8, 0, 0)
    case CPUIDLeaf.topology: return topology(subleaf, apicID: apicID)
    case CPUIDLeaf.hypervisor: return (CPUIDLeaf.hypervisorTiming, 0x5545_4D45, 0x5545_4D45, 0x5545_4D45)
    // In kHz.
    case CPUIDLeaf.hypervisorTiming: return (1_000_000, 1_000_000, 0, 0)
    case CPUIDLeaf.brand...CPUIDLeaf.brandEnd: return Self.brand(Int(leaf - CPUIDLeaf.brand))
    default: return vendor == .amd ? amdLeaf(leaf, subleaf, apicID: apicID) : intelLeaf(leaf, subleaf)
    }
  }

  private func vendorLeaf(maximum: UInt32) -> CPUIDRegisters {
    switch vendor {
    case .amd: (maximum, 0x6874_7541, 0x444D_4163, 0x6974_6E65)
    case .intel: (maximum, 0x756E_6547, 0x6C65_746E, 0x4965_6E69)
    }
  }

  /// What XSAVE manages: the components, and the bytes of an area with those of XCR0 and with all of them.
  ///
  /// - SDM: Vol. 1 "Enumeration of CPU Support for XSAVE Instructions and XSAVE-Supported Features".
  private func stateComponents(_ subleaf: UInt32, _ xcr0: UInt64) -> CPUIDRegisters {
    guard features.contains(.xsave) else { return (0, 0, 0, 0) }
    func byteCount(_ components: UInt64, isCompacted: Bool = false) -> UInt32 {
      UInt32(truncatingIfNeeded: saveAreaByteCount(of: components, isCompacted: isCompacted))
    }
    switch subleaf {
    case 0: return (UInt32(truncatingIfNeeded: xcr0Mask | XCR0.x87), byteCount(xcr0), byteCount(xcr0Mask), 0)
    case 1: return (0, features.contains(.xsavec) ? byteCount(xcr0, isCompacted: true) : 0, 0, 0)
    case 2 where xcr0Mask & XCR0.avx != 0: return (256, 576, 0, 0)
    case 9 where xcr0Mask & XCR0.protectionKeys != 0:
      return (UInt32(Self.keyRightsByteCount), UInt32(keyRightsOffset), 0, 0)
    default: return (0, 0, 0, 0)
    }
  }

  /// Widths of physical and linear addresses.
  private var addressWidths: UInt32 { UInt32(truncatingIfNeeded: physicalAddressBits | linearAddressBits << 8) }

  /// Processors of one package, a thread a core.
  private func topology(_ subleaf: UInt32, apicID: UInt32) -> CPUIDRegisters {
    switch subleaf {
    case 0: (0, 1, 1 << 8, apicID)
    case 1: (packageShift, UInt32(truncatingIfNeeded: processorCount), 2 << 8 | 1, apicID)
    default: (0, 0, subleaf & 0xFF, apicID)
    }
  }

  /// Bits of an APIC ID that distinguish processors of a package.
  private var packageShift: UInt32 {
    UInt32(truncatingIfNeeded: processorCount <= 1 ? 0 : Int.bitWidth - (processorCount - 1).leadingZeroBitCount)
  }

  // MARK: AMD's own leaves

  private func amdLeaf(_ leaf: UInt32, _ subleaf: UInt32, apicID: UInt32) -> CPUIDRegisters {
    let count = UInt32(truncatingIfNeeded: processorCount)
    switch leaf {
    case CPUIDLeaf.extendedMaximum: return vendorLeaf(maximum: CPUIDLeaf.extendedTopology)
    case CPUIDLeaf.extendedFeatures: return (signature, 0, 0, 0)
    case CPUIDLeaf.addressSizes:
      return (
        addressWidths, 0, count > 1 ? packageShift << 12 | (count - 1) : 0,
        0
      )
    // The first caches: kilobytes, ways and lines a tag of the data and of the instruction cache; no TLBs.
    case CPUIDLeaf.firstCaches: return (0, 0, 32 << 24 | 8 << 16 | 1 << 8 | 64, 32 << 24 | 8 << 16 | 1 << 8 | 64)
    // The second, 512 KiB in 8 ways, and the third, 8 MiB in 16.
    case CPUIDLeaf.furtherCaches: return (0, 0, 512 << 16 | 6 << 12 | 1 << 8 | 64, 16 << 18 | 8 << 12 | 1 << 8 | 64)
    case CPUIDLeaf.extendedCacheParameters: return caches(subleaf)
    // One thread a core, one node.
    case CPUIDLeaf.extendedTopology: return (apicID, apicID, 0, 0)
    default: return (0, 0, 0, 0)
    }
  }

  // MARK: Intel's own leaves

  private func intelLeaf(_ leaf: UInt32, _ subleaf: UInt32) -> CPUIDRegisters {
    switch leaf {
    // FFh: leaf 4 describes the caches.
    case CPUIDLeaf.cacheDescriptors: return (0x00FE_FF01, 0, 0, 0)
    case CPUIDLeaf.cacheParameters: return caches(subleaf)
    case CPUIDLeaf.extendedMaximum: return (CPUIDLeaf.addressSizes, 0, 0, 0)
    case CPUIDLeaf.addressSizes: return (addressWidths, 0, 0, 0)
    default: return (0, 0, 0, 0)
    }
  }

  /// The caches of a core and the one that all share, as both vendors describe them: type, level, ways, sets.
  private static let cacheTable: [(type: UInt32, level: UInt32, ways: UInt32, sets: UInt32)] = [
    (1, 1, 8, 64), (2, 1, 8, 64), (3, 2, 8, 1024), (3, 3, 16, 8192),
  ]

  /// A cache with lines of 64 bytes; type 0 ends the list.
  private func caches(_ subleaf: UInt32) -> CPUIDRegisters {
    guard subleaf < UInt32(Self.cacheTable.count) else { return (0, 0, 0, 0) }
    let cache = Self.cacheTable[Int(subleaf)]
    let (cores, sharing) = coreCounts(level: cache.level)
    return (
      cache.type | cache.level << 5 | 1 << 8 | sharing << 14 | (vendor == .intel ? cores << 26 : 0),
      63 | (cache.ways - 1) << 22, cache.sets - 1, 0
    )
  }

  /// One less than the APIC IDs of a package, and than those that share a cache.
  private func coreCounts(level: UInt32) -> (package: UInt32, sharing: UInt32) {
    let package = (UInt32(1) << packageShift) - 1
    return (package, level == 3 ? package : 0)
  }

  // MARK: Names

  private static func brand(_ part: Int) -> CPUIDRegisters {
    var bytes = Array("emu reference x86-64 processor".utf8)
    bytes += [UInt8](repeating: 0, count: 48 - bytes.count)
    func word(_ index: Int) -> UInt32 {
      let at = part * 16 + index * 4
      return UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
    }
    return (word(0), word(1), word(2), word(3))
  }
}
