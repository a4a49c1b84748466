import Glibc
import HostSystem

/// The bytes of a file that holds an image.
protocol ByteFile: AnyObject {
  /// What messages call it.
  var name: String { get }
  /// Bytes that it has, as far as is known: others may have cut it.
  var byteCount: UInt64 { get }
  /// Reads exactly so many bytes; nil if the host fails or has fewer.
  func read(at offset: UInt64, count: Int) -> [UInt8]?
  /// Writes bytes, behind its end too; false if the host fails.
  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool
  /// Comes back when all that was written would survive the end of the host; false if the host fails.
  func sync() -> Bool
  /// The next bytes from a place on that may be other than zero; nil if there are none.
  func nextData(from offset: UInt64) -> Range<UInt64>?
  /// Why the last call that failed did so; nil if that is not known.
  var failure: String? { get }
}

extension ByteFile {
  /// Not known.
  var failure: String? { nil }

  /// Reads bytes; those behind the end are zero.
  func readPadded(at offset: UInt64, count: Int) -> [UInt8]? {
    let there = offset < byteCount ? Int(min(byteCount - offset, UInt64(count))) : 0
    guard there > 0 else { return [UInt8](repeating: 0, count: count) }
    guard var bytes = read(at: offset, count: there) else { return nil }
    if there < count { bytes += [UInt8](repeating: 0, count: count - there) }
    return bytes
  }
}

/// Which file of the host a name stands for.
struct FileIdentity: Codable, Hashable, Sendable {
  var device: UInt64
  var inode: UInt64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }

  /// The file that has a name; nil if none has. A symbolic link is not followed.
  init?(of path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    self.init(status)
  }
}

/// A file or a block device of the host, open and locked.
///
/// The lock is one of the open file description (fcntl(2), F_OFD_SETLK) over the whole file: exclusive for a writer,
/// shared for readers. It ends with the descriptor, however emu ends.
final class DiskFile: ByteFile {
  /// Fcntl's F_OFD_SETLK, which Swift's Glibc module does not show.
  private static let setLock: Int32 = 37
  /// SEEK_DATA of lseek(2), which it does not show either.
  private static let seekData: Int32 = 3
  /// SEEK_HOLE of lseek(2).
  private static let seekHole: Int32 = 4

  let name: String
  let isBlockDevice: Bool
  let identity: FileIdentity
  /// The permissions of its mode.
  let permissions: mode_t
  private(set) var failure: String?
  private(set) var byteCount: UInt64
  private let descriptor: Int32
  /// A sync failed: the host may have dropped what was written, and says so only once.
  private var hasLostWrites = false

  /// Opens a file and locks it.
  ///
  /// - Parameter forWriting: whether the file is to be written.
  convenience init(_ path: String, forWriting: Bool) throws(DiskImageError) {
    try Self.checkKind(path)
    let flags = (forWriting ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let descriptor = unsafe open(path, flags)
    guard descriptor >= 0 else { throw Self.cannotBeOpened(path, errno, forWriting: forWriting) }
    try self.init(taking: descriptor, path, forWriting: forWriting)
  }

  /// Makes a file, which must not exist, and locks it.
  ///
  /// - Parameters:
  ///   - byteCount: bytes of the file, a hole.
  ///   - permissions: those of the file's mode.
  convenience init(making path: String, byteCount: UInt64, permissions: mode_t) throws(DiskImageError) {
    guard let length = Int(exactly: byteCount) else {
      throw DiskImageError(path, "\(byteCount) bytes are too many for a file")
    }
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw DiskImageError(path, "cannot be made: \(HostIO.lastReason)") }
    // A write behind a limit of the process is an error, not a signal.
    _ = signal(SIGXFSZ, SIG_IGN)
    guard fchmod(descriptor, permissions) == 0, ftruncate(descriptor, length) == 0 else {
      let reason = HostIO.lastReason
      close(descriptor)
      unsafe unlink(path)
      throw DiskImageError(path, "cannot be made with \(byteCount) bytes: \(reason)")
    }
    let made = FileIdentity(of: path)
    do throws(DiskImageError) {
      try self.init(taking: descriptor, path, forWriting: true)
    } catch {
      // Another process that makes the same file may have put its own there.
      if FileIdentity(of: path) == made { unsafe unlink(path) }
      throw error
    }
  }

  /// Takes a descriptor, which it closes if that fails, and locks its file.
  private init(taking descriptor: Int32, _ path: String, forWriting: Bool) throws(DiskImageError) {
    name = path
    // A write behind a limit of the process is an error, not a signal.
    _ = signal(SIGXFSZ, SIG_IGN)
    do throws(DiskImageError) {
      // Another file may have its name by now.
      let status = try Self.status(descriptor, path)
      try Self.checkKind(status.st_mode, path)
      try Self.lock(descriptor, path, forWriting: forWriting)
      identity = FileIdentity(status)
      permissions = status.st_mode & 0o777
      isBlockDevice = status.st_mode & S_IFMT == S_IFBLK
      let end = lseek(descriptor, 0, SEEK_END)
      guard end >= 0 else { throw DiskImageError(path, "its size cannot be read: \(HostIO.lastReason)") }
      byteCount = UInt64(end)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  // A child that is just being started has the descriptor until it runs its program: the lock must not wait for that.
  deinit {
    var area = flock()
    area.l_type = Int16(F_UNLCK)
    area.l_whence = Int16(SEEK_SET)
    _ = unsafe fcntl(descriptor, Self.setLock, &area)
    close(descriptor)
  }

  private static func status(_ descriptor: Int32, _ path: String) throws(DiskImageError) -> stat {
    var result = stat()
    guard unsafe fstat(descriptor, &result) == 0 else { throw DiskImageError(path, HostIO.lastReason) }
    return result
  }

  /// Refuses what is no file before it is opened: to open a device or a pipe can have effects.
  private static func checkKind(_ path: String) throws(DiskImageError) {
    guard !path.utf8.contains(0) else { throw DiskImageError(path, "the name holds a zero byte") }
    var result = stat()
    guard unsafe stat(path, &result) == 0 else {
      throw DiskImageError(path, "cannot be opened: \(HostIO.lastReason)")
    }
    try checkKind(result.st_mode, path)
  }

  private static func checkKind(_ mode: mode_t, _ path: String) throws(DiskImageError) {
    switch mode & S_IFMT {
    case S_IFREG, S_IFBLK: return
    case S_IFDIR: throw DiskImageError(path, "is a directory, not the image of a disk")
    case S_IFCHR: throw DiskImageError(path, "is a character device, not the image of a disk")
    case S_IFIFO: throw DiskImageError(path, "is a pipe, not the image of a disk")
    case S_IFSOCK: throw DiskImageError(path, "is a socket, not the image of a disk")
    default: throw DiskImageError(path, "is not a regular file")
    }
  }

  private static func cannotBeOpened(_ path: String, _ code: Int32, forWriting: Bool) -> DiskImageError {
    let reason = HostIO.reason(code)
    if forWriting, [EACCES, EROFS, EPERM, ETXTBSY].contains(code) {
      let reader = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
      if reader >= 0 {
        close(reader)
        return DiskImageError(path, "cannot be opened to write: \(reason); add readonly or snapshot")
      }
    }
    return DiskImageError(path, "cannot be opened: \(reason)")
  }

  private static func lock(_ descriptor: Int32, _ path: String, forWriting: Bool) throws(DiskImageError) {
    var area = flock()
    area.l_type = Int16(forWriting ? F_WRLCK : F_RDLCK)
    area.l_whence = Int16(SEEK_SET)
    guard unsafe fcntl(descriptor, setLock, &area) != 0 else { return }
    let code = errno
    if code == EAGAIN || code == EACCES {
      throw DiskImageError(path, "is in use by another process or another drive")
    }
    // Some file systems have no locks; a reader does without.
    if forWriting { throw DiskImageError(path, "cannot be locked: \(HostIO.reason(code))") }
  }

  /// Lets readers have the file too.
  func shareLock() {
    var area = flock()
    area.l_type = Int16(F_RDLCK)
    area.l_whence = Int16(SEEK_SET)
    _ = unsafe fcntl(descriptor, Self.setLock, &area)
  }

  func read(at offset: UInt64, count: Int) -> [UInt8]? {
    let bytes = HostIO.read(descriptor, at: offset, count: count)
    if bytes == nil { failure = HostIO.lastReason }
    return bytes
  }

  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool {
    let done = HostIO.write(descriptor, bytes, at: offset)
    if done > 0 { byteCount = max(byteCount, offset + UInt64(done)) }
    if done < bytes.count { failure = HostIO.lastReason }
    return done == bytes.count
  }

  func sync() -> Bool {
    if fdatasync(descriptor) != 0 {
      failure = HostIO.lastReason
      hasLostWrites = true
    }
    return !hasLostWrites
  }

  func nextData(from offset: UInt64) -> Range<UInt64>? {
    guard offset < byteCount, let place = Int(exactly: offset) else { return nil }
    let data = lseek(descriptor, place, Self.seekData)
    guard data >= 0 else { return errno == ENXIO ? nil : offset..<byteCount }
    let start = UInt64(data)
    guard start < byteCount else { return nil }
    let hole = lseek(descriptor, data, Self.seekHole)
    return start..<(hole > data ? min(UInt64(hole), byteCount) : byteCount)
  }
}
