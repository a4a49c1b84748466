import CHost
import Glibc
import HostSystem

/// A file that gets its name when it is complete.
protocol NewFile: ByteFile {
  /// Which file of the host it is.
  var identity: FileIdentity { get }
  /// Gives it its name, which no file may have.
  func takeName() throws(DiskImageError)
  /// Comes back when the name would survive the end of the host; false if the host fails.
  func syncFolder() -> Bool
  /// Lets readers have the file too.
  func shareLock()
  /// Removes the file, whatever name it has.
  func remove()
}

/// A file of the host that is made as `PATH.moving`, locked, and gets the name `PATH` when it is complete.
final class NewDiskFile: NewFile {
  /// What follows the name of a file that is not complete.
  static let suffix = ".moving"

  let name: String
  let file: DiskFile
  private let temporary: String
  /// The folder, for `syncFolder`.
  private let folder: Int32

  /// Makes the file.
  ///
  /// - Parameters:
  ///   - path: the name that it gets later; nothing may have it.
  ///   - byteCount: bytes of the file, a hole.
  ///   - old: the file that it is the copy of, for messages.
  ///   - permissions: those of the file's mode.
  init(
    _ path: String, byteCount: UInt64, besides old: FileIdentity?, permissions: mode_t
  ) throws(DiskImageError) {
    name = path
    temporary = path + Self.suffix
    try Self.checkIsFree(path, old)
    let folder = unsafe open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else {
      throw DiskImageError(path, "cannot be made: the folder cannot be opened: \(HostIO.lastReason)")
    }
    do throws(DiskImageError) {
      try Self.removeStale(temporary)
      file = try DiskFile(making: temporary, byteCount: byteCount, permissions: permissions)
      // Another process that makes the same file may have removed this one before it was locked.
      guard FileIdentity(of: temporary) == file.identity else {
        throw DiskImageError(temporary, "is being made by another process too")
      }
    } catch {
      close(folder)
      throw error
    }
    self.folder = folder
  }

  deinit { close(folder) }

  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func checkIsFree(_ path: String, _ old: FileIdentity?) throws(DiskImageError) {
    guard !path.isEmpty else { throw DiskImageError("''", "is no name for a file") }
    guard !path.utf8.contains(0) else { throw DiskImageError(path, "the name holds a zero byte") }
    guard !path.hasSuffix(suffix) else {
      throw DiskImageError(path, "ends like the name of a file that is not complete, \(suffix)")
    }
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      guard errno != ENOENT else { return }
      throw DiskImageError(path, "cannot be made: \(HostIO.lastReason)")
    }
    guard FileIdentity(status) != old else { throw DiskImageError(path, "is the file that the disk is in already") }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw DiskImageError(path, "is a directory; a move makes a new file")
    case S_IFLNK: throw DiskImageError(path, "is a symbolic link; a move makes a new file")
    default: throw DiskImageError(path, "exists, and a move overwrites nothing")
    }
  }

  /// Removes what a move that did not end has left, unless it is locked.
  private static func removeStale(_ path: String) throws(DiskImageError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw DiskImageError(path, "is no regular file, so no move has left it; remove it")
    }
    let file = try DiskFile(path, forWriting: true)
    guard FileIdentity(of: path) == file.identity, unsafe unlink(path) == 0 else {
      throw DiskImageError(path, "cannot be removed: \(HostIO.lastReason)")
    }
  }

  var byteCount: UInt64 { file.byteCount }
  var identity: FileIdentity { file.identity }
  var failure: String? { file.failure }

  func read(at offset: UInt64, count: Int) -> [UInt8]? { file.read(at: offset, count: count) }
  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool { file.write(bytes, at: offset) }
  func sync() -> Bool { file.sync() }
  func nextData(from offset: UInt64) -> Range<UInt64>? { file.nextData(from: offset) }
  func shareLock() { file.shareLock() }

  func takeName() throws(DiskImageError) {
    guard FileIdentity(of: temporary) == identity else {
      throw DiskImageError(temporary, "is not the file any more that the move has made")
    }
    if unsafe emu_rename_to_new(temporary, name) == 0 { return }
    // Some file systems cannot refuse a name that exists; a second name they do refuse.
    guard errno == EINVAL || errno == ENOSYS else {
      throw DiskImageError(name, "the complete file cannot get its name: \(HostIO.lastReason)")
    }
    guard unsafe link(temporary, name) == 0 else {
      throw DiskImageError(name, "the complete file cannot get its name: \(HostIO.lastReason)")
    }
    unsafe unlink(temporary)
  }

  func syncFolder() -> Bool { fsync(folder) == 0 || errno == EINVAL }

  func remove() {
    for path in [temporary, name] where FileIdentity(of: path) == identity { unsafe unlink(path) }
  }
}
