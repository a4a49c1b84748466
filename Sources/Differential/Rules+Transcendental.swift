import InstructionTesting
import X86Decoder

extension DivergenceRule {
  /// A result of a transcendental instruction may be wrong by one unit in its last place: each processor has last bits
  /// of its own.
  ///
  /// - SDM: Vol. 1 "Transcendental Instruction Accuracy".
  static let transcendental = DivergenceRule(
    id: "transcendental-last-bit", kind: .modelSpecific,
    text: "A result of a transcendental x87 instruction and its neighbor, with C1 and, at the least normal number, UE."
  ) { divergence in
    guard let operation = divergence.instruction?.operation, let registers = TranscendentalResult.registers[operation],
      divergence.subject.vector == UserState.noException, divergence.oracle.vector == UserState.noException
    else { return false }
    let (subject, oracle) = (divergence.subject, divergence.oracle)
    // C2 of an argument out of range: nothing was computed.
    let isComputed = !TranscendentalResult.haveRange.contains(operation) || oracle.fsw & 0x400 == 0
    var freeBits: UInt16 = 0
    for index in registers {
      let (left, right) = (TranscendentalResult(subject, index), TranscendentalResult(oracle, index))
      guard left.isNeighbor(of: right) else { return false }
      // C1 says which way a number was rounded; of a stack fault it says which.
      if left.isNumber && isComputed { freeBits |= 0x200 }
      // One of two may be tiny where the other is not.
      if left.exponent <= 1 && right.exponent <= 1 { freeBits |= 0x10 }
    }
    return divergence.differences.allSatisfy { difference in
      if difference.field == "fsw" { return (difference.subject ^ difference.oracle) & ~UInt64(freeBits) == 0 }
      return registers.contains { difference.field == "st\($0)" || difference.field == "st\($0).signExponent" }
    }
  }
}

/// A register that holds a result.
private struct TranscendentalResult {
  /// The instructions and the registers ST(i) that are approximations afterwards.
  static let registers: [X86Decoder.Operation: [Int]] = [
    .f2xm1: [0], .fyl2x: [0], .fyl2xp1: [0], .fpatan: [0], .fsin: [0], .fcos: [0], .fsincos: [0, 1], .fptan: [1],
  ]

  /// Those that have an argument out of range, and say so by C2.
  static let haveRange: Set<X86Decoder.Operation> = [.fsin, .fcos, .fsincos, .fptan]

  var significand: UInt64
  var signExponent: UInt64

  init(_ state: UserState, _ index: Int) {
    significand = state.st[index * 2]
    signExponent = state.st[index * 2 + 1]
  }

  /// The biased exponent.
  var exponent: UInt64 { signExponent & 0x7FFF }

  /// A number, and not an infinity.
  private var isFinite: Bool { exponent != 0x7FFF && exponent != 0 ? significand >> 63 == 1 : exponent == 0 }

  /// Finite and not zero.
  var isNumber: Bool { isFinite && significand != 0 }

  /// Its place among the numbers of its sign: 1 more for the next one. A denormal number has no integer bit.
  private var place: (high: UInt64, low: UInt64) { (exponent, significand & ~(1 << 63)) }

  /// Whether they are the same number, or of one sign with none between them.
  func isNeighbor(of other: TranscendentalResult) -> Bool {
    if significand == other.significand && signExponent == other.signExponent { return true }
    guard isFinite, other.isFinite, (signExponent ^ other.signExponent) & 0x8000 == 0 else { return false }
    let isLower = place < other.place
    let (low, high) = isLower ? (place, other.place) : (other.place, place)
    if low.high == high.high { return high.low - low.low == 1 }
    return high.high - low.high == 1 && high.low == 0 && low.low == 1 << 63 - 1
  }
}
