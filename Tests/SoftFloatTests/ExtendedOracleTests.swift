import CFloatOracle
import SoftFloat
import Testing

/// What an x87 instruction leaves in ST(0) and ST(1) and in memory, and the status word without TOP.
struct X87Outcome: Equatable {
  var first: ExtendedReal
  var second: ExtendedReal
  var stored: UInt64 = 0
  var status: UInt16 = 0
}

/// An instruction of the x87 as the interpreter composes it of `ExtendedArithmetic`.
enum X87Instruction: Int, CaseIterable, Sendable {
  case fadd, fsub, fmul, fdiv, fsqrt, frndint, fscale, fxtract, fprem, fprem1, fcom, fucom
  case fst32, fst64, fistp64, fist32, fist16

  /// The exceptions that stop it where they are not masked.
  private var stoppingFlags: UInt16 {
    switch self {
    case .fst32, .fst64: 0x19
    case .fistp64, .fist32, .fist16: 1
    default: 7
    }
  }

  func outcome(
    _ a: ExtendedReal, _ b: ExtendedReal, control: UInt16, _ variant: ExtendedVariant = []
  ) -> X87Outcome {
    var unit = ExtendedArithmetic(controlWord: control, variant)
    var result = X87Outcome(first: a, second: b)
    var conditions: UInt16 = 0
    switch self {
    case .fadd: result.first = unit.add(a, b)
    case .fsub: result.first = unit.subtract(a, b)
    case .fmul: result.first = unit.multiply(a, b)
    case .fdiv: result.first = unit.divide(a, b)
    case .fsqrt: result.first = unit.squareRoot(a)
    case .frndint: result.first = unit.roundToInteger(a)
    case .fscale: result.first = unit.scale(a, b)
    case .fxtract: (result.second, result.first) = unit.extract(a)
    case .fprem, .fprem1:
      let (value, quotient, isComplete) = unit.remainder(a, b, toNearest: self == .fprem1)
      result.first = value
      conditions =
        (quotient & 4 != 0 ? 0x100 : 0) | (quotient & 2 != 0 ? 0x4000 : 0) | (quotient & 1 != 0 ? 0x200 : 0)
      if !isComplete { conditions |= 0x400 }
      unit.roundedUp = false
    case .fcom, .fucom:
      switch unit.compare(a, b, signalsQuiet: self == .fcom) {
      case .unordered: conditions = 0x4500
      case .less: conditions = 0x100
      case .equal: conditions = 0x4000
      case .greater: conditions = 0
      }
    case .fst32: result.stored = unit.toReal(a, .single)
    case .fst64: result.stored = unit.toReal(a, .double)
    case .fistp64: result.stored = unit.toInteger(a, bits: 64, truncating: false)
    case .fist32: result.stored = unit.toInteger(a, bits: 32, truncating: false) & 0xFFFF_FFFF
    case .fist16: result.stored = unit.toInteger(a, bits: 16, truncating: false) & 0xFFFF
    }
    if unit.flags & stoppingFlags & ~control != 0 {
      // The comparisons set their conditions all the same.
      if self != .fcom && self != .fucom { conditions = 0 }
      (result.first, result.second, result.stored) = (a, b, 0)
      if stoppingFlags == 7 { unit.flags &= 7 }
      unit.roundedUp = false
    }
    if self == .fistp64, unit.flags & 1 & ~control == 0 { result.first = b }
    result.status = unit.flags | conditions | (unit.roundedUp ? 0x200 : 0)
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
    let answer = float_oracle_x87(Int32(rawValue), control, operand(a), operand(b))
    var result = X87Outcome(first: number(answer.st.0), second: number(answer.st.1), stored: answer.stored)
    // FISTP leaves ST(1) empty, FXTRACT that stops has not pushed.
    if self == .fistp64 { result.second = model.second }
    result.status = answer.status & ~0x3800
    return result
  }
}

#if arch(x86_64)
  @Suite("x87 arithmetic against the host")
  struct ExtendedOracleTests {
    @Test("Results, flags and conditions in every mode of the control word", arguments: X87Instruction.allCases)
    func agrees(_ instruction: X87Instruction) {
      var values = FloatValues(seed: 2)
      var found = Disagreements()
      for _ in 0..<operandCount {
        let (a, b, control) = (values.extended(), values.extended(), values.controlWord())
        let model = instruction.outcome(a, b, control: control, hostVariant)
        let host = instruction.hostOutcome(a, b, control: control, model)
        found.note(model == host, "\(instruction) FCW \(control), \(a), \(b): \(model), the host \(host)")
      }
      #expect(found.count == 0, "\(found.texts)")
    }

    @Test("The comparison sees a planted fault")
    func planted() {
      let (a, b) = (ExtendedReal(integer: 2), ExtendedReal(integer: 3))
      let model = X87Instruction.fdiv.outcome(a, b, control: 0xF7F)
      #expect(model != X87Instruction.fdiv.hostOutcome(a, b, control: 0x37F, model))
      #expect(model == X87Instruction.fdiv.hostOutcome(a, b, control: 0xF7F, model))
    }
  }
#endif

/// The common cases of x87, and the same by `ExtendedArithmetic`.
@Suite("Quick x87 arithmetic")
struct QuickExtendedTests {
  /// What both give: the value or the bits that are stored, PE and C1.
  private typealias Outcome = (value: ExtendedReal, stored: UInt64, status: UInt16)

  private static let kinds = [
    "add", "multiply", "divide", "store32", "store64", "integer", "truncated", "load32", "load64", "compare",
  ]

  private static func quick(_ kind: String, _ a: ExtendedReal, _ b: ExtendedReal, _ control: UInt16) -> Outcome? {
    func outcome(_ quick: QuickExtended?) -> Outcome? {
      quick.map { ($0.value, 0, ($0.isInexact ? 0x20 : 0) | ($0.isRoundedUp ? 0x200 : 0)) }
    }
    func stored(_ number: (bits: UInt64, isInexact: Bool, isRoundedUp: Bool)?) -> Outcome? {
      number.map { (ExtendedReal(), $0.bits, ($0.isInexact ? 0x20 : 0) | ($0.isRoundedUp ? 0x200 : 0)) }
    }
    func integer(_ number: (value: Int64, isInexact: Bool, isRoundedUp: Bool)?) -> Outcome? {
      stored(number.map { (UInt64(bitPattern: $0.value), $0.isInexact, $0.isRoundedUp) })
    }
    guard let dropped = QuickExtended.droppedBits(controlWord: control) else { return nil }
    switch kind {
    case "add": return outcome(QuickExtended.add(a, b, dropping: dropped))
    case "multiply": return outcome(QuickExtended.multiply(a, b, dropping: dropped))
    case "divide": return outcome(QuickExtended.divide(a, b, dropping: dropped))
    case "store32": return stored(QuickExtended.store(a, isSingle: true))
    case "store64": return stored(QuickExtended.store(a, isSingle: false))
    case "integer": return integer(QuickExtended.integer(a, truncates: false))
    case "truncated": return integer(QuickExtended.integer(a, truncates: true))
    case "load32": return QuickExtended.load(UInt32(truncatingIfNeeded: a.significand)).map { ($0, 0, 0) }
    case "load64": return QuickExtended.load(a.significand).map { ($0, 0, 0) }
    default: return QuickExtended.compare(a, b).map { (ExtendedReal(), $0 == .less ? 1 : $0 == .equal ? 2 : 3, 0) }
    }
  }

  private static func exact(_ kind: String, _ a: ExtendedReal, _ b: ExtendedReal, _ control: UInt16) -> Outcome {
    var unit = ExtendedArithmetic(controlWord: control)
    var (value, stored) = (ExtendedReal(), UInt64(0))
    switch kind {
    case "add": value = unit.add(a, b)
    case "multiply": value = unit.multiply(a, b)
    case "divide": value = unit.divide(a, b)
    case "store32": stored = unit.toReal(a, .single)
    case "store64": stored = unit.toReal(a, .double)
    case "integer", "truncated": stored = unit.toInteger(a, bits: 64, truncating: kind == "truncated")
    case "load32": value = unit.load(a.significand & 0xFFFF_FFFF, .single)
    case "load64": value = unit.load(a.significand, .double)
    default:
      let order = unit.compare(a, b, signalsQuiet: true)
      stored = order == .less ? 1 : order == .equal ? 2 : 3
    }
    return (value, stored, unit.flags | (unit.roundedUp ? 0x200 : 0))
  }

  @Test("What it decides is what the bit by bit arithmetic gives", arguments: kinds)
  func agrees(_ kind: String) {
    var values = FloatValues(seed: 7)
    var found = Disagreements()
    var decided = 0
    for _ in 0..<operandCount {
      var (a, b) = (values.extended(), values.extended())
      // Ordinary numbers, near one another in magnitude every other time.
      if values.below(2) == 0 { a.significand |= 1 << 63 }
      if values.below(2) == 0 {
        b.significand |= 1 << 63
        b.signExponent = (a.signExponent &+ UInt16(values.below(130))) & 0x7FFF | UInt16(values.below(2)) << 15
      }
      if kind.hasPrefix("load"), values.below(2) == 0 { a.significand = values.element(kind == "load64") }
      let control = values.controlWord() | 0x3F
      guard let quick = Self.quick(kind, a, b, control) else { continue }
      decided += 1
      let exact = Self.exact(kind, a, b, control)
      found.note(
        quick == exact, "\(kind) FCW \(control), \(a), \(b): \(quick), and bit by bit \(exact)")
    }
    #expect(found.count == 0, "\(found.texts)")
    // Rounding to nearest is one of four modes.
    #expect(decided > operandCount / 40, "\(kind): \(decided)")
  }
}
