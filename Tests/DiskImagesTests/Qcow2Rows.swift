import DevicesLegacy
import TestSupport
import Testing

@testable import DiskImages

/// What an image holds, read in requests that cross clusters.
func contents(_ storage: any BlockStorage, request: Int = 1000) -> [UInt8]? {
  var result: [UInt8] = []
  while UInt64(result.count) < storage.byteCount {
    let count = min(request, Int(storage.byteCount) - result.count)
    guard let bytes = storage.read(at: UInt64(result.count), count: count) else { return nil }
    result += bytes
  }
  return result
}

/// The shapes of images that are written to and mutated.
let builders: [Qcow2Builder] = [
  Qcow2Builder(clusters: [(3, 0xA3), (2, 0xA2), (64, 0xB0), (127, 0xB7)]),
  Qcow2Builder(version: 2, clusters: [(0, 0x11)]),
  Qcow2Builder(clusters: [(1, 0x21)], zeros: [(0, false), (2, true), (70, true)]),
  Qcow2Builder(size: 1 << 20, extraL1Entries: 70, refcountTableClusters: 2, clusters: [(5, 0x55)]),
  Qcow2Builder(clusterBits: 12, size: 1 << 20, clusters: [(7, 0x77), (255, 0xFF)]),
  Qcow2Builder(clusterBits: 16, size: 1 << 24, clusters: [(9, 0x99)]),
]

@Suite("qcow2 images")
struct Qcow2Rows {
  @Test("read what the tables say", arguments: builders.indices)
  func reads(_ index: Int) throws {
    let builder = builders[index]
    let image = try Qcow2Image(MemoryFile(builder.build()), isReadOnly: true)
    #expect(image.byteCount == builder.size)
    var wanted = [UInt8](repeating: 0, count: Int(builder.size))
    for (cluster, fill) in builder.clusters {
      let start = Int(cluster) << Int(builder.clusterBits)
      wanted.replaceSubrange(
        start..<start + 1 << Int(builder.clusterBits),
        with: [UInt8](repeating: fill, count: 1 << Int(builder.clusterBits)))
    }
    #expect(contents(image) == wanted)
    #expect(image.read(at: builder.size, count: 0) == [])
    #expect(image.read(at: builder.size, count: 1) == nil)
    #expect(image.read(at: .max, count: 2) == nil)
    #expect(image.read(at: 0, count: -1) == nil)
    #expect(!image.write([1], at: 0))
  }

  @Test("hold what is written, and are right when they are opened again", arguments: builders.indices)
  func writes(_ index: Int) throws {
    let file = MemoryFile(builders[index].build())
    var image: Qcow2Image? = try Qcow2Image(file, isReadOnly: false)
    var model = try #require(image.flatMap { contents($0, request: 1 << 20) })
    var dice = Dice(UInt64(index))
    for round in 0..<200 {
      let count = dice.below(3000)
      let start = dice.below(model.count - count + 1)
      let bytes = round % 7 == 0 ? [UInt8](repeating: 0, count: count) : (0..<count).map { _ in UInt8(dice.below(256)) }
      #expect(image?.write(bytes, at: UInt64(start)) == true)
      model.replaceSubrange(start..<start + count, with: bytes)
      if round % 20 == 3 { #expect(image?.flush() == true) }
      if round % 50 == 17 {
        image = nil
        image = try Qcow2Image(file, isReadOnly: false)
      }
      if round % 10 == 0 { #expect(image.flatMap { contents($0, request: 1 << 20) } == model) }
    }
    image = nil
    let again = try Qcow2Image(file, isReadOnly: false)
    #expect(contents(again) == model)
    // All of the disk fits: refcount blocks and tables grew where they had to.
    let everything = model.map { $0 ^ 0x5A | 1 }
    #expect(again.write(everything, at: 0) && again.flush())
    #expect(contents(try Qcow2Image(file, isReadOnly: false), request: 1 << 20) == everything)
  }

  @Test("leave zeros that are written to a hole a hole")
  func sparse() throws {
    let file = MemoryFile(Qcow2Builder().build())
    let before = file.bytes
    let image = try Qcow2Image(file, isReadOnly: false)
    #expect(image.write([UInt8](repeating: 0, count: 5000), at: 700) && image.flush())
    #expect(file.bytes == before)
  }

  @Test("keep few tables in memory")
  func tables() throws {
    let image = try Qcow2Image(MemoryFile(Qcow2Builder(size: 1 << 24).build()), isReadOnly: false, pendingLimit: 7)
    for place in stride(from: 0, to: 1 << 24, by: 1 << 13) { #expect(image.write([1], at: UInt64(place))) }
    #expect(image.flush() && image.keptTableCount == 64)
    #expect(contents(image, request: 1 << 20)?.count { $0 == 1 } == 1 << 11)
    #expect(image.keptTableCount == 64)
  }

  @Test("clear the bits of features that emu does not keep up, at the first write")
  func autoclear() throws {
    var bytes = Qcow2Builder().build()
    bytes.put(0x8000_0000_0000_0001 as UInt64, at: 88)
    let file = MemoryFile(bytes)
    let image = try Qcow2Image(file, isReadOnly: false)
    #expect(file.bytes == bytes)
    file.beginJournal()
    #expect(image.write([1], at: 0))
    // The host has it before it has anything of what is written.
    #expect(file.crashed { _, _ in false }.bytes.bigEndian64(88) == 0)
  }

  @Test("fill the last sector of a disk that ends within it, or refuse to write there")
  func oddSize() throws {
    let bytes = Qcow2Builder(size: 700, clusters: [(1, 0x22)]).build()
    let image = try Qcow2Image(MemoryFile(bytes), isReadOnly: true)
    #expect(image.byteCount == 1024)
    let half = [UInt8](repeating: 0x22, count: 188) + [UInt8](repeating: 0, count: 324)
    #expect(contents(image) == [UInt8](repeating: 0, count: 512) + half)
    #expect(image.nextData(from: 0) == 512..<700)
    #expect(
      throws: DiskImageError(
        "disk.qcow2", "size is 700 bytes, not a multiple of 512; add readonly or snapshot to fill the last sector")
    ) { try Qcow2Image(MemoryFile(bytes), isReadOnly: false) }
  }

  @Test("answer a failure of the host at any moment, and are right afterwards", arguments: builders.indices)
  func failures(_ index: Int) throws {
    for moment in 0..<120 {
      let file = MemoryFile(builders[index].build())
      let image = try Qcow2Image(file, isReadOnly: false)
      var model = try #require(contents(image, request: 1 << 20))
      var dice = Dice(UInt64(moment))
      file.callsUntilFailure = moment
      var unsure: [Range<Int>] = []
      for round in 0..<24 {
        // The host has space again.
        if round == 12 { file.callsUntilFailure = nil }
        let count = 1 + dice.below(2000)
        let start = dice.below(model.count - count + 1)
        let bytes = (0..<count).map { _ in UInt8(dice.below(256)) }
        if image.write(bytes, at: UInt64(start)) {
          model.replaceSubrange(start..<start + count, with: bytes)
        } else {
          unsure.append(start..<start + count)
        }
        _ = image.flush()
      }
      #expect(image.flush())
      let again = try Qcow2Image(file, isReadOnly: false)
      var found = try #require(contents(again, request: 1 << 20))
      for range in unsure { found.replaceSubrange(range, with: model[range]) }
      #expect(found == model, "moment \(moment)")
    }
  }

  @Test("survive the end of the host at any moment", arguments: 0..<120)
  func crashes(_ seed: Int) throws {
    var dice = Dice(UInt64(seed))
    let builder = builders[seed % builders.count]
    let file = MemoryFile(builder.build())
    let image = try Qcow2Image(file, isReadOnly: false, pendingLimit: 1 + dice.below(20))
    var flushed = try #require(contents(image, request: 1 << 20))
    file.beginJournal()
    file.callsUntilCrash = dice.below(dice.pick([20, 400, 3000]))
    // Every byte that may be at a place besides what was flushed.
    var written: [Int: Set<UInt8>] = [:]
    for _ in 0..<400 where !file.hasCrashed {
      let count = 1 + dice.below(5000)
      let start = dice.below(flushed.count - count + 1)
      let fill = UInt8(1 + dice.below(255))
      for place in start..<start + count { written[place, default: []].insert(fill) }
      #expect(image.write([UInt8](repeating: fill, count: count), at: UInt64(start)))
      guard dice.below(4) == 0 else { continue }
      #expect(image.flush())
      if file.hasCrashed { break }
      flushed = try #require(contents(image, request: 1 << 20))
      written = [:]
    }
    for _ in 0..<8 {
      let (part, salt) = (dice.below(5), dice.next())
      let crashed = file.crashed { write, sector in
        var coin = Dice(salt &+ UInt64(write) &* 0x1_0001 &+ UInt64(sector) &* 0x100_0003)
        return coin.below(4) < part
      }
      let after = try Qcow2Image(crashed, isReadOnly: false)
      let found = try #require(contents(after, request: 1 << 20))
      let wrong = found.indices.first { found[$0] != flushed[$0] && written[$0]?.contains(found[$0]) != true }
      #expect(wrong == nil, "seed \(seed)")
      // What is written to it now touches nothing else.
      let count = min(found.count, 70_000)
      #expect(after.write([UInt8](repeating: 0xCC, count: count), at: 0) && after.flush())
      #expect(contents(after, request: 1 << 20) == [UInt8](repeating: 0xCC, count: count) + found[count...])
    }
  }

  /// Clusters that a refcount block covers, and those that a refcount table of one cluster covers; guest clusters that
  /// take almost as many with their tables.
  private static let growths = [(covered: 1 << 8, filled: 220), (covered: 1 << 14, filled: 16_030)]

  @Test("survive the end of the host while refcounts grow", arguments: growths.indices, 0..<24)
  func crashesOfGrowth(_ index: Int, _ moment: Int) throws {
    let covered = Self.growths[index].covered
    let file = MemoryFile(Qcow2Builder(size: 1 << 24).build())
    let filled = Self.growths[index].filled * 512
    let first = try Qcow2Image(file, isReadOnly: false)
    #expect(first.write([UInt8](repeating: 0x11, count: filled), at: 0) && first.flush())
    let tableOffset = file.bytes.bigEndian64(48)
    let used = Int(file.byteCount / 512)
    #expect(used < covered && used > covered - 40)
    let growing = file.copy
    growing.beginJournal()
    growing.callsUntilCrash = (covered - used) * 2 - 4 + moment
    let image = try Qcow2Image(growing, isReadOnly: false)
    let new = [UInt8](repeating: 0x22, count: 100 * 512)
    #expect(image.write(new, at: UInt64(filled)) && image.flush())
    #expect((growing.bytes.bigEndian64(48) != tableOffset) == (index == 1) && growing.hasCrashed)
    for part in 0..<5 {
      let crashed = growing.crashed { write, sector in
        var coin = Dice(UInt64(moment) << 40 &+ UInt64(write) &* 0x1_0001 &+ UInt64(sector) &* 0x100_0003)
        return coin.below(4) < part
      }
      let after = try Qcow2Image(crashed, isReadOnly: false)
      #expect(after.read(at: 0, count: filled) == [UInt8](repeating: 0x11, count: filled))
      let rest = try #require(after.read(at: UInt64(filled), count: new.count))
      #expect(rest.allSatisfy { $0 == 0 || $0 == 0x22 })
      #expect(after.write(new, at: UInt64(filled)) && after.flush())
      let last = try Qcow2Image(crashed, isReadOnly: false)
      #expect(last.read(at: 0, count: filled + new.count) == [UInt8](repeating: 0x11, count: filled) + new)
    }
  }
}
