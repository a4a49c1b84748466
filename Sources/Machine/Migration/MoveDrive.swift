import DevicesLegacy
public import DiskImages

/// A drive of a guest that is handed over, as the hello frame describes it.
public struct MoveDrive: Codable, Equatable, Sendable {
  /// How the far end comes to what the disk holds.
  public enum Way: String, Codable, Sendable {
    /// The drive is empty.
    case empty
    /// Both open the same file, one after the other.
    case shared
    /// The far end has a file of the same contents; what the guest has written over it is sent.
    case based
    /// All of it is sent, into a new file.
    case copied
  }

  /// The drive's name.
  public var place: String
  /// It is a CD-ROM drive.
  public var isDiscDrive: Bool
  /// Bytes of the disk; 0 of an empty drive.
  public var byteCount: UInt64
  /// How the far end comes to its contents.
  public var way: Way
  /// The file, for messages.
  public var path: String?
  /// What the file holds, if the far end has one of the same.
  public var contents: ContentIdentity?

  /// Describes the drives of a board.
  ///
  /// - Throws: a drive that cannot be handed over.
  static func list(
    _ machine: Machine, purpose: OutgoingMachine.Purpose, copiesDisks: Bool
  ) throws(MoveProblem) -> [(drive: MoveDrive, image: DiskImage?)] {
    var result: [(MoveDrive, DiskImage?)] = []
    for (place, isDiscDrive, medium) in machine.platform.drives.all {
      var drive = MoveDrive(place: place, isDiscDrive: isDiscDrive, byteCount: medium?.byteCount ?? 0, way: .empty)
      guard let medium else {
        result.append((drive, nil))
        continue
      }
      guard let image = medium as? DiskImage else {
        throw MoveProblem("\(place): a medium that is no file cannot be sent")
      }
      if let move = image.move { throw MoveProblem("\(place): is being moved to \(move.path)") }
      drive.path = image.path
      let keepsFile = image.access == .readOnly || image.overlay != nil
      drive.way = copiesDisks && !image.isReadOnly ? .copied : keepsFile || purpose == .protect ? .based : .shared
      if drive.way != .copied {
        guard let contents = image.contentIdentity() else {
          throw MoveProblem("\(place): \(image.path) cannot be read")
        }
        drive.contents = contents
      }
      result.append((drive, image))
    }
    return result
  }

  /// Why a medium is not the drive's, as a sentence.
  ///
  /// - Parameter keepsFile: what lies beneath an overlay of the source must not be written here either.
  func problem(_ medium: (any BlockStorage)?, isDiscDrive: Bool, keepsFile: Bool) -> String? {
    guard self.isDiscDrive == isDiscDrive else { return "\(place): is another kind of drive here" }
    guard way != .empty else { return medium.map { _ in "\(place): the guest's drive is empty" } }
    guard let image = medium as? DiskImage else { return "\(place): has no disk here" }
    guard image.byteCount == byteCount else {
      return "\(place): \(image.path) is a disk of \(image.byteCount) bytes, and the guest's has \(byteCount)"
    }
    if way == .shared, image.access != .readWrite {
      return "\(place): the guest writes to \(image.path): it can be neither readonly nor snapshot here"
    }
    guard way == .based, let contents else { return nil }
    if keepsFile, image.access == .readWrite {
      return "\(place): what the guest writes is not for \(image.path): add snapshot or readonly here"
    }
    guard let present = image.contentIdentity() else { return "\(place): \(image.path) cannot be read" }
    return present == contents
      ? nil : "\(place): \(image.path) is not the guest's disk: its contents are \(present), not \(contents)"
  }
}
