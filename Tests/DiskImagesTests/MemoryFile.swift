@testable import DiskImages

/// A file in memory, with holes; it can fail, and it can lose what was not made durable.
final class MemoryFile: ByteFile {
  private static let pageByteCount: UInt64 = 4096

  let name: String
  private(set) var byteCount: UInt64
  /// Pages that were written.
  private var pages: [UInt64: [UInt8]] = [:]
  /// Writes since the last sync, if they are recorded.
  private(set) var journal: [(offset: UInt64, bytes: [UInt8])] = []
  /// What was durable at the last sync, if writes are recorded.
  private var durable: (pages: [UInt64: [UInt8]], byteCount: UInt64)?
  /// Reads, writes and syncs that succeed before the host fails; nil if it never does.
  var callsUntilFailure: Int?
  /// Whether a write that fails has written its first half.
  var keepsHalf = false
  /// Writes and syncs until the host ends, for `crashed`; nil if it ends when that is called.
  var callsUntilCrash: Int?
  /// Whether the host has ended.
  private(set) var hasCrashed = false
  /// Bytes that are held.
  var heldByteCount: Int { pages.count * Int(Self.pageByteCount) }

  init(_ bytes: [UInt8] = [], name: String = "disk.qcow2") {
    self.name = name
    byteCount = UInt64(bytes.count)
    if !bytes.isEmpty { put(bytes, at: 0) }
  }

  /// The same file once more.
  var copy: MemoryFile {
    let file = MemoryFile(name: name)
    (file.pages, file.byteCount) = (pages, byteCount)
    return file
  }

  /// All bytes; for small files.
  var bytes: [UInt8] { readPadded(at: 0, count: Int(byteCount)) ?? [] }

  /// From now on writes are recorded until they are durable.
  func beginJournal() { durable = (pages, byteCount) }

  /// The file after the host has ended: of the writes that were not durable a part, in whole sectors, is there.
  func crashed(keeps: (_ write: Int, _ sector: Int) -> Bool) -> MemoryFile {
    let file = MemoryFile(name: name)
    guard let durable else { return file }
    file.pages = durable.pages
    file.byteCount = durable.byteCount
    for (index, write) in journal.enumerated() {
      var start = 0
      while start < write.bytes.count {
        let place = write.offset + UInt64(start)
        let count = min(Int(512 - place % 512), write.bytes.count - start)
        if keeps(index, Int(place / 512)) { file.put(Array(write.bytes[start..<start + count]), at: place) }
        start += count
      }
    }
    return file
  }

  private func countDown() {
    guard let calls = callsUntilCrash, !hasCrashed else { return }
    hasCrashed = calls == 0
    callsUntilCrash = max(calls - 1, 0)
  }

  private func fails() -> Bool {
    guard let calls = callsUntilFailure else { return false }
    callsUntilFailure = max(calls - 1, 0)
    return calls == 0
  }

  func read(at offset: UInt64, count: Int) -> [UInt8]? {
    guard !fails(), offset <= byteCount, UInt64(count) <= byteCount - offset else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    while result.count < count {
      let place = offset + UInt64(result.count)
      let start = Int(place % Self.pageByteCount)
      let length = min(Int(Self.pageByteCount) - start, count - result.count)
      if let page = pages[place / Self.pageByteCount] {
        result += page[start..<start + length]
      } else {
        result += [UInt8](repeating: 0, count: length)
      }
    }
    return result
  }

  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool {
    guard !fails() else {
      if keepsHalf { put(Array(bytes[..<(bytes.count / 2)]), at: offset) }
      return false
    }
    countDown()
    if durable != nil, !hasCrashed { journal.append((offset, bytes)) }
    put(bytes, at: offset)
    return true
  }

  private func put(_ bytes: [UInt8], at offset: UInt64) {
    var done = 0
    while done < bytes.count {
      let place = offset + UInt64(done)
      let start = Int(place % Self.pageByteCount)
      let length = min(Int(Self.pageByteCount) - start, bytes.count - done)
      var page = pages.removeValue(forKey: place / Self.pageByteCount) ?? [UInt8](repeating: 0, count: 4096)
      page.replaceSubrange(start..<start + length, with: bytes[done..<done + length])
      pages[place / Self.pageByteCount] = page
      done += length
    }
    byteCount = max(byteCount, offset + UInt64(bytes.count))
  }

  func sync() -> Bool {
    guard !fails() else { return false }
    countDown()
    guard !hasCrashed else { return true }
    journal = []
    if durable != nil { durable = (pages, byteCount) }
    return true
  }

  func nextData(from offset: UInt64) -> Range<UInt64>? {
    guard offset < byteCount else { return nil }
    let page = offset / Self.pageByteCount
    guard let next = pages.keys.filter({ $0 >= page }).min() else { return nil }
    return max(offset, next * Self.pageByteCount)..<min(byteCount, (next + 1) * Self.pageByteCount)
  }
}
