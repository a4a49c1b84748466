import CFloatOracle
import SoftFloat
import Testing

@Suite("RCPPS and RSQRTPS")
struct EstimateTests {
  @Test("The relative error is within 1.5 * 2^-12, and the sign and the ends are as the manual says")
  func bounds() {
    var found = Disagreements()
    for index in 0..<(1 << 18) {
      // Every exponent with fractions all over, so that every entry of the tables has its turn.
      let bits = UInt32(truncatingIfNeeded: index) << 13 &+ UInt32(index % 8191)
      let value = Float(bitPattern: bits)
      let (reciprocal, root) = (
        Float(bitPattern: ReciprocalEstimate.reciprocal(bits)),
        Float(bitPattern: ReciprocalEstimate.reciprocalRoot(bits))
      )
      found.note(value.isNaN == reciprocal.isNaN, "\(bits)")
      guard value.isNormal else { continue }
      let exact = 1 / Double(value)
      found.note(
        abs(Double(reciprocal) / exact - 1) < 1.5 / 4096 || reciprocal == 0 && abs(exact) < 0x1.8p-126,
        "the reciprocal of \(value) is \(reciprocal)")
      found.note(reciprocal.sign == value.sign, "the reciprocal of \(value) is \(reciprocal)")
      if value < 0 {
        found.note(root.bitPattern == 0xFFC0_0000, "the root of \(value) is \(root)")
      } else {
        found.note(
          abs(Double(root) * Double(value).squareRoot() - 1) < 1.5 / 4096, "the root of \(value) is \(root)")
      }
    }
    #expect(found.count == 0, "\(found.texts)")
  }

  /// Operand, RCPSS, RSQRTSS.
  static let rows: [(operand: UInt32, reciprocal: UInt32, root: UInt32)] = [
    (0, 0x7F80_0000, 0x7F80_0000), (0x8000_0000, 0xFF80_0000, 0xFF80_0000), (1, 0x7F80_0000, 0x7F80_0000),
    (0x8000_0001, 0xFF80_0000, 0xFF80_0000), (0x007F_FFFF, 0x7F80_0000, 0x7F80_0000), (0x7F80_0000, 0, 0),
    (0xFF80_0000, 0x8000_0000, 0xFFC0_0000), (0x7F80_0001, 0x7FC0_0001, 0x7FC0_0001),
    (0xFFC1_2345, 0xFFC1_2345, 0xFFC1_2345), (0x3F80_0000, 0x3F7F_F000, 0x3F7F_F800),
    (0x4000_0000, 0x3EFF_F000, 0x3F35_0000), (0x3FFF_FFFF, 0x3F00_0000, 0x3F35_0800),
    (0x7E7F_FFFF, 0x0080_0000, 0x2000_0000), (0x7E80_0000, 0, 0x1FFF_F800), (0x7F7F_FFFF, 0, 0x1F80_0000),
  ]

  @Test("Ends and corners as AMD's Zen 2 gives them", arguments: rows)
  func row(_ row: (operand: UInt32, reciprocal: UInt32, root: UInt32)) {
    #expect(ReciprocalEstimate.reciprocal(row.operand) == row.reciprocal)
    #expect(ReciprocalEstimate.reciprocalRoot(row.operand) == row.root)
  }
}
