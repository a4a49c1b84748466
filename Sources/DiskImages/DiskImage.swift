public import DevicesLegacy

/// The image of a disk in a file of the host, open and locked; the medium of a drive.
///
/// The format is never guessed from bytes that a guest can write: it is given, or it is the one of the file's name. The
/// size of the medium is a multiple of 512: the last sector of an image that ends within one is filled with zeros if the
/// guest's writes do not go to the file, else the image is refused.
///
/// The disk of a running guest can move to another file (`beginMove`), its changes can be followed (`beginTracking`), and
/// its file can be given to another process (`release`).
public final class DiskImage: BlockStorage {
  /// The file; after a move the new one.
  public private(set) var path: String
  /// How the file holds the disk.
  public private(set) var format: DiskImageFormat
  /// What may become of the file.
  public private(set) var access: DiskImageAccess
  /// Where writes go instead of to the file: always with `snapshot`, and after `divertWrites`.
  public private(set) var overlay: OverlayStorage?
  /// How often the guest has written to the file itself; a move that ends an overlay counts too.
  public private(set) var writeCount: UInt64 = 0
  /// The move to another file that is under way.
  public internal(set) var move: DiskImageMove?
  /// What the file was when it was released; nil if it is open.
  public internal(set) var released: ReleasedFile?
  /// The new file that does not have its name yet (`arriving`).
  var arrival: (any NewFile)?
  /// Groups that may have changed since they were taken; nil if nobody asks.
  var changes: GroupSet?
  /// The first group that `takeDirtyRanges` looks at.
  var nextChange: UInt64 = 0
  private(set) var image: any MappedStorage
  /// The file that `image` is in.
  private(set) var file: any ByteFile
  /// Which file of the host that is, and the permissions of its mode; nil in tests without one.
  private(set) var identity: FileIdentity?
  private(set) var permissions: UInt32 = 0o600
  private var hashes: ContentHashes
  /// Whether `divertWrites` was called, and its folder: an overlay is then wanted after a move too.
  private var diversion: (folder: String?, isWanted: Bool) = (nil, false)

  /// Opens an image and checks all of its tables.
  ///
  /// - Parameters:
  ///   - path: a regular file; a block device if its format is raw.
  ///   - format: how the file holds the disk; nil is that of its name, `.qcow2` or anything else.
  ///   - access: what may become of the file.
  public static func open(
    path: String, format: DiskImageFormat? = nil, access: DiskImageAccess = .readWrite
  ) throws(DiskImageError) -> DiskImage {
    guard !path.hasSuffix(NewDiskFile.suffix) else {
      throw DiskImageError(path, "is the file of a move that is under way or did not end: it may lack sectors")
    }
    let file = try DiskFile(path, forWriting: access == .readWrite)
    let kind = if let format { format } else { try named(file) }
    if kind == .qcow2, file.isBlockDevice {
      throw DiskImageError(path, "is a block device, which can be format=raw only")
    }
    let disk = DiskImage(path, kind, access, try image(in: file, kind, access), file)
    (disk.identity, disk.permissions) = (file.identity, file.permissions)
    if access == .snapshot { _ = try disk.makeOverlay(folder: nil) }
    return disk
  }

  /// The medium that a file holds.
  static func image(
    in file: any ByteFile, _ format: DiskImageFormat, _ access: DiskImageAccess
  ) throws(DiskImageError) -> any MappedStorage {
    let isReadOnly = access != .readWrite
    return switch format {
    case .raw: try RawImage(file, isReadOnly: isReadOnly)
    case .qcow2: try Qcow2Image(file, isReadOnly: isReadOnly)
    }
  }

  /// Opens the image of an option.
  public static func open(_ option: DiskOption) throws(DiskImageError) -> DiskImage {
    try open(path: option.path, format: option.format, access: option.access)
  }

  /// Makes the disk of an image that is open.
  init(
    _ path: String, _ format: DiskImageFormat, _ access: DiskImageAccess, _ image: any MappedStorage,
    _ file: any ByteFile
  ) {
    self.path = path
    self.format = format
    self.access = access
    self.image = image
    self.file = file
    hashes = ContentHashes(byteCount: image.byteCount)
  }

  // A move that did not end leaves nothing.
  deinit {
    move?.cancel()
    arrival?.remove()
  }

  /// The format by the file's name; a file of another name that looks like qcow2 may be what a guest wrote.
  private static func named(_ file: DiskFile) throws(DiskImageError) -> DiskImageFormat {
    if file.name.lowercased().hasSuffix(".qcow2") { return .qcow2 }
    if file.byteCount >= 4, file.read(at: 0, count: 4) == Qcow2Header.magic {
      throw DiskImageError(
        file.name, "begins like a qcow2 image and is not named .qcow2; add format=qcow2 or format=raw")
    }
    return .raw
  }

  /// Bytes of the disk.
  public var byteCount: UInt64 { image.byteCount }
  /// Whether every write fails.
  public var isReadOnly: Bool { access == .readOnly }

  /// Reads bytes; nil if the host fails.
  public func read(at offset: UInt64, count: Int) -> [UInt8]? {
    guard released == nil else { return nil }
    if let overlay { return overlay.read(at: offset, count: count) }
    return image.read(at: offset, count: count)
  }

  /// What the guest sees.
  var view: any MappedStorage {
    guard let overlay else { return image }
    return OverlaidStorage(overlay)
  }

  /// Writes bytes to the overlay or the file; false if the disk is read-only or the host fails.
  public func write(_ bytes: [UInt8], at offset: UInt64) -> Bool {
    guard !isReadOnly, released == nil, holds(offset, bytes.count) else { return false }
    // A write that fails may have changed some of the bytes.
    changes?.insert(offset, UInt64(bytes.count))
    let isWritten: Bool
    if let overlay {
      isWritten = overlay.write(bytes, at: offset)
    } else {
      hashes.noteWrite(offset, bytes.count)
      writeCount &+= 1
      isWritten = image.write(bytes, at: offset)
    }
    move?.noteWrite(bytes, at: offset, isWritten: isWritten)
    return isWritten
  }

  /// Makes what was written to the file durable, and the new file of a move; what is in an overlay ends with emu.
  public func flush() -> Bool {
    guard released == nil else { return false }
    move?.flush()
    return overlay?.flush() ?? image.flush()
  }

  /// From now on writes go to an overlay, which can be rolled back, and the file stays as it is.
  ///
  /// What was written before is made durable if the host can. After a move an empty overlay is over the new file.
  ///
  /// - Parameter folder: where the overlay's temporary file is made; nil lets the overlay choose.
  public func divertWrites(folder: String? = nil) throws(DiskImageError) -> OverlayStorage {
    diversion = (folder, true)
    if let overlay { return overlay }
    return try makeOverlay(folder: folder)
  }

  private func makeOverlay(folder: String?) throws(DiskImageError) -> OverlayStorage {
    _ = image.flush()
    let made = try OverlayStorage(over: image, folder: folder)
    take(made)
    return made
  }

  private func take(_ made: OverlayStorage?) {
    overlay = made
    made?.onChange = { [weak self] offset, count in
      self?.changes?.insert(offset, UInt64(count))
      self?.move?.noteChange(offset, count)
    }
  }

  /// The identity of what the file holds for the guest, without what is in the overlay; nil if the host fails.
  ///
  /// The first question reads everything that the image has allocated, a later one what was written since.
  public func contentIdentity() -> ContentIdentity? { released == nil ? hashes.identity(of: image) : nil }

  // MARK: Other files

  /// The overlay that a new file must have: an empty one if writes are diverted.
  func nextOverlay(over image: any MappedStorage) throws(DiskImageError) -> OverlayStorage? {
    diversion.isWanted ? try OverlayStorage(over: image, folder: diversion.folder) : nil
  }

  /// Puts the disk into the file of a move; the one before is closed.
  func change(to move: DiskImageMove, _ image: any MappedStorage, _ file: any NewFile, _ overlay: OverlayStorage?) {
    (path, format) = (move.path, move.format)
    if access == .snapshot { access = .readWrite }
    if let old = self.overlay {
      // Whoever holds a mark of it cannot have those contents again.
      writeCount &+= 1
      old.onChange = nil
      old.removeAll()
      old.base = ClosedStorage(byteCount: byteCount)
    }
    take(overlay)
    put(image, file, file.identity, move.newHashes)
  }

  /// Replaces the file of the disk.
  func put(_ image: any MappedStorage, _ file: any ByteFile, _ identity: FileIdentity?, _ hashes: ContentHashes?) {
    self.image = image
    self.file = file
    self.identity = identity
    if let hashes { self.hashes = hashes }
  }
}
