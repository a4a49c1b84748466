import Glibc
import MMU

/// The snapshot of which a snapshot holds the difference.
struct SnapshotBase: Codable, Equatable {
  /// Where it is, from the folder of the file that names it.
  var path: String
  /// Its header's checksum.
  var identity: UInt64
}

extension SnapshotFile {
  /// How many snapshots may stand one on the other.
  static let baseLimit = 16

  /// The pages that the file holds; those of a difference may be zeros.
  func storedPages() throws(SnapshotError) -> PageSet {
    let count = Int(try section("ram").byteCount >> 12)
    let bytes = try bytes("pages")
    let words = stride(from: 0, to: bytes.count & ~7, by: 8).map { Self.number(bytes, $0, 8) }
    guard bytes.count & 7 == 0, let pages = PageSet(pageCount: count, words: words) else {
      throw SnapshotError(path, section: "pages", "\(bytes.count) bytes are no set of \(count) pages")
    }
    return pages
  }

  /// The snapshot that this one stands on, open and the one that is meant.
  private func base() throws(SnapshotError) -> SnapshotFile? {
    guard sections.contains(where: { $0.tag == "base" }) else { return nil }
    let base = try value(SnapshotBase.self, "base")
    guard !base.path.isEmpty, !base.path.hasPrefix("/"), base.path.utf8.count < 4096 else {
      throw SnapshotError(path, section: "base", "path \(base.path) is not relative to the file")
    }
    let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? ""
    let file = try SnapshotFile(path: folder + base.path)
    guard file.identity == base.identity else {
      throw SnapshotError(
        path, section: "base", "\(base.path) is another file than that of which the difference was taken")
    }
    return file
  }

  /// Gives RAM the contents that the file, and those it stands on, hold.
  ///
  /// Long runs of pages of a whole snapshot are mapped copy-on-write, all others copied; all are verified.
  func restore(_ memory: GuestMemory, depth: Int = 0) throws(SnapshotError) {
    let section = try section("ram")
    guard section.byteCount == memory.mappedByteCount else {
      throw SnapshotError(path, section: "ram", "length \(section.byteCount) is not \(memory.mappedByteCount)")
    }
    guard depth < Self.baseLimit else {
      throw SnapshotError(path, section: "base", "more than \(Self.baseLimit) snapshots stand one on the other")
    }
    let stored = try storedPages()
    try checkHoles(section, stored)
    let base = try base()
    if let base {
      try base.restore(memory, depth: depth + 1)
      for run in stored.runs {
        let buffer = unsafe UnsafeMutableRawBufferPointer(
          start: memory.base + (run.lowerBound << 12), count: run.count << 12)
        let code = unsafe file.read(into: buffer, at: section.offset + UInt64(run.lowerBound) << 12)
        guard code == 0 else { throw SnapshotError(path, section: "ram", HostFile.reason(code)) }
      }
    } else {
      let code = memory.mapPrivately(fileDescriptor: file.descriptor, offset: section.offset, stored: stored)
      guard code == 0 else { throw SnapshotError(path, section: "ram", "cannot be mapped: \(HostFile.reason(code))") }
    }
    guard RAMChecksum.of(memory, stored) == section.checksum else {
      throw SnapshotError(path, section: "ram", "its checksum is wrong")
    }
  }

  /// Pages that the file does not hold are holes in it, or zeros where the file system has no holes.
  private func checkHoles(_ section: Section, _ stored: PageSet) throws(SnapshotError) {
    var others = PageSet(pageCount: stored.pageCount)
    for range in file.dataRanges(from: section.offset, to: section.end) {
      let first = Int((range.lowerBound - section.offset) >> 12)
      let last = Int((range.upperBound - section.offset + 4095) >> 12)
      for page in first..<min(last, stored.pageCount) { others.insert(page) }
    }
    others.subtract(stored)
    for run in others.runs {
      for page in run {
        let bytes = try file.read(4096, at: section.offset + UInt64(page) << 12)
        guard bytes.allSatisfy({ $0 == 0 }) else {
          throw SnapshotError(path, section: "ram", "page \(page) is not zero, and the set of pages lacks it")
        }
      }
    }
  }
}

extension GuestMemory {
  /// The bytes of adjacent pages.
  func bytes(ofPages run: Range<Int>) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: base + (run.lowerBound << 12), count: run.count << 12)
  }

  /// Pages that hold anything but zeros.
  func nonzeroPages() -> PageSet {
    var result = PageSet(pageCount: pageCount)
    for run in populatedPages().runs { for page in run where !isZero(page: page) { result.insert(page) } }
    return result
  }

  /// Pages whose bytes differ from those in a RAM of the same size.
  func differingPages(from other: GuestMemory) -> PageSet {
    var candidates = populatedPages()
    candidates.formUnion(other.populatedPages())
    var result = PageSet(pageCount: pageCount)
    for run in candidates.runs {
      for page in run where unsafe memcmp(base + (page << 12), other.base + (page << 12), 4096) != 0 {
        result.insert(page)
      }
    }
    return result
  }
}
