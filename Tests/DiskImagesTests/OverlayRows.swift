import DevicesLegacy
import TestSupport
import Testing

@testable import DiskImages

/// A medium in memory, which can fail.
final class MemoryStorage: BlockStorage {
  var bytes: [UInt8]
  var isFailing = false
  let isReadOnly = false
  var byteCount: UInt64 { UInt64(bytes.count) }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(at offset: UInt64, count: Int) -> [UInt8]? {
    isFailing ? nil : Array(bytes[Int(offset)..<Int(offset) + count])
  }

  func write(_ new: [UInt8], at offset: UInt64) -> Bool {
    bytes.replaceSubrange(Int(offset)..<Int(offset) + new.count, with: new)
    return true
  }

  func flush() -> Bool { true }
}

@Suite("Overlays")
struct OverlayRows {
  private static func base(_ sectors: Int = 77) -> MemoryStorage {
    var dice = Dice(9)
    return MemoryStorage((0..<sectors * 512).map { _ in UInt8(dice.below(256)) })
  }

  @Test("hold writes, and the medium beneath stays as it is")
  func writes() throws {
    let base = Self.base()
    let before = base.bytes
    let overlay = try OverlayStorage(over: base)
    #expect(overlay.byteCount == base.byteCount && !overlay.isReadOnly && overlay.flush())
    #expect(overlay.writtenClusters == [])
    #expect(overlay.write([1, 2, 3], at: 4095))
    #expect(overlay.read(at: 4094, count: 5) == [before[4094], 1, 2, 3, before[4098]])
    #expect(overlay.writtenClusters == [0, 1])
    #expect(base.bytes == before)
    // The last cluster has 2,560 bytes.
    #expect(overlay.write([9], at: overlay.byteCount - 1))
    #expect(overlay.contents(ofCluster: 9)?.count == 2560)
    #expect(overlay.contents(ofCluster: 5) == nil)
    #expect(!overlay.write([1, 2], at: overlay.byteCount - 1))
    #expect(overlay.read(at: overlay.byteCount, count: 1) == nil)
    #expect(overlay.read(at: .max, count: 1) == nil)
    #expect(overlay.read(at: overlay.byteCount, count: 0) == [])
  }

  @Test("answer a failure beneath")
  func failure() throws {
    let base = Self.base()
    let overlay = try OverlayStorage(over: base)
    base.isFailing = true
    #expect(overlay.read(at: 0, count: 1) == nil)
    #expect(!overlay.write([1], at: 0))
    // A whole cluster needs nothing from beneath.
    #expect(overlay.write([UInt8](repeating: 7, count: 4096), at: 4096))
    #expect(overlay.read(at: 4096, count: 4096) == [UInt8](repeating: 7, count: 4096))
    #expect(overlay.writtenClusters == [1])
  }

  @Test("roll back to any mark that is not forgotten", arguments: 0..<20)
  func marks(_ seed: Int) throws {
    var dice = Dice(UInt64(seed))
    let base = Self.base()
    let overlay = try OverlayStorage(over: base)
    var model = base.bytes
    var marks: [(mark: OverlayStorage.Mark, contents: [UInt8])] = []
    var gone: [OverlayStorage.Mark] = []
    for _ in 0..<400 {
      switch dice.below(12) {
      case 0: marks.append((overlay.mark(), model))
      case 1 where !marks.isEmpty:
        let index = dice.below(marks.count)
        #expect(overlay.rollBack(to: marks[index].mark))
        model = marks[index].contents
        gone += marks[(index + 1)...].map(\.mark)
        marks.removeSubrange((index + 1)...)
      case 2 where !marks.isEmpty:
        let removed = marks.remove(at: dice.below(marks.count)).mark
        overlay.forget(removed)
        gone.append(removed)
      case 3: for mark in gone { #expect(!overlay.rollBack(to: mark)) }
      default:
        let count = dice.below(9000)
        let start = dice.below(model.count - count + 1)
        let bytes = [UInt8](repeating: UInt8(dice.below(256)), count: count)
        #expect(overlay.write(bytes, at: UInt64(start)))
        model.replaceSubrange(start..<start + count, with: bytes)
      }
      #expect(contents(overlay, request: 5000) == model)
    }
    #expect(base.bytes == Self.base().bytes)
    // Slots that nothing names are used again: the file is no longer than all contents that can be had.
    #expect(overlay.placeCount <= UInt64(10 * (marks.count + 40)))
  }

  @Test("use the place of what was rolled back or forgotten again")
  func places() throws {
    let overlay = try OverlayStorage(over: Self.base())
    let cluster = [UInt8](repeating: 1, count: 4096)
    #expect(overlay.write(cluster, at: 0))
    let mark = overlay.mark()
    for _ in 0..<50 {
      #expect(overlay.write(cluster, at: 0) && overlay.write(cluster, at: 4096))
      #expect(overlay.rollBack(to: mark))
    }
    #expect(overlay.placeCount == 3)
    for _ in 0..<50 {
      let other = overlay.mark()
      #expect(overlay.write(cluster, at: 0))
      overlay.forget(other)
    }
    #expect(overlay.placeCount == 3)
    // A slot that was written after the mark before, and one that no mark is left of.
    #expect(overlay.rollBack(to: mark))
    for _ in 0..<50 {
      #expect(overlay.write(cluster, at: 0))
      let other = overlay.mark()
      #expect(overlay.write(cluster, at: 0))
      overlay.forget(other)
    }
    #expect(overlay.placeCount == 3)
    overlay.forget(mark)
    for _ in 0..<50 {
      let other = overlay.mark()
      #expect(overlay.write(cluster, at: 0))
      overlay.forget(other)
    }
    #expect(overlay.placeCount == 3)
  }

  @Test("give their clusters for a snapshot and take them back")
  func clusters() throws {
    let overlay = try OverlayStorage(over: Self.base())
    for place in [0, 9000, 39_000] as [UInt64] { #expect(overlay.write([1, 2, 3], at: place)) }
    let saved = try overlay.writtenClusters.map { ($0, try #require(overlay.contents(ofCluster: $0))) }
    #expect(saved.map(\.0) == [0, 2, 9])
    let wanted = contents(overlay)
    let other = try OverlayStorage(over: Self.base())
    #expect(other.write([7], at: 5000))
    let mark = other.mark()
    other.removeAll()
    #expect(contents(other) == Self.base().bytes && !other.rollBack(to: mark))
    for (cluster, bytes) in saved { #expect(other.putBack(bytes, cluster: cluster)) }
    #expect(contents(other) == wanted && other.writtenClusters == [0, 2, 9])
    #expect(!other.putBack([1], cluster: 0))
    #expect(!other.putBack([UInt8](repeating: 0, count: 4096), cluster: 9))
    #expect(!other.putBack([], cluster: 10))
    #expect(!other.putBack([UInt8](repeating: 0, count: 4096), cluster: .max))
  }

  @Test("need a folder")
  func noFolder() {
    #expect(
      throws: DiskImageError(
        "/dev/null", "no temporary file for what the guest writes can be made: Not a directory")
    ) { try OverlayStorage(over: Self.base(), folder: "/dev/null") }
  }
}
