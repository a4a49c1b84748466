import Glibc

extension GuestMemory {
  /// How many pages of 4 KiB the mapping has.
  public var pageCount: Int { Int(mappedByteCount >> 12) }

  /// Runs of fewer pages are copied rather than mapped, for each mapping costs the host something.
  private static let smallestMappedRun = 32
  /// How many mappings a host should bear beside others (it has some 65,000).
  private static let mappingLimit = 8192

  /// Takes pages of a file into RAM that is still empty: long runs are mapped copy-on-write, so that nothing is read
  /// until it is touched, short ones copied.
  ///
  /// Holes of the file are never mapped: to read one may need space in its file system. Whoever has the RAM's addresses
  /// keeps them. The file must not change as long as this RAM lives.
  /// - Parameters:
  ///   - fileDescriptor: a regular file that has `byteCount` bytes from `offset`; it may be closed afterwards.
  ///   - offset: a multiple of 4096.
  ///   - stored: the pages.
  /// - Returns: 0, or errno; then the contents of RAM are undefined.
  public func mapPrivately(fileDescriptor: Int32, offset: UInt64, stored: PageSet) -> Int32 {
    let runs = stored.runs
    var smallest = Self.smallestMappedRun
    while runs.count(where: { $0.count >= smallest }) > Self.mappingLimit { smallest *= 2 }
    var mapped = PageSet(pageCount: pageCount)
    for run in runs {
      let target = unsafe base + (run.lowerBound << 12)
      let position = Int(offset) + (run.lowerBound << 12)
      if run.count >= smallest {
        let mapping = unsafe mmap(
          target, run.count << 12, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, fileDescriptor,
          position)
        guard unsafe mapping != MAP_FAILED else { return errno }
        for page in run { mapped.insert(page) }
      } else {
        var done = 0
        while done < run.count << 12 {
          let got = unsafe pread(fileDescriptor, target + done, (run.count << 12) - done, position + done)
          if got < 0 && errno == EINTR { continue }
          guard got > 0 else { return got < 0 ? errno : EIO }
          done += got
        }
      }
    }
    privateBacking = mapped
    return 0
  }

  /// Pages that may hold anything but zeros: no other page was ever written.
  public func populatedPages() -> PageSet {
    var pages = populatedPagesOfFile()
    if let privateBacking { pages.formUnion(privateBacking) }
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
      guard start >= 0, start < Int(mappedByteCount) else { return pages }
      let end = lseek(fileDescriptor, start, seekHole)
      guard end > start else { return PageSet(pageCount: pageCount, isFull: true) }
      for page in (start >> 12)..<min((end + 4095) >> 12, pageCount) { pages.insert(page) }
      at = end
    }
  }

  /// Whether a page, which exists, holds nothing but zeros.
  public func isZero(page: Int) -> Bool {
    let start = unsafe base + (page << 12)
    return unsafe start.load(as: UInt64.self) == 0 && memcmp(start, start + 8, 4088) == 0
  }
}
