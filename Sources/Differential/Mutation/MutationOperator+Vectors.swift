import InstructionTesting
import X86Decoder

/// What decoders make: a mistake in a field of a decoded instruction must be one that a decoder could make.
enum DecodableForms {
  /// Rows with VEX.L that are there with the other value of it as well.
  static let ofBothLengths: Set<UInt16> = {
    func other(_ row: OpcodeForm) -> String? {
      row.encoding.hasPrefix("VEX.128.")
        ? "VEX.256." + row.encoding.dropFirst(8)
        : row.encoding.hasPrefix("VEX.256.") ? "VEX.128." + row.encoding.dropFirst(8) : nil
    }
    let rows = Set(OpcodeForm.all.map { "\($0.operation) \($0.encoding)" })
    return Set(
      OpcodeForm.all.indices.filter { form in
        let row = OpcodeForm.all[form]
        return other(row).map { rows.contains("\(row.operation) \($0)") } ?? false
      }.map { UInt16($0) })
  }()

  /// Whether an operation has a row with these kinds of its first two operands.
  static func hasOperands(
    _ operation: X86Decoder.Operation, _ first: OperandKind, _ second: OperandKind
  ) -> Bool {
    kinds[operation]?.contains([first, second]) ?? false
  }

  private static let kinds: [X86Decoder.Operation: Set<[OperandKind]>] = {
    var kinds: [X86Decoder.Operation: Set<[OperandKind]>] = [:]
    for row in OpcodeForm.all { kinds[row.operation, default: []].insert(Array(row.operandKinds.prefix(2))) }
    return kinds
  }()
}

/// Mistakes that only vector and floating-point instructions can have.
extension MutationOperator {
  func changeVectors(_ instruction: inout Instruction) -> Bool {
    let kinds = [instruction.operand0, instruction.operand1, instruction.operand2, instruction.operand3]
    let usesVVVV = kinds.contains { $0 == .xmmVVVV || $0 == .registerVVVV }
    switch self {
    case .vvvv where usesVVVV: instruction.vvvv ^= 1
    case .sourcesSwapped where usesVVVV && !instruction.isMemory && kinds.contains(.xmmOrMemory):
      guard instruction.vvvv != instruction.rm else { return false }
      swap(&instruction.vvvv, &instruction.rm)
    case .vectorLength where instruction.isVEX: return changeLength(&instruction)
    case .vectorIndex where kinds.contains(.vectorMemory32) || kinds.contains(.vectorMemory64):
      instruction.selector ^= 1
    default: return false
    }
    return true
  }

  private func changeLength(_ instruction: inout Instruction) -> Bool {
    // Elsewhere the other value of VEX.L changes nothing, or is #UD.
    guard DecodableForms.ofBothLengths.contains(instruction.form) else { return false }
    let fields = [\Instruction.width0, \.width1, \.width2, \.width3]
    let (old, new): (UInt8, UInt8) =
      fields.contains { instruction[keyPath: $0] == 32 } ? (32, 16) : (16, 32)
    var hasChanged = false
    for field in fields where instruction[keyPath: field] == old {
      instruction[keyPath: field] = new
      hasChanged = true
    }
    return hasChanged
  }

  /// Changes what an instruction starts from; gives whether it did.
  func changeInput(_ input: inout UserState) -> Bool {
    guard case .controlIgnored(let field) = self else { return false }
    let (mxcsr, fcw) = (input.mxcsr, input.fcw)
    switch field {
    case .roundingControl: input.mxcsr &= ~0x6000
    case .denormalsAreZeros: input.mxcsr &= ~0x40
    case .flushToZero: input.mxcsr &= ~0x8000
    case .x87RoundingControl: input.fcw &= ~0xC00
    case .x87PrecisionControl: input.fcw |= 0x300
    }
    return input.mxcsr != mxcsr || input.fcw != fcw
  }

  /// Gives a control word its own value back where the instruction left the changed one.
  func restoreInput(_ test: InstructionTest, _ result: inout UserState) {
    var changed = test.input
    guard changeInput(&changed) else { return }
    let controls: UInt32 = 0xFFC0
    if changed.mxcsr != test.input.mxcsr, (result.mxcsr ^ changed.mxcsr) & controls == 0 {
      result.mxcsr = result.mxcsr & ~controls | test.input.mxcsr & controls
    }
    if result.fcw == changed.fcw { result.fcw = test.input.fcw }
  }

  func keepUpperVector(_ test: InstructionTest, _ result: inout UserState) -> Bool {
    guard test.decoded?.isVEX ?? false else { return false }
    let input = test.input
    var hasChanged = false
    for index in stride(from: 0, to: 64, by: 4) as StrideTo<Int>
    where result.ymm[index + 2] | result.ymm[index + 3] == 0 {
      if input.ymm[index + 2] | input.ymm[index + 3] != 0 { hasChanged = true }
      (result.ymm[index + 2], result.ymm[index + 3]) = (input.ymm[index + 2], input.ymm[index + 3])
    }
    return hasChanged
  }

  func keepMask(_ test: InstructionTest, _ result: inout UserState) -> Bool {
    guard let instruction = test.decoded,
      instruction.operand1 == .vectorMemory32 || instruction.operand1 == .vectorMemory64
    else { return false }
    let first = Int(instruction.vvvv & 15) * 4
    var hasChanged = false
    for word in first..<first + 4 where result.ymm[word] != test.input.ymm[word] {
      result.ymm[word] = test.input.ymm[word]
      hasChanged = true
    }
    return hasChanged
  }
}
