public import MMU

// Pages with watched bytes never pass the comparison of tags on the fast path, so that their accesses take the slow
// path and are compared there. Their translations are cached all the same, since what is cached is state of the guest:
// a read tag carries a mark, a write tag is withheld as it is for pages with decoded code.
extension Processor {
  /// Replaces the ranges after whose accesses the processor stops.
  public func setWatchpoints(_ ranges: [WatchedRange]) {
    translator.watch(ranges)
    state.isWatched = !ranges.isEmpty
    state.attention &= ~Attention.watch
  }

  /// The ranges after whose accesses the processor stops.
  public var watchpoints: [WatchedRange] { translator.marks.ranges }

  /// Compares an access of at most 8 bytes, each of its pages by itself; the first that touches a range counts.
  func noteWatchedAccess(_ address: UInt64, _ byteCount: Int, isWrite: Bool) {
    guard state.attention & Attention.watch == 0 else { return }
    let marks = translator.marks
    let parts = AddressTranslator.split(address, byteCount, wraps: !isLongMode)
    var index = marks.index(address, UInt64(parts?.first ?? byteCount), isWrite: isWrite)
    if index == nil, let parts { index = marks.index(parts.second, UInt64(byteCount - parts.first), isWrite: isWrite) }
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
