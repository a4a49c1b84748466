import Glibc

/// An open file of the host.
final class HostFile {
  let descriptor: Int32
  private let name: String

  private init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  deinit { close(descriptor) }

  static func reason(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }

  /// Opens a regular file to read; whatever else has the name is not waited for.
  static func reading(_ path: String) throws(SnapshotError) -> HostFile {
    guard !path.utf8.contains(0) else { throw SnapshotError(path, "the name holds a zero byte") }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw SnapshotError(path, "cannot be opened: \(reason(errno))") }
    let file = HostFile(descriptor: descriptor, name: path)
    guard try file.status().st_mode & S_IFMT == S_IFREG else { throw SnapshotError(path, "is not a regular file") }
    return file
  }

  /// Makes a file; nil if there is one of that name.
  ///
  /// - Parameter name: what messages call it.
  static func creating(_ path: String, name: String) throws(SnapshotError) -> HostFile? {
    guard !path.utf8.contains(0) else { throw SnapshotError(name, "the name holds a zero byte") }
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      let code = errno
      if code == EEXIST { return nil }
      throw SnapshotError(name, "cannot be made: \(reason(code))")
    }
    return HostFile(descriptor: descriptor, name: name)
  }

  func status() throws(SnapshotError) -> stat {
    var result = stat()
    guard unsafe fstat(descriptor, &result) == 0 else { throw SnapshotError(name, Self.reason(errno)) }
    return result
  }

  func byteCount() throws(SnapshotError) -> UInt64 { UInt64(max(try status().st_size, 0)) }

  /// Reads exactly so many bytes.
  func read(_ count: Int, at offset: UInt64) throws(SnapshotError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let code = unsafe bytes.withUnsafeMutableBytes { buffer in unsafe read(into: buffer, at: offset) }
    guard code == 0 else { throw SnapshotError(name, "cannot be read at \(offset): \(Self.reason(code))") }
    return bytes
  }

  /// Fills a buffer; gives 0 or errno.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int32 {
    guard let start = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      let got = unsafe pread(descriptor, start + done, buffer.count - done, Int(offset) + done)
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { return got < 0 ? errno : EIO }
      done += got
    }
    return 0
  }

  func write(_ bytes: [UInt8], at offset: UInt64) throws(SnapshotError) {
    let code = unsafe bytes.withUnsafeBytes { buffer in unsafe write(buffer, at: offset) }
    guard code == 0 else { throw SnapshotError(name, "cannot be written: \(Self.reason(code))") }
  }

  /// Writes a buffer; gives 0 or errno.
  func write(_ buffer: UnsafeRawBufferPointer, at offset: UInt64) -> Int32 {
    guard let start = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      let put = unsafe pwrite(descriptor, start + done, buffer.count - done, Int(offset) + done)
      if put < 0 && errno == EINTR { continue }
      guard put > 0 else { return put < 0 ? errno : EIO }
      done += put
    }
    return 0
  }

  func setLength(_ byteCount: UInt64) throws(SnapshotError) {
    guard ftruncate(descriptor, Int(byteCount)) == 0 else {
      throw SnapshotError(name, "cannot have \(byteCount) bytes: \(Self.reason(errno))")
    }
  }

  /// Ranges of the file from `start` to `end` that may hold anything but zeros.
  func dataRanges(from start: UInt64, to end: UInt64) -> [Range<UInt64>] {
    // SEEK_DATA and SEEK_HOLE, which Swift's Glibc module does not show.
    let (seekData, seekHole): (Int32, Int32) = (3, 4)
    var result: [Range<UInt64>] = []
    var at = start
    while at < end {
      let data = lseek(descriptor, Int(at), seekData)
      if data < 0 { return errno == ENXIO ? result : [start..<end] }
      guard data < Int(end) else { break }
      let hole = lseek(descriptor, data, seekHole)
      guard hole > data else { return [start..<end] }
      result.append(max(UInt64(data), start)..<min(UInt64(hole), end))
      at = UInt64(hole)
    }
    return result
  }
}
