public import InstructionTesting
import X86
public import X86Decoder

/// Draws instructions that do something with a given state.
public struct CodeGenerator: Sendable {
  /// The forms that are drawn from.
  public let templates: [EncodingTemplate]
  /// Of a thousand tests, how many are random bytes.
  public var randomBytes = 30
  /// Of a thousand tests, how many have a form with a prefix or ModRM that it should not have.
  public var spoiledForms = 60

  /// Of a thousand tests, how many have an opcode that no row need have, from the two- and three-byte maps.
  public var anyOpcodes = 20
  /// 32-bit code is always stepped rather than run to the INT3 behind it.
  public var stepsCompatibilityMode = false

  private static let purpose: UInt64 = 0x434F_4445_3031
  private static let narrowPurpose: UInt64 = 0x4E41_5252_3031
  private let sequences: SequenceGenerator?

  /// A generator over these forms, at least one.
  ///
  /// - Parameter lengths: how many instructions a test has: 1 to `InstructionTest.maximumSequenceLength`.
  public init(_ templates: [EncodingTemplate], lengths: ClosedRange<Int> = 1...1) {
    self.templates = templates
    sequences = lengths == 1...1 ? nil : SequenceGenerator(templates, lengths)
  }

  /// The test with this number of a campaign.
  ///
  /// - Parameters:
  ///   - seed: the campaign's.
  ///   - modes: the modes to draw from.
  ///   - cpl: 0 or 3.
  ///   - narrows: makes the code of segmented tests 16-bit.
  public func test(
    seed: UInt64, number: UInt64, modes: [InstructionTest.Mode], cpl: UInt8, narrows: Bool = false
  ) -> InstructionTest {
    if let sequences {
      return sequences.test(seed: seed, number: number, modes: modes, cpl: cpl, narrows: narrows)
    }
    var random = RandomStream(campaign: seed, test: number, purpose: Self.purpose)
    var test = InstructionTest()
    test.number = number
    test.cpl = cpl
    test.mode = random.pick(modes)
    test.input = StateGenerator.state(seed: seed, number: number, mode: test.mode, cpl: cpl)
    if narrows || test.mode == .real16 {
      var own = RandomStream(campaign: seed, test: number, purpose: Self.narrowPurpose)
      test.narrow(&own)
    }
    var code: [UInt8]
    // Consecutive numbers go through the forms in turn, so that every form has its share.
    let template = templates[Int(number % UInt64(templates.count))]
    let kind = random.below(1000)
    if kind < randomBytes {
      code = (0..<15).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    } else if kind < randomBytes + anyOpcodes {
      code = Self.anyOpcode(&random, is64Bit: test.mode == .long64)
    } else {
      let isLegal = test.mode == .long64 ? template.isIn64Bit : template.isInLegacy
      if !isLegal {
        test.mode = template.isIn64Bit ? .long64 : .compatibility32
        test.input = StateGenerator.state(seed: seed, number: number, mode: test.mode, cpl: cpl)
      }
      test.form = UInt16(template.form)
      var assembler = Assembler(
        template: template, state: test.input, is64Bit: test.mode == .long64, is16Bit: test.is16Bit)
      code = assembler.encode(&random, spoils: kind < randomBytes + anyOpcodes + spoiledForms)
    }
    test.setCode(code)
    // Once in 256 the code runs over the end of its page.
    // PUSHF stays where it need not be stepped, or it would show the runner's TF.
    // In real mode the HLT behind the code must be in reach.
    let isMovable = template.operation != .pushf && test.mode != .real16
    if random.chance(1, of: 256), isMovable {
      test.input.rip = (test.input.rip & ~0xFFF) &+ 0x1000 &- UInt64(1 + random.below(Int(test.codeLength)))
    }
    if test.input.rip >> 12 == 0xF, number & 1 == 0, isMovable {
      // The last byte of the code is that at FFFFh.
      test.input.rip = 0x1_0000 - UInt64(test.codeLength)
    }
    test.chooseStepping()
    if stepsCompatibilityMode && test.mode == .compatibility32 { test.singleSteps = true }
    return test
  }
}

extension CodeGenerator {
  /// An opcode of the maps 0F, 0F38 or 0F3A with any prefix, a register or a plain memory operand.
  private static func anyOpcode(_ random: inout RandomStream, is64Bit: Bool) -> [UInt8] {
    var code: [UInt8] = random.pick([[], [], [0x66], [0xF2], [0xF3]])
    if is64Bit, random.chance(1, of: 2) { code.append(0x40 | UInt8(random.below(16))) }
    code += random.pick([[0x0F], [0x0F], [0x0F, 0x38], [0x0F, 0x3A]])
    code.append(UInt8(random.below(256)))
    let usesMemory = random.chance(1, of: 2)
    code.append((usesMemory ? 0x40 : 0xC0) | UInt8(random.below(64)))
    return code + (0..<10).map { _ in UInt8(random.below(16)) }
  }
}

extension InstructionTest {
  /// How the code is decoded.
  var decodeMode: DecodeMode { mode == .long64 ? .code64 : is16Bit ? .code16 : .code32 }

  /// Takes the bytes of one instruction; what lies behind it stays INT3.
  public mutating func setCode(_ bytes: [UInt8]) {
    code = InlineArray(repeating: 0xCC)
    // A form that its prefixes made longer takes INT3 bytes as the rest of its immediate.
    let bytes = bytes + [UInt8](repeating: 0xCC, count: max(15 - bytes.count, 0))
    var length = 15
    var instruction = Instruction()
    let decodeMode = self.decodeMode
    let failure = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.map {
        unsafe Decoder().decode($0, count: length, mode: decodeMode, into: &instruction)
      } ?? .truncated
    }
    if failure == nil && steps == 1 { length = Int(instruction.length) }
    for index in 0..<length { code[index] = bytes[index] }
    codeLength = UInt8(length)
  }

  /// The instruction that the code decodes to, if it does, by AMD's rules, whatever feature it needs.
  public var decoded: Instruction? { decoded(by: Decoder()) }

  /// The instruction that the code decodes to on the processor of a decoder, if it does.
  public func decoded(by decoder: Decoder) -> Instruction? {
    var instruction = Instruction()
    var bytes = code
    let decodeMode = self.decodeMode
    let length = Int(codeLength)
    let failure = unsafe withUnsafeBytes(of: &bytes) { area in
      unsafe area.baseAddress.map {
        unsafe decoder.decode(
          $0.assumingMemoryBound(to: UInt8.self), count: length, mode: decodeMode, into: &instruction)
      } ?? .truncated
    }
    return failure == nil ? instruction : nil
  }

  /// Straight code ends at the INT3 behind it, which is quicker; what may go elsewhere is stepped.
  mutating func chooseStepping() {
    // An INT3 behind the end of the page could not be reached.
    let end = (input.rip & 0xFFF) + UInt64(codeLength)
    guard steps == 1, end < 0x1000, let instruction = decoded else {
      singleSteps = true
      return
    }
    singleSteps =
      !instruction.operation.traits.isDisjoint(with: [.branch, .far])
      || [.popf, .ud0, .ud1].contains(instruction.operation)
  }
}
