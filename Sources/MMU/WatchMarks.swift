/// A range of linear addresses whose accesses a debugger wants to know.
public struct WatchedRange: Hashable, Sendable {
  /// First linear address.
  public var address: UInt64
  /// Bytes, at least 1; a range may wrap at 2^64.
  public var byteCount: UInt64
  /// Reads stop the processor.
  public var stopsReads: Bool
  /// Writes stop the processor.
  public var stopsWrites: Bool

  /// Makes a range.
  public init(address: UInt64, byteCount: UInt64, stopsReads: Bool, stopsWrites: Bool) {
    self.address = address
    self.byteCount = byteCount
    self.stopsReads = stopsReads
    self.stopsWrites = stopsWrites
  }

  /// Whether an access touches the range.
  public func touches(_ start: UInt64, byteCount count: UInt64) -> Bool {
    start &- address < byteCount || address &- start < count
  }
}

/// The ranges that a debugger watches.
public final class WatchMarks {
  /// Whether anything is watched.
  @exclusivity(unchecked) public private(set) var isActive = false
  /// The ranges; empty if nothing is watched.
  public private(set) var ranges: [WatchedRange] = []
  private var reads: [Int] = []
  private var writes: [Int] = []

  /// Replaces all ranges.
  func replace(_ ranges: [WatchedRange]) {
    self.ranges = ranges
    unsafe isActive = !ranges.isEmpty
    reads = ranges.indices.filter { ranges[$0].stopsReads }
    writes = ranges.indices.filter { ranges[$0].stopsWrites }
  }

  /// The first range that an access of this direction touches.
  public func index(_ start: UInt64, _ byteCount: UInt64, isWrite: Bool) -> Int? {
    (isWrite ? writes : reads).first { ranges[$0].touches(start, byteCount: byteCount) }
  }

  /// Whether accesses of this direction to a page must be looked at.
  @inlinable public func isWatched(page: UInt64, isWrite: Bool) -> Bool {
    unsafe isActive && index(page & ~0xFFF, 0x1000, isWrite: isWrite) != nil
  }
}
