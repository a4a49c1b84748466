import MMU

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

/// The watched ranges of a board, none of which changes once they are here.
final class WatchList: Sendable {
  let ranges: [WatchedRange]
  private let reads: [Int]
  private let writes: [Int]

  init(_ ranges: [WatchedRange]) {
    self.ranges = ranges
    reads = ranges.indices.filter { ranges[$0].stopsReads }
    writes = ranges.indices.filter { ranges[$0].stopsWrites }
  }

  /// The first range that an access of this direction touches.
  func index(_ start: UInt64, _ byteCount: UInt64, isWrite: Bool) -> Int? {
    (isWrite ? writes : reads).first { ranges[$0].touches(start, byteCount: byteCount) }
  }
}

// Pages with watched bytes never pass the comparison of tags on the fast path, so that their accesses take the slow
// path and are compared there. Their translations are cached all the same, since what is cached is state of the guest:
// a read tag carries a mark, a write tag is withheld as it is for pages with decoded code.
extension Processor {
  /// Replaces the ranges after whose accesses the processor stops.
  public func setWatchpoints(_ ranges: [WatchedRange]) {
    watchList = ranges.isEmpty ? nil : WatchList(ranges)
    state.isWatched = !ranges.isEmpty
    state.attention &= ~Attention.watch
    markWatchedPages()
  }

  /// The ranges after whose accesses the processor stops.
  public var watchpoints: [WatchedRange] { watchList?.ranges ?? [] }

  /// Marks what is cached anew.
  func markWatchedPages() {
    translations.markPages { isWatched(page: $0, isWrite: false) }
  }

  /// Whether accesses of this direction to a page must be looked at.
  func isWatched(page: UInt64, isWrite: Bool) -> Bool {
    watchList?.index(page & ~0xFFF, 0x1000, isWrite: isWrite) != nil
  }

  /// Compares an access of at most 8 bytes, each of its pages by itself; the first that touches a range counts.
  func noteWatchedAccess(_ address: UInt64, _ byteCount: Int, isWrite: Bool) {
    guard let watchList, state.attention & Attention.watch == 0 else { return }
    let first = min(byteCount, Int(0x1000 - (address & 0xFFF)))
    var index = watchList.index(address, UInt64(first), isWrite: isWrite)
    if index == nil, first < byteCount {
      let second = isLongMode ? address &+ UInt64(first) : (address &+ UInt64(first)) & 0xFFFF_FFFF
      index = watchList.index(second, UInt64(byteCount - first), isWrite: isWrite)
    }
    guard let index else { return }
    state.attention |= Attention.watch
    state.watchIndex = index
  }

  /// The index of the range that the last instruction touched, if one did; it is forgotten.
  public func takeWatchHit() -> Int? {
    guard state.attention & Attention.watch != 0 else { return nil }
    state.attention &= ~Attention.watch
    return state.watchIndex
  }
}
