import CFloatOracle
import Foundation
import SoftFloat
import Testing

/// A transcendental instruction as the interpreter composes it of `ExtendedArithmetic`.
enum Transcendental: Int, CaseIterable, Sendable {
  case f2xm1, fyl2x, fyl2xp1, fpatan, fsin, fcos, fsincos, fptan

  /// Results in ST(0) and, of FSINCOS and FPTAN, ST(1).
  private var hasPair: Bool { self == .fsincos || self == .fptan }
  private var hasTwoOperands: Bool { [.fyl2x, .fyl2xp1, .fpatan].contains(self) }

  func outcome(
    _ a: ExtendedReal, _ b: ExtendedReal, control: UInt16, _ variant: ExtendedVariant = []
  ) -> X87Outcome {
    var unit = ExtendedArithmetic(controlWord: control, variant)
    var first: ExtendedReal? = a
    var pushed: ExtendedReal?
    switch self {
    case .f2xm1: first = unit.exponentialLessOne(a)
    case .fyl2x: first = unit.logarithm(a, times: b)
    case .fyl2xp1: first = unit.logarithmOfOnePlus(a, times: b)
    case .fpatan: first = unit.arctangent(b, over: a)
    case .fsin: first = unit.sine(a)
    case .fcos: first = unit.cosine(a)
    case .fsincos:
      let pair = unit.sineAndCosine(a)
      (first, pushed) = (pair?.result, pair?.pushed)
    case .fptan:
      let pair = unit.tangent(a)
      (first, pushed) = (pair?.result, pair?.pushed)
    }
    guard let first else { return X87Outcome(first: a, second: b, status: 0x400) }
    if unit.flags & 7 & ~control != 0 {
      return X87Outcome(first: a, second: b, status: unit.flags & 7 | 0x8080)
    }
    var result = X87Outcome(first: pushed ?? first, second: pushed == nil ? b : first)
    result.status = unit.flags | (unit.roundedUp ? 0x200 : 0)
    if unit.flags & ~control != 0 { result.status |= 0x8080 }
    return result
  }

  /// The same by the host's unit; what does not concern the instruction is as the model has it.
  func hostOutcome(_ a: ExtendedReal, _ b: ExtendedReal, control: UInt16, _ model: X87Outcome) -> X87Outcome {
    func operand(_ value: ExtendedReal) -> float_oracle_extended {
      float_oracle_extended(significand: value.significand, sign_exponent: value.signExponent)
    }
    func number(_ value: float_oracle_extended) -> ExtendedReal {
      ExtendedReal(significand: value.significand, signExponent: value.sign_exponent)
    }
    let answer = float_oracle_x87(Int32(FLOAT_ORACLE_F2XM1 + rawValue), control, operand(a), operand(b))
    var result = X87Outcome(first: number(answer.st.0), second: number(answer.st.1))
    if hasTwoOperands { result.second = model.second }
    result.status = answer.status & ~0x3800
    return result
  }

  /// Operands that have a result which is no special case, and within the range that the manual gives.
  func plainOperands(_ values: inout FloatValues) -> (ExtendedReal, ExtendedReal) {
    let b = values.extended(-64...64)
    switch self {
    case .f2xm1: return (values.extended(-70 ... -1), b)
    case .fyl2x:
      var a = values.extended(values.below(2) == 0 ? -1...0 : -16000...16000)
      a.signExponent &= 0x7FFF
      return (a, b)
    case .fyl2xp1: return (values.extended(-70 ... -3), b)
    case .fpatan: return (values.extended(-64...64), values.below(2) == 0 ? b : values.extended(-4...4))
    case .fsin, .fcos, .fsincos, .fptan: return (values.extended(values.below(2) == 0 ? -35...1 : -35...62), b)
    }
  }
}

extension X87Outcome {
  /// Where two numbers of one sign have none between them, they are neighbors.
  private static func areNeighbors(_ a: ExtendedReal, _ b: ExtendedReal) -> Bool {
    func place(_ value: ExtendedReal) -> Int128 {
      let magnitude = Int128(value.exponent) << 63 | Int128(value.significand & ~(1 << 63))
      return value.isNegative ? -magnitude : magnitude
    }
    if a == b { return true }
    if a.isNaN || b.isNaN || a.isNegative != b.isNegative { return false }
    return abs(place(a) - place(b)) <= 1
  }

  /// The same but for the last place of each result, C1, and UE at the least normal number.
  func isNear(_ other: X87Outcome) -> Bool {
    var ignored: UInt16 = 0x200
    if min(first.exponent, second.exponent, other.first.exponent, other.second.exponent) <= 1 { ignored |= 0x10 }
    return Self.areNeighbors(first, other.first) && Self.areNeighbors(second, other.second)
      && (status ^ other.status) & ~ignored == 0
  }
}

@Suite("Transcendental functions")
struct TranscendentalTests {
  /// Results of 64 bits in every rounding mode, from a computation with 300 bits, by name and operands.
  @Test("Results are correctly rounded", arguments: transcendentalRows.split(separator: "\n").map(String.init))
  func rounded(_ row: String) throws {
    let words = row.split(separator: " ").map(String.init)
    let function = try #require(Transcendental.allCases.first { "\($0)" == words[0] })
    func number(_ text: String) throws -> ExtendedReal {
      let parts = text.split(separator: ":")
      return ExtendedReal(
        significand: try #require(UInt64(parts[1], radix: 16)),
        signExponent: try #require(UInt16(parts[0], radix: 16)))
    }
    let (a, b) = (try number(words[1]), try number(words[2]))
    for mode in 0..<4 {
      let outcome = function.outcome(a, b, control: 0x37F | UInt16(mode) << 10)
      let result = function == .fptan || function == .fsincos ? outcome.second : outcome.first
      #expect(result == (try number(words[3 + mode])), "mode \(mode)")
    }
  }

  @Test("Neighbors in operands have results in their order", arguments: Transcendental.allCases)
  func monotone(_ function: Transcendental) {
    var values = FloatValues(seed: 4)
    var found = Disagreements()
    for _ in 0..<operandCount / 10 {
      var (a, b) = function.plainOperands(&values)
      // Sine and cosine rise and fall: where the operand is below pi/4 it is known which of both.
      if function.rawValue >= Transcendental.fsin.rawValue { a = values.extended(-35 ... -1) }
      (a.signExponent, b.signExponent) = (a.signExponent & 0x7FFF, b.signExponent & 0x7FFF)
      guard a.significand < .max, a.significand < 0xC90F_DAA2_2168_C234 else { continue }
      let next = ExtendedReal(significand: a.significand + 1, signExponent: a.signExponent)
      let (one, two) = (function.outcome(a, b, control: 0x37F), function.outcome(next, b, control: 0x37F))
      let hasPair = function == .fptan || function == .fsincos
      var (low, high) = (hasPair ? one.second : one.first, hasPair ? two.second : two.first)
      if function == .fcos || function == .fpatan { (low, high) = (high, low) }
      var unit = ExtendedArithmetic(controlWord: 0x37F)
      let order = unit.compare(low, high, signalsQuiet: true)
      found.note(order == .less || order == .equal, "\(function) \(a), \(b): \(low), \(high)")
    }
    #expect(found.count == 0, "\(found.texts)")
  }

  #if arch(x86_64)
    @Test("The host: every case the same but for the last place", arguments: Transcendental.allCases)
    func agrees(_ function: Transcendental) {
      var values = FloatValues(seed: 3)
      var found = Disagreements()
      for index in 0..<operandCount {
        let (a, b) =
          index % 4 == 0 ? function.plainOperands(&values) : (values.extended(), values.extended())
        let control = values.controlWord()
        let model = function.outcome(a, b, control: control, hostVariant)
        let host = function.hostOutcome(a, b, control: control, model)
        found.note(model.isNear(host), "\(function) FCW \(control), \(a), \(b): \(model), the host \(host)")
      }
      #expect(found.count == 0, "\(found.texts)")
    }

    /// How many results of 64 bits are the host's, to nearest and in the other modes; measured with `make float-test`.
    @Test("The host: most results are the same", arguments: Transcendental.allCases)
    func share(_ function: Transcendental) {
      var values = FloatValues(seed: 5)
      var (nearest, directed) = (0, 0)
      for index in 0..<operandCount {
        let (a, b) = function.plainOperands(&values)
        for control in [0x37F, 0x77F + UInt16(index % 3) << 10] as [UInt16] {
          let model = function.outcome(a, b, control: control, hostVariant)
          let host = function.hostOutcome(a, b, control: control, model)
          guard model.first == host.first, model.second == host.second else { continue }
          if control == 0x37F { nearest += 1 } else { directed += 1 }
        }
      }
      let shares = [nearest, directed].map { Double($0) / Double(operandCount) * 100 }
      if operandCount >= 100_000 { print("\(function): \(shares.map { String(format: "%.2f %%", $0) })") }
      #expect(shares[0] > 89 && shares[1] > 60, "\(function): \(shares)")
    }

    @Test("The comparison sees two units in the last place, a sign and a flag")
    func planted() {
      let (a, b) = (ExtendedReal(integer: 1), ExtendedReal(integer: 3))
      let model = Transcendental.fsin.outcome(a, b, control: 0x37F, hostVariant)
      let host = Transcendental.fsin.hostOutcome(a, b, control: 0x37F, model)
      #expect(model.isNear(host))
      var wrong = host
      wrong.first.significand += 3
      #expect(!model.isNear(wrong))
      wrong = host
      wrong.first.signExponent ^= 0x8000
      #expect(!model.isNear(wrong))
      wrong = host
      wrong.status ^= 0x400
      #expect(!model.isNear(wrong))
    }
  #endif
}
