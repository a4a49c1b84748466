import InstructionTesting
import Interpreter
import X86
import X86Decoder

/// Draws tests of several instructions, each from what the one before it may have left.
///
/// The forms come from the same templates as single instructions. Neighbors are mostly of one unit, so that flags, the x87
/// stack, registers and memory carry from one to the next. What always faults or goes somewhere else stands last.
struct SequenceGenerator: Sendable {
  /// How many instructions a test has, at least and at most.
  let lengths: ClosedRange<Int>
  private let templates: [EncodingTemplate]
  /// Indices of templates by unit, without those that stand last.
  private let units: [[Int]]

  private static let purpose: UInt64 = 0x5345_5155_3031
  /// The value that stands for a register whose contents are not known: no operand is within its reach.
  private static let unknown: UInt64 = 1 << 62

  init(_ templates: [EncodingTemplate], _ lengths: ClosedRange<Int>) {
    self.templates = templates
    self.lengths = lengths
    var units = [[Int]](repeating: [], count: 3)
    for (index, template) in templates.enumerated() where !Self.standsLast(template) {
      units[Self.unit(template)].append(index)
    }
    self.units = units
  }

  /// Integer, x87, vectors.
  private static func unit(_ template: EncodingTemplate) -> Int {
    switch template.operation.family {
    case .x87: 1
    case .vector, .float: 2
    default: 0
    }
  }

  /// Whether nothing that comes behind it would be executed, most of the time.
  private static func standsLast(_ template: EncodingTemplate) -> Bool {
    let traits = template.operation.traits
    if [.pushf, .popf].contains(template.operation) { return false }
    if [.ud0, .ud1, .ud2, .int3].contains(template.operation) || template.operation.family == .absent { return true }
    // A load of SS holds the trap back by which branches are stepped.
    if !traits.isDisjoint(with: [.far, .privileged, .descriptor]) { return true }
    return traits.contains(.branch) && !isRelative(template)
  }

  private static func isRelative(_ template: EncodingTemplate) -> Bool {
    template.immediates.contains("rel8") || template.immediates.contains("relz")
  }

  /// The test with this number of a campaign; it starts from the same state as a single instruction's, but for exceptions
  /// that would end it at once.
  func test(
    seed: UInt64, number: UInt64, modes: [InstructionTest.Mode], cpl: UInt8, narrows: Bool
  ) -> InstructionTest {
    var random = RandomStream(campaign: seed, test: number, purpose: Self.purpose)
    var test = InstructionTest()
    test.number = number
    test.cpl = cpl
    test.mode = random.pick(modes)
    // Consecutive numbers go through the forms in turn, so that every form has its share.
    let anchor = templates[Int(number % UInt64(templates.count))]
    if !(test.mode == .long64 ? anchor.isIn64Bit : anchor.isInLegacy) {
      test.mode = anchor.isIn64Bit ? .long64 : .compatibility32
    }
    test.form = UInt16(anchor.form)
    test.input = StateGenerator.state(seed: seed, number: number, mode: test.mode, cpl: cpl)
    if narrows || test.mode == .real16 { test.narrow(&random) }
    Self.calm(&test.input, &random)
    let count = lengths.lowerBound + random.below(lengths.count)
    let place = Self.standsLast(anchor) ? count - 1 : random.below(count)
    var draft = Draft(test)
    var unit = Self.unit(anchor)
    for index in 0..<count {
      if index != place || !append(anchor, to: &draft, &random, isLast: index == count - 1) {
        fill(&draft, &random, unit: unit, isLast: index == count - 1)
      }
      unit = draft.unit
    }
    return draft.finish(&random)
  }

  /// Masks most exceptions.
  private static func calm(_ state: inout UserState, _ random: inout RandomStream) {
    if random.chance(7, of: 8) {
      state.fcw |= 0x3F
      state.fsw &= 0x7F00
    }
    if random.chance(7, of: 8) { state.mxcsr |= 0x1F80 }
    if random.chance(7, of: 8) { state.rflags &= ~RFLAGS.alignmentCheck }
  }

  /// Appends a form that is drawn, in two of three cases from the unit of the one before it; NOP where none will do.
  private func fill(_ draft: inout Draft, _ random: inout RandomStream, unit: Int, isLast: Bool) {
    for _ in 0..<16 {
      let near = units[unit]
      let index: Int
      if isLast && random.chance(1, of: 8) {
        index = random.below(templates.count)
      } else if !near.isEmpty, random.chance(2, of: 3) {
        index = random.pick(near)
      } else {
        let other = units[random.below(units.count)]
        guard !other.isEmpty else { continue }
        index = random.pick(other)
      }
      if append(templates[index], to: &draft, &random, isLast: isLast) { return }
    }
    draft.append([0x90], Instruction())
  }

  /// Appends a form with operands that suit what is known of the state; false if it does not exist in the mode, or comes
  /// out as no instruction.
  private func append(
    _ template: EncodingTemplate, to draft: inout Draft, _ random: inout RandomStream, isLast: Bool
  ) -> Bool {
    let is64Bit = draft.test.mode == .long64
    guard is64Bit ? template.isIn64Bit : template.isInLegacy else { return false }
    for _ in 0..<4 {
      var assembler = Assembler(
        template: template, state: draft.known, is64Bit: is64Bit, is16Bit: draft.test.is16Bit, offset: draft.code.count)
      let spoils = isLast && random.chance(1, of: 32)
      var bytes = assembler.encode(&random, spoils: spoils)
      // A form that its prefixes made longer takes INT3 bytes as the rest of its immediate.
      bytes += [UInt8](repeating: 0xCC, count: max(15 - bytes.count, 0))
      guard let instruction = draft.decode(bytes) else {
        guard spoils else { continue }
        draft.append(Array(bytes.prefix(15)), nil)
        return true
      }
      bytes = Array(bytes.prefix(Int(instruction.length)))
      if Self.isRelative(template) { aim(&bytes, instruction, draft, &random) }
      draft.append(bytes, instruction)
      draft.unit = Self.unit(template)
      return true
    }
    return false
  }

  /// Lets a relative branch go to the next instruction, or not far behind it.
  private func aim(_ bytes: inout [UInt8], _ instruction: Instruction, _ draft: Draft, _ random: inout RandomStream) {
    guard random.chance(15, of: 16) else { return }
    let distance = random.chance(3, of: 4) ? 0 : UInt8(random.below(24))
    for byteCount in [4, 2, 1] where bytes.count > byteCount {
      var other = bytes
      for index in bytes.count - byteCount..<bytes.count { other[index] = 0 }
      other[bytes.count - byteCount] = distance
      guard let changed = draft.decode(other), changed.operation == instruction.operation,
        changed.length == instruction.length, changed.immediate == UInt64(distance)
      else { continue }
      bytes = other
      return
    }
  }

  /// A sequence that is being written.
  private struct Draft {
    var test: InstructionTest
    var code: [UInt8] = []
    var unit = 0
    /// The state before it, registers that have been written since as `unknown`.
    var known: UserState
    private var steps: UInt8 = 0
    private var isStepped = false

    init(_ test: InstructionTest) {
      self.test = test
      known = test.input
    }

    /// Decoders of both vendors' processors: what one of them executes ends where it ends there.
    private static let decoders = [Decoder(), ProcessorModel.iceLake.decoder]

    func decode(_ bytes: [UInt8]) -> Instruction? {
      var instruction = Instruction()
      let mode = test.decodeMode
      for decoder in Self.decoders {
        let failure = unsafe bytes.withUnsafeBufferPointer { buffer -> DecodeFailure? in
          guard let start = buffer.baseAddress else { return .truncated }
          return unsafe decoder.decode(start, count: buffer.count, mode: mode, into: &instruction)
        }
        if failure == nil { return instruction }
      }
      return nil
    }

    /// Takes an instruction, nil if it is none.
    mutating func append(_ bytes: [UInt8], _ instruction: Instruction?) {
      code += bytes
      steps += 1
      guard let instruction else { return }
      let traits = instruction.operation.traits
      // What may go elsewhere is stepped, and POPF, whose TF must be the runner's.
      if !traits.isDisjoint(with: [.branch, .far]) || [.popf, .ud0, .ud1].contains(instruction.operation) {
        isStepped = true
      }
      for register in 0..<16 where instruction.mayWrite(register) {
        known.generalRegisters[register] = SequenceGenerator.unknown
      }
    }

    /// The test; once in 256 its code runs over the end of its page.
    mutating func finish(_ random: inout RandomStream) -> InstructionTest {
      for (index, byte) in code.enumerated() { test.code[index] = byte }
      test.codeLength = UInt8(code.count)
      test.steps = steps
      test.singleSteps = isStepped
      if random.chance(1, of: 256) {
        test.input.rip = (test.input.rip & ~0xFFF) &+ 0x1000 &- UInt64(1 + random.below(code.count))
        test.singleSteps = true
      }
      return test
    }
  }
}

extension Instruction {
  /// Whether it may write a general register, RSP aside: with no claim to be exact, since all that depends on it is
  /// which registers later operands are addressed by.
  fileprivate func mayWrite(_ register: Int) -> Bool {
    func isOperand(_ kind: OperandKind) -> Bool {
      switch kind {
      case .register: Int(reg & 15) == register
      case .registerOrMemory, .registerOnly: !isMemory && Int(rm & 15) == register
      case .registerVVVV: Int(vvvv) == register
      case .accumulator: register == 0
      default: false
      }
    }
    if register == 4 { return false }
    if isOperand(operand0) || isOperand(operand1) { return true }
    switch operation.family {
    case .string: return [0, 1, 6, 7].contains(register)
    case .integer, .system, .flag, .control, .port: return operation.traits.contains(.keeps) && (register & ~2) == 0
    case .stack: return operation == .popa || [.enter, .leave].contains(operation) && register == 5
    default: return false
    }
  }
}
