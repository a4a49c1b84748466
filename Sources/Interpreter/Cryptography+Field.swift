/// GFNI: bytes as numbers of the field with 256 elements, modulo x^8 + x^4 + x^3 + x + 1.
///
/// - SDM: Vol. 1 "Galois Field New Instructions (GFNI)".
extension Cryptography {
  /// GF2P8MULB: the products of bytes.
  static func fieldProduct(_ first: Vector128, _ second: Vector128) -> Vector128 {
    Vector128(bytes: { product(first.byte($0), second.byte($0)) })
  }

  /// GF2P8AFFINEQB: each byte of the first operand as a column of bits, multiplied by the 8x8 matrix in the quadword of
  /// the second that it stands in; the immediate is added.
  static func affine(_ first: Vector128, _ matrix: Vector128, _ immediate: UInt8) -> Vector128 {
    Vector128(bytes: { index in
      transformed(first.byte(index), matrix.quadword(index >> 3)) ^ immediate
    })
  }

  /// GF2P8AFFINEINVQB: the same of the inverses of the bytes.
  static func affineOfInverse(_ first: Vector128, _ matrix: Vector128, _ immediate: UInt8) -> Vector128 {
    let table = inverses
    return Vector128(bytes: { index in
      transformed(table[Int(first.byte(index))], matrix.quadword(index >> 3)) ^ immediate
    })
  }

  /// Bit n of the result is the parity of the byte under row 7 - n of the matrix.
  private static func transformed(_ value: UInt8, _ matrix: UInt64) -> UInt8 {
    var result: UInt8 = 0
    for bit in 0..<8 as Range<UInt64> {
      let row = UInt8(truncatingIfNeeded: matrix >> ((7 &- bit) &* 8))
      result |= UInt8(truncatingIfNeeded: (row & value).nonzeroBitCount & 1) << UInt8(bit)
    }
    return result
  }
}
