import Testing

@testable import MMU

/// A translation that a row puts into the cache.
struct CachedPage: Sendable {
  var linear: UInt64
  var shift: UInt64 = 12
  var isGlobal = false
  /// Where it goes: a bank of data translations, or nil for fetches.
  var bank: TLBBank? = .supervisor
  var isUserFetch = false
}

/// What drops translations, and which of those put in are still there.
struct InvalidationRow: Sendable, CustomTestStringConvertible {
  enum Action: Sendable {
    case page(UInt64)
    case flush(keepsGlobal: Bool)
  }

  var name: String
  var pages: [CachedPage]
  var action: Action
  /// A flag for each page: it is still cached.
  var stays: [Bool]

  var testDescription: String { name }

  private static let small: [CachedPage] = [
    .init(linear: 0x40_0000), .init(linear: 0x40_0000, bank: .user), .init(linear: 0x40_0000, bank: nil),
    .init(linear: 0x40_0000, bank: nil, isUserFetch: true),
    .init(linear: 0x40_0000, bank: .supervisorWithUserPages), .init(linear: 0x40_1000),
    .init(linear: 0x40_1000, bank: nil),
  ]
  /// Three pieces of one large page, one of the page behind it, and a small page elsewhere.
  private static func pieces(_ shift: UInt64, isGlobal: Bool = false) -> [CachedPage] {
    let start: UInt64 = 7 << shift
    return [
      .init(linear: start, shift: shift, isGlobal: isGlobal),
      .init(linear: start + (1 << shift) - 0x1000, shift: shift, isGlobal: isGlobal, bank: .user),
      .init(linear: start + 0x3000, shift: shift, isGlobal: isGlobal, bank: nil),
      .init(linear: start + (1 << shift) + 0x4000, shift: shift, isGlobal: isGlobal),
      .init(linear: 0x5000),
    ]
  }

  static let all: [InvalidationRow] = [
    .init(
      name: "a 4 KiB page goes from every bank and both fetch TLBs", pages: small, action: .page(0x40_0FFF),
      stays: [false, false, false, false, false, true, true]),
    .init(
      name: "another page with the same place stays", pages: small, action: .page(0x80_0000),
      stays: [true, true, true, true, true, true, true]),
    .init(
      name: "a global page goes too", pages: [.init(linear: 0x40_0000, isGlobal: true)], action: .page(0x40_0000),
      stays: [false]),
    .init(
      name: "2 MiB: all pieces go by an address of any", pages: pieces(21), action: .page(7 << 21 | 0x1_2345),
      stays: [false, false, false, true, true]),
    .init(
      name: "4 MiB", pages: pieces(22), action: .page(7 << 22 | 0x3F_F000), stays: [false, false, false, true, true]),
    .init(
      name: "1 GiB", pages: pieces(30), action: .page(7 << 30 | 0x2000_0000),
      stays: [false, false, false, true, true]),
    .init(
      name: "2 MiB, global", pages: pieces(21, isGlobal: true), action: .page(7 << 21),
      stays: [false, false, false, true, true]),
    .init(
      name: "a small page beside a large one", pages: pieces(21), action: .page(0x5FFF),
      stays: [true, true, true, true, false]),
    .init(
      name: "an address that nothing maps", pages: pieces(30), action: .page(0xFFFF_8000_0000_0000),
      stays: [true, true, true, true, true]),
    .init(
      name: "everything", pages: pieces(21, isGlobal: true), action: .flush(keepsGlobal: false),
      stays: [false, false, false, false, false]),
    .init(
      name: "everything but global pages", pages: pieces(21, isGlobal: true), action: .flush(keepsGlobal: true),
      stays: [true, true, true, true, false]),
    .init(
      name: "everything but global pages, and there are none", pages: pieces(30), action: .flush(keepsGlobal: true),
      stays: [false, false, false, false, false]),
  ]
}

@Suite("Translation cache")
struct TranslationCacheTests {
  private static let host: UInt64 = 0x7000_0000_0000

  private static func walk(_ page: CachedPage) -> PageWalk {
    var walk = PageWalk()
    walk.physical = 0x10_0000 | page.linear & 0xF_FFFF
    walk.pageShift = page.shift
    walk.isGlobal = page.isGlobal
    return walk
  }

  private static func fill(
    _ cache: TranslationCache, _ page: CachedPage, isForWrite: Bool = true, isGuarded: Bool = false,
    isMarked: Bool = false
  ) {
    if let bank = page.bank {
      cache.fill(
        bank, page.linear, walk(page), host: host + (page.linear & ~0xFFF), isForWrite: isForWrite,
        isGuarded: isGuarded, isMarked: isMarked)
    } else {
      _ = cache.fillFetch(page.linear, isUser: page.isUserFetch, walk(page))
    }
  }

  private static func holds(_ cache: TranslationCache, _ page: CachedPage) -> Bool {
    guard let bank = page.bank else {
      return cache.fetchPage(page.linear, isUser: page.isUserFetch) == walk(page).physical & ~0xFFF
    }
    return isReadable(cache, bank, page.linear)
  }

  private static func isReadable(_ cache: TranslationCache, _ bank: TLBBank, _ linear: UInt64, _ count: UInt64 = 1)
    -> Bool
  {
    unsafe TranslationCache.readable(cache.bank(bank), linear, count) != nil
  }

  private static func isWritable(_ cache: TranslationCache, _ bank: TLBBank, _ linear: UInt64, _ count: UInt64 = 1)
    -> Bool
  {
    unsafe TranslationCache.writable(cache.bank(bank), linear, count) != nil
  }

  @Test("What is dropped, and what stays", arguments: InvalidationRow.all)
  func invalidates(_ row: InvalidationRow) {
    let cache = TranslationCache()
    defer { cache.destroy() }
    for page in row.pages { Self.fill(cache, page) }
    #expect(row.pages.allSatisfy { Self.holds(cache, $0) })
    switch row.action {
    case .page(let linear): cache.flush(page: linear)
    case .flush(let keepsGlobal): cache.flush(keepsGlobal: keepsGlobal)
    }
    #expect(row.pages.map { Self.holds(cache, $0) } == row.stays)
    // What was dropped can be cached anew.
    for page in row.pages { Self.fill(cache, page) }
    #expect(row.pages.allSatisfy { Self.holds(cache, $0) })
  }

  @Test("A bank serves its own accesses alone")
  func banks() {
    let cache = TranslationCache()
    defer { cache.destroy() }
    Self.fill(cache, CachedPage(linear: 0x40_0000, bank: .user))
    #expect(Self.isReadable(cache, .user, 0x40_0FFF))
    #expect(!Self.isReadable(cache, .supervisor, 0x40_0000))
    #expect(!Self.isReadable(cache, .supervisorWithUserPages, 0x40_0000))
    #expect(cache.fetchPage(0x40_0000, isUser: true) == nil)
  }

  @Test(
    "An access that leaves its page takes the slow path",
    arguments: [(0xFF8, 8, true), (0xFF9, 8, false), (0xFFF, 1, true), (0xFFF, 2, false), (0xFF0, 16, true)]
      as [(UInt64, UInt64, Bool)])
  func split(_ offset: UInt64, _ count: UInt64, _ isFast: Bool) {
    let cache = TranslationCache()
    defer { cache.destroy() }
    for linear in [0x40_0000, 0x40_1000] as [UInt64] { Self.fill(cache, CachedPage(linear: linear)) }
    #expect(Self.isReadable(cache, .supervisor, 0x40_0000 + offset, count) == isFast)
    #expect(Self.isWritable(cache, .supervisor, 0x40_0000 + offset, count) == isFast)
  }

  /// For a write, guarded, marked: then reads are fast, writes are fast.
  @Test(
    "Write tags and marks",
    arguments: [
      (true, false, false, true, true), (false, false, false, true, false), (true, true, false, true, false),
      (true, false, true, false, false), (false, true, true, false, false),
    ] as [(Bool, Bool, Bool, Bool, Bool)])
  func tags(_ isForWrite: Bool, _ isGuarded: Bool, _ isMarked: Bool, _ reads: Bool, _ writes: Bool) {
    let cache = TranslationCache()
    defer { cache.destroy() }
    let page = CachedPage(linear: 0x40_0000)
    Self.fill(cache, page, isForWrite: isForWrite, isGuarded: isGuarded, isMarked: isMarked)
    #expect(Self.isReadable(cache, .supervisor, 0x40_0123) == reads)
    #expect(Self.isWritable(cache, .supervisor, 0x40_0123) == writes)
    let content = cache.capture().data
    #expect(content.count == 1)
    #expect(content.first?.tag == 0x40_0000, "a mark is no part of the content")
    #expect(content.first.map { $0.attributes & 0x800 != 0 } == isForWrite)
  }

  @Test("Marks come and go with the pages that a debugger watches; every write takes the slow path once")
  func marks() {
    let cache = TranslationCache()
    defer { cache.destroy() }
    let pages = [0x40_0000, 0x40_1000] as [UInt64]
    for linear in pages { Self.fill(cache, CachedPage(linear: linear)) }
    cache.markPages { $0 == 0x40_1000 }
    #expect(pages.map { Self.isReadable(cache, .supervisor, $0) } == [true, false])
    #expect(pages.map { Self.isWritable(cache, .supervisor, $0) } == [false, false])
    cache.markPages { _ in false }
    #expect(pages.map { Self.isReadable(cache, .supervisor, $0) } == [true, true])
    cache.flush(page: 0x40_0000)
    cache.markPages { _ in true }
    #expect(cache.capture().data.map(\.tag) == [TLBEntry.invalidTag, 0x40_1000])
  }

  @Test("Write tags are dropped of all pages, or of those of one physical page")
  func writeTags() {
    let cache = TranslationCache()
    defer { cache.destroy() }
    // The first and the third show the same physical page.
    let pages = [0x40_0000, 0x40_1000, 0x50_0000] as [UInt64]
    for linear in pages { Self.fill(cache, CachedPage(linear: linear)) }
    cache.dropWriteTags(physicalPage: 0x10_0000)
    #expect(pages.map { Self.isWritable(cache, .supervisor, $0) } == [false, true, false])
    #expect(pages.allSatisfy { Self.isReadable(cache, .supervisor, $0) })
    cache.dropWriteTags()
    #expect(!pages.contains { Self.isWritable(cache, .supervisor, $0) })
  }

  @Test("Content goes out and comes back, and no write is fast before the slow path has looked")
  func restores() throws {
    let memory = try GuestMemory(byteCount: 4 << 20)
    let cache = TranslationCache()
    let other = TranslationCache()
    defer {
      cache.destroy()
      other.destroy()
    }
    let pages = InvalidationRow.all.flatMap(\.pages)
    for page in pages { Self.fill(cache, page) }
    let content = cache.capture()
    #expect(!content.data.isEmpty && !content.fetch.isEmpty)
    other.restore(content, memory.physical)
    #expect(other.capture().data == content.data)
    #expect(other.capture().fetch == content.fetch)
    #expect(other.capture().largeRegions == content.largeRegions)
    for page in pages where Self.holds(cache, page) {
      #expect(Self.holds(other, page))
      if let bank = page.bank { #expect(!Self.isWritable(other, bank, page.linear)) }
    }
    // INVLPG still knows of large pages.
    other.flush(page: 7 << 30 | 0x1_2345)
    #expect(!Self.isReadable(other, .supervisor, 7 << 30))
  }

  @Test("Slots that a hostile content names without a translation are not counted as filled")
  func emptySlots() throws {
    let memory = try GuestMemory(byteCount: 4 << 20)
    let cache = TranslationCache()
    defer { cache.destroy() }
    let size = TranslationCache.fetchSize
    var content = CachedTranslations()
    content.fetch = (0..<2 * size).map { .init(index: UInt16($0), tag: 1, attributes: 0) }
    cache.restore(content, memory.physical)
    // Counted, each slot would stand in the list of filled ones twice, which has space for each once.
    let pages = (0..<2 * size).map { CachedPage(linear: UInt64($0 % size) << 12, bank: nil, isUserFetch: $0 >= size) }
    for page in pages { Self.fill(cache, page) }
    #expect(pages.allSatisfy { Self.holds(cache, $0) })
    cache.flush(keepsGlobal: false)
    #expect(cache.capture().fetch.isEmpty)
  }
}
