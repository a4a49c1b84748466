/// PCMPESTRx and PCMPISTRx as a pure function.
///
/// - SDM: Vol. 1 "SSE4.2 String and Text Instructions"; Vol. 2B "Imm8 Control Byte Operation for PCMPESTRI...".
struct StringComparison {
  /// A bit for each element of the second operand.
  private(set) var bits: UInt32 = 0
  /// 16 bytes or 8 words.
  let count: Int
  private let control: UInt8

  /// Compares.
  ///
  /// - Parameters:
  ///   - first, second: the operands.
  ///   - lengths: how many of their elements are valid, 0 to `count`.
  init(_ first: Vector128, _ second: Vector128, _ lengths: (first: Int, second: Int), _ control: UInt8) {
    self.control = control
    let isWords = control & 1 != 0
    let count = isWords ? 8 : 16
    self.count = count
    func value(_ vector: Vector128, _ index: Int) -> Int {
      if isWords { return control & 2 != 0 ? Int(Int16(bitPattern: vector.word(index))) : Int(vector.word(index)) }
      return control & 2 != 0 ? Int(Int8(bitPattern: vector.byte(index))) : Int(vector.byte(index))
    }
    func holds(_ place: Int) -> Bool {
      let isValid = place < lengths.second
      switch control >> 2 & 3 {
      case 0: return isValid && (0..<lengths.first).contains { value(first, $0) == value(second, place) }
      case 1:
        guard isValid else { return false }
        let own = value(second, place)
        return stride(from: 0, to: lengths.first - 1, by: 2).contains {
          value(first, $0) <= own && own <= value(first, $0 + 1)
        }
      case 2:
        let isFirstValid = place < lengths.first
        return isFirstValid && isValid ? value(first, place) == value(second, place) : isFirstValid == isValid
      default:
        return (0..<min(lengths.first, count - place)).allSatisfy {
          place + $0 < lengths.second && value(first, $0) == value(second, place + $0)
        }
      }
    }
    for place in 0..<count where holds(place) { bits |= 1 << UInt32(place) }
    let all: UInt32 = (1 << UInt32(count)) - 1
    switch control >> 4 & 3 {
    case 1: bits ^= all
    case 3: bits ^= (1 << UInt32(lengths.second)) - 1
    default: break
    }
  }

  /// The place of the first or last bit, or `count`.
  var index: Int {
    if bits == 0 { return count }
    return control & 0x40 == 0 ? bits.trailingZeroBitCount : 31 - bits.leadingZeroBitCount
  }

  /// The bits, or elements of ones.
  var mask: Vector128 {
    guard control & 0x40 != 0 else { return Vector128(low: UInt64(bits)) }
    let bits = self.bits
    return count == 8
      ? Vector128(words: { bits >> UInt32($0) & 1 != 0 ? .max : 0 })
      : Vector128(bytes: { bits >> UInt32($0) & 1 != 0 ? .max : 0 })
  }
}
