import DevicesLegacy

/// What a file was when a process gave it away, so that it or another can see whether it still is.
public struct ReleasedFile: Codable, Hashable, Sendable {
  /// The file.
  public var path: String
  /// How it holds the disk.
  public var format: DiskImageFormat
  /// Bytes of the file.
  public var byteCount: UInt64
  /// What it holds for the guest; an overlay is not part of it.
  public var contents: ContentIdentity
  /// Which file of the host it was.
  var identity: FileIdentity?
}

extension DiskImage {
  /// Makes the file durable, closes it and drops its lock; until `reopen` every access fails as if the host did.
  ///
  /// What an overlay holds stays in it. The identity of the contents is taken; if `contentIdentity` was asked before, only
  /// what was written since is read.
  ///
  /// - Returns: what the file was; another process compares its `contents` with those of the disk that it opens.
  /// - Throws: `DiskImageError`, and the file is open as before.
  @discardableResult
  public func release() throws(DiskImageError) -> ReleasedFile {
    if let released { return released }
    if let move { throw DiskImageError(path, "is being moved to \(move.path) and stays open until then") }
    guard image.flush() else {
      throw DiskImageError(path, "cannot be made durable\(file.failure.map { ": \($0)" } ?? "")")
    }
    guard let contents = contentIdentity() else { throw DiskImageError(path, "cannot be read") }
    let result = ReleasedFile(
      path: path, format: format, byteCount: file.byteCount, contents: contents, identity: identity)
    let closed = ClosedStorage(byteCount: byteCount)
    overlay?.base = closed
    released = result
    put(closed, ClosedFile(name: path), identity, nil)
    return result
  }

  /// Opens and locks the file again that was released, which must not have changed.
  ///
  /// It reads all that the image has allocated.
  ///
  /// - Throws: `DiskImageError`, and the file stays closed.
  public func reopen() throws(DiskImageError) {
    guard let old = released else { return }
    let file = try DiskFile(path, forWriting: access == .readWrite)
    guard file.identity == old.identity else {
      throw DiskImageError(path, "is another file than the one that was released")
    }
    guard file.byteCount == old.byteCount else {
      throw DiskImageError(path, "has \(file.byteCount) bytes and had \(old.byteCount) when it was released")
    }
    let image = try Self.image(in: file, format, access)
    guard image.byteCount == old.contents.byteCount else {
      throw DiskImageError(
        path, "holds a disk of \(image.byteCount) bytes and held \(old.contents.byteCount) when it was released")
    }
    var hashes = ContentHashes(byteCount: image.byteCount)
    guard let present = hashes.identity(of: image) else { throw DiskImageError(path, "cannot be read") }
    guard present == old.contents else {
      throw DiskImageError(path, "its contents are \(present) and were \(old.contents) when it was released")
    }
    put(image, file, file.identity, hashes)
    overlay?.base = image
    released = nil
  }
}

/// A file that is closed.
final class ClosedFile: ByteFile {
  let name: String
  let byteCount: UInt64 = 0

  init(name: String) { self.name = name }

  func read(at offset: UInt64, count: Int) -> [UInt8]? { nil }
  func write(_ bytes: [UInt8], at offset: UInt64) -> Bool { false }
  func sync() -> Bool { false }
  func nextData(from offset: UInt64) -> Range<UInt64>? { nil }
}
