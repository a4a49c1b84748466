import TestSupport
import Testing

@testable import DiskImages

@Suite("Identities of contents")
struct ContentIdentityRows {
  /// 1 MiB with data in three places.
  private static let disk: [UInt8] = {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    for (index, place) in [0, 70_000, 1_048_000].enumerated() {
      bytes.replaceSubrange(place..<place + 500, with: [UInt8](repeating: UInt8(index + 1), count: 500))
    }
    return bytes
  }()

  private static func identity(_ bytes: [UInt8]) throws -> ContentIdentity? {
    let image = try RawImage(MemoryFile(bytes), isReadOnly: true)
    var hashes = ContentHashes(byteCount: image.byteCount)
    return hashes.identity(of: image)
  }

  @Test("Every byte and its place count")
  func bytes() throws {
    let identity = try #require(try Self.identity(Self.disk))
    #expect(identity.byteCount == 1 << 20 && identity.description.count == 32)
    #expect(try Self.identity(Self.disk) == identity)
    var seen: Set = [identity]
    for place in [0, 1, 65_535, 65_536, 70_000, 500_000, 1_048_575] {
      var other = Self.disk
      other[place] ^= 0x10
      #expect(seen.insert(try #require(try Self.identity(other))).inserted)
    }
    // The same data elsewhere, and the same data on a longer disk.
    #expect(seen.insert(try #require(try Self.identity(Array(Self.disk[512...]) + Self.disk[..<512]))).inserted)
    #expect(seen.insert(try #require(try Self.identity(Self.disk + [UInt8](repeating: 0, count: 512)))).inserted)
  }

  @Test("Holes are zeros, and the format makes no difference")
  func holes() throws {
    let wanted = try Self.identity(Self.disk)
    let sparse = MemoryFile(name: "sparse")
    #expect(sparse.write([0], at: (1 << 20) - 1))
    for place in stride(from: 0, to: 1 << 20, by: 1 << 12) {
      let page = Array(Self.disk[place..<place + 1 << 12])
      if !page.isZero { #expect(sparse.write(page, at: UInt64(place))) }
    }
    let raw = try RawImage(sparse, isReadOnly: true)
    var hashes = ContentHashes(byteCount: 1 << 20)
    #expect(hashes.identity(of: raw) == wanted)
    for builder in [Qcow2Builder(size: 1 << 20), Qcow2Builder(clusterBits: 16, size: 1 << 20)] {
      let image = try Qcow2Image(MemoryFile(builder.build()), isReadOnly: false)
      #expect(image.write(Self.disk, at: 0))
      var hashes = ContentHashes(byteCount: 1 << 20)
      #expect(hashes.identity(of: image) == wanted)
      #expect(image.flush())
      #expect(hashes.identity(of: image) == wanted)
    }
  }

  @Test("After writes it is that of the present contents, whatever was asked before")
  func writes() throws {
    let folder = try TemporaryFolder()
    var dice = Dice(4)
    for path in [
      try folder.file("a.img", [UInt8](repeating: 0, count: 1 << 20)),
      try folder.file("a.qcow2", Qcow2Builder(size: 1 << 20).build()),
    ] {
      let disk = try DiskImage.open(path: path)
      for _ in 0..<40 {
        let count = dice.below(3) == 0 ? dice.below(200_000) : dice.below(2000)
        let place = dice.below((1 << 20) - count + 1)
        #expect(disk.write([UInt8](repeating: UInt8(dice.below(3)), count: count), at: UInt64(place)))
        if dice.below(2) == 0 {
          let present = try #require(contents(disk, request: 1 << 20))
          #expect(disk.contentIdentity() == (try Self.identity(present)))
        }
      }
    }
  }

  @Test("Huge disks take few hashes")
  func huge() throws {
    let file = MemoryFile(name: "huge")
    #expect(file.write([1], at: 1 << 40) && file.write([2], at: 1 << 50) && file.write([3], at: (1 << 62) - 1))
    let image = try RawImage(file, isReadOnly: true)
    var hashes = ContentHashes(byteCount: image.byteCount)
    let identity = hashes.identity(of: image)
    #expect(identity != nil && hashes.identity(of: image) == identity)
    #expect(file.write([4], at: 1 << 55))
    hashes.noteWrite(1 << 55, 1)
    let later = hashes.identity(of: image)
    #expect(later != identity)
    // The same bytes at another place, so near that one hash is of both.
    #expect(file.write([0], at: 1 << 55) && file.write([4], at: 1 << 55 + 1 << 20))
    hashes.noteWrite(1 << 55, 1 << 20 + 1)
    #expect(hashes.identity(of: image) != later)
  }

  @Test("A host that fails is no identity, and the next question asks again")
  func failure() throws {
    let file = MemoryFile(Self.disk)
    let image = try RawImage(file, isReadOnly: false)
    var hashes = ContentHashes(byteCount: image.byteCount)
    for moment in 0..<3 {
      file.callsUntilFailure = moment
      #expect(hashes.identity(of: image) == nil)
    }
    file.callsUntilFailure = nil
    #expect(hashes.identity(of: image) == (try Self.identity(Self.disk)))
    #expect(image.write([9], at: 0))
    hashes.noteWrite(0, 1)
    file.callsUntilFailure = 0
    #expect(hashes.identity(of: image) == nil)
    file.callsUntilFailure = nil
    #expect(hashes.identity(of: image) == (try Self.identity([9] + Self.disk[1...])))
  }
}
