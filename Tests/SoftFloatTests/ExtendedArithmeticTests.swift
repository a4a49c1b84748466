import SoftFloat
import Testing

#if arch(x86_64)
  /// The host's own x87 unit, by way of Float80, checks the arithmetic: rounding to nearest, 64-bit precision.
  @Suite("x87 arithmetic against the host")
  struct ExtendedArithmeticTests {
    private struct Random: RandomNumberGenerator {
      var state: UInt64
      mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
      }
    }

    /// Numbers of all kinds, many of them close together so that cancellation and halves occur.
    private static func operand(_ random: inout Random) -> ExtendedReal {
      let kind = random.next() % 16
      let sign = UInt16(truncatingIfNeeded: random.next() << 15)
      var significand = random.next() | 1 << 63
      if kind < 4 { significand = (1 << 63) | (UInt64(1) << (random.next() % 64)) }
      if kind == 4 { significand = .max << (random.next() % 64) }
      switch kind {
      case 12: return ExtendedReal(signExponent: sign)
      case 13: return ExtendedReal(significand: 1 << 63, signExponent: sign | 0x7FFF)
      case 14: return ExtendedReal(significand: random.next() >> (1 + random.next() % 62), signExponent: sign)
      case 15: return ExtendedReal(significand: significand, signExponent: sign | UInt16(1 + random.next() % 0x7FFE))
      default:
        return ExtendedReal(
          significand: significand, signExponent: sign | UInt16(0x3FFF - 40 + Int(random.next() % 80)))
      }
    }

    private static func float(_ value: ExtendedReal) -> Float80 {
      if value.isInfinite { return value.isNegative ? -.infinity : .infinity }
      let exponent = UInt(value.exponent)
      return Float80(
        sign: value.isNegative ? .minus : .plus, exponentBitPattern: exponent,
        significandBitPattern: value.significand & 0x7FFF_FFFF_FFFF_FFFF)
    }

    private static func bits(_ value: Float80) -> ExtendedReal {
      let explicit: UInt64 = value.exponentBitPattern == 0 ? 0 : 1 << 63
      return ExtendedReal(
        significand: value.significandBitPattern | explicit,
        signExponent: UInt16(value.exponentBitPattern) | (value.sign == .minus ? 0x8000 : 0))
    }

    enum Operation: String, CaseIterable, Sendable {
      case add, subtract, multiply, divide, squareRoot, roundToInteger, toSingle, toDouble, remainder, compare
    }

    @Test("100,000 operand pairs", arguments: Operation.allCases)
    func agrees(_ operation: Operation) {
      var random = Random(state: 42)
      var failures = 0
      for _ in 0..<100_000 {
        let (a, b) = (Self.operand(&random), Self.operand(&random))
        let (x, y) = (Self.float(a), Self.float(b))
        var arithmetic = ExtendedArithmetic(controlWord: 0x37F)
        let ours: ExtendedReal
        let theirs: Float80
        switch operation {
        case .add: (ours, theirs) = (arithmetic.add(a, b), x + y)
        case .subtract: (ours, theirs) = (arithmetic.subtract(a, b), x - y)
        case .multiply: (ours, theirs) = (arithmetic.multiply(a, b), x * y)
        case .divide: (ours, theirs) = (arithmetic.divide(a, b), x / y)
        case .squareRoot: (ours, theirs) = (arithmetic.squareRoot(a), x.squareRoot())
        case .roundToInteger: (ours, theirs) = (arithmetic.roundToInteger(a), x.rounded(.toNearestOrEven))
        case .toSingle:
          let single = arithmetic.toReal(a, exponentBits: 8, fractionBits: 23)
          (ours, theirs) = (ExtendedReal(bits: single, exponentBits: 8, fractionBits: 23), Float80(Float(x)))
        case .toDouble:
          let double = arithmetic.toReal(a, exponentBits: 11, fractionBits: 52)
          (ours, theirs) = (ExtendedReal(bits: double, exponentBits: 11, fractionBits: 52), Float80(Double(x)))
        case .remainder:
          let result = arithmetic.remainder(a, b, toNearest: true)
          guard result.isComplete else { continue }
          (ours, theirs) = (result.value, x.remainder(dividingBy: y))
        case .compare:
          let order = arithmetic.compare(a, b, signalsQuiet: true)
          let wanted = x < y ? -1 : x > y ? 1 : x == y ? 0 : nil
          if order != wanted { failures += 1 }
          continue
        }
        if theirs.isNaN ? !ours.isNaN : ours != Self.bits(theirs) {
          failures += 1
          Issue.record("\(operation) \(a) \(b): \(ours), wanted \(Self.bits(theirs))")
        }
      }
      #expect(failures == 0)
    }

    @Test("The comparison sees a planted fault")
    func planted() {
      var arithmetic = ExtendedArithmetic(controlWord: 0x37F | 0xC00)
      let third = arithmetic.divide(ExtendedReal(integer: 2), ExtendedReal(integer: 3))
      #expect(third != Self.bits(2 as Float80 / 3))
    }
  }
#endif

/// Flags and rounding that Float80 does not show.
struct FlagRow: Sendable {
  var name: String
  var control: UInt16
  var flags: UInt16
  var value: ExtendedReal
  var run: @Sendable (inout ExtendedArithmetic) -> ExtendedReal
}

private let one = ExtendedReal(integer: 1)
private let three = ExtendedReal(integer: 3)
private let huge = ExtendedReal(significand: .max, signExponent: 0x7FFE)
private let tiny = ExtendedReal(significand: 1 << 63, signExponent: 1)
private let infinity = ExtendedReal(significand: 1 << 63, signExponent: 0x7FFF)

private let flagRows: [FlagRow] = [
  FlagRow(
    name: "1/3 down", control: 0x77F, flags: 0x20,
    value: ExtendedReal(significand: 0xAAAA_AAAA_AAAA_AAAA, signExponent: 0x3FFD)
  ) { $0.divide(one, three) },
  FlagRow(
    name: "1/3 up", control: 0xB7F, flags: 0x20,
    value: ExtendedReal(significand: 0xAAAA_AAAA_AAAA_AAAB, signExponent: 0x3FFD)
  ) { $0.divide(one, three) },
  FlagRow(
    name: "1/3 in 53 bits", control: 0x27F, flags: 0x20,
    value: ExtendedReal(significand: 0xAAAA_AAAA_AAAA_A800, signExponent: 0x3FFD)
  ) { $0.divide(one, three) },
  FlagRow(
    name: "1/3 in 24 bits", control: 0x07F, flags: 0x20,
    value: ExtendedReal(significand: 0xAAAA_AB00_0000_0000, signExponent: 0x3FFD)
  ) { $0.divide(one, three) },
  FlagRow(name: "1/0", control: 0x37F, flags: 4, value: infinity) { $0.divide(one, ExtendedReal()) },
  FlagRow(name: "0/0", control: 0x37F, flags: 1, value: .indefinite) { $0.divide(ExtendedReal(), ExtendedReal()) },
  FlagRow(name: "overflow", control: 0x37F, flags: 0x28, value: infinity) { $0.add(huge, huge) },
  FlagRow(name: "overflow towards zero", control: 0xF7F, flags: 0x28, value: huge) { $0.add(huge, huge) },
  FlagRow(
    name: "underflow", control: 0x37F, flags: 0x30, value: ExtendedReal(significand: 0x2AAA_AAAA_AAAA_AAAB)
  ) { $0.divide(tiny, three) },
  FlagRow(name: "exact denormal raises nothing", control: 0x37F, flags: 0, value: ExtendedReal(significand: 1 << 62)) {
    $0.divide(tiny, ExtendedReal(integer: 2))
  },
  FlagRow(name: "denormal operand", control: 0x37F, flags: 2, value: tiny) {
    $0.add(ExtendedReal(significand: 1 << 62), ExtendedReal(significand: 1 << 62))
  },
  FlagRow(name: "infinity - infinity", control: 0x37F, flags: 1, value: .indefinite) {
    $0.subtract(infinity, infinity)
  },
  FlagRow(name: "square root of -1", control: 0x37F, flags: 1, value: .indefinite) { $0.squareRoot(one.negated) },
  FlagRow(name: "scale", control: 0x37F, flags: 0, value: ExtendedReal(integer: 24)) { $0.scale(three, three) },
]

@Suite("x87 flags")
struct ExtendedFlagTests {
  @Test("Value and flags", arguments: flagRows)
  func row(_ row: FlagRow) {
    var arithmetic = ExtendedArithmetic(controlWord: row.control)
    #expect(row.run(&arithmetic) == row.value, "\(row.name)")
    #expect(arithmetic.flags == row.flags, "\(row.name)")
  }
}
