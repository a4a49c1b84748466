#if arch(x86_64) && os(Linux)
  import CNativeOracle
  import X86

  /// What CPUID says of the processor that the oracle asks: the provenance of its answers.
  public enum HostProcessor {
    /// Vendor, family-model-stepping in decimal and brand: "AuthenticAMD 25-17-1 AMD EPYC"; empty on other hosts.
    public static var name: String {
      let highest = cpuid(CPUIDLeaf.vendor)
      let version = cpuid(CPUIDLeaf.features)[0]
      var family = version >> 8 & 15
      var model = version >> 4 & 15
      if family == 6 || family == 15 { model |= version >> 12 & 0xF0 }
      if family == 15 { family += version >> 20 & 0xFF }
      let vendor = text([highest[1], highest[3], highest[2]])
      let identity = "\(vendor) \(family)-\(model)-\(version & 15)"
      guard cpuid(CPUIDLeaf.extendedMaximum)[0] >= CPUIDLeaf.brandEnd else { return identity }
      var words: [UInt32] = []
      for leaf in CPUIDLeaf.brand...CPUIDLeaf.brandEnd {
        let registers = cpuid(leaf)
        words += [registers[0], registers[1], registers[2], registers[3]]
      }
      let brand = text(words).split(separator: " ").joined(separator: " ")
      return brand.isEmpty ? identity : "\(identity) \(brand)"
    }

    /// Lower-case names of the features that CPUID announces: "avx2", "bmi1"; those that need YMM only if XCR0 has them.
    public static var features: Set<String> {
      func announces(_ row: CPUIDRow) -> Bool {
        guard cpuid(row.leaf & CPUIDLeaf.extendedMaximum)[0] >= row.leaf else { return false }
        return cpuid(row.leaf, row.subleaf ?? 0)[row.register.index] & row.mask != 0
      }
      let hasYMM = announces(CPUIDRow.row(.osXSAVE)) && emu_native_xcr0() & 6 == 6
      let rows = CPUIDRow.table.filter { (hasYMM || !$0.needsYMM) && announces($0) }
      return Set(rows.map { $0.feature.rawValue.lowercased() })
    }

    private static func cpuid(_ leaf: UInt32, _ subleaf: UInt32 = 0) -> InlineArray<4, UInt32> {
      let registers = emu_native_cpuid(leaf, subleaf)
      return [registers.eax, registers.ebx, registers.ecx, registers.edx]
    }

    private static func text(_ words: [UInt32]) -> String {
      let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
#endif
