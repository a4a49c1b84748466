/// A place where two translation caches hold different translations.
public struct TranslationDifference: Sendable, Equatable {
  /// In the fetch TLB, not in a bank of data translations.
  public var isFetch: Bool
  /// As `CachedTranslations.Slot.index`.
  public var index: Int
  /// The one cache's translation: page and attributes; nil if it has none.
  public var ours: CachedTranslations.Slot?
  /// The other's.
  public var theirs: CachedTranslations.Slot?
}

extension TranslationCache {
  /// The first place where this cache and another hold different translations; nil if there is none.
  ///
  /// The order in which places were filled, a dropped translation's remains and what may go straight to RAM do not count:
  /// nothing that a guest can see depends on them. Allocates nothing.
  public func difference(from other: TranslationCache) -> TranslationDifference? {
    if let found = difference(from: other, where: self) ?? difference(from: other, where: other) { return found }
    for slot in 0..<(2 * Self.fetchSize) {
      let (one, two) = unsafe (Self.held(fetchEntries[slot]), Self.held(other.fetchEntries[slot]))
      if one != two { return Self.difference(isFetch: true, slot, one, two) }
    }
    return nil
  }

  /// The same for the data translations at the places that one of the two has filled.
  private func difference(from other: TranslationCache, where filler: TranslationCache) -> TranslationDifference? {
    for index in 0..<(unsafe filler.filledCount.pointee) {
      let slot = Int(unsafe filler.filled[index])
      let (one, two) = unsafe (Self.held(entries[slot]), Self.held(other.entries[slot]))
      if one != two { return Self.difference(isFetch: false, slot, one, two) }
    }
    return nil
  }

  /// Whether pieces of large pages may be cached at the same places of both, which INVLPG goes by.
  public func hasSameLargeRegions(as other: TranslationCache) -> Bool {
    (0..<513).allSatisfy { unsafe largeRegions[$0] == other.largeRegions[$0] }
  }

  /// What an entry holds: nothing if it is empty or dropped.
  private struct Held: Equatable {
    var page: UInt64
    var attributes: UInt64
  }

  @inline(__always) private static func held(_ entry: TLBEntry) -> Held {
    let page = entry.page
    return Held(page: page, attributes: page == TLBEntry.invalidTag ? 0 : entry.attributes)
  }

  private static func difference(isFetch: Bool, _ index: Int, _ one: Held, _ two: Held) -> TranslationDifference {
    func slot(_ held: Held) -> CachedTranslations.Slot? {
      guard held.page != TLBEntry.invalidTag else { return nil }
      return CachedTranslations.Slot(
        index: UInt16(truncatingIfNeeded: index), tag: held.page, attributes: held.attributes)
    }
    return TranslationDifference(isFetch: isFetch, index: index, ours: slot(one), theirs: slot(two))
  }
}
