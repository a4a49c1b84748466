import Foundation
import Glibc
import TestSupport
import Testing

@testable import DiskImages

/// Where the writes of a guest go before its disk moves.
private enum Writes: CaseIterable {
  case toFile, snapshot, diverted
}

/// A move of a disk.
private struct Row: Sendable {
  var from: DiskImageFormat
  var to: DiskImageFormat
  var writes: Writes
  var byteCount: Int
  var clusterBits: UInt32
}

private let rows: [Row] = DiskImageFormat.allCases.flatMap { from in
  DiskImageFormat.allCases.flatMap { to in
    Writes.allCases.flatMap { writes in
      [(512, 9), (65536 * 3 + 512 * 5, 12), (1_000_448, 16)].map { (size, bits) in
        Row(from: from, to: to, writes: writes, byteCount: size, clusterBits: bits)
      }
    }
  }
}

/// A guest that writes at random, with what its disk must hold.
private struct Guest {
  let disk: DiskImage
  var dice: Dice
  var model: [UInt8]
  /// What follows the disk's changes has this of it.
  var replica: [UInt8]
  /// A moment to which the overlay can be rolled back.
  var past: (mark: OverlayStorage.Mark, model: [UInt8])?

  init(_ disk: DiskImage, _ model: [UInt8], _ dice: Dice) {
    (self.disk, self.model, self.dice) = (disk, model, dice)
    replica = [UInt8](repeating: 0, count: model.count)
    disk.beginTracking()
  }

  mutating func write() {
    let count = 1 + dice.below(min(model.count, dice.below(6) == 0 ? 150_000 : 3000))
    let start = dice.below(model.count - count + 1)
    let isZero = dice.below(4) == 0
    let bytes = (0..<count).map { _ in isZero ? 0 : UInt8(dice.below(256)) }
    #expect(disk.write(bytes, at: UInt64(start)))
    model.replaceSubrange(start..<start + count, with: bytes)
  }

  mutating func goBack() {
    guard let overlay = disk.overlay else { return }
    if let past {
      #expect(overlay.rollBack(to: past.mark))
      model = past.model
      self.past = nil
      overlay.forget(past.mark)
    } else {
      past = (overlay.mark(), model)
    }
  }

  /// Copies some of what has changed.
  mutating func follow(_ byteCount: UInt64 = .max) {
    for range in disk.takeDirtyRanges(byteCount: byteCount) {
      let bytes = disk.read(at: range.lowerBound, count: Int(range.upperBound - range.lowerBound))
      replica.replaceSubrange(Int(range.lowerBound)..<Int(range.upperBound), with: bytes ?? [])
    }
  }

  /// Anything that may happen between two steps.
  mutating func act() {
    switch dice.below(20) {
    case 0..<13: write()
    case 13: #expect(disk.flush())
    case 14, 15: goBack()
    case 16: follow(UInt64(dice.below(200_000)))
    default:
      let count = dice.below(min(model.count, 70_000))
      let start = dice.below(model.count - count + 1)
      #expect(disk.read(at: UInt64(start), count: count) == Array(model[start..<start + count]))
    }
  }
}

@Suite("Moves of disks")
struct MoveRows {
  @Test("give the guest what it wrote at every moment, and the new file at the end", arguments: rows.indices)
  func moves(_ index: Int) throws {
    let row = rows[index]
    let folder = try TemporaryFolder()
    var dice = Dice(UInt64(index))
    let start = sparseContents(row.byteCount, &dice)
    let old = try folder.image("old", row.from, start, clusterBits: row.clusterBits)
    var disk: DiskImage? = try DiskImage.open(
      path: old, format: row.from, access: row.writes == .snapshot ? .snapshot : .readWrite)
    var guest: Guest? = Guest(try #require(disk), start, dice)
    for _ in 0..<10 { guest?.act() }
    if row.writes == .diverted { _ = try disk?.divertWrites() }
    let before = try #require(guest?.model)
    for _ in 0..<10 { guest?.act() }
    let move = try #require(try disk?.beginMove(to: "\(folder.path)/new", format: row.to))
    for round in 0..<160 {
      guest?.act()
      if round % 4 == 0 { try move.step(byteCount: UInt64(dice.below(60_000))) }
      if round % 20 == 0 || round > 150 {
        #expect(disk.flatMap { contents($0, request: 1 << 20) } == guest?.model)
        #expect(firstWrong(move, try #require(guest?.model)) == nil)
      }
    }
    #expect(disk?.path == old && folder.names == ["new.moving", "old"])
    let overlay = disk?.overlay
    let writeCount = disk?.writeCount ?? 0
    try move.finish()
    // The contents of an overlay cannot be had again.
    #expect(disk?.writeCount == writeCount + (row.writes == .toFile ? 0 : 1))
    #expect(folder.names == ["new", "old"] && disk?.path == "\(folder.path)/new" && disk?.format == row.to)
    #expect(disk?.access == .readWrite && (disk?.overlay != nil) == (row.writes == .diverted) && disk?.move == nil)
    let moved = try #require(guest?.model)
    guest?.past = nil
    for _ in 0..<30 { guest?.act() }
    #expect(disk.flatMap { contents($0, request: 1 << 20) } == guest?.model)
    guest?.follow()
    #expect(guest?.replica == guest?.model && disk?.dirtyByteCount == 0 && disk?.flush() == true)
    let last = row.writes == .diverted ? moved : guest?.model
    let identity = disk?.contentIdentity()
    // The old file is free, whoever still has its overlay, and holds what it held at the switch or before its overlay.
    #expect(
      try folder.contents("old", row.from)
        == (row.writes == .toFile ? moved : row.writes == .diverted ? before : start))
    withExtendedLifetime(overlay) {}
    (disk, guest) = (nil, nil)
    #expect(try folder.contents("new", row.to) == last)
    #expect(try DiskImage.open(path: "\(folder.path)/new", format: row.to).contentIdentity() == identity)
  }

  @Test("whose mirror loses one write are found by the comparison of these rows, and by the move's own")
  func lostWrite() throws {
    for format in DiskImageFormat.allCases {
      var dice = Dice(3)
      let folder = try TemporaryFolder()
      var model = sparseContents(1 << 18, &dice)
      model[0] = 1
      var isFound = false
      // Without its tables a qcow2 image is not even begun.
      for calls in 1..<100 {
        let disk = try DiskImage.open(path: try folder.image("old", .raw, model))
        var file: FaultyFile?
        let move = try disk.beginMove(to: "\(folder.path)/new", format: format) {
          let made = FaultyFile($0, .lies, afterCalls: calls)
          file = made
          return made
        }
        while let progress = try? move.step(byteCount: 1 << 20), !progress.isComplete {}
        #expect(file?.isReached == true || firstWrong(move, model) == nil)
        guard file?.isReached == false else {
          move.cancel()
          continue
        }
        let bytes = [UInt8](repeating: UInt8(1 + dice.below(255)), count: 700)
        #expect(disk.write(bytes, at: 1000))
        model.replaceSubrange(1000..<1700, with: bytes)
        #expect(file?.isReached == true && firstWrong(move, model) == 1000)
        #expect(sentence { () throws(DiskImageError) in try move.finish() }.contains("/new: its contents are "))
        #expect(contents(disk, request: 1 << 20) == model && folder.names == ["old"])
        isFound = true
        break
      }
      #expect(isFound)
    }
  }

  @Test("leave holes, in both formats", arguments: DiskImageFormat.allCases)
  func sparse(_ format: DiskImageFormat) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("old", [UInt8](repeating: 7, count: 512))
    #expect(unsafe truncate(path, 1 << 32) == 0)
    let disk = try DiskImage.open(path: path)
    for place in [1 << 30, (1 << 32) - 512] as [UInt64] { #expect(disk.write([1, 2], at: place)) }
    let move = try disk.beginMove(to: "\(folder.path)/new", format: format)
    #expect(move.progress == .init(copiedByteCount: 0, totalByteCount: 3 << 16, isComplete: false))
    #expect(try move.step(byteCount: 1).copiedByteCount == 1 << 16)
    // Zeros to a hole stay one in the mirror.
    #expect(disk.write([UInt8](repeating: 0, count: 1 << 20), at: 1 << 31))
    while !(try move.step(byteCount: 1 << 16).isComplete) {}
    try move.finish()
    var status = stat()
    #expect(unsafe stat(disk.path, &status) == 0 && status.st_blocks < 2048)
    #expect(disk.byteCount == 1 << 32 && disk.read(at: 1 << 30, count: 3) == [1, 2, 0])
    let plain = try DiskImage.open(path: path)
    #expect(disk.contentIdentity() == plain.contentIdentity())
  }

  @Test("of read-only discs stay read-only, and readers share the new file")
  func readOnly() throws {
    let folder = try TemporaryFolder()
    for (name, format) in [("new", DiskImageFormat.raw), ("new.qcow2", .qcow2)] {
      let path = try folder.file("old", [UInt8](repeating: 5, count: 700))
      let disk = try DiskImage.open(path: path, access: .readOnly)
      let move = try disk.beginMove(to: "\(folder.path)/\(name)")
      try move.finish()
      #expect(disk.format == format && disk.isReadOnly && !disk.write([1], at: 0) && disk.flush())
      #expect(contents(disk) == [UInt8](repeating: 5, count: 700) + [UInt8](repeating: 0, count: 324))
      #expect(try DiskImage.open(path: disk.path, access: .readOnly).contentIdentity() == disk.contentIdentity())
      #expect(sentence { () throws(DiskImageError) in _ = try DiskImage.open(path: disk.path) }.contains("in use"))
    }
  }

  @Test("follow one another, and keep the permissions")
  func again() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a", [UInt8](repeating: 5, count: 1024))
    #expect(unsafe chmod(path, 0o640) == 0)
    let disk = try DiskImage.open(path: path)
    var moves: [DiskImageMove] = []
    for name in ["b.qcow2", "c", "d.QCOW2"] {
      let move = try disk.beginMove(to: "\(folder.path)/\(name)")
      #expect(
        sentence { () throws(DiskImageError) in _ = try disk.beginMove(to: "\(folder.path)/x") }
          == "\(disk.path): is being moved to \(move.path) already")
      let old = disk.path
      try move.finish()
      moves.append(move)
      var status = stat()
      #expect(unsafe stat(disk.path, &status) == 0 && status.st_mode & 0o777 == 0o640)
      #expect(
        sentence { () throws(DiskImageError) in try move.step(byteCount: 1) }
          == "\(disk.path): the move has ended, and the disk is in this file")
      // Whoever still has the move does not keep the file.
      #expect(try DiskImage.open(path: old).read(at: 0, count: 1) == [5])
    }
    #expect(disk.format == .qcow2 && folder.names == ["a", "b.qcow2", "c", "d.QCOW2"] && moves.count == 3)
  }

  @Test("that are cancelled, or whose disk is closed, leave nothing")
  func cancelled() throws {
    let folder = try TemporaryFolder()
    var disk: DiskImage? = try DiskImage.open(path: try folder.file("a", [UInt8](repeating: 5, count: 1024)))
    var move = try disk?.beginMove(to: "\(folder.path)/b")
    #expect(folder.names == ["a", "b.moving"])
    #expect(
      sentence { () throws(DiskImageError) in _ = try DiskImage.open(path: "\(folder.path)/b.moving") }
        == "\(folder.path)/b.moving: is the file of a move that is under way or did not end: it may lack sectors")
    move?.cancel()
    #expect(folder.names == ["a"] && disk?.move == nil && move?.failure == nil)
    #expect(
      sentence { () throws(DiskImageError) in try move?.finish() } == "\(folder.path)/b: the move was cancelled")
    #expect(disk?.write([1], at: 0) == true && disk?.flush() == true)
    move = try disk?.beginMove(to: "\(folder.path)/b.qcow2")
    disk = nil
    #expect(folder.names == ["a"])
    #expect(
      sentence { () throws(DiskImageError) in try move?.step(byteCount: 1) }
        == "\(folder.path)/b.qcow2: the move was cancelled")
  }

  @Test(
    "make qcow2 images of every size that are right when they are full of entries",
    arguments: [512, 1 << 42, 1 << 44] as [UInt64])
  func blank(_ byteCount: UInt64) throws {
    let file = MemoryFile()
    let image = try Qcow2Blank.make(in: file, byteCount: byteCount)
    #expect(throws: DiskImageError("disk.qcow2", "does not begin with the magic number of qcow2; is it format=raw?")) {
      try Qcow2Image(file, isReadOnly: true)
    }
    #expect(image.nextData(from: 0) == nil && image.write([9], at: byteCount - 1) && image.flush())
    #expect(Qcow2Blank.complete(file))
    let again = try Qcow2Image(file, isReadOnly: false)
    #expect(again.byteCount == byteCount && again.read(at: byteCount - 2, count: 2) == [0, 9])
    #expect(file.byteCount % 65536 == 0 && file.byteCount < 1 << 22)
  }
}
