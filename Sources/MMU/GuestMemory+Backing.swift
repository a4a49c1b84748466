import Glibc

extension GuestMemory {
  /// How many pages of 4 KiB RAM has.
  public var pageCount: Int { Int(byteCount >> 12) }

  /// Maps a file's bytes copy-on-write in the place of all RAM; nothing is read until it is touched.
  ///
  /// Whoever has the RAM's addresses keeps them. The file must not change as long as this RAM lives.
  /// - Parameters:
  ///   - fileDescriptor: a regular file that has `byteCount` bytes from `offset`; it may be closed afterwards.
  ///   - offset: a multiple of 4096.
  ///   - stored: pages that may hold anything but zeros.
  /// - Returns: 0, or errno; then RAM is as before.
  public func mapPrivately(fileDescriptor: Int32, offset: UInt64, stored: PageSet) -> Int32 {
    let mapping = unsafe mmap(
      base, Int(byteCount), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, fileDescriptor,
      Int(offset))
    guard unsafe mapping != MAP_FAILED else { return errno }
    privateBacking = stored
    return 0
  }

  /// Pages that may hold anything but zeros: no other page was ever written.
  public func populatedPages() -> PageSet {
    guard var pages = privateBacking else { return populatedPagesOfFile() }
    pages.formUnion(writtenPrivatePages())
    return pages
  }

  private func populatedPagesOfFile() -> PageSet {
    // SEEK_DATA and SEEK_HOLE, which Swift's Glibc module does not show.
    let (seekData, seekHole): (Int32, Int32) = (3, 4)
    var pages = PageSet(pageCount: pageCount)
    var at = 0
    while true {
      let start = lseek(fileDescriptor, at, seekData)
      if start < 0 && errno != ENXIO { return PageSet(pageCount: pageCount, isFull: true) }
      guard start >= 0, start < Int(byteCount) else { return pages }
      let end = lseek(fileDescriptor, start, seekHole)
      guard end > start else { return PageSet(pageCount: pageCount, isFull: true) }
      for page in (start >> 12)..<min((end + 4095) >> 12, pageCount) { pages.insert(page) }
      at = end
    }
  }

  /// Pages of a private mapping that are no longer the file's: those that the kernel shows as anonymous.
  private func writtenPrivatePages() -> PageSet {
    let everything = PageSet(pageCount: pageCount, isFull: true)
    let descriptor = unsafe open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return everything }
    defer { close(descriptor) }
    var pages = PageSet(pageCount: pageCount)
    let first = unsafe Int(bitPattern: base) >> 12
    var entries = [UInt64](repeating: 0, count: 4096)
    var page = 0
    while page < pageCount {
      let wanted = min(entries.count, pageCount - page)
      let got = unsafe entries.withUnsafeMutableBytes { buffer in
        unsafe pread(descriptor, buffer.baseAddress, wanted * 8, (first + page) * 8)
      }
      guard got >= 8 else { return everything }
      for index in 0..<(got / 8) {
        // Bit 63: present, 62: swapped, 61: of a file.
        let entry = entries[index]
        if entry >> 62 != 0 && entry & (1 << 61) == 0 { pages.insert(page + index) }
      }
      page += got / 8
    }
    return pages
  }

  /// Whether a page, which exists, holds nothing but zeros.
  public func isZero(page: Int) -> Bool {
    let start = unsafe base + (page << 12)
    return unsafe start.load(as: UInt64.self) == 0 && memcmp(start, start + 8, 4088) == 0
  }
}
