import CFloatOracle
import SoftFloat
import Testing

/// binary16, of which every number can be tried.
@Suite("binary16")
struct HalfTests {
  /// The value of a binary16 number by the definition of the format.
  private static func value(_ bits: UInt16) -> Double {
    let sign: Double = bits & 0x8000 != 0 ? -1 : 1
    let (field, fraction) = (Int(bits >> 10 & 31), Double(bits & 0x3FF))
    if field == 31 { return fraction == 0 ? sign * .infinity : .nan }
    if field == 0 { return sign * fraction * 0x1p-24 }
    return sign * Double(sign: .plus, exponent: field - 15, significand: 1 + fraction / 1024)
  }

  @Test("VCVTPH2PS of every number, by the definition, and back")
  func everyNumber() {
    var found = Disagreements()
    for bits in UInt16.min...UInt16.max {
      var arithmetic = FloatArithmetic(mxcsr: 0x1FC0)
      let single = arithmetic.widened(half: bits)
      let wanted = Self.value(bits)
      let isSignaling = bits & 0x7C00 == 0x7C00 && bits & 0x3FF != 0 && bits & 0x200 == 0
      found.note(wanted.isNaN ? single.isNaN : Double(single) == wanted, "\(bits) is \(single)")
      found.note(arithmetic.flags == (isSignaling ? 1 : 0), "\(bits) raises \(arithmetic.flags)")
      arithmetic.flags = 0
      let back = arithmetic.half(single)
      // DAZ takes no number of binary16 for zero, and none of them is denormal in binary32.
      found.note(back == (isSignaling ? bits | 0x200 : bits), "\(bits) comes back as \(back)")
      found.note(arithmetic.flags == 0, "\(bits) on its way back raises \(arithmetic.flags)")
    }
    #expect(found.count == 0, "\(found.texts)")
  }

  /// Arithmetic in binary16 bit by bit against binary32 rounded once more, which is the same since binary32 has more
  /// than twice the bits of binary16 and two (Figueroa).
  @Test("Arithmetic by way of binary32, fast, and bit by bit, with every number", arguments: FloatOperation.allCases)
  func arithmetic(_ operation: FloatOperation) {
    var values = FloatValues(seed: 3)
    var found = Disagreements()
    for bits in UInt16.min...UInt16.max {
      for _ in 0..<max(operandCount / 20_000, 1) {
        let a = UInt64(bits)
        let b = values.number(exponentBits: 5, fractionBits: 10)
        var slow = FloatArithmetic(mxcsr: 0x1F80)
        let own = slow.slow(operation, a, b, .half)
        var fast = FloatArithmetic(mxcsr: 0x1F80)
        let (x, y) = (fast.widened(half: bits), fast.widened(half: UInt16(b)))
        let result = fast.half(fast.apply(operation, x, y))
        let isOrdered = !x.isNaN && !y.isNaN
        // The second operand comes through as it is; of a signalling NaN that is not so by way of binary32.
        let isSame = own == UInt64(result) || !isOrdered && own | 0x200 == UInt64(result)
        found.note(isSame, "\(operation) \(Disagreements.hex(a, b)): \(Disagreements.hex(own, UInt64(result)))")
        // A denormal of binary16 is none of binary32.
        let flags = slow.flags & ~FloatFlag.denormal
        found.note(flags == fast.flags, "\(operation) \(Disagreements.hex(a, b)): flags \(flags), \(fast.flags)")
      }
    }
    #expect(found.count == 0, "\(found.texts)")
  }

  #if arch(x86_64)
    @Test(
      "VCVTPS2PH and VCVTPH2PS against the host",
      .enabled(if: Int(oracleFeatures) & FLOAT_ORACLE_F16C != 0, "the host has no F16C"))
    func host() {
      var values = FloatValues(seed: 4)
      var found = Disagreements()
      for bits in UInt16.min...UInt16.max {
        let mxcsr = values.mxcsr()
        var state = mxcsr
        let wanted = unsafe float_oracle_operation(
          Int32(FLOAT_ORACLE_FROM_HALF), 0, UInt64(bits), UInt64(bits), &state)
        var arithmetic = FloatArithmetic(mxcsr: mxcsr)
        let result = arithmetic.widened(half: bits).element
        FloatComparison.note(&found, "VCVTPH2PS", [UInt64(bits)], arithmetic, result, wanted, state)
      }
      for _ in 0..<operandCount * 4 {
        // One in two within the range of binary16.
        let any = values.element(false)
        let bits = values.below(2) == 0 ? any : any & 0x8FFF_FFFF | 0x3800_0000
        let mxcsr = values.mxcsr()
        var state = mxcsr
        let wanted = unsafe float_oracle_operation(Int32(FLOAT_ORACLE_TO_HALF), 0, bits, bits, &state)
        var arithmetic = FloatArithmetic(mxcsr: mxcsr)
        let result = UInt64(arithmetic.half(Float(element: bits)))
        FloatComparison.note(&found, "VCVTPS2PH", [bits], arithmetic, result, wanted, state)
      }
      #expect(found.count == 0, "\(found.texts)")
    }
  #endif
}
