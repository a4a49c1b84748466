/// A set of RAM pages, by number.
public struct PageSet: Equatable, Sendable {
  /// How many pages there are.
  public let pageCount: Int
  /// One bit a page, 64 a word; bits beyond the last page are zero.
  public private(set) var words: [UInt64]

  /// Makes an empty set, or the set of all pages.
  public init(pageCount: Int, isFull: Bool = false) {
    self.pageCount = max(pageCount, 0)
    words = [UInt64](repeating: isFull ? .max : 0, count: (self.pageCount + 63) / 64)
    if isFull, pageCount & 63 != 0 { words[words.count - 1] = 1 << UInt64(pageCount & 63) &- 1 }
  }

  /// Makes a set of its words; nil if their number is wrong or a bit beyond the last page is set.
  public init?(pageCount: Int, words: [UInt64]) {
    guard words.count == (pageCount + 63) / 64 else { return nil }
    if pageCount & 63 != 0, let last = words.last, last >> UInt64(pageCount & 63) != 0 { return nil }
    self.pageCount = pageCount
    self.words = words
  }

  /// Whether a page, which exists, is a member.
  public func contains(_ page: Int) -> Bool { words[page >> 6] & (1 << UInt64(page & 63)) != 0 }

  /// Adds a page, which exists.
  public mutating func insert(_ page: Int) { words[page >> 6] |= 1 << UInt64(page & 63) }

  /// Takes out a page, which exists.
  public mutating func remove(_ page: Int) { words[page >> 6] &= ~(1 << UInt64(page & 63)) }

  /// The first member from a page on.
  public func first(from page: Int) -> Int? {
    guard page < pageCount else { return nil }
    var word = page >> 6
    var bits = words[word] & (.max << UInt64(page & 63))
    while bits == 0 {
      word += 1
      guard word < words.count else { return nil }
      bits = words[word]
    }
    return word << 6 | bits.trailingZeroBitCount
  }

  /// Adds the pages of a set of the same size.
  public mutating func formUnion(_ other: PageSet) {
    for index in words.indices where index < other.words.count { words[index] |= other.words[index] }
  }

  /// Takes out the pages of a set of the same size.
  public mutating func subtract(_ other: PageSet) {
    for index in words.indices where index < other.words.count { words[index] &= ~other.words[index] }
  }

  /// How many members it has.
  public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// The members as runs of adjacent pages, in order.
  public var runs: [Range<Int>] {
    var result: [Range<Int>] = []
    var start: Int?
    for (index, word) in words.enumerated() {
      // Whole words of one kind are passed at once.
      if word == 0 || word == .max {
        if word == 0, let first = start {
          result.append(first..<index << 6)
          start = nil
        } else if word != 0 && start == nil {
          start = index << 6
        }
        continue
      }
      for bit in 0..<64 {
        let page = index << 6 | bit
        let isMember = word & (1 << UInt64(bit)) != 0
        if isMember && start == nil { start = page }
        if !isMember, let first = start {
          result.append(first..<page)
          start = nil
        }
      }
    }
    if let first = start { result.append(first..<pageCount) }
    return result
  }
}
