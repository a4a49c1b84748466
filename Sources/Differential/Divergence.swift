public import InstructionTesting
import TextForms
public import X86
public import X86Decoder

/// How a difference between subject and oracle counts.
public enum DivergenceClass: String, Sendable, CaseIterable {
  /// The subject is wrong.
  case bug
  /// The architecture leaves it open, and the mask of undefined results did not cover it.
  case undefined
  /// Both are right for the processor that they are.
  case modelSpecific = "model-specific"
  /// The oracle cannot know, as a probe on this host shows.
  case oracleLimit = "oracle limit"
  /// The subject says by name that it does not do this yet.
  case unimplemented
}

/// One test on which subject and oracle differ.
public struct Divergence: Sendable {
  /// The test; of a sequence the instruction that differs, as a test of its own.
  public var test: InstructionTest
  /// What its first bytes decode to by our table; nil if nothing.
  public var instruction: Instruction?
  /// What the subject has.
  public var features: CPUIDFeatures
  /// The subject's result.
  public var subject: UserState
  /// The oracle's.
  public var oracle: UserState
  /// Where they differ.
  public var differences: [StateDifference]
  /// How it counts.
  public var kind: DivergenceClass = .bug
  /// The rule that says so.
  public var rule = "none"
  /// The sequence up to the instruction that differs, if it takes all of it to show the difference.
  public var sequence: InstructionTest?

  /// What shows the difference when it runs.
  public var reproducer: InstructionTest { sequence ?? test }

  /// The instructions of the sequence in the order of the code, as text; none if it is one instruction.
  public var disassembly: [String] {
    guard let sequence else { return [] }
    var start = 0
    return sequence.instructionEnds.map { end in
      let bytes = (start..<end).map { sequence.code[$0] }
      defer { start = end }
      return disassemble(bytes, at: sequence.input.rip &+ UInt64(start), mode: sequence.decodeMode)?.text
        ?? "(bad) \(Text.digits(bytes))"
    }
  }

  /// Facts about the instruction; none if there is none.
  public var traits: OperationTraits { instruction?.operation.traits ?? [] }

  /// The row of the opcode table: encoding and assembly, or what stands for one.
  public var form: String {
    guard let instruction else { return "not in the table" }
    let form = OpcodeForm.all[Int(instruction.form)]
    return "\(form.encoding) \(form.assembly)"
  }

  /// The kinds of fields that differ: registers by role, flags by name, vectors by value.
  public var signature: String {
    var parts: [String] = []
    for difference in differences {
      let part: String
      switch difference.field {
      case "vector": part = "vector \(Self.vectorName(subject.vector)) for \(Self.vectorName(oracle.vector))"
      case "rflags": part = "rflags \(Self.flagNames(difference.subject ^ difference.oracle))"
      case _ where generalRegisterNames.contains(difference.field): part = "gpr"
      case _ where difference.field.hasPrefix("ymm"):
        part = difference.field.hasSuffix("[0]") || difference.field.hasSuffix("[1]") ? "xmm" : "upper ymm"
      case _ where difference.field.hasPrefix("st"): part = "st"
      case _ where difference.windowOffset != nil: part = "memory"
      default: part = difference.field
      }
      if parts.last != part && !parts.contains(part) { parts.append(part) }
    }
    return parts.joined(separator: ", ")
  }

  /// The same for every test that shows the same mistake: form, rule and signature, without it where that varies.
  public var fingerprint: String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    let mode =
      test.mode == .long64
      ? "64" : test.mode == .real16 ? "real" : test.mode == .segmented ? test.is16Bit ? "16" : "32s" : "32"
    let signature = DivergenceRule.varyingRules.contains(rule) ? "" : self.signature
    for byte in "\(fingerprintForm)|\(rule)|\(signature)|\(mode)|\(test.cpl)\(sequence == nil ? "" : "|sequence")".utf8
    {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// What is not in the table is distinguished by prefix and opcode.
  private var fingerprintForm: String {
    if instruction != nil { return form }
    let opcode = OpcodeBytes(test)
    return "\(opcode.map) \(opcode.opcode) \(opcode.selector) \(opcode.modRM >> 3 & 7) \(opcode.modRM >= 0xC0)"
  }

  /// `#GP`, `none` or `lost`.
  public static func vectorName(_ vector: UInt8) -> String {
    switch vector {
    case UserState.noException: "none"
    case UserState.lost: "lost"
    default: ExceptionVector(rawValue: vector).mnemonic
    }
  }

  static func flagNames(_ bits: UInt64) -> String {
    let rest = bits & ~SystemRegister.rflags.writable
    return (SystemRegister.rflags.names(of: bits) + (rest != 0 ? [Text.hex(rest)] : [])).joined(separator: " ")
  }
}

/// The prefixes and opcode at the start of code, found without the opcode table.
public struct OpcodeBytes: Sendable {
  /// `0F`, `0F38`, `0F3A`, `VEX`, `EVEX`, `XOP` or empty for one-byte opcodes.
  public private(set) var map = ""
  /// The opcode byte; of VEX and its kin the first byte.
  public private(set) var opcode: UInt8 = 0
  /// The last of 66, F2 and F3 that counts: F2 and F3 before 66; 0 if none.
  public private(set) var selector: UInt8 = 0
  /// The byte behind the opcode.
  public private(set) var modRM: UInt8 = 0
  /// 66h stands before it.
  public private(set) var has66 = false
  /// LOCK stands before it.
  public private(set) var hasLock = false

  /// Reads the code of a test.
  public init(_ test: InstructionTest) {
    var index = 0
    var repeatPrefix: UInt8 = 0
    func byte() -> UInt8 { index < 16 ? test.code[index] : 0xCC }
    scan: while index < 15 {
      switch byte() {
      case 0x66: has66 = true
      case 0xF2, 0xF3: repeatPrefix = byte()
      case 0xF0: hasLock = true
      case 0x67, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65: break
      case 0x40...0x4F where test.mode == .long64: break
      default: break scan
      }
      index += 1
    }
    selector = repeatPrefix != 0 ? repeatPrefix : has66 ? 0x66 : 0
    opcode = byte()
    index += 1
    let next = byte()
    let isVex = test.mode == .long64 || next >= 0xC0
    switch opcode {
    case 0x0F:
      map = "0F"
      opcode = next
      index += 1
      if next == 0x38 || next == 0x3A {
        map = next == 0x38 ? "0F38" : "0F3A"
        opcode = byte()
        index += 1
      }
      modRM = byte()
    case 0xC4, 0xC5: if isVex { map = "VEX" }
    case 0x62: if isVex { map = "EVEX" }
    case 0x8F: if next & 0x1F >= 8 { map = "XOP" }
    default: break
    }
    if map != "0F" && map != "0F38" && map != "0F3A" { modRM = next }
  }
}
