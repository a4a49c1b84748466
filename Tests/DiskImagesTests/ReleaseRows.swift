import Foundation
import Glibc
import TestSupport
import Testing

@testable import DiskImages

@Suite("Changes of disks, and files that are given away")
struct ReleaseRows {
  @Test("What is not zero changes first, then what is written")
  func tracking() throws {
    let folder = try TemporaryFolder()
    var start = [UInt8](repeating: 0, count: 10 << 16 + 512)
    start[3 << 16] = 1
    start[5 << 16 - 1] = 1
    let group: UInt64 = 1 << 16
    for format in DiskImageFormat.allCases {
      let disk = try DiskImage.open(path: try folder.image("a", format, start), format: format)
      #expect(disk.dirtyByteCount == 0 && disk.takeDirtyRanges() == [])
      disk.beginTracking()
      // Formats and file systems may keep more than these two groups.
      #expect(disk.takeDirtyRanges().contains { $0.contains(3 * group) && $0.contains(5 * group - 1) })
      #expect(disk.dirtyByteCount == 0 && disk.takeDirtyRanges() == [])
      #expect(disk.write([1, 2], at: group - 1) && disk.write([3], at: 10 * group + 511))
      #expect(!disk.write([1, 2], at: 10 * group + 511) && disk.dirtyByteCount == 2 * group + 512)
      #expect(disk.takeDirtyRanges(byteCount: 1) == [0..<group] && disk.takeDirtyRanges(byteCount: 0) == [])
      #expect(disk.write([1], at: 0))
      #expect(disk.takeDirtyRanges() == [group..<2 * group, 10 * group..<10 * group + 512, 0..<group])
      let overlay = try disk.divertWrites()
      let mark = overlay.mark()
      #expect(disk.write([1], at: 4 * group) && disk.takeDirtyRanges() == [4 * group..<5 * group])
      #expect(overlay.rollBack(to: mark) && disk.takeDirtyRanges() == [4 * group..<5 * group])
      #expect(overlay.putBack([UInt8](repeating: 8, count: 4096), cluster: 16))
      #expect(disk.takeDirtyRanges() == [group..<2 * group])
      // What an overlay has counts as data too.
      disk.beginTracking()
      #expect(disk.takeDirtyRanges().contains { $0.contains(group) })
      overlay.removeAll()
      #expect(disk.takeDirtyRanges() == [group..<2 * group])
      disk.endTracking()
      #expect(disk.write([1], at: 0) && disk.takeDirtyRanges() == [])
    }
  }

  @Test("Groups of every size of disk", arguments: [1, 65536, 65537, 1 << 44, 1 << 44 + 512, 1 << 62] as [UInt64])
  func groups(_ byteCount: UInt64) {
    var groups = GroupSet(byteCount: byteCount)
    groups.insert(byteCount - 1, 100)
    groups.insert(byteCount, 1)
    groups.insert(0, 1)
    #expect(groups.contains(0) && groups.contains(byteCount - 1) && groups.first(from: 0) == 0)
    let last = groups.range(of: groups.first(from: 1) ?? 0)
    #expect(last.upperBound == byteCount && groups.end(of: byteCount - 1) == byteCount)
    let first = groups.range(of: 0)
    #expect(groups.heldByteCount == (first == last ? first.upperBound : first.upperBound + byteCount - last.lowerBound))
    #expect(
      first.upperBound == min(byteCount, byteCount <= 1 << 44 ? 1 << 16 : byteCount == 1 << 62 ? 1 << 35 : 1 << 17))
    groups.remove(0)
    #expect(!groups.contains(0) && groups.heldByteCount == (first == last ? 0 : byteCount - last.lowerBound))
  }

  @Test(
    "A file that is released is another process's, and is taken again if it is the same",
    arguments: [
      DiskImageAccess.readWrite, .snapshot,
    ])
  func release(_ access: DiskImageAccess) throws {
    let folder = try TemporaryFolder()
    var dice = Dice(2)
    let start = sparseContents(200 * 512, &dice)
    for format in DiskImageFormat.allCases {
      let path = try folder.image("a", format, start)
      let disk = try DiskImage.open(path: path, format: format, access: access)
      #expect(disk.write([1, 2, 3], at: 70_000))
      var wanted = start
      wanted.replaceSubrange(70_000..<70_003, with: [1, 2, 3])
      let released = try disk.release()
      #expect(try disk.release() == released && released.path == path && released.format == format)
      #expect(disk.read(at: 0, count: 1) == nil && !disk.write([1], at: 0) && !disk.flush())
      #expect(!disk.write([UInt8](repeating: 1, count: 4096), at: 0) && disk.contentIdentity() == nil)
      #expect(
        sentence { () throws(DiskImageError) in _ = try disk.beginMove(to: "\(folder.path)/b") }
          == "\(path): is released and cannot be moved")
      var other: DiskImage? = try DiskImage.open(path: path, format: format)
      #expect(other?.contentIdentity() == released.contents)
      #expect(other.flatMap { contents($0) } == (access == .readWrite ? wanted : start))
      #expect(
        sentence { () throws(DiskImageError) in try disk.reopen() }
          == "\(path): is in use by another process or another drive")
      other = nil
      try disk.reopen()
      #expect(disk.released == nil && contents(disk) == wanted && disk.write([4], at: 5) && disk.flush())
      // Taken again it is locked again.
      #expect(sentence { () throws(DiskImageError) in _ = try DiskImage.open(path: path, format: format) } != "")
      try disk.release()
      let sent = try JSONDecoder().decode(ReleasedFile.self, from: JSONEncoder().encode(released))
      #expect(sent == released)
    }
  }

  @Test("A file that is released is durable, or stays open")
  func durable() throws {
    let memory = MemoryFile([UInt8](repeating: 1, count: 1024))
    memory.beginJournal()
    let disk = DiskImage("disk", .raw, .readWrite, try RawImage(memory, isReadOnly: false), memory)
    #expect(disk.write([2], at: 3) && memory.journal.count == 1)
    memory.callsUntilFailure = 0
    #expect(sentence { () throws(DiskImageError) in try disk.release() } == "disk: cannot be made durable")
    memory.callsUntilFailure = nil
    #expect(disk.read(at: 3, count: 1) == [2] && disk.released == nil)
    try disk.release()
    #expect(memory.journal.isEmpty && disk.read(at: 3, count: 1) == nil)
  }

  @Test("A released file that has changed is refused")
  func changed() throws {
    let folder = try TemporaryFolder()
    for format in DiskImageFormat.allCases {
      let path = try folder.image("a", format, [UInt8](repeating: 1, count: 100 * 512))
      let disk = try DiskImage.open(path: path, format: format)
      let released = try disk.release()
      func refusal() -> String { sentence { () throws(DiskImageError) in try disk.reopen() } }
      var other: DiskImage? = try DiskImage.open(path: path, format: format)
      #expect(other?.write([9], at: 700) == true)
      let present = try #require(other?.contentIdentity())
      other = nil
      #expect(refusal() == "\(path): its contents are \(present) and were \(released.contents) when it was released")
      // The same contents again are the same file.
      other = try DiskImage.open(path: path, format: format)
      #expect(other?.write([1], at: 700) == true)
      other = nil
      try disk.reopen()
      try disk.release()
      #expect(unsafe truncate(path, Int(released.byteCount) + 512) == 0)
      #expect(
        refusal()
          == "\(path): has \(released.byteCount + 512) bytes and had \(released.byteCount) when it was released")
      #expect(unsafe truncate(path, Int(released.byteCount)) == 0 && rename(path, "\(folder.path)/b") == 0)
      #expect(refusal() == "\(path): cannot be opened: No such file or directory")
      try FileManager.default.copyItem(atPath: "\(folder.path)/b", toPath: path)
      #expect(refusal() == "\(path): is another file than the one that was released")
      #expect(unsafe disk.read(at: 0, count: 1) == nil && rename("\(folder.path)/b", path) == 0)
      try disk.reopen()
      #expect(disk.read(at: 699, count: 3) == [1, 1, 1])
      let move = try disk.beginMove(to: "\(folder.path)/c")
      #expect(
        sentence { () throws(DiskImageError) in try disk.release() }
          == "\(path): is being moved to \(folder.path)/c and stays open until then")
      move.cancel()
      try disk.reopen()
    }
  }
}
