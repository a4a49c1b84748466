public import X86Decoder

/// A row of the opcode table as something that code can be made from.
public struct EncodingTemplate: Sendable {
  /// Index of the row in `OpcodeForm.all`.
  public let form: Int
  /// The operation.
  public let operation: X86Decoder.Operation
  /// Its mnemonic.
  public let mnemonic: String
  /// CPUID feature, or `base`.
  public let feature: String
  /// Exists in 64-bit code.
  public private(set) var isIn64Bit = true
  /// Exists in 16- and 32-bit code.
  public private(set) var isInLegacy = true
  /// A mandatory 66, F2 or F3; 0 if none.
  var mandatoryPrefix: UInt8 = 0
  /// No prefix of 66, F2, F3 may stand (NP).
  var forbidsPrefixes = false
  var opcode: [UInt8] = []
  /// How many values the low bits of the last opcode byte take: 1, 8 or 16.
  var codes = 1
  var hasModRM = false
  /// ModRM.reg if the opcode fixes it.
  var digit: UInt8?
  /// A whole ModRM byte, if the opcode fixes it.
  var exactModRM: UInt8?
  var allowsMemory = true
  var allowsRegister = true
  var wide: Bool?
  /// The VEX prefix.
  var vex: VEXEncoding?
  /// VEX.vvvv names an operand.
  var usesVVVV = false
  /// Bits of the indices of a gather.
  var indexBits: Int?
  /// The tokens of immediates: ib ibs iw iz iv rel8 relz moffs far enter.
  var immediates: [String] = []
  /// LOCK is legal with a memory destination.
  let isLockable: Bool

  /// An operand may be memory by ModRM.
  public var usesMemory: Bool { hasModRM && allowsMemory && exactModRM == nil }

  /// Reads a row.
  public init(form index: Int) {
    let row = OpcodeForm.all[index]
    form = index
    operation = row.operation
    mnemonic = row.mnemonic
    feature = row.feature
    isLockable = row.isLockable
    isIn64Bit = row.modes != "!64"
    isInLegacy = row.modes != "64"
    for token in row.encoding.split(separator: " ").map(String.init) { read(token) }
    usesVVVV = ["ryv", "xmmv", "ymmv"].contains { row.assembly.contains($0) }
    indexBits = row.assembly.contains("vm32") ? 32 : row.assembly.contains("vm64") ? 64 : nil
    if opcode.count > 1, hasModRM == false, opcode[0] != 0x0F, (0xD8...0xDF).contains(opcode[0]) {
      exactModRM = opcode.removeLast()
    } else if opcode.count == 3, opcode[0] == 0x0F, opcode[1] != 0x38, opcode[1] != 0x3A {
      exactModRM = opcode.removeLast()
    }
    if exactModRM != nil { hasModRM = true }
  }

  private mutating func read(_ token: String) {
    if token.count == 2, let byte = UInt8(token, radix: 16) {
      if vex == nil, opcode.isEmpty, [0x66, 0xF2, 0xF3].contains(byte) {
        mandatoryPrefix = byte
      } else {
        opcode.append(byte)
      }
      return
    }
    if let vex = VEXEncoding(token) {
      self.vex = vex
      wide = vex.isWide
      return
    }
    switch token {
    case "NP": forbidsPrefixes = true
    case "/r": hasModRM = true
    case "mem": allowsRegister = false
    case "reg": allowsMemory = false
    case "+r": codes = 8
    case "+cc": codes = 16
    case "W0": wide = false
    case "W1": wide = true
    case "r0": break
    default:
      if token.first == "/", let value = UInt8(token.dropFirst()) {
        digit = value
        hasModRM = true
      } else if !token.hasPrefix("seg") {
        immediates.append(token)
      }
    }
  }

  /// All rows.
  public static let all: [EncodingTemplate] = OpcodeForm.all.indices.map { EncodingTemplate(form: $0) }
}
