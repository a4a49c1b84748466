import DevicesLegacy
import Foundation
import TestSupport
import Testing

@testable import DiskImages

/// Mutations of qcow2 files that are opened and used; more of them from the environment.
private let mutationCount =
  ProcessInfo.processInfo.environment["EMU_DISK_MUTATIONS"].flatMap { Int($0) } ?? 20_000

@Suite("Mutated qcow2 images")
struct FuzzRows {
  /// The small images that are mutated, and where each has its tables.
  private static let seeds: [(bytes: [UInt8], tables: Int)] = builders.prefix(5).map {
    ($0.build(), $0.l2Cluster << Int($0.clusterBits))
  }

  /// Values that tables and fields are likely to be wrong with.
  private static let words: [UInt64] = [
    0, 1, 2, 0x200, 0x400, 0x600, 0x800, 0xA00, 0xC00, 0x1000, 0xFE00, 0x1_0000, 1 << 31, 1 << 32, 1 << 40, 1 << 55,
    1 << 56,
    1 << 62, 1 << 63, 1 << 63 | 0x200, 1 << 63 | 0x800, 1 << 63 | 0xC00, 1 << 63 | 0x1000, .max, .max - 511,
  ]

  private static func mutate(_ bytes: inout [UInt8], tables: Int, _ dice: inout Dice) {
    for _ in 0...dice.below(4) {
      // A field of the header, an entry of a table, or anything.
      let places = [112, tables, min(tables + 4096, bytes.count), bytes.count]
      let place = dice.below(max(min(dice.pick(places), bytes.count) - 8, 1))
      guard place + 8 <= bytes.count else { return }
      switch dice.below(6) {
      case 0: bytes[place] = UInt8(dice.below(256))
      case 1: bytes[place] ^= 1 << UInt8(dice.below(8))
      case 2: bytes.put(dice.pick(words), at: place & ~7)
      case 3: bytes.put(UInt32(truncatingIfNeeded: dice.pick(words)), at: place & ~3)
      case 4:
        let other = dice.below(bytes.count - 8) & ~7
        bytes.put(bytes.bigEndian64(other), at: place & ~7)
      default:
        if dice.below(4) == 0 { bytes.removeLast(dice.below(bytes.count / 2)) }
      }
    }
  }

  /// Reads, writes and flushes an image that was accepted; then the file must be one that is accepted and holds it all.
  private static func use(_ file: MemoryFile, _ image: consuming Qcow2Image, _ dice: inout Dice) throws {
    var written: [(place: UInt64, bytes: [UInt8])] = []
    for _ in 0..<6 {
      let count = 1 + dice.below(1500)
      let limit = dice.below(2) == 0 ? min(image.byteCount, 1 << 16) : image.byteCount
      let place = dice.next() % limit
      let fits = Int(min(UInt64(count), image.byteCount - place))
      _ = image.read(at: place, count: fits)
      _ = image.nextData(from: place)
      let bytes = (0..<fits).map { _ in UInt8(dice.below(256)) }
      // The last of them only, where two overlap.
      if image.write(bytes, at: place) {
        written.removeAll { $0.place < place + UInt64(fits) && place < $0.place + UInt64($0.bytes.count) }
        written.append((place, bytes))
      }
    }
    // A file of a hostile size has no place for new clusters.
    guard image.flush() else { return }
    let again = try Qcow2Image(file, isReadOnly: false)
    for (place, bytes) in written { #expect(again.read(at: place, count: bytes.count) == bytes) }
  }

  @Test("crash nothing, take bounded memory, and stay right when they are accepted", arguments: 0..<4)
  func mutations(_ part: Int) throws {
    var accepted = 0
    for index in 0..<mutationCount / 4 {
      var dice = Dice(UInt64(part) << 32 | UInt64(index))
      let seed = dice.pick(Self.seeds)
      var bytes = seed.bytes
      Self.mutate(&bytes, tables: seed.tables, &dice)
      let reader = MemoryFile(bytes)
      do throws(DiskImageError) {
        let image = try Qcow2Image(reader, isReadOnly: true)
        let place = dice.next() % image.byteCount
        _ = image.read(at: place, count: Int(min(1000, image.byteCount - place)))
        _ = image.nextData(from: 0)
      } catch {
        #expect(error.description.hasPrefix("disk.qcow2: ") && !error.description.contains("\n"))
      }
      #expect(reader.bytes == bytes)
      let file = MemoryFile(bytes)
      guard let image = try? Qcow2Image(file, isReadOnly: false) else { continue }
      accepted += 1
      do { try Self.use(file, image, &dice) } catch { Issue.record("mutation \(part) \(index): \(error)") }
      #expect(file.heldByteCount < 1 << 24)
    }
    // Both ways are taken.
    #expect(accepted > mutationCount / 100 && accepted < mutationCount / 4 * 9 / 10)
  }
}
