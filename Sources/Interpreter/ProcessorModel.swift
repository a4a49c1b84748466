public import X86
public import X86Decoder

/// A processor as software sees it: who made it, what CPUID says, which features and MSRs exist, how it behaves.
public struct ProcessorModel: Sendable, Equatable {
  /// Who made it.
  public enum Vendor: String, Sendable {
    /// AuthenticAMD.
    case amd = "AuthenticAMD"
    /// GenuineIntel.
    case intel = "GenuineIntel"
  }

  /// The name on the command line and in files: vendor, generation if it matters, level.
  public let name: String
  /// Who made it.
  public let vendor: Vendor
  /// Which processors it stands for.
  public let remark: String
  /// Family, model and stepping as in EAX of CPUID leaf 1.
  let signature: UInt32
  /// IA32_BIOS_SIGN_ID.
  let microcodeRevision: UInt64
  /// The processors that the rows of MSRs and of CPUID's features know it as.
  public let family: ProcessorFamily
  /// `family` as `MSRFacts` has it.
  let familyBit: UInt8
  /// How much of the architecture it has.
  public let level: ProcessorLevel
  /// What CPUID announces; its decoder knows the instructions of these features alone.
  public let features: CPUIDFeatures
  /// What CPUID announces by single bits.
  let announced: [CPUIDWord]
  /// CR4 bits that may be set.
  let cr4Mask: UInt64
  /// XCR0 bits that may be set.
  let xcr0Mask: UInt64
  /// What it does where processors differ.
  public var behaviors: ProcessorBehaviors
  /// How many processors the board has.
  public var processorCount = 1
  /// MAXPHYADDR.
  public var physicalAddressBits: UInt64 = 40
  /// Bits of linear addresses that it can translate: 57 with LA57.
  public var linearAddressBits: UInt64 { features.contains(.la57) ? 57 : 48 }

  /// MXCSR bits that exist, as FXSAVE stores them.
  var mxcsrMask: UInt32 { 0xFFFF }

  private init(
    name: String, vendor: Vendor, remark: String, signature: UInt32, microcodeRevision: UInt64, family: ProcessorFamily,
    level: ProcessorLevel = .v1
  ) {
    self.name = name
    self.vendor = vendor
    self.remark = remark
    self.signature = signature
    self.microcodeRevision = microcodeRevision
    self.family = family
    familyBit = family.bit
    self.level = level
    announced = CPUIDRow.words(of: family, level)
    let features = CPUIDRow.features(of: family, level)
    self.features = CPUIDFeatures(features)
    cr4Mask = SystemRegister.cr4.mask(of: features)
    xcr0Mask = SystemRegister.xcr0.mask(of: features)
    behaviors = ProcessorBehaviors(of: family)
  }

  /// x86-64-v1 as AMD's family 19h has it; the default.
  public static let amdV1 = ProcessorModel(
    name: "amd-v1", vendor: .amd, remark: "family 19h (Zen 3, Zen 4) and later; the default", signature: 0x00A2_0F10,
    microcodeRevision: 0x0A20_1016, family: .zen4)
  /// x86-64-v1 as AMD's family 17h, models 30h and later (Zen 2), has it.
  public static let zen2V1 = ProcessorModel(
    name: "amd-zen2-v1", vendor: .amd, remark: "family 17h (Zen, Zen 2): no INVPCID", signature: 0x0083_0F10,
    microcodeRevision: 0x0830_1055, family: .zen2)
  /// x86-64-v1 as Intel's processors have it.
  public static let intelV1 = ProcessorModel(
    name: "intel-v1", vendor: .intel, remark: "Ice Lake and its relatives", signature: 0x0006_06A6,
    microcodeRevision: 0x0D00_0363 << 32, family: .intel)

  /// Zen 4 with all that emu has of it.
  public static let zen4 = ProcessorModel(
    name: "zen4", vendor: .amd, remark: "Zen 4: all that it has of what emu implements", signature: 0x00A1_0F11,
    microcodeRevision: 0x0A10_1144, family: .zen4, level: .complete)
  /// Zen 2 with all that emu has of it.
  public static let zen2 = ProcessorModel(
    name: "zen2", vendor: .amd, remark: "Zen 2: all that it has of what emu implements", signature: zen2V1.signature,
    microcodeRevision: zen2V1.microcodeRevision, family: .zen2, level: .complete)
  /// Ice Lake with all that emu has of it.
  public static let iceLake = ProcessorModel(
    name: "icelake", vendor: .intel, remark: "Ice Lake: all that it has of what emu implements",
    signature: intelV1.signature, microcodeRevision: intelV1.microcodeRevision, family: .intel, level: .complete)

  /// The same processor with all that another level has.
  private func at(_ level: ProcessorLevel) -> ProcessorModel {
    ProcessorModel(
      name: "\(name.dropLast(2))v\(level.rawValue)", vendor: vendor, remark: "the same with x86-64-v\(level.rawValue)",
      signature: signature, microcodeRevision: microcodeRevision, family: family, level: level)
  }

  /// x86-64-v3 as AMD's family 19h has it.
  public static let amdV3 = amdV1.at(.v3)

  /// Every model, the default first.
  public static let all: [ProcessorModel] =
    [amdV1, zen2V1, intelV1].flatMap { [$0, $0.at(.v2), $0.at(.v3)] } + [zen4, zen2, iceLake]

  /// Whether another model has all features of this one.
  public func isPart(of other: ProcessorModel) -> Bool { features.isSubset(of: other.features) }

  /// The model with a name; nil if there is none.
  public init?(named name: String) {
    guard let model = Self.all.first(where: { $0.name == name }) else { return nil }
    self = model
  }

  /// The model that does what a processor does; nil for a vendor that no model is of.
  ///
  /// - Parameter processorName: vendor string, a space, then family-model-stepping in decimal; more may follow.
  public init?(of processorName: String) {
    let words = processorName.split(separator: " ", omittingEmptySubsequences: false)
    guard let vendor = words.first.flatMap({ Vendor(rawValue: String($0)) }) else { return nil }
    switch vendor {
    case .intel: self = .intelV1
    case .amd:
      let family = words.dropFirst().first?.split(separator: "-").first.flatMap { Int($0) } ?? 25
      self = family < 25 ? .zen2V1 : .amdV1
    }
  }

  /// The model of a processor's vendor and family with the highest level whose features the processor has; nil for a
  /// vendor that no model is of.
  ///
  /// - Parameters:
  ///   - processorName: as for `init(of:)`.
  ///   - features: names of CPUID features in lower case.
  public init?(of processorName: String, with features: Set<String>) {
    guard let lowest = ProcessorModel(of: processorName) else { return nil }
    let levels = Self.all.filter { model in
      model.family == lowest.family
        && model.features.features.allSatisfy { feature in
          lowest.features.contains(feature) || features.contains(feature.rawValue.lowercased())
        }
    }
    self = levels.last ?? lowest
  }

  /// Whether it has an MSR, or one register of a range of them.
  public func has(_ row: MSRRow) -> Bool {
    row.families.contains(family) && (row.feature.map { features.contains($0) } ?? true)
  }

  /// A decoder of its code.
  public var decoder: Decoder { Decoder(behaviors, features) }

  /// The same model on a board with so many processors.
  public func on(processorCount: Int) -> ProcessorModel {
    var model = self
    model.processorCount = processorCount
    return model
  }
}
