/// The rounds of AES and SHA and the field of GFNI as pure functions.
///
/// - SDM: Vol. 1 "Advanced Encryption Standard New Instructions"; Vol. 2 "SHA1RNDS4" and its kin.
enum Cryptography {
  // MARK: AES

  /// The product of two bytes as polynomials, modulo x^8 + x^4 + x^3 + x + 1.
  static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
    var (left, right, result) = (a, b, UInt8(0))
    while right != 0 {
      if right & 1 != 0 { result ^= left }
      left = left << 1 ^ (left & 0x80 != 0 ? 0x1B : 0)
      right >>= 1
    }
    return result
  }

  /// The inverse of each byte in this field; of 0 it is 0.
  static let inverses: [UInt8] = (UInt8.min...UInt8.max).map { value in
    (UInt8.min...UInt8.max).first { product(value, $0) == 1 } ?? 0
  }

  /// The substitution: the inverse of a byte under the affine map of FIPS 197.
  private static let substitution: [UInt8] = (0...255).map { value in
    let inverse = inverses[value]
    func rotated(_ count: UInt8) -> UInt8 { inverse << count | inverse >> (8 - count) }
    return inverse ^ rotated(1) ^ rotated(2) ^ rotated(3) ^ rotated(4) ^ 0x63
  }

  private static let inverseSubstitution: [UInt8] = {
    var result = [UInt8](repeating: 0, count: 256)
    for (index, value) in substitution.enumerated() { result[Int(value)] = UInt8(index) }
    return result
  }()

  private static func mix(_ state: Vector128, _ factors: (UInt8, UInt8, UInt8, UInt8)) -> Vector128 {
    Vector128(bytes: { index in
      let column = index & ~3
      func byte(_ row: Int) -> UInt8 { state.byte(column | (index &+ row) & 3) }
      return product(byte(0), factors.0) ^ product(byte(1), factors.1) ^ product(byte(2), factors.2)
        ^ product(byte(3), factors.3)
    })
  }

  /// AESENC and AESENCLAST.
  static func encrypt(_ state: Vector128, _ key: Vector128, _ isLast: Bool) -> Vector128 {
    let table = substitution
    let moved = Vector128(bytes: { index in table[Int(state.byte((index &+ 4 &* (index & 3)) & 15))] })
    let mixed = isLast ? moved : mix(moved, (2, 3, 1, 1))
    return Vector128(low: mixed.low ^ key.low, high: mixed.high ^ key.high)
  }

  /// AESDEC and AESDECLAST.
  static func decrypt(_ state: Vector128, _ key: Vector128, _ isLast: Bool) -> Vector128 {
    let table = inverseSubstitution
    let moved = Vector128(bytes: { index in table[Int(state.byte((index &- 4 &* (index & 3)) & 15))] })
    let mixed = isLast ? moved : inverseMix(moved)
    return Vector128(low: mixed.low ^ key.low, high: mixed.high ^ key.high)
  }

  /// AESIMC.
  static func inverseMix(_ state: Vector128) -> Vector128 { mix(state, (14, 11, 13, 9)) }

  /// AESKEYGENASSIST.
  static func keyAssist(_ source: Vector128, _ constant: UInt8) -> Vector128 {
    let table = substitution
    func substituted(_ word: UInt32) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(table[Int(word >> UInt32($1 * 8) & 0xFF)]) << UInt32($1 * 8) }
    }
    return Vector128(doublewords: { index in
      let word = substituted(source.doubleword(index | 1 == 1 ? 1 : 3))
      return index & 1 == 0 ? word : (word >> 8 | word << 24) ^ UInt32(constant)
    })
  }

  // MARK: SHA-1

  private static func left(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }

  private static func right(_ value: UInt32, _ count: UInt32) -> UInt32 { value >> count | value << (32 - count) }

  /// SHA1RNDS4: four rounds, the function and the constant by two bits.
  static func sha1Rounds(_ first: Vector128, _ second: Vector128, _ immediate: UInt8) -> Vector128 {
    var (a, b, c, d) = (first.doubleword(3), first.doubleword(2), first.doubleword(1), first.doubleword(0))
    var e: UInt32 = 0
    for round in 0..<4 {
      let mixed: UInt32
      let constant: UInt32
      switch immediate & 3 {
      case 0: (mixed, constant) = ((b & c) ^ (~b & d), 0x5A82_7999)
      case 1: (mixed, constant) = (b ^ c ^ d, 0x6ED9_EBA1)
      case 2: (mixed, constant) = ((b & c) ^ (b & d) ^ (c & d), 0x8F1B_BCDC)
      default: (mixed, constant) = (b ^ c ^ d, 0xCA62_C1D6)
      }
      let sum = mixed &+ left(a, 5) &+ second.doubleword(3 &- round) &+ e &+ constant
      (a, b, c, d, e) = (sum, a, left(b, 30), c, d)
    }
    return Vector128(low: UInt64(d) | UInt64(c) << 32, high: UInt64(b) | UInt64(a) << 32)
  }

  /// SHA1NEXTE.
  static func sha1Next(_ first: Vector128, _ second: Vector128) -> Vector128 {
    Vector128(doublewords: {
      $0 == 3 ? second.doubleword(3) &+ left(first.doubleword(3), 30) : second.doubleword($0)
    })
  }

  /// SHA1MSG1.
  static func sha1Message1(_ first: Vector128, _ second: Vector128) -> Vector128 {
    Vector128(low: first.low ^ second.high, high: first.high ^ first.low)
  }

  /// SHA1MSG2.
  static func sha1Message2(_ first: Vector128, _ second: Vector128) -> Vector128 {
    let w16 = left(first.doubleword(3) ^ second.doubleword(2), 1)
    let w17 = left(first.doubleword(2) ^ second.doubleword(1), 1)
    let w18 = left(first.doubleword(1) ^ second.doubleword(0), 1)
    let w19 = left(first.doubleword(0) ^ w16, 1)
    return Vector128(low: UInt64(w19) | UInt64(w18) << 32, high: UInt64(w17) | UInt64(w16) << 32)
  }

  // MARK: SHA-256

  /// SHA256RNDS2: two rounds with the words and constants of XMM0.
  static func sha256Rounds(_ first: Vector128, _ second: Vector128, _ words: Vector128) -> Vector128 {
    var (a, b, e, f) = (second.doubleword(3), second.doubleword(2), second.doubleword(1), second.doubleword(0))
    var (c, d, g, h) = (first.doubleword(3), first.doubleword(2), first.doubleword(1), first.doubleword(0))
    for round in 0..<2 {
      let choice = (e & f) ^ (~e & g)
      let majority = (a & b) ^ (a & c) ^ (b & c)
      let sum = choice &+ (right(e, 6) ^ right(e, 11) ^ right(e, 25)) &+ words.doubleword(round) &+ h
      let next = sum &+ majority &+ (right(a, 2) ^ right(a, 13) ^ right(a, 22))
      (a, b, c, d, e, f, g, h) = (next, a, b, c, sum &+ d, e, f, g)
    }
    return Vector128(low: UInt64(f) | UInt64(e) << 32, high: UInt64(b) | UInt64(a) << 32)
  }

  /// SHA256MSG1.
  static func sha256Message1(_ first: Vector128, _ second: Vector128) -> Vector128 {
    Vector128(doublewords: { index in
      let next = index == 3 ? second.doubleword(0) : first.doubleword(index &+ 1)
      return first.doubleword(index) &+ (right(next, 7) ^ right(next, 18) ^ next >> 3)
    })
  }

  /// SHA256MSG2.
  static func sha256Message2(_ first: Vector128, _ second: Vector128) -> Vector128 {
    func mixed(_ value: UInt32) -> UInt32 { right(value, 17) ^ right(value, 19) ^ value >> 10 }
    let w16 = first.doubleword(0) &+ mixed(second.doubleword(2))
    let w17 = first.doubleword(1) &+ mixed(second.doubleword(3))
    let w18 = first.doubleword(2) &+ mixed(w16)
    let w19 = first.doubleword(3) &+ mixed(w17)
    return Vector128(low: UInt64(w16) | UInt64(w17) << 32, high: UInt64(w18) | UInt64(w19) << 32)
  }
}
