/// Clusters of a file by their numbers: a bit each, from 0 on without a gap.
struct ClusterSet {
  /// The most clusters that a file may have: the bits take 32 MiB, the file 128 GiB to 512 TiB.
  static let largestCount: UInt64 = 1 << 28

  /// Clusters that have a bit.
  private(set) var count: UInt64
  private var words: [UInt64]

  init(count: UInt64) {
    self.count = count
    words = [UInt64](repeating: 0, count: Int(count / 64 + 1))
  }

  func contains(_ cluster: UInt64) -> Bool {
    cluster < count && words[Int(cluster / 64)] >> (cluster % 64) & 1 != 0
  }

  /// Adds a cluster below `count`; false if it is there already.
  mutating func insert(_ cluster: UInt64) -> Bool {
    guard cluster < count, !contains(cluster) else { return false }
    words[Int(cluster / 64)] |= 1 << (cluster % 64)
    return true
  }

  mutating func remove(_ cluster: UInt64) {
    guard cluster < count else { return }
    words[Int(cluster / 64)] &= ~(1 << (cluster % 64))
  }

  /// Gives more clusters a bit, at most `largestCount`; they are not in the set.
  mutating func grow(to newCount: UInt64) {
    guard newCount > count, newCount <= Self.largestCount else { return }
    count = newCount
    let missing = Int(count / 64 + 1) - words.count
    if missing > 0 { words += [UInt64](repeating: 0, count: missing) }
  }

  /// The first cluster of a range that is in the set.
  func first(in range: Range<UInt64>) -> UInt64? { search(range, inverting: 0) }

  /// The first cluster from a number on that is not in the set.
  func firstAbsent(from start: UInt64) -> UInt64? {
    start < count ? search(start..<count, inverting: ~0) : nil
  }

  private func search(_ range: Range<UInt64>, inverting mask: UInt64) -> UInt64? {
    let end = min(range.upperBound, count)
    guard range.lowerBound < end else { return nil }
    var index = range.lowerBound / 64
    var word = (words[Int(index)] ^ mask) & (~0 << (range.lowerBound % 64))
    while word == 0 {
      index += 1
      guard index * 64 < end else { return nil }
      word = words[Int(index)] ^ mask
    }
    let found = index * 64 + UInt64(word.trailingZeroBitCount)
    return found < end ? found : nil
  }
}
