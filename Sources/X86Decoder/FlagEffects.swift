import X86

/// The status flags that instructions write and leave undefined, from the table's `flags` column.
public enum FlagEffects {
  /// The flags that a row's instructions write, as bits of RFLAGS, indexed by `Instruction.form`.
  public static let written: [UInt64] = OpcodeForm.all.map { mask($0.flags, half: 0) }

  /// The flags that a row's instructions leave undefined whatever their operands are.
  public static let undefined: [UInt64] = OpcodeForm.all.map { mask($0.flags, half: 1) }

  private static let letters: [Character: UInt64] = [
    "O": RFLAGS.overflow, "S": RFLAGS.sign, "Z": RFLAGS.zero, "A": RFLAGS.auxiliaryCarry, "P": RFLAGS.parity,
    "C": RFLAGS.carry,
  ]

  private static func mask(_ column: String, half: Int) -> UInt64 {
    let halves = column.split(separator: "/", omittingEmptySubsequences: false)
    guard half < halves.count else { return 0 }
    return halves[half].reduce(0) { $0 | (letters[$1] ?? 0) }
  }

  /// The count of a shift or rotate as the processor sees it: masked to 5 or 6 bits.
  ///
  /// - Parameter rcx: RCX before the instruction, for counts in CL.
  public static func count(_ instruction: Instruction, rcx: UInt64) -> UInt64 {
    let kind = instruction.operand2 == .none ? instruction.operand1 : instruction.operand2
    let raw = kind == .one ? 1 : kind == .immediate ? instruction.immediate : rcx
    return raw & (instruction.operandSize == 8 ? 63 : 31)
  }

  /// The flags that an instruction leaves undefined, with what its count says.
  ///
  /// - Parameter rcx: RCX before the instruction, for counts in CL.
  /// - SDM: Vol. 2, "Flags Affected" of each instruction.
  public static func undefined(_ instruction: Instruction, rcx: UInt64) -> UInt64 {
    let form = Int(instruction.form)
    let mask = form < undefined.count ? undefined[form] : 0
    guard instruction.operation.traits.contains(.count) else { return mask }
    let count = count(instruction, rcx: rcx)
    let bits = UInt64(instruction.operandSize) * 8
    guard count != 0 else { return 0 }
    let overflow = count == 1 ? 0 : RFLAGS.overflow
    // SHLD and SHRD.
    if instruction.operand2 != .none { return mask | overflow | (count > bits ? RFLAGS.status : 0) }
    // Rotates do not touch the sign; SAR fills with it, so that CF is known.
    let isShift = written[form] & RFLAGS.sign != 0 && instruction.operation != .sar
    let losesCarry = isShift && (count > bits || count == bits && bits < 32)
    return mask | overflow | (losesCarry ? RFLAGS.carry : 0)
  }
}
