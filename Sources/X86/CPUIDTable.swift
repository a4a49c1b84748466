/// One row of the table of CPUID's feature bits.
public struct CPUIDRow: Sendable {
  /// The feature.
  public let feature: CPUIDFeature
  /// EAX before CPUID.
  public let leaf: UInt32
  /// ECX before CPUID; nil where the leaf does not look at it.
  public let subleaf: UInt32?
  /// The register with the bit.
  public let register: CPUIDRegister
  /// The bit.
  public let bit: UInt32
  /// The processors that have it: those whose models announce it.
  public let families: Set<ProcessorFamily>
  /// The lowest level of a model that has it.
  public let level: ProcessorLevel
  /// When they announce it.
  public let condition: CPUIDCondition
  /// It belongs to the board, which offers it whatever processor runs the guest.
  public let isOfBoard: Bool
  /// Programs can use it only if XCR0 has the upper halves of the YMM registers.
  public let needsYMM: Bool

  fileprivate init(
    _ feature: CPUIDFeature, _ leaf: UInt32, _ register: CPUIDRegister, _ bit: UInt32,
    on families: Set<ProcessorFamily> = [], from level: ProcessorLevel = .v1,
    if condition: CPUIDCondition = .always, isOfBoard: Bool = false, needsYMM: Bool = false
  ) {
    self.feature = feature
    self.leaf = leaf
    subleaf = leaf == CPUIDLeaf.structuredFeatures ? 0 : leaf == CPUIDLeaf.stateComponents ? 1 : nil
    self.register = register
    self.bit = bit
    self.families = families
    self.level = level
    self.condition = condition
    self.isOfBoard = isOfBoard
    self.needsYMM = needsYMM
  }

  /// The bit as a mask.
  public var mask: UInt32 { 1 << bit }
}

/// Bits of one register of CPUID that share a condition.
public struct CPUIDWord: Sendable, Hashable {
  /// EAX before CPUID.
  public let leaf: UInt32
  /// ECX before CPUID; nil where the leaf does not look at it.
  public let subleaf: UInt32?
  /// The register.
  public let register: CPUIDRegister
  /// When the bits are 1.
  public let condition: CPUIDCondition
  /// The bits.
  public internal(set) var mask: UInt32
}

extension CPUIDRow {
  /// The row of a feature.
  public static func row(_ feature: CPUIDFeature) -> CPUIDRow {
    guard let row = byFeature[feature] else { preconditionFailure("\(feature) has no row") }
    return row
  }

  private static let byFeature = Dictionary(table.map { ($0.feature, $0) }, uniquingKeysWith: { first, _ in first })

  /// The features of a model of a family and level.
  public static func features(of family: ProcessorFamily, _ level: ProcessorLevel) -> Set<CPUIDFeature> {
    Set(rows(of: family, level).map(\.feature))
  }

  /// What CPUID announces of the features that a model of a family and level has.
  public static func words(of family: ProcessorFamily, _ level: ProcessorLevel) -> [CPUIDWord] {
    words(rows(of: family, level), hasCopy: ProcessorFamily.amd.contains(family))
  }

  private static func rows(of family: ProcessorFamily, _ level: ProcessorLevel) -> [CPUIDRow] {
    table.filter { $0.families.contains(family) && $0.level <= level }
  }

  /// The bits of some rows, by register; AMD's processors repeat bits of leaf 1 in leaf 80000001h.
  public static func words(_ rows: [CPUIDRow], hasCopy: Bool) -> [CPUIDWord] {
    var result: [CPUIDWord] = []
    func add(_ row: CPUIDRow, leaf: UInt32, _ mask: UInt32) {
      let found = result.firstIndex {
        $0.leaf == leaf && $0.subleaf == row.subleaf && $0.register == row.register && $0.condition == row.condition
      }
      if let found {
        result[found].mask |= mask
      } else {
        result.append(
          CPUIDWord(
            leaf: leaf, subleaf: row.subleaf, register: row.register, condition: row.condition, mask: mask))
      }
    }
    for row in rows {
      add(row, leaf: row.leaf, row.mask)
      let isCopied = row.leaf == CPUIDLeaf.features && row.register == .edx && row.mask & copied != 0
      if hasCopy && isCopied { add(row, leaf: CPUIDLeaf.extendedFeatures, row.mask) }
    }
    return result
  }

  /// The bits of EDX of leaf 1 that AMD's leaf 80000001h repeats.
  ///
  /// - APM: Vol. 3 "Fn8000_0001_EDX".
  private static let copied: UInt32 = 0x0183_F3FF

  private static let every = ProcessorFamily.every

  /// Every feature, in the order of the cases.
  public static let table: [CPUIDRow] = basicRows + basicECXRows + structuredRows + extendedRows

  private static let basicRows: [CPUIDRow] = [
    CPUIDRow(.x87, CPUIDLeaf.features, .edx, 0, on: every),
    CPUIDRow(.vme, CPUIDLeaf.features, .edx, 1),
    CPUIDRow(.de, CPUIDLeaf.features, .edx, 2, on: every),
    CPUIDRow(.pse, CPUIDLeaf.features, .edx, 3, on: every),
    CPUIDRow(.tsc, CPUIDLeaf.features, .edx, 4, on: every),
    CPUIDRow(.msr, CPUIDLeaf.features, .edx, 5, on: every),
    CPUIDRow(.pae, CPUIDLeaf.features, .edx, 6, on: every),
    CPUIDRow(.mce, CPUIDLeaf.features, .edx, 7, on: every),
    CPUIDRow(.cx8, CPUIDLeaf.features, .edx, 8, on: every),
    CPUIDRow(.apic, CPUIDLeaf.features, .edx, 9, on: every, if: .apicEnabled, isOfBoard: true),
    CPUIDRow(.sep, CPUIDLeaf.features, .edx, 11, on: every),
    CPUIDRow(.mtrr, CPUIDLeaf.features, .edx, 12, on: every),
    CPUIDRow(.pge, CPUIDLeaf.features, .edx, 13, on: every),
    CPUIDRow(.mca, CPUIDLeaf.features, .edx, 14, on: every),
    CPUIDRow(.cmov, CPUIDLeaf.features, .edx, 15, on: every),
    CPUIDRow(.pat, CPUIDLeaf.features, .edx, 16, on: every),
    CPUIDRow(.pse36, CPUIDLeaf.features, .edx, 17, on: every),
    CPUIDRow(.clfsh, CPUIDLeaf.features, .edx, 19, on: every),
    CPUIDRow(.mmx, CPUIDLeaf.features, .edx, 23, on: every),
    CPUIDRow(.fxsr, CPUIDLeaf.features, .edx, 24, on: every),
    CPUIDRow(.sse, CPUIDLeaf.features, .edx, 25, on: every),
    CPUIDRow(.sse2, CPUIDLeaf.features, .edx, 26, on: every),
    CPUIDRow(.htt, CPUIDLeaf.features, .edx, 28, on: every, if: .severalProcessors, isOfBoard: true),
  ]

  private static let basicECXRows: [CPUIDRow] = [
    CPUIDRow(.sse3, CPUIDLeaf.features, .ecx, 0, on: every, from: .v2),
    CPUIDRow(.pclmulqdq, CPUIDLeaf.features, .ecx, 1, on: every, from: .v3),
    CPUIDRow(.monitor, CPUIDLeaf.features, .ecx, 3),
    CPUIDRow(.vmx, CPUIDLeaf.features, .ecx, 5),
    CPUIDRow(.ssse3, CPUIDLeaf.features, .ecx, 9, on: every, from: .v2),
    CPUIDRow(.fma, CPUIDLeaf.features, .ecx, 12, on: every, from: .v3, needsYMM: true),
    CPUIDRow(.cmpxchg16b, CPUIDLeaf.features, .ecx, 13, on: every),
    CPUIDRow(.pcid, CPUIDLeaf.features, .ecx, 17, on: every),
    CPUIDRow(.sse41, CPUIDLeaf.features, .ecx, 19, on: every, from: .v2),
    CPUIDRow(.sse42, CPUIDLeaf.features, .ecx, 20, on: every, from: .v2),
    CPUIDRow(.x2APIC, CPUIDLeaf.features, .ecx, 21, on: every, isOfBoard: true),
    CPUIDRow(.movbe, CPUIDLeaf.features, .ecx, 22, on: every, from: .v3),
    CPUIDRow(.popcnt, CPUIDLeaf.features, .ecx, 23, on: every),
    CPUIDRow(.tscDeadline, CPUIDLeaf.features, .ecx, 24, on: every, isOfBoard: true),
    CPUIDRow(.aes, CPUIDLeaf.features, .ecx, 25, on: every, from: .v3),
    CPUIDRow(.xsave, CPUIDLeaf.features, .ecx, 26, on: every, from: .v3),
    CPUIDRow(.osXSAVE, CPUIDLeaf.features, .ecx, 27, on: every, from: .v3, if: .osXSAVE),
    CPUIDRow(.avx, CPUIDLeaf.features, .ecx, 28, on: every, from: .v3, needsYMM: true),
    CPUIDRow(.f16c, CPUIDLeaf.features, .ecx, 29, on: every, from: .v3, needsYMM: true),
    CPUIDRow(.rdrand, CPUIDLeaf.features, .ecx, 30, on: every, from: .v3),
    CPUIDRow(.hypervisor, CPUIDLeaf.features, .ecx, 31, on: every, isOfBoard: true),
  ]

  private static let structuredRows: [CPUIDRow] = [
    CPUIDRow(.fsgsbase, CPUIDLeaf.structuredFeatures, .ebx, 0, on: every),
    CPUIDRow(.tscAdjust, CPUIDLeaf.structuredFeatures, .ebx, 1, on: every),
    CPUIDRow(.bmi1, CPUIDLeaf.structuredFeatures, .ebx, 3, on: every, from: .v3),
    CPUIDRow(.avx2, CPUIDLeaf.structuredFeatures, .ebx, 5, on: every, from: .v3, needsYMM: true),
    CPUIDRow(.x87OperandOfExceptions, CPUIDLeaf.structuredFeatures, .ebx, 6, on: [.intel]),
    CPUIDRow(.smep, CPUIDLeaf.structuredFeatures, .ebx, 7, on: every),
    CPUIDRow(.bmi2, CPUIDLeaf.structuredFeatures, .ebx, 8, on: every, from: .v3),
    CPUIDRow(.erms, CPUIDLeaf.structuredFeatures, .ebx, 9, on: every),
    CPUIDRow(.invpcid, CPUIDLeaf.structuredFeatures, .ebx, 10, on: [.zen4, .intel]),
    CPUIDRow(.rtm, CPUIDLeaf.structuredFeatures, .ebx, 11),
    CPUIDRow(.noX87Selectors, CPUIDLeaf.structuredFeatures, .ebx, 13, on: [.intel]),
    CPUIDRow(.rdseed, CPUIDLeaf.structuredFeatures, .ebx, 18, on: every, from: .v3),
    CPUIDRow(.adx, CPUIDLeaf.structuredFeatures, .ebx, 19, on: every, from: .v3),
    CPUIDRow(.smap, CPUIDLeaf.structuredFeatures, .ebx, 20, on: every),
    CPUIDRow(.clflushopt, CPUIDLeaf.structuredFeatures, .ebx, 23, on: every, from: .v3),
    CPUIDRow(.clwb, CPUIDLeaf.structuredFeatures, .ebx, 24, on: every, from: .v3),
    CPUIDRow(.sha, CPUIDLeaf.structuredFeatures, .ebx, 29, on: every, from: .v3),
    CPUIDRow(.umip, CPUIDLeaf.structuredFeatures, .ecx, 2, on: every),
    CPUIDRow(.pku, CPUIDLeaf.structuredFeatures, .ecx, 3, on: [.zen4, .intel], from: .complete),
    CPUIDRow(.ospke, CPUIDLeaf.structuredFeatures, .ecx, 4, on: [.zen4, .intel], from: .complete, if: .protectionKeys),
    CPUIDRow(.gfni, CPUIDLeaf.structuredFeatures, .ecx, 8, on: [.zen4, .intel], from: .complete),
    CPUIDRow(.vaes, CPUIDLeaf.structuredFeatures, .ecx, 9, on: [.zen4, .intel], from: .v3, needsYMM: true),
    CPUIDRow(.vpclmulqdq, CPUIDLeaf.structuredFeatures, .ecx, 10, on: [.zen4, .intel], from: .v3, needsYMM: true),
    CPUIDRow(.la57, CPUIDLeaf.structuredFeatures, .ecx, 16, on: [.zen4, .intel], from: .complete),
    CPUIDRow(.rdpid, CPUIDLeaf.structuredFeatures, .ecx, 22, on: every, from: .v3),
    CPUIDRow(.fsrm, CPUIDLeaf.structuredFeatures, .edx, 4),
  ]

  private static let extendedRows: [CPUIDRow] = [
    CPUIDRow(.lahf64, CPUIDLeaf.extendedFeatures, .ecx, 0, on: every),
    CPUIDRow(
      .cmpLegacy, CPUIDLeaf.extendedFeatures, .ecx, 1, on: ProcessorFamily.amd, if: .severalProcessors,
      isOfBoard: true),
    CPUIDRow(.svm, CPUIDLeaf.extendedFeatures, .ecx, 2),
    CPUIDRow(.lzcnt, CPUIDLeaf.extendedFeatures, .ecx, 5, on: every, from: .v3),
    CPUIDRow(.sse4a, CPUIDLeaf.extendedFeatures, .ecx, 6),
    CPUIDRow(.misalignSSE, CPUIDLeaf.extendedFeatures, .ecx, 7),
    CPUIDRow(.prefetchw, CPUIDLeaf.extendedFeatures, .ecx, 8, on: every, from: .v3),
    CPUIDRow(.xop, CPUIDLeaf.extendedFeatures, .ecx, 11, needsYMM: true),
    CPUIDRow(.fma4, CPUIDLeaf.extendedFeatures, .ecx, 16, needsYMM: true),
    CPUIDRow(.tbm, CPUIDLeaf.extendedFeatures, .ecx, 21),
    CPUIDRow(.topologyExtensions, CPUIDLeaf.extendedFeatures, .ecx, 22, on: ProcessorFamily.amd),
    CPUIDRow(.syscall, CPUIDLeaf.extendedFeatures, .edx, 11, on: every),
    CPUIDRow(.nx, CPUIDLeaf.extendedFeatures, .edx, 20, on: every),
    CPUIDRow(.mmxExtensions, CPUIDLeaf.extendedFeatures, .edx, 22),
    CPUIDRow(.pages1GiB, CPUIDLeaf.extendedFeatures, .edx, 26, on: every),
    CPUIDRow(.rdtscp, CPUIDLeaf.extendedFeatures, .edx, 27, on: every),
    CPUIDRow(.lm, CPUIDLeaf.extendedFeatures, .edx, 29, on: every),
    CPUIDRow(.extended3DNow, CPUIDLeaf.extendedFeatures, .edx, 30),
    CPUIDRow(.threeDNow, CPUIDLeaf.extendedFeatures, .edx, 31),
    CPUIDRow(.xsaveopt, CPUIDLeaf.stateComponents, .eax, 0, on: every, from: .v3),
    CPUIDRow(.xsavec, CPUIDLeaf.stateComponents, .eax, 1, on: every, from: .v3),
    CPUIDRow(.xgetbv1, CPUIDLeaf.stateComponents, .eax, 2, on: every, from: .v3),
    CPUIDRow(.xsaves, CPUIDLeaf.stateComponents, .eax, 3, on: every, from: .complete),
    CPUIDRow(.invariantTSC, CPUIDLeaf.powerManagement, .edx, 8, on: every, isOfBoard: true),
    CPUIDRow(.clzero, CPUIDLeaf.addressSizes, .ebx, 0),
    CPUIDRow(.x87ErrorPointers, CPUIDLeaf.addressSizes, .ebx, 2, on: ProcessorFamily.amd),
  ]
}
