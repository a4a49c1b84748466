import Glibc
public import MMU
import X86

extension LockstepMemory {
  /// Extents of RAM that may hold anything but zeros, in whole pages.
  static func touchedRanges(_ memory: GuestMemory) -> [Range<UInt64>] {
    memory.populatedPages().runs.map { UInt64($0.lowerBound) << 12..<UInt64($0.upperBound) << 12 }
  }

  /// Makes a RAM of the same size have the same contents.
  static func copy(_ source: GuestMemory, to target: GuestMemory) {
    for range in touchedRanges(target) {
      unsafe (target.base + Int(range.lowerBound)).initializeMemory(
        as: UInt8.self, repeating: 0, count: Int(range.upperBound - range.lowerBound))
    }
    for range in touchedRanges(source) {
      unsafe _ = memcpy(
        target.base + Int(range.lowerBound), source.base + Int(range.lowerBound),
        Int(range.upperBound - range.lowerBound))
    }
  }

  /// A second RAM with the same contents.
  public static func clone(_ memory: GuestMemory) throws -> GuestMemory {
    let result = try GuestMemory(byteCount: memory.byteCount)
    copy(memory, to: result)
    return result
  }

  /// Gives RAM the contents of a clone.
  public static func restore(_ memory: GuestMemory, from clone: GuestMemory) { copy(clone, to: memory) }

  /// Every word that differs: its offset, and both values.
  static func differences(_ one: GuestMemory, _ other: GuestMemory) -> [(offset: UInt64, one: UInt64, other: UInt64)] {
    var pages = Set<UInt64>()
    for memory in [one, other] {
      for range in touchedRanges(memory) {
        for page in stride(from: range.lowerBound, to: range.upperBound, by: 4096) { pages.insert(page) }
      }
    }
    var result: [(offset: UInt64, one: UInt64, other: UInt64)] = []
    let (a, b) = (one.physical, other.physical)
    for page in pages.sorted() {
      for word in 0..<512 as Range<UInt64> {
        let (x, y) = (a.load(page + word * 8, as: UInt64.self), b.load(page + word * 8, as: UInt64.self))
        if x != y { result.append((page + word * 8, x, y)) }
      }
    }
    return result
  }

  /// Offsets of the pages that hold tables of 4-level paging.
  static func tablePages(_ memory: GuestMemory, cr3: UInt64) -> Set<UInt64> {
    var level: Set<UInt64> = []
    var all: Set<UInt64> = []
    if let root = memory.offset(of: PhysicalAddress(cr3 & 0xF_FFFF_FFFF_F000)) { level.insert(root) }
    for depth in 0..<4 {
      all.formUnion(level)
      guard depth < 3 else { break }
      var next: Set<UInt64> = []
      for page in level {
        for word in 0..<512 as Range<UInt64> {
          let entry = memory.physical.load(page + word * 8, as: UInt64.self)
          guard entry & 1 != 0, depth == 0 || entry & 0x80 == 0,
            let offset = memory.offset(of: PhysicalAddress(entry & 0xF_FFFF_FFFF_F000))
          else { continue }
          next.insert(offset)
        }
      }
      level = next
    }
    return all
  }
}
