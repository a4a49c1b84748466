public import X86

/// A CPUID feature that instructions of newer processors belong to.
public enum NewerFeature: String, CaseIterable, Sendable {
  case sse3 = "SSE3"
  case ssse3 = "SSSE3"
  case sse41 = "SSE4.1"
  case sse42 = "SSE4.2"
  case sse4a = "SSE4A"
  case aes = "AES"
  case pclmulqdq = "PCLMULQDQ"
  case sha = "SHA"
  case gfni = "GFNI"
  case movbe = "MOVBE"
  case adx = "ADX"
  case rdrand = "RDRAND"
  case rdseed = "RDSEED"
  case rdpid = "RDPID"
  case xsave = "XSAVE"
  case xsavec = "XSAVEC"
  case xsaves = "XSAVES"
  case clflushopt = "CLFLUSHOPT"
  case clwb = "CLWB"
  case cet = "CET_SS"
  case threeDNow = "3DNOW"
  case avx = "AVX"
  case avx2 = "AVX2"
  case f16c = "F16C"
  case fma = "FMA"
  case bmi1 = "BMI1"
  case bmi2 = "BMI2"
  case avx512 = "AVX-512"
  case xop = "XOP"
  case lzcnt = "LZCNT"
  case invpcid = "INVPCID"
  case xsaveopt = "XSAVEOPT"
  case vaes = "VAES"
  case vpclmulqdq = "VPCLMULQDQ"
  case rdtscp = "RDTSCP"
  case popcnt = "POPCNT"
  case fsgsbase = "FSGSBASE"
  case pku = "PKU"
  case movdiri = "MOVDIRI"
  case movdir64b = "MOVDIR64B"
  case enqcmd = "ENQCMD"
  case ptwrite = "PTWRITE"
  case waitpkg = "WAITPKG"
  case uintr = "UINTR"
  case rtm = "RTM"
  case avxVNNI = "AVX_VNNI"
  case amx = "AMX_TILE"
}

/// An instruction of a newer processor than the opcode table describes, by its bytes: for messages only, so a name is
/// that of the encoding and not of each operand.
///
/// - SDM: Vol. 2D "Opcode Map".
public struct NewerInstruction: Hashable, Sendable {
  /// The mnemonic; nil where the encoding alone is known.
  public var mnemonic: String?
  /// The feature that CPUID would announce.
  public var feature: NewerFeature

  /// `the bytes are VADDPS (AVX): the model lacks AVX`.
  public var sentence: String {
    let name = mnemonic.map { "\($0) (\(feature.rawValue))" } ?? "an instruction of \(feature.rawValue)"
    return "the bytes are \(name): the model lacks \(feature.rawValue)"
  }

  init(_ mnemonic: String?, _ feature: NewerFeature) {
    self.mnemonic = mnemonic
    self.feature = feature
  }

  /// What the bytes are; nil if they are nothing newer.
  ///
  /// - Parameter features: what the processor has that does not know them.
  public init?(_ bytes: [UInt8], mode: DecodeMode, features: CPUIDFeatures) {
    if let row = Self.row(bytes, mode), let feature = row.cpuidFeature, !features.contains(feature),
      let newer = NewerFeature(rawValue: row.feature)
    {
      self.init(row.mnemonic, newer)
      return
    }
    var cursor = ByteCursor(bytes: bytes)
    cursor.skipPrefixes(mode)
    guard let first = cursor.next() else { return nil }
    let second = cursor.peek ?? 0
    let isVector = mode == .code64 || second >= 0xC0
    let found: NewerInstruction?
    switch first {
    case 0x0F: found = Self.legacy(&cursor)
    case 0xC4 where isVector, 0xC5 where isVector:
      found = features.contains(.avx) ? Self.maskOperation(first, &cursor) : Self(nil, .avx)
    case 0x62 where isVector: found = Self(nil, .avx512)
    case 0x8F where second & 0x1F >= 8: found = Self(nil, .xop)
    case 0xC6 where second == 0xF8: found = Self("XABORT", .rtm)
    case 0xC7 where second == 0xF8: found = Self("XBEGIN", .rtm)
    default: found = nil
    }
    guard let found else { return nil }
    self = found
  }

  /// What the bytes are that raised #UD for lack of a feature, as a sentence; nil if they are nothing known.
  ///
  /// - Parameter isInTable: the model decodes them, but CPUID does not report their feature.
  public static func sentence(
    _ bytes: [UInt8], mode: DecodeMode, features: CPUIDFeatures, isInTable: Bool
  ) -> String? {
    if let newer = Self(bytes, mode: mode, features: features) { return newer.sentence }
    guard isInTable, let row = row(bytes, mode), row.feature != "base" else { return nil }
    return "the bytes are \(row.mnemonic) (\(row.feature)): the model lacks \(row.feature)"
  }

  /// The row of the opcode table that the bytes are of, whatever feature it needs.
  private static func row(_ bytes: [UInt8], _ mode: DecodeMode) -> OpcodeForm? {
    var instruction = Instruction()
    let failure = unsafe bytes.withUnsafeBufferPointer { buffer -> DecodeFailure? in
      guard let start = buffer.baseAddress else { return .truncated }
      return unsafe Decoder().decode(start, count: buffer.count, mode: mode, into: &instruction)
    }
    let form = Int(instruction.form)
    return failure == nil && OpcodeForm.all.indices.contains(form) ? OpcodeForm.all[form] : nil
  }

  /// Operations on the mask registers of AVX-512, products of AVX-VNNI and tiles, which have a VEX prefix.
  private static func maskOperation(_ prefix: UInt8, _ cursor: inout ByteCursor) -> Self? {
    guard let payload = cursor.next() else { return nil }
    let map = prefix == 0xC5 ? 1 : payload & 0x1F
    if prefix == 0xC4 { _ = cursor.next() }
    guard let opcode = cursor.next() else { return nil }
    if map == 2 {
      if (0x50...0x53).contains(opcode) { return Self("VPDP", .avxVNNI) }
      return [0x49, 0x4B, 0x5C, 0x5E].contains(opcode) ? Self(nil, .amx) : nil
    }
    let names: [UInt8: String] =
      map == 1
      ? [
        0x41: "KAND", 0x42: "KANDN", 0x44: "KNOT", 0x45: "KOR", 0x46: "KXNOR", 0x47: "KXOR", 0x4A: "KADD",
        0x4B: "KUNPCK", 0x90: "KMOV", 0x91: "KMOV", 0x92: "KMOV", 0x93: "KMOV", 0x98: "KORTEST", 0x99: "KTEST",
      ] : map == 3 ? [0x30: "KSHIFTR", 0x31: "KSHIFTR", 0x32: "KSHIFTL", 0x33: "KSHIFTL"] : [:]
    return names[opcode].map { Self($0, .avx512) }
  }

  private static func legacy(_ cursor: inout ByteCursor) -> Self? {
    guard let opcode = cursor.next() else { return nil }
    switch opcode {
    case 0x38: return cursor.next().flatMap { name38($0, cursor.selector) }
    case 0x0E: return Self("FEMMS", .threeDNow)
    case 0x0F: return Self(nil, .threeDNow)
    case 0xAE, 0xC7: return cursor.peek.flatMap { nameOfGroup(opcode, cursor.selector, $0) }
    default: return name0F(opcode, cursor.selector)
    }
  }
}

/// The bytes of an instruction, one after the other.
struct ByteCursor {
  var bytes: [UInt8]
  private var index = 0
  /// F3 or F2 if one stands before the opcode, else 66; 0 if none does.
  private(set) var selector: UInt8 = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  mutating func next() -> UInt8? {
    guard let byte = peek else { return nil }
    index += 1
    return byte
  }

  mutating func skipPrefixes(_ mode: DecodeMode) {
    while let byte = peek {
      switch byte {
      case 0x66: if selector == 0 { selector = 0x66 }
      case 0xF2, 0xF3: selector = byte
      case 0x67, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65, 0xF0: break
      case 0x40...0x4F where mode == .code64: break
      default: return
      }
      index += 1
    }
  }
}

extension NewerInstruction {
  private static func name38(_ opcode: UInt8, _ selector: UInt8) -> Self? {
    switch (opcode, selector) {
    case (0xF5, 0x66): Self("WRUSS", .cet)
    case (0xF6, 0): Self("WRSS", .cet)
    case (0xF8, 0x66): Self("MOVDIR64B", .movdir64b)
    case (0xF8, 0xF2): Self("ENQCMD", .enqcmd)
    case (0xF8, 0xF3): Self("ENQCMDS", .enqcmd)
    case (0xF9, 0): Self("MOVDIRI", .movdiri)
    default: nil
    }
  }

  private static func nameOfGroup(_ opcode: UInt8, _ selector: UInt8, _ modRM: UInt8) -> Self? {
    switch (opcode, selector, modRM >> 3 & 7, modRM >= 0xC0) {
    case (0xAE, 0xF3, 4, _): Self("PTWRITE", .ptwrite)
    case (0xAE, 0xF3, 5, true): Self("INCSSP", .cet)
    case (0xAE, 0xF3, 6, false): Self("CLRSSBSY", .cet)
    case (0xAE, 0xF3, 6, true): Self("UMONITOR", .waitpkg)
    case (0xAE, 0xF2, 6, true): Self("UMWAIT", .waitpkg)
    case (0xAE, 0x66, 6, true): Self("TPAUSE", .waitpkg)
    case (0xC7, 0xF3, 6, true): Self("SENDUIPI", .uintr)
    default: nil
    }
  }

  private static func name0F(_ opcode: UInt8, _ selector: UInt8) -> Self? {
    switch (opcode, selector) {
    case (0x78, 0x66), (0x79, 0x66): Self("EXTRQ", .sse4a)
    case (0x78, 0xF2), (0x79, 0xF2): Self("INSERTQ", .sse4a)
    case (0x2B, 0xF2), (0x2B, 0xF3): Self(selector == 0xF2 ? "MOVNTSD" : "MOVNTSS", .sse4a)
    default: nil
    }
  }
}
