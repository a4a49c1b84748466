import DevicesLegacy

/// Groups of a disk's sectors: a bit each.
///
/// A group is 64 KiB, more if the disk has more than 2^28 of them, so that the bits take at most 32 MiB.
struct GroupSet {
  /// Bytes of a group of a disk that is not larger than `largestPlainDisk`.
  static let leastByteCount: UInt64 = 1 << 16
  /// The largest disk whose groups are 64 KiB: 16 TiB.
  static let largestPlainDisk = leastByteCount * ClusterSet.largestCount

  /// Groups that are in the set.
  private(set) var count: UInt64 = 0
  private let byteCount: UInt64
  private let groupByteCount: UInt64
  private var groups: ClusterSet

  /// Makes a set without groups for a disk of so many bytes.
  init(byteCount: UInt64) {
    self.byteCount = byteCount
    var size = Self.leastByteCount
    while byteCount / size >= ClusterSet.largestCount, byteCount > Self.largestPlainDisk { size <<= 1 }
    groupByteCount = size
    groups = ClusterSet(count: byteCount / size + (byteCount % size == 0 ? 0 : 1))
  }

  /// Bytes of all groups that are in the set.
  var heldByteCount: UInt64 {
    guard groups.count > 0, groups.contains(groups.count - 1) else { return count * groupByteCount }
    let last = range(of: groups.count - 1)
    return (count - 1) * groupByteCount + (last.upperBound - last.lowerBound)
  }

  /// Adds the groups of a range of bytes.
  mutating func insert(_ offset: UInt64, _ length: UInt64) {
    guard length > 0, offset < byteCount else { return }
    let last = offset + min(length, byteCount - offset) - 1
    for group in offset / groupByteCount...last / groupByteCount where groups.insert(group) { count += 1 }
  }

  /// Removes a group.
  mutating func remove(_ group: UInt64) {
    guard groups.contains(group) else { return }
    groups.remove(group)
    count -= 1
  }

  /// Whether the group of a byte is in the set.
  func contains(_ offset: UInt64) -> Bool { groups.contains(offset / groupByteCount) }

  /// The first group from a number on that is in the set.
  func first(from group: UInt64) -> UInt64? { group < groups.count ? groups.first(in: group..<groups.count) : nil }

  /// The bytes of a group.
  func range(of group: UInt64) -> Range<UInt64> {
    let start = group * groupByteCount
    return start..<start + min(groupByteCount, byteCount - start)
  }

  /// Where the group of a byte ends.
  func end(of offset: UInt64) -> UInt64 { range(of: offset / groupByteCount).upperBound }
}

/// What a guest sees of a medium through its overlay, where it may hold anything but zeros.
final class OverlaidStorage: MappedStorage {
  private let overlay: OverlayStorage
  let isReadOnly = true
  var byteCount: UInt64 { overlay.byteCount }

  init(_ overlay: OverlayStorage) { self.overlay = overlay }

  func read(at offset: UInt64, count: Int) -> [UInt8]? { overlay.read(at: offset, count: count) }
  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool { false }
  func flush() -> Bool { overlay.flush() }

  // Whoever asks asks for groups that were written.
  func nextData(from offset: UInt64) -> Range<UInt64>? { offset < byteCount ? offset..<byteCount : nil }
}
