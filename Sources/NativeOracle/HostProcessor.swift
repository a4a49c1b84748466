#if arch(x86_64) && os(Linux)
  import CNativeOracle

  /// What CPUID says of the processor that the oracle asks: the provenance of its answers.
  public enum HostProcessor {
    /// Vendor, family-model-stepping in decimal and brand: "AuthenticAMD 25-17-1 AMD EPYC"; empty on other hosts.
    public static var name: String {
      let highest = cpuid(0)
      let version = cpuid(1)[0]
      var family = version >> 8 & 15
      var model = version >> 4 & 15
      if family == 6 || family == 15 { model |= version >> 12 & 0xF0 }
      if family == 15 { family += version >> 20 & 0xFF }
      let vendor = text([highest[1], highest[3], highest[2]])
      let identity = "\(vendor) \(family)-\(model)-\(version & 15)"
      guard cpuid(0x8000_0000)[0] >= 0x8000_0004 else { return identity }
      var words: [UInt32] = []
      for leaf in UInt32(0x8000_0002)...0x8000_0004 {
        let registers = cpuid(leaf)
        words += [registers[0], registers[1], registers[2], registers[3]]
      }
      let brand = text(words).split(separator: " ").joined(separator: " ")
      return brand.isEmpty ? identity : "\(identity) \(brand)"
    }

    /// Lower-case names of what programs can use: "avx2", "bmi1", "popcnt"; those that need YMM only if XCR0 has them.
    public static var features: Set<String> {
      let hasYMM = cpuid(1)[2] >> 27 & 1 != 0 && emu_native_xcr0() & 6 == 6
      var features: Set<String> = []
      for feature in Self.table where hasYMM || !feature.needsYMM {
        let base = feature.leaf & 0x8000_0000
        guard cpuid(base)[0] >= feature.leaf else { continue }
        if cpuid(feature.leaf)[feature.register] >> feature.bit & 1 != 0 { features.insert(feature.name) }
      }
      return features
    }

    /// A bit of CPUID: 1 to 3 are EBX, ECX and EDX; subleaf 0.
    private struct Feature {
      let name: String
      let leaf: UInt32
      let register: Int
      let bit: UInt32
      var needsYMM = false

      init(_ name: String, _ leaf: UInt32, _ register: Int, _ bit: UInt32, needsYMM: Bool = false) {
        self.name = name
        self.leaf = leaf
        self.register = register
        self.bit = bit
        self.needsYMM = needsYMM
      }
    }

    private static let table: [Feature] =
      [
        ("cx8", 8), ("sep", 11), ("cmov", 15), ("clfsh", 19), ("mmx", 23), ("fxsr", 24), ("sse", 25), ("sse2", 26),
      ].map { Feature($0.0, 1, 3, $0.1) }
      + [
        ("sse3", 0), ("pclmulqdq", 1), ("ssse3", 9), ("cmpxchg16b", 13), ("sse4.1", 19), ("sse4.2", 20), ("movbe", 22),
        ("popcnt", 23), ("aes", 25), ("osxsave", 27), ("rdrand", 30),
      ].map { Feature($0.0, 1, 2, $0.1) }
      + [("fma", 12), ("avx", 28), ("f16c", 29)].map { Feature($0.0, 1, 2, $0.1, needsYMM: true) }
      + [
        ("fsgsbase", 0), ("bmi1", 3), ("bmi2", 8), ("erms", 9), ("rtm", 11), ("rdseed", 18), ("adx", 19),
        ("clflushopt", 23), ("clwb", 24), ("sha", 29),
      ].map { Feature($0.0, 7, 1, $0.1) }
      + [Feature("avx2", 7, 1, 5, needsYMM: true)]
      + [("umip", 2), ("ospke", 4), ("gfni", 8), ("rdpid", 22)].map { Feature($0.0, 7, 2, $0.1) }
      + [("vaes", 9), ("vpclmulqdq", 10)].map { Feature($0.0, 7, 2, $0.1, needsYMM: true) }
      + [("fsrm", 4)].map { Feature($0.0, 7, 3, $0.1) }
      + [("lahf64", 0), ("lzcnt", 5), ("sse4a", 6), ("misalignsse", 7), ("prefetchw", 8)].map {
        Feature($0.0, 0x8000_0001, 2, $0.1)
      }
      + [("xop", 11), ("fma4", 16)].map { Feature($0.0, 0x8000_0001, 2, $0.1, needsYMM: true) }
      + [("tbm", 21)].map { Feature($0.0, 0x8000_0001, 2, $0.1) }
      + [("syscall", 11), ("mmxext", 22), ("rdtscp", 27), ("3dnowext", 30), ("3dnow", 31)].map {
        Feature($0.0, 0x8000_0001, 3, $0.1)
      }
      + [Feature("clzero", 0x8000_0008, 1, 0)]

    private static func cpuid(_ leaf: UInt32) -> InlineArray<4, UInt32> {
      let registers = emu_native_cpuid(leaf, 0)
      return [registers.eax, registers.ebx, registers.ecx, registers.edx]
    }

    private static func text(_ words: [UInt32]) -> String {
      let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
#endif
