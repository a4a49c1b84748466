import DevicesLegacy

/// What a disk holds, as a hash of its contents: the same for a raw image and a qcow2 image of it, and for zeros that are
/// written and zeros that are not.
///
/// It is no defence against an author, only against accidents.
public struct ContentIdentity: Codable, Hashable, Sendable, CustomStringConvertible {
  /// Bytes of the disk.
  public var byteCount: UInt64
  /// The upper half of the hash.
  public var high: UInt64
  /// The lower half of the hash.
  public var low: UInt64

  /// Makes one of its parts.
  public init(byteCount: UInt64, high: UInt64, low: UInt64) {
    (self.byteCount, self.high, self.low) = (byteCount, high, low)
  }

  /// The hash as 32 hexadecimal digits.
  public var description: String { [high, low].map(Self.digits).joined() }

  private static func digits(_ word: UInt64) -> String {
    let text = String(word, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}

/// 128 bits of words and bytes: four lanes over stripes of 32 bytes, each lane rotl(lane ^ word, 29) * P.
struct ContentChecksum {
  private static let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var lanes: (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
  private var byteCount: UInt64 = 0

  @inline(__always) private static func mix(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = lane ^ word
    return (mixed << 29 | mixed >> 35) &* prime
  }

  mutating func add(word: UInt64) {
    lanes.0 = Self.mix(lanes.0, word)
    byteCount &+= 8
    lanes = (lanes.1, lanes.2, lanes.3, lanes.0)
  }

  /// Takes bytes; the number of bytes is a multiple of 32.
  mutating func add(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { area in
      var (a, b, c, d) = lanes
      for place in stride(from: 0, to: area.count & ~31, by: 32) {
        a = Self.mix(a, UInt64(littleEndian: unsafe area.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
        b = Self.mix(b, UInt64(littleEndian: unsafe area.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self)))
        c = Self.mix(c, UInt64(littleEndian: unsafe area.loadUnaligned(fromByteOffset: place + 16, as: UInt64.self)))
        d = Self.mix(d, UInt64(littleEndian: unsafe area.loadUnaligned(fromByteOffset: place + 24, as: UInt64.self)))
      }
      lanes = (a, b, c, d)
    }
    byteCount &+= UInt64(bytes.count)
  }

  /// The checksum of all that was taken.
  var value: (high: UInt64, low: UInt64) { (finish(0x243F_6A88_85A3_08D3), finish(0x1319_8A2E_0370_7344)) }

  private func finish(_ start: UInt64) -> UInt64 {
    var result = start ^ byteCount
    for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
      result = Self.mix(result ^ result >> 31, lane)
    }
    result = (result ^ result >> 32) &* Self.prime
    return result ^ result >> 29
  }
}

/// Hashes of groups of a disk's sectors, kept between two questions for its identity.
///
/// The first question reads all that the image has allocated, at the speed of the host's disk or page cache; a later one
/// only the groups that were written since. A group is 64 KiB, more if the disk has more than 2^20 of them; those that are
/// all zero have no hash. So memory is at most some 50 MiB, and less than a thousandth of what the disk holds.
struct ContentHashes {
  /// Bytes that are read and hashed at once.
  static let pieceByteCount: UInt64 = 1 << 16
  private static let largestGroupCount: UInt64 = 1 << 20

  private struct Hash {
    var high: UInt64
    var low: UInt64
  }

  private let byteCount: UInt64
  private let groupByteCount: UInt64
  private let groupCount: UInt64
  private var hashes: [UInt64: Hash] = [:]
  /// Groups that were written since they were hashed; nil if none was hashed yet.
  private var stale: ClusterSet?

  init(byteCount: UInt64) {
    self.byteCount = byteCount
    var size = Self.pieceByteCount
    while byteCount / size >= Self.largestGroupCount { size <<= 1 }
    groupByteCount = size
    groupCount = byteCount / size + (byteCount % size == 0 ? 0 : 1)
  }

  /// Begins with a medium that is zero where nothing is noted.
  mutating func beginEmpty() {
    hashes = [:]
    stale = ClusterSet(count: groupCount)
  }

  /// Notes that bytes were written, or may have been.
  mutating func noteWrite(_ offset: UInt64, _ count: Int) {
    guard stale != nil, count > 0 else { return }
    for group in offset / groupByteCount...(offset + UInt64(count) - 1) / groupByteCount { _ = stale?.insert(group) }
  }

  /// The first group, from a number on, that was written since it was hashed.
  func firstStale(from group: UInt64) -> UInt64? {
    group < groupCount ? stale?.first(in: group..<groupCount) : nil
  }

  /// Hashes a group again; false if the host fails.
  mutating func hash(group: UInt64, of storage: any MappedStorage) -> Bool {
    hashes[group] = nil
    let start = group * groupByteCount
    guard hash(storage, start..<start + min(groupByteCount, byteCount - start)) else { return false }
    stale?.remove(group)
    return true
  }

  /// Bytes of a group, but for the last, which may have fewer.
  var stepByteCount: UInt64 { groupByteCount }

  /// The identity of a medium of this size; nil if the host fails.
  mutating func identity(of storage: any MappedStorage) -> ContentIdentity? {
    if stale != nil {
      var next: UInt64 = 0
      while let group = firstStale(from: next) {
        guard hash(group: group, of: storage) else { return nil }
        next = group + 1
      }
    } else {
      hashes = [:]
      guard hash(storage, 0..<byteCount) else { return nil }
      stale = ClusterSet(count: groupCount)
    }
    var sum = ContentChecksum()
    sum.add(word: byteCount)
    sum.add(word: groupByteCount)
    for (group, hash) in hashes.sorted(by: { $0.key < $1.key }) {
      for word in [group, hash.high, hash.low] { sum.add(word: word) }
    }
    let value = sum.value
    return ContentIdentity(byteCount: byteCount, high: value.high, low: value.low)
  }

  /// Hashes the groups of a range that begins and ends with groups; false if the host fails.
  private mutating func hash(_ storage: any MappedStorage, _ range: Range<UInt64>) -> Bool {
    var next = range.lowerBound
    var open: (group: UInt64, sum: ContentChecksum)?
    while next < range.upperBound, let data = storage.nextData(from: next), data.lowerBound < range.upperBound {
      var place = max(next, data.lowerBound / Self.pieceByteCount * Self.pieceByteCount)
      let end = min(data.upperBound, range.upperBound)
      while place < end {
        let count = Int(min(Self.pieceByteCount, byteCount - place))
        guard let bytes = storage.read(at: place, count: count) else { return false }
        if !bytes.isZero {
          let group = place / groupByteCount
          if let (last, sum) = open, last != group { close(last, sum) }
          var sum = open?.group == group ? open?.sum ?? ContentChecksum() : ContentChecksum()
          sum.add(word: place)
          sum.add(bytes)
          open = (group, sum)
        }
        place += Self.pieceByteCount
      }
      next = max(place, data.upperBound)
    }
    if let (last, sum) = open { close(last, sum) }
    return true
  }

  private mutating func close(_ group: UInt64, _ sum: ContentChecksum) {
    let value = sum.value
    hashes[group] = Hash(high: value.high, low: value.low)
  }
}

extension [UInt8] {
  /// Whether all bytes are zero.
  var isZero: Bool {
    unsafe withUnsafeBytes { area in
      let whole = area.count & ~7
      for place in stride(from: 0, to: whole, by: 8)
      where unsafe area.loadUnaligned(fromByteOffset: place, as: UInt64.self) != 0 { return false }
      for place in whole..<area.count where unsafe area[place] != 0 { return false }
      return true
    }
  }
}
