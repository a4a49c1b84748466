import DevicesLegacy

/// The move of a disk to a new file while its guest runs.
///
/// The new file is `PATH.moving`, locked, until it is complete. The guest reads the old file; what it writes goes to both
/// where the new one has the group already. `finish` makes both durable, compares them, gives the new file its name and puts
/// the disk into it. Whatever fails before ends the move: the new file is removed, and the guest goes on with the old one.
public final class DiskImageMove {
  /// How far a move is.
  public struct Progress: Hashable, Sendable {
    /// Bytes that were copied; they do not count what is a hole.
    public var copiedByteCount: UInt64
    /// Bytes that are to be copied, with those that were.
    public var totalByteCount: UInt64
    /// Everything was copied and compared once: `finish` has little left to do.
    public var isComplete: Bool
  }

  private enum Phase {
    case underWay
    case failed(DiskImageError)
    case ended(String)
  }

  /// The name of the new file.
  public let path: String
  /// How the new file holds the disk.
  public let format: DiskImageFormat
  private weak var disk: DiskImage?
  /// The new file; nil when the move has ended.
  private var file: (any NewFile)?
  /// The new file's medium, which is closed when the move has ended without it.
  private(set) var target: any MappedStorage
  private var phase = Phase.underWay
  /// Groups that the new file does not have yet.
  private(set) var pending: GroupSet
  /// The first group that is looked at.
  private var nextGroup: UInt64 = 0
  private var total: UInt64
  /// Hashes of what the guest sees, and of the new file.
  private var oldHashes: ContentHashes
  private(set) var newHashes: ContentHashes
  /// Groups of hashes below were compared once.
  private var nextHash: UInt64 = 0
  private var isCompared = false

  /// Makes the new file.
  ///
  /// - Parameter substitute: what stands for the file, for tests.
  init(
    _ disk: DiskImage, _ path: String, _ format: DiskImageFormat, substitute: (NewDiskFile) -> any NewFile
  ) throws(DiskImageError) {
    if let move = disk.move { throw DiskImageError(disk.path, "is being moved to \(move.path) already") }
    guard disk.released == nil else { throw DiskImageError(disk.path, "is released and cannot be moved") }
    guard disk.byteCount <= GroupSet.largestPlainDisk else {
      throw DiskImageError(
        disk.path, "a disk of \(disk.byteCount) bytes is not moved: emu moves at most \(GroupSet.largestPlainDisk)")
    }
    let made = try NewDiskFile(
      path, byteCount: format == .raw ? disk.byteCount : 0, besides: disk.identity,
      permissions: disk.permissions & 0o666 | 0o600)
    let file = substitute(made)
    do throws(DiskImageError) {
      target =
        switch format {
        case .raw: try RawImage(file, isReadOnly: false)
        case .qcow2: try Qcow2Blank.make(in: file, byteCount: disk.byteCount)
        }
    } catch {
      file.remove()
      throw error
    }
    (self.disk, self.path, self.format, self.file) = (disk, path, format, file)
    pending = disk.dataGroups
    total = pending.heldByteCount
    oldHashes = ContentHashes(byteCount: disk.byteCount)
    oldHashes.beginEmpty()
    var group = pending.first(from: 0)
    while let present = group {
      let range = pending.range(of: present)
      oldHashes.noteWrite(range.lowerBound, Int(range.upperBound - range.lowerBound))
      group = pending.first(from: present + 1)
    }
    newHashes = oldHashes
  }

  /// How far the move is.
  public var progress: Progress {
    let left = pending.heldByteCount
    return Progress(
      copiedByteCount: total - min(total, left), totalByteCount: total, isComplete: left == 0 && isCompared)
  }

  /// Why the move failed; nil if it did not.
  public var failure: DiskImageError? {
    if case .failed(let error) = phase { error } else { nil }
  }

  // MARK: Steps

  /// Copies some more of the disk; when all is copied, compares some of both files.
  ///
  /// - Parameter byteCount: the step ends once it has copied or compared so many bytes.
  /// - Throws: `DiskImageError` with what ended the move; the guest goes on with the old file.
  @discardableResult
  public func step(byteCount: UInt64) throws(DiskImageError) -> Progress {
    let disk = try diskUnderWay()
    do throws(DiskImageError) {
      var done: UInt64 = 0
      while done < byteCount, let group = nextPending { done &+= try copy(group, of: disk) }
      while done < byteCount, pending.count == 0, !isCompared { done &+= try compareGroup(of: disk) }
    } catch {
      fail(error)
      throw error
    }
    return progress
  }

  /// Copies and compares what is left, makes both files durable, gives the new one its name and puts the disk into it.
  ///
  /// Afterwards `path` and `format` of the disk are those of the new file. The old file is closed, is not locked any more,
  /// and holds what it held. An overlay ends: what it held is in the new file. Its marks are of no use any more.
  ///
  /// - Throws: `DiskImageError` with what ended the move; the new file is removed, and the guest goes on with the old one.
  public func finish() throws(DiskImageError) {
    let disk = try diskUnderWay()
    guard let file else { throw undurable }
    do throws(DiskImageError) {
      while let group = nextPending { _ = try copy(group, of: disk) }
      guard disk.image.flush() else { throw DiskImageError(disk.path, "cannot be made durable\(reason(disk.file))") }
      guard target.flush() else { throw undurable }
      try compare(disk)
      let overlay = try disk.nextOverlay(over: target)
      if format == .qcow2, !Qcow2Blank.complete(file) { throw undurable }
      try file.takeName()
      guard file.syncFolder() else { throw undurable }
      if disk.isReadOnly { file.shareLock() }
      disk.change(to: self, target, file, overlay)
    } catch {
      fail(error)
      throw error
    }
    end(.ended("the move has ended, and the disk is in this file"))
  }

  /// Ends the move: the new file is removed, and the guest goes on with the old one.
  public func cancel() {
    guard case .underWay = phase else { return }
    file?.remove()
    end(.ended("the move was cancelled"))
  }

  // MARK: What the guest does

  /// Writes what the guest has written to the new file too, where that has the group.
  func noteWrite(_ bytes: [UInt8], at offset: UInt64, isWritten: Bool) {
    guard case .underWay = phase, !bytes.isEmpty else { return }
    guard isWritten else { return noteChange(offset, bytes.count) }
    oldHashes.noteWrite(offset, bytes.count)
    newHashes.noteWrite(offset, bytes.count)
    var done = 0
    while done < bytes.count {
      let place = offset + UInt64(done)
      let end = min(bytes.count, done + Int(pending.end(of: place) - place))
      if !pending.contains(place), !put(Array(bytes[done..<end]), at: place) { return fail(unwritable(place)) }
      done = end
    }
  }

  /// Copies groups again that have changed in an unknown way.
  func noteChange(_ offset: UInt64, _ count: Int) {
    guard case .underWay = phase else { return }
    pending.insert(offset, UInt64(count))
    total = max(total, pending.heldByteCount)
    oldHashes.noteWrite(offset, count)
    newHashes.noteWrite(offset, count)
  }

  /// Makes what the new file has durable.
  func flush() {
    guard case .underWay = phase, !target.flush() else { return }
    fail(undurable)
  }

  // MARK: Parts

  private func diskUnderWay() throws(DiskImageError) -> DiskImage {
    switch phase {
    case .failed(let error): throw error
    case .ended(let sentence): throw DiskImageError(path, sentence)
    case .underWay: break
    }
    guard let disk else { throw DiskImageError(path, "the disk that was being moved is closed") }
    return disk
  }

  private func fail(_ error: DiskImageError) {
    file?.remove()
    end(.failed(error))
  }

  private func end(_ phase: Phase) {
    self.phase = phase
    file = nil
    target = ClosedStorage(byteCount: target.byteCount)
    pending = GroupSet(byteCount: 0)
    disk?.move = nil
  }

  private var undurable: DiskImageError { DiskImageError(path, "cannot be made durable\(reason(file))") }

  private func unwritable(_ place: UInt64) -> DiskImageError {
    DiskImageError(path, "byte \(place) of the disk cannot be written\(reason(file)); the disk stays in its old file")
  }

  private func reason(_ file: (any ByteFile)?) -> String { file?.failure.map { ": \($0)" } ?? "" }

  private var nextPending: UInt64? { pending.first(from: nextGroup) ?? pending.first(from: 0) }

  /// Copies a group; gives its bytes.
  private func copy(_ group: UInt64, of disk: DiskImage) throws(DiskImageError) -> UInt64 {
    let range = pending.range(of: group)
    let count = range.upperBound - range.lowerBound
    guard let bytes = disk.read(at: range.lowerBound, count: Int(count)) else {
      throw DiskImageError(
        disk.path, "byte \(range.lowerBound) of the disk cannot be read\(reason(disk.file)); the disk is not moved")
    }
    guard put(bytes, at: range.lowerBound) else { throw unwritable(range.lowerBound) }
    pending.remove(group)
    nextGroup = group + 1
    return count
  }

  /// Writes bytes to the new file; zeros where it has a hole stay one.
  private func put(_ bytes: [UInt8], at offset: UInt64) -> Bool {
    guard format == .raw else { return target.write(bytes, at: offset) }
    let pageByteCount = 4096
    var start = 0
    var place = 0
    while place < bytes.count {
      let at = offset + UInt64(place)
      let end = min(bytes.count, place + pageByteCount - Int(at % UInt64(pageByteCount)))
      if bytes[place] == 0, Array(bytes[place..<end]).isZero, isHole(at..<offset + UInt64(end)) {
        if start < place, !target.write(Array(bytes[start..<place]), at: offset + UInt64(start)) { return false }
        start = end
      }
      place = end
    }
    return start == bytes.count || target.write(Array(bytes[start...]), at: offset + UInt64(start))
  }

  private func isHole(_ range: Range<UInt64>) -> Bool {
    target.nextData(from: range.lowerBound).map { $0.lowerBound >= range.upperBound } ?? true
  }

  /// Hashes the next group of both files that was not hashed yet; gives bytes that were read.
  private func compareGroup(of disk: DiskImage) throws(DiskImageError) -> UInt64 {
    let (old, new) = (oldHashes.firstStale(from: nextHash), newHashes.firstStale(from: nextHash))
    guard let group = [old, new].compactMap({ $0 }).min() else {
      isCompared = true
      return 0
    }
    if old == group, !oldHashes.hash(group: group, of: disk.view) { throw unreadable(disk) }
    if new == group, !newHashes.hash(group: group, of: target) { throw unreadable(nil) }
    nextHash = group + 1
    return oldHashes.stepByteCount
  }

  private func unreadable(_ disk: DiskImage?) -> DiskImageError {
    DiskImageError(disk?.path ?? path, "cannot be read to be compared\(reason(disk?.file ?? file))")
  }

  private func compare(_ disk: DiskImage) throws(DiskImageError) {
    guard let there = oldHashes.identity(of: disk.view) else { throw unreadable(disk) }
    guard let here = newHashes.identity(of: target) else { throw unreadable(nil) }
    guard here == there else {
      throw DiskImageError(path, "its contents are \(here), and those of the disk are \(there)")
    }
  }
}

extension DiskImage {
  /// Begins to move the disk to a new file; what moves is what the guest sees, with what is in an overlay.
  ///
  /// - Parameters:
  ///   - path: the new file; nothing may have this name.
  ///   - format: how it holds the disk; nil is that of its name, `.qcow2` or anything else.
  /// - Returns: the move, which `step` advances and `finish` ends.
  /// - Throws: `DiskImageError` if the file cannot be made.
  public func beginMove(to path: String, format: DiskImageFormat? = nil) throws(DiskImageError) -> DiskImageMove {
    try beginMove(to: path, format: format) { $0 }
  }

  /// Begins a move to what stands for a new file.
  func beginMove(
    to path: String, format: DiskImageFormat? = nil, substitute: (NewDiskFile) -> any NewFile
  ) throws(DiskImageError) -> DiskImageMove {
    let named: DiskImageFormat = path.lowercased().hasSuffix(".qcow2") ? .qcow2 : .raw
    let made = try DiskImageMove(self, path, format ?? named, substitute: substitute)
    move = made
    return made
  }
}
