public import DevicesLegacy
import DiskImages

/// Section `config`, `drives`: the medium of a drive, and what the guest has written over it.
struct SavedDrive: Codable {
  /// The most bytes of all overlays that a snapshot holds.
  private static let byteLimit = 256 << 20

  /// The drive's name.
  var place: String
  /// It is a CD-ROM drive.
  var isDiscDrive: Bool
  /// The file when the snapshot was made, for messages; nil of an empty drive.
  var path: String?
  /// What the file holds.
  var identity: ContentIdentity?
  /// The numbers of the clusters of 4 KiB that the guest has written.
  var clusters: [UInt64] = []
  /// Their contents, eight bytes a number.
  var words: [UInt64] = []

  /// Describes the drives of a board.
  static func list(_ drives: MachineDrives, _ path: String) throws(SnapshotError) -> [Self] {
    var result: [Self] = []
    var byteCount = 0
    for (place, isDiscDrive, medium) in drives.all {
      var saved = Self(place: place, isDiscDrive: isDiscDrive)
      if let medium {
        guard let image = medium as? DiskImage else {
          throw SnapshotError(path, "\(place): a medium that is no file cannot be named")
        }
        guard image.access == .readOnly || image.overlay != nil else {
          throw SnapshotError(path, "\(place): the guest writes to \(image.path) itself, which no snapshot can hold")
        }
        guard let identity = image.contentIdentity() else {
          throw SnapshotError(path, "\(place): \(image.path) cannot be read")
        }
        (saved.path, saved.identity) = (image.path, identity)
        if let overlay = image.overlay { try saved.take(overlay, &byteCount, path) }
      }
      result.append(saved)
    }
    return result
  }

  private mutating func take(_ overlay: OverlayStorage, _ total: inout Int, _ path: String) throws(SnapshotError) {
    clusters = overlay.writtenClusters
    total += clusters.count * OverlayStorage.clusterByteCount
    guard total <= Self.byteLimit else {
      throw SnapshotError(path, "the guest has written \(total) bytes to its disks, more than \(Self.byteLimit)")
    }
    for cluster in clusters {
      guard let bytes = overlay.contents(ofCluster: cluster), bytes.count % 8 == 0 else {
        throw SnapshotError(path, "\(place): what the guest has written cannot be read")
      }
      for at in stride(from: 0, to: bytes.count, by: 8) {
        words.append((0..<8).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) })
      }
    }
  }

  /// Looks whether the drives of a board are those of a snapshot, and gives them what the guest had written.
  ///
  /// - Returns: the sentence of a difference.
  static func problem(_ saved: [Self], _ drives: MachineDrives) -> String? {
    let all = drives.all
    for one in saved where !all.contains(where: { $0.place == one.place }) {
      let file = one.path.map { " with \($0)" } ?? ""
      return "drives: \(one.place)\(file) is missing: name it as when the snapshot was made"
    }
    for (place, isDiscDrive, medium) in all {
      guard let one = saved.first(where: { $0.place == place }), one.isDiscDrive == isDiscDrive else {
        return "drives: the snapshot's board has no such \(place)"
      }
      if let problem = one.problem(medium) { return "drives: \(place): \(problem)" }
    }
    return nil
  }

  private func problem(_ medium: (any BlockStorage)?) -> String? {
    guard let medium else { return identity.map { _ in "the snapshot's drive has a disc" } }
    guard let image = medium as? DiskImage else { return "its medium is no file" }
    guard let identity else { return "the snapshot's drive is empty" }
    guard let present = image.contentIdentity() else { return "\(image.path) cannot be read" }
    guard present == identity else {
      return "\(image.path) is not what it was when the snapshot was made: "
        + "its contents are \(present), not \(identity)"
    }
    if clusters.isEmpty && words.isEmpty { return nil }
    guard let overlay = image.overlay else { return "\(image.path) is read-only, and the snapshot's was written" }
    return problem(overlay)
  }

  private func problem(_ overlay: OverlayStorage) -> String? {
    let size = UInt64(OverlayStorage.clusterByteCount)
    var place = 0
    for cluster in clusters {
      guard cluster < overlay.byteCount / size + 1 else { return "cluster \(cluster) is beyond the disk" }
      let count = Int(min(size, overlay.byteCount - min(overlay.byteCount, cluster * size))) / 8
      guard words.count - place >= count else { return "words has \(words.count) entries, too few" }
      let bytes = words[place..<place + count].flatMap { word in
        (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
      }
      guard overlay.putBack(bytes, cluster: cluster) else { return "cluster \(cluster) cannot be written" }
      place += count
    }
    return place == words.count ? nil : "words has \(words.count) entries, not \(place)"
  }
}

extension MachineDrives {
  /// Every drive with its name and its medium.
  public var all: [(place: String, isDiscDrive: Bool, medium: (any BlockStorage)?)] {
    var result: [(String, Bool, (any BlockStorage)?)] = []
    for (name, drive) in zip(Self.names, attached) {
      switch drive {
      case nil: break
      case .disk(let medium): result.append((name, false, medium))
      case .discDrive(let medium): result.append((name, true, medium))
      }
    }
    for (index, medium) in virtio.enumerated() { result.append((Self.virtioName(index), false, medium)) }
    for (name, medium) in zip(Self.floppyNames, floppyMedia) { result.append((name, false, medium)) }
    return result
  }

  /// Whatever the guest writes can be taken back.
  var canRollBack: Bool {
    all.allSatisfy { drive in
      guard let medium = drive.medium else { return true }
      return medium.isReadOnly || (medium as? DiskImage)?.overlay != nil
    }
  }

  /// The contents of all that the guest can write and that can be had again, at this moment.
  func marks() -> [DriveMark] { all.compactMap { ($0.medium as? DiskImage)?.overlay.map(DriveMark.init) } }
}

/// The contents of a disk at a moment, as long as this lives.
final class DriveMark {
  private let overlay: OverlayStorage
  private let mark: OverlayStorage.Mark

  init(_ overlay: OverlayStorage) {
    self.overlay = overlay
    mark = overlay.mark()
  }

  deinit { overlay.forget(mark) }

  /// Gives the disk these contents again; marks that were made later are of no use any more.
  func rollBack() { _ = overlay.rollBack(to: mark) }
}

/// The contents of all drives at a moment, from which a run can be executed again.
public final class DriveContents {
  private let marks: [DriveMark]
  private let images: [(image: DiskImage, writeCount: UInt64)]

  /// Those of now.
  public init(_ drives: MachineDrives) {
    marks = drives.marks()
    images = drives.all.compactMap { ($0.medium as? DiskImage).map { ($0, $0.writeCount) } }
  }

  /// The first drive whose file the guest has written since, so that the contents are gone; nil if there is none.
  public var lostFile: String? { images.first { $0.image.writeCount != $0.writeCount }?.image.path }

  /// Gives the drives these contents again.
  public func putBack() { for mark in marks { mark.rollBack() } }
}
