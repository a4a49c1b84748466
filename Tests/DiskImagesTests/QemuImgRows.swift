import Foundation
import TestSupport
import Testing

@testable import DiskImages

/// Debian's qemu-img: an independent reader, writer and checker of the format.
private enum QemuImg {
  static let path = ["/usr/bin/qemu-img", "/usr/local/bin/qemu-img"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Runs it; gives its exit status and what it printed.
  static func run(_ words: String...) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(path))
    process.arguments = words
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}

@Suite("qcow2 images beside qemu-img", .enabled(if: QemuImg.path != nil, "qemu-img is not installed (qemu-utils)"))
struct QemuImgRows {
  @Test("The tests' own images are right", arguments: builders.indices)
  func builderIsRight(_ index: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.qcow2", builders[index].build())
    let check = try QemuImg.run("check", path)
    #expect(check.status == 0, "\(check.output)")
  }

  private static let options = [
    "compat=0.10", "compat=1.1", "compat=1.1,cluster_size=512", "compat=0.10,cluster_size=512",
    "compat=1.1,cluster_size=4096", "compat=1.1,cluster_size=2097152", "compat=1.1,preallocation=metadata",
    "compat=1.1,cluster_size=512,preallocation=full", "compat=1.1,lazy_refcounts=on",
  ]

  @Test("Its images hold what is written, and are right for it afterwards", arguments: options)
  func writes(_ options: String) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a.qcow2"
    // With clusters of 512 bytes the refcount table and the L1 table of this size take several clusters.
    let size = 24 << 20
    let created = try QemuImg.run("create", "-q", "-f", "qcow2", "-o", options, path, "\(size)")
    #expect(created.status == 0, "\(created.output)")
    var dice = Dice(7)
    var model = [UInt8](repeating: 0, count: size)
    for _ in 0..<3 {
      let disk = try DiskImage.open(path: path)
      #expect(disk.byteCount == UInt64(size))
      for _ in 0..<60 {
        let count = 1 + dice.below(dice.below(8) == 0 ? 400_000 : 9000)
        let start = dice.below(size - count + 1)
        let bytes = [UInt8](repeating: UInt8(dice.below(256)), count: count)
        #expect(disk.write(bytes, at: UInt64(start)))
        model.replaceSubrange(start..<start + count, with: bytes)
        if dice.below(10) == 0 { #expect(disk.flush()) }
      }
      // What is not flushed is written when the image is closed.
    }
    try compare(folder, path, model)
    // No cluster stays free.
    let everything = model.map { $0 | 1 }
    try fill(path, everything)
    try compare(folder, path, everything)
  }

  private func fill(_ path: String, _ model: [UInt8]) throws {
    let disk = try DiskImage.open(path: path)
    for start in stride(from: 0, to: model.count, by: 1 << 20) {
      #expect(disk.write(Array(model[start..<start + 1 << 20]), at: UInt64(start)))
    }
    #expect(disk.flush())
  }

  @Test("An image of small clusters that fills needs longer tables", arguments: ["0.10", "1.1"])
  func fills(_ version: String) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a.qcow2"
    let size = 20 << 20
    let options = "compat=\(version),cluster_size=512"
    #expect(try QemuImg.run("create", "-q", "-f", "qcow2", "-o", options, path, "\(size)").status == 0)
    let model = (0..<size).map { UInt8(truncatingIfNeeded: $0 >> 9 | 1) }
    try fill(path, model)
    try compare(folder, path, model)
  }

  /// Compares an image with what it must hold.
  private func compare(_ folder: TemporaryFolder, _ path: String, _ model: [UInt8]) throws {
    let check = try QemuImg.run("check", path)
    #expect(check.status == 0, "\(check.output)")
    let raw = "\(folder.path)/a.raw"
    let converted = try QemuImg.run("convert", "-f", "qcow2", "-O", "raw", path, raw)
    #expect(converted.status == 0, "\(converted.output)")
    #expect(try folder.bytes("a.raw") == model)
    // And the other direction, with an identity that does not depend on the format.
    let again = "\(folder.path)/b.qcow2"
    #expect(try QemuImg.run("convert", "-f", "raw", "-O", "qcow2", raw, again).status == 0)
    let disk = try DiskImage.open(path: again, access: .readOnly)
    #expect(contents(disk, request: 1 << 20) == model)
    #expect(disk.contentIdentity() == (try DiskImage.open(path: raw, access: .readOnly).contentIdentity()))
  }

  /// The options of an image, and how it is refused.
  private static let refused: [(options: String, says: String)] = [
    ("refcount_bits=1", "refcount_order is 0: emu reads refcounts of 16 bits, not 1"),
    ("refcount_bits=64", "refcount_order is 6: emu reads refcounts of 16 bits, not 64"),
    ("extended_l2=on", "has extended L2 entries, which emu does not read"),
    ("data_file=DIR/data", "has its data in an external file, which emu does not open"),
    (
      "backing_file=DIR/base,backing_fmt=raw",
      "has a backing file, which emu does not follow; "
        + "qemu-img convert makes one image of both"
    ),
  ]

  @Test("What emu does not read is refused by its name", arguments: refused.indices)
  func refusals(_ index: Int) throws {
    let row = Self.refused[index]
    let folder = try TemporaryFolder()
    _ = try folder.file("base", [UInt8](repeating: 1, count: 1 << 20))
    let path = "\(folder.path)/a.qcow2"
    let options = row.options.replacing("DIR", with: folder.path)
    let created = try QemuImg.run("create", "-q", "-f", "qcow2", "-o", options, path, "1M")
    #expect(created.status == 0, "\(created.output)")
    for access in DiskImageAccess.allCases {
      #expect(throws: DiskImageError(path, row.says)) { try DiskImage.open(path: path, access: access) }
    }
  }

  @Test("Compressed clusters and internal snapshots are refused")
  func compressed() throws {
    let folder = try TemporaryFolder()
    let raw = try folder.file("a.raw", [UInt8](repeating: 1, count: 1 << 20))
    let path = "\(folder.path)/a.qcow2"
    #expect(try QemuImg.run("convert", "-c", "-O", "qcow2", raw, path).status == 0)
    #expect {
      try DiskImage.open(path: path, access: .readOnly)
    } throws: {
      "\($0)".hasSuffix(
        "is of a compressed cluster, which emu does not read; qemu-img convert makes an image without")
    }
    #expect(try QemuImg.run("convert", "-O", "qcow2", raw, path).status == 0)
    #expect(try QemuImg.run("snapshot", "-c", "x", path).status == 0)
    #expect(
      throws: DiskImageError(path, "nb_snapshots is 1: emu opens no images with internal snapshots")
    ) { try DiskImage.open(path: path) }
    // Without them it is an image like others again.
    #expect(try QemuImg.run("snapshot", "-d", "x", path).status == 0)
    #expect(try DiskImage.open(path: path).read(at: 0, count: 2) == [1, 1])
  }

  @Test("A disk that was moved is right for it and equal to the old one", arguments: DiskImageFormat.allCases)
  func moved(_ format: DiskImageFormat) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/old.qcow2"
    #expect(try QemuImg.run("create", "-q", "-f", "qcow2", path, "\(3 << 20)").status == 0)
    var disk: DiskImage? = try DiskImage.open(path: path)
    var dice = Dice(5)
    var move: DiskImageMove?
    for round in 0..<200 {
      if round == 30 { move = try disk?.beginMove(to: "\(folder.path)/new", format: format) }
      let bytes = [UInt8](repeating: UInt8(dice.below(256)), count: 512 * (1 + dice.below(40)))
      #expect(disk?.write(bytes, at: UInt64(512 * dice.below(6000))) == true)
      if round % 10 == 0 { try move?.step(byteCount: 1 << 17) }
    }
    try move?.finish()
    disk = nil
    let new = "\(folder.path)/new"
    if format == .qcow2 {
      let check = try QemuImg.run("check", "-f", "qcow2", new)
      #expect(check.status == 0 && check.output.contains("No errors"), "\(check.output)")
    }
    let comparison = try QemuImg.run("compare", "-f", "qcow2", "-F", format.rawValue, path, new)
    #expect(comparison.status == 0 && comparison.output.contains("identical"), "\(comparison.output)")
  }

  @Test("An image that emu writes is locked for it")
  func locks() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.qcow2", Qcow2Builder().build())
    let disk = try DiskImage.open(path: path)
    let result = try QemuImg.run("check", path)
    #expect(result.status != 0 && result.output.contains("lock"), "\(result.output)")
    withExtendedLifetime(disk) {}
  }
}
