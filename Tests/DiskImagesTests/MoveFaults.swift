import Foundation
import Glibc
import TestSupport
import Testing

@testable import DiskImages

/// A guest whose disk moves in a fixed way, up to a fault.
private final class Script {
  let disk: DiskImage
  /// What the guest has written, and what the disk had before its last write.
  private(set) var model: [UInt8]
  private(set) var before: [UInt8]
  /// What ended the move.
  private(set) var problem = ""

  init(_ disk: DiskImage, _ model: [UInt8]) {
    (self.disk, self.model, before) = (disk, model, model)
  }

  /// Writes and may flush; the guest sees no failure.
  func write(_ fill: UInt8, _ start: Int, _ count: Int, flushes: Bool = true) {
    before = model
    let bytes = [UInt8](repeating: fill, count: count)
    model.replaceSubrange(start..<start + count, with: bytes)
    #expect(disk.write(bytes, at: UInt64(start)) && (!flushes || disk.flush()))
    #expect(disk.read(at: UInt64(start), count: count) == bytes)
  }

  /// Moves the disk while the guest writes; ends early where the new file has failed.
  func move(
    to path: String, _ format: DiskImageFormat, substitute: (NewDiskFile) -> any NewFile = { $0 }
  ) {
    do throws(DiskImageError) {
      let move = try disk.beginMove(to: path, format: format, substitute: substitute)
      write(1, 100, 9000)
      try move.step(byteCount: 1 << 16)
      // What is in the new file, what is partly there, what is not.
      write(2, 5000, 700)
      write(3, 65_000, 2000)
      write(4, 200_000, 512)
      try move.step(byteCount: 1 << 17)
      write(0, 65_100, 300)
      while !(try move.step(byteCount: 1 << 16).isComplete) {}
      write(5, 140_000, 40_000, flushes: false)
      try move.finish()
    } catch {
      problem = error.description
    }
  }
}

/// The kinds of a move.
private let kinds = DiskImageFormat.allCases.flatMap { from in DiskImageFormat.allCases.map { (from, $0) } }

@Suite("Moves of disks that fail")
struct MoveFaults {
  private static let byteCount = 262_144 + 1536

  private static func start() -> [UInt8] {
    var dice = Dice(11)
    return sparseContents(byteCount, &dice)
  }

  @Test("at any call to the new file leave the old one, and the guest goes on", arguments: kinds.indices)
  func failures(_ index: Int) throws {
    let (from, to) = kinds[index]
    var calls = 0
    while calls < 300 {
      let folder = try TemporaryFolder()
      let old = try folder.image("old", from, Self.start(), clusterBits: 12)
      var disk: DiskImage? = try DiskImage.open(path: old, format: from)
      var script: Script? = Script(try #require(disk), Self.start())
      var file: FaultyFile?
      let new = "\(folder.path)/new"
      script?.move(to: new, to) {
        let made = FaultyFile($0, .fails, afterCalls: calls)
        file = made
        return made
      }
      guard file?.isReached == true else { break }
      #expect(
        script?.problem.hasPrefix("\(new): ") == true && script?.problem.contains(": it is a test") == true, "\(calls)")
      #expect(disk?.path == old && disk?.move == nil && folder.names == ["old"], "call \(calls)")
      script?.write(6, 150_000, 3000)
      let model = try #require(script?.model)
      #expect(disk.flatMap { contents($0, request: 1 << 20) } == model)
      (script, disk) = (nil, nil)
      #expect(try folder.contents("old", from) == model)
      // The next attempt succeeds.
      var again: Script? = Script(try DiskImage.open(path: old, format: from), model)
      again?.move(to: new, to)
      let last = again?.model
      #expect(again?.problem == "" && folder.names == ["new", "old"])
      again = nil
      #expect(try folder.contents("new", to) == last && folder.contents("old", from) == last)
      calls += 1
    }
    #expect((15..<300).contains(calls))
  }

  @Test("since emu ends at any call leave the old file, or both", arguments: kinds.indices)
  func ends(_ index: Int) throws {
    let (from, to) = kinds[index]
    var calls = 0
    var seen: Set<[String]> = []
    while calls < 300 {
      let folder = try TemporaryFolder()
      let old = try folder.image("old", from, Self.start(), clusterBits: 12)
      let new = "\(folder.path)/new"
      var copy: [UInt8] = []
      var models: [[UInt8]] = []
      var names: [String] = []
      var script: Script? = Script(try DiskImage.open(path: old, format: from), Self.start())
      script?.move(to: new, to) {
        FaultyFile($0, .ends, afterCalls: calls) {
          models = [script?.before ?? [], script?.model ?? []]
          // The kernel has this when emu is gone.
          copy = (try? folder.bytes("old")) ?? []
          names = folder.names
        }
      }
      guard !models.isEmpty else { break }
      script = nil
      #expect(names == ["new.moving", "old"] || names == ["new", "old"], "call \(calls)")
      #expect(folder.names == names)
      seen.insert(names)
      // The old file is right, with what was flushed.
      try Data(copy).write(to: URL(fileURLWithPath: old))
      let found = try #require(try folder.contents("old", from))
      // Of the last write, which is not flushed, each byte may be there.
      let wrong = found.indices.first { place in !models.contains { $0[place] == found[place] } }
      #expect(wrong == nil, "call \(calls)")
      guard names == ["new.moving", "old"] else {
        #expect(try folder.contents("new", to) == found)
        break
      }
      #expect(sentence { () throws(DiskImageError) in _ = try DiskImage.open(path: new + ".moving") } != "")
      // The next move replaces what is left.
      script = Script(try DiskImage.open(path: old, format: from), found)
      script?.move(to: new, to)
      let last = script?.model
      #expect(script?.problem == "" && folder.names == ["new", "old"])
      script = nil
      #expect(try folder.contents("new", to) == last)
      calls += 1
    }
    #expect(calls > 15 && seen.count == 2)
  }

  @Test("since the host ends have a new file that is complete, or none", arguments: kinds.indices)
  func hostEnds(_ index: Int) throws {
    let (from, to) = kinds[index]
    let folder = try TemporaryFolder()
    let old = try folder.image("old", from, Self.start(), clusterBits: 12)
    let script = Script(try DiskImage.open(path: old, format: from), Self.start())
    var file: DurableFile?
    var lookCount = 0
    script.move(to: "\(folder.path)/new", to) {
      let made = DurableFile($0) { [weak script] left, call in
        lookCount += 1
        // Until it is complete nothing opens it: a raw one has the wrong name, a qcow2 one no magic number.
        if to == .raw && call == nil { return }
        let image: (any MappedStorage)? = try? DiskImage.image(in: left, to, .readWrite)
        #expect(image != nil || call == nil)
        if let image { #expect(contents(image, request: 1 << 20) == script?.model) }
      }
      file = made
      return made
    }
    #expect(script.problem == "" && file?.calls == [.takesName, .syncsFolder] && lookCount > 30)
  }

  @Test("because the old file does leave it, and no error is a success", arguments: DiskImageFormat.allCases)
  func oldFailures(_ format: DiskImageFormat) throws {
    let folder = try TemporaryFolder()
    let new = "\(folder.path)/new"
    for calls in 0..<60 {
      let memory = MemoryFile(Self.start(), name: "old")
      let disk = DiskImage("old", .raw, .readWrite, try RawImage(memory, isReadOnly: false), memory)
      let move = try disk.beginMove(to: new, format: format)
      memory.beginJournal()
      memory.keepsHalf = true
      memory.callsUntilFailure = calls
      var problem = ""
      do throws(DiskImageError) {
        for round in 0..<8 {
          let isWritten = disk.write([UInt8](repeating: UInt8(round + 1), count: 5000), at: UInt64(round * 30_000))
          // The host works again; of the write nothing is known.
          if !isWritten { memory.callsUntilFailure = nil }
          try move.step(byteCount: 1 << 16)
        }
        try move.finish()
      } catch {
        problem = error.description
      }
      memory.callsUntilFailure = nil
      let present = memory.bytes
      #expect(contents(disk, request: 1 << 20) == present)
      if problem.isEmpty {
        // What the old file has is durable when it is closed.
        #expect(disk.path == new && folder.names == ["new"] && memory.journal.isEmpty)
        #expect(unsafe unlink(new) == 0)
      } else {
        #expect(problem.hasPrefix("old: ") && disk.path == "old" && folder.names == [], "\(problem)")
      }
    }
  }

  /// What cannot be the new file: what is made in the folder, the file, and what is said of it.
  private static let hostile: [(make: @Sendable (String) -> Void, to: String, says: String)] = [
    ({ _ in }, "old", "/old: is the file that the disk is in already"),
    ({ unsafe link("\($0)/old", "\($0)/new") }, "new", "/new: is the file that the disk is in already"),
    ({ unsafe symlink("\($0)/old", "\($0)/new") }, "new", "/new: is a symbolic link; a move makes a new file"),
    ({ unsafe symlink("none", "\($0)/new") }, "new", "/new: is a symbolic link; a move makes a new file"),
    ({ unsafe mkdir("\($0)/new", 0o700) }, "new", "/new: is a directory; a move makes a new file"),
    ({ unsafe mkfifo("\($0)/new", 0o600) }, "new", "/new: exists, and a move overwrites nothing"),
    ({ _ in }, "locked", "/locked: exists, and a move overwrites nothing"),
    ({ _ in }, "none/new", "/none/new: cannot be made: the folder cannot be opened: No such file or directory"),
    ({ _ in }, "old/new", "/old/new: cannot be made: Not a directory"),
    ({ _ in }, "new/", "/new/: cannot be made: the folder cannot be opened: No such file or directory"),
    ({ _ in }, "a\u{1b}\0", "/a\\x1b\\x00: the name holds a zero byte"),
    ({ _ in }, "a.moving", "/a.moving: ends like the name of a file that is not complete, .moving"),
    ({ _ in }, "LONG", "/LONG.moving: cannot be made: File name too long"),
    (
      { unsafe mkdir("\($0)/new.moving", 0o700) }, "new",
      "/new.moving: is no regular file, so no move has left it; remove it"
    ),
    (
      { unsafe symlink("\($0)/old", "\($0)/new.moving") }, "new",
      "/new.moving: is no regular file, so no move has left it; remove it"
    ),
    (
      { unsafe link("\($0)/locked", "\($0)/new.moving") }, "new",
      "/new.moving: is in use by another process or another drive"
    ),
  ]

  @Test("to what cannot be a new file are refused in one sentence", arguments: hostile.indices)
  func refused(_ index: Int) throws {
    let row = Self.hostile[index]
    let folder = try TemporaryFolder()
    let disk = try DiskImage.open(path: try folder.file("old", [UInt8](repeating: 5, count: 1024)))
    let locked = try DiskImage.open(path: try folder.file("locked", [UInt8](repeating: 6, count: 1024)))
    row.make(folder.path)
    let names = folder.names
    let long = String(repeating: "x", count: 250)
    for format in DiskImageFormat.allCases {
      let found = sentence { () throws(DiskImageError) in
        _ = try disk.beginMove(to: "\(folder.path)/\(row.to.replacing("LONG", with: long))", format: format)
      }
      #expect(found == folder.path + row.says.replacing("LONG", with: long))
    }
    #expect(folder.names == names && disk.write([1], at: 0) && disk.flush())
    #expect(contents(locked) == [UInt8](repeating: 6, count: 1024))
  }

  @Test("into a folder without permission are refused")
  func permission() throws {
    let folder = try TemporaryFolder()
    let disk = try DiskImage.open(path: try folder.file("old", [UInt8](repeating: 5, count: 1024)))
    #expect(unsafe chmod(folder.path, 0o555) == 0)
    // The superuser is one only for the rest of the process: setfsuid(2) is of a thread.
    typealias Call = @convention(c) (uid_t) -> Int32
    let setUser = unsafe unsafeBitCast(try #require(unsafe dlsym(nil, "setfsuid")), to: Call.self)
    if geteuid() == 0 { _ = setUser(65534) }
    let found = sentence { () throws(DiskImageError) in _ = try disk.beginMove(to: "\(folder.path)/new") }
    if geteuid() == 0 { _ = setUser(0) }
    #expect(unsafe chmod(folder.path, 0o755) == 0)
    #expect(found == "\(folder.path)/new.moving: cannot be made: Permission denied")
    #expect(folder.names == ["old"])
  }

  @Test("whose names others take or remove leave theirs alone")
  func names() throws {
    let folder = try TemporaryFolder()
    let new = "\(folder.path)/new"
    let disk = try DiskImage.open(path: try folder.file("old", [UInt8](repeating: 5, count: 1024)))
    var move = try disk.beginMove(to: new)
    _ = try folder.file("new", [9])
    #expect(
      sentence { () throws(DiskImageError) in try move.finish() }
        == "\(new): the complete file cannot get its name: File exists")
    #expect(try folder.names == ["new", "old"] && folder.bytes("new") == [9] && disk.path.hasSuffix("old"))
    #expect(unsafe unlink(new) == 0)
    move = try disk.beginMove(to: new)
    #expect(unsafe unlink(new + ".moving") == 0)
    _ = try folder.file("new.moving", [8])
    #expect(
      sentence { () throws(DiskImageError) in try move.finish() }
        == "\(new).moving: is not the file any more that the move has made")
    #expect(try folder.names == ["new.moving", "old"] && folder.bytes("new.moving") == [8])
    #expect(move.failure != nil && disk.write([1], at: 0) && disk.flush())
  }

  @Test("of disks that are too large are refused")
  func tooLarge() throws {
    let memory = MemoryFile(name: "old")
    #expect(memory.write([1], at: 1 << 44 + 511))
    let disk = DiskImage("old", .raw, .readWrite, try RawImage(memory, isReadOnly: false), memory)
    #expect(
      sentence { () throws(DiskImageError) in _ = try disk.beginMove(to: "/none/new") }
        == "old: a disk of 17592186044928 bytes is not moved: emu moves at most 17592186044416")
  }
}
