import Glibc
import MMU

/// Writes snapshot files.
enum SnapshotWriter {
  /// A section other than RAM and the set of its pages.
  struct Metadata {
    var tag: String
    var index = 0
    var bytes: [UInt8]
  }

  /// Writes a file under another name and gives it its own when it is complete.
  ///
  /// - Parameter base: a snapshot of a RAM of the same size, of which only the difference is written.
  static func write(
    _ path: String, _ metadata: [Metadata], _ memory: GuestMemory, base: String?
  ) throws(SnapshotError) {
    try checkIsReplaceable(path)
    var metadata = metadata
    let stored: PageSet
    if let base {
      let file = try SnapshotFile(path: base)
      let old = try emptyMemory(like: memory, path)
      try file.restore(old)
      let link = SnapshotBase(path: try relative(base, to: path), identity: file.identity)
      try checkIsOther(file, path)
      metadata.append(Metadata(tag: "base", bytes: try encode(link, path)))
      stored = memory.differingPages(from: old)
    } else {
      stored = memory.nonzeroPages()
    }
    let words = stored.words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) } }
    metadata.append(Metadata(tag: "pages", bytes: words))
    let (file, name) = try create(path)
    do throws(SnapshotError) {
      try write(file, path, metadata, memory, stored)
      guard unsafe rename(name, path) == 0 else {
        throw SnapshotError(path, "cannot be named: \(HostFile.reason(errno))")
      }
    } catch {
      unsafe unlink(name)
      throw error
    }
  }

  static func encode(_ value: some Encodable, _ path: String) throws(SnapshotError) -> [UInt8] {
    do { return try CBOREncoder.encode(value).bytes } catch { throw SnapshotError(path, "\(error)") }
  }

  private static func emptyMemory(like memory: GuestMemory, _ path: String) throws(SnapshotError) -> GuestMemory {
    do { return try GuestMemory(byteCount: memory.byteCount, romByteCount: memory.romByteCount) } catch {
      throw SnapshotError(path, "the host refuses another \(memory.byteCount) bytes of memory")
    }
  }

  private static func create(_ path: String) throws(SnapshotError) -> (HostFile, String) {
    for number in 0..<100 {
      let name = "\(path).\(getpid()).\(number)"
      if let file = try HostFile.creating(name, name: path) { return (file, name) }
    }
    throw SnapshotError(path, "has too many unfinished copies beside it")
  }

  private static func write(
    _ file: HostFile, _ path: String, _ metadata: [Metadata], _ memory: GuestMemory, _ stored: PageSet
  ) throws(SnapshotError) {
    let count = metadata.count + 1
    var end = UInt64(SnapshotFile.headerByteCount + count * SnapshotFile.entryByteCount)
    var table: [UInt8] = []
    for section in metadata {
      let start = SnapshotFile.start(of: section.tag, after: end)
      guard section.bytes.count <= SnapshotFile.metadataLimit else {
        throw SnapshotError(path, section: section.tag, "\(section.bytes.count) bytes are too many")
      }
      try file.write(section.bytes, at: start)
      table += row(section.tag, section.index, start, section.bytes.count, SnapshotChecksum.of(section.bytes))
      end = start + UInt64(section.bytes.count)
    }
    let start = SnapshotFile.start(of: "ram", after: end)
    try file.setLength(start + memory.mappedByteCount)
    var checksum = RAMChecksum()
    for block in stored.blocks(ofPages: RAMChecksum.blockPageCount) {
      var sum = SnapshotChecksum()
      for run in block {
        // In pieces that stay in the cache between the checksum and the copy.
        for first in stride(from: run.lowerBound, to: run.upperBound, by: 64) {
          let bytes = unsafe memory.bytes(ofPages: first..<min(first + 64, run.upperBound))
          unsafe sum.add(stripes: bytes)
          let code = unsafe file.write(bytes, at: start + UInt64(first) << 12)
          guard code == 0 else { throw SnapshotError(path, "cannot be written: \(HostFile.reason(code))") }
        }
      }
      checksum.add(sum.value)
    }
    table += row("ram", 0, start, Int(memory.mappedByteCount), checksum.value)
    var header = SnapshotFile.magic + little(SnapshotFile.version, 4) + little(UInt64(count), 4)
    header += little(start + memory.mappedByteCount, 8) + [UInt8](repeating: 0, count: 40)
    header.replaceSubrange(24..<32, with: little(SnapshotFile.identity(header: header, table: table), 8))
    try file.write(header + table, at: 0)
  }

  private static func row(_ tag: String, _ index: Int, _ offset: UInt64, _ byteCount: Int, _ checksum: UInt64)
    -> [UInt8]
  {
    Array(tag.utf8) + [UInt8](repeating: 0, count: 8 - tag.utf8.count)
      + little(SnapshotFile.sectionVersions[tag] ?? 0, 4) + little(UInt64(index), 4) + little(offset, 8)
      + little(UInt64(byteCount), 8) + little(checksum, 8) + little(0, 8)
  }

  private static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }

  /// A file of that name gives way to the new one; anything else, such as a device, does not.
  private static func checkIsReplaceable(_ path: String) throws(SnapshotError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return }
    throw SnapshotError(path, "is there and is not a regular file")
  }

  /// A difference in the place of its base would stand on itself.
  private static func checkIsOther(_ base: SnapshotFile, _ path: String) throws(SnapshotError) {
    var other = stat()
    guard unsafe stat(path, &other) == 0 else { return }
    let status = try base.file.status()
    guard status.st_ino != other.st_ino || status.st_dev != other.st_dev else {
      throw SnapshotError(path, "is its own base")
    }
  }

  private static func folder(_ path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "."
  }

  private static func real(_ path: String) throws(SnapshotError) -> [Substring] {
    guard let result = unsafe realpath(path, nil) else { throw SnapshotError(path, HostFile.reason(errno)) }
    defer { unsafe free(result) }
    return unsafe String(cString: result).split(separator: "/")
  }

  /// The name of a file from the folder of another.
  private static func relative(_ base: String, to path: String) throws(SnapshotError) -> String {
    let (from, target) = (try real(folder(path)), try real(base))
    let common = zip(from, target).prefix { $0 == $1 }.count
    return ([Substring](repeating: "..", count: from.count - common) + target[common...]).joined(separator: "/")
  }
}
