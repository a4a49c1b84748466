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
    case 0xC5 where isVector:
      let pp = (cursor.next() ?? 0)
      found = VectorMap.name(map: 1, pp: Int(pp & 3), isLong: pp & 4 != 0, isWide: false, &cursor)
    case 0xC4 where isVector:
      let map = (cursor.next() ?? 0) & 0x1F
      let last = cursor.next() ?? 0
      found = VectorMap.name(
        map: Int(map), pp: Int(last & 3), isLong: last & 4 != 0, isWide: last & 0x80 != 0, &cursor)
    case 0x62 where isVector: found = Self(nil, .avx512)
    case 0x8F where second & 0x1F >= 8: found = Self(nil, .xop)
    case 0xDB, 0xDD, 0xDF: found = second < 0xC0 && (second >> 3) & 7 == 1 ? Self("FISTTP", .sse3) : nil
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

  private static func legacy(_ cursor: inout ByteCursor) -> Self? {
    guard let opcode = cursor.next() else { return nil }
    switch opcode {
    case 0x38: return cursor.next().flatMap { name38($0, cursor.selector) }
    case 0x3A: return cursor.next().flatMap(name3A)
    case 0x0E: return Self("FEMMS", .threeDNow)
    case 0x0F: return Self(nil, .threeDNow)
    default: return name0F(opcode, cursor.peek ?? 0, cursor.selector)
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
  private static let names38: [UInt8: (String, NewerFeature)] = {
    var names: [UInt8: (String, NewerFeature)] = [:]
    func put(_ start: UInt8, _ list: String, _ feature: NewerFeature) {
      for (index, name) in list.split(separator: " ").enumerated() where name != "-" {
        names[start + UInt8(index)] = (String(name), feature)
      }
    }
    put(0x00, "PSHUFB PHADDW PHADDD PHADDSW PMADDUBSW PHSUBW PHSUBD PHSUBSW PSIGNB PSIGNW PSIGND PMULHRSW", .ssse3)
    put(0x10, "PBLENDVB - - - BLENDVPS BLENDVPD - PTEST", .sse41)
    put(0x1C, "PABSB PABSW PABSD", .ssse3)
    put(0x20, "PMOVSXBW PMOVSXBD PMOVSXBQ PMOVSXWD PMOVSXWQ PMOVSXDQ", .sse41)
    put(0x28, "PMULDQ PCMPEQQ MOVNTDQA PACKUSDW", .sse41)
    put(0x30, "PMOVZXBW PMOVZXBD PMOVZXBQ PMOVZXWD PMOVZXWQ PMOVZXDQ", .sse41)
    put(0x37, "PCMPGTQ", .sse42)
    put(0x38, "PMINSB PMINSD PMINUW PMINUD PMAXSB PMAXSD PMAXUW PMAXUD PMULLD PHMINPOSUW", .sse41)
    put(0xC8, "SHA1NEXTE SHA1MSG1 SHA1MSG2 SHA256RNDS2 SHA256MSG1 SHA256MSG2", .sha)
    put(0xCF, "GF2P8MULB", .gfni)
    put(0xDB, "AESIMC AESENC AESENCLAST AESDEC AESDECLAST", .aes)
    return names
  }()

  static func name38(_ opcode: UInt8, _ selector: UInt8) -> Self? {
    switch (opcode, selector) {
    case (0xF0, 0xF2), (0xF1, 0xF2): return Self("CRC32", .sse42)
    case (0xF0, _), (0xF1, _): return Self("MOVBE", .movbe)
    case (0xF5, 0x66): return Self("WRUSS", .cet)
    case (0xF6, 0x66): return Self("ADCX", .adx)
    case (0xF6, 0xF3): return Self("ADOX", .adx)
    case (0xF6, _): return Self("WRSS", .cet)
    default: return names38[opcode].map { Self($0.0, $0.1) }
    }
  }

  private static let names3A: [UInt8: (String, NewerFeature)] = [
    0x08: ("ROUNDPS", .sse41), 0x09: ("ROUNDPD", .sse41), 0x0A: ("ROUNDSS", .sse41), 0x0B: ("ROUNDSD", .sse41),
    0x0C: ("BLENDPS", .sse41), 0x0D: ("BLENDPD", .sse41), 0x0E: ("PBLENDW", .sse41), 0x0F: ("PALIGNR", .ssse3),
    0x14: ("PEXTRB", .sse41), 0x15: ("PEXTRW", .sse41), 0x16: ("PEXTRD", .sse41), 0x17: ("EXTRACTPS", .sse41),
    0x20: ("PINSRB", .sse41), 0x21: ("INSERTPS", .sse41), 0x22: ("PINSRD", .sse41), 0x40: ("DPPS", .sse41),
    0x41: ("DPPD", .sse41), 0x42: ("MPSADBW", .sse41), 0x44: ("PCLMULQDQ", .pclmulqdq), 0x60: ("PCMPESTRM", .sse42),
    0x61: ("PCMPESTRI", .sse42), 0x62: ("PCMPISTRM", .sse42), 0x63: ("PCMPISTRI", .sse42), 0xCC: ("SHA1RNDS4", .sha),
    0xCE: ("GF2P8AFFINEQB", .gfni), 0xCF: ("GF2P8AFFINEINVQB", .gfni), 0xDF: ("AESKEYGENASSIST", .aes),
  ]

  static func name3A(_ opcode: UInt8) -> Self? { names3A[opcode].map { Self($0.0, $0.1) } }

  static func name0F(_ opcode: UInt8, _ modRM: UInt8, _ selector: UInt8) -> Self? {
    let isRegister = modRM >= 0xC0
    switch (opcode, selector) {
    case (0x12, 0xF2): return Self("MOVDDUP", .sse3)
    case (0x12, 0xF3): return Self("MOVSLDUP", .sse3)
    case (0x16, 0xF3): return Self("MOVSHDUP", .sse3)
    case (0x7C, 0x66), (0x7C, 0xF2): return Self(selector == 0x66 ? "HADDPD" : "HADDPS", .sse3)
    case (0x7D, 0x66), (0x7D, 0xF2): return Self(selector == 0x66 ? "HSUBPD" : "HSUBPS", .sse3)
    case (0xD0, 0x66), (0xD0, 0xF2): return Self(selector == 0x66 ? "ADDSUBPD" : "ADDSUBPS", .sse3)
    case (0xF0, 0xF2): return Self("LDDQU", .sse3)
    case (0x78, 0x66), (0x79, 0x66): return Self("EXTRQ", .sse4a)
    case (0x78, 0xF2), (0x79, 0xF2): return Self("INSERTQ", .sse4a)
    case (0x2B, 0xF2), (0x2B, 0xF3): return Self(selector == 0xF2 ? "MOVNTSD" : "MOVNTSS", .sse4a)
    case (0x01, _): return modRM == 0xD0 ? Self("XGETBV", .xsave) : modRM == 0xD1 ? Self("XSETBV", .xsave) : nil
    case (0xAE, _): return nameAE((modRM >> 3) & 7, isRegister, selector)
    case (0xC7, _): return nameC7((modRM >> 3) & 7, isRegister, selector)
    default: return nil
    }
  }

  private static func nameAE(_ digit: UInt8, _ isRegister: Bool, _ selector: UInt8) -> Self? {
    guard !isRegister else { return nil }
    switch (digit, selector) {
    case (4, 0): return Self("XSAVE", .xsave)
    case (5, 0): return Self("XRSTOR", .xsave)
    case (6, 0): return Self("XSAVEOPT", .xsave)
    case (6, 0x66): return Self("CLWB", .clwb)
    case (7, 0x66): return Self("CLFLUSHOPT", .clflushopt)
    default: return nil
    }
  }

  private static func nameC7(_ digit: UInt8, _ isRegister: Bool, _ selector: UInt8) -> Self? {
    switch (digit, isRegister) {
    case (3, false): Self("XRSTORS", .xsaves)
    case (4, false): Self("XSAVEC", .xsavec)
    case (5, false): Self("XSAVES", .xsaves)
    case (6, true): Self("RDRAND", .rdrand)
    case (7, true): selector == 0xF3 ? Self("RDPID", .rdpid) : Self("RDSEED", .rdseed)
    default: nil
    }
  }
}
