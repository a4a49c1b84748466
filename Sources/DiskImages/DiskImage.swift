public import DevicesLegacy

/// The image of a disk in a file of the host, open and locked; the medium of a drive.
///
/// The format is never guessed from bytes that a guest can write: it is given, or it is the one of the file's name. The
/// size of the medium is a multiple of 512: the last sector of an image that ends within one is filled with zeros if the
/// guest's writes do not go to the file, else the image is refused.
public final class DiskImage: BlockStorage {
  /// The file.
  public let path: String
  /// How the file holds the disk.
  public let format: DiskImageFormat
  /// What may become of the file.
  public let access: DiskImageAccess
  /// Where writes go instead of to the file: always with `snapshot`, and after `divertWrites`.
  public private(set) var overlay: OverlayStorage?
  /// How often the guest has written to the file itself.
  public private(set) var writeCount: UInt64 = 0
  private let image: any MappedStorage
  private var hashes: ContentHashes

  /// Opens an image and checks all of its tables.
  ///
  /// - Parameters:
  ///   - path: a regular file; a block device if its format is raw.
  ///   - format: how the file holds the disk; nil is that of its name, `.qcow2` or anything else.
  ///   - access: what may become of the file.
  public static func open(
    path: String, format: DiskImageFormat? = nil, access: DiskImageAccess = .readWrite
  ) throws(DiskImageError) -> DiskImage {
    let file = try DiskFile(path, forWriting: access == .readWrite)
    let kind = if let format { format } else { try named(file) }
    if kind == .qcow2, file.isBlockDevice {
      throw DiskImageError(path, "is a block device, which can be format=raw only")
    }
    let isReadOnly = access != .readWrite
    let image: any MappedStorage =
      switch kind {
      case .raw: try RawImage(file, isReadOnly: isReadOnly)
      case .qcow2: try Qcow2Image(file, isReadOnly: isReadOnly)
      }
    let disk = DiskImage(path, kind, access, image)
    if access == .snapshot { _ = try disk.divertWrites() }
    return disk
  }

  /// Opens the image of an option.
  public static func open(_ option: DiskOption) throws(DiskImageError) -> DiskImage {
    try open(path: option.path, format: option.format, access: option.access)
  }

  private init(
    _ path: String, _ format: DiskImageFormat, _ access: DiskImageAccess, _ image: any MappedStorage
  ) {
    self.path = path
    self.format = format
    self.access = access
    self.image = image
    hashes = ContentHashes(byteCount: image.byteCount)
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
    if let overlay { return overlay.read(at: offset, count: count) }
    return image.read(at: offset, count: count)
  }

  /// Writes bytes to the overlay or the file; false if the disk is read-only or the host fails.
  public func write(_ bytes: [UInt8], at offset: UInt64) -> Bool {
    guard !isReadOnly, holds(offset, bytes.count) else { return false }
    if let overlay { return overlay.write(bytes, at: offset) }
    // A write that fails may have changed some of the bytes.
    hashes.noteWrite(offset, bytes.count)
    writeCount &+= 1
    return image.write(bytes, at: offset)
  }

  /// Makes what was written to the file durable; what is in an overlay ends with emu.
  public func flush() -> Bool { overlay?.flush() ?? image.flush() }

  /// From now on writes go to an overlay, which can be rolled back, and the file stays as it is.
  ///
  /// What was written before is made durable if the host can.
  ///
  /// - Parameter folder: where the overlay's temporary file is made; nil lets the overlay choose.
  public func divertWrites(folder: String? = nil) throws(DiskImageError) -> OverlayStorage {
    if let overlay { return overlay }
    _ = image.flush()
    let made = try OverlayStorage(over: image, folder: folder)
    overlay = made
    return made
  }

  /// The identity of what the file holds for the guest, without what is in the overlay; nil if the host fails.
  ///
  /// The first question reads everything that the image has allocated, a later one what was written since.
  public func contentIdentity() -> ContentIdentity? { hashes.identity(of: image) }
}
