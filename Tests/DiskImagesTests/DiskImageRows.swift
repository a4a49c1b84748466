import Foundation
import Glibc
import TestSupport
import Testing

@testable import DiskImages

/// A folder that ends with the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("emu-images-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Makes a file, and gives its path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = "\(path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
  }
}

/// What is said of a file that is refused, without its name; empty if it is opened.
private func refusal(
  _ path: String, _ format: DiskImageFormat? = nil, _ access: DiskImageAccess = .readWrite
) -> String {
  do throws(DiskImageError) {
    _ = try DiskImage.open(path: path, format: format, access: access)
    return ""
  } catch {
    return error.description.replacing("\(path): ", with: "")
  }
}

extension __rlimit_resource {
  /// As the calls take it.
  fileprivate var number: Int32 { Int32(rawValue) }
}

@Suite("Images of disks")
struct DiskImageRows {
  private static let sectors = (0..<1024).map { UInt8(truncatingIfNeeded: $0 * 7) }

  @Test("Raw images: every access")
  func raw() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.img", Self.sectors)
    var disk: DiskImage? = try DiskImage.open(path: path)
    #expect(disk?.byteCount == 1024 && disk?.isReadOnly == false && disk?.format == .raw && disk?.overlay == nil)
    #expect(disk.flatMap { contents($0) } == Self.sectors)
    #expect(disk?.write([1, 2], at: 511) == true && disk?.flush() == true)
    #expect(disk?.write([1, 2], at: 1023) == false && disk?.read(at: 1023, count: 2) == nil)
    disk = nil
    var wanted = Self.sectors
    wanted.replaceSubrange(511..<513, with: [1, 2])
    #expect(try folder.bytes("a.img") == wanted)
    disk = try DiskImage.open(path: path, access: .readOnly)
    #expect(disk?.isReadOnly == true && disk?.write([9], at: 0) == false && disk?.flush() == true)
    disk = try DiskImage.open(path: path, access: .snapshot)
    #expect(disk?.isReadOnly == false && disk?.write([9], at: 0) == true && disk?.flush() == true)
    #expect(disk?.read(at: 0, count: 2) == [9, wanted[1]] && disk?.overlay?.writtenClusters == [0])
    #expect(try folder.bytes("a.img") == wanted)
  }

  @Test("A size within a sector")
  func oddSize() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.img", [5, 6, 7])
    #expect(
      refusal(path) == "its size is 3 bytes, not a multiple of 512; add readonly or snapshot to fill the last sector")
    for access in [DiskImageAccess.readOnly, .snapshot] {
      let disk = try DiskImage.open(path: path, access: access)
      #expect(contents(disk, request: 100) == [5, 6, 7] + [UInt8](repeating: 0, count: 509))
      #expect(disk.contentIdentity()?.byteCount == 512)
    }
    let disk = try DiskImage.open(path: path, access: .snapshot)
    #expect(disk.write([8], at: 511) && disk.read(at: 2, count: 510)?.last == 8)
    #expect(try folder.bytes("a.img") == [5, 6, 7])
  }

  @Test("What is no image is refused in one sentence")
  func refused() throws {
    let folder = try TemporaryFolder()
    #expect(refusal("\(folder.path)/none") == "cannot be opened: No such file or directory")
    #expect(refusal(folder.path) == "is a directory, not the image of a disk")
    #expect(refusal("/dev/null") == "is a character device, not the image of a disk")
    let pipe = "\(folder.path)/pipe"
    #expect(unsafe mkfifo(pipe, 0o600) == 0)
    #expect(refusal(pipe) == "is a pipe, not the image of a disk")
    let loop = "\(folder.path)/loop"
    #expect(unsafe symlink(loop, loop) == 0)
    #expect(refusal(loop) == "cannot be opened: Too many levels of symbolic links")
    for access in DiskImageAccess.allCases {
      #expect(refusal(try folder.file("empty.img", []), nil, access) == "is empty")
      #expect(
        refusal(try folder.file("empty.qcow2", []), nil, access) == "has 0 bytes, fewer than the 72 of a qcow2 header")
    }
    // The executable of a process that runs cannot be written, whoever asks.
    #expect(
      refusal("/proc/self/exe", .raw) == "cannot be opened to write: Text file busy; add readonly or snapshot")
    #expect(throws: DiskImageError("a\0b", "the name holds a zero byte")) { try DiskImage.open(path: "a\0b") }
    #expect(throws: DiskImageError("a\u{1b}b", "cannot be opened: No such file or directory")) {
      try DiskImage.open(path: "a\u{1b}b")
    }
    #expect(DiskImageError("a\u{1b}b", "x").description == "a\\x1bb: x")
  }

  @Test("The format is never guessed from what a guest can write")
  func formats() throws {
    let folder = try TemporaryFolder()
    let image = Qcow2Builder(clusters: [(3, 0xA3)]).build()
    for name in ["a.qcow2", "b.QCOW2"] {
      let disk = try DiskImage.open(path: try folder.file(name, image))
      #expect(disk.format == .qcow2 && disk.byteCount == 1 << 16 && disk.read(at: 1536, count: 1) == [0xA3])
    }
    let path = try folder.file("a.img", image)
    #expect(
      refusal(path) == "begins like a qcow2 image and is not named .qcow2; add format=qcow2 or format=raw")
    #expect(try DiskImage.open(path: path, format: .raw).byteCount == UInt64(image.count))
    #expect(try DiskImage.open(path: path, format: .qcow2).byteCount == 1 << 16)
    let raw = try folder.file("raw.qcow2", Self.sectors)
    #expect(refusal(raw) == "does not begin with the magic number of qcow2; is it format=raw?")
    #expect(try DiskImage.open(path: raw, format: .raw).byteCount == 1024)
    let option = try DiskOption(parsing: "\(path),format=qcow2,readonly")
    let disk = try DiskImage.open(option)
    #expect(disk.format == .qcow2 && disk.isReadOnly)
  }

  @Test("A writer has the file alone, readers share it")
  func locks() throws {
    let folder = try TemporaryFolder()
    for path in [
      try folder.file("a.img", Self.sectors), try folder.file("a.qcow2", Qcow2Builder().build()),
    ] {
      var disk: DiskImage? = try DiskImage.open(path: path)
      for access in DiskImageAccess.allCases {
        #expect(refusal(path, nil, access) == "is in use by another process or another drive")
      }
      disk = nil
      for access in [DiskImageAccess.readOnly, .snapshot] {
        disk = try DiskImage.open(path: path, access: access)
        #expect(refusal(path) == "is in use by another process or another drive")
        #expect(refusal(path, nil, .readOnly) == "" && refusal(path, nil, .snapshot) == "")
        withExtendedLifetime(disk) {}
      }
      disk = nil
      #expect(refusal(path) == "")
    }
  }

  @Test("A file that another process cuts fails to be read where it is gone")
  func truncated() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.img", Self.sectors)
    let disk = try DiskImage.open(path: path)
    #expect(unsafe truncate(path, 700) == 0)
    #expect(disk.read(at: 0, count: 512) == Array(Self.sectors[..<512]))
    #expect(disk.read(at: 512, count: 512) == nil && disk.read(at: 800, count: 8) == nil)
    let image = try folder.file("a.qcow2", Qcow2Builder(clusters: [(3, 0xA3)]).build())
    let other = try DiskImage.open(path: image)
    #expect(unsafe truncate(image, 512) == 0)
    #expect(other.read(at: 1536, count: 1) == nil && !other.write([1], at: 0))
    #expect(other.contentIdentity() == nil)
  }

  @Test("A write that the host refuses is an answer, not a signal")
  func limit() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.img", Self.sectors)
    // Only this test writes behind 8 TiB, so that the limit can be that of the process.
    var old = rlimit()
    #expect(unsafe getrlimit(RLIMIT_FSIZE.number, &old) == 0)
    // A file system of smaller files has no such image.
    guard unsafe truncate(path, 9 << 40) == 0 else { return }
    let disk = try DiskImage.open(path: path)
    #expect(disk.write([3], at: 1 << 43))
    // A disk whose new file becomes too long stays where it is.
    let move = try disk.beginMove(to: "\(folder.path)/b.img")
    try move.step(byteCount: 1 << 16)
    var new = rlimit(rlim_cur: 1 << 43, rlim_max: old.rlim_max)
    #expect(unsafe setrlimit(RLIMIT_FSIZE.number, &new) == 0)
    defer { unsafe setrlimit(RLIMIT_FSIZE.number, &old) }
    #expect(!disk.write([1], at: 1 << 43))
    #expect(
      sentence { () throws(DiskImageError) in try move.step(byteCount: 1 << 16) }
        == "\(folder.path)/b.img: byte 8796093022208 of the disk cannot be written: File too large; "
        + "the disk stays in its old file")
    #expect(folder.names == ["a.img"] && disk.read(at: 1 << 43, count: 1) == [3])
    #expect(
      sentence { () throws(DiskImageError) in _ = try disk.beginMove(to: "\(folder.path)/c.img") }
        == "\(folder.path)/c.img.moving: cannot be made with \(9 << 40) bytes: File too large")
    #expect(!disk.write([1, 2], at: 1 << 43 - 1))
    #expect(disk.write([3], at: 4096) && disk.flush() && disk.read(at: 4096, count: 1) == [3])
  }

  @Test("Writes are diverted to an overlay when something must be able to go back")
  func divert() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.img", Self.sectors)
    let disk = try DiskImage.open(path: path)
    #expect(disk.write([1], at: 0))
    let identity = disk.contentIdentity()
    let overlay = try disk.divertWrites()
    #expect(try disk.divertWrites() === overlay)
    let mark = overlay.mark()
    #expect(disk.write([2], at: 0) && disk.flush() && disk.read(at: 0, count: 1) == [2])
    #expect(overlay.rollBack(to: mark) && disk.read(at: 0, count: 1) == [1])
    #expect(try folder.bytes("a.img")[0] == 1)
    #expect(disk.contentIdentity() == identity)
  }
}
