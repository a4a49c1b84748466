public import X86

/// Where an access goes after translation.
@frozen public enum AccessTarget: Sendable {
  /// An offset into RAM.
  case ram(UInt64)
  /// A guest-physical address that is not RAM.
  case device(UInt64)
}

/// The translation of one logical processor's linear addresses: the cache, what of a walk is cached and how, and a
/// debugger's marks.
///
/// The fast path is the probe, `TranslationCache.readable` and `writable`, which code in RAM that nobody watches passes
/// with a comparison; whatever fails it comes here. Where the cache has nothing the processor walks the paging structures
/// (`PagingState.walk`), notes the walk if it is observed, and hands it over.
@frozen @safe public struct AddressTranslator {
  /// What is cached.
  public let cache: TranslationCache
  /// Guest RAM.
  public let memory: PhysicalMemory
  /// What a debugger watches.
  public let marks: WatchMarks

  /// Makes a translator with an empty cache; `destroy` releases it.
  public init(_ memory: PhysicalMemory) {
    cache = TranslationCache()
    marks = WatchMarks()
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

  // MARK: Data

  /// What is asked of a walk for a data access of a bank.
  @inlinable public static func intent(isWrite: Bool, _ bank: TLBBank) -> AccessIntent {
    AccessIntent(isWrite: isWrite, isUser: bank == .user, isUserPageForbidden: bank == .supervisor)
  }

  /// The RAM offset of a data access whose translation is cached; nil if the paging structures must be walked.
  ///
  /// A write that nobody else must see may go straight to RAM from then on.
  @inlinable @inline(__always) public func cachedOffset(_ linear: UInt64, isWrite: Bool, _ bank: TLBBank) -> UInt64? {
    let entry = unsafe TranslationCache.entry(cache.bank(bank), linear)
    guard unsafe entry.pointee.page == linear & ~0xFFF && (!isWrite || entry.pointee.isForWrite) else { return nil }
    let offset = memory.offset(of: unsafe entry.pointee.physicalPage | (linear & 0xFFF))
    if isWrite && !mustSeeWrites(linear, offset) { unsafe entry.pointee.writeTag = entry.pointee.readTag }
    return offset
  }

  /// Caches the translation that a walk has found.
  ///
  /// - Throws: #PF if it has found none.
  /// - SDM: Vol. 3A "Caching Translation Information".
  public func accept(
    _ walk: PageWalk, _ linear: UInt64, isWrite: Bool, _ bank: TLBBank
  ) throws(Exception) -> AccessTarget {
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
  @inlinable func mustSeeWrites(_ linear: UInt64, _ offset: UInt64) -> Bool {
    memory.isGuarded(offset) || marks.isWatched(page: linear, isWrite: true)
  }

  // MARK: Fetches

  /// The RAM offset of a fetch whose translation is cached, `PhysicalMemory.nowhere` if it leads elsewhere; nil if the
  /// paging structures must be walked.
  @inlinable @inline(__always) public func cachedFetch(_ linear: UInt64, isUser: Bool) -> UInt64? {
    guard let page = cache.fetchPage(linear, isUser: isUser) else { return nil }
    return memory.offset(of: page | (linear & 0xFFF))
  }

  /// Caches the translation of a fetch that a walk has found.
  ///
  /// - Returns: the offset, `PhysicalMemory.nowhere` if it is not RAM, and whether the translation of another page had
  ///   to go from the cache; nil if the walk ended in a fault.
  public func acceptFetch(
    _ walk: PageWalk, _ linear: UInt64, isUser: Bool
  ) -> (offset: UInt64, evicted: Bool)? {
    guard walk.fault == nil else { return nil }
    let evicted = cache.fillFetch(linear, isUser: isUser, walk)
    return (memory.offset(of: walk.physical), evicted)
  }

  // MARK: The debugger's marks

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
