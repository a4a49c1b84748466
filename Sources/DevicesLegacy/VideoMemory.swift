/// The memory of a display: words of 32 bits, byte p of each in plane p, in parts that are made when they are written.
///
/// Byte n of the linear frame buffer is byte n mod 4 of word n / 4. A checkpoint shares the parts that no guest writes
/// after it.
public struct VideoMemory: Sendable {
  /// Bytes.
  public static let byteCount = 16 << 20
  /// Words.
  public static let wordCount = byteCount / 4
  private static let partWordCount = 1 << 14
  private static let partShift = 14

  /// 64 KiB each; empty is all zeros.
  private var parts = [[UInt32]](repeating: [], count: wordCount / partWordCount)

  /// Makes memory that reads as zeros.
  public init() {}

  /// No byte was written, or all were cleared.
  public var isEmpty: Bool { parts.allSatisfy(\.isEmpty) }

  /// A word; the index is taken modulo the size.
  public subscript(index: Int) -> UInt32 {
    get {
      let at = index & (Self.wordCount - 1)
      let part = parts[at >> Self.partShift]
      return part.isEmpty ? 0 : part[at & (Self.partWordCount - 1)]
    }
    set {
      let at = index & (Self.wordCount - 1)
      let number = at >> Self.partShift
      if parts[number].isEmpty {
        guard newValue != 0 else { return }
        parts[number] = [UInt32](repeating: 0, count: Self.partWordCount)
      }
      parts[number][at & (Self.partWordCount - 1)] = newValue
    }
  }

  /// A byte of the linear frame buffer.
  public subscript(byte offset: Int) -> UInt8 {
    get { UInt8(truncatingIfNeeded: self[offset >> 2] >> (UInt32(offset & 3) * 8)) }
    set {
      let shift = UInt32(offset & 3) * 8
      self[offset >> 2] = (self[offset >> 2] & ~(0xFF << shift)) | UInt32(newValue) << shift
    }
  }

  /// A byte of a plane.
  public func byte(plane: Int, _ offset: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: self[offset] >> (UInt32(plane & 3) * 8))
  }

  /// Makes all bytes zero.
  public mutating func clear() { self = VideoMemory() }
}

extension VideoMemory: Equatable {
  /// A part without words equals a part of zeros.
  public static func == (left: Self, right: Self) -> Bool {
    zip(left.parts, right.parts).allSatisfy { one, two in
      one == two || (one.allSatisfy { $0 == 0 } && two.allSatisfy { $0 == 0 })
    }
  }
}

// Saved is a text for each part that is not zero: words in hexadecimal, with * and a count behind one that is repeated.
// A blank screen of text is a few bytes so, and a snapshot of a picture makes one text rather than a million numbers.
extension VideoMemory: Codable {
  private struct Part: Codable {
    var number: Int
    var words: String
  }

  /// Writes the parts that are not zero.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for (number, part) in parts.enumerated() where part.contains(where: { $0 != 0 }) {
      try container.encode(Part(number: number, words: Self.text(part)))
    }
  }

  /// Reads parts; those that are out of order or too long are refused.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    var next = 0
    while !container.isAtEnd {
      let part = try container.decode(Part.self)
      guard (next..<parts.count).contains(part.number), let words = Self.words(part.words) else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: container.codingPath,
            debugDescription: "part \(part.number) of the display's memory is out of order or no list of words"))
      }
      parts[part.number] = words
      next = part.number + 1
    }
  }

  private static func text(_ words: [UInt32]) -> String {
    var bytes: [UInt8] = []
    var index = 0
    while index < words.count {
      let word = words[index]
      let end = words[index...].firstIndex { $0 != word } ?? words.count
      if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
      bytes += String(word, radix: 16).utf8
      if end - index > 1 {
        bytes.append(UInt8(ascii: "*"))
        bytes += String(end - index, radix: 16).utf8
      }
      index = end
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The words of a text; nil if it is none or has another number of words than a part.
  private static func words(_ text: String) -> [UInt32]? {
    var result: [UInt32] = []
    result.reserveCapacity(partWordCount)
    for run in text.utf8.split(separator: UInt8(ascii: " ")) {
      let halves = run.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
      guard let word = number(halves[0]), halves.count <= 2 else { return nil }
      guard halves.count == 2 else {
        result.append(word)
        if result.count > partWordCount { return nil }
        continue
      }
      guard let count = number(halves[1]), Int(count) <= partWordCount - result.count else { return nil }
      result.append(contentsOf: repeatElement(word, count: Int(count)))
    }
    return result.count == partWordCount ? result : nil
  }

  private static func number(_ digits: Substring.UTF8View) -> UInt32? {
    guard (1...8).contains(digits.count) else { return nil }
    var value: UInt32 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }
}
