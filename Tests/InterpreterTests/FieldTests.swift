import Testing

@testable import Interpreter

@Suite("GFNI against AES")
struct FieldTests {
  /// The matrix of the affine map in FIPS 197 5.1.1, row 0 in the highest byte.
  private static let matrix: UInt64 = 0xF1E3_C78F_1F3E_7CF8

  @Test("The affine map of the inverse with 63h is AES's substitution of every byte")
  func substitution() {
    for value in UInt8.min...UInt8.max {
      let bytes = Vector128(bytes: { _ in value })
      let matrix = Vector128(low: Self.matrix, high: Self.matrix)
      // ShiftRows moves nothing where all bytes are the same.
      #expect(Cryptography.affineOfInverse(bytes, matrix, 0x63) == Cryptography.encrypt(bytes, Vector128(), true))
    }
  }

  @Test("A byte times its inverse is 1, and 0 has the inverse 0")
  func inverses() {
    #expect(Cryptography.inverses[0] == 0)
    for value in UInt8(1)...UInt8.max {
      let product = Cryptography.fieldProduct(
        Vector128(bytes: { _ in value }), Vector128(bytes: { _ in Cryptography.inverses[Int(value)] }))
      #expect(product == Vector128(low: 0x0101_0101_0101_0101, high: 0x0101_0101_0101_0101))
    }
  }

  @Test("Multiplication by 2 is the map of a matrix")
  func doubling() {
    // Row 7 - n has the bits that bit n of the product sums: bit n - 1, and bit 7 for the bits of 1Bh.
    var matrix: UInt64 = 0
    for bit in 0..<8 as Range<UInt64> {
      var row: UInt64 = bit > 0 ? 1 << (bit - 1) : 0
      if 0x1B >> bit & 1 != 0 { row ^= 0x80 }
      matrix |= row << ((7 - bit) * 8)
    }
    for value in UInt8.min...UInt8.max {
      let bytes = Vector128(bytes: { _ in value })
      let two = Vector128(bytes: { _ in 2 })
      #expect(
        Cryptography.affine(bytes, Vector128(low: matrix, high: matrix), 0) == Cryptography.fieldProduct(bytes, two))
    }
  }
}
