/// The names of VEX encodings.
///
/// - SDM: Vol. 2D "Opcode Map", "VEX" rows.
enum VectorMap {
  /// The instruction of a map; the next byte of the cursor is the opcode.
  static func name(map: Int, pp: Int, isLong: Bool, isWide: Bool, _ cursor: inout ByteCursor) -> NewerInstruction? {
    let unknown = NewerInstruction(nil, .avx)
    guard let opcode = cursor.next() else { return unknown }
    let modRM = cursor.peek ?? 0
    switch map {
    case 1: return first(opcode, pp, isLong, modRM) ?? unknown
    case 2: return second(opcode, pp, isLong, isWide, modRM) ?? unknown
    case 3: return third(opcode, pp, isLong) ?? unknown
    default: return unknown
    }
  }

  /// What comes of a legacy name: whole registers of integers are of AVX2.
  private static func widened(_ name: String, _ isLong: Bool) -> NewerInstruction {
    let isInteger = name.hasPrefix("P") || name == "MPSADBW" || name == "MOVNTDQA"
    let isOfAVX = ["PTEST", "PMOVMSKB"].contains(name)
    return NewerInstruction("V\(name)", isLong && isInteger && !isOfAVX ? .avx2 : .avx)
  }

  /// The name of the SSE instruction with the same opcode is in the opcode table.
  private static func first(_ opcode: UInt8, _ pp: Int, _ isLong: Bool, _ modRM: UInt8) -> NewerInstruction? {
    if opcode == 0x77 { return NewerInstruction(isLong ? "VZEROALL" : "VZEROUPPER", .avx) }
    let selectors: [[UInt8]] = [[], [0x66], [0xF3], [0xF2]]
    let bytes = selectors[pp] + [0x0F, opcode, modRM, 0, 0, 0, 0, 0, 0]
    guard let name = legacyMnemonic(bytes) else {
      let newer = NewerInstruction.name0F(opcode, modRM, selectors[pp].first ?? 0)
      return newer?.mnemonic.map { NewerInstruction("V\($0)", .avx) }
    }
    return widened(name, isLong)
  }

  private static func legacyMnemonic(_ bytes: [UInt8]) -> String? {
    var instruction = Instruction()
    let failure = unsafe bytes.withUnsafeBufferPointer { area -> DecodeFailure? in
      guard let start = area.baseAddress else { return .truncated }
      return unsafe Decoder().decode(start, count: bytes.count, mode: .code64, into: &instruction)
    }
    guard failure == nil, OpcodeForm.all.indices.contains(Int(instruction.form)) else { return nil }
    let form = OpcodeForm.all[Int(instruction.form)]
    return form.feature.hasPrefix("SSE") ? form.mnemonic : nil
  }

  // MARK: Map 2

  private static let secondNames: [UInt8: (String, NewerFeature)] = [
    0x0C: ("VPERMILPS", .avx), 0x0D: ("VPERMILPD", .avx), 0x0E: ("VTESTPS", .avx), 0x0F: ("VTESTPD", .avx),
    0x13: ("VCVTPH2PS", .f16c), 0x16: ("VPERMPS", .avx2), 0x1A: ("VBROADCASTF128", .avx), 0x2C: ("VMASKMOVPS", .avx),
    0x2D: ("VMASKMOVPD", .avx), 0x2E: ("VMASKMOVPS", .avx), 0x2F: ("VMASKMOVPD", .avx), 0x36: ("VPERMD", .avx2),
    0x46: ("VPSRAVD", .avx2), 0x58: ("VPBROADCASTD", .avx2), 0x59: ("VPBROADCASTQ", .avx2),
    0x5A: ("VBROADCASTI128", .avx2), 0x78: ("VPBROADCASTB", .avx2), 0x79: ("VPBROADCASTW", .avx2),
  ]

  private static func second(
    _ opcode: UInt8, _ pp: Int, _ isLong: Bool, _ isWide: Bool, _ modRM: UInt8
  ) -> NewerInstruction? {
    func pair(_ narrow: String, _ wide: String, _ feature: NewerFeature) -> NewerInstruction {
      NewerInstruction(isWide ? wide : narrow, feature)
    }
    switch opcode {
    case 0x18, 0x19:
      return NewerInstruction(opcode == 0x18 ? "VBROADCASTSS" : "VBROADCASTSD", modRM >= 0xC0 ? .avx2 : .avx)
    case 0x45: return pair("VPSRLVD", "VPSRLVQ", .avx2)
    case 0x47: return pair("VPSLLVD", "VPSLLVQ", .avx2)
    case 0x8C, 0x8E: return pair("VPMASKMOVD", "VPMASKMOVQ", .avx2)
    case 0x90: return pair("VPGATHERDD", "VPGATHERDQ", .avx2)
    case 0x91: return pair("VPGATHERQD", "VPGATHERQQ", .avx2)
    case 0x92: return pair("VGATHERDPS", "VGATHERDPD", .avx2)
    case 0x93: return pair("VGATHERQPS", "VGATHERQPD", .avx2)
    case 0x96...0x9F, 0xA6...0xAF, 0xB6...0xBF: return NewerInstruction(fused(opcode, isWide), .fma)
    case 0xF2...0xF7: return bits(opcode, pp, modRM)
    default: break
    }
    if let known = secondNames[opcode] { return NewerInstruction(known.0, known.1) }
    return NewerInstruction.name38(opcode, pp == 1 ? 0x66 : 0)?.mnemonic.map { widened($0, isLong) }
  }

  /// Such as VFMADD213PS: operation by the low digit, order by the high one.
  private static func fused(_ opcode: UInt8, _ isWide: Bool) -> String {
    let low = Int(opcode & 15)
    let operations = ["ADDSUB", "SUBADD", "ADD", "ADD", "SUB", "SUB", "NADD", "NADD", "NSUB", "NSUB"]
    let operation = operations[low - 6]
    let order = opcode < 0xA0 ? "132" : opcode < 0xB0 ? "213" : "231"
    let kind = (low >= 8 && low & 1 != 0 ? "S" : "P") + (isWide ? "D" : "S")
    let name = operation.hasPrefix("N") ? "VFNM\(operation.dropFirst())" : "VFM\(operation)"
    return name + order + kind
  }

  private static func bits(_ opcode: UInt8, _ pp: Int, _ modRM: UInt8) -> NewerInstruction? {
    switch (opcode, pp) {
    case (0xF2, _): return NewerInstruction("ANDN", .bmi1)
    case (0xF3, _):
      let names = [1: "BLSR", 2: "BLSMSK", 3: "BLSI"]
      return names[Int(modRM >> 3) & 7].map { NewerInstruction($0, .bmi1) }
    case (0xF5, _): return NewerInstruction(["BZHI", "BZHI", "PEXT", "PDEP"][pp], .bmi2)
    case (0xF6, _): return NewerInstruction("MULX", .bmi2)
    case (0xF7, 0): return NewerInstruction("BEXTR", .bmi1)
    case (0xF7, _): return NewerInstruction(["BEXTR", "SHLX", "SARX", "SHRX"][pp], .bmi2)
    default: return nil
    }
  }

  // MARK: Map 3

  private static let thirdNames: [UInt8: (String, NewerFeature)] = [
    0x00: ("VPERMQ", .avx2), 0x01: ("VPERMPD", .avx2), 0x02: ("VPBLENDD", .avx2), 0x04: ("VPERMILPS", .avx),
    0x05: ("VPERMILPD", .avx), 0x06: ("VPERM2F128", .avx), 0x18: ("VINSERTF128", .avx), 0x19: ("VEXTRACTF128", .avx),
    0x1D: ("VCVTPS2PH", .f16c), 0x38: ("VINSERTI128", .avx2), 0x39: ("VEXTRACTI128", .avx2),
    0x46: ("VPERM2I128", .avx2), 0x4A: ("VBLENDVPS", .avx), 0x4B: ("VBLENDVPD", .avx), 0xF0: ("RORX", .bmi2),
  ]

  private static func third(_ opcode: UInt8, _ pp: Int, _ isLong: Bool) -> NewerInstruction? {
    if opcode == 0x4C { return widened("PBLENDVB", isLong) }
    if let known = thirdNames[opcode] { return NewerInstruction(known.0, known.1) }
    return NewerInstruction.name3A(opcode)?.mnemonic.map { widened($0, isLong) }
  }
}
