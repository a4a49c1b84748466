import DevicesLegacy

extension DiskImage {
  /// Makes a new image that another process fills: it has its name when `completeArrival` has come back.
  ///
  /// - Parameters:
  ///   - path: the file; nothing may have this name.
  ///   - format: how it holds the disk; nil is that of its name, `.qcow2` or anything else.
  ///   - byteCount: bytes of the disk.
  public static func arriving(
    path: String, format: DiskImageFormat?, byteCount: UInt64
  ) throws(DiskImageError) -> DiskImage {
    guard byteCount > 0, byteCount % sectorByteCount == 0, byteCount <= GroupSet.largestPlainDisk else {
      throw DiskImageError(path, "a disk of \(byteCount) bytes cannot come into a new file")
    }
    let kind = format ?? (path.lowercased().hasSuffix(".qcow2") ? .qcow2 : .raw)
    let file = try NewDiskFile(path, byteCount: kind == .raw ? byteCount : 0, besides: nil, permissions: 0o644)
    do throws(DiskImageError) {
      let image: any MappedStorage =
        switch kind {
        case .raw: try RawImage(file, isReadOnly: false)
        case .qcow2: try Qcow2Blank.make(in: file, byteCount: byteCount)
        }
      let disk = DiskImage(path, kind, .readWrite, image, file)
      disk.arrival = file
      return disk
    } catch {
      file.remove()
      throw error
    }
  }

  /// Makes a new image durable and gives it its name; an image that is not one is made durable.
  ///
  /// - Throws: `DiskImageError`; the file is gone then.
  public func completeArrival() throws(DiskImageError) {
    func undurable() -> DiskImageError {
      DiskImageError(path, "cannot be made durable\(file.failure.map { ": \($0)" } ?? "")")
    }
    guard let new = arrival else {
      guard isReadOnly || flush() else { throw undurable() }
      return
    }
    guard image.flush(), format == .raw || Qcow2Blank.complete(new) else { throw undurable() }
    try new.takeName()
    guard new.syncFolder() else { throw undurable() }
    arrival = nil
    put(image, new, new.identity, nil)
  }

  /// Makes the disk of an option whose file another process has locked still: it is closed until `open(awaited:)`.
  public static func awaited(_ option: DiskOption, byteCount: UInt64) -> DiskImage {
    let kind = option.format ?? (option.path.lowercased().hasSuffix(".qcow2") ? .qcow2 : .raw)
    let disk = DiskImage(
      option.path, kind, option.access, ClosedStorage(byteCount: byteCount), ClosedFile(name: option.path))
    disk.released = ReleasedFile(
      path: option.path, format: kind, byteCount: 0,
      contents: ContentIdentity(byteCount: byteCount, high: 0, low: 0), identity: nil)
    return disk
  }

  /// Opens the file of an awaited disk.
  ///
  /// - Parameter contents: what it held when the other process closed it.
  /// - Throws: `DiskImageError`, and the file stays closed.
  public func open(awaited contents: ContentIdentity) throws(DiskImageError) {
    let file = try DiskFile(path, forWriting: access == .readWrite)
    let image = try Self.image(in: file, format, access)
    guard image.byteCount == byteCount else {
      throw DiskImageError(path, "holds a disk of \(image.byteCount) bytes, and the guest's has \(byteCount)")
    }
    var hashes = ContentHashes(byteCount: image.byteCount)
    guard let present = hashes.identity(of: image) else { throw DiskImageError(path, "cannot be read") }
    guard present == contents else {
      throw DiskImageError(path, "is not the guest's disk: its contents are \(present), not \(contents)")
    }
    put(image, file, file.identity, hashes)
    released = nil
  }
}
