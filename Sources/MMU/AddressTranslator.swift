public import X86

/// Where an access goes after translation.
@frozen public enum AccessTarget: Sendable {
  /// An offset into RAM.
  case ram(UInt64)
  /// A guest-physical address that is not RAM.
  case device(UInt64)
}

/// The translation of one logical processor's linear addresses: the cache, the walk where it has nothing, what is cached
/// and how, and a debugger's marks.
///
/// The fast path is the probe, `TranslationCache.readable` and `writable`, which code in RAM that nobody watches passes
/// with a comparison; whatever fails it comes here.
@safe public struct AddressTranslator {
  /// What is cached.
  public let cache: TranslationCache
  /// Guest RAM.
  public let memory: PhysicalMemory
  /// What a debugger watches.
  public let marks = WatchMarks()

  /// Makes a translator with an empty cache; `destroy` releases it.
  public init(_ memory: PhysicalMemory) {
    cache = TranslationCache()
    self.memory = memory
  }

  /// Releases the host memory of the cache.
  public func destroy() { cache.destroy() }

  /// The two parts of an access across the border of a page: the first part's bytes and the second part's address; nil
  /// if the access lies within a page.
  ///
  /// - Parameter wraps: the address behind FFFFFFFFh is 0.
  @inlinable @inline(__always)
  public static func split(_ linear: UInt64, _ byteCount: Int, wraps: Bool) -> (first: Int, second: UInt64)? {
    let first = Int(0x1000 - (linear & 0xFFF))
    guard first < byteCount else { return nil }
    let second = linear &+ UInt64(first)
    return (first, wraps ? second & 0xFFFF_FFFF : second)
  }

  /// Translates an address for a data access and caches the translation.
  ///
  /// - Parameters:
  ///   - bank: whose rights count.
  ///   - noting: sees each walk, or nil where the cache answers.
  /// - Throws: #PF.
  /// - SDM: Vol. 3A "Caching Translation Information".
  public func translate(
    _ linear: UInt64, isWrite: Bool, _ bank: TLBBank, _ paging: PagingState,
    noting: (PageWalk?, AccessIntent) -> Void
  ) throws(Exception) -> AccessTarget {
    let intent = AccessIntent(isWrite: isWrite, isUser: bank == .user, isUserPageForbidden: bank == .supervisor)
    let entry = unsafe TranslationCache.entry(cache.bank(bank), linear)
    if unsafe entry.pointee.page == linear & ~0xFFF && (!isWrite || entry.pointee.isForWrite) {
      let offset = memory.offset(of: unsafe entry.pointee.physicalPage | (linear & 0xFFF))
      if isWrite && !mustSeeWrites(linear, offset) { unsafe entry.pointee.writeTag = entry.pointee.readTag }
      noting(nil, intent)
      return .ram(offset)
    }
    let walk = paging.walk(linear, intent, memory, setsAccessedAndDirty: true)
    noting(walk, intent)
    if let code = walk.fault { throw .pageFault(code, at: LinearAddress(linear), walk.reason) }
    let offset = memory.offset(of: walk.physical)
    guard offset != PhysicalMemory.nowhere else { return .device(walk.physical) }
    let host = unsafe UInt64(UInt(bitPattern: memory.base)) &+ (offset & ~0xFFF)
    cache.fill(
      bank, linear, walk, host: host, isForWrite: isWrite, isGuarded: mustSeeWrites(linear, offset),
      isMarked: marks.isWatched(page: linear, isWrite: false))
    return .ram(offset)
  }

  /// Whether writes to a page take the slow path each time: it has decoded code, a journal or a debugger wants to know.
  private func mustSeeWrites(_ linear: UInt64, _ offset: UInt64) -> Bool {
    memory.isGuarded(offset) || marks.isWatched(page: linear, isWrite: true)
  }

  /// What came of the translation of a fetch.
  @frozen public enum Fetch: Sendable {
    /// RAM; the translation of another page may have had to go from the cache.
    case ram(offset: UInt64, evicted: Bool)
    /// A fault, or an address that is not RAM.
    case elsewhere(evicted: Bool)
  }

  /// Translates a fetch address and caches the translation.
  ///
  /// - Parameter noting: sees a walk where the cache does not answer.
  public func translateFetch(
    _ linear: UInt64, isUser: Bool, _ paging: PagingState, noting: (PageWalk, AccessIntent) -> Void
  ) -> Fetch {
    func target(_ physical: UInt64, evicted: Bool) -> Fetch {
      let offset = memory.offset(of: physical)
      return offset == PhysicalMemory.nowhere ? .elsewhere(evicted: evicted) : .ram(offset: offset, evicted: evicted)
    }
    if let page = cache.fetchPage(linear, isUser: isUser) { return target(page | (linear & 0xFFF), evicted: false) }
    let intent = AccessIntent(isWrite: false, isFetch: true, isUser: isUser)
    let walk = paging.walk(linear, intent, memory, setsAccessedAndDirty: true)
    noting(walk, intent)
    guard walk.fault == nil else { return .elsewhere(evicted: false) }
    return target(walk.physical, evicted: cache.fillFetch(linear, isUser: isUser, walk))
  }

  /// Replaces what a debugger watches and marks what is cached anew.
  public func watch(_ ranges: [WatchedRange]) {
    marks.replace(ranges)
    markCachedPages()
  }

  /// Marks what is cached anew, as after a checkpoint has been put back.
  public func markCachedPages() {
    cache.markPages { marks.isWatched(page: $0, isWrite: false) }
  }
}
