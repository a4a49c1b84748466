import CFloatOracle
import Foundation
import SoftFloat

/// How many operands each operation of a comparison gets; `make float-test COUNT=...` asks for more.
let operandCount = ProcessInfo.processInfo.environment["EMU_FLOAT_COUNT"].flatMap { Int($0) } ?? 20_000

/// What the host can be asked.
let oracleFeatures = float_oracle_features()

/// Operands of the classes that Berkeley's TestFloat describes: exponents at the ends and around 1, fractions of few
/// ones, of few zeros, and of any bits.
struct FloatValues {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// A fraction of so many bits.
  private mutating func fraction(_ bits: Int) -> UInt64 {
    let mask = UInt64.max >> UInt64(64 - bits)
    func bit(_ place: Int) -> UInt64 { 1 << UInt64(place) }
    switch below(6) {
    case 0: return 0
    case 1: return mask << UInt64(below(bits)) & mask
    case 2: return bit(below(bits))
    case 3: return bit(below(bits)) &- 1
    case 4: return bit(below(bits)) ^ bit(below(bits))
    default: return next() & mask
    }
  }

  /// A number of a format with an implicit integer bit.
  mutating func number(exponentBits: Int, fractionBits: Int) -> UInt64 {
    let maximum = (1 << exponentBits) - 1
    let field: Int
    switch below(10) {
    case 0: field = 0
    case 1: field = maximum
    case 2: field = [1, 2, maximum - 1, maximum - 2][below(4)]
    case 3: field = below(maximum + 1)
    case 4: field = (maximum >> 1) + fractionBits - 2 + below(4)
    case 5: field = [1, 2, 3, fractionBits, fractionBits + 1][below(5)]
    default: field = (maximum >> 1) - 4 + below(8)
    }
    let sign = next() & 1
    return sign << UInt64(exponentBits + fractionBits) | UInt64(field) << UInt64(fractionBits)
      | fraction(fractionBits)
  }

  mutating func element(_ isDouble: Bool) -> UInt64 {
    isDouble ? number(exponentBits: 11, fractionBits: 52) : number(exponentBits: 8, fractionBits: 23)
  }

  /// Any modes of MXCSR, everything masked, which an oracle in this process needs; PE may be set already.
  mutating func mxcsr() -> UInt32 {
    var value: UInt32 = 0x1F80 | UInt32(below(4)) << 13
    if below(2) == 0 { value &= ~0x6000 }
    if below(4) == 0 { value |= 0x40 }
    if below(4) == 0 { value |= 0x8000 }
    if below(4) == 0 { value |= 0x20 }
    return value
  }

  /// Exponents where stores to smaller formats overflow, underflow and become zero.
  private static let edges: [UInt16] = [
    16256, 16257, 16234, 16510, 16511, 15361, 15360, 15309, 17406, 17407, 15308, 16233,
  ]

  /// An 80-bit number, one in sixteen with an integer bit that its exponent should not have.
  mutating func extended() -> ExtendedReal {
    let field: UInt16
    switch below(12) {
    case 0: field = 0
    case 1: field = 0x7FFF
    case 2: field = [1, 2, 0x7FFE, 0x7FFD][below(4)]
    case 3: field = UInt16(below(0x8000))
    case 4: field = 0x3FFF + 62 + UInt16(below(4))
    case 5: field = [1, 2, 63, 64, 65][below(5)]
    case 6: field = 0x3FFF + UInt16(below(140))
    case 7: field = Self.edges[below(Self.edges.count)]
    default: field = 0x3FFF - 4 + UInt16(below(8))
    }
    var significand = fraction(64)
    if field != 0 && below(16) != 0 { significand |= 1 << 63 }
    return ExtendedReal(significand: significand, signExponent: UInt16(below(2)) << 15 | field)
  }

  /// A normal 80-bit number of either sign whose exponent lies in a range.
  mutating func extended(_ exponents: ClosedRange<Int>) -> ExtendedReal {
    let exponent = exponents.lowerBound + below(exponents.count)
    let significand = below(8) == 0 ? fraction(64) : next()
    return ExtendedReal(
      significand: significand | 1 << 63, signExponent: UInt16(below(2)) << 15 | UInt16(0x3FFF + exponent))
  }

  /// Any rounding and precision, one in three with random masks.
  mutating func controlWord() -> UInt16 {
    let precision: [UInt16] = [0, 2, 3]
    let masks = below(3) == 0 ? UInt16(below(64)) : 0x3F
    return 0x40 | masks | precision[below(3)] << 8 | UInt16(below(4)) << 10
  }
}

/// What was compared and what did not agree; the first few are worth reading.
struct Disagreements {
  private(set) var count = 0
  private(set) var texts: [String] = []

  mutating func note(_ agrees: Bool, _ text: @autoclosure () -> String) {
    if agrees { return }
    count += 1
    if texts.count < 4 { texts.append(text()) }
  }

  static func hex(_ words: UInt64...) -> String { words.map { String($0, radix: 16) }.joined(separator: " ") }
}
