/// DEFLATE (RFC 1951) with a bound on what comes out.
struct Inflate {
  /// Why a stream cannot be read.
  enum Failure: Error, Equatable {
    /// The input ends within the stream.
    case cutOff
    /// More than the limit would come out.
    case tooLong
    /// What the stream cannot be, with the value.
    case bad(String)
  }

  private let input: [UInt8]
  /// The next byte of the input.
  private(set) var position: Int
  private var bits: UInt64 = 0
  private var bitCount = 0
  private let limit: Int
  private(set) var output: [UInt8] = []

  init(_ input: [UInt8], from position: Int, limit: Int) {
    self.input = input
    self.position = position
    self.limit = limit
  }

  /// Reads blocks up to the last one; `position` is then the first byte after the stream.
  mutating func run() throws(Failure) {
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try copyStored()
      case 1: try expand(Self.fixedLiterals, Self.fixedDistances)
      case 2:
        let (literals, distances) = try readCodes()
        try expand(literals, distances)
      case let kind: throw .bad("block type \(kind)")
      }
    }
    // Whole bytes that were looked at, yet not used, go back.
    position -= bitCount / 8
  }

  // MARK: Bits

  private mutating func fill() {
    while bitCount <= 48, position < input.count {
      bits |= UInt64(input[position]) << UInt64(bitCount)
      position += 1
      bitCount += 8
    }
  }

  private mutating func take(_ count: Int) throws(Failure) -> Int {
    fill()
    guard bitCount >= count else { throw .cutOff }
    let value = Int(bits & (1 << UInt64(count) - 1))
    drop(count)
    return value
  }

  private mutating func drop(_ count: Int) {
    bits >>= UInt64(count)
    bitCount -= count
  }

  private mutating func symbol(_ code: Code) throws(Failure) -> Int {
    fill()
    let entry = code.quick[Int(bits & 0x3FF)]
    if entry != 0 {
      guard bitCount >= Int(entry & 15) else { throw .cutOff }
      drop(Int(entry & 15))
      return Int(entry >> 4)
    }
    // Longer than 10 bits: canonical codes, bit by bit (RFC 1951 3.2.2).
    var (value, first, index) = (0, 0, 0)
    for length in 1...15 {
      guard bitCount >= length else { throw .cutOff }
      value |= Int(bits >> UInt64(length - 1) & 1)
      let count = code.counts[length]
      if value - first < count {
        drop(length)
        return code.symbols[index + value - first]
      }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    throw .bad("a code that stands for nothing")
  }

  // MARK: Blocks

  private mutating func copyStored() throws(Failure) {
    drop(bitCount & 7)
    let count = try take(16)
    let complement = try take(16)
    guard count == complement ^ 0xFFFF else { throw .bad("stored length \(count) with complement \(complement)") }
    position -= bitCount / 8
    (bits, bitCount) = (0, 0)
    guard count <= input.count - position else { throw .cutOff }
    guard count <= limit - output.count else { throw .tooLong }
    output.append(contentsOf: input[position..<(position + count)])
    position += count
  }

  private mutating func expand(_ literals: Code, _ distances: Code) throws(Failure) {
    while true {
      let symbol = try symbol(literals)
      if symbol < 256 {
        guard output.count < limit else { throw .tooLong }
        output.append(UInt8(truncatingIfNeeded: symbol))
        continue
      }
      if symbol == 256 { return }
      guard symbol < 286 else { throw .bad("length symbol \(symbol)") }
      let (base, extra) = Self.lengths[symbol - 257]
      let length = base + (try take(extra))
      let far = try self.symbol(distances)
      guard far < 30 else { throw .bad("distance symbol \(far)") }
      let (start, more) = Self.distances[far]
      let distance = start + (try take(more))
      guard distance <= output.count else { throw .bad("distance \(distance) after \(output.count) bytes") }
      guard length <= limit - output.count else { throw .tooLong }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }

  /// The codes of a block with codes of its own (RFC 1951 3.2.7).
  private mutating func readCodes() throws(Failure) -> (Code, Code) {
    let literalCount = try take(5) + 257
    let distanceCount = try take(5) + 1
    let lengthCount = try take(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else {
      throw .bad("\(literalCount) literal and \(distanceCount) distance codes")
    }
    var lengths = [Int](repeating: 0, count: 19)
    for index in 0..<lengthCount { lengths[Self.lengthOrder[index]] = try take(3) }
    let lengthCode = try Code(lengths)
    lengths = []
    while lengths.count < literalCount + distanceCount {
      let symbol = try symbol(lengthCode)
      let (value, count): (Int, Int)
      switch symbol {
      case 16:
        guard let last = lengths.last else { throw .bad("a repetition of no code length") }
        (value, count) = (last, try take(2) + 3)
      case 17: (value, count) = (0, try take(3) + 3)
      case 18: (value, count) = (0, try take(7) + 11)
      default: (value, count) = (symbol, 1)
      }
      guard lengths.count + count <= literalCount + distanceCount else { throw .bad("too many code lengths") }
      for _ in 0..<count { lengths.append(value) }
    }
    return (try Code(Array(lengths[..<literalCount])), try Code(Array(lengths[literalCount...])))
  }

  // MARK: Codes

  /// A canonical Huffman code.
  struct Code: Sendable {
    /// Codes of each length.
    var counts = [Int](repeating: 0, count: 16)
    /// Symbols in the order of their codes.
    var symbols: [Int]
    /// By the next 10 bits: symbol << 4 | length, or 0 for a longer code.
    var quick = [UInt16](repeating: 0, count: 1024)

    init(_ lengths: [Int]) throws(Failure) {
      for length in lengths where length > 0 { counts[length] += 1 }
      var left = 1
      for length in 1...15 {
        left = left << 1 - counts[length]
        guard left >= 0 else { throw .bad("code lengths that no code can have") }
      }
      var places = [Int](repeating: 0, count: 17)
      var codes = [Int](repeating: 0, count: 17)
      for length in 1...15 {
        places[length + 1] = places[length] + counts[length]
        codes[length + 1] = (codes[length] + counts[length]) << 1
      }
      symbols = [Int](repeating: 0, count: lengths.count)
      for (symbol, length) in lengths.enumerated() where length > 0 {
        symbols[places[length]] = symbol
        places[length] += 1
        let code = codes[length]
        codes[length] += 1
        guard length <= 10 else { continue }
        // The stream has a code's first bit lowest.
        var reversed = 0
        for bit in 0..<length where code >> bit & 1 != 0 { reversed |= 1 << (length - 1 - bit) }
        for index in stride(from: reversed, to: 1024, by: 1 << length) {
          quick[index] = UInt16(truncatingIfNeeded: symbol << 4 | length)
        }
      }
    }

    /// A code known to be one.
    fileprivate init(fixed lengths: [Int]) { self = (try? Code(lengths)) ?? Code() }

    private init() { symbols = [] }
  }

  private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  /// Base and extra bits of symbols 257 to 285.
  private static let lengths: [(Int, Int)] = steps(count: 28, perBit: 4, from: 3) + [(258, 0)]
  /// Base and extra bits of distance symbols 0 to 29.
  private static let distances: [(Int, Int)] = steps(count: 30, perBit: 2, from: 1)

  /// Ranges that follow each other, `perBit` of each size; the sizes double after the second group.
  private static func steps(count: Int, perBit: Int, from start: Int) -> [(Int, Int)] {
    var base = start
    var steps: [(Int, Int)] = []
    for index in 0..<count {
      let extra = max(index / perBit - 1, 0)
      steps.append((base, extra))
      base += 1 << extra
    }
    return steps
  }

  private static let fixedLiterals = Code(
    fixed: [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
      + [Int](repeating: 8, count: 8))
  private static let fixedDistances = Code(fixed: [Int](repeating: 5, count: 32))
}
