/// One cached translation of a 4 KiB page; a large page fills one entry for each 4 KiB of it that is touched.
@frozen public struct TLBEntry {
  /// The page's linear address if reads may go straight to RAM, with `mark` if a debugger watches them, else
  /// `invalidTag`.
  public var readTag: UInt64
  /// The page's linear address if writes may go straight to RAM, else `invalidTag`.
  public var writeTag: UInt64
  /// Host address minus linear address.
  public var addend: UInt64
  /// Physical page address, with bit 0 for a global page, bits 5:1 for log2 of the page size, bits 9:6 for the protection
  /// key of a page that bit 10 says has one, and bit 11 for a translation that was made for a write.
  public var attributes: UInt64

  /// An entry that holds nothing.
  @inlinable public static var empty: Self { Self(readTag: 1, writeTag: 1, addend: 0, attributes: 0) }

  @usableFromInline init(readTag: UInt64, writeTag: UInt64, addend: UInt64, attributes: UInt64) {
    self.readTag = readTag
    self.writeTag = writeTag
    self.addend = addend
    self.attributes = attributes
  }

  /// Never equal to a page address.
  @inlinable public static var invalidTag: UInt64 { 1 }
  /// In a read tag: the translation holds, but every access takes the slow path.
  @inlinable public static var mark: UInt64 { 2 }
  /// The page's linear address, whether or not reads may go straight to RAM, or `invalidTag`.
  @inlinable public var page: UInt64 { readTag & ~Self.mark }
  /// Physical address of the page.
  @inlinable public var physicalPage: UInt64 { attributes & ~0xFFF }
  /// A global page.
  @inlinable public var isGlobal: Bool { attributes & 1 != 0 }
  /// Log2 of the size of the page that the paging structures map.
  @inlinable public var pageShift: UInt64 { (attributes & 0x3E) >> 1 }
  /// One bit, for the protection key of the page; 0 if it has none.
  @inlinable public var protectionKeyBit: UInt16 { attributes & 0x400 == 0 ? 0 : 1 << ((attributes >> 6) & 15) }
  /// The translation was made for a write: another write needs no walk, whether or not it may go straight to RAM.
  @inlinable public var isForWrite: Bool { attributes & 0x800 != 0 }
}

/// Which accesses a bank of the translation cache serves.
@frozen public enum TLBBank: UInt8, Sendable {
  /// Explicit accesses at CPL 3.
  case user
  /// Supervisor accesses that SMAP keeps from user pages.
  case supervisor
  /// Supervisor accesses that may touch user pages (SMAP off, or AC set).
  case supervisorWithUserPages
}

/// The data TLB of one logical processor: three direct-mapped banks of 4,096 entries, and a fetch TLB.
///
/// Deterministic machine state: an entry stays until the architecture drops it or its slot is filled anew.
@frozen @safe public struct TranslationCache {
  /// Entries of one bank.
  @inlinable public static var bankSize: Int { 4096 }
  /// Entries of the fetch TLB, user and supervisor each.
  @inlinable public static var fetchSize: Int { 1024 }

  /// The banks, one after the other.
  public let entries: UnsafeMutablePointer<TLBEntry>
  @usableFromInline let fetchEntries: UnsafeMutablePointer<TLBEntry>
  @usableFromInline let filled: UnsafeMutablePointer<UInt16>
  @usableFromInline let filledCount: UnsafeMutablePointer<Int>
  /// The slots of the fetch TLB that have been filled.
  private let fetchFilled: UnsafeMutablePointer<UInt16>
  private let fetchFilledCount: UnsafeMutablePointer<Int>
  /// A bit for each protection key of the pages that may be cached.
  @usableFromInline let cachedKeys: UnsafeMutablePointer<UInt16>
  /// Nonzero where a piece of a 2 MiB page may be cached, by a hash of its address; last, any larger page.
  @usableFromInline let largeRegions: UnsafeMutablePointer<UInt8>

  /// Makes an empty cache; `destroy` releases it.
  public init() {
    let total = 3 * Self.bankSize
    let empty = TLBEntry.empty
    unsafe entries = .allocate(capacity: total)
    unsafe entries.initialize(repeating: empty, count: total)
    unsafe fetchEntries = .allocate(capacity: 2 * Self.fetchSize)
    unsafe fetchEntries.initialize(repeating: empty, count: 2 * Self.fetchSize)
    unsafe filled = .allocate(capacity: total)
    unsafe filled.initialize(repeating: 0, count: total)
    unsafe filledCount = .allocate(capacity: 1)
    unsafe filledCount.initialize(to: 0)
    unsafe fetchFilled = .allocate(capacity: 2 * Self.fetchSize)
    unsafe fetchFilled.initialize(repeating: 0, count: 2 * Self.fetchSize)
    unsafe fetchFilledCount = .allocate(capacity: 1)
    unsafe fetchFilledCount.initialize(to: 0)
    unsafe cachedKeys = .allocate(capacity: 1)
    unsafe cachedKeys.initialize(to: 0)
    unsafe largeRegions = .allocate(capacity: 513)
    unsafe largeRegions.initialize(repeating: 0, count: 513)
  }

  /// Releases the host memory.
  public func destroy() {
    unsafe entries.deallocate()
    unsafe fetchEntries.deallocate()
    unsafe filled.deallocate()
    unsafe filledCount.deallocate()
    unsafe fetchFilled.deallocate()
    unsafe fetchFilledCount.deallocate()
    unsafe cachedKeys.deallocate()
    unsafe largeRegions.deallocate()
  }

  /// First entry of a bank.
  @inlinable public func bank(_ bank: TLBBank) -> UnsafeMutablePointer<TLBEntry> {
    unsafe entries + Int(bank.rawValue) * Self.bankSize
  }

  /// The entry of a bank that an address may be in.
  @inlinable @inline(__always) public static func entry(
    _ bank: UnsafeMutablePointer<TLBEntry>, _ linear: UInt64
  ) -> UnsafeMutablePointer<TLBEntry> {
    unsafe bank + Int(truncatingIfNeeded: (linear >> 12) & UInt64(bankSize - 1))
  }

  /// A pointer that is not nil, without a check that it is not.
  @inlinable @inline(__always) static func host(_ address: UInt64) -> UnsafeMutableRawPointer {
    unsafe UnsafeMutableRawPointer(bitPattern: 1).unsafelyUnwrapped + Int(truncatingIfNeeded: address &- 1)
  }

  /// Host address of a read that may go straight to RAM, nil if the slow path must look; all of it lies in one page.
  @inlinable @inline(__always) public static func readable(
    _ bank: UnsafeMutablePointer<TLBEntry>, _ linear: UInt64, _ byteCount: UInt64
  ) -> UnsafeMutableRawPointer? {
    let entry = unsafe entry(bank, linear)
    guard _fastPath(unsafe (linear &+ (byteCount &- 1)) & ~0xFFF == entry.pointee.readTag) else { return nil }
    return unsafe host(linear &+ entry.pointee.addend)
  }

  /// Host address of a write that may go straight to RAM, nil if the slow path must look.
  @inlinable @inline(__always) public static func writable(
    _ bank: UnsafeMutablePointer<TLBEntry>, _ linear: UInt64, _ byteCount: UInt64
  ) -> UnsafeMutableRawPointer? {
    let entry = unsafe entry(bank, linear)
    guard _fastPath(unsafe (linear &+ (byteCount &- 1)) & ~0xFFF == entry.pointee.writeTag) else { return nil }
    return unsafe host(linear &+ entry.pointee.addend)
  }

  /// Caches a data translation.
  ///
  /// - Parameters:
  ///   - walk: a walk that succeeded and whose page is RAM at `offset`.
  ///   - isForWrite: the walk was one for a write.
  ///   - isGuarded: writes must take the slow path all the same.
  ///   - isMarked: so must everything.
  public func fill(
    _ bank: TLBBank, _ linear: UInt64, _ walk: PageWalk, host: UInt64, isForWrite: Bool, isGuarded: Bool,
    isMarked: Bool
  ) {
    let slot = Int(bank.rawValue) * Self.bankSize + Int(truncatingIfNeeded: (linear >> 12) & UInt64(Self.bankSize - 1))
    let page = linear & ~0xFFF
    noteLarge(linear, walk)
    if unsafe entries[slot].attributes == 0 {
      unsafe filled[filledCount.pointee] = UInt16(truncatingIfNeeded: slot)
      unsafe filledCount.pointee &+= 1
    }
    // Log2 of the page size is never zero in a filled entry, so `attributes` distinguishes filled from empty.
    unsafe entries[slot] = TLBEntry(
      readTag: isMarked ? page | TLBEntry.mark : page,
      writeTag: isForWrite && !isGuarded && !isMarked ? page : TLBEntry.invalidTag, addend: host &- page,
      attributes: (walk.physical & ~0xFFF) | (isForWrite ? 0x800 : 0) | (max(walk.pageShift, 12) << 1)
        | (walk.isGlobal ? 1 : 0))
    if _slowPath(walk.keyBits != 0) { noteKey(slot, walk.keyBits) }
  }

  /// Notes the protection key of a page that has just been cached.
  @inline(never) private func noteKey(_ slot: Int, _ bits: UInt16) {
    unsafe entries[slot].attributes |= UInt64(bits)
    unsafe cachedKeys.pointee |= entries[slot].protectionKeyBit
  }

  /// Makes every write take the slow path once: RAM has new guards.
  public func dropWriteTags() {
    for index in 0..<(unsafe filledCount.pointee) { unsafe entries[Int(filled[index])].writeTag = 1 }
  }

  /// Marks those pages that a function chooses and no others; every write takes the slow path once.
  public func markPages(_ isMarked: (UInt64) -> Bool) {
    for index in 0..<(unsafe filledCount.pointee) {
      let slot = Int(unsafe filled[index])
      let page = unsafe entries[slot].page
      guard page != TLBEntry.invalidTag else { continue }
      unsafe entries[slot].readTag = isMarked(page) ? page | TLBEntry.mark : page
      unsafe entries[slot].writeTag = TLBEntry.invalidTag
    }
  }

  /// Physical page of a cached fetch translation, or nil.
  @inlinable public func fetchPage(_ linear: UInt64, isUser: Bool) -> UInt64? {
    let slot = Int(truncatingIfNeeded: (linear >> 12) & UInt64(Self.fetchSize - 1)) + (isUser ? Self.fetchSize : 0)
    return unsafe fetchEntries[slot].readTag == linear & ~0xFFF ? unsafe fetchEntries[slot].physicalPage : nil
  }

  /// Caches a fetch translation.
  ///
  /// - Returns: whether that of another page had to go.
  public func fillFetch(_ linear: UInt64, isUser: Bool, _ walk: PageWalk) -> Bool {
    let slot = Int(truncatingIfNeeded: (linear >> 12) & UInt64(Self.fetchSize - 1)) + (isUser ? Self.fetchSize : 0)
    let old = unsafe fetchEntries[slot].readTag
    noteLarge(linear, walk)
    noteFetch(slot)
    unsafe fetchEntries[slot] = TLBEntry(
      readTag: linear & ~0xFFF, writeTag: 1, addend: 0,
      attributes: (walk.physical & ~0xFFF) | (max(walk.pageShift, 12) << 1) | (walk.isGlobal ? 1 : 0))
    return old != TLBEntry.invalidTag && old != linear & ~0xFFF
  }

  private func noteFetch(_ slot: Int) {
    guard unsafe fetchEntries[slot].attributes == 0 else { return }
    unsafe fetchFilled[fetchFilledCount.pointee] = UInt16(truncatingIfNeeded: slot)
    unsafe fetchFilledCount.pointee &+= 1
  }

  private static func region(_ linear: UInt64) -> Int {
    Int(truncatingIfNeeded: ((linear >> 21) ^ (linear >> 30) ^ (linear >> 39)) & 511)
  }

  private func noteLarge(_ linear: UInt64, _ walk: PageWalk) {
    guard walk.pageShift > 12 else { return }
    unsafe largeRegions[walk.pageShift == 21 ? Self.region(linear) : 512] = 1
  }

  /// Drops cached translations.
  ///
  /// - Parameter keepsGlobal: global pages stay (MOV CR3).
  public func flush(keepsGlobal: Bool) {
    if !keepsGlobal {
      unsafe largeRegions.update(repeating: 0, count: 513)
      unsafe cachedKeys.pointee = 0
    }
    var kept = 0
    for index in 0..<(unsafe filledCount.pointee) {
      let slot = unsafe filled[index]
      if keepsGlobal, unsafe entries[Int(slot)].isGlobal {
        unsafe filled[kept] = slot
        kept &+= 1
      } else {
        unsafe entries[Int(slot)] = .empty
      }
    }
    unsafe filledCount.pointee = kept
    kept = 0
    for index in 0..<(unsafe fetchFilledCount.pointee) {
      let slot = unsafe fetchFilled[index]
      if keepsGlobal, unsafe fetchEntries[Int(slot)].isGlobal {
        unsafe fetchFilled[kept] = slot
        kept &+= 1
      } else {
        unsafe fetchEntries[Int(slot)] = .empty
      }
    }
    unsafe fetchFilledCount.pointee = kept
  }

  /// Drops every translation of the page that contains a linear address, whatever its size (INVLPG).
  public func flush(page linear: UInt64) {
    let region = Self.region(linear)
    if unsafe largeRegions[region] == 0 && largeRegions[512] == 0 {
      // Only 4 KiB pages: each bank has one place for it.
      let slot = Int(truncatingIfNeeded: (linear >> 12) & UInt64(Self.bankSize - 1))
      for bank in 0..<3 where unsafe Self.covers(entries[bank * Self.bankSize + slot], linear) {
        unsafe entries[bank * Self.bankSize + slot].readTag = 1
        unsafe entries[bank * Self.bankSize + slot].writeTag = 1
      }
      let fetch = Int(truncatingIfNeeded: (linear >> 12) & UInt64(Self.fetchSize - 1))
      if unsafe Self.covers(fetchEntries[fetch], linear) { unsafe fetchEntries[fetch].readTag = 1 }
      if unsafe Self.covers(fetchEntries[fetch + Self.fetchSize], linear) {
        unsafe fetchEntries[fetch + Self.fetchSize].readTag = 1
      }
      return
    }
    for index in 0..<(unsafe filledCount.pointee) {
      let slot = Int(unsafe filled[index])
      if unsafe Self.covers(entries[slot], linear) {
        unsafe entries[slot].readTag = 1
        unsafe entries[slot].writeTag = 1
      }
    }
    for index in 0..<(unsafe fetchFilledCount.pointee) {
      let slot = Int(unsafe fetchFilled[index])
      if unsafe Self.covers(fetchEntries[slot], linear) { unsafe fetchEntries[slot].readTag = 1 }
    }
  }

  /// Drops data translations of pages by their protection keys: PKRU has taken rights from these.
  ///
  /// - Parameter keys: bit n for key n.
  public func flush(protectionKeys keys: UInt16) {
    guard unsafe cachedKeys.pointee & keys != 0 else { return }
    unsafe cachedKeys.pointee &= ~keys
    for index in 0..<(unsafe filledCount.pointee) {
      let slot = Int(unsafe filled[index])
      guard unsafe entries[slot].protectionKeyBit & keys != 0 else { continue }
      unsafe entries[slot].readTag = 1
      unsafe entries[slot].writeTag = 1
    }
  }

  /// Makes writes to a physical page take the slow path (its code has been decoded).
  public func dropWriteTags(physicalPage: UInt64) {
    for index in 0..<(unsafe filledCount.pointee) {
      let slot = Int(unsafe filled[index])
      if unsafe entries[slot].physicalPage == physicalPage { unsafe entries[slot].writeTag = 1 }
    }
  }

  private static func covers(_ entry: TLBEntry, _ linear: UInt64) -> Bool {
    entry.readTag != TLBEntry.invalidTag && (entry.readTag ^ linear) >> entry.pageShift == 0
  }
}

/// The content of a translation cache as a value.
public struct CachedTranslations: Sendable {
  /// One filled slot.
  public struct Slot: Sendable, Codable, Equatable {
    /// Its number: bank times 4,096 plus the place, or the place in the fetch TLB.
    public var index: UInt16
    /// The page's linear address, or 1 if the translation has been dropped.
    public var tag: UInt64
    /// As `TLBEntry.attributes`.
    public var attributes: UInt64
    /// Makes a slot.
    public init(index: UInt16, tag: UInt64, attributes: UInt64) {
      self.index = index
      self.tag = tag
      self.attributes = attributes
    }
  }
  /// Data translations, in the order they were first filled.
  public var data: [Slot] = []
  /// Fetch translations.
  public var fetch: [Slot] = []
  /// As `TranslationCache.largeRegions`.
  public var largeRegions: [UInt8] = []
  /// Makes an empty one.
  public init() {}
}

extension TranslationCache {
  /// Copies the content.
  public func capture() -> CachedTranslations {
    var result = CachedTranslations()
    result.data.reserveCapacity(unsafe filledCount.pointee)
    for index in 0..<(unsafe filledCount.pointee) {
      let entry = unsafe entries[Int(filled[index])]
      unsafe result.data.append(.init(index: filled[index], tag: entry.page, attributes: entry.attributes))
    }
    for index in 0..<(2 * Self.fetchSize) where unsafe fetchEntries[index].attributes != 0 {
      let entry = unsafe fetchEntries[index]
      result.fetch.append(.init(index: UInt16(index), tag: entry.readTag, attributes: entry.attributes))
    }
    unsafe result.largeRegions = Array(UnsafeBufferPointer(start: largeRegions, count: 513))
    return result
  }

  /// Puts content back; no entry lets writes go straight to RAM before the slow path has looked at its page.
  ///
  /// - Parameter memory: RAM; a data translation whose page is not RAM is left out.
  public func restore(_ content: CachedTranslations, _ memory: PhysicalMemory) {
    let empty = TLBEntry.empty
    // Every other entry is empty already.
    for index in 0..<(unsafe filledCount.pointee) { unsafe entries[Int(filled[index])] = empty }
    unsafe fetchEntries.update(repeating: empty, count: 2 * Self.fetchSize)
    unsafe filledCount.pointee = 0
    unsafe fetchFilledCount.pointee = 0
    unsafe cachedKeys.pointee = 0
    for slot in content.data where Int(slot.index) < 3 * Self.bankSize {
      let offset = memory.offset(of: slot.attributes & ~0xFFF)
      guard offset != PhysicalMemory.nowhere, slot.attributes != 0, unsafe entries[Int(slot.index)].attributes == 0
      else { continue }
      let host = unsafe UInt64(UInt(bitPattern: memory.base)) &+ offset
      unsafe entries[Int(slot.index)] = TLBEntry(
        readTag: slot.tag, writeTag: 1, addend: host &- slot.tag, attributes: slot.attributes)
      unsafe cachedKeys.pointee |= entries[Int(slot.index)].protectionKeyBit
      unsafe filled[filledCount.pointee] = slot.index
      unsafe filledCount.pointee &+= 1
    }
    for slot in content.fetch where Int(slot.index) < 2 * Self.fetchSize {
      guard slot.attributes != 0 else { continue }
      noteFetch(Int(slot.index))
      unsafe fetchEntries[Int(slot.index)] = TLBEntry(
        readTag: slot.tag, writeTag: 1, addend: 0, attributes: slot.attributes)
    }
    for index in 0..<min(513, content.largeRegions.count) {
      unsafe largeRegions[index] = content.largeRegions[index]
    }
  }
}
