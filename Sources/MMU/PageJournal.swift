import Glibc

/// What RAM pages held before they were written, for an interval of execution: the means to go back.
///
/// While an interval is open every page that it has not written yet is guarded, so that writes to it take the slow
/// path once.
@safe public struct PageJournal {
  /// A page as it was.
  @safe public struct SavedPage {
    /// Offset into RAM.
    public let offset: UInt64
    /// Its 4096 bytes, or nil for zeros.
    public let bytes: UnsafeMutablePointer<UInt8>?

    /// Releases the copy.
    public func release() { unsafe bytes?.deallocate() }
  }

  /// Pages that the open interval has written, as they were at its start.
  public private(set) var pages: [SavedPage] = []
  /// Only which pages were written is of interest, not what they held.
  private var isForPlacesOnly = false
  private var places: [UInt64] = []

  init() {}

  /// Keeps what a page holds now.
  @usableFromInline mutating func save(_ base: UnsafeMutableRawPointer, _ offset: UInt64) {
    let page = offset & ~0xFFF
    guard !isForPlacesOnly else { return places.append(page) }
    let source = unsafe base + Int(page)
    let isZero =
      unsafe source.load(as: UInt64.self) == 0 && memcmp(source, source + 8, 4088) == 0
    guard !isZero else { return unsafe pages.append(SavedPage(offset: page, bytes: nil)) }
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: 4096)
    unsafe memcpy(copy, source, 4096)
    unsafe pages.append(SavedPage(offset: page, bytes: copy))
  }

  /// Hands over the offsets of the pages that were written.
  ///
  /// - Parameter goesOn: whether the next interval is for places only.
  mutating func takePlaces(goesOn: Bool) -> [UInt64] {
    defer { (places, isForPlacesOnly) = ([], goesOn) }
    return places
  }

  /// Hands over the pages of the open interval, which is empty afterwards.
  mutating func take() -> [SavedPage] {
    defer { pages = [] }
    return pages
  }
}

extension PhysicalMemory {
  /// Opens an interval: every page is guarded. Gives the pages of the interval before.
  ///
  /// The caller takes the fast ways to write from all translation caches.
  public func beginInterval(pageCount: Int) -> [PageJournal.SavedPage] {
    for page in 0..<pageCount { unsafe guards[page] |= 2 }
    return unsafe journal.pointee.take()
  }

  /// Ends journalling: no page is guarded by it any more. Gives the pages of the interval before.
  public func endIntervals(pageCount: Int) -> [PageJournal.SavedPage] {
    for page in 0..<pageCount { unsafe guards[page] &= ~2 }
    return unsafe journal.pointee.take()
  }

  /// Opens an interval that notes only which pages are written: every page is guarded. Gives the pages of the one before.
  ///
  /// The caller takes the fast ways to write from all translation caches. It excludes intervals that keep contents.
  public func beginTracking(pageCount: Int) -> PageSet {
    for page in 0..<pageCount { unsafe guards[page] |= 2 }
    return takePlaces(pageCount, goesOn: true)
  }

  /// Ends tracking: no page is guarded by it any more. Gives the pages of the interval before.
  public func endTracking(pageCount: Int) -> PageSet {
    for page in 0..<pageCount { unsafe guards[page] &= ~2 }
    return takePlaces(pageCount, goesOn: false)
  }

  private func takePlaces(_ pageCount: Int, goesOn: Bool) -> PageSet {
    var pages = PageSet(pageCount: pageCount)
    for place in unsafe journal.pointee.takePlaces(goesOn: goesOn) { pages.insert(Int(place >> 12)) }
    return pages
  }

  /// Puts pages back, the guards aside.
  public func putBack(_ pages: [PageJournal.SavedPage]) {
    for page in pages {
      let target = unsafe base + Int(page.offset)
      if let bytes = unsafe page.bytes { unsafe memcpy(target, bytes, 4096) } else { unsafe memset(target, 0, 4096) }
    }
  }

  /// A page that is guarded for the journal is about to be written.
  @inlinable @inline(__always)
  public func willWrite(_ offset: UInt64) {
    if unsafe guards[Int(truncatingIfNeeded: offset >> 12)] & 2 != 0 { save(offset) }
  }

  @usableFromInline @inline(never)
  func save(_ offset: UInt64) {
    unsafe guards[Int(truncatingIfNeeded: offset >> 12)] &= ~2
    unsafe journal.pointee.save(base, offset)
  }
}
